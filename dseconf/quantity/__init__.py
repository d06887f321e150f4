"""Sizes, times and rates, exact to the byte and the nanosecond.

One notation serves layers, facts and rules (``31GiB``, ``10ms``, ``64MiB/s``). The
notations of products, where ``G`` and ``m`` mean what the product says, are read and
written by syntax name: see `SYNTAXES`.
"""

from dseconf.quantity.amount import MAX_DIGITS, UNITS, Kind, Number, Quantity, QuantityError, as_number, exact
from dseconf.quantity.syntax import SYNTAXES, Syntax, read_syntax, write_syntax
from dseconf.quantity.units import in_unit, parse_quantity

__all__ = [
    "MAX_DIGITS",
    "SYNTAXES",
    "UNITS",
    "Kind",
    "Number",
    "Quantity",
    "QuantityError",
    "Syntax",
    "as_number",
    "exact",
    "in_unit",
    "parse_quantity",
    "read_syntax",
    "write_syntax",
]

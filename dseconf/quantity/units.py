"""Texts with a unit, as layers write them, and counts of a unit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from math import floor
from typing import Final

from dseconf.quantity.amount import MAX_DIGITS, UNITS, Kind, Quantity, QuantityError

_SHAPE: Final = re.compile("(-?)([0-9]+(?:\\.[0-9]+)?) ?([A-Za-z\u00b5\u03bc]+(?:/[A-Za-z]+)?)")
_DECIMAL_SIZES: Final = {"kb": ("KiB", 1), "mb": ("MiB", 2), "gb": ("GiB", 3), "tb": ("TiB", 4), "pb": ("PiB", 5)}
_MISSPELT: Final[Mapping[str, str]] = {
    **{unit.lower(): unit for unit in UNITS},
    **{letter + end: f"{letter.upper()}iB" for letter in "kmgtp" for end in ("", "ibs", "ibyte", "ibytes")},
    **dict.fromkeys(("byte", "bytes"), "B"),
    **dict.fromkeys(("nsec", "nanos", "nanosecond", "nanoseconds"), "ns"),
    **dict.fromkeys(("\u00b5s", "\u03bcs", "usec", "micros", "microsecond", "microseconds"), "us"),
    **dict.fromkeys(("msec", "msecs", "millis", "millisecond", "milliseconds"), "ms"),
    **dict.fromkeys(("sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), "m"),
    **dict.fromkeys(("hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("day", "days"), "d"),
    **dict.fromkeys(("mbps", "mbits/s", "mbit/sec"), "Mbit/s"),
    **dict.fromkeys(("kibps", "kib/sec"), "KiB/s"),
    **dict.fromkeys(("mibps", "mib/sec"), "MiB/s"),
    **dict.fromkeys(("gibps", "gib/sec"), "GiB/s"),
}


def parse_quantity(text: str) -> Quantity | None:
    """Read a number with one of `UNITS`, with or without a blank between them.

    Returns:
        None where the text has not the shape of a quantity, or ends in letters that
        resemble no unit (``3rd``): a bare number is no quantity either.

    Raises:
        QuantityError: ambiguous-unit (``GB``), unknown-unit (``gib``, ``4G``,
            ``10sec``), negative-quantity, or quantity-too-large.
    """
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        return None
    sign, number, name = shape.groups()
    unit = UNITS.get(name)
    if unit is None:
        _refuse_unit(text, number, name)
        return None
    if sign:
        raise QuantityError("negative-quantity", f"{text!r} is negative", "write a quantity of 0 or more")
    if len(number) > MAX_DIGITS:
        remedy = f"write at most {MAX_DIGITS} digits"
        raise QuantityError("quantity-too-large", f"a number of {len(number)} digits is too long", remedy)
    return unit * Fraction(number)


def _refuse_unit(text: str, number: str, name: str) -> None:
    """Raise for a unit that has two readings, or that is nearly one of ours."""
    short = number[:MAX_DIGITS]
    base, slash, per = name.lower().partition("/")
    if base in _DECIMAL_SIZES and per in ("", "s", "sec"):
        binary, power = _DECIMAL_SIZES[base]
        end = "/s" if slash else ""
        decimal = Quantity(1000**power, Kind.RATE if slash else Kind.SIZE) * Fraction(short)
        remedy = (
            f"write {short}{binary}{end} ({short} x 1024^{power} bytes) or {decimal} ({short} x 1000^{power} bytes)"
        )
        raise QuantityError("ambiguous-unit", f"{text!r} has two readings", remedy)
    near = _MISSPELT.get(name.lower())
    if near is not None:
        raise QuantityError("unknown-unit", f"{text!r} has an unknown unit {name!r}", f"write {short}{near}")


def in_unit(quantity: Quantity, unit: str) -> int:
    """Count how many of a unit the quantity is.

    Raises:
        QuantityError: wrong-unit where it measures another kind, inexact-conversion
            where the count is not whole.
    """
    one = UNITS[unit]
    if one.kind is not quantity.kind:
        remedy = f"give a {one.kind.value}, in a unit such as {unit}"
        raise QuantityError("wrong-unit", f"a {quantity.kind.value} cannot be given in {unit}", remedy)
    return whole(quantity.amount, one.amount, unit)


def whole(amount: int | Fraction, factor: int | Fraction, unit: str) -> int:
    """The exact count of a unit in an amount."""
    if amount % factor:
        remedy = f"round it: {{{{ (...) | floor_to({unit.replace('/', ' / ')}) }}}}, or write a whole number of {unit}"
        raise QuantityError("inexact-conversion", f"the value is not a whole number of {unit}", remedy)
    return floor(amount / factor) if isinstance(amount, Fraction) else int(amount // factor)

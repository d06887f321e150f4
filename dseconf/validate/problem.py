"""A value that does not fit its setting: what is said of it, and what to do.

A message never shows a value that may be a secret.
"""

from __future__ import annotations

import re
from typing import NoReturn

from dseconf.catalog import Kind, SettingSpec
from dseconf.quantity import Quantity, QuantityError, parse_quantity
from dseconf.secret import shown
from dseconf.setting import Value

WANTED = {
    Kind.BOOLEAN: "true or false",
    Kind.INT: "an integer",
    Kind.FLOAT: "a number",
    Kind.STRING: "text",
    Kind.LIST: "a list",
    Kind.MAP: "a mapping",
    Kind.SIZE: "a size such as 8GiB",
    Kind.DURATION: "a duration such as 10s",
    Kind.RATE: "a rate such as 24MiB/s",
}
"""What a setting of each kind takes, as people say it."""


class ValueProblem(Exception):  # noqa: N818  # not an error of the run: validate makes a finding of it
    """A value does not fit: ``code``, message, why and remedy of the finding to make."""

    def __init__(self, code: str, message: str, why: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.why = why
        self.remedy = remedy


def read_quantity(text: str) -> Quantity | None:
    """A quantity in our notation; None where the text is none.

    Raises:
        ValueProblem: the unit has two readings, or is misspelt.
    """
    try:
        return parse_quantity(text)
    except QuantityError as error:
        raise ValueProblem(error.code, str(error), "", error.remedy) from error


def refuse(spec: SettingSpec, value: Value, *, hidden: bool = False) -> NoReturn:
    """Refuse a value of the wrong type; it is shown unless it is ``hidden`` or its setting sensitive.

    Raises:
        ValueProblem: always.
    """
    why = f"{shown(value, key=spec.key, sensitive=hidden or spec.sensitive)} is {kind_of(value)}"
    remedy = _remedy(spec, value) or f"write {WANTED[spec.kind]}"
    raise ValueProblem("wrong-type", f"{spec.key} takes {WANTED[spec.kind]}", why, remedy)


def _remedy(spec: SettingSpec, value: Value) -> str:
    """What to do about a value that is nearly right.

    Raises:
        ValueProblem: the text is a quantity in a unit that has two readings.
    """
    if spec.kind is Kind.STRING:
        return "" if isinstance(value, (list, dict)) else "quote it"
    if not isinstance(value, str) or spec.kind not in (Kind.INT, Kind.FLOAT, Kind.BOOLEAN):
        return ""
    if spec.unit or value[-1:].isalpha():
        read_quantity(value)
    return "write it without quotes" if _UNQUOTED.fullmatch(value) else ""


_UNQUOTED = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?|true|false")

_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "true or false"),  # before int, which it is to Python
    (int, "an integer"),
    (float, "a number"),
    (str, "text"),
    (list, "a list"),
    (dict, "a mapping"),
    (Quantity, "a quantity"),
)


def kind_of(value: Value) -> str:
    """The user's word for what a value is."""
    return next((word for kind, word in _KINDS if isinstance(value, kind)), "something else")

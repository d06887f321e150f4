"""Reading one value: what all readers of facts share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TypeAlias

from dseconf.fleet.names import joined, nearest, quoted
from dseconf.fleet.node import FactValue
from dseconf.quantity import Quantity, QuantityError, parse_quantity

Reader: TypeAlias = Callable[[object], FactValue]


class FactError(ValueError):
    """A value that a fact cannot have. ``path`` leads to the part of the value that is wrong."""

    def __init__(self, code: str, message: str, remedy: str = "", why: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy
        self.why = why
        self.path: tuple[int | str, ...] = ()


@contextmanager
def inside(step: int | str) -> Iterator[None]:
    """Note on the way out of which part of a value an error speaks."""
    try:
        yield
    except FactError as error:
        error.path = (step, *error.path)
        raise


def wrong(name: str, takes: str, value: object, remedy: str) -> FactError:
    """The error for a value of the wrong type."""
    shown = quoted(value) if isinstance(value, str) else _noun(value)
    return FactError("wrong-type", f"{name} takes {takes}, got {shown}", remedy)


def _noun(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool() | int() | float() | Quantity():
            return str(value).lower() if isinstance(value, bool) else str(value)
        case list() | tuple():
            return "a list"
        case _:
            return "a mapping"


def choice(name: str, choices: tuple[str, ...], code: str) -> Reader:
    """A reader of one word out of a closed list."""

    def read(value: object) -> str:
        if not isinstance(value, str):
            raise wrong(name, "one word", value, f"write {joined(choices)}")
        if value not in choices:
            raise FactError(code, f"there is no {name} {quoted(value)}", nearest(value, choices))
        return value

    return read


# Thousands of nodes have the same few sizes.
@lru_cache(maxsize=1024)
def quantity(text: str) -> Quantity | None:
    """Read a quantity; None where the text has not its shape."""
    try:
        return parse_quantity(text)
    except QuantityError as error:
        raise FactError(error.code, error.message, error.remedy) from error

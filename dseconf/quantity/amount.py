"""An exact amount of one kind, its arithmetic, and the units it is counted in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from math import floor
from types import MappingProxyType
from typing import Final, TypeAlias, overload

Number: TypeAlias = int | float | Fraction

MAX_DIGITS: Final = 30
_NANOSECONDS: Final = 10**9


class Kind(Enum):
    """What a quantity measures, with its base unit."""

    SIZE = "size"  # bytes
    TIME = "time"  # nanoseconds
    RATE = "rate"  # bytes per second


class QuantityError(ValueError):
    """A quantity that cannot be read, written, converted or calculated.

    ``code`` is stable and in kebab case. Texts are quoted in the message only by
    `parse_quantity`; calculations name kinds, never values.
    """

    def __init__(self, code: str, message: str, remedy: str = "") -> None:
        super().__init__(code, message, remedy)  # what unpickling calls us with
        self.code = code
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact amount of one kind, in base units.

    Numbers that are floats count as the decimal they print as, so a tenth of 10 bytes
    is 1 byte. Equality asks for the same kind; order and arithmetic insist on it.

    Raises:
        QuantityError: kind-mismatch or division-by-zero, from arithmetic and order.
    """

    amount: int | Fraction
    kind: Kind

    def __str__(self) -> str:
        units = _UNITS_OF[self.kind]
        for name, factor in units:
            if self.amount and self.amount % factor == 0:
                return f"{self.amount // factor}{name}"
        return f"{_decimal(self.amount)}{units[-1][0]}"

    def __add__(self, other: object) -> Quantity:
        return _quantity(self.amount + self._same_kind(other, "added"), self.kind)

    def __sub__(self, other: object) -> Quantity:
        return _quantity(self.amount - self._same_kind(other, "subtracted"), self.kind)

    __radd__ = __add__

    def __rsub__(self, other: object) -> Quantity:
        return _quantity(self._same_kind(other, "subtracted") - self.amount, self.kind)

    def __mul__(self, other: object) -> Quantity:
        if isinstance(other, Quantity):
            if {self.kind, other.kind} != {Kind.RATE, Kind.TIME}:
                raise _mismatch(self, other, "multiplied")
            return Quantity(_ratio(self.amount * other.amount, _NANOSECONDS), Kind.SIZE)
        return _quantity(self.amount * self._number(other, "multiplied"), self.kind)

    __rmul__ = __mul__

    @overload
    def __truediv__(self, other: Number) -> Quantity: ...
    @overload
    def __truediv__(self, other: Quantity) -> Quantity | int | float: ...
    def __truediv__(self, other: Number | Quantity) -> Quantity | int | float:
        if not isinstance(other, Quantity):
            return Quantity(_ratio(self.amount, self._number(other, "divided")), self.kind)
        if (self.kind, other.kind) == (Kind.SIZE, Kind.TIME):
            return Quantity(_ratio(self.amount * _NANOSECONDS, other.amount), Kind.RATE)
        return as_number(_ratio(self.amount, self._same_kind(other, "divided")))

    def __rtruediv__(self, other: object) -> Quantity:
        raise _mismatch(other, self, "divided")

    @overload
    def __floordiv__(self, other: Number) -> Quantity: ...
    @overload
    def __floordiv__(self, other: Quantity) -> int: ...
    def __floordiv__(self, other: Number | Quantity) -> Quantity | int:
        if isinstance(other, Quantity):
            return floor(_ratio(self.amount, self._same_kind(other, "divided")))
        return Quantity(floor(_ratio(self.amount, self._number(other, "divided"))), self.kind)

    def __rfloordiv__(self, other: object) -> Quantity:
        raise _mismatch(other, self, "divided")

    def __mod__(self, other: Number | Quantity) -> Quantity:
        number = self._same_kind if isinstance(other, Quantity) else self._number
        return _quantity(self.amount % _divisor(number(other, "divided")), self.kind)

    def __rmod__(self, other: object) -> Quantity:
        raise _mismatch(other, self, "divided")

    def __neg__(self) -> Quantity:
        return Quantity(-self.amount, self.kind)

    def __abs__(self) -> Quantity:
        return -self if self.amount < 0 else self

    def __lt__(self, other: object) -> bool:
        return self.amount < self._same_kind(other, "compared")

    def __le__(self, other: object) -> bool:
        return self.amount <= self._same_kind(other, "compared")

    def __gt__(self, other: object) -> bool:
        return self.amount > self._same_kind(other, "compared")

    def __ge__(self, other: object) -> bool:
        return self.amount >= self._same_kind(other, "compared")

    def _same_kind(self, other: object, verb: str) -> int | Fraction:
        if isinstance(other, Quantity) and other.kind is self.kind:
            return other.amount
        raise _mismatch(self, other, verb)

    def _number(self, other: object, verb: str) -> int | Fraction:
        if isinstance(other, float):
            return exact(other)
        if isinstance(other, int | Fraction) and not isinstance(other, bool):
            return other
        raise _mismatch(self, other, verb)


@lru_cache(maxsize=256)
def exact(number: float) -> Fraction:
    """Turn a float into the decimal that it prints as."""
    try:
        return Fraction(repr(number))
    except ValueError:  # nan and the infinities
        raise QuantityError("not-a-number", "a number is not finite", "use finite numbers") from None


def as_number(value: int | Fraction) -> int | float:
    """Turn an exact number into an integer where it is whole, else into the nearest float."""
    return value.numerator if value.denominator == 1 else float(value)


def _quantity(amount: int | Fraction, kind: Kind) -> Quantity:
    return Quantity(amount.numerator if amount.denominator == 1 else amount, kind)


def _ratio(amount: int | Fraction, divisor: int | Fraction) -> int | Fraction:
    if amount % _divisor(divisor) == 0:
        return int(amount // divisor)
    return Fraction(amount, divisor)


def _divisor(value: int | Fraction) -> int | Fraction:
    if value == 0:
        raise QuantityError("division-by-zero", "division by zero", "check the divisor before you divide by it")
    return value


def _mismatch(left: object, right: object, verb: str) -> QuantityError:
    sides = [f"a {side.kind.value}" if isinstance(side, Quantity) else _noun(side) for side in (left, right)]
    remedy = "give both sides the same kind of unit"
    return QuantityError("kind-mismatch", f"{sides[0]} and {sides[1]} cannot be {verb}", remedy)


def _noun(value: object) -> str:
    if isinstance(value, bool):
        return "a boolean"
    return "a number without unit" if isinstance(value, int | float | Fraction) else "a value that is no quantity"


def _decimal(amount: int | Fraction) -> str:
    """Write an amount as a decimal where it ends within `MAX_DIGITS` places, else as a ratio."""
    if amount.denominator == 1 or 10**MAX_DIGITS % amount.denominator:
        return str(amount)
    scaled = int(abs(amount) * 10**MAX_DIGITS)
    whole, rest = divmod(scaled, 10**MAX_DIGITS)
    return f"{'-' if amount < 0 else ''}{whole}.{rest:0{MAX_DIGITS}d}".rstrip("0")


_SIZES: Final = {"PiB": 1024**5, "TiB": 1024**4, "GiB": 1024**3, "MiB": 1024**2, "KiB": 1024, "B": 1}
TIMES: Final = {
    "d": 86_400 * _NANOSECONDS,
    "h": 3_600 * _NANOSECONDS,
    "m": 60 * _NANOSECONDS,
    "s": _NANOSECONDS,
    "ms": 10**6,
    "us": 10**3,
    "ns": 1,
}
# Megabits are 10^6 bits, and a byte has 8 of them.
_RATES: Final = {"GiB/s": 1024**3, "MiB/s": 1024**2, "Mbit/s": 125_000, "KiB/s": 1024, "B/s": 1}
_FACTORS: Final = {Kind.SIZE: _SIZES, Kind.TIME: TIMES, Kind.RATE: _RATES}
_UNITS_OF: Final = {kind: tuple(factors.items()) for kind, factors in _FACTORS.items()}  # from large to small

UNITS: Final[Mapping[str, Quantity]] = MappingProxyType(
    {name: Quantity(factor, kind) for kind, factors in _FACTORS.items() for name, factor in factors.items()}
)
"""One of each unit that texts may use."""

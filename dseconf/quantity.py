"""Sizes, times and rates, exact to the byte and the nanosecond.

One notation serves layers, facts and rules (``31GiB``, ``10ms``, ``64MiB/s``). The
notations of products, where ``G`` and ``m`` mean what the product says, are read and
written by syntax name: see `SYNTAXES`.
"""

from __future__ import annotations

import re
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
_TIMES: Final = {
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
_FACTORS: Final = {Kind.SIZE: _SIZES, Kind.TIME: _TIMES, Kind.RATE: _RATES}
_UNITS_OF: Final = {kind: tuple(factors.items()) for kind, factors in _FACTORS.items()}  # from large to small

UNITS: Final[Mapping[str, Quantity]] = MappingProxyType(
    {name: Quantity(factor, kind) for kind, factors in _FACTORS.items() for name, factor in factors.items()}
)
"""One of each unit that texts may use."""

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
    return _whole(quantity.amount, one.amount, unit)


def _whole(amount: int | Fraction, factor: int | Fraction, unit: str) -> int:
    if amount % factor:
        remedy = f"round it: {{{{ (...) | floor_to({unit.replace('/', ' / ')}) }}}}, or write a whole number of {unit}"
        raise QuantityError("inexact-conversion", f"the value is not a whole number of {unit}", remedy)
    return floor(amount / factor) if isinstance(amount, Fraction) else int(amount // factor)


@dataclass(frozen=True, slots=True)
class Syntax:
    """How a product writes quantities of one kind.

    Attributes:
        kind: what it measures.
        shape: matches a text; group 1 is the number and group 2 the suffix.
        reads: factor of each suffix, in lower case.
        writes: suffix and factor of each unit that we write, from large to small.
    """

    kind: Kind
    shape: re.Pattern[str]
    reads: Mapping[str, int]
    writes: tuple[tuple[str, int], ...]


def _powers(letters: str, ending: str = "") -> dict[str, int]:
    return {letter + ending: 1024 ** (place + 1) for place, letter in enumerate(letters)}


def _large_first(units: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(units.items(), key=lambda unit: -unit[1]))


_PLAIN: Final = re.compile(r"([0-9]{1,30})([A-Za-z]*)")

SYNTAXES: Final[Mapping[str, Syntax]] = {
    # HotSpot: a number without suffix counts bytes.
    "jvm": Syntax(Kind.SIZE, _PLAIN, {"": 1, **_powers("kmgt")}, _large_first({"": 1, **_powers("KMGT")})),
    # Spark: a number without suffix has the unit of its property, so it is no quantity here.
    "spark": Syntax(
        Kind.SIZE,
        _PLAIN,
        {"b": 1, **_powers("kmgtp"), **_powers("kmgtp", "b")},
        _large_first({"b": 1, **_powers("kmgt")}),
    ),
    "spark-time": Syntax(
        Kind.TIME,
        _PLAIN,
        {**{unit: _TIMES[unit] for unit in ("us", "ms", "s", "m", "h", "d")}, "min": _TIMES["m"]},
        (*((unit, _TIMES[unit]) for unit in ("d", "h")), ("min", _TIMES["m"]), ("s", _TIMES["s"]), ("ms", 10**6)),
    ),
    # Logback's FileSize: KB, MB and GB are powers of 1024.
    "logback": Syntax(
        Kind.SIZE,
        re.compile(r"([0-9]{1,30})\s*([A-Za-z]*)"),
        {"": 1, **_powers("kmg", "b"), **_powers("kmg", "bs")},
        _large_first({"": 1, **_powers("KMG", "B")}),
    ),
}


_SMALLEST: Final = {Kind.SIZE: "B", Kind.TIME: "ms", Kind.RATE: "B/s"}  # what ``writes`` ends with, by our names


def read_syntax(text: str, syntax: str) -> Quantity | None:
    """Read a quantity as a product writes it; None where the product would not read it so."""
    rules = SYNTAXES[syntax]
    shape = rules.shape.fullmatch(text)
    factor = rules.reads.get(shape[2].lower()) if shape else None
    return None if shape is None or factor is None else Quantity(int(shape[1]) * factor, rules.kind)


def write_syntax(quantity: Quantity, syntax: str) -> str:
    """Write a quantity as a product reads it, in the largest unit that divides it exactly.

    Raises:
        QuantityError: wrong-unit, negative-quantity or inexact-conversion.
    """
    rules = SYNTAXES[syntax]
    if quantity.kind is not rules.kind:
        message = f"a {quantity.kind.value} cannot be given where a {rules.kind.value} is read"
        raise QuantityError("wrong-unit", message, f"give a {rules.kind.value}")
    if quantity.amount < 0:
        raise QuantityError("negative-quantity", "the value is negative", "give a quantity of 0 or more")
    for suffix, factor in rules.writes:
        if quantity.amount and quantity.amount % factor == 0:
            return f"{quantity.amount // factor}{suffix}"
    suffix, factor = rules.writes[-1]
    return f"{_whole(quantity.amount, factor, _SMALLEST[rules.kind])}{suffix}"

"""Quantities in the notations of the products."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dseconf.quantity.amount import TIMES, UNITS, Kind, Quantity, QuantityError
from dseconf.quantity.units import whole


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
        {**{unit: TIMES[unit] for unit in ("us", "ms", "s", "m", "h", "d")}, "min": TIMES["m"]},
        (*((unit, TIMES[unit]) for unit in ("d", "h")), ("min", TIMES["m"]), ("s", TIMES["s"]), ("ms", 10**6)),
    ),
    # Logback's FileSize: KB, MB and GB are powers of 1024.
    "logback": Syntax(
        Kind.SIZE,
        re.compile(r"([0-9]{1,30})\s*([A-Za-z]*)"),
        {"": 1, **_powers("kmg", "b"), **_powers("kmg", "bs")},
        _large_first({"": 1, **_powers("KMG", "B")}),
    ),
    # Cassandra 4.1 and later (DataStorageSpec, DurationSpec, DataRateSpec): case counts, no blank.
    "cassandra": Syntax(
        Kind.SIZE,
        re.compile(r"([0-9]{1,30})(B|KiB|MiB|GiB)"),
        {"b": 1, **_powers("kmg", "ib")},
        _large_first({"B": 1, **_powers("KMG", "iB")}),
    ),
    "cassandra-time": Syntax(
        Kind.TIME,
        re.compile(r"([0-9]{1,30})(d|h|m|s|ms|us|µs|ns)"),
        {**TIMES, "µs": TIMES["us"]},
        _large_first(TIMES),
    ),
    "cassandra-rate": Syntax(
        Kind.RATE,
        re.compile(r"([0-9]{1,30})(B/s|KiB/s|MiB/s)"),
        {"b/s": 1, **_powers("km", "ib/s")},
        _large_first({"B/s": 1, **_powers("KM", "iB/s")}),
    ),
}


_SMALLEST: Final = {Kind.SIZE: "B", Kind.TIME: "ms", Kind.RATE: "B/s"}  # what ``writes`` ends with, by our names


def read_syntax(text: str, syntax: str) -> Quantity | None:
    """Read a quantity as a product writes it; None where the product would not read it so."""
    rules = SYNTAXES[syntax]
    shape = rules.shape.fullmatch(text)
    factor = rules.reads.get(shape[2].lower()) if shape else None
    return None if shape is None or factor is None else Quantity(int(shape[1]) * factor, rules.kind)


def write_syntax(quantity: Quantity, syntax: str, smallest: str = "") -> str:
    """Write a quantity as a product reads it, in the largest unit that divides it exactly.

    ``smallest`` is the smallest unit that the product takes there, where it is not the
    smallest of the syntax.

    Raises:
        QuantityError: wrong-unit, negative-quantity or inexact-conversion.
    """
    rules = SYNTAXES[syntax]
    if quantity.kind is not rules.kind:
        message = f"a {quantity.kind.value} cannot be given where a {rules.kind.value} is read"
        raise QuantityError("wrong-unit", message, f"give a {rules.kind.value}")
    if quantity.amount < 0:
        raise QuantityError("negative-quantity", "the value is negative", "give a quantity of 0 or more")
    units = [(suffix, factor) for suffix, factor in rules.writes if not smallest or factor >= UNITS[smallest].amount]
    for suffix, factor in units:
        if quantity.amount and quantity.amount % factor == 0:
            return f"{quantity.amount // factor}{suffix}"
    suffix, factor = units[-1]
    return f"{whole(quantity.amount, factor, smallest or _SMALLEST[rules.kind])}{suffix}"

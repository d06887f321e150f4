"""The closed list of functions: each may be called, or used as a filter.

``max(a, b)`` and ``[a, b] | max`` are the same call. All results are bounded, and a
function sees values only: no scope, no file, no object with methods.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final, TypeAlias

from dseconf.expression.operators import (
    ARITHMETIC,
    absolute,
    contains,
    negative,
    noun,
    same_order,
    short_list,
    wrong_operand,
)
from dseconf.expression.texts import refuse_length, short_text, text_of
from dseconf.expression.tree import ExpressionError
from dseconf.quantity import Kind, Quantity, in_unit
from dseconf.setting import Plain

Arguments: TypeAlias = Sequence[Plain]

_ADD, _MULTIPLY = ARITHMETIC["+"], ARITHMETIC["*"]
_DIVIDE, _COUNT = ARITHMETIC["/"], ARITHMETIC["//"]
_INTEGER: Final = re.compile(r"-?[0-9]{1,30}")


@dataclass(frozen=True, slots=True)
class Function:
    """What a function takes, and how it runs.

    Attributes:
        run: gets as many arguments as ``least`` and ``most`` allow.
        least: number of arguments, with what a filter is applied to.
        most: the same; None for any number.
        literal: all arguments but the first must be texts that stand in the expression.
    """

    run: Callable[[Arguments], Plain]
    least: int = 1
    most: int | None = 1
    literal: bool = False


def _values(arguments: Arguments) -> Arguments:
    """Take the members of a single list, else the arguments themselves."""
    return short_list(arguments[0]) if len(arguments) == 1 and isinstance(arguments[0], list) else arguments


def _filled(values: Arguments, function: str) -> Arguments:
    if not values:
        raise ExpressionError("empty-list", f"{function} of an empty list", "add a member that is always there")
    return values


def _extreme(function: str, pick: Callable[[Arguments], Plain]) -> Callable[[Arguments], Plain]:
    def run(arguments: Arguments) -> Plain:
        values = _filled(_values(arguments), function)
        same_order(values)
        return pick(values)

    return run


def _sum(arguments: Arguments) -> Plain:
    values = _values(arguments)
    return reduce(_ADD, values) if len(values) > 1 else _ADD(values[0], _nothing_of(values[0])) if values else 0


def _nothing_of(value: Plain) -> Plain:
    return Quantity(0, value.kind) if isinstance(value, Quantity) else 0


def _steps(value: Plain, step: Plain) -> None:
    """Insist on a step of the value's own kind, above zero."""
    if noun(value) != noun(step) or noun(value) not in ("number", "size", "time", "rate"):
        remedy = "name a unit, and bracket what stands before the filter: (node.memory / 3) | floor_to(MiB)"
        raise wrong_operand("rounding needs a value and a unit of one kind", value, step, remedy=remedy)
    if (step.amount if isinstance(step, Quantity) else step) <= 0:  # type: ignore[operator]  # a number by now
        raise ExpressionError("wrong-argument", "the unit to round to is not above zero", "name a unit: MiB")


def _floor_to(arguments: Arguments) -> Plain:
    value, step = arguments
    _steps(value, step)
    return _MULTIPLY(_COUNT(value, step), step)


def _ceil_to(arguments: Arguments) -> Plain:
    value, step = arguments
    _steps(value, step)
    return negative(_MULTIPLY(_COUNT(negative(value), step), step))


def _round_to(arguments: Arguments) -> Plain:
    """Round to the nearest multiple; the middle goes up."""
    value, step = arguments
    _steps(value, step)
    return _MULTIPLY(_COUNT(_ADD(value, _DIVIDE(step, 2)), step), step)


def _length(arguments: Arguments) -> Plain:
    value = arguments[0]
    return len(value) if isinstance(value, str) else len(short_list(value))


def _int(arguments: Arguments) -> Plain:
    """Drop the fraction of a number, or read a text of digits."""
    value = arguments[0]
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return math.trunc(value)
    remedy = "divide by a unit first: (node.memory / GiB) | int" if isinstance(value, Quantity) else ""
    raise wrong_operand("int needs a number or a text of digits", value, remedy=remedy)


def _bytes(arguments: Arguments) -> Plain:
    value = arguments[0]
    if isinstance(value, Quantity) and value.kind is Kind.SIZE:
        return in_unit(value, "B")
    raise wrong_operand("bytes needs a size", value)


def _member(function: str, place: int) -> Callable[[Arguments], Plain]:
    return lambda arguments: _filled(short_list(arguments[0]), function)[place]


def _join(arguments: Arguments) -> Plain:
    texts = [text_of(member) for member in short_list(arguments[0])]
    between = _text(arguments[1], "join") if len(arguments) == 2 else ""
    refuse_length(sum(map(len, texts)) + len(between) * max(len(texts) - 1, 0))
    return between.join(texts)


def _text(value: Plain, function: str) -> str:
    if not isinstance(value, str):
        raise wrong_operand(f"{function} needs a text", value)
    return short_text(value)


def _replace(arguments: Arguments) -> Plain:
    whole, old, new = (_text(argument, "replace") for argument in arguments)
    if not old:
        raise ExpressionError("wrong-argument", "replace looks for an empty text", "give the text to be replaced")
    refuse_length(len(whole) + whole.count(old) * (len(new) - len(old)))
    return whole.replace(old, new)


def _sort(arguments: Arguments) -> Plain:
    members = short_list(arguments[0])
    same_order(members)
    return sorted(members)  # type: ignore[type-var]  # of one ordered kind by now


def _unique(arguments: Arguments) -> Plain:
    """Drop repetitions and keep the order of first appearance."""
    found: dict[tuple[str, object], Plain] = {}
    for member in short_list(arguments[0]):
        if isinstance(member, list | dict):
            raise wrong_operand("unique needs a list of single values", member)
        found.setdefault((noun(member), member), member)
    return list(found.values())


FUNCTIONS: Final[Mapping[str, Function]] = {
    "abs": Function(lambda arguments: absolute(arguments[0])),
    "bytes": Function(_bytes),
    "ceil_to": Function(_ceil_to, 2, 2),
    "contains": Function(lambda arguments: contains(arguments[0], arguments[1]), 2, 2),
    "first": Function(_member("first", 0)),
    "floor_to": Function(_floor_to, 2, 2),
    "int": Function(_int),
    "join": Function(_join, 1, 2),
    "last": Function(_member("last", -1)),
    "length": Function(_length),
    "lower": Function(lambda arguments: short_text(_text(arguments[0], "lower").lower())),
    "max": Function(_extreme("max", max), most=None),  # type: ignore[arg-type]  # of one ordered kind by then
    "min": Function(_extreme("min", min), most=None),  # type: ignore[arg-type]  # of one ordered kind by then
    "replace": Function(_replace, 3, 3, literal=True),
    "round_to": Function(_round_to, 2, 2),
    "sort": Function(_sort),
    "sum": Function(_sum, most=None),
    "unique": Function(_unique),
    "upper": Function(lambda arguments: short_text(_text(arguments[0], "upper").upper())),
}
"""All functions but ``setting`` and ``default``, which have nodes of their own."""

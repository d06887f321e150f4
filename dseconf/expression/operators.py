"""Arithmetic and comparison of values, strict about their kinds and bounded in size.

Python would add True to 1, repeat a text and compare a list with a number; here all of
that is an error. Numbers are exact: a float counts as the decimal that it prints as.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Final, TypeAlias

from dseconf.expression.tree import MAX_LIST, MAX_NUMBER, ExpressionError
from dseconf.quantity import Quantity, as_number, exact
from dseconf.setting import Plain, Secret

Operand: TypeAlias = int | float | Quantity
_Exact: TypeAlias = int | float | Fraction | Quantity

# Sizes in PiB have 46 digits where the number has 30.
_MAX_AMOUNT: Final = MAX_NUMBER**2
_ORDERED: Final = ("number", "text", "size", "time", "rate")
# By exact type: a boolean is an int to Python.
_NOUNS: Final = {
    bool: "boolean",
    int: "number",
    float: "number",
    str: "text",
    list: "list",
    dict: "mapping",
    Secret: "secret",
    type(None): "none",
}
_SINGLE: Final = (*_ORDERED, "boolean")


def noun(value: Plain) -> str:
    """Say what a value is, in the words of the user."""
    if isinstance(value, Quantity):
        return value.kind.value
    kind = type(value)
    # Readers may hand us subclasses that remember how a value was written.
    return _NOUNS.get(kind) or next(name for base, name in _NOUNS.items() if issubclass(kind, base))


def wrong_operand(what: str, *values: Plain, remedy: str = "") -> ExpressionError:
    """Build the error for operands of kinds that do not fit."""
    nouns = " and ".join(noun(value) for value in values)
    return ExpressionError("wrong-operand", f"{what}, got {nouns}", remedy)


def _operand(value: Plain) -> Operand:
    if isinstance(value, int | float | Quantity) and not isinstance(value, bool):
        return value
    hint = "put texts beside each other: {{ a }}{{ b }}" if isinstance(value, str) else ""
    raise wrong_operand("arithmetic needs numbers or quantities", value, remedy=hint)


def bounded(value: _Exact) -> Operand:
    """Pass on a result that is not too large, whole numbers as integers.

    Raises:
        ExpressionError: number-too-large.
    """
    match value:
        case Quantity():
            fits = abs(value.amount.numerator) <= _MAX_AMOUNT and value.amount.denominator <= _MAX_AMOUNT
            result: Operand = value
        case _:
            fits = -MAX_NUMBER <= value <= MAX_NUMBER  # false for nan
            result = as_number(exact(value) if isinstance(value, float) else value) if fits else 0
    if not fits:
        raise ExpressionError("number-too-large", "the result has too many digits", "calculate with smaller numbers")
    return result


def _calculate(operation: Callable[[_Exact, _Exact], _Exact], left: Plain, right: Plain) -> Operand:
    one, two = _operand(left), _operand(right)
    if isinstance(one, Quantity) or isinstance(two, Quantity):
        return bounded(operation(one, two))
    if isinstance(one, int) and isinstance(two, int) and operation is not operator.truediv:
        return bounded(operation(one, two))
    return bounded(operation(_fraction(one), _fraction(two)))


def _fraction(number: float) -> Fraction:
    return Fraction(number) if isinstance(number, int) else exact(number)


def _add(left: Plain, right: Plain) -> Operand:
    return _calculate(operator.add, left, right)


def _subtract(left: Plain, right: Plain) -> Operand:
    return _calculate(operator.sub, left, right)


def _multiply(left: Plain, right: Plain) -> Operand:
    return _calculate(operator.mul, left, right)


def _divide(left: Plain, right: Plain) -> Operand:
    return _calculate(operator.truediv, left, _divisor(right))


def _floor_divide(left: Plain, right: Plain) -> Operand:
    return _calculate(operator.floordiv, left, _divisor(right))


def _remainder(left: Plain, right: Plain) -> Operand:
    return _calculate(operator.mod, left, _divisor(right))


def _divisor(value: Plain) -> Plain:
    if value == 0 and not isinstance(value, bool):
        raise ExpressionError("division-by-zero", "division by zero", "check the divisor before you divide by it")
    return value


ARITHMETIC: Final[Mapping[str, Callable[[Plain, Plain], Operand]]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "//": _floor_divide,
    "%": _remainder,
}


def negative(value: Plain) -> Operand:
    """Turn the sign of a number or quantity."""
    return bounded(-_operand(value))


def absolute(value: Plain) -> Operand:
    """Drop the sign of a number or quantity."""
    match _operand(value):
        case Quantity() as quantity:
            return abs(quantity)
        case number:
            return bounded(abs(number))


def equal(left: Plain, right: Plain) -> bool:
    """Compare two values of one kind; none compares with everything.

    Lists compare member by member, and hold single values only: comparing nested
    lists could take time beyond every bound.

    Raises:
        ExpressionError: wrong-operand for different kinds, mappings and secrets.
    """
    if left is None or right is None:
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        one, two = short_list(left), short_list(right)
        return len(one) == len(two) and all(_single_equal(*pair) for pair in zip(one, two, strict=True))
    return _single_equal(left, right)


def _single_equal(left: Plain, right: Plain) -> bool:
    if left is None or right is None:
        return left is right
    if noun(left) != noun(right) or noun(left) not in _SINGLE:
        raise wrong_operand("only values of one kind compare", left, right, remedy="compare like with like")
    return left == right


def _ordered(compare: Callable[..., bool]) -> Callable[[Plain, Plain], bool]:
    def run(left: Plain, right: Plain) -> bool:
        same_order([left, right])
        return compare(left, right)

    return run


def same_order(values: Sequence[Plain]) -> None:
    """Insist that values are all numbers, all texts or all quantities of one kind.

    Raises:
        ExpressionError: wrong-operand.
    """
    if not values:
        return
    kind = noun(values[0])
    for value in values:
        if noun(value) != kind or kind not in _ORDERED:
            what = "only numbers, texts or quantities of one kind have an order"
            raise wrong_operand(what, values[0], value, remedy="compare like with like")


def contains(whole: Plain, part: Plain) -> bool:
    """Look for a member in a list, or for a text in a text."""
    if isinstance(whole, str) and isinstance(part, str):
        return part in whole
    if not isinstance(whole, list):
        raise wrong_operand("`in` looks into a list, or for a text in a text", part, whole)
    return any(_single_equal(member, part) for member in short_list(whole))


def short_list(value: Plain) -> list[Plain]:
    """Pass on a list that is not too long.

    Raises:
        ExpressionError: wrong-operand, list-too-large.
    """
    if not isinstance(value, list):
        raise wrong_operand("a list is needed", value)
    if len(value) > MAX_LIST:
        raise ExpressionError("list-too-large", f"a list has more than {MAX_LIST} members", "use a shorter list")
    return value


COMPARISONS: Final[Mapping[str, Callable[[Plain, Plain], bool]]] = {
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
    "in": lambda left, right: contains(right, left),
    "not in": lambda left, right: not contains(right, left),
}

"""Evaluates checked expressions: every node becomes one small function, once.

Evaluation ends by construction: the tree is finite, nothing loops or calls itself,
and every operator bounds its result.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import ParamSpec, TypeAlias, TypeVar

from dseconf.expression.functions import FUNCTIONS
from dseconf.expression.operators import (
    ARITHMETIC,
    COMPARISONS,
    negative,
    short_list,
    wrong_operand,
)
from dseconf.expression.texts import short_text, text_of
from dseconf.expression.tree import (
    Arithmetic,
    Call,
    Choice,
    Comparison,
    Default,
    Expression,
    ExpressionError,
    Fact,
    Item,
    Literal,
    Logic,
    Members,
    MissingFact,
    Negative,
    Node,
    Not,
    Part,
    Scope,
    SettingValue,
)
from dseconf.quantity import QuantityError
from dseconf.setting import Plain

Program: TypeAlias = Callable[[Scope], Plain]
Condition: TypeAlias = Callable[[Scope], bool]

_P = ParamSpec("_P")
_R = TypeVar("_R")


def evaluate(expression: Expression, scope: Scope) -> Plain:
    """Find the value of an expression.

    Returns:
        A value of any kind where the text is a single expression, else text.

    Raises:
        ExpressionError: operands do not fit, or a result is too large; and whatever
            the scope raises for facts and settings.
    """
    return _program(expression)(scope)


@lru_cache(maxsize=8192)
def _program(expression: Expression) -> Program:
    steps = [_step(part) for part in expression.parts]
    if len(steps) == 1 and isinstance(expression.parts[0], Part):
        return steps[0][0]

    def run(scope: Scope) -> Plain:
        texts = [_apply(column, text_of, program(scope)) for program, column in steps]
        return _apply(0, short_text, "".join(texts))

    return run


def _step(part: str | Part) -> tuple[Program, int]:
    return (_constant(part), 0) if isinstance(part, str) else (_compile(part.tree, part.column), part.column)


def _compile(node: Node, column: int) -> Program:  # noqa: C901, PLR0911, PLR0912  # one case per node
    """Turn a node into a function of the scope whose errors name ``column``."""

    def inner(child: Node) -> Program:
        return _compile(child, column)

    match node:
        case Literal(value):
            return _constant(value)
        case Fact(name):
            return lambda scope: scope.fact(name)
        case SettingValue(address):
            return lambda scope: scope.setting(address)
        case Members(items):
            return _members([inner(item) for item in items], column)
        case Item(members, place):
            return _unary(lambda value: _item(value, place), inner(members), column)
        case Negative(operand):
            return _unary(negative, inner(operand), column)
        case Not(operand):
            return _unary(lambda value: not _truth(value), inner(operand), column)
        case Logic(stops_at, left, right):
            return _logic(_condition(inner(left), column), _condition(inner(right), column), stops_at=stops_at)
        case Choice(test, yes, no):
            return _choice(_condition(inner(test), column), inner(yes), inner(no))
        case Arithmetic(name, left, right):
            return _binary(ARITHMETIC[name], inner(left), inner(right), column)
        case Comparison(first, rest):
            return _comparison(inner(first), [(COMPARISONS[name], inner(side)) for name, side in rest], column)
        case Call(name, arguments):
            return _call(FUNCTIONS[name].run, [inner(argument) for argument in arguments], column)
        case Default(operand, fallback):
            return _default(inner(operand), inner(fallback))
    raise AssertionError(node)  # mypy proves the list of cases complete; assert_never came with Python 3.11


def _apply(column: int, operation: Callable[_P, _R], *values: _P.args, **none: _P.kwargs) -> _R:
    """Run an operation that reads no scope; its errors get their place here."""
    try:
        return operation(*values, **none)
    except (ExpressionError, QuantityError) as error:
        raise ExpressionError(error.code, error.message, error.remedy, column) from error


def _constant(value: Plain) -> Program:
    return lambda scope: value  # noqa: ARG005  # a program takes the scope


def _unary(operation: Callable[[Plain], Plain], operand: Program, column: int) -> Program:
    return lambda scope: _apply(column, operation, operand(scope))


def _binary(operation: Callable[[Plain, Plain], Plain], left: Program, right: Program, column: int) -> Program:
    return lambda scope: _apply(column, operation, left(scope), right(scope))


def _call(operation: Callable[[list[Plain]], Plain], arguments: list[Program], column: int) -> Program:
    return lambda scope: _apply(column, operation, [argument(scope) for argument in arguments])


def _members(items: list[Program], column: int) -> Program:
    return lambda scope: [_apply(column, _single, item(scope)) for item in items]


def _single(value: Plain) -> Plain:
    """Keep lists flat: lists of lists of lists would grow with every setting that repeats them."""
    if isinstance(value, list | dict):
        raise wrong_operand("members of a list are single values", value)
    return value


def _item(members: Plain, place: int) -> Plain:
    values = short_list(members)
    if not -len(values) <= place < len(values):
        raise ExpressionError("no-such-member", f"the list has no member [{place}]", f"it has {len(values)} members")
    return values[place]


def _truth(value: Plain) -> bool:
    if not isinstance(value, bool):
        raise wrong_operand("a condition is true or false", value, remedy="compare the value: x > 0, x != none")
    return value


def _condition(program: Program, column: int) -> Condition:
    return lambda scope: _apply(column, _truth, program(scope))


def _logic(left: Condition, right: Condition, *, stops_at: bool) -> Program:
    def run(scope: Scope) -> Plain:
        return stops_at if left(scope) is stops_at else right(scope)

    return run


def _choice(test: Condition, yes: Program, no: Program) -> Program:
    return lambda scope: yes(scope) if test(scope) else no(scope)


def _comparison(first: Program, rest: list[tuple[Callable[[Plain, Plain], bool], Program]], column: int) -> Program:
    def run(scope: Scope) -> Plain:
        left = first(scope)
        for compare, side in rest:
            right = side(scope)
            if not _apply(column, compare, left, right):
                return False
            left = right
        return True

    return run


def _default(operand: Program, fallback: Program) -> Program:
    def run(scope: Scope) -> Plain:
        try:
            return operand(scope)
        except MissingFact:
            return fallback(scope)

    return run

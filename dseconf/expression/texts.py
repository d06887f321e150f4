"""Values as text, where an expression stands inside a longer string."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from dseconf.expression.operators import bounded, wrong_operand
from dseconf.expression.tree import MAX_RESULT, ExpressionError
from dseconf.quantity import Kind, Quantity, QuantityError
from dseconf.setting import Plain, Secret

_USUAL_UNITS: Final = {Kind.SIZE: "MiB", Kind.TIME: "ms", Kind.RATE: "MiB / s"}


def text_of(value: Plain) -> str:
    """Write a single value as text: booleans as YAML does, numbers without exponent.

    Raises:
        ExpressionError: wrong-operand for none, lists and mappings, secret-in-text,
            number-too-large, text-too-large.
        QuantityError: inexact-conversion where a quantity is no whole number of its base unit.
    """
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return short_text(value)
        case int():
            return str(bounded(value))
        case float():
            bounded(value)
            return format(Decimal(repr(value)), "f")
        case Quantity():
            if value.amount.denominator != 1:
                remedy = f"round it: (...) | floor_to({_USUAL_UNITS[value.kind]})"
                raise QuantityError("inexact-conversion", "the value has a fraction of its smallest unit", remedy)
            return str(value)
        case Secret():
            remedy = "make the secret the whole value of a setting"
            raise ExpressionError("secret-in-text", "a secret cannot become part of a text", remedy)
        case None | list() | dict():
            raise wrong_operand("text is made from single values", value)


def short_text(text: str) -> str:
    """Pass on a text that is not too long.

    Raises:
        ExpressionError: text-too-large.
    """
    if len(text) > MAX_RESULT:
        refuse_length(len(text))
    return text


def refuse_length(length: int) -> None:
    """Refuse a text of this many characters, before or after it is made.

    Raises:
        ExpressionError: text-too-large.
    """
    if length > MAX_RESULT:
        message = f"the text has {length} characters, {MAX_RESULT} at most are allowed"
        raise ExpressionError("text-too-large", message, "make it shorter")

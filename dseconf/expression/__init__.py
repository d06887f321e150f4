"""Expressions: the one language of layers, rules and address patterns.

A pull request may bring any text: what is accepted cannot loop, cannot reach Python,
and reads nothing but the facts and settings of its `Scope`. ``parse_expression``
checks a text once; ``evaluate`` finds its value for as many nodes as there are.
"""

from __future__ import annotations

from functools import lru_cache

from dseconf.expression.evaluate import evaluate
from dseconf.expression.tree import Expression, ExpressionError, MissingFact, Scope

__all__ = [
    "Expression",
    "ExpressionError",
    "MissingFact",
    "Scope",
    "evaluate",
    "parse_condition",
    "parse_expression",
]

_NODE = frozenset({"node"})
_NO_NAMES: frozenset[str] = frozenset()


@lru_cache(maxsize=8192)
def parse_expression(text: str, roots: frozenset[str] = _NODE, names: frozenset[str] = _NO_NAMES) -> Expression:
    """Check the expressions in a string of a layer.

    Args:
        text: the whole string, with ``{{ }}`` in it; without, it is its own value.
        roots: names whose attributes are facts.
        names: names that are facts themselves, as rules declare them; no unit names.

    Raises:
        ExpressionError: the text says something that the language has not.
    """
    from dseconf.expression.parse import parse  # noqa: PLC0415  # jinja2 loads when it is needed

    return parse(text, roots, names)


@lru_cache(maxsize=8192)
def parse_condition(text: str, roots: frozenset[str] = _NO_NAMES, names: frozenset[str] = _NO_NAMES) -> Expression:
    """Check one expression that stands without braces, as in the conditions of rules.

    Raises:
        ExpressionError: as `parse_expression`.
    """
    from dseconf.expression.parse import parse_bare  # noqa: PLC0415  # jinja2 loads when it is needed

    return parse_bare(text, roots, names)

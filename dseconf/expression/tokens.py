"""Reads the text of expressions with jinja2, which parses here and never renders.

The parser's tree knows lines only, so columns come from the tokens; and what the
tree would not show, such as a raw block, is refused by its token.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from jinja2 import Environment, TemplateSyntaxError, nodes

from dseconf.expression.tree import MAX_DEPTH, ExpressionError

# The last line end of a text belongs to the value.
_JINJA: Final = Environment(keep_trailing_newline=True, autoescape=False)  # noqa: S701  # parses, never renders

_ESCAPES: Final = re.compile(r"(?:[^\\]|\\[\\'\"nrt])*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text; ``column`` counts from 1."""

    kind: str
    text: str
    column: int


def read(text: str) -> Iterator[str | tuple[nodes.Expr, list[Token]]]:
    """Give the literal texts and the expressions in order, each expression with its tokens.

    Raises:
        ExpressionError: forbidden-statement, expression-syntax or expression-too-large.
    """
    segments = _segments(_tokens(text))
    for node in _output(text):
        yield node.data if isinstance(node, nodes.TemplateData) else (node, next(segments))


def _tokens(text: str) -> list[Token]:
    """List the tokens with their columns, and refuse what the tree would not show."""
    tokens, place = [], 0
    for _, kind, value in _lexed(text):
        # White space control may drop blanks before a token.
        found = text.find(value, place)
        tokens.append(Token(kind, value, found + 1))
        place = found + len(value)
    for token in tokens:
        _refuse_token(token)
    _refuse_nesting(tokens)
    return tokens


def _lexed(text: str) -> list[tuple[int, str, str]]:
    if "\r" in text:
        raise ExpressionError("expression-syntax", "the text has a carriage return", "end lines with a line feed alone")
    try:
        return list(_JINJA.lex(text))
    except TemplateSyntaxError as error:
        raise _syntax(error) from error


def _refuse_token(token: Token) -> None:
    if token.kind in ("block_begin", "raw_begin"):
        remedy = "use {{ }} with `a if b else c`"
        raise ExpressionError("forbidden-statement", "statements {% %} are not allowed", remedy, token.column)
    # Anything else that begins with a backslash would warn, or name characters in Python's way.
    if token.kind == "string" and not _ESCAPES.fullmatch(token.text):
        remedy = r"use \\ \' \" \n \r \t alone"
        raise ExpressionError("expression-syntax", "the text literal has an unknown escape", remedy, token.column)


def _refuse_nesting(tokens: Iterable[Token]) -> None:
    """Bound the brackets, each of which takes the parser many calls deep."""
    depth = 0
    for token in tokens:
        if token.kind == "operator":
            depth += (token.text in "([{") - (token.text in ")]}")
        if depth > MAX_DEPTH:
            raise too_deep(token.column)


def too_deep(column: int = 0) -> ExpressionError:
    """Build the error for an expression that nests too deeply."""
    message = f"the expression is nested more than {MAX_DEPTH} levels deep"
    return ExpressionError("expression-too-large", message, "split it over several settings", column)


def _syntax(error: TemplateSyntaxError) -> ExpressionError:
    reason = (error.message or "unknown").rstrip(".").replace("end of print statement", "}}")
    remedy = "check brackets, quotes and operators; a unit is a factor: 31 * GiB"
    return ExpressionError("expression-syntax", f"the expression cannot be read: {reason}", remedy)


def _segments(tokens: Iterable[Token]) -> Iterator[list[Token]]:
    """Group the tokens of each ``{{ }}``, in the order of the text."""
    segment: list[Token] = []
    for token in tokens:
        if token.kind == "variable_begin":
            segment = []
        segment.append(token)
        if token.kind == "variable_end":
            yield segment


def _output(text: str) -> Iterator[nodes.Expr]:
    try:
        template = _JINJA.parse(text)
    except TemplateSyntaxError as error:
        raise _syntax(error) from error
    except RecursionError:
        raise too_deep() from None
    for statement in template.body:
        # Statements were refused with their tokens.
        assert isinstance(statement, nodes.Output), statement  # noqa: S101
        yield from statement.nodes

"""Reads expressions: jinja2 parses the text, a walk turns what is allowed into our tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from jinja2 import nodes

from dseconf.expression.functions import FUNCTIONS
from dseconf.expression.operators import ARITHMETIC
from dseconf.expression.tokens import Token, read, too_deep
from dseconf.expression.tree import (
    MAX_DEPTH,
    MAX_LIST,
    MAX_NODES,
    MAX_NUMBER,
    MAX_TEXT,
    UNIT_NAMES,
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
    Negative,
    Node,
    Not,
    Part,
    SettingValue,
)
from dseconf.quantity import QuantityError

_COMPARISONS: Final = {
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "lteq": "<=",
    "gt": ">",
    "gteq": ">=",
    "in": "in",
    "notin": "not in",
}
_FORBIDDEN: Final[Mapping[type[nodes.Node], tuple[str, str, str, str]]] = {
    nodes.Tuple: ("forbidden-literal", "tuples are not allowed", "write a list: [a, b]", ","),
    nodes.Dict: ("forbidden-literal", "mappings are not allowed", "write a list: [a, b]", "{"),
    nodes.Concat: ("forbidden-operator", "operator ~ is not allowed", "put texts side by side: {{ a }}{{ b }}", "~"),
    nodes.Test: ("forbidden-operator", "tests with `is` are not allowed", "compare with == none", "is"),
}
"""Code, message, remedy, and the token that shows the construct."""

_KNOWN_CALLS: Final = (*FUNCTIONS, "default", "setting")


def parse(text: str, roots: frozenset[str], names: frozenset[str]) -> Expression:
    """Check a text with ``{{ }}`` in it; see `dseconf.expression.parse_expression`."""
    _refuse_size(text)
    if not names.isdisjoint(UNIT_NAMES):
        raise AssertionError(f"names of units are taken: {sorted(names & UNIT_NAMES.keys())}")
    if not any(begin in text for begin in ("{{", "{%", "{#")):
        return Expression(text, (text,))
    walk = _Walk(roots, names)
    parts = [piece if isinstance(piece, str) else walk.part(*piece) for piece in read(text)]
    return Expression(text, _single(parts), frozenset(walk.facts), frozenset(walk.settings))


def parse_bare(text: str, roots: frozenset[str], names: frozenset[str]) -> Expression:
    """Check one expression without braces; see `dseconf.expression.parse_condition`."""
    try:
        inner = parse(f"{{{{ {text} }}}}", roots, names)
    except ExpressionError as error:
        raise ExpressionError(error.code, error.message, error.remedy, max(error.column - 3, 0)) from error
    match inner.parts:
        case (Part(tree=tree),):
            return Expression(text, (Part(tree, 1),), inner.facts, inner.settings)
        case _:
            raise ExpressionError("expression-syntax", "one expression is expected", "write it without {{ and }}")


def _refuse_size(text: str) -> None:
    if len(text) > MAX_TEXT:
        message = f"the text has {len(text)} characters, {MAX_TEXT} at most are allowed with an expression in it"
        raise ExpressionError("expression-too-large", message, "split it over several settings")


def _single(parts: Sequence[str | Part]) -> tuple[str | Part, ...]:
    """Drop the blanks around a single expression, such as the line end of a folded text."""
    expressions = [part for part in parts if isinstance(part, Part)]
    blank = not any(part.strip() for part in parts if isinstance(part, str))
    return tuple(expressions) if len(expressions) == 1 and blank else tuple(parts)


class _Walk:
    """Turns the parser's tree into ours, and gathers what it reads."""

    def __init__(self, roots: frozenset[str], names: frozenset[str]) -> None:
        self.facts: set[str] = set()
        self.settings: set[str] = set()
        self._roots = roots
        self._names = names
        self._count = 0
        self._depth = 0
        self._tokens: list[Token] = []

    def part(self, node: nodes.Expr, tokens: list[Token]) -> Part:
        self._tokens = tokens
        return Part(self._node(node), tokens[0].column)

    def _node(self, node: nodes.Node) -> Node:
        self._count += 1
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise too_deep(self._tokens[0].column)
        if self._count > MAX_NODES:
            raise self._refusal("expression-too-large", f"there are more than {MAX_NODES} operations", "split the text")
        result = self._accept(node)
        self._depth -= 1
        return result

    def _accept(self, node: nodes.Node) -> Node:  # noqa: C901, PLR0911, PLR0912  # one case per construct
        match node:
            case nodes.Const():
                return self._literal(node.value)
            case nodes.Name():
                return self._name(node.name)
            case nodes.Getattr():
                return self._attribute(node)
            case nodes.Getitem():
                return Item(self._node(node.node), self._place(node.arg))
            case nodes.List():
                return self._members(node.items)
            case nodes.Neg():
                return Negative(self._node(node.node))
            case nodes.Not():
                return Not(self._node(node.node))
            case nodes.And():
                return Logic(stops_at=False, left=self._node(node.left), right=self._node(node.right))
            case nodes.Or():
                return Logic(stops_at=True, left=self._node(node.left), right=self._node(node.right))
            case nodes.CondExpr():
                return self._choice(node)
            case nodes.Compare():
                first = self._node(node.expr)
                return Comparison(first, tuple((_COMPARISONS[link.op], self._node(link.expr)) for link in node.ops))
            case nodes.BinExpr() if node.operator in ARITHMETIC:
                return self._arithmetic(node.operator, self._node(node.left), self._node(node.right))
            case nodes.Call():
                return self._call(self._called(node), node.args, node)
            case nodes.Filter():
                return self._filter(node)
            case _:
                raise self._forbidden(node)

    def _literal(self, value: object) -> Literal:
        match value:
            case None | bool() | str():
                return Literal(value)
            case int() | float() if -MAX_NUMBER <= value <= MAX_NUMBER:
                return Literal(value)
            case _:
                pass
        raise self._refusal("number-too-large", "a number is too large", f"write numbers up to {MAX_NUMBER:.0e}")

    def _name(self, name: str) -> Node:
        if name in self._names:
            self.facts.add(name)
            return Fact(name)
        if name in UNIT_NAMES:
            return Literal(UNIT_NAMES[name])
        if name.startswith("_"):
            message, remedy = f"{name!r} begins with an underscore", "use names of facts and units"
            raise self._refusal("forbidden-name", message, remedy, name)
        if name in self._roots:
            raise self._refusal("unknown-name", f"{name!r} is no value itself", f"name a fact: {name}.memory", name)
        if name in _KNOWN_CALLS:
            raise self._refusal("unknown-name", f"{name!r} is a function", f"call it: {name}(...)", name)
        remedy = _nearest(name, [*self._names, *self._roots, *UNIT_NAMES]) or "quote it if it is a text"
        raise self._refusal("unknown-name", f"unknown name {name!r}", remedy, name)

    def _attribute(self, node: nodes.Getattr) -> Fact:
        if not isinstance(node.node, nodes.Name) or node.attr.startswith("_"):
            message, remedy = f"attribute {node.attr!r} is not allowed here", "facts are read as node.NAME"
            raise self._refusal("forbidden-attribute", message, remedy, node.attr)
        root = node.node.name
        if root not in self._roots:
            remedy = _nearest(root, self._roots) or "facts are read as node.NAME"
            raise self._refusal("unknown-name", f"unknown name {root!r}", remedy, root)
        fact = node.attr if root == "node" else f"{root}.{node.attr}"
        self.facts.add(fact)
        return Fact(fact)

    def _place(self, node: nodes.Node) -> int:
        sign, number = (-1, node.node) if isinstance(node, nodes.Neg) else (1, node)
        place = number.value if isinstance(number, nodes.Const) else None
        if type(place) is int and place <= MAX_LIST:
            return sign * place
        message, remedy = f"a subscript is one whole number up to {MAX_LIST}", "write it as a literal: x[0], x[-1]"
        raise self._refusal("forbidden-subscript", message, remedy, "[")

    def _members(self, items: Sequence[nodes.Node]) -> Members:
        if any(isinstance(item, nodes.List) for item in items):
            raise self._refusal("forbidden-literal", "lists inside lists are not allowed", "write single values", "[")
        return Members(tuple(self._node(item) for item in items))

    def _choice(self, node: nodes.CondExpr) -> Choice:
        if node.expr2 is None:
            raise self._refusal("missing-else", "`if` has no `else`", "write `a if b else c`", "if")
        return Choice(self._node(node.test), self._node(node.expr1), self._node(node.expr2))

    def _arithmetic(self, operator: str, left: Node, right: Node) -> Node:
        """Calculate what is constant, such as ``31 * GiB``; its errors wait for evaluation."""
        if isinstance(left, Literal) and isinstance(right, Literal):
            try:
                return Literal(ARITHMETIC[operator](left.value, right.value))
            except (ExpressionError, QuantityError):
                pass
        return Arithmetic(operator, left, right)

    def _filter(self, node: nodes.Filter) -> Node:
        if node.name not in FUNCTIONS and node.name != "default":
            raise self._unknown("filter", node.name)
        return self._call(node.name, [node.node, *node.args], node)

    def _called(self, node: nodes.Call) -> str:
        if not isinstance(node.node, nodes.Name):
            message, remedy = "only functions are called, by their name", "use a filter: x | upper"
            raise self._refusal("forbidden-call", message, remedy, "(")
        if node.node.name not in _KNOWN_CALLS:
            raise self._unknown("function", node.node.name)
        return node.node.name

    def _unknown(self, word: str, name: str) -> ExpressionError:
        remedy = _nearest(name, _KNOWN_CALLS) or f"use one of {', '.join(sorted(_KNOWN_CALLS))}"
        return self._refusal(f"unknown-{word}", f"unknown {word} {name!r}", remedy, name)

    def _call(self, name: str, arguments: Sequence[nodes.Node | None], node: nodes.Call | nodes.Filter) -> Node:
        given = [argument for argument in arguments if argument is not None]
        if node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None or len(given) < len(arguments):
            raise self._refusal("forbidden-call", f"arguments of {name} are plain values", f"write {name}(a, b)", name)
        if name == "setting":
            return self._setting(given)
        if name == "default":
            self._refuse_count(name, len(given), 2, 2)
            return Default(self._node(given[0]), self._node(given[1]))
        function = FUNCTIONS[name]
        self._refuse_count(name, len(given), function.least, function.most)
        if function.literal and not all(_is_text(argument) for argument in given[1:]):
            raise self._refusal("wrong-argument", f"{name} takes text literals", f"write x | {name}('a', 'b')", name)
        return Call(name, tuple(self._node(argument) for argument in given))

    def _setting(self, arguments: Sequence[nodes.Node]) -> SettingValue:
        match arguments:
            case [nodes.Const(value=str(address))] if all(address.partition(":")):
                self.settings.add(address)
                return SettingValue(address)
        remedy = "write setting('FILE:KEY') with the address in quotes"
        raise self._refusal("wrong-argument", "setting takes one address", remedy, "setting")

    def _refuse_count(self, name: str, count: int, least: int, most: int | None) -> None:
        if count < least or (most is not None and count > most):
            wanted = f"{least}" if least == most else f"{least} or more" if most is None else f"{least} to {most}"
            remedy = f"what a filter is applied to counts as the first of {wanted}"
            raise self._refusal("wrong-argument", f"{name} takes {wanted} arguments, not {count}", remedy, name)

    def _forbidden(self, node: nodes.Node) -> ExpressionError:
        for construct, (code, message, remedy, sign) in _FORBIDDEN.items():
            if isinstance(node, construct):
                return self._refusal(code, message, remedy, sign)
        if isinstance(node, nodes.BinExpr | nodes.UnaryExpr):
            message, remedy = f"operator {node.operator} is not allowed", "use + - * / // %, comparisons, and, or, not"
            return self._refusal("forbidden-operator", message, remedy, node.operator)
        name = type(node).__name__.lower()
        return self._refusal("forbidden-expression", f"{name} is not allowed", "use literals, facts and operators")

    def _refusal(self, code: str, message: str, remedy: str, near: str = "") -> ExpressionError:
        places = [token.column for token in self._tokens if token.text == near]
        return ExpressionError(code, message, remedy, (places or [self._tokens[0].column])[0])


def _is_text(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Const) and isinstance(node.value, str)


def _nearest(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1)
    return f"did you mean {near[0]}" if near else ""

"""The checked syntax tree: all that an expression can say, and its errors.

These types are the whole language. What has no node here cannot be evaluated, so a
new construct of the parser's language stays out until somebody adds it on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

from dseconf.quantity import UNITS, Kind, Quantity
from dseconf.setting import Plain

MAX_TEXT: Final = 2_000
MAX_DEPTH: Final = 40
MAX_NODES: Final = 500
MAX_LIST: Final = 1_000
MAX_RESULT: Final = 10_000  # characters
MAX_NUMBER: Final = 10**30

# Rates are written as quotients: `64 * MiB / s`, `200 * Mbit / s`.
UNIT_NAMES: Final = {
    **{name: unit for name, unit in UNITS.items() if unit.kind is not Kind.RATE},
    "Mbit": Quantity(125_000, Kind.SIZE),
}
"""The quantities that expressions name."""


class ExpressionError(ValueError):
    """An expression that is refused, or that has no value on this node.

    ``code`` is stable and in kebab case. ``column`` counts from 1 inside the text of
    the expression; 0 means unknown. The message never quotes a value read from a
    fact or setting: it may be a secret.
    """

    def __init__(self, code: str, message: str, remedy: str = "", column: int = 0) -> None:
        super().__init__(code, message, remedy, column)  # what unpickling calls us with
        self.code = code
        self.message = message
        self.remedy = remedy
        self.column = column

    def __str__(self) -> str:
        return self.message


class MissingFact(ExpressionError):  # noqa: N818  # reads as what it is: `except MissingFact`
    """A scope has no such fact; the filter ``default`` catches this and nothing else."""

    def __init__(self, message: str, remedy: str = "", column: int = 0) -> None:
        super().__init__("missing-fact", message, remedy, column)
        self.args = (message, remedy, column)


class Scope(Protocol):
    """Where an expression reads facts and settings; it raises its own errors."""

    def fact(self, name: str) -> Plain:
        """Value of a fact: ``memory`` for ``node.memory``; see `Fact` for other names.

        Raises:
            MissingFact: there is no such fact here.
        """

    def setting(self, address: str) -> Plain:
        """Value of the setting at ``FILE:KEY``."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that stands in the text, or a unit."""

    value: bool | int | float | str | Quantity | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact: ``memory`` for ``node.memory``, ``rule.limit`` for other roots, ``heap`` for a bare name."""

    name: str


@dataclass(frozen=True, slots=True)
class SettingValue:
    """The value of another setting."""

    address: str


@dataclass(frozen=True, slots=True)
class Members:
    """A list literal."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One member of a list; negative places count from its end."""

    members: Node
    place: int


@dataclass(frozen=True, slots=True)
class Negative:
    """Unary minus."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Not:
    """Negation of a boolean."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Logic:
    """``and``, or ``or`` where ``stops_at`` is true; the right side is read only when needed."""

    stops_at: bool
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Choice:
    """``yes if test else no``."""

    test: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """One operation of `operators.ARITHMETIC` on two numbers or quantities."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Comparison:
    """A chain of `operators.COMPARISONS`: ``1 < x <= 3`` holds where every link holds."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function of `functions.FUNCTIONS`, also where it was written as a filter."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Default:
    """The fallback counts where the operand reads a missing fact."""

    operand: Node
    fallback: Node


Node: TypeAlias = (
    Literal
    | Fact
    | SettingValue
    | Members
    | Item
    | Negative
    | Not
    | Logic
    | Choice
    | Arithmetic
    | Comparison
    | Call
    | Default
)


@dataclass(frozen=True, slots=True)
class Part:
    """What stands between ``{{`` and ``}}``; ``column`` counts from 1."""

    tree: Node
    column: int


@dataclass(frozen=True, slots=True)
class Expression:
    """A string of a layer with its expressions, checked.

    A single `Part` keeps the type of its value; anything else becomes text.

    Attributes:
        text: as the layer writes it.
        parts: literal text and expressions in order.
        facts: names of all facts read, in every branch; see `Fact`.
        settings: addresses of all settings read, in every branch.
    """

    text: str
    parts: tuple[str | Part, ...] = field(hash=False, repr=False)
    facts: frozenset[str] = field(hash=False, compare=False, default=frozenset())
    settings: frozenset[str] = field(hash=False, compare=False, default=frozenset())

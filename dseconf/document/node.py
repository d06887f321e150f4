"""What a YAML document is made of: values, tags and places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from dseconf.finding import Finding
from dseconf.setting import Origin


@dataclass(slots=True)
class Scalar:
    """One value. ``quoted`` tells text that was written in quotes or as a block."""

    value: bool | int | float | str | None
    tag: str | None
    line: int
    column: int
    quoted: bool = False
    size: int = 1


@dataclass(slots=True)
class Sequence:
    """A list and its members in order."""

    items: list[Node]
    tag: str | None
    line: int
    column: int
    size: int = 1


@dataclass(slots=True)
class Mapping:
    """A mapping; its keys are text. ``keys`` holds the place of each key."""

    items: dict[str, Node]
    keys: dict[str, Scalar]
    tag: str | None
    line: int
    column: int
    size: int = 1


Node: TypeAlias = Scalar | Sequence | Mapping


@dataclass(frozen=True, slots=True)
class Document:
    """One file: its root (None when it holds nothing) and the mistakes found in it."""

    path: str
    root: Node | None
    findings: tuple[Finding, ...] = ()

    def origin(self, node: Node) -> Origin:
        """The place of a node in this file."""
        return Origin(self.path, node.line, node.column)


def plain(node: Node) -> object:
    """The node's value without places: dicts, lists and scalars."""
    match node:
        case Scalar():
            return node.value
        case Sequence():
            return [plain(item) for item in node.items]
        case Mapping():
            return {key: plain(item) for key, item in node.items.items()}

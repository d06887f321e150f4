"""Whether catalog files have the shape that their schemas describe. Cerberus checks it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from dseconf.catalog._keys import NOT_FILE, SCHEMAS
from dseconf.document import Document, Node, Sequence, plain
from dseconf.document import Mapping as MappingNode
from dseconf.finding import Finding, Severity


@dataclass(frozen=True, slots=True)
class Subject:
    """A mapping of a catalog file that is to be checked.

    ``kind`` is that of its schema; ``name`` is what messages call it; ``place`` is
    where to show what it lacks.
    """

    document: Document
    node: MappingNode
    kind: str
    name: str
    place: Node

    def at(self, *path: object) -> Node:
        """The value that a path leads to, or the last one on the way that is there."""
        node: Node = self.node
        for step in path:
            if isinstance(node, MappingNode) and step in node.items:
                node = node.items[str(step)]
            elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
                node = node.items[step]
        return node

    def key(self, *path: object) -> Node:
        """The key that a path leads to, where there is one; else its place."""
        parent = self.at(*path[:-1]) if path else self.place
        return parent.keys.get(str(path[-1]), parent) if path and isinstance(parent, MappingNode) else parent

    def error(self, where: Node, code: str, message: str, remedy: str, why: str = "") -> Finding:
        """A finding at a node of the document."""
        return Finding(code, Severity.ERROR, message, (self.document.origin(where),), why, remedy)


def shape_findings(subject: Subject) -> Iterator[Finding]:
    """What is wrong with the shape of a mapping: keys, and what they take."""
    validator = _validator(subject.kind)
    validator.validate(plain(subject.node), normalize=False)
    for error in _leaves(validator._errors):  # noqa: SLF001  # the public form of errors has lost places and rules
        yield _finding(subject, error)


@cache
def _validator(kind: str) -> Any:
    from cerberus import Validator  # noqa: PLC0415  # heavy; only the check of a catalog needs it

    return Validator(SCHEMAS[kind])


def _leaves(errors: Any) -> Iterator[Any]:
    for error in errors:
        if error.child_errors:
            yield from _leaves(error.child_errors)
        else:
            yield error


def _finding(subject: Subject, error: Any) -> Finding:
    path = error.document_path
    key = next(str(step) for step in reversed(path) if isinstance(step, str))
    if error.rule is None:
        near = difflib.get_close_matches(key, _known_keys(subject, len(path)), n=1)
        remedy = f"did you mean {near[0]}?" if near else "remove it"
        return subject.error(subject.key(*path), "unknown-key", f"{subject.name} has no key {key!r}", remedy)
    if error.rule == "required":
        place = subject.key(*path[:-1])
        return subject.error(place, "missing-key", f"{subject.name} does not say {key!r}", f"add {key}, with a value")
    code = {"type": "wrong-type", "nullable": "wrong-type", "allowed": "wrong-choice"}.get(error.rule, "wrong-value")
    shown = f", it is {error.value!r}" if isinstance(error.value, str | int | float) else ""
    message = f"{key} of {subject.name} does not fit{shown}"
    return subject.error(subject.at(*path), code, message, _wanted(subject, error))


def _known_keys(subject: Subject, depth: int) -> list[str]:
    return list(SCHEMAS[subject.kind] if depth == 1 else NOT_FILE)


def _wanted(subject: Subject, error: Any) -> str:
    """What the schema says to write where the error is, or at the list or mapping around it."""
    rules: Any = SCHEMAS[subject.kind]
    wanted = ""
    for step in error.schema_path:
        rules = rules.get(step) if isinstance(rules, Mapping) else None
        if isinstance(rules, Mapping) and "meta" in rules:
            wanted = str(rules["meta"]["do"])
    return wanted

"""The levels of fleet.yaml: which keys stand where, and what they take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from dseconf.document import Mapping, Node, Scalar, Sequence
from dseconf.fleet.facts import PLACED, READERS
from dseconf.fleet.names import attribute_name, misspelt, nearest, quoted

_PRODUCT: Final = r"(dse|cassandra) (0|[1-9][0-9]{0,3})(\.(0|[1-9][0-9]{0,3})){2}"
_MAPPINGS: Final = {"type": "dict", "valuesrules": {"type": "dict"}}
_REPLICAS: Final = {"type": "dict", "valuesrules": {"type": "integer", "min": 1}}


@dataclass(frozen=True)
class Level:
    """One level. ``schema`` holds cerberus rules for its own keys; its other keys are facts."""

    noun: str
    schema: dict[str, dict[str, Any]]
    takes_facts: bool = True


FLEET: Final = Level("fleet.yaml", {"clusters": _MAPPINGS, "nodes": {"type": "dict"}}, takes_facts=False)
CLUSTER: Final = Level("a cluster", {
    "product": {"type": "string", "regex": _PRODUCT, "required": True},
    "keyspaces": {"type": "dict", "schema": {"from": {"type": "string"}}, "allow_unknown": _REPLICAS},
    "datacenters": _MAPPINGS,
    "nodes": {"type": "dict"},
})  # fmt: skip
DATACENTER: Final = Level("a datacenter", {"racks": _MAPPINGS, "nodes": {"type": "dict"}})
RACK: Final = Level("a rack", {"nodes": {"type": ["string", "list", "dict"]}})
NODE: Final = Level("a node", {})
TABLE: Final = Level("a table", {"name": {}, "cluster": {}, "datacenter": {}, "rack": {}})

_LEVELS: Final = (FLEET, CLUSTER, DATACENTER, RACK)

# Keys of other levels that a misspelt fact may have been meant as; short ones resemble too much.
_ELSEWHERE: Final = (*dict.fromkeys(key for level in _LEVELS for key in level.schema), "cluster", "datacenter")


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a key or its value."""

    code: str
    message: str
    remedy: str
    why: str = ""


def mistake_in_key(key: str, level: Level, dimensions: tuple[str, ...]) -> Mistake | None:
    """Tell why a key cannot stand at a level; None where it can."""
    own = tuple(level.schema)
    if key in own or (level.takes_facts and (key in READERS or key in dimensions)):
        return None
    if not level.takes_facts:
        return Mistake("unknown-key", f"{level.noun} has no key {quoted(key)}", _elsewhere(key) or nearest(key, own))
    if key in PLACED or any(key in other.schema for other in _LEVELS):
        return Mistake("unknown-key", f"{level.noun} has no key {quoted(key)}", _elsewhere(key))
    elsewhere = tuple(name for name in _ELSEWHERE if name not in own)
    near = misspelt(key, (*own, *READERS, *dimensions, *elsewhere))
    if near is not None:
        fact = near in READERS or near in dimensions
        code, noun = ("unknown-attribute", "fact") if fact else ("unknown-key", "key")
        more = _elsewhere(near) if near in elsewhere else "a fact of your own needs a name less like it"
        return Mistake(code, f"{level.noun} has no {noun} {quoted(key)}", f"did you mean {near!r}? {more}")
    if not attribute_name(key):
        return Mistake(
            "wrong-name",
            f"{quoted(key)} cannot be the name of a fact",
            "begin with a small letter, then use small letters, digits and _",
            "expressions read it as node.NAME",
        )
    return None


def _elsewhere(key: str) -> str:
    """The remedy for a key that belongs to another level."""
    levels = [level.noun for level in _LEVELS if key in level.schema]
    if levels:
        return f"{key} belongs to {' or '.join(levels)}"
    return "remove it: it is told by the place of the node" if key in PLACED else ""


def mistakes_in_shape(mapping: Mapping, level: Level) -> Iterator[tuple[Node, Mistake]]:
    """Check the level's own keys; each mistake comes with the node that is wrong."""
    known = {key: _shape(node, _DEPTH.get(key, 1)) for key, node in mapping.items.items() if key in level.schema}
    validator = _validator(level.noun)
    if not validator.validate(known, normalize=False):
        for error in _leaves(validator._errors):  # noqa: SLF001  # the public form of errors has lost their rules
            yield locate(mapping, error.document_path), _mistake(error)


def locate(node: Node, path: tuple[int | str, ...]) -> Node:
    """The node that a path leads to, or the last one on the way that is there."""
    for step in path:
        match node:
            case Mapping() if step in node.items:
                node = node.items[str(step)]
            case Sequence() if isinstance(step, int) and step < len(node.items):
                node = node.items[step]
            case _:
                return node
    return node


@cache
def _validator(noun: str) -> Any:
    import cerberus  # noqa: PLC0415  # heavy; only fleet.yaml needs it here

    level = next(level for level in _LEVELS if level.noun == noun)
    return cerberus.Validator(level.schema)


# How deep the rules look: nodes are many, and read on their own.
_DEPTH: Final = {"keyspaces": 2, "nodes": 0}


def _shape(node: Node, depth: int) -> object:
    match node:
        case Mapping():
            return {name: _shape(child, depth - 1) for name, child in node.items.items()} if depth > 0 else {}
        case Sequence():
            return []
        case Scalar():
            # Cerberus has a rule of its own for null; as a text, null is of the wrong type everywhere.
            return "" if node.value is None else node.value


def _leaves(errors: Any) -> Iterator[Any]:
    for error in errors:
        if error.child_errors:
            yield from _leaves(error.child_errors)
        else:
            yield error


_NOUNS: Final = {
    "dict": "a mapping", "string": "text", "list": "a list", "integer": "a whole number of 1 or more",
}  # fmt: skip


def _mistake(error: Any) -> Mistake:
    key = str(error.document_path[-1])
    if key == "product":
        remedy = "write product: dse 6.8.50, or cassandra 4.1.8"
        if error.rule == "required":
            return Mistake("wrong-product", "the cluster names no product", remedy)
        return Mistake("wrong-product", "product is not the name and full version of a product", remedy)
    if error.rule == "min":
        return Mistake(
            "wrong-type", f"{quoted(key)} takes 1 replica or more", "remove the line where there is no replica"
        )
    takes = error.constraint if isinstance(error.constraint, list) else [error.constraint]
    nouns = ", ".join(_NOUNS[name] for name in takes)
    return Mistake("wrong-type", f"{quoted(key)} takes {nouns}", f"write {nouns} under it, or remove the line")

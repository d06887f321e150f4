"""Reads one level of fleet.yaml at a time: its own keys, and the facts that stand beside them."""

from __future__ import annotations

from collections.abc import Iterator

from dseconf.document import Document, Mapping, Node, Scalar, Sequence
from dseconf.expression import ExpressionError
from dseconf.fleet.facts import PLACED, READERS
from dseconf.fleet.given import Given, give
from dseconf.fleet.names import NAME_RULE, SAFE_REMEDY, safe_name, unsafe
from dseconf.fleet.problems import Problems
from dseconf.fleet.reading import FactError
from dseconf.fleet.structure import Level, locate, mistake_in_key, mistakes_in_shape
from dseconf.setting import Origin, Plain

MAX_FACTS = 200  # of one line or mapping: what every node of a level would carry


class LevelReader:
    """Turns mappings into facts and named parts, and notes what is wrong with them."""

    def __init__(self, document: Document, dimensions: tuple[str, ...], problems: Problems) -> None:
        self.document = document
        # Places and the workload are read by readers of their own.
        self.dimensions = tuple(name for name in dimensions if name not in PLACED and name not in READERS)
        self.problems = problems

    def place(self, node: Node) -> Origin:
        """Where a node stands."""
        return self.document.origin(node)

    def root(self) -> Mapping | None:
        """The top of the file; None, and a mistake noted, where it is no mapping."""
        root = self.document.root
        if isinstance(root, Mapping):
            return root
        where = Origin(self.document.path) if root is None else self.place(root)
        remedy = "write clusters: {NAME: {product: dse 6.8.50, datacenters: ...}}"
        if root is None or (isinstance(root, Scalar) and root.value is None):
            self.problems.error("no-nodes", "the fleet has no cluster", where, remedy=remedy)
        else:
            self.problems.error("wrong-type", "fleet.yaml takes a mapping", where, remedy=remedy)
        return None

    def refuse_tags(self, node: Node) -> None:
        """Note every tag: here nothing merges, and nothing is secret."""
        if node.tag:
            self.problems.error(
                "unknown-tag",
                f"{node.tag} has no meaning in fleet.yaml",
                self.place(node),
                why="tags belong to settings, which stand in layers",
                remedy="remove the tag",
            )
        for child in node.items.values() if isinstance(node, Mapping) else getattr(node, "items", ()):
            self.refuse_tags(child)

    def check_shape(self, mapping: Mapping, level: Level, key: Scalar) -> bool:
        """Check the level's own keys; what is missing is noted at ``key``, where the level is named."""
        mistakes = list(mistakes_in_shape(mapping, level))
        for node, mistake in mistakes:
            where = self.place(key if node is mapping else node)
            self.problems.error(mistake.code, mistake.message, where, why=mistake.why, remedy=mistake.remedy)
        return not mistakes

    def named(self, mapping: Mapping, key: str, kind: str) -> Iterator[tuple[str, Scalar, Mapping]]:
        """The parts under a key whose names are safe; what is no mapping is left to `check_shape`."""
        parts = mapping.items.get(key)
        for name, part in parts.items.items() if isinstance(parts, Mapping) else ():
            place = parts.keys[name] if isinstance(parts, Mapping) else part
            if self.safe(kind, name, self.place(place)) and isinstance(part, Mapping) and isinstance(place, Scalar):
                yield name, place, part

    def safe(self, kind: str, name: str, where: Origin) -> bool:
        """Whether the name can be used; if not, that is noted."""
        if safe_name(name):
            return True
        self.problems.error("unsafe-name", unsafe(kind, name), where, why=NAME_RULE, remedy=SAFE_REMEDY)
        return False

    def facts(self, mapping: Mapping, level: Level) -> dict[str, Given]:
        """The facts that a level gives."""
        facts: dict[str, Given] = {}
        if len(mapping.items) > MAX_FACTS + len(level.schema):
            message = f"{level.noun} has more than {MAX_FACTS} facts"
            self.problems.error("too-many-facts", message, self.place(mapping), remedy="keep settings in layers")
            return facts
        for name, node in mapping.items.items():
            if name in level.schema:
                continue
            if self.key(name, level, self.place(mapping.keys[name])):
                facts[name] = self.fact(name, node)
        return facts

    def key(self, name: str, level: Level, where: Origin) -> bool:
        """Whether the key can stand at the level; if not, that is noted."""
        mistake = mistake_in_key(name, level, self.dimensions)
        if mistake is not None:
            self.problems.error(mistake.code, mistake.message, where, why=mistake.why, remedy=mistake.remedy)
        return mistake is None

    def fact(self, name: str, node: Node) -> Given:
        """What a value says of a fact; what is wrong is noted, and given without value."""
        try:
            return give(name, _value(node), self.place(node), self.dimensions)
        except FactError as error:
            self.wrong_fact(error, self.place(locate(node, error.path)))
        except ExpressionError as error:
            self.problems.error(error.code, error.message, self.place(node), remedy=error.remedy)
        return Given(self.place(node))

    def wrong_fact(self, error: FactError, where: Origin) -> None:
        """Note a value that a fact cannot have."""
        self.problems.error(error.code, error.message, where, why=error.why, remedy=error.remedy)


def _value(node: Node) -> Plain:
    match node:
        case Scalar():
            return node.value
        case Sequence():
            return [_value(item) for item in node.items]
        case Mapping():
            return {key: _value(item) for key, item in node.items.items()}

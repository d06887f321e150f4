"""Nodes of a document become definitions, one for each setting."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dseconf.document import Document, Node, Scalar, Sequence
from dseconf.document import Mapping as MappingNode
from dseconf.errors import InputError
from dseconf.expression import ExpressionError, parse_expression
from dseconf.finding import Finding, Severity
from dseconf.layer.model import BrokenValue, FileSection, Layer, Manage, join_key
from dseconf.layer.tag import NO_TAG, Tag, read_tag
from dseconf.setting import Definition, Operation, Origin, Secret, Strength, Value

# A provider may take the name for a path below its own folder.
_SECRET_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")
_MAX_SECRET_NAME = 200


def read_layer(document: Document) -> Layer:
    """Read a layer. Its mistakes are in its findings, each with its place."""
    reader = _Reader(document.path, list(document.findings))
    root = document.root
    reader.root(root)
    files: dict[str, FileSection] = {}
    manage: tuple[Definition, ...] = ()
    reason = ""
    for name, key, node in _entries(root):
        if name == "reason":
            reason = reader.text(node, "reason")
        elif name == "manage":
            manage = tuple(reader.modes(node))
        else:
            definitions = tuple(reader.section(name, node))
            files[name] = FileSection(Origin(document.path, key.line, key.column), definitions, reader.take_broken())
    return Layer(document.path, files, manage, reason, tuple(reader.findings))


def _entries(node: Node | None) -> Iterator[tuple[str, Scalar, Node]]:
    if isinstance(node, MappingNode):
        for name, child in node.items.items():
            yield name, node.keys[name], child


class _Reader:
    """Turns nodes of one file into definitions and gathers what is wrong with them."""

    def __init__(self, path: str, findings: list[Finding]) -> None:
        self.path = path
        self.findings = findings
        self.broken: list[BrokenValue] = []
        # Values that were refused with the document: what they would be as text is no second mistake.
        self.refused = {finding.where[0] for finding in findings}
        self.lost = False
        self.quoting: list[Finding] = []

    def take_broken(self) -> tuple[BrokenValue, ...]:
        taken, self.broken = tuple(self.broken), []
        return taken

    def root(self, node: Node | None) -> None:
        if node is None or (isinstance(node, Scalar) and node.value is None and node.tag is None):
            return
        if not isinstance(node, MappingNode):
            self.found("wrong-layer", "a layer maps file names to settings", node, "", "write FILE: {KEY: VALUE}")
        elif node.tag:
            self.found("wrong-tag-use", "a layer as a whole takes no tag", node, "", "tag the settings inside it")

    def section(self, name: str, node: Node) -> Iterator[Definition]:
        if isinstance(node, MappingNode):
            strength = self.mapping_strength(node, Strength.PLAIN)
            for key, place, child in _entries(node):
                yield from self.setting(key, child, strength, place, top=True)
        elif isinstance(node, Scalar) and node.value is None and node.tag is None:
            remedy = f"remove the line, or write settings under {name}"
            self.found("empty-section", f"{name} has no settings here", node, "", remedy)
        else:
            self.found("wrong-layer", f"{name} takes a mapping of settings", node, "", f"write {name}: {{KEY: VALUE}}")

    def setting(
        self, key: str, node: Node, strength: Strength, place: Scalar, *, top: bool = False
    ) -> Iterator[Definition]:
        """The definitions that one key makes: one, or one for each setting below it.

        A key at the top stays as written, since only YAML files have paths.
        """
        if isinstance(node, MappingNode) and node.items:
            inner = self.mapping_strength(node, strength)
            parent = join_key("", key) if top else key
            for name, child_place, child in _entries(node):
                yield from self.setting(join_key(parent, name), child, inner, child_place)
        else:
            yield from self.leaf(key, node, strength, self.place(place))

    def leaf(self, key: str, node: Node, strength: Strength, origin: Origin) -> Iterator[Definition]:
        """The definition of a key with one value; none, and a broken value noted, where it cannot be read."""
        before = len(self.findings)
        self.quoting, self.lost = [], False
        tag = self.tag(node)
        value = self.tagged_value(key, node, tag)
        if self.quoting or self.lost or len(self.findings) > before:
            self.broken.append(BrokenValue(key, origin, tuple(self.quoting)))
        else:
            chosen = strength if tag.strength is None else tag.strength
            yield Definition(key, value, origin, tag.operation, chosen, self.place(node))

    def mapping_strength(self, node: MappingNode, inherited: Strength) -> Strength:
        tag = self.tag(node)
        if tag.secret or tag.operation is not Operation.SET:
            self.found("wrong-tag-use", f"{node.tag} does not go on a mapping", node, "", "tag the settings inside it")
        return inherited if tag.strength is None else tag.strength

    def tagged_value(self, key: str, node: Node, tag: Tag) -> Value:
        if tag.secret:
            return self.secret(node)
        if tag.operation is Operation.UNSET:
            if not (isinstance(node, Scalar) and node.value in (None, "")):
                self.found("wrong-tag-use", "!unset takes no value", node, "", f"write {key}: !unset")
            return None
        if tag.operation.edits and not isinstance(node, Sequence):
            self.found("wrong-tag-use", f"{node.tag} takes a list", node, "", f"write {key}: {node.tag} [member]")
            return []
        return self.value(node)

    def value(self, node: Node) -> Value:
        """The node's value with secrets and expressions in their places."""
        if self.refused and self.place(node) in self.refused:
            self.lost = True
        if isinstance(node, Scalar):
            return self.expression(node, node.value) if isinstance(node.value, str) else node.value
        if isinstance(node, Sequence):
            return [self.member(item) for item in node.items]
        return {key: self.member(item) for key, _, item in _entries(node)}

    def member(self, node: Node) -> Value:
        tag = self.tag(node)
        if tag.secret:
            return self.secret(node)
        if tag != NO_TAG:
            message = f"{node.tag} does not go on a member of a value"
            self.found("wrong-tag-use", message, node, "", "tag the whole value")
        return self.value(node)

    def expression(self, node: Scalar, text: str) -> Value:
        if "{{" not in text and "{%" not in text:
            return text
        try:
            return parse_expression(text)
        except ExpressionError as error:
            places = (self.place(node),)
            self.quoting.append(Finding(error.code, Severity.ERROR, str(error), places, "", error.remedy))
            return None

    def secret(self, node: Node) -> Value:
        name = node.value if isinstance(node, Scalar) else None
        if isinstance(name, str) and _SECRET_NAME.fullmatch(name) and ".." not in name and len(name) < _MAX_SECRET_NAME:
            return Secret(name)
        why = "a name has letters, digits and . _ - /, and no part of it begins with a dot"
        self.found("wrong-secret", "!secret takes the name of a secret", node, why, "write !secret keystore/client")
        return None

    def modes(self, node: Node) -> Iterator[Definition]:
        modes = [mode.value for mode in Manage]
        inherited = Strength.PLAIN
        if isinstance(node, MappingNode):
            inherited = self.mapping_strength(node, inherited)
        else:
            remedy = "write manage: {cassandra-env.sh: unmanaged}"
            self.found("wrong-manage", "manage maps file names to modes", node, "", remedy)
        for name, place, child in _entries(node):
            tag = self.tag(child)
            mode = child.value if isinstance(child, Scalar) else None
            if mode not in modes or tag.operation is not Operation.SET or tag.secret:
                remedy = f"write one of {', '.join(modes)}"
                self.found("wrong-manage", f"no mode to manage {name} by", child, "", remedy)
            else:
                strength = inherited if tag.strength is None else tag.strength
                yield Definition(name, str(mode), self.place(place), Operation.SET, strength)

    def text(self, node: Node, name: str) -> str:
        if isinstance(node, Scalar) and isinstance(node.value, str) and node.tag is None:
            return node.value
        self.found("wrong-type", f"{name} takes text", node, "", f'write {name}: "why this layer is there"')
        return ""

    def tag(self, node: Node) -> Tag:
        try:
            return read_tag(node.tag) if node.tag else NO_TAG
        except InputError as error:
            (finding,) = error.findings
            self.found(finding.code, finding.message, node, finding.why, finding.remedy)
            return NO_TAG

    def place(self, node: Node) -> Origin:
        return Origin(self.path, node.line, node.column)

    def found(self, code: str, message: str, node: Node, why: str, remedy: str) -> None:
        self.findings.append(Finding(code, Severity.ERROR, message, (self.place(node),), why, remedy))

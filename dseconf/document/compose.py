"""Parser events become nodes, within bounds.

The walk keeps its own stack, so that deep nesting is an answer and not a crash, and
counts what aliases stand for, so that a small file cannot become a large document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from dseconf.document.node import Document, Mapping, Node, Scalar, Sequence
from dseconf.document.scalar import AmbiguousScalarError, Typed, type_plain
from dseconf.errors import InputError
from dseconf.finding import Finding, Severity
from dseconf.setting import Origin

MAX_DEPTH = 40
MAX_NODES = 500_000
MAX_SCALAR = 65_536  # characters

_TEXT_TAG = "tag:yaml.org,2002:str"
_TAG = re.compile(r"![A-Za-z0-9._-]*|" + re.escape(_TEXT_TAG))
_ANCHOR = re.compile(r"[A-Za-z0-9_-]+")
_MERGE = "<<"
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class _Open:
    """A collection that has begun and not yet ended."""

    node: Sequence | Mapping
    anchor: str | None
    flow: bool
    key: Scalar | None = None
    merges: list[tuple[Scalar, Node]] = field(default_factory=list)

    @property
    def wants_key(self) -> bool:
        return isinstance(self.node, Mapping) and self.key is None


def compose(events: Iterable[Any], path: str) -> Document:
    """Build the document from a parser's events (PyYAML's or ruamel's: they look alike).

    Mistakes that leave the rest readable are findings of the document. No message quotes
    a value: what stands there may be a secret.

    Raises:
        InputError: the document breaks a bound, or there is more than one.
    """
    composer = _Composer(path)
    for event in events:
        composer.take(event)
    return Document(path, composer.root, tuple(composer.findings))


def unquoted_expression(place: Origin) -> Finding:
    """The mistake that everybody makes once."""
    why = "YAML reads an unquoted { as the start of a mapping"
    remedy = 'quote the expression: "{{ ... }}"'
    return Finding("unquoted-expression", Severity.ERROR, "{{ stands outside quotes", (place,), why, remedy)


class _Composer:
    def __init__(self, path: str) -> None:
        self.path = path
        self.root: Node | None = None
        self.findings: list[Finding] = []
        self.stack: list[_Open] = []
        self.anchors: dict[str, Node] = {}
        self.nodes = 0
        self.documents = 0
        self.take_by_name = {
            "ScalarEvent": self.scalar,
            "MappingStartEvent": self.mapping,
            "SequenceStartEvent": self.sequence,
            "MappingEndEvent": self.end,
            "SequenceEndEvent": self.end,
            "AliasEvent": self.alias,
            "DocumentStartEvent": self.document,
        }

    def take(self, event: Any) -> None:
        handle = self.take_by_name.get(type(event).__name__)
        if handle is not None:
            handle(event)

    def document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            message = "the file holds more than one YAML document"
            self.stop(event, "several-documents", message, "remove the --- line, or split the file")

    def scalar(self, event: Any) -> None:
        # ruamel.yaml marks the places where it folds lines.
        text: str = event.value.replace("\a", "") if event.style == ">" else event.value
        if len(text) > MAX_SCALAR:
            self.stop(event, "huge-scalar", f"a value is longer than {MAX_SCALAR:,} characters", "shorten it")
        self.refuse_unsure(text, event)
        tag = self.tag(event)
        quoted = bool(event.style) or tag in (_TEXT_TAG, "!")
        value = text if quoted else self.typed(text, event)
        if self.stack and self.stack[-1].wants_key:
            value = text  # a key is the text that stands there: 1.10 is no number
        mark = event.start_mark
        node = Scalar(value, None if tag in (_TEXT_TAG, "!") else tag, mark.line + 1, mark.column + 1, quoted)
        self.place_node(node, event.anchor)

    def refuse_unsure(self, text: str, event: Any) -> None:
        """Refuse what only one of the two parsers takes."""
        if event.style in ("|", ">") and not self.stack:
            self.stop(event, "yaml-syntax", "the file is one block of text", "write KEY: VALUE")
        if (
            event.style in ("|", ">")
            and self.stack
            and (key := self.stack[-1].key)
            and key.line < event.start_mark.line + 1
        ):
            self.stop(
                event, "yaml-syntax", "a block of text begins on a line of its own", "write | or > behind its key"
            )
        if not event.style and (text[:1] == ":" or text[-1:] == ":") and self.stack and self.stack[-1].flow:
            self.stop(event, "yaml-syntax", "a colon has no blank beside it", "quote the text, or write KEY: VALUE")
        if not text.isascii() and _SURROGATE.search(text):
            self.stop(event, "wrong-character", "half of a character stands here", "write the whole character")

    def tag(self, event: Any) -> str | None:
        """The tag as written; None for an untagged value and for the tags of plain collections."""
        if event.tag in (None, "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
            return None
        if not _TAG.fullmatch(event.tag):
            remedy = "quote a text that begins with !"
            self.found("unknown-tag", "there is no such tag", self.place(event), "", remedy)
            return None
        return str(event.tag)

    def typed(self, text: str, event: Any) -> Typed:
        if "{{" in text:
            self.findings.append(unquoted_expression(self.place(event)))
            return text
        try:
            return type_plain(text)
        except AmbiguousScalarError as error:
            self.found("ambiguous-scalar", error.message, self.place(event), str(error), error.remedy)
            return text

    def mapping(self, event: Any) -> None:
        mark = event.start_mark
        if self.stack and isinstance(self.stack[-1].node, Sequence) and event.end_mark.index == mark.index:
            self.refuse_pair(event)
        self.open(Mapping({}, {}, self.tag(event), mark.line + 1, mark.column + 1), event)

    def refuse_pair(self, event: Any) -> None:
        """Refuse ``[a: b]``: the parsers disagree on its forms, and people take it for a mapping."""
        if self.stack[-1].flow:
            self.stop(event, "yaml-syntax", "a key stands in a list without braces", "write [{KEY: VALUE}]")

    def sequence(self, event: Any) -> None:
        mark = event.start_mark
        self.open(Sequence([], self.tag(event), mark.line + 1, mark.column + 1), event)

    def open(self, node: Sequence | Mapping, event: Any) -> None:
        if len(self.stack) >= MAX_DEPTH:
            self.stop(event, "deep-nesting", f"values are nested more than {MAX_DEPTH} deep", "flatten the value")
        self.stack.append(_Open(node, event.anchor, bool(event.flow_style)))

    def end(self, _event: Any) -> None:
        done = self.stack.pop()
        for key, source in done.merges:
            self.merge(done.node, key, source)
        self.place_node(done.node, done.anchor)

    def alias(self, event: Any) -> None:
        node = self.anchors.get(event.anchor)
        if node is None:
            remedy = "define the anchor with & before its first use, or write the value out"
            self.stop(event, "undefined-alias", "an alias names no anchor above it", remedy)
        elif self.stack and self.stack[-1].wants_key:
            self.found("wrong-key", "an alias cannot be a mapping key", self.place(event), "", "write the key out")
            self.stack[-1].key = Scalar(None, None, node.line, node.column)
        else:
            self.count(node.size, event)
            self.place_node(node, None, counted=True)

    def place_node(self, node: Node, anchor: str | None, *, counted: bool = False) -> None:
        if not counted:
            self.count(1, node)
        if anchor:
            if not _ANCHOR.fullmatch(anchor):
                self.stop(node, "yaml-syntax", "the name of an anchor is wrong", "use letters, digits, _ and -")
            self.anchors[anchor] = node
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        if isinstance(parent.node, Sequence):
            parent.node.items.append(node)
            parent.node.size += node.size
        elif parent.key is None:
            parent.key = self.key_of(node, parent)
        else:
            self.put(parent, parent.key, node)
            parent.key = None

    def key_of(self, node: Node, parent: _Open) -> Scalar:
        """The mapping key that a node stands for; a wrong one is reported and kept out."""
        place = Origin(self.path, node.line, node.column)
        if isinstance(node, Scalar) and node.value and not node.tag:
            return node
        if isinstance(node, Mapping) and parent.flow:
            self.findings.append(unquoted_expression(Origin(self.path, parent.node.line, parent.node.column)))
        elif isinstance(node, Scalar) and node.tag:
            self.found("wrong-key", "a mapping key takes no tag", place, "", "put the tag before the value")
        elif isinstance(node, Scalar):
            self.found("wrong-key", "a mapping key is empty", place, "", "write the key before the colon")
        else:
            self.found("wrong-key", "a mapping key must be plain text", place, "", "write the key as one word")
        return Scalar(None, None, node.line, node.column)

    def put(self, parent: _Open, key: Scalar, node: Node) -> None:
        mapping = parent.node
        if not isinstance(mapping, Mapping) or not isinstance(key.value, str):
            return
        mapping.size += node.size
        name = key.value
        if name in mapping.keys:
            self.duplicate(name, key, mapping.keys[name])
        elif name == _MERGE and not key.quoted:
            if parent.merges:
                self.duplicate(name, key, parent.merges[0][0])
            parent.merges.append((key, node))
        else:
            mapping.items[name] = node
            mapping.keys[name] = key

    def duplicate(self, name: str, key: Scalar, first: Scalar) -> None:
        places = (Origin(self.path, key.line, key.column), Origin(self.path, first.line, first.column))
        why = "a reader would keep one of the two and drop the other"
        message = f"key {name!r} appears twice"
        self.findings.append(Finding("duplicate-key", Severity.ERROR, message, places, why, "remove one of them"))

    def merge(self, mapping: Sequence | Mapping, key: Scalar, source: Node) -> None:
        for one in source.items if isinstance(source, Sequence) else [source]:
            place = Origin(self.path, key.line, key.column)
            if not isinstance(one, Mapping) or not isinstance(mapping, Mapping):
                message = "<< takes a mapping, or a list of mappings"
                self.found("wrong-merge", message, place, "", "name an anchored mapping: <<: *name")
            elif one.tag or source.tag:
                remedy = "tag the mapping that takes the keys"
                self.found("wrong-merge", "the tag of a merged mapping would be lost", place, "", remedy)
            else:
                for name, value in one.items.items():
                    mapping.items.setdefault(name, value)
                    mapping.keys.setdefault(name, one.keys[name])

    def count(self, size: int, at: Any) -> None:
        self.nodes += size
        if self.nodes > MAX_NODES:
            message = f"the file, with its aliases written out, holds more than {MAX_NODES:,} values"
            self.stop(at, "alias-expansion", message, "write the value once, or split the file")

    def found(self, code: str, message: str, place: Origin, why: str, remedy: str) -> None:
        self.findings.append(Finding(code, Severity.ERROR, message, (place,), why, remedy))

    def place(self, event: Any) -> Origin:
        return Origin(self.path, event.start_mark.line + 1, event.start_mark.column + 1)

    def stop(self, at: Any, code: str, message: str, remedy: str) -> None:
        place = self.place(at) if hasattr(at, "start_mark") else Origin(self.path, at.line, at.column)
        raise InputError(code, message, where=place, remedy=remedy)

"""Reading YAML 1.1 as SnakeYAML does: the last of duplicate keys counts, merges apply.

The parser's events are put together here, and not by PyYAML's composer, for three
reasons: keys keep the text they are written with, deep nesting is an answer and not a
crash, and aliases can not make a large document of a small file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dseconf.formats import FormatError
from dseconf.formats._scalar import read_text
from dseconf.formats._yaml11 import read_plain
from dseconf.setting import Plain

MAX_DEPTH = 50  # the limit of SnakeYAML 1.31 and later
MAX_ALIASED = 100_000  # values that aliases may stand for

_TAG = "tag:yaml.org,2002:"
_KNOWN_TAGS = frozenset({_TAG + name for name in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp")})


@dataclass(frozen=True, slots=True)
class _Node:
    """A value, how many values it holds, and the text of a scalar as it is written."""

    value: Plain
    size: int = 1
    text: str | None = None
    merges: bool = False


@dataclass(slots=True)
class _Open:
    """A collection that has begun and not yet ended."""

    value: list[Plain] | dict[str, Plain]
    anchor: str | None
    line: int
    key: _Node | None = None
    size: int = 1
    merged: dict[str, Plain] = field(default_factory=dict)


def read_yaml(text: str) -> Plain:
    """The value of the one document in the text; None for an empty text.

    Raises:
        FormatError: the text is no YAML, breaks a bound, or holds several documents.
    """
    import yaml  # noqa: PLC0415  # commands that read no YAML file do without it

    composer = _Composer()
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            composer.take(event)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it can not be read"
        raise FormatError(f"this is no YAML: {problem}", "correct the line", mark.line + 1 if mark else 0) from error
    return composer.root


class _Composer:
    def __init__(self) -> None:
        self.root: Plain = None
        self.documents = 0
        self.aliased = 0
        self.stack: list[_Open] = []
        self.anchors: dict[str, _Node] = {}

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1
        match type(event).__name__:
            case "DocumentStartEvent":
                self.documents += 1
                if self.documents > 1:
                    raise FormatError("the text holds more than one YAML document", "remove the --- line", line)
            case "ScalarEvent":
                self.place(_scalar(event, line), event.anchor, line)
            case "AliasEvent":
                self.place(self.target(event.anchor, line), None, line)
            case "MappingStartEvent":
                self.open({}, event, line)
            case "SequenceStartEvent":
                self.open([], event, line)
            case "MappingEndEvent" | "SequenceEndEvent":
                self.close()
            case _:  # beginnings and ends of the stream and its document say nothing
                pass

    def open(self, value: list[Plain] | dict[str, Plain], event: Any, line: int) -> None:
        _check_tag(event.tag, line)
        if len(self.stack) >= MAX_DEPTH:
            raise FormatError(f"values are nested more than {MAX_DEPTH} deep", "flatten the value", line)
        self.stack.append(_Open(value, event.anchor, line))

    def close(self) -> None:
        done = self.stack.pop()
        value: Plain = done.value
        if isinstance(value, dict):
            value = {**done.merged, **value}
        self.place(_Node(value, done.size), done.anchor, done.line)

    def target(self, anchor: str, line: int) -> _Node:
        node = self.anchors.get(anchor)
        if node is None:
            raise FormatError("an alias names no anchor that is complete above it", "write the value out", line)
        self.aliased += node.size
        if self.aliased > MAX_ALIASED:
            raise FormatError(f"aliases stand for more than {MAX_ALIASED:,} values", "write the values out", line)
        return node

    def place(self, node: _Node, anchor: str | None, line: int) -> None:
        if anchor:
            self.anchors[anchor] = node
        if not self.stack:
            self.root = node.value
            return
        parent = self.stack[-1]
        parent.size += node.size
        if isinstance(parent.value, list):
            parent.value.append(node.value)
        elif parent.key is None:
            if node.text is None:
                raise FormatError("a key is a list or a mapping", "write the key as one word", line)
            parent.key = node
        else:
            _put(parent, parent.value, parent.key, node, line)
            parent.key = None


def _put(parent: _Open, values: dict[str, Plain], key: _Node, node: _Node, line: int) -> None:
    if not key.merges:
        values[key.text or ""] = node.value
        return
    for source in node.value if isinstance(node.value, list) else [node.value]:
        if not isinstance(source, dict):
            raise FormatError("<< takes a mapping or a list of mappings", "name an anchor: <<: *name", line)
        parent.merged = {**source, **parent.merged}


def _scalar(event: Any, line: int) -> _Node:
    _check_tag(event.tag, line)
    text: str = event.value
    tag = None if event.tag == "!" else event.tag  # SnakeYAML types `! 1` as if it had no tag
    plain = tag != f"{_TAG}str" and (tag is not None or not event.style)
    value = read_plain(text) if plain else read_text(text, "yaml")
    return _Node(value, text=text, merges=plain and text == "<<")


def _check_tag(tag: str | None, line: int) -> None:
    # Other tags name classes, which safe readers refuse and unsafe ones would load.
    if tag is not None and tag != "!" and tag not in _KNOWN_TAGS:
        raise FormatError("a value has a tag of its own", "remove the tag", line)

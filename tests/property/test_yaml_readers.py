"""Law: the fast reader and the reader that keeps comments give the same values at the same places, or both refuse.

A text counts as refused when it cannot be read, and when something in it is a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from dseconf.document import Mapping, Node, Scalar, Sequence, fast_events, read_document, round_trip_events
from dseconf.document.read import Events
from dseconf.errors import DseconfError

Shape: TypeAlias = tuple[object, ...] | None


def shape(node: Node | None) -> Shape:
    """A node with all its places, but for that of nothing, which stands nowhere."""
    match node:
        case None:
            return None
        case Scalar(value=None):
            return (None, node.tag)
        case Scalar():
            return (repr(node.value), node.tag, node.line, node.column, node.quoted)
        case Sequence():
            return ("list", node.tag, node.line, node.column, *map(shape, node.items))
        case Mapping():
            items = [(name, shape(node.keys[name]), shape(item)) for name, item in node.items.items()]
            return ("mapping", node.tag, node.line, node.column, *items)


def read(text: str, events: Events) -> Shape | str:
    try:
        document = read_document(text.encode("utf-8", "surrogatepass"), "layer.yaml", events)
    except DseconfError:
        return "refused"
    return "refused" if document.findings else shape(document.root)


# ruamel.yaml places a value with a tag and then an anchor at the anchor, and takes the tags !!!str and !!<x>,
# and a ? behind a colon within braces.
_KNOWN_TO_DIFFER = re.compile(r"!\S*[ \t\r\n]+(?:#.*\n\s*)*&|!!!|!!<|:\s*\?\s")


def check(text: str) -> None:
    assume(not _KNOWN_TO_DIFFER.search(text))
    assert read(text, fast_events) == read(text, round_trip_events)


WORDS = [
    "true", "null", "~", "yes", "on", "1", "-1", "0.5", "010", "0o17", "1e3", "1_000", "12:30", "0x1F",
    ".inf", "2024-01-31", "8GiB", "/var/lib", "a:b", "http://x", "a b", "", "'", '"', "#", "é", "😀",
    "{{ node.memory }}", "- a", "a: b", "*a", "&a", "!t",
]  # fmt: skip
TEXTS = st.one_of(st.sampled_from(WORDS), st.text(max_size=12), st.text("abc:#-?{}[],&*!|>'\"%@`\\ \t\n", max_size=8))
NUMBERS = st.integers() | st.floats(allow_nan=False)


@given(st.one_of(TEXTS, NUMBERS.map(str)))
def test_a_scalar_of_any_kind(text: str) -> None:
    check(f"key: {text}\nnext: 1\n")


def write(value: object, depth: int, quote: Callable[[str], str]) -> str:
    """A value as block YAML, its texts as ``quote`` writes them."""
    blank = "  " * depth
    match value:
        case list():
            return "".join(f"\n{blank}- {write(item, depth + 1, quote)}" for item in value) or "[]"
        case dict():
            lines = (f"\n{blank}{quote(str(key))}: {write(item, depth + 1, quote)}" for key, item in value.items())
            return "".join(lines) or "{}"
        case _:
            return quote(str(value))


QUOTES: dict[str, Callable[[str], str]] = {
    "plain": str,
    "single": lambda text: "'" + text.replace("'", "''") + "'",
    "double": lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"',
    "block": lambda text: "|-\n        " + text.replace("\n", "\n        "),
    "folded": lambda text: ">-\n        " + text.replace("\n", "\n        "),
    "tagged": lambda text: f"!force {text}",
}
KEYS = st.sampled_from(["a", "b", "c.d", "-Xmx"])
VALUES = st.recursive(
    st.sampled_from(WORDS) | NUMBERS | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("quote", QUOTES.values(), ids=QUOTES.keys())
@given(value=st.dictionaries(st.sampled_from(["cassandra.yaml", "manage", "reason"]), VALUES, max_size=3))
def test_a_document_in_one_style(quote: Callable[[str], str], value: dict[str, object]) -> None:
    check(write(value, 0, quote) + "\n")


LAYER = """\
# why this layer is there
reason: "small nodes"   # said by ops
cassandra.yaml:
  num_tokens: &tokens 8
  data_file_directories: [/a, "/b", '/c']
  client_encryption_options: {enabled: true, keystore_password: !secret keystore/client}

  hints_compression: !append.force
    - class_name: LZ4Compressor
      parameters:
        - {level: 3}
jvm-server.options:
  -Xmx: "{{ [node.memory / 2, 31 * GiB] | min }}"
  -XX:OnError: >-
    first
    second

      third
  text: |
    a
     b
defaults: &defaults
  x: *tokens
  z: !default 0.5
other: {<<: *defaults, z: ~}
"""
PIECES = st.sampled_from([
    "\n", "\n  ", " ", "  ", "\t", ":", ": ", "- ", "? ", ", ", "{", "}", "[", "]", "'", '"', "#", " # x\n",
    "&a ", "*a", "*tokens", "!t ", "!!str ", "|\n", ">-\n  ", "---\n", "...\n", "%YAML 1.2\n", "\r\n", "\r",
    "\u0085", "\u2028", "\ufeff", "\\", "@", "`", "é", "<<: ", "yes", "0o7", "{{ x }}", "\x00", "\x07",
    "\ud800", "~",
])  # fmt: skip


@st.composite
def mutations(draw: st.DrawFn) -> str:
    """The layer with a few pieces put in, taken out, or put in the place of others."""
    text = LAYER
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 6)))
        text = text[:start] + draw(PIECES | st.just("")) + text[end:]
    return text


@given(mutations())
@example(LAYER)
@example(LAYER.replace("\n", "\r\n"))
@example("\ufeff" + LAYER)
def test_a_layer_with_mistakes(text: str) -> None:
    check(text)


@given(st.lists(PIECES | st.sampled_from(WORDS), max_size=10).map("".join))
@example("a: b\t\n")
@example("a: #c\n  |-\n   x\n\n# d\nb: 1")
@example("[a:, b]")
@example("? a\n: b")
@example("a: >-\n  x\n\n   y\n")
@example("a: b\n...\n...\n")
@example('a: "\\U00110000"')
@example('a: "\\ud800"')
@example("%FOO\n---\na: b")
def test_texts_of_any_kind(text: str) -> None:
    check(text)


def test_the_layer_is_one_that_both_take() -> None:
    assert read(LAYER, fast_events) != "refused"

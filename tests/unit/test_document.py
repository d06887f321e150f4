"""Documents: values with their places, and what is refused."""

from __future__ import annotations

import math

import pytest

from dseconf.document import MAX_BYTES, MAX_DEPTH, MAX_SCALAR, Document, Mapping, Scalar, plain, read_document
from dseconf.document.scalar import AmbiguousScalarError, type_plain
from dseconf.errors import DseconfError
from dseconf.finding import Finding


def read(text: str | bytes) -> Document:
    return read_document(text if isinstance(text, bytes) else text.encode(), "base.yaml")


def value(text: str) -> object:
    document = read(text)
    assert document.findings == ()
    assert document.root is not None
    return plain(document.root)


def refused(text: str | bytes) -> Finding:
    """The one mistake of a text, whether the rest could be read or not."""
    try:
        findings = read(text).findings
    except DseconfError as error:
        findings = error.findings
    (finding,) = findings
    return finding


def scalar(document: Document, *path: str) -> Scalar:
    node = document.root
    for step in path:
        assert isinstance(node, Mapping)
        node = node.items[step]
    assert isinstance(node, Scalar)
    return node


TYPES = {
    "": None,
    "~": None,
    "null": None,
    "true": True,
    "FALSE": False,
    "True": True,
    "8": 8,
    "-8": -8,
    "+8": 8,
    "0": 0,
    "0x1F": 31,
    "0.5": 0.5,
    "-.5": -0.5,
    "5.": 5.0,
    "1.5e+3": 1500.0,
    ".inf": math.inf,
    "tRue": "tRue",
    "8GiB": "8GiB",
    "10ms": "10ms",
    "10.1.1.1": "10.1.1.1",
    "1.2.3": "1.2.3",
    "a": "a",
    "-": "-",
    "--": "--",
    "0x": "0x",
    "1e": "1e",
    "_1": "_1",
    "12:99": "12:99",
    "2024-01": "2024-01",
    "Yes please": "Yes please",
}


@pytest.mark.parametrize(("text", "expected"), TYPES.items())
def test_an_unquoted_scalar_has_the_type_of_yaml_1_2(text: str, expected: object) -> None:
    found = type_plain(text)
    assert found == expected
    assert type(found) is type(expected)


AMBIGUOUS = [
    "yes", "No", "ON", "off", "y", "N", "010", "-010", "00", "0o17", "0b11", "1e3", "1E3", "1e+3", "1_000",
    "1_000.5", "1.5_0", ".5_0", "0x_1F", "-0x1F", "12:30", "12:30:45", "1:30.5", "1_0:30", "2024-01-31",
    "2024-1-1", "2024-01-31T10:00:00Z", "2024-01-31 10:00:00",
]  # fmt: skip


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_a_scalar_that_yaml_1_1_reads_differently_is_refused(text: str) -> None:
    with pytest.raises(AmbiguousScalarError):
        type_plain(text)
    finding = refused(f"a:\n  b: {text}\n")
    assert finding.code == "ambiguous-scalar"
    assert str(finding.where[0]) == "base.yaml:2:6"
    assert finding.remedy.startswith("quote it")


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_in_quotes_it_is_text(text: str) -> None:
    assert value(f'a: "{text}"') == {"a": text}
    assert value(f"a: !!str {text}") == {"a": text}


def test_an_ambiguous_number_is_not_quoted_since_it_may_be_a_secret() -> None:
    assert "07771" not in str(refused("password: 07771"))


def test_a_number_of_very_many_digits_is_text_and_takes_no_time() -> None:
    assert type_plain("9" * 60_000) == "9" * 60_000
    assert type_plain("1_" + "1" * 60_000) == "1_" + "1" * 60_000


def test_values_have_their_places() -> None:
    document = read("a:\n  b: [1, 'x']\n  c: !force 8\n")
    assert (scalar(document, "a", "c").line, scalar(document, "a", "c").column) == (3, 6)
    assert scalar(document, "a", "c").tag == "!force"
    assert isinstance(document.root, Mapping)
    inner = document.root.items["a"]
    assert isinstance(inner, Mapping)
    assert [(key.line, key.column) for key in inner.keys.values()] == [(2, 3), (3, 3)]


def test_a_key_is_the_text_that_stands_there() -> None:
    assert value("1.10: a\n0x1F: b\ntrue: c\n") == {"1.10": "a", "0x1F": "b", "true": "c"}


def test_anchors_and_merges_work_within_a_file() -> None:
    assert value("a: &a {x: 1, z: 2}\nb: {<<: *a, z: 3}\n") == {"a": {"x": 1, "z": 2}, "b": {"x": 1, "z": 3}}
    merged = value("a: &a {x: 1}\nb: &b {x: 2, z: 3}\nc: {<<: [*a, *b]}\n")
    assert merged == {"a": {"x": 1}, "b": {"x": 2, "z": 3}, "c": {"x": 1, "z": 3}}


def test_an_alias_has_the_place_of_its_anchor() -> None:
    node = scalar(read("a: &a 8\nb: *a\n"), "b")
    assert (node.line, node.column) == (1, 4)


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "\ufeff", "\n\n"])
def test_a_file_of_nothing_holds_nothing(text: str) -> None:
    root = read(text).root
    assert root is None or plain(root) is None


REFUSED = {
    "a tag on a key": ("!force a: 1", "wrong-key", "1:1"),
    "a tag that only one parser reads": ("a: !x%21 1", "yaml-syntax", "1:4"),
    "a merge with a tag": ("a: &a !force {x: 1}\nb:\n  <<: *a", "wrong-merge", "3:3"),
    "two merges": ("a: &a {x: 1}\nb: {<<: *a, <<: *a}", "duplicate-key", "2:13"),
    "an alias as key": ("a: &a x\n*a : 1", "wrong-key", "2:1"),
    "a pair in a list": ("a: [b: c]", "yaml-syntax", "1:5"),
    "no blank behind a tag": ("a: {b: !unset, c: 1}", "yaml-syntax", "1:8"),
    "no blank behind a block": ("a: |#x\n  y", "yaml-syntax", "1:4"),
    "a carriage return": ("a: 1\rb: 2", "wrong-character", "1:5"),
    "two ends": ("a: 1\n...\n...\n", "several-documents", "3:1"),
    "a block alone": ("|\n  text", "yaml-syntax", "1:1"),
    "a block on a line of its own": ("a:\n  |\n  x", "yaml-syntax", "2:3"),
    "UTF-16": ("a: 1".encode("utf-16"), "wrong-encoding", "1:1"),
    "a broken character": ("ü: \u00e9".encode() + b"\xc3", "wrong-encoding", "1:5"),
}


@pytest.mark.parametrize(("text", "code", "place"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused(text: str | bytes, code: str, place: str) -> None:
    finding = refused(text)
    assert (finding.code, str(finding.where[0])) == (code, f"base.yaml:{place}")
    assert finding.remedy


def test_bounds_hold_at_their_edges() -> None:
    assert value("a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1))
    assert refused("a: " + "[" * MAX_DEPTH + "]" * MAX_DEPTH).code == "deep-nesting"
    assert value("a: " + "x" * MAX_SCALAR) == {"a": "x" * MAX_SCALAR}
    assert refused("a: " + "x" * (MAX_SCALAR + 1)).code == "huge-scalar"
    assert refused(b"#" * (MAX_BYTES + 1)).code == "file-too-large"


def test_aliases_count_for_what_they_stand_for() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 7)]
    assert value("\n".join(lines[:5]))
    assert refused("\n".join(lines)).code == "alias-expansion"


def test_merges_count_too() -> None:
    lines = ["a0: &a0 {" + ", ".join(f"k{n}: 1" for n in range(100)) + "}"]
    lines += [f"a{n}: &a{n} {{x{n}: [{', '.join(['{<<: *a' + str(n - 1) + '}'] * 20)}]}}" for n in range(1, 6)]
    assert refused("\n".join(lines)).code == "alias-expansion"


SECRET_LINES = [
    '"hunter2',
    "hunter2: x: y",
    "[hunter2",
    "%hunter2",
    "*hunter2",
    "!hunter2%",
    '"\\qhunter2"',
    "'a' hunter2",
    "\thunter2",
]


@pytest.mark.parametrize("line", SECRET_LINES)
def test_no_mistake_quotes_the_line_that_it_stands_on(line: str) -> None:
    finding = refused(f"a:\n  password: {line}\n  b: c\n")
    assert "hunter2" not in f"{finding} {finding.why} {finding.remedy}"

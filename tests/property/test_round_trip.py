"""parse(render(x)) = x for every format."""

from __future__ import annotations

import contextlib
import re
import string
from collections.abc import Mapping
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from dseconf.formats import FormatError, installed
from dseconf.formats._path import join_path
from dseconf.setting import Secret

Settings: TypeAlias = dict[str, Any]  # what the strategies make: plain values

TRAPS = st.sampled_from([
    "", " ", "yes", "No", "on", "y", "010", "1e3", "1:30", "12:30:45", "~", "null", "2024-01-31", "1_000", "0x1F",
    "=", "<<", "---", "...",
    "$(touch x)", "`touch x`", "${HOME}", "'", '"', "'\\''", "\\", "\\u0041", "a\\", "#", "a #b", "a: b", ":",
    "a:", "- a", "[a]", "{a}",
    " a", "a ", "\ta", "a\n", "\na\nb\n", "a\r\nb", "&amp;", "<x>", "]]>", "--", "ä", "日本", "😀", "@", "@@", "%",
    "!x", "*x", "&x", "|", ">",
])  # fmt: skip
ANY_TEXT = st.one_of(
    TRAPS, st.text(), st.text(alphabet=string.printable), st.builds("".join, st.lists(TRAPS, max_size=4))
)
ANY_TEXT = ANY_TEXT.filter(lambda text: "@@dseconf:" not in text)


def without(pattern: str) -> st.SearchStrategy[str]:
    return ANY_TEXT.filter(lambda text: not re.search(pattern, text))


NO_CONTROL = without(r"[\x00-\x1f\x7f]")
XML_TEXT = without(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
ONE_WORD = without(r"[\x00-\x20\x7f]").filter(bool)

SECRETS = st.builds(Secret, st.from_regex(r"[a-z/.]+", fullmatch=True))
SCALARS = st.one_of(ANY_TEXT, st.booleans(), st.none(), st.integers(), st.floats(allow_nan=False), SECRETS)
MEMBERS: st.SearchStrategy[object] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3), max_leaves=6
)
LEAVES: st.SearchStrategy[object] = st.one_of(SCALARS, st.lists(MEMBERS, max_size=3), st.just({}))
PATHS = st.builds(join_path, st.lists(ANY_TEXT.filter(lambda text: '"]' not in text), min_size=1, max_size=3))


def no_prefixes(settings: Settings) -> bool:
    """Whether YAML can hold the settings: none lies inside another."""
    return not any(other != key and other.startswith((f"{key}.", f"{key}[")) for key in settings for other in settings)


OPTIONS: st.SearchStrategy[Settings] = st.one_of(
    st.dictionaries(st.from_regex(r"-D[a-zA-Z.:]+|-X(mx|ms|mn|ss)|-(Xloggc|ea):", fullmatch=True), ONE_WORD),
    st.dictionaries(st.from_regex(r"-XX:[A-Z][a-zA-Z]+", fullmatch=True), st.booleans() | ONE_WORD),
    st.dictionaries(
        st.sampled_from(["--add-exports", "--add-opens", "-javaagent:", "-Xlog:"]), st.lists(ONE_WORD, min_size=1)
    ),
    st.dictionaries(st.sampled_from(["-ea", "-server", "--enable-preview"]), st.just(True)),
)
DIRECTIVES = st.from_regex(r"[A-Z][A-Za-z0-9_]*", fullmatch=True).filter(lambda key: key != "Plugin")
NUMBERS = st.integers(-(10**15), 10**15) | st.floats(allow_nan=False, allow_infinity=False) | st.booleans()

SETTINGS: dict[str, st.SearchStrategy[Settings]] = {
    "yaml": st.dictionaries(PATHS, LEAVES, max_size=6).filter(no_prefixes),
    "properties": st.dictionaries(ANY_TEXT.filter(bool), ANY_TEXT),
    "spaced": st.dictionaries(ANY_TEXT.filter(bool), ANY_TEXT),
    "jvm": OPTIONS,
    "shell": st.dictionaries(st.from_regex(r"[A-Za-z_][A-Za-z0-9_]*", fullmatch=True), without("\0")),
    "hadoop-xml": st.dictionaries(XML_TEXT.filter(lambda text: text and text == text.strip(" \t\r\n")), XML_TEXT),
    "collectd": st.dictionaries(DIRECTIVES, NO_CONTROL | NUMBERS),
}

NO_PLAIN_FORM = {"xml", "jaas", "plain"}


def test_every_format_is_under_the_law() -> None:
    assert set(SETTINGS) | NO_PLAIN_FORM == set(installed())
    for name in NO_PLAIN_FORM:
        with pytest.raises(FormatError):
            installed()[name].render({"k": "v"})


@pytest.mark.parametrize("name", SETTINGS)
@given(data=st.data())
def test_reading_back_what_was_written(name: str, data: st.DataObject) -> None:
    """parse(render(x)) = x for every format"""
    fmt = installed()[name]
    settings = data.draw(SETTINGS[name])
    text = fmt.render(settings)
    assert repr(sorted(fmt.parse(text).items())) == repr(sorted(settings.items()))
    header = fmt.header([data.draw(ANY_TEXT)])
    assert fmt.parse(header + text) == fmt.parse(text)


@pytest.mark.parametrize("name", sorted(set(SETTINGS) - {"hadoop-xml"}))
@given(data=st.data())
def test_a_file_is_its_blocks_one_after_the_other(name: str, data: st.DataObject) -> None:
    """each block is what ``arrange`` gives for its keys alone"""
    fmt = installed()[name]
    settings = data.draw(SETTINGS[name])
    assert fmt.block
    blocks: dict[str, Settings] = {}
    for key, value in settings.items():
        blocks.setdefault(fmt.block(key), {})[key] = value
    whole = fmt.render(settings)
    assert "".join(fmt.render(block) for block in blocks.values()) == whole


@given(settings=st.dictionaries(st.from_regex(r"[a-z]+", fullmatch=True), ANY_TEXT | st.lists(ANY_TEXT) | NUMBERS))
def test_a_second_reader_of_yaml_1_1_agrees(settings: Settings) -> None:
    """what SnakeYAML reads is what was meant"""
    reader = YAML(typ="safe", pure=True)
    reader.version = "1.1"
    assert repr(reader.load(installed()["yaml"].render(settings)) or {}) == repr(settings)


@pytest.mark.parametrize("name", installed())
@given(
    text=st.one_of(st.text(), st.text(alphabet="ab=:'\"\\\n#<>/{}[]-&*!|;$ \t"), st.builds("".join, st.lists(TRAPS)))
)
def test_any_text_is_read_or_refused(name: str, text: str) -> None:
    """feed every parser broken input"""
    parsed: Mapping[str, object] = {}
    with contextlib.suppress(FormatError):
        parsed = installed()[name].parse(text)
    assert all(isinstance(key, str) for key in parsed)

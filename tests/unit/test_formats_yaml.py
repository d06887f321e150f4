from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from dseconf.formats import Entry, FormatError
from dseconf.formats._path import join_path, split_path
from dseconf.formats.yaml import FORMAT
from dseconf.setting import Plain, Secret

HOSTILE = [
    "", " ", "~", "null", "yes", "No", "on", "OFF", "y", "N", "true", "010", "0o17", "0x1F", "1_000", "1e3",
    "1.0e+10",
    "1:30", "12:30:45", "190:20:30.15", "2024-01-31", "2001-12-14t21:59:43.10-05:00", ".5", ".inf", "-.INF",
    ".NaN", "+1",
    "10.0.0.1", "=", "<<", "- a", "-", "--", "---", "...", "? a", ": a", "a: b", "a:", "a #b", "#a", "a ", " a",
    "[a]",
    "{a: b}", "{{ x }}", "*a", "&a", "!a", "!!int 3", "@a", "`a`", "%a", "|", ">", "'", '"', "\\", "a\\n", "a\nb",
    "a\r\nb",
    "\n", "tab\there", "\x00", "\x07", "\x85", "\u2028", "\u00a0", "\ufeff", "\uffff", "ä", "日本", "😀", "$(id)",
    "`id`", "${x}",
    "a,b", "C:\\x", "a'b", 'a"b', "x" * 3000, "a  b", "0", "-1", "1.", "1e400", "_1", "0b11", "0_7", "1__0", "._",
    "0.",
]  # fmt: skip

TYPED: list[Plain] = [
    None, True, False, 0, -7, 10**30, 0.5, -0.0, 1e10, 1e16, 1e-7, 1.5e300, float("inf"), float("-inf"),
    [], {}, ["a", "1", 1, None, True], [["a", ["b"]], []], [{"class_name": "X",
    "parameters": [{"seeds": "10.0.0.1,10.0.0.2"}]}],
    {"yes": "no", "1": 1, "a.b": {"c": []}, "": ""}, [{}, {"a": {}}, [[]]],
]  # fmt: skip


def second_reader(text: str) -> object:
    """A YAML 1.1 reader that shares no code with ours."""
    reader = YAML(typ="safe", pure=True)
    reader.version = "1.1"
    return reader.load(text)


@pytest.mark.parametrize("value", HOSTILE)
def test_text_stays_text(value: str) -> None:
    assert FORMAT.parse(FORMAT.render({"key": value})) == {"key": value}


@pytest.mark.parametrize("value", HOSTILE)
def test_a_second_yaml_1_1_reader_reads_the_same_text(value: str) -> None:
    assert second_reader(FORMAT.render({"key": value, "list": [value]})) == {"key": value, "list": [value]}


@pytest.mark.parametrize("value", HOSTILE)
def test_any_text_is_a_key(value: str) -> None:
    if len(value) > 1000:
        with pytest.raises(FormatError, match="longer than 1000"):
            FORMAT.render({value: 1})
        return
    text = FORMAT.render({join_path(["top", value, "leaf"]): 1})
    assert second_reader(text) == {"top": {value: {"leaf": 1}}}
    assert FORMAT.parse(text) == {join_path(["top", value, "leaf"]): 1}


@pytest.mark.parametrize("value", TYPED, ids=repr)
def test_types_come_back(value: Plain) -> None:
    text = FORMAT.render({"a.b": value})
    written = second_reader(text)
    assert repr(written) == repr({"a": {"b": value}})
    if not isinstance(value, dict) or not value:
        assert repr(FORMAT.parse(text)) == repr({"a.b": value})


def test_mappings_have_one_parent_line_each() -> None:
    text = FORMAT.render({"a.x": 1, "b": [], "a.w.z": "t", 'a["k.l"].m': [1, {"p": 2, "q": [3]}]})
    assert (
        text
        == "a:\n  x: 1\n  w:\n    z: t\n  k.l:\n    m:\n      - 1\n      - p: 2\n        q:\n          - 3\nb: []\n"
    )


def test_a_slot_is_its_complete_lines() -> None:
    parts = FORMAT.arrange([Entry("a.b"), Entry("a.c")], None)
    assert parts[0] == "a:\n"
    slot = parts[1]
    assert not isinstance(slot, str)
    assert FORMAT.encode(slot, ["x"]) == "  b:\n    - x\n"


def test_a_file_is_the_sum_of_its_blocks() -> None:
    values: dict[str, Plain] = {"a.x": 1, "b": 2, "a.y": 3, "c": []}
    assert FORMAT.block
    blocks: dict[str, dict[str, Plain]] = {}
    for key, value in values.items():
        blocks.setdefault(FORMAT.block(key), {})[key] = value
    assert "".join(FORMAT.render(block) for block in blocks.values()) == FORMAT.render(values)


@pytest.mark.parametrize(
    ("number", "text"),
    [(1e10, "10000000000.0"), (1e16, "1.0e+16"), (1e-7, "1.0e-07"), (2.5e-9, "2.5e-09"), (0.5, "0.5")],
)
def test_floats_have_a_point_and_a_signed_exponent(number: float, text: str) -> None:
    assert FORMAT.render({"k": number}) == f"k: {text}\n"


def test_a_value_and_a_mapping_cannot_share_a_key() -> None:
    for keys in (["a", "a.b"], ["a.b", "a"]):
        with pytest.raises(FormatError, match="is a value and a mapping at once"):
            FORMAT.arrange([Entry(key) for key in keys], None)


@pytest.mark.parametrize("path", ["", ".", "a.", ".a", "a..b", "a[0]", 'a["b', 'a["b"]c', "a]b", '.["a"]'])
def test_a_broken_path_is_refused(path: str) -> None:
    with pytest.raises(FormatError, match="is no dotted path"):
        split_path(path)


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("a.b", ("a", "b")),
        ('a["b.c"].d', ("a", "b.c", "d")),
        ('a.["b.c"].d', ("a", "b.c", "d")),
        ('["x[0]"]', ("x[0]",)),
        ('a[""]', ("a", "")),
    ],
)
def test_paths_name_their_steps(path: str, steps: tuple[str, ...]) -> None:
    assert split_path(path) == steps
    assert join_path(steps) == path.replace(".[", "[")


def test_a_secret_is_a_quoted_placeholder_and_comes_back() -> None:
    values: dict[str, Plain] = {"opts.password": Secret("keystore/client"), "list": [Secret("x"), "y"], "@": 1}
    text = FORMAT.render(values)
    assert '  password: "@@dseconf:yaml:keystore/client@@"\n' in text
    assert '  - "@@dseconf:yaml:x@@"\n' in text
    assert FORMAT.parse(text) == {"opts.password": Secret("keystore/client"), "list": [Secret("x"), "y"], "@": 1}


@pytest.mark.parametrize(
    "value", ["@@dseconf:yaml:x@@", "a @@dseconf:", ["@@dseconf:x"], {"k": "@@dseconf:"}, {"@@dseconf:": 1}]
)
def test_plain_values_cannot_make_a_placeholder(value: Plain) -> None:
    with pytest.raises(FormatError, match="marks the place of a secret"):
        FORMAT.render({"key": value})


def test_a_key_cannot_make_a_placeholder() -> None:
    with pytest.raises(FormatError, match="marks the place of a secret"):
        FORMAT.render({"@@dseconf:yaml:x@@": 1})


def test_half_a_character_is_refused() -> None:
    with pytest.raises(FormatError, match="surrogate"):
        FORMAT.render({"key": "\ud83d"})


SNAKE_YAML = [
    ("010", 8), ("0o17", "0o17"), ("0x1F", 31), ("0b11", 3), ("1_000", 1000), ("-1_0", -10), ("12:30:45", 45045),
    ("1:30", 90),
    ("1e3", 1000.0), ("1.5", 1.5), ("1.", 1.0), (".5", 0.5), ("1:30.5", 90.5), (".inf", float("inf")),
    ("yes", True), ("Off", False),
    ("y", "y"), ("~", None), ("", None), ("null", None), ("2024-01-31", "2024-01-31"), ("08", "08"), ("'yes'",
    "yes"), ('"1"', "1"),
    ("!!str 1", "1"), ('!!int "1"', 1), ("! 1", 1), ("=", "="), ("1e", "1e"), ("0", 0), ("00", 0), ("-0", 0),
    ("+5", 5),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), SNAKE_YAML)
def test_scalars_are_typed_as_snakeyaml_types_them(text: str, value: Plain) -> None:
    parsed = FORMAT.parse(f"k: {text}\n")["k"]
    assert (type(parsed), parsed) == (type(value), value)


def test_files_of_the_product_are_read() -> None:
    text = """
# a comment
cluster_name: 'Test Cluster'
seed_provider:
    - class_name: org.apache.cassandra.locator.SimpleSeedProvider
      parameters:
          - seeds: "127.0.0.1"
data_file_directories: [/a, /b]
client_encryption_options:
    enabled: false
    none: {}
on: 1
defaults: &d {x: 1, y: 2}
merged: {<<: *d, y: 3}
twice: 1
twice: {a: 2}
"""
    assert FORMAT.parse(text) == {
        "cluster_name": "Test Cluster",
        "seed_provider": [
            {"class_name": "org.apache.cassandra.locator.SimpleSeedProvider", "parameters": [{"seeds": "127.0.0.1"}]}
        ],
        "data_file_directories": ["/a", "/b"],
        "client_encryption_options.enabled": False,
        "client_encryption_options.none": {},
        "on": 1,
        "defaults.x": 1, "defaults.y": 2,
        "merged.x": 1, "merged.y": 3,
        "twice.a": 2,
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "{}", "~"])
def test_an_empty_file_has_no_settings(text: str) -> None:
    assert FORMAT.parse(text) == {}


def bomb() -> str:
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: b: c", "this is no YAML"),
        ("a: [1", "this is no YAML"),
        ("a: \x00", "this is no YAML"),
        ("a: 'x", "this is no YAML"),
        ("- a", "is no mapping"),
        ("text", "is no mapping"),
        ("a: 1\n---\nb: 2\n", "more than one YAML document"),
        ("? [a]\n: b", "a key is a list"),
        ("a: *b", "names no anchor"),
        ("a: &x [*x]", "names no anchor"),
        ("<<: 1", "<< takes a mapping"),
        ("a: !!javax.script.ScriptEngineManager [x]", "has a tag of its own"),
        ("a: !secret x", "has a tag of its own"),
        ("a: " + "[" * 5000, "nested more than"),
        (bomb(), "aliases stand for more than"),
    ],
)
def test_broken_texts_are_refused(text: str, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        FORMAT.parse(text)


def test_an_error_names_its_line() -> None:
    with pytest.raises(FormatError) as error:
        FORMAT.parse("a: 1\nb: [\n")
    assert error.value.line == 3


def test_the_header_is_a_comment_whatever_it_says() -> None:
    header = FORMAT.header(["made for x\ny: 1", "", "😀 ä \u2028b: 2"])
    assert header == "# made for x?y: 1\n#\n# ? ä ?b: 2\n"
    assert FORMAT.parse(header + FORMAT.render({"a": 1})) == {"a": 1}

"""Readers that are not ours read the compiled files, and find the values that `explain` gives."""

from __future__ import annotations

import configparser
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element
from xml.parsers import expat

import pytest
import yaml
from fleets import INSTALLS, TARBALL, Compiled, compile_node, files_of_format, plausible, settings_of
from readings import call

from dseconf.catalog import FileSpec, Kind, SettingSpec
from dseconf.explain import explain_setting
from dseconf.formats._path import split_path
from dseconf.setting import Plain, Secret, Value

STRESS = [file.name for file in files_of_format("yaml") if file.template is not None]
YAML = [file.name for file in files_of_format("yaml") if file.name not in STRESS]
HADOOP = [file.name for file in files_of_format("hadoop-xml")]
XML = [file.name for file in files_of_format("xml", "hadoop-xml")]
PROPERTIES = [file.name for file in files_of_format("properties", "spaced")]
COLLECTD = [file.name for file in files_of_format("collectd") if file.name != "dse.conf"]
CQLSHRC = "cqlshrc.sample"

HOSTILE = (
    "yes", "No", "on", "~", "null", "true", "010", "0o17", "0x1F", "1_000", "1e3", ".5", ".inf", ".NaN",
    "12:30:45", "2020-01-01", "<<", "=", "- a", "? a", ": a", "a: b", "a #b", "#a", "&a", "*a", "!a",
    "!!python/object:os.system", "|", ">", "%a", "@a", "`a`", "{a: b}", "[a]", "{a", "a]", "---", "...", "'",
    '"', "\\", "a\\", "\\u0041", 'a\'b"c', " a", "a ", "a\tb", "line\nline\n", "\n", "a\r\nb", "\x85", "\u2028",
    "\ufeff", "\x07", "\x7f", "ünïcödé 日本", "🎉", "=a", ":a", "a=b", "!a", "# a", "a,b", "${a}", "</value>",
    "<!-- a -->", "--", "-->", "]]>", "&lt;", "&#65;", "<!DOCTYPE a>", "<!ENTITY a 'b'>",
    "</configuration><configuration>", "<Include /etc/passwd>", "x" * 5000,
)  # fmt: skip
# What a format has no way to write, and refuses.
REFUSED = {
    "yaml": re.compile(r"(?!)"),
    "properties": re.compile(r"(?!)"),
    "spaced": re.compile(r"(?!)"),
    "hadoop-xml": re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]"),
    "xml": re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]"),
    "collectd": re.compile(r"[\x00-\x1f\x7f]"),
    # configparser takes blanks off both ends of a value.
    "plain": re.compile(r"[\x00-\x08\x0a-\x1f\x7f\x85\u2028\u2029]|^\s|\s$"),
}
ROTATIONS = 5
_STRESS: Mapping[str, Value] = {
    "extra_definitions.one": "CREATE TABLE a: #b;\nCREATE INDEX c",
    "columnspec.a: b #c.size": "fixed(3) # d", "columnspec.yes.population": "- a",
    "queries.*a.cql": "SELECT 'b: c' # d\nFROM e", "queries.*a.fields": "samerow",
    "token_range_queries.%a.columns": "!!python/object:os.system", "token_range_queries.%a.page_size": 10,
}  # fmt: skip
NAMED_BY_USER: Mapping[str, Mapping[str, Value]] = {
    **dict.fromkeys(STRESS, _STRESS),
    "core-site.xml": {"a <b> & 'c' \"d\" -->]]>": "value"},
    "log4j.properties": {"a b=c:d#e!f\\gé\U0001f389": "value"},
    "spark-defaults.conf": {"spark.a b=c:d#e!f\\gé": "value"},
    "remote.yaml": {'serializer.config["a.b: c #d"]': "value", "serializer.config.yes": "value"},
}


def given(file: FileSpec, rotation: int) -> dict[str, Value]:
    texts = [text for text in HOSTILE if not REFUSED[file.format].search(text)]

    def value(spec: SettingSpec) -> Value:
        if spec.choices or spec.sensitive or rotation < 0:
            return plausible(spec)
        text = texts[(spec.order + rotation * 17) % len(texts)]
        match spec.kind:
            case Kind.STRING:
                return text
            case Kind.LIST if spec.items is Kind.STRING:
                members = [text, "b"] if file.format == "yaml" else [text.replace(",", ";"), "b"]
                return list[Value](members)
            case _:
                return plausible(spec)

    return {spec.key: value(spec) for spec in settings_of(file)}


RENDERS = ("zero", "shipped", "plausible", *(f"hostile {number}" for number in range(ROTATIONS)))


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Compiled]:
    """Nodes with all workloads by what they are given and how they are installed."""
    files = [file for file in files_of_format(*REFUSED) if file.format != "plain" or file.name == CQLSHRC]
    made = {}
    for install in INSTALLS:
        for number, name in enumerate(RENDERS):
            layer = (
                {file.name: {**given(file, number - 3), **NAMED_BY_USER.get(file.name, {})} for file in files}
                if number > 1
                else {}
            )
            fits = {file: keys for file, keys in layer.items() if keys}
            made[name, install] = compile_node(
                tmp_path_factory.mktemp("fleet"), fits, install=install, shipped=name == "shipped"
            )
    return made


def each(nodes: Mapping[tuple[str, str], Compiled], names: list[str]) -> Iterator[tuple[str, str, Compiled]]:
    """Every compiled file of these: its render, its name, its node."""
    for (render, install), node in nodes.items():
        for name in names:
            if name in node.files:
                yield f"{render}, {install}", name, node


def plain(value: Plain, encoder: str) -> Any:
    """A value as a reader finds it before the applier has put the secrets in."""
    match value:
        case Secret():
            return f"@@dseconf:{encoder}:{value.name}@@"
        case list():
            return [plain(item, encoder) for item in value]
        case dict():
            return {key: plain(item, encoder) for key, item in value.items()}
        case _:
            return value


def text_of(value: Plain, encoder: str) -> str:
    found = plain(value, encoder)
    match found:
        case None:
            return ""
        case bool():
            return "true" if found else "false"
        case list():
            return ",".join(text_of(item, encoder) for item in found)
        case _:
            return str(found)


def typed(value: object) -> object:
    """A value that equals another one only when their types agree in depth: 1 is not true, nor 1.0."""
    match value:
        case dict():
            return {key: typed(item) for key, item in value.items()}
        case list():
            return [typed(item) for item in value]
        case _:
            return (type(value).__name__, value)


def nested(values: Mapping[str, Plain]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path, value in values.items():
        *parents, last = split_path(path)
        below = tree
        for step in parents:
            below = below.setdefault(step, {})
        below[last] = plain(value, "yaml")
    return tree


def test_a_yaml_1_1_reader_finds_the_values(nodes: Mapping[tuple[str, str], Compiled]) -> None:
    for render, name, node in each(nodes, YAML):
        read = yaml.load(node.files[name].read_bytes(), yaml.SafeLoader)
        assert typed(read or {}) == typed(nested(node.values(name))), (render, name)


def test_a_stress_profile_has_the_texts_where_they_belong(nodes: Mapping[tuple[str, str], Compiled]) -> None:
    for render, name, node in each(nodes, STRESS):
        read: Any = yaml.load(node.files[name].read_bytes(), yaml.SafeLoader)
        own = {key: value for key, value in node.values(name).items() if key not in _STRESS}
        assert {key: typed(_at(read, key)) for key in own} == {key: typed(value) for key, value in own.items()}, (
            render,
            name,
        )
        assert read["columnspec"][0].keys() <= {"name", "size", "population", "cluster"}
        if own.keys() != node.values(name).keys():
            assert read["extra_definitions"] == [_STRESS["extra_definitions.one"]]
            assert read["columnspec"] == [
                {"name": "a: b #c", "size": "fixed(3) # d"},
                {"name": "yes", "population": "- a"},
            ]
            assert read["queries"] == {"*a": {"cql": "SELECT 'b: c' # d\nFROM e", "fields": "samerow"}}
            assert read["token_range_queries"] == {"%a": {"columns": "!!python/object:os.system", "page_size": 10}}


def _at(read: Any, path: str) -> Any:
    for step in path.split("."):
        read = read[step]
    return read


def test_explain_tells_the_values_that_a_reader_finds(nodes: Mapping[tuple[str, str], Compiled]) -> None:
    told = [found for render in ("shipped", "plausible") for found in explained_scalars(nodes[render, TARBALL])]
    assert len(told) > 500
    assert [(address, said, read) for address, said, read in told if said != read] == []


def explained_scalars(node: Compiled) -> Iterator[tuple[str, object, object]]:
    """Address, what explain says, and what a reader finds in the file, of every scalar that may be shown."""
    for name in (name for name in YAML if name in node.files):
        read: Any = yaml.load(node.files[name].read_bytes(), yaml.SafeLoader) or {}
        for key in node.values(name):
            explained = explain_setting(node.view, f"{name}:{key}")
            found = read
            for step in split_path(key):
                found = found[step]
            # What is long is cut, and a secret says so.
            if (
                isinstance(found, (bool, int, float, str))
                and len(str(found)) < 100
                and not re.search(r"hidden|!secret", explained.value)
            ):
                yield explained.address, typed(yaml.load(explained.value, yaml.SafeLoader)), typed(found)


_DECLARATIONS = (
    "StartDoctypeDecl EntityDecl NotationDecl ExternalEntityRef UnparsedEntityDecl SkippedEntity ProcessingInstruction"
    " ElementDecl AttlistDecl"
)


class Hardened:
    """An XML reader that refuses every declaration before it can do anything."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._pieces: list[str] = [""]
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        for handler in _DECLARATIONS.split():
            setattr(self.parser, f"{handler}Handler", self._refuse)

    def read(self, path: Path) -> list[str]:
        """All texts and attributes of a document."""
        self.parser.Parse(path.read_bytes(), True)
        return self.texts

    def _begin(self, _: str, attributes: dict[str, str]) -> None:
        self.texts += attributes.values()
        self._pieces.append("")

    def _end(self, _: str) -> None:
        self.texts.append(self._pieces.pop())

    def _text(self, text: str) -> None:
        self._pieces[-1] += text

    def _refuse(self, *_: object) -> None:
        raise AssertionError("the document declares something")


def element(path: Path) -> Element:
    # The hardened reader has read the file before.
    from xml.etree import ElementTree as ET  # noqa: PLC0415

    return ET.fromstring(path.read_bytes())  # noqa: S314


def test_xml_readers_take_every_document_and_nothing_is_declared(nodes: Mapping[tuple[str, str], Compiled]) -> None:
    seen = set()
    for render, name, node in each(nodes, XML):
        texts = Hardened().read(node.files[name])
        root = element(node.files[name])
        assert root.tag, (render, name)
        assert not re.search(r"<!(DOCTYPE|ENTITY)", node.files[name].read_text(encoding="utf-8")), (render, name)
        for key, value in node.values(name).items():
            if isinstance(value, (str, Secret)):
                assert any(text_of(value, "xml") in text for text in texts), (render, name, key)
        seen.add(name)
    assert seen == set(XML)


def test_values_do_not_change_the_structure_of_a_document(nodes: Mapping[tuple[str, str], Compiled]) -> None:
    """The same keys make the same elements, whatever stands in them."""
    for name in XML:
        shapes = {shape(element(nodes[render, TARBALL].files[name])) for render in RENDERS[2:]}
        assert len(shapes) == 1, name


def shape(found: Element) -> tuple[object, ...]:
    return (found.tag, tuple(sorted(found.keys())), tuple(shape(child) for child in found))


def test_hadoop_finds_the_properties(nodes: Mapping[tuple[str, str], Compiled]) -> None:
    for render, name, node in each(nodes, HADOOP):
        root = element(node.files[name])
        found = {(one.findtext("name") or ""): (one.findtext("value") or "") for one in root.iter("property")}
        assert found == {key: text_of(value, "xml") for key, value in node.values(name).items()}, (render, name)


READ_PROPERTIES = """
import java.io.*;
import java.util.*;

public class ReadProperties {
    static String hex(String text) throws Exception {
        StringBuilder out = new StringBuilder("x");
        for (byte one : text.getBytes("UTF-8")) out.append(String.format("%02x", one));
        return out.toString();
    }

    public static void main(String[] paths) throws Exception {
        for (String path : paths) {
            Properties properties = new Properties();
            try (InputStream in = new FileInputStream(path)) { properties.load(in); }
            System.out.println(hex(path));
            for (String key : properties.stringPropertyNames()) {
                System.out.println(hex(key) + " " + hex(properties.getProperty(key)));
            }
        }
    }
}
"""


def compiling_java() -> str | None:
    """A java that runs a source file: one with a compiler."""
    for java in [shutil.which("java"), *map(str, sorted(Path("/usr/lib/jvm").glob("*/bin/java")))]:
        if java is None:
            continue
        if "jdk.compiler" in call([java, "--list-modules"]).stdout:
            return java
    return None


@pytest.mark.real
def test_java_finds_the_properties(nodes: Mapping[tuple[str, str], Compiled], tmp_path: Path) -> None:
    java = compiling_java()
    if java is None:
        pytest.skip("no java with a compiler on this machine")
    (tmp_path / "ReadProperties.java").write_text(READ_PROPERTIES, encoding="utf-8")
    wanted = {str(node.files[name]): {key: text_of(value, "properties") for key, value in node.values(name).items()}
              for _, name, node in each(nodes, PROPERTIES)}  # fmt: skip
    command = [java, "-Xmx128m", "-Dsun.jnu.encoding=UTF-8", str(tmp_path / "ReadProperties.java"), *wanted]
    done = call(command)
    assert done.returncode == 0, done.stdout
    found: dict[str, dict[str, str]] = {}
    for line in done.stdout.splitlines():
        words = [bytes.fromhex(word[1:]).decode() for word in line.split(" ")]
        if len(words) == 1:
            found[words[0]] = {}
        else:
            found[list(found)[-1]][words[0]] = words[1]
    assert found.keys() == wanted.keys()
    assert [path for path in wanted if found[path] != wanted[path]] == []


def test_cqlsh_finds_its_settings(nodes: Mapping[tuple[str, str], Compiled]) -> None:
    for render, name, node in each(nodes, [CQLSHRC]):
        parser = configparser.RawConfigParser()
        parser.read_string(node.files[name].read_text(encoding="utf-8"))
        found = {
            f"{section}.{option}": value for section in parser.sections() for option, value in parser.items(section)
        }
        wanted = {key: text_of(value, "jvm") for key, value in node.values(name).items()}
        assert found == {key.lower(): value for key, value in wanted.items()}, render


def parse_errors(config: Path) -> list[str]:
    """What collectd's parser says of a file. It is asked for one round of readings: -t of 5.12 reads no file."""
    done = call(["collectd", "-T", "-C", config], folder=config.parent)
    return [
        line
        for line in done.stdout.splitlines()
        if re.search(r"parse error|syntax error|cannot read", line, re.IGNORECASE)
    ]


@pytest.mark.real
@pytest.mark.skipif(shutil.which("collectd") is None, reason="collectd is not on this machine")
@pytest.mark.parametrize("render", range(-1, ROTATIONS))
def test_collectd_parses_its_files(tmp_path: Path, render: int) -> None:
    broken = tmp_path / "broken.conf"
    broken.write_text('<Plugin statsd>\n  Host "a\n', encoding="utf-8")
    assert parse_errors(broken) != []
    files = [file for file in files_of_format("collectd") if file.name in COLLECTD]
    layer = {file.name: given(file, render) for file in files}
    # These are folders that collectd makes.
    layer["collectd.conf"] |= {
        key: str(tmp_path / key) for key in ("BaseDir", "PIDFile", "PluginDir", "TypesDB", "logfile.File")
    }
    node = compile_node(tmp_path / "fleet", layer, install="package")
    assert {name: parse_errors(node.files[name]) for name in COLLECTD} == {name: [] for name in COLLECTD}

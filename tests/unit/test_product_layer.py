"""The layer of shipped values: what is in it, what is not, and that layers read it so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dseconf import catalog
from dseconf.catalog import UNKNOWN, Catalog
from dseconf.catalog.catalog import Line
from dseconf.document import read_document
from dseconf.layer import Layer, read_layer
from dseconf.product_layer import (
    EARLIER,
    IDENTITY,
    MEMBER,
    SENSITIVE,
    UNWRITABLE,
    USER_NAMED,
    make_product_layer,
    short_source,
)
from dseconf.shipped import read_tables
from dseconf.validate import validate

CATALOG = Catalog.of_tables(read_tables(Path(catalog.__file__).parent))

HEAD = {
    "about": "A file.", "format": "yaml", "mode": "0644", "owner": "o", "group": "g", "manage": "whole",
    "read_by": "the process", "read_when": "at start", "sources": {"m": "The manual, chapter 7"}, "source": "m",
}  # fmt: skip


def a_setting(**entry: Any) -> dict[str, Any]:
    return {"about": "A setting.", "type": "string", **entry}


def a_file(name: str, settings: dict[str, dict[str, Any]], **changes: Any) -> dict[str, Any]:
    return {**HEAD, "file": name, "settings": settings, **changes}


def a_line(*files: dict[str, Any]) -> Line:
    line = {"product": "dse", "line": "6.8", "first": "6.8.0", "last": "6.8.9"}
    return Catalog.of_tables({"dse-6.8": {"line": line, "files": list(files)}}).lines[0]


def one_value(value: object, kind: str = "string") -> str:
    """The lines of a layer for one shipped value, without its head."""
    text = make_product_layer(a_line(a_file("x.yaml", {"key": a_setting(type=kind, shipped=value)}))).text
    return text.partition("\nx.yaml:\n")[2]


def read(text: str) -> Layer:
    return read_layer(read_document(text.encode(), "product/dse-6.8.yaml"))


@pytest.mark.parametrize(
    ("value", "spelling"),
    [
        (True, "true"),
        (7, "7"),
        (0.1, "0.1"),
        (None, "null"),
        ("plain", "plain"),
        ("on", '"on"'),
        ("010", '"010"'),
        ("12:30", '"12:30"'),
        ("1_000", '"1_000"'),
        ("7", '"7"'),
        ("true", '"true"'),
        ("", '""'),
        ("a # b", '"a # b"'),
        ("127.0.0.1", '"127.0.0.1"'),
        ([], "[]"),
    ],
)
def test_a_value_is_spelt_so_that_every_version_of_yaml_reads_the_same(value: object, spelling: str) -> None:
    assert one_value(value) == f"  key: {spelling}  # shipped, The manual\n"


def test_lists_and_mappings_are_written_line_by_line() -> None:
    value = ["a, b", {"name": "on", "below": [1, {}], "deep": {"x": None}}, ["c"]]
    assert one_value(value, "list") == (
        "  key:  # shipped, The manual\n"
        "    - a, b\n"
        '    - name: "on"\n'
        "      below:\n"
        "        - 1\n"
        "        - {}\n"
        "      deep:\n"
        "        x: null\n"
        "    - - c\n"
    )
    layer = make_product_layer(a_line(a_file("x.yaml", {"key": a_setting(type="list", shipped=value)})))
    (definition,) = read(layer.text).files["x.yaml"].definitions
    assert definition.value == value


def test_settings_of_yaml_files_are_nested_and_others_are_not() -> None:
    settings = {"a.b": a_setting(shipped="1st"), "c": a_setting(shipped="x"), 'a["d.e"]': a_setting(shipped="2nd")}
    flat = a_file("y.properties", {"a.b": a_setting(shipped="x")}, format="properties")
    text = make_product_layer(a_line(a_file("x.yaml", settings), flat)).text
    body = text.partition("\n\n")[2].replace("  # shipped, The manual", "")
    assert body == "x.yaml:\n  a:\n    b: 1st\n    d.e: 2nd\n  c: x\n\ny.properties:\n  a.b: x\n"


def test_jvm_options_are_written_as_in_layers() -> None:
    settings = {key: a_setting(shipped="x") for key in ("-XX:UseG1GC", "-Xmx", "--add-exports", "-Xloggc:", "-D*")}
    text = make_product_layer(a_line(a_file("jvm.options", settings, format="jvm"))).text
    keys = [line.split(" ")[2] for line in text.splitlines() if line.startswith("  ")]
    assert keys == ["-XX:UseG1GC:", "-Xmx:", "--add-exports:", '"-Xloggc:":']


def test_what_is_left_out_is_listed_with_its_reason() -> None:
    settings = {
        "cluster_name": a_setting(shipped="Test Cluster", identity="cluster_name"),
        "keystore": a_setting(shipped="conf/.keystore"),
        "keystore_password": a_setting(shipped="cassandra", sensitive=True),
        "hosts.*.port": a_setting(shipped="1"),
        "list[].name": a_setting(shipped="n"),
        "pattern": a_setting(shipped="{{ x }}"),
        "unknown": a_setting(),
    }
    layer = make_product_layer(a_line(a_file("x.yaml", settings)))
    assert layer.left_out == {
        IDENTITY: ("x.yaml:cluster_name",),
        SENSITIVE: ("x.yaml:keystore_password",),
        USER_NAMED: ("x.yaml:hosts.*.port",),
        MEMBER: ("x.yaml:list[].name",),
        UNWRITABLE: ("x.yaml:pattern",),
    }
    head, _, body = layer.text.partition("\n\n")
    assert all(line.startswith("#") for line in head.splitlines())
    assert all(f"#   {address}" in head for addresses in layer.left_out.values() for address in addresses)
    assert [line.strip().split(":")[0] for line in body.splitlines()] == ["x.yaml", "keystore"]
    assert "Test Cluster" not in layer.text
    assert 'password: "' not in layer.text


def test_a_secret_inside_a_list_is_left_out_of_it() -> None:
    settings = {
        "keys": a_setting(type="list", items="map", shipped=[
            {"class": "K", "options": [{"store": "s", "pin": "1234", "odd_password": "x"}]}, "plain",
        ]),
        "keys[].options": a_setting(type="list", items="map"),
        "keys[].options[].pin": a_setting(sensitive=True),
    }  # fmt: skip
    layer = make_product_layer(a_line(a_file("x.yaml", settings)))
    (definition,) = read(layer.text).files["x.yaml"].definitions
    assert definition.value == [{"class": "K", "options": [{"store": "s"}]}, "plain"]
    assert layer.left_out == {SENSITIVE: ("x.yaml:keys[].options[].odd_password", "x.yaml:keys[].options[].pin")}
    assert "1234" not in layer.text


def test_members_of_a_list_that_is_written_are_not_missing() -> None:
    settings = {
        "list": a_setting(type="list", items="map", shipped=[{"name": "n"}]),
        "list[].name": a_setting(shipped="n"),
    }
    assert make_product_layer(a_line(a_file("x.yaml", settings))).left_out == {}


def test_a_value_that_became_a_mapping_gives_way_to_the_settings_in_it() -> None:
    last = a_setting(shipped="Old", until="6.8.4", reason="It became a mapping.")
    first = a_setting(shipped="New", since="6.8.5")
    for settings in ({"auth": last, "auth.name": first}, {"auth.name": first, "auth": last}):
        layer = make_product_layer(a_line(a_file("x.yaml", settings)))
        assert layer.left_out == {EARLIER: ("x.yaml:auth",)}
        assert [(one.key, one.value) for one in read(layer.text).files["x.yaml"].definitions] == [("auth.name", "New")]


def test_a_value_with_dots_in_a_flat_file_gives_way_to_nothing() -> None:
    settings = {"auth": a_setting(shipped="Old", until="6.8.4", reason="It went."), "auth.name": a_setting(shipped="x")}
    layer = make_product_layer(a_line(a_file("x.properties", settings, format="properties")))
    assert layer.left_out == {}


def test_other_values_of_a_tarball_are_named_at_the_head() -> None:
    layer = make_product_layer(a_line(a_file("x.yaml", {"dir": a_setting(shipped="/var/lib", tarball="var/lib")})))
    assert "#   x.yaml:dir: 'var/lib'\n" in layer.text


@pytest.mark.parametrize(
    ("source", "short"),
    [
        (
            "Config class of Apache Cassandra 3.11.17 (4.0.15 where it lacks one), shared",
            "Config class of Apache Cassandra 3.11.17",
        ),
        ("DSE 6.8 manual, Configure indexes", "DSE 6.8 manual"),
        ("two\nlines", "two lines"),
        ("10.0.1", "10.0.1"),
    ],
)
def test_a_source_is_named_by_its_beginning(source: str, short: str) -> None:
    assert short_source(source) == short


@pytest.mark.parametrize("line", CATALOG.lines, ids=lambda line: line.name)
def test_the_shipped_layer_gives_each_setting_its_shipped_value(line: Line) -> None:
    made = make_product_layer(line)
    layer = read(made.text)
    assert layer.findings == ()
    wanted = {
        f"{file.name}:{spec.key}": spec.shipped
        for file in line.files.values() for spec in file.settings()
        if spec.shipped is not UNKNOWN and not (spec.identity or spec.sensitive or spec.user_named or "[]" in spec.key)
    }  # fmt: skip
    given = {f"{name}:{one.key}": one.value for name, section in layer.files.items() for one in section.definitions}
    for address in made.left_out.get(EARLIER, ()):
        del wanted[address]
    with_secrets = {address for address in wanted if any(f"{address}[]" in one for one in made.left_out[SENSITIVE])}
    assert {address: value for address, value in given.items() if address not in with_secrets} == {
        address: value for address, value in wanted.items() if address not in with_secrets
    }
    assert with_secrets <= given.keys()
    assert len(wanted) > 100


@pytest.mark.parametrize("line", CATALOG.lines, ids=lambda line: line.name)
def test_the_shipped_layer_fits_the_first_and_the_last_patch(line: Line) -> None:
    layer = read(make_product_layer(line).text)
    for version in (line.first, line.last):
        view = CATALOG.at(line.product, version)
        assert view is not None
        assert [str(finding) for finding in validate(layer, view, lenient=True, follow=False).findings] == []

"""Why a value is what it is."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from builders import compiled, sources
from hypothesis import given
from hypothesis import strategies as st

from dseconf.document import plain, read_document
from dseconf.errors import InputError
from dseconf.explain import AnnotatedLine, Explanation, NodeView, explain_file, explain_setting, why_different
from dseconf.pipeline import blueprint_of
from dseconf.secret import layer_text

FLEET = """\
clusters:
  atlas:
    product: dse 6.8.50
    datacenters:
      eu:
        racks:
          r1: {nodes: {n1: {address: 10.0.0.1, cores: 4, workload: [search]}, n2: {address: 10.0.0.2, cores: 8}}}
"""


def a_view_of(name: str, layers: Mapping[str, str], fleet: str = FLEET) -> NodeView:
    given_sources = sources(fleet, layers)
    _, _, run = compiled(given_sources)
    node = given_sources.fleet.find(name)
    cluster = given_sources.fleet.cluster(node.cluster)
    blueprint, own = blueprint_of(run, cluster, node)
    return NodeView(blueprint, node, given_sources.fleet.label(node), own, run.chains.of(node).missing)


def explained(address: str, layers: Mapping[str, str], name: str = "n1") -> Explanation:
    return explain_setting(a_view_of(name, layers), address)


def test_a_value_with_the_line_that_decides_and_the_lines_it_beat() -> None:
    layers = {
        "base.yaml": "app.yaml: {number: 1}",
        "workload/search.yaml": "app.yaml: {number: !default 2}",
        "node/atlas/n1.yaml": "app.yaml: {number: 3}",
    }
    found = explained("app.yaml:number", layers)
    assert (found.value, found.written, found.path) == ("3", True, "/etc/dse/app.yaml")
    assert found.decided_by is not None
    assert str(found.decided_by.origin) == "profiles/node/atlas/n1.yaml:1:12"
    assert [(str(line.origin), line.says, line.strength) for line in found.beaten] == [
        ("profiles/base.yaml:1:12", "1", ""),
        ("profiles/workload/search.yaml:1:12", "2", "default"),
    ]


def test_what_the_catalog_knows_is_told() -> None:
    found = explained("app.yaml:size", {})
    assert (found.kind, found.code_default, found.shipped_default) == (
        "int in MiB",
        "32 MiB",
        "not in the shipped file",
    )
    assert (found.about, found.source) == ("A setting of the tests.", "made for the tests (certain)")


def test_a_setting_that_no_line_speaks_of_has_the_products_default() -> None:
    found = explained("app.yaml:size", {})
    assert (found.written, found.value, found.decided_by) == (False, "32 MiB", None)


def test_an_unset_setting_has_the_products_default_and_the_line_that_unset_it() -> None:
    found = explained(
        "app.yaml:number", {"base.yaml": "app.yaml: {number: 5}", "node/atlas/n1.yaml": "app.yaml:\n  number: !unset"}
    )
    assert (found.written, found.value) == (False, "1")
    assert found.decided_by is not None
    assert found.decided_by.says == "!unset"
    assert [line.says for line in found.beaten] == ["5"]


def test_an_expression_is_told_with_its_result() -> None:
    found = explained("app.yaml:number", {"base.yaml": 'app.yaml: {number: "{{ node.cores * 2 }}"}'})
    assert (found.value, found.expression) == ("8", "{{ node.cores * 2 }}")
    assert found.decided_by is not None
    assert found.decided_by.says == '"{{ node.cores * 2 }}"'


def test_edits_are_told_in_their_order_with_the_list_they_edit() -> None:
    layers = {
        "base.yaml": "app.yaml: {names: [a, b]}",
        "workload/search.yaml": "app.yaml: {names: !append [c]}",
        "node/atlas/n1.yaml": "app.yaml: {names: !remove [a]}",
    }
    found = explained("app.yaml:names", layers)
    assert found.value == "[b, c]"
    assert [line.says for line in found.edits] == ["!append [c]", "!remove [a]"]
    assert [line.says for line in found.beaten] == ["[a, b]"]


def test_values_are_spelt_as_in_a_layer() -> None:
    layers = {"base.yaml": "app.yaml: {text: plain words, group: {word: 'yes', free: {x: 'a: b', y2: '8GiB'}}}"}
    assert explained("app.yaml:text", layers).value == "plain words"
    assert explained("app.yaml:group.word", layers).value == '"yes"'
    assert explained("app.yaml:group.free.x", layers).value == '"a: b"'
    assert explained("app.yaml:group.free.y2", layers).value == "8GiB"


@given(st.text(max_size=20))
def test_what_is_spelt_as_in_a_layer_reads_as_the_same_text(text: str) -> None:
    """Text is in quotes only where YAML would take it for something else."""
    document = read_document(f"[{layer_text(text)}, x]".encode(), "layer.yaml")
    assert document.findings == ()
    assert document.root is not None
    assert plain(document.root) == [text, "x"]


@pytest.mark.parametrize("text", ["a", "-Xmx", "/var/lib", "10.0.0.1", "a b", "org.apache.X", "10.0.0.1:9042", "x=y"])
def test_common_texts_need_no_quotes(text: str) -> None:
    assert layer_text(text) == text


@pytest.mark.parametrize(
    "text", ["", "1", "1.5", "true", "null", "yes", "a: b", "a #b", "- a", "{{ x }}", "a,b", "~", " a", "a:"]
)
def test_texts_that_yaml_would_take_for_something_else_need_quotes(text: str) -> None:
    assert layer_text(text) == f'"{text}"'


@pytest.mark.parametrize("text", ["\x1b[31m", "\u202e", "\x9b", "a\nb", "\x07"])
def test_characters_that_would_move_a_terminal_are_escaped(text: str) -> None:
    assert layer_text(text).isprintable()
    assert layer_text(text).isascii()


def test_secrets_and_sensitive_values_are_not_shown() -> None:
    layers = {"base.yaml": 'app.yaml: {password: !secret db}\nserver.properties: {user.password: "hunter2"}'}
    assert explained("app.yaml:password", layers).value == "!secret db"
    found = explained("server.properties:user.password", layers)
    assert "hunter2" not in repr(found)
    assert found.value == "(hidden)"


def test_layers_that_were_looked_for_and_not_found_are_named() -> None:
    found = explained("app.yaml:number", {"base.yaml": "app.yaml: {number: 1}"})
    assert found.missing_layers == (
        "product/dse-6.8.yaml",
        "workload/search.yaml",
        "cluster/atlas.yaml",
        "datacenter/atlas/eu.yaml",
        "rack/atlas/eu/r1.yaml",
        "node/atlas/n1.yaml",
    )


def test_a_value_is_dead_when_what_it_needs_is_not_so() -> None:
    assert explained("app.yaml:worker", {"base.yaml": "app.yaml: {worker: 4}"}).dead == (
        "it needs flag: true, and flag is false"
    )
    assert explained("app.yaml:worker", {"base.yaml": "app.yaml: {worker: 4, flag: true}"}).dead == ""


def test_a_value_is_dead_in_a_file_that_the_node_does_not_get() -> None:
    layers = {"base.yaml": "search.properties: {index: x}"}
    assert explained("search.properties:index", layers).dead == ""
    found = explained("search.properties:index", layers, "n2")
    assert found.dead == "n2 does not get the file: it is for workload search"
    assert found.path == ""


def test_a_value_is_dead_in_a_file_that_must_be_absent() -> None:
    layers = {"base.yaml": "env.sh: {PORT: 1}\nmanage: {env.sh: absent}"}
    assert explained("env.sh:PORT", layers).dead == "the file must not exist, set by profiles/base.yaml:2:10"


def test_what_is_not_written_is_not_called_dead() -> None:
    assert explained("app.yaml:worker", {}).dead == ""


def test_the_management_of_the_file_is_told_with_its_reason() -> None:
    assert explained("app.yaml:number", {}).managed == "whole, default of the file"
    managed = explained("app.yaml:number", {"base.yaml": "manage: {app.yaml: unmanaged}"}).managed
    assert managed == "unmanaged, set by profiles/base.yaml:1:10"


@pytest.mark.parametrize(
    ("address", "code", "remedy"),
    [
        ("ap.yaml:number", "unknown-file", "did you mean app.yaml?"),
        ("nothing:x", "unknown-file", "`dseconf catalog files` lists them"),
        ("app.yaml:numbre", "unknown-setting", "did you mean number?"),
        ("app.yaml:EXTRA", "unknown-setting", "did you mean env.sh:EXTRA?"),
        ("app.yaml:qqqqqqqq", "unknown-setting", "`dseconf catalog settings app.yaml` lists them"),
    ],
)
def test_an_unknown_name_gets_the_nearest_one(address: str, code: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        explained(address, {})
    assert (caught.value.findings[0].code, caught.value.findings[0].remedy) == (code, remedy)


def annotated(name: str, layers: Mapping[str, str], node: str = "n1") -> list[AnnotatedLine]:
    view = a_view_of(node, layers)
    sheet = view.blueprint.sheets[name]
    return explain_file(view, name, sheet.pieces(view.own_values(name)))


def test_a_file_has_the_line_that_decides_beside_each_value() -> None:
    layers = {"base.yaml": "app.yaml: {number: 1, names: [a, b]}", "node/atlas/n1.yaml": "app.yaml: {number: 2}"}
    lines = {line.text: [str(origin) for origin in line.origins] for line in annotated("app.yaml", layers)}
    assert lines["number: 2"] == ["profiles/node/atlas/n1.yaml:1:12"]
    assert lines["  - a"] == lines["  - b"] == ["profiles/base.yaml:1:23"]
    assert lines["cluster_name: atlas"] == ["fleet.yaml:2:3"]


def test_the_text_of_a_template_has_no_line_beside_it() -> None:
    lines = annotated("env.sh", {"base.yaml": "env.sh: {PORT: 7199, FAST: true}"})
    by_text = {line.text: [str(origin) for origin in line.origins] for line in lines}
    assert by_text["#!/bin/sh"] == []
    assert by_text['export MODE="fast"'] == ["profiles/base.yaml:1:22"]
    assert [origins for text, origins in by_text.items() if text.startswith("PORT=")] == [["profiles/base.yaml:1:10"]]


def test_a_file_shows_no_sensitive_value() -> None:
    layers = {"base.yaml": 'server.properties: {a: x, user.password: "hunter2"}\napp.yaml: {password: !secret db}'}
    assert "hunter2" not in repr(annotated("server.properties", layers))
    assert any("@@dseconf:yaml:db@@" in line.text for line in annotated("app.yaml", layers))


def test_what_makes_two_nodes_differ() -> None:
    layers = {
        "base.yaml": 'app.yaml: {number: "{{ node.cores }}", flag: true}',
        "node/atlas/n2.yaml": "app.yaml: {text: mine}",
        "workload/search.yaml": "search.properties: {index: x}",
    }
    left, right = (a_view_of(name, layers) for name in ("n1", "n2"))
    found = {one.address: (one.left, one.right) for one in why_different(left, right)}
    assert found == {
        "app.yaml:listen_address": ("10.0.0.1", "10.0.0.2"),
        "app.yaml:number": ("4", "8"),
        "app.yaml:text": ("(left out)", "mine"),
        "search.properties:index": ("x", "(does not get the file)"),
    }


def test_the_lines_behind_a_difference() -> None:
    layers = {"base.yaml": "app.yaml: {text: all}", "node/atlas/n2.yaml": "app.yaml: {text: mine}"}
    left, right = (a_view_of(name, layers) for name in ("n1", "n2"))
    (found,) = (one for one in why_different(left, right) if one.address == "app.yaml:text")
    assert found.left_by is not None
    assert found.right_by is not None
    assert (str(found.left_by.origin), str(found.right_by.origin)) == (
        "profiles/base.yaml:1:12",
        "profiles/node/atlas/n2.yaml:1:12",
    )


def test_a_node_does_not_differ_from_itself() -> None:
    view = a_view_of("n1", {"base.yaml": 'app.yaml: {number: "{{ node.cores }}"}'})
    assert list(why_different(view, view)) == []


def test_a_difference_of_secrets_shows_names_alone() -> None:
    layers = {"base.yaml": 'server.properties: {user.password: "{{ node.name }}"}'}
    left, right = (a_view_of(name, layers) for name in ("n1", "n2"))
    (found,) = (one for one in why_different(left, right) if one.address.endswith("password"))
    assert (found.left, found.right) == ("(hidden)", "(hidden)")


def test_a_node_sees_what_is_wrong_with_it() -> None:
    view = a_view_of("n1", {"base.yaml": 'app.yaml: {number: "{{ node.name }}"}'})
    assert [finding.code for finding in view.findings] == ["wrong-type"]

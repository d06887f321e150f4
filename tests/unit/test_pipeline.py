"""A fleet repository goes in, the files of every node come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from builders import compiled, sources, texts

from dseconf.catalog.catalog import Line
from dseconf.finding import Finding, Severity
from dseconf.fleet import Install
from dseconf.identity import KEYS
from dseconf.layer import Layer, Manage
from dseconf.placement import install_path
from dseconf.project import LAYERS, Project
from dseconf.shipped import load_catalog
from dseconf.snapshot import CompiledNode, FileEntry

ONE = "n1: {address: 10.0.0.1}"


def a_fleet_of(nodes: str = ONE, *, of_cluster: str = "", of_datacenter: str = "") -> str:
    return f"""\
clusters:
  atlas:
    product: dse 6.8.50
    {of_cluster}
    datacenters:
      eu:
        {of_datacenter}
        racks:
          r1: {{nodes: {{{nodes}}}}}
"""


def compile_all(
    layers: Mapping[str, str], fleet: str = "", vendor: Mapping[str, str] = {}
) -> tuple[dict[str, CompiledNode], list[Finding]]:
    nodes, findings, _ = compiled(sources(fleet or a_fleet_of(), layers, vendor))
    return {node.label: node for node in nodes.values()}, findings


def errors(layers: Mapping[str, str], fleet: str = "") -> list[Finding]:
    return [finding for finding in compile_all(layers, fleet)[1] if finding.severity is Severity.ERROR]


def files_of(layers: Mapping[str, str], fleet: str = "", vendor: Mapping[str, str] = {}) -> dict[str, str]:
    nodes, findings = compile_all(layers, fleet, vendor)
    assert [finding for finding in findings if finding.severity is Severity.ERROR] == []
    return texts(nodes["n1"])


def entry(layers: Mapping[str, str], name: str, fleet: str = "") -> FileEntry:
    nodes, _ = compile_all(layers, fleet)
    return next(one for one in nodes["n1"].entries if one.name == name)


def test_identity_comes_from_the_fleet() -> None:
    text = files_of({})["app.yaml"]
    assert "cluster_name: atlas\n" in text
    assert 'listen_address: "10.0.0.1"\n' in text


def test_a_layer_that_says_who_a_node_is_is_refused() -> None:
    (finding,) = errors({"base.yaml": "app.yaml: {cluster_name: other}"})
    assert (finding.code, str(finding.where[0])) == ("identity-setting", "profiles/base.yaml:1:12")


@pytest.mark.parametrize("line", load_catalog().lines, ids=lambda line: str(line.name))
def test_every_setting_that_layers_may_not_set_is_set_by_the_fleet(line: Line) -> None:
    """A setting that is refused in layers and comes from nowhere else could never be written."""
    keys = {key for file in line.files.values() for key in file.identity_keys if "[]" not in key}
    assert keys <= KEYS


def test_nodes_get_the_files_of_their_workloads_with_the_reason() -> None:
    fleet = a_fleet_of("n1: {address: 10.0.0.1, workload: [search, graph]}, n2: {address: 10.0.0.2}")
    nodes, _ = compile_all({}, fleet)
    reasons = {one.name: one.reason for one in nodes["n1"].entries}
    assert reasons["search.properties"] == "workload search"
    assert reasons["app.yaml"] == "every node"
    assert "search.properties" not in texts(nodes["n2"])


@pytest.mark.parametrize(
    ("install", "path"),
    [
        ("package", "etc/dse/app.yaml"),
        ("{package: dse-two}", "etc/dse-two/app.yaml"),
        ("{tarball: /opt/dse}", "opt/dse/conf/app.yaml"),
        ("{tarball: /srv/a/b/}", "srv/a/b/conf/app.yaml"),
    ],
)
def test_files_lie_where_the_install_has_them(install: str, path: str) -> None:
    assert entry({}, "app.yaml", a_fleet_of(of_cluster=f"install: {install}")).path == path


def test_a_second_package_instance_has_its_own_defaults_file() -> None:
    view = load_catalog().at("dse", (6, 8, 50))
    assert view is not None
    files = {file.name: file for file in view.files()}
    install = Install("package", instance="dse-two")
    assert install_path(files["default/dse"], install) == "etc/default/dse-two"
    assert install_path(files["cassandra.yaml"], install) == "etc/dse-two/cassandra/cassandra.yaml"


def test_a_mode_says_where_it_comes_from() -> None:
    assert entry({}, "env.sh").manage_reason == "default of the file"
    found = entry({"base.yaml": "manage: {env.sh: unmanaged}"}, "env.sh")
    assert (found.manage, found.manage_reason) == (Manage.UNMANAGED, "set by profiles/base.yaml:1:10")


def test_a_node_may_manage_a_file_otherwise_than_the_others() -> None:
    fleet = a_fleet_of("n1: {address: 10.0.0.1}, n2: {address: 10.0.0.2}")
    layers = {"base.yaml": "server.properties: {a: x}", "node/atlas/n1.yaml": "manage: {server.properties: absent}"}
    nodes, findings = compile_all(layers, fleet)
    assert findings == [] or all(finding.severity is not Severity.ERROR for finding in findings)
    assert "server.properties" not in texts(nodes["n1"])
    assert "a=x" in texts(nodes["n2"])["server.properties"]


def test_an_unmanaged_file_is_compiled_all_the_same() -> None:
    layers = {"base.yaml": "server.properties: {a: x}\nmanage: {server.properties: unmanaged}"}
    assert "a=x" in files_of(layers)["server.properties"]


def test_an_absent_file_has_an_entry_and_no_content() -> None:
    layers = {"base.yaml": "manage: {env.sh: absent}"}
    assert "env.sh" not in files_of(layers)
    assert entry(layers, "env.sh").manage is Manage.ABSENT


def test_a_managed_block_lies_in_the_vendors_text() -> None:
    layers = {"base.yaml": "server.properties: {a: x}\nmanage: {server.properties: block}"}
    text = files_of(layers, vendor={"server.properties": "# theirs\nz=1\n"})["server.properties"]
    assert text.startswith("# theirs\nz=1\n# dseconf: begin")
    assert "\na=x\n" in text


def test_a_block_without_vendor_text_is_an_error() -> None:
    (finding,) = errors({"base.yaml": "manage: {server.properties: block}"})
    assert (finding.code, str(finding.where[0])) == ("missing-vendor-text", "vendor/server.properties")
    assert finding.why == "set by profiles/base.yaml:1:10"


def test_settings_of_a_file_that_a_node_does_not_get_reach_nothing() -> None:
    assert "search.properties" not in files_of({"base.yaml": "search.properties: {index: x}"})


def test_a_conflict_names_the_nodes_that_have_it() -> None:
    fleet = a_fleet_of(
        "n1: {address: 10.0.0.1, workload: [search, graph]}, n2: {address: 10.0.0.2, workload: [graph, search]}, "
        "n3: {address: 10.0.0.3, workload: [search]}"
    )
    layers = {"workload/search.yaml": "app.yaml: {number: 1}", "workload/graph.yaml": "app.yaml: {number: 2}"}
    (finding,) = errors(layers, fleet)
    assert (finding.code, finding.nodes) == ("conflict", ("n1", "n2"))


def test_a_node_layer_takes_its_node_out_of_a_conflict() -> None:
    fleet = a_fleet_of("n1: {address: 10.0.0.1, workload: [search, graph]}")
    layers = {"workload/search.yaml": "app.yaml: {number: 1}", "workload/graph.yaml": "app.yaml: {number: 2}"}
    assert errors({**layers, "node/atlas/n1.yaml": "app.yaml: {number: 3}"}, fleet) == []
    assert errors({**layers, "node/atlas/n1.yaml": "app.yaml:\n  number: !unset"}, fleet) == []
    assert len(errors({**layers, "node/atlas/n1.yaml": "app.yaml: {text: a}"}, fleet)) == 1


def test_one_mistake_of_many_nodes_is_one_finding() -> None:
    fleet = a_fleet_of(", ".join(f"n{number}: {{address: 10.0.0.{number}}}" for number in range(1, 9)))
    (finding,) = errors({"base.yaml": 'app.yaml: {number: "{{ node.cores }}"}'}, fleet)
    assert finding.code == "missing-fact"
    assert len(finding.nodes) == 8


def test_a_value_that_cannot_be_written_is_told_at_its_line() -> None:
    (finding,) = errors({"base.yaml": 'env.sh: {EXTRA: "a\\0b"}'})
    assert (finding.code, str(finding.where[0])) == ("unwritable-value", "profiles/base.yaml:1:10")


def test_a_version_that_the_catalog_does_not_cover_is_told() -> None:
    fleet = a_fleet_of().replace("dse 6.8.50", "dse 7.1.0")
    (finding,) = errors({}, fleet)
    assert (finding.code, str(finding.where[0])) == ("version-not-covered", "fleet.yaml:3:14")
    assert finding.why == "it covers dse 6.8.0 to 6.8.99"


def test_a_layer_that_sets_nothing_is_named() -> None:
    _, findings = compile_all({"base.yaml": "# nothing yet\n"})
    assert [(finding.code, finding.severity) for finding in findings] == [
        ("no-layer", Severity.WARNING),
        ("empty-layer", Severity.INFO),
    ]
    assert findings[1].message == "profiles/base.yaml sets nothing"


def test_layers_that_are_used_are_known() -> None:
    layers = {
        "base.yaml": "app.yaml: {number: 1}",
        "node/atlas/n1.yaml": "app.yaml: {number: 2}",
        "node/atlas/n9.yaml": "",
    }
    *_, run = compiled(sources(a_fleet_of(), layers))
    assert run.used == {(0, "base.yaml"), (0, "node/atlas/n1.yaml")}


def test_only_wanted_nodes_are_compiled() -> None:
    fleet = a_fleet_of("n1: {address: 10.0.0.1}, n2: {address: 10.0.0.2}")
    nodes, *_ = compiled(sources(fleet, {}), ("atlas/n2",))
    assert list(nodes) == ["atlas/n2"]


def test_a_shared_layer_is_read_once() -> None:
    fleet = a_fleet_of("n1: {address: 10.0.0.1}, n2: {address: 10.0.0.2, workload: [search]}")
    given = sources(fleet, {"base.yaml": "app.yaml: {number: 1}"})
    reads: list[str] = []

    def counted(place: int, path: str) -> Layer:
        reads.append(path)
        return given.read_layer(place, path)

    compiled(replace(given, read_layer=counted))
    assert reads == ["base.yaml"]


def test_nodes_with_equal_files_share_their_bytes() -> None:
    fleet = a_fleet_of("n1: {address: 10.0.0.1}, n2: {address: 10.0.0.2}")
    nodes, _ = compile_all({"base.yaml": "server.properties: {a: x}"}, fleet)
    one, other = (dict(zip((e.name for e in node.entries), node.contents, strict=True)) for node in nodes.values())
    assert one["server.properties"] is other["server.properties"]
    assert one["app.yaml"] is not other["app.yaml"]


def test_nodes_that_follow_different_settings_share_nothing_by_accident() -> None:
    """Two nodes with one value each in a file, under different keys: equal values are not equal files."""
    fleet = a_fleet_of("n1: {address: 10.0.0.1}, n2: {address: 10.0.0.2}")
    layers = {
        "base.yaml": (
            "server.properties:\n"
            "  a: \"{{ setting('app.yaml:text') | default('none') }}\"\n"
            "  b: \"{{ setting('app.yaml:group.word') | default('none') }}\"\n"
        ),
        "node/atlas/n1.yaml": "app.yaml: {text: same}",
        "node/atlas/n2.yaml": "app.yaml: {group: {word: same}}",
    }
    nodes, _ = compile_all(layers, fleet)
    assert texts(nodes["n1"])["server.properties"].endswith("a=same\nb=none\n")
    assert texts(nodes["n2"])["server.properties"].endswith("a=none\nb=same\n")


def test_values_that_python_takes_for_equal_are_written_as_they_are() -> None:
    fleet = a_fleet_of("n1: {address: 10.0.0.1, share: 1}, n2: {address: 10.0.0.2, share: 1.0}")
    nodes, _ = compile_all({"base.yaml": 'app.yaml: {ratio: "{{ node.share }}"}'}, fleet)
    assert "ratio: 1\n" in texts(nodes["n1"])["app.yaml"]
    assert "ratio: 1.0\n" in texts(nodes["n2"])["app.yaml"]


def test_secrets_are_placeholders_in_files() -> None:
    text = files_of({"base.yaml": "app.yaml: {password: !secret db/app}"})["app.yaml"]
    assert "@@dseconf:yaml:db/app@@" in text


def test_the_layer_of_the_product_may_speak_of_other_patches() -> None:
    layers = {"product/dse-6.8.yaml": "app.yaml: {number: 2}"}
    assert "number: 2\n" in files_of(layers)["app.yaml"]


def test_a_dimension_of_the_fleets_own_takes_part() -> None:
    project = Project(layers=(*LAYERS[:-1], "tier", "node"), shipped=False)
    fleet = a_fleet_of("n1: {address: 10.0.0.1, tier: gold}")
    nodes, findings, _ = compiled(sources(fleet, {"tier/gold.yaml": "app.yaml: {number: 7}"}, project=project))
    assert "number: 7\n" in texts(nodes["atlas/n1"])["app.yaml"]
    assert [finding.code for finding in findings] == ["no-layer"]

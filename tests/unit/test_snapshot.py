"""The compiled fleet by content, and its manifest."""

from __future__ import annotations

import hashlib
import json

import pytest
from builders import a_compiled_node, an_entry, manifest

from dseconf.layer import Manage
from dseconf.snapshot import CompiledNode, Content, Snapshot, read_manifest


def a_snapshot(*nodes: CompiledNode) -> Snapshot:
    snapshot = Snapshot()
    for node in nodes:
        snapshot.add(node)
    return snapshot


def test_the_hash_of_a_content_is_that_of_its_bytes() -> None:
    assert Content("é\n".encode()).sha256 == hashlib.sha256("é\n".encode()).hexdigest()


def test_a_snapshot_counts_files_and_distinct_contents() -> None:
    files = {"a": "same", "b": "same", "c": "other", "gone": None}
    snapshot = a_snapshot(a_compiled_node(files, "n1"), a_compiled_node(files, "n2"))
    assert (len(snapshot.nodes), snapshot.file_count, snapshot.distinct_count) == (2, 6, 2)


def test_paths_are_below_cluster_and_node_and_leave_out_what_must_be_absent() -> None:
    snapshot = a_snapshot(a_compiled_node({"etc/a": "x", "etc/gone": None}))
    assert list(snapshot.paths()) == ["atlas/n1/etc/a"]


def test_the_manifest_is_the_same_in_whatever_order_nodes_come() -> None:
    nodes = [a_compiled_node({"etc/a": name}, name) for name in ("n1", "n10", "n2")]
    assert manifest(nodes) == manifest(reversed(nodes))
    assert list(json.loads(manifest(nodes))["nodes"]) == ["atlas/n1", "atlas/n10", "atlas/n2"]


def test_attributes_that_files_share_are_written_once() -> None:
    text = manifest([a_compiled_node({"etc/x/a.conf": "1", "opt/a.conf": "2"})])
    found = json.loads(text)
    assert found["kinds"] == [
        {"file": "a.conf", "mode": "0644", "owner": "cassandra", "group": "cassandra", "manage": "whole"}
    ]
    assert {kind for _, kind in found["nodes"]["atlas/n1"].values()} == {0}


def test_a_change_of_mode_owner_or_management_alone_changes_the_manifest() -> None:
    content = (Content(b"x"),)
    plain, *others = (
        manifest([CompiledNode("atlas", "n1", "n1", (entry,), content)])
        for entry in (
            an_entry("etc/a"),
            an_entry("etc/a", mode="0600"),
            an_entry("etc/a", owner="root"),
            an_entry("etc/a", group="root"),
            an_entry("etc/a", manage=Manage.UNMANAGED),
        )
    )
    assert len({plain, *others}) == 5


def test_reasons_do_not_reach_the_manifest() -> None:
    content = (Content(b"x"),)
    one, other = (
        manifest([CompiledNode("atlas", "n1", "n1", (entry,), content)])
        for entry in (an_entry("etc/a", reason="every node"), an_entry("etc/a", manage_reason="set by base.yaml:1:1"))
    )
    assert one == other


@pytest.mark.parametrize("path", ['quo"te', "per%cent %s", "back\\slash", "é/ü", "tab\there"])
def test_any_path_can_be_written_and_read_back(path: str) -> None:
    text = manifest([a_compiled_node({path: "x"})])
    assert list(json.loads(text)["nodes"]["atlas/n1"]) == [path]
    assert list(read_manifest(text).paths()) == [f"atlas/n1/{path}"]


def test_a_manifest_of_no_nodes_can_be_read_back() -> None:
    assert read_manifest(manifest([])).nodes == {}
    assert json.loads(manifest([a_compiled_node({})]))["nodes"] == {"atlas/n1": {}}


def test_a_manifest_that_was_read_is_written_in_the_same_bytes() -> None:
    files = {"etc/b": "1", "etc/a": "2", "gone": None}
    text = manifest([a_compiled_node(files, name, cluster) for cluster in ("b", "a") for name in ("n2", "n1")])
    assert "".join(read_manifest(text).write_manifest()) == text

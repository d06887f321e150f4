"""Nodes from tables: ``nodes: {from: inventory.csv}``."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from dseconf.document import read_document
from dseconf.errors import DseconfError, InputError
from dseconf.finding import Finding
from dseconf.fleet import Disk, Fleet, Install, read_fleet
from dseconf.quantity import UNITS
from dseconf.setting import Origin

GIB = UNITS["GiB"]
DIMENSIONS = ("base", "workload", "environment", "hardware", "cluster", "datacenter", "rack", "node")

AT_CLUSTER = "clusters: {a: {product: dse 6.8.50, nodes: {from: inventory.csv}}}"
AT_RACK = (
    "clusters: {a: {product: dse 6.8.50, datacenters: {d: {racks: {r: {memory: 8GiB, nodes: {from: inventory.csv}}}}}}}"
)
AT_TOP = "clusters: {a: {product: dse 6.8.50}, b: {product: dse 6.8.50}}\nnodes: {from: inventory.csv}"


def a_fleet(text: str, table: str | bytes, path: str = "inventory.csv") -> Fleet:
    content: Mapping[str, bytes] = {path: table.encode() if isinstance(table, str) else table}

    def read_text(asked: str) -> bytes:
        if asked not in content:
            raise FileNotFoundError(2, "No such file or directory", asked)
        return content[asked]

    return read_fleet(read_document(text.encode(), "fleet.yaml"), read_text, DIMENSIONS)


def mistakes(text: str, table: str | bytes) -> list[Finding]:
    with pytest.raises(DseconfError) as caught:
        a_fleet(text, table)
    return list(caught.value.findings)


def test_a_table_tells_place_and_facts() -> None:
    table = "name,datacenter,rack,address,memory,cores,seed,hardware,slot,zone\nn1,eu,r1,10.0.0.1,64GiB,16,true,i3,7,a"
    node = a_fleet(AT_CLUSTER, table).find("n1")
    assert (node.datacenter, node.rack, node.address) == ("eu", "r1", "10.0.0.1")
    assert (node.memory, node.cores, node.seed) == (64 * GIB, 16, True)
    assert node.attributes == {"hardware": "i3", "slot": 7, "zone": "a"}


def test_a_table_makes_datacenters_and_racks_in_the_order_of_its_lines() -> None:
    cluster = a_fleet(AT_CLUSTER, "name,datacenter,rack\nn1,us,r2\nn2,eu,r1\nn3,us,r1\n").clusters[0]
    assert [(one.name, [rack.name for rack in one.racks]) for one in cluster.datacenters] == [
        ("us", ["r2", "r1"]),
        ("eu", ["r1"]),
    ]


def test_a_table_at_the_top_names_clusters() -> None:
    fleet = a_fleet(AT_TOP, "name,cluster,datacenter,rack\nn1,b,d,r\nn1,a,d,r\n")
    assert [node.identity for node in fleet.nodes] == [("a", "n1"), ("b", "n1")]


def test_an_empty_cell_leaves_the_fact_to_the_levels_above() -> None:
    fleet = a_fleet(AT_RACK, "name,memory\nn1,\nn2,16GiB\n")
    assert [node.memory for node in fleet.nodes] == [8 * GIB, 16 * GIB]


@pytest.mark.parametrize("cell", ["search analytics", "search+analytics", "search;analytics", "search; analytics"])
def test_a_cell_holds_several_workloads(cell: str) -> None:
    assert a_fleet(AT_RACK, f"name,workload\nn1,{cell}").find("n1").workloads == ("search", "analytics")


def test_cells_of_disks_and_installs() -> None:
    table = "name,disks,install\nn1,/data:nvme:1TiB /log:ssd,tarball:/opt/dse\nn2,,package:dse-node2\nn3,,package"
    one, two, three = a_fleet(AT_RACK, table).nodes
    assert one.disks == (Disk("/data", "nvme", 1024 * GIB), Disk("/log", "ssd"))
    assert [node.install for node in (one, two, three)] == [
        Install("tarball", directory="/opt/dse"), Install(instance="dse-node2"), Install(),
    ]  # fmt: skip


def test_a_pattern_in_a_cell_is_evaluated() -> None:
    assert a_fleet(AT_RACK, "name,address\nn7,10.0.0.{{ node.number }}").find("n7").address == "10.0.0.7"


def test_facts_of_a_table_name_their_cell() -> None:
    origins = a_fleet(AT_RACK, "name,zone,cores\n\nn1,a,16\n").find("n1").origins
    assert origins["name"] == Origin("inventory.csv", 3, 1)
    assert origins["cores"] == Origin("inventory.csv", 3, 6)
    assert origins["memory"].path == "fleet.yaml"


def test_overrides_go_on_top_of_a_table() -> None:
    text = "clusters: {a: {product: dse 6.8.50, nodes: {from: inventory.csv, n1: {cores: 32}}}}"
    assert a_fleet(text, "name,datacenter,rack,cores\nn1,d,r,16\n").find("n1").cores == 32


def test_a_table_lies_beside_fleet_yaml() -> None:
    asked: list[str] = []

    def read_text(path: str) -> bytes:
        asked.append(path)
        return b"name\nn1\n"

    text = AT_RACK.replace("inventory.csv", "./tables/inventory.csv")
    fleet = read_fleet(read_document(text.encode(), "fleets/eu/fleet.yaml"), read_text, DIMENSIONS)
    assert asked == ["tables/inventory.csv"]
    assert fleet.find("n1").origins["name"].path == "fleets/eu/tables/inventory.csv"


@pytest.mark.parametrize(
    "table",
    ["\ufeffname,zone\r\nn1,a\r\n", 'name,zone\nn1,"a"\n', '"name","zone"\n"n1","a"', "name , zone\n n1 , a \n,\n"],
)
def test_spellings_of_one_table(table: str) -> None:
    node = a_fleet(AT_RACK, table).find("n1")
    assert node.attributes == {"zone": "a"}


def test_a_quoted_cell_holds_commas_and_quotes() -> None:
    assert a_fleet(AT_RACK, 'name,zone\nn1,"a, ""b"""\n').find("n1").fact("zone") == 'a, "b"'


MISTAKES = {
    "no name": (AT_RACK, "zone\na\n", "missing-column", (1, 1)),
    "another separator": (AT_RACK, "name;zone\nn1;a\n", "missing-column", (1, 1)),
    "no rack": (AT_CLUSTER, "name,datacenter\nn1,d\n", "missing-column", (1, 1)),
    "an empty table": (AT_RACK, "\n\n", "wrong-table", (0, 0)),
    "a column twice": (AT_RACK, "name,zone,zone\n", "duplicate-key", (1, 11)),
    "a column without name": (AT_RACK, "name,,zone\n", "wrong-table", (1, 6)),
    "a misspelt column": (AT_RACK, "name,memroy\nn1,1GiB\n", "unknown-attribute", (1, 6)),
    "a column of a place that is none": (AT_RACK, "name,product\nn1,dse 6.8.50\n", "unknown-key", (1, 6)),
    "a line without rack": (AT_CLUSTER, "name,datacenter,rack\nn1,d,\n", "missing-value", (2, 1)),
    "a line without name": (AT_RACK, "name,zone\n,a\n", "missing-value", (2, 1)),
    "a line of too many cells": (AT_RACK, "name,zone\nn1,a,b\n", "wrong-table", (2, 6)),
    "a quote alone": (AT_RACK, 'name,zone\nn1,"a\n', "wrong-table", (2, 4)),
    "text behind a quote": (AT_RACK, 'name,zone\nn1,"a"b\n', "wrong-table", (2, 4)),
    "another rack than fleet.yaml says": (AT_RACK, "name,rack\nn1,r2\n", "wrong-place", (2, 4)),
    "an unknown cluster": (AT_TOP, "name,cluster,datacenter,rack\nn1,c,d,r\n", "unknown-cluster", (2, 4)),
    "an unsafe datacenter": (AT_CLUSTER, "name,datacenter,rack\nn1,../d,r\n", "unsafe-name", (2, 4)),
    "an unsafe node": (AT_RACK, "name\n../n1\n", "unsafe-name", (2, 1)),
    "a wrong value": (AT_RACK, "name,zone,cores\nn1,a,many\n", "wrong-type", (2, 6)),
    "a wrong address": (AT_RACK, "name,address\nn1,10.0.0.300\n", "wrong-address", (2, 4)),
    "an unknown workload": (AT_RACK, "name,workload\nn1,search+solr\n", "unknown-workload", (2, 4)),
    "one node twice": (AT_RACK, "name\nn1\nn1\n", "duplicate-node", (3, 1)),
    "not UTF-8": (AT_RACK, b"name\nn\xff\n", "wrong-encoding", (2, 1)),
}  # fmt: skip


@pytest.mark.parametrize(("text", "table", "code", "place"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_points_into_the_table(text: str, table: str | bytes, code: str, place: tuple[int, int]) -> None:
    finding, *_ = mistakes(text, table)
    where = finding.where[0]
    assert (finding.code, where.path, (where.line, where.column)) == (code, "inventory.csv", place)
    assert finding.remedy


def test_all_lines_are_read_before_the_run_stops() -> None:
    found = mistakes(AT_RACK, "name,cores\nn1,x\n../n2,1\nn3,y\n")
    assert [(finding.code, finding.where[0].line) for finding in found] == [
        ("wrong-type", 2),
        ("unsafe-name", 3),
        ("wrong-type", 4),
    ]


@pytest.mark.parametrize("path", ["/etc/passwd", "../inventory.csv", "a/../../b.csv", "a\\..\\b", "C:inventory.csv"])
def test_a_table_outside_the_repository_is_refused(path: str) -> None:
    text = AT_RACK.replace("inventory.csv", f"'{path}'")
    (finding,) = mistakes(text, "name\nn1\n")
    assert finding.code == "path-escape"


def test_a_table_that_is_not_there_is_named() -> None:
    (finding,) = mistakes(AT_RACK.replace("inventory.csv", "other.csv"), "")
    assert (finding.code, finding.where[0].path) == ("missing-file", "fleet.yaml")


def test_what_the_edge_says_of_a_table_is_passed_on() -> None:
    def refuse(path: str) -> bytes:
        raise InputError("not-tracked", f"{path} is not in git")

    with pytest.raises(DseconfError) as caught:
        read_fleet(read_document(AT_RACK.encode(), "fleet.yaml"), refuse, DIMENSIONS)
    assert [finding.code for finding in caught.value.findings] == ["not-tracked"]


def test_ten_thousand_lines_are_read() -> None:
    lines = "".join(f"n{number},10.0.{number // 250}.{number % 250}\n" for number in range(10_000))
    assert a_fleet(AT_RACK, f"name,address\n{lines}").find("n9999").address == "10.0.39.249"

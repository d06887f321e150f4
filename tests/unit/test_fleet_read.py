"""What fleet.yaml says becomes clusters, datacenters, racks and nodes with facts."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from dseconf.document import read_document
from dseconf.errors import InputError
from dseconf.expression import MissingFact
from dseconf.fleet import Disk, Fleet, Install, Node, parse_product, read_fleet
from dseconf.quantity import UNITS
from dseconf.setting import Origin

GIB = UNITS["GiB"]
DIMENSIONS = ("product", "base", "workload", "environment", "hardware", "cluster", "datacenter", "rack", "node")

FLEET = """
clusters:
  atlas:
    product: dse 6.8.50
    environment: production
    install: package
    keyspaces:
      orders: {eu: 3, us: 1}
    datacenters:
      eu:
        workload: [search, graph]
        racks:
          r1: {nodes: "eu-[01:08]", hardware: i3-4xlarge, address: "10.1.1.{{ node.number }}"}
      us:
        memory: 32GiB
        racks:
          r1: {nodes: ["us-[1:2]", us-x], zone: a, memory: 64GiB}
          r2:
            nodes:
              us-9:
                disks: [{mount: /data, kind: nvme, size: 1TiB}]
                cores: 16
    nodes:
      eu-07: {memory: 48GiB, seed: true, state: normal}
"""


def a_fleet(text: str = FLEET, tables: Mapping[str, bytes] = {}) -> Fleet:
    return read_fleet(read_document(text.encode(), "fleet.yaml"), lambda path: tables[path], DIMENSIONS)


def a_node(facts: str, name: str = "n1") -> Node:
    racks = f"r: {{nodes: {{{name}: {facts}}}}}"
    return a_fleet(f"clusters: {{a: {{product: dse 6.8.50, datacenters: {{d: {{racks: {{{racks}}}}}}}}}}}").find(name)


def test_a_range_makes_its_nodes_in_order() -> None:
    eu = a_fleet().clusters[0].datacenters[0]
    assert [node.name for node in eu.nodes] == [f"eu-0{number}" for number in range(1, 9)]


def test_a_list_holds_ranges_and_names() -> None:
    names = [node.name for node in a_fleet().clusters[0].datacenters[1].racks[0].nodes]
    assert names == ["us-1", "us-2", "us-x"]


def test_a_node_knows_its_place_and_product() -> None:
    node = a_fleet().find("us-9")
    assert (node.cluster, node.datacenter, node.rack) == ("atlas", "us", "r2")
    assert node.product.text == "dse 6.8.50"
    assert node.product.version == (6, 8, 50)


@pytest.mark.parametrize(("name", "number"), [("eu-07", 7), ("r2-n010-x", 10), ("7", 7), ("alone", None)])
def test_the_number_of_a_node_is_the_last_one_in_its_name(name: str, number: int | None) -> None:
    assert a_node("{}", name).number == number


def test_facts_are_inherited_and_the_nearer_line_wins() -> None:
    fleet = a_fleet()
    assert fleet.find("us-9").memory == 32 * GIB
    assert fleet.find("us-1").memory == 64 * GIB
    assert fleet.find("eu-07").memory == 48 * GIB
    assert fleet.find("eu-06").memory is None


def test_a_pattern_is_evaluated_for_each_node() -> None:
    fleet = a_fleet()
    assert [fleet.find(name).address for name in ("eu-01", "eu-08")] == ["10.1.1.1", "10.1.1.8"]


def test_a_pattern_reads_facts_that_are_patterns_themselves() -> None:
    node = a_node('{listen_address: "{{ node.address }}", address: "10.0.0.{{ node.slot }}", slot: 4}')
    assert node.listen_address == "10.0.0.4"


def test_a_pattern_keeps_the_type_of_its_value() -> None:
    node = a_node('{cores: "{{ node.slots * 2 }}", slots: 8, memory: "{{ node.cores * GiB }}"}')
    assert (node.cores, node.memory) == (16, 16 * GIB)


def test_what_a_node_is_without_facts() -> None:
    node = a_node("{}")
    assert node.workloads == ("cassandra",)
    assert node.install == Install()
    assert (node.state, node.seed, node.disks, node.attributes) == ("normal", False, (), {})


def test_facts_of_the_machine() -> None:
    node = a_fleet().find("us-9")
    assert node.disks == (Disk("/data", "nvme", 1024 * GIB),)
    assert node.cores == 16


@pytest.mark.parametrize(
    ("written", "install"),
    [
        ("package", Install("package")),
        ("{package: dse-node1}", Install("package", instance="dse-node1")),
        ("{tarball: /opt/dse/}", Install("tarball", directory="/opt/dse")),
    ],
)
def test_installs(written: str, install: Install) -> None:
    assert a_node(f"{{install: {written}}}").install == install


def test_what_the_fleet_adds_is_a_fact() -> None:
    node = a_node("{zone: a, link: 64MiB/s, slot: 7, spare: false, vlans: [1, 2]}")
    assert node.fact("zone") == "a"
    assert node.fact("link") == UNITS["MiB/s"] * 64
    assert (node.fact("slot"), node.fact("spare"), node.fact("vlans")) == (7, False, [1, 2])


def test_expressions_see_facts_as_plain_values() -> None:
    facts = a_fleet().find("us-9").facts()
    assert facts["workload"] == ["cassandra"]
    assert facts["disks"] == [{"mount": "/data", "kind": "nvme", "size": 1024 * GIB}]
    assert facts["product"] == "dse 6.8.50"
    assert "address" not in facts


def test_a_missing_fact_is_named_with_its_node() -> None:
    with pytest.raises(MissingFact, match="'us-9' has no fact 'address'"):
        a_fleet().find("us-9").fact("address")


def test_values_of_dimensions() -> None:
    node = a_fleet().find("eu-03")
    assert node.values_of("workload") == ("search", "graph")
    assert node.values_of("hardware") == ("i3-4xlarge",)
    assert node.values_of("storage") == ()


def test_every_fact_names_the_line_that_gives_it() -> None:
    origins = a_fleet().find("eu-07").origins
    assert origins["environment"] == Origin("fleet.yaml", 5, 18)
    assert origins["name"] == Origin("fleet.yaml", 13, 23)
    assert origins["address"] == Origin("fleet.yaml", 13, 68)
    assert origins["memory"] == Origin("fleet.yaml", 24, 23)
    assert "cores" not in origins


def test_replication_has_its_places() -> None:
    cluster = a_fleet().clusters[0]
    assert cluster.keyspaces == {"orders": {"eu": 3, "us": 1}}
    assert cluster.origins["keyspaces.orders.us"] == Origin("fleet.yaml", 8, 27)


def test_aliases_and_merge_keys_give_facts() -> None:
    text = """
clusters:
  a:
    product: cassandra 4.1.8
    datacenters:
      d:
        racks:
          r1: &rack {nodes: "a-[1:2]", memory: 8GiB}
          r2: {<<: *rack, nodes: "b-[1:2]"}
"""
    assert a_fleet(text).find("b-2").memory == 8 * GIB


TWO = """
clusters:
  atlas: {product: dse 6.8.50, datacenters: {d: {racks: {r: {nodes: "n-[1:3]"}}}}}
  blue: {product: dse 6.8.50, datacenters: {d: {racks: {r: {nodes: [n-1, m-1]}}}}}
"""


def test_a_node_is_found_by_name_or_by_cluster_and_name() -> None:
    fleet = a_fleet(TWO)
    assert fleet.find("m-1").identity == ("blue", "m-1")
    assert fleet.find("blue/n-1").identity == ("blue", "n-1")


def test_a_name_that_clusters_share_is_shown_with_the_cluster() -> None:
    fleet = a_fleet(TWO)
    assert [fleet.label(node) for node in fleet.nodes] == ["atlas/n-1", "n-2", "n-3", "blue/n-1", "m-1"]


@pytest.mark.parametrize(
    ("name", "code", "remedy"),
    [
        ("n-1", "ambiguous-node", "write atlas/n-1 or blue/n-1"),
        ("nn-2", "unknown-node", "did you mean 'n-2'?"),
        ("atlas/m-1", "unknown-node", "did you mean 'atlas/n-1'?"),
    ],
)
def test_a_name_that_finds_no_node_has_a_remedy(name: str, code: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        a_fleet(TWO).find(name)
    assert [(finding.code, finding.remedy) for finding in caught.value.findings] == [(code, remedy)]


def test_an_unknown_cluster_has_a_remedy() -> None:
    with pytest.raises(InputError) as caught:
        a_fleet(TWO).cluster("atlsa")
    assert caught.value.findings[0].remedy == "did you mean 'atlas'?"


@pytest.mark.parametrize("text", ["dse", "dse 6.8", "6.8.50", "scylla 5.1.2", "dse 6.8.x", "dse 6.8.50.1", ""])
def test_what_is_no_product(text: str) -> None:
    assert parse_product(text) is None


def test_nodes_with_the_same_facts_are_equal_and_hash_alike() -> None:
    one, two = a_fleet().find("eu-01"), a_fleet().find("eu-01")
    assert one == two
    assert len({one, two, a_fleet().find("eu-02")}) == 2

"""Replication from fleet.yaml and from the file that cqlsh writes."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from dseconf.document import read_document
from dseconf.errors import DseconfError
from dseconf.fleet import Fleet, read_fleet

FLEET = b"""\
clusters:
  atlas:
    product: dse 6.8.50
    keyspaces: {from: keyspaces.csv, carts: {eu: 1}}
    datacenters:
      eu: {racks: {r1: {nodes: "eu-[1:3]", address: "10.0.0.{{ node.number }}"}}}
"""
PLACED = "{'class': 'org.apache.cassandra.locator.NetworkTopologyStrategy', 'eu': '3'}"
SIMPLE = "{'class': 'org.apache.cassandra.locator.SimpleStrategy', 'replication_factor': '1'}"


def a_fleet(table: str) -> Fleet:
    return read_fleet(read_document(FLEET, "fleet.yaml"), lambda _: table.encode(), ())


def keyspaces(fleet: Fleet) -> Mapping[str, Mapping[str, int]]:
    return fleet.cluster("atlas").keyspaces


def test_the_file_and_fleet_yaml_add_up() -> None:
    assert keyspaces(a_fleet(f'orders,"{PLACED}"\n')) == {"orders": {"eu": 3}, "carts": {"eu": 1}}


def test_fleet_yaml_goes_before_the_file() -> None:
    assert keyspaces(a_fleet(f'carts,"{PLACED}"\n'))["carts"] == {"eu": 1}


def test_a_header_is_passed_over() -> None:
    assert "orders" in keyspaces(a_fleet(f'keyspace_name,replication\norders,"{PLACED}"\n'))


def test_a_keyspace_without_numbers_per_datacenter_is_a_warning_at_its_line() -> None:
    fleet = a_fleet(f'orders,"{PLACED}"\nold,"{SIMPLE}"\nsystem_auth,"{SIMPLE}"\n')
    (finding,) = fleet.findings
    assert (finding.code, str(finding.where[0])) == ("unknown-replication", "keyspaces.csv:2:1")


@pytest.mark.parametrize("line", ["orders", "orders,3", "a,b,c", f'orders,"{PLACED}",x'])
def test_another_file_is_refused_at_its_line(line: str) -> None:
    with pytest.raises(DseconfError) as refused:
        a_fleet(f'first,"{PLACED}"\n{line}\n')
    (finding,) = refused.value.findings
    assert (finding.code, str(finding.where[0])) == ("wrong-table", "keyspaces.csv:2:1")
    assert "COPY system_schema.keyspaces" in finding.remedy


def test_a_datacenter_that_the_fleet_lacks_is_reported_in_the_file() -> None:
    with pytest.raises(DseconfError) as refused:
        a_fleet("orders,\"{'class': 'NetworkTopologyStrategy', 'mars': '3'}\"\n")
    assert str(refused.value.findings[0].where[0]) == "keyspaces.csv:1:1"

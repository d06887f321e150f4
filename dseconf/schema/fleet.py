"""The JSON Schema of fleet.yaml: its levels, the facts that it knows, and room for more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from dseconf.fleet import WORKLOADS
from dseconf.fleet.facts import PLACED
from dseconf.quantity import UNITS, Kind
from dseconf.schema.value import EXPRESSION, Schema

_NAME: Final = r"[A-Za-z0-9](?:\.?[A-Za-z0-9_-])*\.?"
_RANGE: Final = r"(?:[A-Za-z0-9._-]|\[[0-9]{1,12}:[0-9]{1,12}\])+"
_SIZE: Final = rf"[0-9]+(?:\.[0-9]+)? ?(?:{'|'.join(name for name, one in UNITS.items() if one.kind is Kind.SIZE)})"
_PRODUCT: Final = r"(?:dse|cassandra) (?:0|[1-9][0-9]{0,3})(?:\.(?:0|[1-9][0-9]{0,3})){2}"
_ADDRESS: Final = r"[A-Za-z0-9:][A-Za-z0-9:.-]*"
_INTERFACE: Final = r"[A-Za-z0-9][A-Za-z0-9_.:@-]{0,63}"
_DIRECTORY: Final = r"(?:/[A-Za-z0-9._+@-]+)+/?"
_INSTANCE: Final = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
_LEVELS: Final = ("clusters", "datacenters", "racks", "nodes", "keyspaces")


def fleet_schema(dimensions: Iterable[str] = ()) -> Schema:
    """The schema of fleet.yaml. ``dimensions`` are the project's: facts whose values name layers."""
    facts = {**_facts(), **{name: _dimension(name) for name in dimensions if name not in _facts()}}
    cluster = {
        "product": _text(_PRODUCT, "Product and full version: dse 6.8.50.", "takes a product and its full version"),
        "keyspaces": _named(
            "keyspace",
            {"$ref": "#/definitions/replicas"},
            "Replicas by keyspace, for the proof that a rollout leaves data available.",
        ),
        "datacenters": _named("datacenter", {"$ref": "#/definitions/datacenter"}, "The datacenters of the cluster."),
        "nodes": {**_nodes_by_name("Facts of single nodes, on top of what their rack says."), "type": "object"},
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "urn:dseconf:fleet",
        "title": "dseconf fleet.yaml",
        "description": "Who is in the fleet: clusters, datacenters, racks and nodes, with their facts.",
        "type": "object",
        "properties": {
            "clusters": _named("cluster", {"$ref": "#/definitions/cluster"}, "The clusters of the fleet."),
            "nodes": {"$ref": "#/definitions/table"},
        },
        "required": ["clusters"],
        "additionalProperties": False,
        "definitions": {
            "cluster": {**_level(cluster, facts), "required": ["product"]},
            "datacenter": _level(
                {
                    "racks": _named("rack", {"$ref": "#/definitions/rack"}, "The racks of the datacenter."),
                    "nodes": {"$ref": "#/definitions/table"},
                },
                facts,
            ),
            "rack": _level({"nodes": _rack_nodes()}, facts),
            "node": {**_level({}, facts), "type": ["object", "null"]},
            "replicas": {
                "type": "object",
                "additionalProperties": {
                    "type": "integer",
                    "minimum": 1,
                    "description": "Replicas in this datacenter.",
                },
            },
            "table": {**_table(), "additionalProperties": False, "required": ["from"]},
            "range": _text(_RANGE, "", "takes a name or a range such as eu-[01:08]"),
            "fact": _fact(),
        },
    }


def _level(own: Mapping[str, object], facts: Mapping[str, object]) -> Schema:
    """A level's own keys, the known facts, and facts that the fleet adds under names of its own."""
    reserved = "|".join(name for name in (*PLACED, *_LEVELS) if name not in own)
    known = {**own, **facts}
    hyphened = "".join(f"|{name}" for name in known if "-" in name)
    return {
        "type": "object",
        "properties": known,
        "propertyNames": {
            "pattern": rf"^(?!(?:{reserved})$)(?:[a-z][a-z0-9_]*{hyphened})$",
            "patternErrorMessage": "is no key of this level, and no name for a fact",
        },
        "additionalProperties": {"$ref": "#/definitions/fact"},
    }


def _named(noun: str, schema: Schema, description: str) -> Schema:
    return {
        "description": description,
        "type": "object",
        "propertyNames": {"pattern": f"^{_NAME}$"},
        "additionalProperties": {"description": f"One {noun}.", **schema},
    }


def _rack_nodes() -> Schema:
    """A range, a list of ranges, a mapping from ranges to facts, or a table."""
    reference = {"$ref": "#/definitions/range"}
    form = _nodes_by_name(
        'The nodes: a range such as "eu-[01:08]", a list of ranges, or a mapping from ranges to facts.'
    )
    return {**form, "type": ["string", "array", "object"], "pattern": f"^{_RANGE}$", "items": reference}


def _nodes_by_name(description: str) -> Schema:
    return {
        "description": description,
        "properties": {"from": _from()},
        "propertyNames": {"pattern": f"^{_RANGE}$"},
        "additionalProperties": {"$ref": "#/definitions/node"},
    }


def _table() -> Schema:
    return {"description": "A table of nodes.", "type": "object", "properties": {"from": _from()}}


def _from() -> Schema:
    description = (
        "A CSV file with the columns name, cluster, datacenter, rack, address and any fact, beside fleet.yaml."
    )
    return {"description": description, "type": "string", "pattern": r"^(?!/)(?!(?:.*/)?\.\.(?:/|$)).+$"}


def _switch(description: str) -> Schema:
    return {"description": description, "type": ["boolean", "string"], "pattern": EXPRESSION}


def _facts() -> dict[str, Schema]:
    """The facts that fleet.yaml knows; each may be an expression on other facts of the node."""
    return {
        "environment": _text(_NAME, "What the nodes are for: names the layer environment/NAME.yaml.", "takes a name"),
        "workload": _workload(),
        "install": _install(),
        "state": _choice(("normal", "joining", "down"), "Whether the node is up; a seed is always up."),
        "seed": _switch("Whether the node is a seed; where a datacenter marks none, its first two nodes are."),
        "memory": _text(_SIZE, "Memory of the machine, such as 64GiB.", "takes a size with its unit: 64GiB"),
        "cores": {
            "description": "Cores of the machine.",
            "type": ["integer", "string"],
            "minimum": 1,
            "pattern": EXPRESSION,
        },
        "disks": _disks(),
        "cluster_name": {
            "description": "The product's name of the cluster, where it cannot be a folder name (Test Cluster).",
            "type": "string",
        },
        "listen_interface_prefer_ipv6": _switch("Whether an interface's IPv6 address goes first, for other nodes."),
        "native_transport_interface_prefer_ipv6": _switch(
            "Whether an interface's IPv6 address goes first, for clients."
        ),
        "host": _address("Address of the machine, where several nodes share one."),
        "address": _address('Address of the node. "10.1.1.{{ node.number }}" gives each its own.'),
        "listen_address": _address("Address for other nodes, where it is not `address`."),
        "broadcast_address": _address("Address that other nodes are told instead."),
        "native_transport_address": _address("Address for clients, where it is not `address`."),
        "native_transport_broadcast_address": _address("Address that clients are told instead."),
        "listen_interface": _text(
            _INTERFACE, "Network interface for other nodes, instead of an address.", "takes an interface"
        ),
        "native_transport_interface": _text(
            _INTERFACE, "Network interface for clients, instead of an address.", "takes an interface"
        ),
    }


def _text(pattern: str, description: str, takes: str) -> Schema:
    about = {"description": description} if description else {}
    return {**about, "type": "string", "pattern": f"^(?:{pattern})$|{EXPRESSION}", "patternErrorMessage": takes}


def _address(description: str) -> Schema:
    return _text(_ADDRESS, description, "takes an IPv4 or IPv6 address, or a host name")


def _choice(choices: Iterable[str], description: str) -> Schema:
    return {"description": description, "anyOf": [{"enum": list(choices)}, {"type": "string", "pattern": EXPRESSION}]}


def _workload() -> Schema:
    one: list[Schema] = [{"enum": list(WORKLOADS)}, {"type": "string", "pattern": EXPRESSION}]
    several: Schema = {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"anyOf": one}}
    return {
        "description": "What the node does: cassandra, search, analytics, graph, or a list of them.",
        "anyOf": [*one, several],
    }


def _install() -> Schema:
    tarball = {
        "tarball": _text(_DIRECTORY, "Directory of a tarball install, such as /opt/dse.", "takes an absolute path")
    }
    package = {
        "package": _text(
            _INSTANCE,
            "Name of one of several package installs on the machine.",
            "takes a name of letters, digits, - and _",
        )
    }
    return {
        "description": "How the product lies on the machine: package, {package: INSTANCE} or {tarball: DIRECTORY}.",
        "anyOf": [
            {"enum": ["package"]},
            {"type": "string", "pattern": EXPRESSION},
            {"type": "object", "properties": tarball, "required": ["tarball"], "additionalProperties": False},
            {"type": "object", "properties": package, "required": ["package"], "additionalProperties": False},
        ],
    }


def _disks() -> Schema:
    disk: Schema = {
        "type": "object",
        "properties": {
            "mount": {"description": "Mount point.", "type": "string", "pattern": f"^/|{EXPRESSION}"},
            "kind": _choice(("nvme", "ssd", "hdd"), "Kind of disk."),
            "size": _text(_SIZE, "Size, such as 1.9TiB.", "takes a size with its unit: 1.9TiB"),
        },
        "required": ["mount", "kind"],
        "additionalProperties": False,
    }
    return {
        "description": "Disks of the machine by mount point.",
        "type": ["array", "string"],
        "minItems": 1,
        "items": disk,
        "pattern": EXPRESSION,
    }


def _dimension(name: str) -> Schema:
    one = _text(_NAME, "", "takes a name")
    return {
        "description": f"Names the layer {name}/NAME.yaml, or several in a list.",
        "anyOf": [one, {"type": "array", "minItems": 1, "items": one}],
    }


def _fact() -> Schema:
    scalar = {"type": ["string", "number", "boolean"]}
    return {
        "description": "A fact that this fleet adds; expressions read it as node.NAME.",
        "type": ["string", "number", "boolean", "array"],
        "items": scalar,
    }

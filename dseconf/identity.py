"""Who a node is: the settings that come from fleet.yaml alone.

The catalog marks these settings with ``identity``; a layer that sets one is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeAlias

from dseconf.catalog import FileSpec, ProductView
from dseconf.fleet import Cluster, Node, seeds
from dseconf.setting import Definition, Origin, Plain, Setting

FLEET = Origin("fleet.yaml")

_Read: TypeAlias = Callable[[Node], Plain]


def _listen_address(node: Node) -> Plain:
    return node.listen_address or (None if node.listen_interface else node.address)


def _native_address(node: Node) -> Plain:
    return node.native_transport_address or (None if node.native_transport_interface else node.address)


def _known_address(node: Node) -> Plain:
    return node.broadcast_address or node.listen_address or node.address


def _attribute(name: str) -> _Read:
    return lambda node: node.attributes.get(name)


# By KEY: the value, and the fact whose line in fleet.yaml is the cause. None leaves the key out.
_OF_NODE: Mapping[str, tuple[_Read, str]] = {
    "listen_address": (_listen_address, "listen_address"),
    "listen_interface": (lambda node: node.listen_interface, "listen_interface"),
    "broadcast_address": (lambda node: node.broadcast_address, "broadcast_address"),
    "native_transport_address": (_native_address, "native_transport_address"),
    # Cassandra, and DSE before 6.0, call the addresses for clients by the name of Thrift.
    "rpc_address": (_native_address, "native_transport_address"),
    "rpc_interface": (lambda node: node.native_transport_interface, "native_transport_interface"),
    "rpc_interface_prefer_ipv6": (
        _attribute("native_transport_interface_prefer_ipv6"),
        "native_transport_interface_prefer_ipv6",
    ),
    "broadcast_rpc_address": (
        lambda node: node.native_transport_broadcast_address,
        "native_transport_broadcast_address",
    ),
    "native_transport_interface": (lambda node: node.native_transport_interface, "native_transport_interface"),
    "native_transport_broadcast_address": (
        lambda node: node.native_transport_broadcast_address,
        "native_transport_broadcast_address",
    ),
    **{
        name: (_attribute(name), name)
        for name in ("listen_interface_prefer_ipv6", "native_transport_interface_prefer_ipv6")
    },
    "local_interface": (_known_address, "address"),
    "agent_rpc_interface": (_listen_address, "listen_address"),
    "agent_rpc_broadcast_address": (lambda node: node.broadcast_address, "broadcast_address"),
}

_OF_PLACE: Mapping[str, tuple[_Read, str]] = {
    "cluster_name": (lambda node: node.attributes.get("cluster_name", node.cluster), "cluster_name"),
    "dc": (lambda node: node.datacenter, "datacenter"),
    "rack": (lambda node: node.rack, "rack"),
    "GRAPH_ENABLED": (lambda node: int("graph" in node.workloads), "workload"),
    "SOLR_ENABLED": (lambda node: int("search" in node.workloads), "workload"),
    "SPARK_ENABLED": (lambda node: int("analytics" in node.workloads), "workload"),
}

SEEDS_KEY = "seed_provider"
KEYS = frozenset((*_OF_NODE, *_OF_PLACE, SEEDS_KEY))


@lru_cache(maxsize=64)
def identity_keys(view: ProductView) -> tuple[tuple[FileSpec, str], ...]:
    """The settings that come from fleet.yaml, of all files of the release."""
    return tuple(
        (file, key)
        for file in view.files()
        for key in file.identity_keys
        if "[]" not in key and view.setting(file, key) is not None
    )


def node_identity(node: Node, view: ProductView) -> dict[str, dict[str, Setting]]:
    """What is the node's alone, per file: its addresses."""
    return _settings(node, view, _OF_NODE, "address")


def place_identity(node: Node, cluster: Cluster, view: ProductView, addresses: str) -> dict[str, dict[str, Setting]]:
    """What the node has from its cluster, datacenter, rack and workloads, per file.

    ``addresses`` is the ``seed_list`` of the cluster.
    """
    found = _settings(node, view, _OF_PLACE, "cluster")
    for file, key in identity_keys(view):
        if key == SEEDS_KEY:
            definition = Definition(key, _seed_provider(addresses), cluster.origins.get("name", FLEET))
            found.setdefault(file.name, {})[key] = Setting(definition, definition.value)
    return found


def _settings(
    node: Node, view: ProductView, table: Mapping[str, tuple[_Read, str]], fallback: str
) -> dict[str, dict[str, Setting]]:
    """The settings of a table. Their cause is the line of the fact, else that of the fact ``fallback``."""
    found: dict[str, dict[str, Setting]] = {}
    for file, key in identity_keys(view):
        read, fact = table.get(key, (None, ""))
        value = read(node) if read is not None else None
        if value is not None:
            origin = node.origins.get(fact) or node.origins.get(fallback, FLEET)
            found.setdefault(file.name, {})[key] = Setting(Definition(key, value, origin), value)
    return found


def seed_list(cluster: Cluster) -> str:
    """The addresses of the cluster's seeds, with commas between."""
    return ",".join(str(_known_address(node)) for node in seeds(cluster).nodes)


def _seed_provider(addresses: str) -> Plain:
    """The shape that every release reads: one provider with one comma-separated list."""
    return [{"class_name": "org.apache.cassandra.locator.SimpleSeedProvider", "parameters": [{"seeds": addresses}]}]

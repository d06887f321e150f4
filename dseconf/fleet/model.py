"""The fleet as values: clusters, datacenters and racks with their nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dseconf.errors import InputError
from dseconf.finding import Finding
from dseconf.fleet.names import nearest
from dseconf.fleet.node import Node, Product
from dseconf.setting import Origin


@dataclass(frozen=True, slots=True)
class Rack:
    """A rack and its nodes in the order of fleet.yaml."""

    name: str
    nodes: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Datacenter:
    """A datacenter and its racks in the order of fleet.yaml."""

    name: str
    racks: tuple[Rack, ...] = ()

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes of all racks, rack by rack."""
        return tuple(node for rack in self.racks for node in rack.nodes)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster.

    ``keyspaces`` maps a keyspace to its replicas per datacenter. ``origins`` names the
    places of ``name``, ``product``, ``environment``, ``keyspaces.KEYSPACE.DATACENTER`` and
    ``datacenters.DATACENTER``.
    """

    name: str
    product: Product
    environment: str | None = None
    keyspaces: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    datacenters: tuple[Datacenter, ...] = ()
    origins: Mapping[str, Origin] = field(default_factory=dict)

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes of all datacenters, datacenter by datacenter."""
        return tuple(node for datacenter in self.datacenters for node in datacenter.nodes)


@dataclass(frozen=True, slots=True)
class Fleet:
    """All clusters, with what should be known of fleet.yaml that stops nobody."""

    clusters: tuple[Cluster, ...] = ()
    findings: tuple[Finding, ...] = ()
    _by_name: Mapping[str, tuple[Node, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_name: dict[str, tuple[Node, ...]] = {}
        for node in self.nodes:
            by_name[node.name] = (*by_name.get(node.name, ()), node)
        object.__setattr__(self, "_by_name", by_name)

    @property
    def nodes(self) -> Iterator[Node]:
        """All nodes in the order of fleet.yaml."""
        return (node for cluster in self.clusters for node in cluster.nodes)

    def label(self, node: Node) -> str:
        """The node's name, with its cluster in front where two clusters share the name."""
        return node.name if len(self._by_name.get(node.name, ())) < 2 else f"{node.cluster}/{node.name}"

    def cluster(self, name: str) -> Cluster:
        """Find a cluster by name.

        Raises:
            InputError: unknown-cluster.
        """
        for cluster in self.clusters:
            if cluster.name == name:
                return cluster
        names = [cluster.name for cluster in self.clusters]
        raise InputError("unknown-cluster", f"there is no cluster {name!r}", remedy=nearest(name, names))

    def find(self, name: str) -> Node:
        """Find a node by ``NODE`` or ``CLUSTER/NODE``.

        Raises:
            InputError: unknown-node, or ambiguous-node where clusters share the name.
        """
        cluster, slash, short = name.rpartition("/")
        nodes = [node for node in self._by_name.get(short, ()) if not slash or node.cluster == cluster]
        if len(nodes) == 1:
            return nodes[0]
        labels = [f"{node.cluster}/{node.name}" for node in nodes or (self.nodes if slash else ())]
        if nodes:
            clusters = f"clusters {', '.join(node.cluster for node in nodes)} each have a node {short!r}"
            raise InputError("ambiguous-node", clusters, remedy=f"write {' or '.join(labels)}")
        raise InputError("unknown-node", f"there is no node {name!r}", remedy=nearest(name, labels or self._by_name))

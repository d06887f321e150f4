"""The fleet in the making: places and names first, facts of nodes last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TypeVar, cast

from dseconf.fleet.given import Given, NodeFacts, SharedFacts, share
from dseconf.fleet.model import Cluster, Datacenter, Fleet, Rack
from dseconf.fleet.node import Disk, FactValue, Install, Node, Product, State
from dseconf.fleet.problems import Problems
from dseconf.quantity import Quantity
from dseconf.setting import Origin, Plain

_T = TypeVar("_T")

# Facts that are fields of `Node`; all others are attributes.
_FIELDS = frozenset((*(field.name for field in fields(Node)), "workload"))

MAX_FACTS = 5_000_000  # of all nodes: a short file must not make a long run

# Stands in where fleet.yaml names none, which is an error that is noted.
_NO_PRODUCT = Product("dse", (0, 0, 0))


@dataclass(slots=True)
class NodeDraft:
    """A node by name, with everything given for it, inherited or its own."""

    name: str
    origin: Origin
    facts: Mapping[str, Given]


@dataclass(slots=True)
class RackDraft:
    """A rack; ``facts`` are those that its nodes inherit."""

    name: str
    origin: Origin
    facts: Mapping[str, Given]
    nodes: list[NodeDraft] = field(default_factory=list)


@dataclass(slots=True)
class DatacenterDraft:
    """A datacenter; ``facts`` are those that its racks inherit."""

    name: str
    origin: Origin
    facts: Mapping[str, Given]
    racks: dict[str, RackDraft] = field(default_factory=dict)

    def rack(self, name: str, origin: Origin) -> RackDraft:
        """The rack of this name, made here where nobody listed it."""
        return self.racks.setdefault(name, RackDraft(name, origin, self.facts))


@dataclass(slots=True)
class ClusterDraft:
    """A cluster. ``complete`` turns false when nodes that it should have could not be read."""

    name: str
    origin: Origin
    facts: Mapping[str, Given] = field(default_factory=dict)
    product: Product = _NO_PRODUCT
    origins: dict[str, Origin] = field(default_factory=dict)
    keyspaces: dict[str, dict[str, int]] = field(default_factory=dict)
    datacenters: dict[str, DatacenterDraft] = field(default_factory=dict)
    nodes: dict[str, NodeDraft] = field(default_factory=dict)
    complete: bool = True

    def datacenter(self, name: str, origin: Origin) -> DatacenterDraft:
        """The datacenter of this name, made here where nobody listed it."""
        return self.datacenters.setdefault(name, DatacenterDraft(name, origin, self.facts))


def build_fleet(drafts: list[ClusterDraft], dimensions: tuple[str, ...], problems: Problems) -> Fleet:
    """Turn drafts into the fleet: every pattern is evaluated, what fails is noted."""
    total = sum(len(node.facts) for draft in drafts for node in draft.nodes.values())
    if total > MAX_FACTS:
        message = f"the nodes of the fleet have {total:,} facts together, more than {MAX_FACTS:,}"
        problems.error(
            "too-many-facts", message, drafts[0].origin, remedy="split the fleet, or keep settings in layers"
        )
        return Fleet()
    shared = _shared_names(drafts)
    return Fleet(tuple(_ClusterBuild(draft, dimensions, problems, shared).cluster() for draft in drafts))


def _shared_names(drafts: list[ClusterDraft]) -> frozenset[str]:
    """Names of nodes that several clusters have."""
    seen: set[str] = set()
    twice: set[str] = set()
    for draft in drafts:
        twice.update(seen.intersection(draft.nodes))
        seen.update(draft.nodes)
    return frozenset(twice)


@dataclass(frozen=True, slots=True)
class _Shared:
    """What nodes named at one place, with the same facts, have in common."""

    facts: Mapping[str, Given]
    origin: Origin
    split: SharedFacts
    origins: Mapping[str, Origin]


class _ClusterBuild:
    def __init__(
        self, draft: ClusterDraft, dimensions: tuple[str, ...], problems: Problems, shared: frozenset[str]
    ) -> None:
        self.draft = draft
        self.dimensions = dimensions
        self.problems = problems
        self.shared = shared
        self.last: _Shared | None = None

    def cluster(self) -> Cluster:
        draft = self.draft
        datacenters = tuple(self.datacenter(one) for one in draft.datacenters.values())
        environment = draft.facts.get("environment")
        origins = {
            "name": draft.origin,
            **draft.origins,
            **({"environment": environment.origin} if environment else {}),
            **{f"datacenters.{one.name}": one.origin for one in draft.datacenters.values()},
        }
        value = environment.value if environment else None
        return Cluster(
            draft.name, draft.product, value if isinstance(value, str) else None, draft.keyspaces, datacenters, origins
        )

    def datacenter(self, draft: DatacenterDraft) -> Datacenter:
        racks = (
            Rack(rack.name, tuple(self.node(draft, rack, node) for node in rack.nodes)) for rack in draft.racks.values()
        )
        return Datacenter(draft.name, tuple(racks))

    def shared_facts(self, datacenter: DatacenterDraft, rack: RackDraft, draft: NodeDraft) -> _Shared:
        """What the node has in common with the others of its range, made once for all of them."""
        if self.last is None or self.last.facts is not draft.facts or self.last.origin is not draft.origin:
            cluster = self.draft
            placed: dict[str, FactValue] = {
                "cluster": cluster.name,
                "datacenter": datacenter.name,
                "rack": rack.name,
                "product": cluster.product,
            }
            places = {
                "name": draft.origin,
                "number": draft.origin,
                "cluster": cluster.origin,
                "datacenter": datacenter.origin,
                "rack": rack.origin,
                "product": cluster.origins.get("product", cluster.origin),
            }
            origins = {**places, **{name: one.origin for name, one in draft.facts.items()}}
            self.last = _Shared(draft.facts, draft.origin, share(placed, draft.facts), origins)
        return self.last

    def node(self, datacenter: DatacenterDraft, rack: RackDraft, draft: NodeDraft) -> Node:
        cluster = self.draft
        shared = self.shared_facts(datacenter, rack, draft)
        facts = NodeFacts(draft.name, shared.split, self.dimensions)
        facts.fill()
        for finding in facts.findings:
            self.problems.on_node(self.label(draft.name), finding)
        values = facts.values
        given = [name for name in draft.facts if values[name] is not None]

        def taken(name: str, kind: type[_T]) -> _T | None:
            value = values.get(name)
            return value if isinstance(value, kind) else None

        return Node(
            name=draft.name,
            cluster=cluster.name,
            datacenter=datacenter.name,
            rack=rack.name,
            product=cluster.product,
            number=taken("number", int),
            environment=taken("environment", str),
            workloads=cast("tuple[str, ...]", taken("workload", tuple) or ()),
            install=taken("install", Install) or Install(),
            state=cast("State", taken("state", str) or "normal"),
            seed=taken("seed", bool) or False,
            host=taken("host", str),
            address=taken("address", str),
            listen_address=taken("listen_address", str),
            listen_interface=taken("listen_interface", str),
            broadcast_address=taken("broadcast_address", str),
            native_transport_address=taken("native_transport_address", str),
            native_transport_interface=taken("native_transport_interface", str),
            native_transport_broadcast_address=taken("native_transport_broadcast_address", str),
            memory=taken("memory", Quantity),
            cores=taken("cores", int),
            disks=cast("tuple[Disk, ...]", taken("disks", tuple) or ()),
            attributes={name: cast("Plain", values[name]) for name in given if name not in _FIELDS},
            origins=shared.origins if len(given) == len(draft.facts) else _without_wrong(shared.origins, values),
        )

    def label(self, name: str) -> str:
        return f"{self.draft.name}/{name}" if name in self.shared else name


def _without_wrong(origins: Mapping[str, Origin], values: Mapping[str, object]) -> dict[str, Origin]:
    return {name: origin for name, origin in origins.items() if values[name] is not None}

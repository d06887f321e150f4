"""Which nodes are seeds, and why."""

from __future__ import annotations

from dataclasses import dataclass

from dseconf.fleet.model import Cluster, Datacenter
from dseconf.fleet.node import Node

DEFAULT_SEEDS = 2  # per datacenter


@dataclass(frozen=True, slots=True)
class DatacenterSeeds:
    """The seeds of one datacenter. ``why`` tells how they were chosen."""

    datacenter: str
    nodes: tuple[Node, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Seeds:
    """The seeds of a cluster, datacenter by datacenter in the order of fleet.yaml."""

    datacenters: tuple[DatacenterSeeds, ...]

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All seeds of the cluster, in the order in which a seed list names them."""
        return tuple(node for datacenter in self.datacenters for node in datacenter.nodes)


def seeds(cluster: Cluster) -> Seeds:
    """Choose the seeds of a cluster. A node that is joining or down is never among them."""
    return Seeds(tuple(map(_choose, cluster.datacenters)))


def can_be_seed(node: Node) -> bool:
    """Whether the node is up, and fleet.yaml does not say ``seed: false`` of it."""
    return node.state == "normal" and (node.seed or "seed" not in node.origins)


def _choose(datacenter: Datacenter) -> DatacenterSeeds:
    marked = tuple(node for node in datacenter.nodes if node.seed and can_be_seed(node))
    if marked:
        return DatacenterSeeds(datacenter.name, marked, "fleet.yaml marks them with seed: true")
    chosen = _first_two(tuple(node for node in datacenter.nodes if can_be_seed(node)))
    return DatacenterSeeds(datacenter.name, chosen, _reason(chosen))


def _first_two(able: tuple[Node, ...]) -> tuple[Node, ...]:
    """The first node, and the first one of another rack, or else the second node."""
    first, rest = able[:1], able[1:]
    elsewhere = tuple(node for node in rest if node.rack != first[0].rack)
    return first + (elsewhere or rest)[: DEFAULT_SEEDS - 1]


def _reason(chosen: tuple[Node, ...]) -> str:
    none_marked = "no node of the datacenter is marked with seed: true"
    match chosen:
        case ():
            return f"{none_marked}, and none that is up may be a seed"
        case (_,):
            return f"{none_marked}: the only node that is up"
        case (first, second) if first.rack != second.rack:
            return f"{none_marked}: its first node, and the first one of another rack"
        case _:
            return f"{none_marked}: its first two nodes"

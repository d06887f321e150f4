"""Puts nodes where fleet.yaml and its tables name them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dseconf.document import Mapping as MappingNode
from dseconf.document import Node, Scalar, Sequence
from dseconf.fleet.draft import ClusterDraft, NodeDraft, RackDraft
from dseconf.fleet.given import Given
from dseconf.fleet.level import LevelReader
from dseconf.fleet.names import nearest, quoted
from dseconf.fleet.ranges import MAX_NODES, RangeError, expand
from dseconf.fleet.structure import NODE
from dseconf.setting import Origin

_SUGGESTIONS = 20  # looking for the nearest of many names takes its time


class NodePlacer:
    """Adds nodes to the drafts of one fleet, and notes what cannot be added."""

    def __init__(self, level: LevelReader) -> None:
        self.level = level
        self.problems = level.problems
        self.count = 0
        self.suggestions = 0

    def put(self, cluster: ClusterDraft, rack: RackDraft, node: NodeDraft) -> None:
        """Add one node, unless its name is unsafe or taken."""
        if not self.level.safe("node", node.name, node.origin):
            cluster.complete = False
            return
        first = cluster.nodes.get(node.name)
        if first is not None:
            self.problems.error(
                "duplicate-node",
                f"node {node.name!r} is named twice in cluster {cluster.name!r}",
                (node.origin, first.origin),
                why="a node stands in one rack, once",
                remedy="remove one of the two",
            )
            return
        self.count += 1
        cluster.nodes[node.name] = node
        rack.nodes.append(node)

    def put_range(
        self, cluster: ClusterDraft, rack: RackDraft, text: str, origin: Origin, facts: Mapping[str, Given]
    ) -> None:
        """Add the nodes that a range stands for."""
        try:
            names = list(expand(text, MAX_NODES - self.count))
        except RangeError as error:
            cluster.complete = False
            self.problems.error(error.code, error.message, origin, remedy=error.remedy)
            return
        taken = [name for name in names if name in cluster.nodes]
        for name in names if not taken else []:
            self.put(cluster, rack, NodeDraft(name, origin, facts))
        if taken:
            others = {cluster.nodes[name].origin: None for name in taken}
            which = f"node {taken[0]!r} is" if len(taken) == 1 else f"{len(taken)} nodes from {taken[0]!r} on are"
            self.problems.error(
                "duplicate-node",
                f"{which} named twice in cluster {cluster.name!r}",
                (origin, *others),
                why="a node stands in one rack, once",
                remedy="remove one of the two",
            )

    def put_all(self, cluster: ClusterDraft, rack: RackDraft, node: Node) -> None:
        """Add what stands under ``nodes`` of a rack: a range, a list of them, or a mapping to facts."""
        match node:
            case Scalar(value=str(text)):
                self.put_range(cluster, rack, text, self.level.place(node), rack.facts)
            case Sequence():
                for item in node.items:
                    self.put_member(cluster, rack, item)
            case MappingNode():
                for name, origin, own in self.facts_by_name(cluster, node):
                    self.put_range(cluster, rack, name, origin, {**rack.facts, **own})
            case Scalar():
                cluster.complete = False  # noted by the check of the level's shape

    def put_member(self, cluster: ClusterDraft, rack: RackDraft, item: Node) -> None:
        """Add what one entry of a list names."""
        if isinstance(item, Scalar) and isinstance(item.value, str):
            self.put_range(cluster, rack, item.value, self.level.place(item), rack.facts)
        else:
            cluster.complete = False
            self.problems.error(
                "wrong-type",
                "a list of nodes takes names and ranges",
                self.level.place(item),
                remedy='quote each: ["eu-[01:08]", "eu-11"]',
            )

    def facts_by_name(self, cluster: ClusterDraft, node: MappingNode) -> Iterator[tuple[str, Origin, dict[str, Given]]]:
        """The entries of a mapping from names to facts, all but ``from``."""
        for name, entry in node.items.items():
            key = node.keys[name]
            match entry:
                case _ if name == "from":
                    continue
                case MappingNode():
                    yield name, self.level.place(key), self.level.facts(entry, NODE)
                case Scalar(value=None):
                    yield name, self.level.place(key), {}
                case _:
                    cluster.complete = False
                    self.problems.error(
                        "wrong-type",
                        f"node {quoted(name)} takes a mapping of facts",
                        self.level.place(entry),
                        remedy=f"write {name[:40]}: {{memory: 64GiB}}",
                    )

    def override(self, cluster: ClusterDraft, node: MappingNode) -> None:
        """Put what the cluster's ``nodes`` says of single nodes on top of what they have."""
        for name, origin, own in self.facts_by_name(cluster, node):
            draft = cluster.nodes.get(name)
            if draft is not None:
                draft.facts = {**draft.facts, **own}
            elif cluster.complete:
                self.problems.error(
                    "unknown-node",
                    f"cluster {cluster.name!r} has no node {quoted(name)}",
                    origin,
                    why="facts under nodes of a cluster go on top of what a rack names",
                    remedy=self.nearest(name, cluster),
                )

    def nearest(self, name: str, cluster: ClusterDraft) -> str:
        """The remedy for a node that is not there."""
        self.suggestions += 1
        if self.suggestions > _SUGGESTIONS:
            return "name the node in a rack, or correct the name"
        return nearest(name, cluster.nodes) if cluster.nodes else "name the node in a rack"

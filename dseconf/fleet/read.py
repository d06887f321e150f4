"""Reads fleet.yaml and its tables: documents become drafts, drafts become the fleet."""

from __future__ import annotations

from dseconf.document import Document, Mapping, Node, Scalar
from dseconf.fleet.check import check_fleet
from dseconf.fleet.draft import ClusterDraft, DatacenterDraft, RackDraft, build_fleet
from dseconf.fleet.keyspaces import KeyspacesError, Replication, read_keyspaces
from dseconf.fleet.level import LevelReader
from dseconf.fleet.model import Fleet
from dseconf.fleet.names import quoted
from dseconf.fleet.node import Product
from dseconf.fleet.place import NodePlacer
from dseconf.fleet.problems import Problems
from dseconf.fleet.structure import CLUSTER, DATACENTER, FLEET, RACK
from dseconf.fleet.tables import Here, ReadText, TableReader
from dseconf.setting import Origin


def read_fleet(document: Document, read_text: ReadText, dimensions: tuple[str, ...]) -> Fleet:
    """Read fleet.yaml.

    Args:
        document: fleet.yaml.
        read_text: gives the content of a table; its path is relative to fleet.yaml.
        dimensions: the kinds of layers of the project. Those that are no place in the
            fleet are facts whose values name layers.

    Raises:
        DseconfError: with all mistakes at once, and the warnings beside them.
    """
    problems = Problems(document.findings)
    level = LevelReader(document, dimensions, problems)
    drafts = _FleetReader(level, read_text).read()
    fleet = build_fleet(drafts, level.dimensions, problems)
    check_fleet(fleet, frozenset(draft.name for draft in drafts if draft.complete), problems)
    problems.raise_errors()
    findings = problems.sorted()
    return Fleet(fleet.clusters, findings) if findings else fleet


class _FleetReader:
    """Walks down the levels. Tables and overrides come when every rack of fleet.yaml is known."""

    def __init__(self, level: LevelReader, read_text: ReadText) -> None:
        self.level = level
        self.problems = level.problems
        self.drafts: dict[str, ClusterDraft] = {}
        self.placer = NodePlacer(level)
        self.tables = TableReader(self.placer, read_text, self.drafts)

    def read(self) -> list[ClusterDraft]:
        root = self.level.root()
        if root is None:
            return []
        self.level.refuse_tags(root)
        self.level.check_shape(root, FLEET, Scalar(None, None, root.line, root.column))
        self.level.facts(root, FLEET)
        clusters = list(self.level.named(root, "clusters", "cluster"))
        for name, key, node in clusters:
            self.drafts[name] = self.cluster(name, key, node)
        if not clusters and not self.problems.stop:
            self.problems.error(
                "no-nodes",
                "the fleet has no cluster",
                self.level.place(root),
                remedy="write clusters: {NAME: {product: dse 6.8.50, datacenters: ...}}",
            )
        self.top_table(root)
        for name, _, node in clusters:
            overrides = node.items.get("nodes")
            if isinstance(overrides, Mapping):
                self.placer.override(self.drafts[name], overrides)
        return list(self.drafts.values())

    def top_table(self, root: Mapping) -> None:
        nodes = root.items.get("nodes")
        self.tables.put_table(Here(), nodes)
        self.only_from(nodes, "beside clusters")

    def cluster(self, name: str, key: Scalar, node: Mapping) -> ClusterDraft:
        draft = ClusterDraft(name, self.level.place(key))
        draft.complete = self.level.check_shape(node, CLUSTER, key)
        draft.facts = self.level.facts(node, CLUSTER)
        self.product(draft, node)
        self.keyspaces(draft, node)
        for part, place, child in self.named(draft, node, "datacenters"):
            self.datacenter(draft, part, place, child)
        self.tables.put_table(Here(draft), node.items.get("nodes"))
        return draft

    def named(self, cluster: ClusterDraft, node: Mapping, key: str) -> list[tuple[str, Scalar, Mapping]]:
        """The datacenters or racks under a key. One that is left out takes its nodes with it."""
        named = list(self.level.named(node, key, key.removesuffix("s")))
        parts = node.items.get(key)
        cluster.complete &= len(named) == (len(parts.items) if isinstance(parts, Mapping) else 0)
        return named

    def product(self, draft: ClusterDraft, node: Mapping) -> None:
        value = node.items.get("product")
        if isinstance(value, Scalar) and isinstance(value.value, str):
            draft.origins["product"] = self.level.place(value)
            draft.product = parse_product(value.value) or draft.product

    def keyspaces(self, draft: ClusterDraft, node: Mapping) -> None:
        keyspaces = node.items.get("keyspaces")
        if not isinstance(keyspaces, Mapping):
            return
        self.keyspaces_from(draft, keyspaces.items.get("from"))
        for keyspace, replicas in keyspaces.items.items():
            if keyspace == "from":
                continue
            counts = draft.keyspaces.setdefault(keyspace, {})
            for datacenter, count in replicas.items.items() if isinstance(replicas, Mapping) else ():
                if isinstance(count, Scalar) and isinstance(count.value, int):
                    counts[datacenter] = count.value
                    draft.origins[f"keyspaces.{keyspace}.{datacenter}"] = self.level.place(count)

    def keyspaces_from(self, draft: ClusterDraft, source: Node | None) -> None:
        """Take the replication from a file that cqlsh wrote; what fleet.yaml says goes on top."""
        path = self.tables.path(source) if source is not None else None
        content = self.tables.content(path, self.level.place(source)) if path is not None and source else None
        if path is None or content is None:
            return
        shown = self.tables.shown(path)
        try:
            for found in read_keyspaces(content.decode("utf-8")):
                self.replication(draft, found, Origin(shown, found.line, 1))
        except (KeyspacesError, UnicodeDecodeError) as error:
            line = error.line if isinstance(error, KeyspacesError) else 0
            message = "this is not the replication of keyspaces as cqlsh writes it"
            remedy = f"make it by COPY system_schema.keyspaces (keyspace_name, replication) TO '{path}'"
            self.problems.error("wrong-table", message, Origin(shown, line, 1 if line else 0), remedy=remedy)

    def replication(self, draft: ClusterDraft, found: Replication, place: Origin) -> None:
        if found.replicas is not None:
            draft.keyspaces[found.keyspace] = dict(found.replicas)
            draft.origins.update({f"keyspaces.{found.keyspace}.{name}": place for name in found.replicas})
        elif not found.keyspace.startswith(("system", "dse_")):
            message = f"keyspace {quoted(found.keyspace)} does not say how many replicas each datacenter has"
            remedy = "give it NetworkTopologyStrategy, or write its numbers in fleet.yaml"
            self.problems.warning("unknown-replication", message, place, remedy=remedy)

    def datacenter(self, cluster: ClusterDraft, name: str, key: Scalar, node: Mapping) -> None:
        cluster.complete = self.level.check_shape(node, DATACENTER, key) and cluster.complete
        facts = {**cluster.facts, **self.level.facts(node, DATACENTER)}
        draft = cluster.datacenters[name] = DatacenterDraft(name, self.level.place(key), facts)
        for part, place, child in self.named(cluster, node, "racks"):
            self.rack(cluster, draft, part, place, child)
        self.tables.put_table(Here(cluster, draft), node.items.get("nodes"))
        self.only_from(node.items.get("nodes"), "of a datacenter")

    def rack(self, cluster: ClusterDraft, datacenter: DatacenterDraft, name: str, key: Scalar, node: Mapping) -> None:
        cluster.complete = self.level.check_shape(node, RACK, key) and cluster.complete
        facts = {**datacenter.facts, **self.level.facts(node, RACK)}
        draft = datacenter.racks[name] = RackDraft(name, self.level.place(key), facts)
        nodes = node.items.get("nodes")
        if nodes is not None:
            self.placer.put_all(cluster, draft, nodes)
        self.tables.put_table(Here(cluster, datacenter, draft), nodes)

    def only_from(self, nodes: object, where: str) -> None:
        """Refuse names where only a table can tell the rack."""
        names = [name for name in nodes.items if name != "from"] if isinstance(nodes, Mapping) else []
        if isinstance(nodes, Mapping) and (names or not nodes.items):
            place = nodes.keys[names[0]] if names else nodes
            self.problems.error(
                "unknown-key",
                f"nodes {where} takes a table alone",
                self.level.place(place),
                why="a node belongs to the rack under which it is named",
                remedy="name the node in its rack, or write nodes: {from: inventory.csv}",
            )


def parse_product(text: str) -> Product | None:
    """Read ``dse 6.8.50``; None where the text is no product with a full version."""
    name, _, version = text.partition(" ")
    numbers = version.split(".")
    if (
        name not in ("dse", "cassandra")
        or len(numbers) != 3
        or not all(part.isascii() and part.isdigit() for part in numbers)
    ):
        return None
    major, minor, patch = (int(part[:9]) for part in numbers)
    return Product("dse" if name == "dse" else "cassandra", (major, minor, patch))

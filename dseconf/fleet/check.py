"""What must hold between the nodes of a fleet, beside what must hold for each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dseconf.finding import Finding, Severity
from dseconf.fleet.address import canonical
from dseconf.fleet.model import Cluster, Fleet
from dseconf.fleet.names import nearest, quoted
from dseconf.fleet.node import Node
from dseconf.fleet.problems import Problems
from dseconf.fleet.seeds import seeds
from dseconf.setting import Origin

_PLACES = 10  # as many as a reader looks at


def check_fleet(fleet: Fleet, complete: frozenset[str], problems: Problems) -> None:
    """Note what is wrong between nodes.

    Args:
        fleet: as far as it could be read.
        complete: clusters all of whose nodes could be read; of others nobody can say
            what they lack.
        problems: takes the findings.
    """
    problems.findings.extend(_same_addresses(fleet))
    problems.findings.extend(_same_installs(fleet))
    for cluster in fleet.clusters:
        not_up = list(_seeds_not_up(cluster))
        problems.findings.extend(not_up)
        if cluster.name in complete:
            problems.findings.extend(_missing_nodes(cluster) if not not_up else ())
            problems.findings.extend(_replication(cluster))


def _same_addresses(fleet: Fleet) -> Iterator[Finding]:
    """One finding for each address on which two nodes listen."""
    by_address: dict[str, list[Node]] = {}
    for node in fleet.nodes:
        listens = node.listen_address or node.address
        if listens is not None:
            by_address.setdefault(canonical(listens), []).append(node)
    for address, nodes in by_address.items():
        if len(nodes) > 1:
            places = _places(_origin(node, "listen_address", "address") for node in nodes)
            remedy = "give each node an address of its own"
            if len(places) == 1:
                remedy = 'write a pattern that differs by node, as in address: "10.1.1.{{ node.number }}"'
            message = f"{len(nodes)} nodes have the address {address}"
            yield Finding("duplicate-address", Severity.ERROR, message, places, "", remedy, _labels(fleet, nodes))


def _same_installs(fleet: Fleet) -> Iterator[Finding]:
    by_install: dict[tuple[str, str], list[Node]] = {}
    for node in fleet.nodes:
        if node.host is not None:
            by_install.setdefault((canonical(node.host), str(node.install)), []).append(node)
    for (host, install), nodes in by_install.items():
        if len(nodes) > 1:
            yield Finding(
                "install-clash", Severity.ERROR, f"{len(nodes)} nodes have the same install on host {host}: {install}",
                _places(_origin(node, "install", "host") for node in nodes),
                "they would write the same files",
                "give each a tarball directory or a package instance of its own", _labels(fleet, nodes),
            )  # fmt: skip


def _seeds_not_up(cluster: Cluster) -> Iterator[Finding]:
    for node in cluster.nodes:
        if node.seed and node.state != "normal":
            places = _places((_origin(node, "seed"), _origin(node, "state")))
            yield Finding(
                "seed-not-up",
                Severity.ERROR,
                f"a seed of cluster {cluster.name!r} is {node.state}",
                places,
                "a node that is joining or down cannot introduce others",
                "mark another node as seed",
                (node.name,),
            )


def _missing_nodes(cluster: Cluster) -> Iterator[Finding]:
    place = (cluster.origins.get("name", Origin("fleet.yaml")),)
    if not cluster.nodes:
        remedy = 'name nodes in its racks: nodes: "eu-[01:08]"'
        yield Finding("no-nodes", Severity.ERROR, f"cluster {cluster.name!r} has no node", place, "", remedy)
    elif not seeds(cluster).nodes:
        yield Finding(
            "no-seed",
            Severity.ERROR,
            f"cluster {cluster.name!r} has no node that can be a seed",
            place,
            "every node is joining or down, or has seed: false",
            "mark a node that is up with seed: true",
        )


def _replication(cluster: Cluster) -> Iterator[Finding]:
    """Replicas in places that are not there, or more of them than nodes."""
    sizes = {datacenter.name: len(datacenter.nodes) for datacenter in cluster.datacenters}
    for keyspace, replicas in cluster.keyspaces.items():
        for datacenter, count in replicas.items():
            where = (cluster.origins.get(f"keyspaces.{keyspace}.{datacenter}", Origin("fleet.yaml")),)
            wanted = f"keyspace {quoted(keyspace)} wants {count} replicas in {quoted(datacenter)}"
            if datacenter not in sizes:
                message = f"{wanted}, which is no datacenter of cluster {cluster.name!r}"
                yield Finding("unknown-datacenter", Severity.ERROR, message, where, "", nearest(datacenter, sizes))
            elif count > sizes[datacenter]:
                message = f"{wanted}, which has {sizes[datacenter]} nodes"
                why = "reads and writes can fail with every node up"
                remedy = "add nodes, or alter the keyspace and correct the number here"
                yield Finding("too-many-replicas", Severity.WARNING, message, where, why, remedy)


def _origin(node: Node, *names: str) -> Origin:
    """The place of the first of the facts that is given, else of the node."""
    return next((node.origins[name] for name in (*names, "name") if name in node.origins), Origin("fleet.yaml"))


def _places(origins: Iterable[Origin]) -> tuple[Origin, ...]:
    return tuple(dict.fromkeys(origins))[:_PLACES]


def _labels(fleet: Fleet, nodes: Iterable[Node]) -> tuple[str, ...]:
    return tuple(fleet.label(node) for node in nodes)

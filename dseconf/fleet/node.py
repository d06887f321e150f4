"""A node as a value, and its facts as expressions see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from dseconf.expression import MissingFact
from dseconf.quantity import Quantity
from dseconf.setting import Origin, Plain

State: TypeAlias = Literal["normal", "joining", "down"]
DiskKind: TypeAlias = Literal["nvme", "ssd", "hdd"]

WORKLOADS: Final = ("cassandra", "search", "analytics", "graph")


@dataclass(frozen=True, slots=True)
class Product:
    """What a cluster runs: ``dse 6.8.50``."""

    name: Literal["dse", "cassandra"]
    version: tuple[int, int, int]

    @property
    def text(self) -> str:
        """The product as fleet.yaml writes it."""
        return f"{self.name} {'.'.join(map(str, self.version))}"


@dataclass(frozen=True, slots=True)
class Install:
    """How the product lies on the machine.

    ``directory`` is set for a tarball alone. ``instance`` names one of several package
    installs on a machine, and is ``""`` for the usual one.
    """

    kind: Literal["package", "tarball"] = "package"
    directory: str | None = None
    instance: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.kind, self.directory or self.instance)))


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk by its mount point."""

    mount: str
    kind: DiskKind
    size: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """One node with its facts.

    ``number`` is the last number in the name. ``seed`` tells that fleet.yaml marks the
    node; who is a seed in the end is answered by `seeds`. ``attributes`` holds values of
    further dimensions and what the fleet adds. ``origins`` names the place of every fact
    that is given, not of defaults.
    """

    name: str
    cluster: str
    datacenter: str
    rack: str
    product: Product
    number: int | None = None
    environment: str | None = None
    workloads: tuple[str, ...] = ("cassandra",)
    install: Install = Install()
    state: State = "normal"
    seed: bool = False
    host: str | None = None
    address: str | None = None
    listen_address: str | None = None
    listen_interface: str | None = None
    broadcast_address: str | None = None
    native_transport_address: str | None = None
    native_transport_interface: str | None = None
    native_transport_broadcast_address: str | None = None
    memory: Quantity | None = None
    cores: int | None = None
    disks: tuple[Disk, ...] = ()
    attributes: Mapping[str, Plain] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.cluster, self.name))

    @property
    def identity(self) -> tuple[str, str]:
        """Cluster and name: what no other node has."""
        return self.cluster, self.name

    def fact(self, name: str) -> Plain:
        """A fact as expressions see it.

        Raises:
            MissingFact: the node has no such fact.
        """
        value = self._value(name)
        if value is None:
            raise missing_fact(self.name, name)
        return value

    def facts(self) -> dict[str, Plain]:
        """Every fact that the node has, by name, as expressions see it."""
        seen = {name: self._value(name) for name in (*_FACTS, *self.attributes)}
        return {name: value for name, value in seen.items() if value is not None}

    def values_of(self, dimension: str) -> tuple[str, ...]:
        """The node's values of a dimension, in the order in which the node lists them."""
        value = self._value(dimension)
        return tuple(map(str, value)) if isinstance(value, list) else () if value is None else (str(value),)

    def _value(self, name: str) -> Plain:
        read = _FACTS.get(name)
        return as_seen(read(self)) if read else self.attributes.get(name)


FactValue: TypeAlias = Plain | Product | Install | tuple[str, ...] | tuple[Disk, ...]

_FACTS: Final[Mapping[str, Callable[[Node], FactValue]]] = MappingProxyType({
    "name": lambda node: node.name,
    "number": lambda node: node.number,
    "cluster": lambda node: node.cluster,
    "datacenter": lambda node: node.datacenter,
    "rack": lambda node: node.rack,
    "product": lambda node: node.product,
    "environment": lambda node: node.environment,
    "workload": lambda node: node.workloads,
    "install": lambda node: node.install,
    "state": lambda node: node.state,
    "seed": lambda node: node.seed,
    "host": lambda node: node.host,
    "address": lambda node: node.address,
    "listen_address": lambda node: node.listen_address,
    "listen_interface": lambda node: node.listen_interface,
    "broadcast_address": lambda node: node.broadcast_address,
    "native_transport_address": lambda node: node.native_transport_address,
    "native_transport_interface": lambda node: node.native_transport_interface,
    "native_transport_broadcast_address": lambda node: node.native_transport_broadcast_address,
    "memory": lambda node: node.memory,
    "cores": lambda node: node.cores,
    "disks": lambda node: node.disks or None,
})  # fmt: skip

FACTS: Final = tuple(_FACTS)


def missing_fact(node: str, name: str) -> MissingFact:
    """The error for a fact that a node does not have."""
    return MissingFact(f"node {node!r} has no fact {name!r}", f"give {name} in fleet.yaml, or use `| default(...)`")


def as_seen(value: FactValue) -> Plain:
    """A fact as expressions see it: values that a layer could hold."""
    match value:
        case Product():
            return value.text
        case Install():
            return str(value)
        case tuple():
            return [
                {"mount": item.mount, "kind": item.kind, "size": item.size} if isinstance(item, Disk) else item
                for item in value
            ]
        case _:
            return value

"""What facts are called, and how a written value becomes the value of a fact."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from dseconf.fleet.address import is_address, is_wildcard
from dseconf.fleet.machine import cores, disks, install, memory
from dseconf.fleet.names import NAME_RULE, SAFE_REMEDY, joined, quoted, safe_name, unsafe
from dseconf.fleet.node import WORKLOADS, FactValue
from dseconf.fleet.reading import FactError, Reader, choice, inside, quantity, wrong
from dseconf.quantity import Quantity
from dseconf.setting import Plain

_INTERFACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:@-]{0,63}")
_PLACEHOLDER = "@@dseconf:"


def _address(name: str) -> Reader:
    def read(value: object) -> str:
        if not isinstance(value, str):
            raise wrong(name, "an address", value, f'write {name}: "10.1.1.7", quoted')
        if not is_address(value):
            raise FactError(
                "wrong-address",
                f"{name} {quoted(value)} is no IPv4 or IPv6 address and no host name",
                "correct the address",
            )
        if is_wildcard(value) and name != "native_transport_address":
            raise FactError(
                "wrong-address",
                f"{name} {value} stands for every address of the machine",
                "write the address that other nodes use",
                "other nodes could not reach the node",
            )
        return value

    return read


def _interface(name: str) -> Reader:
    def read(value: object) -> str:
        if isinstance(value, str) and _INTERFACE.fullmatch(value):
            return value
        raise wrong(name, "the name of a network interface", value, f"write {name}: eth0")

    return read


_workload = choice("workload", WORKLOADS, "unknown-workload")


def _workloads(value: object) -> tuple[str, ...]:
    names: list[str] = []
    for place, item in enumerate(value if isinstance(value, list) else [value]):
        with inside(place):
            name = str(_workload(item))
            if name in names:
                raise FactError("wrong-type", f"workload {name!r} stands there twice", "remove one of them")
            names.append(name)
    if not names:
        raise wrong("workload", f"one of {joined(WORKLOADS)}, or a list of them", value, "write workload: [search]")
    return tuple(names)


def _switch(name: str) -> Reader:
    def read(value: object) -> bool:
        if isinstance(value, bool):
            return value
        raise wrong(name, "true or false", value, f"write {name}: true")

    return read


def _cluster_name(value: object) -> str:
    """The product's own name of the cluster, where it cannot be a folder name (``Test Cluster``)."""
    if isinstance(value, str) and value.strip() and value.isprintable() and _PLACEHOLDER not in value:
        return value
    raise wrong("cluster_name", "text", value, 'write cluster_name: "Test Cluster"')


def name_of(kind: str, value: object) -> str:
    """Read a name that becomes a file or folder name.

    Raises:
        FactError: wrong-type, unsafe-name.
    """
    if not isinstance(value, str):
        raise wrong(kind, "a name", value, "quote the name" if isinstance(value, int | float) else "write a name")
    if not safe_name(value):
        raise FactError("unsafe-name", unsafe(kind, value), SAFE_REMEDY, NAME_RULE)
    return value


def _name(kind: str) -> Reader:
    return lambda value: name_of(kind, value)


def _dimension(name: str) -> Reader:
    def read(value: object) -> Plain:
        if not isinstance(value, list):
            return name_of(name, value)
        if not value:
            raise wrong(name, "a name or a list of names", value, "remove the line, or write a name")
        return [_member(place, item, _name(name)) for place, item in enumerate(value)]

    return read


def _attribute(name: str) -> Reader:
    def read(value: object) -> Plain:
        if isinstance(value, list):
            return [_member(place, item, scalar) for place, item in enumerate(value)]
        return _plain(scalar(value))

    def scalar(value: object) -> FactValue:
        match value:
            case str() if _PLACEHOLDER in value:
                raise FactError(
                    "reserved-text", f"{name} holds {_PLACEHOLDER!r}, which stands for a secret", "write it otherwise"
                )
            case str():
                amount = quantity(value)
                return value if amount is None else amount
            case float() if not math.isfinite(value):
                raise wrong(name, "a number", value, "write a number")
            case bool() | int() | float() | Quantity():
                return value
            case _:
                raise wrong(name, "a single value or a list of them", value, f"write {name}: VALUE, or remove the line")

    return read


def _member(place: int, item: object, read: Reader) -> Plain:
    with inside(place):
        return _plain(read(item))


def _plain(value: FactValue) -> Plain:
    return value if isinstance(value, bool | int | float | str | Quantity) else None


_ADDRESSES: Final = (
    "host",
    "address",
    "listen_address",
    "broadcast_address",
    "native_transport_address",
    "native_transport_broadcast_address",
)
_INTERFACES: Final = ("listen_interface", "native_transport_interface")

READERS: Final[Mapping[str, Reader]] = MappingProxyType({
    "environment": _name("environment"),
    "workload": _workloads,
    "install": install,
    "state": choice("state", ("normal", "joining", "down"), "unknown-state"),
    "seed": _switch("seed"),
    "cluster_name": _cluster_name,
    "memory": memory,
    "cores": cores,
    "disks": disks,
    **{name: _address(name) for name in _ADDRESSES},
    **{name: _interface(name) for name in _INTERFACES},
    **{f"{name}_prefer_ipv6": _switch(f"{name}_prefer_ipv6") for name in _INTERFACES},
})  # fmt: skip
"""How each fact that fleet.yaml may give is read. What is read by no name here is an attribute."""

# Told by the place of a node in fleet.yaml, or by all nodes alike.
PLACED: Final = ("name", "number", "cluster", "datacenter", "rack", "product", "node", "base")


def reader_of(name: str, dimensions: tuple[str, ...]) -> Reader:
    """How the fact is read: by its own reader, as a dimension's names, or as what the fleet adds."""
    known = READERS.get(name)
    return known or (_dimension(name) if name in dimensions else _attribute(name))

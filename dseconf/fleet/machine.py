"""Reading what a machine has: cores, memory, disks, and the install on it."""

from __future__ import annotations

import re

from dseconf.fleet.names import nearest, quoted
from dseconf.fleet.node import Disk, Install
from dseconf.fleet.reading import FactError, choice, inside, quantity, wrong
from dseconf.quantity import Kind, Quantity

_INSTANCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_DIRECTORY = re.compile(r"(?:/[A-Za-z0-9._+@-]+)+/?")

_disk_kind = choice("kind", ("nvme", "ssd", "hdd"), "wrong-disk")


def cores(value: object) -> int:
    """Read a number of cores."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise wrong("cores", "a whole number of 1 or more", value, "write the number of cores: cores: 16")


def size(name: str, value: object) -> Quantity:
    """Read a size of more than nothing.

    Raises:
        FactError: wrong-type, or the code of a unit that has several readings.
    """
    amount = quantity(value) if isinstance(value, str) else value
    if isinstance(amount, Quantity) and amount.kind is Kind.SIZE and amount.amount > 0:
        return amount
    remedy = f"write the unit: {name}: {value}GiB" if isinstance(value, int) and value > 0 else f"write {name}: 64GiB"
    raise wrong(name, "a size of more than 0", value, remedy)


def memory(value: object) -> Quantity:
    """Read the memory of a machine."""
    return size("memory", value)


def install(value: object) -> Install:
    """Read how the product lies on the machine."""
    match value:
        case "package":
            return Install()
        case {"tarball": str(directory), **rest} if not rest:
            return Install("tarball", directory=_directory(directory))
        case {"package": str(instance), **rest} if not rest:
            if _INSTANCE.fullmatch(instance):
                return Install("package", instance=instance)
            raise FactError(
                "wrong-install",
                f"the instance name {quoted(instance)} cannot be used",
                "use letters, digits, - and _",
                "it becomes the name of folders and of a service",
            )
    raise FactError(
        "wrong-install",
        "install is neither a package nor a tarball",
        "write install: package, install: {package: dse-node1} or install: {tarball: /opt/dse}",
    )


def _directory(text: str) -> str:
    if _DIRECTORY.fullmatch(text) and not {".", ".."} & set(text.split("/")) and len(text) <= 255:
        return text.rstrip("/")
    raise FactError(
        "wrong-install",
        f"the directory {quoted(text)} cannot be used",
        "write an absolute path of letters, digits and . _ + @ - without ..",
    )


def disks(value: object) -> tuple[Disk, ...]:
    """Read the disks of a machine."""
    if not isinstance(value, list) or not value:
        raise wrong("disks", "a list of disks", value, "write disks: [{mount: /data, kind: nvme, size: 1.9TiB}]")
    found: list[Disk] = []
    for place, item in enumerate(value):
        with inside(place):
            disk = _disk(item)
            if disk.mount in {other.mount for other in found}:
                raise FactError(
                    "wrong-disk", f"two disks are mounted on {disk.mount}", "correct one of the mount points"
                )
            found.append(disk)
    return tuple(found)


def _disk(value: object) -> Disk:
    form = "write {mount: /data, kind: nvme, size: 1.9TiB}"
    if not isinstance(value, dict):
        raise wrong("a disk", "a mapping", value, form)
    for key in value:
        if key not in ("mount", "kind", "size"):
            with inside(str(key)):
                raise FactError(
                    "unknown-key", f"a disk has no {quoted(str(key))}", nearest(str(key), ("mount", "kind", "size"))
                )
    mount = value.get("mount")
    with inside("mount"):
        if not isinstance(mount, str) or not mount.startswith("/") or not mount.isprintable():
            raise FactError("wrong-disk", "the mount point of a disk is an absolute path", form)
    with inside("kind"):
        kind = _disk_kind(value.get("kind"))
    with inside("size"):
        amount = size("size", value["size"]) if "size" in value else None
    return Disk(mount, kind, amount)  # type: ignore[arg-type]  # _disk_kind lets only the three kinds through

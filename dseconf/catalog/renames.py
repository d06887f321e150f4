"""Which names of different product lines mean one setting.

A layer may be written for one version and compiled for another: a name that the target
does not have is followed to the name that it has there, in both directions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Tables: TypeAlias = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Renames:
    """The names of one product.

    ``same`` gives the addresses that mean what an address means in the line next to it;
    ``units`` the unit of a bare number under an address; ``off`` the number under an
    address that means what null means under its later name.
    """

    same: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    off: Mapping[str, int] = field(default_factory=dict)

    def followed(self, address: str) -> Iterator[str]:
        """Other names of a setting, the nearest first."""
        seen, waiting = {address}, [address]
        while waiting:
            for other in self.same.get(waiting.pop(0), ()):
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
                    yield other


NO_RENAMES = Renames()


def find_renames(tables: Tables) -> dict[str, dict[str, Any]]:
    """What the tables of all lines say of names, per product, as plain values for the cache."""
    found: dict[str, dict[str, Any]] = {}
    for table in tables.values():
        product = found.setdefault(table["line"]["product"], {"same": {}, "units": {}, "off": {}})
        for old, new in _pairs(table):
            for one, other in ((old, new), (new, old)):
                others = product["same"].setdefault(one, [])
                if other not in others:
                    others.append(other)
        for address, entry in _entries(table):
            if "unit" in entry:
                product["units"].setdefault(address, entry["unit"])
            for former in _former(entry):
                old = f"{address.partition(':')[0]}:{former['key']}"
                # What the later line reads under the earlier name goes before that line's own words:
                # a throttle in KiB/s became a plain size.
                for name, table_name in (("unit", "units"), ("off", "off")):
                    if name in former:
                        product[table_name][old] = former[name]
    return found


def read_renames(table: Mapping[str, Any]) -> Renames:
    """The plain values of one product as ``Renames``."""
    return Renames({one: tuple(others) for one, others in table["same"].items()}, table["units"], table["off"])


def _entries(table: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for file in table["files"]:
        for key, entry in file["settings"].items():
            yield f"{file['file']}:{key}", entry


def _pairs(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Addresses that mean the same."""
    for address, entry in _entries(table):
        file = address.partition(":")[0]
        yield from ((f"{file}:{former['key']}", address) for former in _former(entry))
        for target in (entry.get("renamed_to"), entry.get("later", {}).get("renamed_to")):
            if target:
                yield address, target
    gone = {file["file"]: file.get("gone", {}) for file in table["files"]} | table.get("gone", {})
    for file, keys in gone.items():
        yield from ((f"{file}:{key}", one["renamed_to"]) for key, one in keys.items() if "renamed_to" in one)


def _former(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    was = entry.get("was", [])
    return was if isinstance(was, list) else [was]

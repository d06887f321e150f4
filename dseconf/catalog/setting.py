"""What the catalog knows of one setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final, TypeAlias

Version: TypeAlias = tuple[int, ...]


class Kind(Enum):
    """The type of a setting's value.

    ``SIZE``, ``DURATION`` and ``RATE`` are texts with a unit suffix in the product's own syntax;
    a number whose unit is part of the setting's name is an ``INT`` or ``FLOAT`` with a unit.
    """

    BOOLEAN = "boolean"
    INT = "int"
    FLOAT = "float"
    STRING = "string"
    LIST = "list"
    MAP = "map"
    SIZE = "size"
    DURATION = "duration"
    RATE = "rate"


class _Unknown:
    """The catalog does not know; unlike None, which is the product's own null."""

    def __repr__(self) -> str:
        return "not known"


UNKNOWN: Final = _Unknown()


@dataclass(frozen=True, slots=True)
class SettingSpec:
    """One setting of one file, as the catalog describes it.

    Attributes:
        key: the KEY of its address; ``*`` stands for a name that the user chooses.
        order: its place in the file; settings are written in this order.
        default: what the product does when the key is left out, or ``UNKNOWN``.
        shipped: the value in the vendor's file, or ``UNKNOWN`` where it is not active there.
        tarball: the shipped value of a tarball install where it differs, or ``UNKNOWN``.
        unit: of the number, for INT and FLOAT (``MiB``, ``ms``); empty for counts.
        syntax: how SIZE, DURATION and RATE are spelt (``jvm``, ``spark``, ``logback``, ``cassandra``).
        smallest_unit: the smallest unit that the product takes there.
        minimum, maximum: inclusive, in the setting's unit or smallest unit.
        identity: the fact of fleet.yaml that it comes from; empty for ordinary settings.
        needs: settings of the same file, with the values, without which it has no effect.
        since, until: first and last patch of the product line that has it, or None.
        not_in: patches between these that do not have it.
        history: defaults that changed within the line: ``default`` or ``shipped``, then the
            patch from which a value holds.
        was: names of earlier lines that this line still reads: mappings of key, unit, since,
            and off, the number that the earlier name took for what is null here.
        style: how the format writes it (see ``formats.Entry``).
        lcm: its names in OpsCenter Lifecycle Manager.
        source: where the facts come from, in full.
    """

    key: str
    kind: Kind
    about: str
    order: int
    default: Any = UNKNOWN
    shipped: Any = UNKNOWN
    tarball: Any = UNKNOWN
    unit: str = ""
    syntax: str = ""
    smallest_unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[Any, ...] = ()
    items: Kind = Kind.STRING
    nullable: bool = False
    sensitive: bool = False
    executes: bool = False
    identity: str = ""
    needs: Mapping[str, Any] | None = None
    since: Version | None = None
    until: Version | None = None
    not_in: tuple[Version, ...] = ()
    history: Mapping[str, Mapping[str, Any]] | None = None
    was: tuple[Mapping[str, Any], ...] = ()
    reason: str = ""
    renamed_to: str = ""
    style: str = ""
    lcm: tuple[str, ...] = ()
    certainty: str = "certain"
    source: str = ""
    note: str = ""

    @property
    def user_named(self) -> bool:
        """Whether part of the key is the user's choice."""
        return "*" in self.key

    def exists_in(self, version: Version) -> bool:
        """Whether a patch release of the line has the setting."""
        within = (self.since is None or version >= self.since) and (self.until is None or version <= self.until)
        return within and version not in self.not_in

    def at(self, version: Version) -> SettingSpec:
        """The setting with the defaults of one patch release."""
        values = {name: _value_at(patches, version) for name, patches in (self.history or {}).items()}
        return replace(self, **values) if values else self


def _value_at(patches: Mapping[str, Any], version: Version) -> Any:
    """The value of the last change up to a version; not known where there is none before it."""
    changes = sorted((version_of(patch) or (), value) for patch, value in patches.items())
    return next((value for patch, value in reversed(changes) if patch <= version), UNKNOWN)


def read_setting(
    key: str, order: int, table: Mapping[str, Any], sources: Mapping[str, str], source: str
) -> SettingSpec:
    """Turn one entry of a catalog file into a value. The entry has passed ``form``."""
    return SettingSpec(
        key=key,
        kind=Kind(table["type"]),
        about=table["about"],
        order=order,
        default=table.get("default", UNKNOWN),
        shipped=table.get("shipped", UNKNOWN),
        tarball=table.get("tarball", UNKNOWN),
        unit=table.get("unit", ""),
        syntax=table.get("syntax", ""),
        smallest_unit=table.get("smallest_unit", ""),
        minimum=table.get("min"),
        maximum=table.get("max"),
        choices=tuple(table.get("choices", ())),
        items=Kind(table.get("items", "string")),
        nullable=table.get("nullable", False),
        sensitive=table.get("sensitive", False),
        executes=table.get("executes", False),
        identity=table.get("identity", ""),
        needs=table.get("needs"),
        since=version_of(table.get("since")),
        until=version_of(table.get("until")),
        not_in=tuple(filter(None, map(version_of, table.get("not_in", ())))),
        history=table.get("history"),
        was=tuple(was if isinstance(was := table.get("was", []), list) else [was]),
        reason=table.get("reason", ""),
        renamed_to=table.get("renamed_to", ""),
        style=table.get("style", ""),
        lcm=tuple(table.get("lcm", ())),
        certainty=table.get("certainty", "certain"),
        source=sources.get(table.get("source", source), ""),
        note=table.get("note", ""),
    )


def version_of(text: str | None) -> Version | None:
    """The numbers of a version; None where there is none."""
    return tuple(int(part) for part in str(text).split(".")) if text is not None else None

"""What the catalog knows of one setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeAlias

Version: TypeAlias = tuple[int, ...]


class Kind(Enum):
    """The type of a setting's value.

    ``SIZE`` and ``DURATION`` are texts with a unit suffix in the product's own syntax;
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
        syntax: how SIZE and DURATION are spelt (``jvm``, ``spark``, ``logback``).
        minimum, maximum: inclusive, in the setting's unit.
        identity: the fact of fleet.yaml that it comes from; empty for ordinary settings.
        needs: settings of the same file, with the values, without which it has no effect.
        since, until: first and last patch of the product line that has it, or None.
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
        return (self.since is None or version >= self.since) and (self.until is None or version <= self.until)


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
        minimum=table.get("min"),
        maximum=table.get("max"),
        choices=tuple(table.get("choices", ())),
        items=Kind(table.get("items", "string")),
        nullable=table.get("nullable", False),
        sensitive=table.get("sensitive", False),
        executes=table.get("executes", False),
        identity=table.get("identity", ""),
        needs=table.get("needs"),
        since=_version(table.get("since")),
        until=_version(table.get("until")),
        reason=table.get("reason", ""),
        renamed_to=table.get("renamed_to", ""),
        style=table.get("style", ""),
        lcm=tuple(table.get("lcm", ())),
        certainty=table.get("certainty", "certain"),
        source=sources.get(table.get("source", source), ""),
        note=table.get("note", ""),
    )


def _version(text: str | None) -> Version | None:
    return tuple(int(part) for part in str(text).split(".")) if text is not None else None

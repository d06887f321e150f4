"""What the definitions of DSE name, and the settings of the catalog that they mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from dse_line_exceptions import Exceptions
from line_facts import facts, lines, settings_at

from dseconf.catalog import SettingSpec

TABLES: Final = {
    "dse-5.1": ("dse-5.1.36", "5.1.36"),
    "dse-6.0": ("dse-6.0.18", "6.0.18"),
    "dse-6.7": ("dse-6.7.17", "6.7.17"),
    "dse-6.8": ("dse-6.8.35", "6.8.35"),
    "dse-6.9": ("dse-6.9", "6.9.24"),
}
"""The table of facts of each line, and the patch that it tells of."""

NO_FILES: Final = ("install-options", "java-setup", "package-proxy")  # input of OpsCenter
GROUPS: Final = ("dict", "user_defined", "ternary")  # types of OpsCenter's forms that hold settings

Address = tuple[str, str]
"""FILE, and a name of the facts."""


@dataclass(frozen=True, slots=True)
class Named:
    """A name of the facts, and the settings that it stands for."""

    file: str
    name: str
    fact: Mapping[str, Any]
    specs: tuple[SettingSpec, ...]

    @property
    def rendered(self) -> Mapping[str, Any]:
        rendered: Mapping[str, Any] = self.fact.get("rendered_as") or {}
        return rendered

    @property
    def only(self) -> SettingSpec | None:
        """The setting, where the name stands for one and does not only steer a template."""
        return self.specs[0] if len(self.specs) == 1 and self.rendered.get("kind") != "template-control" else None


def excepted(table: Exceptions, line: str, file: str, name: str) -> set[tuple[str, str, str]]:
    return {(line, file, name), ("*", file, name)} & table.keys()


@cache
def file_names() -> Mapping[str, str]:
    """FILE by the names of the definitions."""
    listed = facts("files")["files"]
    named = {one["definition"]: one["path"].rpartition("/")[2] for one in listed if one.get("definition")}
    return {**named, "dse-default": "default/dse"}


def definitions(line: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The files that the table of a line tells of, with their settings."""
    for kind, table in facts(TABLES[line][0])["files"].items():
        if kind not in NO_FILES:
            yield file_names()[kind], table["settings"]


def files_of(line: str) -> Mapping[str, Mapping[str, Any]]:
    return {table["file"]: table for table in lines()[line]["files"]}


@cache
def reached(line: str) -> Mapping[Address, tuple[str, ...]]:
    """The KEYs that the names of the facts stand for; none for what is no setting."""
    found: dict[Address, tuple[str, ...]] = {}
    for file, table in files_of(line).items():
        for key, entry in table["settings"].items():
            for name in (key, *entry.get("lcm", ())):
                found[file, name] = (*found.get((file, name), ()), key)
        found.update({(file, name): () for name in table.get("not_settings", {}) if (file, name) not in found})
    for file, settings in definitions(line):
        for name, fact in settings.items():
            flag = (fact.get("rendered_as") or {}).get("name", "")
            if (file, name) not in found and flag in files_of(line).get(file, {}).get("settings", {}):
                found[file, name] = (flag,)
    return found


@cache
def named(line: str) -> tuple[Named, ...]:
    """The names of the facts that the line has, with the settings at the patch of the facts."""
    found = []
    for file, settings in definitions(line):
        there = settings_at(line, file, TABLES[line][1])
        for name, fact in settings.items():
            keys = reached(line).get((file, name))
            if fact["type"] not in GROUPS and keys is not None and there:
                found.append(Named(file, name, fact, tuple(there[key] for key in keys if key in there)))
    return tuple(found)

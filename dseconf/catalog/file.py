"""What the catalog knows of one configuration file and its settings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from dseconf.catalog.setting import SettingSpec, Version, read_setting, version_of

_ANY_STEP = r'(?:(?:^|\.)[^.\[\]"]+|\["[^"]*"\])'  # one step of a dotted path, whatever its name


MAX_FOUND = 20_000  # keys whose setting is remembered: users may name any number of them


class FileSpec:
    """One file of a product line.

    Settings become values when they are asked for: a run touches few of a thousand.
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._table = table
        self._specs: dict[str, SettingSpec | None] = {}
        self._found: dict[str, SettingSpec | None] = {}
        self._block_orders: dict[str, int] = {}
        self.name: str = table["file"]
        self.about: str = table["about"]
        self.format: str = table["slots"] if table["format"] == "text" else table["format"]
        self.template: str | None = table.get("template_text")
        self.package: str | None = table.get("package")
        self.tarball: str | None = table.get("tarball")
        self.mode: str = table["mode"]
        self.owner: str = table["owner"]
        self.group: str = table["group"]
        self.manage: str = table["manage"]
        self.package_owned: bool = table.get("package_owned", False)
        self.talk: bool = table.get("talk", False)
        self.workloads: tuple[str, ...] = tuple(table.get("workloads", ()))
        self.read_by: str = table["read_by"]
        self.read_when: str = table["read_when"]
        self.not_settings: Mapping[str, str] = table.get("not_settings", {})
        self.note: str = table.get("note", "")
        self.since = version_of(table.get("since"))
        self.until = version_of(table.get("until"))
        self.reason: str = table.get("reason", "")
        self.gone: Mapping[str, Mapping[str, str]] = table.get("gone", {})

    def exists_in(self, version: Version) -> bool:
        """Whether a patch release of the line has the file."""
        return (self.since is None or version >= self.since) and (self.until is None or version <= self.until)

    def __repr__(self) -> str:
        return f"FileSpec({self.name!r})"

    @cached_property
    def _order(self) -> dict[str, int]:
        return {key: number for number, key in enumerate(self._table["settings"])}

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all its settings in the order of the file, user-named ones as patterns."""
        return tuple(self._table["settings"])

    @cached_property
    def identity_keys(self) -> tuple[str, ...]:
        """The keys whose values come from fleet.yaml alone."""
        return tuple(key for key, entry in self._table["settings"].items() if entry.get("identity"))

    def later(self, key: str) -> Mapping[str, str]:
        """What becomes of a setting in a later line: ``line``, ``reason``, ``renamed_to``; empty where it stays."""
        found: Mapping[str, str] = self._table["settings"].get(key, {}).get("later", {})
        return found

    def settings(self) -> Iterator[SettingSpec]:
        """All settings of all patches of the line, in the order of the file."""
        for key in self.keys:
            if (spec := self.exact(key)) is not None:
                yield spec

    def exact(self, key: str) -> SettingSpec | None:
        """The entry with just this key, patterns included."""
        if key not in self._specs:
            entry = self._table["settings"].get(key)
            self._specs[key] = None if entry is None else read_setting(
                key, self._order[key], entry, self._table["sources"], self._table["source"])  # fmt: skip
        return self._specs[key]

    def setting(self, key: str) -> SettingSpec | None:
        """The setting that a key of a layer means: by name, else by the first pattern that fits."""
        if key not in self._found:
            if len(self._found) >= MAX_FOUND:
                self._found.clear()
            self._found[key] = self._find(key)
        return self._found[key]

    def _find(self, key: str) -> SettingSpec | None:
        spec = self.exact(key)
        if spec is None:
            for pattern, name in self._patterns:
                if pattern.fullmatch(key):
                    return self.exact(name)
        return spec

    def order_of(self, key: str) -> tuple[int, str]:
        """Where a key stands in the file: as the catalog lists it, user-named ones by name."""
        number = self._order.get(key)
        if number is not None:
            return (number, "")
        spec = self.setting(key)
        return (spec.order if spec is not None else len(self._order), key)

    def block_order(self, block: str, key: str) -> int:
        """Where a block of the file stands: as its first setting in the catalog."""
        if block not in self._block_orders:
            below = (f"{block}.", f"{block}[")
            numbers = [number for name, number in self._order.items() if name == block or name.startswith(below)]
            self._block_orders[block] = min(numbers, default=self.order_of(key)[0])
        return self._block_orders[block]

    def style_of(self, key: str) -> str:
        """How the format writes the key."""
        spec = self.setting(key)
        return spec.style if spec is not None else ""

    def members(self, key: str) -> Mapping[str, SettingSpec]:
        """The settings inside the members of a list of mappings, by their path in a member."""
        prefix = f"{key}[]."
        specs = {name[len(prefix) :]: self.exact(name) for name in self.keys if name.startswith(prefix)}
        return {name: spec for name, spec in specs.items() if spec is not None}

    def has_below(self, key: str) -> bool:
        """Whether the key is a mapping that settings lie in."""
        return any(name.startswith(f"{key}.") for name in self.keys) or any(
            pattern.fullmatch(key) for pattern in self._parents
        )

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], str]]:
        return [(self._pattern(key), key) for key in self.keys if "*" in key and "[]" not in key]

    @cached_property
    def _parents(self) -> list[re.Pattern[str]]:
        """Patterns of the mappings above user-named settings."""
        found = []
        for key in (key for key in self.keys if "*" in key and "[]" not in key and self.format == "yaml"):
            steps = key.split(".")
            found += [self._pattern(".".join(steps[:depth])) for depth in range(1, len(steps)) if "*" in steps[:depth]]
        return found

    def _pattern(self, key: str) -> re.Pattern[str]:
        if self.format != "yaml":
            return re.compile(".+".join(re.escape(part) for part in key.split("*")))
        steps = [_ANY_STEP if step == "*" else rf"\.{re.escape(step)}" for step in key.split(".")]
        return re.compile("".join(steps).removeprefix(r"\."))

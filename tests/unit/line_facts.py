"""The tables of product facts beside the source tree, and what they say of each release."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from dseconf import catalog
from dseconf.catalog import parse_version
from dseconf.catalog.setting import SettingSpec, read_setting
from dseconf.shipped import read_tables

LAST: Final = {"3.11": "3.11.17", "4.0": "4.0.15", "4.1": "4.1.8", "5.0": "5.0.3"}
"""The releases of Apache Cassandra whose facts are given in full, by their lines."""

LISTS: Final = (
    "seed_provider",
    "hints_compression",
    "commitlog_compression",
    "back_pressure_strategy",
    "transparent_data_encryption_options.key_provider",
    "audit_logging_options.logger",
    "crypto_provider",
)
"""Classes with options, which the file writes as a list of one mapping."""

LISTED_BY_PARTS: Final = ("startup_checks", "memtable.configurations")
"""Mappings of the facts whose parts are known, and are settings of their own."""

KINDS: Final = {
    "bool": "boolean", "enum": "string", "long": "int", "double": "float",
    "storage": "size", "duration": "duration", "rate": "rate", "object": "string",
}  # fmt: skip
"""The types of the facts by our names; ``object`` is a class that a plain name stands for."""


class _NotGiven:
    def __repr__(self) -> str:
        return "not given"


NOT_GIVEN: Final = _NotGiven()


@dataclass(frozen=True, slots=True)
class Fact:
    """What the facts say of one setting in one release: its type, its default, and its full table at the last one."""

    kind: str
    default: object
    table: Mapping[str, Any]


def facts(name: str) -> Any:
    """One table of facts; the test is skipped where there are none."""
    table = _facts(name)
    if table is None:
        pytest.skip("the tables of product facts are not beside this source tree")
    return table


@cache
def _facts(name: str) -> Any:
    for folder in Path(__file__).resolve().parents:
        if (folder / "shared" / "facts").is_dir():
            return json.loads((folder / "shared" / "facts" / f"{name}.json").read_text(encoding="utf-8"))
    return None


@cache
def lines() -> Mapping[str, Any]:
    """The catalog's lines as tables."""
    return read_tables(Path(catalog.__file__).parent)


@cache
def _specs(line: str, file: str) -> tuple[str, tuple[SettingSpec, ...]]:
    """The last patch of the line that has a file, and the settings of all patches."""
    table = next((one for one in lines()[line]["files"] if one["file"] == file), None)
    if table is None:
        return "0", ()
    entries = enumerate(table["settings"].items())
    read = (read_setting(key, order, one, table["sources"], table["source"]) for order, (key, one) in entries)
    return table.get("until", lines()[line]["line"]["last"]), tuple(read)


@cache
def settings_at(line: str, file: str, version: str) -> Mapping[str, SettingSpec]:
    """The settings of a file in one release, with the values of that release."""
    number = parse_version(version)
    until, specs = _specs(line, file)
    if number > parse_version(until):
        return {}
    return {spec.key: spec.at(number) for spec in specs if spec.exists_in(number)}


def key_of(path: str) -> str:
    """The KEY of a setting of the facts, which have no lists of one member."""
    for above in LISTS:
        if path.startswith(f"{above}."):
            below = path.removeprefix(f"{above}.")
            return f"{above}[].{below.replace('parameters.', 'parameters[].')}"
    return path


def cassandra_fact(line: str, path: str) -> Mapping[str, Any]:
    """The facts of one setting at the last release of a line of Apache Cassandra."""
    table: Mapping[str, Any] = facts(f"cassandra-{LAST[line]}")["files"]["cassandra-yaml"]["settings"][path]
    return table


def cassandra_releases(line: str) -> Iterator[tuple[str, dict[str, Fact]]]:
    """Each release of a line of Apache Cassandra, the last one first, with the settings of cassandra.yaml by KEY.

    The last release is known in full; the patch by patch list leads back from there.
    """
    tables = facts(f"cassandra-{LAST[line]}")["files"]["cassandra-yaml"]["settings"]
    changes = facts("cassandra-patch-changes")["lines"][line]
    defaults = {path: table["default"] for path, table in tables.items()}
    kinds = {path: table["type"] for path, table in tables.items()}
    for version in reversed(changes["releases"]):
        named = [path for path in defaults if "java_type" in tables[path]]
        assert len(named) == changes["counts"][version]
        yield version, dict(_by_key(defaults, kinds, tables))
        change = changes["patches"].get(version, {}).get("cassandra.yaml settings", {})
        for one in change.get("added", ()):
            del defaults[one["setting"]]
        for one in change.get("removed", ()):
            defaults[one["setting"]] = tables[one["setting"]]["default"]
        defaults |= {one["setting"]: one["before"] for one in change.get("default_changed", ())}
        kinds |= {one["setting"]: one["before"] for one in change.get("type_changed", ())}


def _by_key(
    defaults: Mapping[str, object], kinds: Mapping[str, str], tables: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, Fact]]:
    for path, default in defaults.items():
        table, key, kind = tables[path], key_of(path), kinds[path]
        in_list = "[]" in key
        if path in LISTS or key.endswith("[].parameters"):
            yield key, Fact("list", NOT_GIVEN if in_list else default, table)
        elif path in LISTED_BY_PARTS or (kind == "object" and any(name.startswith(f"{path}.") for name in defaults)):
            continue  # a mapping is not listed, its parts are
        elif kind == "map":
            stars = ".*.*" if path == "sstable.format" else ".*"
            yield f"{key}{stars}", Fact("int" if table.get("value_type") == "Integer" else "string", NOT_GIVEN, table)
        else:
            inside = in_list or table.get("inside_map") or "since" not in table
            given = default is not None or not inside  # in a free mapping null stands for no default
            yield key, Fact(KINDS.get(kind, kind), default if given else NOT_GIVEN, table)


def same(one: object, other: object) -> bool:
    """Whether two values are one in the file: true is no 1, but 1.0 is."""
    numbers = isinstance(one, int | float) and isinstance(other, int | float)
    return isinstance(one, bool) == isinstance(other, bool) and (numbers or type(one) is type(other)) and one == other

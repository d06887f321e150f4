"""The lines of DSE against the tables of their definitions: names, types, defaults, choices."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

import pytest
from dse_facts import GROUPS, TABLES, Address, Named, definitions, excepted, files_of, named, reached
from dse_line_exceptions import DEFAULTS, EXTRA, TYPES, UNREACHED
from line_facts import same, settings_at

from dseconf.catalog import UNKNOWN, Kind, SettingSpec

WIDER: Final = {("string", "size"), ("string", "duration"), ("int", "float"), ("string", "map")}


def unreached(line: str) -> Iterator[Address]:
    for file, settings in definitions(line):
        leaves = [name for name, fact in settings.items() if fact["type"] not in GROUPS]
        if leaves and not settings_at(line, file, TABLES[line][1]):
            yield file, "*"
        else:
            yield from ((file, name) for name in leaves if (file, name) not in reached(line))


def wrong_types(line: str) -> Iterator[Address]:
    for one in named(line):
        if one.only is not None:
            kinds = (one.fact["type"], one.only.kind.value)
            if kinds[0] != kinds[1] and kinds not in WIDER:
                yield one.file, one.name


def wrong_defaults(line: str) -> Iterator[Address]:
    for one in named(line):
        spec = one.only
        if spec is not None and not (fits_default(one, spec) and has_choices(one, spec)):
            yield one.file, one.name


def fits_default(one: Named, spec: SettingSpec) -> bool:
    """Whether OpsCenter's default is the shipped value, or else the default of the code."""
    default = one.fact.get("derived", {}).get("default_typed", one.fact.get("default"))
    values = [value for value in (spec.shipped, spec.default) if value is not UNKNOWN]
    if default is None or default == [] or any(same(default, value) for value in values):
        return True
    if one.fact["type"] == "boolean":
        return fits_switch(one, spec, default=default)
    if spec.kind is Kind.INT and str(default).isdigit():
        return any(same(int(default), value) for value in values)
    # OpsCenter writes the unit behind the number.
    return (
        spec.kind is Kind.SIZE and str(default).isdigit() and any(str(one).startswith(str(default)) for one in values)
    )


def fits_switch(one: Named, spec: SettingSpec, *, default: bool) -> bool:
    """A switch of OpsCenter writes a line or none; the line may turn something off."""
    text = one.rendered.get("text", "")
    if spec.kind is Kind.BOOLEAN:
        off = any(same(not default, value) for value in (spec.shipped, spec.default))
        return text.startswith("-XX:-") and (off or (not default and spec.shipped is UNKNOWN))
    return text.endswith(str(spec.shipped)) if default else spec.shipped is UNKNOWN


def has_choices(one: Named, spec: SettingSpec) -> bool:
    given = [value for value in one.fact.get("enum") or () if value is not None]
    return not spec.choices or one.fact["type"] != "string" or set(given) <= set(spec.choices)


def without_facts(line: str) -> Iterator[Address]:
    """Settings that name the definitions as their source, or a name of OpsCenter, and are not in the facts."""
    for file, settings in definitions(line):
        flags = {(fact.get("rendered_as") or {}).get("name", "") for fact in settings.values()}
        known = settings.keys() | flags
        table = files_of(line).get(file, {"settings": {}, "source": ""})
        for key in settings_at(line, file, TABLES[line][1]):
            entry = table["settings"][key]
            told = not {key, *entry.get("lcm", ())}.isdisjoint(known)
            from_definitions = entry.get("source", table["source"]).startswith("defs")
            stale = not set(entry.get("lcm", ())) <= known
            if stale or (from_definitions and not told and key not in beside_the_facts(file)):
                yield file, key


@cache
def beside_the_facts(file: str) -> frozenset[str]:
    """Settings of 6.8 that templates and vendor files name beside the definitions; jvm.options had those of two."""
    sources = ("jvm-server.options", "jvm8-server.options") if file == "jvm.options" else (file,)
    found: set[str] = set()
    for name, settings in definitions("dse-6.8"):
        if name in sources and name in files_of("dse-6.8"):
            entries = files_of("dse-6.8")[name]["settings"]
            found |= {key for key, one in entries.items() if {key, *one.get("lcm", ())}.isdisjoint(settings)}
    return frozenset(found)


LOOKS = {
    "a name that stands for no setting": (unreached, UNREACHED),
    "a type": (wrong_types, TYPES),
    "a default": (wrong_defaults, DEFAULTS),
    "a setting that the facts do not have": (without_facts, EXTRA),
}


@pytest.mark.parametrize("line", TABLES)
@pytest.mark.parametrize("what", LOOKS)
def test_nothing_differs_from_the_facts_but_known_exceptions(line: str, what: str) -> None:
    find, exceptions = LOOKS[what]
    assert [one for one in find(line) if not excepted(exceptions, line, *one)] == []


@pytest.mark.parametrize("what", LOOKS)
def test_every_exception_is_needed(what: str) -> None:
    find, exceptions = LOOKS[what]
    used = {key for line in TABLES for one in find(line) for key in excepted(exceptions, line, *one)}
    assert sorted(exceptions.keys() - used) == []


def test_the_facts_are_looked_at() -> None:
    assert {line: len(named(line)) > 300 for line in TABLES} == dict.fromkeys(TABLES, True)

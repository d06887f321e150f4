"""The lines of DSE against what is told of their patches, of renames between them, and of how certain that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

import pytest
from dse_facts import GROUPS, NO_FILES, Address, definitions, excepted, file_names, files_of, named, reached
from dse_line_exceptions import PATCHES, RENAMES
from line_facts import facts, settings_at

from dseconf.catalog import parse_version

PATCHED: Final = {"dse-5.1": 36, "dse-6.0": 18, "dse-6.7": 17}
"""The lines whose definitions are known for each patch, with the last one of those."""


def lifetimes(line: str) -> Iterator[tuple[str, str, tuple[str, ...], list[Mapping[str, str | None]]]]:
    """FILE, name, KEYs, and the spans of versions that have the name in their definitions."""
    types = {file: {name: fact["type"] for name, fact in settings.items()} for file, settings in definitions(line)}
    for kind, names in facts("version-changes")["lifetimes"].items():
        product, _, definition = kind.partition("/")
        if product == "dse" and definition not in NO_FILES:
            file = file_names()[definition]
            for name, spans in names.items():
                keys = reached(line).get((file, name), ())
                if keys and types.get(file, {}).get(name) not in GROUPS:
                    yield file, name, keys, spans


@cache
def wrong_patches(line: str) -> tuple[Address, ...]:
    """Names of which some patch has the settings, and not the definitions, or the other way round."""
    return tuple(_wrong_patches(line))


def _wrong_patches(line: str) -> Iterator[Address]:
    for file, name, keys, spans in lifetimes(line):
        for patch in range(PATCHED[line] + 1):
            version = f"{line.removeprefix('dse-')}.{patch}"
            there = not settings_at(line, file, version).keys().isdisjoint(keys)
            if there != any(is_in(version, span) for span in spans):
                yield file, name
                break


def is_in(version: str, span: Mapping[str, str | None]) -> bool:
    number, begin, end = parse_version(version), span["from"], span["until_before"]
    return begin is not None and parse_version(begin) <= number and (end is None or number < parse_version(end))


@pytest.mark.parametrize("line", PATCHED)
def test_each_patch_has_the_settings_of_its_definitions(line: str) -> None:
    assert [one for one in wrong_patches(line) if not excepted(PATCHES, line, *one)] == []
    assert len(list(lifetimes(line))) > 300


def test_every_exception_of_a_patch_is_needed() -> None:
    used = {key for line in PATCHED for one in wrong_patches(line) for key in excepted(PATCHES, line, *one)}
    assert sorted(PATCHES.keys() - used) == []


def renames() -> Iterator[tuple[str, str, str, str, str, bool]]:
    """Line and FILE of both sides of each rename between two lines, a name, and whether it is the old one."""
    for one in facts("version-changes")["renames"]:
        if one["product"] == "dse" and one["from"].count(".") == 1:
            old_file, _, new_file = one["file"].partition(" -> ")
            sides = (f"dse-{one['from']}", old_file, f"dse-{one['to']}", new_file or old_file)
            yield from ((*sides, name, True) for name in one["old"])
            yield from ((*sides, name, False) for name in one["new"])


def has_name(line: str, file: str, name: str) -> bool:
    """Whether a line has a file, a setting or a mapping of that name, by KEY or in OpsCenter."""
    settings = files_of(line).get(file, {"settings": {}})["settings"]
    known = {known for key, entry in settings.items() for known in (key, *entry.get("lcm", ()))}
    above = any(one.startswith((f"{name}.", f"{name}[")) for one in known)
    return name in known or above or name in files_of(line)


def test_both_names_of_a_rename_are_there() -> None:
    lost = [
        (old_file if is_old else new_file, name)
        for old, old_file, new, new_file, name, is_old in renames()
        if not (has_name(old, old_file, name) if is_old else has_name(new, new_file, name))
    ]
    assert lost == []


def test_a_renamed_setting_has_one_name_in_each_line_but_for_known_exceptions() -> None:
    both: set[tuple[str, str, str]] = set()
    for old, old_file, new, new_file, name, is_old in renames():
        line, file = (new, old_file) if is_old else (old, new_file)
        if has_name(line, file, name):
            both.add((line, file, name))
    assert sorted(both ^ RENAMES.keys()) == []


CERTAINTY: Final = {
    "inherited-from-6.8 (unverified)": "inferred",
    "documented": "documented",
    "seen-in-vendor-file": "certain",
}
"""How certain the facts of 6.9 are, the least first, by our words."""


def test_settings_of_69_are_as_certain_as_the_facts_say() -> None:
    words = list(CERTAINTY.values())
    told: dict[Address, set[str]] = {}
    for one in named("dse-6.9"):
        for spec in one.specs:
            told.setdefault((one.file, spec.key), set()).add(CERTAINTY[one.fact["certainty"]])
    assert len(told) > 300
    wrong = [
        f"{one.file}:{spec.key} is {spec.certainty}"
        for one in named("dse-6.9") for spec in one.specs
        if spec.certainty != max(told[one.file, spec.key], key=words.index)
    ]  # fmt: skip
    assert wrong == []

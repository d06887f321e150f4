"""What a change of version does to one fleet: the lines it must change, and the values that move under it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from dseconf.blueprint import Blueprint
from dseconf.catalog import UNKNOWN, FileSpec, SettingSpec
from dseconf.catalog.describe import value_text
from dseconf.catalog.difference import Became, FileDifference, SettingDifference
from dseconf.catalog.meaning import same_value
from dseconf.explain.line import Line, line_of
from dseconf.resolve import Link
from dseconf.setting import Definition, Value
from dseconf.validate import is_hidden

GroupedNode: TypeAlias = tuple[Blueprint, Sequence[Link]]
"""A node by what its group shares and by its own layers."""

_SHIPPED = "shipped:"
_VENDOR = "shipped:profiles/product/"  # layers that say what the vendor's files say

_Address: TypeAlias = tuple[str, str]
_Said: TypeAlias = dict[_Address, dict[Line, None]]


@dataclass(frozen=True, slots=True)
class Touched:
    """A difference that a fleet meets.

    ``lines`` are the lines of its own layers that set the setting. Where there are none, the
    value changes by itself from ``old`` to ``new`` on ``nodes`` nodes.
    """

    difference: SettingDifference
    lines: tuple[Line, ...]
    nodes: int
    old: str = ""
    new: str = ""


@dataclass(slots=True)
class _Tally:
    """What nodes have to do with one setting."""

    lines: dict[Line, None] = field(default_factory=dict)
    setting: int = 0
    silent: int = 0


@dataclass(slots=True)
class _Alike:
    """Nodes of a group for which nothing but the group's lines speaks of the settings."""

    blueprint: Blueprint
    said: _Said
    nodes: int = 0


def touched_settings(
    differences: Iterable[FileDifference], nodes: Iterable[GroupedNode], *, vendor_values: bool
) -> list[Touched]:
    """The differences that touch the nodes, in the order in which they come.

    ``vendor_values`` tells that files without a line of the fleet have the shipped values, not
    only what the product does by itself.
    """
    wanted = [one for file in differences for one in file.settings if one.old is not None and not one.old.spec.identity]
    tallies = _tally({_address(one) for one in wanted}, nodes)
    found = []
    for one in wanted:
        tally = tallies[_address(one)]
        if tally.lines and _asks_for_an_edit(one):
            found.append(Touched(one, tuple(tally.lines), tally.setting))
        elif tally.silent and (moved := _moved(one, vendor_values=vendor_values)) is not None:
            found.append(Touched(one, (), tally.silent, *moved))
    return found


def _address(one: SettingDifference) -> _Address:
    return (one.old.file.name, one.old.spec.key) if one.old is not None else ("", "")


def _asks_for_an_edit(one: SettingDifference) -> bool:
    return one.became is not Became.CHANGED or any(not change.aspect.moves_alone for change in one.changes)


def _moved(one: SettingDifference, *, vendor_values: bool) -> tuple[str, str] | None:
    """The values that a setting has before and after where no line sets it; None where they mean the same."""
    if one.old is None or one.new is None or one.new.spec.identity or "[]" in one.old.spec.key:
        return None  # a member of a list has no value where there is no list
    old, new = one.old.spec, one.new.spec
    before, after = (_by_itself(spec, vendor_values=vendor_values) for spec in (old, new))
    if UNKNOWN in (before, after) or same_value(old, before, new, after):
        return None
    return value_text(before, old), value_text(after, new)


def _by_itself(spec: SettingSpec, *, vendor_values: bool) -> object:
    written = vendor_values and spec.shipped is not UNKNOWN and not spec.sensitive
    return spec.shipped if written else spec.default


def _tally(wanted: set[_Address], nodes: Iterable[GroupedNode]) -> Mapping[_Address, _Tally]:
    tallies = {address: _Tally() for address in wanted}
    alike: dict[int, _Alike] = {}
    for blueprint, own_layers in nodes:
        group = alike.get(id(blueprint))
        if group is None:
            group = alike[id(blueprint)] = _Alike(blueprint, _said(blueprint, wanted, _of_group(blueprint)))
        own = _said(blueprint, wanted, _of_layers(own_layers))
        if own:
            _count(tallies, blueprint, {key: {**group.said.get(key, {}), **own.get(key, {})} for key in wanted}, 1)
        else:
            group.nodes += 1
    for group in alike.values():
        _count(tallies, group.blueprint, group.said, group.nodes)
    return tallies


def _count(tallies: Mapping[_Address, _Tally], blueprint: Blueprint, said: _Said, nodes: int) -> None:
    """Add nodes for which the same is said."""
    files = {entry.name for entry in blueprint.entries}
    for address, tally in tallies.items():
        every = said.get(address, {})
        lines = [line for line in every if not line.origin.path.startswith(_SHIPPED)]
        tally.lines.update(dict.fromkeys(lines if nodes else ()))
        tally.setting += nodes if lines else 0
        if address[0] in files and all(line.origin.path.startswith(_VENDOR) for line in every):
            tally.silent += nodes


def _said(blueprint: Blueprint, wanted: set[_Address], definitions: Iterable[tuple[_Address, Definition]]) -> _Said:
    """The lines that speak of settings, under the names that the catalog has for their keys."""
    found: _Said = {}
    for (name, key), definition in definitions:
        file = blueprint.view.file(name)
        spec = file.setting(key) if file is not None else None
        if file is None or spec is None:
            continue
        addresses = {(name, one) for one in (spec.key, *_members_set(file, spec.key, definition.value))} & wanted
        if addresses:
            line = line_of(definition, key, hidden=is_hidden(file, key, blueprint.view))
            for address in addresses:
                found.setdefault(address, {})[line] = None
    return found


def _members_set(file: FileSpec, key: str, value: Value) -> Iterator[str]:
    """The settings inside a list of mappings that its members set."""
    if isinstance(value, list):
        for path, member in file.members(key).items():
            if any(_holds(item, path) for item in value):
                yield member.key


def _holds(item: Value, path: str) -> bool:
    """Whether a member of a list of mappings sets the setting at a path in it."""
    for step in path.split("."):
        if not isinstance(item, dict) or step not in item:
            return False
        item = item[step]
    return True


def _of_group(blueprint: Blueprint) -> Iterator[tuple[_Address, Definition]]:
    for name, settings in blueprint.group.settings.items():
        for key, setting in settings.items():
            yield from (((name, key), one) for one in (setting.chosen, *setting.edits, *setting.overridden))


def _of_layers(layers: Sequence[Link]) -> Iterator[tuple[_Address, Definition]]:
    for link in layers:
        for name, definitions in link.layer.files.items():
            yield from (((name, key), definition) for key, definition in definitions.items())

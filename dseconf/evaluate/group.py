"""Values that nodes share, and those in which a node differs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from dseconf.catalog import ProductView
from dseconf.evaluate.scope import Absent, Address, Evaluation, Settings, expressions_in, is_dynamic, split_address
from dseconf.finding import Finding
from dseconf.fleet import Node
from dseconf.setting import Plain, Setting, Value

Values: TypeAlias = dict[str, dict[str, "Plain | Absent"]]


@dataclass(frozen=True, slots=True)
class Group:
    """What a set of nodes has in common.

    ``values`` holds the settings that no node changes, per file. ``dependent`` are those
    that each node must evaluate. ``readers`` tells which expressions follow a setting,
    over any number of steps.
    """

    view: ProductView
    settings: Settings
    values: Mapping[str, Mapping[str, Plain]]
    dependent: tuple[Address, ...]
    readers: Mapping[Address, frozenset[Address]]


def evaluate_group(view: ProductView, settings: Settings, of_nodes: Iterable[Address]) -> Group:
    """Evaluate what is common to a group. ``of_nodes`` are the settings that every node has for itself."""
    reads = {
        (file, key): set(_reads(setting.value, view))
        for file, found in settings.items()
        for key, setting in found.items()
        if is_dynamic(setting.value)
    }
    readers = _all_readers(reads)
    facts = {address for address, names in reads.items() if any(isinstance(name, str) for name in names)}
    by_node = facts.union(*(readers.get(address, ()) for address in (*facts, *of_nodes)))
    scope = Evaluation(view, settings, None, {})
    for address in sorted(reads.keys() - by_node):
        scope.value(*address)
    # A node's own layers may set what an expression here misses: each node tries again, and tells what is wrong.
    dependent = by_node | scope.failed
    values = {file: dict(_group_values(file, found, dependent, scope)) for file, found in settings.items()}
    return Group(view, settings, values, tuple(sorted(dependent)), readers)


def _group_values(
    file: str, found: Mapping[str, Setting], dependent: Collection[Address], scope: Evaluation
) -> Iterator[tuple[str, Plain]]:
    for key, setting in found.items():
        if setting.present and (file, key) not in dependent:
            value = scope.value(file, key)
            if not isinstance(value, Absent):
                yield key, value


def evaluate_node(group: Group, node: Node, label: str, own: Settings) -> tuple[Values, list[Finding]]:
    """The values in which a node differs from its group, per file.

    ``own`` holds the settings that the node's own layers and its addresses decide.
    """
    scope = Evaluation(group.view, group.settings, node, own, group.values, label)
    wanted = {(file, key) for file, found in own.items() for key in found}
    wanted.update(group.dependent)
    for address in tuple(wanted):
        wanted.update(group.readers.get(address, ()))
    values: Values = {}
    for file, key in sorted(wanted):
        values.setdefault(file, {})[key] = scope.value(file, key)
    return values, scope.findings


def _reads(value: Value, view: ProductView) -> Iterator[str | Address]:
    """What a value reads: names of facts, addresses of settings as this release has them."""
    for expression in expressions_in(value):
        yield from expression.facts
        for address in expression.settings:
            place = view.place(address)
            yield split_address(address) if place is None else (place[0].name, place[1])


def _all_readers(reads: Mapping[Address, set[str | Address]]) -> dict[Address, frozenset[Address]]:
    direct: dict[Address, set[Address]] = {}
    for reader, names in reads.items():
        for name in names:
            if isinstance(name, tuple):
                direct.setdefault(name, set()).add(reader)
    return {address: _closure(address, direct) for address in direct}


def _closure(start: Address, direct: Mapping[Address, set[Address]]) -> frozenset[Address]:
    found: set[Address] = set()
    waiting = [start]
    while waiting:
        new = direct.get(waiting.pop(), set()) - found
        found |= new
        waiting.extend(new)
    return frozenset(found)

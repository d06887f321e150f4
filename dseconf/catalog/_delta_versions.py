"""Whether the versions and the names that a delta tells of lead somewhere: patches, lines, renames."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from dseconf.catalog._delta_base import Part, table_of
from dseconf.catalog._entries import Entries, Table
from dseconf.catalog._shape import Subject
from dseconf.catalog.catalog import parse_version
from dseconf.catalog.form import Address, circle_from
from dseconf.document import Node
from dseconf.finding import Finding

Lines = Mapping[str, Mapping[str, Any]]
"""The tables of all lines by their names."""


def line_findings(delta: Subject, lines: Lines) -> Iterator[Finding]:
    """Whether the line that it is based on is there, and no other covers its versions."""
    table = table_of(delta)
    name = f"{table['product']}-{table['line']}"
    if table["based_on"] not in lines or table["based_on"] == name:
        message = f"the line is based on {table['based_on']!r}, which is no other line"
        yield delta.error(delta.at("based_on"), "unknown-line", message, f"lines are {', '.join(sorted(lines))}")
    for other in (lines[one]["line"] for one in sorted(lines) if one != name):
        if other["product"] == table["product"] and _overlap(table, other):
            message = f"{other['product']} {other['line']} covers versions of this line too"
            yield delta.error(delta.at("first"), "wrong-versions", message, "correct first and last of one of them")


def _overlap(one: Table, other: Table) -> bool:
    return parse_version(one["first"]) <= parse_version(other["last"]) and parse_version(
        other["first"]
    ) <= parse_version(one["last"])


def version_findings(delta: Subject, parts: Collection[Part], removed: Entries) -> Iterator[Finding]:
    """``since``, ``until``, ``not_in`` and ``history`` name patches that the line covers."""
    line = table_of(delta)
    first, last = parse_version(line["first"]), parse_version(line["last"])
    entries = [entry for part in parts for entry in (*part.entries.values(), *part.removed.values())]
    for entry in (*entries, *removed.values()):
        for field, patch, node in _patches(entry):
            if not first <= parse_version(patch) <= last:
                message = f"{field} of {entry.name} is no patch of the line"
                remedy = f"write one from {line['first']} to {line['last']}"
                yield entry.error(node, "wrong-versions", message, remedy)


def _patches(entry: Subject) -> Iterator[tuple[str, str, Node]]:
    table = table_of(entry)
    for field in ("since", "until"):
        if field in table:
            yield field, table[field], entry.at(field)
    for number, patch in enumerate(table.get("not_in", ())):
        yield "not_in", patch, entry.at("not_in", number)
    for field, patches in table.get("history", {}).items():
        for patch in patches:
            yield "history", patch, entry.key("history", field, patch)


def rename_findings(
    delta: Subject, parts: Collection[Part], removed: Entries, line: Table, lines: Lines
) -> Iterator[Finding]:
    """Whether renames lead to settings of this line or of a later one, and not in circles."""
    about = table_of(delta)
    later = [table for table in lines.values() if _is_later(table["line"], about)]
    known = {address for table in (line, *later) for address in _addresses(table)}
    targets = _targets(line)
    for part in parts:
        for key, entry in (*part.entries.items(), *part.removed.items()):
            target = table_of(entry).get("renamed_to")
            if target is not None:
                yield from _rename(entry, (part.name, key), target, known, targets)
            yield from _later(entry, about["product"], lines)
    files = {table["file"] for one in (line, *later) for table in one["files"]}
    for removal in removed.values():
        target = table_of(removal).get("renamed_to")
        if target is not None and target not in files:
            message = f"the file {removal.name} was renamed to {target}, which there is not"
            yield removal.error(removal.at("renamed_to"), "unknown-rename", message, "name a file of the line")


def _is_later(other: Table, line: Table) -> bool:
    return bool(other["product"] == line["product"]) and parse_version(other["line"]) > parse_version(line["line"])


def _addresses(table: Table) -> Iterator[Address]:
    for file in table["files"]:
        yield from ((file["file"], key) for key in file["settings"])


def _targets(line: Table) -> dict[Address, Address]:
    """Where the renames of a line lead: of its settings, and of those that it does not have any more."""
    tables = [(file["file"], {**file.get("gone", {}), **file["settings"]}) for file in line["files"]]
    return {
        (file, key): _address(entry["renamed_to"])
        for file, entries in (*tables, *line["gone"].items())
        for key, entry in entries.items()
        if "renamed_to" in entry
    }


def _address(text: str) -> Address:
    file, _, key = text.partition(":")
    return file, key


def _rename(
    entry: Subject, address: Address, target: str, known: Collection[Address], targets: Mapping[Address, Address]
) -> Iterator[Finding]:
    circle = circle_from(address, targets)
    if circle:
        way = " to ".join(":".join(step) for step in (*circle, address))
        message = f"{entry.name} was renamed in a circle: {way}"
        yield entry.error(entry.at("renamed_to"), "rename-cycle", message, "keep the rename to the newer name")
    elif _address(target) not in known:
        message = f"{entry.name} was renamed to {target}, which neither this line has nor a later one"
        yield entry.error(entry.at("renamed_to"), "unknown-rename", message, "name a setting as FILE:KEY")


def _later(entry: Subject, product: str, lines: Lines) -> Iterator[Finding]:
    """``later`` names a line, and a setting of it."""
    later = table_of(entry).get("later", {})
    name = f"{product}-{later.get('line')}"
    if later and name not in lines:
        message = f"{entry.name} tells of the line {name}, which there is not"
        yield entry.error(entry.at("later", "line"), "unknown-line", message, f"lines are {', '.join(sorted(lines))}")
    elif "renamed_to" in later and _address(later["renamed_to"]) not in set(_addresses(lines[name])):
        message = f"{entry.name} is later renamed to {later['renamed_to']}, which {name} does not have"
        yield entry.error(entry.at("later", "renamed_to"), "unknown-rename", message, "name a setting as FILE:KEY")

"""The form of a line that is based on another: what its file must be like before a line is made of it.

First the shape of all that stands there; when it is right, whether the line before has
what is changed; and then the line that comes out, as ``form`` and ``_entries`` check it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from dseconf.catalog._delta_base import Part, base_findings, table_of
from dseconf.catalog._delta_versions import line_findings, rename_findings, version_findings
from dseconf.catalog._entries import (
    Entries,
    Table,
    about_findings,
    entry_findings,
    lcm_findings,
    need_findings,
    path_findings,
    pattern_findings,
    source_findings,
    value_findings,
)
from dseconf.catalog._shape import Subject, shape_findings
from dseconf.catalog.derive import derive_line
from dseconf.catalog.form import entries_of, line_version_findings, no_mapping, subject_of, template_findings
from dseconf.document import Document
from dseconf.document import Mapping as MappingNode
from dseconf.finding import Finding, in_order


def check_delta(
    document: Document, lines: Mapping[str, Mapping[str, Any]], templates: Collection[str]
) -> list[Finding]:
    """What is wrong with the file of a line that is based on another.

    ``lines`` are the tables of all lines by their names; those of this line may be among
    them. ``templates`` are those of the complete line at the root (``templates/x.j2``).
    """
    delta = subject_of(document, "delta")
    if delta is None:
        return in_order([*document.findings, no_mapping(document)])
    found = [*document.findings, *shape_findings(delta)]
    parts, wrong_parts = _parts(delta)
    removed, wrong_removals = entries_of(delta, "removed file", "removed_files")
    found += [*wrong_parts, *wrong_removals]
    if found:
        return in_order(found)
    found += [
        *line_version_findings(delta),
        *line_findings(delta, lines),
        *source_findings(delta, *2 * [table_of(delta)]),
    ]
    base = lines.get(table_of(delta)["based_on"])
    found += base_findings(delta, parts, removed, base) if base is not None else ()
    if base is None or found:
        return in_order(found)
    line = derive_line(base, table_of(delta))
    for part in parts:
        found += _part_findings(part, line, templates)
    found += version_findings(delta, parts, removed)
    return in_order([*found, *rename_findings(delta, parts, removed, line, lines)])


def _parts(delta: Subject) -> tuple[list[Part], list[Finding]]:
    """The files of a delta, and what is wrong with their shapes."""
    parts: list[Part] = []
    findings: list[Finding] = []
    files = delta.node.items.get("files")
    if not isinstance(files, MappingNode):
        return parts, findings
    for name, node in files.items.items():
        if not isinstance(node, MappingNode):
            findings.append(delta.error(node, "wrong-type", f"{name} is no mapping", "write settings: {KEY: ...}"))
            continue
        kind = "whole" if "format" in node.items else "part"
        part, found = _part(Subject(delta.document, node, kind, name, files.keys[name]))
        parts.append(part)
        findings += found
    return parts, findings


def _part(file: Subject) -> tuple[Part, list[Finding]]:
    entries, wrong_entries = entries_of(file, "setting" if file.kind == "whole" else "change")
    removed, wrong_removals = entries_of(file, "removal", "removed")
    node = file.node.items.get("changed")
    changed = (
        Subject(file.document, node, "changed", file.name, file.key("changed"))
        if isinstance(node, MappingNode)
        else None
    )
    wrong_changes = shape_findings(changed) if changed is not None else ()
    found = [*shape_findings(file), *wrong_changes, *wrong_entries, *wrong_removals]
    return Part(file, changed, entries, removed), found


def _part_findings(part: Part, line: Table, templates: Collection[str]) -> Iterator[Finding]:
    """What is wrong with a file as it comes out."""
    table = next((table for table in line["files"] if table["file"] == part.name), None)
    if table is None:
        return
    head = part.changed or part.file
    if part.whole or part.changed is not None:
        yield from template_findings(head, table, templates)
        yield from about_findings(head, table)
        yield from source_findings(head, table, table)
    settings = table["settings"]
    for key, entry in part.entries.items():
        yield from entry_findings(entry, settings[key], table)
    yield from value_findings(part.entries, settings)
    yield from _history_findings(part.entries, settings)
    entries = _all_entries(part, settings)
    yield from need_findings(entries, settings)
    yield from lcm_findings(entries, settings, table.get("not_settings", {}))
    dotted = table["format"] == "yaml"
    yield from pattern_findings(entries, dotted=dotted)
    yield from path_findings(entries, settings) if dotted else ()


def _all_entries(part: Part, settings: Table) -> Entries:
    """All settings of a file; what is wrong with those of the line before is shown at the file."""
    file = part.file
    nothing = replace(file.node, items={}, keys={}, line=file.place.line, column=file.place.column)
    return {
        key: part.entries.get(key) or Subject(file.document, nothing, "change", key, file.place) for key in settings
    }


def _history_findings(entries: Entries, settings: Table) -> Iterator[Finding]:
    """Values of single patches fit their settings as the others do."""
    for key, entry in entries.items():
        for field, patches in settings[key].get("history", {}).items():
            for value in patches.values():
                found = value_findings({key: entry}, {key: {**settings[key], field: value}})
                yield from (one for one in found if one.message.startswith(f"{field} of "))

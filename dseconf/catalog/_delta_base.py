"""How the parts of a delta lie on the line that it is based on: what they change must be there."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dseconf.catalog._entries import Entries, Table
from dseconf.catalog._shape import Subject
from dseconf.document import plain
from dseconf.finding import Finding


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a delta: what differs from the file of the line before, or a whole file."""

    file: Subject
    changed: Subject | None
    entries: Entries
    removed: Entries

    @property
    def name(self) -> str:
        """The FILE of its addresses."""
        return self.file.name

    @property
    def whole(self) -> bool:
        """Whether it is a file that the line before does not have."""
        return self.file.kind == "whole"


def base_findings(delta: Subject, parts: Collection[Part], removed: Entries, base: Table) -> Iterator[Finding]:
    """What a delta changes or removes, and the line that it is based on does not have."""
    files = {table["file"]: table for table in base["files"] if "until" not in table}
    for name, removal in removed.items():
        if name not in files:
            yield _unknown(delta, removal, "removed file", name, files)
    for part in parts:
        gone = part.name in removed and "until" not in table_of(removed[part.name])
        if part.whole:
            yield from _known_file(part, () if gone else files)
        elif part.name not in files:
            yield _unknown(delta, part.file, "file", part.name, files)
        else:
            yield from _useless(part, gone=gone)
            yield from _part_findings(part, files[part.name])


def table_of(subject: Subject) -> dict[str, Any]:
    """A mapping whose shape is right, as plain values."""
    table: Any = plain(subject.node)
    return dict(table)


def _unknown(delta: Subject, there: Subject, what: str, name: str, known: Collection[str]) -> Finding:
    near = difflib.get_close_matches(name, list(known), n=1)
    remedy = f"did you mean {near[0]}?" if near else "remove it, or write down all of it"
    message = f"the {what} {name} is none of {table_of(delta)['based_on']}"
    return there.error(there.place, "unknown-file", message, remedy)


def _known_file(part: Part, files: Collection[str]) -> Iterator[Finding]:
    if part.name in files:
        message = f"{part.name} is a file of the line before too"
        yield part.file.error(part.file.place, "same-file", message, "write down what differs, and no format")


def _useless(part: Part, *, gone: bool) -> Iterator[Finding]:
    for field in ("changed", "settings", "drop"):
        if gone and field in part.file.node.items:
            message = f"{part.name} is removed, and has {field}"
            yield part.file.error(part.file.key(field), "useless-key", message, "keep removed alone")


def _part_findings(part: Part, base: Table) -> Iterator[Finding]:
    known = {key: entry for key, entry in base["settings"].items() if "until" not in entry}
    for removal in part.removed.values():
        yield from _removal_findings(part, removal, known)
    for owner in (one for one in (part.file, part.changed) if one is not None):
        yield from _drop_findings(owner, base)
    there = {key for key in known if key not in part.removed or "until" in table_of(part.removed[key])}
    for key, entry in part.entries.items():
        yield from _change_findings(entry, known.get(key))
        yield from _after_findings(entry, there)
        there.add(key)


def _removal_findings(part: Part, removal: Subject, known: Collection[str]) -> Iterator[Finding]:
    key = removal.name
    if key not in known:
        near = difflib.get_close_matches(key, known, n=1)
        remedy = f"did you mean {near[0]}?" if near else "remove the removal"
        message = f"{key} is removed, and the line before does not have it"
        yield removal.error(removal.place, "unknown-setting", message, remedy)
    elif key in part.entries and "until" not in table_of(removal):
        message = f"{key} is removed, and stands under settings too"
        yield removal.error(removal.place, "removed-and-set", message, "keep one of the two, or write until")


def _change_findings(entry: Subject, known: Table | None) -> Iterator[Finding]:
    if known is not None:
        yield from _drop_findings(entry, known)
        if "after" in entry.node.items:
            message = f"{entry.name} is there already, and after does not move it"
            yield entry.error(entry.key("after"), "useless-key", message, "remove it")
        return
    for key in (key for key in ("about", "type") if key not in entry.node.items):
        message = f"{entry.name} does not say {key!r}, and the line before does not have it"
        yield entry.error(entry.place, "missing-key", message, f"add {key}, or correct the name of the setting")
    if "drop" in entry.node.items:
        message = f"{entry.name} is new, and has nothing to drop"
        yield entry.error(entry.key("drop"), "useless-key", message, "remove it")


def _drop_findings(owner: Subject, known: Mapping[str, Any]) -> Iterator[Finding]:
    for number, name in enumerate(table_of(owner).get("drop", ())):
        if name not in known:
            message = f"{owner.name} drops {name!r}, which the line before does not say"
            yield owner.error(owner.at("drop", number), "useless-drop", message, "remove it")


def _after_findings(entry: Subject, there: Collection[str]) -> Iterator[Finding]:
    after = table_of(entry).get("after")
    if after is not None and after not in there:
        near = difflib.get_close_matches(after, there, n=1)
        remedy = f"did you mean {near[0]}?" if near else "name a setting that stands above it"
        message = f"{entry.name} stands after {after}, which is not there"
        yield entry.error(entry.at("after"), "unknown-after", message, remedy)

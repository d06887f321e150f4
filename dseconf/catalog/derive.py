"""A product line from another one: what is written down is only what differs.

A complete line is a folder. Every other line is one file that names the line it is based
on and says what changed: settings added, changed and removed, files added, changed and
removed, each removal with its reason. Here the two become the tables of the new line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

Table: TypeAlias = dict[str, Any]

# What an entry says of the patches of its own line; the next line knows it by its own words.
# The names under ``was`` stay: what a line still reads, the next one reads too unless it drops them.
_OF_ONE_LINE = ("since", "until", "renamed_to", "history", "not_in", "reason", "later")


def derive_line(base: Mapping[str, Any], delta: Mapping[str, Any]) -> Table:
    """The tables of the line that ``delta`` describes, on the tables of the line that it is based on.

    Every file of the result has, under ``gone``, the settings that earlier lines had, with
    what became of them.
    """
    files = {table["file"]: _inherited(table) for table in base["files"] if "until" not in table}
    for name, gone in delta.get("removed_files", {}).items():
        _remove_file(files, name, gone)
    for name, part in delta.get("files", {}).items():
        if "format" in part:
            files[name] = {"file": name, "sources": delta["sources"], "source": delta["source"], **part}
        elif name in files:
            files[name] = changed_file(files[name], part, delta)
    line = {key: value for key, value in delta.items() if key not in ("files", "removed_files")}
    line = {"java": base["line"].get("java", []), **line}
    return {"line": line, "files": list(files.values()), "gone": _gone_files(base, delta)}


def _gone_files(base: Mapping[str, Any], delta: Mapping[str, Any]) -> Table:
    """Settings of files that the line does not have: by file, then key, what became of them."""
    gone: Table = dict(base.get("gone", {}))
    for name, one in delta.get("removed_files", {}).items():
        if "until" not in one:
            removed = delta.get("files", {}).get(name, {}).get("removed", {})
            keys = [key for table in base["files"] if table["file"] == name for key in table["settings"]]
            gone[name] = {key: removed.get(key) or _moved(one, key) for key in keys}
    return gone


def _moved(gone: Mapping[str, Any], key: str) -> Table:
    """What became of a setting whose whole file went: the file's reason, and its new file."""
    target = {"renamed_to": f"{gone['renamed_to']}:{key}"} if "renamed_to" in gone else {}
    return {"reason": gone["reason"], **target}


def _inherited(table: Mapping[str, Any]) -> Table:
    settings = {
        key: {name: value for name, value in entry.items() if name not in _OF_ONE_LINE}
        for key, entry in table["settings"].items()
        if "until" not in entry
    }
    ended = {key: _ending(entry) for key, entry in table["settings"].items() if "until" in entry}
    kept = {name: value for name, value in table.items() if name not in ("since", "until", "reason")}
    return {**kept, "settings": settings, "gone": {**table.get("gone", {}), **ended}}


def _ending(entry: Mapping[str, Any]) -> Table:
    return {name: entry[name] for name in ("reason", "renamed_to") if name in entry}


def _remove_file(files: dict[str, Table], name: str, gone: Mapping[str, Any]) -> None:
    if "until" not in gone:
        files.pop(name, None)
    elif name in files:
        files[name] = {**files[name], "until": gone["until"], "reason": gone["reason"]}


def changed_file(table: Table, part: Mapping[str, Any], delta: Mapping[str, Any]) -> Table:
    """A file with the settings that ``part`` adds, changes and removes; ``delta`` names their sources."""
    changed = {**table, **part.get("changed", {})}
    for name in changed.pop("drop", part.get("drop", ())):
        changed.pop(name, None)
    settings: Table = dict(table["settings"])
    gone: Table = dict(table.get("gone", {}))
    for key, removal in part.get("removed", {}).items():
        if "until" in removal:
            settings[key] = {**settings[key], **{name: value for name, value in removal.items() if name != "certainty"}}
        else:
            settings.pop(key, None)
            gone[key] = removal
    for key, entry in part.get("settings", {}).items():
        settings = _placed(settings, key, _entry(settings.get(key), entry, delta), entry.get("after"))
        gone.pop(key, None)
    sources = {**table["sources"], **delta["sources"]}
    return {**changed, "settings": settings, "sources": sources, "gone": gone}


def _entry(known: Mapping[str, Any] | None, entry: Mapping[str, Any], delta: Mapping[str, Any]) -> Table:
    """An entry as the line has it: new, or the inherited one with what differs."""
    own = {name: value for name, value in entry.items() if name not in ("after", "drop")}
    if known is None:
        return {"source": delta["source"], **own}
    return {name: value for name, value in {**known, **own}.items() if name not in entry.get("drop", ())}


def _placed(settings: Table, key: str, entry: Table, after: str | None) -> Table:
    """The settings with one more behind ``after``, or changed where it stands."""
    if key in settings or after not in settings:
        return {**settings, key: entry}
    return dict(_inserted(settings, key, entry, after))


def _inserted(settings: Table, key: str, entry: Table, after: str) -> Iterator[tuple[str, Any]]:
    for name, value in settings.items():
        yield name, value
        if name == after:
            yield key, entry

"""What is wrong inside the entries of a catalog file, and between them, when their shape is right."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from dseconf.catalog._fit import SYNTAXES, VALUES, misfits, value_rules
from dseconf.catalog._shape import Subject
from dseconf.catalog.catalog import parse_version
from dseconf.catalog.setting import Kind
from dseconf.finding import Finding

MAX_ABOUT: Final = 130  # characters

STYLES: Final[Mapping[str, tuple[str, ...]]] = {
    "jvm": ("flag", "switch", "equals", "glued"),
    "shell": ("export", "plain"),
}
"""The words that ``style`` may be, by format; other formats have one way to write a setting."""

_NUMBERS: Final = (Kind.INT, Kind.FLOAT)
_QUANTITIES: Final = (Kind.SIZE, Kind.DURATION, Kind.RATE)

Entries = Mapping[str, Subject]
"""The entries whose shape is right, by KEY."""

Table = Mapping[str, Any]
"""A catalog file, or one entry of it, as plain values."""


def about_findings(subject: Subject, entry: Table) -> Iterator[Finding]:
    """Whether ``about`` is one short sentence."""
    about: str = entry["about"]
    if not about.endswith("."):
        message = f"about of {subject.name} has no full stop"
        yield subject.error(subject.at("about"), "wrong-about", message, "end the sentence")
    if len(about) > MAX_ABOUT or "\n" in about:
        message = f"about of {subject.name} is {len(about)} characters long, or more than a line"
        remedy = f"say it in one line of {MAX_ABOUT} characters; what is left goes to note"
        yield subject.error(subject.at("about"), "wrong-about", message, remedy)


def source_findings(subject: Subject, entry: Table, file: Table) -> Iterator[Finding]:
    """Whether ``source`` is one of the file's ``sources``."""
    sources = file.get("sources")
    if "source" in entry and isinstance(sources, dict) and entry["source"] not in sources:
        remedy = f"sources are {', '.join(sources)}"
        message = f"{subject.name} has the source {entry['source']!r}, which the file does not list"
        yield subject.error(subject.at("source"), "unknown-source", message, remedy)


def entry_findings(entry: Subject, table: Table, file: Table) -> Iterator[Finding]:
    """What is wrong inside one entry."""
    yield from about_findings(entry, table)
    yield from source_findings(entry, table, file)
    yield from _keys_of_types(entry, table)
    yield from _range(entry, table)
    yield from _versions(entry, table)
    yield from _style(entry, table, file)


def _keys_of_types(entry: Subject, table: Table) -> Iterator[Finding]:
    """Unit, range, syntax and items go with some types alone."""
    kind = Kind(table["type"])
    member = Kind(table.get("items", "string")) if kind is Kind.LIST else kind
    counted = member in _NUMBERS or (member in _QUANTITIES and "smallest_unit" in table)
    fits = {
        "unit": member in _NUMBERS,
        "min": counted,
        "max": counted,
        "smallest_unit": member in _QUANTITIES and table.get("syntax") == "cassandra",
        "syntax": member in _QUANTITIES,
        "items": kind is Kind.LIST,
    }
    for key in (key for key, right in fits.items() if key in table and not right):
        message = f"{entry.name} has {key}, which does not go with type {kind.value}"
        yield entry.error(entry.key(key), "useless-key", message, "remove it, or correct the type")
    if member in _QUANTITIES and (member, table.get("syntax")) not in SYNTAXES:
        known = ", ".join(syntax for of, syntax in SYNTAXES if of is member)
        message = f"{entry.name} does not say how its {member.value} is spelt"
        place = entry.at("syntax" if "syntax" in table else "type")
        yield entry.error(place, "wrong-syntax", message, f"write syntax: one of {known}")


def _range(entry: Subject, table: Table) -> Iterator[Finding]:
    if "min" in table and "max" in table and table["min"] > table["max"]:
        yield entry.error(
            entry.at("min"), "wrong-range", f"{entry.name} has a min above its max", "correct one of them"
        )


def _versions(entry: Subject, table: Table) -> Iterator[Finding]:
    if "since" in table and "until" in table and parse_version(table["since"]) > parse_version(table["until"]):
        message = f"{entry.name} begins after it ends"
        yield entry.error(entry.at("since"), "wrong-versions", message, "since is the first patch, until the last")
    if "until" in table and "reason" not in table:
        message = f"{entry.name} ends without a reason"
        yield entry.error(entry.key("until"), "missing-key", message, "write reason: why it was removed or renamed")
    if "renamed_to" in table and "until" not in table:
        message = f"{entry.name} was renamed, and does not say when"
        yield entry.error(entry.key("renamed_to"), "missing-key", message, "write until: its last patch")


def _style(entry: Subject, table: Table, file: Table) -> Iterator[Finding]:
    written_as = file.get("slots") if file.get("format") == "text" else file.get("format")
    known = STYLES.get(str(written_as), ())
    if "style" in table and table["style"] not in known:
        message = f"{entry.name} has the style {table['style']!r}, which files of format {written_as} do not have"
        remedy = f"write one of {', '.join(known)}" if known else "remove it"
        yield entry.error(entry.at("style"), "unknown-style", message, remedy)


def value_findings(entries: Entries, tables: Table) -> Iterator[Finding]:
    """Values that do not fit the setting that they are given for: choices, defaults, what it needs."""
    rules = {key: value_rules(tables[key]) for key in entries}
    for key, entry in entries.items():
        loose = {field: rule for field, rule in rules[key].items() if field not in ("allowed", "nullable")}
        one = loose.get("schema", loose)  # the choices of a list are those of its members
        for number, choice in enumerate(tables[key].get("choices", ())):
            for code in misfits({"": one}, {"": choice}).values():
                yield _misfit(entry, code, "choices", number)
    for field in VALUES:
        given = {key: tables[key][field] for key in entries if field in tables[key]}
        for key, code in misfits(rules, given).items():
            yield _misfit(entries[key], code, field)


_MISFITS: Final = {
    "wrong-type": "is not of its type",
    "wrong-choice": "is none of its choices",
    "out-of-range": "is out of its range",
    "wrong-notation": "is not finite, or not spelt as its syntax says",
}


def _misfit(entry: Subject, code: str, *path: object) -> Finding:
    message = f"{path[0]} of {entry.name} {_MISFITS[code]}"
    return entry.error(entry.at(*path), code, message, "correct the value, or what it has to fit")


def need_findings(entries: Entries, tables: Table) -> Iterator[Finding]:
    """``needs`` names settings of the same file, with values that they can have."""
    for key, entry in entries.items():
        for needed, wanted in tables[key].get("needs", {}).items():
            if needed not in tables and not any(_covers(one, needed, dotted=False) for one in tables if "*" in one):
                near = difflib.get_close_matches(needed, list(tables), n=1)
                remedy = f"did you mean {near[0]}?" if near else "name a setting of this file"
                message = f"{key} needs {needed}, which the file does not have"
                yield entry.error(entry.key("needs", needed), "unknown-need", message, remedy)
            elif needed in entries and not _can_be(tables[needed], wanted):
                message = f"{key} needs a value that {needed} cannot have"
                yield entry.error(
                    entry.at("needs", needed), "wrong-need", message, "write a value of its type and choices"
                )


def _can_be(table: Table, wanted: object) -> bool:
    """Whether a setting can have the value; a list is any of its members."""
    rules = value_rules(table)
    rules = rules["schema"] if table["type"] == "list" else rules
    values = wanted if isinstance(wanted, list) else [wanted]
    return not any(misfits({"": rules}, {"": value}) for value in values)


def lcm_findings(entries: Entries, tables: Table, not_settings: Mapping[str, str]) -> Iterator[Finding]:
    """One name of OpsCenter may stand for several settings, but for nothing else besides.

    ``jmx-port`` is two JVM options, of which each connection type has one.
    """
    for key, entry in entries.items():
        names = tables[key].get("lcm", [])
        for number, name in enumerate(names):
            if name in not_settings:
                why = "it stands under not_settings too"
            elif Counter(names[: number + 1])[name] > 1:
                why = "it stands here twice"
            elif name in tables:
                why = "it is the KEY of a setting" if name != key else "it is the KEY itself"
            else:
                continue
            message = f"the name {name!r} of {key} is taken"
            yield entry.error(entry.at("lcm", number), "duplicate-lcm", message, "keep one of the two", why)


def path_findings(entries: Entries, tables: Table) -> Iterator[Finding]:
    """In a file whose keys are paths, a key has a value or settings below it, not both in one patch."""
    above: dict[str, list[str]] = {}
    for key in entries:
        for end in (end for end in range(len(key)) if key[end] == "."):
            above.setdefault(key[:end], []).append(key)
    for key in (key for key in entries if key in above):
        below = next((one for one in above[key] if _share_a_patch(tables[key], tables[one])), None)
        if below is not None:
            message = f"{key} has a value, and {below} lies below it"
            remedy = "list the settings below it, and not the mapping"
            yield entries[key].error(entries[key].place, "value-and-mapping", message, remedy)


def _share_a_patch(one: Table, other: Table) -> bool:
    first, second = sorted((one, other), key=lambda table: parse_version(table.get("since", "0")))
    return "until" not in first or parse_version(first["until"]) >= parse_version(second.get("since", "0"))


def pattern_findings(entries: Entries, *, dotted: bool) -> Iterator[Finding]:
    """Keys with names that the user chooses: none equal to another, none behind one that takes all it takes.

    The first pattern that fits is taken. ``dotted`` is for files whose keys are paths.
    """
    patterns = [key for key in entries if "*" in key and "[]" not in key]
    seen: dict[str, str] = {}
    for key in patterns:
        first = seen.setdefault(_bare(key), key)
        covering = next((other for other in seen.values() if other != key and _covers(other, key, dotted=dotted)), "")
        if first != key:
            message = f"{key} and {first} are the same pattern"
            yield entries[key].error(entries[key].place, "same-pattern", message, "keep one of them")
        elif covering:
            message = f"{key} is never looked at: {covering} stands before it and takes all its names"
            yield entries[key].error(entries[key].place, "hidden-pattern", message, f"move it above {covering}")


def _bare(key: str) -> str:
    """The pattern without what makes no difference to the names that it takes."""
    return re.sub(r"\*+", "*", re.sub(r'\.?\["([^".\[\]]+)"\]', r".\1", key).removeprefix("."))


def _covers(pattern: str, key: str, *, dotted: bool) -> bool:
    star = r"[^.\[\]]+" if dotted else ".+"
    return re.fullmatch(star.join(re.escape(part) for part in pattern.split("*")), key.replace("*", "x")) is not None

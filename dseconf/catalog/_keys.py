"""Which keys stand where in catalog files, and what each takes: schemas of Cerberus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from dseconf.catalog.setting import Kind

Schema: TypeAlias = Mapping[str, Mapping[str, Any]]

FORMATS: Final = ("yaml", "properties", "spaced", "jvm", "shell", "hadoop-xml", "text")
SLOTS: Final = ("xml", "shell", "collectd", "jaas", "plain")
UNITS: Final = ("B", "KiB", "MiB", "GiB", "ns", "us", "ms", "s", "m", "h", "d", "B/s", "KiB/s", "MiB/s", "Mbit/s")
IDENTITIES: Final = ("cluster_name", "seed_provider", "datacenter", "rack", "address", "workload")

_NUMBER: Final = r"(0|[1-9][0-9]*)"


def _text(**rules: object) -> dict[str, object]:
    return {"type": "string", "empty": False, "meta": {"do": "write text"}, **rules}


def _list_of(*choices: object, **rules: object) -> dict[str, object]:
    return {"type": "list", "schema": {"allowed": choices, "meta": {"do": _one_of(choices)}}, **rules}


def _choice(choices: tuple[object, ...], **rules: object) -> dict[str, object]:
    return {"allowed": choices, "meta": {"do": _one_of(choices)}, **rules}


def _one_of(choices: tuple[object, ...]) -> str:
    return f"write one of {', '.join(map(str, choices))}"


def _regex(pattern: str, do: str, **rules: object) -> dict[str, object]:
    return {"type": "string", "regex": pattern, "meta": {"do": do}, **rules}


_REQUIRED: Final = {"required": True}
_FLAG: Final = {"type": "boolean", "meta": {"do": "write true or false"}}
_NAMES: Final = {"type": "list", "schema": _text(), "meta": {"do": "write a list of names"}}
_TEXTS: Final = {"type": "dict", "valuesrules": _text(), "meta": {"do": "write NAME: TEXT"}}
_ANYTHING: Final = {"nullable": True}
_BOUND: Final = {"type": "number", "meta": {"do": "write a number in the setting's unit"}}
_PATCH: Final = _regex(rf"{_NUMBER}(\.{_NUMBER}){{2}}", "write a patch release such as 6.8.37")
_JAVA: Final = {"type": "list", "schema": {"type": "integer"}, "meta": {"do": "write a list of versions: [8, 11]"}}

FILE: Final[Schema] = {
    "file": _regex(r"[^\s:]+", "write the FILE of its address", **_REQUIRED),
    "about": _text(**_REQUIRED),
    "format": _choice(FORMATS, **_REQUIRED),
    "template": _regex(r"templates/[^/]+", "write templates/NAME.j2"),
    "slots": _choice(SLOTS),
    "package": _regex(r"(/[^/]+)+", "write an absolute path"),
    "tarball": _regex(r"[^/]+(/[^/]+)*", "write a path below the install directory"),
    "mode": _regex(r"0[0-7]{3}", 'write the mode in quotes: "0644"', **_REQUIRED),
    "owner": _text(**_REQUIRED),
    "group": _text(**_REQUIRED),
    "manage": _choice(("whole", "unmanaged"), **_REQUIRED),
    "package_owned": _FLAG,
    "talk": _FLAG,
    "workloads": _list_of("search", "analytics", "graph", **_REQUIRED),
    "read_by": _text(**_REQUIRED),
    "read_when": _text(**_REQUIRED),
    "java": _JAVA,
    "note": _text(),
    "sources": {**_TEXTS, **_REQUIRED, "minlength": 1},
    "source": _text(**_REQUIRED),
    "settings": {"type": "dict", **_REQUIRED, "meta": {"do": "write KEY: {about: ..., type: ...}"}},
    "not_settings": _TEXTS,
}

SETTING: Final[Schema] = {
    "about": _text(**_REQUIRED),
    "type": _choice(tuple(kind.value for kind in Kind), **_REQUIRED),
    "default": _ANYTHING,
    "shipped": _ANYTHING,
    "tarball": _ANYTHING,
    "source": _text(),
    "unit": _choice(UNITS),
    "syntax": _choice(("jvm", "spark", "logback", "cassandra")),
    "smallest_unit": _choice(UNITS),
    "min": _BOUND,
    "max": _BOUND,
    "choices": {"type": "list", "minlength": 1, "meta": {"do": "write a list of values"}},
    "nullable": _FLAG,
    "items": _choice(tuple(kind.value for kind in Kind)),
    "sensitive": _FLAG,
    "executes": _FLAG,
    "identity": _choice(IDENTITIES),
    "needs": {"type": "dict", "minlength": 1, "meta": {"do": "write KEY: VALUE of another setting"}},
    "since": _PATCH,
    "until": _PATCH,
    "not_in": {"type": "list", "schema": _PATCH, "meta": {"do": "write a list of patch releases"}},
    "history": {"type": "dict", "meta": {"do": "write default: {PATCH: VALUE}"}},
    "was": {"type": ["dict", "list"], "meta": {"do": "write {key: KEY, unit: UNIT}"}},
    "later": {"type": "dict", "meta": {"do": "write {line: LINE, reason: TEXT}"}},
    "reason": _text(),
    "renamed_to": _regex(r"[^\s:]+:.+", "write FILE:KEY"),
    "style": _text(),
    "lcm": _NAMES,
    "certainty": _choice(("certain", "documented", "inferred")),
    "note": _text(),
}

NOT_FILE: Final = {"names": {**_NAMES, **_REQUIRED}, "reason": _text(**_REQUIRED)}

LINE: Final[Schema] = {
    "product": _choice(("dse", "cassandra"), **_REQUIRED),
    "line": _regex(rf"{_NUMBER}\.{_NUMBER}", 'write the line in quotes: "6.8"', **_REQUIRED),
    "first": {**_PATCH, **_REQUIRED},
    "last": {**_PATCH, **_REQUIRED},
    "released": {
        "type": "dict",
        "keysrules": _PATCH,
        "valuesrules": _regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", 'write a date in quotes: "2024-07-12"'),
        "meta": {"do": "write PATCH: DATE"},
    },
    "java": _JAVA,
    "note": _text(),
    "sources": {**_NAMES, **_REQUIRED, "minlength": 1},
    "not_files": {
        "type": "dict",
        "valuesrules": {
            "type": "dict",
            "schema": NOT_FILE,
            "meta": {"do": "write a mapping of names and reason"},
        },
        "meta": {"do": "write NAME: {names: [...], reason: ...}"},
    },
}


def _optional(schema: Schema, *without: str) -> dict[str, Mapping[str, Any]]:
    """The schema with no key that must be there, and some that must not."""
    return {
        key: {rule: what for rule, what in rules.items() if rule != "required"}
        for key, rules in schema.items()
        if key not in without
    }


_BY_NAME: Final = {"type": "dict", "meta": {"do": "write a mapping by names"}}  # each is checked by itself
_DROP: Final = {**_NAMES, "minlength": 1}

DELTA: Final[Schema] = {
    **LINE,
    "based_on": _regex(r"[a-z]+-[0-9.]+", "write the line that this one is based on: dse-6.8", **_REQUIRED),
    "sources": FILE["sources"],
    "source": _text(**_REQUIRED),
    "removed_files": _BY_NAME,
    "files": {**_BY_NAME, **_REQUIRED},
}
"""A line that is based on another."""

PART: Final[Schema] = {"changed": _BY_NAME, "drop": _DROP, "settings": _BY_NAME, "removed": _BY_NAME}
"""A file that the line before has too."""

CHANGED: Final[Schema] = {**_optional(FILE, "file", "sources", "source", "settings"), "drop": _DROP}
WHOLE: Final[Schema] = {
    **{key: rules for key, rules in FILE.items() if key != "file"},
    **_optional({key: FILE[key] for key in ("sources", "source")}),
}
CHANGE: Final[Schema] = {**_optional(SETTING), "after": _text(), "drop": _DROP}
REMOVAL: Final[Schema] = {
    "reason": _text(**_REQUIRED),
    "renamed_to": SETTING["renamed_to"],
    "until": _PATCH,
    "certainty": SETTING["certainty"],
}
REMOVED_FILE: Final[Schema] = {**REMOVAL, "renamed_to": {**FILE["file"], "required": False}}

SCHEMAS: Final[Mapping[str, Schema]] = {
    "file": FILE,
    "setting": SETTING,
    "line": LINE,
    "delta": DELTA,
    "part": PART,
    "changed": CHANGED,
    "whole": WHOLE,
    "change": CHANGE,
    "removal": REMOVAL,
    "removed file": REMOVED_FILE,
}
"""The schemas by the kinds of what they are for."""

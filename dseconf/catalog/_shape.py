"""The shape of catalog files: which keys stand where, and what each takes. Cerberus checks it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias

from dseconf.catalog.setting import Kind
from dseconf.document import Document, Node, Sequence, plain
from dseconf.document import Mapping as MappingNode
from dseconf.finding import Finding, Severity

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
    "syntax": _choice(("jvm", "spark", "logback")),
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
    "reason": _text(),
    "renamed_to": _regex(r"[^\s:]+:.+", "write FILE:KEY"),
    "style": _text(),
    "lcm": _NAMES,
    "certainty": _choice(("certain", "documented", "inferred")),
    "note": _text(),
}

_NOT_FILE: Final = {"names": {**_NAMES, **_REQUIRED}, "reason": _text(**_REQUIRED)}

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
            "schema": _NOT_FILE,
            "meta": {"do": "write a mapping of names and reason"},
        },
        "meta": {"do": "write NAME: {names: [...], reason: ...}"},
    },
}


_SCHEMAS: Final[Mapping[str, Schema]] = {"file": FILE, "setting": SETTING, "line": LINE}


@dataclass(frozen=True, slots=True)
class Subject:
    """A mapping of a catalog file that is to be checked.

    ``kind`` is file, setting or line; ``name`` is what messages call it; ``place`` is
    where to show what it lacks.
    """

    document: Document
    node: MappingNode
    kind: str
    name: str
    place: Node

    def at(self, *path: object) -> Node:
        """The value that a path leads to, or the last one on the way that is there."""
        node: Node = self.node
        for step in path:
            if isinstance(node, MappingNode) and step in node.items:
                node = node.items[str(step)]
            elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
                node = node.items[step]
        return node

    def key(self, *path: object) -> Node:
        """The key that a path leads to, where there is one; else its place."""
        parent = self.at(*path[:-1]) if path else self.place
        return parent.keys.get(str(path[-1]), parent) if path and isinstance(parent, MappingNode) else parent

    def error(self, where: Node, code: str, message: str, remedy: str, why: str = "") -> Finding:
        """A finding at a node of the document."""
        return Finding(code, Severity.ERROR, message, (self.document.origin(where),), why, remedy)


def shape_findings(subject: Subject) -> Iterator[Finding]:
    """What is wrong with the shape of a mapping: keys, and what they take."""
    validator = _validator(subject.kind)
    validator.validate(plain(subject.node), normalize=False)
    for error in _leaves(validator._errors):  # noqa: SLF001  # the public form of errors has lost places and rules
        yield _finding(subject, error)


@cache
def _validator(kind: str) -> Any:
    from cerberus import Validator  # noqa: PLC0415  # heavy; only the check of a catalog needs it

    return Validator(_SCHEMAS[kind])


def _leaves(errors: Any) -> Iterator[Any]:
    for error in errors:
        if error.child_errors:
            yield from _leaves(error.child_errors)
        else:
            yield error


def _finding(subject: Subject, error: Any) -> Finding:
    path = error.document_path
    key = next(str(step) for step in reversed(path) if isinstance(step, str))
    if error.rule is None:
        near = difflib.get_close_matches(key, _known_keys(subject, len(path)), n=1)
        remedy = f"did you mean {near[0]}?" if near else "remove it"
        return subject.error(subject.key(*path), "unknown-key", f"{subject.name} has no key {key!r}", remedy)
    if error.rule == "required":
        place = subject.key(*path[:-1])
        return subject.error(place, "missing-key", f"{subject.name} does not say {key!r}", f"add {key}, with a value")
    code = {"type": "wrong-type", "nullable": "wrong-type", "allowed": "wrong-choice"}.get(error.rule, "wrong-value")
    shown = f", it is {error.value!r}" if isinstance(error.value, str | int | float) else ""
    message = f"{key} of {subject.name} does not fit{shown}"
    return subject.error(subject.at(*path), code, message, _wanted(subject, error))


def _known_keys(subject: Subject, depth: int) -> list[str]:
    return list(_SCHEMAS[subject.kind] if depth == 1 else _NOT_FILE)


def _wanted(subject: Subject, error: Any) -> str:
    """What the schema says to write where the error is, or at the list or mapping around it."""
    rules: Any = _SCHEMAS[subject.kind]
    wanted = ""
    for step in error.schema_path:
        rules = rules.get(step) if isinstance(rules, Mapping) else None
        if isinstance(rules, Mapping) and "meta" in rules:
            wanted = str(rules["meta"]["do"])
    return wanted

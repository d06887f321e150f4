"""The form of catalog files: what a table must be like before anything is read from it.

Cerberus checks the shape (``_shape``) and the values (``_fit``); ``_entries`` checks what
they mean. What lies between the files of a line is checked here. Every mistake is a
finding at the line and column where it stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from dseconf.catalog._entries import (
    Entries,
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
from dseconf.catalog.catalog import parse_version
from dseconf.document import Document, Node, Scalar, plain
from dseconf.document import Mapping as MappingNode
from dseconf.finding import Finding, Severity, in_order

Address: TypeAlias = tuple[str, str]
"""FILE and KEY."""


def check_table(document: Document, templates: Collection[str]) -> list[Finding]:
    """What is wrong with the catalog's table of one configuration file.

    ``templates`` are the templates that there are, as tables name them (``templates/x.j2``).
    """
    file = subject_of(document, "file")
    if file is None:
        return in_order([*document.findings, no_mapping(document)])
    shape = list(shape_findings(file))
    entries, wrong_entries = entries_of(file)
    table: Any = plain(file.node)
    found = [*document.findings, *shape, *wrong_entries]
    if not shape:
        found += [
            *template_findings(file, table, templates),
            *about_findings(file, table),
            *source_findings(file, table, table),
        ]
        found += lcm_findings(entries, table["settings"], table.get("not_settings", {}))
    for key, entry in entries.items():
        found += entry_findings(entry, table["settings"][key], table)
    if entries:
        found += [*value_findings(entries, table["settings"]), *need_findings(entries, table["settings"])]
    dotted = table.get("format") == "yaml"
    found += [
        *pattern_findings(entries, dotted=dotted),
        *(path_findings(entries, table["settings"]) if dotted and entries else ()),
    ]
    return in_order([*found, *_renames([file], between=False)])


def check_line(line: Document, tables: Sequence[Document]) -> list[Finding]:
    """What is wrong with ``line.yaml``, and between the tables of its files.

    What is wrong inside one table is left to ``check_table``.
    """
    subject = subject_of(line, "line")
    if subject is None:
        return in_order([*line.findings, no_mapping(line)])
    shape = list(shape_findings(subject))
    files = [file for file in (subject_of(document, "file") for document in tables) if file is not None]
    found = [*line.findings, *shape]
    for field in ("file", "package", "tarball"):
        found += _same(files, field)
    if not shape:
        found += [*line_version_findings(subject), *_foreign_versions(subject, files)]
    return in_order([*found, *_renames(files, between=True)])


def subject_of(document: Document, kind: str) -> Subject | None:
    """The whole document, where it is a mapping."""
    root = document.root
    return Subject(document, root, kind, f"the {kind}", root) if isinstance(root, MappingNode) else None


def no_mapping(document: Document) -> Finding:
    """That the document is something else."""
    where = (document.origin(document.root or Scalar(None, None, 1, 1)),)
    return Finding("wrong-type", Severity.ERROR, "a catalog file is a mapping", where, "", "write KEY: VALUE")


def entries_of(parent: Subject, kind: str = "setting", field: str = "settings") -> tuple[Entries, list[Finding]]:
    """The entries whose shape is right, and what is wrong with the others."""
    right: dict[str, Subject] = {}
    findings: list[Finding] = []
    entries = parent.node.items.get(field)
    if not isinstance(entries, MappingNode):
        return right, findings
    for key, node in entries.items.items():
        if not isinstance(node, MappingNode):
            remedy = f"write {key}: {{{_REMEDIES.get(kind, 'KEY: VALUE')}}}"
            findings.append(parent.error(node, "wrong-type", f"{key} is no mapping", remedy))
            continue
        entry = Subject(parent.document, node, kind, key, entries.keys[key])
        found = list(shape_findings(entry))
        findings += found
        if not found:
            right[key] = entry
    return right, findings


_REMEDIES = {"setting": "about: ..., type: ...", "removal": "reason: ...", "removed file": "reason: ..."}


def template_findings(file: Subject, table: Mapping[str, Any], templates: Collection[str]) -> Iterator[Finding]:
    """Whether format, template and slots go together."""
    template = table.get("template")
    if template is not None and template not in templates:
        message = f"the template {template!r} is not there"
        yield file.error(file.at("template"), "missing-template", message, "write it, or name another")
    if table["format"] == "text" and (template is None or "slots" not in table):
        message = "a file of format text is made by a template"
        yield file.error(
            file.at("format"),
            "missing-key",
            message,
            "name it as templates/NAME.j2, and say what its slots are: slots: xml",
        )
    if "slots" in table and template is None:
        message = "slots says how a template escapes values, and there is no template"
        yield file.error(file.key("slots"), "useless-key", message, "remove it")


def _same(files: Sequence[Subject], field: str) -> Iterator[Finding]:
    """Files of one line share no name and no path."""
    first: dict[object, Node] = {}
    origins: dict[object, Subject] = {}
    for file in files:
        node = file.node.items.get(field)
        value = node.value if isinstance(node, Scalar) else None
        if node is None or value is None:
            continue
        if value in first:
            finding = file.error(node, "same-file", f"two files have the same {field} {value!r}", "correct one of them")
            yield replace(finding, where=(*finding.where, origins[value].document.origin(first[value])))
        first.setdefault(value, node)
        origins.setdefault(value, file)


def line_version_findings(line: Subject) -> Iterator[Finding]:
    """Whether the patches that a line names are its own."""
    table: Any = plain(line.node)
    first, last = parse_version(table["first"]), parse_version(table["last"])
    if first > last:
        yield line.error(line.at("first"), "wrong-versions", "the line begins after it ends", "exchange first and last")
    for name in ("first", "last"):
        if parse_version(table[name])[:2] != parse_version(table["line"]):
            message = f"{name} is no patch of the line {table['line']}"
            yield line.error(line.at(name), "wrong-versions", message, "write a patch of the line")
    for patch in table.get("released", {}):
        if not first <= parse_version(patch) <= last:
            message = f"{patch} was released outside of the range that the line covers"
            yield line.error(line.key("released", patch), "wrong-versions", message, "correct it, or first and last")


def _foreign_versions(line: Subject, files: Sequence[Subject]) -> Iterator[Finding]:
    """``since`` and ``until`` are patches that the line covers."""
    table: Any = plain(line.node)
    first, last = parse_version(table["first"]), parse_version(table["last"])
    for entry in (entry for file in files for entry in entries_of(file)[0].values()):
        for name in ("since", "until"):
            version = _text_of(entry, name)
            if version and not first <= parse_version(version) <= last:
                message = f"{name} of {entry.name} is no patch of the line"
                remedy = f"write one from {table['first']} to {table['last']}"
                yield entry.error(entry.at(name), "wrong-versions", message, remedy)


def _renames(files: Sequence[Subject], *, between: bool) -> Iterator[Finding]:
    """Renames lead to settings that there are, and not in circles.

    ``between`` looks at those from file to file alone, else at those inside a file.
    """
    entries = {(_text_of(file, "file"), key): entry for file in files for key, entry in entries_of(file)[0].items()}
    targets = {address: _address(entry) for address, entry in entries.items() if _text_of(entry, "renamed_to")}
    for address, target in targets.items():
        entry = entries[address]
        place = entry.at("renamed_to")
        circle = circle_from(address, targets)
        if target not in entries and (address[0] != target[0]) == between:
            message = f"{entry.name} was renamed to {':'.join(target)}, which there is not"
            yield entry.error(place, "unknown-rename", message, "name a setting of the catalog as FILE:KEY")
        elif circle and (len({file for file, _ in circle}) > 1) == between:
            message = (
                f"{entry.name} was renamed in a circle: {' to '.join(':'.join(step) for step in (*circle, address))}"
            )
            yield entry.error(place, "rename-cycle", message, "keep the rename to the newer name")


def circle_from(start: Address, targets: Mapping[Address, Address]) -> list[Address]:
    """The addresses on the way from ``start`` back to it; empty when the way ends elsewhere."""
    way = [start]
    while (step := targets.get(way[-1])) is not None and step not in way:
        way.append(step)
    return way if step == start else []


def _address(entry: Subject) -> Address:
    file, _, key = _text_of(entry, "renamed_to").partition(":")
    return file, key


def _text_of(subject: Subject, key: str) -> str:
    node = subject.node.items.get(key)
    return str(node.value) if isinstance(node, Scalar) else ""

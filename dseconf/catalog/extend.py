"""A fleet's own knowledge on top of the shipped catalog.

A file ``catalog/LINE.yaml`` of a fleet repository adds settings to files of that line::

    sources: {team: "our fork of the authenticator"}
    source: team
    files:
      cassandra.yaml:
        settings:
          our_timeout_in_ms: {about: How long our plug-in waits., type: int, unit: ms}
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from dseconf.catalog._shape import Subject, shape_findings
from dseconf.catalog.derive import changed_file
from dseconf.document import Document, Node, plain
from dseconf.document import Mapping as MappingNode
from dseconf.errors import DseconfError
from dseconf.finding import Finding, Severity

_KEYS = ("sources", "source", "files")


def extend_line(table: Mapping[str, Any], document: Document) -> dict[str, Any]:
    """The tables of a line with the settings that a fleet adds.

    Raises:
        DseconfError: the extension is not of the form, names no file of the line, or changes
            a setting that the shipped catalog has.
    """
    root = document.root
    if not isinstance(root, MappingNode) or document.findings:
        raise DseconfError(
            *(document.findings or [_found(document, root, "wrong-type", "an extension is a mapping", "")])
        )
    files = {file["file"]: file for file in table["files"]}
    findings = list(_mistakes(document, root, files))
    if findings:
        raise DseconfError(*findings)
    extension: Any = plain(root)
    extended = {name: changed_file(files[name], part, extension) for name, part in extension["files"].items()}
    return {**table, "files": [extended.get(file["file"], file) for file in table["files"]]}


def _mistakes(document: Document, root: MappingNode, files: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    for key in root.items:
        if key not in _KEYS:
            yield _found(
                document,
                root.keys[key],
                "unknown-key",
                f"an extension has no key {key!r}",
                f"keys are {', '.join(_KEYS)}",
            )
    for key in _KEYS:
        if not root.items.get(key):
            yield _found(document, root, "missing-key", f"the extension does not say {key!r}", f"add {key}")
    parts = root.items.get("files")
    for name, part in parts.items.items() if isinstance(parts, MappingNode) else ():
        settings = part.items.get("settings") if isinstance(part, MappingNode) else None
        if name not in files:
            near = difflib.get_close_matches(name, list(files), n=1)
            remedy = f"did you mean {near[0]}?" if near else "name a file of the line"
            yield _found(document, part, "unknown-file", f"the line has no file {name!r}", remedy)
        elif not isinstance(settings, MappingNode):
            yield _found(
                document, part, "wrong-type", f"{name} takes settings", "write settings: {KEY: {about: ..., type: ...}}"
            )
        else:
            yield from _wrong_settings(document, settings, files[name])


def _wrong_settings(document: Document, settings: MappingNode, file: Mapping[str, Any]) -> Iterator[Finding]:
    for key, node in settings.items.items():
        if key in file["settings"]:
            remedy = "an extension adds settings: choose another name, or report what is wrong with the shipped entry"
            yield _found(
                document, settings.keys[key], "known-setting", f"the shipped catalog has {key} already", remedy
            )
        elif isinstance(node, MappingNode):
            yield from shape_findings(Subject(document, node, "setting", key, settings.keys[key]))
        else:
            yield _found(document, node, "wrong-type", f"{key} takes a mapping", "write {about: ..., type: ...}")


def _found(document: Document, node: Node | None, code: str, message: str, remedy: str) -> Finding:
    where = (document.origin(node),) if node is not None else ()
    return Finding(code, Severity.ERROR, message, where, "", remedy)

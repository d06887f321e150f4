"""dseconf.yaml: how a fleet repository is laid out, and what its dimensions are."""

from __future__ import annotations

import difflib
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from dseconf.document import Document, Node, Scalar, Sequence, plain
from dseconf.document import Mapping as MappingNode
from dseconf.errors import DseconfError
from dseconf.finding import Finding, Severity
from dseconf.setting import Origin

LAYERS = ("product", "base", "workload", "environment", "hardware", "cluster", "datacenter", "rack", "node")
"""The order of dimensions, weakest first, where dseconf.yaml gives none."""

STRUCTURE = ("product", "base", "cluster", "datacenter", "rack", "node")
"""Dimensions whose values the place of a node decides; a layer for a value is optional there."""


@dataclass(frozen=True, slots=True)
class Project:
    """The settings of a fleet repository.

    Attributes:
        layers: dimensions, weakest first.
        profiles: profile folders of the repository, weakest first; shipped ones come before.
        shipped: whether the profiles that come with dseconf take part.
        catalog: folders with extensions of the catalog.
        vendor: the folder with the vendor's own texts of files managed in part.
        rules: folders of the team's rule packs.
        output: where ``compile`` writes when no ``-o`` is given; empty for nowhere.
    """

    layers: tuple[str, ...] = LAYERS
    profiles: tuple[str, ...] = ("profiles",)
    shipped: bool = True
    catalog: tuple[str, ...] = ("catalog",)
    vendor: str = "vendor"
    rules: tuple[str, ...] = ("rules",)
    output: str = ""
    store: Mapping[str, str] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions whose values nodes name in fleet.yaml."""
        return tuple(name for name in self.layers if name not in STRUCTURE)


def read_project(document: Document) -> Project:
    """Read dseconf.yaml; an empty one is a project of defaults.

    Raises:
        DseconfError: all its mistakes.
    """
    findings = list(document.findings)
    root = document.root
    if root is None or (isinstance(root, Scalar) and root.value is None):
        return Project() if not findings else _refuse(findings)
    if not isinstance(root, MappingNode):
        return _refuse([_finding(document, root, "wrong-type", "dseconf.yaml is a mapping", "write KEY: VALUE")])
    refused = {finding.where[0] for finding in findings}
    findings += _tags(document, root)
    findings += [finding for finding in _shape(document, root) if finding.where[0] not in refused]
    if findings:
        return _refuse(findings)
    project = _project(document, root)
    findings = [*_paths(document, root, project), *_repeated(document, root, project)]
    return project if not findings else _refuse(findings)


def _refuse(findings: list[Finding]) -> NoReturn:
    raise DseconfError(*findings)


def _project(document: Document, root: MappingNode) -> Project:
    """The values of a file whose shape is right."""
    table: Any = plain(root)
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    for key in {"profiles", "catalog", "rules"} & values.keys():
        values[key] = tuple(map(posixpath.normpath, values[key]))
    return Project(**values, origins={key: document.origin(root.keys[key]) for key in values})


# Cerberus ends a pattern with $, which would let a line end pass.
_NAMES = {"type": "list", "schema": {"type": "string", "regex": r"[a-z][a-z0-9_-]*\Z$"}, "minlength": 1}
_PATHS = {"type": "list", "schema": {"type": "string", "minlength": 1}}
_REMOTE = {"type": "string", "allowed": ["remote"]}
_SCHEMA: Mapping[str, Mapping[str, Any]] = {
    "layers": _NAMES,
    "profiles": _PATHS,
    "shipped": {"type": "boolean"},
    "catalog": _PATHS,
    "vendor": {"type": "string", "minlength": 1},
    "rules": _PATHS,
    "output": {"type": "string", "minlength": 1},
    "store": {"type": "dict", "keysrules": _REMOTE, "valuesrules": {"type": "string"}},
}
_WANTED = {
    "list": "a list of names",
    "string": "text",
    "boolean": "true or false",
    "dict": "a mapping with the key remote",
}


def _tags(document: Document, node: Node) -> Iterator[Finding]:
    """Every tag: here nothing merges, and nothing is secret."""
    if node.tag:
        yield _finding(document, node, "wrong-tag-use", "a tag has no meaning in dseconf.yaml", "remove the tag")
    items = getattr(node, "items", ())
    for child in items.values() if isinstance(items, dict) else items:
        yield from _tags(document, child)


def _shape(document: Document, root: MappingNode) -> Iterator[Finding]:
    """What cerberus finds, at the lines where it is."""
    from cerberus import Validator  # noqa: PLC0415  # heavy; only a project file needs it

    validator = Validator(_SCHEMA)
    validator.validate(plain(root), normalize=False)
    for error in sorted(_leaves(validator._errors), key=lambda error: str(error.document_path)):  # noqa: SLF001  # the only way to paths
        path = error.document_path
        name = str(path[-1])
        parent, node = _at(root, path[:-1]), _at(root, path)
        if error.rule is None or error.rule == "allowed":
            known = _SCHEMA if error.rule is None else error.constraint
            near = difflib.get_close_matches(name, list(known), n=1)
            remedy = f"did you mean {near[0]}?" if near else f"keys are {', '.join(known)}"
            place = parent.keys.get(name, node) if isinstance(parent, MappingNode) else node
            yield _finding(document, place, "unknown-key", f"dseconf.yaml has no key {name!r}", remedy)
        else:
            key = str(path[0])
            remedy = f"give {key} {_WANTED[_SCHEMA[key]['type']]}"
            yield _finding(document, node, "wrong-type", f"{key} is not what dseconf.yaml takes", remedy)


def _leaves(errors: Any) -> Iterator[Any]:
    for error in errors:
        if error.child_errors:
            yield from _leaves(error.child_errors)
        else:
            yield error


def _at(root: Node, path: tuple[object, ...]) -> Node:
    """The node at a path, or the last one on the way that is there."""
    node = root
    for step in path:
        if isinstance(node, MappingNode) and step in node.items:
            node = node.items[str(step)]
        elif isinstance(node, Sequence) and isinstance(step, int):
            node = node.items[step]
    return node


def _paths(document: Document, root: MappingNode, project: Project) -> Iterator[Finding]:
    """Folders outside the repository; the output alone may lie elsewhere."""
    for name in ("profiles", "catalog", "rules", "vendor", "output"):
        value = getattr(project, name)
        for number, path in enumerate((value,) if isinstance(value, str) else value):
            place = _at(root, (name, number))
            if not path.isprintable():
                message = f"{name} names no folder: {path!r}"
                yield _finding(document, place, "wrong-type", message, "write the name in plain characters")
            elif name != "output" and (path.startswith("/") or ".." in path.split("/")):
                message = f"{name} leads out of the repository: {path!r}"
                yield _finding(document, place, "path-escape", message, "name a folder inside it")


def _repeated(document: Document, root: MappingNode, project: Project) -> Iterator[Finding]:
    for name in ("layers", "profiles"):
        values = getattr(project, name)
        for number, value in enumerate(values):
            if value in values[:number]:
                place = _at(root, (name, number))
                yield _finding(document, place, "duplicate-name", f"{name} names {value!r} twice", "keep one")


def _finding(document: Document, node: Node, code: str, message: str, remedy: str) -> Finding:
    return Finding(code, Severity.ERROR, message, (document.origin(node),), "", remedy)

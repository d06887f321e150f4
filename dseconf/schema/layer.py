"""The JSON Schema of layer files: every file and setting of the products that a fleet runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from dseconf.catalog import Catalog, FileSpec, Kind, ProductView
from dseconf.layer import Manage
from dseconf.schema.describe import Known, default_of, describe
from dseconf.schema.value import Schema, escape, value_schema

_STEP: Final = re.compile(r'\["([^"]*)"\]|(\[\])|([^.\[\]]+)')
_MEMBER: Final = "[]"
_ANY: Final = "*"
_CHOSEN: Final = r"[^.\[\]]+"  # a name in a dotted path


def every_release(catalog: Catalog) -> Iterator[ProductView]:
    """Views that together show every setting of the catalog: of each line its ends, and each patch that changes it."""
    for line in catalog.lines:
        changes = {
            version
            for file in line.files.values()
            for spec in file.settings()
            for version in (spec.since, spec.until)
            if version
        }
        for version in sorted({line.first, line.last, *filter(line.covers, changes)}):
            yield ProductView(line, version)


def layer_schema(views: Iterable[ProductView]) -> Schema:
    """The schema of a layer: what any of the releases takes."""
    ordered = sorted(views, key=lambda view: (view.line.product, view.version))
    files = {name: _file_schema(name, ordered) for name in _file_names(ordered)}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "urn:dseconf:layer",
        "title": "dseconf layer",
        "description": "Settings of one layer: file names, and below them the settings of each file.",
        "type": ["object", "null"],
        "properties": {
            "reason": {"type": "string", "description": "Why this layer is there, in your words."},
            "manage": {
                "type": "object",
                "description": "How much of a file on the node is ours.",
                "properties": {name: {"$ref": "#/definitions/mode"} for name in files},
                "additionalProperties": False,
            },
            **files,
        },
        "additionalProperties": False,
        "definitions": {
            "mode": {
                "description": "whole: all of the file. block: one marked block in the vendor's text."
                " absent: the file must not exist. unmanaged: compiled and linted, never deployed.",
                "enum": [mode.value for mode in Manage],
            },
        },
    }


def _file_names(views: Iterable[ProductView]) -> list[str]:
    return sorted({file.name for view in views for file in view.files()})


def _file_schema(name: str, views: Sequence[ProductView]) -> Schema:
    files = {view.line.name: file for view in views if (file := view.file(name)) is not None}
    newest = list(files.values())[-1]
    known = _known_settings(name, views)
    shape = _nested(known) if newest.format == "yaml" else _flat(known, newest)
    about = f"{newest.about}\n\nRead by {newest.read_by}, {newest.read_when}."
    return {
        "title": name,
        "description": about,
        "type": "object",
        **shape,
        "additionalProperties": shape.get("additionalProperties", False),
    }


def _known_settings(name: str, views: Iterable[ProductView]) -> Mapping[str, list[Known]]:
    """Every setting of a file by its key, with each line that has it, oldest first."""
    found: dict[str, dict[str, Known]] = {}
    for view in views:
        file = view.file(name)
        for spec in file.settings() if file is not None else ():
            if spec.exists_in(view.version):
                found.setdefault(spec.key, {})[view.line.name] = Known(view.line.product, view.line.line, spec)
    return {key: list(by_line.values()) for key, by_line in found.items()}


def _flat(known: Mapping[str, list[Known]], file: FileSpec) -> Schema:
    """Keys as the file's reader sees them; a pattern takes what no setting before it takes."""
    named = {key: _setting(entries) for key, entries in known.items() if _ANY not in key}
    patterns: Schema = {}
    before: list[str] = []
    for key in (key for key in file.keys if key in known and _ANY in key):
        pattern = _pattern(key)
        taken = [*before, *(escape(name) for name in named if re.fullmatch(pattern, name))]
        ahead = f"(?!(?:{'|'.join(taken)})$)" if taken else ""
        patterns[f"^{ahead}{pattern}$"] = _setting(known[key])
        before.append(pattern)
    return {"properties": named, **({"patternProperties": patterns} if patterns else {})}


def _pattern(key: str) -> str:
    return ".+".join(escape(part) for part in key.split(_ANY))


@dataclass(slots=True)
class _Branch:
    """A step of the dotted paths of a YAML file: a setting, a mapping of settings, or both in different lines."""

    entries: list[Known] = field(default_factory=list)
    children: dict[str, _Branch] = field(default_factory=dict)

    @property
    def named(self) -> dict[str, _Branch]:
        return {name: child for name, child in self.children.items() if name != _MEMBER}


def _nested(known: Mapping[str, list[Known]]) -> Schema:
    """Settings below one another; those below a mapping also by their whole path at the top."""
    root = _Branch()
    for key, entries in known.items():
        branch = root
        for step in _steps(key):
            branch = branch.children.setdefault(step, _Branch())
        branch.entries = entries
    shape = _inside(root)
    for key, entries in known.items():
        steps = _steps(key)
        if len(steps) > 1 and _MEMBER not in steps and not entries[-1].spec.identity:
            # An address may be written in one piece; nobody should have to see all of them offered twice.
            branch = _branch_at(root, steps)
            _put(shape, key, {**_branch_schema(branch, tagged=True), "doNotSuggest": True})
    return shape


def _put(shape: Schema, key: str, schema: Schema) -> None:
    """Add a setting to the keys of a mapping, or to the patterns of its keys."""
    pattern = _CHOSEN.join(escape(part) for part in key.split(_ANY))
    where, name = ("patternProperties", f"^{pattern}$") if _ANY in key else ("properties", key)
    table = shape.setdefault(where, {})
    if isinstance(table, dict):
        table[name] = schema


def _steps(key: str) -> list[str]:
    return [quoted or member or name for quoted, member, name in _STEP.findall(key)]


def _branch_at(root: _Branch, steps: Iterable[str]) -> _Branch:
    for step in steps:
        root = root.children[step]
    return root


def _branch_schema(branch: _Branch, *, tagged: bool) -> Schema:
    """What stands at one step. ``tagged`` is false inside lists, where nothing merges."""
    if not branch.named:
        return _setting(branch.entries, _members(branch), tagged=tagged)
    mapping: Schema = {"type": "object", **_inside(branch, tagged=tagged), "minProperties": 1}
    if tagged:
        # A mapping can be left out as a whole: `!unset` makes it null or an empty text.
        mapping |= {"type": ["object", "string", "null"], "maxLength": 0}
    if not branch.entries:
        return mapping
    return {**_about(branch.entries), "anyOf": [_values(branch.entries, _members(branch), tagged=tagged), mapping]}


def _inside(branch: _Branch, *, tagged: bool = True) -> Schema:
    """The keys of a mapping; a name that the user chooses is any other name."""
    named = {name: _branch_schema(child, tagged=tagged) for name, child in branch.named.items() if name != _ANY}
    chosen = branch.children.get(_ANY)
    return {
        "properties": named,
        "additionalProperties": _branch_schema(chosen, tagged=tagged) if chosen is not None else False,
    }


def _members(branch: _Branch) -> Schema | None:
    """The members of a list of mappings.

    The keys of a member are checked, as in ``validate``; what lies below them is
    offered, and left to the product.
    """
    member = branch.children.get(_MEMBER)
    if member is None or not member.named:
        return None
    shape = _inside(member, tagged=False)
    return {
        "type": "object",
        **shape,
        "properties": {name: _open(schema) for name, schema in _mapping(shape["properties"]).items()},
    }


def _mapping(schema: object) -> Mapping[str, Schema]:
    return schema if isinstance(schema, dict) else {}


def _open(schema: Schema) -> Schema:
    """The schema with every mapping in it open to further keys."""
    opened = {
        key: _open(value) if key == "items" and isinstance(value, dict) else value for key, value in schema.items()
    }
    if "properties" in opened:
        opened["properties"] = {name: _open(child) for name, child in _mapping(opened["properties"]).items()}
        opened["additionalProperties"] = (
            opened["additionalProperties"] or True
        )  # a name that the user chooses has a schema
    return opened


def _setting(entries: Sequence[Known], members: Schema | None = None, *, tagged: bool = True) -> Schema:
    if identity := next((known.spec.identity for known in entries if known.spec.identity), ""):
        # `not` refuses every value; the pattern, which no text fits, is there for its message.
        alone = {"pattern": "(?!)", "patternErrorMessage": f"comes from {identity} in fleet.yaml alone"}
        return {**_about(entries), "not": {}, "doNotSuggest": True, **alone}
    return {**_about(entries), **_values(entries, members, tagged=tagged)}


def _about(entries: Sequence[Known]) -> Schema:
    default = default_of(entries[-1].spec)
    return {"description": describe(entries), **({} if default is None else {"default": default})}


def _values(entries: Sequence[Known], members: Schema | None, *, tagged: bool) -> Schema:
    """What the setting takes in any of the lines."""
    distinct: list[Schema] = []
    for known in entries:
        schema = value_schema(known.spec, members if known.spec.kind is Kind.LIST else None, tagged=tagged)
        if schema not in distinct:
            distinct.append(schema)
    return distinct[0] if len(distinct) == 1 else {"anyOf": distinct}

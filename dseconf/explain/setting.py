"""Why a setting has its value on a node."""

from __future__ import annotations

from dataclasses import dataclass

from dseconf.catalog import UNKNOWN, FileSpec, SettingSpec
from dseconf.errors import InputError
from dseconf.evaluate import Absent
from dseconf.explain.line import Line, deciding_line, in_layer, line_of
from dseconf.explain.view import NodeView
from dseconf.expression import Expression
from dseconf.fleet import seeds
from dseconf.identity import SEEDS_KEY
from dseconf.layer import Manage
from dseconf.resolve import alike
from dseconf.setting import Definition, Plain, Setting
from dseconf.snapshot import FileEntry
from dseconf.validate import is_hidden


@dataclass(frozen=True, slots=True)
class SeedChoice:
    """The seeds of one datacenter, and why these."""

    datacenter: str
    nodes: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything about one setting on one node; values are as they may be shown.

    ``written`` is false when the key is left out of the file; ``value`` is then what the
    product does by itself, as far as the catalog knows. ``dead`` says why the value does
    nothing on this node, and is empty where it does something. ``seeds`` is for seed
    lists alone.
    """

    node: str
    address: str
    path: str
    managed: str
    written: bool
    value: str
    dead: str
    decided_by: Line | None
    expression: str
    edits: tuple[Line, ...]
    beaten: tuple[Line, ...]
    seeds: tuple[SeedChoice, ...]
    missing_layers: tuple[str, ...]
    about: str
    kind: str
    code_default: str
    shipped_default: str
    source: str


def explain_setting(view: NodeView, address: str) -> Explanation:
    """Explain ``FILE:KEY`` on a node.

    Raises:
        InputError: unknown-file or unknown-setting, with the nearest name.
    """
    file, key, spec = _find(view, address)
    setting, value = view.setting(file.name, key), view.value(file.name, key)
    hidden = is_hidden(file, key, view.view)
    entry = view.entry(file.name)
    return Explanation(
        node=view.label,
        address=f"{file.name}:{key}",
        path=f"/{entry.path}" if entry is not None else "",
        managed=f"{entry.manage.value}, {entry.manage_reason}" if entry is not None else "",
        written=not isinstance(value, Absent),
        value=_default_text(spec, key) if isinstance(value, Absent) else in_layer(value, key, hidden=hidden),
        dead="" if isinstance(value, Absent) else _dead(view, file, spec, entry),
        decided_by=deciding_line(setting, key, hidden=hidden),
        expression="" if hidden else _expression(setting),
        edits=tuple(line_of(edit, key, hidden=hidden) for edit in (setting.edits if setting is not None else ())),
        beaten=tuple(line_of(loser, key, hidden=hidden) for loser in _beaten(setting)),
        seeds=_seeds(view) if key == SEEDS_KEY else (),
        missing_layers=view.missing,
        about=spec.about,
        kind=f"{spec.kind.value}{f' in {spec.unit}' if spec.unit else ''}",
        code_default=_default_text(spec, key),
        shipped_default=_text(spec.shipped, key, spec) if spec.shipped is not UNKNOWN else "not in the shipped file",
        source=f"{spec.source} ({spec.certainty})",
    )


def _expression(setting: Setting | None) -> str:
    return setting.value.text if setting is not None and isinstance(setting.value, Expression) else ""


def _beaten(setting: Setting | None) -> tuple[Definition, ...]:
    if setting is None:
        return ()
    base = (setting.chosen,) if setting.edits and setting.chosen is not setting.edits[0] else ()
    return (*base, *setting.overridden)


def _dead(view: NodeView, file: FileSpec, spec: SettingSpec, entry: FileEntry | None) -> str:
    """Why a value that is set does nothing: its file is not there, or what it needs is not so."""
    if entry is None:
        wanted = f": it is for workload {' or '.join(file.workloads)}" if file.workloads else ""
        return f"{view.label} does not get the file{wanted}"
    if entry.manage is Manage.ABSENT:
        return f"the file must not exist, {entry.manage_reason}"
    for key, wanted in (spec.needs or {}).items():
        value = view.effective(file, key)
        if not _is_one_of(value, wanted if isinstance(wanted, list) else [wanted]):
            return f"it needs {key}: {in_layer(wanted, key)}, and {key} is {_said(view, file, key, value)}"
    return ""


def _is_one_of(value: Plain | Absent, wanted: list[Plain]) -> bool:
    return not isinstance(value, Absent) and any(alike(one, value) for one in wanted)


def _said(view: NodeView, file: FileSpec, key: str, value: Plain | Absent) -> str:
    return "not set" if isinstance(value, Absent) else in_layer(value, key, hidden=is_hidden(file, key, view.view))


def _seeds(view: NodeView) -> tuple[SeedChoice, ...]:
    chosen = seeds(view.blueprint.cluster).datacenters
    return tuple(SeedChoice(one.datacenter, tuple(node.name for node in one.nodes), one.why) for one in chosen)


def _find(view: NodeView, address: str) -> tuple[FileSpec, str, SettingSpec]:
    name, colon, key = address.partition(":")
    file = view.view.file(name)
    if file is None:
        near = view.view.nearest_file(name)
        remedy = f"did you mean {near}?" if near else "`dseconf catalog files` lists them"
        raise InputError("unknown-file", f"{view.view.text} has no file {name!r}", remedy=remedy)
    base = key.split("[")[0] if file.setting(key) is None and "[" in key else key
    spec = view.view.setting(file, base) if colon else None
    if spec is None:
        near = view.view.elsewhere(key) or view.view.nearest_key(file, key)
        remedy = f"did you mean {near}?" if near else f"`dseconf catalog settings {name}` lists them"
        raise InputError("unknown-setting", f"{name} of {view.view.text} has no setting {key!r}", remedy=remedy)
    return file, base, spec


def _default_text(spec: SettingSpec, key: str) -> str:
    return "not known" if spec.default is UNKNOWN else _text(spec.default, key, spec)


def _text(value: Plain, key: str, spec: SettingSpec) -> str:
    unit = f" {spec.unit}" if spec.unit and isinstance(value, (int, float)) else ""
    return in_layer(value, key, hidden=spec.sensitive) + unit

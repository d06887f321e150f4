"""What the nodes of a group share, worked out once, and how a node is built on it.

The layers all nodes of a group have are resolved, evaluated and laid out here; a node
costs only what its own layers, its addresses and its facts change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dseconf.catalog import FileSpec, ProductView
from dseconf.evaluate import Absent, Address, Group, Settings, evaluate_group, evaluate_node
from dseconf.finding import Finding, Severity
from dseconf.fleet import Cluster, Node
from dseconf.formats import installed
from dseconf.identity import node_identity, place_identity, seed_list
from dseconf.layer import Manage
from dseconf.placement import file_entries
from dseconf.render import RenderError, Sheet, finished
from dseconf.resolve import NOTHING, Link, ResolvedFile, resolve_file, resolve_manage, resolve_on_top
from dseconf.setting import Origin, Plain, Setting
from dseconf.snapshot import CompiledNode, Content, FileEntry

VendorText = Callable[[str, str], tuple[str, str] | None]
"""Cluster and FILE to the vendor's text and its path."""


@dataclass(slots=True)
class Blueprint:
    """Everything that is common to a group of nodes.

    ``shared`` holds the content of each file for the nodes that have nothing of their own
    in it, None where there is none; it is empty until the blueprint is laid out. What is
    wrong for the group is told for each node: nodes with the same finding are shown as one.
    """

    cluster: Cluster
    view: ProductView
    resolved: Mapping[str, ResolvedFile]
    group: Group
    entries: tuple[FileEntry, ...]
    findings: list[Finding]
    sheets: dict[str, Sheet] = field(default_factory=dict)
    shared: dict[str, Content | None] = field(default_factory=dict)
    variants: dict[tuple[object, ...], Content] = field(default_factory=dict)


class Drafts:
    """Makes blueprints; what groups have in common is made once for all of them."""

    def __init__(self, vendor_text: VendorText) -> None:
        self._vendor_text = vendor_text
        self._seed_lists: dict[str, str] = {}
        self._resolved: dict[tuple[object, ...], ResolvedFile] = {}
        self._sheets: dict[tuple[object, ...], Sheet] = {}
        self._contents: dict[tuple[object, ...], Content] = {}

    def blueprint(
        self, node: Node, cluster: Cluster, view: ProductView, chain: Sequence[Link], own_chain: Sequence[Link]
    ) -> Blueprint:
        """The blueprint of the group that ``node`` stands for. Of its own layers only ``manage`` is looked at."""
        resolved = {file.name: self._resolve(file, chain) for file in view.files()}
        if cluster.name not in self._seed_lists:
            self._seed_lists[cluster.name] = seed_list(cluster)
        identity = place_identity(node, cluster, view, self._seed_lists[cluster.name])
        settings = {name: {**one.settings, **identity.get(name, {})} for name, one in resolved.items()}
        group = evaluate_group(view, settings, _addresses(node_identity(node, view)))
        findings: list[Finding] = []
        entries = file_entries(view, node, resolve_manage((*chain, *own_chain), findings))
        return Blueprint(cluster, view, resolved, group, entries, findings)

    def _resolve(self, file: FileSpec, chain: Sequence[Link]) -> ResolvedFile:
        touching = [link for link in chain if file.name in link.layer.files or file.name in link.layer.unset]
        key = (file.name, *((link.rank, id(link.layer)) for link in touching))
        if key not in self._resolved:
            self._resolved[key] = resolve_file(file.name, touching)
        return self._resolved[key]

    def lay_out(self, blueprint: Blueprint) -> None:
        """Make the sheets of the blueprint and what its nodes share."""
        for entry in blueprint.entries:
            blueprint.shared[entry.name] = None
            file = blueprint.view.file(entry.name)
            if file is None or entry.manage is Manage.ABSENT:
                continue
            try:
                blueprint.sheets[entry.name] = sheet = self.sheet(blueprint, file, entry)
                blueprint.shared[entry.name] = self._content(blueprint.cluster.name, sheet)
            except RenderError as error:
                blueprint.findings.append(_unwritable(error, entry.name, blueprint.group.settings))

    def sheet(self, blueprint: Blueprint, file: FileSpec, entry: FileEntry) -> Sheet:
        """One file laid out for the group; made once for all groups that agree on it."""
        values = blueprint.group.values.get(file.name, {})
        vendor = self._vendor(blueprint, file, entry) if entry.manage is Manage.BLOCK else None
        key = (file.name, id(blueprint.view), vendor, _fingerprint(values))
        if key not in self._sheets:
            self._sheets[key] = Sheet(file, values, vendor=vendor)
        return self._sheets[key]

    def _vendor(self, blueprint: Blueprint, file: FileSpec, entry: FileEntry) -> str:
        found = self._vendor_text(blueprint.cluster.name, file.name)
        if not installed()[file.format].comment:
            message = f"{file.name} cannot be managed as a block"
            why, remedy = (
                f"{file.format} has no line comments to mark one with",
                "manage it whole, or leave it unmanaged",
            )
            blueprint.findings.append(
                Finding("no-block", Severity.ERROR, message, (), f"{why}; {entry.manage_reason}", remedy)
            )
        elif found is None:
            message = f"{file.name} is managed as a block, and its vendor text is not there"
            remedy = f"put the vendor's file at vendor/{file.name}, or manage it whole"
            where = (Origin(f"vendor/{file.name}"),)
            finding = Finding("missing-vendor-text", Severity.ERROR, message, where, entry.manage_reason, remedy)
            blueprint.findings.append(finding)
        return found[0] if found is not None else ""

    def _content(self, cluster: str, sheet: Sheet) -> Content:
        key = (cluster, id(sheet))
        if key not in self._contents:
            self._contents[key] = Content(finished(sheet, sheet.shared, cluster))
        return self._contents[key]


def build_node(
    blueprint: Blueprint, node: Node, label: str, own_chain: Sequence[Link]
) -> tuple[CompiledNode, list[Finding]]:
    """The files of one node, with what is wrong with what is its own."""
    own, findings = own_settings(blueprint, node, label, own_chain)
    values, more = evaluate_node(blueprint.group, node, label, own)
    findings += more
    contents = []
    for entry in blueprint.entries:
        content = blueprint.shared[entry.name]
        if content is not None and entry.name in values:
            try:
                content = _own_content(blueprint, entry.name, values[entry.name], varies=entry.name in own)
            except RenderError as error:
                findings.append(_unwritable(error, entry.name, {**blueprint.group.settings, **own}, label))
        contents.append(content)
    return CompiledNode(node.cluster, node.name, label, blueprint.entries, tuple(contents)), findings


def own_settings(
    blueprint: Blueprint, node: Node, label: str, own_chain: Sequence[Link]
) -> tuple[Settings, list[Finding]]:
    """The settings that the node's own layers and its addresses decide, per file.

    The findings are what is wrong with what the node has, its own and what it shares.
    """
    own: dict[str, Mapping[str, Setting]] = dict(node_identity(node, blueprint.view))
    wrong = {name: one.findings for name, one in blueprint.resolved.items() if one.findings}
    for name in dict.fromkeys(name for link in own_chain for name in (*link.layer.files, *link.layer.unset)):
        resolved = resolve_on_top(name, blueprint.resolved.get(name, NOTHING), own_chain)
        left = {key: found for key, found in wrong.get(name, {}).items() if key not in resolved.settings}
        wrong[name] = {**left, **resolved.findings}
        own[name] = {**resolved.settings, **own.get(name, {})}
    found = [finding for by_key in wrong.values() for findings in by_key.values() for finding in findings]
    return own, [replace(finding, nodes=(label,)) for finding in (*blueprint.findings, *found)]


def _own_content(blueprint: Blueprint, name: str, values: Mapping[str, Plain | Absent], *, varies: bool) -> Content:
    """The content of a node's file. Where nothing but facts make it differ, nodes are likely to agree."""
    key = None if varies else (name, _fingerprint(values))
    if key is not None and key in blueprint.variants:
        return blueprint.variants[key]
    sheet = blueprint.sheets[name]
    content = Content(finished(sheet, sheet.text(values), blueprint.cluster.name))
    if key is not None:
        blueprint.variants[key] = content
    return content


def _fingerprint(values: Mapping[str, Plain | Absent]) -> tuple[tuple[str, str], ...]:
    """Equal for values that are written alike; True and 1 are not."""
    return tuple((key, f"{type(value).__name__} {value}") for key, value in values.items())


def _addresses(settings: Settings) -> list[Address]:
    return [(name, key) for name, found in settings.items() for key in found]


def _unwritable(error: RenderError, file: str, settings: Settings, label: str = "") -> Finding:
    setting = settings.get(file, {}).get(error.key)
    where = (setting.origin,) if setting is not None else ()
    nodes = (label,) if label else ()
    message = f"{file}:{error.key} cannot be written: {error}" if error.key else f"{file} cannot be written: {error}"
    return Finding("unwritable-value", Severity.ERROR, message, where, "", error.remedy, nodes)

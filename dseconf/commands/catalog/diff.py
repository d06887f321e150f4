"""``dseconf catalog diff``: what a change of version changes, for everyone or for one fleet."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from dseconf import reports
from dseconf.catalog import Catalog, ProductView, version_text
from dseconf.catalog.describe import type_text, value_text
from dseconf.catalog.difference import Became, FileDifference, Place, SettingDifference, compare_releases
from dseconf.commands.catalog import Answer
from dseconf.commands.catalog.products import read_product
from dseconf.commands.catalog.table import count
from dseconf.errors import InputError
from dseconf.explain.upgrade import GroupedNode, Touched, touched_settings
from dseconf.finding import in_order
from dseconf.fleet import Cluster
from dseconf.pipeline import Run, blueprint_of
from dseconf.reports.json import origin_object
from dseconf.sources import open_sources

FORMAT = "dseconf.catalog-diff/1"


def diff(catalog: Catalog, args: argparse.Namespace) -> Answer:
    """Every difference between two releases, or those that touch the fleet."""
    old, new = (read_product(catalog, text) for text in (args.old, args.new))
    if old.line.product != new.line.product:
        message = f"{old.text} and {new.text} are two products"
        raise InputError("other-product", message, remedy="name two versions of one product")
    head: dict[str, object] = {"format": FORMAT, "from": old.text, "to": new.text}
    differences = compare_releases(old, new)
    if args.fleet:
        found, text = _of_fleet(args, old, new, differences)
        return {**head, **found}, text
    text = "".join(f"{line}\n" for line in _lines(old, new, differences))
    return {**head, "files": list(map(_file_object, differences))}, text


def _lines(old: ProductView, new: ProductView, differences: Sequence[FileDifference]) -> Iterator[str]:
    counts = Counter(one.became for file in differences for one in file.settings)
    said = ", ".join(f"{counts[became]:,} {became.value}" for became in Became if counts[became])
    yield f"{old.text} to {new.text}: {f'settings {said}' if said else 'no difference'}"
    for file in differences:
        yield ""
        if file.became is Became.CHANGED:
            yield file.name
        else:
            yield f"{file.name}: {file.became.value}, {count(len(file.settings))}{_because(file.reason)}"
        if file.became is not Became.ADDED:  # the settings of a new file are listed by `catalog settings`
            for one in file.settings:
                yield from _setting_lines(one, "" if one.reason == file.reason else one.reason)


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""


def _setting_lines(one: SettingDifference, reason: str) -> Iterator[str]:
    yield f"  {one.became.value:<8} {_named(one)}{_because(reason)}"
    if one.instead:
        yield f"           {one.instead} is there in both, and takes its place"
    yield from (f"           {change.aspect.value}: {change.old} -> {change.new}" for change in one.changes)


def _named(one: SettingDifference) -> str:
    """The setting; where it is new, with what to know of it, and where it has another name, with that."""
    if one.old is None:
        return _added(one.new) if one.new is not None else ""
    key = one.old.spec.key
    if one.new is None or one.became is Became.CHANGED:
        return key
    same_file = one.new.file.name == one.old.file.name
    return f"{key} -> {one.new.spec.key if same_file else one.new.address}"


def _added(place: Place) -> str:
    spec = place.spec
    texts = {"default": value_text(spec.default, spec, ""), "shipped": value_text(spec.shipped, spec, "")}
    values = "".join(f", {name} {text}" for name, text in texts.items() if text)
    return f"{spec.key} ({type_text(spec)}{values})"


def _file_object(file: FileDifference) -> dict[str, object]:
    settings = list(map(_setting_object, file.settings))
    return {"file": file.name, "became": file.became.value, "reason": file.reason, "settings": settings}


def _setting_object(one: SettingDifference) -> dict[str, object]:
    """Addresses are null where the release has no such setting; values are texts, with their units."""
    changes = [{"what": change.aspect.value, "old": change.old, "new": change.new} for change in one.changes]
    return {
        "became": one.became.value,
        "old": one.old.address if one.old is not None else None,
        "new": one.new.address if one.new is not None else None,
        "reason": one.reason,
        "instead": one.instead or None,
        "changes": changes,
    }


def _of_fleet(
    args: argparse.Namespace, old: ProductView, new: ProductView, differences: Sequence[FileDifference]
) -> Answer:
    _, sources = open_sources(args.directory)
    run = Run(sources)
    clusters = _clusters(sources.fleet.clusters, old)
    run.views = {cluster.name: old for cluster in clusters}
    nodes = list(_nodes(run, clusters))
    if findings := in_order(run.findings):
        sys.stderr.write(reports.report("human").write(findings))
    touched = touched_settings(differences, nodes, vendor_values=sources.project.shipped)
    names = [cluster.name for cluster in clusters]
    found = {"clusters": names, "nodes": len(nodes), "settings": list(map(_touched_object, touched))}
    head = f"{old.text} to {new.text}, in {', '.join(names)} ({len(nodes):,} node{'' if len(nodes) == 1 else 's'})"
    return found, "".join(f"{line}\n" for line in _fleet_lines(head, touched))


def _clusters(clusters: Iterable[Cluster], old: ProductView) -> list[Cluster]:
    """The clusters of the product line that the change starts from, whatever their patch."""
    of_line = {cluster.name: cluster.product for cluster in clusters}
    wanted = (old.line.product, old.version[:2])
    found = [one for one in clusters if (one.product.name, one.product.version[:2]) == wanted]
    if not found:
        message = f"no cluster of the fleet is {old.line.product} {version_text(old.version[:2])}"
        why = ", ".join(f"{name} is {product.text}" for name, product in of_line.items())
        raise InputError("no-cluster", message, why=why, remedy="name the version that a cluster has as FROM")
    return found


def _nodes(run: Run, clusters: Iterable[Cluster]) -> Iterator[GroupedNode]:
    return (blueprint_of(run, cluster, node) for cluster in clusters for node in cluster.nodes)


def _fleet_lines(head: str, touched: Sequence[Touched]) -> Iterator[str]:
    edits, moves = [one for one in touched if one.lines], [one for one in touched if not one.lines]
    yield head if touched else f"{head}: nothing touches it"
    if edits:
        yield f"\nLines to change: {count(len(edits))}"
    for one in edits:
        old = one.difference.old
        start = f"{old.file.name}: " if old is not None else ""
        first, *rest = _setting_lines(one.difference, one.difference.reason)
        yield from (f"  {start}{' '.join(first.split())}", *(f"  {line.strip()}" for line in rest))
        yield from (f"    {line.origin}  {line.says}" for line in one.lines)
    if moves:
        yield f"\nValues that move where no layer sets them: {count(len(moves))}"
    for one in moves:
        address = one.difference.new.address if one.difference.new is not None else ""
        yield f"  {address}: {one.old} -> {one.new} on {one.nodes:,} node{'' if one.nodes == 1 else 's'}"


def _touched_object(one: Touched) -> dict[str, object]:
    lines = [
        {**origin_object(line.origin), "says": line.says, "strength": line.strength or "plain"} for line in one.lines
    ]
    value = None if one.lines else {"old": one.old, "new": one.new}
    return {**_setting_object(one.difference), "lines": lines, "value": value, "nodes": one.nodes}

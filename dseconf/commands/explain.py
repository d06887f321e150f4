"""``dseconf explain``: which line of which layer makes a value, and what it beat."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from dseconf import reports
from dseconf.commands import Command
from dseconf.errors import DseconfError, InputError
from dseconf.explain import (
    AnnotatedLine,
    Difference,
    Explanation,
    Line,
    NodeView,
    SeedChoice,
    explain_file,
    explain_setting,
    why_different,
)
from dseconf.finding import Severity, in_order
from dseconf.fleet import Node
from dseconf.output import disk_errors, require_empty
from dseconf.pipeline import Run, Sources, blueprint_of, product_views
from dseconf.render import RenderError
from dseconf.reports.json import origin_object
from dseconf.sources import open_sources

FORMAT = "dseconf.explain/1"


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of explain."""
    parser.add_argument("node", metavar="NODE", nargs="?", help="NODE or CLUSTER/NODE")
    parser.add_argument(
        "what", metavar="FILE[:KEY]", nargs="?", help="a setting (cassandra.yaml:num_tokens), or a whole file"
    )
    parser.add_argument("--why-different", metavar=("A", "B"), nargs=2, help="which lines make two nodes differ")


def run(options: argparse.Namespace) -> int:
    """Explain a setting, a file, or a difference."""
    _, sources = open_sources(options.directory)
    if options.why_different:
        left, right = (_view(sources, name) for name in options.why_different)
        return _print_different(options, left, right)
    if not options.node or not options.what:
        remedy = "dseconf explain NODE FILE:KEY, or --why-different A B"
        raise InputError("usage", "explain wants a node, and a file or a setting", remedy=remedy)
    view = _view(sources, options.node)
    if ":" in options.what:
        return _print_setting(options, explain_setting(view, options.what))
    return _print_file(options, view, options.what)


def _view(sources: Sources, name: str) -> NodeView:
    """One node to ask questions of; what is wrong with it is said and stops nobody who asks why."""
    run = Run(sources)
    view = _view_in(run, sources.fleet.find(name))
    if findings := in_order([*run.findings, *view.findings]):
        sys.stderr.write(reports.report("human").write(findings))
    return view


def _view_in(run: Run, node: Node) -> NodeView:
    fleet = run.sources.fleet
    run.views = run.views or product_views(run)
    if node.cluster not in run.views:
        raise DseconfError(*run.findings)
    blueprint, own = blueprint_of(run, fleet.cluster(node.cluster), node)
    return NodeView(blueprint, node, fleet.label(node), own, run.chains.of(node).missing)


def _print_setting(options: argparse.Namespace, found: Explanation) -> int:
    if options.format == "json":
        sys.stdout.write(json.dumps({"format": FORMAT, "setting": _object(found)}, indent=2) + "\n")
    else:
        sys.stdout.write("\n".join(_setting_lines(found)) + "\n")
    return 0


def _setting_lines(found: Explanation) -> list[str]:
    value = found.value if found.written else f"left out of the file; the product's own default is {found.value}"
    lines = [f"{found.address} on {found.node}", f"  value:    {value}"]
    if found.decided_by is not None:
        lines.append(f"  set by:   {_line(found.decided_by)}")
    if found.expression:
        lines.append(f"  from:     {found.expression}")
    lines += [f"  edit:     {_line(edit)}" for edit in found.edits]
    lines += [f"  beat:     {_line(loser)}" for loser in found.beaten]
    lines += [f"  seeds:    {_seeds(choice)}" for choice in found.seeds]
    lines += [f"  dead:     {found.dead}"] if found.dead else []
    lines += [f"  no layer: {path}" for path in found.missing_layers]
    lines += [
        f"  file:     {found.path} ({found.managed})" if found.path else "  file:     not a file of this node",
        f"  about:    {found.about}",
        f"  type:     {found.kind}; code default {found.code_default}; shipped {found.shipped_default}",
        f"  source:   {found.source}",
    ]
    return lines


def _seeds(choice: SeedChoice) -> str:
    return f"{choice.datacenter}: {', '.join(choice.nodes) or 'none'} ({choice.why})"


def _line(line: Line) -> str:
    strength = f" ({line.strength})" if line.strength else ""
    return f"{line.origin}  {line.says}{strength}"


def _object(found: Explanation) -> dict[str, object]:
    lines = {"edits": list(map(_line_object, found.edits)), "beaten": list(map(_line_object, found.beaten))}
    return {**asdict(found), "decided_by": _line_object(found.decided_by), **lines}


def _line_object(line: Line | None) -> dict[str, object] | None:
    return (
        None
        if line is None
        else {**origin_object(line.origin), "says": line.says, "strength": line.strength or "plain"}
    )


def _annotated(view: NodeView, sources_view: Sources, name: str) -> list[AnnotatedLine]:
    entry, file = view.entry(name), view.view.file(name)
    if entry is None or file is None:
        raise _no_file(view, name)
    try:
        sheet = Run(sources_view).drafts.sheet(view.blueprint, file, entry)
        return explain_file(view, name, sheet.pieces(view.own_values(name)))
    except RenderError as error:
        where = view.origins(name, error.key)
        message = f"{name}:{error.key} cannot be written: {error}"
        raise InputError("unwritable-value", message, where=where, remedy=error.remedy) from error


def _no_file(view: NodeView, name: str) -> InputError:
    near = view.view.nearest_file(name)
    if near and view.view.file(name) is None:
        return InputError("unknown-file", f"{view.label} has no file {name!r}", remedy=f"did you mean {near}?")
    why = f"{view.label} gets {', '.join(sorted(entry.name for entry in view.blueprint.entries))}"
    remedy = f"`dseconf compile --list --node {view.label}` shows them with their reasons"
    return InputError("unknown-file", f"{view.label} has no file {name!r}", why=why, remedy=remedy)


def _print_file(options: argparse.Namespace, view: NodeView, name: str) -> int:
    _, sources = open_sources(options.directory)
    lines = _annotated(view, sources, name)
    if options.format == "json":
        rows = [{"text": line.text, "origins": list(map(origin_object, line.origins))} for line in lines]
        result = {"format": FORMAT, "node": view.label, "file": name, "lines": rows}
        sys.stdout.write(json.dumps(result, indent=1) + "\n")
    else:
        sys.stdout.write(_columns(lines))
    return 0


def _columns(lines: Sequence[AnnotatedLine]) -> str:
    """The file at the left, the lines that decide at the right."""
    width = min(max((len(line.text) for line in lines if line.origins), default=0), 90)
    return "".join(
        f"{line.text:<{width}}  # {', '.join(map(str, line.origins))}\n" if line.origins else f"{line.text}\n"
        for line in lines
    )


def _print_different(options: argparse.Namespace, left: NodeView, right: NodeView) -> int:
    found = list(why_different(left, right))
    if options.format == "json":
        rows = [_difference_object(one) for one in found]
        result = {"format": FORMAT, "left": left.label, "right": right.label, "differences": rows}
        sys.stdout.write(json.dumps(result, indent=2) + "\n")
        return 0
    for one in found:
        sys.stdout.write(f"{one.address}\n")
        for label, value, line in ((left.label, one.left, one.left_by), (right.label, one.right, one.right_by)):
            by = f"  by {_line(line)}" if line is not None else ""
            sys.stdout.write(f"  {label}: {value}{by}\n")
    if not found:
        sys.stdout.write(f"{left.label} and {right.label} have the same settings\n")
    return 0


def _difference_object(one: Difference) -> dict[str, object]:
    by = {"left_by": _line_object(one.left_by), "right_by": _line_object(one.right_by)}
    return {"address": one.address, "left": one.left, "right": one.right, **by}


def annotate(sources: Sources, wanted: Sequence[str], target: Path | None) -> int:
    """Every file of the nodes with the line that decides each value, for reading only.

    Printed, or written below ``target``, which must be new or empty. No manifest is written,
    so that nothing takes the folder for a compiled fleet.

    Raises:
        DseconfError: what keeps the nodes from being compiled; ``target`` holds something.
    """
    run = Run(sources)
    nodes = [node for node in sources.fleet.nodes if not wanted or f"{node.cluster}/{node.name}" in wanted]
    views = [_view_in(run, node) for node in nodes]
    findings = in_order([*run.findings, *(finding for view in views for finding in view.findings)])
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise DseconfError(*findings)
    sys.stderr.write(reports.report("human").write(findings))
    if target is not None:
        require_empty(target)
    for view in views:
        for entry in view.blueprint.entries:
            head = f"==== {view.label} /{entry.path} (annotated, not for deployment)\n"
            text = head + _columns(_annotated(view, sources, entry.name))
            if target is None:
                sys.stdout.write(text)
            else:
                _write_text(target, f"{view.node.cluster}/{view.node.name}/{entry.path}", text)
    return 0


def _write_text(target: Path, path: str, text: str) -> None:
    with disk_errors(target):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_text(text, encoding="utf-8")


COMMAND = Command(
    name="explain", summary="show which layer line decides a value, and what it beat", configure=configure, run=run
)

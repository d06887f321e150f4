"""``dseconf compile``: every file of every node."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from dseconf import output, reports
from dseconf.commands import Command
from dseconf.errors import DseconfError, InputError
from dseconf.finding import Finding, Severity, in_order
from dseconf.load import Repository, unused_layers
from dseconf.pipeline import Run, Sources, compile_fleet
from dseconf.snapshot import CompiledNode, Content, FileEntry, Snapshot
from dseconf.sources import open_sources

LIST_FORMAT = "dseconf.list/1"
SUMMARY_FORMAT = "dseconf.compile/1"


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of compile."""
    parser.add_argument(
        "-o",
        "--output",
        metavar="DIR",
        type=Path,
        help="write the files to DIR/CLUSTER/NODE/PATH; without it nothing is written",
    )
    parser.add_argument(
        "--node",
        metavar="NODE",
        action="append",
        default=[],
        help="compile this node alone (NODE or CLUSTER/NODE; may be given again)",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--list", action="store_true", help="print which node gets which file, how it is managed, and why"
    )
    what.add_argument(
        "--check", action="store_true", help="compare with DIR and write nothing; exit with 1 on a difference"
    )
    what.add_argument(
        "--annotate",
        action="store_true",
        help="the files with the line that decides each value, for reading only: printed, or below a new DIR",
    )
    parser.add_argument(
        "--manifest", metavar="FILE", type=Path, help="write the manifest with the hash of every file to FILE"
    )
    parser.add_argument("--link", action="store_true", help="files with equal content share one read-only file")


def run(options: argparse.Namespace) -> int:
    """Compile, then list, compare, print or write."""
    repository, sources = open_sources(options.directory)
    wanted = _wanted(sources, options.node)
    if options.annotate:
        from dseconf.commands import explain  # noqa: PLC0415  # the same view of a node

        target = Path(options.directory, options.output) if options.output is not None else None
        return explain.annotate(sources, wanted, target)
    work, nodes = compile_fleet(sources, wanted)
    nodes = _with_progress(nodes, len(wanted) or sum(1 for _ in sources.fleet.nodes))
    root = _output(options, repository)
    if options.list:
        return _list(options, work, repository, nodes)
    if options.check:
        return _check(options, work, repository, nodes, root)
    if root is None:
        snapshot = _take(nodes)
        _report(options, work, repository, wanted)
    else:
        snapshot = _write(options, work, repository, nodes, root)
    if options.manifest is not None:
        _write_manifest(options.manifest, snapshot)
    _summary(options, snapshot, root)
    return 0


def _wanted(sources: Sources, names: Iterable[str]) -> list[str]:
    found = [sources.fleet.find(name) for name in names]
    return [f"{node.cluster}/{node.name}" for node in found]


def _output(options: argparse.Namespace, repository: Repository) -> Path | None:
    if options.output is not None:
        return Path(options.directory, options.output)
    return repository.root / repository.project.output if repository.project.output else None


def _take(nodes: Iterator[CompiledNode]) -> Snapshot:
    snapshot = Snapshot()
    for node in nodes:
        snapshot.add(node)
    return snapshot


def _write(
    options: argparse.Namespace, work: Run, repository: Repository, nodes: Iterator[CompiledNode], root: Path
) -> Snapshot:
    snapshot = Snapshot()
    with output.output_opened(root, link=options.link) as folder:
        for node in nodes:
            snapshot.add(node)
            folder.stage(node)
        _report(options, work, repository, options.node)
        folder.commit(snapshot, partial=bool(options.node))
    return snapshot


def _check(
    options: argparse.Namespace,
    work: Run,
    repository: Repository,
    nodes: Iterator[CompiledNode],
    root: Path | None,
) -> int:
    if root is None:
        remedy = "give -o DIR, or set output in dseconf.yaml"
        raise InputError("usage", "--check compares with an output folder, and none is given", remedy=remedy)
    differences = list(output.compare(root, nodes, partial=bool(options.node)))
    _report(options, work, repository, options.node)
    for kind, path in differences:
        sys.stdout.write(f"{kind:8}{path}\n")
    return 1 if differences else 0


def _list(options: argparse.Namespace, work: Run, repository: Repository, nodes: Iterator[CompiledNode]) -> int:
    rows = [(node.label, entry, content) for node in nodes for entry, content in node.files()]
    _report(options, work, repository, options.node)
    if options.format == "json":
        files = [_row(*row) for row in rows]
        sys.stdout.write(json.dumps({"format": LIST_FORMAT, "files": files}, indent=1) + "\n")
        return 0
    for label, entry, _ in rows:
        attributes = f"{entry.mode} {entry.owner}:{entry.group}"
        managed = f"{entry.manage.value} ({entry.manage_reason})"
        sys.stdout.write(f"{label}  /{entry.path}  {attributes}  {managed}  {entry.reason}\n")
    return 0


def _row(label: str, entry: FileEntry, content: Content | None) -> dict[str, str]:
    return {
        "node": label,
        "file": entry.name,
        "path": f"/{entry.path}",
        "mode": entry.mode,
        "owner": f"{entry.owner}:{entry.group}",
        "manage": entry.manage.value,
        "reason": entry.reason,
        "manage_reason": entry.manage_reason,
        "sha256": content.sha256 if content is not None else "",
    }


def _report(options: argparse.Namespace, work: Run, repository: Repository, wanted: Iterable[str]) -> None:
    """Say what was found; stop on errors. Called when all nodes are compiled and nothing is in place yet."""
    found = list(work.findings)
    if not list(wanted):
        found += map(_unused, unused_layers(repository, work.used))
    ordered = in_order(found)
    if any(finding.severity is Severity.ERROR for finding in ordered):
        raise DseconfError(*ordered)
    if ordered:
        sys.stderr.write(reports.report(options.format).write(ordered))


def _unused(path: str) -> Finding:
    remedy = "remove it, or name it in fleet.yaml"
    return Finding("unused-layer", Severity.INFO, f"no node uses {path}", (), "", remedy)


def _write_manifest(path: Path, snapshot: Snapshot) -> None:
    try:
        with path.open("w", encoding="utf-8") as file:
            file.writelines(snapshot.write_manifest())
    except OSError as error:
        why, remedy = (error.strerror or "").lower(), "name a file that you may write"
        raise InputError("unwritable-output", f"cannot write {path}", why=why, remedy=remedy) from error


def _summary(options: argparse.Namespace, snapshot: Snapshot, root: Path | None) -> None:
    counts = {"nodes": len(snapshot.nodes), "files": snapshot.file_count, "distinct": snapshot.distinct_count}
    if options.format == "json":
        place = str(root) if root is not None else None
        sys.stdout.write(json.dumps({"format": SUMMARY_FORMAT, **counts, "output": place}) + "\n")
        return
    said = ", ".join(f"{count:,} {what}" for what, count in counts.items())
    done = f"written to {root}" if root is not None else "nothing written: give -o DIR"
    sys.stdout.write(f"{said}; {done}\n")


def _with_progress(nodes: Iterator[CompiledNode], total: int) -> Iterator[CompiledNode]:
    """The nodes, counted on a terminal while they are made."""
    if not sys.stderr.isatty() or total < 200:
        yield from nodes
        return
    for number, node in enumerate(nodes, 1):
        if number % 100 == 0:
            sys.stderr.write(f"\r{number:,} of {total:,} nodes")
            sys.stderr.flush()
        yield node
    sys.stderr.write("\r\x1b[K")


COMMAND = Command(
    name="compile", summary="compile the layers into every file of every node", configure=configure, run=run
)

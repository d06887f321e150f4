"""``dseconf schema``: JSON Schemas of layers, fleet.yaml and dseconf.yaml, for the editor."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from dseconf import reports
from dseconf.catalog import ProductView
from dseconf.commands import Command
from dseconf.errors import InputError
from dseconf.finding import in_order
from dseconf.load import find_root
from dseconf.pipeline import Run, product_views
from dseconf.project import Project
from dseconf.schema import FOLDER, NAMES, Schema, every_release, make_schemas, write_schema
from dseconf.setting import Origin
from dseconf.shipped import load_catalog
from dseconf.sources import open_sources


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of schema."""
    parser.add_argument(
        "name", choices=NAMES, nargs="?", help="print this schema alone; without a name all of them are written"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="DIR",
        type=Path,
        help=f"write to DIR/NAME.json (default without a name: {FOLDER} of the repository)",
    )


def run(options: argparse.Namespace) -> int:
    """Print one schema, or write them."""
    root = _root(options.directory)
    schemas = _schemas(root)
    names: Sequence[str] = [options.name] if options.name else NAMES
    if options.name and options.output is None:
        sys.stdout.write(write_schema(schemas[options.name]))
        return 0
    folder = (
        Path(options.directory, options.output)
        if options.output is not None
        else _own_folder(root or options.directory)
    )
    for name in names:
        _write(folder / f"{name}.json", write_schema(schemas[name]))
    sys.stderr.write(f"{len(names)} written to {folder}: {', '.join(f'{name}.json' for name in names)}\n")
    return 0


def _root(directory: Path) -> Path | None:
    """The fleet repository that the folder belongs to, if any."""
    try:
        return find_root(directory.resolve())
    except InputError:
        return None


def _schemas(root: Path | None) -> dict[str, Schema]:
    """For the releases that the fleet runs; where there is no fleet, for all that the catalog covers."""
    if root is None:
        return make_schemas(every_release(load_catalog()), Project().dimensions)
    _, sources = open_sources(root)
    run = Run(sources)
    views: Iterable[ProductView] = product_views(run).values()
    if run.findings:
        sys.stderr.write(reports.report("human").write(in_order(run.findings)))
    return make_schemas(views or every_release(sources.catalog), sources.project.dimensions)


def _own_folder(root: Path) -> Path:
    """The folder that editors look in; a link that leads out of the repository is refused."""
    folder = root / FOLDER
    if not folder.resolve().is_relative_to(root.resolve()):
        raise InputError(
            "path-escape",
            f"{FOLDER} leads out of the repository",
            where=Origin(str(folder)),
            remedy="remove the link, or give -o DIR",
        )
    return folder


def _write(path: Path, text: str) -> None:
    """Write beside the name and rename: an editor that watches the file never reads half of it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            file.write(text.encode())
        beside = Path(file.name)
        try:
            beside.chmod(0o644)  # a temporary file is closed to others; a schema is not
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(
            "unwritable-output",
            f"cannot write {path}",
            where=Origin(str(path)),
            why=(error.strerror or "").lower(),
            remedy="name a folder that you may write with -o DIR",
        ) from error


COMMAND = Command(
    name="schema",
    summary="write JSON Schemas that teach your editor layers, fleet.yaml and dseconf.yaml",
    configure=configure,
    run=run,
)

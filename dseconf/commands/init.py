"""``dseconf init``: a first fleet repository that compiles."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from dseconf.commands import Command
from dseconf.errors import InputError
from dseconf.project import Project
from dseconf.schema import make_schemas, write_schema
from dseconf.setting import Origin
from dseconf.shipped import load_catalog
from dseconf.starter import NODE, PRODUCT, schema_path, starter_files

FORMAT = "dseconf.init/1"


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of init."""
    parser.add_argument(
        "where",
        metavar="DIR",
        nargs="?",
        type=Path,
        default=Path(),
        help="the folder to make it in (default: this one)",
    )


def run(options: argparse.Namespace) -> int:
    """Write the repository, all of it or nothing, and say what to do next."""
    root = Path(options.directory, options.where)
    files = _files()
    _refuse_taken(root, files)
    with _all_or_nothing(root) as made:
        for name, text in files.items():
            _write(root, name, text, made)
    sys.stdout.write(_as_json(root, files) if options.format == "json" else _next_steps(root, files))
    return 0


def _files() -> dict[str, str]:
    """Everything to write; fleet.yaml is last, since a folder without it is no fleet."""
    view = load_catalog().at(PRODUCT.name, PRODUCT.version)
    if view is None:
        raise AssertionError(f"the catalog does not cover {PRODUCT.text}, which the first fleet runs")
    schemas = make_schemas([view], Project().dimensions)
    return {**{schema_path(name): write_schema(schema) for name, schema in schemas.items()}, **starter_files()}


def _refuse_taken(root: Path, files: Mapping[str, str]) -> None:
    """Refuse before anything is written.

    Raises:
        InputError: init-exists, with every file that is there; init-no-folder.
    """
    for folder in (root, *(root / parent for name in files for parent in Path(name).parents)):
        if _is_there(folder) and (not folder.is_dir() or (folder.is_symlink() and folder != root)):
            raise InputError(
                "init-no-folder",
                f"{folder} is no folder of its own",
                where=Origin(str(folder)),
                why="the fleet keeps files in it",
                remedy="move it away, or name another folder",
            )
    taken = [Origin(str(root / name)) for name in files if _is_there(root / name)]
    if taken:
        count = "a file stands" if len(taken) == 1 else f"{len(taken)} files stand"
        raise InputError(
            "init-exists",
            f"{count} where the fleet would be",
            where=taken,
            why="init overwrites nothing",
            remedy="name an empty folder: dseconf init DIR",
        )


def _is_there(path: Path) -> bool:
    return path.exists() or path.is_symlink()


@contextmanager
def _all_or_nothing(root: Path) -> Iterator[list[Path]]:
    """Take back what was made when something goes wrong; ``made`` lists it in order."""
    made: list[Path] = []
    try:
        yield made
    except BaseException as error:  # an interrupt must not leave half a fleet behind either
        for path in reversed(made):
            with suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()
        if isinstance(error, OSError):
            reason = (error.strerror or "it cannot be written").lower()
            raise InputError(
                "init-unwritable",
                f"cannot write {error.filename or root}",
                where=Origin(str(root)),
                why=reason,
                remedy="name a folder that you may write; nothing was left behind",
            ) from error
        raise


def _write(root: Path, name: str, text: str, made: list[Path]) -> None:
    path = root / name
    for folder in reversed([path.parent, *path.parent.parents]):
        if not folder.exists():
            folder.mkdir()
            made.append(folder)
    # Exclusive: a file that came into being since we looked is not overwritten.
    with path.open("x", encoding="utf-8", newline="\n") as file:
        made.append(path)
        file.write(text)


def _as_json(root: Path, files: Mapping[str, str]) -> str:
    return json.dumps({"format": FORMAT, "root": str(root), "files": list(files)}) + "\n"


def _next_steps(root: Path, files: Mapping[str, str]) -> str:
    names = "".join(f"  {name}\n" for name in files)
    enter = "" if root.resolve() == Path.cwd() else f"  cd {shlex.quote(str(root))}\n"
    return (
        f"a fleet of three nodes is in {root}:\n{names}"
        f"next:\n{enter}"
        "  dseconf compile                        writes every file of every node below build/\n"
        f"  dseconf explain {NODE} cassandra.yaml:compaction_throughput_mb_per_sec\n"
        "                                         shows which line decides a value, and what it beat\n"
        "  edit fleet.yaml and profiles/; after a change of the product, `dseconf schema` tells your editor\n"
    )


COMMAND = Command(name="init", summary="make a small fleet repository that compiles", configure=configure, run=run)

"""What comes with dseconf: the catalog's tables, the profiles and the rules.

The catalog is written as YAML for people. Reading a thousand settings of YAML on every
run would be most of a small run, so the tables are kept as JSON in the user's cache
folder, a file per product line, under a name made from the files' names, sizes and
times. Where no cache can be written, the YAML is read each time and nothing else changes.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from dseconf.catalog import Catalog
from dseconf.catalog.derive import derive_line
from dseconf.catalog.renames import find_renames
from dseconf.document import plain, read_document
from dseconf.errors import DseconfError

_PACKAGE = Path(__file__).resolve().parent
_CACHE_FORM = "5"  # part of the cache's name: a new shape of the tables is a new cache


def shipped_folder(name: str) -> Path:
    """The folder ``profiles`` or ``rules``: inside the installed package, or of the source tree."""
    installed = _PACKAGE / "shipped_files" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def load_catalog() -> Catalog:
    """The shipped catalog; read once as long as its files stay as they are."""
    folder = _PACKAGE / "catalog"
    return _catalog(folder, _cache_path(sorted(_catalog_files(folder))))


@lru_cache(maxsize=2)
def _catalog(folder: Path, cache: Path) -> Catalog:
    abouts = _read_cache(cache / "lines.json")
    if abouts is not None:
        return Catalog(
            abouts,
            lambda name: _read_cache(cache / f"{name}.json") or read_tables(folder)[name],
            lambda: _read_cache(cache / "renames.json") or find_renames(read_tables(folder)),
        )
    tables = read_tables(folder)
    for name, table in tables.items():
        _write_cache(cache / f"{name}.json", table)
    _write_cache(cache / "renames.json", find_renames(tables))
    # The list of lines comes last: where it is, all of them are.
    _write_cache(cache / "lines.json", {name: table["line"] for name, table in tables.items()})
    return Catalog.of_tables(tables)


def read_tables(folder: Path) -> dict[str, Any]:
    """The catalog's YAML files as tables, one per product line.

    A complete line is a folder; a line that is based on another is one file.
    """
    deltas = {path.stem: _read_yaml(path) for path in sorted(folder.glob("*.yaml"))}
    complete = {path.parent.name: _read_line(path.parent) for path in sorted(folder.glob("*/line.yaml"))}
    tables = dict(complete)
    roots = {name: folder / name for name in complete}
    while waiting := [name for name in deltas if name not in tables and deltas[name]["based_on"] in tables]:
        for name in waiting:
            base = deltas[name]["based_on"]
            roots[name] = roots[base]
            tables[name] = derive_line(tables[base], deltas[name])
    if missing := sorted(deltas.keys() - tables.keys()):
        raise AssertionError(f"based on lines that are not there: {', '.join(missing)}")
    return {name: _with_templates(table, roots[name]) for name, table in sorted(tables.items())}


def _read_line(folder: Path) -> dict[str, Any]:
    files = [_read_yaml(path) for path in sorted(folder.glob("*.yaml")) if path.name != "line.yaml"]
    return {"line": _read_yaml(folder / "line.yaml"), "files": files}


def _with_templates(table: dict[str, Any], root: Path) -> dict[str, Any]:
    """The tables of a line with the texts of its templates, which lie beside the complete line."""
    files = [
        {**file, "template_text": (root / file["template"]).read_text(encoding="utf-8")} if "template" in file else file
        for file in table["files"]
    ]
    return {**table, "files": files}


def _read_yaml(path: Path) -> dict[str, Any]:
    document = read_document(path.read_bytes(), str(path))
    if document.findings:
        raise DseconfError(*document.findings)
    table: dict[str, Any] = plain(document.root) if document.root is not None else {}  # type: ignore[assignment]  # form checks the shape
    return table


def _catalog_files(folder: Path) -> Iterator[Path]:
    yield from folder.glob("*.yaml")
    for line in folder.glob("*/line.yaml"):
        yield from line.parent.glob("*.yaml")
        yield from (line.parent / "templates").glob("*")


def _cache_path(sources: list[Path]) -> Path:
    digest = hashlib.sha256(_CACHE_FORM.encode())
    for path in sources:
        stat = path.stat()
        digest.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    home = os.environ.get("XDG_CACHE_HOME")
    folder = (Path(home) if home else Path("~/.cache").expanduser()) / "dseconf"
    return folder / f"catalog-{digest.hexdigest()[:32]}"


def _read_cache(path: Path) -> Mapping[str, Any] | None:
    try:
        with path.open("rb") as file:
            tables = json.load(file)
    except (OSError, ValueError):
        return None
    return tables if isinstance(tables, dict) else None


def _write_cache(path: Path, tables: Mapping[str, Any]) -> None:
    """Write beside the name and rename, so that a reader never sees half a cache."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
            json.dump(tables, file)
        Path(file.name).replace(path)
    except OSError:
        return  # a cache is a convenience


def shipped_profiles() -> Mapping[str, Path]:
    """Every shipped layer by its path below ``profiles/``."""
    folder = shipped_folder("profiles")
    return {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*.yaml"))}


__all__ = ["load_catalog", "read_tables", "shipped_folder", "shipped_profiles"]

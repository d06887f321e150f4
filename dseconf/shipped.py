"""What comes with dseconf: the catalog's tables, the profiles and the rules.

The catalog is written as YAML for people. Reading a thousand settings of YAML on every
run would be most of a small run, so the tables are kept as JSON in the user's cache
folder, under a name made from the files' names, sizes and times. Where no cache can be
written, the YAML is read each time and nothing else changes.
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
from dseconf.document import plain, read_document
from dseconf.errors import DseconfError

_PACKAGE = Path(__file__).resolve().parent
_CACHE_FORM = "1"  # part of the cache's name: a new shape of the tables is a new cache


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
    tables = _read_cache(cache)
    if tables is None:
        tables = read_tables(folder)
        _write_cache(cache, tables)
    return Catalog(tables)


def read_tables(folder: Path) -> dict[str, Any]:
    """The catalog's YAML files as tables, one per product line."""
    return {line.name: _read_line(line) for line in sorted(folder.iterdir()) if (line / "line.yaml").is_file()}


def _read_line(folder: Path) -> dict[str, Any]:
    files = [_read_table(path, folder) for path in sorted(folder.glob("*.yaml")) if path.name != "line.yaml"]
    return {"line": _read_yaml(folder / "line.yaml"), "files": files}


def _read_table(path: Path, folder: Path) -> dict[str, Any]:
    table = _read_yaml(path)
    if "template" in table:
        table["template_text"] = (folder / table["template"]).read_text(encoding="utf-8")
    return table


def _read_yaml(path: Path) -> dict[str, Any]:
    document = read_document(path.read_bytes(), str(path))
    if document.findings:
        raise DseconfError(*document.findings)
    table: dict[str, Any] = plain(document.root) if document.root is not None else {}  # type: ignore[assignment]  # form checks the shape
    return table


def _catalog_files(folder: Path) -> Iterator[Path]:
    for line in folder.iterdir():
        if line.is_dir() and (line / "line.yaml").is_file():
            yield from line.glob("*.yaml")
            yield from (line / "templates").glob("*")


def _cache_path(sources: list[Path]) -> Path:
    digest = hashlib.sha256(_CACHE_FORM.encode())
    for path in sources:
        stat = path.stat()
        digest.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    home = os.environ.get("XDG_CACHE_HOME")
    return (
        (Path(home) if home else Path("~/.cache").expanduser()) / "dseconf" / f"catalog-{digest.hexdigest()[:32]}.json"
    )


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

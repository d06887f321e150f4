"""Product lines and versions: which files and settings a product has."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from typing import Any

from dseconf.catalog.file import FileSpec
from dseconf.catalog.renames import NO_RENAMES, Renames, find_renames, read_renames
from dseconf.catalog.setting import SettingSpec, Version


def parse_version(text: str) -> Version:
    """``6.8.50`` as numbers, for comparison."""
    return tuple(int(part) for part in text.split("."))


def version_text(version: Version) -> str:
    """The numbers of a version as people write them."""
    return ".".join(str(part) for part in version)


class Line:
    """One product line, such as ``dse 6.8``: its patch range and its files.

    ``load`` gives the tables of the line; they are read when a file is asked for.
    """

    def __init__(self, about: Mapping[str, Any], load: Callable[[], Mapping[str, Any]]) -> None:
        self.product: str = about["product"]
        self.line: str = about["line"]
        self.first = parse_version(about["first"])
        self.last = parse_version(about["last"])
        self.about: Mapping[str, Any] = about
        self._load = load

    def tables(self) -> Mapping[str, Any]:
        """What the line was read from."""
        return self._load()

    @cached_property
    def files(self) -> Mapping[str, FileSpec]:
        """The files of all patches of the line, by the FILE of their addresses."""
        return {entry["file"]: FileSpec(entry) for entry in self._load()["files"]}

    @cached_property
    def gone(self) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
        """The settings of files that other lines have and this one has not: what became of them, by file and key."""
        found: Mapping[str, Mapping[str, Mapping[str, str]]] = self._load().get("gone", {})
        return found

    @property
    def name(self) -> str:
        """As a profile of dimension ``product`` is named: ``dse-6.8``."""
        return f"{self.product}-{self.line}"

    def covers(self, version: Version) -> bool:
        """Whether the patch release lies in the range that the data speaks of."""
        return self.first <= version <= self.last


class Catalog:
    """All product lines that dseconf knows.

    ``abouts`` tells of each line what holds for the line as a whole; ``load`` gives the
    tables of one.
    """

    def __init__(
        self,
        abouts: Mapping[str, Mapping[str, Any]],
        load: Callable[[str], Mapping[str, Any]],
        load_renames: Callable[[], Mapping[str, Mapping[str, Any]]],
    ) -> None:
        self.lines = tuple(Line(about, partial(load, name)) for name, about in sorted(abouts.items()))
        self._load_renames = load_renames

    @classmethod
    def of_tables(cls, tables: Mapping[str, Mapping[str, Any]]) -> Catalog:
        """A catalog of tables that are read already."""
        abouts = {name: table["line"] for name, table in tables.items()}
        return cls(abouts, tables.__getitem__, lambda: find_renames(tables))

    def extended(self, extend: Mapping[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]]) -> Catalog:
        """The catalog with the tables of some lines changed, by the names of the lines."""
        lines = {line.name: line for line in self.lines}

        def load(name: str) -> Mapping[str, Any]:
            tables = lines[name].tables()
            return extend[name](tables) if name in extend else tables

        return Catalog({name: line.about for name, line in lines.items()}, load, self._load_renames)

    @cached_property
    def _renames(self) -> Mapping[str, Renames]:
        return {product: read_renames(table) for product, table in self._load_renames().items()}

    def renames(self, product: str) -> Renames:
        """Which names of the product's lines mean one setting."""
        return self._renames.get(product, NO_RENAMES)

    def line_of(self, product: str, version: Version) -> Line | None:
        """The line that a version belongs to by its first two numbers, covered or not."""
        wanted = version_text(version[:2])
        return next((line for line in self.lines if line.product == product and line.line == wanted), None)

    def at(self, product: str, version: Version) -> ProductView | None:
        """What one patch release has; None when no line covers it."""
        line = self.line_of(product, version)
        if line is None or not line.covers(version):
            return None
        return ProductView(line, version, partial(self.renames, product))

    def coverage(self) -> str:
        """The ranges covered, for messages: ``dse 6.8.0 to 6.8.65``."""
        ranges = (f"{version_text(line.first)} to {version_text(line.last)}" for line in self.lines)
        return ", ".join(f"{line.product} {patches}" for line, patches in zip(self.lines, ranges, strict=True))


class ProductView:
    """The catalog as one patch release sees it."""

    def __init__(self, line: Line, version: Version, renames: Callable[[], Renames] = lambda: NO_RENAMES) -> None:
        self.line = line
        self.version = version
        self._find_renames = renames

    @property
    def renames(self) -> Renames:
        """Which names of the product's lines mean one setting; read when first asked for."""
        return self._find_renames()

    def place(self, address: str) -> tuple[FileSpec, str] | None:
        """Where this release has a setting: at the address itself, else where it moved to."""
        name, _, key = address.partition(":")
        file = self.file(name)
        if file is not None and self.setting(file, key) is not None:
            return file, key
        return self.moved(address)

    def moved(self, address: str) -> tuple[FileSpec, str] | None:
        """Where this release has a setting that another line has at an address; None where it has none."""
        for other in self.renames.followed(address):
            name, _, key = other.partition(":")
            file = self.file(name)
            if file is not None and file.exact(key) is not None and self.setting(file, key) is not None:
                return file, key
        return None

    @property
    def text(self) -> str:
        """``dse 6.8.50``."""
        return f"{self.line.product} {version_text(self.version)}"

    def files(self) -> Iterator[FileSpec]:
        """The files of the release, by name."""
        return (file for file in self.line.files.values() if file.exists_in(self.version))

    def file(self, name: str) -> FileSpec | None:
        """A file by the FILE of its address."""
        file = self.line.files.get(name)
        return file if file is not None and file.exists_in(self.version) else None

    def setting(self, file: FileSpec, key: str) -> SettingSpec | None:
        """A setting that this release has, with the defaults of this release."""
        spec = file.setting(key)
        if spec is None or not spec.exists_in(self.version):
            return None
        return spec.at(self.version) if spec.history else spec

    def nearest_file(self, name: str) -> str:
        """The known file name most like ``name``; empty when none is."""
        return _nearest(name, list(self.line.files))

    def nearest_key(self, file: FileSpec, key: str) -> str:
        """The known key most like ``key``, by its last step before the whole; empty when none is."""
        known = [name for name in file.keys if (spec := file.exact(name)) and spec.exists_in(self.version)]
        return _nearest(key, known) or _nearest_by_end(key, known)

    def elsewhere(self, key: str) -> str:
        """The address of a setting of that name, or LCM name, in any file; empty when none has it."""
        for file in self.files():
            for spec in file.settings():
                if spec.exists_in(self.version) and (spec.key == key or key in spec.lcm):
                    return f"{file.name}:{spec.key}"
        return ""


def _nearest(name: str, known: list[str]) -> str:
    found = difflib.get_close_matches(name, known, n=1, cutoff=0.75)
    return found[0] if found else ""


def _nearest_by_end(key: str, known: list[str]) -> str:
    """Compare last steps: a right name at a wrong depth is a common mistake."""
    by_end: dict[str, str] = {}
    for name in known:
        by_end.setdefault(name.rsplit(".", 1)[-1], name)
    return by_end.get(_nearest(key.rsplit(".", 1)[-1], list(by_end)), "")

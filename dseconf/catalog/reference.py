"""Pages for reading: one per product line with a line for each setting, and an index.

They are Markdown, the same on every run, and kept under docs/reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from dseconf.catalog.catalog import Catalog, Line, ProductView, version_text
from dseconf.catalog.describe import type_text, value_text
from dseconf.catalog.file import FileSpec
from dseconf.catalog.setting import SettingSpec, Version

INDEX: Final = "README.md"

_LONGEST = 48  # characters of a value; what is longer is shown by `dseconf catalog show`
_SPECIAL = re.compile(r"([\\`*_<>|\[\]~#])")

_COMMANDS = """\
One page per product line, as its newest covered patch is. `dseconf catalog show FILE:KEY` tells
everything of one setting with its sources, `dseconf catalog diff` what differs between two versions.
These pages are written by `dseconf catalog reference -o docs/reference`: correct the catalog, not them.
"""

_COLUMNS = """\
An empty code default is not known; an empty shipped value is not active in the vendor's file. Versions
are given where not every patch of the line has the setting, certainty where it is not certain.
"""


_HEAD = """
| Key | Type | Code default | Shipped | Versions | Certainty | About |
|---|---|---|---|---|---|---|
"""


def make_reference(catalog: Catalog) -> dict[str, str]:
    """The texts of the pages by their names, the index first."""
    views = [view for line in catalog.lines if (view := catalog.at(line.product, line.last)) is not None]
    return {INDEX: _index(views), **{f"{view.line.name}.md": "".join(_page(view)) for view in views}}


def _index(views: list[ProductView]) -> str:
    rows = "".join(
        f"| [{view.line.product} {view.line.line}]({view.line.name}.md) | {version_text(view.line.first)} to "
        f"{version_text(view.line.last)} | {sum(1 for _ in view.files()):,} | {_number_of_settings(view):,} |\n"
        for view in views
    )
    return f"# Reference\n\n{_COMMANDS}\n| Line | Patches | Files | Settings |\n|---|---|--:|--:|\n{rows}"


def _number_of_settings(view: ProductView) -> int:
    return sum(1 for file in view.files() for _ in _settings(view, file))


def _settings(view: ProductView, file: FileSpec) -> Iterator[SettingSpec]:
    return (spec for key in file.keys if (spec := view.setting(file, key)) is not None)


def _page(view: ProductView) -> Iterator[str]:
    yield f"# {view.text}\n\n"
    if note := view.line.about.get("note"):
        yield f"{_text(note)}\n\n"
    yield f"{_COLUMNS}\n"
    for file in view.files():
        yield from _section(view, file)


def _section(view: ProductView, file: FileSpec) -> Iterator[str]:
    yield f"## {_text(file.name)}\n\n{_text(file.about)}\n"
    rows = [_row(view.line, spec) for spec in _settings(view, file)]
    if rows:
        yield _HEAD
        yield from rows
    yield "\n"


def _row(line: Line, spec: SettingSpec) -> str:
    certainty = "" if spec.certainty == "certain" else spec.certainty
    values = (_value(spec.default, spec), _value(spec.shipped, spec))
    cells = (_code(spec.key), _text(type_text(spec)), *values, _versions(line, spec), certainty, _text(spec.about))
    return f"|{'|'.join(cells)}|\n"


def _value(value: object, spec: SettingSpec) -> str:
    text = value_text(value, spec, "")
    return _code(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}...") if text else ""


def _versions(line: Line, spec: SettingSpec) -> str:
    """The patches that have the setting; empty where all of them do."""
    since = spec.since if spec.since is not None and spec.since > line.first else None
    span = _span(since, spec.until)
    missing = ", ".join(map(version_text, spec.not_in))
    return " ".join(filter(None, (span, f"not {missing}" if missing else "")))


def _span(since: Version | None, until: Version | None) -> str:
    if until is None:
        return f"since {version_text(since)}" if since is not None else ""
    return f"{version_text(since)} to {version_text(until)}" if since is not None else f"up to {version_text(until)}"


def _code(text: str) -> str:
    """Text between backticks; in a table a bar ends the cell even there."""
    ticks = "``" if "`" in text else "`"
    return f"{ticks}{_one_line(text)}{ticks}".replace("|", "\\|")


def _text(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", _one_line(text))


def _one_line(text: str) -> str:
    return " ".join(text.split())

"""Tables of nodes: CSV files with a header, one node to a line."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from dseconf.document import MAX_BYTES
from dseconf.errors import InputError
from dseconf.fleet.names import quoted
from dseconf.fleet.problems import Problems
from dseconf.fleet.ranges import MAX_NODES
from dseconf.setting import Origin, Plain

MAX_COLUMNS = 200

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_BETWEEN_NAMES = re.compile(r"[\s+;]+")
_BETWEEN_DISKS = re.compile(r"[\s;]+")


@dataclass(frozen=True, slots=True)
class Cell:
    """The text at one place of a table."""

    text: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Table:
    """The header, and per line the cells that hold something, by column."""

    columns: tuple[Cell, ...]
    rows: tuple[dict[str, Cell], ...]
    origins: tuple[Origin, ...]


def read_table(content: bytes, path: str, problems: Problems) -> Table:
    """Read a table. Lines that cannot be read are noted and left out.

    Raises:
        InputError: the file as a whole is no table.
    """
    lines = _lines(content, path)
    header = next(lines, None)
    if header is None:
        raise InputError(
            "wrong-table",
            "the table is empty",
            where=Origin(path),
            remedy="begin with the column names: name,rack,address",
        )
    columns = tuple(_cells(header[1], header[0], path))
    _check_header(columns, path)
    rows: list[dict[str, Cell]] = []
    origins: list[Origin] = []
    for number, text in lines:
        try:
            row = _row(tuple(_cells(text, number, path)), columns, Origin(path, number, 1))
        except InputError as error:
            problems.findings.extend(error.findings)
            continue
        if row:
            rows.append(row)
            origins.append(Origin(path, number, 1))
    return Table(columns, tuple(rows), tuple(origins))


def _lines(content: bytes, path: str) -> Iterator[tuple[int, str]]:
    """The lines that hold something, with their numbers."""
    if len(content) > MAX_BYTES:
        raise InputError(
            "file-too-large",
            f"the table has {len(content):,} bytes, more than {MAX_BYTES:,}",
            where=Origin(path),
            remedy="split it into several tables",
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            "wrong-encoding", "the table is not UTF-8", where=Origin(path, line, 1), remedy="save it as UTF-8"
        ) from error
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > MAX_NODES + 2:
        raise InputError(
            "range-too-large",
            f"the table has more than {MAX_NODES:,} lines",
            where=Origin(path),
            remedy="split the fleet",
        )
    return ((number, line) for number, line in enumerate(lines, 1) if line.strip())


def _cells(line: str, number: int, path: str) -> Iterator[Cell]:
    """The cells of one line, each with the column at which it begins."""
    column = 1
    for part in _split(line, number, path):
        text = part[1:-1].replace('""', '"') if part[:1] == '"' else part
        yield Cell(text.strip(), Origin(path, number, column))
        column += len(part) + 1


def _split(line: str, number: int, path: str) -> list[str]:
    """The parts between commas, quotes left on."""
    if '"' not in line:
        return line.split(",")
    parts = re.findall(r'("(?:[^"]|"")*"|[^",]*)(?:,|\Z)', line)
    # The pattern matches once more, on nothing, where the line does not end in a comma.
    parts = parts if line.endswith(",") else parts[:-1]
    if ",".join(parts) != line or not _agrees_with_csv(line, len(parts)):
        raise InputError(
            "wrong-table",
            "a quote has no partner in this line",
            where=Origin(path, number, line.index('"') + 1),
            remedy='write quotes around a whole cell, and a quote inside it as ""',
        )
    return parts


def _agrees_with_csv(line: str, count: int) -> bool:
    try:
        return [len(row) for row in csv.reader([line], strict=True)] == [count]
    except csv.Error:
        return False


def _check_header(columns: tuple[Cell, ...], path: str) -> None:
    if len(columns) > MAX_COLUMNS:
        message = f"the table has more than {MAX_COLUMNS} columns"
        raise InputError("too-many-facts", message, where=columns[MAX_COLUMNS].origin, remedy="keep settings in layers")
    seen: dict[str, Cell] = {}
    for column in columns:
        if not column.text:
            raise InputError(
                "wrong-table", "a column has no name", where=column.origin, remedy="name the column, or remove it"
            )
        if column.text in seen:
            raise InputError(
                "duplicate-key",
                f"column {quoted(column.text)} appears twice",
                where=(column.origin, seen[column.text].origin),
                remedy="remove one of them",
            )
        seen[column.text] = column
    if "name" not in seen:
        separators = [mark for mark in ";\t" if mark in columns[0].text]
        remedy = "separate the cells by commas" if separators else "add a column: name"
        raise InputError(
            "missing-column",
            "the table has no column 'name'",
            where=Origin(path, columns[0].origin.line, 1),
            remedy=remedy,
        )


def _row(cells: tuple[Cell, ...], columns: tuple[Cell, ...], origin: Origin) -> dict[str, Cell]:
    if len(cells) > len(columns) and any(cell.text for cell in cells[len(columns) :]):
        extra = cells[len(columns)].origin
        raise InputError(
            "wrong-table",
            f"the line has {len(cells)} cells, and the header {len(columns)}",
            where=(extra, columns[0].origin),
            remedy="put quotes around a cell that holds a comma",
        )
    row = {column.text: cell for column, cell in zip(columns, cells, strict=False) if cell.text}
    if row and "name" not in row:
        raise InputError("missing-value", "the line names no node", where=origin, remedy="fill in the column name")
    return row


def plain_cell(name: str, text: str, *, names: bool) -> Plain:
    """Give a cell the form that the fact would have in fleet.yaml.

    ``names`` tells that the column is a dimension, whose cells may hold several names.
    """
    match name:
        case _ if "{{" in text:
            return text
        case "workload":
            return list(_BETWEEN_NAMES.split(text))
        case "disks":
            return [_disk(part) for part in _BETWEEN_DISKS.split(text)]
        case "install":
            kind, colon, rest = text.partition(":")
            return {kind: rest.strip()} if colon else text
        case _ if names:
            parts = _BETWEEN_NAMES.split(text)
            return list(parts) if len(parts) > 1 else text
        case _:
            return _scalar(text)


def _disk(text: str) -> Plain:
    """``/data:nvme:1.9TiB`` as the mapping it stands for."""
    return dict(zip(("mount", "kind", "size"), text.split(":", 2), strict=False))


def _scalar(text: str) -> Plain:
    if text in ("true", "false"):
        return text == "true"
    return int(text) if _INTEGER.fullmatch(text) else text

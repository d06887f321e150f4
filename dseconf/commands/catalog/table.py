"""Texts under each other, for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

WIDEST = 70  # characters of a column; a longer text pushes its own line alone

Rows: TypeAlias = Iterable[Sequence[str]]


def count(number: int) -> str:
    """``1 setting``, ``1,234 settings``."""
    return f"{number:,} setting" + ("" if number == 1 else "s")


def listed(texts: Iterable[object]) -> str:
    """The texts with commas between them."""
    return ", ".join(map(str, texts))


def clipped(text: str) -> str:
    """The beginning of a text that is too wide for a column."""
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 3]}..."


def columns(rows: Rows) -> str:
    """Columns under each other; the last one as long as it is."""
    table = [tuple(row) for row in rows]
    widths = [min(max(map(len, column)), WIDEST) for column in zip(*table, strict=True)][:-1]
    lines = (
        "  ".join((*(f"{text:<{width}}" for text, width in zip(row, widths, strict=False)), row[-1])) for row in table
    )
    return "".join(f"{line.rstrip()}\n" for line in lines)

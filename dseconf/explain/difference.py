"""What makes two nodes differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dseconf.evaluate import ABSENT, Absent
from dseconf.explain.line import Line, deciding_line, in_layer
from dseconf.explain.view import NodeView
from dseconf.resolve import alike
from dseconf.setting import Plain
from dseconf.validate import is_hidden


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting that two nodes have differently, with the lines that make it so."""

    address: str
    left: str
    right: str
    left_by: Line | None
    right_by: Line | None


def why_different(left: NodeView, right: NodeView) -> Iterator[Difference]:
    """Every setting in which two nodes differ, by file and key, of the files that one of them gets."""
    files = {entry.name for view in (left, right) for entry in view.blueprint.entries}
    for name in sorted(files):
        for key in sorted({*left.keys(name), *right.keys(name)}):
            values = [_value(view, name, key) for view in (left, right)]
            if not _alike(*values):
                (one, by_one), (other, by_other) = (_side(view, name, key) for view in (left, right))
                yield Difference(f"{name}:{key}", one, other, by_one, by_other)


def _value(view: NodeView, name: str, key: str) -> Plain | Absent:
    return ABSENT if view.entry(name) is None else view.value(name, key)


def _alike(left: Plain | Absent, right: Plain | Absent) -> bool:
    if isinstance(left, Absent) or isinstance(right, Absent):
        return left is right
    return alike(left, right)


def _side(view: NodeView, name: str, key: str) -> tuple[str, Line | None]:
    if view.entry(name) is None:
        return "(does not get the file)", None
    file = view.view.file(name)
    hidden = file is None or is_hidden(file, key, view.view)
    value = view.value(name, key)
    text = "(left out)" if isinstance(value, Absent) else in_layer(value, key, hidden=hidden)
    return text, deciding_line(view.setting(name, key), key, hidden=hidden)

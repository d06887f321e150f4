"""A file of a node with the line that decides each value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dseconf.catalog import FileSpec
from dseconf.evaluate import Absent
from dseconf.explain.view import NodeView
from dseconf.render import Piece
from dseconf.secret import holds_secret, shown
from dseconf.setting import Origin, Secret
from dseconf.validate import is_hidden


@dataclass(frozen=True, slots=True)
class AnnotatedLine:
    """One line of a file, masked, and where the values in it come from."""

    text: str
    origins: tuple[Origin, ...]


def explain_file(view: NodeView, name: str, pieces: Sequence[Piece]) -> list[AnnotatedLine]:
    """The file line by line with the winning layer of each value."""
    file = view.view.file(name)
    lines: list[tuple[list[str], list[Origin]]] = [([], [])]
    for piece in pieces:
        setting = view.setting(name, piece.key) if piece.key else None
        for number, text in enumerate(_shown(view, file, piece).split("\n")):
            if number:
                lines.append(([], []))
            lines[-1][0].append(text)
            if setting is not None and text.strip():
                lines[-1][1].append(setting.origin)
    return [AnnotatedLine("".join(texts), tuple(dict.fromkeys(origins))) for texts, origins in lines]


def _shown(view: NodeView, file: FileSpec | None, piece: Piece) -> str:
    """The text of a piece; a placeholder of a secret may be seen, a hidden value not."""
    if file is None or not piece.key:
        return piece.text
    value = view.value(file.name, piece.key)
    within = not isinstance(value, Absent) and holds_secret(value)
    if isinstance(value, Secret) or not (within or is_hidden(file, piece.key, view.view)):
        return piece.text
    ending = "\n" if piece.text.endswith("\n") else ""
    return f"{shown('', key=piece.key, sensitive=True)}{ending}"

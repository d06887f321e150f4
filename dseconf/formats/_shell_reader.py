"""Plain assignments of a shell file, read without running or expanding anything.

An assignment counts when it begins its line and its value is literal. An indented one
lies in a branch or a function and may never happen; one with ``$``, a backquote or
``~`` has no value before it runs. Both are left out, as all other lines are.
"""

from __future__ import annotations

import re

from dseconf.formats._scalar import read_text
from dseconf.setting import Plain

NAME = r"[A-Za-z_][A-Za-z0-9_]*"

_EXPORT = re.compile(r"export[ \t]+")
_ASSIGNED = re.compile(rf"({NAME})=")
_BETWEEN = re.compile(r"[ \t]+")
_END = re.compile(r"[ \t]*(?:;[ \t]*)?(?:[ \t]#[^\n]*)?(?=\r?\n|\Z)")

# The parts of a literal word, each with its text in a group.
_PIECE = re.compile(
    r"'(?P<single>[^']*)'"
    r'|"(?P<double>(?:[^"\\$`]|\\.)*)"'
    r"|\\(?P<escaped>.)"
    r"|(?P<bare>[^\s'\"\\$`;&|<>()~]+)",
    re.DOTALL,
)
_IN_DOUBLE = re.compile(r'\\([$`"\\\n])')

# One command up to the end of its line: quotes may hold line breaks.
_COMMAND = re.compile(
    r"(?:'[^']*'|\"(?:[^\"\\]|\\.)*\"|\\.|(?:(?<=\s)|(?<![^\n]))#[^\n]*|[^\n])*(?:\n|\Z)",
    re.DOTALL,
)
# A here document, or what may look like one: quotes, comments, here strings.
_HERE_DOCUMENT = re.compile(
    r"<<<|<<-?[ \t]*(['\"]?)(?P<end>\w+)\1|'[^']*'|\"(?:[^\"\\]|\\.)*\"|\\.|(?<=\s)#[^\n]*|^#[^\n]*",
    re.DOTALL | re.MULTILINE,
)


def read_assignments(text: str, encoder: str) -> dict[str, Plain]:
    """The literal assignments by name; the last of several counts."""
    found: dict[str, Plain] = {}
    position = 0
    while position < len(text):
        command = _COMMAND.match(text, position)
        end = max(command.end() if command else 0, position + 1)
        for name, value in _assignments(text, position):
            found[name] = read_text(value, encoder)
        position = _behind_here_document(text, position, end)
    return found


def _assignments(text: str, position: int) -> list[tuple[str, str]]:
    """The assignments of the command that begins at a position; none if it is anything else."""
    found: list[tuple[str, str]] = []
    if export := _EXPORT.match(text, position):
        position = export.end()
    while assigned := _ASSIGNED.match(text, position):
        value, position = _word(text, assigned.end())
        found.append((assigned[1], value))
        if _END.match(text, position):
            return found
        if not (gap := _BETWEEN.match(text, position)):
            break
        position = gap.end()
    return []


def _word(text: str, position: int) -> tuple[str, int]:
    pieces = []
    while piece := _PIECE.match(text, position):
        pieces.append(_piece_text(piece))
        position = piece.end()
    return "".join(pieces), position


def _piece_text(piece: re.Match[str]) -> str:
    text = piece[piece.lastgroup or 0]
    match piece.lastgroup:
        case "double":
            return _IN_DOUBLE.sub(lambda escaped: escaped[1].replace("\n", ""), text)
        case "escaped":
            return text.replace("\n", "")
        case _:
            return text


def _behind_here_document(text: str, start: int, end: int) -> int:
    ends = (found["end"] for found in _HERE_DOCUMENT.finditer(text, start, end) if found["end"])
    if (mark := next(ends, None)) is None:
        return end
    closed = re.compile(rf"^\t*{mark}$\n?", re.MULTILINE).search(text, end)
    return closed.end() if closed else end

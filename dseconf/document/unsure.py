"""What the two parsers disagree on, refused for both: so that an edit cannot change what a layer says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from dseconf.errors import InputError
from dseconf.setting import Origin

LINE_END = re.compile("\r\n|\r|\n")


def place_after(before: str, path: str) -> Origin:
    """The place that comes after the given beginning of a file."""
    lines = LINE_END.split(before)
    return Origin(path, len(lines), len(lines[-1]) + 1)


# One parser of the two passes over a directive that it does not know, the other over a second end.
_DIRECTIVE = re.compile(r"^%(?!YAML 1\.2\s*$)", re.MULTILINE)
_END = re.compile(r"^\.\.\.(?=\s|\Z)", re.MULTILINE)


def refuse_directives(text: str, path: str) -> None:
    """Refuse directives but for that of YAML 1.2, and a second end of the document.

    Raises:
        InputError: wrong-directive, several-documents.
    """
    if found := _DIRECTIVE.search(text):
        message = "a directive changes how the file is read"
        raise InputError(
            "wrong-directive",
            message,
            where=place_after(text[: found.start()], path),
            remedy="remove the line that begins with %",
        )
    if "..." in text and len(ends := [found.start() for found in _END.finditer(text)]) > 1:
        raise InputError(
            "several-documents",
            "the document ends twice",
            where=place_after(text[: ends[1]], path),
            remedy="remove the ... line",
        )


# A line up to what the two parsers disagree on, before any comment: a tab, and a comment, text or bracket
# right behind the header of a block, an anchor or a tag.
_BEFORE = r"^(?:[^\t\r\n#]|(?<=[^ \t\r\n])#)*?"
_BEGIN = r"(?:^ *|[:?\-,\[{] *|[!&]\S{0,80} +)"
_TAB = re.compile(_BEFORE + r"(\t)", re.MULTILINE)
_STUCK = re.compile(
    rf"{_BEFORE}{_BEGIN}((?:[|>][-+0-9]*|&[A-Za-z0-9_-]+|!!?[A-Za-z0-9._-]*)[^-+0-9A-Za-z._!<\s])", re.MULTILINE
)

# A look at the whole text, so that most files need no second one.
_MAY_BE_UNSURE = re.compile(r"\t|[|>][-+0-9]*[^-+0-9\s]|[&!][A-Za-z0-9._-]*[^A-Za-z0-9._\s-]|[|>][^\n]{0,80}\n *\r?\n")

# What stands before the text of a block: its header, lines that are blank, and the first indentation.
_BLOCK_HEAD = re.compile(r"[^|>]*[|>][^\n]*\n((?:[ \t\r]*\n)*)[ \t]*")


def may_be_unsure(text: str) -> bool:
    """Whether a text is worth ``refuse_unsure``."""
    return _MAY_BE_UNSURE.search(text) is not None


def refuse_unsure(text: str, events: Iterable[Any], path: str) -> None:
    """Refuse what only one of the parsers takes, outside quotes, blocks and comments.

    Raises:
        InputError: tab-indentation, yaml-syntax.
    """
    pieces, done = [], 0
    for event in events:
        if getattr(event, "style", None):
            start, end = _quoted_span(text, event, path)
            pieces += [text[done:start], "x" * (end - start)]
            done = max(start, end)
    outside = "".join([*pieces, text[done:]])
    if found := _TAB.search(outside):
        message, place = "a tab stands where YAML wants spaces", place_after(text[: found.start(1)], path)
        raise InputError("tab-indentation", message, where=place, remedy="write spaces")
    if found := _STUCK.search(outside):
        message, place = "a blank is missing", place_after(text[: found.start(1)], path)
        raise InputError("yaml-syntax", message, where=place, remedy="write a blank behind | and >, tags and anchors")


def _quoted_span(text: str, event: Any, path: str) -> tuple[int, int]:
    """Where the text of a quoted or block scalar begins and ends; its event begins with its tag."""
    start, end = event.start_mark.index, event.end_mark.index
    if event.style not in "|>":
        return text.index(event.style, start), end
    head = _BLOCK_HEAD.match(text, start)
    if head is not None and " " in head[1]:
        place = place_after(text[: head.start(1)], path)
        remedy = "remove the blanks, or the line"
        raise InputError("yaml-syntax", "a block of text begins with a line of blanks", where=place, remedy=remedy)
    return (min(head.end(), end) if head else end), end

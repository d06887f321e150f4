"""Bytes become a document, by one of two parsers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import yaml

from dseconf.document.compose import compose, unquoted_expression
from dseconf.document.node import Document
from dseconf.document.unsure import LINE_END, may_be_unsure, place_after, refuse_directives, refuse_unsure
from dseconf.errors import DseconfError, InputError
from dseconf.setting import Origin

MAX_BYTES = 16 * 1024 * 1024

Events: TypeAlias = Callable[[str], Iterable[Any]]

# libyaml is there on every platform with wheels; without it the same events come slower.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def fast_events(text: str) -> Iterable[Any]:
    """Events of libyaml."""
    return yaml.parse(text, Loader=_LOADER)


def round_trip_events(text: str) -> Iterable[Any]:
    """Events of ruamel.yaml, the reader that keeps comments and layout."""
    from ruamel.yaml import YAML  # noqa: PLC0415  # heavy; only edits of layers need it

    return YAML(typ="rt", pure=True).parse(text)  # type: ignore[no-any-return]


def read_document(content: bytes, path: str, events: Events = fast_events) -> Document:
    """Read one YAML 1.2 file. A byte order mark and CRLF line ends are taken as they come.

    Raises:
        DseconfError: the file is no YAML, not UTF-8, or breaks a bound.
    """
    text = decode(content, path)
    refuse_directives(text, path)
    try:
        document = compose(events(text), path)
        if may_be_unsure(text):
            refuse_unsure(text, events(text), path)
    except (ValueError, NotImplementedError) as error:  # ruamel.yaml's, on wrong escapes and on comments in odd places
        remedy = "check escapes, and comments between a key and its value"
        raise InputError("yaml-syntax", "this is not YAML", where=Origin(path, 1, 1), remedy=remedy) from error
    except Exception as error:
        if not hasattr(error, "problem_mark"):
            raise
        raise _syntax_error(error, text, path) from error
    return document


def decode(content: bytes, path: str) -> str:
    """The text of a file, without its byte order mark.

    Raises:
        InputError: file-too-large, wrong-encoding, or wrong-character.
    """
    if len(content) > MAX_BYTES:
        message = f"the file has more than {MAX_BYTES:,} bytes"
        raise InputError("file-too-large", message, where=Origin(path), remedy="split it into several files")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or (b"\0" in content[:4] and len(content) % 2 == 0):
        raise InputError("wrong-encoding", "the file is UTF-16", where=Origin(path, 1, 1), remedy="save it as UTF-8")
    try:
        text = content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise _wrong_encoding(error, content, path) from error
    if found := _FORBIDDEN.search(text):
        raise _wrong_character(text, found.start(), path)
    return text


def _wrong_encoding(error: UnicodeDecodeError, content: bytes, path: str) -> InputError:
    place = place_after(content[: error.start].decode("utf-8-sig"), path)
    why = f"byte 0x{content[error.start]:02x} is no part of any character"
    return InputError("wrong-encoding", "the file is not UTF-8", where=place, why=why, remedy="save it as UTF-8")


# Control characters break terminals. The others end a line for some readers and not for
# others, or begin a file: the two parsers would count lines differently.
_FORBIDDEN = re.compile("\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def _wrong_character(text: str, index: int, path: str) -> InputError:
    code = f"U+{ord(text[index]):04X}"
    remedy = f'remove it, or write it in double quotes as "\\u{ord(text[index]):04x}"'
    why = "it cannot be seen, and readers disagree on it"
    return InputError(
        "wrong-character",
        f"character {code} stands here",
        where=place_after(text[:index], path),
        why=why,
        remedy=remedy,
    )


_EXPRESSION = re.compile(r"""(?:[:\-,\[{]\s+|^\s*)\{\{""")


def _syntax_error(error: Any, text: str, path: str) -> DseconfError:
    """The parser's complaint in our words; it never quotes the file: that could be a secret."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    at = error.context_mark.line if error.context_mark else line
    lines = LINE_END.split(text)
    for number in (at, line):
        if number < len(lines) and (found := _EXPRESSION.search(lines[number])):
            return DseconfError(unquoted_expression(Origin(path, number + 1, found.end() - 1)))
    place = Origin(path, line + 1, column + 1)
    problem = str(error.problem or "")
    if "\\t" in problem or "'\t'" in problem or "tab" in problem or _tab_indents(lines, line):
        message = "a tab stands where YAML wants spaces"
        return InputError("tab-indentation", message, where=place, remedy="write spaces")
    remedy = "check quotes, colons and indentation at this place and on the line above"
    return InputError("yaml-syntax", "this is not YAML", where=place, why=_without_quotes(problem), remedy=remedy)


def _tab_indents(lines: list[str], line: int) -> bool:
    near = lines[max(0, line - 1) : line + 1]
    return any("\t" in text[: len(text) - len(text.lstrip())] for text in near)


def _without_quotes(problem: str) -> str:
    return re.sub(r"'[^']*'|\"[^\"]*\"", "...", problem)

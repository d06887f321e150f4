"""Java properties: ``key=value``, for readers that use ``java.util.Properties``.

Escapes are those that the reader needs and no more: ``Properties.store`` also escapes
``=``, ``:``, ``#`` and ``!`` inside values, where ``load`` takes them as they are, and
shell scripts that grep such files would see the backslashes. The text is ASCII, so it
does not matter whether a reader takes the file for ISO-8859-1 or UTF-8.

A secret is a bare placeholder in the place of the value; the applier writes the value
as ``escape_value`` does. Lists are written with commas, and read as one text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from dseconf.formats import Entry, Format, FormatError, Part, Slot
from dseconf.formats._scalar import comment_block, join_commas, read_text, write_scalar
from dseconf.formats._template import WORD, Dialect, arrange, switched
from dseconf.setting import Plain

ENCODER = "properties"

_NAMED = {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\f": "\\f", "\\": "\\\\"}
_NAMED_BACK = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}
_IN_VALUE = re.compile(r"[^\x20-\x5b\x5d-\x7e]")
_IN_KEY = re.compile(r"[^\x20-\x5b\x5d-\x7e]|[ =:#!]")
_ESCAPE = re.compile(r"\\(u(.{0,4})|.)", re.DOTALL)
_KEY = re.compile(r"(?:[^\\=: \t\f]|\\.)*", re.DOTALL)
_SEPARATOR = re.compile(r"[ \t\f]*[=:]?[ \t\f]*")


def escape_value(text: str) -> str:
    """The text as ``load`` reads it behind ``key=``."""
    escaped = _IN_VALUE.sub(_escaped, text)
    return f"\\{escaped}" if escaped.startswith(" ") else escaped


def escape_key(text: str) -> str:
    """The text as ``load`` reads it at the beginning of a line."""
    return _IN_KEY.sub(_escaped, text)


def lines(entries: Sequence[Entry]) -> tuple[Slot, ...]:
    """One line per setting."""
    if not all(entry.key for entry in entries):
        raise FormatError("a setting has an empty name", "give it a name")
    return tuple(Slot(entry.key) for entry in entries)


def load(text: str) -> dict[str, Plain]:
    """What ``Properties.load`` reads; the last of several lines with one key counts."""
    loaded: dict[str, Plain] = {}
    for number, line in _logical_lines(text):
        key = _KEY.match(line)
        end = key.end() if key else 0
        separator = _SEPARATOR.match(line, end)
        value = line[separator.end() if separator else end :]
        loaded[_unescaped(line[:end], number)] = read_text(_unescaped(value, number), ENCODER)
    return loaded


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    if character in _NAMED:
        return _NAMED[character]
    if character in " =:#!":
        return f"\\{character}"
    code = character.encode("utf-16-be")
    return "".join(f"\\u{code[at]:02X}{code[at + 1]:02X}" for at in range(0, len(code), 2))


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their continuations joined, without comments and blank lines, and their numbers."""
    logical = ""
    for number, natural in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        line = natural.lstrip(" \t\f")
        if not logical and (not line or line[0] in "#!"):
            continue
        logical += line
        if (len(line) - len(line.rstrip("\\"))) % 2:
            logical = logical[:-1]
        else:
            yield number, logical
            logical = ""
    if logical:
        yield text.count("\n") + 1, logical


def _unescaped(text: str, line: int) -> str:
    if "\\" not in text:
        return text

    def plain(found: re.Match[str]) -> str:
        if found[2] is None:
            return _NAMED_BACK.get(found[1], found[1])
        if not re.fullmatch(r"[0-9a-fA-F]{4}", found[2]):
            raise FormatError("\\u stands without four hexadecimal digits", "write \\u00e4, or \\\\u for \\u", line)
        return chr(int(found[2], 16))

    try:
        return _ESCAPE.sub(plain, text).encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError as error:
        raise FormatError("\\u names half of a surrogate pair", "write both halves", line) from error


def _arrange(entries: Sequence[Entry], template: str | None) -> tuple[Part, ...]:
    return arrange(entries, template, Dialect(lines, escape_value))


def _encode(slot: Slot, value: Plain) -> str:
    text = switched(slot, value)
    if text is not None:
        return text
    text = write_scalar(join_commas(value), ENCODER, escape_value)
    return text if slot.shape == WORD else f"{escape_key(slot.key)}={text}\n"


def _parse(text: str) -> Mapping[str, Plain]:
    return load(text)


FORMAT = Format(
    name="properties",
    comment="#",
    secrets=ENCODER,
    arrange=_arrange,
    encode=_encode,
    parse=_parse,
    header=comment_block("#"),
    block=lambda key: key,
)

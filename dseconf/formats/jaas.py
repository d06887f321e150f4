"""Login configuration of Java (JAAS), by template.

Every value is a string in double quotes, numbers and truth values too: the reader takes
both for the same text. It knows the escapes of ``java.io.StreamTokenizer``: the usual
letters, and three octal digits. A secret is a placeholder in double quotes; its encoder
is yaml, whose escapes are the same for text without control characters.

Read back, the keys are ``ENTRY.module``, ``ENTRY.flag`` and ``ENTRY.option.NAME`` of the
last module of each entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from dseconf.formats import Entry, Format, Part, Slot
from dseconf.formats._scalar import comment_block, placeholder, read_text, write_scalar
from dseconf.formats._template import Dialect, arrange, no_lines, switched
from dseconf.setting import Plain, Secret

ENCODER = "yaml"

_HEADS = ("module", "flag")  # what an entry, or what follows a ;, begins with
_WORD = re.compile(r"[A-Za-z_$][A-Za-z0-9_$.-]*")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPES_BACK = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "b": "\b", "a": "\a", "v": "\v"}
_SPECIAL = re.compile(r'["\\\x00-\x1f\x7f]')
_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?P<quoted>(?:[^"\\\n]|\\.)*)"|(?P<sign>[{}=;])|(?P<word>[^\s{}=;"]+)', re.DOTALL
)


def _quote(text: str) -> str:
    return '"' + _SPECIAL.sub(lambda found: _ESCAPES.get(found[0], f"\\{ord(found[0]):03o}"), text) + '"'


def _key_text(text: str) -> str:
    return text if _WORD.fullmatch(text) else _quote(text)


def _arrange(entries: Sequence[Entry], template: str | None) -> tuple[Part, ...]:
    return arrange(entries, template, Dialect(no_lines, _key_text))


def _encode(slot: Slot, value: Plain) -> str:
    text = switched(slot, value)
    if isinstance(value, Secret):
        return f'"{placeholder(value, ENCODER)}"'
    return write_scalar(value, ENCODER, _quote) if text is None else text


def _parse(text: str) -> Mapping[str, Plain]:
    parsed: dict[str, Plain] = {}
    entry = last = ""
    heads: Iterator[str] = iter(())
    tokens = _tokens(text)
    for word, sign in tokens:
        match sign:
            case "{":
                entry, heads = last, iter(_HEADS)
            case ";" | "}":
                entry = entry if sign == ";" else ""
                heads = iter(_HEADS if entry else ())
            case "=":
                parsed[f"{entry}.option.{last}"] = read_text(next(tokens, ("", ""))[0], ENCODER)
            case _:
                if head := next(heads, None):
                    parsed[f"{entry}.{head}"] = read_text(word, ENCODER)
        last = word
    return parsed


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """The words in order, each with an empty text, and the signs of the syntax behind one."""
    for found in _TOKEN.finditer(text):
        if found["quoted"] is not None:
            yield re.sub(r"\\([0-7]{1,3}|.)", _unescaped, found["quoted"], flags=re.DOTALL), ""
        elif found["sign"] or found["word"]:
            yield found["word"] or "", found["sign"] or ""


def _unescaped(found: re.Match[str]) -> str:
    text = found[1]
    return chr(int(text, 8)) if text.isdecimal() else _ESCAPES_BACK.get(text, text)


FORMAT = Format(
    name="jaas",
    comment="//",
    secrets=ENCODER,
    arrange=_arrange,
    encode=_encode,
    parse=_parse,
    header=comment_block("//"),
)

"""Files of no known form, by template: each value is a text on one line, as it is.

Nothing is escaped because nothing is known of the reader; what could end the line is
refused. A secret is a bare placeholder; its encoder is jvm, which writes the secret as
it is and refuses blanks and control characters.

``parse`` reads files with ``[section]`` lines (cqlshrc) as Python's configparser does;
the keys are ``section.option``. Of other files it reads nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from dseconf.formats import Entry, Format, FormatError, Part, Slot
from dseconf.formats._scalar import comment_block, read_text, write_scalar
from dseconf.formats._template import Dialect, arrange, no_lines, switched
from dseconf.setting import Plain

ENCODER = "jvm"

_ENDS_LINE = re.compile("[\x00-\x08\x0a-\x1f\x7f\x85\u2028\u2029]")
_SECTION = re.compile(r"\[(?P<name>[^\]]+)\]")
_OPTION = re.compile(r"(?P<name>[^=:\s][^=:]*?)\s*[=:]\s*(?P<value>.*)")


def _one_line(text: str) -> str:
    if _ENDS_LINE.search(text):
        raise FormatError("a value holds a line break or control character", "write it on one line")
    return text


def _arrange(entries: Sequence[Entry], template: str | None) -> tuple[Part, ...]:
    return arrange(entries, template, Dialect(no_lines, _one_line))


def _encode(slot: Slot, value: Plain) -> str:
    text = switched(slot, value)
    return write_scalar(value, ENCODER, _one_line) if text is None else text


def _parse(text: str) -> Mapping[str, Plain]:
    parsed: dict[str, Plain] = {}
    section = ""
    for line in text.split("\n"):
        if not line.strip() or line.lstrip().startswith(("#", ";")):
            continue
        if heading := _SECTION.match(line):
            section = heading["name"]
        elif section and (option := _OPTION.fullmatch(line.rstrip())):
            parsed[f"{section}.{option['name'].lower()}"] = read_text(option["value"], ENCODER)
    return parsed


FORMAT = Format(
    name="plain",
    comment="#",
    secrets=ENCODER,
    arrange=_arrange,
    encode=_encode,
    parse=_parse,
    header=comment_block("#"),
)

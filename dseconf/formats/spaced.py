"""Spark's form of properties: the key, blanks, the value.

Spark reads these files with ``java.util.Properties`` and trims the values, so the
escapes are those of properties files. One more is needed: after the blanks ``load``
takes a single ``=`` or ``:`` for the separator, so a value that begins with one has it
escaped. A secret is a bare placeholder in the place of the value, and its encoder is
the one of properties files; the applier escapes a leading ``=`` or ``:`` in all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dseconf.formats import Entry, Format, Part, Slot
from dseconf.formats._scalar import comment_block, join_commas, write_scalar
from dseconf.formats._template import WORD, Dialect, arrange, switched
from dseconf.formats.properties import ENCODER, escape_key, escape_value, lines, load
from dseconf.setting import Plain

_COLUMN = 40  # where values begin, so that the usual keys line up


def _escape(text: str) -> str:
    escaped = escape_value(text)
    return f"\\{escaped}" if escaped.startswith(("=", ":")) else escaped


def _arrange(entries: Sequence[Entry], template: str | None) -> tuple[Part, ...]:
    return arrange(entries, template, Dialect(lines, _escape))


def _encode(slot: Slot, value: Plain) -> str:
    text = switched(slot, value)
    if text is not None:
        return text
    text = write_scalar(join_commas(value), ENCODER, _escape)
    if slot.shape == WORD:
        return text
    key = escape_key(slot.key)
    return f"{key:<{_COLUMN - 1}} {text}\n" if text else f"{key}\n"


def _parse(text: str) -> Mapping[str, Plain]:
    return load(text)


FORMAT = Format(
    name="spaced",
    comment="#",
    secrets=ENCODER,
    arrange=_arrange,
    encode=_encode,
    parse=_parse,
    header=comment_block("#"),
    block=lambda key: key,
)

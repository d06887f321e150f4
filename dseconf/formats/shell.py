r"""Shell environments: ``export NAME='value'``, or ``NAME='value'`` in the style ``plain``.

Every value is one word in single quotes, where the shell expands nothing; a quote
inside is written ``'\''``. Line breaks stay as they are between the quotes. In a
template a slot is such a word; the template must put it where a word stands, and not
inside quotes of its own. A secret is a bare placeholder in place of the whole word, and
the applier writes the quotes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from dseconf.formats import Entry, Format, FormatError, Part, Slot
from dseconf.formats._scalar import comment_block, write_scalar
from dseconf.formats._shell_reader import NAME, read_assignments
from dseconf.formats._template import WORD, Dialect, arrange, switched
from dseconf.setting import Plain

ENCODER = "shell"

_STYLES = {"": "export ", "export": "export ", "plain": ""}
_SAFE = re.compile(r"[A-Za-z0-9_./:@%+,-]+")


def quote(text: str) -> str:
    """One word that the shell takes for this text."""
    if "\0" in text:
        raise FormatError("a value for the shell holds a NUL character", "remove it")
    return "'" + text.replace("'", "'\\''") + "'"


def _key_text(text: str) -> str:
    # Bare where that is the same: template authors put parts of keys into longer words.
    return text if _SAFE.fullmatch(text) else quote(text)


def _lines(entries: Sequence[Entry]) -> tuple[Slot, ...]:
    for entry in entries:
        if not re.fullmatch(NAME, entry.key):
            raise FormatError(f"{entry.key!r} is no name of a variable", "use letters, digits and _, no digit first")
        if entry.style not in _STYLES:
            raise FormatError(f"shell files have no style {entry.style!r}", "use export or plain")
    return tuple(Slot(entry.key, ("line", _STYLES[entry.style])) for entry in entries)


def _arrange(entries: Sequence[Entry], template: str | None) -> tuple[Part, ...]:
    return arrange(entries, template, Dialect(_lines, _key_text))


def _encode(slot: Slot, value: Plain) -> str:
    text = switched(slot, value)
    if text is not None:
        return text
    word = write_scalar(value, ENCODER, quote)
    return word if slot.shape == WORD else f"{slot.shape[1]}{slot.key}={word}\n"


def _parse(text: str) -> Mapping[str, Plain]:
    return read_assignments(text, ENCODER)


FORMAT = Format(
    name="shell",
    comment="#",
    secrets=ENCODER,
    arrange=_arrange,
    encode=_encode,
    parse=_parse,
    header=comment_block("#"),
    block=lambda key: key,
)

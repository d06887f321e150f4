"""Secrets: placeholders in rendered files, and the one function that hides values.

Everything printed or stored that may hold a value goes through ``shown``. A value is
hidden when the catalog calls its setting sensitive, when its name sounds like a secret
although the catalog does not know it, and when it stands under a misspelt sensitive name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress

from dseconf.document.scalar import AmbiguousScalarError, type_plain
from dseconf.expression import Expression
from dseconf.setting import Secret, Value

HIDDEN = "(hidden)"
PLACEHOLDER = "@@dseconf:"
MAX_SHOWN = 120  # characters

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
_BARE = re.compile(r"[A-Za-z0-9_./+-](?:[A-Za-z0-9_./+@%=:;()$*~ -]*[A-Za-z0-9_./+@%=:;()$*~-])?")
_SECRET_WORD = re.compile(r"password|passphrase|passwd|secret|credential", re.IGNORECASE)

_KEY_AND_VALUE = re.compile(rf".*?(?:{_SECRET_WORD.pattern})[^:=]*[:=]", re.IGNORECASE | re.DOTALL)


def placeholder(secret: Secret, encoder: str) -> str:
    """What stands in a rendered file until the node puts the value in its place."""
    return f"{PLACEHOLDER}{encoder}:{secret.name}@@"


def sounds_secret(key: str) -> bool:
    """Whether a key that the catalog does not know may hold a secret."""
    return _SECRET_WORD.search(key) is not None


def shown_key(key: str) -> str:
    """A key as it may be shown: without what stands behind ``password=`` or ``password:``."""
    found = _KEY_AND_VALUE.match(key)
    return f"{found[0]}{HIDDEN}" if found else key


def holds_secret(value: Value) -> bool:
    """Whether a value has a plain one inside it under a name that sounds like a secret."""
    match value:
        case list():
            return any(map(holds_secret, value))
        case dict():
            return any(_is_secret(key, item) or holds_secret(item) for key, item in value.items())
        case _:
            return False


def _is_secret(key: str, item: Value) -> bool:
    return sounds_secret(key) and not isinstance(item, Secret) and item not in (None, "", [], {})


def shown(value: Value, *, key: str = "", sensitive: bool = False, spell: Callable[[str], str] = repr) -> str:
    """The value as it may be shown to people: hidden, or in the spelling of a layer.

    ``spell`` says how text is written: with quotes always, or as ``layer_text`` does.
    """
    if isinstance(value, Secret):
        return str(value)
    if sensitive or sounds_secret(key):
        return HIDDEN
    return _shorten(_spelling(value, spell))


def layer_text(text: str) -> str:
    """Text as a layer writes it, in quotes only where YAML would take it for something else."""
    if _BARE.fullmatch(text) and "- " not in text[:2] and ": " not in text and " #" not in text and text[-1] != ":":
        with suppress(AmbiguousScalarError):
            if type_plain(text) == text:
                return text
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(char: str) -> str:
    """A character between double quotes; what could move a terminal is never printed as it is."""
    if char in _ESCAPES:
        return _ESCAPES[char]
    code = ord(char)
    return char if char.isprintable() else f"\\x{code:02x}" if code < 0x100 else f"\\U{code:08x}"


def _spelling(value: Value, spell: Callable[[str], str]) -> str:
    match value:
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case str() | Expression():
            return spell(value if isinstance(value, str) else value.text)
        case list():
            return "[" + ", ".join(_spelling(item, spell) for item in _some(value)) + "]"
        case dict():
            items = _some(value.items())
            return "{" + ", ".join(f"{key}: {shown(item, key=key, spell=spell)}" for key, item in items) + "}"
        case _:
            return str(value)


def _some(items: Iterable[object]) -> list:  # type: ignore[type-arg]  # members of a value, whatever they are
    """Enough members to fill what may be shown, so that a huge list is not spelt out."""
    return [item for _, item in zip(range(MAX_SHOWN), items, strict=False)]


def _shorten(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}... ({len(text):,} characters)"

"""What the formats share about single values: their plain text, and placeholders.

The value of a secret is known on the node alone. Where it belongs, a file holds
``@@dseconf:<encoder>:<name>@@``. The node-side applier replaces just these characters
with the secret as ``<encoder>`` escapes it: yaml for the inside of double quotes, which
the file has around the placeholder; shell as a word in single quotes of its own;
properties and xml with their escapes; jvm as it is or not at all.

Profiles can not make such a text: a value or key that contains ``@@dseconf:`` is
refused, and so is the name of a secret with characters that mean something to a reader.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from dseconf.formats import FormatError
from dseconf.secret import PLACEHOLDER
from dseconf.secret import placeholder as mark_secret
from dseconf.setting import Plain, Secret

_NAME = r"[A-Za-z0-9_./-]+"
_HALF_CHARACTER = re.compile(r"[\ud800-\udfff]")
_UNPRINTED = re.compile(r"[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]|\\\Z")


def placeholder(secret: Secret, encoder: str) -> str:
    """The text that the applier replaces with the secret."""
    if not re.fullmatch(_NAME, secret.name):
        raise FormatError("the name of a secret has a character that no placeholder can hold",
                          "use letters, digits and . _ / - in the name")  # fmt: skip
    return mark_secret(secret, encoder)


def read_text(text: str, encoder: str) -> str | Secret:
    """What an unescaped text of a file stands for: itself, or a secret."""
    if PLACEHOLDER not in text:
        return text
    found = re.fullmatch(f"{PLACEHOLDER}{encoder}:({_NAME})@@", text)
    return Secret(found[1]) if found else text


def checked(text: str) -> str:
    """The text itself, when files can hold it at all."""
    if PLACEHOLDER in text:
        raise FormatError(f"a plain text holds {PLACEHOLDER}, which marks the place of a secret",
                          "write !secret NAME for a secret, or change the text")  # fmt: skip
    if _HALF_CHARACTER.search(text):
        raise FormatError("a text holds half a surrogate pair, which UTF-8 can not write", "write the whole character")
    return text


def scalar_text(value: Plain) -> str:
    """The plain text of a value that is no secret: ``true``, ``8``, ``0.5``, the text itself.

    Null is the empty text: formats without types have no other.
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if not math.isfinite(value):
            raise FormatError("the value is no finite number", "write a number")
        case int() | float():
            return str(value)
        case str():
            return checked(value)
        case _:
            raise FormatError("a list or mapping has no form in this place", "write one text or number")


def write_scalar(value: Plain, encoder: str, escape: Callable[[str], str]) -> str:
    """The escaped text of one value, or the placeholder of a secret."""
    return placeholder(value, encoder) if isinstance(value, Secret) else escape(scalar_text(value))


def join_commas(value: Plain) -> Plain:
    """A list as its members with commas between, for readers that split at commas."""
    if not isinstance(value, list):
        return value
    members = [_member(member) for member in value]
    if any("," in member for member in members):
        raise FormatError("a member of the list holds a comma, which ends a member", "leave out the comma")
    return ",".join(members)


def _member(value: Plain) -> str:
    if isinstance(value, Secret):
        raise FormatError("a secret can not be one member of a list here", "make the whole value a secret")
    return scalar_text(value)


def comment_block(mark: str) -> Callable[[Sequence[str]], str]:
    """A writer of comment blocks with a line comment sign."""
    return lambda lines: "".join(f"{mark} {comment_line(line)}".rstrip() + "\n" for line in lines)


def comment_line(text: str) -> str:
    """A text that can not leave its comment line.

    Old SnakeYAML refuses a file for a character outside its printable set, in comments too.
    Some readers join lines at a backslash before they look for comments.
    """
    return _UNPRINTED.sub("?", text)

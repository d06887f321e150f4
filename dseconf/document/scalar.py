"""The type of a plain scalar: YAML 1.2 core, and a refusal where YAML 1.1 differs."""

from __future__ import annotations

import re
from typing import TypeAlias

Typed: TypeAlias = bool | int | float | str | None

_WORDS: dict[str, Typed] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
    ".nan": float("nan"), ".NaN": float("nan"), ".NAN": float("nan"),
}  # fmt: skip

# Booleans of YAML 1.1 that are text in 1.2, with what they mean there.
_OLD_WORDS = {
    variant: meaning
    for meaning, words in (("true", ("yes", "on", "y")), ("false", ("no", "off", "n")))
    for word in words
    for variant in (word, word.capitalize(), word.upper())
}

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
_HEX = re.compile(r"0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_INFINITY = re.compile(r"([-+]?)\.(?:inf|Inf|INF)\Z")

# What 1.1 and 1.2 read differently, each with the reading that makes it so.
_AMBIGUOUS = (
    (r"[-+]?0[0-9][0-9.]*", "a leading zero means octal to some readers"),
    (r"[-+]?0[ob][0-9_]+", "octal and binary numbers differ between YAML 1.1 and 1.2"),
    (r"[-+]?0x[0-9a-fA-F]*_[0-9a-fA-F_]*|[-+]0x[0-9a-fA-F_]+", "not every reader takes it for a number"),
    (r"[-+]?[0-9]+(?:\.[0-9]*)?[eE][0-9]+|[-+]?\.[0-9]+[eE][0-9]+", "an exponent without a sign is text in YAML 1.1"),
    (r"[-+]?[0-9]+[eE][-+][0-9]+", "an exponent without a decimal point is text in YAML 1.1"),
    (r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?", "numbers with : are base 60 in YAML 1.1"),
    (r"[-+]?(?=[0-9.])(?=.*_)[0-9_]*\.?[0-9_]*(?:[eE][-+]?[0-9]+)?", "digits with _ are a number in YAML 1.1"),
    (r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?", "a date is text in YAML 1.2"),
)  # fmt: skip
_DIFFERENT = tuple((re.compile(f"(?:{pattern})\\Z"), reason) for pattern, reason in _AMBIGUOUS)

# No number, word or date begins with another letter: most scalars need one look.
_MAY_BE_TYPED = frozenset("0123456789+-.~tTfFnNyYoO")

_MAX_NUMBER = 100  # characters: what is longer is text to everybody, and patterns stay fast


class AmbiguousScalarError(ValueError):
    """The two versions of YAML read the text differently; as text it says why.

    Only a word out of a closed list is quoted: any other text may be a secret.
    """

    def __init__(self, reason: str, message: str, remedy: str) -> None:
        super().__init__(reason)
        self.message = message
        self.remedy = remedy


def type_plain(text: str) -> Typed:
    """Give an unquoted scalar its type.

    Raises:
        AmbiguousScalarError: YAML 1.1 and 1.2 differ on it.
    """
    if (text and text[0] not in _MAY_BE_TYPED) or len(text) > _MAX_NUMBER:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if meaning := _OLD_WORDS.get(text):
        reason = f"it is {meaning} in YAML 1.1 and text in YAML 1.2"
        raise AmbiguousScalarError(reason, f"YAML versions disagree on {text!r}", f"quote it, or write {meaning}")
    return _number(text)


def _number(text: str) -> Typed:
    if _INTEGER.match(text):
        return int(text)
    for pattern, reason in _DIFFERENT:
        if pattern.match(text):
            remedy = "quote it" if "date" in reason else "quote it, or write the plain decimal number"
            raise AmbiguousScalarError(reason, "YAML versions disagree on an unquoted value", remedy)
    if _HEX.match(text):
        return int(text, 16)
    if infinite := _INFINITY.match(text):
        return float(infinite[1] + "inf")
    return float(text) if _FLOAT.match(text) else text

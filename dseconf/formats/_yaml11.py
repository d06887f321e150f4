"""Plain scalars of YAML 1.1, as SnakeYAML types them and as we dare to write them.

SnakeYAML's patterns: https://bitbucket.org/snakeyaml/snakeyaml (Resolver.java, 1.26 to
2.x). It differs from PyYAML: an exponent needs no sign and no decimal point (``1e3``).
"""

from __future__ import annotations

import re

from dseconf.setting import Plain

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
}

_INTEGER = re.compile(
    r"[-+]?(?:0b_*[01][01_]*|0_*[0-7][0-7_]*|0|[1-9][0-9_]*|0x_*[0-9a-fA-F][0-9a-fA-F_]*|[1-9][0-9_]*(?::[0-5]?[0-9])+)"
)
_FLOAT = re.compile(
    r"[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+|[-+]?\.[0-9_]+(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)

_LONGEST_NUMBER = 400  # characters; a longer one is kept as text

# Plain text by every version of YAML in every reader: nothing at its beginning or
# inside that is a sign of YAML, nothing made of the characters of numbers and dates.
# That quotes IP addresses too, and must: the pattern for floats in the specification
# of YAML 1.1 takes 10.0.0.1.
_UNQUOTED = re.compile(r"[A-Za-z0-9_/.][A-Za-z0-9_/.+@%=$;()*^~:, -]*")
_NUMBERLIKE = re.compile(r"[0-9.][0-9._:,eExXoObBa-fA-FtTzZ+ -]*")
_TYPED_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n", ".inf", ".nan"})

_SHORT_ESCAPES = {"\0": "\\0", "\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "\\": "\\\\"}

# Old SnakeYAML takes no character outside the basic plane, and U+FEFF is dropped as a
# byte order mark; the line separators U+0085, U+2028 and U+2029 end lines in YAML 1.1.
_MUST_ESCAPE = re.compile(r"[^\x20\x21\x23-\x5b\x5d-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]")


def read_plain(text: str) -> Plain:
    """Give an unquoted scalar the type that SnakeYAML gives it. Dates stay text."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > _LONGEST_NUMBER:
        return text
    if _INTEGER.fullmatch(text):
        return _integer(text.replace("_", ""))
    if _FLOAT.fullmatch(text):
        return _float(text)
    return text


def write_text(text: str) -> str:
    """A scalar on one line that every reader takes for this text."""
    if _UNQUOTED.fullmatch(text) and not _reads_otherwise(text):
        return text
    return f'"{_MUST_ESCAPE.sub(_escaped, text)}"'


def write_float(number: float) -> str:
    """The shortest text that YAML 1.1 reads as this number: 10000.0, 1.0e+16, .inf."""
    if number != number:  # noqa: PLR0124  # only NaN differs from itself
        return ".nan"
    if number in (float("inf"), float("-inf")):
        return ".inf" if number > 0 else "-.inf"
    mantissa, mark, exponent = repr(number).partition("e")
    # A mantissa without a point would be text: 1e+16.
    return f"{mantissa}.0e{exponent}" if mark and "." not in mantissa else repr(number)


def _reads_otherwise(text: str) -> bool:
    return (
        text.lower() in _TYPED_WORDS
        or _NUMBERLIKE.fullmatch(text) is not None
        or text.endswith((" ", ":"))
        or ": " in text
    )


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    code = ord(character)
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _integer(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-")
    if ":" in digits:
        return sign * int(_base_60(digits))
    for prefix, base in (("0b", 2), ("0x", 16), ("0", 8)):
        if digits.startswith(prefix) and digits != "0":
            return sign * int(digits.removeprefix(prefix), base)
    return sign * int(digits)


def _float(text: str) -> Plain:
    sign = -1.0 if text.startswith("-") else 1.0
    digits = text.lstrip("+-").replace("_", "").lower()
    if ":" in digits:
        return sign * _base_60(digits)
    try:
        return sign * float(digits.removeprefix(".") if digits in (".inf", ".nan") else digits)
    except ValueError:  # `._` matches the pattern and is no number to Java either
        return text


def _base_60(digits: str) -> float:
    total = 0.0
    for part in digits.split(":"):
        total = total * 60 + float(part)
    return total

"""JVM options: one option per line.

The start scripts of Cassandra 3.11 to 5.0 and of DSE 6.x read these files in the shell,
as the words of ``grep "^-" FILE``, and append each word to JVM_OPTS, which the ``exec``
of java splits into words again. That decides what a value can hold:

* A blank, tab or line break ends the option; what follows would be an option of its
  own, or the class to run. No quote or backslash keeps it together, because the words
  of an expansion are not unquoted. Such values are refused.
* Nothing else is special: there is no second evaluation, so ``$``, backquotes and
  quotes reach java as they are. ``*``, ``?`` and ``[`` would match names of files that
  begin like the option itself, which there are none of.

KEY is the option up to its value. How the two join is the style: ``flag``
(-XX:+KEY, -XX:-KEY), ``switch`` (the bare KEY, or nothing), ``equals`` (KEY=value),
``glued`` (KEYvalue). Without a style the usual form of the option is written. A list is
one line per member. A secret is a bare placeholder behind the key; the applier refuses
a secret with a blank or a control character in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from dseconf.formats import Entry, Format, FormatError, Part, Slot
from dseconf.formats._scalar import comment_block, read_text, write_scalar
from dseconf.formats._template import WORD, Dialect, arrange, switched
from dseconf.setting import Plain

ENCODER = "jvm"

_STYLES = ("", "flag", "switch", "equals", "glued")
_BREAKS_WORD = re.compile(r"[\x00-\x20\x7f]")
_GLUED_KEY = re.compile(r"-X(?:mx|ms|mn|ss)|.*:")

_FLAG = re.compile(r"(-XX:)([+-])([A-Za-z0-9_]+)")
_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        r"(-XX:[A-Za-z0-9_]+)=(.*)",
        r"(-D[^=]+)=(.*)",
        r"(-X(?:mx|ms|mn|ss))(.+)",
        r"(--[a-z-]+)=(.*)",
        r"(-agentlib:[^=]+)=(.*)",
        r"(-(?!XX:|D|-)[A-Za-z/]+:)(.+)",
        r"(-(?!XX:|D|-)[A-Za-z]+)=(.*)",
    )
)
_OPTIONS_OF_TWO_WORDS = frozenset(
    {"--add-exports", "--add-opens", "--add-reads", "--add-modules", "--patch-module", "--limit-modules"}
)
# java adds these up, so they are lists; of all others it takes the last.
_LISTS = (_OPTIONS_OF_TWO_WORDS - {"--limit-modules"}) | {"-javaagent:", "-agentlib:", "-agentpath:", "-Xlog:"}


def _word(text: str) -> str:
    if _BREAKS_WORD.search(text):
        raise FormatError(
            "a JVM option holds a blank, a line break or a control character",
            "the start scripts split lines at blanks and know no quotes: use a value without them",
        )
    return text


def _lines(entries: Sequence[Entry]) -> tuple[Slot, ...]:
    for entry in entries:
        if not entry.key.startswith("-") or "=" in entry.key or entry.key == "-" or _BREAKS_WORD.search(entry.key):
            # The key is not quoted: it may be a whole line with a value in it.
            raise FormatError("a key is no JVM option up to its value", "write it like -Xmx or -Dname")
        if entry.style not in _STYLES:
            raise FormatError(f"JVM options have no style {entry.style!r}", f"use one of {', '.join(_STYLES[1:])}")
    return tuple(Slot(entry.key, ("line", entry.style)) for entry in entries)


def _arrange(entries: Sequence[Entry], template: str | None) -> tuple[Part, ...]:
    return arrange(entries, template, Dialect(_lines, _word))


def _encode(slot: Slot, value: Plain) -> str:
    text = switched(slot, value)
    if text is not None:
        return text
    if slot.shape == WORD:
        return _word(write_scalar(value, ENCODER, _word))
    style = str(slot.shape[1])
    members = value if isinstance(value, list) else [value]
    return "".join(f"{line}\n" for member in members for line in _option(slot.key, style, member))


def _option(key: str, style: str, value: Plain) -> Iterator[str]:
    if value is None:
        raise FormatError(f"{key} can not be null", "write !unset to leave the option out")
    match style or _usual_style(key, value):
        case "flag":
            name = key.removeprefix("-XX:")
            yield f"-XX:{'+' if _boolean(key, value) else '-'}{name}"
        case "switch":
            if _boolean(key, value):
                yield key
        case "equals":
            yield f"{key}={write_scalar(value, ENCODER, _word)}"
        case _:
            yield f"{key}{_filled(key, write_scalar(value, ENCODER, _word))}"


def _usual_style(key: str, value: Plain) -> str:
    if key.startswith("-D"):
        return "equals"
    if _GLUED_KEY.fullmatch(key):
        return "glued"
    if isinstance(value, bool):
        return "flag" if key.startswith("-XX:") else "switch"
    return "equals"


def _boolean(key: str, value: Plain) -> bool:
    if not isinstance(value, bool):
        raise FormatError(f"{key} is switched on or off", "write true or false")
    return value


def _filled(key: str, text: str) -> str:
    if not text:
        raise FormatError(f"{key} has an empty value, which would be another option", "give it a value")
    return text


def _parse(text: str) -> Mapping[str, Plain]:
    parsed: dict[str, Plain] = {}
    for line in text.split("\n"):
        # As grep sees it: an indented option is not read.
        for option in _options(line.rstrip(" \t\r")) if line.startswith("-") else ():
            _add(parsed, *_split(option))
    return parsed


def _options(line: str) -> list[str]:
    """The options of a line; a line that the scripts would tear apart stays whole."""
    options: list[str] = []
    for word in re.split(r"[ \t]+", line):
        if options and options[-1] in _OPTIONS_OF_TWO_WORDS:
            options[-1] += f"={word}"
        elif word.startswith("-"):
            options.append(word)
        else:
            return [line]
    return options


def _split(option: str) -> tuple[str, Plain]:
    if flag := _FLAG.fullmatch(option):
        return flag[1] + flag[3], flag[2] == "+"
    if not _BREAKS_WORD.search(option):
        for shape in _SHAPES:
            if found := shape.fullmatch(option):
                return found[1], read_text(found[2], ENCODER)
    return option, True


def _add(parsed: dict[str, Plain], key: str, value: Plain) -> None:
    before = parsed.get(key)
    if key in _LISTS and value is not True:
        parsed[key] = [*(before if isinstance(before, list) else []), value]
    else:
        parsed[key] = value


FORMAT = Format(
    name="jvm",
    comment="#",
    secrets=ENCODER,
    arrange=_arrange,
    encode=_encode,
    parse=_parse,
    header=comment_block("#"),
    block=lambda key: key,
)

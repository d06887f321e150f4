"""collectd's configuration: directives with arguments, in nested blocks.

Strings are in double quotes, where a backslash takes the next character as it is;
numbers, ``true`` and ``false`` stand bare. A list is the arguments of one directive in
a slot of a template, and one line per member among ``settings()``. Control characters
are refused: the lexer has no way to write them. A secret is a placeholder in double
quotes; its encoder is yaml, whose escapes of quotes and backslashes are collectd's too
for text without control characters.

Read back, the keys are ``Directive`` and ``Block.NAME.Directive``. ``<Plugin>`` adds
nothing to a key: a file configures one plugin.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from dseconf.formats import Entry, Format, FormatError, Part, Slot
from dseconf.formats._scalar import comment_block, placeholder, read_text, scalar_text
from dseconf.formats._template import WORD, Dialect, arrange, switched
from dseconf.setting import Plain, Secret

ENCODER = "yaml"

_DIRECTIVE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LINE = re.compile(r"(?P<close></)?(?P<open><)?[ \t]*(?P<name>[A-Za-z][A-Za-z0-9_]*)(?P<arguments>.*)")
_ARGUMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|(#.*)|([^\s"#<>]+)')
_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


def _quote(text: str) -> str:
    if _CONTROL.search(text):
        raise FormatError("a value for collectd holds a line break or control character", "remove it")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _name(text: str) -> str:
    return text if _NAME.fullmatch(text) else _quote(text)


def _argument(value: Plain) -> str:
    match value:
        case bool() | int() | float():
            return scalar_text(value)
        case Secret():
            return f'"{placeholder(value, ENCODER)}"'
        case _:
            return _quote(scalar_text(value))


def _lines(entries: Sequence[Entry]) -> tuple[Slot, ...]:
    for entry in entries:
        if not _DIRECTIVE.fullmatch(entry.key):
            raise FormatError(f"{entry.key!r} is no directive of collectd", "give it a place in the file's template")
    return tuple(Slot(entry.key) for entry in entries)


def _arrange(entries: Sequence[Entry], template: str | None) -> tuple[Part, ...]:
    return arrange(entries, template, Dialect(_lines, _quote, _name))


def _encode(slot: Slot, value: Plain) -> str:
    text = switched(slot, value)
    if text is not None:
        return text
    arguments = [_argument(member) for member in (value if isinstance(value, list) else [value])]
    if slot.shape == WORD:
        return " ".join(arguments)
    return "".join(f"{slot.key} {argument}\n" for argument in arguments)


def _parse(text: str) -> Mapping[str, Plain]:
    parsed: dict[str, Plain] = {}
    for key, values in _directives(text):
        before = parsed.get(key, [])
        together = [*(before if isinstance(before, list) else [before]), *values]
        parsed[key] = together[0] if len(together) == 1 else together
    return parsed


def _directives(text: str) -> Iterator[tuple[str, list[Plain]]]:
    blocks: list[str] = []
    for number, line in _joined_lines(text):
        found = _LINE.match(line.strip())
        if found is None:
            continue
        if found["close"]:
            if not blocks:
                raise FormatError("a block ends that has not begun", "remove the line, or add its beginning", number)
            blocks.pop()
        elif found["open"]:
            blocks.append(_prefix(found["name"], found["arguments"]))
        else:
            yield "".join(blocks) + found["name"], list(_arguments(found["arguments"]))


def _joined_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines without comments, joined where a backslash ends one, and their numbers."""
    before = ""
    for number, line in enumerate(text.split("\n"), start=1):
        joined = before + line
        if not before and line.lstrip().startswith("#"):
            continue
        before = f"{joined[:-1]} " if joined.endswith("\\") else ""
        if not before:
            yield number, joined


def _prefix(block: str, arguments: str) -> str:
    if block == "Plugin":
        return ""
    return "".join(f"{name}." for name in (block, *_arguments(arguments)))


def _arguments(text: str) -> Iterator[Plain]:
    for quoted, comment, bare in _ARGUMENT.findall(text):
        if comment:
            return
        if not bare:
            yield read_text(re.sub(r"\\(.)", r"\1", quoted), ENCODER)
        elif number := _NUMBER.fullmatch(bare):
            yield float(bare) if number[1] or "e" in bare.lower() else int(bare)
        else:
            yield {"true": True, "false": False}.get(bare, read_text(bare, ENCODER))


FORMAT = Format(
    name="collectd",
    comment="#",
    secrets=ENCODER,
    arrange=_arrange,
    encode=_encode,
    parse=_parse,
    header=comment_block("#"),
    block=lambda key: key,
)

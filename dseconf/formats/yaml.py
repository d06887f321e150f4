"""YAML for SnakeYAML, which reads YAML 1.1.

Keys are dotted paths (see ``_path``). A setting is a leaf: a scalar, a list, or an empty
mapping. It is written as complete lines with their indentation, lists in block style;
mappings get a parent line where their first setting stands.

Text is in double quotes unless it is beyond doubt, so that no reader of any version
takes it for something else, and never spans lines. In a template a slot is such a scalar;
it must not stand in a block scalar, where quotes are part of the text. A secret is a
placeholder in double quotes (``password: "@@dseconf:yaml:NAME@@"``), so that the file is
YAML before the applier puts the escaped secret between the quotes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from dseconf.formats import Entry, Format, FormatError, Part, Slot
from dseconf.formats._path import join_path, split_path
from dseconf.formats._scalar import checked, comment_block, placeholder
from dseconf.formats._template import WORD, Dialect, arrange, switched
from dseconf.formats._yaml11 import write_float, write_text
from dseconf.formats._yaml_reader import MAX_DEPTH, read_yaml
from dseconf.setting import Plain, Secret

ENCODER = "yaml"

_STEP = 2  # blanks per level
_LONGEST_KEY = 1000  # characters; readers look for the colon within 1024

_Tree: TypeAlias = "dict[str, _Tree | str]"
"""Keys at one level: a leaf is the full path of a setting."""


def write_value(value: Plain) -> str:
    """One scalar or empty collection on one line."""
    match value:
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case int():
            return str(value)
        case float():
            return write_float(value)
        case str():
            return write_text(checked(value))
        case Secret():
            return f'"{placeholder(value, ENCODER)}"'
        case list() | dict() if not value:
            return "[]" if isinstance(value, list) else "{}"
        case _:
            raise FormatError("a collection has no form on one line", "write one text or number")


def _arrange(entries: Sequence[Entry], template: str | None) -> tuple[Part, ...]:
    return arrange(entries, template, Dialect(_lines, _write_key))


def _lines(entries: Sequence[Entry]) -> tuple[Part, ...]:
    tree: _Tree = {}
    for entry in entries:
        _plant(tree, entry.key)
    return tuple(_parts(tree, 0))


def _plant(tree: _Tree, path: str) -> None:
    *parents, last = split_path(path)
    if len(parents) >= MAX_DEPTH:
        raise FormatError(f"{path} is nested more than {MAX_DEPTH} deep", "flatten the value")
    for step in parents:
        below = tree.setdefault(step, {})
        if isinstance(below, str):
            raise _both(below)
        tree = below
    if last in tree:
        raise _both(path)
    tree[last] = path


def _both(path: str) -> FormatError:
    return FormatError(f"{path} is a value and a mapping at once", "keep one of the two")


def _parts(tree: _Tree, indent: int) -> Iterator[Part]:
    for key, below in tree.items():
        line = f"{' ' * indent}{_write_key(key)}:"
        if isinstance(below, str):
            yield Slot(below, (line, indent))
        else:
            yield f"{line}\n"
            yield from _parts(below, indent + _STEP)


def _write_key(key: str) -> str:
    text = write_text(checked(key))
    if len(text) > _LONGEST_KEY:
        raise FormatError(f"a key is longer than {_LONGEST_KEY} characters", "shorten it")
    return text


def _encode(slot: Slot, value: Plain) -> str:
    text = switched(slot, value)
    if text is not None:
        return text
    if slot.shape == WORD:
        return write_value(value)
    line, indent = slot.shape
    return str(line) + _behind_colon(value, int(indent))


def _behind_colon(value: Plain, indent: int) -> str:
    if isinstance(value, (list, dict)) and value:
        return f"\n{_block(value, indent + _STEP)}"
    return f" {write_value(value)}\n"


def _block(value: list[Plain] | dict[str, Plain], indent: int) -> str:
    pad = " " * indent
    if isinstance(value, dict):
        return "".join(f"{pad}{_write_key(key)}:{_behind_colon(item, indent)}" for key, item in value.items())
    return "".join(f"{pad}- {_member(item, indent + _STEP)}" for item in value)


def _member(value: Plain, indent: int) -> str:
    """A member of a list behind its ``- ``; a collection begins on the same line."""
    if isinstance(value, (list, dict)) and value:
        return _block(value, indent)[indent:]
    return f"{write_value(value)}\n"


def _parse(text: str) -> Mapping[str, Plain]:
    root = read_yaml(text)
    if root is None:
        return {}
    if not isinstance(root, dict):
        raise FormatError("the text is no mapping of settings", "begin with KEY: VALUE", 1)
    return dict(_leaves(root, ()))


def _leaves(mapping: dict[str, Plain], path: tuple[str, ...]) -> Iterator[tuple[str, Plain]]:
    for key, value in mapping.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, (*path, key))
        else:
            yield join_path((*path, key)), value


FORMAT = Format(
    name="yaml",
    comment="#",
    secrets=ENCODER,
    arrange=_arrange,
    encode=_encode,
    parse=_parse,
    header=comment_block("#"),
    block=lambda key: split_path(key)[0],
)

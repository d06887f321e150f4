"""The layer ``product/LINE``: every value that the vendor ships, as the catalog knows it.

What fleet.yaml decides is not in it, and no secret. Keys are in the order of the files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from dseconf.catalog import UNKNOWN, FileSpec, SettingSpec
from dseconf.catalog.catalog import Line
from dseconf.formats.yaml import write_value
from dseconf.secret import shown, sounds_secret
from dseconf.setting import Plain

_Tree: TypeAlias = "dict[str, _Tree | SettingSpec]"

_STEP = re.compile(r'\["(?P<quoted>[^"]*)"\]|(?P<plain>[^.\[\]]+)')
_OPTION = re.compile(r"--?[A-Za-z][A-Za-z0-9_.:$/+-]*[A-Za-z0-9_]")  # reads well without quotes: -XX:UseG1GC
_EXPRESSION = re.compile(r"\{[{%]")

IDENTITY = "fleet.yaml decides it"
SENSITIVE = "it is a secret, which layers name by !secret"
USER_NAMED = "its name is the user's choice"
MEMBER = "it is inside a list, and the catalog gives the list itself no value"
UNWRITABLE = "a layer would take its text for an expression"
EARLIER = "later patches of the line have settings below it, and those are given"


@dataclass(frozen=True, slots=True)
class ProductLayer:
    """The text of the layer, and what is not in it: addresses by the reason."""

    text: str
    left_out: Mapping[str, tuple[str, ...]]


def make_product_layer(line: Line) -> ProductLayer:
    """Write the shipped values of all patches of a product line as a layer."""
    left_out: dict[str, list[str]] = {}
    other: list[str] = []
    sections = []
    for file in line.files.values():
        shipped = [spec for spec in file.settings() if spec.shipped is not UNKNOWN]
        for spec in shipped:
            if reason := _reason(file, spec):
                left_out.setdefault(reason, []).append(f"{file.name}:{spec.key}")
        secrets = sorted({key for spec in shipped for key in _secrets_inside(file, spec.key, spec.shipped)})
        if secrets:
            left_out.setdefault(SENSITIVE, []).extend(f"{file.name}:{key}" for key in secrets)
        written = [spec for spec in shipped if not _reason(file, spec) and "[]" not in spec.key]
        other += [f"{file.name}:{spec.key}: {shown(spec.tarball)}" for spec in written if spec.tarball is not UNKNOWN]
        if written:
            lines = _lines(file, _tree(file, written), 1)
            sections.append("".join((f"\n{_key(file.name)}:\n", *lines)))
    head = "".join(f"# {text}".rstrip() + "\n" for text in _head(line, left_out, other))
    return ProductLayer(head + "".join(sections), {reason: tuple(found) for reason, found in left_out.items()})


def _secrets_inside(file: FileSpec, key: str, value: Plain) -> Iterator[str]:
    """The keys of secrets that lie in a list of mappings."""
    for member in value if isinstance(value, list) else ():
        for name, item in member.items() if isinstance(member, dict) else ():
            below = f"{key}[].{name}"
            if _is_secret(file, below):
                yield below
            else:
                yield from _secrets_inside(file, below, item)


def _without_secrets(file: FileSpec, key: str, value: Plain) -> Plain:
    if not isinstance(value, list):
        return value
    return [
        {
            name: _without_secrets(file, f"{key}[].{name}", item)
            for name, item in member.items()
            if not _is_secret(file, f"{key}[].{name}")
        }
        if isinstance(member, dict)
        else member
        for member in value
    ]


def _is_secret(file: FileSpec, key: str) -> bool:
    spec = file.exact(key)
    return spec.sensitive if spec is not None else sounds_secret(key)


def _reason(file: FileSpec, spec: SettingSpec) -> str:
    """Why a shipped value is left out; empty when it is written or when there is none."""
    if spec.shipped is UNKNOWN:
        return ""
    if spec.identity:
        return IDENTITY
    if spec.sensitive:
        return SENSITIVE
    if "[]" in spec.key:
        parent = file.exact(spec.key.split("[]", maxsplit=1)[0])
        return "" if parent is not None and parent.shipped is not UNKNOWN and not parent.identity else MEMBER
    return USER_NAMED if spec.user_named else _unwritable(file, spec)


def _unwritable(file: FileSpec, spec: SettingSpec) -> str:
    if spec.until is not None and _is_mapping_later(file, spec):
        return EARLIER
    return UNWRITABLE if _EXPRESSION.search(str(spec.shipped)) else ""


def _is_mapping_later(file: FileSpec, spec: SettingSpec) -> bool:
    """Whether the key leads to shipped settings in later patches: one layer cannot give a value and a mapping."""
    below = (file.exact(key) for key in file.keys if file.format == "yaml" and key.startswith(f"{spec.key}."))
    return any(one is not None and one.shipped is not UNKNOWN for one in below)


def _head(line: Line, left_out: Mapping[str, list[str]], other: list[str]) -> Iterator[str]:
    name = f"{line.product} {line.line}"
    yield f"What the vendor ships with {name}, in the files of a package install."
    yield f'Written by `dseconf catalog product-layer "{name}"`: correct the catalog, not this file.'
    for reason, addresses in left_out.items():
        yield from ("", f"Left out, because {reason}:", *(f"  {address}" for address in addresses))
    if other:
        yield from ("", "Tarball installs are shipped with another value:", *(f"  {address}" for address in other))


def _tree(file: FileSpec, specs: list[SettingSpec]) -> _Tree:
    """Settings by the mappings that they lie in; only YAML files have mappings."""
    tree: _Tree = {}
    for spec in specs:
        steps = [spec.key]
        if file.format == "yaml":
            steps = [step["plain"] or step["quoted"] for step in _STEP.finditer(spec.key)]
        below = tree
        for step in steps[:-1]:
            inner = below.setdefault(step, {})
            if not isinstance(inner, dict):
                # The form of catalog files rules it out: this is our bug, and no wrong type.
                raise AssertionError(f"{file.name}:{spec.key} lies below a value")  # noqa: TRY004
            below = inner
        below[steps[-1]] = spec
    return tree


def _lines(file: FileSpec, tree: _Tree, depth: int) -> Iterator[str]:
    indent = "  " * depth
    for name, below in tree.items():
        if isinstance(below, dict):
            yield f"{indent}{_key(name)}:\n"
            yield from _lines(file, below, depth + 1)
        else:
            value = _without_secrets(file, below.key, below.shipped)
            yield from _setting(f"{indent}{_key(name)}:", value, short_source(below.source), depth + 1)


def _setting(start: str, value: Plain, source: str, depth: int) -> Iterator[str]:
    comment = f"  # shipped, {source}\n"
    if isinstance(value, list | dict) and value:
        yield f"{start}{comment}"
        yield from (f"{'  ' * depth}{line}\n" for line in _block(value))
    else:
        yield f"{start} {write_value(value)}{comment}"


def _block(value: Plain) -> Iterator[str]:
    """A list or mapping, line by line."""
    match value:
        case list() if value:
            for item in value:
                first, *rest = _block(item)
                yield from (f"- {first}", *(f"  {line}" for line in rest))
        case dict() if value:
            for key, item in value.items():
                if isinstance(item, list | dict) and item:
                    yield from (f"{_key(key)}:", *(f"  {line}" for line in _block(item)))
                else:
                    yield f"{_key(key)}: {write_value(item)}"
        case _:
            yield write_value(value)


def _key(name: str) -> str:
    return name if _OPTION.fullmatch(name) else write_value(name)


def short_source(source: str) -> str:
    """The beginning of a source that names it: up to the first comma, colon or parenthesis."""
    return re.split(r" \(|[,;:] ", " ".join(source.split()), maxsplit=1)[0]


__all__ = ["ProductLayer", "make_product_layer", "short_source"]

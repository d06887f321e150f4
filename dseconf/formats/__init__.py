"""File formats: how settings become the text of a file, and text becomes settings.

One module here is one format; it ends in ``FORMAT``. A format knows nothing of
products, layers or nodes. It works in two steps, so that work done for one node
serves all others with the same settings:

``arrange`` lays a file out from the keys that are present, never from their values;
``encode`` turns one value into the text for its place. A file is its parts joined.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from dseconf.setting import Plain


@dataclass(frozen=True, slots=True)
class Entry:
    """A setting that is to be written: its key, and how the catalog says it is written.

    ``style`` is a word of the format (``export`` in shell files, ``flag`` for JVM
    options); ``""`` is the format's normal form.
    """

    key: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a file where the value of one setting goes.

    ``shape`` is what ``encode`` must know about the place besides the value.
    """

    key: str
    shape: tuple[str | int | bool, ...] = ()


Part: TypeAlias = str | Slot


class FormatError(ValueError):
    """A value that the format has no way to write, or a text that it cannot read.

    ``line`` counts from 1, and is 0 where there is none to name. The message never
    quotes the value: it may be a secret.
    """

    def __init__(self, message: str, remedy: str = "", line: int = 0) -> None:
        super().__init__(message)
        self.remedy = remedy
        self.line = line


@dataclass(frozen=True, slots=True)
class Format:
    """One file format.

    Attributes:
        name: as the catalog writes it.
        comment: what begins a line comment, ``""`` where there is none (see ``header``).
        secrets: the encoder named in the placeholders of secrets: yaml, properties,
            shell, xml or jvm.
        arrange: lays out the keys, in the order given, in a template where there is
            one. Keys that the template places itself appear there alone.
        encode: the text of one value for one slot. Deterministic; complete with line
            ends where the slot is a line of its own.
        parse: reads a file's text; keys as in addresses. What is not a setting of the
            format's own form is left out.
        header: turns lines of text into a comment at the head of a file.
        block: the part of a file that a key's text belongs to, where a file without
            template is its blocks one after the other and each block is what ``arrange``
            gives for its keys alone. None where files have more to them than that.
    """

    name: str
    comment: str
    secrets: str
    arrange: Callable[[Sequence[Entry], str | None], tuple[Part, ...]]
    encode: Callable[[Slot, Plain], str]
    parse: Callable[[str], Mapping[str, Plain]]
    header: Callable[[Sequence[str]], str]
    block: Callable[[str], str] | None = None

    def render(self, values: Mapping[str, Plain], styles: Mapping[str, str] | None = None) -> str:
        """Write the settings in the order of ``values``, without header or template."""
        entries = [Entry(key, (styles or {}).get(key, "")) for key in values]
        parts = self.arrange(entries, None)
        return "".join(part if isinstance(part, str) else self.encode(part, values[part.key]) for part in parts)


@cache
def installed() -> Mapping[str, Format]:
    """All formats by name, found by listing this folder."""
    modules = sorted(module.name for module in pkgutil.iter_modules(__path__))
    formats = [importlib.import_module(f"{__name__}.{name}").FORMAT for name in modules if not name.startswith("_")]
    return {fmt.name: fmt for fmt in formats}

"""What a layer is made of: definitions and modes, with their places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from dseconf.finding import Finding
from dseconf.setting import Definition, Origin


class Manage(Enum):
    """How much of a file on the node is ours.

    ``WHOLE``: all of it. ``BLOCK``: one marked block in the vendor's text. ``ABSENT``: it
    must not exist. ``UNMANAGED``: written to the output and linted, never deployed.
    """

    WHOLE = "whole"
    BLOCK = "block"
    ABSENT = "absent"
    UNMANAGED = "unmanaged"


@dataclass(frozen=True, slots=True)
class BrokenValue:
    """A key whose value could not be read; the key is still to be checked.

    ``quoting`` are findings that may quote the value: whether they may be shown depends
    on what the catalog says of the key. All others are with the layer.
    """

    key: str
    origin: Origin
    quoting: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class FileSection:
    """What a layer says about one file, in the order of its lines."""

    origin: Origin
    definitions: tuple[Definition, ...]
    broken: tuple[BrokenValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer file. ``manage`` holds a definition per file name, its value a mode."""

    path: str
    files: Mapping[str, FileSection] = field(default_factory=dict)
    manage: tuple[Definition, ...] = ()
    reason: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether the layer says nothing."""
        return not self.manage and not any(one.definitions or one.broken for one in self.files.values())


def join_key(parent: str, name: str) -> str:
    """The address KEY of ``name`` inside the mapping ``parent``."""
    plain = not any(char in name for char in '.[]"')
    step = name if plain else f'["{name}"]'
    return f"{parent}.{step}" if parent and plain else f"{parent}{step}"

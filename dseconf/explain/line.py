"""Lines of layers as they are shown to people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dseconf.secret import layer_text, shown
from dseconf.setting import Definition, Operation, Origin, Setting, Value


@dataclass(frozen=True, slots=True)
class Line:
    """One line that speaks of a setting: where, what it says, and how strongly."""

    origin: Origin
    says: str
    strength: str = ""


_TAGS: Mapping[Operation, str] = {
    Operation.SET: "",
    Operation.UNSET: "!unset",
    Operation.APPEND: "!append ",
    Operation.PREPEND: "!prepend ",
    Operation.REMOVE: "!remove ",
}


def line_of(definition: Definition, key: str, *, hidden: bool) -> Line:
    """The line that a definition stands on. Values of a ``hidden`` key are masked."""
    says = _TAGS[definition.operation]
    if definition.operation is not Operation.UNSET:
        says += in_layer(definition.value, key, hidden=hidden)
    strength = definition.strength.name.lower()
    return Line(definition.origin, says, "" if strength == "plain" else strength)


def in_layer(value: Value, key: str, *, hidden: bool = False) -> str:
    """A value in the spelling of a layer, masked where it must be."""
    return shown(value, key=key, sensitive=hidden, spell=layer_text)


def deciding_line(setting: Setting | None, key: str, *, hidden: bool) -> Line | None:
    """The line that decides a setting: the last edit, else the chosen definition."""
    if setting is None:
        return None
    return line_of(setting.edits[-1] if setting.edits else setting.chosen, key, hidden=hidden)

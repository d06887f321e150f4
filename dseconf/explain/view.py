"""One node of a compiled group, to ask questions of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dseconf.blueprint import Blueprint, own_settings
from dseconf.catalog import UNKNOWN, FileSpec, ProductView
from dseconf.evaluate import ABSENT, Absent, evaluate_node
from dseconf.fleet import Node
from dseconf.resolve import Link
from dseconf.setting import Origin, Plain, Setting
from dseconf.snapshot import FileEntry


class NodeView:
    """One node of a compiled group, to ask questions of."""

    def __init__(
        self, blueprint: Blueprint, node: Node, label: str, own_chain: Sequence[Link], missing: tuple[str, ...]
    ) -> None:
        self.blueprint = blueprint
        self.node = node
        self.label = label
        self.missing = missing
        self._own, wrong = own_settings(blueprint, node, label, own_chain)
        self._values, more = evaluate_node(blueprint.group, node, label, self._own)
        self.findings = [*wrong, *more]

    @property
    def view(self) -> ProductView:
        """The catalog of the node's version."""
        return self.blueprint.view

    def setting(self, file: str, key: str) -> Setting | None:
        """The setting with its lines; None when no line speaks of it."""
        return self._own.get(file, {}).get(key) or self.blueprint.group.settings.get(file, {}).get(key)

    def value(self, file: str, key: str) -> Plain | Absent:
        """The value that is written, or ABSENT."""
        own = self._values.get(file, {})
        return own[key] if key in own else self.blueprint.group.values.get(file, {}).get(key, ABSENT)

    def effective(self, file: FileSpec, key: str) -> Plain | Absent:
        """The value that is written, else what the product does by itself; ABSENT where that is not known."""
        value, spec = self.value(file.name, key), self.view.setting(file, key)
        if not isinstance(value, Absent) or spec is None or spec.default is UNKNOWN:
            return value
        default: Plain = spec.default
        return default

    def entry(self, name: str) -> FileEntry | None:
        """How the node has the file; None when it does not get it."""
        return next((entry for entry in self.blueprint.entries if entry.name == name), None)

    def keys(self, file: str) -> list[str]:
        """The settings that lines speak of, in the order of the file."""
        spec = self.view.file(file)
        names = {*self.blueprint.group.settings.get(file, {}), *self._own.get(file, {})}
        return sorted(names, key=spec.order_of) if spec is not None else sorted(names)

    def origins(self, file: str, key: str) -> tuple[Origin, ...]:
        """The line that decides a setting; none where no line speaks of it."""
        setting = self.setting(file, key)
        return (setting.origin,) if setting is not None else ()

    def own_values(self, file: str) -> Mapping[str, Plain | Absent]:
        """The values in which the node differs from its group."""
        return self._values.get(file, {})

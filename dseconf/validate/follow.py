"""A layer written for one version, in the names of another.

A name that the target does not have is followed to the setting that means the same
there, with its unit. Names that lead nowhere stay as they are, to be reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dseconf.catalog import ProductView
from dseconf.layer import FileSection, Layer
from dseconf.quantity import UNITS, QuantityError, in_unit, parse_quantity
from dseconf.setting import Definition, Operation, Value


def follow_names(layer: Layer, view: ProductView) -> Layer:
    """The layer in the names of a release; the very layer where it has them all."""
    if all(_known(view, name, definition) for name, definition in _definitions(layer)):
        return layer
    files = {name: replace(section, definitions=()) for name, section in layer.files.items()}
    for name, definition in _definitions(layer):
        target, followed = _followed(view, name, definition)
        section = files.setdefault(target, FileSection(layer.files[name].origin, ()))
        files[target] = replace(section, definitions=(*section.definitions, followed))
    moved = {name for name, section in layer.files.items() if section.definitions and not files[name].definitions}
    return replace(layer, files={name: section for name, section in files.items() if name not in moved})


def _definitions(layer: Layer) -> Iterator[tuple[str, Definition]]:
    return ((name, definition) for name, section in layer.files.items() for definition in section.definitions)


def _known(view: ProductView, name: str, definition: Definition) -> bool:
    file = view.file(name)
    return file is not None and (file.setting(definition.key) is not None or file.has_below(definition.key))


def _followed(view: ProductView, name: str, definition: Definition) -> tuple[str, Definition]:
    """The file and the definition that mean the same in the release."""
    address = f"{name}:{definition.key}"
    moved = None if _known(view, name, definition) else view.moved(address)
    if moved is None:
        return name, definition
    file, key = moved
    value = _converted(view, address, f"{file.name}:{key}", definition.value) if _sets(definition) else None
    return file.name, replace(definition, key=key, value=value)


def _sets(definition: Definition) -> bool:
    return definition.operation is not Operation.UNSET


def _converted(view: ProductView, address: str, target: str, value: Value) -> Value:
    """A value of another line: with the unit of its name, and with the right word for off."""
    if value is None:
        return view.renames.off.get(target)
    if isinstance(value, str):
        return _counted(view, target, value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    if value == view.renames.off.get(address) and target not in view.renames.off:
        return None
    unit = view.renames.units.get(address)
    return UNITS[unit] * value if unit else value


def _counted(view: ProductView, target: str, text: str) -> Value:
    """A quantity as the number that an earlier name wants, where the two lines disagree on what is counted."""
    place = view.place(target)
    spec = view.setting(*place) if place is not None else None
    unit = view.renames.units.get(target)
    if spec is None or unit is None or not spec.unit or UNITS[spec.unit].kind is UNITS[unit].kind:
        return text
    try:
        quantity = parse_quantity(text)
        return text if quantity is None else in_unit(quantity, unit)
    except QuantityError:
        return text  # the check of the value says what is wrong with it

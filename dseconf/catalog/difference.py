"""What changes between two releases of a product, as the catalog knows it.

Each setting of the older release is led to what it is in the newer one: the same name, the
name that means the same there, or nothing. Works both ways: a downgrade is a difference too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

from dseconf.catalog.catalog import ProductView, parse_version
from dseconf.catalog.describe import range_text, type_text, value_text
from dseconf.catalog.file import FileSpec
from dseconf.catalog.meaning import same_value
from dseconf.catalog.setting import UNKNOWN, SettingSpec


class Became(Enum):
    """What becomes of a setting; ``MOVED`` keeps its key and changes its file."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    MOVED = "moved"
    CHANGED = "changed"


class Aspect(Enum):
    """What may change in a setting; the last two do not ask for another value in a layer."""

    TYPE = "type"
    UNIT = "unit"
    RANGE = "range"
    CHOICES = "choices"
    NULL = "null"
    IDENTITY = "identity"
    DEFAULT = "default"
    SHIPPED = "shipped"

    @property
    def moves_alone(self) -> bool:
        """Whether only what the product does by itself changes."""
        return self in (Aspect.DEFAULT, Aspect.SHIPPED)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changes, in the words for people; secrets are hidden."""

    aspect: Aspect
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Place:
    """A setting in one release."""

    file: FileSpec
    spec: SettingSpec

    @property
    def address(self) -> str:
        """``FILE:KEY``."""
        return f"{self.file.name}:{self.spec.key}"


@dataclass(frozen=True, slots=True)
class SettingDifference:
    """One setting that is not the same in both releases.

    ``old`` is None where it is added, ``new`` where it is removed. ``instead`` is the address
    that a removed setting lives on in, where the older release has that one too.
    """

    became: Became
    old: Place | None
    new: Place | None
    reason: str = ""
    instead: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class FileDifference:
    """One file: it is added or removed, or some of its settings differ.

    A setting stands under the file that it has in the older release, an added one under its own.
    """

    name: str
    became: Became
    reason: str
    settings: tuple[SettingDifference, ...]


_Found: TypeAlias = dict[str, list[SettingDifference]]


def compare_releases(old: ProductView, new: ProductView) -> tuple[FileDifference, ...]:
    """Everything that differs, by file: those of the older release in catalog order, then the added ones."""
    found: _Found = {file.name: [] for file in (*old.files(), *new.files())}
    taken = set()
    for place in _places(old):
        difference = _led(place, old, new)
        if difference.new is not None:
            taken.add(difference.new.address)
        if difference.became is not Became.CHANGED or difference.changes:
            found[place.file.name].append(difference)
    for place in _places(new):
        if place.address not in taken:
            reason = _reason_at(old, place)
            found[place.file.name].append(SettingDifference(Became.ADDED, None, place, reason))
    return tuple(_files(old, new, found))


def _files(old: ProductView, new: ProductView, found: _Found) -> Iterator[FileDifference]:
    for name, settings in found.items():
        if new.file(name) is None:
            yield FileDifference(name, Became.REMOVED, _file_reason(new, name, settings), tuple(settings))
        elif old.file(name) is None:
            yield FileDifference(name, Became.ADDED, _file_reason(old, name, settings), tuple(settings))
        elif settings:
            yield FileDifference(name, Became.CHANGED, "", tuple(settings))


def _file_reason(without: ProductView, name: str, settings: list[SettingDifference]) -> str:
    """Why a release has no such file: what is said of it, else most often of its settings."""
    if (file := without.line.files.get(name)) is not None and file.reason:
        return file.reason
    reasons = [one["reason"] for one in without.line.gone.get(name, {}).values()] or [one.reason for one in settings]
    return next((reason for reason, _ in Counter(filter(None, reasons)).most_common(1)), "")


def _places(view: ProductView) -> Iterator[Place]:
    for file in view.files():
        for key in file.keys:
            if (spec := view.setting(file, key)) is not None:
                yield Place(file, spec)


def _led(place: Place, old: ProductView, new: ProductView) -> SettingDifference:
    """What a setting of the older release is in the newer one."""
    key = place.spec.key
    file = new.file(place.file.name)
    if file is not None and file.exact(key) is not None and (spec := new.setting(file, key)) is not None:
        return _pair(Became.CHANGED, place, Place(file, spec), "")
    reason = _reason(place, new)
    moved = new.moved(place.address)
    target = new.setting(*moved) if moved is not None else None
    if moved is None or target is None:
        return SettingDifference(Became.REMOVED, place, None, reason)
    other = Place(moved[0], target)
    if _has(old, other):
        return SettingDifference(Became.REMOVED, place, None, reason, other.address)
    return _pair(Became.MOVED if target.key == key else Became.RENAMED, place, other, reason)


def _has(view: ProductView, place: Place) -> bool:
    file, key = view.file(place.file.name), place.spec.key
    return file is not None and file.exact(key) is not None and view.setting(file, key) is not None


def _reason(place: Place, new: ProductView) -> str:
    """Why a setting is not in the newer release under its name."""
    later = place.file.later(place.spec.key)
    if later and new.version >= parse_version(later.get("line", "0")):
        return later.get("reason", "")
    return place.spec.reason or _reason_at(new, place)


def _reason_at(view: ProductView, place: Place) -> str:
    """What a release that has no such setting says of it."""
    file = view.line.files.get(place.file.name)
    other = file.exact(place.spec.key) if file is not None else None
    if other is not None and other.reason:
        return other.reason
    gone = view.line.gone.get(place.file.name, {}) if file is None else file.gone
    return gone.get(place.spec.key, {}).get("reason", "")


def _pair(became: Became, old: Place, new: Place, reason: str) -> SettingDifference:
    return SettingDifference(became, old, new, reason, changes=tuple(_changes(old.spec, new.spec)))


def _changes(old: SettingSpec, new: SettingSpec) -> Iterator[Change]:
    types = type_text(old), type_text(new)
    if types[0] != types[1]:
        only_unit = (old.kind, old.items, old.syntax) == (new.kind, new.items, new.syntax)
        yield Change(Aspect.UNIT if only_unit else Aspect.TYPE, *types)
    elif (old.minimum, old.maximum) != (new.minimum, new.maximum):
        yield Change(Aspect.RANGE, range_text(old) or "any", range_text(new) or "any")
    if old.choices != new.choices:
        yield Change(Aspect.CHOICES, _choices(old), _choices(new))
    if old.nullable != new.nullable:
        yield Change(Aspect.NULL, _null(old), _null(new))
    if old.identity != new.identity:
        yield Change(Aspect.IDENTITY, old.identity or "set in layers", new.identity or "set in layers")
    yield from _values(Aspect.DEFAULT, old, old.default, new, new.default)
    yield from _values(Aspect.SHIPPED, old, old.shipped, new, new.shipped)


def _values(aspect: Aspect, old: SettingSpec, before: Any, new: SettingSpec, after: Any) -> Iterator[Change]:
    """A value that moves. A default that the catalog knows of one release alone may be the same in both."""
    if same_value(old, before, new, after) or (aspect is Aspect.DEFAULT and UNKNOWN in (before, after)):
        return
    texts = value_text(before, old, "not in the file"), value_text(after, new, "not in the file")
    if texts[0] != texts[1]:  # of secrets nothing can be told apart
        yield Change(aspect, *texts)


def _choices(spec: SettingSpec) -> str:
    return ", ".join(map(str, spec.choices)) or "any"


def _null(spec: SettingSpec) -> str:
    return "may be null" if spec.nullable else "not null"

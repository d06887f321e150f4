"""Whether two releases mean the same by a value.

``32`` of a setting in MiB and ``32MiB`` are one size, and -1 may be what null is under another name.
"""

from __future__ import annotations

from typing import Any, Final

from dseconf.catalog.setting import UNKNOWN, Kind, SettingSpec
from dseconf.quantity import UNITS, Quantity, read_syntax

_SYNTAXES: Final = {
    (Kind.DURATION, "cassandra"): "cassandra-time",
    (Kind.RATE, "cassandra"): "cassandra-rate",
    (Kind.DURATION, "spark"): "spark-time",
}
"""The notation where it is not called as the catalog's syntax is."""


def same_value(one_spec: SettingSpec, one: Any, other_spec: SettingSpec, other: Any) -> bool:
    """Whether a value of a setting means what another value means in another release."""
    left, right = _meaning(one_spec, one, other_spec), _meaning(other_spec, other, one_spec)
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def _meaning(spec: SettingSpec, value: Any, other: SettingSpec) -> object:
    if isinstance(value, bool) or value is UNKNOWN or value is None:
        return value
    if isinstance(value, int | float):
        if value in _offs(spec, other):
            return None
        return UNITS[spec.unit] * value if spec.unit in UNITS else value
    return _quantity(spec, value) or value


def _quantity(spec: SettingSpec, value: object) -> Quantity | None:
    if not isinstance(value, str) or not spec.syntax:
        return None
    return read_syntax(value, _SYNTAXES.get((spec.kind, spec.syntax), spec.syntax))


def _offs(spec: SettingSpec, other: SettingSpec) -> list[object]:
    """The numbers that stand for the other setting's null under this name."""
    return [was["off"] for was in other.was if was.get("key") == spec.key and "off" in was]

"""Whether the values that a catalog file gives fit the settings that it describes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from dseconf.catalog.setting import Kind
from dseconf.quantity import read_syntax

VALUES: Final = ("default", "shipped", "tarball")
"""The keys of an entry that hold a value of the setting itself."""

_TYPES: Final[Mapping[Kind, str]] = {
    Kind.BOOLEAN: "boolean",
    Kind.INT: "integer",
    Kind.FLOAT: "number",
    Kind.STRING: "string",
    Kind.LIST: "list",
    Kind.MAP: "dict",
    Kind.SIZE: "string",
    Kind.DURATION: "string",
}

SYNTAXES: Final[Mapping[tuple[Kind, str], str]] = {
    (Kind.SIZE, "jvm"): "jvm",
    (Kind.SIZE, "spark"): "spark",
    (Kind.SIZE, "logback"): "logback",
    (Kind.DURATION, "spark"): "spark-time",
}
"""The notation of a quantity text, by its type and the syntax that the catalog names."""


def value_rules(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Cerberus rules for the values of a setting: type, null, choices, range and notation."""
    kind = Kind(entry["type"])
    rules = _kind_rules(kind, entry)
    if kind is Kind.LIST:
        rules["schema"] = _kind_rules(Kind(entry.get("items", "string")), entry)
    if entry.get("nullable"):
        rules["nullable"] = True
    if "choices" in entry:
        rules["allowed"] = entry["choices"]
    return rules


def _kind_rules(kind: Kind, entry: Mapping[str, Any]) -> dict[str, Any]:
    rules: dict[str, Any] = {"type": _TYPES[kind]}
    if kind in (Kind.INT, Kind.FLOAT):
        rules |= {rule: entry[rule] for rule in ("min", "max") if rule in entry}
        rules["check_with"] = _finite
    elif (syntax := SYNTAXES.get((kind, entry.get("syntax", "")))) is not None:
        rules["check_with"] = _written_in(syntax)
    return rules


def _finite(field: str, value: float | None, error: Callable[[str, str], None]) -> None:
    if value is not None and not math.isfinite(value):
        error(field, "is not finite")


def _written_in(syntax: str) -> Callable[[str, str, Callable[[str, str], None]], None]:
    def check(field: str, value: str | None, error: Callable[[str, str], None]) -> None:
        if value is not None and read_syntax(value, syntax) is None:
            error(field, f"is not written as {syntax} reads it")

    return check


@cache
def validator_type() -> Any:
    """Cerberus's validator, for which true is no integer."""
    from cerberus import TypeDefinition, Validator  # noqa: PLC0415  # heavy; only the check of a catalog needs it

    types = {**Validator.types_mapping, "integer": TypeDefinition("integer", (int,), (bool,))}
    return type("CatalogValidator", (Validator,), {"types_mapping": types})


def misfits(rules: Mapping[str, Mapping[str, Any]], values: Mapping[str, object]) -> dict[str, str]:
    """The names of the values that break their rules, each with the code of its finding."""
    validator = validator_type()({name: dict(rules[name]) for name in values})
    validator.validate(dict(values), normalize=False)
    found = {}
    for error in validator._errors:  # noqa: SLF001  # the public form of errors has lost their rules
        first = error.child_errors[0] if error.child_errors else error
        found[str(error.document_path[0])] = _CODES.get(first.rule, "wrong-type")
    return found


# Cerberus names no rule for what a function of ours finds.
_CODES: Final[Mapping[str | None, str]] = {
    "allowed": "wrong-choice",
    "min": "out-of-range",
    "max": "out-of-range",
    None: "wrong-notation",
}

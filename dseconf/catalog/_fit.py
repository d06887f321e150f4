"""Whether the values that a catalog file gives fit the settings that it describes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from dseconf.catalog.setting import Kind
from dseconf.quantity import Quantity, QuantityError, in_unit, read_syntax

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
    Kind.RATE: "string",
}

SYNTAXES: Final[Mapping[tuple[Kind, str], str]] = {
    (Kind.SIZE, "jvm"): "jvm",
    (Kind.SIZE, "spark"): "spark",
    (Kind.SIZE, "logback"): "logback",
    (Kind.DURATION, "spark"): "spark-time",
    (Kind.SIZE, "cassandra"): "cassandra",
    (Kind.DURATION, "cassandra"): "cassandra-time",
    (Kind.RATE, "cassandra"): "cassandra-rate",
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
        rules["check_with"] = _written_in(syntax, entry)
    return rules


def _finite(field: str, value: float | None, error: Callable[[str, str], None]) -> None:
    if value is not None and not math.isfinite(value):
        error(field, "wrong-notation")


def _written_in(syntax: str, entry: Mapping[str, Any]) -> Callable[[str, str | None, Callable[[str, str], None]], None]:
    def check(field: str, value: str | None, error: Callable[[str, str], None]) -> None:
        quantity = read_syntax(value, syntax) if value is not None else None
        if value is not None and quantity is None:
            error(field, "wrong-notation")
        elif quantity is not None and (code := _misfit_of(quantity, entry)):
            error(field, code)

    return check


def _misfit_of(quantity: Quantity, entry: Mapping[str, Any]) -> str:
    """The code of what is wrong with an amount, which counts in the smallest unit that the product takes."""
    if "smallest_unit" not in entry:
        return ""
    try:
        amount = in_unit(quantity, entry["smallest_unit"])
    except QuantityError:
        return "wrong-notation"
    return "" if entry.get("min", amount) <= amount <= entry.get("max", amount) else "out-of-range"


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
        # Cerberus names no rule for what a function of ours finds, which says the code itself.
        code = first.info[0] if first.rule is None else _CODES.get(first.rule, "wrong-type")
        found[str(error.document_path[0])] = code
    return found


_CODES: Final[Mapping[str, str]] = {"allowed": "wrong-choice", "min": "out-of-range", "max": "out-of-range"}

"""Law: the compiled checker takes a plain value exactly when Cerberus does, by a schema made from the same entry."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from cerberus import TypeDefinition, Validator
from hypothesis import assume, example, given
from hypothesis import strategies as st

from dseconf.catalog import Kind, SettingSpec
from dseconf.catalog.setting import read_setting
from dseconf.quantity import QuantityError, in_unit, parse_quantity, read_syntax
from dseconf.secret import PLACEHOLDER
from dseconf.setting import Value
from dseconf.validate import ValueProblem, check_value

SOURCES = {"vendor": "the vendor's page"}


class Strict(Validator):  # type: ignore[misc]  # cerberus ships no types
    """Cerberus, but that true and false are no numbers."""

    types_mapping = {  # noqa: RUF012  # as cerberus wants it
        **Validator.types_mapping,
        "integer": TypeDefinition("integer", (int,), (bool,)),
        "number": TypeDefinition("number", (int, float), (bool,)),
    }


def spec_of(entry: Mapping[str, Any]) -> SettingSpec:
    return read_setting("some_setting", 0, {"about": "a setting", **entry}, SOURCES, "vendor")


def schema_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    kind = Kind(entry["type"])
    rules = rules_of(kind, entry)
    if kind is Kind.LIST:
        rules["schema"] = rules_of(Kind(entry.get("items", "string")), entry)
    return {**rules, "nullable": entry.get("nullable", False), "required": True}


def rules_of(kind: Kind, entry: Mapping[str, Any]) -> dict[str, Any]:  # noqa: PLR0911  # one case per kind
    """Type, range and choices; what has no rule in Cerberus is a check of its own."""
    allowed = {"allowed": list(entry["choices"])} if "choices" in entry and kind is not Kind.LIST else {}
    bounds = {name: entry[name] for name in ("min", "max") if name in entry}
    match kind:
        case Kind.BOOLEAN:
            return {"type": "boolean", **allowed}
        case Kind.INT:
            # A product's integers have 64 bits at most.
            return {"type": "integer", "min": -(2**63), "max": 2**63 - 1, **bounds, **allowed}
        case Kind.FLOAT:
            return {"type": "number", "check_with": finite, **bounds, **allowed}
        case Kind.STRING:
            return {"type": "string", "check_with": unmarked, **allowed}
        case Kind.LIST:
            return {"type": "list"}
        case Kind.MAP:
            return {"type": "dict", "check_with": unmarked_within}
        case Kind.SIZE | Kind.DURATION | Kind.RATE:
            return {"type": ["string", "integer"], "check_with": quantity_of(kind, entry["syntax"])}


Report = Callable[[str, str], None]


def finite(field: str, value: float | None, error: Report) -> None:
    if value is not None and not math.isfinite(value):
        error(field, "is not finite")


def unmarked(field: str, value: str | None, error: Report) -> None:
    if value is not None and PLACEHOLDER in value:
        error(field, "holds our mark of a secret")


def unmarked_within(field: str, value: Mapping[str, Any], error: Report) -> None:
    if PLACEHOLDER in repr(value):
        error(field, "holds our mark of a secret")


def quantity_of(kind: Kind, syntax: str) -> Callable[[str, str | int | None, Report], None]:
    name = syntax + {Kind.DURATION: "-time", Kind.RATE: "-rate"}.get(kind, "")
    wanted = {Kind.DURATION: "time", Kind.RATE: "rate"}.get(kind, "size")
    smallest = {"spark-time": "ms", "cassandra-time": "ns", "cassandra-rate": "B/s"}.get(name, "B")

    def check(field: str, value: str | int | None, error: Report) -> None:
        if value is None or isinstance(value, bool):
            return error(field, "is no quantity") if value is not None else None
        try:
            quantity = read_syntax(str(value), name) or (parse_quantity(value) if isinstance(value, str) else None)
            if quantity is None or quantity.kind.value != wanted or quantity.amount > 2**63 - 1:
                error(field, "is no such quantity")
            elif quantity.amount:
                in_unit(quantity, smallest)
        except QuantityError:
            error(field, "is no such quantity")

    return check


KINDS = st.sampled_from(["boolean", "int", "float", "string", "list", "map"])
WORDS = st.sampled_from(["periodic", "batch", "on", "8", "true", "", "8 GiB", "8GB", "x@@dseconf:yaml:y@@"])


@st.composite
def entries(draw: st.DrawFn) -> dict[str, Any]:
    """A catalog entry of a plain setting."""
    kind = draw(KINDS)
    entry: dict[str, Any] = {"type": kind}
    if draw(st.booleans()):
        entry["nullable"] = True
    if kind in ("int", "float") and draw(st.booleans()):
        least, most = sorted(draw(st.tuples(st.integers(-10, 10), st.integers(-10, 10))))
        entry |= draw(st.sampled_from([{"min": least}, {"max": most}, {"min": least, "max": most}]))
    if kind == "string" and draw(st.booleans()):
        entry["choices"] = ["periodic", "batch"]
    if kind == "int" and draw(st.booleans()):
        entry["choices"] = [0, 1]
    if kind == "list":
        entry["items"] = draw(st.sampled_from(["string", "int", "boolean", "map"]))
    return entry


NUMBERS = st.integers(-12, 12) | st.integers() | st.floats() | st.sampled_from([2**63, 2**63 - 1, -(2**63) - 1, 1e300])
SINGLES = st.none() | st.booleans() | NUMBERS | WORDS | st.text(max_size=3)
VALUES = st.one_of(
    SINGLES,
    st.lists(SINGLES, max_size=3),
    st.dictionaries(st.sampled_from(["a", "b"]), SINGLES, max_size=2),
    st.lists(st.dictionaries(st.sampled_from(["a", "b"]), SINGLES, max_size=2), max_size=2),
)


def taken(entry: Mapping[str, Any], value: Value) -> bool:
    try:
        check_value(spec_of(entry), value)
    except ValueProblem:
        return False
    return True


def by_cerberus(entry: Mapping[str, Any], value: Value) -> bool:
    return bool(Strict({"value": schema_of(entry)}).validate({"value": value}, normalize=False))


@given(entries(), VALUES)
@example({"type": "int"}, True)
@example({"type": "int", "nullable": True}, {})
@example({"type": "map"}, {})
@example({"type": "float"}, math.inf)
@example({"type": "int"}, 2**63)
@example({"type": "list", "items": "int"}, [1, True])
def test_plain_values(entry: dict[str, Any], value: Value) -> None:
    assert taken(entry, value) == by_cerberus(entry, value)


SYNTAXES = st.sampled_from(
    [
        ("size", "jvm"),
        ("size", "spark"),
        ("size", "logback"),
        ("duration", "spark"),
        *((kind, "cassandra") for kind in ("size", "duration", "rate")),
    ]
)
AMOUNTS = st.builds(
    "{}{}{}".format,
    st.integers(0, 2000) | st.integers(0, 10**25),
    st.sampled_from(["", " ", ".5"]),
    st.sampled_from(["", "g", "G", "m", "min", "KB", "GB", "MiB", "TiB", "s", "ms", "us", "ns", "d", "x", "b"]),
)


@given(SYNTAXES, st.booleans(), AMOUNTS | SINGLES)
def test_quantities_of_products(form: tuple[str, str], nullable: bool, value: Value) -> None:  # drawn
    entry = {"type": form[0], "syntax": form[1], "nullable": nullable}
    assert taken(entry, value) == by_cerberus(entry, value)


@given(st.sampled_from(["GiB", "MiB", "ms", "s", "MiB/s"]), AMOUNTS | SINGLES)
def test_a_number_with_a_unit_takes_whole_quantities_of_its_kind(unit: str, value: Value) -> None:
    entry = {"type": "int", "unit": unit}
    number = value
    if isinstance(value, str):
        try:
            quantity = parse_quantity(value)
            assume(quantity is not None)
            assert quantity is not None
            number = in_unit(quantity, unit)
        except QuantityError:
            assert not taken(entry, value)
            return
    assert taken(entry, value) == by_cerberus(entry, number)

"""Quantities: texts, units, arithmetic, and the notations of products."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from fractions import Fraction

import pytest

from dseconf.quantity import UNITS, Kind, Quantity, QuantityError, in_unit, parse_quantity, read_syntax, write_syntax

B, KIB, MIB, GIB = UNITS["B"], UNITS["KiB"], UNITS["MiB"], UNITS["GiB"]
SECOND, MINUTE = UNITS["s"], UNITS["m"]


def a_quantity(text: str) -> Quantity:
    found = parse_quantity(text)
    assert found is not None, text
    return found


def refusal(action: Callable[[], object]) -> QuantityError:
    with pytest.raises(QuantityError) as caught:
        action()
    assert not caught.value.message.endswith(".")
    assert not caught.value.remedy.endswith(".")
    return caught.value


@pytest.mark.parametrize(
    ("text", "amount", "kind"),
    [
        ("31GiB", 33_285_996_544, Kind.SIZE),
        ("31 GiB", 33_285_996_544, Kind.SIZE),
        ("1.5GiB", 1_610_612_736, Kind.SIZE),
        ("7B", 7, Kind.SIZE),
        ("1PiB", 1_125_899_906_842_624, Kind.SIZE),
        ("0.1KiB", Fraction(512, 5), Kind.SIZE),
        ("10ms", 10_000_000, Kind.TIME),
        ("5m", 300_000_000_000, Kind.TIME),
        ("1d", 86_400_000_000_000, Kind.TIME),
        ("0s", 0, Kind.TIME),
        ("64MiB/s", 67_108_864, Kind.RATE),
        ("200Mbit/s", 25_000_000, Kind.RATE),
        ("9" * 30 + "B", 10**30 - 1, Kind.SIZE),
    ],
)
def test_a_number_with_a_unit_is_a_quantity(text: str, amount: int | Fraction, kind: Kind) -> None:
    assert parse_quantity(text) == Quantity(amount, kind)


@pytest.mark.parametrize(
    "text",
    ["", "12", "GiB", "3rd", "10.0.0.1", "5.1.36", "1e3", "four GiB", "4  GiB", "4GiB ", "4GiB/", "\u0664GiB", "1_0s"],
)
def test_other_texts_are_no_quantities(text: str) -> None:
    assert parse_quantity(text) is None


@pytest.mark.parametrize(
    ("text", "code", "remedy"),
    [
        ("4GB", "ambiguous-unit", "write 4GiB (4 x 1024^3 bytes) or 3906250KiB (4 x 1000^3 bytes)"),
        ("4 gb", "ambiguous-unit", "write 4GiB (4 x 1024^3 bytes) or 3906250KiB (4 x 1000^3 bytes)"),
        ("2KB", "ambiguous-unit", "write 2KiB (2 x 1024^1 bytes) or 2000B (2 x 1000^1 bytes)"),
        ("5MB/s", "ambiguous-unit", "write 5MiB/s (5 x 1024^2 bytes) or 40Mbit/s (5 x 1000^2 bytes)"),
        ("4G", "unknown-unit", "write 4GiB"),
        ("4M", "unknown-unit", "write 4MiB"),
        ("4gib", "unknown-unit", "write 4GiB"),
        ("10sec", "unknown-unit", "write 10s"),
        ("10 minutes", "unknown-unit", "write 10m"),
        ("5\u00b5s", "unknown-unit", "write 5us"),
        ("200mbit/s", "unknown-unit", "write 200Mbit/s"),
        ("-5MiB", "negative-quantity", "write a quantity of 0 or more"),
        ("1" * 31 + "B", "quantity-too-large", "write at most 30 digits"),
    ],
)
def test_a_unit_that_is_unclear_is_refused_with_the_way_out(text: str, code: str, remedy: str) -> None:
    error = refusal(lambda: parse_quantity(text))
    assert (error.code, error.remedy) == (code, remedy)


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (31 * GIB, "31GiB"),
        (1.5 * GIB, "1536MiB"),
        (1024 * MIB, "1GiB"),
        (1023 * B, "1023B"),
        (0 * GIB, "0B"),
        (-2 * KIB, "-2KiB"),
        (B / 2, "0.5B"),
        (B / -4, "-0.25B"),
        (B / 3, "1/3B"),
        (90 * MINUTE, "90m"),
        (24 * UNITS["h"], "1d"),
        (MIB / SECOND, "1MiB/s"),
        (Quantity(25_000_000, Kind.RATE), "200Mbit/s"),
    ],
)
def test_a_quantity_is_written_in_its_largest_exact_unit(quantity: Quantity, text: str) -> None:
    assert str(quantity) == text


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (GIB * 2, a_quantity("2GiB")),
        (0.25 * GIB, a_quantity("256MiB")),
        (10 * B * 0.1, B),
        (GIB / 2, a_quantity("512MiB")),
        (GIB / MIB, 1024),
        (B / KIB, 1 / 1024),
        (GIB + MIB, a_quantity("1025MiB")),
        (GIB - 2 * GIB, -GIB),
        (7 * B // 2, 3 * B),
        (7 * B // (2 * B), 3),
        (7 * B % 4, 3 * B),
        (7 * B % (4 * B), 3 * B),
        (-7 * B // 2, -4 * B),
        (abs(-GIB), GIB),
        (MIB / SECOND * MINUTE, 60 * MIB),
        (MINUTE * (MIB / SECOND), 60 * MIB),
        (MIB < GIB, True),
        (GIB <= 1024 * MIB, True),
        (MIB > GIB, False),
        (MIB >= GIB, False),
        (Quantity(1, Kind.TIME) == B, False),
    ],
)
def test_arithmetic(found: object, wanted: object) -> None:
    assert found == wanted
    assert type(found) is type(wanted)


def test_whole_amounts_are_integers() -> None:
    assert all(
        type(found.amount) is int for found in (GIB / 2, GIB / 3 * 3, GIB * 0.5, a_quantity("1.5KiB"), B / 2 + B / 2)
    )


@pytest.mark.parametrize(
    "action",
    [
        lambda: GIB + 1,
        lambda: 1 + GIB,
        lambda: 1 - GIB,
        lambda: GIB + SECOND,
        lambda: GIB - SECOND,
        lambda: GIB * GIB,
        lambda: GIB * True,
        lambda: GIB * "2",
        lambda: 2 / GIB,
        lambda: 2 // GIB,
        lambda: 2 % GIB,
        lambda: SECOND / GIB,
        lambda: GIB // SECOND,
        lambda: GIB % SECOND,
        lambda: GIB < SECOND,
        lambda: GIB <= 1,
        lambda: GIB > "1",
        lambda: GIB >= True,
    ],
)
def test_kinds_do_not_mix(action: Callable[[], object]) -> None:
    assert refusal(action).code == "kind-mismatch"


def test_a_kind_mismatch_names_both_sides() -> None:
    assert str(refusal(lambda: GIB + SECOND)) == "a size and a time cannot be added"
    assert str(refusal(lambda: GIB < 1)) == "a size and a number without unit cannot be compared"


@pytest.mark.parametrize(
    "action", [lambda: GIB / 0, lambda: GIB / (0 * B), lambda: GIB // 0, lambda: GIB % 0.0, lambda: GIB / (0 * SECOND)]
)
def test_nothing_is_divided_by_zero(action: Callable[[], object]) -> None:
    assert refusal(action).code == "division-by-zero"


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_factor_is_finite(number: float) -> None:
    assert refusal(lambda: GIB * number).code == "not-a-number"


@pytest.mark.parametrize(
    ("text", "unit", "count"),
    [("32MiB", "MiB", 32), ("1GiB", "KiB", 1_048_576), ("2h", "m", 120), ("25000000B/s", "Mbit/s", 200)],
)
def test_counting_units(text: str, unit: str, count: int) -> None:
    assert in_unit(a_quantity(text), unit) == count


def test_a_conversion_that_is_not_exact_names_the_rounding() -> None:
    error = refusal(lambda: in_unit(a_quantity("1.5MiB"), "MiB"))
    assert error.code == "inexact-conversion"
    assert "| floor_to(MiB)" in error.remedy
    assert "| floor_to(Mbit / s)" in refusal(lambda: in_unit(a_quantity("1B/s"), "Mbit/s")).remedy


def test_a_unit_of_another_kind_is_wrong() -> None:
    assert refusal(lambda: in_unit(GIB, "ms")).code == "wrong-unit"
    assert refusal(lambda: write_syntax(SECOND, "jvm")).code == "wrong-unit"


@pytest.mark.parametrize(
    ("syntax", "text", "quantity"),
    [
        ("jvm", "512m", 512 * MIB),
        ("jvm", "31G", 31 * GIB),
        ("jvm", "1t", UNITS["TiB"]),
        ("jvm", "256k", 256 * KIB),
        ("jvm", "1048576", MIB),
        ("jvm", "1.5g", None),
        ("jvm", "4GiB", None),
        ("jvm", "4gb", None),
        ("jvm", "-4g", None),
        ("spark", "4g", 4 * GIB),
        ("spark", "4GB", 4 * GIB),
        ("spark", "64kb", 64 * KIB),
        ("spark", "100b", 100 * B),
        ("spark", "1tb", UNITS["TiB"]),
        ("spark", "512", None),
        ("spark-time", "5m", 5 * MINUTE),
        ("spark-time", "5min", 5 * MINUTE),
        ("spark-time", "120s", 2 * MINUTE),
        ("spark-time", "100ms", SECOND / 10),
        ("spark-time", "1d", UNITS["d"]),
        ("spark-time", "30", None),
        ("logback", "20MB", 20 * MIB),
        ("logback", "20 mb", 20 * MIB),
        ("logback", "1GB", GIB),
        ("logback", "4096", 4 * KIB),
        ("logback", "4m", None),
        ("logback", "four", None),
    ],
)
def test_reading_what_a_product_reads(syntax: str, text: str, quantity: Quantity | None) -> None:
    assert read_syntax(text, syntax) == quantity


@pytest.mark.parametrize(
    ("syntax", "quantity", "text"),
    [
        ("jvm", 31 * GIB, "31G"),
        ("jvm", 1.5 * GIB, "1536M"),
        ("jvm", 2 * UNITS["PiB"], "2048T"),
        ("jvm", 1000 * B, "1000"),
        ("jvm", 0 * B, "0"),
        ("spark", 4 * GIB, "4g"),
        ("spark", 1000 * B, "1000b"),
        ("spark-time", 5 * MINUTE, "5min"),
        ("spark-time", 90 * SECOND, "90s"),
        ("spark-time", SECOND / 10, "100ms"),
        ("spark-time", 48 * UNITS["h"], "2d"),
        ("logback", 20 * MIB, "20MB"),
        ("logback", UNITS["TiB"], "1024GB"),
        ("logback", 10 * B, "10"),
    ],
)
def test_writing_what_a_product_reads(syntax: str, quantity: Quantity, text: str) -> None:
    assert write_syntax(quantity, syntax) == text


def test_products_get_no_negative_and_no_broken_amounts() -> None:
    assert refusal(lambda: write_syntax(-GIB, "jvm")).code == "negative-quantity"
    assert refusal(lambda: write_syntax(B / 3, "jvm")).code == "inexact-conversion"
    assert refusal(lambda: write_syntax(UNITS["us"], "spark-time")).code == "inexact-conversion"


def test_quantities_and_their_errors_travel_between_processes() -> None:
    error = QuantityError("a-code", "a message", "a remedy")
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes
    assert (copy.code, copy.message, copy.remedy) == ("a-code", "a message", "a remedy")
    assert pickle.loads(pickle.dumps(GIB)) == GIB  # noqa: S301  # our own bytes

"""Laws of quantities."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from dseconf.quantity import (
    SYNTAXES,
    UNITS,
    Kind,
    Quantity,
    QuantityError,
    in_unit,
    parse_quantity,
    read_syntax,
    write_syntax,
)

KINDS = st.sampled_from(list(Kind))
AMOUNTS = st.integers(0, 10**24)
EXACT = st.one_of(st.integers(-(10**24), 10**24), st.fractions(max_denominator=10**6))
FACTORS = st.one_of(st.integers(1, 10**6), st.fractions(Fraction(1, 1000), 1000, max_denominator=1000))


@given(AMOUNTS, KINDS)
def test_what_is_written_reads_back(amount: int, kind: Kind) -> None:
    """parse(str(q)) = q for every whole amount."""
    assert parse_quantity(str(Quantity(amount, kind))) == Quantity(amount, kind)


@given(st.integers(0, 10**6), st.sampled_from([1, 2, 4, 5, 8, 10, 100, 1000]), KINDS)
def test_decimals_read_back(amount: int, divisor: int, kind: Kind) -> None:
    """parse(str(q)) = q for every amount that a text can say."""
    assert parse_quantity(str(Quantity(Fraction(amount, divisor), kind))) == Quantity(Fraction(amount, divisor), kind)


@given(AMOUNTS, st.sampled_from(sorted(SYNTAXES)))
def test_products_read_back_what_we_write(amount: int, syntax: str) -> None:
    """read(write(q)) = q in every syntax, for amounts of its smallest unit."""
    rules = SYNTAXES[syntax]
    quantity = Quantity(amount * rules.writes[-1][1], rules.kind)
    assert read_syntax(write_syntax(quantity, syntax), syntax) == quantity


@given(st.integers(0, 10**12), st.sampled_from(sorted(UNITS)))
def test_counting_undoes_multiplying(count: int, unit: str) -> None:
    """in_unit(n * unit, unit) = n."""
    assert in_unit(count * UNITS[unit], unit) == count


@given(EXACT, EXACT, FACTORS, KINDS)
def test_arithmetic_is_exact(one: int | Fraction, two: int | Fraction, factor: int | Fraction, kind: Kind) -> None:
    """(a + b) - b = a, a * n / n = a, and a // b * b + a % b = a."""
    first, second = Quantity(one, kind), Quantity(two, kind)
    assert first + second - second == first
    assert first * factor / factor == first
    if two:
        assert first // second * second + first % second == first


@given(EXACT, EXACT, KINDS)
def test_order_is_the_order_of_amounts(one: int | Fraction, two: int | Fraction, kind: Kind) -> None:
    """a < b exactly where a's amount is less, and then not a >= b."""
    first, second = Quantity(one, kind), Quantity(two, kind)
    assert (first < second, first <= second, first > second, first >= second) == (
        one < two,
        one <= two,
        one > two,
        one >= two,
    )


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_rate_times_its_time_is_its_size(size: int, time: int) -> None:
    """(size / time) * time = size."""
    duration = Quantity(time, Kind.TIME)
    rate = Quantity(size, Kind.SIZE) / duration
    assert isinstance(rate, Quantity)
    assert rate * duration == Quantity(size, Kind.SIZE)


@given(st.one_of(st.text(max_size=60), st.from_regex(r"-?[0-9.]{0,40} ?[A-Za-z/]{0,6}", fullmatch=True)))
def test_any_text_is_read_or_refused(text: str) -> None:
    """parse returns a quantity or None, or raises QuantityError with a remedy; nothing else."""
    try:
        found = parse_quantity(text)
    except QuantityError as error:
        found, remedy = None, error.remedy
    else:
        remedy = "none needed"
    assert remedy
    assert found is None or found.amount >= 0


@given(st.one_of(st.text(max_size=60), st.from_regex(r"[0-9]{0,40} ?[A-Za-z]{0,3}", fullmatch=True)))
def test_any_text_of_a_product_is_read_or_none(text: str) -> None:
    """read_syntax never raises."""
    for syntax, rules in SYNTAXES.items():
        found = read_syntax(text, syntax)
        assert found is None or found.kind is rules.kind

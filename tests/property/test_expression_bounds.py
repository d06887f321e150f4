"""Bounds of expressions: any text ends soon, with a value or with our error."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from dseconf.expression import ExpressionError, MissingFact, evaluate, parse_condition, parse_expression
from dseconf.expression.tree import MAX_NUMBER, MAX_RESULT, UNIT_NAMES
from dseconf.quantity import Quantity
from dseconf.setting import Plain, Secret

GIB = UNIT_NAMES["GiB"]
FACTS: dict[str, Plain] = {
    "memory": 48 * GIB,
    "number": 7,
    "load": 0.3,
    "name": "eu-07",
    "seed": True,
    "workload": ["search", "graph"],
    "disks": [{"mount": "/"}],
    "nothing": None,
    "secret": Secret("s"),
    "long": "x" * 20_000,
    "many": [*range(2_000)],
    "huge": 10**300,
    "tiny": 1e-300,
    "wild": float("inf"),
}


class Scope:
    def fact(self, name: str) -> Plain:
        if name not in FACTS:
            raise MissingFact(name)
        return FACTS[name]

    def setting(self, address: str) -> Plain:
        return FACTS.get(address.partition(":")[2])


WORDS = st.sampled_from(
    [
        *(f"node.{name}" for name in (*FACTS, "missing", "__class__")),
        *("+", "-", "*", "/", "//", "%", "**", "~", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "and", "or"),
        *(
            "not",
            "if",
            "else",
            "is",
            "true",
            "none",
            "1",
            "0",
            "2.5",
            "1e30",
            "9" * 30,
            "'a'",
            "''",
            "[",
            "]",
            "(",
            ")",
        ),
        *(",", "|", "min", "max", "sum", "floor_to", "default", "length", "int", "bytes", "first", "join", "upper"),
        *("replace('a', 'bb')", "sort", "unique", "contains", "abs", "setting('a:memory')", "GiB", "ms", "s", "[0]"),
        *("{{", "}}", "{%", "%}", "{#", "#}", "range", ".", "__class__", "\\", "\r", "\n", "{", "}", ":", "lambda"),
    ]
)

LEAVES = st.sampled_from(
    ["0", "1", "7", "0.1", "1e30", "9" * 30, "'a'", "'b c'", "true", "none", "GiB", "ms", *(f"node.{n}" for n in FACTS)]
)


def _nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["+", "-", "*", "/", "//", "%", "==", "<", ">=", "in", "and", "or"])
    functions = st.sampled_from(
        ["min", "sum", "length", "int", "bytes", "first", "join", "upper", "sort", "unique", "abs", "default(1)"]
    )
    return st.one_of(
        st.builds("({} {} {})".format, inner, operators, inner),
        st.builds("({} | {})".format, inner, functions),
        st.builds("({} | floor_to({}))".format, inner, inner),
        st.builds("(-{})".format, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("({} | replace('a', 'aaaaaaaa'))".format, inner),
    )


SENTENCES = st.recursive(LEAVES, _nested, max_leaves=12)


def _check(value: Plain) -> None:
    if isinstance(value, Quantity):
        assert abs(value.amount.numerator) <= MAX_NUMBER**2
        assert value.amount.denominator <= MAX_NUMBER**2
    elif isinstance(value, int | float):
        assert abs(value) <= MAX_NUMBER
    elif isinstance(value, str):
        assert len(value) <= MAX_RESULT


def _evaluated(text: str, *, bare: bool = False) -> Plain:
    """Value of a text; none where it is refused, which must be with our error."""
    try:
        expression = parse_condition(text, frozenset({"node"})) if bare else parse_expression(text)
        value = evaluate(expression, Scope())
    except ExpressionError as error:
        assert error.code.replace("-", "").isalpha()  # noqa: PT017  # which one it is does not matter here
        return None
    # Facts that are only passed on keep the size that the fleet gave them.
    if not any(value is fact for fact in FACTS.values()):
        _check(value)
    return value


@given(st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=25).map(" ".join)))
@example("{{ " + "[" * 900)
@example("{{ " + "(" * 900 + ")" * 900 + " }}")
@example("{{ " + "-" * 1990 + "1 }}")
@example("{{ " + "not " * 490 + "true }}")
@example("{{ " + "1+" * 990 + "1 }}")
@example("{{ " + "1|abs" * 390 + " }}")
@example("{{ '" + "\\" * 1900 + "' }}")
@example("{{ " + "a." * 900 + "a }}")
@example("{{}}" * 400)
def test_any_text_is_accepted_or_refused(text: str) -> None:
    """Rendering a profile cannot run code or take unbounded time: reading any text ends, with our error at worst."""
    _evaluated(text)
    _evaluated("{{ " + text + " }}")


@given(SENTENCES)
def test_any_sentence_has_a_bounded_value(sentence: str) -> None:
    """Operands are bounded, so evaluation ends by construction."""
    _evaluated("{{ " + sentence + " }}")
    _evaluated("x{{ " + sentence + " }}")


@given(SENTENCES)
def test_a_condition_means_what_it_means_in_braces(sentence: str) -> None:
    """One language for layers, rules and address patterns."""
    assert repr(_evaluated(sentence, bare=True)) == repr(_evaluated("{{ " + sentence + " }}"))


@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12), st.sampled_from(["+", "-", "*", "//", "%"]))
def test_integers_calculate_as_in_arithmetic(left: int, right: int, operator: str) -> None:
    """Arithmetic on integers is exact."""
    expected = None if right == 0 and operator in ("//", "%") else eval(f"({left}) {operator} ({right})")  # noqa: S307  # two integers
    assert _evaluated(f"{{{{ ({left}) {operator} ({right}) }}}}") == expected


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_rounding_stays_within_one_step(value: int, step: int) -> None:
    """floor_to(x, u) <= x <= ceil_to(x, u), both multiples of u and less than one u away."""
    low, near, high = (_evaluated(f"{{{{ {value} | {name}_to({step}) }}}}") for name in ("floor", "round", "ceil"))
    assert isinstance(low, int)
    assert isinstance(near, int)
    assert isinstance(high, int)
    assert low <= value <= high < value + step
    assert value - step < low
    assert near in (low, high)
    assert abs(near - value) * 2 <= step
    assert low % step == high % step == 0


@given(st.text(alphabet=st.characters(exclude_characters="{}\r", exclude_categories=["Cs"]), max_size=50))
def test_text_around_expressions_is_kept(text: str) -> None:
    """Nothing is dropped silently: what stands outside the braces comes out as it was."""
    assert _evaluated("a" + text + "{{ node.number }}" + text + "b") == f"a{text}7{text}b"

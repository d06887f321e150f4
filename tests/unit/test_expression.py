"""Expressions: what is accepted and its value, what is refused and why."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from dseconf.expression import (
    Expression,
    ExpressionError,
    MissingFact,
    evaluate,
    parse_condition,
    parse_expression,
)
from dseconf.quantity import UNITS, Kind, Quantity
from dseconf.setting import Plain, Secret

KIB, MIB, GIB = UNITS["KiB"], UNITS["MiB"], UNITS["GiB"]
SECOND = UNITS["s"]

FACTS: Mapping[str, Plain] = {
    "name": "eu-07",
    "number": 7,
    "cores": 16,
    "memory": 48 * GIB,
    "seed": True,
    "load": 0.5,
    "rack": "r1",
    "workload": ["cassandra", "search"],
    "disks": [{"mount": "/data", "kind": "nvme"}],
    "nothing": None,
    "pause": 10 * SECOND,
    "many": [*range(1001)],
}
SETTINGS: Mapping[str, Plain] = {
    "jvm-server.options:-Xmx": 8 * GIB,
    "cassandra.yaml:cluster_name": "atlas",
    "cassandra.yaml:password": Secret("keystore/client"),
}


@dataclass
class Node:
    """A scope that remembers what was read."""

    read: list[str] = field(default_factory=list)

    def fact(self, name: str) -> Plain:
        self.read.append(name)
        if name not in FACTS:
            raise MissingFact(f"eu-07 has no fact {name!r}")
        return FACTS[name]

    def setting(self, address: str) -> Plain:
        self.read.append(address)
        if address not in SETTINGS:
            raise ExpressionError("unknown-setting", f"unknown setting {address!r}")
        return SETTINGS[address]


def value_of(text: str) -> Plain:
    return evaluate(parse_expression(text), Node())


def parse_refusal(text: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text)
    return caught.value


def evaluation_refusal(text: str) -> ExpressionError:
    expression = parse_expression(text)
    with pytest.raises(ExpressionError) as caught:
        evaluate(expression, Node())
    return caught.value


ACCEPTED: list[tuple[str, Plain]] = [
    # literals
    ("{{ 1 }}", 1),
    ("{{ 1.5 }}", 1.5),
    ("{{ 'a' }}", "a"),
    ('{{ "it\'s" }}', "it's"),
    (r"{{ 'a\\b\'\n' }}", "a\\b'\n"),
    ("{{ true }}", True),
    ("{{ false }}", False),
    ("{{ none }}", None),
    ("{{ [] }}", []),
    ("{{ [1, 'a', 2 * GiB] }}", [1, "a", 2 * GIB]),
    ("{{ 10 * ms }}", Quantity(10_000_000, Kind.TIME)),
    ("{{ 64 * MiB / s }}", Quantity(67_108_864, Kind.RATE)),
    ("{{ 200 * Mbit / s }}", Quantity(25_000_000, Kind.RATE)),
    # facts and settings
    ("{{ node.memory }}", 48 * GIB),
    ("{{ node.workload }}", ["cassandra", "search"]),
    ("{{ node.disks }}", [{"mount": "/data", "kind": "nvme"}]),
    ("{{ setting('jvm-server.options:-Xmx') }}", 8 * GIB),
    ("{{ setting('cassandra.yaml:password') }}", Secret("keystore/client")),
    # arithmetic
    ("{{ node.memory / 2 }}", 24 * GIB),
    ("{{ node.memory / GiB }}", 48),
    ("{{ node.memory / (32 * GiB) }}", 1.5),
    ("{{ node.memory - 8 * GiB }}", 40 * GIB),
    ("{{ node.memory * 0.25 }}", 12 * GIB),
    ("{{ node.cores * 0.5 }}", 8),
    ("{{ 0.1 * 3 }}", 0.3),
    ("{{ 1 / 3 * 3 == 1 }}", False),  # a third has no end as a number
    ("{{ node.memory / 3 * 3 == node.memory }}", True),  # but has as a quantity
    ("{{ 7 // 2 }}", 3),
    ("{{ -7 // 2 }}", -4),
    ("{{ 7 % 4 }}", 3),
    ("{{ 0.3 // 0.1 }}", 3),
    ("{{ node.memory // (5 * GiB) }}", 9),
    ("{{ node.memory % (5 * GiB) }}", 3 * GIB),
    ("{{ -node.number }}", -7),
    ("{{ 2 + 3 * 4 }}", 14),
    # comparisons and logic
    ("{{ node.memory >= 32 * GiB }}", True),
    ("{{ 1 < node.number <= 7 }}", True),
    ("{{ 1 < node.number < 7 }}", False),
    ("{{ node.rack == 'r1' }}", True),
    ("{{ node.rack != 'r1' }}", False),
    ("{{ 1 == 1.0 }}", True),
    ("{{ node.nothing == none }}", True),
    ("{{ node.rack != none }}", True),
    ("{{ [1, 2] == [1, 2] }}", True),
    ("{{ [1, none] == [1, 2] }}", False),
    ("{{ 'search' in node.workload }}", True),
    ("{{ 'graph' not in node.workload }}", True),
    ("{{ 'u-0' in node.name }}", True),
    ("{{ not node.seed }}", False),
    ("{{ node.seed and node.number > 5 }}", True),
    ("{{ node.number > 9 or node.seed }}", True),
    ("{{ 'big' if node.cores > 8 else 'small' }}", "big"),
    # short circuit: what is not needed is not read
    ("{{ false and node.missing }}", False),
    ("{{ true or node.missing }}", True),
    ("{{ 1 if true else node.missing }}", 1),
    ("{{ node.missing if false else 1 }}", 1),
    ("{{ 2 < 1 < node.missing }}", False),
    # functions, called and as filters
    ("{{ min(3, 2) }}", 2),
    ("{{ [3, 2] | min }}", 2),
    ("{{ [node.memory / 2, 31 * GiB] | min | floor_to(MiB) }}", 24 * GIB),
    ("{{ max('a', 'b') }}", "b"),
    ("{{ sum([1, 2, 3]) }}", 6),
    ("{{ [GiB, 2 * GiB] | sum }}", 3 * GIB),
    ("{{ sum([]) }}", 0),
    ("{{ (node.memory / 7) | floor_to(GiB) }}", 6 * GIB),
    ("{{ ceil_to(node.memory / 7, GiB) }}", 7 * GIB),
    ("{{ (node.memory / 7) | round_to(GiB) }}", 7 * GIB),
    ("{{ 5 | round_to(2) }}", 6),
    ("{{ 17 | floor_to(4) }}", 16),
    ("{{ -17 | abs }}", 17),
    ("{{ abs(-17) }}", 17),
    ("{{ abs(-1 * GiB) }}", GIB),
    ("{{ node.missing | default(3) }}", 3),
    ("{{ node.number | default(3) }}", 7),
    ("{{ default(node.missing, node.also_missing) | default('x') }}", "x"),
    ("{{ node.workload | length }}", 2),
    ("{{ node.disks | length }}", 1),
    ("{{ 'abc' | length }}", 3),
    ("{{ 7.9 | int }}", 7),
    ("{{ int(0 - 7.9) }}", -7),
    ("{{ '042' | int }}", 42),
    ("{{ node.memory | bytes }}", 51_539_607_552),
    ("{{ node.workload | first }}", "cassandra"),
    ("{{ node.workload | last }}", "search"),
    ("{{ node.workload[0] }}", "cassandra"),
    ("{{ node.workload[-1] }}", "search"),
    ("{{ node.workload | join(',') }}", "cassandra,search"),
    ("{{ [1, true, 2 * GiB] | join }}", "1true2GiB"),
    ("{{ node.rack | upper }}", "R1"),
    ("{{ 'ABC' | lower }}", "abc"),
    ("{{ node.name | replace('-', '_') }}", "eu_07"),
    ("{{ ['b', 'a'] | sort }}", ["a", "b"]),
    ("{{ [1, 2, 1, true] | unique }}", [1, 2, True]),
    ("{{ node.workload | contains('search') }}", True),
    ("{{ contains('abc', 'd') }}", False),
    # texts with expressions in them
    ("10.1.1.{{ node.number }}", "10.1.1.7"),
    ("a {{ node.rack }} b {{ node.number }}", "a r1 b 7"),
    ("{{ node.rack }}{{ node.number }}", "r17"),
    ("{{ node.seed }}!", "true!"),
    ("{{ node.memory }} of memory", "48GiB of memory"),
    ("{{ 0.00000001 }} x", "0.00000001 x"),
    ("x{# why #}y", "xy"),
    ("{# why #}{{ node.number }}", 7),
    ("  {{ node.number }}\n", 7),
    ("line\n{{ node.number }}\n", "line\n7\n"),
    ("a {{- node.number -}} b", "a7b"),
    ("no expression }}", "no expression }}"),
    ("", ""),
    ("{{ '{{ node.x }} {% %}' }}", "{{ node.x }} {% %}"),
]


@pytest.mark.parametrize(("text", "value"), ACCEPTED)
def test_an_accepted_expression_has_its_value(text: str, value: Plain) -> None:
    found = value_of(text)
    assert found == value
    assert type(found) is type(value)


REFUSED = [
    ("{% if true %}x{% endif %}", "forbidden-statement"),
    ("{% for x in [1] %}{{ x }}{% endfor %}", "forbidden-statement"),
    ("{% set x = 1 %}{{ x }}", "forbidden-statement"),
    ("{% include 'x' %}", "forbidden-statement"),
    ("{% import 'x' as x %}", "forbidden-statement"),
    ("{% macro x() %}{% endmacro %}", "forbidden-statement"),
    ("{% raw %}{{ x }}{% endraw %}", "forbidden-statement"),
    ("{%- block x %}{% endblock %}", "forbidden-statement"),
    ("{{ 2 ** 64 }}", "forbidden-operator"),
    ("{{ 'a' ~ 'b' }}", "forbidden-operator"),
    ("{{ +1 }}", "forbidden-operator"),
    ("{{ node.x is defined }}", "forbidden-operator"),
    ("{{ range(10) }}", "unknown-function"),
    ("{{ lipsum() }}", "unknown-function"),
    ("{{ dict(a=1) }}", "unknown-function"),
    ("{{ _('x') }}", "unknown-function"),
    ("{{ node() }}", "unknown-function"),
    ("{{ 'a'.upper() }}", "forbidden-call"),
    ("{{ node.memory.bit_length() }}", "forbidden-call"),
    ("{{ min(1, 2)(3) }}", "forbidden-call"),
    ("{{ min(a=1) }}", "forbidden-call"),
    ("{{ min(*[1, 2]) }}", "forbidden-call"),
    ("{{ min(**{'a': 1}) }}", "forbidden-call"),
    ("{{ [1] | first(attribute='x') }}", "forbidden-call"),
    ("{{ ().__class__ }}", "forbidden-attribute"),
    ("{{ ''.__class__.__mro__ }}", "forbidden-attribute"),
    ("{{ node.__class__ }}", "forbidden-attribute"),
    ("{{ node._secret }}", "forbidden-attribute"),
    ("{{ node.disks.first }}", "forbidden-attribute"),
    ("{{ setting('a:b').x }}", "forbidden-attribute"),
    ("{{ node.name['__class__'] }}", "forbidden-subscript"),
    ("{{ node['memory'] }}", "unknown-name"),
    ("{{ node.workload[node.number] }}", "forbidden-subscript"),
    ("{{ node.workload[0:1] }}", "forbidden-subscript"),
    ("{{ node.workload[true] }}", "forbidden-subscript"),
    ("{{ node.workload[1001] }}", "forbidden-subscript"),
    ("{{ {'a': 1} }}", "forbidden-literal"),
    ("{{ (1, 2) }}", "forbidden-literal"),
    ("{{ 1, 2 }}", "forbidden-literal"),
    ("{{ [[1]] }}", "forbidden-literal"),
    ("{{ __import__ }}", "forbidden-name"),
    ("{{ _x }}", "forbidden-name"),
    ("{{ memory }}", "unknown-name"),
    ("{{ self }}", "unknown-name"),
    ("{{ node }}", "unknown-name"),
    ("{{ min }}", "unknown-name"),
    ("{{ nod.memory }}", "unknown-name"),
    ("{{ 4 * GB }}", "unknown-name"),
    ("{{ [1] | map('x') }}", "unknown-filter"),
    ("{{ 1 | attr('x') }}", "unknown-filter"),
    ("{{ 'a:b' | setting }}", "unknown-filter"),
    ("{{ 1 | a.b }}", "unknown-filter"),
    ("{{ 1 if true }}", "missing-else"),
    ("{{ setting(node.name) }}", "wrong-argument"),
    ("{{ setting('no-colon') }}", "wrong-argument"),
    ("{{ setting() }}", "wrong-argument"),
    ("{{ min() }}", "wrong-argument"),
    ("{{ 1 | floor_to }}", "wrong-argument"),
    ("{{ node.x | default }}", "wrong-argument"),
    ("{{ [1] | first(2) }}", "wrong-argument"),
    ("{{ node.name | replace('-', node.rack) }}", "wrong-argument"),
    ("{{ }}", "expression-syntax"),
    ("{{ 1 +", "expression-syntax"),
    ("{{ 31 GiB }}", "expression-syntax"),
    ("{{ 'x }}", "expression-syntax"),
    ("{{ a = 1 }}", "expression-syntax"),
    ("{{ lambda: 1 }}", "expression-syntax"),
    (r"{{ '\.' }}", "expression-syntax"),
    (r"{{ '\x41' }}", "expression-syntax"),
    ("a\r\n{{ 1 }}", "expression-syntax"),
    ("{{ " + "9" * 31 + " }}", "number-too-large"),
    ("{{ 1e31 }}", "number-too-large"),
    ("{{ 1e999 }}", "number-too-large"),
    ("x" * 2000 + "{{ 1 }}", "expression-too-large"),
    ("{{ " + "(" * 41 + "1" + ")" * 41 + " }}", "expression-too-large"),
    ("{{ " + "not " * 41 + "true }}", "expression-too-large"),
    ("{{ " + "-" * 1900 + "1 }}", "expression-too-large"),
    ("{{ " + "1 if true else " * 100 + "1 }}", "expression-too-large"),
    ("{{ [" + "1," * 500 + "] }}", "expression-too-large"),
]


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_everything_else_is_refused_when_it_is_read(text: str, code: str) -> None:
    error = parse_refusal(text)
    assert error.code == code
    assert error.remedy
    assert not error.message.endswith(".")


FAILING = [
    ("{{ node.missing }}", "missing-fact"),
    ("{{ setting('a:b') }}", "unknown-setting"),
    ("{{ setting('a:b') | default(1) }}", "unknown-setting"),
    ("{{ (1 / 0) | default(1) }}", "division-by-zero"),
    ("{{ 1 // 0 }}", "division-by-zero"),
    ("{{ node.memory % 0 }}", "division-by-zero"),
    ("{{ node.memory / (0 * GiB) }}", "division-by-zero"),
    ("{{ node.memory + 1 }}", "kind-mismatch"),
    ("{{ node.memory + node.pause }}", "kind-mismatch"),
    ("{{ node.memory * node.memory }}", "kind-mismatch"),
    ("{{ 1 / node.memory }}", "kind-mismatch"),
    ("{{ true + 1 }}", "wrong-operand"),
    ("{{ node.seed * 2 }}", "wrong-operand"),
    ("{{ -true }}", "wrong-operand"),
    ("{{ 'a' + 'b' }}", "wrong-operand"),
    ("{{ 'a' * 1000 }}", "wrong-operand"),
    ("{{ '%s' % 1 }}", "wrong-operand"),
    ("{{ [1] * 1000 }}", "wrong-operand"),
    ("{{ [1] + [2] }}", "wrong-operand"),
    ("{{ 'a' < 1 }}", "wrong-operand"),
    ("{{ 'a' == 1 }}", "wrong-operand"),
    ("{{ true == 1 }}", "wrong-operand"),
    ("{{ true < false }}", "wrong-operand"),
    ("{{ node.memory > 1 }}", "wrong-operand"),
    ("{{ node.memory > node.pause }}", "wrong-operand"),
    ("{{ [1] < [2] }}", "wrong-operand"),
    ("{{ node.disks == node.disks }}", "wrong-operand"),
    ("{{ 1 in 'abc' }}", "wrong-operand"),
    ("{{ 1 in node.workload }}", "wrong-operand"),
    ("{{ 1 and true }}", "wrong-operand"),
    ("{{ not 'a' }}", "wrong-operand"),
    ("{{ 1 if node.rack else 2 }}", "wrong-operand"),
    ("{{ node.name[0] }}", "wrong-operand"),
    ("{{ [node.workload] }}", "wrong-operand"),
    ("{{ node.workload[2] }}", "no-such-member"),
    ("{{ node.workload[-3] }}", "no-such-member"),
    ("{{ [] | min }}", "empty-list"),
    ("{{ [] | first }}", "empty-list"),
    ("{{ min(1, 'a') }}", "wrong-operand"),
    ("{{ min(1, GiB) }}", "wrong-operand"),
    ("{{ min(true, false) }}", "wrong-operand"),
    ("{{ sum(['a']) }}", "wrong-operand"),
    ("{{ sum([1, GiB]) }}", "kind-mismatch"),
    ("{{ node.memory / 3 | floor_to(MiB) }}", "wrong-operand"),
    ("{{ node.memory | floor_to(7) }}", "wrong-operand"),
    ("{{ node.memory | floor_to(0 * MiB) }}", "wrong-argument"),
    ("{{ node.rack | int }}", "wrong-operand"),
    ("{{ node.memory | int }}", "wrong-operand"),
    ("{{ 1 | bytes }}", "wrong-operand"),
    ("{{ (GiB / 3) | bytes }}", "inexact-conversion"),
    ("{{ 1 | length }}", "wrong-operand"),
    ("{{ 1 | upper }}", "wrong-operand"),
    ("{{ 'a' | replace('', 'b') }}", "wrong-argument"),
    ("{{ [1, 'a'] | sort }}", "wrong-operand"),
    ("{{ node.disks | unique }}", "wrong-operand"),
    ("{{ 10 * " + "9" * 30 + " }}", "number-too-large"),
    ("{{ node.many | length }}", "list-too-large"),
    ("{{ 1001 in node.many }}", "list-too-large"),
    ("x{{ node.workload }}", "wrong-operand"),
    ("x{{ node.nothing }}", "wrong-operand"),
    ("x{{ node.memory / 7 }}", "inexact-conversion"),
    ("x{{ setting('cassandra.yaml:password') }}", "secret-in-text"),
    ("{{ [setting('cassandra.yaml:password')] | join }}", "secret-in-text"),
    ("{{ setting('cassandra.yaml:password') == 'guess' }}", "wrong-operand"),
    ("{{ 'a' in setting('cassandra.yaml:password') }}", "wrong-operand"),
]


@pytest.mark.parametrize(("text", "code"), FAILING)
def test_operands_that_do_not_fit_are_refused_when_it_is_evaluated(text: str, code: str) -> None:
    error = evaluation_refusal(text)
    assert error.code == code
    assert not error.message.endswith(".")


def test_errors_never_quote_values() -> None:
    assert str(evaluation_refusal("{{ node.rack + setting('cassandra.yaml:cluster_name') }}")) == (
        "arithmetic needs numbers or quantities, got text"
    )
    assert "keystore" not in str(evaluation_refusal("{{ setting('cassandra.yaml:password') + 1 }}"))


def test_errors_name_their_column() -> None:
    assert parse_refusal("ab {{ 1 + nonsense }}").column == 11
    assert parse_refusal("{{ 1 }} {{ 2 ** 3 }}").column == 14
    assert parse_refusal("{{ 1 }} {% if x %}").column == 9
    assert evaluation_refusal("ab {{ 1 / 0 }}").column == 4
    assert evaluation_refusal("{{ node.missing }}").column == 0  # the scope's own error passes unchanged


def test_the_nearest_name_is_suggested() -> None:
    assert parse_refusal("{{ 4 * GB }}").remedy == "did you mean GiB"
    assert parse_refusal("{{ nod.memory }}").remedy == "did you mean node"
    assert parse_refusal("{{ 1 | floorto(2) }}").remedy == "did you mean floor_to"


def test_an_expression_knows_what_it_reads_in_all_branches() -> None:
    text = "{{ node.a if node.b else setting('x:y') }} {{ node.c | default(setting('z:[0].k')) }}"
    expression = parse_expression(text)
    assert expression.facts == {"a", "b", "c"}
    assert expression.settings == {"x:y", "z:[0].k"}


def test_only_what_is_needed_is_read() -> None:
    scope = Node()
    evaluate(parse_expression("{{ node.number if node.seed else setting('a:b') }}"), scope)
    assert scope.read == ["seed", "number"]


def test_expressions_are_equal_by_text_and_read_once() -> None:
    one = parse_expression("{{ node.memory / 2 }}")
    assert parse_expression("{{ node.memory / 2 }}") is one
    parse_expression.cache_clear()
    again = parse_expression("{{ node.memory / 2 }}")
    assert again is not one
    assert again == one
    assert hash(again) == hash(one)
    assert again != parse_expression("{{ node.memory /2 }}")


def test_other_roots_and_names_are_declared() -> None:
    expression = parse_expression("{{ rule.limit }}", frozenset({"rule"}))
    assert expression.facts == {"rule.limit"}
    condition = parse_condition("-heap <= memory * 0.5", names=frozenset({"heap", "memory"}))
    assert condition.facts == {"heap", "memory"}
    with pytest.raises(ExpressionError, match="unknown name 'node'"):
        parse_condition("node.memory > 1", names=frozenset({"heap"}))


@pytest.mark.parametrize("text", ["1 }} {{ 2", "1 }}", "", "1 }} {# ", "1 %}", "{{ 1 }}"])
def test_a_condition_is_exactly_one_expression(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_condition(text)
    assert caught.value.code in ("expression-syntax", "forbidden-literal")


def test_columns_of_conditions_count_in_the_condition() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_condition("1 < nonsense")
    assert caught.value.column == 5
    with pytest.raises(ExpressionError) as caught:
        evaluate(parse_condition("1 < 'a'"), Node())
    assert caught.value.column == 1


def test_expressions_and_errors_travel_between_processes() -> None:
    expression = parse_expression("{{ node.memory / 2 }} x")
    copy = pickle.loads(pickle.dumps(expression))  # noqa: S301  # our own bytes
    assert isinstance(copy, Expression)
    assert copy == expression
    assert copy.facts == {"memory"}
    assert evaluate(copy, Node()) == "24GiB x"
    missing = pickle.loads(pickle.dumps(MissingFact("m", "r", 3)))  # noqa: S301  # our own bytes
    assert (missing.code, missing.message, missing.remedy, missing.column) == ("missing-fact", "m", "r", 3)


def test_jinja_is_loaded_only_to_read_an_expression() -> None:
    program = "import sys, dseconf.expression as e; assert 'jinja2' not in sys.modules; e.parse_expression('{{ 1 }}')"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_texts_have_a_bounded_length() -> None:
    longest = "{{ 'a' | replace('a', '" + "b" * 1000 + "')"
    assert len(str(value_of(longest + " }}"))) == 1000
    assert evaluation_refusal(longest + " | replace('b', '" + "c" * 20 + "') }}").code == "text-too-large"

"""Secrets: what may be shown, and what is hidden."""

from __future__ import annotations

from typing import Any

import pytest

from dseconf.expression import parse_expression
from dseconf.quantity import parse_quantity
from dseconf.secret import HIDDEN, MAX_SHOWN, holds_secret, layer_text, placeholder, shown, shown_key, sounds_secret
from dseconf.setting import Secret, Value

SHOWN: list[tuple[Any, str]] = [
    (None, "null"),
    (True, "true"),
    (8, "8"),
    (0.5, "0.5"),
    ("a b", "'a b'"),
    (["a", 1], "['a', 1]"),
    ({"a": 1, "b": "x"}, "{a: 1, b: 'x'}"),
    (parse_quantity("8GiB"), "8GiB"),
    (Secret("a/b"), "!secret a/b"),
    (parse_expression("{{ node.memory }}"), "'{{ node.memory }}'"),
]


@pytest.mark.parametrize(("value", "expected"), SHOWN)
def test_values_are_shown_in_the_spelling_of_a_layer(value: Value, expected: str) -> None:
    assert shown(value) == expected


@pytest.mark.parametrize("value", [value for value, _ in SHOWN if not isinstance(value, Secret)])
def test_a_sensitive_value_is_hidden_whatever_it_is(value: Value) -> None:
    assert shown(value, sensitive=True) == HIDDEN
    assert shown(value, key="my.Password") == HIDDEN


def test_the_name_of_a_secret_may_be_seen() -> None:
    assert shown(Secret("a/b"), key="password", sensitive=True) == "!secret a/b"


def test_values_inside_a_mapping_are_hidden_by_their_own_names() -> None:
    value: Any = [{"class_name": "x", "parameters": [{"keystore_password": "hunter2", "level": 3}]}]
    assert shown(value) == f"[{{class_name: 'x', parameters: [{{keystore_password: {HIDDEN}, level: 3}}]}}]"


@pytest.mark.parametrize(
    "key", ["password", "ssl.keyPassphrase", "PASSWD", "aws_secret_key", "my-credentials", "a.b.Secret"]
)
def test_names_that_sound_like_a_secret(key: str) -> None:
    assert sounds_secret(key)


@pytest.mark.parametrize("key", ["num_tokens", "compass", "pass", "key", "secre", ""])
def test_names_that_do_not(key: str) -> None:
    assert not sounds_secret(key)


HOLDS: list[tuple[Any, bool]] = [
    ({"password": "x"}, True),
    ([{"a": [{"secret": 7}]}], True),
    ({"password": {"deep": 1}}, True),
    ({"password": Secret("x")}, False),
    ({"password": ""}, False),
    ({"password": None}, False),
    ({"colour": "x"}, False),
    ("password", False),
]


@pytest.mark.parametrize(("value", "expected"), HOLDS)
def test_a_value_that_has_a_secret_inside(value: Value, expected: bool) -> None:
    assert holds_secret(value) is expected


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("num_tokens", "num_tokens"),
        ("a=b", "a=b"),
        ("keystore_password:hunter2", f"keystore_password:{HIDDEN}"),
        ("-Djavax.net.ssl.keyStorePassword=hunter2", f"-Djavax.net.ssl.keyStorePassword={HIDDEN}"),
        ("my_secret_key = a=b", f"my_secret_key ={HIDDEN}"),
        ("x.secret.y.password=a", f"x.secret.y.password={HIDDEN}"),
    ],
)
def test_a_key_is_shown_without_the_value_that_stuck_to_it(key: str, expected: str) -> None:
    assert shown_key(key) == expected


def test_a_long_value_is_cut() -> None:
    text = shown("x" * 5_000)
    assert text.startswith("'xxx")
    assert len(text) < MAX_SHOWN + 40
    assert "(5,002 characters)" in text
    huge: Any = [["x"] * 1_000] * 1_000
    assert len(shown(huge)) < MAX_SHOWN + 40


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a", "a"), ("yes", '"yes"'), ("8", '"8"'), ("1e3", '"1e3"'), ("a: b", '"a: b"'), ("", '""'), ("a\nb", '"a\\nb"')],
)
def test_text_is_quoted_where_yaml_would_take_it_for_something_else(text: str, expected: str) -> None:
    assert layer_text(text) == expected


def test_a_placeholder_names_its_encoder() -> None:
    assert placeholder(Secret("a/b"), "yaml") == "@@dseconf:yaml:a/b@@"

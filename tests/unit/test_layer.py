"""Layers: mappings become definitions, tags say how they merge."""

from __future__ import annotations

import pytest

from dseconf.document import read_document
from dseconf.expression import Expression
from dseconf.layer import Layer, join_key, read_layer
from dseconf.setting import Definition, Operation, Secret, Strength


def layer(text: str) -> Layer:
    return read_layer(read_document(text.encode(), "base.yaml"))


def definitions(text: str) -> dict[str, Definition]:
    found = layer("cassandra.yaml:\n" + "".join(f"  {line}\n" for line in text.split("\n")))
    assert found.findings == ()
    section = found.files["cassandra.yaml"]
    assert section.broken == ()
    return {one.key: one for one in section.definitions}


def values(text: str) -> dict[str, object]:
    return {key: one.value for key, one in definitions(text).items()}


def test_mappings_become_one_definition_for_each_setting() -> None:
    assert values("a: 1\nb:\n  c: [2]\n  d: {e: x}") == {"a": 1, "b.c": [2], "b.d.e": "x"}


def test_a_key_with_a_dot_stands_in_brackets_below_a_mapping_and_as_written_at_the_top() -> None:
    assert list(values("a.b: 1\nc:\n  d.e: 2\n  f: {g.h: 3}")) == ["a.b", 'c["d.e"]', 'c.f["g.h"]']


def test_keys_are_joined_to_addresses() -> None:
    assert join_key("", "a") == "a"
    assert join_key("a", "b") == "a.b"
    assert join_key("a", "b.c") == 'a["b.c"]'


def test_a_definition_has_the_places_of_its_key_and_its_value() -> None:
    found = definitions("num_tokens:   8")["num_tokens"]
    assert (str(found.origin), str(found.place)) == ("base.yaml:2:3", "base.yaml:2:17")


def test_an_empty_mapping_is_a_value() -> None:
    assert values("a: {}") == {"a": {}}


TAGS = {
    "8": (Operation.SET, Strength.PLAIN),
    "!force 8": (Operation.SET, Strength.FORCE),
    "!default 8": (Operation.SET, Strength.DEFAULT),
    "!unset": (Operation.UNSET, Strength.PLAIN),
    "!unset.force": (Operation.UNSET, Strength.FORCE),
    "!append [8]": (Operation.APPEND, Strength.PLAIN),
    "!prepend.default [8]": (Operation.PREPEND, Strength.DEFAULT),
    "!force.remove [8]": (Operation.REMOVE, Strength.FORCE),
}


@pytest.mark.parametrize(("text", "expected"), TAGS.items())
def test_tags_say_what_a_line_does_and_how_strongly(text: str, expected: tuple[Operation, Strength]) -> None:
    found = definitions(f"a: {text}")["a"]
    assert (found.operation, found.strength) == expected


def test_the_strength_of_a_mapping_goes_down_to_its_keys() -> None:
    found = definitions("a: !force\n  b: 1\n  c: !default 2\n  d: {e: 3}")
    assert [one.strength for one in found.values()] == [Strength.FORCE, Strength.DEFAULT, Strength.FORCE]


def test_the_strength_of_a_file_goes_down_to_its_settings() -> None:
    (found,) = layer("cassandra.yaml: !default {a: 1}").files["cassandra.yaml"].definitions
    assert found.strength is Strength.DEFAULT


def test_secrets_and_expressions_stand_in_their_places() -> None:
    found = values('a: !secret keystore/client\nb: "{{ node.memory }}"\nc: [{d: !secret x}, "{{ 1 }}"]')
    assert found["a"] == Secret("keystore/client")
    assert isinstance(found["b"], Expression)
    assert isinstance(found["c"], list)
    assert found["c"][0] == {"d": Secret("x")}
    assert isinstance(found["c"][1], Expression)


@pytest.mark.parametrize(
    "name", ["..", "../x", "/etc/shadow", "a//b", "a/", "a b", "a/../b", "", "-x", ".x", "a@@b", "ä", "x" * 200]
)
def test_the_name_of_a_secret_is_no_path_out_of_the_store(name: str) -> None:
    (finding,) = layer(f'cassandra.yaml: {{a: !secret "{name}"}}').findings
    assert finding.code == "wrong-secret"
    assert not name or repr(name) not in str(finding)


@pytest.mark.parametrize("name", ["x", "keystore/client", "a.b-c_d/e1", "0", "A/B/C"])
def test_names_of_secrets(name: str) -> None:
    assert values(f'a: !secret "{name}"') == {"a": Secret(name)}


def test_a_broken_value_leaves_its_key_to_be_checked() -> None:
    found = layer('cassandra.yaml:\n  a: "{{ nod }}"\n  b: !secret "x y"\n  c: 1e3\n  d: 8\n')
    section = found.files["cassandra.yaml"]
    assert [one.key for one in section.definitions] == ["d"]
    assert [one.key for one in section.broken] == ["a", "b", "c"]
    # What an expression says may be a secret: its finding waits until the key is known.
    assert [[finding.code for finding in one.quoting] for one in section.broken] == [["unknown-name"], [], []]
    assert sorted(finding.code for finding in found.findings) == ["ambiguous-scalar", "wrong-secret"]


def test_every_mistake_of_a_list_is_found() -> None:
    found = layer('cassandra.yaml: {a: ["{{ x }}", !force 1, "{{ y }}", !nope 2]}')
    (broken,) = found.files["cassandra.yaml"].broken
    assert [finding.code for finding in broken.quoting] == ["unknown-name", "unknown-name"]
    assert [finding.code for finding in found.findings] == ["wrong-tag-use", "unknown-tag"]


def test_modes_and_the_reason_stand_beside_files() -> None:
    found = layer("reason: small nodes\nmanage: !force {cassandra-env.sh: unmanaged, dse-env.sh: !default block}\n")
    assert found.reason == "small nodes"
    assert [(one.key, one.value, one.strength) for one in found.manage] == [
        ("cassandra-env.sh", "unmanaged", Strength.FORCE),
        ("dse-env.sh", "block", Strength.DEFAULT),
    ]


@pytest.mark.parametrize("text", ["", "~", "# nothing", "reason: later", "cassandra.yaml: {}"])
def test_a_layer_that_sets_nothing_is_empty(text: str) -> None:
    found = layer(text)
    assert found.empty
    assert found.findings == ()


def test_a_layer_with_a_broken_value_is_not_empty() -> None:
    assert not layer('cassandra.yaml: {a: "{{ nod }}"}').empty


def test_a_wrong_tag_is_not_quoted_since_it_may_be_a_password() -> None:
    (finding,) = layer("cassandra.yaml: {password: !hunter2 }").findings
    assert finding.code == "unknown-tag"
    assert "hunter2" not in f"{finding} {finding.remedy}"

"""Expressions become values: for a group where they can, for a node where they must."""

from __future__ import annotations

from typing import Any

import pytest
from builders import a_definition, a_node, a_view, links

from dseconf.evaluate import ABSENT, MAX_STEPS, Absent, Group, Settings, evaluate_group, evaluate_node
from dseconf.finding import Finding
from dseconf.fleet import Node
from dseconf.quantity import parse_quantity
from dseconf.resolve import resolve_file
from dseconf.setting import Plain, Setting

XMX, XMS = ("jvm.options", "-Xmx"), ("jvm.options", "-Xms")


def settings(*texts: str) -> Settings:
    chain = links(*texts)
    return {file.name: resolve_file(file.name, chain).settings for file in a_view().files()}


def a_group(*texts: str, of_nodes: tuple[tuple[str, str], ...] = ()) -> Group:
    return evaluate_group(a_view(), settings(*texts), of_nodes)


def values_of(
    group: Group, node: Node | None = None, own: Settings | None = None
) -> dict[str, dict[str, Plain | Absent]]:
    values, findings = evaluate_node(group, node or a_node(), "n1", own or {})
    assert findings == []
    return values


def findings_of(group: Group, node: Node | None = None, own: Settings | None = None) -> list[Finding]:
    return evaluate_node(group, node or a_node(), "n1", own or {})[1]


def test_a_plain_value_is_the_groups() -> None:
    group = a_group("app.yaml: {number: 3}")
    assert group.values["app.yaml"] == {"number": 3}
    assert values_of(group) == {}


def test_what_reads_no_fact_is_evaluated_once_for_the_group() -> None:
    group = a_group("app.yaml: {number: 3, text: \"{{ setting('app.yaml:number') * 2 }}x\"}")
    assert group.values["app.yaml"] == {"number": 3, "text": "6x"}
    assert group.dependent == ()


def test_what_reads_a_fact_is_each_nodes_own() -> None:
    group = a_group('app.yaml: {text: "{{ node.name }}"}')
    assert group.values["app.yaml"] == {}
    assert values_of(group, a_node("eu-7")) == {"app.yaml": {"text": "eu-7"}}


def test_what_follows_a_fact_over_steps_is_each_nodes_own() -> None:
    group = a_group('jvm.options: {-Xmx: "{{ node.memory / 2 }}", -Xms: "{{ setting(\'jvm.options:-Xmx\') }}"}')
    assert group.dependent == (XMS, XMX)
    values = values_of(group, a_node(memory=parse_quantity("32GiB")))
    assert values == {"jvm.options": {"-Xms": "16G", "-Xmx": "16G"}}


def test_what_follows_a_nodes_own_setting_follows_it() -> None:
    group = a_group("app.yaml: {number: 1, text: \"is {{ setting('app.yaml:number') }}\"}")
    own = settings("app.yaml: {number: 5}")
    assert group.values["app.yaml"] == {"number": 1, "text": "is 1"}
    assert values_of(group, own=own) == {"app.yaml": {"number": 5, "text": "is 5"}}


def test_what_a_nodes_own_expression_reads_is_the_groups_value() -> None:
    group = a_group("app.yaml: {number: 4}")
    own = settings("app.yaml: {size: \"{{ setting('app.yaml:number') + 1 }}\"}")
    assert values_of(group, own=own) == {"app.yaml": {"size": 5}}


def test_an_unset_setting_is_absent_and_reads_as_its_default() -> None:
    group = a_group("app.yaml: {flag: true, size: \"{{ setting('app.yaml:number') }}\"}")
    assert group.values["app.yaml"]["size"] == 1
    own = settings("app.yaml:\n  flag: !unset")
    assert values_of(group, own=own) == {"app.yaml": {"flag": ABSENT}}


def test_a_number_with_a_unit_reads_as_a_quantity() -> None:
    group = a_group("app.yaml: {size: 64MiB}", "jvm.options: {-Xmx: \"{{ setting('app.yaml:size') * 2 }}\"}")
    assert group.values["app.yaml"] == {"size": 64}
    assert group.values["jvm.options"] == {"-Xmx": "128M"}


def test_an_expression_keeps_its_type_and_is_checked_like_a_value() -> None:
    group = a_group('app.yaml: {number: "{{ node.cores }}", flag: "{{ node.cores > 2 }}"}')
    assert values_of(group, a_node(cores=4)) == {"app.yaml": {"number": 4, "flag": True}}


def test_expressions_inside_lists_and_mappings_are_evaluated() -> None:
    group = a_group('app.yaml: {names: [a, "{{ node.name }}"]}')
    assert values_of(group) == {"app.yaml": {"names": ["a", "n1"]}}


def test_a_result_that_does_not_fit_is_told_at_its_line_with_its_expression() -> None:
    (finding,) = findings_of(a_group('app.yaml: {number: "{{ node.name }}"}'))
    assert finding.code == "wrong-type"
    assert finding.why.endswith("by {{ node.name }}")
    assert str(finding.where[0]) == "layer0.yaml:1:20"
    assert finding.nodes == ("n1",)


def test_a_missing_fact_names_fact_and_node() -> None:
    (finding,) = findings_of(a_group('app.yaml: {number: "{{ node.cores }}"}'))
    assert finding.code == "missing-fact"
    assert finding.message == "app.yaml:number: there is no fact 'cores'"
    assert finding.nodes == ("n1",)
    assert "cores in fleet.yaml" in finding.remedy


def test_a_missing_fact_of_many_nodes_is_one_finding() -> None:
    group = a_group('app.yaml: {number: "{{ node.cores }}"}')
    (one,), (other,) = (evaluate_node(group, a_node(name), name, {})[1] for name in ("n1", "n2"))
    assert (one.message, one.where) == (other.message, other.where)


def test_a_setting_without_value_and_default_is_told() -> None:
    (finding,) = findings_of(a_group("app.yaml: {number: \"{{ setting('app.yaml:group.inner') }}\"}"))
    assert finding.message == "app.yaml:number: app.yaml:group.inner has no value"


def test_a_setting_that_only_nodes_set_may_be_read_by_a_shared_layer() -> None:
    group = a_group("app.yaml: {number: \"{{ setting('app.yaml:group.inner') }}\"}")
    own = settings("app.yaml: {group: {inner: 7}}")
    assert values_of(group, own=own) == {"app.yaml": {"group.inner": 7, "number": 7}}


def test_what_a_node_overrides_does_not_fail_for_it() -> None:
    group = a_group("app.yaml: {number: \"{{ setting('app.yaml:group.inner') }}\"}")
    assert values_of(group, own=settings("app.yaml: {number: 2}")) == {"app.yaml": {"number": 2}}


def test_a_failure_is_told_once_however_many_settings_follow_it() -> None:
    group = a_group(
        'app.yaml: {number: "{{ node.cores }}"}',
        "app.yaml: {size: \"{{ setting('app.yaml:number') }}\", text: \"{{ setting('app.yaml:size') }}\"}",
    )
    assert [finding.code for finding in findings_of(group)] == ["missing-fact"]


def test_a_circle_is_told_once_with_its_way() -> None:
    group = a_group(
        "app.yaml: {number: \"{{ setting('app.yaml:size') }}\", size: \"{{ setting('app.yaml:number') }}\", "
        "text: \"{{ setting('app.yaml:size') }}\"}"
    )
    (finding,) = findings_of(group)
    assert finding.code == "cycle"
    assert finding.message == (
        "settings read each other in a circle: app.yaml:number > app.yaml:size > app.yaml:number"
    )


def test_a_node_may_break_a_circle() -> None:
    group = a_group(
        "app.yaml: {number: \"{{ setting('app.yaml:group.inner') }}\", "
        "group: {inner: \"{{ setting('app.yaml:number') }}\"}}"
    )
    own = settings("app.yaml: {group: {inner: 3}}")
    assert values_of(group, own=own) == {"app.yaml": {"group.inner": 3, "number": 3}}


def chain(length: int) -> str:
    """Settings of which each reads the next one."""
    steps = [f"  user.s{i:03}: \"{{{{ setting('server.properties:user.s{i + 1:03}') }}}}\"\n" for i in range(length)]
    return "server.properties:\n" + "".join(steps) + f'  user.s{length:03}: "end"\n'


def test_settings_may_read_each_other_over_many_steps() -> None:
    group = a_group(chain(MAX_STEPS))
    assert group.values["server.properties"]["user.s000"] == "end"


@pytest.mark.parametrize("length", [3 * MAX_STEPS, 400])
def test_a_way_that_is_too_long_is_told_and_does_not_break_python(length: int) -> None:
    found = findings_of(a_group(chain(length)))
    assert {finding.code for finding in found} == {"expression-too-deep"}


def test_an_expression_as_deep_as_one_can_be_may_stand_at_the_end_of_the_longest_way() -> None:
    deep = "(" * 10 + "node.name" + ")" * 10
    text = chain(MAX_STEPS - 1).replace('"end"', f'"{{{{ {deep} }}}}"')
    assert values_of(a_group(text))["server.properties"]["user.s000"] == "n1"


def test_values_that_double_with_every_step_end() -> None:
    steps = []
    for number in range(MAX_STEPS - 1):
        read = f"{{{{ setting('server.properties:user.s{number + 1:02}') }}}}"
        steps.append(f'  user.s{number:02}: "{read}{read}"\n')
    text = f'server.properties:\n{"".join(steps)}  user.s{MAX_STEPS - 1:02}: "{"x" * 1000}"\n'
    codes = {finding.code for finding in findings_of(a_group(text))}
    assert codes & {"expression-too-large", "text-too-large"}


def test_the_values_of_all_expressions_of_a_node_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dseconf.evaluate.scope.MAX_MEMBERS", 10)
    text = "".join(f'  user.s{number}: "{{{{ node.name }}}}"\n' for number in range(20))
    found = findings_of(a_group(f"server.properties:\n{text}"))
    assert {finding.code for finding in found} == {"expression-too-large"}
    assert "make more than 10 values" in found[0].message


def test_an_unknown_setting_is_told() -> None:
    (finding,) = findings_of(a_group("app.yaml: {text: \"{{ setting('app.yaml:nothing') }}\"}"))
    assert finding.code == "unknown-setting"


@pytest.mark.parametrize(
    ("first", "second"), [({"broadcast_address": "10.9.9.9"}, {}), ({}, {"broadcast_address": "10.9.9.9"})]
)
def test_it_does_not_matter_which_node_a_group_was_made_from(first: dict[str, Any], second: dict[str, Any]) -> None:
    """A group is made when its first node comes: what that node has for itself must not reach the others."""
    text = "app.yaml: {text: \"{{ setting('app.yaml:broadcast_address') | default('none') }}\"}"
    of_nodes = tuple(("app.yaml", name) for name in first)
    group = a_group(text, of_nodes=of_nodes)
    own = identity_of(second)
    expected = second.get("broadcast_address", "none")
    values = values_of(group, own=own)
    assert values.get("app.yaml", {}).get("text", group.values["app.yaml"].get("text")) == expected


def identity_of(facts: dict[str, str]) -> Settings:
    return {"app.yaml": {key: Setting(a_definition(key, value), value) for key, value in facts.items()}}

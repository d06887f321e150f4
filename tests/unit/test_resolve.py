"""Which line decides a setting, and what is told about the lines it beat."""

from __future__ import annotations

import pytest
from builders import a_definition, a_layer, links

from dseconf.finding import Finding
from dseconf.layer import Manage
from dseconf.resolve import NOTHING, Link, Rank, ResolvedFile, is_below, resolve_file, resolve_manage, resolve_on_top
from dseconf.setting import Definition, Setting

NAME = "app.yaml"


def resolved(*texts: str) -> ResolvedFile:
    return resolve_file(NAME, links(*texts))


def setting(key: str, *texts: str) -> Setting:
    return resolved(*texts).settings[key]


def at_one_rank(*texts: str) -> list[Link]:
    return [Link(Rank(1, 0), a_layer(text, f"{name}.yaml")) for name, text in zip("abcd", texts, strict=False)]


def told(chain: list[Link]) -> list[Finding]:
    return [finding for found in resolve_file(NAME, chain).findings.values() for finding in found]


def lines(definitions: tuple[Definition, ...]) -> list[str]:
    return [str(definition.origin) for definition in definitions]


def test_a_mapping_merges_key_by_key() -> None:
    found = resolved("app.yaml: {group: {inner: 1, word: a}}", "app.yaml: {group: {word: b}}")
    assert {key: one.value for key, one in found.settings.items()} == {"group.inner": 1, "group.word": "b"}


def test_a_list_replaces_the_list_below() -> None:
    assert setting("names", "app.yaml: {names: [a, b]}", "app.yaml: {names: [c]}").value == ["c"]


def test_the_losers_are_kept_from_the_strongest_to_the_weakest() -> None:
    found = setting(
        "number",
        "app.yaml: {number: 1}",
        "app.yaml: {number: !default 2}",
        "app.yaml: {number: 3}",
        "app.yaml: {number: !force 4}",
        "app.yaml: {number: 5}",
    )
    assert found.chosen.value == 4
    assert [loser.value for loser in found.overridden] == [5, 3, 1, 2]


def test_a_strength_on_a_mapping_goes_down_to_its_keys() -> None:
    found = resolved(
        "app.yaml: {group: !force {inner: 1, deep: {leaf: x}}}", "app.yaml: {group: {inner: 2, deep: {leaf: z}}}"
    )
    assert [found.settings[key].value for key in ("group.inner", "group.deep.leaf")] == [1, "x"]


def test_an_unset_leaves_the_key_out_and_keeps_what_it_beat() -> None:
    found = setting("number", "app.yaml: {number: 1}", "app.yaml:\n  number: !unset")
    assert not found.present
    assert lines(found.overridden) == ["layer0.yaml:1:12"]


def test_a_value_above_an_unset_is_there_again() -> None:
    assert setting("number", "app.yaml:\n  number: !unset", "app.yaml: {number: 2}").present


def test_unsetting_a_mapping_leaves_out_what_lies_in_it() -> None:
    found = resolved("app.yaml: {group: {inner: 1, deep: {leaf: x}}, number: 1}", "app.yaml:\n  group: !unset")
    assert [key for key, one in found.settings.items() if one.present] == ["number"]


def test_a_key_above_an_unset_mapping_is_there_again() -> None:
    found = resolved(
        "app.yaml: {group: {inner: 1, word: a}}", "app.yaml:\n  group: !unset", "app.yaml: {group: {inner: 3}}"
    )
    assert [key for key, one in found.settings.items() if one.present] == ["group.inner"]


def test_a_mapping_does_not_reach_keys_that_begin_alike() -> None:
    assert is_below("group.inner", "group")
    assert is_below('group["a.b"]', "group")
    assert not is_below("groups.inner", "group")
    assert not is_below("group", "group")


def test_edits_lie_on_top_of_the_list_below() -> None:
    found = setting(
        "names", "app.yaml: {names: [b]}", "app.yaml: {names: !append [c]}", "app.yaml: {names: !prepend [a]}"
    )
    assert found.value == ["a", "b", "c"]
    assert lines(found.edits) == ["layer1.yaml:1:12", "layer2.yaml:1:12"]
    assert str(found.origin) == "layer2.yaml:1:12"
    assert found.chosen.value == ["b"]


def test_an_edit_of_nothing_makes_a_list() -> None:
    assert setting("names", "app.yaml: {names: !append [a]}").value == ["a"]


def test_an_edit_after_an_unset_makes_a_list() -> None:
    found = setting("names", "app.yaml: {names: [x]}", "app.yaml:\n  names: !unset", "app.yaml: {names: !append [a]}")
    assert (found.value, found.present) == (["a"], True)


def test_edits_below_a_value_are_beaten_by_it() -> None:
    found = setting("names", "app.yaml: {names: !append [a]}", "app.yaml: {names: [b]}")
    assert found.value == ["b"]
    assert lines(found.overridden) == ["layer0.yaml:1:12"]


def test_a_forced_edit_reaches_over_higher_ranks() -> None:
    found = setting(
        "names", "app.yaml: {names: !append.force [z]}", "app.yaml: {names: [b]}", "app.yaml: {names: !append [c]}"
    )
    assert found.value == ["b", "c", "z"]


def test_removing_an_absent_member_names_it_and_what_lies_below() -> None:
    (finding,) = told(links("app.yaml: {names: [a, b]}", "app.yaml: {names: !remove [x]}"))
    assert finding.code == "absent-member"
    assert finding.message == "app.yaml:names has no member 'x' to remove"
    assert finding.why == "below it lies ['a', 'b']"
    assert str(finding.where[0]) == "layer1.yaml:1:19"


def test_an_edit_of_an_expression_is_refused_rather_than_losing_it() -> None:
    (finding,) = told(links("app.yaml: {names: \"{{ ['a', node.name] }}\"}", "app.yaml: {names: !append [x]}"))
    assert finding.code == "wrong-tag-use"
    assert "what lies below is no list yet" in finding.message
    assert [str(place) for place in finding.where] == ["layer1.yaml:1:19", "layer0.yaml:1:19"]


def test_an_edit_of_a_list_with_expressions_in_it_is_no_matter() -> None:
    found = setting("names", 'app.yaml: {names: ["{{ node.name }}"]}', "app.yaml: {names: !append [x]}")
    assert isinstance(found.value, list)
    assert len(found.value) == 2


def test_two_values_of_one_rank_are_a_conflict_that_names_both_lines() -> None:
    (finding,) = told(at_one_rank("app.yaml: {number: 1}", "app.yaml: {number: 2}"))
    assert finding.code == "conflict"
    assert finding.message == "two layers of one rank disagree on app.yaml:number"
    assert [str(place) for place in finding.where] == ["a.yaml:1:20", "b.yaml:1:20"]
    assert finding.why == "1 against 2"
    assert "!force" in finding.remedy


def test_two_equal_values_of_one_rank_are_no_conflict() -> None:
    assert told(at_one_rank("app.yaml: {number: 1}", "app.yaml: {number: 1}")) == []


def test_a_value_against_an_unset_at_one_rank_is_a_conflict() -> None:
    (finding,) = told(at_one_rank("app.yaml: {number: 1}", "app.yaml:\n  number: !unset"))
    assert finding.why == "1 against !unset"


@pytest.mark.parametrize(
    "decides", ["app.yaml: {number: 3}", "app.yaml:\n  number: !unset", "app.yaml: {number: !force 3}"]
)
def test_a_higher_rank_ends_a_conflict(decides: str) -> None:
    top = Link(Rank(2, 0), a_layer(decides, "top.yaml"))
    assert told([*at_one_rank("app.yaml: {number: 1}", "app.yaml: {number: 2}"), top]) == []


def test_a_default_of_a_higher_rank_does_not_end_a_conflict() -> None:
    top = Link(Rank(2, 0), a_layer("app.yaml: {number: !default 3}", "top.yaml"))
    assert len(told([*at_one_rank("app.yaml: {number: 1}", "app.yaml: {number: 2}"), top])) == 1


def test_a_forced_value_at_the_same_rank_ends_a_conflict() -> None:
    assert told(at_one_rank("app.yaml: {number: 1}", "app.yaml: {number: 2}", "app.yaml: {number: !force 3}")) == []


def test_a_conflict_lies_under_edits_too() -> None:
    edit = Link(Rank(2, 0), a_layer("app.yaml: {names: !append [x]}", "top.yaml"))
    assert len(told([*at_one_rank("app.yaml: {names: [a]}", "app.yaml: {names: [b]}"), edit])) == 1


def test_a_conflict_over_a_secret_shows_no_value() -> None:
    chain = at_one_rank('server.properties: {user.password: "hunter2"}', 'server.properties: {user.password: "other"}')
    (finding,) = resolve_file("server.properties", chain).findings["user.password"]
    assert finding.why == "(hidden) against (hidden)"


def test_a_later_profile_folder_wins_within_a_dimension() -> None:
    shipped = Link(Rank(1, 0), a_layer("app.yaml: {number: 1}"))
    own = Link(Rank(1, 1), a_layer("app.yaml: {number: 2}"))
    found = resolve_file(NAME, [shipped, own])
    assert (found.settings["number"].value, found.findings) == (2, {})


def test_on_top_returns_only_what_is_touched() -> None:
    below = resolved("app.yaml: {number: 1, text: a}")
    top = resolve_on_top(NAME, below, [Link(Rank(9, 0), a_layer("app.yaml: {number: 2}"))])
    assert {key: one.value for key, one in top.settings.items()} == {"number": 2}
    assert lines(top.settings["number"].overridden) == ["layer0.yaml:1:12"]


def test_a_node_layer_ends_a_conflict_below_it() -> None:
    below = resolve_file(NAME, at_one_rank("app.yaml: {number: 1}", "app.yaml: {number: 2}"))
    assert below.findings
    top = resolve_on_top(NAME, below, [Link(Rank(9, 0), a_layer("app.yaml: {number: 3}"))])
    assert (top.settings["number"].value, top.findings) == (3, {})


def test_nothing_on_top_is_nothing() -> None:
    assert resolve_on_top(NAME, resolved("app.yaml: {number: 1}"), []) is NOTHING


def test_management_modes_merge_like_settings() -> None:
    findings: list[Finding] = []
    modes = resolve_manage(links("manage: {env.sh: block}", "manage: {env.sh: unmanaged, app.yaml: absent}"), findings)
    assert {name: (mode, str(line.origin)) for name, (mode, line) in modes.items()} == {
        "env.sh": (Manage.UNMANAGED, "layer1.yaml:1:10"),
        "app.yaml": (Manage.ABSENT, "layer1.yaml:1:29"),
    }
    assert findings == []


def test_two_modes_of_one_rank_are_a_conflict() -> None:
    findings: list[Finding] = []
    resolve_manage(at_one_rank("manage: {env.sh: block}", "manage: {env.sh: absent}"), findings)
    assert [finding.message for finding in findings] == ["two layers of one rank disagree on manage:env.sh"]


def test_a_single_definition_is_chosen_as_it_is() -> None:
    definition = a_definition()
    assert Setting(definition, 1) == Setting(definition, 1, (), ())

"""Laws of the merge of layers: strength before rank, rank before order, edits on what lies below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from builders import a_definition
from hypothesis import given
from hypothesis import strategies as st

from dseconf.finding import Finding
from dseconf.resolve import Link, Rank, Ranked, ResolvedFile, alike, decide, resolve_file, resolve_on_top
from dseconf.setting import Definition, Operation, Origin, Setting, Strength, Value
from dseconf.validate import CheckedLayer

NAME = "app.yaml"
KEYS = ("number", "group.inner", "group.word", "group.deep.leaf")
MAPPINGS = ("group", "group.deep")

scalars: st.SearchStrategy[Value] = st.sampled_from([0, 1, 1.0, True, False, "a", "b", None])
members_in_lists: st.SearchStrategy[Value] = st.sampled_from(["a", "b", "c"])
lists: st.SearchStrategy[list[Value]] = st.lists(members_in_lists, max_size=3)
values: st.SearchStrategy[Value] = st.one_of(scalars, lists)
strengths = st.sampled_from(list(Strength))
ranks = st.builds(Rank, st.integers(0, 3), st.integers(0, 1))


@st.composite
def definitions(draw: st.DrawFn, *, edits: bool = True) -> Definition:
    operation = draw(st.sampled_from(list(Operation) if edits else [Operation.SET, Operation.UNSET]))
    value = None if operation is Operation.UNSET else draw(lists if operation.edits else values)
    origin = Origin(draw(st.sampled_from("pqrs")) + ".yaml", draw(st.integers(1, 10**6)), 1)
    return Definition("number", value, origin, operation, draw(strengths))


def ranked(*, edits: bool = True) -> st.SearchStrategy[list[Ranked]]:
    return st.lists(st.builds(Ranked, ranks, definitions(edits=edits)), min_size=1, max_size=6)


@st.composite
def layers(draw: st.DrawFn, path: str) -> CheckedLayer:
    keys = draw(st.sets(st.sampled_from(KEYS)))
    mappings = draw(st.sets(st.sampled_from(MAPPINGS))) if draw(st.booleans()) else set()
    said = {key: replace(draw(definitions()), key=key, origin=Origin(path, 1, 1)) for key in sorted(keys)}
    unset = tuple(
        a_definition(key, None, operation=Operation.UNSET, strength=draw(strengths), origin=Origin(path, 2, 1))
        for key in sorted(mappings)
    )
    return CheckedLayer(path, {NAME: said} if said else {}, {NAME: unset} if unset else {})


@st.composite
def chains(draw: st.DrawFn, dimensions: Sequence[int] = (0, 1, 2), prefix: str = "shared") -> list[Link]:
    """Layers in the order of their ranks, several of one rank at times."""
    places = sorted(draw(st.lists(st.builds(Rank, st.sampled_from(dimensions), st.integers(0, 1)), max_size=5)))
    return [Link(rank, draw(layers(f"{prefix}{number}.yaml"))) for number, rank in enumerate(places)]


def deciding(found: Sequence[Ranked]) -> Setting:
    return decide(f"{NAME}:number", found, [])


def findings(found: Sequence[Ranked]) -> list[Finding]:
    told: list[Finding] = []
    decide(f"{NAME}:number", found, told)
    return told


@dataclass(frozen=True)
class Result:
    """What counts of a resolved file."""

    settings: dict[str, Setting]
    findings: dict[str, tuple[Finding, ...]]


def result(resolved: ResolvedFile) -> Result:
    return Result(dict(resolved.settings), dict(resolved.findings))


@given(chain=chains(), rank=ranks, place=st.integers(0, 5))
def test_an_empty_layer_changes_nothing(chain: list[Link], rank: Rank, place: int) -> None:
    """A layer that says nothing changes nothing, wherever it stands."""
    empty = Link(rank, CheckedLayer("empty.yaml", {}, {}))
    assert resolve_file(NAME, [*chain[:place], empty, *chain[place:]]) == resolve_file(NAME, chain)


@given(below=ranked(edits=False), value=values)
def test_a_later_rank_wins(below: list[Ranked], value: Value) -> None:
    """Of one strength the higher rank wins."""
    plain = [Ranked(one.rank, replace(one.definition, strength=Strength.PLAIN)) for one in below]
    top = Ranked(Rank(4, 0), a_definition(value=value))
    assert deciding([*plain, top]).chosen is top.definition
    assert findings([*plain, top]) == []


@given(below=ranked())
def test_unset_wins_over_what_is_set_below(below: list[Ranked]) -> None:
    """`!unset` leaves the key out of the file."""
    weaker = [Ranked(one.rank, replace(one.definition, strength=Strength.PLAIN)) for one in below]
    top = Ranked(Rank(4, 0), a_definition(value=None, operation=Operation.UNSET))
    assert not deciding([*weaker, top]).present


@given(others=ranked(edits=False), value=values)
def test_force_beats_any_rank(others: list[Ranked], value: Value) -> None:
    """Strength decides before rank: force > plain > default."""
    weaker = [
        Ranked(one.rank, replace(one.definition, strength=min(one.definition.strength, Strength.PLAIN)))
        for one in others
    ]
    forced = Ranked(Rank(0, 0), a_definition(value=value, strength=Strength.FORCE))
    assert deciding([*weaker, forced]).chosen is forced.definition


@given(defaults=ranked(edits=False), value=values, rank=ranks)
def test_a_default_loses_to_any_plain_value(defaults: list[Ranked], value: Value, rank: Rank) -> None:
    """Strength decides before rank: a default of the highest rank loses to the weakest plain value."""
    weak = [Ranked(one.rank, replace(one.definition, strength=Strength.DEFAULT)) for one in defaults]
    plain = Ranked(rank, a_definition(value=value))
    assert deciding([*weak, plain]).chosen is plain.definition
    assert findings([*weak, plain]) == []


def edit(operation: Operation, members: list[Value], rank: int = 1) -> Ranked:
    return Ranked(
        Rank(rank, 0), a_definition(value=[*members], operation=operation, origin=Origin("edit.yaml", rank, 1))
    )


def lower(operation: Operation, value: Value) -> Ranked:
    return Ranked(Rank(0, 0), a_definition(value=value, operation=operation))


@given(below=lists, members=lists)
def test_edits_apply_to_what_lies_below(below: list[Value], members: list[Value]) -> None:
    """List edits apply to what lies below them."""
    base = lower(Operation.SET, [*below])
    assert deciding([base, edit(Operation.APPEND, members)]).value == below + members
    assert deciding([base, edit(Operation.PREPEND, members)]).value == members + below
    left = [item for item in below if item not in members]
    assert deciding([base, edit(Operation.REMOVE, members)]).value == left


@given(members=lists, operation=st.sampled_from([Operation.APPEND, Operation.PREPEND]), unset=st.booleans())
def test_edits_apply_to_an_empty_list_where_nothing_lies(
    members: list[Value], operation: Operation, *, unset: bool
) -> None:
    """List edits apply to an empty list where nothing lies below them, or after `!unset`."""
    below = [lower(Operation.UNSET, None)] if unset else []
    setting = deciding([*below, edit(operation, members)])
    assert setting.value == members
    assert setting.present


@given(below=lists, members=lists)
def test_removing_an_absent_member_is_a_finding(below: list[Value], members: list[Value]) -> None:
    """`!remove` of an absent member is an error, of a present one none."""
    told = findings([lower(Operation.SET, [*below]), edit(Operation.REMOVE, members)])
    assert len(told) == sum(member not in below for member in members)
    assert all(finding.code == "absent-member" for finding in told)


@given(
    below=lists, edits=st.lists(st.tuples(st.sampled_from([Operation.APPEND, Operation.PREPEND]), lists), max_size=4)
)
def test_edits_of_rising_rank_apply_one_after_the_other(
    below: list[Value], edits: list[tuple[Operation, list[Value]]]
) -> None:
    """List edits apply in the order of their ranks, each to what the ones before it made."""
    expected = below
    for operation, members in edits:
        expected = expected + members if operation is Operation.APPEND else members + expected
    said = [edit(operation, members, rank) for rank, (operation, members) in enumerate(edits, 1)]
    assert deciding([lower(Operation.SET, [*below]), *said]).value == expected


@given(data=st.data(), found=ranked(edits=False))
def test_the_order_in_which_layers_come_does_not_matter(data: st.DataObject, found: list[Ranked]) -> None:
    """Only ranks and strengths decide, not the order in which layers are handed over."""
    distinct = list({(one.definition.origin.path, one.definition.origin.line): one for one in found}.values())
    shuffled = data.draw(st.permutations(distinct))
    assert deciding(shuffled) == deciding(distinct)
    assert findings(shuffled) == findings(distinct)


@given(data=st.data(), chain=chains())
def test_layers_of_different_ranks_may_come_in_any_order(data: st.DataObject, chain: list[Link]) -> None:
    """Save for list edits of equal rank, the order of layers does not matter."""
    by_rank = list({link.rank: link for link in chain}.values())
    shuffled = data.draw(st.permutations(by_rank))
    assert result(resolve_file(NAME, shuffled)) == result(resolve_file(NAME, by_rank))


@given(below=chains(), own=chains((3,), "own"))
def test_resolving_on_top_equals_resolving_all_together(below: list[Link], own: list[Link]) -> None:
    """What a node's own layers add is put on top, with the same result as all layers together."""
    lower_file = resolve_file(NAME, below)
    on_top = resolve_on_top(NAME, lower_file, own)
    whole = resolve_file(NAME, [*below, *own])
    assert {**lower_file.settings, **on_top.settings} == whole.settings
    untouched = {key: told for key, told in lower_file.findings.items() if key not in on_top.settings}
    assert {**untouched, **on_top.findings} == whole.findings


@given(below=chains((1, 2, 3)), own=chains((0,), "own"))
def test_own_layers_may_be_the_weaker_ones(below: list[Link], own: list[Link]) -> None:
    """A project may rank the dimension node below others: ranks decide, not what is put on top of what."""
    lower_file = resolve_file(NAME, below)
    on_top = resolve_on_top(NAME, lower_file, own)
    assert {**lower_file.settings, **on_top.settings} == resolve_file(NAME, [*own, *below]).settings


@given(found=ranked(edits=False))
def test_a_conflict_is_two_differing_values_of_the_deciding_rank(found: list[Ranked]) -> None:
    """Two values of one rank that differ are a conflict iff no stronger value and no higher rank decides."""
    strongest = max((one.definition.strength, one.rank) for one in found)
    peers = [one.definition for one in found if (one.definition.strength, one.rank) == strongest]
    differ = any(
        one.operation is not other.operation or not alike(one.value, other.value) for one in peers for other in peers
    )
    assert any(finding.code == "conflict" for finding in findings(found)) == differ


@given(left=values, right=values)
def test_values_are_alike_when_they_are_written_alike(left: Value, right: Value) -> None:
    """To Python True, 1 and 1.0 are equal; to a file they are not."""
    assert alike(left, right) == (repr(left) == repr(right))
    assert alike([left], [right]) == alike({"key": left}, {"key": right}) == alike(left, right)

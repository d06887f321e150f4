"""Laws of ranges and of what grows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dseconf.document import read_document
from dseconf.fleet import Fleet, Node, read_fleet, seeds
from dseconf.fleet.names import number_in
from dseconf.fleet.ranges import expand

PREFIXES = st.from_regex(r"[a-z][a-z0-9-]{0,5}-", fullmatch=True)


@given(prefix=PREFIXES, first=st.integers(0, 300), count=st.integers(1, 50))
def test_both_ends_are_included(prefix: str, first: int, count: int) -> None:
    """Ranges include both ends."""
    names = list(expand(f"{prefix}[{first}:{first + count - 1}]"))
    assert len(names) == count
    assert (names[0], names[-1]) == (f"{prefix}{first}", f"{prefix}{first + count - 1}")
    assert [number_in(name) for name in names] == list(range(first, first + count))


@given(width=st.integers(2, 6), first=st.integers(0, 9), last=st.integers(9, 99))
def test_leading_zeros_are_kept(width: int, first: int, last: int) -> None:
    """Ranges keep leading zeros."""
    names = list(expand(f"n[{first:0{width}d}:{last:0{width}d}]"))
    assert {len(name) for name in names} == {width + 1}


@given(counts=st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_several_brackets_stand_for_every_combination_once(counts: list[int]) -> None:
    """Of several brackets the last counts fastest, and no name comes twice."""
    names = list(expand("n" + "".join(f"-[1:{count}]" for count in counts)))
    total = 1
    for count in counts:
        total *= count
    assert len(set(names)) == len(names) == total
    assert names == sorted(names)


@given(text=st.text("abc019[]:-", max_size=12))
def test_any_text_is_a_range_a_name_or_refused(text: str) -> None:
    """A range is read or refused with a code; nothing else happens."""
    try:
        names = list(expand(text, 1000))
    except ValueError as error:
        assert getattr(error, "code", None) in ("wrong-range", "range-too-large")  # noqa: PT017  # either way is right
    else:
        assert all("[" not in name and "]" not in name for name in names)


def a_fleet(racks: dict[str, int], marked: set[str]) -> Fleet:
    lines = "".join(
        f'          {rack}: {{nodes: "{rack}-[001:{count:03d}]", hardware: {rack}x, '
        f'address: "10.0.{place}.{{{{ node.number }}}}"}}\n'
        for place, (rack, count) in enumerate(racks.items())
    )
    overrides = "".join(f"      {name}: {{seed: true, cores: 8}}\n" for name in sorted(marked))
    text = f"clusters:\n  a:\n    product: dse 6.8.50\n    datacenters:\n      d:\n        racks:\n{lines}"
    text += f"    nodes:\n{overrides}" if marked else ""
    return read_fleet(read_document(text.encode(), "fleet.yaml"), lambda _: b"", ("hardware",))


def place_and_facts(node: Node) -> tuple[object, ...]:
    return node.identity, node.datacenter, node.rack, node.facts(), node.origins


def chosen(fleet: Fleet) -> set[str]:
    return {node.name for node in seeds(fleet.clusters[0]).nodes}


RACKS = st.dictionaries(st.sampled_from(["r1", "r2", "r3", "r4"]), st.integers(1, 6), min_size=1)


@given(racks=RACKS, data=st.data())
def test_growing_a_range_moves_nobody(racks: dict[str, int], data: st.DataObject) -> None:
    """Growing a range moves nobody: rack, facts and seeds of the nodes that were there stay.

    A node that was alone in its datacenter may get a second seed beside it; none loses
    its place among the seeds.
    """
    names = [f"{rack}-{number:03d}" for rack, count in racks.items() for number in range(1, count + 1)]
    marked = data.draw(st.sets(st.sampled_from(names), max_size=3))
    grown = {rack: count + data.draw(st.integers(0, 5), label=rack) for rack, count in racks.items()}
    before, after = a_fleet(racks, marked), a_fleet(grown, marked)
    assert [place_and_facts(node) for node in before.nodes] == [
        place_and_facts(after.find(node.name)) for node in before.nodes
    ]
    assert chosen(after) & set(names) == chosen(before)
    assert len(list(after.nodes)) == sum(grown.values())

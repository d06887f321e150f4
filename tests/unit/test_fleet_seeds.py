"""Who the seeds are."""

from __future__ import annotations

import pytest

from dseconf.fleet import Cluster, Datacenter, Node, Product, Rack, seeds
from dseconf.fleet.node import State
from dseconf.setting import Origin

DSE = Product("dse", (6, 8, 50))


def a_node(name: str, rack: str = "r1", *, seed: bool | None = None, state: State = "normal") -> Node:
    origins = {} if seed is None else {"seed": Origin("fleet.yaml", 1, 1)}
    return Node(name, "a", "d", rack, DSE, seed=bool(seed), state=state, origins=origins)


def a_datacenter(*nodes: Node, name: str = "d") -> Datacenter:
    racks = dict.fromkeys(node.rack for node in nodes)
    return Datacenter(name, tuple(Rack(rack, tuple(node for node in nodes if node.rack == rack)) for rack in racks))


def names(*datacenters: Datacenter) -> list[str]:
    return [node.name for node in seeds(Cluster("a", DSE, datacenters=datacenters)).nodes]


def test_marked_nodes_are_the_seeds_in_the_order_of_nodes() -> None:
    marked = a_datacenter(a_node("n1"), a_node("n2", seed=True), a_node("n3"), a_node("n4", "r2", seed=True))
    assert names(marked) == ["n2", "n4"]


def test_without_marks_the_first_two_nodes_of_different_racks() -> None:
    assert names(a_datacenter(a_node("n1"), a_node("n2"), a_node("n3", "r2"), a_node("n4", "r3"))) == ["n1", "n3"]


def test_without_marks_the_first_two_of_one_rack() -> None:
    assert names(a_datacenter(a_node("n1"), a_node("n2"), a_node("n3"))) == ["n1", "n2"]


@pytest.mark.parametrize("state", ["joining", "down"])
def test_who_is_not_up_is_never_chosen(state: State) -> None:
    assert names(a_datacenter(a_node("n1", state=state), a_node("n2"), a_node("n3"))) == ["n2", "n3"]
    assert names(a_datacenter(a_node("n1", seed=True, state=state), a_node("n2", seed=True))) == ["n2"]


def test_who_is_marked_with_false_is_not_chosen() -> None:
    assert names(a_datacenter(a_node("n1", seed=False), a_node("n2"), a_node("n3"))) == ["n2", "n3"]


def test_datacenters_come_in_their_order_and_choose_alone() -> None:
    one = a_datacenter(a_node("n1"), a_node("n2"), name="us")
    two = a_datacenter(a_node("m1"), a_node("m2", seed=True), name="eu")
    assert names(one, two) == ["n1", "n2", "m2"]


@pytest.mark.parametrize(
    ("nodes", "why"),
    [
        ([a_node("n1", seed=True)], "fleet.yaml marks them"),
        ([a_node("n1"), a_node("n2", "r2")], "another rack"),
        ([a_node("n1"), a_node("n2")], "first two nodes"),
        ([a_node("n1")], "only node that is up"),
        ([], "none that is up"),
    ],
)
def test_the_choice_is_explained(nodes: list[Node], why: str) -> None:
    (chosen,) = seeds(Cluster("a", DSE, datacenters=(a_datacenter(*nodes),))).datacenters
    assert why in chosen.why

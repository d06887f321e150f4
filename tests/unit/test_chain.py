"""Which layers a node has, in which order, and which were looked for and not found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from builders import a_node

from dseconf.chain import Chain, Chains, check_dimensions
from dseconf.finding import Severity
from dseconf.fleet import Node
from dseconf.project import LAYERS, Project
from dseconf.setting import Origin

ALL = (
    "product/dse-6.8.yaml",
    "base.yaml",
    "workload/search.yaml",
    "workload/graph.yaml",
    "environment/production.yaml",
    "hardware/i3.yaml",
    "cluster/atlas.yaml",
    "datacenter/atlas/eu.yaml",
    "rack/atlas/eu/r1.yaml",
    "node/atlas/n1.yaml",
)
FACTS: dict[str, Any] = {
    "workloads": ("search", "graph"),
    "environment": "production",
    "attributes": {"hardware": "i3"},
}


def a_place(*paths: str) -> Mapping[str, object]:
    return dict.fromkeys(paths)


def chain(*places: Sequence[str], node: Node | None = None, layers: tuple[str, ...] = LAYERS) -> Chain:
    found = Chains(Project(layers=layers), [a_place(*paths) for paths in places])
    return found.of(node or a_node(**FACTS))


def test_layers_stand_in_the_order_of_dimensions_weakest_first() -> None:
    found = chain(tuple(reversed(ALL)))
    assert [ref.path for ref in (*found.shared, *found.own)] == list(ALL)
    assert found.missing == ()
    ranks = [ref.rank.dimension for ref in (*found.shared, *found.own)]
    assert ranks == sorted(ranks)


def test_the_nodes_own_layer_stands_apart() -> None:
    found = chain(ALL)
    assert [ref.path for ref in found.own] == ["node/atlas/n1.yaml"]
    assert chain(ALL, node=a_node("n2", **FACTS)).own == ()


def test_later_profile_folders_are_stronger_within_a_dimension() -> None:
    found = chain(("base.yaml", "cluster/atlas.yaml"), ("base.yaml",))
    assert [(ref.path, ref.rank.place) for ref in found.shared] == [
        ("base.yaml", 0),
        ("base.yaml", 1),
        ("cluster/atlas.yaml", 0),
    ]


def test_values_of_one_dimension_stand_in_the_order_of_the_node() -> None:
    turned = a_node(**{**FACTS, "workloads": ("graph", "search")})
    found = chain(("workload/search.yaml", "workload/graph.yaml"), node=turned)
    assert [ref.path for ref in found.shared] == ["workload/graph.yaml", "workload/search.yaml"]
    assert len({ref.rank for ref in found.shared}) == 1


def test_what_was_looked_for_and_not_found_is_named() -> None:
    assert chain(("base.yaml",)).missing == tuple(path for path in ALL if path != "base.yaml")


def test_a_dimension_that_the_node_says_nothing_of_is_not_looked_for() -> None:
    assert not any(path.startswith("hardware/") for path in chain((), node=a_node()).missing)


def test_a_project_may_leave_out_the_dimension_node() -> None:
    found = chain(ALL, layers=("base", "cluster"))
    assert [ref.path for ref in found.shared] == ["base.yaml", "cluster/atlas.yaml"]
    assert found.own == ()


def test_a_project_may_rank_the_node_below_others() -> None:
    found = chain(ALL, layers=("node", "base"))
    assert [ref.rank.dimension for ref in (*found.own, *found.shared)] == [0, 1]


def test_nodes_alike_share_one_chain() -> None:
    chains = Chains(Project(), [a_place(*ALL)])
    assert chains.of(a_node("n1", **FACTS)).shared is chains.of(a_node("n2", **FACTS)).shared


@pytest.mark.parametrize(
    ("path", "remedy"),
    [
        ("hardwear/i3.yaml", "did you mean hardware?"),
        ("tier/gold.yaml", "add it to `layers` of dseconf.yaml, or move the file"),
        ("cluster.yaml", "add it to `layers` of dseconf.yaml, or move the file"),
        ("base/more.yaml", "add it to `layers` of dseconf.yaml, or move the file"),
    ],
)
def test_a_folder_that_is_no_dimension_is_an_error(path: str, remedy: str) -> None:
    (finding,) = check_dimensions(Project(), [("profiles", (path,))], [])
    assert (finding.code, finding.severity) == ("unknown-dimension", Severity.ERROR)
    assert finding.where == (Origin(f"profiles/{path}"),)
    assert finding.remedy == remedy
    assert finding.why == f"the layers are {', '.join(LAYERS)}"


def test_shipped_dimensions_that_a_project_does_not_use_are_no_matter() -> None:
    project = Project(layers=("base", "node"))
    assert check_dimensions(project, [("shipped:profiles", ("workload/search.yaml",))], []) == []


def test_a_misspelt_value_is_an_error_at_its_line() -> None:
    origin = Origin("fleet.yaml", 7, 3)
    node = a_node(workloads=("search",), attributes={"hardware": "i3-4xlage"}, origins={"hardware": origin})
    layers = ("workload/search.yaml", "hardware/i3-4xlarge.yaml")
    (finding,) = check_dimensions(Project(), [("profiles", layers)], [node])
    assert (finding.code, finding.severity, finding.where) == ("no-layer", Severity.ERROR, (origin,))
    assert finding.remedy == "did you mean i3-4xlarge?"


def test_a_value_that_is_like_no_other_is_a_warning() -> None:
    node = a_node(workloads=("search",), environment="lab")
    layers = ("workload/search.yaml", "environment/production.yaml")
    (finding,) = check_dimensions(Project(), [("profiles", layers)], [node])
    assert finding.severity is Severity.WARNING
    assert finding.remedy == "write profiles/environment/lab.yaml, or drop the value"


def test_a_value_without_layer_is_told_once_for_all_its_nodes() -> None:
    nodes = [a_node(f"n{number}", workloads=("search",)) for number in range(5)]
    assert len(check_dimensions(Project(), [("profiles", ())], nodes)) == 1


def test_places_need_no_layer() -> None:
    assert check_dimensions(Project(), [("profiles", ("workload/search.yaml",))], [a_node(workloads=("search",))]) == []

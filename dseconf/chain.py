"""Which layers a node has, in which order, and which were looked for and not found."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dseconf.finding import Finding, Severity
from dseconf.fleet import Node
from dseconf.project import STRUCTURE, Project
from dseconf.resolve import Rank
from dseconf.setting import Origin

SHIPPED = "shipped:"
"""What the label of a profile folder begins with that comes with dseconf."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A layer by its rank and its path below the profile folder of that place."""

    rank: Rank
    path: str


@dataclass(frozen=True, slots=True)
class Chain:
    """The layers of a node: those that others may share, and the node's own; weakest first.

    ``missing`` are paths that no profile folder has.
    """

    shared: tuple[Ref, ...]
    own: tuple[Ref, ...]
    missing: tuple[str, ...]


class Chains:
    """Finds chains. What nodes have in common is looked up once."""

    def __init__(self, project: Project, places: Sequence[Mapping[str, object]]) -> None:
        self._project = project
        self._places = places
        self._shared: dict[tuple[tuple[str, ...], ...], tuple[tuple[Ref, ...], tuple[str, ...]]] = {}

    def of(self, node: Node) -> Chain:
        """The chain of a node."""
        paths = tuple(tuple(self._paths(node, name)) for name in self._project.layers if name != "node")
        if paths not in self._shared:
            names = [name for name in self._project.layers if name != "node"]
            self._shared[paths] = self._find(zip(names, paths, strict=True))
        shared, missing = self._shared[paths]
        own, own_missing = self._find(
            [("node", (f"node/{node.cluster}/{node.name}.yaml",))] if "node" in self._project.layers else []
        )
        return Chain(shared, own, missing + own_missing)

    def _find(self, wanted: Iterable[tuple[str, Sequence[str]]]) -> tuple[tuple[Ref, ...], tuple[str, ...]]:
        found: list[Ref] = []
        missing: list[str] = []
        for dimension, paths in wanted:
            number = self._project.layers.index(dimension)
            for place, layers in enumerate(self._places):
                found += [Ref(Rank(number, place), path) for path in paths if path in layers]
            missing += [path for path in paths if not any(path in layers for layers in self._places)]
        return tuple(found), tuple(missing)

    @staticmethod
    def _paths(node: Node, dimension: str) -> Iterator[str]:
        """The paths of the layers that a dimension may give a node, in the order of its values."""
        match dimension:
            case "product":
                major, minor, *_ = node.product.version
                yield f"product/{node.product.name}-{major}.{minor}.yaml"
            case "base":
                yield "base.yaml"
            case "cluster":
                yield f"cluster/{node.cluster}.yaml"
            case "datacenter":
                yield f"datacenter/{node.cluster}/{node.datacenter}.yaml"
            case "rack":
                yield f"rack/{node.cluster}/{node.datacenter}/{node.rack}.yaml"
            case _:
                for value in node.values_of(dimension):
                    yield f"{dimension}/{value}.yaml"


def check_dimensions(
    project: Project, places: Sequence[tuple[str, Iterable[str]]], nodes: Iterable[Node]
) -> list[Finding]:
    """Folders that are no dimension, and values of dimensions that no layer speaks of.

    ``places`` gives the label and the layer paths of each profile folder.
    """
    layers = [path for _, paths in places for path in paths]
    return [*_unknown_folders(project, places), *_values_without_layer(project, layers, nodes)]


def _unknown_folders(project: Project, places: Sequence[tuple[str, Iterable[str]]]) -> Iterator[Finding]:
    for label, paths in places:
        if label.startswith(SHIPPED):
            continue
        for path in paths:
            top = path.split("/")[0].removesuffix(".yaml")
            if top not in project.layers or (top == "base") != ("/" not in path):
                yield _unknown_folder(project, top, Origin(f"{label}/{path}"))


def _unknown_folder(project: Project, top: str, where: Origin) -> Finding:
    near = difflib.get_close_matches(top, project.layers, n=1)
    remedy = "add it to `layers` of dseconf.yaml, or move the file"
    if near and near[0] != top:
        remedy = f"did you mean {near[0]}?"
    message, why = f"{top!r} is no dimension of this project", f"the layers are {', '.join(project.layers)}"
    return Finding("unknown-dimension", Severity.ERROR, message, (where,), why, remedy)


def _values_without_layer(project: Project, layers: Sequence[str], nodes: Iterable[Node]) -> Iterator[Finding]:
    """A misspelt value would silently lose a whole layer: near misses are errors, others warnings."""
    known = set(layers)
    first: dict[tuple[str, str], Node] = {}
    for node in nodes:
        for dimension in (name for name in project.layers if name not in STRUCTURE):
            for value in node.values_of(dimension):
                if f"{dimension}/{value}.yaml" not in known:
                    first.setdefault((dimension, value), node)
    yield from (_no_layer(dimension, value, node, layers) for (dimension, value), node in first.items())


def _no_layer(dimension: str, value: str, node: Node, layers: Sequence[str]) -> Finding:
    others = {path.split("/")[1].removesuffix(".yaml") for path in layers if path.startswith(f"{dimension}/")}
    near = difflib.get_close_matches(value, sorted(others), n=1, cutoff=0.75)
    message = f"no profile folder has a layer for {dimension} {value!r}"
    where = node.origins.get(dimension, Origin("fleet.yaml"))
    remedy = f"did you mean {near[0]}?" if near else f"write profiles/{dimension}/{value}.yaml, or drop the value"
    return Finding("no-layer", Severity.ERROR if near else Severity.WARNING, message, (where,), "", remedy)

"""The stages composed: a fleet repository goes in, the files of every node come out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dseconf.blueprint import Blueprint, Drafts, VendorText, build_node
from dseconf.catalog import Catalog, ProductView
from dseconf.chain import SHIPPED, Chains, Ref, check_dimensions
from dseconf.finding import Finding, Severity
from dseconf.fleet import Cluster, Fleet, Node
from dseconf.identity import FLEET
from dseconf.layer import Layer
from dseconf.project import Project
from dseconf.resolve import Link
from dseconf.snapshot import CompiledNode
from dseconf.validate import validate


@dataclass(frozen=True, slots=True)
class Sources:
    """What the edge gives the pipeline: values, and ways to read what is asked for.

    ``places`` are the labels and layer paths of the profile folders, weakest first.
    """

    project: Project
    fleet: Fleet
    catalog: Catalog
    places: Sequence[tuple[str, Mapping[str, object]]]
    read_layer: Callable[[int, str], Layer]
    vendor_text: VendorText


@dataclass(slots=True)
class Run:
    """A compile under way: what was read and made so far, and what was found wrong."""

    sources: Sources
    findings: list[Finding] = field(default_factory=list)
    layers: dict[Ref, Layer] = field(default_factory=dict)
    checked: dict[tuple[Ref, str], Link] = field(default_factory=dict)
    used: set[tuple[int, str]] = field(default_factory=set)
    views: dict[str, ProductView] = field(default_factory=dict)
    blueprints: dict[tuple[object, ...], Blueprint] = field(default_factory=dict)
    chains: Chains = field(init=False)
    drafts: Drafts = field(init=False)

    def __post_init__(self) -> None:
        self.chains = Chains(self.sources.project, [layers for _, layers in self.sources.places])
        self.drafts = Drafts(self.sources.vendor_text)


def compile_fleet(sources: Sources, wanted: Collection[str] = ()) -> tuple[Run, Iterator[CompiledNode]]:
    """Start a compile. Nodes come as they are asked for; the findings are complete after the last one.

    ``wanted`` are identities ``CLUSTER/NODE``; none means all nodes.
    """
    run = Run(sources)
    run.findings += sources.fleet.findings
    run.findings += check_dimensions(sources.project, sources.places, sources.fleet.nodes)
    run.views = product_views(run)
    return run, _nodes(run, wanted)


def _nodes(run: Run, wanted: Collection[str]) -> Iterator[CompiledNode]:
    for cluster in run.sources.fleet.clusters:
        if cluster.name in run.views:
            for node in cluster.nodes:
                if not wanted or f"{node.cluster}/{node.name}" in wanted:
                    yield compile_node(run, cluster, node)


def product_views(run: Run) -> dict[str, ProductView]:
    """The catalog as each cluster's product version sees it. A version that is not covered is a finding."""
    views: dict[str, ProductView] = {}
    by_product: dict[str, ProductView | None] = {}
    for cluster in run.sources.fleet.clusters:
        product = cluster.product
        if product.text not in by_product:
            by_product[product.text] = run.sources.catalog.at(product.name, product.version)
        view = by_product[product.text]
        if view is not None:
            views[cluster.name] = view
        else:
            run.findings.append(_not_covered(cluster, run.sources.catalog))
    return views


def _not_covered(cluster: Cluster, catalog: Catalog) -> Finding:
    message, where = f"the catalog does not cover {cluster.product.text}", cluster.origins.get("product", FLEET)
    why, remedy = f"it covers {catalog.coverage()}", "name a covered version, or update dseconf"
    return Finding("version-not-covered", Severity.ERROR, message, (where,), why, remedy)


def compile_node(run: Run, cluster: Cluster, node: Node) -> CompiledNode:
    """Compile one node on top of what its group shares."""
    blueprint, own = blueprint_of(run, cluster, node)
    if not blueprint.shared:
        run.drafts.lay_out(blueprint)
    compiled, findings = build_node(blueprint, node, run.sources.fleet.label(node), own)
    run.findings += findings
    return compiled


def blueprint_of(run: Run, cluster: Cluster, node: Node) -> tuple[Blueprint, list[Link]]:
    """The blueprint of a node's group, and the links of the node's own layers."""
    view = run.views[cluster.name]
    chain = run.chains.of(node)
    # A node's own layers are used once: nothing is gained by keeping ten thousand of them.
    own = [_checked(run, ref, view, _read(run, ref)) for ref in chain.own]
    managed = tuple(definition for link in own for definition in link.layer.manage)
    key = (cluster.name, node.datacenter, node.rack, node.workloads, node.install, chain.shared, managed)
    if key not in run.blueprints:
        links = [_link(run, ref, view) for ref in chain.shared]
        run.blueprints[key] = run.drafts.blueprint(node, cluster, view, links, own)
    return run.blueprints[key], own


def _link(run: Run, ref: Ref, view: ProductView) -> Link:
    """A layer that nodes share, checked for a version; read and checked once."""
    key = (ref, view.text)
    if key not in run.checked:
        if ref not in run.layers:
            run.layers[ref] = _read(run, ref)
        run.checked[key] = _checked(run, ref, view, run.layers[ref])
    return run.checked[key]


def _read(run: Run, ref: Ref) -> Layer:
    layer = run.sources.read_layer(ref.rank.place, ref.path)
    run.used.add((ref.rank.place, ref.path))
    if layer.empty and not layer.findings:
        remedy = "remove the file, or write settings in it"
        run.findings.append(Finding("empty-layer", Severity.INFO, f"{layer.path} sets nothing", (), "", remedy))
    return layer


def _checked(run: Run, ref: Ref, view: ProductView, layer: Layer) -> Link:
    label, _ = run.sources.places[ref.rank.place]
    is_product = run.sources.project.layers[ref.rank.dimension] == "product"
    checked = validate(layer, view, lenient=is_product or label.startswith(SHIPPED), follow=not is_product)
    run.findings += checked.findings
    return Link(ref.rank, checked)

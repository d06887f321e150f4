"""What nodes share is done once, and nobody can tell from the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from builders import CATALOG, compiled, manifest, sources, texts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dseconf.evaluate import ABSENT, Absent
from dseconf.evaluate.scope import Evaluation
from dseconf.finding import Severity
from dseconf.fleet import Cluster, Fleet, Node
from dseconf.identity import node_identity, place_identity, seed_list
from dseconf.layer import Manage
from dseconf.pipeline import Run, Sources, product_views
from dseconf.render import Sheet, finished
from dseconf.resolve import Link, resolve_file
from dseconf.setting import Plain, Setting
from dseconf.snapshot import CompiledNode
from dseconf.validate import validate

WORKLOADS = ("search", "analytics", "graph")

SCALARS = st.sampled_from(["a", "true", "1", "8", "x: y", "#", "é", "two words"]).map(lambda text: f'"{text}"')
TEXTS = st.one_of(
    SCALARS,
    st.just('"{{ node.name }}"'),
    st.just('"{{ node.rack }}"'),
    st.just('"{{ node.datacenter }}-{{ node.rack }}"'),
    st.just("\"{{ setting('server.properties:a') | default('none') }}\""),
    st.just("\"{{ setting('app.yaml:text') | default('none') }}\""),
    st.just("\"{{ setting('app.yaml:listen_address') | default('none') }}\""),
    st.just("\"{{ setting('app.yaml:broadcast_address') | default('none') }}\""),
    st.just("!unset"),
)
NUMBERS = st.one_of(
    st.integers(0, 9).map(str),
    st.just('"{{ node.cores }}"'),
    st.just("\"{{ setting('app.yaml:number') + 1 }}\""),
    st.just("\"{{ setting('app.yaml:group.inner') | default(3) }}\""),
    st.just("!unset"),
)
FLOATS = st.one_of(NUMBERS, st.sampled_from(["1.0", "0.5", '"{{ node.share }}"']))
LISTS = st.sampled_from(["[a, b]", "!append [c]", "!prepend [d]", '["{{ node.name }}"]', "!unset"])
MODES = st.sampled_from(["whole", "block", "absent", "unmanaged"])

SETTINGS: Mapping[str, Mapping[str, st.SearchStrategy[str]]] = {
    "app.yaml": {
        "number": st.one_of(st.integers(0, 9).map(str), st.just('"{{ node.cores }}"'), st.just("!unset")),
        "text": SCALARS,
        "names": LISTS,
        "flag": st.sampled_from(["true", "false", "!unset"]),
        "ratio": FLOATS,
        "group.inner": st.integers(0, 9).map(str),
        "group.word": TEXTS,
        "group.free.z": TEXTS,
        "group.free.a": TEXTS,
    },
    "server.properties": {"a": SCALARS, **dict.fromkeys("bcdef", TEXTS), "user.two": TEXTS, "user.one": TEXTS},
    "search.properties": {"index": TEXTS, "depth": NUMBERS},
    "env.sh": {"PORT": NUMBERS, "FAST": st.sampled_from(["true", "false", "!unset"]), "EXTRA": TEXTS},
    "jvm.options": {
        "-Xmx": st.sampled_from(["1GiB", '"{{ node.memory / 2 }}"']),
        "-Xms": st.sampled_from(["2GiB", "\"{{ setting('jvm.options:-Xmx') | default(1 * GiB) }}\""]),
    },
}


@st.composite
def layers(draw: st.DrawFn) -> str:
    """The text of a layer: some settings of some files, a mapping unset as a whole, modes."""
    lines = []
    for file, offered in SETTINGS.items():
        if not draw(st.booleans()):
            continue
        chosen = draw(st.lists(st.sampled_from(sorted(offered)), unique=True, max_size=4))
        body = [f"  {key}: {draw(offered[key])}" for key in chosen if not key.startswith("group.")]
        grouped = [key for key in chosen if key.startswith("group.")]
        if grouped and draw(st.integers(0, 3)) == 0:
            body.append("  group: !unset")
        else:
            body += [f"  {key}: {draw(offered[key])}" for key in grouped]
        lines += [f"{file}:", *body] if body else []
    if draw(st.integers(0, 3)) == 0:
        lines += ["manage:", f"  env.sh: {draw(MODES)}", f"  server.properties: {draw(MODES)}"]
    return "".join(f"{line}\n" for line in lines) or "reason: nothing yet\n"


@dataclass(frozen=True)
class SmallFleet:
    """Texts of a fleet repository."""

    fleet: str
    layers: Mapping[str, str]

    def sources(self) -> Sources:
        return sources(self.fleet, self.layers, {"server.properties": "# vendor\nz=1\n", "env.sh": "#!/bin/sh\n"})


@st.composite
def fleets(draw: st.DrawFn) -> SmallFleet:
    names: list[str] = []
    racks = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        count = draw(st.integers(1, 3))
        lines = []
        for place in range(1, count + 1):
            name = f"n{number}{place}"
            names.append(name)
            broadcast = f", broadcast_address: 10.9.{number}.{place}" if draw(st.booleans()) else ""
            workload = draw(st.sets(st.sampled_from(WORKLOADS), max_size=2))
            works = f", workload: [{', '.join(sorted(workload))}]" if workload else ""
            share = draw(st.sampled_from(["1", "1.0", "true", "0.5"]))
            facts = f"cores: {draw(st.integers(1, 4))}, memory: {draw(st.sampled_from(['8GiB', '16GiB']))}"
            lines.append(f"{name}: {{address: 10.0.{number}.{place}, {facts}, share: {share}{broadcast}{works}}}")
        racks.append(f"          r{number}: {{nodes: {{{', '.join(lines)}}}}}")
    places = ["base.yaml", *(f"workload/{name}.yaml" for name in WORKLOADS), "rack/atlas/eu/r1.yaml"]
    places += [f"node/atlas/{name}.yaml" for name in names]
    chosen = draw(st.lists(st.sampled_from(places), unique=True))
    text = "clusters:\n  atlas:\n    product: dse 6.8.50\n    datacenters:\n      eu:\n        racks:\n"
    return SmallFleet(text + "\n".join(racks) + "\n", {path: draw(layers()) for path in chosen})


SLOW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def told(given: Sources, wanted: tuple[str, ...] = ()) -> tuple[dict[str, CompiledNode], dict[str, list[str]]]:
    """The nodes, and what is wrong with each of them."""
    nodes, findings, _ = compiled(given, wanted)
    wrong: dict[str, list[str]] = {node.label: [] for node in nodes.values()}
    for finding in findings:
        if finding.severity is Severity.ERROR:
            for label in finding.nodes or wrong:
                wrong[label].append(str(finding))
    return nodes, wrong


@SLOW
@given(fleet=fleets())
def test_sharing_changes_no_byte(fleet: SmallFleet) -> None:
    """Compiling with shared blueprints equals compiling each node alone, byte for byte and finding for finding."""
    together, wrong = told(fleet.sources())
    for folder, node in together.items():
        alone, wrong_alone = told(fleet.sources(), (folder,))
        assert wrong_alone[node.label] == wrong[node.label]
        if not wrong[node.label]:
            assert texts(alone[folder]) == texts(node)
            assert alone[folder].entries == node.entries


def the_plain_way(given: Sources, node: Node) -> dict[str, str]:
    """The whole files of a node, made without sharing anything: all layers at once, all values, all text."""
    run = Run(given)
    cluster = given.fleet.clusters[0]
    view = product_views(run)[node.cluster]
    chain = run.chains.of(node)
    read = [(ref, given.read_layer(ref.rank.place, ref.path)) for ref in (*chain.shared, *chain.own)]
    links = [Link(ref.rank, validate(layer, view)) for ref, layer in read]
    identities = (place_identity(node, cluster, view, seed_list(cluster)), node_identity(node, view))
    decided: dict[str, dict[str, Setting]] = {}
    for file in view.files():
        decided[file.name] = {**resolve_file(file.name, links).settings}
        for identity in identities:
            decided[file.name].update(identity.get(file.name, {}))
    evaluation = Evaluation(view, decided, node, {})
    made = {}
    for file in view.files():
        values = {key: evaluation.value(file.name, key) for key in decided[file.name]}
        sheet = Sheet(file, {key: value for key, value in values.items() if not isinstance(value, Absent)})
        made[file.name] = finished(sheet, sheet.shared, node.cluster).decode()
    return made


@SLOW
@given(fleet=fleets())
def test_the_result_is_that_of_the_plain_way(fleet: SmallFleet) -> None:
    """Work done once for many nodes comes to what doing all of it for each node comes to."""
    given_sources = fleet.sources()
    nodes, wrong = told(given_sources)
    for node in given_sources.fleet.nodes:
        compiled_node = nodes[f"{node.cluster}/{node.name}"]
        if not wrong[compiled_node.label]:
            plain = the_plain_way(given_sources, node)
            whole = {e.name for e in compiled_node.entries if e.manage in (Manage.WHOLE, Manage.UNMANAGED)}
            assert {name: text for name, text in texts(compiled_node).items() if name in whole} == {
                name: plain[name] for name in whole
            }


def turned(given: Sources) -> Sources:
    """The same fleet with everything that has an order in another one."""

    def turn(cluster: Cluster) -> Cluster:
        datacenters = (
            replace(dc, racks=tuple(replace(rack, nodes=rack.nodes[::-1]) for rack in dc.racks[::-1]))
            for dc in cluster.datacenters[::-1]
        )
        return replace(cluster, datacenters=tuple(datacenters))

    fleet = Fleet(tuple(turn(cluster) for cluster in given.fleet.clusters[::-1]))
    places = [(label, dict(reversed(list(paths.items())))) for label, paths in given.places]
    return replace(given, fleet=fleet, places=places)


@SLOW
@given(fleet=fleets())
def test_the_order_of_nodes_and_layers_does_not_matter(fleet: SmallFleet) -> None:
    """Same inputs, same bytes: in any order of nodes and layer files."""
    nodes, wrong = told(fleet.sources())
    other, wrong_other = told(turned(fleet.sources()))
    assert wrong_other == wrong
    if not any(wrong.values()):
        assert manifest(other.values()) == manifest(nodes.values())


PLAIN: st.SearchStrategy[Plain] = st.sampled_from(["a", "b: c", 1, True, 1.5])
KEYS = (
    "cluster_name",
    "number",
    "text",
    "group.inner",
    "group.word",
    "group.deep.leaf",
    "group.free.x",
    "listen_address",
)
OWN: st.SearchStrategy[Plain | Absent] = st.one_of(PLAIN, st.just(ABSENT))


@given(shared=st.dictionaries(st.sampled_from(KEYS), PLAIN), own=st.dictionaries(st.sampled_from(KEYS), OWN))
def test_text_made_in_blocks_equals_the_whole_laid_out_at_once(
    shared: dict[str, Plain], own: dict[str, Plain | Absent]
) -> None:
    """A node's text is the shared text with its own blocks in their places: the same as if made as a whole."""
    file = next(iter(CATALOG.lines[0].files.values()))
    sheet = Sheet(file, shared)
    merged = {key: value for key, value in {**shared, **own}.items() if not isinstance(value, Absent)}
    turned_around = dict(reversed(list(merged.items())))
    assert sheet.text(own) == Sheet(file, merged).shared == Sheet(file, turned_around).shared
    assert sheet.text(own) == "".join(piece.text for piece in sheet.pieces(own))
    assert sheet.text({}) == sheet.shared

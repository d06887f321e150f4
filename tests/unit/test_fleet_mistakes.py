"""Mistakes in fleet.yaml: each has a code, and points to its place.

In the texts below a § stands before each place that the finding must name.
"""

from __future__ import annotations

import pytest

from dseconf.document import read_document
from dseconf.errors import DseconfError
from dseconf.finding import Finding, Severity
from dseconf.fleet import read_fleet

DIMENSIONS = ("product", "base", "workload", "environment", "hardware", "cluster", "datacenter", "rack", "node")


def findings_of(text: str) -> tuple[Finding, ...]:
    document = read_document(text.replace("§", "").encode(), "fleet.yaml")
    try:
        return read_fleet(document, lambda _: b"", DIMENSIONS).findings
    except DseconfError as error:
        return error.findings


def marks(text: str) -> set[tuple[int, int]]:
    """Line and column of each §, as they are without it."""
    return {
        (number, place - line[:place].count("§") + 1)
        for number, line in enumerate(text.split("\n"), 1)
        for place, letter in enumerate(line)
        if letter == "§"
    }


def places(finding: Finding) -> set[tuple[int, int]]:
    return {(origin.line, origin.column) for origin in finding.where}


def cluster(inside: str) -> str:
    return "clusters:\n  a:\n    product: dse 6.8.50\n" + "".join(f"    {line}\n" for line in inside.split("\n"))


def rack(inside: str) -> str:
    return cluster(f"datacenters:\n  d:\n    racks:\n      r: {inside}")


def node(facts: str) -> str:
    return rack(f"{{nodes: {{n1: {{{facts}}}}}}}")


STRUCTURE = {
    "an unknown key at the top": ("§clusterz: {}\n" + rack("{nodes: n1}"), "unknown-key", "did you mean 'clusters'?"),
    "a key of a cluster at the top": (
        "§keyspaces: {}\n" + rack("{nodes: n1}"),
        "unknown-key",
        "keyspaces belongs to a cluster",
    ),
    "facts at the top": ("§memory: 1GiB\n" + rack("{nodes: n1}"), "unknown-key", "known are clusters, nodes"),
    "a misspelt key of a cluster": (
        cluster("§datacentres: {}\ndatacenters: {d: {racks: {r: {nodes: n1}}}}"),
        "unknown-key",
        "did you mean 'datacenters'?",
    ),
    "a key of a cluster in a rack": (
        rack("{nodes: n1, §product: dse 6.8.50}"),
        "unknown-key",
        "product belongs to a cluster",
    ),
    "a misspelt place": (rack("{nodes: n1, §datacentre: d}"), "unknown-key", "did you mean 'datacenter'?"),
    "racks in a rack": (rack("{nodes: n1, §racks: {}}"), "unknown-key", "racks belongs to a datacenter"),
    "a node that says its rack": (node("§rack: r2"), "unknown-key", "told by the place"),
    "no mapping": ("§- a", "wrong-type", "clusters:"),
    "clusters as list": ("clusters: §[a]", "wrong-type", "a mapping"),
    "a cluster without value": ("clusters:\n  a:§", "wrong-type", "a mapping"),
    "a datacenter that is text": (cluster("datacenters: {d: §eu}"), "wrong-type", "a mapping"),
    "racks as list": (cluster("datacenters: {d: {racks: §[r1]}}"), "wrong-type", "a mapping"),
    "nodes as number": (rack("{nodes: §7}"), "wrong-type", "text, a list, a mapping"),
    "a list of nodes with a number": (rack("{nodes: [n1, §7]}"), "wrong-type", "quote each"),
    "a node that is a word": (rack("{nodes: {n1: §big}}"), "wrong-type", "{memory: 64GiB}"),
    "a range beside clusters": ("nodes: {§n1: {}}\n" + rack("{nodes: n2}"), "unknown-key", "in its rack"),
    "names under nodes of a datacenter": (
        cluster("datacenters: {d: {nodes: {§n1: {}}, racks: {r: {nodes: n2}}}}"),
        "unknown-key",
        "in its rack",
    ),
    "a tag": (node("zone: §!secret x"), "unknown-tag", "remove the tag"),
    "no product": ("clusters:\n  §a: {datacenters: {d: {racks: {r: {nodes: n1}}}}}", "wrong-product", "dse 6.8.50"),
    "a product without patch": (
        "clusters:\n  a: {product: §dse 6.8, datacenters: {d: {racks: {r: {nodes: n1}}}}}",
        "wrong-product",
        "dse 6.8.50",
    ),
    "a product that is a number": (
        "clusters:\n  a: {product: §6.8, datacenters: {d: {racks: {r: {nodes: n1}}}}}",
        "wrong-product",
        "dse 6.8.50",
    ),
    "another product": (
        "clusters:\n  a: {product: §scylla 5.1.2, datacenters: {d: {racks: {r: {nodes: n1}}}}}",
        "wrong-product",
        "dse 6.8.50",
    ),
    "no cluster": ("§clusters: {}", "no-nodes", "clusters:"),
    "a cluster without nodes": ("clusters:\n  §a: {product: dse 6.8.50}", "no-nodes", "eu-[01:08]"),
    "replicas as text": (
        cluster("keyspaces: {k: {d: §many}}\ndatacenters: {d: {racks: {r: {nodes: n1}}}}"),
        "wrong-type",
        "a whole number",
    ),
    "no replicas": (
        cluster("keyspaces: {k: {d: §0}}\ndatacenters: {d: {racks: {r: {nodes: n1}}}}"),
        "wrong-type",
        "remove the line",
    ),
    "replicas for a keyspace as a whole": (
        cluster("keyspaces: {k: §3}\ndatacenters: {d: {racks: {r: {nodes: n1}}}}"),
        "wrong-type",
        "a mapping",
    ),
    "replicas elsewhere": (
        cluster("keyspaces: {k: {dd: §1}}\ndatacenters: {d: {racks: {r: {nodes: n1}}}}"),
        "unknown-datacenter",
        "did you mean 'd'?",
    ),
}

NAMES = {
    "a cluster that climbs": ("clusters:\n  §..: {product: dse 6.8.50}", "unsafe-name", "letters"),
    "a datacenter with a slash": (cluster("datacenters: {§a/b: {racks: {r: {nodes: n1}}}}"), "unsafe-name", "letters"),
    "a rack with a blank": (cluster('datacenters: {d: {racks: {§"r 1": {nodes: n1}}}}'), "unsafe-name", "letters"),
    "a node that begins with a dot": (rack("{nodes: §.n1}"), "unsafe-name", "letters"),
    "a node with two dots": (rack("{nodes: §n..1}"), "unsafe-name", "letters"),
    "a node with a line end": (rack('{nodes: §"n1\\n"}'), "unsafe-name", "letters"),
    "a dimension that climbs": (node("hardware: §../x"), "unsafe-name", "letters"),
    "an environment with blank": (node("environment: §my prod"), "unsafe-name", "letters"),
    "a dimension that is a number": (node("hardware: §3"), "wrong-type", "quote the name"),
    "the second of two hardware names": (node("hardware: [i3, §a/b]"), "unsafe-name", "letters"),
    "a range upside down": (rack('{nodes: §"n-[8:1]"}'), "wrong-range", "[1:8]"),
    "a range without end": (rack('{nodes: §"n-[1:]"}'), "wrong-range", "eu-[01:08]"),
    "a bracket alone": (rack('{nodes: §"n-[1:2"}'), "wrong-range", "eu-[01:08]"),
    "ends of other widths": (rack('{nodes: §"n-[01:100]"}'), "wrong-range", "[001:100]"),
    "a range too large": (rack('{nodes: §"n-[1:100001]"}'), "range-too-large", "split the fleet"),
    "brackets that multiply": (rack('{nodes: §"n' + "-[0:9]" * 2000 + '"}'), "range-too-large", "split the fleet"),
    "a number of many digits": (rack('{nodes: §"n-[1:' + "9" * 5000 + ']"}'), "wrong-range", "eu-[01:08]"),
    "one node twice in a list": (rack("{nodes: [§n1, §n1]}"), "duplicate-node", "remove one"),
    "one node in two racks": (
        cluster('datacenters: {d: {racks: {r1: {nodes: §"n-[1:3]"}, r2: {nodes: §n-2}}}}'),
        "duplicate-node",
        "remove one",
    ),
    "facts for a node that is not there": (
        cluster("datacenters: {d: {racks: {r: {nodes: node-1}}}}\nnodes: {§node-2: {cores: 4}}"),
        "unknown-node",
        "did you mean 'node-1'?",
    ),
    "a misspelt fact": (node("§memry: 1GiB"), "unknown-attribute", "did you mean 'memory'?"),
    "a misspelt dimension": (rack("{nodes: n1, §hardwear: i3}"), "unknown-attribute", "did you mean 'hardware'?"),
    "two letters swapped": (node("§sede: true"), "unknown-attribute", "did you mean 'seed'?"),
    "a fact in capitals": (node("§Zone: a"), "wrong-name", "small letter"),
    "a fact that is a mapping": (node("zone: §{a: 1}"), "wrong-type", "zone"),
    "a fact without value": (node("zone: §null"), "wrong-type", "remove the line"),
    "a fact that looks like a secret": (node('zone: §"@@dseconf:yaml:x@@"'), "reserved-text", "otherwise"),
}

FACTS = {
    "an unknown workload": (node("workload: §serach"), "unknown-workload", "did you mean 'search'?"),
    "an unknown workload in a list": (node("workload: [search, §spark]"), "unknown-workload", "cassandra, search"),
    "one workload twice": (node("workload: [search, §search]"), "wrong-type", "remove one"),
    "no workload": (node("workload: §[]"), "wrong-type", "[search]"),
    "an unknown state": (node("state: §joning"), "unknown-state", "did you mean 'joining'?"),
    "memory without unit": (node("memory: §48"), "wrong-type", "memory: 48GiB"),
    "memory that is a time": (node("memory: §48s"), "wrong-type", "64GiB"),
    "no memory": (node("memory: §0GiB"), "wrong-type", "64GiB"),
    "memory with two readings": (node("memory: §48GB"), "ambiguous-unit", "48GiB"),
    "no cores": (node("cores: §0"), "wrong-type", "cores: 16"),
    "half a core": (node("cores: §1.5"), "wrong-type", "cores: 16"),
    "cores that are true": (node("cores: §true"), "wrong-type", "cores: 16"),
    "a seed that is a word": (node("seed: §sure"), "wrong-type", "seed: true"),
    "disks as text": (node("disks: §/data"), "wrong-type", "mount: /data"),
    "a disk of another kind": (node("disks: [{mount: /d, kind: §tape}]"), "wrong-disk", "nvme"),
    "a disk without size unit": (node("disks: [{mount: /d, kind: ssd, size: §100}]"), "wrong-type", "100GiB"),
    "a disk mounted nowhere": (node("disks: [{mount: §d, kind: ssd}]"), "wrong-disk", "mount: /data"),
    "a key of a disk": (node("disks: [{mount: /d, kind: ssd, sise: §1TiB}]"), "unknown-key", "did you mean 'size'?"),
    "two disks on one mount": (node("disks: [{mount: /d, kind: ssd}, §{mount: /d, kind: hdd}]"), "wrong-disk", "mount"),
    "an install of no kind": (node("install: §rpm"), "wrong-install", "install: package"),
    "a tarball that climbs": (node("install: §{tarball: /opt/../etc}"), "wrong-install", "without .."),
    "a tarball at a relative path": (node("install: §{tarball: opt}"), "wrong-install", "absolute path"),
    "an instance with a slash": (node("install: §{package: a/b}"), "wrong-install", "letters"),
    "a number for an address": (node("address: §10"), "wrong-type", "quoted"),
    "an address beyond 255": (node("address: §10.0.0.256"), "wrong-address", "correct"),
    "a wildcard to listen on": (node("listen_address: §0.0.0.0"), "wrong-address", "other nodes use"),
    "an address with a command": (node('address: §"a; rm"'), "wrong-address", "correct"),
    "an interface with a blank": (node("listen_interface: §eth 0"), "wrong-type", "eth0"),
    "a pattern with an unknown fact": (node('address: §"10.0.0.{{ node.slot }}"'), "missing-fact", "slot"),
    "patterns that read each other": (
        node('a_x: "{{ node.b_x }}"\n, b_x: §"{{ node.a_x }}"'.replace("\n", "")),
        "cycle",
        "without an expression",
    ),
    "a pattern that reads a setting": (
        node("zone: §\"{{ setting('dse.yaml:x') }}\""),
        "setting-in-fact",
        "other facts",
    ),
    "a pattern that makes no address": (node('address: §"{{ node.name }}_"'), "wrong-address", "correct"),
    "a seed that is down": (node("seed: §true, state: §down"), "seed-not-up", "another node"),
    "nobody is a seed": (
        cluster("state: joining\ndatacenters: {d: {racks: {r: {nodes: n1}}}}").replace("  a:", "  §a:"),
        "no-seed",
        "seed: true",
    ),
    "one address twice": (
        rack("{nodes: {n1: {address: §10.0.0.1}, n2: {address: §10.0.0.1}}}"),
        "duplicate-address",
        "its own",
    ),
    "one address spelt twice": (
        rack('{nodes: {n1: {address: §"fe80::1"}, n2: {listen_address: §"FE80:0::1"}}}'),
        "duplicate-address",
        "of its own",
    ),
    "a pattern that never differs": (
        rack('{nodes: "n-[1:3]", address: §10.0.0.1}'),
        "duplicate-address",
        "{{ node.number }}",
    ),
    "one install twice on a host": (
        rack("{nodes: {n1: {host: §h1}, n2: {host: §H1}}}"),
        "install-clash",
        "package instance",
    ),
}

ALL = {**STRUCTURE, **NAMES, **FACTS}


@pytest.mark.parametrize(("text", "code", "remedy"), ALL.values(), ids=ALL.keys())
def test_a_mistake_has_a_code_a_place_and_a_remedy(text: str, code: str, remedy: str) -> None:
    (finding,) = findings_of(text)
    assert (finding.code, finding.severity) == (code, Severity.ERROR)
    assert places(finding) == marks(text)
    assert remedy in finding.remedy


def test_all_mistakes_are_reported_together() -> None:
    text = cluster("memory: 4GB\ndatacenters: {d: {workload: x, racks: {r: {nodes: [n1, n1], state: lost}}}}")
    codes = [finding.code for finding in findings_of(text)]
    assert sorted(codes) == ["ambiguous-unit", "duplicate-node", "unknown-state", "unknown-workload"]


def test_mistakes_of_the_document_are_among_them() -> None:
    text = node("zone: a, zone: b, cores: 0")
    assert {finding.code for finding in findings_of(text)} == {"duplicate-key", "wrong-type"}


def test_one_cause_on_many_nodes_is_one_finding() -> None:
    (finding,) = findings_of(rack('{nodes: "n-[1:3]", address: "10.0.0.{{ node.slot }}"}'))
    assert finding.nodes == ("n-1", "n-2", "n-3")
    assert finding.message == "node 'n-1' has no fact 'slot'"


def test_a_wrong_fact_makes_no_second_mistake_where_it_is_read() -> None:
    (finding,) = findings_of(node('memory: 4GB, half: "{{ node.memory / 2 }}"'))
    assert finding.code == "ambiguous-unit"


def test_a_wrong_range_makes_no_second_mistake() -> None:
    text = cluster(
        'keyspaces: {k: {d: 3}}\ndatacenters: {d: {racks: {r: {nodes: "n-[3:1]"}}}}\nnodes: {n-1: {cores: 2}}'
    )
    assert [finding.code for finding in findings_of(text)] == ["wrong-range"]


def test_more_replicas_than_nodes_is_a_warning() -> None:
    text = cluster("keyspaces: {k: {d: §3}}\ndatacenters: {d: {racks: {r: {nodes: n1}}}}")
    (finding,) = findings_of(text)
    assert (finding.code, finding.severity) == ("too-many-replicas", Severity.WARNING)
    assert places(finding) == marks(text)


@pytest.mark.parametrize(
    "name", ["zone", "site", "az", "ip", "owner", "role", "model", "member", "hosts_vms", "native_transport_port"]
)
def test_facts_of_the_fleet_that_resemble_known_ones_from_afar_are_taken(name: str) -> None:
    assert findings_of(node(f"{name}: x")) == ()


def test_installs_beside_each_other_on_one_host_are_no_clash() -> None:
    text = rack("{host: h1, nodes: {n1: {}, n2: {install: {package: dse-node2}}, n3: {install: {tarball: /opt/dse}}}}")
    assert findings_of(text) == ()


def test_a_fleet_stays_below_its_bound_however_its_ranges_add_up() -> None:
    ranges = ", ".join(f'"n{number}-[1:60000]"' for number in range(3))
    assert "range-too-large" in {finding.code for finding in findings_of(rack(f"{{nodes: [{ranges}]}}"))}


def test_a_short_file_cannot_make_a_long_run() -> None:
    many = ", ".join(f"f{number}: x" for number in range(60))
    assert [finding.code for finding in findings_of(rack(f'{{nodes: "n-[1:90000]", {many}}}'))] == ["too-many-facts"]


def test_a_level_has_a_bound_of_facts() -> None:
    many = ", ".join(f"f{number}: x" for number in range(300))
    assert [finding.code for finding in findings_of(node(many))] == ["too-many-facts"]


@pytest.mark.parametrize("text", ["", "# nothing", "clusters:\n"])
def test_an_empty_file_is_no_fleet(text: str) -> None:
    assert {finding.severity for finding in findings_of(text)} == {Severity.ERROR}


def test_messages_and_remedies_end_without_period() -> None:
    texts = [
        part
        for text, _, _ in ALL.values()
        for found in findings_of(text)
        for part in (found.message, found.remedy, found.why)
    ]
    assert [text for text in texts if text.endswith(".") and not text.endswith("..")] == []

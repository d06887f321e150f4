"""The fleet repositories of ``examples/``: what their READMEs promise, and what their nodes must get.

Numbers, names and paths here are written by hand from fleet.yaml, the layers and the product's documents.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from xml.parsers import expat

import pytest
import yaml

from dseconf.cli import main
from dseconf.explain import NodeView, explain_setting
from dseconf.pipeline import Run, blueprint_of, product_views
from dseconf.sources import open_sources

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"


@dataclass(frozen=True)
class Compiled:
    """One example, compiled: what the command said, its manifest, and the folder."""

    code: int
    stdout: str
    stderr: str
    folder: Path

    @property
    def manifest(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "manifest.json").read_text())
        return found

    def kind(self, node: str, path: str) -> dict[str, str]:
        found: dict[str, str] = self.manifest["kinds"][self.manifest["nodes"][node][path][1]]
        return found

    def paths(self, node: str) -> set[str]:
        """The files that a node has, without those that must be absent."""
        return {path for path, (sha, _) in self.manifest["nodes"][node].items() if sha}

    def read(self, node: str, path: str) -> str:
        return (self.folder / node / path).read_text()

    def yaml(self, node: str, path: str) -> Any:
        return yaml.load(self.read(node, path), yaml.CSafeLoader)


def compiled(name: str, folder: Path) -> Compiled:
    with redirect_stdout(io.StringIO()) as stdout, redirect_stderr(io.StringIO()) as stderr:
        code = main(["-C", str(EXAMPLES / name), "compile", "-o", str(folder)])
    return Compiled(code, stdout.getvalue(), stderr.getvalue(), folder)


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    return compiled("quickstart", tmp_path_factory.mktemp("quickstart") / "build")


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    return compiled("atlas", tmp_path_factory.mktemp("atlas") / "build")


def nodes(cluster: str, *names: str) -> list[str]:
    return [f"{cluster}/{name}" for name in names]


SEARCH = [f"{datacenter}-{number:02d}" for datacenter in ("eu", "us") for number in range(1, 25)]
ANALYTICS = [f"an-{number:02d}" for number in range(1, 13)]
STAGING = [f"stg-{number:02d}" for number in range(1, 7)]

# What each workload needs, by folder of a package install.
EVERY_NODE = {
    "etc/cassandra": ["jmxremote.password"],
    "etc/default": ["dse"],
    "etc/dse": ["dse-env.sh", "dse.yaml", "dserc-env.sh"],
    "etc/dse/cassandra": [
        "cassandra-env.sh", "cassandra-jaas.config", "cassandra-rackdc.properties", "cassandra-topology.properties",
        "cassandra-topology.yaml", "cassandra.yaml", "commitlog_archiving.properties", "cqlshrc.sample",
        "hotspot_compiler", "jvm-clients.options", "jvm-server.options", "jvm11-clients.options",
        "jvm11-server.options", "jvm8-clients.options", "jvm8-server.options", "logback-tools.xml", "logback.xml",
        "metrics-reporter-config-sample.yaml", "metrics-reporter-config.yaml",
    ],
    "etc/dse/tomcat/conf": ["catalina.properties", "context.xml"],
    "etc/security/limits.d": ["cassandra.conf"],
    "usr/share/dse": ["dse.in.sh"],
    "usr/share/dse/cassandra": ["cassandra.in.sh"],
    "usr/share/dse/cassandra/tools": [
        "cqlstress-counter-example.yaml", "cqlstress-example.yaml", "cqlstress-insanity-example.yaml",
    ],
    "usr/share/dse/cassandra/tools/bin": ["cassandra.in.sh"],
    "usr/share/dse/collectd/etc": ["collectd.conf"],
    "usr/share/dse/collectd/etc/collectd": ["10-statsd.conf", "10-write-graphite.conf", "10-write-prom.conf"],
    "var/lib/cassandra": [".dserc"],
    "var/lib/datastax-agent/conf": ["address.yaml"],
}  # fmt: skip
OF_SEARCH = {"etc/dse/tomcat/conf": ["server.xml", "web.xml"]}
OF_ANALYTICS = {
    "etc/dse/hadoop2-client": [
        "core-site.xml", "hadoop-env.sh", "hadoop-policy.xml", "hdfs-site.xml", "httpfs-env.sh", "kms-env.sh",
        "log4j.properties", "mapred-env.sh", "mapred-site.xml", "yarn-env.sh", "yarn-site.xml",
    ],
    "etc/dse/spark": [
        "dse-spark-env.sh", "fairscheduler.xml.template", "hive-site.xml", "logback-spark-beeline.xml",
        "logback-spark-executor.xml", "logback-spark-server.xml", "logback-spark-shell.xml", "logback-spark-sql.xml",
        "logback-spark.xml", "logback-sparkR.xml", "spark-alwayson-sql.conf", "spark-daemon-defaults.conf",
        "spark-defaults.conf", "spark-env.sh",
    ],
    "usr/share/dse/hadoop2-client/libexec": [
        "hadoop-config.sh", "hdfs-config.sh", "httpfs-config.sh", "kms-config.sh", "mapred-config.sh", "yarn-config.sh",
    ],
    "usr/share/dse/spark/bin": ["load-spark-env.sh"],
    "usr/share/dse/spark/sbin": [
        "spark-config.sh", "spark-daemon.sh", "start-history-server.sh", "start-thriftserver.sh",
        "stop-history-server.sh", "stop-thriftserver.sh",
    ],
    "usr/share/dse/spark/spark-jobserver": [
        "dse.conf", "kill-process-tree.sh", "manager_start.sh", "server_start.sh", "server_stop.sh", "setenv.sh",
        "settings.sh",
    ],
}  # fmt: skip
OF_GRAPH = {
    "etc/dse/graph": ["logback-gremlin-server.xml"],
    "etc/dse/graph/gremlin-console/conf": ["remote.yaml"],
    "usr/share/dse/graph/gremlin-console/bin": ["gremlin.sh"],
}

# Where a tarball has the folders of a package; what is not here is for packages alone.
TARBALL = {
    "etc/cassandra": ".",
    "etc/dse": "bin",
    "etc/dse/cassandra": "resources/cassandra/conf",
    "etc/dse/hadoop2-client": "resources/hadoop2-client/conf",
    "etc/dse/spark": "resources/spark/conf",
    "etc/dse/tomcat/conf": "resources/tomcat/conf",
    "usr/share/dse": "bin",
    "usr/share/dse/cassandra": "resources/cassandra/bin",
    "usr/share/dse/cassandra/tools": "resources/cassandra/tools",
    "usr/share/dse/cassandra/tools/bin": "resources/cassandra/tools/bin",
    "usr/share/dse/collectd/etc": "collectd/etc",
    "usr/share/dse/hadoop2-client/libexec": "resources/hadoop2-client/libexec",
    "usr/share/dse/spark/bin": "resources/spark/bin",
    "usr/share/dse/spark/sbin": "resources/spark/sbin",
    "usr/share/dse/spark/spark-jobserver": "resources/spark/spark-jobserver",
}
TARBALL_ALONE = {"resources/datastax-env.sh", "resources/solr/conf/schema.xml", "resources/solr/conf/solrconfig.xml"}

TOPOLOGY = "etc/dse/cassandra/cassandra-topology.properties"  # atlas keeps it away from its nodes


def package(*tables: dict[str, list[str]]) -> set[str]:
    return {f"{folder}/{name}" for table in tables for folder, names in table.items() for name in names}


def tarball(directory: str, *tables: dict[str, list[str]]) -> set[str]:
    places = {
        f"{TARBALL[folder]}/{name}".removeprefix("./")
        for table in tables
        for folder, names in table.items()
        for name in names
        if folder in TARBALL
    }
    places = (places - {"bin/dse.yaml"}) | {"resources/dse/conf/dse.yaml"} | TARBALL_ALONE
    return {f"{directory}/{place}" for place in places}


def test_the_examples_compile_without_a_finding(quickstart: Compiled, atlas: Compiled) -> None:
    assert (quickstart.code, quickstart.stderr) == (0, "")
    assert (atlas.code, atlas.stderr) == (0, "")


def test_quickstart_has_three_nodes(quickstart: Compiled) -> None:
    assert set(quickstart.manifest["nodes"]) == set(nodes("demo", "demo-01", "demo-02", "demo-03"))
    assert quickstart.stdout.startswith("3 nodes, ")


def test_atlas_has_66_nodes(atlas: Compiled) -> None:
    assert set(atlas.manifest["nodes"]) == {*nodes("atlas", *SEARCH, *ANALYTICS), *nodes("atlas-staging", *STAGING)}
    assert atlas.stdout.startswith("66 nodes, ")


def test_the_nodes_of_atlas_by_datacenter_and_workload() -> None:
    _, sources = open_sources(EXAMPLES / "atlas")
    counted = Counter((node.cluster, node.datacenter, node.workloads) for node in sources.fleet.nodes)
    assert counted == {
        ("atlas", "eu", ("search",)): 24,
        ("atlas", "us", ("search",)): 24,
        ("atlas", "an", ("analytics",)): 12,
        ("atlas-staging", "sg", ("graph",)): 3,
        ("atlas-staging", "ss", ("search", "analytics")): 3,
    }
    assert {node.name: node.state for node in sources.fleet.nodes if node.state != "normal"} == {
        "stg-03": "joining",
        "stg-06": "down",
    }


def test_every_rack_of_production_has_the_same_number_of_nodes() -> None:
    _, sources = open_sources(EXAMPLES / "atlas")
    counted = Counter((node.datacenter, node.rack) for node in sources.fleet.nodes if node.cluster == "atlas")
    assert counted == {
        (name, rack): size for name, size in (("eu", 8), ("us", 8), ("an", 4)) for rack in ("r1", "r2", "r3")
    }


def test_a_search_node_of_quickstart_gets_its_files(quickstart: Compiled) -> None:
    assert quickstart.paths("demo/demo-03") == package(EVERY_NODE, OF_SEARCH)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ("atlas/eu-07", package(EVERY_NODE, OF_SEARCH) - {TOPOLOGY}),
        ("atlas/us-24", package(EVERY_NODE, OF_SEARCH) - {TOPOLOGY}),
        ("atlas/an-12", package(EVERY_NODE, OF_ANALYTICS) - {TOPOLOGY}),
        ("atlas-staging/stg-01", package(EVERY_NODE, OF_GRAPH) - {TOPOLOGY}),
        ("atlas-staging/stg-06", package(EVERY_NODE, OF_SEARCH, OF_ANALYTICS) - {TOPOLOGY}),
        (
            "atlas-staging/stg-05",
            tarball("opt/dse-2", EVERY_NODE, OF_SEARCH, OF_ANALYTICS)
            - {"opt/dse-2/resources/cassandra/conf/cassandra-topology.properties"},
        ),
    ],
)
def test_a_node_gets_the_files_that_its_workloads_need(atlas: Compiled, node: str, expected: set[str]) -> None:
    assert atlas.paths(node) == expected


def test_a_file_that_must_be_absent_stands_in_the_manifest_and_nowhere_else(atlas: Compiled) -> None:
    for node, files in atlas.manifest["nodes"].items():
        (path,) = [path for path in files if path.endswith("/cassandra-topology.properties")]
        assert files[path][0] == ""
        assert atlas.kind(node, path)["manage"] == "absent"
        assert not (atlas.folder / node / path).exists()


def test_what_is_written_is_what_the_manifest_says(quickstart: Compiled, atlas: Compiled) -> None:
    for example in (quickstart, atlas):
        there = {path.relative_to(example.folder).as_posix() for path in example.folder.rglob("*") if path.is_file()}
        assert there == {
            "manifest.json",
            *(f"{node}/{path}" for node in example.manifest["nodes"] for path in example.paths(node)),
        }


def test_no_file_lies_outside_the_folder_of_its_node(quickstart: Compiled, atlas: Compiled) -> None:
    for example in (quickstart, atlas):
        assert not [path for path in example.folder.rglob("*") if path.is_symlink()]
        for node in example.manifest["nodes"]:
            home = (example.folder / node).resolve()
            assert home.relative_to(example.folder.resolve()).as_posix() == node
            assert all((home / path).resolve().is_relative_to(home) for path in example.manifest["nodes"][node])


OPTIONS = "resources/cassandra/conf/jvm-server.options"
HEAPS = {
    **{f"atlas/{name}": "24G" for name in SEARCH},
    "atlas/eu-07": "20G",
    **{f"atlas/{name}": "31G" for name in ANALYTICS},
    # A quarter of 32 GiB.
    **{f"atlas-staging/{name}": "8G" for name in STAGING},
}


def options_of(node: str) -> str:
    instances = {"atlas-staging/stg-04": f"opt/dse-1/{OPTIONS}", "atlas-staging/stg-05": f"opt/dse-2/{OPTIONS}"}
    return instances.get(node, "etc/dse/cassandra/jvm-server.options")


def test_every_heap_of_atlas(atlas: Compiled) -> None:
    for node, heap in HEAPS.items():
        flags = [line for line in atlas.read(node, options_of(node)).splitlines() if line.startswith(("-Xm", "-Xms"))]
        assert flags == [f"-Xms{heap}", f"-Xmx{heap}"], node


@pytest.mark.parametrize(
    ("node", "direct"),
    [
        # Four fifths of the memory, less 5/4 of the heap and 1 GiB of search buffer, in whole MiB.
        ("atlas/eu-01", 20684),  # 51.2 - 30 - 1 = 20.2 GiB = 20684.8 MiB
        ("atlas/eu-07", 12697),  # 38.4 - 25 - 1 = 12.4 GiB = 12697.6 MiB
        # Spark gets half of what is left.
        ("atlas/an-01", 32588),  # (102.4 - 38.75) / 2 = 31.825 GiB = 32588.8 MiB
        ("atlas-staging/stg-05", 7475),  # (25.6 - 10 - 1) / 2 = 7.3 GiB = 7475.2 MiB
        ("atlas-staging/stg-01", 15974),  # 25.6 - 10 = 15.6 GiB = 15974.4 MiB
    ],
)
def test_direct_memory_follows_from_heap_and_machine(atlas: Compiled, node: str, direct: int) -> None:
    assert f"-XX:MaxDirectMemorySize={direct}M\n" in atlas.read(node, options_of(node))


@pytest.mark.parametrize(
    ("node", "heap"),
    # 32 GiB with search: 3/8 would be 12 GiB, so 14; demo-02 has its own line, which says 3/8.
    [("demo-01", "14G"), ("demo-02", "12G"), ("demo-03", "14G")],
)
def test_every_heap_of_quickstart(quickstart: Compiled, node: str, heap: str) -> None:
    text = quickstart.read(f"demo/{node}", "etc/dse/cassandra/jvm-server.options")
    assert f"-Xms{heap}\n-Xmx{heap}\n" in text


def seeds_of(example: Compiled, node: str, path: str = "etc/dse/cassandra/cassandra.yaml") -> object:
    return example.yaml(node, path)["seed_provider"]


def test_seeds_are_the_marked_ones_else_the_first_of_two_racks(quickstart: Compiled, atlas: Compiled) -> None:
    def provider(seeds: str) -> object:
        return [{"class_name": "org.apache.cassandra.locator.SimpleSeedProvider", "parameters": [{"seeds": seeds}]}]

    # demo-01 in r1, demo-03 in r2.
    assert seeds_of(quickstart, "demo/demo-02") == provider("10.0.0.11,10.0.0.13")
    # eu-01, eu-09 and eu-17 are marked; us-01, us-09, an-01 and an-05 are the first of r1 and r2.
    production = provider("10.1.1.1,10.1.2.9,10.1.3.17,10.2.1.1,10.2.2.9,10.3.1.1,10.3.2.5")
    assert all(seeds_of(atlas, f"atlas/{name}") == production for name in ("eu-07", "us-01", "an-12"))
    # stg-03 is joining and stg-06 down: of ss both instances of rack a are left.
    staging = provider("10.9.1.1,10.9.1.2,10.9.2.1,10.9.2.2")
    assert seeds_of(atlas, "atlas-staging/stg-03") == staging
    assert seeds_of(atlas, "atlas-staging/stg-04", "opt/dse-1/resources/cassandra/conf/cassandra.yaml") == staging


def test_identity_comes_from_the_fleet(atlas: Compiled) -> None:
    found = atlas.yaml("atlas/us-11", "etc/dse/cassandra/cassandra.yaml")
    assert (found["cluster_name"], found["listen_address"], found["native_transport_address"]) == (
        "atlas",
        "10.2.2.11",
        "10.2.2.11",
    )
    rack = atlas.read("atlas/us-11", "etc/dse/cassandra/cassandra-rackdc.properties").splitlines()
    assert {"dc=us", "rack=r2"} <= set(rack)
    switches = atlas.read("atlas-staging/stg-06", "etc/default/dse")
    assert re.findall(r"^(GRAPH|SOLR|SPARK)_ENABLED='(.)'$", switches, re.MULTILINE) == [
        ("GRAPH", "0"),
        ("SOLR", "1"),
        ("SPARK", "1"),
    ]


def test_every_dimension_has_a_say(atlas: Compiled) -> None:
    conf = "etc/dse/cassandra/cassandra.yaml"
    seen = {name: atlas.yaml(f"atlas/{name}", conf) for name in ("eu-01", "eu-09", "us-01", "an-01", "eu-07")}
    assert seen["eu-01"]["read_request_timeout_in_ms"] == 3000  # base
    assert seen["eu-01"]["range_request_timeout_in_ms"] == 6000  # base, from the line above
    assert seen["an-01"]["range_request_timeout_in_ms"] == 30000  # datacenter
    assert seen["eu-01"]["client_encryption_options"]["enabled"] is False  # security
    assert (
        seen["eu-01"]["client_encryption_options"]["truststore"] == "/etc/dse/keystores/client.truststore"
    )  # workload
    assert "truststore" not in seen["an-01"]["client_encryption_options"]
    assert seen["eu-01"]["phi_convict_threshold"] == 12.0  # cluster
    assert seen["eu-01"]["max_hint_window_in_ms"] == 43_200_000  # cluster, 12 h
    assert seen["us-01"]["inter_dc_stream_throughput_outbound_megabits_per_sec"] == 100  # datacenter
    assert seen["eu-09"]["stream_throughput_outbound_megabits_per_sec"] == 100  # rack
    assert "stream_throughput_outbound_megabits_per_sec" not in seen["eu-01"]
    assert seen["eu-07"]["data_file_directories"] == ["/data1/cassandra"]  # hardware
    assert "cassandra - nofile 2097152\n" in atlas.read("atlas/eu-01", "etc/security/limits.d/cassandra.conf")


def test_two_instances_of_one_machine_share_no_port_of_localhost_and_no_directory(atlas: Compiled) -> None:
    found = []
    for node, directory in (("stg-04", "opt/dse-1"), ("stg-05", "opt/dse-2")):
        conf = atlas.yaml(f"atlas-staging/{node}", f"{directory}/resources/cassandra/conf/cassandra.yaml")
        environment = atlas.read(f"atlas-staging/{node}", f"{directory}/resources/cassandra/conf/cassandra-env.sh")
        options = atlas.read(f"atlas-staging/{node}", f"{directory}/{OPTIONS}")
        tomcat = atlas.read(f"atlas-staging/{node}", f"{directory}/resources/tomcat/conf/server.xml")
        names = [key for key in conf if key.endswith(("_directory", "_directories"))]
        assert len(names) == 6
        found.append(
            {
                *(str(conf[name]) for name in names),
                *re.findall(r"JMX_PORT='\d+'", environment),
                *re.findall(r"-Dcassandra.jmx.local.port=\d+", options),
                *re.findall(r'<Server port="\d+"', tomcat),
            }
        )
    first, second = found
    assert len(first) == len(second) == 9
    assert not first & second
    assert {"JMX_PORT='7299'", "-Dcassandra.jmx.local.port=7299", '<Server port="8006"'} <= second


def test_the_vendors_text_stands_around_the_managed_block(atlas: Compiled) -> None:
    path = "etc/dse/cassandra/commitlog_archiving.properties"
    text = atlas.read("atlas/us-05", path)
    vendor = (EXAMPLES / "atlas/vendor/commitlog_archiving.properties").read_text()
    before, begin, rest = text.partition("# dseconf: begin of the managed block\n")
    block, end, after = rest.partition("# dseconf: end of the managed block\n")
    assert begin
    assert end
    assert vendor.startswith(before)
    assert vendor.endswith(after)
    assert block.startswith("archive_command=/usr/local/sbin/archive-segment %path %name\n")
    assert atlas.kind("atlas/us-05", path)["manage"] == "block"
    assert atlas.kind("atlas-staging/stg-01", path)["manage"] == "whole"


@pytest.mark.parametrize(
    ("node", "path", "expected"),
    [
        ("atlas/eu-01", "etc/dse/cassandra/cassandra.yaml", ("0644", "cassandra", "cassandra", "whole")),
        ("atlas/eu-01", "etc/dse/cassandra/jvm-server.options", ("0640", "cassandra", "cassandra", "whole")),
        ("atlas/eu-01", "etc/default/dse", ("0644", "root", "root", "whole")),
        ("atlas/eu-01", "etc/security/limits.d/cassandra.conf", ("0644", "root", "root", "whole")),
        ("atlas/eu-01", "etc/cassandra/jmxremote.password", ("0400", "cassandra", "cassandra", "unmanaged")),
        ("atlas/an-01", "usr/share/dse/spark/sbin/spark-daemon.sh", ("0755", "root", "root", "unmanaged")),
        ("atlas-staging/stg-04", f"opt/dse-1/{OPTIONS}", ("0640", "cassandra", "cassandra", "whole")),
    ],
)
def test_modes_and_owners(atlas: Compiled, node: str, path: str, expected: tuple[str, ...]) -> None:
    kind = atlas.kind(node, path)
    assert (kind["mode"], kind["owner"], kind["group"], kind["manage"]) == expected


def test_a_yaml_1_1_reader_reads_every_yaml_file(quickstart: Compiled, atlas: Compiled) -> None:
    texts = {path.read_text() for one in (quickstart, atlas) for path in one.folder.rglob("*.yaml") if path.is_file()}
    assert len(texts) > 100
    for text in texts:
        found = yaml.load(text, yaml.CSafeLoader)
        assert found is None or isinstance(found, dict)


def parse_hardened(text: str) -> str:
    """Parse XML, refusing what a hostile document would use; returns the name of the root."""
    names: list[str] = []

    def refuse(*_: object) -> int:
        raise AssertionError("a document type, an entity or an instruction")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.ProcessingInstructionHandler = refuse
    parser.StartElementHandler = lambda name, _: names.append(name)
    parser.Parse(text.encode(), True)
    return names[0]


ROOTS = {
    "logback-gremlin-server.xml": "included",  # logback.xml takes these two in
    "logback-spark-server.xml": "included",
    "logback": "configuration",
    "server.xml": "Server",
    "context.xml": "Context",
    "web.xml": "web-app",
}


def test_a_hardened_parser_reads_every_xml_file(quickstart: Compiled, atlas: Compiled) -> None:
    found = {
        (path.name, path.read_text())
        for one in (quickstart, atlas)
        for pattern in ("*.xml", "*.xml.template")
        for path in one.folder.rglob(pattern)
    }
    assert len({name for name, _ in found}) == 22  # 3 on every node, 4 of search, 14 of analytics, 1 of graph
    for name, text in found:
        root = parse_hardened(text)
        expected = next((root for start, root in ROOTS.items() if name.startswith(start)), root)
        assert root == expected, name


SECRET_NAME = re.compile(r"password|passphrase|passwd|secret|credential", re.IGNORECASE)


def scalars(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from scalars(item, f"{path}.{key}")
    elif isinstance(value, list):
        for item in value:
            yield from scalars(item, path)
    else:
        yield path.removeprefix("."), value


def test_secrets_are_placeholders_and_nothing_else(atlas: Compiled) -> None:
    placeholders: set[str] = set()
    for path in sorted(atlas.folder.rglob("*")):
        if path.is_file() and path.name != "manifest.json":
            placeholders.update(re.findall(r"@@dseconf:[^@]*@@", path.read_text()))
    assert placeholders == {
        "@@dseconf:yaml:keystore/client@@",
        "@@dseconf:yaml:keystore/internode@@",
        "@@dseconf:yaml:truststore/client@@",
        "@@dseconf:yaml:truststore/internode@@",
    }


def test_no_password_of_a_yaml_file_has_a_value(atlas: Compiled) -> None:
    texts = {path.read_text() for path in atlas.folder.rglob("*.yaml")}
    hidden = {
        (path, value)
        for text in texts
        for path, value in scalars(yaml.load(text, yaml.CSafeLoader))
        # spark_shared_secret_bit_length and its like are numbers about secrets.
        if SECRET_NAME.search(path.rsplit(".", 1)[-1]) and isinstance(value, str)
    }
    assert hidden == {
        ("client_encryption_options.keystore_password", "@@dseconf:yaml:keystore/client@@"),
        ("client_encryption_options.truststore_password", "@@dseconf:yaml:truststore/client@@"),
        ("server_encryption_options.keystore_password", "@@dseconf:yaml:keystore/internode@@"),
        ("server_encryption_options.truststore_password", "@@dseconf:yaml:truststore/internode@@"),
    }


def view_of(name: str, example: str = "atlas") -> NodeView:
    _, sources = open_sources(EXAMPLES / example)
    run = Run(sources)
    run.views = product_views(run)
    node = sources.fleet.find(name)
    blueprint, own = blueprint_of(run, sources.fleet.cluster(node.cluster), node)
    view = NodeView(blueprint, node, sources.fleet.label(node), own, run.chains.of(node).missing)
    assert not run.findings
    assert not view.findings
    return view


@cache
def source_line(path: str, line: int) -> str:
    file = ROOT / path.removeprefix("shipped:") if path.startswith("shipped:") else EXAMPLES / "atlas" / path
    return file.read_text().splitlines()[line - 1]


@pytest.mark.parametrize("name", ["eu-07", "an-01", "stg-01", "stg-05"])
def test_explain_answers_for_every_setting_of_every_file(name: str) -> None:
    view = view_of(name)
    written = asked = 0
    for entry in view.blueprint.entries:
        file = view.view.file(entry.name)
        assert file is not None
        own = [spec.key for spec in file.settings() if "*" not in spec.key and "[]" not in spec.key]
        for key in dict.fromkeys([*own, *view.keys(file.name)]):
            if view.view.setting(file, key) is None:
                continue  # a setting of other patches of the line
            found = explain_setting(view, f"{file.name}:{key}")
            asked += 1
            assert found.node == name
            assert found.path == f"/{entry.path}"
            assert found.about
            assert found.kind
            assert found.source
            if found.written:
                written += 1
                assert found.decided_by is not None, key
                origin = found.decided_by.origin
                assert origin.line > 0, key
                if origin.path not in ("fleet.yaml", "inventory.csv"):
                    # The line that is named is the line that says it.
                    last = re.split(r"[.\[\"]", key.rstrip('"]'))[-1]
                    assert last in source_line(origin.path, origin.line), key
    assert asked > 900
    assert written > 200


def test_explain_tells_why_quickstarts_second_node_has_another_heap(capsys: pytest.CaptureFixture[str]) -> None:
    """The README's command."""
    code = main(["-C", str(EXAMPLES / "quickstart"), "explain", "demo-02", "jvm-server.options:-Xmx"])
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert code == 0
    assert "from:     {{ (node.memory * 3 / 8) | floor_to(GiB) }}" in lines
    assert [line.split()[1].strip("'") for line in lines if line.startswith("value:")] == ["12G"]
    by = [line.split()[2] for line in lines if line.startswith("set by:")]
    assert by == [f"profiles/node/demo/demo-02.yaml:{line_of('quickstart/profiles/node/demo/demo-02.yaml', '-Xmx:')}:3"]
    beaten = [line.split()[1] for line in lines if line.startswith("beat:")]
    assert beaten == [
        f"shipped:profiles/hardware/medium.yaml:{line_of('../profiles/hardware/medium.yaml', '-Xmx:')}:3",
        f"shipped:profiles/base.yaml:{line_of('../profiles/base.yaml', '-Xmx:')}:3",
    ]


def line_of(path: str, start: str) -> int:
    lines = (EXAMPLES / path).read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.strip().startswith(start))


def test_why_different_tells_what_sets_eu_07_apart(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["-C", str(EXAMPLES / "atlas"), "explain", "--why-different", "eu-07", "eu-08", "--format", "json"])
    differences = {one["address"]: one for one in json.loads(capsys.readouterr().out)["differences"]}
    assert code == 0
    assert set(differences) == {
        "address.yaml:agent_rpc_interface",
        "address.yaml:local_interface",
        "cassandra.yaml:compaction_throughput_mb_per_sec",
        "cassandra.yaml:concurrent_compactors",
        "cassandra.yaml:data_file_directories",
        "cassandra.yaml:file_cache_size_in_mb",
        "cassandra.yaml:listen_address",
        "cassandra.yaml:memtable_space_in_mb",
        "cassandra.yaml:native_transport_address",
        "jvm-server.options:-XX:MaxDirectMemorySize",
        "jvm-server.options:-Xms",
        "jvm-server.options:-Xmx",
    }
    heap = differences["jvm-server.options:-Xmx"]
    assert (heap["left"].strip("'"), heap["right"].strip("'")) == ("20G", "24G")
    assert heap["left_by"]["path"] == "profiles/node/atlas/eu-07.yaml"
    assert heap["right_by"]["path"] == "profiles/base.yaml"


@pytest.mark.parametrize("example", ["quickstart", "atlas"])
def test_every_command_of_the_readme_runs(
    example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (EXAMPLES / example / "README.md").read_text()
    commands = re.findall(rf"^    dseconf -C examples/{example} (.*)$", text, re.MULTILINE)
    commands += re.findall(r"^\| `(explain [^`]*)` \|", text, re.MULTILINE)
    assert len(commands) >= 5
    monkeypatch.chdir(ROOT)
    for command in commands:
        words = [str(tmp_path / "build") if word == "build" else word for word in command.split()]
        assert main(["-C", f"examples/{example}", *words]) == 0, command
        said = capsys.readouterr()
        assert said.out or "--check" in words
        assert said.err == ""

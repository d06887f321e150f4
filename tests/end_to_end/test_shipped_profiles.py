"""The profiles that come with dseconf compile in every combination, and size a node by the laws they state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, cycle, product
from pathlib import Path
from typing import Any

import pytest
import yaml

from dseconf import cli
from dseconf.catalog import UNKNOWN
from dseconf.document import read_document
from dseconf.finding import Finding
from dseconf.fleet.node import WORKLOADS
from dseconf.layer import Layer, read_layer
from dseconf.pipeline import compile_fleet
from dseconf.setting import Secret
from dseconf.shipped import load_catalog, shipped_folder, shipped_profiles
from dseconf.sources import open_sources
from dseconf.validate import check_value, validate

LAYERS = "product, base, workload, environment, security, hardware, cluster, datacenter, rack, node"
COMBINATIONS = [names for count in range(1, 5) for names in combinations(WORKLOADS, count)]
HARDWARE = sorted(
    path.split("/")[1].removesuffix(".yaml") for path in shipped_profiles() if path.startswith("hardware/")
)
SERVERS = [name for name in HARDWARE if name != "laptop"]
ENVIRONMENTS = ("development", "staging", "production")
SECURITY = ("none", "standard", "strict")
BASE_FILES = ("cassandra.yaml", "dse.yaml", "jvm-server.options", "cassandra-env.sh")


@dataclass(frozen=True)
class Machine:
    """One node of a fleet, as fleet.yaml describes it."""

    workload: tuple[str, ...] = ("cassandra",)
    environment: str = "production"
    security: str = "none"
    hardware: str = ""
    memory: str = ""
    cores: int = 0
    install: str = "package"
    product: str = "dse 6.8.50"

    def fleet(self) -> str:
        facts = {"memory": self.memory, "cores": self.cores, "hardware": self.hardware}
        given = "".join(f", {name}: {value}" for name, value in facts.items() if value)
        return f"""
clusters:
  atlas:
    product: {self.product}
    environment: {self.environment}
    security: {self.security}
    install: {self.install}
    datacenters:
      eu:
        workload: [{", ".join(self.workload)}]
        racks:
          r1: {{nodes: [eu-1], address: 10.1.1.1{given}}}
"""


@dataclass(frozen=True)
class Compiled:
    """The files of the node by FILE, and all findings."""

    files: Mapping[str, str]
    findings: tuple[Finding, ...]

    def yaml(self, name: str) -> dict[str, Any]:
        content = yaml.safe_load(self.files[name])
        return content if isinstance(content, dict) else {}

    def jvm(self, flag: str) -> str:
        (line,) = (line for line in self.files["jvm-server.options"].splitlines() if line.startswith(flag))
        return line[len(flag) :]


def compile_one(folder: Path, machine: Machine) -> Compiled:
    (folder / "dseconf.yaml").write_text(f"layers: [{LAYERS}]\n", encoding="utf-8")
    (folder / "fleet.yaml").write_text(machine.fleet(), encoding="utf-8")
    return compile_there(folder)


def compile_there(folder: Path) -> Compiled:
    _, sources = open_sources(folder)
    run, nodes = compile_fleet(sources)
    (node,) = nodes
    files = {entry.name: content.data.decode() for entry, content in node.files() if content is not None}
    return Compiled(files, tuple(run.findings))


def sampled() -> Iterator[Machine]:
    """Every workload combination in every environment at every security level; the rest takes turns.

    The turns are of lengths without a factor in common with each other or those loops, so that all meet all.
    """
    hardware = cycle(["", *HARDWARE])
    facts = cycle([("", 0), ("48GiB", 12), ("", 0), ("", 4), ("8GiB", 0), ("96GiB", 64), ("", 0)])
    versions = cycle(["dse 6.8.0", "dse 6.8.1", "dse 6.8.36", "dse 6.8.50", "dse 6.8.65"])
    installs = cycle(["package", "{package: dse-node1}", "{tarball: /opt/dse}", "{tarball: /srv/dse-6.8}"])
    for workload, environment, security in product(COMBINATIONS, ENVIRONMENTS, SECURITY):
        memory, cores = next(facts)
        yield Machine(workload, environment, security, next(hardware), memory, cores, next(installs), next(versions))


@pytest.mark.parametrize("workload", COMBINATIONS, ids="+".join)
def test_every_combination_of_workloads_compiles_without_a_finding(tmp_path: Path, workload: tuple[str, ...]) -> None:
    machines = [machine for machine in sampled() if machine.workload == workload]
    assert len(machines) == 9
    found = {machine: compile_one(tmp_path, machine).findings for machine in machines}
    assert {machine: findings for machine, findings in found.items() if findings} == {}


@pytest.mark.parametrize("hardware", HARDWARE)
@pytest.mark.parametrize("workload", [("cassandra",), WORKLOADS], ids="+".join)
@pytest.mark.parametrize("install", ["package", "{tarball: /opt/dse}"])
def test_every_machine_compiles_with_and_without_facts(
    tmp_path: Path, hardware: str, workload: tuple[str, ...], install: str
) -> None:
    bare = compile_one(tmp_path, Machine(workload, hardware=hardware, security="strict", install=install))
    known = compile_one(tmp_path, Machine(workload, hardware=hardware, memory="6GiB", cores=2, install=install))
    assert (bare.findings, known.findings) == ((), ())


def test_a_fleet_that_names_no_security_dimension_keeps_what_ships(tmp_path: Path) -> None:
    (tmp_path / "fleet.yaml").write_text(Machine(security="strict").fleet(), encoding="utf-8")
    node = compile_there(tmp_path)
    assert node.findings == ()
    assert node.yaml("cassandra.yaml")["client_encryption_options"]["enabled"] is False


@pytest.mark.parametrize("path", shipped_profiles())
def test_every_layer_says_what_it_is_for_in_lines_of_120_characters(path: str) -> None:
    text = shipped_profiles()[path].read_text(encoding="utf-8")
    layer = shipped_layer(path)
    assert layer.findings == ()
    # The product layer is generated: its head says what it is for, and the vendor's values may be long.
    if not path.startswith("product/"):
        assert layer.reason != ""
        assert [line for line in text.splitlines() if len(line) > 120] == []


def shipped_layer(path: str) -> Layer:
    return read_layer(read_document(shipped_profiles()[path].read_bytes(), path))


def said(path: str) -> dict[str, object]:
    """What a layer sets, by address."""
    return {
        f"{file}:{one.key}": one.value
        for file, section in shipped_layer(path).files.items()
        for one in section.definitions
    }


# Sizing. Numbers by hand, M the memory in MiB:
#   heap    max(min(M/2, 8192), min(M/4, 31744)); with search max(min(M/2, 14336), min(3M/8, 31744))
#   direct  0.8 M - 1.25 heap - buffer of search outside the heap; with analytics half of that
# Chunk cache: half of direct; memtables: a quarter of the heap.
SIZES: list[tuple[str, tuple[str, ...], str, str, int, int]] = [
    # memory, workload, heap, direct, chunk cache, memtables
    ("4GiB", ("cassandra",), "2G", "716M", 358, 512),  # 3276.8 - 2560
    ("8GiB", ("cassandra",), "4G", "1433M", 716, 1024),  # 6553.6 - 5120
    ("16GiB", ("cassandra",), "8G", "2867M", 1433, 2048),  # 13107.2 - 10240
    ("32GiB", ("cassandra",), "8G", "15974M", 7987, 2048),  # 26214.4 - 10240; both laws of the heap meet
    ("64GiB", ("cassandra",), "16G", "31948M", 15974, 4096),  # 52428.8 - 20480
    ("64GiB", ("graph",), "16G", "31948M", 15974, 4096),
    ("123GiB", ("cassandra",), "31488M", "61401M", 30700, 7872),  # 100761.6 - 39360
    ("124GiB", ("cassandra",), "31G", "61900M", 30950, 7936),  # the edge: a quarter of 124 is 31; 101580.8 - 39680
    ("256GiB", ("cassandra",), "31G", "170035M", 85017, 7936),  # 209715.2 - 39680
    ("16GiB", ("search",), "8G", "1843M", 921, 2048),  # 13107.2 - 10240 - 1024
    ("32GiB", ("search",), "14G", "7270M", 3635, 3584),  # 26214.4 - 17920 - 1024
    ("64GiB", ("search",), "24G", "20684M", 10342, 6144),  # 52428.8 - 30720 - 1024
    ("128GiB", ("search",), "31G", "64153M", 32076, 7936),  # 104857.6 - 39680 - 1024
    ("64GiB", ("analytics",), "16G", "15974M", 7987, 4096),  # half of 31948.8
    ("64GiB", ("search", "analytics"), "24G", "10342M", 5171, 6144),  # half of 20684.8
]


@pytest.mark.parametrize("sizes", SIZES, ids=lambda sizes: f"{sizes[0]}-{'+'.join(sizes[1])}")
@pytest.mark.parametrize("hardware", ["", "i3-4xlarge"])
def test_memory_is_shared_out_as_the_law_says(
    tmp_path: Path, hardware: str, sizes: tuple[str, tuple[str, ...], str, str, int, int]
) -> None:
    memory, workload, heap, direct, cache, memtables = sizes
    node = compile_one(tmp_path, Machine(workload, hardware=hardware, memory=memory))
    settings = node.yaml("cassandra.yaml")
    assert (node.jvm("-Xmx"), node.jvm("-Xms"), node.jvm("-XX:MaxDirectMemorySize=")) == (heap, heap, direct)
    assert (settings["file_cache_size_in_mb"], settings["memtable_space_in_mb"]) == (cache, memtables)


NOMINAL = [
    # hardware, heap by its nominal memory, compactors by its nominal cores
    ("", "8G", 2),  # sized as 16 GiB and 8 cores
    ("small", "8G", 2),
    ("medium", "8G", 2),
    ("large", "16G", 4),
    ("xlarge", "31G", 8),
    ("i3-2xlarge", "15616M", 2),  # a quarter of 61 GiB
    ("i3-4xlarge", "31232M", 4),  # a quarter of 122 GiB
    ("r5d-2xlarge", "16G", 2),
    ("r5d-4xlarge", "31G", 4),
    ("m5-4xlarge", "16G", 4),
    ("laptop", "2G", 1),  # an eighth of 16 GiB
]


def test_the_table_of_nominal_sizes_names_every_machine() -> None:
    assert sorted(name for name, _, _ in NOMINAL if name) == HARDWARE


@pytest.mark.parametrize(("hardware", "heap", "compactors"), NOMINAL)
def test_a_machine_without_facts_is_sized_by_its_nominal_ones(
    tmp_path: Path, hardware: str, heap: str, compactors: int
) -> None:
    node = compile_one(tmp_path, Machine(hardware=hardware))
    assert node.jvm("-Xmx") == heap
    assert node.yaml("cassandra.yaml")["concurrent_compactors"] == compactors


@pytest.mark.parametrize("hardware", ["", *SERVERS])
@pytest.mark.parametrize("workload", [("cassandra",), ("search",), ("analytics", "search")], ids="+".join)
def test_facts_go_before_the_nominal_numbers_of_a_machine(
    tmp_path: Path, hardware: str, workload: tuple[str, ...]
) -> None:
    """So every server obeys the law of base, however often it is written down."""
    node = compile_one(tmp_path, Machine(workload, hardware=hardware, memory="72GiB", cores=24))
    plain = compile_one(tmp_path, Machine(workload, memory="72GiB", cores=24))
    flags = ("-Xmx", "-Xms", "-XX:MaxDirectMemorySize=")
    assert [node.jvm(flag) for flag in flags] == [plain.jvm(flag) for flag in flags]
    assert node.yaml("cassandra.yaml")["concurrent_compactors"] == 6


@pytest.mark.parametrize(("cores", "compactors"), [(1, 1), (2, 2), (8, 2), (12, 3), (16, 4), (32, 8), (96, 8)])
def test_compactors_are_a_quarter_of_the_cores_from_2_to_8(tmp_path: Path, cores: int, compactors: int) -> None:
    settings = compile_one(tmp_path, Machine(cores=cores)).yaml("cassandra.yaml")
    assert settings["concurrent_compactors"] == compactors
    assert settings["compaction_throughput_mb_per_sec"] >= 8 * compactors


def mebibytes(text: str) -> int:
    return int(text[:-1]) * {"M": 1, "G": 1024}[text[-1]]


@pytest.mark.parametrize("workload", COMBINATIONS, ids="+".join)
def test_what_a_node_may_take_leaves_memory_to_the_system(tmp_path: Path, workload: tuple[str, ...]) -> None:
    """The vendor wants 15 to 20 % left over: heap, memtables, direct memory, search and Spark stay below 85 %."""
    for memory in (4, 16, 61, 128, 512):
        node = compile_one(tmp_path, Machine(workload, memory=f"{memory}GiB"))
        settings, dse = node.yaml("cassandra.yaml"), node.yaml("dse.yaml")
        taken = (
            mebibytes(node.jvm("-Xmx"))
            + mebibytes(node.jvm("-XX:MaxDirectMemorySize="))
            + settings["memtable_space_in_mb"]
        )
        if "search" in workload:
            taken += dse["ram_buffer_offheap_space_in_mb"]
        if "analytics" in workload:
            taken += mebibytes(dse["resource_manager_options"]["worker_options"]["memory_total"])
        assert taken <= memory * 1024 * 0.85
        assert settings["file_cache_size_in_mb"] * 2 <= mebibytes(node.jvm("-XX:MaxDirectMemorySize="))


def test_spark_gets_as_much_as_direct_memory_and_fewer_cores_beside_search(tmp_path: Path) -> None:
    alone = compile_one(tmp_path, Machine(("analytics",), memory="64GiB")).yaml("dse.yaml")
    beside = compile_one(tmp_path, Machine(("search", "analytics"), memory="64GiB")).yaml("dse.yaml")
    assert alone["resource_manager_options"]["worker_options"] == {"cores_total": "0.7", "memory_total": "15974M"}
    assert beside["resource_manager_options"]["worker_options"] == {"cores_total": "0.5", "memory_total": "10342M"}


@pytest.mark.parametrize(
    ("memory", "buffer", "cache", "sessions"), [("4GiB", 256, 64, 8), ("8GiB", 512, 128, 16), ("64GiB", 1024, 128, 60)]
)
def test_buffers_and_caches_shrink_with_a_small_heap(
    tmp_path: Path, memory: str, buffer: int, cache: int, sessions: int
) -> None:
    node = compile_one(tmp_path, Machine(("search", "analytics", "graph"), memory=memory))
    dse = node.yaml("dse.yaml")
    assert (dse["ram_buffer_heap_space_in_mb"], dse["ram_buffer_offheap_space_in_mb"]) == (buffer, buffer)
    assert (dse["graph"]["adjacency_cache_size_in_mb"], dse["graph"]["index_cache_size_in_mb"]) == (cache, cache)
    assert node.yaml("cassandra.yaml")["continuous_paging"]["max_concurrent_sessions"] == sessions


def test_staging_has_the_values_of_production() -> None:
    assert said("environment/staging.yaml") == said("environment/production.yaml")


@pytest.mark.parametrize(("level", "secrets"), [
    ("none", set[str]()),
    ("standard", {"keystore/client", "keystore/internode", "truststore/internode"}),
    ("strict", {"keystore/client", "truststore/client", "keystore/internode", "truststore/internode"}),
])  # fmt: skip
def test_security_levels_hold_secrets_by_name_and_the_head_lists_them(level: str, secrets: set[str]) -> None:
    path = f"security/{level}.yaml"
    assert {value.name for value in said(path).values() if isinstance(value, Secret)} == secrets
    head = shipped_profiles()[path].read_text(encoding="utf-8").partition("\nreason:")[0]
    assert all(name in head for name in secrets)


def test_strict_leaves_nothing_open_that_standard_closes() -> None:
    standard, strict = said("security/standard.yaml"), said("security/strict.yaml")
    assert standard.keys() < strict.keys()
    differing = {address for address in standard if standard[address] != strict[address]}
    assert differing == {"dse.yaml:audit_logging_options.included_categories"}


@pytest.mark.parametrize(("install", "folder"), [
    ("package", "/etc/dse/cassandra"),
    ("{package: dse-node1}", "/etc/dse-node1/cassandra"),
    ("{tarball: /opt/dse}", "/opt/dse/resources/cassandra/conf"),
])  # fmt: skip
def test_the_login_configuration_is_found_where_the_install_has_it(tmp_path: Path, install: str, folder: str) -> None:
    node = compile_one(tmp_path, Machine(security="strict", install=install))
    assert node.jvm("-Djava.security.auth.login.config=") == f"{folder}/cassandra-jaas.config"


def test_the_product_layer_is_what_the_catalog_says_is_shipped(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["catalog", "product-layer", "dse 6.8"]) == 0
    text = (shipped_folder("profiles") / "product/dse-6.8.yaml").read_text(encoding="utf-8")
    assert capsys.readouterr().out == text


def test_the_product_layer_has_every_shipped_value_or_names_it_at_its_head() -> None:
    view = load_catalog().at("dse", (6, 8, 50))
    assert view is not None
    head = shipped_profiles()["product/dse-6.8.yaml"].read_text(encoding="utf-8").partition("\nreason:")[0]
    layer = shipped_layer("product/dse-6.8.yaml")
    for file in view.files():
        said_here = layer.files[file.name].definitions if file.name in layer.files else ()
        values = {one.key: one.value for one in said_here}
        known = {spec.key: spec for spec in file.settings() if spec.shipped is not UNKNOWN and "[]" not in spec.key}
        assert values.keys() <= known.keys()
        for key, spec in known.items():
            if f"{file.name}:{key}[" in head:
                assert key in values  # without the members that the head names
            elif key in values:
                members = file.members(key)
                assert check_value(spec, values[key], members) == check_value(spec, spec.shipped, members)
            else:
                assert f"{file.name}:{key}" in head


def literal_passwords(key: str, value: object) -> list[str]:
    """The keys inside a value under which a password stands in plain text."""
    if isinstance(value, dict):
        return [found for name, inner in value.items() for found in literal_passwords(name, inner)]
    if isinstance(value, list):
        return [found for inner in value for found in literal_passwords(key, inner)]
    return [key] if key.endswith("password") else []


def test_the_product_layer_holds_no_secret_and_no_identity() -> None:
    values = said("product/dse-6.8.yaml")
    assert "cassandra.yaml:cluster_name" not in values
    assert [address for address, value in values.items() if literal_passwords(address, value)] == []
    assert values["cassandra.yaml:client_encryption_options.keystore"] == "resources/dse/conf/.keystore"


def test_base_and_product_speak_of_the_files_that_every_node_has() -> None:
    assert set(shipped_layer("base.yaml").files) <= set(BASE_FILES)
    assert shipped_layer("product/dse-6.8.yaml").files.keys() >= set(BASE_FILES)


@pytest.mark.parametrize("path", [path for path in shipped_profiles() if not path.startswith("product/")])
def test_a_shipped_layer_has_no_mistake_for_the_release_that_it_is_written_for(path: str) -> None:
    view = load_catalog().at("dse", (6, 8, 50))
    assert view is not None
    layer = read_layer(read_document(shipped_profiles()[path].read_bytes(), path))
    assert validate(layer, view).findings == ()


RELEASES = (
    "dse 5.1.50",
    "dse 6.0.18",
    "dse 6.7.17",
    "dse 6.8.65",
    "dse 6.9.24",
    "cassandra 3.11.17",
    "cassandra 4.0.15",
    "cassandra 4.1.8",
    "cassandra 5.0.3",
)


@pytest.mark.parametrize("environment", ["development", "production"])
@pytest.mark.parametrize("release", RELEASES)
def test_the_advice_compiles_for_every_product_line(tmp_path: Path, release: str, environment: str) -> None:
    facts = 'address: "10.1.1.{{ node.number }}", memory: 64GiB, cores: 16, hardware: medium'
    (tmp_path / "fleet.yaml").write_text(
        f"clusters:\n  demo:\n    product: {release}\n    environment: {environment}\n    datacenters:\n"
        f'      eu: {{racks: {{r1: {{nodes: "eu-[1:2]", {facts}}}}}}}\n'
    )
    _, sources = open_sources(tmp_path)
    run, nodes = compile_fleet(sources)
    assert len(list(nodes)) == 2
    assert [str(finding) for finding in run.findings] == []

"""Configuration that people wrote for DSE 6.x: where it lies, and what the catalog of 6.8 does not know of it.

The files belong to others and are no part of the product: they are read in place, in a folder
``shared/corpus`` beside one of the folders above this file. Only names of settings stand here.

Taken are all files of DSE 6.7 to 6.9, and the vendor's files of the database in DSE 6.0.
Two of them are templates of Ansible. They are rendered as Ansible does (blocks eat their
line end), in a sandbox, with values of our own: once with nothing but what the template
demands, so that its defaults hold, and once with what else it asks for, so that the keys
are written that it leaves out without (but initial_token, which it joins in a way of its own,
and native_transport_interface_prefer_ipv6, which has a test of its own).
A part of a manifest is the mapping or list at its path.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from dseconf.catalog import FileSpec, Kind, ProductView
from dseconf.formats import installed
from dseconf.setting import Plain, Secret
from dseconf.shipped import load_catalog

RELEASE = (6, 8, 50)
JVM_FILES = ("jvm-server.options", "jvm8-server.options", "jvm11-server.options")
ABSENT = "there is no folder shared/corpus beside a folder above this test"


@dataclass(frozen=True)
class CorpusFile:
    """One file, and what is to be known of it.

    Attributes:
        path: below the corpus.
        files: the FILE that its settings go to, strongest claim first where there are several.
        part: where the settings lie in a manifest of several documents, each named by its kind.
        sample: variables of a template; None where the file is none.
        label: tells the samples of one template apart.
        unknown: settings that DSE 6.8 does not have, with the reason.
        followed: settings that DSE 6.8 has under another name, with where.
        refused: settings with a value that DSE 6.8 does not take: code of the finding, reason.
        fleet: identity that fleet.yaml says in another way than the file.
        credentials: how many settings are passwords, or lists that hold some.
        unlike: why the file of 6.8 cannot mean the same although it takes the settings.
    """

    path: str
    files: tuple[str, ...]
    part: tuple[str, ...] = ()
    sample: Mapping[str, object] | None = None
    label: str = ""
    unknown: Mapping[str, str] = field(default_factory=dict)
    followed: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    fleet: Mapping[str, object] = field(default_factory=dict)
    credentials: int = 0
    unlike: str = ""

    @property
    def id(self) -> str:
        return "-".join(filter(None, (self.path, *self.part[-1:], self.label)))

    def text(self) -> str:
        """The file's text; of a template what it renders to, of a manifest the part."""
        content = (found_corpus() / self.path).read_text(encoding="utf-8")
        if self.sample is not None:
            return rendered(content, self.sample)
        return part_of(content, *self.part) if self.part else content


@cache
def corpus_folder() -> Path | None:
    folders = (folder / "shared" / "corpus" for folder in Path(__file__).resolve().parents)
    return next((folder for folder in folders if folder.is_dir()), None)


def found_corpus() -> Path:
    folder = corpus_folder()
    assert folder is not None, ABSENT
    return folder


def rendered(template: str, sample: Mapping[str, object]) -> str:
    from jinja2 import ChainableUndefined  # noqa: PLC0415  # two files of the corpus need it
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415

    environment = SandboxedEnvironment(trim_blocks=True, undefined=ChainableUndefined, autoescape=False)
    environment.filters["to_nice_yaml"] = lambda value: yaml.safe_dump(value, default_flow_style=False)
    return environment.from_string(template).render(sample)


def part_of(manifest: str, kind: str, *steps: str) -> str:
    (found,) = (document for document in yaml.safe_load_all(manifest) if document["kind"] == kind)
    for step in steps:
        found = found[step]
    return "\n".join(found) if isinstance(found, list) else str(yaml.safe_dump(found))


GUARDRAILS = dict.fromkeys(
    (
        "tombstone_warn_threshold",
        "tombstone_failure_threshold",
        "batch_size_warn_threshold_in_kb",
        "batch_size_fail_threshold_in_kb",
        "unlogged_batch_across_partitions_warn_threshold",
    ),
    "6.8 has it below guardrails",
) | {
    "compaction_large_partition_warning_threshold_mb": "6.8 has guardrails.partition_size_warn_threshold_in_mb instead",
}

NUDGE = "NudgeSoftware+ansible-dse@b27acf5b/templates"
PLACES: dict[str, object] = {
    "cassandra_hints_directory": "/data/hints",
    "cassandra_data_file_directories": ["/data/1", "/data/2"],
    "cassandra_commitlog_directory": "/log/commitlog",
    "cassandra_cdc_raw_directory": "/data/cdc",
    "cassandra_saved_caches_directory": "/data/caches",
}
DEMANDED: dict[str, Any] = {"cluster_name": "atlas", "native_transport_address": "10.1.1.1"}
ASKED_FOR: dict[str, Any] = DEMANDED | {
    "num_tokens": 16,
    "allocate_tokens_for_local_replication_factor": 3,
    "hinted_handoff_disabled_datacenters": ["us"],
    "hints_compression": [{"class_name": "LZ4Compressor"}],
    "roles_update_interval_in_ms": 1000,
    "permissions_update_interval_in_ms": 1000,
    "row_cache_class_name": "org.apache.cassandra.cache.OHCProvider",
    "row_cache_keys_to_save": 100,
    "counter_cache_size_in_mb": 64,
    "counter_cache_keys_to_save": 100,
    "prepared_statements_cache_size_mb": 32,
    "commitlog_sync_batch_window_in_ms": 2,
    "commitlog_compression": [{"class_name": "LZ4Compressor"}],
    "seed_provider": [
        {"class_name": "org.apache.cassandra.locator.SimpleSeedProvider", "parameters": [{"seeds": "203.0.113.1"}]}
    ],
    "file_cache_size_in_mb": 4096,
    "direct_reads_size_in_mb": 128,
    "disk_optimization_strategy": "ssd",
    "memtable_space_in_mb": 2048,
    "memtable_cleanup_threshold": 0.2,
    "commitlog_total_space_in_mb": 8192,
    "memtable_flush_writers": 4,
    "cdc_total_space_in_mb": 4096,
    "cdc_free_space_check_interval_ms": 250,
    "listen_address": "10.1.1.1",
    "listen_interface_prefer_ipv6": False,
    "broadcast_address": "203.0.113.1",
    "listen_on_broadcast_address": True,
    "native_transport_port": 9142,
    "native_transport_port_ssl": 9143,
    "native_transport_max_frame_size_in_mb": 256,
    "native_transport_broadcast_address": "203.0.113.1",
    "concurrent_compactors": 4,
    "concurrent_validations": 2,
    "stream_throughput_outbound_megabits_per_sec": 200,
    "inter_dc_stream_throughput_outbound_megabits_per_sec": 100,
    "cross_dc_rtt_in_ms": 40,
    "streaming_keep_alive_period_in_secs": 300,
    "streaming_connections_per_host": 2,
    "phi_convict_threshold": 12,
    "echo_attempts_before_reset": 5,
    "otc_coalescing_strategy": "TIMEHORIZON",
    "otc_coalescing_window_us": 200,
    "otc_coalescing_enough_coalesced_messages": 8,
    "server_encryption_options": {"internode_encryption": "all", "cipher_suites": ["TLS_RSA_WITH_AES_128_CBC_SHA"]},
    "client_encryption_options": {
        "enabled": "true",
        "require_client_auth": "true",
        "truststore": "/keys/truststore",
        "truststore_password": "changeit",
        "cipher_suites": ["TLS_RSA_WITH_AES_128_CBC_SHA"],
    },
}

MANIFEST = "jamesc127+datastax-enterprise-cdc-demo/datastax_enterprise/deploy-cassandra.yaml"
CONFIG = ("CassandraDatacenter", "spec", "config")
CORE_60 = "msmygit+vscassandra@4.0.0.2288/conf"

FILES = (
    # DSE 6.9
    CorpusFile(
        "michelderu+DSE6-ops-training/config/cassandra.yaml",
        ("cassandra.yaml",),
        unknown={"server_encryption_options.enable_legacy_ssl_storage_port": "it came with 6.9.7"},
        credentials=4,
    ),
    CorpusFile("michelderu+DSE6-ops-training/config/dse.yaml", ("dse.yaml",), credentials=1),
    # It says that it is obsolete, and sets nothing.
    CorpusFile("michelderu+DSE6-ops-training/config/jvm.options", JVM_FILES),
    # DSE 6.8
    CorpusFile("RatulSaqibKhan+cassandra-dse/config/dse.yaml", ("dse.yaml",), credentials=1),
    CorpusFile(MANIFEST, ("cassandra.yaml",), part=(*CONFIG, "cassandra-yaml")),
    CorpusFile(MANIFEST, ("dse.yaml",), part=(*CONFIG, "dse-yaml")),
    CorpusFile(MANIFEST, JVM_FILES, part=(*CONFIG, "jvm-server-options", "additional-jvm-opts")),
    # DSE 6.7
    CorpusFile("RatulSaqibKhan+cassandra-dse/dse.example.yaml", ("dse.yaml",), credentials=2),
    CorpusFile(f"{NUDGE}/dse.yaml.j2", ("dse.yaml",), credentials=1),
    CorpusFile(
        f"{NUDGE}/cassandra.yaml.j2",
        ("cassandra.yaml",),
        sample=PLACES | {"dse_cassandra": DEMANDED},
        label="defaults",
        followed=GUARDRAILS,
        credentials=4,
    ),
    CorpusFile(
        f"{NUDGE}/cassandra.yaml.j2",
        ("cassandra.yaml",),
        sample=PLACES | {"dse_cassandra": ASKED_FOR},
        label="everything",
        followed=GUARDRAILS,
        refused={
            "memtable_allocation_type": ("wrong-type", "the template writes memtable_cleanup_threshold there"),
            "native_transport_keepalive": ("wrong-type", "the template writes native_transport_port there"),
        },
        credentials=5,
    ),
    CorpusFile(f"{NUDGE}/jvm.options.j2", JVM_FILES, sample={"jvm_heap_size": "8G", "dse_io_aio_enabled": "false"}),
    # The database of DSE 6.0, as its vendor ships it
    CorpusFile(
        f"{CORE_60}/cassandra.yaml",
        ("cassandra.yaml",),
        followed=GUARDRAILS,
        unknown={
            "index_summary_capacity_in_mb": "gone since 6.0.3",
            "index_summary_resize_interval_in_minutes": "gone since 6.0.3",
            "max_memory_to_lock_fraction": "the database alone has it here, DSE in dse.yaml",
        },
        # Names of clusters become folders, and have no blanks; a seed is named by the address that others use.
        fleet={"cluster_name": "Test-Cluster", "seeds": "localhost"},
        credentials=4,
    ),
    CorpusFile(f"{CORE_60}/jvm.options", JVM_FILES),
    CorpusFile(f"{CORE_60}/cassandra-rackdc.properties", ("cassandra-rackdc.properties",)),
    CorpusFile(f"{CORE_60}/cassandra-topology.properties", ("cassandra-topology.properties",)),
    CorpusFile(f"{CORE_60}/commitlog_archiving.properties", ("commitlog_archiving.properties",)),
    CorpusFile(f"{CORE_60}/metrics-reporter-config-sample.yaml", ("metrics-reporter-config-sample.yaml",)),
    CorpusFile(f"{CORE_60}/logback-tools.xml", ("logback-tools.xml",)),
    CorpusFile(
        f"{CORE_60}/logback.xml",
        ("logback.xml",),
        unknown=dict.fromkeys(
            ("SYSTEMLOG.maxHistory", "SYSTEMLOG.totalSizeCap", "DEBUGLOG.maxHistory", "DEBUGLOG.totalSizeCap"),
            "6.8 rolls its logs by size and number, not by date",
        ),
        unlike="its rolling policy is another, and 6.8 logs more",
    ),
)
"""Every file of DSE 6.x in the corpus that holds settings of the product."""


@dataclass(frozen=True)
class Taken:
    """A setting of a file of the corpus, with credentials as references to secrets."""

    file: FileSpec
    key: str
    value: Plain

    @property
    def address(self) -> str:
        return f"{self.file.name}:{self.key}"


def release() -> ProductView:
    view = load_catalog().at("dse", RELEASE)
    assert view is not None
    return view


def settings_of(one: CorpusFile, view: ProductView) -> list[Taken]:
    """The settings of a file as our formats read it. Mappings that are null set nothing."""
    files = [file for file in map(view.file, one.files) if file is not None]
    assert len(files) == len(one.files)
    read = installed()[files[0].format].parse(one.text())
    taken = ((owner(key, files, view), key, value) for key, value in read.items())
    return [Taken(file, key, sealed(file, key, typed(file, key, value)))
            for file, key, value in taken if not (value is None and file.has_below(key))]  # fmt: skip


def owner(key: str, files: Sequence[FileSpec], view: ProductView) -> FileSpec:
    """The file that a setting goes to: the first one that lists it, else the first that takes any such name."""
    listed = (file for file in files if file.exact(key) is not None and view.setting(file, key) is not None)
    taking = (file for file in files if view.setting(file, key) is not None)
    return next(listed, None) or next(taking, files[0])


def typed(file: FileSpec, key: str, value: Plain) -> Plain:
    """The value as a layer says it: in files other than YAML all is text."""
    spec = file.setting(key)
    if file.format == "yaml" or spec is None or not isinstance(value, str) or not value:
        return value
    match spec.kind:
        case Kind.BOOLEAN:
            return {"true": True, "false": False}.get(value, value)
        case Kind.INT:
            return int(value)
        case Kind.FLOAT:
            return float(value)
        case _:
            return value


def sealed(file: FileSpec, path: str, value: Plain) -> Plain:
    """The value with credentials as references; ``path`` is as in the catalog, so that it finds them at any depth."""
    if isinstance(value, dict):
        return {key: sealed(file, f"{path}.{key}" if path else key, item) for key, item in value.items()}
    if isinstance(value, list):
        return [sealed(file, f"{path}[]", item) for item in value]
    spec = file.setting(path)
    return Secret(secret_name(path)) if spec is not None and spec.sensitive and value is not None else value


def secret_name(path: str) -> str:
    return f"corpus/{path.replace('[]', '')}"

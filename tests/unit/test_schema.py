"""JSON Schemas of layers, fleet.yaml and dseconf.yaml: what they accept, refuse, and say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from dseconf.catalog import Catalog, FileSpec, Kind, SettingSpec
from dseconf.cli import main
from dseconf.document import plain, read_document
from dseconf.fleet.facts import READERS
from dseconf.fleet.structure import CLUSTER, DATACENTER, FLEET, RACK
from dseconf.layer import read_layer
from dseconf.project import LAYERS, Project
from dseconf.schema import NAMES, every_release, fleet_schema, layer_schema, make_schemas, project_schema, write_schema
from dseconf.schema.value import value_schema
from dseconf.setting import Value
from dseconf.shipped import load_catalog, shipped_profiles
from dseconf.starter import editor_settings, starter_files
from dseconf.validate import ValueProblem, check_value, validate

LINE = "dse-6.8"
DIMENSIONS = ("workload", "environment", "hardware", "room-size")


@cache
def the_catalog() -> Catalog:
    return load_catalog()


@cache
def the_layer_schema(line: str = LINE) -> dict[str, Any]:
    """The schema for a fleet of one line, as most fleets are."""
    return layer_schema(view for view in every_release(the_catalog()) if view.line.name == line)


@cache
def validator(name: str) -> jsonschema.Draft7Validator:
    schemas = {"layer": the_layer_schema(), "fleet": fleet_schema(DIMENSIONS), "dseconf": project_schema()}
    return jsonschema.Draft7Validator(schemas[name])


def read(text: str) -> object:
    """The values of a document as a reader sees them that knows no tag."""
    document = read_document(text.encode(), "test.yaml")
    assert not document.findings
    return plain(document.root) if document.root is not None else None


def mistakes(name: str, text: str) -> list[str]:
    """The paths at which the schema refuses the text."""
    return sorted({".".join(map(str, error.absolute_path)) for error in validator(name).iter_errors(read(text))})


@pytest.mark.parametrize("name", NAMES)
def test_every_schema_is_a_schema_of_draft_7(name: str) -> None:
    schema = make_schemas(every_release(the_catalog()), DIMENSIONS)[name]
    jsonschema.Draft7Validator.check_schema(schema)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert schema["$id"]
    assert schema["title"]
    assert json.loads(write_schema(schema)) == schema


def test_every_pattern_is_a_pattern_of_ecmascript() -> None:
    """With the flag u, ECMAScript refuses an escape of anything but a syntax character or a class."""
    for pattern in _patterns(make_schemas(every_release(the_catalog()), DIMENSIONS)):
        re.compile(pattern)
        assert re.fullmatch(r"(?:[^\\]|\\[\^$\\.*+?()\[\]{}|/])*", pattern), pattern


def _patterns(schema: object) -> Iterator[str]:
    match schema:
        case dict():
            for key, value in schema.items():
                if key == "pattern" and isinstance(value, str):
                    yield value
                if key == "patternProperties" and isinstance(value, dict):
                    yield from value
                yield from _patterns(value)
        case list():
            for item in schema:
                yield from _patterns(item)
        case _:
            return


# What a layer may say.

GOOD = {
    "nothing": "",
    "a reason alone": "reason: why it is there\n",
    "numbers, quantities and expressions": """
cassandra.yaml:
  num_tokens: 8
  read_request_timeout_in_ms: 5s
  range_request_timeout_in_ms: "{{ 2 * setting('cassandra.yaml:read_request_timeout_in_ms') }}"
  compaction_throughput_mb_per_sec: 64 MiB/s
  memtable_cleanup_threshold: 0.3
  auto_snapshot: "{{ node.environment == 'production' }}"
  data_file_directories: [/data/1, "{{ node.mount }}"]
  disk_failure_policy: stop
""",
    "an expression for a choice and for a list": """
cassandra.yaml:
  disk_failure_policy: "{{ 'stop' if node.seed else 'die' }}"
  data_file_directories: "{{ node.mounts }}"
""",
    "tags": """
cassandra.yaml:
  num_tokens: !unset
  disk_failure_policy: !unset
  data_file_directories: !append [/data/2]
  client_encryption_options: !force
    enabled: true
    keystore_password: !secret keystore/client
dse.yaml:
  audit_logging_options: !unset
""",
    "whole paths": """
cassandra.yaml:
  client_encryption_options.enabled: true
  guardrails.disk_usage_percentage_warn_threshold: 70
""",
    "names that the user chooses": """
dse.yaml:
  kmip_hosts:
    vault: {hosts: "10.0.0.1", timeout: 5s}
  kmip_hosts.other.hosts: 10.0.0.2
cassandra-topology.properties: {"10.0.0.1": "eu:r1"}
logback.xml: {logger.org.apache: WARN}
""",
    "flags of a JVM": """
jvm-server.options:
  -Xmx: 8GiB
  -Xms: 8g
  -Xss: 262144
  -XX:UseG1GC: true
  -XX:NobodyKnowsThis: 3
  -Dmine.own: "yes"
""",
    "lists of mappings": """
cassandra.yaml:
  hints_compression: [{class_name: LZ4Compressor, parameters: [{level: 3}]}]
dse.yaml:
  dsefs_options:
    data_directories: [{dir: /dsefs, storage_weight: 1.0, min_free_space: 1}]
""",
    "modes": "manage: {cassandra-env.sh: unmanaged, dse.yaml: block}\n",
}


@pytest.mark.parametrize("case", GOOD)
def test_a_layer_that_compiles_is_accepted(case: str) -> None:
    text = GOOD[case]
    view = the_catalog().at("dse", (6, 8, 50))
    assert view is not None
    checked = validate(read_layer(read_document(text.encode(), "layer.yaml")), view)
    assert checked.findings == ()
    assert mistakes("layer", text) == []


@pytest.mark.parametrize("path", shipped_profiles())
def test_shipped_layers_are_accepted(path: str) -> None:
    line = path.removeprefix("product/").removesuffix(".yaml") if path.startswith("product/") else LINE
    schema = jsonschema.Draft7Validator(the_layer_schema(line))
    layer = read(shipped_profiles()[path].read_text(encoding="utf-8"))
    assert [".".join(map(str, error.absolute_path)) for error in schema.iter_errors(layer)] == []


@pytest.mark.parametrize(
    ("file", "key", "left"),
    [
        ("cassandra.yaml", "num_tokens", "16"),
        ("cassandra.yaml", "num_tokens", ""),
        ("cassandra.yaml", "auto_snapshot", "true"),
        ("cassandra.yaml", "memtable_cleanup_threshold", "0.5"),
        ("cassandra.yaml", "data_file_directories", ""),
        ("cassandra.yaml", "disk_failure_policy", ""),
        ("cassandra.yaml", "client_encryption_options", ""),
        ("jvm-server.options", "-Xmx", ""),
        ("spark-defaults.conf", "spark.network.crypto.keyLength", "256"),
    ],
)
def test_what_a_reader_without_tags_leaves_of_a_tagged_value_is_accepted(file: str, key: str, left: str) -> None:
    assert list(validator("layer").iter_errors({file: {key: left}})) == []


WRONG = [
    ("casandra.yaml: {num_tokens: 8}", ""),
    ("cassandra.yaml: {num_token: 8}", "cassandra.yaml"),
    ("cassandra.yaml: {client_encryption_options: {enable: true}}", "cassandra.yaml.client_encryption_options"),
    ("cassandra.yaml: {client_encryption_options: {enabled: 3}}", "cassandra.yaml.client_encryption_options.enabled"),
    ("cassandra.yaml: {client_encryption_options: {}}", "cassandra.yaml.client_encryption_options"),
    ("cassandra.yaml: {client_encryption_options.enabled: 3}", "cassandra.yaml.client_encryption_options.enabled"),
    ("cassandra.yaml: {num_tokens: many}", "cassandra.yaml.num_tokens"),
    ("cassandra.yaml: {num_tokens: 0}", "cassandra.yaml.num_tokens"),
    ("cassandra.yaml: {num_tokens: 1537}", "cassandra.yaml.num_tokens"),
    ("cassandra.yaml: {num_tokens: 8GiB}", "cassandra.yaml.num_tokens"),
    ("cassandra.yaml: {num_tokens: [8]}", "cassandra.yaml.num_tokens"),
    ("cassandra.yaml: {num_tokens: 8.5}", "cassandra.yaml.num_tokens"),
    ("cassandra.yaml: {read_request_timeout_in_ms: 5GiB}", "cassandra.yaml.read_request_timeout_in_ms"),
    ("cassandra.yaml: {read_request_timeout_in_ms: 5sec}", "cassandra.yaml.read_request_timeout_in_ms"),
    ("cassandra.yaml: {disk_failure_policy: panic}", "cassandra.yaml.disk_failure_policy"),
    ("cassandra.yaml: {data_file_directories: /data}", "cassandra.yaml.data_file_directories"),
    ("cassandra.yaml: {data_file_directories: [1]}", "cassandra.yaml.data_file_directories.0"),
    ("cassandra.yaml: {hints_compression: [{class: x}]}", "cassandra.yaml.hints_compression.0"),
    ("cassandra.yaml: {cluster_name: shop}", "cassandra.yaml.cluster_name"),
    ("cassandra.yaml: {seed_provider: []}", "cassandra.yaml.seed_provider"),
    ("cassandra.yaml:", "cassandra.yaml"),
    ("dse.yaml: {kmip_hosts: {vault: {host: a}}}", "dse.yaml.kmip_hosts.vault"),
    ("jvm-server.options: {-Xmx: 8 gigs}", "jvm-server.options.-Xmx"),
    ("jvm-server.options: {-Xmx: true}", "jvm-server.options.-Xmx"),
    ("jvm-server.options: {-XX:AlwaysPreTouch: 3}", "jvm-server.options.-XX:AlwaysPreTouch"),
    ("jvm-server.options: {Xmx: 8GiB}", "jvm-server.options"),
    (
        "spark-defaults.conf: {spark.network.crypto.keyLength: 100}",
        "spark-defaults.conf.spark.network.crypto.keyLength",
    ),
    ("manage: {cassandra.yaml: partly}", "manage.cassandra.yaml"),
    ("manage: {casandra.yaml: whole}", "manage"),
    ("reason: [why]", "reason"),
    ("[cassandra.yaml]", ""),
]


@pytest.mark.parametrize(("text", "path"), WRONG)
def test_a_wrong_layer_is_refused_at_the_mistake(text: str, path: str) -> None:
    assert mistakes("layer", text) == [path]


@pytest.mark.parametrize(("text", "path"), WRONG)
def test_compile_refuses_it_too(text: str, path: str) -> None:
    view = the_catalog().at("dse", (6, 8, 50))
    assert view is not None
    checked = validate(read_layer(read_document(text.encode(), "layer.yaml")), view)
    assert checked.findings, path


VALUES: list[Any] = [
    *(True, False, 0, 1, 2, -1, 5, 128, 1000, 10**9, 0.5, -0.5, "", "x", "16", "true", "4k", "8g", "8G", "10 MB", "-1"),
    *("5s", "5 s", "10ms", "1.5h", "100us", "2d", "2min", "8GiB", "1.5 MiB", "64MiB/s", "100Mbit/s", "8GB", "1 parsec"),
    [],
    ["x"],
    [1],
    [True],
    ["5s"],
    [{}],
    [{"a": "b"}],
    {},
    {"a": 1},
]


def test_no_value_that_compile_takes_is_refused() -> None:
    """Law: a schema is never stricter than compile. Settings with the same rules are tried once."""
    tried: dict[str, SettingSpec] = {}
    for file, spec in all_settings():
        if not spec.identity and not (spec.kind is Kind.LIST and file.members(spec.key)):
            tried.setdefault(json.dumps(value_schema(spec)), spec)
    assert len(tried) > 100
    for schema, spec in tried.items():
        own = [*spec.choices, [*spec.choices], spec.minimum, spec.maximum]
        taken = [value for value in [*VALUES, *own] if _compiles(spec, value) and value is not None]
        assert taken, spec.key
        for value in taken:
            assert jsonschema.Draft7Validator(json.loads(schema)).is_valid(value), (spec.key, value)


def _compiles(spec: SettingSpec, value: Value) -> bool:
    try:
        check_value(spec, value)
    except ValueProblem:
        return False
    return True


def test_a_release_that_lacks_a_setting_refuses_it() -> None:
    catalog = the_catalog()
    old, new = catalog.at("dse", (6, 8, 14)), catalog.at("dse", (6, 8, 50))
    assert old is not None
    assert new is not None
    key = next(
        spec.key
        for file in new.files()
        if file.name == "cassandra.yaml"
        for spec in file.settings()
        if spec.since == (6, 8, 15)
    )
    steps = key.split(".")
    assert _schema_at(layer_schema([new]), "cassandra.yaml", steps) is not None
    assert _schema_at(layer_schema([old]), "cassandra.yaml", steps) is None
    assert _schema_at(layer_schema([old, new]), "cassandra.yaml", steps) is not None


# What an editor shows.


def all_settings() -> Iterator[tuple[FileSpec, SettingSpec]]:
    for line in (line for line in the_catalog().lines if line.name == LINE):
        for file in line.files.values():
            for spec in file.settings():
                yield file, spec


def test_every_setting_of_the_catalog_appears_with_its_description() -> None:
    missing = []
    for file, spec in all_settings():
        outer = file.exact(spec.key.split("[]")[0])
        if "[]" in spec.key and outer is not None and outer.identity:
            continue  # refused as a whole
        found = _find(file, spec)
        if found is None or spec.about.rstrip(".") not in str(found.get("description", "")):
            missing.append(f"{file.name}:{spec.key}")
    assert missing == []


def _find(file: FileSpec, spec: SettingSpec) -> dict[str, Any] | None:
    top = the_layer_schema()["properties"][file.name]
    if file.format == "yaml":
        steps = [
            quoted or member or name
            for quoted, member, name in re.findall(r'\["([^"]*)"\]|(\[\])|([^.\[\]]+)', spec.key)
        ]
        return _schema_at(the_layer_schema(), file.name, steps)
    if "*" not in spec.key:
        found: dict[str, Any] | None = top["properties"].get(spec.key)
        return found
    name = spec.key.replace("*", "@")  # a name that no exact setting has
    fitting = [schema for pattern, schema in top.get("patternProperties", {}).items() if re.search(pattern, name)]
    described = [schema for schema in fitting if spec.about.rstrip(".") in schema["description"]]
    return described[0] if described else None


def _schema_at(schema: dict[str, Any], file: str, steps: list[str]) -> dict[str, Any] | None:
    at: Any = schema["properties"][file]
    for step in steps:
        whole = {"[]": "items", "*": "additionalProperties"}.get(step)
        at = at[whole] if whole else at["properties"].get(step)
        if not isinstance(at, dict):
            return None
    found: dict[str, Any] = at
    return found


@pytest.mark.parametrize(
    ("file", "key", "says"),
    [
        ("cassandra.yaml", "num_tokens", "Exists in: DSE 6.8."),
        ("cassandra.yaml", "num_tokens", "Takes: integer, 1 to 1536."),
        ("cassandra.yaml", "read_request_timeout_in_ms", "the vendor's file says 5000 ms"),
        ("cassandra.yaml", "disk_failure_policy", "one of die, stop_paranoid"),
        ("cassandra.yaml", "cluster_name", "comes from cluster_name in fleet.yaml alone"),
        ("jvm-server.options", "-Xmx", "Takes: size with its unit."),
    ],
)
def test_descriptions_tell_type_defaults_and_versions(file: str, key: str, says: str) -> None:
    assert says in the_layer_schema()["properties"][file]["properties"][key]["description"]


def test_a_later_setting_tells_its_first_release() -> None:
    since = [(file, spec) for file, spec in all_settings() if spec.since and not spec.until and "[]" not in spec.key]
    assert since
    for file, spec in since:
        found = _find(file, spec)
        assert found is not None
        number = ".".join(map(str, spec.since or ()))
        assert re.search(rf"(DSE|Cassandra) {re.escape(number)} and later", found["description"])


def test_a_sensitive_setting_tells_no_default_and_how_to_refer_to_a_secret() -> None:
    options = the_layer_schema()["properties"]["cassandra.yaml"]["properties"]["client_encryption_options"]
    password = options["properties"]["keystore_password"]
    assert "default" not in password
    assert "Without it" not in password["description"]
    assert "!secret NAME" in password["description"]


def test_defaults_are_those_of_the_vendor_and_else_of_the_product() -> None:
    settings = the_layer_schema()["properties"]["cassandra.yaml"]["properties"]
    assert settings["num_tokens"]["default"] == 1
    assert settings["data_file_directories"]["default"] == ["/var/lib/cassandra/data"]


# fleet.yaml

GOOD_FLEET = """
clusters:
  atlas:
    product: dse 6.8.50
    environment: production
    install: {tarball: /opt/dse}
    keyspaces:
      orders: {eu: 3, us: 1}
    datacenters:
      eu:
        workload: [search, graph]
        room-size: small
        racks:
          r1: {nodes: "eu-[01:08]", hardware: [i3-4xlarge, fast], address: "10.1.1.{{ node.number }}"}
      us:
        nodes: {from: inventory.csv}
        racks:
          r1: {nodes: ["us-[1:2]", us-x], zone: a, weights: [1, 2], memory: 64GiB}
          r2:
            nodes:
              from: tables/more.csv
              "us-[7:8]":
              us-9:
                disks: [{mount: /data, kind: nvme, size: 1.9TiB}]
                cores: 16
                listen_address: "2001:db8::1"
                install: package
    nodes:
      eu-07: {memory: 48 GiB, seed: true, state: joining}
nodes: {from: all.csv}
"""


def test_a_good_fleet_is_accepted() -> None:
    assert mistakes("fleet", GOOD_FLEET) == []


IN_RACK = "clusters: {a: {product: dse 6.8.50, datacenters: {d: {racks: {r: {nodes: n1, %s}}}}}}"
WRONG_FLEETS = [
    ("{}", ""),
    ("clusters: {a: {environment: x}}", "clusters.a"),
    ("clusters: {a: {product: dse 6.8}}", "clusters.a.product"),
    ("clusters: {a: {product: scylla 6.8.50}}", "clusters.a.product"),
    ("clusters: {'../a': {product: dse 6.8.50}}", "clusters"),
    ("clusters: {a: {product: dse 6.8.50, racks: x}}", "clusters.a"),
    ("clusters: {a: {product: dse 6.8.50, Zone: x}}", "clusters.a"),
    ("clusters: {a: {product: dse 6.8.50, keyspaces: {k: {d: 0}}}}", "clusters.a.keyspaces.k.d"),
    ("clusters: {a: {product: dse 6.8.50, datacenters: {d: {nodes: {n1: {}}}}}}", "clusters.a.datacenters.d.nodes"),
    (IN_RACK % "state: asleep", "clusters.a.datacenters.d.racks.r.state"),
    (IN_RACK % "workload: spark", "clusters.a.datacenters.d.racks.r.workload"),
    (IN_RACK % "memory: 64", "clusters.a.datacenters.d.racks.r.memory"),
    (IN_RACK % "memory: 64GB", "clusters.a.datacenters.d.racks.r.memory"),
    (IN_RACK % "cores: 0", "clusters.a.datacenters.d.racks.r.cores"),
    (IN_RACK % "seed: 'yes'", "clusters.a.datacenters.d.racks.r.seed"),
    (IN_RACK % "rack: r1", "clusters.a.datacenters.d.racks.r"),
    (IN_RACK % "install: {tarball: opt}", "clusters.a.datacenters.d.racks.r.install"),
    (IN_RACK % "disks: [{mount: /d, kind: tape}]", "clusters.a.datacenters.d.racks.r.disks.0.kind"),
    (IN_RACK % "zone: {a: b}", "clusters.a.datacenters.d.racks.r.zone"),
    (
        "clusters: {a: {product: dse 6.8.50, datacenters: {d: {racks: {r: {nodes: 'n[1-3]'}}}}}}",
        "clusters.a.datacenters.d.racks.r.nodes",
    ),
    ("{clusters: {}, nodes: {n1: {}}}", "nodes"),
    ("{clusters: {}, racks: {}}", ""),
]


@pytest.mark.parametrize(("text", "path"), WRONG_FLEETS)
def test_a_wrong_fleet_is_refused_at_the_mistake(text: str, path: str) -> None:
    assert path in mistakes("fleet", text)


def test_every_fact_and_key_that_fleet_yaml_takes_is_described() -> None:
    definitions: Any = fleet_schema(DIMENSIONS)["definitions"]
    for noun, level in {"cluster": CLUSTER, "datacenter": DATACENTER, "rack": RACK}.items():
        known = definitions[noun]["properties"]
        assert set(known) == {*level.schema, *READERS, *DIMENSIONS}
        assert [name for name in READERS if not known[name]["description"]] == []
    top: Any = fleet_schema()["properties"]
    assert set(top) == set(FLEET.schema)


# dseconf.yaml


def test_the_project_schema_has_every_key_of_a_project() -> None:
    known: Any = project_schema()["properties"]
    assert set(known) == {field.name for field in fields(Project)} - {"origins"}
    assert [name for name, schema in known.items() if not schema["description"]] == []
    assert known["layers"]["default"] == list(LAYERS)


@pytest.mark.parametrize(
    "text", ["", "layers: [base, node]\noutput: ../build\nstore: {remote: /srv/store.git}\nshipped: false\n"]
)
def test_a_good_project_is_accepted(text: str) -> None:
    assert mistakes("dseconf", text) == []


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("layer: [base]", ""),
        ("layers: base", "layers"),
        ("layers: []", "layers"),
        ("layers: [base, base]", "layers"),
        ("layers: [Base]", "layers.0"),
        ("shipped: maybe", "shipped"),
        ("profiles: [../other]", "profiles.0"),
        ("vendor: /opt/vendor", "vendor"),
        ("rules: [a/../../b]", "rules.0"),
        ("store: {branch: main}", "store"),
    ],
)
def test_a_wrong_project_is_refused_at_the_mistake(text: str, path: str) -> None:
    assert mistakes("dseconf", text) == [path]


# The command


def test_without_a_name_all_schemas_are_written_into_the_repository(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "profiles").mkdir()
    (tmp_path / "fleet.yaml").write_text(starter_files()["fleet.yaml"], encoding="utf-8")
    assert main(["-C", str(tmp_path / "profiles"), "schema"]) == 0
    assert capsys.readouterr().out == ""
    folder = tmp_path / ".dseconf" / "schema"
    assert sorted(path.name for path in folder.iterdir()) == ["dseconf.json", "fleet.json", "layer.json"]
    view = the_catalog().at("dse", (6, 8, 50))
    assert view is not None
    assert json.loads((folder / "layer.json").read_text(encoding="utf-8")) == layer_schema([view])


@pytest.mark.parametrize("name", NAMES)
def test_with_a_name_the_schema_is_printed_and_nothing_written(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["-C", str(tmp_path), "schema", name]) == 0
    assert json.loads(capsys.readouterr().out) == make_schemas(every_release(the_catalog()), Project().dimensions)[name]
    assert list(tmp_path.iterdir()) == []


def test_with_a_name_and_a_folder_one_schema_is_written(tmp_path: Path) -> None:
    assert main(["-C", str(tmp_path), "schema", "fleet", "-o", "out"]) == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["fleet.json"]


def test_a_link_out_of_the_repository_is_not_followed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fleet = tmp_path / "fleet"
    fleet.mkdir()
    (tmp_path / "outside").mkdir()
    (fleet / "fleet.yaml").write_text(starter_files()["fleet.yaml"], encoding="utf-8")
    (fleet / ".dseconf").symlink_to(tmp_path / "outside")
    assert main(["-C", str(fleet), "schema"]) == 2
    assert "path-escape" in capsys.readouterr().err
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_product_that_is_not_covered_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = starter_files()["fleet.yaml"].replace("6.8.50", "6.8.999")
    (tmp_path / "fleet.yaml").write_text(text, encoding="utf-8")
    assert main(["-C", str(tmp_path), "schema"]) == 0
    assert "version-not-covered" in capsys.readouterr().err


def test_the_editor_is_told_of_every_tag() -> None:
    tags = editor_settings()["yaml.customTags"]
    assert isinstance(tags, list)
    samples = {"scalar": "name", "sequence": "[a]", "mapping": "{enabled: true}"}
    for entry in tags:
        tag, kind = entry.split()
        value = "" if tag.startswith("!unset") else samples[kind]
        layer = read_layer(read_document(f"cassandra.yaml: {{key: {tag} {value}}}".encode(), "layer.yaml"))
        assert layer.findings == (), entry
    forms = {
        "!append.force sequence",
        "!secret scalar",
        "!force scalar",
        "!force mapping",
        "!force sequence",
        "!unset scalar",
    }
    assert forms <= set(tags)

"""Cassandra reads what is compiled for it, and holds the values that the catalog predicts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import pytest
import yaml
from loading import (
    ABSENT,
    FILE,
    RELEASES,
    Answer,
    Loaded,
    equal,
    find,
    lacking,
    load,
    nested,
    specs_of,
    view_of,
)  # fmt: skip

from dseconf import cli
from dseconf.catalog import UNKNOWN, Kind, SettingSpec
from dseconf.setting import Plain
from dseconf.shipped import shipped_profiles

pytestmark = [pytest.mark.real, pytest.mark.skipif(lacking() != "", reason=lacking() or "all is there")]

# The fewest keys without which the loader or the checks refuse a file.
LEAST: Mapping[str, Plain] = {
    "cluster_name": "atlas",
    "partitioner": "org.apache.cassandra.dht.Murmur3Partitioner",
    "commitlog_sync": "periodic",
    "commitlog_sync_period_in_ms": 10000,
    "endpoint_snitch": "SimpleSnitch",
    "listen_address": "10.1.1.1",
    "seed_provider": [
        {"class_name": "org.apache.cassandra.locator.SimpleSeedProvider", "parameters": [{"seeds": "10.1.1.1"}]}
    ],
}


def compiled(folder: Path, release: str, base: Mapping[str, Plain] | None = None) -> str:
    """The cassandra.yaml of a node: the shipped product layer, and ``base`` above it."""
    line = view_of(release).line.name
    product = folder / "profiles" / "product" / f"{line}.yaml"
    product.parent.mkdir(parents=True)
    product.write_bytes(shipped_profiles()[f"product/{line}.yaml"].read_bytes())
    (folder / "dseconf.yaml").write_text("shipped: false\nlayers: [product, base]\n", encoding="utf-8")
    layer = yaml.safe_dump({FILE: nested(base or {"num_tokens": 16})})
    (folder / "profiles" / "base.yaml").write_text(layer, encoding="utf-8")
    (folder / "fleet.yaml").write_text(f"""
clusters:
  atlas:
    product: cassandra {release}
    datacenters:
      eu:
        racks:
          r1: {{nodes: [n1], address: 10.1.1.1}}
""", encoding="utf-8")  # fmt: skip
    assert cli.main(["-C", str(folder), "compile", "-o", "build"]) == 0
    (found,) = (folder / "build").rglob(FILE)
    return found.read_text(encoding="utf-8")


@cache
def least(release: str) -> Answer:
    (answer,) = load(release, [yaml.safe_dump(dict(LEAST))])
    return answer


# Where the code keeps nothing, or something else, until it needs the default that the catalog names.
LATER: tuple[tuple[str, str], ...] = (
    (r"num_tokens", "applyTokensConfig makes 1 of null"),
    (
        r"(internode_)?authenticator|(network_)?authorizer|role_manager",
        "AuthConfig.applyAuth and DatabaseDescriptor make the class of null",
    ),
    (r"storage_compatibility_mode", "applyCompatibilityMode makes CASSANDRA_4 of null"),
    (r"paxos_contention_.*", "ContentionStrategy has the texts of the defaults"),
    (r"(client|server)_encryption_options\.cipher_suites", "3.11 takes those of the JVM"),
    (r"client_encryption_options\.enabled", "EncryptionOptions.applyConfig decides by it and by optional"),
    (r"audit_logging_options\.audit_logs_dir", "made of the Java property cassandra.logdir"),
    (r"commitlog_sync_(batch|group)_window_in_ms", "NaN stands for a key left out"),
    # Objects that are null until the file has the key; whoever reads them has the defaults.
    (r"request_scheduler_options\..*", "null: RoundRobinScheduler has the defaults"),
    (r"encryption_options\..*", "null: an earlier name of server_encryption_options"),
    (r"startup_checks\..*", "an empty mapping: each check has its defaults"),
    (r"(authorizer|role_manager|(network|cidr)_authorizer|(internode_)?authenticator)\..*", "null: AuthConfig"),
    (r"default_compaction\.class_name", "null: CompactionParams.DEFAULT"),
    (r"memtable\.configurations\..*", "null: MemtableParams.DEFAULT"),
    (r"repair\.retries\..*", "enabled has a setter and no field; Partial is null, and takes the values beside it"),
)
# Fields that no file may set, or that are another reading of one that it may.
NO_SETTING = (
    r"(client|server)_encryption_options\.(isEnabled|isOptional|logger)",
    # Mappings with names of the user below: the catalog has them with a star.
    r"(client|server)_encryption_options\.ssl_context_factory\.parameters|memtable|startup_checks|sstable\.format",
    # Classes with parameters: the catalog has the list, or the keys below.
    r"(seed_provider|audit_logging_options\.logger)\.(class_name|parameters)",
    r"(internode_)?authenticator|(network_|cidr_)?authorizer|role_manager|default_compaction|repair\.retries\..*",
    # Objects that are null until the file has the key.
    r"encryption_options|request_scheduler_options",
)


# Taken by the loader into what has no field to look at.
UNSEEN = (
    r"repair\.retries\.(merkle_tree_response\.)?enabled",  # a setter that fills max_attempts
    r"(client|internode)_error_reporting_exclusions\.subnets",  # members with private fields alone
)


def fits(key: str, patterns: Iterable[str]) -> bool:
    return any(re.fullmatch(pattern, key) for pattern in patterns)


def made_later(key: str) -> bool:
    return fits(key, (pattern for pattern, _ in LATER))


def ordinary(release: str) -> dict[str, SettingSpec]:
    """The settings whose names nobody chooses, and that are no part of a list's member."""
    return {key: spec for key, spec in specs_of(release).items() if not spec.user_named and "[]" not in key}


def held(answer: Answer, spec: SettingSpec, value: Plain) -> bool:
    """Whether Cassandra has the value from the start, or as the checks complete it."""
    return any(equal(spec, value, find(fields, spec.key)) for fields in (answer.loaded, answer.checked))


def unlike_default(release: str, answer: Answer, left_out: set[str]) -> dict[str, tuple[Plain, Loaded | object]]:
    """Settings left out of a file that are not what the catalog says of such, each with both values."""
    specs = {key: spec for key, spec in ordinary(release).items() if key in left_out}
    return {
        key: (spec.default, find(answer.loaded, key))
        for key, spec in specs.items()
        if spec.default is not UNKNOWN and not held(answer, spec, spec.default)
    }


def misread(
    answer: Answer, specs: Mapping[str, SettingSpec], written: Mapping[str, Plain]
) -> dict[str, tuple[Plain, Loaded | object]]:
    """What Cassandra holds otherwise than the file says it, each with both values."""
    found = {key: find(answer.loaded, key) for key in written}
    return {key: (value, found[key]) for key, value in written.items() if not equal(specs[key], value, found[key])}


def written_in(text: str, release: str) -> dict[str, Plain]:
    tree = yaml.load(text, yaml.SafeLoader)
    found = {key: find(tree, key) for key in ordinary(release)}
    return {key: value for key, value in found.items() if value is not ABSENT}  # type: ignore[misc]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, tuple[str, Answer]]:
    """The shipped product layer of each release, compiled, and what Cassandra said to it."""
    texts = {release: compiled(tmp_path_factory.mktemp("fleet"), release) for release in RELEASES}
    return {release: (text, load(release, [text])[0]) for release, text in texts.items()}


@pytest.mark.parametrize("release", RELEASES)
def test_the_shipped_layer_is_accepted(shipped: Mapping[str, tuple[str, Answer]], release: str) -> None:
    _, answer = shipped[release]
    assert (answer.refused_by, answer.message) == ("", "")


@pytest.mark.parametrize("release", RELEASES)
def test_what_the_shipped_layer_writes_is_what_cassandra_holds(
    shipped: Mapping[str, tuple[str, Answer]], release: str
) -> None:
    text, answer = shipped[release]
    specs, written = ordinary(release), written_in(text, release)
    assert len(written) > 50
    assert misread(answer, specs, written) == {}


@pytest.mark.parametrize("release", RELEASES)
def test_what_the_shipped_layer_leaves_out_has_the_default(
    shipped: Mapping[str, tuple[str, Answer]], release: str
) -> None:
    text, answer = shipped[release]
    other = unlike_default(release, answer, ordinary(release).keys() - written_in(text, release).keys())
    assert {key: both for key, both in other.items() if not made_later(key)} == {}


@pytest.mark.parametrize("release", RELEASES)
def test_the_defaults_are_those_of_a_file_with_next_to_nothing(release: str) -> None:
    answer = least(release)
    assert (answer.refused_by, answer.message) == ("", "")
    written = {*LEAST, "commitlog_sync_period"}
    other = unlike_default(release, answer, ordinary(release).keys() - written)
    assert {key: both for key, both in other.items() if not made_later(key)} == {}


@pytest.mark.parametrize("release", RELEASES)
def test_every_field_that_cassandra_has_is_a_setting_of_the_catalog(release: str) -> None:
    unknown = least(release).loaded.keys() - specs_of(release).keys()
    assert {key for key in unknown if not fits(key, NO_SETTING)} == set()


@pytest.mark.parametrize("release", RELEASES)
def test_every_setting_is_a_field_or_lies_below_an_object_that_is_not_there_yet(release: str) -> None:
    loaded = least(release).loaded
    absent = {key for key in ordinary(release) if find(loaded, key) is ABSENT}
    assert {key for key in absent if not made_later(key)} == set()


def another(spec: SettingSpec) -> Plain:  # noqa: PLR0911  # one line a kind
    """A value that the setting takes, other than its default where there is another."""
    if spec.choices:
        choice = next((one for one in spec.choices if one != spec.default), spec.choices[0])
        return [choice] if spec.kind is Kind.LIST else choice
    match spec.kind:
        case Kind.BOOLEAN:
            return spec.default is not True
        case Kind.INT:
            return int(within(spec, 7))
        case Kind.FLOAT:
            return within(spec, 7.5)
        case Kind.SIZE | Kind.DURATION | Kind.RATE:
            return f"{int(within(spec, 7))}{spec.smallest_unit or 'MiB/s'}"
        case Kind.STRING:
            return "some text"
        case Kind.LIST:
            classes: list[Plain] = [{"class_name": "org.example.One", "parameters": [{"one": "two"}]}]
            return ["one", "two"] if spec.items is Kind.STRING else classes
        case Kind.MAP:
            return {}


def within(spec: SettingSpec, number: float) -> float:
    """The number, or the bound of the setting that is nearest to it."""
    raised = number if spec.minimum is None else max(number, spec.minimum)
    return raised if spec.maximum is None else min(raised, spec.maximum)


@pytest.mark.parametrize("release", RELEASES)
def test_every_setting_given_another_value_is_what_cassandra_loads(tmp_path: Path, release: str) -> None:
    """All settings at once, so past the loader it makes no sense: the checks may refuse it."""
    taken = {
        key: another(spec)
        for key, spec in ordinary(release).items()
        if not spec.identity and not spec.sensitive and key not in LEAST
    }
    written = written_in(compiled(tmp_path, release, taken), release)
    (answer,) = load(release, [yaml.safe_dump(nested(written))])
    assert answer.refused_by != "loader", answer.message
    specs = ordinary(release)
    assert {key: both for key, both in misread(answer, specs, written).items() if not fits(key, UNSEEN)} == {}
    assert len(taken) > 200


def test_every_exception_is_of_use() -> None:
    """An exception that nothing needs would hide what it was not made for."""
    differ: set[str] = set()
    fields: set[str] = set()
    for release in RELEASES:
        specs, answer = ordinary(release), least(release)
        differ |= {key for key, spec in specs.items() if find(answer.loaded, key) is ABSENT}
        differ |= {
            key for key, spec in specs.items() if spec.default is UNKNOWN or not held(answer, spec, spec.default)
        }
        fields |= answer.loaded.keys()
    assert [pattern for pattern, _ in LATER if not any(re.fullmatch(pattern, key) for key in differ)] == []
    assert [pattern for pattern in NO_SETTING if not any(re.fullmatch(pattern, key) for key in fields)] == []

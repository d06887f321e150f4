"""The lines of Apache Cassandra against what was read out of its releases, release by release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

import pytest
from line_facts import LAST, LISTS, NOT_GIVEN, Fact, cassandra_fact, cassandra_releases, same, settings_at

from dseconf.catalog import UNKNOWN, SettingSpec

CLASSES = ("authenticator", "authorizer", "role_manager", "network_authorizer", "internode_authenticator")
LINES = tuple(LAST)

_ONE_VALUE = "the field of the class is null; one value acts in its place, and is the default here"
_NO_NUMBER = "NaN is no value: there is no default"
_IN_A_LIST = "the class stands in a list of one mapping, and so does its default"
_OPTIONS = "the facts have the options of a class as one free mapping"
_NAMED = "the shipped file has it below a name that users may choose"
_TEXT = "options of a class are texts: the shipped file has it in quotes"
_LATER = "the facts of the last releases lack it; the catalog has it from another reading of them"

NOT_IN_FACTS: Mapping[str, str] = {
    **{f"{name}[].parameters[].*": _OPTIONS for name in LISTS},
    "back_pressure_strategy[].parameters[].factor": _OPTIONS,
    "back_pressure_strategy[].parameters[].flow": _OPTIONS,
    "back_pressure_strategy[].parameters[].high_ratio": _OPTIONS,
    "memtable.configurations.default.inherits": _NAMED,
    "memtable.configurations.skiplist.class_name": _NAMED,
    "memtable.configurations.trie.class_name": _NAMED,
    "key_cache_invalidate_after_sstable_deletion": _LATER,
    "native_transport_max_message_size": _LATER,
    "use_creation_time_for_hint_ttl": _LATER,
}

OTHER_TYPES: Mapping[str, str] = {"crypto_provider[].parameters[].fail_on_missing_provider": _TEXT}

_NO_NULL = "the field is null when the key is left out, and the loader takes no null for it from the file"

NEVER_NULL: Mapping[str, str] = {
    **{
        f"{side}_encryption_options.{name}": _NO_NULL
        for side in ("client", "server")
        for name in ("accepted_protocols", "cipher_suites", "enabled", "optional", "protocol")
    },
    "audit_logging_options.audit_logs_dir": _NO_NULL,
    "encryption_options.cipher_suites": _NO_NULL,
}

OTHER_DEFAULTS: Mapping[str, str] = {
    **NEVER_NULL,
    **dict.fromkeys(CLASSES, _ONE_VALUE),
    **{f"{name}.class_name": _ONE_VALUE for name in (*CLASSES, "cidr_authorizer", "default_compaction")},
    "client_encryption_options.enabled": _ONE_VALUE,
    "num_tokens": _ONE_VALUE,
    "paxos_contention_max_wait": _ONE_VALUE,
    "paxos_contention_min_delta": _ONE_VALUE,
    "paxos_contention_min_wait": _ONE_VALUE,
    "paxos_contention_wait_randomizer": _ONE_VALUE,
    "paxos_state_purging": _ONE_VALUE,
    "storage_compatibility_mode": _ONE_VALUE,
    "audit_logging_options.logger": _IN_A_LIST,
    "commitlog_sync_batch_window_in_ms": _NO_NUMBER,
    "commitlog_sync_group_window_in_ms": _NO_NUMBER,
    "crypto_provider[].parameters[].fail_on_missing_provider": _TEXT,
}

Release = tuple[str, Mapping[str, Fact], Mapping[str, SettingSpec]]


@cache
def releases(line: str) -> tuple[Release, ...]:
    """The releases of a line: version, facts and settings of cassandra.yaml by KEY."""
    name = f"cassandra-{line}"
    return tuple(
        (version, known, settings_at(name, "cassandra.yaml", version)) for version, known in cassandra_releases(line)
    )


def all_releases() -> Iterator[Release]:
    for line in LINES:
        yield from releases(line)


def both(release: Release) -> Iterator[tuple[str, Fact, SettingSpec]]:
    _, known, settings = release
    yield from ((key, known[key], settings[key]) for key in known.keys() & settings.keys())


def differ_in_default(fact: Fact, spec: SettingSpec) -> bool:
    return not same(NOT_GIVEN if spec.default is UNKNOWN else spec.default, fact.default)


def test_the_facts_tell_of_47_releases() -> None:
    assert len(list(all_releases())) == 47


@pytest.mark.parametrize("line", LINES)
def test_each_release_has_the_settings_of_the_facts_and_no_others(line: str) -> None:
    for version, known, settings in releases(line):
        assert sorted(known.keys() - settings.keys()) == [], version
        assert sorted(settings.keys() - known.keys() - NOT_IN_FACTS.keys()) == [], version


@pytest.mark.parametrize("line", LINES)
def test_each_setting_has_its_type_in_each_release(line: str) -> None:
    for release in releases(line):
        wrong = {key: spec.kind for key, fact, spec in both(release) if spec.kind.value != fact.kind}
        assert {key: kind for key, kind in wrong.items() if key not in OTHER_TYPES} == {}, release[0]


@pytest.mark.parametrize("line", LINES)
def test_each_setting_has_its_default_in_each_release(line: str) -> None:
    for release in releases(line):
        wrong = {
            key: f"{spec.default!r}, not {fact.default!r}"
            for key, fact, spec in both(release) if key not in OTHER_DEFAULTS and differ_in_default(fact, spec)
        }  # fmt: skip
        assert wrong == {}, release[0]


def test_a_default_that_acts_in_the_place_of_null_is_the_one_that_the_facts_name() -> None:
    for release in all_releases():
        for key, fact, spec in both(release):
            if OTHER_DEFAULTS.get(key) is _ONE_VALUE and differ_in_default(fact, spec):
                assert fact.default is None, key
                acting = str(fact.table.get("default_effective", "")).lower()
                assert str(spec.default).lower().rpartition(".")[2] in acting or key.endswith("class_name"), key


def test_what_is_never_null_in_the_file_has_no_default_where_the_facts_say_null() -> None:
    for release in all_releases():
        for key, fact, spec in both(release):
            if OTHER_DEFAULTS.get(key) is _NO_NULL and differ_in_default(fact, spec):
                assert (fact.default, spec.default) == (None, UNKNOWN), f"{key} in {release[0]}"


def test_every_exception_is_needed() -> None:
    extra = {key for _, known, settings in all_releases() for key in settings.keys() - known.keys()}
    types = {key for one in all_releases() for key, fact, spec in both(one) if spec.kind.value != fact.kind}
    defaults = {key for one in all_releases() for key, fact, spec in both(one) if differ_in_default(fact, spec)}
    assert sorted(NOT_IN_FACTS.keys() - extra) == []
    assert sorted(OTHER_TYPES.keys() - types) == []
    assert sorted(OTHER_DEFAULTS.keys() - defaults) == []


# What follows is known of the last release of each line alone.

OTHER_UNITS: Mapping[str, str] = {
    "max_space_usable_for_compactions_in_percentage": "a fraction has no unit in the catalog",
    "native_transport_max_requests_per_second": "a count in a second has no unit in the catalog",
    "snapshot_links_per_second": "a count in a second has no unit in the catalog",
    "transparent_data_encryption_options.iv_length": "the unit is that of its documentation; the facts give none",
    "windows_timer_interval": "the unit is that of its documentation; the facts give none",
}

_DIRECTORY = "packages set it, and the file of the source has it in a comment"

OTHER_SHIPPED: Mapping[str, str] = {
    "commitlog_directory": _DIRECTORY,
    "data_file_directories": _DIRECTORY,
    "saved_caches_directory": _DIRECTORY,
}

OTHER_CHOICES: Mapping[str, str] = {"disk_access_mode": "direct is a member of the class, and the start refuses it"}


def last_releases() -> Iterator[tuple[str, Fact, SettingSpec, Mapping[str, Fact]]]:
    for line in LINES:
        release = releases(line)[0]
        yield from ((key, fact, spec, release[1]) for key, fact, spec in both(release))


def unit_of(spec: SettingSpec) -> str:
    return spec.smallest_unit if spec.syntax == "cassandra" else spec.unit


def shipped_value(key: str, fact: Fact, known: Mapping[str, Fact]) -> object:
    """What the shipped file of the facts has under a key, in the catalog's form of lists and classes."""
    if key in LISTS:
        return shipped_list(key, fact, known)
    if "[]" in key:
        return NOT_GIVEN  # it stands with the list
    named = key.removesuffix(".class_name")
    shipped = fact.table["shipped"]
    if named in CLASSES and named != key:
        shipped = cassandra_fact(LINES[-1], named)["shipped"]  # the file has the bare name
    active = shipped.get("state") == "active" and "value" in shipped and "by_key" not in shipped
    return shipped["value"] if active else NOT_GIVEN


def shipped_list(key: str, fact: Fact, known: Mapping[str, Fact]) -> object:
    if fact.table["shipped"].get("state") != "active":
        return NOT_GIVEN
    member = {"class_name": known[f"{key}[].class_name"].table["shipped"]["value"]}
    given = known[f"{key}[].parameters"].table["shipped"].get("entries") or {}
    options = {name: one["value"] for name, one in given.items() if one.get("state") == "active"}
    return [{**member, "parameters": [options]} if options else member]


def may_be_null(fact: Fact) -> bool:
    table = fact.table
    outside = "since" in table and not table.get("inside_map")
    return bool(table.get("nullable") or table.get("null_allowed") or (table["default"] is None and outside))


def test_units_agree_but_for_known_exceptions() -> None:
    wrong = {key for key, fact, spec, _ in last_releases() if unit_of(spec) != fact.table.get("unit", "")}
    assert sorted(wrong ^ OTHER_UNITS.keys()) == []


def test_shipped_values_agree_but_for_known_exceptions() -> None:
    wrong = {
        key
        for key, fact, spec, known in last_releases()
        if not same(NOT_GIVEN if spec.shipped is UNKNOWN else spec.shipped, shipped_value(key, fact, known))
    }
    assert sorted(wrong ^ OTHER_SHIPPED.keys()) == []


def test_choices_agree_but_for_known_exceptions() -> None:
    wrong = {
        key
        for key, fact, spec, _ in last_releases()
        if "enum" in fact.table and list(spec.choices) != fact.table["enum"]
    }
    assert sorted(wrong ^ OTHER_CHOICES.keys()) == []


def test_what_may_be_null_agrees_but_for_known_exceptions() -> None:
    wrong = {
        key
        for key, fact, spec, _ in last_releases()
        if may_be_null(fact) != spec.nullable and "[]" not in key and not spec.user_named
    }
    assert sorted(wrong ^ NEVER_NULL.keys()) == []


def test_every_secret_of_the_facts_is_sensitive() -> None:
    assert [key for key, fact, spec, _ in last_releases() if fact.table.get("secret") and not spec.sensitive] == []


def test_earlier_names_that_a_release_still_reads_agree() -> None:
    for key, fact, spec, _ in last_releases():
        bare = {key.removesuffix(".class_name")} & set(CLASSES)  # a class without options is read as a bare name
        assert {one["key"] for one in spec.was} - bare == {one["name"] for one in fact.table.get("old_names", ())}, key

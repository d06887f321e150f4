"""The shipped catalog: its form, and what it must hold by the tables of product facts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dseconf.catalog import Catalog, FileSpec, SettingSpec, parse_version
from dseconf.catalog.catalog import Line
from dseconf.catalog.delta_form import check_delta
from dseconf.catalog.form import check_line, check_table
from dseconf.document import Document, plain, read_document
from dseconf.formats import installed
from dseconf.shipped import read_tables

CATALOG = Path(__file__).resolve().parents[2] / "dseconf" / "catalog"
LINES = sorted(path.parent for path in CATALOG.glob("*/line.yaml"))
DELTAS = sorted(CATALOG.glob("*.yaml"))
TABLES = [path for folder in LINES for path in sorted(folder.glob("*.yaml")) if path.name != "line.yaml"]


def a_document(path: Path) -> Document:
    return read_document(path.read_bytes(), str(path.relative_to(CATALOG)))


@pytest.mark.parametrize("path", TABLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_table_has_the_form(path: Path) -> None:
    templates = [f"templates/{template.name}" for template in (path.parent / "templates").glob("*")]
    assert [str(finding) for finding in check_table(a_document(path), templates)] == []


@pytest.mark.parametrize("folder", LINES, ids=lambda folder: folder.name)
def test_every_line_has_the_form(folder: Path) -> None:
    tables = [a_document(path) for path in TABLES if path.parent == folder]
    assert [str(finding) for finding in check_line(a_document(folder / "line.yaml"), tables)] == []


@pytest.mark.parametrize("path", DELTAS, ids=lambda path: path.stem)
def test_every_line_that_is_based_on_another_has_the_form(path: Path) -> None:
    assert [str(finding) for finding in check_delta(a_document(path), the_tables(), templates_of(path.stem))] == []


@pytest.mark.parametrize("path", DELTAS, ids=lambda path: path.stem)
def test_a_line_is_named_as_its_file(path: Path) -> None:
    delta = read_yaml(path)
    assert path.stem == f"{delta['product']}-{delta['line']}"


@pytest.mark.parametrize("folder", LINES, ids=lambda folder: folder.name)
def test_every_template_is_of_some_file(folder: Path) -> None:
    based = [table for name, table in the_tables().items() if root_of(name) == folder]
    named = {file.get("template") for table in based for file in table["files"]}
    assert templates_of(folder.name) - named == set()


def root_of(name: str) -> Path:
    """The folder of the complete line that a line is based on, or that it is."""
    delta = CATALOG / f"{name}.yaml"
    return root_of(str(read_yaml(delta)["based_on"])) if delta.is_file() else CATALOG / name


def templates_of(name: str) -> set[str]:
    return {f"templates/{template.name}" for template in (root_of(name) / "templates").glob("*")}


@pytest.mark.parametrize("path", TABLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_table_is_named_as_its_file(path: Path) -> None:
    file = str(read_yaml(path)["file"])
    assert path.name in (f"{file.replace('/', '-')}.yaml", f"{file.rsplit('/', 1)[-1]}.yaml")


def test_every_format_of_the_catalog_is_installed() -> None:
    used = {file.format for line in the_catalog().lines for file in line.files.values()}
    assert used <= installed().keys()


def read_yaml(path: Path) -> Mapping[str, Any]:
    root = a_document(path).root
    table = plain(root) if root is not None else {}
    assert isinstance(table, dict)
    return table


@cache
def the_tables() -> Mapping[str, Any]:
    return read_tables(CATALOG)


@cache
def the_catalog() -> Catalog:
    return Catalog.of_tables(the_tables())


# What follows compares DSE 6.8 with the tables of facts, where they lie beside the source tree.


@cache
def facts(name: str) -> Any:
    for folder in Path(__file__).resolve().parents:
        if (folder / "shared" / "facts").is_dir():
            return json.loads((folder / "shared" / "facts" / name).read_text(encoding="utf-8"))
    pytest.skip("the tables of product facts are not beside this source tree")


def dse_68() -> Line:
    return next(line for line in the_catalog().lines if line.name == "dse-6.8")


def file_at(package: str | None, tarball: str | None) -> FileSpec | None:
    """The file of the catalog at one of two paths; the one of a package tells more."""
    relative = (tarball or "").removeprefix("<install-directory>/dse/").removeprefix("<install>/")
    files = dse_68().files.values()
    by_package = [file for file in files if package and file.package == package]
    by_tarball = [file for file in files if relative and file.tarball == relative]
    found = by_package or by_tarball
    return found[0] if found else None


def fact_files() -> Iterator[tuple[str, Mapping[str, Any], FileSpec | None]]:
    for name, file in facts("dse-6.8.35.json")["files"].items():
        yield name, file, file_at(file["package_path"], file["tarball_path"])


def specs_of(file: FileSpec, name: str) -> list[SettingSpec]:
    """The settings that a name of the facts stands for: the KEY itself, or those that list it."""
    return [spec for spec in file.settings() if spec.key == name or name in spec.lcm]


def is_above(file: FileSpec, name: str) -> bool:
    return any(key.startswith((f"{name}.", f"{name}[")) for key in file.keys)


def test_every_setting_of_the_facts_is_reachable() -> None:
    lost = []
    for name, table, file in fact_files():
        not_file = dse_68().about.get("not_files", {}).get(name, {}).get("names", ())
        for setting in table["settings"]:
            known = setting in not_file
            if file is not None:
                known = bool(specs_of(file, setting)) or is_above(file, setting) or setting in file.not_settings
            if not known:
                lost.append(f"{name}: {setting}")
    assert lost == []


def test_the_facts_have_as_many_settings_as_they_say() -> None:
    assert sum(len(table["settings"]) for _, table, _ in fact_files()) == facts("dse-6.8.35.json")["setting_total"]


def test_what_opscenter_alone_knows_is_in_no_table_of_settings() -> None:
    both = [
        f"{file.name}: {name}"
        for _, _, file in fact_files() if file is not None
        for name in file.not_settings if specs_of(file, name)
    ]  # fmt: skip
    assert both == []


_TEXT_OF_A_SIZE = "the definition has a free text where java reads a size with a suffix"
_TEXT_OF_A_NUMBER = "the definition has a free text where the product reads a whole number"
_WIDER = "the product's class holds a double; the definition's values are whole by habit"
_COLLECTOR = "one menu of the tool stands for the flags of each garbage collector"
_SWITCH_WITH_VALUE = "the tool switches a line on whose value is a setting of its own here"
_FREE_LINES = "a list of whole lines in the tool, options with names and values of their own here"
_SUFFIXED = "the number of the definition is printed with its suffix, which is part of the value here"

TYPE_EXCEPTIONS: Mapping[tuple[str, str], str] = {
    ("10-statsd-conf", "timer-percentiles"): "collectd takes one line for each percentile, and each is a number",
    ("cassandra-env-sh", "enable_on_out_of_memory_error"): _SWITCH_WITH_VALUE,
    ("cassandra-yaml", "commitlog_sync_batch_window_in_ms"): _WIDER,
    ("cassandra-yaml", "commitlog_sync_group_window_in_ms"): _WIDER,
    ("cassandra-yaml", "phi_convict_threshold"): _WIDER,
    ("cassandra-yaml", "prepared_statements_cache_size_mb"): _TEXT_OF_A_NUMBER,
    ("dse-yaml", "max_memory_to_lock_fraction"): "it is a fraction: the shipped value is 0.20",
    ("jvm-server-options", "additional-jvm-opts"): _FREE_LINES,
    ("jvm-server-options", "jmx-remote-ssl-opts"): _FREE_LINES,
    ("jvm-server-options", "jmx-connection-type"): "one menu of the tool stands for the options of each kind of access",
    ("jvm-server-options", "dse_consistent_replace_parallelism"): _TEXT_OF_A_NUMBER,
    ("jvm-server-options", "dse_consistent_replace_retries"): _TEXT_OF_A_NUMBER,
    ("jvm-server-options", "cassandra_max_hint_ttl"): _TEXT_OF_A_NUMBER,
    ("jvm-server-options", "string_table_size"): _TEXT_OF_A_NUMBER,
    ("jvm-server-options", "guaranteed-safepoint-interval"): _TEXT_OF_A_NUMBER,
    ("jvm-server-options", "agent_lib_jdwp"): _SWITCH_WITH_VALUE,
    ("jvm-server-options", "per_thread_stack_size"): _TEXT_OF_A_SIZE,
    ("jvm-server-options", "initial_heap_size"): _TEXT_OF_A_SIZE,
    ("jvm-server-options", "max_heap_size"): _TEXT_OF_A_SIZE,
    ("jvm-server-options", "max_direct_memory"): _TEXT_OF_A_SIZE,
    ("jvm11-server-options", "additional-jvm-opts"): _FREE_LINES,
    ("jvm11-server-options", "garbage_collector"): _COLLECTOR,
    ("jvm8-server-options", "additional-jvm-opts"): _FREE_LINES,
    ("jvm8-server-options", "garbage_collector"): _COLLECTOR,
    ("jvm8-server-options", "thread_priority_policy_42"): "the tool switches one value of a number on: 42",
    ("jvm8-server-options", "print_flss_statistics"): "the tool switches one value of a number on: 1",
    ("jvm8-server-options", "log_gc"): _SWITCH_WITH_VALUE,
    ("jvm8-server-options", "heap_size_young_generation"): _TEXT_OF_A_SIZE,
    ("jvm8-server-options", "gc_log_file_size"): _TEXT_OF_A_SIZE,
    ("logback-spark-server-xml", "max-file-size"): "the definition has a free text where logback reads a size",
    ("logback-xml", "debuglog-appender-max-file-size"): _SUFFIXED,
    ("logback-xml", "systemlog-appender-max-file-size"): _SUFFIXED,
    ("logback-xml", "loggers"): "a list of names and levels in the tool, a setting with a name and a level here",
    ("spark-alwayson-sql-conf", "spark_executor_memory"): "the definition has a free text where Spark reads a size",
    ("spark-env-sh", "spark-driver-memory"): "the definition has a free text where Spark reads a size",
    ("spark-env-sh", "spark-niceness"): _TEXT_OF_A_NUMBER,
}

_PLAIN_TYPES = ("boolean", "int", "float", "string", "list")


def test_types_agree_with_the_facts_but_for_known_exceptions() -> None:
    differ = set()
    for name, table, file in fact_files():
        for setting, fact in table["settings"].items():
            kinds = {spec.kind.value for spec in specs_of(file, setting)} if file is not None else set()
            if fact["type"] in _PLAIN_TYPES and kinds - {fact["type"]}:
                differ.add((name, setting))
    assert sorted(differ - TYPE_EXCEPTIONS.keys()) == []
    assert sorted(TYPE_EXCEPTIONS.keys() - differ) == []  # an exception that is none any more


def test_every_secret_of_the_facts_is_sensitive() -> None:
    shown = [
        f"{file.name}:{spec.key}"
        for _, table, file in fact_files() if file is not None
        for name, fact in table["settings"].items() if fact.get("secret")
        for spec in specs_of(file, name) if not spec.sensitive
    ]  # fmt: skip
    assert shown == []


# Entries of the list of later changes that announce no setting with a name.
NO_SETTING: Mapping[str, str] = {
    "limit on files per multipart update (name not given)": "the release notes give no name",
    "start timeout": "the systemd unit is no configuration file of the product",
}
# Entries that announce a new value of a setting that there was before.
NOT_NEW = ("server_encryption_options.protocol", "client_encryption_options.protocol")


def later_settings() -> Iterator[tuple[str, str, str]]:
    """Where, KEY and first patch of what came to 6.8 after the definitions."""
    for entry in facts("dse-6.8-later.json")["settings"]:
        for key in str(entry["setting"]).split(", "):
            if "6.8" in entry["since"] and key not in NO_SETTING:
                yield entry["file"], key, entry["since"]["6.8"]


def test_every_later_setting_has_an_entry_since_its_patch() -> None:
    wrong = []
    for where, key, since in later_settings():
        named = [file for file in dse_68().files.values() if file.name in where or where == "environment"]
        found = {spec.since for file in named if (spec := file.exact(key)) is not None}
        if found != ({None} if key in NOT_NEW else {parse_version(since)}):
            wrong.append(f"{where}: {key} since {since}, not {found}")
    assert wrong == []
    assert len(list(later_settings())) == 18


def test_every_setting_of_the_vendors_files_has_an_entry_from_the_first_patch_on() -> None:
    wrong = []
    for name, entries in facts("constraints.json")["vendor_file_vs_definitions"]["dse>=6.0"].items():
        file = dse_68().files[name]
        for entry in entries:
            spec = file.exact(entry["setting"])
            if spec is None and not is_above(file, entry["setting"]):
                wrong.append(f"{name}: {entry['setting']} is not there")
            elif spec is not None and (spec.since is not None or spec.until is not None):
                wrong.append(f"{name}: {entry['setting']} is there since {spec.since} until {spec.until}")
    assert wrong == []


def test_every_definition_that_the_vendors_files_lack_has_an_entry() -> None:
    missing = []
    for name, versions in facts("constraints.json")["vendor_file_vs_definitions"][
        "defined_but_not_in_vendor_file"
    ].items():
        file = dse_68().files[name]
        for text in versions["6.8.0"]:
            key = text.split(" ")[0]
            if file.exact(key) is None and not is_above(file, key):
                missing.append(f"{name}: {key}")
    assert missing == []


def test_the_index_options_end_where_the_definitions_drop_them() -> None:
    options = [spec for spec in dse_68().files["dse.yaml"].settings() if spec.key.startswith("index_options.")]
    assert options
    assert {spec.until for spec in options} == {(6, 8, 1)}


NOT_IN_CATALOG: Mapping[str, str] = {
    "resources/cassandra/conf/jvm.options": "up to 6.7; three files take its place in 6.8",
    "(none) install-options": "input of OpsCenter; no file of a node",
    "(none) java-setup": "input of OpsCenter; no file of a node",
    "(none) package-proxy": "input of OpsCenter; no file of a node",
}


def listed_files() -> Iterator[tuple[str, bool, FileSpec | None]]:
    """The path, whether the talk names it, and the file of the catalog."""
    for entry in facts("files.json")["files"]:
        file = file_at(entry.get("package_path"), entry.get("tarball_path"))
        home = dse_68().files.get(entry["path"].removeprefix("~/")) if entry["path"].startswith("~/") else None
        yield entry["path"], bool(entry.get("listed_in_talk")), file or home


def test_every_file_is_in_the_catalog_or_has_a_reason() -> None:
    files = list(listed_files())
    assert len(files) == 96
    assert sorted(path for path, _, file in files if file is None) == sorted(NOT_IN_CATALOG)


def test_each_file_of_the_list_is_another_file_of_the_catalog() -> None:
    names = [file.name for _, _, file in listed_files() if file is not None]
    assert sorted(names) == sorted(set(names))


def test_the_files_of_the_talk_are_marked_and_no_others() -> None:
    talk = [(path, file) for path, of_talk, file in listed_files() if of_talk]
    assert len(talk) == 34
    assert [path for path, file in talk if file is None or not file.talk] == []
    assert len([file for file in dse_68().files.values() if file.talk]) == 34

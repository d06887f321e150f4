"""What people wrote for DSE 6.x, put into one layer, compiles back to what they wrote.

Each file becomes the one layer of a fleet of one node of DSE 6.8.50, with nothing shipped
taking part: its values as lines of the layer, who the node is as facts of fleet.yaml,
credentials as references to secrets. The compiled file is compared with the original by
readers that are not ours: order, comments and mappings that are null aside, both must
mean the same. What 6.8 does not have is refused at its line and listed in `corpus`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from corpus import ABSENT, FILES, CorpusFile, Taken, corpus_folder, release, sealed, settings_of

from dseconf.catalog import FileSpec, ProductView
from dseconf.finding import Finding
from dseconf.pipeline import compile_fleet
from dseconf.setting import Plain, Secret
from dseconf.sources import open_sources

pytestmark = pytest.mark.skipif(corpus_folder() is None, reason=ABSENT)

LAYER = "profiles/base.yaml"
SEEDS = "seed_provider"
ADDRESSES = (
    "listen_address",
    "listen_interface",
    "listen_interface_prefer_ipv6",
    "broadcast_address",
    "native_transport_address",
    "native_transport_interface",
    "native_transport_interface_prefer_ipv6",
    "native_transport_broadcast_address",
)


@pytest.fixture(scope="module")
def view() -> ProductView:
    return release()


@pytest.mark.parametrize("one", [one for one in FILES if not one.unlike], ids=lambda one: one.id)
def test_what_people_wrote_compiles_back_to_the_same_meaning(
    tmp_path: Path, view: ProductView, one: CorpusFile
) -> None:
    settings = [
        taken for taken in settings_of(one, view) if taken.key not in {*one.unknown, *one.followed, *one.refused}
    ]
    compiled = compile_layer(tmp_path, one, settings)
    assert compiled.findings == ()
    assert meaning_of(one, compiled) == original_meaning(one, view)


@pytest.mark.parametrize("one", FILES, ids=lambda one: one.id)
def test_what_the_release_does_not_take_is_reported_at_its_line_and_nothing_else_is(
    tmp_path: Path, view: ProductView, one: CorpusFile
) -> None:
    compiled = compile_layer(tmp_path, one, settings_of(one, view))
    expected = dict.fromkeys(one.unknown, "unknown-setting") | {key: code for key, (code, _) in one.refused.items()}
    assert sorted((finding.code, finding.where[0].path, finding.where[0].line) for finding in compiled.findings) == (
        sorted((code, LAYER, compiled.line_of(key)) for key, code in expected.items())
    )


@pytest.mark.parametrize(
    ("key", "remedy"),
    [
        ("max_memory_to_lock_fraction", "it is a setting of another file: dse.yaml:max_memory_to_lock_fraction"),
    ],
)
def test_a_setting_that_moved_is_named_with_its_new_place(
    tmp_path: Path, view: ProductView, key: str, remedy: str
) -> None:
    (one,) = (one for one in FILES if "max_memory_to_lock_fraction" in one.unknown)
    compiled = compile_layer(tmp_path, one, settings_of(one, view))
    assert [finding.remedy for finding in compiled.findings if finding.message.endswith(f" {key}")] == [remedy]


@pytest.mark.parametrize("one", [one for one in FILES if one.followed], ids=lambda one: one.id)
def test_a_setting_under_its_earlier_name_is_followed_to_its_place(
    tmp_path: Path, view: ProductView, one: CorpusFile
) -> None:
    settings = [taken for taken in settings_of(one, view) if taken.key in one.followed]
    compiled = compile_layer(tmp_path, one, settings)
    assert settings
    assert compiled.findings == ()
    written = read_yaml11(compiled.texts["cassandra.yaml"])["guardrails"]
    for taken in settings:
        assert taken.value in written.values()


@pytest.mark.parametrize("one", [one for one in FILES if one.credentials], ids=lambda one: one.id)
def test_a_credential_in_plain_text_is_refused_at_its_line_and_never_shown(
    tmp_path: Path, view: ProductView, one: CorpusFile
) -> None:
    settings = [taken for taken in settings_of(one, view) if secrets_in(taken.value)]
    compiled = compile_layer(tmp_path, one, [replace(taken, value=opened(taken.value)) for taken in settings])
    found = {(finding.code, finding.where[0].line) for finding in compiled.findings}
    assert found == {("literal-secret", compiled.line_of(taken.key)) for taken in settings}
    assert len(settings) == one.credentials
    assert WORD not in str(compiled.findings)


@pytest.mark.parametrize("one", [one for one in FILES if not one.credentials], ids=lambda one: one.id)
def test_the_other_files_hold_no_credentials(view: ProductView, one: CorpusFile) -> None:
    assert [taken.key for taken in settings_of(one, view) if secrets_in(taken.value)] == []


def test_fleet_yaml_says_both_settings_that_prefer_ipv6(tmp_path: Path, view: ProductView) -> None:
    (file,) = (file for file in view.files() if file.name == "cassandra.yaml")
    names = ("listen_interface_prefer_ipv6", "native_transport_interface_prefer_ipv6")
    compiled = compile_layer(tmp_path, FILES[0], [Taken(file, name, value=True) for name in names])
    assert {name: read_yaml11(compiled.texts[file.name])[name] for name in names} == dict.fromkeys(names, True)


# The fleet that a file becomes


@dataclass(frozen=True)
class Compiled:
    """The files of the node by FILE, all findings, and the lines of the layer."""

    texts: Mapping[str, str]
    findings: tuple[Finding, ...]
    lines: Sequence[str]

    def line_of(self, key: str) -> int:
        (line,) = (number for number, line in enumerate(self.lines, 1) if line.startswith(f"  {json.dumps(key)}: "))
        return line


def compile_layer(folder: Path, one: CorpusFile, settings: Sequence[Taken]) -> Compiled:
    lines = layer_lines([taken for taken in settings if not is_identity(taken)])
    if lines:  # a layer that sets nothing is a finding of its own
        (folder / LAYER).parent.mkdir()
        (folder / LAYER).write_text("\n".join(lines), encoding="utf-8")
    (folder / "dseconf.yaml").write_text("layers: [base]\nshipped: false\n", encoding="utf-8")
    fleet = json.dumps(fleet_of(one, {taken.key: taken.value for taken in settings if is_identity(taken)}))
    (folder / "fleet.yaml").write_text(fleet, encoding="utf-8")
    _, sources = open_sources(folder)
    run, nodes = compile_fleet(sources)
    (node,) = nodes
    texts = {entry.name: content.data.decode() for entry, content in node.files() if content is not None}
    return Compiled(texts, tuple(run.findings), lines)


def is_identity(taken: Taken) -> bool:
    spec = taken.file.setting(taken.key)
    return spec is not None and bool(spec.identity)


def layer_lines(settings: Sequence[Taken]) -> list[str]:
    """A layer with one line for each setting, in the order given."""
    lines: list[str] = []
    for name in dict.fromkeys(taken.file.name for taken in settings):
        lines.append(f"{json.dumps(name)}:")
        lines += [f"  {json.dumps(taken.key)}: {spelt(taken.value)}" for taken in settings if taken.file.name == name]
    return lines


def spelt(value: Plain) -> str:
    """The value as YAML on one line: JSON with tags for secrets."""
    match value:
        case Secret():
            return f"!secret {json.dumps(value.name)}"
        case list():
            return f"[{', '.join(map(spelt, value))}]"
        case dict():
            return f"{{{', '.join(f'{json.dumps(key)}: {spelt(item)}' for key, item in value.items())}}}"
        case _:
            return json.dumps(value)


def fleet_of(one: CorpusFile, identity: Mapping[str, Plain]) -> dict[str, Any]:
    """A fleet of one node with the identity that the file gives, or what stands for it."""
    known = {**identity, **one.fleet}
    address = seeds_of(identity.get(SEEDS)) or "10.1.1.1"
    node = {"address": address, **{name: known[name] for name in ADDRESSES if known.get(name) is not None}}
    racks = {known.get("rack", "rack1"): {"nodes": "node1", **node}}
    cluster = {"product": "dse 6.8.50", "datacenters": {known.get("dc", "dc1"): {"racks": racks}}}
    return {"clusters": {known.get("cluster_name", "atlas"): cluster}}


def seeds_of(provider: Any) -> str | None:
    return str(provider[0]["parameters"][0]["seeds"]) if provider else None


# Meaning, by readers that are not ours

Reader = Callable[[str], Any]


def meaning_of(one: CorpusFile, compiled: Compiled) -> Any:
    """What the compiled files mean, without the identity that a part of a manifest leaves to others."""
    meanings = [READERS[one.files[0].rpartition(".")[2]](compiled.texts[name]) for name in one.files]
    if len(meanings) > 1:
        assert sum(map(len, meanings)) == len(set.union(*meanings)), "an option stands in two files"
        return set.union(*meanings)
    (meaning,) = meanings
    if one.part:
        return {key: value for key, value in meaning.items() if key not in (SEEDS, "cluster_name", *ADDRESSES)}
    return meaning


def original_meaning(one: CorpusFile, view: ProductView) -> Any:
    """What the original means, with the differences that are known: credentials, identity, unknown names."""
    meaning = READERS[one.files[0].rpartition(".")[2]](one.text())
    if isinstance(meaning, set):
        return meaning
    file = view.file(one.files[0])
    assert file is not None
    for key in (*one.unknown, *one.followed, *one.refused):
        drop(meaning, key)
    if file.format != "yaml":
        return meaning
    meaning = without_null_mappings(file, placed(sealed(file, "", meaning)))
    for key, value in one.fleet.items():
        if key == "seeds":
            meaning[SEEDS][0]["parameters"][0]["seeds"] = value
        else:
            meaning[key] = value
    return meaning


def drop(document: dict[str, Any], key: str) -> None:
    if key in document:
        del document[key]
        return
    first, _, rest = key.partition(".")
    drop(document[first], rest)


def placed(value: Any) -> Any:
    """Secrets as they stand in a compiled file until the node puts their value there."""
    match value:
        case Secret():
            return f"@@dseconf:yaml:{value.name}@@"
        case dict():
            return {key: placed(item) for key, item in value.items()}
        case list():
            return [placed(item) for item in value]
        case _:
            return value


def without_null_mappings(file: FileSpec, document: dict[str, Any], above: str = "") -> dict[str, Any]:
    kept = {}
    for key, value in document.items():
        path = f"{above}{key}"
        below = without_null_mappings(file, value, f"{path}.") if isinstance(value, dict) else value
        if not (file.has_below(path) and not below):
            kept[key] = below
    return kept


def read_yaml11(text: str) -> dict[str, Any]:
    """As PyYAML reads it, which like the product's reader follows YAML 1.1."""
    document = yaml.safe_load(text)
    assert isinstance(document, dict)
    return document


def read_options(text: str) -> set[str]:
    """The options that the start script takes: lines that begin with a dash. java reads 256k and 256K alike."""
    lines = (line.rstrip() for line in text.splitlines() if line.startswith("-"))
    return {re.sub(r"(?<=\d)[kmg]$", lambda suffix: suffix[0].upper(), line) for line in lines}


def read_properties(text: str) -> dict[str, str]:
    """Lines of ``key=value``; a backslash keeps the meaning from the character behind it."""
    lines = (line.strip() for line in text.splitlines() if line.strip() and line.lstrip()[0] not in "#!")
    pairs = (re.split(r"(?<!\\)[=:]", line, maxsplit=1) for line in lines)
    return {re.sub(r"\\(.)", r"\1", key.strip()): re.sub(r"\\(.)", r"\1", value.strip()) for key, value in pairs}


def read_logback(text: str) -> dict[str, str]:
    """Level and texts of every appender and logger; how they hang together is the template's own."""
    root = ET.fromstring(text)  # noqa: S314  # texts of a known corpus, and our own
    found = {f"configuration.{key}": value for key, value in root.attrib.items()}
    for element in root.iter():
        if element.tag in ("root", "logger"):
            found[f"{element.tag}.{element.get('name', '')}"] = element.get("level", "")
        if element.tag == "appender":
            leaves = (leaf for leaf in element.iter() if leaf.text and leaf.text.strip())
            found.update({f"{element.get('name')}.{leaf.tag}": (leaf.text or "").strip() for leaf in leaves})
    return found


READERS: Mapping[str, Reader] = {
    "yaml": read_yaml11,
    "options": read_options,
    "properties": read_properties,
    "xml": read_logback,
}


# Credentials

WORD = "hunter2"


def secrets_in(value: Plain) -> bool:
    match value:
        case list():
            return any(map(secrets_in, value))
        case dict():
            return any(map(secrets_in, value.values()))
        case _:
            return isinstance(value, Secret)


def opened(value: Plain) -> Plain:
    """The value with a password in the place of every secret."""
    match value:
        case Secret():
            return WORD
        case list():
            return [opened(item) for item in value]
        case dict():
            return {key: opened(item) for key, item in value.items()}
        case _:
            return value

"""Small fleets that the tests with real parts compile, through the command that people run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from dseconf import cli
from dseconf.catalog import UNKNOWN, FileSpec, Kind, ProductView, SettingSpec
from dseconf.evaluate import Absent
from dseconf.explain import NodeView
from dseconf.fleet.node import WORKLOADS
from dseconf.pipeline import Run, blueprint_of, product_views
from dseconf.secret import sounds_secret
from dseconf.setting import Plain, Secret, Value
from dseconf.shipped import load_catalog
from dseconf.snapshot import read_manifest
from dseconf.sources import open_sources

VERSION = (6, 8, 65)
TARBALL = "{tarball: /opt/dse}"
INSTALLS = ("package", TARBALL)
Layer = Mapping[str, Mapping[str, Value]]
"""Settings by FILE and KEY."""


@dataclass(frozen=True)
class Compiled:
    """The files of one node on disk; ``root`` stands for the root folder of its machine."""

    root: Path
    files: Mapping[str, Path]
    view: NodeView = field(repr=False)

    def values(self, file: str) -> dict[str, Plain]:
        """What ``explain`` says is written into a file."""
        found = {key: self.view.value(file, key) for key in self.view.keys(file)}
        return {key: value for key, value in found.items() if not isinstance(value, Absent)}


@cache
def product() -> ProductView:
    view = load_catalog().at("dse", VERSION)
    assert view is not None
    return view


def files_of_format(*names: str) -> list[FileSpec]:
    return [file for file in product().files() if file.format in names]


def settings_of(file: FileSpec) -> list[SettingSpec]:
    """The settings of a file that a layer may set by the key as it stands in the catalog."""
    return [
        spec
        for spec in file.settings()
        if spec.exists_in(VERSION) and not spec.identity and not spec.user_named and "[]" not in spec.key
    ]


def compile_node(
    folder: Path,
    layer: Layer | None = None,
    *,
    workload: Iterable[str] = WORKLOADS,
    install: str = TARBALL,
    shipped: bool = False,
) -> Compiled:
    """Compile a fleet of one node into ``folder``: ``layer`` over the shipped profiles, or alone."""
    write_fleet(folder, layer, workload=workload, install=install, shipped=shipped)
    assert cli.main(["-C", str(folder), "compile", "-o", "build"]) == 0
    return compiled_in(folder)


def write_fleet(
    folder: Path,
    layer: Layer | None,
    *,
    workload: Iterable[str] = WORKLOADS,
    install: str = TARBALL,
    shipped: bool = False,
) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    own = folder / "profiles" / ("node/atlas/n1.yaml" if shipped else "base.yaml")
    own.parent.mkdir(parents=True)
    project = "shipped: true\n" if shipped else "shipped: false\nlayers: [base]\n"
    (folder / "dseconf.yaml").write_text(project, encoding="utf-8")
    files: dict[str, Value] = {file: dict(keys) for file, keys in (layer or {}).items()}
    own.write_text(_yaml(files) + "\n", encoding="utf-8")
    (folder / "fleet.yaml").write_text(f"""
clusters:
  atlas:
    product: dse {".".join(map(str, VERSION))}
    install: {install}
    datacenters:
      eu:
        workload: [{", ".join(workload)}]
        racks:
          r1: {{nodes: [n1], address: 10.1.1.1}}
""", encoding="utf-8")  # fmt: skip


def compiled_in(folder: Path) -> Compiled:
    _, sources = open_sources(folder)
    run = Run(sources)
    run.views = product_views(run)
    node = sources.fleet.find("n1")
    blueprint, own = blueprint_of(run, sources.fleet.cluster(node.cluster), node)
    view = NodeView(blueprint, node, "n1", own, ())
    root = folder / "build" / "atlas" / "n1"
    record = read_manifest((folder / "build" / "manifest.json").read_text(encoding="utf-8")).nodes["atlas/n1"]
    for entry in record.entries:
        (root / entry.path).chmod(int(entry.mode, 8) | 0o200)
    return Compiled(root, {entry.name: root / entry.path for entry in record.entries}, view)


def _yaml(value: Value) -> str:
    """A value as a layer says it. JSON is YAML but for the tags."""
    match value:
        case Secret():
            return f"!secret {value.name}"
        case dict():
            return "{" + ", ".join(f"{_yaml(key)}: {_yaml(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_yaml, value)) + "]"
        case _:
            text = json.dumps(value, ensure_ascii=False)
            return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)


def plausible(spec: SettingSpec) -> Value:
    """A value that the setting takes and that somebody could give it."""
    if spec.sensitive:
        return Secret("some/secret") if spec.kind is Kind.STRING else []
    if spec.choices:
        choice: Value = spec.choices[-1]
        return [choice] if spec.kind is Kind.LIST else choice
    if spec.shipped is not UNKNOWN and spec.shipped not in (None, "", [], {}):
        return _sealed(spec.shipped)
    return _of_kind(spec)


def _of_kind(spec: SettingSpec) -> Value:
    members: Mapping[Kind, list[Value]] = {Kind.MAP: [], Kind.STRING: [_text(spec)]}
    values: Mapping[Kind, Value] = {
        Kind.BOOLEAN: True,
        Kind.INT: _number(spec),
        Kind.FLOAT: _number(spec),
        Kind.SIZE: "512MiB",
        Kind.DURATION: "10s",
        Kind.LIST: members.get(spec.items, [1]),
        Kind.MAP: {},
        Kind.STRING: _text(spec),
    }
    return values[spec.kind]


def _sealed(value: Value) -> Value:
    """A value of the vendor's file without the passwords in it."""
    match value:
        case dict():
            return {key: Secret("some/secret") if sounds_secret(key) else _sealed(item) for key, item in value.items()}
        case list():
            return [_sealed(item) for item in value]
        case _:
            return value


def _number(spec: SettingSpec) -> int | float:
    if isinstance(spec.default, (int, float)) and not isinstance(spec.default, bool):
        return spec.default
    least = spec.minimum if spec.minimum is not None else 0
    most = spec.maximum if spec.maximum is not None else least + 4
    return int(min(least + 4, most)) if spec.kind is Kind.INT else min(least + 0.5, most)


def _text(spec: SettingSpec) -> str:
    if isinstance(spec.default, str) and spec.default:
        return spec.default
    if spec.key.endswith(("_OPTS", "_OPTIONS", "OPTS_", "_OPT")):
        return "-Dfirst.option=1 -Dsecond.option=2"
    return "/srv/" + "".join(letter for letter in spec.key.lower() if letter.isalnum() or letter in "_.")

"""Small values with everything defaulted: a test shows only what matters to it."""

from __future__ import annotations

import contextlib
import hashlib
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from dseconf.catalog import Catalog, ProductView
from dseconf.cli import main
from dseconf.document import read_document
from dseconf.finding import Finding, in_order
from dseconf.fleet import Cluster, Fleet, Node, Product, read_fleet
from dseconf.layer import Manage, read_layer
from dseconf.pipeline import Run, Sources, compile_fleet
from dseconf.project import LAYERS, Project
from dseconf.resolve import Link, Rank
from dseconf.setting import Definition, Operation, Origin, Strength, Value
from dseconf.snapshot import CompiledNode, Content, FileEntry, Snapshot
from dseconf.validate import CheckedLayer, validate

ENV_TEMPLATE = """\
#!/bin/sh
{% if has("PORT") %}
PORT={{ slot("PORT") }}
{% endif %}
{% if has("FAST") %}
export MODE="{{ switch("FAST", "fast", "careful") }}"
{% endif %}
{{ settings() }}
"""


def a_setting(kind: str = "string", **more: Any) -> dict[str, Any]:
    return {"about": "A setting of the tests.", "type": kind, **more}


def a_file(name: str, form: str, settings: Mapping[str, dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {
        "file": name,
        "about": "A file of the tests.",
        "format": form,
        "package": f"/etc/dse/{name}",
        "tarball": f"conf/{name}",
        "mode": "0644",
        "owner": "cassandra",
        "group": "cassandra",
        "manage": "whole",
        "read_by": "the tests",
        "read_when": "at start",
        "sources": {"made": "made for the tests"},
        "source": "made",
        "settings": dict(settings),
        **more,
    }


FILES = (
    a_file(
        "app.yaml",
        "yaml",
        {
            "cluster_name": a_setting(identity="cluster"),
            "number": a_setting("int", default=1),
            "text": a_setting(),
            "names": a_setting("list"),
            "flag": a_setting("boolean", default=False),
            "size": a_setting("int", unit="MiB", default=32),
            "ratio": a_setting("float"),
            "group.inner": a_setting("int"),
            "group.word": a_setting(),
            "group.deep.leaf": a_setting(),
            "group.free.*": a_setting(),
            "listen_address": a_setting(identity="address"),
            "broadcast_address": a_setting(identity="broadcast_address"),
            "password": a_setting(sensitive=True),
            "worker": a_setting("int", needs={"flag": True}),
        },
    ),
    a_file("server.properties", "properties", {**{name: a_setting() for name in "abcdef"}, "user.*": a_setting()}),
    a_file("search.properties", "properties", {"index": a_setting(), "depth": a_setting("int")}, workloads=["search"]),
    a_file(
        "env.sh",
        "shell",
        {"PORT": a_setting("int"), "FAST": a_setting("boolean"), "EXTRA": a_setting()},
        template_text=ENV_TEMPLATE,
    ),
    a_file("jvm.options", "jvm", {"-Xmx": a_setting("size", syntax="jvm"), "-Xms": a_setting("size", syntax="jvm")}),
)


def a_catalog(files: Iterable[dict[str, Any]] = FILES) -> Catalog:
    line = {"product": "dse", "line": "6.8", "first": "6.8.0", "last": "6.8.99"}
    return Catalog.of_tables({"dse-6.8": {"line": line, "files": list(files)}})


CATALOG = a_catalog()


def a_view() -> ProductView:
    view = CATALOG.at("dse", (6, 8, 50))
    assert view is not None
    return view


def a_node(name: str = "n1", **facts: Any) -> Node:
    given = {"cluster": "atlas", "datacenter": "eu", "rack": "r1", "product": Product("dse", (6, 8, 50)), **facts}
    return Node(name, **given)


def a_cluster(**more: Any) -> Cluster:
    return Cluster("atlas", Product("dse", (6, 8, 50)), **more)


def a_fleet(text: str, dimensions: Sequence[str] = LAYERS) -> Fleet:
    return read_fleet(read_document(text.encode(), "fleet.yaml"), lambda path: path.encode(), tuple(dimensions))


def a_definition(key: str = "number", value: Value = 1, **more: Any) -> Definition:
    words = {"operation": Operation.SET, "strength": Strength.PLAIN, "origin": Origin("layer.yaml", 1, 1), **more}
    return Definition(key, value, **words)


def a_layer(text: str, path: str = "profiles/layer.yaml") -> CheckedLayer:
    """A layer, read and checked against the catalog of the tests."""
    checked = validate(read_layer(read_document(text.encode(), path)), a_view())
    assert checked.findings == (), checked.findings
    return checked


def links(*texts: str) -> list[Link]:
    """Layers of rising rank."""
    return [Link(Rank(number, 0), a_layer(text, f"layer{number}.yaml")) for number, text in enumerate(texts)]


def sources(
    fleet: str, layers: Mapping[str, str], vendor: Mapping[str, str] = {}, project: Project | None = None
) -> Sources:
    """What the pipeline needs, from texts by path."""
    project = project or Project(shipped=False)
    return Sources(
        project=project,
        fleet=a_fleet(fleet, project.dimensions),
        catalog=CATALOG,
        places=[("profiles", layers)],
        read_layer=lambda _, path: read_layer(read_document(layers[path].encode(), f"profiles/{path}")),
        vendor_text=lambda _, name: (vendor[name], f"vendor/{name}") if name in vendor else None,
    )


def compiled(given: Sources, wanted: Collection[str] = ()) -> tuple[dict[str, CompiledNode], list[Finding], Run]:
    """The nodes by ``CLUSTER/NODE``, the findings in their order, and the run."""
    run, nodes = compile_fleet(given, wanted)
    found = {node.folder: node for node in nodes}
    return found, in_order(run.findings), run


def texts(node: CompiledNode) -> dict[str, str]:
    """The files of a node by name; those that must be absent are left out."""
    return {entry.name: content.data.decode() for entry, content in node.files() if content is not None}


def manifest(nodes: Iterable[CompiledNode]) -> str:
    snapshot = Snapshot()
    for node in nodes:
        snapshot.add(node)
    return "".join(snapshot.write_manifest())


def an_entry(path: str, **more: Any) -> FileEntry:
    given = {"name": path.rsplit("/", 1)[-1], "mode": "0644", "owner": "cassandra", "group": "cassandra", **more}
    return FileEntry(path=path, manage=given.pop("manage", Manage.WHOLE), **given)


def a_compiled_node(files: Mapping[str, str | None], name: str = "n1", cluster: str = "atlas") -> CompiledNode:
    """A node whose files have these texts; None for one that must be absent."""
    entries = tuple(an_entry(p, manage=Manage.ABSENT if text is None else Manage.WHOLE) for p, text in files.items())
    contents = tuple(None if text is None else Content(text.encode()) for text in files.values())
    return CompiledNode(cluster, name, name, entries, contents)


def write_tree(root: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return root


def read_tree(root: Path) -> dict[str, bytes]:
    """Every file below a folder, links as their targets."""
    return {
        path.relative_to(root).as_posix(): f"-> {path.readlink()}".encode() if path.is_symlink() else path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


def digest(root: Path) -> str:
    return hashlib.sha256(repr(read_tree(root)).encode()).hexdigest()


def run(*arguments: object) -> tuple[int, str, str]:
    """Run the command line in this process: exit code, stdout, stderr."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([str(argument) for argument in arguments])
    return code, out.getvalue(), err.getvalue()

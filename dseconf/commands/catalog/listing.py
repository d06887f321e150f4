"""What the catalog knows, listed: lines, files, settings, one setting, the product layer."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from dseconf.catalog import Catalog, FileSpec, SettingSpec, version_text
from dseconf.catalog.describe import facts_text, file_object, line_object, setting_object, type_text, value_text
from dseconf.commands.catalog import Answer
from dseconf.commands.catalog.products import heading, read_product, views, with_file, with_setting
from dseconf.commands.catalog.table import clipped, columns, count, listed
from dseconf.errors import InputError
from dseconf.product_layer import make_product_layer


def versions(catalog: Catalog, _args: argparse.Namespace) -> Answer:
    """Product lines with their patches, and how much is known of each."""
    rows = [
        (f"{line.product} {line.line}", f"{version_text(line.first)} to {version_text(line.last)}",
         f"{len(line.files):,} files", count(sum(len(file.keys) for file in line.files.values())),
         f"Java {listed(line.about.get('java', ()))}")
        for line in catalog.lines
    ]  # fmt: skip
    notes = [f"\n{line.product} {line.line}: {note}\n" for line in catalog.lines if (note := line.about.get("note"))]
    return {"lines": [line_object(line) for line in catalog.lines]}, columns(rows) + "".join(notes)


def files(catalog: Catalog, args: argparse.Namespace) -> Answer:
    """The files of products; of one workload where it is asked for."""
    products, texts = [], []
    for view in views(catalog, args.product):
        files = [file for file in view.files() if _serves(file, args.workload)]
        products.append({"product": view.text, "files": [file_object(file) for file in files]})
        texts.append(f"{heading(view, args)}\n{columns(map(_file_row, files))}")
    return {"products": products}, "\n".join(texts)


def _serves(file: FileSpec, workload: str | None) -> bool:
    """Whether nodes of a workload have the file; those without a workload are every node's."""
    return workload is None or not file.workloads or workload in file.workloads


def _file_row(file: FileSpec) -> tuple[str, ...]:
    path = file.package or (f"<install>/{file.tarball}" if file.tarball else "-")
    workloads = listed(file.workloads) or "every node"
    return file.name, path, file.format, file.mode, f"{file.owner}:{file.group}", file.manage, workloads


def settings(catalog: Catalog, args: argparse.Namespace) -> Answer:
    """The settings of a file."""
    products, texts = [], []
    for view, file in with_file(views(catalog, args.product), args.file):
        specs = [spec for spec in file.settings() if spec.exists_in(view.version)]
        settings = [setting_object(spec) for spec in specs]
        products.append({"product": view.text, "file": file.name, "settings": settings})
        rows = [("KEY", "TYPE", "CODE DEFAULT", "SHIPPED", "ABOUT"), *map(_setting_row, specs)]
        texts.append(f"{file.name} of {heading(view, args)}\n{columns(rows)}")
    return {"products": products}, "\n".join(texts)


def _setting_row(spec: SettingSpec) -> tuple[str, ...]:
    default, shipped = (clipped(value_text(value, spec)) for value in (spec.default, spec.shipped))
    return spec.key, type_text(spec), default, shipped, spec.about


def show(catalog: Catalog, args: argparse.Namespace) -> Answer:
    """Everything known of one setting."""
    name, colon, key = args.address.partition(":")
    if not (name and colon and key):
        raise InputError(
            "wrong-address",
            f"{args.address!r} names no setting",
            remedy="write FILE:KEY, such as cassandra.yaml:num_tokens",
        )
    products, texts = [], []
    for view, file, spec in with_setting(views(catalog, args.product), name, key):
        products.append(
            {
                "product": view.text,
                "address": f"{file.name}:{key}",
                "setting": setting_object(spec),
                "file": file_object(file),
            }
        )
        covered = f", as {spec.key}" if spec.key != key else ""
        lines = [f"  {name + ':':<14}{text}\n" for name, text in facts_text(view, file, spec)]
        texts.append(f"{file.name}:{key}{covered}, in {heading(view, args)}\n{''.join(lines)}")
    return {"products": products}, "\n".join(texts)


def search(catalog: Catalog, args: argparse.Namespace) -> Answer:
    """Settings that have all of the words in their names or sentences."""
    words = [word.lower() for given in args.words for word in given.split()]
    products, texts = [], []
    for view in views(catalog, args.product):
        hits = [
            (file, spec)
            for file in view.files()
            for spec in file.settings()
            if spec.exists_in(view.version) and _has(spec, words)
        ]
        products.append(
            {"product": view.text, "settings": [{"file": file.name, **setting_object(spec)} for file, spec in hits]}
        )
        rows = [(f"{file.name}:{spec.key}", type_text(spec), spec.about) for file, spec in hits]
        texts.append(f"{heading(view, args)}: {count(len(hits))}\n{columns(rows)}")
    return {"products": products}, "\n".join(texts)


def _has(spec: SettingSpec, words: Sequence[str]) -> bool:
    text = " ".join((spec.key, *spec.lcm, spec.about)).lower()
    return all(word in text for word in words)


def product_layer(catalog: Catalog, args: argparse.Namespace) -> Answer:
    """The layer of what the vendor ships."""
    line = read_product(catalog, " ".join(args.product)).line
    layer = make_product_layer(line)
    left_out = {reason: list(addresses) for reason, addresses in layer.left_out.items()}
    return {"product": f"{line.product} {line.line}", "layer": layer.text, "left_out": left_out}, layer.text

"""``dseconf catalog``: what dseconf knows of products, files and settings."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from dseconf.commands import Command
from dseconf.errors import InputError

if TYPE_CHECKING:
    from dseconf.catalog import Catalog, FileSpec, ProductView, SettingSpec

FORMAT = "dseconf.catalog/1"

_WORKLOADS = ("cassandra", "search", "analytics", "graph")
_WIDEST = 70  # characters of a column; a longer text pushes its own line alone
_PRODUCT = re.compile(r"(?P<name>dse|cassandra)[ -](?P<version>[0-9]{1,4}\.[0-9]{1,4}(\.[0-9]{1,4})?)")

_Rows: TypeAlias = Iterable[Sequence[str]]
_Answer: TypeAlias = tuple[Mapping[str, object], str]
"""What a subcommand found, as an object and as text for people."""


def configure(parser: argparse.ArgumentParser) -> None:
    """The subcommands of catalog and their arguments."""
    subcommands = parser.add_subparsers(metavar="WHAT", required=True)
    _add(subcommands, "versions", _versions, "product lines, their patches, and how much is known of them")
    files = _add(subcommands, "files", _files, "the files of a product, where they lie and how they are managed")
    files.add_argument("--workload", choices=_WORKLOADS, help="the files of a node with this workload alone")
    settings = _add(subcommands, "settings", _settings, "the settings of a file, one on a line")
    settings.add_argument("file", metavar="FILE")
    show = _add(subcommands, "show", _show, "everything known of one setting")
    show.add_argument("address", metavar="FILE:KEY")
    search = _add(subcommands, "search", _search, "settings by words in their names and descriptions")
    search.add_argument("words", metavar="WORD", nargs="+")
    for subcommand in (files, settings, show, search):
        subcommand.add_argument("--product", help='such as "dse 6.8.50"; default: the newest patch of each line')
    layer = _add(subcommands, "product-layer", _product_layer, "the values that a product is shipped with, as a layer")
    layer.add_argument("product", metavar="PRODUCT", nargs="+", help='such as "dse 6.8"')


def _add(
    subcommands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    answer: Callable[[Catalog, argparse.Namespace], _Answer],
    summary: str,
) -> argparse.ArgumentParser:
    """A subcommand that takes the global flags behind its name too."""
    parser = subcommands.add_parser(name, help=summary, description=summary)
    missing = argparse.SUPPRESS  # what stands before the name holds, unless it is said again
    parser.add_argument(
        "-C", dest="directory", metavar="DIR", type=Path, default=missing, help="run as if started in DIR"
    )
    parser.add_argument("--format", choices=("human", "json"), default=missing, help="form of the output")
    parser.set_defaults(answer=answer)
    return parser


def run(args: argparse.Namespace) -> int:
    """Answer from the shipped catalog."""
    import json  # noqa: PLC0415  # `dseconf --help` imports all commands and needs none of this

    from dseconf.shipped import load_catalog  # noqa: PLC0415  # as above

    found, text = args.answer(load_catalog(), args)
    if args.format == "json":
        text = json.dumps({"format": FORMAT, **found}, indent=1) + "\n"
    sys.stdout.write(text)
    return 0


def _versions(catalog: Catalog, _args: argparse.Namespace) -> _Answer:
    from dseconf.catalog import version_text  # noqa: PLC0415  # as above
    from dseconf.catalog.describe import line_object  # noqa: PLC0415  # as above

    rows = [
        (f"{line.product} {line.line}", f"{version_text(line.first)} to {version_text(line.last)}",
         f"{len(line.files):,} files", _count(sum(len(file.keys) for file in line.files.values())),
         f"Java {_and(line.about.get('java', ()))}")
        for line in catalog.lines
    ]  # fmt: skip
    notes = [f"\n{line.product} {line.line}: {note}\n" for line in catalog.lines if (note := line.about.get("note"))]
    return {"lines": [line_object(line) for line in catalog.lines]}, _table(rows) + "".join(notes)


def _files(catalog: Catalog, args: argparse.Namespace) -> _Answer:
    from dseconf.catalog.describe import file_object  # noqa: PLC0415  # as above

    products, texts = [], []
    for view in _views(catalog, args.product):
        files = [file for file in view.files() if _serves(file, args.workload)]
        products.append({"product": view.text, "files": [file_object(file) for file in files]})
        texts.append(f"{_heading(view, args)}\n{_table(map(_file_row, files))}")
    return {"products": products}, "\n".join(texts)


def _serves(file: FileSpec, workload: str | None) -> bool:
    """Whether nodes of a workload have the file; those without a workload are every node's."""
    return workload is None or not file.workloads or workload in file.workloads


def _file_row(file: FileSpec) -> tuple[str, ...]:
    path = file.package or (f"<install>/{file.tarball}" if file.tarball else "-")
    workloads = _and(file.workloads) or "every node"
    return file.name, path, file.format, file.mode, f"{file.owner}:{file.group}", file.manage, workloads


def _settings(catalog: Catalog, args: argparse.Namespace) -> _Answer:
    from dseconf.catalog.describe import setting_object  # noqa: PLC0415  # as above

    products, texts = [], []
    for view, file in _with_file(_views(catalog, args.product), args.file):
        specs = [spec for spec in file.settings() if spec.exists_in(view.version)]
        settings = [setting_object(spec) for spec in specs]
        products.append({"product": view.text, "file": file.name, "settings": settings})
        rows = [("KEY", "TYPE", "CODE DEFAULT", "SHIPPED", "ABOUT"), *map(_setting_row, specs)]
        texts.append(f"{file.name} of {_heading(view, args)}\n{_table(rows)}")
    return {"products": products}, "\n".join(texts)


def _setting_row(spec: SettingSpec) -> tuple[str, ...]:
    from dseconf.catalog.describe import type_text, value_text  # noqa: PLC0415  # as above

    default, shipped = (_clipped(value_text(value, spec)) for value in (spec.default, spec.shipped))
    return spec.key, type_text(spec), default, shipped, spec.about


def _show(catalog: Catalog, args: argparse.Namespace) -> _Answer:
    from dseconf.catalog.describe import facts_text, file_object, setting_object  # noqa: PLC0415  # as above

    name, colon, key = args.address.partition(":")
    if not (name and colon and key):
        raise InputError(
            "wrong-address",
            f"{args.address!r} names no setting",
            remedy="write FILE:KEY, such as cassandra.yaml:num_tokens",
        )
    products, texts = [], []
    for view, file, spec in _with_setting(_views(catalog, args.product), name, key):
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
        texts.append(f"{file.name}:{key}{covered}, in {_heading(view, args)}\n{''.join(lines)}")
    return {"products": products}, "\n".join(texts)


def _search(catalog: Catalog, args: argparse.Namespace) -> _Answer:
    from dseconf.catalog.describe import setting_object, type_text  # noqa: PLC0415  # as above

    words = [word.lower() for given in args.words for word in given.split()]
    products, texts = [], []
    for view in _views(catalog, args.product):
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
        texts.append(f"{_heading(view, args)}: {_count(len(hits))}\n{_table(rows)}")
    return {"products": products}, "\n".join(texts)


def _has(spec: SettingSpec, words: Sequence[str]) -> bool:
    text = " ".join((spec.key, *spec.lcm, spec.about)).lower()
    return all(word in text for word in words)


def _product_layer(catalog: Catalog, args: argparse.Namespace) -> _Answer:
    from dseconf.product_layer import make_product_layer  # noqa: PLC0415  # as above

    line = _read_product(catalog, " ".join(args.product)).line
    layer = make_product_layer(line)
    left_out = {reason: list(addresses) for reason, addresses in layer.left_out.items()}
    return {"product": f"{line.product} {line.line}", "layer": layer.text, "left_out": left_out}, layer.text


def _views(catalog: Catalog, product: str | None) -> list[ProductView]:
    """The product asked for, or the newest patch of every line."""
    if product is not None:
        return [_read_product(catalog, product)]
    return [_read_product(catalog, f"{line.product} {line.line}") for line in catalog.lines]


def _read_product(catalog: Catalog, text: str) -> ProductView:
    """A patch release, or the newest one of a line where the text names no patch."""
    from dseconf.catalog import parse_version  # noqa: PLC0415  # as above

    named = _PRODUCT.fullmatch(text)
    if named is None:
        raise InputError(
            "wrong-product", f"{text!r} is no product", remedy='write "dse 6.8.50", or "dse 6.8" for its newest patch'
        )
    version = parse_version(named["version"])
    line = catalog.line_of(named["name"], version)
    view = catalog.at(named["name"], version if len(version) > 2 or line is None else line.last)
    if view is None:
        why = f"it covers {catalog.coverage()}"
        remedy = "name a covered version, or update dseconf"
        raise InputError("version-not-covered", f"the catalog does not cover {text}", why=why, remedy=remedy)
    return view


def _with_file(views: Sequence[ProductView], name: str) -> list[tuple[ProductView, FileSpec]]:
    """The products that have the file; at least one."""
    found = [(view, file) for view in views if (file := view.file(name)) is not None]
    if found:
        return found
    near = next((near for view in views if (near := view.nearest_file(name))), "")
    products = ", ".join(view.text for view in views)
    remedy = f"did you mean {near}?" if near else "`dseconf catalog files` lists them"
    raise InputError("unknown-file", f"{products} has no file {name!r}", remedy=remedy)


def _with_setting(views: Sequence[ProductView], name: str, key: str) -> list[tuple[ProductView, FileSpec, SettingSpec]]:
    """The products that have the setting; at least one."""
    files = _with_file(views, name)
    found = [(view, file, spec) for view, file in files if (spec := view.setting(file, key)) is not None]
    if found:
        return found
    view, file = files[-1]
    other = file.setting(key)
    if other is not None:
        raise _other_version(view, file, key, other)
    above = file.has_below(key)
    near = "" if above else view.elsewhere(key) or view.nearest_key(file, key)
    remedy = f"did you mean {near}?" if near else f"`dseconf catalog settings {name}` lists them"
    why = f"{key} is no setting of its own: settings lie below it" if above else ""
    raise InputError("unknown-setting", f"{name} of {view.text} has no setting {key!r}", why=why, remedy=remedy)


def _other_version(view: ProductView, file: FileSpec, key: str, spec: SettingSpec) -> InputError:
    from dseconf.catalog import version_text  # noqa: PLC0415  # as above

    early = spec.since is not None and view.version < spec.since
    patch = version_text((spec.since if early else spec.until) or ())
    why = f"it came with {patch}" if early else f"{patch} is the last that has it: {spec.reason}".rstrip(": .")
    return InputError("other-version", f"{file.name} of {view.text} has no setting {key!r}", why=why,
                      remedy=f'add --product "{view.line.product} {patch}"')  # fmt: skip


def _heading(view: ProductView, args: argparse.Namespace) -> str:
    newest = "" if args.product == view.text else ", the newest patch that the catalog covers"
    return f"{view.text}{newest}"


def _count(number: int) -> str:
    return f"{number:,} setting" + ("" if number == 1 else "s")


def _and(texts: Iterable[object]) -> str:
    return ", ".join(map(str, texts))


def _clipped(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 3]}..."


def _table(rows: _Rows) -> str:
    """Columns under each other; the last one as long as it is."""
    table = [tuple(row) for row in rows]
    widths = [min(max(map(len, column)), _WIDEST) for column in zip(*table, strict=True)][:-1]
    lines = (
        "  ".join((*(f"{text:<{width}}" for text, width in zip(row, widths, strict=False)), row[-1])) for row in table
    )
    return "".join(f"{line.rstrip()}\n" for line in lines)


COMMAND = Command(
    name="catalog", summary="list what is known of products, files and settings", configure=configure, run=run
)

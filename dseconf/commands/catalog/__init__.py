"""``dseconf catalog``: what dseconf knows of products, files and settings.

One module here holds the answers to related subcommands; it is imported when one of them is asked.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from dseconf.commands import Command

FORMAT = "dseconf.catalog/1"

_WORKLOADS = ("cassandra", "search", "analytics", "graph")

Answer: TypeAlias = tuple[Mapping[str, object], str]
"""What a subcommand found, as an object and as text for people."""


def configure(parser: argparse.ArgumentParser) -> None:
    """The subcommands of catalog and their arguments."""
    subcommands = parser.add_subparsers(metavar="WHAT", required=True)
    _add(subcommands, "versions", "listing", "product lines, their patches, and how much is known of them")
    files = _add(subcommands, "files", "listing", "the files of a product, where they lie and how they are managed")
    files.add_argument("--workload", choices=_WORKLOADS, help="the files of a node with this workload alone")
    settings = _add(subcommands, "settings", "listing", "the settings of a file, one on a line")
    settings.add_argument("file", metavar="FILE")
    show = _add(subcommands, "show", "listing", "everything known of one setting")
    show.add_argument("address", metavar="FILE:KEY")
    search = _add(subcommands, "search", "listing", "settings by words in their names and descriptions")
    search.add_argument("words", metavar="WORD", nargs="+")
    for subcommand in (files, settings, show, search):
        subcommand.add_argument("--product", help='such as "dse 6.8.50"; default: the newest patch of each line')
    layer = _add(subcommands, "product-layer", "listing", "the values that a product is shipped with, as a layer")
    layer.add_argument("product", metavar="PRODUCT", nargs="+", help='such as "dse 6.8"')
    diff = _add(subcommands, "diff", "diff", "what a change of version changes in files and settings")
    diff.add_argument("old", metavar="FROM", help='such as "dse 6.7.17"')
    diff.add_argument("new", metavar="TO", help='such as "dse 6.8.35"')
    diff.add_argument("--fleet", action="store_true", help="only what touches the clusters of this fleet that are FROM")
    pages = _add(subcommands, "reference", "reference", "write a page of all settings for each product line")
    pages.add_argument("-o", dest="output", metavar="FOLDER", type=Path, required=True, help="folder of the pages")


def _add(
    subcommands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, module: str, summary: str
) -> argparse.ArgumentParser:
    """A subcommand that takes the global flags behind its name too; ``module`` has a function of its name."""
    parser = subcommands.add_parser(name, help=summary, description=summary)
    missing = argparse.SUPPRESS  # what stands before the name holds, unless it is said again
    parser.add_argument(
        "-C", dest="directory", metavar="DIR", type=Path, default=missing, help="run as if started in DIR"
    )
    parser.add_argument("--format", choices=("human", "json"), default=missing, help="form of the output")
    parser.set_defaults(answer=(module, name.replace("-", "_")))
    return parser


def run(args: argparse.Namespace) -> int:
    """Answer from the shipped catalog."""
    import json  # noqa: PLC0415  # `dseconf --help` imports all commands and needs none of this

    from dseconf.shipped import load_catalog  # noqa: PLC0415  # as above

    module, name = args.answer
    found, text = getattr(importlib.import_module(f"{__name__}.{module}"), name)(load_catalog(), args)
    if args.format == "json":
        text = json.dumps({"format": FORMAT, **found}, indent=1) + "\n"
    sys.stdout.write(text)
    return 0


COMMAND = Command(
    name="catalog", summary="list what is known of products, files and settings", configure=configure, run=run
)

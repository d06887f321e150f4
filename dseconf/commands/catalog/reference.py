"""``dseconf catalog reference``: the pages of docs/reference."""

from __future__ import annotations

import argparse
from pathlib import Path

from dseconf.catalog import Catalog
from dseconf.catalog.reference import make_reference
from dseconf.commands.catalog import Answer
from dseconf.output import disk_errors


def reference(catalog: Catalog, args: argparse.Namespace) -> Answer:
    """Write a page per product line and an index."""
    folder = Path(args.directory, args.output)
    pages = make_reference(catalog)
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in pages.items():
            (folder / name).write_text(text, encoding="utf-8")
    return {"pages": list(pages)}, "".join(f"{args.output}/{name}\n" for name in pages)

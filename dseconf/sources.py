"""What a run reads: the fleet repository on disk, the shipped catalog and profiles."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from dseconf.catalog import Catalog
from dseconf.catalog.extend import extend_line
from dseconf.document import Document
from dseconf.errors import InputError
from dseconf.load import Repository, load_repository
from dseconf.pipeline import Sources
from dseconf.setting import Origin
from dseconf.shipped import load_catalog


def open_sources(directory: Path) -> tuple[Repository, Sources]:
    """The repository that ``directory`` belongs to, ready for the pipeline.

    Raises:
        DseconfError: what is wrong with dseconf.yaml, fleet.yaml or the tables they name.
    """
    repository = load_repository(directory)
    return repository, Sources(
        project=repository.project,
        fleet=repository.fleet,
        catalog=_extended(load_catalog(), repository.extensions()),
        places=[(place.label, place.layers) for place in repository.places],
        read_layer=repository.read_layer,
        vendor_text=repository.vendor_text,
    )


def _extended(catalog: Catalog, extensions: Mapping[str, Document]) -> Catalog:
    """The catalog with what the fleet adds to it."""
    names = [line.name for line in catalog.lines]
    for name, document in extensions.items():
        if name not in names:
            message, remedy = f"there is no product line {name!r}", f"name the file as one of {', '.join(names)}"
            raise InputError("unknown-line", message, where=Origin(document.path), remedy=remedy)
    if not extensions:
        return catalog
    return catalog.extended({name: partial(_extend, document=document) for name, document in extensions.items()})


def _extend(table: Mapping[str, Any], document: Document) -> Mapping[str, Any]:
    return extend_line(table, document)

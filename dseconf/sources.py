"""What a run reads: the fleet repository on disk, the shipped catalog and profiles."""

from __future__ import annotations

from pathlib import Path

from dseconf.load import Repository, load_repository
from dseconf.pipeline import Sources
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
        catalog=load_catalog(),
        places=[(place.label, place.layers) for place in repository.places],
        read_layer=repository.read_layer,
        vendor_text=repository.vendor_text,
    )

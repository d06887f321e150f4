"""JSON Schemas of what people write, for the editor: completion, descriptions, mistakes while typing.

An editor sees one file. What needs the whole fleet (which version a node runs, what
other layers say, whether a secret is a reference) is for ``compile``; a schema is never
stricter than ``compile``, but for the form of a key: in files that are not YAML a
setting stands under its whole name.

The schemas are draft-07, the dialect that yaml-language-server speaks best, with its
``doNotSuggest`` and ``patternErrorMessage``, which other readers pass over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from dseconf.catalog import ProductView
from dseconf.schema.fleet import fleet_schema
from dseconf.schema.layer import every_release, layer_schema
from dseconf.schema.project import project_schema
from dseconf.schema.value import Schema

NAMES: Final = ("layer", "fleet", "dseconf")
"""The schemas: of layer files, fleet.yaml and dseconf.yaml."""

FOLDER: Final = ".dseconf/schema"
"""Where editors find the schemas of a fleet repository."""

__all__ = [
    "FOLDER",
    "NAMES",
    "Schema",
    "every_release",
    "fleet_schema",
    "layer_schema",
    "make_schemas",
    "project_schema",
    "write_schema",
]


def make_schemas(views: Iterable[ProductView], dimensions: Iterable[str]) -> dict[str, Schema]:
    """All schemas by name: for the releases that a fleet runs, and the dimensions of its project."""
    return {"layer": layer_schema(views), "fleet": fleet_schema(dimensions), "dseconf": project_schema()}


def write_schema(schema: Schema) -> str:
    """The text of a schema; the same schema is the same text."""
    return json.dumps(schema, ensure_ascii=False, allow_nan=False, indent=1) + "\n"

"""The JSON Schema of dseconf.yaml."""

from __future__ import annotations

from dseconf.project import LAYERS, Project
from dseconf.schema.value import Schema


def project_schema() -> Schema:
    """The schema of dseconf.yaml; an empty file is a project of defaults."""
    default = Project()
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "urn:dseconf:project",
        "title": "dseconf dseconf.yaml",
        "description": "How this fleet repository is laid out.",
        "type": ["object", "null"],
        "properties": {
            "layers": {
                "description": "The dimensions of layers, weakest first: folders of profiles, and facts of nodes.",
                "type": "array",
                "items": {"type": "string", "pattern": "^[a-z][a-z0-9_-]*$"},
                "minItems": 1,
                "uniqueItems": True,
                "default": list(LAYERS),
            },
            "profiles": _folders(
                "Folders with layers, weakest first; the shipped ones come before them.", default.profiles
            ),
            "shipped": {
                "description": "Whether the profiles that come with dseconf take part.",
                "type": "boolean",
                "default": default.shipped,
            },
            "catalog": _folders("Folders with extensions of the catalog.", default.catalog),
            "vendor": _folder("Folder with the vendor's own texts of files that are managed in part.", default.vendor),
            "rules": _folders("Folders with the rule packs of the team.", default.rules),
            "output": {
                "description": "Where `dseconf compile` writes when no -o is given.",
                "type": "string",
                "minLength": 1,
            },
            "store": {
                "description": "Where versions of the fleet are kept.",
                "type": "object",
                "properties": {
                    "remote": {
                        "description": "A git remote that the team shares: https, ssh, or a path on this machine.",
                        "type": "string",
                    }
                },
                "additionalProperties": False,
            },
        },
        "additionalProperties": False,
    }


# A folder of the repository: no absolute path, and no step out of it.
_INSIDE = r"^(?!/)(?!(?:.*/)?\.\.(?:/|$)).+$"


def _folder(description: str, default: str) -> Schema:
    return {
        "description": description,
        "type": "string",
        "pattern": _INSIDE,
        "patternErrorMessage": "takes a folder inside the repository",
        "default": default,
    }


def _folders(description: str, default: tuple[str, ...]) -> Schema:
    one = {"type": "string", "pattern": _INSIDE, "patternErrorMessage": "takes a folder inside the repository"}
    return {"description": description, "type": "array", "items": one, "default": list(default)}

"""Read a fleet repository from disk: the edge between files and values.

Nothing is read outside the repository's root, and no link is followed out of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dseconf.chain import SHIPPED
from dseconf.document import MAX_BYTES, Document, decode, read_document
from dseconf.errors import DseconfError, InputError
from dseconf.fleet import Fleet, read_fleet
from dseconf.layer import Layer, read_layer
from dseconf.project import Project, read_project
from dseconf.secret import PLACEHOLDER
from dseconf.setting import Origin
from dseconf.shipped import shipped_profiles

PROJECT_FILE = "dseconf.yaml"
FLEET_FILE = "fleet.yaml"
SHIPPED_PROFILES = f"{SHIPPED}profiles"


@dataclass(frozen=True, slots=True)
class Place:
    """One profile folder of the search path and the layer files in it.

    ``label`` is how its files are named to people; ``layers`` maps a layer's path below
    the folder (``workload/search.yaml``) to its path on disk.
    """

    label: str
    layers: Mapping[str, Path]


@dataclass(frozen=True, slots=True)
class Repository:
    """A fleet repository: its project, its fleet, and where its layers lie, weakest place first."""

    root: Path
    project: Project
    fleet: Fleet
    places: tuple[Place, ...]

    def read_layer(self, place: int, path: str) -> Layer:
        """Read one layer. What is wrong with it is in its findings."""
        where = self.places[place]
        shown = f"{where.label}/{path}"
        try:
            disk = where.layers[path] if where.label == SHIPPED_PROFILES else _inside(self.root, shown)
            return read_layer(read_document(_read(disk, shown), shown))
        except DseconfError as error:
            return Layer(shown, findings=error.findings)

    def extensions(self) -> dict[str, Document]:
        """The fleet's own knowledge of product lines, by the name of the line.

        Raises:
            InputError: a file cannot be read.
        """
        names = [
            f"{folder}/{path.name}"
            for folder in self.project.catalog
            for path in sorted((self.root / folder).glob("*.yaml"))
        ]
        return {Path(name).stem: read_document(_read(_inside(self.root, name), name), name) for name in names}

    def vendor_text(self, cluster: str, file: str) -> tuple[str, str] | None:
        """The vendor's own text of a file for a cluster, with its path; None where there is none.

        ``vendor/CLUSTER/FILE`` goes before ``vendor/FILE``.

        Raises:
            InputError: it cannot be read, or holds our own mark of a secret.
        """
        for name in (f"{self.project.vendor}/{cluster}/{file}", f"{self.project.vendor}/{file}"):
            if os.path.lexists(self.root / name):
                text = decode(_read(_inside(self.root, name), name), name)
                if PLACEHOLDER in text:
                    why, remedy = "the node would take it for a secret", "remove it, and set the secret in a layer"
                    message = f"the vendor's text contains {PLACEHOLDER}"
                    raise InputError("placeholder-in-value", message, where=Origin(name), why=why, remedy=remedy)
                return text, name
        return None


def find_root(start: Path) -> Path:
    """The fleet repository that a folder belongs to: the nearest one up with a fleet.yaml.

    Raises:
        InputError: no-fleet.
    """
    where = Origin(str(start))
    # A misspelt folder must not lead to the fleet above it.
    if not os.path.isdir(start):  # noqa: PTH112  # a Path would raise where it may not look
        raise InputError("no-fleet", "there is no such folder", where=where, remedy="correct the folder after -C")
    for folder in (start, *start.parents):
        if os.path.lexists(folder / FLEET_FILE):
            return folder
    message = f"there is no {FLEET_FILE} here or in a folder above"
    remedy = "go to a fleet repository, name one with -C DIR, or make one with `dseconf init`"
    raise InputError("no-fleet", message, where=where, remedy=remedy)


def load_repository(start: Path) -> Repository:
    """Read dseconf.yaml and fleet.yaml, and list the layers.

    Raises:
        DseconfError: all mistakes of dseconf.yaml, else those of fleet.yaml, which needs it.
    """
    root = find_root(Path(os.path.realpath(start)))
    has_project = os.path.lexists(root / PROJECT_FILE)
    project = read_project(_document(root, PROJECT_FILE) if has_project else Document(PROJECT_FILE, None))
    fleet = read_fleet(_document(root, FLEET_FILE), lambda path: _read(_inside(root, path), path), project.dimensions)
    own = [Place(folder, _layers(root, folder, project)) for folder in project.profiles]
    shipped = [Place(SHIPPED_PROFILES, shipped_profiles())] if project.shipped else []
    return Repository(root, project, fleet, (*shipped, *own))


def unused_layers(repository: Repository, used: Iterable[tuple[int, str]]) -> list[str]:
    """The layer files of the repository that no node uses."""
    seen = set(used)
    return [
        f"{place.label}/{path}"
        for number, place in enumerate(repository.places) if not place.label.startswith(SHIPPED)
        for path in place.layers if (number, path) not in seen
    ]  # fmt: skip


def _document(root: Path, name: str) -> Document:
    return read_document(_read(_inside(root, name), name), name)


def _layers(root: Path, folder: str, project: Project) -> Mapping[str, Path]:
    """Every YAML file below a profile folder, by its path there; hidden files and folders apart."""
    top = _inside(root, folder)
    if not top.is_dir() and "profiles" in project.origins:
        where, remedy = project.origins["profiles"], "make the folder, or correct its name"
        raise InputError("no-folder", f"there is no profile folder {folder!r}", where=where, remedy=remedy)
    found: dict[str, Path] = {}
    for directory, folders, names in os.walk(top):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        below = os.path.relpath(directory, root)
        for name in folders:
            if Path(directory, name).is_symlink():
                raise _dropped("linked-folder", "a link to a folder is not followed", f"{below}/{name}")
        for name in sorted(name for name in names if not name.startswith(".")):
            if name.endswith(".yaml"):
                found[os.path.relpath(f"{directory}/{name}", top)] = Path(directory, name)
            elif name.lower().endswith((".yml", ".yaml")):
                raise _dropped("wrong-extension", "the name of a layer ends in .yaml", f"{below}/{name}")
    return found


def _dropped(code: str, message: str, path: str) -> InputError:
    """What would take no part without a word."""
    why, remedy = "the settings in it would be dropped silently", "rename it, or move the layers into the folder"
    return InputError(code, message, where=Origin(path), why=why, remedy=remedy)


def _inside(root: Path, name: str) -> Path:
    """A path of the repository; a link that leads out of it is refused."""
    path = root / name
    if not Path(os.path.realpath(path)).is_relative_to(root):
        message, remedy = f"{name} leads out of the repository", "keep the file inside the repository"
        raise InputError("path-escape", message, where=Origin(name), remedy=remedy)
    return path


def _read(path: Path, shown: str) -> bytes:
    """The content of a file, or enough of it to see that it is too large."""
    where = Origin(shown)
    try:
        if path.is_symlink() and not path.exists():
            remedy = "correct or remove the link"
            raise InputError("unreadable-file", f"{shown} is a link to nothing", where=where, remedy=remedy)
        if path.exists() and not path.is_file():  # a pipe would never end
            raise InputError("unreadable-file", f"{shown} is no file", where=where, remedy="put a file in its place")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        remedy = "check that it exists and that you may read it"
        raise InputError("unreadable-file", f"cannot read {shown}", where=where, why=reason, remedy=remedy) from error

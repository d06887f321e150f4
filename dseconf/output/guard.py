"""What an output folder must be like before anything in it is touched."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dseconf.errors import InputError
from dseconf.setting import Origin
from dseconf.snapshot import Snapshot, read_manifest

MANIFEST = "manifest.json"
PRIVATE = ".dseconf"
STAGE = f"{PRIVATE}/stage"
NEXT = f"{PRIVATE}/next.json"
NEXT_DRAFT = f"{NEXT}.new"

# A fleet repository may keep its store in a folder of the same name: only these are ours.
_OURS = {Path(name).name for name in (STAGE, NEXT, NEXT_DRAFT)}


@contextmanager
def folder_locked(root: Path) -> Iterator[None]:
    """Hold the folder alone, made if it is not there. The lock is on the folder and goes with the process.

    Raises:
        InputError: it is a link or no folder, or another compile holds it.
    """
    _check_folder(root)
    root.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        _lock(descriptor, root)
        yield
    finally:
        os.close(descriptor)


def _check_folder(root: Path) -> None:
    where = Origin(str(root))
    if root.is_symlink():
        why, remedy = "what lies behind it could be anything", "name the folder itself"
        raise InputError("output-link", "the output folder is a link", where=where, why=why, remedy=remedy)
    if root.exists() and not root.is_dir():
        raise InputError("output-not-folder", "the output is no folder", where=where, remedy="name another one")


def _lock(descriptor: int, root: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        message, remedy = "another compile writes to this folder", "wait for it, or name another folder"
        raise InputError("output-busy", message, where=Origin(str(root)), remedy=remedy) from error


def check_ours(root: Path) -> None:
    """Refuse a folder that holds something and was not written by dseconf.

    Raises:
        InputError: foreign-output, output-link.
    """
    private = root / PRIVATE
    if private.is_symlink() or (private.exists() and not private.is_dir()):
        raise link_found(private, root)
    names = {path.name for path in root.iterdir()}
    if MANIFEST in names or (root / NEXT).exists():
        return
    if names - {PRIVATE} or (PRIVATE in names and {path.name for path in private.iterdir()} - _OURS):
        why, remedy = f"there is no {MANIFEST} of dseconf in it", "name an empty or a new folder"
        message = "the output folder holds something that dseconf did not write"
        raise InputError("foreign-output", message, where=Origin(str(root)), why=why, remedy=remedy)


def require_empty(root: Path) -> None:
    """Refuse a folder that is there and holds anything, or a link to one.

    Raises:
        InputError: foreign-output.
    """
    if root.is_symlink() or (root.exists() and (not root.is_dir() or any(root.iterdir()))):
        why, remedy = "what is written for reading must not mix with anything", "name an empty or a new folder"
        raise InputError("foreign-output", "the folder is not empty", where=Origin(str(root)), why=why, remedy=remedy)


def read_snapshot(path: Path) -> Snapshot:
    """What a manifest says; an empty snapshot where there is none.

    Raises:
        InputError: foreign-output: it is no manifest of dseconf, or a damaged one.
    """
    if not os.path.lexists(path):
        return Snapshot()
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(descriptor, encoding="utf-8") as file:
            return read_manifest(file.read())
    except (OSError, ValueError, RecursionError) as error:
        message, why = f"{path} is no manifest of dseconf", "nothing is removed or replaced on its word"
        remedy = "name an empty or a new folder"
        raise InputError("foreign-output", message, where=Origin(str(path)), why=why, remedy=remedy) from error


def refuse_links(root: Path, folder: str) -> None:
    """Refuse links at and below ``CLUSTER/NODE``: writing through one could reach any place.

    Raises:
        InputError: output-link.
    """
    place = root / folder
    for path in (place.parent, place):
        if path.is_symlink():
            raise link_found(path, root)
    if place.is_dir():
        _refuse_links_below(str(place), root)


def _refuse_links_below(folder: str, root: Path) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_symlink():
                raise link_found(Path(entry.path), root)
            if entry.is_dir(follow_symlinks=False):
                _refuse_links_below(entry.path, root)


def link_found(path: Path, root: Path) -> InputError:
    """The error for a link where a folder or file of ours belongs."""
    message, why = "there is a link in the output folder", "writing through it could reach any place"
    remedy = f"remove it, or name another folder than {root}"
    return InputError("output-link", message, where=Origin(str(path)), why=why, remedy=remedy)


@contextmanager
def disk_errors(root: Path) -> Iterator[None]:
    """Tell what the disk refused, and in which state the output is."""
    try:
        yield
    except BrokenPipeError:  # the reader of what is printed has gone
        raise
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        message = "the disk is full" if full else f"cannot write: {(error.strerror or 'unknown reason').lower()}"
        why = "what was there before is as it was"
        if (root / NEXT).exists():
            why = "the output is new in part; the next run finishes it"
        remedy = "make room and run again" if full else "check the folder's owner and mode, and run again"
        code = "disk-full" if full else "unwritable-output"
        where = Origin(str(error.filename or root))
        raise InputError(code, message, where=where, why=why, remedy=remedy) from error

"""From the commit point on: staged files move into place, and what is gone is removed.

Every step can be repeated, so a run that was killed here is finished by the next one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from dseconf.output.guard import MANIFEST, NEXT, NEXT_DRAFT, PRIVATE, STAGE, read_snapshot
from dseconf.snapshot import Snapshot


def recover(root: Path) -> None:
    """Finish a compile that was interrupted after its commit point; throw away one that was not."""
    if (root / NEXT).exists():
        finish(root, read_snapshot(root / MANIFEST), read_snapshot(root / NEXT))
    else:
        discard(root)


def finish(root: Path, previous: Snapshot, following: Snapshot) -> int:
    """Make the staged files the output and let the new manifest count.

    Returns:
        How many files were removed.
    """
    gone = list(gone_paths(previous, following))
    for path in gone:
        _remove(root, path)
    stage = root / STAGE
    for staged in sorted(stage.glob("*/*")):
        _move(staged, root / staged.relative_to(stage))
    (root / NEXT).replace(root / MANIFEST)
    sync_folder(root)
    discard(root)
    return len(gone)


def discard(root: Path) -> None:
    """Remove what a compile keeps for itself, and nothing else that lies beside it."""
    stage = root / STAGE
    if stage.is_symlink():
        stage.unlink()
    elif stage.is_dir():
        shutil.rmtree(stage)
    (root / NEXT_DRAFT).unlink(missing_ok=True)
    with suppress(OSError):
        (root / PRIVATE).rmdir()


def gone_paths(previous: Snapshot, following: Snapshot) -> Iterator[str]:
    """The files of one snapshot that the next one does not have."""
    for node, record in previous.nodes.items():
        now = following.nodes.get(node)
        kept = set(now.paths()) if now is not None else set()
        yield from (f"{node}/{path}" for path in record.paths() if path not in kept)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder outlast a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _move(staged: Path, place: Path) -> None:
    """A new node moves as one folder, a known one file by file."""
    if not os.path.lexists(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        staged.rename(place)
        return
    for folder, _, names in os.walk(staged):
        target = place / os.path.relpath(folder, staged)
        if names:
            target.mkdir(parents=True, exist_ok=True)
        for name in names:
            Path(folder, name).replace(target / name)


def _remove(root: Path, path: str) -> None:
    """Remove a file of the previous manifest, and the folders that it leaves empty."""
    parents = [root / parent for parent in Path(path).parents][:-1]
    if any(parent.is_symlink() for parent in parents):
        return
    # A folder that someone put in the file's place is not ours.
    with suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
        (root / path).unlink()
    with suppress(OSError):
        for parent in parents:
            parent.rmdir()

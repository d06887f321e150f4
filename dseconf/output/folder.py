"""Staging the files of a compile, and the point at which they count."""

from __future__ import annotations

import errno
import filecmp
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from dseconf.errors import InputError
from dseconf.output.finish import discard, finish, gone_paths, recover, sync_folder
from dseconf.output.guard import (
    MANIFEST,
    NEXT,
    NEXT_DRAFT,
    PRIVATE,
    STAGE,
    check_ours,
    disk_errors,
    folder_locked,
    link_found,
    read_snapshot,
    refuse_links,
)
from dseconf.setting import Origin
from dseconf.snapshot import CompiledNode, Content, Snapshot


@contextmanager
def output_opened(root: Path, *, link: bool = False) -> Iterator[OutputFolder]:
    """Open a folder for one compile: alone, after finishing or taking back an interrupted one.

    ``link``: files with equal content share one read-only file.

    Raises:
        InputError: it is a link, holds something that is not ours, is in use, or the disk is full.
    """
    with disk_errors(root), folder_locked(root):
        check_ours(root)
        previous = read_snapshot(root / MANIFEST)
        if os.path.lexists(root / PRIVATE):
            recover(root)
            previous = read_snapshot(root / MANIFEST)
        (root / PRIVATE).mkdir(exist_ok=True)
        try:
            yield OutputFolder(root, previous, link=link)
        finally:
            if not (root / NEXT).exists():
                discard(root)


class OutputFolder:
    """A folder that holds one compiled fleet. Made by ``output_opened``."""

    def __init__(self, root: Path, previous: Snapshot, *, link: bool = False) -> None:
        self._root = root
        self._stage = root / STAGE
        self._previous = previous
        self._link = link
        self._first: dict[str, str] = {}
        self._staged = 0

    def stage(self, node: CompiledNode) -> None:
        """Put down what is new or different for a node. Nothing in place is touched."""
        if node.cluster == MANIFEST:
            message, remedy = f"a cluster cannot be named {MANIFEST}", "give it another name"
            raise InputError("unsafe-name", message, why="the output folder has a file of that name", remedy=remedy)
        refuse_links(self._root, node.folder)
        place = f"{self._root}/{node.folder}"
        files = [(entry.path, content) for entry, content in node.files() if content is not None]
        cluster = self._root / node.cluster
        if os.path.lexists(cluster) and not cluster.is_dir():
            self._refuse_foreign([cluster])
        if os.path.lexists(place):
            files = [(path, content) for path, content in files if not self._is_there(f"{place}/{path}", content)]
            for path, _ in files:
                self._check_free(node.folder, path)
        self._put(f"{self._stage}/{node.folder}", files)

    def commit(self, snapshot: Snapshot, *, partial: bool = False) -> tuple[int, int]:
        """Make the staged files the output. ``partial`` keeps the nodes that were not compiled.

        Returns:
            How many files were written, and how many removed.
        """
        following = Snapshot({**self._previous.nodes, **snapshot.nodes}) if partial else snapshot
        gone = list(gone_paths(self._previous, following))
        self._check_gone(gone)
        draft = self._root / NEXT_DRAFT
        _write_file(str(draft), (piece.encode() for piece in following.write_manifest()), 0o644, lasting=True)
        if not self._staged and not gone and _same(draft, self._root / MANIFEST):
            return 0, 0
        draft.replace(self._root / NEXT)
        sync_folder(self._root / PRIVATE)
        return self._staged, finish(self._root, self._previous, following)

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self._previous.paths())

    def _is_there(self, path: str, content: Content) -> bool:
        """Whether a file has the content already. Where files are linked, others may share it."""
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        except OSError:
            return False
        try:
            status = os.fstat(descriptor)
            if not _holds(descriptor, status, content.data):
                return False
        finally:
            os.close(descriptor)
        if self._link and not status.st_mode & 0o222:
            self._first.setdefault(content.sha256, path)
        return True

    def _check_free(self, folder: str, path: str) -> None:
        """Refuse what stands where a file or its folder must go, unless it is ours and will be gone."""
        place = self._root / folder
        if (place / path).is_dir():
            inside = (Path(below, name) for below, _, names in os.walk(place / path) for name in names)
            self._refuse_foreign(inside)
        ways = [place / parent for parent in Path(path).parents]
        self._refuse_foreign(way for way in ways if os.path.lexists(way) and not way.is_dir())

    def _refuse_foreign(self, paths: Iterable[Path]) -> None:
        for path in paths:
            if path.relative_to(self._root).as_posix() not in self._known:
                message, why = "something is in the way of a file", "dseconf did not write it"
                where, remedy = Origin(str(path)), "remove it, or name another folder"
                raise InputError("output-in-the-way", message, where=where, why=why, remedy=remedy)

    def _check_gone(self, gone: Sequence[str]) -> None:
        folders = {parent for path in gone for parent in Path(path).parents}
        for folder in sorted(folders):
            if (self._root / folder).is_symlink():
                raise link_found(self._root / folder, self._root)

    def _put(self, base: str, files: Sequence[tuple[str, Content]]) -> None:
        for folder in sorted({os.path.dirname(path) for path, _ in files}):  # noqa: PTH120  # once for each file
            os.makedirs(f"{base}/{folder}", exist_ok=True)  # noqa: PTH103  # as above
        for path, content in files:
            self._write(f"{base}/{path}", content)
        self._staged += len(files)

    def _write(self, path: str, content: Content) -> None:
        if not self._link:
            _write_file(path, (content.data,), 0o644)
        elif not self._linked(path, content):
            _write_file(path, (content.data,), 0o444)
            self._first[content.sha256] = path

    def _linked(self, path: str, content: Content) -> bool:
        first = self._first.get(content.sha256)
        if first is None:
            return False
        try:
            os.link(first, path)
        except OSError as error:
            if error.errno != errno.EMLINK:  # a file can have 65,000 names on ext4: begin another
                raise
            return False
        return True


def _holds(descriptor: int, status: os.stat_result, content: bytes) -> bool:
    if not stat.S_ISREG(status.st_mode) or status.st_size != len(content):
        return False
    with os.fdopen(descriptor, "rb", closefd=False) as file:
        return file.read() == content


def _write_file(path: str, pieces: Iterable[bytes], mode: int, *, lasting: bool = False) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    try:
        for piece in pieces:
            view = memoryview(piece)
            while view:  # a disk that is nearly full takes a part, and says so the next time
                view = view[os.write(descriptor, view) :]
        if lasting:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _same(left: Path, right: Path) -> bool:
    return right.is_file() and filecmp.cmp(left, right, shallow=False)

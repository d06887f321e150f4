"""How an output folder differs from a compile, for ``compile --check``."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from dseconf.output.finish import gone_paths
from dseconf.output.guard import MANIFEST, read_snapshot
from dseconf.snapshot import CompiledNode, Content, Snapshot


def compare(root: Path, nodes: Iterable[CompiledNode], *, partial: bool = False) -> Iterator[tuple[str, str]]:
    """Pairs of ``changed``, ``missing`` or ``extra`` and a path. ``partial``: only these nodes were compiled."""
    previous, snapshot = read_snapshot(root / MANIFEST), Snapshot()
    for node in nodes:
        snapshot.add(node)
        for entry, content in node.files():
            if content is not None and (how := _difference(root / node.folder / entry.path, content)):
                yield how, f"{node.folder}/{entry.path}"
    following = Snapshot({**previous.nodes, **snapshot.nodes}) if partial else snapshot
    yield from (("extra", path) for path in sorted(gone_paths(previous, following)) if os.path.lexists(root / path))
    if how := _difference_of(root / MANIFEST, "".join(following.write_manifest()).encode()):
        yield how, MANIFEST


def _difference(path: Path, content: Content) -> str:
    return _difference_of(path, content.data)


def _difference_of(path: Path, wanted: bytes) -> str:
    if not os.path.lexists(path):
        return "missing"
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "rb") as file:
            return "" if file.read() == wanted else "changed"
    except OSError:
        return "changed"

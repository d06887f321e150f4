"""The compiled fleet: every file of every node by the hash of its content."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from dseconf.layer import Manage

MANIFEST_FORMAT = "dseconf.manifest/1"


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file that nodes get: its address name, where it goes, whose it is, how it is managed.

    ``path`` is the install path without the leading slash. ``reason`` says why the node
    gets the file, ``manage_reason`` why it is managed so.
    """

    name: str
    path: str
    mode: str
    owner: str
    group: str
    manage: Manage
    reason: str = ""
    manage_reason: str = ""
    package_owned: bool = False


class Content:
    """The bytes of a file. Files with equal bytes on many nodes share one."""

    __slots__ = ("__dict__", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data

    @cached_property
    def sha256(self) -> str:
        """The hash in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class CompiledNode:
    """The files of one node. ``contents`` runs beside ``entries``; None for a file that must be absent."""

    cluster: str
    name: str
    label: str
    entries: tuple[FileEntry, ...]
    contents: tuple[Content | None, ...]

    @property
    def folder(self) -> str:
        """Where its files lie in the output folder."""
        return f"{self.cluster}/{self.name}"

    def files(self) -> Iterator[tuple[FileEntry, Content | None]]:
        """Each file with its content."""
        return zip(self.entries, self.contents, strict=True)


@dataclass(frozen=True, slots=True)
class NodeRecord:
    """What the manifest keeps of a node: its files' attributes, and their hashes beside them."""

    entries: tuple[FileEntry, ...]
    hashes: tuple[str, ...]

    def paths(self) -> Iterator[str]:
        """The files that are there, by their path in the node's folder."""
        return (entry.path for entry, sha in zip(self.entries, self.hashes, strict=True) if sha)


class Snapshot:
    """What a compile came to, without the bytes. Grows node by node.

    ``nodes`` are records by ``CLUSTER/NODE``.
    """

    def __init__(self, nodes: Mapping[str, NodeRecord] | None = None) -> None:
        self.nodes: dict[str, NodeRecord] = dict(nodes or {})

    def add(self, node: CompiledNode) -> None:
        """Take in a node; its unique bytes are free to go afterwards."""
        hashes = tuple(content.sha256 if content is not None else "" for content in node.contents)
        self.nodes[node.folder] = NodeRecord(node.entries, hashes)

    @property
    def file_count(self) -> int:
        """Files of all nodes, without those that must be absent."""
        return sum(sum(map(bool, record.hashes)) for record in self.nodes.values())

    @property
    def distinct_count(self) -> int:
        """Different contents among the files of all nodes."""
        return len({sha for record in self.nodes.values() for sha in record.hashes if sha})

    def paths(self) -> Iterator[str]:
        """Every file that is there, as ``CLUSTER/NODE/PATH``."""
        for node, record in self.nodes.items():
            yield from (f"{node}/{path}" for path in record.paths())

    def write_manifest(self) -> Iterator[str]:
        """The manifest's JSON in pieces, a node each: the same for the same nodes in any order."""
        kinds, numbers = _kinds(self.nodes)
        listed = json.dumps([dict(zip(_KIND, kind, strict=True)) for kind in kinds])
        yield f'{{"format": "{MANIFEST_FORMAT}",\n"kinds": {listed},\n"nodes": {{'
        frames: dict[int, list[tuple[str, str]]] = {}
        separator = "\n"
        for node, record in sorted(self.nodes.items()):
            frame = frames.get(id(record.entries))
            if frame is None:
                frame = frames[id(record.entries)] = [_frame(entry, numbers) for entry in record.entries]
            lines = [f"{head}{sha}{tail}" for (head, tail), sha in zip(frame, record.hashes, strict=True)]
            yield f"{separator}{json.dumps(node)}: {{\n" + ",\n".join(lines) + "}"
            separator = ",\n"
        yield "\n}}\n"


_Kind: TypeAlias = tuple[str, str, str, str, str]
_KIND = ("file", "mode", "owner", "group", "manage")


def _kind(entry: FileEntry) -> _Kind:
    return (entry.name, entry.mode, entry.owner, entry.group, entry.manage.value)


def _kinds(nodes: Mapping[str, NodeRecord]) -> tuple[list[_Kind], dict[_Kind, int]]:
    """The distinct attributes of files, numbered in their order."""
    distinct = {id(record.entries): record.entries for record in nodes.values()}
    kinds = sorted({_kind(entry) for entries in distinct.values() for entry in entries})
    return kinds, {kind: number for number, kind in enumerate(kinds)}


def _frame(entry: FileEntry, numbers: Mapping[_Kind, int]) -> tuple[str, str]:
    """What stands before and behind the hash of a file."""
    return f'{json.dumps(entry.path)}: ["', f'", {numbers[_kind(entry)]}]'


_HASH = re.compile(r"(?:[0-9a-f]{64})?")
_Described: TypeAlias = tuple[tuple[str, int], ...]


def read_manifest(text: str) -> Snapshot:
    """Read a manifest back.

    Raises:
        ValueError: it is none of ours, or names something that is no path below a node's folder.
    """
    found: object = json.loads(text)
    if not isinstance(found, dict) or found.get("format") != MANIFEST_FORMAT:
        raise ValueError("no manifest of dseconf")
    kinds, nodes = found.get("kinds"), found.get("nodes")
    if not isinstance(kinds, list) or not isinstance(nodes, dict):
        raise ValueError("a manifest has kinds and nodes")  # noqa: TRY004  # one error for all that is wrong
    read_kinds = [_read_kind(kind) for kind in kinds]
    known: dict[_Described, tuple[FileEntry, ...]] = {}
    return Snapshot({_read_folder(node): _read_record(files, read_kinds, known) for node, files in nodes.items()})


def _read_kind(kind: object) -> _Kind:
    if not isinstance(kind, dict) or kind.keys() != set(_KIND) or not all(isinstance(kind[key], str) for key in _KIND):
        raise ValueError("a kind has " + ", ".join(_KIND))
    name, mode, owner, group, manage = (str(kind[key]) for key in _KIND)
    return name, mode, owner, group, Manage(manage).value


def _read_folder(node: str) -> str:
    if node.count("/") != 1 or not _inside(node):
        raise ValueError("a node is CLUSTER/NODE")
    return node


def _read_record(files: object, kinds: Sequence[_Kind], known: dict[_Described, tuple[FileEntry, ...]]) -> NodeRecord:
    if not isinstance(files, dict):
        raise ValueError("a node has files")  # noqa: TRY004  # one error for all that is wrong
    described: list[tuple[str, int]] = []
    hashes: list[str] = []
    for path, value in files.items():
        match value:
            case [str(sha), int(kind)] if _HASH.fullmatch(sha) and 0 <= kind < len(kinds):
                described.append((path, kind))
                hashes.append(sha)
            case _:
                raise ValueError("a file has a hash and a kind")
    key = tuple(described)
    if key not in known:
        known[key] = tuple(_read_entry(path, kinds[kind]) for path, kind in key)
    return NodeRecord(known[key], tuple(hashes))


def _read_entry(path: str, kind: _Kind) -> FileEntry:
    if not _inside(path):
        raise ValueError("a path leads out of its folder")
    name, mode, owner, group, manage = kind
    return FileEntry(name, path, mode, owner, group, Manage(manage))


def _inside(path: str) -> bool:
    return "\0" not in path and not {"", ".", ".."} & set(path.split("/"))

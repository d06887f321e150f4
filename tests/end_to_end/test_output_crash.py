"""Killed or failing at any point, a compile leaves old or new files, and the next run puts all right.

The process is killed before each call that changes something on disk, and in the middle
of each write: first at the first of them, then at the second, until it runs to its end.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from builders import a_compiled_node, manifest, read_tree, run, write_tree

from dseconf.errors import InputError
from dseconf.output import MANIFEST, output_opened
from dseconf.snapshot import CompiledNode, Snapshot, read_manifest

CALLS = ("open", "write", "rename", "replace", "unlink", "rmdir", "mkdir", "link", "fsync")
KILLED = 9
FAILED = 7

State = Mapping[str, Mapping[str, str]]

OLD: State = {
    "n1": {"etc/dse/a.yaml": "a: 1\n", "etc/dse/b.conf": "old\n" * 50, "etc/default/dse": "same\n"},
    "n2": {"etc/dse/a.yaml": "a: 1\n", "etc/dse/only": "n2\n"},
    "n4": {"etc/dse/a.yaml": "a: 1\n"},
}
NEW: State = {
    "n1": {"etc/dse/b.conf": "new\n" * 50, "etc/default/dse": "same\n", "opt/new/c": "c\n"},
    "n3": {"etc/dse/a.yaml": "a: 1\n", "etc/dse/b.conf": "new\n" * 50},
    "n4": {"etc/dse/a.yaml": "a: 1\n", "etc/dse/a2.yaml": "a: 2\n"},
}
FOREIGN = {"atlas/n2/etc/dse/mine": "mine"}
FOREIGN_BYTES = {path: text.encode() for path, text in FOREIGN.items()}


def nodes(state: State) -> list[CompiledNode]:
    return [a_compiled_node(files, name) for name, files in state.items()]


def write(root: Path, state: State, *, link: bool = False) -> None:
    snapshot = Snapshot()
    with output_opened(root, link=link) as folder:
        for node in nodes(state):
            snapshot.add(node)
            folder.stage(node)
        folder.commit(snapshot)


def tree(state: State) -> dict[str, bytes]:
    """What a folder with just this state holds."""
    files = {f"atlas/{name}/{path}": text.encode() for name, found in state.items() for path, text in found.items()}
    return {**files, MANIFEST: manifest(nodes(state)).encode()} if state else {}


@dataclass
class Fault:
    """Counts the calls that change the disk, and strikes at one of them."""

    number: int
    strike: Callable[[str, tuple[object, ...]], None]
    calls: int = 0

    def arm(self, patch: Callable[[str, Callable[..., object]], None]) -> None:
        for name in CALLS:
            patch(name, self.wrapped(name, getattr(os, name)))

    def wrapped(self, name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **named: object) -> object:
            self.calls += 1
            if self.calls == self.number:
                if name == "write":
                    real(arguments[0], bytes(arguments[1])[: len(bytes(arguments[1])) // 2])  # type: ignore[call-overload]  # a buffer
                self.strike(name, arguments)
            return real(*arguments, **named)

        return call


def killed_at(number: int, work: Callable[[], object]) -> bool:
    """Whether the work, in a process of its own, was killed at its n-th call; else it came to its end."""
    child = os.fork()
    if child == 0:
        code = FAILED
        try:
            Fault(number, lambda *_: os._exit(KILLED)).arm(lambda name, call: setattr(os, name, call))
            work()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, KILLED), "the work failed without being killed"
    return code == KILLED


def public(root: Path) -> dict[str, bytes]:
    """What a folder holds but for what a compile keeps for itself."""
    return {path: content for path, content in read_tree(root).items() if not path.startswith(".dseconf/")}


def assert_old_or_new(root: Path, old: State, new: State) -> None:
    """Every file is entirely the old or entirely the new one, and none is missing that both have."""
    before, after = tree(old), tree(new)
    there = public(root)
    for path, content in there.items():
        assert content in (before.get(path), after.get(path), FOREIGN_BYTES.get(path)), path
    assert before.keys() & after.keys() <= there.keys()
    if MANIFEST in there:
        read_manifest(there[MANIFEST].decode())


def assert_exactly(root: Path, state: State) -> None:
    """The folder holds the state and nothing else, but for what was never ours."""
    foreign = {path: content for path, content in FOREIGN_BYTES.items() if (root / path).exists()}
    assert read_tree(root) == {**tree(state), **foreign}
    assert not (root / ".dseconf").exists()


def prepared(root: Path, state: State, *, link: bool) -> Path:
    shutil.rmtree(root, ignore_errors=True)
    if state:
        write(root, state, link=link)
        write_tree(root, FOREIGN)
    return root


@pytest.mark.parametrize("link", [False, True], ids=["copied", "linked"])
@pytest.mark.parametrize(("old", "new"), [(OLD, NEW), ({}, NEW), (OLD, OLD)], ids=["change", "first", "nothing-new"])
def test_killed_at_any_point(tmp_path: Path, old: State, new: State, *, link: bool) -> None:
    number = 0
    while True:
        number += 1
        root = prepared(tmp_path / "out", old, link=link)
        if not killed_at(number, partial(write, root, new, link=link)):
            break
        assert_old_or_new(root, old, new)
        write(root, new, link=link)
        assert_exactly(root, new)
    assert_exactly(root, new)
    print(f"{number - 1} points to be killed at")  # noqa: T201  # the count is part of the result
    assert number > (10 if old == new else 30)


@pytest.mark.parametrize("point", range(1, 60, 4))
def test_killed_and_taken_back(tmp_path: Path, point: int) -> None:
    """After a kill the next run may be one of the old layers: it ends with the old output."""
    root = prepared(tmp_path / "out", OLD, link=False)
    killed_at(point, lambda: write(root, NEW))
    write(root, OLD)
    assert_exactly(root, OLD)


def last_points(root: Path) -> Iterator[int]:
    """The points behind the commit point, from where a next run finishes the work."""
    number = 0
    while True:
        number += 1
        prepared(root, OLD, link=False)
        if not killed_at(number, lambda: write(root, NEW)):
            return
        if (root / ".dseconf/next.json").exists():
            yield number


@pytest.mark.slow
def test_killed_while_finishing_what_was_killed(tmp_path: Path) -> None:
    """The run that finishes an interrupted one may be killed at any point too."""
    pairs = 0
    for first in last_points(tmp_path / "probe"):
        second = 0
        while True:
            second += 1
            root = prepared(tmp_path / "out", OLD, link=False)
            assert killed_at(first, partial(write, root, NEW))
            if not killed_at(second, partial(write, root, NEW)):
                break
            assert_old_or_new(root, OLD, NEW)
            write(root, NEW)
            assert_exactly(root, NEW)
            pairs += 1
    print(f"{pairs} pairs of points to be killed at")  # noqa: T201  # the count is part of the result
    assert pairs > 100


def strike_full(name: str, arguments: Sequence[object]) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), f"{name} {arguments[0]}")


@pytest.mark.parametrize("link", [False, True], ids=["copied", "linked"])
def test_a_full_disk_at_any_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, link: bool) -> None:
    number, told = 0, 0
    while True:
        number += 1
        root = prepared(tmp_path / "out", OLD, link=link)
        fault = Fault(number, strike_full)
        with monkeypatch.context() as patch:
            fault.arm(partial(patch.setattr, os))
            why = why_it_fails(root, link=link)
        if fault.calls < number:
            break
        told += bool(why)
        assert_old_or_new(root, OLD, NEW)
        if why == "what was there before is as it was":
            assert public(root) in ({**tree(OLD), **FOREIGN_BYTES}, {**tree(NEW), **FOREIGN_BYTES})
        write(root, NEW, link=link)
        assert_exactly(root, NEW)
    print(f"{number - 1} points to fail at, {told} of them told")  # noqa: T201  # the count is part of the result
    assert told > number // 2


def why_it_fails(root: Path, *, link: bool) -> str:
    try:
        write(root, NEW, link=link)
    except InputError as error:
        return error.findings[0].why
    return ""


REPOSITORY = {
    "dseconf.yaml": "shipped: false\n",
    "fleet.yaml": """\
clusters:
  atlas:
    product: dse 6.8.50
    datacenters: {eu: {racks: {r1: {nodes: "n[1:2]", address: "10.0.0.{{ node.number }}"}}}}
""",
    "profiles/base.yaml": "cassandra.yaml: {num_tokens: 8}\n",
}


@pytest.mark.slow
def test_the_command_killed_at_any_point(tmp_path: Path) -> None:
    """The same of the command as people run it."""
    repository = write_tree(tmp_path / "fleet", REPOSITORY)
    out = tmp_path / "out"
    assert run("-C", repository, "compile", "-o", tmp_path / "old")[0] == 0
    before = read_tree(tmp_path / "old")
    write_tree(repository, {"profiles/base.yaml": "cassandra.yaml: {num_tokens: 16}\nmanage: {dse.yaml: absent}\n"})
    assert run("-C", repository, "compile", "-o", tmp_path / "new")[0] == 0
    after = read_tree(tmp_path / "new")
    number = 0
    while True:
        number += 1
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(tmp_path / "old", out)
        killed = killed_at(number, lambda: run("-C", repository, "compile", "-o", out))
        there = public(out)
        assert all(text in (before.get(path), after.get(path)) for path, text in there.items())
        assert run("-C", repository, "compile", "-o", out)[0] == 0
        assert read_tree(out) == after
        assert not (out / ".dseconf").exists()
        if not killed:
            break
    print(f"{number - 1} points to be killed at")  # noqa: T201  # the count is part of the result
    assert number > 30

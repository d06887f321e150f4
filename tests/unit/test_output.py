"""The output folder: what is written, what is removed, and what is never touched."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from builders import a_compiled_node, digest, manifest, read_tree, run, write_tree

from dseconf.errors import InputError
from dseconf.output import MANIFEST, compare, output_opened
from dseconf.snapshot import CompiledNode, Snapshot, read_manifest

FILES = {"etc/dse/a.yaml": "a: 1\n", "etc/dse/b.conf": "b=1\n", "etc/default/dse": "X=1\n"}


def nodes(*names: str, files: Mapping[str, str | None] = FILES) -> list[CompiledNode]:
    return [a_compiled_node(files, name) for name in names]


def write(
    root: Path, compiled: Sequence[CompiledNode], *, link: bool = False, partial: bool = False
) -> tuple[int, int]:
    snapshot = Snapshot()
    with output_opened(root, link=link) as folder:
        for node in compiled:
            snapshot.add(node)
            folder.stage(node)
        return folder.commit(snapshot, partial=partial)


def refused(root: Path, compiled: Sequence[CompiledNode] = ()) -> str:
    with pytest.raises(InputError) as caught:
        write(root, list(compiled) or nodes("n1"))
    return caught.value.findings[0].code


def stamps(root: Path) -> dict[str, tuple[int, int]]:
    """Inode and time of change of every file."""
    found = {path: path.stat() for path in root.rglob("*") if path.is_file()}
    return {path.relative_to(root).as_posix(): (status.st_ino, status.st_mtime_ns) for path, status in found.items()}


def test_the_first_write_makes_every_file_and_the_manifest(tmp_path: Path) -> None:
    root = tmp_path / "deep" / "out"
    assert write(root, nodes("n1", "n2")) == (6, 0)
    expected = {f"atlas/{name}/{path}": text.encode() for name in ("n1", "n2") for path, text in FILES.items()}
    assert read_tree(root) == {**expected, MANIFEST: manifest(nodes("n1", "n2")).encode()}


def test_the_manifest_names_every_file_with_hash_and_attributes(tmp_path: Path) -> None:
    write(tmp_path, nodes("n1", files={**FILES, "etc/gone": None}))
    found = json.loads((tmp_path / MANIFEST).read_text())
    assert found["format"] == "dseconf.manifest/1"
    sha, kind = found["nodes"]["atlas/n1"]["etc/dse/a.yaml"]
    assert sha == hashlib.sha256(b"a: 1\n").hexdigest()
    assert found["kinds"][kind] == {
        "file": "a.yaml",
        "mode": "0644",
        "owner": "cassandra",
        "group": "cassandra",
        "manage": "whole",
    }
    assert found["nodes"]["atlas/n1"]["etc/gone"][0] == ""


def test_the_second_write_touches_nothing_that_is_as_it_should_be(tmp_path: Path) -> None:
    write(tmp_path, nodes("n1", "n2"))
    before = stamps(tmp_path)
    assert write(tmp_path, nodes("n1", "n2")) == (0, 0)
    assert stamps(tmp_path) == before


def test_a_change_replaces_its_file_alone(tmp_path: Path) -> None:
    write(tmp_path, nodes("n1", "n2"))
    before = stamps(tmp_path)
    changed = nodes("n1", files={**FILES, "etc/dse/b.conf": "b=2\n"})
    assert write(tmp_path, [*changed, *nodes("n2")]) == (1, 0)
    after = stamps(tmp_path)
    assert {path for path in after if after[path] != before[path]} == {"atlas/n1/etc/dse/b.conf", MANIFEST}
    assert (tmp_path / "atlas/n1/etc/dse/b.conf").read_text() == "b=2\n"


def test_a_file_that_was_edited_by_hand_is_put_right(tmp_path: Path) -> None:
    write(tmp_path, nodes("n1"))
    edited = tmp_path / "atlas/n1/etc/dse/a.yaml"
    edited.write_text("a: 2\n")
    assert write(tmp_path, nodes("n1")) == (1, 0)
    assert edited.read_text() == "a: 1\n"


def test_nodes_and_files_that_are_gone_disappear_with_their_folders(tmp_path: Path) -> None:
    write(tmp_path, nodes("n1", "n2"))
    assert write(tmp_path, nodes("n1", files={"etc/dse/a.yaml": "a: 1\n"})) == (0, 5)
    assert read_tree(tmp_path).keys() == {"atlas/n1/etc/dse/a.yaml", MANIFEST}
    assert not (tmp_path / "atlas/n2").exists()
    assert not (tmp_path / "atlas/n1/etc/default").exists()


def test_a_file_that_becomes_absent_is_removed(tmp_path: Path) -> None:
    write(tmp_path, nodes("n1"))
    assert write(tmp_path, nodes("n1", files={**FILES, "etc/dse/b.conf": None})) == (0, 1)
    assert not (tmp_path / "atlas/n1/etc/dse/b.conf").exists()


def test_an_absent_file_makes_no_folder(tmp_path: Path) -> None:
    write(tmp_path, nodes("n1", files={**FILES, "etc/alone/x": None}))
    assert not (tmp_path / "atlas/n1/etc/alone").exists()


def test_foreign_files_beside_ours_survive(tmp_path: Path) -> None:
    write(tmp_path, nodes("n1", "n2"))
    foreign = {"notes.txt": "n", "atlas/n2/etc/dse/mine": "m", "atlas/other/x": "o"}
    write_tree(tmp_path, foreign)
    write(tmp_path, nodes("n1"))
    left = read_tree(tmp_path)
    assert {path: text.encode() for path, text in foreign.items()}.items() <= left.items()
    assert "atlas/n2/etc/dse/a.yaml" not in left


def test_only_paths_of_the_previous_manifest_are_removed(tmp_path: Path) -> None:
    write(tmp_path, nodes("n1"))
    unlisted = tmp_path / "atlas/n1/etc/dse/c.conf"
    unlisted.write_text("made by somebody\n")
    write(tmp_path, nodes("n2"))
    assert unlisted.read_text() == "made by somebody\n"


def test_a_file_may_become_a_folder_and_a_folder_a_file(tmp_path: Path) -> None:
    write(tmp_path, nodes("n1", files={"etc/x": "file\n", "opt/y/z": "file\n"}))
    write(tmp_path, nodes("n1", files={"etc/x/in": "file\n", "opt/y": "file\n"}))
    assert read_tree(tmp_path).keys() == {"atlas/n1/etc/x/in", "atlas/n1/opt/y", MANIFEST}


@pytest.mark.parametrize(
    "foreign", [{"x": ""}, {".dseconf/store.git/HEAD": "ref"}, {".dseconf/stage/x": "", "y": ""}, {".git/config": ""}]
)
def test_a_folder_that_holds_something_else_is_refused_and_left_alone(tmp_path: Path, foreign: dict[str, str]) -> None:
    write_tree(tmp_path, foreign)
    before = digest(tmp_path)
    assert refused(tmp_path) == "foreign-output"
    assert digest(tmp_path) == before


def test_a_store_beside_the_output_survives(tmp_path: Path) -> None:
    """The embedded store has its place in a folder of the same name as ours."""
    write(tmp_path, nodes("n1"))
    write_tree(tmp_path, {".dseconf/store.git/HEAD": "ref"})
    write(tmp_path, nodes("n2"))
    assert (tmp_path / ".dseconf/store.git/HEAD").read_text() == "ref"
    assert [path.name for path in (tmp_path / ".dseconf").iterdir()] == ["store.git"]


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    assert write(tmp_path, nodes("n1")) == (3, 0)


def test_a_file_for_an_output_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    assert refused(tmp_path / "out") == "output-not-folder"


@pytest.mark.parametrize("target", ["real", "nowhere"])
def test_a_link_for_an_output_folder_is_refused(tmp_path: Path, target: str) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / target)
    assert refused(tmp_path / "out") == "output-link"
    assert read_tree(tmp_path / "real") == {}


@pytest.mark.parametrize(
    "place",
    [
        "atlas",
        "atlas/n1",
        "atlas/n1/etc",
        "atlas/n1/etc/dse",
        "atlas/n1/etc/dse/a.yaml",
        "atlas/n1/etc/dse/other",
        ".dseconf",
    ],
)
def test_a_link_inside_is_refused_and_nothing_is_written_through_it(tmp_path: Path, place: str) -> None:
    outside, out = tmp_path / "outside", tmp_path / "out"
    write_tree(outside, {"a.yaml": "precious"})
    write(out, nodes("n9"))
    link = out / place
    link.parent.mkdir(parents=True, exist_ok=True)
    if link.exists():
        (out / "atlas").rename(out / "moved")
    link.symlink_to(outside / "a.yaml" if place.endswith("a.yaml") else outside)
    assert refused(out) == "output-link"
    assert read_tree(outside) == {"a.yaml": b"precious"}


def test_a_link_in_the_way_of_a_removal_is_refused(tmp_path: Path) -> None:
    outside, out = tmp_path / "outside", tmp_path / "out"
    write_tree(outside, {"dse/a.yaml": "precious"})
    write(out, nodes("n1", "n2"))
    (out / "atlas/n2/etc").rename(tmp_path / "moved")
    (out / "atlas/n2/etc").symlink_to(outside)
    assert refused(out) == "output-link"
    assert read_tree(outside) == {"dse/a.yaml": b"precious"}


@pytest.mark.parametrize("place", ["atlas", "atlas/n1", "atlas/n1/etc"])
def test_a_foreign_file_in_the_way_is_refused_before_anything_changes(tmp_path: Path, place: str) -> None:
    write(tmp_path, [a_compiled_node(FILES, "n9", "borealis")])
    write_tree(tmp_path, {place: "mine"})
    before = digest(tmp_path)
    assert refused(tmp_path) == "output-in-the-way"
    assert digest(tmp_path) == before


def test_a_foreign_folder_in_the_way_is_refused_before_anything_changes(tmp_path: Path) -> None:
    write(tmp_path, nodes("n9"))
    write_tree(tmp_path, {"atlas/n1/etc/dse/a.yaml/mine": "mine"})
    before = digest(tmp_path)
    assert refused(tmp_path) == "output-in-the-way"
    assert digest(tmp_path) == before


SHA = "0" * 64
KIND = {"file": "a", "mode": "0644", "owner": "o", "group": "g", "manage": "whole"}


def a_manifest(node: str = "atlas/n1", path: object = "etc/a", value: object = (SHA, 0), **more: object) -> str:
    files = {path: value} if isinstance(path, str) else path
    return json.dumps({"format": "dseconf.manifest/1", "kinds": [KIND], "nodes": {node: files}, **more})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        "[" * 100_000,
        a_manifest(format="dseconf.manifest/2"),
        a_manifest(kinds={}),
        a_manifest(kinds=[{}]),
        a_manifest(kinds=[{**KIND, "manage": "perhaps"}]),
        a_manifest(nodes=[]),
        a_manifest(node="../out"),
        a_manifest(node="atlas"),
        a_manifest(node="/etc"),
        a_manifest(path="../../../../etc/passwd"),
        a_manifest(path="/etc/passwd"),
        a_manifest(path="etc//passwd"),
        a_manifest(path=[]),
        a_manifest(value=SHA),
        a_manifest(value=("no hash", 0)),
        a_manifest(value=(SHA, 1)),
        a_manifest(value=(SHA, -1)),
    ],
    ids=lambda text: text[:60],
)
def test_a_damaged_manifest_is_refused_and_nothing_is_removed_on_its_word(tmp_path: Path, text: str) -> None:
    write_tree(tmp_path, {"atlas/n1/etc/dse/old": "old", MANIFEST: text})
    before = digest(tmp_path)
    assert refused(tmp_path) == "foreign-output"
    assert digest(tmp_path) == before


def test_a_manifest_that_is_a_link_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "one", nodes("n1"))
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / MANIFEST).symlink_to(tmp_path / "one" / MANIFEST)
    assert refused(tmp_path / "two") == "foreign-output"


def test_a_cluster_with_the_name_of_the_manifest_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, [a_compiled_node(FILES, "n1", MANIFEST)]) == "unsafe-name"


def test_reading_a_manifest_back_gives_the_same_manifest() -> None:
    text = manifest(nodes("n2", "n1", files={**FILES, "etc/gone": None, 'odd"%s': "x"}))
    assert "".join(read_manifest(text).write_manifest()) == text


# --- links


def inodes(root: Path) -> dict[int, set[bytes]]:
    found: dict[int, set[bytes]] = {}
    for path in root.rglob("*"):
        if path.is_file() and path.name != MANIFEST:
            found.setdefault(path.stat().st_ino, set()).add(path.read_bytes())
    return found


def test_linked_files_of_equal_content_are_one_read_only_file(tmp_path: Path) -> None:
    write(tmp_path, nodes("n1", "n2", "n3"), link=True)
    assert sorted(inodes(tmp_path).values()) == sorted({text.encode()} for text in FILES.values())
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "atlas").rglob("*") if path.is_file()}
    assert all(mode & 0o222 == 0 for mode in modes)
    assert (tmp_path / "atlas/n1/etc/dse/a.yaml").stat().st_nlink == 3


def test_a_change_in_a_linked_output_reaches_its_node_alone(tmp_path: Path) -> None:
    write(tmp_path, nodes("n1", "n2"), link=True)
    changed = [*nodes("n1", files={**FILES, "etc/dse/a.yaml": "a: 2\n"}), *nodes("n2")]
    assert write(tmp_path, changed, link=True) == (1, 0)
    assert (tmp_path / "atlas/n1/etc/dse/a.yaml").read_text() == "a: 2\n"
    assert (tmp_path / "atlas/n2/etc/dse/a.yaml").read_text() == "a: 1\n"


def test_a_new_node_shares_the_files_that_are_there(tmp_path: Path) -> None:
    write(tmp_path, nodes("n1"), link=True)
    write(tmp_path, nodes("n1", "n2"), link=True)
    assert len(inodes(tmp_path)) == len(FILES)


def test_linking_shares_no_file_that_can_be_written(tmp_path: Path) -> None:
    write(tmp_path, nodes("n1"))
    write(tmp_path, nodes("n1", "n2", "n3"), link=True)
    first, second, third = ((tmp_path / f"atlas/{n}/etc/dse/a.yaml").stat().st_ino for n in ("n1", "n2", "n3"))
    assert first != second == third


def test_more_names_than_a_file_can_have_begin_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: str, target: str) -> None:
        raise OSError(errno.EMLINK, "Too many links", target, None, source)

    monkeypatch.setattr(os, "link", full)
    assert write(tmp_path, nodes("n1", "n2"), link=True) == (6, 0)


# --- parts of a fleet


def test_a_partial_compile_keeps_the_other_nodes(tmp_path: Path) -> None:
    write(tmp_path, nodes("n1", "n2"))
    changed = nodes("n2", files={"etc/dse/a.yaml": "a: 3\n"})
    assert write(tmp_path, changed, partial=True) == (1, 2)
    assert (tmp_path / MANIFEST).read_text() == manifest([*nodes("n1"), *changed])
    assert (tmp_path / "atlas/n1/etc/dse/a.yaml").read_text() == "a: 1\n"


def test_a_partial_compile_of_what_is_there_changes_no_byte(tmp_path: Path) -> None:
    write(tmp_path, nodes("n1", "n2"))
    before = stamps(tmp_path)
    assert write(tmp_path, nodes("n2"), partial=True) == (0, 0)
    assert stamps(tmp_path) == before


# --- check


def test_check_names_what_is_missing_changed_and_extra(tmp_path: Path) -> None:
    write(tmp_path, nodes("n1", "n2"))
    (tmp_path / "atlas/n1/etc/dse/a.yaml").unlink()
    (tmp_path / "atlas/n1/etc/dse/b.conf").write_text("by hand\n")
    before = digest(tmp_path)
    found = set(compare(tmp_path, iter(nodes("n1", files={**FILES, "etc/default/dse": None}))))
    assert found == {
        ("missing", "atlas/n1/etc/dse/a.yaml"),
        ("changed", "atlas/n1/etc/dse/b.conf"),
        ("extra", "atlas/n1/etc/default/dse"),
        *(("extra", f"atlas/n2/{path}") for path in FILES),
        ("changed", MANIFEST),
    }
    assert digest(tmp_path) == before


def test_check_of_a_part_looks_at_its_nodes_alone(tmp_path: Path) -> None:
    write(tmp_path, nodes("n1", "n2"))
    (tmp_path / "atlas/n1/etc/dse/a.yaml").unlink()
    assert list(compare(tmp_path, iter(nodes("n2")), partial=True)) == []
    gone = nodes("n2", files={"etc/dse/a.yaml": "a: 1\n"})
    assert ("extra", "atlas/n2/etc/default/dse") in compare(tmp_path, iter(gone), partial=True)


def test_check_sees_a_file_whose_attributes_alone_change(tmp_path: Path) -> None:
    write(tmp_path, nodes("n1"))
    unmanaged = a_compiled_node(FILES).entries
    assert unmanaged == nodes("n1")[0].entries
    assert list(compare(tmp_path, iter(nodes("n1")))) == []
    (tmp_path / MANIFEST).write_text((tmp_path / MANIFEST).read_text().replace("whole", "unmanaged"))
    assert list(compare(tmp_path, iter(nodes("n1")))) == [("changed", MANIFEST)]


def test_check_of_no_folder_misses_everything(tmp_path: Path) -> None:
    assert {how for how, _ in compare(tmp_path / "none", iter(nodes("n1")))} == {"missing"}
    assert not (tmp_path / "none").exists()


# --- trouble


def test_a_second_compile_at_the_same_time_is_refused(tmp_path: Path) -> None:
    with output_opened(tmp_path) as first:
        assert refused(tmp_path) == "output-busy"
        snapshot = Snapshot()
        for node in nodes("n1"):
            snapshot.add(node)
            first.stage(node)
        assert first.commit(snapshot) == (3, 0)
    assert write(tmp_path, nodes("n1")) == (0, 0)


def fail_after(stage: Callable[[CompiledNode], None], compiled: Sequence[CompiledNode]) -> None:
    for node in compiled:
        stage(node)
    raise ZeroDivisionError


def test_a_compile_that_fails_leaves_the_output_as_it_was(tmp_path: Path) -> None:
    write(tmp_path, nodes("n1"))
    before = stamps(tmp_path)
    with pytest.raises(ZeroDivisionError), output_opened(tmp_path) as folder:
        fail_after(folder.stage, nodes("n2"))
    assert stamps(tmp_path) == before


def failing(name: str, number: int, error: int) -> Callable[..., object]:
    """The function of ``os``, which fails at its n-th call."""
    real, calls = getattr(os, name), [0]

    def call(*arguments: object, **named: object) -> object:
        calls[0] += 1
        if calls[0] == number:
            raise OSError(error, os.strerror(error))
        return real(*arguments, **named)

    return call


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize(("name", "number"), [("write", 1), ("write", 2), ("write", 4), ("mkdir", 2), ("fsync", 1)])
def test_a_full_disk_before_the_commit_point_keeps_the_old_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, number: int, code: int
) -> None:
    write(tmp_path, nodes("n1"))
    before = stamps(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, name, failing(name, number, code))
        with pytest.raises(InputError) as caught:
            write(tmp_path, nodes("n2", "n3", files={"etc/new/a": "a", "etc/new/b": "b"}))
    (finding,) = caught.value.findings
    assert (finding.code, finding.why) == ("disk-full", "what was there before is as it was")
    assert stamps(tmp_path) == before
    assert write(tmp_path, nodes("n1")) == (0, 0)


def test_a_full_disk_behind_the_commit_point_is_told_and_finished_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, nodes("n1"))
    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", failing("rename", 1, errno.ENOSPC))
        with pytest.raises(InputError) as caught:
            write(tmp_path, nodes("n1", "n2"))
    assert caught.value.findings[0].why == "the output is new in part; the next run finishes it"
    assert write(tmp_path, nodes("n1", "n2")) == (0, 0)
    assert (tmp_path / MANIFEST).read_text() == manifest(nodes("n1", "n2"))
    assert not (tmp_path / ".dseconf").exists()


def test_a_disk_that_takes_a_part_of_a_write_gets_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, content: real(descriptor, content[:3]))
    write(tmp_path, nodes("n1"))
    monkeypatch.undo()
    assert (tmp_path / "atlas/n1/etc/dse/a.yaml").read_text() == "a: 1\n"
    assert (tmp_path / MANIFEST).read_text() == manifest(nodes("n1"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert refused(tmp_path) == "unwritable-output"
    tmp_path.chmod(0o700)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KiB."""
    place = tmp_path / "small"
    place.mkdir()
    options = ["-t", "tmpfs", "-o", "size=256k", "tmpfs"]
    if os.geteuid() != 0 or subprocess.run(["mount", *options, place], capture_output=True, check=False).returncode:
        pytest.skip("no right to mount a small tmpfs: a really full disk is NOT tested here")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_disk_that_is_really_full_keeps_the_old_output(small_disk: Path) -> None:
    out = small_disk / "out"
    write(out, nodes("n1"))
    before = stamps(out)
    big = {f"etc/{number}": f"{number}" * 20_000 for number in range(30)}
    assert refused(out, nodes("n1", "n2", files=big)) == "disk-full"
    assert stamps(out) == before
    assert write(out, nodes("n1", "n2")) == (3, 0)


def test_the_command_tells_a_difference_by_its_exit_code(tmp_path: Path) -> None:
    racks = "{r1: {nodes: {n1: {address: 10.0.0.1}}}}"
    fleet = f"clusters: {{atlas: {{product: dse 6.8.50, datacenters: {{eu: {{racks: {racks}}}}}}}}}\n"
    write_tree(tmp_path, {"fleet.yaml": fleet, "dseconf.yaml": "shipped: false\n"})
    assert run("-C", tmp_path, "compile", "-o", "out", "--check")[0] == 1
    assert not (tmp_path / "out").exists()
    assert run("-C", tmp_path, "compile", "-o", "out")[0] == 0
    assert run("-C", tmp_path, "compile", "-o", "out", "--check")[:2] == (0, "")
    (tmp_path / "out/atlas/n1/etc/dse/cassandra/cassandra.yaml").write_text("by hand\n")
    code, out, _ = run("-C", tmp_path, "compile", "-o", "out", "--check")
    assert (code, out) == (1, "changed atlas/n1/etc/dse/cassandra/cassandra.yaml\n")
    code, _, err = run("-C", tmp_path, "compile", "--check")
    assert code == 2
    assert "give -o DIR" in err

"""``dseconf init``: a fleet repository that compiles without a word, made whole or not at all."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from dseconf.cli import main
from dseconf.pipeline import compile_fleet
from dseconf.schema import NAMES
from dseconf.sources import open_sources
from dseconf.starter import schema_path, starter_files

FILES = sorted([*(schema_path(name) for name in NAMES), *starter_files()])


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_compiles_without_any_finding(tmp_path: Path) -> None:
    assert main(["init", str(tmp_path / "fleet")]) == 0
    repository, sources = open_sources(tmp_path / "fleet")
    run, nodes = compile_fleet(sources)
    assert [node.label for node in nodes] == ["shop-01", "shop-02", "shop-03"]
    assert run.findings == []
    own = {f"profiles/{path}" for place in repository.places if place.label == "profiles" for path in place.layers}
    assert own == {name for name in starter_files() if name.startswith("profiles/")}
    used = {sources.places[place][0] + "/" + path for place, path in run.used}
    assert own <= used


def test_compile_says_nothing_but_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["init", str(tmp_path)])
    capsys.readouterr()
    assert main(["-C", str(tmp_path), "compile"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert "3 nodes" in said.out
    assert (tmp_path / "build" / "manifest.json").is_file()
    assert (tmp_path / "build" / "shop" / "shop-03").is_dir()


def test_its_files_are_these(tmp_path: Path) -> None:
    main(["init", str(tmp_path)])
    assert sorted(contents(tmp_path)) == FILES
    assert (
        contents(tmp_path)[".gitignore"]
        == b"# What dseconf writes; `dseconf schema` makes the schemas again.\nbuild/\n.dseconf/\n"
    )


def test_each_file_names_its_schema_from_where_it_is(tmp_path: Path) -> None:
    main(["init", str(tmp_path)])
    yaml = list(tmp_path.rglob("*.yaml"))
    assert len(yaml) == 5
    for path in yaml:
        first = path.read_text(encoding="utf-8").splitlines()[0]
        named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
        assert named is not None, path
        expected = {"fleet.yaml": "fleet", "dseconf.yaml": "dseconf"}.get(path.name, "layer")
        assert (path.parent / named[1]).resolve() == (tmp_path / schema_path(expected)).resolve()
        assert (path.parent / named[1]).is_file()


def test_the_editor_settings_map_every_schema(tmp_path: Path) -> None:
    main(["init", str(tmp_path)])
    settings = json.loads((tmp_path / ".vscode" / "settings.json").read_text(encoding="utf-8"))
    assert {(tmp_path / path).is_file() for path in settings["yaml.schemas"]} == {True}
    assert "!secret scalar" in settings["yaml.customTags"]


def test_it_makes_this_folder_a_fleet_where_none_is_named(tmp_path: Path) -> None:
    assert main(["-C", str(tmp_path), "init"]) == 0
    assert (tmp_path / "fleet.yaml").is_file()


def test_the_schemas_are_those_of_the_fleet(tmp_path: Path) -> None:
    main(["init", str(tmp_path)])
    before = contents(tmp_path)
    assert main(["-C", str(tmp_path), "schema"]) == 0
    assert contents(tmp_path) == before


def test_it_says_what_was_made_and_what_to_do_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["init", str(tmp_path / "my fleet")])
    said = capsys.readouterr().out
    for name in FILES:
        assert name in said
    assert f"cd '{tmp_path / 'my fleet'}'" in said
    assert "dseconf compile" in said


def test_it_says_so_in_json_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["init", str(tmp_path), "--format", "json"])
    said = json.loads(capsys.readouterr().out)
    assert (said["format"], said["root"], sorted(said["files"])) == ("dseconf.init/1", str(tmp_path), FILES)


def test_a_second_init_is_refused_and_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["init", str(tmp_path)])
    (tmp_path / "fleet.yaml").write_text("clusters: {}\n", encoding="utf-8")
    before = contents(tmp_path)
    capsys.readouterr()
    assert main(["init", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert "init-exists" in said
    assert all(name in said for name in FILES)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("name", FILES)
def test_one_file_in_the_way_stops_all(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine\n", encoding="utf-8")
    assert main(["init", str(tmp_path)]) == 2
    assert str(path) in capsys.readouterr().err
    assert contents(tmp_path) == {name: b"mine\n"}


def test_a_dangling_link_is_a_file_in_the_way(tmp_path: Path) -> None:
    fleet = tmp_path / "fleet"
    fleet.mkdir()
    (fleet / "fleet.yaml").symlink_to(tmp_path / "elsewhere")
    assert main(["init", str(fleet)]) == 2
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("made", ["file", "link"])
def test_folders_of_the_fleet_must_be_its_own(made: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fleet, outside = tmp_path / "fleet", tmp_path / "outside"
    fleet.mkdir()
    outside.mkdir()
    if made == "file":
        (fleet / "profiles").write_text("mine\n", encoding="utf-8")
    else:
        (fleet / "profiles").symlink_to(outside)
    assert main(["init", str(fleet)]) == 2
    assert "init-no-folder" in capsys.readouterr().err
    assert [path.name for path in fleet.iterdir()] == ["profiles"]
    assert list(outside.iterdir()) == []


def test_a_file_cannot_be_the_fleet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "fleet").write_text("mine\n", encoding="utf-8")
    assert main(["init", str(tmp_path / "fleet")]) == 2
    assert "init-no-folder" in capsys.readouterr().err


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_half_way_leaves_nothing_behind(
    failure: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("mine\n", encoding="utf-8")
    whole = Path.open

    def full(path: Path, *args: object, **options: object) -> object:
        if path.name == "fleet.yaml":
            raise failure
        return whole(path, *args, **options)  # type: ignore[call-overload]  # as given

    monkeypatch.setattr(Path, "open", full)
    code = main(["init", str(tmp_path)])
    monkeypatch.undo()
    assert code == (2 if isinstance(failure, OSError) else 130)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    said = capsys.readouterr().err
    assert ("init-unwritable" in said and "no space left" in said) or said == "interrupted\n"


def test_fleet_yaml_is_written_last() -> None:
    """A folder without it is no fleet: what a kill leaves behind is never taken for one."""
    assert list(starter_files())[-1] == "fleet.yaml"

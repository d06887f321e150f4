"""Wrong input, row by row: each mistake has a code, an exact place and a way out, and none a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from mistakes import FLEET, ROWS, Content, Row, build, cassandra, layer, marked

from dseconf import sources
from dseconf.cli import main
from dseconf.shipped import load_catalog

_CATALOG = cache(load_catalog)


@pytest.fixture(autouse=True)
def _one_catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of runs read the catalog once."""
    monkeypatch.setattr(sources, "load_catalog", _CATALOG)


def errors(text: str) -> list[dict[str, Any]]:
    """The findings of severity error in the JSON form."""
    found = []
    while text.strip():
        report, end = json.JSONDecoder().raw_decode(text)
        found += [finding for finding in report["findings"] if finding["severity"] == "error"]
        text = text[end:].lstrip()
    return found


def place(finding: Mapping[str, Any]) -> str:
    return f"{finding['path']}:{finding['line']}:{finding['column']}" if finding["line"] else finding["path"]


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_a_mistake_is_told_with_its_place_and_a_way_out(
    row: Row, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path, row.files)
    monkeypatch.chdir(tmp_path)

    assert main(list(row.command)) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert f"error[{row.code}]: " in output.err
    assert row.remedy in output.err

    if row.code == "usage" and "--help" in row.remedy:
        return  # the form of the output is not known yet
    assert main([*row.command, "--format", "json"]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    found = errors(output.err)
    assert sorted(finding["code"] for finding in found) == sorted([row.code, *row.others])
    (finding,) = (one for one in found if one["code"] == row.code)
    expected = marked(row.files) if "§" in str(row.files) and not row.at else row.at
    assert place(finding).replace(f"{tmp_path}/", "") == expected.replace("{root}/", "").replace(
        "{root}", str(tmp_path)
    )
    assert row.remedy in finding["remedy"]


def test_the_rows_cover_the_codes() -> None:
    assert len(ROWS) >= 70
    assert len({row.code for row in ROWS.values()}) >= 45


def compiled(root: Path, files: Mapping[str, Content], capsys: pytest.CaptureFixture[str]) -> str:
    """The hashes of all files of a fleet."""
    build(root, files)
    assert main(["-C", str(root), "compile", "--manifest", str(root / "m.json")]) == 0
    assert "error" not in capsys.readouterr().err
    return (root / "m.json").read_text()


ACCEPTED: Mapping[str, Callable[[str], bytes]] = {
    "a byte order mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "line ends of Windows": lambda text: text.replace("\n", "\r\n").encode(),
    "no line end at the end": lambda text: text.rstrip("\n").encode(),
    "a marker of the document": lambda text: ("---\n" + text + "...\n").encode(),
    "a directive of its own version": lambda text: ("%YAML 1.2\n---\n" + text).encode(),
    "comments": lambda text: ("# with a\ttab\n" + text.replace("\n", " # why\n")).encode(),
}


@pytest.mark.parametrize("change", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_how_a_text_is_saved_makes_no_difference(
    change: Callable[[str], bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = 'cassandra.yaml:\n  num_tokens: 8\n  authenticator: "a: é"\njvm-server.options:\n  -Xmx: 8GiB\n'
    plain = compiled(tmp_path / "plain", layer(text), capsys)
    changed = {
        "profiles/base.yaml": change(text),
        "fleet.yaml": change(FLEET),
        "dseconf.yaml": change("shipped: false\n"),
    }
    assert compiled(tmp_path / "changed", changed, capsys) == plain


EMPTY = {"nothing": "", "comments": "# later\n", "a marker": "---\n", "null": "~\n"}


@pytest.mark.parametrize("text", EMPTY.values(), ids=EMPTY.keys())
def test_an_empty_layer_is_named_and_stops_nobody(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build(tmp_path, layer(text))
    assert main(["-C", str(tmp_path), "compile"]) == 0
    assert "info[empty-layer]: profiles/base.yaml sets nothing" in capsys.readouterr().err


def test_mistakes_of_a_run_are_told_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build(tmp_path, {
        **cassandra("num_token: 8\nauthenticator: 7\ncommitlog_sync: periodc\nmax_hints_delivery_threads: 1e3"),
        "profiles/cluster/atlas.yaml": "casandra.yaml: {num_tokens: 8}\n",
    })  # fmt: skip
    assert main(["-C", str(tmp_path), "compile", "--format", "json"]) == 2
    codes = [finding["code"] for finding in errors(capsys.readouterr().err)]
    assert codes == ["unknown-setting", "wrong-type", "wrong-choice", "ambiguous-scalar", "unknown-file"]


def test_a_key_is_checked_even_where_its_value_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build(tmp_path, cassandra("num_token: 1e3"))
    assert main(["-C", str(tmp_path), "compile", "--format", "json"]) == 2
    assert {finding["code"] for finding in errors(capsys.readouterr().err)} == {"ambiguous-scalar", "unknown-setting"}


def test_a_name_cannot_draw_on_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build(tmp_path, cassandra(r'"x\e[2J\nerror[no-fleet]: fake": 8'))
    assert main(["-C", str(tmp_path), "compile"]) == 2
    talk = capsys.readouterr().err
    assert "\x1b" not in talk
    assert "\nerror[no-fleet]" not in talk


def test_a_folder_named_like_a_command_is_still_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path / "compile", {})
    monkeypatch.chdir(tmp_path)
    assert main(["-C", "compile", "explain", "eu-01", "cassandra.yaml:num_tokens"]) == 0
    assert "value:    8" in capsys.readouterr().out


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_layer_that_nobody_may_read_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build(tmp_path, {})
    (tmp_path / "profiles/base.yaml").chmod(0)
    assert main(["-C", str(tmp_path), "compile"]) == 2
    assert "error[unreadable-file]: cannot read profiles/base.yaml" in capsys.readouterr().err


def test_a_pipe_in_place_of_a_layer_does_not_hang(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build(tmp_path, layer(None))  # type: ignore[arg-type]  # no layer
    os.mkfifo(tmp_path / "profiles/base.yaml")
    assert main(["-C", str(tmp_path), "compile"]) == 2
    assert "error[unreadable-file]: profiles/base.yaml is no file" in capsys.readouterr().err


def test_many_misspelt_names_take_no_long_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build(tmp_path, cassandra("\n".join(f"concurent_reads_{number}: 8" for number in range(2_000))))
    assert main(["-C", str(tmp_path), "compile"]) == 2
    assert capsys.readouterr().err.count("error[unknown-setting]") == 2_000


PROCESSES = (
    "names: a misspelt setting",
    "yaml: a bomb of aliases",
    "yaml: UTF-16",
    "fleet: no fleet.yaml",
    "disk: a foreign output",
    "usage: an unknown command",
)


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_of_its_own_ends_without_traceback(name: str, tmp_path: Path) -> None:
    row = ROWS[name]
    build(tmp_path, row.files)
    done = subprocess.run(
        [sys.executable, "-m", "dseconf", *row.command],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert f"error[{row.code}]" in done.stderr
    assert "Traceback" not in done.stderr

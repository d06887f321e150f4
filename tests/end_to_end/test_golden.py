"""Whole small fleets, byte for byte: ``golden/CASE/fleet`` compiles to ``golden/CASE/expected``.

``verdict.yaml`` and ``CASE.md`` of a case are written by hand only, so that ``--update-golden`` can change
wording but cannot turn a failure into a pass. A case without ``expected`` is refused, and writes nothing.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from dseconf.cli import main

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "golden"
CASES = sorted(path.name for path in GOLDEN.iterdir() if path.is_dir())
ACCEPTED = [name for name in CASES if (GOLDEN / name / "expected").is_dir()]


@dataclass(frozen=True)
class Result:
    """What compiling a case came to."""

    code: int
    stdout: str
    stderr: str
    folder: Path

    @property
    def findings(self) -> list[dict[str, Any]]:
        """The findings in the short form of a verdict."""
        found = json.loads(self.stderr)["findings"] if self.stderr else []
        return [
            {
                "code": one["code"],
                **({"severity": one["severity"]} if one["severity"] != "error" else {}),
                "where": f"{one['path']}:{one['line']}:{one['column']}",
                **({"nodes": one["nodes"]} if one["nodes"] else {}),
            }
            for one in found
        ]

    @property
    def files(self) -> dict[str, bytes]:
        """Everything that was written but the manifest, by path."""
        return contents(self.folder, but="manifest.json")

    @property
    def nodes(self) -> dict[str, dict[str, str]]:
        """Each file that a node has by its install path, with mode, owner and how it is managed."""
        manifest = json.loads((self.folder / "manifest.json").read_text())
        kinds = [f"{kind['mode']} {kind['owner']}:{kind['group']} {kind['manage']}" for kind in manifest["kinds"]]
        return {
            node: {path: kinds[kind] for path, (_, kind) in files.items() if not kinds[kind].endswith(" absent")}
            for node, files in manifest["nodes"].items()
        }


def contents(folder: Path, *, but: str = "") -> dict[str, bytes]:
    if not folder.is_dir():
        return {}
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {name: path.read_bytes() for path in files if (name := path.relative_to(folder).as_posix()) != but}


def compile_case(case: Path, folder: Path) -> Result:
    with redirect_stdout(io.StringIO()) as stdout, redirect_stderr(io.StringIO()) as stderr:
        code = main(["-C", str(case / "fleet"), "compile", "-o", str(folder), "--format", "json"])
    return Result(code, stdout.getvalue(), stderr.getvalue(), folder)


def check(case: Path, folder: Path, *, update: bool) -> None:
    """Compare a case with its verdict and its expected files; rewrite these when told to, and fail."""
    verdict = yaml.safe_load((case / "verdict.yaml").read_text())
    result = compile_case(case, folder)
    assert result.code == verdict["exit_code"], result.stderr
    assert result.findings == verdict["findings"]
    if result.code:
        assert not (case / "expected").exists()
        assert not result.files
        return
    assert result.nodes == verdict["nodes"]
    differing = differences(contents(case / "expected"), result.files)
    if differing and update:
        rewrite(case / "expected", result.files)
        pytest.fail(f"{case.name}: {len(differing)} files rewritten; read the difference, and run again")
    assert not differing, f"read what changed, then --update-golden: {', '.join(differing)}"


def differences(expected: dict[str, bytes], files: dict[str, bytes]) -> list[str]:
    return sorted(path for path in expected.keys() | files.keys() if expected.get(path) != files.get(path))


def rewrite(expected: Path, files: dict[str, bytes]) -> None:
    shutil.rmtree(expected, ignore_errors=True)
    for path, content in files.items():
        target = expected / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


@pytest.mark.parametrize("name", CASES)
def test_a_case_compiles_to_what_is_expected(name: str, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    check(GOLDEN / name, tmp_path / "build", update=pytestconfig.getoption("--update-golden"))


@pytest.mark.parametrize("name", ACCEPTED)
def test_the_manifest_names_every_file_with_its_hash(name: str, tmp_path: Path) -> None:
    result = compile_case(GOLDEN / name, tmp_path / "build")
    manifest = json.loads((tmp_path / "build/manifest.json").read_text())
    hashes = {
        f"{node}/{path}": sha for node, files in manifest["nodes"].items() for path, (sha, _) in files.items() if sha
    }
    assert hashes == {path: hashlib.sha256(content).hexdigest() for path, content in result.files.items()}


@pytest.mark.parametrize("name", CASES)
def test_compiling_again_changes_nothing(name: str, tmp_path: Path) -> None:
    first = compile_case(GOLDEN / name, tmp_path / "build")
    before = contents(tmp_path / "build")
    again = compile_case(GOLDEN / name, tmp_path / "build")
    assert (again.code, again.stdout, again.stderr) == (first.code, first.stdout, first.stderr)
    assert contents(tmp_path / "build") == before


@pytest.mark.parametrize("name", CASES)
def test_every_case_says_what_it_proves(name: str) -> None:
    text = (GOLDEN / name / "CASE.md").read_text()
    assert text.startswith(f"# {name}\n")
    assert "## What this proves" in text
    assert "## Where `expected` comes from" in text


def test_a_refused_fleet_shows_no_value_of_a_sensitive_setting(tmp_path: Path) -> None:
    with redirect_stdout(io.StringIO()) as stdout, redirect_stderr(io.StringIO()) as stderr:
        main(["-C", str(GOLDEN / "refused/fleet"), "compile", "-o", str(tmp_path / "build")])
    shown = compile_case(GOLDEN / "refused", tmp_path / "build")
    assert "canary" in (GOLDEN / "refused/fleet/profiles/base.yaml").read_text()
    assert "canary" not in stdout.getvalue() + stderr.getvalue() + shown.stdout + shown.stderr


def test_updating_rewrites_fails_once_and_then_passes(tmp_path: Path) -> None:
    case = tmp_path / "graph-node"
    shutil.copytree(GOLDEN / "graph-node", case)
    (case / "expected/people/sg-1/etc/dse/dse.yaml").write_text("graph: {}\n")
    (case / "expected/people/sg-1/etc/left.over").touch()
    with pytest.raises(AssertionError, match=r"sg-1/etc/dse/dse\.yaml, people/sg-1/etc/left\.over"):
        check(case, tmp_path / "first", update=False)
    with pytest.raises(pytest.fail.Exception, match="2 files rewritten"):
        check(case, tmp_path / "second", update=True)
    check(case, tmp_path / "third", update=False)
    assert contents(case / "expected") == contents(GOLDEN / "graph-node/expected")


def test_updating_cannot_change_a_verdict(tmp_path: Path) -> None:
    case = tmp_path / "refused"
    shutil.copytree(GOLDEN / "refused", case)
    verdict = case / "verdict.yaml"
    verdict.write_text(re.sub(r"exit_code: 2", "exit_code: 0", verdict.read_text()))
    with pytest.raises(AssertionError):
        check(case, tmp_path / "build", update=True)
    assert not (case / "expected").exists()


def test_updating_never_runs_in_ci() -> None:
    command = [sys.executable, "-m", "pytest", "--update-golden", "--collect-only", "-q", __file__]
    found = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "CI": "true"}, capture_output=True, text=True, check=False, timeout=60
    )
    assert found.returncode == pytest.ExitCode.USAGE_ERROR
    assert "--update-golden never runs with CI=true" in found.stderr

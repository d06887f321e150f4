"""A fleet extends the catalog in its own repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from dseconf.cli import main

FLEET = """\
clusters:
  demo:
    product: dse 6.8.50
    datacenters: {eu: {racks: {r1: {nodes: "eu-[1:1]", address: "10.0.0.{{ node.number }}"}}}}
"""
EXTENSION = """\
sources: {team: our own plug-in}
source: team
files:
  cassandra.yaml:
    settings:
      our_timeout_in_ms: {about: How long our plug-in waits., type: int, unit: ms}
"""


def a_repository(root: Path, extension: str, name: str = "dse-6.8") -> str:
    for path, text in {
        "fleet.yaml": FLEET,
        "profiles/base.yaml": "cassandra.yaml: {our_timeout_in_ms: 5s}\n",
        f"catalog/{name}.yaml": extension,
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return str(root)


def test_an_added_setting_is_checked_and_written(tmp_path: Path) -> None:
    assert main(["-C", a_repository(tmp_path, EXTENSION), "compile", "-o", "build"]) == 0
    text = (tmp_path / "build/demo/eu-1/etc/dse/cassandra/cassandra.yaml").read_text()
    assert "our_timeout_in_ms: 5000\n" in text


@pytest.mark.parametrize(
    ("extension", "code", "place"),
    [
        (EXTENSION.replace("type: int", "type: integer"), "wrong-choice", "catalog/dse-6.8.yaml:6:"),
        (EXTENSION.replace("our_timeout_in_ms", "num_tokens"), "known-setting", "catalog/dse-6.8.yaml:6:7"),
        (EXTENSION.replace("cassandra.yaml", "casandra.yaml"), "unknown-file", "catalog/dse-6.8.yaml:5:5"),
        (EXTENSION.replace("source: team\n", ""), "missing-key", "catalog/dse-6.8.yaml:1:1"),
    ],
)
def test_a_wrong_extension_is_refused_at_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], extension: str, code: str, place: str
) -> None:
    assert main(["-C", a_repository(tmp_path, extension), "compile"]) == 2
    said = capsys.readouterr().err
    assert f"error[{code}]" in said
    assert place in said


def test_an_extension_of_no_line_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-C", a_repository(tmp_path, EXTENSION, "dse-6.88"), "compile"]) == 2
    assert "error[unknown-line]" in capsys.readouterr().err

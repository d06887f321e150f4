"""A hook must start fast: heavy libraries stay out of the paths that do not need them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "quickstart"


def imported_by(*arguments: str) -> set[str]:
    code = (
        "import sys; from dseconf.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print('modules:', *sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    return set(done.stdout.rsplit("modules:", 1)[1].split())


@pytest.mark.parametrize("library", ["ruamel", "jinja2", "cerberus", "deepdiff", "git", "yaml"])
def test_the_version_needs_no_library(library: str) -> None:
    assert library not in imported_by("--version")


@pytest.mark.parametrize("library", ["ruamel", "deepdiff", "git"])
@pytest.mark.parametrize("command", [("compile",), ("explain", "demo-02", "cassandra.yaml:num_tokens")])
def test_compile_and_explain_load_only_what_they_use(command: tuple[str, ...], library: str) -> None:
    assert library not in imported_by("-C", str(EXAMPLE), *command)

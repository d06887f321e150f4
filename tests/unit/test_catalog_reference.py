"""The pages of docs/reference."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from builders import a_catalog, a_file, a_setting, read_tree, run

from dseconf.catalog.reference import INDEX, make_reference
from dseconf.shipped import load_catalog

PAGES = Path(__file__).resolve().parents[2] / "docs" / "reference"


def row(spec: dict[str, Any], key: str = "x") -> list[str]:
    """The cells of the one setting of a page; no bar is inside a cell."""
    page = make_reference(a_catalog([a_file("app.yaml", "yaml", {key: spec})]))["dse-6.8.md"]
    (line,) = (line for line in page.splitlines() if line.startswith("|`"))
    return re.split(r"(?<!\\)\|", line)[1:-1]


def test_the_pages_are_those_that_the_catalog_makes_now() -> None:
    wanted = {name: text.encode() for name, text in make_reference(load_catalog()).items()}
    stale = "run `dseconf catalog reference -o docs/reference`, and remove pages of lines that are gone"
    found = read_tree(PAGES)
    assert sorted(found) == sorted(wanted), stale
    assert [name for name in wanted if found[name] != wanted[name]] == [], stale


def test_the_pages_stay_readable_in_a_browser() -> None:
    sizes = [path.stat().st_size for path in PAGES.iterdir()]
    assert max(sizes) < 400_000
    assert sum(sizes) < 2_500_000


def test_a_setting_is_one_line() -> None:
    spec = a_setting("int", unit="MiB", default=32, shipped=64, since="6.8.3", certainty="documented")
    assert row(spec) == [
        "`x`", "int in MiB", "`32 MiB`", "`64 MiB`", "since 6.8.3", "documented", "A setting of the tests.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "versions"),
    [
        ({}, ""),
        ({"since": "6.8.0"}, ""),
        ({"since": "6.8.2", "not_in": ["6.8.5", "6.8.6"]}, "since 6.8.2 not 6.8.5, 6.8.6"),
        ({"until": "6.8.99"}, "up to 6.8.99"),
        ({"since": "6.8.2", "until": "6.8.99"}, "6.8.2 to 6.8.99"),
    ],
)
def test_versions_are_told_where_not_every_patch_has_the_setting(more: dict[str, Any], versions: str) -> None:
    assert row(a_setting(**more))[4] == versions


def test_a_setting_that_the_newest_patch_has_not_is_left_out() -> None:
    page = make_reference(a_catalog([a_file("app.yaml", "yaml", {"x": a_setting(until="6.8.9")})]))["dse-6.8.md"]
    assert "`x`" not in page


def test_a_long_value_is_shortened() -> None:
    shipped = row(a_setting("list", shipped=[f"name{number}" for number in range(99)]))[3]
    assert shipped.endswith("...`")
    assert len(shipped) < 60


def test_a_secret_is_hidden() -> None:
    assert row(a_setting(sensitive=True, shipped="cassandra"))[3] == "`(hidden)`"


def test_text_that_markdown_would_read_stays_text() -> None:
    cells = row({**a_setting(default="a|b"), "about": "The <b> of *all* | names."}, "hosts.*.a")
    assert cells[0] == "`hosts.*.a`"
    assert cells[2] == "`'a\\|b'`"
    assert cells[6] == "The \\<b\\> of \\*all\\* \\| names."


def test_the_index_links_every_page() -> None:
    pages = make_reference(load_catalog())
    linked = set(re.findall(r"\]\(([^)]+)\)", pages[INDEX]))
    assert linked == pages.keys() - {INDEX}


def test_the_command_writes_the_pages_below_the_folder(tmp_path: Path) -> None:
    code, out, err = run("catalog", "reference", "-C", tmp_path, "-o", "pages")
    assert (code, err) == (0, "")
    assert {name: text.encode() for name, text in make_reference(load_catalog()).items()} == read_tree(
        tmp_path / "pages"
    )
    assert f"pages/{INDEX}\n" in out

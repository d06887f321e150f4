"""What comes with dseconf, and the cache of the catalog."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dseconf import shipped


@pytest.fixture
def cache_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


def test_the_catalog_is_the_same_with_and_without_a_cache(cache_home: Path) -> None:
    first = shipped.load_catalog()
    shipped._catalog.cache_clear()
    second = shipped.load_catalog()
    assert list(cache_home.rglob("lines.json"))
    for ours, cached in zip(first.lines, second.lines, strict=True):
        assert list(ours.files) == list(cached.files)
        for name, file in ours.files.items():
            assert list(file.settings()) == list(cached.files[name].settings())


def test_a_broken_cache_is_read_past_and_written_again(cache_home: Path) -> None:
    shipped.load_catalog()
    (cache,) = cache_home.rglob("lines.json")
    cache.write_text('{"dse-6.8": ')
    shipped._catalog.cache_clear()
    assert "dse 6.8.0 to 6.8.65" in shipped.load_catalog().coverage()
    assert isinstance(json.loads(cache.read_text()), dict)


def test_a_line_whose_cache_is_gone_is_read_from_its_files(cache_home: Path) -> None:
    shipped.load_catalog()
    for cache in cache_home.rglob("dse-*.json"):
        cache.unlink()
    shipped._catalog.cache_clear()
    view = shipped.load_catalog().at("dse", (6, 8, 50))
    assert view is not None
    assert view.file("cassandra.yaml") is not None


def test_a_cache_folder_that_cannot_be_written_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert shipped.load_catalog().lines


def test_profiles_and_rules_are_there() -> None:
    assert "base.yaml" in shipped.shipped_profiles()
    assert shipped.shipped_folder("rules").is_dir()

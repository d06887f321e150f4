"""``dseconf catalog``: what it prints, for people and for programs."""

from __future__ import annotations

import argparse
import json
from typing import Any

import pytest

from dseconf import shipped
from dseconf.catalog import Catalog
from dseconf.commands.catalog import COMMAND, FORMAT
from dseconf.errors import InputError
from dseconf.finding import Finding

HEAD = {
    "format": "yaml", "package": "/etc/dse/x.yaml", "tarball": "conf/x.yaml", "mode": "0644", "owner": "cassandra",
    "group": "root", "manage": "whole", "read_by": "the DSE process", "read_when": "at start",
    "sources": {"m": "The manual, chapter 7"}, "source": "m",
}  # fmt: skip

X_YAML = {
    **HEAD,
    "file": "x.yaml",
    "about": "The first file.",
    "settings": {
        "cache_size": {
            "about": "How large the cache is.",
            "type": "int",
            "unit": "MiB",
            "min": 1,
            "max": 4096,
            "default": 64,
            "shipped": 128,
            "tarball": 32,
            "nullable": True,
            "lcm": ["cache-size"],
            "needs": {"mode": ["a", "b"]},
            "since": "6.8.3",
        },
        "mode": {"about": "Which mode.", "type": "string", "choices": ["a", "b"], "default": "a", "style": "plain"},
        "old_size": {
            "about": "How large it was.",
            "type": "int",
            "until": "6.8.4",
            "reason": "It was never read.",
            "renamed_to": "x.yaml:cache_size",
        },
        "credentials_validity": {"about": "How long a login holds.", "type": "int", "default": 2000},
        "password": {
            "about": "Password of the store.",
            "type": "string",
            "sensitive": True,
            "default": "cassandra",
            "shipped": "cassandra",
        },
        "name": {"about": "Name of the ring.", "type": "string", "shipped": "Test", "identity": "cluster_name"},
        "hosts.*.class": {
            "about": "Class of a host.",
            "type": "string",
            "executes": True,
            "certainty": "inferred",
            "note": "Rare.",
        },
        "dirs": {"about": "Where it writes.", "type": "list", "shipped": ["/var/lib"]},
        "keys": {
            "about": "Of keys.",
            "type": "list",
            "items": "map",
            "default": [{"a": "b", "key_password": "cassandra"}],
        },
    },
}  # fmt: skip
Y_SH = {
    **HEAD,
    "file": "y.sh",
    "about": "The second file.",
    "format": "shell",
    "package": None,
    "workloads": ["search"],
    "settings": {"HEAP": {"about": "Heap of the tool.", "type": "size", "syntax": "jvm", "shipped": "4G"}},
}
LINE = {"product": "dse", "line": "6.8", "first": "6.8.0", "last": "6.8.9", "java": [8, 11], "note": "A note."}


@pytest.fixture(autouse=True)
def small_catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = Catalog.of_tables({"dse-6.8": {"line": LINE, "files": [X_YAML, Y_SH]}})
    monkeypatch.setattr(shipped, "load_catalog", lambda: catalog)


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--format", choices=("human", "json"), default="human")
    COMMAND.configure(parser)
    return COMMAND.run(parser.parse_args(words))


def human(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert run(*words) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    return printed.out


def an_object(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(human(capsys, *words, "--format", "json"))
    assert found["format"] == FORMAT == "dseconf.catalog/1"
    return found


def refusal(*words: str) -> Finding:
    with pytest.raises(InputError) as caught:
        run(*words)
    (finding,) = caught.value.findings
    assert finding.remedy
    for text in (finding.message, finding.why, finding.remedy):
        assert not text.endswith(".")
    return finding


def columns(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("  ") if cell]


def test_versions_tells_the_patches_and_how_much_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    first, *_, note = human(capsys, "versions").splitlines()
    assert columns(first) == ["dse 6.8", "6.8.0 to 6.8.9", "2 files", "10 settings", "Java 8, 11"]
    assert note == "dse 6.8: A note."


def test_versions_as_an_object(capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = an_object(capsys, "versions")["lines"]
    assert (line["first"], line["last"], line["files"], line["settings"]) == ("6.8.0", "6.8.9", 2, 10)


def test_files_tells_paths_modes_and_workloads_of_the_newest_patch(capsys: pytest.CaptureFixture[str]) -> None:
    heading, *rows = human(capsys, "files").splitlines()
    assert heading == "dse 6.8.9, the newest patch that the catalog covers"
    assert [columns(row) for row in rows] == [
        ["x.yaml", "/etc/dse/x.yaml", "yaml", "0644", "cassandra:root", "whole", "every node"],
        ["y.sh", "<install>/conf/x.yaml", "shell", "0644", "cassandra:root", "whole", "search"],
    ]


@pytest.mark.parametrize(
    ("workload", "files"), [("search", ["x.yaml", "y.sh"]), ("graph", ["x.yaml"]), ("cassandra", ["x.yaml"])]
)
def test_files_of_a_workload_are_those_that_its_nodes_have(
    capsys: pytest.CaptureFixture[str], workload: str, files: list[str]
) -> None:
    (product,) = an_object(capsys, "files", "--workload", workload)["products"]
    assert [file["file"] for file in product["files"]] == files


@pytest.mark.parametrize("product", ["dse 6.8.2", "dse-6.8.2"])
def test_a_product_is_named_by_name_and_version(capsys: pytest.CaptureFixture[str], product: str) -> None:
    assert human(capsys, "files", "--product", product).startswith("dse 6.8.2")


def test_a_line_as_product_means_its_newest_patch(capsys: pytest.CaptureFixture[str]) -> None:
    assert human(capsys, "files", "--product", "dse 6.8").startswith("dse 6.8.9, the newest patch")


def test_settings_has_a_line_for_each_setting_of_the_patch(capsys: pytest.CaptureFixture[str]) -> None:
    heading, titles, *rows = human(capsys, "settings", "x.yaml").splitlines()
    assert heading.startswith("x.yaml of dse 6.8.9")
    assert columns(titles) == ["KEY", "TYPE", "CODE DEFAULT", "SHIPPED", "ABOUT"]
    assert columns(rows[0]) == ["cache_size", "int in MiB", "64 MiB", "128 MiB", "How large the cache is."]
    assert columns(rows[1]) == ["mode", "string", "'a'", "-", "Which mode."]
    assert [row.split(" ")[0] for row in rows] == [
        "cache_size", "mode", "credentials_validity", "password", "name", "hosts.*.class", "dirs", "keys",
    ]  # fmt: skip


def test_settings_of_an_older_patch_are_those_that_it_has(capsys: pytest.CaptureFixture[str]) -> None:
    (product,) = an_object(capsys, "settings", "x.yaml", "--product", "dse 6.8.2")["products"]
    keys = [setting["key"] for setting in product["settings"]]
    assert "old_size" in keys
    assert "cache_size" not in keys


def test_show_tells_everything(capsys: pytest.CaptureFixture[str]) -> None:
    heading, *facts = human(capsys, "show", "x.yaml:cache_size", "--product", "dse 6.8.9").splitlines()
    assert heading == "x.yaml:cache_size, in dse 6.8.9"
    assert [" ".join(fact.split()) for fact in facts] == [
        "about: How large the cache is.",
        "type: int in MiB",
        "range: 1 to 4096 MiB",
        "code default: 64 MiB",
        "shipped: 128 MiB",
        "in a tarball: 32 MiB",
        "null: may be null",
        "needs: mode = 'a' or 'b'",
        "since: 6.8.3",
        "in OpsCenter: cache-size",
        "certainty: certain",
        "source: The manual, chapter 7",
        "package: /etc/dse/x.yaml",
        "tarball: <install>/conf/x.yaml",
        "read by: the DSE process, at start",
    ]


def test_show_as_an_object(capsys: pytest.CaptureFixture[str]) -> None:
    (product,) = an_object(capsys, "show", "x.yaml:cache_size")["products"]
    setting = product["setting"]
    assert product["address"] == "x.yaml:cache_size"
    assert (setting["default"], setting["shipped"], setting["tarball"]) == (64, 128, 32)
    assert (setting["min"], setting["max"], setting["since"]) == (1, 4096, "6.8.3")
    assert product["file"]["package"] == "/etc/dse/x.yaml"
    assert "until" not in setting


def test_show_names_what_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    text = human(capsys, "show", "y.sh:HEAP")
    assert "code default: not known" in text
    assert "size as jvm writes it" in text
    assert "the package has no such file" in text
    (product,) = an_object(capsys, "show", "y.sh:HEAP")["products"]
    assert "default" not in product["setting"]


def test_show_takes_a_key_that_a_pattern_covers(capsys: pytest.CaptureFixture[str]) -> None:
    text = human(capsys, "show", "x.yaml:hosts.main.class")
    assert text.startswith("x.yaml:hosts.main.class, as hosts.*.class, in dse 6.8.9")
    assert "runs a program or loads code" in text
    assert "Rare." in text
    assert "inferred" in text


def test_show_tells_the_end_of_a_setting(capsys: pytest.CaptureFixture[str]) -> None:
    text = human(capsys, "show", "x.yaml:old_size", "--product", "dse 6.8.4")
    assert "until:        6.8.4; It was never read." in text
    assert "renamed to:   x.yaml:cache_size" in text


def test_no_secret_is_shown_anywhere(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["show", "x.yaml:password"], ["settings", "x.yaml"], ["search", "of"]):
        for form in ("human", "json"):
            text = human(capsys, *words, "--format", form)
            assert "password" in text
            assert '"cassandra",' not in text.replace('"owner": "cassandra",', "")
            assert "'cassandra'" not in text
    assert "(hidden)" in human(capsys, "show", "x.yaml:password")


def test_a_known_setting_that_only_sounds_like_a_secret_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert "2000" in human(capsys, "show", "x.yaml:credentials_validity")


def test_show_says_that_identity_is_of_fleet_yaml(capsys: pytest.CaptureFixture[str]) -> None:
    assert "cluster_name of fleet.yaml; no layer sets it" in human(capsys, "show", "x.yaml:name")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["SIZE"], ["cache_size"]),
        (["cache-size"], ["cache_size"]),
        (["how", "large", "cache"], ["cache_size"]),
        (["how large", "cache"], ["cache_size"]),
        (["how"], ["cache_size", "credentials_validity"]),
        (["nothing"], []),
    ],
)
def test_search_looks_at_keys_opscenter_names_and_sentences(
    capsys: pytest.CaptureFixture[str], words: list[str], found: list[str]
) -> None:
    (product,) = an_object(capsys, "search", *words)["products"]
    assert [setting["key"] for setting in product["settings"]] == found
    text = human(capsys, "search", *words)
    assert f"{len(found)} setting{'' if len(found) == 1 else 's'}\n" in text
    assert text.count("x.yaml:") == len(found)


def test_the_product_layer_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    text = human(capsys, "product-layer", "dse 6.8")
    body = text.partition("\n\n")[2]
    assert body == (
        "x.yaml:\n"
        "  cache_size: 128  # shipped, The manual\n"
        "  dirs:  # shipped, The manual\n"
        "    - /var/lib\n"
        "\n"
        "y.sh:\n"
        "  HEAP: 4G  # shipped, The manual\n"
    )
    assert human(capsys, "product-layer", "dse", "6.8") == text
    found = an_object(capsys, "product-layer", "dse-6.8")
    assert found["layer"] == text
    assert sorted(address for addresses in found["left_out"].values() for address in addresses) == [
        "x.yaml:name",
        "x.yaml:password",
    ]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["settings", "x.yml"], "unknown-file", "did you mean x.yaml?"),
        (["settings", "qqqqq"], "unknown-file", "`dseconf catalog files` lists them"),
        (["show", "x.yml:mode"], "unknown-file", "did you mean x.yaml?"),
        (["show", "x.yaml:cache_sise"], "unknown-setting", "did you mean cache_size?"),
        (["show", "x.yaml:cache-size"], "unknown-setting", "did you mean x.yaml:cache_size?"),
        (["show", "x.yaml:HEAP"], "unknown-setting", "did you mean y.sh:HEAP?"),
        (["show", "x.yaml:hosts.main"], "unknown-setting", "`dseconf catalog settings x.yaml` lists them"),
        (["show", "x.yaml"], "wrong-address", "write FILE:KEY"),
        (["show", "x.yaml:"], "wrong-address", "write FILE:KEY"),
        (["show", "x.yaml:old_size"], "other-version", "dse 6.8.4"),
        (["show", "x.yaml:cache_size", "--product", "dse 6.8.1"], "other-version", "dse 6.8.3"),
        (["files", "--product", "dse 6.9.1"], "version-not-covered", "covered version"),
        (["files", "--product", "dse 6.8.10"], "version-not-covered", "covered version"),
        (["files", "--product", "cassandra 4.1"], "version-not-covered", "covered version"),
        (["files", "--product", "dse"], "wrong-product", "dse 6.8.50"),
        (["product-layer", "dse", "seven"], "wrong-product", "dse 6.8.50"),
    ],
)
def test_what_is_not_there_is_refused_with_the_way_out(words: list[str], code: str, told: str) -> None:
    finding = refusal(*words)
    assert finding.code == code
    assert told in finding.remedy


def test_flags_stand_before_or_behind_the_subcommand(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--format", "json", "versions") == 0
    assert json.loads(capsys.readouterr().out)["format"] == FORMAT

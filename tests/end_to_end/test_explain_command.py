"""``dseconf explain``: its three forms, for people and for programs; and what ``compile`` says beside its files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from builders import run, write_tree

FLEET = """\
clusters:
  atlas:
    product: dse 6.8.50
    environment: production
    datacenters:
      eu:
        racks:
          r1: {nodes: "eu-[1:2]", address: "10.1.1.{{ node.number }}", memory: 32GiB, workload: [search]}
          r2: {nodes: "eu-3", address: "10.1.2.3", memory: 64GiB}
      us:
        racks:
          r1: {nodes: "us-[1:2]", address: "10.2.1.{{ node.number }}", memory: 32GiB}
    nodes:
      us-2: {seed: true}
"""

REPOSITORY = {
    "dseconf.yaml": "shipped: false\n",
    "fleet.yaml": FLEET,
    "profiles/base.yaml": """\
cassandra.yaml:
  num_tokens: 16
  client_encryption_options: {enabled: true, keystore_password: !secret keystore/client}
jvm-server.options:
  -Xmx: "{{ [node.memory / 2, 31 * GiB] | min | floor_to(MiB) }}"
cassandra-env.sh: {JMX_PORT: 7299}
""",
    "profiles/workload/search.yaml": "cassandra.yaml: {num_tokens: !default 8}\nserver.xml: {Connector.port: 8984}\n",
    "profiles/workload/cassandra.yaml": "reason: nothing yet\n",
    "profiles/environment/production.yaml": "cassandra.yaml: {num_tokens: 32}\n",
    "profiles/node/atlas/eu-2.yaml": "cassandra.yaml:\n  num_tokens: !unset\n",
    "profiles/node/atlas/gone-9.yaml": "cassandra.yaml: {num_tokens: 1}\n",
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tree(tmp_path_factory.mktemp("fleet"), REPOSITORY)


def said(repository: Path, *words: str) -> str:
    code, out, err = run("-C", repository, "explain", *words)
    assert code == 0, err
    return out


def read(repository: Path, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(said(repository, *words, "--format", "json"))
    assert found["format"] == "dseconf.explain/1"
    return found


def line(path: str, number: int, column: int, says: str, strength: str = "plain") -> Mapping[str, object]:
    return {"path": path, "line": number, "column": column, "says": says, "strength": strength}


def test_a_setting_for_people(repository: Path) -> None:
    lines = said(repository, "eu-1", "cassandra.yaml:num_tokens").splitlines()
    assert lines[:5] == [
        "cassandra.yaml:num_tokens on eu-1",
        "  value:    32",
        "  set by:   profiles/environment/production.yaml:1:18  32",
        "  beat:     profiles/base.yaml:2:3  16",
        "  beat:     profiles/workload/search.yaml:1:18  8 (default)",
    ]
    assert "  no layer: rack/atlas/eu/r1.yaml" in lines
    assert "  file:     /etc/dse/cassandra/cassandra.yaml (whole, default of the file)" in lines


def test_a_setting_for_programs(repository: Path) -> None:
    found = read(repository, "eu-1", "cassandra.yaml:num_tokens")["setting"]
    assert found["value"] == "32"
    assert found["written"] is True
    assert found["decided_by"] == line("profiles/environment/production.yaml", 1, 18, "32")
    assert found["beaten"] == [
        line("profiles/base.yaml", 2, 3, "16"),
        line("profiles/workload/search.yaml", 1, 18, "8", "default"),
    ]
    assert "rack/atlas/eu/r1.yaml" in found["missing_layers"]
    assert (found["dead"], found["seeds"]) == ("", [])


def test_an_unset_setting_tells_what_the_product_does(repository: Path) -> None:
    lines = said(repository, "eu-2", "cassandra.yaml:num_tokens").splitlines()
    assert lines[1] == "  value:    left out of the file; the product's own default is 1"
    assert lines[2] == "  set by:   profiles/node/atlas/eu-2.yaml:2:3  !unset"


def test_an_expression_for_people(repository: Path) -> None:
    lines = said(repository, "eu-3", "jvm-server.options:-Xmx").splitlines()
    assert lines[1] == "  value:    31G"
    assert lines[3] == "  from:     {{ [node.memory / 2, 31 * GiB] | min | floor_to(MiB) }}"


def test_a_seed_list_tells_who_is_a_seed_and_why(repository: Path) -> None:
    lines = said(repository, "eu-1", "cassandra.yaml:seed_provider").splitlines()
    none_marked = "no node of the datacenter is marked with seed: true"
    assert [text for text in lines if text.startswith("  seeds:")] == [
        f"  seeds:    eu: eu-1, eu-3 ({none_marked}: its first node, and the first one of another rack)",
        "  seeds:    us: us-2 (fleet.yaml marks them with seed: true)",
    ]
    found = read(repository, "eu-1", "cassandra.yaml:seed_provider")["setting"]["seeds"]
    assert [(one["datacenter"], one["nodes"]) for one in found] == [("eu", ["eu-1", "eu-3"]), ("us", ["us-2"])]


def test_a_value_in_a_file_that_the_node_does_not_get_is_dead(repository: Path) -> None:
    write_tree(repository, {"profiles/rack/atlas/eu/r2.yaml": "server.xml: {Connector.port: 1234}\n"})
    text = said(repository, "eu-3", "server.xml:Connector.port")
    (repository / "profiles/rack/atlas/eu/r2.yaml").unlink()
    assert "  dead:     eu-3 does not get the file: it is for workload search" in text
    assert "  file:     not a file of this node" in text


def test_a_file_for_people_has_the_lines_in_one_column(repository: Path) -> None:
    lines = said(repository, "eu-1", "cassandra.yaml").splitlines()
    marked = [text for text in lines if "  # " in text]
    assert len({text.index("  # ") for text in marked}) == 1
    assert any(
        text.startswith("num_tokens: 32 ") and text.endswith("# profiles/environment/production.yaml:1:18")
        for text in marked
    )
    assert any("@@dseconf:yaml:keystore/client@@" in text for text in marked)


@pytest.mark.parametrize(
    ("file", "value", "origin"),
    [
        ("cassandra-env.sh", "7299", "profiles/base.yaml:6:20"),
        ("server.xml", "8984", "profiles/workload/search.yaml:2:14"),
    ],
)
def test_a_template_for_people_has_lines_beside_its_values_alone(
    repository: Path, file: str, value: str, origin: str
) -> None:
    lines = said(repository, "eu-1", file).splitlines()
    marked = [text for text in lines if origin in text]
    assert len(marked) >= 1
    assert all(value in text for text in marked)
    assert any("  # " not in text for text in lines)
    assert not any(text.endswith(" ") for text in lines if "  # " not in text)


def test_a_file_for_programs(repository: Path) -> None:
    found = read(repository, "eu-1", "cassandra.yaml")
    assert (found["node"], found["file"]) == ("eu-1", "cassandra.yaml")
    origins = {one["text"]: one["origins"] for one in found["lines"]}
    assert origins["num_tokens: 32"] == [{"path": "profiles/environment/production.yaml", "line": 1, "column": 18}]


def test_what_differs_for_people(repository: Path) -> None:
    text = said(repository, "--why-different", "eu-1", "eu-2")
    assert (
        "cassandra.yaml:num_tokens\n"
        "  eu-1: 32  by profiles/environment/production.yaml:1:18  32\n"
        "  eu-2: (left out)  by profiles/node/atlas/eu-2.yaml:2:3  !unset\n"
    ) in text
    assert "cluster_name" not in text


def test_what_differs_for_programs(repository: Path) -> None:
    found = read(repository, "--why-different", "eu-1", "eu-2")
    assert (found["left"], found["right"]) == ("eu-1", "eu-2")
    by_address = {one["address"]: one for one in found["differences"]}
    assert by_address["cassandra.yaml:num_tokens"]["right_by"] == line("profiles/node/atlas/eu-2.yaml", 2, 3, "!unset")


def test_nodes_that_do_not_differ_are_said_so(repository: Path) -> None:
    assert said(repository, "--why-different", "eu-1", "eu-1") == "eu-1 and eu-1 have the same settings\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("eu-1",), "explain wants a node, and a file or a setting"),
        ((), "explain wants a node, and a file or a setting"),
        (("eu-9", "cassandra.yaml"), "there is no node 'eu-9'"),
        (("eu-1", "cassandra.yml"), "did you mean cassandra.yaml?"),
        (("eu-1", "nothing-like-it"), "eu-1 gets "),
        (("eu-3", "server.xml"), "eu-3 has no file 'server.xml'"),
        (("eu-1", "cassandra.yaml:num_token"), "did you mean num_tokens?"),
    ],
)
def test_mistakes_are_answered(repository: Path, words: tuple[str, ...], message: str) -> None:
    code, out, err = run("-C", repository, "explain", *words)
    assert (code, out) == (2, "")
    assert message in err


def test_compile_names_layers_that_no_node_uses_and_those_that_set_nothing(repository: Path) -> None:
    code, _, err = run("-C", repository, "compile")
    assert code == 0
    assert "info[unused-layer]: no node uses profiles/node/atlas/gone-9.yaml" in err
    assert "info[empty-layer]: profiles/workload/cassandra.yaml sets nothing" in err


def test_compile_lists_files_with_their_reasons(repository: Path) -> None:
    code, out, _ = run("-C", repository, "compile", "--list", "--node", "eu-1")
    assert code == 0
    assert (
        "eu-1  /etc/dse/cassandra/cassandra.yaml  0644 cassandra:cassandra  whole (default of the file)  every node\n"
        in out
    )
    code, out, _ = run("-C", repository, "compile", "--list", "--node", "eu-1", "--format", "json")
    found = json.loads(out)
    assert found["format"] == "dseconf.list/1"
    assert {one["node"] for one in found["files"]} == {"eu-1"}
    (xml,) = (one for one in found["files"] if one["file"] == "server.xml")
    assert xml["reason"] == "workload search"


def test_annotated_files_go_to_a_new_folder_alone(repository: Path, tmp_path: Path) -> None:
    target = tmp_path / "annotated"
    assert run("-C", repository, "compile", "--annotate", "--node", "eu-1", "-o", target)[0] == 0
    (text,) = [path.read_text() for path in target.rglob("cassandra.yaml")]
    assert text.startswith("==== eu-1 /etc/dse/cassandra/cassandra.yaml (annotated, not for deployment)")
    assert not list(target.rglob("manifest.json"))
    code, _, err = run("-C", repository, "compile", "--annotate", "-o", target)
    assert (code, "foreign-output" in err) == (2, True)


def test_annotated_files_are_marked_as_such(repository: Path) -> None:
    code, out, _ = run("-C", repository, "compile", "--annotate", "--node", "eu-1")
    assert code == 0
    assert "==== eu-1 /etc/dse/cassandra/cassandra.yaml (annotated, not for deployment)\n" in out
    assert "# profiles/environment/production.yaml:1:18\n" in out

"""Promise 1: same inputs, same bytes; and growing a fleet moves nobody."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from builders import read_tree, run, write_tree

SOURCE = Path(__file__).parents[2]

FLEET = """\
clusters:
  atlas:
    product: dse 6.8.50
    environment: production
    datacenters:
      eu:
        workload: [search, graph]
        memory: 32GiB
        racks:
          r1: {nodes: "eu-[01:0LAST]", address: "10.1.1.{{ node.number }}"}
          r2: {nodes: "eu-[21:22]", address: "10.1.2.{{ node.number }}", memory: 64GiB}
  borealis:
    product: dse 6.8.50
    environment: production
    install: {tarball: /opt/dse}
    datacenters:
      us:
        memory: 32GiB
        racks:
          r1: {nodes: "us-[1:2]", address: "10.2.1.{{ node.number }}"}
    nodes:
      us-2: {zone: b}
"""

REPOSITORY = {
    "dseconf.yaml": "layers: [product, base, workload, environment, zone, cluster, datacenter, rack, node]\n",
    "fleet.yaml": FLEET.replace("LAST", "4"),
    "profiles/base.yaml": """\
cassandra.yaml: {num_tokens: 16, client_encryption_options: {enabled: true, keystore_password: !secret ks}}
jvm-server.options:
  -Xmx: "{{ [node.memory / 2, 31 * GiB] | min | floor_to(MiB) }}"
  -Xms: "{{ setting('jvm-server.options:-Xmx') }}"
spark-defaults.conf: {spark.z.last: "1", spark.a.first: "2"}
""",
    "profiles/environment/production.yaml": "manage: {cassandra-env.sh: whole}\n",
    "profiles/zone/b.yaml": "cassandra.yaml: {num_tokens: 8}\n",
    "profiles/rack/atlas/eu/r2.yaml": "cassandra.yaml: {num_tokens: 4}\n",
    "profiles/node/atlas/eu-02.yaml": "cassandra.yaml:\n  num_tokens: !unset\nmanage: {dse.yaml: unmanaged}\n",
}


def compile_in_a_process(
    repository: Path, out: Path, *, seed: str = "0", directory: Path | None = None, relative: bool = False
) -> dict[str, bytes]:
    """Compile in a new process; its own words are part of what must be the same."""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(SOURCE)}
    place = os.path.relpath(repository, directory) if relative and directory else str(repository)
    command = [sys.executable, "-m", "dseconf", "-C", place, "compile", "-o", str(out.resolve())]
    done = subprocess.run(command, env=environment, cwd=directory, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return {**read_tree(out), "(talk)": done.stderr}


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    folder = tmp_path_factory.mktemp("reference")
    return compile_in_a_process(write_tree(folder / "fleet", REPOSITORY), folder / "out")


@pytest.mark.parametrize("seed", ["1", "random", "4294967295"])
def test_the_hash_seed_does_not_matter(tmp_path: Path, reference: Mapping[str, bytes], seed: str) -> None:
    repository = write_tree(tmp_path / "fleet", REPOSITORY)
    assert compile_in_a_process(repository, tmp_path / "out", seed=seed) == reference


def test_the_working_directory_does_not_matter(tmp_path: Path, reference: Mapping[str, bytes]) -> None:
    repository = write_tree(tmp_path / "some where" / "fleet", REPOSITORY)
    inside = compile_in_a_process(repository, tmp_path / "one", directory=repository / "profiles", relative=True)
    outside = compile_in_a_process(repository, tmp_path / "two", directory=Path("/"))
    assert inside == outside == reference


def test_the_order_in_which_files_were_made_does_not_matter(tmp_path: Path, reference: Mapping[str, bytes]) -> None:
    """A file system lists files in an order of its own, often that of their making."""
    turned = dict(reversed(list(REPOSITORY.items())))
    repository = write_tree(tmp_path / "fleet", {"profiles/zz.tmp": "", **turned})
    (repository / "profiles/zz.tmp").unlink()
    assert compile_in_a_process(repository, tmp_path / "out", seed="7") == reference


def test_times_and_modes_of_the_repository_do_not_matter(tmp_path: Path, reference: Mapping[str, bytes]) -> None:
    repository = write_tree(tmp_path / "fleet", REPOSITORY)
    for path in repository.rglob("*.yaml"):
        os.utime(path, (0, 0))
        path.chmod(0o400)
    assert compile_in_a_process(repository, tmp_path / "out") == reference


def test_an_output_that_grew_is_the_same_as_a_fresh_one(tmp_path: Path, reference: Mapping[str, bytes]) -> None:
    """What was there before leaves no trace in the bytes, nor in the manifest."""
    smaller = {**REPOSITORY, "fleet.yaml": FLEET.replace("LAST", "2"), "profiles/base.yaml": "manage: {}\n"}
    repository = write_tree(tmp_path / "fleet", smaller)
    compile_in_a_process(repository, tmp_path / "out")
    write_tree(repository, REPOSITORY)
    assert compile_in_a_process(repository, tmp_path / "out") == reference
    assert run("-C", repository, "compile", "-o", tmp_path / "out", "--node", "eu-02", "--node", "us-2")[0] == 0
    assert read_tree(tmp_path / "out") == {path: text for path, text in reference.items() if path != "(talk)"}


def test_the_manifest_has_the_hash_of_every_file(reference: Mapping[str, bytes]) -> None:
    listed = json.loads(reference["manifest.json"])["nodes"]
    hashes = {f"{node}/{path}": sha for node, files in listed.items() for path, (sha, _) in files.items()}
    there = {path: text for path, text in reference.items() if path not in ("manifest.json", "(talk)")}
    assert {path: hashlib.sha256(text).hexdigest() for path, text in there.items()} == hashes


def grown(tmp_path: Path, last: str, more: Mapping[str, str] = {}) -> dict[str, bytes]:
    repository = write_tree(
        tmp_path / f"fleet{last}", {**REPOSITORY, "fleet.yaml": FLEET.replace("LAST", last), **more}
    )
    return {
        path: text for path, text in compile_in_a_process(repository, tmp_path / f"out{last}").items() if "/" in path
    }


def test_growing_a_range_moves_nobody(tmp_path: Path) -> None:
    """The nodes that were there keep every byte: racks are where names are written, and seeds come first."""
    before, after = grown(tmp_path, "4"), grown(tmp_path, "9")
    assert before.items() <= after.items()
    new = {path.split("/")[1] for path in after.keys() - before.keys()}
    assert new == {"eu-05", "eu-06", "eu-07", "eu-08", "eu-09"}


def test_marking_a_seed_changes_the_seed_list_alone(tmp_path: Path) -> None:
    before = grown(tmp_path, "4")
    shutil.rmtree(tmp_path / "out4")
    fleet = FLEET.replace("LAST", "4").replace(
        "    datacenters:\n      eu:", "    nodes: {eu-03: {seed: true}}\n    datacenters:\n      eu:", 1
    )
    after = grown(tmp_path, "4", {"fleet.yaml": fleet})
    changed = {path for path in before if before[path] != after[path]}
    assert {path.rsplit("/", 1)[-1] for path in changed} == {"cassandra.yaml"}
    assert {path.split("/")[0] for path in changed} == {"atlas"}
    lines = {line for path in changed for line in set(after[path].splitlines()) ^ set(before[path].splitlines())}
    assert all(b"seeds:" in line for line in lines)

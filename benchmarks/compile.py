"""Measure whole runs of ``dseconf compile`` and ``explain``: CPU seconds, memory, ratio to a floor.

    python benchmarks/compile.py --nodes 1000 10000 --runs 3

The floor is a process that writes the same ready bytes to the same disk and does nothing
else; it is measured in the same run. CPU is user plus system time of the whole process.
Figures are medians.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fleet import Fleet

HERE = Path(__file__).resolve().parent
HEAD = (
    "| job | nodes | files | distinct contents | CPU s | peak MiB | ratio |\n"
    "| --- | --- | --- | --- | --- | --- | --- |"
)
PLANTED = "cassandra.yaml:\n  hinted_handof_enabled: true\n"


@dataclass(frozen=True)
class Cost:
    """One run of a process."""

    cpu_s: float
    peak_mib: float
    output: str


def run(*words: str, expect: int = 0) -> Cost:
    """Run a process to its end and take its resource usage."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen([sys.executable, *words], stdout=output, stderr=subprocess.STDOUT, cwd=HERE)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode()
    if process.returncode != expect:
        raise SystemExit(f"{' '.join(words)} ended with {process.returncode}, not {expect}:\n{text[-2000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text)


def median(costs: Sequence[Cost]) -> Cost:
    """The middle one by CPU time, with the middle memory."""
    ordered = sorted(costs, key=lambda cost: cost.cpu_s)
    middle = ordered[len(ordered) // 2]
    return Cost(middle.cpu_s, statistics.median(cost.peak_mib for cost in costs), middle.output)


def floor(compiled: Path, target: Path) -> float:
    """CPU seconds to write the files of a compiled fleet when their bytes are ready in memory."""
    manifest = json.loads((compiled / "manifest.json").read_text())
    ready: dict[str, bytes] = {}
    for node, files in manifest["nodes"].items():
        for path, (sha, _) in files.items():
            if sha and sha not in ready:
                ready[sha] = (compiled / node / path).read_bytes()
    begin = time.process_time()
    for node, files in manifest["nodes"].items():
        base = f"{target}/{node}"
        for folder in {path.rpartition("/")[0] for path in files}:
            Path(base, folder).mkdir(parents=True, exist_ok=True)
        for path, (sha, _) in files.items():
            if sha:
                descriptor = os.open(f"{base}/{path}", os.O_WRONLY | os.O_CREAT, 0o644)
                os.write(descriptor, ready[sha])
                os.close(descriptor)
    return time.process_time() - begin


def measure(nodes: int, runs: int, work: Path) -> Iterator[str]:
    """The rows of the table for one size of fleet."""
    repository = work / "fleet"
    Fleet(nodes).write(repository)
    dseconf = ("-m", "dseconf", "-C", str(repository))
    run(*dseconf, "catalog", "versions")  # the catalog's cache belongs to no measurement
    words = (*dseconf, "compile", "--manifest", str(work / "ids.json"), "--format", "json")
    ids = median([run(*words) for _ in range(runs)])
    yield row("compile to ids and manifest", nodes, ids, "")
    exports, floors = [], []
    for number in range(runs):
        exports.append(run(*dseconf, "compile", "-o", str(work / "out"), "--format", "json"))
        if (work / "ids.json").read_bytes() != (work / "out" / "manifest.json").read_bytes():
            raise SystemExit("the exported files are not those of the manifest")
        floors.append(float(run(__file__, "--floor", str(work / "out"), str(work / f"floor{number}")).output))
        shutil.rmtree(work / "out")
        shutil.rmtree(work / f"floor{number}")
    export = median(exports)
    least = statistics.median(floors)
    yield row("export every file", nodes, export, f"{export.cpu_s / least:.2f} x floor of {least:.1f} s")
    victim = next(iter((repository / "profiles" / "node").rglob("*.yaml")))
    victim.write_text(PLANTED)
    planted = median([run(*dseconf, "compile", expect=2) for _ in range(runs)])
    place = f"{victim.relative_to(repository)}:2:3"
    if place not in planted.output:
        raise SystemExit(f"the planted error was not reported at {place}:\n{planted.output[-2000:]}")
    yield row("find one planted error", nodes, planted, f"at {place}")


def row(job: str, nodes: int, cost: Cost, ratio: str) -> str:
    """One line of the table."""
    counts = json.loads(cost.output.splitlines()[-1]) if cost.output.lstrip().startswith("{") else {}
    files, distinct = (f"{counts[name]:,}" if counts else "" for name in ("files", "distinct"))
    return f"| {job} | {nodes:,} | {files} | {distinct} | {cost.cpu_s:.2f} | {cost.peak_mib:.0f} | {ratio} |"


def explain(runs: int) -> str:
    """The row for one question to a fleet of 66 nodes."""
    atlas = str(HERE.parent / "examples" / "atlas")
    words = ("-m", "dseconf", "-C", atlas, "explain", "eu-07", "jvm-server.options:-Xmx")
    return row("explain one setting (examples/atlas)", 66, median([run(*words) for _ in range(runs)]), "")


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, nargs="+", default=[1000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--directory", type=Path, help="where to work; a folder on the disk to be measured")
    parser.add_argument("--floor", type=Path, nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.floor:
        sys.stdout.write(f"{floor(*options.floor)}\n")
        return
    sys.stdout.write(f"{HEAD}\n")
    for nodes in options.nodes:
        with tempfile.TemporaryDirectory(dir=options.directory) as work:
            for line in measure(nodes, options.runs, Path(work)):
                sys.stdout.write(f"{line}\n")
                sys.stdout.flush()
    sys.stdout.write(f"{explain(options.runs)}\n")


if __name__ == "__main__":
    main()

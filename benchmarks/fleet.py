"""A large fleet of real settings, made from a seed: what the benchmarks compile.

The shape is that of a big estate: shipped profiles, then base, workload, environment,
datacenter, rack and node layers; about five files differ on every node. Each node layer
sets 3 to 10 settings; 20 settings are expressions, 6 of which read facts of the node;
one node in ten has two workloads; there are list edits, quantities and secrets.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dseconf.catalog import UNKNOWN, FileSpec, Kind, ProductView, SettingSpec
from dseconf.shipped import load_catalog

PRODUCT = (6, 8, 50)
WORKLOADS = ("cassandra", "search", "analytics", "graph")
ENVIRONMENTS = ("development", "staging", "production")
NODE_FILES = ("cassandra.yaml", "dse.yaml", "jvm-server.options", "logback.xml", "spark-defaults.conf")

EXPRESSIONS = {
    "jvm-server.options": {
        "-Xmx": "{{ [node.memory / 2, 31 * GiB] | min | floor_to(MiB) }}",
        "-Xms": "{{ setting('jvm-server.options:-Xmx') }}",
        "-XX:MaxDirectMemorySize": "{{ (node.memory / 4) | floor_to(MiB) }}",
    },
    "cassandra.yaml": {
        "concurrent_compactors": "{{ [node.cores // 2, 1] | max }}",
        "file_cache_size_in_mb": "{{ (node.memory / 16) | floor_to(MiB) }}",
        "memtable_space_in_mb": "{{ (node.memory / 16) | floor_to(MiB) }}",
        "commitlog_segment_size_in_mb": "{{ 16 * MiB * 2 }}",
        "max_hint_window_in_ms": "{{ 3 * h }}",
        "read_request_timeout_in_ms": "{{ 5 * s }}",
        "range_request_timeout_in_ms": "{{ setting('cassandra.yaml:read_request_timeout_in_ms') * 2 }}",
        "write_request_timeout_in_ms": "{{ 2 * s }}",
        "counter_write_request_timeout_in_ms": "{{ setting('cassandra.yaml:write_request_timeout_in_ms') * 2 }}",
        "cas_contention_timeout_in_ms": "{{ 1 * s }}",
        "truncate_request_timeout_in_ms": "{{ 1 * m }}",
        "request_timeout_in_ms": "{{ setting('cassandra.yaml:read_request_timeout_in_ms') * 2 }}",
        "hinted_handoff_throttle_in_kb": "{{ 1 * MiB / s }}",
        "trickle_fsync_interval_in_kb": "{{ 10 * MiB }}",
        "column_index_size_in_kb": "{{ 16 * KiB * 4 }}",
        "row_cache_save_period": "{{ 4 * h }}",
    },
    "dse.yaml": {"max_memory_to_lock_mb": "{{ (node.memory / 8) | floor_to(MiB) }}"},
}  # fmt: skip

SECRETS = {
    "cassandra.yaml": {
        "client_encryption_options.keystore_password": "keystore/client",
        "server_encryption_options.keystore_password": "keystore/internode",
    }
}


class Fleet:
    """Writes a fleet repository of ``count`` nodes. Equal arguments, equal files."""

    def __init__(self, count: int, seed: int = 7) -> None:
        view = load_catalog().at("dse", PRODUCT)
        if view is None:
            raise SystemExit("the catalog does not cover the benchmark's product version")
        self.view: ProductView = view
        self.count = count
        self.seed = seed
        self.datacenters = [f"dc{number:02d}" for number in range(max(2, min(20, count // 100)))]

    def write(self, root: Path) -> None:
        """Write the repository below ``root``, which must be empty."""
        (root / "profiles").mkdir(parents=True)
        (root / "fleet.yaml").write_text("\n".join(self._fleet()) + "\n")
        self._layer(root, "base.yaml", self._base())
        for name in WORKLOADS:
            self._layer(root, f"workload/{name}.yaml", _WORKLOAD_SETTINGS[name])
        for name in ENVIRONMENTS:
            self._layer(root, f"environment/{name}.yaml", self._some(f"env-{name}", _ENVIRONMENT_COUNTS))
        for name in self.datacenters:
            self._layer(root, f"datacenter/bench/{name}.yaml", self._some(name, _DATACENTER_COUNTS))
            for rack in range(3):
                chosen = self._some(f"{name}-{rack}", {"cassandra.yaml": 2})
                self._layer(root, f"rack/bench/{name}/r{rack}.yaml", chosen)
        for name in self.nodes():
            self._layer(root, f"node/bench/{name}.yaml", self._node(name))

    def nodes(self) -> Iterator[str]:
        """The names of all nodes."""
        return (f"{self.datacenters[number % len(self.datacenters)]}-n{number:05d}" for number in range(self.count))

    def _fleet(self) -> Iterator[str]:
        yield "clusters:\n  bench:\n    product: dse 6.8.50\n    datacenters:"
        for number, datacenter in enumerate(self.datacenters):
            mine = range(number, self.count, len(self.datacenters))
            yield f"      {datacenter}:\n        environment: {ENVIRONMENTS[number % 3]}\n        racks:"
            for rack in range(3):
                yield f"          r{rack}:\n            nodes:"
                yield from (self._facts(datacenter, node) for place, node in enumerate(mine) if place % 3 == rack)

    def _facts(self, datacenter: str, node: int) -> str:
        workloads = [WORKLOADS[(node // len(self.datacenters)) % 4]]
        if node % 10 == 0:
            workloads.append(WORKLOADS[(node // len(self.datacenters) + 1) % 4])
        memory, cores = random.Random(f"{self.seed}-{node}").choice(((64, 16), (128, 32), (48, 12)))
        address = f"10.{node // 62500}.{node // 250 % 250}.{node % 250 + 1}"
        facts = f"address: {address}, workload: [{', '.join(workloads)}], memory: {memory}GiB, cores: {cores}"
        return f"              {datacenter}-n{node:05d}: {{{facts}}}"

    def _base(self) -> dict[str, dict[str, Any]]:
        """Most settings of all files with a value, then the expressions and the secrets."""
        chosen = {file.name: dict(self._values(file)) for file in self.view.files() if file.name not in _LEFT_OUT}
        for name, settings in EXPRESSIONS.items():
            chosen.setdefault(name, {}).update({key: f'"{text}"' for key, text in settings.items()})
        for name, settings in SECRETS.items():
            chosen.setdefault(name, {}).update({key: f"!secret {secret}" for key, secret in settings.items()})
        return {name: settings for name, settings in chosen.items() if settings}

    def _values(self, file: FileSpec) -> Iterator[tuple[str, Any]]:
        for spec in self._usable(file):
            if (value := _value(spec, random.Random(f"{self.seed}-{spec.key}"))) is not None:
                yield spec.key, value

    def _some(self, name: str, counts: dict[str, int]) -> dict[str, dict[str, Any]]:
        rng = random.Random(f"{self.seed}-{name}")
        chosen = {}
        for file_name, count in counts.items():
            file = self.view.file(file_name)
            usable = self._usable(file) if file is not None else ()
            taken = EXPRESSIONS.get(file_name, {})
            specs = [spec for spec in usable if spec.key not in taken and _value(spec, rng) is not None]
            chosen[file_name] = {spec.key: _value(spec, rng) for spec in rng.sample(specs, min(count, len(specs)))}
        return chosen

    def _node(self, name: str) -> dict[str, dict[str, Any]]:
        """3 to 10 settings over the files that differ from node to node."""
        rng = random.Random(f"{self.seed}-node-{name}")
        counts: dict[str, int] = {}
        for _ in range(rng.randint(2, 9)):
            file = rng.choice(NODE_FILES[:4])
            counts[file] = counts.get(file, 0) + 1
        chosen = self._some(f"node-{name}", counts)
        chosen.setdefault("cassandra.yaml", {})["data_file_directories"] = f"!append [/data/{name}]"
        return chosen

    def _usable(self, file: FileSpec) -> Iterator[SettingSpec]:
        for spec in file.settings():
            special = spec.identity or spec.sensitive or spec.user_named or spec.executes or "[]" in spec.key
            if spec.exists_in(PRODUCT) and not special:
                yield spec

    def _layer(self, root: Path, path: str, files: dict[str, dict[str, Any]]) -> None:
        target = root / "profiles" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        lines: list[str] = []
        for name, settings in files.items():
            file = self.view.file(name)
            flat = [f"  {_quoted(key)}: {value}" for key, value in settings.items()]
            lines += [f"{name}:", *(_nested(settings) if file is not None and file.format == "yaml" else flat)]
        target.write_text("\n".join(lines) + "\n")


# Two workloads on one node must not disagree: each has settings of its own.
_WORKLOAD_SETTINGS: dict[str, dict[str, dict[str, Any]]] = {
    "cassandra": {"logback.xml": {"logger.com.cryptsoft": "'OFF'"}},
    "search": {"dse.yaml": {"ttl_index_rebuild_options.fixed_rate_period": "300s"}},
    "analytics": {"spark-defaults.conf": {"spark.executor.memory": "4GiB"}},
    "graph": {"dse.yaml": {"graph.analytic_evaluation_timeout_in_minutes": "10080m"}},
}
_LEFT_OUT = ("cassandra-topology.yaml", "cassandra-topology.properties", "jmxremote.password")
_ENVIRONMENT_COUNTS = {"cassandra.yaml": 12, "dse.yaml": 8, "logback.xml": 2, "spark-defaults.conf": 3}
_DATACENTER_COUNTS = {"cassandra.yaml": 6, "dse.yaml": 4, "hive-site.xml": 1}


def _value(spec: SettingSpec, rng: random.Random) -> Any:  # noqa: PLR0911  # a kind each
    """A value that the catalog accepts, in the spelling of a layer; None where there is nothing sensible."""
    known = spec.shipped if spec.shipped is not UNKNOWN else spec.default
    if spec.choices:
        choice = rng.choice([choice for choice in spec.choices if choice is not None])
        return _quoted(choice) if isinstance(choice, str) else choice
    match spec.kind:
        case Kind.BOOLEAN:
            return rng.choice(("true", "false"))
        case Kind.INT:
            low = int(spec.minimum if spec.minimum is not None else 1)
            high = int(spec.maximum if spec.maximum is not None else low + 10_000)
            number = rng.randint(low, min(high, low + 10_000))
            return f"{number}{spec.unit}" if spec.unit in ("MiB", "KiB", "ms", "s") and number >= 0 else number
        case Kind.FLOAT:
            return rng.choice((0.1, 0.25, 0.5)) if spec.minimum in (None, 0, 0.0) and not spec.unit else None
        case Kind.STRING:
            return _quoted(known) if isinstance(known, str) and known else None
        case Kind.SIZE:
            return f"{rng.randint(16, 512)}MiB"
        case Kind.LIST:
            plain = isinstance(known, list) and known and not isinstance(known[0], dict)
            return f"[{', '.join(map(_quoted, known))}]" if plain else None
        case _:
            return None


_TYPED_WORDS = ("yes", "no", "on", "off", "y", "n", "true", "false", "null")


def _quoted(value: object) -> str:
    text = str(value)
    plain = text.replace("_", "a").replace("-", "a").isalpha() and text.lower() not in _TYPED_WORDS
    return text if plain else "'" + text.replace("'", "''") + "'"


def _nested(settings: dict[str, Any]) -> list[str]:
    """Dotted keys as nested mappings."""
    tree: dict[str, Any] = {}
    for key, value in settings.items():
        *parents, last = key.split(".")
        place = tree
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = value
    return list(_lines(tree, 1))


def _lines(tree: dict[str, Any], depth: int) -> Iterator[str]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield f"{'  ' * depth}{key}:"
            yield from _lines(value, depth + 1)
        else:
            yield f"{'  ' * depth}{key}: {value}"

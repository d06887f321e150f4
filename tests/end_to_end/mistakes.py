"""Mistakes that people make, each with its code, its place and the way out: rows for test_bad_input.

In the texts below a § stands before the place that the finding names first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Link:
    """A link in place of a file."""

    target: str


@dataclass(frozen=True)
class Folder:
    """A folder in place of a file."""


Content = str | bytes | Link | Folder | None

FLEET = """\
clusters:
  atlas:
    product: dse 6.8.50
    datacenters:
      eu:
        racks:
          r1: {nodes: "eu-[01:02]", address: "10.1.1.{{ node.number }}", memory: 32GiB}
"""
GOOD: Mapping[str, Content] = {
    "dseconf.yaml": "shipped: false\n",
    "fleet.yaml": FLEET,
    "profiles/base.yaml": "cassandra.yaml:\n  num_tokens: 8\n",
}


@dataclass(frozen=True)
class Row:
    """One mistake.

    ``at`` is the place where no § marks it; empty where the finding has no place.
    ``others`` are the codes of further errors that the same mistake rightly makes.
    """

    files: Mapping[str, Content]
    code: str
    remedy: str
    command: Sequence[str] = ("compile",)
    at: str = ""
    others: Sequence[str] = field(default=())


def layer(text: str | bytes) -> dict[str, Content]:
    return {"profiles/base.yaml": text}


def cassandra(settings: str) -> dict[str, Content]:
    return layer("cassandra.yaml:\n" + "".join(f"  {line}\n" for line in settings.split("\n")))


def jvm(settings: str) -> dict[str, Content]:
    return layer("jvm-server.options:\n" + "".join(f"  {line}\n" for line in settings.split("\n")))


def fleet(text: str | bytes) -> dict[str, Content]:
    return {"fleet.yaml": text}


def rack(inside: str) -> dict[str, Content]:
    return fleet(FLEET[: FLEET.index("r1:")] + f"r1: {inside}\n")


def workloads(search: str, graph: str) -> dict[str, Content]:
    return {
        **fleet(FLEET.replace("racks:", "workload: [search, graph]\n        racks:")),
        "profiles/workload/search.yaml": f"cassandra.yaml:\n  {search}\n",
        "profiles/workload/graph.yaml": f"cassandra.yaml:\n  {graph}\n",
    }


def build(root: Path, files: Mapping[str, Content]) -> None:
    """Write a repository; the § of places is left out."""
    for name, content in {**GOOD, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        match content:
            case None:
                pass
            case Folder():
                path.mkdir()
            case Link(target):
                path.symlink_to(target)
            case str():
                path.write_bytes(content.replace("§", "").encode())
            case bytes():
                path.write_bytes(content)


def marked(files: Mapping[str, Content]) -> str:
    """The place of the only §, as findings write it; empty without one."""
    found = []
    for name, content in files.items():
        for number, line in enumerate(content.split("\n"), 1) if isinstance(content, str) else ():
            if "§" in line:
                found.append(f"{name}:{number}:{line.index('§') + 1}")
    assert len(found) <= 1, found
    return found[0] if found else ""


NAMES = {
    "a misspelt setting": Row(cassandra("§num_token: 8"), "unknown-setting", "did you mean num_tokens?"),
    "a misspelt setting below a mapping": Row(
        cassandra("client_encryption_options:\n  §enabledd: true"),
        "unknown-setting",
        "client_encryption_options.enabled",
    ),
    "a setting at the wrong depth": Row(cassandra("§keystore: x"), "unknown-setting", "keystore"),
    "a setting of another file": Row(cassandra("§max_heap_size: 8GiB"), "unknown-setting", "jvm-server.options:-Xmx"),
    "a setting below a single value": Row(
        cassandra("num_tokens:\n  §deep: 8"), "wrong-type", "give num_tokens its value"
    ),
    "one value for a mapping": Row(cassandra("client_encryption_options: §true"), "wrong-type", "{KEY: VALUE}"),
    "a misspelt file": Row(layer("§casandra.yaml:\n  num_tokens: 8\n"), "unknown-file", "did you mean cassandra.yaml?"),
    "a misspelt file to manage": Row(
        layer("manage:\n  §cassandra-env: unmanaged\n"), "unknown-file", "did you mean cassandra-env.sh?"
    ),
    "a misspelt mode": Row(
        layer("manage:\n  cassandra-env.sh: §hole\n"), "wrong-manage", "whole, block, absent, unmanaged"
    ),
    "modes as list": Row(layer("manage: §[cassandra-env.sh]\n"), "wrong-manage", "write manage: {"),
    "a misspelt tag": Row(cassandra("num_tokens: §!forse 8"), "unknown-tag", "did you mean !force?"),
    "a tag of YAML": Row(cassandra("num_tokens: §!!int 8"), "unknown-tag", "begins with !"),
    "a misspelt fact": Row(rack('{nodes: n1, §memroy: 32GiB, address: "10.1.1.1"}'), "unknown-attribute", "'memory'"),
    "a misspelt key of a cluster": Row(
        fleet(FLEET.replace("    datacenters:", "    §keyspace: {}\n    datacenters:")), "unknown-key", "'keyspaces'"
    ),
    "a misspelt workload": Row(
        fleet(FLEET.replace("racks:", "workload: [§serch]\n        racks:")), "unknown-workload", "'search'"
    ),
    "a misspelt value of a dimension": Row(
        {
            **fleet(FLEET.replace("racks:", "hardware: §i3-4xlrge\n        racks:")),
            "profiles/hardware/i3-4xlarge.yaml": "cassandra.yaml: {tpc_cores: 64}\n",
        },
        "no-layer",
        "did you mean i3-4xlarge?",
    ),
    "a misspelt folder of a dimension": Row(
        {"profiles/enviroment/test.yaml": "cassandra.yaml: {num_tokens: 4}\n"},
        "unknown-dimension",
        "did you mean environment?",
        at="profiles/enviroment/test.yaml",
    ),
    "a folder that is no dimension": Row(
        {"profiles/zoo/test.yaml": "cassandra.yaml: {num_tokens: 4}\n"},
        "unknown-dimension",
        "`layers` of dseconf.yaml",
        at="profiles/zoo/test.yaml",
    ),
    "a layer with another ending": Row(
        {"profiles/workload/search.yml": "cassandra.yaml: {num_tokens: 4}\n"},
        "wrong-extension",
        "rename",
        at="profiles/workload/search.yml",
    ),
    "identity in a layer": Row(cassandra("§cluster_name: atlas"), "identity-setting", "in fleet.yaml"),
    "an address in a layer": Row(cassandra("§listen_address: 10.1.1.1"), "identity-setting", "in fleet.yaml"),
    "a setting of a later patch": Row(
        {
            **fleet(FLEET.replace("6.8.50", "6.8.4")),
            **cassandra("num_tokens: 8\n§snapshot_size_cache_validity_in_secs: 60"),
        },
        "other-version",
        "or later",
    ),
    "one setting in two spellings": Row(
        cassandra("client_encryption_options: {enabled: true}\n§client_encryption_options.enabled: false"),
        "duplicate-key",
        "remove one",
    ),
    "a key with a character that cannot be seen": Row(
        layer('spark-defaults.conf:\n  §"spark.a\\u200bb": 1\n'), "wrong-key", "remove the character"
    ),
    "a key with its value": Row(jvm('§"-Dmy.colour=red": true'), "wrong-key", "-Dmy.colour: VALUE"),
    "a key that is a number": Row(cassandra("§1.10: 8"), "unknown-setting", "`dseconf catalog settings"),
}

VALUES = {
    "text for an integer": Row(cassandra("num_tokens: §many"), "wrong-type", "an integer"),
    "a quoted integer for an integer": Row(cassandra('num_tokens: §"8"'), "wrong-type", "without quotes"),
    "a fraction for an integer": Row(cassandra("num_tokens: §8.5"), "wrong-type", "an integer"),
    "a boolean for an integer": Row(cassandra("num_tokens: §true"), "wrong-type", "an integer"),
    "a list for an integer": Row(cassandra("num_tokens: §[8]"), "wrong-type", "an integer"),
    "quoted true for a boolean": Row(cassandra('cdc_enabled: §"true"'), "wrong-type", "without quotes"),
    "a number for text": Row(cassandra("authenticator: §7"), "wrong-type", "quote it"),
    "text for a list": Row(cassandra("data_file_directories: §/data"), "wrong-type", "write a list"),
    "a mapping in a list of texts": Row(cassandra("data_file_directories: §[{a: b}]"), "wrong-type", "text"),
    "text in a list of mappings": Row(cassandra("hints_compression: §[lz4]"), "wrong-type", "{KEY: VALUE}"),
    "a member without such a key": Row(
        cassandra("hints_compression: §[{klass: LZ4Compressor}]"), "unknown-setting", "class_name"
    ),
    "too many tokens": Row(cassandra("num_tokens: §1537"), "out-of-range", "write 1536 or less"),
    "too few tokens": Row(cassandra("num_tokens: §0"), "out-of-range", "write 1 or more"),
    "more than 64 bits": Row(cassandra("max_hint_window_in_ms: §99999999999999999999"), "out-of-range", "or less"),
    "more digits than Python reads": Row(
        cassandra("max_hint_window_in_ms: §" + "9" * 5000), "wrong-type", "an integer"
    ),
    "a heap beyond 64 bits": Row(jvm("-Xmx: §9999999999999TiB"), "out-of-range", "write less"),
    "infinity": Row(cassandra("phi_convict_threshold: §.inf"), "wrong-type", "write a number"),
    "a misspelt choice": Row(cassandra("commitlog_sync: §periodc"), "wrong-choice", "did you mean periodic?"),
    "a wrong choice": Row(cassandra("disk_failure_policy: §explode"), "wrong-choice", "write one of them"),
    "two readings of GB": Row(jvm("-Xmx: §8GB"), "ambiguous-unit", "8GiB"),
    "two readings of MB in a number": Row(cassandra("commitlog_segment_size_in_mb: §32MB"), "ambiguous-unit", "32MiB"),
    "a misspelt unit": Row(cassandra("commitlog_segment_size_in_mb: §32mib"), "unknown-unit", "32MiB"),
    "a unit of another kind": Row(cassandra("commitlog_segment_size_in_mb: §32s"), "wrong-unit", "a size"),
    "a unit for a plain number": Row(cassandra('num_tokens: §"{{ 8 * GiB }}"'), "wrong-unit", "the number alone"),
    "no whole number of the unit": Row(
        cassandra("commitlog_segment_size_in_mb: §1500KiB"), "inexact-conversion", "floor_to"
    ),
    "a negative size": Row(jvm("-Xmx: §-8GiB"), "negative-quantity", "0 or more"),
    "an empty value": Row(cassandra("tpc_cores:§"), "empty-value", "!unset"),
    "null": Row(cassandra("tpc_cores: §~"), "empty-value", "!unset"),
    "an empty mapping for a value": Row(cassandra("tpc_cores: §{}"), "empty-value", "!unset"),
    "a literal secret": Row(
        cassandra("client_encryption_options:\n  keystore_password: §hunter2"), "literal-secret", "!secret NAME"
    ),
    "a literal secret deep in a list": Row(
        cassandra(
            "transparent_data_encryption_options:\n  key_provider: §[{parameters: [{keystore_password: hunter2}]}]"
        ),
        "literal-secret",
        "!secret NAME",
    ),
    "a secret by a wrong name": Row(
        cassandra("client_encryption_options:\n  keystore_password: §!secret ../../etc/shadow"),
        "wrong-secret",
        "!secret keystore/client",
    ),
    "a secret for a number": Row(cassandra("num_tokens: §!secret tokens"), "wrong-type", "write the value"),
    "our mark of a secret in a value": Row(
        cassandra('authenticator: §"@@dseconf:yaml:x@@"'), "placeholder-in-value", "!secret NAME"
    ),
    "our mark of a secret in a key": Row(
        layer('spark-defaults.conf:\n  §"spark.x@@dseconf:yaml:x@@": 1\n'), "placeholder-in-value", "another key"
    ),
    "our mark of a secret in a vendor text": Row(
        {**layer("manage: {dse-env.sh: block}\n"), "vendor/dse-env.sh": "a=@@dseconf:shell:x@@\n"},
        "placeholder-in-value",
        "set the secret in a layer",
        at="vendor/dse-env.sh",
    ),
}

YAML = {
    **{
        f"the scalar {text}": Row(cassandra(f"num_tokens: §{text}"), "ambiguous-scalar", "quote it")
        for text in ("yes", "Off", "010", "0o17", "0b11", "1e3", "1_000", "12:30:45", "2024-01-31", "0x_1F")
    },
    "a date with time": Row(cassandra("num_tokens: §2024-01-31T10:00:00Z"), "ambiguous-scalar", "quote it"),
    "an ambiguous key": Row(cassandra("§on: 8"), "ambiguous-scalar", "quote it", others=["unknown-setting"]),
    "an expression without quotes": Row(
        jvm("-Xmx: §{{ node.memory / 2 }}"), "unquoted-expression", 'quote the expression: "{{'
    ),
    "an expression behind a text without quotes": Row(
        cassandra("authenticator: §a{{ 1 }}"), "unquoted-expression", "quote"
    ),
    "a filter without quotes": Row(jvm("-Xmx: §{{ node.memory | floor_to(MiB) }}"), "unquoted-expression", "quote"),
    "an open bracket": Row(cassandra("data_file_directories: [/a\nnum_tokens§: 8"), "yaml-syntax", "line above"),
    "an open quote": Row(layer('cassandra.yaml:\n  authenticator: "x\n§'), "yaml-syntax", "quotes"),
    "an unknown escape": Row(cassandra('authenticator: "a§\\q"'), "yaml-syntax", "quotes"),
    "a tab for indentation": Row(layer("cassandra.yaml:\n§\tnum_tokens: 8\n"), "tab-indentation", "spaces"),
    "a tab behind a value": Row(cassandra("num_tokens: 8§\t"), "tab-indentation", "spaces"),
    "a key twice": Row(cassandra("num_tokens: 8\n§num_tokens: 16"), "duplicate-key", "remove one"),
    "a file twice": Row(layer("cassandra.yaml: {}\n§cassandra.yaml: {}\n"), "duplicate-key", "remove one"),
    "two documents": Row(layer("cassandra.yaml: {num_tokens: 8}\n§---\na: b\n"), "several-documents", "---"),
    "a directive": Row(
        layer("§%YAML 1.1\n---\ncassandra.yaml: {num_tokens: 8}\n"), "wrong-directive", "remove the line"
    ),
    "an alias of nothing": Row(cassandra("num_tokens: §*tokens"), "undefined-alias", "&"),
    "an alias of itself": Row(cassandra("data_file_directories: &a [§*a]"), "undefined-alias", "&"),
    "a bomb of aliases": Row(
        layer(
            "a: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
            + "".join(f"b{i}: &a{i + 1} [{', '.join([f'*a{i}'] * 10)}]\n" for i in range(7))
        ),
        "alias-expansion",
        "write the value once",
        at="profiles/base.yaml:6:25",
    ),
    "deep nesting": Row(cassandra("x: " + "[" * 38 + "§[" + "]" * 39), "deep-nesting", "flatten"),
    "deep mappings": Row(
        layer("\n".join(" " * i + ("§a:" if i == 40 else "a:") for i in range(60)) + " b\n"), "deep-nesting", "flatten"
    ),
    "very deep nesting": Row(layer("x: " + "[" * 100_000), "deep-nesting", "flatten", at="profiles/base.yaml:1:43"),
    "a huge scalar": Row(cassandra("authenticator: §" + "x" * 70_000), "huge-scalar", "shorten"),
    "a huge file": Row(layer("# " + "x" * (16 << 20)), "file-too-large", "split", at="profiles/base.yaml"),
    "a byte that is no UTF-8": Row(
        layer('cassandra.yaml:\n  authenticator: "é'.encode() + b'\xff"\n'),
        "wrong-encoding",
        "UTF-8",
        at="profiles/base.yaml:2:20",
    ),
    "Latin-1": Row(layer("# für\n".encode("latin-1")), "wrong-encoding", "UTF-8", at="profiles/base.yaml:1:4"),
    "UTF-16": Row(
        layer("cassandra.yaml: {}\n".encode("utf-16")), "wrong-encoding", "UTF-8", at="profiles/base.yaml:1:1"
    ),
    "UTF-16 without its mark": Row(
        layer("cassandra.yaml: {}\n".encode("utf-16-le")), "wrong-encoding", "UTF-8", at="profiles/base.yaml:1:1"
    ),
    "a NUL": Row(cassandra("authenticator: a§\x00b"), "wrong-character", "remove it"),
    "an escape sequence of terminals": Row(cassandra("authenticator: a§\x1b[31mb"), "wrong-character", "u001b"),
    "a line end of YAML 1.1": Row(cassandra("authenticator: a§\u2028b"), "wrong-character", "u2028"),
    "a mark in the middle": Row(cassandra("authenticator: a§\ufeffb"), "wrong-character", "remove it"),
    "a list in place of a layer": Row(layer("§- cassandra.yaml\n"), "wrong-layer", "FILE: {KEY: VALUE}"),
    "text in place of a layer": Row(layer("§nothing\n"), "wrong-layer", "FILE: {KEY: VALUE}"),
    "a list in place of settings": Row(layer("cassandra.yaml: §[num_tokens]\n"), "wrong-layer", "{KEY: VALUE}"),
    "a file without settings": Row(layer("cassandra.yaml:§\n"), "empty-section", "remove the line"),
    "a key without a name": Row(cassandra('§"": 8'), "wrong-key", "before the colon"),
    "a key that is a list": Row(cassandra("? §[a, b]\n: 8"), "wrong-key", "one word"),
    "a key with a tag": Row(cassandra("§!force num_tokens: 8"), "wrong-key", "before the value"),
    "a merge of a scalar": Row(cassandra("§<<: 8"), "wrong-merge", "<<: *name"),
    "a reason that is a list": Row(layer("reason: §[a]\n"), "wrong-type", "why this layer"),
}

TAGS = {
    "a tag on a mapping": Row(
        cassandra("client_encryption_options: §!append {enabled: true}"), "wrong-tag-use", "inside"
    ),
    "a tag on the whole layer": Row(layer("§!force\ncassandra.yaml: {num_tokens: 8}\n"), "wrong-tag-use", "inside it"),
    "two strengths": Row(cassandra("num_tokens: §!force.default 8"), "wrong-tag-use", "keep one"),
    "two operations": Row(cassandra("data_file_directories: §!append.remove [/a]"), "wrong-tag-use", "keep one"),
    "an edit without list": Row(cassandra("data_file_directories: §!append /a"), "wrong-tag-use", "[member]"),
    "an edit of what is no list": Row(cassandra("num_tokens: §!append [8]"), "wrong-tag-use", "the whole value"),
    "a value for !unset": Row(cassandra("num_tokens: §!unset 8"), "wrong-tag-use", "num_tokens: !unset"),
    "a tag on a member": Row(cassandra("data_file_directories: [§!force /a]"), "wrong-tag-use", "the whole value"),
    "two workloads that disagree": Row(
        workloads("num_tokens: 16", "num_tokens: 4"), "conflict", "!force", at="profiles/workload/graph.yaml:2:15"
    ),
    "a value against !unset": Row(
        workloads("num_tokens: 16", "num_tokens: !unset"), "conflict", "!force", at="profiles/workload/graph.yaml:2:15"
    ),
    "a member to remove that is absent": Row(
        {
            **cassandra("data_file_directories: [/a, /b]"),
            "profiles/cluster/atlas.yaml": "cassandra.yaml:\n  data_file_directories: §!remove [/c]\n",
        },
        "absent-member",
        "drop it from !remove",
    ),
}

EXPRESSIONS = {
    "a circle of two": Row(
        jvm("-Xms: \"{{ setting('jvm-server.options:-Xmx') }}\"\n-Xmx: §\"{{ setting('jvm-server.options:-Xms') }}\""),
        "cycle",
        "a value of its own",
        at="profiles/base.yaml:2:9",
    ),
    "a circle of one": Row(jvm("-Xms: §\"{{ setting('jvm-server.options:-Xms') }}\""), "cycle", "a value of its own"),
    "an unknown name": Row(jvm('-Xmx: §"{{ nod.memory }}"'), "unknown-name", "did you mean node"),
    "an unknown function": Row(jvm('-Xmx: §"{{ mni(1, 2) }}"'), "unknown-function", "did you mean min"),
    "an unknown filter": Row(jvm('-Xmx: §"{{ node.memory | flor_to(MiB) }}"'), "unknown-filter", "floor_to"),
    "an unknown setting": Row(
        jvm("-Xmx: §\"{{ setting('cassandra.yaml:num_token') }}\""), "unknown-setting", "dseconf catalog settings"
    ),
    "a missing fact": Row(cassandra('tpc_cores: §"{{ node.cores * 2 }}"'), "missing-fact", "cores"),
    "a setting without value": Row(
        cassandra("tpc_cores: §\"{{ setting('cassandra.yaml:memtable_space_in_mb') }}\""), "missing-fact", "default"
    ),
    "the way to Python": Row(jvm('-Xmx: §"{{ ().__class__ }}"'), "forbidden-attribute", "node.NAME"),
    "an underscore": Row(jvm('-Xmx: §"{{ _x }}"'), "forbidden-name", "facts and units"),
    "a loop": Row(jvm('-Xmx: §"{% for i in x %}{% endfor %}"'), "forbidden-statement", "{{ }}"),
    "a range": Row(jvm('-Xmx: §"{{ range(10**9) }}"'), "unknown-function", "use one of"),
    "a power": Row(cassandra('num_tokens: §"{{ 2 ** 3 }}"'), "forbidden-operator", "+ - * / // %"),
    "a text times a number": Row(
        cassandra("authenticator: §\"{{ 'a' * 999999999 }}\""), "wrong-operand", "beside each other"
    ),
    "a call of a method": Row(cassandra("authenticator: §\"{{ 'a'.upper() }}\""), "forbidden-call", "filter"),
    "an expression that does not end": Row(jvm('-Xmx: §"{{ node.memory "'), "expression-syntax", "brackets"),
    "a unit without operator": Row(jvm('-Xmx: §"{{ 31 GiB }}"'), "expression-syntax", "31 * GiB"),
    "a size and a time": Row(jvm('-Xmx: §"{{ 1 * GiB + 1 * s }}"'), "kind-mismatch", "same kind"),
    "a division by zero": Row(cassandra('num_tokens: §"{{ 1 / 0 }}"'), "division-by-zero", "divisor"),
    "a very long text": Row(jvm('-Xmx: §"{{ 1' + " + 1" * 600 + ' }}"'), "expression-too-large", "split"),
    "an inexact result": Row(
        cassandra('commitlog_segment_size_in_mb: §"{{ node.memory / 3 }}"'), "inexact-conversion", "floor_to"
    ),
    "a result of the wrong type": Row(cassandra("num_tokens: §\"{{ 'many' }}\""), "wrong-type", "an integer"),
    "a result out of range": Row(cassandra('num_tokens: §"{{ 1000 * 1000 }}"'), "out-of-range", "1536"),
}

FLEETS = {
    "no fleet.yaml": Row({"fleet.yaml": None}, "no-fleet", "-C DIR", at="{root}"),
    "a folder that is not there": Row({}, "no-fleet", "-C", ("-C", "nowhere", "compile"), at="{root}/nowhere"),
    "an empty fleet.yaml": Row(fleet(""), "no-nodes", "clusters:", at="fleet.yaml"),
    "a fleet.yaml of comments": Row(fleet("# soon\n"), "no-nodes", "clusters:", at="fleet.yaml"),
    "a fleet without clusters": Row(fleet("§clusters: {}\n"), "no-nodes", "clusters:"),
    "a cluster without nodes": Row(fleet("clusters:\n  §atlas: {product: dse 6.8.50}\n"), "no-nodes", "eu-[01:08]"),
    "a fleet that is a list": Row(fleet("§[atlas]\n"), "wrong-type", "clusters:"),
    "two nodes with one name": Row(
        rack('{nodes: ["n1", §"n1"], address: "10.1.1.{{ node.number }}"}'), "duplicate-node", "remove one"
    ),
    "two nodes with one address": Row(
        rack('{nodes: "n[1:2]", address: §10.1.1.1}'), "duplicate-address", "{{ node.number }}"
    ),
    "a range upside down": Row(rack('{nodes: §"n[8:1]"}'), "wrong-range", "[1:8]"),
    "a range without end": Row(rack('{nodes: §"n[1:99999999]"}'), "range-too-large", "split the fleet"),
    "a bracket without partner": Row(rack('{nodes: §"n[1:2"}'), "wrong-range", "eu-[01:08]"),
    "a node that leaves its folder": Row(rack('{nodes: §"../../etc"}'), "unsafe-name", "letters, digits"),
    "a hidden node": Row(rack('{nodes: §".ssh"}'), "unsafe-name", "letters, digits"),
    "a rack that leaves its folder": Row(
        fleet(FLEET.replace("r1:", '§"../r1":')), "unsafe-name", "letters, digits", others=[]
    ),
    "a cluster with a slash": Row(fleet(FLEET.replace("atlas:", '§"a/b":')), "unsafe-name", "letters, digits"),
    "a value of a dimension that leaves its folder": Row(
        fleet(FLEET.replace("racks:", "hardware: §../../x\n        racks:")), "unsafe-name", "letters, digits"
    ),
    "a table that leaves the repository": Row(rack("{nodes: {from: §../nodes.csv}}"), "path-escape", "without .."),
    "a table by its absolute path": Row(rack("{nodes: {from: §/etc/passwd}}"), "path-escape", "without .."),
    "a table that is not there": Row(rack("{nodes: {from: nodes.csv}}"), "unreadable-file", "exists", at="nodes.csv"),
    "a table behind a link": Row(
        {**rack("{nodes: {from: nodes.csv}}"), "nodes.csv": Link("/etc/passwd")},
        "path-escape",
        "inside",
        at="nodes.csv",
    ),
    "a table with a line too long": Row(
        {**rack("{nodes: {from: nodes.csv}}"), "nodes.csv": "name,address\nn1,10.1.1.1,§x\n"}, "wrong-table", "quotes"
    ),
    "a table without names": Row(
        {**rack("{nodes: {from: nodes.csv}}"), "nodes.csv": "§address\n10.1.1.1\n"}, "missing-column", "name"
    ),
    "a product without patch": Row(fleet(FLEET.replace("dse 6.8.50", "§dse 6.8")), "wrong-product", "dse 6.8.50"),
    "a product that is no version": Row(fleet(FLEET.replace("dse 6.8.50", "§dse six")), "wrong-product", "dse 6.8.50"),
    "a version before the first": Row(
        fleet(FLEET.replace("dse 6.8.50", "§dse 4.8.16")), "version-not-covered", "covered version"
    ),
    "a patch that is not out": Row(
        fleet(FLEET.replace("dse 6.8.50", "§dse 6.8.999")), "version-not-covered", "covered version"
    ),
    "a wrong address": Row(rack("{nodes: n1, address: §10.1.1.300}"), "wrong-address", "correct the address"),
    "memory without unit": Row(rack("{nodes: n1, memory: §32}"), "wrong-type", "memory: 32GiB"),
    "memory in GB": Row(rack("{nodes: n1, memory: §32GB}"), "ambiguous-unit", "32GiB"),
    "a tag in fleet.yaml": Row(rack("{nodes: n1, memory: §!force 32GiB}"), "unknown-tag", "remove the tag"),
    "a node of the overrides that is not there": Row(
        fleet(FLEET + "    nodes:\n      §eu-03: {seed: true}\n"), "unknown-node", "'eu-02'"
    ),
    "a name that is a number in a list": Row(rack("{nodes: [§7]}"), "wrong-type", "quote"),
    "a fact that reads itself": Row(rack('{nodes: n1, zone: §"{{ node.zone }}"}'), "cycle", "without an expression"),
    "replicas in no datacenter": Row(
        fleet(FLEET.replace("    datacenters:", "    keyspaces: {k: {us: §3}}\n    datacenters:")),
        "unknown-datacenter",
        "eu",
    ),
}

PROJECTS = {
    "an unknown key": Row({"dseconf.yaml": "shipped: false\n§layer: [base]\n"}, "unknown-key", "did you mean layers?"),
    "a wrong type": Row({"dseconf.yaml": "shipped: §maybe\n"}, "wrong-type", "true or false"),
    "yes": Row({"dseconf.yaml": "shipped: §no\n"}, "ambiguous-scalar", "write false"),
    "a dimension with a capital": Row(
        {"dseconf.yaml": "shipped: false\nlayers: [base, §Node]\n"}, "wrong-type", "layers"
    ),
    "a dimension twice": Row(
        {"dseconf.yaml": "shipped: false\nlayers: [base, node, §base]\n"}, "duplicate-name", "keep one"
    ),
    "a folder outside": Row({"dseconf.yaml": "profiles: [§../others]\n"}, "path-escape", "inside it"),
    "a folder that is not there": Row(
        {"dseconf.yaml": "shipped: false\n§profiles: [profils]\n"}, "no-folder", "make the folder"
    ),
    "a tag": Row({"dseconf.yaml": "shipped: §!force false\n"}, "wrong-tag-use", "remove the tag"),
    "a list": Row({"dseconf.yaml": "§[shipped]\n"}, "wrong-type", "KEY: VALUE"),
    "an unknown key of the store": Row({"dseconf.yaml": "store: {§remte: x}\n"}, "unknown-key", "did you mean remote?"),
    "a key twice": Row({"dseconf.yaml": "shipped: false\n§shipped: true\n"}, "duplicate-key", "remove one"),
}

DISK = {
    "a layer behind a dangling link": Row(
        {"profiles/base.yaml": Link("nowhere.yaml")}, "unreadable-file", "remove the link", at="profiles/base.yaml"
    ),
    "a layer behind a link that leaves": Row(
        {"profiles/base.yaml": Link("/etc/passwd")}, "path-escape", "inside the repository", at="profiles/base.yaml"
    ),
    "a layer behind a link to itself": Row(
        {"profiles/base.yaml": Link("base.yaml")}, "unreadable-file", "remove the link", at="profiles/base.yaml"
    ),
    "a linked folder of layers": Row(
        {"profiles/workload": Link("../elsewhere"), "elsewhere/search.yaml": "a: b\n"},
        "linked-folder",
        "move the layers",
        at="profiles/workload",
    ),
    "profiles behind a link that leaves": Row(
        {"profiles/base.yaml": None, "dseconf.yaml": "profiles: [mine]\n", "mine": Link("/etc")},
        "path-escape",
        "inside the repository",
        at="mine",
    ),
    "fleet.yaml is a folder": Row({"fleet.yaml": Folder()}, "unreadable-file", "put a file", at="fleet.yaml"),
    "fleet.yaml is a dangling link": Row({"fleet.yaml": Link("x")}, "unreadable-file", "the link", at="fleet.yaml"),
    "dseconf.yaml is a folder": Row({"dseconf.yaml": Folder()}, "unreadable-file", "put a file", at="dseconf.yaml"),
    "a vendor text that is not there": Row(
        layer("manage: {dse-env.sh: block}\n"),
        "missing-vendor-text",
        "put the vendor's file at",
        at="vendor/dse-env.sh",
    ),
    "a vendor text behind a link": Row(
        {**layer("manage: {dse-env.sh: block}\n"), "vendor/dse-env.sh": Link("/etc/passwd")},
        "path-escape",
        "inside the repository",
        at="vendor/dse-env.sh",
    ),
    "a vendor text that is no UTF-8": Row(
        {**layer("manage: {dse-env.sh: block}\n"), "vendor/dse-env.sh": b"a\n\xff"},
        "wrong-encoding",
        "UTF-8",
        at="vendor/dse-env.sh:2:1",
    ),
    "an output behind a link": Row(
        {"elsewhere/x": "", "out": Link("elsewhere")},
        "output-link",
        "the folder itself",
        ("compile", "-o", "out"),
        at="{root}/out",
    ),
    "a foreign output": Row({"out/x": ""}, "foreign-output", "new folder", ("compile", "-o", "out"), at="{root}/out"),
    "a foreign manifest": Row(
        {"out/manifest.json": "{}"},
        "foreign-output",
        "new folder",
        ("compile", "-o", "out"),
        at="{root}/out/manifest.json",
    ),
    "an output that is a file": Row(
        {"out": "x"}, "output-not-folder", "another", ("compile", "-o", "out"), at="{root}/out"
    ),
    "an output below a file": Row(
        {"out": "x"}, "unwritable-output", "owner and mode", ("compile", "-o", "out/deep"), at="{root}/out/deep"
    ),
    "the repository as output": Row({}, "foreign-output", "new folder", ("compile", "-o", "."), at="."),
    "a manifest that cannot be written": Row(
        {}, "unwritable-output", "you may write", ("compile", "--manifest", "/proc/nothing/x"), at=""
    ),
}

TWO = {
    **fleet(FLEET + FLEET.removeprefix("clusters:\n").replace("atlas", "zeus").replace("10.1.1", "10.2.2")),
}
USAGE = {
    "no command": Row({}, "usage", "--help", ()),
    "an unknown command": Row({}, "usage", "--help", ("complie",)),
    "an unknown flag": Row({}, "usage", "--help", ("compile", "--colour")),
    "two things at once": Row({}, "usage", "--help", ("compile", "--list", "--check")),
    "a flag without its value": Row({}, "usage", "--help", ("compile", "-o")),
    "a comparison with nothing": Row({}, "usage", "-o DIR", ("compile", "--check")),
    "explain without a node": Row({}, "usage", "NODE FILE:KEY", ("explain",)),
    "explain without a file": Row({}, "usage", "NODE FILE:KEY", ("explain", "eu-01")),
    "an unknown node": Row({}, "unknown-node", "'eu-01'", ("explain", "eu-1", "cassandra.yaml")),
    "an unknown node to compile": Row({}, "unknown-node", "'eu-02'", ("compile", "--node", "eu-002")),
    "an ambiguous node": Row(
        TWO, "ambiguous-node", "atlas/eu-01 or zeus/eu-01", ("explain", "eu-01", "cassandra.yaml")
    ),
    "a node of another cluster": Row(TWO, "unknown-node", "atlas/eu-01", ("explain", "altas/eu-01", "cassandra.yaml")),
    "an unknown file to explain": Row({}, "unknown-file", "cassandra.yaml?", ("explain", "eu-01", "casandra.yaml")),
    "an unknown file of a setting": Row({}, "unknown-file", "cassandra.yaml?", ("explain", "eu-01", "casandra.yaml:x")),
    "an unknown setting to explain": Row(
        {}, "unknown-setting", "num_tokens?", ("explain", "eu-01", "cassandra.yaml:num_token")
    ),
    "no key to explain": Row({}, "unknown-setting", "dseconf catalog", ("explain", "eu-01", "cassandra.yaml:")),
    "a difference with an unknown node": Row(
        {}, "unknown-node", "eu-02", ("explain", "--why-different", "eu-01", "eu-2")
    ),
    "explain in a version that is not covered": Row(
        fleet(FLEET.replace("dse 6.8.50", "§dse 6.8.999")),
        "version-not-covered",
        "covered version",
        ("explain", "eu-01", "cassandra.yaml"),
    ),
}

TABLES: Mapping[str, Mapping[str, Row]] = {
    "names": NAMES,
    "values": VALUES,
    "yaml": YAML,
    "tags": TAGS,
    "expressions": EXPRESSIONS,
    "fleet": FLEETS,
    "project": PROJECTS,
    "disk": DISK,
    "usage": USAGE,
}
ROWS = {f"{table}: {name}": row for table, rows in TABLES.items() for name, row in rows.items()}

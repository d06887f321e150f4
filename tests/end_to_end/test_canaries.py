"""No literal secret shows up in what any command says, wherever somebody plants one.

Each row plants a canary; every command runs over it, and neither its results nor its
talk nor the manifest may hold the canary. What a row must be refused for is named, so
that a row which is not read at all cannot pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from dseconf import cli, sources
from dseconf.cli import main
from dseconf.shipped import load_catalog

CANARY = "cAnArY7f3e"
NUMBER = "07771239871"  # for places where only a number gets as far

FLEET = """\
clusters:
  atlas:
    product: dse 6.8.50
    datacenters:
      eu:
        workload: [search, analytics]
        racks:
          r1: {nodes: "n[1:2]", address: "10.1.1.{{ node.number }}", memory: 32GiB}
"""


@dataclass(frozen=True)
class Row:
    """A planted canary; ``code`` is that of the error it makes, empty where it is no error."""

    files: Mapping[str, str]
    code: str
    file: str = "cassandra.yaml"
    key: str = "client_encryption_options.keystore_password"


def base(text: str) -> dict[str, str]:
    return {"profiles/base.yaml": text}


def keystore(value: str) -> dict[str, str]:
    """The value of a sensitive setting, whose name says so."""
    return base(f"cassandra.yaml:\n  client_encryption_options:\n    keystore_password: {value}\n    enabled: true\n")


def opscenter(value: str) -> dict[str, str]:
    """The value of a sensitive setting, whose name does not say so."""
    return base(f"address.yaml:\n  cassandra_pass: {value}\n")


def workloads(search: str, analytics: str) -> dict[str, str]:
    return {"profiles/workload/search.yaml": search, "profiles/workload/analytics.yaml": analytics}


def node(facts: str) -> dict[str, str]:
    return {"fleet.yaml": FLEET.replace("memory: 32GiB", facts)}


def table(text: str) -> dict[str, str]:
    return {"fleet.yaml": FLEET[: FLEET.index("r1:")] + "r1: {nodes: {from: nodes.csv}}\n", "nodes.csv": text}


PLACES: Mapping[str, Row] = {
    "a plain value": Row(keystore(CANARY), "literal-secret"),
    "a quoted value": Row(keystore(f'"{CANARY}"'), "literal-secret"),
    "a block": Row(keystore(f"|\n      {CANARY}\n      more"), "literal-secret"),
    "a folded block": Row(keystore(f">-\n      {CANARY}\n      more"), "literal-secret"),
    "a flow mapping": Row(
        base(f"cassandra.yaml: {{client_encryption_options: {{keystore_password: {CANARY}}}}}\n"), "literal-secret"
    ),
    "a list": Row(keystore(f"[{CANARY}]"), "literal-secret"),
    "a mapping": Row(keystore(f"{{x: {CANARY}}}"), "wrong-type"),
    "a number": Row(keystore(NUMBER[1:]), "literal-secret"),
    "a fraction": Row(keystore(f"5.{NUMBER}"), "literal-secret"),
    "a forced value": Row(keystore(f"!force {CANARY}"), "literal-secret"),
    "an anchored value": Row(keystore(f"&a {CANARY}\n    truststore_password: *a"), "literal-secret"),
    "a merged value": Row(
        base(f"jmxremote.password: &a {{x: {CANARY}}}\ncassandra.yaml: {{client_encryption_options: {{<<: *a}}}}\n"),
        "literal-secret",
    ),
    "a dotted key": Row(
        base(f"cassandra.yaml: {{client_encryption_options.keystore_password: {CANARY}}}\n"), "literal-secret"
    ),
    "a value of the node": Row(
        {"profiles/node/atlas/n1.yaml": keystore(CANARY)["profiles/base.yaml"]}, "literal-secret"
    ),
    "a name that does not say so": Row(opscenter(CANARY), "literal-secret", "address.yaml", "cassandra_pass"),
    "a number by such a name": Row(opscenter(NUMBER[1:]), "literal-secret", "address.yaml", "cassandra_pass"),
    "a list by such a name": Row(opscenter(f"[{CANARY}]"), "literal-secret", "address.yaml", "cassandra_pass"),
    "a role of JMX": Row(
        base(f"jmxremote.password: {{role: {CANARY}}}\n"), "literal-secret", "jmxremote.password", "role"
    ),
    "a member deep in a list": Row(
        base(
            "cassandra.yaml: {transparent_data_encryption_options: "
            f"{{key_provider: [{{parameters: [{{keystore_password: {CANARY}}}]}}]}}}}\n"
        ),
        "literal-secret",
        key="transparent_data_encryption_options.key_provider",
    ),
    "text where secrets lie deep": Row(
        base(f"cassandra.yaml: {{transparent_data_encryption_options: {{key_provider: {CANARY}}}}}\n"),
        "wrong-type",
        key="transparent_data_encryption_options.key_provider",
    ),
    "a text in a list where secrets lie deep": Row(
        base(f"cassandra.yaml: {{transparent_data_encryption_options: {{key_provider: [{CANARY}]}}}}\n"),
        "wrong-type",
        key="transparent_data_encryption_options.key_provider",
    ),
    "a text in a list below a list": Row(
        base(
            f"cassandra.yaml: {{transparent_data_encryption_options: {{key_provider: [{{parameters: [{CANARY}]}}]}}}}\n"
        ),
        "wrong-type",
        key="transparent_data_encryption_options.key_provider",
    ),
}

NAMES: Mapping[str, Row] = {
    "a misspelt sensitive name": Row(
        base(f"cassandra.yaml: {{client_encryption_options: {{keystore_pasword: {CANARY}}}}}\n"), "unknown-setting"
    ),
    "a misspelt name that does not say so": Row(
        base(f"address.yaml: {{casandra_pas: {CANARY}}}\n"), "", "address.yaml", "casandra_pas"
    ),
    "an unknown password": Row(base(f"cassandra.yaml: {{my_password: {CANARY}}}\n"), "unknown-setting"),
    "an unknown password with an expression": Row(
        base(f'cassandra.yaml: {{my_password: "{{{{ {CANARY} }}}}"}}\n'), "unknown-setting"
    ),
    "a password below a single value": Row(
        base(f"cassandra.yaml: {{num_tokens: {{password: {CANARY}}}}}\n"), "wrong-type"
    ),
    "an unknown file": Row(base(f"casandra.yaml: {{my_password: {CANARY}}}\n"), "unknown-file"),
    "an unknown file with an expression": Row(
        base(f'casandra.yaml: {{my_password: "{{{{ {CANARY} }}}}"}}\n'), "unknown-file"
    ),
    "no blank behind the colon": Row(
        base(f"cassandra.yaml: {{client_encryption_options: {{keystore_password:{CANARY}}}}}\n"), "unknown-setting"
    ),
    "an equals sign in place of the colon": Row(
        base(f"cassandra.yaml: {{keystore_password={CANARY}: true}}\n"), "unknown-setting"
    ),
    "a JVM flag with its value": Row(
        base(f'jvm-server.options: {{"-Djavax.net.ssl.keyStorePassword={CANARY}": true}}\n'),
        "wrong-key",
        "jvm-server.options",
        "-Djavax.net.ssl.keyStorePassword",
    ),
    "another JVM flag with its value": Row(
        base(f'jvm-server.options: {{"-Dmy.password={CANARY}": true}}\n'), "wrong-key", "jvm-server.options", "-Xmx"
    ),
    "a key of dseconf.yaml": Row({"dseconf.yaml": f"shipped: false\npassword: {CANARY}\n"}, "unknown-key"),
    "a remote with a password": Row(
        {"dseconf.yaml": f"shipped: false\nstore: {{remote: ['https://me:{CANARY}@host/x']}}\n"}, "wrong-type"
    ),
}

SYNTAX: Mapping[str, Row] = {
    "an open quote": Row(keystore(f'"{CANARY}'), "yaml-syntax"),
    "an open single quote": Row(keystore(f"'{CANARY}"), "yaml-syntax"),
    "two colons": Row(keystore(f"{CANARY}: x: {CANARY}"), "yaml-syntax"),
    "an open bracket": Row(keystore(f"[{CANARY}"), "yaml-syntax"),
    "a wrong beginning": Row(keystore(f"%{CANARY}"), "yaml-syntax"),
    "another wrong beginning": Row(keystore(f"@{CANARY}"), "yaml-syntax"),
    "a wrong escape": Row(keystore(f'"\\q{CANARY}"'), "yaml-syntax"),
    "text behind a quote": Row(keystore(f'"x" {CANARY}'), "yaml-syntax"),
    "a tab": Row(keystore(f"\t{CANARY}"), "tab-indentation"),
    "an alias": Row(keystore(f"*{CANARY}"), "undefined-alias"),
    "a merge of an alias": Row(keystore(f"\n      <<: *{CANARY}"), "undefined-alias"),
    "a control character": Row(keystore(f"{CANARY}\x07"), "wrong-character"),
    "a template": Row(keystore(f"{{{{ {CANARY} }}}}"), "unquoted-expression"),
    "text with a template": Row(keystore(f"{CANARY}{{{{ x }}}}"), "unquoted-expression"),
    "an octal number": Row(keystore(NUMBER), "ambiguous-scalar"),
    "a number with a dash": Row(keystore(f"1_{NUMBER}"), "ambiguous-scalar"),
    "a number of base 60": Row(keystore(f"{NUMBER}:30"), "ambiguous-scalar"),
    "a long exponent": Row(keystore(f"{NUMBER[1:]}e3"), "ambiguous-scalar"),
    "a tag": Row(keystore(f"!{CANARY}"), "unknown-tag"),
    "a tag with dots": Row(keystore(f"!{CANARY}.force x"), "unknown-tag"),
    "a tag of YAML": Row(keystore(f"!!{CANARY} x"), "unknown-tag"),
    "a tag on the mapping": Row(
        base(f"cassandra.yaml: {{client_encryption_options: !{CANARY} {{enabled: true}}}}\n"), "unknown-tag"
    ),
    "the name of a secret with blanks": Row(keystore(f'!secret "{CANARY} with blank"'), "wrong-secret"),
    "the name of a secret that leaves": Row(keystore(f"!secret ../{CANARY}"), "wrong-secret"),
    "the name of a secret as list": Row(keystore(f"!secret [{CANARY}]"), "wrong-secret"),
    "a value of !unset": Row(keystore(f"!unset {CANARY}"), "wrong-tag-use"),
    "a value of !append": Row(keystore(f"!append {CANARY}"), "wrong-tag-use"),
    "a list of !append": Row(keystore(f"!append [{CANARY}]"), "wrong-tag-use"),
    "our own mark": Row(keystore(f"@@dseconf:yaml:{CANARY}@@"), "yaml-syntax"),
    "our own mark in quotes": Row(keystore(f'"@@dseconf:yaml:{CANARY}@@"'), "literal-secret"),
}

TEXTS = {
    "a literal": f"{{{{ '{CANARY}' }}}}",
    "a name": f"{{{{ {CANARY} }}}}",
    "a fact": f"{{{{ node.{CANARY} }}}}",
    "a setting": f"{{{{ setting('{CANARY}:x') }}}}",
    "a call": f"{{{{ {CANARY}(1) }}}}",
    "a filter": f"{{{{ node.name | {CANARY} }}}}",
    "text around": f"{CANARY}{{{{ node.number }}}}",
    "a statement": f"{{% {CANARY} %}}",
    "an open bracket": f"{{{{ {CANARY}( }}}}",
    "a choice": f"{{{{ '{CANARY}' if node.number == 1 else 'x' }}}}",
    "a sum": f"{{{{ 'x' + '{CANARY}' }}}}",
}
EXPRESSIONS: Mapping[str, Row] = {
    **{name: Row(keystore(f'"{text}"'), "") for name, text in TEXTS.items()},
    **{
        f"{name}, not so named": Row(opscenter(f'"{text}"'), "", "address.yaml", "cassandra_pass")
        for name, text in TEXTS.items()
    },
    **{
        f"{name}, of a role": Row(base(f'jmxremote.password: {{role: "{text}"}}\n'), "", "jmxremote.password", "role")
        for name, text in TEXTS.items()
    },
}

MERGES: Mapping[str, Row] = {
    "two workloads": Row(
        workloads(keystore(CANARY)["profiles/base.yaml"], keystore("x" + CANARY)["profiles/base.yaml"]),
        "literal-secret",
    ),
    "two workloads, not so named": Row(
        workloads(
            opscenter(f"\"{{{{ '{CANARY}' }}}}\"")["profiles/base.yaml"],
            opscenter(f"\"{{{{ 'x{CANARY}' }}}}\"")["profiles/base.yaml"],
        ),
        "literal-secret",
        "address.yaml",
        "cassandra_pass",
    ),
    "two workloads on a user's own key": Row(
        workloads(
            f"spark-defaults.conf: {{spark.my.password: {CANARY}}}\n",
            f"spark-defaults.conf: {{spark.my.password: x{CANARY}}}\n",
        ),
        "conflict",
        "spark-defaults.conf",
        "spark.my.password",
    ),
    "a member to remove": Row(
        base(
            "cassandra.yaml: {hints_compression: "
            f"!remove [{{class_name: x, parameters: [{{password: {CANARY}}}]}}]}}\n"
        ),
        "",
        key="hints_compression",
    ),
}

USERS: Mapping[str, Row] = {
    "a user's own key": Row(
        base(f"spark-defaults.conf: {{spark.my.password: {CANARY}}}\n"), "", "spark-defaults.conf", "spark.my.password"
    ),
    "a user's own key, forced": Row(
        {
            **base(f"spark-defaults.conf: {{spark.my.password: !force {CANARY}}}\n"),
            "profiles/node/atlas/n1.yaml": f"spark-defaults.conf: {{spark.my.password: x{CANARY}}}\n",
        },
        "",
        "spark-defaults.conf",
        "spark.my.password",
    ),
    "a user's own key of one node": Row(
        {"profiles/node/atlas/n1.yaml": f"spark-defaults.conf: {{spark.my.password: {CANARY}}}\n"},
        "",
        "spark-defaults.conf",
        "spark.my.password",
    ),
    "a user's own key by expression": Row(
        base(f"spark-defaults.conf: {{spark.my.password: \"{{{{ '{CANARY}' }}}}\"}}\n"),
        "",
        "spark-defaults.conf",
        "spark.my.password",
    ),
    "a user's own key that cannot be written": Row(
        base(f'core-site.xml: {{my.password: "{CANARY}\\0"}}\n'), "unwritable-value", "core-site.xml", "my.password"
    ),
    "a user's own flag that cannot be written": Row(
        base(f'jvm-server.options: {{-Dmy.password: "{CANARY}\\n-XX:OnError=x"}}\n'),
        "",
        "jvm-server.options",
        "-Dmy.password",
    ),
    "a list for a user's own key": Row(
        base(f"spark-defaults.conf: {{spark.my.password: [{CANARY}]}}\n"),
        "wrong-type",
        "spark-defaults.conf",
        "spark.my.password",
    ),
    "a key inside a list": Row(
        base(f"cassandra.yaml: {{hints_compression: [{{class_name: x, parameters: [{{password: {CANARY}}}]}}]}}\n"),
        "",
        key="hints_compression",
    ),
}

FACTS: Mapping[str, Row] = {
    "a fact": Row(node(f"admin_password: {CANARY}"), ""),
    "a fact in a sensitive setting": Row(
        {**node(f"admin_pass: {CANARY}"), **keystore('"{{ node.admin_pass }}"')}, "literal-secret"
    ),
    "a fact in a mapping": Row(node(f"admin_password: {{x: {CANARY}}}"), "wrong-type"),
    "a fact with a wrong unit": Row(node(f"admin_password: {NUMBER[1:]}GB"), "ambiguous-unit"),
    "a fact with an expression": Row(node(f'admin_password: "{{{{ {CANARY} }}}}"'), "unknown-name"),
    "a fact of a table": Row(table(f"name,address,admin_password\nn1,10.1.1.1,{CANARY}\nn2,10.1.1.2,{CANARY}\n"), ""),
    "a fact of a table with a wrong unit": Row(
        table(f"name,address,admin_password\nn1,10.1.1.1,{NUMBER[1:]}GB\nn2,10.1.1.2,x\n"), "ambiguous-unit"
    ),
    "a table with an open quote": Row(
        table(f'name,address,admin_password\nn1,10.1.1.1,"{CANARY}\nn2,10.1.1.2,x\n'), "wrong-table"
    ),
    "a table with a cell too many": Row(
        table(f"name,address,admin_password\nn1,10.1.1.1,x,{CANARY}\nn2,10.1.1.2,x\n"), "wrong-table"
    ),
}

TABLES = {
    "places": PLACES,
    "names": NAMES,
    "syntax": SYNTAX,
    "expressions": EXPRESSIONS,
    "merges": MERGES,
    "users": USERS,
    "facts": FACTS,
}
ROWS = {f"{table}: {name}": row for table, rows in TABLES.items() for name, row in rows.items()}


_CATALOG = cache(load_catalog)


@pytest.fixture(autouse=True)
def _one_catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of runs read the catalog once."""
    monkeypatch.setattr(sources, "load_catalog", _CATALOG)


def build(root: Path, files: Mapping[str, str]) -> None:
    good = {"dseconf.yaml": "shipped: false\n", "fleet.yaml": FLEET, "profiles/base.yaml": "cassandra.yaml: {}\n"}
    for name, text in {**good, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def commands(row: Row) -> list[list[str]]:
    """Everything that reads a fleet and says something of it; of a refused one there is less to say."""
    address = f"{row.file}:{row.key}"
    refused = [
        ["compile", "--manifest", "manifest.json"],
        ["compile", "--format", "json"],
        ["compile", "--annotate"],
        ["explain", "n1", address],
        ["explain", "n1", row.file],
    ]
    compiled = [
        ["compile", "--manifest", "manifest.json"],
        ["compile", "--format", "json", "-o", "out"],
        ["compile", "--check", "-o", "out"],
        ["compile", "--list", "--format", "json"],
        ["compile", "--list"],
        ["compile", "--annotate"],
        ["explain", "n1", address],
        ["explain", "n1", address, "--format", "json"],
        ["explain", "n1", row.file],
        ["explain", "n1", row.file, "--format", "json"],
        ["explain", "--why-different", "n1", "n2"],
        ["explain", "--why-different", "n1", "n2", "--format", "json"],
    ]
    return refused if row.code else compiled


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_a_planted_secret_is_never_shown(
    row: Row, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path, row.files)
    monkeypatch.chdir(tmp_path)
    for number, command in enumerate(commands(row)):
        code = main(command)
        output = capsys.readouterr()
        assert code in (0, 1, 2), output.err
        for text in (output.out, output.err):
            assert CANARY not in text, command
            assert NUMBER[1:] not in text, command
        if number == 0 and row.code:
            assert code == 2
            assert f"error[{row.code}]" in output.err
    for path in [tmp_path / "manifest.json", tmp_path / "out/manifest.json"]:
        assert not path.exists() or CANARY not in path.read_text()


def test_the_commands_would_show_a_canary_elsewhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = Row(
        base(f"spark-defaults.conf: {{spark.my.colour: {CANARY}}}\n"), "", "spark-defaults.conf", "spark.my.colour"
    )
    build(tmp_path, row.files)
    monkeypatch.chdir(tmp_path)
    shown = []
    for command in commands(row):
        main(command)
        shown.append(CANARY in capsys.readouterr().out)
    assert shown == [False] * 5 + [True] * 5 + [False] * 2


def test_the_names_of_secrets_may_be_seen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path, keystore("!secret keystore/client"))
    monkeypatch.chdir(tmp_path)
    assert main(["explain", "n1", "cassandra.yaml:client_encryption_options.keystore_password"]) == 0
    assert "!secret keystore/client" in capsys.readouterr().out


def test_a_bug_of_ours_does_not_tell_what_it_stumbled_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(_error: object) -> None:
        raise KeyError(CANARY)

    build(tmp_path, keystore(CANARY))
    monkeypatch.setattr(cli, "in_order", stumble)
    with pytest.raises(KeyError):
        main(["-C", str(tmp_path), "compile"])
    monkeypatch.setattr(cli, "_parser", stumble)
    assert main(["-C", str(tmp_path), "compile"]) == 3
    output = capsys.readouterr()
    assert CANARY not in output.out + output.err
    assert "KeyError" in output.err

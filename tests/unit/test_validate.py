"""Validation: names and values of a layer against the catalog of one version."""

from __future__ import annotations

from typing import Any

import pytest

from dseconf.catalog import Catalog, ProductView
from dseconf.document import read_document
from dseconf.expression import parse_expression
from dseconf.finding import Finding
from dseconf.layer import read_layer
from dseconf.quantity import Kind, Quantity
from dseconf.setting import Operation, Secret, Value
from dseconf.validate import CheckedLayer, as_operand, is_hidden, validate

SETTINGS: dict[str, dict[str, Any]] = {
    "tokens": {"type": "int", "min": 1, "max": 16},
    "cache_in_mb": {"type": "int", "unit": "MiB", "min": 0, "nullable": True},
    "rate": {"type": "float", "min": 0.5, "max": 1},
    "mode": {"type": "string", "choices": ["periodic", "batch"]},
    "folders": {"type": "list"},
    "levels": {"type": "list", "items": "string", "choices": ["warn", "error"]},
    "ports": {"type": "list", "items": "int", "min": 1, "max": 65535},
    "tls.enabled": {"type": "boolean"},
    "tls.password": {"type": "string", "sensitive": True},
    "pass_phrase_of_all": {"type": "string", "sensitive": True},
    "provider": {"type": "list", "items": "map"},
    "provider[].class": {"type": "string"},
    "provider[].options.level": {"type": "int", "max": 9},
    "provider[].parameters": {"type": "list", "items": "map"},
    "provider[].parameters[].key_word": {"type": "string", "sensitive": True},
    "roles.*": {"type": "string"},
    "newer": {"type": "int", "since": "6.8.10"},
    "older": {"type": "int", "until": "6.8.3", "renamed_to": "tokens"},
    "gone": {"type": "int", "until": "6.8.3", "reason": "nobody read it"},
    "name": {"type": "string", "identity": "the cluster's name"},
    "listed": {"type": "string", "lcm": ["opscenter-name"]},
}


def table(file: str, form: str, settings: dict[str, dict[str, Any]]) -> dict[str, Any]:
    attributes = {"package": f"/etc/dse/{file}", "mode": "0644", "owner": "cassandra", "group": "cassandra"}
    about = {"about": "a file", "manage": "whole", "read_by": "dse", "read_when": "at start"}
    entries = {key: {"about": "a setting", **entry} for key, entry in settings.items()}
    return {
        "file": file,
        "format": form,
        "sources": {"v": "the vendor"},
        "source": "v",
        "settings": entries,
        **attributes,
        **about,
    }


def a_view(version: tuple[int, ...] = (6, 8, 5)) -> ProductView:
    line = {"product": "dse", "line": "6.8", "first": "6.8.0", "last": "6.8.50"}
    jvm = table("jvm.options", "jvm", {"-Xmx": {"type": "size", "syntax": "jvm"}, "-D*": {"type": "string"}})
    view = Catalog.of_tables({"dse-6.8": {"line": line, "files": [table("c.yaml", "yaml", SETTINGS), jvm]}}).at(
        "dse", version
    )
    assert view is not None
    return view


def check(
    text: str, *, file: str = "c.yaml", version: tuple[int, ...] = (6, 8, 5), lenient: bool = False
) -> CheckedLayer:
    lines = f"{file}:\n" + "".join(f"  {line}\n" for line in text.split("\n"))
    return validate(read_layer(read_document(lines.encode(), "base.yaml")), a_view(version), lenient=lenient)


def value(text: str, **given: Any) -> Value:
    """The one value that a layer sets, which fits."""
    found = check(text, **given)
    assert found.findings == ()
    (definition,) = next(iter(found.files.values())).values()
    return definition.value


def mistake(text: str, **given: Any) -> Finding:
    (finding,) = check(text, **given).findings
    return finding


FITS = {
    "tokens: 8": 8,
    "tokens: 1": 1,
    "tokens: 16": 16,
    "cache_in_mb: 32": 32,
    "cache_in_mb: 2GiB": 2048,
    'cache_in_mb: "1 GiB"': 1024,
    "cache_in_mb: ~": None,
    "rate: 1": 1,
    "rate: 0.5": 0.5,
    "mode: batch": "batch",
    "folders: [/a, /b]": ["/a", "/b"],
    "folders: []": [],
    "levels: [warn]": ["warn"],
    "ports: [9042]": [9042],
    "tls: {enabled: true}": True,
    "tls.enabled: true": True,
    "tls: {password: !secret tls/key }": Secret("tls/key"),
    'tls: {password: ""}': "",
    "provider: [{class: x, options: {level: 9}}]": [{"class": "x", "options": {"level": 9}}],
    "provider: [{parameters: [{key_word: !secret x }]}]": [{"parameters": [{"key_word": Secret("x")}]}],
    "roles: {admin: yes sir}": "yes sir",
    "roles: {admin: 7}": 7,
    "roles: {admin: true}": True,
}


@pytest.mark.parametrize(("text", "expected"), FITS.items())
def test_a_value_that_fits_comes_out_in_the_unit_of_the_file(text: str, expected: object) -> None:
    found = value(text)
    assert found == expected
    assert type(found) is type(expected)


SIZES = {"-Xmx: 8GiB": "8G", "-Xmx: 8G": "8G", "-Xmx: 1536MiB": "1536M", "-Xmx: 1024": "1K"}


@pytest.mark.parametrize(("text", "expected"), SIZES.items())
def test_a_size_comes_out_in_the_syntax_of_the_product(text: str, expected: str) -> None:
    assert value(text, file="jvm.options") == expected


MISTAKES = {
    "tokens: 0": ("out-of-range", "tokens is 0", "1 or more"),
    "tokens: 17": ("out-of-range", "tokens is 17", "16 or less"),
    "cache_in_mb: 9999999999999999999999": ("out-of-range", "MiB", "or less"),
    "tokens: x": ("wrong-type", "takes an integer", "write an integer"),
    'tokens: "8"': ("wrong-type", "takes an integer", "without quotes"),
    "tokens: 8GiB": ("wrong-type", "takes an integer", "an integer"),
    "tokens: {}": ("empty-value", "no value", "!unset"),
    "cache_in_mb: {}": ("empty-value", "no value", "!unset"),
    "cache_in_mb: 1GB": ("ambiguous-unit", "two readings", "1GiB"),
    "cache_in_mb: 1500KiB": ("inexact-conversion", "counts in MiB", "floor_to(MiB)"),
    "cache_in_mb: 10s": ("wrong-unit", "cache_in_mb", "a size"),
    "rate: 2": ("out-of-range", "rate is 2", "1 or less"),
    "rate: .nan": ("wrong-type", "finite", "write a number"),
    "mode: batsh": ("wrong-choice", "'batsh'", "did you mean batch?"),
    "mode: 7": ("wrong-type", "takes text", "quote it"),
    "folders: /a": ("wrong-type", "takes a list", "write a list"),
    "folders: [7]": ("wrong-type", "a member of folders", "quote it"),
    "levels: [warn, info]": ("wrong-choice", "a member of levels", "write one of them"),
    "ports: [9042, 0]": ("out-of-range", "a member of ports", "1 or more"),
    "tls: {password: hunter2}": ("literal-secret", "tls.password", "!secret NAME"),
    "tls: {password: [hunter2]}": ("literal-secret", "tls.password", "!secret NAME"),
    "tls: {enabled: !secret x }": ("wrong-type", "not a secret", "write the value"),
    "tls: true": ("wrong-type", "tls is a mapping", "{KEY: VALUE}"),
    "tokens: {deep: 1}": ("wrong-type", "tokens is one value", "give tokens its value"),
    "provider: [{klass: x}]": ("unknown-setting", "'klass'", "class, options, parameters"),
    "provider: [{options: {level: 10}}]": ("out-of-range", "level", "9 or less"),
    "provider: [{options: {lewel: 1}}]": ("unknown-setting", "'lewel'", "level"),
    "provider: [{parameters: [{key_word: hunter2}]}]": ("literal-secret", "key_word", "!secret NAME"),
    "provider: hunter2": ("wrong-type", "takes a list", "write a list"),
    'mode: "@@dseconf:yaml:x@@"': ("placeholder-in-value", "mode", "!secret NAME"),
    'folders: ["@@dseconf:yaml:x@@"]': ("placeholder-in-value", "folders", "!secret NAME"),
    "tokens: !append [8]": ("wrong-tag-use", "tokens is no list", "the whole value"),
    "token: 8": ("unknown-setting", "no setting token", "did you mean tokens?"),
    "tls: {enabeld: true}": ("unknown-setting", "tls.enabeld", "did you mean tls.enabled?"),
    "opscenter-name: x": ("unknown-setting", "opscenter-name", "c.yaml:listed"),
    "-Xmx: 8GiB": ("unknown-setting", "-Xmx", "jvm.options:-Xmx"),
    "newer: 1": ("other-version", "newer", "move to 6.8.10"),
    "older: 1": ("other-version", "older", "write tokens instead"),
    "gone: 1": ("other-version", "gone", "remove it"),
    "name: x": ("identity-setting", "name", "set the cluster's name in fleet.yaml"),
    "tls: {password:hunter2: x}": ("unknown-setting", "tls.password:(hidden)", "tls.password"),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.items())
def test_a_mistake_says_what_is_wrong_and_what_to_do(text: str, expected: tuple[str, str, str]) -> None:
    finding = mistake(text)
    code, message, remedy = expected
    assert finding.code == code
    assert message in f"{finding.message} {finding.why}"
    assert remedy in f"{finding.remedy} {finding.why}"
    assert "hunter2" not in f"{finding.message} {finding.why} {finding.remedy}"


def test_a_reason_stands_with_a_setting_that_is_gone() -> None:
    assert mistake("gone: 1").why == "6.8.3 is the last that has it: nobody read it"


def test_a_layer_of_the_product_speaks_of_all_patches() -> None:
    assert check("newer: 1\ntokens: 8", lenient=True).findings == ()
    assert list(check("newer: 1\ntokens: 8", lenient=True).files["c.yaml"]) == ["tokens"]
    assert value("newer: 1", version=(6, 8, 10)) == 1


def test_a_whole_mapping_is_left_out() -> None:
    found = check("tls: !unset")
    assert found.findings == ()
    assert [one.key for one in found.unset["c.yaml"]] == ["tls"]
    assert found.files["c.yaml"] == {}


def test_a_setting_is_left_out_without_a_look_at_its_value() -> None:
    definition = check("tokens: !unset").files["c.yaml"]["tokens"]
    assert definition.operation is Operation.UNSET


def test_one_setting_in_two_spellings_is_a_mistake_with_both_places() -> None:
    finding = mistake("tls: {enabled: true}\ntls.enabled: false")
    assert finding.code == "duplicate-key"
    assert list(map(str, finding.where)) == ["base.yaml:3:3", "base.yaml:2:9"]


def test_an_expression_waits_until_it_has_a_value() -> None:
    assert value('tokens: "{{ node.cores }}"') == parse_expression("{{ node.cores }}")


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("{{ setting('c.yaml:pass_phrase_of_all') }}", True),
        ("{{ setting('c.yaml:a') if node.number == 1 else setting('c.yaml:b') }}", True),
        ("{{ 'hunter2' }}", False),
        ("{{ node.number }}", False),
        ("hunter2{{ setting('c.yaml:a') }}", False),
        ("{{ setting('c.yaml:a') if node.number == 1 else 'hunter2' }}", False),
    ],
)
def test_an_expression_may_pass_a_secret_on_and_not_hold_one(text: str, fits: bool) -> None:
    codes = [finding.code for finding in check(f'tls: {{password: "{text}"}}').findings]
    assert codes == ([] if fits else ["literal-secret"])


@pytest.mark.parametrize("key", ["tls: {password", "pass_phrase_of_all: {x", "tls: {pasword", "tls: {my_secret"])
def test_an_expression_that_may_be_a_secret_is_not_quoted(key: str) -> None:
    text = f'{key}: "{{{{ hunter2 }}}}"}}' if "{" in key else f'{key}: "{{{{ hunter2 }}}}"'
    findings = check(text).findings
    assert "unknown-name" in {finding.code for finding in findings}
    assert not any("hunter2" in f"{finding.message} {finding.remedy}" for finding in findings)


def test_an_expression_elsewhere_is_quoted_with_its_remedy() -> None:
    finding = mistake('tokens: "{{ nod.cores }}"')
    assert "'nod'" in finding.message
    assert finding.remedy == "did you mean node"


@pytest.mark.parametrize(
    ("key", "hidden"),
    [
        ("tls.password", True),
        ("tls.enabled", False),
        ("tls.pasword", True),
        ("pass_frase_of_all", True),
        ("anything.secret", True),
        ("anything", False),
        ("roles.admin", False),
        ("roles.password", True),
    ],
)
def test_which_values_are_hidden(key: str, hidden: bool) -> None:
    view = a_view()
    file = view.file("c.yaml")
    assert file is not None
    assert is_hidden(file, key, view) is hidden


def test_a_flag_with_its_value_is_no_key() -> None:
    finding = mistake('"-Dx=hunter2": true', file="jvm.options")
    assert (finding.code, finding.remedy) == ("wrong-key", "write -Dx: VALUE")


def test_a_wrong_value_under_a_name_of_the_user_is_hidden_by_that_name() -> None:
    assert "hunter2" not in str(mistake("roles: {password: [hunter2]}"))
    assert "hunter2" in mistake("roles: {admin: [hunter2]}").why


def test_only_the_first_of_many_names_get_a_suggestion() -> None:
    findings = check("\n".join(f"tokens{number}: 8" for number in range(50))).findings
    suggested = [finding for finding in findings if "did you mean" in finding.remedy]
    assert len(findings) == 50
    assert len(suggested) == 20


def test_files_of_modes_are_checked() -> None:
    layer = read_layer(read_document(b"manage: {c.yml: whole}", "base.yaml"))
    (finding,) = validate(layer, a_view()).findings
    assert (finding.code, finding.remedy) == ("unknown-file", "did you mean c.yaml?")


@pytest.mark.parametrize(
    ("key", "file", "written", "operand"),
    [
        ("cache_in_mb", "c.yaml", 32, Quantity(32 * 1024**2, Kind.SIZE)),
        ("tokens", "c.yaml", 8, 8),
        ("-Xmx", "jvm.options", "8G", Quantity(8 * 1024**3, Kind.SIZE)),
        ("mode", "c.yaml", "batch", "batch"),
        ("cache_in_mb", "c.yaml", None, None),
    ],
)
def test_expressions_see_a_written_value_with_its_unit(key: str, file: str, written: Any, operand: Value) -> None:
    found = a_view().file(file)
    assert found is not None
    spec = found.setting(key)
    assert spec is not None
    assert as_operand(spec, written) == operand

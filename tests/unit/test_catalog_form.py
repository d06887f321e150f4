"""The form of catalog files: each thing that can be wrong is found, at its line."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from dseconf.catalog.form import check_line, check_table
from dseconf.document import Document, read_document
from dseconf.finding import Finding

TEMPLATES = ("templates/x.j2",)

HEAD = """\
file: x.yaml
about: A file of the tests.
format: yaml
package: /etc/dse/x.yaml
mode: "0644"
owner: cassandra
group: cassandra
manage: whole
workloads: []
read_by: the DSE process
read_when: at start
sources: {manual: The manual}
source: manual
settings:
"""

SETTING = """\
  cache_size:
    about: How large the cache is.
    type: int
"""

LINE = """\
product: dse
line: "6.8"
first: 6.8.0
last: 6.8.65
sources: [The notes]
"""

HERE = "#!"  # marks the line that a finding must name


def a_document(text: str, path: str = "x.yaml.yaml") -> Document:
    return read_document(text.encode(), path)


def a_table(settings: str = SETTING, head: str = HEAD, **changes: str) -> str:
    """A sound table, with lines of its head replaced by key, or left out by an empty text."""
    lines = [line for line in head.splitlines(keepends=True) if line.split(":")[0] not in changes]
    added = [text if text.endswith("\n") else f"{text}\n" for text in changes.values() if text]
    return "".join([*lines[:-1], *added, lines[-1]]) + settings


def marked_line(text: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if HERE in line)


def assert_one(found: Sequence[Finding], code: str, line: int) -> None:
    assert [(finding.code, finding.where[0].line) for finding in found] == [(code, line)], [str(one) for one in found]
    assert found[0].where[0].column > 0
    for text in (found[0].message, found[0].why, found[0].remedy):
        assert not text.endswith(".")
    assert found[0].remedy


def test_a_sound_table_has_no_findings() -> None:
    assert check_table(a_document(a_table()), TEMPLATES) == []


def test_a_setting_with_all_its_keys_has_no_findings() -> None:
    settings = """\
  cache.*.size:
    about: How large a cache is.
    type: int
    unit: MiB
    min: 1
    max: 9
    default: 1
    shipped: 2
    tarball: null
    nullable: true
    choices: [1, 2]
    sensitive: false
    executes: false
    certainty: documented
    since: 6.8.1
    until: 6.8.9
    reason: It has moved.
    renamed_to: other.yaml:cache_size
    lcm: [cache-size]
    needs: {caches: [1, 2], 'heap': 4g}
    note: Nothing else.
  caches: {about: Which caches there are., type: list, items: int, choices: [1, 2, 3], default: [1, 3]}
  heap: {about: How large the heap is., type: size, syntax: spark, default: 4g}
  pause: {about: How long to wait., type: duration, syntax: spark, default: 10s}
  ratio: {about: Which share of it., type: float, default: 1, min: 0, max: 1.5}
  node: {about: Where the node listens., type: string, identity: address}
"""
    assert check_table(a_document(a_table(settings)), TEMPLATES) == []


WRONG_HEADS = {
    "unknown key": ({"mood": "mood: good  #!"}, "unknown-key"),
    "wrong type": ({"package_owned": "package_owned: 7  #!"}, "wrong-type"),
    "unknown format": ({"format": "format: toml  #!"}, "wrong-choice"),
    "unknown workload": ({"workloads": "workloads:\n  - search\n  - cooking  #!"}, "wrong-choice"),
    "relative package path": ({"package": "package: etc/x.yaml  #!"}, "wrong-value"),
    "absolute tarball path": ({"tarball": "tarball: /etc/x.yaml  #!"}, "wrong-value"),
    "mode without zero": ({"mode": 'mode: "644"  #!'}, "wrong-value"),
    "mode as a number": ({"mode": "mode: 420  #!"}, "wrong-type"),
    "file with a colon": ({"file": "file: 'a:b'  #!"}, "wrong-value"),
    "about without a full stop": ({"about": "about: A file  #!"}, "wrong-about"),
    "source not among sources": ({"source": "source: rumour  #!"}, "unknown-source"),
    "text of a source is a number": ({"sources": "sources:\n  manual: 7  #!"}, "wrong-type"),
    "template that is not there": ({"template": "template: templates/y.j2  #!"}, "missing-template"),
    "slots without a template": ({"slots": "slots: xml  #!"}, "useless-key"),
    "text without a template": ({"format": "format: text  #!"}, "missing-key"),
    "text without slots": ({"format": "format: text  #!", "template": "template: templates/x.j2"}, "missing-key"),
    "null": ({"owner": "owner:  #!"}, "wrong-type"),
    "key twice": ({"note": "note: one\nnote: two  #!"}, "duplicate-key"),
}


@pytest.mark.parametrize(("changes", "code"), WRONG_HEADS.values(), ids=WRONG_HEADS.keys())
def test_what_is_wrong_at_the_head_is_found_at_its_line(changes: dict[str, str], code: str) -> None:
    text = a_table(**changes)
    assert_one(check_table(a_document(text), TEMPLATES), code, marked_line(text))


def test_settings_are_a_mapping() -> None:
    text = a_table("  - cache_size  #!\n")
    assert_one(check_table(a_document(text), TEMPLATES), "wrong-type", marked_line(text))


@pytest.mark.parametrize("key", ["file", "about", "format", "mode", "owner", "manage", "read_by", "source", "sources"])
def test_a_missing_key_of_a_file_is_found_at_its_head(key: str) -> None:
    found = check_table(a_document(a_table(**{key: ""})), TEMPLATES)
    assert ("missing-key", f"the file does not say {key!r}") in [(one.code, one.message) for one in found]
    assert {one.where[0].line for one in found} == {1}


def test_a_file_that_is_no_mapping_is_found() -> None:
    assert_one(check_table(a_document("- x\n"), ()), "wrong-type", 1)
    assert_one(check_table(a_document(""), ()), "wrong-type", 1)


def entry(body: str, more: str = "") -> str:
    """One setting with an about and what the test adds; ``more`` are other settings."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"  size:\n    about: How large it is.\n{lines}{more}"


OTHER = "  other: {about: Another setting., type: boolean}\n"
LONG = "x" * 130
CASSANDRA_SIZE = "type: size\nsyntax: cassandra\nsmallest_unit: KiB"

WRONG_SETTINGS = {
    "no type": ("  size:  #!\n    about: How large it is.\n", "missing-key"),
    "no about": ("  size:  #!\n    type: int\n", "missing-key"),
    "no mapping": ("  size: 7  #!\n", "wrong-type"),
    "unknown key": (entry("type: int\ndefualt: 1  #!"), "unknown-key"),
    "unknown type": (entry("type: number  #!"), "wrong-choice"),
    "flag that is no boolean": (entry('type: int\nexecutes: "yes"  #!'), "wrong-type"),
    "unknown unit": (entry("type: int\nunit: MB  #!"), "wrong-choice"),
    "unknown certainty": (entry("type: int\ncertainty: hearsay  #!"), "wrong-choice"),
    "unknown identity": (entry("type: int\nidentity: colour  #!"), "wrong-choice"),
    "min that is text": (entry('type: int\nmin: "1"  #!'), "wrong-type"),
    "since that is a number": (entry("type: int\nsince: 6.8  #!"), "wrong-type"),
    "since that is a line": (entry('type: int\nsince: "6.8"  #!'), "wrong-value"),
    "LCM names that are text": (entry("type: int\nlcm: size-of  #!"), "wrong-type"),
    "LCM name that is a number": (entry("type: int\nlcm:\n  - 7  #!"), "wrong-type"),
    "about without a full stop": ("  size:\n    about: How large  #!\n    type: int\n", "wrong-about"),
    "about that is too long": (f"  size:\n    about: {LONG}.  #!\n    type: int\n", "wrong-about"),
    "default of another type": (entry('type: int\ndefault: "1"  #!'), "wrong-type"),
    "boolean for an int": (entry("type: int\ndefault: true  #!"), "wrong-type"),
    "fraction for an int": (entry("type: int\nshipped: 1.5  #!"), "wrong-type"),
    "boolean for a float": (entry("type: float\ndefault: true  #!"), "wrong-type"),
    "infinite default": (entry("type: float\ndefault: .inf  #!"), "wrong-notation"),
    "number for a string": (entry("type: string\ntarball: 7  #!"), "wrong-type"),
    "text for a list": (entry("type: list\ndefault: a  #!"), "wrong-type"),
    "member of a list": (entry("type: list\nitems: int\ndefault: [1, a]  #!"), "wrong-type"),
    "null where it is not taken": (entry("type: int\ndefault: null  #!"), "wrong-type"),
    "default that is no choice": (entry("type: string\nchoices: [a, b]\ndefault: c  #!"), "wrong-choice"),
    "member that is no choice": (entry("type: list\nchoices: [a, b]\ndefault: [a, c]  #!"), "wrong-choice"),
    "choice of another type": (entry("type: int\nchoices:\n  - 1\n  - a  #!"), "wrong-type"),
    "choice out of the range": (entry("type: int\nmin: 2\nchoices:\n  - 1  #!\n  - 2"), "out-of-range"),
    "default under min": (entry("type: int\nmin: 2\ndefault: 1  #!"), "out-of-range"),
    "shipped over max": (entry("type: float\nmax: 2\nshipped: 2.1  #!"), "out-of-range"),
    "size that is not written so": (entry("type: size\nsyntax: jvm\ndefault: 4GiB  #!"), "wrong-notation"),
    "duration that is not written so": (entry("type: duration\nsyntax: spark\ndefault: 5 min  #!"), "wrong-notation"),
    "size under min": (entry(f"{CASSANDRA_SIZE}\nmin: 2\ndefault: 1KiB  #!"), "out-of-range"),
    "size over max": (entry(f"{CASSANDRA_SIZE}\nmax: 1023\nshipped: 1MiB  #!"), "out-of-range"),
    "size finer than the product takes": (entry(f"{CASSANDRA_SIZE}\ndefault: 1B  #!"), "wrong-notation"),
    "min of a size without smallest unit": (
        entry("type: size\nsyntax: cassandra\nmin: 2  #!"),
        "useless-key",
    ),
    "smallest unit of another syntax": (entry("type: size\nsyntax: jvm\nsmallest_unit: KiB  #!"), "useless-key"),
    "min above max": (entry("type: int\nmin: 3  #!\nmax: 2"), "wrong-range"),
    "unit of a text": (entry("type: string\nunit: ms  #!"), "useless-key"),
    "min of a text": (entry("type: string\nmin: 1  #!"), "useless-key"),
    "syntax of a number": (entry("type: int\nsyntax: jvm  #!"), "useless-key"),
    "items of a number": (entry("type: int\nitems: int  #!"), "useless-key"),
    "size without syntax": (entry("type: size  #!"), "wrong-syntax"),
    "syntax of sizes for a duration": (entry("type: duration\nsyntax: jvm  #!"), "wrong-syntax"),
    "needs what is not there": (entry("type: int\nneeds:\n  othre: true  #!", OTHER), "unknown-need"),
    "needs an impossible value": (entry("type: int\nneeds:\n  other: 7  #!", OTHER), "wrong-need"),
    "needs an impossible one of many": (entry("type: int\nneeds:\n  other: [true, on-off]  #!", OTHER), "wrong-need"),
    "since after until": (
        entry("type: int\nsince: 6.8.10  #!\nuntil: 6.8.9\nreason: It went."),
        "wrong-versions",
    ),
    "until without a reason": (entry("type: int\nuntil: 6.8.9  #!"), "missing-key"),
    "renamed without until": (entry("type: int\nrenamed_to: y.yaml:other  #!"), "missing-key"),
    "renamed to no address": (entry("type: int\nuntil: 6.8.9\nreason: R.\nrenamed_to: other  #!"), "wrong-value"),
    "renamed to what is not there": (
        entry("type: int\nuntil: 6.8.9\nreason: R.\nrenamed_to: x.yaml:othre  #!", OTHER),
        "unknown-rename",
    ),
    "renamed to itself": (entry("type: int\nuntil: 6.8.9\nreason: R.\nrenamed_to: x.yaml:size  #!"), "rename-cycle"),
    "source not among sources": (entry("type: int\nsource: rumour  #!"), "unknown-source"),
    "LCM name twice": (entry("type: int\nlcm: [size-of, size-of]  #!"), "duplicate-lcm"),
    "LCM name that is the key": (entry("type: int\nlcm: [size]  #!"), "duplicate-lcm"),
    "LCM name of another setting": (entry("type: int\nlcm: [other]  #!", OTHER), "duplicate-lcm"),
    "style of a format without styles": (entry("type: int\nstyle: flag  #!"), "unknown-style"),
    "setting twice": (entry("type: int") + "  size: {about: It again., type: int}  #!\n", "duplicate-key"),
    "pattern twice": (
        "  a.*.b: {about: One., type: int}\n  a.**.b: {about: The same., type: int}  #!\n",
        "same-pattern",
    ),
    "pattern spelt in two ways": (
        "  a.*: {about: One., type: int}\n  '[\"a\"].*': {about: The same., type: int}  #!\n",
        "same-pattern",
    ),
    "value with settings below it": (
        "  a: {about: One., type: map}  #!\n  a.b: {about: Below it., type: int}\n",
        "value-and-mapping",
    ),
    "pattern behind a wider one": (
        "  a.*.*: {about: All., type: int}\n  a.*.b: {about: One of them., type: int}  #!\n",
        "hidden-pattern",
    ),
}


@pytest.mark.parametrize(("settings", "code"), WRONG_SETTINGS.values(), ids=WRONG_SETTINGS.keys())
def test_what_is_wrong_in_a_setting_is_found_at_its_line(settings: str, code: str) -> None:
    text = a_table(settings)
    assert_one(check_table(a_document(text), TEMPLATES), code, marked_line(text))


@pytest.mark.parametrize(("since", "codes"), [("6.8.9", ["value-and-mapping"]), ("6.8.10", [])])
def test_a_value_may_become_a_mapping_in_a_later_patch(since: str, codes: list[str]) -> None:
    value = "  a: {about: One., type: int, until: 6.8.9, reason: It became a mapping.}\n"
    below = f"  a.b: {{about: Below it., type: int, since: {since}}}\n"
    for settings in (value + below, below + value):
        assert [finding.code for finding in check_table(a_document(a_table(settings)), TEMPLATES)] == codes


def test_the_range_of_a_size_counts_in_its_smallest_unit() -> None:
    text = a_table(entry(f"{CASSANDRA_SIZE}\nmin: 1024\nmax: 1024\ndefault: 1MiB"))
    assert check_table(a_document(text), TEMPLATES) == []


def test_the_column_is_that_of_the_value() -> None:
    found = check_table(a_document(a_table(entry("type: int\ndefault: x"))), TEMPLATES)
    assert found[0].where[0].column == len("    default: ") + 1


def test_a_misspelt_key_is_named() -> None:
    found = check_table(a_document(a_table(entry("type: int\ndefualt: 1"))), TEMPLATES)
    assert found[0].remedy == "did you mean default?"


def test_all_mistakes_are_reported_together() -> None:
    text = a_table(entry("type: int\ndefault: x\nsource: rumour") + "  b: {}\n", manage="manage: perhaps")
    codes = sorted(finding.code for finding in check_table(a_document(text), TEMPLATES))
    assert codes == ["missing-key", "missing-key", "unknown-source", "wrong-choice", "wrong-type"]


def test_one_lcm_name_may_stand_for_two_settings() -> None:
    two = "  a: {about: One., type: int, lcm: [port]}\n  b: {about: Two., type: int, lcm: [port]}\n"
    assert check_table(a_document(a_table(two)), TEMPLATES) == []


def test_an_lcm_name_that_is_no_setting_is_no_name_of_one() -> None:
    text = a_table(
        entry("type: int\nlcm: [manage-it]  #!"), not_settings="not_settings: {manage-it: It steers LCM alone.}"
    )
    assert_one(check_table(a_document(text), TEMPLATES), "duplicate-lcm", marked_line(text))


@pytest.mark.parametrize(
    ("head", "style", "code"),
    [
        ({"format": "format: jvm"}, "glued", ""),
        ({"format": "format: jvm"}, "export", "unknown-style"),
        ({"format": "format: shell"}, "plain", ""),
        ({"format": "format: shell"}, "flag", "unknown-style"),
        ({"format": "format: text", "template": "template: templates/x.j2", "slots": "slots: shell"}, "plain", ""),
        (
            {"format": "format: text", "template": "template: templates/x.j2", "slots": "slots: xml"},
            "plain",
            "unknown-style",
        ),
    ],
)
def test_a_style_is_a_word_of_the_format(head: dict[str, str], style: str, code: str) -> None:
    text = a_table(entry(f"type: boolean\nstyle: {style}"), **head)
    assert [finding.code for finding in check_table(a_document(text), TEMPLATES)] == ([code] if code else [])


def test_a_pattern_of_a_flat_file_takes_dots() -> None:
    two = "  a.*: {about: All., type: int}\n  a.b.*: {about: One of them., type: int}\n"
    flat = check_table(a_document(a_table(two, format="format: properties")), TEMPLATES)
    assert [finding.code for finding in flat] == ["hidden-pattern"]
    assert check_table(a_document(a_table(two)), TEMPLATES) == []


def test_a_need_may_name_what_a_pattern_takes() -> None:
    text = a_table(entry("type: int\nneeds: {logger.x: INFO}", "  logger.*: {about: A level., type: string}\n"))
    assert check_table(a_document(text), TEMPLATES) == []


def renamed(file: str, to: str, key: str = "size") -> Document:
    body = f"  {key}: {{about: A size., type: int, until: 6.8.9, reason: It moved., renamed_to: '{to}'}}\n"
    head = {"file": f"file: {file}", "package": f"package: /etc/{file}"}
    return a_document(a_table(body, **head), f"{file}.yaml")


def test_a_sound_line_has_no_findings() -> None:
    released = (
        'released: {6.8.4: "2020-09-17"}\njava: [8, 11]\nnot_files: {setup: {names: [a], reason: It is no file.}}\n'
    )
    line = a_document(LINE + released, "line.yaml")
    assert check_line(line, [a_document(a_table()), renamed("y.yaml", "x.yaml:cache_size")]) == []


WRONG_LINES = {
    "unknown product": (LINE.replace("dse", "scylla  #!"), "wrong-choice"),
    "unknown key": (LINE + "lats: 6.8.65  #!\n", "unknown-key"),
    "line as a number": (LINE.replace('"6.8"', "6.8  #!"), "wrong-type"),
    "first without patch": (LINE.replace("first: 6.8.0", 'first: "6.8"  #!'), "wrong-value"),
    "first after last": (LINE.replace("first: 6.8.0", "first: 6.8.66  #!"), "wrong-versions"),
    "last of another line": (LINE.replace("last: 6.8.65", "last: 6.9.1  #!"), "wrong-versions"),
    "date unquoted": (LINE + "released: {6.8.4: yesterday}  #!\n", "wrong-value"),
    "released outside": (LINE + 'released: {6.8.66: "2026-08-01"}  #!\n', "wrong-versions"),
    "no reason for what is no file": (LINE + "not_files:\n  setup: {names: [a]}  #!\n", "missing-key"),
    "unknown key of what is no file": (
        LINE + "not_files:\n  setup: {names: [a], reason: R., raeson: R.}  #!\n",
        "unknown-key",
    ),
    "names that are text": (LINE + "not_files:\n  setup: {names: a, reason: R.}  #!\n", "wrong-type"),
    "java as text": (LINE + "java: ['8']  #!\n", "wrong-type"),
    "no mapping": ("[dse]  #!\n", "wrong-type"),
}


@pytest.mark.parametrize(("text", "code"), WRONG_LINES.values(), ids=WRONG_LINES.keys())
def test_what_is_wrong_in_line_yaml_is_found_at_its_line(text: str, code: str) -> None:
    assert_one(check_line(a_document(text, "line.yaml"), []), code, marked_line(text))


@pytest.mark.parametrize("key", ["product", "line", "first", "last", "sources"])
def test_line_yaml_lacks_no_key(key: str) -> None:
    text = "".join(line for line in LINE.splitlines(keepends=True) if not line.startswith(f"{key}:"))
    assert_one(check_line(a_document(text, "line.yaml"), []), "missing-key", 1)


def test_two_tables_of_one_file_are_found_with_both_places() -> None:
    tables = [a_document(a_table(package=""), "one.yaml"), a_document(a_table(package=""), "two.yaml")]
    found = check_line(a_document(LINE, "line.yaml"), tables)
    assert [(one.code, [place.path for place in one.where]) for one in found] == [
        ("same-file", ["two.yaml", "one.yaml"])
    ]


def test_two_files_at_one_path_are_found() -> None:
    tables = [a_document(a_table(), "one.yaml"), a_document(a_table(file="file: y.yaml"), "two.yaml")]
    found = check_line(a_document(LINE, "line.yaml"), tables)
    assert [(one.code, "package" in one.message) for one in found] == [("same-file", True)]


@pytest.mark.parametrize("version", ["since: 6.9.0  #!", "until: 6.8.66  #!\nreason: It went."])
def test_a_version_outside_of_the_line_is_found(version: str) -> None:
    text = a_table(entry(f"type: int\n{version}"))
    assert_one(check_line(a_document(LINE, "line.yaml"), [a_document(text)]), "wrong-versions", marked_line(text))


@pytest.mark.parametrize("target", ["y.yaml:cache_sizes", "z.yaml:cache_size"])
def test_a_rename_to_another_file_needs_its_target(target: str) -> None:
    found = check_line(
        a_document(LINE, "line.yaml"), [renamed("x.yaml", target), a_document(a_table(file="file: y.yaml"))]
    )
    assert [finding.code for finding in found if finding.code != "same-file"] == ["unknown-rename"]


def test_a_circle_of_renames_through_two_files_is_found_at_each_of_them() -> None:
    found = check_line(
        a_document(LINE, "line.yaml"), [renamed("x.yaml", "y.yaml:size"), renamed("y.yaml", "x.yaml:size")]
    )
    assert [(one.code, one.where[0].path) for one in found] == [
        ("rename-cycle", "x.yaml.yaml"),
        ("rename-cycle", "y.yaml.yaml"),
    ]
    assert "x.yaml:size to y.yaml:size to x.yaml:size" in found[0].message


def test_what_is_wrong_inside_a_file_is_reported_once() -> None:
    table = renamed("x.yaml", "x.yaml:size")
    assert [one.code for one in check_table(table, ())] == ["rename-cycle"]
    assert check_line(a_document(LINE, "line.yaml"), [table]) == []

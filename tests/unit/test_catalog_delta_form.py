"""The form of a line that is based on another: each thing that can be wrong is found, at its line."""

from __future__ import annotations

from typing import Any

import pytest

from dseconf.catalog.delta_form import check_delta
from dseconf.document import Document, read_document
from dseconf.finding import Finding

HERE = "#!"  # marks the line that a finding must name
TEMPLATES = ("templates/x.j2",)

HEAD = """\
product: dse
line: "6.9"
first: 6.9.0
last: 6.9.9
based_on: dse-6.8
sources: {notes: The notes}
source: notes
"""


def a_base_file(name: str, **settings: dict[str, Any]) -> dict[str, Any]:
    return {
        "file": name, "about": "A file.", "format": "yaml", "mode": "0644", "owner": "o", "group": "g",
        "manage": "whole", "workloads": [], "read_by": "the process", "read_when": "at start",
        "sources": {"m": "The manual"}, "source": "m", "settings": settings,
    }  # fmt: skip


def a_line(product: str, number: str, *files: dict[str, Any], **about: object) -> dict[str, Any]:
    line = {"product": product, "line": number, "first": f"{number}.0", "last": f"{number}.9", **about}
    return {"line": line, "files": list(files)}


BASE = a_line(
    "dse", "6.8",
    a_base_file(
        "x.yaml",
        size={"about": "How large it is.", "type": "int", "default": 4, "max": 8, "lcm": ["size-of"]},
        kind={"about": "Which kind.", "type": "string", "choices": ["a", "b"]},
        user={"about": "Needs the size.", "type": "boolean", "needs": {"kind": "a"}},
        ended={"about": "It ended.", "type": "int", "until": "6.8.4", "reason": "It went."},
    ),
    a_base_file("y.yaml", port={"about": "Where it listens.", "type": "int"}),
    {**a_base_file("ended.yaml"), "until": "6.8.4", "reason": "It went."},
)  # fmt: skip
LATER = a_line("dse", "7.0", a_base_file("z.yaml", port={"about": "Where it listens.", "type": "int"}))
LINES = {"dse-6.8": BASE, "dse-7.0": LATER}

WHOLE = """\
  new.conf:
    about: A new file.
    format: yaml
    mode: "0644"
    owner: cassandra
    group: cassandra
    manage: whole
    workloads: []
    read_by: the DSE process
    read_when: at start
    settings:
      port: {about: Where it listens., type: int, default: 1}
"""


def a_document(text: str) -> Document:
    return read_document(text.encode(), "dse-6.9.yaml")


def check(text: str) -> list[Finding]:
    return check_delta(a_document(text), LINES, TEMPLATES)


def assert_one(text: str, code: str) -> None:
    marked = next(number for number, line in enumerate(text.splitlines(), 1) if HERE in line)
    found = check(text)
    assert [(one.code, one.where[0].line) for one in found] == [(code, marked)], [str(one) for one in found]
    assert found[0].where[0].column > 0
    assert found[0].remedy
    for part in (found[0].message, found[0].why, found[0].remedy):
        assert not part.endswith(".")


def part(settings: str = "", removed: str = "", more: str = "") -> str:
    """A delta of the file x.yaml."""
    sections = [(name, text) for name, text in (("settings", settings), ("removed", removed)) if text]
    lines = [f"    {name}:\n" + "".join(f"      {line}\n" for line in text.splitlines()) for name, text in sections]
    return f"{HEAD}files:\n  x.yaml:\n{''.join(lines)}{more}"


def test_a_sound_delta_has_no_findings() -> None:
    settings = """\
width: {about: How wide it is., type: int, after: size, since: 6.9.1, not_in: [6.9.3], default: 3}
height: {about: How high it is., type: int, after: width, history: {default: {6.9.0: 1, 6.9.2: 2}}, default: 2}
size: {default: 5, reason: It was raised., drop: [max]}
kind: {later: {line: "7.0", reason: It moved., renamed_to: "z.yaml:port"}}"""
    whole = f"    changed: {{note: Another one., template: templates/x.j2}}\n{WHOLE}  y.yaml:\n"
    gone = '    removed:\n      port: {reason: It moved., renamed_to: "new.conf:port"}\n'
    head = 'released: {6.9.1: "2024-08-14"}\njava: [11]\nnote: A line.\nremoved_files: {y.yaml: {reason: It moved.}}\n'
    assert check(head + part(settings, more=whole + gone)) == []


WRONG_HEADS = {
    "unknown key": (HEAD + "mood: good  #!\nfiles: {}\n", "unknown-key"),
    "unknown line": (HEAD.replace("based_on: dse-6.8", "based_on: dse-6.6  #!") + "files: {}\n", "unknown-line"),
    "based on itself": (HEAD.replace("based_on: dse-6.8", "based_on: dse-6.9  #!") + "files: {}\n", "unknown-line"),
    "based on a number": (HEAD.replace("based_on: dse-6.8", "based_on: 6.8  #!") + "files: {}\n", "wrong-type"),
    "last before first": (HEAD.replace("first: 6.9.0", "first: 6.9.10  #!") + "files: {}\n", "wrong-versions"),
    "patch of another line": (HEAD.replace("last: 6.9.9", "last: 6.10.0  #!") + "files: {}\n", "wrong-versions"),
    "released outside": (HEAD + 'released: {6.9.10: "2024-08-14"}  #!\nfiles: {}\n', "wrong-versions"),
    "source not among sources": (
        HEAD.replace("source: notes", "source: rumour  #!") + "files: {}\n",
        "unknown-source",
    ),
    "files that are a list": (HEAD + "files: [x.yaml]  #!\n", "wrong-type"),
    "file that is no mapping": (HEAD + "files:\n  x.yaml: 7  #!\n", "wrong-type"),
    "file that the base does not have": (HEAD + "files:\n  q.yaml: {}  #!\n", "unknown-file"),
    "file that ended in the base": (HEAD + "files:\n  ended.yaml: {}  #!\n", "unknown-file"),
    "removed file that the base does not have": (
        HEAD + "removed_files:\n  q.yaml: {reason: It went.}  #!\nfiles: {}\n",
        "unknown-file",
    ),
    "removed file without a reason": (HEAD + "removed_files:\n  y.yaml: {}  #!\nfiles: {}\n", "missing-key"),
    "removed file that lasts too long": (
        HEAD + "removed_files:\n  y.yaml: {reason: It went., until: 6.9.10}  #!\nfiles: {}\n",
        "wrong-versions",
    ),
    "removed file that became none": (
        HEAD + "removed_files:\n  y.yaml: {reason: It went., renamed_to: q.yaml}  #!\nfiles: {}\n",
        "unknown-rename",
    ),
    "removed file that is changed": (
        HEAD + "removed_files: {y.yaml: {reason: R.}}\nfiles:\n  y.yaml:\n    settings: {}  #!\n",
        "useless-key",
    ),
    "whole file that the base has": (
        HEAD + "files:\n" + WHOLE.replace("new.conf:", "y.yaml:  #!"),
        "same-file",
    ),
    "whole file without a key": (
        HEAD + "files:\n" + WHOLE.replace("new.conf:", "new.conf:  #!").replace("    manage: whole\n", ""),
        "missing-key",
    ),
    "about of a whole file": (
        HEAD + "files:\n" + WHOLE.replace("A new file.", "A new file  #!"),
        "wrong-about",
    ),
    "value in a whole file": (
        HEAD + "files:\n" + WHOLE.replace("default: 1}", "default: x}  #!"),
        "wrong-type",
    ),
    "template that is not there": (
        HEAD + "files:\n  x.yaml:\n    changed: {template: templates/y.j2}  #!\n",
        "missing-template",
    ),
    "mode that is a number": (HEAD + "files:\n  x.yaml:\n    changed: {mode: 420}  #!\n", "wrong-type"),
    "settings among the attributes": (HEAD + "files:\n  x.yaml:\n    changed: {settings: {}}  #!\n", "unknown-key"),
    "attribute dropped that is not there": (HEAD + "files:\n  x.yaml:\n    drop: [note]  #!\n", "useless-drop"),
    "unknown key of a file": (HEAD + "files:\n  x.yaml:\n    setings: {}  #!\n", "unknown-key"),
    "no mapping": ("[dse]  #!\n", "wrong-type"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "code"), WRONG_HEADS.values(), ids=WRONG_HEADS.keys())
def test_what_is_wrong_with_the_line_and_its_files_is_found(text: str, code: str) -> None:
    assert_one(text, code)


@pytest.mark.parametrize("key", ["product", "line", "first", "last", "based_on", "sources", "source", "files"])
def test_a_delta_lacks_no_key(key: str) -> None:
    lines = [line for line in f"{HEAD}files: {{}}\n".splitlines(keepends=True) if not line.startswith(f"{key}:")]
    found = check("".join(lines))
    assert [(one.code, f"{key!r}" in one.message) for one in found] == [("missing-key", True)]


NEW = "new: {about: A new one., type: int, "

WRONG_SETTINGS = {
    "unknown key": ("size: {defualt: 5}  #!", "unknown-key"),
    "no mapping": ("size: 5  #!", "wrong-type"),
    "new setting without a type": ("new: {about: A new one.}  #!", "missing-key"),
    "new setting without a description": ("new: {type: int}  #!", "missing-key"),
    "setting that ended in the base": ("ended: {type: int}  #!", "missing-key"),
    "new setting behind none": (NEW + "after: sizes}  #!", "unknown-after"),
    "new setting behind one that comes later": (
        NEW + "after: newer}  #!\nnewer: {about: Newer., type: int, after: size}",
        "unknown-after",
    ),
    "new setting that drops something": (NEW + "drop: [max]}  #!", "useless-key"),
    "setting that stays where it is": ("size: {after: kind}  #!", "useless-key"),
    "attribute dropped that is not there": ("size: {drop: [min]}  #!", "useless-drop"),
    "description without a full stop": ("size: {about: How large}  #!", "wrong-about"),
    "source not among sources": ("size: {source: rumour}  #!", "unknown-source"),
    "default of another type": ("size: {default: x}  #!", "wrong-type"),
    "default over the max of the base": ("size: {default: 9}  #!", "out-of-range"),
    "type that the default of the base does not fit": ("size: {type: boolean, drop: [max]}  #!", "wrong-type"),
    "shipped value that is no choice": ("kind: {shipped: c}  #!", "wrong-choice"),
    "min above the max of the base": ("size: {min: 9, default: 8, drop: [default]}  #!", "wrong-range"),
    "value of a patch that does not fit": ("size: {history: {shipped: {6.9.0: 9}}}  #!", "out-of-range"),
    "range upside down": (NEW + "since: 6.9.5, until: 6.9.4, reason: R.}  #!", "wrong-versions"),
    "since before the line": (NEW + "since: 6.8.65}  #!", "wrong-versions"),
    "until after the line": ("size: {until: 6.9.10, reason: R.}  #!", "wrong-versions"),
    "not in a patch of another line": ("size: {not_in: [6.8.1]}  #!", "wrong-versions"),
    "value of a patch of another line": ("size: {history: {default: {6.8.1: 3}}}  #!", "wrong-versions"),
    "until without a reason": ("size: {until: 6.9.3}  #!", "missing-key"),
    "needs what is not there": ("size: {needs: {kid: a}}  #!", "unknown-need"),
    "needs an impossible value": ("size: {needs: {kind: c}}  #!", "wrong-need"),
    "OpsCenter's name twice": ("size: {lcm: [size-of, size-of]}  #!", "duplicate-lcm"),
    "later in an unknown line": ('size: {later: {line: "9.0", reason: R.}}  #!', "unknown-line"),
    "later a setting that is not there": (
        'size: {later: {line: "7.0", reason: R., renamed_to: "z.yaml:prot"}}  #!',
        "unknown-rename",
    ),
    "renamed to what is not there": (
        'size: {until: 6.9.3, reason: R., renamed_to: "x.yaml:sizes"}  #!',
        "unknown-rename",
    ),
    "renamed to itself": ('size: {until: 6.9.3, reason: R., renamed_to: "x.yaml:size"}  #!', "rename-cycle"),
}  # fmt: skip


@pytest.mark.parametrize(("settings", "code"), WRONG_SETTINGS.values(), ids=WRONG_SETTINGS.keys())
def test_what_is_wrong_with_a_setting_is_found_at_its_line(settings: str, code: str) -> None:
    assert_one(part(settings), code)


WRONG_REMOVALS = {
    "no reason": ("size: {}  #!", "missing-key"),
    "unknown key": ("size: {reason: R., since: 6.9.1}  #!", "unknown-key"),
    "no such setting": ("sizes: {reason: R.}  #!", "unknown-setting"),
    "gone before": ("ended: {reason: R.}  #!", "unknown-setting"),
    "until after the line": ("size: {reason: R., until: 6.9.10}  #!", "wrong-versions"),
    "renamed to no address": ("size: {reason: R., renamed_to: sizes}  #!", "wrong-value"),
    "renamed to what is not there": ('size: {reason: R., renamed_to: "x.yaml:sizes"}  #!', "unknown-rename"),
    "renamed to what goes too": (
        'size: {reason: R., renamed_to: "y.yaml:prot"}  #!',
        "unknown-rename",
    ),
}


@pytest.mark.parametrize(("removed", "code"), WRONG_REMOVALS.values(), ids=WRONG_REMOVALS.keys())
def test_what_is_wrong_with_a_removal_is_found_at_its_line(removed: str, code: str) -> None:
    assert_one(part(removed=removed), code)


def test_a_setting_is_removed_or_set() -> None:
    assert_one(part("size: {default: 5}", "size: {reason: R.}  #!"), "removed-and-set")
    assert check(part("size: {default: 5}", "size: {reason: R., until: 6.9.3}")) == []


def test_a_rename_may_lead_to_a_later_line() -> None:
    assert check(part(removed='size: {reason: It moved., renamed_to: "z.yaml:port"}')) == []


def test_a_circle_of_renames_is_found_at_each_of_its_steps() -> None:
    found = check(
        part(
            removed="""\
size: {reason: R., until: 6.9.3, renamed_to: "x.yaml:kind"}
kind: {reason: R., until: 6.9.3, renamed_to: "x.yaml:size"}"""
        )
    )
    assert [one.code for one in found] == ["rename-cycle", "rename-cycle"]
    assert "x.yaml:size to x.yaml:kind to x.yaml:size" in found[0].message


def test_a_setting_of_the_base_that_lost_what_it_needs_is_found_at_the_file() -> None:
    text = part(removed="kind: {reason: It went.}").replace("x.yaml:\n", "x.yaml:  #!\n")
    assert_one(text, "unknown-need")
    assert check(text)[0].message.startswith("user needs kind")


def test_a_value_of_the_base_with_new_settings_below_it_is_found_at_the_file() -> None:
    text = part("kind.name: {about: Below it., type: int, after: kind}").replace("x.yaml:\n", "x.yaml:  #!\n")
    assert_one(text, "value-and-mapping")


def test_two_lines_that_cover_one_version_are_found() -> None:
    lines = {**LINES, "dse-6.9-old": a_line("dse", "6.9", first="6.9.9", last="6.9.12")}
    text = f"{HEAD}files: {{}}\n"
    assert [one.code for one in check_delta(a_document(text), lines, ())] == ["wrong-versions"]
    apart = {**LINES, "dse-6.9-old": a_line("dse", "6.9", first="6.9.10", last="6.9.12")}
    assert check_delta(a_document(text), apart, ()) == []
    other = {**LINES, "cassandra-6.9": a_line("cassandra", "6.9")}
    assert check_delta(a_document(text), other, ()) == []


def test_the_line_itself_may_be_among_the_lines() -> None:
    lines = {**LINES, "dse-6.9": a_line("dse", "6.9")}
    assert check_delta(a_document(f"{HEAD}files: {{}}\n"), lines, ()) == []


def test_all_mistakes_of_shape_are_reported_together() -> None:
    text = part("size: {defualt: 5}", "kind: {}", more="    mood: good\n").replace("last: 6.9.9", 'last: "6.9"')
    assert sorted(one.code for one in check(text)) == ["missing-key", "unknown-key", "unknown-key", "wrong-value"]


def test_a_misspelt_key_is_named() -> None:
    assert [one.remedy for one in check(part("size: {defualt: 5}"))] == ["did you mean default?"]
    assert [one.remedy for one in check(part(removed="sise: {reason: R.}"))] == ["did you mean size?"]
    assert [one.remedy for one in check(part("new: {about: A., type: int, after: sise}"))] == ["did you mean size?"]

"""Findings as text and as JSON."""

from __future__ import annotations

import json

from dseconf import reports
from dseconf.finding import Finding, Severity
from dseconf.setting import Origin

CONFLICT = Finding(
    "conflict",
    Severity.ERROR,
    "two layers disagree",
    (Origin("a.yaml", 1, 2), Origin("b.yaml", 3, 4)),
    "1 against 2",
    "decide",
    ("n1", "n2", "n3", "n4", "n5"),
)


def test_people_get_what_where_why_and_what_to_do() -> None:
    assert reports.report("human").write([CONFLICT]) == (
        "error[conflict]: two layers disagree\n"
        "  where: a.yaml:1:2, and b.yaml:3:4\n"
        "  nodes: n1, n2, n3 and 2 more\n"
        "  why:   1 against 2\n"
        "  do:    decide\n"
        "1 error\n"
    )


def test_the_last_line_counts_by_severity() -> None:
    warning = Finding("w", Severity.WARNING, "m")
    text = reports.report("human").write([CONFLICT, warning, Finding("x", Severity.WARNING, "n")])
    assert text.endswith("1 error, 2 warnings\n")


def test_nothing_found_is_no_text() -> None:
    assert reports.report("human").write([]) == ""


def test_programs_get_one_versioned_object() -> None:
    found = json.loads(reports.report("json").write([CONFLICT]))
    assert found["format"] == "dseconf.findings/1"
    (row,) = found["findings"]
    assert (row["path"], row["line"], row["column"]) == ("a.yaml", 1, 2)
    assert row["related"] == [{"path": "b.yaml", "line": 3, "column": 4}]
    assert row["nodes"] == ["n1", "n2", "n3", "n4", "n5"]


def test_every_report_is_found_by_listing() -> None:
    assert {reports.report(name).name for name in reports.names()} == set(reports.names())

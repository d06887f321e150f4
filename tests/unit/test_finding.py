"""Findings are values: sorted, united by cause."""

from __future__ import annotations

from dseconf.finding import Finding, Severity, in_order
from dseconf.setting import Origin


def a_finding(
    code: str = "code", severity: Severity = Severity.ERROR, line: int = 1, nodes: tuple[str, ...] = ()
) -> Finding:
    return Finding(code, severity, "message", (Origin("a.yaml", line, 1),), nodes=nodes)


def test_errors_stand_before_warnings_whatever_their_place() -> None:
    warning, error = a_finding(severity=Severity.WARNING, line=1), a_finding(line=9)
    assert in_order([warning, error]) == [error, warning]


def test_places_decide_among_equals() -> None:
    assert [finding.where[0].line for finding in in_order([a_finding(line=10), a_finding(line=9)])] == [9, 10]


def test_one_cause_on_many_nodes_is_one_finding() -> None:
    found = in_order([a_finding(nodes=("n1",)), a_finding(nodes=("n2",)), a_finding(nodes=("n1",))])
    assert found == [a_finding(nodes=("n1", "n2"))]


def test_other_places_are_other_causes() -> None:
    assert len(in_order([a_finding(line=1), a_finding(line=2)])) == 2


def test_a_finding_reads_as_place_severity_code_and_message() -> None:
    assert str(a_finding()) == "a.yaml:1:1: error[code]: message"

"""Findings for people at a terminal: what, where, why, what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from dseconf.finding import Finding, Severity
from dseconf.reports import Report

_NODES_SHOWN = 3


def write(findings: Iterable[Finding]) -> str:
    """The findings one under the other, and a line that counts them."""
    found = list(findings)
    if not found:
        return ""
    return "\n".join([*(_one(finding) for finding in found), _count(found)]) + "\n"


def _one(finding: Finding) -> str:
    lines = [f"{finding.severity.value}[{finding.code}]: {finding.message}"]
    if finding.where:
        lines.append("  where: " + ", and ".join(map(str, finding.where)))
    if finding.nodes:
        lines.append(f"  nodes: {_nodes(finding.nodes)}")
    if finding.why:
        lines.append(f"  why:   {finding.why}")
    if finding.remedy:
        lines.append(f"  do:    {finding.remedy}")
    return "\n".join(map(_visible, lines))


def _visible(line: str) -> str:
    """One line that stays one: names in it come from a pull request, and could draw on the terminal."""
    if line.isprintable():
        return line
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in line)


def _nodes(nodes: Sequence[str]) -> str:
    if len(nodes) <= _NODES_SHOWN:
        return ", ".join(nodes)
    return f"{', '.join(nodes[:_NODES_SHOWN])} and {len(nodes) - _NODES_SHOWN:,} more"


def _count(findings: Sequence[Finding]) -> str:
    counts = Counter(finding.severity for finding in findings)
    return ", ".join(_counted(counts[severity], severity) for severity in Severity if counts[severity])


def _counted(count: int, severity: Severity) -> str:
    plural = "s" if count > 1 and severity is not Severity.INFO else ""
    return f"{count:,} {severity.value}{plural}"


REPORT = Report(name="human", write=write)

"""Findings for programs: one JSON object, versioned by its ``format``."""

from __future__ import annotations

import json
from collections.abc import Iterable

from dseconf.finding import Finding
from dseconf.reports import Report
from dseconf.setting import Origin

FORMAT = "dseconf.findings/1"


def write(findings: Iterable[Finding]) -> str:
    """``{"format": ..., "findings": [...]}``; lines and columns count from 1, 0 is none."""
    return json.dumps({"format": FORMAT, "findings": list(map(finding_object, findings))}, indent=2) + "\n"


def finding_object(finding: Finding) -> dict[str, object]:
    """One finding: its first place at the top, the others under ``related``."""
    first = finding.where[0] if finding.where else Origin("")
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        **origin_object(first),
        "why": finding.why,
        "remedy": finding.remedy,
        "nodes": list(finding.nodes),
        "related": [origin_object(place) for place in finding.where[1:]],
    }


def origin_object(origin: Origin) -> dict[str, object]:
    """A place as path, line and column."""
    return {"path": origin.path, "line": origin.line, "column": origin.column}


REPORT = Report(name="json", write=write)

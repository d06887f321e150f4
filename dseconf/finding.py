"""Findings: what the operator should know, gathered as values and shown together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from dseconf.setting import Origin


class Severity(Enum):
    """How much a finding matters, in the words of the command line."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def weight(self) -> int:
        """Order of severities: 0 is the worst."""
        return tuple(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the operator should know: what, where, why, what to do.

    ``code`` is stable and in kebab case (``unknown-setting``). ``where`` names the
    place to edit first, then the other sides of the matter. ``why`` and ``remedy``
    may be empty where the message says it all; none of the texts ends with a period.
    """

    code: str
    severity: Severity
    message: str
    where: tuple[Origin, ...] = ()
    why: str = ""
    remedy: str = ""
    nodes: tuple[str, ...] = ()

    def __str__(self) -> str:
        place = f"{self.where[0]}: " if self.where else ""
        return f"{place}{self.severity.value}[{self.code}]: {self.message}"


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sort by severity, then place, then code, and drop repetitions.

    Findings alike but for their nodes are one cause: they become one finding with
    the nodes of all.
    """
    merged: dict[Finding, dict[str, None]] = {}
    for finding in findings:
        merged.setdefault(replace(finding, nodes=()), {}).update(dict.fromkeys(finding.nodes))
    return sorted((replace(one, nodes=tuple(nodes)) for one, nodes in merged.items()), key=_position)


def _position(finding: Finding) -> tuple[object, ...]:
    first = finding.where[0] if finding.where else Origin("")
    return (finding.severity.weight, first.path, first.line, first.column, finding.code, finding.message)

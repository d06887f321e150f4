"""Mistakes of one run, gathered so that all of them are reported together."""

from __future__ import annotations

from collections.abc import Sequence

from dseconf.errors import DseconfError
from dseconf.finding import Finding, Severity, in_order
from dseconf.setting import Origin


class Problems:
    """Findings in the making. What fails alike on many nodes becomes one finding."""

    def __init__(self, findings: Sequence[Finding] = ()) -> None:
        self.findings = list(findings)
        self._by_cause: dict[tuple[Origin, str], tuple[Finding, list[str]]] = {}

    @property
    def stop(self) -> bool:
        """Whether there is an error among the findings."""
        return bool(self._by_cause) or any(finding.severity is Severity.ERROR for finding in self.findings)

    def error(
        self, code: str, message: str, where: Origin | Sequence[Origin], *, why: str = "", remedy: str = ""
    ) -> None:
        """Note a mistake at one place, or at several with the one to edit first."""
        self.findings.append(Finding(code, Severity.ERROR, message, _places(where), why, remedy))

    def warning(
        self, code: str, message: str, where: Origin | Sequence[Origin], *, why: str = "", remedy: str = ""
    ) -> None:
        """Note what is odd and stops nobody."""
        self.findings.append(Finding(code, Severity.WARNING, message, _places(where), why, remedy))

    def on_node(self, node: str, finding: Finding) -> None:
        """Note what one line does on a node; the first message stands for all nodes of the line."""
        _, nodes = self._by_cause.setdefault((finding.where[0], finding.code), (finding, []))
        nodes.append(node)

    def sorted(self) -> tuple[Finding, ...]:
        """All findings in the order of reports."""
        shared = [
            Finding(found.code, found.severity, found.message, found.where, found.why, found.remedy, tuple(nodes))
            for found, nodes in self._by_cause.values()
        ]
        return tuple(in_order([*self.findings, *shared]))

    def raise_errors(self) -> None:
        """Stop the run where a mistake was found.

        Raises:
            DseconfError: with everything noted so far, warnings too.
        """
        if self.stop:
            raise DseconfError(*self.sorted())


def _places(where: Origin | Sequence[Origin]) -> tuple[Origin, ...]:
    return (where,) if isinstance(where, Origin) else tuple(where)

"""Errors that the operator can fix, and the four questions each one answers."""

from __future__ import annotations

from collections.abc import Sequence

from dseconf.finding import Finding, Severity
from dseconf.setting import Origin


class DseconfError(Exception):
    """The run stops, and the operator can fix it.

    Carries one finding or many; ``cli`` prints them all and exits with 2. Anything
    else that reaches ``cli`` is a bug of ours.
    """

    def __init__(self, *findings: Finding) -> None:
        super().__init__("; ".join(str(finding) for finding in findings))
        self.findings = findings


class InputError(DseconfError):
    """What the user gave us cannot be used: a file, a flag, a value."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        where: Origin | Sequence[Origin] = (),
        why: str = "",
        remedy: str = "",
    ) -> None:
        places = (where,) if isinstance(where, Origin) else tuple(where)
        super().__init__(Finding(code, Severity.ERROR, message, places, why, remedy))

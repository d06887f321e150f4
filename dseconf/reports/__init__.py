"""How results are shown: one module here is one form, and ends in ``REPORT``.

Reports only say what they are given. Values are masked before they come here.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dseconf.finding import Finding


@dataclass(frozen=True, slots=True)
class Report:
    """One form of output for findings; ``write`` gives the whole text."""

    name: str
    write: Callable[[Iterable[Finding]], str]


def names() -> tuple[str, ...]:
    """The forms there are, found by listing this folder."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def report(name: str) -> Report:
    """One form by its name."""
    found: Report = importlib.import_module(f"{__name__}.{name}").REPORT
    return found

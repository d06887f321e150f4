"""Commands: what ``dseconf NAME`` does.

One module here is one command; it ends in ``COMMAND``. ``cli`` finds the modules by
listing this folder, and imports the one that is asked for alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """One command of the command line.

    Attributes:
        name: as it is typed.
        summary: one line for ``dseconf --help``.
        configure: adds the command's own arguments to its parser; ``-C`` and
            ``--format`` are there already.
        run: does the work and returns the exit code. Results go to stdout, talk to stderr.
    """

    name: str
    summary: str
    configure: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


__all__ = ["Command"]

"""The command line: finds the command, runs it, and turns errors into exit codes.

Exit codes: 0 clean, 1 findings or a difference, 2 usage or input, 3 our bug, 130
interrupted. Results go to stdout, talk to stderr.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from dseconf import __version__, commands, reports
from dseconf.commands import Command
from dseconf.errors import DseconfError, InputError
from dseconf.finding import in_order

EXIT_INPUT = 2
EXIT_BUG = 3
EXIT_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    # Nearly all that a run makes lives to its end: the collector would only look at it again and again.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _run(words)
    finally:
        if collecting:
            gc.enable()


def _run(words: list[str]) -> int:
    form = "human"
    try:
        options = _parser(words).parse_args(words)
        form = options.format
        return int(options.run(options))
    except DseconfError as error:
        sys.stderr.write(reports.report(form).write(in_order(error.findings)))
        return EXIT_INPUT
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe has gone; what it took was right. Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001  # the one place that catches everything
        return _our_bug(error)


def _our_bug(error: Exception) -> int:
    """Say where it happened. What the error says stays out: it may quote a value, and a value may be a secret."""
    import traceback  # noqa: PLC0415  # only when all else failed

    sys.stderr.write("".join(traceback.format_tb(error.__traceback__)))
    sys.stderr.write(f"{type(error).__name__}\n")
    sys.stderr.write(f"this is a bug of dseconf {__version__}: please report it with the lines above\n")
    return EXIT_BUG


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """The parser for the command that ``words`` name, or for all of them when they name none.

    A command's module is imported when it is needed: a hook must start fast.
    """
    about = "Compile, check and explain the configuration of DSE and Cassandra fleets."
    parser = _Parser(prog="dseconf", description=about)
    parser.add_argument("--version", action="version", version=f"dseconf {__version__}")
    _add_directory(parser, Path())
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    names = [module.name for module in pkgutil.iter_modules(commands.__path__)]
    # The word after -C is a folder, whatever it is called.
    named = [word for before, word in zip(["", *words], words, strict=False) if word in names and before != "-C"][:1]
    for name in named or ([] if words[:1] == ["--version"] else names):
        _add(subparsers, importlib.import_module(f"{commands.__name__}.{name}").COMMAND)
    return parser


def _add(subparsers: argparse._SubParsersAction[_Parser], command: Command) -> None:
    own = subparsers.add_parser(command.name, help=command.summary, description=command.summary)
    _add_directory(own, argparse.SUPPRESS)
    own.add_argument("--format", choices=("human", "json"), default="human", help="form of the output (default: human)")
    command.configure(own)
    own.set_defaults(run=command.run)


def _add_directory(parser: argparse.ArgumentParser, default: object) -> None:
    about = "run as if started in DIR"
    parser.add_argument("-C", dest="directory", metavar="DIR", type=Path, default=default, help=about)


class _Parser(argparse.ArgumentParser):
    """Errors of usage in the form of all others."""

    def error(self, message: str) -> NoReturn:
        remedy = f"see `{self.prog} --help`"
        raise InputError("usage", message, remedy=remedy)


if __name__ == "__main__":
    sys.exit(main())

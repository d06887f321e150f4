"""Options of the test run."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# A busy machine is no mistake of the code; and CI judges the change, not the dice.
settings.register_profile("people", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI", "").lower() in ("true", "1") else "people")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite golden/*/expected; the cases rewritten fail once"
    )
    parser.addoption("--slow", action="store_true", help="run the tests that take more than a few seconds too")
    parser.addoption("--real", action="store_true", help="run the tests with real parts (JVM, Spark, shellcheck) too")


def pytest_configure(config: pytest.Config) -> None:
    # A run that accepts whatever comes out must never be the run that judges it.
    if config.getoption("--update-golden") and os.environ.get("CI", "").lower() in ("true", "1"):
        raise pytest.UsageError("--update-golden never runs with CI=true: update by hand, and read the difference")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    reasons = {"slow": "takes more than a few seconds: give --slow", "real": "needs real parts: give --real"}
    for marker, reason in reasons.items():
        for item in items if not config.getoption(f"--{marker}") else ():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))

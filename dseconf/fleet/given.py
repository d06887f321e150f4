"""Facts as given: a value at a place, or a pattern that each node turns into its own value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dseconf.expression import Expression, ExpressionError, evaluate, parse_expression
from dseconf.finding import Finding, Severity
from dseconf.fleet.facts import reader_of
from dseconf.fleet.names import number_in
from dseconf.fleet.node import FactValue, Install, as_seen, missing_fact
from dseconf.fleet.reading import FactError
from dseconf.quantity import QuantityError
from dseconf.secret import sounds_secret
from dseconf.setting import Origin, Plain, Value


@dataclass(frozen=True, slots=True)
class Given:
    """A fact as one line gives it.

    ``value`` is None where a ``pattern`` makes it for each node, and where it is wrong.
    """

    origin: Origin
    value: FactValue = None
    pattern: Value = None


def give(name: str, value: Plain, origin: Origin, dimensions: tuple[str, ...]) -> Given:
    """Read what a line says of a fact.

    Raises:
        FactError: the fact cannot have the value.
        ExpressionError: an expression inside the value is wrong.
    """
    try:
        if _has_expression(value):
            return Given(origin, pattern=_parsed(value))
        return Given(origin, value=reader_of(name, dimensions)(value))
    except (FactError, ExpressionError) as error:
        if sounds_secret(name):
            raise _untold(name, error.code) from error
        raise


def _untold(name: str, code: str) -> FactError:
    """The error for a value that may be a secret: its message does not quote it."""
    return FactError(code, f"the value of {name} cannot be used", "correct it; it is not shown, as it may be a secret")


def _has_expression(value: Plain) -> bool:
    match value:
        case str():
            return "{{" in value or "{%" in value
        case list():
            return any(_has_expression(item) for item in value)
        case dict():
            return any(_has_expression(item) for item in value.values())
        case _:
            return False


def _parsed(value: Plain) -> Value:
    match value:
        case str() if _has_expression(value):
            return parse_expression(value)
        case list():
            return [_parsed(item) for item in value]
        case dict():
            return {key: _parsed(item) for key, item in value.items()}
        case _:
            return value


# What a node is where fleet.yaml says nothing; the same as the defaults of `Node`.
_DEFAULTS: Final[Mapping[str, FactValue]] = {
    "workload": ("cassandra",), "install": Install(), "state": "normal", "seed": False,
}  # fmt: skip


class _FailedFactError(ExpressionError):
    """A fact that another one reads is wrong itself, which is reported where it stands."""


@dataclass(frozen=True, slots=True)
class SharedFacts:
    """What the nodes of one range have in common: values, and patterns for the rest."""

    values: Mapping[str, FactValue]
    patterns: Mapping[str, Given]


def share(placed: Mapping[str, FactValue], given: Mapping[str, Given]) -> SharedFacts:
    """Part what is given into values and patterns, on top of the place and the defaults."""
    values = {name: one.value for name, one in given.items() if one.pattern is None}
    patterns = {name: one for name, one in given.items() if one.pattern is not None}
    return SharedFacts({**_DEFAULTS, **placed, **values}, patterns)


class NodeFacts:
    """The facts of one node while patterns become values; what expressions read from."""

    def __init__(self, name: str, shared: SharedFacts, dimensions: tuple[str, ...]) -> None:
        self.values: dict[str, FactValue] = {**shared.values, "name": name, "number": number_in(name)}
        self.findings: list[Finding] = []
        self._name = name
        self._dimensions = dimensions
        self._patterns = dict(shared.patterns)
        self._open: list[str] = []

    def fill(self) -> None:
        """Evaluate every pattern; what goes wrong is in ``findings``."""
        while self._patterns:
            self._evaluate(next(iter(self._patterns)))

    def fact(self, name: str) -> Plain:
        """A fact as expressions see it, evaluated first where it is a pattern."""
        if name in self._open:
            chain = " -> ".join([*self._open[self._open.index(name) :], name])
            raise ExpressionError("cycle", f"facts read each other: {chain}", "write one of them without an expression")
        if name in self._patterns:
            self._evaluate(name)
        if name not in self.values:
            raise missing_fact(self._name, name)
        value = as_seen(self.values[name])
        if value is None:
            raise (
                _FailedFactError("failed-fact", f"fact {name!r} is wrong")
                if name != "number"
                else missing_fact(self._name, name)
            )
        return value

    def setting(self, address: str) -> Plain:
        """Refuse: settings are made from facts."""
        raise ExpressionError(
            "setting-in-fact", f"a fact cannot read the setting {address!r}", "write the value, or read other facts"
        )

    def _evaluate(self, name: str) -> None:
        given = self._patterns.pop(name)
        self.values[name] = None
        self._open.append(name)
        try:
            self.values[name] = reader_of(name, self._dimensions)(self._value(given.pattern))
        except _FailedFactError:
            pass
        except (FactError, ExpressionError, QuantityError) as error:
            error = _untold(name, error.code) if sounds_secret(name) else error
            self.findings.append(Finding(error.code, Severity.ERROR, error.message, (given.origin,), "", error.remedy))
        finally:
            self._open.pop()

    def _value(self, pattern: Value) -> Plain:
        match pattern:
            case Expression():
                return evaluate(pattern, self)
            case list():
                return [self._value(item) for item in pattern]
            case dict():
                return {key: self._value(item) for key, item in pattern.items()}
            case _:
                return pattern

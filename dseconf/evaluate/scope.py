"""What expressions may read, and their evaluation when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from dseconf.catalog import UNKNOWN, ProductView
from dseconf.expression import Expression, ExpressionError, MissingFact, evaluate
from dseconf.finding import Finding, Severity
from dseconf.fleet import Node
from dseconf.setting import Origin, Plain, Setting, Value
from dseconf.validate import ValueProblem, as_operand, check_value, is_hidden

Address: TypeAlias = tuple[str, str]
"""FILE and KEY."""

Settings: TypeAlias = Mapping[str, Mapping[str, Setting]]


class Absent:
    """The key is left out of the file."""

    def __repr__(self) -> str:
        return "absent"


ABSENT: Final = Absent()

MAX_MEMBERS = 100_000  # values that the expressions of one node may make
MAX_STEPS = 20  # settings that read settings; each may nest as deep as an expression goes


# What is said of an expression that may hold a secret.
_UNTOLD = "its expression cannot be used"
_UNTOLD_REMEDY = "write !secret NAME, or correct the expression"


class CycleError(ExpressionError):
    """Settings that read each other in a circle, told where the circle begins."""

    def __init__(self, circle: Sequence[Address]) -> None:
        path = " > ".join(":".join(address) for address in (*circle, circle[0]))
        message = f"settings read each other in a circle: {path}"
        super().__init__("cycle", message, "give one of them a value of its own")
        self.start = circle[0]


class _FollowsError(ExpressionError):
    """A setting that is read has failed, which is told there."""


@dataclass(slots=True)
class Evaluation:
    """What expressions of one node, or of a group, may read. Values are evaluated when asked for.

    ``known`` are the values of the group that a node does not change, and ``failed`` the
    settings whose expressions came to nothing; each is told once in ``findings``.
    """

    view: ProductView
    settings: Settings
    node: Node | None
    own: Settings
    known: Mapping[str, Mapping[str, Plain]] = field(default_factory=dict)
    label: str = ""
    findings: list[Finding] = field(default_factory=list)
    done: dict[Address, Plain | Absent] = field(default_factory=dict)
    failed: set[Address] = field(default_factory=set)
    running: list[Address] = field(default_factory=list)
    members: int = 0

    def fact(self, name: str) -> Plain:
        """A fact of the node, for expressions."""
        if self.node is None:
            raise AssertionError(f"fact {name} read for a group")
        try:
            return self.node.fact(name)
        except MissingFact as error:
            # The finding names its nodes beside the message, so that many nodes make one finding.
            raise MissingFact(f"there is no fact {name!r}", error.remedy) from error

    def setting(self, address: str) -> Plain:
        """The value of another setting with its unit, for expressions; its default where it is left out."""
        file, key = self.view.place(address) or (None, "")
        spec = self.view.setting(file, key) if file is not None else None
        if file is None or spec is None:
            remedy = "`dseconf catalog settings` lists them"
            raise ExpressionError("unknown-setting", f"{self.view.text} has no setting {address}", remedy)
        value = self.value(file.name, key)
        if (file.name, key) in self.failed:
            raise _FollowsError("follows", f"{address} has failed")
        if not isinstance(value, Absent):
            return as_operand(spec, value)
        if spec.default is UNKNOWN:
            remedy = "set it in a layer, or give a default: setting(...) | default(...)"
            raise MissingFact(f"{address} has no value", remedy)
        return as_operand(spec, spec.default)

    def value(self, file: str, key: str) -> Plain | Absent:
        """The value of a setting of this node; ABSENT where it is left out or failed."""
        own = self.own.get(file, {}).get(key)
        address = (file, key)
        if own is None and address not in self.done and self._is_shared(address):
            return self.known[file][key]
        if address not in self.done:
            setting = own or self.settings.get(file, {}).get(key)
            value = ABSENT if setting is None or not setting.present else self._evaluated(address, setting)
            self.done[address] = value
        return self.done[address]

    def _is_shared(self, address: Address) -> bool:
        """Whether the group's value is this node's too, whatever is the node's own."""
        if address[1] not in self.known.get(address[0], ()):
            return False
        setting = self.settings.get(address[0], {}).get(address[1])
        return not self.own or setting is None or not is_dynamic(setting.value)

    def _evaluated(self, address: Address, setting: Setting) -> Plain | Absent:
        if not is_dynamic(setting.value):
            return setting.value  # type: ignore[return-value]  # nothing dynamic is left in it
        self._check_way(address)
        self.running.append(address)
        try:
            return self._checked(address, self._plain(setting.value))
        except CycleError as error:
            if address != error.start:
                raise
            self._found(error.code, str(error), setting.chosen.place, "", error.remedy)
        except _FollowsError:
            pass
        except ExpressionError as error:
            said, remedy = (_UNTOLD, _UNTOLD_REMEDY) if self._is_hidden(address) else (str(error), error.remedy)
            place = setting.edits[-1].place if setting.edits else setting.chosen.place
            self._found(error.code, f"{':'.join(address)}: {said}", place, "", remedy)
        except ValueProblem as problem:
            why = problem.why if self._is_hidden(address) else _after(problem.why, setting.value)
            self._found(problem.code, problem.message, setting.chosen.place, why, problem.remedy)
        finally:
            self.running.pop()
        self.failed.add(address)
        return ABSENT

    def _is_hidden(self, address: Address) -> bool:
        """Whether what an expression says may be a secret itself."""
        file = self.view.file(address[0])
        return file is None or is_hidden(file, address[1], self.view)

    def _check_way(self, address: Address) -> None:
        """Stop at a circle, and at a way so long that Python would stop us."""
        if address in self.running:
            raise CycleError(self.running[self.running.index(address) :])
        if len(self.running) >= MAX_STEPS:
            message = f"settings read each other over more than {MAX_STEPS} steps"
            raise ExpressionError("expression-too-deep", message, "read the first of them directly")

    def _plain(self, value: Value) -> Plain:
        if isinstance(value, Expression):
            return self._bounded(evaluate(value, self))
        if isinstance(value, list):
            return [self._plain(item) for item in value]
        if isinstance(value, dict):
            return {key: self._plain(item) for key, item in value.items()}
        return value

    def _bounded(self, value: Plain) -> Plain:
        """A list of settings that are lists of settings doubles with every step: it ends here."""
        self.members += _size(value)
        if self.members > MAX_MEMBERS:
            message = f"expressions make more than {MAX_MEMBERS:,} values"
            raise ExpressionError("expression-too-large", message, "write fewer or shorter lists")
        return value

    def _checked(self, address: Address, value: Plain) -> Plain:
        file = self.view.file(address[0])
        spec = self.view.setting(file, address[1]) if file is not None else None
        if file is None or spec is None:
            return value
        members = file.members(spec.key) if isinstance(value, list) else None
        return check_value(spec, value, members)  # type: ignore[return-value]  # plain in, plain out

    def _found(self, code: str, message: str, place: Origin, why: str, remedy: str) -> None:
        nodes = (self.label,) if self.label else ()
        self.findings.append(Finding(code, Severity.ERROR, message, (place,), why, remedy, nodes))


def _size(value: Plain) -> int:
    """How many scalars a value holds; text counts by its length."""
    if isinstance(value, list):
        return 1 + sum(map(_size, value))
    if isinstance(value, dict):
        return 1 + sum(map(_size, value.values()))
    return 1 + len(value) // 100 if isinstance(value, str) else 1


def _after(why: str, value: Value) -> str:
    if not isinstance(value, Expression):
        return why
    return f"{why}, by {value.text}" if why else f"by {value.text}"


def expressions_in(value: Value) -> Iterator[Expression]:
    """Every expression inside a value."""
    if isinstance(value, Expression):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from expressions_in(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from expressions_in(item)


def split_address(address: str) -> Address:
    """``FILE:KEY`` in its two parts, at the first colon."""
    file, _, key = address.partition(":")
    return file, key


def is_dynamic(value: Value) -> bool:
    """Whether there is an expression in a value."""
    return isinstance(value, (Expression, list, dict)) and any(True for _ in expressions_in(value))

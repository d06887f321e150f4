"""Values with their origins: what a layer line says, and what won over what.

Everything later in the pipeline is built from these values, and whoever makes a
value from others passes the origins on: every byte written can be traced back to
the line that caused it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, TypeAlias, Union

from dseconf.quantity import Quantity

if TYPE_CHECKING:
    from dseconf.expression import Expression

Plain: TypeAlias = Union[bool, int, float, str, Quantity, "Secret", "list[Plain]", "dict[str, Plain]", None]
"""A value ready to be written to a file."""

Value: TypeAlias = Union[Plain, "Expression", "list[Value]", "dict[str, Value]"]
"""A value as a layer says it: plain, or with expressions inside."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A place in a file that the user can open.

    ``path`` is relative to the fleet repository, or begins with ``shipped:`` for the
    profiles that come with dseconf. ``line`` and ``column`` count from 1; a line of 0
    means the file as a whole.
    """

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path


@dataclass(frozen=True, slots=True)
class Secret:
    """A reference to a secret; its value is known on the node alone."""

    name: str

    def __str__(self) -> str:
        return f"!secret {self.name}"


class Strength(IntEnum):
    """How strongly a line insists; a stronger line wins whatever its rank."""

    DEFAULT = 0
    PLAIN = 1
    FORCE = 2


class Operation(IntEnum):
    """What a line does to the value that lies below it."""

    SET = 0
    UNSET = 1
    APPEND = 2
    PREPEND = 3
    REMOVE = 4

    @property
    def edits(self) -> bool:
        """True for the operations that change a list and keep the rest of it."""
        return self >= Operation.APPEND


@dataclass(frozen=True, slots=True)
class Definition:
    """What one line of one layer says about one setting.

    ``origin`` is the place of the key, ``value_origin`` that of the value where the two
    are known apart.
    """

    key: str
    value: Value
    origin: Origin
    operation: Operation = Operation.SET
    strength: Strength = Strength.PLAIN
    value_origin: Origin | None = None

    @property
    def place(self) -> Origin:
        """Where the value stands."""
        return self.value_origin or self.origin


@dataclass(frozen=True, slots=True)
class Setting:
    """The winning definition of a setting, with every definition it beat.

    ``value`` is what the layers add up to, before expressions are evaluated. It is the
    value of ``chosen`` except where list edits lie on top of it, which ``edits`` names
    from the first applied to the last. ``chosen`` is an unset when the key is to be
    left out. ``overridden`` is ordered from the strongest loser to the weakest.
    """

    chosen: Definition
    value: Value
    overridden: tuple[Definition, ...] = ()
    edits: tuple[Definition, ...] = ()

    @property
    def present(self) -> bool:
        """Whether the key is written at all."""
        return self.chosen.operation is not Operation.UNSET or bool(self.edits)

    @property
    def origin(self) -> Origin:
        """The line that decides: the last edit, else the chosen definition."""
        return self.edits[-1].origin if self.edits else self.chosen.origin

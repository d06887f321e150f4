"""Ranges of node names: ``eu-[01:08]`` stands for eight nodes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

MAX_NODES = 100_000  # of one fleet

_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_BOUNDS = re.compile(r"([0-9]{1,12}):([0-9]{1,12})")


class RangeError(ValueError):
    """A range that stands for no names, or for too many."""

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy


def expand(text: str, limit: int = MAX_NODES) -> Iterator[str]:
    """List the names that a range stands for; a name without brackets stands for itself.

    Both ends are included and leading zeros kept. Of several brackets the last counts
    fastest.

    Raises:
        RangeError: wrong-range, or range-too-large for more names than ``limit``.
    """
    fixed_and_bounds = _BRACKETS.split(text)
    fixed, bounds = fixed_and_bounds[::2], fixed_and_bounds[1::2]
    if any(bracket in part for part in fixed for bracket in "[]"):
        raise RangeError("wrong-range", f"a bracket has no partner in {_shown(text)}", "write it as eu-[01:08]")
    numbers = [_numbers(part, text) for part in bounds]
    total = 1
    for span in (*(span for span, _ in numbers), range(1)):
        total *= len(span)
        if total > limit:
            message = f"with {_shown(text)} the fleet has more than {MAX_NODES:,} nodes"
            raise RangeError("range-too-large", message, "check the bounds, or split the fleet")
    spelt = ([f"{number:0{width}d}" for number in span] for span, width in numbers)
    return (_weave(fixed, chosen) for chosen in itertools.product(*spelt))


def _weave(fixed: list[str], chosen: tuple[str, ...]) -> str:
    return fixed[0] + "".join(number + rest for number, rest in zip(chosen, fixed[1:], strict=True))


def _numbers(part: str, text: str) -> tuple[range, int]:
    """The numbers between two bounds, and the width that leading zeros ask for."""
    found = _BOUNDS.fullmatch(part)
    if found is None:
        raise RangeError(
            "wrong-range", f"[{part[:40]}] is no range", "write the first and the last number, as in eu-[01:08]"
        )
    first, last = found.groups()
    if len(first) != len(last) and (_padded(first) or _padded(last)):
        wide = max(len(first), len(last))
        raise RangeError(
            "wrong-range", f"the ends of [{part}] differ in width", f"write [{first:0>{wide}}:{last:0>{wide}}]"
        )
    if int(first) > int(last):
        raise RangeError("wrong-range", f"the range in {_shown(text)} is upside down", f"write [{last}:{first}]")
    return range(int(first), int(last) + 1), len(first) if _padded(first) else 0


def _padded(number: str) -> bool:
    return len(number) > 1 and number.startswith("0")


def _shown(text: str) -> str:
    return repr(text if len(text) <= 80 else f"{text[:80]}...")

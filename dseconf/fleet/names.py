"""Names of the fleet: which are safe as file and folder names, and which is nearest to a typo."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable
from functools import lru_cache

MAX_NAME = 200

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]*")
_NUMBER = re.compile(r"([0-9]+)[^0-9]*\Z")

NAME_RULE = (
    "names become files and folders: they begin with a letter or digit, and have letters, digits and . _ - without .."
)
SAFE_REMEDY = "use letters, digits and . _ -"


def safe_name(name: str) -> bool:
    """Whether a name can become a file or folder name wherever dseconf writes one."""
    return _SAFE.fullmatch(name) is not None and ".." not in name and len(name) <= MAX_NAME


def attribute_name(name: str) -> bool:
    """Whether a name can be read as ``node.NAME`` in an expression."""
    return _ATTRIBUTE.fullmatch(name) is not None and len(name) <= MAX_NAME


def number_in(name: str) -> int | None:
    """The last number in a name, leading zeros or not."""
    found = _NUMBER.search(name)
    return int(found[1]) if found else None


def quoted(text: str) -> str:
    """The text in quotes, cut where it is too long to read."""
    return repr(text) if len(text) <= MAX_NAME else f"{text[:40]!r}..."


def nearest(name: str, known: Iterable[str]) -> str:
    """The remedy for a misspelt name: the nearest known one, else a few to choose from."""
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1) if len(name) <= MAX_NAME else []
    if near:
        return f"did you mean {near[0]!r}?"
    return (
        f"known are {', '.join(names[:8])}{', ...' if len(names) > 8 else ''}"
        if names
        else "there is none to choose from"
    )


# `native_transport_port` is a name of its own beside `native_transport_address`: 0.80.
_ALIKE = 0.81


@lru_cache(maxsize=1024)
def misspelt(name: str, known: tuple[str, ...]) -> str | None:
    """The known name that a new name is too like to be meant as a name of its own."""
    if len(name) > MAX_NAME:
        return None
    near = [word for word in known if _one_or_two_edits(name, word)]
    return next(iter(difflib.get_close_matches(name, near or known, n=1, cutoff=0.0 if near else _ALIKE)), None)


def _one_or_two_edits(name: str, word: str) -> bool:
    # Two changes to five letters make another word: `spare` is no misspelt `state`.
    allowed = 1 if min(len(name), len(word)) <= 5 else 2
    return abs(len(name) - len(word)) <= allowed and _edits(name, word) <= allowed


def _edits(left: str, right: str) -> int:
    """Count letters to insert, delete, replace or swap with the next."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, letter in enumerate(left):
        older, before, row = before, row, [i + 1]
        for j, other in enumerate(right):
            cost = min(before[j] + (letter != other), before[j + 1] + 1, row[j] + 1)
            if i and j and letter == right[j - 1] and left[i - 1] == other:
                cost = min(cost, older[j - 1] + 1)
            row.append(cost)
    return row[-1]


def unsafe(kind: str, name: str) -> str:
    """The message for a name that is not safe."""
    return f"the {kind} name {quoted(name)} cannot be used"


def joined(names: Collection[str], last: str = "or") -> str:
    """Names as a reader lists them: a, b or c."""
    *head, tail = names
    return f"{', '.join(head)} {last} {tail}" if head else tail

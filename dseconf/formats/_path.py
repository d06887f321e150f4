"""Dotted paths: the keys of settings in nested files.

Steps are joined by dots (``a.b.c``). A step that holds a dot, a bracket or a quote, or
nothing, is written as it is in brackets and quotes: ``hosts["a.b"].port``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from dseconf.formats import FormatError

_PLAIN = re.compile(r'[^.\[\]"]+')
_STEP = re.compile(r'\.?(?P<plain>[^.\[\]"]+)|\.?\["(?P<quoted>.*?)"\](?=[.\[]|\Z)', re.DOTALL)


def join_path(steps: Iterable[str]) -> str:
    """The dotted path of a setting from the keys of the mappings that it lies in."""
    return "".join(f".{step}" if _PLAIN.fullmatch(step) else f'["{step}"]' for step in steps).removeprefix(".")


@lru_cache(maxsize=65_536)
def split_path(path: str) -> tuple[str, ...]:
    """The keys, from the outermost mapping inwards, that a dotted path names."""
    if _PLAIN.fullmatch(path):
        return (path,)
    steps: list[str] = []
    position = 0
    while step := _STEP.match(path, position):
        dotted = path.startswith(".", position)
        if dotted != bool(steps) and (dotted or step["quoted"] is None):
            break
        steps.append(step["quoted"] if step["plain"] is None else step["plain"])
        position = step.end()
    if position < len(path) or not path:
        raise FormatError(f"{path!r} is no dotted path", 'write a.b.c, and ["a.b"] for a key that holds a dot')
    return tuple(steps)

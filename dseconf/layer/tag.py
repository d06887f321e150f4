"""Tags: what a line does to the value below it, and how strongly it insists."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from dseconf.errors import InputError
from dseconf.setting import Operation, Strength

TAGS = ("!append", "!prepend", "!remove", "!unset", "!force", "!default", "!secret")

_OPERATIONS = {
    "append": Operation.APPEND,
    "prepend": Operation.PREPEND,
    "remove": Operation.REMOVE,
    "unset": Operation.UNSET,
}
_STRENGTHS = {"force": Strength.FORCE, "default": Strength.DEFAULT}


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag in its parts."""

    operation: Operation = Operation.SET
    strength: Strength | None = None
    secret: bool = False


NO_TAG = Tag()


@cache
def read_tag(text: str) -> Tag:
    """``!append.force`` in its parts; at most one operation and one strength.

    A wrong tag is not quoted: it may be an unquoted password that begins with ``!``.

    Raises:
        InputError: unknown-tag, wrong-tag-use.
    """
    import difflib  # noqa: PLC0415  # only a wrong tag needs it

    words = text.removeprefix("!").split(".")
    operations = [word for word in words if word in _OPERATIONS or word == "secret"]
    strengths = [word for word in words if word in _STRENGTHS]
    if len(operations) + len(strengths) != len(words):
        near = difflib.get_close_matches(text, TAGS, n=1)
        known = f"tags are {', '.join(TAGS)}; quote a text that begins with !"
        remedy = f"did you mean {near[0]}?" if near else known
        raise InputError("unknown-tag", "there is no such tag", remedy=remedy)
    if len(operations) > 1 or len(strengths) > 1:
        remedy = "keep one, with .force or .default behind it"
        raise InputError("wrong-tag-use", f"{text} says two things at once", remedy=remedy)
    operation = _OPERATIONS.get(operations[0], Operation.SET) if operations else Operation.SET
    return Tag(operation, _STRENGTHS[strengths[0]] if strengths else None, operations == ["secret"])

"""File templates: a layout rendered once per set of keys and cut into parts.

A template sees which keys are present, never a value, so its result serves every node
with the same keys. What it can say:

``slot(KEY)``           the encoded value of a setting
``switch(KEY, A, B)``   the text A when the setting is true and B when it is false
``has(KEY)``            whether the setting is present
``keys(PATTERN)``       the present keys that match, in order; ``*`` stands for any text
``tail(key, PREFIX)``   what a key has behind a prefix, escaped for the format
``settings()``          all settings that have no place of their own, in the format's lines

Templates are ours and trusted; keys may come from users. A key that a template prints
is escaped for the format. Text that a template makes of keys by itself (``key[5:]``) is
printed only when no reader can take its characters for anything but text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from dseconf.formats import Entry, FormatError, Part, Slot
from dseconf.formats._scalar import checked
from dseconf.setting import Plain

if TYPE_CHECKING:
    import jinja2

WORD = ("word",)
"""The shape of a slot inside the text of a template: one scalar and nothing around it."""

_MARKER = re.compile(r"\0(\d+)\0")
_HARMLESS = re.compile(r"[A-Za-z0-9_.:/@+-]*")


@dataclass(frozen=True, slots=True)
class Dialect:
    """What templates need to know of a format.

    ``lines`` lays out settings in the format's own line form. ``escape`` writes a piece
    of a key where a value could stand. ``name`` writes a whole key where a name stands, if
    the format has names that look different from its values.
    """

    lines: Callable[[Sequence[Entry]], tuple[Part, ...]]
    escape: Callable[[str], str]
    name: Callable[[str], str] | None = None


def arrange(entries: Sequence[Entry], template: str | None, dialect: Dialect) -> tuple[Part, ...]:
    """Lay out a file: the template where there is one, else the lines of the format.

    Raises:
        FormatError: a setting has no place in the template, or a key can not be written.
    """
    for entry in entries:
        checked(entry.key)
    if template is None:
        return join_parts(dialect.lines(entries))
    compiled, constants = _compiled(template)
    page = _Page({entry.key: entry for entry in entries}, dialect, constants)
    text = compiled.render(page=page, slot=page.slot, switch=page.switch, has=page.has, keys=page.keys,
                           tail=page.tail, settings=page.settings)  # fmt: skip
    return join_parts(page.cut(text))


def no_lines(entries: Sequence[Entry]) -> tuple[Part, ...]:
    """The ``lines`` of a format whose files are more than a list of settings."""
    if entries:
        raise FormatError(f"the file has no place for {entries[0].key}", "give it a place in the file's template")
    return ()


def switched(slot: Slot, value: Plain) -> str | None:
    """The text that a ``switch`` stands for; None when the slot is no switch."""
    if slot.shape[:1] != ("switch",):
        return None
    if not isinstance(value, bool):
        raise FormatError(f"{slot.key} switches a part of the file on or off", "write true or false")
    return str(slot.shape[1] if value else slot.shape[2])


def join_parts(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The same file with no empty text and no two texts side by side."""
    joined: list[Part] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part:
            joined.append(part)
    return tuple(joined)


class _Text(str):
    """Text that is ready for the file; everything else a template prints is looked at."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


class _Key(str):
    """A present key; what is cut out of it is an ordinary text again."""

    __slots__ = ()


@dataclass(slots=True)
class _Page:
    """One rendering: hands out markers, then cuts the text at them."""

    entries: dict[str, Entry]
    dialect: Dialect
    constants: frozenset[str]
    places: list[Slot | None] = field(default_factory=list)  # None is the place of settings()

    def slot(self, key: str) -> _Text:
        return self._mark(Slot(self._present(key), WORD))

    def switch(self, key: str, when_true: str, when_false: str) -> _Text:
        return self._mark(Slot(self._present(key), ("switch", str(when_true), str(when_false))))

    def has(self, key: str) -> bool:
        return key in self.entries

    def keys(self, pattern: str) -> list[_Key]:
        matches = re.compile(".+".join(re.escape(text) for text in pattern.split("*")), re.DOTALL).fullmatch
        return [_Key(key) for key in self.entries if matches(key)]

    def tail(self, key: str, prefix: str) -> _Text:
        return self._checked(self.dialect.escape(key.removeprefix(prefix)))

    def settings(self) -> _Text:
        return self._mark(None)

    def printed(self, value: object) -> object:
        """What a ``{{ }}`` puts into the text; macros return what is printed already."""
        if hasattr(value, "__html__"):
            return value
        text = str(value)  # an undefined name raises here
        name = self.dialect.name or self.dialect.escape
        if isinstance(value, _Key):
            return self._checked(name(text))
        # The empty text is what an `if` without `else` leaves.
        if not text or text in self.constants or (_HARMLESS.fullmatch(text) and name(text) == text):
            return _Text(text)
        raise FormatError(
            "the template prints a part of a key that holds special characters", "print tail(key, PREFIX)"
        )

    def cut(self, text: str) -> list[Part]:
        placed = {place.key for place in self.places if place is not None}
        rest = [entry for key, entry in self.entries.items() if key not in placed]
        if None not in self.places:
            no_lines(rest)
        texts = _MARKER.split(text)
        parts: list[Part] = [texts[0]]
        for number, behind in zip(texts[1::2], texts[2::2], strict=True):
            place = self.places[int(number)]
            # Lines bring their own ends: the end of the line that said settings() is one too many.
            parts += [place, behind] if place else [*self.dialect.lines(rest), behind.removeprefix("\n")]
        return parts

    def _mark(self, place: Slot | None) -> _Text:
        self.places.append(place)
        return _Text(f"\0{len(self.places) - 1}\0")

    def _present(self, key: str) -> str:
        if not self.has(key):
            raise FormatError(f"the template places {key}, which has no value", "ask has(KEY) first")
        return str(key)

    def _checked(self, escaped: str) -> _Text:
        if "\0" in escaped:
            raise FormatError("a key holds a NUL character", "remove it")
        return _Text(escaped)


@lru_cache(maxsize=256)
def _compiled(template: str) -> tuple[jinja2.Template, frozenset[str]]:
    """The template, and the texts that stand in quotes in it."""
    import jinja2  # noqa: PLC0415  # only runs that render a template pay for it

    @jinja2.pass_context
    def finalize(context: jinja2.runtime.Context, value: object) -> object:
        page: _Page = context["page"]
        return page.printed(value)

    # Autoescape tells ready text (macros, our own) from other text; finalize leaves
    # none of the other kind, so that HTML's escapes are never applied.
    environment = jinja2.Environment(
        autoescape=True,
        finalize=finalize,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    constants = environment.parse(template).find_all(jinja2.nodes.Const)
    texts = frozenset(constant.value for constant in constants if isinstance(constant.value, str))
    return environment.from_string(template), texts

"""Values become the text of files.

A *sheet* is one file with the values that a group of nodes shares. The text of a node
is the sheet with the node's own values in their places. A format whose files fall into
blocks that do not depend on each other lets a node redo only the blocks it touches.
"""

from __future__ import annotations

import re
from bisect import insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from dseconf.catalog import FileSpec
from dseconf.evaluate import Absent
from dseconf.formats import Entry, Format, FormatError, Part, Slot, installed
from dseconf.setting import Plain

BEGIN = "dseconf: begin of the managed block"
END = "dseconf: end of the managed block"

_LINES = re.compile(r"[^\n]*\n|[^\n]+")  # other characters that may end a line are left to the vendor


class RenderError(Exception):
    """A value that cannot be written into its file; names the key, never the value."""

    def __init__(self, key: str, error: FormatError) -> None:
        super().__init__(str(error))
        self.key = key
        self.remedy = error.remedy


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and the setting whose value made it; ``key`` is empty for fixed text."""

    text: str
    key: str = ""


MAX_LAYOUTS = 1_000  # of one sheet; a fleet needs few, and memory stays bounded


@dataclass(slots=True)
class _Layout:
    """A file laid out for one set of keys, with the texts of what the group shares.

    A text is empty until a node needs it that shares the key with its group.
    """

    parts: Sequence[Part]
    texts: list[str]
    slots: Sequence[int]

    def filled(self, own: Mapping[str, Plain | Absent], encode: Callable[[Slot], str]) -> str:
        """The text of a node."""
        texts = self.texts
        mine = {}
        for number in self.slots:
            slot = self.parts[number]
            if isinstance(slot, Slot):
                if slot.key in own:
                    mine[number] = encode(slot)
                elif not texts[number]:
                    texts[number] = encode(slot)
        if mine:
            texts = texts.copy()
            for number, text in mine.items():
                texts[number] = text
        return "".join(texts)


SMALL = 8  # keys; blocks of so few are the same on thousands of nodes, and cheap to keep


@lru_cache(maxsize=16_384)
def _arranged_block(file: FileSpec, keys: tuple[str, ...]) -> Sequence[Part]:
    return _arranged(file, keys)


def _arranged(file: FileSpec, keys: Sequence[str]) -> Sequence[Part]:
    entries = [Entry(key, file.style_of(key)) for key in keys]
    return installed()[file.format].arrange(entries, file.template)


class Sheet:
    """One file laid out for the values of a group.

    Raises:
        RenderError: from the constructor and from ``text``.
    """

    def __init__(self, file: FileSpec, values: Mapping[str, Plain], *, vendor: str | None = None) -> None:
        self._file = file
        self._format: Format = installed()[file.format]
        self._values = values
        self.vendor = vendor
        self._block_of = self._format.block if file.template is None else None
        self._blocks: dict[str, str] = {}
        self._keys: dict[str, list[str]] = {}
        self._order: list[tuple[int, str]] = []
        self._layouts: dict[frozenset[str], _Layout] = {}
        if self._block_of is not None:
            self._keys = self._by_block(values)
            for name, keys in self._keys.items():
                insort(self._order, (self._place(keys[0]), name))
                self._blocks[name] = self._write(keys, values)
            self._whole = "".join(self._blocks[name] for _, name in self._order)
        else:
            self._whole = self._write(list(values), values)

    @property
    def shared(self) -> str:
        """The text of a node that has nothing of its own in this file."""
        return self._framed(self._whole)

    def text(self, own: Mapping[str, Plain | Absent]) -> str:
        """The text of a node with the given values of its own, or keys left out."""
        if self._block_of is None:
            return self._framed(self._filled(own))
        order, blocks = self._order, {}
        for name, keys in self._by_block(own).items():
            if name not in self._blocks:
                order = order.copy() if order is self._order else order
                insort(order, (self._place(keys[0]), name))
            below = {key: self._values[key] for key in self._keys.get(name, ())}
            blocks[name] = self._write(*_merged(below, {key: own[key] for key in keys}))
        return self._framed("".join([blocks[name] if name in blocks else self._blocks[name] for _, name in order]))

    def pieces(self, own: Mapping[str, Plain | Absent]) -> list[Piece]:
        """The text of a node, cut where settings begin and end."""
        keys, values = _merged(self._values, own)
        parts = self._arrange(keys)
        return [Piece(part) if isinstance(part, str) else Piece(self._encode(part, values), part.key) for part in parts]

    def _filled(self, own: Mapping[str, Plain | Absent]) -> str:
        """The text of a file that is one whole: laid out once for all nodes with the same keys."""
        keys, values = _merged(self._values, own)
        present = frozenset(keys)
        layout = self._layouts.get(present)
        if layout is None:
            parts = self._arrange(keys)
            shared = [
                part if isinstance(part, str) else "" if part.key in own else self._encode(part, values)
                for part in parts
            ]
            layout = _Layout(parts, shared, [number for number, part in enumerate(parts) if not isinstance(part, str)])
            if len(self._layouts) < MAX_LAYOUTS:
                self._layouts[present] = layout
        return layout.filled(own, lambda slot: self._encode(slot, values))

    def _by_block(self, keys: Iterable[str]) -> dict[str, list[str]]:
        blocks: dict[str, list[str]] = {}
        for key in keys:
            blocks.setdefault(self._block_of(key) if self._block_of else "", []).append(key)
        return blocks

    def _place(self, key: str) -> int:
        """Where the block of a key stands: by the first setting of the block in the catalog."""
        return self._file.block_order(self._block_of(key) if self._block_of else "", key)

    def _order_of(self, key: str) -> tuple[int, str, tuple[int, str]]:
        """Blocks stand in the order of their first settings, so that cut text and whole text are the same."""
        block = self._block_of(key) if self._block_of else ""
        return (self._place(key) if self._block_of else 0, block, self._file.order_of(key))

    def _write(self, keys: Sequence[str], values: Mapping[str, Plain]) -> str:
        return "".join([part if isinstance(part, str) else self._encode(part, values) for part in self._arrange(keys)])

    def _arrange(self, keys: Sequence[str]) -> Sequence[Part]:
        ordered = sorted(keys, key=self._order_of) if len(keys) > 1 else keys
        try:
            if len(ordered) > SMALL:
                return _arranged(self._file, ordered)
            return _arranged_block(self._file, tuple(ordered))
        except FormatError as error:
            raise RenderError(ordered[0] if len(ordered) == 1 else "", error) from error

    def _encode(self, slot: Slot, values: Mapping[str, Plain]) -> str:
        try:
            return self._format.encode(slot, values[slot.key])
        except FormatError as error:
            raise RenderError(slot.key, error) from error

    def _framed(self, text: str) -> str:
        """The text as the managed block of the vendor's file, where there is one."""
        return text if self.vendor is None else managed_block(self.vendor, text, self._format.comment)

    def header(self, cluster: str) -> str:
        """The comment at the head of a file that is ours as a whole."""
        edited = "Edit the layers, not this file: a change made here is overwritten."
        return self._format.header([f"Made by dseconf for cluster {cluster}.", edited])


def finished(sheet: Sheet, text: str, cluster: str) -> bytes:
    """The bytes of a file: the header, and the text. A managed block has the vendor's head."""
    if sheet.vendor is not None:
        return text.encode()
    # The kernel wants #! in the first line, and XML its declaration.
    if text.startswith(("#!", "<?xml")):
        first, newline, rest = text.partition("\n")
        return f"{first}{newline}{sheet.header(cluster)}{rest}".encode()
    return f"{sheet.header(cluster)}{text}".encode()


def _merged(below: Mapping[str, Plain], own: Mapping[str, Plain | Absent]) -> tuple[list[str], dict[str, Plain]]:
    """The keys and values that are written: a node's own over the shared, without those left out."""
    present = {key: value for key, value in {**below, **own}.items() if not isinstance(value, Absent)}
    return list(present), present


def managed_block(vendor: str, text: str, comment: str) -> str:
    """Put ``text`` into the vendor's file as the one block that is ours.

    The block stands where the file marks its place with the two marker lines, else at
    its end, so that its values win in files that are read from top to bottom.
    """
    lines = _LINES.findall(vendor)
    begin = next((number for number, line in enumerate(lines) if BEGIN in line), None)
    end = next((number for number, line in enumerate(lines) if END in line), None)
    block = f"{comment} {BEGIN}\n{text}{comment} {END}\n"
    if begin is not None and end is not None and begin <= end:
        return "".join(lines[:begin]) + block + "".join(lines[end + 1 :])
    ending = "" if not vendor or vendor.endswith("\n") else "\n"
    return f"{vendor}{ending}{block}"

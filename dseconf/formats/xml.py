"""XML by template: logback and other files with a structure of their own.

A slot may stand in the text of an element or between the quotes of an attribute. A
secret is a bare placeholder in the same places. Templates begin without an XML
declaration, or with it on the first line (see ``Format.headed``).

Of a logback document ``parse`` reads ``root.level``, ``logger.NAME`` (its level),
``APPENDER.ELEMENT`` for every element with text inside an appender at any depth
(``maxFileSize``, ``maxIndex``, ``pattern``, the ``level`` of a threshold filter), and
``scan`` and ``scanPeriod`` (in seconds) of the root element. Of other documents it reads
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from dseconf.formats import Entry, Format, Part, Slot
from dseconf.formats._scalar import read_text, write_scalar
from dseconf.formats._template import Dialect, arrange, no_lines, switched
from dseconf.formats._xml import ENCODER, comment, escape, read_xml
from dseconf.setting import Plain

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # for its name in signatures


def _arrange(entries: Sequence[Entry], template: str | None) -> tuple[Part, ...]:
    return arrange(entries, template, Dialect(no_lines, escape))


def _encode(slot: Slot, value: Plain) -> str:
    text = switched(slot, value)
    return write_scalar(value, ENCODER, escape) if text is None else text


def _parse(text: str) -> Mapping[str, Plain]:
    root = read_xml(text)
    if root.tag not in ("configuration", "included"):
        return {}
    return {key: read_text(value, ENCODER) for key, value in _logback(root)}


def _logback(root: Element) -> Iterator[tuple[str, str]]:
    if scan := root.get("scan"):
        yield "scan", scan
    if period := root.get("scanPeriod"):
        seconds = re.fullmatch(r"([0-9]+) seconds?", period)
        yield "scanPeriod", seconds[1] if seconds else period
    for appender in root.iter("appender"):
        for element in appender.iter():
            text = (element.text or "").strip()
            if text and len(element) == 0:
                yield f"{appender.get('name', '')}.{element.tag}", text
    for logger in root.iter("logger"):
        yield from _level(logger, f"logger.{logger.get('name', '')}")
    for logger in root.iter("root"):
        yield from _level(logger, "root.level")


def _level(logger: Element, key: str) -> Iterator[tuple[str, str]]:
    # Old files name the level in an element of its own.
    older = logger.find("level")
    level = logger.get("level") or (older.get("value") if older is not None else None)
    if level:
        yield key, level


FORMAT = Format(
    name="xml",
    comment="",
    secrets=ENCODER,
    arrange=_arrange,
    encode=_encode,
    parse=_parse,
    header=comment,
)

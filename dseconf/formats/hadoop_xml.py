"""Hadoop's XML: a ``<configuration>`` of ``<property>`` elements, each a name and a value.

Readers trim names and keep values. Lists are written with commas, where Hadoop's
``getStrings`` splits them, and read as one text. A secret is a bare placeholder as the
text of ``<value>``; the applier writes it with the escapes of XML. There is no XML
declaration, so that the header can stand first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dseconf.formats import Entry, Format, FormatError, Part, Slot
from dseconf.formats._scalar import join_commas, read_text, write_scalar
from dseconf.formats._template import WORD, Dialect, arrange, switched
from dseconf.formats._xml import ENCODER, comment, escape, read_xml
from dseconf.setting import Plain

_BLANKS = " \t\r\n"


def _properties(entries: Sequence[Entry]) -> tuple[Slot, ...]:
    for entry in entries:
        if not entry.key or entry.key != entry.key.strip(_BLANKS):
            raise FormatError(f"{entry.key!r} is no name of a property", "use a name without blanks around it")
        escape(entry.key)
    return tuple(Slot(entry.key) for entry in entries)


def _arrange(entries: Sequence[Entry], template: str | None) -> tuple[Part, ...]:
    parts = arrange(entries, template, Dialect(_properties, escape))
    return parts if template is not None else ("<configuration>\n", *parts, "</configuration>\n")


def _encode(slot: Slot, value: Plain) -> str:
    text = switched(slot, value)
    if text is not None:
        return text
    text = write_scalar(join_commas(value), ENCODER, escape)
    if slot.shape == WORD:
        return text
    return f"  <property>\n    <name>{escape(slot.key)}</name>\n    <value>{text}</value>\n  </property>\n"


def _parse(text: str) -> Mapping[str, Plain]:
    root = read_xml(text)
    if root.tag != "configuration":
        raise FormatError("the root element is not <configuration>", "put the properties into <configuration>", 1)
    parsed: dict[str, Plain] = {}
    for element in root.iter("property"):
        name = (element.findtext("name") or "").strip(_BLANKS)
        if name:
            parsed[name] = read_text(element.findtext("value") or "", ENCODER)
    return parsed


FORMAT = Format(
    name="hadoop-xml",
    comment="",
    secrets=ENCODER,
    arrange=_arrange,
    encode=_encode,
    parse=_parse,
    header=comment,
)

"""XML texts and a reader that takes no declarations.

A document type could name entities that grow without bound or open files, so a text
that has one is refused before anything of it is read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from dseconf.formats import FormatError
from dseconf.formats._scalar import comment_line

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # for its name in signatures

ENCODER = "xml"
MAX_DEPTH = 100

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Readers turn line breaks and tabs of an attribute into blanks, and \r into \n
# anywhere, but keep what is written by its number.
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;",
             "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}  # fmt: skip
_SPECIAL = re.compile(f"[{''.join(_ENTITIES)}]")


def escape(text: str) -> str:
    """The text as it stands in an element or between the quotes of an attribute."""
    if _NOT_XML.search(text):
        raise FormatError("a value holds a character that XML has no way to write", "remove the control character")
    return _SPECIAL.sub(lambda found: _ENTITIES[found[0]], text)


def comment(lines: Sequence[str]) -> str:
    """A comment block. Two hyphens would end it, so they are set apart."""
    text = "".join(f"  {comment_line(line)}".rstrip() + "\n" for line in lines)
    return f"<!--\n{re.sub('-(?=-)', '- ', text)}-->\n"


def read_xml(text: str) -> Element:
    """The root element.

    Raises:
        FormatError: the text is no XML, has a document type, or is nested too deep.
    """
    from xml.etree.ElementTree import TreeBuilder  # noqa: PLC0415
    from xml.parsers import expat  # noqa: PLC0415  # its declarations are refused below

    builder, depth = TreeBuilder(), 0
    parser = expat.ParserCreate()

    def begin(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise FormatError(f"elements are nested more than {MAX_DEPTH} deep", "flatten the file",
                              parser.CurrentLineNumber)  # fmt: skip
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse(*_: object) -> None:
        raise FormatError("the file has a document type", "remove the DOCTYPE", parser.CurrentLineNumber)

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.buffer_text = True
    try:
        parser.Parse(text, True)  # noqa: FBT003  # the one chunk is the last
    except expat.ExpatError as error:
        problem = expat.ErrorString(error.code)
        raise FormatError(f"this is no XML: {problem}", "correct the line", error.lineno) from error
    return builder.close()

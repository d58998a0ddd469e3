"""XML from outside, looked through before any library reads it: nothing that expands, nothing that is fetched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from xml.parsers import expat

Visit = Callable[[str, Mapping[str, str]], object]
SPACE = " "  # between the namespace and the name of an element


class UnsafeXml(ValueError):
    """An XML that is not read; the message says in a few words what it holds."""


def look_through(
    content: bytes,
    start: Visit,
    end: Callable[[str], object] | None = None,
    text: Callable[[str], object] | None = None,
) -> None:
    """Call ``start`` with the name ("namespace name") and attributes of each element, ``end`` with the name as it closes,
    ``text`` with the letters between.

    Raises UnsafeXml for a document type or an entity of its own, which can expand without end or stand for another file,
    and for what is no XML.
    """
    parser = expat.ParserCreate(namespace_separator=SPACE)
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.EntityDeclHandler = _refuse_document_type
    parser.StartElementHandler = start
    if end is not None:
        parser.EndElementHandler = end
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError) as fault:  # an encoding that nobody knows is a LookupError
        raise UnsafeXml("damaged XML") from fault


def plain_name(name: str) -> str:
    """The name of an element or attribute without its namespace."""
    return name.rpartition(SPACE)[2]


def _refuse_document_type(*_: object) -> None:
    raise UnsafeXml("XML with a document type or entities of its own")

"""What a Word template may not hold: a link that Word follows by itself, and a field that fetches or starts something.

Whoever opens the paper opens the template's headers, footers and settings with it. Links that are only clicked on are
taken out, their words kept; what Word would follow, fetch or start when it opens the paper is refused, by name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from needs_assessment.tables.bounds import UnsafeXml, look_through, plain_name

# fields that Word works out from the document itself, its date or its file's name
FIELDS = frozenset(
    (
        *(
            "=",
            "ADVANCE",
            "AUTHOR",
            "COMMENTS",
            "CREATEDATE",
            "DATE",
            "DOCPROPERTY",
            "EDITTIME",
            "EQ",
            "FILENAME",
        ),
        *("FILESIZE", "FORMTEXT", "IF", "INFO", "KEYWORDS", "LASTSAVEDBY", "LISTNUM", "NUMCHARS", "NUMPAGES"),
        *("NUMWORDS", "PAGE", "PAGEREF", "PRINTDATE", "QUOTE", "REF", "REVNUM", "SAVEDATE", "SECTION", "SEQ"),
        *("SECTIONPAGES", "STYLEREF", "SUBJECT", "SYMBOL", "TEMPLATE", "TIME", "TITLE", "TOC", "USERADDRESS"),
        *("USERINITIALS", "USERNAME"),
    )
)
# parts that run, or bring another file in
ACTIVE = (
    *("/oleObject", "/package", "/control", "/activeXControlBinary", "/aFChunk", "/subDocument", "/frame"),
    *("/vbaProject", "/wordVbaData", "/attachedToolbars", "/mailMergeSource", "/mailMergeHeaderSource"),
    *(
        "/recipientData",
        "/keyMapCustomizations",
        "/customUI",
        "/extensibility",
        "/webextension",
        "/transform",
    ),
)
_LEADS = ("href", "src", "althref", "movie", "dataSource", "linkedToFile")
_WORD = re.compile(r"\s*\"?\s*(=|[^\s\"\\{}]+)")


class UnsafeTemplate(ValueError):
    """A template that is not taken; the message says in a few words what it holds, and where."""


def check_package(package: Any) -> None:
    """Raise UnsafeTemplate for a document (as python-docx has it) that would fetch or start something when it is opened.

    Looked at as it will be saved, so that what its body alone needed is gone.
    """
    check_relations("the document", package.rels)
    for part in package.iter_parts():
        name = str(part.partname)
        check_relations(name, part.rels)
        content = part.blob
        if name.endswith((".xml", ".rels", ".vml")) or content[:200].lstrip(
            b"\xef\xbb\xbf \t\r\n"
        ).startswith(b"<"):
            check_part(name, content)


def check_relations(name: str, relations: Mapping[str, Any]) -> None:
    """Raise UnsafeTemplate for a relation to something outside the document, or to a part that runs."""
    for relation in relations.values():
        kind = relation.reltype.rpartition("/")[2]
        if relation.is_external:
            raise UnsafeTemplate(f"a link to something outside it ({kind}, in {name})")
        if relation.reltype.endswith(ACTIVE):
            raise UnsafeTemplate(f"a part that runs or brings in another file ({kind}, in {name})")


def check_part(name: str, content: bytes) -> None:
    """Raise UnsafeTemplate for a field that is not of ``FIELDS``, an address, or XML that can expand."""
    scan = _Fields(name)
    try:
        look_through(content, scan.start, scan.end, scan.text)
    except UnsafeXml as fault:
        raise UnsafeTemplate(f"{fault} (in {name})") from fault


class _Fields:
    """Puts the words of fields together, which may be spread over many runs and stand within each other."""

    def __init__(self, part: str) -> None:
        self._part = part
        # the instruction of each field that is open, the innermost last; None once its result begins
        self._open: list[str | None] = []
        self._alternatives: list[int] = []
        self._in_instruction = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        tag = plain_name(name)
        plain = {plain_name(key): value for key, value in attributes.items()}
        for lead in _LEADS:
            if plain.get(lead, "").strip() and not plain[lead].startswith("#"):
                raise UnsafeTemplate(f"an address ({tag}, in {self._part})")
        if tag == "AlternateContent":
            self._alternatives.append(len(self._open))
            if self._open and self._open[-1] is not None:
                raise UnsafeTemplate(f"a field in several versions (in {self._part})")
        elif tag == "fldSimple":
            self._check(plain.get("instr", ""))
        elif tag == "fldChar":
            self._mark(plain.get("fldCharType", ""))
        elif tag in ("instrText", "delInstrText"):
            self._in_instruction = True
            if not self._open:
                self._open.append("")
        elif tag in (
            "altChunk",
            "subDoc",
            "object",
            "control",
            "movie",
            "mailMerge",
            "attachedTemplate",
            "frameset",
        ):
            raise UnsafeTemplate(f"a part that runs or brings in another file ({tag}, in {self._part})")

    def end(self, name: str) -> None:
        tag = plain_name(name)
        if tag in ("instrText", "delInstrText"):
            self._in_instruction = False
        elif tag == "AlternateContent":
            self._alternatives.pop()
        elif (
            tag in ("Choice", "Fallback") and self._alternatives and len(self._open) != self._alternatives[-1]
        ):
            raise UnsafeTemplate(f"a field in several versions (in {self._part})")
        elif tag in ("hdr", "ftr", "document", "footnotes", "endnotes", "comments"):
            while self._open:
                self._close()

    def text(self, letters: str) -> None:
        if self._in_instruction and self._open and self._open[-1] is not None:
            self._open[-1] += letters

    def _mark(self, kind: str) -> None:
        if kind == "begin":
            self._open.append("")
        elif self._open and kind == "separate":
            self._check(self._open[-1])
            self._open[-1] = None
        elif self._open and kind == "end":
            self._close()

    def _close(self) -> None:
        self._check(self._open.pop())

    def _check(self, instruction: str | None) -> None:
        if instruction is None:
            return
        word = _WORD.match(instruction)
        kind = word[1].upper() if word else ""
        if kind and kind not in FIELDS and not kind.startswith("="):
            raise UnsafeTemplate(f"a field that fetches or starts something ({kind[:20]}, in {self._part})")

"""Cells of a workbook that hold no value where one can be seen: formulas that were never calculated, and errors.

The reader of workbooks gives both as blanks. Here they are found in the sheet's own XML, so that nobody is told that a
cell is empty in which a spreadsheet shows something.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator
from html import unescape
from pathlib import PurePosixPath

UNCALCULATED = "=formula"
_ERROR = re.compile(r"#(NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A|GETTING_DATA|SPILL!|CALC!)")
_ATTRIBUTE = r'\b{}\s*=\s*["\']([^"\']*)["\']'
_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*[^/>])>(.*?)</(?:\w+:)?c>", re.DOTALL)
_VALUE = re.compile(r"<(?:\w+:)?v\b[^>]*>([^<]*)</")
_FORMULA = re.compile(r"<(?:\w+:)?f[\s/>]")
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_SUSPECT = re.compile(rb"<(?:\w+:)?f[\s/>]|\bt\s*=\s*[\"']e[\"']")
_CHUNK = 4_000_000


def fault_of_cell(text: str) -> str:
    """What a cell is that holds no value: a formula that was never calculated, an error of the spreadsheet, or ''."""
    if _ERROR.fullmatch(text):
        return f"the cell shows an error of the spreadsheet ({text})"
    if text.startswith("="):
        return "the cell holds a formula whose result was never saved; open the file in a spreadsheet and save it"
    return ""


def faulty_cells(content: bytes, sheets: Collection[str]) -> dict[str, list[tuple[int, int, str]]]:
    """For each sheet with such cells, their row and column, counted from 0, and '=formula' or the error that is shown.

    A workbook whose parts cannot be found is left to its reader.
    """
    found: dict[str, list[tuple[int, int, str]]] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            for name, part in _parts(book).items():
                if name in sheets and _suspect(book, part):
                    cells = list(_faults(book.read(part)))
                    if cells:
                        found[name] = cells
    except (zipfile.BadZipFile, zlib.error, KeyError, UnicodeDecodeError, NotImplementedError, EOFError):
        return {}
    return found


def _parts(book: zipfile.ZipFile) -> dict[str, str]:
    """The part of the archive that each sheet is in, by the sheet's name."""
    root = PurePosixPath("xl")
    listing = book.read("xl/workbook.xml").decode()
    relations = book.read("xl/_rels/workbook.xml.rels").decode()
    targets = {}
    for tag in re.findall(r"<(?:\w+:)?Relationship\s[^>]*>", relations):
        target = _attribute(tag, "Target")
        targets[_attribute(tag, "Id")] = target.lstrip("/") if target.startswith("/") else str(root / target)
    return {
        unescape(_attribute(tag, "name")): targets.get(_attribute(tag, r"\w+:id"), "")
        for tag in re.findall(r"<(?:\w+:)?sheet\s[^>]*>", listing)
    }


def _attribute(tag: str, name: str) -> str:
    found = re.search(_ATTRIBUTE.format(name), tag)
    return found[1] if found else ""


def _suspect(book: zipfile.ZipFile, part: str) -> bool:
    """Whether a sheet has any formula or error at all; most have none, and are not looked into."""
    if not part:
        return False
    tail = b""
    with book.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            if _SUSPECT.search(tail + chunk):
                return True
            tail = chunk[-20:]
    return False


def _faults(xml: bytes) -> Iterator[tuple[int, int, str]]:
    for attributes, inside in _CELL.findall(xml):
        head, body = attributes.decode("utf-8", "replace"), inside.decode("utf-8", "replace")
        place = _PLACE.fullmatch(_attribute(head, "r"))
        if place is None:
            continue
        value = _VALUE.search(body)
        kind = _attribute(head, "t")
        if kind == "e":
            fault = value[1] if value else "#VALUE!"
        elif _FORMULA.search(body) and kind != "str" and (value is None or not value[1]):
            fault = UNCALCULATED
        else:
            continue
        yield int(place[2]) - 1, _position(place[1]), fault


def _position(letters: str) -> int:
    """A column's letters as its position: A is 0, AA is 26."""
    position = 0
    for letter in letters:
        position = 26 * position + ord(letter) - 64
    return position - 1

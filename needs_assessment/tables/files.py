"""A file becomes a table of text: the one door through which every CSV or XLSX enters.

Nothing is guessed about what the cells mean. Every cell stays text ('' is a blank), every row keeps the number a
spreadsheet shows for it, and a file that is not a table is refused here in words a person can act on.

The encodings that published tables come in: UTF-8, UTF-16 and Windows-1252, told from the bytes themselves.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from needs_assessment.errors import InputError
from needs_assessment.plain_file import digest_plain
from needs_assessment.tables.grids import (
    SAVE_AS,
    ZIP,
    Match,
    cell_text,
    find_delimiter,
    read_bytes,
    read_workbook,
    records,
    refuse_markup,
)
from needs_assessment.tables.personal_data import cell_kind
from needs_assessment.tables.validation import Problems, column_letter

_MARKS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_UTF8_PAIR = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")
_CONTROL = bytes(
    [*range(1, 9), 11, 12, *range(14, 32), 127]
)  # what no text holds; a zero byte is no text at all
_CONTROLS = re.compile("[" + "".join(map(chr, _CONTROL)) + "\x80-\x9f]")
_MOST_CONTROLS = 0.01  # of a text's characters: above it the file is no text


def decode(name: str, content: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of a file and a note on its encoding where that is not UTF-8.

    Windows-1252 is taken only for a file in which nothing is written in UTF-8; a file cut within a character, or mixed
    of both, is refused. Raises InputError for these and for bytes that are no text.
    """
    text, encoding = _utf16(name, content) or _utf8(name, content) or _windows(name, content)
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        raise _no_text(name, "binary data")
    said = () if encoding == "UTF-8" else (f"{name}: read as {encoding} text.",)
    # the bytes are quicker to look through than the text
    if encoding != "UTF-8" or len(content.translate(None, _CONTROL)) < len(content) or b"\xc2" in content:
        text, notes = _without_controls(name, text)
        said = (*said, *notes)
    refuse_markup(name, text)
    return text, said


def _without_controls(name: str, text: str) -> tuple[str, tuple[str, ...]]:
    """The text with a space for each control character, and a note that says in which rows they were."""
    found = list(_CONTROLS.finditer(text))
    if not found:
        return text, ()
    if len(found) > max(1, _MOST_CONTROLS * len(text)):
        raise _no_text(name, "binary data")
    rows = list(dict.fromkeys(text.count("\n", 0, one.start()) + 1 for one in found))
    shown = ", ".join(map(str, rows[:6])) + (", …" if len(rows) > 6 else "")
    characters = f"{len(found)} control character{'s' if len(found) > 1 else ''}"
    return _CONTROLS.sub(" ", text), (
        f"{name}: {characters} in row{'s' if len(rows) > 1 else ''} {shown} read as a space.",
    )


def _utf16(name: str, content: bytes) -> tuple[str, str] | None:
    head = content[:4000]
    codec = next((codec for mark, codec in _MARKS if content.startswith(mark)), "")
    if not codec:
        # half the bytes of plain text in UTF-16 are zeros, all of them on the same side
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if max(even, odd) < len(head) // 3 or min(even, odd) > len(head) // 50:
            return None
        codec = "utf-16-be" if even > odd else "utf-16-le"
    try:
        return content.decode(codec), "UTF-16"
    except UnicodeDecodeError as fault:
        raise _no_text(name, "UTF-16 text that is cut short or damaged") from fault


def _utf8(name: str, content: bytes) -> tuple[str, str] | None:
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError as fault:
        mixed = content.startswith(b"\xef\xbb\xbf") or _UTF8_PAIR.search(content)
        if mixed or fault.reason == "unexpected end of data":
            before = content[: fault.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            raise InputError(
                "The file's text is damaged: part of it is UTF-8 and part is not.",
                file=name,
                row=before.count(b"\n") + 1,
                found=f"byte 0x{content[fault.start]:02X} at position {fault.start + 1}",
                expected="text in one encoding",
                action="get the file again; " + SAVE_AS,
            ) from fault
    return None


def _windows(name: str, content: bytes) -> tuple[str, str]:
    try:
        return content.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError as fault:
        raise _no_text(name, "bytes that are no text") from fault


def _no_text(name: str, found: str) -> InputError:
    return InputError(
        "The file is not a table.",
        file=name,
        found=found,
        expected="a CSV, XLSX or Parquet file",
        action=SAVE_AS,
    )


_NOTE = re.compile(
    r"^[\s\[(*†‡\"']*("
    r"sources?|notes?|footnotes?|contains|©|\(c\)|(crown )?copyright|licen[cs]ed?|open government|"
    r"produced|published|released|last updated|contact|office for national statistics|"
    r"for (more|further)|this (table|file|data|work|publication)|these (figures|data|estimates)|"
    r"(figures|estimates) (are|have|may|for)|end of|\d{1,2}[.)\]] )",
    re.IGNORECASE,
)
_ENDS = (".", "!", "?", ":", ")", "]", '."', ".'")
_MANY_WORDS = 8  # no name of an area has as many
_NAMELESS = re.compile(r"|unnamed: \d+", re.IGNORECASE)
_GSS = re.compile(r"[A-Z]\d{8}", re.IGNORECASE)


@dataclass(frozen=True)
class RawTable:
    """A table as text.

    header: column names as written; records: data rows, cells as written (``cells`` and ``frame`` strip them);
    rows and header_row: the spreadsheet's row numbers; title: what stood above the header; notes: what was left out.
    """

    header: tuple[str, ...]
    records: list[list[str]] = field(repr=False)
    rows: Sequence[int] = field(repr=False)
    file: str
    header_row: int = 1
    sheet: str = ""
    title: str = ""
    notes: tuple[str, ...] = ()
    sha256: str = ""

    @property
    def first_row(self) -> int:
        return self.rows[0]

    def cells(self, position: int) -> list[str]:
        """One column, stripped of spaces at its ends."""
        return [record[position].strip() for record in self.records]

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Every cell as text, '' where blank."""
        columns = {name: self.cells(position) for position, name in enumerate(self.header)}
        return pd.DataFrame(columns, dtype="str")


def file_sha256(path: Path) -> str:
    """SHA-256 of the file's bytes, in hexadecimal."""
    return digest_plain(path)


def read_strings(
    path: Path,
    *,
    sheet: str | None = None,
    expected: Collection[str] = (),
    match: Match | None = None,
    echo: bool = True,
) -> RawTable:
    """Read a CSV or XLSX file as text; title rows may stand above the header.

    A CSV may be in UTF-8, UTF-16 or Windows-1252, with a comma, semicolon, tab or bar between its cells.

    sheet: the sheet of a workbook, when known. expected: column names the header should hold. match: how well a row
    of cells serves as the header, 0 (not at all) to 1 (everything needed is there); it decides the sheet, the
    delimiter and the header row. Without either the first row that reads like a header is taken. echo: whether an
    error may repeat names of columns and sheets.
    Raises InputError: missing, empty or binary file, wrong encoding, no header, several fitting sheets, header
    only, a column named twice or not named, a row longer than the header.
    """
    path = Path(path)
    content = read_bytes(path)
    score = match or _matching(expected)
    name = ""
    said: tuple[str, ...] = ()
    if content.startswith(ZIP):
        name, grid, start = read_workbook(path, content, sheet, score, echo)
    else:
        text, said = decode(path.name, content)
        delimiter, start = find_delimiter(path.name, text, score)
        grid = records(path.name, text, delimiter)
    table = build_table(path.name, hashlib.sha256(content).hexdigest(), name, grid, start, echo)
    return replace(table, notes=(*said, *table.notes))


def _matching(expected: Collection[str]) -> Match:
    wanted = {name.casefold() for name in expected}

    def share_of_expected(cells: Sequence[str]) -> float:
        return len(wanted & {cell.strip().casefold() for cell in cells}) / len(wanted)

    def reads_like_header(cells: Sequence[str]) -> float:
        filled = [cell.strip() for cell in cells if cell.strip()]
        named = len(filled) >= 2 and all(re.search(r"[A-Za-z]", cell) for cell in filled)
        return 1.0 if named and len(filled) == len(cells) else 0.5 if named else 0.0

    return share_of_expected if wanted else reads_like_header


def _notes_below(grid: list[list[Any]], filled: Sequence[int], width: int, echo: bool) -> int:
    """How many of the filled rows at the end are words under the table, not rows of it.

    A row is one where it starts like a note; or where it has words in a single cell that end like a sentence, are many,
    or stand below a blank row. A last row of one short cell may be a row that was cut, and is none. Of a file whose
    cells are not to be shown (echo) nothing personal is left out: it stays, to be refused.
    """
    prose = 0
    while prose < len(filled) - 1 and width > 1 and _prose(grid[filled[-1 - prose]]):
        prose += 1
    apart = prose > 0 and filled[-prose - 1] < filled[-prose] - 1
    count = 0
    while count < len(filled):
        row = filled[-1 - count]
        words = " ".join(cell_text(cell).strip() for cell in grid[row] if _filled(cell))
        sentence = words.endswith(_ENDS) and len(words.split()) > 2
        long = len(words.split()) >= _MANY_WORDS
        note = _starts_like_note(grid[row]) or (count < prose and (apart or sentence or long))
        if not note or (not echo and cell_kind(words)):
            break
        count += 1
    return count


def _prose(record: Sequence[Any]) -> bool:
    """Whether a row has words in one cell, which are no area's code, and nothing else."""
    cells = [cell_text(cell).strip() for cell in record if _filled(cell)]
    return len(cells) == 1 and bool(re.search(r"[^\W\d_]{2}", cells[0])) and not _GSS.fullmatch(cells[0])


def _starts_like_note(record: Sequence[Any]) -> bool:
    return (
        bool(record)
        and bool(_NOTE.match(cell_text(record[0])))
        and not any(_GSS.fullmatch(cell_text(cell).strip()) for cell in record)
    )


def _row_numbers(header: list[str], records: list[list[Any]]) -> bool:
    """Whether the first column is the row numbers that a program saves without a name."""
    if not header or not _NAMELESS.fullmatch(header[0]) or len(header) < 2:
        return False
    texts = [re.sub(r"\.0$", "", cell_text(record[0]).strip()) for record in records]
    if not all(re.fullmatch(r"[0-9]{1,9}", text) for text in texts):
        return False
    numbers = [int(text) for text in texts]
    rising = all(low < high for low, high in pairwise(numbers))
    return rising or sorted(numbers) in (list(range(len(numbers))), list(range(1, len(numbers) + 1)))


def build_table(
    name: str, digest: str, sheet: str, grid: list[list[Any]], start: int, echo: bool
) -> RawTable:
    """The table whose header is row ``start`` of a grid of cells, without notes under it and blank rows in it.

    The cells may be text, or what a workbook holds; they are kept as they are. Raises InputError for a header without
    rows, a column named twice or not named, a row longer than the header.
    """
    header = [" ".join(cell_text(cell).replace("\ufeff", "").split()) for cell in grid[start]]
    while header and not header[-1]:
        header.pop()
    filled = [position for position in range(start + 1, len(grid)) if any(map(_filled, grid[position]))]
    dropped = _notes_below(grid, filled, len(header), echo)
    filled = filled[: len(filled) - dropped]
    problems = Problems(name)
    records = [_fitted(grid[position], len(header), position + 1, problems) for position in filled]
    numbered = _row_numbers(header, records)
    if numbered:
        header = ["", *header[1:]]
        records = [["", *record[1:]] for record in records]
    _check_header(header, records, start + 1, problems, echo)
    problems.raise_if_any()
    kept = [position for position, column in enumerate(header) if column]
    if len(kept) < len(header):
        records = [[record[position] for position in kept] for record in records]
    notes = [f"{name}: {dropped} row(s) of notes under the table left out."] if dropped else []
    if numbered:
        notes.append(f"{name}: the first column holds row numbers without a name, and was left out.")
    blank = filled[-1] - start - len(filled)
    if blank:
        notes.append(f"{name}: {blank} blank row(s) inside the table left out.")
    return RawTable(
        header=tuple(header[position] for position in kept),
        records=records,
        rows=[position + 1 for position in filled],
        file=name,
        header_row=start + 1,
        sheet=sheet,
        title=" ".join(
            cell_text(cell).strip() for record in grid[:start] for cell in record if _filled(cell)
        ),
        notes=tuple(notes),
        sha256=digest,
    )


def _filled(cell: object) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else True


def _fitted(record: list[Any], width: int, row: int, problems: Problems) -> list[Any]:
    if len(record) > width and any(map(_filled, record[width:])):
        problems.add(
            "A row has more cells than the header has columns.",
            row=row,
            found=f"{len(record)} cells",
            expected=f"{width} cells",
            action="quote cells that hold a comma, and remove what stands beside the table",
        )
    return record if len(record) == width else (record + [""] * width)[:width]


def _check_header(
    header: list[str], records: list[list[Any]], row: int, problems: Problems, echo: bool
) -> None:
    if not records:
        problems.add(
            "The file has a header but no rows of data.",
            row=row,
            found="no rows",
            expected="rows of data under the header",
        )
    seen: dict[str, str] = {}
    for position, column in enumerate(header):
        first = seen.setdefault(column.casefold(), column) if column else ""
        if not column and any(_filled(record[position]) for record in records):
            problems.add(
                "A column has no name.",
                row=row,
                column=column_letter(position),
                found="",
                expected="a name in every column",
            )
        elif column and column.casefold() in {name.casefold() for name in header[:position]}:
            problems.add(
                "A column name is used twice.",
                row=row,
                column=column if echo else column_letter(position),
                found=f"{first}, {column}" if echo else None,
                expected="each column once",
                action="remove or rename one of them",
            )

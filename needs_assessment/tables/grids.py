"""Bytes of a CSV or XLSX file become rows of text cells, and the row that is the header is found.

A file that is not a table is refused here, in words a person can act on.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from needs_assessment.csv_text import plain_rows
from needs_assessment.errors import InputError
from needs_assessment.plain_file import read_plain
from needs_assessment.tables.bounds import check_rows, check_workbook
from needs_assessment.tables.workbook_cells import faulty_cells

Match = Callable[[Sequence[str]], float]
HEADER_SEARCH = 60
_HEAD = 2_000_000  # characters that the header stands within
MAX_BYTES = 300_000_000
MOST_LINES = 15_000_000  # of a text: a row of a real table takes some twenty bytes
ZIP = b"PK\x03\x04"  # an XLSX file is a zip archive
PARQUET = b"PAR1"
SAVE_AS = "open the file in a spreadsheet and save it as 'CSV UTF-8' or as an Excel workbook (.xlsx)"
_DELIMITERS = ((",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar"))
_SIGNATURES = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"BM", "an image or another binary file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file, or one protected with a password"),
    (b"\x1f\x8b\x08", "a compressed file"),
    (b"7z\xbc\xaf", "a compressed file"),
    (b"SQLite format 3", "a database or GeoPackage"),
    (PARQUET, "a Parquet file"),
)


def read_bytes(path: Path, *, parquet: bool = False) -> bytes:
    """The content of a file that may be a table. Raises InputError for what cannot be one, Parquet unless allowed."""
    name = path.name
    if not _exists(path):
        raise InputError(
            "There is no such file.", file=str(path), expected="a CSV or XLSX file", action="check the name"
        )
    try:
        content = read_plain(path, most=MAX_BYTES, expected="a CSV or XLSX file")
    except OSError as fault:
        raise InputError(
            "The file cannot be read.",
            file=name,
            found=fault.strerror or "a fault",
            action="close it elsewhere and check who may read it",
        ) from fault
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise InputError(
            "The file is empty.", file=name, found="no text", expected="a header row and rows of data"
        )
    for signature, kind in _SIGNATURES:
        if parquet and signature == PARQUET:
            continue
        if content.startswith(signature) and (len(signature) > 2 or b"\x00" in content[:200]):
            raise InputError(
                "The file is not a table.",
                file=name,
                found=kind,
                expected="a CSV or XLSX file",
                action=SAVE_AS,
            )
    _refuse_endless_lines(name, content, parquet=parquet)
    return content


def _refuse_endless_lines(name: str, content: bytes, *, parquet: bool) -> None:
    """Raise InputError for a text of more lines than any table of its size has, blank ones mostly."""
    if content.startswith(ZIP) or (parquet and content.startswith(PARQUET)):
        return
    lines = max(content.count(b"\n"), content.count(b"\r"))
    if lines > MOST_LINES:
        raise InputError(
            "The file is too large to be read.",
            file=name,
            found=f"{lines:,} lines",
            expected=f"at most {MOST_LINES:,} lines",
            action="delete blank lines, or give the part of the table for your area",
        )


def _exists(path: Path) -> bool:
    return os.path.exists(path)  # noqa: PTH110 - also where the name is too long for one


def refuse_markup(name: str, text: str) -> None:
    """Raise InputError for text that is a web page, XML, JSON or the like."""
    start = text.lstrip()[:200].lower()
    if start.startswith(("<", "{\\rtf", "{", "[{")) or "<html" in start:
        kind = "a web page or XML" if start.startswith("<") or "<html" in start else "JSON or another format"
        raise InputError(
            "The file is not a table.", file=name, found=kind, expected="a CSV or XLSX file", action=SAVE_AS
        )


def records(name: str, text: str, delimiter: str, limit: int | None = None) -> list[list[str]]:
    """The rows of a CSV, or the first ``limit`` of them as far as they can be read. Raises InputError."""
    if limit is None:
        check_rows(name, text, delimiter)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    if limit is None:
        try:
            return plain_rows(reader)
        except csv.Error as fault:
            raise InputError(
                "The file's quotation marks do not close, or a cell is far too long.",
                file=name,
                row=reader.line_num,
                expected="each quoted cell closed by a quotation mark, and marks inside it doubled",
                action=SAVE_AS,
            ) from fault
    head: list[list[str]] = []
    try:
        for record in reader:
            head.append(record)
            if len(head) == limit:
                break
    except csv.Error:
        pass  # the full reading below says where
    return plain_rows(head)


def best_header(grid: Sequence[Sequence[str]], score: Match) -> tuple[float, int]:
    """The best header score among the first rows and the position of the first row that has it."""
    best, start = 0.0, 0
    for position, cells in enumerate(grid[:HEADER_SEARCH]):
        found = score(cells)
        if found > best:
            best, start = found, position
    return best, start


def find_delimiter(name: str, text: str, score: Match) -> tuple[str, int]:
    """The delimiter under which the header fits best, and the position of that header among the rows."""
    tried = []
    head = text[:_HEAD]
    for delimiter, word in _DELIMITERS:
        best, start = best_header(records(name, head, delimiter, HEADER_SEARCH), score)
        tried.append((best, delimiter, word, start))
    top = max(best for best, *_ in tried)
    if not top:
        raise no_header(name, records(name, head, ",", HEADER_SEARCH))
    fitting = [candidate for candidate in tried if candidate[0] == top]
    if len(fitting) > 1:
        raise InputError(
            "It is not clear what separates the file's columns.",
            file=name,
            found=" or ".join(word for _, _, word, _ in fitting),
            expected="commas",
            action=SAVE_AS,
        )
    return fitting[0][1], fitting[0][3]


def read_workbook(
    path: Path, content: bytes, sheet: str | None, score: Match, echo: bool
) -> tuple[str, list[list[str]], int]:
    """The name and rows of the sheet whose header fits best, and the position of that header."""
    grids = read_sheets(path, content, sheet)
    scored = {name: best_header(grid, score) for name, grid in grids.items()}
    top = max((best for best, _ in scored.values()), default=0.0)
    if not top:
        first = next((grid for grid in grids.values() if any(any(row) for row in grid)), [])
        if not first:
            raise InputError(
                "The file is empty.",
                file=path.name,
                found="no filled cell",
                expected="a header row and rows of data",
            )
        raise no_header(path.name, first)
    fitting = [name for name, (best, _) in scored.items() if best == top]
    if len(fitting) > 1 and top == 1:
        raise InputError(
            "Several sheets of the workbook could be the one that is meant.",
            file=path.name,
            found=", ".join(fitting) if echo else f"{len(fitting)} sheets",
            expected="one sheet with these columns",
            action="save the sheet you mean as its own CSV or XLSX file",
        )
    name = fitting[0]
    return name, grids[name], scored[name][1]


def read_sheets(path: Path, content: bytes, sheet: str | None = None) -> dict[str, list[list[str]]]:
    """The rows of every sheet of a workbook as text, by the sheet's name; of one sheet when it is named."""
    names = [] if sheet is None else [sheet]
    grids = raw_sheets(path, content, lambda name: sheet in (None, name), names)
    return {name: [[cell_text(cell) for cell in row] for row in grid] for name, grid in grids.items()}


def raw_sheets(
    path: Path, content: bytes, keep: Callable[[str], bool], named: Sequence[str] = ()
) -> dict[str, list[list[Any]]]:
    """The cells of the sheets that ``keep`` wants, as the workbook holds them; ``cell_text`` writes one as a CSV would.

    Raises InputError for a workbook that cannot be read and for a sheet of ``named`` that it does not hold.
    """
    from python_calamine import CalamineWorkbook, SheetTypeEnum

    check_workbook(path, content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        kinds = {meta.name: meta.typ for meta in book.sheets_metadata}
        names = [
            name
            for name in book.sheet_names
            if kinds.get(name, SheetTypeEnum.WorkSheet) == SheetTypeEnum.WorkSheet
        ]
        absent = [name for name in named if name not in names]
        if absent:
            raise InputError(
                "The workbook has no such sheet.",
                file=path.name,
                found=", ".join(names),
                expected=absent[0],
                action="check the name",
            )
        wanted = [name for name in names if keep(name)]
        grids = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in wanted}
        for name, faults in faulty_cells(content, wanted).items():
            for row, column, fault in faults:
                if (
                    row < len(grids[name])
                    and column < len(grids[name][row])
                    and grids[name][row][column] == ""
                ):
                    grids[name][row][column] = fault
        return grids
    except InputError:
        raise
    except BaseException as fault:  # the reader is compiled code: a broken workbook may surface as a panic
        if isinstance(fault, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise InputError(
            "The file is not a table.",
            file=path.name,
            found="a zip archive or a damaged workbook",
            expected="a CSV or XLSX file",
            action=SAVE_AS,
        ) from fault


def cell_text(cell: object) -> str:
    """A workbook's cell as it would be written in a CSV: whole numbers without '.0', dates as YYYY-MM-DD."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    text = str(cell)
    return text.removesuffix(" 00:00:00")


def no_header(name: str, grid: Sequence[Sequence[object]]) -> InputError:
    """The refusal of a file in which no header was found."""
    # cells of a file nothing is known about may be personal: their number is told, not their text
    width = max((sum(bool(str(cell).strip()) for cell in row) for row in grid[:HEADER_SEARCH]), default=0)
    return InputError(
        "No row of the file names the columns that are needed.",
        file=name,
        row=1,
        found=f"up to {width} filled cells in a row, none of them a name that is looked for",
        expected=f"a header row among the first {HEADER_SEARCH} rows",
        action="check that this is the right file; see the README for the layouts that are read",
    )

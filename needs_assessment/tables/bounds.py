"""How much a file would be once it is read, told before it is: tables, workbooks, and the XML within them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from needs_assessment.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from xml.parsers import expat

import numpy as np

MOST_ROWS = 3_000_000  # of a table that is read row by row
MOST_PARQUET_CELLS = 60_000_000
MOST_PARQUET_BYTES = 600_000_000  # of all its columns, unpacked
_BLOCK_ROWS = 100_000


def check_rows(name: str, text: str, delimiter: str) -> None:
    """Raise InputError for a text that would become too many rows and cells to be read one by one."""
    lines = text.count("\n") + text.count("\r")
    marks = text.count(delimiter)
    if lines > MOST_ROWS or lines + marks > MOST_CELLS:
        raise InputError(
            "The file is too large to be read row by row.",
            file=name,
            found=f"{lines:,} lines and {marks:,} separators",
            expected=f"at most {MOST_ROWS:,} lines and {MOST_CELLS:,} cells",
            action="delete blank lines and columns, or give the table with one header and rows of equal length",
        )


def read_bounded_parquet(name: str, content: bytes) -> pa.Table:
    """The table of a Parquet file, its texts still packed as a dictionary where they can be.

    Raises InputError where it would be too large, by what it states and by what it holds; ArrowException, OSError or
    UnicodeDecodeError as the reader gives them.
    """
    import pyarrow as pa
    from pyarrow import parquet

    file = parquet.ParquetFile(pa.BufferReader(content))
    facts = file.metadata
    stated = sum(facts.row_group(at).total_byte_size for at in range(facts.num_row_groups))
    cells = facts.num_rows * facts.num_columns
    if cells > MOST_PARQUET_CELLS or stated > MOST_PARQUET_BYTES:
        raise _table_too_large(
            name, f"{facts.num_rows:,} rows of {facts.num_columns:,} columns, {stated:,} bytes unpacked"
        )
    texts = [field.name for field in file.schema_arrow if _is_text(field.type)]
    file = parquet.ParquetFile(
        pa.BufferReader(content), read_dictionary=texts, page_checksum_verification=True
    )
    batches, size = [], 0
    for batch in file.iter_batches(batch_size=_BLOCK_ROWS):
        size += sum(map(_unpacked_size, batch.columns))
        if size > MOST_PARQUET_BYTES:
            raise _table_too_large(name, f"more than {MOST_PARQUET_BYTES:,} bytes of text and numbers")
        batches.append(batch)
    return pa.Table.from_batches(batches, schema=batches[0].schema if batches else file.schema_arrow)


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind))


def _unpacked_size(column: Any) -> int:
    """Bytes of a column once every row has its own text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_primitive(column.type):
        return len(column) * int(column.type.bit_width) // 8
    if not pa.types.is_dictionary(column.type):
        return int(column.nbytes)
    lengths = pc.binary_length(column.dictionary)
    return int(pc.sum(lengths.take(column.indices)).as_py() or 0) + 8 * len(column)


def _table_too_large(name: str, found: str) -> InputError:
    return InputError(
        "The file is too large to be a table of wards or small areas.",
        file=name,
        found=found,
        expected=f"at most {MOST_PARQUET_CELLS:,} cells and {MOST_PARQUET_BYTES:,} bytes",
        action="give only the areas, ages and columns that are needed",
    )


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


MOST_UNPACKED = 500_000_000  # bytes of all parts
MOST_PARTS = 2_000
MOST_CELLS = 12_000_000  # of a table, or of the rectangle from the first to the last cell of every sheet
MOST_TEXT = 300_000_000  # characters that the cells show
MOST_LETTERS = 32_767  # that Excel takes in one cell
_BLOCK = 4_000_000
_LONGEST_MARK = 40_000_000
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,7})([0-9]{1,12})["']""")
_ROW = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\br\s*=\s*["']([0-9]{1,12})["']""")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_ANY_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_SHARED = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\bt\s*=\s*["']s["'][^>]*>\s*<(?:\w+:)?v>\s*([0-9]{1,9})\s*</""")
_SHARED_MARK = re.compile(rb"""\bt\s*=\s*["']s["']""")
_TEXT = re.compile(rb"<(?:\w+:)?si[\s>/]")
_EXCEL = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
ADVICE = "delete what stands outside the table (also spaces), save the sheet as 'CSV UTF-8', and give that"


def check_workbook(path: Path, content: bytes) -> None:
    """Raise InputError for a packed file that is no Excel workbook, or would be too large to read; else nothing."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_parts(path.name, archive)
            texts = _shared_lengths(path.name, archive)
            cells = shown = 0
            sheets = _sheet_parts(path.name, archive)
            for entry in archive.infolist():
                if _plain_part(entry.filename) in sheets:
                    sheet = _Sheet(texts)
                    for block in _blocks(archive, entry):
                        sheet.look_at(block)
                    _check_sheet(path.name, entry.filename, sheet)
                    cells, shown = cells + sheet.extent, shown + sheet.shown
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
    ) as fault:
        raise _damaged(path.name) from fault
    if cells > MOST_CELLS:
        raise _too_large(path.name, f"{cells:,} cells in all its sheets", f"at most {MOST_CELLS:,} cells")
    if shown > MOST_TEXT:
        raise _too_large(path.name, f"{shown:,} letters in its cells", f"at most {MOST_TEXT:,} letters")


def _check_parts(name: str, archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = {part.filename.lower() for part in parts}
    if _EXCEL not in names or "content.xml" in names or "xl/workbook.bin" in names:
        raise _damaged(name)
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MOST_UNPACKED or len(parts) > MOST_PARTS:
        raise _too_large(
            name,
            f"{len(parts):,} parts that unpack to {unpacked:,} bytes",
            f"at most {MOST_PARTS:,} parts and {MOST_UNPACKED:,} bytes",
        )
    if len(names) < len(parts):
        raise _damaged(name)


def _sheet_parts(name: str, archive: zipfile.ZipFile) -> set[str]:
    """The parts that the workbook leads to, wherever they lie; InputError where it would read one more than once."""
    sheets: list[str] = []
    parts: list[str] = []

    def add_sheet(element: str, attributes: Mapping[str, str]) -> None:
        if plain_name(element) == "sheet":
            sheets.extend(value for key, value in attributes.items() if plain_name(key) == "id")

    def add_part(element: str, attributes: Mapping[str, str]) -> None:
        if plain_name(element) == "Relationship":
            parts.append(_plain_part(attributes.get("Target", "")))

    names = {part.filename.lower(): part for part in archive.infolist()}
    for part, add in ((_EXCEL, add_sheet), (_RELATIONS, add_part)):
        look_through(archive.read(names[part]) if part in names else b"", add)
    if len(set(sheets)) < len(sheets) or len(set(parts)) < len(parts):
        raise _damaged(name)
    return set(parts)


def _plain_part(name: str) -> str:
    """The name of a part as the reader looks for it: below ``xl``, in either case and with either slash."""
    return name.replace("\\", "/").lower().removeprefix("/").removeprefix("xl/")


def _check_sheet(name: str, part: str, sheet: _Sheet) -> None:
    if sheet.extent > MOST_CELLS:
        raise _too_large(
            name,
            f"{part.rpartition('/')[2]}, whose last cell is in row {sheet.rows:,} and column {sheet.columns:,}",
            f"at most {MOST_CELLS:,} cells between the first cell and the last",
        )
    if sheet.shown > MOST_TEXT:
        raise _too_large(name, f"{sheet.shown:,} letters in one sheet", f"at most {MOST_TEXT:,} letters")


class _Sheet:
    """What one sheet comes to: rows and columns from the first cell to the last, and letters that its cells show."""

    def __init__(self, texts: np.ndarray) -> None:
        self._texts = texts
        self._longest = int(texts.max(initial=0))
        self._last_row = self._last_column = self._loose_rows = self._loose_cells = self._open_row = 0
        self.shown = 0

    @property
    def rows(self) -> int:
        """The last row; one that does not say its place follows the one before it."""
        return self._last_row + self._loose_rows

    @property
    def columns(self) -> int:
        """The last column; a cell that does not say its place follows the one before it."""
        return self._last_column + self._loose_cells

    @property
    def extent(self) -> int:
        return self.rows * self.columns

    def look_at(self, block: bytes) -> None:
        places = _PLACE.findall(block)
        rows = _ROW.findall(block)
        self._last_column = max([self._last_column, *map(_column, {letters for letters, _ in places})])
        self._last_row = max([self._last_row, *map(int, {*rows, *(digits for _, digits in places)})])
        self._loose_rows += max(len(_ANY_ROW.findall(block)) - len(rows), 0)
        widths = [len(_CELL.findall(row)) for row in _ANY_ROW.split(block)]
        unplaced = len(places) < sum(widths)
        widths[0] += self._open_row
        self._open_row = widths[-1]
        if unplaced:
            self._loose_cells = max(self._loose_cells, *widths)
        self._add_letters(block)

    def _add_letters(self, block: bytes) -> None:
        marks = len(_SHARED_MARK.findall(block))
        if marks * self._longest <= MOST_TEXT // 100:
            self.shown += marks * self._longest
            return
        told = np.array(_SHARED.findall(block)).astype(np.int64) if marks else np.zeros(0, dtype=np.int64)
        known = told[told < len(self._texts)]
        self.shown += int(self._texts[known].sum()) + (marks - len(told)) * self._longest


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _shared_lengths(name: str, archive: zipfile.ZipFile) -> np.ndarray:
    """The length of each shared text, or a little more: the bytes between the marks that begin them."""
    lengths: list[int] = []
    for entry in archive.infolist():
        if entry.filename.lower().endswith("sharedstrings.xml"):
            with archive.open(entry) as part:
                content = part.read()
            starts = [found.start() for found in _TEXT.finditer(content)]
            lengths += np.diff([*starts, len(content)]).tolist()
            # the marks of a text in several fonts are not letters of it
            if lengths and max(lengths) > MOST_LETTERS * 20:
                raise _too_large(
                    name, f"a text of {max(lengths):,} letters", f"at most {MOST_LETTERS:,} letters in a cell"
                )
    return np.array(lengths, dtype=np.int64)


def _blocks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The unpacked part in pieces, none of which ends within a mark."""
    with archive.open(entry) as part:
        rest = b""
        while block := part.read(_BLOCK):
            whole = rest + block
            cut = whole.rfind(b"<")
            if len(whole) - max(cut, 0) > _LONGEST_MARK:
                raise ValueError("a mark or a text without end")
            yield whole[: max(cut, 0)]
            rest = whole[max(cut, 0) :]
        yield rest


def _too_large(name: str, found: str, expected: str) -> InputError:
    return InputError(
        "The workbook is too large to read.", file=name, found=found, expected=expected, action=ADVICE
    )


def _damaged(name: str) -> InputError:
    return InputError(
        "The file is not a table.",
        file=name,
        found="a zip archive or a damaged workbook",
        expected="a CSV or XLSX file",
        action="open the file in a spreadsheet and save it as 'CSV UTF-8' or as an Excel workbook (.xlsx)",
    )

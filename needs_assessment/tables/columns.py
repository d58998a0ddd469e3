"""A large published table as columns: text, or whole numbers where every cell is one.

A CSV whose lines are all alike is read by pyarrow, any other by the row reader that says where a fault is; both give the
same columns. Workbooks and Parquet files come out the same way.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from needs_assessment.csv_text import GUARD, plain_text
from needs_assessment.errors import InputError
from needs_assessment.tables.bounds import read_bounded_parquet
from needs_assessment.tables.files import RawTable
from needs_assessment.tables.grids import Match, cell_text, no_header

_LARGEST = 10**15  # whole numbers to here are exact in a workbook's cells
# in a plain CSV a quotation mark stands beside a comma, a line's end or another mark
_STRAY_QUOTE = '[^{0}"\n\r]"[^{0}"\n\r]'


@dataclass(frozen=True)
class Columns:
    """A table by column: arrays hold text without spaces at its ends ('' is a blank), or int64.

    rows: the row number a spreadsheet shows for each record; the rest as in ``tablefile.RawTable``.
    """

    header: tuple[str, ...]
    arrays: tuple[pa.Array, ...] = field(repr=False)
    rows: Sequence[int] = field(repr=False)
    file: str
    header_row: int = 1
    sheet: str = ""
    title: str = ""
    notes: tuple[str, ...] = ()
    sha256: str = ""

    def __len__(self) -> int:
        return len(self.rows)

    def cells(self, position: int) -> list[str]:
        """One column as text."""
        array = self.arrays[position]
        return array.to_pylist() if pa.types.is_string(array.type) else array.cast(pa.string()).to_pylist()


def as_columns(table: RawTable) -> Columns:
    """The columns of a table of rows, whose cells are text or what a workbook holds."""
    arrays = tuple(_array(cells) for cells in zip(*table.records, strict=True))
    return Columns(
        header=table.header,
        arrays=arrays,
        rows=table.rows,
        file=table.file,
        header_row=table.header_row,
        sheet=table.sheet,
        title=table.title,
        notes=table.notes,
        sha256=table.sha256,
    )


def _array(cells: tuple[Any, ...]) -> pa.Array:
    try:
        array = pa.array(cells)  # of one kind: most columns are
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        array = None
    if array is not None and pa.types.is_floating(array.type):
        numbers = array.to_numpy()
        if (np.abs(numbers) < _LARGEST).all() and (numbers == np.floor(numbers)).all():
            return pa.array(numbers.astype(np.int64))
    if array is None or not pa.types.is_string(array.type):
        array = pa.array([cell_text(cell) for cell in cells], type=pa.string())
    return pc.utf8_trim_whitespace(array)


def read_even_csv(text: str, delimiter: str, name: str, digest: str) -> Columns | None:
    """The columns of a CSV whose header is its first line and whose every line has the same number of cells.

    None where the text is not so even (a note under the table, a blank line, a cell over two lines, a stray quotation
    mark): the row reader then says what is wrong, or reads it.
    """
    from pyarrow import csv as arrow_csv

    first, _, _ = text.partition("\n")
    header = next(csv.reader(io.StringIO(first), delimiter=delimiter), [])
    names = [" ".join(plain_text(cell).split()) for cell in header]
    folded = [name.casefold() for name in names]
    if '"' in text and (
        re.search(_STRAY_QUOTE.format(re.escape(delimiter)), text) or not _closes_on_each_line(text)
    ):
        return None
    if not all(names) or len(set(folded)) < len(folded) or text.count("\r") != text.count("\r\n"):
        return None
    places = [str(place) for place in range(len(names))]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(text.encode()),
            read_options=arrow_csv.ReadOptions(column_names=places, skip_rows=1),
            parse_options=arrow_csv.ParseOptions(delimiter=delimiter, ignore_empty_lines=False),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(places, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    lines = text.count("\n") + (not text.endswith("\n"))
    arrays = [pc.utf8_trim_whitespace(_unguarded(column)).combine_chunks() for column in table.columns]
    if table.num_rows != lines - 1 or not table.num_rows or not pc.all(pc.not_equal(arrays[0], "")).as_py():
        return None
    return Columns(tuple(names), tuple(arrays), range(2, lines + 1), name, sha256=digest)


def _closes_on_each_line(text: str) -> bool:
    """Whether each line holds an even number of quotation marks; no list of the lines, which may be millions, is made."""
    mark = text.find('"')
    while mark >= 0:
        end = text.find("\n", mark)
        end = len(text) if end < 0 else end
        if text.count('"', mark, end) % 2:
            return False
        mark = text.find('"', end)
    return True


def _unguarded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column without the apostrophes that our own writer sets before what looks like a formula."""
    if not pc.any(pc.starts_with(column, GUARD)).as_py():
        return column
    return pa.chunked_array([[plain_text(cell) for cell in column.to_pylist()]], pa.string())


def read_parquet(name: str, content: bytes, digest: str, score: Match) -> Columns:
    """The columns of a Parquet file. Raises InputError: damaged, a column of another kind than text or numbers, or without
    the columns that are needed.
    """
    table, names = _parquet_table(name, content)
    header = tuple(" ".join(column.split()) for column in names)
    folded = [column.casefold() for column in header]
    if not score(header):
        raise no_header(name, [header])
    if not all(header) or len(set(folded)) < len(folded):
        raise InputError(
            "A column name is missing or used twice.", file=name, row=1, expected="each column named once"
        )
    if not table.num_rows:
        raise InputError(
            "The file has a header but no rows of data.",
            file=name,
            row=1,
            found="no rows",
            expected="rows of data",
        )
    arrays = tuple(
        _plain_column(name, title, column) for title, column in zip(header, table.columns, strict=True)
    )
    return Columns(header, arrays, range(2, table.num_rows + 2), name, sha256=digest)


def _parquet_table(name: str, content: bytes) -> tuple[pa.Table, list[str]]:
    try:
        table = read_bounded_parquet(name, content)
        return table, table.column_names
    # a damaged name is bytes that are no text
    except (pa.ArrowException, OSError, UnicodeDecodeError) as fault:
        raise InputError(
            "The file is damaged, or is not a Parquet file.",
            file=name,
            found=f"{len(content):,} bytes that cannot be read as a table",
            expected="a whole Parquet file",
            action="copy or write it again, or give the table as CSV",
        ) from fault


def _plain_column(name: str, title: str, column: pa.ChunkedArray) -> pa.Array:
    try:
        return _plain(column.combine_chunks())
    except pa.ArrowException as fault:
        raise InputError(
            "A column of the file cannot be read as text or numbers.",
            file=name,
            column=title,
            found=str(column.type),
            expected="text, or numbers that fit 64 bits with a sign",
            action="write the column as text or as numbers, or leave it out",
        ) from fault


def _plain(array: Any) -> pa.Array:
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_integer(array.type) and not array.null_count:
        return array.cast(pa.int64())
    if pa.types.is_floating(array.type):
        texts = ["" if value is None or np.isnan(value) else cell_text(value) for value in array.to_pylist()]
        array = pa.array(texts, type=pa.string())
    return pc.utf8_trim_whitespace(pc.fill_null(array.cast(pa.string()), ""))

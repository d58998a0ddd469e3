"""How much a CSV or a Parquet file would be once it is read, told before it is: each mark and each row takes memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from needs_assessment.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

MOST_ROWS = 3_000_000  # of a table that is read row by row
MOST_CELLS = 12_000_000
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
        raise _too_large(
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
            raise _too_large(name, f"more than {MOST_PARQUET_BYTES:,} bytes of text and numbers")
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


def _too_large(name: str, found: str) -> InputError:
    return InputError(
        "The file is too large to be a table of wards or small areas.",
        file=name,
        found=found,
        expected=f"at most {MOST_PARQUET_CELLS:,} cells and {MOST_PARQUET_BYTES:,} bytes",
        action="give only the areas, ages and columns that are needed",
    )

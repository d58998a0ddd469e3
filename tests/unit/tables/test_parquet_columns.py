"""Columns of Parquet files: every kind that is text or a number, and every kind of damage."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pyarrow as pa
import pytest
from pyarrow import parquet

from needs_assessment import InputError
from needs_assessment.tables.columns import read_parquet

CODES = ["E05000001", "E05000002"]


def _file(column: pa.Array, **options: object) -> bytes:
    stream = io.BytesIO()
    parquet.write_table(pa.table({"ward_code": CODES, "other": column}), stream, **options)
    return stream.getvalue()


def _read(content: bytes) -> list[object]:
    return read_parquet("wards.parquet", content, "", lambda _: 1).arrays[1].to_pylist()


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        (pa.array([" a ", None]), ["a", ""]),
        (pa.array(["a", None], pa.large_string()), ["a", ""]),
        (pa.array(["a", None]).dictionary_encode(), ["a", ""]),
        (pa.array([7, 7]).dictionary_encode(), [7, 7]),
        (pa.array([1, 2], pa.uint64()), [1, 2]),
        (pa.array([1, None]), ["1", ""]),
        (pa.array([1.0, None]), ["1", ""]),
        (pa.array([1.5, float("nan")]), ["1.5", ""]),
        (pa.array([Decimal("1.50"), None]), ["1.50", ""]),
        (pa.array([dt.date(2020, 6, 30), None]), ["2020-06-30", ""]),
        (pa.array([True, None]), ["true", ""]),
        (pa.nulls(2), ["", ""]),
        (pa.array(["é".encode(), b"b"], pa.binary()), ["é", "b"]),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else "",
)
def test_text_and_numbers_are_read(column: pa.Array, cells: list[object]) -> None:
    assert _read(_file(column)) == cells


@pytest.mark.parametrize(
    "column",
    [
        pa.array([[1], [2]]),
        pa.array([{"age": 1}, {"age": 2}]),
        pa.array([b"\xff", b"a"], pa.binary()),
        pa.array([1, 2**63 + 5], pa.uint64()),
    ],
    ids=lambda column: str(column.type),
)
def test_another_kind_of_column_is_named(column: pa.Array) -> None:
    with pytest.raises(InputError, match="cannot be read as text or numbers") as caught:
        _read(_file(column))
    assert (caught.value.file, caught.value.column) == ("wards.parquet", "other")
    assert caught.value.found
    assert caught.value.action


@pytest.mark.parametrize("content", [b"", b"PAR1", b"ward_code,persons\nE05000001,3\n"])
def test_what_is_no_parquet_file_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match="not a Parquet file"):
        _read(content)


def test_damage_is_refused_wherever_it_is() -> None:
    whole = _file(pa.array(["F", "M"]).dictionary_encode(), write_page_checksum=True)
    damaged = [whole[:length] for length in range(0, len(whole), 5)]
    for place in range(len(whole)):
        for bit in (0x01, 0x80, 0xFF):
            content = bytearray(whole)
            content[place] ^= bit
            damaged.append(bytes(content))
    refused = 0
    for content in damaged:
        try:
            cells = _read(content)
        except InputError:
            refused += 1
        else:
            # a name, or what is not read of the file, may differ; a cell never does unseen
            assert cells == ["F", "M"]
    assert refused > len(damaged) / 2

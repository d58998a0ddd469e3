"""Workbooks and Parquet files are measured before they are read: what would be ruinous is refused in words."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from needs_assessment.errors import InputError
from needs_assessment.tables import bounds
from needs_assessment.tables.bounds import check_workbook, read_bounded_parquet
from needs_assessment.tables.grids import read_sheets, records

ROOT = Path(__file__).resolve().parents[3]


def _benchmark(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BOOKS = _benchmark("hostile_workbooks")
HOSTILE = dict(BOOKS.hostile())
SMALL = [
    name
    for name in HOSTILE
    if any(word in name for word in ("space", "far beyond", "one text of 32", "100 sheets", "listed again"))
]


@pytest.mark.parametrize("name", [*SMALL, "OpenDocument, a repeated cell"])
def test_a_ruinous_workbook_is_refused_before_it_is_read(name: str, tmp_path: Path) -> None:
    path = Path(HOSTILE[name](tmp_path, ""))
    with pytest.raises(InputError) as refused:
        read_sheets(path, path.read_bytes())
    assert refused.value.file == "t.xlsx"
    assert refused.value.action


def _extent(tmp_path: Path, rows: str, most: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(bounds, "MOST_CELLS", most)
    path = BOOKS.workbook(tmp_path / "b.xlsx", [rows])
    try:
        check_workbook(path, path.read_bytes())
    except InputError:
        return False
    return True


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        ('<row r="3"><c r="D3"><v>1</v></c></row>', 12),
        ('<row><c r="AA2"><v>1</v></c></row>', 27 * 3),
        ("<row><c><v>1</v></c><c><v>1</v></c></row><row><c/></row>", 4),
        ("<row r='2'><c r='b2'/></row>", 4),
        ('<row r="9"></row>', 0),
        ('<x:row r = "5"><x:c r = "B5"/></x:row>', 10),
        ('<row r="2"><c r="C2"/><c/></row>', 10),
    ],
)
def test_the_extent_is_from_the_first_cell_to_the_last(
    rows: str, cells: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _extent(tmp_path, rows, cells, monkeypatch)
    if cells:
        assert not _extent(tmp_path, rows, cells - 1, monkeypatch)


def _shared(tmp_path: Path, text: str, cells: int) -> Path:
    strings = f"<sst><si><t>{text}</t></si><si><t>y</t></si></sst>"
    row = '<c t="s"><v>0</v></c>' * cells + '<c t="s"><v>1</v></c>'
    return BOOKS.workbook(tmp_path / "s.xlsx", [f"<row>{row}</row>"], strings)


def test_letters_count_once_for_every_cell_that_shows_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _shared(tmp_path, "x" * 980, 10)
    shown = 10 * (980 + len("<si><t></t></si>")) + len("<si><t>y</t></si></sst>")
    monkeypatch.setattr(bounds, "MOST_TEXT", shown)
    check_workbook(path, path.read_bytes())
    monkeypatch.setattr(bounds, "MOST_TEXT", shown - 1)
    with pytest.raises(InputError, match="too large"):
        check_workbook(path, path.read_bytes())


@pytest.mark.parametrize(("name", "parts"), [("MOST_PARTS", 5), ("MOST_UNPACKED", None)])
def test_parts_are_counted_and_added_up(
    name: str, parts: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import zipfile

    path = BOOKS.workbook(tmp_path / "b.xlsx", [BOOKS.row_of(1, {"A": "x"})])
    with zipfile.ZipFile(path) as archive:
        most = parts or sum(part.file_size for part in archive.infolist())
        assert parts is None or len(archive.infolist()) == parts
    monkeypatch.setattr(bounds, name, most)
    check_workbook(path, path.read_bytes())
    monkeypatch.setattr(bounds, name, most - 1)
    with pytest.raises(InputError, match="too large"):
        check_workbook(path, path.read_bytes())


def test_blocks_of_any_size_come_to_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f"<row>{'<c><v>1</v></c>' * width}</row>" for width in (3, 50, 2))
    for block in (7, 64, 1000):
        monkeypatch.setattr(bounds, "_BLOCK", block)
        assert _extent(tmp_path, rows, 150, monkeypatch)
        assert not _extent(tmp_path, rows, 149, monkeypatch)


def _refused(read: Callable[[], object]) -> bool:
    try:
        read()
    except InputError:
        return True
    return False


def test_a_csv_of_too_many_marks_is_not_read_row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a,b\n1,2\n3,4\n"
    for name, most in (("MOST_ROWS", 3), ("MOST_CELLS", 6)):
        with monkeypatch.context() as patch:
            patch.setattr(bounds, name, most)
            assert records("t.csv", text, ",") == [["a", "b"], ["1", "2"], ["3", "4"]]
            patch.setattr(bounds, name, most - 1)
            assert _refused(lambda: records("t.csv", text, ","))


def test_a_parquet_file_is_measured_by_what_its_rows_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = pa.table({"word": pa.DictionaryArray.from_arrays([0] * 50, ["x" * 1000]), "n": list(range(50))})
    pq.write_table(table, tmp_path / "t.parquet")
    content = (tmp_path / "t.parquet").read_bytes()
    size = 50 * (1000 + 8) + 50 * 8
    for name, most in (("MOST_PARQUET_BYTES", size), ("MOST_PARQUET_CELLS", 100)):
        with monkeypatch.context() as patch:
            patch.setattr(bounds, name, most)
            read = read_bounded_parquet("t.parquet", content)
            assert read["word"].to_pylist() == ["x" * 1000] * 50
            assert read["n"].to_pylist() == list(range(50))
            patch.setattr(bounds, name, most - 1)
            assert _refused(lambda: read_bounded_parquet("t.parquet", content))


def test_numbers_packed_as_a_dictionary_count_in_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = pa.table({"n": pa.DictionaryArray.from_arrays([0] * 1000, [7])})
    pq.write_table(table, tmp_path / "t.parquet")
    content = (tmp_path / "t.parquet").read_bytes()
    monkeypatch.setattr(bounds, "MOST_PARQUET_BYTES", 8 * 1000)
    assert read_bounded_parquet("t.parquet", content)["n"].to_pylist() == [7] * 1000
    monkeypatch.setattr(bounds, "MOST_PARQUET_BYTES", 8 * 1000 - 1)
    assert _refused(lambda: read_bounded_parquet("t.parquet", content))


def _whole(tmp_path: Path, **said: Any) -> Path:
    return Path(BOOKS.workbook(tmp_path / "w.xlsx", ['<row r="3"><c r="D3"/></row>'] * 2, **said))


@pytest.mark.parametrize("place", ["xl/worksheets/sheet{}.xml", "xl/W{}.XML", "xl/a/b{}.bin"])
def test_a_sheet_is_measured_wherever_it_lies(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _whole(tmp_path, place=place)
    for most, taken in ((24, True), (23, False)):
        monkeypatch.setattr(bounds, "MOST_CELLS", most)
        assert _refused(lambda: check_workbook(path, path.read_bytes())) is not taken


@pytest.mark.parametrize(
    "again", ["worksheets/sheet1.xml", "xl/worksheets/sheet1.xml", "/xl/Worksheets/sheet1.xml"]
)
def test_a_workbook_that_lists_a_sheet_twice_is_refused(again: str, tmp_path: Path) -> None:
    one = ("r1", "worksheets/sheet1.xml")
    for listed in ([one, ("r2", again)], [one, ("r1", again)]):
        path = _whole(tmp_path, listed=listed)
        with pytest.raises(InputError):
            check_workbook(path, path.read_bytes())
    path = _whole(tmp_path, listed=[one, ("r2", "worksheets/sheet2.xml")])
    check_workbook(path, path.read_bytes())

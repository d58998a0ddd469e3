"""The workbook, item by item against the guidance on accessible spreadsheets, read back with openpyxl."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from needs_assessment.disclosure.published_table import PublishedTable, TableColumn
from needs_assessment.report.writers.document import clean_text
from needs_assessment.report.writers.workbook import sheet_names, write_workbook

NOTES = [
    "Every figure is modelled unless the sheet says observed.",
    "[not a link](at all) and $$not a note$$",
]
SOURCES = ["Office for National Statistics, mid-2022 population estimates", "=HYPERLINK(1)"]


def _write(samples, path: Path, tables: list[PublishedTable] | None = None) -> None:
    chosen = tables or [samples.ward_table(31), samples.answers_table(), samples.ward_table(31)]
    write_workbook(
        "Tables: Central Bedfordshire", chosen, NOTES, SOURCES, path, date=samples.DATE, author="Us"
    )


@pytest.fixture(scope="module")
def path(samples, tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("workbook") / "tables.xlsx"
    _write(samples, file)
    return file


@pytest.fixture(scope="module")
def book(path):
    return openpyxl.load_workbook(path)


def _table_range(sheet) -> tuple[int, int, int, int]:
    """Header row, last row, first column, last column of the sheet's marked table."""
    (table,) = sheet.tables.values()
    cells = sheet[table.ref]
    return cells[0][0].row, cells[-1][0].row, cells[0][0].column, cells[0][-1].column


def test_cover_contents_notes_then_one_sheet_a_table(book) -> None:
    assert book.sheetnames == ["Cover", "Contents", "Notes", "wards", "answers", "wards_2"]
    assert book.active.title == "Cover"


def test_the_cover_says_what_this_is_when_and_from_where(book) -> None:
    lines = [cell.value for cell in book["Cover"]["A"]]
    assert lines[0] == "Tables: Central Bedfordshire"
    assert "Published by Us on 31 March 2026." in lines
    assert NOTES[0] in lines
    assert set(SOURCES) <= set(lines)
    assert any(line.startswith("[c] means") for line in lines)
    assert any(line.startswith("[x] means") for line in lines)
    assert None not in lines


def test_the_contents_lead_to_every_table_sheet(book) -> None:
    sheet = book["Contents"]
    links = {
        cell.value: cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink
    }
    assert links == {name: f"'{name}'!A1" for name in ("wards", "answers", "wards_2")}


def test_one_marked_table_a_sheet_that_starts_in_column_a_and_ends_with_the_sheet(book) -> None:
    names = []
    for sheet in book.worksheets[1:]:
        first, last, left, right = _table_range(sheet)
        assert left == 1
        assert (last, right) == (sheet.max_row, sheet.max_column)
        assert all(sheet.cell(first, place).value for place in range(left, right + 1))
        names += list(sheet.tables)
        (table,) = sheet.tables.values()
        assert table.headerRowCount != 0
        headings = [column.name for column in table.tableColumns]
        assert len({heading.lower() for heading in headings}) == len(headings)
    assert len(set(names)) == len(names)


def test_nothing_is_merged_blank_or_hidden(book) -> None:
    for sheet in book:
        assert not sheet.merged_cells.ranges
        assert sheet.sheet_state == "visible"
        assert not any(
            part.hidden for part in [*sheet.row_dimensions.values(), *sheet.column_dimensions.values()]
        )
        assert all(sheet.cell(row, 1).value for row in range(1, sheet.max_row + 1))
    for sheet in book.worksheets[1:]:
        first, last, _, right = _table_range(sheet)
        assert all(cell.value is not None for row in sheet.iter_rows(first, last, 1, right) for cell in row)


def test_each_sheet_says_what_it_holds_above_the_table(book, samples) -> None:
    sheet = book["wards"]
    first, *_ = _table_range(sheet)
    above = [sheet.cell(row, 1).value for row in range(1, first)]
    assert above[0].startswith(samples.ward_table(31).title)
    assert above[1].startswith("This worksheet contains one table.")
    assert any(line.startswith("Source: Contains National Statistics data") for line in above)


def test_shorthand_is_explained_where_it_is_used(book) -> None:
    for sheet in book.worksheets[3:]:
        first, last, _, right = _table_range(sheet)
        used = {
            cell.value
            for row in sheet.iter_rows(first + 1, last, 1, right)
            for cell in row
            if isinstance(cell.value, str) and cell.value.startswith("[") and len(cell.value) == 3
        }
        above = " ".join(sheet.cell(row, 1).value for row in range(1, first))
        assert used
        assert all(f"{mark} means" in above for mark in used)


def test_notes_are_numbered_and_referred_to(book, samples) -> None:
    sheet = book["Notes"]
    first, last, *_ = _table_range(sheet)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(first + 1, last)]
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    titles = {name: book[name]["A1"].value for name in ("wards", "answers", "wards_2")}
    for number, text, name in rows:
        assert f"[note {number}]" in titles[name]
        assert text in (*samples.ward_table(31).notes, *samples.answers_table().notes)


def test_numbers_are_numbers_rounded_as_the_table_says(book, samples) -> None:
    sheet = book["wards"]
    first, *_ = _table_range(sheet)
    table = samples.ward_table(31)
    for place, value in enumerate(table.frame["victims"]):
        cell = sheet.cell(first + 1 + place, 4)
        assert cell.data_type == "n"
        assert cell.value == round(value / 10) * 10
        assert cell.number_format == "#,##0"
    share = sheet.cell(first + 1, 7)
    assert (share.value, share.number_format) == (0.079, "0.0%")
    assert sheet.cell(first + 1, 4).alignment.horizontal == "right"
    assert sheet.cell(first + 1, 1).alignment.horizontal == "left"
    answers = book["answers"]
    assert [answers.cell(row, 2).value for row in range(answers.max_row - 2, answers.max_row + 1)] == [
        31,
        39,
        34.2,
    ]
    assert answers.cell(answers.max_row, 2).number_format == "#,##0.0"


def test_suppressed_and_missing_are_markers_as_text(book) -> None:
    sheet = book["wards"]
    first, *_ = _table_range(sheet)
    assert [(sheet.cell(first + row, 8).value, sheet.cell(first + row, 8).data_type) for row in (2, 4)] == [
        ("[c]", "s"),
        ("[x]", "s"),
    ]


def test_the_header_stays_in_sight_and_is_printed_on_every_page(book) -> None:
    for sheet in book.worksheets[3:]:
        first, *_ = _table_range(sheet)
        assert sheet.freeze_panes == f"A{first + 1}"
        assert sheet.print_title_rows == f"${first}:${first}"
        assert (sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (9, 0)


def test_type_is_large_plain_and_black(book) -> None:
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    assert cell.font.name == "Arial"
                    assert cell.font.sz >= 12
                    assert cell.fill.fill_type is None


def test_properties_have_title_language_and_only_the_given_date(path, book, samples) -> None:
    properties = book.properties
    assert (properties.title, properties.language, properties.creator) == (
        "Tables: Central Bedfordshire",
        "en-GB",
        "Us",
    )
    assert properties.created.date().isoformat() == properties.modified.date().isoformat() == samples.DATE
    with zipfile.ZipFile(path) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_strange_names_are_text_and_never_a_formula_or_a_link(samples, tmp_path) -> None:
    file = tmp_path / "strange.xlsx"
    _write(samples, file, [samples.ward_table(40, names=samples.STRANGE)])
    book = openpyxl.load_workbook(file)
    sheet = book["wards"]
    first, *_ = _table_range(sheet)
    cells = [sheet.cell(first + 1 + place, 1) for place in range(len(samples.STRANGE))]
    assert [cell.value for cell in cells] == [
        clean_text(name) if name.strip() else "[z]" for name in samples.STRANGE
    ]
    assert all(cell.data_type == "s" and cell.hyperlink is None for cell in cells)
    with zipfile.ZipFile(file) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())
        rels = [name for name in archive.namelist() if name.startswith("xl/worksheets/_rels")]
        assert not any(b'TargetMode="External"' in archive.read(name) for name in rels)


def test_sheet_names_are_valid_and_unique() -> None:
    names = sheet_names(["a" * 40, "a" * 40, "Notes", "History", "x/y:z[1]?*\\", "'q'", "", "WARDS", "wards"])
    assert len({name.lower() for name in names}) == len(names)
    for name in names:
        assert 1 <= len(name) <= 31
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'")
        assert name.lower() not in ("notes", "history", "cover", "contents")


def test_a_table_without_rows_notes_or_source_and_with_headings_alike(samples, tmp_path) -> None:
    columns = (TableColumn("a", "People"), TableColumn("b", "people", kind="number"))
    table = PublishedTable("t", "Title", columns, pd.DataFrame({"a": [], "b": []}))
    file = tmp_path / "tables.xlsx"
    write_workbook("T", [table], [], [], file, date=samples.DATE)
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["Cover", "Contents", "t"]
    assert [[cell.value for cell in row] for row in book["t"].iter_rows()][-2:] == [
        ["People", "people (2)"],
        ["No rows", "[z]"],
    ]


def test_a_workbook_without_tables_is_refused(samples, tmp_path) -> None:
    with pytest.raises(ValueError, match="at least one table"):
        write_workbook("T", [], [], [], tmp_path / "tables.xlsx", date=samples.DATE)


def test_same_tables_same_bytes_and_pandas_reads_them(samples, tmp_path) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        _write(samples, tmp_path / name)
    content = (tmp_path / "one.xlsx").read_bytes()
    assert content == (tmp_path / "two.xlsx").read_bytes()
    sheet = pd.read_excel(io.BytesIO(content), sheet_name="answers", header=None, engine="calamine")
    assert list(sheet.iloc[-3:, 1]) == [31, 39, 34.2]

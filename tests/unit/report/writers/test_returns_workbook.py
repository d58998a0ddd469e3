"""The fill-in workbook: drop-downs that offer what the reader accepts, nothing filled in, read back as it is."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import openpyxl
import pytest

from needs_assessment.catalogue.returns import RETURN_MEASURES
from needs_assessment.errors import InputError
from needs_assessment.inputs.areas.geography import resolve_area
from needs_assessment.inputs.returns.local_figures import supply_by_type
from needs_assessment.inputs.returns.returns import LocalReturns, load_services
from needs_assessment.registers.registers import load_registers
from needs_assessment.report.writers.returns_workbook import SHEETS, write_template
from needs_assessment.tables.schemas import ACCOMMODATION_TYPES, SERVICES

AREA = "Central Bedfordshire"
START, END = dt.date(2024, 4, 1), dt.date(2025, 3, 31)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "returns.xlsx"
    write_template(path, AREA)
    return path


def read(path: Path, data: Path) -> LocalReturns:
    area = resolve_area(["E06000056"], data)
    return load_services(path, area, data, load_registers(data), dt.date(2025, 6, 30))


def test_the_same_name_gives_the_same_bytes(template: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    write_template(again, AREA)
    assert again.read_bytes() == template.read_bytes()
    assert len(template.read_bytes()) < 100_000


def test_nothing_is_filled_in(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    assert tuple(book.sheetnames) == SHEETS
    rows = list(book["returns"].iter_rows(values_only=True))
    assert list(rows[0]) == SERVICES.names
    assert all(cell is None for row in rows[1:] for cell in row)
    assert AREA in book["cover"]["A1"].value
    assert all(sheet.sheet_state == "visible" for sheet in book)


def test_an_empty_template_is_refused_in_words(template: Path, data: Path) -> None:
    with pytest.raises(InputError, match="no rows of data"):
        read(template, data)


def test_drop_downs_offer_what_the_reader_accepts(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    listed = [row[:2] for row in book["measures"].iter_rows(min_row=2, values_only=True)]
    assert listed == [(name, measure.unit) for name, measure in RETURN_MEASURES.items()]
    rules = {
        str(rule.sqref).split(":")[0][0]: rule for rule in book["returns"].data_validations.dataValidation
    }
    assert set(rules) == set("ABCDEFGHI")
    last = len(RETURN_MEASURES) + 1
    assert rules["A"].formula1 == f"measures!$A$2:$A${last}"
    assert rules["B"].formula1 == f'"{",".join(ACCOMMODATION_TYPES)}"'
    assert rules["G"].formula1 == '"yes,no"'
    assert f"$B$2:$B${last}" in rules["C"].formula1
    assert all(rule.prompt for rule in rules.values())


def test_a_filled_template_is_read_back(template: Path, data: Path) -> None:
    """One row for every measure, in the cells as a spreadsheet holds them: numbers and dates, not text."""
    book = openpyxl.load_workbook(template)
    sheet = book["returns"]
    skipped = {name for name, measure in RETURN_MEASURES.items() if measure.same_as[0]}
    names = [name for name in RETURN_MEASURES if name not in skipped]
    for row, name in enumerate(names, start=2):
        measure = RETURN_MEASURES[name]
        own = measure.typed and measure.agency.startswith("Safe accommodation")
        start = START if measure.flow else END
        cells = (name, "refuge" if own else None, measure.unit, 7, start, END, None, "Our return", None)
        for column, cell in enumerate(cells, start=1):
            sheet.cell(row, column, cell)
    book.save(template)
    returns = read(template, data)
    own = returns.frame[returns.frame["origin"] == "file"]
    assert sorted(own["measure"]) == sorted(names)
    assert (own["value"] == 7).all()
    assert set(own["period_end"]) == {END}
    assert {kind: figure.value for kind, figure in supply_by_type(returns).items()} == {"refuge": 7}


def test_optional_columns_may_be_deleted_and_the_example_is_still_not_read(
    template: Path, data: Path
) -> None:
    book = openpyxl.load_workbook(template)
    sheet = book["returns"]
    for column, cell in enumerate(
        ("marac_cases", None, "cases", 60, START, END, None, "Marac", None), start=1
    ):
        sheet.cell(2, column, cell)
    sheet.delete_cols(9)
    sheet.delete_cols(7)
    book.save(template)
    own = read(template, data).frame
    assert own.loc[own["origin"] == "file", ["measure", "value"]].to_numpy().tolist() == [["marac_cases", 60]]


def test_the_example_would_itself_be_accepted(template: Path, data: Path, tmp_path: Path) -> None:
    example = openpyxl.load_workbook(template)["example"]
    book = openpyxl.Workbook()
    book.active.append(SERVICES.names)
    for row in example.iter_rows(min_row=2, values_only=True):
        book.active.append(row)
    path = tmp_path / "example.xlsx"
    book.save(path)
    assert (read(path, data).frame["origin"] == "file").sum() == example.max_row - 1


@pytest.mark.parametrize("name", ["=cmd|'/C calc'!A0", "<b>&\x07", "R" * 400, "Tŷ Gwyn 🏠"])
def test_strange_names_stay_text(tmp_path: Path, name: str) -> None:
    path = tmp_path / "strange.xlsx"
    write_template(path, name)
    cell = openpyxl.load_workbook(path)["cover"]["A1"]
    assert cell.data_type == "s"
    with zipfile.ZipFile(path) as archive:
        assert not any(b"<f>" in archive.read(entry) for entry in archive.namelist() if "sheet1" in entry)

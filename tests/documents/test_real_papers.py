"""The finished files of a whole run, opened: the PDF by its structure tree, the workbook sheet by sheet, their sizes."""

from __future__ import annotations

import itertools
from pathlib import Path

import openpyxl
import pikepdf
import pytest
from lxml import html as html_parser
from openpyxl.utils import range_boundaries

from needs_assessment.report.writers.document import clean_text
from tests.documents.prose import elements

LARGEST = 5_000_000  # bytes: what most councils' mail and committee systems take
HEADINGS = [f"/H{level}" for level in range(1, 7)]


@pytest.fixture(scope="module", params=["bedfordshire", "warwickshire", "with_everything"])
def folder(request: pytest.FixtureRequest) -> Path:
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("ending", ["docx", "pdf", "html"])
def test_the_paper_is_small_enough_to_send(folder: Path, ending: str) -> None:
    assert 10_000 < (folder / f"commissioning_paper.{ending}").stat().st_size < LARGEST


def test_the_pdf_is_tagged_named_and_bookmarked(folder: Path) -> None:
    page = html_parser.fromstring((folder / "commissioning_paper.html").read_bytes())
    sections = [" ".join(found.text_content().split()) for found in page.xpath("//main//h2")]
    with pikepdf.open(folder / "commissioning_paper.pdf") as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang) == "en-GB"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == page.findtext(".//title")
        with pdf.open_outline() as outline:
            assert [item.title for item in outline.root] == sections


def test_every_element_of_the_pdf_that_needs_it_has_its_words(folder: Path) -> None:
    page = html_parser.fromstring((folder / "commissioning_paper.html").read_bytes())
    with pikepdf.open(folder / "commissioning_paper.pdf") as pdf:
        tree = list(elements(pdf.Root.StructTreeRoot.K))
        figures = [str(element.Alt) for element in tree if str(element.S) == "/Figure"]
        levels = [HEADINGS.index(str(element.S)) + 1 for element in tree if str(element.S) in HEADINGS]
        tables = [element for element in tree if str(element.S) == "/Table"]
        heads = [
            (len([e for e in elements(table.K) if str(e.S) == "/THead"]), len(list(_columns(table))))
            for table in tables
        ]
    assert figures == [clean_text(picture.get("alt")) for picture in page.iter("img")]
    assert all(len(alt) > 40 for alt in figures)
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert heads == [(1, len(table.xpath("./thead/tr/th"))) for table in page.iter("table")]


def _columns(table: pikepdf.Dictionary) -> list[pikepdf.Dictionary]:
    return [element for element in elements(table.K) if str(element.S) == "/TH"]


def test_the_workbook_follows_the_checklist_for_accessible_spreadsheets(folder: Path) -> None:
    """Item by item what the Analysis Function's checklist asks of a published workbook and a program can see."""
    book = openpyxl.load_workbook(folder / "tables.xlsx")
    assert book.sheetnames[:3] == ["Cover", "Contents", "Notes"]
    assert book.properties.title
    assert book.properties.language == "en-GB"
    assert book.active.title == "Cover"  # opens at the start
    assert len(set(map(str.lower, book.sheetnames))) == len(book.sheetnames)
    contents = {cell.value for row in book["Contents"].iter_rows() for cell in row}
    names: list[str] = []
    for sheet in book:
        assert sheet.sheet_state == "visible"
        assert not sheet.merged_cells.ranges
        assert sheet["A1"].value, sheet.title
        assert sheet["A1"].font.b
        assert not sheet._images
        assert not sheet._charts
        rows = sheet.iter_rows(1, sheet.max_row)
        assert all(any(cell.value is not None for cell in row) for row in rows), f"{sheet.title}: blank row"
        assert not any(
            isinstance(cell.value, str) and cell.value.startswith("=")
            for row in sheet.iter_rows()
            for cell in row
        )
        if sheet.title == "Cover":
            continue
        (table,) = sheet.tables.values()  # one marked table a sheet
        names.append(table.displayName)
        left, top, right, bottom = range_boundaries(table.ref)
        assert (left, bottom) == (1, sheet.max_row)
        header = [cell.value for cell in next(sheet.iter_rows(top, top, 1, right))]
        assert all(header)
        assert len(set(header)) == len(header)
        for row in sheet.iter_rows(top + 1, bottom, 1, right):
            assert all(cell.value is not None and str(cell.value).strip() for cell in row), sheet.title
        if sheet.title not in ("Contents", "Notes"):
            assert sheet.title in contents
            assert sheet.freeze_panes
    assert len(set(names)) == len(names)

"""The PDF, read back by walking its structure tree: tagged, PDF/UA-1, in order, nothing lost."""

from __future__ import annotations

import datetime
import itertools
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from needs_assessment.report.writers.document import Document, Heading, Paragraph
from needs_assessment.report.writers.pdf import _breakable, _displayable, write_pdf

HEADINGS = ("/H1", "/H2", "/H3", "/H4", "/H5", "/H6")


@pytest.fixture(scope="module")
def path(samples, tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("pdf") / "paper.pdf"
    write_pdf(samples.paper(103), file)
    return file


@pytest.fixture(scope="module")
def pdf(path) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(path) as opened:
        yield opened


def _elements(node: Any) -> Iterator[pikepdf.Dictionary]:
    """Every structure element below ``node``, in reading order."""
    if isinstance(node, pikepdf.Array):
        for kid in node:
            yield from _elements(kid)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield node
        if "/K" in node:
            yield from _elements(node.K)


@pytest.fixture(scope="module")
def structure(pdf) -> list[pikepdf.Dictionary]:
    return list(_elements(pdf.Root.StructTreeRoot.K))


def _attribute(element: pikepdf.Dictionary, key: str) -> Any:
    attributes = element.get("/A", pikepdf.Array())
    for attribute in attributes if isinstance(attributes, pikepdf.Array) else [attributes]:
        if key in attribute:
            return attribute[key]
    return None


def test_it_is_tagged_and_says_it_is_pdf_ua_1(pdf) -> None:
    assert bool(pdf.Root.MarkInfo.Marked)
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"


def test_language_title_and_the_title_is_shown(pdf, samples) -> None:
    assert str(pdf.Root.Lang) == "en-GB"
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    with pdf.open_metadata() as metadata:
        assert metadata["dc:title"] == samples.paper().title
        assert metadata["xmp:CreateDate"].startswith(samples.DATE)


def test_every_section_has_a_bookmark(pdf, samples) -> None:
    with pdf.open_outline() as outline:
        top = [item.title for item in outline.root]
        below = [child.title for item in outline.root for child in item.children]
    headings = [block for block in samples.paper().blocks if isinstance(block, Heading)]
    assert [title for title in top if title != "Contents"] == [h.text for h in headings if h.level == 1]
    assert below == [h.text for h in headings if h.level == 2]


def test_headings_are_in_order(structure) -> None:
    levels = [HEADINGS.index(str(element.S)) + 1 for element in structure if str(element.S) in HEADINGS]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_every_figure_has_alternative_text(structure, samples) -> None:
    figures = [element for element in structure if str(element.S) == "/Figure"]
    assert [str(figure.Alt) for figure in figures] == [samples.figure().alt] * 2


def test_tables_have_header_cells_for_every_column(structure) -> None:
    tables = [element for element in structure if str(element.S) == "/Table"]
    assert len(tables) == 3
    for table, columns, rows in zip(tables, (4, 8, 4), (3, 103, 3), strict=True):
        inside = list(_elements(table.K))
        headers = [element for element in inside if str(element.S) == "/TH"]
        assert len(headers) == columns
        assert all(str(_attribute(header, "/Scope")) == "/Column" for header in headers)
        assert sum(str(element.S) == "/TR" for element in inside) == rows + 1
        assert sum(str(element.S) == "/THead" for element in inside) == 1
    assert sum(str(element.S) == "/Caption" for element in structure) == 5


def test_paragraphs_and_lists_are_tagged_as_such(structure) -> None:
    tags = [str(element.S) for element in structure]
    assert tags.count("/LI") == 3
    assert tags.count("/L") == 1
    assert tags.count("/P") >= 15
    assert "/Title" in tags


def test_pages_are_a4_and_fonts_are_inside(pdf) -> None:
    for page in pdf.pages:
        assert [round(float(side)) for side in page.MediaBox] == [0, 0, 595, 842]
        for font in (page.Resources.Font[name] for name in page.Resources.Font.keys()):  # noqa: SIM118
            described = font.DescendantFonts[0].FontDescriptor
            assert any(key in described for key in ("/FontFile2", "/FontFile3"))


def _text(path: Path) -> str:
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("pdftotext is not installed, so the words of the PDF cannot be read back")
    return subprocess.run(
        [reader, "-layout", str(path), "-"], check=True, capture_output=True
    ).stdout.decode()


def test_no_word_and_no_row_is_lost_and_headers_repeat(path, samples) -> None:
    text = _text(path)
    shown = " ".join(text.split())
    for block in samples.paper().blocks:
        if isinstance(block, Heading | Paragraph):
            assert " ".join(block.text.split()) in shown
    for place in range(103):
        assert f"E0500{place:04d}" in shown
    pages = [page for page in text.split("\f") if "E05000" in page]
    assert len(pages) > 1
    assert all("Ward code" in " ".join(page.split()) for page in pages)


def test_strange_names_are_only_text(samples, tmp_path) -> None:
    file = tmp_path / "strange.pdf"
    write_pdf(samples.paper(40, names=samples.STRANGE), file)
    shown = _text(file)
    for name in (
        "<script>alert(1)</script>",
        "=cmd|' /C calc'!A0",
        "{{ 7 * 7 }} {% raw %}",
        '\\write18{ls} $x^2$ #panic("no") *bold* _it_ `raw` <label> @ref // comment',
        'St Mary\'s & "All Saints"',
    ):
        assert name in shown
    assert shown.count("W") > 400


def test_a_title_in_a_rare_script_or_with_a_command_compiles(samples, tmp_path) -> None:
    document = Document('🙂 中文 #panic("no") $x$ \\', "حي @ref", "*A* _b_ 🏳️‍🌈", samples.DATE)
    write_pdf(document, tmp_path / "paper.pdf")
    with pikepdf.open(tmp_path / "paper.pdf") as pdf, pdf.open_metadata() as metadata:
        assert metadata["dc:title"] == document.title


def test_endless_words_get_places_to_break_and_others_stay() -> None:
    assert _breakable("W" * 200).replace("\u200b", "") == "W" * 200
    assert max(map(len, _breakable("W" * 200).split("\u200b"))) <= 13
    assert _breakable("Houghton Regis West and Thorn") == "Houghton Regis West and Thorn"


def test_letters_the_font_lacks_are_shown_as_missing_where_no_other_font_helps() -> None:
    paper = {"text": "A 🙂 é", "rows": [["中"]], "number": 3}
    assert _displayable(paper) == {"text": "A \ufffd é", "rows": [["\ufffd"]], "number": 3}


def test_same_document_same_bytes_and_only_its_own_date(samples, tmp_path) -> None:
    for name in ("one.pdf", "two.pdf"):
        write_pdf(samples.paper(), tmp_path / name)
    content = (tmp_path / "one.pdf").read_bytes()
    assert content == (tmp_path / "two.pdf").read_bytes()
    year = str(datetime.date.today().year)
    assert samples.DATE.startswith(year) or f"D:{year}".encode() not in content
    assert str(tmp_path).encode() not in content

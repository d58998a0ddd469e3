"""The Word paper, read back from the file: structure, accessibility, safety, sameness."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree

from needs_assessment.report.writers.document import Heading, Paragraph, clean_text
from needs_assessment.report.writers.word import write_word


@pytest.fixture(scope="module")
def path(samples, tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("word") / "paper.docx"
    write_word(samples.paper(31, names=samples.STRANGE[:12]), file)
    return file


@pytest.fixture(scope="module")
def opened(path):
    return docx.Document(str(path))


def _style(paragraph) -> str:
    return paragraph.style.name


def test_headings_are_real_in_order_and_without_formatting_of_their_own(opened, samples) -> None:
    headings = [p for p in opened.paragraphs if _style(p).startswith("Heading")]
    assert [p.text for p in headings] == [
        block.text for block in samples.paper().blocks if isinstance(block, Heading)
    ]
    level = 0
    for heading in headings:
        assert int(_style(heading).split()[-1]) <= level + 1
        level = int(_style(heading).split()[-1])
        assert {child.tag for child in heading._p.pPr} == {qn("w:pStyle")}
        assert all(run._r.rPr is None for run in heading.runs)


def test_title_block(opened, samples) -> None:
    assert [(_style(p), p.text) for p in opened.paragraphs[:3]] == [
        ("Title", samples.paper().title),
        ("Subtitle", samples.paper().subtitle),
        ("Document details", "Community Safety Partnership, 31 March 2026"),
    ]


def test_every_table_has_a_marked_header_row_that_repeats_and_rows_that_do_not_split(opened) -> None:
    assert len(opened.tables) == 3
    for table in opened.tables:
        first, *rest = table._tbl.tr_lst
        assert first.trPr.find(qn("w:tblHeader")) is not None
        assert rest
        assert all(row.trPr.find(qn("w:tblHeader")) is None for row in rest)
        assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in table._tbl.tr_lst)
        look = table._tbl.tblPr.find(qn("w:tblLook"))
        assert look.get(qn("w:firstRow")) == look.get(qn("w:firstColumn")) == "1"
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
        assert not table._tbl.xpath(".//w:gridSpan | .//w:vMerge")


def test_tables_fit_the_page_and_align_numbers_right(opened) -> None:
    section = opened.sections[0]
    room = (section.page_width - section.left_margin - section.right_margin) / 635
    for table in opened.tables:
        widths = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid]
        assert sum(widths) <= room + len(widths)
    cells = [[_style(cell.paragraphs[0]) for cell in row.cells] for row in opened.tables[1].rows]
    assert all(style.startswith("Table heading") for style in cells[0])
    assert all(style.startswith("Table text") for style in cells[1][:2])
    assert all(style.startswith("Table number") for style in cells[1][2:])
    assert opened.styles["Table number"].element.pPr.find(qn("w:jc")).get(qn("w:val")) == "right"


def test_captions_are_numbered_by_fields_and_read_without_updating_them(opened) -> None:
    captions = [p for p in opened.paragraphs if _style(p) == "Caption"]
    assert [p.text.split(":")[0] for p in captions] == [
        "Table 1",
        "Figure 1",
        "Table 2",
        "Figure 2",
        "Table 3",
    ]
    for caption in captions:
        kind = caption.text.split()[0]
        assert f"SEQ {kind} \\* ARABIC" in "".join(t.text for t in caption._p.iter(qn("w:instrText")))
        marks = [mark.get(qn("w:fldCharType")) for mark in caption._p.iter(qn("w:fldChar"))]
        assert marks == ["begin", "separate", "end"]
        assert caption._p.pPr.find(qn("w:keepNext")) is not None


def test_every_picture_has_alternative_text_and_a_title_of_its_own(opened) -> None:
    pictures = list(opened.element.body.iter(qn("wp:docPr")))
    assert [picture.get("id") for picture in pictures] == ["1", "2"]
    for picture in pictures:
        assert picture.get("descr").startswith("Bar chart")
        assert picture.get("title").startswith("Figure ")
    section = opened.sections[0]
    for extent in opened.element.body.iter(qn("wp:extent")):
        assert int(extent.get("cx")) <= section.page_width - section.left_margin - section.right_margin
        assert int(extent.get("cy")) < section.page_height - section.top_margin - section.bottom_margin


def test_the_language_is_british_english_and_nothing_else(path) -> None:
    with zipfile.ZipFile(path) as archive:
        for name in ("word/styles.xml", "word/settings.xml", "word/document.xml"):
            tree = etree.fromstring(archive.read(name))
            for tag in [*tree.iter(qn("w:lang")), *tree.iter(qn("w:themeFontLang"))]:
                assert set(tag.attrib.values()) == {"en-GB"}
        styles = etree.fromstring(archive.read("word/styles.xml"))
        assert styles.find(f"{qn('w:docDefaults')}//{qn('w:lang')}") is not None


def test_properties_say_title_author_language_and_only_the_papers_date(path, opened, samples) -> None:
    properties = opened.core_properties
    assert (properties.title, properties.author, properties.language) == (
        samples.paper().title,
        samples.paper().author,
        "en-GB",
    )
    assert properties.created.isoformat()[:10] == properties.modified.isoformat()[:10] == samples.DATE
    with zipfile.ZipFile(path) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not any("thumbnail" in name for name in archive.namelist())


def test_the_page_is_a4_with_page_numbers(opened) -> None:
    section = opened.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    fields = [t.text.strip() for t in section.footer._element.iter(qn("w:instrText"))]
    assert fields == ["PAGE", "NUMPAGES"]


def test_bullets_are_a_real_list(opened) -> None:
    bullets = [p for p in opened.paragraphs if _style(p) == "List Bullet"]
    assert len(bullets) == 3
    number = opened.styles["List Bullet"].element.pPr.numPr.numId.val
    assert number in [num.numId for num in opened.part.numbering_part.element.num_lst]
    assert not any(p.text.startswith(("•", "-")) for p in bullets)


def test_headings_and_captions_stay_with_what_follows(opened) -> None:
    for name in ("Heading 1", "Heading 2", "Caption"):
        assert opened.styles[name].element.pPr.find(qn("w:keepNext")) is not None
    for table in opened.tables:
        kept = [row.tc_lst[0].p_lst[0].pPr.find(qn("w:keepNext")) is not None for row in table._tbl.tr_lst]
        assert kept[:2] == [True, True]
        assert kept[-2:] == [True, True]  # the last rows stay with the notes below


def test_a_warning_is_marked_by_a_word(opened) -> None:
    warnings = [p.text for p in opened.paragraphs if _style(p) == "Warning paragraph"]
    assert warnings == ["Warning: There is no published figure for places available."]


def test_there_are_no_empty_paragraphs_used_as_spacing(opened) -> None:
    empty = [p for p in opened.paragraphs if not p.text and not p._p.xpath(".//w:drawing | .//w:br")]
    assert empty == []


def test_contents_hold_their_entries_and_lead_to_the_headings(opened) -> None:
    entries = [p for p in opened.paragraphs if _style(p).startswith("toc")]
    assert [p._p.xpath("string(.//w:hyperlink)") for p in entries][:2] == [
        "Summary for the board",
        "How many places",
    ]
    marks = {mark.get(qn("w:name")) for mark in opened.element.body.iter(qn("w:bookmarkStart"))}
    links = [link.get(qn("w:anchor")) for link in opened.element.body.iter(qn("w:hyperlink"))]
    assert links
    assert set(links) <= marks


def test_strange_names_are_only_text(samples, tmp_path) -> None:
    file = tmp_path / "strange.docx"
    write_word(samples.paper(40, names=samples.STRANGE), file)
    opened = docx.Document(str(file))
    cells = {row.cells[0].text for row in opened.tables[1].rows}
    paragraphs = {p.text for p in opened.paragraphs}
    for name in samples.STRANGE:
        assert clean_text(name) in cells
        assert not name.strip() or clean_text(name) in paragraphs


def test_same_document_same_bytes(samples, tmp_path) -> None:
    for name in ("one.docx", "two.docx"):
        write_word(samples.paper(), tmp_path / name)
    assert (tmp_path / "one.docx").read_bytes() == (tmp_path / "two.docx").read_bytes()


@pytest.mark.documents
@pytest.mark.parametrize("wards", [31, 103])
def test_libreoffice_opens_it_and_loses_nothing(samples, tmp_path, wards) -> None:
    office = shutil.which("soffice")
    reader = shutil.which("pdftotext")
    if office is None or reader is None:
        pytest.skip("LibreOffice (soffice) and pdftotext are not installed, so the paper cannot be opened")
    document = samples.paper(wards)
    write_word(document, tmp_path / "paper.docx")
    profile = (tmp_path / "profile").as_uri()
    subprocess.run(
        [office, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "paper.docx"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        timeout=180,
    )
    text = subprocess.run(
        [reader, "-layout", "paper.pdf", "-"], cwd=tmp_path, check=True, capture_output=True
    ).stdout.decode()
    shown = " ".join(text.split())
    for block in document.blocks:
        if isinstance(block, Heading | Paragraph):
            assert " ".join(block.text.split()) in shown
    for place in range(wards):
        assert f"E0500{place:04d}" in shown
    # the ward table's header is printed again on every page that the table reaches
    pages = [page for page in text.split("\f") if "E05000" in page]
    assert all("Ward code" in " ".join(page.split()) for page in pages)

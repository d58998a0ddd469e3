"""A council's own Word template: its look is taken, its text is not, and what cannot be used is refused by name."""

from __future__ import annotations

import itertools
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pandas as pd
import pytest
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml.ns import qn
from docx.shared import Inches, Pt, RGBColor

from needs_assessment.errors import InputError
from needs_assessment.inputs.word_template import load_word_template
from needs_assessment.report.writers.word import write_word

SAMPLE = "Sample text of the council"
FONT, COLOUR = "Georgia", "7A1F4B"
LETTER = (Inches(11), Inches(8.5))  # US letter, landscape


def _council(path: Path, samples: Any) -> Path:
    """A template unlike ours in every way: font, colour, US letter on its side, header with a picture, footer."""
    base = docx.Document()
    base.styles["Normal"].font.name = FONT
    base.styles["Normal"].font.size = Pt(13)
    base.styles["Heading 1"].font.name = FONT
    base.styles["Heading 1"].font.color.rgb = RGBColor.from_string(COLOUR)
    first = base.sections[0]
    first.header.paragraphs[0].text = "Anyshire Council: official"
    picture = path.with_suffix(".png")
    picture.write_bytes(samples.figure().png)
    first.header.paragraphs[0].add_run().add_picture(str(picture), width=Inches(0.5))
    first.footer.paragraphs[0].text = "Community safety"
    base.add_heading("A heading of the sample", 1)
    base.add_paragraph(SAMPLE)
    base.add_picture(str(picture), width=Inches(3))
    # a second section takes over the first one's header and footer and has a page of its own
    second = base.add_section(WD_SECTION.NEW_PAGE)
    second.orientation = WD_ORIENT.LANDSCAPE
    second.page_width, second.page_height = LETTER
    base.add_paragraph(SAMPLE)
    base.save(str(path))
    return path


@pytest.fixture
def council(samples: Any, tmp_path: Path) -> Path:
    return _council(tmp_path / "council.docx", samples)


@pytest.fixture
def opened(samples: Any, council: Path, tmp_path: Path) -> Any:
    write_word(samples.paper(), tmp_path / "paper.docx", template=load_word_template(council).content)
    return docx.Document(str(tmp_path / "paper.docx"))


def _style(paragraph: Any) -> str:
    return str(paragraph.style.name)


def test_the_look_is_the_councils_and_the_sample_text_is_gone(opened: Any) -> None:
    heading = opened.styles["Heading 1"]
    assert (opened.styles["Normal"].font.name, heading.font.name) == (FONT, FONT)
    assert str(heading.font.color.rgb) == COLOUR
    (section,) = opened.sections
    assert (section.page_width, section.page_height) == LETTER
    assert section.orientation == WD_ORIENT.LANDSCAPE
    assert "Anyshire Council: official" in section.header.paragraphs[0].text
    assert section.footer.paragraphs[0].text == "Community safety"
    said = {paragraph.text for paragraph in opened.paragraphs}
    assert SAMPLE not in said
    assert "A heading of the sample" not in said


def test_pictures_of_the_header_stay_and_those_of_the_sample_go(opened: Any, samples: Any) -> None:
    header = opened.sections[0].header.part
    assert sum(relation.reltype.endswith("/image") for relation in header.rels.values()) == 1
    shown = opened.element.body.xpath(".//wp:docPr")
    assert [picture.get("name") for picture in shown] == ["Figure 1", "Figure 2"]


def test_headings_tables_and_pictures_stay_accessible(opened: Any, samples: Any) -> None:
    headings = [p for p in opened.paragraphs if _style(p).startswith("Heading")]
    levels = [int(_style(p)[-1]) for p in headings]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    for heading in headings:
        assert not heading._p.xpath("./w:pPr/*[not(self::w:pStyle)] | ./w:r/w:rPr")
    for table in opened.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(picture.get("descr") for picture in opened.element.body.xpath(".//wp:docPr"))
    assert {tag.get(qn("w:val")) for tag in opened.styles.element.iter(qn("w:lang"))} == {"en-GB"}
    names = {_style(p) for p in opened.paragraphs}
    assert names >= {"Title", "Heading 1", "Caption", "List Bullet", "Lead paragraph", "Warning paragraph"}


def test_tables_and_pictures_fit_the_councils_page(opened: Any) -> None:
    (section,) = opened.sections
    room = section.page_width - section.left_margin - section.right_margin
    tall = section.page_height - section.top_margin - section.bottom_margin
    for table in opened.tables:
        width = sum(int(column.get(qn("w:w"))) for column in table._tbl.tblGrid) * 635
        assert 0.97 * room < width <= room + 6350
    for extent in opened.element.body.xpath(".//wp:extent"):
        assert int(extent.get("cx")) <= room
        assert int(extent.get("cy")) <= 0.75 * tall


def test_a_word_template_file_is_taken_too(samples: Any, council: Path, tmp_path: Path) -> None:
    template = _changed(council, tmp_path / "council.dotx", b"document.main+xml", b"template.main+xml")
    write_word(samples.paper(), tmp_path / "paper.docx", template=load_word_template(template).content)
    assert docx.Document(str(tmp_path / "paper.docx")).styles["Heading 1"].font.name == FONT


def test_the_theme_is_kept_and_links_to_the_councils_own_files_are_not(council: Path, tmp_path: Path) -> None:
    linked = tmp_path / "linked.docx"
    with zipfile.ZipFile(council) as old, zipfile.ZipFile(linked, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "word/settings.xml":
                part = re.sub(
                    rb"(<w:settings[^>]*>)",
                    rb'\1<w:attachedTemplate xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
                    rb'relationships" r:id="rId77"/>',
                    part,
                    count=1,
                )
            if name == "word/theme/theme1.xml":
                part = re.sub(rb'<a:theme([^>]*) name="[^"]*"', rb'<a:theme\1 name="Anyshire"', part)
            new.writestr(name, part)
        new.writestr(
            "word/_rels/settings.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
            'Id="rId77" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
            'Target="Shared/Templates/Report.dotm" TargetMode="External"/></Relationships>',
        )
    content = load_word_template(linked).content
    (tmp_path / "emptied.docx").write_bytes(content)
    with zipfile.ZipFile(tmp_path / "emptied.docx") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert b'name="Anyshire"' in parts["word/theme/theme1.xml"]
    assert not any(b"Report.dotm" in part for part in parts.values())
    assert b"attachedTemplate" not in parts["word/settings.xml"]


def test_a_template_without_our_styles_or_lists_gets_them(samples: Any, tmp_path: Path) -> None:
    base = docx.Document()
    for style in list(base.styles.element):
        if style.tag == qn("w:style") and style.get(qn("w:styleId")) not in ("Normal", "TableNormal"):
            base.styles.element.remove(style)
    numbering = next(key for key, rel in base.part.rels.items() if rel.reltype.endswith("/numbering"))
    del base.part.rels[numbering]
    base.save(str(tmp_path / "bare.docx"))
    content = load_word_template(tmp_path / "bare.docx").content
    write_word(samples.paper(), tmp_path / "paper.docx", template=content)
    opened = docx.Document(str(tmp_path / "paper.docx"))
    number = opened.styles["List Bullet"].element.pPr.numPr.numId.val
    assert number in [num.numId for num in opened.part.numbering_part.element.num_lst]
    assert [p.text for p in opened.paragraphs if _style(p) == "Heading 1"]


def _changed(source: Path, target: Path, old: bytes, new: bytes) -> Path:
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w") as written:
        for name in archive.namelist():
            written.writestr(name, archive.read(name).replace(old, new))
    return target


def _macro_type(council: Path, bad: Path) -> None:
    kind = b"application/vnd.ms-word.document.macroEnabled.main+xml"
    whole = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    _changed(council, bad, whole, kind)


def _hidden_macros(council: Path, bad: Path) -> None:
    bad.write_bytes(council.read_bytes())
    with zipfile.ZipFile(bad, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"\xd0\xcf")


def _cut_short(council: Path, bad: Path) -> None:
    bad.write_bytes(council.read_bytes()[:-400])


def _no_document(council: Path, bad: Path) -> None:
    with zipfile.ZipFile(council) as archive, zipfile.ZipFile(bad, "w") as written:
        for name in archive.namelist():
            if name != "word/document.xml":
                written.writestr(name, archive.read(name))


def _broken_xml(council: Path, bad: Path) -> None:
    _changed(council, bad, b"<w:body>", b"<w:body")


def _spreadsheet(council: Path, bad: Path) -> None:
    pd.DataFrame({"a": [1]}).to_excel(bad.with_suffix(".xlsx"))
    bad.with_suffix(".xlsx").rename(bad)


def _not_a_zip(council: Path, bad: Path) -> None:
    bad.write_bytes(b"not a zip")


def _missing(council: Path, bad: Path) -> None:
    pass


def _folder(council: Path, bad: Path) -> None:
    bad.mkdir()


@pytest.mark.parametrize(
    "make",
    [
        _macro_type,
        _hidden_macros,
        _cut_short,
        _no_document,
        _broken_xml,
        _spreadsheet,
        _not_a_zip,
        _missing,
        _folder,
    ],
)
def test_what_cannot_be_used_is_refused_by_name(
    make: Callable[[Path, Path], None], council: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.docx"
    make(council, bad)
    with pytest.raises(InputError, match=r"Word template cannot be used") as refused:
        load_word_template(bad)
    assert refused.value.exit_code == 3
    assert "bad.docx" in refused.value.report()
    assert str(tmp_path) not in refused.value.report()


def test_a_run_takes_the_template_and_the_manifest_holds_its_check_sum(council: Path, tmp_path: Path) -> None:
    from needs_assessment.given_files import file_check_sum
    from needs_assessment.runs.run import run_scenario
    from needs_assessment.scenario import Scenario

    chosen = Scenario(
        template=str(council), draws=100, output=str(tmp_path / "out"), run="first", as_of="2026-11-22"
    )
    folder = run_scenario(chosen, progress=False).folder
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["scenario"]["template"] == "template file 1"
    (used,) = [row for row in manifest["inputs"] if row["input"] == "word template"]
    assert (used["file"], used["sha256"]) == ("template file 1", file_check_sum("template", council))
    opened = docx.Document(str(folder / "commissioning_paper.docx"))
    assert opened.styles["Heading 1"].font.name == FONT
    assert any(p.text == "Summary for the board" for p in opened.paragraphs)
    with zipfile.ZipFile(folder / "commissioning_paper.docx") as archive:
        assert not any(str(tmp_path).encode() in archive.read(name) for name in archive.namelist())


def test_the_same_template_gives_the_same_bytes(samples: Any, council: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        content = load_word_template(council).content
        write_word(samples.paper(), tmp_path / f"{name}.docx", template=content)
    assert (tmp_path / "one.docx").read_bytes() == (tmp_path / "two.docx").read_bytes()

"""The paper as a Word document: real headings, marked table headers, captions with fields, alternative text.

Rows and paragraphs are written as XML and appended: python-docx's cell-by-cell way takes seconds for a
county's wards.
"""

from __future__ import annotations

import datetime
import io
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from needs_assessment.report.writers.column_widths import fit_table, kept_whole
from needs_assessment.report.writers.document import (
    Bullets,
    Document,
    FigureBlock,
    Heading,
    PageBreak,
    Paragraph,
    TableBlock,
    clean_text,
    details_line,
    figure_notes,
    numbered,
    page_breaks_tidied,
    paragraph_text,
    parse_date,
    table_notes,
    table_text,
)
from needs_assessment.report.writers.reproducible_zip import with_fixed_times
from needs_assessment.report.writers.word_look import PARAGRAPH_STYLES, TABLE_STYLE, XMLNS, W
from needs_assessment.report.writers.word_styles import open_base, set_language

TWIPS_PER_POINT = 20
EMU_PER_TWIP = 635
TABLE_POINTS, SMALL_TABLE_POINTS = 10, 8.5  # the sizes of "Table text" and "Table text small"
LARGEST_PICTURE = 0.72  # of the height of the text, so that caption and source stay on its page
ROW_PADDING = 3.0  # points above and below the text of a row, as the style "Table text" has them
FIRST_ROWS, LAST_ROWS = 2, 3  # of a table that is split, never alone on a page
PARAGRAPH_STYLE = {
    "body": "Normal",
    "lead": "Lead paragraph",
    "note": "Note paragraph",
    "warning": "Warning paragraph",
}


def write_word(document: Document, path: Path, *, template: bytes | None = None) -> None:
    """Write ``document`` to ``path`` as ``.docx``; the same document gives the same bytes.

    ``template``: a Word document with an empty body whose styles, theme, page, headers and footers are used
    (``inputs/word_template.py`` makes one of a council's own).
    """
    base = open_base(template)
    set_language(base, document.language)
    _WordWriter(base, document).write()
    _set_properties(base, document)
    _number_pages(base)
    buffer = io.BytesIO()
    base.save(buffer)
    path.write_bytes(with_fixed_times(buffer.getvalue()))


class _WordWriter:
    """Writes one block after another as XML, then puts the whole into a base document's body."""

    def __init__(self, base: Any, document: Document) -> None:
        self.base = base
        self.document = document
        self.blocks = page_breaks_tidied(document.blocks)
        named = {
            style.find(f"{W}name").get(f"{W}val").lower(): style.get(f"{W}styleId")
            for style in base.styles.element.findall(f"{W}style")
            if style.find(f"{W}name") is not None
        }
        self.ids = {
            name: quoteattr(named[name.lower()]) for name in [*PARAGRAPH_STYLES, "Normal", TABLE_STYLE]
        }
        section = base.sections[-1]
        self.width = int(section.page_width - section.left_margin - section.right_margin) // EMU_PER_TWIP
        self.height = int(section.page_height - section.top_margin - section.bottom_margin) // EMU_PER_TWIP
        self.pictures = 0
        self.headings = 0
        self.xml: list[str] = []

    def write(self) -> None:
        self._title_block()
        if self.document.contents:
            self._contents()
        for block, number in numbered(self.blocks):
            if isinstance(block, Heading):
                self._heading(block)
            elif isinstance(block, Paragraph):
                self._text(paragraph_text(block), PARAGRAPH_STYLE[block.style])
            elif isinstance(block, Bullets):
                for item in block.items:
                    self._text(clean_text(item), "List Bullet")
            elif isinstance(block, TableBlock):
                self._table(block, number)
            elif isinstance(block, FigureBlock):
                self._figure(block, number)
            elif isinstance(block, PageBreak):
                self.xml.append(self._paragraph('<w:r><w:br w:type="page"/></w:r>', "Page break"))
        self._fill_body()

    def _fill_body(self) -> None:
        from docx.oxml import parse_xml

        written = parse_xml(f"<w:body {XMLNS}>{''.join(self.xml)}</w:body>")
        end_of_body = self.base.element.body.sectPr
        for element in list(written):
            end_of_body.addprevious(element)

    def _paragraph(self, content: str, style: str, *, keep: bool = False) -> str:
        kept = "<w:keepNext/>" if keep else ""
        return f"<w:p><w:pPr><w:pStyle w:val={self.ids[style]}/>{kept}</w:pPr>{content}</w:p>"

    def _text(self, text: str, style: str, *, keep: bool = False) -> None:
        self.xml.append(self._paragraph(_run(text), style, keep=keep))

    def _title_block(self) -> None:
        self._text(clean_text(self.document.title), "Title")
        if self.document.subtitle.strip():
            self._text(clean_text(self.document.subtitle), "Subtitle")
        self._text(details_line(self.document), "Document details")

    def _contents(self) -> None:
        """A contents field that already holds its entries: linked, without page numbers, so never wrong."""
        headings = [block for block in self.blocks if isinstance(block, Heading)]
        entries = [(place, block) for place, block in enumerate(headings, start=1) if block.level <= 2]
        if not entries:
            return
        self._text("Contents", "TOC Heading")
        lines = [
            f'<w:hyperlink w:anchor="section_{place}">{_run(clean_text(block.text))}</w:hyperlink>'
            for place, block in entries
        ]
        lines[0] = _field_start('TOC \\o "1-2" \\n \\h \\z \\u') + lines[0]
        lines[-1] += FIELD_END
        for line, (_, block) in zip(lines, entries, strict=True):
            self.xml.append(self._paragraph(line, f"toc {block.level}"))

    def _heading(self, block: Heading) -> None:
        self.headings += 1
        content = _run(clean_text(block.text))
        if self.document.contents:
            place = self.headings
            start = f'<w:bookmarkStart w:id="{place}" w:name="section_{place}"/>'
            content = f'{start}{content}<w:bookmarkEnd w:id="{place}"/>'
        self.xml.append(self._paragraph(content, f"heading {block.level}"))

    def _caption(self, kind: str, number: int, title: str) -> None:
        content = (
            _run(f"{kind} ") + _field(f"SEQ {kind} \\* ARABIC", str(number)) + _run(f": {clean_text(title)}")
        )
        self.xml.append(self._paragraph(content, "caption", keep=True))

    def _notes(self, notes: list[str]) -> None:
        for note in notes[:-1]:
            self._text(note, "Table note", keep=True)
        # a table is always followed by a paragraph: without one Word would join it to the next table
        self._text(notes[-1] if notes else "", "Table note last")

    def _table(self, block: TableBlock, number: int) -> None:
        table = block.table
        headings, rows = table_text(table)
        fitted = fit_table(headings, rows, self.width / TWIPS_PER_POINT, (TABLE_POINTS, SMALL_TABLE_POINTS))
        whole = kept_whole(fitted, ROW_PADDING, self.height / TWIPS_PER_POINT)
        size = " small" if fitted.points == SMALL_TABLE_POINTS else ""
        widths = [round(width * fitted.points * TWIPS_PER_POINT) for width in fitted.widths]
        kinds = ["text" if column.kind == "text" else "number" for column in table.columns]
        heading_styles = [f"Table heading{' number' if kind == 'number' else ''}{size}" for kind in kinds]
        cell_styles = [f"Table {kind}{size}" for kind in kinds]
        notes = table_notes(table, rows)
        self._caption("Table", number, table.title)
        title = quoteattr(f"Table {number}: {clean_text(table.title)}")
        described = quoteattr(
            f"{len(rows)} rows and {len(headings)} columns; the first row holds the column headings: "
            + ", ".join(headings)
        )
        self.xml.append(
            f"<w:tbl><w:tblPr><w:tblStyle w:val={self.ids[TABLE_STYLE]}/>"
            f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
            '<w:tblLook w:val="00A0" w:firstRow="1" w:lastRow="0" w:firstColumn="1" w:lastColumn="0" '
            'w:noHBand="1" w:noVBand="1"/>'
            f"<w:tblCaption w:val={title}/><w:tblDescription w:val={described}/></w:tblPr><w:tblGrid>"
            + "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
            + "</w:tblGrid>"
            + self._row(headings, widths, heading_styles, keep=True, header=True)
        )
        last = len(rows) - 1
        for place, row in enumerate(rows):
            together = whole or place < FIRST_ROWS - 1 or place > last - LAST_ROWS
            self.xml.append(
                self._row(row, widths, cell_styles, keep=together and (place < last or bool(notes)))
            )
        self.xml.append("</w:tbl>")
        self._notes(notes)

    def _row(
        self, cells: list[str], widths: list[int], styles: list[str], *, keep: bool, header: bool = False
    ) -> str:
        kept = "<w:keepNext/>" if keep else ""
        marked = "<w:tblHeader/>" if header else ""
        return (
            f"<w:tr><w:trPr><w:cantSplit/>{marked}</w:trPr>"
            + "".join(
                f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p><w:pPr>'
                f"<w:pStyle w:val={self.ids[style]}/>{kept}</w:pPr>{_run(cell)}</w:p></w:tc>"
                for cell, width, style in zip(cells, widths, styles, strict=True)
            )
            + "</w:tr>"
        )

    def _figure(self, block: FigureBlock, number: int) -> None:
        figure = block.figure
        notes = figure_notes(figure)
        width = self.width
        height = round(width * figure.height_px / figure.width_px)
        tallest = round(self.height * LARGEST_PICTURE)
        if height > tallest:
            width, height = round(width * tallest / height), tallest
        inline = self.base.part.new_pic_inline(
            io.BytesIO(figure.png), width * EMU_PER_TWIP, height * EMU_PER_TWIP
        )
        self.pictures += 1
        properties = inline.docPr
        properties.set("id", str(self.pictures))
        properties.set("name", f"Figure {number}")
        properties.set("title", f"Figure {number}: {clean_text(figure.title)}")
        properties.set("descr", clean_text(figure.alt))
        self._caption("Figure", number, figure.title)
        self.xml.append(
            self._paragraph(f"<w:r><w:drawing>{inline.xml}</w:drawing></w:r>", "Picture", keep=bool(notes))
        )
        if notes:
            self._notes(notes)


FIELD_END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""


def _field_start(instruction: str) -> str:
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {escape(instruction)} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )


def _field(instruction: str, shown: str) -> str:
    """A field with its result already in it, so that nothing has to be updated to be read."""
    return _field_start(instruction) + _run(shown) + FIELD_END


def _set_properties(base: Any, document: Document) -> None:
    day = parse_date(document.date)
    moment = datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.UTC)
    properties = base.core_properties
    # Word refuses a core property of more than 255 letters
    properties.title = clean_text(document.title)[:255]
    properties.subject = clean_text(document.subtitle)[:255]
    properties.author = properties.last_modified_by = clean_text(document.author)[:255]
    properties.language = document.language
    properties.created = properties.modified = moment
    properties.revision = 1
    properties.comments = properties.keywords = properties.category = ""


def _number_pages(base: Any) -> None:
    """ "Page X of Y" in the footer, unless a template's footer already says something."""
    from docx.oxml import parse_xml

    for section in base.sections:
        footer = section.footer
        if any(True for _ in footer._element.iter(f"{W}t", f"{W}instrText", f"{W}fldSimple")):
            continue
        for paragraph in list(footer.paragraphs):
            paragraph._element.getparent().remove(paragraph._element)
        style = next(
            found.get(f"{W}styleId")
            for found in base.styles.element.findall(f"{W}style")
            if found.find(f"{W}name").get(f"{W}val").lower() == "footer"
        )
        content = _run("Page ") + _field("PAGE", "1") + _run(" of ") + _field("NUMPAGES", "1")
        look = f"<w:pPr><w:pStyle w:val={quoteattr(style)}/></w:pPr>"
        footer._element.append(parse_xml(f"<w:p {XMLNS}>{look}{content}</w:p>"))

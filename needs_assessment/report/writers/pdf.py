"""The paper as a tagged PDF (PDF/UA-1), typeset by typst from the document model.

The words travel as data: typst reads them from a JSON file as strings, which it never interprets, so a
``#``, ``$`` or ``\\`` in a ward's name is only a letter. Pictures are files beside it.
"""

from __future__ import annotations

import datetime
import functools
import json
import re
import tempfile
from pathlib import Path
from typing import Any

from needs_assessment.errors import EnvironmentFault
from needs_assessment.report.writers.column_widths import fit_table, kept_whole
from needs_assessment.report.writers.document import (
    Block,
    Bullets,
    Document,
    FigureBlock,
    Heading,
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

FONT = "DejaVu Sans"  # comes with matplotlib, so every machine sets the same pages
TEXT_WIDTH_POINTS = 170 / 25.4 * 72  # A4 less two margins of 20 mm
TEXT_HEIGHT_POINTS = 257 / 25.4 * 72
TABLE_POINTS, SMALL_TABLE_POINTS = 8.5, 7.5
LETTERS_WIDER = 1.14  # DejaVu Sans is that much wider than the Arial-like face of columns.py
LONGEST_WORD, BREAK_EVERY = 26, 13  # letters; a longer word may be broken between pieces
ROW_PADDING = 0.84  # above and below the text of a row, of the size of type; the template's inset
LARGEST_PICTURE = 0.72  # of the height of the text, so that caption and source stay on its page

TEMPLATE = r"""
#let paper = json("paper.json")
#set document(title: paper.title, author: paper.author, description: paper.subtitle,
  date: datetime(year: paper.date.at(0), month: paper.date.at(1), day: paper.date.at(2)))
#set text(font: paper.font, size: 10.5pt, lang: paper.language, region: paper.region, fallback: true,
  fill: rgb("1a1a1a"), hyphenate: false)
#set page(paper: "a4", margin: 20mm, footer: context align(center, text(size: 8.5pt,
  "Page " + counter(page).display() + " of " + str(counter(page).final().first()))))
#set par(leading: 0.62em, spacing: 1em)
#let dark = rgb("12436d")
#show heading: set text(fill: dark, weight: "bold")
#show heading.where(level: 1): set text(size: 17pt)
#show heading.where(level: 2): set text(size: 13.5pt)
#show heading.where(level: 3): set text(size: 11.5pt)
#show heading: set block(above: 1.5em, below: 0.8em, sticky: true)
#show figure: set align(left)
#show figure.where(kind: table): set block(breakable: true)
#set figure.caption(position: top, separator: [: ])
#show figure.caption: it => block(sticky: true, width: 100%, above: 1.2em, below: 0.7em,
  text(weight: "bold", it))
#set list(indent: 0.6em, spacing: 0.7em)
#show title: set text(size: 23pt, fill: dark)

#let notes-below(lines) = {
  for (place, line) in lines.enumerate() {
    let last = place + 1 == lines.len()
    block(above: 6pt, below: if last { 18pt } else { 0pt }, sticky: not last, par(text(size: 8.5pt, line)))
  }
}
#let published-table(item) = block(breakable: not item.whole, above: 1.7em, below: 1.9em, {
  show table: set text(size: item.points * 1pt)
  figure(kind: table, supplement: "Table", caption: item.title, table(
    columns: item.widths.map(share => share * 1fr),
    align: (column, row) => (if item.numeric.at(column) { right } else { left })
      + (if row == 0 { bottom } else { top }),
    inset: (x: 0.45em, y: 0.42em),
    stroke: (column, row) => (top: if row <= 1 { 1.2pt } else { 0.4pt + rgb("6b6b6b") },
      bottom: if row == item.rows.len() { 1.2pt } else { 0pt }),
    fill: (column, row) => if row == 0 { rgb("e6e9ec") },
    table.header(repeat: true, ..item.headings.map(cell => strong(cell))),
    ..item.rows.flatten().map(cell => table.cell(breakable: false, cell)),
  ))
  notes-below(item.notes)
})
#let picture(item) = {
  figure(kind: image, supplement: "Figure", caption: item.title,
    image(item.file, alt: item.alt, width: item.share * 100%))
  notes-below(item.notes)
}
#let paragraph(item) = {
  if item.style == "lead" { block(below: 1.1em, par(text(size: 12.5pt, item.text))) }
  else if item.style == "note" { par(text(size: 9pt, item.text)) }
  else if item.style == "warning" {
    block(stroke: 1.5pt, inset: 0.7em, width: 100%, breakable: false, par(strong(item.text)))
  } else { par(item.text) }
}

#title(paper.title)
#if paper.subtitle != "" { block(above: 0.8em, par(text(size: 14pt, paper.subtitle))) }
#block(above: 0.9em, below: 1.6em, par(text(size: 10pt, paper.details)))
#if paper.contents { outline(title: "Contents", depth: 2, indent: 1.2em) }

#for item in paper.blocks {
  if item.kind == "heading" { heading(level: item.level, item.text) }
  else if item.kind == "paragraph" { paragraph(item) }
  else if item.kind == "bullets" { list(..item.items) }
  else if item.kind == "table" { published-table(item) }
  else if item.kind == "figure" { picture(item) }
  else if item.kind == "page break" { pagebreak(weak: true) }
}
"""


def write_pdf(document: Document, path: Path) -> None:
    """Write ``document`` to ``path``; the same document gives the same bytes.

    Raises ``EnvironmentFault`` when typst cannot set the paper (it refuses what PDF/UA-1 does not allow).
    """
    path.write_bytes(_typeset(document))


def _typeset(document: Document) -> bytes:
    import typst

    day = parse_date(document.date)
    moment = datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.UTC)
    with tempfile.TemporaryDirectory(prefix="paper-") as folder:
        root = Path(folder)
        (root / "paper.typ").write_text(TEMPLATE, encoding="utf-8")
        paper = _paper(document, root)
        try:
            return _compile(paper, root, moment)
        except typst.TypstError as error:
            if "could not be displayed" not in error.message:
                raise _refused(error) from error
        # only with a matplotlib too old to bring a font of last resort for emoji and rare scripts
        try:
            return _compile(_displayable(paper), root, moment)
        except typst.TypstError as error:
            raise _refused(error) from error


def _compile(paper: dict[str, Any], root: Path, moment: datetime.datetime) -> bytes:
    import typst

    (root / "paper.json").write_text(json.dumps(paper), encoding="utf-8")
    return typst.compile(
        root / "paper.typ",
        root=root,
        format="pdf",
        font_paths=_fonts(),
        pdf_standards="ua-1",
        timestamp=moment,
    )


def _refused(error: Any) -> EnvironmentFault:
    return EnvironmentFault(
        f"the PDF could not be typeset: {error.message}",
        action="the Word and HTML papers hold the same text; report this as a fault",
    )


def _font_folder() -> Path:
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf"


@functools.cache
def _fonts() -> Any:
    """matplotlib's own fonts and nothing of the machine's, found once in a process."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[_font_folder()])


def _paper(document: Document, root: Path) -> dict[str, Any]:
    """The document as JSON for the template; pictures are written into ``root``."""
    day = parse_date(document.date)
    language, _, region = document.language.partition("-")
    sections = sum(isinstance(block, Heading) and block.level <= 2 for block in document.blocks)
    return {
        "title": clean_text(document.title),
        "subtitle": clean_text(document.subtitle).strip(),
        "author": clean_text(document.author),
        "details": details_line(document),
        "date": [day.year, day.month, day.day],
        "language": language,
        "region": region or None,
        "font": FONT,
        "contents": document.contents and sections > 0,
        "blocks": [
            _block(block, number, root) for block, number in numbered(page_breaks_tidied(document.blocks))
        ],
    }


def _block(block: Block, number: int, root: Path) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"kind": "heading", "level": block.level, "text": _breakable(clean_text(block.text))}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "style": block.style, "text": _breakable(paragraph_text(block))}
    if isinstance(block, Bullets):
        return {"kind": "bullets", "items": [_breakable(clean_text(item)) for item in block.items]}
    if isinstance(block, TableBlock):
        return _table(block)
    if isinstance(block, FigureBlock):
        return _figure(block, number, root)
    return {"kind": "page break"}


def _table(block: TableBlock) -> dict[str, Any]:
    table = block.table
    headings, rows = table_text(table)
    room = TEXT_WIDTH_POINTS / LETTERS_WIDER
    fitted = fit_table(headings, rows, room, (TABLE_POINTS, SMALL_TABLE_POINTS))
    return {
        "kind": "table",
        "title": clean_text(table.title),
        "headings": [_breakable(heading) for heading in headings],
        "rows": [[_breakable(cell) for cell in row] for row in rows],
        "numeric": [column.kind != "text" for column in table.columns],
        "widths": fitted.widths,
        "whole": kept_whole(fitted, ROW_PADDING * fitted.points, TEXT_HEIGHT_POINTS),
        "points": fitted.points,
        "notes": [_breakable(note) for note in table_notes(table, rows)],
    }


def _figure(block: FigureBlock, number: int, root: Path) -> dict[str, Any]:
    figure = block.figure
    file = f"figure{number}.png"
    (root / file).write_bytes(figure.png)
    tallest = LARGEST_PICTURE * TEXT_HEIGHT_POINTS
    share = min(1.0, tallest * figure.width_px / (figure.height_px * TEXT_WIDTH_POINTS))
    return {
        "kind": "figure",
        "title": clean_text(figure.title),
        "alt": clean_text(figure.alt),
        "file": file,
        "share": share,
        "notes": [_breakable(note) for note in figure_notes(figure)],
    }


def _breakable(text: str) -> str:
    """An endless word gets invisible places where it may be broken; typst would let it run off the page."""
    return re.sub(
        rf"\S{{{LONGEST_WORD},}}",
        lambda word: re.sub(rf"(\S{{{BREAK_EVERY}}})(?=\S)", "\\1\u200b", word.group()),
        text,
    )


def _displayable(paper: Any) -> Any:
    """``paper`` with U+FFFD for every letter the font lacks: PDF/UA forbids a letter that cannot be shown."""
    if isinstance(paper, str):
        return "".join(letter if ord(letter) in _covered() else "\ufffd" for letter in paper)
    if isinstance(paper, list):
        return [_displayable(part) for part in paper]
    if isinstance(paper, dict):
        return {key: _displayable(part) for key, part in paper.items()}
    return paper


@functools.cache
def _covered() -> frozenset[int]:
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(_font_folder() / "DejaVuSans.ttf")).get_charmap())

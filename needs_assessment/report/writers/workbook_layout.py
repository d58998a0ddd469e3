"""Widths, heights, freezing and printing of the workbook's sheets: what gptables leaves to others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from needs_assessment.disclosure.published_table import PublishedTable
from needs_assessment.report.writers.column_widths import BOLD, NARROW, NORMAL, text_width
from needs_assessment.report.writers.document import table_text

WIDEST_COLUMN, NARROWEST_COLUMN = 32.0, 6.0  # in em; longer text wraps
PIXELS_PER_EM = 16  # of the 12-point type the sheets are set in
PIXELS_PER_LINE = 21
COVER_WIDTH = 85  # in characters, gptables' own
PORTRAIT_ROOM = 45.0  # em; a wider table is printed on its side
TIGHT = 0.92  # text_width is generous, which a column may be and a row need not


def fit(worksheet: Any, first_row: int, rows: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
    """Set widths (em) and the heights that ``rows``, wrapped in them, need: not every program works them out."""
    for place, width in enumerate(widths):
        worksheet.set_column_pixels(place, place, round(width * PIXELS_PER_EM))
    for place, row in enumerate(rows):
        lines = max(_lines(cell, width) for cell, width in zip(row, widths, strict=True))
        worksheet.set_row_pixels(first_row + place, lines * PIXELS_PER_LINE)


def _lines(text: str, width: float) -> int:
    """On how many lines ``text`` is set, word by word, in a column ``width`` em wide."""
    room = width - 0.7
    lines, used = 1, 0.0
    for word in text.split():
        size = text_width(word) * TIGHT
        if used and used + size > room:
            lines, used = lines + 1, 0.0
        lines += int(size // room)
        used += size % room + NARROW
    return lines


def fit_cover(worksheet: Any, cover: Any) -> None:
    """Heights of the cover's lines, which gptables writes one below the other."""
    about = ["About these data", *cover.about] if cover.about else []
    lines = [cover.title, "Introductory information", *cover.intro, *about]
    for place, line in enumerate(lines):
        large = 1.4 if line in (cover.title, "Introductory information", "About these data") else 1.0
        rows = _lines(line, COVER_WIDTH * NORMAL / large)
        worksheet.set_row_pixels(place, round(rows * PIXELS_PER_LINE * large))


def finish(worksheet: Any, header: int, table: PublishedTable) -> None:
    """Column widths, row heights, the frozen ``header`` (its row, from 0) and how the sheet prints."""
    headings, rows = table_text(table)
    widths = [
        min(
            max(
                max((text_width(word) for word in heading.split()), default=0.0) * BOLD + 1.5,
                max((text_width(row[place]) for row in rows), default=0.0) + 2.0,
                NARROWEST_COLUMN,
            ),
            WIDEST_COLUMN,
        )
        for place, heading in enumerate(headings)
    ]
    fit(worksheet, header, [headings, *rows], widths)
    worksheet.freeze_panes(header + 1, 0)
    worksheet.repeat_rows(header)
    if sum(widths) > PORTRAIT_ROOM:
        worksheet.set_landscape()

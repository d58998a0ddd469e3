"""The model refuses what no format could make accessible, and cleans what no format can hold."""

from __future__ import annotations

import pandas as pd
import pytest

from needs_assessment.disclosure.published_table import PublishedTable, TableColumn
from needs_assessment.report.writers.column_widths import column_widths, fits, text_width
from needs_assessment.report.writers.document import (
    Document,
    FigureBlock,
    Heading,
    PageBreak,
    Paragraph,
    TableBlock,
    clean_text,
    long_date,
    numbered,
    page_breaks_tidied,
    paragraph_text,
    source_line,
    table_notes,
    table_text,
)


def _document(*blocks: object) -> Document:
    return Document("Title", "", "", "2026-03-31", blocks=blocks)  # type: ignore[arg-type]


@pytest.mark.parametrize("levels", [(2,), (1, 3), (1, 2, 4), (0,), (1, 2, 3, 4, 5, 6)])
def test_a_skipped_or_impossible_heading_level_raises(levels: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="level"):
        _document(*(Heading(level, "Section") for level in levels))


def test_headings_may_go_back_up_any_number_of_levels() -> None:
    assert len(_document(*(Heading(level, "Section") for level in (1, 2, 3, 1, 2, 2, 3, 2, 1))).blocks) == 9


def test_an_empty_heading_paragraph_title_or_alternative_text_raises(samples) -> None:
    with pytest.raises(ValueError, match="no text"):
        _document(Heading(1, " "))
    with pytest.raises(ValueError, match="empty paragraph"):
        _document(Paragraph(""))
    with pytest.raises(ValueError, match="title"):
        Document(" ", "", "", "2026-03-31")
    with pytest.raises(ValueError, match="alternative text"):
        _document(FigureBlock(type(samples.figure())(**{**samples.figure().__dict__, "alt": " "})))


@pytest.mark.parametrize("date", ["", "31 March 2026", "2026-13-01"])
def test_a_date_that_is_not_iso_raises(date: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        Document("Title", "", "", date)


def test_dates_are_written_out_in_english() -> None:
    assert long_date("2026-03-01") == "1 March 2026"


def test_clean_text_drops_nothing_but_what_xml_forbids() -> None:
    assert clean_text("a\x00b\x1f\ud83dc\ufffe") == "a\ufffdb\ufffd\ufffdc\ufffd"
    assert clean_text("one\r\ntwo\tthree\vfour\u2028five") == "one two three four five"
    for kept in ("🏳️‍🌈", "حي", "\u202eabc\u202c\u200f", "<&>\"'", "£ – …"):
        assert clean_text(kept) == kept


def test_a_warning_says_so_in_words_once() -> None:
    assert paragraph_text(Paragraph("No supply figure.", "warning")) == "Warning: No supply figure."
    assert paragraph_text(Paragraph("Warning: none.", "warning")) == "Warning: none."


def test_tables_and_figures_are_numbered_apart(samples) -> None:
    table, figure = TableBlock(samples.answers_table()), FigureBlock(samples.figure())
    blocks = (table, figure, Paragraph("x"), table, figure)
    assert [number for _, number in numbered(blocks)] == [1, 1, 0, 2, 2]


def test_page_breaks_that_print_an_empty_page_are_left_out() -> None:
    blocks = (PageBreak(), Paragraph("a"), PageBreak(), PageBreak(), Paragraph("b"), PageBreak())
    assert page_breaks_tidied(blocks) == (Paragraph("a"), PageBreak(), Paragraph("b"))


def test_notes_explain_the_shorthand_that_is_used_and_no_other(samples) -> None:
    _, rows = table_text(samples.answers_table())
    notes = table_notes(samples.answers_table(), rows)
    assert any(note.startswith("[x] means") for note in notes)
    assert not any(note.startswith("[c]") for note in notes)
    assert source_line("Source: ONS") == ["Source: ONS"]
    assert source_line("ONS") == ["Source: ONS"]


def test_a_table_without_rows_still_has_its_headings() -> None:
    table = PublishedTable("t", "T", (TableColumn("a", "A"),), pd.DataFrame({"a": []}))
    assert table_text(table) == (["A"], [])


def test_column_widths_fill_the_page_and_keep_words_whole(samples) -> None:
    headings, rows = table_text(samples.ward_table(103))
    widths = column_widths(headings, rows, 56.0)
    assert sum(widths) == pytest.approx(56.0)
    assert fits(headings, rows, 56.0)
    for place, width in enumerate(widths):
        longest = max(text_width(word) for row in rows for word in row[place].split())
        assert width > longest


def test_one_endless_word_does_not_starve_the_other_columns() -> None:
    widths = column_widths(["Ward", "People"], [["W" * 200, "1,234,567"]], 50.0)
    assert widths[1] > text_width("1,234,567")

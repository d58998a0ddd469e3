"""The accessible workbook: cover, contents, notes, then one marked table a sheet.

Follows the Government Statistical Service's guidance on accessible spreadsheets (Analysis Function,
"Releasing statistics in spreadsheets"): one table a sheet that starts in column A, no merged or blank
cells, shorthand explained, numbers kept as numbers. gptables lays the sheets out; text that it or Excel
would read as a formula, a link or a note reference is put in afterwards as plain text.
"""

from __future__ import annotations

import datetime
import io
import math
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd

from needs_assessment.disclosure.published_table import NOT_AVAILABLE, SHORTHAND, PublishedTable, TableColumn
from needs_assessment.report.writers.document import clean_text, long_date, parse_date, source_line
from needs_assessment.report.writers.reproducible_zip import with_fixed_times
from needs_assessment.report.writers.workbook_layout import finish, fit, fit_cover

NOT_APPLICABLE = "[z]"
MEANINGS = {**SHORTHAND, NOT_APPLICABLE: "not applicable: there is nothing to say in this cell"}
RESERVED = ("cover", "contents", "notes", "history")  # Excel keeps "History" for itself
LONGEST_SHEET_NAME = 31
LONGEST_PROPERTY = 255
FRONT_HEADER = 2  # the contents and notes sheets have a title and one line above their tables
A4 = 9  # XlsxWriter's number for the paper

# What gptables would take for more than text (a note reference, a link) or refuse (a cell of signs only).
_NOT_PLAIN = re.compile(r"\$\$|\[.+\]\(.+\)|^[^a-zA-Z0-9]*$", re.DOTALL)


def write_workbook(
    title: str,
    tables: Sequence[PublishedTable],
    notes: Sequence[str],
    sources: Sequence[str],
    path: Path,
    *,
    date: str,
    author: str = "",
    language: str = "en-GB",
) -> None:
    """Write every table to its own sheet of ``path``; the same input gives the same bytes.

    ``notes`` and ``sources`` apply to the whole workbook and go on the cover; each table's own notes go on
    the notes sheet, referred to from the table's title. ``date`` (ISO) is the only date in the file.
    Raises ``ValueError`` without tables or with a date that is not one.
    """
    if not tables:
        raise ValueError("a workbook needs at least one table")
    import gptables

    day = parse_date(date)
    labels = sheet_names([table.name for table in tables])
    sheets = {
        label: _sheet(table, number) for number, (label, table) in enumerate(zip(labels, tables, strict=True))
    }
    cover = _cover(title, len(sheets), notes, sources, _published(author, date))
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="No note text provided", category=UserWarning)
        # gptables' own use of pandas: nothing a caller could mend
        warnings.simplefilter("ignore", DeprecationWarning)
        book = gptables.produce_workbook(
            file,  # gptables says a file name; XlsxWriter takes a buffer too
            sheets,
            cover=cover,
            notes_table=_notes_table(tables, labels),
            auto_width=False,
            workbook_options={
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
    book.set_properties(
        {
            "title": clean_text(title)[:LONGEST_PROPERTY],
            "author": clean_text(author)[:LONGEST_PROPERTY],
            "created": datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.UTC),
        }
    )
    for worksheet in book.worksheets():
        worksheet.set_paper(A4)
        worksheet.fit_to_pages(1, 0)
    fit_cover(book.get_worksheet_by_name("Cover"), cover)
    titles = [[label, clean_text(table.title)] for label, table in zip(labels, tables, strict=True)]
    fit(
        book.get_worksheet_by_name("Contents"),
        FRONT_HEADER,
        [["Sheet name", "Table description"], *titles],
        [16, 40],
    )
    notes_rows = [["Note number", clean_text(note), label] for label, note in _noted(tables, labels)]
    if notes_rows:
        fit(
            book.get_worksheet_by_name("Notes"),
            FRONT_HEADER,
            [["Note number", "Note", ""], *notes_rows],
            [8, 42, 16],
        )
    for label, table in zip(labels, tables, strict=True):
        finish(book.get_worksheet_by_name(label), sheets[label].data_range[0], table)
    book.close()
    path.write_bytes(
        with_fixed_times(file.getvalue(), lambda name, part: _say_language(name, part, language))
    )


def sheet_names(names: Sequence[str]) -> list[str]:
    """A valid, unique sheet name for each table name: no signs Excel refuses, at most 31 letters."""
    taken = set(RESERVED)
    result = []
    for name in names:
        plain = re.sub(r"[\[\]:*?/\\]", " ", clean_text(name)).strip(" '") or "Table"
        label, place = plain[:LONGEST_SHEET_NAME].rstrip(" '"), 1
        while label.lower() in taken:
            place += 1
            ending = f"_{place}"
            label = plain[: LONGEST_SHEET_NAME - len(ending)].rstrip(" '") + ending
        taken.add(label.lower())
        result.append(label)
    return result


def _sheet(table: PublishedTable, number: int) -> Any:
    """The gptables sheet of one table; ``number`` makes names and note references unique."""
    from gptables import GPTable

    headings = _unique(
        [clean_text(column.label).replace("$$", "$ $") or "Column" for column in table.columns]
    )
    cells = {
        heading: pd.Series([_cell(value, column) for value in table.frame[column.key]], dtype=object)
        for heading, column in zip(headings, table.columns, strict=True)
    }
    if table.frame.empty:
        words = ["No rows", *[NOT_APPLICABLE] * (len(headings) - 1)]
        cells = {
            heading: pd.Series([word], dtype=object) for heading, word in zip(headings, words, strict=True)
        }
    used = {value for column in cells.values() for value in column if isinstance(value, str)}
    references = "".join(f"$${_reference(number, place)}$$" for place in range(len(table.notes)))
    heading = _unlinked(clean_text(table.title))
    where = " Notes are on the Notes worksheet." if table.notes else ""
    source = [_unlinked(line) for line in source_line(table.source)]
    return GPTable(
        table=pd.DataFrame(cells),
        table_name=f"table_{number + 1}_{re.sub(r'[^A-Za-z0-9]+', '_', table.name).strip('_')}"[
            :LONGEST_PROPERTY
        ],
        title=f"{heading} {references}".rstrip(),
        instructions=f"This worksheet contains one table.{where}",
        legend=[f"{mark} means {meaning}." for mark, meaning in MEANINGS.items() if mark in used],
        source=source[0] if source else None,
        index_columns={},  # gptables reads note references in index columns; a ward name has none
        additional_formatting=[
            {"column": {"columns": [place], "include_names": True, "format": _column_format(column, place)}}
            for place, column in enumerate(table.columns)
        ],
    )


def _column_format(column: TableColumn, place: int) -> dict[str, object]:
    if column.kind == "text":
        # set in a little, so that words do not touch the number on their left
        return {"align": "left", "valign": "top", "indent": 1 if place else 0}
    if column.kind == "percent":
        return {"align": "right", "valign": "top", "num_format": "0.0%"}
    decimals = _decimals(column.round_to)
    if (
        column.trimmed and decimals
    ):  # a code with places for decimals would print a point after a whole number
        return {"align": "right", "valign": "top", "num_format": "General"}
    return {
        "align": "right",
        "valign": "top",
        "num_format": "#,##0" + ("." + "0" * decimals if decimals else ""),
    }


def _decimals(round_to: float) -> int:
    return max(0, -math.floor(math.log10(round_to) + 1e-9))


def _cell(value: object, column: TableColumn) -> object:
    """A number as a number rounded as the table says; anything else as text that stays text."""
    missing = value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))
    if column.kind == "text":
        text = "" if missing else clean_text(str(value))
        return _text(text) if text.strip() else NOT_APPLICABLE
    if missing:
        return NOT_AVAILABLE
    if isinstance(value, str):
        return _text(clean_text(value))
    number = float(value)  # type: ignore[arg-type]
    if column.kind == "percent":
        return round(number, 3) + 0.0
    return round(round(number / column.round_to) * column.round_to, _decimals(column.round_to)) + 0.0


def _text(text: str) -> object:
    """Text that gptables writes as it is; wrapped where gptables would read more into it."""
    from gptables.core.gptable import FormatList

    return FormatList([{}, text]) if _NOT_PLAIN.search(text) and text not in MEANINGS else text


def _unlinked(text: str) -> str:
    """A line in which gptables sees no link and no note reference: a word joiner parts the signs."""
    return text.replace("](", "]\u2060(").replace("$$", "$\u2060$")


def _unique(headings: Sequence[str]) -> list[str]:
    """Excel's tables want every heading once, whatever its capitals."""
    taken: set[str] = set()
    result = []
    for heading in headings:
        name, place = heading, 1
        while name.lower() in taken:
            place += 1
            name = f"{heading} ({place})"
        taken.add(name.lower())
        result.append(name)
    return result


def _reference(number: int, place: int) -> str:
    return f"table{number + 1}note{place + 1}"


def _noted(tables: Sequence[PublishedTable], labels: Sequence[str]) -> list[tuple[str, str]]:
    """Sheet and text of every table's notes, in the order in which gptables numbers them."""
    return [(label, note) for table, label in zip(tables, labels, strict=True) for note in table.notes]


def _notes_table(tables: Sequence[PublishedTable], labels: Sequence[str]) -> pd.DataFrame | None:
    references = [
        _reference(number, place) for number, table in enumerate(tables) for place in range(len(table.notes))
    ]
    rows = [
        (reference, _text(clean_text(note)), label)
        for reference, (label, note) in zip(references, _noted(tables, labels), strict=True)
    ]
    return pd.DataFrame(rows, columns=["Reference", "Note", "Worksheet"], dtype=object) if rows else None


def _published(author: str, date: str) -> str:
    by = f" by {clean_text(author)}" if author.strip() else ""
    return f"Published{by} on {long_date(date)}."


def _cover(title: str, tables: int, notes: Sequence[str], sources: Sequence[str], published: str) -> Any:
    from gptables import Cover

    count = "one table" if tables == 1 else f"{tables} tables, each on its own worksheet"
    about = [_unlinked(clean_text(text)) for text in notes]
    if sources:
        about += [
            "Sources:" if len(sources) > 1 else "Source:",
            *(_unlinked(clean_text(text)) for text in sources),
        ]
    return Cover(
        title=_unlinked(clean_text(title)),
        intro=[
            published,
            f"This workbook holds {count}. The Contents worksheet lists them and links to each one.",
            "Some cells hold shorthand in place of a number or a word:",
            *(f"{mark} means {meaning}." for mark, meaning in MEANINGS.items()),
        ],
        about=about or None,
    )


def _say_language(name: str, part: bytes, language: str) -> bytes:
    """XlsxWriter cannot state the language that the file format has a place for."""
    if name != "docProps/core.xml":
        return part
    tag = f"<dc:language>{escape(language)}</dc:language></cp:coreProperties>"
    return part.replace(b"</cp:coreProperties>", tag.encode())

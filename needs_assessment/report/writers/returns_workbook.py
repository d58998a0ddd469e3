"""The fill-in workbook for local returns: drop-downs and notes, and no figure in it.

One row a figure, in the columns of the services file, so that the filled workbook is read as it is (``--services``). Only
the sheet ``returns`` is read for it: its headings are the file's own, and no other sheet repeats them. The sheet ``overlaps``
is read from the same workbook with ``--set overlaps=FILE``. A figure that is not
known has no row; nothing is filled in beforehand, because a value left standing would be taken for an answer.
"""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from needs_assessment.catalogue.returns import RETURN_MEASURES
from needs_assessment.report.writers import evidence_template
from needs_assessment.report.writers.document import clean_text
from needs_assessment.report.writers.overlaps_template import HOW_OVERLAPS, SHEET, write_overlaps
from needs_assessment.report.writers.reproducible_zip import with_fixed_times
from needs_assessment.tables.schemas import ACCOMMODATION_TYPES, SERVICES

SHEETS = ("cover", "returns", SHEET, "example", "measures", "types")
ROWS = 600  # rows with drop-downs; more may follow below them
TEXT_LIMIT = 200
STATEMENT_LIMIT = 400
A4 = 9
_LINE = 15  # points from one line to the next
_WIDTHS = {
    "measure": 38,
    "accommodation_type": 20,
    "unit": 30,
    "value": 12,
    "period_start": 14,
    "period_end": 14,
    "part_year": 11,
    "source": 40,
    "note": 50,
}
_TYPE_MEANINGS = {
    "refuge": "Refuge accommodation: a safe place whose whereabouts are not disclosed, with support",
    "specialist": "Specialist safe accommodation: for people with particular needs or who share a characteristic",
    "dispersed": "Dispersed accommodation: self-contained homes with the support of a refuge",
    "sanctuary": "Sanctuary scheme: extra security at the victim's own home, with support",
    "second_stage": "Second-stage accommodation: for those who are ready to leave refuge and still need support",
    "other": "Other accommodation of the Regulations that a local authority finds suitable; never bed and breakfast",
}
_HOW = (
    "Fill in the sheet returns: one row for each figure. Choose the measure first; the unit follows from it.",
    "Every measure may be left out. A figure that is not known has no row. Write 0 only where it was counted and was "
    "nought.",
    "Figures are totals for the whole area. By type of accommodation: one row for each type, or one row for all types "
    "with the type left blank, never both for one period.",
    "The first and last day belong to the period. What happened in a year needs the whole year, one row for each year; "
    "a part of a year is marked yes under part_year and is never taken for a year. What stood on a day has that day "
    "twice.",
    "Family places, single places and bed spaces are different units. Each has its own measure; they are never added "
    "together, and one type may have rows in several.",
    "Bed and breakfast is outside the Regulations. Its use has its own measures and is never supply.",
    "A unit cost is in the prices of the financial year of its row.",
    "The source says which return, register or contract list the figure comes from, in words of your own.",
    "The measures and their order follow the annual safe-accommodation return; check its wording for the year you "
    "report on.",
)
_NEVER = (
    "No names, dates of birth, NHS numbers, e-mail addresses or telephone numbers.",
    "No address, postcode, coordinate, ward, street, building or provider: nothing that could lead to a place of safety.",
    "No case notes. A file with any of these is refused, and the text is not repeated.",
)
# made-up figures of no area, to show the form of a row
_EXAMPLE = (
    ("places_available", "refuge", 12, "day", "Register of contracts", ""),
    ("places_available", "dispersed", 8, "day", "Register of contracts", ""),
    ("single_places_available", "refuge", 6, "day", "Register of contracts", "beside the family places"),
    ("referrals", "refuge", 140, "year", "Providers' yearly return", ""),
    ("referrals_declined_capacity", "refuge", 45, "year", "Providers' yearly return", ""),
    ("length_of_stay_days", "refuge", 96.5, "year", "Providers' yearly return", ""),
    ("households_supported", "", 210, "year", "Annual safe-accommodation return", ""),
    ("unit_cost_revenue", "refuge", 9500, "year", "Contract monitoring", ""),
    ("police_incidents", "", 3100, "year", "Police return to the partnership", ""),
)
_EXAMPLE_DAYS = {
    "day": (dt.date(2025, 3, 31), dt.date(2025, 3, 31)),
    "year": (dt.date(2024, 4, 1), dt.date(2025, 3, 31)),
}


def write_template(path: Path, area_name: str, *, themes: pd.DataFrame | None = None) -> None:
    """Write the fill-in workbook for an area to ``path`` (XLSX); the same name gives the same bytes.

    area_name: named on the cover only. The sheet ``returns`` is empty below its headings. themes: the register of themes
    of evidence; with it the workbook has a sheet ``evidence`` for statements as well.
    """
    file = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        title = f"Local returns for the needs assessment: {clean_text(area_name)}"
        book.set_properties({"title": title[:255], "created": dt.datetime(2000, 1, 1, tzinfo=dt.UTC)})
        look = _Look(book)
        names = SHEETS if themes is None else (*SHEETS, *evidence_template.SHEETS)
        sheets = {name: book.add_worksheet(name) for name in names}
        for sheet in sheets.values():
            sheet.set_paper(A4)
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
        _cover(sheets["cover"], look, title, themes is not None)
        _returns(sheets["returns"], look)
        write_overlaps(sheets[SHEET], look.head, look.plain, look.number, look.date)
        _example(sheets["example"], look)
        _measures(sheets["measures"], look)
        _types(sheets["types"], look)
        if themes is not None:
            limits = {"statement": STATEMENT_LIMIT, "source": TEXT_LIMIT, "note": TEXT_LIMIT}
            evidence_template.add_evidence_sheets(sheets, look, themes, limits)
    Path(path).write_bytes(with_fixed_times(file.getvalue()))


class _Look:
    """The few formats of the workbook."""

    def __init__(self, book: Any) -> None:
        common = {"font_name": "Arial", "font_size": 11, "valign": "top"}
        self.title = book.add_format({**common, "bold": True, "font_size": 16})
        self.section = book.add_format({**common, "bold": True, "font_size": 13})
        self.text = book.add_format({**common, "text_wrap": True})
        self.head = book.add_format(
            {**common, "bold": True, "bottom": 2, "bg_color": "#DDE6F0", "text_wrap": True}
        )
        self.plain = book.add_format({**common, "num_format": "@"})
        self.number = book.add_format({**common, "num_format": "#,##0.##"})
        self.date = book.add_format({**common, "num_format": "yyyy-mm-dd", "align": "left"})


def _cover(sheet: Any, look: _Look, title: str, evidence: bool) -> None:
    sheet.set_column(0, 0, 110)
    lines = [(title, look.title)]
    lines += [("How to fill it in", look.section), *((text, look.text) for text in _HOW)]
    lines += [("Lists of several services matched with each other", look.section)]
    lines += [(text, look.text) for text in HOW_OVERLAPS]
    if evidence:
        lines += [
            ("Evidence in words", look.section),
            *((text, look.text) for text in evidence_template.LINES),
        ]
    lines += [("What it must never hold", look.section), *((text, look.text) for text in _NEVER)]
    lines += [
        ("Sheets", look.section),
        ("returns: figures to be filled in; the only sheet that --services reads", look.text),
        (
            "overlaps: people by combination of lists; read with --set overlaps=FILE, and may stay empty",
            look.text,
        ),
        ("example: rows with made-up figures, to show the form", look.text),
        ("measures: everything that can be given, with its unit and meaning", look.text),
        ("types: the six types of safe accommodation", look.text),
    ]
    if evidence:
        lines += [
            ("evidence: statements to be filled in; the only sheet that evidence is read from", look.text),
            ("themes: what a statement can be about", look.text),
        ]
    for row, (text, style) in enumerate(lines):
        sheet.write_string(row, 0, text, style)
        # no program has to work out the height of a wrapped line for it to be read
        sheet.set_row(row, _LINE * (1 + len(text) // 100) + (10 if style is not look.text else 3))


def _returns(sheet: Any, look: _Look) -> None:
    columns = {name: place for place, name in enumerate(SERVICES.names)}
    meanings = {column.name: column.meaning for column in SERVICES.columns}
    styles = {"value": look.number, "period_start": look.date, "period_end": look.date}
    for name, place in columns.items():
        sheet.set_column(place, place, _WIDTHS[name], styles.get(name, look.plain))
        sheet.write_string(0, place, name, look.head)
        sheet.write_comment(0, place, meanings[name], {"x_scale": 2})
    sheet.freeze_panes(1, 1)
    last = len(RETURN_MEASURES) + 1
    listed = f"measures!$A$2:$A${last}"
    unit = f"=INDEX(measures!$B$2:$B${last},MATCH($A2,{listed},0))"
    day = {"validate": "date", "criteria": ">=", "value": dt.date(2000, 1, 1)}
    text = {"validate": "length", "criteria": "<=", "value": TEXT_LIMIT}
    rules: dict[str, dict[str, Any]] = {
        "measure": {"validate": "list", "source": f"={listed}", "input_message": "See the sheet measures."},
        "accommodation_type": {
            "validate": "list",
            "source": list(ACCOMMODATION_TYPES),
            "input_message": "One of the six types, or blank for all of them together and for other measures.",
        },
        "unit": {
            "validate": "list",
            "source": unit,
            "input_message": "The one unit of the measure: open the list and take it.",
        },
        "value": {
            "validate": "decimal",
            "criteria": ">=",
            "value": 0,
            "input_message": "A total for the whole area. Not known: leave the row out.",
        },
        "period_start": {**day, "input_message": "First day, such as 2024-04-01."},
        "period_end": {**day, "input_message": "Last day, such as 2025-03-31."},
        "part_year": {
            "validate": "list",
            "source": ["yes", "no"],
            "input_message": "yes for a part of a year; may be blank.",
        },
        "source": {**text, "input_message": "Which return or register. Name no provider, building or place."},
        "note": {**text, "input_message": "No names, addresses or case notes."},
    }
    for name, rule in rules.items():
        place = columns[name]
        sheet.data_validation(
            1,
            place,
            ROWS,
            place,
            {**rule, "error_title": "This cell", "error_message": rule["input_message"]},
        )


def _example(sheet: Any, look: _Look) -> None:
    # headings in words: a second sheet with the file's own headings could be read in place of the first
    for place, name in enumerate(SERVICES.names):
        sheet.set_column(place, place, _WIDTHS[name])
        sheet.write_string(0, place, f"Example: {name.replace('_', ' ')}", look.head)
    sheet.set_row(0, 2 * _LINE + 3)
    for row, (measure, kind, value, period, source, note) in enumerate(_EXAMPLE, start=1):
        start, end = _EXAMPLE_DAYS[period]
        for place, text in enumerate((measure, kind, RETURN_MEASURES[measure].unit)):
            sheet.write_string(row, place, text, look.plain)
        sheet.write_number(row, 3, value, look.number)
        sheet.write_datetime(row, 4, start, look.date)
        sheet.write_datetime(row, 5, end, look.date)
        for place, text in enumerate(("no" if period == "year" else "", source, note), start=6):
            sheet.write_string(row, place, text, look.plain)
    sheet.freeze_panes(1, 1)


def _measures(sheet: Any, look: _Look) -> None:
    headings = (
        ("Name of the measure", 40),
        ("Its unit", 32),
        ("What is counted", 80),
        ("The dates are", 18),
        ("By type", 10),
        ("Asked by or about", 44),
    )
    for place, (heading, width) in enumerate(headings):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, look.head)
    for row, (name, measure) in enumerate(RETURN_MEASURES.items(), start=1):
        kind = "yes" if measure.typed else "no"
        cells = (name, measure.unit, measure.meaning, measure.covers, kind, measure.agency)
        for place, text in enumerate(cells):
            sheet.write_string(row, place, text, look.text)
        sheet.set_row(row, _LINE * (1 + len(measure.meaning) // 72) + 3)
    sheet.freeze_panes(1, 1)


def _types(sheet: Any, look: _Look) -> None:
    for place, (heading, width) in enumerate((("Type", 20), ("What it is", 110))):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, look.head)
    for row, kind in enumerate(ACCOMMODATION_TYPES, start=1):
        sheet.write_string(row, 0, kind, look.text)
        sheet.write_string(row, 1, _TYPE_MEANINGS[kind], look.text)

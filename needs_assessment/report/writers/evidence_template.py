"""The sheets of the fill-in workbook for evidence in words: statements to fill in, and the themes they may be about."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from needs_assessment.tables.schemas import EVIDENCE

SHEETS = ("evidence", "themes")
LINES = (
    "The sheet evidence takes statements by theme: one finding a row, about people in general, in a sentence or two, "
    "with the kind of source and its date. The sheet themes says what each theme is about and what to obtain.",
    "A statement is printed in the paper as it is written, marked as the council's own. It counts no small number of people "
    "and names no person, provider, building, street or ward; it is refused otherwise, and not repeated.",
    "A story can point at someone without a name, and no program can see a plain first name or that a story is one person's: "
    "somebody has to read every statement and clear it. cleared_by says in which role, and consent says yes.",
    "Give the same workbook twice: --services FILE --set evidence=FILE.",
)
ROWS = 200  # rows with drop-downs; more may follow below them
_LINE = 15
_WIDTHS = {
    "theme": 30,
    "kind_of_source": 20,
    "statement": 80,
    "date": 14,
    "source": 40,
    "note": 40,
    "cleared_by": 30,
    "consent": 10,
}
_MESSAGES = {
    "theme": "See the sheet themes.",
    "kind_of_source": "What kind of source it comes from.",
    "statement": "One finding about people in general. No person, no small count, no place, no provider.",
    "date": "Day of the source; the last day of a period, such as 2025-03-31.",
    "source": "Report, panel or consultation, in words. No person and no provider.",
    "note": "What else a reader has to know.",
    "cleared_by": "The role that read this and cleared it for print, such as domestic abuse lead; never a person's name.",
    "consent": "yes, where those whose experience it is agreed. Without their consent leave the statement out.",
}


def add_evidence_sheets(
    sheets: dict[str, Any], look: Any, themes: pd.DataFrame, limits: dict[str, int]
) -> None:
    """Fill the sheets ``evidence`` (empty below its headings) and ``themes``.

    themes: the register; limits: the longest text of each free column, in characters.
    """
    _statements(sheets["evidence"], look, len(themes), limits)
    _themes(sheets["themes"], look, themes)


def _statements(sheet: Any, look: Any, themes: int, limits: dict[str, int]) -> None:
    for place, column in enumerate(EVIDENCE.columns):
        style = look.date if column.kind == "date" else look.text
        sheet.set_column(place, place, _WIDTHS[column.name], style)
        sheet.write_string(0, place, column.name, look.head)
        sheet.write_comment(0, place, column.meaning, {"x_scale": 2})
        rule: dict[str, Any] = {"validate": "length", "criteria": "<=", "value": limits.get(column.name, 0)}
        if column.name == "theme":
            rule = {"validate": "list", "source": f"=themes!$A$2:$A${themes + 1}"}
        elif column.allowed is not None:
            rule = {"validate": "list", "source": list(column.allowed)}
        elif column.kind == "date":
            rule = {"validate": "date", "criteria": ">=", "value": dt.date(2000, 1, 1)}
        message = _MESSAGES[column.name]
        words = {"input_message": message, "error_title": "This cell", "error_message": message}
        sheet.data_validation(1, place, ROWS, place, {**rule, **words})
    sheet.freeze_panes(1, 1)


def _themes(sheet: Any, look: Any, themes: pd.DataFrame) -> None:
    # headings in words: a second sheet with the file's own headings could be read in place of the first
    headings = (("Name of the theme", 30), ("In words", 34), ("What it is about", 70), ("What to obtain", 70))
    for place, (heading, width) in enumerate(headings):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, look.head)
    for row, theme in enumerate(themes.to_dict("records"), start=1):
        for place, name in enumerate(("theme", "title", "meaning", "obtain")):
            sheet.write_string(row, place, theme[name], look.text)
        sheet.set_row(row, _LINE * (1 + max(len(theme["meaning"]), len(theme["obtain"])) // 64) + 3)
    sheet.freeze_panes(1, 1)

"""The sheet of the fill-in workbook for matched lists: counts of people by combination of lists, with drop-downs.

The workbook is read for it with ``--set overlaps=FILE``; its headings are the overlaps file's own.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from needs_assessment.catalogue.returns import MATCHED_LISTS
from needs_assessment.catalogue.tiers import list_tiers
from needs_assessment.tables.schemas import OVERLAPS

SHEET = "overlaps"
ROWS = 100
TEXT_LIMIT = 200
HOW_OVERLAPS = (
    "One service, or the partnership, matches the lists of one year by a reference of its own; the lists themselves never "
    "leave it. Beside each person it marks 1 for every list the person is on and 0 for every list the person is not on.",
    "A pivot table of those marks, counting people, gives the rows: one row for each combination of lists that somebody "
    "is on, such as 1 under outreach_clients, 1 under helpline_clients and 0 under the others, and the number of people.",
    f"The tier is {', '.join(f'{tier} for lists of {lists.about}' for tier, lists in list_tiers().items())}. Columns of lists "
    "that were not matched stay blank.",
    "For two lists it is enough to give one row, for people on both, when the totals of both lists are in the sheet returns.",
    "Two to five lists of each tier; people on none of the lists have no row: they are what is estimated.",
)


def write_overlaps(sheet: Any, head: Any, plain: Any, number: Any, date: Any) -> None:
    """Headings with notes, and drop-downs below them; nothing is filled in."""
    styles = {"count": number, "period_start": date, "period_end": date}
    day = {"validate": "date", "criteria": ">=", "value": dt.date(2000, 1, 1)}
    text = {"validate": "length", "criteria": "<=", "value": TEXT_LIMIT}
    rules: dict[str, dict[str, Any]] = {
        "tier": {
            "validate": "list",
            "source": list(MATCHED_LISTS),
            "input_message": "Which need the lists are about.",
        },
        "period_start": {**day, "input_message": "First day of the year, the same in every row of a tier."},
        "period_end": {**day, "input_message": "Last day of that year."},
        "count": {
            "validate": "integer",
            "criteria": ">=",
            "value": 0,
            "input_message": "Different people on exactly these lists and no other.",
        },
        "source": {**text, "input_message": "Who matched the lists. Name no person and no place."},
        "note": {**text, "input_message": "No names, addresses or case notes."},
    }
    listed = {
        "validate": "list",
        "source": ["1", "0"],
        "input_message": "1: on this list. 0: not on it. Blank: this list was not matched.",
    }
    for place, column in enumerate(OVERLAPS.columns):
        wide = 30 if column.name in ("source", "note") else 16
        sheet.set_column(
            place, place, wide, styles.get(column.name, plain if column.kind == "text" else number)
        )
        sheet.write_string(0, place, column.name, head)
        sheet.write_comment(0, place, column.meaning, {"x_scale": 2})
        rule = rules.get(column.name, listed)
        said = {"error_title": "This cell", "error_message": rule["input_message"]}
        sheet.data_validation(1, place, ROWS, place, {**rule, **said})
    sheet.set_row(0, 34)
    sheet.freeze_panes(1, 1)

"""What a picture may show of a published table: its numbers as printed, and which cells have none.

Positions in a picture can be read back to many decimals, so a picture is drawn from the rounded numbers of
the printed table and never from the unrounded ones behind it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from needs_assessment.disclosure.published_table import (
    NOT_AVAILABLE,
    SUPPRESSED,
    PublishedTable,
    TableColumn,
    format_cell,
)


@dataclass(frozen=True)
class Reading:
    """One numeric column: ``values`` as printed (percent from 0 to 100), NaN where no number is shown."""

    column: TableColumn
    values: np.ndarray
    suppressed: np.ndarray

    @property
    def shown(self) -> np.ndarray:
        return ~np.isnan(self.values)

    @property
    def missing(self) -> np.ndarray:
        return np.isnan(self.values) & ~self.suppressed

    @property
    def axis_label(self) -> str:
        if self.column.kind == "percent" and not self.column.unit:
            return f"{self.column.heading} (%)"
        said = self.column.unit.casefold() in self.column.heading.casefold()
        return self.column.heading if said else self.column.label

    def text(self, place: int) -> str:
        """The cell as the table prints it; a missing or suppressed cell in words."""
        if self.suppressed[place]:
            return "suppressed"
        return self.number(float(self.values[place])) if self.shown[place] else "not available"

    def number(self, value: float) -> str:
        """``value``, on this column's scale, as the table would print it."""
        scale = 100 if self.column.kind == "percent" else 1
        return format_cell(value / scale, self.column)


def read(table: PublishedTable, key: str) -> Reading:
    """The column ``key`` as numbers to draw. Raises ValueError when the table lacks it."""
    column = find_column(table, key)
    cells = table.frame[key].to_list()
    suppressed = np.array([isinstance(cell, str) and cell == SUPPRESSED for cell in cells], dtype=bool)
    return Reading(column, np.array([_as_printed(cell, column) for cell in cells], dtype=float), suppressed)


def _as_printed(cell: object, column: TableColumn) -> float:
    """The number a reader of the table sees, so that a chart never says more than the table does."""
    if pd.isna(cell) or isinstance(cell, str):  # type: ignore[call-overload]
        return math.nan
    printed = format_cell(cell, column)
    return math.nan if printed == NOT_AVAILABLE else float(printed.rstrip("%").replace(",", ""))


def words(table: PublishedTable, key: str) -> list[str]:
    """The text column ``key``, blanks as ''. Raises ValueError when the table lacks it."""
    find_column(table, key)
    return ["" if pd.isna(cell) else str(cell) for cell in table.frame[key]]


def has_column(table: PublishedTable, key: str) -> bool:
    return any(column.key == key for column in table.columns)


def find_column(table: PublishedTable, key: str) -> TableColumn:
    for column in table.columns:
        if column.key == key:
            return column
    found = ", ".join(column.key for column in table.columns)
    raise ValueError(f"the table {table.name} has no column {key}; it has {found}")


def range_text(low: Reading, high: Reading, place: int) -> str:
    """``980 to 1,500``, or '' where either end is not shown."""
    if not (low.shown[place] and high.shown[place]):
        return ""
    return f"{low.text(place)} to {high.text(place)}"


def estimate_text(value: Reading, low: Reading, high: Reading, place: int) -> str:
    """``1,230 (980 to 1,500)``."""
    ends = range_text(low, high, place) if value.shown[place] else ""
    return f"{value.text(place)} ({ends})" if ends else value.text(place)


def gap_notes(value: Reading, thing: str, things: str, done: str = "drawn") -> list[str]:
    """The lines under a chart for cells not drawn: a suppressed or missing number is never a zero."""
    notes = []
    for cells, why in (
        (value.suppressed, "suppressed to protect people's confidentiality"),
        (value.missing, "not available"),
    ):
        count = int(cells.sum())
        if count:
            subject = f"{count} {thing} is" if count == 1 else f"{count} {things} are"
            notes.append(f"{subject} not {done}: {why}. This does not mean zero.")
    return notes


def interval_note(low: Reading, high: Reading, range_name: str) -> list[str]:
    """The line that says what the thin lines are, where any is drawn."""
    if not (low.shown & high.shown).any():
        return []
    return [f"The thin line on each estimate is its {range_name}."]


def listed(labels: list[str], texts: list[str]) -> str:
    """``Refuge: 24. Other: not available.``"""
    return " ".join(f"{label}: {text}." for label, text in zip(labels, texts, strict=True))

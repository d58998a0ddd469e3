"""What a published table is: columns with units and rounding, values, notes and a source.

A ``PublishedTable`` in a run comes from ``disclosure/gate.py`` and from nowhere else.
"""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from typing import Literal

import pandas as pd

SUPPRESSED = "[c]"
NOT_AVAILABLE = "[x]"
SHORTHAND = {
    SUPPRESSED: "suppressed to protect people's confidentiality",
    NOT_AVAILABLE: "not available; the notes say why",
}


@dataclass(frozen=True)
class TableColumn:
    """One column: ``kind`` percent holds a proportion and is shown times 100 with one decimal.

    trimmed: a number that is whole after rounding has no decimals, for columns where counts stand beside fractions.
    """

    key: str
    heading: str
    unit: str = ""
    kind: Literal["text", "number", "percent"] = "text"
    round_to: float = 1.0
    trimmed: bool = False

    @property
    def label(self) -> str:
        return f"{self.heading} ({self.unit})" if self.unit else self.heading


@dataclass(frozen=True)
class PublishedTable:
    """A table that may leave the library. Numeric cells are floats, NaN (not available) or ``[c]``."""

    name: str
    title: str
    columns: tuple[TableColumn, ...]
    frame: pd.DataFrame
    notes: tuple[str, ...] = ()
    source: str = ""

    def display(self) -> pd.DataFrame:
        """Strings ready to print, headings as column names; rounding happens here and only here."""
        shown = {
            column.label: [format_cell(value, column) for value in self.frame[column.key]]
            for column in self.columns
        }
        return pd.DataFrame(shown, dtype="str")

    def __repr__(self) -> str:
        return f"{self.title}\n{self.display().to_string(index=False)}"

    def _repr_html_(self) -> str:
        aligned = ["" if column.kind == "text" else ' style="text-align:right"' for column in self.columns]
        head = "".join(
            f'<th scope="col"{side}>{html.escape(column.label)}</th>'
            for column, side in zip(self.columns, aligned, strict=True)
        )
        body = "".join(
            "<tr>"
            + "".join(
                f'<th scope="row">{html.escape(cell)}</th>'
                if place == 0
                else f"<td{aligned[place]}>{html.escape(cell)}</td>"
                for place, cell in enumerate(row)
            )
            + "</tr>"
            for row in self.display().itertuples(index=False)
        )
        notes = "".join(f"<p>{html.escape(text)}</p>" for text in (*self.notes, self.source) if text)
        return (
            f"<table><caption>{html.escape(self.title)}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table>{notes}"
        )


def format_cell(value: object, column: TableColumn) -> str:
    """One cell as text: rounded, with thousands separators, markers kept."""
    if column.kind == "text":
        return "" if value is None or (isinstance(value, float) and math.isnan(value)) else str(value)
    if isinstance(value, str):
        return value
    number = float("nan") if value is None else float(value)  # type: ignore[arg-type]
    if math.isnan(number):
        return NOT_AVAILABLE
    if column.kind == "percent":
        return f"{number * 100:.1f}%"
    text = format_number(number, column.round_to)
    whole, _, decimals = text.partition(".")
    return whole if column.trimmed and not decimals.strip("0") else text


def format_number(number: float, round_to: float) -> str:
    """``number`` to the nearest ``round_to`` (a power of ten), thousands separated; never "-0"."""
    decimals = max(0, -math.floor(math.log10(round_to) + 1e-9))
    rounded = round(number / round_to) * round_to
    return f"{0.0 if rounded == 0 else rounded:,.{decimals}f}"

"""The one way a CSV is written: safe to open in a spreadsheet, and read back unchanged.

A CSV has no types, so a spreadsheet works out a cell of words that begins as a formula does. Such a cell gets an
apostrophe in front, and so does one that already has apostrophes there; reading takes one away again. Numbers, also
negative ones and ranges of them, stay as they are.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

GUARD = "'"
_NUMBER = r"[+-]?£?\d[\d,.]*(?:[eE][+-]?\d+)?%?"
_PLAIN_NUMBER = re.compile(rf"\s*{_NUMBER}(?: to {_NUMBER})?\s*")
# what a spreadsheet, or a person who pastes, may pass over before the sign; then the signs, also in their wide forms
_FORMULA = re.compile(
    r"[\s'\"`\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\x00-\x1f]*"
    r"(?:[=+@|%\-\u2212\uff1d\uff0b\uff0d\uff20\ufe62-\ufe66\ufe6b]|(?<=[\t\r\n]))"
)


def safe_text(text: str) -> str:
    """A text as it stands in a CSV: with an apostrophe in front where a spreadsheet would work it out."""
    return GUARD + text if _is_formula(text) else text


def plain_text(text: str) -> str:
    """The text that ``safe_text`` was given."""
    return text[1:] if text[:1] == GUARD and _is_formula(text[1:]) else text


def plain_rows(rows: Iterable[list[str]]) -> list[list[str]]:
    """Rows of cells as they were before they were written."""
    return [[plain_text(cell) if cell[:1] == GUARD else cell for cell in row] for row in rows]


def _is_formula(text: str) -> bool:
    return _FORMULA.match(text) is not None and _PLAIN_NUMBER.fullmatch(text) is None


def as_csv(frame: pd.DataFrame) -> str:
    """A frame as the text of a CSV: line feeds, blanks for what is not known; the same frame gives the same text."""
    safe = frame.copy(deep=False)
    cut = False
    for place in range(frame.shape[1]):
        cells = frame.iloc[:, place]
        texts = [cell for cell in cells.unique() if isinstance(cell, str)]
        guarded = {text: safe_text(text) for text in texts if safe_text(text) != text}
        cut = cut or any("\r" in text for text in texts)
        if guarded:
            safe.isetitem(
                place, [guarded.get(cell, cell) if isinstance(cell, str) else cell for cell in cells]
            )
    safe.columns = [safe_text(str(name)) for name in frame.columns]
    # the writer leaves a lone carriage return unquoted, which a reader takes for the end of the row
    if cut:
        return str(safe.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC))
    return str(safe.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL))


def write_csv_file(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame to ``path`` in UTF-8, as ``as_csv`` has it."""
    path.write_bytes(as_csv(frame).encode("utf-8"))


def plain_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame of text as it was before it was written."""
    plain = frame.copy(deep=False)
    for place in range(frame.shape[1]):
        cells = frame.iloc[:, place]
        if any(isinstance(cell, str) and cell[:1] == GUARD for cell in cells.unique()):
            plain.isetitem(place, [plain_text(cell) if isinstance(cell, str) else cell for cell in cells])
    plain.columns = [plain_text(str(name)) for name in frame.columns]
    return plain

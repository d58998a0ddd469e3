"""What a single cell of a table stands for: a whole number, a number, a date, yes or no."""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal

import numpy as np

Kind = Literal["text", "integer", "number", "date", "yes_no"]

_DIGITS = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)"  # 1234, or 1,234 as a spreadsheet may save it
_INTEGER = re.compile(rf"[+-]?{_DIGITS}")
_NUMBER = re.compile(rf"[+-]?(?:{_DIGITS}(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_DATE = re.compile(
    r"(?:([0-9]{4})-([0-9]{2})-([0-9]{2})|([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}))(?:[ T]00:00:00)?"
)
_LARGEST = 10**15  # whole numbers to here are exact in a float as well


def parse(cell: str, kind: Kind) -> object:
    """The value a cell stands for, or None where it stands for none (text in a number, 31 February)."""
    if kind == "yes_no":
        return {"yes": True, "no": False}.get(cell.lower())
    if kind == "date":
        return _date(cell)
    if kind == "integer":
        whole = int(cell.replace(",", "")) if _INTEGER.fullmatch(cell) and len(cell) < 25 else None
        return whole if whole is not None and abs(whole) <= _LARGEST else None
    number = float(cell.replace(",", "")) if _NUMBER.fullmatch(cell) else np.inf
    return number if np.isfinite(number) else None


def _date(cell: str) -> dt.date | None:
    found = _DATE.fullmatch(cell)
    if found is None:
        return None
    year, month, day = found.group(1, 2, 3) if found[1] else found.group(6, 5, 4)
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None

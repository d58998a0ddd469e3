"""What a column is made of and what a single cell stands for: a whole number, a number, a date, yes or no."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

import numpy as np

from needs_assessment.tables.workbook_cells import UNCALCULATED, fault_of_cell

Kind = Literal["text", "integer", "number", "date", "yes_no"]
Screen = Literal["sentence", "name", "label", "heading", "list"]

_DIGITS = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)"  # 1234, or 1,234 as a spreadsheet may save it
# 100.0 as a program saves a whole number; three zeros may be a thousand of another country
_INTEGER = re.compile(rf"([+-]?{_DIGITS})(?:\.00?)?")
_NUMBER = re.compile(rf"[+-]?(?:{_DIGITS}(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_DATE = re.compile(
    r"(?:([0-9]{4})-([0-9]{2})-([0-9]{2})|([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}))(?:[ T]00:00:00)?"
)
_LARGEST = 10**15  # whole numbers to here are exact in a float as well


KIND_WORDS: dict[Kind, str] = {
    "text": "text",
    "integer": "a whole number",
    "number": "a number",
    "date": "a date such as 2024-04-01 or 01/04/2024",
    "yes_no": "yes or no",
}


@dataclass(frozen=True)
class Column:
    """One column of a table.

    ``screen`` says how a column of words is held against ``printable_text``. ``required`` is whether the column must
    exist, ``blank`` whether its cells may be empty; ``pattern`` is a regular expression for the whole cell and ``form``
    says the same in words. Bounds are inclusive.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    required: bool = True
    blank: bool = False
    minimum: float | None = None
    maximum: float | None = None
    allowed: tuple[str, ...] | None = None
    pattern: str | None = None
    form: str = ""
    screen: Screen | None = None

    @property
    def may_be_blank(self) -> bool:
        """A column that need not exist may as well be empty."""
        return self.blank or not self.required

    @property
    def expected(self) -> str:
        """What a cell must hold, in words."""
        words = self.form or KIND_WORDS[self.kind]
        if self.allowed is not None:
            words = "one of " + ", ".join(self.allowed)
        if self.minimum is not None and self.maximum is not None:
            words += f" from {self.minimum:g} to {self.maximum:g}"
        elif self.minimum is not None:
            words += f", {self.minimum:g} or more"
        elif self.maximum is not None:
            words += f", {self.maximum:g} or less"
        return words + (", or blank" if self.may_be_blank else "")


def read_cell(cell: str, column: Column) -> tuple[object, str]:
    """The value of one filled cell, and what is wrong with it ('' where nothing is)."""
    if (fault := fault_of_cell(cell)) and (column.kind != "text" or cell[0] == "#" or cell == UNCALCULATED):
        return None, f"'{column.name}' is missing: {fault}"
    if column.kind == "text":
        allowed = column.allowed is None or cell in column.allowed
        fits = column.pattern is None or re.fullmatch(column.pattern, cell) is not None
        return cell, "" if allowed and fits else f"'{column.name}' has a value that is not allowed"
    value = parse(cell, column.kind)
    if value is None:
        return None, f"'{column.name}' is not {KIND_WORDS[column.kind]}"
    if isinstance(value, int | float) and column.kind != "yes_no":
        if column.minimum is not None and value < column.minimum:
            return value, f"'{column.name}' is too low"
        if column.maximum is not None and value > column.maximum:
            return value, f"'{column.name}' is too high"
    return value, ""


def parse(cell: str, kind: Kind) -> object:
    """The value a cell stands for, or None where it stands for none (text in a number, 31 February)."""
    if kind == "yes_no":
        return {"yes": True, "no": False}.get(cell.lower())
    if kind == "date":
        return _date(cell)
    if kind == "integer":
        found = _INTEGER.fullmatch(cell) if len(cell) < 25 else None
        whole = int(found[1].replace(",", "")) if found else None
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

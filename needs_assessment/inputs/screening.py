"""The door of every text that a file brings in: what must not be printed is told all at once, by place and kind.

Every column of words of every schema has its way through: a form, a list of allowed words, or a screen (``Column.screen``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from needs_assessment.errors import InputError
from needs_assessment.printable_text import HEADING, KINDS, LABEL, NAME, SENTENCE, findings, with_article
from needs_assessment.tables.validation import TableSchema, in_order

SCREENS = {"sentence": SENTENCE, "name": NAME, "label": LABEL, "heading": HEADING}
# a cell with a form of its own (a code, a date, a number, one of some words) is not printed as it is where it breaks it;
# what must not even be named as a wrong cell is what stands for a person
OF_FORMS = frozenset(KINDS) - {
    "NHS number",
    "National Insurance number",
    "e-mail address",
    "postcode",
    "telephone number",
}
ACTION = "take it out of the file, and out of any copy of it"
EXPECTED = "words about people and services in general: nothing that names, counts a few or locates"


class Screening:
    """The texts of one file that must not be printed, gathered so that all of them are told at once."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._found: dict[tuple[int, str, str, str], None] = {}

    def text(
        self, text: str, *, row: int | None = None, column: str = "", allowed: frozenset[str] = SENTENCE
    ) -> bool:
        """Hold one text against the rules. Returns whether it may be printed."""
        seen = findings(text, allowed) if text else ()
        for one in seen:
            place = _characters(one.first, one.last)
            self._found[row or 0, column, place, f"looks like {with_article(one.kind)}"] = None
        return not seen

    def table(self, frame: pd.DataFrame, schema: TableSchema, rows: Sequence[int]) -> None:
        """Hold every column of words of a table against the rules that its schema gives the column."""
        for column in schema.columns:
            if column.name in frame.columns:
                allowed = allowed_in(schema, column.name)
                for row, cell in zip(rows, frame[column.name], strict=True):
                    self.text(cell, row=row, column=column.name, allowed=allowed)
                    if column.screen == "label" and column.pattern:
                        self.text(re.sub("[-_]", " ", cell), row=row, column=column.name, allowed=allowed)

    def fault(self, says: str, *, row: int | None = None, column: str = "") -> None:
        """Keep a fault that another rule found in a whole cell; ``says`` follows "the text"."""
        self._found[row or 0, column, "", says] = None

    def refusal(self, *, expected: str = EXPECTED, action: str = ACTION) -> InputError | None:
        """The error that names the place and the kind of everything found, and repeats none of it; None without a find."""
        faults = [
            InputError(
                f"A text must not be printed: it {says}. It is not shown here.",
                file=self.file,
                row=row or None,
                column=column,
                position=position,
                expected=expected,
                action=action,
            )
            for row, column, position, says in self._found
        ]
        return in_order(faults) if faults else None

    def raise_if_any(self, *, expected: str = EXPECTED, action: str = ACTION) -> None:
        """Raises the refusal of everything found."""
        error = self.refusal(expected=expected, action=action)
        if error:
            raise error


def allowed_in(schema: TableSchema, name: str) -> frozenset[str]:
    """The kinds that a cell of a column may hold."""
    screens = {column.name: column.screen for column in schema.columns}
    return SCREENS.get(screens.get(name) or "", OF_FORMS)


def _characters(first: int, last: int) -> str:
    return f"characters {first} to {last}" if last > first else f"character {first}"

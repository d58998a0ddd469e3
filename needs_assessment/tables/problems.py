"""Faults of a file gathered and told: the first in full, the others counted."""

from __future__ import annotations

import difflib
from collections.abc import Collection

from needs_assessment.errors import InputError


class Problems:
    """The faults of one file, gathered so that the first is shown and the others counted."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.first: InputError | None = None
        self.count = 0

    def add(
        self,
        message: str,
        *,
        row: int | None = None,
        column: str = "",
        found: object = None,
        expected: str = "",
        action: str = "",
    ) -> None:
        """Keep a fault; the one nearest the top of the file is the one a person reads."""
        self.count += 1
        if self.first is None or (row is not None and self.first.row is not None and row < self.first.row):
            self.first = InputError(
                message, file=self.file, row=row, column=column, found=found, expected=expected, action=action
            )

    def raise_if_any(self) -> None:
        """Raises InputError with the first fault and the number of the others."""
        if self.first is not None:
            self.first.more = self.count - 1
            raise self.first


def column_letter(position: int) -> str:
    """A column as a spreadsheet names it: 0 is A, 26 is AA."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def near(wanted: str, known: Collection[str], limit: int = 3) -> list[str]:
    """Up to ``limit`` known spellings close to the wanted one, best first."""
    folded = {name.casefold(): name for name in known}
    return [
        folded[name] for name in difflib.get_close_matches(wanted.casefold(), folded, n=limit, cutoff=0.6)
    ]

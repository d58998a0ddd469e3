"""Faults of a file gathered and told at once: the first in full, the others with their places."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence

from needs_assessment.errors import InputError


class Problems:
    """The faults of one file, gathered so that all are told at once, the one nearest the top in full."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[InputError] = []

    @property
    def count(self) -> int:
        return len(self.faults)

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
        """Keep a fault; the one nearest the top of the file is told in full."""
        self.faults.append(
            InputError(
                message, file=self.file, row=row, column=column, found=found, expected=expected, action=action
            )
        )

    def gather(self, fault: InputError | None) -> None:
        """Keep the faults that another check of the same file has told, if it has."""
        if fault is None:
            return
        self.faults += [fault, *fault.others]
        fault.others = ()

    def raise_if_any(self) -> None:
        """Raises InputError with the first fault in full and the others behind it."""
        if self.faults:
            raise in_order(self.faults)


def in_order(faults: Sequence[InputError]) -> InputError:
    """The fault nearest the top of the file, with all others in the order of their rows."""
    first, *others = sorted(faults, key=lambda fault: -1 if fault.row is None else fault.row)
    first.others = tuple(others)
    return first


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

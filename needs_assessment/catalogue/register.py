"""Reads the two registers of measures, ``data/measures/``: one row a measure, under the headings of the data dictionary."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from needs_assessment.errors import InputError


def read_measures(
    path: Path, columns: Sequence[str], choices: Mapping[str, Sequence[str]]
) -> list[dict[str, str]]:
    """The rows of a register as texts.

    choices: what the cells of a column may be. Raises InputError for other columns, a measure that is there twice, a blank
    unit or meaning, or a cell that is none of the choices.
    """
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
    if reader.fieldnames != list(columns):
        raise _fault(path, 1, "", ", ".join(reader.fieldnames or ()), ", ".join(columns))
    seen: set[str] = set()
    for number, row in enumerate(rows, start=2):
        if set(row) != set(columns) or None in row.values():
            raise _fault(path, number, "", "more or fewer cells", f"{len(columns)} cells, one a column")
        for column, cell in row.items():
            if column in choices and cell not in choices[column]:
                raise _fault(path, number, column, cell, "one of " + ", ".join(filter(None, choices[column])))
            if column in ("measure", "unit", "meaning") and not cell:
                raise _fault(path, number, column, "a blank cell", "a text")
        if row["measure"] in seen:
            raise _fault(path, number, "measure", row["measure"], "each measure once")
        seen.add(row["measure"])
    return rows


def _fault(path: Path, row: int, column: str, found: str, expected: str) -> InputError:
    return InputError(
        "The register of measures cannot be used.",
        file=f"data/measures/{path.name}",
        row=row,
        column=column,
        found=found,
        expected=expected,
        action="correct the row, or install the package again if you did not change it",
    )

"""A small vocabulary for tables: what each column is, and a check that says which cell is wrong and why.

A schema names every column with its kind, unit, bounds and meaning. ``validate`` turns a frame of strings,
as read from a file, into a typed frame, or raises ``InputError`` naming file, row, column, what was found and
what is expected. ``schemas.py`` holds the schema of every table.

Faults of a file gathered and told at once: the first in full, the others with their places.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from needs_assessment.errors import InputError
from needs_assessment.tables.cells import Column, read_cell


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


@dataclass(frozen=True)
class Rule:
    """A condition between columns; ``broken`` marks the rows that break it (a blank breaks no comparison)."""

    column: str
    says: str
    broken: Callable[[pd.DataFrame], pd.Series]


@dataclass(frozen=True)
class TableSchema:
    """A table: its columns, its key, what happens to columns it does not know, and whether a user gave it or it is ours."""

    name: str
    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    extra: Literal["refuse", "ignore"] = "refuse"
    rules: tuple[Rule, ...] = ()
    origin: Literal["given", "ours"] = "given"

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def needed(self) -> list[str]:
        """The columns that a table must have."""
        return [column.name for column in self.columns if column.required]


@dataclass(frozen=True)
class _Problem:
    row: int
    place: int  # column order, so that the first problem is the one a reader meets first
    column: str
    message: str
    found: object
    expected: str


def validate(
    frame: pd.DataFrame,
    schema: TableSchema,
    *,
    file: str,
    first_row: int = 2,
    rows: Sequence[int] | None = None,
    echo: bool = True,
) -> pd.DataFrame:
    """Check a frame of strings against a schema and return it typed, in the schema's column order.

    Parameters: ``frame`` holds every cell as a string, '' for blank; ``file`` is the name to show;
    ``first_row`` is the spreadsheet row of the first record, or ``rows`` gives the row of each;
    ``echo=False`` keeps cells and headings out of the message, for files that might hold personal data or the
    location of a refuge.
    Returns: text as str (blank ''), integer as int64 (Int64 where blank is allowed), number as float64 (blank
    NaN), date as datetime64[s] (blank NaT), yes_no as bool (boolean where blank is allowed). A column that is
    not required and is absent comes back blank. Columns the schema does not know are dropped where ``extra``
    is 'ignore'.
    Raises: InputError for the first problem in reading order, with all further ones behind it.
    """
    typed, _, faults = validate_rows(frame, schema, file=file, first_row=first_row, rows=rows, echo=echo)
    if faults:
        raise in_order(faults)
    return typed


def validate_rows(
    frame: pd.DataFrame,
    schema: TableSchema,
    *,
    file: str,
    first_row: int = 2,
    rows: Sequence[int] | None = None,
    echo: bool = True,
) -> tuple[pd.DataFrame, NDArray[np.intp], list[InputError]]:
    """As ``validate``, but the faults of cells are returned: the typed rows without one, their positions, and the faults.

    Raises: InputError for columns that are missing, doubled or unknown.
    """
    frame = frame.rename(columns=lambda name: str(name).strip())
    numbers = np.array(rows if rows is not None else range(first_row, first_row + len(frame)), dtype=np.intp)
    if len(numbers) != len(frame):
        raise ValueError("rows must give one spreadsheet row for each record")
    _check_columns(frame, schema, file, int(numbers[0] if len(numbers) else first_row) - 1, echo)
    problems: list[_Problem] = []
    typed: dict[str, pd.Series] = {}
    sound = np.ones(len(frame), dtype=bool)
    for place, column in enumerate(schema.columns):
        codes, cells = _cells(frame, column)
        typed[column.name], faults = _typed(codes, cells, column)
        for at in np.flatnonzero(np.isin(codes, list(faults))) if faults else ():
            cell = int(codes[at])
            sound[at] = False
            problems.append(
                _Problem(int(numbers[at]), place, column.name, faults[cell], cells[cell], column.expected)
            )
    result = pd.DataFrame(typed)
    positions = np.flatnonzero(sound)
    # rules and keys compare typed values, so they look at the rows whose cells could all be read
    if problems:
        result = result.iloc[positions].reset_index(drop=True)
        frame, numbers = frame.iloc[positions].reset_index(drop=True), numbers[positions]
    problems += _broken_rules(result, frame, schema, numbers.tolist())
    problems += _duplicates(result, schema, numbers.tolist())
    told = [
        InputError(
            f"{schema.title}: {problem.message}.",
            file=file,
            row=problem.row,
            column=problem.column,
            found=problem.found if echo else None,
            expected=problem.expected,
            action="correct the cell in the file and run again",
        )
        for problem in sorted(problems, key=lambda problem: (problem.row, problem.place))
    ]
    return result, positions, told


def _check_columns(frame: pd.DataFrame, schema: TableSchema, file: str, row: int, echo: bool) -> None:
    present = list(frame.columns)
    missing = [column.name for column in schema.columns if column.required and column.name not in present]
    twice = sorted({name for name in present if present.count(name) > 1 and name in schema.names})
    unknown = [name for name in present if name not in schema.names] if schema.extra == "refuse" else []
    problems = Problems(file)
    for names, what, action in (
        (missing, "has no column", "add the column, or correct its heading"),
        (twice, "has more than one column", "keep one column of that name"),
        (unknown, "has an unknown column", "remove the column, or correct its heading"),
    ):
        if names:
            # A file without headings shows its first record where the headings should be.
            sayable = echo or names is not unknown
            problems.add(
                f"{schema.title}: the table {what}{' ' + ', '.join(map(repr, names)) if sayable else ''}.",
                row=row,
                column=names[0] if sayable else "",
                found="the columns " + ", ".join(present) if echo else f"{len(present)} columns",
                expected="the columns " + ", ".join(schema.names),
                action=action,
            )
    problems.raise_if_any()


def _cells(frame: pd.DataFrame, column: Column) -> tuple[np.ndarray, list[str]]:
    """The distinct cells of a column, without blanks round them, and for each record which of them it holds.

    Each distinct cell is then read once: a million ages are ninety-one.
    """
    if column.name not in frame.columns:
        return np.zeros(len(frame), dtype=np.intp), [""]
    codes, distinct = pd.factorize(frame[column.name], use_na_sentinel=False)
    return codes, ["" if pd.isna(cell) else str(cell).strip() for cell in distinct]


def _typed(codes: np.ndarray, cells: list[str], column: Column) -> tuple[pd.Series, dict[int, str]]:
    """Values of one column, and what is wrong with its faulty cells; those come back blank."""
    faults: dict[int, str] = {}
    values: list[object] = []
    for place, cell in enumerate(cells):
        value: object = None
        if cell:
            value, fault = read_cell(cell, column)
        else:
            fault = "" if column.may_be_blank else f"'{column.name}' is empty"
        if fault:
            faults[place] = fault
        values.append(None if fault else value)
    blank = np.array([value is None for value in values], dtype=bool)
    held = blank[codes] if len(cells) else np.zeros(0, dtype=bool)
    nullable = column.may_be_blank or bool(faults)

    def spread(filler: object, dtype: str) -> np.ndarray:
        return np.array([filler if value is None else value for value in values], dtype=dtype)[codes]

    if column.kind == "text":
        return pd.Series(spread("", "object"), dtype="str"), faults
    if column.kind == "number":
        return pd.Series(spread(np.nan, "float64")), faults
    if column.kind == "date":
        return pd.Series(spread("NaT", "datetime64[s]")), faults
    if column.kind == "integer":
        whole = spread(0, "int64")
        return pd.Series(pd.arrays.IntegerArray(whole, held) if nullable else whole), faults
    flags = spread(False, "bool")
    return pd.Series(pd.arrays.BooleanArray(flags, held) if nullable else flags), faults


def _broken_rules(
    typed: pd.DataFrame, frame: pd.DataFrame, schema: TableSchema, numbers: list[int]
) -> list[_Problem]:
    problems = []
    for rule in schema.rules:
        broken = rule.broken(typed).fillna(False).to_numpy(dtype=bool)
        place = schema.names.index(rule.column)
        codes, cells = _cells(frame, schema.columns[place])
        problems += [
            _Problem(
                numbers[at],
                place,
                rule.column,
                f"'{rule.column}' breaks a rule of the table",
                cells[codes[at]],
                rule.says,
            )
            for at in np.flatnonzero(broken)
        ]
    return problems


def _duplicates(typed: pd.DataFrame, schema: TableSchema, numbers: list[int]) -> list[_Problem]:
    if not schema.key:
        return []
    key = list(schema.key)
    later = typed.duplicated(key).to_numpy(dtype=bool)
    if not later.any():
        return []
    group = typed.groupby(key, dropna=False, sort=False).ngroup().to_numpy()
    first = dict(reversed(list(zip(group, numbers, strict=True))))
    return [
        _Problem(
            numbers[at],
            schema.names.index(key[0]),
            ", ".join(key),
            f"row {numbers[at]} repeats row {first[group[at]]}",
            ", ".join(_shown(value) for value in typed.loc[at, key]),
            f"each combination of {', '.join(key)} once",
        )
        for at in np.flatnonzero(later)
    ]


def _shown(value: object) -> str:
    if value is pd.NA or value is pd.NaT:
        return "(blank)"
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else str(value)

"""Finds the tables of prevalence in the sheets of a workbook, by their titles and the words of their header rows.

Nothing is known of the workbook but words: a table starts under a title that speaks of the prevalence of abuse, at a row
that names what the rows are and the sexes or survey years of the columns; notes may stand between the two.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from needs_assessment.errors import InputError
from needs_assessment.inputs.rates.rates_words import (
    Edition,
    abuse_in,
    abuse_of_column,
    clean,
    editions_of,
    period_of,
    read_figure,
    sex_of,
)
from needs_assessment.tables.validation import column_letter

Grid = Sequence[Sequence[str]]
_LABEL = re.compile(r"type of|abuse type|characteristic|group|category|^(?:domestic )?abuse$", re.IGNORECASE)
_SKIPPED = re.compile(
    r"significan|difference|change|compared|standard error|number of victims|estimated number|thousand|000s",
    re.I,
)
BASE = re.compile(r"unweighted|\bbase\b|number of (?:adults|respondents|people|women|men)\b", re.IGNORECASE)
_COUNT = re.compile(
    r"numbers? of (?:\w+ )?victims|estimated numbers?|thousand|000s|per 1,?000", re.IGNORECASE
)
_PERCENT = re.compile(r"per ?cent|%", re.IGNORECASE)
_PREVALENCE = re.compile(r"prevalence|percentage of (?:adults|people|women|men)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"table\s+\w+\s*[:.–-]", re.IGNORECASE)
_OF_VICTIMS = re.compile(r"\b(?:among|of|by|for) (?:adult |female |male )?victims\b", re.IGNORECASE)


@dataclass(frozen=True)
class Head:
    """One column of figures. ``of`` is the column of the rate that a limit belongs to; blanks are not said here."""

    at: int
    text: str
    kind: Literal["rate", "low", "high", "base"]
    sex: str
    period: str
    abuse: str
    edition: Edition | None
    of: int | None = None


@dataclass(frozen=True)
class Table:
    """One table of a sheet: rows are counted as a spreadsheet shows them; preface: the words above its header."""

    file: str
    sheet: str
    title: str
    preface: tuple[str, ...]
    header_row: int
    by_group: bool
    labels: tuple[int, ...]
    sex_at: int | None
    heads: tuple[Head, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    @property
    def place(self) -> str:
        return f"{self.file}, sheet '{self.sheet}'"

    @property
    def of_numbers(self) -> bool:
        """Whether the table says that it holds numbers of victims, or rates per thousand, and no percentages."""
        notes = " ".join(text for text in self.preface if text != self.title)
        if _PERCENT.search(f"{self.title} {notes}"):
            return False
        return bool(_COUNT.search(notes)) or (
            _COUNT.search(self.title) is not None and not _PREVALENCE.search(self.title)
        )

    def error(
        self, message: str, *, row: int, at: int, found: object, expected: str, action: str
    ) -> InputError:
        """An error that names the sheet, the row and the column."""
        text = next((head.text for head in self.heads if head.at == at), "")
        column = f"{column_letter(at)} ({text})" if text else column_letter(at)
        return InputError(
            message, file=self.place, row=row, column=column, found=found, expected=expected, action=action
        )


def find_tables(file: str, sheets: Mapping[str, Grid]) -> list[Table]:
    """Every table of prevalence in the workbook, in its order. Raises InputError for a header that is ambiguous."""
    return [table for sheet, grid in sheets.items() for table in _tables_of(file, sheet, grid)]


def _tables_of(file: str, sheet: str, grid: Grid) -> list[Table]:
    starts = [row for row in range(len(grid)) if _header(grid, row) is not None]
    # a header of two rows is found at both of them: the lower one says all of it
    starts = [row for row in starts if not (row + 1 in starts and _spans(grid, row + 1))]
    tables = []
    for place, start in enumerate(starts):
        header = _header(grid, start)
        top = _top(grid, start)
        end = _top(grid, starts[place + 1]) if place + 1 < len(starts) else len(grid)
        own = [clean(cell) for row in grid[top:start] for cell in row if cell.strip()]
        title = _title(own) or next((clean(cell) for row in grid for cell in row if cell.strip()), "")
        said = " ".join((title, *own))
        of_abuse = _PREVALENCE.search(said) and "abuse" in said.lower()
        if header is None or not of_abuse or _OF_VICTIMS.search(title):
            continue
        labels, sex_at, heads, by_group = header
        rows = tuple(
            (row + 1, tuple(grid[row]))
            for row in range(start + 1, end)
            if any(cell.strip() for cell in grid[row])
        )
        table = Table(
            file=file,
            sheet=sheet,
            title=title,
            preface=tuple(own),
            header_row=start + 1,
            by_group=by_group,
            labels=labels,
            sex_at=sex_at,
            heads=heads,
            rows=rows,
        )
        _check_heads(table)
        tables.append(table)
    return tables


def _title(own: Sequence[str]) -> str:
    """The numbered title nearest to a table, else the first line above it that speaks of prevalence."""
    numbered = [text for text in own if _NUMBERED.match(text)]
    return numbered[-1] if numbered else next((text for text in own if _PREVALENCE.search(text)), "")


def _top(grid: Grid, start: int) -> int:
    """The first of the rows of words right above a header: title, notes and a spanning row."""
    row = start - 1 if start and _spans(grid, start) else start
    while row and sum(bool(cell.strip()) for cell in grid[row - 1]) <= 1:
        row -= 1
    return row


def _spans(grid: Grid, row: int) -> bool:
    """Whether the row above is the upper row of a header: words over the columns, no figures."""
    if not row:
        return False
    above = [cell for cell in grid[row - 1][1:] if cell.strip()]
    # the label stands in one of the two rows; where both have one the lower is a row of the table
    upper, lower = ({at for at, cell in enumerate(grid[each]) if cell.strip()} for each in (row - 1, row))
    label = min(upper | lower, default=0)
    double = label in upper and label in lower
    return bool(above) and not double and not any(read_figure(cell)[2] for cell in above)


def _header(grid: Grid, row: int) -> tuple[tuple[int, ...], int | None, tuple[Head, ...], bool] | None:
    cells = [clean(cell) for cell in grid[row]]
    words = [cell for cell in cells[1:] if cell]
    if not words or any(read_figure(cell)[2] for cell in words):
        return None
    if _spans(grid, row):
        above = [clean(cell) for cell in grid[row - 1]]
        over = ""
        for at in range(len(cells)):
            over = (above[at] if at < len(above) else "") or (over if at else "")
            cells[at] = f"{over} {cells[at]}".strip()
            over = over if at else ""
    return _read_header(cells)


def _read_header(cells: Sequence[str]) -> tuple[tuple[int, ...], int | None, tuple[Head, ...], bool] | None:
    labels: list[int] = []
    heads: list[Head] = []
    sex_at = None
    for at, text in enumerate(cells):
        if not text:
            continue
        if re.fullmatch(r"sex|gender", text, re.IGNORECASE):
            sex_at = at
        elif not heads and (at == 0 or "characteristic" in text.lower() or "type of" in text.lower()):
            labels.append(at)
        else:
            head = _head(at, text, heads, by_row=sex_at is not None)
            if head is not None:
                heads.append(head)
            elif not heads:
                labels.append(at)
    words = " ".join(cells[at] for at in labels)
    if not labels or not _LABEL.search(words) or not any(head.kind == "rate" for head in heads):
        return None
    return tuple(labels), sex_at, tuple(heads), "abuse" not in words.lower()


def _head(at: int, text: str, before: Sequence[Head], *, by_row: bool) -> Head | None:
    """What a column of figures holds, or None where it is none of ours."""
    kind: Literal["rate", "low", "high", "base"] = (
        "base"
        if BASE.search(text)
        else "low"
        if re.search(r"\blower\b", text, re.IGNORECASE)
        else "high"
        if re.search(r"\bupper\b", text, re.IGNORECASE)
        else "rate"
    )
    if kind != "base" and _SKIPPED.search(text):
        return None
    named = editions_of(text)
    edition = max(named) if named else None
    sex = sex_of(re.sub(r"number of (adults|respondents|people)", " ", text, flags=re.IGNORECASE))
    abuse = abuse_of_column(text) if kind == "rate" else abuse_in(text)
    head = Head(at=at, text=text, kind=kind, sex=sex, period=period_of(text), abuse=abuse, edition=edition)
    if kind == "base":
        return replace(head, sex=sex or ("" if by_row else "P"))
    if kind == "rate":
        return head if sex or (by_row and edition) else None
    return replace(head, of=_rate_of(head, [rate for rate in before if rate.kind == "rate"]))


def _rate_of(limit: Head, rates: Sequence[Head]) -> int | None:
    """The column of the rate a limit belongs to: the one it names, else the one it stands behind."""
    fits = [
        rate
        for rate in rates
        if limit.sex in ("", rate.sex)
        and limit.period in ("", rate.period)
        and limit.abuse in ("", rate.abuse)
        and limit.edition in (None, rate.edition)
    ]
    return fits[0].at if len(fits) == 1 else rates[-1].at if rates and rates[-1] in fits else None


def _check_heads(table: Table) -> None:
    seen: set[tuple[object, ...]] = set()
    for head in table.heads:
        lost = head.kind in ("low", "high") and head.of is None
        key = (
            (head.kind, head.of)
            if head.kind in ("low", "high")
            else (head.kind, head.sex, head.period, head.abuse, head.edition)
        )
        if lost or key in seen:
            raise table.error(
                "A column of the table cannot be told from the others."
                if not lost
                else "It cannot be told which rate a limit of an interval belongs to.",
                row=table.header_row,
                at=head.at,
                found=head.text,
                expected="one column for each sex and time (last year, since age 16), its limits named or beside it",
                action="correct the header in a copy of the workbook, or use the columns of data/rates/national_rates.csv",
            )
        seen.add(key)

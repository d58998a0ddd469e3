"""A published population file as its blocks: one table, or one for each sex (sheets, or tables under one another).

What a file holds twice (two years of estimates, two geographies) is never guessed: it is refused with the choices, and
chosen behind the file's name, as in ``estimates.xlsx#Mid-2022``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from needs_assessment.errors import InputError
from needs_assessment.inputs.population.dates import date_of_title
from needs_assessment.inputs.population.layouts import read_sex
from needs_assessment.tables.columns import Columns, as_columns, read_even_csv, read_parquet
from needs_assessment.tables.file_cache import remembered
from needs_assessment.tables.files import build_table, decode
from needs_assessment.tables.grids import (
    PARQUET,
    ZIP,
    Match,
    best_header,
    cell_text,
    find_delimiter,
    no_header,
    raw_sheets,
    read_bytes,
    records,
)

CHOICE = "#"
_SEX_OF_NAME = re.compile(r"(?<![a-z])(all persons|persons|females?|males?)(?![a-z])", re.IGNORECASE)
_SEX_OF_TITLE = re.compile(
    r"(?:sex|gender)\s*[:,]?\s*(all persons|persons|total|females?|males?)(?![a-z])", re.IGNORECASE
)
_LABEL = re.compile(r"^(sheet|date|year)=", re.IGNORECASE)


@dataclass(frozen=True)
class Block:
    """One table of a file; sex (F, M or P) and date are those that its sheet or title states, else ''."""

    table: Columns
    sex: str = ""
    date: str = ""


@dataclass(frozen=True)
class Blocks:
    """What a file holds: its tables, the choices that named none of its sheets, and notes."""

    blocks: tuple[Block, ...]
    choices: tuple[str, ...]
    file: str
    sha256: str
    sheets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def split_choice(path: Path) -> tuple[Path, tuple[str, ...]]:
    """The file and the choices written behind its name: ``a.xlsx#Mid-2022`` is a.xlsx and Mid-2022."""
    if path.exists() or CHOICE not in str(path):
        return path, ()
    name, *choices = str(path).split(CHOICE)
    return Path(name), tuple(_LABEL.sub("", choice.strip()) for choice in choices if choice.strip())


@remembered(lambda path, *_, **__: [split_choice(path)[0]], most=2)
def read_blocks(path: Path, score: Match, *, even: bool = True) -> Blocks:
    """The tables of a CSV, XLSX or Parquet file whose headers ``score`` best.

    even: whether a CSV of even lines may go through the quick reader. Raises InputError for a file that is no table, and
    for a workbook with several tables that could be meant, listing them.
    """
    path, choices = split_choice(path)
    content = read_bytes(path, parquet=True)
    digest = hashlib.sha256(content).hexdigest()
    if content.startswith(PARQUET):
        return Blocks((Block(read_parquet(path.name, content, digest, score)),), choices, path.name, digest)
    if content.startswith(ZIP):
        return _workbook(path, content, digest, score, choices)
    text, said = decode(path.name, content)
    delimiter, start = find_delimiter(path.name, text, score)
    quick = _quick(path.name, digest, text, delimiter, start) if even else None
    if quick is not None:
        blocks = [_titled(quick)]
    else:
        grid = records(path.name, text, delimiter)
        blocks = _stacked(path.name, digest, "", grid, start)
    return Blocks(tuple(blocks), choices, path.name, digest, (), said)


def _quick(name: str, digest: str, text: str, delimiter: str, start: int) -> Columns | None:
    above, rest = "", text
    for _ in range(start):
        line, end, rest = rest.partition("\n")
        above += line + end
    if above.count('"') % 2:
        return None
    table = read_even_csv(rest, delimiter, name, digest)
    if table is None:
        return None
    title = " ".join(cell.strip() for row in records(name, above, delimiter) for cell in row if cell.strip())
    first = start + 1
    return replace(table, title=title, header_row=first, rows=range(first + 1, first + 1 + len(table)))


def _workbook(path: Path, content: bytes, digest: str, score: Match, choices: tuple[str, ...]) -> Blocks:
    every: list[str] = []
    chosen: set[str] = set()

    def wanted(sheet: str) -> bool:
        every.append(sheet)
        return not choices or any(_names(choice, sheet) for choice in choices)

    grids = raw_sheets(path, content, wanted)
    if not grids and choices:  # the choice is of something within a sheet
        grids = raw_sheets(path, content, lambda _: True)
    else:
        chosen = {choice for choice in choices if any(_names(choice, sheet) for sheet in grids)}
    written = {
        sheet: [[cell_text(cell) for cell in row] for row in grid[:60]] for sheet, grid in grids.items()
    }
    scored = {sheet: best_header(grid, score) for sheet, grid in written.items()}
    top = max((best for best, _ in scored.values()), default=0.0)
    if not top:
        filled = [grid for grid in written.values() if any(any(row) for row in grid)]
        if not filled:
            raise InputError(
                "The file is empty.",
                file=path.name,
                found="no filled cell",
                expected="a header row and rows of data",
            )
        raise no_header(path.name, filled[0])
    groups: dict[str, list[str]] = {}
    for sheet, (best, _) in scored.items():
        if best == top:
            groups.setdefault(_SEX_OF_NAME.sub("", sheet).strip(" -_:,"), []).append(sheet)
    exact = [group for group in groups if any(choice.casefold() == group.casefold() for choice in choices)]
    if len(groups) > 1 and len(exact) != 1:
        raise InputError(
            "Several sheets of the workbook could be the one that is meant.",
            file=path.name,
            found=", ".join(groups),
            expected="one of them",
            action="choose it behind the name of the file: "
            + " or ".join(f"'{path.name}{CHOICE}{group}'" for group in list(groups)[:4]),
        )
    names = groups[exact[0] if len(exact) == 1 else next(iter(groups))]
    blocks = []
    for sheet in names:
        stated = _SEX_OF_NAME.search(sheet)
        sex = read_sex(stated[1]) if stated else ""
        for block in _stacked(path.name, digest, sheet, grids[sheet], scored[sheet][1]):
            blocks.append(replace(block, sex=sex or block.sex))
    rest = tuple(choice for choice in choices if choice not in chosen)
    return Blocks(tuple(blocks), rest, path.name, digest, tuple(names))


def _names(choice: str, sheet: str) -> bool:
    return choice.casefold() in sheet.casefold()


def _stated_sex(title: str) -> str:
    found = {read_sex(word) or "" for word in _SEX_OF_TITLE.findall(title)}
    return found.pop() if len(found) == 1 else ""


def _titled(table: Columns) -> Block:
    return Block(table, _stated_sex(table.title), date_of_title(table.title))


def _stacked(name: str, digest: str, sheet: str, grid: list[list[Any]], start: int) -> list[Block]:
    """The tables that stand under one another: the header is repeated, and lines above each say what it is of."""
    header = _words(grid[start])
    starts = [start] + [
        row
        for row in range(start + 1, len(grid))
        if grid[row][:1] == grid[start][:1] and _words(grid[row]) == header
    ]
    if len(starts) == 1:
        table = as_columns(build_table(name, digest, sheet, grid, start, echo=True))
        return [_titled(table)]
    blocks = []
    above = range(start)
    for begin, end in zip(starts, [*starts[1:], len(grid)], strict=True):
        last = end
        if end < len(grid):  # the lines before the next header are its title
            while last > begin + 1 and sum(map(bool, _words(grid[last - 1]))) < min(3, len(header)):
                last -= 1
        title = " ".join(cell for row in above for cell in _words(grid[row]) if cell)
        empty = [[""]] * begin
        part = build_table(name, digest, sheet, [*empty, *grid[begin:last]], begin, echo=True)
        blocks.append(_titled(replace(as_columns(part), title=title)))
        above = range(last, end)
    return blocks


def _words(row: Sequence[Any]) -> list[str]:
    return [cell_text(cell).strip() for cell in row]

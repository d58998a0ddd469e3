"""Which rows of a population file are of the one date that is wanted, and whether the file was cut before they ended."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from needs_assessment.errors import InputError
from needs_assessment.inputs.population.blocks import CHOICE, Block, Blocks
from needs_assessment.inputs.population.counts import Indices, encode
from needs_assessment.inputs.population.dates import CENSUS_DAY, mid_years, read_date, same_date, year_of
from needs_assessment.inputs.population.layouts import DATES, Layout, whole
from needs_assessment.tables.columns import Columns
from needs_assessment.tables.validation import Problems

_CENSUS = re.compile(r"census|(?<![a-z])(ts|rm)\d{3}(?!\d)|observation", re.IGNORECASE)
_COUNTS = ("value", "20100", "20100.0", "count", "number")


def check_whole(table: Columns, layout: Layout) -> None:
    """Hold a table of the Nomis interface against the number of records it says there are.

    Raises InputError with both numbers where the file holds fewer: it was cut.
    """
    if "record_count" not in layout.at:
        return
    texts = {whole(text).replace(",", "") for text in set(table.cells(layout.at["record_count"]))}
    stated = max((int(text) for text in texts if re.fullmatch(r"[0-9]{1,12}", text)), default=0)
    if stated > len(table):
        raise InputError(
            "The file was cut: it holds fewer records than it says there are.",
            file=table.file,
            column=table.header[layout.at["record_count"]],
            found=f"{len(table):,} of {stated:,} records",
            expected=f"{stated:,} records",
            action="get the rest as well (without a key Nomis gives 25,000 at a time; recordoffset says where to go on) "
            "and join the parts; if you took rows out yourself, take out this column too",
        )


def rows_of_date(
    held: Blocks, layouts: Sequence[Layout]
) -> tuple[Blocks, list[Layout], list[Indices], str, list[str]]:
    """The tables and rows of counts of one date, that date ('' where not said) and notes.

    A choice behind the file's name tells which where there are several. Raises InputError where there are several
    dates, where two places of the file contradict each other, and for a choice that the file does not hold.
    """
    masks: list[np.ndarray] = []
    notes: list[str] = []
    dates: dict[str, None] = {}
    words: list[tuple[Indices, list[str]]] = []
    for block, layout in zip(held.blocks, layouts, strict=True):
        keep = _counts(block.table, layout, notes)
        which, said = _said(block, layout)
        _check_title(block, said, which, keep)
        masks.append(keep)
        words.append((which, said))
        present = np.unique(which[keep])
        dates.update(dict.fromkeys(said[place] for place in present if said[place]))
    wanted = [word for word in dates if any(same_date(choice, word) for choice in held.choices)]
    if (
        len({read_date(word) or word for word in dates}) > 1
        and len({read_date(word) or word for word in wanted}) != 1
    ):
        raise _several(held, layouts, list(dates))
    taken = set(wanted or dates)
    unused = {choice for choice in held.choices if not any(same_date(choice, word) for word in taken)}
    if unused:
        raise InputError(
            "What is chosen behind the name of the file is not in it.",
            file=held.file,
            found=", ".join(CHOICE + choice for choice in sorted(unused)),
            expected=f"a sheet ({', '.join(held.sheets[:6])})"
            if held.sheets
            else f"one of its dates ({', '.join(sorted(dates))})"
            if dates
            else "a date of the file's date column",
            action=f"leave out what stands after {CHOICE}, or choose something that the file holds",
        )
    kept: list[tuple[Block, Layout, Indices]] = []
    dropped = 0
    for block, layout, keep, (which, said) in zip(held.blocks, layouts, masks, words, strict=True):
        of_date = np.array([not word or word in taken for word in said], dtype=bool)[which]
        dropped += int((keep & ~of_date).sum())
        rows = np.flatnonzero(keep & of_date).astype(np.int64)
        if len(rows):
            kept.append((block, layout, rows))
    if dropped:
        notes.append(f"{held.file}: {dropped:,} rows of other dates left out.")
    if not kept:
        raise InputError(
            "The file holds no counts.",
            file=held.file,
            found="rows of other measures only",
            expected="rows of counts",
        )
    date = _date_of(sorted(taken), held)
    named = {year_of(date)} - {""} and mid_years([held.file]) - {year_of(date)}
    if named:
        notes.append(f"{held.file}: the file's name says {min(named)}, its rows say {date}: the rows count.")
    return (
        replace(held, blocks=tuple(block for block, _, _ in kept)),
        [layout for _, layout, _ in kept],
        [rows for _, _, rows in kept],
        date,
        list(dict.fromkeys(notes)),
    )


def _counts(table: Columns, layout: Layout, notes: list[str]) -> np.ndarray:
    """Which rows are counts, where a column says what is measured."""
    keep = np.ones(len(table), dtype=bool)
    if "measure" in layout.at:
        which, words = encode(table.arrays[layout.at["measure"]])
        counts = [word.casefold() in _COUNTS for word in words]
        if any(counts) and not all(counts):
            keep = np.array(counts)[which]
            notes.append(f"{table.file}: {int((~keep).sum()):,} rows of other measures than counts left out.")
    return keep


def _said(block: Block, layout: Layout) -> tuple[Indices, list[str]]:
    """The date of each row as a position in a list of words: of its columns, else of the lines above the table."""
    table = block.table
    columns = [layout.at[name] for name in DATES if name in layout.at]
    # a period or time that is no date ('annual') says nothing
    read = [
        (position, *encode(table.arrays[position]))
        for position in columns
        if position == layout.at.get("date") or any(map(read_date, set(table.cells(position))))
    ]
    if not read:
        return np.zeros(len(table), dtype=np.int64), [block.date]
    first, which, words = read[0]
    problems = Problems(table.file)
    for place in np.flatnonzero(which == words.index("")) if "" in words and len(words) > 1 else ():
        problems.add(
            "A date is missing.",
            row=table.rows[int(place)],
            column=table.header[first],
            found="",
            expected="a date in every row",
        )
    for position, others, other_words in read[1:]:
        pairs, at = np.unique(which * len(other_words) + others, return_index=True)
        for pair, row in zip(pairs, at, strict=True):
            one, two = words[int(pair) // len(other_words)], other_words[int(pair) % len(other_words)]
            if year_of(read_date(one)) != year_of(read_date(two)):
                problems.add(
                    "Two columns of a row say different dates.",
                    row=table.rows[int(row)],
                    column=f"{table.header[first]}, {table.header[position]}",
                    found=f"{one}, {two}",
                    expected="one date",
                    action="keep the column that is right",
                )
    problems.raise_if_any()
    return which, words


def _check_title(block: Block, said: list[str], which: Indices, keep: np.ndarray) -> None:
    """Raises InputError where the sheet or the lines above a table state one date and its rows another."""
    years = {year_of(read_date(said[place])) for place in np.unique(which[keep])} - {""}
    table = block.table
    stated = {year_of(block.date)} - {""} or mid_years([table.sheet, table.title])
    if years and len(stated) == 1 and not stated & years:
        raise InputError(
            "The file says two dates for the same rows.",
            file=table.file,
            found=f"{stated.pop()} in the sheet's name or above the table, {', '.join(sorted(years))} in its rows",
            expected="one date",
            action="correct the one that is wrong",
        )


def _several(held: Blocks, layouts: Sequence[Layout], dates: list[str]) -> InputError:
    columns = [
        block.table.header[layout.at[name]]
        for block, layout in zip(held.blocks, layouts, strict=True)
        for name in DATES
        if name in layout.at
    ]
    return InputError(
        "The file holds several dates.",
        file=held.file,
        column=columns[0] if columns else "",
        found=", ".join(sorted(dates)[:8]),
        expected="one of them",
        action="choose it behind the name of the file: "
        + " or ".join(f"'{held.file}{CHOICE}{word}'" for word in sorted(dates)[:4]),
    )


def _texts(held: Blocks) -> list[str]:
    return [text for block in held.blocks for text in (block.table.sheet, block.table.title, held.file)]


def _of_census(held: Blocks) -> bool:
    heads = " ".join(held.blocks[0].table.header)
    return any(_CENSUS.search(text) for text in (*_texts(held), heads)) or "measures: Value" in heads


def _date_of(dates: list[str], held: Blocks) -> str:
    read = {read_date(date) for date in dates} - {""}
    if len(read) != 1:
        return ""
    date = read.pop()
    if date != year_of(date):
        return date
    if date == "2021" and _of_census(held):
        return CENSUS_DAY
    return f"mid-{date}" if re.search("estimate", " ".join(_texts(held)), re.IGNORECASE) else date


def stated_date(held: Blocks, notes: list[str]) -> str:
    """The date that titles, sheets or the file's name state; 'not stated', with a note, where they do not or disagree."""
    years = mid_years(_texts(held))
    if len(years) == 1:
        return f"mid-{years.pop()}"
    if not years and _of_census(held) and "2021" in " ".join((*_texts(held), *held.blocks[0].table.header)):
        return CENSUS_DAY
    notes.append(
        f"{held.file}: title and file name state several dates ({', '.join(sorted(years))})."
        if years
        else f"{held.file}: the date of the estimate is not stated."
    )
    return "not stated"

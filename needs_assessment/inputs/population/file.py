"""A published population file, whatever its layout, as one tally: of wards, or of small areas for a lookup to bring there.

What the rows of a file say becomes one tally: each residents' cell once, every total the sum of its parts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from needs_assessment.errors import InputError
from needs_assessment.inputs.areas.geography import Area
from needs_assessment.inputs.population.area_vintage import settle_area
from needs_assessment.inputs.population.blocks import Blocks, read_blocks
from needs_assessment.inputs.population.counts import (
    SEX_ORDER,
    Indices,
    Read,
    check_bands,
    encode,
    leaves_of,
    level_of,
    merged_top,
    read_block,
    unusable,
)
from needs_assessment.inputs.population.date_rows import check_whole, rows_of_date, stated_date
from needs_assessment.inputs.population.layouts import (
    ALL_AGES,
    TOP_AGE,
    Band,
    Layout,
    fits,
    named,
    recognise,
    whole,
)
from needs_assessment.inputs.population.tally import LEVEL_NAMES, Tally
from needs_assessment.inputs.population.wards import held_authorities, keep_authorities
from needs_assessment.printable_text import may_be_shown
from needs_assessment.tables.validation import Problems

BOTH = 2  # the position of both sexes together


class Sums:
    """Counts of all blocks by place, sex (F, M, both) and printed band, and where each place stands."""

    def __init__(self, reads: Sequence[Read], problems: Problems) -> None:
        self.reads, self.problems = reads, problems
        index: dict[str, int] = {}
        bands: dict[Band | str, int] = {}
        for read in reads:
            for code in read.codes:
                index.setdefault(code, len(index))
            for band in read.bands:
                bands.setdefault(band, len(bands))
        self._meant = merged_top([band for band in bands if isinstance(band, tuple)])
        self.bands: list[Band | str] = list(dict.fromkeys(self._meant_of(band) for band in bands))
        self.codes = list(index)
        # [sex, band, place], so that a column of a wide table is one run of memory
        self.persons: NDArray[np.int64] = np.zeros((3, len(self.bands), len(index)), dtype=np.int64)
        self.seen = np.zeros(self.persons.shape, dtype=bool)
        self.names = [""] * len(index)
        self.place_row = [0] * len(index)
        for read in reads:
            at = np.array([index[code] for code in read.codes], dtype=np.int64)
            for code, name, position in zip(at, read.names, read.first, strict=True):
                self.names[code] = self.names[code] or name
                self.place_row[code] = self.place_row[code] or read.row(int(position))
            self._check_ages(read)
            self._add(read, at)
        problems.raise_if_any()

    def _meant_of(self, band: Band | str) -> Band | str:
        return self._meant[band] if isinstance(band, tuple) else band

    def _check_ages(self, read: Read) -> None:
        wrong = unusable([band for band in self.bands if isinstance(band, tuple)])
        if wrong is None or wrong not in read.bands:
            return
        by_column = {band: position for position, _, band, _ in read.entries if isinstance(band, int)}
        number = read.bands.index(wrong)
        header = read.block.table.header
        if number in by_column:
            self.problems.add(
                f"An age is outside 0 to {TOP_AGE}.",
                row=read.block.table.header_row,
                column=header[by_column[number]],
                found=named(wrong),
                expected=f"0 to {TOP_AGE}, where {TOP_AGE} means {TOP_AGE} and over, or a last band such as 100 and over",
            )
        else:
            ages = next(band for _, _, band, _ in read.entries if not isinstance(band, int))
            self.problems.add(
                f"An age is not one from 0 to {TOP_AGE}, where {TOP_AGE} means {TOP_AGE} and over.",
                row=read.row(int(read.rows[int(np.argmax(ages == number))])),
                column=header[read.layout.at["age" if "age" in read.layout.at else "age_to"]],
                found=named(wrong),
                expected=f"ages from 0 to {TOP_AGE}; the last band is open (age_to blank, or {TOP_AGE}+)",
            )
        self.problems.raise_if_any()

    def _add(self, read: Read, at: Indices) -> None:
        place = at[read.place]
        order = np.array(
            [self.bands.index(self._meant_of(band)) for band in read.bands] or [0], dtype=np.int64
        )
        whole = np.array_equal(place, np.arange(len(self.codes)))
        alone = whole or len(np.unique(read.place)) == len(read.place)
        for _, sex, band, counts in read.entries:
            where: tuple[Any, ...] = (sex, order[band], place)
            if whole and isinstance(sex, int) and isinstance(band, int):
                where = (sex, order[band])
            repeated = self.seen[where]
            if not alone:
                flat = np.ravel_multi_index(tuple(np.broadcast_arrays(*where)), self.persons.shape)
                later = np.ones(len(flat), dtype=bool)
                later[np.unique(flat, return_index=True)[1]] = False
                repeated = repeated | later
            if repeated.any():
                self._twice(read, np.flatnonzero(repeated), place, sex, band)
                self.problems.raise_if_any()
            self.persons[where] = counts
            self.seen[where] = True

    def _twice(
        self,
        read: Read,
        rows: Indices,
        place: Indices,
        sex: Indices | int,
        band: Indices | int,
    ) -> None:
        header, at = read.block.table.header, read.layout.at
        by_row = not (isinstance(sex, int) and isinstance(band, int))
        first: dict[tuple[int, int, int], int] = {}
        keys = np.broadcast_arrays(place, sex, band)
        for row in range(len(place)):
            first.setdefault((int(keys[0][row]), int(keys[1][row]), int(keys[2][row])), row)
        kind = "ward" if read.layout.level in ("ward", "area") else "small area"
        for row in rows:
            key = (int(keys[0][row]), int(keys[1][row]), int(keys[2][row]))
            before = first[key]
            also = (
                f", also in row {read.row(int(read.rows[before]))}"
                if before != row
                else ", also in another table"
            )
            spans = [name for name in ("sex", "age", "age_from", "age_to") if name in at]
            self.problems.add(
                f"A {kind}, sex and age are given twice." if by_row else f"A {kind} is given twice.",
                row=read.row(int(read.rows[row])),
                column=", ".join(header[at[name]] for name in ("area_code", *spans))
                if by_row
                else header[at["area_code"]],
                found=f"{self.codes[key[0]]}"
                + (f", {SEX_ORDER[key[1]]}, {_said(read.bands[key[2]])}" if by_row else "")
                + also,
                expected=f"one row for each {kind}" + (", sex and age" if by_row else ""),
            )

    def leaves(self) -> list[Band]:
        """The finest bands of both sexes; raises InputError where they do not follow one another."""
        either = np.asarray(self.seen[:BOTH].any(axis=(0, 2)))
        ages = [
            band for number, band in enumerate(self.bands) if isinstance(band, tuple) and bool(either[number])
        ]
        if not ages:
            raise InputError(
                "The file gives both sexes together only.",
                file=self.problems.file,
                found="no counts of women or of men",
                expected="counts by sex: F and M, or Females and Males",
                action="take the table by sex and age; a workbook has a sheet for each sex",
            )
        chain = leaves_of(ages)
        if chain is None:
            uses = {band: int(self.seen[:BOTH, self.bands.index(band)].sum()) for band in ages}
            check_bands(
                uses, {band: self._first_row(band) for band in ages}, self._age_column(), self.problems
            )
            raise InputError(
                "The age bands do not go together.",
                file=self.problems.file,
                found=", ".join(named(band) for band in ages[:8]),
                expected="bands that follow one another from 0 to the open one",
            )
        self._check_whole(chain)
        return chain

    def _first_row(self, band: Band) -> int:
        best = 0
        for read in self.reads:
            for number, printed in enumerate(read.bands):
                if self._meant_of(printed) != band:
                    continue
                for _, _, ages, _ in read.entries:
                    if isinstance(ages, int):
                        row = read.block.table.header_row if ages == number else 0
                    else:
                        match = ages == number
                        row = read.row(int(read.rows[int(np.argmax(match))])) if match.any() else 0
                    best = min(best or row, row or best)
        return best

    def _age_column(self) -> str:
        layout, header = self.reads[0].layout, self.reads[0].block.table.header
        if "age" in layout.at:
            return header[layout.at["age"]]
        return "age_from, age_to" if "age_from" in layout.at else "the columns' ages"

    def _check_whole(self, chain: list[Band]) -> None:
        places = self.seen[:BOTH, [self.bands.index(band) for band in chain]]
        kind = "ward" if self.reads[0].layout.level in ("ward", "area") else "small area"
        for place in np.flatnonzero(~places.all(axis=(0, 1))):
            for sex in range(BOTH):
                lacking = [band for band, held in zip(chain, places[sex, :, place], strict=True) if not held]
                if not lacking:
                    continue
                whole = len(lacking) == len(chain)
                self.problems.add(
                    f"A {kind} lacks a sex." if whole else f"A {kind} lacks an age band.",
                    row=self.place_row[place],
                    column="sex" if whole else self._age_column(),
                    found=f"{self.codes[place]} {self.names[place]}: nothing for {SEX_ORDER[sex]}"
                    + ("" if whole else ", " + ", ".join(named(band) for band in lacking[:5])),
                    expected=f"every age of both sexes for every {kind}; no residents is written 0",
                )
        self.problems.raise_if_any()

    def check_totals(self, chain: list[Band]) -> int:
        """Hold every printed total against its parts; returns how many bands and sexes were totals.

        Raises InputError where a total of ages or of sexes is not the sum of the cells it is made of.
        """
        parts = {band: self.bands.index(band) for band in chain}
        totals = 0
        for number, band in enumerate(self.bands):
            inside = [
                parts[leaf]
                for leaf in chain
                if band == ALL_AGES
                or (isinstance(band, tuple) and leaf[0] >= band[0] and _top(leaf) <= _top(band))
            ]
            if isinstance(band, tuple) and not _covers(band, chain):
                raise InputError(
                    "An age band does not go together with the others.",
                    file=self.problems.file,
                    row=self._first_row(band) or None,
                    column=self._age_column(),
                    found=f"{named(band)}, beside {', '.join(named(leaf) for leaf in chain[:6])}",
                    expected="a band that is one of them, or the sum of several",
                )
            for sex in range(3):
                seen = self.seen[sex, number]
                if (sex < BOTH and band in parts) or not seen.any():
                    continue
                totals += 1
                of = slice(0, BOTH) if sex == BOTH else slice(sex, sex + 1)
                wanted = sum(self.persons[of, leaf].sum(axis=0) for leaf in inside)
                for place in np.flatnonzero(seen & (self.persons[sex, number] != wanted)):
                    stated = int(self.persons[sex, number, place])
                    self._not_the_sum(int(place), sex, band, stated, int(np.asarray(wanted)[place]))
        self.problems.raise_if_any()
        return totals

    def _not_the_sum(self, place: int, sex: int, band: Band | str, stated: int, summed: int) -> None:
        kind = "ward" if self.reads[0].layout.level in ("ward", "area") else "small area"
        column = ""
        for read in self.reads:
            for position, held_sex, ages, _ in read.entries:
                fixed = isinstance(held_sex, int) and isinstance(ages, int)
                if fixed and held_sex == sex and self._meant_of(read.bands[ages]) == band:
                    column = read.block.table.header[position]
        self.problems.add(
            f"A {kind}'s total is not the sum of its ages."
            if band == ALL_AGES
            else f"A {kind}'s total is not the sum of its parts.",
            row=self.place_row[place],
            column=column or self._age_column(),
            found=stated,
            expected=f"{summed}, the sum of the ages and sexes of {self.codes[place]} that it is made of "
            f"({SEX_ORDER[sex] if sex < BOTH else 'F and M'}, {_said(band)})",
            action="find which of them was changed after publication",
        )


def _covers(band: Band, chain: list[Band]) -> bool:
    """Whether a band begins where one of the chain does and ends where one does."""
    return any(low == band[0] for low, _ in chain) and any(_top(leaf) == _top(band) for leaf in chain)


def _top(band: Band) -> int:
    return 10_000 if band[1] is None else band[1]


def _said(band: Band | str) -> str:
    return "all ages" if isinstance(band, str) else named(band)


@dataclass(frozen=True)
class PopulationFile:
    """What one file holds: the tally, the area by the file's authorities, its date ('not stated') and where it is from.

    named: code, name and column of every ward and authority that is kept; named_at: the row where a code first stands.
    """

    tally: Tally
    area: Area | None
    date: str
    sha256: str
    code_column: str
    has_authorities: bool
    notes: tuple[str, ...]
    named: tuple[tuple[str, str, str], ...] = ()
    named_at: Mapping[str, int] = field(default_factory=dict)


def read_population(path: Path, area: Area | None, data: Path, *, by_lookup: bool = False) -> PopulationFile:
    """Read a population file in any published layout.

    area: keep the rows of its authorities, where the file says them and holds wards; None: keep all. by_lookup: whether
    a lookup will say which authority a ward is in. Raises InputError naming file, row, column, found and expected.
    """
    held = read_blocks(path, fits)
    layouts = [recognise(block.table, block.sex) for block in held.blocks]
    for block, layout in zip(held.blocks, layouts, strict=True):
        check_whole(block.table, layout)
    held, layouts, rows, date, notes = rows_of_date(held, layouts)
    level = _level(held, layouts, rows)
    authorities = all("authority_code" in layout.at for layout in layouts)
    if level == "ward" and authorities and area is not None:
        codes = set().union(
            *(
                held_authorities(block.table, layout)
                for block, layout in zip(held.blocks, layouts, strict=True)
            )
        )
        area, said = settle_area(area, codes, data)
        notes += said
        for place, (block, layout) in enumerate(zip(held.blocks, layouts, strict=True)):
            kept, note = keep_authorities(block.table, layout, area, data)
            rows[place] = np.intersect1d(rows[place], kept)
            notes += [note] if note and note not in notes else []
    problems = Problems(held.file)
    reads = [
        read_block(block, layout, level, positions, problems)
        for block, layout, positions in zip(held.blocks, layouts, rows, strict=True)
    ]
    problems.raise_if_any()
    tally = _tally(reads, level, layouts, problems)
    unused = list(dict.fromkeys(column for layout in layouts for column in layout.unused))
    named, named_at = _named(reads) if level == "ward" else ((), {})
    return PopulationFile(
        tally=tally,
        area=area,
        date=date or stated_date(held, notes),
        sha256=held.sha256,
        code_column=held.blocks[0].table.header[layouts[0].at["area_code"]],
        has_authorities=authorities or by_lookup,
        notes=(
            *held.notes,
            *dict.fromkeys(note for block in held.blocks for note in block.table.notes),
            *(
                [f"{held.file}: columns not used: {', '.join(map(may_be_shown, unused[:6]))}."]
                if unused
                else []
            ),
            *notes,
            _taken_for(held, layouts, tally),
        ),
        named=named,
        named_at=named_at,
    )


def _named(reads: Sequence[Read]) -> tuple[tuple[tuple[str, str, str], ...], dict[str, int]]:
    """Code, name and column of the wards and authorities that are kept, and the row where each first stands."""
    named: dict[tuple[str, str, str], None] = {}
    rows: dict[str, int] = {}
    for read in reads:
        table, at = read.block.table, read.layout.at
        for code, name, place in zip(read.codes, read.names, read.first, strict=True):
            named[str(code), str(name), table.header[at.get("area_name", at["area_code"])]] = None
            rows.setdefault(str(code), table.rows[int(place)])
        if "authority_code" in at and "authority_name" in at:
            codes, names = table.cells(at["authority_code"]), table.cells(at["authority_name"])
            for place in read.first:
                code = codes[int(place)].upper()
                named[code, names[int(place)], table.header[at["authority_name"]]] = None
                rows.setdefault(code, table.rows[int(place)])
    return tuple(named), rows


def _tally(reads: Sequence[Read], level: str, layouts: Sequence[Layout], problems: Problems) -> Tally:
    sums = Sums(reads, problems)
    chain = sums.leaves()
    totals = sums.check_totals(chain)
    held = sums.persons[:2, [sums.bands.index(band) for band in chain]]
    below = sum(low < TOP_AGE for low, _ in chain)
    bands: list[Band] = chain[:below]
    if below < len(chain):
        bands = [*bands, (TOP_AGE, None)]
        held[:, below] = held[:, below:].sum(axis=1)
    order = np.argsort(np.array(sums.codes, dtype=object), kind="stable")
    persons = np.ascontiguousarray(held[:, : len(bands)].transpose(2, 0, 1))[order]
    codes, names = _authorities(reads, sums.codes)
    years = {layout.vintage for layout in layouts} - {"unknown"} or _vintage_column(reads)
    notes = (
        [f"{problems.file}: {totals} totals held against their parts, and left out."] if totals > 1 else []
    )
    return Tally(
        level=level,
        year=years.pop() if len(years) == 1 else "unknown",
        codes=np.array(sums.codes, dtype=object)[order],
        names=np.array(sums.names, dtype=object)[order],
        authority_codes=codes[order],
        authority_names=names[order],
        bands=tuple(bands),
        persons=persons,
        file=problems.file,
        notes=tuple(notes),
    )


def _vintage_column(reads: Sequence[Read]) -> set[str]:
    """The years of ward boundaries that the project's own table states in a column."""
    words: set[str] = set()
    for read in reads:
        if "vintage" in read.layout.at:
            words |= set(encode(read.block.table.arrays[read.layout.at["vintage"]].take(read.rows))[1])
    words = {whole(word) for word in words}
    return {word for word in words if re.fullmatch(r"20\d\d", word)}


def _authorities(
    reads: Sequence[Read], codes: Sequence[str]
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """The authority's code and name of each place, from its first row; '' where the file does not say."""
    index = {code: place for place, code in enumerate(codes)}
    found = [np.full(len(codes), "", dtype=object), np.full(len(codes), "", dtype=object)]
    for read in reversed(reads):
        at = read.layout.at
        if "authority_code" not in at:
            continue
        places = np.array([index[code] for code in read.codes], dtype=np.int64)
        table = read.block.table
        written = [cell.upper() for cell in table.cells(at["authority_code"])]
        named = table.cells(at["authority_name"]) if "authority_name" in at else written
        for place, row in zip(places, read.first, strict=True):
            found[0][place], found[1][place] = written[row], named[row]
    return found[0], found[1]


def _level(held: Blocks, layouts: Sequence[Layout], rows: Sequence[Indices]) -> str:
    block, layout = held.blocks[0], layouts[0]
    if layout.level != "area":
        return layout.level
    _, codes = encode(block.table.arrays[layout.at["area_code"]].take(rows[0]))
    return level_of([code.upper() for code in codes], layout.level)


def _taken_for(held: Blocks, layouts: Sequence[Layout], tally: Tally) -> str:
    kind = {
        "wide": "a column for each sex and age"
        if any(value.sex for value in layouts[0].values)
        else "a column for each age",
        "single year": "a row for each sex and age",
        "bands": "a row for each sex and band of ages",
    }[layouts[0].kind]
    single = all(high is None or low == high for low, high in tally.bands)
    parts = [
        f"{len(tally):,} {LEVEL_NAMES[tally.level]}"
        + (f" of {tally.year}" if tally.year != "unknown" else ""),
        kind,
        "single years of age" if single else f"{len(tally.bands)} bands of age",
    ]
    if held.sheets:
        parts.append(
            ("sheet " if len(held.sheets) == 1 else "sheets ") + ", ".join(map(may_be_shown, held.sheets))
        )
    elif len(held.blocks) > 1:
        parts.append(f"{len(held.blocks)} tables under one another")
    return f"{held.file}: taken for {'; '.join(parts)}."

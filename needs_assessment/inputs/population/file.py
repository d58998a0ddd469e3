"""A published population file, whatever its layout, as one tally: of wards, or of small areas for a lookup to bring there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from needs_assessment.inputs.areas.geography import Area
from needs_assessment.inputs.population.area_vintage import settle_area
from needs_assessment.inputs.population.blocks import Blocks, read_blocks
from needs_assessment.inputs.population.counts import Indices, Read, encode, level_of, read_block
from needs_assessment.inputs.population.layouts import Layout, fits, recognise
from needs_assessment.inputs.population.population_date_rows import check_whole, rows_of_date, stated_date
from needs_assessment.inputs.population.population_sums import Sums
from needs_assessment.inputs.population.population_words import TOP_AGE, Band, whole
from needs_assessment.inputs.population.tally import LEVEL_NAMES, Tally
from needs_assessment.inputs.population.wards import held_authorities, keep_authorities
from needs_assessment.printable_text import may_be_shown
from needs_assessment.tables.problems import Problems


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
    return PopulationFile(
        tally,
        area,
        date or stated_date(held, notes),
        held.sha256,
        held.blocks[0].table.header[layouts[0].at["area_code"]],
        authorities or by_lookup,
        (
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
        *(_named(reads) if level == "ward" else ((), {})),
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
        level,
        years.pop() if len(years) == 1 else "unknown",
        np.array(sums.codes, dtype=object)[order],
        np.array(sums.names, dtype=object)[order],
        codes[order],
        names[order],
        tuple(bands),
        persons,
        problems.file,
        tuple(notes),
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

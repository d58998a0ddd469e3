"""Rows of a population table become counts by place, sex and age; every cell is read, none is filled in.

Counts of a population table, read a column at a time; and whether the age bands read go together.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from needs_assessment.inputs.population.blocks import Block
from needs_assessment.inputs.population.layouts import (
    FLOAT,
    OLDEST,
    TOP_AGE,
    Band,
    Layout,
    named,
    read_age_words,
    read_sex,
    whole,
)
from needs_assessment.printable_text import may_be_shown
from needs_assessment.tables.validation import Problems
from needs_assessment.tables.workbook_cells import fault_of_cell

MOST = 10**9  # more people than any place has
_COUNT = re.compile(r"[0-9]{1,9}|[0-9]{1,3}(,[0-9]{3}){1,2}")
_NUMBER = re.compile(r"[-−+]?[0-9.,]+([eE][-+]?[0-9]+)?")
_WITHHELD = re.compile(
    r"\*+|-+|–|—|\.{1,3}|:|!|~|#|x|c|s|z|n/?a|\[[a-z]{1,3}\]|\([a-z*]{1,2}\)", re.IGNORECASE
)
IN_ORDER = "bands that follow one another from 0 to the open one, each age in one of them"


def read_count(text: str) -> int | str:
    """A whole number of people, or what is wrong with the cell."""
    text = whole(text)
    if _COUNT.fullmatch(text):
        return int(text.replace(",", ""))
    if not text:
        return "A count is missing; a blank is not a zero."
    if fault := fault_of_cell(text):
        return f"A count is missing: {fault}."
    if _WITHHELD.fullmatch(text):
        return "A count is not a number: it was withheld or is not known, and is never taken for zero."
    if _NUMBER.fullmatch(text):
        if text[0] in "-−":
            return "A count is negative."
        if re.fullmatch(r"[0-9]{10,}", text):
            return "A count is larger than any population."
        return "A count is not a whole number."
    return "A count is not a number."


def read_counts(array: pa.Array) -> tuple[NDArray[np.int64], list[tuple[int, str, str]]]:
    """A column of counts, and (position, text, fault) of each cell that is none; its count is then 0."""
    if pa.types.is_integer(array.type):
        counts = array.to_numpy(zero_copy_only=False).astype(np.int64)
        wrong = np.flatnonzero((counts < 0) | (counts >= MOST))
        faults = [(int(at), str(counts[at]), str(read_count(str(counts[at])))) for at in wrong]
        return np.where((counts < 0) | (counts >= MOST), 0, counts), faults
    written = array
    if not pc.all(pc.ascii_is_decimal(array)).as_py():
        array = pc.replace_substring_regex(array, FLOAT, r"\1")
    plain = pc.and_(pc.ascii_is_decimal(array), pc.less_equal(pc.binary_length(array), 9))
    digits = pc.if_else(plain, array, "0")
    counts = pc.cast(digits, pa.int64()).to_numpy(zero_copy_only=False).copy()
    faults = []
    for at in np.flatnonzero(~plain.to_numpy(zero_copy_only=False)):
        text = written[int(at)].as_py()
        found = read_count(text)
        if isinstance(found, str):
            faults.append((int(at), text, found))
        else:
            counts[at] = found
    return counts, faults


def merged_top(bands: Collection[Band]) -> dict[Band, Band]:
    """What each printed band is: a single 90 that no older age follows means 90 and over."""
    older = any(low > TOP_AGE for low, _ in bands)
    closed = (TOP_AGE, TOP_AGE)
    return {band: (TOP_AGE, None) if band == closed and not older else band for band in bands}


def unusable(bands: Collection[Band]) -> Band | None:
    """The first band that divides 90 and over, or stands above 90 in a table without an open band there."""
    older = [band for band in bands if band[0] > TOP_AGE]
    if older and not any(high is None for _, high in older):
        return min(older)
    return next(
        (band for band in bands if band[0] < TOP_AGE and band[1] is not None and band[1] >= TOP_AGE), None
    )


def leaves_of(bands: Collection[Band]) -> list[Band] | None:
    """The finest bands that follow one another from 0 to an open one and of which all others are sums, or None."""
    starts: dict[int, list[Band]] = {}
    for band in bands:
        starts.setdefault(band[0], []).append(band)
    chain: list[Band] = []
    low = 0
    while low in starts:
        band = min(starts[low], key=lambda one: OLDEST if one[1] is None else one[1])
        chain.append(band)
        if band[1] is None:
            break
        low = band[1] + 1
    if not chain or chain[-1][1] is not None:
        return None
    edges = {band[0] for band in chain}
    sums = all(low in edges and (high is None or high + 1 in edges) for low, high in bands)
    return chain if sums else None


def check_bands(
    uses: Mapping[Band, int], first_row: Mapping[Band, int], column: str, problems: Problems
) -> None:
    """The bands cover every age once; raises InputError through ``problems`` where they do not."""
    bands = sorted(uses, key=lambda band: (band[0], TOP_AGE + 1 if band[1] is None else band[1]))
    reached, last = -1, None
    for band in bands:
        if band[0] <= reached and last is not None:
            rarer = min((band, last), key=lambda one: uses[one])
            problems.add(
                "Age bands overlap.",
                row=first_row[rarer],
                column=column,
                found=f"{named(last)} and {named(band)}",
                expected=IN_ORDER,
            )
        elif band[0] > reached + 1:
            problems.add(
                "Ages are missing: no band holds them.",
                row=first_row[band],
                column=column,
                found=f"nothing for {named((reached + 1, band[0] - 1))}",
                expected=IN_ORDER,
            )
        top = TOP_AGE + 1 if band[1] is None else band[1]
        if top > reached:
            reached, last = top, band
    if bands and reached <= TOP_AGE:
        problems.add(
            "The oldest ages are missing: no band is open.",
            row=first_row[bands[-1]],
            column=column,
            found=f"the last band is {named(bands[-1])}",
            expected="a last band with age_to blank, or 90+",
        )
    problems.raise_if_any()


SEX_ORDER = "FMP"
LEVEL_OF_CODE = {"0": "oa", "1": "lsoa", "2": "msoa", "5": "ward"}
PLACE_CODE = re.compile(r"[EW]0([0125])[0-9]{6}")
_CODE_BEFORE_NAME = re.compile(r"^[EW]\d{8}\s*:\s*")
_OF_LEVEL = {
    "ward": ("ward", "a ward code such as E05014394"),
    "lsoa": ("lower-layer small area", "an LSOA code such as E01017412"),
    "oa": ("output area", "an output area code such as E00087790"),
    "msoa": ("middle-layer area", "an MSOA code such as E02003608"),
}
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Read:
    """What a block's rows say: one entry a row that is kept.

    rows: positions in the table; place: index in codes; first: position of each code's first row; entries: for each
    column of counts the sex (0 F, 1 M, 2 both), the band and the counts, a scalar or one a row.
    """

    block: Block
    layout: Layout
    codes: list[str]
    names: list[str]
    rows: Indices
    place: Indices
    first: Indices
    entries: list[tuple[int, Indices | int, Indices | int, NDArray[np.int64]]]
    bands: list[Band | str]

    def row(self, position: int) -> int:
        return self.block.table.rows[position]


def encode(array: pa.Array) -> tuple[Indices, list[str]]:
    """A column as positions in the list of its different texts."""
    if not pa.types.is_string(array.type):
        array = array.cast(pa.string())
    coded = array.dictionary_encode()
    return coded.indices.to_numpy(zero_copy_only=False).astype(np.int64), coded.dictionary.to_pylist()


def level_of(codes: list[str], stated: str) -> str:
    """The kind of place the codes are of: as the column states, else as most of the codes say."""
    if stated != "area":
        return stated
    found = [LEVEL_OF_CODE[match[1]] for code in codes if (match := PLACE_CODE.fullmatch(code))]
    return max(set(found), key=found.count) if found else "ward"


def read_block(block: Block, layout: Layout, level: str, rows: Indices, problems: Problems) -> Read:
    """Places, sexes, ages and counts of the rows that are kept; faults go to ``problems``, nearest the top first."""
    table = block.table
    taken = pa.array(rows)
    codes_at = pc.utf8_upper(_text(table.arrays[layout.at["area_code"]])).take(taken)
    place, codes = encode(codes_at)
    first = np.full(len(codes), len(rows), dtype=np.int64)
    np.minimum.at(first, place, np.arange(len(rows)))
    first = rows[first]
    _check_codes(
        block=block, layout=layout, level=level, codes=codes, place=place, rows=rows, problems=problems
    )
    names = _names(
        block=block,
        layout=layout,
        level=level,
        codes=codes,
        place=place,
        rows=rows,
        first=first,
        problems=problems,
    )
    sex = _sexes(block, layout, rows, problems)
    band, bands = _bands(block, layout, rows, problems)
    known: dict[Band | str, int] = {one: number for number, one in enumerate(bands)}
    entries = []
    for value in layout.values:
        stated = value.sex or block.sex
        counts, faults = read_counts(table.arrays[value.position].take(taken))
        for at, text, fault in faults:
            problems.add(
                fault,
                row=table.rows[int(rows[at])],
                column=table.header[value.position],
                found=may_be_shown(text),
                expected=f"a whole number of people, 0 or more, for {codes[place[at]]} {names[place[at]]}".rstrip(),
                action="correct the cell; a count that was withheld cannot be used",
            )
        ages = band if value.band is None else known.setdefault(value.band, len(known))
        entries.append((value.position, sex if not stated else SEX_ORDER.index(stated), ages, counts))
    return Read(
        block=block,
        layout=layout,
        codes=codes,
        names=names,
        rows=rows,
        place=place,
        first=first,
        entries=entries,
        bands=list(known),
    )


def _text(array: pa.Array) -> pa.Array:
    return array if pa.types.is_string(array.type) else array.cast(pa.string())


def _check_codes(
    block: Block,
    layout: Layout,
    level: str,
    codes: list[str],
    place: Indices,
    rows: Indices,
    problems: Problems,
) -> None:
    kind, example = _OF_LEVEL[level]
    for number, code in enumerate(codes):
        match = PLACE_CODE.fullmatch(code)
        if match and LEVEL_OF_CODE[match[1]] == level:
            continue
        other = _OF_LEVEL[LEVEL_OF_CODE[match[1]]][0] if match else ""
        small = "small area" if other and other != "ward" else other
        for position in rows[place == number]:
            problems.add(
                _missing(f"A {kind} code", code) or f"A code is not a {kind}'s.",
                row=block.table.rows[int(position)],
                column=block.table.header[layout.at["area_code"]],
                found=may_be_shown(code) if not other else f"{code}, the code of a {small}",
                expected=f"{example} in every row",
                action="remove rows of totals and other areas; give the "
                + ("wards' own counts" if level == "ward" else "small areas' own counts"),
            )


def _missing(what: str, text: str) -> str:
    """That a cell is empty, or holds a formula or an error where a value should be; '' where it has one."""
    fault = fault_of_cell(text)
    return f"{what} is missing: {fault}." if fault else "" if text else f"{what} is missing."


def _names(
    block: Block,
    layout: Layout,
    level: str,
    codes: list[str],
    place: Indices,
    rows: Indices,
    first: Indices,
    problems: Problems,
) -> list[str]:
    """One name for each code; a ward must have one."""
    if "area_name" not in layout.at:
        return [""] * len(codes)
    table, at = block.table, layout.at["area_name"]
    which, written = encode(_text(table.arrays[at]).take(pa.array(rows)))
    clean = [_CODE_BEFORE_NAME.sub("", " ".join(name.split())) for name in written]
    names = [""] * len(codes)
    used: dict[int, int] = {}
    pairs, position = np.unique(place * len(written) + which, return_index=True)
    for pair, row in sorted(zip(pairs, position, strict=True), key=lambda one: one[1]):
        code, name = divmod(int(pair), len(written))
        if not clean[name] and level == "ward":
            problems.add(
                "A ward name is missing.",
                row=table.rows[int(rows[row])],
                column=table.header[at],
                found="",
                expected=f"the name of ward {codes[code]}",
            )
        elif code in used and clean[used[code]] != clean[name]:
            problems.add(
                f"One {_OF_LEVEL[level][0]} code has two names.",
                row=table.rows[int(rows[row])],
                column=table.header[at],
                found=f"{codes[code]}: {clean[used[code]]}; {clean[name]}",
                expected="one name for each code",
            )
        else:
            used.setdefault(code, name)
            names[code] = clean[used[code]]
    return names


def _sexes(block: Block, layout: Layout, rows: Indices, problems: Problems) -> Indices | int:
    if "sex" not in layout.at:
        return 0 if not block.sex else SEX_ORDER.index(block.sex)
    table, at = block.table, layout.at["sex"]
    which, written = encode(table.arrays[at].take(pa.array(rows)))
    meant = [read_sex(text) for text in written]
    for number, (text, sex) in enumerate(zip(written, meant, strict=True)):
        for position in rows[which == number] if sex is None else ():
            problems.add(
                _missing("The sex", text) or "The sex is not F or M.",
                row=table.rows[int(position)],
                column=table.header[at],
                found=may_be_shown(text),
                expected="F or M (Female, Male), or Persons for both together",
            )
    return np.array([SEX_ORDER.index(sex or "F") for sex in meant], dtype=np.int64)[which]


def _bands(
    block: Block, layout: Layout, rows: Indices, problems: Problems
) -> tuple[Indices | int, list[Band | str]]:
    """The band of each row as a position in the list of bands; no rows' bands where columns state them."""
    if "age" not in layout.at and "age_from" not in layout.at:
        return 0, []
    table = block.table
    spans = ("age",) if "age" in layout.at else ("age_from", "age_to")
    parts = [_text(table.arrays[layout.at[name]]).take(pa.array(rows)) for name in spans]
    joined = parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, "\x1f")
    which, written = encode(joined)
    bands: dict[Band | str, int] = {}
    index = np.zeros(len(written), dtype=np.int64)
    for number, text in enumerate(written):
        low, _, high = text.partition("\x1f")
        column = spans[0]
        band: Band | str | None
        if len(spans) == 1:
            band = read_age_words(text)
        else:
            band, column = _from_ends(low, high)
        if band is None:
            shown = text if len(spans) == 1 else low if column == "age_from" else high
            for position in rows[which == number]:
                problems.add(
                    _missing("An age", shown)
                    or f"An age is not one from 0 to {TOP_AGE}, where {TOP_AGE} means {TOP_AGE} and over.",
                    row=table.rows[int(position)],
                    column=table.header[layout.at[column]],
                    found=may_be_shown(shown),
                    expected=f"ages from 0 to {TOP_AGE}; the last band is open (age_to blank, or {TOP_AGE}+)",
                )
            continue
        index[number] = bands.setdefault(band, len(bands))
    return index[which], list(bands)


def _from_ends(low: str, high: str) -> tuple[Band | None, str]:
    low, high = whole(low), whole(high)
    if not re.fullmatch(r"[0-9]{1,3}", low) or int(low) > TOP_AGE:
        return None, "age_from"
    if not high:
        return (int(low), None), "age_to"
    if not re.fullmatch(r"[0-9]{1,3}", high) or int(high) < int(low):
        return None, "age_to"
    if int(high) >= TOP_AGE and int(low) != int(high):
        return None, "age_to"
    return (int(low), int(high)), "age_to"

"""Counts of a population table, read a column at a time; and whether the age bands read go together."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from needs_assessment.inputs.population.population_words import FLOAT, OLDEST, TOP_AGE, Band, named, whole
from needs_assessment.tables.problems import Problems
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

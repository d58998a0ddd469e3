"""Single cells of a population table: a count, a sex, an age; and whether the age bands read go together."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from needs_assessment.inputs.population_layouts import TOP_AGE
from needs_assessment.inputs.problems import Problems

Band = tuple[int, int | None]
SEXES = {"f": "F", "female": "F", "females": "F", "m": "M", "male": "M", "males": "M"}
_COUNT = re.compile(r"[0-9]{1,9}|[0-9]{1,3}(,[0-9]{3}){1,2}")
_NUMBER = re.compile(r"[-−+]?[0-9.,]+([eE][-+]?[0-9]+)?")
_OPEN_AGE = re.compile(r"([0-9]{1,3})(?: ?\+| and over| or over)", re.IGNORECASE)
_AGE_BAND = re.compile(r"([0-9]{1,3}) ?(?:-|–|to) ?([0-9]{1,3})", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """One kept row: which ward it is, and where it stands in the file."""

    row: int
    record: list[str]
    ward_code: str
    ward_name: str
    authority_code: str
    authority_name: str


class Count(NamedTuple):
    """One cell of residents."""

    place: Place
    sex: str
    band: Band
    persons: int


def read_count(text: str) -> int | str:
    """A whole number of people, or what is wrong with the cell."""
    if _COUNT.fullmatch(text):
        return int(text.replace(",", ""))
    if not text:
        return "A count is missing; a blank is not a zero."
    if _NUMBER.fullmatch(text):
        if text[0] in "-−":
            return "A count is negative."
        if re.fullmatch(r"[0-9]{10,}", text):
            return "A count is larger than any population."
        return "A count is not a whole number."
    return "A count is not a number."


def read_age(text: str) -> Band | None:
    """A single year, '90+', '90 and over' or a band such as '5-9'; 90 alone means 90 and over. None: not an age."""
    if re.fullmatch(r"[0-9]{1,3}", text):
        return closed_band(int(text), int(text))
    if found := _OPEN_AGE.fullmatch(text):
        return (int(found[1]), None) if int(found[1]) <= TOP_AGE else None
    if found := _AGE_BAND.fullmatch(text):
        return closed_band(int(found[1]), int(found[2]))
    return None


def closed_band(low: int, high: int) -> Band | None:
    if low == high == TOP_AGE:
        return (TOP_AGE, None)
    return (low, high) if low <= high < TOP_AGE else None


def named(band: Band) -> str:
    """A band in words: '0 to 4', '17', '90 and over'."""
    low, high = band
    return f"{low} and over" if high is None else str(low) if low == high else f"{low} to {high}"


def check_structure(counts: list[Count], by_age: bool, problems: Problems) -> None:
    """The bands cover every age once, and every ward has every band of both sexes."""
    uses = Counter(count.band for count in counts)
    first_row: dict[Band, int] = {}
    for count in counts:
        first_row.setdefault(count.band, count.place.row)
    bands = sorted(uses, key=lambda band: (band[0], TOP_AGE + 1 if band[1] is None else band[1]))
    column = "age" if by_age else "age_from, age_to"
    expected = "bands that follow one another from 0 to the open one, each age in one of them"
    reached, last = -1, None
    for band in bands:
        if band[0] <= reached and last is not None:
            rarer = min((band, last), key=lambda one: uses[one])
            problems.add(
                "Age bands overlap.",
                row=first_row[rarer],
                column=column,
                found=f"{named(last)} and {named(band)}",
                expected=expected,
            )
        elif band[0] > reached + 1:
            problems.add(
                "Ages are missing: no band holds them.",
                row=first_row[band],
                column=column,
                found=f"nothing for {named((reached + 1, band[0] - 1))}",
                expected=expected,
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
    held = {(count.place.ward_code, count.sex, count.band) for count in counts}
    wards = {count.place.ward_code: count.place for count in reversed(counts)}
    for code, place in wards.items():
        for sex in "FM":
            lacking = [band for band in bands if (code, sex, band) not in held]
            if not lacking:
                continue
            whole = len(lacking) == len(bands)
            problems.add(
                "A ward lacks a sex." if whole else "A ward lacks an age band.",
                row=place.row,
                column="sex" if whole else column,
                found=f"{code} {place.ward_name}: nothing for {sex}"
                + ("" if whole else ", " + ", ".join(named(band) for band in lacking[:5])),
                expected="every age of both sexes for every ward; no residents is written 0",
            )

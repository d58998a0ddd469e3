"""The population to come: residents by year, sex and age, for the years of a strategy.

Read as a tidy table (``year, sex, age_from, age_to, persons`` and, for several authorities, ``authority_code``), or as
the subnational population projections of the Office for National Statistics are published: one row for each area, sex
and age, one column a year. Women and men come there in two files, so a folder that holds both may be given.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from needs_assessment.errors import InputError
from needs_assessment.inputs.areas.geography import Area
from needs_assessment.inputs.population.layouts import TOP_AGE, Band, named, read_age_words
from needs_assessment.tables.files import RawTable, file_sha256, read_strings
from needs_assessment.tables.schemas import PROJECTION, PROJECTION_WIDE, validate
from needs_assessment.tables.validation import Problems

OWN_FILE = "projection_file"
WIDE = ("area_code", "sex", "age_group")
TIDY = ("year", "sex", "age_from", "age_to", "persons")
SEXES = {"f": "F", "female": "F", "females": "F", "m": "M", "male": "M", "males": "M"}
BOTH = {"p", "person", "persons", "people", "all"}
_YEAR = re.compile(r"20\d\d")


@dataclass(frozen=True)
class Projection:
    """Residents to come.

    frame: year, ward_code (the member's code, so that the residents of a year have the shape of those of wards), sex
    (F/M), age_from, age_to (missing: and over), persons. years: those of the strategy, in order; note: why these.
    """

    frame: pd.DataFrame
    years: tuple[int, ...]
    note: str
    file: str
    sha256: str


def load_projection(path: Path, area: Area, estimate_date: str, paper_year: int, horizon: int) -> Projection:
    """The projection of a file or a folder for the area's members, and the years of the strategy.

    Raises InputError naming file, row, column: no row for a member, a year without both sexes or with a gap in its
    ages, no year after the population's, a blank or a negative count.
    """
    files = sorted(path.glob("*.csv")) if path.is_dir() else [path]
    if not files:
        raise InputError(
            "The folder of projections holds no CSV file.",
            file=path.name,
            expected="the published files of women and of men",
            action="give the file, or a folder with both",
        )
    tables = [read_strings(file, match=_fits) for file in files]
    frame = pd.concat([_read(table) for table in tables], ignore_index=True)
    shown = ", ".join(table.file for table in tables)
    frame = _of_members(frame, area, shown)
    _check(frame, shown)
    found = _YEAR.search(estimate_date)
    years, note = strategy_years(
        sorted(set(frame["year"])), int(found[0]) if found else None, paper_year, horizon
    )
    if not years:
        raise InputError(
            "The projection has no year after the population's.",
            file=shown,
            column="year",
            found=f"{frame['year'].min()} to {frame['year'].max()}",
            expected=f"years after {estimate_date}",
            action="give a later projection",
        )
    hashes = [file_sha256(file) for file in files]
    return Projection(
        frame[frame["year"].isin(years)].reset_index(drop=True),
        years,
        note,
        shown,
        hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest(),
    )


def _fits(cells: Sequence[str]) -> float:
    """How well a row serves as the header of either layout."""
    named_here = {cell.strip().casefold() for cell in cells}
    return max(len(named_here & set(names)) / len(names) for names in (WIDE, TIDY))


def strategy_years(
    available: Sequence[int], population_year: int | None, paper_year: int, horizon: int
) -> tuple[tuple[int, ...], str]:
    """The years to show: the first of the projection after the paper's and the population's; and what to say of them.

    A projection that ends before the paper gives its first years after the population's, and the note says so.
    """
    after = [year for year in available if population_year is None or year > population_year]
    ahead = [year for year in after if year > paper_year]
    years, past = (ahead, False) if ahead else (after, bool(after))
    chosen = tuple(years[:horizon])
    said = []
    if past:
        said.append(f"the projection ends before {paper_year + 1}, so these years are past")
    if chosen and len(chosen) < horizon:
        said.append(f"the projection ends in {chosen[-1]}, so {len(chosen)} of {horizon} years are shown")
    return chosen, "; ".join(said)


def _read(table: RawTable) -> pd.DataFrame:
    heads = {name.casefold(): name for name in table.header}
    years = [name for name in table.header if _YEAR.fullmatch(name)]
    if years and all(name in heads for name in WIDE):
        return _wide(table, heads, years)
    frame = validate(table.frame, PROJECTION, file=table.file, rows=table.rows)
    ages = frame["age_to"].astype("Int64")
    return frame.assign(age_to=ages.where(ages < TOP_AGE))


def _wide(table: RawTable, heads: dict[str, str], years: list[str]) -> pd.DataFrame:
    """The published layout: rows of all ages and of both sexes together are totals and are left out."""
    raw = table.frame
    sex = raw[heads["sex"]].str.casefold()
    keep = ~raw[heads["age_group"]].str.casefold().eq("all ages") & ~sex.isin(BOTH)
    if "component" in heads:
        keep &= raw[heads["component"]].str.casefold().eq("population")
    rows = [row for row, kept in zip(table.rows, keep, strict=True) if kept]
    part = raw[keep]
    shown = pd.DataFrame(
        {
            "area_code": part[heads["area_code"]],
            "sex": sex[keep].map(lambda word: SEXES.get(word, word)),
            "age_group": part[heads["age_group"]],
        }
    )
    checked = validate(shown, PROJECTION_WIDE, file=table.file, rows=rows)
    bands = {text: _age(text) for text in checked["age_group"].unique()}
    for row, text in zip(rows, checked["age_group"], strict=True):
        if bands[text] is None:
            raise InputError(
                "An age of the projection cannot be read.",
                file=table.file,
                row=row,
                column=heads["age_group"],
                found=text,
                expected="a single year, a band such as 5-9, or 90 and over",
            )
    parts, problems = [], Problems(table.file)
    for year in years:
        cells = part[year].str.replace(",", "").reset_index(drop=True)
        numbers = pd.to_numeric(cells, errors="coerce")
        wrong = (numbers.isna() | (numbers < 0)).to_numpy()
        for at in np.flatnonzero(wrong):
            problems.add(
                "A count of the projection is missing or is no count.",
                row=rows[at],
                column=year,
                found=str(cells.iloc[at]),
                expected="a number of people, 0 or more; a blank is not a zero",
            )
        parts.append(checked.assign(year=int(year), persons=numbers.to_numpy()))
    problems.raise_if_any()
    frame = pd.concat(parts, ignore_index=True)
    low, high = ({text: band[end] for text, band in bands.items() if band} for end in (0, 1))
    return pd.DataFrame(
        {
            "year": frame["year"],
            "authority_code": frame["area_code"],
            "sex": frame["sex"],
            "age_from": frame["age_group"].map(low).astype("int64"),
            "age_to": frame["age_group"].map(high).astype("Int64"),
            "persons": frame["persons"],
        }
    )


def _of_members(frame: pd.DataFrame, area: Area, file: str) -> pd.DataFrame:
    """Rows of the area under its members' codes: a member's own rows where there are any, else those of its districts."""
    codes = set(frame["authority_code"]) - {""}
    if not codes:
        if len(area.members) > 1:
            raise InputError(
                "The projection does not say which authority a row is for.",
                file=file,
                column="authority_code",
                expected="a code in every row: " + ", ".join(member.code for member in area.members),
            )
        return _summed(frame.assign(ward_code=area.members[0].code))
    parts = []
    for member in area.members:
        wanted = [member.code] if member.code in codes else list(member.authorities)
        missing = sorted(set(wanted) - codes)
        if missing:
            raise InputError(
                f"The projection lacks {member.name}.",
                file=file,
                column="authority_code",
                found=f"no rows for {', '.join(missing)}",
                expected=f"rows for {member.code}"
                + ("" if wanted == [member.code] else ", or for each of its districts"),
                action="give the projection of the area",
            )
        parts.append(frame[frame["authority_code"].isin(wanted)].assign(ward_code=member.code))
    return _summed(pd.concat(parts, ignore_index=True))


def _summed(frame: pd.DataFrame) -> pd.DataFrame:
    repeated = frame.duplicated(["year", "authority_code", "sex", "age_from", "age_to"])
    if repeated.any():
        first = frame.loc[repeated].iloc[0]
        raise InputError(
            "The projection has two figures for the same people.",
            found=f"{first['year']}, {first['sex']}, aged {first['age_from']}",
            expected="one row for each year, sex and age of an authority",
            action="remove the other variant, or the rows of both sexes together",
        )
    keys = ["year", "ward_code", "sex", "age_from", "age_to"]
    return frame.groupby(keys, dropna=False)["persons"].sum().reset_index()


def _check(frame: pd.DataFrame, file: str) -> None:
    """Both sexes, and ages from 0 to the open band without gap or overlap, in every year of every member."""
    for (year, code), part in frame.groupby(["year", "ward_code"]):
        for sex in "FM":
            bands = part.loc[part["sex"] == sex, ["age_from", "age_to"]].sort_values("age_from")
            reached = 0
            for low, high in bands.itertuples(index=False):
                if low != reached:
                    break
                reached = TOP_AGE + 1 if pd.isna(high) else int(high) + 1
            if reached != TOP_AGE + 1 or bands["age_to"].isna().sum() != 1:
                raise InputError(
                    "The projection lacks ages or holds some twice.",
                    file=file,
                    column="sex" if bands.empty else "age_from, age_to",
                    found=f"{code}, {year}: no {'women' if sex == 'F' else 'men'}"
                    if bands.empty
                    else f"{code}, {year}, {sex}: ages without a gap only to {named((0, max(reached - 1, 0)))}",
                    expected="bands that follow one another from 0 to the open one, for women and for men",
                )


def _age(text: str) -> Band | None:
    """A band of a projection; 90 alone means 90 and over. None: not an age, or all ages together."""
    band = read_age_words(text)
    if band is None or isinstance(band, str):
        return None
    low, high = band
    if low == high == TOP_AGE:
        return low, None
    return band if high is None or high < TOP_AGE else None

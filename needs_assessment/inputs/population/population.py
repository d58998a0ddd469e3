"""Residents by ward, sex and age: any published layout becomes one canonical frame, or is refused with its place.

Missing is never zero: a blank cell, an absent ward, sex or age is an error.

Every ward of a published population file, for the one table that every run reads.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from needs_assessment.errors import InputError
from needs_assessment.inputs.areas.area_names import screen_area_names
from needs_assessment.inputs.areas.bundled import bundled_tables, known_wards, list_areas
from needs_assessment.inputs.areas.geography import Area, resolve_area
from needs_assessment.inputs.population.area_vintage import names_filled, residents_of, settle_area
from needs_assessment.inputs.population.best_fit import Lookup, bring_to_wards, needs_lookup, read_lookup
from needs_assessment.inputs.population.file import PopulationFile, read_population
from needs_assessment.inputs.population.layouts import TOP_AGE
from needs_assessment.inputs.population.tally import KEY, Tally
from needs_assessment.inputs.population.wards import assign_authority, authorities_of_known, check_wards
from needs_assessment.registers.provenance import noted_beside
from needs_assessment.tables.file_cache import remembered
from needs_assessment.tables.files import file_sha256, read_strings

SEXES = ("F", "M")
OWN_FILE = "population_file"
ENGLAND_FILE = "england/population_mid2020.csv"


@dataclass(frozen=True)
class Population:
    """Residents of an area.

    frame: ward_code, ward_name, authority_code, authority_name, sex (F/M), age_from, age_to (missing: and over),
    persons; sorted by ward_code, sex, age_from, every ward with the same bands from 0 up without gap.
    estimate_date: 'mid-2022' or 'not stated'; ward_vintage: a year or 'unknown'; source_ids: ids of the sources
    register, or ``population_file`` for a file that was given without a note of where it was fetched; area: the one that
    was asked for, by the authorities of the file's year; lookup: name, SHA-256 and number of codes of the lookup that
    brought the file to wards; doubts: sentences on what is unlikely in the counts.
    """

    frame: pd.DataFrame
    estimate_date: str
    ward_vintage: str
    source_ids: tuple[str, ...]
    file: str
    sha256: str
    notes: tuple[str, ...]
    area: Area | None = None
    lookup: tuple[str, str, int] | None = None
    doubts: tuple[str, ...] = ()


def load_population(
    area: Area, *, path: Path | None = None, lookup: Path | None = None, data: Path
) -> Population:
    """The area's population from a file in any layout that is read, or bundled when no path is given.

    lookup: a best-fit lookup that brings small areas to wards, or says which authority each ward is in. Raises
    InputError naming file, row, column, what was found and what is expected.
    """
    if path is None:
        if lookup is not None:
            raise InputError(
                "A lookup was given without a population by small area.",
                file=Path(lookup).name,
                expected="--population with a file that it is for",
                action="give --population, or leave out --lookup",
            )
        return _bundled(area, data)
    return _own(area, Path(path), None if lookup is None else Path(lookup), data)


def _own(area: Area, path: Path, lookup_path: Path | None, data: Path) -> Population:
    lookup = None if lookup_path is None else read_lookup(lookup_path)
    held = read_population(path, area, data, by_lookup=lookup is not None)
    area = held.area or area
    known = known_wards(data)
    if lookup is None:
        tally = _wards_without_lookup(held, area, known, data)
    else:
        if (
            not held.has_authorities
            or held.tally.level != "ward"
            or not (held.tally.authority_codes != "").all()
        ):
            area, said = settle_area(
                area, set(lookup.frame["authority_code"]) - {""} or set(area.authorities), data
            )
            held = replace(held, notes=(*held.notes, *said))
        tally = bring_to_wards(held.tally, lookup, area.authorities)
    frame = names_filled(tally, data).frame()
    screen_names(held, lookup, frame, data)
    vintage, more = check_wards(frame, area, known, tally.year, tally.file)
    return Population(
        frame=frame,
        estimate_date=held.date,
        ward_vintage=vintage,
        source_ids=_sources(path, held.sha256, data),
        file=tally.file,
        sha256=held.sha256,
        notes=(*held.notes, *tally.notes, *more),
        area=area,
        lookup=None if lookup is None else (lookup.file, lookup.sha256, len(lookup.frame)),
    )


def screen_names(held: PopulationFile, lookup: Lookup | None, frame: pd.DataFrame, data: Path) -> None:
    """The names that will be printed, from whichever file they come."""
    kept = {*frame["ward_code"], *frame["authority_code"]}
    official: dict[str, str] = {}
    if lookup is not None:
        named = lookup.named(kept)
        screen_area_names(named, lookup.named_at, lookup.file, data)
        official = {code: name for code, name, _ in named}
    own = [one for one in held.named if one[0] in kept]
    screen_area_names(own, held.named_at, held.tally.file, data, lookup=official)


def _wards_without_lookup(held: PopulationFile, area: Area, known: pd.DataFrame, data: Path) -> Tally:
    tally = held.tally
    if tally.level != "ward":
        raise needs_lookup(tally)
    if held.has_authorities:
        return tally
    sizes = residents_of(area.authorities, data)
    return assign_authority(tally, area, known, held.code_column, sizes)


def _sources(path: Path, sha256: str, data: Path) -> tuple[str, ...]:
    # a choice within a workbook stands behind its file name
    file = Path(str(path).partition("#")[0])
    return noted_beside(file, sha256, data).source_ids or (OWN_FILE,)


def _joined_hash(hashes: Sequence[str]) -> str:
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()


def _bundled(area: Area, data: Path) -> Population:
    tables = bundled_tables(data)
    holds = {str(row["area_code"]): row for row in tables.to_dict("records")}
    wanted: dict[str, dict] = {}
    for authority in area.authorities:
        for code, row in holds.items():
            if authority in resolve_area([code], data).authorities:
                wanted[code] = row
                break
        else:
            raise _not_bundled(area, authority, data)
    vintages = {(str(row["ward_vintage"]), str(row["population_date"])) for row in wanted.values()}
    if len(vintages) > 1:
        raise InputError(
            "The bundled populations of the partnership's members do not go together.",
            found="; ".join(
                f"{row['area_name']} {row['population_date']}, wards of {row['ward_vintage']}"
                for row in wanted.values()
            ),
            expected="one date and one year of ward boundaries",
            action="give --population with one file that holds all of them",
        )
    parts, notes = [], []
    for row in wanted.values():
        here = replace(area, authorities=tuple(code for code in area.authorities if _within(code, row, data)))
        held = read_population(data / str(row["path"]), here, data)
        parts.append(held.tally.frame())
        notes += [note for note in held.notes if "left out because" in note]
    frame = pd.concat(parts, ignore_index=True).sort_values(list(KEY), ignore_index=True)
    hashes = [file_sha256(data / str(row["path"])) for row in wanted.values()]
    vintage, date = vintages.pop()
    sources = [
        part for row in wanted.values() for part in re.split(r"[;,\s]+", str(row["source_ids"])) if part
    ]
    return Population(
        frame=frame,
        estimate_date=date,
        ward_vintage=vintage,
        source_ids=tuple(dict.fromkeys(sources)),
        file="; ".join(str(row["path"]) for row in wanted.values()),
        sha256=_joined_hash(hashes),
        notes=tuple(notes),
        area=area,
    )


def _within(authority: str, row: dict, data: Path) -> bool:
    return authority in resolve_area([str(row["area_code"])], data).authorities


def _not_bundled(area: Area, authority: str, data: Path) -> InputError:
    held = ", ".join(f"{row['area_code']} {row['area_name']}" for row in list_areas(data).to_dict("records"))
    member = next(member for member in area.members if authority in member.authorities)
    return InputError(
        f"No population is bundled for {member.name}.",
        found=member.code,
        expected=f"one of the bundled areas: {held}",
        action="give --population with a ward population file that holds the area; the README says where to get one",
    )


@remembered(lambda data: [data / ENGLAND_FILE])
def load_england(data: Path) -> pd.DataFrame:
    """England's residents: sex (F/M), age (0 to 90; 90 means 90 and over), persons. Raises InputError."""
    table = read_strings(data / ENGLAND_FILE, expected=("sex", "age", "persons"))
    frame = table.frame
    try:
        typed = frame.assign(age=frame["age"].astype("int64"), persons=frame["persons"].astype("int64"))
    except (KeyError, ValueError):
        raise InputError(
            "England's population is not a table of sex, age and persons.",
            file=table.file,
            expected="whole numbers",
        ) from None
    typed = typed[["sex", "age", "persons"]].sort_values(["sex", "age"], ignore_index=True)
    wanted = [(sex, age) for sex in SEXES for age in range(TOP_AGE + 1)]
    if list(zip(typed["sex"], typed["age"], strict=True)) != wanted or (typed["persons"] <= 0).any():
        raise InputError(
            "England's population is incomplete.",
            file=table.file,
            found=f"{len(typed)} rows",
            expected="a count above 0 for F and M at each age 0 to 90",
        )
    return typed


def band_persons(
    frame: pd.DataFrame, bands: Sequence[tuple[int, int | None]], england: pd.DataFrame
) -> tuple[dict[str, NDArray[np.float64]], list[str]]:
    """Bring the residents of each ward into the age bands that rates come in.

    Returns ({'F': array, 'M': array}, notes); each array has shape [ward, band] (people; wards in code order). A
    source band that lies in a wanted band counts whole; one that straddles is split by England's residents of that sex
    by single year, and a note says so. Wanted bands may overlap or leave ages out. Raises InputError when a wanted
    band divides the open band 90 and over, which no published source does.
    """
    wards = sorted(frame["ward_code"].unique())
    sources = frame[["age_from", "age_to"]].drop_duplicates().sort_values("age_from")
    spans = [
        (int(low), TOP_AGE if pd.isna(high) else int(high))
        for low, high in zip(sources["age_from"], sources["age_to"], strict=True)
    ]
    counts: dict[str, NDArray[np.float64]] = {}
    split: dict[tuple[int, int], None] = {}
    for sex in SEXES:
        profile = england[england["sex"] == sex].sort_values("age")["persons"].to_numpy(dtype="float64")
        share = np.zeros((len(spans), len(bands)))
        for column, (low, high) in enumerate(bands):
            _check_band(low, high)
            top = TOP_AGE if high is None else high
            for row, (first, last) in enumerate(spans):
                start, end = max(first, low), min(last, top)
                if start > end:
                    continue
                if (start, end) == (first, last):
                    share[row, column] = 1.0
                else:
                    share[row, column] = profile[start : end + 1].sum() / profile[first : last + 1].sum()
                    split[first, last] = None
        rows = frame[frame["sex"] == sex].pivot(index="ward_code", columns="age_from", values="persons")
        counts[sex] = rows.loc[wards, [first for first, _ in spans]].to_numpy(dtype="float64") @ share
    notes = [
        f"Residents aged {_named(first, last)} come as one band and were split by the ages of England's residents of "
        "the same sex, single year by single year."
        for first, last in split
    ]
    return counts, notes


def _check_band(low: int, high: int | None) -> None:
    if low > TOP_AGE or (high is not None and (high >= TOP_AGE or high < low)):
        raise InputError(
            "A wanted age band divides the ages 90 and over, or runs backwards.",
            found=f"{low} to {high}",
            expected="bands that end below 90 or are open",
        )


def _named(first: int, last: int) -> str:
    return f"{first} and over" if last == TOP_AGE else f"{first} to {last}"


def import_population(path: Path, *, lookup: Path | None = None, data: Path) -> Population:
    """Every ward of a population file in any layout that is read; small areas through a best-fit lookup.

    Raises InputError as ``load_population`` does, and for wards whose authority nothing says.
    """
    read = None if lookup is None else read_lookup(lookup)
    held = read_population(path, None, data, by_lookup=read is not None)
    tally = held.tally
    if read is not None:
        tally = bring_to_wards(tally, read, None)
    elif tally.level != "ward":
        raise needs_lookup(tally)
    elif not held.has_authorities:
        tally = authorities_of_known(tally, known_wards(data))
    frame = names_filled(tally, data).frame()
    screen_names(held, read, frame, data)
    codes = tuple(sorted(set(tally.authority_codes)))
    area = Area("+".join(codes), "every authority of the file", (), codes, "partnership")
    return Population(
        frame=frame,
        estimate_date=held.date,
        ward_vintage=tally.year,
        source_ids=(OWN_FILE,),
        file=tally.file,
        sha256=held.sha256,
        notes=(*held.notes, *tally.notes),
        area=area,
    )

"""Rows of a population table become the canonical frame; every cell is read, none is filled in."""

from __future__ import annotations

import re

import pandas as pd

from needs_assessment.errors import InputError
from needs_assessment.inputs.geography import Area
from needs_assessment.inputs.personal import showable
from needs_assessment.inputs.population_cells import (
    SEXES,
    Band,
    Count,
    Place,
    check_structure,
    closed_band,
    named,
    read_age,
    read_count,
)
from needs_assessment.inputs.population_layouts import TOP_AGE, WIDE_ALL, Layout
from needs_assessment.inputs.population_wards import assign_authority, keep_authorities
from needs_assessment.inputs.problems import Problems
from needs_assessment.inputs.tablefile import RawTable

KEY = ("ward_code", "sex", "age_from")
COLUMNS = (
    "ward_code",
    "ward_name",
    "authority_code",
    "authority_name",
    "sex",
    "age_from",
    "age_to",
    "persons",
)
_WARD_CODE = re.compile(r"[EW]05[0-9]{6}")
_SMALL_AREA = re.compile(r"[EW]0[0-3][0-9]{6}")


def read_rows(
    table: RawTable, layout: Layout, area: Area, known: pd.DataFrame | None
) -> tuple[pd.DataFrame, list[str]]:
    """The canonical frame of the area's wards, and notes on the rows left out.

    known: the ward lists that ship with the project, for a table without authorities (None: not needed).
    Raises InputError with the first fault of the file and the number of others.
    """
    problems = Problems(table.file)
    notes: list[str] = []
    if "authority_code" in layout.at:
        authority, kept = keep_authorities(table, layout, area, notes)
    else:
        authority, kept = assign_authority(table, layout, area, known)
    places = _places(table, layout, authority, kept, problems)
    problems.raise_if_any()
    counts = (_wide if layout.kind == "wide" else _long)(table, layout, places, problems)
    problems.raise_if_any()
    check_structure(counts, "age" in layout.at, problems)
    problems.raise_if_any()
    return _frame(counts, table.file), notes


def _places(
    table: RawTable, layout: Layout, authority: list[tuple[str, str]], kept: list[int], problems: Problems
) -> list[Place]:
    code_at, name_at = layout.at["ward_code"], layout.at["ward_name"]
    code_column, name_column = table.header[code_at], table.header[name_at]
    names: dict[str, str] = {}
    places = []
    for index in kept:
        record, row = table.records[index], table.rows[index]
        code = record[code_at].strip().upper()
        name = " ".join(record[name_at].split())
        if not _WARD_CODE.fullmatch(code):
            small = bool(_SMALL_AREA.fullmatch(code))
            problems.add(
                "A ward code is missing." if not code else "A code is not a ward's.",
                row=row,
                column=code_column,
                found=showable(code) if not small else f"{code}, the code of a small area",
                expected="a ward code such as E05014394 in every row",
                action="remove rows of totals and other areas; give the wards' own counts",
            )
        elif not name:
            problems.add(
                "A ward name is missing.",
                row=row,
                column=name_column,
                found="",
                expected=f"the name of ward {code}",
            )
        elif names.setdefault(code, name) != name:
            problems.add(
                "One ward code has two names.",
                row=row,
                column=name_column,
                found=f"{code}: {names[code]}; {name}",
                expected="one name for each code",
            )
        places.append(Place(row, record, code, name, *authority[index]))
    return places


def _bad_count(problems: Problems, fault: str, text: str, row: int, column: str) -> None:
    problems.add(
        fault,
        row=row,
        column=column,
        found=showable(text),
        expected="a whole number of people, 0 or more",
        action="correct the cell; a count that was withheld cannot be used",
    )


def _wide(table: RawTable, layout: Layout, places: list[Place], problems: Problems) -> list[Count]:
    columns: list[tuple[str, Band, int]] = [
        (name[0], (int(name[1:]), None if int(name[1:]) == TOP_AGE else int(name[1:])), layout.at[name])
        for name in WIDE_ALL
    ]
    total_at = layout.at.get("total")
    counts = []
    first: dict[str, int] = {}
    for place in places:
        if place.ward_code in first:
            problems.add(
                "A ward is given twice.",
                row=place.row,
                column=table.header[layout.at["ward_code"]],
                found=f"{place.ward_code}, also in row {first[place.ward_code]}",
                expected="one row for each ward",
            )
            continue
        first[place.ward_code] = place.row
        summed: int | None = 0
        for sex, band, at in columns:
            text = place.record[at].strip()
            persons = read_count(text)
            if isinstance(persons, str):
                _bad_count(problems, persons, text, place.row, table.header[at])
                summed = None
                continue
            summed = None if summed is None else summed + persons
            counts.append(Count(place, sex, band, persons))
        if total_at is not None:
            _check_total(place, place.record[total_at].strip(), table.header[total_at], summed, problems)
    return counts


def _check_total(place: Place, text: str, column: str, summed: int | None, problems: Problems) -> None:
    stated = read_count(text)
    if isinstance(stated, str):
        _bad_count(problems, stated, text, place.row, column)
    elif summed is not None and stated != summed:
        problems.add(
            "A ward's total is not the sum of its ages.",
            row=place.row,
            column=column,
            found=stated,
            expected=f"{summed}, the sum of F0 to F90 and M0 to M90",
            action="find which of them was changed after publication",
        )


def _band(record: list[str], at: dict[str, int]) -> tuple[Band | None, str, str]:
    """The band of a row, the text it was read from, and the column that holds it."""
    if "age" in at:
        text = record[at["age"]].strip()
        return read_age(text), text, "age"
    low, high = record[at["age_from"]].strip(), record[at["age_to"]].strip()
    if not re.fullmatch(r"[0-9]{1,3}", low) or int(low) > TOP_AGE:
        return None, low, "age_from"
    if not high:
        return (int(low), None), low, "age_to"
    if not re.fullmatch(r"[0-9]{1,3}", high):
        return None, high, "age_to"
    return closed_band(int(low), int(high)), f"{low} to {high}", "age_to"


def _long(table: RawTable, layout: Layout, places: list[Place], problems: Problems) -> list[Count]:
    at = layout.at
    counts = []
    first: dict[tuple[str, str, Band], int] = {}
    ages: dict[tuple[str, str], tuple[Band | None, str, str]] = {}
    spans = ("age",) if "age" in at else ("age_from", "age_to")
    for place in places:
        record = place.record
        sex_text = record[at["sex"]].strip()
        sex = SEXES.get(sex_text.casefold())
        if sex is None:
            problems.add(
                "The sex is missing." if not sex_text else "The sex is not F or M.",
                row=place.row,
                column=table.header[at["sex"]],
                found=showable(sex_text),
                expected="F or M (Female, Male); rows for both together are left out of the file",
            )
        cell = (record[at[spans[0]]], record[at[spans[-1]]])
        if cell not in ages:
            ages[cell] = _band(record, at)
        band, text, column = ages[cell]
        if band is None:
            problems.add(
                "An age is missing."
                if not text
                else "An age is not one from 0 to 90, where 90 means 90 and over.",
                row=place.row,
                column=table.header[at[column]],
                found=showable(text),
                expected="ages from 0 to 90; the last band is open (age_to blank, or 90+)",
            )
        text = record[at["persons"]].strip()
        persons = read_count(text)
        if isinstance(persons, str):
            _bad_count(problems, persons, text, place.row, table.header[at["persons"]])
        if sex is None or band is None or isinstance(persons, str):
            continue
        key = (place.ward_code, sex, band)
        if key in first:
            problems.add(
                "A ward, sex and age are given twice.",
                row=place.row,
                column=", ".join(table.header[at[name]] for name in ("ward_code", "sex", *spans)),
                found=f"{place.ward_code}, {sex}, {named(band)}, also in row {first[key]}",
                expected="one row for each ward, sex and age",
            )
            continue
        first[key] = place.row
        counts.append(Count(place, sex, band, persons))
    return counts


def _frame(counts: list[Count], file: str) -> pd.DataFrame:
    if not sum(count.persons for count in counts):
        raise InputError(
            "The area has no residents in the file.", file=file, found=0, expected="a population above 0"
        )
    places = [count.place for count in counts]
    columns = {
        "ward_code": pd.array([place.ward_code for place in places], dtype="str"),
        "ward_name": pd.array([place.ward_name for place in places], dtype="str"),
        "authority_code": pd.array([place.authority_code for place in places], dtype="str"),
        "authority_name": pd.array([place.authority_name for place in places], dtype="str"),
        "sex": pd.array([count.sex for count in counts], dtype="str"),
        "age_from": pd.array([count.band[0] for count in counts], dtype="int64"),
        "age_to": pd.array([count.band[1] for count in counts], dtype="Int64"),
        "persons": pd.array([count.persons for count in counts], dtype="int64"),
    }
    return pd.DataFrame(columns, columns=list(COLUMNS)).sort_values(list(KEY), ignore_index=True)

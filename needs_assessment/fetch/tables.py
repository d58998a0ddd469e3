"""What the services answered becomes the project's own tables: nothing is filled in, and every area is accounted for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from needs_assessment.csv_text import as_csv
from needs_assessment.errors import EnvironmentFault
from needs_assessment.fetch.arcgis import CHANGED, Feature
from needs_assessment.fetch.nomis import Row, whole_number
from needs_assessment.fetch.register import PopulationTable
from needs_assessment.inputs.population.layouts import TOP_AGE
from needs_assessment.tables.schemas import CHARACTERISTICS, POPULATION, validate

_CODE = re.compile(r"[EW]\d{8}")
LOOK = "look the table up at Nomis; a changed code goes into a copy of data/services_online.toml, given with --register"


@dataclass(frozen=True)
class Ward:
    """A ward and the lowest-tier authority it lies in, as the geography service lists them."""

    code: str
    name: str
    authority_code: str
    authority_name: str


@dataclass(frozen=True)
class SmallArea:
    """A small area of the Census and the ward that it is brought to by the official best fit."""

    code: str
    name: str
    ward: str


def checked_code(code: str) -> str:
    """A code as the services write it; it becomes part of further requests, so nothing else is taken."""
    if not _CODE.fullmatch(code):
        raise EnvironmentFault("A service answered with something else than an area code.", action=CHANGED)
    return code


def person_counts(rows: Sequence[Row], table: PopulationTable) -> dict[tuple[str, str, int], int]:
    """Residents by area, sex and age from Nomis rows, whose names are held against their codes.

    Raises EnvironmentFault for rows of another date, sex or age than asked for.
    """
    sexes = {table.females: "F", table.males: "M"}
    counts = {}
    for row in rows:
        sex = sexes.get(row["GENDER"], "")
        age = int(row["C_AGE"]) - table.code_of_age_0 if row["C_AGE"].isdecimal() else -1
        named = re.search(r"\d+", row["C_AGE_NAME"])
        true_age = named is not None and int(named[0]) == age and 0 <= age <= TOP_AGE
        true_date = table.date in row["DATE_NAME"] or table.date == "latest"
        if not sex or not row["GENDER_NAME"].upper().startswith(sex) or not true_age or not true_date:
            raise EnvironmentFault(
                "Nomis answered with another date, sex or age than was asked for: "
                f"{row['DATE_NAME']}, {row['GENDER_NAME']}, {row['C_AGE_NAME']}.",
                action=LOOK,
            )
        counts[row["GEOGRAPHY_CODE"], sex, age] = whole_number(row)
    return counts


def require_every_age(counts: Mapping[tuple[str, str, int], int], areas: Iterable[str]) -> None:
    """Raise EnvironmentFault naming the areas that lack a sex or an age."""
    short = [
        area
        for area in areas
        if any((area, sex, age) not in counts for sex in "FM" for age in range(TOP_AGE + 1))
    ]
    if short:
        raise EnvironmentFault(
            f"Nomis gives no complete population for {len(short)} areas: {', '.join(short[:5])}"
            + (" …" if len(short) > 5 else "."),
            action=LOOK,
        )


def population_table(counts: Mapping[tuple[str, str, int], int], wards: Sequence[Ward]) -> pd.DataFrame:
    """The canonical population by ward, sex and single year of age; counts has every ward, sex and age."""
    rows = [
        (
            ward.code,
            ward.name,
            ward.authority_code,
            ward.authority_name,
            sex,
            str(age),
            "" if age == TOP_AGE else str(age),
            str(counts[ward.code, sex, age]),
        )
        for ward in sorted(wards, key=lambda ward: ward.code)
        for sex in "FM"
        for age in range(TOP_AGE + 1)
    ]
    frame = pd.DataFrame(rows, columns=POPULATION.needed, dtype="str")
    return validate(frame, POPULATION, file="population that was fetched")


def add_up(
    counts: Mapping[tuple[str, str, int], int], small_areas: Sequence[SmallArea]
) -> dict[tuple[str, str, int], int]:
    """Residents by ward: every small area whole in the ward that the official best fit gives it."""
    ward_of = {area.code: area.ward for area in small_areas}
    summed: dict[tuple[str, str, int], int] = {}
    for (area, sex, age), persons in counts.items():
        key = (ward_of[area], sex, age)
        summed[key] = summed.get(key, 0) + persons
    return summed


def topic_counts(rows: Sequence[Row], dimension: str, areas: Iterable[str]) -> dict[tuple[str, str], int]:
    """People or households by small area and category, in the words of the Census.

    Raises EnvironmentFault when a small area lacks a category.
    """
    counts = {
        (row["GEOGRAPHY_CODE"], row[f"{dimension.upper()}_NAME"].strip()): whole_number(row) for row in rows
    }
    categories = {category for _, category in counts}
    short = [area for area in areas if any((area, category) not in counts for category in categories)]
    if short or not categories:
        raise EnvironmentFault(
            f"Nomis gives no complete table for {len(short)} small areas: {', '.join(short[:5])}.",
            action=LOOK,
        )
    return counts


def check_categories(topic: str, counts: Mapping[tuple[str, str], int], england: pd.DataFrame) -> None:
    """Raise EnvironmentFault where the categories are not those of England's table, which shares are held against."""
    expected = set(england.loc[england["characteristic"] == topic, "category"])
    found = {category for _, category in counts}
    if found != expected:
        raise EnvironmentFault(
            f"Nomis names other categories of {topic} than England's table: "
            + "; ".join(sorted(found ^ expected)[:4]),
            action=LOOK,
        )


def characteristics_table(
    topics: Mapping[str, tuple[str, Mapping[tuple[str, str], int]]],
    wards: Sequence[Ward],
    small_areas: Sequence[SmallArea],
) -> pd.DataFrame:
    """Characteristics of wards in the project's schema; topics: name -> (unit, counts by small area and category)."""
    names = {ward.code: ward.name for ward in wards}
    rows = []
    for topic, (unit, counts) in topics.items():
        summed: dict[tuple[str, str], int] = {}
        ward_of = {area.code: area.ward for area in small_areas}
        for (area, category), number in counts.items():
            key = (ward_of[area], category)
            summed[key] = summed.get(key, 0) + number
        rows += [
            (ward, names[ward], topic, category, unit, str(number))
            for (ward, category), number in sorted(summed.items())
        ]
    frame = pd.DataFrame(sorted(rows), columns=CHARACTERISTICS.names, dtype="str")
    return validate(frame, CHARACTERISTICS, file="characteristics that were fetched")


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """A table as the bytes of a CSV; the same table always gives the same bytes."""
    return as_csv(frame).encode("utf-8")


def as_geojson(features: Sequence[Feature], extra: Mapping[str, Mapping[str, str]], key: str) -> bytes:
    """A GeoJSON file of polygons in longitude and latitude; extra: further properties by the value of ``key``.

    Raises EnvironmentFault for a feature that is no area.
    """
    made: list[dict[str, Any]] = []
    for properties, shape in features:
        if not shape or shape.get("type") not in ("Polygon", "MultiPolygon") or not shape.get("coordinates"):
            raise EnvironmentFault(
                f"The geography service gives no shape for {properties[key]}.",
                action="choose another boundary layer in a copy of data/services_online.toml, given with --register",
            )
        made.append(
            {
                "type": "Feature",
                "properties": {**properties, **extra.get(properties[key], {})},
                "geometry": {"type": shape["type"], "coordinates": shape["coordinates"]},
            }
        )
    text = json.dumps(
        {"type": "FeatureCollection", "features": made}, ensure_ascii=False, separators=(",", ":")
    )
    return (text + "\n").encode("utf-8")

"""The kinds of material that are fetched, and how the project's tables are made of the answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from needs_assessment.errors import EnvironmentFault, InputError
from needs_assessment.fetch import tables
from needs_assessment.fetch.census import characteristics
from needs_assessment.fetch.made import Made, joined, only_known
from needs_assessment.fetch.nomis import Row
from needs_assessment.fetch.questions import Questions

PUBLISHED = "estimates published for wards"
ADDED_UP = "estimates for small areas (LSOA 2021), added up to wards by the official best fit"


def population(ask: Questions, data: Path) -> list[Made]:
    """Residents by ward, sex and single year of age.

    From the estimates for these very wards where Nomis has them for exactly the wards of the list, else added up from
    small areas. Raises InputError where a ward has no small area, because its residents cannot be known so.
    """
    table = ask.register.population
    rows = ask.residents_by_ward()
    wanted = [ward.code for ward in ask.wards]
    given = {row["GEOGRAPHY_CODE"] for row in rows}
    notes: tuple[str, ...] = ()
    wards, method = ask.wards, PUBLISHED
    said = f"Nomis has estimates for {len(given & set(wanted))} of the {len(wanted)} wards of {ask.year}"
    if given == set(wanted):
        counts = tables.person_counts(rows, table)
    elif given and given < set(wanted) and _hold_everyone(ask, rows):
        # the smallest wards (the City of London, the Isles of Scilly) are published together with a neighbour
        counts = tables.person_counts(rows, table)
        wards = [ward for ward in ask.wards if ward.code in given]
        alone = ", ".join(ward.name for ward in ask.wards if ward.code not in given)
        notes = (
            f"{said}, which together hold all residents: those of the others are counted in them ({alone}).",
        )
    else:
        notes = (f"{said}, so small areas were added up instead.",) if ask.layers.population_geography else ()
        counts, method = _from_small_areas(ask), ADDED_UP
    tables.require_every_age(counts, [ward.code for ward in wards])
    frame = tables.population_table(counts, wards)
    # the year of the boundaries stands in the names of the columns, as in the tables of the Office
    dated = frame.rename(columns={name: dated.lower() for name, dated in ask.names.items()})
    return [
        Made(
            name=f"population_wards{ask.year}_{_squeezed(table.period)}.csv",
            title="Residents by ward, sex and single year of age",
            content=tables.csv_bytes(dated),
            rows=len(frame),
            period=table.period,
            method=method,
            source_ids=joined(table.source_ids, ask.layers.source_ids),
            for_a_run="population",
            notes=notes,
        )
    ]


def _hold_everyone(ask: Questions, rows: list[Row]) -> bool:
    """Whether the wards that were given add up to the residents of all small areas."""
    counts = tables.person_counts(rows, ask.register.population)
    return sum(counts.values()) == sum(_small_area_counts(ask).values())


def _from_small_areas(ask: Questions) -> dict[tuple[str, str, int], int]:
    empty = ask.without_small_areas()
    if empty:
        raise InputError(
            f"{len(empty)} wards of {ask.year} have no small area of their own, so their residents cannot be added up: "
            + ", ".join(f"{ward.code} {ward.name}" for ward in empty[:5]),
            expected="estimates for wards, or a small area in every ward",
            action="choose another --wards, or give --population with the ward workbook of the Office for National "
            "Statistics",
        )
    return tables.add_up(_small_area_counts(ask), ask.small_areas)


def _small_area_counts(ask: Questions) -> dict[tuple[str, str, int], int]:
    rows = ask.residents_by_small_area()
    only_known(rows, {area.code for area in ask.small_areas})
    counts = tables.person_counts(rows, ask.register.population)
    tables.require_every_age(counts, [area.code for area in ask.small_areas])
    return counts


def small_areas(ask: Questions, data: Path) -> list[Made]:
    """Residents by small area as Nomis gives them, for wards of other years or another lookup."""
    table = ask.register.population
    counts = _small_area_counts(ask)
    rows = ask.residents_by_small_area()
    columns = (
        "GEOGRAPHY_CODE",
        "GEOGRAPHY_NAME",
        "DATE_NAME",
        "GENDER_NAME",
        "C_AGE",
        "C_AGE_NAME",
        "OBS_VALUE",
    )
    frame = pd.DataFrame([{name: row[name] for name in columns} for row in rows], columns=list(columns))
    return [
        Made(
            name=f"population_lsoa2021_{_squeezed(table.period)}_nomis.csv",
            title="Residents by small area, sex and single year of age, as downloaded",
            content=tables.csv_bytes(frame),
            rows=len(frame),
            period=table.period,
            method="as published",
            source_ids=table.source_ids,
            notes=_compared(ask, sum(counts.values())),
        )
    ]


def _compared(ask: Questions, small: int) -> tuple[str, ...]:
    """Wards and small areas of the same authorities must add up to the same number of residents."""
    rows = ask.residents_by_ward()
    if {row["GEOGRAPHY_CODE"] for row in rows} != {ward.code for ward in ask.wards}:
        return ()
    wards = sum(tables.person_counts(rows, ask.register.population).values())
    if abs(wards - small) > ask.register.population.largest_difference * wards:
        raise EnvironmentFault(
            f"The residents of the wards ({wards:,}) and of the small areas ({small:,}) do not agree.",
            action=tables.LOOK,
        )
    return (f"Residents: {small:,} in small areas, {wards:,} in wards.",) if wards != small else ()


def boundaries(ask: Questions, data: Path) -> list[Made]:
    """Polygons of the wards and of the authorities."""
    shapes = ask.ward_shapes()
    code, names = ask.names["ward_code"], ask.names
    absent = {ward.code for ward in ask.wards} - {properties[code] for properties, _ in shapes}
    whole = ask.authority_shapes()
    lacking = set(ask.authorities) - {properties[names["authority_code"]] for properties, _ in whole}
    if absent or lacking:
        raise EnvironmentFault(
            f"The boundary layers have no polygon for {', '.join(sorted(absent | lacking)[:5])}.",
            action="choose other layers in a copy of data/services_online.toml, given with --register",
        )
    owners = {
        ward.code: {
            names["authority_code"]: ward.authority_code,
            names["authority_name"]: ward.authority_name,
        }
        for ward in ask.wards
    }
    wards = tables.as_geojson(shapes, owners, code)
    authorities = tables.as_geojson(whole, {}, names["authority_code"])
    period, sources = f"wards of {ask.year}", ask.layers.source_ids
    return [
        Made(
            name=f"boundaries_wards{ask.year}.geojson",
            title="Ward boundaries, generalised and clipped to the coast",
            content=wards,
            rows=len(shapes),
            period=period,
            method="as published",
            source_ids=sources,
            for_a_run="boundaries",
        ),
        Made(
            name=f"boundaries_authorities{ask.year}.geojson",
            title="Authority boundaries, generalised and clipped to the coast",
            content=authorities,
            rows=len(whole),
            period=period,
            method="as published",
            source_ids=sources,
        ),
    ]


def lookups(ask: Questions, data: Path) -> list[Made]:
    """Best fit of small areas and output areas to wards, in the Office's own names of columns."""
    names = ask.names
    wards = {ward.code: ward for ward in ask.wards}
    made = []
    for kind, words, areas in (
        ("LSOA21", "small areas (LSOA 2021)", ask.small_areas),
        ("OA21", "output areas (2021)", ask.output_areas),
    ):
        rows = []
        for area in areas:
            ward = wards[area.ward]
            named = {f"{kind}NM": area.name} if area.name else {}
            rows.append(
                {
                    f"{kind}CD": area.code,
                    **named,
                    names["ward_code"]: ward.code,
                    names["ward_name"]: ward.name,
                    names["authority_code"]: ward.authority_code,
                    names["authority_name"]: ward.authority_name,
                }
            )
        made.append(
            Made(
                name=f"lookup_{kind.lower().replace('21', '2021')}_wards{ask.year}.csv",
                title=f"Best fit of {words} to wards",
                content=tables.csv_bytes(pd.DataFrame(rows)),
                rows=len(rows),
                period=f"wards of {ask.year}",
                method="as published",
                source_ids=ask.layers.source_ids,
            )
        )
    return made


def _squeezed(period: str) -> str:
    return period.replace("-", "").replace(" ", "")


MAKERS: dict[str, Callable[[Questions, Path], list[Made]]] = {
    "population": population,
    "boundaries": boundaries,
    "characteristics": characteristics,
    "lookups": lookups,
    "small_areas": small_areas,
}

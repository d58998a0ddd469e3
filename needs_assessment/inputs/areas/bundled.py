"""What ships with the project: populations of wards, the wards they hold, and a point inside each."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from needs_assessment.errors import InputError
from needs_assessment.inputs.areas.geography import resolve_area
from needs_assessment.tables.file_cache import remembered
from needs_assessment.tables.files import RawTable, read_strings

TABLES_FILE, POPULATION_FILE = "tables.csv", "population.csv"


def bundled_tables(data: Path) -> pd.DataFrame:
    """The rows of ``data/tables.csv`` that are populations of wards, as text."""
    tables = read_strings(data / TABLES_FILE, expected=("path", "area_code", "ward_vintage")).frame
    return tables[
        tables["path"].str.startswith("areas/") & tables["path"].str.endswith("/" + POPULATION_FILE)
    ]


def read_bundled(data: Path, path: str) -> RawTable:
    """One bundled table as text."""
    return read_strings(data / path, expected=("ward_code", "ward_name"))


def _bundled_files(data: Path) -> list[Path]:
    listed = data / TABLES_FILE
    return [listed, *(data / str(path) for path in (bundled_tables(data)["path"] if listed.exists() else ()))]


@remembered(_bundled_files)
def known_wards(data: Path) -> pd.DataFrame:
    """Ward lists that ship with the project.

    One row a ward and vintage: ward_code, ward_name, authority_code, authority_name, ward_vintage (a year).
    """
    lists = []
    for row in bundled_tables(data).to_dict("records"):
        table = read_bundled(data, str(row["path"])).frame
        wards = table[["ward_code", "ward_name", "authority_code", "authority_name"]].drop_duplicates(
            "ward_code"
        )
        lists.append(wards.assign(ward_vintage=str(row["ward_vintage"])))
    columns = ["ward_code", "ward_name", "authority_code", "authority_name", "ward_vintage"]
    return pd.concat(lists, ignore_index=True) if lists else pd.DataFrame(columns=columns, dtype="str")


@remembered(_bundled_files)
def known_residents(data: Path) -> dict[str, int]:
    """Residents of each ward that ships with the project (people), by its code."""
    held: dict[str, int] = {}
    for row in bundled_tables(data).to_dict("records"):
        table = read_bundled(data, str(row["path"])).frame
        totals = table["persons"].astype("int64").groupby(table["ward_code"]).sum()
        held |= {str(code): int(total) for code, total in totals.items()}
    return held


def ward_points(wards: pd.DataFrame, data: Path) -> pd.DataFrame | None:
    """A point inside each ward: ward_code, easting, northing (metres, British National Grid), in the order of wards.

    None when any ward has no bundled point, so that no map is drawn with a ward left out.
    """
    wanted = list(wards["ward_code"])
    found: dict[str, tuple[float, float]] = {}
    for path in sorted((data / "areas").glob("*/ward_points.csv")):
        table = read_strings(path, expected=("ward_code", "easting", "northing"))
        columns = (table.frame[name] for name in ("ward_code", "easting", "northing"))
        for row, (code, easting, northing) in zip(table.rows, zip(*columns, strict=True), strict=True):
            try:
                found[code] = (float(easting), float(northing))
            except ValueError:
                raise InputError(
                    "A ward's point is not a number.",
                    file=path.name,
                    row=row,
                    found=f"{easting}, {northing}",
                    expected="metres",
                ) from None
    if not wanted or any(code not in found for code in wanted):
        return None
    points = pd.DataFrame([found[code] for code in wanted], columns=["easting", "northing"], dtype="float64")
    points.insert(0, "ward_code", pd.Series(wanted, dtype="str"))
    return points


def list_areas(data: Path) -> pd.DataFrame:
    """What ships with the project, one row an area.

    Columns: area_code, area_name, tier, population_date, ward_vintage, wards, residents (people), ward_points (whether
    every ward has one), local_returns (number of published local figures).
    """
    returns = read_strings(data / "local_returns.csv", expected=("area_codes", "measure")).frame["area_codes"]
    rows = []
    for row in bundled_tables(data).to_dict("records"):
        code = str(row["area_code"])
        table = read_bundled(data, str(row["path"])).frame
        wards = table[["ward_code"]].drop_duplicates()
        rows.append(
            {
                "area_code": code,
                "area_name": str(row["area_name"]),
                "tier": resolve_area([code], data).tier,
                "population_date": str(row["population_date"]),
                "ward_vintage": str(row["ward_vintage"]),
                "wards": len(wards),
                "residents": int(table["persons"].astype("int64").sum()),
                "ward_points": ward_points(wards, data) is not None,
                "local_returns": int((returns == code).sum()),
            }
        )
    return pd.DataFrame(rows)

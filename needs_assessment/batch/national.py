"""All areas of a batch as one table, and held against the nation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from needs_assessment.batch.areas import BatchArea
from needs_assessment.batch.table import MARKER, SUPPRESSED
from needs_assessment.catalogue.tiers import ANSWERS
from needs_assessment.results import ALL, NUMBERS

if TYPE_CHECKING:
    import pyarrow as pa

ENGLAND = "england"
# the headline measures of the table, and whether their range is shown
HEADLINES = {
    "residents": False,
    "victims_last_year": True,
    "prevalence_last_year": True,
    "victims_since_16": True,
    "children_affected": False,
    "high_risk_cases": False,
    "need_safe_accommodation": True,
    **{f"places_required_{name}": of.in_batch == "range" for name, of in ANSWERS.items() if of.in_batch},
    "places_available": False,
}
COMPARED = ("residents", "residents_16_and_over", "victims_last_year")


@dataclass(frozen=True)
class National:
    """What a batch says together.

    areas: one row an area of the batch: area_code, area_name, region, wards, and for each headline measure its value,
    low and high (floats, NaN not known, '[c]' suppressed); of an area that failed every number is missing.
    sums: one row a compared measure: its sum over areas that share no ward, over their wards, and England's own figure.
    counted: the areas in the sums; complete: they hold every authority of the register.
    """

    areas: pd.DataFrame
    sums: pd.DataFrame
    counted: tuple[str, ...]
    complete: bool


def summarise(
    areas: Sequence[BatchArea], results: Mapping[str, pa.Table], authorities: Sequence[str]
) -> National:
    """The table of areas and their sums; ``results`` lacks the areas that failed.

    authorities: every authority of the lowest tier in the register, to say whether the areas together are the nation.
    """
    frame = _of_everyone(results)
    facts = _facts(frame)
    wards = frame[frame["area_level"] == "ward"].groupby("area")["area_code"].nunique()
    rows = [_row(area, facts.get(area.code), wards) for area in areas]
    whole = _without_overlap([area for area in areas if area.code in results])
    covered = {code for area in whole for code in area.area.authorities}
    sums = _sums(frame, [area.code for area in whole])
    columns = ["area_code", "area_name", "region", "wards", *_columns()]
    return National(
        pd.DataFrame(rows, columns=columns),
        sums,
        tuple(area.code for area in whole),
        covered >= set(authorities),
    )


def _of_everyone(results: Mapping[str, pa.Table]) -> pd.DataFrame:
    """The figures of everyone that the summary shows, with the code of their area's run in ``area``."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = pc.field("breakdown") == ALL
    wanted &= pc.field("measure").isin([*HEADLINES, *COMPARED])
    columns = ["area_code", "area_name", "area_level", "measure", *NUMBERS, MARKER]
    parts = []
    for code, table in results.items():
        part = table.filter(wanted).select(columns)
        parts.append(part.append_column("area", pa.array([code] * len(part), pa.string())))
    if not parts:
        return pd.DataFrame(columns=[*columns, "area"])
    return pa.concat_tables(parts).to_pandas()


def _facts(frame: pd.DataFrame) -> dict[str, dict[str, dict[str, object]]]:
    """The rows of whole areas by area and measure."""
    found: dict[str, dict[str, dict[str, object]]] = {}
    for row in frame[frame["area_level"] == "authority"].to_dict("records"):
        found.setdefault(str(row["area"]), {})[str(row["measure"])] = {
            str(name): value for name, value in row.items()
        }
    return found


def _columns() -> list[str]:
    return [
        name if number == "value" else f"{name}_{number}"
        for name, ranged in HEADLINES.items()
        for number in (NUMBERS if ranged else NUMBERS[:1])
    ]


def _row(area: BatchArea, facts: dict[str, dict[str, object]] | None, wards: pd.Series) -> dict[str, object]:
    row: dict[str, object] = {
        "area_code": area.code,
        "area_name": area.area.name,
        "region": area.region,
        "wards": np.nan,
        **dict.fromkeys(_columns(), np.nan),
    }
    if facts is None:
        return row
    row["area_name"] = next(iter(facts.values()))["area_name"]
    row["wards"] = float(wards[area.code])
    for name, ranged in HEADLINES.items():
        for number in NUMBERS if ranged else NUMBERS[:1]:
            column = name if number == "value" else f"{name}_{number}"
            row[column] = SUPPRESSED if facts[name][MARKER] == SUPPRESSED else facts[name][number]
    return row


def _without_overlap(areas: Sequence[BatchArea]) -> list[BatchArea]:
    """The most of the areas that share no authority: the larger of two that overlap, as a county over its district."""
    taken: set[str] = set()
    kept = []
    for area in sorted(areas, key=lambda area: (-len(area.area.authorities), area.code)):
        if not taken & set(area.area.authorities):
            taken |= set(area.area.authorities)
            kept.append(area)
    return sorted(kept, key=lambda area: area.code)


def _sums(frame: pd.DataFrame, counted: Sequence[str]) -> pd.DataFrame:
    """Each compared measure over the counted areas and over their wards, and England's own as the first of them has it."""
    held = frame[frame["area"].isin(counted)]
    levels = {"areas": "authority", "wards": "ward", ENGLAND: ENGLAND}
    rows: list[dict[str, object]] = []
    for measure in COMPARED:
        row: dict[str, object] = {"measure": measure}
        for name, level in levels.items():
            own = held[(held["measure"] == measure) & (held["area_level"] == level)]
            if level == ENGLAND:
                own = own.head(1)
            row[name] = float(own["value"].sum(min_count=1))
        rows.append(row)
    return pd.DataFrame(rows, columns=["measure", *levels])

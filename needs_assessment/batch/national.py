"""All areas of a batch as one table, and held against the nation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from needs_assessment.batch.areas import BatchArea
from needs_assessment.batch.table import MARKER, SUPPRESSED
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
    "places_required_standard": False,
    "places_required_national_model": False,
    "places_required_queueing": True,
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
    frames = {code: table.to_pandas() for code, table in results.items()}
    rows = [_row(area, frames.get(area.code)) for area in areas]
    whole = _without_overlap([area for area in areas if area.code in frames])
    covered = {code for area in whole for code in area.area.authorities}
    sums = [_sum(measure, [frames[area.code] for area in whole]) for measure in COMPARED]
    columns = ["area_code", "area_name", "region", "wards", *_columns()]
    return National(
        pd.DataFrame(rows, columns=columns),
        pd.DataFrame(sums, columns=["measure", "areas", "wards", ENGLAND]),
        tuple(area.code for area in whole),
        covered >= set(authorities),
    )


def _columns() -> list[str]:
    return [
        name if number == "value" else f"{name}_{number}"
        for name, ranged in HEADLINES.items()
        for number in (NUMBERS if ranged else NUMBERS[:1])
    ]


def _row(area: BatchArea, frame: pd.DataFrame | None) -> dict[str, object]:
    row: dict[str, object] = {
        "area_code": area.code,
        "area_name": area.area.name,
        "region": area.region,
        "wards": np.nan,
        **dict.fromkeys(_columns(), np.nan),
    }
    if frame is None:
        return row
    whole = frame[(frame["area_level"] == "authority") & (frame["breakdown"] == ALL)]
    row["area_name"] = whole["area_name"].iloc[0]
    row["wards"] = float(frame.loc[frame["area_level"] == "ward", "area_code"].nunique())
    for name, ranged in HEADLINES.items():
        found = whole[whole["measure"] == name].iloc[0]
        for number in NUMBERS if ranged else NUMBERS[:1]:
            column = name if number == "value" else f"{name}_{number}"
            hidden = found[MARKER] == SUPPRESSED
            row[column] = SUPPRESSED if hidden else float(found[number])
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


def _sum(measure: str, frames: Sequence[pd.DataFrame]) -> dict[str, object]:
    def total(frame: pd.DataFrame, level: str) -> float:
        keep = (frame["area_level"] == level) & (frame["measure"] == measure) & (frame["breakdown"] == ALL)
        return float(frame.loc[keep, "value"].sum()) if keep.any() else float("nan")

    nation = [total(frame, ENGLAND) for frame in frames[:1]]
    return {
        "measure": measure,
        "areas": float(np.sum([total(frame, "authority") for frame in frames])) if frames else np.nan,
        "wards": float(np.sum([total(frame, "ward") for frame in frames])) if frames else np.nan,
        ENGLAND: nation[0] if nation else np.nan,
    }

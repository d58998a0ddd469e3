"""The national summary of a batch: its tables, and what they say, with the areas that are missing named first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from needs_assessment.catalogue.results import RESULT_MEASURES
from needs_assessment.catalogue.tiers import ANSWERS
from needs_assessment.disclosure.gate import publish_table
from needs_assessment.disclosure.published_table import PublishedTable, TableColumn

HOW = (
    "Modelled figures are national rates applied to the people who live in each area, not counts of people known to any "
    "service. Areas differ mostly by how many people live there, and their ages and sex: the table is no ranking, and where "
    "ranges overlap the order of two areas is not known."
)
SHARES = {"prevalence_last_year"}
PLACES = {f"places_required_{name}": answer.places for name, answer in ANSWERS.items()}
# of each column of the table of areas its measure, and which of its numbers in words
OF_COLUMN = {
    f"{measure}{ending}": (measure, words)
    for measure in RESULT_MEASURES
    for ending, words in (("", ""), ("_low", ", low"), ("_high", ", high"))
}
COARSE = {"victims_last_year", "victims_since_16", "children_affected", "need_safe_accommodation"}


@dataclass(frozen=True)
class Benchmark:
    """The published count that England's is held against, with the share of it that England should be."""

    count: float
    words: str
    low: float
    high: float
    source: str


def areas_table(frame: pd.DataFrame, *, population: str, round_to: float) -> PublishedTable:
    """One row an area: residents, victims with their range, prevalence, households and places.

    frame: ``National.areas``; round_to: people are printed to the nearest of this (registered).
    """
    return publish_table(
        "areas",
        "Domestic abuse and safe accommodation: every area of the batch",
        [
            TableColumn("area_name", "Area"),
            TableColumn("area_code", "Code"),
            TableColumn("region", "Region"),
            TableColumn("wards", "Wards", "", "number", 1),
            *(_column(name, round_to) for name in frame.columns[4:]),
        ],
        frame,
        notes=[
            f"Population: {population}.",
            "[x]: not known. Places available are known from a local return only.",
        ],
        source="Modelled from published national rates and residents by ward; see each area's own results.",
    )


def _column(name: str, round_to: float) -> TableColumn:
    measure, number = OF_COLUMN[name]
    title = RESULT_MEASURES[measure].title + number
    if measure in SHARES:
        return TableColumn(name, title, "", "percent")
    step = round_to if measure in COARSE else PLACES.get(measure, 1.0)
    return TableColumn(name, title, "", "number", step)


def sums_table(
    sums: pd.DataFrame, benchmark: Benchmark | None, *, complete: bool, areas: int
) -> PublishedTable:
    """Sums over areas and over wards against England's own figure, and England's against the published count."""
    rows = []
    for row in sums.to_dict("records"):
        nation = float(row["england"])
        rows.append(
            {
                "what": f"{RESULT_MEASURES[row['measure']].title}: sum of {areas} areas",
                "value": row["areas"],
                "against": "sum of their wards",
                "other": row["wards"],
                "ratio": _ratio(row["areas"], row["wards"]),
            }
        )
        if complete and np.isfinite(nation):
            rows.append(
                {
                    "what": f"{RESULT_MEASURES[row['measure']].title}: sum of {areas} areas",
                    "value": row["areas"],
                    "against": "England, worked out at once (residents of mid-2020)",
                    "other": nation,
                    "ratio": _ratio(row["areas"], nation),
                }
            )
    if benchmark is not None:
        found = sums.loc[sums["measure"] == "victims_last_year", "england"]
        nation = float(found.iloc[0])
        rows.append(
            {
                "what": f"{RESULT_MEASURES['victims_last_year'].title}: England (residents of mid-2020)",
                "value": nation,
                "against": f"{benchmark.words}; expected {benchmark.low:g} to {benchmark.high:g} of it",
                "other": benchmark.count,
                "ratio": _ratio(nation, benchmark.count),
            }
        )
    notes = (
        []
        if complete
        else ["The areas of this batch are not the whole of England: no sum is held against it."]
    )
    return publish_table(
        "consistency",
        "Do the areas add up to the nation?",
        [
            TableColumn("what", "Figure"),
            TableColumn("value", "Value", "", "number", 1),
            TableColumn("against", "Held against"),
            TableColumn("other", "Its value", "", "number", 1),
            TableColumn("ratio", "Ratio", "", "number", 0.0001),
        ],
        pd.DataFrame(rows, columns=["what", "value", "against", "other", "ratio"]),
        notes=[
            *notes,
            "An area that lies within another of the batch (a London borough, a district) is counted once.",
        ],
        source=benchmark.source if benchmark else "",
    )


def failures_table(failed: Sequence[tuple[str, str, str]]) -> PublishedTable:
    """The areas without results, with the reason: (code, name, reason)."""
    return publish_table(
        "not_assessed",
        "Areas that could not be assessed",
        [TableColumn("area_name", "Area"), TableColumn("area_code", "Code"), TableColumn("reason", "Reason")],
        pd.DataFrame(failed, columns=["area_code", "area_name", "reason"]),
    )


def sentences(frame: pd.DataFrame, *, failed: int) -> list[str]:
    """What the summary says above its table, from the numbers the table prints."""
    known = frame[
        frame["prevalence_last_year"].map(lambda cell: isinstance(cell, float) and not np.isnan(cell))
    ]
    said = [
        f"{len(known)} areas were assessed"
        + (
            f"; {failed} could not be, and are listed below: nothing is put in their place."
            if failed
            else "."
        )
    ]
    if len(known) > 1:
        low, high = known["prevalence_last_year"].min(), known["prevalence_last_year"].max()
        width = (known["prevalence_last_year_high"] - known["prevalence_last_year_low"]).median() * 100
        said.append(
            f"The estimated share of people who experienced domestic abuse in the last year runs from {low:.1%} to "
            f"{high:.1%} between areas. A single area's own range is typically {width:.1f} percentage points wide, "
            "so most differences between areas are smaller than what is not known about each."
        )
    return said


def _ratio(value: float, other: float) -> float:
    return float(value / other) if other else float("nan")

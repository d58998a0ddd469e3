"""The catalogue of measures: stable ids, what a reader calls them, unit, meaning and denominator.

They stand in ``data/measures/results.csv``; those of tiers and of their lists are made from ``tiers.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from needs_assessment.catalogue.register import read_measures
from needs_assessment.catalogue.tiers import ANSWERS, HOUSEHOLDS, PEOPLE, TIERS, list_tiers, tiers_in
from needs_assessment.resources import data_dir

# stands in the register for each answer to how many places are needed
ANSWER = "<answer>"
# the measure of the register after which those of the cascade come
TIERS_FOLLOW = "children_high_risk"


class ResultMeasure(NamedTuple):
    """One measure: its stable id, what a reader calls it, unit, meaning and denominator."""

    id: str
    title: str
    unit: str
    meaning: str
    denominator: str


def _tier_measures(unit: str) -> list[ResultMeasure]:
    """Need, met and unmet need of every tier that counts in this unit."""
    return [
        ResultMeasure(f"{part}_{tier}", title, unit, meaning, "")
        for tier in tiers_in(unit)
        for part, (title, meaning) in TIERS[tier].parts.items()
    ]


def _list_measures() -> list[ResultMeasure]:
    """People on the matched lists of a tier, and everyone by their overlap."""
    return [
        measure
        for tier, lists in list_tiers().items()
        for measure in (
            ResultMeasure(
                f"on_matched_lists_{tier}",
                f"People on the matched lists: {lists.about}",
                PEOPLE,
                "different people on at least one of the lists that were matched; breakdown list: on each of them",
                "",
            ),
            ResultMeasure(
                f"hidden_population_{tier}",
                f"People by the overlap of lists, known or not: {lists.about}",
                PEOPLE,
                "everyone of whom the matched lists hold a part, on a list or on none, by capture-recapture: an estimate "
                "that owes nothing to the survey; breakdown models: least and greatest of the models that fit",
                "",
            ),
        )
    ]


def read_results(path: Path) -> dict[str, ResultMeasure]:
    """The register, with a row that names an answer once for each answer, and the tiers in their place."""
    measures: list[ResultMeasure] = []
    for row in read_measures(path, ("measure", "name", "unit", "meaning", "denominator"), {}):
        cells = list(row.values())
        if ANSWER not in row["measure"]:
            measures.append(ResultMeasure(*cells))
        else:
            for answer, of in ANSWERS.items():
                of_answer = [
                    cells[0].replace(ANSWER, answer),
                    *(cell.replace(ANSWER, of.words) for cell in cells[1:]),
                ]
                measures.append(ResultMeasure(*of_answer))
        if row["measure"] == TIERS_FOLLOW:
            measures += [*_tier_measures(PEOPLE), *_list_measures(), *_tier_measures(HOUSEHOLDS)]
    return {measure.id: measure for measure in measures}


RESULT_MEASURES = read_results(data_dir() / "measures" / "results.csv")

"""The catalogue of measures: stable ids, what a reader calls them, unit, meaning and denominator."""

from __future__ import annotations

from typing import NamedTuple


class Measure(NamedTuple):
    """One measure: its stable id, what a reader calls it, unit, meaning and denominator."""

    id: str
    title: str
    unit: str
    meaning: str
    denominator: str


def _catalogue(*measures: Measure) -> dict[str, Measure]:
    return {measure.id: measure for measure in measures}


MEASURES = _catalogue(
    Measure("residents", "Residents", "people", "usual residents of all ages", ""),
    Measure(
        "residents_16_and_over",
        "Residents aged 16 and over",
        "people",
        "usual residents aged 16 and over",
        "",
    ),
    Measure(
        "victims_last_year",
        "Victims in the last year",
        "people",
        "people who experienced domestic abuse in the last year",
        "",
    ),
    Measure(
        "prevalence_last_year",
        "Prevalence in the last year",
        "proportion",
        "victims in the last year as a proportion of residents of the same ages and sex",
        "residents of the same ages and sex",
    ),
    Measure(
        "victims_since_16",
        "Victims since age 16",
        "people",
        "people who have experienced domestic abuse at any time since age 16",
        "",
    ),
    Measure(
        "children_affected",
        "Children affected",
        "children",
        "children under 18 who see, hear or experience the effects of domestic abuse in a year",
        "",
    ),
    Measure(
        "high_risk_cases",
        "High-risk cases expected",
        "cases a year",
        "cases a year expected at a multi-agency risk assessment conference (MARAC)",
        "women aged 16 and over",
    ),
    Measure(
        "need_safe_accommodation",
        "Need for safe accommodation",
        "households a year",
        "households supported, or that could not be supported, in safe accommodation in a year",
        "",
    ),
    Measure(
        "met_safe_accommodation",
        "Met need for safe accommodation",
        "households a year",
        "households supported in safe accommodation in a year",
        "",
    ),
    Measure(
        "unmet_safe_accommodation",
        "Unmet need for safe accommodation",
        "households a year",
        "need less met need; negative values are shown, never cut",
        "",
    ),
    Measure(
        "places_required_standard",
        "Family places required by the standard",
        "family places",
        "one family place for every 10,000 residents, rounded up to a whole place",
        "residents of all ages",
    ),
    Measure(
        "places_available",
        "Family places available",
        "family places",
        "family places of safe accommodation in the whole area, from a local return only",
        "",
    ),
    Measure(
        "gap_standard",
        "Gap against the standard",
        "family places",
        "places required by the standard less places available",
        "",
    ),
    Measure(
        "places_if_national_average",
        "Places if supply were the national average",
        "family places",
        "refuge spaces in England per resident times residents: modelled, not a supply figure",
        "residents of all ages",
    ),
    Measure(
        "gap_if_national_average_standard",
        "Gap if supply were the national average",
        "family places",
        "places required by the standard less the places of the national average: modelled",
        "",
    ),
)

"""The catalogue of measures: stable ids, what a reader calls them, unit, meaning and denominator."""

from __future__ import annotations

from typing import NamedTuple

from needs_assessment.catalogue.tiers import ANSWERS, HOUSEHOLDS, PEOPLE, TIERS, list_tiers, tiers_in


class ResultMeasure(NamedTuple):
    """One measure: its stable id, what a reader calls it, unit, meaning and denominator."""

    id: str
    title: str
    unit: str
    meaning: str
    denominator: str


def _catalogue(*measures: ResultMeasure) -> dict[str, ResultMeasure]:
    return {measure.id: measure for measure in measures}


def _for_each_answer(name: str, title: str, unit: str, meaning: str) -> list[ResultMeasure]:
    """One measure for each of the four answers to how many places are needed."""
    return [
        ResultMeasure(name.format(answer), title.format(of.words), unit, meaning.format(of.words), "")
        for answer, of in ANSWERS.items()
    ]


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


RESULT_MEASURES = _catalogue(
    ResultMeasure("residents", "Residents", "people", "usual residents of all ages", ""),
    ResultMeasure(
        "residents_16_and_over",
        "Residents aged 16 and over",
        "people",
        "usual residents aged 16 and over",
        "",
    ),
    ResultMeasure(
        "households",
        "Households",
        "households",
        "households with at least one usual resident, by the Census",
        "",
    ),
    ResultMeasure(
        "victims_last_year",
        "Victims in the last year",
        "people",
        "people who experienced domestic abuse in the last year",
        "",
    ),
    ResultMeasure(
        "prevalence_last_year",
        "Prevalence in the last year",
        "proportion",
        "victims in the last year as a proportion of residents of the same ages and sex",
        "residents of the same ages and sex",
    ),
    ResultMeasure(
        "probability_highest_fifth",
        "Probability of being in the highest fifth",
        "proportion",
        "probability that the ward's prevalence is among the highest fifth of the area's wards",
        "",
    ),
    ResultMeasure(
        "victims_since_16",
        "Victims since age 16",
        "people",
        "people who have experienced domestic abuse at any time since age 16",
        "",
    ),
    ResultMeasure(
        "children_affected",
        "Children affected",
        "children",
        "children under 18 who see, hear or experience the effects of domestic abuse in a year",
        "",
    ),
    ResultMeasure(
        "high_risk_cases",
        "High-risk cases expected",
        "cases a year",
        "cases a year expected at a multi-agency risk assessment conference (MARAC)",
        "women aged 16 and over",
    ),
    ResultMeasure(
        "repeat_high_risk_cases",
        "Repeat high-risk cases expected",
        "cases a year",
        "high-risk cases of a year that are about someone who had an earlier case: cases, not people",
        "high-risk cases",
    ),
    ResultMeasure(
        "high_risk_people",
        "People at high risk, at least",
        "people",
        "high-risk cases of a year less the repeats: the fewest different people they can be about",
        "high-risk cases",
    ),
    ResultMeasure(
        "children_high_risk",
        "Children in high-risk cases",
        "children",
        "children in the households of a year's high-risk cases, a child counted once for each case",
        "high-risk cases",
    ),
    *_tier_measures(PEOPLE),
    *_list_measures(),
    *_tier_measures(HOUSEHOLDS),
    *(
        ResultMeasure(
            f"{kind}_fte_{part}", title.format(posts), "full-time equivalents", meaning.format(posts), ""
        )
        for kind, posts in (("idva", "IDVA posts"), ("marac_admin", "MARAC administration posts"))
        for part, title, meaning in (
            (
                "needed",
                "{} needed",
                "full-time {} needed for the cases a year at the recommended volume for each",
            ),
            ("in_post", "{} there are", "full-time {} in post, from a local return only"),
            (
                "gap",
                "{} short",
                "full-time {} needed less those in post; negative values are shown, never cut",
            ),
        )
    ),
    ResultMeasure(
        "places_available",
        "Family places available",
        "family places",
        "family places of safe accommodation in the whole area, from a local return only",
        "",
    ),
    ResultMeasure(
        "places_if_national_average",
        "Places if supply were the national average",
        "family places",
        "refuge spaces in England per resident times residents: modelled, not a supply figure",
        "residents of all ages",
    ),
    *_for_each_answer(
        "places_required_{}", "Family places required: {}", "family places", "family places that {} asks for"
    ),
    *_for_each_answer(
        "gap_{}",
        "Gap: {}",
        "family places",
        "places required by {} less places available; wards: the area's gap shared by modelled victims",
    ),
    *_for_each_answer(
        "gap_if_national_average_{}",
        "Gap if supply were the national average: {}",
        "family places",
        "places required by {} less the places of the national average: modelled",
    ),
    *_for_each_answer(
        "probability_of_gap_{}",
        "Probability of a gap: {}",
        "proportion",
        "share of draws in which {} asks for more places than are available",
    ),
    ResultMeasure(
        "turned_away_share",
        "Share turned away",
        "proportion",
        "share of households seeking a refuge place that find every place taken, with the places there are",
        "households seeking a refuge place",
    ),
    ResultMeasure(
        "households_seeking_refuge",
        "Households seeking a refuge place",
        "households a year",
        "households that a refuge accepted or declined for lack of capacity, each counted once",
        "",
    ),
    ResultMeasure(
        "cost_of_gap",
        "Cost of closing the gap, a year",
        "GBP a year",
        "places short times the council's own revenue unit cost",
        "",
    ),
    ResultMeasure(
        "cost_of_gap_capital",
        "Cost of closing the gap, once",
        "GBP",
        "places short times the council's own capital unit cost",
        "",
    ),
    ResultMeasure(
        "cost_to_society",
        "Economic and social cost",
        "GBP a year",
        "national cost for each victim times victims, in one price year",
        "",
    ),
)

"""The catalogue of measures: stable ids, what a reader calls them, unit, meaning and denominator."""

from __future__ import annotations

from typing import NamedTuple

from needs_assessment.catalogue.measure_families import ANSWERS, LIST_MEASURES


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
        ResultMeasure(name.format(answer), title.format(words), unit, meaning.format(words), "")
        for answer, words in ANSWERS.items()
    ]


_CUT = "negative values are shown, never cut"
# the cascade: title and meaning of need, met and unmet need of each tier
_TIERS = {
    "told_anyone": (
        ("Victims who should be able to tell someone", "every victim in the last year"),
        (
            "Victims who told anyone",
            "victims in the last year who told anyone at all, family and friends included",
        ),
        ("Victims who told no one", f"victims less those who told anyone; {_CUT}"),
    ),
    "told_police": (
        (
            "Victims who may need the police",
            "every victim in the last year; not every victim wants the police",
        ),
        (
            "Victims known to the police",
            "victims who told the police, or different people in a return of the police",
        ),
        (
            "Victims not known to the police",
            f"victims less those the police know: who they do not see; {_CUT}",
        ),
    ),
    "community_support": (
        (
            "Need for support in the community",
            "victims who need specialist support there, at every level of risk",
        ),
        (
            "People supported in the community",
            "different people supported in a year, from a local return only",
        ),
        ("Unmet need for support in the community", f"need less met need; {_CUT}"),
    ),
    "idva": (
        (
            "People at high risk who need an IDVA",
            "expected high-risk cases less repeats: the fewest different people",
        ),
        (
            "People supported by IDVAs",
            "different people supported in a year, from a local return only; no referrals",
        ),
        ("Unmet need for an IDVA", f"need less met need; {_CUT}"),
    ),
    "move_on": (
        (
            "Households at the point of moving on",
            "households whose support ends in a year, and those ready to leave",
        ),
        (
            "Households that moved to a settled home",
            "households that did in a year, from a local return only",
        ),
        (
            "Households that did not move to a settled home",
            f"need less met need, whatever the outcome; {_CUT}",
        ),
    ),
}


def _tier_measures(*tiers: str) -> list[ResultMeasure]:
    return [
        ResultMeasure(
            f"{part}_{tier}", title, "households a year" if tier == "move_on" else "people", meaning, ""
        )
        for tier in tiers
        for part, (title, meaning) in zip(("need", "met", "unmet"), _TIERS[tier], strict=True)
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
    *_tier_measures("told_anyone", "told_police", "community_support", "idva"),
    *(ResultMeasure(*row) for row in LIST_MEASURES),
    ResultMeasure(
        "need_safe_accommodation",
        "Need for safe accommodation",
        "households a year",
        "households supported, or that could not be supported, in safe accommodation in a year",
        "",
    ),
    ResultMeasure(
        "met_safe_accommodation",
        "Met need for safe accommodation",
        "households a year",
        "households supported in safe accommodation in a year",
        "",
    ),
    ResultMeasure(
        "unmet_safe_accommodation",
        "Unmet need for safe accommodation",
        "households a year",
        "need less met need; negative values are shown, never cut",
        "",
    ),
    *_tier_measures("move_on"),
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

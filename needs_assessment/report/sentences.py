"""The sentences of a run: made from released results, so that no number is said that the tables do not hold."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from needs_assessment.catalogue.tiers import ANSWERS, STANDARD
from needs_assessment.disclosure.gate import SafeResults
from needs_assessment.disclosure.published_table import SUPPRESSED, format_number
from needs_assessment.registers.registers import in_words
from needs_assessment.report.tables.evidence import judge_checklist, say_themes, summary
from needs_assessment.report.tables.matched_lists import lists_warnings, say_lists
from needs_assessment.report.tables.people import Context
from needs_assessment.report.wording import (
    NOT_PUBLISHED,
    about,
    capital,
    estimate,
    exact,
    percent_estimate,
    unknown,
)
from needs_assessment.results import RESULT_MEASURES

if TYPE_CHECKING:
    from needs_assessment.assessment import Assessment
    from needs_assessment.inputs.load import Inputs


def make_statements(
    safe: SafeResults, context: Context, coarse: float, *, wards: int, ages: str
) -> dict[str, tuple[str, ...]]:
    """Sentences by subject. coarse: the rounding of numbers of people in words (registered); ages: of the rates, in words."""
    return {
        "victims": tuple(_victims(safe, context.area, coarse, ages)),
        "children": (
            f"{capital(estimate(safe.row('children_affected'), coarse, 'children'))} are affected in a year.",
        ),
        "high_risk": (
            f"{capital(estimate(safe.row('high_risk_cases'), coarse, 'high-risk cases'))} are to be expected in a year.",
        ),
        "wards": (
            f"The estimates cover {wards} wards. They follow how many people live in a ward, their ages and their sex; "
            "what else makes a ward differ is not known, and the wide ranges say so.",
        ),
        "need": tuple(_need(safe, coarse)),
        "places": tuple(_places(safe, context.area)),
        "cost": (_cost(safe),),
        "lists": tuple(say_lists(safe, coarse)),
    }


def say_evidence(inputs: Inputs, safe: SafeResults) -> dict[str, tuple[str, ...]]:
    """Sentences about the evidence in words and the statutory checklist."""
    return {
        "evidence": tuple(say_themes(inputs.evidence)),
        "checklist": (summary(judge_checklist(inputs, safe)),),
    }


def _victims(safe: SafeResults, area: str, coarse: float, ages: str) -> list[str]:
    victims, rate = safe.row("victims_last_year"), safe.row("prevalence_last_year")
    sentences = [
        f"{capital(estimate(victims, coarse, 'people'))} in {area} experienced domestic abuse in the last year: "
        f"{percent_estimate(rate)} of {ages}."
    ]
    if safe.has("victims_last_year", breakdown="sex", category="F"):
        women, men = (
            estimate(safe.row("victims_last_year", breakdown="sex", category=sex), coarse, words)
            for sex, words in (("F", "women"), ("M", "men"))
        )
        sentences.append(f"Of these, {women} and {men}.")
    since = safe.row("victims_since_16")
    if not unknown(since):
        sentences.append(
            f"{capital(estimate(since, coarse, 'people'))} have experienced it at some time since age 16."
        )
    return sentences


def _need(safe: SafeResults, coarse: float) -> list[str]:
    need, met, unmet = (safe.row(f"{tier}_safe_accommodation") for tier in ("need", "met", "unmet"))
    sentences = [f"{capital(estimate(need, coarse, 'households'))} need safe accommodation in a year."]
    sentences.append(f"{capital(estimate(met, coarse, 'households'))} are supported in it.")
    if unmet["value"] != SUPPRESSED and unmet["value"] < 0:
        sentences.append(
            f"Unmet need comes out negative ({exact(round(unmet['value']))}): met need is above need, and the figures "
            "disagree."
        )
    else:
        sentences.append(f"{capital(estimate(unmet, coarse, 'households'))} cannot be.")
        whole, *parts = (_said(row, coarse) for row in (need, met, unmet))
        if abs(whole - sum(parts)) > 0.05:  # NaN, where one is not said, is not above it
            sentences.append("Each is rounded on its own.")
    return sentences


def _said(row: pd.Series, coarse: float) -> float:
    """The number as ``estimate`` says it; NaN where it says none."""
    if row["value"] == SUPPRESSED or unknown(row):
        return math.nan
    text = exact(row["value"]) if row["basis"] == "observed" else about(row["value"], coarse)
    return float(text.replace(",", ""))


def _places(safe: SafeResults, area: str) -> list[str]:
    required, available = safe.row("places_required_standard"), safe.row("places_available")
    others = [
        (of.said, safe.row(f"places_required_{name}")) for name, of in ANSWERS.items() if name != STANDARD
    ]
    sentences = [
        f"The Council of Europe standard, one family place for every 10,000 residents, asks for "
        f"{exact(required['value'])} family places in {area}."
    ]
    if not any(row["value"] == SUPPRESSED or unknown(row) for _, row in others):
        (said, first), *middle, (last_said, last) = [(said, exact(row["value"])) for said, row in others]
        between = "".join(f"{words} {number}, " for words, number in middle)
        sentences.append(
            f"{capital(said)} gives {first}, {between}and {last_said} {last}: the spread is the message."
        )
    if unknown(available):
        sentences.append(
            "How many places there are is not known: no local return of supply was given, so the gap cannot be stated."
        )
    else:
        gap = safe.row("gap_standard")["value"]
        against = f"{exact(gap)} short of the standard" if gap > 0 else "which meets the standard"
        if gap < 0:
            against = f"{exact(-gap)} above the standard"
        verb = "is" if available["value"] == 1 else "are"
        sentences.append(f"{exact(available['value'])} {verb} available, {against} ({available['note']}).")
    average, difference = (
        safe.row("places_if_national_average"),
        safe.row("gap_if_national_average_standard")["value"],
    )
    sentences.append(
        f"Modelled, not counted: if supply here were the national average, there would be {exact(average['value'])} "
        f"places, {exact(abs(difference))} {'fewer' if difference >= 0 else 'more'} than the standard asks for."
    )
    return sentences


def _cost(safe: SafeResults) -> str:
    """What closing the gap to the standard would cost in a year, from the council's own unit cost."""
    cost = safe.row("cost_of_gap")
    if cost["value"] == SUPPRESSED:
        return f"What closing the gap would cost is {NOT_PUBLISHED}."
    if unknown(cost):
        return "What closing the gap would cost is not known: it takes local supply and local costs."
    if cost["value"] <= 0:
        return "There is no gap to the standard, so closing it costs nothing."
    return (
        f"Closing the gap to the standard would cost about £{format_number(cost['value'], 1000.0)} a year, at the "
        "council's own unit cost (revenue; buildings are not in it)."
    )


def told_above_need(assessment: Assessment, safe: SafeResults) -> list[str]:
    """Tiers of which it may be said that met need is above need: of a suppressed count that would tell how large it is."""
    return [tier for tier in assessment.tiers_above_need if safe.row(f"met_{tier}")["value"] != SUPPRESSED]


def warnings_of(assessment: Assessment, safe: SafeResults) -> list[str]:
    inputs = assessment.inputs
    found = [check.name + ": " + check.detail for check in assessment.checks if not check.passed]
    found += inputs.population.doubts
    for figure in inputs.stale_figures():
        found.append(f"{figure.measure.replace('_', ' ')}: {figure.describe()}")
    below = [
        tier
        for tier in assessment.reconciliations
        if isinstance(value := safe.row(f"unmet_{tier}")["value"], float) and value < 0
    ]
    for tier in below:
        words = tier.replace("_", " ")
        found.append(f"Unmet need is negative ({words}): met need is above need, and the figures disagree.")
    for tier in told_above_need(assessment, safe):
        words = tier.replace("_", " ")
        met, need = (RESULT_MEASURES[f"{part}_{tier}"].title for part in ("met", "need"))
        found.append(
            f"Met need is above need by more than the interval ({words}): the local return ({met}) and the modelled need "
            f"({need}) cannot both describe this area. Find out why before this paper is used."
        )
    found += lists_warnings(inputs.overlaps, safe)
    used = {name for cell in safe.frame["assumption_ids"] for name in cell.split()}
    for item in inputs.registers.set_by_the_run():
        idle = "" if item.id in used else " No figure of this run rests on it."
        chosen = f"{item.label}: {in_words(item.value, item.unit)}"
        found.append(f"Scenario choice, not a registered figure: {chosen}. {item.reason}{idle}")
    if inputs.area.note:
        found.append(inputs.area.note)
    return found

"""Repeat cases, people and children behind high-risk cases, and victims below high risk."""

from __future__ import annotations

from dataclasses import replace

from needs_assessment.estimate.breakdowns import unique_people
from needs_assessment.results import Provenance
from needs_assessment.steps.area_tree import Labels, add_group_estimate, add_spread
from needs_assessment.steps.carried_ratios import carried_provenance
from needs_assessment.steps.context import EFFECT_IDS, Run
from needs_assessment.steps.prevalence import Victims

RATIOS = {"recommended": "marac_cases_recommended", "observed_national": "marac_cases_observed"}
REPEAT, CHILDREN_PER_CASE = "marac_repeat", "marac_children_per_case"


def add_risk_tiers(run: Run, victims: Victims) -> None:
    """Repeat cases, people and children behind high-risk cases, and victims below high risk.

    Cases become people explicitly: cases less repeats are the fewest different people, one a case the most. No published
    figure divides the other victims into medium and standard risk, so they stay one row.
    """
    women = run.women
    repeat = run.figure(REPEAT) / 100
    conversions = {
        "repeat_high_risk_cases": (repeat, REPEAT, "cases × the share that are repeats"),
        "high_risk_people": (
            float(unique_people(1.0, repeat)),
            REPEAT,
            "cases less repeats: the fewest different people; the most is one person a case",
        ),
        "children_high_risk": (
            run.figure(CHILDREN_PER_CASE),
            CHILDREN_PER_CASE,
            "cases × children for each case; a child of a repeat case is counted each time",
        ),
    }
    for measure, (factor, figure_id, words) in conversions.items():
        for category, ratio in RATIOS.items():
            each = run.figure(ratio) / 10_000 * factor
            value, spread = women.central * each, women.spread.times(each)
            provenance = Provenance(
                "modelled",
                words,
                (*run.sources(ratio, figure_id), *run.inputs.population.source_ids),
                (ratio, figure_id, *EFFECT_IDS),
                f"{run.inputs.registers.assumption(ratio).label}; {words}; the share is the UK's and has no interval",
            )
            headline = (("all", "all"),) if category == "recommended" else ()
            for breakdown, label in (*headline, ("ratio", category)):
                labels = Labels(measure, provenance, breakdown=breakdown, category=label)
                add_spread(run.builder, run.tree, labels, value, spread)
    _add_tiers(run, victims, run.figure(RATIOS["recommended"]) / 10_000 * (1 - repeat))


def _add_tiers(run: Run, victims: Victims, each: float) -> None:
    high, high_drawn = run.women.central * each, run.women.spread.times(each).drawn
    rest = victims.central - high
    rest_drawn = [
        all_of_them - part for all_of_them, part in zip(victims.shared.spread.drawn, high_drawn, strict=True)
    ]
    words = "high: people behind MARAC cases (cases less repeats); the rest: every other victim"
    provenance = carried_provenance(
        run,
        "high risk from MARAC cases",
        run.sources(RATIOS["recommended"], REPEAT),
        (RATIOS["recommended"], REPEAT),
        f"{words}, whether medium or standard risk, or high risk and not known to a MARAC: no published figure divides them",
    )
    if rest.sum() < 0:
        provenance = replace(
            provenance, note=f"NEGATIVE: more high-risk people than victims; {provenance.note}"
        )
    for category, value, drawn in (("high", high, high_drawn), ("medium_or_standard", rest, rest_drawn)):
        labels = Labels("victims_last_year", provenance, breakdown="risk_tier", category=category)
        add_group_estimate(
            run.builder,
            run.tree,
            run.model,
            labels,
            [group.total(value) for group in run.tree.groups],
            drawn,
            None,
        )

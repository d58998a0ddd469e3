"""People behind the headline: residents, children affected, high-risk cases, and victims below high risk."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from needs_assessment.estimate.breakdowns import unique_people
from needs_assessment.estimate.cascade import affected_by_age, rate_from_national_count
from needs_assessment.inputs.load import SEXES
from needs_assessment.results import Provenance
from needs_assessment.steps.area_tree import ENGLAND, Labels, add_counts, add_group_estimate, add_spread
from needs_assessment.steps.carried_ratios import carried_provenance
from needs_assessment.steps.context import EFFECT_IDS, Run
from needs_assessment.steps.prevalence import Victims


def add_population(run: Run) -> None:
    """Residents of all ages, and aged 16 and over by sex."""
    inputs = run.inputs
    provenance = Provenance("observed", "population estimate as published", inputs.population.source_ids)
    england = Provenance(
        "observed", "population estimate as published", run.sources("england_residents_2020"), note="mid-2020"
    )
    adults = {sex: inputs.persons.adults[sex].sum(axis=1) for sex in SEXES}
    add_counts(run.builder, run.tree, "residents", inputs.persons.residents, provenance=provenance)
    run.builder.add("residents", [ENGLAND], inputs.england.residents, provenance=england)
    for category, count in (("all", adults["F"] + adults["M"]), *adults.items()):
        labels = {"breakdown": "all" if category == "all" else "sex", "category": category}
        add_counts(run.builder, run.tree, "residents_16_and_over", count, provenance=provenance, **labels)
        whole = sum(inputs.england.adults[sex].sum() for sex in (SEXES if category == "all" else (category,)))
        run.builder.add("residents_16_and_over", [ENGLAND], whole, provenance=england, **labels)


CHILD_ROUTE = "route"
RECENT = "foundations_2023"


def add_children(run: Run) -> None:
    """Children affected by two published routes; the more recent one, on today's definition, is the headline."""
    inputs, model = run.inputs, run.model
    children = inputs.persons.children
    england = float(inputs.england.children.sum())
    count, share = run.figure("children_affected"), "england_share_of_england_and_wales"
    rate = float(rate_from_national_count(count, run.figure(share), england))
    rate_draws = rate_from_national_count(count, run.drawn(share), england)
    ids = ("children_affected", share, "children_age_limit")
    recent = Provenance(
        "modelled",
        "national count per child",
        (*run.sources(*ids, "england_residents_2020"), *inputs.population.source_ids),
        (*ids, *EFFECT_IDS),
        "children aged 0 to 17; a national minimum ('at least') shared by England's children at mid-2020",
    )
    ages = ("nspcc_under11_year", "nspcc_11_17_year")
    shares = np.array([run.figure(name) / 100 for name in ages])
    survey = Provenance(
        "modelled",
        "survey rate by age",
        (*run.sources(*ages), *inputs.population.source_ids),
        (*ages, *EFFECT_IDS),
        "children aged 0 to 17; violence between adults at home, survey of 2009",
    )
    total = children.sum(axis=1)
    by_age = affected_by_age(children, shares)
    routes = (
        (RECENT, total * rate, np.multiply.outer(total, rate_draws), recent),
        ("nspcc_2011", by_age, np.broadcast_to(by_age[:, None], (len(by_age), run.draws.count)), survey),
    )
    for route, value, plain, provenance in routes:
        shared = run.shared(model.tilted(value), plain * model.tilt(plain))
        # the headline stands first and again among its routes, so that the two can be read side by side
        for breakdown, category in ((("all", "all"),) if route == RECENT else ()) + ((CHILD_ROUTE, route),):
            labels = Labels("children_affected", provenance, breakdown=breakdown, category=category)
            add_spread(run.builder, run.tree, labels, shared.central, shared.spread)


def add_high_risk(run: Run) -> None:
    """High-risk cases expected in a year: the recommended ratio is the headline, the observed national one beside."""
    inputs, women = run.inputs, run.women
    for category, name in (
        ("recommended", "marac_cases_recommended"),
        ("observed_national", "marac_cases_observed"),
    ):
        ratio = run.figure(name) / 10_000
        value, spread = women.central * ratio, women.spread.times(ratio)
        provenance = Provenance(
            "modelled",
            "cases per 10,000 women aged 16 and over",
            (*run.sources(name), *inputs.population.source_ids),
            (name, *EFFECT_IDS),
            inputs.registers.assumption(name).label,
        )
        headline = (("all", "all"),) if category == "recommended" else ()
        for breakdown, label in (*headline, ("ratio", category)):
            labels = Labels("high_risk_cases", provenance, breakdown=breakdown, category=label)
            add_spread(run.builder, run.tree, labels, value, spread)


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
            builder=run.builder,
            tree=run.tree,
            model=run.model,
            labels=labels,
            central=[group.total(value) for group in run.tree.groups],
            drawn=drawn,
            people=None,
        )

"""Children affected, by two published routes."""

from __future__ import annotations

import numpy as np

from needs_assessment.estimate.children import affected_by_age, rate_from_national_count
from needs_assessment.results import Provenance
from needs_assessment.steps.area_tree import Labels, add_spread
from needs_assessment.steps.context import EFFECT_IDS, Run

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

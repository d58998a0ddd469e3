"""High-risk cases expected at a multi-agency risk assessment conference."""

from __future__ import annotations

import numpy as np

from needs_assessment.areas import Labels, add_estimate
from needs_assessment.results import Provenance
from needs_assessment.steps.context import EFFECT_IDS, Run


def add_high_risk(run: Run) -> None:
    """High-risk cases expected in a year: the recommended ratio is the headline, the observed national one beside."""
    inputs, model = run.inputs, run.model
    women = inputs.persons.adults["F"].sum(axis=1)
    for category, name in (
        ("recommended", "marac_cases_recommended"),
        ("observed_national", "marac_cases_observed"),
    ):
        value = women * run.figure(name) / 10_000
        weights = np.broadcast_to(value[:, None], (len(value), run.draws.count))
        weights = weights * model.tilt(weights)
        drawn = model.spread_over_wards(model.authority_effect * model.sum_members(weights), weights)
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
            add_estimate(run.builder, run.tree, model, labels, model.tilted(value), drawn)

"""High-risk cases expected at a multi-agency risk assessment conference."""

from __future__ import annotations

from needs_assessment.results import Provenance
from needs_assessment.steps.area_tree import Labels, add_spread
from needs_assessment.steps.context import EFFECT_IDS, Run


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

"""Victims by type of abuse: shares of an older edition carried over; types overlap and are never added."""

from __future__ import annotations

import numpy as np

from needs_assessment.estimate.breakdowns import RateUsed, move_share
from needs_assessment.inputs.load import SEXES
from needs_assessment.inputs.rates.rates import BANDS, LAST_YEAR
from needs_assessment.steps.area_tree import Labels, add_group_estimate
from needs_assessment.steps.carried_ratios import (
    BASES,
    RATIO_SD,
    TYPES,
    TYPES_EDITION,
    carried_provenance,
    carried_spread,
    find_rate,
)
from needs_assessment.steps.context import Run
from needs_assessment.steps.prevalence import Victims


def add_types_of_abuse(run: Run, victims: Victims) -> tuple[RateUsed, ...]:
    """Victims by type of abuse, above the ward: types overlap and are never added together.

    The share of a type is its rate over the rate of all domestic abuse in the same edition; the latter is printed by sex
    only and is joined by England's residents of the same ages.
    """
    edition = TYPES_EDITION
    sexes = [find_rate(run, edition, LAST_YEAR, sex, "all") for sex in SEXES]
    if any(found is None for found in sexes):
        return ()
    bands = [band[1] is not None and band[1] <= edition.age_to for band in BANDS]
    people = np.array([run.inputs.england.adults[sex][0][bands].sum() for sex in SEXES])
    overall = float(
        sum(count * found.rate for count, found in zip(people, sexes, strict=True) if found) / people.sum()
    )
    base = sum(run.drawn(name) for name in BASES["P"]) * overall
    groups = run.tree.groups
    central_totals = [group.total(victims.central) for group in groups]
    drawn_totals = victims.shared.spread.drawn
    used = []
    for category, measure in TYPES.items():
        found = find_rate(run, edition, measure, "P", "all")
        if found is None:
            continue
        share = found.rate / overall
        drawn = run.draws.proportion(f"type share {edition.rate_set} {measure}", share, effective_base=base)
        drawn = move_share(drawn, run.draws.normal(f"carried ratio {measure}") * carried_spread(run))
        note = (
            f"share of all victims in {found.edition} ({found.question_set} questions, {edition.who}): the type's rate over "
            f"{overall:.1%}, the rate of any domestic abuse in that edition; carried over to the level of "
            f"{run.inputs.rates.name}; types overlap and must not be added; the new questions count more kinds of abuse, so "
            "shares of physical kinds may be too high"
        )
        sources = (found.source_id, *run.sources("england_residents_2020"))
        provenance = carried_provenance(
            run, f"share of {edition.rate_set}", sources, (*BASES["P"], RATIO_SD), note
        )
        labels = Labels("victims_last_year", provenance, breakdown="abuse_type", category=category)
        add_group_estimate(
            run.builder,
            run.tree,
            run.model,
            labels,
            [total * share for total in central_totals],
            [total * drawn for total in drawn_totals],
            None,
        )
        used.append(
            RateUsed(
                "abuse_type",
                category,
                (),
                found.rate,
                overall,
                share,
                "all victims",
                found.edition,
                found.question_set,
                f"people aged {edition.age_from} to {edition.age_to}",
                found.source_id,
            )
        )
    return tuple(used)

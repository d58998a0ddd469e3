"""How far the answer depends on the method, and which wards may be among the highest fifth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from needs_assessment.arrays import Array
from needs_assessment.errors import InputError
from needs_assessment.estimate.composition import mean_relative_risk
from needs_assessment.estimate.prevalence import expected, interval
from needs_assessment.estimate.ranking import probability_in_highest_fifth
from needs_assessment.inputs.load import SEXES
from needs_assessment.inputs.rates.rates import LAST_YEAR
from needs_assessment.results import Provenance
from needs_assessment.steps.context import Run, survey_provenance
from needs_assessment.steps.prevalence import draw_victims
from needs_assessment.steps.rates import composition_risk, positions_in_scope, rates_by_band

SIMPLE = ("crude", "sex", "age_sex")
MOVED = "composition_england"


def add_methods(run: Run) -> None:
    """The area's victims by every method that its inputs allow, side by side under the breakdown ``method``."""
    for method in SIMPLE:
        try:
            central, drawn = rates_by_band(run, LAST_YEAR, method)
        except InputError:
            # the rate set prints no rate that this method needs; the method is left out, not guessed
            continue
        adults = run.inputs.persons.adults
        _add(
            run,
            method,
            expected(adults, central),
            expected(adults, drawn),
            survey_provenance(run, LAST_YEAR, method),
        )
    if run.inputs.characteristics.topics and _has_sexes(run):
        _add_composition(run)


def _has_sexes(run: Run) -> bool:
    return all(run.inputs.rates.find(LAST_YEAR, sex) is not None for sex in SEXES)


def _add_composition(run: Run) -> None:
    try:
        risk = composition_risk(run)
    except InputError:
        return
    central, drawn = rates_by_band(run, LAST_YEAR, "age_sex")
    adults = run.inputs.persons.adults
    plain, plain_draws = expected(adults, central), expected(adults, drawn)
    provenance = survey_provenance(run, LAST_YEAR, "composition")
    note = "the area's total moved by who lives there, against England's composition"
    _add(
        run,
        MOVED,
        plain * float(mean_relative_risk(risk.central, plain)),
        plain_draws * mean_relative_risk(np.asarray(risk.drawn, dtype=float), plain_draws),
        replace(provenance, note=note),
    )


def _add(run: Run, category: str, central: Array, drawn: Array, provenance: Provenance) -> None:
    model = run.model
    totals = (model.authority_effect * model.sum_members(drawn)).sum(axis=0)[None, :]
    alone = len(run.tree.members.areas) == 1
    limits = model.scaled_interval(totals) if alone else interval(totals)
    run.builder.add(
        "victims_last_year",
        [run.tree.authority],
        float(central.sum()),
        *limits,
        provenance=provenance,
        breakdown="method",
        category=category,
    )


def add_ranking(run: Run, fixed: Run) -> None:
    """Probability that a ward's rate is among the highest fifth of the area's wards, in place of a league table.

    fixed: the run on its reference draws, from which the probabilities are taken.
    """
    adults = run.inputs.persons.adults
    people = sum(adults[sex][:, positions_in_scope(run)].sum(axis=1) for sex in SEXES)
    survey = survey_provenance(run, LAST_YEAR, run.inputs.scenario.method)
    run.builder.add(
        "probability_highest_fifth",
        run.tree.wards,
        probability_in_highest_fifth(draw_victims(fixed), np.asarray(people)),
        provenance=replace(survey, note="mean over the draws; the same for every ward if nothing were known"),
    )

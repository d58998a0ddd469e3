"""The headline figures of a whole area alone, without its wards: cheap enough to be made again for another scenario,
another year, or another value of one input.

The steps are those of a full assessment. Wards are gathered into the authorities that are members of the area; their
effects and the methods that move need between wards leave an authority's figures as they are, so nothing is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from needs_assessment.catalogue.tiers import ANSWERS, TIERS
from needs_assessment.estimate.answers import load
from needs_assessment.estimate.composition import mean_relative_risk
from needs_assessment.estimate.draws import Draws
from needs_assessment.estimate.prevalence import RelativeRisk, expected
from needs_assessment.estimate.queueing import erlang_b, places_interpolated
from needs_assessment.inputs.load import Inputs, Persons
from needs_assessment.inputs.rates.rates import LAST_YEAR
from needs_assessment.results import Results, ResultsBuilder
from needs_assessment.steps.accommodation import (
    add_safe_accommodation_need,
    add_standard,
    add_supply,
    household_need,
)
from needs_assessment.steps.area_tree import AreaTree, Group, Labels, add_spread, build_tree
from needs_assessment.steps.cascade import add_cascade
from needs_assessment.steps.children import add_children
from needs_assessment.steps.context import Run, build_model, rate_method, survey_provenance
from needs_assessment.steps.gaps import add_costs, add_gaps
from needs_assessment.steps.places import TARGET, Demand, refuge_demand, required_by_answer
from needs_assessment.steps.prevalence import Victims
from needs_assessment.steps.rates import rates_by_band
from needs_assessment.steps.relative_risk import composition_risk, with_relative_risk
from needs_assessment.steps.turned_away import add_turned_away_share

Array = NDArray[np.float64]
VICTIMS, UNMET, QUEUEING, GAP = (
    "victims_last_year",
    "unmet_safe_accommodation",
    "places_required_queueing",
    "gap_queueing",
)
# what a scenario and a year to come are shown by, in the order of the paper
HEADLINES = (
    VICTIMS,
    "children_affected",
    *(f"{part}_{name}" for name, tier in TIERS.items() for part in tier.headlines),
    *(f"places_required_{answer}" for answer in ANSWERS),
    *(f"gap_{answer}" for answer in ANSWERS),
    "turned_away_share",
    "cost_of_gap",
)


@dataclass(frozen=True)
class Headlines:
    """Rows of the whole area, and the draws [draw] of those that are random."""

    results: Results
    draws: dict[str, NDArray[np.float32]]


def area_run(inputs: Inputs, draws: Draws, persons: Persons | None = None) -> Run:
    """A run of the whole area: its members stand in place of wards.

    persons: residents by member, where they are not those of the wards (a year to come); who lives in a ward is then
    as today, so a method that moves an area's total moves it by as much as today.
    """
    tree = build_tree(inputs)
    members = tree.members
    moves_totals = inputs.scenario.method == "composition" and inputs.scenario.benchmark == "england"
    if moves_totals and persons is None:
        # here wards do move the area's figures, so they stay
        run = Run(inputs, draws, tree, build_model(inputs, draws, tree, ward_effects=False), ResultsBuilder())
        run.model = with_relative_risk(run)
        return run
    gathered = AreaTree(
        members.areas,
        (Group(tree.groups[0].areas, np.zeros(len(members.areas), dtype=np.intp)),),
        Group(members.areas, np.arange(len(members.areas))),
    )
    persons = persons or Persons(
        {sex: members.total(by_ward) for sex, by_ward in inputs.persons.adults.items()},
        members.total(inputs.persons.children),
        members.total(inputs.persons.residents),
    )
    run = Run(
        replace(inputs, persons=persons),
        draws,
        gathered,
        build_model(inputs, draws, gathered, ward_effects=False),
        ResultsBuilder(),
    )
    if moves_totals:
        run.model = replace(run.model, relative=_members_risk(run, inputs, tree))
    return run


def _members_risk(run: Run, inputs: Inputs, tree: AreaTree) -> RelativeRisk:
    """The relative risk of each member: the average of its wards' by expected victims."""
    risk = composition_risk(replace(run, inputs=inputs))
    central, drawn = rates_by_band(run, LAST_YEAR, "age_sex")
    plain, plain_draws = (expected(inputs.persons.adults, rates) for rates in (central, drawn))
    held = [tree.members.index == place for place in range(len(tree.members.areas))]
    sampled = np.asarray(risk.drawn, dtype=float)
    return RelativeRisk(
        np.array([float(mean_relative_risk(risk.central[own], plain[own])) for own in held]),
        np.stack([mean_relative_risk(sampled[own], plain_draws[own]) for own in held]),
        keeps_total=False,
        replaces_ward_effect=False,
    )


def headlines(run: Run, fixed: Run) -> Headlines:
    """Every headline figure with its interval, and its draws. fixed: the run on the reference draws."""
    run = replace(run, builder=ResultsBuilder())
    victims = _add_victims(run)
    add_children(run)
    add_safe_accommodation_need(run, victims)
    add_cascade(run, victims)
    demand = refuge_demand(run)
    required = [add_standard(run), *required_by_answer(run, demand, fixed)]
    supply = add_supply(run)
    add_gaps(run, required, supply, victims)
    add_turned_away_share(run, demand, supply.available, fixed)
    add_costs(run, required, supply)
    for answer in required:
        drawn = places_by_queueing(run, demand) if answer.answer == "queueing" else answer.draws
        if drawn is not None:
            run.builder.keep(f"places_required_{answer.answer}", drawn)
            if supply.available is not None:
                run.builder.keep(f"gap_{answer.answer}", drawn - supply.available)
    if supply.available is not None:
        offered = load(demand.drawn, demand.attempts_drawn)
        run.builder.keep("turned_away_share", np.asarray(erlang_b(np.floor(supply.available), offered)))
    return Headlines(run.builder.build(), run.builder.draws)


def core_draws(run: Run, target: Array | None = None) -> dict[str, Array]:
    """Draws [draw] of the figures that sensitivity is told for: victims, unmet need, places by queueing.

    Places are taken between whole ones, so that a small change of an input shows. target: the share turned away that is
    accepted, [draw], where it is not the registered one.
    """
    _, drawn = rates_by_band(run, LAST_YEAR, rate_method(run.inputs.scenario.method))
    plain = expected(run.inputs.persons.adults, drawn)
    victims = run.model.authority_effect * run.model.sum_members(plain * run.model.tilt(plain))
    return {
        VICTIMS: np.asarray(victims.sum(axis=0)),
        UNMET: np.asarray(household_need(run).unmet_draws, dtype=float),
        QUEUEING: places_by_queueing(run, refuge_demand(run), target),
    }


def places_by_queueing(run: Run, demand: Demand, target: Array | None = None) -> Array:
    """Places by queueing in every draw, between whole ones, shape [draw]."""
    offered = load(demand.drawn, demand.attempts_drawn)
    return np.asarray(places_interpolated(offered, run.figure(TARGET) if target is None else target))


def _add_victims(run: Run) -> Victims:
    model = run.model
    central, drawn = rates_by_band(run, LAST_YEAR, rate_method(run.inputs.scenario.method))
    plain, plain_draws = (expected(run.inputs.persons.adults, rates) for rates in (central, drawn))
    base, weights = model.tilted(plain), plain_draws * model.tilt(plain_draws)
    victims = Victims(base, weights, central, run.shared(base, weights))
    labels = Labels(VICTIMS, survey_provenance(run, LAST_YEAR, run.inputs.scenario.method))
    add_spread(run.builder, run.tree, labels, victims.central, victims.shared.spread)
    return victims

"""The headline figures of a whole area alone, without its wards: cheap enough to be made again for another scenario,
another year, or another value of one input.

The steps are those of a full assessment. Wards are gathered into the authorities that are members of the area; their
effects and the methods that move need between wards leave an authority's figures as they are, so nothing is lost.

Other scenarios beside the run: the headline figures of each, and how far they lie from the run's own.

The years of the strategy: the headline figures with the population of each year to come.

Only the population moves. Rates, effects, demand for each resident, stays and supply are held as they are, so the
rows say what more or fewer residents would do and nothing else. Without a projection nothing moves, and there are no rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from needs_assessment.arrays import Array
from needs_assessment.catalogue.tiers import ANSWERS, TIERS
from needs_assessment.estimate.accommodation.answers import load
from needs_assessment.estimate.composition import mean_relative_risk
from needs_assessment.estimate.draws import Draws, paired_difference
from needs_assessment.estimate.prevalence import RelativeRisk, expected
from needs_assessment.estimate.queueing import erlang_b, places_interpolated
from needs_assessment.inputs.alternatives import Alternative
from needs_assessment.inputs.load import Inputs, Persons, load_inputs
from needs_assessment.inputs.population.projection import OWN_FILE
from needs_assessment.inputs.rates.rates import LAST_YEAR
from needs_assessment.inputs.returns.returns import LocalReturns
from needs_assessment.resources import data_dir
from needs_assessment.results import ALL, FigureKey, Provenance, Results, ResultsBuilder, Row
from needs_assessment.steps.accommodation.gaps import add_costs, add_gaps
from needs_assessment.steps.accommodation.need import (
    add_safe_accommodation_need,
    add_standard,
    add_supply,
    household_need,
)
from needs_assessment.steps.accommodation.places import (
    TARGET,
    Demand,
    add_turned_away_share,
    refuge_demand,
    required_by_answer,
)
from needs_assessment.steps.area_tree import AreaTree, Group, Labels, add_spread, build_tree
from needs_assessment.steps.cascade.tiers import add_cascade
from needs_assessment.steps.context import Run, build_model, rate_method, survey_provenance
from needs_assessment.steps.people import add_children
from needs_assessment.steps.prevalence import Victims
from needs_assessment.steps.rates import REFERENCE_SEED, composition_risk, rates_by_band, with_relative_risk

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


SCENARIO, DIFFERENCE = "scenario", "scenario_difference"


def add_scenarios(run: Run) -> tuple[tuple[LocalReturns, Results], ...]:
    """Rows of every other scenario and of its difference; returns the local returns of each with its figures, for the gate."""
    if not run.inputs.alternatives:
        return ()
    base = _headlines(run.inputs)
    returns = []
    for alternative in run.inputs.alternatives:
        inputs = load_inputs(alternative.scenario, data_dir())
        found = _headlines(inputs)
        _add(run, alternative, found, base)
        returns.append((inputs.returns, found.results))
    return tuple(returns)


def _headlines(inputs: Inputs) -> Headlines:
    """Headline figures of the whole area, on the draws of the scenario's own seed."""
    count = inputs.scenario.draws
    return headlines(
        area_run(inputs, Draws(count, inputs.scenario.seed)),
        area_run(inputs, Draws(count, REFERENCE_SEED)),
    )


def _add(run: Run, alternative: Alternative, found: Headlines, base: Headlines) -> None:
    area, said = [run.tree.authority], "; ".join(alternative.says) or "as the run itself"
    for measure in HEADLINES:
        row, before = (held.results.row(measure) for held in (found, base))
        figures = _figures_of_either(measure, base, found)
        note = f"scenario: {said}" if row.known else f"scenario: {said}; {row.note}"
        run.builder.add(
            measure,
            area,
            row.value,
            row.low,
            row.high,
            provenance=_provenance(row, row.method, note, figures),
            breakdown=SCENARIO,
            category=alternative.name,
        )
        shift = paired_difference(row.value, before.value, found.draws.get(measure), base.draws.get(measure))
        known = row.known and before.known
        note = f"scenario: {said}" if known else f"not known in both; scenario: {said}"
        run.builder.add(
            measure,
            area,
            *(shift if known else (np.nan, np.nan, np.nan)),
            provenance=_provenance(row, "scenario less this run, draw by draw", note, figures),
            breakdown=DIFFERENCE,
            category=alternative.name,
        )


def _figures_of_either(measure: str, one: Headlines, other: Headlines) -> frozenset[FigureKey] | None:
    """The local figures behind a headline in one run or the other, for a scenario may take a figure that the run leaves.

    None where a step does not say.
    """
    first, second = (held.results.figures.get((measure, ALL, ALL)) for held in (one, other))
    return None if first is None or second is None else first | second


def _provenance(row: Row, method: str, note: str, figures: frozenset[FigureKey] | None) -> Provenance:
    return Provenance(
        row.basis,  # type: ignore[arg-type]
        method,
        tuple(row.source_ids.split()),
        tuple(row.assumption_ids.split()),
        note,
        figures,
    )


YEAR = "year"
HELD = "population as projected; rates, stays and supply held as they are"
# local counts stand for their own period: a year to come has none of its own
OF_RESIDENTS = tuple(name for name in HEADLINES if name not in ("cost_of_gap", "met_told_police"))


def add_horizon(run: Run) -> None:
    """Rows of the headline figures and of residents for each year of the projection, breakdown ``year``."""
    inputs = run.inputs
    if inputs.projection is None:
        return
    projected = replace(inputs, population=replace(inputs.population, source_ids=(OWN_FILE,)))
    count, area = inputs.scenario.draws, [run.tree.authority]
    for year, persons in inputs.persons_to_come.items():
        category = str(year)
        for measure, people in (
            ("residents", persons.residents.sum()),
            ("residents_16_and_over", _adults(persons)),
        ):
            run.builder.add(
                measure,
                area,
                float(people),
                provenance=Provenance("modelled", "projection", (OWN_FILE,), (), "projected, not counted"),
                breakdown=YEAR,
                category=category,
            )
        found = headlines(
            area_run(projected, Draws(count, inputs.scenario.seed), persons),
            area_run(projected, Draws(count, REFERENCE_SEED), persons),
        ).results
        for measure in OF_RESIDENTS:
            row = found.row(measure)
            run.builder.add(
                measure,
                area,
                row.value,
                row.low,
                row.high,
                provenance=Provenance(
                    row.basis,  # type: ignore[arg-type]
                    row.method,
                    tuple(row.source_ids.split()),
                    tuple(row.assumption_ids.split()),
                    HELD if row.known else row.note,
                    found.figures.get((measure, ALL, ALL)),
                ),
                breakdown=YEAR,
                category=category,
            )


def _adults(persons: Persons) -> float:
    return float(sum(by_member.sum() for by_member in persons.adults.values()))

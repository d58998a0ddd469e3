"""One assessment from its scenario: load, estimate, check. Only this module knows the order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from needs_assessment.comparison import change_since_previous
from needs_assessment.errors import ReconciliationError
from needs_assessment.estimate.breakdowns import RateUsed
from needs_assessment.estimate.change import Change
from needs_assessment.estimate.draws import Draws
from needs_assessment.estimate.matched_lists.population import MatchedLists
from needs_assessment.estimate.sensitivity import Sensitivity
from needs_assessment.inputs.load import Inputs, load_inputs
from needs_assessment.inputs.rates.rates import BANDS
from needs_assessment.inputs.returns.returns import LocalReturns
from needs_assessment.progress import report
from needs_assessment.resources import data_dir
from needs_assessment.results import Results, ResultsBuilder
from needs_assessment.scenario import Scenario
from needs_assessment.steps.accommodation.gaps import add_cost_to_society, add_costs, add_gaps
from needs_assessment.steps.accommodation.need import (
    Reconciliation,
    add_safe_accommodation_need,
    add_standard,
    add_supply,
)
from needs_assessment.steps.accommodation.places import (
    add_ledger,
    add_turned_away_share,
    refuge_demand,
    required_by_answer,
)
from needs_assessment.steps.accommodation.types import add_by_type
from needs_assessment.steps.area_tree import build_tree
from needs_assessment.steps.cascade.matched_lists import add_matched_lists, matched_lists
from needs_assessment.steps.cascade.tiers import add_capacity, add_cascade
from needs_assessment.steps.characteristics import add_characteristics, add_types_of_abuse
from needs_assessment.steps.checks import Check, run_checks
from needs_assessment.steps.context import Run, build_model
from needs_assessment.steps.dependence import Dependence, dependence
from needs_assessment.steps.methods import add_methods, add_ranking
from needs_assessment.steps.people import add_children, add_high_risk, add_population, add_risk_tiers
from needs_assessment.steps.prevalence import Victims, add_prevalence, add_since_16
from needs_assessment.steps.rates import reference_run, with_relative_risk
from needs_assessment.steps.sensitivity import measure_sensitivity
from needs_assessment.steps.what_if import add_horizon, add_scenarios


@dataclass(frozen=True, eq=False)
class Assessment:
    """A finished assessment: what went in, what came out, and what was checked.

    ``victims`` keeps the draws by ward, shape [ward, draw], and ``draws`` those of the whole area's figures, [draw], for
    further questions in a notebook; ``matched`` the lists that were matched with each other, by tier, which hold small
    counts and are never published as they are.
    ``scenario_returns`` are the local returns that each other scenario rests on, with its figures.
    """

    scenario: Scenario
    inputs: Inputs
    results: Results
    victims: Victims
    breakdowns: tuple[RateUsed, ...]
    reconciliations: Mapping[str, Reconciliation]
    checks: tuple[Check, ...]
    matched: Mapping[str, MatchedLists] = field(default_factory=dict)
    change: Change | None = None
    draws: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    supply: float | None = None
    scenario_returns: tuple[tuple[LocalReturns, Results], ...] = ()

    @cached_property
    def sensitivity(self) -> Sensitivity | None:
        """What the figures hang on; None where there are too few draws to tell. Worked out when it is asked for."""
        return measure_sensitivity(self.inputs, self.supply)

    @property
    def reconciled(self) -> bool:
        """False when met need is above need by more than the interval."""
        return not self.tiers_above_need

    @property
    def tiers_above_need(self) -> list[str]:
        """Tiers whose met need is above need by more than the interval."""
        return [tier for tier, held in self.reconciliations.items() if held.exceeds]

    @property
    def dependence(self) -> Dependence:
        """The local figures that each result rests on, for the gate."""
        return dependence(self.inputs.returns, self.inputs.overlaps, self.results)

    @property
    def other_returns(self) -> list[tuple[LocalReturns, Dependence]]:
        """The returns of other scenarios that are not the run's own, and what would rest on them."""
        return [
            (returns, dependence(returns, self.inputs.overlaps, results))
            for returns, results in self.scenario_returns
            if not returns.frame.equals(self.inputs.returns.frame)
        ]

    def rates_used(self) -> pd.DataFrame:
        """The central rates applied, by sex and age, as proportions."""
        rates = self.inputs.rates
        rows = [
            (rates.name, rates.edition, rates.question_set, sex, low, high, float(rate))
            for sex, by_band in self.victims.rates.items()
            for (low, high), rate in zip(BANDS, by_band, strict=True)
            if (low, high) in rates.bands
        ]
        columns = ["rate_set", "edition", "question_set", "sex", "age_from", "age_to", "rate"]
        return pd.DataFrame(rows, columns=columns).astype({"age_to": "Int64"})


def assess(scenario: Scenario) -> Assessment:
    """Estimate prevalence, need and the safe-accommodation gap of one area, by ward.

    Raises InputError for an input that cannot be used, and ReconciliationError when the results fail a check that no
    input should be able to fail.
    """
    inputs = load_inputs(scenario, data_dir())
    report("Estimating victims, need and places")
    assessment = estimate(inputs)
    failed = [check for check in assessment.checks if check.stops and not check.passed]
    if failed:
        raise ReconciliationError(
            "The results fail the library's own checks and were not written: "
            + "; ".join(f"{check.name} ({check.detail})" for check in failed),
            action="check the rates and population given; if they are right, report this as a fault",
        )
    if inputs.previous is not None:
        report("Comparing with the previous release")
    return replace(assessment, change=change_since_previous(assessment.inputs, assessment.results, headlines))


def headlines(inputs: Inputs) -> Results:
    """The figures of the whole area alone, by the same steps: what a comparison of two runs evaluates many times."""
    return estimate(inputs, headlines_only=True).results


def estimate(inputs: Inputs, *, headlines_only: bool = False) -> Assessment:
    """Every step from inputs to results, and the checks; with ``headlines_only`` without what only breaks figures down."""
    scenario = inputs.scenario
    draws = Draws(scenario.draws, scenario.seed)
    tree = build_tree(inputs)
    run = Run(inputs, draws, tree, build_model(inputs, draws, tree), ResultsBuilder())

    run.model = with_relative_risk(run)
    fixed = reference_run(run)

    add_population(run)
    victims = add_prevalence(run)
    if not headlines_only:
        add_methods(run)
        add_ranking(run, fixed)
    add_since_16(run)
    add_children(run)
    add_high_risk(run)
    breakdowns: tuple[RateUsed, ...] = ()
    if not headlines_only:
        breakdowns = add_characteristics(run, victims) + add_types_of_abuse(run, victims)
    add_risk_tiers(run, victims)
    matched = matched_lists(run)
    add_matched_lists(run, matched)
    reconciliations = {
        "safe_accommodation": add_safe_accommodation_need(run, victims),
        **add_cascade(run, victims, matched),
    }
    add_capacity(run)
    demand = refuge_demand(run)
    required = [add_standard(run), *required_by_answer(run, demand, fixed)]
    supply = add_supply(run)
    add_gaps(run, required, supply, victims)
    add_turned_away_share(run, demand, supply.available, fixed)
    add_ledger(run, demand)
    if not headlines_only:
        add_by_type(run, demand, fixed, refuge_demand(fixed))
    add_costs(run, required, supply)
    add_cost_to_society(run, victims)
    scenario_returns: tuple[tuple[LocalReturns, Results], ...] = ()
    if not headlines_only:
        add_horizon(run)
        scenario_returns = add_scenarios(run)

    results = run.builder.build()
    checks = () if headlines_only else run_checks(inputs, results, victims.rates)
    return Assessment(
        scenario=scenario,
        inputs=inputs,
        results=results,
        victims=victims,
        breakdowns=breakdowns,
        reconciliations=reconciliations,
        checks=checks,
        matched=matched,
        draws=run.builder.draws,
        supply=supply.available,
        scenario_returns=scenario_returns,
    )

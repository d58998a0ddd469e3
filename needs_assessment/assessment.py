"""One assessment from its scenario: load, estimate, check. Only this module knows the order."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from needs_assessment.areas import build_tree
from needs_assessment.checks import Check, run_checks
from needs_assessment.errors import ReconciliationError
from needs_assessment.estimate.draws import Draws
from needs_assessment.inputs.load import Inputs, load_inputs
from needs_assessment.inputs.rates import BANDS
from needs_assessment.resources import data_dir
from needs_assessment.results import Results, ResultsBuilder
from needs_assessment.scenario import Scenario
from needs_assessment.steps.accommodation import Reconciliation, add_places, add_safe_accommodation_need
from needs_assessment.steps.children import add_children
from needs_assessment.steps.context import Run, build_model
from needs_assessment.steps.high_risk import add_high_risk
from needs_assessment.steps.population import add_population
from needs_assessment.steps.prevalence import Victims, add_prevalence, add_since_16

if TYPE_CHECKING:
    from needs_assessment.publish.outputs import Outputs


@dataclass(frozen=True)
class Assessment:
    """A finished assessment: what went in, what came out, and what was checked.

    ``victims`` keeps the draws by ward, shape [ward, draw], for further questions in a notebook.
    """

    scenario: Scenario
    inputs: Inputs
    results: Results
    victims: Victims
    reconciliation: Reconciliation
    checks: tuple[Check, ...]
    _made: list[Outputs] = field(default_factory=list, repr=False, compare=False)

    @property
    def reconciled(self) -> bool:
        """False when met need is above need by more than the interval."""
        return not self.reconciliation.exceeds

    def outputs(self) -> Outputs:
        """Tables, figures and sentences that have passed disclosure control; made once."""
        from needs_assessment.publish.outputs import make_outputs

        if not self._made:
            self._made.append(make_outputs(self))
        return self._made[0]

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

    def publish(self) -> Path:
        """Write the whole folder of outputs and return it; the previous folder of the same run is replaced."""
        from needs_assessment.publish.run import publish

        return publish(self)


def assess(scenario: Scenario) -> Assessment:
    """Estimate prevalence, need and the safe-accommodation gap of one area, by ward.

    Raises InputError for an input that cannot be used, and ReconciliationError when the results fail a check that no
    input should be able to fail.
    """
    inputs = load_inputs(scenario, data_dir())
    draws = Draws(scenario.draws, scenario.seed)
    tree = build_tree(inputs)
    run = Run(inputs, draws, tree, build_model(inputs, draws, tree), ResultsBuilder())

    add_population(run)
    victims = add_prevalence(run)
    add_since_16(run)
    add_children(run)
    add_high_risk(run)
    reconciliation = add_safe_accommodation_need(run, victims)
    add_places(run)

    results = run.builder.build()
    checks = run_checks(inputs, results)
    failed = [check for check in checks if check.stops and not check.passed]
    if failed:
        raise ReconciliationError(
            "The results fail the library's own checks and were not written: "
            + "; ".join(f"{check.name} ({check.detail})" for check in failed),
            action="check the rates and population given; if they are right, report this as a fault",
        )
    return Assessment(scenario, inputs, results, victims, reconciliation, checks)

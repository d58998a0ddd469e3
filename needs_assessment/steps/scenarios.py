"""Other scenarios beside the run: the headline figures of each, and how far they lie from the run's own."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from needs_assessment.estimate.differences import paired_difference
from needs_assessment.estimate.draws import Draws
from needs_assessment.inputs.alternatives import Alternative
from needs_assessment.inputs.load import Inputs, load_inputs
from needs_assessment.inputs.returns.returns import LocalReturns
from needs_assessment.resources import data_dir
from needs_assessment.results import ALL, FigureKey, Provenance, ResultKey, Results, Row
from needs_assessment.steps.context import Run
from needs_assessment.steps.relative_risk import REFERENCE_SEED
from needs_assessment.steps.what_if import HEADLINES, Headlines, area_run, headlines

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
    # the run's own figures; those of the scenario's returns are judged beside them
    own = base.results.figures
    area, said = [run.tree.authority], "; ".join(alternative.says) or "as the run itself"
    for measure in HEADLINES:
        row, before = (held.results.row(measure) for held in (found, base))
        note = f"scenario: {said}" if row.known else f"scenario: {said}; {row.note}"
        run.builder.add(
            measure,
            area,
            row.value,
            row.low,
            row.high,
            provenance=_provenance(row, row.method, note, own),
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
            provenance=_provenance(row, "scenario less this run, draw by draw", note, own),
            breakdown=DIFFERENCE,
            category=alternative.name,
        )


def _provenance(
    row: Row, method: str, note: str, figures: Mapping[ResultKey, frozenset[FigureKey] | None]
) -> Provenance:
    return Provenance(
        row.basis,  # type: ignore[arg-type]
        method,
        tuple(row.source_ids.split()),
        tuple(row.assumption_ids.split()),
        note,
        figures.get((row.measure, ALL, ALL)),
    )

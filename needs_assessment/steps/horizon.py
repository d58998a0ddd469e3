"""The years of the strategy: the headline figures with the population of each year to come.

Only the population moves. Rates, effects, demand for each resident, stays and supply are held as they are, so the
rows say what more or fewer residents would do and nothing else. Without a projection nothing moves, and there are no rows.
"""

from __future__ import annotations

from dataclasses import replace

from needs_assessment.estimate.draws import Draws
from needs_assessment.inputs.load import Persons
from needs_assessment.inputs.population.projection import OWN_FILE
from needs_assessment.results import ALL, Provenance
from needs_assessment.steps.context import Run
from needs_assessment.steps.relative_risk import REFERENCE_SEED
from needs_assessment.steps.what_if import HEADLINES, area_run, headlines

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

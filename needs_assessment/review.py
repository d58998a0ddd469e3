"""What ``check`` says of a scenario: everything validated, what would be used, what is missing or stale."""

from __future__ import annotations

from collections.abc import Iterator

from needs_assessment.assessment import Assessment, assess
from needs_assessment.publish.checklist import judge_checklist, summary
from needs_assessment.publish.disclosure import SafeResults
from needs_assessment.publish.gaps import data_gaps
from needs_assessment.publish.outputs import release_results
from needs_assessment.publish.statements import warnings_of
from needs_assessment.scenario import Scenario

FEW_DRAWS = 200


def review(scenario: Scenario) -> Iterator[str]:
    """Lines to print; the whole chain runs with few draws, so whatever would stop a run stops here."""
    assessment = assess(scenario.model_copy(update={"draws": min(scenario.draws, FEW_DRAWS)}))
    inputs = assessment.inputs
    population = inputs.population
    yield f"Area: {inputs.area.name} ({inputs.area.code}), {len(inputs.wards)} wards"
    if inputs.area.note:
        yield f"  {inputs.area.note}"
    yield (
        f"Population: {population.file}, {population.estimate_date}, wards of {population.ward_vintage}, "
        f"{inputs.persons.residents.sum():,.0f} residents"
    )
    for note in inputs.notes:
        yield f"  {note}"
    rates = inputs.rates
    yield f"Rates: {rates.name} ({rates.edition}, {rates.question_set} questions, people {rates.ages}), {scenario.method}"
    boundaries = "given" if inputs.boundaries is not None else "none"
    points = "tile map" if inputs.points is not None else "no map"
    yield f"Boundaries: {boundaries if inputs.boundaries is not None else f'{boundaries} ({points})'}"
    for figure in inputs.local_figures():
        yield f"Local figure: {figure.measure.replace('_', ' ')}, {figure.describe()}"
    safe = release_results(assessment)
    for warning in warnings_of(assessment, safe):
        yield f"Warning: {warning}"
    yield from _evidence_lines(assessment, safe)
    for gap in data_gaps(inputs, safe)["gap"]:
        yield f"Not known: {gap}"
    yield f"{len(assessment.checks)} checks, {sum(check.passed for check in assessment.checks)} passed. Nothing was written."


def _evidence_lines(assessment: Assessment, safe: SafeResults) -> Iterator[str]:
    evidence = assessment.inputs.evidence
    given = evidence.file or "no evidence file"
    count = len(evidence.frame)
    yield f"Evidence: {given}, {count} statement{'' if count == 1 else 's'}"
    missing = evidence.missing()
    if missing:
        yield f"  No statement on {len(missing)} of {len(evidence.themes)} themes: {'; '.join(missing)}"
    yield f"Statutory checklist: {summary(judge_checklist(assessment.inputs, safe))}"

"""What ``check`` says of a scenario: everything validated, what would be used, what is missing or stale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from needs_assessment.assessment import Assessment, assess
from needs_assessment.disclosure.gate import SafeResults
from needs_assessment.disclosure.of_assessment import release_results
from needs_assessment.report.outputs import Statement
from needs_assessment.report.sentences import warnings_of
from needs_assessment.report.tables.evidence import judge_checklist, summary
from needs_assessment.report.tables.inputs_used import used_inputs
from needs_assessment.report.tables.unknowns import data_gaps
from needs_assessment.results import Level
from needs_assessment.scenario import Scenario
from needs_assessment.version import __version__

COUNTS = {
    "residents": "Residents",
    "residents_16_and_over": "Residents aged 16 and over",
}
FEW_DRAWS = 200


@dataclass(frozen=True)
class DataCheck:
    """What a run would use: sentences, the files, totals by area, the wards, what is not known, and the checks."""

    lines: tuple[str, ...]
    inputs: pd.DataFrame
    totals: pd.DataFrame
    wards: pd.DataFrame
    gaps: pd.DataFrame
    checks: pd.DataFrame

    def say(self) -> Statement:
        return Statement(self.lines)


def check_data(scenario: Scenario) -> DataCheck:
    """The same as ``review`` with its tables, for a notebook; nothing is written. Raises what a run would raise."""
    assessment = _assessed(scenario)
    inputs = assessment.inputs
    levels: tuple[Level, ...] = ("authority", "member", "district")
    wards = _counts(assessment, ("ward",)).merge(
        inputs.wards[["ward_code", "authority_name"]].rename(
            columns={"ward_code": "Code", "authority_name": "Authority"}
        ),
        on="Code",
        validate="one_to_one",
    )
    return DataCheck(
        tuple(_lines(assessment)),
        used_inputs(inputs),
        _counts(assessment, levels),
        wards,
        data_gaps(inputs, release_results(assessment))[["gap", "obtain", "changes"]],
        pd.DataFrame(
            [
                {"check": check.name, "held": "yes" if check.passed else "no", "detail": check.detail}
                for check in assessment.checks
            ]
        ),
    )


def _counts(assessment: Assessment, levels: tuple[Level, ...]) -> pd.DataFrame:
    """Residents of every area of some levels, one row an area."""
    rows = pd.concat([assessment.results.rows(COUNTS, level=level) for level in levels])
    wide = rows.assign(measure=rows["measure"].map(COUNTS)).pivot_table(
        index=["area_code", "area_name"], columns="measure", values="value", sort=False
    )
    return (
        wide[list(COUNTS.values())]
        .round()
        .astype("int64")
        .reset_index()
        .rename(columns={"area_code": "Code", "area_name": "Area"})
        .rename_axis(columns=None)
    )


def review(scenario: Scenario) -> Iterator[str]:
    """Lines to print; the whole chain runs with few draws, so whatever would stop a run stops here."""
    yield from _lines(_assessed(scenario))


def review_facts(scenario: Scenario) -> dict[str, Any]:
    """What ``review`` says, for a program: plain values, as ``docs/command_line.md`` lists them."""
    assessment = _assessed(scenario)
    inputs, scenario = assessment.inputs, assessment.scenario
    population, rates = inputs.population, inputs.rates
    safe = release_results(assessment)
    return {
        "command": "check",
        "version": __version__,
        "area": {
            "code": inputs.area.code,
            "name": inputs.area.name,
            "tier": inputs.area.tier,
            "wards": len(inputs.wards),
            "note": inputs.area.note,
        },
        "population": {
            "file": population.file,
            "date": population.estimate_date,
            "ward_vintage": population.ward_vintage,
            "residents": round(float(inputs.persons.residents.sum())),
        },
        "rates": {
            "name": rates.name,
            "edition": rates.edition,
            "question_set": rates.question_set,
            "ages": rates.ages,
            "method": scenario.method,
        },
        "boundaries": inputs.boundaries is not None,
        "local_figures": [
            {"measure": figure.measure, "says": figure.describe()} for figure in inputs.local_figures()
        ],
        "scenarios": [one.name for one in inputs.alternatives],
        "evidence": {
            "file": inputs.evidence.file,
            "statements": len(inputs.evidence.frame),
            "themes_without": list(inputs.evidence.missing()),
        },
        "notes": list(inputs.notes),
        "warnings": list(warnings_of(assessment, safe)),
        "not_known": list(data_gaps(inputs, safe)["gap"]),
        "checks": [
            {"name": check.name, "passed": check.passed, "detail": check.detail}
            for check in assessment.checks
        ],
    }


def _assessed(scenario: Scenario) -> Assessment:
    return assess(scenario.model_copy(update={"draws": min(scenario.draws, FEW_DRAWS)}))


def _lines(assessment: Assessment) -> Iterator[str]:
    inputs, scenario = assessment.inputs, assessment.scenario
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
    if inputs.projection is not None:
        years = ", ".join(str(year) for year in inputs.projection.years)
        yield f"Projection: {inputs.projection.file}, years {years}"
    for one in inputs.alternatives:
        yield f"Scenario: {one.name} ({one.file}): {'; '.join(one.says) or 'sets nothing'}"
    if inputs.template is not None:
        yield f"Word template: {inputs.template.file}"
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

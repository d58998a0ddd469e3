"""The tables of a run, all of them, in the order of the paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from needs_assessment.disclosure.gate import SafeResults, SafeReturns
from needs_assessment.disclosure.published_table import PublishedTable
from needs_assessment.report.tables import accommodation, people
from needs_assessment.report.tables.cascade import capacity_table, cascade_table, household_cascade_table
from needs_assessment.report.tables.equality import equality_tables
from needs_assessment.report.tables.evidence import checklist_table, evidence_tables, judge_checklist
from needs_assessment.report.tables.inputs_used import boundary_sources, own_files
from needs_assessment.report.tables.matched_lists import list_tables
from needs_assessment.report.tables.returns import repeats_table, returns_table
from needs_assessment.report.tables.unknowns import COLUMNS as GAP_COLUMNS
from needs_assessment.report.tables.unknowns import data_gaps, sensitivity_tables
from needs_assessment.report.tables.what_if import horizon_tables, scenario_tables
from needs_assessment.report.wording import grouped

if TYPE_CHECKING:
    from needs_assessment.assessment import Assessment
    from needs_assessment.inputs.load import Inputs


def make_tables(
    assessment: Assessment, safe: SafeResults, returns: SafeReturns, context: people.Context
) -> dict[str, PublishedTable]:
    """Every table of a run, in the order of the paper."""
    inputs = assessment.inputs
    several = inputs.wards["authority_code"].nunique() > 1
    districts = (
        dict(zip(inputs.wards["ward_code"], inputs.wards["authority_name"], strict=True)) if several else {}
    )
    asked = {*inputs.evidence.themes["source_id"], *inputs.evidence.checklist["source_id"]}
    named = {name for cell in safe.frame["source_ids"] for name in cell.split()}
    used_sources = sorted(named | asked | set(boundary_sources(inputs)))
    used_assumptions = sorted({name for cell in safe.frame["assumption_ids"] for name in cell.split()})
    registers = inputs.registers
    sources = pd.DataFrame(
        [
            {
                "id": source.id,
                "publisher": source.publisher,
                "title": source.title,
                "period": source.period or "undated",
            }
            for source in (registers.sources[name] for name in used_sources if name in registers.sources)
        ]
        + own_files(inputs)
    )
    assumptions = registers.used(used_assumptions)
    titles = {source.id: f"{source.publisher}, {source.title}" for source in registers.sources.values()}
    stale_after = registers.figure("stale_after_years")
    return {
        "people": people.people_table(safe, context),
        "prevalence_by_sex_and_age": people.prevalence_table(safe, context),
        "methods": people.methods_table(safe, context),
        "wards": people.ward_table(safe, context, districts),
        "safe_accommodation_need": accommodation.household_table(safe, context),
        "cascade_people": cascade_table(safe, context),
        "cascade_households": household_cascade_table(safe, context),
        **list_tables(safe, context, assessment.matched, int(registers.figure("overlap_figures"))),
        "capacity": capacity_table(safe, context),
        **_returns(inputs, returns, context, stale_after),
        **evidence_tables(inputs.evidence, context.area, stale_after),
        "four_answers": accommodation.answers_table(safe, context),
        "places": accommodation.places_table(safe, context),
        "accommodation_types": accommodation.types_table(safe, context),
        "turn_away_targets": accommodation.targets_table(safe, context),
        "cross_boundary": accommodation.ledger_table(safe, context),
        "costs": accommodation.cost_table(safe, context),
        **sensitivity_tables(assessment, safe, context),
        **horizon_tables(safe, context, inputs.population.estimate_date),
        **scenario_tables(safe, context),
        **equality_tables(safe, context, assessment.breakdowns, inputs.characteristics, titles),
        "statutory_checklist": checklist_table(judge_checklist(inputs, safe), context.area),
        "data_gaps": people.text_table(
            "data_gaps",
            f"What is not known, {context.area}",
            GAP_COLUMNS,
            data_gaps(inputs, safe, assessment.sensitivity),
        ),
        "assumptions": _assumption_table(assumptions, context),
        "sources": people.text_table(
            "sources",
            "Sources of the figures used",
            [("id", "Id"), ("publisher", "Publisher"), ("title", "Title"), ("period", "Period")],
            sources,
        ),
    }


def _returns(
    inputs: Inputs, returns: SafeReturns, context: people.Context, stale_after: float
) -> dict[str, PublishedTable]:
    """Local returns by period and repeat rates; none where nothing is returned or published."""
    if returns.frame.empty:
        return {}
    seen_in_uk = inputs.registers.figure("marac_repeat") / 100
    tables = [
        returns_table(returns, context.area, context.sources, stale_after),
        repeats_table(returns, context.area, seen_in_uk),
    ]
    return {table.name: table for table in tables if len(table.frame)}


def _assumption_table(used: pd.DataFrame, context: people.Context) -> PublishedTable:
    frame = used.assign(
        figure=[_figure_text(row) for row in used.to_dict("records")],
        unit=[
            f"{grouped(unit)}, {period}" for unit, period in zip(used["unit"], used["period"], strict=True)
        ],
    )
    return people.text_table(
        "assumptions",
        f"Registered figures and judgements used, {context.area}",
        [("label", "Figure"), ("figure", "Value"), ("unit", "Unit and period"), ("status", "Status")],
        frame,
        notes=[
            "A judgement is a figure that no one has printed; its range and reason are in assumptions_used.csv."
        ],
    )


def _figure_text(row: Mapping[Any, Any]) -> str:
    if pd.isna(row["value"]):
        return "a pattern by age; see the table of rates"
    text = f"{row['value']:,.10g}"
    if pd.isna(row["low"]) or row["low"] == row["high"]:
        return text
    return f"{text} ({row['low']:,.10g} to {row['high']:,.10g})"

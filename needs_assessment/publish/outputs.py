"""Everything a run shows, made once: released results, tables, figures and sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from needs_assessment.publish import accommodation_views, views
from needs_assessment.publish.cascade import capacity_table, cascade_table, household_cascade_table
from needs_assessment.publish.disclosure import PROTECTED_COUNTS, SafeResults, release
from needs_assessment.publish.equality import equality_tables
from needs_assessment.publish.figure import Figure
from needs_assessment.publish.gaps import COLUMNS as GAP_COLUMNS
from needs_assessment.publish.gaps import data_gaps
from needs_assessment.publish.read import licence_lines, own_files, used_inputs
from needs_assessment.publish.statements import make_statements, warnings_of
from needs_assessment.publish.tables import PublishedTable
from needs_assessment.publish.trends import repeats_table, returns_table
from needs_assessment.publish.wording import about

if TYPE_CHECKING:
    from needs_assessment.assessment import Assessment
    from needs_assessment.inputs.load import Inputs

NO_MAP = (
    "There is no map: no point or boundary is known for every ward of this area. Give a ward boundary file of the same "
    "date as the population (--boundaries) to have one."
)


@dataclass(frozen=True)
class Gallery:
    """Figures shown one below the other in a notebook."""

    figures: tuple[Figure, ...]

    def _repr_html_(self) -> str:
        return "".join(figure._repr_html_() for figure in self.figures)

    def __repr__(self) -> str:
        return "\n".join(figure.alt for figure in self.figures)


@dataclass(frozen=True)
class TableGroup:
    """Tables shown one below the other in a notebook."""

    tables: tuple[PublishedTable, ...]

    def _repr_html_(self) -> str:
        return "".join(table._repr_html_() for table in self.tables)

    def __repr__(self) -> str:
        return "\n\n".join(repr(table) for table in self.tables)


@dataclass(frozen=True)
class Statement:
    """Sentences shown in a notebook as plain paragraphs."""

    sentences: tuple[str, ...]

    def _repr_html_(self) -> str:
        import html

        return "".join(f"<p>{html.escape(text)}</p>" for text in self.sentences)

    def __repr__(self) -> str:
        return "\n".join(self.sentences)


@dataclass(frozen=True)
class Outputs:
    """The released material of one run; every writer takes what it writes from here."""

    safe: SafeResults
    tables: Mapping[str, PublishedTable]
    figures: Mapping[str, tuple[Figure, ...]]
    statements: Mapping[str, tuple[str, ...]]
    warnings: tuple[str, ...]
    context: views.Context
    inputs_used: pd.DataFrame
    assumptions_used: pd.DataFrame
    attributions: list[str]

    def about(self) -> Statement:
        """The area, its population and rates, and every warning of the run."""
        return Statement(
            (
                f"{self.context.area}. Population {self.context.population_date}; rates {self.context.rates}.",
                *(f"Warning: {text}" for text in self.warnings),
            )
        )

    def table(self, name: str) -> PublishedTable:
        return self.tables[name]

    def group(self, *names: str) -> TableGroup:
        """Every table whose name starts with one of ``names``, in order; equality, types of abuse, levels of risk."""
        return TableGroup(tuple(table for name, table in self.tables.items() if name.startswith(names)))

    def figure(self, name: str) -> Gallery | Statement:
        """The figures of that name, or the line that says why there is none."""
        return Gallery(self.figures[name]) if self.figures.get(name) else Statement((NO_MAP,))

    def say(self, name: str) -> Statement:
        return Statement(self.statements[name])


def release_results(assessment: Assessment) -> SafeResults:
    """The results of an assessment through the gate, with the local counts of people they rest on."""
    inputs = assessment.inputs
    protected = PROTECTED_COUNTS | {name for names in assessment.rests_on.values() for name in names}
    counts = {
        figure.measure: figure.value for figure in inputs.local_figures() if figure.measure in protected
    }
    minimum = int(inputs.registers.figure("disclosure_minimum"))
    return release(assessment.results, counts, minimum, assessment.rests_on)


def make_outputs(assessment: Assessment) -> Outputs:
    """Pass the results through the gate and make every table, figure and sentence of the run."""
    inputs = assessment.inputs
    registers = inputs.registers
    safe = release_results(assessment)
    context = views.Context(
        area=inputs.area.name,
        population_date=f"{inputs.population.estimate_date}, wards of {inputs.population.ward_vintage}",
        rates=inputs.rates.name,
        round_people=registers.figure("rounding_ward"),
        sources={
            **{source.id: source.publisher for source in registers.sources.values()},
            **{row["id"]: f"{row['publisher']} ({row['title']})" for row in own_files(inputs)},
        },
    )
    tables = _tables(assessment, safe, context)
    coarse = registers.figure("rounding_authority")
    statements = make_statements(safe, context, coarse, len(inputs.wards))
    figures = _figures(assessment, tables, context, safe, coarse)
    ids = sorted({name for cell in safe.frame["assumption_ids"] for name in cell.split()})
    return Outputs(
        safe,
        tables,
        figures,
        statements,
        tuple(warnings_of(assessment, safe)),
        context,
        inputs_used=used_inputs(inputs),
        assumptions_used=registers.used(ids),
        attributions=licence_lines(registers, tables["sources"].frame["id"].tolist()),
    )


def _tables(assessment: Assessment, safe: SafeResults, context: views.Context) -> dict[str, PublishedTable]:
    inputs = assessment.inputs
    several = inputs.wards["authority_code"].nunique() > 1
    districts = (
        dict(zip(inputs.wards["ward_code"], inputs.wards["authority_name"], strict=True)) if several else {}
    )
    used_sources = sorted({name for cell in safe.frame["source_ids"] for name in cell.split()})
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
    return {
        "people": views.people_table(safe, context),
        "prevalence_by_sex_and_age": views.prevalence_table(safe, context),
        "methods": views.methods_table(safe, context),
        "wards": views.ward_table(safe, context, districts),
        "safe_accommodation_need": accommodation_views.household_table(safe, context),
        "cascade_people": cascade_table(safe, context),
        "cascade_households": household_cascade_table(safe, context),
        "capacity": capacity_table(safe, context),
        **_returns(inputs, context),
        "four_answers": accommodation_views.answers_table(safe, context),
        "places": accommodation_views.places_table(safe, context),
        "accommodation_types": accommodation_views.types_table(safe, context),
        "turn_away_targets": accommodation_views.targets_table(safe, context),
        "cross_boundary": accommodation_views.ledger_table(safe, context),
        "costs": accommodation_views.cost_table(safe, context),
        **equality_tables(safe, context, assessment.breakdowns, inputs.characteristics, titles),
        "data_gaps": views.text_table(
            "data_gaps", f"What is not known, {context.area}", GAP_COLUMNS, data_gaps(inputs, safe)
        ),
        "assumptions": _assumption_table(assumptions, context),
        "sources": views.text_table(
            "sources",
            "Sources of the figures used",
            [("id", "Id"), ("publisher", "Publisher"), ("title", "Title"), ("period", "Period")],
            sources,
        ),
    }


def _returns(inputs: Inputs, context: views.Context) -> dict[str, PublishedTable]:
    """Local returns by period and repeat rates, small counts masked; none where nothing is returned or published."""
    returns = inputs.returns.described()
    if returns.empty:
        return {}
    minimum = int(inputs.registers.figure("disclosure_minimum"))
    seen_in_uk = inputs.registers.figure("marac_repeat") / 100
    tables = [
        returns_table(returns, context.area, minimum, context.sources),
        repeats_table(returns, context.area, minimum, seen_in_uk),
    ]
    return {table.name: table for table in tables if len(table.frame)}


def _assumption_table(used: pd.DataFrame, context: views.Context) -> PublishedTable:
    frame = used.assign(
        figure=[_figure_text(row) for row in used.to_dict("records")],
        unit=[f"{unit}, {period}" for unit, period in zip(used["unit"], used["period"], strict=True)],
    )
    return views.text_table(
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


def _figures(
    assessment: Assessment,
    tables: Mapping[str, PublishedTable],
    context: views.Context,
    safe: SafeResults,
    coarse: float,
) -> dict[str, tuple[Figure, ...]]:
    # drawing is heavy to import; estimates alone do not need it
    from needs_assessment.publish.drawn import draw_figures

    return draw_figures(
        assessment.inputs, tables, context, about(safe.row("victims_last_year")["value"], coarse)
    )

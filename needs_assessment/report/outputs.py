"""Everything a run shows, made once: released results, tables, figures and sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar

from needs_assessment.disclosure.gate import Released, SafeResults, release_file
from needs_assessment.disclosure.of_assessment import RULES, guard_returns, release_results
from needs_assessment.disclosure.published_table import PublishedTable
from needs_assessment.progress import report
from needs_assessment.report.figure import Begin, Figure
from needs_assessment.report.sentences import make_statements, say_evidence, warnings_of
from needs_assessment.report.tables import people
from needs_assessment.report.tables.all_tables import make_tables
from needs_assessment.report.tables.change import (
    NO_PREVIOUS,
    change_statement,
    change_tables,
    released_change,
)
from needs_assessment.report.tables.inputs_used import licence_lines, own_files, used_inputs
from needs_assessment.report.tables.unknowns import sensitivity_statements
from needs_assessment.report.tables.what_if import what_if_statements

if TYPE_CHECKING:
    from needs_assessment.assessment import Assessment
    from needs_assessment.estimate.change import Change
    from needs_assessment.inputs.load import Inputs

T = TypeVar("T")
NO_MAP = (
    "There is no map: no point or boundary is known for every ward of this area. Give a ward boundary file of the same "
    "date as the population (--boundaries) to have one."
)
MAPS = ("map", "top_fifth")


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
    """The released material of one run; every writer takes what it writes from here.

    draw: makes the figures from the tables, when the first of them is asked for.
    """

    safe: SafeResults
    tables: Mapping[str, PublishedTable]
    draw: Callable[[], Mapping[str, tuple[Figure, ...]]]
    statements: Mapping[str, tuple[str, ...]]
    warnings: tuple[str, ...]
    context: people.Context
    inputs_used: Released
    assumptions_used: Released
    results: Released
    audit: Released
    attributions: list[str]

    @cached_property
    def figures(self) -> Mapping[str, tuple[Figure, ...]]:
        """Every chart and map by name."""
        return self.draw()

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
        """The figures of that name; of a map that cannot be drawn the line that says why."""
        drawn = self.figures.get(name, ())
        return Gallery(drawn) if drawn or name not in MAPS else Statement((NO_MAP,))

    def say(self, name: str) -> Statement:
        return Statement(self.statements[name])


def make_outputs(assessment: Assessment, begin: Begin | None = None) -> Outputs:
    """Pass the results through the gate and make every table and sentence of the run, and its figures once asked for.

    begin: takes work that another processor may do, and gives back what asks for its result; without it all is done here.
    """
    inputs = assessment.inputs
    registers = inputs.registers
    report("Protecting small counts")
    guarded = guard_returns(assessment)
    safe = release_results(assessment, guarded)
    context = people.Context(
        area=inputs.area.name,
        population_date=f"{inputs.population.estimate_date}, wards of {inputs.population.ward_vintage}",
        rates=inputs.rates.name,
        round_people=registers.figure("rounding_ward"),
        sources={
            **{source.id: source.publisher for source in registers.sources.values()},
            **{row["id"]: f"{row['publisher']} ({row['title']})" for row in own_files(inputs)},
        },
    )
    tables = make_tables(assessment, safe, guarded.returns, context)
    coarse = registers.figure("rounding_authority")
    statements = {
        **make_statements(
            safe, context, coarse, wards=len(inputs.wards), ages=f"people {inputs.rates.ages_applied}"
        ),
        **say_evidence(inputs, safe),
        **sensitivity_statements(assessment, safe, tables),
        **what_if_statements(assessment, safe),
    }
    change: Change | None = None
    statements["change"] = (NO_PREVIOUS,)
    if assessment.change is not None:
        change = released_change(assessment.change, safe)
        changes = change_tables(change, context.area, context.round_people)
        tables.update(changes)
        statements["change"] = change_statement(change, coarse)
    ids = sorted({name for cell in safe.frame["assumption_ids"] for name in cell.split()} | set(RULES))
    return Outputs(
        safe,
        tables,
        partial(_draw, inputs, tables, context, change, begin or _here),
        statements,
        (*warnings_of(assessment, safe), *guarded.warnings),
        context,
        inputs_used=release_file("inputs_used.csv", used_inputs(inputs)),
        assumptions_used=release_file("assumptions_used.csv", registers.used(ids)),
        results=release_file("results.csv", safe.frame),
        audit=guarded.audit,
        attributions=licence_lines(registers, tables["sources"].frame["id"].tolist()),
    )


def _draw(
    inputs: Inputs,
    tables: Mapping[str, PublishedTable],
    context: people.Context,
    change: Change | None,
    begin: Begin,
) -> dict[str, tuple[Figure, ...]]:
    # drawing is heavy to import; estimates alone do not need it
    from needs_assessment.report.charts.all_figures import draw_figures

    report("Drawing the charts and maps")
    figures = draw_figures(inputs, tables, context, begin)
    if change is not None:
        from needs_assessment.report.charts.waterfall import change_figures

        figures["change"] = change_figures(tables, change, context.area)
    return figures


def _here(work: Callable[[], T]) -> Callable[[], T]:
    """Outside a run nothing is given away."""
    return work

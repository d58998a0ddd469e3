"""Writes a run's outputs into its folder: tables, workbook, figures, paper, and what was used."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from needs_assessment.csv_text import write_csv_file
from needs_assessment.disclosure.gate import Released, release_file
from needs_assessment.disclosure.published_table import SHORTHAND, PublishedTable
from needs_assessment.report.figure import Begin, Figure
from needs_assessment.report.outputs import Outputs
from needs_assessment.report.tables.inputs_used import rate_set_table

if TYPE_CHECKING:
    from needs_assessment.assessment import Assessment
    from needs_assessment.inputs.word_template import WordTemplate
    from needs_assessment.report.writers.document import Document
    from needs_assessment.scenario import Scenario

README = """\
Domestic abuse needs assessment: {area}
Population: {population}. Rates: {rates}. As at {date}.

commissioning_paper.docx   the paper to attach (not written with --no-paper); .pdf and .html are the same paper
needs_assessment.html      the assessment page by page, without code
needs_assessment.ipynb     the notebook as it ran
results.csv                every result, unrounded, with unit, basis, method, sources and notes
tables/                    the tables of the paper as CSV, rounded as printed, with their description
tables.xlsx                the same tables as a workbook
figures/                   every chart and map as PNG and SVG, with its alternative text
wards.gpkg                 the ward estimates with boundaries, when a boundary file was given
assumptions_used.csv       every registered figure and judgement used, with range, source and reason
inputs_used.csv            what the run read, with check sums
disclosure_audit.csv       what was suppressed to protect people, and why
earlier_releases.csv       local counts that earlier releases printed, when one was named as previous
inputs/                    the population and rates used, so that two runs can be compared
manifest.json              choices, versions, checks passed, warnings, and a check sum of every file

Modelled figures are estimates, not counts of people known to any service. Nothing here says where safe accommodation is.
"""


def write_outputs(assessment: Assessment, outputs: Outputs, folder: Path) -> None:
    """Write every output but the workbook, the paper, and what needs the finished notebook."""
    scenario, inputs = assessment.scenario, assessment.inputs
    date = scenario.as_of.isoformat()
    for file in (outputs.results, outputs.audit, outputs.assumptions_used, outputs.inputs_used):
        write_csv(file, folder)
    if inputs.previous is not None:
        write_csv(release_file("earlier_releases.csv", inputs.previous.table()), folder)
    write_tables(
        outputs.tables, folder / "tables", f"Domestic abuse needs assessment: {outputs.context.area}"
    )
    drawn = [figure for figures in outputs.figures.values() for figure in figures]
    write_figures(drawn, folder / "figures")
    (folder / "inputs").mkdir()
    write_csv(release_file("inputs/population.csv", inputs.population.frame), folder)
    write_csv(release_file("inputs/rates.csv", assessment.rates_used()), folder)
    write_csv(release_file("inputs/rate_set.csv", rate_set_table(inputs.rates)), folder)
    if inputs.boundaries is not None:
        _write_geopackage(inputs.boundaries, outputs, folder / "wards.gpkg", date)
    (folder / "README.txt").write_text(
        README.format(
            area=outputs.context.area,
            population=outputs.context.population_date,
            rates=outputs.context.rates,
            date=date,
        ),
        encoding="utf-8",
    )


def write_csv(file: Released, folder: Path) -> None:
    """A released file at its own name: UTF-8, line feeds, blanks for what is not known; always the same bytes."""
    write_csv_file(file.frame, folder / file.name)


def write_tables(tables: Mapping[str, PublishedTable], folder: Path, title: str) -> None:
    """Every table as CSV, as printed, and what they are as CSV on the Web."""
    folder.mkdir()
    described = []
    for table in tables.values():
        write_csv_file(table.display(), folder / f"{table.name}.csv")
        described.append(_describe(table))
    metadata = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en-GB"}],
        "dc:title": title,
        "rdfs:comment": "; ".join(f"{marker} {meaning}" for marker, meaning in SHORTHAND.items()),
        "tables": described,
    }
    text = json.dumps(metadata, indent=2, ensure_ascii=False)
    (folder / "csv-metadata.json").write_text(text + "\n", encoding="utf-8")


def _describe(table: PublishedTable) -> dict[str, Any]:
    return {
        "url": f"{table.name}.csv",
        "dc:title": table.title,
        "dc:source": table.source,
        "rdfs:comment": " ".join(table.notes),
        "tableSchema": {
            # numbers are printed with thousands separators and markers, so every cell is text
            "columns": [
                {"name": column.key, "titles": column.label, "datatype": "string"} for column in table.columns
            ]
        },
    }


def write_figures(figures: Iterable[Figure], folder: Path) -> None:
    """Every picture as PNG and SVG, with its words beside it."""
    folder.mkdir()
    for figure in figures:
        (folder / f"{figure.name}.png").write_bytes(figure.png)
        (folder / f"{figure.name}.svg").write_text(figure.svg, encoding="utf-8")
        words = "\n".join(filter(None, [figure.title, "", figure.alt, figure.note, figure.source]))
        (folder / f"{figure.name}.txt").write_text(words + "\n", encoding="utf-8")


def write_tables_workbook(outputs: Outputs, folder: Path, scenario: Scenario) -> None:
    """Write every table to ``tables.xlsx``."""
    from needs_assessment.report.writers.workbook import write_workbook

    write_workbook(
        f"Domestic abuse needs assessment: {outputs.context.area}",
        list(outputs.tables.values()),
        notes=[
            f"Population: {outputs.context.population_date}. Rates: {outputs.context.rates}.",
            "Modelled figures are estimates, not counts of people known to any service.",
            *outputs.warnings,
        ],
        sources=outputs.attributions,
        path=folder / "tables.xlsx",
        date=scenario.as_of.isoformat(),
    )


def _write_geopackage(boundaries: Any, outputs: Outputs, path: Path, date: str) -> None:
    import pyogrio

    wards = outputs.table("wards").frame.drop(columns=[])
    joined = boundaries[["ward_code", "geometry"]].merge(wards, on="ward_code", validate="one_to_one")
    numbers = [column.key for column in outputs.table("wards").columns if column.kind != "text"]
    joined[numbers] = joined[numbers].astype(str)
    # the format stamps the moment of writing unless it is told a date
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{date}T00:00:00.000Z"})
    joined.to_file(path, driver="GPKG", layer="wards", engine="pyogrio")


def write_paper(
    paper: Document,
    template: WordTemplate | None,
    folder: Path,
    begin: Begin,
) -> None:
    """Write the commissioning paper as PDF, Word and HTML; ``begin`` takes work that may be done beside the rest."""
    from needs_assessment.report.writers.html import write_html
    from needs_assessment.report.writers.pdf import write_pdf
    from needs_assessment.report.writers.word import write_word

    path = folder / "commissioning_paper"
    content = None if template is None else template.content
    pdf = partial(write_pdf, paper, path.with_suffix(".pdf"))
    if "typst" in sys.modules:
        # once it has set a page its threads are waited for in vain by a copy of the process, which has none of them
        pdf()
    else:
        begin(pdf)
    begin(partial(write_word, paper, path.with_suffix(".docx"), template=content))
    # quicker than a copy of the process is made
    write_html(paper, path.with_suffix(".html"))

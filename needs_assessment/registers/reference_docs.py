"""Writes docs/assumptions.md and docs/data_dictionary.md from the registers, the schemas and the measures.

``python -m needs_assessment.registers.reference_docs --write`` writes them; ``--check`` ends with 1 where one is stale.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from needs_assessment.catalogue.returns import RETURN_MEASURES
from needs_assessment.registers.registers import Assumption, Registers, load_registers
from needs_assessment.resources import data_dir
from needs_assessment.results import RESULT_MEASURES
from needs_assessment.tables.schemas import ALL, RESULTS, SERVICES, Column, TableSchema

_MADE = (
    "This page is written by `python -m needs_assessment.registers.reference_docs --write`; "
    "change the {what}, not the page."
)
_UNITS = (
    "People, households, cases, referrals, places, units and bed-nights are different units and are never "
    "added together. A blank cell means that the figure is not known; it never means zero."
)
_STATUSES = (
    "Status: *published* was seen in print, *derived* was worked out from published figures, *judgement* is "
    "ours and gives its reason. A range is drawn from like any other uncertainty unless its meaning is a "
    "rule, a convention or a policy choice. Survey rates have their own register, "
    "`data/rates/national_rates.csv`."
)
_LOCAL_MEASURES = (
    "Each measure has one unit, so that units are never mixed. Every figure is for the whole area: supply is "
    "never given for a part of it."
)
_MEASURES = (
    "The values of `measure` in `results.csv`. Prevalence and shares are proportions from 0 to 1. Victims "
    "are people aged 16 and over, unless the row's `note` says other ages. `basis` says of each row whether "
    "it is modelled, observed or mixed."
)

# Which file each schema describes, as a reader of the project meets it.
_WHERE = {
    "sources": "`data/sources.csv`",
    "assumptions": "`data/assumptions/assumptions.csv` and `data/assumptions/national_services.csv`",
    "national_rates": "`data/rates/national_rates.csv`, or a file given with `--rates`",
    "local_returns": "`data/local_returns.csv`",
    "authorities": "`data/authorities.csv`",
    "authority_changes": "`data/authority_changes.csv`",
    "tables": "`data/tables.csv`",
    "population": "`data/areas/<code>/population.csv`; a file given with `--population` becomes this table",
    "projection": "a file given with `--set projection=FILE`, in this form or as the ONS publishes its projections",
    "england_population": "`data/england/population_mid2020.csv`",
    "ward_points": "`data/areas/<code>/ward_points.csv`",
    "characteristics": "`data/areas/<code>/characteristics.csv`",
    "england_characteristics": "`data/england/characteristics.csv`",
    "services": "a file given with `--services`",
    "evidence": "a file given with `--set evidence=FILE`",
    "evidence_themes": "`data/evidence_themes.csv`",
    "statutory_checklist": "`data/statutory_checklist.csv`",
    "overlaps": "a file given with `--set overlaps=FILE`",
    "results": "`results.csv` in the folder of every run",
}
_REGISTER_TITLES = {
    "assumptions": "Choices and model figures",
    "national_services": "National figures about services",
}


def data_dictionary() -> str:
    """The page that explains every column of every table, and every measure of the results."""
    parts = [
        "# Data dictionary",
        _MADE.format(what="schemas in `needs_assessment/tables`"),
        _UNITS,
    ]
    for schema in ALL:
        parts += _table_section(schema)
        if schema is SERVICES:
            parts += _local_measures_section()
        if schema is RESULTS:
            parts += _measures_section()
    return "\n\n".join(parts) + "\n"


def assumptions_page(registers: Registers) -> str:
    """The page that lists every assumption with value, range, unit, period, status, source and reason."""
    parts = [
        "# Assumptions and national figures",
        _MADE.format(what="registers in `data/assumptions`"),
        _STATUSES,
    ]
    for register in dict.fromkeys(row.register for row in registers.assumptions.values()):
        parts.append(f"## {_REGISTER_TITLES.get(register, register)}")
        parts.append(f"From `data/assumptions/{register}.csv`.")
        for row in registers.assumptions.values():
            if row.register == register:
                parts += _assumption_section(row, registers)
    parts.append("## Sources")
    parts.append(
        _grid(
            ("id", "publisher and title", "published", "period", "licence", "note"),
            (
                (f"`{s.id}`", f"{s.publisher}: {s.title}", s.published, s.period, s.licence, s.note)
                for s in registers.sources.values()
            ),
        )
    )
    return "\n\n".join(parts) + "\n"


def pages() -> dict[str, str]:
    """File name in docs/ and text of each page."""
    return {
        "assumptions.md": assumptions_page(load_registers(data_dir())),
        "data_dictionary.md": data_dictionary(),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages, or check them; returns 0, or 1 where a page is missing or out of date."""
    parser = argparse.ArgumentParser(
        prog="python -m needs_assessment.registers.reference_docs", description=__doc__
    )
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--write", action="store_true", help="write the pages")
    mode.add_argument("--check", action="store_true", help="say which pages are out of date")
    default = Path(__file__).resolve().parents[2] / "docs"
    parser.add_argument("--docs", type=Path, default=default, help="folder of the pages")
    options = parser.parse_args(arguments)
    stale = []
    for name, text in pages().items():
        path = options.docs / name
        if options.write:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
    for name in stale:
        sys.stderr.write(
            f"docs/{name} is out of date: run python -m needs_assessment.registers.reference_docs --write\n"
        )
    return 1 if stale else 0


def _table_section(schema: TableSchema) -> list[str]:
    section = [
        f"## {schema.title}",
        f"In {_WHERE[schema.name]}.",
        _grid(
            ("column", "holds", "unit", "meaning"),
            ((f"`{c.name}`", _holds(c), c.unit, c.meaning) for c in schema.columns),
        ),
    ]
    if schema.key:
        section.append("One row for each " + ", ".join(f"`{name}`" for name in schema.key) + ".")
    if schema.rules:
        rules = dict.fromkeys(f"- `{rule.column}`: {rule.says}" for rule in schema.rules)
        section.append("Rules between columns:\n\n" + "\n".join(rules))
    return section


def _holds(column: Column) -> str:
    return column.expected + ("" if column.required else " (the column may be left out)")


def _local_measures_section() -> list[str]:
    return [
        "### Measures of a services file",
        _LOCAL_MEASURES,
        _grid(
            ("measure", "unit", "meaning", "covers"),
            (
                (f"`{name}`", m.unit, m.meaning, "a period" if m.flow else "a date, or a share")
                for name, m in RETURN_MEASURES.items()
            ),
        ),
    ]


def _measures_section() -> list[str]:
    return [
        "## Measures",
        _MEASURES,
        _grid(
            ("measure", "name", "unit", "meaning", "denominator"),
            ((f"`{m.id}`", m.title, m.unit, m.meaning, m.denominator) for m in RESULT_MEASURES.values()),
        ),
    ]


def _assumption_section(row: Assumption, registers: Registers) -> list[str]:
    value = "no single value" if row.value is None else _figure(row.value)
    bounds = ""
    if row.low is not None and row.high is not None:
        bounds = f"{_figure(row.low)} to {_figure(row.high)}"
        bounds += f" ({row.meaning_of_range})" if row.meaning_of_range else ""
    source = ""
    if row.source_id:
        entry = registers.source(row.source_id)
        source = f"{entry.publisher}: {entry.title} (`{entry.id}`)"
    facts = (
        ("value", f"{value} {row.unit}" if row.value is not None else f"{value} ({row.unit})"),
        ("range", bounds or row.meaning_of_range or "none"),
        ("about", row.population),
        ("period", row.period),
        ("status", row.status),
        ("source", source),
        ("reason", row.reason),
        ("note", row.note),
    )
    return [f"### {row.label}", f"`{row.id}`", "\n".join(f"- {name}: {text}" for name, text in facts if text)]


def _figure(value: float) -> str:
    return f"{value:,.10g}"


def _grid(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(headings) + " |", "|" + " --- |" * len(headings)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())

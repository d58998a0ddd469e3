"""Section of the paper on scenarios and sensitivity: what the answer hangs on, what to find out, and what might change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from needs_assessment.report.paper_people import paragraphs
from needs_assessment.report.writers.document import (
    Block,
    Bullets,
    FigureBlock,
    Heading,
    Paragraph,
    TableBlock,
)

if TYPE_CHECKING:
    from needs_assessment.report.outputs import Outputs

WHY = (
    "The ranges in this paper put everything that is not known together. This section takes them apart: which inputs the answer "
    "hangs on, which of them a council could measure, and how the answer changes with the years and with what is chosen."
)


def what_if_section(outputs: Outputs) -> list[Block]:
    """Sensitivity, what to find out next, the years of the strategy, and other scenarios."""
    scenarios = [table for name, table in outputs.tables.items() if name.startswith("scenarios_")]
    years = [table for name, table in outputs.tables.items() if name.startswith("horizon_")]
    known = [outputs.tables[name] for name in ("sensitivity_places",) if name in outputs.tables]
    ranked = [outputs.tables[name] for name in ("what_to_find_out",) if name in outputs.tables]
    said = outputs.statements["scenarios"]
    return [
        Heading(1, "Scenarios and sensitivity"),
        Paragraph(WHY),
        Heading(2, "What the answer hangs on"),
        *paragraphs(outputs, "sensitivity"),
        *(FigureBlock(figure) for figure in outputs.figures.get("tornado", ())),
        *(TableBlock(table) for table in known),
        Heading(2, "What to find out next"),
        *paragraphs(outputs, "find_out"),
        *(TableBlock(table) for table in ranked),
        Heading(2, "The years of the strategy"),
        *paragraphs(outputs, "horizon"),
        *(TableBlock(table) for table in years),
        Heading(2, "Other scenarios"),
        *([Bullets(said)] if scenarios else paragraphs(outputs, "scenarios")),
        *(TableBlock(table) for table in scenarios),
    ]

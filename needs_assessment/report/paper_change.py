"""The section of the paper about what changed since the last run, and the same as a document of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from needs_assessment.disclosure.published_table import PublishedTable
from needs_assessment.report.figure import Figure
from needs_assessment.report.tables.change import printed
from needs_assessment.report.writers.document import (
    Block,
    Bullets,
    Document,
    FigureBlock,
    Heading,
    Paragraph,
    TableBlock,
)

if TYPE_CHECKING:
    from needs_assessment.report.outputs import Outputs

HEADING = "What changed since the last run"
HOW = (
    "The change of each figure is split into what caused it. Each part is the average of what that cause does over every "
    "order in which the causes could have come, so the parts add up to the change and none depends on what is taken first."
)
# the tables a board reads; the others are in the workbook
PRINTED = ("change_causes", "change_people", "change_households", "change_places")


def change_section(outputs: Outputs) -> list[Block]:
    """The section; nothing where no previous run was given."""
    if "change_causes" not in outputs.tables:
        return []
    return [
        Heading(1, HEADING),
        *change_blocks(outputs.statements["change"], outputs.tables, outputs.figures["change"]),
    ]


def change_blocks(
    sentences: Sequence[str], tables: Mapping[str, PublishedTable], figures: Sequence[Figure]
) -> list[Block]:
    """Paragraph, sentences, charts and the main tables."""
    return [
        Paragraph(HOW),
        Bullets(tuple(sentences)),
        *(FigureBlock(figure) for figure in figures),
        *(
            TableBlock(view)
            for name in PRINTED
            if name in tables and (view := printed(tables[name])) is not None
        ),
    ]


def change_document(
    area: str,
    date: str,
    sentences: Sequence[str],
    tables: Mapping[str, PublishedTable],
    figures: Sequence[Figure],
) -> Document:
    """A comparison of two runs as a paper of its own."""
    return Document(
        title=f"Why the numbers changed: {area}",
        subtitle="Domestic abuse needs assessment: two runs compared",
        author="",
        date=date,
        blocks=(Heading(1, "What changed and why"), *change_blocks(sentences, tables, figures)),
    )

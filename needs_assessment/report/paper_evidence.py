"""Sections of the paper that no figure fills: evidence in words by theme, and the statutory checklist."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from needs_assessment.disclosure.gate import publish_view
from needs_assessment.report.paper_people import paragraphs
from needs_assessment.report.tables.evidence import OWN_ACT, WORDS
from needs_assessment.report.writers.document import Block, Heading, Paragraph, TableBlock

if TYPE_CHECKING:
    from needs_assessment.report.outputs import Outputs


def evidence_section(outputs: Outputs) -> list[Block]:
    """Barriers, survivors' voice, perpetrator provision and every other theme that strategies ask for."""
    shown = {"evidence": ("title", "statement", "kind", "source", "date", "age", "flag")}
    themes = ("title", "here", "obtain")
    return [
        Heading(1, "Barriers, survivors' voice and perpetrator provision"),
        *paragraphs(outputs, "evidence"),
        *(
            TableBlock(publish_view(outputs.table(name), {key: key for key in keys}))
            for name, keys in shown.items()
            if name in outputs.tables
        ),
        TableBlock(
            replace(
                publish_view(outputs.table("evidence_themes"), {key: key for key in themes}),
                notes=(
                    "Statements are evidence in words. Figures on a theme, where there are any, have their own sections.",
                ),
            )
        ),
    ]


def checklist_section(outputs: Outputs) -> list[Block]:
    """What the Act, its regulations and the guidance ask for, and what this run has of it."""
    table = outputs.table("statutory_checklist")
    own = table.frame["here"] == WORDS[OWN_ACT]
    shown = ("provision", "asked", "here", "detail", "obtain")
    evidence = publish_view(table, {key: key for key in shown}, rows=~own)
    acts = publish_view(table, {key: key for key in ("provision", "asked")}, rows=own)
    return [
        Heading(1, "Statutory checklist"),
        *paragraphs(outputs, "checklist"),
        Paragraph(
            "The checklist says what evidence a board can point to in this paper. It is no legal advice, and it does not "
            "say that the duty is met.",
            "note",
        ),
        TableBlock(evidence),
        TableBlock(
            replace(
                acts,
                title=f"Acts of the authority, {outputs.context.area}: not something a number can show",
                notes=("The authority keeps its own record of these.",),
            )
        ),
    ]

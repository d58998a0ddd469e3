"""The commissioning paper as one document: its sections, in the order a board reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from needs_assessment.report.paper_change import change_section
from needs_assessment.report.paper_evidence import checklist_section, evidence_section
from needs_assessment.report.paper_people import (
    cascade_section,
    children_section,
    equality_section,
    prevalence_section,
    wards_section,
)
from needs_assessment.report.paper_places import (
    accommodation_section,
    help_section,
    methods_section,
    sources_section,
    unknowns_section,
)
from needs_assessment.report.paper_what_if import what_if_section
from needs_assessment.report.wording import capital
from needs_assessment.report.writers.document import Block, Bullets, Document, Heading, Paragraph

if TYPE_CHECKING:
    from needs_assessment.assessment import Assessment
    from needs_assessment.report.outputs import Outputs


GAPS_SHOWN = 3
DUTY = (
    "Part 4 of the Domestic Abuse Act 2021 (sections 57 to 61) asks each tier-one authority in England to assess the "
    "need for accommodation-based support for victims and their children in its area, to prepare and publish a "
    "strategy, and to monitor it. This paper gives the numbers part of that assessment."
)
HOW_SURE = (
    "Modelled figures are national rates applied to the people who live here, not counts of people known to any service. "
    "The ranges are 95% intervals: they hold the survey's error and how far one place may differ from the nation, not what "
    "surveys never see."
)


def build_paper(assessment: Assessment, outputs: Outputs) -> Document:
    """The paper of one run; every number in it comes from the released results."""
    area = outputs.context.area
    blocks: list[Block] = [
        *summary(outputs),
        *context_section(assessment, outputs),
        *prevalence_section(outputs),
        *wards_section(outputs),
        *children_section(outputs),
        *equality_section(outputs),
        *cascade_section(outputs),
        *evidence_section(outputs),
        *accommodation_section(outputs),
        *what_if_section(outputs),
        *change_section(outputs),
        *checklist_section(outputs),
        *unknowns_section(outputs),
        *methods_section(assessment, outputs),
        *sources_section(outputs),
        *help_section(assessment),
    ]
    return Document(
        title=f"Domestic abuse needs assessment: {area}",
        subtitle=f"Prevalence, need and safe accommodation by ward. Population {outputs.context.population_date}",
        author="",
        date=assessment.scenario.as_of.isoformat(),
        blocks=tuple(blocks),
    )


def summary(outputs: Outputs) -> list[Block]:
    gaps = outputs.table("data_gaps").frame["gap"].tolist()
    said = outputs.statements
    return [
        Heading(1, "Summary for the board"),
        *(Paragraph(text, "warning") for text in outputs.warnings),
        Heading(2, "How many people"),
        Bullets((" ".join(said["victims"]), f"{said['children'][0]} {said['high_risk'][0]}")),
        Heading(2, "Safe accommodation"),
        Bullets((*said["places"], " ".join(said["need"]), *said["cost"])),
        Heading(2, "How sure this is"),
        Paragraph(HOW_SURE),
        Heading(2, "What is not known"),
        Paragraph(_first_gaps(gaps)),
    ]


def _first_gaps(gaps: list[str]) -> str:
    """The gaps that matter most, in one sentence; page one has no room for all."""
    said = [
        text[:1].lower() + text[1:] if place else capital(text)
        for place, text in enumerate(gaps[:GAPS_SHOWN])
    ]
    more = (
        ""
        if len(gaps) <= GAPS_SHOWN
        else " The rest is listed under “What is not known, and what to obtain”."
    )
    return "; ".join(said) + "." + more


def context_section(assessment: Assessment, outputs: Outputs) -> list[Block]:
    residents = outputs.safe.row("residents")["value"]
    adults = outputs.safe.row("residents_16_and_over")["value"]
    return [
        Heading(1, "Context and duty"),
        Paragraph(DUTY),
        *([Paragraph(assessment.inputs.area.note)] if assessment.inputs.area.note else []),
        Heading(1, "Population"),
        Paragraph(
            f"{residents:,.0f} people live in {outputs.context.area}, {adults:,.0f} of them aged 16 and over "
            f"({outputs.context.population_date})."
        ),
        *(Paragraph(note, "note") for note in assessment.inputs.notes),
    ]

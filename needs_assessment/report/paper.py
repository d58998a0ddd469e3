"""The commissioning paper as one document: its sections, in the order a board reads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

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
    return Document(
        title=f"Domestic abuse needs assessment: {area}",
        subtitle=f"Prevalence, need and safe accommodation by ward. Population {outputs.context.population_date}",
        author="",
        date=assessment.scenario.as_of.isoformat(),
        blocks=tuple(block for section in SECTIONS for block in section.blocks(assessment, outputs)),
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


class Section(NamedTuple):
    """A part of what is said of an area. blocks: makes it for the paper; notebook: the headings it has there, if any."""

    blocks: Callable[[Assessment, Outputs], list[Block]]
    notebook: tuple[str, ...] = ()


def _of_outputs(blocks: Callable[[Outputs], list[Block]]) -> Callable[[Assessment, Outputs], list[Block]]:
    return lambda _, outputs: blocks(outputs)


# the order of the paper and of the notebook; a test holds the notebook against it
SECTIONS = (
    Section(_of_outputs(summary)),
    Section(context_section),
    Section(
        _of_outputs(prevalence_section),
        (
            "How many people experience domestic abuse",
            "Prevalence by sex and age",
            "How far the number depends on the method",
        ),
    ),
    Section(_of_outputs(wards_section), ("Where victims live",)),
    Section(_of_outputs(children_section)),
    Section(
        _of_outputs(equality_section),
        ("Who is affected: protected characteristics, types of abuse and levels of risk",),
    ),
    Section(
        _of_outputs(cascade_section),
        ("From victims to unmet need", "People on several services' lists", "Local returns by period"),
    ),
    Section(_of_outputs(evidence_section), ("Barriers, survivors' voice and perpetrator provision",)),
    Section(
        _of_outputs(accommodation_section),
        (
            "Need for safe accommodation, and how much of it is met",
            "Places of safe accommodation",
            "Cost",
        ),
    ),
    Section(
        _of_outputs(what_if_section),
        (
            "What the answer hangs on, and what to find out next",
            "The years of the strategy",
            "Other scenarios",
        ),
    ),
    Section(_of_outputs(change_section), ("What changed since the last run",)),
    Section(_of_outputs(checklist_section), ("Statutory checklist",)),
    Section(_of_outputs(unknowns_section), ("What is not known, and what to obtain",)),
    Section(methods_section, ("Figures, judgements and sources used",)),
    Section(_of_outputs(sources_section)),
    Section(lambda assessment, _: help_section(assessment)),
)

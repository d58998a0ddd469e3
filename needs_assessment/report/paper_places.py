"""Sections of the paper about places, cost, what is not known, methods and sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from needs_assessment.disclosure.gate import publish_view
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
    from needs_assessment.assessment import Assessment
    from needs_assessment.report.outputs import Outputs


WHY_FOUR = (
    "The four answers differ because they ask different questions. The standard and the national model count places for "
    "each resident, whatever the demand; the standard says itself that numbers should follow actual need. Queueing asks "
    "how many places keep the share of households turned away small, so it adds room for weeks when many come at once. "
    "The last takes the places in use and adds those that households turned away for lack of room would have filled. "
    "The last two count refuge only: other types of accommodation need a local length of stay before they can be added. "
    "Supply is shown for the whole area only: no output of this tool says where safe accommodation is."
)
CROSSING = (
    "Most households who seek a refuge place cross an authority's boundary, and the duty includes people from outside the "
    "area. Without local figures as many are taken to arrive as to leave."
)


def accommodation_section(outputs: Outputs) -> list[Block]:
    places = publish_view(outputs.table("places"), {key: key for key in ("label", "value", "basis", "note")})
    return [
        Heading(1, "Safe accommodation"),
        Heading(2, "Need, and how much of it is met"),
        *paragraphs(outputs, "need"),
        *(FigureBlock(figure) for figure in outputs.figures["need"]),
        TableBlock(
            publish_view(
                outputs.table("safe_accommodation_need"),
                {key: key for key in ("label", "value", "low", "high", "basis", "note")},
            )
        ),
        Heading(2, "How many places: four answers"),
        *paragraphs(outputs, "places"),
        *(FigureBlock(figure) for figure in outputs.figures["places"]),
        TableBlock(
            publish_view(
                outputs.table("four_answers"),
                {key: key for key in ("label", "value", "low", "high", "gap", "chance", "average_gap")},
            )
        ),
        Paragraph(WHY_FOUR),
        TableBlock(places),
        TableBlock(
            publish_view(
                outputs.table("accommodation_types"),
                {key: key for key in ("label", "value", "low", "high", "available", "gap", "cost")},
            )
        ),
        TableBlock(outputs.table("turn_away_targets")),
        Heading(2, "Who crosses the boundary"),
        Paragraph(CROSSING),
        TableBlock(outputs.table("cross_boundary")),
        Heading(1, "Cost"),
        *paragraphs(outputs, "cost"),
        TableBlock(outputs.table("costs")),
    ]


def unknowns_section(outputs: Outputs) -> list[Block]:
    return [
        Heading(1, "What is not known, and what to obtain"),
        TableBlock(outputs.table("data_gaps")),
    ]


def methods_section(assessment: Assessment, outputs: Outputs) -> list[Block]:
    rates, scenario = assessment.inputs.rates, assessment.scenario
    methods = {
        "crude": "one national rate for all adults",
        "sex": "a national rate for women and one for men",
        "age_sex": "national rates by sex and age",
        "composition": "national rates by sex and age, moved between wards by who lives there,",
        "local": "national rates by sex and age, moved between wards by an observed local series,",
    }
    return [
        Heading(1, "How the figures were made"),
        Paragraph(
            f"Victims are {methods[scenario.method]} times the residents of each ward. The rate set is {rates.name} "
            f"(survey of {rates.edition}, people {rates.ages}), for England and Wales; England's age profile stands in for "
            "both. "
            + (
                "The published level of each sex is kept, and the pattern by age, from older surveys, is "
                "calibrated to it. "
                if scenario.method == "age_sex"
                else ""
            )
            + "A ward effect and an authority effect, whose sizes are registered judgements, widen the ranges, because a "
            "national rate says nothing about how one place differs from another."
        ),
        Paragraph(
            f"The ranges come from {scenario.draws:,} random draws with seed {scenario.seed}. The estimates themselves do "
            "not depend on them: each is the result at the central value of every input, and wards add up to the area."
        ),
        TableBlock(outputs.table("assumptions")),
    ]


def help_section(assessment: Assessment) -> list[Block]:
    """Whom to ring and whom to ask, as the council gave them; nothing where it gave neither."""
    scenario = assessment.scenario
    blocks: list[Block] = []
    if scenario.help_lines:
        blocks += [
            Paragraph("The council gives these help lines (name, number, hours):"),
            Bullets(tuple(line.replace(" | ", ", ") for line in scenario.help_lines)),
        ]
    if scenario.contact_role:
        blocks.append(Paragraph(f"Questions about this paper: {scenario.contact_role}."))
    return [Heading(1, "Help, and whom to ask"), *blocks] if blocks else []


def sources_section(outputs: Outputs) -> list[Block]:
    return [
        Heading(1, "Sources"),
        TableBlock(outputs.table("sources")),
        Bullets(tuple(outputs.attributions)),
    ]

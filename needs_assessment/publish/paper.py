"""The commissioning paper as one document: its sections, in the order a board reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from needs_assessment.publish.document import (
    Block,
    Bullets,
    Document,
    FigureBlock,
    Heading,
    PageBreak,
    Paragraph,
    TableBlock,
)
from needs_assessment.publish.mapcommon import CAN_AND_CANNOT
from needs_assessment.publish.outputs import NO_MAP, Outputs
from needs_assessment.publish.views import publish_view

if TYPE_CHECKING:
    from needs_assessment.assessment import Assessment

DUTY = (
    "Part 4 of the Domestic Abuse Act 2021 (sections 57 to 61) asks each tier-one authority in England to assess the "
    "need for accommodation-based support for victims and their children in its area, to prepare and publish a "
    "strategy, and to monitor it. This paper gives the numbers part of that assessment."
)
CHILDREN = (
    "Children who see, hear or experience the effects of domestic abuse are victims in their own right (section 3 of "
    "the Act). Two published routes to their number are shown. The first spreads a national count of 2023 over all "
    "children; it is a minimum. The second applies survey rates of 2009 that count violence between adults at home and "
    "leave out other abuse. They differ because they count different things at different times, and are never added."
)
HOW_SURE = (
    "Modelled figures are national rates applied to the people who live here, not counts of people known to any service. "
    "The ranges are 95% intervals: they hold the survey's error and how far one place may differ from the nation, not what "
    "surveys never see."
)
WHY_FOUR = (
    "The four answers differ because they ask different questions. The standard and the national model count places for "
    "each resident, whatever the demand; the standard says itself that numbers should follow actual need. Queueing asks "
    "how many places keep the share of households turned away small, so it adds room for weeks when many come at once. "
    "The last takes the places in use and adds those that households turned away for lack of room would have filled. "
    "The last two count refuge only: other types of accommodation need a local length of stay before they can be added. "
    "Supply is shown for the whole area only: no output of this tool says where safe accommodation is."
)
CASCADE = (
    "Each step says how many people or households would need that kind of help in a year, how many a national share or a "
    "local return says have it, and the rest. People, households, cases and referrals are different things and are never "
    "added. A step without a registered share and without a local return stays blank."
)
CROSSING = (
    "Most households who seek a refuge place cross an authority's boundary, and the duty includes people from outside the "
    "area. Without local figures as many are taken to arrive as to leave."
)


def build_paper(assessment: Assessment, outputs: Outputs) -> Document:
    """The paper of one run; every number in it comes from the released results."""
    area = outputs.context.area
    blocks: list[Block] = [
        *_summary(outputs),
        *_context(assessment, outputs),
        *_prevalence(outputs),
        *_wards(outputs),
        *_children(outputs),
        *_equality(outputs),
        *_cascade(outputs),
        *_accommodation(outputs),
        *_unknowns(outputs),
        *_methods(assessment, outputs),
        *_sources(outputs),
    ]
    return Document(
        title=f"Domestic abuse needs assessment: {area}",
        subtitle=f"Prevalence, need and safe accommodation by ward. Population {outputs.context.population_date}",
        author="",
        date=assessment.scenario.as_of.isoformat(),
        blocks=tuple(blocks),
    )


def _paragraphs(outputs: Outputs, name: str) -> list[Block]:
    return [Paragraph(" ".join(outputs.statements[name]))]


def _summary(outputs: Outputs) -> list[Block]:
    gaps = outputs.table("data_gaps").frame["gap"].tolist()
    said = outputs.statements
    return [
        Heading(1, "Summary for the board"),
        *(Paragraph(text, "warning") for text in outputs.warnings),
        Heading(2, "How many people"),
        Bullets((" ".join(said["victims"]), f"{said['children'][0]} {said['high_risk'][0]}")),
        Heading(2, "Safe accommodation"),
        Bullets((*said["places"], " ".join(said["need"]))),
        Heading(2, "How sure this is"),
        Paragraph(HOW_SURE),
        Heading(2, "What is not known"),
        Paragraph(
            "; ".join(
                text[:1].upper() + text[1:] if place == 0 else text[:1].lower() + text[1:]
                for place, text in enumerate(gaps)
            )
            + "."
        ),
    ]


def _context(assessment: Assessment, outputs: Outputs) -> list[Block]:
    residents = outputs.safe.row("residents")["value"]
    adults = outputs.safe.row("residents_16_and_over")["value"]
    return [
        PageBreak(),
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


def _prevalence(outputs: Outputs) -> list[Block]:
    return [
        Heading(1, "How many people experience domestic abuse"),
        *_paragraphs(outputs, "victims"),
        TableBlock(
            publish_view(
                outputs.table("people"), {key: key for key in ("label", "value", "low", "high", "unit")}
            )
        ),
        *(FigureBlock(figure) for figure in outputs.figures.get("age_sex", ())),
        TableBlock(outputs.table("prevalence_by_sex_and_age")),
        Heading(2, "How far the number depends on the method"),
        *(FigureBlock(figure) for figure in outputs.figures["methods"]),
        TableBlock(
            publish_view(outputs.table("methods"), {key: key for key in ("label", "value", "low", "high")})
        ),
    ]


def _wards(outputs: Outputs) -> list[Block]:
    table = outputs.table("wards")
    keys = [column.key for column in table.columns if column.key not in ("ward_code", "women", "men")]
    drawn = outputs.figures["map"]
    return [
        Heading(1, "Where victims live"),
        *_paragraphs(outputs, "wards"),
        *((FigureBlock(figure) for figure in drawn) if drawn else [Paragraph(NO_MAP, "note")]),
        *([] if drawn else [Paragraph(CAN_AND_CANNOT.replace("this map", "the ward table", 1), "note")]),
        *(FigureBlock(figure) for figure in outputs.figures["top_fifth"]),
        *(FigureBlock(figure) for figure in outputs.figures["wards"]),
        TableBlock(publish_view(table, {key: key for key in keys})),
    ]


def _equality(outputs: Outputs) -> list[Block]:
    names = [name for name in outputs.tables if name.startswith("equality_") and name != "equality_rates"]
    kinds = [name for name in ("abuse_types", "risk_levels") if name in outputs.tables]
    return [
        Heading(1, "Who is affected, by protected characteristic"),
        *(TableBlock(outputs.table(name)) for name in names),
        Heading(1, "Types of abuse and levels of risk"),
        *(TableBlock(outputs.table(name)) for name in kinds),
    ]


def _children(outputs: Outputs) -> list[Block]:
    return [
        Heading(1, "Children"),
        *_paragraphs(outputs, "children"),
        Paragraph(CHILDREN),
    ]


def _cascade(outputs: Outputs) -> list[Block]:
    blocks: list[Block] = [Heading(1, "From victims to unmet need"), Paragraph(CASCADE)]
    keys = ("label", "value", "low", "high", "origin")
    for name in ("cascade_people", "cascade_households"):
        blocks += [FigureBlock(figure) for figure in outputs.figures[name]]
        blocks.append(TableBlock(publish_view(outputs.table(name), {key: key for key in keys})))
    capacity = ("tier", "label", "value", "low", "high", "origin")
    blocks += [
        Heading(2, "Posts needed"),
        TableBlock(publish_view(outputs.table("capacity"), {key: key for key in capacity})),
    ]
    returned = [outputs.table(name) for name in ("local_returns", "repeat_rates") if name in outputs.tables]
    if returned:
        blocks += [Heading(2, "Local returns by period"), *(TableBlock(table) for table in returned)]
    return blocks


def _accommodation(outputs: Outputs) -> list[Block]:
    places = publish_view(outputs.table("places"), {key: key for key in ("label", "value", "basis", "note")})
    return [
        Heading(1, "Safe accommodation"),
        Heading(2, "Need, and how much of it is met"),
        *_paragraphs(outputs, "need"),
        *(FigureBlock(figure) for figure in outputs.figures["need"]),
        TableBlock(
            publish_view(
                outputs.table("safe_accommodation_need"),
                {key: key for key in ("label", "value", "low", "high", "basis", "note")},
            )
        ),
        Heading(2, "How many places: four answers"),
        *_paragraphs(outputs, "places"),
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
        TableBlock(outputs.table("costs")),
    ]


def _unknowns(outputs: Outputs) -> list[Block]:
    return [
        Heading(1, "What is not known, and what to obtain"),
        TableBlock(outputs.table("data_gaps")),
    ]


def _methods(assessment: Assessment, outputs: Outputs) -> list[Block]:
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


def _sources(outputs: Outputs) -> list[Block]:
    return [
        Heading(1, "Sources"),
        TableBlock(outputs.table("sources")),
        Bullets(tuple(outputs.attributions)),
    ]

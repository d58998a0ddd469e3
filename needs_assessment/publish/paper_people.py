"""Sections of the paper about people: prevalence, wards, who is affected, children, the cascade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from needs_assessment.publish.document import Block, FigureBlock, Heading, Paragraph, TableBlock
from needs_assessment.publish.lists import LIST_TABLES
from needs_assessment.publish.mapcommon import CAN_AND_CANNOT
from needs_assessment.publish.outputs import NO_MAP
from needs_assessment.publish.views import publish_view

if TYPE_CHECKING:
    from needs_assessment.publish.outputs import Outputs


CHILDREN = (
    "Children who see, hear or experience the effects of domestic abuse are victims in their own right (section 3 of "
    "the Act). Two published routes to their number are shown. The first spreads a national count of 2023 over all "
    "children; it is a minimum. The second applies survey rates of 2009 that count violence between adults at home and "
    "leave out other abuse. They differ because they count different things at different times, and are never added."
)
CASCADE = (
    "Each step says how many people or households would need that kind of help in a year, how many a national share or a "
    "local return says have it, and the rest. People, households, cases and referrals are different things and are never "
    "added. A step without a registered share and without a local return stays blank."
)


def paragraphs(outputs: Outputs, name: str) -> list[Block]:
    return [Paragraph(" ".join(outputs.statements[name]))]


def prevalence_section(outputs: Outputs) -> list[Block]:
    return [
        Heading(1, "How many people experience domestic abuse"),
        *paragraphs(outputs, "victims"),
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


def wards_section(outputs: Outputs) -> list[Block]:
    table = outputs.table("wards")
    keys = [column.key for column in table.columns if column.key not in ("ward_code", "women", "men")]
    drawn = outputs.figures["map"]
    return [
        Heading(1, "Where victims live"),
        *paragraphs(outputs, "wards"),
        *((FigureBlock(figure) for figure in drawn) if drawn else [Paragraph(NO_MAP, "note")]),
        *([] if drawn else [Paragraph(CAN_AND_CANNOT.replace("this map", "the ward table", 1), "note")]),
        *(FigureBlock(figure) for figure in outputs.figures["top_fifth"]),
        *(FigureBlock(figure) for figure in outputs.figures["wards"]),
        TableBlock(publish_view(table, {key: key for key in keys})),
    ]


def equality_section(outputs: Outputs) -> list[Block]:
    names = [name for name in outputs.tables if name.startswith("equality_") and name != "equality_rates"]
    kinds = [name for name in ("abuse_types", "risk_levels") if name in outputs.tables]
    return [
        Heading(1, "Who is affected, by protected characteristic"),
        *(TableBlock(outputs.table(name)) for name in names),
        Heading(1, "Types of abuse and levels of risk"),
        *(TableBlock(outputs.table(name)) for name in kinds),
    ]


def children_section(outputs: Outputs) -> list[Block]:
    return [
        Heading(1, "Children"),
        *paragraphs(outputs, "children"),
        Paragraph(CHILDREN),
    ]


def lists_blocks(outputs: Outputs) -> list[Block]:
    """People on several services' lists: what is known of them, and everyone by how the lists overlap."""
    tables = [outputs.table(name) for name in LIST_TABLES if name in outputs.tables]
    tables = [
        publish_view(table, {column.key: column.key for column in table.columns if column.key != "note"})
        for table in tables
    ]
    return [
        Heading(2, "People on several services' lists"),
        *(Paragraph(text) for text in outputs.statements["lists"]),
        *(TableBlock(table) for table in tables),
    ]


def cascade_section(outputs: Outputs) -> list[Block]:
    blocks: list[Block] = [Heading(1, "From victims to unmet need"), Paragraph(CASCADE)]
    keys = ("label", "value", "low", "high", "origin")
    for name in ("cascade_people", "cascade_households"):
        blocks += [FigureBlock(figure) for figure in outputs.figures[name]]
        blocks.append(TableBlock(publish_view(outputs.table(name), {key: key for key in keys})))
    blocks += lists_blocks(outputs)
    capacity = ("tier", "label", "value", "low", "high", "origin")
    blocks += [
        Heading(2, "Posts needed"),
        TableBlock(publish_view(outputs.table("capacity"), {key: key for key in capacity})),
    ]
    returned = [outputs.table(name) for name in ("local_returns", "repeat_rates") if name in outputs.tables]
    if returned:
        blocks += [Heading(2, "Local returns by period"), *(TableBlock(table) for table in returned)]
    return blocks

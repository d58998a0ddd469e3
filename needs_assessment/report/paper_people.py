"""Sections of the paper about people: prevalence, wards, who is affected, children, the cascade."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from needs_assessment.disclosure.gate import publish_view
from needs_assessment.disclosure.published_table import PublishedTable
from needs_assessment.report.charts.map_legend import CAN_AND_CANNOT
from needs_assessment.report.outputs import NO_MAP
from needs_assessment.report.tables.matched_lists import LIST_TABLES
from needs_assessment.report.tables.returns import NO_EARLIER
from needs_assessment.report.writers.document import Block, FigureBlock, Heading, Paragraph, TableBlock

if TYPE_CHECKING:
    from needs_assessment.report.outputs import Outputs


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
    left_out = ("ward_code", "women", "men", "district", "either_way")
    keys = {column.key: column.key for column in table.columns if column.key not in left_out}
    drawn = outputs.figures["map"]
    return [
        Heading(1, "Where victims live"),
        *paragraphs(outputs, "wards"),
        *((FigureBlock(figure) for figure in drawn) if drawn else [Paragraph(NO_MAP, "note")]),
        *([] if drawn else [Paragraph(CAN_AND_CANNOT.replace("this map", "the ward table", 1), "note")]),
        *(FigureBlock(figure) for figure in outputs.figures["top_fifth"]),
        *(FigureBlock(figure) for figure in outputs.figures["wards"]),
        *(TableBlock(part) for part in _by_district(table, keys)),
    ]


def _by_district(table: PublishedTable, keys: dict[str, str]) -> list[PublishedTable]:
    """The ward table, one part a district where there are several; its notes stand below the last part."""
    if not any(column.key == "district" for column in table.columns):
        return [publish_view(table, keys)]
    districts = table.frame["district"]
    parts = [
        replace(
            publish_view(table, keys, rows=districts == name),
            title=f"{table.title}: {name}",
            notes=(),
            source="",
        )
        for name in dict.fromkeys(districts)
    ]
    return [*parts[:-1], replace(parts[-1], notes=table.notes, source=table.source)]


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
    if "local_returns" in outputs.tables:
        blocks += [
            Heading(2, "Local returns by period"),
            *(TableBlock(table) for table in _returns(outputs.table("local_returns"))),
        ]
    if "repeat_rates" in outputs.tables:
        blocks.append(TableBlock(outputs.table("repeat_rates")))
    return blocks


def _returns(table: PublishedTable) -> list[PublishedTable]:
    """The local returns as two tables a page can hold: what was returned, and what changed where that is known."""
    held = ("agency", "label", "period", "value", "unit", "age", "flag", "source_name")
    changed = ("label", "period", "value", "change", "change_share", "against")
    figures = publish_view(table, {key: key for key in held})
    # the line about changes goes with the column of changes
    figures = replace(figures, notes=tuple(note for note in table.notes if note != NO_EARLIER))
    known = table.frame["against"].fillna("") != ""
    if not known.any():
        return [figures]
    changes = publish_view(table, {key: key for key in changed}, rows=known)
    return [
        figures,
        replace(changes, title=f"{table.title}: change from the earlier period", notes=(), source=""),
    ]

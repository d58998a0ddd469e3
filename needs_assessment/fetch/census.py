"""Census tables by small area, and those of people's characteristics by ward."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from needs_assessment.fetch import tables
from needs_assessment.fetch.made import Made, joined, only_known
from needs_assessment.fetch.questions import Questions
from needs_assessment.registers.registers import read_register
from needs_assessment.tables.schemas import ENGLAND_CHARACTERISTICS


def characteristics(ask: Questions, data: Path) -> list[Made]:
    """Census tables by small area, and those of people's characteristics added up to wards by the best fit."""
    census = ask.register.census
    england = read_register(data, "england/characteristics.csv", ENGLAND_CHARACTERISTICS)
    codes = [area.code for area in ask.small_areas]
    made, by_ward = [], {}
    for name, topic in census.topics.items():
        rows = ask.census(topic)
        only_known(rows, set(codes))
        counts = tables.topic_counts(rows, topic.dimension, codes)
        if topic.by_ward:
            tables.check_categories(name, counts, england)
            by_ward[name] = (topic.unit, counts)
        frame = pd.DataFrame(
            [(area, category, topic.unit, number) for (area, category), number in sorted(counts.items())],
            columns=["LSOA21CD", "category", "unit", "count"],
        )
        made.append(
            Made(
                name=f"census2021_{name}_lsoa2021.csv",
                title=f"{topic.title}, by small area",
                content=tables.csv_bytes(frame),
                rows=len(frame),
                period=census.period,
                method="as published",
                source_ids=census.source_ids,
            )
        )
    empty = ask.without_small_areas()
    if empty:
        said = ", ".join(f"{ward.code} {ward.name}" for ward in empty[:5])
        note = f"No table of characteristics by ward: the best fit brings no small area to {said}."
        return [*made[:-1], replace(made[-1], notes=(note,))]
    frame = tables.characteristics_table(by_ward, ask.wards, ask.small_areas)
    sources = joined(census.source_ids, ask.layers.source_ids)
    return [
        Made(
            name=f"characteristics_census2021_wards{ask.year}.csv",
            title="Residents and households by ward and characteristic",
            content=tables.csv_bytes(frame),
            rows=len(frame),
            period=census.period,
            method="small areas added up to wards by the official best fit",
            source_ids=sources,
            for_a_run="characteristics",
            notes=(
                "Deprivation is not among these characteristics: the index is not published by these services.",
            ),
        ),
        *made,
    ]

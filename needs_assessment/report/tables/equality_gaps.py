"""What is known of each protected characteristic, what is published, and what is missing: gaps in the evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from needs_assessment.disclosure.gate import publish_table
from needs_assessment.disclosure.published_table import PublishedTable, TableColumn
from needs_assessment.estimate.breakdowns import RateUsed
from needs_assessment.report.tables.equality_sources import PLACES, all_published
from needs_assessment.report.tables.people import Context

if TYPE_CHECKING:
    from needs_assessment.inputs.population.characteristics import Characteristics


def characteristics_gap(characteristics: Characteristics) -> tuple[str, str, str] | None:
    """The row of ``data_gaps`` for an area without characteristics, or None."""
    if not characteristics.missing:
        return None
    return (
        f"Who lives in the wards by disability, ethnic group and tenure: {characteristics.missing}",
        "Census counts by ward in the layout of characteristics.csv",
        "Victims by protected characteristic, the evidence for an Equality Impact Assessment",
    )


def gaps_table(
    context: Context, used: Sequence[RateUsed], characteristics: Characteristics
) -> PublishedTable:
    """Each protected characteristic and each other published contrast: what is here, what is published, what is missing."""
    published: dict[str, list[str]] = {}
    for rate in all_published(characteristics.rates):
        published.setdefault(rate.place, []).append(rate.name)
    estimated = {rate.breakdown for rate in used if rate.published}
    unrated = {
        rate.breakdown: rate.covers for rate in used if not rate.published and rate.breakdown != "tenure"
    }
    rows = []
    for place in PLACES:
        topic = place.topic
        if place.given:
            here = place.given
        elif topic in estimated:
            here = "Estimated: see its own table"
        elif topic in characteristics.topics:
            here = "Residents only" if topic != "tenure" else "Households only"
        else:
            here = "NOT ESTIMATED"
        missing = [place.missing] if place.missing else []
        if unrated.get(topic) and topic in estimated:
            missing.insert(0, f"A rate of domestic abuse for: {'; '.join(unrated[topic])}")
        if place.population and topic not in characteristics.topics:
            missing.append(place.population)
        rows.append(
            {
                "name": place.name,
                "here": here,
                "published": ", ".join(dict.fromkeys(published.get(place.name, [])))
                or ("In the table named" if place.given else "Nothing in the register of rates"),
                "missing": "; ".join(missing),
            }
        )
    rows += [
        {
            "name": name,
            "here": "NOT ESTIMATED",
            "published": ", ".join(dict.fromkeys(found)),
            "missing": "Residents of these groups by ward",
        }
        for name, found in published.items()
        if name not in {place.name for place in PLACES}
    ]
    return publish_table(
        "equality_gaps",
        f"Protected characteristics: what is estimated, and gaps in the evidence, {context.area}",
        [
            TableColumn("name", "Characteristic"),
            TableColumn("here", "In this assessment"),
            TableColumn("published", "Groups with a published rate"),
            TableColumn("missing", "What is missing"),
        ],
        pd.DataFrame(rows),
        notes=[
            "A group is estimated where a published rate and the number of its residents by ward are both known. Every "
            "published rate by group is in the workbook (table equality_rates).",
            *([f"This area: {characteristics.missing}."] if characteristics.missing else []),
        ],
    )


def rates_table(
    used: Sequence[RateUsed], characteristics: Characteristics, titles: Mapping[str, str]
) -> PublishedTable:
    """Every published rate by group in the register, with edition, question set, ages and source, used or not."""
    chosen = {
        (rate.who, rate.edition, rate.source_id, round(rate.rate, 6)) for rate in used if rate.published
    }
    found = all_published(characteristics.rates)
    frame = pd.DataFrame(
        [
            {
                "place": rate.place,
                "group": rate.name,
                "rate": rate.percent / 100,
                "who": rate.who,
                "edition": f"{rate.edition}, {rate.questions}",
                "source": rate.source_id,
                "used": "yes"
                if (rate.who, rate.edition, rate.source_id, round(rate.percent / 100, 6)) in chosen
                else "no",
            }
            for rate in found
        ]
    )
    named = sorted({rate.source_id for rate in found})
    return publish_table(
        "equality_rates",
        "Published rates of abuse in the last year by group, England and Wales",
        [
            TableColumn("place", "Characteristic"),
            TableColumn("group", "Group"),
            TableColumn("rate", "Rate", "", "percent"),
            TableColumn("who", "Abuse and ages"),
            TableColumn("edition", "Edition and questions"),
            TableColumn("source", "Source"),
            TableColumn("used", "Used"),
        ],
        frame,
        notes=[
            "Rates of different editions, questions, ages or kinds of abuse are never compared with each other."
        ],
        source="Sources: " + "; ".join(f"{name}: {titles.get(name, name)}" for name in named) + ".",
    )

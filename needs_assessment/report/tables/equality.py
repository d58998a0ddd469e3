"""Equality tables: one a characteristic, types of abuse, levels of risk, and what is not known.

Evidence for an Equality Impact Assessment. Every group of residents has a row, with or without a rate; every estimate
names its published rate, edition, question set, ages and source; every rate by group that is in the register appears,
used or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from needs_assessment.disclosure.gate import SafeResults, publish_table
from needs_assessment.disclosure.published_table import PublishedTable, TableColumn
from needs_assessment.estimate.breakdowns import RESIDUAL, RateUsed
from needs_assessment.report.tables.equality_gaps import gaps_table, rates_table
from needs_assessment.report.tables.people import INTERVAL, MODELLED, TOTALS, Context
from needs_assessment.report.tables.risk_levels import risk_table

if TYPE_CHECKING:
    from needs_assessment.inputs.population.characteristics import Characteristics

DEPRIVATION = "deprivation_2025"
TITLES = {
    "disability": "Disability",
    "ethnic_group": "Ethnic group",
    "tenure": "Housing tenure",
    DEPRIVATION: "Deprivation of the neighbourhood",
}
TYPE_WORDS = {
    "any_non_sexual": "Any abuse other than sexual",
    "partner_non_sexual": "By a partner, other than sexual",
    "family_non_sexual": "By a family member, other than sexual",
    "non_physical": "Not physical (emotional, financial)",
    "threats_or_force": "Threats or force",
    "stalking": "Stalking by a partner or family member",
    "sexual_assault": "Sexual assault by a partner or family member",
}
DEPRIVATION_WORDS = {"quintile 1": "Fifth 1, the most deprived", "quintile 5": "Fifth 5, the least deprived"}
CLOSED = "None: closes the total"
NOT_SEPARATE = "None: in the row below"
OWN_TOTAL = "This run's total"
RESIDENTS_NOTE = (
    "Residents are of all ages, victims 16 and over: the one is not to be divided by the other. The total of residents is "
    "the Census's, not the population estimate."
)


def equality_tables(
    safe: SafeResults,
    context: Context,
    used: Sequence[RateUsed],
    characteristics: Characteristics,
    titles: Mapping[str, str],
) -> dict[str, PublishedTable]:
    """Every equality table by name, in the order of a paper.

    used: what the steps of the breakdowns returned; titles: title of each source by id, for the sources the tables name.
    ``equality_<characteristic>`` for each characteristic of the run, ``abuse_types`` when estimated, ``risk_levels``,
    ``equality_gaps`` and ``equality_rates`` always.
    """
    tables = [
        _characteristic_table(safe, context, name, used)
        for name in (*TITLES, *sorted(set(characteristics.topics) - set(TITLES)))
        if name in characteristics.topics
    ]
    types = [rate for rate in used if rate.breakdown == "abuse_type"]
    if types:
        tables.append(_types_table(safe, context, types))
    tables.append(risk_table(safe, context))
    tables.append(gaps_table(context, used, characteristics))
    tables.append(rates_table(used, characteristics, titles))
    return {table.name: table for table in tables}


def edition_words(rates: Sequence[RateUsed]) -> str:
    """Edition, questions, kind of abuse and ages of the rates of one table, which share them."""
    found = dict.fromkeys(
        f"{rate.edition}, {rate.question_set} questions, {rate.who}" for rate in rates if rate.published
    )
    return f"Published rates: Crime Survey for England and Wales, {'; '.join(found)}."


def _characteristic_table(
    safe: SafeResults, context: Context, name: str, used: Sequence[RateUsed]
) -> PublishedTable:
    rates = [rate for rate in used if rate.breakdown == name]
    measure = (
        "households" if safe.has("households", breakdown=name) or _in_households(safe, name) else "residents"
    )
    counted = safe.pick([measure], level="authority", breakdown=name)
    counts = dict(zip(counted["category"], counted["value"], strict=True))
    total = float(sum(counts.values()))
    unit = measure.capitalize()
    rows = []
    for rate in rates:
        held = float(sum(counts[category] for category in rate.covers))
        if not rate.published:
            rows += [
                _row(_words(name, category), counts[category], total, source=NOT_SEPARATE)
                for category in rate.covers
            ]
        victims = safe.row("victims_last_year", breakdown=name, category=rate.category)
        label = _residual_words(rate, rates) if rate.category == RESIDUAL else rate.category
        rows.append(_row(label, held, total, victims, rate))
    if not rates:
        rows += [_row(_words(name, category), count, total) for category, count in counts.items()]
    whole = safe.row("victims_last_year")
    rows.append(_row("All", total, total, whole if rates else None, source=OWN_TOTAL if rates else ""))
    columns = [
        TableColumn("group", "Group"),
        TableColumn("people", unit, "", "number", 1.0),
        TableColumn("share", "Share", "", "percent"),
    ]
    if rates:
        columns += [
            TableColumn("value", "Victims", "", "number", context.round_people),
            TableColumn("low", "Low", "", "number", context.round_people),
            TableColumn("high", "High", "", "number", context.round_people),
            TableColumn("rate", "Published rate", "", "percent"),
            TableColumn("risk", "Relative risk", "", "number", 0.01),
            TableColumn("source", "Source"),
        ]
    ids = list(dict.fromkeys(name for cell in counted["source_ids"] for name in cell.split()))
    ids += [rate.source_id for rate in rates if rate.published]
    return publish_table(
        f"equality_{name}",
        f"{TITLES.get(name, name.replace('_', ' ').capitalize())}: {unit.lower()}"
        f"{' and estimated victims' if rates else ''}, {context.area}",
        columns,
        pd.DataFrame(rows),
        notes=_notes(rates, measure),
        source=context.source_line(list(dict.fromkeys(ids))),
    )


def _in_households(safe: SafeResults, name: str) -> bool:
    return not safe.pick(["households"], level="authority", breakdown=name).empty


def _row(
    group: str,
    people: float,
    total: float,
    victims: pd.Series | None = None,
    rate: RateUsed | None = None,
    source: str = "",
) -> dict[str, object]:
    numbers = {key: np.nan if victims is None else victims[key] for key in ("value", "low", "high")}
    return {
        "group": group,
        "people": people,
        "share": people / total,
        **numbers,
        "rate": rate.rate if rate else np.nan,
        "risk": rate.relative_risk if rate else np.nan,
        "source": source if rate is None else rate.source_id or CLOSED,
    }


def _words(name: str, category: str) -> str:
    return (
        DEPRIVATION_WORDS.get(category, category.replace("quintile", "Fifth"))
        if name == DEPRIVATION
        else category
    )


def _residual_words(rate: RateUsed, rates: Sequence[RateUsed]) -> str:
    women = any(other.category.endswith("(women)") for other in rates)
    return "All without a published rate together" + (", and all men" if women else "")


def _notes(rates: Sequence[RateUsed], measure: str) -> list[str]:
    if not rates:
        return [
            "Residents only: no rate of domestic abuse is published for these groups, so no victims are estimated."
        ]
    notes = [MODELLED, INTERVAL, TOTALS]
    if any(rate.published for rate in rates):
        notes.append(edition_words(rates))
    reference = next((rate.compared_with for rate in rates if rate.compared_with), "")
    if reference:
        notes.append(
            f"Relative risk compares with: {reference}. It is a ratio of an older edition, asked with other questions and of "
            "other ages, carried over to today's level, and the range allows for that; the level is never carried over."
        )
    notes.append(
        RESIDENTS_NOTE
        if measure == "residents"
        else "Households are not people: the share of households stands in for the share of women, and partner abuse for all "
        "domestic abuse. Men, and women in other homes, have no published rate."
    )
    if any(rate.carried < 1 for rate in rates):
        notes.append(
            f"FLAG: only {min(rate.carried for rate in rates):.0%} of each published contrast is carried over, because the "
            "whole of it would leave an implausible rate for the groups without one."
        )
    return notes


def _types_table(safe: SafeResults, context: Context, types: Sequence[RateUsed]) -> PublishedTable:
    rows = []
    for rate in types:
        found = safe.row("victims_last_year", breakdown="abuse_type", category=rate.category)
        rows.append(
            {
                "group": TYPE_WORDS.get(rate.category, rate.category),
                **{key: found[key] for key in ("value", "low", "high")},
                "share": rate.relative_risk,
                "rate": rate.rate,
                "source": rate.source_id,
            }
        )
    number = {"kind": "number", "round_to": context.round_people}
    return publish_table(
        "abuse_types",
        f"Victims in the last year by type of abuse, {context.area}",
        [
            TableColumn("group", "Type"),
            TableColumn("value", "Victims", **number),  # type: ignore[arg-type]
            TableColumn("low", "Low", **number),  # type: ignore[arg-type]
            TableColumn("high", "High", **number),  # type: ignore[arg-type]
            TableColumn("share", "Share of victims", "", "percent"),
            TableColumn("rate", "Published rate", "", "percent"),
            TableColumn("source", "Source"),
        ],
        pd.DataFrame(rows),
        notes=[
            MODELLED,
            INTERVAL,
            edition_words(types),
            "One person may experience several types: the rows overlap and are never added together.",
            f"Each share is the type's rate over {types[0].overall:.1%}, the rate of any domestic abuse in the same edition, "
            "printed for women and for men and joined by England's residents of those ages.",
            "Today's questions count more kinds of abuse than those did, so the shares of physical kinds may be too high.",
        ],
        source=context.source_line(list(dict.fromkeys(rate.source_id for rate in types))),
    )

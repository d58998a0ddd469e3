"""Equality tables: one a characteristic, types of abuse, levels of risk, and what is not known.

Evidence for an Equality Impact Assessment. Every group of residents has a row, with or without a rate; every estimate
names its published rate, edition, question set, ages and source; every rate by group that is in the register appears,
used or not.

Which published rates by group belong to which characteristic, in words: no rate of the register is left out.

What is known of each protected characteristic, what is published, and what is missing: gaps in the evidence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from needs_assessment.disclosure.gate import publish_table
from needs_assessment.disclosure.published_table import PublishedTable, TableColumn
from needs_assessment.estimate.breakdowns import RateUsed
from needs_assessment.report.tables.people import Context
from needs_assessment.report.wording import grouped

if TYPE_CHECKING:
    from needs_assessment.inputs.population.characteristics import Characteristics
import numpy as np

from needs_assessment.disclosure.gate import SafeResults
from needs_assessment.estimate.breakdowns import RESIDUAL
from needs_assessment.report.tables.people import INTERVAL, MODELLED, TOTALS, risk_table

SEX_WORDS = {"F": "women", "M": "men", "P": "people"}
WARDS = "residents of each group by ward"
# groups of the register that are not a part of the population by a characteristic of their own
AGE, ALL_REGIONS = "age", "all (for the regions)"


class Place(NamedTuple):
    """One characteristic in the table of gaps.

    groups: pattern of its groups in the register; topic: its name among the tables of residents; given: what this
    assessment has of it in any case; missing: what is not known anywhere; population: what is missing without the topic.
    """

    name: str
    groups: str = r"(?!)"
    topic: str = ""
    given: str = ""
    missing: str = ""
    population: str = ""


RATE_AND_RESIDENTS = "A published rate of domestic abuse in the last year, and residents by ward"
PLACES = (
    Place(
        "Age",
        AGE,
        given="Estimated: see prevalence by sex and age",
        missing="Rates from today's questions at 25 and over, and by sex; a rate at 75 and over by sex",
    ),
    Place(
        "Sex",
        given="Estimated: see prevalence by sex and age",
        missing="Nothing: today's questions are published by sex",
    ),
    Place(
        "Disability",
        r"(not )?disabled|(no )?long-term illness or disability",
        "disability",
        missing="Rates from today's questions; rates at 60 and over for both sexes; disabled residents of a ward by age",
        population=WARDS,
    ),
    Place(
        "Race (ethnic group)",
        r"ethnicity: .+",
        "ethnic_group",
        missing="Rates from today's questions, and for groups finer than the five",
        population=WARDS,
    ),
    Place("Gender reassignment", topic="gender_identity", missing=RATE_AND_RESIDENTS),
    Place("Marriage and civil partnership", topic="legal_partnership", missing=RATE_AND_RESIDENTS),
    Place("Pregnancy and maternity", topic="pregnancy", missing=RATE_AND_RESIDENTS),
    Place("Religion or belief", topic="religion", missing=RATE_AND_RESIDENTS),
    Place(
        "Sexual orientation",
        r"heterosexual|bisexual|gay.*|lesbian.*",
        "sexual_orientation",
        missing="A rate for gay and lesbian people, for men, and for abuse by others than a partner",
        population=WARDS,
    ),
    Place(
        "Housing tenure",
        r"tenure: .+",
        "tenure",
        missing="Rates for owners and private renters, for men, and for abuse by others than a partner; people by tenure",
        population="households by tenure and ward",
    ),
    Place(
        "Deprivation",
        topic="deprivation_2025",
        missing="A published rate by fifth of the index of deprivation",
        population="residents by fifth and ward",
    ),
    Place("Household type", r"household: .+", "household_type", population="households by type and ward"),
    Place(
        "Household income",
        r"household income .+",
        "household_income",
        population="households by income and ward",
    ),
    Place("Country of birth", r"born .+", "country_of_birth", population=WARDS),
    Place("Urban or rural", r"urban|rural", "urban_rural", population=WARDS),
    Place(
        "Region",
        rf"region: .+|{re.escape(ALL_REGIONS)}",
        given="Not estimated on its own: one national rate is used for every region",
        missing="Rates from today's questions, for men, and for abuse by others than a partner; intervals",
    ),
    Place(
        "Type of abuse",
        given="Estimated for the whole area: see types of abuse",
        missing="Shares from today's questions; economic abuse, and controlling or coercive behaviour, on their own",
    ),
    Place(
        "Level of risk",
        given="High-risk cases and all other victims: see victims and cases by level of risk",
        missing="A published division of the other victims into medium and standard risk",
    ),
)


class GroupRate(NamedTuple):
    """One published rate for a part of the population; place: the characteristic it belongs to, else the group itself."""

    place: str
    name: str
    percent: float
    who: str
    edition: str
    questions: str
    source_id: str


def all_published(rates: pd.DataFrame) -> list[GroupRate]:
    """Every printed rate of the register for a group other than all: by characteristic, then in the register's order."""
    order = [place.name for place in PLACES]
    found = [
        GroupRate(
            place=_place(str(row["group"])),
            name=_name(str(row["group"]), _ages(row["age_from"], row["age_to"])),
            percent=float(row["rate"]),
            who=f"{str(row['measure']).removesuffix('_last_year').replace('_', ' ')}, {SEX_WORDS[str(row['sex'])]} aged "
            f"{_ages(row['age_from'], row['age_to'])}",
            edition=str(row["edition"]),
            questions=f"{row['question_set']} questions",
            source_id=str(row["source_id"]),
        )
        for row in rates[(rates["group"] != "all") & rates["rate"].notna()].to_dict("records")
    ]
    return sorted(found, key=lambda rate: order.index(rate.place) if rate.place in order else len(order))


def _name(group: str, ages: str) -> str:
    """What a reader calls the group: its ages, or its name without its characteristic and with amounts in pounds."""
    if group == AGE:
        return ages
    named = re.sub(r"^(ethnicity|tenure|household|region): ", "", group.replace(ALL_REGIONS, "All regions"))
    return grouped(re.sub(r"(?<=income )((?:under )?)(?=\d)", r"\1£", named))


def _place(group: str) -> str:
    return next((place.name for place in PLACES if re.fullmatch(place.groups, group)), group)


def _ages(low: object, high: object) -> str:
    return f"{low} and over" if pd.isna(high) else f"{low} to {high}"  # type: ignore[call-overload]


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

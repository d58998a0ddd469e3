"""Which published rates by group belong to which characteristic, in words: no rate of the register is left out."""

from __future__ import annotations

import re
from typing import NamedTuple

import pandas as pd

from needs_assessment.report.wording import grouped

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
            _place(str(row["group"])),
            _name(str(row["group"]), _ages(row["age_from"], row["age_to"])),
            float(row["rate"]),
            f"{str(row['measure']).removesuffix('_last_year').replace('_', ' ')}, {SEX_WORDS[str(row['sex'])]} aged "
            f"{_ages(row['age_from'], row['age_to'])}",
            str(row["edition"]),
            f"{row['question_set']} questions",
            str(row["source_id"]),
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

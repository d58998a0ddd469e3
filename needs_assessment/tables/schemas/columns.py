"""Columns and rules that many tables share, so that one thing is said in one way everywhere."""

from __future__ import annotations

import pandas as pd

from needs_assessment.tables.cells import Column, Screen
from needs_assessment.tables.validation import Rule

STATUSES = ("published", "derived", "judgement")
RANGE_MEANINGS = (
    "95% interval",
    "published range",
    "plausible range",
    "approximate",
    "convention",
    "policy choice",
    "rule",
)
AREA_FORM = "a nine-character area code such as E06000056"


def text(
    name: str, meaning: str, *, blank: bool = False, required: bool = True, screen: Screen | None = None
) -> Column:
    """Free text. screen: how it is held against what may be printed, where a user gives the table."""
    return Column(name, "text", meaning, blank=blank, required=required, screen=screen)


def identifier(name: str, meaning: str, *, blank: bool = False, screen: Screen | None = None) -> Column:
    """A stable name that code and other tables refer to; ``list`` where its reader holds it against a register."""
    form = "a name of lower-case letters, digits and underscores"
    return Column(name, "text", meaning, blank=blank, pattern=r"[a-z][a-z0-9_]*", form=form, screen=screen)


def choice(
    name: str, meaning: str, allowed: tuple[str, ...], *, blank: bool = False, required: bool = True
) -> Column:
    """One of a few words."""
    return Column(name, "text", meaning, blank=blank, required=required, allowed=allowed)


def area_code(name: str, meaning: str, pattern: str = r"[EKW][0-9]{8}") -> Column:
    """A nine-character code of an area."""
    return Column(name, "text", meaning, pattern=pattern, form=AREA_FORM)


def ward_code() -> Column:
    """A nine-character code of a ward."""
    form = "a nine-character ward code such as E05014394"
    return Column("ward_code", "text", "Ward", pattern=r"[A-Z][0-9]{8}", form=form)


def count(name: str, meaning: str, unit: str, *, minimum: float = 0, required: bool = True) -> Column:
    """A whole number of something; a count that need not be given may be blank."""
    return Column(name, "integer", meaning, unit=unit, minimum=minimum, required=required, blank=not required)


def age(name: str, meaning: str, *, blank: bool = False) -> Column:
    """An age in whole years; 90 stands for 90 and over."""
    return Column(name, "integer", meaning, unit="years", blank=blank, minimum=0, maximum=90)


AGES = (age("age_from", "Youngest age"), age("age_to", "Oldest age; blank means and over", blank=True))
SEX = choice("sex", "F female, M male", ("F", "M"))
NAME = "Its name"

# Every register row answers the same four questions: in what unit, for when, how sure, and says who.
PERIOD = text("period", "What time the figure is for, or the word undated", screen="label")
STATUS = choice(
    "status",
    "published: seen in print; derived: worked out from published figures; judgement: ours, with a reason",
    STATUSES,
)
SOURCE_ID = identifier(
    "source_id",
    "Row of sources.csv that the figure comes from; blank only where a reason is given",
    blank=True,
    screen="label",
)
REASON = text("reason", "Why the figure is what it is, where no source says so", blank=True, screen="label")
NOTE = text("note", "What else a reader has to know", blank=True, screen="label")
MEANING_OF_RANGE = choice(
    "meaning_of_range",
    "What low and high stand for, or the kind of choice the value is",
    RANGE_MEANINGS,
    blank=True,
)

SAYS_WHO = (
    Rule(
        "source_id",
        "a source id, or a written reason",
        lambda frame: (frame["source_id"] == "") & (frame["reason"] == ""),
    ),
    Rule(
        "source_id",
        "a source id, because the status is published",
        lambda frame: (frame["status"] == "published") & (frame["source_id"] == ""),
    ),
    Rule(
        "reason",
        "a written reason, because the status is judgement",
        lambda frame: (frame["status"] == "judgement") & (frame["reason"] == ""),
    ),
)
RANGE_EXPLAINED = Rule(
    "meaning_of_range",
    "what the range means, because low and high are given",
    lambda frame: frame["low"].notna() & (frame["meaning_of_range"] == ""),
)
AGES_IN_ORDER = Rule(
    "age_to",
    "an upper age no lower than the lower age",
    lambda frame: frame["age_to"] < frame["age_from"],
)
PERIOD_IN_ORDER = Rule(
    "period_end",
    "an end no earlier than the start",
    lambda frame: frame["period_end"] < frame["period_start"],
)


def range_in_order(value: str) -> Rule:
    """Low, the value and high stand in that order, and low and high come together."""

    def broken(frame: pd.DataFrame) -> pd.Series:
        low, high, middle = frame["low"], frame["high"], frame[value]
        out_of_order = (low > high) | (low > middle) | (high < middle)
        return out_of_order | (low.isna() != high.isna()) | (low.notna() & middle.isna())

    return Rule(
        "low", f"low and high both given or both blank, with low, {value} and high in that order", broken
    )


def blank_explained(value: str) -> Rule:
    """A figure is there, or the row says why it is not: missing stays missing."""
    return Rule(
        value,
        f"a {value}, or a reason for leaving it blank",
        lambda frame: frame[value].isna() & (frame["reason"] == ""),
    )

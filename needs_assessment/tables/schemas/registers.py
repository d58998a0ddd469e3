"""Schemas of the registers: sources, assumptions, rates, local returns, authorities, list of tables."""

from __future__ import annotations

from needs_assessment.tables.cells import Column
from needs_assessment.tables.schemas import columns as of
from needs_assessment.tables.validation import TableSchema

PART_YEAR = "Whether the period is only a part of the year that the return covers"

SOURCES = TableSchema(
    "sources",
    "Register of sources",
    (
        of.identifier("source_id", "Name by which every figure refers to its source"),
        of.text("publisher", "Who published it"),
        of.text("title", "Title of the publication"),
        of.text("published", "Date of publication as far as it is known, or the word undated"),
        of.text("period", "What time its figures are for, or the word undated"),
        of.NOTE,
        of.text("licence", "Terms under which the figures are used"),
        of.text("attribution", "Sentence to print wherever figures of this source are printed"),
        of.text("url", "Address, where one is held", blank=True),
    ),
    key=("source_id",),
    origin="ours",
)

ASSUMPTIONS = TableSchema(
    "assumptions",
    "Register of assumptions",
    (
        of.identifier("assumption_id", "Name by which the library asks for the figure"),
        of.text("label", "The figure in words"),
        Column(
            "value", "number", "Central value; blank where the reason says why", "the row's unit", blank=True
        ),
        Column("low", "number", "Lower end of the range", "the row's unit", blank=True),
        Column("high", "number", "Upper end of the range", "the row's unit", blank=True),
        of.MEANING_OF_RANGE,
        of.text("unit", "Unit of value, low and high"),
        of.text("population", "Whom or what the figure is about", blank=True),
        of.PERIOD,
        of.STATUS,
        of.SOURCE_ID,
        of.REASON,
        of.NOTE,
    ),
    key=("assumption_id",),
    rules=(*of.SAYS_WHO, of.range_in_order("value"), of.RANGE_EXPLAINED, of.blank_explained("value")),
    origin="ours",
)


def _percent(name: str, meaning: str, *, required: bool = True) -> Column:
    return Column(name, "number", meaning, "percent", required=required, blank=True, minimum=0, maximum=100)


RATES = TableSchema(
    "national_rates",
    "National rates",
    (
        Column(
            "rate_set",
            "text",
            "Survey edition the rate belongs to",
            pattern=r"[A-Za-z0-9][A-Za-z0-9_-]*",
            form="a name of letters, digits, hyphens and underscores",
            screen="label",
        ),
        of.identifier("measure", "What the rate is a rate of", screen="label"),
        of.choice("sex", "F women, M men, P both together", ("F", "M", "P")),
        *of.AGES,
        of.text("group", "all, or the part of the population the rate is for", screen="label"),
        _percent("rate", "Rate as printed; blank where only a count is in print"),
        _percent("low", "Lower end of the range", required=False),
        _percent("high", "Upper end of the range", required=False),
        of.choice(
            "meaning_of_range", "What low and high stand for", of.RANGE_MEANINGS, blank=True, required=False
        ),
        of.choice("unit", "Unit of rate, low and high", ("percent",)),
        of.count("published_count", "Victims as printed, rounded by the publisher", "people", required=False),
        of.count("base", "People who answered", "respondents", minimum=1, required=False),
        Column(
            "effective_base",
            "number",
            "People who answered, after the design effect",
            "respondents",
            required=False,
            blank=True,
            minimum=1,
        ),
        of.text("edition", "What time the rate is for", screen="label"),
        of.choice("question_set", "Survey questions; levels of old and new are never mixed", ("old", "new")),
        of.text("population_scope", "Where the people asked live", screen="label"),
        of.SOURCE_ID,
        of.text(
            "table",
            "Table of the publication, where it is known",
            blank=True,
            required=False,
            screen="heading",
        ),
        of.STATUS,
        of.text(
            "reason", "Why the rate is blank, or what it rests on", blank=True, required=False, screen="label"
        ),
        of.text("note", "What else a reader has to know", blank=True, required=False, screen="label"),
    ),
    key=("rate_set", "measure", "sex", "age_from", "age_to", "group"),
    rules=(
        *of.SAYS_WHO,
        of.range_in_order("rate"),
        of.RANGE_EXPLAINED,
        of.AGES_IN_ORDER,
        of.blank_explained("rate"),
    ),
)

LOCAL_RETURNS = TableSchema(
    "local_returns",
    "Published local figures",
    (
        Column(
            "area_codes",
            "text",
            "Area or areas the figure is for, joined by +",
            pattern=r"[EKW][0-9]{8}(?:\+[EKW][0-9]{8})*",
            form="one area code, or several joined by +, such as E06000055+E06000056",
        ),
        of.identifier("measure", "What was counted"),
        of.text("unit", "What the value is a number of"),
        Column("value", "number", "Figure as published", "the row's unit", minimum=0),
        Column("period_start", "date", "First day of the period"),
        Column("period_end", "date", "Last day of the period"),
        Column("part_year", "yes_no", PART_YEAR),
        of.STATUS,
        of.SOURCE_ID,
        of.REASON,
        of.NOTE,
    ),
    key=("area_codes", "measure", "period_start", "period_end"),
    rules=(*of.SAYS_WHO, of.PERIOD_IN_ORDER),
    origin="ours",
)

AUTHORITIES = TableSchema(
    "authorities",
    "Authorities of England at April 2021",
    (
        of.area_code("authority_code", "Lowest-tier authority", r"E0[6-9][0-9]{6}"),
        of.text("authority_name", of.NAME),
        of.choice(
            "kind", "Kind of authority", ("unitary", "district", "metropolitan district", "London borough")
        ),
        of.area_code("tier_one_code", "Authority that has the duty there", r"E(?:0[68]|10|12)[0-9]{6}"),
        of.text("tier_one_name", of.NAME),
        of.area_code("region_code", "Region of England", r"E12[0-9]{6}"),
        of.text("region", "Region of England"),
        of.area_code("police_force_code", "Police force area", r"E23[0-9]{6}"),
        of.text("police_force", of.NAME),
        of.count("residents_mid2020", "Residents, added up from the wards", "people"),
        of.choice("unit", "Unit of the residents", ("people",)),
        of.text("period", "What time the residents are for"),
        of.STATUS,
        of.identifier("source_id", "Row of sources.csv that the residents come from"),
    ),
    key=("authority_code",),
    origin="ours",
)

AUTHORITY_CHANGES = TableSchema(
    "authority_changes",
    "Authorities that were merged, divided or recoded",
    (
        of.area_code("old_code", "Authority before the change", r"E(?:0[6-9]|10)[0-9]{6}"),
        of.text("old_name", of.NAME),
        of.area_code("new_code", "Authority after it", r"E0[6-9][0-9]{6}"),
        of.text("new_name", of.NAME),
        Column("date", "date", "First day of the new authority"),
        of.choice(
            "kind",
            "Whether the old one went into the new one whole, was divided, or kept its ground under a new code",
            ("merged", "divided", "recoded"),
        ),
        of.text("instrument", "Order that made the change"),
        of.STATUS,
        of.identifier("source_id", "Row of sources.csv"),
    ),
    key=("old_code", "new_code"),
    origin="ours",
)

TABLES = TableSchema(
    "tables",
    "Bundled tables that are not registers",
    (
        Column(
            "path",
            "text",
            "File, from the data folder",
            pattern=r"[A-Za-z0-9_]+(?:/[A-Za-z0-9_]+)*\.csv",
            form="a path below data/",
        ),
        of.text("title", "What the table holds"),
        of.area_code("area_code", "Area it covers"),
        of.text("area_name", of.NAME),
        of.text("unit", "Unit of its numbers"),
        of.text("population_date", "What time its numbers are for, or the word undated"),
        of.text("ward_vintage", "Year of the ward boundaries, or the words not by ward"),
        of.STATUS,
        Column(
            "source_ids",
            "text",
            "Rows of sources.csv it was written from",
            pattern=r"[a-z][a-z0-9_]*(?: [a-z][a-z0-9_]*)*",
            form="source ids joined by a space",
        ),
        of.text("licence", "Terms under which it is shared"),
        of.text("attribution", "Sentences to print with anything made from it"),
        of.NOTE,
    ),
    key=("path",),
    origin="ours",
)

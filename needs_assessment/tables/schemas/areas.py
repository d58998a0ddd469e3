"""Schemas of the tables about areas: population, points, characteristics, a services file, results."""

from __future__ import annotations

from needs_assessment.catalogue.returns import MATCHED_LISTS, RETURN_MEASURES
from needs_assessment.tables.cells import Column
from needs_assessment.tables.schemas import columns as of
from needs_assessment.tables.schemas.registers import PART_YEAR
from needs_assessment.tables.validation import TableSchema

ACCOMMODATION_TYPES = ("refuge", "specialist", "dispersed", "sanctuary", "second_stage", "other")

POPULATION = TableSchema(
    "population",
    "Population by ward, sex and age",
    (
        of.ward_code(),
        of.text("ward_name", of.NAME, screen="name"),
        of.area_code("authority_code", "Lowest-tier authority the ward lies in"),
        of.text("authority_name", of.NAME, screen="name"),
        of.SEX,
        *of.AGES,
        of.count("persons", "Usual residents", "people"),
        of.text(
            "date",
            "What time the residents are for, such as mid-2022",
            blank=True,
            required=False,
            screen="label",
        ),
        of.text("ward_vintage", "Year of the ward boundaries", blank=True, required=False, screen="label"),
    ),
    key=("ward_code", "sex", "age_from"),
    rules=(of.AGES_IN_ORDER,),
)

_YEAR = Column("year", "integer", "Mid-year the residents are projected for", minimum=2000, maximum=2100)
PROJECTION = TableSchema(
    "projection",
    "Population to come by year, sex and age",
    (
        _YEAR,
        of.SEX,
        *of.AGES,
        Column("persons", "number", "Projected usual residents", "people", minimum=0),
        Column(
            "authority_code",
            "text",
            "Authority of the residents, or each of its districts; may be left out for a single authority",
            required=False,
            pattern=r"[EKW][0-9]{8}",
            form=of.AREA_FORM,
        ),
    ),
    key=("authority_code", "year", "sex", "age_from"),
    rules=(of.AGES_IN_ORDER,),
)
# the columns of the published layout that are words; its other columns are named for years
PROJECTION_WIDE = TableSchema(
    "projection_wide",
    "Population to come, one column a year",
    (
        of.area_code("area_code", "Area of the residents"),
        of.SEX,
        of.text("age_group", "A single year of age, or 90 and over", screen="label"),
    ),
    key=("area_code", "sex", "age_group"),
)

ENGLAND_POPULATION = TableSchema(
    "england_population",
    "Population of England by sex and single year of age",
    (
        of.SEX,
        of.age("age", "Age; 90 stands for 90 and over"),
        of.count("persons", "Usual residents", "people"),
    ),
    key=("sex", "age"),
    origin="ours",
)


def _grid(name: str, maximum: int) -> Column:
    return Column(
        name, "integer", "Point inside the ward, British National Grid", "metres", minimum=0, maximum=maximum
    )


WARD_POINTS = TableSchema(
    "ward_points",
    "Ward points",
    (
        of.ward_code(),
        of.text("ward_name", of.NAME, screen="name"),
        _grid("easting", 700_000),
        _grid("northing", 1_300_000),
        of.count("hectares", "Area of the ward", "hectares", minimum=1),
    ),
    key=("ward_code",),
    origin="ours",
)

_CHARACTERISTIC = (
    of.identifier(
        "characteristic", "Topic: deprivation_2025, disability, ethnic_group or tenure", screen="label"
    ),
    of.text("category", "Category of the topic, in the words of the Census or the index", screen="label"),
    of.choice("unit", "What is counted: households for tenure, people otherwise", ("people", "households")),
    of.count("count", "Number in the category", "the row's unit"),
)
CHARACTERISTICS = TableSchema(
    "characteristics",
    "Characteristics of wards",
    (of.ward_code(), of.text("ward_name", of.NAME, screen="name"), *_CHARACTERISTIC),
    key=("ward_code", "characteristic", "category"),
)
ENGLAND_CHARACTERISTICS = TableSchema(
    "england_characteristics",
    "Characteristics of England",
    (of.area_code("area_code", "England"), of.text("area_name", of.NAME), *_CHARACTERISTIC),
    key=("area_code", "characteristic", "category"),
    origin="ours",
)

SERVICES = TableSchema(
    "services",
    "Services file, given by a council with --services",
    (
        of.identifier("measure", "What was counted", screen="list"),
        of.choice(
            "accommodation_type",
            "One of the six types of safe accommodation; blank for all of them",
            ACCOMMODATION_TYPES,
            blank=True,
            required=False,
        ),
        of.text("unit", "What the value is a number of", screen="list"),
        Column(
            "value",
            "number",
            "Figure for the whole area, never for a part of it; a figure that is not known has no row",
            "the row's unit",
            minimum=0,
        ),
        Column("period_start", "date", "First day of the period"),
        Column("period_end", "date", "Last day of the period"),
        Column("part_year", "yes_no", PART_YEAR, required=False, blank=True),
        of.text("source", "Return, register or document the figure comes from", screen="sentence"),
        of.text("note", "What else a reader has to know", blank=True, required=False, screen="sentence"),
    ),
    key=("measure", "accommodation_type", "period_start", "period_end"),
    rules=(of.PERIOD_IN_ORDER,),
)

MATCHED = tuple(dict.fromkeys(name for lists in MATCHED_LISTS.values() for name in lists))


def _list_column(name: str) -> Column:
    return Column(
        name,
        "integer",
        f"1 on this list, 0 not on it, blank where it was not matched: {RETURN_MEASURES[name].meaning}",
        required=False,
        blank=True,
        minimum=0,
        maximum=1,
        form="1 for on the list, 0 for not on it",
    )


OVERLAPS = TableSchema(
    "overlaps",
    "Overlaps of services' lists, given by a council with --set overlaps=FILE",
    (
        of.choice("tier", "Which need the lists are about", tuple(MATCHED_LISTS)),
        Column("period_start", "date", "First day of the year the lists are of, the same for every list"),
        Column("period_end", "date", "Last day of that year"),
        *(_list_column(name) for name in MATCHED),
        of.count(
            "count",
            "Different people of the whole area on exactly these lists and no other; one row a combination",
            "people",
        ),
        of.text("source", "Who matched the lists, and how, in words", screen="sentence"),
        of.text("note", "What else a reader has to know", blank=True, required=False, screen="sentence"),
    ),
    rules=(of.PERIOD_IN_ORDER,),
)

RESULTS = TableSchema(
    "results",
    "Results of a run (results.csv)",
    (
        of.text("area_code", "Ward, district, member, authority or joined authorities, or England"),
        of.text("area_name", of.NAME),
        of.choice(
            "area_level",
            "Kind of area; exactly one assessed area in a run has the level authority",
            ("authority", "member", "district", "ward", "england"),
        ),
        of.identifier("measure", "What is estimated; the measures are listed below"),
        of.text(
            "breakdown",
            "all, sex, age, accommodation_type, year, scenario, scenario_difference or the name of a characteristic",
        ),
        of.text("category", "Category of the breakdown; all where the breakdown is all"),
        Column(
            "value",
            "number",
            "Result at the central value of every input, not rounded; blank where unknown, and note says why",
            "the row's unit",
            blank=True,
        ),
        Column(
            "low", "number", "2.5th percentile; blank where nothing is random", "the row's unit", blank=True
        ),
        Column(
            "high", "number", "97.5th percentile; blank where nothing is random", "the row's unit", blank=True
        ),
        of.text("unit", "What the value is a number of"),
        of.choice(
            "basis",
            "A modelled estimate, an observed figure, or a mixture of both",
            ("modelled", "observed", "mixed"),
        ),
        of.text("method", "How it was worked out"),
        of.text("source_ids", "Rows of sources.csv it rests on, joined by a space", blank=True),
        of.text(
            "assumption_ids", "Rows of the assumption registers it rests on, joined by a space", blank=True
        ),
        of.NOTE,
    ),
    key=("area_code", "area_level", "measure", "breakdown", "category"),
    origin="ours",
)

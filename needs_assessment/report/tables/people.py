"""The presentation tables: views of the released results, of the registers and of what the run read.

The table of levels of risk: cases, repeats, people and children behind them, and the other victims.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from needs_assessment.disclosure.gate import SafeResults, publish_table
from needs_assessment.disclosure.published_table import SUPPRESSED, PublishedTable, TableColumn

SEX_WORDS = {"F": "Women", "M": "Men"}
WIDTH_STEP = 10.0  # percent: finer steps of a range's width are the rounding of its ends
MODELLED = "Modelled estimates, not counts of people known to any service."
INTERVAL = "The range is a 95% interval: it counts the survey's error and how far an authority and a ward may differ."
TOTALS = "Rounded after adding up, so rounded rows may not add exactly to rounded totals."


@dataclass(frozen=True)
class Context:
    """Words and roundings that the tables share."""

    area: str
    population_date: str
    rates: str
    round_people: float
    sources: Mapping[str, str]

    def source_line(self, source_ids: Sequence[str]) -> str:
        """Who published what the table rests on; the table of sources has the titles."""
        named = dict.fromkeys(self.sources[name] for name in source_ids if name in self.sources)
        return f"Source: {'; '.join(named)}. Titles and dates: table of sources." if named else ""


def ids_of(frame: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(name for cell in frame["source_ids"] for name in cell.split()))


def estimates(unit: str, round_to: float) -> list[TableColumn]:
    return [
        TableColumn("value", "Estimate", unit, "number", round_to),
        TableColumn("low", "Low", unit, "number", round_to),
        TableColumn("high", "High", unit, "number", round_to),
    ]


def labelled(safe: SafeResults, rows: Sequence[tuple[str, str, str, str]]) -> pd.DataFrame:
    """Rows (label, measure, breakdown, category) of the assessed area, those that exist."""
    found = []
    for label, measure, breakdown, category in rows:
        if safe.has(measure, breakdown=breakdown, category=category):
            row = safe.row(measure, breakdown=breakdown, category=category)
            found.append({**row.to_dict(), "label": label})
    return pd.DataFrame(found)


def people_table(safe: SafeResults, context: Context) -> PublishedTable:
    """How many people: victims, children and high-risk cases in the whole area."""
    frame = labelled(
        safe,
        [
            ("Victims in the last year", "victims_last_year", "all", "all"),
            ("Women, in the last year", "victims_last_year", "sex", "F"),
            ("Men, in the last year", "victims_last_year", "sex", "M"),
            ("Victims since age 16", "victims_since_16", "all", "all"),
            ("Children affected (national count of 2023)", "children_affected", "all", "all"),
            ("Children affected (survey of 2009, narrower)", "children_affected", "route", "nspcc_2011"),
            ("High-risk cases in a year (recommended ratio)", "high_risk_cases", "all", "all"),
            (
                "High-risk cases in a year (observed national ratio)",
                "high_risk_cases",
                "ratio",
                "observed_national",
            ),
        ],
    )
    return publish_table(
        "people",
        f"How many people are affected, {context.area}",
        [
            TableColumn("label", "Who"),
            *estimates("", context.round_people),
            TableColumn("unit", "Unit"),
            TableColumn("basis", "Basis"),
        ],
        frame,
        notes=[
            f"{MODELLED} Victims are people aged 16 and over unless results.csv says otherwise.",
            INTERVAL,
            TOTALS,
            "The two figures for children are separate routes to one number and are never added together.",
        ],
        source=context.source_line(ids_of(frame)),
    )


def prevalence_table(safe: SafeResults, context: Context) -> PublishedTable:
    """Prevalence in the last year by sex and age, as far as the method gives it."""
    frames = [
        safe.pick(["prevalence_last_year"], level="authority", breakdown=part)
        for part in ("all", "sex", "sex_age")
    ]
    frame = pd.concat(frames, ignore_index=True)
    frame["label"] = [_group_name(category) for category in frame["category"]]
    counts = pd.concat(
        [
            safe.pick(["victims_last_year"], level="authority", breakdown=part)
            for part in ("all", "sex", "sex_age")
        ]
    )
    keys = ["breakdown", "category"]
    frame = frame.merge(
        counts[[*keys, "value"]].rename(columns={"value": "victims"}), on=keys, validate="one_to_one"
    )
    percent = [
        TableColumn("value", "Prevalence", "", "percent"),
        TableColumn("low", "Low", "", "percent"),
        TableColumn("high", "High", "", "percent"),
    ]
    return publish_table(
        "prevalence_by_sex_and_age",
        f"Prevalence of domestic abuse in the last year by sex and age, {context.area}",
        [
            TableColumn("label", "Group"),
            TableColumn("victims", "Victims", "", "number", context.round_people),
            *percent,
        ],
        frame,
        notes=[
            MODELLED,
            INTERVAL,
            TOTALS,
            "The level for women and for men is published; the pattern by age is carried over from older surveys.",
        ],
        source=context.source_line(ids_of(frame)),
    )


def _group_name(category: str) -> str:
    if category == "all":
        return "All"
    sex, _, band = category.partition(" ")
    return f"{SEX_WORDS[sex]} {band}".strip()


def ward_table(safe: SafeResults, context: Context, districts: Mapping[str, str]) -> PublishedTable:
    """Every ward: residents, victims with their interval, prevalence, women and men, children, high-risk cases.

    districts: name of the district by ward code, empty when there is only one.
    """
    wards = safe.pick(["victims_last_year"], level="ward").set_index("area_code")
    frame = pd.DataFrame(
        {"ward_name": wards["area_name"], **{key: wards[key] for key in ("value", "low", "high")}}
    )
    frame["district"] = pd.Series(districts, dtype="str").reindex(frame.index).fillna("")
    for key, measure, breakdown, category in (
        ("adults", "residents_16_and_over", "all", "all"),
        ("rate", "prevalence_last_year", "all", "all"),
        ("women", "victims_last_year", "sex", "F"),
        ("men", "victims_last_year", "sex", "M"),
        ("children", "children_affected", "all", "all"),
        ("high_risk", "high_risk_cases", "all", "all"),
        ("top_fifth", "probability_highest_fifth", "all", "all"),
    ):
        rows = safe.pick([measure], level="ward", breakdown=breakdown)
        found = rows[rows["category"] == category].set_index("area_code")["value"]
        if not found.empty:
            frame[key] = found.reindex(frame.index)
    frame["ward_code"] = frame.index
    frame["either_way"] = [
        either_way(cells, context.round_people)
        for cells in zip(frame["value"], frame["low"], frame["high"], strict=True)
    ]
    headings = {
        "women": ("Women", context.round_people),
        "men": ("Men", context.round_people),
        "children": ("Children affected", context.round_people),
        "high_risk": ("High-risk cases", 1.0),
    }
    columns = [
        TableColumn("ward_name", "Ward"),
        *([TableColumn("district", "District")] if districts else []),
        TableColumn("ward_code", "Code"),
        TableColumn("adults", "Residents 16 and over", "", "number", 1.0),
        TableColumn("value", "Victims", "", "number", context.round_people),
        TableColumn("low", "Low", "", "number", context.round_people),
        TableColumn("high", "High", "", "number", context.round_people),
        TableColumn("rate", "Prevalence", "", "percent"),
        *(
            TableColumn(key, heading, "", "number", rounding)
            for key, (heading, rounding) in headings.items()
            if key in frame
        ),
    ]
    if "top_fifth" in frame:
        columns.append(TableColumn("top_fifth", "Chance of top fifth", kind="percent"))
    columns.append(TableColumn("either_way", "Range either way", "% of the estimate", "number", WIDTH_STEP))
    order = frame.sort_values([*(["district"] if districts else []), "ward_name", "ward_code"])
    return publish_table(
        "wards",
        f"Victims of domestic abuse in the last year by ward, {context.area}",
        columns,
        order,
        notes=[MODELLED, INTERVAL, TOTALS, f"Residents: {context.population_date}."],
        source=context.source_line(ids_of(wards)),
    )


def either_way(cells: Sequence[object], step: float) -> float | str:
    """Half the width of a range as a percentage of the estimate, from the three numbers as the table prints them.

    cells: estimate, low and high; step: what they are rounded to. NaN without a range, ``[c]`` where one is hidden.
    """
    if any(isinstance(cell, str) for cell in cells):
        return SUPPRESSED
    value, low, high = (
        pd.to_numeric(pd.Series(list(cells), dtype="object"), errors="coerce").div(step).round() * step
    )
    return float((high - low) / (2 * value) * 100) if value else float("nan")


METHODS = {
    "crude": "One rate for everyone",
    "sex": "Rates by sex",
    "age_sex": "Rates by sex and age",
    "composition_england": "Rates by sex and age, and who lives there",
}


def methods_table(safe: SafeResults, context: Context) -> PublishedTable:
    """Victims in the area by every method its inputs allow."""
    frame = safe.pick(["victims_last_year"], level="authority", breakdown="method")
    frame = frame.assign(label=frame["category"].map(METHODS))
    return publish_table(
        "methods",
        f"Victims in the last year by method, {context.area}",
        [TableColumn("label", "Method"), *estimates("", context.round_people), TableColumn("note", "Note")],
        frame,
        notes=[
            MODELLED,
            "Who lives there moves the area's total by published relative risks of disability, ethnic group and tenure.",
            "An observed local series moves victims between wards and leaves the area's total as it is.",
        ],
        source=context.source_line(ids_of(frame)),
    )


def text_table(
    name: str, title: str, columns: Sequence[tuple[str, str]], frame: pd.DataFrame, notes: Sequence[str] = ()
) -> PublishedTable:
    """A table of words (sources, data gaps)."""
    return publish_table(
        name, title, [TableColumn(key, heading) for key, heading in columns], frame, notes=notes
    )


def risk_table(safe: SafeResults, context: Context) -> PublishedTable:
    """High-risk cases by both ratios, what is behind them, and all other victims; the assessed area only."""
    recommended = "The recommended ratio of cases to women aged 16 and over"
    repeats, fewest = (
        "Cases × the share that are repeats",
        "Cases less repeats; the most is one person a case",
    )
    wanted = [
        ("High-risk cases in a year", "high_risk_cases", "all", "all", recommended),
        ("of them repeat cases", "repeat_high_risk_cases", "all", "all", repeats),
        ("People behind them, at least", "high_risk_people", "all", "all", fewest),
        (
            "Children in those cases",
            "children_high_risk",
            "all",
            "all",
            "Cases × children for each case; a child of a repeat case is counted each time",
        ),
        (
            "All other victims: medium, standard or unknown risk",
            "victims_last_year",
            "risk_tier",
            "medium_or_standard",
            "Victims less the people behind high-risk cases; some are at high risk and not known to a MARAC",
        ),
        (
            "High-risk cases, observed national ratio",
            "high_risk_cases",
            "ratio",
            "observed_national",
            "The ratio seen in the UK",
        ),
        (
            "of them repeat cases, observed ratio",
            "repeat_high_risk_cases",
            "ratio",
            "observed_national",
            repeats,
        ),
        ("People behind them, observed ratio", "high_risk_people", "ratio", "observed_national", fewest),
    ]
    found = [
        {**safe.row(measure, breakdown=part, category=category).to_dict(), "label": label, "how": how}
        for label, measure, part, category, how in wanted
        if safe.has(measure, breakdown=part, category=category)
    ]
    frame = pd.DataFrame(found)
    ids = list(dict.fromkeys(name for cell in frame["source_ids"] for name in cell.split()))
    number = {"kind": "number", "round_to": context.round_people}
    return publish_table(
        "risk_levels",
        f"Victims and cases by level of risk, {context.area}",
        [
            TableColumn("label", "Measure"),
            TableColumn("value", "Estimate", **number),  # type: ignore[arg-type]
            TableColumn("low", "Low", **number),  # type: ignore[arg-type]
            TableColumn("high", "High", **number),  # type: ignore[arg-type]
            TableColumn("unit", "Unit"),
            TableColumn("how", "How it was reached"),
        ],
        frame,
        notes=[
            MODELLED,
            INTERVAL,
            TOTALS,
            "Cases are not people: cases less repeats are the fewest people they can be about, one person a case the most. "
            "Cases, people and children are never added together.",
            "No published figure divides the other victims into medium and standard risk.",
        ],
        source=context.source_line(ids),
    )

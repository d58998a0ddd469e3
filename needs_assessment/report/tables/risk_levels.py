"""The table of levels of risk: cases, repeats, people and children behind them, and the other victims."""

from __future__ import annotations

import pandas as pd

from needs_assessment.disclosure.gate import SafeResults, publish_table
from needs_assessment.disclosure.published_table import PublishedTable, TableColumn
from needs_assessment.report.tables.people import INTERVAL, MODELLED, TOTALS, Context


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

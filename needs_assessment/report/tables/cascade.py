"""The tables of the cascade: people and households apart, every figure marked national or local; and the capacity table.

The tiers are sides of one number of victims, not a funnel: no row is a part of the row above it unless its note says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from needs_assessment.catalogue.tiers import HOUSEHOLDS, PARTS, PEOPLE, TIERS, tiers_in
from needs_assessment.disclosure.gate import SafeResults, publish_table, publish_view
from needs_assessment.disclosure.published_table import PublishedTable, TableColumn
from needs_assessment.report.tables.people import TOTALS, Context
from needs_assessment.results import RESULT_MEASURES

ORIGINS = {
    "modelled": "National figures, modelled",
    "observed": "Local return",
    "mixed": "Local return and national figures",
}
NOT_KNOWN = "Not known"
NOT_MATCHED = "local returns, overlap not known"  # totals of several lists: all of it is local
_CARRIED = (
    "The shares that told anyone or the police were asked of victims of partner abuse, with the survey's older questions: "
    "they are carried over to all victims as ratios."
)
_SIDES = "The steps are sides of one number of victims and not a funnel; people of different steps are never added up."
_POLICE = "Not every victim wants the police: unmet there is who the police do not see."
_HIGH_RISK = "People at high risk are expected cases less repeats: the fewest different people behind them."
_NEGATIVE = (
    "A negative unmet need is shown as it is: met need is above need, and the two figures need checking."
)
_MOVE_ON = (
    "Households at the point of moving on are those whose support ends in a year, sanctuary schemes included unless a "
    "local return says who stayed at home."
)


def cascade_table(safe: SafeResults, context: Context) -> PublishedTable:
    """Need, met and unmet need of the tiers that count people."""
    frame = _rows(safe, tiers_in(PEOPLE))
    return _table(
        "cascade_people",
        f"From victims to unmet need: people in a year, {context.area}",
        frame,
        context,
        context.round_people,
        [_SIDES, _CARRIED, _POLICE, _HIGH_RISK],
    )


def household_cascade_table(safe: SafeResults, context: Context) -> PublishedTable:
    """Need, met and unmet need of the tiers that count households."""
    frame = _rows(safe, tiers_in(HOUSEHOLDS))
    return _table(
        "cascade_households",
        f"From safe accommodation to a settled home: households in a year, {context.area}",
        frame,
        context,
        1.0,
        ["Households, not people and not places.", _MOVE_ON],
    )


def capacity_table(safe: SafeResults, context: Context) -> PublishedTable:
    """Full-time posts of IDVAs and MARAC administration: needed, in post and the gap."""
    wanted = []
    for kind, posts in (("idva", "IDVAs"), ("marac_admin", "MARAC administration")):
        wanted += [
            (posts, "Needed for the cases expected", f"{kind}_fte_needed", "all", "all"),
            (
                posts,
                "Needed for the cases or referrals returned",
                f"{kind}_fte_needed",
                "route",
                "local_return",
            ),
            (posts, "In post", f"{kind}_fte_in_post", "all", "all"),
            (posts, "Gap against the cases expected", f"{kind}_fte_gap", "all", "all"),
        ]
    frame = pd.DataFrame(
        [
            {**safe.row(measure, breakdown=part, category=category).to_dict(), "tier": posts, "label": label}
            for posts, label, measure, part, category in wanted
            if safe.has(measure, breakdown=part, category=category)
        ]
    )
    frame["origin"] = _origins(frame)
    number = {"kind": "number", "round_to": 0.1}
    return publish_table(
        "capacity",
        f"Full-time posts needed and in post, {context.area}",
        [
            TableColumn("tier", "Posts"),
            TableColumn("label", "Measure"),
            TableColumn("value", "Full-time equivalents", **number),  # type: ignore[arg-type]
            TableColumn("low", "Low", **number),  # type: ignore[arg-type]
            TableColumn("high", "High", **number),  # type: ignore[arg-type]
            TableColumn("origin", "Where it is from"),
            TableColumn("note", "How it was reached"),
        ],
        frame,
        notes=[
            "Referrals and cases count events, repeats included: a person referred twice takes two places."
        ],
        source=context.source_line(_ids(frame)),
    )


def chart_data(table: PublishedTable) -> PublishedTable:
    """The rows a chart of the cascade draws: each need once, as need of every victim is one and the same number."""
    frame = table.frame
    repeated = (frame["part"] == PARTS["need"]) & (frame["tier"] == TIERS["told_police"].words)
    keys = {key: key for key in ("label", "value", "low", "high", "origin")}
    return publish_view(table, keys, rows=~repeated)


def _rows(safe: SafeResults, tiers: Sequence[str]) -> pd.DataFrame:
    found = []
    for tier in tiers:
        for part, words in PARTS.items():
            row = safe.row(f"{part}_{tier}").to_dict()
            title = RESULT_MEASURES[f"{part}_{tier}"].title
            how = _how(str(row["note"]), str(row["method"]), part)
            found.append({**row, "tier": TIERS[tier].words, "part": words, "label": title, "how": how})
    frame = pd.DataFrame(found)
    return frame.assign(origin=_origins(frame))


def _how(note: str, method: str, part: str) -> str:
    """The note without what belongs to wards; of unmet need only that it is a difference, or why it is not."""
    pieces = [piece for piece in note.split("; ") if not piece.startswith("wards:")]
    if part == "unmet" and not note.startswith("not known"):
        pieces = [*(piece for piece in pieces if piece.startswith("NEGATIVE")), method]
    return "; ".join(pieces)


def _origins(frame: pd.DataFrame) -> list[str]:
    return [
        NOT_KNOWN
        if isinstance(value, float) and math.isnan(value)
        else ORIGINS["observed" if method == NOT_MATCHED else basis]
        for value, basis, method in zip(frame["value"], frame["basis"], frame["method"], strict=True)
    ]


def _table(
    name: str, title: str, frame: pd.DataFrame, context: Context, round_to: float, notes: list[str]
) -> PublishedTable:
    (unit,) = frame["unit"].unique()  # people and households never share a table
    negative = any(isinstance(value, float) and value < 0 for value in frame["value"])
    number = {"kind": "number", "round_to": round_to}
    return publish_table(
        name,
        title,
        [
            TableColumn("tier", "Step"),
            TableColumn("part", "Part"),
            TableColumn("label", "Measure"),
            TableColumn("value", "Estimate", unit, **number),  # type: ignore[arg-type]
            TableColumn("low", "Low", **number),  # type: ignore[arg-type]
            TableColumn("high", "High", **number),  # type: ignore[arg-type]
            TableColumn("origin", "Where it is from"),
            TableColumn("how", "How it was reached"),
        ],
        frame,
        notes=[*notes, TOTALS, *([_NEGATIVE] if negative else [])],
        source=context.source_line(_ids(frame)),
    )


def _ids(frame: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(name for cell in frame["source_ids"] for name in cell.split()))

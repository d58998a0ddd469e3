"""Tables of safe accommodation: need, the four answers, places, turn-away targets, the ledger and costs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from needs_assessment.catalogue.results import RESULT_MEASURES
from needs_assessment.catalogue.tiers import ANSWERS, PARTS, SAFE_ACCOMMODATION
from needs_assessment.disclosure.gate import SafeResults, publish_table
from needs_assessment.disclosure.published_table import PublishedTable, TableColumn
from needs_assessment.report.tables.cascade import NOT_KNOWN
from needs_assessment.report.tables.people import INTERVAL, TOTALS, Context, estimates, ids_of, labelled
from needs_assessment.report.wording import capital, unknown


def household_table(safe: SafeResults, context: Context) -> PublishedTable:
    """Need, met and unmet need for safe accommodation, households a year."""
    names = [f"{part}_{SAFE_ACCOMMODATION}" for part in PARTS]
    frame = labelled(safe, [(RESULT_MEASURES[name].title, name, "all", "all") for name in names])
    return publish_table(
        "safe_accommodation_need",
        f"Need for safe accommodation in a year, {context.area}",
        [
            TableColumn("label", "Measure"),
            *estimates("", 1.0),
            TableColumn("unit", "Unit"),
            TableColumn("basis", "Basis"),
            TableColumn("note", "How it was reached"),
        ],
        frame,
        notes=[
            "Households, not people and not places. Need counts households that reached a service and were supported or "
            "could not be; households that never asked are not in it.",
            TOTALS,
        ],
        source=context.source_line(ids_of(frame)),
    )


AVAILABLE, AVERAGE = "Available", "If supply were the national average"
GAPS_ROUNDED = (
    "Gaps are worked out before rounding, so they may not be exactly the difference of rounded numbers."
)

NO_GAP = "[x] under the gap: the places available are not known, so neither the gap nor the chance of one can be said."


def answers_table(safe: SafeResults, context: Context) -> PublishedTable:
    """The four answers side by side: places required, the gap, how likely there is one, and the modelled gap."""
    frame = labelled(
        safe, [(answer.label, f"places_required_{name}", "all", "all") for name, answer in ANSWERS.items()]
    )
    for key, measure in (
        ("gap", "gap_{}"),
        ("chance", "probability_of_gap_{}"),
        ("average_gap", "gap_if_national_average_{}"),
    ):
        frame[key] = [safe.row(measure.format(name))["value"] for name in ANSWERS]
    places = {"kind": "number", "round_to": 0.1}
    return publish_table(
        "four_answers",
        f"Family places needed: four answers, {context.area}",
        [
            TableColumn("label", "Answer"),
            TableColumn("value", "Required", **places),  # type: ignore[arg-type]
            TableColumn("low", "Low", **places),  # type: ignore[arg-type]
            TableColumn("high", "High", **places),  # type: ignore[arg-type]
            TableColumn("gap", "Gap", **places),  # type: ignore[arg-type]
            TableColumn("chance", "Chance of a gap", kind="percent"),
            TableColumn("average_gap", "Gap at the national average", **places),  # type: ignore[arg-type]
            TableColumn("note", "How it was reached"),
        ],
        frame,
        notes=[
            "Family places of one woman and her children each, for the whole area; not beds. A negative gap is a surplus.",
            "The standard is arithmetic and has no range. " + INTERVAL,
            GAPS_ROUNDED,
            *([NO_GAP] if frame["gap"].isna().any() else []),
        ],
        source=context.source_line(ids_of(frame)),
    )


def places_table(safe: SafeResults, context: Context) -> PublishedTable:
    """Family places there are, and what the national average would give."""
    rows = [(AVAILABLE, "places_available"), (AVERAGE, "places_if_national_average")]
    frame = labelled(safe, [(label, measure, "all", "all") for label, measure in rows])
    # what no return gives was observed by nobody
    frame["basis"] = [NOT_KNOWN if unknown(row) else row["basis"] for _, row in frame.iterrows()]
    return publish_table(
        "places",
        f"Family places there are, {context.area}",
        [
            TableColumn("label", "Measure"),
            TableColumn("value", "Family places", "", "number", 0.1),
            TableColumn("basis", "Basis"),
            TableColumn("note", "How it was reached"),
        ],
        frame,
        notes=[
            "A family place is for one woman and her children; it is not a bed. Figures are for the whole area only."
        ],
        source=context.source_line(ids_of(frame)),
    )


def places_chart_table(answers: PublishedTable, places: PublishedTable) -> PublishedTable:
    """Required, available and the national average as rows of one view, for the chart a board reads."""
    required = answers.frame[["label", "value", "low", "high"]].assign(kind="required")
    kinds = {AVAILABLE: "available", AVERAGE: "national average"}
    there = places.frame[["label", "value"]].assign(
        low=float("nan"), high=float("nan"), kind=places.frame["label"].map(kinds)
    )
    frame = pd.concat([required.astype(object), there.astype(object)], ignore_index=True)
    columns = [TableColumn("label", "Measure"), *estimates("", 0.1), TableColumn("kind", "Kind")]
    columns[1] = TableColumn("value", "Family places", "", "number", 0.1)
    return publish_table(
        "places_chart", answers.title, columns, frame, notes=answers.notes, source=answers.source
    )


TYPES = {
    "refuge": "Refuge",
    "specialist": "Specialist safe accommodation",
    "dispersed": "Dispersed accommodation",
    "sanctuary": "Sanctuary schemes",
    "second_stage": "Second-stage accommodation",
    "other": "Other safe accommodation",
}

NO_PLACES = "[x] under places available: no local return gives them for that type, so neither its gap nor the cost is known."


def types_table(safe: SafeResults, context: Context) -> PublishedTable:
    """The six types of the Regulations: places required by queueing, available, short, and what closing that costs."""

    def column(measure: str) -> pd.Series:
        rows = safe.pick([measure], level="authority", breakdown="accommodation_type")
        return rows.set_index("category")["value"].reindex(list(TYPES))

    required = safe.pick(["places_required_queueing"], level="authority", breakdown="accommodation_type")
    held = required.set_index("category").reindex(list(TYPES))
    frame = pd.DataFrame(
        {
            "label": list(TYPES.values()),
            **{key: held[key].to_numpy() for key in ("value", "low", "high", "note")},
            "available": column("places_available").to_numpy(),
            "gap": column("gap_queueing").to_numpy(),
            "cost": column("cost_of_gap").to_numpy(),
        }
    )
    places = {"kind": "number", "round_to": 1.0}
    return publish_table(
        "accommodation_types",
        f"Family places by type of accommodation, {context.area}",
        [
            TableColumn("label", "Type"),
            TableColumn("value", "Required", **places),  # type: ignore[arg-type]
            TableColumn("low", "Low", **places),  # type: ignore[arg-type]
            TableColumn("high", "High", **places),  # type: ignore[arg-type]
            TableColumn("available", "Available", **places),  # type: ignore[arg-type]
            TableColumn("gap", "Gap", **places),  # type: ignore[arg-type]
            TableColumn("cost", "Cost of the gap", "GBP a year", "number", 1000.0),
            TableColumn("note", "How it was reached"),
        ],
        frame,
        notes=[
            "By queueing. Types but refuge need the council's own acceptances and length of stay.",
            *([NO_PLACES] if frame["available"].isna().any() else []),
            "Bed and breakfast is no safe accommodation under the Regulations and is never counted as supply.",
        ],
        source=context.source_line(ids_of(required)),
    )


def targets_table(safe: SafeResults, context: Context) -> PublishedTable:
    """Places required by queueing for a range of shares turned away that a commissioner might accept."""
    frame = safe.pick(["places_required_queueing"], level="authority", breakdown="turn_away_target")
    frame = frame.assign(label=frame["category"] + " turned away")
    return publish_table(
        "turn_away_targets",
        f"Family places required by the share turned away that is accepted, {context.area}",
        [TableColumn("label", "Accepted share"), *estimates("family places", 1.0)],
        frame,
        notes=["Refuge only. Median of the draws with its 95% interval."],
        source=context.source_line(ids_of(frame)),
    )


CENTRAL = (
    "Places required are at the central value of every input here; the answer by queueing is the middle of the draws, and "
    "may differ from them by a place."
)


def ledger_table(safe: SafeResults, context: Context) -> PublishedTable:
    """Who crosses a boundary: households a year, and what they do to the places required."""
    words = {
        "stayers": "Residents who seek a place here",
        "leavers": "Residents who go elsewhere for a place",
        "arrivals": "Households from elsewhere who seek a place here",
    }
    households = safe.pick(["households_seeking_refuge"], level="authority", breakdown="cross_boundary")
    places = safe.pick(["places_required_queueing"], level="authority", breakdown="cross_boundary")
    frame = pd.concat(
        [
            households.assign(label=households["category"].map(words)),
            places.assign(label="Places required " + places["category"]),
        ],
        ignore_index=True,
    )
    return publish_table(
        "cross_boundary",
        f"Crossing the boundary, {context.area}",
        [
            TableColumn("label", "Line"),
            TableColumn("value", "Number", "", "number", 1.0),
            TableColumn("unit", "Unit"),
            TableColumn("basis", "Basis"),
        ],
        frame,
        notes=[*(f"{capital(note)}." for note in dict.fromkeys(households["note"])), CENTRAL],
        source=context.source_line(ids_of(frame)),
    )


MAGNITUDE = 10_000_000.0  # pounds: more digits than an order of magnitude has would claim what nobody knows


def cost_table(safe: SafeResults, context: Context) -> PublishedTable:
    """What closing the gap would cost from the council's own unit costs, and the cost to society with its warning."""
    rows = [
        (f"Closing the gap, a year: {answer.label}", "cost_of_gap", "answer", name)
        for name, answer in ANSWERS.items()
    ]
    rows.append(("Closing the gap to the standard, once (capital)", "cost_of_gap_capital", "all", "all"))
    rows.append(("Economic and social cost of domestic abuse", "cost_to_society", "all", "all"))
    frame = labelled(safe, rows)
    society = frame["measure"] == "cost_to_society"
    for key in ("value", "low", "high"):
        frame.loc[society, key] = [
            cell if isinstance(cell, str) else np.round(cell / MAGNITUDE) * MAGNITUDE
            for cell in frame.loc[society, key]
        ]
    return publish_table(
        "costs",
        f"Costs, {context.area}",
        [
            TableColumn("label", "Cost"),
            *estimates("", 1000.0),
            TableColumn("unit", "Unit"),
            TableColumn("note", "How it was reached"),
        ],
        frame,
        notes=[
            "Pounds, rounded to the nearest thousand; the economic and social cost to the nearest ten million. Revenue and "
            "capital are never added together."
        ],
        source=context.source_line(ids_of(frame)),
    )

"""Tables of sensitivity, and of what to find out next: which unknown, once measured, would narrow the range most.

What this run does not know, what to obtain, and what it would change: the first is always supply.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from needs_assessment.disclosure.gate import SafeResults, publish_table
from needs_assessment.disclosure.published_table import PublishedTable, TableColumn, format_number
from needs_assessment.estimate.sensitivity import Sensitivity
from needs_assessment.report.tables.people import Context
from needs_assessment.report.wording import percent

if TYPE_CHECKING:
    from needs_assessment.assessment import Assessment
from needs_assessment.report.tables.equality import characteristics_gap
from needs_assessment.report.tables.evidence import evidence_gap
from needs_assessment.report.wording import unknown

if TYPE_CHECKING:
    from needs_assessment.inputs.load import Inputs


GAP, PLACES, UNMET, VICTIMS = (
    "gap_queueing",
    "places_required_queueing",
    "unmet_safe_accommodation",
    "victims_last_year",
)
NAMES = {
    PLACES: ("sensitivity_places", "family places required by queueing", 0.1),
    GAP: ("sensitivity_gap", "the gap by queueing, in family places", 0.1),
    UNMET: ("sensitivity_households", "households that cannot be supported in a year", 1.0),
    VICTIMS: ("sensitivity_victims", "victims in the last year", 10.0),
}
AUTHORITY, RATE = "authority effect", "rate"
# below this share of the figure, and of its variance, an input is left out of the table and counted in a note
TRIFLE = 0.005
NAMED = 6  # inputs left out are named up to this many, and counted above it
WIDTHS_NOTE = (
    "How sure the survey is, and how far authorities differ, are judgements that widen the ranges of these inputs; they "
    "are part of the input they belong to."
)
ALONE_NOTE = (
    "Each input is moved alone, to the ends of its range (registered, or 95%), with all others at their central value. The "
    "share of the variance is what would go, on average, if the input were known; where the shares add up to less than all, "
    "inputs act together."
)
BETWEEN_NOTE = "Places are taken between whole ones here, so that a small change shows."
CHOICE_NOTE = "A choice is not an unknown: it has no share of the variance."
FINDING_NOTE = (
    "The most that can be hoped for: how much of the width of the 95% interval would go if the input were known exactly. "
    "A real return or survey leaves some of it."
)
NO_SUPPLY_NOTE = (
    "The gap itself is not known while the places available are not, and what is wholly unknown has no range to narrow: the "
    "ranking is for places required, and the places available come before all of it."
)
# what to ask for, by group of inputs; an input without words here is measured in place of its registered judgement
OBTAIN = {
    AUTHORITY: "Refuge referrals accepted and declined for lack of room, and households that could not be supported, for the "
    "last full year (--services); for victims, a local survey",
    "refuge_stay_days": "Mean stay of the households that left refuge in the last year (length_of_stay_days, --services)",
    "attempts_per_household": "How many different households are behind the referrals of a year, from providers",
    "sa_households_supported": "Households supported in a year, from the safe-accommodation return (--services)",
    "composition_share": "An observed series by ward (ward_series), or risks adjusted for one another",
    "age index women": "The survey's rates by age on its new questions (--rates)",
    RATE: "The survey's next edition or its workbook of tables (--rates); no area can measure it alone",
}
OTHERWISE = "A measured figure in place of the registered judgement"


# shown as a percentage, which needs no unit
PERCENT = ("proportion", "share")
SEVERAL = "each part alone"


def sensitivity_tables(
    assessment: Assessment, safe: SafeResults, context: Context
) -> dict[str, PublishedTable]:
    """One table a headline figure, and the table of what to find out; none where a run has too few draws."""
    found = assessment.sensitivity
    if found is None:
        return {}
    hidden = set(safe.suppressed_measures)
    tables = {}
    for outcome, (name, words, step) in NAMES.items():
        rows = found.frame[found.frame["outcome"] == outcome]
        if outcome not in hidden and len(rows):
            tables[name] = _table(rows, name, words, step, context)
    table = _find_out(found, hidden, context)
    return tables | ({} if table is None else {table.name: table})


def main_outcome(found: Sensitivity) -> str:
    """The figure whose range matters most to the duty: the gap where supply is known, else places required."""
    return GAP if found.supply_known else PLACES


def narrowing(found: Sensitivity | None, outcome: str, group: str) -> float:
    """How much of the range of a figure knowing an input of a group would take away, at most; NaN where that is not told."""
    if found is None:
        return math.nan
    rows = found.frame[(found.frame["outcome"] == outcome) & (found.frame["group"] == group)]
    return float(rows["narrows"].max()) if len(rows) else math.nan


def sensitivity_statements(
    assessment: Assessment, safe: SafeResults, tables: dict[str, PublishedTable]
) -> dict[str, tuple[str, ...]]:
    """What the places hang on most, and what to find out first, in words read off the tables."""
    reason = (
        "Sensitivity to each input is not shown: the run has too few draws to tell it."
        if assessment.sensitivity is None
        else "Sensitivity to each input is not shown, because it rests on a count of people too small to publish."
    )
    # one table may be shown where the other is not
    places, ranked = (tables.get(name) for name in ("sensitivity_places", "what_to_find_out"))
    return {
        "sensitivity": (reason if places is None else _say_most(places),),
        "find_out": (reason if ranked is None else _say_first(ranked, assessment),),
    }


def _say_most(table: PublishedTable) -> str:
    first = table.frame.iloc[0]
    step = NAMES[PLACES][2]
    low, high = (format_number(end, step) for end in sorted((first["at_low"], first["at_high"])))
    return (
        f"The number of places by queueing hangs most on one input ({_small(first['label'])}): over its range alone the answer "
        f"goes from {low} to {high} places."
    )


def _say_first(table: PublishedTable, assessment: Assessment) -> str:
    ranked = table.frame
    best = ranked[ranked["narrows"].map(lambda cell: isinstance(cell, float) and not math.isnan(cell))].iloc[
        0
    ]
    supply = assessment.sensitivity is not None and assessment.sensitivity.supply_known
    lead = (
        "" if supply else "Places available come first: without them there is no gap to state. After them, "
    )
    text = (
        f"{lead}knowing one input ({_small(best['label'])}) would take at most {percent(best['narrows'])} off the width "
        "of the range."
    )
    return text[:1].upper() + text[1:]


def _table(rows: pd.DataFrame, name: str, words: str, step: float, context: Context) -> PublishedTable:
    swing = (rows["at_high"] - rows["at_low"]).abs()
    # against the figure's whole move, so that a gap near zero is measured as places are
    matters = (swing >= TRIFLE * swing.max()) | (rows["share"].fillna(0) >= TRIFLE)
    frame = rows.assign(swing=swing)[matters].sort_values("swing", ascending=False, kind="stable")
    left = rows.loc[~matters & ((swing > 0) | (rows["share"] > 0)), "label"]
    frame = frame.assign(
        label=[
            f"{label} (a choice)" if kind == "choice" else label
            for label, kind in zip(frame["label"], frame["kind"], strict=True)
        ],
        low=[_input(row, "input_low") for row in frame.to_dict("records")],
        high=[_input(row, "input_high") for row in frame.to_dict("records")],
        unit=["" if unit in PERCENT else unit for unit in frame["unit"]],
    )
    number = {"kind": "number", "round_to": step}
    notes = [ALONE_NOTE, WIDTHS_NOTE]
    if name in ("sensitivity_places", "sensitivity_gap"):
        notes.append(BETWEEN_NOTE)
    if (frame["kind"] == "choice").any():
        notes.append(CHOICE_NOTE)
    if len(left):
        which = "; ".join(map(_small, left)) if len(left) <= NAMED else len(left)
        notes.append(f"Inputs that move it by next to nothing are left out: {which}.")
    return publish_table(
        name,
        f"What moves {words}, {context.area}",
        [
            TableColumn("label", "Input"),
            TableColumn("low", "From"),
            TableColumn("high", "To"),
            TableColumn("unit", "Unit of the input"),
            TableColumn("at_low", "Figure at the lower end", **number),  # type: ignore[arg-type]
            TableColumn("at_central", "At the central value", **number),  # type: ignore[arg-type]
            TableColumn("at_high", "At the upper end", **number),  # type: ignore[arg-type]
            TableColumn("share", "Share of the variance", kind="percent"),
        ],
        frame,
        notes=notes,
    )


def _find_out(found: Sensitivity, hidden: set[str], context: Context) -> PublishedTable | None:
    main = main_outcome(found)
    if main in hidden:
        return None
    rows = found.frame[(found.frame["outcome"] == main) & (found.frame["kind"] == "unknown")]
    known = {
        outcome: found.frame[found.frame["outcome"] == outcome].set_index("unknown")["narrows"]
        for outcome in (UNMET, VICTIMS)
    }
    frame = rows.assign(
        obtain=[OBTAIN.get(group, OTHERWISE) for group in rows["group"]],
        unmet=[float("nan") if UNMET in hidden else _held(known[UNMET], name) for name in rows["unknown"]],
        victims=[_held(known[VICTIMS], name) for name in rows["unknown"]],
    ).sort_values(["narrows", "share", "victims"], ascending=False, kind="stable")
    best = frame[["narrows", "unmet", "victims"]].max(axis=1)
    frame = frame[best >= TRIFLE].reset_index(drop=True)
    if not found.supply_known:
        first = {
            "label": "Places of safe accommodation available",
            "obtain": "Family places by type, as one total for each type and never by address (--services)",
            "narrows": float("nan"),
            "unmet": 0.0,
            "victims": 0.0,
        }
        frame = pd.concat([pd.DataFrame([first]), frame], ignore_index=True)
    frame = frame.assign(rank=[str(place) for place in range(1, len(frame) + 1)])
    words = "the gap" if found.supply_known else "places required"
    return publish_table(
        "what_to_find_out",
        f"What to find out next: what would narrow the range of {words} most, {context.area}",
        [
            TableColumn("rank", "Order"),
            TableColumn("label", "What is not known"),
            TableColumn("obtain", "What to ask for"),
            TableColumn("narrows", f"Narrows {words} by at most", kind="percent"),
            TableColumn("unmet", "Narrows households not supported by at most", kind="percent"),
            TableColumn("victims", "Narrows victims by at most", kind="percent"),
        ],
        frame,
        notes=[FINDING_NOTE, *([] if found.supply_known else [NO_SUPPLY_NOTE])],
    )


def _held(series: pd.Series, name: str) -> float:
    return float(series[name]) if name in series.index else 0.0


def _input(row: dict[object, object], key: str) -> str:
    """An end of an input's range; words where the input has several parts."""
    value = float(row[key])  # type: ignore[arg-type]
    if math.isnan(value):
        return SEVERAL
    if row["unit"] in PERCENT:
        return percent(value)
    return f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"


def _small(label: str) -> str:
    return label[:1].lower() + label[1:]


COLUMNS = [
    ("gap", "What is not known"),
    ("obtain", "What to obtain"),
    ("changes", "What it would change"),
    ("narrows", "What it would narrow"),
]
NO_RANGE = "No range in this paper"


def data_gaps(inputs: Inputs, safe: SafeResults, sensitivity: Sensitivity | None = None) -> pd.DataFrame:
    """One row a gap, in the order of what matters most to the duty.

    sensitivity: what knowing an input would do to the ranges, for the column ``narrows``.
    """
    rows: list[tuple[str, str, str, str]] = []
    if unknown(safe.row("places_available")):
        rows.append(
            (
                "Places of safe accommodation available in the area",
                "Family places by type from providers and commissioning records, as one total for each type and never "
                "by address (--services)",
                "The gap itself: without it only the national average can stand in",
                "The gap: from not known to known",
            )
        )
    for figure in inputs.stale_figures():
        rows.append(
            (
                f"A current figure for {figure.measure.replace('_', ' ')}: the one used is {figure.age_text()} old",
                "The same return for the last full year",
                "Replaces a stale figure",
                NO_RANGE,
            )
        )
    if not inputs.has_local("households_supported"):
        rows.append(
            (
                "Households supported in safe accommodation",
                "The council's annual safe-accommodation return (--services)",
                "Met need: a count in place of a share of the national total",
                "Met need: from a range to a count",
            )
        )
    if not inputs.has_local("households_not_supported"):
        rows.append(
            (
                "Households that could not be supported",
                "Referrals declined, with the reason, from the same return (--services)",
                "Unmet need, the figure a board most needs and a national share hides best",
                NO_RANGE
                if UNMET in safe.suppressed_measures
                else _narrows(narrowing(sensitivity, UNMET, AUTHORITY), "households not supported"),
            )
        )
    if not inputs.overlaps.tables:
        rows.append(
            (
                "How many people are on more than one service's list",
                "Services' lists matched with each other by one of them, as counts by combination of lists "
                "(--set overlaps=FILE)",
                "Met need: one number in place of a range, and a second estimate of those whom no service knows",
                NO_RANGE,
            )
        )
    rows.append(
        (
            "How risk differs between wards beyond age and sex",
            "Police incidents, MARAC cases or helpline contacts by ward of residence",
            "Ward estimates: today they follow population, age and sex only",
            "Each ward's range; not the area's",
        )
    )
    if any(rate.low is None for rate in inputs.rates.rates.values()):
        rows.append(
            (
                f"Published confidence intervals for the national rates ({inputs.rates.name})",
                "The survey's workbook of tables from the Office for National Statistics",
                "Replaces a judgement about the survey's effective size; the national part of every interval",
                _narrows(narrowing(sensitivity, VICTIMS, RATE), "victims, were a rate known exactly"),
            )
        )
    characteristics = characteristics_gap(inputs.characteristics)
    if characteristics is not None:
        rows.append((*characteristics, NO_RANGE))
    evidence = evidence_gap(inputs.evidence)
    if evidence is not None:
        rows.append((*evidence, NO_RANGE))
    if inputs.boundaries is None:
        rows.append(
            (
                "Ward boundaries of the same date as the population",
                "The official ward boundary file (--boundaries)",
                "A map with true shapes" + (" in place of the tile map" if inputs.points is not None else ""),
                NO_RANGE,
            )
        )
    return pd.DataFrame(rows, columns=[key for key, _ in COLUMNS])


def _narrows(share: float, figure: str) -> str:
    """What knowing this would take off a range, at most."""
    return NO_RANGE if math.isnan(share) else f"At most {percent(share)} of the range of {figure}"

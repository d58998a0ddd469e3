"""What changed since another run: its tables by unit.

Only figures that both runs published are shown, with parts calculated from modelled figures and from returns that are
published. A figure that is suppressed in either run shows neither its change nor any part of it, from which the
suppressed figure could be solved.

What changed since another run, in the sentences of the paper.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from needs_assessment.catalogue.tiers import ANSWERS
from needs_assessment.disclosure.gate import SafeResults, publish_table, publish_view
from needs_assessment.disclosure.published_table import (
    SUPPRESSED,
    PublishedTable,
    TableColumn,
    format_cell,
    format_number,
)
from needs_assessment.estimate.change import Change, HeadlineChange
from needs_assessment.report.tables.people import TOTALS, text_table
from needs_assessment.report.wording import about
from needs_assessment.report.writers.document import long_date
from needs_assessment.results import RESULT_MEASURES

NO_PREVIOUS = "No previous run was given, so nothing is said of what has changed (choice: previous)."
SOURCE = "Source: the results of the two runs; what they rest on is in their own tables of sources."
NO_DIFFERENCE = ("None", "The two runs rest on the same choices and inputs.")
ROUNDED = "is rounded, as groups of a few people are on several lists"
NOT_A_TREND = "counts something else than before: not a trend"
PARTS = "The parts add up to the change and do not depend on the order in which the causes are taken (Shapley, Das Gupta)."


@dataclass(frozen=True)
class Group:
    """Headlines of one table: units that are shown with one rounding, never added to each other."""

    name: str
    title: str
    units: tuple[str, ...]
    round_to: float
    kind: Literal["number", "percent"] = "number"


GROUPS = (
    Group("people", "people, children and cases", ("people", "children", "cases a year"), 10.0),
    Group("households", "households", ("households", "households a year"), 1.0),
    Group("places", "family places", ("family places",), 0.1),
    Group("posts", "posts", ("full-time equivalents",), 0.1),
    Group("shares", "shares and probabilities", ("proportion",), 1.0, "percent"),
    Group("costs", "costs", ("GBP a year", "GBP"), 1000.0),
)


def released_change(change: Change, safe: SafeResults) -> Change:
    """The change with every figure of this run as the gate released it: suppressed, rounded, or as it is.

    The parts of a figure that the gate rounded add up to the exact one, so there are none.
    """
    rows = safe.frame[(safe.frame["area_level"] == "authority") & (safe.frame["breakdown"] == "all")]
    released = dict(zip(rows["measure"], rows["value"], strict=True))
    wards = safe.frame[(safe.frame["area_level"] == "ward") & (safe.frame["measure"] == "victims_last_year")]
    covered = set(wards.loc[wards["value"] == SUPPRESSED, "area_code"])
    return replace(
        change,
        headlines=tuple(_released(item, released[item.measure]) for item in change.headlines),
        wards=tuple(ward for ward in change.wards if ward.code not in covered),
    )


def _released(item: HeadlineChange, value: float | str) -> HeadlineChange:
    if isinstance(value, str):
        return replace(item, after=None, parts={}, hidden=True)
    if item.after is None or item.after == value:
        return item
    return replace(item, after=value, parts={}, reason=item.reason or ROUNDED)


def change_tables(change: Change, area: str, round_people: float) -> dict[str, PublishedTable]:
    """The causes, then the headlines of each unit with the parts of their change, then the wards of both runs."""
    tables = [
        text_table(
            "change_causes",
            f"What differs between the two runs, {area}",
            [("title", "Cause"), ("differs", "Before and now")],
            pd.DataFrame(
                [(cause.title, cause.differs) for cause in change.causes] or [NO_DIFFERENCE],
                columns=["title", "differs"],
            ),
            notes=[*_runs(change), *change.notes],
        )
    ]
    for group in GROUPS:
        items = [item for item in change.headlines if RESULT_MEASURES[item.measure].unit in group.units]
        rows = [_row(item, change) for item in items if _known(item)]
        if rows:
            step = round_people if group.name == "people" else group.round_to
            tables.append(_headline_table(change, group, step, pd.DataFrame(rows), area))
    if change.wards:
        tables.append(_ward_table(change, area, round_people))
    return {table.name: table for table in tables}


def printed(table: PublishedTable) -> PublishedTable | None:
    """The rows of a table of headlines that a board reads: those that changed. None where nothing did."""
    nothing = [format_cell(0.0, column) for column in table.columns if column.key == "change"]
    if not nothing:
        return table
    shown = [
        format_cell(cell, next(column for column in table.columns if column.key == "change"))
        for cell in table.frame["change"]
    ]
    moved = pd.Series([cell != nothing[0] for cell in shown], index=table.frame.index)
    if not moved.any():
        return None
    notes = set(table.frame.loc[moved, "note"]) if "note" in table.frame else set()
    # why a part is missing is said beside it; that a figure is no trend stands in the notes below
    left_out = {"note"} if notes <= {"", NOT_A_TREND} else {"unit"}
    keys = {column.key: column.key for column in table.columns if column.key not in left_out}
    return publish_view(table, keys, rows=moved)


def _known(item: HeadlineChange) -> bool:
    return item.hidden or item.before is not None or item.after is not None


def _row(item: HeadlineChange, change: Change) -> dict[str, object]:
    measure = RESULT_MEASURES[item.measure]
    unknown: float | str = SUPPRESSED if item.hidden else math.nan
    note = item.reason or ("" if item.hidden or change.is_trend(item) else NOT_A_TREND)
    return {
        "measure": item.measure,
        "label": measure.title,
        "unit": measure.unit,
        "before": unknown if item.before is None else item.before,
        "after": unknown if item.after is None else item.after,
        "change": unknown if item.hidden or item.change is None else item.change,
        **{cause.id: item.parts[cause.id] if item.split else unknown for cause in change.causes},
        "note": note,
    }


def _headline_table(
    change: Change, group: Group, step: float, frame: pd.DataFrame, area: str
) -> PublishedTable:
    numbers = [("before", "Before"), ("after", "Now"), ("change", "Change")]
    numbers += [(cause.id, cause.title) for cause in change.causes]
    several = frame["unit"].nunique() > 1
    columns = [
        TableColumn("label", "Figure"),
        *([TableColumn("unit", "Unit")] if several else []),
        *(TableColumn(key, heading, "", group.kind, step) for key, heading in numbers),
        *([TableColumn("note", "Note")] if frame["note"].any() else []),
    ]
    notes = [*_runs(change), PARTS if change.causes else "Nothing differs.", TOTALS]
    notes += [note for note in change.notes if change.new_definition]
    return publish_table(
        f"change_{group.name}",
        f"What changed and why: {group.title}, {area}",
        columns,
        frame,
        notes=notes,
        source=SOURCE,
    )


def _runs(change: Change) -> list[str]:
    return [
        f"{when}: {run.name}, as at {long_date(run.date)}; population {run.population}; rates {run.rates}."
        for when, run in (("Before", change.before), ("Now", change.after))
    ]


def _ward_table(change: Change, area: str, step: float) -> PublishedTable:
    frame = pd.DataFrame(
        [
            {
                "code": ward.code,
                "name": ward.name,
                "before": math.nan if ward.before is None else ward.before,
                "after": math.nan if ward.after is None else ward.after,
                "change": math.nan if ward.before is None or ward.after is None else ward.after - ward.before,
            }
            for ward in change.wards
        ]
    )
    numbers = [("before", "Before"), ("after", "Now"), ("change", "Change")]
    return publish_table(
        "change_wards",
        f"Modelled victims in the last year in wards that both runs have, {area}",
        [
            TableColumn("code", "Code"),
            TableColumn("name", "Ward"),
            *(TableColumn(key, heading, "", "number", step) for key, heading in numbers),
        ],
        frame,
        notes=[
            *_runs(change),
            "Modelled estimates. The change of a ward is not split: its range is wider than most changes.",
            *change.notes,
        ],
        source=SOURCE,
    )


# beside a change that cannot be had from the rounded numbers of its own sentence
UNROUNDED = " (worked out before rounding)"
_ANSWERS = [name for name, answer in ANSWERS.items() if answer.headline]
# what the paper speaks of and draws, most asked for first
SPOKEN = (
    "victims_last_year",
    "children_affected",
    "high_risk_cases",
    "need_safe_accommodation",
    "unmet_safe_accommodation",
    "places_available",
    *(f"gap_{name}" for name in _ANSWERS),
)
# where no places available are known, the same of places required
INSTEAD = {f"gap_{name}": f"places_required_{name}" for name in _ANSWERS}


def change_statement(change: Change, coarse: float) -> tuple[str, ...]:
    """The paragraph for the paper: each main figure before and now, and what its change comes from.

    coarse: the rounding of numbers of people in words (registered).
    """
    items = spoken(change)
    moved = [item for item in items if _signed(item.change or 0.0, item, coarse)]
    same = [RESULT_MEASURES[item.measure].title for item in items if item not in moved]
    said = [_sentence(item, change, coarse) for item in moved]
    said += [f"No change that shows after rounding: {'; '.join(same)}."] if same else []
    return (*change.notes, *(said or ["No headline is known in both runs."]))


def spoken(change: Change) -> list[HeadlineChange]:
    """The headlines that the paper speaks of: those that both runs know and show."""
    found: list[HeadlineChange] = []
    for name in SPOKEN:
        for choice in filter(None, (name, INSTEAD.get(name))):
            item = change.headline(choice)
            if item is not None and not item.hidden and item.change is not None:
                found.append(item)
                break
    return found


def _sentence(item: HeadlineChange, change: Change, coarse: float) -> str:
    measure = RESULT_MEASURES[item.measure]
    before, after = (_number(value, item, coarse) for value in (item.before, item.after))
    trend = (
        "a change" if change.is_trend(item) else "which count different things and are no trend; a difference"
    )
    moved = _signed(item.change or 0.0, item, coarse)
    parts = [(cause, _signed(part, item, coarse)) for cause, part in item.parts.items()]
    told = [part for _, part in parts if part]
    fits = _adds_up([before, moved], after) and (not item.split or _adds_up(told, moved))
    words = (
        f"{measure.title} ({measure.unit}): {before} before, {after} now, "
        f"{trend} of {moved}{'' if fits else UNROUNDED}"
    )
    if not item.split:
        return f"{words}. Why is not split: it {item.reason}."
    named = {cause.id: cause.title.lower() for cause in change.causes}
    told = [f"{named[cause]} {part}" for cause, part in parts if part]
    return f"{words}{f': {_listed(told)}' if told else ''}."


def _step(item: HeadlineChange, coarse: float) -> float:
    unit = RESULT_MEASURES[item.measure].unit
    group = next(group for group in GROUPS if unit in group.units)
    return max(1.0, coarse / 10) if group.name == "people" else group.round_to


def _number(value: float | None, item: HeadlineChange, coarse: float) -> str:
    if value is None:
        return "not known"
    if RESULT_MEASURES[item.measure].unit in GROUPS[0].units:
        return about(value, coarse)
    return _short(value, _step(item, coarse))


def _short(value: float, step: float) -> str:
    """To the nearest ``step``, without a decimal that is 0."""
    text = format_number(value, step)
    return text.removesuffix(".0")


def _signed(value: float, item: HeadlineChange, coarse: float) -> str:
    """ "+150" or "\N{MINUS SIGN}20"; blank where nothing is left after rounding."""
    text = _short(abs(value), _step(item, coarse))
    if not float(text.replace(",", "")):
        return ""
    return f"{'+' if value > 0 else chr(0x2212)}{text}"


def _adds_up(parts: Sequence[str], whole: str) -> bool:
    """Whether numbers as printed add up to another as printed."""
    *left, right = (float(text.replace(",", "").replace("\N{MINUS SIGN}", "-")) for text in (*parts, whole))
    return math.isclose(sum(left), right, abs_tol=1e-9)


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"

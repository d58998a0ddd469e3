"""The gate: results and tables leave the library through here and nowhere else.

Counts of real people below the registered minimum are suppressed, with every row from which they could be solved by
arithmetic: a need that is the sum of two local counts, an unmet need that is a published need less a local count, and
the ward shares of any of them. A suppressed cell holds the marker ``[c]``, never 0 and never a blank. Modelled figures
are estimates about the area, not counts of people, and pass as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from needs_assessment.publish.tables import SUPPRESSED, PublishedTable, TableColumn
from needs_assessment.results import MEASURES, Results

SUPPRESSION_NOTE = "suppressed: rests on a count of people too small to publish"
# which local counts each measure rests on where they are given
MET, UNMET = "households_supported", "households_not_supported"
REFERRALS, ACCEPTED = "referrals", "referrals_accepted"
REFUGE = {REFERRALS, ACCEPTED, "referrals_declined_capacity", "places_in_use"}
CROSSING = {"households_from_outside", "out_of_area_placements"}
PROTECTED_COUNTS = {MET, UNMET, *REFUGE, *CROSSING}
NUMBERS = ["value", "low", "high"]


@dataclass(frozen=True)
class SafeResults:
    """Results that have passed the gate; numbers are floats, NaN (not known) or ``[c]``."""

    frame: pd.DataFrame
    area_code: str
    suppressed_measures: tuple[str, ...]
    minimum: int

    def pick(self, measures: Sequence[str], *, level: str, breakdown: str = "all") -> pd.DataFrame:
        """Rows of some measures at one level and breakdown, in table order."""
        frame = self.frame
        keep = (
            frame["measure"].isin(measures)
            & (frame["area_level"] == level)
            & (frame["breakdown"] == breakdown)
        )
        return frame.loc[keep].reset_index(drop=True)

    def row(
        self, measure: str, *, breakdown: str = "all", category: str = "all", level: str = "authority"
    ) -> pd.Series:
        """One row. Raises KeyError when there is none."""
        found = self.pick([measure], level=level, breakdown=breakdown)
        found = found[found["category"] == category]
        if len(found) != 1:
            raise KeyError(f"{len(found)} results for {measure} {breakdown} {category} at {level}")
        return found.iloc[0]

    def has(self, measure: str, *, breakdown: str = "all", category: str = "all") -> bool:
        found = self.pick([measure], level="authority", breakdown=breakdown)
        return bool((found["category"] == category).any())


def is_protected(count: float | None, minimum: int) -> bool:
    """True for a count of people that is above 0 and below the minimum."""
    return count is not None and 0 < count < minimum


def release(
    results: Results,
    local_counts: Mapping[str, float],
    minimum: int,
    tiers: Mapping[str, Sequence[str]] | None = None,
) -> SafeResults:
    """Pass results through the gate.

    local_counts: the local counts of people the results rest on, by name of the return; minimum: the smallest count
    that may be published (registered, 5); tiers: the local counts that
    need, met and unmet need of a tier rest on. Every row that rests on a protected count, or from which one could be solved,
    is suppressed at every level.
    """
    small = {name for name, count in local_counts.items() if is_protected(count, minimum)}
    if is_protected(_declined(local_counts), minimum):
        small |= {REFERRALS, ACCEPTED}
    small |= _small_differences(local_counts, minimum)
    rests = {**_rests_on(local_counts), **_tiers_rest_on(local_counts, tiers or {})}
    hidden = tuple(measure for measure, counts in rests.items() if small & counts)
    frame = results.frame.copy()
    frame[NUMBERS] = frame[NUMBERS].astype(object)
    return also_hide(SafeResults(frame, results.area_code, (), minimum), hidden)


def also_hide(safe: SafeResults, measures: Sequence[str]) -> SafeResults:
    """The same results with more measures suppressed, at every level and in every breakdown."""
    frame = safe.frame.copy()
    covered = frame["measure"].isin(measures)
    frame.loc[covered, NUMBERS] = SUPPRESSED
    frame.loc[covered, "note"] = SUPPRESSION_NOTE
    hidden = tuple(dict.fromkeys([*safe.suppressed_measures, *measures]))
    return SafeResults(frame, safe.area_code, hidden, safe.minimum)


def _declined(local_counts: Mapping[str, float]) -> float | None:
    """Referrals less acceptances: a count of people that no return states and both together give away."""
    if REFERRALS not in local_counts or ACCEPTED not in local_counts:
        return None
    return local_counts[REFERRALS] - local_counts[ACCEPTED]


def _small_differences(local_counts: Mapping[str, float], minimum: int) -> set[str]:
    """People that a result states as one count less another: incidents less repeats."""
    incidents, repeats = local_counts.get("police_incidents"), local_counts.get("police_repeat_incidents")
    if incidents is None or repeats is None or not is_protected(incidents - repeats, minimum):
        return set()
    return {"police_incidents", "police_repeat_incidents"}


def _tiers_rest_on(
    local_counts: Mapping[str, float], tiers: Mapping[str, Sequence[str]]
) -> dict[str, set[str]]:
    """All three rows of a tier rest on all its local counts: met from need and unmet is arithmetic.

    A name that is itself a measure stands for that measure alone.
    """
    given = set(local_counts)
    return {
        measure: set(names) & given
        for tier, names in tiers.items()
        for measure in (
            [tier] if tier in MEASURES else [f"{part}_{tier}" for part in ("need", "met", "unmet")]
        )
    }


def _rests_on(local_counts: Mapping[str, float]) -> dict[str, set[str]]:
    given = set(local_counts)
    met, unmet, refuge, crossing = ({MET} & given, {UNMET} & given, REFUGE & given, CROSSING & given)
    rests = {
        "met_safe_accommodation": met,
        # without a local count of those turned away, unmet need is a published need less the local count
        "unmet_safe_accommodation": unmet or met,
        "need_safe_accommodation": (met | unmet) if unmet else set(),
        "turned_away_share": refuge,
        "households_seeking_refuge": refuge | crossing,
        "places_required_queueing": refuge | crossing,
        "places_required_turned_away": refuge,
    }
    for answer in ("queueing", "turned_away"):
        for measure in ("gap_{}", "gap_if_national_average_{}", "probability_of_gap_{}"):
            rests[measure.format(answer)] = refuge
    # the cost table shows a cost for each answer, so the two go together
    rests["cost_of_gap"] = rests["cost_of_gap_capital"] = refuge
    return rests


def publish_table(
    name: str,
    title: str,
    columns: Sequence[TableColumn],
    frame: pd.DataFrame,
    *,
    notes: Sequence[str] = (),
    source: str = "",
) -> PublishedTable:
    """A table made of cells of ``SafeResults`` (or of registers), ready for every writer.

    Raises ValueError when the frame lacks a column or holds a number in words.
    """
    missing = [column.key for column in columns if column.key not in frame]
    if missing:
        raise ValueError(f"table {name} lacks the columns {missing}")
    for column in columns:
        if column.kind != "text":
            stray = [cell for cell in frame[column.key] if isinstance(cell, str) and cell != SUPPRESSED]
            if stray:
                raise ValueError(f"table {name}, column {column.key}: {stray[0]!r} is not a number")
    shown = frame[[column.key for column in columns]].reset_index(drop=True)
    marked = any((shown[column.key] == SUPPRESSED).any() for column in columns)
    extra = ("[c] marks a figure suppressed to protect people's confidentiality.",) if marked else ()
    return PublishedTable(name, title, tuple(columns), shown, (*notes, *extra), source)

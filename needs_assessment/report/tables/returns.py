"""Local returns of every agency by period: what changed between comparable periods, and repeats against their target.

Whole years are compared with whole years, a part of a year only with the same months of an earlier one. Counts have passed
the gate before anything is worked out from them, so a change or a rate whose ingredient is hidden is hidden too. The
notes of the returns are never printed: some hold percentages from which a small count could be solved.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from needs_assessment.disclosure.gate import SafeReturns, publish_table
from needs_assessment.disclosure.published_table import SUPPRESSED, PublishedTable, TableColumn

# events, their repeats, and the measure that holds a local target
REPEATS = {
    "police_incidents": ("police_repeat_incidents", ""),
    "marac_cases": ("marac_repeat_cases", "marac_repeat_target"),
    "idva_referrals": ("idva_repeat_referrals", ""),
}
REPEAT_WORDS = {
    "police_incidents": "Police incidents",
    "marac_cases": "MARAC cases",
    "idva_referrals": "IDVA referrals",
}
OWN_FILE = "services_file"
STALE = "STALE"
_SHOWN = ("source_name", "age", "flag")
Number = float | str
Row = Mapping[Any, Any]
NO_EARLIER = "[x] under a change: there is no earlier period that it may be compared with."


def returns_table(
    returns: SafeReturns, area: str, sources: Mapping[str, str], stale_after: float
) -> PublishedTable:
    """Every local figure by period, newest first within a measure, with its change, its age and whether it is stale.

    returns: as the gate passed them; sources: publisher by source id; stale_after: years after which a figure is stale
    (registered). The change is from the latest earlier period that may be compared; blank where there is none.
    """
    frame = returns.frame
    rows = frame.to_dict("records")
    shown = pd.DataFrame(
        [_trend(row, _comparable(rows, row), sources) for row in rows],
        columns=[*frame.columns, "label", "period", "change", "change_share", "against", *_SHOWN],
    )
    return publish_table(
        "local_returns",
        f"Local returns by period, {area}",
        [
            TableColumn("agency", "Agency"),
            TableColumn("label", "What was counted"),
            TableColumn("period", "Period"),
            TableColumn("value", "Figure", "", "number", _step(frame), trimmed=True),
            TableColumn("unit", "Unit"),
            TableColumn("change", "Change", "", "number", _step(frame), trimmed=True),
            TableColumn("change_share", "Change", "share of the earlier figure", "percent"),
            TableColumn("against", "Compared with"),
            TableColumn("age", "Age"),
            TableColumn("flag", "Stale"),
            TableColumn("source_name", "Source"),
        ],
        shown,
        notes=[
            "Counts as returned or published: observed, not modelled. Incidents, cases, referrals, people and households "
            "are different units and are never added together.",
            "A part of a year is compared only with the same months of an earlier year, never with a whole year. Ways of "
            "recording change over the years, so a change is not always a change in abuse.",
            NO_EARLIER,
            f"{STALE}: the period ended more than {stale_after:g} years before the date of this paper.",
        ],
    )


def repeats_table(returns: SafeReturns, area: str, uk_marac_rate: float) -> PublishedTable:
    """Repeat rates by period (National Indicator 32 style): repeats ÷ events of one period, against a target.

    returns: as the gate passed them; uk_marac_rate: the registered share of MARAC cases that are repeats, 0 to 1,
    which is what was seen in the UK and not a target. The target is the local one whose period is nearest. The rate is
    blank where repeats were not returned for the period, and hidden where either count is.
    """
    records = returns.frame.to_dict("records")
    rows = []
    for row in records:
        if row["measure"] not in REPEATS:
            continue
        repeats, target = REPEATS[row["measure"]]
        rate = _rate(records, row, repeats)
        before = _comparable(records, row)
        earlier = math.nan if before is None else _rate(records, before, repeats)
        aim = _target(records, row, target)
        rows.append(
            {
                "label": REPEAT_WORDS[row["measure"]],
                "period": _period(row),
                "rate": rate,
                "earlier": earlier,
                "change": _difference(rate, earlier),
                "target": aim,
                "against": _against(rate, aim),
                "uk": uk_marac_rate if row["measure"] == "marac_cases" else math.nan,
                **_age(row),
            }
        )
    columns = [
        TableColumn("label", "Events"),
        TableColumn("period", "Period"),
        TableColumn("rate", "Repeat rate", "", "percent"),
        TableColumn("earlier", "Repeat rate of the earlier period", "", "percent"),
        TableColumn("change", "Change", "points", "percent"),
        TableColumn("target", "Local target", "", "percent"),
        TableColumn("against", "Against the target"),
        TableColumn("uk", "Seen in the UK", "", "percent"),
        TableColumn("age", "Age"),
        TableColumn("flag", "Stale"),
    ]
    shown = pd.DataFrame(rows, columns=[column.key for column in columns])
    return publish_table(
        "repeat_rates",
        f"Repeat rates by period, {area}",
        columns,
        shown,
        notes=[
            "Repeats divided by events of the same period. A repeat rate that rises may mean more repeat abuse, or more "
            "trust in coming back: it is read with the numbers beside it.",
            "[x] under a rate: repeats were not returned for that period.",
            "The rate seen in the UK is no target; it is shown to compare with.",
        ],
    )


def _trend(row: Row, before: Row | None, sources: Mapping[str, str]) -> dict[str, Any]:
    change = math.nan if before is None else _difference(row["value"], before["value"])
    own = row["origin"] == "file"
    words, kind = row["meaning"], row["accommodation_type"]
    return {
        **row,
        "label": words[:1].upper() + words[1:] + (f": {kind.replace('_', ' ')}" if kind else ""),
        "period": _period(row),
        "change": change,
        "change_share": math.nan if before is None else _share(change, before["value"]),
        "against": "" if before is None else _period(before),
        "source_name": "The council's own return" if own else sources.get(row["source"], row["source"]),
        **_age(row),
    }


def _age(row: Row) -> dict[str, str]:
    return {"age": f"{row['age_years']:.1f} years", "flag": STALE if row["stale"] else ""}


def _comparable(rows: Sequence[Row], row: Row) -> Row | None:
    """The latest earlier row of the same measure and type that may be compared with ``row``."""
    found = [
        other
        for other in rows
        if all(other[key] == row[key] for key in ("measure", "accommodation_type", "part_year"))
        and other["period_end"] < row["period_start"]
        and (not row["part_year"] or _same_months(other, row))
    ]
    return max(found, key=lambda other: other["period_end"], default=None)


def _same_months(one: Row, other: Row) -> bool:
    """The same days of another year; the end of February is one day whatever the year."""

    def day(date: dt.date) -> tuple[int, int]:
        last = (date + dt.timedelta(days=1)).month != date.month
        return date.month, 31 if last else date.day

    years = [row["period_end"].year - row["period_start"].year for row in (one, other)]
    ends = [tuple(day(row[key]) for key in ("period_start", "period_end")) for row in (one, other)]
    return ends[0] == ends[1] and years[0] == years[1]


def _difference(later: Number, earlier: Number) -> Number:
    if SUPPRESSED in (later, earlier):
        return SUPPRESSED
    return float(later) - float(earlier)


def _share(change: Number, earlier: Number) -> Number:
    if SUPPRESSED in (change, earlier):
        return SUPPRESSED
    return float(change) / float(earlier) if float(earlier) > 0 else math.nan


def _rate(rows: Sequence[Row], row: Row, repeats: str) -> Number:
    """Repeats ÷ events of the row's own period; NaN where repeats were not returned for it."""
    keys = ("accommodation_type", "period_start", "period_end")
    for other in rows:
        if other["measure"] == repeats and all(other[key] == row[key] for key in keys):
            return _share(other["value"], row["value"])
    return math.nan


def _target(rows: Sequence[Row], row: Row, measure: str) -> float:
    """The local target whose period is nearest to the row's, as a proportion; NaN without one."""
    found = [other for other in rows if measure and other["measure"] == measure]
    if not found:
        return math.nan
    nearest = min(found, key=lambda other: abs((other["period_end"] - row["period_end"]).days))
    return float(nearest["value"]) / 100


def _against(rate: Number, target: float) -> str:
    if isinstance(rate, str) or math.isnan(rate) or math.isnan(target):
        return ""
    return "at or below the target" if rate <= target else "above the target"


def _period(row: Row) -> str:
    start, end = row["period_start"], row["period_end"]
    words = _day(end) if start == end else f"{_day(start)} to {_day(end)}"
    return f"{words} (part of a year)" if row["part_year"] and row["flow"] else words


def _day(date: dt.date) -> str:
    return f"{date.day} {date:%b %Y}"


def _step(frame: pd.DataFrame) -> float:
    """Whole numbers where all are whole, else one decimal (posts, days)."""
    numbers = [value for value in frame["value"] if not isinstance(value, str) and not math.isnan(value)]
    return 1.0 if all(float(value).is_integer() for value in numbers) else 0.1

"""What an earlier run published of local counts, read from its folder, so that the gate can count it as known.

Only for disclosure control: the table of local returns by period, and the results that are a local count under another
name. Rows that cannot be read back (a measure that has since been renamed) are counted and said. A run that names a previous
one writes down what all releases before it printed (``earlier_releases.csv``), so that a release that dropped a measure
forgets nothing.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from needs_assessment.catalogue.returns import RETURN_MEASURES
from needs_assessment.catalogue.tiers import TIERS
from needs_assessment.csv_text import plain_frame
from needs_assessment.errors import InputError
from needs_assessment.plain_file import read_plain, read_words
from needs_assessment.tables.files import file_sha256

MANIFEST, RESULTS, RETURNS = "manifest.json", "results.csv", "tables/local_returns.csv"
EARLIER = "earlier_releases.csv"
EARLIER_COLUMNS = (
    *("release", "measure", "accommodation_type", "period_start", "period_end", "value", "rounding"),
)
HIDDEN, UNKNOWN = "[c]", "[x]"
# results whose value is one local count, where they come from a local return
COUNTS = {
    f"{part}_{name}": measure for name, tier in TIERS.items() for part, measure in tier.returned.items()
}
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAY = r"(\d{1,2}) ([A-Z][a-z]{2,8}) (\d{4})"
_RETURN = re.compile(rf"(?:own return|local figure), {_DAY} to {_DAY}")
_MATCHED = re.compile(rf"own matching of lists, {_DAY} to {_DAY}")
_BY_MEANING = {
    measure.meaning[:1].upper() + measure.meaning[1:]: name for name, measure in RETURN_MEASURES.items()
}
COLUMNS = {
    RESULTS: {"measure", "value", "note"},
    RETURNS: {"What was counted", "Period", "Figure"},
    EARLIER: set(EARLIER_COLUMNS),
}
ACTION = "name the folder of a finished run of this tool, or leave previous blank"


# (measure, type, first and last day) -> the number as printed, None where it was suppressed; what it was rounded to
Printed = dict[tuple[str, str, dt.date, dt.date], float | None]
Release = tuple[Printed, float]


@dataclass(frozen=True)
class Previous:
    """Local counts that an earlier run printed or suppressed.

    counts: (measure, type, first and last day) -> the number as printed, None where it was suppressed; rounding: what
    counts were rounded to; unread: rows of its tables that no measure of today fits; sha256: of its manifest; earlier: the
    same of the releases before it, the oldest first.
    """

    folder: str
    counts: Printed
    rounding: float = 1.0
    unread: int = 0
    sha256: str = ""
    earlier: tuple[Release, ...] = ()

    @property
    def releases(self) -> tuple[Release, ...]:
        """This release and those before it, the oldest first."""
        return (*self.earlier, (self.counts, self.rounding))

    def table(self) -> pd.DataFrame:
        """What all releases printed, for the folder of the run that comes after them."""
        rows = [
            (number, name, kind, start.isoformat(), end.isoformat(), _written(value), f"{rounding:g}")
            for number, (counts, rounding) in enumerate(self.releases, start=1)
            for (name, kind, start, end), value in sorted(counts.items())
        ]
        return pd.DataFrame(rows, columns=list(EARLIER_COLUMNS))


def load_previous(folder: Path, area_code: str) -> Previous:
    """Read a run's folder. Raises InputError naming the file that is missing, damaged, or of another area."""
    facts = _manifest(folder, area_code)
    counts: Printed = {}
    unread = 0
    results = _csv(folder, RESULTS)
    for found in (*_from_lists(results), *_from_results(results)):
        counts[found[0]] = found[1]
    if RETURNS in facts.get("outputs", {}) or (folder / RETURNS).exists():
        for row in _csv(folder, RETURNS).to_dict("records"):
            key = _key(row)
            if key is None:
                unread += 1
            elif counts.get(key) is None:
                counts[key] = _number(row["Figure"])
    rounding = float(facts.get("disclosure", {}).get("rounding", 1.0))
    earlier: tuple[Release, ...] = ()
    if EARLIER in facts.get("outputs", {}) or (folder / EARLIER).exists():
        earlier, more = _earlier(_csv(folder, EARLIER), f"{folder.name}/{EARLIER}")
        unread += more
    return Previous(folder.name, counts, rounding, unread, file_sha256(folder / MANIFEST), earlier)


def unread(previous: Previous | None) -> tuple[str, ...]:
    """A note on rows of the previous release that could not be read back."""
    if previous is None or not previous.unread:
        return ()
    rows = f"{previous.unread} row{'' if previous.unread == 1 else 's'} of its tables of local returns"
    return (f"{previous.folder}: {rows} could not be read back and are not counted as known.",)


def _manifest(folder: Path, area_code: str) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        facts = json.loads(read_words(path))
    except (OSError, ValueError, RecursionError):
        facts = None
    if not isinstance(facts, dict) or "area_code" not in facts:
        raise InputError(
            "The previous release cannot be read: its manifest is missing or is not one of this tool.",
            file=f"{folder.name}/{MANIFEST}",
            expected="the manifest of a finished run",
            action=ACTION,
        )
    if facts["area_code"] != area_code:
        raise InputError(
            "The previous release is of another area.",
            file=f"{folder.name}/{MANIFEST}",
            found=str(facts["area_code"]),
            expected=area_code,
            action=ACTION,
        )
    return facts


def _csv(folder: Path, name: str) -> pd.DataFrame:
    try:
        content = io.BytesIO(read_plain(folder / name))
        frame = plain_frame(pd.read_csv(content, dtype="str", keep_default_na=False, encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            "The previous release cannot be read: a file is missing or is no table.",
            file=f"{folder.name}/{name}",
            expected="the file as the earlier run wrote it",
            action=ACTION,
        ) from error
    if not COLUMNS[name] <= set(frame.columns):
        raise InputError(
            "A table of the previous release has not the columns of one.",
            file=f"{folder.name}/{name}",
            column=", ".join(sorted(COLUMNS[name] - set(frame.columns))),
            expected="the file as the earlier run wrote it",
            action=ACTION,
        )
    return frame


def _earlier(frame: pd.DataFrame, file: str) -> tuple[tuple[Release, ...], int]:
    """The releases before an earlier one, and how many rows no measure of today fits."""
    found: dict[int, Release] = {}
    unread = 0
    for at, row in enumerate(frame.to_dict("records"), start=2):
        try:
            days = tuple(dt.date.fromisoformat(row[name]) for name in ("period_start", "period_end"))
            number, value, rounding = int(row["release"]), _number(row["value"]), float(row["rounding"])
        except ValueError as error:
            raise InputError(
                "A table of the previous release cannot be read.",
                file=file,
                row=at,
                expected="the file as the earlier run wrote it",
                action=ACTION,
            ) from error
        if row["measure"] not in RETURN_MEASURES:
            unread += 1
            continue
        counts, _ = found.setdefault(number, ({}, rounding))
        counts[row["measure"], row["accommodation_type"], days[0], days[1]] = value
    return tuple(found[number] for number in sorted(found)), unread


def _written(value: float | None) -> str:
    return HIDDEN if value is None else f"{value:.10g}"


def _key(row: dict[Any, Any]) -> tuple[str, str, dt.date, dt.date] | None:
    label, kind = str(row["What was counted"]), ""
    if label not in _BY_MEANING:
        label, _, kind = label.rpartition(": ")
    measure = _BY_MEANING.get(label)
    days = [_day(*found) for found in re.findall(_DAY, str(row["Period"]))]
    if measure is None or not 1 <= len(days) <= 2:
        return None
    return measure, kind.replace(" ", "_"), days[0], days[-1]


def _day(day: str, month: str, year: str) -> dt.date:
    number = next(at for at, name in enumerate(MONTHS, start=1) if name.startswith(month))
    return dt.date(int(year), number, int(day))


def _number(text: str) -> float | None:
    return None if text in (HIDDEN, UNKNOWN, "") else float(text.replace(",", ""))


def _from_results(frame: pd.DataFrame) -> Iterator[tuple[tuple[str, str, dt.date, dt.date], float]]:
    """Counts that results gave: as they are, or as need less unmet need where met need itself was hidden."""
    whole = frame[(frame["area_level"] == "authority") & (frame["breakdown"] == "all")]
    rows = {str(row["measure"]): row for row in whole.to_dict("records")}
    for measure, name in COUNTS.items():
        row = rows.get(measure)
        if row is None:
            continue
        period, value = _period(row["note"]), _number(row["value"])
        if row["method"] != "local return" or value is None or period is None:
            tier = measure.removeprefix("met_")
            need, unmet = rows.get(f"need_{tier}"), rows.get(f"unmet_{tier}")
            if not measure.startswith("met_") or need is None or unmet is None or unmet["basis"] != "mixed":
                continue
            ends, period = [_number(one["value"]) for one in (need, unmet)], _period(unmet["note"])
            if None in ends or period is None:
                continue
            value = float(round(ends[0] - ends[1]))  # type: ignore[operator]
        if value.is_integer():
            yield (name, "", *period), value


def _from_lists(frame: pd.DataFrame) -> Iterator[tuple[tuple[str, str, dt.date, dt.date], float]]:
    """People on each matched list, which no table of returns may have stated."""
    for row in frame[frame["breakdown"] == "list"].to_dict("records"):
        value, period = _number(row["value"]), _period(row["note"], _MATCHED)
        if row["category"] in RETURN_MEASURES and value is not None and period is not None:
            yield (row["category"], "", *period), value


def _period(note: str, words: re.Pattern[str] = _RETURN) -> tuple[dt.date, dt.date] | None:
    found = [match.groups() for match in words.finditer(note)]
    periods = {(_day(*days[:3]), _day(*days[3:])) for days in found}
    return periods.pop() if len(periods) == 1 else None

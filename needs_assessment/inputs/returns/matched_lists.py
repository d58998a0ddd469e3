"""How many people were on which services' lists: one row a combination of lists, for the whole area and one year.

Somebody who holds the lists matches them by a reference of their own and counts, for each combination, the people who
are on exactly these lists; no person and no reference enters the file. An error gives row and column, never a cell.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from needs_assessment.catalogue.returns import MATCHED_LISTS, RETURN_MEASURES
from needs_assessment.errors import InputError
from needs_assessment.inputs.returns.local_figures import day
from needs_assessment.inputs.returns.overlaps_check import check_table, refuse_columns, refuse_content
from needs_assessment.inputs.returns.returns import LocalReturns, years_between
from needs_assessment.results import FigureKey
from needs_assessment.tables.files import RawTable, read_strings
from needs_assessment.tables.schemas import OVERLAPS, validate
from needs_assessment.tables.validation import Problems

OWN_FILE = "overlaps_file"


@dataclass(frozen=True)
class OverlapTable:
    """The matched lists of one tier: ``histories`` has one 0/1 column a list and ``count``, people on exactly these."""

    tier: str
    lists: tuple[str, ...]
    histories: pd.DataFrame = field(repr=False)
    period_start: dt.date
    period_end: dt.date
    age_years: float
    stale: bool

    @property
    def keys(self) -> tuple[FigureKey, ...]:
        """Each list as a local figure."""
        return tuple((name, "", self.period_start, self.period_end) for name in self.lists)

    def total(self, name: str) -> float:
        """The people on one list, whatever other lists they are on."""
        return float(self.histories.loc[self.histories[name] == 1, "count"].sum())

    def describe(self) -> str:
        """Where the counts come from and how old they are; never a count."""
        age = f"; STALE: {self.age_years:.1f} years old" if self.stale else ""
        return f"the council's own matching of lists, {day(self.period_start)} to {day(self.period_end)}{age}"


@dataclass(frozen=True)
class Overlaps:
    """What an overlaps file holds, by tier. warnings: where it disagrees with the services' totals."""

    tables: Mapping[str, OverlapTable] = field(default_factory=dict)
    file: str = ""
    sha256: str = ""
    rows: int = 0
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def load_overlaps(path: Path | None, returns: LocalReturns, as_of: dt.date, stale_after: float) -> Overlaps:
    """The overlaps of a file, or none without one.

    returns: the services' totals, with which a list's own total must agree where both are of one period; where the row
    of a list alone is left out, the total gives it. A combination of several lists without a row holds nobody.
    Raises InputError for personal content (never repeating it), an unknown tier or list, a repeated combination or one
    of no list, fewer than two lists, lists of one tier of two periods or of part of a year, a list within
    another, and a list without anybody.
    """
    if path is None:
        return Overlaps()
    table = read_strings(Path(path), expected=OVERLAPS.names, echo=False)
    refuse_columns(table)
    frame = table.frame.rename(columns=str.casefold)
    refuse_content(table, frame)
    typed = validate(
        frame.assign(tier=frame["tier"].str.casefold()),
        OVERLAPS,
        file=table.file,
        rows=table.rows,
        echo=False,
    )
    tables: dict[str, OverlapTable] = {}
    notes, warnings = list(table.notes), []
    for tier in (name for name in MATCHED_LISTS if (typed["tier"] == name).any()):
        own = typed[typed["tier"] == tier]
        rows = [table.rows[int(place)] for place in own.index]
        lists = check_table(tier, own, rows, table.file)
        start, end = (pd.Timestamp(own[name].iloc[0]).date() for name in ("period_start", "period_end"))
        totals = _totals(returns, lists, start, end)
        histories = _complete(own, rows, lists, totals, table)
        age = years_between(end, as_of)
        tables[tier] = OverlapTable(
            tier=tier,
            lists=lists,
            histories=histories,
            period_start=start,
            period_end=end,
            age_years=age,
            stale=age > stale_after,
        )
        empty = 2 ** len(lists) - 1 - len(histories)
        if empty:
            notes.append(
                f"{table.file}, {tier}: {empty} combination{'s' if empty > 1 else ''} of lists without a row: "
                "taken to hold nobody."
            )
        for name in lists:
            if name in totals and totals[name] != tables[tier].total(name):
                warnings.append(
                    f"{name} is one number in the services file and another in the overlaps of {tier.replace('_', ' ')} "
                    "of the same year: the overlaps are used, and one of the two needs correcting"
                )
    return Overlaps(tables, table.file, table.sha256, len(typed), tuple(notes), tuple(warnings))


def _totals(returns: LocalReturns, lists: Sequence[str], start: dt.date, end: dt.date) -> dict[str, float]:
    """The services' own totals of these lists, of exactly this period."""
    rows = returns.frame
    same = (rows["period_start"] == start) & (rows["period_end"] == end) & rows["measure"].isin(list(lists))
    return dict(zip(rows.loc[same, "measure"], rows.loc[same, "value"].astype(float), strict=True))


def _complete(
    own: pd.DataFrame,
    rows: Sequence[int],
    lists: tuple[str, ...],
    totals: Mapping[str, float],
    table: RawTable,
) -> pd.DataFrame:
    """The histories with a row for each list alone: as given, or the list's total less those on other lists too."""
    given = own[[*lists, "count"]].astype("int64").reset_index(drop=True)
    problems = Problems(table.file)
    alone = []
    for name in lists:
        others = [other for other in lists if other != name]
        if ((given[name] == 1) & (given[others].sum(axis=1) == 0)).any():
            continue
        shared = int(given.loc[given[name] == 1, "count"].sum())
        if name not in totals:
            problems.add(
                f"There is no row for people on {name} alone, and no total of that list to work it out from.",
                row=rows[0],
                column=name,
                expected="a row with 1 on this list and 0 on the others, or the list's total of the same year in the "
                "services file",
                action="add the row; write 0 where everybody on the list is on another one too",
            )
        elif shared > totals[name]:
            problems.add(
                f"More people are on {name} and another list than the services file counts on {name} at all.",
                row=rows[0],
                column=name,
                expected=f"no more than the total of {RETURN_MEASURES[name].agency} of the same year",
                action="check both files against the lists",
            )
        else:
            alone.append({**dict.fromkeys(others, 0), name: 1, "count": int(totals[name]) - shared})
    problems.raise_if_any()
    histories = (
        pd.concat([given, pd.DataFrame(alone, columns=given.columns)], ignore_index=True) if alone else given
    )
    for name in lists:
        if not histories.loc[histories[name] == 1, "count"].sum():
            raise InputError(
                f"Nobody is on the list {name}, so it says nothing about the others.",
                file=table.file,
                row=rows[0],
                column=name,
                expected="at least one person on every list that was matched",
                action="leave the column blank in every row, and count the combinations of the other lists",
            )
    return histories

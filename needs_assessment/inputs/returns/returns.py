"""Local returns: the published ones that ship with the project, and the council's own services file in their place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from needs_assessment.catalogue.returns import RETURN_MEASURES
from needs_assessment.errors import InputError
from needs_assessment.inputs.areas.bundled import known_wards
from needs_assessment.inputs.areas.geography import Area
from needs_assessment.inputs.returns.services_file import plain_dates, read_services_file
from needs_assessment.registers.registers import Registers, load_local_returns
from needs_assessment.tables.files import read_strings
from needs_assessment.tables.schemas import SERVICES

COLUMNS = [
    *("measure", "accommodation_type", "unit", "value", "period_start", "period_end", "part_year"),
    *("source", "note", "stale", "age_years", "origin"),
]
_KEY = ["measure", "period_end", "period_start", "accommodation_type"]


@dataclass(frozen=True)
class LocalReturns:
    """Local figures of one area, one row a figure.

    frame: measure, accommodation_type ('' is all types together), unit, value, period_start and period_end (dates),
    part_year, source (an id of the sources register, or a council's own words), note, stale, age_years (from
    period_end to the date of the paper), origin ('file' or 'bundled').
    """

    frame: pd.DataFrame
    file: str = ""
    sha256: str = ""
    notes: tuple[str, ...] = ()

    def latest(self, measure: str) -> pd.Series | None:
        """The most recent figure, whole years before parts of a year; rows by type are added up. None: no figure.

        The largest household is the largest of the types. A mean (a stay, a unit cost) by type has no total without its
        weights, so it has none here: ``latest_by_type`` has the parts.
        """
        rows = self._latest_rows(measure)
        if rows.empty:
            return None
        row = rows.iloc[0].copy()
        if len(rows) > 1:
            how = RETURN_MEASURES[measure].total
            if how == "none":
                return None
            row["value"] = float(rows["value"].sum() if how == "sum" else rows["value"].max())
            row["accommodation_type"] = ""
            row["source"] = "; ".join(dict.fromkeys(rows["source"]))
            row["note"] = f"sum of {len(rows)} types of accommodation; who used two of them counts twice"
            if how == "max":
                row["note"] = f"the largest of {len(rows)} types of accommodation"
        return row

    def latest_by_type(self, measure: str) -> pd.DataFrame:
        """The rows by accommodation type of the most recent period; empty when only a total is known."""
        rows = self._latest_rows(measure)
        if rows.empty:
            return rows
        return rows[rows["accommodation_type"] != ""].reset_index(drop=True)

    def described(self) -> pd.DataFrame:
        """The rows with what is known of their measures: agency, meaning, protected, part_of, flow."""
        facts = [RETURN_MEASURES[name] for name in self.frame["measure"]]
        return self.frame.assign(
            agency=[measure.agency for measure in facts],
            meaning=[measure.meaning for measure in facts],
            protected=pd.array([measure.protected for measure in facts], dtype="bool"),
            part_of=[measure.part_of for measure in facts],
            flow=pd.array([measure.flow for measure in facts], dtype="bool"),
        )

    def _latest_rows(self, measure: str) -> pd.DataFrame:
        return self._latest_by_measure.get(measure, self.frame.iloc[:0])

    @cached_property
    def _latest_by_measure(self) -> dict[str, pd.DataFrame]:
        # looked up dozens of times in a run, and most measures are not returned
        return {
            str(name): _most_recent(rows, flow=RETURN_MEASURES[str(name)].flow)
            for name, rows in self.frame.groupby("measure", sort=False)
        }


def _most_recent(rows: pd.DataFrame, *, flow: bool) -> pd.DataFrame:
    """The rows of the most recent period of one measure, whole years before parts of a year."""
    whole = ~rows["part_year"].astype("bool")
    rows = rows[whole] if whole.any() else rows
    rows = rows[rows["period_end"] == rows["period_end"].max()]
    if flow:
        return rows[rows["period_start"] == rows["period_start"].max()]
    # a state is at its last day, however the first day of its period is written
    ordered = rows.sort_values("period_start", ascending=False, kind="stable")
    return ordered.drop_duplicates("accommodation_type").sort_values("accommodation_type")


def load_services(
    path: Path | None,
    area: Area,
    data: Path,
    registers: Registers,
    as_of: dt.date,
    *,
    ward_names: Collection[str] = (),
) -> LocalReturns:
    """The area's local figures: bundled rows whose areas are exactly the area, and the services file's rows.

    A measure in the file replaces the bundled rows of the same measure. A figure whose period ends more than the
    registered number of years (``stale_after_years``) before ``as_of`` is marked stale. ward_names: the area's wards,
    which rows of supply must not name; those that ship with the project are known without being given.
    Raises InputError for personal or locating content (never repeating it), an unknown measure, a wrong unit, a
    blank value, a missing source, a period that does not fit, totals beside their parts, or a repeated row.
    """
    frame = _bundled(area, data, registers)
    notes: list[str] = []
    name = digest = ""
    if path is not None:
        table = read_strings(Path(path), expected=SERVICES.names, echo=False)
        name, digest = table.file, table.sha256
        own = read_services_file(table, area_ward_names(area, data, ward_names))
        replaced = frame["measure"].isin(own["measure"])
        if replaced.any():
            measures = dict.fromkeys(frame.loc[replaced, "measure"].str.replace("_", " "))
            notes.append(f"{name} replaces the published local figures of {', '.join(measures)}.")
        kept = frame[~replaced]
        frame = pd.concat([own, kept], ignore_index=True) if len(kept) else own
        notes += table.notes
        notes += _types_left_behind(own)
    years = registers.figure("stale_after_years")
    ages = [years_between(end, as_of) for end in frame["period_end"]]
    frame = frame.assign(
        stale=pd.array([age > years for age in ages], dtype="bool"),
        age_years=pd.array(ages, dtype="float64"),
    )
    later = sum(end > as_of for end in frame["period_end"])
    if later:
        ends = "figures end" if later > 1 else "figure ends"
        notes.append(f"{later} local {ends} after the date of the paper, {as_of.isoformat()}.")
    frame = frame.sort_values(_KEY, ascending=[True, False, False, True], ignore_index=True)
    return LocalReturns(frame[COLUMNS], name, digest, tuple(notes))


def _types_left_behind(own: pd.DataFrame) -> list[str]:
    """Types that an earlier row of a measure has and the latest has not: a total then leaves them out."""
    notes = []
    for measure, rows in own.groupby("measure", sort=True):
        kinds = rows.groupby("period_end")["accommodation_type"].agg(set)
        missing = sorted(set().union(*kinds) - kinds.iloc[-1] - {""})
        if missing and kinds.iloc[-1] != {""}:
            notes.append(
                f"{measure} at {kinds.index[-1].isoformat()} has no row for {', '.join(missing)}, which an earlier "
                "date has: it is left out of the total. Give 0 where there is none any more."
            )
    return notes


def area_ward_names(area: Area, data: Path, given: Collection[str]) -> list[str]:
    """Names of the area's wards, without those that are also part of an authority's name."""
    known = known_wards(data)
    names = {*given, *known.loc[known["authority_code"].isin(area.authorities), "ward_name"]}
    labels = " ".join([area.name, *known["authority_name"].unique()]).casefold()
    return sorted(name for name in names if name.casefold() not in labels)


def _bundled(area: Area, data: Path, registers: Registers) -> pd.DataFrame:
    rows = load_local_returns(data)
    for source, measure, unit in zip(rows["source_id"], rows["measure"], rows["unit"], strict=True):
        if source:
            registers.source(source)
        if measure not in RETURN_MEASURES or RETURN_MEASURES[measure].unit != unit:
            raise InputError(
                "A published local figure has an unknown measure or a wrong unit.",
                file="local_returns.csv",
                column="unit",
                found=f"{measure} in {unit}",
                expected=RETURN_MEASURES[measure].unit
                if measure in RETURN_MEASURES
                else "a measure the library knows",
            )
    rows = rows[rows["area_codes"] == area.code].reset_index(drop=True)
    return pd.DataFrame(
        {
            "measure": rows["measure"],
            "accommodation_type": pd.Series("", index=rows.index, dtype="str"),
            "unit": rows["unit"],
            "value": rows["value"].astype("float64"),
            "period_start": pd.Series(plain_dates(rows["period_start"]), dtype="object"),
            "period_end": pd.Series(plain_dates(rows["period_end"]), dtype="object"),
            "part_year": rows["part_year"].astype("bool"),
            "source": rows["source_id"],
            "note": rows["note"],
            "origin": pd.Series("bundled", index=rows.index, dtype="str"),
        }
    )


def years_between(start: dt.date, end: dt.date) -> float:
    """Years from start to end, whole ones by anniversary and the rest as a share; 0 when end is not later."""
    if end <= start:
        return 0.0
    years = end.year - start.year
    if _anniversary(start, years) > end:
        years -= 1
    last, following = _anniversary(start, years), _anniversary(start, years + 1)
    return years + (end - last).days / (following - last).days


def _anniversary(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return dt.date(day.year + years, 3, 1)

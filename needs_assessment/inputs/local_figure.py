"""The local figures one run rests on: the latest of each measure that the estimate can use."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from needs_assessment.inputs.services import LocalReturns

OWN_FILE = "services_file"
# what the estimate uses, the council's own words for supply first
SUPPLY = ("places_available", "refuge_places", "refuge_units")
SUPPORTED, NOT_SUPPORTED = "households_supported", "households_not_supported"


@dataclass(frozen=True)
class LocalFigure:
    """One local figure; ``source_id`` is of the register, or ``services_file`` for the council's own file."""

    measure: str
    value: float
    unit: str
    period_start: dt.date
    period_end: dt.date
    source_id: str
    stale: bool
    age_years: float
    own_file: bool

    def describe(self) -> str:
        """Where the figure comes from and how old it is; never the figure itself."""
        origin = "the council's own return" if self.own_file else "published local figure"
        age = f"; STALE: {self.age_text()} old" if self.stale else ""
        return f"{origin}, {day(self.period_start)} to {day(self.period_end)}{age}"

    def age_text(self) -> str:
        return f"{self.age_years:.1f} years"


def day(date: dt.date) -> str:
    """ "31 March 2022"."""
    return f"{date.day} {date:%B %Y}"


def annual_figure(returns: LocalReturns, measure: str) -> LocalFigure | None:
    """The latest whole-year figure of a measure; a part-year count never stands for a year."""
    figure = returns.latest(measure)
    return None if figure is None or bool(figure["part_year"]) else _figure(figure)


def supply_figure(returns: LocalReturns) -> LocalFigure | None:
    """Places available: the council's own file before a published figure, places before units."""
    found = [figure for figure in map(returns.latest, SUPPLY) if figure is not None]
    if not found:
        return None
    return _figure(min(found, key=lambda figure: figure["origin"] != "file"))


def used_figures(returns: LocalReturns) -> list[LocalFigure]:
    """Every local figure the estimate rests on."""
    found = [supply_figure(returns), *(annual_figure(returns, name) for name in (SUPPORTED, NOT_SUPPORTED))]
    return [figure for figure in found if figure is not None]


def _figure(row: pd.Series) -> LocalFigure:
    own = row["origin"] == "file"
    return LocalFigure(
        measure=str(row["measure"]),
        value=float(row["value"]),
        unit=str(row["unit"]),
        period_start=row["period_start"],
        period_end=row["period_end"],
        source_id=OWN_FILE if own else str(row["source"]),
        stale=bool(row["stale"]),
        age_years=float(row["age_years"]),
        own_file=own,
    )

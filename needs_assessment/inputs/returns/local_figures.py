"""The local figures one run rests on: the latest of each measure that the estimate can use.

What happened in a year is taken from whole years only; a state (places, posts) from its latest date. A figure that is
absent is None, or has no entry: it is never a zero.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

import pandas as pd

from needs_assessment.catalogue.returns import FAMILY_PLACES, LISTS_OF_TIER, RETURN_MEASURES, SUPPLY_BY_UNIT
from needs_assessment.inputs.returns.returns import LocalReturns
from needs_assessment.results import FigureKey

OWN_FILE = "services_file"
# what the estimate uses, the council's own words for supply first
SUPPLY = ("places_available", "refuge_places", "refuge_units")
SUPPORTED, NOT_SUPPORTED = "households_supported", "households_not_supported"
REFUGE = "refuge"
# one figure a year (or at a date) for the whole area
ANNUAL = (
    "police_victims",
    "idva_clients",
    "idva_referrals",
    "community_support_clients",
    "households_support_ended",
    "households_support_not_needed",
    "households_moved_on",
    "households_from_outside",
    "out_of_area_placements",
    "bed_and_breakfast_households",
    "marac_cases",
    *(name for lists in LISTS_OF_TIER.values() for name in lists),
)
POSTS = ("idva_posts", "marac_admin_posts", "community_support_posts", "accommodation_posts")
# what queueing and the share turned away take for refuge
REFUGE_DEMAND = ("referrals", "referrals_accepted", "referrals_declined_capacity", "length_of_stay_days")
UNIT_COSTS = ("unit_cost_revenue", "unit_cost_capital")


@dataclass(frozen=True)
class LocalFigure:
    """One local figure; ``source_id`` is of the register, or ``services_file`` for the council's own file.

    accommodation_type: one of the six types, or '' for all of them (and for what has no type); parts: the rows that it is
    the sum of, where it stands in no row itself.
    """

    measure: str
    value: float
    unit: str
    period_start: dt.date
    period_end: dt.date
    source_id: str
    stale: bool
    age_years: float
    own_file: bool
    accommodation_type: str = ""
    parts: tuple[FigureKey, ...] = ()

    @property
    def keys(self) -> tuple[FigureKey, ...]:
        """The rows of the returns that it is."""
        own = (self.measure, self.accommodation_type, self.period_start, self.period_end)
        return self.parts or (own,)

    def describe(self) -> str:
        """Where the figure comes from and how old it is; never the figure itself."""
        origin = "the council's own return" if self.own_file else "published local figure"
        age = f"; STALE: {self.age_text()} old" if self.stale else ""
        start, end = day(self.period_start), day(self.period_end)
        when = f"at {end}" if start == end else f"{start} to {end}"
        return f"{origin}, {when}{age}"

    def age_text(self) -> str:
        return f"{self.age_years:.1f} years"


def keys_of(figures: Iterable[LocalFigure | None]) -> frozenset[FigureKey]:
    """The rows of the returns that these figures are."""
    return frozenset(key for one in figures if one is not None for key in one.keys)


def day(date: dt.date) -> str:
    """ "31 March 2022"."""
    return f"{date.day} {date:%B %Y}"


def annual_figure(returns: LocalReturns, measure: str) -> LocalFigure | None:
    """The latest whole-year figure of a measure; a part-year count never stands for a year."""
    figure = returns.latest(measure)
    return None if figure is None or bool(figure["part_year"]) else _figure(figure)


def state_figure(returns: LocalReturns, measure: str) -> LocalFigure | None:
    """The figure of a state (places, posts, households waiting) at its latest date.

    A state is at its last day: types that are written with other first days are added up all the same, and the sum then has
    no row of its own.
    """
    figure = returns.latest(measure)
    if figure is None:
        return None
    rows = returns.latest_by_type(measure)
    if rows["period_start"].nunique() < 2:
        return _figure(figure)
    columns = ("measure", "accommodation_type", "period_start", "period_end")
    return replace(_figure(figure), parts=tuple(zip(*(rows[column] for column in columns), strict=True)))


def by_type(returns: LocalReturns, measure: str) -> dict[str, LocalFigure]:
    """The latest figures by type of accommodation; of what happened in a period, those of the last whole year only."""
    rows = returns.latest_by_type(measure)
    if rows.empty:
        return {}
    if RETURN_MEASURES[measure].flow:
        rows = rows[~rows["part_year"].astype("bool")]
    return {str(row["accommodation_type"]): _figure(row) for _, row in rows.iterrows()}


def supply_by_type(returns: LocalReturns, unit: str = FAMILY_PLACES) -> dict[str, LocalFigure]:
    """Supply by type in one unit (family places, single places, bed spaces, units); the units are never put together.

    Refuge places or units given under their own names stand as the type refuge. Raises ValueError for another unit.
    """
    if unit not in SUPPLY_BY_UNIT:
        raise ValueError(f"supply is not counted in {unit}; the units are {', '.join(SUPPLY_BY_UNIT)}")
    return _with_alias(returns, SUPPLY_BY_UNIT[unit])


def refuge_figure(returns: LocalReturns, measure: str) -> LocalFigure | None:
    """A figure of refuges alone: the row of the type refuge, or the same figure under its own name. None: not returned."""
    return _with_alias(returns, measure).get(REFUGE)


def unit_costs(returns: LocalReturns, measure: str) -> dict[str, LocalFigure]:
    """Unit costs by type, in the prices of each figure's own year; '' holds one cost given for every type."""
    found = by_type(returns, measure)
    whole = None if found else annual_figure(returns, measure)
    return found if whole is None else {"": whole}


def supply_figure(returns: LocalReturns) -> LocalFigure | None:
    """Places available: the council's own file before a published figure, places before units."""
    found = [figure for figure in map(returns.latest, SUPPLY) if figure is not None]
    if not found:
        return None
    return _figure(min(found, key=lambda figure: figure["origin"] != "file"))


def police_people(returns: LocalReturns) -> tuple[LocalFigure, LocalFigure | None] | None:
    """What the number of people known to the police can be made from, of the last whole year.

    (victims, None): different people as counted; (incidents, repeats): of one period, so that people = incidents −
    repeats. None where neither is returned: incidents alone are not people.
    """
    people = annual_figure(returns, "police_victims")
    if people is not None:
        return people, None
    incidents = annual_figure(returns, "police_incidents")
    repeats = annual_figure(returns, "police_repeat_incidents")
    if incidents is None or repeats is None:
        return None
    same = (incidents.period_start, incidents.period_end) == (repeats.period_start, repeats.period_end)
    return (incidents, repeats) if same else None


def used_figures(returns: LocalReturns) -> list[LocalFigure]:
    """Every local figure the estimate rests on."""
    found = [supply_figure(returns), *(annual_figure(returns, name) for name in (SUPPORTED, NOT_SUPPORTED))]
    found += [*(police_people(returns) or ()), *(annual_figure(returns, name) for name in ANNUAL)]
    found += [state_figure(returns, name) for name in (*POSTS, "households_ready_to_move_on")]
    found += [refuge_figure(returns, name) for name in (*REFUGE_DEMAND, "places_in_use")]
    found += [figure for name in UNIT_COSTS for figure in unit_costs(returns, name).values()]
    return list(dict.fromkeys(figure for figure in found if figure is not None))


def _with_alias(returns: LocalReturns, measure: str) -> dict[str, LocalFigure]:
    found = by_type(returns, measure)
    for name, facts in RETURN_MEASURES.items():
        other, kind = facts.same_as
        if other == measure and kind not in found:
            figure = annual_figure(returns, name) if facts.flow else state_figure(returns, name)
            if figure is not None:
                found[kind] = figure
    return found


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
        accommodation_type=str(row["accommodation_type"]),
    )

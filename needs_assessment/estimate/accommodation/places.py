"""Places and their units: added, compared and converted only where the unit is the same.

A family place (one woman and her children), a single place, a bed space and a unit are four different things; adding
one to another is an error here, never a sum. A missing figure (NaN) stays missing in every total.

Safe accommodation: places required by the standard, and need, met and unmet need in households.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from needs_assessment.arrays import Array


def places_required_standard(residents: float, places_per_10000: float) -> tuple[int, float]:
    """Family places by the Council of Europe standard: (rounded up, exact).

    residents: people of all ages; places_per_10000: family places for each 10,000 residents. 301,501 residents need
    30.15, so 31. Reference: Explanatory Report to the Istanbul Convention (2011), paragraph 135.
    """
    if residents < 0 or places_per_10000 < 0:
        raise ValueError("residents and places per 10,000 cannot be negative")
    exact = residents * places_per_10000 / 10_000
    # a whole number reached only through rounding error must not gain a place
    return math.ceil(round(exact, 9)), exact


def places_if_national_average(residents: float, places: float, national_residents: float) -> float:
    """Places the area would have with the national average per resident: modelled, never a supply figure."""
    return residents * places / national_residents


@dataclass(frozen=True)
class Need:
    """Households a year: central values (scalars) and draws [draw], and where each comes from."""

    need: float
    met: float
    unmet: float
    need_draws: Array
    met_draws: Array
    unmet_draws: Array
    observed_met: bool
    observed_unmet: bool


def safe_accommodation_need(
    residents: float,
    national_residents: float,
    supported: float,
    unable: float,
    supported_draws: Array,
    authority_effect: Array,
    local_met: float | None = None,
    local_unmet: float | None = None,
) -> Need:
    """Need, met and unmet need for safe accommodation, in households a year.

    National: need = (supported + unable) ÷ national residents × residents, met = supported, unmet = need - met, each
    times the authority effect in the draws. A local count replaces its national part. With local households
    supported only, need stays national and unmet = need - met, which may be negative and is never cut. With both,
    need is their sum. Shapes: draws [draw].
    """
    per_head = residents / national_residents
    met_draws = supported_draws * per_head * authority_effect
    unmet_draws = np.full_like(met_draws, unable * per_head) * authority_effect
    met, unmet = supported * per_head, unable * per_head
    need, need_draws = met + unmet, met_draws + unmet_draws
    if local_met is not None:
        met, met_draws = local_met, np.full_like(met_draws, local_met)
        if local_unmet is None:
            unmet, unmet_draws = need - met, need_draws - met_draws
    if local_unmet is not None:
        unmet, unmet_draws = local_unmet, np.full_like(met_draws, local_unmet)
        need, need_draws = met + unmet, met_draws + unmet_draws
    return Need(
        need=need,
        met=met,
        unmet=unmet,
        need_draws=need_draws,
        met_draws=met_draws,
        unmet_draws=unmet_draws,
        observed_met=local_met is not None,
        observed_unmet=local_unmet is not None,
    )


FAMILY_PLACES = "family places"


def combine_places(units: Sequence[str], values: Sequence[ArrayLike]) -> Array:
    """Σ values, which must all be counted in the same unit.

    units: the unit of each value, in words; values: figures or arrays that broadcast, one for each unit. NaN in any
    value gives NaN. Raises ValueError when two units differ, when one is blank, when nothing is given, or when the
    numbers of units and values differ.
    """
    if len(units) != len(values) or not units:
        raise ValueError(f"{len(units)} units for {len(values)} values: give one unit for each value")
    same_unit(*units)
    total = np.asarray(values[0], dtype=np.float64)
    for value in values[1:]:
        total = total + np.asarray(value, dtype=np.float64)
    return total[()]


def same_unit(*units: str) -> str:
    """The one unit that all share. Raises ValueError when two differ or one is blank."""
    different = list(dict.fromkeys(units))
    if len(different) != 1 or not different[0].strip():
        shown = ", ".join(repr(unit) for unit in different)
        raise ValueError(f"places in different units are never put together: {shown}")
    return different[0]


def probability_of_gap(required: ArrayLike, available: ArrayLike) -> Array:
    """P(gap > 0): the share of draws in which more places are required than are available.

    required: shape [..., draw]; available: scalar or shape [...] without the draw axis. NaN where the places
    available are missing (an unknown supply has no probability) or where any draw is.
    """
    needed, supply = np.asarray(required, dtype=np.float64), np.asarray(available, dtype=np.float64)
    short = (needed > supply[..., np.newaxis]).mean(axis=-1)
    known = ~(np.isnan(needed).any(axis=-1) | np.isnan(supply))
    return np.where(known, short, np.nan)[()]

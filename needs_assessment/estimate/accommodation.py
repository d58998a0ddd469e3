"""Safe accommodation: places required by the standard, and need, met and unmet need in households."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


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
        need, met, unmet, need_draws, met_draws, unmet_draws, local_met is not None, local_unmet is not None
    )

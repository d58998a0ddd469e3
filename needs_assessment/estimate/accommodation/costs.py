"""Money: what closing the gap would cost, and what domestic abuse costs society. Each in one price year.

Closing the gap uses the council's own unit costs and nothing else: a type without one has no cost (NaN), never a cost
of zero, and neither has a total that would need it. Revenue (a year) and capital (once) are never added together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from needs_assessment.arrays import Array
from needs_assessment.estimate.accommodation.places import same_unit


def in_prices_of(amount: ArrayLike, ratio: ArrayLike) -> Array:
    """An amount of money in the prices of another year: amount × ratio (shapes broadcast, ratio above zero)."""
    rise = np.asarray(ratio, dtype=np.float64)
    if np.any(rise <= 0):
        raise ValueError("a ratio of prices is above zero")
    return (np.asarray(amount, dtype=np.float64) * rise)[()]


@dataclass(frozen=True)
class CostOfGap:
    """Pounds in one price year, shape [type] or [type, draw]; totals over types, NaN when any part is missing.

    revenue: a year; capital: once; missing_revenue, missing_capital: types without a unit cost, shape [type].
    """

    revenue: Array
    capital: Array
    missing_revenue: NDArray[np.bool_]
    missing_capital: NDArray[np.bool_]

    @property
    def revenue_total(self) -> Array:
        """Revenue a year over all types."""
        return self.revenue.sum(axis=0)

    @property
    def capital_total(self) -> Array:
        """Capital over all types."""
        return self.capital.sum(axis=0)


def cost_of_gap(
    gap: ArrayLike, revenue_unit_cost: ArrayLike, capital_unit_cost: ArrayLike, gap_unit: str, cost_unit: str
) -> CostOfGap:
    """Cost of closing the gap by type: places short × unit cost, revenue and capital apart.

    gap: places required − available, shape [type] or [type, draw], in ``gap_unit``; the unit costs, shape [type], are
    pounds for one ``cost_unit`` (a year; once), NaN where the council gave none. A surplus (negative gap) costs nothing
    to close and pays for no other type; a missing gap or unit cost gives NaN even where there is a surplus. Raises
    ValueError for different units, shapes that do not fit, or a negative unit cost.
    """
    same_unit(gap_unit, cost_unit)
    short = np.asarray(gap, dtype=np.float64)
    revenue, capital = (np.asarray(cost, dtype=np.float64) for cost in (revenue_unit_cost, capital_unit_cost))
    if not short.ndim or revenue.shape != short.shape[:1] or capital.shape != short.shape[:1]:
        raise ValueError("give a gap, a revenue and a capital unit cost for each type (NaN where unknown)")
    if np.any(revenue < 0) or np.any(capital < 0):
        raise ValueError("a unit cost cannot be negative")
    each = (-1, *([1] * (short.ndim - 1)))
    places = np.maximum(short, 0.0)
    return CostOfGap(
        places * revenue.reshape(each), places * capital.reshape(each), np.isnan(revenue), np.isnan(capital)
    )


@dataclass(frozen=True)
class CostToSociety:
    """Pounds a year in the prices of ``price_year``; ``warning`` is blank when unit cost and count agree."""

    value: Array
    price_year: str
    definitions_differ: bool
    warning: str


def cost_to_society(
    unit_cost: ArrayLike,
    volume: ArrayLike,
    ratio: ArrayLike,
    *,
    price_year: str,
    unit_cost_definition: str,
    volume_definition: str,
) -> CostToSociety:
    """Economic and social cost: unit cost × price ratio × victims, shapes broadcast, NaN stays NaN.

    unit_cost: pounds a victim in the prices of its own year; volume: victims a year; ratio: rise in prices from that
    year to ``price_year``. The definitions say which survey questions each rests on; when they
    differ the product is given with a flag and a warning to print beside it, never without. Raises ValueError for a
    negative unit cost or volume, or a blank definition.
    """
    cost, victims = np.asarray(unit_cost, dtype=np.float64), np.asarray(volume, dtype=np.float64)
    if np.any(cost < 0) or np.any(victims < 0):
        raise ValueError("a unit cost and a number of victims cannot be negative")
    if not unit_cost_definition.strip() or not volume_definition.strip():
        raise ValueError("say which definition the unit cost and the number of victims rest on")
    differ = unit_cost_definition != volume_definition
    warning = (
        f"the unit cost rests on {unit_cost_definition}, the number of victims on {volume_definition}: "
        "the product mixes two definitions and shows an order of magnitude only"
        if differ
        else ""
    )
    value = (in_prices_of(cost, ratio) * victims)[()]
    return CostToSociety(value, price_year, differ, warning)

"""Places and their units: added, compared and converted only where the unit is the same.

A family place (one woman and her children), a single place, a bed space and a unit are four different things; adding
one to another is an error here, never a sum. A missing figure (NaN) stays missing in every total.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
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


def family_places(value: ArrayLike, places_per_unit: ArrayLike) -> Array:
    """Family places from units of another kind by a registered convention, such as one place for a refuge unit.

    Raises ValueError for a negative value or a convention that is not above zero.
    """
    units, each = np.asarray(value, dtype=np.float64), np.asarray(places_per_unit, dtype=np.float64)
    if np.any(units < 0) or np.any(each <= 0):
        raise ValueError("units cannot be negative, and places per unit must be above zero")
    return (units * each)[()]


def gap(required: ArrayLike, available: ArrayLike, required_unit: str, available_unit: str) -> Array:
    """Places required − places available, never cut at zero: a surplus is negative. Missing supply gives NaN.

    Shapes broadcast. Raises ValueError when the units differ.
    """
    same_unit(required_unit, available_unit)
    return (np.asarray(required, dtype=np.float64) - np.asarray(available, dtype=np.float64))[()]


def probability_of_gap(required: ArrayLike, available: ArrayLike) -> Array:
    """P(gap > 0): the share of draws in which more places are required than are available.

    required: shape [..., draw]; available: scalar or shape [...] without the draw axis. NaN where the places
    available are missing (an unknown supply has no probability) or where any draw is.
    """
    needed, supply = np.asarray(required, dtype=np.float64), np.asarray(available, dtype=np.float64)
    short = (needed > supply[..., np.newaxis]).mean(axis=-1)
    known = ~(np.isnan(needed).any(axis=-1) | np.isnan(supply))
    return np.where(known, short, np.nan)[()]

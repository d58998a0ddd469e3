"""Children in affected households: two published routes, never added together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def rate_from_national_count(national_count: float, share_of_count: Array | float, children: float) -> Array:
    """Children affected for each child in the population a national count stands for.

    national_count: children a year, England and Wales; share_of_count: England's share of it; children: England's
    residents of the same ages. Raises ValueError when the rate would exceed 1.
    """
    rate = np.asarray(national_count * np.asarray(share_of_count) / children)
    if np.any(rate > 1):
        raise ValueError("more children affected than children")
    return rate


def affected_by_age(children: Array, rates: Array) -> Array:
    """Σ_a children[..., a] · rates[a]: children of each age group times the published rate of that group."""
    return np.asarray(children @ rates)

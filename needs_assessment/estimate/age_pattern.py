"""Relative rates by age: the published young ages, a common level above, and people aged 75 and over."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from needs_assessment.estimate.prevalence import solve_open_index

Array = NDArray[np.float64]


def women_index(published: Array, oldest: NDArray[np.bool_], older_factor: Array | float) -> Array:
    """Women's index by band, shape [band] or [band, draw]: ``older_factor`` times the index where ``oldest``.

    published: shape [band], or [band, draw] where the survey's error is drawn; older_factor: scalar or shape [draw].
    """
    factor = np.asarray(older_factor)
    index = published if published.ndim > 1 else published.reshape(-1, *([1] * factor.ndim))
    flag = oldest.reshape(-1, *([1] * (index.ndim - 1)))
    return np.asarray(np.where(flag, index * factor, index))


def men_index(young: Array, oldest: NDArray[np.bool_], older_factor: Array | float, shares: Array) -> Array:
    """Men's index by band, shape [band] or [band, draw].

    young: published index of the first bands relative to all men, shape [young band] or [young band, draw]; the bands
    above take one common index, times ``older_factor`` where ``oldest``, such that the average over ``shares`` (men's
    population shares by band, summing to 1) is exactly 1.
    """
    factor = np.asarray(older_factor)
    count = len(young)
    flag = oldest[count:].reshape(-1, *([1] * factor.ndim))
    pattern = np.where(flag, factor, np.ones_like(factor))
    level = solve_open_index(young, shares[:count], pattern, shares[count:])
    return np.concatenate([np.broadcast_to(young, (count, *level.shape)), pattern * level])

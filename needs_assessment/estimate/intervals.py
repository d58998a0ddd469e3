"""Percentiles of draws, and steadier ones for wards.

A ward's figure is V = A·θ / (B·θ + R) with a lognormal ward effect θ. Given everything else in a draw, the chance that
V lies below a value q is known exactly, so the distribution function of V is the average of 10,000 smooth curves and
not only of 10,000 steps. One Newton step on that average, started at the percentile of the draws, removes most of
the Monte Carlo error that the ward effect brings (Rao-Blackwell; Casella and Robert 1996): the percentiles of two
seeds differ by tenths of a per cent where the raw ones differ by several.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Array = NDArray[np.float64]
PROBABILITIES = (0.025, 0.975)
LONGEST_STEP = 0.25


def percentiles(draws: NDArray[np.floating], probabilities: Sequence[float]) -> list[Array]:
    """Percentiles over the last axis, linear between order statistics, one array a probability."""
    ordered = np.sort(draws, axis=-1)
    last = ordered.shape[-1] - 1
    found = []
    for probability in probabilities:
        below, weight = divmod(probability * last, 1.0)
        first = ordered[..., int(below)]
        second = ordered[..., min(int(below) + 1, last)]
        found.append(np.asarray(first + weight * (second - first), dtype=np.float64))
    return found


def share_percentiles(
    values: Array,
    amount: Array,
    weight: Array,
    rest: Array,
    spread: Array,
    probabilities: Sequence[float],
) -> list[Array]:
    """Percentiles by ward of V = amount·θ / (weight·θ + rest), θ lognormal of mean 1 and log-scale sd ``spread``.

    values, amount, weight, rest: shape [ward, draw]; spread: shape [draw]. Where the ward effect has no spread, or the
    ward is alone (rest = 0), or all is zero, the percentile of the draws stands as it is.
    """
    starts = percentiles(values, probabilities)
    usable = spread > 0
    if not np.any(usable):
        return starts
    found = []
    for probability, start in zip(probabilities, starts, strict=True):
        polished = start.copy()
        for ward, at in enumerate(start):
            if at > 0 and np.all(rest[ward] > 0):
                polished[ward] = _newton_step(
                    at, probability, values[ward], amount[ward], weight[ward], rest[ward], spread
                )
        found.append(polished)
    return found


def _newton_step(
    at: float, probability: float, values: Array, amount: Array, weight: Array, rest: Array, spread: Array
) -> float:
    room = amount - at * weight
    reachable = (room > 0) & (spread > 0)
    width = spread[reachable]
    standard = np.log(at * rest[reachable] / room[reachable]) / width + width / 2
    below = ndtr(standard).sum() + np.count_nonzero(values[~reachable] <= at)
    slope = np.exp(-0.5 * standard * standard) / (np.sqrt(2 * np.pi) * width)
    density = (slope * (1.0 / at + weight[reachable] / room[reachable])).sum()
    if density <= 0:
        return at
    step = (probability * len(values) - below) / density
    return at + step if abs(step) < LONGEST_STEP * at else at

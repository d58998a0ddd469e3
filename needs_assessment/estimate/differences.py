"""The difference between two scenarios, told by draws that both share."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from needs_assessment.estimate.prevalence import interval

Array = NDArray[np.float64]


class Difference(NamedTuple):
    """A scenario less the base: the value, and the 2.5 and 97.5 percentiles; NaN where not known or nothing is random."""

    value: float
    low: float
    high: float


def paired_difference(
    value: float,
    base_value: float,
    drawn: NDArray[np.floating] | None,
    base_drawn: NDArray[np.floating] | None,
) -> Difference:
    """value − base_value, with the percentiles of drawn − base_drawn taken draw by draw.

    Both scenarios have the same draws of every unknown they share (common random numbers), so what is unknown in both
    cancels and the range is that of the difference: Var(X − Y) = Var X + Var Y − 2 Cov(X, Y), where two independent
    ranges would leave the covariance out. drawn: [draw]; None for a figure that is certain. Where only one is random the
    other stands at its value. Raises ValueError for different numbers of draws.
    """
    if drawn is None and base_drawn is None:
        return Difference(value - base_value, np.nan, np.nan)
    over = np.asarray(value if drawn is None else drawn, dtype=float)
    under = np.asarray(base_value if base_drawn is None else base_drawn, dtype=float)
    if over.ndim and under.ndim and over.shape != under.shape:
        raise ValueError("two scenarios are compared draw by draw, and these have different numbers of draws")
    shift = over - under
    low, high = (float(end.item()) for end in interval(shift[None, :]))
    return Difference(value - base_value, low, high)

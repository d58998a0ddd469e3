"""People on several services' lists: how many there are in all, without counting anyone twice.

With totals only, the number on at least one list lies anywhere from the longest list to the sum of all lists. With the
overlap of two lists Chapman's estimate gives everyone, on a list or not; with three to five lists log-linear models do
(Fienberg 1972; Bishop, Fienberg and Holland 1975, chapter 6), each with the interval of its profile likelihood, and
``all_models`` weighs every hierarchical model and shows how far they differ: that is the real uncertainty.

Every estimate assumes a closed population, people matched across lists without error, and nobody who could never be
on any list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from needs_assessment.arrays import Array
from needs_assessment.estimate.matched_lists.loglinear import (
    LogLinear,
    NoEstimate,
    bits_of,
    close_downwards,
    columns_of,
    fit_poisson,
    read_histories,
    refuse_empty,
    refuse_runaway,
    summarise,
)
from needs_assessment.estimate.matched_lists.model_average import (
    ModelSpread,
    all_models,
    profile,
    standard_levels,
)

__all__ = [
    "LogLinear",
    "ModelSpread",
    "NoEstimate",
    "TwoLists",
    "all_models",
    "chapman",
    "log_linear",
    "union_bounds",
    "union_draws",
]


def union_bounds(counts: Sequence[float]) -> tuple[float, float]:
    """The least and greatest number of different people on lists of these lengths: (max n_i, Σ n_i)."""
    lengths = np.asarray(counts, dtype=np.float64)
    if lengths.ndim != 1 or not len(lengths) or not np.all(np.isfinite(lengths)) or np.any(lengths < 0):
        raise ValueError("the lengths of the lists are one or more numbers, none missing or negative")
    return float(lengths.max()), float(lengths.sum())


def union_draws(counts: Sequence[float], uniform: Array) -> Array:
    """Draws of the number of different people: even over the bounds, since totals say no more. Shape [draw]."""
    low, high = union_bounds(counts)
    return low + (high - low) * uniform


@dataclass(frozen=True)
class TwoLists:
    """Chapman's estimate: people in all, the variance, the interval, and the number on at least one list."""

    population: float
    variance: float
    low: float
    high: float
    seen: float
    level: float = 0.95


def chapman(first: float, second: float, both: float, level: float = 0.95) -> TwoLists:
    """Everyone, from two lists of ``first`` and ``second`` people with ``both`` on the two.

    N = (n1 + 1)(n2 + 1)/(m + 1) - 1, variance (n1+1)(n2+1)(n1-m)(n2-m) / ((m+1)^2 (m+2)) (Chapman 1951; Seber 1970).
    Interval: the transformed logit interval of Sadinle (Communications in Statistics 38, 2009), which keeps its
    coverage in small samples and never lies below the number seen. The lists are taken to be independent.
    Raises ValueError when more people are on both lists than on one of them.
    """
    if not 0 <= both <= min(first, second):
        raise ValueError("the number on both lists lies between 0 and the shorter list")
    if not 0 < level < 1:
        raise ValueError("the level of an interval lies between 0 and 1")
    population = (first + 1) * (second + 1) / (both + 1) - 1
    variance = (first + 1) * (second + 1) * (first - both) * (second - both)
    variance /= (both + 1) ** 2 * (both + 2)
    seen = first + second - both
    only_first, only_second, shared = first - both + 0.5, second - both + 0.5, both + 0.5
    spread = np.sqrt(1 / shared + 1 / only_first + 1 / only_second + shared / (only_first * only_second))
    reach = float(ndtri(0.5 + level / 2)) * spread
    low, high = (seen - 0.5 + only_first * only_second / shared * np.exp(sign * reach) for sign in (-1, 1))
    return TwoLists(population, variance, max(float(low), seen), float(high), seen, level)


def log_linear(
    histories: pd.DataFrame, interactions: Sequence[Sequence[str | int]] = (), *, level: float = 0.95
) -> LogLinear:
    """Everyone, from a log-linear model of the lists' overlaps.

    histories: one 0/1 column a list and ``count``, the people with that history; a history not listed counts zero,
    one listed twice is added up, and that of no list must not be given. interactions: tuples of list names, or of
    positions counted from 0, such as ``("A", "B")``; what an interaction contains is in the model too.
    Raises ValueError for a frame of another shape; NoEstimate, a ValueError, for a model that is not identifiable or
    whose estimate does not exist, naming the overlap that is empty.
    """
    table = read_histories(histories)
    model = close_downwards([bits_of(term, table.lists) for term in interactions], len(table.lists))
    active = columns_of([model], len(table.lists))
    reason = refuse_empty(table, active[0])
    if reason:
        raise NoEstimate(reason)
    beta = fit_poisson(table.rows, active, table.counts[None, :], table.observed)
    reason = refuse_runaway(table, active[0], beta[0])
    if reason:
        raise NoEstimate(reason)
    shape = profile(table.rows, active, table.counts, np.exp(beta[:, 0]), beta)
    return summarise(table, [model], active, beta, shape.limits(standard_levels(level)), level)[0]

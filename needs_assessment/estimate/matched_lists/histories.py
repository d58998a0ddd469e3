"""Counts of people by history over several lists, and what a fitted log-linear model says about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import gammaln, xlogy

from needs_assessment.estimate.matched_lists.loglinear import (
    MOST_LISTS,
    SUSPECT,
    Array,
    Flags,
    design,
    has_finite_estimate,
    sets_of,
    zero_margin,
)

Term = tuple[str, ...]
ALL_TOGETHER = "the interaction of all lists is not identifiable: the number on no list would be free"


class NoEstimate(ValueError):
    """A model has no estimate: not identifiable, or its maximum likelihood estimate does not exist."""


@dataclass(frozen=True)
class LogLinear:
    """One log-linear model of list overlaps.

    population: everyone, on a list or not; low, high: profile likelihood limits at ``level`` (NaN when not asked for,
    infinite when the data set no limit); seen and unseen: on at least one list, and on none; terms: the largest
    interactions, none for independent lists; aic = -2 log L + 2p and bic = -2 log L + p log(seen), L the Poisson
    likelihood of the histories that can be seen.
    """

    lists: tuple[str, ...]
    terms: tuple[Term, ...]
    population: float
    low: float
    high: float
    seen: float
    unseen: float
    aic: float
    bic: float
    deviance: float
    log_likelihood: float
    parameters: int
    degrees_of_freedom: int
    level: float = 0.95

    @property
    def name(self) -> str:
        """Such as ``[A:B] [B:C]``; ``independent`` without interactions."""
        return " ".join(f"[{':'.join(term)}]" for term in self.terms) or "independent"


@dataclass(frozen=True)
class Histories:
    """Counts by history in the order of ``sets_of``, the history of no list (never seen) first."""

    lists: tuple[str, ...]
    counts: Array

    @property
    def rows(self) -> Array:
        return design(len(self.lists))

    @property
    def observed(self) -> Flags:
        return np.arange(len(self.counts)) > 0

    def words(self, bits: int) -> Term:
        return tuple(name for position, name in enumerate(self.lists) if bits >> position & 1)


def read_histories(histories: pd.DataFrame) -> Histories:
    """The counts by history. Raises ValueError when the frame does not hold what ``log_linear`` asks for."""
    if "count" not in histories:
        raise ValueError("the histories have no column 'count'")
    columns = [column for column in histories.columns if column != "count"]
    lists = tuple(str(column) for column in columns)
    if not 2 <= len(lists) <= MOST_LISTS:
        raise ValueError(f"{len(lists)} lists: from 2 to {MOST_LISTS} can be fitted")
    if len(set(lists)) < len(lists):
        raise ValueError("two lists have the same name")
    marks = np.column_stack([pd.to_numeric(histories[column], errors="coerce") for column in columns])
    if not np.isin(marks, (0, 1)).all():
        raise ValueError("every cell of a list's column is 0 or 1")
    people = np.asarray(pd.to_numeric(histories["count"], errors="coerce"), dtype=np.float64)
    if not np.all(np.isfinite(people)) or np.any(people < 0) or np.any(people != np.round(people)):
        raise ValueError("every count is a whole number, none missing or negative")
    bits = marks.astype(np.int64) @ (1 << np.arange(len(lists)))
    if np.any(bits == 0):
        raise ValueError("a row has 0 in every list: people on no list are what is estimated, not given")
    summed = np.bincount(bits, weights=people, minlength=2 ** len(lists)).astype(np.float64)
    table = Histories(lists, summed[sets_of(len(lists))])
    for position, name in enumerate(lists):
        if not summed[np.arange(len(summed)) >> position & 1 == 1].sum():
            raise ValueError(f"nobody is on the list {name}")
    return table


def refuse_empty(table: Histories, active: Flags) -> str:
    """Why a model cannot be fitted, before fitting it: not identifiable, or an overlap it needs is empty; or ''."""
    if active[-1]:
        return ALL_TOGETHER
    column = zero_margin(active, table.counts, table.rows)
    if column is None:
        return ""
    return (
        "nobody is on the lists "
        + " and ".join(table.words(int(sets_of(len(table.lists))[column])))
        + " together"
    )


def refuse_runaway(table: Histories, active: Flags, beta: Array) -> str:
    """Why the estimate of a fitted model does not exist although no overlap in it is empty, or ''."""
    means = np.exp(beta @ table.rows.T)
    doubtful = table.observed & (table.counts == 0) & (means < SUSPECT)
    if not doubtful.any() or has_finite_estimate(table.rows, active, table.counts, table.observed):
        return ""
    every = sets_of(len(table.lists))
    empty = ", ".join("+".join(table.words(int(every[row]))) for row in np.flatnonzero(doubtful))
    return f"the model fits the empty histories ({empty}) ever better without end"


def summarise(
    table: Histories,
    models: Sequence[frozenset[int]],
    active: Flags,
    beta: Array,
    limits: Array,
    level: float,
) -> list[LogLinear]:
    """The models as results; limits: u at the lower and upper limit, shape [model, 2]."""
    seen, counts = float(table.counts.sum()), table.counts[1:]
    logs = (beta @ table.rows.T)[:, 1:]
    means = np.exp(logs)
    likelihood = (counts * logs - means - gammaln(counts + 1)).sum(axis=1)
    deviance = 2 * (xlogy(counts, counts) - counts * logs - counts + means).sum(axis=1)
    results = []
    for at, model in enumerate(models):
        size, unseen = int(active[at].sum()), float(np.exp(beta[at, 0]))
        results.append(
            LogLinear(
                table.lists,
                _largest(table, model),
                seen + unseen,
                seen + float(limits[at, 0]),
                seen + float(limits[at, 1]),
                seen,
                unseen,
                float(2 * size - 2 * likelihood[at]),
                float(size * np.log(seen) - 2 * likelihood[at]),
                max(float(deviance[at]), 0.0),
                float(likelihood[at]),
                size,
                len(counts) - size,
                level,
            )
        )
    return results


def _largest(table: Histories, model: frozenset[int]) -> tuple[Term, ...]:
    top = [bits for bits in model if not any(bits != other and bits & other == bits for other in model)]
    return tuple(
        table.words(bits) for bits in sorted(top, key=lambda b: (b.bit_count(), b)) if bits.bit_count() > 1
    )


def bits_of(term: Sequence[str | int], lists: tuple[str, ...]) -> int:
    """An interaction, given by names or positions, as bits. Raises ValueError for a list that is not known."""
    if isinstance(term, str):
        raise ValueError(f"an interaction is a tuple of lists, not the text {term!r}")
    bits = 0
    for entry in term:
        if str(entry) in lists:
            bits |= 1 << lists.index(str(entry))
        elif isinstance(entry, (int, np.integer)) and 0 <= entry < len(lists):
            bits |= 1 << int(entry)
        else:
            raise ValueError(f"the interaction {tuple(term)} names the unknown list {entry!r}")
    return bits

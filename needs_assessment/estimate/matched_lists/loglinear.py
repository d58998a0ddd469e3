"""Hierarchical log-linear models of list overlaps: which exist, and many Poisson fits at once.

Each of k lists is a factor with two levels. A model is a set of terms (sets of lists); the expected count of the
history s is m(s) = exp(Σ_{terms t ⊆ s} θ_t), so the intercept is the logarithm of the expected count on no list.
A set of lists is a whole number in this module, with bit j for list j; the design has one row a history and one
column a set. All fits of one call run together as arrays [model, history], by Newton's method with step halving.

A maximum likelihood estimate exists, with every parameter finite, if and only if no direction of the parameters
lowers the expected count of some empty history and changes no other (Haberman 1974; Fienberg and Rinaldo, Annals of
Statistics 40, 2012). Zero margins are such directions; a linear programme finds the others.

Counts of people by history over several lists, and what a fitted log-linear model says about them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import gammaln, xlogy

from needs_assessment.arrays import Array, Flags

MOST_LISTS = 5
STEPS = 60
# a history expected less often than this in a fit may have been driven towards zero
SUSPECT = 1e-3


def sets_of(lists: int) -> NDArray[np.int64]:
    """Every set of lists as bits, the empty one first, smaller sets first."""
    return np.array(sorted(range(2**lists), key=lambda bits: (bits.bit_count(), bits)))


def design(lists: int) -> Array:
    """1 where the term (column) is a subset of the history (row); rows and columns in the order of ``sets_of``."""
    every = sets_of(lists)
    return ((every[:, None] & every[None, :]) == every[None, :]).astype(np.float64)


def close_downwards(terms: Iterable[int], lists: int) -> frozenset[int]:
    """The terms with all they contain: every main effect, and every subset of an interaction."""
    wanted = [1 << position for position in range(lists)] + list(terms)
    every = sets_of(lists)
    return frozenset(int(s) for s in every if s and any(s & term == s for term in wanted))


def hierarchical_models(lists: int) -> Iterator[frozenset[int]]:
    """Every hierarchical model over the lists with all main effects and without the interaction of all lists.

    8 models of three lists, 113 of four, 6,893 of five. The interaction of all lists is left out everywhere: with
    it the number on no list is free, so no such model is identifiable.
    """
    mains = frozenset(1 << position for position in range(lists))
    yield from _grow(mains, 2, lists)


def _grow(model: frozenset[int], order: int, lists: int) -> Iterator[frozenset[int]]:
    """Add every choice of interactions of this order whose parts are all in the model, then go on to the next."""
    if order == lists:
        yield model
        return
    possible = [
        bits
        for bits in map(int, sets_of(lists))
        if bits.bit_count() == order
        and all(bits ^ (1 << j) in model for j in range(lists) if bits >> j & 1 and order > 1)
    ]
    for size in range(len(possible) + 1):
        for chosen in combinations(possible, size):
            grown = model | frozenset(chosen)
            # without an interaction of this order none of a higher one can follow
            if chosen:
                yield from _grow(grown, order + 1, lists)
            else:
                yield grown


def columns_of(models: Iterable[frozenset[int]], lists: int) -> Flags:
    """Which columns of the design each model uses, the intercept included: shape [model, column]."""
    every = [int(bits) for bits in sets_of(lists)]
    return np.array([[bits == 0 or bits in model for bits in every] for model in models])


def fit_poisson(
    rows: Array, active: Flags, counts: Array, observed: Flags, start: Array | None = None
) -> Array:
    """Maximum likelihood coefficients of many Poisson log-linear models, shape [model, column].

    rows: the design [history, column]; active: the columns of each model; counts [model, history]; observed: which
    histories can be seen at all, shape [history]; start: coefficients to begin with. Coefficients of columns that a
    model does not have are 0. Where no finite estimate exists, those that run away stop at some large value.
    """
    products = (rows[:, :, None] * rows[:, None, :]).reshape(len(rows), -1)
    fixed = np.where(active, 0.0, 1.0)
    pairs = active[:, :, None] & active[:, None, :]
    seen = observed.astype(np.float64)

    def solve(weights: Array, right: Array) -> Array:
        gram = ((weights * seen) @ products).reshape(len(weights), rows.shape[1], -1) * pairs
        diagonal = np.einsum("mii->mi", gram)
        # the ridge keeps a runaway model solvable; it is far below what moves a finite estimate
        diagonal += fixed + 1e-13 * (1.0 + diagonal)
        return np.asarray(np.linalg.solve(gram, (right * active)[:, :, None])[:, :, 0], dtype=np.float64)

    if start is None:
        begun = counts + 0.5
        beta = solve(begun, (begun * seen * np.log(begun)) @ rows)
    else:
        beta = start.copy()
    value = _objective(rows, beta, counts, seen)
    open_ = np.ones(len(active), dtype=bool)
    for _ in range(STEPS):
        means = np.exp(np.clip(beta @ rows.T, -700, 700))
        gradient = ((counts - means) * seen) @ rows * active
        step = solve(means, gradient)
        step[~open_] = 0.0
        # Newton's steps shrink quadratically: after one this small the rest is rounding
        open_ &= np.abs(step).max(axis=1) > 1e-8
        tried = _objective(rows, beta + step, counts, seen)
        for _ in range(30):
            worse = open_ & ~(tried >= value - 1e-9 * (1.0 + np.abs(value)))
            if not worse.any():
                break
            step[worse] *= 0.5
            tried[worse] = _objective(rows, (beta + step)[worse], counts[worse], seen)
        beta += step
        value = tried
        if not open_.any():
            break
    return beta


def _objective(rows: Array, beta: Array, counts: Array, seen: Array) -> Array:
    """Poisson log-likelihood of each model, without the constant."""
    predictor = beta @ rows.T
    with np.errstate(over="ignore"):
        return np.asarray(((counts * predictor - np.exp(predictor)) * seen).sum(axis=1))


def zero_margin(active: Flags, counts: Array, rows: Array) -> int | None:
    """The column of the smallest term of a model that nobody's history contains, or None."""
    empty = np.flatnonzero(active & (counts @ rows == 0))
    return int(empty[0]) if len(empty) else None


def has_finite_estimate(rows: Array, active: Flags, counts: Array, observed: Flags) -> bool:
    """Whether one model's maximum likelihood estimate exists, by linear programming.

    Looks for β with (Xβ)_s = 0 for every history that was seen and (Xβ)_s ≤ 0, not all 0, for the empty ones.
    """
    from scipy.optimize import linprog

    wanted = rows[:, active]
    empty = observed & (counts == 0)
    some = observed & (counts > 0)
    if not empty.any():
        return True
    fall = wanted[empty]
    found = linprog(
        fall.sum(axis=0),
        A_ub=np.vstack([fall, -fall]),
        b_ub=np.concatenate([np.zeros(len(fall)), np.ones(len(fall))]),
        A_eq=wanted[some],
        b_eq=np.zeros(int(some.sum())),
        bounds=(None, None),
        method="highs",
    )
    return bool(found.fun > -0.5)


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
                lists=table.lists,
                terms=_largest(table, model),
                population=seen + unseen,
                low=seen + float(limits[at, 0]),
                high=seen + float(limits[at, 1]),
                seen=seen,
                unseen=unseen,
                aic=float(2 * size - 2 * likelihood[at]),
                bic=float(size * np.log(seen) - 2 * likelihood[at]),
                deviance=max(float(deviance[at]), 0.0),
                log_likelihood=float(likelihood[at]),
                parameters=size,
                degrees_of_freedom=len(counts) - size,
                level=level,
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

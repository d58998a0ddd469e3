"""Why a figure changed: the difference of two runs split exactly into its causes, whatever order they are taken in.

φ_i = Σ_{S ⊆ N∖{i}} |S|! (n−|S|−1)! / n! · [v(S ∪ {i}) − v(S)]

v(S) is the figure when the causes in S are as in the second run and all others as in the first. Averaging over every
order in which the causes could have changed gives parts that add up to v(N) − v(∅).

References: Shapley (1953), A value for n-person games. Das Gupta (1993), Standardization and Decomposition of Rates,
US Bureau of the Census P23-186, which is the same split for products of rates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import ArrayLike

from needs_assessment.arrays import Array

# differences smaller than this share of the figures are the arithmetic's own rounding
ROUNDING = 1e-12
# the causes that hold a change of what is counted
DEFINITIONS = ("definition", "rates_and_method")


def shapley(value: Callable[[frozenset[str]], ArrayLike], factors: Sequence[str]) -> dict[str, Array]:
    """The part of each factor in v(all) − v(none), one array of the shape of ``value`` a factor.

    value: the figures, a scalar or an array of one shape, with the named factors changed; called once for each of the
    2^n sets. A figure that is NaN for any set has NaN parts. A part within the rounding of the arithmetic is exactly 0.
    Raises ValueError for a factor named twice.
    """
    if len(set(factors)) != len(factors):
        raise ValueError(f"a factor is named twice: {', '.join(factors)}")
    sets = [frozenset(chosen) for size in range(len(factors) + 1) for chosen in combinations(factors, size)]
    values = {chosen: np.asarray(value(chosen), dtype=float) for chosen in sets}
    count = len(factors)
    scale = np.max(np.abs(np.stack(list(values.values()))), axis=0)
    parts = {}
    for factor in factors:
        part = np.zeros_like(values[frozenset()])
        for chosen in sets:
            if factor not in chosen:
                size = len(chosen)
                weight = factorial(size) * factorial(count - size - 1) / factorial(count)
                part = part + weight * (values[chosen | {factor}] - values[chosen])
        parts[factor] = np.where(np.abs(part) <= ROUNDING * scale, 0.0, part)
    return parts


def recomposed(total: float, mix: Array, spread: Array) -> Array:
    """Residents with the total of one population, the age-sex mix of a second and the ward pattern of a third.

    x[w,c] = total · mix[·,c] / mix[·,0] · spread[w,c] / spread[·,c]

    mix, spread: people by ward and cell, shape [ward, cell]; the first cell is residents of all ages, the others ages
    and sexes that may overlap. A cell that nobody of ``spread`` is in is spread as all residents are. Returns people,
    shape of ``spread``. Raises ValueError for a population without residents.
    """
    totals, found = mix.sum(axis=0), spread.sum(axis=0)
    if totals[0] <= 0 or found[0] <= 0:
        raise ValueError("a population without residents has no mix")
    everyone = np.broadcast_to(spread[:, :1] / found[0], spread.shape)
    shares = np.divide(spread, found, out=everyone.copy(), where=found > 0)
    return np.asarray(total * (totals / totals[0]) * shares)


def same_mix(one: Array, other: Array) -> bool:
    """Whether two populations, shape [ward, cell] with all residents first, differ by one factor only."""
    if one.shape != other.shape:
        return False
    return bool(np.allclose(one / one[:, 0].sum(), other / other[:, 0].sum(), rtol=ROUNDING, atol=1e-15))


@dataclass(frozen=True)
class RunName:
    """One of two runs that are compared, in the words a reader needs."""

    name: str
    population: str
    rates: str
    date: str


@dataclass(frozen=True)
class Cause:
    """One thing that differs between two runs: its id, what it is called, and how the runs differ in it."""

    id: str
    title: str
    differs: str


@dataclass(frozen=True)
class HeadlineChange:
    """One figure of the whole area in both runs, and the parts of its change by cause.

    before, after: the published figures, None where not known; hidden: suppressed in one of the runs, so no part is
    shown; parts: by id of the cause, in the figure's unit, or empty with the ``reason`` why there are none; modelled:
    False where both figures are returns.
    """

    measure: str
    before: float | None
    after: float | None
    parts: Mapping[str, float]
    reason: str = ""
    hidden: bool = False

    @property
    def change(self) -> float | None:
        if self.before is None or self.after is None:
            return None
        return self.after - self.before

    @property
    def split(self) -> bool:
        """Whether the parts are known; they then add up to the change."""
        return not self.hidden and not self.reason and self.change is not None


@dataclass(frozen=True)
class WardChange:
    """One ward that both runs have by the same code, with its modelled victims of the last year in each."""

    code: str
    name: str
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Change:
    """Everything that two runs of one area say of each other; ``headlines`` in the order of the catalogue."""

    before: RunName
    after: RunName
    causes: tuple[Cause, ...]
    headlines: tuple[HeadlineChange, ...]
    wards: tuple[WardChange, ...]
    notes: tuple[str, ...]
    new_definition: bool = False

    def is_trend(self, item: HeadlineChange) -> bool:
        """Whether the two figures count the same thing, so that their difference is a change of it."""
        if not self.new_definition or not item.change:
            return True
        return item.split and not any(item.parts.get(cause) for cause in DEFINITIONS)

    def headline(self, measure: str) -> HeadlineChange | None:
        """The change of one measure; None where not both runs have it."""
        return next((item for item in self.headlines if item.measure == measure), None)

"""Profile likelihood of the number of people on no list, for many log-linear models at once.

With u people on no list, N = n + u in all, and θ at its best for that u, the logarithm of the multinomial likelihood is

    l(u) = log Γ(N + 1) - log Γ(u + 1) + Σ_s n_s log p_s + u log p_0,    p = fitted shares of the complete table

(Cormack, Biometrics 48, 1992). Given u, the best θ is that of the Poisson model of the complete table. The signed
root r(u) = sign(u - û) sqrt(2 (l(û) - l(u))) is close to a standard normal, so that r(u) = ±1.96 are the limits of the
95% interval. u is treated as a real number, and the limits are found by Newton's method in x = log(u + 1/2), in
which r is nearly a straight line.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, gammaln

from needs_assessment.estimate.matched_lists.loglinear import Array, Flags, fit_poisson

SMALLEST = float(np.log(0.5))
# beyond a billion times the people seen, the data set no upper limit
FURTHEST = float(np.log(1e9))
ROUNDS = 40


@dataclass(frozen=True)
class Profiles:
    """The profile likelihoods of some models over one table: ``best`` is û and ``top`` is l(û), shape [model]."""

    rows: Array
    active: Flags
    counts: Array
    best: Array
    top: Array
    spread: Array
    beta: Array

    def limits(self, levels: Array) -> Array:
        """u at which the signed root equals each level, shape [model, level]; 0 or infinite where there is none."""
        models, wanted = len(self.active), len(levels)
        which = np.repeat(np.arange(models), wanted)
        level = np.tile(np.asarray(levels, dtype=np.float64), models)
        best = np.log(self.best + 0.5)[which]
        x = np.maximum(best + level * self.spread[which], (best + SMALLEST) / 2)
        beta = self.beta[which]
        low, high = np.full(len(x), SMALLEST), np.full(len(x), FURTHEST + np.log1p(self.counts.sum()))
        low, high = np.where(level > 0, best, low), np.where(level > 0, high, best)
        floor, ceiling = low.copy(), high.copy()
        busy = level != 0
        x[~busy] = best[~busy]
        for _ in range(ROUNDS):
            at = np.flatnonzero(busy)
            if not len(at):
                break
            value, slope, beta[at] = evaluate(self.rows, self.active[which[at]], self.counts, x[at], beta[at])
            root = np.sign(x[at] - best[at]) * np.sqrt(np.maximum(2 * (self.top[which[at]] - value), 0.0))
            miss = root - level[at]
            low[at] = np.where(miss < 0, x[at], low[at])
            high[at] = np.where(miss > 0, x[at], high[at])
            with np.errstate(divide="ignore", invalid="ignore"):
                step = miss * root / slope  # dr/dx = -l'(x) / r
            new = x[at] + step
            inside = np.isfinite(new) & (new > low[at]) & (new < high[at])
            new = np.where(
                inside, new, np.clip(2 * x[at] - best[at], (low[at] + x[at]) / 2, (high[at] + x[at]) / 2)
            )
            stuck = (low[at] > ceiling[at] - 1e-9) | (high[at] < floor[at] + 1e-9)
            busy[at] = (np.abs(miss) > 1e-7) & ~stuck & (np.abs(new - x[at]) > 1e-12)
            x[at] = np.where(busy[at], new, x[at])
        found = np.exp(x) - 0.5
        found = np.where(x >= ceiling - 1e-6, np.where(level > 0, np.inf, found), found)
        return np.where(found < 1e-6, 0.0, found).reshape(models, wanted)


def profile(rows: Array, active: Flags, counts: Array, unseen: Array, beta: Array) -> Profiles:
    """The profiles of some models, started from each one's own estimate of the number on no list.

    rows: the design [history, column], the history of no list first; counts: people by history, 0 in first place;
    unseen, beta: the estimates and coefficients of the Poisson fits.
    """
    x = np.log(np.maximum(unseen, 1e-9) + 0.5)
    low, high = np.full(len(x), SMALLEST), np.full(len(x), np.inf)
    width = 1e-4
    curve = np.ones(len(x))
    for _ in range(ROUNDS):
        value, slope, beta = evaluate(rows, active, counts, x, beta)
        _, further, _ = evaluate(rows, active, counts, x + width, beta)
        curve = (further - slope) / width
        low, high = np.where(slope > 0, x, low), np.where(slope < 0, x, high)
        step = np.where(curve < 0, -slope / np.where(curve < 0, curve, -1.0), np.sign(slope))
        new = x + np.clip(step, -1.0, 1.0)
        new = np.where((new <= low) | (new >= high), np.where(np.isfinite(high), (low + high) / 2, new), new)
        done = np.abs(new - x) < 1e-10
        x = new
        if done.all():
            break
    value, _, beta = evaluate(rows, active, counts, x, beta)
    spread = 1.0 / np.sqrt(np.maximum(-curve, 1e-6))
    return Profiles(rows, active, counts, np.exp(x) - 0.5, value, spread, beta)


def evaluate(rows: Array, active: Flags, counts: Array, x: Array, beta: Array) -> tuple[Array, Array, Array]:
    """l, dl/dx and the coefficients at u = exp(x) - 1/2, for each pair of a model and an x."""
    unseen = np.maximum(np.exp(x) - 0.5, 0.0)
    complete = np.tile(counts, (len(x), 1))
    complete[:, 0] = unseen
    fitted = fit_poisson(rows, active, complete, np.ones(len(rows), dtype=bool), beta)
    total = complete.sum(axis=1)
    logs = fitted @ rows.T - np.log(total)[:, None]
    value = gammaln(total + 1) - gammaln(unseen + 1) + (complete * logs).sum(axis=1)
    slope = digamma(total + 1) - digamma(unseen + 1) + logs[:, 0]
    return value, np.asarray(slope * (unseen + 0.5)), fitted


def standard_levels(level: float) -> NDArray[np.float64]:
    """The two signed roots of an interval of this level, such as (-1.96, 1.96)."""
    from scipy.special import ndtri

    reach = float(ndtri(0.5 + level / 2))
    return np.array([-reach, reach])

"""Every hierarchical model of the lists' overlaps, their weights, and how far they differ.

The weight of a model is exp(-Δ/2) over the sum of them, Δ its AIC or BIC less the least one (Burnham and Anderson
2002). Models within Δ = 10 by either count as supported; only they get intervals. The averaged interval and the draws
come from the mixture of the supported models' profile likelihoods: its distribution function is Σ w_m Φ(r_m(N)) with
r_m the signed root of model m (the model-averaged profile interval of Fletcher and Turek, Journal of Agricultural,
Biological and Environmental Statistics 17, 2012), so that the spread between models is in the interval.

Profile likelihood of the number of people on no list, for many log-linear models at once.

With u people on no list, N = n + u in all, and θ at its best for that u, the logarithm of the multinomial likelihood is

    l(u) = log Γ(N + 1) - log Γ(u + 1) + Σ_s n_s log p_s + u log p_0,    p = fitted shares of the complete table

(Cormack, Biometrics 48, 1992). Given u, the best θ is that of the Poisson model of the complete table. The signed
root r(u) = sign(u - û) sqrt(2 (l(û) - l(u))) is close to a standard normal, so that r(u) = ±1.96 are the limits of the
95% interval. u is treated as a real number, and the limits are found by Newton's method in x = log(u + 1/2), in
which r is nearly a straight line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import digamma, gammaln, ndtr, ndtri

from needs_assessment.arrays import Array, Flags
from needs_assessment.estimate.matched_lists.loglinear import (
    ALL_TOGETHER,
    Histories,
    LogLinear,
    NoEstimate,
    columns_of,
    fit_poisson,
    hierarchical_models,
    read_histories,
    refuse_empty,
    refuse_runaway,
    summarise,
)

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
    return Profiles(
        rows=rows, active=active, counts=counts, best=np.exp(x) - 0.5, top=value, spread=spread, beta=beta
    )


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


SUPPORTED = 10.0
# signed roots at which each profile is known; between them ln(u + 1/2) is taken as straight
LEVELS = np.linspace(-4.0, 4.0, 17)
BLOCK = 512


@dataclass(frozen=True)
class ModelSpread:
    """All hierarchical models of one table.

    models: those that have an estimate, best AIC first, with limits where supported; left_out: (model, reason) of the
    others; aic_weights, bic_weights: in the order of models; population, low, high: averaged by ``criterion``;
    lowest, highest: the least and greatest estimate among the supported models; roots: the number on no list at
    each of ``LEVELS``, shape [model, level], NaN where not supported.
    """

    lists: tuple[str, ...]
    models: tuple[LogLinear, ...]
    left_out: tuple[tuple[str, str], ...]
    aic_weights: Array
    bic_weights: Array
    roots: Array
    criterion: str
    population: float
    low: float
    high: float
    level: float
    seen: float

    @property
    def weights(self) -> Array:
        """The weights of the criterion, over the supported models only, summing to 1."""
        weights = self.aic_weights if self.criterion == "aic" else self.bic_weights
        kept = np.where(np.isfinite(self.roots[:, 0]), weights, 0.0)
        return np.asarray(kept / kept.sum())

    @property
    def lowest(self) -> float:
        return min(model.population for model in self._supported())

    @property
    def highest(self) -> float:
        return max(model.population for model in self._supported())

    def _supported(self) -> list[LogLinear]:
        return [model for model, roots in zip(self.models, self.roots, strict=True) if np.isfinite(roots[0])]

    def frame(self) -> pd.DataFrame:
        """The models as a table: model, population, low, high, aic, bic, deviance, degrees of freedom, weights."""
        columns = ["population", "low", "high", "aic", "bic", "deviance", "degrees_of_freedom"]
        rows = [[model.name, *(getattr(model, column) for column in columns)] for model in self.models]
        table = pd.DataFrame(rows, columns=["model", *columns])
        return table.assign(aic_weight=self.aic_weights, bic_weight=self.bic_weights)

    def draws(self, uniform: Array, normal: Array) -> Array:
        """Draws of the population: a model by its weight (uniform), a value by its profile (normal). Shape [draw].

        A draw for which the data set no upper limit is infinite.
        """
        chosen = np.searchsorted(np.cumsum(self.weights), uniform, side="right")
        chosen = np.minimum(chosen, np.flatnonzero(self.weights)[-1])
        drawn = np.empty(len(chosen))
        for model in np.unique(chosen):
            mine = chosen == model
            drawn[mine] = self.seen + _unseen_at(normal[mine], self.roots[model])
        return drawn


def all_models(histories: pd.DataFrame, *, criterion: str = "aic", level: float = 0.95) -> ModelSpread:
    """Fit every hierarchical model over three to five lists and weigh them by ``criterion``, ``aic`` or ``bic``.

    histories: as for ``log_linear``. Models without an estimate are named and left out, with the reason.
    Raises ValueError for a frame of another shape, NoEstimate when not one model has an estimate.
    """
    if criterion not in ("aic", "bic"):
        raise ValueError(f"the criterion is 'aic' or 'bic', not {criterion!r}")
    table = read_histories(histories)
    if len(table.lists) < 3:
        raise ValueError("two lists allow one model only: use log_linear or chapman")
    every = list(hierarchical_models(len(table.lists)))
    active = columns_of(every, len(table.lists))
    reasons = [refuse_empty(table, columns) for columns in active]
    beta = np.zeros(active.shape)
    fitted = np.flatnonzero([not reason for reason in reasons])
    for start in range(0, len(fitted), BLOCK):
        part = fitted[start : start + BLOCK]
        counts = np.tile(table.counts, (len(part), 1))
        beta[part] = fit_poisson(table.rows, active[part], counts, table.observed)
    for at in fitted:
        reasons[at] = refuse_runaway(table, active[at], beta[at])
    kept = np.flatnonzero([not reason for reason in reasons])
    unknown = np.full((len(every), 2), np.nan)
    models = summarise(table, every, active, beta, unknown, level)
    left_out = [(models[at].name, reason) for at, reason in enumerate(reasons) if reason]
    left_out.append((f"[{':'.join(table.lists)}]", ALL_TOGETHER))
    if not len(kept):
        raise NoEstimate(f"no model has an estimate; the simplest one: {reasons[0]}")
    aic, bic = (np.array([getattr(models[at], name) for at in kept]) for name in ("aic", "bic"))
    order = np.lexsort((kept, aic))
    kept, aic, bic = kept[order], aic[order], bic[order]
    supported = (aic - aic.min() <= SUPPORTED) | (bic - bic.min() <= SUPPORTED)
    roots = np.full((len(kept), len(LEVELS)), np.nan)
    limits = np.full((len(kept), 2), np.nan)
    wanted = np.concatenate([LEVELS, standard_levels(level)])
    for start in range(0, int(supported.sum()), BLOCK):
        part = np.flatnonzero(supported)[start : start + BLOCK]
        chosen = kept[part]
        shape = profile(table.rows, active[chosen], table.counts, np.exp(beta[chosen, 0]), beta[chosen])
        found = shape.limits(wanted)
        roots[part], limits[part] = found[:, :-2], found[:, -2:]
    seen = float(table.counts.sum())
    results = tuple(
        replace(models[at], low=seen + float(low), high=seen + float(high))
        for at, (low, high) in zip(kept, limits, strict=True)
    )
    spread = ModelSpread(
        lists=table.lists,
        models=results,
        left_out=tuple(left_out),
        aic_weights=_weights(aic),
        bic_weights=_weights(bic),
        roots=roots,
        criterion=criterion,
        population=0.0,
        low=0.0,
        high=0.0,
        level=level,
        seen=seen,
    )
    return _averaged(spread, table)


def _averaged(spread: ModelSpread, table: Histories) -> ModelSpread:
    weights = spread.weights
    used = np.flatnonzero(weights)
    population = float(weights @ np.array([model.population for model in spread.models]))
    tail = (1 - spread.level) / 2

    def below(x: float) -> float:
        return float(sum(weights[m] * ndtr(_root_at(np.exp(x) - 0.5, spread.roots[m])) for m in used))

    ends = []
    for probability in (tail, 1 - tail):
        at = [float(_unseen_at(ndtri(np.array([probability])), spread.roots[m])[0]) for m in used]
        low, high = np.log(min(at) + 0.5), np.log(max(at) + 0.5)
        if not np.isfinite(high):
            bounded = [value for value in at if np.isfinite(value)]
            high = np.log(max(bounded, default=0.0) + 0.5) + 20.0
        if low >= high or below(low) >= probability:
            ends.append(np.exp(low) - 0.5)
        elif below(high) <= probability:
            ends.append(np.exp(high) - 0.5 if np.all(np.isfinite(at)) else np.inf)
        else:
            ends.append(np.exp(brentq(lambda x, p=probability: below(x) - p, low, high, xtol=1e-10)) - 0.5)
    return replace(spread, population=population, low=spread.seen + ends[0], high=spread.seen + ends[1])


def _unseen_at(root: Array, roots: Array) -> Array:
    """The number on no list at some signed roots of one model."""
    return np.asarray(np.exp(np.interp(root, LEVELS, np.log(roots + 0.5))) - 0.5)


def _root_at(unseen: float, roots: Array) -> float:
    """The signed root of one model at a number on no list; where several share it, the highest."""
    known = np.isfinite(roots)
    logs, levels = np.log(roots[known] + 0.5), LEVELS[known]
    x = np.log(unseen + 0.5)
    if x > logs[-1]:
        return float(levels[-1])
    at = int(np.searchsorted(logs, x, side="right"))
    if at == 0:
        return float(levels[0])
    if at == len(logs):
        return float(levels[-1])
    share = (x - logs[at - 1]) / (logs[at] - logs[at - 1])
    return float(levels[at - 1] + share * (levels[at] - levels[at - 1]))


def _weights(criterion: Array) -> Array:
    relative = np.exp(-(criterion - criterion.min()) / 2)
    return np.asarray(relative / relative.sum())

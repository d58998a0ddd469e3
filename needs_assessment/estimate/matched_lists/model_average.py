"""Every hierarchical model of the lists' overlaps, their weights, and how far they differ.

The weight of a model is exp(-Δ/2) over the sum of them, Δ its AIC or BIC less the least one (Burnham and Anderson
2002). Models within Δ = 10 by either count as supported; only they get intervals. The averaged interval and the draws
come from the mixture of the supported models' profile likelihoods: its distribution function is Σ w_m Φ(r_m(N)) with
r_m the signed root of model m (the model-averaged profile interval of Fletcher and Turek, Journal of Agricultural,
Biological and Environmental Statistics 17, 2012), so that the spread between models is in the interval.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from needs_assessment.estimate.matched_lists.histories import (
    ALL_TOGETHER,
    Histories,
    LogLinear,
    NoEstimate,
    read_histories,
    refuse_empty,
    refuse_runaway,
    summarise,
)
from needs_assessment.estimate.matched_lists.loglinear import (
    Array,
    columns_of,
    fit_poisson,
    hierarchical_models,
)
from needs_assessment.estimate.matched_lists.profile import profile, standard_levels

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
        table.lists,
        results,
        tuple(left_out),
        _weights(aic),
        _weights(bic),
        roots,
        criterion,
        0.0,
        0.0,
        0.0,
        level,
        seen,
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

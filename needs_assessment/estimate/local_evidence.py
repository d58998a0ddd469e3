"""What an observed ward series says about each ward's risk: Poisson-gamma shrinkage (method ``local``).

    O[w] | r ~ Poisson(E[w] r[w]),   r[w] | k ~ Gamma(k, k) (mean 1, variance 1/k),   so
    r[w] | O, k ~ Gamma(k + O[w], k + E[w]),   with mean (k + O[w]) / (k + E[w]).

O are counts of people by ward of residence (police, MARAC, helpline), E the same total shared out by what the national
rates expect. A ward of few expected events stays near 1, one of many moves to O/E. E and O count **people**: incidents of
the same people counted again make a series look surer than it is. Being recorded must not depend on the ward.

k is what all wards together say about their spread: O[w] is negative binomial with mean E and variance E + E²/k. One k
that fits best hides how badly a few dozen wards know it, so k is integrated over. Its weak prior is the uniform
shrinkage prior, k/(k + z) ~ Uniform(0, 1), that is p(k) = z/(z + k)², with z = 1/scale² and ``scale`` a ward spread as
likely too small as too large. It is proper, nearly flat in the variance 1/k below scale² (the choice whose intervals
cover best in repeated sampling), and lets k run to infinity, where there is no spread and r is 1.

References: Clayton and Kaldor (1987) Empirical Bayes estimates of age-standardized relative risks for use in disease
mapping, Biometrics 43, 671-681. Christiansen and Morris (1997) Hierarchical Poisson regression modeling, Journal of the
American Statistical Association 92, 618-632. Daniels (1999) A prior for the variance in hierarchical models, Canadian
Journal of Statistics 27, 567-578. Tak, Kelly and Morris (2017) Rgbp, Journal of Statistical Software 78(5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, gammaln, xlogy

from needs_assessment.arrays import Array
from needs_assessment.estimate.draws import Draws

REACH = 20.0  # e-folds of k searched on both sides of the prior's median: beyond lie 2e-9 of the prior
COARSE_STEP = 0.25
FINE_NODES = 321
NEGLIGIBLE = 40.0  # a node this far below the best on the log scale weighs 4e-18
SERIES_FROM = 100.0  # k from which the difference of two log-gammas is taken from its series


@dataclass(frozen=True)
class Spread:
    """What is known of k (the wards' spread is about 1/sqrt(k)): nodes and their probabilities, shape [node] each."""

    k: Array
    weight: Array

    def draw(self, uniform: Array) -> Array:
        """One k for each uniform number, shape [draw]."""
        place = np.searchsorted(np.cumsum(self.weight), uniform)
        return self.k[np.minimum(place, len(self.k) - 1)]


def expected_events(observed: Array, weights: Array, member: NDArray[np.intp] | None = None) -> Array:
    """E[w]: each authority's observed events shared over its wards in proportion to ``weights``, shape [ward].

    observed: O, [ward], NaN where a ward has no observation; weights: the modelled victims, [ward]; member: position
    of each ward's authority, [ward] (one authority when None). Within an authority ΣE = ΣO over observed wards; an
    unobserved ward gets the E that its weight would have. Raises ValueError for observations that are no counts, when
    no ward is observed, when there are no events at all (such a series says nothing), and for events in a ward where the
    model expects no victims.
    """
    observed, seen = _counts(observed)
    if not np.any(seen):
        raise ValueError("no ward has an observation")
    if not np.nansum(observed) > 0:
        raise ValueError("the series has no events, so it says nothing about the wards")
    groups = np.zeros(len(observed), dtype=np.intp) if member is None else member
    expected = np.zeros(len(observed))
    for group in np.unique(groups):
        held = groups == group
        base = weights[held & seen].sum()
        if base > 0:
            expected[held] = weights[held] * (observed[held & seen].sum() / base)
    _observed(observed, expected)
    return expected


def marginal_log_likelihood(observed: Array, expected: Array, k: Array | float) -> Array:
    """Σ_w log NB(O[w]; mean E[w], size k) up to a constant in k, same shape as ``k``; Poisson where k is infinite."""
    observed, expected = _observed(observed, expected)
    sizes = np.asarray(k, dtype=np.float64)
    found = np.full(sizes.shape, xlogy(observed, expected).sum() - expected.sum())
    finite = np.isfinite(sizes)
    size = sizes[finite][:, None]
    terms = (
        _log_gamma_ratio(size, observed)
        - size * np.log1p(expected / size)
        + xlogy(observed, expected / (size + expected))
    )
    found[finite] = terms.sum(axis=1)
    return found


def _log_gamma_ratio(size: Array, count: Array) -> Array:
    """log Γ(size + count) - log Γ(size) without the cancellation of two huge numbers where size is large."""
    small = np.minimum(size, SERIES_FROM)
    large = np.maximum(size, SERIES_FROM)
    top = large + count
    series = (
        (large - 0.5) * np.log1p(count / large)
        + xlogy(count, top)
        - count
        + (1 / top - 1 / large) / 12
        - (1 / top**3 - 1 / large**3) / 360
    )
    return np.where(size < SERIES_FROM, gammaln(small + count) - gammaln(small), series)


def spread_posterior(observed: Array, expected: Array, scale: float) -> Spread:
    """Posterior of k under the uniform shrinkage prior of median 1/scale², on a grid of log k.

    observed: O, [ward], NaN skipped; expected: E, [ward]; scale: a ward spread (log scale) as likely too small as too
    large, above 0, from the register. The grid is laid twice: coarse, to find where the posterior is, then fine there.
    """
    if not scale > 0:
        raise ValueError("the prior's ward spread is above 0")
    centre = -2.0 * np.log(scale)
    log_k = np.arange(centre - REACH, centre + REACH + COARSE_STEP, COARSE_STEP)
    likely = log_k[_beyond_negligible(_log_posterior(observed, expected, log_k, centre))]
    log_k = np.linspace(likely[0] - COARSE_STEP, likely[-1] + COARSE_STEP, FINE_NODES)
    height = _log_posterior(observed, expected, log_k, centre)
    weight = np.exp(height - height.max())
    return Spread(np.exp(log_k), weight / weight.sum())


def _log_posterior(observed: Array, expected: Array, log_k: Array, centre: float) -> Array:
    # of log k, so the prior is the logistic density around log z = centre
    away = log_k - centre
    prior = away - 2.0 * np.logaddexp(0.0, away)
    return marginal_log_likelihood(observed, expected, np.exp(log_k)) + prior


def _beyond_negligible(height: Array) -> NDArray[np.bool_]:
    return np.asarray(height > height.max() - NEGLIGIBLE)


def posterior_mean(observed: Array, expected: Array, spread: Spread) -> Array:
    """E(r[w] | O), averaged over k, shape [ward]; 1 for a ward without an observation. The central value of r."""
    counts, seen = _counts(observed)
    count, mean = np.where(seen, counts, 0.0)[:, None], np.where(seen, expected, 0.0)[:, None]
    return np.asarray(((spread.k + count) / (spread.k + mean)) @ spread.weight)


def draw_relative_risk(
    observed: Array,
    expected: Array,
    spread: Spread,
    source: Draws | np.random.Generator,
    names: Sequence[str] | None = None,
    draws: int | None = None,
) -> NDArray[np.float32]:
    """Draws of r from its posterior, all wards of a draw under the same k, float32, shape [ward, draw].

    source: ``Draws`` with one stream name a ward in ``names`` (a ward's numbers then depend on seed and name only), or a
    ``numpy.random.Generator`` with the number of ``draws``. A ward without an observation has draws of its prior,
    Gamma(k, k), with the k that the other wards give. Raises ValueError where names or draws are missing.
    """
    counts, seen = _counts(observed)
    shapes = [np.where(seen, counts, 0.0), np.where(seen, expected, 0.0)]
    if isinstance(source, Draws):
        if names is None or len(names) != len(counts):
            raise ValueError("one stream name a ward is needed")
        sizes = spread.draw(source.uniform("local evidence k"))
        drawn = np.empty((len(counts), source.count), dtype=np.float32)
        for ward, (name, count, mean) in enumerate(zip(names, *shapes, strict=True)):
            # by the quantile function: stratified like every other stream, and smooth in k, O and E
            drawn[ward] = gammaincinv(sizes + count, source.uniform(name)) / (sizes + mean)
        return drawn
    if draws is None:
        raise ValueError("the number of draws is needed")
    sizes = spread.draw(source.random(draws))
    count, mean = (part[:, None] for part in shapes)
    return np.asarray(source.standard_gamma(sizes + count) / (sizes + mean), dtype=np.float32)


def _counts(observed: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Observations as numbers and which are there; raises ValueError for one that is no count."""
    counts = np.asarray(observed, dtype=np.float64)
    seen = ~np.isnan(counts)
    held = counts[seen]
    if not np.all(np.isfinite(held) & (held >= 0) & (held == np.floor(held))):
        raise ValueError("observed events are whole numbers, 0 or more")
    return counts, seen


def _observed(observed: Array, expected: Array) -> tuple[Array, Array]:
    """The wards with an observation only; raises ValueError for events where none can be expected."""
    counts, seen = _counts(observed)
    mean = np.asarray(expected, dtype=np.float64)[seen]
    if np.any(mean < 0) or np.any((mean == 0) & (counts[seen] > 0)):
        raise ValueError("events where the model expects no victims")
    return counts[seen], mean

"""Shrinkage of a local series against brute-force integration and scipy's negative binomial."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from needs_assessment.estimate.draws import Draws
from needs_assessment.estimate.local_evidence import (
    Spread,
    draw_relative_risk,
    expected_events,
    marginal_log_likelihood,
    posterior_mean,
    spread_posterior,
)

EVENTS = np.array([12, 3, 0, 41, 9, 17, 5, 28, 66, 2, 14, 7])
POPULATION = np.array([1520, 880, 410, 2950, 1340, 2105, 960, 1875, 3980, 655, 1180, 1015])
OBSERVED, WEIGHTS, SCALE = EVENTS.astype(float), POPULATION * 0.08, 0.4


def test_expected_events_share_out_the_total_within_each_authority() -> None:
    observed = np.array([10.0, np.nan, 20.0, 7.0, 0.0])
    weights, member = np.array([100.0, 50.0, 200.0, 30.0, 40.0]), np.array([0, 0, 0, 1, 1])
    # by hand: 30 events over weights 300 is 0.1 each; 7 over 70 is 0.1 too
    np.testing.assert_allclose(expected_events(observed, weights, member), [10, 5, 20, 3, 4])
    alone = expected_events(observed, weights)
    assert alone[~np.isnan(observed)].sum() == pytest.approx(37)


def test_one_k_equals_integration_of_likelihood_times_prior() -> None:
    for count, mean, k in ((0, 3.3, 2.0), (120, 95.0, 16.0), (3, 0.4, 0.7)):

        def weight(r: float, count: int = count, mean: float = mean, k: float = k) -> float:
            return float(stats.poisson.pmf(count, mean * r) * stats.gamma.pdf(r, k, scale=1 / k))

        def below(r: float, weight=weight) -> float:
            return integrate.quad(weight, 0, r, epsabs=0, epsrel=1e-11, limit=400)[0]

        top = stats.gamma.isf(1e-14, k + count, scale=1 / (k + mean))
        whole = below(top)
        moment = integrate.quad(lambda r: r * weight(r), 0, top, epsabs=0, epsrel=1e-11, limit=400)[0]
        spread = Spread(np.array([k]), np.array([1.0]))
        found = posterior_mean(np.array([count]), np.array([mean]), spread)[0]
        assert found == pytest.approx(moment / whole, abs=1e-6, rel=1e-9)
        draws = Draws(24, 1)
        drawn = draw_relative_risk(np.array([count]), np.array([mean]), spread, draws, ["ward"])[0]
        chances = [below(float(r)) / whole for r in drawn]
        np.testing.assert_allclose(chances, draws.uniform("ward"), atol=1e-6)


def test_integrated_k_equals_integration_over_r_and_k() -> None:
    expected = expected_events(OBSERVED, WEIGHTS)
    found = posterior_mean(OBSERVED, expected, spread_posterior(OBSERVED, expected, SCALE))
    # a second way: densities of scipy, both integrals on fixed grids, in k/(k + z), which is uniform a priori
    z = 1 / SCALE**2
    nodes, node_weights = np.polynomial.legendre.leggauss(240)
    share = (nodes + 1) / 2
    sizes = z * share / (1 - share)
    r_nodes, r_weights = np.polynomial.legendre.leggauss(700)
    risk, risk_weights = 3 * (r_nodes + 1), 3 * r_weights
    prior = stats.gamma.pdf(risk, sizes[:, None], scale=1 / sizes[:, None]) * risk_weights
    shape = stats.nbinom.logpmf(OBSERVED, sizes[:, None], sizes[:, None] / (sizes[:, None] + expected))
    for ward in (0, 3, 8):
        likelihood = stats.poisson.pmf(OBSERVED[ward], expected[ward] * risk)
        others = np.exp(np.delete(shape, ward, axis=1).sum(axis=1)) * node_weights
        top = others @ (prior @ (likelihood * risk))
        assert found[ward] == pytest.approx(top / (others @ (prior @ likelihood)), abs=1e-6)


def test_the_likelihood_is_smooth_from_small_k_to_none() -> None:
    expected = expected_events(OBSERVED, WEIGHTS)
    sizes = np.array([0.01, 1.0, 99.999999, 100.000001, 1e4])
    reference = [
        stats.nbinom.logpmf(OBSERVED, k, k / (k + expected)).sum()
        - stats.nbinom.logpmf(OBSERVED, 1.0, 1 / (1 + expected)).sum()
        for k in sizes
    ]
    found = marginal_log_likelihood(OBSERVED, expected, sizes)
    np.testing.assert_allclose(found - found[1], reference, atol=1e-8)
    limit = float(marginal_log_likelihood(OBSERVED, expected, np.inf))
    assert float(marginal_log_likelihood(OBSERVED, expected, 1e12)) == pytest.approx(limit, abs=1e-8)


def test_no_more_variation_than_chance_gives_no_spread() -> None:
    expected = np.array([20.0, 40.0, 60.0, 80.0])
    observed = np.array([21.0, 39.0, 61.0, 79.0])
    flat = Spread(np.array([1e9]), np.array([1.0]))
    np.testing.assert_allclose(posterior_mean(observed, expected, flat), np.ones(4), atol=1e-6)
    drawn = draw_relative_risk(observed, expected, flat, Draws(50, 1), list("abcd"))
    np.testing.assert_allclose(drawn, np.ones((4, 50)), atol=1e-3)
    # k is not known to be infinite, so r is near 1 and not at it, and nearer than the observed ratios
    found = posterior_mean(observed, expected, spread_posterior(observed, expected, SCALE))
    assert np.all(np.abs(found - 1) < np.abs(observed / expected - 1))


def test_large_counts_move_a_ward_and_small_ones_hardly() -> None:
    observed = np.array([4.0, 400.0, 98.0, 205.0, 150.0, 51.0])
    expected = np.array([2.0, 200.0, 140.0, 215.0, 250.0, 101.0])
    found = posterior_mean(observed, expected, spread_posterior(observed, expected, SCALE))
    assert found[1] > 1.9
    assert 1.0 < found[0] < 1.4


def test_many_wards_and_huge_counts_stay_finite() -> None:
    rng = np.random.default_rng(4)
    expected = rng.uniform(1e4, 1e6, 3000)
    observed = rng.poisson(expected * rng.gamma(16, 1 / 16, 3000)).astype(float)
    spread = spread_posterior(observed, expected, SCALE)
    assert spread.weight.sum() == pytest.approx(1)
    assert spread.k @ spread.weight == pytest.approx(16, rel=0.1)


def test_a_ward_without_an_observation_has_the_prior() -> None:
    observed, expected = np.array([5.0, np.nan, 9.0]), np.array([6.0, 4.0, 8.0])
    spread = Spread(np.array([4.0, 25.0]), np.array([0.5, 0.5]))
    assert posterior_mean(observed, expected, spread)[1] == 1.0
    for drawn in (
        draw_relative_risk(observed, expected, spread, Draws(20_000, 3), ["a", "b", "c"]),
        draw_relative_risk(observed, expected, spread, np.random.default_rng(3), draws=20_000),
    ):
        assert drawn.shape == (3, 20_000)
        assert drawn.dtype == np.float32
        for chance in (0.025, 0.5, 0.975):
            at = np.quantile(drawn[1], chance)
            mixed = np.mean([stats.gamma.cdf(at, k, scale=1 / k) for k in spread.k])
            assert mixed == pytest.approx(chance, abs=0.005)
    # and it tells nothing about the others
    alone = spread_posterior(observed[[0, 2]], expected[[0, 2]], SCALE)
    np.testing.assert_array_equal(spread_posterior(observed, expected, SCALE).weight, alone.weight)


def test_draws_have_the_posterior_mean_and_are_keyed_by_name() -> None:
    expected = expected_events(OBSERVED, WEIGHTS)
    spread = spread_posterior(OBSERVED, expected, SCALE)
    names = [f"local evidence E0500000{number}" for number in range(12)]
    drawn = draw_relative_risk(OBSERVED, expected, spread, Draws(4000, 5), names)
    np.testing.assert_allclose(drawn.mean(axis=1), posterior_mean(OBSERVED, expected, spread), rtol=0.01)
    order = np.random.default_rng(6).permutation(12)
    again = draw_relative_risk(
        OBSERVED[order], expected[order], spread, Draws(4000, 5), [names[at] for at in order]
    )
    np.testing.assert_array_equal(again, drawn[order])
    generated = draw_relative_risk(OBSERVED, expected, spread, np.random.default_rng(7), draws=40_000)
    np.testing.assert_allclose(generated.mean(axis=1), posterior_mean(OBSERVED, expected, spread), rtol=0.02)


@pytest.mark.parametrize("wrong", [-1.0, 2.5, np.inf])
def test_what_is_no_count_is_refused(wrong: float) -> None:
    observed, weights = np.array([3.0, wrong]), np.ones(2)
    with pytest.raises(ValueError, match="whole numbers"):
        expected_events(observed, weights)
    with pytest.raises(ValueError, match="whole numbers"):
        spread_posterior(observed, weights, SCALE)


def test_other_refusals() -> None:
    two = np.ones(2)
    with pytest.raises(ValueError, match="no ward"):
        expected_events(np.full(2, np.nan), two)
    with pytest.raises(ValueError, match="no events"):
        expected_events(np.zeros(2), two)
    with pytest.raises(ValueError, match="expects no victims"):
        expected_events(np.array([1.0, 2.0]), np.array([1.0, 0.0]))
    with pytest.raises(ValueError, match="expects no victims"):
        expected_events(np.array([1.0, 2.0]), np.array([1.0, 0.0]), np.array([0, 1]))
    with pytest.raises(ValueError, match="spread"):
        spread_posterior(two, two, 0.0)
    spread = Spread(np.ones(1), np.ones(1))
    with pytest.raises(ValueError, match="name"):
        draw_relative_risk(two, two, spread, Draws(10, 1))
    with pytest.raises(ValueError, match="number of draws"):
        draw_relative_risk(two, two, spread, np.random.default_rng(1))

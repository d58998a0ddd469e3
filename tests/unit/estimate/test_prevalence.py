"""The prevalence step against worked sums and a naive second implementation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

from needs_assessment.estimate import intervals
from needs_assessment.estimate.draws import Draws
from needs_assessment.estimate.intervals import percentiles, share_percentiles
from needs_assessment.estimate.prevalence import (
    WardModel,
    calibrate,
    expected,
    men_index,
    solve_open_index,
    sum_by,
    women_index,
)


def test_calibrated_rates_average_to_the_published_level() -> None:
    shares = np.array([0.2, 0.5, 0.3])
    rates = calibrate(np.array([1.5, 1.0, 0.4]), shares, 0.095)
    assert shares @ rates == pytest.approx(0.095, abs=1e-15)
    # by hand: mean index 0.3 + 0.5 + 0.12 = 0.92; young rate 0.095 x 1.5 / 0.92
    assert rates[0] == pytest.approx(0.154891304347826, abs=1e-15)


def test_calibration_holds_in_every_draw() -> None:
    rng = np.random.default_rng(1)
    shares = np.array([0.2, 0.5, 0.3])
    index, levels = rng.uniform(0.5, 1.5, (3, 200)), rng.uniform(0.05, 0.15, 200)
    np.testing.assert_allclose(shares @ calibrate(index, shares, levels), levels, atol=1e-15)


def test_a_rate_above_one_is_refused() -> None:
    with pytest.raises(ValueError, match="above 100%"):
        calibrate(np.array([3.0, 0.5]), np.array([0.2, 0.8]), 0.6)


def test_men_share_one_index_above_the_published_ages() -> None:
    shares = np.array([0.1, 0.1, 0.5, 0.3])
    oldest = np.array([False, False, False, True])
    index = men_index(np.array([1.6, 1.28]), oldest, 1.0, shares)
    assert index[2] == index[3]
    assert shares @ index == pytest.approx(1.0)
    # by hand: (1 - 0.16 - 0.128) / 0.8
    assert index[2] == pytest.approx(0.89)
    older = men_index(np.array([1.6, 1.28]), oldest, 0.5, shares)
    assert older[3] == pytest.approx(older[2] / 2)


def test_young_ages_that_exceed_the_total_are_refused() -> None:
    with pytest.raises(ValueError, match="exceed"):
        solve_open_index(np.array([6.0]), np.array([0.2]), np.array([1.0]), np.array([0.8]))


def test_women_over_75_take_the_factor_only() -> None:
    index = women_index(np.array([1.7, 0.6, 0.6]), np.array([False, False, True]), np.array([0.5, 1.0]))
    np.testing.assert_allclose(index, [[1.7, 1.7], [0.6, 0.6], [0.3, 0.6]])


def _model(wards: int, draws: int, *, spread: float, members: int = 1) -> WardModel:
    source = Draws(draws, 11)
    normals = source.normals([f"ward {number}" for number in range(wards)])
    width = np.full(draws, spread)
    effects = np.array(
        [source.mean_one(source.normal(f"m{number}"), np.full(draws, 0.1)) for number in range(members)]
    )
    return WardModel(
        np.arange(wards) % members,
        source.mean_one(normals, width).astype(np.float32),
        effects,
        width,
        np.full(draws, 0.1),
    )


def test_wards_add_up_to_their_member_in_every_draw() -> None:
    model = _model(9, 400, spread=0.3, members=2)
    weights = np.random.default_rng(2).uniform(10, 100, (9, 400))
    totals = model.authority_effect * model.sum_members(weights)
    drawn = model.spread_over_wards(totals, weights)
    np.testing.assert_allclose(model.sum_members(drawn.values), totals, rtol=1e-6)


def test_against_a_loop() -> None:
    model = _model(5, 50, spread=0.3)
    rng = np.random.default_rng(3)
    persons, rates = {"F": rng.uniform(50, 90, (5, 3)), "M": rng.uniform(50, 90, (5, 3))}, {}
    for sex in persons:
        rates[sex] = rng.uniform(0.05, 0.1, (3, 50))
    weights = expected(persons, rates)
    drawn = model.spread_over_wards(model.authority_effect * model.sum_members(weights), weights)
    for draw in range(50):
        basis = [
            sum(persons[sex][ward, age] * rates[sex][age, draw] for sex in persons for age in range(3))
            for ward in range(5)
        ]
        tilted = [basis[ward] * float(model.ward_effect[ward, draw]) for ward in range(5)]
        whole = model.authority_effect[0, draw] * sum(basis)
        for ward in range(5):
            assert drawn.values[ward, draw] == pytest.approx(whole * tilted[ward] / sum(tilted), rel=1e-6)


def test_sums_by_group_equal_a_loop() -> None:
    values, group = np.random.default_rng(9).random((7, 5)), np.array([2, 0, 0, 3, 2, 2, 0])
    for groups in (4, 5):
        naive = np.zeros((groups, 5))
        for ward, place in enumerate(group):
            naive[place] += values[ward]
        np.testing.assert_allclose(sum_by(values, group, groups), naive, rtol=1e-14)
    np.testing.assert_allclose(sum_by(values[:, 0], np.zeros(7, dtype=int), 1), [values[:, 0].sum()])


def test_the_fast_normal_probability_equals_scipy() -> None:
    points = np.linspace(-6, 6, 4001, dtype=np.float32)
    np.testing.assert_allclose(intervals._below(points, points * points), ndtr(points), atol=3e-7)


def test_limits_with_the_authority_effect_integrated_out() -> None:
    model, rng = _model(6, 20_000, spread=0.0, members=2), np.random.default_rng(10)
    figures = rng.uniform(50, 90, (6, 1)) * np.exp(0.05 * rng.standard_normal((6, 20_000)))
    drawn = figures * model.authority_effect[model.member]
    found = model.scaled_interval(drawn, model.member)
    raw = np.quantile(drawn, [0.025, 0.975], axis=1)
    np.testing.assert_allclose(found, raw, rtol=0.01)
    with pytest.raises(ValueError, match="partnership"):
        model.scaled_interval(drawn)


def test_percentiles_equal_numpy() -> None:
    values = np.random.default_rng(4).normal(size=(4, 777))
    low, high = percentiles(values, (0.025, 0.975))
    np.testing.assert_allclose([low, high], np.quantile(values, [0.025, 0.975], axis=1), atol=1e-12)


def test_ward_percentiles_equal_those_of_very_many_draws() -> None:
    rng = np.random.default_rng(5)
    many = 400_000
    spread = rng.uniform(0.1, 0.4, many)
    effects = np.exp(rng.normal(size=(6, many)) * spread - spread**2 / 2)
    weights = rng.uniform(20, 80, (6, 1)) * np.ones(many)
    amount = weights * weights.sum(axis=0) * np.exp(rng.normal(0, 0.15, many))
    tilted = weights * effects
    rest = tilted.sum(axis=0) - tilted
    values = amount * effects / (tilted + rest)
    truth = np.quantile(values, [0.025, 0.975], axis=1)
    few = slice(0, 4000)
    found = share_percentiles(
        values[:, few], amount[:, few], weights[:, few], rest[:, few], spread[few], (0.025, 0.975)
    )
    raw = np.quantile(values[:, few], [0.025, 0.975], axis=1)
    assert np.abs(np.array(found) / truth - 1).max() < 0.012
    assert np.abs(np.array(found) / truth - 1).mean() < np.abs(raw / truth - 1).mean() * 0.7


@pytest.mark.parametrize("still", [0, 600])
def test_the_step_equals_one_worked_out_draw_by_draw(still: int) -> None:
    # a ward that holds half of its area's weight: in some draws no effect lifts it to the upper percentile
    rng, draws = np.random.default_rng(12), 2000
    spread = rng.uniform(0.1, 0.6, draws)
    spread[:still] = 0
    effects = np.exp(rng.normal(size=(4, draws)) * spread - spread**2 / 2)
    weights = np.array([[50.0], [30], [15], [5]]) * np.ones(draws)
    amount = weights * 100 * np.exp(rng.normal(0, 0.4, draws))
    rest = (weights * effects).sum(axis=0) - weights * effects
    values = amount * effects / (weights * effects + rest)
    found = share_percentiles(values, amount, weights, rest, spread, (0.025, 0.975))
    for place, chance in enumerate((0.025, 0.975)):
        for ward in range(4):
            at = np.quantile(values[ward], chance)
            below = density = 0.0
            for draw in range(draws):
                room, width = amount[ward, draw] - at * weights[ward, draw], spread[draw]
                if room <= 0 or width == 0:
                    below += values[ward, draw] <= at
                    continue
                score = np.log(at * rest[ward, draw] / room) / width + width / 2
                below += ndtr(score)
                normal = np.exp(-score * score / 2) / np.sqrt(2 * np.pi)
                density += normal / width * (1 / at + weights[ward, draw] / room)
            assert found[place][ward] == pytest.approx(at + (chance * draws - below) / density, rel=1e-5)


def test_no_ward_effect_leaves_the_percentiles_as_they_are() -> None:
    model = _model(4, 300, spread=0.0)
    weights = np.random.default_rng(6).uniform(10, 20, (4, 300))
    drawn = model.spread_over_wards(model.authority_effect * model.sum_members(weights), weights)
    np.testing.assert_allclose(drawn.interval(), np.quantile(drawn.values, [0.025, 0.975], axis=1))


def test_a_single_ward_has_its_authoritys_interval() -> None:
    model = _model(1, 300, spread=0.3)
    weights = np.full((1, 300), 50.0)
    drawn = model.spread_over_wards(model.authority_effect * model.sum_members(weights), weights)
    np.testing.assert_allclose(drawn.values, model.authority_effect * 50.0, rtol=1e-6)

"""Composition against worked sums, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from needs_assessment.estimate.composition import (
    Characteristic,
    benchmark_authority,
    filled_risk,
    relative_risk,
)

# published rates by disability: 17.5 per cent of disabled women, 6.7 of others (year ending March 2020)
DISABILITY = Characteristic(
    shares=np.array([[0.30, 0.70], [0.18, 0.82], [0.10, 0.90]]),
    england=np.array([0.18, 0.82]),
    risk=np.array([17.5, 6.7]),
)
# White 5.6, Mixed 12.9, Asian 3.8; nothing for the others
ETHNICITY = Characteristic(
    shares=np.array([[0.60, 0.10, 0.10, 0.20], [0.81, 0.03, 0.10, 0.06], [0.96, 0.01, 0.02, 0.01]]),
    england=np.array([0.81, 0.03, 0.10, 0.06]),
    risk=np.array([5.6, 12.9, 3.8, np.nan]),
)


def test_by_hand() -> None:
    # (0.30 x 17.5 + 0.70 x 6.7) / (0.18 x 17.5 + 0.82 x 6.7) = 9.94 / 8.644
    whole = relative_risk({"disability": DISABILITY}, 1.0)
    np.testing.assert_allclose(whole, [9.94 / 8.644, 1.0, 7.78 / 8.644], rtol=1e-14)
    half = relative_risk({"disability": DISABILITY}, 0.5)
    np.testing.assert_allclose(half, np.sqrt(whole), rtol=1e-14)


def test_characteristics_multiply() -> None:
    both = relative_risk({"disability": DISABILITY, "ethnicity": ETHNICITY}, 0.4)
    alone = [relative_risk({"one": one}, 0.4) for one in (DISABILITY, ETHNICITY)]
    np.testing.assert_allclose(both, alone[0] * alone[1], rtol=1e-14)


def test_a_group_without_a_rate_takes_the_average_of_the_others() -> None:
    # (0.81 x 5.6 + 0.03 x 12.9 + 0.10 x 3.8) / 0.94
    filled = filled_risk(ETHNICITY.risk, ETHNICITY.england)
    residual = (0.81 * 5.6 + 0.03 * 12.9 + 0.10 * 3.8) / 0.94
    assert filled[3] == pytest.approx(residual, rel=1e-14)
    # with it the national average is what the published groups alone give
    assert ETHNICITY.england @ filled == pytest.approx(residual, rel=1e-14)
    assert np.isnan(ETHNICITY.risk[3]), "the caller's figures are left as they are"


def test_lambda_zero_is_exactly_one_and_draws_keep_their_own_lambda() -> None:
    both = {"disability": DISABILITY, "ethnicity": ETHNICITY}
    assert np.array_equal(relative_risk(both, 0.0), np.ones(3))
    shares = np.array([0.0, 0.25, 1.0])
    drawn = relative_risk(both, shares)
    assert drawn.shape == (3, 3)
    assert np.array_equal(drawn[:, 0], np.ones(3))
    for draw, share in enumerate(shares):
        np.testing.assert_array_equal(drawn[:, draw], relative_risk(both, float(share)))


def test_drawn_risks_equal_a_loop() -> None:
    rng = np.random.default_rng(1)
    risk = ETHNICITY.risk[:, None] * rng.uniform(0.8, 1.25, (4, 6))
    carried = rng.uniform(0, 1, 6)
    found = relative_risk({"e": Characteristic(ETHNICITY.shares, ETHNICITY.england, risk)}, carried)
    for draw in range(6):
        known = risk[:3, draw]
        residual = sum(ETHNICITY.england[j] * known[j] for j in range(3)) / sum(ETHNICITY.england[:3])
        every = [*known, residual]
        for ward in range(3):
            top = sum(ETHNICITY.shares[ward, j] * every[j] for j in range(4))
            bottom = sum(ETHNICITY.england[j] * every[j] for j in range(4))
            assert found[ward, draw] == pytest.approx((top / bottom) ** carried[draw], rel=1e-12)


@pytest.mark.parametrize(
    ("shares", "england", "risk", "message"),
    [
        ([[0.5, 0.4]], [0.5, 0.5], [1.0, 2.0], "do not sum to 1"),
        ([[0.5, 0.5]], [0.5, 0.6], [1.0, 2.0], "do not sum to 1"),
        ([[1.2, -0.2]], [0.5, 0.5], [1.0, 2.0], "negative"),
        ([[np.nan, 0.5]], [0.5, 0.5], [1.0, 2.0], "missing"),
        ([[0.5, 0.5]], [0.5, 0.5], [np.nan, np.nan], "no category"),
        ([[0.5, 0.5]], [0.0, 1.0], [2.0, np.nan], "no category"),
        ([[0.5, 0.5]], [0.5, 0.5], [0.0, 2.0], "above 0"),
        ([[0.5, 0.5]], [0.5, 0.5], [np.inf, 2.0], "above 0"),
        ([[0.5, 0.5]], [0.2, 0.3, 0.5], [1.0, 2.0, 3.0], "different numbers"),
        ([0.5, 0.5], [0.5, 0.5], [1.0, 2.0], "dimensions"),
    ],
)
def test_what_is_refused(shares: list, england: list, risk: list, message: str) -> None:
    wrong = Characteristic(np.array(shares), np.array(england), np.array(risk))
    with pytest.raises(ValueError, match=f"tenure: .*{message}"):
        relative_risk({"tenure": wrong}, 0.5)


@pytest.mark.parametrize("carried", [-0.1, 1.1, np.nan, np.array([0.5, 2.0])])
def test_lambda_outside_its_range_is_refused(carried: float) -> None:
    with pytest.raises(ValueError, match="lambda"):
        relative_risk({"disability": DISABILITY}, carried)


def test_nothing_to_compose_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        relative_risk({}, 0.5)


def test_no_authoritys_total_moves() -> None:
    rng = np.random.default_rng(2)
    relative, weights = rng.uniform(0.5, 2, (9, 40)), rng.uniform(10, 90, (9, 40))
    member = np.array([0, 1, 2, 0, 1, 2, 0, 0, 1])
    found = benchmark_authority(relative, weights, member)
    for place in range(3):
        held = member == place
        np.testing.assert_allclose((found * weights)[held].sum(axis=0), weights[held].sum(axis=0), rtol=1e-13)
        # within an authority wards keep their ratios
        ratios = found[held] / relative[held]
        np.testing.assert_allclose(ratios, np.broadcast_to(ratios[0], ratios.shape), rtol=1e-13)


def test_without_expected_victims_r_stands() -> None:
    relative = np.array([0.5, 2.0, 1.5])
    found = benchmark_authority(relative, np.array([0.0, 0.0, 3.0]), np.array([0, 0, 1]))
    np.testing.assert_array_equal(found, [0.5, 2.0, 1.0])

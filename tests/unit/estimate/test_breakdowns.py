"""The arithmetic of breakdowns against worked sums, a naive second implementation and properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from needs_assessment.estimate.breakdowns import (
    close_nationally,
    group_fractions,
    move_share,
    shrink,
    unique_people,
)


def test_residual_closes_the_national_total_by_hand() -> None:
    # 80% at 0.95, 5% at 2.0, so 0.76 + 0.10 = 0.86; the remaining 15% carry 0.14: 0.14 / 0.15
    closed = close_nationally(np.array([0.95, 2.0, np.nan]), np.array([0.80, 0.05, 0.15]), 3.0)
    assert closed.risk[2] == pytest.approx(0.14 / 0.15)
    assert closed.carried == 1.0
    assert np.array([0.80, 0.05, 0.15]) @ closed.risk == pytest.approx(1.0)


def test_every_group_published_needs_no_residual() -> None:
    # 14.3% and 5.1% with 20% disabled: mean 6.94%
    closed = close_nationally(np.array([14.3, 5.1]), np.array([0.2, 0.8]), 3.0)
    np.testing.assert_allclose(closed.risk, [14.3 / 6.94, 5.1 / 6.94])
    assert np.isnan(closed.left_over)


@pytest.mark.parametrize(
    ("risk", "side"),
    [([1.05, 2.0, np.nan], "negative"), ([0.5, 1.0, np.nan], "far above")],
)
def test_an_absurd_residual_shrinks_every_ratio_and_says_so(risk: list[float], side: str) -> None:
    england = np.array([0.9, 0.05, 0.05])
    closed = close_nationally(np.array(risk), england, 3.0)
    assert (closed.left_over < 0) == (side == "negative")
    assert 0 < closed.carried < 1
    assert closed.risk[2] == pytest.approx(1 / 3 if side == "negative" else 3.0)
    np.testing.assert_allclose(closed.risk[:2], 1 + closed.carried * (np.array(risk[:2]) - 1))
    assert england @ closed.risk == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("risk", "england", "limit"),
    [
        ([np.nan, np.nan], [0.5, 0.5], 3.0),
        ([0.0, np.nan], [0.5, 0.5], 3.0),
        ([1.0, np.nan], [0.5, 0.6], 3.0),
        ([1.0, np.nan], [1.0, 0.0], 3.0),
        ([1.0, np.nan], [0.5, 0.5], 1.0),
    ],
)
def test_what_cannot_close_is_refused(risk: list[float], england: list[float], limit: float) -> None:
    with pytest.raises(ValueError, match=r"residual|risk|shares|limit"):
        close_nationally(np.array(risk), np.array(england), limit)


def test_fractions_by_hand_and_naively() -> None:
    shares = np.array([[0.2, 0.0, 1.0], [0.8, 1.0, 0.0]])
    risk = np.array([2.8, 1.0])
    found = group_fractions(shares, risk)
    # 0.2 x 2.8 = 0.56 of 0.56 + 0.8
    np.testing.assert_allclose(found[:, 0], [0.56 / 1.36, 0.8 / 1.36])
    np.testing.assert_allclose(found[:, 1:], [[0.0, 1.0], [1.0, 0.0]])
    drawn = group_fractions(shares, np.stack([risk, [1.0, 1.0]], axis=1))
    for group in range(2):
        for ward in range(3):
            for draw, risks in enumerate((risk, np.ones(2))):
                whole = sum(shares[other, ward] * risks[other] for other in range(2))
                assert drawn[group, ward, draw] == pytest.approx(shares[group, ward] * risks[group] / whole)


@given(some.integers(2, 5), some.integers(1, 6), some.integers(0, 2**32 - 1), some.floats(0.1, 10.0))
def test_fractions_close_and_do_not_know_the_order(groups: int, wards: int, seed: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.ones(groups), wards).T
    risk = rng.lognormal(0, 1, (groups, 7))
    found = group_fractions(shares, risk)
    np.testing.assert_allclose(found.sum(axis=0), 1.0, atol=1e-12)
    assert np.all(found >= 0)
    of_groups, of_wards = rng.permutation(groups), rng.permutation(wards)
    moved = group_fractions(shares[of_groups][:, of_wards], risk[of_groups])
    np.testing.assert_allclose(moved, found[of_groups][:, of_wards], rtol=1e-12)
    np.testing.assert_allclose(group_fractions(shares, risk * scale), found, rtol=1e-12)
    # the published ratio between two groups stands in every ward
    ratio = (found[0] / shares[0][:, None]) / (found[1] / shares[1][:, None])
    np.testing.assert_allclose(ratio, np.broadcast_to(risk[0] / risk[1], ratio.shape), rtol=1e-9)


@pytest.mark.parametrize(
    "bad", [[[0.5, np.nan], [0.5, 0.5]], [[0.6, 0.5], [0.5, 0.5]], [[-0.1, 0.5], [1.1, 0.5]]]
)
def test_missing_or_open_shares_are_refused(bad: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="shares"):
        group_fractions(np.array(bad), np.ones(2))


def test_shrink_and_move_keep_their_bounds() -> None:
    risk = np.array([0.4, 2.5])
    assert shrink(risk, 1.0) is risk
    np.testing.assert_allclose(shrink(risk, 0.5), [0.7, 1.75])
    np.testing.assert_allclose(move_share(np.array([0.3]), np.array([0.0])), [0.3])
    moved = move_share(np.array([0.99, 0.01]), np.array([9.0, -9.0]))
    assert np.all((moved > 0) & (moved < 1))


def test_cases_become_people_explicitly() -> None:
    # 31% of 496.48 cases are repeats
    assert unique_people(496.48, 0.31) == pytest.approx(342.5712)
    with pytest.raises(ValueError, match="repeat share"):
        unique_people(10.0, 31)

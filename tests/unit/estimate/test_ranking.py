"""The probability of being among the highest fifth, against a loop and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from needs_assessment.estimate import ranking
from needs_assessment.estimate.ranking import fifth_size, probability_in_highest_fifth


@pytest.mark.parametrize(
    ("wards", "size"), [(0, 0), (1, 1), (2, 1), (5, 1), (7, 1), (8, 2), (31, 6), (103, 21), (7201, 1440)]
)
def test_size_of_the_fifth(wards: int, size: int) -> None:
    assert fifth_size(wards) == size


def test_it_is_the_rate_that_is_ranked_not_the_number() -> None:
    victims = np.array([[30.0, 30.0], [20.0, 20.0], [90.0, 90.0], [5.0, 5.0], [1.0, 9.0]])
    residents = np.array([300.0, 100.0, 1000.0, 500.0, 40.0])
    # rates in the two draws: .1 .2 .09 .01 .025 and .1 .2 .09 .01 .225
    np.testing.assert_array_equal(probability_in_highest_fifth(victims, residents), [0, 0.5, 0, 0, 0.5])


def test_ties_share_the_last_places() -> None:
    # ten wards, two places: one ward stands out, three tie for the other place
    rates = np.array([9, 5, 5, 5, 1, 1, 1, 1, 1, 1], dtype=float)[:, None]
    found = probability_in_highest_fifth(rates, np.ones(10))
    np.testing.assert_allclose(found, [1, 1 / 3, 1 / 3, 1 / 3, 0, 0, 0, 0, 0, 0])
    equal = probability_in_highest_fifth(np.ones((10, 3)), np.full(10, 7.0))
    np.testing.assert_allclose(equal, np.full(10, 0.2))


@pytest.mark.parametrize("block", [1, 700, 1 << 20])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_against_a_loop(block: int, kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "BLOCK_ELEMENTS", block)
    rng = np.random.default_rng(1)
    victims = rng.integers(1, 30, (13, 101)).astype(kind)
    residents = rng.integers(2, 5, 13) * 100.0
    counted = np.zeros(13)
    for draw in range(101):
        rates = [victims[ward, draw] / residents[ward] for ward in range(13)]
        last = sorted(rates, reverse=True)[2]
        above = sum(rate > last for rate in rates)
        tied = sum(rate == last for rate in rates)
        for ward, rate in enumerate(rates):
            counted[ward] += 1 if rate > last else (3 - above) / tied if rate == last else 0
    found = probability_in_highest_fifth(victims, residents)
    np.testing.assert_allclose(found, counted / 101, rtol=1e-12)
    assert found.sum() == pytest.approx(3)


def test_order_of_wards_changes_nothing() -> None:
    rng = np.random.default_rng(2)
    victims, residents, order = rng.random((31, 400)), rng.uniform(1, 2, 31), rng.permutation(31)
    found = probability_in_highest_fifth(victims, residents)
    np.testing.assert_array_equal(
        probability_in_highest_fifth(victims[order], residents[order]), found[order]
    )
    assert found.sum() == pytest.approx(6)
    assert np.all((found >= 0) & (found <= 1))


def test_a_ward_without_residents_has_no_probability() -> None:
    rng = np.random.default_rng(3)
    victims, residents = rng.random((11, 200)), np.ones(11)
    residents[4] = 0
    found = probability_in_highest_fifth(victims, residents)
    assert np.isnan(found[4])
    rest = np.delete(np.arange(11), 4)
    np.testing.assert_array_equal(found[rest], probability_in_highest_fifth(victims[rest], np.ones(10)))
    assert np.all(np.isnan(probability_in_highest_fifth(victims, np.zeros(11))))


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        probability_in_highest_fifth(np.ones((3, 4)), np.ones(4))
    with pytest.raises(ValueError, match="missing"):
        probability_in_highest_fifth(np.array([[np.nan], [1.0]]), np.ones(2))

"""Household sizes: pooled and separate as bounds, the nested rule between them against a dense solution."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.models.household_sizes import (
    nested_floor,
    nested_places,
    nested_shares,
    pooled_places,
    separate_places,
)
from needs_assessment.estimate.queueing import erlang_b


def test_pooled_and_separate_bound_the_nested_answer() -> None:
    found = nested_places([23.0, 10.0], 0.05)
    assert found.separate == (29, 15)
    assert found.pooled == 39
    assert found.nested == (24, 18)
    assert found.pooled <= sum(found.nested) <= sum(found.separate)
    assert max(found.shares) <= 0.05
    assert not found.kept_apart


def test_the_floor_of_the_nested_rule_adds_up_to_the_pooled_answer() -> None:
    loads = np.array([15.0, 12.0, 6.0])
    floor = nested_floor(loads, 0.05)
    assert floor.sum() == pooled_places(loads, 0.05)
    assert floor[-1] == separate_places(loads, 0.05)[-1]


def test_where_sharing_saves_nothing_large_units_are_kept_apart() -> None:
    found = nested_places([30.0, 3.0], 0.05)
    assert found.kept_apart
    assert found.nested == found.separate
    assert max(found.shares) <= 0.05


def test_draws_of_sizes() -> None:
    loads = np.random.default_rng(2).uniform(0, 30, (3, 50))
    assert separate_places(loads, 0.05).shape == (3, 50)
    assert np.all(pooled_places(loads, 0.05) <= separate_places(loads, 0.05).sum(axis=0))


def test_nested_shares_in_the_cases_that_have_a_formula() -> None:
    assert nested_shares([10], [5.0])[0] == pytest.approx(erlang_b(10, 5.0), rel=1e-10)
    # without small units everyone shares the large ones; without small households they are left alone
    np.testing.assert_allclose(nested_shares([0, 10], [3.0, 2.0]), erlang_b(10, 5.0), rtol=1e-10)
    assert nested_shares([5, 10], [0.0, 5.0])[1] == pytest.approx(erlang_b(10, 5.0), rel=1e-10)
    np.testing.assert_array_equal(nested_shares([0, 0], [3.0, 2.0]), [1, 1])


def test_nested_shares_by_a_dense_solution() -> None:
    """Two sizes written out state by state, without sparse matrices."""
    (small, large), (first, second) = (3, 2), (2.5, 1.5)
    states = [(x, y) for x in range(small + 1) for y in range(large + 1)]
    rates = np.zeros((len(states), len(states)))
    for here, (x, y) in enumerate(states):
        moves = [((x - 1, y), float(x)), ((x, y - 1), float(y)), ((x, y + 1), second)]
        moves.append(((x + 1, y), first) if x < small else ((x, y + 1), first))
        for there, rate in moves:
            if there in states:
                rates[here, states.index(there)] += rate
    rates -= np.diag(rates.sum(axis=1))
    system = np.vstack([rates.T, np.ones(len(states))])
    steady = np.linalg.lstsq(system, np.append(np.zeros(len(states)), 1.0), rcond=None)[0]
    large_full = sum(p for p, (_, y) in zip(steady, states, strict=True) if y == large)
    expected = [steady[states.index((small, large))], large_full]
    np.testing.assert_allclose(nested_shares([small, large], [first, second]), expected, rtol=1e-9)


def test_sizes_that_do_not_fit_are_refused() -> None:
    for units, loads in (([1], [1.0, 2.0]), ([-1], [1.0]), ([1], [-1.0]), ([200, 200], [1.0, 1.0])):
        with pytest.raises(ValueError, match=r"each size|simulation"):
            nested_shares(units, loads)
    with pytest.raises(ValueError, match="each size"):
        pooled_places([], 0.05)

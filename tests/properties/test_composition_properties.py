"""What must hold for composition whatever the shares and risks are."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from needs_assessment.estimate.composition import (
    Characteristic,
    benchmark_authority,
    relative_risk,
)

seeds = st.integers(0, 2**32 - 1)


def _some(rng: np.random.Generator, wards: int) -> dict[str, Characteristic]:
    found = {}
    for number in range(rng.integers(1, 4)):
        categories = int(rng.integers(2, 7))
        risk = rng.uniform(0.2, 5, categories)
        risk[rng.random(categories) < 0.3] = np.nan
        risk[rng.integers(categories)] = 1.0
        found[f"characteristic {number}"] = Characteristic(
            rng.dirichlet(np.ones(categories), wards), rng.dirichlet(np.ones(categories)), risk
        )
    return found


@given(seed=seeds, wards=st.integers(1, 12), carried=st.floats(0, 1))
def test_order_changes_nothing_to_the_last_bit(seed: int, wards: int, carried: float) -> None:
    rng = np.random.default_rng(seed)
    some = _some(rng, wards)
    found = relative_risk(some, carried)
    order = rng.permutation(wards)
    shuffled = {}
    for name in rng.permutation(list(some)):
        one = some[name]
        categories = rng.permutation(len(one.england))
        shuffled[name] = Characteristic(
            one.shares[order][:, categories], one.england[categories], one.risk[categories]
        )
    np.testing.assert_array_equal(relative_risk(shuffled, carried), found[order])


@given(seed=seeds, wards=st.integers(1, 12))
def test_lambda_zero_is_exactly_the_method_without_composition(seed: int, wards: int) -> None:
    some = _some(np.random.default_rng(seed), wards)
    assert np.array_equal(relative_risk(some, 0.0), np.ones(wards))
    assert np.array_equal(relative_risk(some, np.zeros(5)), np.ones((wards, 5)))


@given(seed=seeds, carried=st.floats(0, 1), scale=st.floats(0.001, 1000))
def test_only_ratios_of_risks_matter(seed: int, carried: float, scale: float) -> None:
    some = _some(np.random.default_rng(seed), 4)
    scaled = {name: Characteristic(one.shares, one.england, one.risk * scale) for name, one in some.items()}
    np.testing.assert_allclose(relative_risk(scaled, carried), relative_risk(some, carried), rtol=1e-12)


@given(seed=seeds, carried=st.floats(0, 1))
def test_a_ward_like_england_has_a_risk_of_one(seed: int, carried: float) -> None:
    some = {
        name: Characteristic(np.stack([one.england, one.shares[0]]), one.england, one.risk)
        for name, one in _some(np.random.default_rng(seed), 1).items()
    }
    np.testing.assert_allclose(relative_risk(some, carried)[0], 1.0, rtol=1e-13)


@given(seed=seeds, wards=st.integers(1, 15), members=st.integers(1, 4))
def test_benchmarks_keep_their_totals_and_ignore_order(seed: int, wards: int, members: int) -> None:
    rng = np.random.default_rng(seed)
    relative = relative_risk(_some(rng, wards), rng.uniform(0, 1, 7))
    weights, member = rng.uniform(0.1, 90, (wards, 7)), rng.integers(0, members, wards)
    within = benchmark_authority(relative, weights, member)
    for place in range(members):
        held = member == place
        np.testing.assert_allclose(
            (within * weights)[held].sum(axis=0), weights[held].sum(axis=0), rtol=1e-12
        )
    order = rng.permutation(wards)
    np.testing.assert_allclose(
        benchmark_authority(relative[order], weights[order], member[order]), within[order], rtol=1e-12
    )

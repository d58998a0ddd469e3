"""Erlang B and the places it requires: exact values and naive second opinions."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest

from needs_assessment.estimate.queueing import (
    erlang_b,
    offered_load,
    places_by_target,
    places_interpolated,
    places_required_queueing,
)


def exact(places: int, load: Fraction) -> Fraction:
    """The definition, a^c / c! over the sum of all such terms, in fractions."""
    term = total = Fraction(1)
    for count in range(1, places + 1):
        term = term * load / count
        total += term
    return term / total


@pytest.mark.parametrize(
    ("servers", "load", "share"), [(10, 5, 0.018384570336648), (30, 20, 0.008457498340195)]
)
def test_published_values(servers: int, load: float, share: float) -> None:
    assert erlang_b(servers, load) == pytest.approx(share, abs=1e-12)


@pytest.mark.parametrize("servers", [1, 2, 7, 40, 150])
@pytest.mark.parametrize("load", [Fraction(1, 1000), Fraction(1, 2), Fraction(33), Fraction(500)])
def test_the_definition_in_fractions(servers: int, load: Fraction) -> None:
    assert erlang_b(servers, float(load)) == pytest.approx(float(exact(servers, load)), rel=1e-13)


@pytest.mark.parametrize(
    ("servers", "load"), [(10_000, 10_000), (10_000, 9_500), (9_000, 10_000), (10_000, 9_900), (1, 10_000)]
)
def test_ten_thousand_places(servers: int, load: int) -> None:
    """1/B = Σ_k c!/((c − k)! a^k), to fifty digits."""
    with localcontext() as context:
        context.prec = 50
        term = total = Decimal(1)
        for step in range(servers):
            term = term * (servers - step) / load
            total += term
        reference = float(1 / total)
    assert erlang_b(servers, load) == pytest.approx(reference, rel=1e-12)


def test_birth_and_death_balance() -> None:
    """Steady state of the Markov chain, by linear algebra: the chance that every place is taken."""
    places, load = 12, 9.0
    rates = np.zeros((places + 1, places + 1))
    for taken in range(places):
        rates[taken, taken + 1] = load
        rates[taken + 1, taken] = taken + 1
    rates -= np.diag(rates.sum(axis=1))
    system = np.vstack([rates.T, np.ones(places + 1)])
    steady = np.linalg.lstsq(system, np.append(np.zeros(places + 1), 1.0), rcond=None)[0]
    assert erlang_b(places, load) == pytest.approx(steady[-1], rel=1e-10)


def test_the_ends_of_the_range() -> None:
    assert erlang_b(0, 0) == 1
    assert erlang_b(0, 12.5) == 1
    assert erlang_b(3, 0) == 0
    assert erlang_b(10_000, 0.5) == 0  # below the smallest number a computer holds, not an error
    assert np.isnan(erlang_b(5, np.nan))
    assert erlang_b(2, 3.0).dtype == np.float64


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ((5, 1), (4,)),
        ((5,), (4, 1)),
        ((5,), (5,)),
        ((), (3, 2)),
        ((3, 2), ()),
        ((2, 1, 3), (4, 1)),
        ((0,), ()),
    ],
)
def test_shapes_broadcast(left: tuple[int, ...], right: tuple[int, ...]) -> None:
    rng = np.random.default_rng(4)
    servers, load = rng.integers(0, 30, left), rng.uniform(0, 30, right)
    together = erlang_b(servers, load)
    all_servers, all_loads = np.broadcast_arrays(servers, load)
    assert together.shape == all_servers.shape
    one_by_one = [erlang_b(c, a) for c, a in zip(all_servers.flat, all_loads.flat, strict=True)]
    np.testing.assert_array_equal(np.ravel(together), one_by_one)


@pytest.mark.parametrize(
    ("servers", "load"), [(-1, 2), (2.5, 2), (np.nan, 2), (2, -0.1), (2, np.inf), (10**7, 1), ([1, 1.5], 2)]
)
def test_nonsense_is_refused(servers: float, load: float) -> None:
    with pytest.raises(ValueError, match=r"places must be whole|offered load"):
        erlang_b(servers, load)


def naive_places(load: float, target: float) -> int:
    places, blocked = 0, 1.0
    while load > 0 and blocked > target:
        places += 1
        blocked = load * blocked / (places + load * blocked)
    return places


@pytest.mark.parametrize("target", [0.001, 0.05, 0.5, 1.0])
def test_places_required_one_draw_at_a_time(target: float) -> None:
    loads = np.append(np.random.default_rng(1).uniform(0, 80, 300), [0.0, 1e-9, 0.05 / 0.95])
    required = places_required_queueing(loads, target)
    assert required.tolist() == [naive_places(load, target) for load in loads]
    assert np.all(erlang_b(required, loads)[loads > 0] <= target)
    one_less = np.maximum(required - 1, 0)
    assert np.all((erlang_b(one_less, loads) > target) | (required == 0))


def test_no_demand_needs_no_place() -> None:
    assert places_required_queueing(0.0, 0.05) == 0
    assert places_required_queueing(np.zeros(4), 1e-9).tolist() == [0, 0, 0, 0]


def test_a_range_of_targets() -> None:
    loads = np.array([0.0, 5.0, 33.0])
    table = places_by_target(loads, [0.01, 0.05, 0.10])
    assert table.tolist() == [[naive_places(a, t) for a in loads] for t in (0.01, 0.05, 0.10)]
    assert places_by_target(33.0, [0.01, 0.05]).shape == (2,)


@pytest.mark.parametrize(
    ("load", "target"), [(1, 0), (1, 1.1), (1, np.nan), (-1, 0.05), (np.nan, 0.05), (1e7, 0.05)]
)
def test_no_places_for_nonsense(load: float, target: float) -> None:
    with pytest.raises(ValueError, match=r"target|load"):
        places_required_queueing(load, target)


def test_load_and_stay_are_littles_law() -> None:
    assert offered_load(365, 7) == 7
    # 4,385 places, 95% of them in use, 10,824 households a year: 140.47 days each
    assert offered_load(10_824, 140.47) == pytest.approx(4385 * 0.95, rel=1e-4)
    with pytest.raises(ValueError, match="negative"):
        offered_load(-1, 3)


def test_interpolated_places_round_up_to_the_places_required_and_never_jump() -> None:
    loads = np.linspace(0.05, 60, 4001)
    smooth = places_interpolated(loads, 0.05)
    np.testing.assert_array_equal(np.ceil(np.round(smooth, 9)), places_required_queueing(loads, 0.05))
    assert np.all(np.diff(smooth) > 0)
    assert np.diff(smooth).max() < 0.1
    assert places_interpolated(0.0, 0.05) == 0

"""What must hold for any demand: more of it never needs fewer places, sharing never needs more, ledgers close."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.models.household_sizes import nested_places, pooled_places, separate_places
from needs_assessment.estimate.accommodation import answers
from needs_assessment.estimate.accommodation.ledger import ledger_from_share, ledger_places
from needs_assessment.estimate.queueing import erlang_b, offered_load, places_required_queueing

arrivals = st.floats(0, 400)
stays = st.floats(1, 500)
targets = st.floats(0.001, 0.9)
factors = st.floats(1, 3)
loads = st.floats(0, 120)


@given(arrivals, stays, targets, factors)
def test_more_demand_never_needs_fewer_places(rate: float, stay: float, target: float, more: float) -> None:
    required = places_required_queueing(offered_load(rate, stay), target)
    assert places_required_queueing(offered_load(rate * more, stay), target) >= required
    assert places_required_queueing(offered_load(rate, stay * more), target) >= required
    assert places_required_queueing(offered_load(rate, stay), target / more) >= required


@given(stays, targets)
def test_no_demand_needs_nothing(stay: float, target: float) -> None:
    assert places_required_queueing(offered_load(0, stay), target) == 0
    assert places_required_queueing(offered_load(10, 0), target) == 0


@given(loads.filter(lambda load: load > 0), targets)
def test_the_places_required_are_enough_and_one_fewer_is_not(load: float, target: float) -> None:
    places = places_required_queueing(load, target)
    assert erlang_b(places, load) <= target
    if places > 0:
        assert erlang_b(places - 1, load) > target


@given(st.integers(0, 200), loads)
def test_the_share_is_a_share_and_falls_with_places(servers: int, load: float) -> None:
    one, next_one = erlang_b([servers, servers + 1], load)
    assert 0 <= next_one <= one <= 1
    # the carried load is never more than the places there are
    assert load * (1 - one) <= servers + 1e-9


@given(st.integers(0, 100), loads, loads)
def test_the_share_rises_with_demand(servers: int, first: float, second: float) -> None:
    low, high = sorted((first, second))
    assert erlang_b(servers, low) <= erlang_b(servers, high) + 1e-15


@given(st.lists(loads, min_size=1, max_size=6), targets)
def test_pooled_never_needs_more_than_separate(sizes: list[float], target: float) -> None:
    assert pooled_places(sizes, target) <= separate_places(sizes, target).sum()


@given(st.lists(st.floats(0, 12), min_size=1, max_size=3), st.floats(0.01, 0.3))
def test_the_nested_answer_lies_between(sizes: list[float], target: float) -> None:
    found = nested_places(sizes, target)
    assert found.pooled <= sum(found.nested) <= sum(found.separate)
    assert all(share <= target + 1e-9 for share, load in zip(found.shares, sizes, strict=True) if load > 0)


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=5), st.floats(0, 1), st.floats(0, 1000))
def test_the_ledger_closes(seeking: list[float], share: float, coming: float) -> None:
    residents = np.array(seeking)
    for found in (ledger_from_share(residents, share), ledger_from_share(residents, share, coming)):
        np.testing.assert_allclose(found.stayers + found.leavers, residents, rtol=1e-12)
        np.testing.assert_allclose(
            found.demand - found.residents_seeking, found.arrivals - found.leavers, rtol=1e-9, atol=1e-9
        )
        assert np.all(found.stayers >= 0)
    balanced = ledger_from_share(residents, share)
    np.testing.assert_array_equal(balanced.arrivals, balanced.leavers)


@given(st.floats(0, 300), st.floats(0, 1), st.floats(0, 300), targets)
def test_places_of_the_ledger_add_up(seeking: float, share: float, coming: float, target: float) -> None:
    balanced = ledger_places(ledger_from_share(seeking, share), 140, target)
    assert balanced.required == balanced.for_residents
    open_borders = ledger_places(ledger_from_share(seeking, share, coming), 140, target)
    assert open_borders.required >= open_borders.for_stayers


@given(st.floats(0, 1e6), st.floats(1, 3), st.floats(0.5, 2))
def test_answers_follow_their_ingredients(residents: float, attempts: float, effect: float) -> None:
    def demand(scale: float) -> answers.RefugeDemand:
        return answers.national_demand(
            residents,
            57e6,
            referred=27_754,
            accepted=10_824,
            capacity_share=0.4,
            stay_days=140,
            places_in_use=4385,
            authority_effect=scale,
        )

    base, scaled = demand(1.0), demand(effect)
    assert answers.load(scaled, attempts) == pytest.approx(effect * answers.load(base, attempts))
    assert answers.turned_away(scaled, attempts) == pytest.approx(
        effect * answers.turned_away(base, attempts)
    )
    assert answers.turned_away(base, attempts) <= answers.turned_away(base, 1.0)
    assert places_required_queueing(answers.load(base, attempts), 0.05) <= places_required_queueing(
        answers.load(base, 1.0), 0.05
    )

"""What the cascade is made of: shares, events and people, unmet need, posts; each with its arithmetic."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from needs_assessment.estimate import cascade

COUNTS = st.integers(0, 100_000)
SHARES = st.floats(0, 1)


def test_worked_cases() -> None:
    assert cascade.reached(20_000, 0.189) == pytest.approx(3_780)  # 20,000 × 18.9%
    assert cascade.people_from_events(3_100, 1_200) == 1_900  # incidents less repeats
    assert cascade.households_at_move_on(50, ready=6, at_home=20) == 36  # 50 − 20 + 6
    assert cascade.unmet_need(100, 130) == -30, "never cut at zero"
    assert cascade.fte_needed(496.48, 100) == pytest.approx(4.9648)
    assert cascade.fte_needed(496.48, 400) == pytest.approx(1.2412)
    assert cascade.fte_gap(4.9648, 6) == pytest.approx(-1.0352)


def test_missing_stays_missing() -> None:
    assert math.isnan(cascade.unmet_need(np.nan, 10))
    assert math.isnan(cascade.fte_gap(5, np.nan))
    assert np.isnan(cascade.reached([np.nan, 10.0], 0.5)).tolist() == [True, False]


@pytest.mark.parametrize(
    "call",
    [
        lambda: cascade.reached(-1, 0.5),
        lambda: cascade.reached(10, 1.5),
        lambda: cascade.people_from_events(10, 11),
        lambda: cascade.people_from_events(-1, 0),
        lambda: cascade.households_at_move_on(5, at_home=6),
        lambda: cascade.fte_needed(-1, 100),
        lambda: cascade.fte_needed(10, 0),
    ],
)
def test_impossible_figures_are_refused(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"negative|share|repeat|stayed|above zero"):
        call()


@given(COUNTS, SHARES)
def test_who_is_reached_and_who_is_not_add_up(victims: int, share: float) -> None:
    met = cascade.reached(victims, share)
    assert 0 <= met <= victims
    assert met + cascade.unmet_need(victims, met) == pytest.approx(victims)


@given(st.lists(st.integers(1, 8), min_size=1, max_size=60))
def test_incidents_less_repeats_are_people_by_counting(incidents_of_each: list[int]) -> None:
    """A second implementation: count victims one by one, and every incident after a victim's first as a repeat."""
    victims = repeats = events = 0
    for incidents in incidents_of_each:
        victims += 1
        for number in range(incidents):
            events += 1
            repeats += number > 0
    assert cascade.people_from_events(events, repeats) == victims


@given(COUNTS, st.integers(1, 1000), st.integers(2, 5))
def test_posts_grow_with_the_work(volume: int, each: int, times: int) -> None:
    needed = cascade.fte_needed(volume, each)
    assert cascade.fte_needed(volume * times, each) == pytest.approx(needed * times)
    assert needed * each == pytest.approx(volume)
    assert cascade.fte_gap(needed, needed) == 0

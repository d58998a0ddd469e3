"""Draws that remember, and draws that move one unknown at a time."""

from __future__ import annotations

import numpy as np
import pytest

from needs_assessment.estimate.draws import RANGE_ENDS, TAILS, Draws, OneAtATime, RecordedDraws


def test_recorded_draws_are_the_same_draws_and_are_kept_by_name() -> None:
    plain, recorded = Draws(500, 9), RecordedDraws(500, 9)
    for draws in (plain, recorded):
        draws.range("stay", 140, 118, 148)
        draws.range("certain", 3, None, None)
        draws.normal("effect")
        draws.proportion("rate", 0.08, effective_base=5000.0)
        draws.proportion_from_interval("printed", 0.08, 0.07, 0.09)
    assert list(recorded.realised) == ["stay", "effect", "rate", "printed"]
    np.testing.assert_array_equal(recorded.realised["stay"], plain.range("stay", 140, 118, 148))
    np.testing.assert_array_equal(recorded.realised["effect"], plain.normal("effect"))
    np.testing.assert_array_equal(
        recorded.realised["rate"], plain.proportion("rate", 0.08, effective_base=5000.0)
    )


def test_one_at_a_time_holds_all_others_in_the_middle() -> None:
    draws = OneAtATime({"stay": RANGE_ENDS, "effect": TAILS}, more=1)
    stay, effect = draws.range("stay", 140, 118, 148), draws.normal("effect")
    assert stay.tolist() == [140, 118, 148, 140, 140, 140]
    np.testing.assert_allclose(effect, [0, 0, 0, -1.959964, 1.959964, 0], atol=1e-6)
    assert draws.columns(["effect", "stay"]).tolist() == [[3, 4], [1, 2]]


def test_an_effect_in_the_middle_is_its_mean() -> None:
    """exp(0 − 0.15²/2) = 0.98881 is the middle of a lognormal of mean 1; in the base it stands at 1."""
    draws = OneAtATime({"effect": TAILS})
    spread = np.full(3, 0.15)
    factors = draws.mean_one(draws.normal("effect"), spread)
    assert factors[0] == 1.0
    assert factors[2] == pytest.approx(np.exp(1.959964 * 0.15 - 0.15**2 / 2), rel=1e-6)

"""The draws: keyed by name, stratified, within their ranges.

Draws that remember, and draws that move one unknown at a time.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from needs_assessment.estimate.draws import (
    RANGE_ENDS,
    TAILS,
    Draws,
    OneAtATime,
    RecordedDraws,
    two_piece_triangle,
)


def test_a_name_has_the_same_draws_whatever_else_is_drawn() -> None:
    first, second = Draws(500, 7), Draws(500, 7)
    second.uniform("something else")
    np.testing.assert_array_equal(first.uniform("rate"), second.uniform("rate"))
    assert not np.array_equal(first.uniform("rate"), first.uniform("rate 2"))
    assert not np.array_equal(first.uniform("rate"), Draws(500, 8).uniform("rate"))


def test_each_stratum_holds_one_draw() -> None:
    uniform = Draws(1000, 1).uniform("x")
    assert sorted(np.floor(uniform * 1000).astype(int)) == list(range(1000))


def test_names_are_independent_of_each_other() -> None:
    drawn = Draws(20_000, 3).normals([f"ward effect {number}" for number in range(20)]).astype(float)
    off_diagonal = np.corrcoef(drawn)[~np.eye(20, dtype=bool)]
    assert np.abs(off_diagonal).max() < 5 / np.sqrt(20_000)


@pytest.mark.parametrize("count", [2, 10_000, 16_384, 20_000])
def test_every_row_of_normals_holds_each_stratum_once_in_its_own_order(count: int) -> None:
    names = ["ward effect E05000001", "ward effect E05000002"]
    drawn = Draws(count, 3).normals(names)
    middles = stats.norm.ppf((np.arange(count) + 0.5) / count)
    for row in drawn:
        np.testing.assert_allclose(np.sort(row), middles, atol=1e-6)
    assert count == 2 or not np.array_equal(drawn[0], drawn[1])
    into = np.empty((1, count), dtype=np.float32)
    assert Draws(count, 3).normals(names[1:], out=into) is into
    np.testing.assert_array_equal(into[0], drawn[1])


def test_the_order_of_normals_has_no_pattern() -> None:
    drawn = Draws(10_000, 3).normals([f"ward effect {number}" for number in range(50)]).astype(float)
    place = np.arange(10_000)
    # neither a trend nor a likeness to the next draw: each of 50 rows stays within five standard errors
    assert max(abs(np.corrcoef(row, place)[0, 1]) for row in drawn) < 0.05
    assert max(abs(np.corrcoef(row[1:], row[:-1])[0, 1]) for row in drawn) < 0.05


def test_a_judgement_is_triangular_over_its_range() -> None:
    drawn = Draws(50_000, 2).range("spread", 0.25, 0.10, 0.40)
    assert drawn.min() >= 0.10
    assert drawn.max() <= 0.40
    reference = stats.triang(c=0.5, loc=0.10, scale=0.30)
    assert drawn.mean() == pytest.approx(reference.mean(), abs=1e-4)
    assert np.quantile(drawn, [0.1, 0.9]) == pytest.approx(reference.ppf([0.1, 0.9]), abs=1e-4)


def test_an_even_range_is_the_ordinary_triangle() -> None:
    uniform = np.linspace(0.001, 0.999, 201)
    expected = stats.triang(c=0.5, loc=2.0, scale=4.0).ppf(uniform)
    np.testing.assert_allclose(two_piece_triangle(uniform, 2.0, 4.0, 6.0), expected, atol=1e-9)


@pytest.mark.parametrize(
    ("low", "value", "high"), [(1.0, 1.2, 1.6), (118.0, 140.0, 148.0), (0.5, 1.0, 1.2), (1.0, 1.0, 3.0)]
)
def test_a_lopsided_range_keeps_the_value_as_its_median(low: float, value: float, high: float) -> None:
    drawn = Draws(10_000, 3).range("x", value, low, high)
    assert np.median(drawn) == pytest.approx(value, rel=0.005)
    assert drawn.min() >= low
    assert drawn.max() <= high
    assert np.all(np.diff(two_piece_triangle(np.linspace(0, 1, 101), low, value, high)) >= 0)


def test_a_figure_without_range_is_itself_and_one_outside_its_range_is_refused() -> None:
    draws = Draws(10, 1)
    assert set(draws.range("x", 3.0, None, None)) == {3.0}
    assert set(draws.range("x", 3.0, 3.0, 3.0)) == {3.0}
    with pytest.raises(ValueError, match="outside its range"):
        draws.range("x", 5.0, 1.0, 2.0)


def test_a_proportion_follows_its_effective_base() -> None:
    drawn = Draws(50_000, 4).proportion("rate", 0.095, effective_base=5000)
    assert np.all((drawn > 0) & (drawn < 1))
    assert drawn.std() == pytest.approx(np.sqrt(0.095 * 0.905 / 5000), rel=0.02)
    assert np.median(drawn) == pytest.approx(0.095, rel=1e-3)


def test_a_published_interval_is_met() -> None:
    drawn = Draws(50_000, 4).proportion_from_interval("rate", 0.095, 0.085, 0.106)
    assert np.quantile(drawn, [0.025, 0.975]) == pytest.approx([0.085, 0.106], rel=0.01)


def test_factors_have_mean_one() -> None:
    draws = Draws(50_000, 5)
    factors = draws.mean_one(draws.normal("effect"), np.full(50_000, 0.3))
    assert factors.mean() == pytest.approx(1.0, abs=2e-3)


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

"""First-order shares of variance and one at a time, against sums that can be done by hand and another estimator."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from needs_assessment.estimate.draws import Draws
from needs_assessment.estimate.sensitivity import first_order, one_at_a_time

DRAWS = 10_000


def normals(*names: str) -> dict[str, np.ndarray]:
    draws = Draws(DRAWS, 7)
    return {name: draws.normal(name) for name in names}


def test_a_linear_sum_of_normals_has_the_shares_of_the_formula() -> None:
    """Y = 1·X1 + 2·X2 + 3·X3 with sd 1, 1, 0.5: variances 1, 4, 2.25 of 7.25, so 0.1379, 0.5517, 0.3103.

    The chance of a share estimated from n draws is about 2·√(S/n)·√(1−S) ≤ 0.01 at n = 10,000.
    """
    x = normals("a", "b", "c")
    inputs = {"a": x["a"], "b": x["b"], "c": 0.5 * x["c"]}
    fit = first_order(x["a"] + 2 * x["b"] + 3 * inputs["c"], inputs)
    for name, variance in (("a", 1.0), ("b", 4.0), ("c", 2.25)):
        assert fit.shares[name][0] == pytest.approx(variance / 7.25, abs=0.01)
    assert sum(share[0] for share in fit.shares.values()) == pytest.approx(1.0, abs=0.02)


def test_ishigamis_function_has_its_published_shares() -> None:
    """sin x1 + 7 sin² x2 + 0.1 x3⁴ sin x1 on (−π, π): V1 = ½(1 + b π⁴/5)², V2 = a²/8, V3 = 0 (Ishigami & Homma 1990)."""
    a, b = 7.0, 0.1
    draws = Draws(DRAWS, 11)
    x1, x2, x3 = (math.pi * (2 * draws.uniform(name) - 1) for name in ("x1", "x2", "x3"))
    first = 0.5 * (1 + b * math.pi**4 / 5) ** 2
    total = a**2 / 8 + b * math.pi**4 / 5 + b**2 * math.pi**8 / 18 + 0.5
    y = np.sin(x1) + a * np.sin(x2) ** 2 + b * x3**4 * np.sin(x1)
    fit = first_order(y, {"x1": x1, "x2": x2, "x3": x3}, degree=12)
    assert fit.shares["x1"][0] == pytest.approx(first / total, abs=0.02)
    assert fit.shares["x2"][0] == pytest.approx(a**2 / 8 / total, abs=0.02)
    assert fit.shares["x3"][0] == pytest.approx(0.0, abs=0.01)


def test_the_library_for_sobol_indices_gives_the_same() -> None:
    """A second estimator: Saltelli's, of scipy, which draws for itself and calls the function again and again."""

    def places(x: np.ndarray) -> np.ndarray:
        risk, stay, tries = x
        return np.asarray(86.0 * np.exp(0.15 * risk - 0.011) * (60 + 27 / tries) / 87 * stay / 365)

    laws = [stats.norm(), stats.uniform(118, 30), stats.uniform(1.0, 0.6)]
    theirs = stats.sobol_indices(func=places, n=8192, dists=laws, rng=np.random.default_rng(3)).first_order
    draws = Draws(DRAWS, 5)
    x = np.stack([law.ppf(draws.uniform(f"x{place}")) for place, law in enumerate(laws)])
    ours = first_order(places(x), dict(zip("abc", x, strict=True))).shares
    for name, share in zip("abc", np.ravel(theirs), strict=True):
        assert ours[name][0] == pytest.approx(float(share), abs=0.02)


def test_an_input_that_is_not_used_or_never_varies_has_no_share() -> None:
    x = normals("used", "unused")
    inputs = {**x, "certain": np.full(DRAWS, 4.0)}
    shares = first_order(x["used"] ** 3, inputs, degree=5).shares
    assert shares["unused"][0] < 0.002
    assert shares["certain"][0] == 0.0
    assert shares["used"][0] == pytest.approx(1.0, abs=0.01)


def test_where_inputs_act_together_the_shares_leave_the_interaction_out() -> None:
    """Y = X1·X2 of two standard normals: neither alone explains anything, together all."""
    x = normals("a", "b")
    apart = first_order(x["a"] * x["b"], x).shares
    assert apart["a"][0] + apart["b"][0] < 0.02
    together = first_order(x["a"] * x["b"], {"both": np.stack([x["a"], x["b"]])}).shares
    assert together["both"][0] == pytest.approx(1.0, abs=0.02)


def test_several_figures_at_once_are_as_each_alone() -> None:
    x = normals("a", "b")
    figures = np.stack([x["a"] + x["b"], x["a"] ** 2])
    both = first_order(figures, x).shares
    for place in range(2):
        alone = first_order(figures[place], x).shares
        assert both["a"][place] == pytest.approx(alone["a"][0], rel=1e-9)


def test_a_figure_that_never_varies_has_no_shares() -> None:
    x = normals("a")
    assert first_order(np.full(DRAWS, 3.0), x).shares["a"][0] == 0.0
    assert first_order(x["a"], {"none": np.ones(DRAWS)}).shares["none"][0] == 0.0


def test_few_draws_take_straight_lines_and_too_few_are_refused() -> None:
    draws = Draws(40, 1)
    x = {name: draws.normal(name) for name in "abc"}
    assert first_order(x["a"] * 2, x).shares["a"][0] == pytest.approx(1.0, abs=0.1)
    with pytest.raises(ValueError, match="too few"):
        first_order(x["a"][:8], {name: drawn[:8] for name, drawn in x.items()})
    with pytest.raises(ValueError, match="different numbers"):
        first_order(x["a"], {"a": x["a"][:5]})


def test_one_at_a_time_is_the_two_ends_and_combines_parts_by_squares() -> None:
    """Parts that move a figure of 10 by +3 and +4 upwards give √(9 + 16) = 5; a move one way only leaves the other at base."""
    assert one_at_a_time(10.0, np.array([[8.0, 13.0]])) == (8.0, 13.0)
    assert one_at_a_time(10.0, np.array([[13.0, 8.0]])) == (8.0, 13.0)
    assert one_at_a_time(10.0, np.array([[9.0, 13.0], [10.0, 14.0]])) == (9.0, 15.0)
    assert one_at_a_time(10.0, np.array([[11.0, 13.0]])) == (10.0, 13.0)

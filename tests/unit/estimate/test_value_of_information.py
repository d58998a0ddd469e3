"""What knowing an input would narrow, against the normal case and against learning it for many values in turn."""

from __future__ import annotations

import numpy as np
import pytest

from needs_assessment.estimate.draws import Draws
from needs_assessment.estimate.sensitivity import first_order, interval_narrowing

DRAWS = 10_000


def test_a_normal_sum_narrows_by_the_formula() -> None:
    """Y = 3·X1 + 4·X2: sd 5. Knowing X2 leaves sd 3, so the interval narrows by 1 − 3/5 = 0.4; knowing X1 by 1 − 4/5 = 0.2."""
    draws = Draws(DRAWS, 2)
    x = {name: draws.normal(name) for name in ("x1", "x2")}
    y = 3 * x["x1"] + 4 * x["x2"]
    fit = first_order(y, x)
    assert interval_narrowing(y, fit.effects["x2"][0]) == pytest.approx(0.4, abs=0.02)
    assert interval_narrowing(y, fit.effects["x1"][0]) == pytest.approx(0.2, abs=0.02)
    # the variance left on average is (1 − S)·Var Y: 9 of 25, and 16 of 25
    assert np.var(y - fit.effects["x2"][0]) == pytest.approx(9.0, rel=0.05)
    assert np.var(y - fit.effects["x1"][0]) == pytest.approx(16.0, rel=0.05)


def test_a_product_narrows_as_learning_the_input_again_and_again_does() -> None:
    """The long way: 400 possible values of the input, a thousand draws of the rest for each, the mean width of theirs."""
    draws = Draws(DRAWS, 3)
    x, z = draws.normal("x"), draws.normal("z")
    y = np.exp(0.15 * x) * (100 + 8 * z)
    effect = first_order(y, {"x": x, "z": z}).effects["x"][0]
    rng = np.random.default_rng(4)
    widths = []
    for known in rng.normal(size=400):
        ends = np.quantile(np.exp(0.15 * known) * (100 + 8 * rng.normal(size=1000)), [0.025, 0.975])
        widths.append(ends[1] - ends[0])
    whole = np.quantile(y, [0.025, 0.975])
    naive = 1 - np.mean(widths) / (whole[1] - whole[0])
    assert interval_narrowing(y, effect) == pytest.approx(naive, abs=0.03)


def test_knowing_everything_leaves_nothing_and_nothing_varies_nothing_narrows() -> None:
    y = Draws(DRAWS, 5).normal("y")
    assert interval_narrowing(y, y) == 1.0
    assert interval_narrowing(y, np.zeros_like(y)) == 0.0
    assert interval_narrowing(np.full(10, 4.0), np.zeros(10)) == 0.0

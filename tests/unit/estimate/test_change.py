"""The split of a change into its causes: worked by hand, by every order one by one, and by its properties."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from needs_assessment.estimate.change import recomposed, same_mix, shapley

Value = Callable[[frozenset[str]], float]


def every_order(value: Value, factors: list[str]) -> dict[str, float]:
    """The second opinion: change the factors one after the other in every order, and average each one's step."""
    orders = list(permutations(factors))
    parts = dict.fromkeys(factors, 0.0)
    for order in orders:
        changed: frozenset[str] = frozenset()
        for factor in order:
            parts[factor] += (value(changed | {factor}) - value(changed)) / len(orders)
            changed |= {factor}
    return parts


def test_two_factors_by_hand() -> None:
    """100 people at 10% become 120 people at 15%: 10 victims become 18.

    People: half of (120 - 100) * 10% + half of (120 - 100) * 15% = 1.0 + 1.5 = 2.5.
    Rate: half of 100 * 5% + half of 120 * 5% = 2.5 + 3.0 = 5.5. Together 8.
    """

    def victims(chosen: frozenset[str]) -> float:
        return (120 if "people" in chosen else 100) * (0.15 if "rate" in chosen else 0.10)

    parts = shapley(victims, ["people", "rate"])
    assert float(parts["people"]) == pytest.approx(2.5)
    assert float(parts["rate"]) == pytest.approx(5.5)


def test_das_guptas_three_factors() -> None:
    """R = αβγ: the part of α is (A - a) times [(bc + BC) / 3 + (bC + Bc) / 6] (Das Gupta 1993, three factors)."""
    low, high = {"a": 2.0, "b": 3.0, "c": 5.0}, {"a": 4.0, "b": 3.5, "c": 4.0}

    def product(chosen: frozenset[str]) -> float:
        return float(np.prod([high[name] if name in chosen else low[name] for name in low]))

    parts = shapley(product, list(low))
    expected = (4 - 2) * ((3 * 5 + 3.5 * 4) / 3 + (3 * 4 + 3.5 * 5) / 6)
    assert float(parts["a"]) == pytest.approx(expected)


tables = st.integers(1, 5).flatmap(
    lambda count: st.tuples(
        st.just([f"cause {place}" for place in range(count)]),
        st.lists(st.floats(-1e6, 1e6), min_size=2**count, max_size=2**count),
    )
)


def table_of(factors: list[str], numbers: list[float]) -> Value:
    def value(chosen: frozenset[str]) -> float:
        return numbers[sum(2**place for place, name in enumerate(factors) if name in chosen)]

    return value


@given(tables)
def test_as_by_every_order_and_adding_up(drawn: tuple[list[str], list[float]]) -> None:
    factors, numbers = drawn
    value = table_of(factors, numbers)
    parts = shapley(value, factors)
    naive = every_order(value, factors)
    scale = max(map(abs, numbers)) + 1e-9
    for name in factors:
        assert float(parts[name]) == pytest.approx(naive[name], abs=1e-9 * scale)
    assert sum(map(float, parts.values())) == pytest.approx(numbers[-1] - numbers[0], abs=1e-9 * scale)


@given(tables)
def test_the_order_of_the_factors_changes_nothing(drawn: tuple[list[str], list[float]]) -> None:
    factors, numbers = drawn
    value = table_of(factors, numbers)
    one, other = shapley(value, factors), shapley(value, factors[::-1])
    scale = max(map(abs, numbers)) + 1e-9
    for name in factors:
        assert float(one[name]) == pytest.approx(float(other[name]), abs=1e-9 * scale)


@given(tables)
def test_a_factor_without_effect_has_exactly_no_part(drawn: tuple[list[str], list[float]]) -> None:
    factors, numbers = drawn
    value = table_of(factors, numbers)
    parts = shapley(lambda chosen: value(chosen - {"idle"}), [*factors, "idle"])
    assert float(parts["idle"]) == 0.0


@given(st.floats(1, 1e6), st.floats(1, 1e6), st.floats(0, 10))
def test_factors_that_do_the_same_have_the_same_part(start: float, step: float, both: float) -> None:
    parts = shapley(lambda chosen: start + step * len(chosen) + both * (len(chosen) == 2), ["one", "other"])
    assert float(parts["one"]) == float(parts["other"])


def test_arrays_keep_their_figures_apart_and_a_missing_one_stays_missing() -> None:
    def value(chosen: frozenset[str]) -> np.ndarray:
        return np.array([len(chosen), np.nan if "b" in chosen else 1.0])

    parts = shapley(value, ["a", "b"])
    assert float(parts["a"][0]) == 1.0
    assert np.isnan(parts["a"][1])
    assert np.isnan(parts["b"][1])


def test_a_factor_is_named_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        shapley(len, ["a", "a"])


def test_recomposed_by_hand() -> None:
    """Total 200 of one; women half of another's residents; wards 1 : 3 in a third: 25 and 75 women of 50 and 150."""
    mix = np.array([[10.0, 5.0]])
    spread = np.array([[20.0, 4.0], [60.0, 12.0]])
    assert recomposed(200.0, mix, spread).tolist() == [[50.0, 25.0], [150.0, 75.0]]


def test_recomposed_of_one_population_is_itself_and_keeps_its_totals() -> None:
    people = np.array([[50.0, 20.0, 0.0], [70.0, 30.0, 0.0]])
    assert np.allclose(recomposed(120.0, people, people), people, rtol=1e-15)
    # a cell that nobody of the pattern is in follows all residents
    mix = np.array([[10.0, 4.0, 2.0]])
    made = recomposed(120.0, mix, people)
    assert made.sum(axis=0) == pytest.approx([120.0, 48.0, 24.0])
    assert made[:, 2] == pytest.approx([10.0, 14.0])
    with pytest.raises(ValueError, match="without residents"):
        recomposed(1.0, np.zeros((1, 2)), mix)


@given(st.integers(2, 500))
def test_a_scaled_population_has_the_same_mix(times: int) -> None:
    people = np.array([[301.0, 117.0, 99.0], [77.0, 33.0, 21.0]])
    assert same_mix(people, people * times)
    assert not same_mix(people, people + np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]))
    assert not same_mix(people, people[:1])

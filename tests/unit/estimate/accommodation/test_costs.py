"""Costs: no unit cost is no cost, revenue and capital apart, one price year, and a flag where definitions differ."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from needs_assessment.estimate.accommodation.costs import (
    cost_of_gap,
    cost_to_society,
    in_prices_of,
)
from needs_assessment.registers.registers import load_registers

PLACES = "family places"


def test_cost_of_the_gap_by_type() -> None:
    """Refuge 15 short at 20,000 a year and 60,000 to build; dispersed 4 over; second stage 2 short, cost unknown."""
    found = cost_of_gap([15, -4, 2], [20_000, 9_000, np.nan], [60_000, np.nan, 50_000], PLACES, PLACES)
    np.testing.assert_array_equal(found.revenue, [300_000, 0, np.nan])
    np.testing.assert_array_equal(found.capital, [900_000, np.nan, 100_000])
    assert found.missing_revenue.tolist() == [False, False, True]
    assert found.missing_capital.tolist() == [False, True, False]
    assert np.isnan(found.revenue_total)
    assert np.isnan(found.capital_total)


def test_a_total_of_known_costs_and_of_draws() -> None:
    found = cost_of_gap([[15, 16], [2, 1]], [20_000, 10_000], [0, 50_000], PLACES, PLACES)
    np.testing.assert_array_equal(found.revenue_total, [320_000, 330_000])
    np.testing.assert_array_equal(found.capital_total, [100_000, 50_000])  # a unit cost of zero is a zero


def test_a_missing_gap_has_no_cost() -> None:
    assert np.isnan(cost_of_gap([np.nan], [20_000], [0], PLACES, PLACES).revenue[0])


def test_costs_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="different units"):
        cost_of_gap([15], [20_000], [0], PLACES, "bed spaces")
    with pytest.raises(ValueError, match="each type"):
        cost_of_gap([15], [20_000, 1], [0], PLACES, PLACES)
    with pytest.raises(ValueError, match="negative"):
        cost_of_gap([15], [-1], [0], PLACES, PLACES)


def test_price_years() -> None:
    assert in_prices_of(34_000, 1.31) == pytest.approx(44_540)
    with pytest.raises(ValueError, match="above zero"):
        in_prices_of(1, 0)


def test_cost_to_society_in_one_price_year(data: Path) -> None:
    """34,000 × 1.31 × 10,000 victims = 445.4 million."""
    registers = load_registers(data)
    cost, ratio = registers.figure("ho_cost_per_victim"), registers.figure("gdp_deflator_2017_2025")
    settings = {"price_year": "YE March 2025", "unit_cost_definition": "the old questions"}
    same = cost_to_society(cost, 10_000, ratio, volume_definition="the old questions", **settings)
    assert same.value == pytest.approx(445_400_000)
    assert not same.definitions_differ
    assert same.warning == ""
    mixed = cost_to_society(cost, [10_000, np.nan], ratio, volume_definition="the new questions", **settings)
    assert mixed.definitions_differ
    assert "the old questions" in mixed.warning
    assert "the new questions" in mixed.warning
    assert np.isnan(mixed.value[1])


def test_a_cost_says_what_it_rests_on() -> None:
    with pytest.raises(ValueError, match="definition"):
        cost_to_society(1, 1, 1, price_year="2025", unit_cost_definition="", volume_definition="new")
    with pytest.raises(ValueError, match="negative"):
        cost_to_society(-1, 1, 1, price_year="2025", unit_cost_definition="a", volume_definition="a")

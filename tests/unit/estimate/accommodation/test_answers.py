"""The four answers for Central Bedfordshire, with the arithmetic, from the registers; and local returns in place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from needs_assessment.estimate.accommodation import answers
from needs_assessment.estimate.accommodation.answers import RefugeDemand
from needs_assessment.estimate.accommodation.places import (
    combine_places,
    places_required_standard,
    probability_of_gap,
)
from needs_assessment.estimate.draws import Draws
from needs_assessment.estimate.queueing import DAYS_PER_YEAR, erlang_b, places_required_queueing
from needs_assessment.registers.registers import Registers, load_registers

PERCENT = 100


@pytest.fixture(scope="module")
def registers(data: Path) -> Registers:
    return load_registers(data)


@pytest.fixture(scope="module")
def residents(data: Path) -> float:
    return float(pd.read_csv(data / "areas" / "E06000056" / "population.csv")["persons"].sum())


def shares(registers: Registers) -> dict[str, float]:
    return {
        "capacity_share": registers.figure("refuge_declined_capacity") / PERCENT,
        "acceptance_share": registers.figure("refuge_accepted") / registers.figure("refuge_referred"),
    }


def national(registers: Registers, residents: float, **changed: object) -> RefugeDemand:
    ingredients = {
        "referred": registers.figure("refuge_referred"),
        "accepted": registers.figure("refuge_accepted"),
        "capacity_share": registers.figure("refuge_declined_capacity") / PERCENT,
        "stay_days": registers.figure("refuge_stay_days"),
        "places_in_use": registers.figure("refuge_spaces"),
        **changed,
    }
    return answers.national_demand(residents, registers.figure("england_residents_2023"), **ingredients)  # type: ignore[arg-type]


def test_standard(registers: Registers, residents: float) -> None:
    """301,501 / 10,000 = 30.15, rounded up to 31 (methods.md prints the exact 30.2)."""
    rounded, exact = places_required_standard(residents, registers.figure("standard_places"))
    assert (rounded, round(exact, 1)) == (31, 30.2)


def test_standard_on_another_base(registers: Registers, data: Path) -> None:
    """The same figure for each 10,000 women or adults: smaller bases, fewer places."""
    frame = pd.read_csv(data / "areas" / "E06000056" / "population.csv")
    adults = frame[frame["age_from"] >= 16]["persons"].sum()
    assert adults == 242_178
    assert places_required_standard(float(adults), registers.figure("standard_places"))[0] == 25


def test_national_model(registers: Registers, residents: float) -> None:
    """5,369 × 301,501 / 57,690,323 = 28.06."""
    places = answers.national_model(
        residents, registers.figure("england_residents_2023"), registers.figure("bowstead_minimum")
    )
    assert round(float(places), 1) == 28.1


def test_queueing_and_turned_away_by_hand(registers: Registers, residents: float) -> None:
    """Step by step, as a reader with a calculator would.

    Declined 27,754 − 10,824 = 16,930; 40.6% for lack of capacity: 6,873.6 referrals; ÷ 1.2: 5,728.0 households.
    Central Bedfordshire's share of England: 301,501 / 57,690,323 = 0.0052262.
    Arrivals 16,552.0 × 0.0052262 = 86.50 a year; × 140 days / 365 = 33.18 Erlang; 39 places turn away 4.56%.
    Turned away: 4,385 × 0.0052262 = 22.92 in use, + 5,728.0 × 0.0052262 × 140 / 365 = 11.48, together 34.40.
    """
    demand, attempts = national(registers, residents), registers.figure("attempts_per_household")
    assert demand.declined_for_capacity == pytest.approx(6873.58 * residents / 57_690_323)
    assert answers.households_seeking(demand, attempts) == pytest.approx(86.50, abs=0.005)
    load = answers.load(demand, attempts)
    assert load == pytest.approx(33.18, abs=0.005)
    target = registers.figure("turn_away_target")
    assert places_required_queueing(answers.load(demand, attempts), target) == 39
    assert erlang_b(38, load) == pytest.approx(0.0561, abs=5e-5)
    assert erlang_b(39, load) == pytest.approx(0.0456, abs=5e-5)
    assert demand.places_in_use == pytest.approx(22.92, abs=0.005)
    assert round(float(answers.turned_away(demand, attempts)), 1) == 34.4


def test_with_one_attempt_for_each_household(registers: Registers, residents: float) -> None:
    """6,873.6 households: 92.49 a year, 35.48 Erlang, 41 places; 22.92 + 13.78 = 36.70."""
    demand = national(registers, residents)
    assert answers.load(demand, 1.0) == pytest.approx(35.48, abs=0.005)
    assert places_required_queueing(answers.load(demand, 1.0), registers.figure("turn_away_target")) == 41
    assert round(float(answers.turned_away(demand, 1.0)), 1) == 36.7


def test_the_registered_stay_is_littles_law_rounded(registers: Registers, residents: float) -> None:
    """4,385 × 0.95 × 365 / 10,824 = 140.47, registered as 140; either gives 39 places."""
    spaces, accepted = registers.figure("refuge_spaces"), registers.figure("refuge_accepted")
    in_use = np.array([0.80, registers.figure("refuge_occupancy"), 1.00])
    stays = spaces * in_use * DAYS_PER_YEAR / accepted
    item = registers.assumption("refuge_stay_days")
    np.testing.assert_allclose(stays, [item.low, item.value, item.high], atol=0.5)
    exact = national(registers, residents, stay_days=stays[1])
    assert places_required_queueing(answers.load(exact, 1.2), registers.figure("turn_away_target")) == 39


def test_draws_spread_round_the_central_answer(registers: Registers, residents: float) -> None:
    draws = Draws(2000, 5)
    effect = draws.mean_one(draws.normal("authority effect"), np.full(2000, 0.15))
    stay = draws.range("refuge_stay_days", 140, 118, 148)
    demand = national(registers, residents, stay_days=stay, authority_effect=effect)
    attempts = draws.range("attempts_per_household", 1.2, 1.0, 1.6)
    required = places_required_queueing(answers.load(demand, attempts), 0.05)
    assert required.shape == (2000,)
    # the range of the stay lies mostly below its central value, so the median lies below 39
    assert 33 <= np.median(required) <= 39
    assert np.quantile(required, 0.025) < 39 < np.quantile(required, 0.975)
    flat = national(registers, residents, authority_effect=np.ones(3))
    np.testing.assert_array_equal(places_required_queueing(answers.load(flat, 1.2), 0.05), [39, 39, 39])
    assert answers.turned_away(flat, 1.2).shape == (3,)


def test_local_returns_replace_the_national_parts(registers: Registers, residents: float) -> None:
    demand = national(registers, residents, authority_effect=np.array([0.8, 1.0, 1.2]))
    local = answers.with_local_returns(
        demand,
        **shares(registers),
        referrals=200,
        accepted=90,
        declined_capacity=36,
        stay_days=100,
        places_in_use=24,
    )
    assert local.local == {"accepted", "declined_for_capacity", "stay_days", "places_in_use"}
    # 90 + 36 / 1.2 = 120 households; × 100 / 365 = 32.9; 24 in use + 30 × 100 / 365 = 32.2: no authority effect left
    assert answers.households_seeking(local, 1.2) == pytest.approx(120)
    assert answers.load(local, 1.2) == pytest.approx(32.88, abs=0.005)
    assert answers.turned_away(local, 1.2) == pytest.approx(32.22, abs=0.005)


@pytest.mark.parametrize(
    ("returned", "accepted", "declined", "names"),
    [
        # (200 − 90) × 40.6% = 44.66
        ({"referrals": 200, "accepted": 90}, 90, 44.66, {"accepted", "declined_for_capacity"}),
        # 39% of 277.54 referrals accepted as in England: 108.24, and 40.6% of the other 169.30 is 68.736
        ({"referrals": 277.54}, 108.24, 68.736, {"accepted", "declined_for_capacity"}),
        # 108.24 would leave no room beside 200 declined for lack of capacity
        (
            {"referrals": 277.54, "declined_capacity": 200},
            77.54,
            200,
            {"accepted", "declined_for_capacity"},
        ),
        ({"accepted": 90}, 90, 35.923, {"accepted"}),
        ({"declined_capacity": 0}, 56.568, 0, {"declined_for_capacity"}),
        ({}, 56.568, 35.923, set()),
    ],
)
def test_part_of_a_local_return(
    registers: Registers,
    residents: float,
    returned: dict[str, float],
    accepted: float,
    declined: float,
    names: set[str],
) -> None:
    local = answers.with_local_returns(national(registers, residents), **shares(registers), **returned)  # type: ignore[arg-type]
    assert local.accepted == pytest.approx(accepted, abs=1e-3)
    assert local.declined_for_capacity == pytest.approx(declined, abs=1e-3)
    assert local.local == names


def test_returns_that_contradict_themselves_are_refused(registers: Registers, residents: float) -> None:
    demand = national(registers, residents)
    for wrong in (
        {"referrals": 100, "accepted": 90, "declined_capacity": 20},
        {"referrals": 100, "accepted": 101},
        {"accepted": -1},
        {"stay_days": -1},
        {"places_in_use": -1},
    ):
        with pytest.raises(ValueError, match=r"negative|more than"):
            answers.with_local_returns(demand, **shares(registers), **wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="at least one"):
        answers.households_seeking(demand, 0.9)
    with pytest.raises(ValueError, match="between 0 and 1"):
        national(registers, residents, capacity_share=40)
    with pytest.raises(ValueError, match="above zero"):
        answers.national_model(1, 0, 1)
    with pytest.raises(ValueError, match="negative"):
        national(registers, residents, accepted=30_000)


def test_bed_spaces_are_never_added_to_family_places(registers: Registers, residents: float) -> None:
    local = answers.with_local_returns(
        national(registers, residents), **shares(registers), places_in_use=60, places_unit="bed spaces"
    )
    with pytest.raises(ValueError, match="'bed spaces', 'family places'"):
        answers.turned_away(local, 1.2)
    with pytest.raises(ValueError, match="different units"):
        combine_places(["family places", "single places"], [24, 3])
    with pytest.raises(ValueError, match="one unit for each"):
        combine_places([], [])
    with pytest.raises(ValueError, match="different units"):
        combine_places([""], [1])


def test_places_of_one_unit_add_up_and_missing_stays_missing() -> None:
    assert combine_places(["family places"] * 3, [24, 3, 0]) == 27
    assert np.isnan(combine_places(["family places"] * 2, [24, np.nan]))


def test_probability_of_a_gap() -> None:
    required = np.array([22, 24, 25, 30])
    assert probability_of_gap(required, 24) == 0.5
    assert probability_of_gap(required, 30) == 0
    assert np.isnan(probability_of_gap(required, np.nan))
    by_type = probability_of_gap(np.array([required, required + 2]), [24, np.nan])
    assert by_type[0] == 0.5
    assert np.isnan(by_type[1])

"""Safe accommodation against published and hand-worked figures."""

from __future__ import annotations

import numpy as np
import pytest

from needs_assessment.estimate.accommodation.places import (
    places_if_national_average,
    places_required_standard,
    safe_accommodation_need,
)


@pytest.mark.parametrize(
    ("residents", "required"),
    [
        (56_286_961, 5629),  # England mid-2019: Women's Aid 2021
        (301_501, 31),  # Central Bedfordshire mid-2022: 30.15
        (583_786, 59),  # Warwickshire mid-2020: 58.38
        (300_000, 30),  # exactly thirty is not thirty-one
        (0, 0),
    ],
)
def test_standard(residents: int, required: int) -> None:
    rounded, exact = places_required_standard(residents, 1)
    assert rounded == required
    assert exact == pytest.approx(residents / 10_000)


def test_standard_shortfall_of_england_2019() -> None:
    required, _ = places_required_standard(56_286_961, 1)
    assert required - 3935 == 1694
    assert (required - 3935) / required == pytest.approx(0.301, abs=5e-4)


def test_negative_residents_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        places_required_standard(-1, 1)


def test_national_average_of_central_bedfordshire() -> None:
    assert places_if_national_average(301_501, 4385, 57_690_323) == pytest.approx(22.9, abs=0.05)


def _need(**local: float):
    effect = np.array([0.8, 1.0, 1.2])
    return safe_accommodation_need(301_501, 57_690_323, 48_300, 28_190, np.full(3, 48_300.0), effect, **local)


def test_national_need_per_head() -> None:
    need = _need()
    # by hand: 76,490 x 301,501 / 57,690,323
    assert need.need == pytest.approx(399.75, abs=0.01)
    assert need.met == pytest.approx(252.43, abs=0.01)
    assert need.unmet == pytest.approx(147.33, abs=0.01)
    np.testing.assert_allclose(need.need_draws, need.met_draws + need.unmet_draws)


def test_a_local_count_of_households_supported_replaces_met_need() -> None:
    need = _need(local_met=500)
    assert need.met == 500
    assert need.need == pytest.approx(399.75, abs=0.01)
    assert need.unmet == pytest.approx(399.75 - 500, abs=0.01)  # negative, shown, never cut


def test_two_local_counts_make_need_their_sum() -> None:
    need = _need(local_met=300, local_unmet=40)
    assert (need.need, need.met, need.unmet) == (340, 300, 40)
    assert set(need.need_draws) == {340.0}


def test_a_local_count_of_those_turned_away_adds_to_national_met_need() -> None:
    need = _need(local_unmet=40)
    assert need.need == pytest.approx(252.43 + 40, abs=0.01)

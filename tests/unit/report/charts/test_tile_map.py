"""Tile placement: every ward its own tile, near its true place, whatever the order or origin of the points."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from needs_assessment.report.charts import tile_map
from tests.unit.report.charts.chart_tables import CENTRAL_BEDFORDSHIRE, WARWICKSHIRE, points

places = st.lists(
    st.tuples(st.integers(100_000, 650_000), st.integers(10_000, 650_000)), min_size=1, max_size=25
)


def frame(pairs: list[tuple[int, int]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "ward_code": [f"E05{number:06d}" for number in range(len(pairs))],
            "easting": [east for east, _ in pairs],
            "northing": [north for _, north in pairs],
        }
    )


@given(places)
def test_every_ward_has_its_own_tile(pairs: list[tuple[int, int]]) -> None:
    wards = frame(pairs)
    placed = tile_map.place(wards)
    assert list(placed["ward_code"]) == list(wards["ward_code"])
    assert not placed.duplicated(["column", "row"]).any()
    assert placed["column"].min() == 0
    assert placed["row"].min() == 0


@given(places, st.randoms(use_true_random=False))
def test_the_order_of_the_wards_changes_nothing(pairs: list[tuple[int, int]], random: object) -> None:
    wards = frame(pairs)
    shuffled = wards.sample(frac=1, random_state=len(pairs))
    pd.testing.assert_frame_equal(tile_map.place(wards), tile_map.place(shuffled))


@given(places, st.integers(-90_000, 90_000), st.integers(-9_000, 90_000))
def test_a_shift_of_all_wards_changes_nothing(pairs: list[tuple[int, int]], east: int, north: int) -> None:
    wards = frame(pairs)
    moved = wards.assign(easting=wards["easting"] + east, northing=wards["northing"] + north)
    pd.testing.assert_frame_equal(tile_map.place(wards), tile_map.place(moved))


def test_north_is_up_and_east_is_right() -> None:
    """Nine wards on a square of 3 by 3 kilometres keep their places."""
    wards = frame(
        [
            (400_000 + 1000 * column, 300_000 - 1000 * row)
            for row, column in itertools.product(range(3), repeat=2)
        ]
    )
    placed = tile_map.place(wards)
    order = placed.groupby("row")["column"].apply(lambda one: list(one.index))
    assert [set(one) for one in order] == [{0, 1, 2}, {3, 4, 5}, {6, 7, 8}]
    assert (placed.groupby("row")["column"].apply(lambda one: one.is_monotonic_increasing)).all()


def test_one_ward_and_wards_at_one_point() -> None:
    assert tile_map.place(frame([(1, 1)])).to_dict("records") == [
        {"ward_code": "E05000000", "column": 0, "row": 0}
    ]
    assert not tile_map.place(frame([(5, 5)] * 7)).duplicated(["column", "row"]).any()


def test_wards_in_a_line_keep_their_order() -> None:
    placed = tile_map.place(frame([(400_000 + 1000 * step, 300_000) for step in range(12)]))
    assert placed["column"].is_monotonic_increasing


@pytest.mark.parametrize(("area", "wards"), [(CENTRAL_BEDFORDSHIRE, 31), (WARWICKSHIRE, 103)])
def test_bundled_areas_keep_their_shape(data: Path, area: str, wards: int) -> None:
    """Floors a little under what the layout reaches: a change that loses the shape of the area shows here."""
    where = points(data, area)
    joined = where.merge(tile_map.place(where), on="ward_code", validate="one_to_one")
    assert len(joined) == wards
    assert spearmanr(joined["easting"], joined["column"]).statistic > 0.96
    assert spearmanr(joined["northing"], -joined["row"]).statistic > 0.96
    # of each ward's three nearest wards, most are on one of the eight tiles around it or the ring after
    east, north = joined["easting"].to_numpy(float), joined["northing"].to_numpy(float)
    apart = np.hypot(east[:, None] - east, north[:, None] - north)
    nearest = np.argsort(apart, axis=1)[:, 1:4]
    column, row = joined["column"].to_numpy(), joined["row"].to_numpy()
    steps = np.maximum(np.abs(column[:, None] - column[nearest]), np.abs(row[:, None] - row[nearest]))
    assert (steps <= 1).mean() > 0.7
    assert (steps <= 2).mean() > 0.93
    assert joined["column"].max() < tile_map.LEGIBLE[0]
    assert joined["row"].max() < tile_map.LEGIBLE[1]


def test_the_assignment_is_the_best_of_all_for_a_few_wards() -> None:
    """Against every way of putting five wards on six tiles, by hand."""
    random = np.random.default_rng(3)
    across, down = random.uniform(0, 10, 5), random.uniform(0, 10, 5)
    distance, column, row = tile_map._assign(across, down, 3, 2)
    wanted = np.c_[tile_map._eased(across, 3), tile_map._eased(down, 2)]
    cells = np.array([(c, r) for r in range(2) for c in range(3)])
    best = min(float(((wanted - cells[list(way)]) ** 2).sum()) for way in itertools.permutations(range(6), 5))
    assert distance == pytest.approx(best, abs=1e-6)
    assert float(((wanted - np.c_[column, row]) ** 2).sum()) == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda wards: wards.assign(ward_code="E05000000"), "twice"),
        (lambda wards: wards.assign(northing=[1.0, np.nan, 2.0]), "no northing"),
        (lambda wards: wards.assign(ward_code=["E05000000", "", "E05000002"]), "no code"),
        (lambda wards: wards.iloc[:0], "no ward"),
    ],
)
def test_points_that_cannot_be_placed_are_refused(spoil: object, said: str) -> None:
    wards = frame([(1, 1), (2, 2), (3, 3)])
    with pytest.raises(ValueError, match=said):
        tile_map.place(spoil(wards))  # type: ignore[operator]

"""What must hold for any population: doubling doubles, order does not matter, parts add up."""

from __future__ import annotations

import csv
import datetime as dt
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from needs_assessment import Scenario, assess
from needs_assessment.results import Results

DAY = dt.date(2026, 11, 22)
COUNTS = ("victims_last_year", "victims_since_16", "children_affected", "high_risk_cases")


def _write(path: Path, counts: dict[str, list[list[int]]], order: list[int]) -> None:
    rows = []
    for code, (women, men) in counts.items():
        for sex, persons in (("F", women), ("M", men)):
            rows += [
                (
                    code,
                    "Ward " + "".join("ABCDEFGHIJ"[int(digit)] for digit in code[-4:]),
                    sex,
                    age,
                    persons[age % len(persons)],
                )
                for age in range(91)
            ]
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["ward_code", "ward_name", "sex", "age", "persons"])
        writer.writerows(rows[place] for place in order)


def _results(path: Path) -> Results:
    return assess(Scenario(area=("E06000002",), population=str(path), as_of=DAY, draws=150)).results


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), wards=st.integers(1, 6))
def test_doubling_the_population_doubles_need(
    seed: int, wards: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rng, folder = random.Random(seed), tmp_path_factory.mktemp("population")
    counts = {
        f"E0500{900 + ward:04d}": [[rng.randint(1, 90) for _ in range(7)] for _ in "FM"]
        for ward in range(wards)
    }
    double = {code: [[2 * count for count in sex] for sex in both] for code, both in counts.items()}
    order = list(range(wards * 182))
    _write(folder / "once.csv", counts, order)
    _write(folder / "twice.csv", double, order)
    once, twice = _results(folder / "once.csv"), _results(folder / "twice.csv")
    for measure in COUNTS:
        assert twice.row(measure).value == pytest.approx(2 * once.row(measure).value)
        assert twice.row(measure).high == pytest.approx(2 * once.row(measure).high)
    assert twice.row("prevalence_last_year").value == pytest.approx(once.row("prevalence_last_year").value)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_rows_changes_nothing(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    rng, folder = random.Random(seed), tmp_path_factory.mktemp("population")
    counts = {
        f"E0500{900 + ward:04d}": [[rng.randint(1, 90) for _ in range(7)] for _ in "FM"] for ward in range(4)
    }
    order = list(range(4 * 182))
    _write(folder / "sorted.csv", counts, order)
    rng.shuffle(order)
    _write(folder / "shuffled.csv", counts, order)
    first, second = _results(folder / "sorted.csv").frame, _results(folder / "shuffled.csv").frame
    np.testing.assert_array_equal(first["value"], second["value"])
    np.testing.assert_array_equal(first["low"], second["low"])


def test_a_ward_has_the_same_draws_in_a_larger_area(tmp_path: Path) -> None:
    """Ward effects are keyed by code: an added ward moves the others only through the benchmark."""
    from needs_assessment.estimate.draws import Draws

    alone = Draws(300, 5).normals(["ward effect E05000001"])
    among = Draws(300, 5).normals([f"ward effect E0500000{number}" for number in range(5)])
    np.testing.assert_array_equal(alone[0], among[1])

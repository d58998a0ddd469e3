"""The methods of prevalence against each other, on real wards."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from needs_assessment import InputError, Scenario, assess
from needs_assessment.results import Results

DAY = dt.date(2026, 11, 22)


def _results(**choices: object) -> Results:
    return assess(Scenario(as_of=DAY, draws=1000, **choices)).results  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def plain() -> Results:
    return _results()


@pytest.fixture
def series(data: Path, tmp_path: Path) -> Path:
    """A made-up series: twice the expected events in the first ward, as many as expected elsewhere."""
    wards = pd.read_csv(data / "areas" / "E06000056" / "population.csv")["ward_code"].drop_duplicates()
    path = tmp_path / "series.csv"
    pd.DataFrame({"ward_code": wards, "count": [400] + [200] * (len(wards) - 1)}).to_csv(path, index=False)
    return path


def test_composition_moves_wards_and_keeps_the_authority(plain: Results) -> None:
    moved = _results(method="composition")
    assert moved.row("victims_last_year").value == pytest.approx(
        plain.row("victims_last_year").value, abs=1e-6
    )
    ratio = (
        moved.rows(["victims_last_year"], level="ward")["value"]
        / plain.rows(["victims_last_year"], level="ward")["value"]
    )
    assert ratio.min() < 0.98
    assert ratio.max() > 1.02


@pytest.mark.parametrize("benchmark", ["authority", "england"])
def test_composition_moves_every_figure_of_high_risk_alike(benchmark: str) -> None:
    moved = _results(method="composition", benchmark=benchmark)
    for level in ("ward", "authority"):
        people, need = (
            moved.rows([name], level=level)[["area_code", "value", "low", "high"]]
            for name in ("high_risk_people", "need_idva")
        )
        pd.testing.assert_frame_equal(need, people)


def test_composition_may_move_the_authority_against_england(plain: Results) -> None:
    moved = _results(method="composition", benchmark="england").row("victims_last_year").value
    assert moved != pytest.approx(plain.row("victims_last_year").value, rel=1e-3)
    shown = plain.row("victims_last_year", breakdown="method", category="composition_england").value
    assert shown == pytest.approx(moved, rel=1e-9)


def test_a_local_series_moves_its_ward_and_keeps_the_authority(plain: Results, series: Path) -> None:
    local = _results(method="local", ward_series=str(series))
    assert local.row("victims_last_year").value == pytest.approx(
        plain.row("victims_last_year").value, abs=1e-6
    )
    first = local.rows(["victims_last_year"], level="ward").iloc[0]
    before = plain.rows(["victims_last_year"], level="ward").iloc[0]
    assert first["value"] > before["value"]
    assert first["high"] - first["low"] < (before["high"] - before["low"]) * first["value"] / before["value"]
    assert "ward_series_file" in first["source_ids"]


def test_a_count_that_a_ward_estimate_would_give_away_is_refused(series: Path) -> None:
    frame = pd.read_csv(series)
    frame.loc[4, "count"] = 3
    frame.to_csv(series, index=False)
    with pytest.raises(InputError, match="too small") as caught:
        _results(method="local", ward_series=str(series))
    assert (caught.value.row, caught.value.column, caught.value.found) == (6, "count", None)


def test_a_series_that_lacks_a_ward_is_refused(series: Path) -> None:
    pd.read_csv(series).iloc[1:].to_csv(series, index=False)
    with pytest.raises(InputError, match="lacks wards"):
        _results(method="local", ward_series=str(series))


def test_local_without_a_series_and_composition_without_characteristics_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="needs an observed series"):
        _results(method="local")
    rows = [f"E05000001,One,{sex},{age},20" for sex in "FM" for age in range(91)]
    (tmp_path / "p.csv").write_text(
        "ward_code,ward_name,sex,age,persons\n" + "\n".join(rows), encoding="utf-8"
    )
    with pytest.raises(InputError, match="residents by characteristic"):
        _results(method="composition", area=("E06000002",), population=str(tmp_path / "p.csv"))


def test_survey_error_only_is_narrower_and_says_so(plain: Results) -> None:
    narrow = _results(intervals="survey_only").row("victims_last_year")
    wide = plain.row("victims_last_year")
    assert narrow.value == wide.value
    assert narrow.high - narrow.low < (wide.high - wide.low) / 3
    assert "survey error only" in narrow.note


def test_rates_of_some_ages_are_extended_only_when_asked() -> None:
    own = _results(rates="csew-2020").row("victims_last_year")
    extended = _results(rates="csew-2020", extend_to_16_and_over=True).row("victims_last_year")
    assert extended.value > own.value
    assert "extended" in extended.note


def test_the_chances_of_the_highest_fifth_add_up_to_its_size(plain: Results) -> None:
    chances = plain.rows(["probability_highest_fifth"], level="ward")["value"]
    assert chances.sum() == pytest.approx(6)
    assert np.all((chances > 0) & (chances < 1))


def test_every_method_stands_beside_the_others(plain: Results) -> None:
    shown = plain.rows(["victims_last_year"], level="authority", breakdown="method", category=None)
    assert list(shown["category"]) == ["crude", "sex", "age_sex", "composition_england"]
    assert shown["low"].notna().all()

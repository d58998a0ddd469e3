"""The headline figures of the two bundled areas, against published and hand-worked numbers."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from needs_assessment import Assessment, Scenario, assess
from needs_assessment.api import outputs as outputs_of
from needs_assessment.catalogue.results import RESULT_MEASURES
from needs_assessment.results import LEVELS, RESULT_COLUMNS
from needs_assessment.steps.checks import ADDITIVE

DAY = dt.date(2026, 11, 22)
ENGLAND = {"area": "E92000001", "level": "england"}


@pytest.fixture(scope="module")
def bedfordshire() -> Assessment:
    return assess(Scenario(as_of=DAY, draws=2000))


@pytest.fixture(scope="module")
def warwickshire() -> Assessment:
    return assess(Scenario(area=("E10000031",), as_of=DAY, draws=2000))


def test_central_bedfordshire(bedfordshire: Assessment) -> None:
    results = bedfordshire.results
    assert results.row("residents").value == 301_501
    assert results.row("residents_16_and_over", breakdown="sex", category="F").value == 124_120
    assert results.row("residents_16_and_over", breakdown="sex", category="M").value == 118_058
    assert len(results.rows(["residents"], level="ward")) == 31
    required = results.row("places_required_standard")
    assert required.value == 31
    assert "30.15" in required.note
    average = results.row("places_if_national_average")
    assert average.value == pytest.approx(22.9, abs=0.05)
    assert average.basis == "modelled"
    assert results.row("gap_if_national_average_standard").value == pytest.approx(31 - average.value)
    # 40 cases per 10,000 of 124,120 women
    assert results.row("high_risk_cases").value == pytest.approx(496.48)
    # 30.3% of 124,120 women and 21.7% of 118,058 men
    assert results.row("victims_since_16").value == pytest.approx(37_608.36 + 25_618.586)


def test_no_supply_is_present_blank_and_flagged(bedfordshire: Assessment) -> None:
    for measure in ("places_available", "gap_standard"):
        row = bedfordshire.results.row(measure)
        assert not row.known
        assert "no local return of supply" in row.note
    gaps = outputs_of(bedfordshire).table("data_gaps").frame["gap"]
    assert gaps[0].startswith("Places of safe accommodation")


def test_warwickshire(warwickshire: Assessment) -> None:
    results = warwickshire.results
    assert results.row("residents").value == 583_786
    assert len(results.rows(["residents"], level="ward")) == 103
    assert len(results.rows(["residents"], level="district")) == 5
    required = results.row("places_required_standard")
    assert required.value == 59
    assert "58.38" in required.note
    available = results.row("places_available")
    assert (available.value, available.basis, available.source_ids) == (24, "observed", "wcc_scrutiny")
    assert "STALE" in available.note
    assert results.row("gap_standard").value == 35
    assert any("STALE" in warning for warning in outputs_of(warwickshire).warnings)


def test_a_figure_is_not_stale_within_three_years() -> None:
    row = assess(Scenario(area=("E10000031",), as_of=dt.date(2025, 3, 31), draws=100)).results.row(
        "places_available"
    )
    assert "STALE" not in row.note


@pytest.mark.parametrize("sex", ["F", "M"])
def test_calibrated_rates_reproduce_the_published_rate(bedfordshire: Assessment, sex: str) -> None:
    row = bedfordshire.results.row("prevalence_last_year", breakdown="sex", category=sex, **ENGLAND)
    assert row.value == pytest.approx({"F": 0.095, "M": 0.065}[sex], abs=1e-9)


def test_calibration_by_an_independent_sum(bedfordshire: Assessment, data) -> None:  # type: ignore[no-untyped-def]
    """A second route from the same printed figures: plain loops over England's single years of age."""
    england = pd.read_csv(data / "england" / "population_mid2020.csv")
    printed = {16: 9.719, 20: 7.480, 25: 5.892, 35: 5.450, 45: 6.134, 55: 4.662, 60: 3.444}
    women = england[(england["sex"] == "F") & (england["age"] >= 16)]
    index = [printed[max(start for start in printed if start <= age)] for age in women["age"]]
    scale = 0.095 * women["persons"].sum() / np.dot(index, women["persons"])
    rate = bedfordshire.results.row("prevalence_last_year", breakdown="sex_age", category="F 16-19").value
    assert rate == pytest.approx(9.719 * scale, rel=1e-12)


@pytest.mark.parametrize("name", ["bedfordshire", "warwickshire"])
def test_wards_add_up_and_the_table_keeps_its_contract(name: str, request: pytest.FixtureRequest) -> None:
    results = request.getfixturevalue(name).results
    frame = results.frame
    assert tuple(frame.columns) == RESULT_COLUMNS
    for measure in ADDITIVE:
        wards = results.rows([measure], level="ward")
        if not results.row(measure).known:
            assert wards["value"].isna().all()
            continue
        assert abs(wards["value"].sum() - results.row(measure).value) < 1e-6
    first = frame.groupby(["area_level", "area_code", "measure"], sort=False).first()
    assert (first["breakdown"] == "all").all()
    alls = frame[(frame["breakdown"] == "all") & (frame["category"] == "all")]
    assert not alls.duplicated(["area_level", "area_code", "measure"]).any()
    assert set(frame["area_level"]) <= set(LEVELS)
    assert set(frame["measure"]) <= set(RESULT_MEASURES)
    assert set(frame["basis"]) <= {"modelled", "observed", "mixed"}
    known = frame[frame["value"].notna()]
    assert known["source_ids"].str.len().gt(0).all()
    assert (known["low"].isna() | (known["low"] <= known["high"])).all()
    prevalence = frame[frame["measure"] == "prevalence_last_year"]
    assert prevalence["value"].between(0, 1).all()


def test_supply_has_no_ward_rows(warwickshire: Assessment) -> None:
    frame = warwickshire.results.frame
    supply = frame["measure"].str.startswith(("places_", "probability_of_gap", "turned_away", "cost_of_gap"))
    assert set(frame.loc[supply, "area_level"]) == {"authority"}
    gaps = frame[frame["measure"].str.startswith("gap_") & (frame["area_level"] == "ward")]
    assert gaps["note"].str.contains("no supply is known or shown for any ward").all()


def test_another_seed_moves_no_value_and_every_interval_by_less_than_two_per_cent() -> None:
    first, second = (assess(Scenario(as_of=DAY, seed=seed)).results.frame for seed in (2021, 99))
    pd.testing.assert_series_equal(first["value"], second["value"])
    for end in ("low", "high"):
        moved = (first[end] / second[end] - 1).abs()
        assert moved.max() < 0.02
        assert moved.max() > 0


@pytest.mark.parametrize("method", ["crude", "sex"])
def test_simpler_methods(method: str) -> None:
    results = assess(Scenario(as_of=DAY, method=method, draws=500)).results
    if method == "crude":
        # 8.0% of 242,178 adults
        assert results.row("victims_last_year").value == pytest.approx(19_374.24)
    else:
        # 9.5% of 124,120 and 6.5% of 118,058
        assert results.row("victims_last_year").value == pytest.approx(11_791.4 + 7_673.77)


def test_a_rate_for_other_ages_is_applied_to_those_ages_only() -> None:
    results = assess(Scenario(as_of=DAY, rates="csew-2020", draws=500)).results
    row = results.row("prevalence_last_year", breakdown="sex", category="F", **ENGLAND)
    assert row.value == pytest.approx(0.073, abs=1e-9)
    assert "aged 16 to 74" in row.note
    with pytest.raises(KeyError):
        results.row("victims_last_year", breakdown="age", category="75+")
    assert not results.row("victims_since_16").known

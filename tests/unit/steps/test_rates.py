"""Rate sets: what is printed, what is refused, and the age pattern that is carried over."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import re
from pathlib import Path

import numpy as np
import pytest

from needs_assessment import Scenario
from needs_assessment.errors import InputError
from needs_assessment.estimate.draws import Draws
from needs_assessment.inputs.load import Inputs, load_inputs
from needs_assessment.inputs.rates.rates import (
    BANDS,
    LAST_YEAR,
    SINCE_16,
    RateSet,
    extend_scope,
    load_age_pattern,
    load_rate_set,
)
from needs_assessment.registers.registers import load_national_rates, load_registers
from needs_assessment.results import ResultsBuilder
from needs_assessment.steps.area_tree import build_tree
from needs_assessment.steps.context import Run, build_model, draw_rate, survey_provenance
from needs_assessment.steps.rates import rates_by_band
from needs_assessment.tables.schemas import RATES

COLUMNS = RATES.names


def _file(folder: Path, *rows: dict[str, object]) -> str:
    path = folder / "own_rates.csv"
    base: dict[str, object] = {
        "rate_set": "own", "measure": LAST_YEAR, "age_from": 16, "group": "all", "unit": "percent",
        "edition": "YE March 2026", "question_set": "new", "population_scope": "England and Wales",
        "source_id": "ons_da_2025", "status": "published",
    }  # fmt: skip
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        for row in rows:
            writer.writerow({**base, **row})
    return str(path)


def test_the_default_set(data: Path) -> None:
    rates = load_rate_set("csew-2024", data)
    assert rates.need(LAST_YEAR, "F").value == pytest.approx(0.095)
    assert rates.need(LAST_YEAR, "M").value == pytest.approx(0.065)
    assert rates.need(SINCE_16, "F").value == pytest.approx(0.303)
    assert (rates.question_set, rates.ages, len(rates.bands)) == ("new", "aged 16 and over", 8)


def test_ages_travel_with_the_rates(data: Path) -> None:
    assert load_rate_set("csew-2020", data).bands[-1] == (60, 74)
    assert load_rate_set("csew-2018", data).bands[-1] == (55, 59)


def test_a_set_without_rates_by_sex_says_so(data: Path) -> None:
    rates = load_rate_set("csew-2025", data)
    assert rates.need(LAST_YEAR, "P").value == pytest.approx(0.078)
    with pytest.raises(InputError, match="no printed rate"):
        rates.need(LAST_YEAR, "F")


def _listed(data: Path, name: str) -> dict[str, str]:
    """The sets that a refusal offers instead of ``name``, each with what it says of methods."""
    with pytest.raises(InputError) as caught:
        load_rate_set(name, data)
    said = re.findall(r"(csew-[0-9-]*[0-9])(?: \(([^)]*)\))?", caught.value.expected)
    assert len(dict(said)) == len(said)
    return dict(said)


@pytest.mark.parametrize("name", ["csew-2004", "csew-2015-17"])
def test_a_name_that_cannot_be_used_lists_the_sets_that_can(data: Path, name: str) -> None:
    listed = _listed(data, name)
    assert list(listed) == [f"csew-{year}" for year in (2025, 2024, 2023, 2022, 2020, 2019, 2018, 2017)]
    assert {name: said for name, said in listed.items() if said} == {
        "csew-2025": "only with --method crude",
        "csew-2018": "not with --method crude",
    }


def test_every_listed_set_serves_the_methods_it_is_listed_for(data: Path, inputs: Inputs) -> None:
    for name, said in _listed(data, "csew-2004").items():
        rates = load_rate_set(name, data)
        run = _run(inputs, rates)
        for method in ("crude", "sex", "age_sex"):
            refused = said == "not with --method crude" if method == "crude" else said.startswith("only")
            if refused:
                with pytest.raises(InputError, match="no printed rate"):
                    rates_by_band(run, LAST_YEAR, method)
            else:
                central, _ = rates_by_band(run, LAST_YEAR, method)
                assert all(central[sex].max() > 0 for sex in ("F", "M")), (name, method)


def test_rows_by_age_and_region_leave_the_level_and_the_age_pattern_alone(data: Path) -> None:
    """Groups of their own: the level of an edition and the women's pattern come from the rows of everyone."""
    rows = load_national_rates(data)
    assert load_rate_set("csew-2025", data).need(LAST_YEAR, "P").value == pytest.approx(0.078)
    assert load_rate_set("csew-2022", data).need(LAST_YEAR, "P").value == pytest.approx(0.05)
    by_region = rows[rows["group"].str.contains("region")]
    assert by_region.groupby("rate_set").size().to_dict() == {
        "csew-2019": 22, "csew-2020": 12, "csew-2022": 11,
    }  # fmt: skip
    assert set(by_region["measure"]) == {"partner_abuse_last_year"}
    pattern = load_age_pattern(data, load_registers(data))
    assert pattern.women_total == pytest.approx(0.056)
    assert pattern.women_rates[0] == pytest.approx(0.09719)


def test_a_file_of_ones_own(data: Path, tmp_path: Path) -> None:
    name = _file(tmp_path, {"sex": "F", "rate": 9.1, "low": 8.2, "high": 10.1, "meaning_of_range": "95% interval"},
                 {"sex": "M", "rate": 6.5})  # fmt: skip
    rates = load_rate_set(name, data)
    women = rates.need(LAST_YEAR, "F")
    assert (women.value, women.low, women.high) == pytest.approx((0.091, 0.082, 0.101))
    assert women.source_id == "rates_file"
    assert rates.file == "own_rates.csv"


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"sex": "F", "rate": 109}, "rate"),
        ({"sex": "F", "rate": -1}, "rate"),
        ({"sex": "F", "rate": "nine"}, "rate"),
        ({"sex": "Q", "rate": 9}, "sex"),
        ({"sex": "F", "rate": 9, "unit": "per thousand"}, "unit"),
    ],
)
def test_a_bad_cell_is_named(row: dict[str, object], column: str, data: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_rate_set(_file(tmp_path, row), data)
    assert (caught.value.file, caught.value.row, caught.value.column) == ("own_rates.csv", 2, column)


def test_question_sets_are_never_mixed(data: Path, tmp_path: Path) -> None:
    name = _file(tmp_path, {"sex": "F", "rate": 9}, {"sex": "M", "rate": 6, "question_set": "old"})
    with pytest.raises(InputError, match="mixes question sets"):
        load_rate_set(name, data)


def test_one_set_a_file(data: Path, tmp_path: Path) -> None:
    name = _file(tmp_path, {"sex": "F", "rate": 9}, {"sex": "M", "rate": 6, "rate_set": "other"})
    with pytest.raises(InputError, match="exactly one rate set"):
        load_rate_set(name, data)


def test_the_age_pattern_is_the_printed_one(data: Path) -> None:
    pattern = load_age_pattern(data, load_registers(data))
    assert pattern.women[0] == pytest.approx(9.719 / 5.600)
    assert pattern.women[-1] == pattern.women[-2] == pytest.approx(3.444 / 5.600)
    assert pattern.men_young == ("age_index_men_16_19", "age_index_men_20_24")
    assert pattern.women_rates[0] / pattern.women_total == pytest.approx(pattern.women[0])
    assert len(pattern.women_rates) == len(BANDS) - 1


@pytest.mark.parametrize(
    "row", [{"rate": 0}, {"rate": 9, "low": 0, "high": 12, "meaning_of_range": "95% interval"}]
)
def test_a_survey_is_never_certain(row: dict[str, object], data: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be drawn from"):
        load_rate_set(_file(tmp_path, {"sex": "F", **row}), data)


# --- from rates to draws


@pytest.fixture(scope="module")
def inputs(data: Path) -> Inputs:
    return load_inputs(Scenario(as_of=dt.date(2026, 11, 22), draws=4000), data)


def _run(inputs: Inputs, rates: RateSet, seed: int = 2021) -> Run:
    own = dataclasses.replace(inputs, rates=rates)
    draws, tree = Draws(own.scenario.draws, seed), build_tree(own)
    return Run(own, draws, tree, build_model(own, draws, tree), ResultsBuilder())


def test_the_error_of_a_rate_comes_from_the_best_that_is_printed(
    inputs: Inputs, data: Path, tmp_path: Path
) -> None:
    """Interval, else the row's effective base, else base / design effect, else the registered effective base."""
    interval = {"low": 8.2, "high": 10.1, "meaning_of_range": "95% interval", "base": 7500}
    spreads, used = [], []
    for row in (interval, {"base": 7500, "effective_base": 900}, {"base": 7500}, {}):
        rates = load_rate_set(_file(tmp_path, {"sex": "F", "rate": 9.1, **row}, {"sex": "M", "rate": 6, **row | (
            {"low": 5, "high": 7} if "low" in row else {})}), data)  # fmt: skip
        run = _run(inputs, rates)
        drawn = draw_rate(run, LAST_YEAR, "F", rates.need(LAST_YEAR, "F"))
        spreads.append(drawn.std())
        ids = survey_provenance(run, LAST_YEAR, "sex").assumption_ids
        used.append({name for name in ids if name.startswith(("design", "effective"))})
    # by hand: sqrt(p (1 - p) / n) with n of 7,500 / 1.5 and more, 900, and about 5,000
    assert spreads[0] == pytest.approx((10.1 - 8.2) / 100 / 3.92, rel=0.02)
    assert spreads[1] == pytest.approx(np.sqrt(0.091 * 0.909 / 900), rel=0.02)
    assert np.sqrt(0.091 * 0.909 * 1.5 / 7500) < spreads[2] < np.sqrt(0.091 * 0.909 * 1.8 / 7500)
    assert spreads[3] == pytest.approx(np.sqrt(0.091 * 0.909 / 5000), rel=0.05)
    assert used == [set(), set(), {"design_effect"}, {"effective_base_f", "effective_base_m"}]


def test_the_design_effect_is_drawn_over_its_range(inputs: Inputs, data: Path, tmp_path: Path) -> None:
    rates = load_rate_set(_file(tmp_path, {"sex": "F", "rate": 9.1, "base": 7500}), data)
    run = _run(inputs, rates)
    drawn, normal = (
        draw_rate(run, LAST_YEAR, "F", rates.need(LAST_YEAR, "F")),
        run.draws.normal(f"rate own {LAST_YEAR} F"),
    )
    logit = np.log(drawn / (1 - drawn)) - np.log(0.091 / 0.909)
    effects = (logit / normal) ** 2 * 7500 * 0.091 * 0.909
    np.testing.assert_allclose(effects, run.drawn("design_effect"), rtol=1e-6)
    item = inputs.registers.assumption("design_effect")
    assert item.low is not None
    assert item.high is not None
    assert item.low < effects.min() < effects.max() < item.high


def test_the_womens_age_index_is_uncertain_and_calibrated_in_every_draw(inputs: Inputs) -> None:
    run = _run(inputs, inputs.rates)
    central, drawn = rates_by_band(run, LAST_YEAR, "age_sex")
    women = inputs.england.adults["F"][0]
    shares = women / women.sum()
    levels = draw_rate(run, LAST_YEAR, "F", inputs.rates.need(LAST_YEAR, "F"))
    np.testing.assert_allclose(shares @ drawn["F"], levels, rtol=1e-12)
    assert shares @ central["F"] == pytest.approx(0.095, abs=1e-12)
    # each band varies against the total by its own error: by hand, of 16 to 19, sqrt((1 - p) / (p n share))
    ratio = drawn["F"][:7] / drawn["F"].mean(axis=1)[:7, None] / (levels / levels.mean())
    rates = np.array(inputs.pattern.women_rates)
    expected = np.sqrt((1 - rates) / rates / (5000 * shares[:7]))
    assert (ratio.std(axis=1) > 0.7 * expected).all()
    assert (ratio.std(axis=1) < 1.2 * expected).all()
    # the centre of the draws is the central rate
    np.testing.assert_allclose(np.median(drawn["F"][:7], axis=1), central["F"][:7], rtol=0.02)


def test_the_womens_index_has_draws_of_its_own(inputs: Inputs) -> None:
    """The oldest band stands on the one before it; the men's rates do not move with the women's."""
    run = _run(inputs, inputs.rates)
    _, drawn = rates_by_band(run, LAST_YEAR, "age_sex")
    np.testing.assert_allclose(drawn["F"][7] / drawn["F"][6], run.drawn("age_index_75_over"), rtol=1e-12)
    assert abs(np.corrcoef(drawn["F"][0], drawn["M"][0])[0, 1]) < 0.1


# --- rates of fewer ages, applied to all


@pytest.mark.parametrize(("name", "ages"), [("csew-2020", "16 to 74"), ("csew-2018", "16 to 59")])
def test_an_extended_scope_says_so(name: str, ages: str, data: Path, inputs: Inputs) -> None:
    published = load_rate_set(name, data)
    assert published.scope_note == f"people aged {ages}"
    extended = extend_scope(published)
    assert extended.extended_from == f"people aged {ages}"
    assert extended.scope_note == f"extended from people aged {ages} to 16 and over: a choice of this run"
    assert extended.bands == BANDS
    assert extended.survey_bands == published.bands
    assert extended.ages == f"aged 16 and over, extended from people aged {ages}"
    assert extend_scope(extended) == extended
    assert extended.scope_note in survey_provenance(_run(inputs, extended), LAST_YEAR, "age_sex").note


def test_a_set_of_16_and_over_needs_no_extension(data: Path, tmp_path: Path) -> None:
    rates = load_rate_set("csew-2024", data)
    assert extend_scope(rates) is rates
    older = load_rate_set(_file(tmp_path, {"sex": "F", "rate": 9, "age_from": 18}), data)
    with pytest.raises(InputError, match="cannot be extended"):
        extend_scope(older)


@pytest.mark.parametrize("name", ["csew-2020", "csew-2018"])
def test_an_extended_pattern_is_calibrated_over_the_surveys_ages(
    name: str, inputs: Inputs, data: Path
) -> None:
    published = load_rate_set(name, data)
    plain, plain_draws = rates_by_band(_run(inputs, published), LAST_YEAR, "age_sex")
    run = _run(inputs, extend_scope(published))
    central, drawn = rates_by_band(run, LAST_YEAR, "age_sex")
    asked = len(published.bands)
    levels = {sex: draw_rate(run, LAST_YEAR, sex, published.need(LAST_YEAR, sex)) for sex in ("F", "M")}
    for sex in ("F", "M"):
        people = inputs.england.adults[sex][0][:asked]
        # the survey's own ages have the rates they have without the extension, in every draw
        np.testing.assert_allclose(central[sex][:asked], plain[sex][:asked], rtol=1e-12)
        np.testing.assert_allclose(drawn[sex][:asked], plain_draws[sex][:asked], rtol=1e-12)
        np.testing.assert_allclose(people @ drawn[sex][:asked] / people.sum(), levels[sex], rtol=1e-12)
        assert (plain[sex][asked:] == 0).all()
        # 75 and over: the rate of 60 to 74 times the registered factor
        np.testing.assert_allclose(drawn[sex][7], drawn[sex][6] * run.drawn("age_index_75_over"), rtol=1e-12)
        assert central[sex][7] == pytest.approx(central[sex][6] * run.figure("age_index_75_over"))
    # by hand: women of 60 to 74 keep their printed ratio to women of 55 to 59
    assert central["F"][6] / central["F"][5] == pytest.approx(3.444 / 4.662)
    assert central["M"][6] == pytest.approx(central["M"][5])


def test_one_rate_for_all_ages_is_extended_as_it_is(inputs: Inputs, data: Path) -> None:
    run = _run(inputs, extend_scope(load_rate_set("csew-2020", data)))
    for method, rate in (("sex", 0.073), ("crude", 0.055)):
        central, drawn = rates_by_band(run, LAST_YEAR, method)
        np.testing.assert_allclose(central["F"], rate)
        assert (drawn["F"] > 0).all()

"""Scenarios, years to come and sensitivity on whole assessments, with the arithmetic shown."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from needs_assessment import Assessment, Scenario, assess
from needs_assessment.api import outputs as outputs_of
from needs_assessment.estimate.draws import Draws
from needs_assessment.estimate.queueing import places_interpolated
from needs_assessment.results import Row
from needs_assessment.steps.what_if import HEADLINES, area_run, core_draws, headlines

DRAWS = 2000
DAY = "2026-03-31"
SERVICES = (
    "measure,accommodation_type,unit,value,period_start,period_end,source\n"
    "places_available,refuge,family places,{places},2025-03-31,2025-03-31,our return\n"
)
REFERRALS = "measure,accommodation_type,unit,value,period_start,period_end,source\n" + "".join(
    f"{name},refuge,referrals,{value},2024-04-01,2025-03-31,our return\n"
    for name, value in (("referrals", 40), ("referrals_accepted", 37))
)


def run(**choices: object) -> Assessment:
    return assess(Scenario.build({"as_of": DAY, "draws": DRAWS, **choices}, "test"))


@cache
def bedfordshire() -> Assessment:
    return run(scenarios="bundled")


def scenario(found: Assessment, name: str, measure: str, breakdown: str = "scenario_difference") -> Row:
    return found.results.row(measure, breakdown=breakdown, category=name)


def write(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


# --- headlines of the whole area alone -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "choices",
    [
        {},
        {"area": ["E10000031"]},
        {"method": "sex"},
        {"method": "composition", "benchmark": "england"},
        {"intervals": "survey_only"},
    ],
    ids=str,
)
def test_the_area_alone_has_the_figures_of_the_full_assessment(choices: dict[str, object]) -> None:
    """The long way round is the assessment itself, ward by ward: values and ranges are the same."""
    full = run(**choices)
    alone = headlines(
        area_run(full.inputs, Draws(DRAWS, full.scenario.seed)), area_run(full.inputs, Draws(DRAWS, 0))
    ).results
    for measure in HEADLINES:
        there, here = full.results.row(measure), alone.row(measure)
        for part in ("value", "low", "high"):
            assert getattr(here, part) == pytest.approx(getattr(there, part), rel=1e-6, nan_ok=True), measure


def test_the_draws_kept_are_those_the_ranges_come_from() -> None:
    found = run(intervals="survey_only")
    row, drawn = found.results.row("victims_last_year"), found.draws["victims_last_year"]
    assert drawn.shape == (DRAWS,)
    assert drawn.dtype == np.float32
    assert np.quantile(drawn, [0.025, 0.975]) == pytest.approx([row.low, row.high], rel=0.01)


# --- scenarios ---------------------------------------------------------------------------------------------------


def test_a_scenario_that_sets_nothing_differs_by_exactly_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "same.toml", 'name = "Same"\n')
    found = run(scenarios=path)
    for measure in HEADLINES:
        row = scenario(found, "Same", measure)
        if not found.results.row(measure).known:
            assert not row.known
            continue
        assert row.value == 0
        assert (row.low, row.high) == (0, 0) or math.isnan(row.low)


def test_a_looser_target_asks_for_the_places_of_the_table_of_targets() -> None:
    """The same choice stands in the table of targets, so the scenario has the same places and the difference is theirs."""
    found = bedfordshire()
    table = found.results.row("places_required_queueing", breakdown="turn_away_target", category="10%")
    there = scenario(found, "At most 10% turned away", "places_required_queueing", "scenario")
    base = found.results.row("places_required_queueing")
    assert there.value == table.value
    row = scenario(found, "At most 10% turned away", "places_required_queueing")
    assert row.value == table.value - base.value
    assert row.low < row.value < row.high < 0


def test_more_who_tell_the_police_are_victims_times_the_chosen_share() -> None:
    """25% in place of 18.9%: the difference is 6.1% of victims."""
    found = bedfordshire()
    victims = found.results.row("victims_last_year").value
    row = scenario(found, "One victim in four tells the police", "met_told_police")
    assert row.value == pytest.approx(victims * (0.25 - 0.189))
    assert scenario(found, "One victim in four tells the police", "victims_last_year").value == 0


def test_one_attempt_a_household_is_the_second_sum_by_hand() -> None:
    """docs: 36.70 places by those turned away with one attempt a household, 34.40 with 1.2."""
    row = scenario(
        bedfordshire(), "One referral for each household", "places_required_turned_away", "scenario"
    )
    assert row.value == pytest.approx(36.70, abs=0.01)
    shift = scenario(bedfordshire(), "One referral for each household", "places_required_turned_away")
    assert shift.value == pytest.approx(36.70 - 34.40, abs=0.01)


def test_shared_draws_make_the_range_of_a_difference_far_narrower() -> None:
    """Against the long way: two independent ranges would have width √(w₁² + w₂²)."""
    found = bedfordshire()
    base = found.results.row("places_required_queueing")
    there = scenario(found, "Stays of 120 days", "places_required_queueing", "scenario")
    shift = scenario(found, "Stays of 120 days", "places_required_queueing")
    independent = math.hypot(base.high - base.low, there.high - there.low)
    assert shift.high - shift.low < independent / 3


def test_a_figure_that_is_set_is_never_sourced_as_published() -> None:
    """The stay is of Women's Aid until it is set; the police share is of ONS until it is set."""
    found = bedfordshire()
    assert "ons_partner_2023" in found.results.row("met_told_police").source_ids
    row = scenario(found, "One victim in four tells the police", "met_told_police", "scenario")
    assert "ons_partner_2023" not in row.source_ids
    assert "25% of victims in place of 18.9%" in row.note


def test_a_run_that_sets_a_figure_says_so_first() -> None:
    found = run(assumptions={"refuge_stay_days": 120})
    said = [text for text in outputs_of(found).warnings if "Scenario choice" in text]
    assert len(said) == 1
    assert "120 days" in said[0]
    assert "140 (118 to 148)" in said[0]
    used = outputs_of(found).assumptions_used.frame.set_index("assumption_id")
    assert used.loc["refuge_stay_days", "status"] == "scenario choice"
    assert used.loc["refuge_stay_days", "source"] == ""


def test_a_figure_that_is_set_and_moves_nothing_is_said_to_move_nothing() -> None:
    """The occupancy stands behind the registered stay; no step calculates with it."""
    (said,) = [
        text
        for text in outputs_of(run(assumptions={"refuge_occupancy": 0.9}, draws=200)).warnings
        if "Scenario choice" in text
    ]
    assert said.endswith("No figure of this run rests on it.")


def test_more_supply_is_a_scenario_and_only_the_gap_moves(tmp_path: Path) -> None:
    """20 places today and 28 in the scenario: every gap is 8 smaller, what is required stays."""
    now = write(tmp_path / "now.csv", SERVICES.format(places=20))
    write(tmp_path / "more.csv", SERVICES.format(places=28))
    path = write(tmp_path / "more.toml", 'name = "Eight more"\nservices = "more.csv"\n')
    found = run(services=now, scenarios=path)
    for answer in ("standard", "national_model", "queueing", "turned_away"):
        assert scenario(found, "Eight more", f"gap_{answer}").value == pytest.approx(-8)
        assert scenario(found, "Eight more", f"places_required_{answer}").value == 0
    assert scenario(found, "Eight more", "turned_away_share").value < 0


def test_what_is_known_only_in_a_scenario_is_shown_there_and_has_no_difference(tmp_path: Path) -> None:
    path = write(tmp_path / "s.toml", 'name = "Set"\n[assumptions]\ncommunity_support_share = 30\n')
    found = run(scenarios=path)
    victims = found.results.row("victims_last_year").value
    row = scenario(found, "Set", "need_community_support", "scenario")
    assert row.value == pytest.approx(0.30 * victims)
    assert not scenario(found, "Set", "need_community_support").known
    table = outputs_of(found).table("scenarios_people").frame
    assert (table["label"] == "Need for support in the community").sum() == 1


def test_a_scenarios_figures_do_not_depend_on_the_seed_but_for_their_ranges() -> None:
    other = run(scenarios="bundled", seed=77)
    for measure in HEADLINES:
        one = scenario(bedfordshire(), "Stays of 120 days", measure)
        two = scenario(other, "Stays of 120 days", measure)
        assert one.value == pytest.approx(two.value, nan_ok=True)


def test_a_small_count_hides_the_scenarios_and_the_sensitivity_with_it(tmp_path: Path) -> None:
    """40 referrals, 37 accepted: the 3 declined are people, and every figure they can be solved from is suppressed."""
    found = outputs_of(run(services=write(tmp_path / "s.csv", REFERRALS), scenarios="bundled"))
    rows = found.safe.frame[found.safe.frame["measure"] == "places_required_queueing"]
    # what is not known stays so; nothing that is known is shown
    assert set(rows["value"].dropna()) == {"[c]"}
    assert {"scenario", "scenario_difference"} <= set(rows.loc[rows["value"] == "[c]", "breakdown"])
    assert "sensitivity_places" not in found.tables
    assert "what_to_find_out" not in found.tables
    assert "sensitivity_victims" in found.tables
    assert "too small to publish" in found.statements["sensitivity"][0]


def test_a_scenarios_count_and_the_runs_own_leave_no_small_rest(tmp_path: Path) -> None:
    """40 referrals in the run's own returns, 37 accepted in the scenario's: neither is small, and 3 were not accepted."""
    head, referrals, accepted = REFERRALS.splitlines(keepends=True)
    own = write(tmp_path / "own.csv", head + referrals)
    write(tmp_path / "other.csv", head + accepted)
    text = f"name = 'Other returns'\nservices = '{(tmp_path / 'other.csv').as_posix()}'\n"
    folder = tmp_path / "scenarios"
    folder.mkdir()
    write(folder / "other.toml", text)
    found = outputs_of(run(draws=100, services=own, scenarios=str(folder)))
    assert "40" in set(found.tables["local_returns"].display()["Figure"])
    rows = found.safe.frame[found.safe.frame["measure"] == "places_required_turned_away"]
    assert set(rows.loc[rows["breakdown"] != "all", "value"]) == {"[c]"}


def test_a_small_count_in_another_scenario_hides_the_measure_in_this_run_too(tmp_path: Path) -> None:
    write(tmp_path / "s.csv", REFERRALS)
    path = write(tmp_path / "s.toml", 'name = "Own referrals"\nservices = "s.csv"\n')
    found = outputs_of(run(scenarios=path))
    assert found.safe.row("places_required_queueing")["value"] == "[c]"


# --- the years to come -------------------------------------------------------------------------------------------


def grown(found: Assessment, years: dict[int, float]) -> pd.DataFrame:
    """The area's own residents times a factor, as the population of some years."""
    frame = found.inputs.population.frame
    whole = frame.groupby(["sex", "age_from", "age_to"], dropna=False, as_index=False)["persons"].sum()
    return pd.concat([whole.assign(year=year, persons=whole["persons"] * by) for year, by in years.items()])


def test_twice_the_people_are_twice_the_victims_and_households(tmp_path: Path) -> None:
    """A year with today's people has today's figures; with twice as many, twice; places by queueing fewer than twice."""
    path = tmp_path / "p.csv"
    grown(bedfordshire(), {2027: 1.0, 2028: 2.0}).to_csv(path, index=False)
    found = run(projection=str(path)).results
    for measure in (
        "residents",
        "victims_last_year",
        "need_safe_accommodation",
        "places_required_national_model",
    ):
        today = found.row(measure)
        for year, factor in (("2027", 1.0), ("2028", 2.0)):
            row = found.row(measure, breakdown="year", category=year)
            for part in ("value", "low", "high"):
                assert getattr(row, part) == pytest.approx(
                    factor * getattr(today, part), rel=1e-6, nan_ok=True
                )
    places = [
        found.row("places_required_queueing", breakdown="year", category=year).value
        for year in ("2027", "2028")
    ]
    assert places[0] == found.row("places_required_queueing").value
    assert places[0] < places[1] < 2 * places[0]
    standard = found.row("places_required_standard", breakdown="year", category="2028")
    assert standard.value == math.ceil(2 * 301_501 / 10_000)


def test_only_the_age_that_grows_adds_victims(tmp_path: Path) -> None:
    """Ten thousand more women aged 45 to 49: victims rise by 10,000 times that band's rate, and by nothing else."""
    base = bedfordshire()
    frame = grown(base, {2027: 1.0})
    more = (frame["sex"] == "F") & (frame["age_from"] == 45)
    assert more.sum() == 1
    frame.loc[more, "persons"] += 10_000
    frame.to_csv(tmp_path / "p.csv", index=False)
    found = run(projection=str(tmp_path / "p.csv")).results
    rates = base.rates_used()
    rate = rates[(rates["sex"] == "F") & (rates["age_from"] == 45)]["rate"].item()
    shift = (
        found.row("victims_last_year", breakdown="year", category="2027").value
        - found.row("victims_last_year").value
    )
    assert shift == pytest.approx(10_000 * rate, rel=1e-9)


def test_the_table_of_years_stands_beside_today_and_says_what_is_held(tmp_path: Path) -> None:
    grown(bedfordshire(), {2027: 1.1}).to_csv(tmp_path / "p.csv", index=False)
    outputs = outputs_of(run(projection=str(tmp_path / "p.csv")))
    table = outputs.table("horizon_people")
    assert list(dict.fromkeys(table.frame["category"])) == ["This paper (mid-2022)", "2027"]
    assert any("held" in note for note in table.notes)
    assert "the projection ends in 2027" in " ".join(outputs.statements["horizon"]).lower()


def test_a_held_population_is_one_line_and_no_table() -> None:
    outputs = outputs_of(bedfordshire())
    assert not any(name.startswith("horizon") for name in outputs.tables)
    assert outputs.statements["horizon"][0].startswith("The population is held")
    assert "year" not in set(bedfordshire().results.frame["breakdown"])


# --- sensitivity and what to find out ----------------------------------------------------------------------------


def test_the_base_of_the_tornado_is_the_central_figure() -> None:
    found = bedfordshire()
    assert found.sensitivity is not None
    base = found.sensitivity.frame.groupby("outcome")["at_central"].first()
    assert base["victims_last_year"] == pytest.approx(found.results.row("victims_last_year").value)
    assert base["unmet_safe_accommodation"] == pytest.approx(
        found.results.row("unmet_safe_accommodation").value
    )
    central = found.results.row("places_required_queueing", breakdown="inputs", category="central").value
    assert math.ceil(base["places_required_queueing"]) == central


def test_the_ends_of_the_tornado_are_those_of_a_run_with_the_input_set_there() -> None:
    """The long way: the whole run again with one registered figure set to the end of its range, at its central values."""
    found = bedfordshire()
    assert found.sensitivity is not None
    rows = found.sensitivity.frame.set_index(["outcome", "unknown"])
    for name, end, value in (
        ("refuge_stay_days", "at_low", 118),
        ("refuge_stay_days", "at_high", 148),
        ("attempts_per_household", "at_high", 1.6),
        ("turn_away_target", "at_low", 0.01),
    ):
        again = run(assumptions={name: value})
        assert again.sensitivity is not None
        moved = again.sensitivity.frame.set_index(["outcome", "unknown"])["at_central"]
        expected = moved["places_required_queueing"].iloc[0]
        assert rows.loc[("places_required_queueing", name), end] == pytest.approx(expected, rel=1e-9)


def test_places_at_one_attempt_by_hand() -> None:
    """35.47 Erlang at one attempt a household (docs): the places between 40 and 41 at which 5% are turned away."""
    found = bedfordshire()
    assert found.sensitivity is not None
    rows = found.sensitivity.frame.set_index(["outcome", "unknown"])
    at_one = rows.loc[("places_required_queueing", "attempts_per_household"), "at_low"]
    assert at_one == pytest.approx(float(places_interpolated(35.47, 0.05)), abs=0.01)
    assert 40 < at_one < 41


def test_shares_add_up_and_knowing_all_but_one_input_leaves_that_ones_share() -> None:
    """The long way for first order: with the effect of the area alone drawn, its share is what is left of the variance.

    Places rise about in proportion to stay and attempts, whose central value is not their mean, so each variance is
    taken against the square of its own mean.
    """
    found = bedfordshire()
    assert found.sensitivity is not None
    for outcome, total in found.sensitivity.explained.items():
        assert 0.97 < total < 1.03, outcome
    alone = core_draws(
        area_run(
            replace(
                found.inputs,
                registers=replace(
                    found.inputs.registers,
                    assumptions={
                        name: replace(item, low=None, high=None)
                        if name in ("refuge_stay_days", "attempts_per_household")
                        else item
                        for name, item in found.inputs.registers.assumptions.items()
                    },
                ),
            ),
            Draws(DRAWS, 0),
        )
    )["places_required_queueing"]
    whole = core_draws(area_run(found.inputs, Draws(DRAWS, 0)))["places_required_queueing"]
    rows = found.sensitivity.frame.set_index(["outcome", "unknown"])
    share = rows.loc[("places_required_queueing", "authority effect"), "share"]
    left, all_of_it = (drawn.var() / drawn.mean() ** 2 for drawn in (alone, whole))
    assert share == pytest.approx(left / all_of_it, abs=0.03)


def test_sensitivity_does_not_depend_on_the_seed() -> None:
    assert bedfordshire().sensitivity is not None
    other = run(seed=5).sensitivity
    assert other is not None
    pd.testing.assert_frame_equal(bedfordshire().sensitivity.frame, other.frame)  # type: ignore[union-attr]


def test_an_input_that_a_figure_does_not_rest_on_has_no_share_and_no_swing() -> None:
    assert bedfordshire().sensitivity is not None
    rows = bedfordshire().sensitivity.frame.set_index(["outcome", "unknown"])  # type: ignore[union-attr]
    row = rows.loc[("victims_last_year", "refuge_stay_days")]
    assert row["at_low"] == row["at_central"] == row["at_high"]
    assert row["share"] < 0.002


def test_without_supply_places_available_come_first_and_have_no_number() -> None:
    table = outputs_of(bedfordshire()).table("what_to_find_out")
    assert table.frame.iloc[0]["label"] == "Places of safe accommodation available"
    assert math.isnan(table.frame.iloc[0]["narrows"])
    assert any("ranking is for places required" in note for note in table.notes)
    ranked = table.frame["narrows"].iloc[1:].tolist()
    assert ranked == sorted(ranked, reverse=True)


def test_with_supply_the_ranking_is_of_the_gap_and_the_gap_moves_as_places_do(tmp_path: Path) -> None:
    found = run(services=write(tmp_path / "s.csv", SERVICES.format(places=20)))
    assert found.sensitivity is not None
    assert "the gap" in outputs_of(found).table("what_to_find_out").title
    rows = found.sensitivity.frame.set_index(["outcome", "unknown"])
    for part in ("at_low", "at_central", "at_high"):
        places = rows.loc[("places_required_queueing", "refuge_stay_days"), part]
        assert rows.loc[("gap_queueing", "refuge_stay_days"), part] == pytest.approx(places - 20)


def test_survey_error_only_leaves_the_effect_of_the_area_out() -> None:
    found = run(intervals="survey_only").sensitivity
    assert found is not None
    rows = found.frame.set_index(["outcome", "unknown"])
    row = rows.loc[("victims_last_year", "authority effect")]
    assert row["at_low"] == row["at_high"]
    assert row["share"] == 0
    assert rows.loc[("places_required_queueing", "refuge_stay_days"), "share"] > 0.5


def test_a_run_with_too_few_draws_says_so() -> None:
    outputs = outputs_of(run(draws=100))
    assert "too few draws" in outputs.statements["sensitivity"][0]
    assert not any(name.startswith("sensitivity") for name in outputs.tables)


def test_the_data_gaps_say_what_each_would_narrow() -> None:
    frame = outputs_of(bedfordshire()).table("data_gaps").frame.set_index("gap")["narrows"]
    assert frame["Places of safe accommodation available in the area"] == "The gap: from not known to known"
    assert frame["Households that could not be supported"].startswith("At most 100.0% of the range")


def test_the_tornado_says_its_finding_and_its_numbers() -> None:
    (figure,) = outputs_of(bedfordshire()).figures["tornado"]
    assert "How far this area's risk".lower() in figure.title.lower()
    assert "Mean stay in a refuge place, 118 to 148 days: 33.2 to 40.5" in figure.alt
    assert "38.6" in figure.alt

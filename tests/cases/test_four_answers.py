"""The four answers in the results: the hand-worked figures, limits, shares by ward, costs, types, suppression."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from needs_assessment import Assessment, InputError, Scenario, assess
from needs_assessment.disclosure.published_table import SUPPRESSED
from needs_assessment.report.outputs import release_results

DAY = dt.date(2026, 11, 22)
HEADER = "measure,accommodation_type,unit,value,period_start,period_end,source\n"
YEAR = "2025-04-01,2026-03-31,annual return\n"
REFERRALS = ("referrals", "referrals_accepted", "referrals_declined_capacity")
ON = "2026-03-31,2026-03-31,commissioning record\n"


def _assess(tmp_path: Path, *rows: str, **choices: object) -> Assessment:
    path = tmp_path / "returns.csv"
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return assess(Scenario(as_of=DAY, draws=2000, services=str(path), **choices))  # type: ignore[arg-type]


def test_central_bedfordshire_from_the_registers_alone() -> None:
    results = assess(Scenario(as_of=DAY, draws=2000)).results
    assert "30.15" in results.row("places_required_standard").note
    assert results.row("places_required_national_model").value == pytest.approx(28.1, abs=0.05)
    assert results.row("places_required_queueing", breakdown="inputs", category="central").value == 39
    assert results.row("places_required_turned_away").value == pytest.approx(34.4, abs=0.05)
    assert results.row("places_required_queueing").value == pytest.approx(39, abs=1)
    for answer in ("standard", "national_model", "queueing", "turned_away"):
        assert not results.row(f"gap_{answer}").known
        assert not results.row(f"probability_of_gap_{answer}").known
        assert results.row(f"gap_if_national_average_{answer}").known


@pytest.mark.parametrize(
    "rows",
    [
        # of one year, each part below the whole and both above it; and of two years
        [f"{name},refuge,referrals,{n},{YEAR}" for name, n in zip(REFERRALS, (100, 60, 50), strict=True)],
        [
            "referrals,refuge,referrals,100,2024-04-01,2025-03-31,annual return\n",
            f"referrals_accepted,refuge,referrals,120,{YEAR}",
        ],
    ],
)
def test_more_accepted_and_declined_than_referred_is_refused(rows: list[str], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="than there are referrals") as raised:
        _assess(tmp_path, *rows)
    assert raised.value.file == "services file 1"
    assert not any(number in str(raised.value) for number in ("100", "120", "60", "50"))


def test_one_attempt_a_household(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    """Methods, section 6: with one attempt a household the last two are 41 and 36.7."""
    from needs_assessment.estimate.accommodation.answers import load, national_demand, turned_away
    from needs_assessment.estimate.queueing import places_required_queueing
    from needs_assessment.registers.registers import load_registers

    figure = load_registers(data).figure
    demand = national_demand(
        301_501,
        figure("england_residents_2023"),
        referred=figure("refuge_referred"),
        accepted=figure("refuge_accepted"),
        capacity_share=figure("refuge_declined_capacity") / 100,
        stay_days=figure("refuge_stay_days"),
        places_in_use=figure("refuge_spaces"),
    )
    assert places_required_queueing(load(demand, 1.0), figure("turn_away_target")) == 41
    assert turned_away(demand, 1.0) == pytest.approx(36.7, abs=0.05)


def test_the_gap_is_shared_to_wards_exactly_and_supply_is_not() -> None:
    results = assess(Scenario(area=("E10000031",), as_of=DAY, draws=2000)).results
    for answer in ("standard", "national_model", "queueing", "turned_away"):
        wards = results.rows([f"gap_{answer}"], level="ward")["value"]
        assert wards.sum() == pytest.approx(results.row(f"gap_{answer}").value, abs=1e-9)
        assert results.row(f"probability_of_gap_{answer}").value > 0.9
    assert results.rows(["places_available"], level="ward").empty
    assert 0 < results.row("turned_away_share").value < 1


def test_the_planned_places_close_warwickshires_gap(tmp_path: Path) -> None:
    results = _assess(tmp_path, f"places_available,,family places,60,{ON}", area=("E10000031",)).results
    assert results.row("gap_standard").value == -1
    assert results.row("probability_of_gap_standard").value == 0


def test_ledger_closes_and_is_balanced_by_default() -> None:
    results = assess(Scenario(as_of=DAY, draws=500)).results

    def line(category: str) -> float:
        return results.row("households_seeking_refuge", breakdown="cross_boundary", category=category).value

    assert line("arrivals") == pytest.approx(line("leavers"))
    assert line("stayers") + line("arrivals") == pytest.approx(results.row("households_seeking_refuge").value)


def test_types_units_and_costs_from_returns(tmp_path: Path) -> None:
    results = _assess(
        tmp_path,
        f"places_available,refuge,family places,20,{ON}",
        f"places_available,dispersed,family places,6,{ON}",
        f"referrals_accepted,dispersed,referrals,30,{YEAR}",
        f"length_of_stay_days,dispersed,days,160,{YEAR}",
        f"unit_cost_revenue,refuge,GBP per family place per year,21000,{YEAR}",
    ).results
    by_type = {"breakdown": "accommodation_type"}
    # 30 households a year staying 160 days: 13.15 Erlang, 18 places for at most 5% turned away
    assert results.row("places_required_queueing", category="dispersed", **by_type).value == 18
    assert results.row("gap_queueing", category="dispersed", **by_type).value == 12
    assert not results.row("places_required_queueing", category="sanctuary", **by_type).known
    assert results.row("places_available").value == 26
    assert results.row("cost_of_gap").value == (31 - 26) * 21_000
    assert not results.row("cost_of_gap_capital").known
    pooled = results.row("places_required_queueing", breakdown="pooling", category="pooled").value
    assert pooled <= results.row("places_required_queueing", breakdown="pooling", category="separate").value


def test_cost_to_society_carries_its_warning() -> None:
    row = assess(Scenario(as_of=DAY, draws=500)).results.row("cost_to_society")
    assert "WARNING" in row.note
    assert row.value == pytest.approx(34_000 * 1.31 * 19_263.2, rel=1e-5)


@pytest.mark.parametrize(
    "rows",
    [
        (f"referrals_declined_capacity,refuge,referrals,3,{YEAR}",),
        # 20 referrals and 18 acceptances give away 2 refusals
        (f"referrals,refuge,referrals,20,{YEAR}", f"referrals_accepted,refuge,referrals,18,{YEAR}"),
    ],
)
def test_answers_that_rest_on_a_small_count_are_suppressed(rows: tuple[str, ...], tmp_path: Path) -> None:
    safe = release_results(_assess(tmp_path, *rows))
    for measure in (
        "places_required_queueing",
        "places_required_turned_away",
        "gap_if_national_average_queueing",
    ):
        assert safe.row(measure)["value"] == SUPPRESSED
    assert safe.row("places_required_standard")["value"] == 31


def test_a_small_number_of_clients_is_suppressed_with_its_tier(tmp_path: Path) -> None:
    safe = release_results(_assess(tmp_path, f"idva_clients,,people,4,{YEAR}"))
    for part in ("met", "unmet"):
        assert safe.row(f"{part}_idva")["value"] == SUPPRESSED
    assert safe.row("need_idva")["value"] > 0, "the modelled need rests on no count"

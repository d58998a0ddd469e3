"""The cascade of the two bundled areas, and of one with its own returns, against hand-worked numbers."""

from __future__ import annotations

import csv
import datetime as dt
import math
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from needs_assessment import Scenario
from needs_assessment.catalogue.returns import RETURN_MEASURES
from needs_assessment.disclosure.gate import release
from needs_assessment.estimate.draws import Draws
from needs_assessment.inputs.load import load_inputs
from needs_assessment.report.charts.cascade import LOOKS, cascade_bars
from needs_assessment.report.tables.cascade import (
    NOT_KNOWN,
    ORIGINS,
    capacity_table,
    cascade_table,
    chart_data,
    household_cascade_table,
)
from needs_assessment.report.tables.people import Context
from needs_assessment.results import Results, ResultsBuilder
from needs_assessment.steps.accommodation.need import Reconciliation, add_safe_accommodation_need
from needs_assessment.steps.area_tree import build_tree
from needs_assessment.steps.cascade.tiers import add_capacity, add_cascade
from needs_assessment.steps.context import Run, build_model
from needs_assessment.steps.prevalence import add_prevalence
from tests.unit.report.charts.chart_tables import overlapping_texts, svg_texts

HEADER = ["measure", "accommodation_type", "unit", "value", "period_start", "period_end", "source"]
TIERS = ("told_anyone", "told_police", "community_support", "idva", "move_on")
Made = tuple[Results, dict[str, Reconciliation]]
CONTEXT = Context("Somewhere", "mid-2022", "csew-2024", 10, {})


def made(data: Path, area: str = "E06000056", services: str = "") -> Made:
    scenario = Scenario(
        area=tuple(area.split("+")), as_of=dt.date(2026, 11, 22), draws=2000, services=services
    )
    inputs = load_inputs(scenario, data)
    draws, tree = Draws(scenario.draws, scenario.seed), build_tree(inputs)
    run = Run(inputs, draws, tree, build_model(inputs, draws, tree), ResultsBuilder())
    victims = add_prevalence(run)
    add_safe_accommodation_need(run, victims)
    held = add_cascade(run, victims)
    add_capacity(run)
    return run.builder.build(), held


@pytest.fixture(scope="module")
def bedfordshire(data: Path) -> Made:
    return made(data)


@pytest.fixture
def own(data: Path, tmp_path: Path) -> Callable[[dict[str, float]], Made]:
    def own(figures: dict[str, float]) -> Made:
        path = tmp_path / "services.csv"
        rows = []
        for name, value in figures.items():
            measure = RETURN_MEASURES[name]
            start = "2025-04-01" if measure.flow else "2026-03-31"
            rows.append([name, "", measure.unit, f"{value:g}", start, "2026-03-31", "Our return"])
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([HEADER, *rows])
        return made(data, services=str(path))

    return own


def value(results: Results, measure: str) -> float:
    return results.row(measure).value


def test_central_bedfordshire_from_the_registers_alone(bedfordshire: Made) -> None:
    results, held = bedfordshire
    victims = value(results, "victims_last_year")
    assert value(results, "need_told_anyone") == pytest.approx(victims)
    assert value(results, "need_told_police") == pytest.approx(victims)
    assert value(results, "met_told_anyone") == pytest.approx(victims * 0.810)
    assert value(results, "unmet_told_anyone") == pytest.approx(victims * 0.190)
    assert value(results, "met_told_police") == pytest.approx(victims * 0.189)
    assert value(results, "unmet_told_police") == pytest.approx(victims * 0.811)
    # 40 cases per 10,000 of 124,120 women, 31% of them repeats: 496.48 × 0.69
    assert value(results, "need_idva") == pytest.approx(342.5712)
    # 22,230 households whose support ended ÷ 57,690,323 residents × 301,501
    assert value(results, "need_move_on") == pytest.approx(22_230 / 57_690_323 * 301_501)
    # 496.48 referrals at 100 each, 496.48 cases at 400 each
    assert value(results, "idva_fte_needed") == pytest.approx(4.9648)
    assert value(results, "marac_admin_fte_needed") == pytest.approx(1.2412)
    assert held == {}, "no local return of met need"


def test_warwickshire_from_the_registers_alone(data: Path) -> None:
    results, _ = made(data, "E10000031")
    # 40 cases per 10,000 of 243,220 women
    cases = 243_220 * 40 / 10_000
    assert value(results, "need_idva") == pytest.approx(cases * 0.69)
    assert value(results, "idva_fte_needed") == pytest.approx(cases / 100)
    assert value(results, "need_move_on") == pytest.approx(22_230 / 57_690_323 * 583_786)
    assert len(results.rows(["met_told_police"], level="district")) == 5


def test_what_is_not_known_is_present_blank_and_says_why(bedfordshire: Made) -> None:
    results, _ = bedfordshire
    for measure, why in (
        ("need_community_support", "no share of victims"),
        ("met_community_support", "no local return"),
        ("unmet_community_support", "need: no share"),
        ("met_idva", "no local return"),
        ("unmet_idva", "met need: no local return"),
        ("met_move_on", "no local return"),
        ("unmet_move_on", "met need"),
        ("idva_fte_in_post", "no local return of posts"),
        ("idva_fte_gap", "no local return of posts"),
    ):
        row = results.row(measure)
        assert not row.known, measure
        assert row.note.startswith("not known: "), measure
        assert why in row.note, measure
    wards = results.rows(["unmet_idva"], level="ward")
    assert len(wards) == 31
    assert wards["value"].isna().all()


def test_shares_are_marked_as_carried_over(bedfordshire: Made) -> None:
    for measure in ("met_told_anyone", "met_told_police"):
        row = bedfordshire[0].row(measure)
        assert "partner abuse" in row.note
        assert "older questions" in row.note
        assert row.basis == "modelled"
        assert "partner_share_effective_base" in row.assumption_ids
        assert row.low < row.value < row.high


def test_incidents_alone_are_not_people(bedfordshire: Made) -> None:
    """3,238 incidents are published for 2015, without repeats: the national share stands, and says so."""
    row = bedfordshire[0].row("met_told_police")
    assert "incidents are not people" in row.note
    assert "3,238" not in row.note
    assert row.method == "national share"


@pytest.mark.parametrize("area", ["E06000056", "E10000031"])
def test_wards_add_up_and_unmet_is_need_less_met_everywhere(data: Path, area: str) -> None:
    results, _ = made(data, area)
    for tier in TIERS:
        for part in ("need", "met", "unmet"):
            row = results.row(f"{part}_{tier}")
            wards = results.rows([f"{part}_{tier}"], level="ward")["value"]
            assert np.isnan(row.value) or wards.sum() == pytest.approx(row.value)
    wide = results.frame[results.frame["breakdown"] == "all"].pivot_table(
        index=["area_level", "area_code"], columns="measure", values="value"
    )
    for tier in ("told_anyone", "told_police"):
        difference = wide[f"need_{tier}"] - wide[f"met_{tier}"] - wide[f"unmet_{tier}"]
        assert difference.abs().max() < 1e-6


def test_local_returns_take_the_place_of_shares(own: Callable[[dict[str, float]], Made]) -> None:
    results, held = own(
        {
            "police_incidents": 4_000,
            "police_repeat_incidents": 1_500,
            "community_support_clients": 600,
            "idva_clients": 200,
            "idva_referrals": 350,
            "idva_posts": 3.5,
            "marac_cases": 300,
            "households_support_ended": 90,
            "households_support_not_needed": 40,
            "households_ready_to_move_on": 10,
            "households_moved_on": 30,
        }
    )
    assert value(results, "met_told_police") == pytest.approx(2_500)  # 4,000 − 1,500
    assert value(results, "met_community_support") == pytest.approx(600)
    assert np.isnan(value(results, "unmet_community_support")), "need is still not known"
    assert value(results, "unmet_idva") == pytest.approx(342.5712 - 200)
    assert value(results, "need_move_on") == pytest.approx(60)  # 90 − 40 + 10
    assert value(results, "unmet_move_on") == pytest.approx(30)
    assert value(results, "idva_fte_gap") == pytest.approx(4.9648 - 3.5)
    by_return = results.row("idva_fte_needed", breakdown="route", category="local_return")
    assert by_return.value == pytest.approx(3.5)  # 350 ÷ 100
    basis = {
        name: results.row(name).basis for name in ("met_idva", "unmet_idva", "unmet_move_on", "need_idva")
    }
    assert basis == {
        "met_idva": "observed",
        "unmet_idva": "mixed",
        "unmet_move_on": "observed",
        "need_idva": "modelled",
    }
    assert set(held) == {"told_police", "idva", "move_on"}
    assert not any(tier.exceeds for tier in held.values())


def test_met_above_need_is_shown_and_flagged(own: Callable[[dict[str, float]], Made]) -> None:
    results, held = own({"idva_clients": 900})
    row = results.row("unmet_idva")
    assert row.value == pytest.approx(342.5712 - 900)
    assert row.note.startswith("NEGATIVE")
    assert held["idva"].exceeds
    table = cascade_table(release(results, {}, 5), CONTEXT)
    shown = table.frame[(table.frame["tier"] == "High risk and IDVA") & (table.frame["part"] == "Unmet")]
    assert shown["value"].iloc[0] < 0
    assert shown["how"].iloc[0].startswith("NEGATIVE")
    assert any("negative unmet need" in note.lower() for note in table.notes)
    figure = cascade_bars(chart_data(table), title="A finding", source="Source: a test")
    assert any(text.startswith("-560") for text in svg_texts(figure.svg))


def test_referrals_are_not_people_supported(own: Callable[[dict[str, float]], Made]) -> None:
    row = own({"idva_referrals": 350})[0].row("met_idva")
    assert not row.known
    assert "referrals count events" in row.note


def test_households_supported_locally_carry_the_national_share_to_move_on(
    own: Callable[[dict[str, float]], Made],
) -> None:
    row = own({"households_supported": 200})[0].row("need_move_on")
    assert row.value == pytest.approx(92)  # 200 × 46%
    assert row.basis == "mixed"


def test_a_local_count_is_certain_and_has_no_interval(own: Callable[[dict[str, float]], Made]) -> None:
    row = own({"idva_clients": 200})[0].row("met_idva")
    assert row.value == pytest.approx(200)
    assert math.isnan(row.low)
    assert math.isnan(row.high)


def test_no_note_holds_a_local_count(own: Callable[[dict[str, float]], Made]) -> None:
    figures = {
        "police_victims": 2_713,
        "community_support_clients": 641,
        "idva_clients": 217,
        "households_support_ended": 97,
        "households_moved_on": 53,
    }
    results, _ = own(figures)
    notes = " ".join(results.frame["note"].unique())
    for count in figures.values():
        assert not re.search(rf"\b({count}|{count:,})\b", notes)


# --- the tables and the chart


def test_tables_keep_people_and_households_apart(bedfordshire: Made) -> None:
    safe = release(bedfordshire[0], {}, 5)
    people, households = cascade_table(safe, CONTEXT), household_cascade_table(safe, CONTEXT)
    units = [
        next(column.unit for column in table.columns if column.key == "value")
        for table in (people, households)
    ]
    assert units == ["people", "households a year"]
    assert len(people.frame) == 12
    assert len(households.frame) == 6
    assert set(people.frame["origin"]) == {ORIGINS["modelled"], NOT_KNOWN}
    assert set(ORIGINS.values()) == set(LOOKS)
    capacity = capacity_table(safe, CONTEXT)
    assert capacity.frame["value"].iloc[0] == pytest.approx(4.9648)


def test_the_chart_marks_local_and_national_and_nothing_overlaps(
    own: Callable[[dict[str, float]], Made], monkeypatch: pytest.MonkeyPatch
) -> None:
    from needs_assessment.report.charts import cascade
    from needs_assessment.report.charts.canvas import Sheet

    sheets: list[Sheet] = []
    original = cascade.finish
    monkeypatch.setattr(
        cascade, "finish", lambda sheet, **said: (sheets.append(sheet), original(sheet, **said))[1]
    )
    results, _ = own({"idva_clients": 200, "community_support_clients": 600})
    safe = release(results, {}, 5)
    for table in (cascade_table(safe, CONTEXT), household_cascade_table(safe, CONTEXT)):
        figure = cascade_bars(chart_data(table), title="A finding", source="Source: a test")
        texts = svg_texts(figure.svg)
        assert "National figures, modelled" in texts
        assert "not known" in texts
        assert figure.png == cascade_bars(chart_data(table), title="A finding", source="Source: a test").png
    alt = cascade_bars(
        chart_data(cascade_table(safe, CONTEXT)), title="A finding", source="Source: a test"
    ).alt
    assert "People supported by IDVAs: 200, local return." in alt
    assert "Unmet need for an IDVA: 140" in alt
    assert ", local return and national figures." in alt
    for sheet in sheets:
        assert overlapping_texts(sheet) == []


def test_a_suppressed_count_is_marked_in_table_and_chart(own: Callable[[dict[str, float]], Made]) -> None:
    results, _ = own({"idva_clients": 200})
    frame = results.frame.copy()
    frame[["value", "low", "high"]] = frame[["value", "low", "high"]].astype("object")
    covered = frame["measure"].isin(["met_idva", "unmet_idva"])
    frame.loc[covered, ["value", "low", "high"]] = "[c]"
    safe = release(results, {}, 5)
    hidden = type(safe)(frame, safe.area_code, ("met_idva", "unmet_idva"), 5)
    table = cascade_table(hidden, CONTEXT)
    figure = cascade_bars(chart_data(table), title="A finding", source="Source: a test")
    assert "suppressed" in svg_texts(figure.svg)
    assert "200" not in figure.alt
    assert isinstance(pd.Series(table.frame["value"]).iloc[10], str)

"""Which results rest on which local figures: described for each, and seen by changing one figure at a time."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from needs_assessment import Assessment, Scenario, assess
from needs_assessment.catalogue.returns import RETURN_MEASURES
from needs_assessment.disclosure.of_assessment import guard_returns, release_results
from needs_assessment.disclosure.published_table import SUPPRESSED
from needs_assessment.results import Results
from needs_assessment.steps.dependence import dependence

KEYS = ["measure", "breakdown", "category"]
HEADER = ["measure", "accommodation_type", "unit", "value", "period_start", "period_end", "source"]
# every local figure that the estimate can use, with two types where it takes types
FIGURES: dict[tuple[str, str], float] = {
    ("police_incidents", ""): 3000,
    ("police_repeat_incidents", ""): 900,
    ("idva_clients", ""): 150,
    ("idva_referrals", ""): 250,
    ("community_support_clients", ""): 400,
    ("marac_cases", ""): 300,
    ("households_supported", ""): 90,
    ("households_not_supported", ""): 60,
    ("households_support_ended", ""): 80,
    ("households_support_not_needed", ""): 12,
    ("households_ready_to_move_on", ""): 9,
    ("households_moved_on", ""): 40,
    ("households_from_outside", ""): 30,
    ("out_of_area_placements", ""): 25,
    ("referrals", "refuge"): 120,
    ("referrals", "dispersed"): 70,
    ("referrals_accepted", "refuge"): 50,
    ("referrals_accepted", "dispersed"): 35,
    ("referrals_declined_capacity", "refuge"): 20,
    ("referrals_declined_capacity", "dispersed"): 15,
    ("length_of_stay_days", "refuge"): 130,
    ("length_of_stay_days", "dispersed"): 160,
    ("places_in_use", "refuge"): 15,
    ("places_available", "refuge"): 20,
    ("places_available", "dispersed"): 12,
}


def made(
    folder: Path,
    figures: dict[tuple[str, str], float],
    starts: dict[tuple[str, str], str] | None = None,
    **choices: object,
) -> Assessment:
    path = folder / "services.csv"
    rows = []
    for (name, kind), value in figures.items():
        measure = RETURN_MEASURES[name]
        start = (starts or {}).get((name, kind), "2025-04-01" if measure.flow else "2026-03-31")
        rows.append([name, kind, measure.unit, f"{value:g}", start, "2026-03-31", "Our return"])
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return assess(
        Scenario.build({"services": str(path), "draws": 100, "as_of": "2026-11-22", **choices}, "test")
    )


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    return made(tmp_path_factory.mktemp("full"), FIGURES)


def changed(one: Assessment, other: Assessment) -> set[tuple[str, str, str]]:
    """Results of which any number, at any level, is not the same in both."""
    numbers = ["value", "low", "high"]
    frames = [a.results.frame.set_index(["area_level", "area_code", *KEYS])[numbers] for a in (one, other)]
    pair = frames[0].align(frames[1])
    differ = ((pair[0] - pair[1]).abs() > 1e-9) | (pair[0].isna() != pair[1].isna())
    rows = pair[0][differ.any(axis=1)].reset_index()
    return set(rows[KEYS].itertuples(index=False, name=None))


@pytest.mark.parametrize("figure", [name for name in FIGURES if name[0] != "places_available"], ids="-".join)
def test_what_a_figure_changes_is_said_to_rest_on_it(
    figure: tuple[str, str], full: Assessment, tmp_path: Path
) -> None:
    """One more person, or one more day, in one figure: every result that moves must name that figure."""
    other = made(tmp_path, {**FIGURES, figure: FIGURES[figure] + 1})
    moved = changed(full, other)
    named = full.dependence.rests_on
    silent = {key for key in moved if figure not in {(name, kind) for name, kind, *_ in named.get(key, ())}}
    # a total over types is named as such
    silent = {key for key in silent if (figure[0], "") not in {(n, k) for n, k, *_ in named.get(key, ())}}
    assert not silent


def test_a_total_of_types_with_other_first_days_rests_on_each_type(tmp_path: Path) -> None:
    """A state is at its last day: 3 in refuge and 20 dispersed are added up although one is written as of a year."""
    ready = "households_ready_to_move_on"
    figures = {
        ("households_support_ended", ""): 80.0,
        ("households_moved_on", ""): 40.0,
        (ready, "refuge"): 3.0,
        (ready, "dispersed"): 20.0,
    }
    found = made(tmp_path, figures, {(ready, "dispersed"): "2025-04-01"})
    assert found.results.row("need_move_on").value == pytest.approx(80 + 23)
    guarded = guard_returns(found)
    assert list(guarded.returns.frame["value"]).count(SUPPRESSED) == 1
    # 103 less the 80 and the 20 that are printed would be the 3
    assert {(f"{part}_move_on", "all", "all") for part in ("need", "unmet")} <= guarded.hidden
    assert ("met_move_on", "all", "all") not in guarded.hidden


def test_supply_is_no_count_of_people(full: Assessment) -> None:
    named = full.dependence.rests_on
    assert ("gap_standard", "all", "all") not in named
    assert ("need_idva", "all", "all") not in named
    assert ("victims_last_year", "all", "all") not in named


def test_every_result_from_a_local_source_is_described(full: Assessment) -> None:
    frame = full.results.frame
    own = frame[frame["source_ids"].str.contains("services_file") & frame["value"].notna()]
    assert len(own) > 100
    for key in own[KEYS].drop_duplicates().itertuples(index=False, name=None):
        assert full.results.figures[key] is not None, key


def test_a_result_that_nobody_described_rests_on_everything(full: Assessment) -> None:
    row = full.results.frame.iloc[[0]].assign(
        measure="residents", breakdown="new", source_ids="services_file"
    )
    results = Results(pd.concat([full.results.frame, row], ignore_index=True), full.results.figures)
    named = dependence(full.inputs.returns, full.inputs.overlaps, results).rests_on
    found = [keys for (_, breakdown, _), keys in named.items() if breakdown == "new"]
    assert len(found) == 1
    assert len(found[0]) == len(full.inputs.returns.frame)


def test_no_row_says_whether_suppressed_arrivals_are_more_than_those_who_seek_a_place(tmp_path: Path) -> None:
    """So few are expected to seek a place that 2 from outside are fewer and 4 are more; both are [c]."""
    few = {"refuge_referred": 1000, "refuge_accepted": 500}
    both = []
    for arrivals in (2.0, 4.0):
        figures = {("households_from_outside", ""): arrivals, ("out_of_area_placements", ""): 25.0}
        found = made(tmp_path, figures, assumptions=few)
        assert 2 < found.results.row("households_seeking_refuge").value < 4
        both.append(release_results(found).frame)
    pd.testing.assert_frame_equal(*both)

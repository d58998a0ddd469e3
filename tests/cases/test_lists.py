"""Met need of several services and everyone by the overlap of their lists, through files and a whole assessment."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from needs_assessment import Assessment, Scenario, assess
from needs_assessment.api import outputs as outputs_of
from needs_assessment.disclosure.gate import SafeResults
from needs_assessment.disclosure.of_assessment import guard_returns, release_results
from needs_assessment.disclosure.published_table import SUPPRESSED, PublishedTable
from needs_assessment.errors import ReconciliationError
from needs_assessment.estimate.draws import Draws
from needs_assessment.inputs.load import load_inputs
from needs_assessment.report.sentences import warnings_of
from needs_assessment.report.tables.cascade import cascade_table
from needs_assessment.report.tables.matched_lists import NO_LISTS, WHY, list_tables, model_words, say_lists
from needs_assessment.report.tables.people import Context
from needs_assessment.report.tables.unknowns import data_gaps
from needs_assessment.results import ResultsBuilder, Row
from needs_assessment.runs.run import Finished, manifest_facts
from needs_assessment.steps.accommodation.need import add_safe_accommodation_need
from needs_assessment.steps.area_tree import build_tree
from needs_assessment.steps.cascade.matched_lists import add_matched_lists, matched_lists
from needs_assessment.steps.cascade.tiers import add_cascade
from needs_assessment.steps.context import Run, build_model
from needs_assessment.steps.prevalence import add_prevalence
from tests.list_files import ABENI, COMMUNITY, YEAR, overlap_rows, write_overlaps, write_services

IDVA = ("community_idva_clients", "health_idva_clients")
# 438 people in all; 208 on the first list, 173 on the second, 138 on the third
THREE = {"100": 150, "010": 120, "001": 90, "110": 30, "101": 25, "011": 20, "111": 12}
Made = Callable[..., Assessment]
CONTEXT = Context("Somewhere", "mid-2022", "csew-2024", 10, {})


@dataclass(frozen=True)
class Printed:
    """What a reader sees of lists: released results, tables, sentences and warnings, without a chart being drawn."""

    safe: SafeResults
    tables: Mapping[str, PublishedTable]
    lists: str
    warnings: str


def printed(found: Assessment) -> Printed:
    safe = release_results(found)
    tables = list_tables(safe, CONTEXT, found.matched, 2)
    return Printed(safe, tables, " ".join(say_lists(safe, 100)), " | ".join(warnings_of(found, safe)))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Made:
    """An assessment of prevalence and of the cascade only, from totals of services and rows of matched lists."""
    folder = tmp_path_factory.mktemp("lists")

    def made(
        totals: Mapping[str, float] | None = None,
        rows: Sequence[Mapping[str, str]] = (),
        period: tuple[str, str] = YEAR,
    ) -> Assessment:
        services = str(write_services(folder / "services.csv", totals, period)) if totals else ""
        overlaps = str(write_overlaps(folder / "overlaps.csv", rows)) if rows else ""
        scenario = Scenario(
            area=("E06000056",), as_of=dt.date(2026, 11, 22), draws=400, services=services, overlaps=overlaps
        )
        inputs = load_inputs(scenario, data)
        draws, tree = Draws(scenario.draws, scenario.seed), build_tree(inputs)
        run = Run(inputs, draws, tree, build_model(inputs, draws, tree), ResultsBuilder())
        victims = add_prevalence(run)
        matched = matched_lists(run)
        add_matched_lists(run, matched)
        held = {
            "safe_accommodation": add_safe_accommodation_need(run, victims),
            **add_cascade(run, victims, matched),
        }
        return Assessment(scenario, inputs, run.builder.build(), victims, (), held, (), matched)

    return made


@pytest.fixture(scope="module")
def four_lists(made: Made) -> Assessment:
    return made(rows=overlap_rows(ABENI))


def row(assessment: Assessment, measure: str, breakdown: str = "all", category: str = "all") -> Row:
    return assessment.results.row(measure, breakdown=breakdown, category=category)


# --- totals of several services


def test_totals_only_are_bounds_and_the_middle(made: Made) -> None:
    """300, 200 and 100 people: from 300 to 600 different ones, 450 the middle, 95 in 100 of the draws 307.5 to 592.5."""
    found = made(dict(zip(COMMUNITY, (300, 200, 100), strict=False)))
    met = row(found, "met_community_support")
    assert met.value == pytest.approx(450)
    assert (met.low, met.high) == pytest.approx((307.5, 592.5), abs=0.8)
    assert met.basis == "mixed"
    assert "union_position" in met.assumption_ids
    ends = {name: row(found, "met_community_support", "bounds", name).value for name in ("fewest", "most")}
    assert ends == {"fewest": 300, "most": 600}
    wards = found.results.rows(["met_community_support"], level="ward")
    assert wards["value"].sum() == pytest.approx(450)
    outputs = printed(found)
    said = outputs.lists
    assert "Between 300 and 600 different people were supported in the community" in said
    assert NO_LISTS in said
    shown = cascade_table(outputs.safe, CONTEXT).frame.set_index("label")
    assert shown.loc["People supported in the community", "origin"] == "Local return"
    assert outputs.tables["service_lists"].frame["value"].tolist()[-3:] == pytest.approx([300, 600, 450])


def test_the_order_of_services_changes_nothing(made: Made) -> None:
    totals = dict(zip(COMMUNITY, (300, 200, 100), strict=False))
    backwards = made(dict(reversed(totals.items())))
    plain = row(made(totals), "met_community_support")
    again = row(backwards, "met_community_support")
    assert (again.value, again.low, again.high) == (plain.value, plain.low, plain.high)


def test_one_service_and_the_figure_that_counts_everyone_once_have_no_range(made: Made) -> None:
    one = row(made({COMMUNITY[0]: 300}), "met_community_support")
    assert one.value == pytest.approx(300)
    assert np.isnan(one.low)
    assert "one service's own list" in one.note
    whole = row(
        made({COMMUNITY[0]: 300, COMMUNITY[1]: 200, "community_support_clients": 400}),
        "met_community_support",
    )
    assert whole.value == pytest.approx(400)
    assert np.isnan(whole.low)
    assert whole.basis == "observed"


def test_another_service_never_lowers_the_fewest(made: Made) -> None:
    fewer = made(dict(zip(COMMUNITY, (300, 200), strict=False)))
    more = made(dict(zip(COMMUNITY, (300, 200, 350), strict=False)))
    fewest = [row(found, "met_community_support", "bounds", "fewest").value for found in (fewer, more)]
    assert fewest == [300, 350]


def test_met_above_need_by_more_than_both_ranges_is_flagged(made: Made) -> None:
    """Need of an IDVA is 343 people, 250 to 460: 500 and 400 clients are at least 500 different people."""
    found = made(dict(zip(IDVA, (500, 400), strict=True)))
    unmet = row(found, "unmet_idva")
    assert unmet.value == pytest.approx(342.5712 - 700)
    assert unmet.note.startswith("NEGATIVE")
    assert found.tiers_above_need == ["idva"]
    warnings = printed(found).warnings
    assert "People supported by IDVAs" in warnings
    assert "People at high risk who need an IDVA" in warnings


def test_of_a_suppressed_count_nothing_says_that_it_is_above_need(tmp_path: Path) -> None:
    """As above with 3 at court: how many IDVAs support is [c], and that it is above 460 would bound it."""
    totals = dict(zip((*IDVA, "court_idva_clients"), (500, 400, 3), strict=True))
    services = str(write_services(tmp_path / "services.csv", totals))
    found = assess(Scenario(services=services, as_of=dt.date(2026, 11, 22), draws=100))
    assert found.tiers_above_need == ["idva"]
    assert outputs_of(found).safe.row("met_idva")["value"] == SUPPRESSED
    facts = manifest_facts(found)
    assert facts["met_above_need"] == []
    assert "above need" not in str(facts)
    with pytest.raises(ReconciliationError, match="suppressed") as raised:
        Finished(tmp_path, found).raise_if_not_reconciled()
    assert "idva" not in str(raised.value)


def test_met_whose_range_reaches_into_that_of_need_is_not(made: Made) -> None:
    """300 and 310 clients are from 310 to 610 people: 460 in the middle, and as few as a need of 343 would have."""
    found = made(dict(zip(IDVA, (300, 310), strict=True)))
    assert row(found, "unmet_idva").value == pytest.approx(342.5712 - 460)
    assert found.tiers_above_need == []
    assert "Unmet need is negative (idva)" in printed(found).warnings


# --- matched lists


def test_matched_lists_are_met_need_exactly(made: Made) -> None:
    found = made(rows=overlap_rows(THREE, COMMUNITY[:3]))
    met = row(found, "met_community_support")
    assert met.value == pytest.approx(447)  # 150 + 120 + 90 + 30 + 25 + 20 + 12
    assert np.isnan(met.low)
    assert met.basis == "observed"
    lists = {name: row(found, "met_community_support", "list", name).value for name in COMMUNITY[:3]}
    assert list(lists.values()) == [217, 182, 147]  # 150 + 30 + 25 + 12 and so on
    assert "community_support" not in found.reconciliations, "need is not known"


def test_a_list_that_was_not_matched_widens_the_range(made: Made) -> None:
    """447 people on three matched lists and 60 on a fourth: from 447 to 507."""
    found = made({COMMUNITY[3]: 60}, overlap_rows(THREE, COMMUNITY[:3]))
    ends = [row(found, "met_community_support", "bounds", name).value for name in ("fewest", "most")]
    assert ends == [447, 507]
    assert row(found, "met_community_support").value == pytest.approx(477)


def test_lists_of_another_year_are_left_out_and_that_is_said(made: Made) -> None:
    found = made(
        {COMMUNITY[0]: 200, COMMUNITY[1]: 90},
        overlap_rows(THREE, COMMUNITY[:3]),
        ("2024-04-01", "2025-03-31"),
    )
    met = row(found, "met_community_support")
    assert met.value == pytest.approx(447)
    assert "lists of other years left out" in met.note


def test_disagreement_with_the_figure_for_all_services_is_on_page_one(made: Made) -> None:
    found = made({"community_support_clients": 430}, overlap_rows(THREE, COMMUNITY[:3]))
    assert row(found, "met_community_support").value == pytest.approx(447)
    warnings = printed(found).warnings
    assert "hold more different people" in warnings
    assert "447" not in warnings
    assert "430" not in warnings


def test_lists_of_an_earlier_year_are_held_against_the_figure_of_that_year(tmp_path: Path) -> None:
    """447 people on the lists of 2024-25, and 450 in all services then: three are on none of the lists."""
    before = {"period_start": "2024-04-01", "period_end": "2025-03-31"}
    services = write_services(tmp_path / "services.csv", {"community_support_clients": 600})
    earlier = write_services(
        tmp_path / "earlier.csv", {"community_support_clients": 450}, tuple(before.values())
    )
    with services.open("a", encoding="utf-8") as file:
        file.write(earlier.read_text(encoding="utf-8").splitlines()[1] + "\n")
    rows = [{**row, **before} for row in overlap_rows(THREE, COMMUNITY[:3])]
    overlaps = write_overlaps(tmp_path / "overlaps.csv", rows)
    day = dt.date(2026, 11, 22)
    found = assess(Scenario(services=str(services), overlaps=str(overlaps), as_of=day, draws=100))
    assert row(found, "on_matched_lists_community_support").value == 447
    assert 450 in list(guard_returns(found).returns.frame["value"])
    assert release_results(found).row("on_matched_lists_community_support")["value"] == SUPPRESSED


# --- everyone by the overlap


def test_two_lists_through_files_are_chapmans(made: Made) -> None:
    """50 and 40 people by their totals, 10 on both: 51 x 41 / 11 - 1 = 189.09."""
    found = made({IDVA[0]: 50, IDVA[1]: 40}, overlap_rows({"11": 10}, IDVA, "idva"))
    everyone = row(found, "hidden_population_idva")
    assert everyone.value == pytest.approx(189.09, abs=0.005)
    assert everyone.low < everyone.value < everyone.high
    assert row(found, "met_idva").value == pytest.approx(80)  # 50 + 40 - 10
    assert row(found, "unmet_idva").value == pytest.approx(342.5712 - 80)
    safe = release_results(found)
    assert safe.row("hidden_population_idva")["value"] == pytest.approx(189.09, abs=0.005), (
        "no group is small"
    )


def test_four_lists_as_published(four_lists: Assessment) -> None:
    models = four_lists.matched["community_support"].people.models  # type: ignore[union-attr]
    by_size = {
        len(terms): number for terms, number in zip(models["terms"], models["population"], strict=True)
    }
    assert by_size[0] == pytest.approx(11_124.6, abs=0.1)
    assert by_size[6] == pytest.approx(23_443.5, abs=0.1)
    pair = models[[terms == (("helpline_clients", "outreach_clients"),) for terms in models["terms"]]]
    assert pair["population"].item() == pytest.approx(12_318.5, abs=0.1)
    everyone = row(four_lists, "hidden_population_community_support")
    assert everyone.value == pytest.approx(13_093.0, abs=0.5)
    spread = [row(four_lists, everyone.measure, "models", name).value for name in ("lowest", "highest")]
    assert spread[0] < 11_124.6
    assert spread[1] > 23_443.5


def test_what_is_printed_of_four_lists_with_small_groups(four_lists: Assessment) -> None:
    """Three combinations hold one to three people: estimates are rounded, and models of three lists are one row."""
    outputs = printed(four_lists)
    everyone = outputs.safe.row("hidden_population_community_support")
    assert [everyone[name] for name in ("value", "low", "high")] == [13_000, 9_200, 22_000]
    table = outputs.tables["overlap_models"].frame
    shown = table[table["value"].notna()]
    assert set(shown["value"] % 1_000) == {0}
    assert shown["label"].iloc[0] == "Helpline with outreach"
    assert {"No list depends on another", "Every list with every other, two by two"} < set(shown["label"])
    assert table["label"].iloc[-1].endswith("other models that fit about as well, together")
    assert table[["aic", "bic"]].sum().tolist() == pytest.approx([1, 1], abs=0.06)
    assert model_words((("a_clients", "b_clients", "c_clients"),), 4) == "A with b with c"
    assert not any(
        len(re.findall(" with ", part)) > 1 for label in shown["label"] for part in label.split("; ")
    )
    said = outputs.lists
    assert "1,896 different people" in said
    assert "about 13,000 people (likely between 9,200 and 22,000)" in said
    assert "The two ranges overlap" in said
    assert WHY in said


def test_no_combination_of_lists_is_printed_anywhere(four_lists: Assessment) -> None:
    """205, 621, 545 and 403 people are on one list alone, 35 and 33 on two: none of it is in a table or a sentence."""
    outputs = printed(four_lists)
    frame = outputs.safe.frame
    notes = frame.loc[frame["measure"].str.contains("lists|hidden|met_comm"), "note"].tolist()
    text = " ".join([*map(repr, outputs.tables.values()), outputs.lists, outputs.warnings, *notes])
    for count in (205, 621, 545, 403, 35, 33, 20):
        assert not re.search(rf"(?<![\d,]){count}(?![\d,])", text), count
    values = frame.loc[frame["measure"].str.contains("lists|hidden"), ["value", "low", "high"]]
    assert not {205.0, 621.0, 545.0, 403.0} & set(values.to_numpy().ravel().tolist())


def test_a_few_people_on_both_lists_hide_what_would_tell_them(made: Made) -> None:
    found = made({IDVA[0]: 50, IDVA[1]: 40}, overlap_rows({"11": 3}, IDVA, "idva"))
    outputs = printed(found)
    for measure in ("met_idva", "unmet_idva", "on_matched_lists_idva", "hidden_population_idva"):
        assert outputs.safe.row(measure)["value"] == SUPPRESSED
    said = outputs.lists
    assert "suppressed" in said
    assert "87" not in said
    assert "overlap_models" not in outputs.tables


def test_a_few_people_on_three_lists_hide_the_estimate_only(made: Made) -> None:
    found = made(rows=overlap_rows({**THREE, "111": 3}, COMMUNITY[:3]))
    outputs = printed(found)
    assert outputs.safe.row("met_community_support")["value"] == pytest.approx(438)
    assert outputs.safe.row("hidden_population_community_support")["value"] == SUPPRESSED
    assert "Two services counted as one list" in outputs.lists


def test_lists_of_every_agency_stand_beside_all_victims(made: Made) -> None:
    lists = ("police_victims", "housing_approaches", "idva_clients")
    counts = {"100": 2100, "010": 380, "001": 90, "110": 95, "101": 110, "011": 22, "111": 14}
    found = made(rows=overlap_rows(counts, lists, "told_anyone"))
    assert row(found, "on_matched_lists_told_anyone").value == 2811
    assert row(found, "met_told_anyone").method == "national share", "a list is no count of who told anyone"
    said = printed(found).lists
    assert "2,811 different people were known to any of the agencies" in said
    assert "Victims in the last year by national rates" in said


def test_without_lists_there_are_no_tables_and_a_gap_says_what_to_obtain() -> None:
    found = assess(Scenario(area=("E06000056",), as_of=dt.date(2026, 11, 22), draws=100))
    outputs = printed(found)
    assert outputs.tables == {}
    assert outputs.lists == NO_LISTS
    assert "more than one service's list" in " ".join(data_gaps(found.inputs, outputs.safe)["gap"])
    assert not any(name.startswith(("hidden", "on_matched")) for name in found.results.frame["measure"])

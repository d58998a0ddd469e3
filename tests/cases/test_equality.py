"""Breakdowns of a whole run: they close everywhere, name a source for every rate and leave no group out."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from needs_assessment.catalogue.results import RESULT_MEASURES
from needs_assessment.disclosure.gate import release
from needs_assessment.disclosure.published_table import PublishedTable
from needs_assessment.estimate.breakdowns import RESIDUAL, RateUsed
from needs_assessment.estimate.draws import Draws
from needs_assessment.inputs.load import Inputs, load_inputs
from needs_assessment.report.tables.equality import (
    CLOSED,
    NOT_SEPARATE,
    OWN_TOTAL,
    all_published,
    characteristics_gap,
    equality_tables,
)
from needs_assessment.report.tables.people import Context
from needs_assessment.results import Results, ResultsBuilder
from needs_assessment.scenario import Scenario
from needs_assessment.steps.area_tree import build_tree
from needs_assessment.steps.carried_ratios import GROUPINGS
from needs_assessment.steps.characteristics import add_characteristics, add_types_of_abuse, divide
from needs_assessment.steps.context import Run, build_model
from needs_assessment.steps.people import add_high_risk, add_population, add_risk_tiers
from needs_assessment.steps.prevalence import add_prevalence
from needs_assessment.steps.rates import with_relative_risk

TOPICS = ("disability", "ethnic_group", "tenure")
PROTECTED = (
    "Age",
    "Disability",
    "Gender reassignment",
    "Marriage and civil partnership",
    "Pregnancy and maternity",
    "Race (ethnic group)",
    "Religion or belief",
    "Sex",
    "Sexual orientation",
)


@dataclass(frozen=True)
class Broken:
    """A run as far as its breakdowns."""

    inputs: Inputs
    used: tuple[RateUsed, ...]
    results: Results

    @property
    def tables(self) -> dict[str, PublishedTable]:
        registers = self.inputs.registers.sources
        context = Context(
            "Here", "mid-year", "set", 10, {name: row.publisher for name, row in registers.items()}
        )
        titles = {name: f"{row.publisher}, {row.title}" for name, row in registers.items()}
        safe = release(self.results, {}, 5)
        return equality_tables(safe, context, self.used, self.inputs.characteristics, titles)


def begin(inputs: Inputs, draws: int) -> Run:
    source, tree = Draws(draws, inputs.scenario.seed), build_tree(inputs)
    run = Run(inputs, source, tree, build_model(inputs, source, tree), ResultsBuilder())
    run.model = with_relative_risk(run)
    return run


def break_down(inputs: Inputs, draws: int = 500) -> Broken:
    run = begin(inputs, draws)
    add_population(run)
    victims = add_prevalence(run)
    add_high_risk(run)
    used = add_characteristics(run, victims) + add_types_of_abuse(run, victims)
    add_risk_tiers(run, victims)
    return Broken(inputs, used, run.builder.build())


def load(data: Path, *areas: str, **choices: object) -> Inputs:
    return load_inputs(
        Scenario.build({"area": areas, "as_of": dt.date(2026, 11, 22), **choices}, "test"), data
    )


@pytest.fixture(scope="module")
def bedfordshire(request: pytest.FixtureRequest) -> Broken:
    return break_down(load(request.getfixturevalue("data"), "E06000056"), draws=2000)


@pytest.fixture(scope="module")
def warwickshire(request: pytest.FixtureRequest) -> Broken:
    return break_down(load(request.getfixturevalue("data"), "E10000031"))


@pytest.mark.parametrize("place", ["bedfordshire", "warwickshire"])
@pytest.mark.parametrize("topic", TOPICS)
def test_groups_add_up_at_every_level(place: str, topic: str, request: pytest.FixtureRequest) -> None:
    frame = request.getfixturevalue(place).results.frame
    victims = frame[frame["measure"] == "victims_last_year"]
    whole = victims[(victims["breakdown"] == "all") & (victims["area_level"] != "england")]
    parts = victims[victims["breakdown"] == topic]
    assert parts[["value", "low", "high"]].notna().all().all()
    assert (parts["value"] >= 0).all()
    added = parts.groupby(["area_level", "area_code"])["value"].sum()
    wanted = whole.set_index(["area_level", "area_code"])["value"]
    assert set(added.index) == set(wanted.index)
    np.testing.assert_allclose(added, wanted.reindex(added.index), atol=1e-6)
    by_level = parts.groupby(["category", "area_level"])["value"].sum().unstack()
    for level in by_level.columns:
        np.testing.assert_allclose(by_level[level], by_level["authority"], atol=1e-6)


def test_central_bedfordshire_by_hand(bedfordshire: Broken) -> None:
    """One ward, Ampthill: 1,861 of 14,117 residents are disabled; 14.3% against 5.1%."""
    results = bedfordshire.results
    ward = {"area": "E05014394", "level": "ward"}
    whole = results.row("victims_last_year", **ward).value
    disabled = results.row(
        "victims_last_year", breakdown="disability", category="Disabled under the Equality Act", **ward
    )
    assert disabled.value == pytest.approx(whole * 1861 * 14.3 / (1861 * 14.3 + 12_256 * 5.1))
    assert "old questions" in disabled.note
    assert "carried over" in disabled.note
    assert {"ons_disability_2020", "census_2021"} <= set(disabled.source_ids.split())
    assert {"carried_ratio_sd", "effective_base_f", "ward_effect_sd"} <= set(disabled.assumption_ids.split())


def test_women_in_social_rented_homes_by_hand(bedfordshire: Broken) -> None:
    """Ampthill: 643 of 5,869 households; women's share of victims from the rows by sex; 11.1% against 6.2%."""
    results = bedfordshire.results
    ward = {"area": "E05014394", "level": "ward"}
    women = results.row("victims_last_year", breakdown="sex", category="F", **ward).value
    england = (2_060_431 + 1_945_074) / 23_436_382
    risk = 11.1 / 6.2
    others = (1 - england * risk) / (1 - england)
    share = 643 / 5869
    part = share * risk / (share * risk + (1 - share) * others)
    found = results.row("victims_last_year", breakdown="tenure", category="Social rented (women)", **ward)
    assert found.value == pytest.approx(women * part)


def test_residual_of_ethnic_groups_by_hand(bedfordshire: Broken) -> None:
    england = {"White": 45_783_622, "Mixed": 1_669_304, "Asian": 5_426_498}
    total = 45_783_622 + 1_669_304 + 5_426_498 + 2_381_670 + 1_229_014
    carried = sum(england[name] * rate for name, rate in (("White", 5.6), ("Mixed", 12.9), ("Asian", 3.8)))
    rest = (5.7 - carried / total) / (1 - sum(england.values()) / total)
    found = next(
        rate for rate in bedfordshire.used if (rate.breakdown, rate.category) == ("ethnic_group", RESIDUAL)
    )
    assert found.relative_risk == pytest.approx(rest / 5.6)
    assert found.carried == 1.0
    assert [text.split(",")[0] for text in found.covers] == ["Black", "Other ethnic group"]


def test_types_overlap_and_stay_above_the_ward(bedfordshire: Broken) -> None:
    frame = bedfordshire.results.frame
    types = frame[frame["breakdown"] == "abuse_type"]
    assert set(types["area_level"]) == {"authority"}
    values = dict(zip(types["category"], types["value"], strict=True))
    whole = bedfordshire.results.row("victims_last_year").value
    assert values["partner_non_sexual"] + values["family_non_sexual"] > values["any_non_sexual"]
    assert all(value < whole for value in values.values())
    assert values["threats_or_force"] / values["any_non_sexual"] == pytest.approx(3.0 / 5.6)
    assert types["note"].str.contains("must not be added").all()


def test_risk_tiers_convert_cases_explicitly(bedfordshire: Broken) -> None:
    results = bedfordshire.results
    cases = results.row("high_risk_cases").value
    assert results.row("repeat_high_risk_cases").value == pytest.approx(0.31 * cases)
    assert results.row("high_risk_people").value == pytest.approx(0.69 * cases)
    assert results.row("children_high_risk").value == pytest.approx(1.24 * cases)
    tiers = results.rows(["victims_last_year"], level="authority", breakdown="risk_tier", category=None)
    assert tiers["value"].sum() == pytest.approx(results.row("victims_last_year").value, abs=1e-6)
    for measure in ("repeat_high_risk_cases", "high_risk_people", "children_high_risk"):
        both = results.rows([measure], level="authority", breakdown="ratio", category=None)
        assert both["category"].tolist() == ["recommended", "observed_national"]
        assert both["value"].iloc[1] / both["value"].iloc[0] == pytest.approx(47 / 40)


@pytest.mark.parametrize("place", ["bedfordshire", "warwickshire"])
def test_one_total_a_measure_and_area_written_first(place: str, request: pytest.FixtureRequest) -> None:
    frame = request.getfixturevalue(place).results.frame
    for (level, _, _), rows in frame.groupby(["area_level", "area_code", "measure"], sort=False):
        totals = (rows["breakdown"] == "all").to_numpy()
        assert totals.sum() == 1, level
        assert totals[0]


def test_counts_are_the_census(bedfordshire: Broken) -> None:
    results = bedfordshire.results
    groups = results.rows(["residents"], level="authority", breakdown="ethnic_group", category=None)
    assert groups["value"].sum() == 294_230
    assert (groups["basis"] == "observed").all()
    assert groups["note"].str.contains("not the population estimate").all()
    assert results.row("residents").value == 301_501
    assert results.row("households").value == 120_729
    assert results.row("households", breakdown="tenure", category="Lives rent free").value == 77
    assert not set(results.frame.loc[results.frame["breakdown"] == "deprivation_2025", "measure"]) - {
        "residents"
    }


def test_doubling_residents_doubles_every_group(bedfordshire: Broken) -> None:
    inputs = bedfordshire.inputs
    persons = inputs.persons
    twice = replace(
        persons,
        adults={sex: 2 * people for sex, people in persons.adults.items()},
        children=2 * persons.children,
        residents=2 * persons.residents,
    )
    one = break_down(inputs, draws=200).results.frame
    two = break_down(replace(inputs, persons=twice), draws=200).results.frame
    kept = one["breakdown"].isin([*TOPICS, "abuse_type", "risk_tier"]) & (one["basis"] == "modelled")
    for column in ("value", "low", "high"):
        np.testing.assert_allclose(two.loc[kept, column], 2 * one.loc[kept, column], rtol=1e-6)


def test_order_of_categories_changes_nothing(bedfordshire: Broken) -> None:
    inputs = bedfordshire.inputs
    held = inputs.characteristics
    turned = {
        name: replace(
            topic,
            categories=topic.categories[::-1],
            counts=topic.counts[:, ::-1],
            england=None if topic.england is None else topic.england[::-1],
        )
        for name, topic in reversed(held.topics.items())
    }
    keys = ["area_level", "area_code", "measure", "breakdown", "category"]
    one, two = (
        break_down(replace(inputs, characteristics=replace(held, topics=topics)), draws=200)
        .results.frame.set_index(keys)[["value", "low", "high"]]
        .sort_index()
        for topics in (held.topics, turned)
    )
    pd.testing.assert_frame_equal(one, two, rtol=1e-9)


def test_a_partnership_holds_the_figures_of_its_members(data: Path) -> None:
    together = break_down(load(data, "E07000218", "E07000219"), draws=200).results
    alone = break_down(load(data, "E07000218"), draws=200).results
    for topic in TOPICS:
        rows = alone.rows(["victims_last_year"], level="authority", breakdown=topic, category=None)
        for category, value in zip(rows["category"], rows["value"], strict=True):
            labels = {"breakdown": topic, "category": category}
            member = together.row("victims_last_year", area="E07000218", level="member", **labels)
            assert member.value == pytest.approx(value)


@pytest.mark.parametrize("method", ["crude", "sex", "age_sex", "composition"])
def test_every_draw_closes_in_every_ward(data: Path, method: str) -> None:
    run = begin(load(data, "E06000056", method=method), draws=200)
    victims = add_prevalence(run)
    sharing, totals = victims.shared.sharing, victims.shared.totals
    whole = sharing.of(totals).values
    for topic in TOPICS:
        divided = divide(run, run.inputs.characteristics.topics[topic], GROUPINGS[topic])
        parts = [sharing.of(totals, victims.drawn * part).values for part in divided.drawn]
        assert np.all(np.stack(parts) >= 0)
        np.testing.assert_allclose(sum(parts), whole, atol=1e-6)
        np.testing.assert_allclose(sum(part.sum(axis=0) for part in parts), whole.sum(axis=0), atol=1e-6)
        np.testing.assert_allclose(divided.central.sum(axis=0), 1.0, atol=1e-12)


@pytest.mark.parametrize("method", ["crude", "sex", "composition"])
def test_other_methods_close_too(data: Path, method: str) -> None:
    broken = break_down(load(data, "E06000056", method=method), draws=200)
    whole = broken.results.row("victims_last_year").value
    for topic in TOPICS:
        rows = broken.results.rows(["victims_last_year"], level="authority", breakdown=topic, category=None)
        assert rows["value"].sum() == pytest.approx(whole, abs=1e-6)
    tenure = [rate.category for rate in broken.used if rate.breakdown == "tenure"]
    assert tenure == ([RESIDUAL] if method == "crude" else ["Social rented (women)", RESIDUAL])
    assert "equality_tenure" in broken.tables


def test_survey_error_only_is_narrower(data: Path, bedfordshire: Broken) -> None:
    only = break_down(load(data, "E06000056", intervals="survey_only"), draws=2000).results
    for topic, category in (("ethnic_group", RESIDUAL), ("disability", "Disabled under the Equality Act")):
        labels = {"breakdown": topic, "category": category}
        full = bedfordshire.results.row("victims_last_year", **labels)
        narrow = only.row("victims_last_year", **labels)
        assert narrow.value == pytest.approx(full.value)
        assert 0 < narrow.high - narrow.low < 0.8 * (full.high - full.low)
        assert "survey error only" in narrow.note


def test_an_area_without_a_table_has_no_rows_and_one_gap(data: Path, bedfordshire: Broken) -> None:
    bare = replace(bedfordshire.inputs.characteristics, topics={}, missing="no table")
    broken = break_down(replace(bedfordshire.inputs, characteristics=bare), draws=200)
    frame = broken.results.frame
    assert not set(frame["breakdown"]) & {*TOPICS, "deprivation_2025"}
    assert "households" not in set(frame["measure"])
    assert set(broken.tables) == {"abuse_types", "risk_levels", "equality_gaps", "equality_rates"}
    gaps = broken.tables["equality_gaps"].frame.set_index("name")
    assert gaps.loc["Disability", "here"] == "NOT ESTIMATED"
    assert any("no table" in note for note in broken.tables["equality_gaps"].notes)
    gap = characteristics_gap(bare)
    assert gap is not None
    assert "no table" in gap[0]
    assert characteristics_gap(bedfordshire.inputs.characteristics) is None


@pytest.mark.parametrize("place", ["bedfordshire", "warwickshire"])
def test_every_rate_names_its_source(place: str, request: pytest.FixtureRequest) -> None:
    broken = request.getfixturevalue(place)
    sources = broken.inputs.registers.sources
    for name in (*(f"equality_{topic}" for topic in TOPICS), "abuse_types"):
        table = broken.tables[name]
        frame = table.frame
        assert (frame["source"] != "").all()
        rated = frame[frame["rate"].notna()]
        assert len(rated) >= 1
        assert rated["value"].notna().all()
        assert set(rated["source"]) <= set(sources)
        said = [note for note in table.notes if note.startswith("Published rates: ")]
        assert re.search(r"YE March .+, (old|new) questions, .*aged \d+ to \d+", said[0])
        others = frame[frame["rate"].isna()]["source"]
        assert all(text in {CLOSED, NOT_SEPARATE, OWN_TOTAL} for text in others)
        assert broken.tables[name].source.startswith("Source: ")


@pytest.mark.parametrize("place", ["bedfordshire", "warwickshire"])
def test_no_group_is_left_out(place: str, request: pytest.FixtureRequest) -> None:
    broken = request.getfixturevalue(place)
    for name, topic in broken.inputs.characteristics.topics.items():
        table = broken.tables[f"equality_{name}"]
        groups, total = table.frame["group"], table.frame["people"].iloc[-1]
        assert total == topic.counts.sum()
        rates = [rate for rate in broken.used if rate.breakdown == name]
        if not rates:
            assert len(groups) == len(topic.categories) + 1
            continue
        covered = [category for rate in rates for category in rate.covers]
        assert sorted(covered) == sorted(topic.categories), "every category once"
        for rate in rates:
            for category in () if rate.published else rate.covers:
                assert category in set(groups)
        main = table.frame[table.frame["value"].notna()].iloc[:-1]
        assert main["people"].sum() == total
        assert main["share"].sum() == pytest.approx(1.0)
        assert main["value"].sum() == pytest.approx(table.frame["value"].iloc[-1], abs=1e-6)


def test_every_published_rate_by_group_and_every_protected_characteristic_is_listed(
    bedfordshire: Broken,
) -> None:
    table = bedfordshire.tables["equality_gaps"]
    assert set(PROTECTED) <= set(table.frame["name"])
    assert (table.frame[["here", "published", "missing"]] != "").all().all()
    published = all_published(bedfordshire.inputs.characteristics.rates)
    assert len(published) > 30
    rates = bedfordshire.tables["equality_rates"]
    assert len(rates.frame) == len(published)
    assert rates.frame["source"].isin(bedfordshire.inputs.registers.sources).all()
    used = rates.frame[rates.frame["used"] == "yes"]
    assert sorted(used["group"]) == ["Asian", "Mixed", "White", "disabled", "not disabled", "social renter"]
    by_place = table.frame.set_index("name")["published"]
    for rate in published:
        assert rate.name in by_place[rate.place]
        assert (
            f"{rate.source_id}: {bedfordshire.inputs.registers.source(rate.source_id).publisher}"
            in rates.source
        )
    assert by_place["Age"] == "16 to 19, 20 to 24, 75 and over, 60 to 74"
    regions = by_place["Region"].split(", ")
    assert len(regions) == len(set(regions)) == 11
    assert {"East of England", "West Midlands", "Wales", "All regions"} <= set(regions)
    assert table.frame.set_index("name").loc["Region", "here"].startswith("Not estimated on its own")
    race = table.frame.set_index("name").loc["Race (ethnic group)", "missing"]
    assert "Black" in race
    assert "Other ethnic group" in race
    assert table.frame.set_index("name").loc["Deprivation", "here"] == "Residents only"


def test_a_new_published_group_is_never_dropped(bedfordshire: Broken) -> None:
    held = bedfordshire.inputs.characteristics
    row = held.rates[held.rates["group"] == "urban"].assign(group="in full-time education")
    rates = pd.concat([held.rates, row], ignore_index=True)
    inputs = replace(bedfordshire.inputs, characteristics=replace(held, rates=rates))
    names = replace(bedfordshire, inputs=inputs).tables["equality_gaps"].frame["name"]
    assert "in full-time education" in set(names)


def test_an_absurd_residual_is_flagged_everywhere(bedfordshire: Broken) -> None:
    held = bedfordshire.inputs.characteristics
    rates = held.rates.copy()
    white = (rates["rate_set"] == "csew-2019") & (rates["group"] == "ethnicity: White")
    rates.loc[white, "rate"] = 6.4
    broken = break_down(replace(bedfordshire.inputs, characteristics=replace(held, rates=rates)), draws=200)
    rows = broken.results.rows(["victims_last_year"], level="ward", breakdown="ethnic_group", category=None)
    assert rows["note"].str.startswith("FLAG").all()
    assert (rows["value"] >= 0).all()
    assert any(note.startswith("FLAG") for note in broken.tables["equality_ethnic_group"].notes)


def test_the_measures_are_in_the_catalogue() -> None:
    units = {
        name: RESULT_MEASURES[name].unit for name in ("households", "high_risk_people", "children_high_risk")
    }
    assert units == {
        "households": "households",
        "high_risk_people": "people",
        "children_high_risk": "children",
    }

"""Two runs compared by the library's own steps: what caused each change, and nothing else."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from needs_assessment import Assessment, InputError, Scenario, assess
from needs_assessment.api import outputs as outputs_of
from needs_assessment.assessment import headlines
from needs_assessment.catalogue.results import RESULT_MEASURES
from needs_assessment.comparison import Side, compare, side_of
from needs_assessment.comparison.mixtures import CAUSE_OF_CHOICE, TITLES, Mixtures
from needs_assessment.comparison.split import NEEDS_FILES
from needs_assessment.disclosure.published_table import SUPPRESSED
from needs_assessment.estimate.change import Change, HeadlineChange
from needs_assessment.registers.registers import Assumption
from needs_assessment.report.charts.waterfall import change_figures
from needs_assessment.report.outputs import release_results
from needs_assessment.report.tables.change import (
    NO_PREVIOUS,
    NOT_A_TREND,
    ROUNDED,
    change_statement,
    change_tables,
    printed,
    released_change,
)
from tests.list_files import ABENI, overlap_rows, write_overlaps

DAY = dt.date(2026, 11, 22)
HEADER = "measure,accommodation_type,unit,value,period_start,period_end,source\n"
YEAR = "2025-04-01,2026-03-31,annual return\n"
ON = "2026-03-31,2026-03-31,commissioning record\n"
PLACES = "places_available,refuge,family places,{},{}"


@cache
def _run(choices: tuple[tuple[str, Any], ...]) -> Assessment:
    return assess(Scenario(as_of=DAY, draws=100, **dict(choices)))


def run(**choices: Any) -> Assessment:
    return _run(tuple(sorted(choices.items())))


def side(**choices: Any) -> Side:
    made = run(**choices)
    return side_of(made.inputs, made.results)


@pytest.fixture(scope="module")
def base() -> Side:
    return side()


@pytest.fixture(scope="module")
def residents(data: Path) -> pd.DataFrame:
    return pd.read_csv(data / "areas" / "E06000056" / "population.csv", dtype={"age_to": "Int64"})


def written(frame: pd.DataFrame, path: Path) -> str:
    frame.to_csv(path, index=False)
    return str(path)


def returns(path: Path, *rows: str) -> str:
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return str(path)


def adds_up(change: Change) -> None:
    """Every split headline: its parts are its change within a billionth of the figure."""
    split = [item for item in change.headlines if item.split]
    assert split
    for item in split:
        scale = max(abs(item.before or 0.0), abs(item.after or 0.0), 1.0)
        assert math.isclose(sum(item.parts.values()), item.change or 0.0, abs_tol=1e-9 * scale), item.measure


def of(change: Change, measure: str) -> HeadlineChange:
    found = change.headline(measure)
    assert found is not None
    return found


def only(change: Change, cause: str) -> None:
    assert [item.id for item in change.causes] == [cause]
    adds_up(change)


def test_headlines_alone_are_the_headlines_of_a_whole_run(base: Side) -> None:
    """The figures that mixtures are evaluated on are the figures that a run publishes, whatever its wards."""
    found = headlines(Mixtures(base, base).inputs(frozenset())).frame
    rows = found[(found["area_level"] == "authority") & (found["breakdown"] == "all")]
    again = dict(zip(rows["measure"], rows["value"], strict=True))
    assert set(base.figures) - set(again) == {"households"}
    for name, value in again.items():
        before = base.figures[name].value
        assert (before is None) == math.isnan(value), name
        assert before is None or before == pytest.approx(value, rel=1e-12), name


def test_nothing_differs(base: Side) -> None:
    change = compare(base, base, headlines)
    assert change.causes == ()
    assert all(item.change in (None, 0.0) for item in change.headlines)
    assert "rest on the same" in change_statement(change, 100)[0]


def test_growth_alone_is_population_size_alone(base: Side, residents: pd.DataFrame, tmp_path: Path) -> None:
    """Every cell doubled, so every rate and mix is as it was: exactly nothing is left for another cause."""
    grown = residents.assign(persons=residents["persons"] * 2)
    change = compare(base, side(population=written(grown, tmp_path / "grown.csv")), headlines)
    only(change, "population_size")
    victims = of(change, "victims_last_year")
    assert victims.change == pytest.approx(victims.before)
    assert of(change, "places_required_standard").change == 61 - 31


def test_ages_alone_are_the_mix_alone(base: Side, residents: pd.DataFrame, tmp_path: Path) -> None:
    """Women of 20 to 24 and of 60 to 64 change places in every ward: the number of residents stays."""
    ages = (
        residents["age_from"].replace({20: 60, 60: 20}).where(residents["sex"] == "F", residents["age_from"])
    )
    keys = ["ward_code", "sex", "age_from"]
    moved = residents[keys].assign(age_from=ages).merge(residents, on=keys, validate="one_to_one")
    swapped = residents.assign(persons=moved["persons"].to_numpy())
    assert swapped["persons"].sum() == residents["persons"].sum()
    change = compare(base, side(population=written(swapped, tmp_path / "mix.csv")), headlines)
    only(change, "age_sex_mix")
    assert of(change, "victims_last_year").change != 0
    assert of(change, "residents").change == 0
    assert of(change, "need_safe_accommodation").parts["age_sex_mix"] == 0


def test_several_causes_at_once_by_a_second_calculation(
    base: Side, residents: pd.DataFrame, tmp_path: Path
) -> None:
    """Residents, ages and rates change: with method sex, victims are N · Σ_s share_s · rate_s, worked here again."""
    one = side(method="sex")
    older = residents.assign(
        persons=residents["persons"] + residents["persons"] * (residents["age_from"] >= 40)
    )
    two = side(method="sex", population=written(older, tmp_path / "older.csv"), rates="csew-2023")
    change = compare(one, two, headlines)
    assert [item.id for item in change.causes] == ["population_size", "age_sex_mix", "definition"]
    adds_up(change)

    def women_and_men(frame: pd.DataFrame) -> tuple[float, float, float]:
        adults = frame[frame["age_from"] >= 20].groupby("sex")["persons"].sum()
        # the ages 15 to 19 come as one band, of which the library takes the part that is 16 and over
        whole = {"F": one, "M": one} if frame is residents else {"F": two, "M": two}
        sums = [float(whole[sex].inputs.persons.adults[sex].sum()) for sex in ("F", "M")]
        assert all(sums[place] >= adults[sex] for place, sex in enumerate(("F", "M")))
        return float(frame["persons"].sum()), sums[0], sums[1]

    facts = {False: women_and_men(residents), True: women_and_men(older)}
    rates = {False: (0.095, 0.065), True: (0.057, 0.032)}

    def victims(size: bool, mix: bool, rate: bool) -> float:
        people, women, men = facts[mix]
        return facts[size][0] / people * (women * rates[rate][0] + men * rates[rate][1])

    states = [False, True]
    size = sum(
        (victims(True, mix, rate) - victims(False, mix, rate)) * (1 / 3 if mix == rate else 1 / 6)
        for mix in states
        for rate in states
    )
    assert of(change, "victims_last_year").parts["population_size"] == pytest.approx(size, rel=1e-9)
    # the same two runs the other way round: every part is its own opposite
    back = compare(two, one, headlines)
    for item in change.headlines:
        opposite = {cause: -part for cause, part in of(back, item.measure).parts.items()}
        scale = max(abs(item.before or 0.0), abs(item.after or 0.0), 1.0)
        assert item.parts == pytest.approx(opposite, abs=1e-9 * scale), item.measure


def test_another_question_set_is_its_own_part_and_no_trend(base: Side) -> None:
    change = compare(side(rates="csew-2020"), base, headlines)
    only(change, "definition")
    assert change.new_definition
    assert "not a trend" in change_statement(change, 100)[0]
    assert of(change, "victims_since_16").reason.startswith("not known")
    table = change_tables(change, "Here", 10.0)["change_people"]
    notes = dict(zip(table.frame["label"], table.frame["note"], strict=True))
    assert notes["Victims in the last year"] == NOT_A_TREND
    assert notes["Residents"] == ""
    (figure,) = change_figures(change_tables(change, "Here", 10.0), change, "Here")
    assert "no trend" in figure.title
    (sentence,) = [
        text for text in change_statement(change, 100) if text.startswith("Victims in the last year")
    ]
    assert "no trend" in sentence


def test_another_edition_of_the_same_questions_is_the_edition(base: Side) -> None:
    only(compare(side(rates="csew-2023"), side(rates="csew-2022"), headlines), "rate_edition")


def test_another_method_is_the_method(base: Side) -> None:
    change = compare(base, side(method="sex"), headlines)
    only(change, "method")
    assert of(change, "victims_last_year").change != 0


@pytest.mark.parametrize("method", ["composition", "local"])
def test_methods_that_move_need_between_wards_only_leave_headlines_as_they_are(
    base: Side, method: str, residents: pd.DataFrame, tmp_path: Path
) -> None:
    counts = pd.DataFrame({"ward_code": sorted(residents["ward_code"].unique())}).assign(count=40)
    choices = {"ward_series": written(counts, tmp_path / "series.csv")} if method == "local" else {}
    change = compare(base, side(method=method, **choices), headlines)
    only(change, "method")
    assert of(change, "victims_last_year").parts["method"] == 0


def _without_last_ward(held: Side) -> Side:
    """The same residents in one ward fewer: the last one is put together with the one before it."""
    inputs = held.inputs

    def merged(by_ward: Any) -> Any:
        return np.concatenate([by_ward[:-2], by_ward[-2:].sum(axis=0, keepdims=True)])

    persons = inputs.persons
    topics = {
        name: replace(topic, counts=merged(topic.counts))
        for name, topic in inputs.characteristics.topics.items()
    }
    inputs = replace(
        inputs,
        wards=inputs.wards.iloc[:-1],
        persons=replace(
            persons,
            adults={sex: merged(people) for sex, people in persons.adults.items()},
            children=merged(persons.children),
            residents=merged(persons.residents),
        ),
        characteristics=replace(inputs.characteristics, topics=topics),
        points=None,
    )
    return side_of(inputs, assess_again(inputs))


def test_redrawn_wards_leave_the_area_as_it_is(base: Side) -> None:
    now = _without_last_ward(base)
    change = compare(base, now, headlines)
    only(change, "ward_boundaries")
    assert all(item.parts["ward_boundaries"] == 0 for item in change.headlines if item.split)
    assert len(change.wards) == len(base.wards) - 1
    assert any("redrawn" in note for note in change.notes)


def test_redrawn_wards_matter_where_the_method_moves_the_total(
    residents: pd.DataFrame, tmp_path: Path
) -> None:
    """Composition against England is not linear in a ward's shares, so wards put together have another total."""
    choices = {"method": "composition", "benchmark": "england"}
    doubled = residents.assign(persons=residents["persons"] * (1 + (residents["age_from"] >= 40)))
    before = side(**choices)
    now = _without_last_ward(side(**choices, population=written(doubled, tmp_path / "doubled.csv")))
    change = compare(before, now, headlines)
    adds_up(change)
    assert [item.id for item in change.causes] == ["population_size", "age_sex_mix", "ward_boundaries"]
    assert of(change, "victims_last_year").parts["ward_boundaries"] != 0
    assert of(change, "residents").parts["ward_boundaries"] == 0


def test_composition_against_england_moves_the_total_and_says_so(base: Side) -> None:
    change = compare(base, side(method="composition", benchmark="england"), headlines)
    only(change, "method")
    victims = of(change, "victims_last_year")
    assert victims.change is not None
    assert abs(victims.change) > 1


def test_rates_and_method_that_cannot_go_apart_are_one_part(base: Side) -> None:
    """csew-2018 has no rate of both sexes together, so method crude cannot be used with it."""
    change = compare(side(rates="csew-2018"), side(method="crude"), headlines)
    only(change, "rates_and_method")
    assert any("one part together" in note for note in change.notes)


def test_a_registered_figure_that_changed_is_its_own_part(base: Side) -> None:
    """The ratio of high-risk cases at 44 instead of 40 per 10,000 women: 10% more cases, and nothing else."""
    found = [name for name, item in base.assumptions.items() if item.value == 40 and "MARAC" in item.label]
    item: Assumption = replace(base.assumptions[found[0]], value=44.0, low=None, high=None)
    registers = base.inputs.registers
    inputs = replace(
        base.inputs, registers=replace(registers, assumptions={**registers.assumptions, item.id: item})
    )
    change = compare(base, side_of(inputs, assess_again(inputs)), headlines)
    only(change, "assumptions")
    cases = of(change, "high_risk_cases")
    assert cases.change == pytest.approx((cases.before or 0.0) * 0.1)


def assess_again(inputs: Any) -> Any:
    from needs_assessment.assessment import estimate

    return estimate(inputs).results


def test_a_return_that_changed_is_the_return_and_a_gap_is_its_two_sides(
    residents: pd.DataFrame, tmp_path: Path
) -> None:
    """24 places become 30 while residents double: the gap by the standard moves by +30 for people and -6 for places."""
    few = returns(tmp_path / "few.csv", PLACES.format(24, ON))
    more = returns(tmp_path / "more.csv", PLACES.format(30, ON))
    doubled = written(residents.assign(persons=residents["persons"] * 2), tmp_path / "doubled.csv")
    change = compare(side(services=few), side(services=more, population=doubled), headlines)
    adds_up(change)
    assert [item.id for item in change.causes] == ["population_size", "local_returns"]
    gap = of(change, "gap_standard")
    assert gap.parts == {"population_size": pytest.approx(61 - 31), "local_returns": pytest.approx(-6)}
    assert of(change, "places_available").parts == {"population_size": 0, "local_returns": 6}
    assert of(change, "victims_last_year").parts["local_returns"] == 0


def test_without_the_files_only_what_needs_none_is_split(residents: pd.DataFrame, tmp_path: Path) -> None:
    """The same two runs, files not at hand: returns and gaps are split still, and a mixture of both says why not."""
    few = returns(
        tmp_path / "few.csv", PLACES.format(24, ON), f"referrals_accepted,refuge,referrals,70,{YEAR}"
    )
    more = returns(
        tmp_path / "more.csv", PLACES.format(30, ON), f"referrals_accepted,refuge,referrals,90,{YEAR}"
    )
    doubled = written(residents.assign(persons=residents["persons"] * 2), tmp_path / "doubled.csv")
    plain = [run(), run(population=doubled)]
    with_files = [run(services=few), run(services=more, population=doubled)]
    sides = [
        replace(side_of(mine.inputs, mine.results), inputs=bare.inputs, missing=("services",))
        for mine, bare in zip(with_files, plain, strict=True)
    ]
    change = compare(sides[0], sides[1], headlines)
    adds_up(change)
    assert of(change, "gap_standard").parts == {
        "population_size": pytest.approx(61 - 31),
        "local_returns": pytest.approx(-6),
    }
    assert of(change, "places_required_queueing").reason == NEEDS_FILES
    assert of(change, "gap_queueing").reason == NEEDS_FILES
    assert of(change, "victims_last_year").split
    assert any("not at hand" in note for note in change.notes)


def test_what_cannot_be_calculated_again_is_never_a_cause(base: Side) -> None:
    """A published figure that its inputs do not give is not put down to anything while the tool is the same."""
    victims = base.figures["victims_last_year"]
    odd = {**base.figures, "victims_last_year": replace(victims, value=(victims.value or 0.0) + 500)}
    change = compare(replace(base, figures=odd), side(method="sex"), headlines)
    item = of(change, "victims_last_year")
    assert not item.split
    assert "calculated again" in item.reason
    older = compare(replace(base, figures=odd, code="an older one"), side(method="sex"), headlines)
    item = of(older, "victims_last_year")
    assert item.parts["library"] == pytest.approx(-500)
    assert "the code of the tool" in older.causes[-1].differs
    adds_up(older)


def test_a_figure_suppressed_in_either_run_shows_no_part(tmp_path: Path) -> None:
    """3 households supported before: met and unmet need and every part of their change are [c] everywhere."""
    secret, plain = (
        run(services=returns(tmp_path / f"{name}.csv", f"households_supported,,households,{count},{YEAR}"))
        for name, count in (("secret", 3), ("plain", 40))
    )
    for before, after, released in ((plain, secret, secret), (secret, plain, plain)):
        sides = [side_of(item.inputs, item.results) for item in (before, after)]
        if before is secret:
            # what an earlier run published is what its results.csv holds, markers and all
            safe = release_results(secret).frame
            frame = safe.assign(value=["" if pd.isna(cell) else str(cell) for cell in safe["value"]])
            sides[0] = replace(sides[0], figures=_published(frame))
        change = released_change(compare(sides[0], sides[1], headlines), release_results(released))
        tables = change_tables(change, "Here", 10.0)
        households = tables["change_households"].frame.set_index("label")
        for label in ("Met need for safe accommodation", "Unmet need for safe accommodation"):
            row = households.loc[label]
            assert row["change"] == SUPPRESSED
            assert row["local_returns"] == SUPPRESSED
            assert SUPPRESSED in (row["before"], row["after"])
        assert "met need" not in " ".join(change_statement(change, 100)).lower()
        assert not change_figures(tables, change, "Here")


def test_a_figure_that_the_gate_rounds_is_rounded_in_its_change_and_has_no_parts(tmp_path: Path) -> None:
    """Some combinations hold one to three people, so everyone by the overlap is printed to two figures: 13,000."""
    name = "hidden_population_community_support"
    runs = [
        run(overlaps=str(write_overlaps(tmp_path / f"{place}.csv", overlap_rows({**ABENI, "0001": alone}))))
        for place, alone in enumerate((305, 205))
    ]
    safe = [release_results(one) for one in runs]
    sides = [side_of(one.inputs, one.results) for one in runs]
    exact = of(compare(sides[0], sides[1], headlines), name)
    assert exact.parts == {"local_returns": pytest.approx((exact.after or 0) - (exact.before or 0))}
    change = released_change(compare(sides[0], sides[1], headlines), safe[1])
    assert of(change, name).after == safe[1].row(name)["value"] == 13_000
    assert not of(change, name).parts
    people = change_tables(change, "Here", 10.0)["change_people"].frame.set_index("label")
    shown = people.loc[RESULT_MEASURES[name].title]
    assert math.isnan(shown["local_returns"])
    assert shown["note"] == ROUNDED
    # published by an older version, as rounded then: what was rounded away is not put down to the tool
    printed = {**sides[0].figures, name: replace(sides[0].figures[name], value=safe[0].row(name)["value"])}
    older = replace(sides[0], figures=printed, code="an older one")
    assert not of(compare(older, sides[1], headlines), name).parts


def _published(frame: pd.DataFrame) -> Any:
    from needs_assessment.comparison.sides import _figures

    return _figures(frame)


def test_two_areas_are_not_compared(base: Side) -> None:
    with pytest.raises(InputError, match="different areas"):
        compare(base, side(area=("E10000031",)), headlines)


def test_every_choice_of_a_scenario_has_its_cause() -> None:
    """A new choice must say which cause it belongs to, or that no headline rests on it."""
    assert set(CAUSE_OF_CHOICE) == set(Scenario.model_fields)
    assert {cause for cause in CAUSE_OF_CHOICE.values() if cause} <= set(TITLES)


def test_the_chart_says_the_finding_and_the_table_the_numbers(base: Side) -> None:
    change = compare(base, side(method="sex"), headlines)
    tables = change_tables(change, "Here", 10.0)
    (figure, *_) = change_figures(tables, change, "Here")
    assert "more than before, moved most by method" in figure.title
    shown = tables["change_people"].display().set_index("Figure").loc["Victims in the last year"]
    for cell in ("Before", "Now"):
        assert shown[cell] in figure.alt
    board = printed(tables["change_people"])
    assert board is not None
    assert "Residents" not in set(board.frame["label"])
    assert "Victims in the last year" in set(board.frame["label"])
    assert printed(tables["change_places"]) is None


def test_a_run_without_a_previous_one_says_so() -> None:
    outputs = outputs_of(run())
    assert outputs.say("change").sentences == (NO_PREVIOUS,)
    assert outputs.figure("change")._repr_html_() == ""
    assert not outputs.group("change_").tables

"""What a board reads beside the numbers: what is rounded says so, and nothing needs the code to be understood."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np

from needs_assessment import Scenario, assess
from needs_assessment.api import outputs as outputs_of
from needs_assessment.disclosure.published_table import PublishedTable
from needs_assessment.estimate.change import Cause, Change, HeadlineChange, RunName
from needs_assessment.report.outputs import Outputs
from needs_assessment.report.tables.change import change_statement
from needs_assessment.report.tables.people import TOTALS


@cache
def outputs() -> Outputs:
    return outputs_of(assess(Scenario.build({"as_of": "2026-11-22", "draws": 1000}, "test")))


def shown(name: str) -> PublishedTable:
    return outputs().table(name)


def cells(name: str, row: str) -> dict[str, str]:
    printed = shown(name).display()
    return {str(key): str(cell) for key, cell in printed[printed.iloc[:, 0] == row].iloc[0].items()}


def number(text: str) -> float:
    return float(text.replace(",", ""))


def test_an_order_of_magnitude_has_no_more_than_three_digits() -> None:
    """34,000 · 1.31 · 19,260 victims is 858 million, of which the note says that only the magnitude can be used."""
    row = cells("costs", "Economic and social cost of domestic abuse")
    assert row["Estimate"] == "860,000,000"
    assert all(number(row[key]) % 10_000_000 == 0 for key in ("Estimate", "Low", "High"))
    assert "ten million" in shown("costs").notes[0]


def test_rows_that_do_not_add_up_when_rounded_say_why() -> None:
    """252 and 147 households are 399 of 400; 11,660 women and 7,600 men are 19,260; 500 cases less 150 are not 340."""
    for name in ("safe_accommodation_need", "cascade_people", "cascade_households", "people", "risk_levels"):
        assert TOTALS in shown(name).notes, name
    assert TOTALS in shown("prevalence_by_sex_and_age").notes
    gaps = " ".join(shown("four_answers").notes)
    assert "worked out before rounding" in gaps


def test_places_by_queueing_that_differ_in_two_tables_are_explained() -> None:
    """38 is the middle of the draws, 39 the figure with every input at its central value."""
    answer = number(cells("four_answers", "Demand and queueing")["Required"])
    ledger = cells("cross_boundary", "Places required for everyone who seeks a place here")
    assert abs(number(ledger["Number"]) - answer) <= 1
    notes = shown("cross_boundary").notes
    assert any("the middle of the draws" in note for note in notes)
    assert all(note[0].isupper() and note.endswith(".") for note in notes)


def test_whoever_seeks_a_place_is_not_said_to_have_found_one() -> None:
    lines = shown("cross_boundary").frame["label"]
    assert not lines.str.contains("find a place").any()


def test_what_is_not_known_is_not_called_observed() -> None:
    row = cells("places", "Available")
    assert (row["Family places"], row["Basis"]) == ("[x]", "Not known")
    assert cells("places", "If supply were the national average")["Basis"] == "modelled"


def test_differences_of_scenarios_say_how_they_are_worked_out() -> None:
    """66.3 and 63.1 places with -3.1 between them; 62.1% and 56.8% differ by 5.3 percentage points and by 8.5%."""
    made = outputs_of(
        assess(
            Scenario.build(
                {"as_of": "2026-11-22", "draws": 200, "area": ["E10000031"], "scenarios": "bundled"}, "test"
            )
        )
    )
    assert any("before rounding" in note for note in made.table("scenarios_places").notes)
    points = [name for name, table in made.tables.items() if "percentage points" in " ".join(table.notes)]
    assert points == ["scenarios_shares"]


def test_households_that_do_not_add_up_as_said_are_rounded_each() -> None:
    """In Warwickshire about 770 households are said to be about 490 and about 290; in Bedfordshire 400 are 250 and 150."""
    there = outputs_of(
        assess(Scenario.build({"as_of": "2026-11-22", "draws": 200, "area": ["E10000031"]}, "test"))
    )
    for made, said in ((there, True), (outputs(), False)):
        sentences = made.statements["need"]
        need, met, unmet = (
            number(re.sub(r"^About ([\d,]+) households.*", r"\1", text)) for text in sentences[:3]
        )
        assert (need != met + unmet) is said
        assert (sentences[-1] == "Each is rounded on its own.") is said


def test_every_figure_that_is_not_available_has_its_reason_below_the_table() -> None:
    for name, column in (("four_answers", "gap"), ("accommodation_types", "available")):
        assert shown(name).frame[column].isna().all()
        assert any(note.startswith("[x] under ") for note in shown(name).notes)


def test_two_returns_of_one_period_are_named_once(tmp_path: Path) -> None:
    path = tmp_path / "returns.csv"
    year = "2025-04-01,2026-03-31,our return"
    path.write_text(
        "measure,accommodation_type,unit,value,period_start,period_end,source\n"
        f"households_supported,,households,210,{year}\nhouseholds_not_supported,,households,97,{year}\n",
        encoding="utf-8",
    )
    made = assess(Scenario.build({"as_of": "2026-11-22", "draws": 200, "services": str(path)}, "test"))
    for part in ("need", "met", "unmet"):
        note = made.results.row(f"{part}_safe_accommodation").note
        assert note.count("1 April 2025 to 31 March 2026") == 1, note


def test_a_table_that_is_shown_is_not_said_to_be_hidden(tmp_path: Path) -> None:
    """Two households placed elsewhere hide places by queueing, and with them what moves places; not what to find out."""
    path = tmp_path / "returns.csv"
    year = "2025-04-01,2026-03-31,our return"
    path.write_text(
        "measure,accommodation_type,unit,value,period_start,period_end,source\n"
        f"out_of_area_placements,,households,2,{year}\nhouseholds_from_outside,,households,31,{year}\n"
        "places_available,refuge,family places,12,2026-03-31,2026-03-31,our return\n",
        encoding="utf-8",
    )
    made = outputs_of(assess(Scenario.build({"as_of": "2026-11-22", "services": str(path)}, "test")))
    assert "sensitivity_places" not in made.tables
    assert "not shown" in made.statements["sensitivity"][0]
    first = made.table("what_to_find_out").display().iloc[0]
    (said,) = made.statements["find_out"]
    assert said.startswith("Knowing one input")
    assert first["Narrows the gap by at most"] in said


def test_stale_says_how_old() -> None:
    assert (
        "STALE: the period ended more than 3 years before the date of this paper."
        in shown("local_returns").notes
    )


def test_tables_name_no_table_by_its_file_and_group_their_thousands() -> None:
    for name in ("equality_gaps", "statutory_checklist", "assumptions"):
        printed = " ".join(shown(name).display().to_numpy().ravel())
        assert not re.search(
            r"\b[a-z]+_[a-z]+\b", re.sub(r"(table )?\(?--\w+\)?|[\w.]+\.csv", "", printed)
        ), name
        assert not re.search(r"\b\d{5,}\b", printed), name
    incomes = shown("equality_gaps").frame.set_index("name").loc["Household income", "published"]
    assert incomes == "household income under £10,400, household income £52,000 and over"
    assert "cases per 10,000 adult women per year" in " ".join(shown("assumptions").frame["unit"])


def test_the_sentence_on_sensitivity_has_the_numbers_of_its_table() -> None:
    first = shown("sensitivity_places").display().iloc[0]
    low, high = sorted((first["Figure at the lower end"], first["At the upper end"]), key=float)
    assert "." in low
    assert f"from {low} to {high} places." in outputs().statements["sensitivity"][0]
    (figure,) = outputs().figures["tornado"]
    assert f": {low} to {high} family places" in figure.title


def change_of(before: float, after: float, measure: str = "need_safe_accommodation", **parts: float) -> str:
    names = [RunName(name, "mid-2022", "csew-2024", "2026-11-22") for name in ("one", "two")]
    causes = tuple(Cause(name, name.capitalize(), "differs") for name in parts)
    item = HeadlineChange(measure, before, after, parts)
    (sentence,) = [
        text for text in change_statement(Change(*names, causes, (item,), (), ()), 100) if " before, " in text
    ]
    return sentence


def test_a_change_that_rounded_numbers_do_not_give_says_so() -> None:
    """399.6 is 400 and 309.4 is 309, 91 less; 309.4 - 399.6 is -90.2, printed as -90."""
    minus = "\N{MINUS SIGN}"
    said = change_of(399.6, 309.4, method=309.4 - 399.6)
    assert (
        f"400 before, 309 now, a change of {minus}90 (worked out before rounding): method {minus}90." in said
    )
    assert f"400 before, 310 now, a change of {minus}90: method {minus}90." in change_of(400, 310, method=-90)
    # 10.4 and 10.4 are 20.8: each part prints as 10, their sum as 21
    said = change_of(400.0, 420.8, method=10.4, returns=10.4)
    assert (
        "400 before, 421 now, a change of +21 (worked out before rounding): method +10 and returns +10."
        in said
    )
    # people are rounded to the nearest hundred, their change to the nearest ten
    said = change_of(19_260.0, 19_470.0, "victims_last_year", method=np.float64(210.0))
    assert "19,300 before, 19,500 now, a change of +210 (worked out before rounding): method +210." in said

"""The survey's published workbook of tables, in workbooks these tests write in its layout (all figures invented)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import Workbook

from needs_assessment.errors import InputError
from needs_assessment.inputs.rates.rates import LAST_YEAR, SINCE_16, load_rate_set
from needs_assessment.inputs.rates.rates_words import (
    abuse_of,
    ages_of,
    editions_of,
    period_of,
    question_sets_of,
    read_figure,
    sex_of,
)
from needs_assessment.inputs.rates.workbook import read_rates_workbook
from needs_assessment.tables.grids import read_bytes, read_sheets

Rows = Sequence[Sequence[object]]
COVER: Rows = [
    ["Domestic abuse prevalence and victim characteristics appendix tables"],
    ["Year ending March 2026, England and Wales"],
]
CONTENTS: Rows = [
    ["Table of contents"],
    ["Table number", "Title"],
    ["Table 1", "Prevalence of domestic abuse among adults, women and men, by type of abuse"],
]
NOTES: Rows = [
    ["Notes"],
    ["Note number", "Note text"],
    [
        "note 1",
        "New questions were introduced from the year ending March 2013 and replaced the original questions.",
    ],
    ["note 2", "The bases given are for any domestic abuse."],
]
TITLE = (
    "Table 1: Prevalence of domestic abuse among adults aged 16 years and over, by type of abuse and sex, "
    "England and Wales, year ending March 2026, new questions [note 1]"
)
ANY = "Any domestic abuse (partner or family abuse, stalking) [note 2]"
BASE = "Unweighted base - number of adults"
HEADER = ["Type of abuse [note 2]", *(f"{sex} {time}" for time in ("since age 16", "in the last year")
                                      for sex in ("Men", "Women", "All"))]  # fmt: skip
BY_TYPE: Rows = [
    [TITLE],
    ["This worksheet contains one table"],
    ["Percentages"],
    ["Some cells refer to notes, which are on the notes worksheet"],
    [],
    HEADER,
    [ANY, 21.5, 30.25, 26, 6.4, 9.2, 7.8],
    ["Any partner abuse (threats, force)", 15, 25, 20, 4.1, 6.9, 5.5],
    ["Partner abuse - non-sexual", 14, 24, 19, 4, 6.5, 5.2],
    ["Threats or force", 5, 12, 8, "[c]", 2.1, "1.5 [u]"],
    ["Family abuse - non-sexual", 4, 6, 5, ":", "[low]", 1],
    ["Threats or force", 2, 3, 2.5, 0.5, 0.6, 0.55],
    [BASE, 6100, 6900, 13000, 6050, 6850, 12900],
    [],
    ["Source: Crime Survey for England and Wales"],
]
CHARACTERISTICS: Rows = [
    ["Table 6: Prevalence of domestic abuse in the last year among adults aged 16 years and over, by personal "
     "characteristics and sex, year ending March 2026, new questions"],
    ["This worksheet contains one table"],
    [],
    ["Personal characteristic", "Category", "Any domestic abuse Men", "Any domestic abuse Women",
     "Any partner abuse Men", "Any partner abuse Women", f"{BASE} Men", f"{BASE} Women"],
    ["All adults", "All adults", 6.41, 9.23, 4.1, 6.9, 6050, 6850],
    ["Age", "16-19", 8.1, 14.2, 5, 9, 300, 350],
    ["", "75+", "[c]", 3, "[x]", 2, 40, 800],
    ["Ethnic group", "Asian or Asian British", 3, 4, 2, 3, 500, 520],
    ["", "Other ethnic group", "u", 5, 1, 2, 90, 100],
    ["Disability status", "Disabled", 9, 16, 7, 12, 1200, 1500],
    ["Religion", "No religion", 7, 10, 5, 7, 2500, 2600],
]  # fmt: skip


def write(folder: Path, name: str = "tables.xlsx", **sheets: Rows) -> str:
    """A workbook of the published layout with these table sheets ("Table_1" becomes "Table 1")."""
    book = Workbook()
    book.remove(book.worksheets[0])
    around = {"Cover sheet": COVER, "Table of contents": CONTENTS, "Notes": NOTES}
    for title, rows in {**around, **sheets}.items():
        sheet = book.create_sheet(title.replace("_", " "))
        for row in rows:
            sheet.append(list(row))
    path = folder / name
    book.save(path)
    return str(path)


def changed(rows: Rows, row: int, column: int, value: object) -> Rows:
    """The rows with one cell changed; row and column count from 1, as a spreadsheet shows them."""
    copied = [list(each) for each in rows]
    copied[row - 1][column - 1] = value
    return copied


def with_title(rows: Rows, title: str) -> Rows:
    return changed(rows, 1, 1, title)


def read(path: str, *choices: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    sheets = read_sheets(Path(path), read_bytes(Path(path)))
    return read_rates_workbook(Path(path).name, sheets, choices)


def rows_of(frame: pd.DataFrame, measure: str, sex: str, group: str = "all") -> list[dict[str, Any]]:
    found = frame[(frame["measure"] == measure) & (frame["sex"] == sex) & (frame["group"] == group)]
    return found.to_dict("records")


def test_a_workbook_is_a_rate_set(data: Path, tmp_path: Path) -> None:
    rates = load_rate_set(write(tmp_path, Table_1=BY_TYPE, Table_6=CHARACTERISTICS), data)
    assert (rates.name, rates.edition, rates.question_set) == ("csew-2026-workbook", "YE March 2026", "new")
    assert rates.ages == "aged 16 and over"
    women = rates.need(LAST_YEAR, "F")
    assert (women.value, women.base, women.low) == (pytest.approx(0.092), 6850, None)
    assert women.source_id == "rates_file"
    assert rates.need(SINCE_16, "M").value == pytest.approx(0.215)
    assert rates.need(SINCE_16, "P").base == 13000
    assert rates.file == "tables.xlsx"
    assert len(rates.sha256) == 64


def test_rows_are_the_registers(tmp_path: Path) -> None:
    frame, notes = read(write(tmp_path, Table_1=BY_TYPE, Table_6=CHARACTERISTICS))
    assert set(frame["population_scope"]) == {"England and Wales"}
    assert set(frame["unit"]) == {"percent"}
    # the type table's figure stands; the same one with more decimal places is left out
    women = rows_of(frame, LAST_YEAR, "F")
    assert [row["rate"] for row in women] == [9.2, 14.2, 3]
    assert [row["age_from"] for row in women] == [16, 16, 75]
    assert women[1]["age_to"] == 19
    assert rows_of(frame, "non_sexual_partner_abuse_last_year", "M")[0]["rate"] == 4
    assert rows_of(frame, "family_threats_or_force_last_year", "M")[0]["rate"] == 0.5
    disabled = rows_of(frame, LAST_YEAR, "F", "disabled")[0]
    assert (disabled["rate"], disabled["base"], disabled["table"]) == (16, 1500, "Table 6")
    assert rows_of(frame, LAST_YEAR, "F", "ethnicity: Asian")[0]["rate"] == 4
    assert rows_of(frame, "partner_abuse_last_year", "F", "Religion: No religion")[0]["rate"] == 7
    assert any("repeat another row" in note for note in notes)


def test_a_marker_is_missing_with_its_reason_and_never_zero(tmp_path: Path) -> None:
    frame, notes = read(write(tmp_path, Table_1=BY_TYPE, Table_6=CHARACTERISTICS))
    for measure, sex, group, reason in (
        ("partner_threats_or_force_last_year", "M", "all", "[c]"),
        ("non_sexual_family_abuse_last_year", "M", "all", "marked :"),
        ("non_sexual_family_abuse_last_year", "F", "all", "round to zero"),
        (LAST_YEAR, "M", "ethnicity: Other", "unreliable"),
    ):
        row = rows_of(frame, measure, sex, group)[0]
        assert math.isnan(row["rate"]), measure
        assert reason in row["reason"]
    kept = rows_of(frame, "partner_threats_or_force_last_year", "P")[0]
    assert kept["rate"] == 1.5
    assert "[u]" in kept["note"]
    assert any("are not printed" in note for note in notes)


def test_the_header_may_stand_lower_and_further_right(data: Path, tmp_path: Path) -> None:
    lower = [*BY_TYPE[:5], *[[f"Note {number}: more to know"] for number in range(70)], [], *BY_TYPE[5:]]
    women = load_rate_set(write(tmp_path, Table_1=lower), data).need(LAST_YEAR, "F")
    assert women.value == pytest.approx(0.092)
    right = [["", *row] for row in BY_TYPE]
    women = load_rate_set(write(tmp_path, Table_1=right), data).need(LAST_YEAR, "F")
    assert (women.value, women.base) == (pytest.approx(0.092), 6850)


def test_a_header_of_two_rows(data: Path, tmp_path: Path) -> None:
    rows = [
        *BY_TYPE[:5],
        ["", "Since age 16", "", "", "In the last year", "", ""],
        ["Type of abuse", "Men", "Women", "All", "Men", "Women", "All"],
        *BY_TYPE[6:],
    ]
    rates = load_rate_set(write(tmp_path, Table_1=rows), data)
    assert rates.need(LAST_YEAR, "M").value == pytest.approx(0.064)
    assert rates.need(SINCE_16, "F").value == pytest.approx(0.3025)


INTERVALS: Rows = [
    ["Table 1: Prevalence of domestic abuse in the last year among adults aged 16 years and over, by type of abuse "
     "and sex, year ending March 2026, new questions"],
    ["Type of abuse", "Men", "Lower 95% confidence interval", "Upper 95% confidence interval", "Women",
     "Lower 95% confidence interval", "Upper 95% confidence interval", "Women unweighted base"],
    [ANY, 6.4, 5.6, 7.3, 9.2, 8.3, 10.2, 6850],
    ["Any partner abuse", 4.1, "[c]", "[c]", 6.9, 6, 7.9, 6850],
]  # fmt: skip


def test_intervals_and_columns_of_bases(data: Path, tmp_path: Path) -> None:
    path = write(tmp_path, Table_1=INTERVALS)
    rates = load_rate_set(path, data)
    women, men = rates.need(LAST_YEAR, "F"), rates.need(LAST_YEAR, "M")
    assert (women.low, women.high, women.base) == (pytest.approx(0.083), pytest.approx(0.102), 6850)
    assert (men.low, men.high, men.base) == (pytest.approx(0.056), pytest.approx(0.073), None)
    partner = rows_of(read(path)[0], "partner_abuse_last_year", "M")[0]
    assert partner["rate"] == 4.1
    assert math.isnan(partner["low"])
    assert partner["meaning_of_range"] == ""


def test_limits_named_after_all_rates(data: Path, tmp_path: Path) -> None:
    rows = [
        INTERVALS[0],
        ["Type of abuse", "Men", "Women", "Men lower limit", "Men upper limit", "Women lower limit", "Women upper limit"],
        [ANY, 6.4, 9.2, 5.6, 7.3, 8.3, 10.2],
    ]  # fmt: skip
    rates = load_rate_set(write(tmp_path, Table_1=rows), data)
    assert rates.need(LAST_YEAR, "M").high == pytest.approx(0.073)
    assert rates.need(LAST_YEAR, "F").low == pytest.approx(0.083)


SERIES: Rows = [
    ["Table 3: Prevalence of domestic abuse in the last year among adults aged 16 to 59, by type of abuse and sex, "
     "England and Wales, year ending March 2022 to year ending March 2026"],
    ["Type of abuse", "Sex", "Apr 2021 to\nMar 2022 [note 3]", "Apr 2025 to Mar 2026", "Statistically significant change"],
    ["Any domestic abuse", "Men", 4, 4.4, "No"],
    ["Any domestic abuse", "Women", 7, 7.5, "Yes"],
    [BASE, "Men", 3000, 3100, ""],
    [BASE, "Women", 3300, 3400, ""],
]  # fmt: skip


def test_a_series_gives_its_latest_year_and_its_questions(data: Path, tmp_path: Path) -> None:
    rates = load_rate_set(write(tmp_path, Table_3=SERIES), data)
    # a series that reaches back before the change of questions can only be of the old ones
    assert (rates.question_set, rates.ages, rates.edition) == ("old", "aged 16 to 59", "YE March 2026")
    women = rates.need(LAST_YEAR, "F")
    assert (women.value, women.base) == (pytest.approx(0.075), 3400)


def test_words_in_place_of_figures_are_no_header(data: Path, tmp_path: Path) -> None:
    rows = changed(changed(SERIES, 3, 3, "not held"), 3, 4, "not held")
    with pytest.raises(InputError, match="neither a percentage nor a marker") as caught:
        load_rate_set(write(tmp_path, Table_3=rows), data)
    assert (caught.value.row, caught.value.column) == (3, "D (Apr 2025 to Mar 2026)")
    vertical = [*BY_TYPE[:5], ["Type of abuse", "In the last year", "", ""], ["", "Men", "Women", "All"],
                *[[row[0], *row[4:]] for row in BY_TYPE[6:13]]]  # fmt: skip
    assert load_rate_set(write(tmp_path, Table_1=vertical), data).need(LAST_YEAR, "P").base == 12900


def test_both_question_sets_in_one_workbook_are_a_choice(data: Path, tmp_path: Path) -> None:
    path = write(tmp_path, Table_1=BY_TYPE, Table_3=SERIES)
    with pytest.raises(InputError) as caught:
        load_rate_set(path, data)
    assert "'Table 1' new, 'Table 3' old" in str(caught.value.found)
    assert "#new" in caught.value.action
    assert "#old" in caught.value.action
    assert load_rate_set(f"{path}#new", data).ages == "aged 16 and over"
    old = load_rate_set(f"{path}#old", data)
    assert (old.ages, old.question_set) == ("aged 16 to 59", "old")
    assert any("Table 1" in note for note in old.notes)
    assert load_rate_set(f"{path}#table 3", data).question_set == "old"


def test_questions_that_are_not_said_must_be_chosen(data: Path, tmp_path: Path) -> None:
    path = write(tmp_path, Table_1=with_title(BY_TYPE, TITLE.replace(", new questions", "")))
    with pytest.raises(InputError, match="question set") as caught:
        load_rate_set(path, data)
    assert "not said" in str(caught.value.found)
    assert load_rate_set(f"{path}#new", data).question_set == "new"
    before = write(tmp_path, Table_1=with_title(BY_TYPE, TITLE.replace("2026, new questions", "2022")))
    assert load_rate_set(before, data).question_set == "old"
    with pytest.raises(InputError, match="No table of the workbook is from the new"):
        load_rate_set(f"{before}#new", data)


def test_questions_may_be_said_in_the_notes(data: Path, tmp_path: Path) -> None:
    silent = with_title(BY_TYPE, TITLE.replace(", new questions", ""))
    notes = [*NOTES, ["note 3", "Estimates are from the new survey questions on domestic abuse."]]
    assert load_rate_set(write(tmp_path, Table_1=silent, Notes=notes), data).question_set == "new"
    both = [*notes, ["note 4", "They do not compare with the existing questions."]]
    with pytest.raises(InputError, match="question set"):
        load_rate_set(write(tmp_path, Table_1=silent, Notes=both), data)


def test_two_candidate_tables_are_a_choice(data: Path, tmp_path: Path) -> None:
    other = changed(with_title(BY_TYPE, TITLE.replace("Table 1:", "Table 1b:")), 7, 6, 8.1)
    path = write(tmp_path, Table_1a=BY_TYPE, Table_1b=other)
    with pytest.raises(InputError) as caught:
        load_rate_set(path, data)
    assert caught.value.file == "tables.xlsx, sheet 'Table 1b'"
    assert (caught.value.row, caught.value.column) == (7, "F (Women in the last year)")
    assert "Table 1a" in caught.value.action
    assert load_rate_set(f"{path}#Table 1a", data).need(LAST_YEAR, "F").value == pytest.approx(0.092)
    assert load_rate_set(f"{path}#Table 1b", data).need(LAST_YEAR, "F").value == pytest.approx(0.081)
    with pytest.raises(InputError, match="choice made behind"):
        load_rate_set(f"{path}#Table 9", data)


def test_two_tables_on_one_sheet(data: Path, tmp_path: Path) -> None:
    second = with_title(SERIES, str(SERIES[0][0]).replace("2026", "2026, new questions"))
    second = [second[0], *[row[:2] + row[3:4] for row in map(list, second[1:])]]
    rates = load_rate_set(write(tmp_path, Table_1=[*BY_TYPE, [], *second]), data)
    assert rates.need(LAST_YEAR, "F").value == pytest.approx(0.092)
    frame, _ = read(write(tmp_path, Table_1=[*BY_TYPE, [], *second]))
    assert [row["rate"] for row in rows_of(frame, LAST_YEAR, "F")] == [9.2, 7.5]


def test_tables_of_other_things_are_no_candidates(data: Path, tmp_path: Path) -> None:
    victims = [
        ["Table 9: Percentage of women victims of partner abuse among victims aged 16 years and over, year ending "
         "March 2026, new questions"],
        ["Characteristic", "Men", "Women"],
        ["All", 100, 100],
    ]  # fmt: skip
    numbers = [
        [TITLE.replace("Table 1:", "Table 2:")], ["Numbers (thousands)"], ["Type of abuse", "Women in the last year"],
        [ANY, 2200],
    ]  # fmt: skip
    pooled = with_title(CHARACTERISTICS, str(CHARACTERISTICS[0][0]).replace(
        "year ending March 2026", "years ending March 2025 and March 2026"))  # fmt: skip
    rates = load_rate_set(
        write(tmp_path, Table_1=BY_TYPE, Table_2=numbers, Table_6=pooled, Table_9=victims), data
    )
    assert rates.need(LAST_YEAR, "F").value == pytest.approx(0.092)
    assert any("'Table 2' left out: it holds no percentages" in note for note in rates.notes)
    assert any("'Table 6' left out" in note for note in rates.notes)


def test_a_workbook_without_such_a_table(data: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no table of the prevalence") as caught:
        load_rate_set(write(tmp_path, Table_1=[["Offences"], ["Offence", "Number"], ["Theft", 12]]), data)
    assert caught.value.found == "4 sheet(s), none with such a title and header"
    only_numbers = changed(BY_TYPE, 3, 1, "Numbers (thousands)")
    with pytest.raises(InputError, match="no table of the prevalence") as caught:
        load_rate_set(write(tmp_path, Table_1=only_numbers), data)
    assert caught.value.file.endswith("sheet 'Table 1'")
    assert "numbers of people" in str(caught.value.found)


def test_a_workbook_without_the_headline(data: Path, tmp_path: Path) -> None:
    rows = [row for row in BY_TYPE if not (row and row[0] == ANY)]
    with pytest.raises(InputError, match="no rate of any domestic abuse"):
        load_rate_set(write(tmp_path, Table_1=rows), data)


@pytest.mark.parametrize(
    ("rows", "row", "column", "message"),
    [
        (changed(BY_TYPE, 7, 6, 109), 7, "F (Women in the last year)", "outside 0 to 100"),
        (changed(BY_TYPE, 7, 6, -1), 7, "F (Women in the last year)", "outside 0 to 100"),
        (changed(BY_TYPE, 9, 5, "nine"), 9, "E (Men in the last year)", "neither a percentage nor a marker"),
        (changed(BY_TYPE, 13, 6, 12.5), 13, "F (Women in the last year)", "not a number of people"),
        (changed(INTERVALS, 3, 6, 10.4), 3, "F (Lower 95% confidence interval)", "not in order"),
        (changed(INTERVALS, 3, 7, 9.1), 3, "F (Lower 95% confidence interval)", "not in order"),
        (changed(INTERVALS, 2, 5, "Men"), 2, "E (Men)", "cannot be told from the others"),
        (changed(INTERVALS, 2, 3, "Women lower"), 2, "C (Women lower)", "which rate a limit"),
        (with_title(BY_TYPE, TITLE.replace("aged 16 years and over", "in households")), 6, "", "which ages"),
        (with_title(INTERVALS, str(INTERVALS[0][0]).replace("in the last year ", "")), 2, "B (Men)", "what a column"),
    ],
)  # fmt: skip
def test_a_fault_names_sheet_row_and_column(
    rows: Rows, row: int, column: str, message: str, data: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=message) as caught:
        load_rate_set(write(tmp_path, Table_1=rows), data)
    fault = caught.value
    assert (fault.file, fault.row, fault.column) == ("tables.xlsx, sheet 'Table 1'", row, column)
    assert fault.expected
    assert fault.action


def test_proportions_are_not_percentages(data: Path, tmp_path: Path) -> None:
    rows = [
        *BY_TYPE[:6],
        *[
            [row[0], *(v / 100 if isinstance(v, int | float) else v for v in row[1:])]
            for row in BY_TYPE[6:12]
        ],
    ]
    with pytest.raises(InputError, match="proportions"):
        load_rate_set(write(tmp_path, Table_1=rows), data)


def test_the_year_must_be_said(data: Path, tmp_path: Path) -> None:
    rows = with_title(BY_TYPE, TITLE.replace(", year ending March 2026", ""))
    # the cover says it where the table does not
    assert load_rate_set(write(tmp_path, Table_1=rows), data).edition == "YE March 2026"
    with pytest.raises(InputError, match="which single survey year"):
        load_rate_set(write(tmp_path, Table_1=rows, **{"Cover sheet": [["Domestic abuse"]]}), data)


def test_a_canonical_table_in_a_workbook_is_still_one(data: Path, tmp_path: Path) -> None:
    row = {
        "rate_set": "own", "measure": LAST_YEAR, "sex": "F", "age_from": 16, "age_to": "", "group": "all", "rate": 9,
        "unit": "percent", "edition": "YE March 2026", "question_set": "new", "population_scope": "England and Wales",
        "source_id": "ons_da_2025", "status": "published",
    }  # fmt: skip
    path = write(tmp_path, Rates=[list(row), list(row.values())])
    assert load_rate_set(path, data).name == "own"
    with pytest.raises(InputError, match="takes a choice"):
        load_rate_set(f"{path}#new", data)


def test_words() -> None:
    assert [sex_of(text) for text in ("Women", "All men", "All adults", "Difference between men and women")] == [
        "F", "M", "P", ""]  # fmt: skip
    assert [period_of(text) for text in ("in the last year", "since the age of 16", "Men")] == [
        "last_year", "since_16", ""]  # fmt: skip
    assert editions_of("years ending March 2025 and March 2026") == [(2025, 3), (2026, 3)]
    assert editions_of("Apr '21 to Mar '22") == [(2022, 3)]
    assert ages_of("adults aged 16 to 74 years") == {(16, 74)}
    assert ages_of("aged 16+ and aged 16-59") == {(16, None), (16, 59)}
    assert abuse_of("Partner abuse (non-sexual)") == "non_sexual_partner_abuse"
    assert abuse_of("Any domestic abuse - excluding stalking") == "any_domestic_abuse_excluding_stalking"
    assert question_sets_of(["New questions were used from the year ending March 2013."]) == set()
    assert question_sets_of(["This uses the new domestic abuse questions. The old ones differ."]) == {"new"}
    assert read_figure("9.1%") == (9.1, "", True)
    assert read_figure("nine") == (None, "", False)
    assert read_figure("0.0 [low]")[0] is None

"""Statements of evidence: read as given, dated, and refused without a word repeated where they could point at someone."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from needs_assessment.errors import InputError
from needs_assessment.inputs.areas.geography import resolve_area
from needs_assessment.inputs.returns.evidence import Evidence, load_evidence, load_themes
from needs_assessment.inputs.returns.evidence_file import STATEMENT_LIMIT, person_kind
from needs_assessment.inputs.returns.services_file import FREE_TEXT_LIMIT
from needs_assessment.registers.registers import Registers, load_registers
from needs_assessment.report.tables.evidence import evidence_gap, evidence_tables, say_themes, theme_standings
from needs_assessment.report.writers import returns_workbook
from needs_assessment.report.writers.evidence_template import SHEETS
from needs_assessment.tables.schemas import EVIDENCE

AS_OF = dt.date(2025, 6, 30)
HEADER = EVIDENCE.names
ROW = [
    *("barriers", "survey", "Waiting lists put people off.", "2025-03-31", "Survey of residents", ""),
    *("domestic abuse lead", "yes"),
]
Load = Callable[..., Evidence]


@pytest.fixture(scope="module")
def registers(data: Path) -> Registers:
    return load_registers(data)


@pytest.fixture
def load(tmp_path: Path, data: Path, registers: Registers) -> Load:
    def load(*rows: list[str], header: list[str] = HEADER, area: str = "E06000056") -> Evidence:
        text = io.StringIO()
        csv.writer(text).writerows([header, *rows])
        path = tmp_path / "evidence.csv"
        path.write_text(text.getvalue(), encoding="utf-8")
        return load_evidence(path, resolve_area([area], data), data, registers, AS_OF)

    return load


def row(**cells: str) -> list[str]:
    return [cells.get(name, cell) for name, cell in zip(HEADER, ROW, strict=True)]


def refused(load: Load, *rows: list[str], header: list[str] = HEADER) -> InputError:
    with pytest.raises(InputError) as caught:
        load(*rows, header=header)
    assert caught.value.exit_code == 3
    assert caught.value.file == "evidence.csv"
    return caught.value


def test_without_a_file_every_theme_is_missing(data: Path, registers: Registers) -> None:
    evidence = load_evidence(None, resolve_area(["E06000056"], data), data, registers, AS_OF)
    assert evidence.frame.empty
    assert len(evidence.missing()) == len(evidence.themes)
    assert set(theme_standings(evidence).values()) == {"missing"}
    assert set(evidence_tables(evidence, "Here", 3)) == {"evidence_themes"}
    gap = evidence_gap(evidence)
    assert gap is not None
    assert gap[0].startswith(f"Evidence in words on {len(evidence.themes)} of the {len(evidence.themes)}")


def test_themes_the_strategies_name_are_registered(data: Path, registers: Registers) -> None:
    themes = load_themes(data, registers)
    wanted = {
        *("barriers", "survivors_voice", "perpetrator_provision", "prevention_early_help", "partnership"),
        *("provision", "protection", "progression", "children", "protected_characteristics", "housing"),
        *("out_of_area_placements", "repeat_victimisation", "health", "all_risk_levels", "unmet_need"),
    }
    assert wanted <= set(themes["theme"])
    assert (themes["obtain"] != "").all()


def test_statements_are_kept_letter_for_letter_in_the_order_of_the_themes(load: Load) -> None:
    strange = "=cmd|' /C calc'!A0 <script>alert(1)</script> {{ 7*7 }} \\write18{ls} 🏳️‍🌈 \u202eabc\u202c"
    evidence = load(
        row(theme="Monitoring", statement=strange),
        row(date="2022-06-30", statement="Older."),
        row(date="01/07/2022", statement="Old."),
    )
    assert evidence.frame["statement"].tolist() == ["Old.", "Older.", strange]
    assert evidence.frame["theme"].tolist() == ["barriers", "barriers", "monitoring"]
    # three years to the day is not yet stale: 30 June 2022 to 30 June 2025 is exactly 3
    assert evidence.frame["age_years"].tolist() == pytest.approx([2 + 364 / 365, 3, 91 / 365])
    assert not evidence.frame["stale"].any()


def test_a_day_more_than_three_years_is_stale(load: Load) -> None:
    evidence = load(row(date="2022-06-29"))
    assert evidence.frame["stale"].tolist() == [True]
    assert theme_standings(evidence)["barriers"] == "dated"
    tables = evidence_tables(evidence, "Here", 3)
    assert tables["evidence"].frame["flag"].tolist() == ["STALE"]
    themes = tables["evidence_themes"].frame.set_index("title")
    assert themes.loc["Barriers to support", "here"] == "1, all STALE"
    assert themes.loc["Barriers to support", "obtain"] != ""
    assert "1 of them is marked STALE." in say_themes(evidence)


def test_a_fresh_statement_beside_a_stale_one_is_present(load: Load) -> None:
    evidence = load(row(), row(date="2012-01-01", statement="Old."))
    assert theme_standings(evidence)["barriers"] == "present"
    themes = evidence_tables(evidence, "Here", 3)["evidence_themes"].frame.set_index("title")
    assert themes.loc["Barriers to support", ["here", "obtain"]].tolist() == ["2", ""]
    assert len(evidence.missing()) == len(evidence.themes) - 1


def test_a_date_after_the_paper_is_said(load: Load) -> None:
    evidence = load(row(date="2025-07-01"))
    assert evidence.notes == ("1 statement is dated after the date of the paper, 2025-06-30.",)
    assert evidence.frame["age_years"].tolist() == [0]


@pytest.mark.parametrize(("written", "read"), [("Survivors' panel", "survivors_panel"), ("SURVEY", "survey")])
def test_the_kind_of_source_may_be_written_in_words(load: Load, written: str, read: str) -> None:
    assert load(row(kind_of_source=written)).frame["kind_of_source"].tolist() == [read]


@pytest.mark.parametrize("column", ["statement", "source", "note"])
@pytest.mark.parametrize(
    "secret",
    [
        "Mrs Featherstone spoke to us",
        "jane@example.org told us",
        "MK40 1AB has no bus",
        "ring 01234 567890",
        "born 12 March 1990",
        "943 476 5919",
        "12 Rose Street is far",
        "Rose House has no ramp",
        "Ampthill has no interpreter",
        "run by Somebody Limited",
        "Sunrise Housing Association said so",
        "E05014394 has more",
        "3 women said so",
        "Two of the survivors were turned away",
        "one disabled mother waited",
        "a 34-year-old waited",
    ],
)
def test_what_points_at_someone_or_somewhere_is_refused_unseen(load: Load, column: str, secret: str) -> None:
    error = refused(load, row(), row(**{"statement": "Other.", column: secret}))
    assert (error.row, error.column) == (3, column)
    words = [word for word in secret.split() if len(word) > 4]
    assert secret not in error.report()
    assert not any(word in error.report() for word in words)


def test_a_long_account_of_one_person_is_refused_unseen(load: Load) -> None:
    story = (
        "She left at night with her children and slept in a car, and the council told her to come back. " * 3
    )
    error = refused(load, row(statement=story.strip()))
    assert "account of one person" in error.message
    assert "slept" not in error.report()
    assert len(load(row(statement='"She was told to come back."')).frame) == 1


def test_limits_of_length_are_said_in_characters(load: Load) -> None:
    assert len(load(row(statement="W" * STATEMENT_LIMIT, source="S" * FREE_TEXT_LIMIT)).frame) == 1
    error = refused(load, row(statement="W" * (STATEMENT_LIMIT + 1)))
    assert error.found == f"{STATEMENT_LIMIT + 1} characters"
    assert refused(load, row(source="S" * (FREE_TEXT_LIMIT + 1))).column == "source"


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"theme": "weather_secret"}, "theme"),
        ({"theme": ""}, "theme"),
        ({"kind_of_source": "gossip_secret"}, "kind_of_source"),
        ({"statement": ""}, "statement"),
        ({"date": "spring_secret"}, "date"),
        ({"date": ""}, "date"),
        ({"source": ""}, "source"),
    ],
)
def test_a_faulty_cell_is_named_and_not_shown(load: Load, cells: dict[str, str], column: str) -> None:
    error = refused(load, row(**cells))
    assert (error.row, error.column) == (2, column)
    assert "secret" not in error.report()


def test_faulty_columns_and_repeats_are_refused(load: Load) -> None:
    assert "looks like personal data" in refused(load, [*ROW, "x"], header=[*HEADER, "client name"]).message
    strange = refused(load, [*ROW, "x"], header=[*HEADER, "Topsecret"])
    assert "Topsecret" not in strange.report()
    missing = refused(load, ROW[:3] + ROW[4:], header=HEADER[:3] + HEADER[4:])
    assert missing.column == "date"
    assert "repeats row 2" in refused(load, ROW, ROW).message


NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}


@given(
    st.one_of(st.integers(1, 400).map(str), st.sampled_from(list(NUMBERS))),
    st.sampled_from(["", "of the ", "of our ", "of 14 ", "out of 14 "]),
    st.sampled_from(["", "disabled ", "young "]),
    st.sampled_from(["women", "children", "survivors", "families", "clients"]),
    st.integers(2, 9),
)
@example("4", "", "", "women", 5)
@example("5", "", "", "women", 5)
def test_a_count_is_small_exactly_below_the_minimum(
    number: str, of: str, kind: str, noun: str, minimum: int
) -> None:
    value = NUMBERS.get(number) or int(number)
    said = person_kind(f"We heard that {number} {of}{kind}{noun} waited.", minimum)
    assert (said != "") == (value < min(minimum, 10))


@given(st.sampled_from([*NUMBERS, *"123456789"]), st.sampled_from([*NUMBERS, "5", "10", "every 4"]))
def test_a_ratio_is_no_count(part: str, whole: str) -> None:
    assert person_kind(f"About {part} in {whole} women said so.", 5) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Three women's groups were asked.",
        "1 family place for every 10,000 residents",
        "Children are seen within 3 working days.",
        "Two or more services know the same family.",
        "2.3 cases a week",
        "The council's first refuge opened in 1974.",
        "Survivors told us that nobody explains the court process.",
        "The Crown Court lists cases late.",
        "By ward, need follows population.",
    ],
)
def test_ordinary_findings_pass(load: Load, text: str) -> None:
    assert load(row(statement=text)).frame["statement"].tolist() == [text]


def test_the_template_offers_what_the_reader_accepts(
    tmp_path: Path, data: Path, registers: Registers
) -> None:
    path = tmp_path / "template.xlsx"
    themes = load_themes(data, registers)
    returns_workbook.write_template(path, "Here", themes=themes)
    book = openpyxl.load_workbook(path)
    assert tuple(book.sheetnames) == (*returns_workbook.SHEETS, *SHEETS)
    sheet = book["evidence"]
    assert [cell.value for cell in sheet[1]] == HEADER
    assert sheet.max_row == 1
    assert [cells[0] for cells in book["themes"].iter_rows(min_row=2, values_only=True)] == themes[
        "theme"
    ].tolist()
    rules = {str(rule.sqref)[0]: rule for rule in sheet.data_validations.dataValidation}
    assert rules["A"].formula1 == f"themes!$A$2:$A${len(themes) + 1}"
    assert rules["B"].formula1 == '"' + ",".join(EVIDENCE.columns[1].allowed or ()) + '"'
    assert (rules["C"].formula1, rules["E"].formula1) == (str(STATEMENT_LIMIT), str(FREE_TEXT_LIMIT))
    for column, cell in enumerate(
        (
            "health",
            "survey",
            "Nobody asks.",
            dt.date(2025, 3, 31),
            "Survey",
            "",
            "community safety team",
            "yes",
        ),
        1,
    ):
        sheet.cell(2, column, cell)
    book.save(path)
    area = resolve_area(["E06000056"], data)
    read = load_evidence(path, area, data, registers, AS_OF).frame
    assert read[["theme", "statement", "date"]].to_numpy().tolist() == [
        ["health", "Nobody asks.", dt.date(2025, 3, 31)]
    ]

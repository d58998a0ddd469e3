"""What may be printed: kinds, spellings, places in the original, and the ordinary sentences that pass."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from needs_assessment.errors import InputError, UsageError
from needs_assessment.inputs.areas.area_names import same_name, screen_area_names
from needs_assessment.inputs.screening import Screening
from needs_assessment.printable_text import (
    KINDS,
    LABEL,
    NAME,
    RULES,
    STRANGE,
    finding,
    findings,
    masked,
    may_be_shown,
)
from needs_assessment.printable_text.codes import CODE
from needs_assessment.printable_text.help_lines import help_line, role_fault
from needs_assessment.printable_text.location import is_postcode
from needs_assessment.printable_text.rule import spellings_of
from needs_assessment.scenario import Scenario

CORPUS = Path(__file__).resolve().parents[3] / "benchmarks"


def corpus(name: str) -> list[dict[str, str]]:
    with (CORPUS / f"printable_text_{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


HOSTILE, INNOCENT = corpus("hostile"), corpus("innocent")


@pytest.mark.parametrize("row", HOSTILE, ids=lambda row: f"{row['kind']}: {row['text']}")
def test_a_hostile_text_is_seen_in_every_spelling(row: dict[str, str]) -> None:
    text = row["text"]
    unseen = "\u200b".join(text)
    wide = text.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    for spelling in (text, unseen, wide, text.replace(" ", "\u00a0")):
        assert findings(spelling), spelling


@pytest.mark.parametrize("row", INNOCENT, ids=lambda row: row["text"])
def test_an_ordinary_sentence_passes(row: dict[str, str]) -> None:
    assert not findings(row["text"])


def test_every_rule_finds_a_text_that_no_other_rule_finds() -> None:
    owned: set[int] = set()
    for row in HOSTILE:
        spellings = spellings_of(row["text"])
        found = [at for at, rule in enumerate(RULES) if any([*rule.places(one)] for one in spellings)]
        # what cannot be checked is the net below all others, so it does not share a text with one of them
        known = [at for at in found if RULES[at].kind != CODE] or found
        if len(known) == 1:
            owned.update(known)
    assert [RULES[at] for at in range(len(RULES)) if at not in owned] == []


def test_no_ward_name_of_england_is_refused(reference: Path) -> None:
    path = reference / "population" / "ons_ward_mid2020_wd20_england.csv"
    with path.open(encoding="utf-8", newline="") as file:
        names = {row["wd20nm"] for row in csv.DictReader(file)}
    assert len(names) > 6000
    assert [name for name in sorted(names) if findings(name, NAME)] == []


@pytest.mark.parametrize(
    ("text", "first", "last", "kind"),
    [
        ("Ring 07700 900123 now", 6, 17, "telephone number"),
        ("Ring 0\u200b7700 900123 now", 6, 18, "telephone number"),
        ("in MK45 2ZZ.", 4, 11, "postcode"),
        ("\ufb01ve in MK45 2ZZ", 8, 15, "postcode"),
        ("&#77;K45 2ZZ", 1, 12, "postcode"),
        ("call zero one six three two nine six zero nine eight three", 6, 58, "telephone number"),
    ],
)
def test_a_place_counts_the_characters_of_the_original(text: str, first: int, last: int, kind: str) -> None:
    seen = finding(text)
    assert seen is not None
    assert (seen.first, seen.last, seen.kind) == (first, last, kind)
    assert str(seen).startswith(f"characters {first} to {last}: looks like a")


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        # each pair stands on either side of one condition of a rule
        ("4 women", False), ("5 women", True), ("0 women", True), ("1 in 4 women", True), ("4% of 100 women", False),
        ("8% of 50", False), ("10% of 50", True), ("47 of 48 women", False), ("40 of 48 women", True),
        ("95% of 60 women", False), ("91% of 60 women", True), ("tier 2 women", True), ("2 out of 5 women", True),
        ("2 out of 14 women", False), ("1 referral per household", True), ("1 woman per week", False),
        ("a third of 12", False), ("a third of 15", True), ("women: 4", False), ("women: 5", True),
        ("2023-24 2024-25", True), ("12 March 1999", False),
        ("12 March 2000", True), ("CO2", True), ("MK45", False), ("S47", True), ("£585,000", True),
        ("SE 2021", True), ("SE 2134", False), ("TL 2021", False),
        ("TL 2034", False), ("So 2034 is near", True), ("52.04, -0.75", False),
        ("72.04, -0.75", True), ("0.12, 0.34, 0.56", True), ("call 999", True), ("call 96098", False),
        ("12,345,678", True), ("123456789", False), ("E06000056", True), ("E05014394", False),
        ("Family Court", True), ("Willow Court", False), ("the high street", True), ("14 high street", False),
        ("the school nurse", True), ("Redborne school", False), ("Mrs Smith", False), ("women miss appointments", True),
        ("from 0 to 9,223,372,036,854,775,807", True), ("9,07700 900123", False), ("2026-03-31T12:00:00+00:00", True),
        ("2026-03-31T07:700900123", False), ("MK43", False), ("MK43.", False),
        ("women: 5-2", False), ("women: 12-2", True), ("women: 9/3", False), ("women: 15/3", True), ("women: 2+2", False),
        ("women: 2+3", True), ("women: √16", False), ("women: √25", True), ("women = 0x4", False), ("women = 0x5", True),
        ("20 women came and 16 stayed", False), ("20 women came and 15 stayed", True), ("20 women came and 20 stayed", True),
        ("4/11 women", False), ("4/10 women", True), ("5/11 women", True), ("1 in 3 of the 14 girls", False),
        ("1 in 3 of the 15 girls", True), ("of 50 clients 91% stayed", True), ("of 50 clients 95% stayed", False),
        ("PC 44", True), ("PC 441", False), ("one thing survivors said", True), ("Lord Chancellor's office", True),
        ("E-mail is unsafe", True), ("her e-mail is otter", False), ("abuse at some point in life", True),
        ("women aged 34 or over", True), ("a woman aged 34", False), ("S C H O O L S", False), ("L G B T", True),
    ],
)  # fmt: skip
def test_the_edge_of_a_rule(text: str, passes: bool) -> None:
    assert (not findings(text)) == passes


def test_ten_digits_are_an_nhs_number_by_the_last_of_them() -> None:
    seen = [finding(text) for text in ("943 476 5919", "943 476 5918")]
    assert [one.kind for one in seen if one] == ["NHS number", CODE]


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        # each pair stands on either side of one condition of a rule
        ("file X7Y", True), ("file X712Y", False), ("2023Q4 and FY2024", True), ("2023X4", False), ("£250k", True),
        ("table TS021", True), ("see TS021", False), ("0930 to 1700", True), ("0990", False), ("007", False),
        ("12345 women", True), ("12345, see letter", False), ("rose to 12345", True), ("to 12345", False),
        ("1234567", False), ("£1234567", True), ("84 12 33 97", False), ("2023 24 25", True), ("2023/991", False),
        ("SI 2023/991", True), ("2023 991 12", False), ("16-24 25-34", True), ("16-24 24-34", False),
        ("16 to 24, 25 to 34", True),
    ],
)  # fmt: skip
def test_the_edge_of_what_can_be_checked(text: str, passes: bool) -> None:
    assert (not findings(text)) == passes


def test_letters_that_nobody_here_can_check_are_refused() -> None:
    for text in ("ਪੰਜਾਬ", "⠍⠅⠲⠴", "東京"):
        assert [seen.kind for seen in findings(text)] == [STRANGE]
    assert not findings("Réunion, naïve, façade – “quoted” 🏳️‍🌈")


def test_text_that_is_turned_or_hidden_is_read() -> None:
    assert finding("\u202eZZ2 54KM\u202c")
    assert finding("plain" + "".join(chr(0xE0000 + ord(one)) for one in "MK45 2ZZ"))


@pytest.mark.parametrize(
    ("code", "sector", "answer"),
    [
        *(
            ("mk452zz", False, True),
            ("mk4o2zz", False, True),
            ("xx452zz", False, False),
            ("mk45zzz", False, False),
        ),
        *(("mk452", True, True), ("452zz", False, False), ("mk452cz", False, False)),
    ],
)
def test_what_a_postcode_is(code: str, sector: bool, answer: bool) -> None:
    assert is_postcode(code, sector=sector) is answer


def test_a_message_hides_only_what_it_must() -> None:
    assert masked("method = 'Mrs Smith' cannot be used") == "method = '(not shown)' cannot be used"
    plain = "3 women of E05014394, see geoportal.statistics.gov.uk and tables.xlsx"
    assert masked(plain) == plain
    assert may_be_shown("MK45 2ZZ") == "(not shown: it looks like a postcode)"


def test_all_faults_of_a_file_are_told_at_once() -> None:
    screening = Screening("evidence.csv")
    assert screening.text("Waiting lists.", row=2, column="statement")
    assert not screening.text("Mrs Smith of MK45 2ZZ", row=4, column="note")
    assert not screening.text("ring 07700 900123", row=3, column="statement")
    with pytest.raises(InputError) as caught:
        screening.raise_if_any()
    report = caught.value.report()
    assert "file evidence.csv, row 3, column statement, characters 6 to 17" in report
    assert (
        "looks like the name of a person. It is not shown here. row 4, column note, characters 1 to 9"
        in report
    )
    assert "looks like a postcode. It is not shown here. row 4, column note, characters 14 to 21" in report
    assert not any(word in report for word in ("Smith", "2ZZ", "07700"))


def test_names_of_areas_are_the_registers(data: Path) -> None:
    screen_area_names([("E06000056", "Central bedfordshire", "LAD")], {}, "wards.csv", data)
    screen_area_names([("E05999999", "Church Lane & St Mary's", "WD")], {}, "wards.csv", data)
    screen_area_names([("E05999999", "", "WD"), ("E05999998", "E05999998", "WD")], {}, "wards.csv", data)
    with pytest.raises(InputError, match="the register has for E06000056, Central Bedfordshire") as caught:
        screen_area_names([("E06000056", "Featherstone", "LAD")], {"E06000056": 7}, "wards.csv", data)
    assert "Featherstone" not in caught.value.report()
    assert (caught.value.row, caught.value.column) == (7, "LAD")
    with pytest.raises(InputError, match="name of a person"):
        screen_area_names([("E05999999", "Mrs Smith", "WD")], {}, "wards.csv", data)
    with pytest.raises(InputError, match="has for E05999999, Rose"):
        screen_area_names([("E05999999", "Hill", "WD")], {}, "wards.csv", data, lookup={"E05999999": "Rose"})


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("St. Mary's & Hill", "st marys and hill", True),
        ("Bristol, City of", "City of Bristol", True),
        ("Rose Hill", "Rose Hall", False),
        ("Rose", "Rose Rose", False),
    ],
)
def test_spellings_of_one_name(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same


@pytest.mark.parametrize("number", ["0808 157 0000", "0300 123 4567", "0800 1111", "0800 123 4567"])
def test_numbers_that_are_public_by_their_beginning(number: str) -> None:
    assert Scenario(help_lines=f"Helpline | {number} | every day").help_lines == (
        f"Helpline | {number} | every day",
    )


@pytest.mark.parametrize(
    "number", ["07700 900123", "01632 960983", "116 123", "0870 123 4567", "+44 808 157 0000"]
)
def test_another_number_is_confirmed_by_the_council(number: str) -> None:
    text = f"Line | {number} | always"
    with pytest.raises(UsageError, match="help_lines_public=yes") as caught:
        Scenario.build({"help_lines": text}, "--set")
    assert number not in caught.value.report()
    assert Scenario.build({"help_lines": text, "help_lines_public": "yes"}, "--set").help_lines == (text,)


@pytest.mark.parametrize(
    "text",
    ["Line", "Line | 0808 157 0000", "Mrs Smith | 0808 157 0000 | always", "Line | 0808 157 0000 | at 14 High Street",
     "Line | 12 | always", "Line | 0808 CALL ME | always", " | 0808 157 0000 | always", "L" * 101 + " | 0808 157 0000 | x"],
)  # fmt: skip
def test_a_help_line_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="help line"):
        help_line(text)
    with pytest.raises(UsageError) as caught:
        Scenario.build({"help_lines": [text]}, "--set")
    assert text not in caught.value.report()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Domestic abuse commissioning manager", ""),
        ("Community safety team, Central Bedfordshire Council", ""),
        ("Featherstone", "no role"),
        ("Khan, service manager", "name of a person"),
        ("Mrs Featherstone, service manager", "name of a person"),
        ("manager " * 20, "longer"),
    ],
)
def test_a_role_is_no_name(text: str, fault: str) -> None:
    assert (fault in role_fault(text)) if fault else role_fault(text) == ""


def test_every_kind_has_words_of_its_own() -> None:
    assert len(KINDS) == len(set(KINDS))
    assert set(NAME) < set(LABEL) < set(KINDS)

"""An area is named by its code or its name, however that is spelled; another area is never taken for it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from needs_assessment import InputError, Scenario, UsageError
from needs_assessment.batch.areas import read_areas
from needs_assessment.choices.area_names import area_codes, is_name, named_areas, near_areas
from needs_assessment.cli.options import complete_area, scenario_of
from needs_assessment.inputs.areas.geography import resolve_area
from needs_assessment.scenario import read_scenario_file

SPELLINGS = {
    "E06000056": [
        "Central Bedfordshire", "central  BEDFORDSHIRE", "Central-Bedfordshire", "Central Bedfordshire Council",
        " e06000056 ",
    ],
    "E06000055": ["Bedford", "Bedford Borough", "Bedford Borough Council", "Borough of Bedford"],
    "E06000023": ["Bristol, City of", "bristol city of", "City of Bristol", "Bristol", "Bristol City Council"],
    "E06000010": ["Kingston upon Hull", "Kingston-upon-Hull, City of", "City of Kingston upon Hull"],
    "E06000019": ["Herefordshire", "Herefordshire, County of", "County of Herefordshire"],
    "E08000013": ["St. Helens", "St Helens", "st helens", "Saint Helens"],
    "E06000047": ["County Durham", "Durham", "Durham County Council"],
    "E06000020": ["Telford and Wrekin", "Telford & Wrekin", "telford&wrekin"],
    "E07000146": ["King's Lynn and West Norfolk", "Kings Lynn & West Norfolk", "King’s Lynn and West Norfolk"],
    "E09000001": ["City of London", "City of London Corporation"],
    "E12000007": ["London", "Greater London Authority", "Greater London", "GLA"],
    "E09000011": ["Greenwich", "Royal Borough of Greenwich", "London Borough of Greenwich"],
    "E10000031": ["Warwickshire", "Warwickshire County Council"],
    "E12000003": ["Yorkshire and The Humber", "Yorkshire & the Humber region"],
    "E12000005": ["West Midlands region"],
    "E23000014": ["West Midlands police", "West Midlands Police Force Area"],
    "E23000001": ["Metropolitan Police"],
    "E06000059": ["Dorset"],  # and not the county that ended
    "E06000028": ["Bournemouth"],  # which ended: refused later, with what it became
    "E06000063": ["Cumberland"],  # newer than the register of April 2021
}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "text"), [(code, text) for code, texts in SPELLINGS.items() for text in texts]
)
def test_a_name_is_read_however_it_is_spelled(code: str, text: str, data: Path) -> None:
    assert area_codes(text, data) == (code,)
    assert is_name(text, data) == (not text.strip().casefold().startswith("e06"))


def test_every_registered_name_finds_its_own_code(data: Path) -> None:
    with (data / "authorities.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        assert area_codes([row["authority_name"], row["tier_one_name"]], data) == (
            row["authority_code"],
            row["tier_one_code"],
        )
    names = named_areas(data)
    assert all(area_codes(name, data) == (code,) for code, name in names.items())
    assert len(names) > len(rows)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Bedford + Central Bedfordshire", ("E06000055", "E06000056")),
        ("E06000055+E06000056", ("E06000055", "E06000056")),
        ("E06000055 E06000056", ("E06000055", "E06000056")),
        ("e06000055, luton", ("E06000055", "E06000032")),
        ("Bristol, City of, Bath & North East Somerset", ("E06000023", "E06000022")),
        ("Bournemouth, Christchurch and Poole", ("E06000058",)),
        ("", ()),
    ],
)
def test_several_areas_in_one_text(text: str, codes: tuple[str, ...], data: Path) -> None:
    assert area_codes(text, data) == codes


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("Bedfrod", "E06000055 Bedford"),
        ("Bedfordshire", "E06000056 Central Bedfordshire"),
        ("Bedfordshire", "E23000026 Bedfordshire police force area"),
        ("Central Bedford", "E06000056 Central Bedfordshire"),
        ("Newcastle", "E08000021 Newcastle upon Tyne"),
        ("Newcastle", "E07000195 Newcastle-under-Lyme"),
        ("Hull", "E06000010 Kingston upon Hull, City of"),
        ("West Midlands", "E12000005 West Midlands region"),
        ("West Midlands", "E23000014 West Midlands police force area"),
        ("E0600056", "E06000056 Central Bedfordshire"),
    ],
)
def test_an_unknown_name_is_answered_with_near_ones(text: str, near: str, data: Path) -> None:
    with pytest.raises(InputError, match="not known") as refused:
        area_codes(text, data)
    assert near in refused.value.expected
    assert near in near_areas(text, data)
    assert refused.value.found == text
    assert len(near_areas(text, data)) <= 6


def test_a_name_that_two_bear_is_not_chosen_between(tmp_path: Path, data: Path) -> None:
    for name in ("authorities.csv", "authority_changes.csv"):
        (tmp_path / name).write_bytes((data / name).read_bytes())
    with (tmp_path / "authorities.csv").open("a", encoding="utf-8") as stream:
        stream.write(
            "E06999999,Bedford,unitary,E06999999,Bedford,E12000006,East of England,E23000026,Bedfordshire,1,,,,\n"
        )
    with pytest.raises(InputError, match="Several areas") as refused:
        area_codes("Bedford Borough Council", tmp_path)
    assert "E06000055 Bedford, E06999999 Bedford" in refused.value.expected
    assert is_name("Bedford", tmp_path)


def test_every_door_takes_a_name(tmp_path: Path, data: Path) -> None:
    name, code = "central bedfordshire", ("E06000056",)
    file = tmp_path / "s.toml"
    file.write_text('area = "Central Bedfordshire"\n', encoding="utf-8")
    assert scenario_of("", None, {"area": [name]}).area == code
    assert scenario_of("", [f"area={name}"], {}).area == code
    assert scenario_of(str(file), None, {}).area == code
    assert Scenario.build(read_scenario_file(file), "file").area == code
    assert Scenario.from_notebook({"area": name}).area == Scenario(area=[name]).area == code
    assert Scenario(area="Bedford + Central Bedfordshire").area == ("E06000055", "E06000056")
    assert resolve_area(name, data).code == resolve_area([name], data).code == code[0]


def test_a_name_gives_the_same_run_as_its_code() -> None:
    assert Scenario(area="Central Bedfordshire", as_of="2026-01-01") == Scenario(as_of="2026-01-01")


def test_a_list_of_areas_may_hold_names(tmp_path: Path, data: Path) -> None:
    file = tmp_path / "areas.csv"
    file.write_text(
        "area_name\nSt Helens\nBedford+central bedfordshire\nBristol, City of\nE06000001,Hartlepool\n"
        "Bournemouth, Christchurch and Poole\n",
        encoding="utf-8",
    )
    areas = read_areas(str(file), data, own_population=False)
    assert [area.code for area in areas] == [
        "E06000001", "E06000023", "E06000055+E06000056", "E06000058", "E08000013",
    ]  # fmt: skip
    assert areas[2].codes == ("E06000055", "E06000056")
    file.write_text("Hartlepool\nBedfrod\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_areas(str(file), data, own_population=False)
    assert (refused.value.row, refused.value.found) == (2, "Bedfrod")
    assert "E06000055 Bedford" in refused.value.expected


@pytest.mark.parametrize("text", ["../../elsewhere", "Atlantis", "E0600005X", "E06000056/.."])
def test_what_is_no_area_never_names_a_folder(text: str) -> None:
    with pytest.raises(InputError, match="not known"):
        Scenario(area=text)


def test_an_unknown_area_among_other_faults_is_told_with_them() -> None:
    with pytest.raises(UsageError, match="2 choices") as refused:
        Scenario(area="Bedfrod", draws=0)
    assert "E06000055 Bedford" in refused.value.message


def test_a_shell_is_offered_codes_and_names() -> None:
    assert complete_area("Central B") == [("E06000056", "Central Bedfordshire")]
    assert ("E06000056", "Central Bedfordshire") in complete_area("e0600005")
    assert complete_area("zzz") == []

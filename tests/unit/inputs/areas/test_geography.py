"""Areas expand to the authorities that hold wards; what cannot be one area is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from needs_assessment.errors import InputError
from needs_assessment.inputs.areas.bundled import known_wards, list_areas, ward_points
from needs_assessment.inputs.areas.geography import resolve_area, with_names


def test_a_unitary_authority(data: Path) -> None:
    area = resolve_area(["E06000056"], data)
    assert (area.code, area.name, area.tier, area.note) == ("E06000056", "Central Bedfordshire", "one", "")
    assert area.authorities == ("E06000056",)


def test_a_county_is_its_districts(data: Path) -> None:
    area = resolve_area([" e10000031 "], data)
    assert area.authorities == tuple(f"E070002{number}" for number in range(18, 23))
    assert (area.name, area.tier, len(area.members)) == ("Warwickshire", "one", 1)


@pytest.mark.parametrize("code", ["E12000007", "GLA", "E61000001"])
def test_london_is_its_boroughs(data: Path, code: str) -> None:
    area = resolve_area([code], data)
    assert area.code == "E12000007"
    assert len(area.authorities) == 33
    assert all(authority.startswith("E09") for authority in area.authorities)


@pytest.mark.parametrize(
    "codes", [["E06000056", "E06000055"], ["E06000055+E06000056"], ["E06000055, E06000056"]]
)
def test_a_partnership_is_sorted_and_joined(data: Path, codes: list[str]) -> None:
    area = resolve_area(codes, data)
    assert (area.code, area.tier) == ("E06000055+E06000056", "partnership")
    assert area.name == "Bedford and Central Bedfordshire"


def test_three_names(data: Path) -> None:
    area = resolve_area(["E06000032", "E06000055", "E06000056"], data)
    assert area.name == "Luton, Bedford and Central Bedfordshire"


@pytest.mark.parametrize(
    ("code", "duty"), [("E07000220", "Warwickshire"), ("E09000007", "Greater London Authority")]
)
def test_tier_two_is_allowed_and_says_whose_duty_it_is(data: Path, code: str, duty: str) -> None:
    area = resolve_area([code], data)
    assert area.tier == "two"
    assert f"{duty}'s (tier one)" in area.note


@pytest.mark.parametrize(
    ("codes", "says"),
    [
        (["E06000056", "e06000056"], "given twice"),
        (["E10000031", "E07000220"], "overlap"),
        (["E12000007", "E09000007"], "overlap"),
        ([], "No area"),
        ([""], "No area"),
    ],
)
def test_what_cannot_be_one_area(data: Path, codes: list[str], says: str) -> None:
    with pytest.raises(InputError, match=says):
        resolve_area(codes, data)


@pytest.mark.parametrize(
    ("code", "near"),
    [("Warwickshir", "E10000031 Warwickshire"), ("E0600056", "E06000056 Central Bedfordshire"), ("zzz", "")],
)
def test_an_unknown_code_lists_near_matches(data: Path, code: str, near: str) -> None:
    with pytest.raises(InputError) as caught:
        resolve_area([code], data)
    assert near in caught.value.expected
    assert caught.value.exit_code == 3


def test_an_authority_newer_than_the_list_needs_a_population_file(data: Path) -> None:
    with pytest.raises(InputError, match="not known"):
        resolve_area(["E06000063"], data)
    area = resolve_area(["E06000063"], data, any_authority=True)
    assert (area.authorities, area.tier) == (("E06000063",), "one")
    assert "not among the authorities of April 2021" in area.note
    wards = known_wards(data).head(1).assign(authority_code="E06000063", authority_name="Cumberland")
    named = with_names(area, wards)
    assert (named.name, named.members[0].name) == ("Cumberland", "Cumberland")


def test_known_wards(data: Path) -> None:
    known = known_wards(data)
    counts = known.groupby(["authority_code", "ward_vintage"]).size()
    assert counts["E06000056", "2023"] == 31
    assert counts.drop(index=("E06000056", "2023")).sum() == 103
    assert not known.duplicated(["ward_code", "ward_vintage"]).any()


def test_ward_points_follow_the_order_of_the_wards_or_are_none(data: Path) -> None:
    wards = known_wards(data).query("authority_code == 'E06000056'").iloc[::-1]
    points = ward_points(wards, data)
    assert points is not None
    assert points["ward_code"].tolist() == wards["ward_code"].tolist()
    assert points["easting"].between(480_000, 540_000).all()
    other = wards.copy()
    other.iloc[0, other.columns.get_loc("ward_code")] = "E05999999"
    assert ward_points(other, data) is None
    assert ward_points(wards.head(0), data) is None


def test_list_areas(data: Path) -> None:
    areas = list_areas(data).set_index("area_code")
    assert areas.loc["E06000056", ["wards", "residents"]].tolist() == [31, 301_501]
    assert areas.loc["E10000031", ["wards", "residents"]].tolist() == [103, 583_786]
    assert areas["ward_points"].all()

"""Old authorities find the authority of today, new ones their parts; regions and forces are made of authorities."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from needs_assessment import Scenario, assess
from needs_assessment.errors import InputError
from needs_assessment.inputs.areas.authority_changes import load_changes, of_that_time
from needs_assessment.inputs.areas.geography import resolve_area
from needs_assessment.inputs.population.area_vintage import settle_area
from needs_assessment.inputs.population.population import load_population

CUMBERLAND = ("E07000026", "E07000028", "E07000029")


def england(reference: Path) -> Path:
    return reference / "population" / "ons_ward_mid2020_wd20_england.csv"


def test_an_authority_that_has_ended_names_its_successor(data: Path) -> None:
    with pytest.raises(InputError, match=r"Aylesbury Vale \(E07000004\) is no longer an authority") as caught:
        resolve_area(["E07000004"], data)
    assert "Buckinghamshire (E06000060) since 1 April 2020" in caught.value.expected
    assert "--area E06000060" in caught.value.action
    # one of the list of April 2021 is still known, and its note says what became of it
    assert "Cumberland (E06000063) since 1 April 2023" in resolve_area(["E07000026"], data).note


def test_the_changes_agree_with_the_list_of_april_2021(data: Path) -> None:
    listed = pd.read_csv(data / "authorities.csv", dtype="str")
    codes = set(listed["authority_code"]) | set(listed["tier_one_code"])
    for change in load_changes(data):
        before = change.date.year <= 2021
        assert (change.old_code in codes) != before, change.sentence
        # a new authority is in the list, or has ended since, or came after it
        later = {other.old_code for other in load_changes(data)}
        assert (change.new_code in codes) == before or change.new_code in later, change.sentence


def test_the_changes_of_2023_agree_with_the_published_lookups(data: Path, reference: Path) -> None:
    old = pd.read_csv(reference / "lookups" / "lsoa2011_to_lsoa2021.csv", dtype="str")
    new = pd.read_csv(reference / "lookups" / "lsoa2021_to_ward2024_ltla2024_best_fit.csv", dtype="str")
    both = old.drop_duplicates("lsoa21_code").merge(new, on="lsoa21_code")
    moved = both[both["ltla22_code"] != both["ltla24_code"]].groupby(["ltla22_code", "ltla24_code"]).size()
    # one small area straddles a border and is best fitted across it
    published = {pair for pair, count in moved.items() if count > 1}
    held = {
        (c.old_code, c.new_code)
        for c in load_changes(data)
        if c.date.year == 2023 and c.old_code[:3] != "E10"
    }
    assert published == held
    now = pd.read_csv(reference / "lookups" / "ward2025_to_ltla_utla_region_police_force.csv", dtype="str")
    listed = set(pd.read_csv(data / "authorities.csv", dtype="str")["authority_code"])
    recent = {change.new_code for change in load_changes(data) if change.date.year > 2021}
    ended = {change.old_code for change in load_changes(data)}
    assert set(now["LAD25CD"]) == (listed - ended) | recent


def test_regions_and_forces_agree_with_the_published_lookup(data: Path, reference: Path) -> None:
    now = pd.read_csv(reference / "lookups" / "ward2025_to_ltla_utla_region_police_force.csv", dtype="str")
    held = set(now["LAD25CD"])
    for column, codes in (("RGNCD", now["RGNCD"].unique()), ("pfa24_code", now["pfa24_code"].unique())):
        for code in codes:
            area, _ = settle_area(resolve_area([code], data), held, data)
            assert set(area.authorities) == set(now.loc[now[column] == code, "LAD25CD"]), code


@pytest.mark.parametrize(
    ("asked", "held", "found"),
    [
        (("E06000063",), set(CUMBERLAND), CUMBERLAND),
        (CUMBERLAND, {"E06000063"}, ("E06000063",)),
        (("E07000026",), {"E06000063"}, ("E07000026",)),  # a part is not the whole
        (("E08000016",), {"E08000038"}, ("E08000038",)),
        (
            ("E06000066",),
            {"E07000187", "E07000188", "E07000189", "E07000190", "E07000191"},
            ("E06000066",),  # not stated by a file older than two changes: named as absent
        ),
        (("E06000056",), {"E06000055"}, ("E06000056",)),
    ],
)
def test_the_same_ground_before_and_after(
    data: Path, asked: tuple[str, ...], held: set[str], found: tuple[str, ...]
) -> None:
    assert of_that_time(asked, held, data) == found


def test_a_new_authority_is_made_of_its_parts_in_an_older_file(data: Path, reference: Path) -> None:
    area = resolve_area(["E06000063"], data, any_authority=True)
    population = load_population(area, path=england(reference), data=data)
    assert population.area.authorities == CUMBERLAND
    assert population.area.members[0].name == "Cumberland"
    rows = csv.DictReader(england(reference).open(encoding="utf-8"))
    assert population.frame["persons"].sum() == sum(
        int(row["total"]) for row in rows if row["lad21cd"] in CUMBERLAND
    )
    assert any(
        "Cumberland (E06000063) is held in the file by the authorities of its year" in n
        for n in population.notes
    )


def test_an_old_authority_in_a_newer_file_is_told_what_it_became(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    cells = ",".join(f"{sex}{age}" for sex in "FM" for age in range(91))
    row = ",".join(["1"] * 182)
    path.write_text(f"wd24cd,wd24nm,lad24cd,lad24nm,{cells}\nE05014171,Aspatria,E06000063,Cumberland,{row}\n")
    with pytest.raises(InputError, match="does not hold the area's authority") as caught:
        load_population(resolve_area(["E07000026"], data), path=path, data=data)
    assert "Cumberland (E06000063) since 1 April 2023" in caught.value.action


def run(area: str, reference: Path, **more: object) -> object:
    return assess(Scenario(area=(area,), population=str(england(reference)), draws=100, **more))  # type: ignore[arg-type]


def test_a_police_force_area(reference: Path) -> None:
    """Bedfordshire's force covers three unitary authorities, which share no duty but each bear their own."""
    assessment = run("E23000026", reference)
    inputs = assessment.inputs  # type: ignore[attr-defined]
    assert (inputs.area.code, inputs.area.name) == ("E23000026", "Bedfordshire police force area")
    assert [member.name for member in inputs.area.members] == ["Luton", "Bedford", "Central Bedfordshire"]
    assert (
        "3 tier-one authorities share the safe-accommodation duty, each for its own area" in inputs.area.note
    )
    results = assessment.results.frame  # type: ignore[attr-defined]
    whole = results[(results["breakdown"] == "all") & (results["measure"] == "residents")]
    levels = whole.groupby("area_level")["value"].sum()
    assert levels["authority"] == levels["member"] == levels["ward"]
    assert whole.loc[whole["area_level"] == "authority", "area_code"].tolist() == ["E23000026"]


def test_a_region(data: Path, reference: Path) -> None:
    """The East of England at mid-2020: every ward of its authorities, by the published file's own totals."""
    assessment = run("E12000006", reference)
    inputs = assessment.inputs  # type: ignore[attr-defined]
    listed = pd.read_csv(data / "authorities.csv", dtype={"residents_mid2020": "int64"})
    assert (
        inputs.persons.residents.sum()
        == listed.loc[listed["region_code"] == "E12000006", "residents_mid2020"].sum()
    )
    assert "bears no duty itself" in inputs.area.note
    assert (
        len(inputs.area.members)
        == listed.loc[listed["region_code"] == "E12000006", "tier_one_code"].nunique()
    )


def test_districts_together(data: Path, reference: Path) -> None:
    area = resolve_area(["E07000218", "E07000219"], data)
    population = load_population(area, path=england(reference), data=data)
    assert (area.code, area.tier) == ("E07000218+E07000219", "partnership")
    assert sorted(population.frame["authority_code"].unique()) == ["E07000218", "E07000219"]
    assert area.note.count("Warwickshire's (tier one)") == 2


def test_a_region_and_an_authority_within_it_overlap(data: Path) -> None:
    with pytest.raises(InputError, match=r"overlap|twice"):
        resolve_area(["E12000006", "E06000056"], data)

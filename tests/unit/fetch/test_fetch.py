"""Fetching one area from a local server that speaks as the services do: what is asked, kept, counted and refused."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from needs_assessment.api import outputs as outputs_of
from needs_assessment.errors import EnvironmentFault, InputError, UsageError
from needs_assessment.fetch.command import fetch_areas
from needs_assessment.fetch.listing import list_cached
from needs_assessment.inputs.areas.geography import resolve_area
from needs_assessment.inputs.population.population import load_population
from needs_assessment.registers.registers import load_registers, read_register
from needs_assessment.resources import data_dir
from needs_assessment.scenario import Scenario, read_scenario_file
from needs_assessment.tables.schemas import CHARACTERISTICS
from tests.unit.fetch.online_services import (
    SMALL,
    WARDS,
    Fault,
    Services,
    census_count,
    quick_register,
    residents,
    running,
    ward_residents,
)

DAY = dt.date(2026, 11, 22)
BEDFORD = "E06000055"
CENTRAL = "E06000056"
BEDFORD_WARDS = sorted(code for code, (_, authority, _) in WARDS.items() if authority == BEDFORD)


@pytest.fixture
def services() -> Iterator[Services]:
    with running() as server:
        yield server


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NEEDS_ASSESSMENT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def register(tmp_path: Path) -> str:
    return quick_register(tmp_path / "services.toml")


def fetch(services: Services, register: str, *codes: str, **options: object) -> list[str]:
    said: list[str] = []
    fetch_areas(codes, said.append, register=register, mirrors=services.mirrors, today=DAY, **options)  # type: ignore[arg-type]
    return said


def table(cache: Path, area: str, name: str) -> pd.DataFrame:
    return pd.read_csv(cache / "areas" / area / name, dtype=str, keep_default_na=False)


def facts(cache: Path, area: str, name: str) -> dict[str, object]:
    path = cache / "areas" / area / f"{name}.provenance.json"
    found: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return found


# --- what arrives


def test_residents_of_every_ward_sex_and_age_are_the_published_ones(
    services: Services, cache: Path, register: str
) -> None:
    fetch(services, register, BEDFORD, only="population")
    frame = table(cache, BEDFORD, "population_wards2025_mid2024.csv")
    expected = [
        (ward, WARDS[ward][0], BEDFORD, "Bedford", sex, str(age), "" if age == 90 else str(age))
        for ward in BEDFORD_WARDS
        for sex in "FM"
        for age in range(91)
    ]
    assert list(frame.columns[:4]) == ["wd25cd", "wd25nm", "lad25cd", "lad25nm"]
    assert [tuple(row[:7]) for row in frame.to_numpy()] == expected
    assert [int(value) for value in frame["persons"]] == [
        ward_residents(ward, sex, int(age)) for ward, _, _, _, sex, age, _ in expected
    ]


def test_a_name_in_brackets_at_nomis_is_the_plain_name_of_the_list(
    services: Services, cache: Path, register: str
) -> None:
    fetch(services, register, CENTRAL, only="population")
    names = table(cache, CENTRAL, "population_wards2025_mid2024.csv").set_index("wd25cd")["wd25nm"]
    assert set(names["E05014394"]) == {"Ampthill"}


def test_a_run_takes_what_was_fetched(services: Services, cache: Path, register: str) -> None:
    """The scenario file names the tables; the readers of a run accept them and know their dates."""
    said = fetch(services, register, CENTRAL)
    path = cache / "areas" / CENTRAL / "scenario_wards2025.toml"
    assert f'needs-assessment run --scenario "{path}"' in said[-1]
    scenario = Scenario.build(read_scenario_file(path), "scenario")
    assert scenario.area == (CENTRAL,)
    area = resolve_area(scenario.area, data_dir())
    population = load_population(area, path=Path(scenario.population), data=data_dir())
    assert (population.estimate_date, population.ward_vintage) == ("mid-2024", "2025")
    assert population.frame["ward_code"].nunique() == 31
    from needs_assessment.inputs.boundaries import load_boundaries
    from needs_assessment.inputs.population.characteristics import load_characteristics

    wards = population.frame[["ward_code", "ward_name"]].drop_duplicates("ward_code")
    shapes = load_boundaries(Path(scenario.boundaries), wards)
    assert list(shapes["ward_code"]) == sorted(wards["ward_code"])
    assert shapes.attrs["vintage"] == "2025"
    held = load_characteristics(wards, data_dir(), path=Path(scenario.characteristics))
    assert set(held.topics) == {"disability", "ethnic_group", "tenure"}
    assert all(topic.england is not None for topic in held.topics.values())


def test_a_run_of_the_fetched_material_asks_nothing(
    services: Services, cache: Path, register: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch(services, register, CENTRAL)
    before = len(services.asked)
    from needs_assessment import assess

    path = cache / "areas" / CENTRAL / "scenario_wards2025.toml"
    choices = {**read_scenario_file(path), "draws": 200, "as_of": "2026-11-22"}
    assessment = assess(Scenario.build(choices, "scenario"))
    expected = sum(
        ward_residents(ward, sex, age)
        for ward, (_, authority, _) in WARDS.items()
        if authority == CENTRAL
        for sex in "FM"
        for age in range(91)
    )
    assert assessment.inputs.persons.residents.sum() == expected
    assert len(services.asked) == before

    # the sources travel with the material, so that the terms of their licence are kept
    assert assessment.inputs.population.source_ids == ("ons_small_area_2024", "ons_geography")
    outputs = outputs_of(assessment)
    assert "ons_small_area_2024" in set(outputs.table("sources").frame["id"])
    assert "population_file" not in set(outputs.table("sources").frame["id"])
    assert any("OS data" in line for line in outputs.attributions)
    assert "OS data" in outputs.figures["map"][0].svg or "OS data" in outputs.figures["map"][0].note

    # a table that someone edited is a file of their own again
    population = Path(str(choices["population"]))
    population.write_bytes(population.read_bytes().replace(b",Ampthill,", b",AMPTHILL,"))
    own = load_population(assessment.inputs.area, path=population, data=data_dir())
    assert own.source_ids == ("population_file",)


def test_characteristics_are_small_areas_added_up_by_the_lookup(
    services: Services, cache: Path, register: str
) -> None:
    fetch(services, register, BEDFORD, only="characteristics")
    path = cache / "areas" / BEDFORD / "characteristics_census2021_wards2025.csv"
    frame = read_register(path.parent, path.name, CHARACTERISTICS)
    ward = BEDFORD_WARDS[0]
    areas = [area for area, of in SMALL.items() if of == ward]
    row = frame[(frame["ward_code"] == ward) & (frame["category"] == "White")]
    assert row["count"].tolist() == [sum(census_count(area, 1004) for area in areas)]
    # 2 wards by 2, 5 and 8 categories; ages are kept by small area only
    assert len(frame) == 2 * (2 + 5 + 8)
    assert set(frame["unit"][frame["characteristic"] == "tenure"]) == {"households"}
    assert len(table(cache, BEDFORD, "census2021_age_lsoa2021.csv")) == 4 * 18


def test_lookups_and_small_areas_keep_the_services_own_names(
    services: Services, cache: Path, register: str
) -> None:
    fetch(services, register, BEDFORD, only="lookups,small_areas")
    lookup = table(cache, BEDFORD, "lookup_lsoa2021_wards2025.csv")
    assert list(lookup.columns) == ["LSOA21CD", "LSOA21NM", "WD25CD", "WD25NM", "LAD25CD", "LAD25NM"]
    assert dict(zip(lookup["LSOA21CD"], lookup["WD25CD"], strict=True)) == {
        area: ward for area, ward in SMALL.items() if ward in BEDFORD_WARDS
    }
    assert len(table(cache, BEDFORD, "lookup_oa2021_wards2025.csv")) == 6
    people = table(cache, BEDFORD, "population_lsoa2021_mid2024_nomis.csv")
    assert len(people) == 4 * 2 * 91
    first = people.iloc[0]
    assert int(first["OBS_VALUE"]) == residents(first["GEOGRAPHY_CODE"], "M", 0)


def test_a_county_is_its_districts_and_a_partnership_its_members(
    services: Services, cache: Path, register: str
) -> None:
    fetch(services, register, f"{CENTRAL}+{BEDFORD}", only="population,boundaries")
    folder = cache / "areas" / f"{BEDFORD}+{CENTRAL}"
    scenario = read_scenario_file(folder / "scenario_wards2025.toml")
    assert scenario["area"] == [BEDFORD, CENTRAL]
    codes = set(table(cache, folder.name, "population_wards2025_mid2024.csv")["lad25cd"])
    assert codes == {BEDFORD, CENTRAL}
    shapes = json.loads((folder / "boundaries_authorities2025.geojson").read_text(encoding="utf-8"))
    assert {feature["properties"]["LAD25CD"] for feature in shapes["features"]} == codes


def test_wards_of_another_year_say_so_everywhere(services: Services, cache: Path, register: str) -> None:
    """No estimates are registered for wards of 2024, so small areas are added up; the names say which wards."""
    fetch(services, register, BEDFORD, wards="2024", only="population,boundaries")
    name = "population_wards2024_mid2024.csv"
    assert table(cache, BEDFORD, name).columns[0] == "wd24cd"
    noted = facts(cache, BEDFORD, name)
    assert noted["wards"] == "2024"
    assert "small areas" in str(noted["method"])
    assert not any("TYPE" in address for address in services.asked)
    assert (cache / "areas" / BEDFORD / "scenario_wards2024.toml").exists()
    listed = list_cached(cache)
    assert set(listed["ward_vintage"]) == {"2024"}


# --- where the answer is incomplete


def test_wards_nomis_does_not_hold_are_added_up_from_small_areas(
    services: Services, cache: Path, register: str
) -> None:
    """By hand: the two small areas of a ward, 9 and 4 women aged 30, make 13."""
    services.drop_nomis_wards = (BEDFORD_WARDS[0],)
    said = fetch(services, register, BEDFORD, only="population")
    assert any("1 of the 2 wards" in line for line in said)
    frame = table(cache, BEDFORD, "population_wards2025_mid2024.csv")
    for ward in BEDFORD_WARDS:
        women = frame[(frame["wd25cd"] == ward) & (frame["sex"] == "F") & (frame["age_from"] == "30")]
        parts = [residents(area, "F", 30) for area, of in SMALL.items() if of == ward]
        assert women["persons"].tolist() == [str(sum(parts))]


def test_a_ward_published_together_with_its_neighbour_loses_no_one(
    services: Services, cache: Path, register: str
) -> None:
    small, large = BEDFORD_WARDS
    services.merge_nomis_wards = (small, large)
    said = fetch(services, register, BEDFORD, only="population")
    assert any("1 of the 2 wards" in line and "Biddenham" in line for line in said)
    frame = table(cache, BEDFORD, "population_wards2025_mid2024.csv")
    assert set(frame["wd25cd"]) == {large}
    assert sum(map(int, frame["persons"])) == sum(
        ward_residents(ward, sex, age) for ward in BEDFORD_WARDS for sex in "FM" for age in range(91)
    )


def test_a_missing_count_is_never_zero(services: Services, cache: Path, register: str) -> None:
    services.blank_cells = (f"{BEDFORD_WARDS[0]} F 30",)
    with pytest.raises(EnvironmentFault, match=f"no count for {BEDFORD_WARDS[0]}"):
        fetch(services, register, BEDFORD, only="population")
    assert not (cache / "areas" / BEDFORD / "population_wards2025_mid2024.csv").exists()


def test_an_age_that_nomis_leaves_out_is_named(services: Services, cache: Path, register: str) -> None:
    text = Path(register).read_text(encoding="utf-8").replace('ages = "101...191"', 'ages = "101...190"')
    Path(register).write_text(text, encoding="utf-8")
    with pytest.raises(EnvironmentFault, match=f"no complete population for 2 areas: {BEDFORD_WARDS[0]}"):
        fetch(services, register, BEDFORD, only="population")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('females = "2"', 'females = "1"'),
        ("code_of_age_0 = 101", "code_of_age_0 = 100"),
    ],
)
def test_codes_are_held_against_their_names(
    services: Services, cache: Path, register: str, old: str, new: str
) -> None:
    """A register that mixes up the sexes or the ages is found out by the names that Nomis gives."""
    text = Path(register).read_text(encoding="utf-8").replace(old, new)
    if "females" in old:
        text = text.replace('\nmales = "1"', '\nmales = "2"')
    Path(register).write_text(text, encoding="utf-8")
    with pytest.raises(EnvironmentFault, match="another date, sex or age"):
        fetch(services, register, BEDFORD, only="population")


def test_other_categories_than_englands_are_refused(services: Services, cache: Path, register: str) -> None:
    text = Path(register).read_text(encoding="utf-8").replace('"1001...1005"', '"1001...1004"')
    Path(register).write_text(text, encoding="utf-8")
    with pytest.raises(EnvironmentFault, match=r"other categories of ethnic_group.*Other ethnic group"):
        fetch(services, register, BEDFORD, only="characteristics")


def test_an_authority_without_wards_in_that_year_is_an_input_fault(
    services: Services, cache: Path, register: str
) -> None:
    with pytest.raises(InputError, match="lists no wards of 2025 for E06000099"):
        fetch(services, register, "E06000099", only="population")
    with pytest.raises(InputError, match="not known"):
        fetch(services, register, "Bedfordshire")


# --- provenance, and what leaves this computer


def test_provenance_names_the_official_address_date_terms_and_check_sums(
    services: Services, cache: Path, register: str
) -> None:
    fetch(services, register, BEDFORD)
    import hashlib

    sources = load_registers(data_dir()).sources
    for path in sorted((cache / "areas" / BEDFORD).glob("*.provenance.json")):
        noted = json.loads(path.read_text(encoding="utf-8"))
        data = path.with_name(noted["file"])
        assert hashlib.sha256(data.read_bytes()).hexdigest() == noted["sha256"]
        assert noted["fetched_on"] == "2026-11-22"
        assert noted["wards"] == "2025"
        assert noted["licence"] == ["Open Government Licence v3.0"]
        assert all(name in sources for name in noted["source_ids"])
        assert noted["answers"]
        text = path.read_text(encoding="utf-8")
        assert "127.0.0.1" not in text
        assert str(cache) not in text
        for answer in noted["answers"]:
            assert answer["url"].startswith(("https://www.nomisweb.co.uk/", "https://services1.arcgis.com/"))
            kept = list((cache / "answers").glob("*.provenance.json"))
            assert answer["sha256"] in {json.loads(one.read_text())["sha256"] for one in kept}
    assert facts(cache, BEDFORD, "boundaries_wards2025.geojson")["mirror"] is True


def test_only_the_project_is_named_to_the_services(services: Services, cache: Path, register: str) -> None:
    from needs_assessment import __version__

    fetch(services, register, BEDFORD, only="population")
    assert services.agents == {f"needs-assessment/{__version__}"}


def test_the_cache_holds_no_place_of_this_machine_in_its_tables(
    services: Services, cache: Path, register: str
) -> None:
    fetch(services, register, BEDFORD)
    for path in (cache / "areas").rglob("*"):
        if path.is_file():
            assert str(cache).encode() not in path.read_bytes()


# --- choices


@pytest.mark.parametrize(
    "options",
    [
        {"only": "people"},
        {"wards": "1999"},
        {"refresh": True, "offline": True},
    ],
)
def test_a_choice_that_is_none_is_a_usage_fault(
    services: Services, cache: Path, register: str, options: dict[str, object]
) -> None:
    with pytest.raises(UsageError):
        fetch(services, register, BEDFORD, **options)
    assert not services.asked


def test_an_area_that_failed_leaves_the_ones_before_it(
    services: Services, cache: Path, register: str
) -> None:
    services.faults.append(Fault("where=LAD25CD+IN+%28%27E06000056", _gone, times=99))
    with pytest.raises(EnvironmentFault):
        fetch(services, register, BEDFORD, CENTRAL, only="population")
    assert (cache / "areas" / BEDFORD / "population_wards2025_mid2024.csv").exists()
    assert not (cache / "areas" / CENTRAL).exists()


def _gone(handler: object, body: bytes, kind: str) -> None:
    from tests.unit.fetch.online_services import status

    status(404)(handler, body, kind)  # type: ignore[arg-type]


def test_the_list_of_areas_shows_what_is_cached_and_what_is_damaged(
    services: Services, cache: Path, register: str
) -> None:
    assert list_cached(cache).empty
    fetch(services, register, BEDFORD, only="population,lookups")
    listed = list_cached(cache)
    assert listed["material"].tolist() == ["lookups", "population"]
    assert listed["period"].tolist() == ["wards of 2025", "mid-2024"]
    assert set(listed["state"]) == {"whole"}
    with (cache / "areas" / BEDFORD / "lookup_oa2021_wards2025.csv").open("a") as file:
        file.write("x")
    assert list_cached(cache)["state"].tolist() == ["1 damaged", "whole"]

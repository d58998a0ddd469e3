"""The bundled data: complete, sourced, equal to the figures it was written from, adding up as published."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pandas as pd
import pytest

from needs_assessment.inputs.returns import evidence
from needs_assessment.registers import reference_docs
from needs_assessment.registers import registers as register
from needs_assessment.registers.registers import Registers, load_registers, read_register
from needs_assessment.resources import data_dir
from needs_assessment.tables import schemas
from needs_assessment.tables.schemas import TableSchema

AREAS = {
    "E06000056": ("central_bedfordshire", "population_central_bedfordshire_mid2022.csv"),
    "E10000031": ("warwickshire", "population_warwickshire_mid2020.csv"),
}
ENGLAND = "E92000001"


@pytest.fixture(scope="module")
def data() -> Path:
    return data_dir()


@pytest.fixture(scope="module")
def registers(data: Path) -> Registers:
    return load_registers(data)


@pytest.fixture(scope="module")
def figures() -> Path:
    """The figures the data was written from; they are no part of the project."""
    reference = os.environ.get("NEEDS_ASSESSMENT_REFERENCE", "")
    if not reference:
        pytest.skip("NEEDS_ASSESSMENT_REFERENCE is not set: the figures to compare with are not known")
    folder = Path(reference).resolve().parent / "figures"
    if not folder.is_dir():
        pytest.skip("there is no folder 'figures' beside the reference data")
    return folder


def strings(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def schema_of(path: str) -> TableSchema:
    """The schema of a table listed in tables.csv, by its place."""
    name = path if path.startswith("england/") else path.rsplit("/", maxsplit=1)[-1]
    return {
        "england/population_mid2020.csv": schemas.ENGLAND_POPULATION,
        "england/characteristics.csv": schemas.ENGLAND_CHARACTERISTICS,
        "population.csv": schemas.POPULATION,
        "ward_points.csv": schemas.WARD_POINTS,
        "characteristics.csv": schemas.CHARACTERISTICS,
    }[name]


def population(data: Path, area: str) -> pd.DataFrame:
    return read_register(data, f"areas/{area}/population.csv", schemas.POPULATION)


# --- every table is listed, licensed and sourced


def test_every_file_is_a_register_or_a_listed_table(data: Path) -> None:
    held = {
        p.relative_to(data).as_posix()
        for p in data.rglob("*.csv")
        if "local" not in p.relative_to(data).parts
    }
    own = {
        register.SOURCES_FILE,
        *register.REGISTER_FILES,
        "rates/national_rates.csv",
        "local_returns.csv",
        "authorities.csv",
        "authority_changes.csv",
        "measures/results.csv",
        "measures/returns.csv",
        "measures/relations.csv",
        "tables.csv",
        evidence.THEMES_FILE,
        evidence.CHECKLIST_FILE,
    }
    assert held == own | set(register.load_tables(data)["path"])


def test_listed_tables_hold_what_their_schemas_say(data: Path) -> None:
    for path in register.load_tables(data)["path"]:
        assert len(read_register(data, path, schema_of(path)))


def test_listed_tables_carry_the_attribution_of_their_sources(data: Path, registers: Registers) -> None:
    for row in register.load_tables(data).to_dict("records"):
        sources = row["source_ids"].split()
        assert row["attribution"] == " ".join(registers.attributions(sources)), row["path"]
        assert {registers.source(name).licence for name in sources} == {row["licence"]}


def test_open_licences_carry_an_attribution(registers: Registers) -> None:
    for source in registers.sources.values():
        if source.licence.startswith("Open Government Licence"):
            assert re.search(
                r"Crown copyright and database right \d{4}|\d{4}\) licensed under", source.attribution
            )


def test_registers_say_unit_period_status_and_who(data: Path, registers: Registers) -> None:
    returns = register.load_local_returns(data)
    frames = {
        "assumptions": registers.used(registers.assumptions),
        "rates": register.load_national_rates(data).rename(columns={"edition": "period"}),
        "local": returns.assign(period=returns["period_start"].astype("str")),
        "authorities": register.load_authorities(data).assign(reason=""),
    }
    for name, frame in frames.items():
        for column in ("unit", "period", "status"):
            assert (frame[column] != "").all(), (name, column)
        assert ((frame["source_id"] != "") | (frame["reason"] != "")).all(), name
        register.check_source_ids(frame, registers.sources, file=name)


def test_a_judgement_always_says_why(registers: Registers) -> None:
    for row in registers.assumptions.values():
        assert row.status != "judgement" or row.reason, row.id


def test_text_is_plain(data: Path) -> None:
    for path in data.rglob("*.csv"):
        text = path.read_bytes()
        assert not text.startswith(b"\xef\xbb\xbf"), path
        assert b"\r" not in text, path
        assert text.endswith(b"\n"), path


# --- figures add up as published


def test_central_bedfordshire_mid_2022(data: Path) -> None:
    frame = population(data, "E06000056")
    adults = frame[frame["age_from"] >= 16].groupby("sex")["persons"].sum()
    assert frame["persons"].sum() == 301_501
    assert frame["ward_code"].nunique() == 31
    assert adults.to_dict() == {"F": 124_120, "M": 118_058}


def test_warwickshire_mid_2020(data: Path) -> None:
    frame = population(data, "E10000031")
    assert frame["persons"].sum() == 583_786
    assert frame["ward_code"].nunique() == 103
    assert sorted(frame["authority_code"].unique()) == [f"E07000{number}" for number in range(218, 223)]


def test_districts_of_warwickshire_equal_the_register_of_authorities(data: Path) -> None:
    wards = population(data, "E10000031").rename(columns={"authority_name": "ward_table_name"})
    listed = register.load_authorities(data)
    districts = wards.groupby(["authority_code", "ward_table_name"])["persons"].sum().reset_index()
    listed = listed[listed["tier_one_code"] == "E10000031"]
    both = listed.merge(districts, how="outer", on="authority_code", validate="1:1")
    assert both["authority_name"].tolist() == both["ward_table_name"].tolist()
    assert both["persons"].tolist() == both["residents_mid2020"].tolist()


def test_england_mid_2020(data: Path, registers: Registers) -> None:
    authorities = register.load_authorities(data)
    england = read_register(data, "england/population_mid2020.csv", schemas.ENGLAND_POPULATION)
    assert len(authorities) == 309
    assert authorities["residents_mid2020"].sum() == 56_550_138
    assert england["persons"].sum() == 56_550_138
    assert registers.figure("england_residents_2020") == 56_550_138
    assert england.groupby("sex")["age"].agg(["min", "max", "count"]).to_numpy().tolist() == [[0, 90, 91]] * 2


@pytest.mark.parametrize("area", AREAS)
def test_every_ward_has_every_cell(data: Path, area: str) -> None:
    frame = population(data, area)
    cells = {
        str(ward): set(rows[["sex", "age_from"]].itertuples(index=False, name=None))
        for ward, rows in frame.groupby("ward_code")
    }
    whole = set(frame[["sex", "age_from"]].itertuples(index=False, name=None))
    assert len(whole) == 24
    assert all(found == whole for found in cells.values())
    bands = frame[["age_from", "age_to"]].drop_duplicates().sort_values("age_from")
    assert bands["age_from"].tolist() == [0, *(bands["age_to"].dropna() + 1)], "bands follow each other"


@pytest.mark.parametrize("area", AREAS)
def test_wards_agree_between_tables(data: Path, area: str) -> None:
    wards = population(data, area)[["ward_code", "ward_name"]].drop_duplicates()
    named = set(wards.itertuples(index=False, name=None))
    for name, schema in (("ward_points", schemas.WARD_POINTS), ("characteristics", schemas.CHARACTERISTICS)):
        other = read_register(data, f"areas/{area}/{name}.csv", schema)
        assert set(other[["ward_code", "ward_name"]].itertuples(index=False, name=None)) == named, name


@pytest.mark.parametrize("area", AREAS)
def test_topics_cover_the_same_residents(data: Path, area: str) -> None:
    """The Census protects its counts topic by topic, so totals differ by a few people in 10,000."""
    frame = read_register(data, f"areas/{area}/characteristics.csv", schemas.CHARACTERISTICS)
    totals = frame[frame["unit"] == "people"].groupby("characteristic")["count"].sum()
    assert totals["deprivation_2025"] == totals["disability"]
    assert abs(totals["ethnic_group"] / totals["disability"] - 1) < 5e-4
    assert (frame["unit"] == "households").equals(frame["characteristic"] == "tenure")


def test_published_counts_fit_the_rates(data: Path, registers: Registers) -> None:
    """England's people times the rate is England's registered share of the count for England and Wales."""
    england = read_register(data, "england/population_mid2020.csv", schemas.ENGLAND_POPULATION)
    rates = register.load_national_rates(data)
    share = registers.assumption("england_share_of_england_and_wales")
    for rate_set, sex, youngest, oldest in (
        ("csew-2024", "F", 16, 90),
        ("csew-2024", "M", 16, 90),
        ("csew-2020", "F", 16, 74),
        ("csew-2020", "M", 16, 74),
    ):
        ages_to = rates["age_to"].fillna(90)
        row = rates[
            (rates["rate_set"] == rate_set)
            & (rates["measure"] == "domestic_abuse_last_year")
            & (rates["sex"] == sex)
            & (rates["age_from"] == youngest)
            & (ages_to == oldest)
            & (rates["group"] == "all")
        ]
        assert len(row) == 1
        people = england.loc[
            (england["sex"] == sex) & england["age"].between(youngest, oldest), "persons"
        ].sum()
        found = people * row["rate"].iloc[0] / 100 / row["published_count"].iloc[0]
        assert share.low is not None
        assert share.high is not None
        assert share.low <= found <= share.high, (rate_set, sex, found)


def test_arithmetic_between_registered_figures(registers: Registers) -> None:
    figure = registers.figure
    residents = 301_501
    assert round(residents / 10_000 * figure("standard_places"), 2) == 30.15
    assert round(583_786 / 10_000 * figure("standard_places"), 2) == 58.38
    assert round(figure("refuge_spaces") / figure("england_residents_2023") * residents, 1) == 22.9
    assert round(figure("bowstead_minimum") / figure("england_residents_2023") * residents, 1) == 28.1
    assert round(1 - figure("refuge_accepted") / figure("refuge_referred"), 3) == 0.61
    assert round(148_270 / 119_985, 2) == figure("marac_children_per_case")
    supported = figure("sa_households_ended") / (figure("sa_households_ended_share") / 100)
    assert round(supported, -2) == figure("sa_households_supported")
    stay = registers.assumption("refuge_stay_days")
    occupancy = registers.assumption("refuge_occupancy")
    per_place = figure("refuge_spaces") * 365 / figure("refuge_accepted")
    for days, share in (
        (stay.low, occupancy.low),
        (stay.value, occupancy.value),
        (stay.high, occupancy.high),
    ):
        assert days is not None
        assert share is not None
        assert abs(days - per_place * share) < 0.5
    assert registers.assumption("age_index_men_16_19").value == round(6.9 / 4.3, 2)
    assert registers.assumption("age_index_men_20_24").value == round(5.5 / 4.3, 2)


def test_a_rate_never_seen_in_print_stays_blank(data: Path) -> None:
    rates = register.load_national_rates(data)
    blank = rates[rates["rate"].isna()]
    assert blank[["rate_set", "sex", "group"]].to_numpy().tolist() == [
        ["csew-2025", "F", "all"],
        ["csew-2025", "M", "all"],
        ["csew-2019", "F", "age"],
        ["csew-2019", "M", "age"],
    ]
    assert (blank["reason"] != "").all()
    assert blank["published_count"].notna().all()


def test_a_rate_set_has_one_edition_and_one_question_set(data: Path) -> None:
    rates = register.load_national_rates(data)
    assert (rates.groupby("rate_set")[["edition", "question_set"]].nunique() == 1).all().all()


def test_supply_is_never_below_an_authority(data: Path) -> None:
    """No bundled figure about refuge or other safe accommodation is for less than a whole authority."""
    returns = register.load_local_returns(data)
    listed = register.load_authorities(data)
    known = set(listed["tier_one_code"])
    for codes in returns["area_codes"]:
        assert set(codes.split("+")) <= known


# --- figures are those they were written from


def test_sources_are_transcribed(data: Path, figures: Path) -> None:
    old, new = strings(figures / "sources.csv"), strings(data / "sources.csv").set_index("source_id")
    new = new.loc[old["source_id"]].reset_index()
    for column in ("publisher", "title"):
        assert new[column].tolist() == old[column].tolist()
    for column in ("published", "period"):
        assert new[column].tolist() == old[column].replace("", "undated").tolist()
    for before, after in zip(old["note"], new["note"] + " " + new["licence"], strict=True):
        assert numbers(before) <= numbers(after), before


@pytest.mark.parametrize("name", ["assumptions", "national_services"])
def test_assumptions_are_transcribed(data: Path, figures: Path, name: str) -> None:
    old = strings(figures / f"{name}.csv").rename(columns={"id": "assumption_id"})
    new = (
        strings(data / f"assumptions/{name}.csv")
        .set_index("assumption_id")
        .loc[old["assumption_id"]]
        .reset_index()
    )
    old["period"] = old["period"].replace("", "undated")
    columns = ["value", "low", "high", "unit", "period", "status", "source_id"]
    columns += ["population"] if name == "national_services" else ["meaning_of_range"]
    pd.testing.assert_frame_equal(new[columns], old[columns])
    told = old["reason"] if name == "assumptions" else old["note"]
    assert ((told == "") | (new["reason"] != "") | (new["note"] != "")).all(), "what the figures tell is kept"
    for before, after in zip(told, new["reason"] + " " + new["note"], strict=True):
        assert numbers(before) <= numbers(after), before


def numbers(text: str) -> set[str]:
    """The numbers in a sentence, however their thousands are set off."""
    joined = re.sub(r"(?<=\d)[ ,](?=\d{3}\b)", "", text)
    return {str(float(found)) for found in re.findall(r"\d+(?:\.\d+)?", joined)}


def test_rates_are_transcribed(data: Path, figures: Path) -> None:
    old = strings(figures / "national_rates.csv").rename(columns={"rate_percent": "rate"})
    new = strings(data / "rates/national_rates.csv")
    columns = ["rate_set", "sex", "age_from", "age_to", "group", "rate", "published_count", "question_set"]
    columns += ["status", "source_id"]
    pd.testing.assert_frame_equal(new[columns], old[columns])
    named = pd.DataFrame({"words": old["measure"], "id": new["measure"]}).drop_duplicates()
    assert named["words"].is_unique
    assert named["id"].is_unique
    for words, name in named.itertuples(index=False):
        kept = set(re.findall("[a-z0-9]+", words)) - {
            "in",
            "the",
            "by",
            "a",
            "any",
            "age",
            "member",
            "or",
            "non",
        }
        assert kept <= set(name.split("_")) | {"last", "year"}, words


def test_local_returns_are_transcribed(data: Path, figures: Path) -> None:
    old, new = strings(figures / "local_returns.csv"), strings(data / "local_returns.csv")
    columns = [column for column in old.columns if column != "note"]
    pd.testing.assert_frame_equal(new[columns], old[columns])
    assert (new["status"] == "published").all()
    for before, after in zip(old["note"], new["note"], strict=True):
        assert numbers(before) <= numbers(after), before


def test_authorities_and_england_are_transcribed(data: Path, figures: Path) -> None:
    old, new = strings(figures / "authorities_2021.csv"), strings(data / "authorities.csv")
    pd.testing.assert_frame_equal(new[old.columns.tolist()], old)
    pd.testing.assert_frame_equal(
        strings(data / "england/population_mid2020.csv"), strings(figures / "population_england_mid2020.csv")
    )


@pytest.mark.parametrize("area", AREAS)
def test_areas_are_transcribed(data: Path, figures: Path, area: str) -> None:
    name, population_file = AREAS[area]
    folder = data / "areas" / area
    old = strings(figures / population_file)
    old = old.rename(columns={"district_code": "authority_code", "district_name": "authority_name"})
    pd.testing.assert_frame_equal(strings(folder / "population.csv")[old.columns.tolist()], old)

    points = strings(figures / "ward_points.csv")
    points = points[points["area_code"] == area].drop(columns="area_code").reset_index(drop=True)
    pd.testing.assert_frame_equal(strings(folder / "ward_points.csv"), points)

    both = strings(figures / f"characteristics_{name}.csv")
    england = both["ward_code"] == ENGLAND
    wards = strings(folder / "characteristics.csv")
    pd.testing.assert_frame_equal(wards[both.columns.tolist()], both[~england].reset_index(drop=True))
    whole = strings(data / "england/characteristics.csv")
    renamed = both[england].rename(columns={"ward_code": "area_code", "ward_name": "area_name"})
    pd.testing.assert_frame_equal(whole[renamed.columns.tolist()], renamed.reset_index(drop=True))


# --- the pages written from them


def test_the_generated_pages_are_current() -> None:
    docs = Path(reference_docs.__file__).resolve().parents[2] / "docs"
    for name, text in reference_docs.pages().items():
        path = docs / name
        if not docs.is_dir():
            pytest.skip("this installation has no docs folder")
        assert path.read_text(encoding="utf-8") == text, (
            f"docs/{name} is out of date: run python -m needs_assessment.registers.reference_docs --write"
        )


def test_check_tells_current_from_stale(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert reference_docs.main(["--check", "--docs", str(tmp_path)]) == 1
    assert reference_docs.main(["--write", "--docs", str(tmp_path)]) == 0
    assert reference_docs.main(["--check", "--docs", str(tmp_path)]) == 0
    capsys.readouterr()
    with (tmp_path / "assumptions.md").open("a", encoding="utf-8") as page:
        page.write("an edit by hand\n")
    assert reference_docs.main(["--check", "--docs", str(tmp_path)]) == 1
    assert "docs/assumptions.md is out of date" in capsys.readouterr().err

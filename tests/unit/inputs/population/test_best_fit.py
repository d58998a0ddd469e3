"""Small areas reach wards whole, every person is kept, and what one of the two files lacks is listed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from needs_assessment.errors import InputError
from needs_assessment.inputs.areas.geography import resolve_area
from needs_assessment.inputs.population.best_fit import read_lookup
from needs_assessment.inputs.population.population import Population, import_population, load_population

CENTRAL_BEDFORDSHIRE = "E06000056"
AGES = {
    "Aged 15 years and under": (0, 15),
    "Aged 16 to 24 years": (16, 24),
    "Aged 25 to 34 years": (25, 34),
    "Aged 35 to 49 years": (35, 49),
    "Aged 50 to 64 years": (50, 64),
    "Aged 65 years and over": (65, None),
}


def lookup_file(
    path: Path, rows: list[tuple[str, ...]], header: str = "lsoa21cd,WD22CD,WD22NM,LAD22CD,LAD22NM"
) -> Path:
    path.write_text("\n".join([header, *(",".join(row) for row in rows)]) + "\n", encoding="utf-8")
    return path


def population_file(path: Path, codes: list[str], header: str = "LSOA21CD") -> Path:
    """Three bands of ages; the count of the n-th small area is n in each of its six cells."""
    rows = [f"{header},sex,age,persons"]
    rows += [
        f"{code},{sex},{age},{n}"
        for n, code in enumerate(codes, 1)
        for sex in "FM"
        for age in ("0-15", "16-64", "65+")
    ]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


HERE = (CENTRAL_BEDFORDSHIRE, "Central Bedfordshire")
THERE = ("E06000055", "Bedford")
ROWS = [
    ("E01000001", "E05000001", "One", *HERE),
    ("E01000002", "E05000002", "Two", *HERE),
    ("E01000003", "E05000001", "One", *HERE),
    ("E01000004", "E05000003", "Three", *THERE),
]
CODES = [row[0] for row in ROWS]


def load(population: Path, lookup: Path, data: Path, area: str = CENTRAL_BEDFORDSHIRE) -> Population:
    return load_population(resolve_area([area], data), path=population, lookup=lookup, data=data)


def test_worked_case(tmp_path: Path, data: Path) -> None:
    """Ward One has small areas 1 and 3 (6 x 1 + 6 x 3 = 24), Two has 2 (12); Three, with 24, is Bedford's."""
    loaded = load(population_file(tmp_path / "p.csv", CODES), lookup_file(tmp_path / "l.csv", ROWS), data)
    totals = loaded.frame.groupby("ward_name")["persons"].sum()
    assert totals.to_dict() == {"One": 24, "Two": 12}
    assert loaded.ward_vintage == "2022"
    said = " ".join(loaded.notes)
    assert "3 lower-layer small areas (LSOA) brought to 2 wards of 2022 by the best-fit lookup l.csv" in said
    assert "1 small areas with 24 residents left out because they are in other authorities' wards" in said


def test_import_keeps_every_ward_that_is_held(tmp_path: Path, data: Path) -> None:
    population, lookup = population_file(tmp_path / "p.csv", CODES[:3]), lookup_file(tmp_path / "l.csv", ROWS)
    assert import_population(population, lookup=lookup, data=data).frame["persons"].sum() == 36
    with pytest.raises(InputError, match=r"lacks 1 small areas of wards .* E01000003"):
        import_population(population_file(tmp_path / "q.csv", CODES[:2]), lookup=lookup, data=data)


def test_what_either_file_lacks_is_listed(tmp_path: Path, data: Path) -> None:
    population = population_file(tmp_path / "p.csv", CODES)
    with pytest.raises(
        InputError, match="does not hold 1 of the population's 4 small areas: E01000002"
    ) as caught:
        load(population, lookup_file(tmp_path / "l.csv", [ROWS[0], *ROWS[2:]]), data)
    assert "12 residents without a ward" in str(caught.value.found)
    with pytest.raises(InputError, match=r"lacks 1 small areas .* E01000001") as caught:
        load(population_file(tmp_path / "p.csv", CODES[1:]), lookup_file(tmp_path / "l.csv", ROWS), data)
    assert "E05000001 One" in str(caught.value.found)


@pytest.mark.parametrize(
    ("header", "rows", "says"),
    [
        ("lsoa21cd,lsoa21nm,rgn22cd", [("E01000001", "a", "E12000006")], "does not say which ward"),
        (
            "lsoa21cd,WD22CD,WD23CD",
            [("E01000001", "E05000001", "E05000001")],
            "several columns of ward codes",
        ),
        ("lsoa21cd,WD22CD", [("E01000001", "E05000001"), ("E01000001", "E05000002")], "to two wards"),
        ("lsoa21cd,WD22CD", [("E01000001", "Abbey")], "not a ward's"),
        ("WD22CD,WD22NM", [("E05000001", "Abbey")], "neither small areas nor authorities"),
    ],
)
def test_lookups_that_are_refused(
    tmp_path: Path, header: str, rows: list[tuple[str, ...]], says: str
) -> None:
    with pytest.raises(InputError, match=says):
        read_lookup(lookup_file(tmp_path / "l.csv", rows, header))


def test_a_lookup_without_authorities_needs_them_from_the_population(tmp_path: Path, data: Path) -> None:
    lookup = lookup_file(tmp_path / "l.csv", [row[:3] for row in ROWS], "lsoa21cd,ward22cd,ward22nm")
    with pytest.raises(InputError, match="Neither the lookup nor the population says"):
        load(population_file(tmp_path / "p.csv", CODES), lookup, data)
    lines = population_file(tmp_path / "p.csv", CODES).read_text(encoding="utf-8").splitlines()
    owner = {row[0]: row[3] for row in ROWS}
    told = ["LAD21CD," + lines[0], *(f"{owner[line.split(',')[0]]},{line}" for line in lines[1:])]
    (tmp_path / "p.csv").write_text("\n".join(told), encoding="utf-8")
    assert load(tmp_path / "p.csv", lookup, data).frame["persons"].sum() == 36


# --- the published lookups


def lookups(reference: Path) -> Path:
    return reference / "lookups"


def synthetic(path: Path, codes: pd.Series, column: str, seed: int = 7) -> tuple[Path, np.ndarray]:
    """A wide file of small areas with random residents, and the residents as [area, cell]."""
    counts = np.random.default_rng(seed).integers(0, 60, (len(codes), 6))
    cells = [f"{sex}{age}" for sex in "FM" for age in (" 0 to 15", " 16 to 64", " 65 and over")]
    frame = pd.DataFrame(counts, columns=cells)
    frame.insert(0, column, codes.to_numpy())
    frame.to_csv(path, index=False)
    return path, counts


def test_every_person_of_england_reaches_a_ward_of_2024(tmp_path: Path, data: Path, reference: Path) -> None:
    table = pd.read_csv(lookups(reference) / "lsoa2021_to_ward2024_ltla2024_best_fit.csv", dtype="str")
    path, counts = synthetic(tmp_path / "england.csv", table["lsoa21_code"], "LSOA21CD")
    loaded = import_population(
        path, lookup=lookups(reference) / "lsoa2021_to_ward2024_ltla2024_best_fit.csv", data=data
    )
    assert loaded.frame["persons"].sum() == counts.sum()
    # the naive second way: one small area after another
    wards: dict[str, int] = {}
    for ward, count in zip(table["ward24_code"], counts.sum(axis=1), strict=True):
        wards[ward] = wards.get(ward, 0) + int(count)
    assert loaded.frame.groupby("ward_code")["persons"].sum().to_dict() == wards


def test_the_lookup_of_2022_conserves_every_person(tmp_path: Path, data: Path, reference: Path) -> None:
    """Its wards come without authorities, which the small areas then say."""
    table = pd.read_csv(lookups(reference) / "lsoa2021_to_ward2022_best_fit.csv", dtype="str")
    owners = pd.read_csv(lookups(reference) / "lsoa2021_to_ward2024_ltla2024_best_fit.csv", dtype="str")
    owners = owners.set_index("lsoa21_code")["ltla24_code"]
    path, counts = synthetic(tmp_path / "england.csv", table["lsoa21cd"], "LSOA21CD")
    frame = pd.read_csv(path)
    frame.insert(0, "LAD24CD", owners.reindex(table["lsoa21cd"]).to_numpy())
    frame.to_csv(path, index=False)
    lookup = lookups(reference) / "lsoa2021_to_ward2022_best_fit.csv"
    without = table["ward22cd"].isna()
    assert without.sum() == 5  # as published: a blank is no ward, and nobody in it is dropped in silence
    with pytest.raises(InputError, match="does not hold 5 of the population's") as caught:
        import_population(path, lookup=lookup, data=data)
    assert f"{counts[without.to_numpy()].sum():,} residents without a ward" in str(caught.value.found)
    frame[~without].to_csv(tmp_path / "rest.csv", index=False)
    rest = import_population(tmp_path / "rest.csv", lookup=lookup, data=data)
    assert rest.frame["persons"].sum() == counts[~without.to_numpy()].sum()
    area = resolve_area([CENTRAL_BEDFORDSHIRE], data)
    here = frame["LAD24CD"] == CENTRAL_BEDFORDSHIRE
    loaded = load_population(area, path=path, lookup=lookup, data=data)
    assert loaded.frame["persons"].sum() == counts[here.to_numpy()].sum()
    assert loaded.frame["ward_code"].nunique() == 31


def test_small_areas_of_2011_do_not_fit_a_lookup_of_2021(tmp_path: Path, data: Path, reference: Path) -> None:
    between = pd.read_csv(lookups(reference) / "lsoa2011_to_lsoa2021.csv", dtype="str")
    old = between.loc[between["lsoa11_code"].str.startswith("E"), "lsoa11_code"].drop_duplicates()
    path, _ = synthetic(tmp_path / "old.csv", old, "LSOA code")
    lookup = lookups(reference) / "lsoa2021_to_ward2024_ltla2024_best_fit.csv"
    with pytest.raises(InputError) as caught:
        import_population(path, lookup=lookup, data=data)
    gone = set(old) - set(between["lsoa21_code"])
    assert f"does not hold {len(gone):,} of the population's {len(old):,} small areas" in caught.value.message
    assert "the population is by small areas of 2011, the lookup is of 2021" in str(caught.value.found)
    assert "from LSOA (2011) to Ward (2024)" in caught.value.action
    assert "the population by LSOA (2021)" in caught.value.action


def test_a_lookup_between_small_areas_is_not_one_to_wards(reference: Path) -> None:
    with pytest.raises(InputError, match="does not say which ward"):
        read_lookup(lookups(reference) / "lsoa2011_to_lsoa2021.csv")


def test_central_bedfordshire_of_the_census_by_its_wards(tmp_path: Path, data: Path, reference: Path) -> None:
    """The Census gives ages without sex, so half of each band stands for each sex here; the totals are the Census's.

    The wards that the small areas reach are those of the published ward file. A ward's people can differ by best fit and
    by fifteen months of growth (by three in ten in one), the area's by growth alone.
    """
    census = pd.read_csv(reference / "characteristics" / "census2021_age_lsoa2021.csv.gz")
    census = census[census["lsoa21_code"].str.startswith("E")]
    lines = []
    for row in census.itertuples():
        low, high = AGES[row.age_group]
        whole = int(row.usual_residents)
        for sex, count in (("F", whole - whole // 2), ("M", whole // 2)):
            lines.append((row.lsoa21_code, sex, low, "" if high is None else high, count))
    path = tmp_path / "census.parquet"
    columns = ["lsoa21_code", "sex", "age_from", "age_to", "persons"]
    frame = pd.DataFrame(lines, columns=columns).astype({"age_to": "str"})
    frame.to_parquet(path)
    lookup = lookups(reference) / "lsoa2021_to_ward2024_ltla2024_best_fit.csv"
    area = resolve_area([CENTRAL_BEDFORDSHIRE], data)
    loaded = load_population(area, path=path, lookup=lookup, data=data)
    bundled = load_population(area, data=data)
    table = pd.read_csv(lookup, dtype="str").set_index("lsoa21_code")["ward24_code"]
    ours = loaded.frame.groupby("ward_code")["persons"].sum()
    theirs = bundled.frame.groupby("ward_code")["persons"].sum()
    assert ours.index.tolist() == theirs.index.tolist()
    here = census.assign(ward=census["lsoa21_code"].map(table)).query("ward in @theirs.index")
    assert ours.sum() == here["usual_residents"].sum()  # every person that the Census counted there
    assert 0.97 < ours.sum() / theirs.sum() < 1  # fifteen months before the estimate
    assert np.corrcoef(ours, theirs)[0, 1] > 0.95
    # the bundled characteristics were brought to the wards by the same best fit: the same people, topic by topic
    topic = pd.read_csv(reference / "characteristics" / "census2021_disability_lsoa2021.csv.gz")
    direct = topic.assign(ward=topic["lsoa21_code"].map(table)).groupby(["ward", "disability"])["n"].sum()
    held = pd.read_csv(data / "areas" / CENTRAL_BEDFORDSHIRE / "characteristics.csv")
    held = held[held["characteristic"] == "disability"].set_index(["ward_code", "category"])["count"]
    shares = held.groupby(level=0).sum()
    assert (direct.groupby(level=0).sum().reindex(shares.index) == shares).all()
    assert (abs(ours - shares) <= 40).all()  # the two topics were protected separately

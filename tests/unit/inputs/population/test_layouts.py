"""The layouts in which ONS, Nomis and the Census publish populations all come to the same residents.

Each is written as it is published: its title rows, its column names, its totals, its way of saying ages.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from openpyxl import Workbook

from needs_assessment.errors import InputError
from needs_assessment.inputs.areas.geography import resolve_area
from needs_assessment.inputs.population.population import Population, load_population

Cell = str | int
Rows = list[list[Cell]]
AREA = "E06000055"
WARDS = [("E05000001", "Abbey"), ("E05000002", "Hill, & Vale")]
SMALL = [("E01000001", "Bedford 001A"), ("E01000002", "Bedford 001B"), ("E01000003", "Bedford 002A")]
TO_WARD = {"E01000001": 0, "E01000002": 1, "E01000003": 1}
FIVE = [(low, low + 4) for low in range(0, 90, 5)]


def persons(place: int, sex: str, age: int) -> int:
    return 10 * place + age % 7 + (3 if sex == "M" else 1)


def band(place: int, sex: str, low: int, high: int) -> int:
    return sum(persons(place, sex, age) for age in range(low, min(high, 90) + 1))


def both(place: int, low: int, high: int) -> int:
    return band(place, "F", low, high) + band(place, "M", low, high)


def csv_text(rows: Iterable[Iterable[Cell]], delimiter: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


def workbook(path: Path, sheets: dict[str, Rows]) -> Path:
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


@pytest.fixture
def load(tmp_path: Path, data: Path) -> Callable[..., Population]:
    def load(
        content: Rows | str | bytes, name: str = "population.csv", lookup: Path | None = None
    ) -> Population:
        path = tmp_path / name.split("#", maxsplit=1)[0]
        text = csv_text(content) if isinstance(content, list) else content
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return load_population(resolve_area([AREA], data), path=tmp_path / name, lookup=lookup, data=data)

    return load


@pytest.fixture
def lookup(tmp_path: Path) -> Path:
    rows = [["LSOA21CD", "LSOA21NM", "WD22CD", "WD22NM", "LAD22CD", "LAD22NM"]]
    rows += [[code, name, *WARDS[TO_WARD[code]], AREA, "Bedford"] for code, name in SMALL]
    path = tmp_path / "lookup.csv"
    path.write_text(csv_text(rows), encoding="utf-8")
    return path


def single_years(population: Population, places: int = 2) -> bool:
    frame = population.frame
    wanted = [persons(place, sex, age) for place in range(places) for sex in "FM" for age in range(91)]
    return frame["persons"].tolist() == wanted


def in_bands(population: Population, bands: list[tuple[int, int]]) -> bool:
    wanted = [band(place, sex, low, high) for place in range(2) for sex in "FM" for low, high in bands]
    ends = population.frame["age_to"].iloc[len(bands) - 1]
    return population.frame["persons"].tolist() == wanted and pd.isna(ends)


def sape_sheet(sex: str) -> Rows:
    """A sheet of the ward workbooks up to mid-2020: one sex, footnote marks, two years of authorities."""
    count = {
        "Persons": both,
        "Females": lambda p, a, b: band(p, "F", a, b),
        "Males": lambda p, a, b: band(p, "M", a, b),
    }
    header: Rows = [
        [
            "Ward Code 1",
            "Ward Name 1",
            "LA Code (2018 boundaries)",
            "LA name (2018 boundaries)",
            "LA Code (2021 boundaries)",
            "LA name (2021 boundaries)",
            "All Ages",
            *range(90),
            "90+",
        ]
    ]
    rows: Rows = [[f"SAPE23DT8a: Mid-2020 {sex} population estimates"], [], ["Contents"], [], *header]
    for place, (code, name) in enumerate(WARDS):
        one = [count[sex](place, age, age) for age in range(91)]
        rows.append([code, name, "E06999999", "Old", AREA, "Bedford", sum(one), *one])
    return rows


def test_a_workbook_with_a_sheet_for_each_sex(tmp_path: Path, data: Path) -> None:
    sheets = {f"Mid-2020 {sex}": sape_sheet(sex) for sex in ("Persons", "Males", "Females")}
    path = workbook(tmp_path / "sape.xlsx", {"Contents": [["Contents"], ["Mid-2020 Persons"]], **sheets})
    population = load_population(resolve_area([AREA], data), path=path, data=data)
    assert single_years(population)
    assert population.estimate_date == "mid-2020"
    assert any(
        "sheets Mid-2020 Persons, Mid-2020 Males, Mid-2020 Females" in note for note in population.notes
    )
    assert any("totals held against their parts" in note for note in population.notes)


def test_the_persons_sheet_must_be_the_sum_of_the_sexes(tmp_path: Path, data: Path) -> None:
    sheets = {f"Mid-2020 {sex}": sape_sheet(sex) for sex in ("Persons", "Males", "Females")}
    sheets["Mid-2020 Persons"][6][20] = 1 + int(sheets["Mid-2020 Persons"][6][20])
    path = workbook(tmp_path / "sape.xlsx", sheets)
    with pytest.raises(InputError, match="not the sum"):
        load_population(resolve_area([AREA], data), path=path, data=data)


def test_the_persons_sheet_alone_has_no_sexes(tmp_path: Path, data: Path) -> None:
    path = workbook(tmp_path / "sape.xlsx", {"Mid-2020 Persons": sape_sheet("Persons")})
    with pytest.raises(InputError, match="both sexes together only"):
        load_population(resolve_area([AREA], data), path=path, data=data)


def wide_sheet(places: list[tuple[str, str]], kind: str = "Ward 2023") -> Rows:
    """A sheet of the workbooks from mid-2021 on."""
    ages = [(sex, age) for sex in "FM" for age in range(91)]
    head: list[Cell] = ["LAD 2023 Code", "LAD 2023 Name", f"{kind} Code", f"{kind} Name", "Total"]
    rows: Rows = [["Title"], ["Notes"], [], [*head, *(f"{sex}{age}" for sex, age in ages)]]
    for place, (code, name) in enumerate(places):
        counts = [persons(place, sex, age) for sex, age in ages]
        rows.append([AREA, "Bedford", code, name, sum(counts), *counts])
    return rows


def test_two_years_in_a_workbook_are_a_choice(tmp_path: Path, data: Path) -> None:
    area = resolve_area([AREA], data)
    older = wide_sheet(WARDS)
    older[4][5:7] = [int(older[4][6]), int(older[4][5])]
    path = workbook(
        tmp_path / "wards.xlsx", {"Mid-2021 Ward 2023": older, "Mid-2022 Ward 2023": wide_sheet(WARDS)}
    )
    with pytest.raises(InputError) as caught:
        load_population(area, path=path, data=data)
    assert "'wards.xlsx#Mid-2021 Ward 2023' or 'wards.xlsx#Mid-2022 Ward 2023'" in caught.value.action
    for choice in ("Mid-2022 Ward 2023", "sheet=mid-2022 ward 2023", "2022"):
        chosen = load_population(area, path=tmp_path / f"wards.xlsx#{choice}", data=data)
        assert single_years(chosen)
        assert (chosen.estimate_date, chosen.ward_vintage) == ("mid-2022", "2023")
    with pytest.raises(InputError, match=r"not in it|Several sheets"):
        load_population(area, path=tmp_path / "wards.xlsx#Mid-2019", data=data)


def test_small_areas_of_a_workbook_reach_wards(tmp_path: Path, data: Path, lookup: Path) -> None:
    path = workbook(tmp_path / "lsoa.xlsx", {"Mid-2022 LSOA 2021": wide_sheet(SMALL, "LSOA 2021")})
    area = resolve_area([AREA], data)
    population = load_population(area, path=path, lookup=lookup, data=data)
    # Abbey is the first small area, Hill & Vale the second and third: ages 0 of women 1, and 11 + 21 = 32
    first = population.frame[(population.frame["sex"] == "F") & (population.frame["age_from"] == 0)]
    assert dict(zip(first["ward_name"], first["persons"], strict=True)) == {"Abbey": 1, "Hill, & Vale": 32}
    assert population.ward_vintage == "2022"
    assert any(
        "3 lower-layer small areas (LSOA) brought to 2 wards of 2022" in note for note in population.notes
    )
    with pytest.raises(InputError, match="no lookup was given") as caught:
        load_population(area, path=path, data=data)
    assert "LSOA (2021) to wards with --lookup" in caught.value.action


def nomis_api(single: bool = True) -> Rows:
    """The Nomis interface: names and codes of every dimension, totals of both sexes, groups beside single years."""
    head = ["DATE", "DATE_NAME", "GEOGRAPHY", "GEOGRAPHY_NAME", "GEOGRAPHY_CODE", "GEOGRAPHY_TYPE", "GENDER"]
    rows: Rows = [
        [
            *head,
            "GENDER_NAME",
            "C_AGE",
            "C_AGE_NAME",
            "MEASURES",
            "MEASURES_NAME",
            "OBS_VALUE",
            "RECORD_COUNT",
        ]
    ]
    ages = (
        [(f"Age {age}", age, age) for age in range(90)]
        if single
        else [(f"Aged {a} to {b}", a, b) for a, b in FIVE]
    )
    ages += [("Aged 90+", 90, 90)]
    groups = (
        [("All Ages", 0, 90), ("Aged 0 to 15", 0, 15), ("Aged 16+", 16, 90)]
        if single
        else [("All Ages", 0, 90)]
    )
    for place, (code, name) in enumerate(WARDS):
        for number, sex in enumerate(("Total", "Male", "Female")):
            for label, low, high in (*groups, *ages):
                count = both(place, low, high) if sex == "Total" else band(place, sex[0], low, high)
                row: list[Cell] = [2022, "2022", 71, name, code, "2023 wards", number, sex, 1, label]
                rows.append([*row, 20100, "Value", count, 9])
    return rows


def test_the_nomis_interface(load: Callable[..., Population]) -> None:
    population = load(nomis_api())
    assert single_years(population)
    assert in_bands(load(nomis_api(single=False)), [*FIVE, (90, 90)])


def test_percentages_beside_the_counts_are_left_out(load: Callable[..., Population]) -> None:
    rows = nomis_api()
    percent = [[*row[:-3], "Percent", 1.5, 9] for row in rows[1:]]  # type: ignore[list-item]
    population = load([*rows, *percent])  # type: ignore[list-item]
    assert single_years(population)
    assert any("rows of other measures than counts left out" in note for note in population.notes)


def test_several_dates_are_a_choice(load: Callable[..., Population]) -> None:
    rows = nomis_api()
    other = [["2021", "2021", *row[2:-2], 2 * int(row[-2]), 9] for row in rows[1:]]
    with pytest.raises(InputError, match="several dates") as caught:
        load([*rows, *other])
    assert "'population.csv#2021' or 'population.csv#2022'" in caught.value.action
    assert single_years(load([*rows, *other], "population.csv#2022"))
    assert not single_years(load([*rows, *other], "population.csv#date=2021"))
    with pytest.raises(InputError, match="not in it"):
        load(rows, "population.csv#2019")


def nomis_query() -> str:
    """A Nomis query saved as CSV: a table for each sex under one another, with titles above and notes below."""
    text = (
        '"Population estimates - small area based by single year of age"\n"ONS Crown Copyright Reserved"\n\n'
    )
    for sex in ("Male", "Female"):
        text += f'"date","mid-2022"\n"gender","{sex}"\n\n'
        header: Rows = [
            ["2023 ward", "mnemonic", "All Ages", *(f"Age {age}" for age in range(90)), "Aged 90+"]
        ]
        for place, (code, name) in enumerate(WARDS):
            counts = [persons(place, sex[0], age) for age in range(91)]
            header.append([name, code, sum(counts), *counts])
        text += csv_text(header) + "\n\n"
    return text + '"These figures are rounded."\n'


def test_a_nomis_query_has_a_table_for_each_sex(load: Callable[..., Population]) -> None:
    population = load(nomis_query())
    assert single_years(population)
    assert (population.estimate_date, population.ward_vintage) == ("mid-2022", "2023")
    assert any("2 tables under one another" in note for note in population.notes)
    one = nomis_query().split('"date","mid-2022"\n"gender","Female"')[0]
    with pytest.raises(InputError, match="lacks a sex"):
        load(one)


def test_census_columns_of_sex_and_age(load: Callable[..., Population]) -> None:
    """The bulk tables: totals and groups among the columns, ages to 100 and over."""
    names = [
        ("Total", 0, 120),
        ("Aged 4 years and under", 0, 4),
        ("Aged under 1 year", 0, 0),
        ("Aged 1 year", 1, 1),
    ]
    names += [(f"Aged {age} years", age, age) for age in range(2, 90)]
    names += [("Aged 90 years", 90, 0), ("Aged 91 years", 91, 0), ("Aged 92 years and over", 92, 90)]
    header: list[Cell] = ["date", "geography", "geography code"]
    rows: Rows = [header]
    rows += [[2021, name, code] for code, name in WARDS]
    for sex in ("All persons", "Female", "Male"):
        for label, low, high in names:
            header.append(f"Sex: {sex}; Age: {label}; measures: Value")
            for place in range(2):
                if low >= 90:  # the oldest are split 2, 1 and the rest
                    whole = both(place, 90, 90) if sex == "All persons" else band(place, sex[0], 90, 90)
                    few = 2 if sex == "All persons" else 1
                    parts = {90: 2 * few, 91: few, 92: whole - 3 * few}
                    rows[1 + place].append(parts[low])
                else:
                    rows[1 + place].append(
                        both(place, low, high) if sex == "All persons" else band(place, sex[0], low, high)
                    )
    population = load(rows)
    assert single_years(population)
    assert population.estimate_date == "21 March 2021"


def test_a_census_download_of_small_areas(load: Callable[..., Population], lookup: Path) -> None:
    head: list[Cell] = ["Lower layer Super Output Areas Code", "Lower layer Super Output Areas"]
    head += [
        "Age (D) (8 categories) Code",
        "Age (D) (8 categories)",
        "Sex (2 categories) Code",
        "Sex (2 categories)",
    ]
    rows: Rows = [[*head, "Observation"]]
    bands = [
        ("Aged 15 years and under", 0, 15),
        ("Aged 16 to 64 years", 16, 64),
        ("Aged 65 years and over", 65, 90),
    ]
    for place, (code, name) in enumerate(SMALL):
        for number, (label, low, high) in enumerate(bands):
            for sex in ("Female", "Male"):
                rows.append([code, name, number, label, 1, sex, band(place, sex[0], low, high)])
    population = load(rows, lookup=lookup)
    total = sum(both(place, 0, 90) for place in range(3))
    assert population.frame["persons"].sum() == total
    assert population.frame["age_from"].unique().tolist() == [0, 16, 65]


def test_a_column_for_each_sex(load: Callable[..., Population]) -> None:
    rows: Rows = [["Ward Code", "Ward Name", "LAD Code", "LAD Name", "Age", "Persons", "Females", "Males"]]
    for place, (code, name) in enumerate(WARDS):
        for low, high in [*FIVE, (90, 90)]:
            label = "90 and over" if low == 90 else f"{low}-{high}"
            counts = [both(place, low, high), band(place, "F", low, high), band(place, "M", low, high)]
            rows.append([code, name, AREA, "Bedford", label, *counts])
    assert in_bands(load(rows), [*FIVE, (90, 90)])
    rows[3][5] = 1 + int(rows[3][5])
    with pytest.raises(InputError, match="not the sum of its parts"):
        load(rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(load: Callable[..., Population], encoding: str) -> None:
    text = csv_text(nomis_api()).replace("Abbey", "Abbaye l’Été")
    population = load(text.encode(encoding))
    assert single_years(population)
    assert population.frame["ward_name"].iloc[0] == "Abbaye l’Été"


@pytest.mark.parametrize(
    "content",
    [
        csv_text(nomis_api()).replace("Abbey", "Été").encode() + "é".encode("cp1252"),
        csv_text(nomis_api()).encode("utf-8-sig") + b"\xe9",
        csv_text(nomis_api()).encode("utf-16")[:-1],
        csv_text(nomis_api()).replace("Abbey", "Été").encode()[:-1] + b"\xc3",
        csv_text(nomis_api()).encode() + b"\x00",
    ],
)
def test_damaged_text_is_refused(load: Callable[..., Population], content: bytes) -> None:
    with pytest.raises(InputError):
        load(content)


@pytest.mark.parametrize("marker", ["*", "-", "..", "[c]", "c", "!", ":", "x"])
def test_a_withheld_count_is_unknown_and_names_its_place(
    load: Callable[..., Population], marker: str
) -> None:
    rows = nomis_api()
    rows[9][12] = marker
    with pytest.raises(InputError, match="withheld or is not known") as caught:
        load(rows)
    assert (caught.value.row, caught.value.column, caught.value.found) == (10, "OBS_VALUE", marker)
    assert "E05000001 Abbey" in caught.value.expected


def test_thousands_separators_and_notes_under_the_table(load: Callable[..., Population]) -> None:
    rows = nomis_api()
    for row in rows[1:]:
        row[12] = f"{1000 + int(row[12]):,}" if row[9] == "Age 0" else row[12]
    kept = [
        row for row in rows if row[7] != "Total" and row[9] not in ("All Ages", "Aged 0 to 15", "Aged 16+")
    ]
    population = load(csv_text(kept) + "\nSource: Nomis\n")
    assert population.frame["persons"].sum() == 4 * 1000 + sum(both(place, 0, 90) for place in range(2))


def test_parquet(load: Callable[..., Population], tmp_path: Path, data: Path) -> None:
    first = load(nomis_api())
    for name, frame in (
        ("tidy.parquet", first.frame),
        ("api.parquet", pd.DataFrame(nomis_api()[1:], columns=nomis_api()[0])),
        ("floats.parquet", first.frame.astype({"persons": "float64", "age_to": "float64"})),
        ("categories.parquet", first.frame.astype({"sex": "category", "ward_name": "category"})),
    ):
        frame.to_parquet(tmp_path / name)
        again = load_population(resolve_area([AREA], data), path=tmp_path / name, data=data)
        assert again.frame.equals(first.frame), name


def test_the_quick_reader_and_the_row_reader_agree(tmp_path: Path) -> None:
    from needs_assessment.inputs.population.blocks import read_blocks
    from needs_assessment.inputs.population.layouts import fits

    path = tmp_path / "population.csv"
    quoted = io.StringIO()
    csv.writer(quoted, quoting=csv.QUOTE_ALL).writerows(nomis_api())
    for text in (csv_text(nomis_api()), quoted.getvalue(), "Title, of it\n\n" + csv_text(nomis_api())):
        path.write_text(text, encoding="utf-8", newline="")
        quick, slow = read_blocks(path, fits), read_blocks(path, fits, even=False)
        one, other = quick.blocks[0].table, slow.blocks[0].table
        assert (one.header, one.header_row, list(one.rows), one.title) == (
            other.header,
            other.header_row,
            list(other.rows),
            other.title,
        )
        assert all(a.to_pylist() == b.to_pylist() for a, b in zip(one.arrays, other.arrays, strict=True))


def test_a_ward_file_without_authorities_takes_them_from_a_lookup(
    load: Callable[..., Population], tmp_path: Path
) -> None:
    lookup = tmp_path / "wards.csv"
    rows: Rows = [["WD23CD", "WD23NM", "LAD23CD", "LAD23NM"]]
    rows += [[*WARDS[0], AREA, "Bedford"], [*WARDS[1], "E06000056", "Elsewhere"]]
    lookup.write_text(csv_text(rows), encoding="utf-8")
    population = load(nomis_api(), lookup=lookup)
    assert population.frame["ward_code"].unique().tolist() == ["E05000001"]
    assert any("1 wards of other authorities left out" in note for note in population.notes)
    lookup.write_text(csv_text(rows[:2]), encoding="utf-8")
    with pytest.raises(InputError, match="does not hold 1 of the population's 2 wards: E05000002"):
        load(nomis_api(), lookup=lookup)


def test_a_file_of_many_authorities_is_not_taken_for_one(load: Callable[..., Population]) -> None:
    rows = nomis_api()
    for row in rows[1:]:
        row[12] = 10_000 * int(row[12])
    with pytest.raises(InputError, match="far more people than Bedford"):
        load(rows)


def test_numbers_are_the_same_from_text_and_from_a_workbook(tmp_path: Path, data: Path) -> None:
    area = resolve_area([AREA], data)
    path = workbook(tmp_path / "api.xlsx", {"Data": nomis_api()})
    from_book = load_population(area, path=path, data=data)
    assert single_years(from_book)
    assert np.array_equal(from_book.frame["age_from"].unique(), np.arange(91))


def test_a_total_of_both_sexes_at_other_ages_is_refused(load: Callable[..., Population]) -> None:
    """A band of both sexes that is neither one of the bands by sex nor a sum of them cannot be checked."""
    rows = nomis_api(single=False)
    rows.append([*rows[1][:7], "Total", 1, "Aged 92+", 20100, "Value", 1, 9])
    rows.append([*rows[1][:7], "Total", 1, "Aged 3 to 4", 20100, "Value", 1, 9])
    with pytest.raises(InputError, match="does not go together with the others"):
        load(rows)

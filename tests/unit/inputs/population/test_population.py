"""Every published layout gives the same canonical frame; what is missing or wrong is refused with its place."""

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
from needs_assessment.inputs.areas.geography import Area, resolve_area
from needs_assessment.inputs.population.population import (
    OWN_FILE,
    Population,
    band_persons,
    load_england,
    load_population,
)

Rows = list[list[str]]
AREA = "E06000055"  # Bedford: no ward list ships with the project, so that any wards may stand for it
WARDS = [("E05000001", "Abbey"), ("E05000002", "Hill & Vale")]
RATE_BANDS = [(16, 19), (20, 24), (25, 34), (35, 44), (45, 54), (55, 59), (60, 74), (75, None)]


def persons(ward: int, sex: str, age: int) -> int:
    return 10 * ward + age % 7 + (3 if sex == "M" else 0)


def wide(ward_column: str = "wd23{}", authority: str = "lad23{}") -> Rows:
    header = [
        ward_column.format("cd"),
        ward_column.format("nm"),
        authority.format("cd"),
        authority.format("nm"),
        "total",
    ]
    rows = [[*header, *(f"{sex}{age}" for sex in "FM" for age in range(91))]]
    for number, (code, name) in enumerate(WARDS):
        counts = [persons(number, sex, age) for sex in "FM" for age in range(91)]
        rows.append([code, name, AREA, "Bedford", str(sum(counts)), *map(str, counts)])
    return rows


def long(authority: bool = True) -> Rows:
    names = ["authority_code", "authority_name"] if authority else []
    rows = [["ward_code", "ward_name", *names, "sex", "age", "persons"]]
    for number, (code, name) in enumerate(WARDS):
        for sex in "FM":
            for age in range(91):
                place = [code, name, AREA, "Bedford"] if authority else [code, name]
                rows.append([*place, sex, str(age), str(persons(number, sex, age))])
    return rows


def banded() -> Rows:
    bands = [(0, 15), (16, 59), (60, 89), (90, None)]
    rows = [
        ["ward_code", "ward_name", "authority_code", "authority_name", "sex", "age_from", "age_to", "persons"]
    ]
    for number, (code, name) in enumerate(WARDS):
        for sex in "FM":
            for low, high in bands:
                count = sum(persons(number, sex, age) for age in range(low, 91 if high is None else high + 1))
                top = "" if high is None else str(high)
                rows.append([code, name, AREA, "Bedford", sex, str(low), top, str(count)])
    return rows


def as_csv(rows: Iterable[Iterable[str]], delimiter: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


@pytest.fixture
def load(tmp_path: Path, data: Path) -> Callable[..., Population]:
    def load(content: Rows | str | bytes, area: str = AREA, name: str = "population.csv") -> Population:
        path = tmp_path / name
        text = as_csv(content) if isinstance(content, list) else content
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return load_population(resolve_area(area.split("+"), data), path=path, data=data)

    return load


def refused(load: Callable[..., Population], content: Rows | str | bytes, area: str = AREA) -> InputError:
    with pytest.raises(InputError) as caught:
        load(content, area)
    assert caught.value.exit_code == 3
    assert caught.value.file == "population.csv"
    assert caught.value.expected
    return caught.value


def test_bundled_central_bedfordshire(data: Path) -> None:
    population = load_population(resolve_area(["E06000056"], data), data=data)
    frame = population.frame
    assert (frame["persons"].sum(), frame["ward_code"].nunique()) == (301_501, 31)
    assert (population.estimate_date, population.ward_vintage) == ("mid-2022", "2023")
    assert population.source_ids == ("ons_ward_2022",)
    assert frame.equals(frame.sort_values(["ward_code", "sex", "age_from"], ignore_index=True))
    assert str(frame["age_to"].dtype) == "Int64"
    counts, _ = band_persons(frame, RATE_BANDS, load_england(data))
    assert (counts["F"].sum(), counts["M"].sum()) == (124_120, 118_058)


def test_bundled_warwickshire_and_one_of_its_districts(data: Path) -> None:
    population = load_population(resolve_area(["E10000031"], data), data=data)
    assert (population.frame["persons"].sum(), population.frame["ward_code"].nunique()) == (583_786, 103)
    assert population.frame["authority_code"].nunique() == 5
    rugby = load_population(resolve_area(["E07000220"], data), data=data)
    assert rugby.frame["persons"].sum() == 110_650
    assert rugby.ward_vintage == "2020"


def test_a_bundled_partnership_of_two_vintages_is_refused(data: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_population(resolve_area(["E06000056", "E10000031"], data), data=data)
    assert "Central Bedfordshire mid-2022, wards of 2023; Warwickshire mid-2020, wards of 2020" in str(
        caught.value
    )


def test_an_area_that_is_not_bundled_says_what_is(data: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_population(resolve_area(["E06000055", "E06000056"], data), data=data)
    assert "Bedford" in caught.value.message
    assert "E06000056 Central Bedfordshire, E10000031 Warwickshire" in caught.value.expected
    assert "--population" in caught.value.action


def test_the_layouts_agree(load: Callable[..., Population]) -> None:
    from_wide, from_long = load(wide()), load(long())
    assert from_wide.frame.equals(from_long.frame)
    assert (from_wide.ward_vintage, from_long.ward_vintage) == ("2023", "unknown")
    bands = [(0, 15), (16, 59), (60, 89), (90, None)]
    england = pd.DataFrame({"sex": ["F"] * 91 + ["M"] * 91, "age": [*range(91)] * 2, "persons": 1})
    for loaded in (from_wide, load(banded())):
        counts, notes = band_persons(loaded.frame, bands, england)
        expected = [
            [
                sum(persons(ward, "F", age) for age in range(low, 91 if high is None else high + 1))
                for low, high in bands
            ]
            for ward in range(2)
        ]
        assert counts["F"].tolist() == expected
        assert notes == []
    assert from_wide.source_ids == (OWN_FILE,)


@pytest.mark.parametrize(
    ("column", "vintage"),
    [
        ("wd20{}", "2020"),
        ("WD23{}", "2023"),
        ("Ward 2023 {}", "2023"),
        ("ward{}", "unknown"),
        ("Ward {} (2022 boundaries)", "2022"),
    ],
)
def test_column_names_state_the_vintage(load: Callable[..., Population], column: str, vintage: str) -> None:
    rows = wide(column)
    if "Ward " in column:
        rows[0][:2] = [column.format("Code"), column.format("Name")]
        rows[0][2:4] = ["LAD 2023 Code", "LAD 2023 Name"]
    assert load(rows).ward_vintage == vintage


def test_columns_in_any_order_spaces_and_case(load: Callable[..., Population]) -> None:
    rows = wide()
    order = np.random.default_rng(1).permutation(len(rows[0]))
    shuffled = [[f" {row[position]} " for position in order] for row in rows]
    shuffled[0] = [name.upper() for name in shuffled[0]]
    assert load(shuffled).frame.equals(load(wide()).frame)


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_and_a_byte_order_mark(load: Callable[..., Population], delimiter: str) -> None:
    assert load("\ufeff" + as_csv(long(), delimiter)).frame.equals(load(long()).frame)


def test_sex_words_and_the_open_age(load: Callable[..., Population]) -> None:
    rows = long()
    words = {"F": "Female", "M": "MALES"}
    for row in rows[1:]:
        row[4] = words[row[4]]
        row[5] = {"90": "90+"}.get(row[5], row[5])
    assert load(rows).frame.equals(load(long()).frame)


def test_thousands_separators(load: Callable[..., Population]) -> None:
    rows = long()
    rows[1][6] = "1,234"
    assert load(rows).frame["persons"].iloc[0] == 1234


def test_titles_notes_and_dates(load: Callable[..., Population], tmp_path: Path) -> None:
    text = (
        "Ward population estimates, mid-2021\n\n"
        + as_csv(wide())
        + "\nSource: Office for National Statistics\n"
    )
    population = load(text)
    assert population.estimate_date == "mid-2021"
    assert any("1 row(s) of notes" in note for note in population.notes)
    assert load(wide(), name="mid2020.csv").estimate_date == "mid-2020"
    unstated = load(wide())
    assert unstated.estimate_date == "not stated"
    assert any("date of the estimate is not stated" in note for note in unstated.notes)
    assert load(text, name="mid2020.csv").estimate_date == "not stated"


def test_names_are_only_text(load: Callable[..., Population]) -> None:
    rows = wide()
    rows[1][1], rows[2][1] = "=cmd|'/c calc'!A1", "<script>\nalert(1)</script>"
    names = load(rows).frame["ward_name"].unique().tolist()
    assert names == ["=cmd|'/c calc'!A1", "<script> alert(1)</script>"]


def workbook(path: Path, sheets: dict[str, Rows]) -> Path:
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([int(cell) if cell.isdigit() else cell for cell in row])
    book.save(path)
    return path


def test_workbook(load: Callable[..., Population], tmp_path: Path, data: Path) -> None:
    notes: Rows = [["Contents"], ["Ward code and ward name are in the next sheet"]]
    sheet = [["Mid-2022 population by ward"], [], *wide()]
    path = workbook(tmp_path / "wards.xlsx", {"Notes": notes, "Mid-2022": sheet})
    area = resolve_area([AREA], data)
    population = load_population(area, path=path, data=data)
    assert population.frame.equals(load(wide()).frame)
    assert population.estimate_date == "mid-2022"
    two = workbook(tmp_path / "two.xlsx", {"Mid-2021": wide(), "Mid-2022": wide()})
    with pytest.raises(InputError, match="Mid-2021, Mid-2022"):
        load_population(area, path=two, data=data)


def change(rows: Rows, row: int, column: int, cell: str) -> Rows:
    rows[row - 1][column] = cell
    return rows


@pytest.mark.parametrize(
    ("rows", "row", "column", "says"),
    [
        (change(wide(), 3, 7, ""), 3, "F2", "blank is not a zero"),
        (change(wide(), 3, 7, "-4"), 3, "F2", "negative"),
        (change(wide(), 2, 7, "4.5"), 2, "F2", "not a whole number"),
        (change(wide(), 2, 7, "12.000"), 2, "F2", "not a whole number"),
        (change(wide(), 2, 7, "many"), 2, "F2", "not a number"),
        (change(wide(), 2, 7, "[c]"), 2, "F2", "not a number"),
        (change(wide(), 2, 7, "nan"), 2, "F2", "not a number"),
        (change(wide(), 2, 7, "99999999999999999999"), 2, "F2", "larger than any"),
        (change(wide(), 2, 7, "1 234"), 2, "F2", "not a number"),
        (change(wide(), 2, 4, "1"), 2, "total", "not the sum"),
        (change(wide(), 2, 4, ""), 2, "total", "missing"),
        (change(wide(), 2, 0, ""), 2, "wd23cd", "ward code is missing"),
        (change(wide(), 2, 0, "Total"), 2, "wd23cd", "not a ward's"),
        (change(wide(), 2, 0, "E01000001"), 2, "wd23cd", "not a ward's"),
        (change(wide(), 2, 1, " "), 2, "wd23nm", "ward name is missing"),
        (change(wide(), 3, 0, " e05000001 "), 3, "wd23nm", "two names"),
        (change(wide(), 3, 2, ""), 3, "lad23cd", "authority is missing"),
        (change(wide(), 3, 2, "Bedford"), 3, "lad23cd", "not a code"),
        (change(wide(), 3, 3, ""), 3, "lad23nm", "name is missing"),
        (change(wide(), 3, 3, "Luton"), 3, "lad23nm", "two names"),
        (change(long(), 5, 4, ""), 5, "sex", "sex is missing"),
        (change(long(), 5, 4, "Other"), 5, "sex", "not F or M"),
        (change(long(), 5, 5, "91"), 5, "age", "0 to 90"),
        (change(long(), 5, 5, "-1"), 5, "age", "0 to 90"),
        (change(long(), 5, 5, "four"), 5, "age", "0 to 90"),
        (change(long(), 5, 5, ""), 5, "age", "missing"),
        (change(long(), 5, 6, ""), 5, "persons", "missing"),
        (change(long(), 5, 1, "Other"), 5, "ward_name", "two names"),
        (change(long(), 5, 5, "2"), 5, "ward_code, sex, age", "given twice"),
        (change(banded(), 3, 5, "15"), 3, "age_from, age_to", "overlap"),
        (change(banded(), 3, 6, "95"), 3, "age_to", "0 to 90"),
        (change(banded(), 3, 6, "12"), 3, "age_to", "0 to 90"),
        (change(banded(), 3, 5, "91"), 3, "age_from", "0 to 90"),
    ],
)
def test_a_bad_cell_is_named(
    load: Callable[..., Population], rows: Rows, row: int, column: str, says: str
) -> None:
    fault = refused(load, rows)
    assert (fault.row, fault.column) == (row, column)
    assert says in fault.message


def test_a_ward_given_twice(load: Callable[..., Population]) -> None:
    fault = refused(load, [*wide(), [" e05000001 ", *wide()[1][1:]]])
    assert (fault.row, fault.column) == (4, "wd23cd")
    assert "given twice" in fault.message
    assert "also in row 2" in str(fault.found)


def test_several_faults_are_counted(load: Callable[..., Population]) -> None:
    fault = refused(load, change(change(long(), 9, 6, "x"), 5, 6, ""))
    assert (fault.row, fault.more) == (5, 1)


def without(rows: Rows, drop: Callable[[list[str]], bool]) -> Rows:
    return [rows[0], *(row for row in rows[1:] if not drop(row))]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (without(long(), lambda row: row[4] == "M"), "lacks a sex"),
        (without(long(), lambda row: row[0] == "E05000002" and row[4] == "F"), "lacks a sex"),
        (without(long(), lambda row: row[0] == "E05000002" and row[5] == "47"), "lacks an age band"),
        (without(long(), lambda row: row[5] == "47"), "Ages are missing"),
        (without(long(), lambda row: row[5] == "90"), "no band is open"),
        (without(long(), lambda row: row[5] == "0"), "Ages are missing"),
        (without(banded(), lambda row: row[5] == "16"), "Ages are missing"),
        (without(wide(), lambda row: True), "no rows of data"),
    ],
)
def test_missing_is_never_zero(load: Callable[..., Population], rows: Rows, says: str) -> None:
    assert says in refused(load, rows).message


def column_without(rows: Rows, *names: str) -> Rows:
    keep = [position for position, name in enumerate(rows[0]) if name not in names]
    return [[row[position] for position in keep] for row in rows]


@pytest.mark.parametrize(
    ("rows", "column"),
    [
        (column_without(long(), "sex"), "sex"),
        (column_without(long(), "ward_code"), "ward_code"),
        (column_without(long(), "ward_name"), "ward_name"),
        (column_without(long(), "persons"), "persons"),
        (column_without(long(), "authority_code"), "authority_code"),
        (column_without(wide(), "M47"), "M47"),
        (column_without(wide(), "wd23cd"), "ward_code"),
        (column_without(banded(), "age_to"), "age_to"),
    ],
)
def test_a_missing_column_is_named(load: Callable[..., Population], rows: Rows, column: str) -> None:
    fault = refused(load, rows)
    assert "missing" in fault.message
    assert fault.column == column


def renamed(rows: Rows, **names: str) -> Rows:
    return [[names.get(name, name) for name in rows[0]], *rows[1:]]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (renamed(wide(), M90="M91"), "missing"),
        (renamed(wide(), total="M91"), "outside 0 to 90"),
        (renamed(wide(), total="F12"), "used twice"),
        (renamed(wide(), total="F 12"), "the same thing"),
        (renamed(wide(), total="wd20cd"), "the same thing"),
        (renamed(wide(), wd23nm="wd20nm"), "different years"),
        (renamed(wide(), total="NHS number"), "person-level"),
        (renamed(wide(), total="date_of_birth"), "person-level"),
    ],
)
def test_columns_that_are_refused(load: Callable[..., Population], rows: Rows, says: str) -> None:
    assert says in refused(load, rows).message


def test_personal_content_is_not_repeated(load: Callable[..., Population]) -> None:
    fault = refused(load, change(wide(), 2, 7, "ann@example.org"))
    assert "ann@" not in str(fault)
    assert "e-mail" in str(fault.found)


def test_a_column_that_is_not_used_is_noted(load: Callable[..., Population]) -> None:
    population = load(renamed(wide(), total="Region"))
    assert any("columns not used: Region" in note for note in population.notes)


def test_an_unknown_authority_says_what_the_file_holds(load: Callable[..., Population]) -> None:
    fault = refused(load, wide(), "E06000056")
    assert "E06000056 Central Bedfordshire" in str(fault.found)
    assert "one authority, namely E06000055 Bedford" in fault.expected
    partly = refused(load, wide(), "E06000055+E06000056")
    assert str(partly.found) == "nothing for E06000056 Central Bedfordshire"


def test_a_ward_under_two_authorities(load: Callable[..., Population]) -> None:
    rows = wide()
    rows.append([*rows[1][:2], "E06000056", "Central Bedfordshire", *rows[1][4:]])
    fault = refused(load, rows)
    assert "two authorities" in fault.message
    assert fault.row == 4


def test_no_residents_at_all(load: Callable[..., Population]) -> None:
    rows = [wide()[0], *([*row[:4], *["0"] * 183] for row in wide()[1:])]
    assert "no residents" in refused(load, rows).message


def test_without_authorities_the_wards_are_the_single_areas(load: Callable[..., Population]) -> None:
    population = load(long(authority=False))
    assert population.frame["authority_code"].unique().tolist() == [AREA]
    assert population.frame["authority_name"].unique().tolist() == ["Bedford"]
    assert "several areas" in refused(load, long(authority=False), "E06000055+E06000056").message


def tidy(population: Population, authority: bool) -> Rows:
    names = ["authority_code", "authority_name"] if authority else []
    columns = ["ward_code", "ward_name", *names, "sex", "age_from", "age_to", "persons"]
    return list(csv.reader(io.StringIO(population.frame[columns].to_csv(index=False))))


@pytest.fixture(scope="module")
def bundled(data: Path) -> Callable[[str], Population]:
    return lambda code: load_population(resolve_area([code], data), data=data)


def test_known_wards_state_the_vintage(
    load: Callable[..., Population], bundled: Callable[[str], Population]
) -> None:
    for authority in (True, False):
        for code, vintage in (("E06000056", "2023"), ("E10000031", "2020")):
            population = load(tidy(bundled(code), authority), code)
            assert population.frame.equals(bundled(code).frame)
            assert population.ward_vintage == vintage


def test_absent_wards_are_listed(
    load: Callable[..., Population], bundled: Callable[[str], Population]
) -> None:
    rows = without(tidy(bundled("E06000056"), True), lambda row: row[0] == "E05014394")
    fault = refused(load, rows, "E06000056")
    assert "Wards of Central Bedfordshire are absent from the file: E05014394 Ampthill." in fault.message
    for vintage in ("2023", "2025"):  # a part of the list is a part of the area, whatever year is stated
        assert "absent" in refused(load, renamed(rows, ward_code=f"wd{vintage[2:]}cd"), "E06000056").message


def test_foreign_wards_are_listed(
    load: Callable[..., Population], bundled: Callable[[str], Population]
) -> None:
    rows = tidy(bundled("E06000056"), True)
    more = [["E05999999", "Elsewhere", *row[2:]] for row in rows[1:25]]
    assert "does not have: E05999999 Elsewhere" in refused(load, [*rows, *more], "E06000056").message
    assert load(renamed([*rows, *more], ward_code="wd26cd"), "E06000056").ward_vintage == "2026"


def test_wards_known_to_be_elsewhere(
    load: Callable[..., Population], bundled: Callable[[str], Population]
) -> None:
    fault = refused(load, tidy(bundled("E06000056"), False), AREA)
    assert "A ward is not in Bedford" in fault.message
    assert "Central Bedfordshire" in str(fault.found)
    county = refused(load, long(authority=False), "E10000031")
    assert "not known that this ward is in Warwickshire" in county.message


def england_file(reference: Path) -> Path:
    return reference / "population" / "ons_ward_mid2020_wd20_england.csv"


@pytest.mark.parametrize(
    ("code", "residents", "wards"),
    [("E10000031", 583_786, 103), ("E06000056", 294_096, 31), ("E12000007", 9_002_488, 640)],
)
def test_england_file(data: Path, reference: Path, code: str, residents: int, wards: int) -> None:
    area = resolve_area([code], data)
    population = load_population(area, path=england_file(reference), data=data)
    assert (population.frame["persons"].sum(), population.frame["ward_code"].nunique()) == (residents, wards)
    assert (population.estimate_date, population.ward_vintage) == ("mid-2020", "2020")
    assert f"{wards:,} rows kept; {7201 - wards:,} left out" in population.notes[0]


def test_published_and_bundled_warwickshire_agree(
    data: Path, reference: Path, bundled: Callable[[str], Population]
) -> None:
    area = resolve_area(["E10000031"], data)
    published = load_population(area, path=england_file(reference), data=data)
    england = load_england(data)
    bands = [*RATE_BANDS, (0, 15)]
    ours, _ = band_persons(bundled("E10000031").frame, bands, england)
    theirs, notes = band_persons(published.frame, bands, england)
    assert notes == []
    for sex in "FM":
        np.testing.assert_array_equal(ours[sex], theirs[sex])


def test_england_adds_up(data: Path, reference: Path) -> None:
    published = pd.read_csv(england_file(reference))
    england = load_england(data)
    assert england["persons"].sum() == 56_550_138
    columns = [f"{sex}{age}" for sex, age in zip(england["sex"], england["age"], strict=True)]
    assert published[columns].sum().tolist() == england["persons"].tolist()


def test_partnership_file(data: Path, reference: Path) -> None:
    path = reference / "population" / "ons_ward_mid2022_wd23_central_bedfordshire_bedford.csv"
    population = load_population(resolve_area(["E06000055", "E06000056"], data), path=path, data=data)
    totals = population.frame.groupby("authority_code")["persons"].sum()
    assert totals.to_dict() == {"E06000055": 187_466, "E06000056": 301_501}
    assert population.frame["ward_code"].nunique() == 59


def naive_bands(
    frame: pd.DataFrame, sex: str, low: int, high: int | None, england: pd.DataFrame
) -> list[float]:
    """Give every person of a source band a single age by England's profile, then count those in the band."""
    profile = england[england["sex"] == sex].set_index("age")["persons"]
    top = 90 if high is None else high
    totals = []
    for _, ward in frame[frame["sex"] == sex].groupby("ward_code"):
        total = 0.0
        for row in ward.itertuples():
            ages = range(row.age_from, (90 if pd.isna(row.age_to) else row.age_to) + 1)
            weight = sum(profile[age] for age in ages)
            total += sum(row.persons * profile[age] / weight for age in ages if low <= age <= top)
        totals.append(total)
    return totals


def test_bands_that_straddle_are_split_by_the_national_profile(
    data: Path, bundled: Callable[[str], Population]
) -> None:
    england = load_england(data)
    frame = bundled("E06000056").frame
    bands = [(0, 10), (11, 17), (16, 74), (75, None), (0, None)]
    counts, notes = band_persons(frame, bands, england)
    for sex in "FM":
        for column, (low, high) in enumerate(bands):
            expected = naive_bands(frame, sex, low, high, england)
            np.testing.assert_allclose(counts[sex][:, column], expected, rtol=1e-12)
        everyone = frame[frame["sex"] == sex].groupby("ward_code")["persons"].sum()
        np.testing.assert_array_equal(counts[sex][:, -1], everyone)
    assert [note.split(" come")[0] for note in notes] == [
        "Residents aged 10 to 15",
        "Residents aged 16 to 19",
    ]


@pytest.mark.parametrize("band", [(85, 95), (91, None), (20, 10), (80, 90)])
def test_bands_that_divide_the_open_age_are_refused(
    data: Path, bundled: Callable[[str], Population], band: tuple[int, int | None]
) -> None:
    with pytest.raises(InputError, match="90 and over"):
        band_persons(bundled("E06000056").frame, [band], load_england(data))


@pytest.mark.parametrize("spoil", ["short", "text", "zero"])
def test_england_must_be_whole(data: Path, tmp_path: Path, spoil: str) -> None:
    lines = (data / "england" / "population_mid2020.csv").read_text(encoding="utf-8").splitlines()
    lines = {"short": lines[:-1], "text": [*lines[:-1], "M,90,x"], "zero": [*lines[:-1], "M,90,0"]}[spoil]
    (tmp_path / "england").mkdir()
    (tmp_path / "england" / "population_mid2020.csv").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InputError):
        load_england(tmp_path)


def test_newer_authorities_of_the_file(load: Callable[..., Population], data: Path, tmp_path: Path) -> None:
    rows = [wide()[0], *([*row[:2], "E06000063", "Cumberland", *row[4:]] for row in wide()[1:])]
    path = tmp_path / "new.csv"
    path.write_text(as_csv(rows), encoding="utf-8")
    area: Area = resolve_area(["E06000063"], data, any_authority=True)
    population = load_population(area, path=path, data=data)
    assert population.frame["authority_name"].unique().tolist() == ["Cumberland"]

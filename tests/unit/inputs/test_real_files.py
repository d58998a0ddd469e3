"""Files in the form that public files really have (``tests/files``), each with a variant of its kind, and what is right."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from needs_assessment.errors import InputError
from needs_assessment.inputs.areas.geography import resolve_area
from needs_assessment.inputs.boundaries import load_boundaries
from needs_assessment.inputs.population.dates import date_of_title, read_date, same_date
from needs_assessment.inputs.population.population import Population, load_population

FILES = Path(__file__).parents[2] / "files"
TRAFFORD = "E08000009"
WARDS = pd.DataFrame(
    {"ward_code": ["E05015239", "E05015240"], "ward_name": ["Altrincham", "Ashton upon Mersey"]}
)
FOUR_BANDS = {"0": 400, "16": 800, "60": 1200, "90": 1600}
Load = Callable[..., Population]
Changed = Callable[..., Path]


@pytest.fixture
def load(data: Path) -> Load:
    def load(path: Path | str) -> Population:
        return load_population(resolve_area([TRAFFORD], data), path=Path(path), data=data)

    return load


@pytest.fixture
def changed(tmp_path: Path) -> Changed:
    """A copy of a file with texts replaced, each of which it must hold."""

    def changed(name: str, *pairs: tuple[str, str], to: str = "") -> Path:
        source = FILES / name
        text = source.read_text(encoding="utf-8")
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / (to or source.name)
        path.write_text(text, encoding="utf-8")
        return path

    return changed


def by_age(population: Population) -> dict[str, int]:
    return population.frame.groupby(population.frame["age_from"].astype(str))["persons"].sum().to_dict()


def refusal(load: Load, path: Path | str) -> InputError:
    with pytest.raises(InputError) as caught:
        load(path)
    assert "more problem" not in caught.value.report()
    return caught.value


F01, F02 = "F01-pandas-float-ages/ages_saved_by_pandas.csv", "F02-float-counts/counts_saved_by_pandas.csv"
F03 = "F03-period-column-vs-name/mid-year_2022_population_estimates_ward.csv"
F04 = "F04-nomis-cut/nomis_NM_2014_1.csv"
F05, ONE_TABLE = "F05-nomis-blocks-note/nomis_two_tables_note.csv", "F05-nomis-blocks-note/one_table_note.csv"
F06, F07 = "F06-nomis-blocks-date/nomis_two_tables.csv", "F07-nomis-blocks-two-years/nomis_two_years.csv"
F08, F09 = "F08-bng-geojson/wards_bng_no_crs.geojson", "F09-exact-duplicate-feature/wards_dup.geojson"
F10, F12 = "F10-single-years-to-85plus/wide_85plus.csv", "F12-pandas-index-column/with_index.csv"
F14 = "F14-hidden-ward-code/ward_under_two.csv"


@pytest.mark.parametrize("name", [F01, F02, F12, F05, F06])
def test_the_same_numbers(name: str, load: Load) -> None:
    population = load(FILES / name)
    assert by_age(population) == FOUR_BANDS
    assert population.frame["ward_code"].nunique() == 2


def test_f01_single_years_and_vintage_saved_as_floats(load: Load, tmp_path: Path) -> None:
    rows = "".join(
        f"E05015239,Altrincham,{TRAFFORD},Trafford,{sex},{age}.0,{7 + age}.00,2023.0\n"
        for sex in "FM"
        for age in range(91)
    )
    path = tmp_path / "p.csv"
    path.write_text("ward_code,ward_name,authority_code,authority_name,sex,age,persons,ward_vintage\n" + rows)
    population = load(path)
    assert population.frame["persons"].tolist() == 2 * [7 + age for age in range(91)]
    assert population.ward_vintage == "2023"


@pytest.mark.parametrize("wrong", ["100.5", "1.000", "-100.0", "100.0.0"])
def test_f02_other_numbers_are_refused(wrong: str, load: Load, changed: Changed) -> None:
    fault = refusal(load, changed(F02, ("F,0,15,100.0", f"F,0,15,{wrong}")))
    assert (fault.row, fault.column, fault.found, fault.more) == (2, "persons", wrong, 1)
    assert fault.others[0].row == 10


def test_f02_a_separator_of_thousands_and_a_float(load: Load, changed: Changed) -> None:
    population = load(changed(F02, ("F,0,15,100.0", 'F,0,15,"1,100.0"')))
    assert by_age(population) == {**FOUR_BANDS, "0": 2400}


@pytest.mark.parametrize(
    ("header", "written", "date"),
    [
        ("period", "2020-06-30", "mid-2020"),
        ("date", "30/06/2020", "mid-2020"),
        ("time", "30 June 2020", "mid-2020"),
        ("Reference date", "Mid-2020", "mid-2020"),
        ("Year", "2020.0", "mid-2020"),
        ("date", "2021-03-21", "21 March 2021"),
    ],
)
def test_f03_a_column_outranks_the_name(
    header: str, written: str, date: str, load: Load, changed: Changed
) -> None:
    population = load(changed(F03, ("persons,period", f"persons,{header}"), ("2020-06-30", written)))
    assert population.estimate_date == date
    assert any("name says 2022" in note and date in note for note in population.notes)


def test_f03_contradictions_are_refused(load: Load, changed: Changed) -> None:
    two = changed(F03, ("persons,period", "persons,period,date"), ("2020-06-30", "2020-06-30,2022"))
    fault = refusal(load, two)
    assert "different dates" in fault.message
    assert (fault.row, fault.found) == (2, "2022, 2020-06-30")
    title = changed(F03, ("ward_code,", "Estimates for mid-2022,,,,,,,,\nward_code,"), to="plain.csv")
    assert "two dates for the same rows" in refusal(load, title).message
    lacking = changed(F03, ("100,2020-06-30", "100,"))
    assert "A date is missing" in refusal(load, lacking).message


def test_f03_two_columns_that_agree(load: Load, changed: Changed) -> None:
    both = changed(F03, ("persons,period", "persons,period,date"), ("2020-06-30", "2020-06-30,30/06/2020"))
    assert load(both).estimate_date == "mid-2020"


def test_f04_a_cut_download_is_refused_with_both_numbers(load: Load, changed: Changed) -> None:
    for path in (FILES / F04, changed(F04, ("168\n", "168.0\n"))):
        fault = refusal(load, path)
        assert fault.found == "16 of 168 records"
        assert "cut" in fault.message
    assert load(changed(F04, (",168", ",16"))).frame["persons"].sum() == 1600
    assert refusal(load, changed(F04, (",168", ",17"))).found == "16 of 17 records"


def test_f04_also_where_the_area_takes_a_part(load: Load, changed: Changed) -> None:
    path = changed(
        F04, ("GEOGRAPHY_CODE,", "lad23cd,lad23nm,GEOGRAPHY_CODE,"), ("2022,E05015239", "2022,E08000003,Manchester,E05015239"),
        ("2022,E05015240", f"2022,{TRAFFORD},Trafford,E05015240"),
    )  # fmt: skip
    assert refusal(load, path).found == "16 of 168 records"
    whole = load(changed_again(path, ",168", ",16"))
    assert whole.frame["persons"].sum() == 800


def changed_again(path: Path, old: str, new: str) -> Path:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "last", ["- These figures are missing.", "Wards as at May 2023", "§ Counts were swapped; see the guide"]
)
def test_f05_the_last_line_is_a_note(last: str, load: Load, changed: Changed) -> None:
    population = load(changed(ONE_TABLE, ("- These figures are missing.", last)))
    assert population.frame["persons"].sum() == 600
    assert any("notes under the table" in note for note in population.notes)


def test_f06_the_dates_above_stacked_tables(load: Load, changed: Changed) -> None:
    assert load(FILES / F06).estimate_date == "mid-2022"
    other = changed(F06, ('"Date       :","2022"', '"Time       :","30 June 2021"'))
    assert load(other).estimate_date == "mid-2021"


def test_f07_two_years_are_refused_with_the_choices(load: Load, changed: Changed) -> None:
    fault = refusal(load, FILES / F07)
    assert fault.found == "2021, 2022"
    assert "#2022" in fault.action
    path = changed(F07, ('"2022"', '"Mid-2022"'), ("100,200,300,400", "100,200,300,400"))
    for choice, date in (("2021", "mid-2021"), ("2022", "mid-2022"), ("mid-2022", "mid-2022")):
        population = load(f"{path}#{choice}")
        assert population.estimate_date == date
        assert by_age(population) == FOUR_BANDS
    assert refusal(load, f"{path}#2020").found == "2021, mid-2022"
    assert "not in it" in refusal(load, f"{FILES / F06}#2020").message


def test_f07_the_chosen_year_has_its_own_counts(load: Load, tmp_path: Path) -> None:
    text = (FILES / F07).read_text(encoding="utf-8")
    first, second = text[: text.index('"Date       :","2022"')], text[text.index('"Date       :","2022"') :]
    path = tmp_path / "two.csv"
    path.write_text(first + second.replace("1000,100,", "1005,105,"), encoding="utf-8")
    assert by_age(load(f"{path}#2021")) == FOUR_BANDS
    assert by_age(load(f"{path}#2022")) == {**FOUR_BANDS, "0": 420}


def test_f08_coordinates_of_another_system_are_told_with_their_numbers(changed: Changed) -> None:
    with pytest.raises(InputError) as caught:
        load_boundaries(FILES / F08, WARDS)
    assert "British National Grid" in caught.value.message
    assert caught.value.found == "376000 to 379000 across, 388000 to 393000 up"
    assert "EPSG:27700" in caught.value.action
    system = '{"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "EPSG:27700"}}, '
    stated = changed(F08, ('{"type": "FeatureCollection", ', system))
    assert load_boundaries(stated, WARDS).total_bounds.tolist() == [376000, 388000, 379000, 393000]


def test_f08_degrees_in_a_file_of_metres(changed: Changed) -> None:
    system = '{"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "EPSG:27700"}}, '
    path = changed(F09, ('{"type": "FeatureCollection", ', system), ("-2.3", "1.3"))
    with pytest.raises(InputError) as caught:
        load_boundaries(path, WARDS)
    assert "coordinates are degrees" in caught.value.message
    assert "1.33 to 1.36 across" in str(caught.value.found)


def test_f08_numbers_of_no_known_system(changed: Changed) -> None:
    path = changed(F08, ("376000", "-262000"), ("377000", "-261000"))
    with pytest.raises(InputError) as caught:
        load_boundaries(path, WARDS)
    assert "no longitudes and latitudes" in caught.value.message
    assert "-262,000" in str(caught.value.found)


def test_f09_a_feature_given_twice_counts_once(changed: Changed) -> None:
    boundaries = load_boundaries(FILES / F09, WARDS)
    assert boundaries["ward_code"].tolist() == ["E05015239", "E05015240"]
    assert any("1 repeated polygon" in note for note in boundaries.attrs["notes"])
    text = (FILES / F09).read_text(encoding="utf-8")
    last = text.rindex("[-2.35, 53.39]")
    other = changed(F09)
    other.write_text(text[:last] + "[-2.35, 53.395]" + text[last + len("[-2.35, 53.39]") :], encoding="utf-8")
    with pytest.raises(InputError, match="several polygons"):
        load_boundaries(other, WARDS)


def test_f10_single_years_to_an_open_band(load: Load, changed: Changed) -> None:
    population = load(FILES / F10)
    assert population.frame["persons"].sum() == 1720
    assert population.frame["age_from"].max() == 85
    assert population.frame["age_to"].isna().sum() == 4
    lacking = refusal(load, changed(F10, (",F40,", ",F40x,")))
    assert lacking.column == "F40"
    closed = refusal(load, changed(F10, ("F85+", "F85"), ("M85+", "M85")))
    assert "F86" in closed.column


def test_f11_a_formula_and_an_error_are_said(load: Load, tmp_path: Path) -> None:
    folder = FILES / "F11-formula-and-error-cells"
    error, formula = refusal(load, folder / "error_cell.xlsx"), refusal(load, folder / "formula.xlsx")
    assert "error of the spreadsheet (#REF!)" in error.message
    assert (error.row, error.column, error.found) == (3, "persons", "#REF!")
    assert "formula whose result was never saved" in formula.message
    assert (formula.row, formula.column) == (2, "persons")
    # the same in a column of ages, and in a code
    for old, column, says in (
        ('<c r="F2" t="n"><v>0</v></c>', "F", "An age is missing: the cell holds a formula"),
        ('<c r="F2" t="n"><v>0</v></c>', "E", "An age is missing: the cell shows an error"),
    ):
        new = '<c r="F2"><f>A1</f><v/></c>' if column == "F" else '<c r="F2" t="e"><v>#N/A</v></c>'
        path = rewritten(folder / "error_cell.xlsx", tmp_path / f"{column}.xlsx", old, new)
        assert says in refusal(load, path).report()


def rewritten(source: Path, target: Path, old: str, new: str) -> Path:
    """A workbook with one text of its first sheet replaced."""
    with zipfile.ZipFile(source) as book, zipfile.ZipFile(target, "w") as copy:
        for name in book.namelist():
            content = book.read(name)
            if name.endswith("sheet1.xml"):
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode())
            copy.writestr(name, content)
    return target


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"error": {"code": 400, "message": "Invalid URL"}}', "error message of a map service"),
        (b'{"type": "FeatureCollection", "features": [{"type"', "JSON that holds no map"),
        (b"<html><body>Sign in</body></html>", "web page"),
        (b"\x00\x01\x02 nothing of a map", "damaged"),
    ],
)
def test_f13_what_is_no_map_is_said_in_words(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "wards.geojson"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_boundaries(path, WARDS)
    assert says in str(caught.value.found)
    assert "Error" not in caught.value.report()
    with pytest.raises(InputError) as given:
        load_boundaries(FILES / "F13-not-a-map/arcgis_error.geojson", WARDS)
    assert "DataSourceError" not in given.value.report()


def test_f14_ward_codes_are_shown(load: Load, changed: Changed) -> None:
    fault = refusal(load, FILES / F14)
    assert fault.found == "E05015239 under E08000003 and E08000009"
    assert [other.row for other in fault.others] == [5]
    small = changed(
        F02, ("E05015240,Ashton upon Mersey,E08000009,Trafford,M", "E01005095,x,E08000009,Trafford,M")
    )
    fault = refusal(load, small)
    assert fault.found == "E01005095, the code of a small area"
    assert [other.row for other in fault.others] == [15, 16, 17]
    other = refusal(load, changed(F02, ("F,0,15,100.0", "F,0,15,E05015240 07700 900123")))
    assert "07700" not in other.report()


def test_all_faults_of_a_file_at_once(load: Load, changed: Changed) -> None:
    path = changed(
        F02,
        ("Trafford,F,0,15,100.0", "Trafford,F,0,15,c"),
        ("Trafford,M,60,89,300.0", "Trafford,X,60,89,300.0"),
        ("Trafford,F,90,,400.0", "Trafford,F,ninety,,400.0"),
    )
    fault = refusal(load, path)
    report = fault.report()
    for text in ("withheld", "The sex is not F or M", "An age is not one", "row 10", "row 8, column sex (X)"):
        assert text in report
    assert fault.more == 5


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2020", "2020"),
        ("2020.0", "2020"),
        ("mid_2020", "mid-2020"),
        ("Mid-year 2020", "mid-2020"),
        ("30/06/2020", "mid-2020"),
        ("30.6.2020", "mid-2020"),
        ("30th June 2020", "mid-2020"),
        ("30-Jun-2020", "mid-2020"),
        ("June 30, 2020", "mid-2020"),
        ("2020-06-30 00:00:00", "mid-2020"),
        ("1 January 2020", "1 January 2020"),
        ("30 June 2020 and later", "mid-2020"),
        ("31/06/2020", ""),
        ("06/30/2020", ""),
        ("30 Juno 2020", ""),
        ("20201", ""),
        ("annual", ""),
        ("", ""),
    ],
)
def test_read_date(written: str, date: str) -> None:
    assert read_date(written) == date


def test_dates_of_titles_and_choices() -> None:
    assert date_of_title("Estimates Date       : 2022 Sex        : Male") == "2022"
    assert date_of_title("Date : 2022 Date : 2021") == ""
    assert date_of_title("Update : 2022 Sex: Male") == ""
    assert same_date("2022", "Mid-2022")
    assert same_date("Mid-2022", "2022")
    assert same_date("30/06/2022", "2022-06-30")
    assert not same_date("2022", "1 January 2022")
    assert not same_date("2021", "2022")
    assert not same_date("Ward", "2022")


def test_the_folder_of_files_is_whole() -> None:
    assert sorted(path.name[:3] for path in FILES.iterdir() if path.is_dir()) == [
        f"F{n:02d}" for n in range(1, 15)
    ]

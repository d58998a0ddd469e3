"""The population to come: layouts read, years chosen, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from needs_assessment.errors import InputError
from needs_assessment.inputs.areas.geography import resolve_area
from needs_assessment.inputs.population.projection import Projection, load_projection, strategy_years

AREA = "E06000056"


def tidy(years: tuple[int, ...] = (2026, 2027, 2028), code: str = "", scale: float = 1.0) -> pd.DataFrame:
    rows = [
        {"year": year, "sex": sex, "age_from": low, "age_to": high, "persons": scale * (100 + year - 2026)}
        for year in years
        for sex in "FM"
        for low, high in ((0, 15), (16, 64), (65, ""))
    ]
    frame = pd.DataFrame(rows)
    return frame.assign(authority_code=code) if code else frame


def load(path: Path, data: Path, area: str = AREA, horizon: int = 3) -> Projection:
    return load_projection(path, resolve_area([area], data), "mid-2022", 2026, horizon)


def write(frame: pd.DataFrame, path: Path) -> Path:
    frame.to_csv(path, index=False)
    return path


def test_a_tidy_file_gives_the_years_after_the_paper(tmp_path: Path, data: Path) -> None:
    found = load(write(tidy(), tmp_path / "p.csv"), data, horizon=1)
    assert found.years == (2027,)
    assert found.frame["persons"].sum() == 6 * 101
    assert set(found.frame["ward_code"]) == {AREA}
    assert found.note == ""


def published(sex: str, codes: tuple[str, ...] = (AREA, "E12000006")) -> pd.DataFrame:
    ages = [*map(str, range(90)), "90 and over", "All ages"]
    return pd.DataFrame(
        [
            {
                "AREA_CODE": code,
                "AREA_NAME": "Somewhere",
                "COMPONENT": "Population",
                "SEX": sex,
                "AGE_GROUP": age,
                "2022": 10,
                "2027": 11.5 if age != "All ages" else 11.5 * 91,
                "2028": 12,
            }
            for code in codes
            for age in ages
        ]
    )


def test_the_published_layout_is_read_from_its_two_files_and_totals_are_left_out(
    tmp_path: Path, data: Path
) -> None:
    for sex in ("females", "males", "persons"):
        write(published(sex), tmp_path / f"2022 SNPP Population {sex}.csv")
    found = load(tmp_path, data)
    assert found.years == (2027, 2028)
    assert "2 of 3 years" in found.note
    first = found.frame[found.frame["year"] == 2027]
    assert first["persons"].sum() == pytest.approx(2 * 91 * 11.5)
    assert first["age_to"].isna().sum() == 2


def test_a_county_is_its_own_row_or_the_sum_of_its_districts(tmp_path: Path, data: Path) -> None:
    districts = [f"E07000{number}" for number in range(218, 223)]
    parts = pd.concat([tidy(code=code) for code in districts])
    by_district = load(write(parts, tmp_path / "d.csv"), data, area="E10000031")
    whole = load(write(tidy(code="E10000031", scale=5), tmp_path / "c.csv"), data, area="E10000031")
    pd.testing.assert_frame_equal(by_district.frame, whole.frame)
    with pytest.raises(InputError, match="lacks Warwickshire") as refused:
        load(
            write(parts[parts["authority_code"] != districts[0]], tmp_path / "e.csv"), data, area="E10000031"
        )
    assert districts[0] in str(refused.value.found)


def test_years_of_a_projection_that_ended_are_shown_as_past() -> None:
    assert strategy_years([2022, 2023, 2024], 2022, 2026, 3) == (
        (2023, 2024),
        "the projection ends before 2027, so these years are past; the projection ends in 2024, so 2 of 3 years are shown",
    )
    assert strategy_years(range(2022, 2048), 2022, 2026, 3) == ((2027, 2028, 2029), "")
    assert strategy_years([2019, 2020], 2020, 2026, 3)[0] == ()
    assert strategy_years([2027], None, 2026, 1) == ((2027,), "")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda frame: frame[frame["sex"] == "F"], "lacks ages or holds some twice"),
        (lambda frame: frame[frame["age_from"] != 16], "lacks ages or holds some twice"),
        (lambda frame: frame[frame["age_to"] != ""], "lacks ages or holds some twice"),
        (lambda frame: pd.concat([frame, frame]), "repeats row"),
        (lambda frame: frame.assign(persons=-1), "0 or more"),
        (lambda frame: frame.assign(persons=""), "number"),
        (lambda frame: frame.assign(year="next"), "whole number"),
        (lambda frame: frame.drop(columns="sex"), "no column"),
        (lambda frame: frame.assign(year=2021).drop_duplicates(["sex", "age_from"]), "no year after"),
    ],
)
def test_a_projection_that_cannot_be_used_is_refused(
    tmp_path: Path, data: Path, spoil: object, words: str
) -> None:
    path = write(spoil(tidy().astype({"age_to": str})), tmp_path / "p.csv")  # type: ignore[operator]
    with pytest.raises(InputError, match=f"(?s){words}"):
        load(path, data)


def test_a_blank_or_a_strange_age_in_the_published_layout_names_its_cell(tmp_path: Path, data: Path) -> None:
    frame = pd.concat([published("females"), published("males")], ignore_index=True).astype({"2027": object})
    blank = frame.copy()
    blank.loc[4, "2027"] = ""
    with pytest.raises(InputError, match="missing or is no count") as refused:
        load(write(blank, tmp_path / "b.csv"), data)
    assert (refused.value.row, refused.value.column) == (6, "2027")
    strange = frame.copy()
    strange.loc[2, "AGE_GROUP"] = "old"
    with pytest.raises(InputError, match="age of the projection cannot be read") as refused:
        load(write(strange, tmp_path / "s.csv"), data)
    assert refused.value.row == 4
    with pytest.raises(InputError, match="lacks ages"):
        load(write(published("females"), tmp_path / "one.csv"), data)


def test_an_empty_folder_and_a_partnership_without_codes_are_refused(tmp_path: Path, data: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(InputError, match="no CSV"):
        load(empty, data)
    area = resolve_area(["E06000055", "E06000056"], data)
    with pytest.raises(InputError, match="which authority"):
        load_projection(write(tidy(), tmp_path / "p.csv"), area, "mid-2022", 2026, 3)

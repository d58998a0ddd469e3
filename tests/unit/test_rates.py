"""Rate sets: what is printed, what is refused, and the age pattern that is carried over."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from needs_assessment.errors import InputError
from needs_assessment.inputs.rates import LAST_YEAR, SINCE_16, load_age_pattern, load_rate_set
from needs_assessment.inputs.register import load_registers
from needs_assessment.inputs.schemas import RATES

COLUMNS = RATES.names


def _file(folder: Path, *rows: dict[str, object]) -> str:
    path = folder / "own_rates.csv"
    base: dict[str, object] = {
        "rate_set": "own", "measure": LAST_YEAR, "age_from": 16, "group": "all", "unit": "percent",
        "edition": "YE March 2026", "question_set": "new", "population_scope": "England and Wales",
        "source_id": "ons_da_2025", "status": "published",
    }  # fmt: skip
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        for row in rows:
            writer.writerow({**base, **row})
    return str(path)


def test_the_default_set(data: Path) -> None:
    rates = load_rate_set("csew-2024", data)
    assert rates.need(LAST_YEAR, "F").value == pytest.approx(0.095)
    assert rates.need(LAST_YEAR, "M").value == pytest.approx(0.065)
    assert rates.need(SINCE_16, "F").value == pytest.approx(0.303)
    assert (rates.question_set, rates.ages, len(rates.bands)) == ("new", "aged 16 and over", 8)


def test_ages_travel_with_the_rates(data: Path) -> None:
    assert load_rate_set("csew-2020", data).bands[-1] == (60, 74)
    assert load_rate_set("csew-2018", data).bands[-1] == (55, 59)


def test_a_set_without_rates_by_sex_says_so(data: Path) -> None:
    rates = load_rate_set("csew-2025", data)
    assert rates.need(LAST_YEAR, "P").value == pytest.approx(0.078)
    with pytest.raises(InputError, match="no printed rate"):
        rates.need(LAST_YEAR, "F")


def test_an_unknown_name_lists_the_sets(data: Path) -> None:
    with pytest.raises(InputError, match="csew-2024"):
        load_rate_set("csew-2004", data)


def test_a_file_of_ones_own(data: Path, tmp_path: Path) -> None:
    name = _file(tmp_path, {"sex": "F", "rate": 9.1, "low": 8.2, "high": 10.1, "meaning_of_range": "95% interval"},
                 {"sex": "M", "rate": 6.5})  # fmt: skip
    rates = load_rate_set(name, data)
    women = rates.need(LAST_YEAR, "F")
    assert (women.value, women.low, women.high) == pytest.approx((0.091, 0.082, 0.101))
    assert women.source_id == "rates_file"
    assert rates.file == "own_rates.csv"


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"sex": "F", "rate": 109}, "rate"),
        ({"sex": "F", "rate": -1}, "rate"),
        ({"sex": "F", "rate": "nine"}, "rate"),
        ({"sex": "Q", "rate": 9}, "sex"),
        ({"sex": "F", "rate": 9, "unit": "per thousand"}, "unit"),
    ],
)
def test_a_bad_cell_is_named(row: dict[str, object], column: str, data: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_rate_set(_file(tmp_path, row), data)
    assert (caught.value.file, caught.value.row, caught.value.column) == ("own_rates.csv", 2, column)


def test_question_sets_are_never_mixed(data: Path, tmp_path: Path) -> None:
    name = _file(tmp_path, {"sex": "F", "rate": 9}, {"sex": "M", "rate": 6, "question_set": "old"})
    with pytest.raises(InputError, match="mixes question sets"):
        load_rate_set(name, data)


def test_one_set_a_file(data: Path, tmp_path: Path) -> None:
    name = _file(tmp_path, {"sex": "F", "rate": 9}, {"sex": "M", "rate": 6, "rate_set": "other"})
    with pytest.raises(InputError, match="exactly one rate set"):
        load_rate_set(name, data)


def test_the_age_pattern_is_the_printed_one(data: Path) -> None:
    pattern = load_age_pattern(data, load_registers(data))
    assert pattern.women[0] == pytest.approx(9.719 / 5.600)
    assert pattern.women[-1] == pattern.women[-2] == pytest.approx(3.444 / 5.600)
    assert pattern.men_young == ("age_index_men_16_19", "age_index_men_20_24")

"""The registers refuse a row that does not say what it is, and answer for every figure by name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from needs_assessment.errors import InputError
from needs_assessment.registers import registers as register
from needs_assessment.registers.registers import Registers, load_registers, read_register
from needs_assessment.resources import data_dir
from needs_assessment.tables import schemas

ASSUMPTIONS = "assumptions/assumptions.csv"


@pytest.fixture(scope="module")
def registers() -> Registers:
    return load_registers(data_dir())


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project's own registers, to be spoilt."""
    data = tmp_path / "data"
    shutil.copytree(data_dir(), data, ignore=shutil.ignore_patterns("areas", "england", "local"))
    return data


def spoil(data: Path, name: str, row_id: str, **cells: str) -> int:
    """Change one row of a register; returns the row as a spreadsheet shows it."""
    frame = pd.read_csv(data / name, dtype=str, keep_default_na=False)
    at = frame.index[frame.iloc[:, 0] == row_id][0]
    for column, cell in cells.items():
        frame.loc[at, column] = cell
    frame.to_csv(data / name, index=False, encoding="utf-8")
    return int(at) + 2


def test_a_figure_with_everything_that_belongs_to_it(registers: Registers) -> None:
    stay = registers.assumption("refuge_stay_days")
    assert (stay.value, stay.low, stay.high, stay.unit) == (140, 118, 148, "days")
    assert (stay.status, stay.source_id, stay.register) == (
        "judgement",
        "womens_aid_2024",
        "national_services",
    )
    assert registers.figure("attempts_per_household") == 1.2
    assert registers.source("womens_aid_2024").publisher == "Women's Aid Federation of England"


def test_no_range_is_none_and_not_zero(registers: Registers) -> None:
    rule = registers.assumption("children_age_limit")
    assert (rule.value, rule.low, rule.high, rule.meaning_of_range) == (18, None, None, "rule")


def test_a_missing_id_is_an_error_that_names_it_and_the_nearest(registers: Registers) -> None:
    with pytest.raises(InputError, match="refuge_stay_day'") as caught:
        registers.figure("refuge_stay_day")
    assert "refuge_stay_days" in caught.value.expected
    with pytest.raises(InputError, match="nobody"):
        registers.source("nobody")


def test_a_blank_value_is_an_error_not_a_default(registers: Registers) -> None:
    assert registers.assumption("age_index_women").value is None
    with pytest.raises(InputError, match="age_index_women"):
        registers.figure("age_index_women")


def test_the_registers_cannot_be_written_to(registers: Registers) -> None:
    with pytest.raises(TypeError):
        registers.assumptions["new"] = registers.assumption("standard_places")  # type: ignore[index]


def test_used_assumptions_come_once_each_with_their_source(registers: Registers) -> None:
    frame = registers.used(["refuge_stay_days", "age_index_women", "refuge_stay_days"])
    assert frame["assumption_id"].tolist() == ["age_index_women", "refuge_stay_days"]
    assert frame["value"].isna().tolist() == [True, False]
    assert "Women's Aid" in frame["source"].iloc[1]
    assert registers.used([]).columns.tolist() == frame.columns.tolist()
    with pytest.raises(InputError):
        registers.used(["nothing"])


def test_attributions_come_once_each(registers: Registers) -> None:
    found = registers.attributions(["ons_ward_2022", "ons_partner_2023", "", "ons_da_2023", "ons_ward_2022"])
    sentence = (
        "Contains National Statistics data © Crown copyright and database right {}, licensed under the {}."
    )
    licence = "Open Government Licence v3.0"
    assert found == [sentence.format(2023, licence), sentence.format(2024, licence)]
    with pytest.raises(InputError):
        registers.attributions(["nobody"])


@pytest.mark.parametrize("column", ["label", "unit", "period", "status", "assumption_id"])
def test_a_row_without_unit_period_or_status_fails(copy: Path, column: str) -> None:
    row = spoil(copy, ASSUMPTIONS, "turn_away_target", **{column: ""})
    with pytest.raises(InputError) as caught:
        load_registers(copy)
    error = caught.value
    assert (error.file, error.row, error.column, error.found) == (f"data/{ASSUMPTIONS}", row, column, "")
    assert error.expected


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"reason": ""}, "source_id"),  # neither source nor reason
        ({"reason": "", "source_id": "womens_aid_2024"}, "reason"),  # a judgement always says why
        ({"status": "published"}, "source_id"),
        ({"source_id": "nobody"}, "source_id"),
        ({"value": ""}, "low"),
        ({"value": "five"}, "value"),
        ({"low": "0.06"}, "low"),
        ({"high": ""}, "low"),
        ({"meaning_of_range": ""}, "meaning_of_range"),
        ({"meaning_of_range": "a hunch"}, "meaning_of_range"),
        ({"status": "guess"}, "status"),
    ],
)
def test_a_row_that_does_not_answer_for_itself_fails(copy: Path, cells: dict[str, str], column: str) -> None:
    row = spoil(copy, ASSUMPTIONS, "turn_away_target", **cells)
    with pytest.raises(InputError) as caught:
        load_registers(copy)
    assert (caught.value.file, caught.value.row, caught.value.column) == (f"data/{ASSUMPTIONS}", row, column)


def test_a_blank_value_without_a_reason_fails(copy: Path) -> None:
    name = "assumptions/national_services.csv"
    row = spoil(copy, name, "refuge_spaces", value="")
    with pytest.raises(InputError) as caught:
        load_registers(copy)
    assert (caught.value.row, caught.value.column) == (row, "value")


@pytest.mark.parametrize(
    "name", ["local_returns.csv", "authorities.csv", "tables.csv", "rates/national_rates.csv"]
)
def test_other_registers_need_a_known_source_too(copy: Path, name: str) -> None:
    frame = pd.read_csv(copy / name, dtype=str, keep_default_na=False)
    column = "source_ids" if "source_ids" in frame else "source_id"
    frame.loc[3, column] = "nobody"
    frame.to_csv(copy / name, index=False)
    schema = {
        "local_returns.csv": schemas.LOCAL_RETURNS,
        "authorities.csv": schemas.AUTHORITIES,
        "tables.csv": schemas.TABLES,
        "rates/national_rates.csv": schemas.RATES,
    }[name]
    with pytest.raises(InputError, match="nobody") as caught:
        read_register(copy, name, schema, sources=load_registers(copy).sources)
    assert (caught.value.file, caught.value.row, caught.value.column) == (f"data/{name}", 5, column)


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        ({"minimum": "10"}, {"width": "8: with a minimum of 10 a hidden count is 1 to 9"}),
        ({"minimum": "4"}, {"width": "2: with a minimum of 4 a hidden count is 1 to 3"}),
        ({"width": "2"}, {"width": "3: with a minimum of 5"}),
        ({"width": "4"}, {"width": "3: with a minimum of 5"}),
        ({"rounding": "10"}, {"rounding": "from 1 to 9"}),
        ({"rounding": "0"}, {"rounding": "from 1 to 9"}),
        ({"rounding": "2.5"}, {"rounding": "from 1 to 9"}),
        ({"minimum": "1", "width": "0"}, {"minimum": "2 or more"}),
        ({"minimum": "5.5", "width": "3.5"}, {"minimum": "2 or more"}),
        ({"minimum": "10", "rounding": "20"}, {"width": "8", "rounding": "from 1 to 19"}),
    ],
)
def test_rules_on_small_counts_that_do_not_fit_each_other_fail(
    copy: Path, cells: dict[str, str], wrong: dict[str, str]
) -> None:
    rows = {
        name: spoil(copy, "assumptions/assumptions.csv", f"disclosure_{name}", value=cells.get(name, given))
        for name, given in (("minimum", "5"), ("width", "3"), ("rounding", "1"))
    }
    with pytest.raises(InputError) as caught:
        load_registers(copy)
    told = {fault.row: str(fault.expected) for fault in (caught.value, *caught.value.others)}
    assert told.keys() == {rows[name] for name in wrong}
    for name, words in wrong.items():
        assert words in told[rows[name]]


@pytest.mark.parametrize(
    "cells",
    [{"minimum": "10", "width": "8"}, {"minimum": "2", "width": "0", "rounding": "3"}, {"rounding": "9"}],
)
def test_rules_on_small_counts_that_fit_each_other_load(copy: Path, cells: dict[str, str]) -> None:
    for name, value in cells.items():
        spoil(copy, "assumptions/assumptions.csv", f"disclosure_{name}", value=value)
    found = load_registers(copy)
    assert {name: found.figure(f"disclosure_{name}") for name in cells} == {
        name: float(value) for name, value in cells.items()
    }


def test_an_id_in_two_registers_fails(copy: Path) -> None:
    row = spoil(copy, "assumptions/national_services.csv", "refuge_spaces", assumption_id="turn_away_target")
    with pytest.raises(InputError, match=r"also in assumptions\.csv") as caught:
        load_registers(copy)
    assert caught.value.row == row


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "missing"),
        (b"", "cannot be read as a table"),
        ("source_id,publisher\nx,£".encode("cp1252"), "not in UTF-8"),
        (b"source_id,publisher\nx,y,z,w\na,b\nc,d,e,f,g\n", "cannot be read|no column"),
        (b"<html></html>", "no column"),
    ],
)
def test_a_file_that_is_no_register_fails(copy: Path, content: bytes | None, says: str) -> None:
    if content is None:
        (copy / "sources.csv").unlink()
    else:
        (copy / "sources.csv").write_bytes(content)
    with pytest.raises(InputError, match=says) as caught:
        load_registers(copy)
    assert caught.value.file == "data/sources.csv"


def test_the_bundled_registers_load(registers: Registers) -> None:
    data = data_dir()
    for load in (
        register.load_authorities,
        register.load_tables,
        register.load_local_returns,
        register.load_national_rates,
    ):
        frame = load(data)
        assert len(frame)
        register.check_source_ids(frame, registers.sources, file=load.__name__)

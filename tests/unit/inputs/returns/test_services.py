"""Local returns: units never mixed, age shown, and nothing personal or locating repeated or let in."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from needs_assessment.catalogue.returns import RETURN_MEASURES
from needs_assessment.errors import InputError
from needs_assessment.inputs.areas.geography import resolve_area
from needs_assessment.inputs.returns.returns import LocalReturns, load_services, years_between
from needs_assessment.printable_text.contact import is_nhs_number
from needs_assessment.registers.registers import Registers, load_registers
from needs_assessment.tables.personal_data import cell_kind, column_kind, place_kind

AS_OF = dt.date(2025, 6, 30)
HEADER = [
    "measure",
    "accommodation_type",
    "unit",
    "value",
    "period_start",
    "period_end",
    "part_year",
    "source",
    "note",
]
SUPPORTED = [
    "households_supported",
    "",
    "households",
    "210",
    "2024-04-01",
    "2025-03-31",
    "",
    "Annual return",
    "",
]
PLACES = [
    "places_available",
    "refuge",
    "family places",
    "12",
    "2025-03-31",
    "2025-03-31",
    "",
    "Contracts",
    "",
]


@pytest.fixture(scope="module")
def registers(data: Path) -> Registers:
    return load_registers(data)


@pytest.fixture
def load(tmp_path: Path, data: Path, registers: Registers) -> Callable[..., LocalReturns]:
    def load(*rows: list[str], header: list[str] = HEADER, area: str = "E10000031") -> LocalReturns:
        text = io.StringIO()
        csv.writer(text).writerows([header, *rows])
        path = tmp_path / "services.csv"
        path.write_text(text.getvalue(), encoding="utf-8")
        return load_services(path, resolve_area([area], data), data, registers, AS_OF)

    return load


def row(base: list[str], **cells: str) -> list[str]:
    return [cells.get(name, cell) for name, cell in zip(HEADER, base, strict=True)]


def refused(load: Callable[..., LocalReturns], *rows: list[str], header: list[str] = HEADER) -> InputError:
    with pytest.raises(InputError) as caught:
        load(*rows, header=header)
    assert caught.value.exit_code == 3
    assert caught.value.file == "services.csv"
    return caught.value


@pytest.mark.parametrize("area", ["E06000056", "E10000031", "E06000055+E06000056", "E06000055"])
def test_bundled_rows_are_the_areas_own(data: Path, registers: Registers, area: str) -> None:
    returns = load_services(None, resolve_area([area], data), data, registers, AS_OF)
    with (data / "local_returns.csv").open(encoding="utf-8") as file:
        wanted = [line for line in csv.DictReader(file) if line["area_codes"] == area]
    assert len(returns.frame) == len(wanted)
    assert sorted(returns.frame["value"]) == sorted(float(line["value"]) for line in wanted)
    assert (returns.frame["origin"] == "bundled").all()


def test_published_supply_of_warwickshire_is_stale(data: Path, registers: Registers) -> None:
    area = resolve_area(["E10000031"], data)
    figure = load_services(None, area, data, registers, AS_OF).latest("refuge_units")
    assert figure is not None
    assert (figure["value"], figure["unit"], figure["source"], figure["stale"]) == (
        24,
        "units",
        "wcc_scrutiny",
        True,
    )
    assert figure["age_years"] == pytest.approx(3 + 91 / 365)
    third = load_services(None, area, data, registers, dt.date(2025, 3, 31)).latest("refuge_units")
    assert third is not None
    assert (third["age_years"], third["stale"]) == (3, False)


def test_central_bedfordshire_has_no_supply(data: Path, registers: Registers) -> None:
    returns = load_services(None, resolve_area(["E06000056"], data), data, registers, AS_OF)
    assert all(returns.latest(name) is None for name in ("refuge_units", "places_available", "refuge_places"))
    whole_year = returns.latest("police_incidents")
    assert whole_year is not None
    assert whole_year["value"] == 3238


def test_a_file_replaces_bundled_rows_of_the_same_measure(load: Callable[..., LocalReturns]) -> None:
    units = [
        "refuge_units",
        "",
        "Units",
        "30",
        "01/04/2024",
        "31/03/2025",
        "no",
        "Contract register",
        "two contracts",
    ]
    returns = load(units, SUPPORTED)
    figure = returns.latest("refuge_units")
    assert figure is not None
    assert (figure["value"], figure["origin"], figure["stale"]) == (30, "file", False)
    assert figure["period_start"] == dt.date(2024, 4, 1)
    assert returns.notes == ("services.csv replaces the published local figures of refuge units.",)
    assert len(returns.frame) == 2
    assert len(returns.sha256) == 64


def test_types_are_added_up_and_kept(load: Callable[..., LocalReturns]) -> None:
    dispersed = row(PLACES, accommodation_type="Dispersed", value="1,008")
    earlier = row(PLACES, period_start="2024-03-31", period_end="2024-03-31", value="99")
    returns = load(PLACES, dispersed, earlier)
    total = returns.latest("places_available")
    assert total is not None
    assert (total["value"], total["accommodation_type"]) == (1020, "")
    assert returns.latest_by_type("places_available")["accommodation_type"].tolist() == [
        "dispersed",
        "refuge",
    ]
    assert returns.latest("marac_cases") is None


def test_whole_years_come_before_parts_of_a_year(load: Callable[..., LocalReturns]) -> None:
    part = row(SUPPORTED, period_start="2025-04-01", period_end="2025-06-30", value="50")
    returns = load(SUPPORTED, part)
    figure = returns.latest("households_supported")
    assert figure is not None
    assert figure["value"] == 210
    own = returns.frame[returns.frame["origin"] == "file"]
    assert own["part_year"].tolist() == [True, False]
    alone = load(part).latest("households_supported")
    assert alone is not None
    assert alone["part_year"]


def test_optional_columns_may_be_absent(load: Callable[..., LocalReturns]) -> None:
    header = ["measure", "unit", "value", "period_start", "period_end", "source"]
    returns = load(["marac_cases", "cases", "0", "2024-04-01", "2025-03-31", "Marac"], header=header)
    figure = returns.latest("marac_cases")
    assert figure is not None
    assert (figure["value"], figure["note"], figure["accommodation_type"]) == (0, "", "")


def test_a_period_after_the_paper_is_noted(load: Callable[..., LocalReturns]) -> None:
    returns = load(row(SUPPORTED, period_start="2025-04-01", period_end="2026-03-31"))
    assert "ends after the date of the paper" in returns.notes[0]
    assert returns.frame["age_years"].max() >= 0


@pytest.mark.parametrize(
    ("base", "cells", "column"),
    [
        (SUPPORTED, {"unit": "people"}, "unit"),
        (SUPPORTED, {"unit": ""}, "unit"),
        (PLACES, {"unit": "units"}, "unit"),
        (PLACES, {"unit": "bed spaces"}, "unit"),
        (SUPPORTED, {"measure": "households_suported"}, "measure"),
        (SUPPORTED, {"value": ""}, "value"),
        (SUPPORTED, {"value": "-1"}, "value"),
        (SUPPORTED, {"value": "2.5"}, "value"),
        (SUPPORTED, {"value": "about ten"}, "value"),
        (SUPPORTED, {"source": ""}, "source"),
        (SUPPORTED, {"period_end": ""}, "period_end"),
        (SUPPORTED, {"period_end": "last year"}, "period_end"),
        (SUPPORTED, {"period_end": "2024-03-31"}, "period_end"),
        (SUPPORTED, {"period_end": "2026-03-31"}, "period_end"),
        (SUPPORTED, {"part_year": "yes"}, "part_year"),
        (SUPPORTED, {"part_year": "no", "period_end": "2024-09-30"}, "part_year"),
        (SUPPORTED, {"part_year": "perhaps"}, "part_year"),
        (PLACES, {"accommodation_type": "hostel"}, "accommodation_type"),
        (SUPPORTED, {"note": "x " * 101}, "note"),
        (["marac_cases", "refuge", "cases", *SUPPORTED[3:]], {}, "accommodation_type"),
        (["marac_repeat_target", "", "percent", *SUPPORTED[3:]], {"value": "101"}, "value"),
    ],
)
def test_a_bad_row_is_named(
    load: Callable[..., LocalReturns], base: list[str], cells: dict[str, str], column: str
) -> None:
    fault = refused(load, row(PLACES, accommodation_type="sanctuary"), row(base, **cells))
    assert (fault.row, fault.column) == (3, column)


def test_double_counts_and_repeats(load: Callable[..., LocalReturns]) -> None:
    assert "twice" in refused(load, PLACES, row(PLACES, accommodation_type="")).message
    assert "repeats row 2" in refused(load, PLACES, row(PLACES, value="13")).message


SECRETS = [
    ("note", "MK45 2AB", "postcode"),
    ("note", "near mk45 2ab", "postcode"),
    ("source", "ann@example.org", "e-mail address"),
    ("note", "call 01234 567890", "telephone number"),
    ("note", "+44 7700 900 123", "telephone number"),
    ("note", "943 476 5919", "NHS number"),
    ("value", "9434765919", "NHS number"),
    ("note", "QQ 12 34 56 C", "National Insurance number"),
    ("note", "52.0406, -0.7594", "coordinate"),
    ("note", "505700, 238200", "coordinate"),
    ("note", "SP 845 385", "grid reference"),
    ("note", "///filled.count.soap", "code of a place on a map"),
    ("note", "in E05014394", "code of a ward or small area"),
    ("note", "12 High Street", "address"),
    ("note", "Church Lane site", "name of a street"),
    ("note", "at Rose House", "name of a building"),
    ("note", "at rose cottage", "name of a building"),
    ("note", "Bluebell Refuge", "name of a building"),
    ("note", "six places in Fillongley", "name of a ward"),
    ("note", "six in the north ward", "name of a ward"),
    ("note", "DOB 1/2/80", "date of birth"),
    ("source", "told by Mrs Example", "name of a person"),
    ("measure", "Ann Example", ""),
    ("unit", "Ann Example", ""),
    ("value", "Ann Example", ""),
    ("period_start", "Ann Example", ""),
    ("part_year", "Ann Example", ""),
    ("accommodation_type", "Ann Example", ""),
]


@pytest.mark.parametrize(("column", "secret", "kind"), SECRETS)
def test_secrets_are_refused_and_never_repeated(
    load: Callable[..., LocalReturns], column: str, secret: str, kind: str
) -> None:
    fault = refused(load, SUPPORTED, row(PLACES, **{column: secret}))
    assert (fault.row, fault.column) == (3, column)
    assert secret.casefold() not in str(fault).casefold()
    assert kind in str(fault)


@pytest.mark.parametrize(
    "heading",
    [
        "Client name",
        "DOB",
        "nhs_number",
        "Postcode",
        "e-mail",
        "Telephone",
        "address",
        "lat",
        "Easting",
        "ward",
        "wd23cd",
        "Building",
        "site",
        "case_ref",
        "Ann Example",
        "943 476 5919",
        "comments",
    ],
)
def test_columns_that_do_not_belong(load: Callable[..., LocalReturns], heading: str) -> None:
    fault = refused(load, [*PLACES, "x"], header=[*HEADER, heading])
    assert fault.column == "J"
    assert "column" in fault.message
    if heading in ("Ann Example", "943 476 5919"):
        assert heading not in str(fault)


def test_headings_of_a_file_without_a_header_are_not_repeated(load: Callable[..., LocalReturns]) -> None:
    fault = refused(load, ["Ann Example", "1980-01-02", "x"], header=["Bea Example", "1981-01-02", "y"])
    assert "Example" not in str(fault)
    twice = refused(load, [*PLACES, "", ""], header=[*HEADER, "Bea Example", "Bea Example"])
    assert "Example" not in str(twice)


def test_a_missing_column_is_named(load: Callable[..., LocalReturns]) -> None:
    fault = refused(load, PLACES[:7] + PLACES[8:], header=HEADER[:7] + HEADER[8:])
    assert fault.column == "source"


@pytest.mark.parametrize(
    "text",
    [
        "24 units, another 36 planned",
        "1 family place per 10,000",
        "MHCLG return 2024-25",
        "Q1 1st quarter",
        "1,234,567",
        "2024-04-01",
        "31/03/2025",
        "by ward",
        "the safe house contract",
        "County Hall return",
        "Housing needs register",
    ],
)
def test_ordinary_words_are_let_in(load: Callable[..., LocalReturns], text: str) -> None:
    assert load(row(PLACES, note=text)).frame["note"].tolist().count(text) == 1


def test_personal_patterns() -> None:
    assert is_nhs_number("943 476 5919")
    assert not is_nhs_number("943 476 5918")
    assert not is_nhs_number("1234")
    assert cell_kind("12,345,678") == ""
    assert cell_kind("E06000056") == ""
    assert column_kind("ward_code") == ""
    assert column_kind("dateOfBirth") == "date of birth"
    assert place_kind("barley fields", ["Arley"]) == ""


def test_every_bundled_measure_has_its_unit(data: Path) -> None:
    with (data / "local_returns.csv").open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            assert RETURN_MEASURES[line["measure"]].unit == line["unit"]


@pytest.mark.parametrize(
    ("start", "end", "years"),
    [
        (dt.date(2022, 3, 31), dt.date(2025, 3, 31), 3),
        (dt.date(2022, 3, 31), dt.date(2025, 4, 1), 3 + 1 / 365),
        (dt.date(2024, 2, 29), dt.date(2025, 3, 1), 1),
        (dt.date(2024, 2, 29), dt.date(2025, 2, 28), 365 / 366),
        (dt.date(2025, 1, 1), dt.date(2024, 1, 1), 0),
    ],
)
def test_years_between(start: dt.date, end: dt.date, years: float) -> None:
    assert years_between(start, end) == pytest.approx(years)


def test_all_faults_of_a_services_file_are_told_at_once(load: Callable[..., LocalReturns]) -> None:
    """A cell that cannot be read, a wrong unit, an unknown measure, something personal and a repeat in one file."""
    fault = refused(
        load,
        row(SUPPORTED, value="=2+2"),
        row(PLACES, unit="beds"),
        row(SUPPORTED, measure="nothing_known"),
        row(SUPPORTED, note="MK45 2AB"),
        row(PLACES, value="7.5"),
    )
    told = {(one.row, one.column) for one in (fault, *fault.others)}
    assert {(2, "value"), (3, "unit"), (4, "measure"), (5, "note"), (6, "value")} <= told
    report = fault.report()
    assert "formula whose result was never saved" in report
    assert "more problem" not in report
    assert "MK45" not in report


def test_a_part_above_its_whole_is_named_by_its_own_row(load: Callable[..., LocalReturns]) -> None:
    fault = refused(load, SUPPORTED, row(SUPPORTED, value="7"))
    assert [(one.row, "repeats row 2" in one.message) for one in (fault, *fault.others)] == [(3, True)]


def test_a_services_file_in_windows_1252_is_read(tmp_path: Path, data: Path, registers: Registers) -> None:
    path = tmp_path / "services.csv"
    text = ",".join(HEADER) + "\n" + ",".join(row(SUPPORTED, source="Return – £ and café")) + "\n"
    path.write_bytes(text.encode("cp1252"))
    returns = load_services(path, resolve_area(["E10000031"], data), data, registers, AS_OF)
    assert "Return – £ and café" in returns.frame["source"].tolist()
    assert any("Windows-1252" in note for note in returns.notes)

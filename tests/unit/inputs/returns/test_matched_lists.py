"""The overlaps file: what a council may give, what is worked out from totals, what is refused and never repeated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest

from needs_assessment.catalogue.returns import MATCHED_LISTS, RETURN_MEASURES
from needs_assessment.errors import InputError
from needs_assessment.estimate.matched_lists.bounds import log_linear
from needs_assessment.inputs.areas.geography import resolve_area
from needs_assessment.inputs.returns.matched_lists import Overlaps, load_overlaps
from needs_assessment.inputs.returns.returns import load_services
from needs_assessment.registers.registers import load_registers
from needs_assessment.report.writers.overlaps_template import SHEET
from needs_assessment.report.writers.returns_workbook import write_template
from needs_assessment.tables.schemas import OVERLAPS
from tests.list_files import ABENI, COMMUNITY, YEAR, overlap_rows, write_overlaps, write_services

AS_OF = dt.date(2026, 11, 22)
TWO = COMMUNITY[:2]
Load = Callable[..., Overlaps]


@pytest.fixture
def load(tmp_path: Path, data: Path) -> Load:
    def load(
        rows: Sequence[Mapping[str, str]],
        totals: Mapping[str, float] | None = None,
        period: tuple[str, str] = YEAR,
        as_of: dt.date = AS_OF,
    ) -> Overlaps:
        path = write_overlaps(tmp_path / "overlaps.csv", rows)
        services = write_services(tmp_path / "services.csv", totals, period) if totals else None
        registers = load_registers(data)
        returns = load_services(services, resolve_area(["E06000056"], data), data, registers, as_of)
        return load_overlaps(path, returns, as_of, registers.figure("stale_after_years"))

    return load


def refused(load: Load, rows: Sequence[Mapping[str, str]], **given: object) -> InputError:
    with pytest.raises(InputError) as caught:
        load(rows, **given)
    return caught.value


def test_no_file_is_no_overlap(data: Path) -> None:
    returns = load_services(None, resolve_area(["E06000056"], data), data, load_registers(data), AS_OF)
    assert load_overlaps(None, returns, AS_OF, 3).tables == {}


@pytest.mark.parametrize(
    ("interactions", "population"),
    [
        ((), 11_124.6),
        ([COMMUNITY[:2]], 12_318.5),
        ([(a, b) for a in COMMUNITY for b in COMMUNITY if a < b], 23_443.5),
    ],
)
def test_four_lists_through_the_file(
    load: Load, interactions: Sequence[tuple[str, ...]], population: float
) -> None:
    table = load(overlap_rows(ABENI)).tables["community_support"]
    assert table.lists == COMMUNITY
    assert [table.total(name) for name in table.lists] == [466, 630, 693, 236]
    assert log_linear(table.histories, interactions).population == pytest.approx(population, abs=0.1)


def test_two_lists_with_totals_need_one_row_only(load: Load) -> None:
    """50 and 40 people, 10 on both: 40 and 30 are on one list alone."""
    found = load(overlap_rows({"11": 10}, TWO), {TWO[0]: 50, TWO[1]: 40})
    table = found.tables["community_support"]
    held = {tuple(row[:2]): int(row[2]) for row in table.histories[[*TWO, "count"]].itertuples(index=False)}
    assert held == {(1, 1): 10, (1, 0): 40, (0, 1): 30}
    assert found.warnings == ()


def test_without_totals_people_on_one_list_alone_must_be_given(load: Load) -> None:
    fault = refused(load, overlap_rows({"11": 10}, TWO))
    assert fault.column == TWO[0]
    assert "alone" in fault.message
    # totals of another year say nothing of this one
    fault = refused(
        load,
        overlap_rows({"11": 10}, TWO),
        totals={TWO[0]: 50, TWO[1]: 40},
        period=("2024-04-01", "2025-03-31"),
    )
    assert "alone" in fault.message


def test_more_on_both_than_on_one_is_refused_without_a_number(load: Load) -> None:
    fault = refused(load, overlap_rows({"11": 73}, TWO), totals={TWO[0]: 71, TWO[1]: 90})
    assert fault.column == TWO[0]
    assert "73" not in str(fault)
    assert "71" not in str(fault)


def test_totals_that_disagree_are_said_without_a_number(load: Load) -> None:
    rows = overlap_rows({"11": 10, "10": 40, "01": 30}, TWO)
    assert load(rows, {TWO[0]: 50, TWO[1]: 40}).warnings == ()
    (warning,) = load(rows, {TWO[0]: 57, TWO[1]: 40}).warnings
    assert TWO[0] in warning
    assert "57" not in warning
    assert "50" not in warning


def test_a_combination_without_a_row_holds_nobody_and_that_is_said(load: Load) -> None:
    found = load(overlap_rows({"100": 30, "010": 20, "001": 40, "110": 5}, COMMUNITY[:3]))
    assert any("3 combinations of lists without a row" in note for note in found.notes)
    assert int(found.tables["community_support"].histories["count"].sum()) == 95


def test_several_tiers_have_their_own_lists(load: Load) -> None:
    found = load(
        overlap_rows({"11": 10, "10": 40, "01": 30}, TWO)
        + overlap_rows({"11": 9, "10": 8, "01": 7}, ("police_victims", "idva_clients"), "told_anyone")
    )
    assert {tier: table.lists for tier, table in found.tables.items()} == {
        "told_anyone": ("police_victims", "idva_clients"),
        "community_support": TWO,
    }


def test_old_lists_are_marked_as_stale(load: Load) -> None:
    table = load(overlap_rows({"11": 10, "10": 40, "01": 30}, TWO), as_of=dt.date(2030, 1, 1)).tables
    assert table["community_support"].stale
    assert "STALE" in table["community_support"].describe()


def test_every_list_counts_different_people() -> None:
    for lists in MATCHED_LISTS.values():
        assert all(
            RETURN_MEASURES[name].unit == "people" and RETURN_MEASURES[name].protected for name in lists
        )


THREE = {"100": 30, "010": 20, "001": 40, "110": 5, "101": 6, "011": 7, "111": 8}


def changed(at: int, **cells: str) -> list[dict[str, str]]:
    rows = overlap_rows(THREE, COMMUNITY[:3])
    rows[at] = {**rows[at], **cells}
    return rows


@pytest.mark.parametrize(
    ("rows", "row", "column", "words"),
    [
        (changed(1, tier="refuge"), 3, "tier", "not allowed"),
        (changed(1, count="-3"), 3, "count", "too low"),
        (changed(1, count="2.5"), 3, "count", "whole number"),
        (changed(1, count=""), 3, "count", "empty"),
        (changed(1, count="several"), 3, "count", "whole number"),
        (changed(1, helpline_clients="2"), 3, "helpline_clients", "too high"),
        (changed(1, helpline_clients=""), 3, "helpline_clients", "blank in others"),
        (changed(1, helpline_clients="0"), 3, "outreach_clients", "0 on every list"),
        (
            changed(2, counselling_clients="0", outreach_clients="1"),
            4,
            ", ".join(COMMUNITY[:3]),
            "row 2 is given again",
        ),
        (
            changed(2, period_end="2025-03-31", period_start="2024-04-01"),
            4,
            "period_start",
            "different periods",
        ),
        (changed(2, period_end="2025-03-31"), 4, "period_end", "order|end"),
        (
            [{**row, "period_end": "2025-12-31"} for row in overlap_rows(THREE, COMMUNITY[:3])],
            2,
            "period_end",
            "275",
        ),
        (overlap_rows({"1": 9}, COMMUNITY[:1]), 2, "tier", "1 list "),
        (overlap_rows({"11": 0, "10": 4, "01": 0}, TWO), 2, TWO[1], "Nobody is on"),
        (
            overlap_rows({"11": 1, "10": 4, "01": 2}, ("police_victims", TWO[0])),
            2,
            "police_victims",
            "not a list",
        ),
        (
            overlap_rows({"11": 1, "10": 4, "01": 2}, ("community_support_clients", TWO[0]), "told_anyone"),
            2,
            TWO[0],
            "part of",
        ),
        (
            overlap_rows({"100000": 1}, [*MATCHED_LISTS["community_support"]]),
            2,
            "tier",
            "6 lists",
        ),
    ],
)
def test_a_bad_row_is_named(
    load: Load, rows: list[dict[str, str]], row: int, column: str, words: str
) -> None:
    fault = refused(load, rows)
    assert (fault.row, fault.column) == (row, column)
    assert any(word in str(fault) for word in words.split("|"))


@pytest.mark.parametrize(
    ("column", "secret"),
    [
        ("source", "ann@example.org"),
        ("source", "told by Mrs Example"),
        ("count", "943 476 5919"),
        ("note", "MK45 2AB"),
        ("note", "call 01234 567890"),
        ("helpline_clients", "QQ 12 34 56 C"),
        ("tier", "Ann Example"),
        ("period_start", "Ann Example"),
        ("count", "Ann Example"),
        ("helpline_clients", "Ann Example"),
    ],
)
def test_secrets_are_refused_and_never_repeated(load: Load, column: str, secret: str) -> None:
    fault = refused(load, changed(3, **{column: secret}))
    assert (fault.row, fault.column) == (5, column)
    assert secret.casefold() not in str(fault).casefold()


@pytest.mark.parametrize("heading", ["Client name", "nhs_number", "Ann Example", "case_ref", "A Charity"])
def test_columns_that_do_not_belong_are_not_repeated(load: Load, heading: str) -> None:
    fault = refused(load, [{**row, heading: "1"} for row in overlap_rows(THREE, COMMUNITY[:3])])
    assert heading.casefold() not in str(fault).casefold()
    assert "column" in fault.message
    assert fault.column == "I"


def test_a_missing_column_is_named(load: Load) -> None:
    rows = [
        {name: cell for name, cell in row.items() if name != "source"}
        for row in overlap_rows(THREE, COMMUNITY[:3])
    ]
    assert refused(load, rows).column == "source"


def test_the_fill_in_workbook_is_read_back(tmp_path: Path, data: Path) -> None:
    """The sheet of the template, filled as a spreadsheet holds it: numbers and dates, unused columns blank."""
    path = tmp_path / "returns.xlsx"
    write_template(path, "Somewhere")
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    assert [cell.value for cell in sheet[1]] == OVERLAPS.names
    assert sheet.max_row == 1
    places = {name: place for place, name in enumerate(OVERLAPS.names, start=1)}
    for row, (word, count) in enumerate(ABENI.items(), start=2):
        cells = {"tier": "community_support", "period_start": dt.date(2025, 4, 1),
                 "period_end": dt.date(2026, 3, 31), "count": count, "source": "Matched by us",
                 **dict(zip(COMMUNITY, map(int, word), strict=True))}  # fmt: skip
        for name, cell in cells.items():
            sheet.cell(row, places[name], cell)
    for column, cell in enumerate(
        (COMMUNITY[0], None, "people", 466, dt.date(2025, 4, 1), dt.date(2026, 3, 31), None, "Return"),
        start=1,
    ):
        book["returns"].cell(2, column, cell)
    book.save(path)
    registers = load_registers(data)
    returns = load_services(path, resolve_area(["E06000056"], data), data, registers, AS_OF)
    found = load_overlaps(path, returns, AS_OF, 3)
    assert int(found.tables["community_support"].histories["count"].sum()) == 1896
    assert found.warnings == ()

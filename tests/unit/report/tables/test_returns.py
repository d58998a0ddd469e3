"""Local returns by period: like with like, repeats against their target, and nothing small or noted printed."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pandas as pd
import pytest

from needs_assessment.catalogue.returns import RETURN_MEASURES
from needs_assessment.disclosure.gate import SafeReturns, guard
from needs_assessment.disclosure.protection import Rules
from needs_assessment.disclosure.published_table import SUPPRESSED
from needs_assessment.inputs.areas.geography import resolve_area
from needs_assessment.inputs.returns.returns import load_services
from needs_assessment.registers.registers import load_registers
from needs_assessment.report.charts.values import find_column
from needs_assessment.report.tables.returns import repeats_table, returns_table
from needs_assessment.report.writers.workbook import _column_format

AS_OF = dt.date(2026, 11, 22)
YEARS = {year: (dt.date(year, 4, 1), dt.date(year + 1, 3, 31)) for year in range(2019, 2026)}
SOURCES = {"cbc_strategy_2016": "Central Bedfordshire Council"}


def returns(*rows: tuple[str, tuple[dt.date, dt.date], float]) -> pd.DataFrame:
    """What ``LocalReturns.described()`` gives, for rows of (measure, period, value)."""
    made = []
    for name, (start, end), value in rows:
        measure = RETURN_MEASURES[name]
        days = (end - start).days + 1
        made.append(
            {
                "measure": name,
                "accommodation_type": "",
                "unit": measure.unit,
                "value": float(value),
                "period_start": start,
                "period_end": end,
                "part_year": measure.flow and days < 360,
                "source": "A return nobody should see",
                "note": "19% of them were secret",
                "stale": end < dt.date(2023, 11, 22),
                "age_years": (AS_OF - end).days / 365.25,
                "origin": "file",
                "agency": measure.agency,
                "meaning": measure.meaning,
                "protected": measure.protected,
                "part_of": measure.part_of,
                "flow": measure.flow,
            }
        )
    return pd.DataFrame(made)


def safe(rows: pd.DataFrame) -> SafeReturns:
    return guard(rows, Rules()).returns


def bundled(data: Path, *area: str) -> pd.DataFrame:
    registers = load_registers(data)
    return load_services(None, resolve_area(list(area), data), data, registers, AS_OF).described()


def test_whole_years_are_compared_with_whole_years(data: Path) -> None:
    table = returns_table(safe(bundled(data, "E06000056")), "Central Bedfordshire", SOURCES, 3)
    police = table.frame[table.frame["agency"] == "Police"].reset_index(drop=True)
    assert police["value"].tolist() == [3238, 2075]
    assert police["change"][0] == 3238 - 2075
    assert police["change_share"][0] == pytest.approx(1163 / 2075)
    assert police["against"].tolist() == ["1 Apr 2007 to 31 Mar 2008", ""]
    assert pd.isna(police["change"][1])
    assert police["source_name"][0] == "Central Bedfordshire Council"


def test_a_part_of_a_year_is_never_compared_with_a_year(data: Path) -> None:
    frame = returns_table(
        safe(bundled(data, "E06000055", "E06000056")), "Bedford and Central Bedfordshire", {}, 3
    ).frame
    children = frame[frame["label"].str.contains("children's social care")]
    assert children["value"].tolist() == [311, 353]
    assert children["period"].str.endswith("(part of a year)").tolist() == [True, False]
    assert children["change"].isna().all()


@pytest.mark.parametrize(
    ("periods", "compared"),
    [
        (((2023, 4, 1), (2023, 9, 30), (2024, 4, 1), (2024, 9, 30)), True),
        (((2023, 4, 1), (2023, 9, 30), (2024, 5, 1), (2024, 10, 31)), False),
        (((2023, 4, 1), (2023, 12, 31), (2024, 4, 1), (2024, 9, 30)), False),
        (((2023, 12, 1), (2024, 2, 29), (2024, 12, 1), (2025, 2, 28)), True),
        (((2023, 4, 1), (2024, 3, 31), (2023, 10, 1), (2024, 9, 30)), False),  # they share half a year
    ],
)
def test_only_like_periods_are_compared(periods: tuple[tuple[int, int, int], ...], compared: bool) -> None:
    first, last, start, end = (dt.date(*day) for day in periods)
    table = returns_table(
        safe(returns(("marac_cases", (start, end), 60), ("marac_cases", (first, last), 50))),
        "Somewhere",
        {},
        3,
    )
    assert table.frame["change"].notna().tolist() == [compared, False]


def test_every_bundled_figure_is_there_stale_and_without_its_note(data: Path) -> None:
    for area in (["E06000056"], ["E10000031"], ["E06000055", "E06000056"], ["E06000055"]):
        rows = bundled(data, *area)
        table = returns_table(safe(rows), "Somewhere", {}, 3)
        assert len(table.frame) == len(rows)
        assert (table.frame["flag"] == "STALE").all()
        assert table.frame["age"].str.endswith("years").all()
        printed = " ".join(table.display().to_numpy().ravel())
        printed += " ".join(repeats_table(safe(rows), "Somewhere", 0.31).display().to_numpy().ravel())
        for note in filter(None, rows["note"]):
            assert note not in printed
            for share in re.findall(r"\d+%", note):
                assert share not in printed


def test_repeat_rates_against_a_target() -> None:
    rows = returns(
        ("marac_cases", YEARS[2024], 80),
        ("marac_cases", YEARS[2023], 60),
        ("marac_repeat_cases", YEARS[2024], 20),
        ("marac_repeat_cases", YEARS[2023], 21),
        ("marac_repeat_target", YEARS[2024], 31),
        ("police_incidents", YEARS[2024], 3000),
    )
    frame = repeats_table(safe(rows), "Somewhere", 0.31).frame
    assert frame["label"].tolist() == ["MARAC cases", "MARAC cases", "Police incidents"]
    assert frame["rate"][0] == pytest.approx(0.25)  # 20 ÷ 80
    assert frame["rate"][1] == pytest.approx(0.35)  # 21 ÷ 60
    assert frame["change"][0] == pytest.approx(-0.10)
    assert frame["against"].tolist() == ["at or below the target", "above the target", ""]
    assert frame["target"][:2].tolist() == [0.31, 0.31]
    assert pd.isna(frame["rate"][2]), "repeats were not returned"
    assert frame["uk"].notna().tolist() == [True, True, False]


def test_a_hidden_count_hides_its_rate_and_its_change() -> None:
    rows = returns(
        ("marac_cases", YEARS[2024], 80),
        ("marac_cases", YEARS[2023], 60),
        ("marac_repeat_cases", YEARS[2024], 3),
        ("marac_repeat_cases", YEARS[2023], 21),
    )
    counts = returns_table(safe(rows), "Somewhere", {}, 3).frame
    assert counts["value"].tolist() == [80, 60, SUPPRESSED, 21]
    assert counts["change"][2] == SUPPRESSED
    assert counts["change_share"][2] == SUPPRESSED
    table = repeats_table(safe(rows), "Somewhere", 0.31)
    assert table.frame["rate"].tolist() == [SUPPRESSED, pytest.approx(0.35)]
    assert table.frame["change"].tolist()[0] == SUPPRESSED
    assert table.frame["against"].tolist() == ["", ""]
    assert any("suppressed" in note for note in table.notes)


def test_nothing_of_a_councils_own_words_is_printed() -> None:
    rows = returns(("marac_cases", YEARS[2024], 80), ("idva_posts", (AS_OF, AS_OF), 3.5))
    table = returns_table(safe(rows), "Somewhere", {}, 3)
    printed = " ".join(table.display().to_numpy().ravel())
    assert "nobody should see" not in printed
    assert "secret" not in printed
    assert "The council's own return" in printed
    # a count beside a fraction of a post stays a whole number, in the table and in the workbook
    assert table.display()["Figure"].tolist() == ["80", "3.5"]
    assert _column_format(find_column(table, "value"), 3)["num_format"] == "General"
    assert returns_table(safe(returns()[[]].reindex(columns=rows.columns)), "Somewhere", {}, 3).frame.empty

"""The map of how unsure each ward's number is, drawn from the published ward table."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from needs_assessment import Scenario, assess
from needs_assessment.api import outputs as outputs_of
from needs_assessment.disclosure.published_table import PublishedTable, TableColumn
from needs_assessment.report.charts import tile_map
from needs_assessment.report.charts.all_figures import _width_finding
from needs_assessment.report.charts.canvas import drawing
from needs_assessment.report.charts.map_legend import HOW_SURE_CAN_AND_CANNOT
from needs_assessment.report.tables.people import either_way
from tests.unit.report.charts.chart_tables import overlapping_texts


def test_half_the_printed_range_over_the_printed_estimate() -> None:
    """1,128 (604 to 1,934) prints as 1,130 (600 to 1,930): (1,930 - 600) / 2 = 665, and 665 / 1,130 = 58.85%."""
    assert either_way((1128.0, 604.0, 1934.0), 10.0) == pytest.approx(58.8496, abs=0.0001)


@pytest.mark.parametrize("cells", [("[c]", "[c]", "[c]"), (100.0, "[c]", "[c]")])
def test_a_hidden_number_stays_hidden(cells: tuple[object, ...]) -> None:
    assert either_way(cells, 10.0) == "[c]"


@pytest.mark.parametrize(
    "cells", [(100.0, math.nan, math.nan), (math.nan,) * 3, (0.0, 0.0, 0.0), (None, None, None)]
)
def test_no_range_is_not_known_and_no_zero(cells: tuple[object, ...]) -> None:
    found = either_way(cells, 10.0)
    assert isinstance(found, float)
    assert math.isnan(found)


def _table(widths: list[object]) -> PublishedTable:
    column = TableColumn("either_way", "Range either way", "% of the estimate", "number", 10.0)
    return PublishedTable("wards", "Wards", (column,), pd.DataFrame({"either_way": widths}, dtype=object))


def test_the_title_says_the_finding() -> None:
    assert _width_finding(_table([58.8, 62.1]), "Here").endswith("about equally unsure: 60% either way, Here")
    assert "from about 40% to 90% either way" in _width_finding(_table([41.0, 88.0, "[c]"]), "Here")
    assert (
        _width_finding(_table(["[c]", math.nan]), "Here")
        == "How unsure each ward's number of victims is, Here"
    )


@pytest.mark.parametrize(("area", "wards"), [("E06000056", 31), ("E10000031", 103)])
def test_it_has_no_more_classes_than_the_ranges_support_and_nothing_overlaps(area: str, wards: int) -> None:
    """With one national rate every ward's range is about as wide, so the map has one shade and its title says so."""
    assessment = assess(Scenario(area=(area,), draws=2000, as_of="2026-11-22"))  # type: ignore[arg-type]
    outputs = outputs_of(assessment)
    numbers, unsure = outputs.figures["map"]
    assert (numbers.name, unsure.name) == ("tile_map", "uncertainty_map")
    assert "equally unsure" in unsure.title
    assert f"{wards} wards" in unsure.alt
    assert HOW_SURE_CAN_AND_CANNOT in unsure.alt
    printed = set(outputs.table("wards").display()["Range either way (% of the estimate)"])
    assert all(f"{width}% either way" in unsure.title for width in printed)
    frame = outputs.table("wards").frame
    columns = (
        TableColumn("ward_code", "Code"),
        TableColumn("ward_name", "Ward"),
        TableColumn("rate", "Range either way", "% of the estimate", "number", 10.0),
        TableColumn("count", "Range either way", "% of the estimate", "number", 10.0),
        TableColumn("written", "range"),
    )
    view = frame.assign(
        rate=frame["either_way"],
        count=frame["either_way"],
        written=[f"{low:,.0f}–{high:,.0f}" for low, high in zip(frame["low"], frame["high"], strict=True)],
    )
    placed = view[["ward_code"]].merge(tile_map.place(assessment.inputs.points), on="ward_code")  # type: ignore[arg-type]
    with drawing():
        sheet, _ = tile_map._draw_tile_map(PublishedTable("wards", "Wards", columns, view), placed)
        assert overlapping_texts(sheet) == []

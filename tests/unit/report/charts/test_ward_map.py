"""Ward maps and tile maps: labels, colours, words, and what is refused."""

from __future__ import annotations

import io
import itertools
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from needs_assessment.disclosure.published_table import PublishedTable, TableColumn
from needs_assessment.report.charts import map_labels, map_legend, tile_map, ward_map
from needs_assessment.report.charts.canvas import NOT_SHOWN, SEQUENTIAL, Ruler, drawing
from needs_assessment.report.charts.map_legend import CAN_AND_CANNOT
from needs_assessment.report.charts.values import read
from tests.unit.report.charts.chart_tables import (
    CENTRAL_BEDFORDSHIRE,
    STRANGE,
    WARWICKSHIRE,
    map_table,
    overlapping_texts,
    points,
    published,
    replaced,
    svg_elements,
    svg_texts,
)

SAID = {"title": "Where the modelled victims are", "source": "Source: a test"}
AREAS = pytest.mark.parametrize("area", [CENTRAL_BEDFORDSHIRE, WARWICKSHIRE])


def area_tiles(data: Path, area: str) -> tuple[PublishedTable, pd.DataFrame]:
    wards = points(data, area)
    return map_table(list(wards["ward_code"]), list(wards["ward_name"])), tile_map.place(wards)


def squares(names: list[str], side: float = 4000.0, across: int = 4) -> tuple[PublishedTable, object]:
    """Square wards in rows, as boundaries."""
    geopandas = pytest.importorskip("geopandas")
    shapely = pytest.importorskip("shapely")
    codes = [f"E05{number:06d}" for number in range(len(names))]
    shapes = [
        shapely.box(
            400_000 + side * (n % across),
            200_000 + side * (n // across),
            400_000 + side * (n % across + 1),
            200_000 + side * (n // across + 1),
        )
        for n in range(len(names))
    ]
    boundaries = geopandas.GeoDataFrame({"ward_code": codes}, geometry=shapes, crs="EPSG:27700")
    return map_table(codes, names), boundaries


def grid(codes: list[str], across: int) -> pd.DataFrame:
    number = np.arange(len(codes))
    return pd.DataFrame({"ward_code": codes, "column": number % across, "row": number // across})


def rates(values: list[float]) -> PublishedTable:
    column = TableColumn("rate", "Rate", kind="number", round_to=0.1)
    return published("t", (column,), pd.DataFrame({"rate": values}))


def small_print(svg: str) -> str:
    return " ".join(svg_texts(svg))


def test_classes_hold_about_as_many_wards_each() -> None:
    classes = map_legend.equal_count_classes(read(rates(list(np.arange(60.0, 91.0))), "rate"))
    assert list(np.bincount(classes.of)) == [8, 7, 8, 8]
    assert classes.labels == ("60.0 to 67.0", "68.0 to 74.0", "75.0 to 82.0", "83.0 to 90.0")
    assert classes.colours == SEQUENTIAL


def test_equal_rates_stay_together_and_few_wards_make_few_classes() -> None:
    same = map_legend.equal_count_classes(read(rates([75.0] * 20), "rate"))
    assert same.labels == ("75.0",)
    assert set(same.of) == {0}
    tied = map_legend.equal_count_classes(read(rates([70.0] * 15 + [71.0, 72.0, 73.0, 74.0, 75.0]), "rate"))
    assert len(set(tied.of[:15])) == 1
    assert len(map_legend.equal_count_classes(read(rates([70.0, 75.0]), "rate")).labels) == 1
    gap = map_legend.equal_count_classes(read(rates([float("nan")] * 3), "rate"))
    assert gap.labels == ()
    assert gap.colour(0) == NOT_SHOWN


def test_a_word_can_be_read_on_every_colour() -> None:
    """Contrast by the formula of WCAG 2.2; black on white is 21, and grey 777777 on white 4.48."""
    assert map_legend.contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert map_legend.contrast("#777777", "#FFFFFF") == pytest.approx(4.478, abs=0.001)
    for colour in (*SEQUENTIAL, NOT_SHOWN):
        assert map_legend.contrast(map_legend.text_colour(colour), colour) >= 4.5


def test_the_colours_are_told_apart_without_colour() -> None:
    light = [map_legend._luminance(colour) for colour in SEQUENTIAL]
    assert light == sorted(light, reverse=True)
    steps = [map_legend.contrast(one, other) for one, other in itertools.pairwise(SEQUENTIAL)]
    assert min(steps) > 1.4


@AREAS
def test_tile_map_of_a_bundled_area(data: Path, area: str) -> None:
    table, placed = area_tiles(data, area)
    figure = ward_map.tile_map(table, placed, **SAID)
    said = small_print(figure.svg)
    assert "one equal tile for each ward, not its true shape or size" in said
    assert CAN_AND_CANNOT in said
    assert CAN_AND_CANNOT in figure.alt
    assert f"{len(table.frame)} wards" in figure.alt
    highest = table.frame.loc[table.frame["rate"].idxmax()]
    assert f"Highest: {highest['ward_name']}, {highest['rate']:.1f}." in figure.alt
    with Image.open(io.BytesIO(figure.png)) as picture:
        assert picture.size == (figure.width_px, figure.height_px)
    assert figure.height_px / 200 < 9.7
    again = ward_map.tile_map(table, placed.sample(frac=1, random_state=1), **SAID)
    assert again.png == figure.png
    assert again.svg == figure.svg


@AREAS
def test_tile_texts_do_not_overlap_nor_leave_their_tiles(data: Path, area: str) -> None:
    table, placed = area_tiles(data, area)
    with drawing():
        sheet, _ = tile_map._draw_tile_map(table, placed)
        assert overlapping_texts(sheet) == []
    side = min(6.5 / (placed["column"].max() + 1), 7.4 / (placed["row"].max() + 1))
    texts = tile_map._tile_texts(list(table.frame["ward_name"]), ["1,000"] * len(placed), side, Ruler())
    assert min(tile.size for tile in texts) >= 5.5
    assert np.median([tile.size for tile in texts]) >= 6.0
    for tile in texts:
        assert all(Ruler().width(line, tile.size) <= side for line in tile.name)
        assert (len(tile.name) + 1) * tile.size * 1.2 / 72 <= side


def test_tiles_keep_north_up_and_east_right() -> None:
    placed = pd.DataFrame({"ward_code": ["a", "b", "c"], "column": [0, 1, 0], "row": [0, 0, 1]})
    with drawing():
        sheet, _ = tile_map._draw_tile_map(map_table(["a", "b", "c"], ["Ayton", "Beeby", "Ceeton"]), placed)
    at = {text.get_text(): text.get_position() for text in sheet.figure.texts}
    assert at["Ayton"][1] == at["Beeby"][1] > at["Ceeton"][1]
    assert at["Ayton"][0] == at["Ceeton"][0] < at["Beeby"][0]


def test_so_many_wards_that_no_name_can_be_read_are_said_to_be_too_many() -> None:
    codes = [f"E05{number:06d}" for number in range(700)]
    placed = grid(codes, 26)
    table = map_table(codes, ["Aldermaston with Wasing and Brimpton"] * 700)
    with drawing():
        sheet, notes = tile_map._draw_tile_map(table, placed)
        assert tile_map.TOO_MANY in notes
        assert overlapping_texts(sheet) == []


def test_suppressed_and_missing_wards_have_no_colour_class(data: Path) -> None:
    table, placed = area_tiles(data, CENTRAL_BEDFORDSHIRE)
    gaps = replaced(table, 2, {"rate": "[c]", "count": "[c]"})
    gaps = replaced(gaps, 5, {"rate": np.nan, "count": np.nan})
    figure = ward_map.tile_map(gaps, placed, **SAID)
    texts = svg_texts(figure.svg)
    assert {"not shown", "[c]", "[x]"} <= set(texts)
    assert "does not mean zero" in figure.alt
    assert "0" not in texts
    classes = map_legend.equal_count_classes(read(gaps, "rate"))
    assert classes.colour(2) == classes.colour(5) == NOT_SHOWN
    assert (classes.of >= 0).sum() == 29


def test_tile_maps_that_cannot_be_true_are_refused(data: Path) -> None:
    table, placed = area_tiles(data, CENTRAL_BEDFORDSHIRE)
    with pytest.raises(ValueError, match="1 wards have no tile"):
        ward_map.tile_map(table, placed.iloc[1:], **SAID)
    with pytest.raises(ValueError, match="on one tile"):
        ward_map.tile_map(table, placed.assign(column=0, row=0), **SAID)


def test_ward_map_names_the_wards_where_they_fit() -> None:
    table, boundaries = squares(["North", "South", "A name too long for any square ward " * 6, "West"])
    before = plt.get_fignums()
    figure = ward_map.ward_map(table, boundaries, attribution="Contains OS data", **SAID)  # type: ignore[arg-type]
    assert plt.get_fignums() == before
    texts = svg_texts(figure.svg)
    assert {"North", "South", "West", "1", "Contains OS data"} <= set(texts)
    assert CAN_AND_CANNOT in small_print(figure.svg)
    assert CAN_AND_CANNOT in figure.alt
    assert "4 wards" in figure.alt
    again = ward_map.ward_map(table, boundaries.iloc[::-1], attribution="Contains OS data", **SAID)  # type: ignore[attr-defined]
    assert again.png == figure.png
    assert again.svg == figure.svg


@pytest.mark.parametrize(("wards", "across"), [(1, 1), (20, 20), (20, 1), (90, 9), (400, 20)])
def test_ward_maps_of_any_shape_fit_a_page(wards: int, across: int) -> None:
    table, boundaries = squares([f"Ward of Saint Number {n}" for n in range(wards)], across=across)
    with drawing():
        sheet, notes = ward_map._draw_ward_map(table, ward_map._boundaries(table, boundaries), "")  # type: ignore[arg-type]
        assert overlapping_texts(sheet) == []
    assert sheet.height < 9.7
    assert (ward_map.TOO_MANY in notes) == (wards == 400)


def test_crowded_wards_get_numbers_that_touch_nothing() -> None:
    """Sixty wards within half an inch: each number is near its ward and none touches another."""
    shapely = pytest.importorskip("shapely")
    corners = [(2 + 0.06 * (n % 8), 2 + 0.06 * (n // 8)) for n in range(60)]
    wards = [shapely.box(x, y, x + 0.06, y + 0.06) for x, y in corners]
    wards.append(shapely.box(0, 0, 5, 1.9))
    labels, key = map_labels.place_labels([f"Ward {n:02}" for n in range(61)], wards, Ruler())
    assert [number for number, _ in key] == list(range(1, 61))
    boxes = [map_labels._box(label.at, *map_labels._size(label.lines, Ruler())) for label in labels]
    for place, box in enumerate(boxes):
        assert not any(box.intersects(other) for other in boxes[place + 1 :])
    assert all(np.hypot(*np.subtract(label.at, label.point)) < 1.2 for label in labels)


def test_boundaries_that_do_not_fit_are_refused() -> None:
    table, boundaries = squares(["North", "South"])
    with pytest.raises(ValueError, match="no boundary"):
        ward_map.ward_map(table, boundaries.iloc[1:], **SAID)  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="EPSG:27700"):
        ward_map.ward_map(table, boundaries.to_crs("EPSG:4326"), **SAID)  # type: ignore[attr-defined]
    doubled = pd.concat([boundaries, boundaries.iloc[:1]])  # type: ignore[attr-defined,list-item]
    with pytest.raises(ValueError, match="unique"):
        ward_map.ward_map(table, doubled, **SAID)  # type: ignore[arg-type]


def test_strange_names_are_plain_text_on_both_maps() -> None:
    table, boundaries = squares(list(STRANGE))
    codes = list(table.frame["ward_code"])
    placed = grid(codes, 4)
    for figure in (ward_map.ward_map(table, boundaries, **SAID), ward_map.tile_map(table, placed, **SAID)):  # type: ignore[arg-type]
        assert "script" not in svg_elements(figure.svg)
        assert "$unclosed" in small_print(figure.svg)
        assert figure.png.startswith(b"\x89PNG")
    with drawing():
        assert overlapping_texts(tile_map._draw_tile_map(table, placed)[0]) == []


@pytest.mark.parametrize(
    ("file", "column", "wards"),
    [
        ("wards_2025_central_bedfordshire.geojson", "WD25", 31),
        ("wards_2020_warwickshire.geojson", "WD20", 103),
    ],
)
def test_ward_map_of_true_boundaries(reference: Path, file: str, column: str, wards: int) -> None:
    geopandas = pytest.importorskip("geopandas")
    read_in = geopandas.read_file(reference / "boundaries" / file).to_crs("EPSG:27700")
    boundaries = read_in.rename(columns={f"{column}CD": "ward_code"})
    table = map_table(list(boundaries["ward_code"]), list(boundaries[f"{column}NM"]))
    with drawing():
        sheet, _ = ward_map._draw_ward_map(table, ward_map._boundaries(table, boundaries), "Contains OS data")
        assert overlapping_texts(sheet) == []
    assert len(boundaries) == wards
    assert sheet.height < 9.7
    assert (
        ward_map.ward_map(table, boundaries, **SAID).png == ward_map.ward_map(table, boundaries, **SAID).png
    )

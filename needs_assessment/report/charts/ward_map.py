"""Ward maps: the true boundaries where they are given, otherwise one equal tile a ward.

Both are drawn from one published table with the keys ``ward_code``, ``ward_name``, ``rate`` and ``count``,
in at most four classes of about as many wards each, and both print what a ward map can and cannot show.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from needs_assessment.disclosure.published_table import PublishedTable
from needs_assessment.report.charts.canvas import (
    INK,
    RULE,
    TALLEST,
    WIDTH,
    Ruler,
    Sheet,
    drawing,
    finish,
    footer_height,
    footer_lines,
    plain,
)
from needs_assessment.report.charts.map_labels import LINE_PITCH, SIZE, Label, place_labels
from needs_assessment.report.charts.map_legend import (
    CAN_AND_CANNOT,
    HEAD,
    Classes,
    describe,
    draw_legend,
    equal_count_classes,
    text_colour,
)
from needs_assessment.report.charts.tile_map import tile_map
from needs_assessment.report.charts.values import gap_notes, read, words
from needs_assessment.report.figure import Figure

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["tile_map", "ward_map"]

TOO_MANY = "There are too many small wards to name them all here; the table of wards has them."
NATIONAL_GRID = "EPSG:27700"
_KEY_PITCH, _KEY_BESIDE = 0.12, 1.5  # inches
_SMALLEST = 0.4  # of the width the map would have alone; below it the key gives way
_FINEST = 0.004  # inches: a bend of a boundary smaller than this square is not drawn


def ward_map(
    table: PublishedTable,
    geometry: gpd.GeoDataFrame,
    *,
    title: str,
    source: str,
    attribution: str = "",
    name: str = "ward_map",
    can_and_cannot: str = CAN_AND_CANNOT,
) -> Figure:
    """Wards shaded by their rate within their true boundaries.

    ``table`` holds ``ward_code``, ``ward_name``, ``rate``, ``count``; ``geometry`` holds ``ward_code`` and
    polygons in the British National Grid (EPSG:27700), and may hold wards the table does not. ``attribution``
    is the boundaries' own, drawn under the map; ``can_and_cannot`` says what the map shows and what it does not.
    Raises ValueError for a missing column, a ward without a boundary, a ward with two (pandas' MergeError is
    one), or another coordinate system.
    """
    shapes = _boundaries(table, geometry)
    with drawing():
        sheet, notes = _draw_ward_map(table, shapes, attribution, can_and_cannot)
        alt = f"Ward map of {describe(table)}"
        return finish(sheet, name=name, title=title, alt=alt, source=source, drawn_notes=notes)


def _boundaries(table: PublishedTable, geometry: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """The polygons in the order of the table's rows."""
    if geometry.crs is None or geometry.crs != NATIONAL_GRID:
        raise ValueError(
            f"ward boundaries must be in the British National Grid ({NATIONAL_GRID}); found {geometry.crs}"
        )
    wards = pd.DataFrame({"ward_code": words(table, "ward_code")})
    if wards.empty:
        raise ValueError(f"the table {table.name} has no rows to draw")
    joined = geometry[["ward_code", "geometry"]].merge(
        wards.reset_index(names="row"), on="ward_code", validate="one_to_one"
    )
    lost = sorted(set(wards["ward_code"]) - set(joined.loc[~joined.geometry.is_empty, "ward_code"]))
    if lost:
        raise ValueError(f"{len(lost)} wards have no boundary, the first is {lost[0]}")
    return joined.sort_values("row").reset_index(drop=True).geometry


@dataclass(frozen=True)
class _Plan:
    """Where the map and its key stand on the page, in inches."""

    width: float
    height: float
    beside: bool
    key_columns: int
    key_wide: float
    key_tall: float  # 0 where no ward is numbered: none needs it, or the key would leave no room for the map


def _plan(aspect: float, tall: float, keyed: list[str], ruler: Ruler) -> _Plan:
    """The largest map of ``aspect`` (width by height) in ``tall`` inches, its key below or to the right.

    A key that has to shorten one of the ``keyed`` names counts as if it cost a tenth of the map.
    """
    plans = []
    for columns in (4, 3) if keyed else (1,):
        deep = _key_height(len(keyed), columns)
        width = min(WIDTH - 0.1, (tall - deep) * aspect)
        plans.append(_Plan(width, width / aspect, False, columns, (WIDTH - 0.1) / columns, deep))
    for columns in (1, 2) if keyed else ():
        wide = columns * _KEY_BESIDE
        if _key_height(len(keyed), columns) <= tall:
            width = min(WIDTH - 0.2 - wide, tall * aspect)
            plans.append(
                _Plan(width, width / aspect, True, columns, _KEY_BESIDE, _key_height(len(keyed), columns))
            )
    longest = max((ruler.width(plain(name), SIZE) for name in keyed), default=0.0)
    best = max(plans, key=lambda plan: plan.width * (1.0 if longest <= plan.key_wide - 0.28 else 0.9))
    alone = best if not keyed else _plan(aspect, tall, [], ruler)
    return best if best.width >= _SMALLEST * alone.width else alone


def _draw_ward_map(
    table: PublishedTable, shapes: gpd.GeoSeries, attribution: str, can_and_cannot: str = CAN_AND_CANNOT
) -> tuple[Sheet, list[str]]:
    names, rate = words(table, "ward_name"), read(table, "rate")
    classes, ruler = equal_count_classes(rate), Ruler()
    notes = [can_and_cannot, *gap_notes(rate, "ward", "wards", "shaded"), attribution]
    west, south, east, north = shapes.total_bounds
    aspect = (east - west) / (north - south)
    # room is kept for the line that may have to stand in for a key
    foot = footer_height(footer_lines([*notes, TOO_MANY], ruler))
    # which wards need the key is known only once the map has a size: suppose all do, then use what is left
    plan = _plan(aspect, TALLEST - HEAD - foot, names, ruler)
    page, labels, key = _lay_out(names, shapes, plan, ruler)
    if not plan.key_tall:
        notes.append(TOO_MANY)
    elif len(key) < len(names):
        plan = _plan(aspect, TALLEST - HEAD - foot, [names[ward] for _, ward in key], ruler)
        page, labels, key = _lay_out(names, shapes, plan, ruler)
    lines = footer_lines(notes, ruler)
    foot = footer_height(lines)
    tall = max(plan.height, plan.key_tall) if plan.beside else plan.height
    base = foot + 0.05 + (0.0 if plan.beside else plan.key_tall)
    sheet = Sheet(base + tall + HEAD)
    base += tall - plan.height  # the map keeps to the top of its room
    tall = plan.height
    axes = sheet.axes(0, base, WIDTH, tall)
    axes.set_axis_off()
    for shown in (True, False):
        rows = np.flatnonzero(rate.shown == shown)
        if len(rows):
            page.iloc[rows].plot(
                ax=axes,
                color=[classes.colour(int(row)) for row in rows],
                edgecolor="white" if shown else RULE,
                linewidth=0.5,
                hatch=None if shown else "////",
                aspect=None,
            )
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(0, tall)
    for label in labels:
        _write_label(sheet, label, base, classes)
    corner = (
        (WIDTH - 0.05 - plan.key_columns * plan.key_wide, base + tall - 0.05)
        if plan.beside
        else (0.05, base - 0.1)
    )
    _write_key(sheet, [(number, names[ward]) for number, ward in key], corner, plan, ruler)
    draw_legend(sheet, rate, classes)
    sheet.footer(lines)
    return sheet, [note for note in notes if note]


def _lay_out(
    names: list[str], shapes: gpd.GeoSeries, plan: _Plan, ruler: Ruler
) -> tuple[gpd.GeoSeries, list[Label], list[tuple[int, int]]]:
    """The wards in inches on the page, their labels, and the wards that need the key."""
    west, south, east, _ = shapes.total_bounds
    inches = plan.width / (east - west)
    left = 0.05 if plan.beside else (WIDTH - plan.width) / 2
    page = shapes.affine_transform([inches, 0, 0, inches, left - west * inches, -south * inches])
    page = page.simplify_coverage(_FINEST)
    return page, *place_labels(names, list(page), ruler, numbered=plan.key_tall > 0)


def _key_height(wards: int, columns: int) -> float:
    return math.ceil(wards / columns) * _KEY_PITCH + 0.2 if wards else 0.0


def _write_label(sheet: Sheet, label: Label, base: float, classes: Classes) -> None:
    x, y = label.at[0], label.at[1] + base
    if label.moved:
        sheet.line([label.point[0], x], [label.point[1] + base, y], color=INK, linewidth=0.6)
        sheet.line([label.point[0]], [label.point[1] + base], color=INK, marker="o", markersize=1.6)
    ground = {"boxstyle": "square,pad=0.08", "facecolor": "white", "edgecolor": INK, "linewidth": 0.3}
    colour = text_colour(classes.colour(label.ward)) if label.inside else INK
    middle = (len(label.lines) - 1) / 2
    for place, line in enumerate(label.lines):
        sheet.text(
            x,
            y + (middle - place) * LINE_PITCH,
            line,
            size=SIZE,
            ha="center",
            va="center_baseline",
            color=colour,
            bbox=None if label.inside else ground,
        )


def _write_key(
    sheet: Sheet, key: list[tuple[int, str]], corner: tuple[float, float], plan: _Plan, ruler: Ruler
) -> None:
    """The numbered wards in the order of their names, down the columns from the upper left ``corner``."""
    deep = math.ceil(len(key) / plan.key_columns)
    for place, (number, ward) in enumerate(key):
        column, row = divmod(place, deep)
        x, y = corner[0] + column * plan.key_wide, corner[1] - row * _KEY_PITCH
        sheet.text(x + 0.19, y, str(number), size=SIZE, weight="bold", ha="right", va="top")
        sheet.text(x + 0.24, y, ruler.shorten(ward, plan.key_wide - 0.28, SIZE), size=SIZE, va="top")

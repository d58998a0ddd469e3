"""Tile maps: one equal tile a ward, for an area whose boundaries are not at hand.

Where each ward's tile goes on a tile map: one equal tile a ward, all as near their true places as can be.

Wards are assigned to the cells of a grid so that the total squared distance between each ward's place and its
tile is the smallest possible (the linear assignment problem; Crouse 2016, the algorithm scipy uses). Several
grids of about the area's proportions are tried and the one with the smallest distance is kept.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from needs_assessment.disclosure.published_table import NOT_AVAILABLE, SHORTHAND, SUPPRESSED, PublishedTable
from needs_assessment.report.charts.canvas import (
    ELLIPSIS,
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
from needs_assessment.report.charts.map_legend import (
    CAN_AND_CANNOT,
    HEAD,
    describe,
    draw_legend,
    equal_count_classes,
    lower_first,
    text_colour,
)
from needs_assessment.report.charts.values import Reading, find_column, gap_notes, has_column, read, words
from needs_assessment.report.figure import Figure

# Where wards crowd, as in a town, their places are eased apart: this share of a ward's place is its rank from
# west to east (and north to south), the rest is its true place.
EASE = 0.25
ROOM = (1.2, 1.25, 1.3, 1.45)  # cells for each ward: spare cells let the outline look like the area
LEGIBLE = (11, 13)  # columns and rows at which a ward's name can still be read on its tile on an A4 page
PROPORTION = 1.25  # a grid's proportions may differ from the area's by this factor either way


def place(points: pd.DataFrame) -> pd.DataFrame:
    """A tile for each ward.

    ``points`` holds ``ward_code`` (each once), ``easting`` and ``northing`` in metres, and may hold
    ``hectares``. Returns ``ward_code, column, row`` in order of ward code: columns count from the west, rows
    from the north, both from 0; no two wards share a tile. The order of ``points`` and a shift of all
    coordinates change nothing.
    Raises ValueError for a ward code that is blank or comes twice, or a coordinate that is missing.
    """
    wards = _checked(points)
    across = wards["easting"].to_numpy(dtype=float)
    down = -wards["northing"].to_numpy(dtype=float)
    width, height = _extent(across, wards), _extent(down, wards)
    _, column, row = min(
        (_assign(across, down, *grid) for grid in _grids(len(wards), width, height)),
        key=lambda assignment: assignment[0],  # the first of equals: grids come in a fixed order
    )
    return pd.DataFrame(
        {
            "ward_code": wards["ward_code"],
            "column": column - column.min(),
            "row": row - row.min(),
        }
    )


def _checked(points: pd.DataFrame) -> pd.DataFrame:
    wards = points.sort_values("ward_code", kind="stable").reset_index(drop=True)
    codes = wards["ward_code"]
    if wards.empty:
        raise ValueError("there is no ward to place")
    if codes.isna().any() or (codes.astype("str").str.strip() == "").any():
        raise ValueError("a ward has no code")
    if codes.duplicated().any():
        raise ValueError(f"the ward {codes[codes.duplicated()].iloc[0]} comes twice")
    for axis in ("easting", "northing"):
        lost = ~np.isfinite(wards[axis].to_numpy(dtype=float, na_value=np.nan))
        if lost.any():
            raise ValueError(f"the ward {codes[lost].iloc[0]} has no {axis}")
    return wards


def _extent(along: np.ndarray, wards: pd.DataFrame) -> float:
    """The area's length in metres along one axis, with half a ward's side at each end; at least 1 metre."""
    side = np.zeros(len(along))
    if "hectares" in wards:
        side = np.sqrt(wards["hectares"].to_numpy(dtype=float, na_value=0.0).clip(min=0) * 10_000)
    return max(1.0, float((along + side / 2).max() - (along - side / 2).min()))


def _grids(wards: int, width: float, height: float) -> list[tuple[int, int]]:
    """(columns, rows) worth trying: about the area's proportions, and room for every ward."""
    # an area of one line of wards still gets a grid two tiles can be read on
    proportion = min(max(width / height, 1 / 6), 6.0)
    grids: dict[tuple[int, int], None] = {}
    for room in ROOM:
        exact = math.sqrt(wards * room * proportion)
        near = {max(1, math.floor(exact) + step) for step in (-1, 0, 1, 2)}
        shapes = [(columns, math.ceil(wards * room / columns)) for columns in near]
        nearest = min(shapes, key=lambda shape: (_misfit(shape, proportion), shape))
        grids |= dict.fromkeys(shape for shape in shapes if _misfit(shape, proportion) <= PROPORTION)
        grids[nearest] = None
    legible = [grid for grid in grids if grid[0] <= LEGIBLE[0] and grid[1] <= LEGIBLE[1]]
    return sorted(legible or [grid for grid in grids if math.prod(grid) <= wards * ROOM[0] + sum(grid)])


def _misfit(grid: tuple[int, int], proportion: float) -> float:
    """How many times too wide or too tall a grid is for an area; 1 is a perfect fit."""
    ratio = grid[0] / grid[1] / proportion
    return max(ratio, 1 / ratio)


def _assign(
    across: np.ndarray, down: np.ndarray, columns: int, rows: int
) -> tuple[float, np.ndarray, np.ndarray]:
    """The least total squared distance, in tiles, and each ward's column and row."""
    wanted_column, wanted_row = _eased(across, columns), _eased(down, rows)
    cells = np.arange(columns * rows)
    column, row = cells % columns, cells // columns
    distance = (wanted_column[:, None] - column) ** 2 + (wanted_row[:, None] - row) ** 2
    ward, cell = linear_sum_assignment(distance)
    return round(float(distance[ward, cell].sum()), 6), column[cell], row[cell]


def _eased(along: np.ndarray, cells: int) -> np.ndarray:
    """Places along one axis in tiles, 0 to ``cells`` - 1, crowded ones eased apart by ``EASE``."""
    length = float(along.max() - along.min())
    if length == 0:
        return np.full(len(along), (cells - 1) / 2)
    true = (along - along.min()) / length
    ranked = (pd.Series(along).rank().to_numpy() - 0.5) / len(along)
    # rounded, so that a shift of all coordinates cannot tip a tie by a binary digit
    return np.round(((1 - EASE) * true + EASE * ranked) * (cells - 1), 6)


TOO_MANY = "There are too many wards to write their names on the tiles; the table of wards has them."
SIZES = (8.5, 8.0, 7.5, 7.0, 6.5, 6.0)  # points
_MOST_LINES = 5  # of a name
_PITCH = 1.2 / 72  # inches from line to line for each point of size
TILE_LABEL = "Tile map: one equal tile for each ward, not its true shape or size."


def tile_map(
    table: PublishedTable,
    tiles: pd.DataFrame,
    *,
    title: str,
    source: str,
    name: str = "tile_map",
    can_and_cannot: str = CAN_AND_CANNOT,
) -> Figure:
    """One equal tile a ward, shaded by its rate, with the ward's name and count on it.

    ``table`` holds ``ward_code``, ``ward_name``, ``rate``, ``count`` and may hold ``written``, words that stand on the
    tile in place of the count; ``tiles`` is the answer of
    ``tiles.place``: ``ward_code``, ``column`` (from the west), ``row`` (from the north). Raises ValueError
    for a missing column, a ward without a tile, or two wards on one.
    """
    wards = pd.DataFrame({"ward_code": words(table, "ward_code")})
    if wards.empty:
        raise ValueError(f"the table {table.name} has no rows to draw")
    placed = wards.merge(tiles, on="ward_code", how="left", validate="one_to_one")
    lost = placed.loc[placed["column"].isna() | placed["row"].isna(), "ward_code"]
    if len(lost):
        raise ValueError(f"{len(lost)} wards have no tile, the first is {lost.iloc[0]}")
    if placed.duplicated(["column", "row"]).any():
        raise ValueError("two wards are on one tile")
    with drawing():
        sheet, notes = _draw_tile_map(table, placed, can_and_cannot)
        alt = f"Tile map of {describe(table)}"
        return finish(sheet, name=name, title=title, alt=alt, source=source, drawn_notes=notes)


def _draw_tile_map(
    table: PublishedTable, placed: pd.DataFrame, can_and_cannot: str = CAN_AND_CANNOT
) -> tuple[Sheet, list[str]]:
    names, rate, count = words(table, "ward_name"), read(table, "rate"), read(table, "count")
    classes, ruler = equal_count_classes(rate), Ruler()
    column = placed["column"].to_numpy(dtype=int) - int(placed["column"].min())
    row = placed["row"].to_numpy(dtype=int) - int(placed["row"].min())
    across, down = int(column.max()) + 1, int(row.max()) + 1
    ranges = has_column(table, "written")
    weight = "normal" if ranges else "bold"  # a range is long
    if ranges:
        numbers, said = words(table, "written"), find_column(table, "written").label
    else:
        numbers, said = [_number(count, one) for one in range(len(names))], count.axis_label
    notes = [
        f"{TILE_LABEL} North is up. On each tile: {lower_first(said)}.",
        *_count_notes(numbers),
        can_and_cannot,
        *gap_notes(rate, "ward", "wards", "shaded"),
    ]
    side = _side(across, down, notes, ruler)
    texts = _tile_texts(names, numbers, side, ruler, weight)
    if not any(tile.name for tile in texts):
        notes.append(TOO_MANY)
        side = _side(across, down, notes, ruler)
    lines = footer_lines(notes, ruler)
    foot = footer_height(lines) + 0.08
    sheet = Sheet(foot + side * down + HEAD)
    left = (WIDTH - side * across) / 2
    for one, tile in enumerate(texts):
        x, y = left + column[one] * side, foot + (down - 1 - row[one]) * side
        fill = classes.colour(one)
        sheet.box(x, y, side, side, facecolor=fill, hatch=None if rate.shown[one] else "////")
        pitch = tile.size * _PITCH
        top = y + side / 2 + len(tile.name) * pitch / 2
        for place, line in enumerate([*tile.name, tile.number]):
            last = place == len(tile.name)
            sheet.text(
                x + side / 2,
                top - place * pitch - (0.02 if last and place else 0.0),
                line,
                size=tile.size,
                weight=weight if last else "normal",
                ha="center",
                va="center_baseline",
                color=text_colour(fill),
            )
    draw_legend(sheet, rate, classes)
    sheet.footer(lines)
    return sheet, notes


def _side(across: int, down: int, notes: list[str], ruler: Ruler) -> float:
    """The side of a tile in inches, as large as the page allows above the small print."""
    room = TALLEST - HEAD - footer_height(footer_lines(notes, ruler)) - 0.08
    return min((WIDTH - 0.1) / across, room / down, 1.1)


def _number(count: Reading, row: int) -> str:
    if count.suppressed[row]:
        return SUPPRESSED
    return count.text(row) if count.shown[row] else NOT_AVAILABLE


def _count_notes(numbers: list[str]) -> list[str]:
    return [f"{mark}: {meaning}." for mark, meaning in SHORTHAND.items() if mark in numbers]


@dataclass(frozen=True)
class _TileText:
    size: float  # points
    name: list[str]
    number: str


def _tile_texts(
    names: list[str], numbers: list[str], side: float, ruler: Ruler, weight: str = "bold"
) -> list[_TileText]:
    """One size for all tiles, the largest at which no name is shortened or broken.

    Where even the smallest is too large for some names, those alone are set half a point smaller, then broken
    or shortened; where that would shorten most of them, the tiles bear only their numbers.
    """
    texts: list[list[str]] = []
    widest = max(ruler.width(number, 1.0, weight) for number in numbers)
    for size in SIZES:
        texts = [_wrapped(one, side, size, ruler) for one in names]
        if all(map(_unbroken, texts, names)) and widest * size <= side - 0.03:
            return [_TileText(size, *both) for both in zip(texts, numbers, strict=True)]
    tiles = []
    for name, lines, number in zip(names, texts, numbers, strict=True):
        smaller = _wrapped(name, side, SIZES[-1] - 0.5, ruler)
        if not _unbroken(lines, name) and _unbroken(smaller, name):
            tiles.append(_TileText(SIZES[-1] - 0.5, smaller, number))
        else:
            tiles.append(_TileText(SIZES[-1], lines, number))
    if sum(tile.name[-1].endswith(ELLIPSIS) for tile in tiles) * 2 > len(tiles):
        return [_TileText(min(SIZES[-1], (side - 0.03) / widest), [], number) for number in numbers]
    return tiles


def _wrapped(name: str, side: float, size: float, ruler: Ruler) -> list[str]:
    most = min(_MOST_LINES, max(1, math.floor((side - 0.06) / (size * _PITCH)) - 1))
    return ruler.wrap(name, side - 0.04, size, lines=most)


def _unbroken(lines: list[str], name: str) -> bool:
    return "".join(lines).replace(" ", "") == plain(name).replace(" ", "")

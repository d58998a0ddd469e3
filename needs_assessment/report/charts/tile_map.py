"""Tile maps: one equal tile a ward, for an area whose boundaries are not at hand."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from needs_assessment.disclosure.published_table import NOT_AVAILABLE, SHORTHAND, SUPPRESSED, PublishedTable
from needs_assessment.report.charts.canvas import (
    TALLEST,
    WIDTH,
    Sheet,
    drawing,
    finish,
    footer_height,
    footer_lines,
)
from needs_assessment.report.charts.lettering import ELLIPSIS, Ruler, plain
from needs_assessment.report.charts.map_legend import CAN_AND_CANNOT, HEAD, describe, draw_legend, lower_first
from needs_assessment.report.charts.mapclasses import equal_count_classes, text_colour
from needs_assessment.report.charts.values import Reading, find_column, gap_notes, has_column, read, words
from needs_assessment.report.figure import Figure

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

"""Where each ward's tile goes on a tile map: one equal tile a ward, all as near their true places as can be.

Wards are assigned to the cells of a grid so that the total squared distance between each ward's place and its
tile is the smallest possible (the linear assignment problem; Crouse 2016, the algorithm scipy uses). Several
grids of about the area's proportions are tried and the one with the smallest distance is kept.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

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

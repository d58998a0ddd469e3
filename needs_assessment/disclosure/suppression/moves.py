"""Finds cheap exchanges in a table that fills a product of axes, without a solver.

For one cell every product of axis moves through it is priced at once: the price of a move is the sum, over the cells it
touches, of what it costs to let that cell rise or fall by one: nothing where it has room as things are, the cell's
price where it would have to be suppressed first, and out of reach otherwise. With P the price of rising and M that of
falling, a move with signs s costs Σ (P + M)/2 + s (P - M)/2, and the sum over a product of axes is taken axis by axis.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from needs_assessment.disclosure.suppression.arrays import Array, Flags, Places
from needs_assessment.disclosure.suppression.axes import Grid
from needs_assessment.disclosure.suppression.cells import TOLERANCE, Problem, Room
from needs_assessment.disclosure.suppression.solver import Change

OUT_OF_REACH = 1e6


class Exchanges:
    """The prices of one step up and one step down for each cell of each table, kept up to date."""

    def __init__(self, problem: Problem, room: Room, hidden: Flags, price: Array) -> None:
        """price: what suppressing each cell costs; out of reach where it cannot be suppressed."""
        self.problem, self.room, self.price = problem, room, price
        self.hidden = hidden.copy()
        self.moved: dict[int, float] = {}
        self.grids = problem.grids
        self.shapes = [tuple(length + 1 for length in grid.cells.shape) for grid in self.grids]
        self.where: list[dict[int, int]] = []
        self.of_cell: dict[int, list[tuple[int, int]]] = {}
        self.both: list[Array] = []
        self.difference: list[Array] = []
        up, down = self._prices(np.arange(len(problem)))
        for number, grid in enumerate(self.grids):
            places = tuple(np.indices(grid.cells.shape).reshape(grid.cells.ndim, -1))
            spots = np.atleast_1d(np.ravel_multi_index(places, self.shapes[number]))
            free = grid.free.ravel()
            for cell, spot in zip(grid.cells.ravel()[free].tolist(), spots[free].tolist(), strict=True):
                self.of_cell.setdefault(cell, []).append((number, spot))
            rise = np.where(grid.free, up[grid.cells], OUT_OF_REACH).ravel()
            fall = np.where(grid.free, down[grid.cells], OUT_OF_REACH).ravel()
            both, difference = np.zeros((2, int(np.prod(self.shapes[number]))))
            both[spots], difference[spots] = (rise + fall) / 2, (rise - fall) / 2
            self.both.append(both.reshape(self.shapes[number]))
            self.difference.append(difference.reshape(self.shapes[number]))

    def _prices(self, cells: Places) -> tuple[Array, Array]:
        room, moved = (
            self.room,
            np.array([self.moved.get(int(cell), 0.0) for cell in cells]) if self.moved else 0.0,
        )
        prices = []
        for hidden_room, shown_room, step in (
            (room.up_hidden[cells], room.up_shown[cells], moved),
            (room.down_hidden[cells], room.down_shown[cells], -np.asarray(moved)),
        ):
            as_is = np.where(self.hidden[cells], hidden_room, shown_room)
            free = as_is + TOLERANCE >= 1 + step
            opened = hidden_room + TOLERANCE >= 1 + step
            prices.append(np.where(free, 0.0, np.where(opened, self.price[cells], OUT_OF_REACH)))
        return prices[0], prices[1]

    def refresh(self, cells: Places) -> None:
        """Take up a change of what is suppressed, or of how far a cell has moved."""
        up, down = self._prices(cells)
        for at, cell in enumerate(cells.tolist()):
            for number, spot in self.of_cell.get(cell, ()):
                self.both[number].flat[spot] = (up[at] + down[at]) / 2
                self.difference[number].flat[spot] = (up[at] - down[at]) / 2

    def set_hidden(self, cells: Places, hidden: bool) -> None:
        self.hidden[cells] = hidden
        self.refresh(cells)

    def take(self, step: Change) -> None:
        """Stand on the table that a step leads to; the next step starts from there."""
        for cell, amount in zip(step.cells.tolist(), step.amounts.tolist(), strict=True):
            self.moved[cell] = self.moved.get(cell, 0.0) + amount
        self.refresh(step.cells)

    def go_back(self) -> None:
        """Stand on the truth again."""
        cells = np.fromiter(self.moved, dtype=np.intp)
        self.moved = {}
        self.refresh(cells)

    def step(self, cell: int, sign: int, limit: float = OUT_OF_REACH) -> tuple[float, Change] | None:
        """The cheapest move that changes a cell by one step of this sign, below the limit; None when there is none."""
        best: tuple[float, Change] | None = None
        for number, spot in self.of_cell.get(cell, ()):
            found = self._search(number, spot, sign)
            if found is not None and found[0] < limit and (best is None or found[0] < best[0]):
                best = found
        return best

    def _search(self, number: int, spot: int, sign: int) -> tuple[float, Change] | None:
        grid, shape = self.grids[number], self.shapes[number]
        place = [int(at) for at in np.unravel_index(spot, shape)]
        both, difference = self.both[number], self.difference[number]
        for axis, at in enumerate(place):
            others, signs = grid.axes[axis].moves[at]
            both = _along(both, axis, at, others, None)
            difference = _along(difference, axis, at, others, signs)
        cost = both + sign * difference
        if not cost.size:
            return None
        chosen = int(np.argmin(cost))
        price = float(cost.flat[chosen])
        if price >= OUT_OF_REACH / 2:
            return None
        return max(price, 0.0), self._change(grid, place, np.unravel_index(chosen, cost.shape), sign)

    def _change(self, grid: Grid, place: list[int], chosen: tuple[np.intp, ...], sign: int) -> Change:
        spots: list[Places] = []
        factors: list[Array] = []
        for axis, (at, move) in enumerate(zip(place, chosen, strict=True)):
            others, signs = grid.axes[axis].moves[at]
            used = signs[move] != 0
            spots.append(np.concatenate([[at], others[move][used]]))
            factors.append(np.concatenate([[1.0], signs[move][used]]))
        amounts = factors[0]
        for factor in factors[1:]:
            amounts = np.multiply.outer(amounts, factor)
        return Change(grid.cells[np.ix_(*spots)].ravel(), sign * amounts.ravel())


def _along(prices: Array, axis: int, at: int, others: Places, signs: NDArray[np.int8] | None) -> Array:
    """Sum the prices over each move of one axis: the place itself and the others, with signs where given."""
    own = prices.take([at], axis=axis)
    total = np.repeat(own, len(others), axis=axis) if not others.shape[1] else own
    for column in range(others.shape[1]):
        part = prices.take(others[:, column], axis=axis)
        if signs is not None:
            shape = [1] * prices.ndim
            shape[axis] = len(others)
            part = part * signs[:, column].reshape(shape)
        total = total + part
    return total


def add(first: Change, second: Change) -> Change:
    """The two changes one after the other."""
    cells = np.concatenate([first.cells, second.cells])
    unique, place = np.unique(cells, return_inverse=True)
    amounts = np.zeros(len(unique))
    np.add.at(amounts, place, np.concatenate([first.amounts, second.amounts]))
    kept = np.abs(amounts) > TOLERANCE
    return Change(unique[kept], amounts[kept])

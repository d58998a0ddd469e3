"""Integer and linear programmes over the tables that a reader holds possible (HiGHS, through scipy).

All in d = table - truth: equations · d = 0 and -down ≤ d ≤ up. Only the connected part of the equations that holds
the wanted cell, with room left, is given to the solver.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from needs_assessment.disclosure.suppression.arrays import Array, Flags, Places
from needs_assessment.disclosure.suppression.cells import FAR, TOLERANCE, Problem

# what moving a cell that is free to move costs, so that no more of them move than needed
NOMINAL = 1e-3
# a change whose price is this near the least will do: proving the very least can take seconds
GOOD_ENOUGH = 0.1
ATTEMPTS = 4


@dataclass(frozen=True)
class Change:
    """A table that differs from the truth: the cells that do, and by how much."""

    cells: Places
    amounts: Array

    def at(self, cell: int) -> float:
        found = np.flatnonzero(self.cells == cell)
        return float(self.amounts[found[0]]) if len(found) else 0.0


NOTHING = Change(np.zeros(0, dtype=np.intp), np.zeros(0))


def holds(problem: Problem, changes: list[Change], up: Array, down: Array) -> Flags:
    """Which changes are possible tables: within the room, whole where numbers are whole, and no sum broken."""
    if not changes:
        return np.zeros(0, dtype=bool)
    cells = np.concatenate([change.cells for change in changes])
    amounts = np.concatenate([change.amounts for change in changes])
    owner = np.repeat(np.arange(len(changes)), [len(change.cells) for change in changes])
    good = np.ones(len(changes), dtype=bool)
    outside = (amounts > up[cells] + TOLERANCE) | (amounts < -down[cells] - TOLERANCE)
    broken = problem.whole[cells] & (np.abs(amounts - np.round(amounts)) > TOLERANCE)
    good[owner[outside | broken]] = False
    stacked = sparse.csc_array((amounts, (cells, owner)), shape=(len(problem), len(changes)))
    misses = abs(problem.equations @ stacked) - TOLERANCE * (abs(problem.equations) @ abs(stacked))
    good &= np.asarray((misses > TOLERANCE).sum(axis=0)).ravel() == 0
    return good


class Part:
    """The cells that can move, one connected piece of the equations at a time."""

    def __init__(self, problem: Problem, up: Array, down: Array) -> None:
        self.problem = problem
        self.up, self.down = np.minimum(up, FAR), np.minimum(down, FAR)
        self.moving = np.flatnonzero((self.up > TOLERANCE) | (self.down > TOLERANCE))
        self.matrix = problem.equations[:, self.moving].tocsr()
        links = sparse.csr_array(abs(self.matrix).T @ abs(self.matrix))
        self.label = connected_components(links, directed=False)[1]
        self.place = np.full(len(problem), -1)
        self.place[self.moving] = np.arange(len(self.moving))

    def around(self, cell: int) -> tuple[Places, sparse.csr_array]:
        """The cells connected with one that can move, and the equations between them."""
        mine = self.label == self.label[self.place[cell]]
        matrix = self.matrix[:, np.flatnonzero(mine)]
        return self.moving[mine], matrix[np.unique(matrix.nonzero()[0])]

    def farthest(self, cell: int, sign: int, enough: float = np.inf) -> Change:
        """A possible table in which one cell is as far up (sign 1) or down (-1) as it can be, or by ``enough``."""
        if self.place[cell] < 0:
            return NOTHING
        cells, matrix = self.around(cell)
        up, down = self.up[cells].copy(), self.down[cells].copy()
        at = int(np.flatnonzero(cells == cell)[0])
        up[at], down[at] = min(up[at], enough), min(down[at], enough)
        goal = np.zeros(len(cells))
        goal[at] = -sign
        found = solve(goal, matrix, -down, up, self.problem.whole[cells])
        return NOTHING if found is None else as_change(cells, found, self.problem.whole[cells])


def solve(
    goal: Array,
    matrix: Any,
    low: Array,
    high: Array,
    whole: Flags,
    at_least: tuple[Any, Array] | None = None,
    *,
    nodes: int | None = None,
    gap: float = 0.0,
) -> Array | None:
    """Minimise goal · x with matrix · x = 0 (and extra rows ≥ bounds), some x whole.

    None when there is no solution, or none is proved to be within ``gap`` of the best in a number of nodes. There is no
    limit of time: the same problem has the same answer on every machine.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    constraints = [LinearConstraint(matrix, 0, 0)] if matrix.shape[0] else []
    if at_least is not None:
        constraints.append(LinearConstraint(at_least[0], at_least[1], np.inf))
    found = milp(
        goal,
        integrality=whole.astype(np.int8),
        bounds=Bounds(low, high),
        constraints=constraints,
        options={"mip_rel_gap": gap} | ({} if nodes is None else {"node_limit": nodes}),
    )
    return None if found.x is None or (nodes is not None and not found.success) else np.asarray(found.x)


def as_change(cells: Places, amounts: Array, whole: Flags) -> Change:
    """A solver's answer as a change, whole numbers made exact."""
    clean = np.where(whole, np.round(amounts), amounts)
    moved = np.abs(clean) > TOLERANCE
    return Change(cells[moved], clean[moved])


def cheapest(
    problem: Problem,
    cell: int,
    amount: float,
    free: tuple[Array, Array],
    opened: tuple[Array, Array],
    price: Array,
) -> tuple[float, Change] | None:
    """The change of one cell by ``amount`` that costs least, or None when there is none.

    free: (up, down) of every cell as things are; opened: the same once everything that can be suppressed is; price:
    what each step beyond the free room costs. Returns the price of the cells that would have to be opened.
    """
    up, down = (np.minimum(side, FAR) for side in opened)
    free_up, free_down = np.minimum(free[0], up), np.minimum(free[1], down)
    part = Part(problem, up, down)
    if part.place[cell] < 0:
        return None
    cells, matrix = part.around(cell)
    closed = (up[cells] > free_up[cells] + TOLERANCE) | (down[cells] > free_down[cells] + TOLERANCE)
    paid = np.flatnonzero(closed)
    whole = problem.whole[cells]
    # d = f⁺ - f⁻ + g⁺ - g⁻: f within the free room at a nominal price, g beyond it at the full one
    wide = sparse.hstack([matrix, -matrix, matrix[:, paid], -matrix[:, paid]], format="csr")
    high = [free_up[cells], free_down[cells], (up - free_up)[cells[paid]], (down - free_down)[cells[paid]]]
    goal = [np.full(2 * len(cells), NOMINAL), np.tile(price[cells[paid]], 2)]
    own = np.sign(amount) * (cells == cell)
    row = np.concatenate([own, -own, own[paid], -own[paid]])[None, :]
    integral = np.concatenate([whole, whole, whole[paid], whole[paid]])
    bounds = np.concatenate(high)
    need = (row, np.array([abs(amount)]))
    prices = np.concatenate(goal)
    # a linear programme is quicker and mostly comes out whole; where it does not, slightly other prices may do
    for attempt in range(ATTEMPTS):
        tilt = 1 + attempt * np.random.default_rng(attempt).random(len(prices))
        found = solve(prices * tilt, wide, 0 * bounds, bounds, np.zeros(len(prices), dtype=bool), need)
        if found is None:
            return None
        if not np.any(np.abs(found - np.round(found))[integral] > TOLERANCE):
            break
    else:
        found = solve(prices, wide, 0 * bounds, bounds, integral, need, gap=GOOD_ENOUGH)
    if found is None:
        return None
    steps = np.split(found, [len(cells), 2 * len(cells), 2 * len(cells) + len(paid)])
    moved = steps[0] - steps[1]
    moved[paid] += steps[2] - steps[3]
    change = as_change(cells, moved, whole)
    beyond = (change.amounts > free[0][change.cells] + TOLERANCE) | (
        change.amounts < -free[1][change.cells] - TOLERANCE
    )
    return float(price[change.cells[beyond]].sum()), change

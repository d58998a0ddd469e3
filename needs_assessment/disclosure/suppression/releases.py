"""Earlier releases: a number printed before stays known, and a sum that held before still holds.

Cells of two releases are one when they have the same name and the same number. A number that was revised between two
releases is two cells: nothing is known of the one from the other.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from needs_assessment.disclosure.suppression.arrays import Flags, Places
from needs_assessment.disclosure.suppression.axes import Grid
from needs_assessment.disclosure.suppression.cells import CHOOSE, HIDDEN, SHOWN, Problem


@dataclass(frozen=True)
class Release:
    """What was published: the problem it was, and the cells that were suppressed in it."""

    problem: Problem
    hidden: Flags


def link(problem: Problem, releases: Sequence[Release]) -> Problem:
    """The problem together with earlier releases; its own cells keep their positions and stand first."""
    for number, release in enumerate(releases):
        problem = _join(problem, release, number)
    return problem


def alone(releases: Sequence[Release]) -> Problem:
    """The earlier releases as one problem in which nothing is left to choose."""
    first, *others = releases
    state = first.problem.state.copy()
    state[(state == CHOOSE) & first.hidden] = HIDDEN
    state[(state == CHOOSE) & ~first.hidden] = SHOWN
    return link(replace(first.problem, state=state, grids=(), positions={}), others)


def _join(problem: Problem, release: Release, number: int) -> Problem:
    earlier = release.problem
    names: list[Hashable] = list(problem.names)
    place = np.empty(len(earlier), dtype=np.intp)
    fresh: list[int] = []
    for at, name in enumerate(earlier.names):
        found = problem.positions.get(name)
        if found is not None and problem.values[found] == earlier.values[at]:
            place[at] = found
            continue
        place[at] = len(names)
        names.append(name if found is None else ("release", number, name))
        fresh.append(at)
    new = np.array(fresh, dtype=np.intp)
    state = earlier.state.copy()
    state[(state == CHOOSE) & release.hidden] = HIDDEN
    state[(state == CHOOSE) & ~release.hidden] = SHOWN
    low, high = (
        np.concatenate([problem.low, earlier.low[new]]),
        np.concatenate([problem.high, earlier.high[new]]),
    )
    printed = np.flatnonzero(state == SHOWN)
    low[place[printed]] = np.maximum(low[place[printed]], earlier.shown_low[printed])
    high[place[printed]] = np.minimum(high[place[printed]], earlier.shown_high[printed])
    equations, constants, added = _equations(problem, earlier, place, len(names))
    tied = np.zeros(len(names), dtype=bool)
    tied[added] = True
    grids = tuple(Grid(grid.axes, grid.cells, grid.free & ~tied[grid.cells]) for grid in problem.grids)
    return Problem(
        names=tuple(names),
        values=np.concatenate([problem.values, earlier.values[new]]),
        counts=np.concatenate([problem.counts, earlier.counts[new]]),
        whole=np.concatenate([problem.whole, earlier.whole[new]]),
        low=low,
        high=high,
        shown_low=np.concatenate([problem.shown_low, earlier.shown_low[new]]),
        shown_high=np.concatenate([problem.shown_high, earlier.shown_high[new]]),
        state=np.concatenate([problem.state, state[new]]),
        equations=equations,
        constants=constants,
        grids=grids,
    )


def _equations(
    problem: Problem, earlier: Problem, place: Places, size: int
) -> tuple[sparse.csr_array, np.ndarray, Places]:
    """All equations without repetition, their constants, and the cells in those that are new."""
    own = problem.equations
    held = {_row(own, at, None, problem.constants[at]) for at in range(own.shape[0])}
    kept = [
        at
        for at in range(earlier.equations.shape[0])
        if _row(earlier.equations, at, place, earlier.constants[at]) not in held
    ]
    moved = earlier.equations[np.array(kept, dtype=np.intp)].tocoo()
    more = sparse.csr_array((moved.data, (moved.coords[0], place[moved.coords[1]])), shape=(len(kept), size))
    wide = sparse.csr_array((own.data, own.indices, own.indptr), shape=(own.shape[0], size))
    joined = sparse.csr_array(sparse.vstack([wide, more], format="csr"))
    constants = np.concatenate([problem.constants, earlier.constants[kept]])
    return joined, constants, np.unique(more.indices)


def _row(matrix: sparse.csr_array, at: int, place: Places | None, constant: float) -> tuple[object, ...]:
    span = slice(matrix.indptr[at], matrix.indptr[at + 1])
    cells = matrix.indices[span] if place is None else place[matrix.indices[span]]
    order = np.argsort(cells)
    return (*cells[order].tolist(), *matrix.data[span][order].tolist(), float(constant))

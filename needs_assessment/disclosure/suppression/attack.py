"""The reader's side: the range that each suppressed number can have, given all that was ever published."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from needs_assessment.disclosure.suppression.arrays import Array, Flags, Places
from needs_assessment.disclosure.suppression.cells import (
    FAR,
    HIDDEN,
    SHOWN,
    TOLERANCE,
    WITHHELD,
    Problem,
    room_of,
)
from needs_assessment.disclosure.suppression.quiet import quiet
from needs_assessment.disclosure.suppression.releases import Release, link
from needs_assessment.disclosure.suppression.solver import Part


@dataclass(frozen=True)
class Ranges:
    """The least and greatest value of each suppressed cell that fits all that is published."""

    names: tuple[Hashable, ...]
    cells: Places
    low: Array
    high: Array

    @property
    def width(self) -> Array:
        return self.high - self.low


def attack(
    problem: Problem,
    hidden: Flags,
    *,
    minimum: int = 5,
    told: bool = True,
    previous: Sequence[Release] = (),
    cells: Sequence[int] | None = None,
    enough: float = np.inf,
) -> Ranges:
    """Solve for the suppressed cells as a reader would, by integer programming.

    hidden: which cells of the problem are suppressed; minimum: counts below it are; told: the reader knows which
    suppressed cells are small; previous: what was released before; cells: those wanted, all suppressed ones when None;
    enough: a range is followed no further than this to either side of the truth. Whole numbers are taken to be whole.
    """
    joined = link(problem, previous)
    pattern = settled(joined)
    pattern[: len(problem)] |= hidden
    wanted = np.flatnonzero(hidden) if cells is None else np.asarray(cells, dtype=np.intp)
    with quiet():
        low, high = ranges(joined, pattern, wanted, minimum, told=told, enough=enough)
    return Ranges(tuple(problem.names[at] for at in wanted), wanted, low, high)


def settled(problem: Problem) -> Flags:
    """The cells that are not printed whatever is chosen now: suppressed before, or never published."""
    return np.asarray((problem.state == HIDDEN) | (problem.state == WITHHELD))


def ranges(
    problem: Problem, hidden: Flags, cells: Places, minimum: int, *, told: bool, enough: float = np.inf
) -> tuple[Array, Array]:
    """(low, high) of some cells. A table found for one cell serves all others that it moves far enough."""
    if np.any(hidden & (problem.state == SHOWN)):
        raise ValueError("a cell that must be shown is suppressed")
    up, down = room_of(problem, minimum, told=told).of(hidden)
    part = Part(problem, up, down)
    ends = np.zeros((2, len(problem)))
    for cell in cells:
        for side, sign in enumerate((-1, 1)):
            limit = min(enough, (down, up)[side][cell])
            if abs(ends[side, cell]) >= limit - TOLERANCE:
                continue
            found = part.farthest(int(cell), sign, enough)
            ends[0, found.cells] = np.minimum(ends[0, found.cells], found.amounts)
            ends[1, found.cells] = np.maximum(ends[1, found.cells], found.amounts)
    low, high = (problem.values + end for end in ends)
    low = np.where(-ends[0] >= FAR - TOLERANCE, -np.inf, low)
    high = np.where(ends[1] >= FAR - TOLERANCE, np.inf, high)
    return low[cells], high[cells]

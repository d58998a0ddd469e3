"""What is published and what a reader can know: cells, linear equations between them, and the room each cell has.

A ``Problem`` is the core on which everything else works. Its cells are counts of people (protected when small) and
other published numbers; its equations say which sums hold: margins, linked tables, derived rows such as
met = need - unmet, numbers of an earlier release. A table that a reader holds possible is value + d with
equations · d = 0 and every d within the cell's room; d = 0 is the truth. Working in d keeps large and fractional
numbers out of the solver.

Two readers are told apart. The reader who was *told* knows which suppressed cells are small: those are
1 to minimum - 1, every other suppressed count is at least the minimum, and a nought is never suppressed. The reader who
knows the *rule* only sees one marker for all: a suppressed count can be any number from 0 up. Whatever is safe from the
first reader is safe from the second.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from needs_assessment.disclosure.suppression.arrays import Array, Flags

if TYPE_CHECKING:
    from needs_assessment.disclosure.suppression.axes import Grid

# What has been settled about a cell: ours to choose, must be shown, suppressed in an earlier release, never published.
CHOOSE, SHOWN, HIDDEN, WITHHELD = range(4)
TOLERANCE = 1e-6
# no number is followed further than this from the truth: wider ranges are as good as endless
FAR = 1e5
# how often the equations are used in turn to bound their cells
ROUNDS = 60


@dataclass(frozen=True)
class Problem:
    """Cells and equations, one array entry a cell.

    names: keys, equal across linked tables and releases; values: the true numbers; counts: the number is a count of
    people, protected when small; whole: known to be a whole number; low, high: what anyone knows of the number
    beforehand; shown_low, shown_high: what a reader knows of it when it is printed (wider than the number when it is
    rounded); state: CHOOSE, SHOWN, HIDDEN or WITHHELD; equations · values = constants; grids: the tables that fill a
    product of axes, for the fast search.
    """

    names: tuple[Hashable, ...]
    values: Array
    counts: Flags
    whole: Flags
    low: Array
    high: Array
    shown_low: Array
    shown_high: Array
    state: NDArray[np.int8]
    equations: sparse.csr_array
    constants: Array
    grids: tuple[Grid, ...] = ()
    positions: dict[Hashable, int] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        size = len(self.values)
        arrays = (self.counts, self.whole, self.low, self.high, self.shown_low, self.shown_high, self.state)
        if len(self.names) != size or any(len(array) != size for array in arrays):
            raise ValueError("every array of a problem has one entry a cell")
        if self.equations.shape != (len(self.constants), size):
            raise ValueError("the equations have one column a cell and one row a constant")
        if not np.all(np.isfinite(self.values)):
            raise ValueError("a cell without a number cannot be protected: leave it out")
        if np.any(self.values[self.counts] < 0) or np.any(self.values[self.whole | self.counts] % 1):
            raise ValueError("a count of people is a whole number and never negative")
        miss = np.abs(self.equations @ self.values - self.constants)
        allowed = TOLERANCE * (1 + abs(self.equations) @ np.abs(self.values))
        if np.any(miss > allowed):
            row = int(np.argmax(miss - allowed))
            held = [self.names[at] for at in self.equations[[row]].indices]
            raise ValueError(f"the cells {held[:6]} do not add up")
        self.positions.update({name: at for at, name in enumerate(self.names)})
        if len(self.positions) < size:
            raise ValueError("two cells have the same name")

    def __len__(self) -> int:
        return len(self.values)

    def small(self, minimum: int) -> Flags:
        """Counts of people from 1 to minimum - 1."""
        return np.asarray(self.counts & (self.values >= 1) & (self.values < minimum))


@dataclass(frozen=True)
class Room:
    """How far a reader holds each number to be possible above and below the truth, suppressed or printed."""

    up_hidden: Array
    down_hidden: Array
    up_shown: Array
    down_shown: Array

    def of(self, hidden: Flags) -> tuple[Array, Array]:
        """(up, down) of every cell, given which are suppressed."""
        return (
            np.where(hidden, self.up_hidden, self.up_shown),
            np.where(hidden, self.down_hidden, self.down_shown),
        )


def room_of(problem: Problem, minimum: int, *, told: bool) -> Room:
    """The room of each cell for the reader who was told which cells are small, or who knows the rule only."""
    low, high = problem.low.copy(), problem.high.copy()
    small = problem.small(minimum)
    if told:
        marked = problem.state != WITHHELD
        flagged = small & marked
        low[flagged], high[flagged] = np.maximum(low[flagged], 1), np.minimum(high[flagged], minimum - 1)
        large = problem.counts & ~small & marked & (problem.values >= minimum)
        low[large] = np.maximum(low[large], minimum)
        nought = problem.counts & (problem.values == 0) & marked
        low[nought] = high[nought] = 0
    shown_low = np.maximum(problem.shown_low, problem.low)
    shown_high = np.minimum(problem.shown_high, problem.high)
    # a printed count is none of 1 to minimum - 1, even where it is rounded
    large = problem.counts & (problem.values >= minimum)
    shown_low[large] = np.maximum(shown_low[large], minimum)
    nought = problem.counts & (problem.values == 0)
    shown_low[nought] = shown_high[nought] = 0
    up_hidden, down_hidden = high - problem.values, problem.values - low
    return Room(
        np.maximum(up_hidden, 0),
        np.maximum(down_hidden, 0),
        np.minimum(np.maximum(shown_high - problem.values, 0), np.maximum(up_hidden, 0)),
        np.minimum(np.maximum(problem.values - shown_low, 0), np.maximum(down_hidden, 0)),
    )


def tighten(problem: Problem, room: Room, opened: Flags) -> Room:
    """The room left once each equation has been used to bound each of its cells by the others, over and over.

    opened: the cells that can be suppressed at all. Every possible table under any pattern lies in the tightened room,
    and a count that no pattern can protect usually shows here, without a solver.
    """
    up, down = (np.minimum(side, FAR) for side in room.of(opened))
    entries = problem.equations.tocoo()
    (row, cell), factor = entries.coords, entries.data
    lines = problem.equations.shape[0]
    whole = problem.whole
    for _ in range(ROUNDS):
        most = np.where(factor > 0, factor * up[cell], -factor * down[cell])
        least = np.where(factor > 0, -factor * down[cell], factor * up[cell])
        others_most = np.bincount(row, most, lines)[row] - most
        others_least = np.bincount(row, least, lines)[row] - least
        rise = np.where(factor > 0, -others_least, others_most) / np.abs(factor)
        fall = np.where(factor > 0, others_most, -others_least) / np.abs(factor)
        new_up, new_down = up.copy(), down.copy()
        np.minimum.at(new_up, cell, rise)
        np.minimum.at(new_down, cell, fall)
        new_up, new_down = (
            np.maximum(np.where(whole, np.floor(side + TOLERANCE), side), 0.0) for side in (new_up, new_down)
        )
        if np.array_equal(new_up, up) and np.array_equal(new_down, down):
            break
        up, down = new_up, new_down
    return Room(
        np.minimum(room.up_hidden, np.where(up >= FAR, np.inf, up)),
        np.minimum(room.down_hidden, np.where(down >= FAR, np.inf, down)),
        np.minimum(room.up_shown, np.where(up >= FAR, np.inf, up)),
        np.minimum(room.down_shown, np.where(down >= FAR, np.inf, down)),
    )


def rounded_range(value: float, base: float, *, whole: bool = True) -> tuple[float, float]:
    """The numbers that print as ``value`` does when rounded to the nearest ``base`` (halves to even, as Python does)."""
    if base <= 0:
        raise ValueError("numbers are rounded to the nearest positive base")
    if whole and base <= 1:
        return value, value
    shown = round(value / base) * base
    low, high = shown - base / 2, shown + base / 2
    if whole:
        low, high = float(np.ceil(low - TOLERANCE)), float(np.floor(high + TOLERANCE))
        low += round(low / base) * base != shown
        high -= round(high / base) * base != shown
    return low, high

"""The axes of a table: their places, the sums between them, and the small exchanges that keep all sums.

An axis has places (wards, say) and equations, each a total and its parts. A *move* of an axis is a set of places
with signs that changes no equation: one person more in ward A and one fewer in ward B, or one more in ward A and in
the total. The product of one move on each axis is a move of the whole table: for three flat axes it changes eight
cells by one. Such products (the elementary moves of Diaconis and Sturmfels, Annals of Statistics 26, 1998) connect
tables with the same published margins, are whole numbers by construction, and can be searched without a solver.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from needs_assessment.disclosure.suppression.arrays import Flags, Places

# a move of one axis changes at most this many places: a swap within one district is 2, between districts 4
LONGEST = 4


@dataclass(frozen=True)
class Axis:
    """An axis: its name, places, and sums (total, parts) as positions; ``top`` is the place that stands for all."""

    name: str
    places: tuple[Hashable, ...]
    sums: tuple[tuple[int, tuple[int, ...]], ...] = ()
    top: int | None = None

    def __post_init__(self) -> None:
        if len(set(self.places)) < len(self.places):
            raise ValueError(f"the axis {self.name} names a place twice")

    @cached_property
    def moves(self) -> tuple[tuple[Places, NDArray[np.int8]], ...]:
        """For each place the moves that raise it by one: the other places and their signs, shape [move, length].

        Shorter moves are filled up with the position after the last place, sign 0.
        """
        return tuple(self._moves_of(place) for place in range(len(self.places)))

    def _moves_of(self, place: int) -> tuple[Places, NDArray[np.int8]]:
        found: dict[frozenset[tuple[int, int]], None] = {}
        self._extend({place: 1}, found)
        rows = sorted((sorted(move) for move in found), key=lambda row: (len(row), row))
        others = [[entry for entry in row if entry[0] != place] for row in rows]
        length = max((len(row) for row in others), default=0)
        where = np.full((len(others), length), len(self.places), dtype=np.intp)
        signs = np.zeros((len(others), length), dtype=np.int8)
        for at, row in enumerate(others):
            for column, (other, sign) in enumerate(row):
                where[at, column], signs[at, column] = other, sign
        return where, signs

    @cached_property
    def _sums_of(self) -> dict[int, list[tuple[int, int]]]:
        """For each place the sums it is in: 1 as the total, -1 as a part."""
        member: dict[int, list[tuple[int, int]]] = {}
        for number, (total, parts) in enumerate(self.sums):
            member.setdefault(total, []).append((number, 1))
            for part in parts:
                member.setdefault(part, []).append((number, -1))
        return member

    def _extend(self, move: dict[int, int], found: dict[frozenset[tuple[int, int]], None]) -> None:
        misses: dict[int, int] = {}
        for place, change in move.items():
            for number, factor in self._sums_of.get(place, ()):
                misses[number] = misses.get(number, 0) + factor * change
        broken = [(number, miss) for number, miss in misses.items() if miss]
        if not broken:
            found[frozenset(move.items())] = None
            return
        number, miss = broken[0]
        if len(move) == LONGEST or abs(miss) > 1:
            return
        total, parts = self.sums[number]
        for other, change in [(total, -miss), *((part, miss) for part in parts)]:
            if other not in move:
                self._extend({**move, other: change}, found)

    @property
    def leaves(self) -> list[int]:
        """The places that are no total."""
        totals = {total for total, _ in self.sums}
        return [place for place in range(len(self.places)) if place not in totals]


def flat(name: str, places: Sequence[Hashable], total: Hashable = "all") -> Axis:
    """An axis of places that add up to one total, which comes last."""
    size = len(places)
    return Axis(name, (*places, total), ((size, tuple(range(size))),), size)


def tree(name: str, parents: Mapping[Hashable, Hashable]) -> Axis:
    """A hierarchical axis from each place's parent: wards in districts in a county; the root stands for all.

    Raises ValueError when the places have no single root.
    """
    places = list(dict.fromkeys([*parents, *parents.values()]))
    roots = [place for place in places if place not in parents]
    if len(roots) != 1:
        raise ValueError(f"the axis {name} has {len(roots)} roots")
    position = {place: at for at, place in enumerate(places)}
    parts: dict[int, list[int]] = {}
    for child, parent in parents.items():
        parts.setdefault(position[parent], []).append(position[child])
    sums = tuple((total, tuple(members)) for total, members in parts.items())
    return Axis(name, tuple(places), sums, position[roots[0]])


def beside(first: Axis, second: Axis) -> Axis:
    """One axis of two breakdowns of the same total: the places of the first, then those of the second but its top.

    Raises ValueError when one of them has no place that stands for all.
    """
    if first.top is None or second.top is None:
        raise ValueError("two breakdowns stand beside each other under a common total")
    size = len(first.places)
    place = {
        at: size + new for new, at in enumerate(at for at in range(len(second.places)) if at != second.top)
    }
    place[second.top] = first.top
    more = tuple((place[total], tuple(place[part] for part in parts)) for total, parts in second.sums)
    names = [(second.name, second.places[at]) for at in range(len(second.places)) if at != second.top]
    return Axis(f"{first.name} and {second.name}", (*first.places, *names), first.sums + more, first.top)


@dataclass(frozen=True)
class Grid:
    """A table that fills the product of its axes: the cell at each place, and which cells its moves may touch.

    cells: positions in the problem, shape one length an axis; free: False where a cell is also in an equation of
    another table, which a move of this table alone would break.
    """

    axes: tuple[Axis, ...]
    cells: Places
    free: Flags

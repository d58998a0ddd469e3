"""Builds a ``Problem`` from tables with margins, linked tables, single numbers and relations between them.

Cells are named (measure, the places of their axes without those that stand for all), so the margin of one table and the
margin of another that counts the same people are one cell: linked tables need nothing more than equal names.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from needs_assessment.disclosure.suppression.arrays import Array, Flags, Places
from needs_assessment.disclosure.suppression.axes import Axis, Grid, beside
from needs_assessment.disclosure.suppression.cells import CHOOSE, WITHHELD, Problem, rounded_range

Name = tuple[str, frozenset[tuple[str, Hashable]]]
Row = tuple[tuple[tuple[int, float], ...], float]
Laid = tuple[tuple[Axis, ...], Places, set[int]]


@dataclass(frozen=True)
class Table:
    """Counts over the product of some axes, margins included: values has one length an axis.

    printed: False where a cell is not published at all (None: all are); round_to: counts are printed to the nearest
    of this; protected: the counts are of people.
    """

    measure: str
    axes: tuple[Axis, ...]
    values: np.ndarray
    printed: np.ndarray | None = None
    round_to: float = 1.0
    protected: bool = True

    def __post_init__(self) -> None:
        shape = tuple(len(axis.places) for axis in self.axes)
        if self.values.shape != shape:
            raise ValueError(
                f"{self.measure}: the values have the shape {self.values.shape}, the axes {shape}"
            )

    @classmethod
    def from_leaves(cls, measure: str, axes: Sequence[Axis], leaves: ArrayLike, **options: object) -> Table:
        """A table whose totals are added up from the places that are no total."""
        values = np.asarray(leaves)
        for at, axis in enumerate(axes):
            values = np.moveaxis(_with_totals(axis, np.moveaxis(values, at, 0)), 0, at)
        return cls(measure, tuple(axes), values, **options)  # type: ignore[arg-type]

    def name(self, place: Sequence[int]) -> Name:
        """The name of the cell at these positions."""
        return self.measure, frozenset(
            (axis.name, axis.places[at]) for axis, at in zip(self.axes, place, strict=True) if at != axis.top
        )

    def names(self) -> list[Name]:
        """The names of all cells, in the order of ``values.ravel()``."""
        return [self.name(place) for place in np.ndindex(*self.values.shape)]


@dataclass(frozen=True)
class Number:
    """A published number outside the tables, such as a modelled need; ``state`` as in ``cells``."""

    name: Hashable
    value: float
    protected: bool = False
    whole: bool = False
    low: float = -np.inf
    high: float = np.inf
    round_to: float = 0.0
    state: int = CHOOSE


@dataclass(frozen=True)
class Relation:
    """Σ factor · cell = constant, or within ``slack`` of it (a published share is a rounded one)."""

    factors: Mapping[Hashable, float]
    constant: float = 0.0
    slack: float = 0.0


def build(
    tables: Sequence[Table] = (), numbers: Sequence[Number] = (), relations: Sequence[Relation] = ()
) -> Problem:
    """One problem of everything that is published together.

    Raises ValueError when a cell has two values, or the cells of a relation are unknown or do not add up.
    """
    cells = _Cells()
    rows: dict[Row, set[int]] = {}
    laid = []
    for at, table in enumerate(tables):
        ids = np.array(
            [cells.add_count(table, place) for place in np.ndindex(*table.values.shape)], dtype=np.intp
        )
        ids = ids.reshape(table.values.shape)
        laid.append(ids)
        for row in _sums(table, ids):
            rows.setdefault(row, set()).add(at)
    for number in numbers:
        cells.add(number)
    for relation in relations:
        terms = {cells.position(name): factor for name, factor in relation.factors.items()}
        if relation.slack:
            rest = relation.constant - sum(cells.given[at].value * factor for at, factor in terms.items())
            if abs(rest) > relation.slack:
                raise ValueError(f"the cells {list(relation.factors)} are further apart than the slack")
            slack = Number(
                ("slack", len(rows)), rest, low=-relation.slack, high=relation.slack, state=WITHHELD
            )
            terms[cells.add(slack)] = 1.0
        rows.setdefault((tuple(sorted(terms.items())), relation.constant), set()).add(-1)
    grids = tuple(
        Grid(axes, ids, _free(len(cells.given), ids, rows, owners))
        for axes, ids, owners in _merged(
            [(table.axes, ids, {at}) for at, (table, ids) in enumerate(zip(tables, laid, strict=True))]
        )
    )
    return cells.problem(list(rows), grids)


class _Cells:
    """Collects cells by name."""

    def __init__(self) -> None:
        self.given: list[Number] = []
        self.where: dict[Hashable, int] = {}

    def add_count(self, table: Table, place: tuple[int, ...]) -> int:
        printed = table.printed is None or bool(table.printed[place])
        return self.add(
            Number(
                table.name(place),
                float(table.values[place]),
                protected=table.protected,
                whole=True,
                low=0.0,
                round_to=table.round_to,
                state=CHOOSE if printed else WITHHELD,
            )
        )

    def add(self, number: Number) -> int:
        at = self.where.setdefault(number.name, len(self.given))
        if at == len(self.given):
            self.given.append(number)
            return at
        known = self.given[at]
        if known.value != number.value:
            raise ValueError(f"the cell {number.name} has two values")
        # what is printed in one table is known, however it stands in another
        printed = min(known, number, key=lambda one: (one.state == WITHHELD, one.round_to))
        self.given[at] = printed
        return at

    def position(self, name: Hashable) -> int:
        if name not in self.where:
            raise ValueError(f"a relation names the unknown cell {name}")
        return self.where[name]

    def problem(self, rows: list[Row], grids: tuple[Grid, ...]) -> Problem:
        given = self.given
        shown = [
            rounded_range(one.value, one.round_to, whole=one.whole)
            if one.round_to
            else (one.value, one.value)
            for one in given
        ]
        line, column, factor = [], [], []
        for at, (terms, _) in enumerate(rows):
            for cell, coefficient in terms:
                line.append(at)
                column.append(cell)
                factor.append(coefficient)
        equations = sparse.csr_array(
            (factor, (line, column)), shape=(len(rows), len(given)), dtype=np.float64
        )
        return Problem(
            names=tuple(one.name for one in given),
            values=np.array([one.value for one in given], dtype=np.float64),
            counts=np.array([one.protected for one in given], dtype=bool),
            whole=np.array([one.whole for one in given], dtype=bool),
            low=np.array([one.low for one in given], dtype=np.float64),
            high=np.array([one.high for one in given], dtype=np.float64),
            shown_low=np.array([low for low, _ in shown], dtype=np.float64),
            shown_high=np.array([high for _, high in shown], dtype=np.float64),
            state=np.array([one.state for one in given], dtype=np.int8),
            equations=equations,
            constants=np.array([constant for _, constant in rows], dtype=np.float64),
            grids=grids,
        )


def _sums(table: Table, ids: Places) -> list[Row]:
    rows: list[Row] = []
    for at, axis in enumerate(table.axes):
        across = [range(length) for other, length in enumerate(ids.shape) if other != at]
        lines = np.moveaxis(ids, at, -1)
        for place in product(*across):
            line = lines[place]
            for total, parts in axis.sums:
                terms = [(int(line[total]), 1.0), *((int(line[part]), -1.0) for part in parts)]
                rows.append((tuple(sorted(terms)), 0.0))
    return rows


def _merged(laid: list[Laid]) -> list[Laid]:
    """Tables that differ in one axis only and share its total are laid side by side, so that moves cross them."""
    done: list[Laid] = []
    for axes, ids, owners in laid:
        for at, (known, cells, others) in enumerate(done):
            axis = _only_difference(known, axes)
            if axis is None:
                continue
            mine, theirs = known[axis].top, axes[axis].top
            if mine is None or theirs is None:
                continue
            if np.array_equal(cells.take(mine, axis=axis), ids.take(theirs, axis=axis)):
                side = np.delete(ids, theirs, axis=axis)
                joined = (*known[:axis], beside(known[axis], axes[axis]), *known[axis + 1 :])
                done[at] = joined, np.concatenate([cells, side], axis=axis), others | owners
                break
        else:
            done.append((axes, ids, owners))
    return done


def _only_difference(first: tuple[Axis, ...], second: tuple[Axis, ...]) -> int | None:
    if len(first) != len(second):
        return None
    differ = [at for at, (one, other) in enumerate(zip(first, second, strict=True)) if one != other]
    return differ[0] if len(differ) == 1 else None


def _free(size: int, ids: Places, rows: Mapping[Row, set[int]], tables: set[int]) -> Flags:
    """Which cells of a grid are in no equation of another table."""
    tied = np.zeros(size, dtype=bool)
    for (terms, _), owners in rows.items():
        if not owners & tables:
            tied[[cell for cell, _ in terms]] = True
    return ~tied[ids]


def _with_totals(axis: Axis, leaves: Array) -> Array:
    values = np.zeros((len(axis.places), *leaves.shape[1:]), dtype=leaves.dtype)
    values[axis.leaves] = leaves
    done = set(axis.leaves)
    while len(done) < len(axis.places):
        ready = [(total, parts) for total, parts in axis.sums if total not in done and set(parts) <= done]
        if not ready:
            raise ValueError(f"the totals of the axis {axis.name} cannot be added up")
        for total, parts in ready:
            values[total] = values[list(parts)].sum(axis=0)
            done.add(total)
    return values

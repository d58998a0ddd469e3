"""The reader's check: how closely each small count can be worked out from all that is printed, by linear programmes.

After the choice of what is hidden, the least and the greatest value of every small count and rest (``stretches.py``) are
sought under everything that is printed. Where fewer values are left than the rule allows, the solution of the programme
names the printed counts on which its bounds rest, and one of them has to go: the cheapest that serve all such counts
together. That is done again until nothing is left to find, or nothing is left to hide.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from needs_assessment.disclosure.counts import Cell, Key
from needs_assessment.disclosure.stretches import Piece, Stretch
from needs_assessment.disclosure.suppression.arrays import Array, Flags, Places
from needs_assessment.disclosure.suppression.cells import TOLERANCE, rounded_range
from needs_assessment.disclosure.suppression.protect import PRICE_OF_NOUGHT
from needs_assessment.disclosure.suppression.quiet import quiet
from needs_assessment.disclosure.suppression.solver import solve

ROUNDS = 60
# so many counts are looked at before the next numbers are hidden for them
AT_ONCE = 5
# widths that are better than none where the rule's cannot be had
LESS = (2.0, 1.0)
# a bound rests on a printed count where a unit of it is worth more than this
WORTH = 1e-7
# what the solver answers where no numbers fit
NO_TRUTH = 2


@dataclass(frozen=True)
class Known:
    """What is known of a stated count: shown, where this release prints it; hidden, where it does not; told, where it does
    not and the reader knows which counts are hidden for being small."""

    shown: tuple[float, float]
    hidden: tuple[float, float] = (0.0, np.inf)
    told: tuple[float, float] = (0.0, np.inf)
    may_go: bool = True
    price: float = 1.0


@dataclass(frozen=True)
class Checked:
    """hidden: counts that have to go besides those that went; narrow, told_before: small counts that can be worked out
    whatever is hidden, the latter from earlier releases alone."""

    hidden: frozenset[Key] = frozenset()
    narrow: frozenset[Hashable] = frozenset()
    told_before: frozenset[Hashable] = frozenset()


def known_of(
    cells: Mapping[Key, Cell],
    minimum: int,
    weights: Mapping[Hashable, float],
    before: Mapping[Key, tuple[float, float]],
) -> dict[Key, Known]:
    """What a reader knows of each stated count.

    weights: how many published numbers go with a count; before: the least and greatest value that an earlier release
    tells of it.
    """
    largest = 1.0 + sum(cell.value for cell in cells.values())
    found = {}
    for key, cell in cells.items():
        shown = rounded_range(cell.value, cell.round_to) if cell.round_to else (cell.value, cell.value)
        if cell.protected and cell.round_to:
            # a printed count is none of 1 to minimum - 1, even where it is rounded
            shown = (max(shown[0], min(minimum, cell.value)), shown[1]) if cell.value else (0.0, 0.0)
        hidden = before.get(key, (0.0, np.inf))
        least, most = (1.0, minimum - 1.0) if cell.value < minimum else (float(minimum), np.inf)
        least, most = (least, most) if cell.value else (0.0, 0.0)
        told = (max(least, hidden[0]), min(most, hidden[1]))
        may_go = cell.protected and cell.place == "printed" and hidden[0] < hidden[1]
        price = weights.get(key, 1.0) * (1.0 if cell.value else PRICE_OF_NOUGHT) + cell.value / largest
        found[key] = Known(shown, hidden, told, may_go, price)
    return found


def check(
    piece: Piece, known: Mapping[Key, Known], hidden: Collection[Key], minimum: int, width: float
) -> Checked:
    """What else has to be hidden of one piece so that each small count keeps its width.

    hidden: what is hidden so far; minimum, width: as in the rules.
    """
    with quiet():
        return _Check(piece, known, hidden, width).run()


@dataclass(frozen=True)
class _Goal:
    """Targets that are to keep a width for a reader who was told which counts are small, or was not."""

    told: bool
    width: float
    targets: Places

    def of(self, targets: Iterable[int]) -> _Goal:
        return replace(self, targets=np.array(list(targets), dtype=np.intp))


def _leaves(width: float, low: float, high: float) -> bool:
    """Whether the whole numbers between two ends are wide enough apart."""
    return bool(np.floor(high + TOLERANCE) - np.ceil(low - TOLERANCE) >= width - TOLERANCE)


class _Check:
    """One piece under the reader's programmes: unknowns are stretches, then one a stated count."""

    def __init__(
        self, piece: Piece, known: Mapping[Key, Known], hidden: Collection[Key], width: float
    ) -> None:
        self.piece, self.width = piece, width
        self.keys = list(piece.stated)
        self.known = [known[key] for key in self.keys]
        self.base = np.array([key in set(hidden) for key in self.keys])
        places: dict[Stretch, int] = {}
        rows = [*piece.stated.values(), *piece.equal, *piece.at_most, *(one.factors for one in piece.targets)]
        for row in rows:
            for stretch in row:
                places.setdefault(stretch, len(places))
        self.places, self.size = places, len(places)
        stated = [dict.fromkeys(row, 1.0) for row in piece.stated.values()]
        own = sparse.hstack([self._matrix(stated), -sparse.eye_array(len(stated))], format="csr")
        self.equal = sparse.vstack([own, self._wide(piece.equal)], format="csr")
        self.at_most = self._wide(piece.at_most)
        self.aims = self._wide([one.factors for one in piece.targets])
        self.may_go = np.array([one.may_go for one in self.known])
        self.price = np.array([one.price for one in self.known])
        self.slack = self._slack()

    def _matrix(self, rows: Iterable[Mapping[Stretch, float]]) -> sparse.csr_array:
        line, column, factor = [], [], []
        count = 0
        for at, row in enumerate(rows):
            count = at + 1
            for stretch, number in row.items():
                line.append(at)
                column.append(self.places[stretch])
                factor.append(number)
        return sparse.csr_array((factor, (line, column)), shape=(count, self.size), dtype=np.float64)

    def _wide(self, rows: Collection[Mapping[Stretch, float]]) -> sparse.csr_array:
        empty = sparse.csr_array((len(rows), len(self.keys)))
        return sparse.csr_array(sparse.hstack([self._matrix(rows), empty], format="csr"))

    def _bounds(self, hidden: Flags, *, told: bool = False) -> Array:
        """(least, greatest) of every unknown; told: for the reader who knows which counts are hidden for being small."""
        stated = [
            (one.told if told else one.hidden) if gone else one.shown
            for one, gone in zip(self.known, hidden, strict=True)
        ]
        return np.array([(0.0, np.inf)] * self.size + stated)

    def _slack(self) -> tuple[Array, Array]:
        """How far each sum has to give so that all that is stated can be true together: 0 where the figures agree."""
        from scipy.optimize import linprog

        equal, most = self.equal.shape[0], self.at_most.shape[0]
        total = self.size + len(self.keys)
        wide = sparse.hstack([self.equal, sparse.eye_array(equal), -sparse.eye_array(equal)], format="csr")
        wide = sparse.hstack([wide, sparse.csr_array((equal, most))], format="csr")
        upper = sparse.hstack(
            [self.at_most, sparse.csr_array((most, 2 * equal)), -sparse.eye_array(most)], format="csr"
        )
        bounds = np.vstack(
            [self._bounds(np.zeros(len(self.keys), dtype=bool)), [(0.0, np.inf)] * (2 * equal + most)]
        )
        goal = np.concatenate([np.zeros(total), np.ones(2 * equal + most)])
        found = linprog(
            goal,
            A_eq=wide,
            b_eq=np.zeros(equal),
            A_ub=upper if most else None,
            b_ub=np.zeros(most) if most else None,
            bounds=bounds,
        )
        extra = found.x[total:]
        return extra[:equal] + extra[equal : 2 * equal], extra[2 * equal :]

    def run(self) -> Checked:
        # a sum that the figures themselves break tells a reader nothing
        self.equal = self.equal[np.flatnonzero(self.slack[0] <= TOLERANCE)]
        self.at_most = self.at_most[np.flatnonzero(self.slack[1] <= TOLERANCE)]
        self.sums = sparse.csr_array(sparse.vstack([self.equal, self.at_most], format="csr"))
        hidden, left = self.base, np.arange(len(self.piece.targets))
        lost: dict[int, Flags] = {}
        kept: list[_Goal] = []
        # the reader who was told which counts are small; where that cannot be, the one who was not; and at the worst one
        # who may know them more closely than the rule allows, but not for sure
        for told, width in ((True, self.width), (False, self.width), *((False, width) for width in LESS)):
            if width > self.width or not len(left):
                continue
            hidden, missed = self._hide(hidden, _Goal(told, width, left))
            kept.append(_Goal(told, width, np.array([at for at in left if at not in missed], dtype=np.intp)))
            left = np.array(sorted(missed), dtype=np.intp)
            if not told and width == self.width:
                lost = missed
        return self._checked(self._without_needless(hidden, kept), lost)

    def _hide(self, hidden: Flags, goal: _Goal) -> tuple[Flags, dict[int, Flags]]:
        """What has to go so that a goal is reached, and the targets for which it cannot be whatever goes."""
        lost: dict[int, Flags] = {}
        tried: set[int] = set()
        cuts: list[Flags] = []
        for _ in range(ROUNDS):
            found, left = self._narrow(hidden, goal, most=AT_ONCE)
            # what is too narrow whatever goes is not sought any more
            lost |= self._narrow(hidden | self.may_go, goal.of(at for at in found if at not in tried))[0]
            tried |= found.keys()
            if not found and not left:
                return hidden, lost
            goal = goal.of([*(at for at in found if at not in lost), *left])
            supports = [support for at, support in found.items() if at not in lost]
            if supports:
                cuts += [support & self.may_go & ~hidden for support in supports]
                hidden = hidden | self._cheapest(cuts, hidden)
        return hidden | self.may_go, lost | self._narrow(hidden | self.may_go, goal)[0]

    def _cheapest(self, cuts: list[Flags], hidden: Flags) -> Flags:
        """The cheapest counts of which every cut has one."""
        rows = [cut for cut in cuts if cut.any() and not (cut & hidden).any()]
        found = solve(
            self.price,
            sparse.csr_array((0, len(self.keys))),
            np.zeros(len(self.keys)),
            np.ones(len(self.keys)),
            np.ones(len(self.keys), dtype=bool),
            (sparse.csr_array(np.array(rows, dtype=np.float64)), np.ones(len(rows))),
        )
        if found is None:
            return np.logical_or.reduce(rows)
        return found > 0.5

    def _without_needless(self, hidden: Flags, goals: Collection[_Goal]) -> Flags:
        """Print again, dearest first, what turns out not to be needed for what was reached."""
        extra = np.flatnonzero(hidden & ~self.base)
        if len(extra) < 2:
            return hidden
        for at in extra[np.argsort(-self.price[extra], kind="stable")]:
            fewer = hidden.copy()
            fewer[at] = False
            if not any(self._narrow(fewer, goal, most=1)[0] for goal in goals):
                hidden = fewer
        return hidden

    def _checked(self, hidden: Flags, lost: Mapping[int, Flags]) -> Checked:
        early: set[Hashable] = set()
        narrow: set[Hashable] = set()
        before = np.array([one.hidden != (0.0, np.inf) for one in self.known])
        for at, support in lost.items():
            (early if support.any() and before[support].all() else narrow).add(self.piece.targets[at].name)
        more = frozenset(key for key, gone in zip(self.keys, hidden & ~self.base, strict=True) if gone)
        return Checked(more, frozenset(narrow), frozenset(early))

    # --- the programmes

    def _narrow(
        self, hidden: Flags, goal: _Goal, *, most: int | None = None
    ) -> tuple[dict[int, Flags], list[int]]:
        """The targets that can be worked out too closely, each with the stated counts on which that rests.

        most: stop when so many were found; what was not looked at then is the second answer.
        """
        bounds, width = self._bounds(hidden, told=goal.told), goal.width
        truth = np.array([one.value for one in self.piece.targets])
        low, high = truth.copy(), truth.copy()

        def see(point: Array | None) -> None:
            if point is not None:
                reached = self.aims @ point
                np.minimum(low, reached, out=low)
                np.maximum(high, reached, out=high)

        left, before = goal.targets, len(goal.targets) + 1
        while 1 < len(left) < before:
            aims = self.aims[left]
            for sign in (1.0, -1.0):
                total = np.asarray(aims.sum(axis=0)).ravel()
                see(self._point(total, aims, sign * truth[left] + width, sign, bounds)[0])
            before = len(left)
            left = np.array([at for at in left if not _leaves(width, low[at], high[at])], dtype=np.intp)
        found: dict[int, Flags] = {}
        for place, at in enumerate(left.tolist()):
            if _leaves(width, low[at], high[at]):
                continue
            row = self.aims[[at]]
            ends = [
                (row.toarray().ravel(), row, np.array([sign * truth[at] + width]), sign, bounds)
                for sign in (1.0, -1.0)
            ]
            possible = True
            for end in ends:
                point, possible = self._point(*end)
                see(point)
                if not possible or _leaves(width, low[at], high[at]):
                    break
            # where the figures disagree with each other, no truth is near this one, and nothing is told of it
            if not possible or _leaves(width, low[at], high[at]):
                continue
            found[at] = self._rests(*ends[0]) | self._rests(*ends[1])
            if len(found) == most:
                return found, left[place + 1 :].tolist()
        return found, []

    def _point(
        self, aim: Array, rows: sparse.csr_array, limits: Array, sign: float, bounds: Array
    ) -> tuple[Array | None, bool]:
        """A possible truth in which a sum is as large (sign 1) or small as it can be, and whether there is a possible truth.

        rows, limits: sums of which sign times the value is no more than the limit.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp

        most = np.zeros(self.sums.shape[0])
        least = np.where(np.arange(len(most)) < self.equal.shape[0], 0.0, -np.inf)
        found = milp(
            -sign * aim,
            bounds=Bounds(bounds[:, 0], bounds[:, 1]),
            constraints=[
                LinearConstraint(self.sums, least, most),
                LinearConstraint(sign * rows, -np.inf, limits),
            ],
        )
        return (found.x if found.success else None), found.status != NO_TRUTH

    def _rests(self, aim: Array, rows: sparse.csr_array, limits: Array, sign: float, bounds: Array) -> Flags:
        """The stated counts that keep a sum from being larger (sign 1) or smaller; all, where that cannot be told."""
        from scipy.optimize import linprog

        found = linprog(
            -sign * aim,
            A_eq=self.equal,
            b_eq=np.zeros(self.equal.shape[0]),
            A_ub=sparse.vstack([self.at_most, sign * rows], format="csr"),
            b_ub=np.concatenate([np.zeros(self.at_most.shape[0]), limits]),
            bounds=bounds,
        )
        if not found.success:
            return np.ones(len(self.keys), dtype=bool)
        worth = np.abs(found.lower.marginals) + np.abs(found.upper.marginals)
        return np.asarray(worth[self.size :] > WORTH)

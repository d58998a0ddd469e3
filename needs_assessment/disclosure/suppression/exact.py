"""The least that must be suppressed besides the small counts, by integer programming.

Whether a pattern of suppressed cells is safe is asked of the reader's linear programmes. By duality a pattern that is
not safe yields an inequality that every safe pattern satisfies: Σ capacity of the cell × (1 if suppressed) ≥ width
(Fischetti and Salazar-González, Management Science 47, 2001). The master programme chooses the cheapest pattern under
the inequalities found so far; first as a linear programme, which is quick and finds most of them, then in whole
numbers. A pattern safe from linear programmes but not from integer ones is excluded with all its parts: more
suppression only ever widens what a reader holds possible.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from needs_assessment.disclosure.suppression.arrays import Array, Flags, Places
from needs_assessment.disclosure.suppression.cells import TOLERANCE, Problem, Room
from needs_assessment.disclosure.suppression.moves import OUT_OF_REACH
from needs_assessment.disclosure.suppression.search import Proof, Wish
from needs_assessment.disclosure.suppression.solver import Change, Part, as_change, holds, solve

# Larger problems are left to the search. Size: both directions of every wish, times the cells that can move.
LARGEST = 12_000
ROUNDS = 60
NODES = 300
# the master programme first in parts of cells, then in whole cells but roughly, then to the end
GAPS = (None, 0.2, 0.05, 0.0)
# capacity is followed no further than this many widths: exchanges that protect a count move others by about as much
REACH = 12.0
# a closed cell is given this much room while inequalities are sought, which leads to sharper ones
GLIMPSE = 1e-3


def least_suppression(
    problem: Problem, rooms: dict[bool, Room], hidden: Flags, price: Array, wishes: list[Wish]
) -> tuple[Flags, dict[Wish, Proof]] | None:
    """The cheapest pattern that keeps every wish, with the proofs; None when the problem is too large or too hard.

    hidden: what is suppressed in any case; price: of every other cell, out of reach where it cannot be suppressed.
    All wishes must be attainable.
    """
    candidates = np.flatnonzero(~hidden & (price < OUT_OF_REACH / 2))
    if 2 * len(wishes) * (len(candidates) + int(hidden.sum())) > LARGEST:
        return None
    master = _Master(problem, rooms, hidden, price, wishes, candidates)
    stage = 0
    for _ in range(ROUNDS):
        chosen = master.choose(GAPS[stage])
        if chosen is None:
            return None
        if master.add_cuts(chosen):
            continue
        if stage < len(GAPS) - 1:
            stage += 1
            continue
        pattern = hidden.copy()
        pattern[candidates[chosen > 0.5]] = True
        proofs, failing = master.prove(pattern)
        if not failing:
            return pattern, proofs
        master.exclude(pattern, failing)
    return None


class _Master:
    """The choice of a pattern under the inequalities found so far."""

    def __init__(
        self,
        problem: Problem,
        rooms: dict[bool, Room],
        hidden: Flags,
        price: Array,
        wishes: list[Wish],
        candidates: Places,
    ) -> None:
        self.problem, self.rooms, self.hidden, self.wishes, self.candidates = (
            problem,
            rooms,
            hidden,
            wishes,
            candidates,
        )
        self.price = price[candidates]
        self.cuts: list[Array] = []
        self.bounds: list[float] = []
        self.answers: Array = np.zeros(0)
        opened = hidden.copy()
        opened[candidates] = True
        movable = np.zeros(len(problem), dtype=bool)
        for room in rooms.values():
            up, down = room.of(opened)
            movable |= (up > TOLERANCE) | (down > TOLERANCE)
        self.cells = np.flatnonzero(movable)
        place = np.full(len(problem), -1)
        place[self.cells] = np.arange(len(self.cells))
        self.place = place
        # candidates among the movable cells; the others can never help
        self.open_places = place[candidates]
        matrix = problem.equations[:, self.cells]
        self.matrix = matrix[np.unique(matrix.nonzero()[0])]
        self.blocks = sparse.kron(sparse.eye_array(2 * len(wishes)), self.matrix, format="csr")

    def choose(self, gap: float | None) -> Array | None:
        """A pattern over the candidates within ``gap`` of the cheapest; in parts of cells when None."""
        count = len(self.candidates)
        if not self.cuts:
            return np.zeros(count)
        rows = sparse.csr_array(np.array(self.cuts))
        return solve(
            self.price,
            sparse.csr_array((0, count)),
            np.zeros(count),
            np.ones(count),
            np.full(count, gap is not None),
            (rows, np.array(self.bounds)),
            nodes=NODES,
            gap=gap or 0.0,
        )

    def _capacity(self, wish: Wish) -> tuple[Array, Array, Array, Array]:
        """Room of the movable cells as printed (up, down), and what suppression adds (up, down)."""
        room, reach = self.rooms[wish.told], REACH * max(wish.width, 1.0)
        fixed = [np.minimum(side, reach)[self.cells] for side in room.of(self.hidden)]
        opened = self.hidden.copy()
        opened[self.candidates] = True
        full = [np.minimum(side, reach)[self.cells] for side in room.of(opened)]
        return fixed[0], fixed[1], full[0] - fixed[0], full[1] - fixed[1]

    def add_cuts(self, chosen: Array) -> bool:
        """Add the inequality of every wish that a pattern does not keep; False when it keeps them all."""
        from scipy.optimize import linprog

        size = len(self.cells)
        share = np.zeros(size)
        known = self.open_places >= 0
        share[self.open_places[known]] = chosen[known]
        low, high, goal = [], [], []
        for wish in self.wishes:
            up, down, more_up, more_down = self._capacity(wish)
            top = up + np.where(more_up > 0, np.maximum(share * more_up, GLIMPSE), 0.0)
            bottom = down + np.where(more_down > 0, np.maximum(share * more_down, GLIMPSE), 0.0)
            aim = np.zeros(size)
            aim[self.place[wish.cell]] = 1.0
            low += [-bottom, -bottom]
            high += [top, top]
            goal += [-aim, aim]
        found = linprog(
            np.concatenate(goal),
            A_eq=self.blocks,
            b_eq=np.zeros(self.blocks.shape[0]),
            bounds=np.column_stack([np.concatenate(low), np.concatenate(high)]),
            method="highs",
        )
        self.answers = found.x.reshape(len(self.wishes), 2, size)
        rise = -found.upper.marginals.reshape(len(self.wishes), 2, size).sum(axis=1)
        fall = found.lower.marginals.reshape(len(self.wishes), 2, size).sum(axis=1)
        before = len(self.cuts)
        for at, wish in enumerate(self.wishes):
            up, down, more_up, more_down = self._capacity(wish)
            needed = wish.width - float(rise[at] @ up + fall[at] @ down)
            if needed <= TOLERANCE:
                continue
            worth = np.zeros(len(self.candidates))
            worth[known] = (rise[at] * more_up + fall[at] * more_down)[self.open_places[known]]
            worth = np.minimum(np.where(worth < TOLERANCE, 0.0, worth), needed)
            if worth @ chosen < needed - 1e-5:
                self.cuts.append(worth / needed)
                self.bounds.append(1.0)
        return len(self.cuts) > before

    def prove(self, pattern: Flags) -> tuple[dict[Wish, Proof], list[Wish]]:
        """Proofs in whole numbers of every wish under a pattern, and the wishes without one."""
        proofs: dict[Wish, Proof] = {}
        failing = []
        for told, room in self.rooms.items():
            mine = [at for at, wish in enumerate(self.wishes) if wish.told == told]
            if not mine:
                continue
            up, down = room.of(pattern)
            whole = self.problem.whole[self.cells]
            found: list[Change] = [
                as_change(self.cells, self.answers[at, side], whole) for at in mine for side in (0, 1)
            ]
            good = holds(self.problem, found, up, down)
            part: Part | None = None
            for number, at in enumerate(mine):
                wish = self.wishes[at]
                proof = Proof(found[2 * number], found[2 * number + 1])
                if (
                    not good[2 * number : 2 * number + 2].all()
                    or proof.width(wish.cell) < wish.width - TOLERANCE
                ):
                    part = part or Part(self.problem, up, down)
                    proof = Proof(
                        part.farthest(wish.cell, 1, wish.width), part.farthest(wish.cell, -1, wish.width)
                    )
                proofs[wish] = proof
                if proof.width(wish.cell) < wish.width - TOLERANCE:
                    failing.append(wish)
        return proofs, failing

    def exclude(self, pattern: Flags, failing: list[Wish]) -> None:
        """Require, for each failing wish, one of the cells that the pattern leaves printed."""
        for wish in failing:
            blocked = pattern.copy()
            for cell in self.candidates[np.argsort(self.price, kind="stable")].tolist():
                if blocked[cell]:
                    continue
                blocked[cell] = True
                part = Part(self.problem, *self.rooms[wish.told].of(blocked))
                ends = (part.farthest(wish.cell, sign, wish.width).at(wish.cell) for sign in (1, -1))
                if sum(abs(end) for end in ends) >= wish.width - TOLERANCE:
                    blocked[cell] = False
            self.cuts.append((~blocked[self.candidates]).astype(np.float64))
            self.bounds.append(1.0)

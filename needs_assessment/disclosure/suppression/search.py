"""Chooses what else to suppress, cell by cell: finds for each protected count the cheapest proof that it is safe.

A *wish* is a count and the width its range must keep. Its *proof* is two possible tables, one above and one below the
truth: with them at hand nobody, by whatever calculation, can narrow the range below their distance. Each proof is made of
single steps, taken from exchanges in a table where there are any and from an integer programme where there are not;
cells that a step needs are suppressed. Afterwards every suppressed cell that is not needed is printed again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from needs_assessment.disclosure.suppression.arrays import Array, Flags, Places
from needs_assessment.disclosure.suppression.cells import TOLERANCE, Problem, Room
from needs_assessment.disclosure.suppression.moves import OUT_OF_REACH, Exchanges, add
from needs_assessment.disclosure.suppression.solver import NOTHING, Change, Part, cheapest

# a step that costs no more than this opens no cell
NOTHING_OPENED = 1e-9
# with more cells than this the integer programme is not asked whether a cell could be printed again
LARGE = 600


@dataclass(frozen=True)
class Wish:
    """A cell whose range must stay ``width`` wide for the reader who was told which counts are small, or was not."""

    cell: int
    width: float
    told: bool = True


@dataclass(frozen=True)
class Proof:
    """A possible table above the truth and one below it."""

    up: Change = NOTHING
    down: Change = NOTHING

    def width(self, cell: int) -> float:
        return self.up.at(cell) - self.down.at(cell)

    @property
    def cells(self) -> Places:
        return np.union1d(self.up.cells, self.down.cells)


class Search:
    """The state of the choice: what is suppressed, and the proof of each wish."""

    def __init__(self, problem: Problem, rooms: dict[bool, Room], hidden: Flags, price: Array) -> None:
        self.problem, self.rooms, self.price = problem, rooms, price
        self.hidden = hidden.copy()
        self.opened = hidden | (price < OUT_OF_REACH / 2)
        self.exchanges = {told: Exchanges(problem, room, hidden, price) for told, room in rooms.items()}
        self.proofs: dict[Wish, Proof] = {}
        self.opened_so_far = 0
        self.parts: dict[bool, tuple[int, Part]] = {}
        self.alone = problem.equations.tocsc().indptr[1:] == problem.equations.tocsc().indptr[:-1]

    def set_hidden(self, cells: Places, hidden: bool) -> None:
        self.hidden[cells] = hidden
        for exchanges in self.exchanges.values():
            exchanges.set_hidden(cells, hidden)

    def grow(self, wishes: list[Wish]) -> list[Wish]:
        """Prove every wish, suppressing what that needs; returns the wishes as far as they can be met at all."""
        prices = [self._first_price(wish) for wish in wishes]
        met = []
        # the dearest first: what it opens serves the others
        for at in sorted(range(len(wishes)), key=lambda at: (-prices[at], at)):
            wish = wishes[at]
            proof = self.prove(wish)
            reached = proof.width(wish.cell)
            granted = wish if reached >= wish.width - TOLERANCE else replace(wish, width=reached)
            self.proofs[granted] = proof
            met.append(granted)
        return met

    def _first_price(self, wish: Wish) -> float:
        exchanges = self.exchanges[wish.told]
        room = self.rooms[wish.told]
        prices = [0.0]
        for sign, side in ((1, room.up_hidden), (-1, room.down_hidden)):
            if side[wish.cell] >= 1:
                step = exchanges.step(wish.cell, sign)
                prices.append(OUT_OF_REACH if step is None else step[0])
        return max(prices)

    def prove(self, wish: Wish, *, free_only: bool = False) -> Proof:
        """The proof of one wish, as far as one can be had; opens what it needs unless only free steps are wanted."""
        if not free_only and wish.cell not in self.exchanges[wish.told].of_cell:
            proof = self._freely(wish)
            if proof.width(wish.cell) >= wish.width - TOLERANCE:
                return proof
        sides = {1: _Side(self, wish, 1), -1: _Side(self, wish, -1)}
        while (missing := wish.width - sides[1].reached - sides[-1].reached) > TOLERANCE:
            offers = []
            for side in sides.values():
                offer = side.offer(missing, free_only)
                if offer is not None and offer[0] <= NOTHING_OPENED:
                    offers = [(offer, side)]
                    break
                if offer is not None:
                    offers.append((offer, side))
            if not offers:
                break
            offer, side = min(offers, key=lambda one: one[0][0])
            side.accept(offer[1])
        return Proof(sides[1].change, sides[-1].change)

    def _freely(self, wish: Wish) -> Proof:
        """How far a cell outside every table can move as things are: one programme a side instead of one a step."""
        known = self.parts.get(wish.told)
        if known is None or known[0] != self.opened_so_far:
            part = Part(self.problem, *self.rooms[wish.told].of(self.hidden))
            known = self.parts[wish.told] = (self.opened_so_far, part)
        up = known[1].farthest(wish.cell, 1, wish.width)
        missing = wish.width - up.at(wish.cell)
        return Proof(up, known[1].farthest(wish.cell, -1, missing) if missing > TOLERANCE else NOTHING)

    def open_for(self, change: Change, told: bool) -> None:
        """Suppress what a change needs suppressed."""
        room = self.rooms[told]
        cells, amounts = change.cells, change.amounts
        beyond = (amounts > room.up_shown[cells] + TOLERANCE) | (
            amounts < -room.down_shown[cells] - TOLERANCE
        )
        fresh = cells[beyond & ~self.hidden[cells]]
        if len(fresh):
            self.opened_so_far += 1
            self.set_hidden(fresh, True)

    def prune(self, keep: Flags) -> None:
        """Print again, dearest first, every suppressed cell without which all wishes can still be proved.

        keep: cells that stay suppressed whatever happens.
        """
        users: dict[int, set[Wish]] = {}
        for wish, proof in self.proofs.items():
            for cell in proof.cells.tolist():
                users.setdefault(cell, set()).add(wish)
        extra = np.flatnonzero(self.hidden & ~keep)
        for cell in extra[np.lexsort((extra, -self.price[extra]))].tolist():
            self._try_without(cell, users)

    def _try_without(self, cell: int, users: dict[int, set[Wish]]) -> None:
        only = np.array([cell])
        price = self.price[cell]
        self.price[cell] = OUT_OF_REACH
        self.set_hidden(only, False)
        found: dict[Wish, Proof] = {}
        for wish in sorted(users.get(cell, ()), key=lambda one: (one.cell, one.told)):
            proof = self.prove(wish, free_only=True)
            if proof.width(wish.cell) < wish.width - TOLERANCE:
                self.price[cell] = price
                self.set_hidden(only, True)
                return
            found[wish] = proof
        self.price[cell] = price
        for exchanges in self.exchanges.values():
            exchanges.refresh(only)
        for wish, proof in found.items():
            for used in self.proofs[wish].cells.tolist():
                users[used].discard(wish)
            for used in proof.cells.tolist():
                users.setdefault(used, set()).add(wish)
            self.proofs[wish] = proof


class _Side:
    """One half of a proof under way: how far a cell has been moved in one direction."""

    def __init__(self, search: Search, wish: Wish, sign: int) -> None:
        self.search, self.wish, self.sign = search, wish, sign
        room = search.rooms[wish.told]
        self.limit = (room.up_hidden if sign > 0 else room.down_hidden)[wish.cell]
        self.change, self.reached, self.by_solver = NOTHING, 0.0, False
        self.asked: tuple[int, float, float] | None = None
        self.answer: tuple[float, Change] | None = None

    def offer(self, missing: float, free_only: bool) -> tuple[float, Change] | None:
        """The next step's price and the change that stands after it, or None where there is no further step."""
        asked = (self.search.opened_so_far, self.reached, missing if self.by_solver else 0.0)
        if asked != self.asked:
            self.asked, self.answer = asked, self._look(missing, free_only)
        return self.answer

    def _look(self, missing: float, free_only: bool) -> tuple[float, Change] | None:
        if self.reached >= self.limit - TOLERANCE:
            return None
        if self.search.alone[self.wish.cell]:
            far = self.sign * min(self.reached + missing, self.limit)
            return 0.0, Change(np.array([self.wish.cell]), np.array([far]))
        search, wish = self.search, self.wish
        if not self.by_solver:
            exchanges = search.exchanges[wish.told]
            if len(self.change.cells):
                exchanges.take(self.change)
            step = exchanges.step(wish.cell, self.sign, NOTHING_OPENED if free_only else OUT_OF_REACH)
            if len(self.change.cells):
                exchanges.go_back()
            if step is not None:
                return step[0], add(self.change, step[1])
        return self._solve(missing, free_only)

    def _solve(self, missing: float, free_only: bool) -> tuple[float, Change] | None:
        search, wish = self.search, self.wish
        if free_only and len(search.problem) > LARGE:
            return None
        self.by_solver = True
        room = search.rooms[wish.told]
        free = room.of(search.hidden)
        if free_only:
            found = Part(search.problem, *free).farthest(wish.cell, self.sign, self.reached + missing)
            return (0.0, found) if abs(found.at(wish.cell)) > self.reached + TOLERANCE else None
        amount = min(self.reached + 1.0, self.limit)
        offer = cheapest(
            search.problem, wish.cell, self.sign * amount, free, room.of(search.opened), search.price
        )
        return offer

    def accept(self, change: Change) -> None:
        self.change = change
        self.reached = abs(change.at(self.wish.cell))
        self.search.open_for(change, self.wish.told)

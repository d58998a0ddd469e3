"""Suppression from end to end: small counts, what else has to go, and the reader's attack on the result."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from needs_assessment.disclosure.suppression.arrays import Array, Flags
from needs_assessment.disclosure.suppression.attack import ranges, settled
from needs_assessment.disclosure.suppression.cells import (
    CHOOSE,
    SHOWN,
    TOLERANCE,
    WITHHELD,
    Problem,
    Room,
    room_of,
    tighten,
)
from needs_assessment.disclosure.suppression.exact import least_suppression
from needs_assessment.disclosure.suppression.moves import OUT_OF_REACH
from needs_assessment.disclosure.suppression.quiet import quiet
from needs_assessment.disclosure.suppression.releases import Release, alone, link
from needs_assessment.disclosure.suppression.search import Proof, Search, Wish
from needs_assessment.disclosure.suppression.solver import holds

PASS, FAIL, BEFORE = "pass", "fail", "already disclosed"
# a nought tells of nobody: it is suppressed only where nothing else serves
PRICE_OF_NOUGHT = 10.0


@dataclass(frozen=True)
class Finding:
    """What the attack found about one suppressed cell.

    width: what its range is sure to keep for a reader who sees one marker for all suppressed cells; told: for one who
    was told which of them are small; verdict: pass, fail, or already disclosed by an earlier release.
    """

    name: Hashable
    width: float
    told: float
    verdict: str


@dataclass(frozen=True)
class Audit:
    """What was suppressed and whether it is safe; nothing in it tells a small count from one that protects it.

    small, complementary: how many cells were suppressed for each reason, with the sum of the latter; least: no pattern
    suppresses fewer cells besides the small ones.
    """

    findings: tuple[Finding, ...]
    minimum: int
    width: float
    small: int
    complementary: int
    complementary_sum: float
    least: bool

    @property
    def passed(self) -> bool:
        """True when nothing can be solved for but what an earlier release already gave away."""
        return all(finding.verdict != FAIL for finding in self.findings)

    @property
    def told_safe(self) -> bool:
        """True when even a reader who was told which cells are small can solve for none of them.

        Not so where every count of a table is small, say: a total below 5 of four counts above 0 leaves them no
        choice. Such a table is safe because one marker stands for all suppressed cells, so the marker, notes and
        audit must not say which are small.
        """
        return all(finding.told >= 1 for finding in self.findings if finding.verdict == PASS)

    def rows(self) -> list[tuple[Hashable, str, str]]:
        """(cell, width class, verdict), fit to be published."""
        return [(one.name, self._class(one), one.verdict) for one in self.findings]

    def _class(self, finding: Finding) -> str:
        if finding.verdict != PASS:
            return f"below {self.width:g}"
        if not self.told_safe:
            return "1 or more"
        return f"{self.width:g} or more" if finding.told >= self.width else "1 or more"


@dataclass(frozen=True)
class Protection:
    """hidden: the cells to suppress; small: those that are small themselves; the audit beside them."""

    problem: Problem
    hidden: Flags
    small: Flags
    audit: Audit

    @property
    def release(self) -> Release:
        """This release as a later one has to know it."""
        return Release(self.problem, self.hidden)


def protect(
    problem: Problem,
    *,
    minimum: int = 5,
    width: float | None = None,
    previous: Sequence[Release] = (),
    exact: bool = True,
    weights: Mapping[Hashable, float] | None = None,
) -> Protection:
    """Choose what to suppress so that no reader can pin down a count of 1 to minimum - 1.

    width: the range that every small count must keep for the reader who was told which counts are small, from 1 (never
    known for sure) to minimum - 2 (nothing beyond the rule itself; the default). Where a table does not allow that
    (every count is small, say), the count keeps it for the reader who knows only the rule. previous: earlier releases.
    exact: find the least suppression where the problem is small enough; the cells suppressed besides the small ones are
    then the fewest, and among those the ones with the least sum. weights: how many published numbers go with a cell, by
    name, 1 where nothing is said. Raises ValueError when a small count must be shown.
    """
    goal = float(max(minimum - 2, 0)) if width is None else float(width)
    joined = link(problem, previous)
    small = joined.small(minimum)
    own = np.arange(len(joined)) < len(problem)
    if np.any(small & own & (joined.state == SHOWN)):
        raise ValueError("a small count is among the cells that must be shown")
    base = settled(joined) | (small & (joined.state == CHOOSE))
    rooms = {told: room_of(joined, minimum, told=told) for told in (True, False)}
    wishes = [Wish(int(cell), goal) for cell in np.flatnonzero(small & base)] if goal > 0 else []
    weight = np.array([(weights or {}).get(name, 1.0) for name in joined.names])
    with quiet():
        hidden, granted, least = _choose(joined, rooms, base, wishes, weight, exact=exact)
        return _audited(
            problem=problem,
            joined=joined,
            hidden=hidden,
            small=small,
            proofs=granted,
            least=least,
            rooms=rooms,
            minimum=minimum,
            goal=goal,
            previous=previous,
        )


def _choose(
    problem: Problem,
    rooms: dict[bool, Room],
    base: Flags,
    wishes: list[Wish],
    weight: Array,
    *,
    exact: bool,
) -> tuple[Flags, dict[Wish, Proof], bool]:
    price = _prices(problem, base, weight)
    told = {True: tighten(problem, rooms[True], base | (price < OUT_OF_REACH / 2))}
    search = Search(problem, told, base, price)
    granted = search.grow(wishes)
    short = [wish for wish in granted if wishes and wish.width < wishes[0].width - TOLERANCE]
    if short:
        # told which counts are small, a reader would know too much here: one marker for all has to do
        price = _prices(problem, base, weight, noughts=True)
        proofs, suppressed = search.proofs, search.hidden
        search = Search(problem, rooms, suppressed, price)
        search.proofs = proofs
        granted += search.grow([Wish(wish.cell, wishes[0].width, told=False) for wish in short])
    needed = [wish for wish in granted if wish.width > TOLERANCE]
    if not needed:
        return base, search.proofs, True
    if exact:
        kinds = {wish.told for wish in needed}
        found = least_suppression(problem, {kind: rooms[kind] for kind in kinds}, base, price, needed)
        if found is not None:
            pattern, proofs = found
            proofs.update({wish: search.proofs[wish] for wish in granted if wish not in proofs})
            return pattern, proofs, True
    search.prune(base)
    return search.hidden, search.proofs, not np.any(search.hidden & ~base)


def _prices(problem: Problem, base: Flags, weight: Array, *, noughts: bool = False) -> Array:
    """Suppressing a cell costs its weight, and a little more the larger it is: the number first, then the sum."""
    open_ = ~base & (problem.state == CHOOSE)
    values = np.abs(problem.values)
    price = weight + values / (1.0 + values[open_].sum())
    nought = problem.counts & (values == 0)
    price = np.where(nought, PRICE_OF_NOUGHT * weight if noughts else OUT_OF_REACH, price)
    return np.where(open_, price, OUT_OF_REACH)


def _audited(
    problem: Problem,
    joined: Problem,
    hidden: Flags,
    small: Flags,
    proofs: dict[Wish, Proof],
    least: bool,
    rooms: dict[bool, Room],
    minimum: int,
    goal: float,
    previous: Sequence[Release],
) -> Protection:
    hidden, told, sure = _checked(joined, hidden, small, proofs, rooms, minimum)
    weak = [int(cell) for cell in np.flatnonzero(small & hidden) if sure[cell] < goal - TOLERANCE]
    before = _known_before(joined, weak, previous, minimum, goal) if weak else set()
    size = len(problem)
    printable = np.zeros(len(joined), dtype=bool)
    printable[:size] = problem.state != WITHHELD
    findings = []
    for cell in np.flatnonzero(hidden & (small | printable)):
        needed = goal if small[cell] else min(1.0, goal)
        verdict = PASS if sure[cell] >= needed - TOLERANCE else BEFORE if int(cell) in before else FAIL
        # of numbers that are not in this release, only those that can be solved for are worth a line
        if printable[cell] or verdict != PASS:
            findings.append(Finding(joined.names[cell], float(sure[cell]), float(told[cell]), verdict))
    hidden, small = (hidden & printable)[:size], small[:size]
    extra = np.flatnonzero(hidden & ~small)
    audit = Audit(
        findings=tuple(findings),
        minimum=minimum,
        width=goal,
        small=int((small & hidden).sum()),
        complementary=len(extra),
        complementary_sum=float(np.abs(problem.values[extra]).sum()),
        least=least,
    )
    return Protection(problem, hidden, small, audit)


def _checked(
    problem: Problem,
    hidden: Flags,
    small: Flags,
    proofs: dict[Wish, Proof],
    rooms: dict[bool, Room],
    minimum: int,
) -> tuple[Flags, Array, Array]:
    """Check every proof against the final pattern: (suppressed, width for the reader who was told, for the other).

    A proof is two tables; each is tested against every equation, every range and everything printed, so that nothing
    rests on how it was found. Suppressed cells that no proof moves are attacked; what can be solved for is printed.
    """
    width = {}
    for kind, room in rooms.items():
        mine = [(wish, proof) for wish, proof in proofs.items() if wish.told == kind]
        ends = [end for _, proof in mine for end in (proof.up, proof.down)]
        span = np.zeros((2, len(problem)))
        for held, end in zip(holds(problem, ends, *room.of(hidden)), ends, strict=True):
            if held:
                span[0, end.cells] = np.maximum(span[0, end.cells], -end.amounts)
                span[1, end.cells] = np.maximum(span[1, end.cells], end.amounts)
        width[kind] = span[0] + span[1]
    still = np.flatnonzero(hidden & ~small & (problem.state == CHOOSE) & (width[True] < TOLERANCE))
    hidden = hidden.copy()
    if len(still):
        low, high = ranges(problem, hidden, still, minimum, told=True, enough=1.0)
        width[True][still] = high - low
        needless = still[np.maximum(width[True], width[False])[still] < TOLERANCE]
        hidden[needless] = False
    return hidden, width[True], np.maximum(width[True], width[False])


def _known_before(
    problem: Problem, cells: list[int], previous: Sequence[Release], minimum: int, goal: float
) -> set[int]:
    """Which of some cells earlier releases alone give away."""
    if not previous:
        return set()
    earlier = replace(alone(previous))
    place = {cell: earlier.positions.get(problem.names[cell]) for cell in cells}
    shared = [cell for cell in cells if place[cell] is not None]
    found = set()
    pattern = settled(earlier)
    for cell in shared:
        at = np.array([place[cell]])
        low, high = ranges(earlier, pattern, at, minimum, told=False, enough=goal)
        if high[0] - low[0] < goal - TOLERANCE:
            found.add(cell)
    return found

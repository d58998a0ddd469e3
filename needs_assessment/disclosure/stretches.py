"""What a reader knows of local counts over time: unknown counts of stretches of days, and what stated counts tell of them.

Time is cut at every first and last day of a period that is stated for a measure or for one that it is related to. Each
stretch between two cuts is an unknown of 0 or more for every measure and type that is stated over it, and

- a stated count is the sum of its stretches;
- a part, and parts together that count nobody twice, are no more than their whole on any stretch, and types no more than
  all types; where the figures say that nothing is left between them, nothing is;
- a count of people on any of some lists is no more than the sum of the lists, and a step of a pathway no more than the
  step before it (``data/measures/relations.csv``);
- a result that is a difference of two counts is not negative.

Where sums and differences of stated counts tell the count of some days exactly (April to September and July to December
less April to December are July to September), that count is a target if it is of people and small, and so is each rest.
Targets are found by linear algebra alone; no solver is loaded here. Years that no stated period ties to each other are
pieces of their own.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from needs_assessment.catalogue.relations import DIVIDED, UNITED, WITHIN
from needs_assessment.catalogue.returns import DIVIDED_INTO, RETURN_MEASURES
from needs_assessment.disclosure.counts import Cell, Counts, Key, is_protected, named

if TYPE_CHECKING:
    from needs_assessment.disclosure.suppression.arrays import Array

ONE_DAY = dt.timedelta(days=1)
# a state at a date is no part of a longer period: its days are numbered apart, from far before any flow
APART = -10_000_000
Span = tuple[int, int]
# measure and type
Line = tuple[str, str]
# stretches of all stated counts times targets of a piece that is checked in about half a minute; of a larger one the counts
# of the shortest periods are hidden instead
LARGEST = 120_000
# numbers nearer than this are one
NEAR = 1e-6
DECIMALS = 6


class Stretch(NamedTuple):
    """The count of one measure and type on the days from ``start`` up to ``stop``."""

    measure: str
    kind: str
    start: int
    stop: int


@dataclass(frozen=True)
class Target:
    """A small count of people that stated counts tell: value = Σ factor · stretch."""

    name: Hashable
    value: float
    factors: Mapping[Stretch, float]


@dataclass(frozen=True)
class Piece:
    """Stated counts that bear on each other, as the reader's unknowns, equations and targets.

    stated: the stretches that add up to each stated count; equal: sums that are 0; at_most: sums that are 0 or less.
    """

    stated: dict[Key, list[Stretch]]
    equal: list[dict[Stretch, float]]
    at_most: list[dict[Stretch, float]]
    targets: list[Target]

    def too_fine(self, may_go: Collection[Key]) -> set[Key]:
        """The stated counts of the shortest periods, if there is too much to be checked together, else none.

        may_go: counts that can be hidden. Months have 28 to 31 days, and count as equally long.
        """
        keys = [key for key in self.stated if key in may_go]
        if not keys or sum(map(len, self.stated.values())) * len(self.targets) <= LARGEST:
            return set()
        most = 1.2 * min(_length(key)[0] for key in keys)
        return {key for key in keys if _length(key)[0] <= most}


@dataclass
class Chain:
    """Days that stated counts of one measure and type lead between, forwards or backwards.

    potentials: of each day the first of the days it is tied to, and the count from some day up to it.
    """

    potentials: dict[int, tuple[int, float]] = field(default_factory=dict)

    def add(self, span: Span, value: float) -> bool:
        """Take a stated count in; False, and nothing is taken in, where the others already tell another number."""
        first, last = (self.potentials.setdefault(day, (day, 0.0)) for day in span)
        rise = first[1] + value - last[1]
        if first[0] == last[0]:
            return rise == 0
        for day, (root, potential) in self.potentials.items():
            if root == last[0]:
                self.potentials[day] = (first[0], potential + rise)
        return True

    def count(self, span: Span) -> float | None:
        """The count of some days, None where stated counts do not tell it."""
        first, last = (self.potentials.get(day) for day in span)
        return None if first is None or last is None or first[0] != last[0] else last[1] - first[1]


def pieces_of(
    counts: Counts,
    minimum: int,
    *,
    revised: Collection[Key] = (),
    differences: Iterable[tuple[Key, Key]] = (),
) -> Iterator[Piece]:
    """The pieces of stated counts in which something small is told.

    counts: the cells of this release, and of earlier ones; revised: counts that are to be protected although they are not
    small, since their change is; differences: pairs of which results show the first less the
    second.
    """
    stated = {
        name: cell for name, cell in counts.cells.items() if isinstance(name, Key) and cell.place != "kept"
    }
    pairs = [pair for pair in differences if set(pair) <= set(stated)]
    for family in _families(stated, pairs):
        for keys in _segments(family):
            mine = {key: stated[key] for key in keys}
            own = [pair for pair in pairs if set(pair) <= set(mine)]
            piece = _Reader(mine, minimum, own, [key for key in keys if key in revised]).piece()
            if piece.targets:
                yield piece


def _partial_totals(stated: Mapping[Key, Cell]) -> dict[Key, tuple[str, ...]]:
    """Totals that no return states and that leave out types which are stated of other days, with the types that they hold.

    Such totals are sums of their types and nothing else: they do not add up over time.
    """
    kinds: dict[str, set[str]] = {}
    for key in stated:
        if key.kind:
            kinds.setdefault(key.measure, set()).add(key.kind)
    return {
        key: cell.types
        for key, cell in stated.items()
        if cell.types and set(cell.types) != kinds[key.measure]
    }


def wholes_of(measure: str, kind: str) -> list[str]:
    """The measures that one is a part or a later step of, by each of its names, the nearest first."""
    found: dict[str, None] = {}
    waiting = [
        measure,
        *(name for name, facts in RETURN_MEASURES.items() if facts.same_as == (measure, kind)),
    ]
    while waiting:
        name = waiting.pop(0)
        facts = RETURN_MEASURES.get(name)
        for other in (facts.part_of if facts is not None else "", *WITHIN.get(name, ())):
            whole = named(other, kind)[0]
            if whole and whole not in found:
                found[whole] = None
                waiting.append(whole)
    return list(found)


def _families(stated: Collection[Key], pairs: Iterable[tuple[Key, Key]]) -> list[list[Key]]:
    """Stated counts by measures that are related, by way of measures that are not stated too."""
    root: dict[str, str] = {}

    def find(name: str) -> str:
        while root.setdefault(name, name) != name:
            name = root[name]
        return name

    for key in stated:
        for whole in wholes_of(key.measure, key.kind):
            root[find(key.measure)] = find(whole)
    for one, other in pairs:
        root[find(one.measure)] = find(other.measure)
    groups: dict[str, list[Key]] = {}
    for key in stated:
        groups.setdefault(find(key.measure), []).append(key)
    return list(groups.values())


def _segments(family: Sequence[Key]) -> list[list[Key]]:
    """Stated counts by stretches of time that no stated period leads across; a state is with none but its own date."""
    segments: list[list[Key]] = []
    stop = None
    for key in sorted(family, key=lambda key: (span_of(key), key)):
        start, end = span_of(key)
        if stop is None or start >= stop:
            segments.append([])
            stop = end
        segments[-1].append(key)
        stop = max(stop, end)
    return segments


def span_of(key: Key) -> Span:
    """The first day of a period and the day after its last; of a state, a span that meets no other."""
    first, last = key.start.toordinal(), key.end.toordinal()
    facts = RETURN_MEASURES.get(key.measure)
    if facts is None or facts.flow:
        return first, last + 1
    at = APART * (1 + last - first) + 2 * first
    return at, at + 1


@dataclass(frozen=True)
class Place:
    """A day on a line: the run of stated days it is in, the count of the run up to it, and what of that is not told."""

    run: int
    count: float
    untold: Array


class Solution:
    """All numbers of the unknowns that fit some sums: one of them, and the directions in which it can still move."""

    def __init__(self, unknowns: Sequence[Stretch]) -> None:
        self.places = {stretch: at for at, stretch in enumerate(unknowns)}
        self.point = np.zeros(len(unknowns))
        self.moves = np.eye(len(unknowns))

    def add(self, row: Mapping[Stretch, float], constant: float) -> bool:
        """Take a sum in; False, and nothing is taken in, where the others already tell another number."""
        factors = np.zeros(len(self.places))
        for stretch, factor in row.items():
            if stretch in self.places:
                factors[self.places[stretch]] = factor
        miss = constant - float(factors @ self.point)
        along = factors @ self.moves
        length = float(np.linalg.norm(along))
        if length < NEAR:
            return abs(miss) < NEAR
        self.point = self.point + self.moves @ along * (miss / length**2)
        # turn the directions so that the first is the only one that changes the sum, and leave it out
        mirror = along.copy()
        mirror[0] += length if along[0] >= 0 else -length
        turned = self.moves - np.outer(self.moves @ mirror, mirror) * (2 / float(mirror @ mirror))
        self.moves = turned[:, 1:]
        return True


class _Reader:
    """Builds one piece."""

    def __init__(
        self,
        stated: Mapping[Key, Cell],
        minimum: int,
        pairs: Sequence[tuple[Key, Key]],
        revised: Collection[Key],
    ) -> None:
        self.minimum, self.pairs, self.revised = minimum, pairs, revised
        self.days = {span_of(key)[0]: key for key in stated}
        self.stated: dict[Key, Span] = {}
        self.values = {key: cell.value for key, cell in stated.items()}
        self.unprotected = {key.measure for key, cell in stated.items() if not cell.protected}
        self.partial = _partial_totals(stated)
        chains: dict[Line, Chain] = {}
        # what this release prints before what earlier ones did, the shortest first: a count that does not fit is left out
        for key in sorted(
            stated.keys() - self.partial, key=lambda key: (stated[key].place == "before", *_length(key), key)
        ):
            chain = chains.setdefault((key.measure, key.kind), Chain())
            if chain.add(span_of(key), self.values[key]):
                self.stated[key] = span_of(key)
        self.cuts = sorted(set().union(*self.stated.values()))
        self.covered: dict[Line, set[int]] = {}
        for key, span in self.stated.items():
            starts = {start for start, _ in self._between(span)}
            self.covered.setdefault((key.measure, key.kind), set()).update(starts)
        self._cover_totals()
        self.equal: list[dict[Stretch, float]] = []
        self.lines = self._solve(chains)

    def _cover_totals(self) -> None:
        """Where each type of a measure is stated, all types are too."""
        kinds: dict[str, list[Line]] = {}
        for line in self.covered:
            if line[1]:
                kinds.setdefault(line[0], []).append(line)
        for measure, lines in kinds.items():
            shared = set[int].intersection(*(self.covered[line] for line in lines))
            self.covered.setdefault((measure, ""), set()).update(shared)

    def _solve(self, chains: Mapping[Line, Chain]) -> dict[Line, dict[int, Place]]:
        """Every line with its days, after all that is stated and all sums that hold."""
        told: dict[Stretch, float] = {}
        unknown: list[Stretch] = []
        for line, starts in self.covered.items():
            for start, stop in itertools.pairwise(self.cuts):
                if start in starts:
                    value = chains[line].count((start, stop)) if line in chains else None
                    stretch = Stretch(*line, start, stop)
                    if value is None:
                        unknown.append(stretch)
                    else:
                        told[stretch] = value
        solution = Solution(unknown)
        for key, span in self.stated.items():
            row = self._sum((key.measure, key.kind), span)
            if not row.keys() <= told.keys():
                solution.add(row, self.values[key] - sum(told.get(stretch, 0.0) for stretch in row))
        for row in self._closed():
            if solution.add(row, -sum(factor * told.get(stretch, 0.0) for stretch, factor in row.items())):
                self.equal.append(row)
        return {line: self._places(line, told, solution) for line in self.covered}

    def _places(self, line: Line, told: Mapping[Stretch, float], solution: Solution) -> dict[int, Place]:
        places: dict[int, Place] = {}
        for start, stop in itertools.pairwise(self.cuts):
            if start not in self.covered[line]:
                continue
            if start not in places:
                places[start] = Place(start, 0.0, np.zeros(solution.moves.shape[1]))
            before, stretch = places[start], Stretch(*line, start, stop)
            if stretch in told:
                places[stop] = Place(before.run, before.count + told[stretch], before.untold)
            else:
                at = solution.places[stretch]
                count, untold = solution.point[at], solution.moves[at]
                places[stop] = Place(before.run, before.count + float(count), before.untold + untold)
        return places

    def _count(self, line: Line, span: Span) -> float | None:
        """The count of some days, None where it is not told."""
        places = self.lines.get(line, {})
        first, last = places.get(span[0]), places.get(span[1])
        if first is None or last is None or first.run != last.run:
            return None
        told = not np.any(np.abs(last.untold - first.untold) > NEAR)
        return round(last.count - first.count, DECIMALS) if told else None

    def piece(self) -> Piece:
        targets = list(self._targets())
        if not targets:
            return Piece({}, [], [], [])
        at_most = [self._division(*division) for division in self._divisions()]
        at_most += [self._division(*union, sign=-1.0) for union in self._unions()]
        for more, less in self.pairs:
            if more in self.stated and less in self.stated:
                at_most.append(self._difference(less, more))
        stretches = {key: list(self._sum((key.measure, key.kind), span)) for key, span in self.stated.items()}
        stretches |= {key: list(self._of_types(key)) for key in self.partial}
        return Piece(stretches, self.equal, at_most, targets)

    # --- sums that hold

    def _closed(self) -> Iterator[dict[Stretch, float]]:
        """Sums in which nothing is left beside the parts: the figures say so, or types are all the types that there are."""
        for start, stop in itertools.pairwise(self.cuts):
            lines = [line for line, starts in self.covered.items() if start in starts]
            for line in lines:
                kinds = self._kinds(line, lines)
                if kinds and len(kinds) == len(self._kinds(line, self.covered)):
                    yield self._division(line, kinds, (start, stop))
                parts = self._divided(line, lines)
                if line[0] in DIVIDED and parts == [(name, line[1]) for name in DIVIDED_INTO[line[0]]]:
                    yield self._division(line, parts, (start, stop))
        for key, span in self.stated.items():
            line = (key.measure, key.kind)
            told = {
                (other.measure, other.kind): self.values[other]
                for other, days in self.stated.items()
                if days == span
            }
            for parts, fewest in ((self._kinds(line, told), 1), (self._divided(line, told), 2)):
                if len(parts) >= fewest and sum(told[part] for part in parts) == self.values[key]:
                    yield self._division(line, parts, span)

    def _divisions(self) -> Iterator[tuple[Line, list[Line], Span]]:
        """A whole and parts that are no more than it, over each stretch."""
        for start, stop in itertools.pairwise(self.cuts):
            lines = [line for line, starts in self.covered.items() if start in starts]
            for line in lines:
                for whole in wholes_of(*line):
                    if (whole, line[1]) in lines and line[0] not in self.unprotected:
                        yield (whole, line[1]), [line], (start, stop)
                parts = [part for part in self._divided(line, lines) if part[0] not in self.unprotected]
                if len(parts) > 1:
                    yield line, parts, (start, stop)
                kinds = self._kinds(line, lines)
                if kinds:
                    yield line, kinds, (start, stop)

    def _unions(self) -> Iterator[tuple[Line, list[Line], Span]]:
        """Wholes that are no more than the sum of their lists, where all of the lists are stated."""
        for key, span in self.stated.items():
            lists = [(name, key.kind) for name in UNITED.get(key.measure, ())]
            days = {start for start, _ in self._between(span)}
            if lists and all(days <= self.covered.get(line, set()) for line in lists):
                yield (key.measure, key.kind), lists, span

    def _divided(self, line: Line, known: Collection[Line]) -> list[Line]:
        """The known parts of a whole that count nobody twice; of a part that is not known, its own parts."""
        found: list[Line] = []
        for name in DIVIDED_INTO.get(line[0], ()):
            part = (name, line[1])
            found += [part] if part in known else self._divided(part, known)
        return found

    @staticmethod
    def _kinds(line: Line, known: Iterable[Line]) -> list[Line]:
        """The known types of a measure, of its line of all types."""
        return [] if line[1] else [one for one in known if one[0] == line[0] and one[1]]

    # --- targets

    def _targets(self) -> Iterator[Target]:
        """Each small count that sums tell, and each small rest."""
        found: dict[Hashable, Target] = {}
        for key in self.revised:
            if key in self.stated:
                row = self._sum((key.measure, key.kind), self.stated[key])
                found[key] = Target(key, self.values[key], row)
        for line in self.lines:
            if line[0] in self.unprotected:
                continue
            wholes = [(name, line[1]) for name in wholes_of(*line)]
            wholes = [whole for whole in wholes if whole in self.lines and whole[0] not in self.unprotected]
            sums = [[line], *([whole, line] for whole in wholes)]
            for parts in (self._divided(line, self.lines), self._kinds(line, self.lines)):
                sums += [[line, *parts]] if len(parts) > 1 else []
                # parts that are stated for some of the days only leave a rest where they are not
                sums += [
                    [line, *(part for part in parts if part != other)] for other in parts if len(parts) > 2
                ]
            for lines in sums:
                for span, value in self._small(lines):
                    target = self._target(lines, span, value)
                    found.setdefault(target.name, target)
        yield from found.values()
        yield from self._targets_of_partial_totals()
        for whole, lists, span in self._unions():
            numbers = [self._count(line, span) for line in (whole, *lists)]
            twice = sum(filter(None, numbers[1:])) - (numbers[0] or 0.0)
            if None not in numbers and is_protected(twice, self.minimum):
                name = ("overlap", *(self._key(line, span) for line in (whole, *lists)))
                yield Target(name, twice, self._division(whole, lists, span))
        for more, less in self.pairs:
            if more in self.stated and less in self.stated:
                left = self.values[more] - self.values[less]
                if is_protected(left, self.minimum):
                    yield Target(("rest", more, less), left, self._difference(more, less))

    def _targets_of_partial_totals(self) -> Iterator[Target]:
        """Small totals over some of the types, and what is small between a whole and a part that are such totals."""
        for key, kinds in self.partial.items():
            if key.measure in self.unprotected:
                continue
            if is_protected(self.values[key], self.minimum):
                yield Target(key, self.values[key], self._of_types(key))
            for name in wholes_of(*key[:2]):
                whole = key._replace(measure=name)
                left = self.values.get(whole, 0.0) - self.values[key]
                if self.partial.get(whole) == kinds and is_protected(left, self.minimum):
                    less = dict.fromkeys(self._of_types(key), -1.0)
                    yield Target(("rest", whole, key), left, self._of_types(whole) | less)

    def _of_types(self, key: Key) -> dict[Stretch, float]:
        """The stretches of a total over some of the types."""
        row: dict[Stretch, float] = {}
        for kind in self.partial[key]:
            row |= self._sum((key.measure, kind), span_of(key))
        return row

    def _small(self, lines: Sequence[Line]) -> Iterator[tuple[Span, float]]:
        """The days of which the first line less the others is told and small."""
        groups: dict[tuple[Hashable, ...], list[tuple[int, float]]] = {}
        whole, *parts = (self.lines[line] for line in lines)
        for day in sorted(set(whole).intersection(*parts)):
            first, others = whole[day], [part[day] for part in parts]
            untold = first.untold - sum((other.untold for other in others), np.zeros(len(first.untold)))
            runs = (first.run, *(other.run for other in others))
            key = (*runs, (np.round(untold, DECIMALS) + 0.0).tobytes())
            groups.setdefault(key, []).append((day, first.count - sum(other.count for other in others)))
        for days in groups.values():
            for (start, before), (stop, after) in itertools.combinations(days, 2):
                value = round(after - before, DECIMALS)
                if is_protected(value, self.minimum):
                    yield (start, stop), value

    def _target(self, lines: Sequence[Line], span: Span, value: float) -> Target:
        whole, *parts = (self._key(line, span) for line in lines)
        name: Hashable = ("rest", whole, *parts) if parts else whole
        return Target(name, value, self._division(lines[0], lines[1:], span, sign=-1.0))

    def _key(self, line: Line, span: Span) -> Key:
        if span[0] < 0:
            return self.days[span[0]]._replace(measure=line[0], kind=line[1])
        return Key(*line, dt.date.fromordinal(span[0]), dt.date.fromordinal(span[1]) - ONE_DAY)

    # --- stretches

    def _between(self, span: Span) -> list[Span]:
        inside = [day for day in self.cuts if span[0] <= day <= span[1]]
        return list(itertools.pairwise(inside))

    def _sum(self, line: Line, span: Span, factor: float = 1.0) -> dict[Stretch, float]:
        return {Stretch(*line, start, stop): factor for start, stop in self._between(span)}

    def _division(
        self, whole: Line, parts: Iterable[Line], span: Span, sign: float = 1.0
    ) -> dict[Stretch, float]:
        """The parts less the whole; the whole less the parts with sign -1."""
        row = self._sum(whole, span, -sign)
        for part in parts:
            row |= self._sum(part, span, sign)
        return row

    def _difference(self, more: Key, less: Key) -> dict[Stretch, float]:
        return self._sum((more.measure, more.kind), self.stated[more]) | self._sum(
            (less.measure, less.kind), self.stated[less], -1.0
        )


def told_of(numbers: Mapping[Key, float]) -> Callable[[Key], float | None]:
    """What some counts tell of another over other days, by sums and differences of the same measure and type."""
    chains: dict[Line, Chain] = {}
    for key in sorted(numbers, key=lambda key: (*_length(key), key)):
        chains.setdefault((key.measure, key.kind), Chain()).add(span_of(key), numbers[key])
    return lambda key: chains.get((key.measure, key.kind), Chain()).count(span_of(key))


def _length(key: Key) -> tuple[int, int]:
    start, stop = span_of(key)
    return stop - start, start

"""What a reader knows of local counts over time: unknown counts of stretches of days, and what stated counts tell of them.

Time is cut at every first and last day of a period that is stated for a measure or for one that it is related to. Each
stretch between two cuts is an unknown of 0 or more for every measure and type that is stated over it, and

- a stated count is the sum of its stretches;
- a part, and parts together that count nobody twice, are no more than their whole on any stretch, and types no more than
  all types; where the figures say that nothing is left between them, nothing is;
- a result that is a difference of two counts is not negative.

Sums and differences of stated counts tell a count of days exactly where a chain of stated periods leads from its first day
to its last, forwards or backwards: April to September and July to December less April to December are July to September.
Each such count of people, and each rest of one, is a target if it is small. Targets are found by plain sums; no solver is
loaded here. Years that no stated period ties to each other are pieces of their own.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from needs_assessment.catalogue.returns import DIVIDED_INTO, RETURN_MEASURES
from needs_assessment.disclosure.counts import Cell, Counts, Key, is_protected, named

ONE_DAY = dt.timedelta(days=1)
# a state at a date is no part of a longer period: its days are numbered apart, from far before any flow
APART = -10_000_000
Span = tuple[int, int]
# measure and type
Line = tuple[str, str]


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


@dataclass
class Chain:
    """Days that stated counts of one measure and type lead between: a day's potential is the count up to it."""

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
    differences: Iterable[tuple[Key, Key]] = (),
) -> Iterator[Piece]:
    """The pieces of stated counts in which something small is told.

    counts: the cells of this release, and of earlier ones; differences: pairs of which results show the first less the
    second.
    """
    stated = {
        name: cell for name, cell in counts.cells.items() if isinstance(name, Key) and cell.place != "kept"
    }
    pairs = [pair for pair in differences if set(pair) <= set(stated)]
    for family in _families(stated, pairs):
        for keys in _segments(family):
            mine = {key: stated[key] for key in keys}
            piece = _Reader(mine, minimum, [pair for pair in pairs if set(pair) <= set(mine)]).piece()
            if piece.targets:
                yield piece


def wholes_of(measure: str, kind: str) -> list[str]:
    """The measures that one is a part of, by each of its names, the nearest first."""
    found: dict[str, None] = {}
    waiting = [
        measure,
        *(name for name, facts in RETURN_MEASURES.items() if facts.same_as == (measure, kind)),
    ]
    while waiting:
        facts = RETURN_MEASURES.get(waiting.pop(0))
        if facts is not None and facts.part_of:
            whole = named(facts.part_of, kind)[0]
            if whole not in found:
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


class _Reader:
    """Builds one piece."""

    def __init__(self, stated: Mapping[Key, Cell], minimum: int, pairs: Sequence[tuple[Key, Key]]) -> None:
        self.minimum, self.pairs = minimum, pairs
        self.days = {span_of(key)[0]: key for key in stated}
        self.stated: dict[Key, Span] = {}
        self.chains: dict[Line, Chain] = {}
        self.unprotected = {key.measure for key, cell in stated.items() if not cell.protected}
        # what this release prints before what earlier ones did, the shortest first: a count that does not fit is left out
        for key in sorted(stated, key=lambda key: (stated[key].place == "before", *_length(key), key)):
            chain = self.chains.setdefault((key.measure, key.kind), Chain())
            if chain.add(span_of(key), stated[key].value):
                self.stated[key] = span_of(key)
        self._add_totals(stated)
        self.cuts = sorted(set().union(*self.stated.values()))
        self.covered = {
            (key.measure, key.kind, start)
            for key, span in self.stated.items()
            for start, _ in self._between(span)
        }
        for total, span in self.totals.items():
            self.covered |= {(total.measure, "", start) for start, _ in self._between(span)}

    def _add_totals(self, stated: Mapping[Key, Cell]) -> None:
        """All types of a measure, where they are not stated but each type of the period is."""
        self.totals: dict[Key, Span] = {}
        sums: dict[Key, float] = {}
        for key, cell in stated.items():
            if key.kind and cell.place == "printed" and key in self.stated:
                total = key._replace(kind="")
                sums[total] = sums.get(total, 0.0) + cell.value
        for total in sorted(sums, key=lambda key: (*_length(key), key)):
            chain = self.chains.setdefault((total.measure, ""), Chain())
            if total not in stated and chain.add(span_of(total), sums[total]):
                self.totals[total] = span_of(total)

    def piece(self) -> Piece:
        equal: list[dict[Stretch, float]] = []
        at_most: list[dict[Stretch, float]] = []
        for at_once, rows in ((False, at_most), (True, equal)):
            for whole, parts, start, stop in self._divisions(at_once=at_once):
                row = self._sum(whole, (start, stop), -1.0)
                for part in parts:
                    row |= self._sum(part, (start, stop))
                rows.append(row)
        for more, less in self.pairs:
            if more in self.stated and less in self.stated:
                at_most.append(self._difference(less, more))
        stretches = {key: list(self._sum((key.measure, key.kind), span)) for key, span in self.stated.items()}
        return Piece(stretches, equal, at_most, list(self._targets()))

    # --- sums that hold

    def _divisions(self, *, at_once: bool) -> Iterator[tuple[Line, list[Line], int, int]]:
        """A whole, and parts that are no more than it, over each stretch; or at once, where nothing is left beside them."""
        if at_once:
            for key, span in {**self.stated, **self.totals}.items():
                line = (key.measure, key.kind)
                value = self.chains[line].count(span)
                told = [one for one, chain in self.chains.items() if chain.count(span) is not None]
                for parts, fewest in ((self._kinds(line, told), 1), (self._divided(line, told), 2)):
                    numbers = [self.chains[part].count(span) for part in parts]
                    if len(parts) >= fewest and sum(filter(None, numbers)) == value:
                        yield line, parts, *span
            return
        for start, stop in itertools.pairwise(self.cuts):
            lines = [line for line in self.chains if (*line, start) in self.covered]
            for line in lines:
                whole = next((name for name in wholes_of(*line) if (name, line[1]) in lines), "")
                if whole and line[0] not in self.unprotected:
                    yield (whole, line[1]), [line], start, stop
                parts = [part for part in self._divided(line, lines) if part[0] not in self.unprotected]
                if len(parts) > 1:
                    yield line, parts, start, stop
                kinds = self._kinds(line, lines)
                if kinds:
                    yield line, kinds, start, stop

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
        for line in self.chains:
            if line[0] in self.unprotected:
                continue
            wholes = [(name, line[1]) for name in wholes_of(*line)]
            wholes = [whole for whole in wholes if whole in self.chains and whole[0] not in self.unprotected]
            sums: list[list[Line]] = [[line]]
            parts = self._divided(line, self.chains)
            kinds = self._kinds(line, self.chains)
            sums += [[line, *parts]] if len(parts) > 1 else []
            sums += [[line, *kinds]] if kinds else []
            for whole in wholes:
                for span, value in self._small([whole, line]):
                    nearer = wholes[: wholes.index(whole)]
                    if all(self.chains[one].count(span) is None for one in nearer):
                        target = self._target([whole, line], span, value)
                        found.setdefault(target.name, target)
            for lines in sums:
                for span, value in self._small(lines):
                    target = self._target(lines, span, value)
                    found.setdefault(target.name, target)
        yield from found.values()
        values = {key: self.chains[key.measure, key.kind].count(span) for key, span in self.stated.items()}
        for more, less in self.pairs:
            if more in values and less in values:
                left = (values[more] or 0.0) - (values[less] or 0.0)
                if is_protected(left, self.minimum):
                    yield Target(("rest", more, less), left, self._difference(more, less))

    def _small(self, lines: Sequence[Line]) -> Iterator[tuple[Span, float]]:
        """The days of which the first line less the others is told and small."""
        groups: dict[tuple[int, ...], list[tuple[int, float]]] = {}
        chains = [self.chains[line].potentials for line in lines]
        for day in sorted(set(chains[0]).intersection(*chains[1:])):
            first, *others = (chain[day] for chain in chains)
            roots = (first[0], *(root for root, _ in others))
            groups.setdefault(roots, []).append((day, first[1] - sum(potential for _, potential in others)))
        for days in groups.values():
            for (start, before), (stop, after) in itertools.combinations(days, 2):
                if is_protected(after - before, self.minimum):
                    yield (start, stop), after - before

    def _target(self, lines: Sequence[Line], span: Span, value: float) -> Target:
        whole, *parts = (self._key(line, span) for line in lines)
        name: Hashable = ("rest", whole, *parts) if parts else whole
        factors = self._sum(lines[0], span)
        for line in lines[1:]:
            factors |= self._sum(line, span, -1.0)
        return Target(name, value, factors)

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

    def _difference(self, more: Key, less: Key) -> dict[Stretch, float]:
        return self._sum((more.measure, more.kind), self.stated[more]) | self._sum(
            (less.measure, less.kind), self.stated[less], -1.0
        )


def _length(key: Key) -> tuple[int, int]:
    start, stop = span_of(key)
    return stop - start, start

"""Local counts as a reader could calculate with them: the cells, and the sums that hold between them.

A cell is one count of one measure, type of accommodation and period. The sums are those that anyone can know to hold:

- types of accommodation add up to all types (which no return states, and results do);
- a part and the rest of its whole (repeats and first incidents, accepted and not accepted), and all parts that count
  nobody twice with the rest that is in none of them; where a part is not stated, its own parts stand for it;
- a period and the periods inside it with the rest of the days, wherever the counts do add up over time.

A rest is a count of people like any other although nobody prints it: 20 referrals with 18 accepted are 2 that were not.
Plain numbers and names, no solver: most runs end here, because no count and no rest is small.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import pandas as pd

from needs_assessment.catalogue.returns import DIVIDED_INTO, RETURN_MEASURES

# of more periods inside one, only single ones, the shortest and the longest are taken from it
MOST_INSIDE = 6
ONE_DAY = dt.timedelta(days=1)


class Key(NamedTuple):
    """One local count: measure, type of accommodation ('' is all types) and period."""

    measure: str
    kind: str
    start: dt.date
    end: dt.date


@dataclass(frozen=True)
class Cell:
    """One number. place: printed in this release, kept from print, or printed before and not now.

    types: of a total that no return states, the types that were added up for it.
    """

    value: float
    protected: bool
    place: Literal["printed", "kept", "before"] = "printed"
    round_to: float = 0.0
    types: tuple[str, ...] = ()


@dataclass
class Counts:
    """Cells by name, and sums Σ factor · cell = 0; the name of a printed cell is its ``Key``."""

    cells: dict[Hashable, Cell] = field(default_factory=dict)
    sums: dict[frozenset[tuple[Hashable, float]], None] = field(default_factory=dict)

    def small(self, minimum: int) -> list[Hashable]:
        """Counts of people above 0 and below the minimum, rests included; what was printed before cannot be hidden."""
        return [
            name
            for name, cell in self.cells.items()
            if cell.protected and cell.place != "before" and is_protected(cell.value, minimum)
        ]

    def add_sum(
        self, whole: Hashable, parts: Sequence[Hashable], rest: Hashable, *, closed: bool = False
    ) -> None:
        """whole = Σ parts + rest, with the rest worked out; nothing where it would be negative: the figures disagree.

        closed: everyone knows that nothing is left beside the parts, so no rest of 0 is possible.
        """
        left = self.cells[whole].value - sum(self.cells[part].value for part in parts)
        if left < 0:
            return
        factors = {whole: 1.0, **dict.fromkeys(parts, -1.0)}
        if left > 0 or not closed:
            held = self.cells.get(rest)
            if held is not None and held.value != left:
                if isinstance(rest, Key):
                    return
                rest = (rest, whole, *parts)
            people = all(self.cells[name].protected for name in (whole, *parts))
            self.cells.setdefault(rest, Cell(left, people, "kept"))
            factors[rest] = -1.0
        self.sums[frozenset(factors.items())] = None


def is_protected(count: float | None, minimum: int) -> bool:
    """True for a count of people that is above 0 and below the minimum."""
    return count is not None and 0 < count < minimum


def key_of(row: Mapping[Any, Any]) -> Key:
    """The key of a row of returns; a figure given under its second name has the key of the first."""
    measure, kind = str(row["measure"]), str(row["accommodation_type"])
    return Key(*named(measure, kind), row["period_start"], row["period_end"])


def named(measure: str, kind: str) -> tuple[str, str]:
    """Measure and type, refuge referrals being the referrals of the type refuge."""
    same = RETURN_MEASURES[measure].same_as if measure in RETURN_MEASURES else ("", "")
    return same if same[0] else (measure, kind)


def gather(
    returns: pd.DataFrame,
    *,
    exact: Collection[Key] = (),
    differences: Iterable[tuple[Key, Key]] = (),
    round_to: float = 1.0,
    before: Mapping[Key, float] | None = None,
) -> Counts:
    """The cells and sums of local returns.

    returns: one row a figure with measure, accommodation_type, period_start, period_end, value, protected, part_of and
    flow; exact: counts that results show unrounded, totals over types among them; differences: pairs of which results
    show the first less the second; round_to: other counts of people are printed to the nearest of this; before: counts
    that an earlier release printed and this one does not have.
    """
    counts, part_of, flows = Counts(), {}, {}
    for row in returns.to_dict("records"):
        key = key_of(row)
        if pd.isna(row["value"]):
            continue
        people = bool(row["protected"])
        step = 0.0 if not people or key in exact or round_to <= 1 else round_to
        counts.cells.setdefault(key, Cell(float(row["value"]), people, "printed", step))
        whole = str(row["part_of"])
        part_of[key.measure] = named(whole, key.kind)[0] if whole else ""
        flows[key.measure] = bool(row["flow"])
    for key, value in (before or {}).items():
        facts = RETURN_MEASURES[key.measure]
        if facts.protected and key not in counts.cells:
            counts.cells[key] = Cell(value, True, "before")
            part_of.setdefault(key.measure, facts.part_of)
            flows.setdefault(key.measure, facts.flow)
    _add_types(counts, exact)
    _add_periods(counts, flows)
    # after the periods, so that the parts of the days left are known to be parts too
    _add_parts(counts, part_of)
    for more, less in differences:
        if more in counts.cells and less in counts.cells:
            counts.add_sum(more, [less], ("rest", more, less))
    return counts


def _keys(counts: Counts) -> list[Key]:
    return [name for name in counts.cells if isinstance(name, Key)]


def _add_types(counts: Counts, exact: Collection[Key]) -> None:
    groups: dict[Key, list[Key]] = {}
    for key in _keys(counts):
        if key.kind:
            groups.setdefault(key._replace(kind=""), []).append(key)
    for total, kinds in groups.items():
        now = [key for key in kinds if counts.cells[key].place == "printed"]
        if total not in counts.cells:
            if not now:
                continue
            whole = sum(counts.cells[key].value for key in now)
            people = all(counts.cells[key].protected for key in now)
            place: Literal["printed", "kept"] = "printed" if total in exact else "kept"
            counts.cells[total] = Cell(whole, people, place, types=tuple(key.kind for key in now))
        for parts, name in ((now, "types"), (kinds, "all types")):
            counts.add_sum(total, parts, ("rest", total, name), closed=True)


def _add_parts(counts: Counts, part_of: Mapping[str, str]) -> None:
    for key in _keys(counts):
        for whole in _wholes(counts, key, part_of):
            if counts.cells[key].protected:
                counts.add_sum(whole, [key], ("rest", whole, key))
        parts = _parts(counts, key)
        if len(parts) > 1:
            counts.add_sum(key, parts, ("rest", key, *parts), closed=True)


def _wholes(counts: Counts, key: Key, part_of: Mapping[str, str]) -> list[Key]:
    """The counts that ``key`` is a part of: the nearest that is stated, by each name of the figure.

    18 declined for lack of capacity of 20 referrals leave 2, whether or not all the declined are stated between them.
    """
    found: dict[Key, None] = {}
    for first in (part_of.get(key.measure, ""), _part_of(key.measure)):
        whole = key._replace(measure=named(first, key.kind)[0])
        while whole.measure and whole not in counts.cells:
            whole = whole._replace(measure=_part_of(whole.measure))
        if whole.measure:
            found[whole] = None
    return list(found)


def _part_of(measure: str) -> str:
    return RETURN_MEASURES[measure].part_of if measure in RETURN_MEASURES else ""


def _parts(counts: Counts, key: Key) -> list[Key]:
    """The stated parts of a count that count nobody twice; of a part that is not stated, its own parts."""
    found = []
    for name in DIVIDED_INTO.get(key.measure, ()):
        part = key._replace(measure=name)
        found += [part] if part in counts.cells else _parts(counts, part)
    return found


def _add_periods(counts: Counts, flows: Mapping[str, bool]) -> None:
    groups: dict[tuple[str, str], list[Key]] = {}
    for key in _keys(counts):
        if flows.get(key.measure) and counts.cells[key].protected:
            groups.setdefault((key.measure, key.kind), []).append(key)
    for keys in groups.values():
        for whole in keys:
            inside = [
                key for key in keys if key != whole and whole.start <= key.start and key.end <= whole.end
            ]
            for chosen in _families(inside):
                rest, closed = _rest_of_days(whole, chosen)
                counts.add_sum(whole, chosen, rest, closed=closed)


def _families(keys: Sequence[Key]) -> list[list[Key]]:
    """Choices of periods that share no day: all of them for few periods, else single ones and two full covers."""
    if len(keys) <= MOST_INSIDE:
        sizes = range(1, len(keys) + 1)
        choices = [
            sorted(c, key=lambda key: key.start) for n in sizes for c in itertools.combinations(keys, n)
        ]
        return [c for c in choices if all(a.end < b.start for a, b in itertools.pairwise(c))]
    found = [[key] for key in keys]
    for sign in (1, -1):
        chosen: list[Key] = []
        for key in sorted(keys, key=lambda key: (sign * (key.end - key.start), key.start)):
            if all(key.end < other.start or other.end < key.start for other in chosen):
                chosen.append(key)
        found.append(sorted(chosen, key=lambda key: key.start))
    return found


def _rest_of_days(whole: Key, inside: Sequence[Key]) -> tuple[Hashable, bool]:
    """The name of what is left (a key where the days left are one period), and whether no day is."""
    left, start = [], whole.start
    for key in inside:
        if key.start > start:
            left.append((start, key.start - ONE_DAY))
        start = key.end + ONE_DAY
    if start <= whole.end:
        left.append((start, whole.end))
    if len(left) == 1:
        return whole._replace(start=left[0][0], end=left[0][1]), False
    return ("rest", whole.measure, whole.kind, tuple(left) or whole), not left

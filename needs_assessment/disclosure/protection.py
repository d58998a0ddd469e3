"""Which local counts have to be hidden, so that no reader can work out a small one; the choice is the suppression room's.

A run in which no count, and no rest of one, is small ends before any solver is loaded: the room protects the small
cells it is given and suppresses nothing for their sake where there are none, and ``Counts.small`` looks at the very cells
that it would be given. Otherwise the cells fall into pieces that no sum connects; each piece with a small count is a
problem of its own. Whatever was chosen is then read as a reader would (``reader.py``), over all days on which stated
periods meet, and more is hidden where that tells a small count.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from needs_assessment.disclosure.counts import Counts, Key
from needs_assessment.disclosure.stretches import pieces_of

if TYPE_CHECKING:
    from needs_assessment.disclosure.suppression import Problem, Protection, Release

# small cells times cells of a piece beyond which the reader's check, which is quicker, chooses alone
LARGE = 400


@dataclass(frozen=True)
class Rules:
    """minimum: the smallest count that is printed; width: the narrowest range a hidden one may be worked out to;
    round_to: counts that are only listed are printed to the nearest of this (all registered)."""

    minimum: int = 5
    width: float = 3.0
    round_to: float = 1.0


@dataclass(frozen=True)
class Earlier:
    """What an earlier release printed of the same counts, and which of them it suppressed."""

    counts: Counts
    hidden: frozenset[Key] = frozenset()


@dataclass(frozen=True)
class Choice:
    """hidden: printed counts to suppress; narrow: counts that can be worked out to less than the width whatever is hidden;
    told_before: counts that an earlier release gives away; refused: those of ``hidden`` that were too many to be checked."""

    hidden: frozenset[Key] = frozenset()
    narrow: frozenset[Hashable] = frozenset()
    told_before: frozenset[Hashable] = frozenset()
    refused: frozenset[Key] = frozenset()


def choose(
    counts: Counts,
    rules: Rules,
    *,
    weights: Mapping[Hashable, float] | None = None,
    earlier: Earlier | None = None,
) -> Choice:
    """The fewest published numbers to hide; of a large piece the small counts alone, for the reader's check to go on from.

    weights: how many numbers are hidden with a count, by key.
    """
    if not counts.small(rules.minimum):
        return Choice()
    hidden: set[Key] = set()
    told: set[Hashable] = set()
    narrow: set[Hashable] = set()
    for names in pieces(counts, earlier):
        part = _within(counts, names)
        small = part.small(rules.minimum)
        if len(small) * len(part.cells) > LARGE:
            hidden |= {
                name for name in small if isinstance(name, Key) and part.cells[name].place == "printed"
            }
            continue
        if not small:
            continue
        made = _protect(part, rules, weights, _release(earlier, names))
        flags = zip(made.problem.names, made.hidden.tolist(), strict=True)
        hidden |= {name for name, gone in flags if gone and isinstance(name, Key)}
        for finding in made.audit.findings:
            told |= {finding.name} if finding.verdict == "already disclosed" else set()
            narrow |= {finding.name} if finding.verdict == "fail" else set()
    return Choice(frozenset(hidden), frozenset(narrow), frozenset(told))


def confirm(
    counts: Counts,
    rules: Rules,
    choice: Choice,
    *,
    weights: Mapping[Hashable, float] | None = None,
    before: Mapping[Key, tuple[float, float]] | None = None,
    revised: Collection[Key] = (),
    differences: Iterable[tuple[Key, Key]] = (),
) -> Choice:
    """The choice after the reader's check, over all days on which stated counts meet: what else has to go goes too.

    before: the least and greatest value that an earlier release tells of a count; revised: counts to be hidden since
    their change from an earlier release is small; differences: pairs of which results show the first less the second. Of
    a piece that is too large to be checked the counts of the shortest periods go, until what is left can be.
    """
    may_go = {
        name
        for name, cell in counts.cells.items()
        if isinstance(name, Key) and cell.protected and cell.place == "printed" and name not in (before or {})
    }
    refused: set[Key] = set()
    while True:
        left = Counts({name: cell for name, cell in counts.cells.items() if name not in refused})
        found = list(pieces_of(left, rules.minimum, revised=revised, differences=differences))
        fine = set[Key]().union(*(piece.too_fine(may_go) for piece in found))
        if not fine:
            break
        refused |= fine
    hidden = choice.hidden | refused | set(revised)
    if not found:
        return replace(choice, hidden=hidden, refused=frozenset(refused))
    from needs_assessment.disclosure.reader import check, known_of

    stated = {key: cell for key, cell in left.cells.items() if isinstance(key, Key)}
    known = known_of(stated, rules.minimum, weights or {}, before or {})
    checked = [check(piece, known, hidden, rules.minimum, rules.width) for piece in found]
    return Choice(
        hidden.union(*(one.hidden for one in checked)),
        choice.narrow.union(*(one.narrow for one in checked)),
        choice.told_before.union(*(one.told_before for one in checked)),
        frozenset(refused),
    )


def pieces(counts: Counts, earlier: Earlier | None = None) -> list[set[Hashable]]:
    """The names of cells that sums connect, in this release or an earlier one."""
    root: dict[Hashable, Hashable] = {}

    def find(name: Hashable) -> Hashable:
        root.setdefault(name, name)
        while root[name] != name:
            root[name] = root[root[name]]
            name = root[name]
        return name

    held = [counts, *([earlier.counts] if earlier is not None else [])]
    for one in held:
        for name in one.cells:
            find(name)
        for factors in one.sums:
            first, *others = (name for name, _ in factors)
            for other in others:
                root[find(other)] = find(first)
    groups: dict[Hashable, set[Hashable]] = {}
    for name in root:
        groups.setdefault(find(name), set()).add(name)
    return list(groups.values())


def problem_of(counts: Counts) -> Problem:
    """The cells and sums as a problem of the suppression room."""
    from needs_assessment.disclosure.suppression import CHOOSE, SHOWN, WITHHELD, Number, Relation, build

    numbers = []
    for name, cell in counts.cells.items():
        state = WITHHELD if cell.place == "kept" else CHOOSE
        if cell.place != "kept" and (cell.place == "before" or not cell.protected):
            state = SHOWN
        whole, people = float(cell.value).is_integer(), cell.protected and cell.place != "before"
        numbers.append(Number(name, cell.value, people, whole, 0.0, round_to=cell.round_to, state=state))
    # in one order whatever the hash of a name is, so that the same counts are always hidden alike
    order = {name: at for at, name in enumerate(counts.cells)}
    sums = [Relation(dict(sorted(factors, key=lambda pair: order[pair[0]]))) for factors in counts.sums]
    return build((), numbers, sums)


def _within(counts: Counts, names: Collection[Hashable]) -> Counts:
    cells = {name: cell for name, cell in counts.cells.items() if name in names}
    sums = {factors: None for factors in counts.sums if next(iter(factors))[0] in names}
    return Counts(cells, sums)


def _release(earlier: Earlier | None, names: Collection[Hashable]) -> list[Release]:
    from needs_assessment.disclosure.suppression import Release

    if earlier is None:
        return []
    part = _within(earlier.counts, names)
    if not part.cells:
        return []
    import numpy as np

    problem = problem_of(part)
    return [Release(problem, np.array([name in earlier.hidden for name in problem.names]))]


def _protect(
    counts: Counts, rules: Rules, weights: Mapping[Hashable, float] | None, previous: list[Release]
) -> Protection:
    from needs_assessment.disclosure.suppression import protect

    return protect(
        problem_of(counts),
        minimum=rules.minimum,
        width=rules.width,
        previous=previous,
        weights=weights,
    )

"""What may be told of matched lists: the counts by combination are never published, and none of them can be worked out.

A reader is granted, of each tier whose lists were matched,
1. the number of different people and the length of each list, which are published exactly; and
2. where an estimate from the overlap is published, the number on each two lists, exactly: the estimate of a log-linear
   model is a known function of the margins of its terms, so a model with the term A:B tells how many are on A and B.

By integer programming it is asked how closely the reader could then tell any small group (one combination, on two
lists, on one and not on another, not on one, on several). A group of 1 to minimum - 1 that could be told within fewer
than ``minimum`` numbers is passed to the gate as a protected count: by the first knowledge it takes the number of
different people and met need with it, by the second the estimates. Models with terms of three lists or more are shown
one by one only where no group is small, and then everything is unrounded; else the estimates are rounded coarsely.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from needs_assessment.catalogue.results import RESULT_MEASURES
from needs_assessment.catalogue.returns import RETURN_MEASURES, WHOLE_OF_TIER
from needs_assessment.disclosure.counts import is_protected, key_of
from needs_assessment.estimate.matched_lists.population import MatchedLists
from needs_assessment.results import Results

if TYPE_CHECKING:
    from needs_assessment.inputs.returns.matched_lists import Overlaps

Array = NDArray[np.float64]
NUMBERS = ("value", "low", "high")


@dataclass(frozen=True)
class ListGate:
    """counts: protected counts by name, for the gate; rests: which of them a measure or a tier rests on; coarse: tiers
    with small groups, whose estimates are rounded and whose models of three lists are not shown one by one."""

    counts: dict[str, float] = field(default_factory=dict)
    rests: dict[str, tuple[str, ...]] = field(default_factory=dict)
    coarse: frozenset[str] = frozenset()


def gate_lists(
    matched: Mapping[str, MatchedLists], minimum: int, returned: Mapping[str, float] | None = None
) -> ListGate:
    """The protected counts of matched lists, and what rests on them.

    minimum: the smallest count that may be told; returned: local counts that are published too, by name of the return.
    """
    counts: dict[str, float] = {}
    rests: dict[str, tuple[str, ...]] = {}
    coarse = set()
    for tier, lists in matched.items():
        cells, people = histories_of(lists)
        named = {
            f"union_{tier}": lists.union,
            **{f"on_{name}_{tier}": lists.total(name) for name in lists.lists},
        }
        whole = (returned or {}).get(WHOLE_OF_TIER.get(tier, ""))
        if whole is not None:
            # the figure for all services, less the people on the matched lists, are those on none of them
            named[f"beyond_{tier}"] = abs(whole - lists.union)
        others = [other for other in matched.values() if other is not lists]
        exact = np.vstack(
            [np.ones(len(cells)), cells.T, *(_told_by(other, lists.lists, cells) for other in others)]
        )
        small = [group for group in groups(cells) if is_protected(float(group @ people), minimum)]
        told = _closest(small, exact, people, minimum)
        if told:
            named[f"told_by_union_{tier}"] = told
        by_estimate = {}
        guessed = _closest(small, np.vstack([exact, *_pairs(cells)]), people, minimum)
        if guessed:
            by_estimate[f"told_by_estimate_{tier}"] = guessed
        if small:
            coarse.add(tier)
        counts |= named | by_estimate
        rests[f"on_matched_lists_{tier}"] = tuple(named)
        rests[f"hidden_population_{tier}"] = (*named, *by_estimate)
        if tier in WHOLE_OF_TIER:
            rests[tier] = tuple(named)
    return ListGate(counts, rests, frozenset(coarse))


def hidden_by_lists(lists: ListGate, minimum: int) -> set[str]:
    """The measures that rest on a protected count of matched lists; of a tier all three of its rows."""
    found: set[str] = set()
    for name, counts in lists.rests.items():
        if any(is_protected(lists.counts[count], minimum) for count in counts):
            found |= (
                {name} if name in RESULT_MEASURES else {f"{part}_{name}" for part in ("need", "met", "unmet")}
            )
    return found


def unlisted_counts(overlaps: Overlaps, returns: pd.DataFrame) -> pd.DataFrame:
    """People on each matched list that the returns do not state themselves, as rows of returns.

    returns: ``LocalReturns.described()``, whose columns the rows have.
    """
    given = {key_of(row) for row in returns.to_dict("records")}
    rows: dict[Hashable, dict[str, object]] = {}
    for table in overlaps.tables.values():
        for name in table.lists:
            facts = RETURN_MEASURES[name]
            row: dict[str, object] = {
                **dict.fromkeys(returns.columns, ""),
                "measure": name,
                "accommodation_type": "",
                "period_start": table.period_start,
                "period_end": table.period_end,
                "value": table.total(name),
                "protected": facts.protected,
                "part_of": facts.part_of,
                "flow": facts.flow,
            }
            if key_of(row) not in given:
                rows[key_of(row)] = row
    return pd.DataFrame(list(rows.values()), columns=list(returns.columns))


def histories_of(lists: MatchedLists) -> tuple[Array, Array]:
    """Every combination of lists but that of none, shape [combination, list], and the people with it."""
    number = len(lists.lists)
    cells = np.array(
        [[bits >> at & 1 for at in range(number)] for bits in range(1, 2**number)], dtype=np.float64
    )
    marks = lists.histories[list(lists.lists)].to_numpy(dtype=np.int64)
    bits = marks @ (1 << np.arange(number))
    weights = lists.histories["count"].to_numpy(dtype=np.float64)
    people = np.asarray(np.bincount(bits, weights=weights, minlength=2**number), dtype=np.float64)
    return cells, people[1:]


def groups(cells: Array) -> Iterator[Array]:
    """The groups of people that a reader may ask for, each as 0 or 1 by combination."""
    number = cells.shape[1]
    yield from np.eye(len(cells))
    yield from _pairs(cells)
    yield (cells.sum(axis=1) > 1).astype(float)
    for one in range(number):
        yield 1 - cells[:, one]
        for other in range(number):
            if one != other:
                yield cells[:, one] * (1 - cells[:, other])


def _pairs(cells: Array) -> list[Array]:
    return [cells[:, one] * cells[:, other] for one, other in combinations(range(cells.shape[1]), 2)]


def _told_by(other: MatchedLists, lists: Sequence[str], cells: Array) -> Array:
    """What another tier tells of the lists it shares: the number on each two, and of all of its lists on any of them."""
    shared = cells[:, [lists.index(name) for name in other.lists if name in lists]]
    on_any = [(shared.sum(axis=1) > 0).astype(float)] if shared.shape[1] == len(other.lists) else []
    return np.array([*on_any, *_pairs(shared)]).reshape(-1, len(cells))


def _closest(small: Sequence[Array], known: Array, people: Array, minimum: int) -> float:
    """The first small group that can be told within fewer than ``minimum`` numbers, as its count; 0 for none."""
    # heavy to load, and most runs have no matched lists
    from scipy.optimize import Bounds, LinearConstraint, milp

    for group in small:
        ends = []
        for sign in (1.0, -1.0):
            found = milp(
                sign * group,
                integrality=np.ones(len(people)),
                bounds=Bounds(0, np.inf),
                constraints=LinearConstraint(known, known @ people, known @ people),
            )
            # without an answer the truth itself is all that is known to fit
            ends.append(round(sign * found.fun) if found.success else float(group @ people))
        if ends[1] - ends[0] < minimum:
            return float(group @ people)
    return 0.0


def coarsen(results: Results, tiers: frozenset[str], figures: int) -> Results:
    """The results with the estimates of these tiers rounded to some significant figures, and a note that says so."""
    covered = results.frame["measure"].isin([f"hidden_population_{tier}" for tier in tiers])
    if not covered.any():
        return results
    frame = results.frame.copy()
    for name in NUMBERS:
        frame.loc[covered, name] = [rounded(number, figures) for number in frame.loc[covered, name]]
    words = f"; rounded to {figures} significant figures, as groups of a few people are on several lists"
    frame.loc[covered, "note"] = frame.loc[covered, "note"] + words
    return Results(frame)


def rounded(number: float, figures: int) -> float:
    """To some significant figures; NaN, infinity and 0 stay as they are."""
    if not np.isfinite(number) or number == 0:
        return number
    return float(f"{number:.{figures - 1}e}")

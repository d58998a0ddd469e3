"""What matched lists may tell: against an attacker that tries every table of people, one by one."""

from __future__ import annotations

import datetime as dt
from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest

from needs_assessment.disclosure.decision import Links
from needs_assessment.disclosure.gate import guard, release
from needs_assessment.disclosure.matched_lists import (
    coarsen,
    gate_lists,
    groups,
    hidden_by_lists,
    histories_of,
    rounded,
    unlisted_counts,
)
from needs_assessment.disclosure.protection import Rules
from needs_assessment.disclosure.published_table import SUPPRESSED
from needs_assessment.estimate.matched_lists.population import MatchedLists
from needs_assessment.inputs.returns.matched_lists import Overlaps, OverlapTable
from needs_assessment.results import AreaRow, Provenance, Results, ResultsBuilder
from tests.list_files import ABENI

MINIMUM = 5
TIER = "idva"


def matched(counts: dict[str, int], tier: str = TIER, names: str = "ABCD") -> MatchedLists:
    lists = tuple(names[: len(next(iter(counts)))])
    rows = [{**dict(zip(lists, map(int, word), strict=True)), "count": n} for word, n in counts.items()]
    return MatchedLists(tier, lists, pd.DataFrame(rows), None)


def told(counts: dict[str, int]) -> tuple[bool, bool]:
    """Whether the gate hides the union, and whether it hides the estimate."""
    gate = gate_lists({TIER: matched(counts)}, MINIMUM)
    small = {name for name, count in gate.counts.items() if 0 < count < MINIMUM}
    rests = {
        name: set(gate.rests[name]) for name in (f"on_matched_lists_{TIER}", f"hidden_population_{TIER}")
    }
    return tuple(bool(small & names) for names in rests.values())  # type: ignore[return-value]


def naive(counts: dict[str, int], with_pairs: bool) -> bool:
    """Whether a reader who tries every table can tell a small group within fewer than MINIMUM numbers.

    The reader knows the sum and the length of each list, and with_pairs the number on each two lists.
    """
    words = sorted(counts)
    cells = np.array([list(map(int, word)) for word in words])
    people = np.array([counts[word] for word in words])
    known = [np.ones(len(words)), *cells.T]
    if with_pairs:
        known += [cells[:, a] * cells[:, b] for a, b in combinations(range(cells.shape[1]), 2)]
    rows = np.array(known)
    possible = [
        table
        for table in product(range(int(people.sum()) + 1), repeat=len(words))
        if np.array_equal(rows @ np.array(table), rows @ people)
    ]
    wanted = [group for group in _groups(cells) if 0 < group @ people < MINIMUM]
    ranges = [[group @ np.array(table) for table in possible] for group in wanted]
    return any(max(found) - min(found) < MINIMUM for found in ranges)


def _groups(cells: np.ndarray) -> list[np.ndarray]:
    number = cells.shape[1]
    found = [*np.eye(len(cells)), (cells.sum(axis=1) > 1).astype(float)]
    for one in range(number):
        found.append(1 - cells[:, one])
        found += [cells[:, one] * (1 - cells[:, other]) for other in range(number) if other != one]
    return found + [cells[:, a] * cells[:, b] for a, b in combinations(range(number), 2)]


@pytest.mark.parametrize(
    ("counts", "union", "estimate"),
    [
        # two lists: the sum and both lengths tell everything
        ({"10": 40, "01": 30, "11": 10}, False, False),
        ({"10": 40, "01": 30, "11": 3}, True, True),
        ({"10": 4, "01": 30, "11": 10}, True, True),
        ({"10": 40, "01": 30, "11": 0}, False, False),
        # three lists: the sum and the lengths leave room, but with every pair known the rest can be solved
        ({"100": 90, "010": 80, "001": 70, "110": 30, "101": 25, "011": 20, "111": 12}, False, False),
        ({"100": 90, "010": 80, "001": 70, "110": 30, "101": 25, "011": 20, "111": 3}, False, True),
        # two on several lists in all: the sum less the lengths says so
        ({"100": 90, "010": 80, "001": 70, "110": 1, "101": 1, "011": 0, "111": 0}, True, True),
        # everybody but three is on A
        ({"100": 90, "010": 3, "001": 0, "110": 30, "101": 25, "011": 0, "111": 12}, True, True),
        (ABENI, False, False),
    ],
)
def test_what_is_hidden(counts: dict[str, int], union: bool, estimate: bool) -> None:
    assert told(counts) == (union, estimate)


@pytest.mark.parametrize(
    "counts",
    [
        {"10": 6, "01": 7, "11": 3},
        {"10": 6, "01": 7, "11": 5},
        {"10": 2, "01": 7, "11": 6},
        {"10": 0, "01": 9, "11": 8},
    ],
)
def test_the_gate_and_the_reader_who_tries_every_table_agree(counts: dict[str, int]) -> None:
    assert told(counts) == (naive(counts, False), naive(counts, True))


def test_three_small_lists_by_trying_every_table() -> None:
    """Every way to put up to eight people into the seven combinations that fits what is published, without a solver."""
    counts = {"100": 2, "010": 1, "001": 2, "110": 1, "101": 1, "011": 1, "111": 0}
    cells, people = histories_of(matched(counts))
    known = np.vstack([np.ones(len(cells)), cells.T])
    free = [
        table
        for table in _spread(int(people.sum()), len(people))
        if np.array_equal(known @ table, known @ people)
    ]
    assert any(np.array_equal(table, people) for table in free)
    narrow = [
        group
        for group in groups(cells)
        if 0 < group @ people < MINIMUM and np.ptp([group @ table for table in free]) < MINIMUM
    ]
    gate = gate_lists({TIER: matched(counts)}, MINIMUM)
    assert bool(narrow) == (f"told_by_union_{TIER}" in gate.counts)


def _spread(total: int, places: int) -> list[np.ndarray]:
    if places == 1:
        return [np.array([total])]
    return [
        np.array([first, *rest]) for first in range(total + 1) for rest in _spread(total - first, places - 1)
    ]


def test_lists_of_one_tier_within_those_of_another_tell_more() -> None:
    """Alone, three lists leave room for the three people on A and B; the union of A and B in another tier tells them."""
    three = {"100": 90, "010": 80, "001": 70, "110": 2, "101": 25, "011": 20, "111": 1}
    two = {"10": 115, "01": 100, "11": 3}
    alone = gate_lists({"told_anyone": matched(three, "told_anyone")}, MINIMUM)
    assert "told_by_union_told_anyone" not in alone.counts
    both = gate_lists({"told_anyone": matched(three, "told_anyone"), TIER: matched(two)}, MINIMUM)
    assert 0 < both.counts["told_by_union_told_anyone"] < MINIMUM


def test_two_lists_that_two_tiers_share_tell_the_number_on_both() -> None:
    """A, B and C in one tier, A, B and D in the other: the estimates of the other tell the three people on A and B."""
    three = {"100": 90, "010": 80, "001": 70, "110": 2, "101": 25, "011": 20, "111": 1}
    other = {"100": 100, "010": 85, "001": 60, "110": 3, "101": 15, "011": 15, "111": 0}
    shared = {"told_anyone": matched(three, "told_anyone"), TIER: matched(other, TIER, "ABD")}
    assert "told_by_union_told_anyone" in gate_lists(shared, MINIMUM).counts
    apart = {"told_anyone": matched(three, "told_anyone"), TIER: matched(other, TIER, "DEF")}
    assert "told_by_union_told_anyone" not in gate_lists(apart, MINIMUM).counts


def test_the_rest_of_a_figure_for_all_services_is_a_count_of_people() -> None:
    counts = {"10": 40, "01": 30, "11": 10}
    near = gate_lists({TIER: matched(counts)}, MINIMUM, {"idva_clients": 83})
    assert near.counts[f"beyond_{TIER}"] == 3
    assert f"beyond_{TIER}" in near.rests[TIER]
    assert gate_lists({TIER: matched(counts)}, MINIMUM, {}).counts.keys() == {
        f"union_{TIER}",
        "on_A_idva",
        "on_B_idva",
    }


def results() -> Results:
    builder, area = ResultsBuilder(), [AreaRow("E06000056", "Somewhere", "authority")]
    for measure, value in (("need_idva", 300.0), ("met_idva", 73.0), ("unmet_idva", 227.0)):
        builder.add(measure, area, value, provenance=Provenance("mixed", "test"))
    builder.add(f"on_matched_lists_{TIER}", area, 73.0, provenance=Provenance("observed", "test"))
    name = f"hidden_population_{TIER}"
    builder.add(
        name, area, 13_093.0, 9_209.3, 22_070.2, provenance=Provenance("modelled", "test", note="all")
    )
    builder.add(
        name, area, 8_499.5, provenance=Provenance("modelled", "test"), breakdown="models", category="lowest"
    )
    return builder.build()


def test_a_small_overlap_takes_the_union_met_need_and_the_estimate_with_it() -> None:
    gate = gate_lists({TIER: matched({"10": 40, "01": 30, "11": 3})}, MINIMUM)
    keys = results().frame[["measure", "breakdown", "category"]].itertuples(index=False, name=None)
    gone = hidden_by_lists(gate, MINIMUM)
    safe = release(results(), {key for key in keys if key[0] in gone}, MINIMUM)
    assert (safe.frame["value"] == SUPPRESSED).all()
    open_gate = gate_lists({TIER: matched({"10": 40, "01": 30, "11": 10})}, MINIMUM)
    assert hidden_by_lists(open_gate, MINIMUM) == set()


def test_an_estimate_is_rounded_where_a_group_is_small() -> None:
    frame = coarsen(results(), frozenset([TIER]), 2).frame
    hidden = frame[frame["measure"] == f"hidden_population_{TIER}"]
    assert hidden[["value", "low", "high"]].iloc[0].tolist() == [13_000, 9_200, 22_000]
    assert hidden["value"].iloc[1] == 8_500
    assert hidden["note"].str.contains("rounded to 2 significant figures").all()
    assert frame.loc[frame["measure"] == "met_idva", "value"].item() == 73
    assert coarsen(results(), frozenset(), 2).frame.equals(results().frame)


@pytest.mark.parametrize(
    ("number", "shown"),
    [(189.09, 190), (1896, 1900), (0, 0), (7, 7), (float("inf"), float("inf")), (94_999, 95_000)],
)
def test_rounding_to_significant_figures(number: float, shown: float) -> None:
    assert rounded(number, 2) == shown


def test_people_on_one_matched_list_are_counts_of_the_gate() -> None:
    """A list of 83 within a service's 85 clients leaves 2 people: the gate sees the list although no return states it."""
    start, end = dt.date(2024, 4, 1), dt.date(2025, 3, 31)
    lists = ("health_idva_clients", "court_idva_clients")
    histories = pd.DataFrame({lists[0]: [1, 0, 1], lists[1]: [0, 1, 1], "count": [43, 30, 40]})
    table = OverlapTable(TIER, lists, histories, start, end, 0.5, False)
    returns = pd.DataFrame(
        [("idva_clients", "", start, end, 85.0, True, "", True)],
        columns=[
            *("measure", "accommodation_type", "period_start", "period_end"),
            *("value", "protected", "part_of", "flow"),
        ],
    )
    rows = unlisted_counts(Overlaps({TIER: table}), returns)
    assert rows.set_index("measure")["value"].to_dict() == {lists[0]: 83.0, lists[1]: 70.0}
    assert set(rows["part_of"]) == {"idva_clients"}
    key = (lists[0], "", start, end)
    links = Links({("met_idva", "list", lists[0]): {key}})
    guarded = guard(returns, Rules(), links, unlisted=rows)
    hidden = {*guarded.returns.frame["value"], *guarded.hidden}
    assert hidden & {"[c]", ("met_idva", "list", lists[0])}
    assert len(guarded.returns.frame) == 1
    given = returns.assign(measure=lists[0], value=83.0)
    assert list(unlisted_counts(Overlaps({TIER: table}), given)["measure"]) == [lists[1]]

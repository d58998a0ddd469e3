"""Everyone by the overlap of lists, and the bounds of a union: worked numbers, published cases, order-free, monotone."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from needs_assessment.estimate.matched_lists.bounds import NoEstimate, all_models, chapman, log_linear
from needs_assessment.estimate.matched_lists.population import (
    CHAPMAN,
    LOG_LINEAR,
    MatchedLists,
    Union,
    list_population,
    union_of,
)
from tests.list_files import ABENI

LENGTHS = st.lists(st.integers(0, 10_000), min_size=1, max_size=8)
THREE = {"001": 31, "010": 42, "100": 57, "011": 6, "101": 9, "110": 12, "111": 4}


def frame(counts: dict[str, int], names: str = "ABCDE") -> pd.DataFrame:
    return pd.DataFrame(
        [{**dict(zip(names, map(int, word), strict=False)), "count": n} for word, n in counts.items()]
    )


def test_two_lists_are_chapmans() -> None:
    found = list_population(frame({"10": 40, "01": 30, "11": 10}))
    assert found.population == pytest.approx(189.09, abs=0.005)  # 51 x 41 / 11 - 1
    assert found.method == CHAPMAN
    assert found.seen == 80
    assert found.lowest == found.highest == found.population
    straight = chapman(50, 40, 10)
    assert (found.low, found.high) == (straight.low, straight.high)


def test_two_lists_without_anybody_on_both_have_no_estimate() -> None:
    with pytest.raises(NoEstimate, match="both"):
        list_population(frame({"10": 40, "01": 30, "11": 0}))


def test_four_lists_are_all_models_averaged() -> None:
    found = list_population(frame(ABENI))
    spread = all_models(frame(ABENI), criterion="aic")
    assert found.method == LOG_LINEAR
    assert (found.population, found.low, found.high) == pytest.approx(
        (spread.population, spread.low, spread.high)
    )
    assert found.fitted + found.left_out == 114  # 113 hierarchical models, and the saturated one
    by_terms = {
        frozenset(terms): number
        for terms, number in zip(found.models["terms"], found.models["population"], strict=True)
    }
    pairs = frozenset((a, b) for a in "ABCD" for b in "ABCD" if a < b)
    assert by_terms[frozenset()] == pytest.approx(11_124.6, abs=0.1)
    assert by_terms[frozenset({("A", "B")})] == pytest.approx(12_318.5, abs=0.1)
    assert by_terms[pairs] == pytest.approx(23_443.5, abs=0.1)
    assert found.lowest <= found.models["population"].min()
    assert found.highest >= found.models["population"].max()


def test_the_order_of_lists_and_rows_changes_nothing() -> None:
    plain = list_population(frame(THREE))
    other = list_population(frame(THREE)[["C", "count", "A", "B"]].sample(frac=1, random_state=3))
    assert other.lists == plain.lists
    assert (other.population, other.low, other.high) == (plain.population, plain.low, plain.high)
    pd.testing.assert_frame_equal(other.models, plain.models)


def test_a_model_of_pairs_knows_no_more_than_the_numbers_on_each_list_and_on_each_two() -> None:
    """What the gate relies on. One person more on A, B and C together and one fewer on B, C and D, made up for in the
    smaller combinations: every list, every pair and the sum stay as they are, and no model of pairs can tell."""
    step = {"1110": 1, "0111": -1, "1100": -1, "1010": -1, "0101": 1, "0011": 1, "1000": 1, "0001": -1}
    moved = {word: count + 3 * step.get(word, 0) for word, count in ABENI.items()}
    one, other = frame(ABENI), frame(moved)
    differences = set()
    for terms in (
        (),
        [("A", "B")],
        [("A", "B"), ("C", "D")],
        [(a, b) for a in "ABCD" for b in "ABCD" if a < b],
    ):
        first, second = log_linear(one, terms), log_linear(other, terms)
        assert (first.seen, first.population) == pytest.approx((second.seen, second.population), rel=1e-9)
        assert (first.low, first.high) == pytest.approx((second.low, second.high), rel=1e-6)
        differences.add(round(first.aic - second.aic, 6))
    assert len(differences) == 1, "weights of models against each other stay as they are"
    told = [log_linear(table, [("A", "B", "C")]).population for table in (one, other)]
    assert told[0] != pytest.approx(told[1], rel=1e-3), "a model of three lists does tell"


@given(LENGTHS)
def test_the_bounds_of_a_union(lengths: list[int]) -> None:
    named = {f"list {place}": float(length) for place, length in enumerate(lengths)}
    union = union_of(named)
    assert union == Union(max(lengths), sum(lengths))
    shuffled = dict(sorted(named.items(), key=lambda item: item[1]))
    assert union_of(shuffled) == union
    assert union.fewest <= union.at(0.5) <= union.most


@given(LENGTHS, st.integers(0, 10_000))
def test_another_service_never_lowers_the_bounds(lengths: list[int], another: int) -> None:
    named = {f"list {place}": float(length) for place, length in enumerate(lengths)}
    before, after = union_of(named), union_of({**named, "another": float(another)})
    assert after.fewest >= before.fewest
    assert after.most == before.most + another


def test_matched_lists_stand_as_one_list_among_the_others() -> None:
    """45 and 80 people who are 100 different ones, and 120 on a list apart: from 120 to 220; without matching to 245."""
    matched = MatchedLists("idva", ("A", "B"), frame({"10": 20, "01": 55, "11": 25}), None)
    assert (matched.total("A"), matched.total("B"), matched.union) == (45, 80, 100)
    assert union_of({"C": 120}, matched) == Union(120, 220)
    assert union_of({"A": 45, "B": 80, "C": 120}) == Union(120, 245)
    assert union_of({}, matched) == Union(100, 100)
    with pytest.raises(ValueError, match="no list"):
        union_of({})


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_a_union_by_counting_people_lies_within_the_bounds(people: list[tuple[bool, bool, bool]]) -> None:
    """The naive second opinion: people as sets, counted one by one."""
    on = [{number for number, marks in enumerate(people) if marks[place]} for place in range(3)]
    union = union_of({str(place): float(len(found)) for place, found in enumerate(on)})
    assert union.fewest <= len(on[0] | on[1] | on[2]) <= union.most
    rows = [{**dict(zip("ABC", map(int, marks), strict=True)), "count": 1} for marks in people if any(marks)]
    if rows:
        matched = MatchedLists("idva", ("A", "B", "C"), pd.DataFrame(rows), None)
        assert matched.union == len(on[0] | on[1] | on[2])
        assert [matched.total(name) for name in "ABC"] == [len(found) for found in on]

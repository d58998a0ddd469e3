"""Suppression worked by hand: what a reader can solve for, what has to go, and the awkward tables."""

from __future__ import annotations

import numpy as np
import pytest

from needs_assessment.disclosure.suppression import (
    SHOWN,
    WITHHELD,
    Axis,
    Number,
    Problem,
    Protection,
    Relation,
    Release,
    Table,
    attack,
    build,
    flat,
    protect,
    tree,
)


def table(leaves: list[list[int]]) -> Problem:
    """A ward by sex table with all margins."""
    counts = np.array(leaves)
    axes = [flat("ward", [f"w{n}" for n in range(len(counts))]), flat("sex", "FMX"[: counts.shape[1]])]
    return build([Table.from_leaves("people", axes, counts)])


def cell(**places: str) -> tuple[str, frozenset]:
    return "people", frozenset(places.items())


def suppressed(made: Protection) -> set[object]:
    return {made.problem.names[at] for at in np.flatnonzero(made.hidden)}


# --- the attack


def test_a_count_suppressed_alone_is_solved_for() -> None:
    problem = table([[3, 20], [30, 40]])
    found = attack(problem, problem.small(5))
    assert found.names == (cell(ward="w0", sex="F"),)
    assert (found.low[0], found.high[0]) == (3, 3)


def test_the_reader_uses_the_rule_and_whole_numbers() -> None:
    """Row w0 is 3 + 20 = 23 with both suppressed, column F 3 + 30 = 33 likewise: 3 is one of 1 to 4."""
    problem = table([[3, 20], [30, 40]])
    hidden = np.array([problem.values[at] in (3, 20, 30, 40) for at in range(len(problem))])
    told = attack(problem, hidden, cells=[problem.positions[cell(ward="w0", sex="F")]])
    assert (told.low[0], told.high[0]) == (1, 4)
    # one who only sees the markers: from 0 up to the smaller of row and column
    untold = attack(problem, hidden, told=False, cells=[problem.positions[cell(ward="w0", sex="F")]])
    assert (untold.low[0], untold.high[0]) == (0, 23)


def test_nothing_printed_leaves_a_count_open() -> None:
    problem = table([[9, 20], [30, 40]])
    found = attack(problem, np.ones(len(problem), dtype=bool), told=False)
    assert np.all(found.low == 0)
    assert np.all(np.isinf(found.high))


# --- the choice


def test_one_small_count_takes_a_square_of_four() -> None:
    problem = table([[3, 20, 40], [30, 9, 50], [60, 70, 80]])
    made = protect(problem)
    assert made.audit.passed
    assert made.audit.least
    assert made.audit.small == 1
    assert made.audit.complementary == 3
    # 20 + 30 + 9, but 9 can fall only to 5 and the count of 3 rise only to 4: that is enough
    assert made.audit.complementary_sum == 59
    found = attack(problem, made.hidden)
    assert found.width[np.array(made.small[found.cells])].min() >= 3


def test_a_cell_that_cannot_give_way_is_no_help() -> None:
    """Told which counts are small, a reader knows a suppressed 5 to be at least 5; the row needs something larger."""
    problem = build([Table.from_leaves("people", [flat("ward", "abc")], [3, 5, 40])])
    made = protect(problem)
    assert suppressed(made) == {cell(ward="a"), cell(ward="c")}
    # being merely unsure between two values is enough for a width of 1
    assert suppressed(protect(problem, width=1)) == {cell(ward="a"), cell(ward="b")}


def test_noughts_and_large_counts_are_printed() -> None:
    problem = table([[0, 20], [30, 0]])
    made = protect(problem)
    assert not made.hidden.any()
    assert made.audit.passed
    assert made.audit.rows() == []


def test_two_small_counts_protect_each_other() -> None:
    problem = table([[2, 3, 30], [3, 2, 40], [50, 60, 70]])
    made = protect(problem)
    assert made.audit.passed
    assert made.audit.complementary == 0 or made.audit.told_safe
    assert protect(problem, width=1).audit.complementary == 0


def test_a_small_margin_is_protected_too() -> None:
    problem = table([[1, 2], [30, 40]])
    made = protect(problem)
    assert cell(ward="w0") in suppressed(made)  # 1 + 2 = 3
    assert made.audit.small == 3
    assert made.audit.passed
    assert made.audit.told_safe


def test_a_single_row() -> None:
    problem = table([[3, 0, 25]])
    made = protect(problem)
    assert made.audit.passed
    # a lone ward is the total: both places go
    assert {cell(ward="w0", sex="F"), cell(sex="F")} <= suppressed(made)
    assert not made.hidden[problem.values == 0].any()


def test_a_margin_of_nought() -> None:
    made = protect(table([[0, 0], [3, 20], [30, 40]]))
    assert made.audit.passed
    assert not made.hidden[made.problem.values == 0].any()


def test_a_table_of_one_count_alone() -> None:
    """Everyone is in one cell: the cell and its margins are the same unknown number from 1 to 4."""
    made = protect(table([[0, 0], [3, 0]]))
    assert made.audit.passed
    assert made.audit.told_safe
    assert made.audit.complementary == 0


def test_a_table_in_which_every_count_is_small() -> None:
    """Four ones and a total of 4: told that the total is below 5, a reader knows all. One marker tells nobody."""
    problem = table([[1, 1], [1, 1]])
    made = protect(problem)
    assert made.hidden.all()
    told = attack(problem, made.hidden)
    assert np.all(told.width == 0)
    assert made.audit.passed
    assert not made.audit.told_safe
    assert {width for _, width, _ in made.audit.rows()} == {"1 or more"}
    assert np.all(attack(problem, made.hidden, told=False).width >= 3)


def test_a_nought_is_suppressed_where_nothing_else_serves() -> None:
    """The total of 3 has to be shown: only among the noughts can the three people be."""
    axis = flat("ward", "abc")
    counts = Table.from_leaves("people", [Axis("ward", axis.places[:3])], [3, 0, 0])
    problem = build(
        [counts],
        [Number("planned", 3.0, state=SHOWN)],
        [Relation({"planned": 1, **{counts.name((at,)): -1 for at in range(3)}})],
    )
    made = protect(problem)
    assert made.audit.passed
    assert not made.audit.told_safe
    assert made.hidden.sum() == 2
    found = attack(problem, made.hidden, told=False)
    assert np.all(found.width == 3)


def test_a_small_count_that_must_be_shown_is_refused() -> None:
    problem = build([], [Number("people", 3, protected=True, whole=True, low=0, state=SHOWN)])
    with pytest.raises(ValueError, match="must be shown"):
        protect(problem)


def test_what_cannot_be_protected_is_reported() -> None:
    """A count and its double, which has to be shown: nothing helps, and the audit says so without the value."""
    numbers = [
        Number("people", 3, protected=True, whole=True, low=0),
        Number("twice", 6, state=SHOWN),
    ]
    made = protect(build([], numbers, [Relation({"people": 2, "twice": -1})]))
    assert not made.audit.passed
    assert made.audit.rows() == [("people", "below 3", "fail")]


# --- what else is published


def test_a_derived_row_goes_with_the_count_it_gives_away() -> None:
    """unmet = need - met: with need printed, unmet tells met."""
    numbers = [
        Number("met", 3, protected=True, whole=True, low=0),
        Number("need", 399.75, state=SHOWN),
        Number("unmet", 396.75),
        Number("other", 12.5),
    ]
    made = protect(build([], numbers, [Relation({"met": 1, "unmet": 1, "need": -1})]))
    assert suppressed(made) == {"met", "unmet"}
    assert made.audit.passed


def test_a_derived_row_that_is_rounded_enough_may_stay() -> None:
    """Need and unmet printed to the nearest 10: met lies anywhere in a range of ten."""
    numbers = [
        Number("met", 3, protected=True, whole=True, low=0),
        Number("need", 400, round_to=10.0),
        Number("unmet", 397, round_to=10.0),
    ]
    problem = build([], numbers, [Relation({"met": 1, "unmet": 1, "need": -1})])
    made = protect(problem)
    assert suppressed(made) == {"met"}
    found = attack(problem, made.hidden)
    assert (found.low[0], found.high[0]) == (1, 4)


def test_a_share_printed_beside_a_total_gives_a_count_away() -> None:
    """4% of 75 people are 3; printed as 4.0% it can be no other count, so the share or the total has to go."""
    numbers = [
        Number("repeat", 3, protected=True, whole=True, low=0),
        Number("people", 75, protected=True, whole=True, low=0),
    ]
    share = Relation({"repeat": 1, "people": -0.04}, slack=0.0005 * 75)
    made = protect(build([], numbers, [share]))
    assert suppressed(made) == {"repeat", "people"}
    assert made.audit.passed


def test_linked_tables_share_their_margin() -> None:
    """By sex alone two cells would do; the wards' margin ties the table by service to it."""
    counts = np.array([[3, 20], [30, 40], [25, 35]])
    services = np.array([[10, 13], [45, 25], [28, 32]])
    ward, sex, service = flat("ward", "abc"), flat("sex", "FM"), flat("service", ["idva", "refuge"])
    problem = build([
        Table.from_leaves("people", [ward, sex], counts),
        Table.from_leaves("people", [ward, service], services),
    ])  # fmt: skip
    assert len(problem) == 12 + 12 - 4  # the wards' margin and the grand total are one cell each
    made = protect(problem)
    assert made.audit.passed
    assert np.all(attack(problem, made.hidden).width >= 1)


def test_tables_that_disagree_are_refused() -> None:
    ward = flat("ward", "ab")
    first = Table.from_leaves("people", [ward], [3, 20])
    with pytest.raises(ValueError, match="two values"):
        build([first, Table.from_leaves("people", [ward], [4, 20])])
    broken = Table("people", (ward,), np.array([3, 20, 24]))
    with pytest.raises(ValueError, match="add up"):
        build([broken])
    with pytest.raises(ValueError, match="unknown cell"):
        build([first], [], [Relation({"nobody": 1})])


def test_wards_in_districts_in_a_county() -> None:
    parents = {
        "w1": "north",
        "w2": "north",
        "w3": "south",
        "w4": "south",
        "north": "county",
        "south": "county",
    }
    problem = build([Table.from_leaves("people", [tree("ward", parents)], [3, 20, 40, 50])])
    assert problem.values[problem.positions[cell()]] == 113
    made = protect(problem)
    # the other ward of the district is enough: the district and the county stay
    assert suppressed(made) == {cell(ward="w1"), cell(ward="w2")}


def test_a_table_that_is_not_printed_still_ties_its_margins() -> None:
    """The crossing of ward and sex is withheld; its margins are printed, and one of them is small."""
    counts = np.array([[3, 0], [30, 40]])
    axes = [flat("ward", "ab"), flat("sex", "FM")]
    printed = np.zeros((3, 3), dtype=bool)
    printed[2, :] = printed[:, 2] = True
    problem = build([Table.from_leaves("people", axes, counts, printed=printed)])
    assert (problem.state == WITHHELD).sum() == 4
    made = protect(problem)
    assert {cell(ward="a"), cell(ward="b")} <= suppressed(made)
    assert made.audit.passed


def test_rounded_counts_need_less_suppression() -> None:
    counts = [[3, 20, 40], [30, 9, 50], [60, 70, 80]]
    axes = [flat("ward", "abc"), flat("sex", "FMX")]
    rounded = build([Table.from_leaves("people", axes, np.array(counts), round_to=10.0)])
    made = protect(rounded)
    assert made.audit.passed
    assert made.audit.complementary == 0
    # 3 is printed nowhere, and 63 = 3 + 20 + 40 only as 60
    assert protect(table(counts)).audit.complementary == 3


# --- earlier releases


def year(counts: list[list[int]], years: tuple[int, ...]) -> Problem:
    axes = [flat("ward", [f"w{n}" for n in range(len(counts))]), Axis("year", years)]
    return build([Table.from_leaves("people", axes, np.array(counts))])


def test_what_was_printed_before_stays_known() -> None:
    """Last year's release printed 20 and hid 30; hiding 20 and printing 30 now would tell all."""
    first = year([[3, 20], [30, 25], [28, 40]], (2023, 2024))
    hidden = np.isin(first.values, (3, 30))
    assert attack(first, hidden).width.min() >= 3
    made = protect(first, previous=[Release(first, hidden)])
    assert made.audit.passed
    assert set(first.values[made.hidden]) >= {3.0, 30.0}
    swapped = np.isin(first.values, (3, 28))
    assert attack(first, swapped).width.min() >= 3
    both = attack(first, swapped, previous=[Release(first, hidden)])
    assert both.width.min() == 0  # 61 - 30 - 28
    assert protect(first, previous=[Release(first, swapped)]).audit.passed


def test_a_total_over_years_ties_a_new_release_to_the_last() -> None:
    first = year([[3, 20], [30, 25], [28, 40]], (2023, 2024))
    axes = [flat("ward", ["w0", "w1", "w2"]), flat("year", [2023, 2024, 2025], total="three years")]
    second = build([Table.from_leaves("people", axes, np.array([[3, 20, 9], [30, 25, 50], [28, 40, 60]]))])
    earlier = protect(first).release
    made = protect(second, previous=[earlier])
    assert made.audit.passed
    found = attack(second, made.hidden, previous=[earlier])
    assert found.width.min() >= 1


def test_what_an_earlier_release_gave_away_is_reported_and_not_counted() -> None:
    first = year([[3, 20], [30, 2], [28, 40]], (2023, 2024))
    careless = Release(first, np.isin(first.values, (3,)))  # 61 - 30 - 28 = 3, and 2 is printed as it is
    made = protect(first, previous=[careless])
    verdicts = {name: verdict for name, _, verdict in made.audit.rows()}
    assert verdicts[cell(ward="w0", year=2023)] == "already disclosed"
    assert verdicts[cell(ward="w1", year=2024)] == "already disclosed"
    assert made.audit.passed
    assert made.hidden[np.isin(first.values, (2, 3))].all()


def test_a_revised_number_is_another_number() -> None:
    first = year([[3, 20], [30, 25], [28, 40]], (2023, 2024))
    second = year([[4, 20], [30, 25], [28, 40]], (2023, 2024))
    made = protect(second, previous=[protect(first).release])
    assert made.audit.passed


# --- the parameters


def test_the_minimum_and_the_width_are_parameters() -> None:
    problem = table([[3, 20, 40], [30, 9, 50], [60, 70, 80]])
    assert protect(problem, minimum=3).hidden.sum() == 0
    ten = protect(problem, minimum=10)
    assert ten.audit.small == 2
    assert ten.audit.width == 8
    assert ten.audit.passed
    assert protect(problem, width=0).hidden.sum() == 1


def test_a_wider_range_never_costs_fewer_cells() -> None:
    rng = np.random.default_rng(5)
    for _ in range(5):
        problem = table(rng.poisson(7, (3, 3)).tolist())
        extra = [protect(problem, width=width).audit.complementary for width in (1, 2, 3)]
        assert extra == sorted(extra)


def test_the_same_table_has_the_same_answer() -> None:
    problem = table(np.random.default_rng(3).poisson(6, (4, 3)).tolist())
    first, second = protect(problem), protect(problem)
    assert np.array_equal(first.hidden, second.hidden)
    assert first.audit == second.audit


def test_the_audit_tells_small_counts_from_others_by_nothing() -> None:
    made = protect(table([[3, 20, 40], [30, 9, 50], [60, 70, 80]]))
    assert {(width, verdict) for _, width, verdict in made.audit.rows()} == {("3 or more", "pass")}
    assert len(made.audit.rows()) == made.hidden.sum()


def test_three_releases_in_a_row() -> None:
    counts = [[3, 20, 4], [30, 25, 50], [28, 40, 60]]
    history: list[Release] = []
    for last in (1, 2, 3):
        problem = year([row[:last] for row in counts], tuple(range(2023, 2023 + last)))
        made = protect(problem, previous=history)
        assert made.audit.passed
        assert "already disclosed" not in {verdict for _, _, verdict in made.audit.rows()}
        found = attack(problem, made.hidden, previous=history)
        assert np.all(found.width >= 1)
        history.append(made.release)

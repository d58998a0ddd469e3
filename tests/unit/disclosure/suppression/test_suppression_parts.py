"""The parts of the suppression room: axes and their moves, ranges of rounded numbers, the choice against the optimum."""

from __future__ import annotations

import ctypes
import sys

import numpy as np
import pytest

from needs_assessment.disclosure.suppression import (
    SHOWN,
    Axis,
    Number,
    Problem,
    Relation,
    Table,
    build,
    flat,
    protect,
    tree,
)
from needs_assessment.disclosure.suppression.cells import room_of, rounded_range, tighten
from needs_assessment.disclosure.suppression.moves import Exchanges, add
from needs_assessment.disclosure.suppression.quiet import quiet
from needs_assessment.disclosure.suppression.solver import Change, Part, holds

COUNTY = tree("ward", {**{f"w{n}": f"d{n % 3}" for n in range(7)}, **{f"d{n}": "county" for n in range(3)}})
# one total, two breakdowns: by sex and by service
STAR = Axis("of whom", ("all", "F", "M", "idva", "refuge"), ((0, (1, 2)), (0, (3, 4))), 0)


def move_of(axis: Axis, place: int, row: int) -> dict[int, int]:
    others, signs = axis.moves[place]
    found = {int(at): int(sign) for at, sign in zip(others[row], signs[row], strict=True) if sign}
    return {place: 1, **found}


@pytest.mark.parametrize(
    "axis", [flat("sex", "FM"), flat("ward", range(6)), flat("one", ["only"]), COUNTY, STAR]
)
def test_a_move_of_an_axis_changes_no_sum(axis: Axis) -> None:
    for place in range(len(axis.places)):
        assert len(axis.moves[place][0]), "a place that nothing can be exchanged with"
        for row in range(len(axis.moves[place][0])):
            move = move_of(axis, place, row)
            assert move[place] == 1
            for total, parts in axis.sums:
                assert move.get(total, 0) == sum(move.get(part, 0) for part in parts)


def test_a_flat_axis_has_every_pair_of_places() -> None:
    axis = flat("ward", range(4))
    assert [len(axis.moves[place][0]) for place in range(5)] == [4, 4, 4, 4, 4]
    assert move_of(axis, 0, 0) == {0: 1, 1: -1}
    assert {0: 1, 4: 1} in [move_of(axis, 0, row) for row in range(4)]


def test_an_axis_refuses_a_repeated_place_and_a_forest() -> None:
    with pytest.raises(ValueError, match="twice"):
        flat("ward", ["a", "a"])
    with pytest.raises(ValueError, match="2 roots"):
        tree("ward", {"a": "x", "b": "y"})


def test_totals_are_added_up_along_every_axis() -> None:
    leaves = np.arange(14).reshape(7, 2)
    made = Table.from_leaves("people", [COUNTY, flat("sex", "FM")], leaves)
    at = {name: place for place, name in enumerate(COUNTY.places)}
    assert made.values[at["d0"], 0] == leaves[[0, 3, 6], 0].sum()
    assert made.values[at["county"], 2] == leaves.sum()
    with pytest.raises(ValueError, match="shape"):
        Table("people", (COUNTY,), np.zeros(3))


@pytest.mark.parametrize("base", [1, 2, 3, 5, 10, 100])
def test_the_range_of_a_rounded_count_holds_what_prints_alike(base: int) -> None:
    for value in range(240):
        low, high = rounded_range(value, base)
        alike = [n for n in range(-base, 400) if round(n / base) * base == round(value / base) * base]
        assert (low, high) == (alike[0], alike[-1])


def test_the_range_of_a_rounded_amount() -> None:
    assert rounded_range(0.0431, 0.001, whole=False) == pytest.approx((0.0425, 0.0435))
    with pytest.raises(ValueError, match="positive"):
        rounded_range(1, 0)


def random_table(seed: int, shape: tuple[int, ...], level: float) -> Problem:
    axes = [flat(name, range(size)) for name, size in zip(("ward", "sex", "year"), shape, strict=False)]
    return build([Table.from_leaves("people", axes, np.random.default_rng(seed).poisson(level, shape))])


@pytest.mark.parametrize("shape", [(4, 3), (3, 3, 2)])
def test_every_exchange_found_is_a_possible_table_at_the_price_it_says(shape: tuple[int, ...]) -> None:
    problem = random_table(1, shape, 5)
    small = problem.small(5)
    room = room_of(problem, 5, told=True)
    price = np.where(~small & (problem.values > 0), 1 + problem.values / 1000, 1e6)
    exchanges = Exchanges(problem, room, small, price)
    opened = small | (price < 1e5)
    found = 0
    for cell in np.flatnonzero(small):
        for sign in (1, -1):
            step = exchanges.step(int(cell), sign)
            if step is None:
                continue
            found += 1
            cost, change = step
            assert change.at(int(cell)) == sign
            assert cost == pytest.approx(price[change.cells[~small[change.cells]]].sum())
            assert holds(problem, [change], *room.of(opened)).all()
    assert found


def test_a_second_step_starts_where_the_first_has_led() -> None:
    problem = random_table(2, (4, 3), 6)
    room = room_of(problem, 5, told=False)
    everything = np.ones(len(problem), dtype=bool)
    exchanges = Exchanges(problem, room, everything, np.full(len(problem), 1e6))
    cell = int(np.argmin(np.where(problem.values > 0, problem.values, 99)))
    moved = Change(np.zeros(0, dtype=np.intp), np.zeros(0))
    for _ in range(int(problem.values[cell])):
        step = exchanges.step(cell, -1)
        assert step is not None
        exchanges.take(step[1])
        moved = add(moved, step[1])
    assert exchanges.step(cell, -1) is None  # a count is never negative
    assert moved.at(cell) == -problem.values[cell]
    assert holds(problem, [moved], *room.of(everything)).all()
    exchanges.go_back()
    assert exchanges.step(cell, -1) is not None


def test_a_false_proof_is_seen() -> None:
    problem = random_table(3, (3, 3), 9)
    room = room_of(problem, 5, told=True)
    up, down = room.of(np.ones(len(problem), dtype=bool))
    cell = int(np.argmax(problem.values))
    assert not holds(problem, [Change(np.array([cell]), np.array([1.0]))], up, down).any()  # breaks a sum
    half = Part(problem, up, down).farthest(cell, 1, 1.0)
    assert holds(problem, [half], up, down).all()
    assert not holds(problem, [Change(half.cells, half.amounts / 2)], up, down).any()  # half a person
    assert not holds(problem, [half], np.zeros(len(problem)), down).any()  # beyond the room


def test_the_tightened_room_holds_every_possible_table() -> None:
    for seed in range(6):
        problem = random_table(seed, (3, 3), 3)
        opened = problem.values > 0
        room = room_of(problem, 5, told=True)
        tight = tighten(problem, room, opened)
        part = Part(problem, *room.of(opened))
        for cell in np.flatnonzero(problem.small(5)):
            most = part.farthest(int(cell), 1, 9).at(int(cell))
            least = part.farthest(int(cell), -1, 9).at(int(cell))
            assert most <= tight.up_hidden[cell] <= room.up_hidden[cell]
            assert -least <= tight.down_hidden[cell] <= room.down_hidden[cell]


@pytest.mark.parametrize("width", [1, 2, 3])
def test_the_search_alone_stays_near_the_optimum(width: int) -> None:
    """Large tables have no proof of the least; on small ones the search is held against it."""
    exact = alone = 0
    for seed in range(8):
        problem = random_table(seed, (3, 3), 6)
        best, found = protect(problem, width=width), protect(problem, width=width, exact=False)
        assert best.audit.least
        assert found.audit.passed
        assert found.audit.complementary >= best.audit.complementary
        exact, alone = exact + best.audit.complementary, alone + found.audit.complementary
    assert alone <= 1.3 * exact


def test_breakdowns_of_one_total_are_laid_side_by_side() -> None:
    counts = np.random.default_rng(1).poisson(4, (4, 2, 3))
    ward = flat("ward", range(4))
    tables = [
        Table.from_leaves("people", [ward, flat("sex", "FM")], counts.sum(axis=2)),
        Table.from_leaves("people", [ward, flat("service", "abc")], counts.sum(axis=1)),
    ]
    (grid,) = build(tables).grids
    assert grid.cells.shape == (5, 3 + 3)
    assert grid.free.all()
    # a relation ties a ward's total to another number: a move of this grid alone would break it
    tied = [Number("need", float(counts[0].sum()))]
    name = tables[0].name((0, 2))
    (grid,) = build(tables, tied, [Relation({name: 1, "need": -1})]).grids
    assert (~grid.free).sum() == 1


def test_numbers_without_equations_are_protected_at_once() -> None:
    numbers = [Number(at, float(at % 9), protected=True, whole=True, low=0) for at in range(300)]
    made = protect(build([], numbers))
    assert made.audit.passed
    assert made.audit.least
    assert made.audit.complementary == 0
    assert made.hidden.sum() == sum(1 for number in numbers if 1 <= number.value <= 4)


def test_a_problem_says_what_is_wrong_with_it() -> None:
    with pytest.raises(ValueError, match="negative"):
        build([], [Number("people", -1, protected=True, whole=True)])
    with pytest.raises(ValueError, match="whole"):
        build([], [Number("people", 2.5, protected=True)])
    with pytest.raises(ValueError, match="without a number"):
        build([], [Number("people", float("nan"))])
    with pytest.raises(ValueError, match="slack"):
        build([], [Number("a", 3.0), Number("b", 75.0)], [Relation({"a": 1, "b": -0.5}, slack=0.1)])


def test_a_cell_that_must_be_shown_is_never_suppressed() -> None:
    problem = random_table(4, (3, 3), 6)
    grand = problem.positions["people", frozenset()]
    state = problem.state.copy()
    state[grand] = SHOWN
    from dataclasses import replace

    made = protect(replace(problem, state=state, positions={}))
    assert not made.hidden[grand]
    assert made.audit.passed


def test_what_compiled_code_prints_stays_off_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    library = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
    print("before", flush=True)
    with quiet():
        library.printf(b"a line of the solver\n")
    print("after", flush=True)
    library.fflush(None)
    assert capfd.readouterr().out.split() == ["before", "after"]

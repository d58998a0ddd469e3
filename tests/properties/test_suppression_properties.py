"""Suppression on random tables: nothing can be solved for, by any of three readers written in three ways.

The benchmark ``benchmarks/suppression.py`` attacks 1,000 tables of each kind; this is a quick version of it.
"""

from __future__ import annotations

import importlib.util
import sys
from itertools import product
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from needs_assessment.disclosure.suppression import Problem, Table, attack, build, flat, protect

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "suppression_benchmark", ROOT / "benchmarks" / "suppression.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("kind", "tables"), [("two_way", 12), ("three_way", 4), ("linked", 6), ("hierarchical", 5)]
)
@pytest.mark.slow
def test_nothing_can_be_solved_for(bench: ModuleType, kind: str, tables: int) -> None:
    tally = bench.attack_tables(getattr(bench, kind), tables, 3.0)
    assert tally.small > 10
    assert tally.holds, tally.line()


@pytest.mark.slow
def test_nothing_can_be_solved_for_with_the_last_release_at_hand(bench: ModuleType) -> None:
    tally = bench.attack_releases(6, 3.0)
    assert tally.before > 0, "careless releases are among them, and what they gave away is reported"
    assert tally.holds, tally.line()


@pytest.mark.slow
def test_what_is_suppressed_is_near_the_least(bench: ModuleType) -> None:
    found = bench.compare_with_optimum(12, 3.0)
    assert found["worst ratio of the number"] <= 1.3
    assert found["worst ratio of the sum"] <= 1.3


@pytest.mark.slow
def test_ten_services_a_hundred_wards_five_years(bench: ModuleType) -> None:
    """Every proof is checked cell by cell inside ``protect``; here some cells are attacked afresh."""
    problem = bench.large_table(10, uneven=False)
    made = protect(problem)
    assert made.audit.passed
    assert made.audit.small > 100
    some = np.flatnonzero(made.hidden)[::80]
    assert attack(problem, made.hidden, cells=some, enough=1.0).width.min() >= 1


counts = st.integers(0, 9).map(lambda n: n if n < 9 else 30)
tables = st.lists(st.lists(counts, min_size=2, max_size=2), min_size=1, max_size=3)


def of(leaves: list[list[int]]) -> Problem:
    axes = [flat("ward", range(len(leaves))), flat("sex", "FM")]
    return build([Table.from_leaves("people", axes, np.array(leaves))])


def by_enumeration(problem: Problem, leaves: np.ndarray, hidden: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The range of every cell over all tables that a reader holds possible, by writing them all down."""
    most = 12
    small = problem.small(5)
    shape = leaves.shape
    cells = hidden.reshape(shape[0] + 1, shape[1] + 1)
    values, little = problem.values.reshape(cells.shape), small.reshape(cells.shape)
    choices = []
    for place in np.ndindex(*shape):
        value = int(values[place])
        if not cells[place]:
            choices.append([value])
        elif little[place]:
            choices.append([1, 2, 3, 4])
        else:
            choices.append(list(range(max(5, value - most), value + most)) if value else [0])
    possible = []
    for one in product(*choices):
        inner = np.array(one).reshape(shape)
        full = np.zeros(cells.shape)
        full[:-1, :-1] = inner
        full[-1], full[:, -1] = full.sum(axis=0), full.sum(axis=1)
        full[-1, -1] = inner.sum()
        fits = np.where(
            ~cells, full == values, np.where(little, (full >= 1) & (full <= 4), (full >= 5) | (values == 0))
        )
        if fits.all():
            possible.append(full.ravel())
    return np.min(possible, axis=0), np.max(possible, axis=0)


@settings(max_examples=25)
@given(tables)
def test_the_attack_equals_writing_all_tables_down(leaves: list[list[int]]) -> None:
    """On two wards by two sexes with a random pattern: the small counts' ranges are the same."""
    if len(leaves) > 2:
        leaves = leaves[:2]
    problem = of(leaves)
    small = problem.small(5)
    rng = np.random.default_rng(sum(map(sum, leaves)))
    hidden = small | ((rng.random(len(problem)) < 0.4) & (problem.values > 0))
    if not small.any():
        return
    low, high = by_enumeration(problem, np.array(leaves), hidden)
    found = attack(problem, hidden, cells=np.flatnonzero(small).tolist())
    assert found.low.tolist() == low[small].tolist()
    assert found.high.tolist() == high[small].tolist()


@given(tables, st.integers(1, 3))
def test_a_protected_table_keeps_its_promises(leaves: list[list[int]], width: int) -> None:
    problem = of(leaves)
    made = protect(problem, width=width)
    assert made.audit.passed
    assert not made.hidden[problem.values == 0].any()
    assert made.hidden[problem.small(5)].all()
    told = attack(problem, made.hidden, enough=float(width))
    marker = attack(problem, made.hidden, told=False, enough=float(width))
    small = made.small[told.cells]
    assert np.all(np.maximum(told.width, marker.width)[small] >= width)
    if made.audit.told_safe:
        assert np.all(told.width >= 1)
    assert np.all(marker.width >= 1)


@settings(max_examples=25)
@given(tables, st.randoms(use_true_random=False))
def test_wards_in_another_order_are_treated_alike(leaves: list[list[int]], shuffle) -> None:
    order = list(range(len(leaves)))
    shuffle.shuffle(order)
    first, second = protect(of(leaves)), protect(of([leaves[at] for at in order]))
    assert first.audit.complementary == second.audit.complementary
    assert first.audit.complementary_sum == second.audit.complementary_sum


@given(tables)
def test_suppressing_more_never_helps_the_reader(leaves: list[list[int]]) -> None:
    problem = of(leaves)
    small = np.flatnonzero(problem.small(5)).tolist()
    less = problem.small(5)
    more = less | (np.arange(len(problem)) % 3 == 0) & (problem.values > 0)
    first, second = attack(problem, less, cells=small), attack(problem, more, cells=small)
    assert np.all(second.low <= first.low)
    assert np.all(second.high >= first.high)

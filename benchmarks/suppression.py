"""Does suppression hold, and what does it cost? Random tables, attacked by a reader written apart from the library.

    python benchmarks/suppression.py [--tables 1000] [--optima 150] [--width 3]

1. Two- and three-way tables with margins, linked tables sharing margins, hierarchical tables with derived rows, and
   successive releases. Floor: not one suppressed cell is solved for, and no small count's range is narrower than the
   registered width. The reader here works on the numbers themselves, cell by cell; the library works on differences.
2. Tables of up to 16 cells: every set of further cells is tried in order of number and sum. Floor: the number and the
   sum of the cells suppressed besides the small ones are at most 1.3 times the optimum.
3. Ten services, 100 wards and five years with all margins. Floor: 10 seconds.

Two readers are tried: one who was told which suppressed cells are small (1 to 4, all others 5 or more), and one who only
sees the marker. Where a table leaves the first no doubt whatever is suppressed (every count small), the second is held to.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

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
    build,
    flat,
    protect,
    tree,
)

MINIMUM = 5
MOST = 1e6
SLACK = 1e-6
RATIO = 1.3
SECONDS = 10.0


# --- a reader of one's own: what is printed is a number, what is suppressed is unknown


def read(
    releases: Sequence[tuple[Problem, np.ndarray]], cells: Sequence[tuple[int, int]], *, told: bool
) -> list[tuple[float, float]]:
    """(least, greatest) value of each cell (release, position) that fits everything printed in all releases."""
    place: dict[object, int] = {}
    low: list[float] = []
    high: list[float] = []
    whole: list[bool] = []
    rows: list[dict[int, float]] = []
    constants: list[float] = []
    for problem, hidden in releases:
        here = []
        for at, name in enumerate(problem.names):
            value, count = problem.values[at], bool(problem.counts[at])
            key = (name, float(value))
            if key not in place:
                place[key] = len(low)
                low.append(max(problem.low[at], -MOST))
                high.append(min(problem.high[at], MOST))
                whole.append(bool(problem.whole[at]))
            spot = place[key]
            here.append(spot)
            if problem.state[at] == WITHHELD:
                continue
            if not hidden[at]:
                low[spot] = max(low[spot], problem.shown_low[at])
                high[spot] = min(high[spot], problem.shown_high[at])
            elif told and count and 0 < value < MINIMUM:
                low[spot], high[spot] = max(low[spot], 1), min(high[spot], MINIMUM - 1)
            elif told and count and value >= MINIMUM:
                low[spot] = max(low[spot], MINIMUM)
        matrix = problem.equations.tocoo()
        block: list[dict[int, float]] = [{} for _ in range(matrix.shape[0])]
        for row, column, factor in zip(*matrix.coords, matrix.data, strict=True):
            block[row][here[column]] = block[row].get(here[column], 0.0) + factor
        rows += block
        constants += problem.constants.tolist()
    table = np.zeros((len(rows), len(low)))
    for at, terms in enumerate(rows):
        for column, factor in terms.items():
            table[at, column] = factor
    right = np.array(constants)
    fits = LinearConstraint(table, right - SLACK, right + SLACK)
    found = []
    for release, position in cells:
        problem = releases[release][0]
        spot = place[problem.names[position], float(problem.values[position])]
        ends = []
        for sign in (1, -1):
            goal = np.zeros(len(low))
            goal[spot] = sign
            answer = milp(
                goal,
                integrality=np.array(whole, dtype=int),
                bounds=Bounds(np.array(low), np.array(high)),
                constraints=[fits],
                options={"mip_rel_gap": 0.0},
            )
            assert answer.x is not None, "the truth itself does not fit what was printed"
            ends.append(float(answer.x[spot]))
        found.append((ends[0], ends[1]))
    return found


# --- random tables


def leaves(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Counts with a random level, some of them nought: from tables that are nearly all small to large ones."""
    level = rng.choice([1.0, 3.0, 6.0, 10.0, 25.0])
    spread = rng.gamma(2.0, 0.5, shape)
    counts = rng.poisson(level * spread)
    return np.where(rng.random(shape) < rng.choice([0.0, 0.1, 0.3]), 0, counts)


def two_way(rng: np.random.Generator) -> Problem:
    shape = (int(rng.integers(1, 6)), int(rng.integers(2, 6)))
    return build([Table.from_leaves("people", [flat("ward", range(shape[0])), flat("sex", range(shape[1]))],
                                    leaves(rng, shape))])  # fmt: skip


def three_way(rng: np.random.Generator) -> Problem:
    shape = (
        tuple(int(n) for n in rng.integers(2, 4, 3))
        if rng.random() < 0.5
        else (2, 2, int(rng.integers(2, 5)))
    )
    axes = [flat(name, range(size)) for name, size in zip(("ward", "sex", "year"), shape, strict=True)]
    return build([Table.from_leaves("people", axes, leaves(rng, shape))])


def linked(rng: np.random.Generator) -> Problem:
    """Ward by sex and ward by service: the same people, so that the wards' margin is shared."""
    wards, services = int(rng.integers(2, 5)), int(rng.integers(2, 4))
    counts = leaves(rng, (wards, 2, services))
    ward, sex, service = flat("ward", range(wards)), flat("sex", "FM"), flat("service", range(services))
    return build([
        Table.from_leaves("people", [ward, sex], counts.sum(axis=2)),
        Table.from_leaves("people", [ward, service], counts.sum(axis=1)),
    ])  # fmt: skip


def hierarchical(rng: np.random.Generator) -> Problem:
    """Wards in two districts by year, and need (shown, modelled) = people + unmet for every district and year."""
    parents: dict[str, str] = {f"w{n}": f"d{n % 2}" for n in range(int(rng.integers(4, 7)))}
    wards = tree("ward", {**parents, "d0": "county", "d1": "county"})
    years = flat("year", [2023, 2024])
    table = Table.from_leaves("people", [wards, years], leaves(rng, (len(parents), 2)))
    numbers, relations = [], []
    for district in ("d0", "d1"):
        for year in (0, 1):
            name = table.name((wards.places.index(district), year))
            people = float(table.values[wards.places.index(district), year])
            need = round(people * 1.3 + 7.25, 2)
            numbers += [Number(("need", district, year), need, state=SHOWN)]
            numbers += [Number(("unmet", district, year), need - people)]
            relations.append(Relation({name: 1, ("unmet", district, year): 1, ("need", district, year): -1}))
    return build([table], numbers, relations)


def releases(rng: np.random.Generator) -> tuple[Problem, Problem]:
    """Two years of ward by sex, then the same with a third year: the second repeats the first's numbers."""
    wards = int(rng.integers(2, 4))
    counts = leaves(rng, (wards, 2, 3))
    ward, sex = flat("ward", range(wards)), flat("sex", "FM")
    years = [Axis("year", tuple(range(2))), Axis("year", tuple(range(3)))]
    if rng.random() < 0.5:
        years = [flat("year", range(2), total="first two"), Axis("year", (0, 1, 2, "first two", "three"), (
            (3, (0, 1)), (4, (3, 2))))]  # fmt: skip
        years[0] = Axis(years[0].name, years[0].places, years[0].sums)
    first = Table.from_leaves("people", [ward, sex, years[0]], counts[:, :, :2])
    second = Table.from_leaves("people", [ward, sex, years[1]], counts)
    return build([first]), build([second])


# --- the floors


@dataclass
class Tally:
    """What the attacks of one kind of table found."""

    tables: int = 0
    suppressed: int = 0
    small: int = 0
    solved: int = 0
    narrow: int = 0
    failed: int = 0
    told_only: int = 0
    before: int = 0
    extra: int = 0
    seconds: float = 0.0
    problems: list[int] = field(default_factory=list)

    def add(
        self, seed: int, made: Protection, history: list[tuple[Problem, np.ndarray]], width: float
    ) -> None:
        """Attack one protected table as both readers."""
        self.tables += 1
        hidden = np.flatnonzero(made.hidden)
        self.suppressed += len(hidden)
        self.small += int(made.small[hidden].sum())
        self.extra += made.audit.complementary
        disclosed = {
            finding.name for finding in made.audit.findings if finding.verdict == "already disclosed"
        }
        self.before += len(disclosed)
        self.failed += not made.audit.passed
        told_safe = made.audit.told_safe
        self.told_only += not told_safe
        wanted = [(len(history) - 1, int(cell)) for cell in hidden]
        by_told = read(history, wanted, told=True) if wanted else []
        by_marker = (
            by_told
            if all(high - low >= width for low, high in by_told)
            else read(history, wanted, told=False)
        )
        bad = 0
        for cell, told, marker in zip(hidden, by_told, by_marker, strict=True):
            if made.problem.names[cell] in disclosed:
                continue
            widest = max(marker[1] - marker[0], told[1] - told[0])
            exact = told if told_safe else marker
            bad += exact[1] - exact[0] < 0.5 or widest < 0.5
            self.solved += exact[1] - exact[0] < 0.5 or widest < 0.5
            self.narrow += bool(made.small[cell]) and widest < width - 0.5
            bad += bool(made.small[cell]) and widest < width - 0.5
        if bad:
            self.problems.append(seed)

    @property
    def holds(self) -> bool:
        return not (self.solved or self.narrow or self.failed)

    def line(self) -> str:
        return (
            f"{self.tables} tables, {self.small} small counts, {self.extra} more suppressed: {self.solved} solved for, "
            f"{self.narrow} too narrow, {self.failed} refused; {self.told_only} tables safe only with one marker, "
            f"{self.before} counts already disclosed; {self.seconds:.0f} s to protect"
            + (f"; seeds {self.problems[:10]}" if self.problems else "")
        )


def attack_tables(kind: Callable[[np.random.Generator], Problem], tables: int, width: float) -> Tally:
    tally = Tally()
    for seed in range(tables):
        problem = kind(np.random.default_rng([seed, tables_key(kind)]))
        start = time.perf_counter()
        made = protect(problem, minimum=MINIMUM, width=width)
        tally.seconds += time.perf_counter() - start
        tally.add(seed, made, [(problem, made.hidden)], width)
    return tally


def attack_releases(tables: int, width: float) -> Tally:
    """The second release is protected knowing the first; in every fifth pair the first was made without any care."""
    tally = Tally()
    for seed in range(tables):
        first, second = releases(np.random.default_rng([seed, 99]))
        start = time.perf_counter()
        careful = protect(first, minimum=MINIMUM, width=width).release
        earlier = careful if seed % 5 else Release(first, first.small(MINIMUM))
        made = protect(second, minimum=MINIMUM, width=width, previous=[earlier])
        tally.seconds += time.perf_counter() - start
        tally.add(seed, made, [(first, earlier.hidden), (second, made.hidden)], width)
    return tally


def tables_key(kind: Callable[..., object]) -> int:
    return sum(map(ord, kind.__name__))


# --- the least that could be suppressed


def small_tables(count: int) -> Iterator[tuple[int, Problem]]:
    """Random tables of at most 16 cells, margins included, with one to eight small counts."""
    seed = 0
    while count:
        seed += 1
        rng = np.random.default_rng([seed, 7])
        shape = [(3, 3), (2, 4), (2, 3), (1, 6), (2, 2)][int(rng.integers(5))]
        axes: list[Axis] = [flat("ward", range(shape[0])), flat("sex", range(shape[1]))]
        if rng.random() < 0.25:
            shape = (2, 2, 2)
            axes = [Axis("ward", (0, 1)), flat("sex", "FM"), Axis("year", (0, 1))]
        problem = build([Table.from_leaves("people", axes, leaves(rng, shape))])
        assert len(problem) <= 16
        if 1 <= problem.small(MINIMUM).sum() <= 8:
            count -= 1
            yield seed, problem


def brute_force(problem: Problem, wanted: list[tuple[int, float, bool]]) -> tuple[int, float, float]:
    """(fewest cells, their least sum, least sum of any set) by trying all sets of cells besides the small ones.

    wanted: (cell, width, whether the reader was told) of everything that has to be kept.
    """
    small = problem.small(MINIMUM)
    rest = [cell for cell in range(len(problem)) if not small[cell] and problem.values[cell] > 0]
    failing: list[int] = []
    last = list(wanted)

    def safe(bits: int, chosen: Sequence[int]) -> bool:
        if any(bits & ~known == 0 for known in failing):
            return False
        hidden = small.copy()
        hidden[list(chosen)] = True
        for want in list(last):
            cell, width, told = want
            ((low, high),) = read([(problem, hidden)], [(0, cell)], told=told)
            if high - low < width - 0.5:
                failing.append(bits)
                last.remove(want)
                last.insert(0, want)
                return False
        return True

    sets = [
        (size, sum(problem.values[cell] for cell in chosen), chosen)
        for size in range(len(rest) + 1)
        for chosen in combinations(rest, size)
    ]
    bit = {cell: 1 << at for at, cell in enumerate(rest)}

    def first(order: list[tuple[int, float, tuple[int, ...]]]) -> tuple[int, float]:
        for size, total, chosen in order:
            if safe(sum(bit[cell] for cell in chosen), chosen):
                return size, float(total)
        raise AssertionError("not even everything suppressed is safe")

    fewest = first(sorted(sets, key=lambda one: one[:2]))
    least = first(sorted(sets, key=lambda one: (one[1], one[0])))
    return fewest[0], fewest[1], least[1]


def compare_with_optimum(count: int, width: float, *, exact: bool = True) -> dict[str, float]:
    """The worst and the summed ratios of what is suppressed to the least that could be."""
    worst_number = worst_sum = worst_least = 1.0
    totals = np.zeros(5)
    for _, problem in small_tables(count):
        small = [(0, int(cell)) for cell in np.flatnonzero(problem.small(MINIMUM))]
        everything = problem.values > 0
        told, marker = (read([(problem, everything)], small, told=kind) for kind in (True, False))
        wanted = []
        for (_, cell), (low, high), (least, most) in zip(small, told, marker, strict=True):
            assert most - least >= width, "no table of people alone is beyond help"
            # where a reader who was told knows too much whatever is done, the other one is held to the width
            wanted.append((cell, min(width, high - low), True))
            wanted += [(cell, width, False)] if high - low < width else []
        reduced = len(wanted) > len(small)
        made = protect(problem, minimum=MINIMUM, width=width, exact=exact).audit
        number, total, least_sum = brute_force(problem, wanted)
        assert made.complementary >= number
        worst_number = max(worst_number, made.complementary / number if number else 1.0 + made.complementary)
        worst_sum = max(worst_sum, made.complementary_sum / total if total else 1.0)
        worst_least = max(worst_least, made.complementary_sum / least_sum if least_sum else 1.0)
        totals += made.complementary, number, made.complementary_sum, total, reduced
    return {
        "worst ratio of the number": worst_number,
        "worst ratio of the sum": worst_sum,
        "worst ratio to the least sum of any safe set": worst_least,
        "number": totals[0],
        "least number": totals[1],
        "sum": totals[2],
        "least sum among the fewest": totals[3],
        "tables that leave the reader who was told less than the width": totals[4],
    }


# --- size


def large_table(level: float, *, uneven: bool, seed: int = 1) -> Problem:
    """Ten services, 100 wards and five years with every margin: 6,666 cells."""
    rng = np.random.default_rng(seed)
    shape = (10, 100, 5)
    mean = np.full(shape, level)
    if uneven:
        mean = mean * rng.gamma(2, 0.5, (10, 1, 1)) * rng.gamma(2, 0.5, (1, 100, 1))
    axes = [flat("service", range(10)), flat("ward", range(100)), flat("year", range(5))]
    return build([Table.from_leaves("people", axes, rng.poisson(mean))])


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Suppression: attacks, information lost, time.")
    parser.add_argument("--tables", type=int, default=1000)
    parser.add_argument("--optima", type=int, default=150)
    parser.add_argument("--width", type=float, default=3.0)
    parser.add_argument("--only", choices=("attacks", "optima", "large"))
    options = parser.parse_args(arguments)
    good = True
    if options.only in (None, "attacks"):
        print(f"Attacks on {options.tables} tables of each kind; every range at least {options.width:g} wide")
        for kind in (two_way, three_way, linked, hierarchical):
            tally = attack_tables(kind, options.tables, options.width)
            good &= tally.holds
            print(f"  {kind.__name__:20s} {tally.line()}", flush=True)
        tally = attack_releases(options.tables, options.width)
        good &= tally.holds
        print(f"  {'successive releases':20s} {tally.line()}", flush=True)
    if options.only in (None, "optima"):
        for exact, title in ((True, "as it is used"), (False, "by the search alone, as for large tables")):
            found = compare_with_optimum(options.optima, options.width, exact=exact)
            print(f"Against brute force on {options.optima} tables of up to 16 cells, {title}")
            for name, figure in found.items():
                print(f"  {name}: {figure:.3g}", flush=True)
            if exact:
                good &= max(found["worst ratio of the number"], found["worst ratio of the sum"]) <= RATIO
    if options.only in (None, "large"):
        print("Ten services, 100 wards, five years, all margins")
        for level, uneven in (
            (1, False),
            (2, False),
            (5, False),
            (10, False),
            (5, True),
            (20, True),
            (1, True),
        ):
            problem = large_table(level, uneven=uneven)
            start, begun = time.perf_counter(), time.process_time()
            made = protect(problem, minimum=MINIMUM, width=options.width)
            seconds, worked = time.perf_counter() - start, time.process_time() - begun
            good &= seconds < SECONDS and made.audit.passed
            print(
                f"  mean {level:3d}{' uneven' if uneven else '       '}: {seconds:4.1f} s ({worked:.1f} s of processor), "
                f"{made.audit.small} small, {made.audit.complementary} more of {len(problem)}, passed {made.audit.passed}",
                flush=True,
            )
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())

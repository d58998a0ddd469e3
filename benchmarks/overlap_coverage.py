"""How often do the intervals of the overlap estimates hold the truth? Populations of known size, simulated.

    python benchmarks/overlap_coverage.py [--replications 1000] [--averages 200]

Each case is a population of known size whose chances of each history follow a log-linear model; the model fitted is
that model (it is "in the family"). Floor: the 95% profile interval holds the truth 93 to 97 times in 100. The averaged
interval of all hierarchical models is reported beside it, without a floor: it has to find the model as well.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from needs_assessment.estimate.matched_lists.bounds import NoEstimate, all_models, chapman, log_linear

LOWEST, HIGHEST = 0.93, 0.97


@dataclass(frozen=True)
class Case:
    """A population: its size, the chance of each list, and the log odds ratios of pairs of lists."""

    name: str
    population: int
    chances: tuple[float, ...]
    odds: tuple[tuple[tuple[int, int], float], ...] = ()

    @property
    def interactions(self) -> list[tuple[int, int]]:
        return [pair for pair, _ in self.odds]

    def shares(self) -> tuple[np.ndarray, np.ndarray]:
        """Every history and its chance: main effects from the chances, times the odds ratios."""
        lists = len(self.chances)
        histories = np.array([[number >> at & 1 for at in range(lists)] for number in range(2**lists)])
        logs = histories @ np.log(np.array(self.chances) / (1 - np.array(self.chances)))
        for (first, second), odds in self.odds:
            logs = logs + odds * histories[:, first] * histories[:, second]
        weights = np.exp(logs)
        return histories, weights / weights.sum()


CASES = (
    Case("two lists, independent", 500, (0.3, 0.4)),
    Case("three lists, independent", 400, (0.3, 0.25, 0.4)),
    Case("three lists, one pair", 1000, (0.25, 0.2, 0.3), (((0, 1), 1.0),)),
    Case("three lists, two pairs", 2000, (0.3, 0.25, 0.3), (((0, 1), 0.8), ((1, 2), -0.5))),
    Case("four lists, two pairs", 1500, (0.2, 0.25, 0.15, 0.3), (((0, 1), 1.2), ((2, 3), 0.7))),
    Case(
        "four lists, all pairs",
        5000,
        (0.25, 0.2, 0.3, 0.25),
        tuple(((a, b), 0.3) for a in range(4) for b in range(a)),
    ),
    Case("five lists, one pair", 800, (0.2, 0.15, 0.25, 0.1, 0.2), (((0, 3), 0.9),)),
)


def simulate(case: Case, rng: np.random.Generator) -> pd.DataFrame:
    """The histories of one simulated population, that of no list unseen."""
    histories, shares = case.shares()
    counts = rng.multinomial(case.population, shares)
    names = [chr(ord("A") + at) for at in range(len(case.chances))]
    return pd.DataFrame(histories[1:], columns=names).assign(count=counts[1:])


def coverage(case: Case, replications: int, seed: int = 1) -> tuple[float, float, int]:
    """The share of profile intervals that hold the truth, their median width ÷ truth, and tables without estimate."""
    rng = np.random.default_rng(seed)
    held, widths, without = 0, [], 0
    for _ in range(replications):
        try:
            found = log_linear(simulate(case, rng), case.interactions)
        except NoEstimate:
            without += 1
            continue
        held += found.low <= case.population <= found.high
        widths.append((found.high - found.low) / case.population)
    return held / max(replications - without, 1), float(np.median(widths)), without


def coverage_of_average(case: Case, replications: int, criterion: str, seed: int = 2) -> float:
    """The share of averaged intervals over all hierarchical models that hold the truth."""
    rng = np.random.default_rng(seed)
    held = 0
    for _ in range(replications):
        found = all_models(simulate(case, rng), criterion=criterion)
        held += found.low <= case.population <= found.high
    return held / replications


def coverage_of_chapman(
    population: int, chances: tuple[float, float], replications: int
) -> tuple[float, float]:
    """Coverage of Chapman's interval, and of the plain normal one (estimate ± 1.96 standard errors) beside it."""
    rng = np.random.default_rng(3)
    held = plain = 0
    for _ in range(replications):
        on = rng.random((population, 2)) < np.array(chances)
        found = chapman(on[:, 0].sum(), on[:, 1].sum(), on.all(axis=1).sum())
        held += found.low <= population <= found.high
        plain += abs(found.population - population) <= 1.959964 * np.sqrt(found.variance)
    return held / replications, plain / replications


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Coverage of the intervals of overlap estimates.")
    parser.add_argument("--replications", type=int, default=1000)
    parser.add_argument("--averages", type=int, default=200)
    options = parser.parse_args(arguments)
    failed = False
    print(f"Profile intervals, {options.replications} populations each; floor {LOWEST:.0%} to {HIGHEST:.0%}")
    for case in CASES:
        start = time.perf_counter()
        share, width, without = coverage(case, options.replications)
        verdict = LOWEST <= share <= HIGHEST
        failed |= not verdict
        seconds = time.perf_counter() - start
        print(
            f"  {case.name:28s} N {case.population:5d}  {share:6.1%}  {'ok' if verdict else 'BELOW THE FLOOR'}"
            f"  width {width:5.2f} N  without estimate {without}  {seconds:.1f} s"
        )
    print(f"Averaged over all hierarchical models, {options.averages} populations each (no floor)")
    for case in CASES:
        if 3 <= len(case.chances) <= 4:
            shares = [coverage_of_average(case, options.averages, name) for name in ("aic", "bic")]
            print(f"  {case.name:28s} aic {shares[0]:6.1%}  bic {shares[1]:6.1%}")
    print("Chapman, transformed logit interval, and the plain normal interval beside it")
    for population, chances in ((100, (0.2, 0.3)), (200, (0.25, 0.2)), (1000, (0.1, 0.15)), (60, (0.5, 0.6))):
        held, plain = coverage_of_chapman(population, chances, options.replications)
        print(f"  N {population:5d}, chances {chances}: {held:6.1%}, plain {plain:6.1%}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())

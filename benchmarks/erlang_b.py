"""Places required by queueing for 10,000 draws, beside the bare arithmetic that any such recursion has to do.

    python benchmarks/erlang_b.py

Floor: one multiplication, one addition and one division for each draw and place, in place on whole arrays, with no
comparison, no count and no early stop. The recursion stops a draw when its share turned away is down to the target, so
draws that need few places give back some of what the comparing costs. Exits 1 when the computation takes 50 ms or more.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import perf_counter

import numpy as np

from needs_assessment.estimate.queueing import erlang_b, places_by_target, places_required_queueing

DRAWS, MOST_PLACES, TARGET, LIMIT_MS, REPEATS = 10_000, 500, 0.05, 50.0, 15


def main() -> int:
    """Print the times, their ratio to the floor, and whether the limit holds."""
    # the load at which 500 places turn away exactly the target, so that the largest draw needs all of them
    low, high = 0.0, 2.0 * MOST_PLACES
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if erlang_b(MOST_PLACES, middle) <= TARGET else (low, middle)
    loads = np.random.default_rng(20).uniform(0.0, low, DRAWS)
    loads[-1] = low
    most = int(places_required_queueing(loads, TARGET).max())
    floor = best(lambda: bare_arithmetic(loads))
    places = best(lambda: places_required_queueing(loads, TARGET))
    targets = best(lambda: places_by_target(loads, [0.01, 0.02, 0.05, 0.1]))
    table = best(lambda: erlang_b(np.arange(MOST_PLACES + 1)[:, np.newaxis], loads))
    print(f"{DRAWS:,} draws, up to {most} places, one core, best of {REPEATS}")
    for what, taken in (
        ("floor: bare arithmetic", floor),
        ("places required", places),
        ("places required, four targets", targets),
        ("erlang_b of every place and draw", table),
    ):
        print(f"{what:34}{taken:8.2f} ms{taken / floor:8.2f} × floor")
    print(f"limit {LIMIT_MS:g} ms: {'held' if places < LIMIT_MS else 'BROKEN'}")
    return int(places >= LIMIT_MS)


def bare_arithmetic(loads: np.ndarray) -> None:
    blocked, work = np.ones(loads.size), np.empty(loads.size)
    for step in range(1, MOST_PLACES + 1):
        np.multiply(blocked, loads, out=blocked)
        np.add(blocked, step, out=work)
        np.divide(blocked, work, out=blocked)


def best(call: Callable[[], object]) -> float:
    """Shortest of several runs, in milliseconds."""
    times = []
    for _ in range(REPEATS):
        start = perf_counter()
        call()
        times.append(perf_counter() - start)
    return 1000 * min(times)


if __name__ == "__main__":
    sys.exit(main())

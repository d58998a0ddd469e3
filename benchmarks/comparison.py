"""How long one mixture of a comparison takes against one whole estimate, in the same minute.

    python benchmarks/comparison.py [pairs]

The floor is ``estimate`` of the default area with its 10,000 draws, from inputs that are loaded. A mixture is what a
comparison evaluates 2^k times for k causes: the headlines alone, wards put together, with the same draws. The two take
turns; the ratio of each pair and its median are printed. Target: at most a third.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

from needs_assessment import Scenario, assess
from needs_assessment.assessment import estimate, headlines
from needs_assessment.comparison import side_of
from needs_assessment.comparison.mixtures import Mixtures

TARGET = 1 / 3


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    one, other = (assess(Scenario(method=method)) for method in ("age_sex", "sex"))
    mixtures = Mixtures(side_of(one.inputs, one.results), side_of(other.inputs, other.results))
    mixed = mixtures.inputs(frozenset())
    ratios = []
    for number in range(1, pairs + 1):
        whole = _timed(lambda: estimate(one.inputs))
        part = _timed(lambda: headlines(mixed))
        ratios.append(part / whole)
        print(f"pair {number}: whole {whole:.2f} s, mixture {part:.2f} s, ratio {part / whole:.2f}")
    median = statistics.median(ratios)
    print(
        f"median ratio {median:.2f}, target at most {TARGET:.2f}: {'met' if median <= TARGET else 'MISSED'}"
    )


def _timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()

"""A sample of the attack on counts of periods that differ or overlap: nothing small is worked out from what is printed."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.disclosure_periods import (
    ALL_PERIODS,
    WHOLE_PERIODS,
    Planted,
    attack,
    attack_chain,
    plant,
)
from needs_assessment.disclosure.protection import Rules

# totals over types of which some are stated for other periods only
PARTIAL_TOTALS = (268, 322, 366, 513, 747, 762, 780)


def mixed(at: int) -> Planted:
    """One of the benchmark's files of quarters, halves and years."""
    rng = np.random.default_rng([at, len("mixed")])
    return plant(rng, WHOLE_PERIODS, int(rng.integers(3, 12)))


@pytest.mark.parametrize("at", PARTIAL_TOTALS)
def test_totals_over_some_of_the_types_give_nothing_away(at: int) -> None:
    assert attack(mixed(at), Rules())[0] == []


def test_four_releases_together_tell_no_small_count() -> None:
    rng = np.random.default_rng(1)
    planted = plant(rng, ALL_PERIODS, 6)
    plain = Planted(
        planted.frame,
        planted.sums[: len(planted.frame)],
        planted.types,
        planted.values[: len(planted.frame)],
        planted.links,
    )
    assert attack_chain(plain, Rules(), rng)[0] == []

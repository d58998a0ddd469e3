"""How probable it is that a ward is among the highest fifth of its area: an answer instead of a league table.

A rank of point estimates says which ward is highest and hides that it could be another. The probability over the draws
says how sure that is (Goldstein and Spiegelhalter 1996; Marshall and Spiegelhalter 1998): near 1 or near 0 the wards can
be told apart, around a fifth the data say nothing.

References: Goldstein and Spiegelhalter (1996) League tables and their limitations, Journal of the Royal Statistical
Society A 159, 385-443. Marshall and Spiegelhalter (1998) Reliability of league tables of in vitro fertilisation
clinics, British Medical Journal 316, 1701-1704.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from needs_assessment.arrays import Array

FIFTH = 5
BLOCK_ELEMENTS = 1 << 20


def fifth_size(wards: int) -> int:
    """How many wards are the highest fifth: the nearest whole number to a fifth, at least one where there is a ward."""
    return max(1, round(wards / FIFTH)) if wards else 0


def probability_in_highest_fifth(victims: NDArray[np.floating], residents: Array) -> Array:
    """Probability that a ward's rate is among the highest fifth of the area's wards, shape [ward], in [0, 1].

    victims: draws, shape [ward, draw]; residents: the rate's denominator (residents aged 16 and over), shape [ward].
    The rate is victims ÷ residents in each draw. The fifth holds ``fifth_size(wards)`` wards in every draw; wards that
    tie for its last places share those places equally, so the probabilities sum to the size of the fifth. A ward
    without residents has no rate: its probability is NaN and the fifth is of the other wards. Draws are taken in blocks,
    so memory stays small. Raises ValueError for shapes that do not match and for a rate that is not a number.
    """
    residents = np.asarray(residents, dtype=np.float64)
    if victims.ndim != 2 or residents.shape != victims.shape[:1]:
        raise ValueError("victims have shape [ward, draw] and residents [ward]")
    peopled = residents > 0
    wards, draws = int(peopled.sum()), victims.shape[1]
    probability = np.full(len(residents), np.nan)
    if wards == 0 or draws == 0:
        return probability
    size = fifth_size(wards)
    everywhere = bool(peopled.all())
    held = np.zeros(wards)
    step = max(1, BLOCK_ELEMENTS // wards)
    for start in range(0, draws, step):
        block = victims[:, start : start + step]
        # one row a draw: a draw's wards lie side by side for the partition
        rates = (block if everywhere else block[peopled]).T / residents[peopled]
        if np.any(np.isnan(rates)):
            raise ValueError("a draw is missing")
        held += _places(rates, size)
    probability[peopled] = held / draws
    return probability


def _places(rates: NDArray[np.floating], size: int) -> Array:
    """Places of the highest ``size`` held by each ward, summed over draws: rates [draw, ward] -> [ward]."""
    wards = rates.shape[1]
    last = np.partition(rates, wards - size, axis=1)[:, wards - size, None]
    above, tied = rates > last, rates == last
    left = size - above.sum(axis=1, keepdims=True)
    return np.asarray((above + tied * (left / tied.sum(axis=1, keepdims=True))).sum(axis=0))

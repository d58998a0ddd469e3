"""What finding something out would do to a figure's uncertainty, before it is found out (preposterior analysis).

If an input X were known exactly, the variance of the figure Y that is left is, on average over what X might turn out to
be, E[Var(Y | X)] = Var(Y)·(1 − S), with S the first-order share of variance. No decision has a pay-off here, so the value is
told in the board's own terms: by how much the 95% interval would narrow. It is the most that can be hoped for: a
real survey or return leaves some of the input unknown.

Reference: Strong, Oakley & Brennan 2014, Med. Decis. Making 34, 311-326 (regression on the draws); Oakley et al. 2010.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from needs_assessment.estimate.intervals import percentiles

Array = NDArray[np.float64]
ENDS = (0.025, 0.975)


def interval_narrowing(outcome: Array, effect: Array) -> float:
    """Share of the width of the 95% interval of Y that would go if X were known: 1 − width(Y − E[Y | X]) / width(Y).

    outcome: Y, shape [draw]; effect: E[Y | X] less its mean, in the same draws (``sensitivity.first_order``). The spread
    of Y around E[Y | X] is taken as alike for all values of X. For a normal Y linear in X this is 1 − √(1 − S).
    Never below zero; 0 where Y does not vary.
    """
    whole = _width(np.asarray(outcome, dtype=float))
    if whole == 0:
        return 0.0
    return float(np.clip(1.0 - _width(np.asarray(outcome - effect, dtype=float)) / whole, 0.0, 1.0))


def _width(drawn: Array) -> float:
    low, high = percentiles(drawn[None, :], ENDS)
    return float((high - low).item())

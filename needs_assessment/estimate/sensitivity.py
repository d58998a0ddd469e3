"""How much of what is not known about a figure comes from each of its inputs.

Two answers. *One at a time* (the tornado): each input is moved to the ends of its range while the others stay at their
central value. *First order* (Sobol): the share of the figure's variance that would vanish on average if the input were
known, S = Var(E[Y | X]) / Var(Y). For independent inputs the shares add up to 1 where Y is additive, and to less where
inputs act together; the rest is their interaction.

First order is estimated from the draws that are there (given data), at no further run: Y is fitted by least squares
with a sum of one smooth function of each input, f(X), and S = Var(f(X)) / Var(Y). The functions are Legendre polynomials of the
input scaled to [−1, 1]; all are fitted at once, so that what one input does is not noise for another. The expected
contribution of chance to Var(f) is σ²·p / n (p terms, n draws, σ² the variance left), and is taken off.

References: Sobol' 2001, Math. Comput. Simul. 55, 271-280; Saltelli et al. 2008, Global Sensitivity Analysis, ch. 4-5;
Plischke, Borgonovo & Smith 2013, EJOR 226, 536-550 (given data).

What finding something out would do to a figure's uncertainty, before it is found out (preposterior analysis).

If an input X were known exactly, the variance of the figure Y that is left is, on average over what X might turn out to
be, E[Var(Y | X)] = Var(Y)·(1 − S), with S the first-order share of variance. No decision has a pay-off here, so the value is
told in the board's own terms: by how much the 95% interval would narrow. It is the most that can be hoped for: a
real survey or return leaves some of the input unknown.

Reference: Strong, Oakley & Brennan 2014, Med. Decis. Making 34, 311-326 (regression on the draws); Oakley et al. 2010.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.polynomial.legendre import legvander
from scipy.linalg import cho_factor, cho_solve

from needs_assessment.arrays import Array
from needs_assessment.estimate.intervals import percentiles

DEGREE = 5
# draws for each term that the fit needs, so that chance stays small beside what is fitted
DRAWS_PER_TERM = 10
RIDGE = 1e-9


@dataclass(frozen=True)
class Sensitivity:
    """The sensitivity of several figures to their inputs.

    frame: one row a figure and input: outcome, unknown, group (of inputs that are found out together, else the unknown),
    label, unit, kind ("unknown", or "choice" for a policy choice), input_low, input_central, input_high, at_low,
    at_central, at_high (the figure with the input there and all others at
    their central value), share (first order, 0 to 1; NaN for a choice), narrows (share of the width of the 95%
    interval that would go if the input were known; NaN for a choice). explained: the sum of the shares by outcome.
    assumption_ids and source_ids: what the inputs rest on.
    """

    frame: pd.DataFrame
    explained: Mapping[str, float]
    supply_known: bool


@dataclass(frozen=True)
class AdditiveFit:
    """effects[name]: f(X) of one input in every draw, shape [outcome, draw]; shares[name]: first order, [outcome]."""

    effects: dict[str, Array]
    shares: dict[str, Array]


def first_order(outcomes: Array, inputs: Mapping[str, Array], *, degree: int = DEGREE) -> AdditiveFit:
    """First-order shares of variance of several outcomes by independent inputs, from given draws.

    outcomes: [outcome, draw]; inputs: by name, [draw], or [part, draw] for an input of several independent parts (an age
    pattern), which are taken together with their products. degree: the highest power of a term; it is 1 where there are
    too few draws for more. An input that never varies has share 0. Raises ValueError for too few draws (fewer than
    ``DRAWS_PER_TERM`` a term), or for lengths that differ.
    """
    outcomes = np.atleast_2d(np.asarray(outcomes, dtype=float))
    count = outcomes.shape[1]
    parts = {name: np.atleast_2d(np.asarray(drawn, dtype=float)) for name, drawn in inputs.items()}
    if any(drawn.shape[1] != count for drawn in parts.values()):
        raise ValueError("inputs and outcomes have different numbers of draws")
    terms = {name: _terms(drawn, degree) for name, drawn in parts.items()}
    if DRAWS_PER_TERM * _width(terms) > count:
        terms = {name: _terms(drawn, 1) for name, drawn in parts.items()}
    width = _width(terms)
    if DRAWS_PER_TERM * width > count:
        raise ValueError(f"{count} draws are too few for {width} terms")
    centred = outcomes - outcomes.mean(axis=1, keepdims=True)
    variance = centred.var(axis=1)
    if width == 0:
        return AdditiveFit(
            {name: np.zeros_like(centred) for name in parts},
            {name: np.zeros(len(outcomes)) for name in parts},
        )
    design = np.concatenate([own for own in terms.values() if own.size])
    gram = design @ design.T
    gram[np.diag_indices(width)] += RIDGE * count
    weights = cho_solve(cho_factor(gram), design @ centred.T).T
    left = (centred - weights @ design).var(axis=1) * count / max(count - width - 1, 1)
    effects, shares, start = {}, {}, 0
    for name, own in terms.items():
        effects[name] = weights[:, start : start + len(own)] @ own if own.size else np.zeros_like(centred)
        start += len(own)
        found = effects[name].var(axis=1) - left * len(own) / count
        shares[name] = np.clip(
            np.divide(found, variance, out=np.zeros_like(found), where=variance > 0), 0, None
        )
    return AdditiveFit(effects, shares)


def one_at_a_time(base: float, moved: Array) -> tuple[float, float]:
    """Lowest and highest value of a figure as one input moves; ``moved`` [part, 2] holds it with each part at its ends.

    The parts of one input (the ages of a pattern) are independent: their moves down are combined as the root of the sum
    of their squares, and so are their moves up. With one part these are simply its two ends.
    """
    shifts = np.asarray(moved, dtype=float) - base
    down, up = np.minimum(shifts.min(axis=1), 0.0), np.maximum(shifts.max(axis=1), 0.0)
    return base - float(np.sqrt(np.square(down).sum())), base + float(np.sqrt(np.square(up).sum()))


def _width(terms: Mapping[str, Array]) -> int:
    return sum(len(own) for own in terms.values())


def _terms(drawn: Array, degree: int) -> Array:
    """Centred terms [term, draw] of one input: powers of each part, and products of two parts."""
    low, high = drawn.min(axis=1, keepdims=True), drawn.max(axis=1, keepdims=True)
    varies = (high > low).ravel()
    if not varies.any():
        return np.empty((0, drawn.shape[1]))
    scaled = (2.0 * drawn[varies] - low[varies] - high[varies]) / (high - low)[varies]
    powers = np.moveaxis(legvander(scaled, degree)[..., 1:], -1, 1).reshape(-1, drawn.shape[1])
    firsts, seconds = np.triu_indices(len(scaled), k=1)
    found = np.concatenate([powers, scaled[firsts] * scaled[seconds]]) if degree > 1 else powers
    return np.asarray(found - found.mean(axis=1, keepdims=True))


ENDS = (0.025, 0.975)


def interval_narrowing(outcome: Array, effect: Array) -> float:
    """Share of the width of the 95% interval of Y that would go if X were known: 1 − width(Y − E[Y | X]) / width(Y).

    outcome: Y, shape [draw]; effect: E[Y | X] less its mean, in the same draws (``sensitivity.first_order``). The spread
    of Y around E[Y | X] is taken as alike for all values of X. For a normal Y linear in X this is 1 − √(1 − S).
    Never below zero; 0 where Y does not vary.
    """
    whole = _range_width(np.asarray(outcome, dtype=float))
    if whole == 0:
        return 0.0
    return float(np.clip(1.0 - _range_width(np.asarray(outcome - effect, dtype=float)) / whole, 0.0, 1.0))


def _range_width(drawn: Array) -> float:
    low, high = percentiles(drawn[None, :], ENDS)
    return float((high - low).item())

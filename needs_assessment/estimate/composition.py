"""Relative risk of each ward from what kinds of people live there (method ``composition``).

    r[w] = Π_k ( Σ_j x[w,k,j] R[k,j] / Σ_j x[England,k,j] R[k,j] )^λ

x is the share of residents in category j of characteristic k, R the published relative risk of that category, and λ in
[0, 1] the share of the one-way contrast that is carried over: one-way risks overlap (a tenant is also younger, a
disabled person older), so λ = 1 counts the overlap twice and λ = 0 ignores composition. This is indirect
standardisation to England with one factor a characteristic: synthetic estimation, as in Gonzalez (1973).

A category without a published risk takes the average of the categories that have one, weighted by England's shares. It
is the residual's risk under which the published categories alone and all categories together have the same national
average, so a ward is moved by what is published and by nothing else; it needs no further figure and cannot be negative.

References: Gonzalez (1973) Use and evaluation of synthetic estimates, Proceedings of the Social Statistics Section,
American Statistical Association, 33-36. Rao and Molina (2015) Small Area Estimation, 2nd edition, chapter 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from needs_assessment.arrays import Array

SHARES_MUST_SUM_WITHIN = 1e-6


@dataclass(frozen=True)
class Characteristic:
    """One characteristic: how residents divide into its categories, and the risk of each category.

    shares: x[w, j], shape [ward, category], a proportion of the ward's residents, each row summing to 1.
    england: x[England, j], shape [category], summing to 1, of the same residents (the same ages) as ``shares``.
    risk: R[j], shape [category] or [category, draw], above 0, on any common scale (rates, or ratios to a reference
    category); NaN where none is published.
    """

    shares: Array
    england: Array
    risk: Array

    def contrast(self) -> Array:
        """Average risk of each ward relative to England's, shape [ward] or [ward, draw]; 1 in a ward like England.

        Raises ValueError for shares that are missing, negative or do not sum to 1, for a risk that is not above 0,
        and where no category has a risk.
        """
        shares, england = _checked_shares(self.shares, 2), _checked_shares(self.england, 1)
        risk = filled_risk(self.risk, england)
        if shares.shape[1] != len(england) or len(risk) != len(england):
            raise ValueError("shares, England's shares and risks have different numbers of categories")
        if risk.ndim == 1:
            return _ordered_sum(shares * risk, 1) / _ordered_sum(england * risk, 0)
        return np.stack(
            [_ordered_sum(shares * one, 1) / _ordered_sum(england * one, 0) for one in risk.T], axis=1
        )


def filled_risk(risk: Array, england: Array) -> Array:
    """Risks with the gaps filled by the England-weighted average of the published ones, same shape as ``risk``.

    risk: R[j], shape [category] or [category, draw], NaN where none is published; england: shape [category]. Raises
    ValueError where nothing is published, and for a risk at or below 0.
    """
    risk = np.asarray(risk, dtype=np.float64)
    missing = np.isnan(risk).reshape(len(risk), -1).any(axis=1)
    known = ~missing
    if not np.any(england[known] > 0):
        raise ValueError("no category that anyone belongs to has a published relative risk")
    if not np.all(risk[known] > 0) or not np.all(np.isfinite(risk[known])):
        raise ValueError("a relative risk is above 0 and finite")
    weight = england[known].reshape(-1, *([1] * (risk.ndim - 1)))
    filled = risk.copy()
    filled[missing] = _ordered_sum(weight * risk[known], 0) / _ordered_sum(weight, 0)
    return filled


def relative_risk(characteristics: Mapping[str, Characteristic], carried: float | Array) -> Array:
    """r[w], the risk of each ward relative to a ward of England's composition, above 0.

    carried: λ, the share of each one-way contrast that is carried over, in [0, 1], scalar or shape [draw]. Returns
    [ward], or [ward, draw] when λ or any risk has draws. Exactly 1 where λ = 0. The order of wards, categories and
    characteristics changes nothing, to the last bit. Raises ValueError as ``Characteristic.contrast`` does (naming the
    characteristic), for λ outside [0, 1], and when there is no characteristic.
    """
    share = np.asarray(carried, dtype=np.float64)
    if not np.all((share >= 0) & (share <= 1)):
        raise ValueError("the share carried over (lambda) lies between 0 and 1")
    if not characteristics:
        raise ValueError("composition needs at least one characteristic")
    logs = []
    for name, characteristic in characteristics.items():
        try:
            logs.append(np.log(characteristic.contrast()))
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error
    drawn = share.ndim > 0 or any(log.ndim > 1 for log in logs)
    together = [log[:, None] if drawn and log.ndim == 1 else log for log in logs]
    total = _ordered_sum(np.stack(np.broadcast_arrays(*together)), 0)
    # exp(0) is exactly 1, so that λ = 0 is the method without composition
    return np.asarray(np.exp(total * share))


def benchmark_authority(relative: Array, weights: Array, member: NDArray[np.intp]) -> Array:
    """r divided by its weighted average within each authority, so that no authority's total moves in any draw.

    relative: r, shape [ward] or [ward, draw]; weights: the expected victims r multiplies, [ward] or [ward, draw];
    member: the position of each ward's authority, [ward]. Σ weights·r over an authority equals Σ weights. An authority
    without expected victims keeps its r.
    """
    relative, weights = _matching(relative, weights)
    found = relative.copy()
    for group in np.unique(member):
        held = member == group
        found[held] /= mean_relative_risk(relative[held], weights[held])
    return found


def mean_relative_risk(relative: Array, weights: Array) -> Array:
    """Average of r over wards by expected victims, Σ weights·r / Σ weights, shape () or [draw]; 1 if there are none."""
    relative, weights = _matching(relative, weights)
    whole = weights.sum(axis=0)
    moved = (weights * relative).sum(axis=0)
    return np.asarray(np.divide(moved, whole, out=np.ones_like(moved), where=whole > 0))


def _matching(relative: Array, weights: Array) -> tuple[Array, Array]:
    if relative.ndim < weights.ndim:
        relative = relative[:, None]
    if weights.ndim < relative.ndim:
        weights = weights[:, None]
    both = np.broadcast_arrays(np.asarray(relative, dtype=np.float64), weights)
    return both[0], both[1]


def _checked_shares(shares: Array, dimensions: int) -> Array:
    shares = np.asarray(shares, dtype=np.float64)
    if shares.ndim != dimensions:
        raise ValueError(f"shares have {shares.ndim} dimensions, not {dimensions}")
    if np.any(np.isnan(shares)):
        raise ValueError("a share is missing")
    if np.any(shares < 0):
        raise ValueError("a share is negative")
    off = np.abs(shares.sum(axis=-1) - 1.0)
    if np.any(off > SHARES_MUST_SUM_WITHIN):
        raise ValueError(f"shares do not sum to 1 (the furthest is off by {off.max():.3g})")
    return shares


def _ordered_sum(terms: Array, axis: int) -> Array:
    """A sum that does not depend on the order of its terms: floating point adds in the order it is given."""
    return np.asarray(np.sort(terms, axis=axis).sum(axis=axis))

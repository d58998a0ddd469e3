"""Victims by characteristic and by type of abuse, from published ratios of other editions of the survey.

Levels of different question sets are never mixed: only ratios between groups are carried over. For a characteristic
with groups g, shares of residents x[w,g] and relative risks R[g],

    V[w,g,d] = V[w,d] · x[w,g] R[g,d] / Σ_h x[w,h] R[h,d]

so the groups of a ward keep the published ratio between them and add up to the ward in every draw, the wards to the
authority. R is the group's published rate over the rate of everyone in the same edition, measure, sex and ages. The
groups without a published rate form one residual whose risk is what closes the national total with England's shares:

    R[rest] = (1 - Σ_g x[England,g] R[g]) / x[England,rest]

Closing a small ward by subtraction instead would give its few residual people whatever the ratios leave over, often
less than nothing. Should even the national residual be absurd (outside [1/limit, limit]), all ratios are drawn towards
1 by one factor, R' = 1 + κ(R - 1) with the largest κ that keeps it inside, and κ is reported.

This is direct synthetic estimation with benchmarking: Gonzalez (1973) Use and evaluation of synthetic estimates,
Proceedings of the Social Statistics Section, American Statistical Association, 33-36.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from needs_assessment.arrays import Array

RESIDUAL = "no_published_rate"


@dataclass(frozen=True)
class RateUsed:
    """One published rate behind a row of results: what the equality tables say of it.

    category: the row of ``results.csv``; covers: the categories of the table of residents it stands for; rate and
    overall are proportions, NaN for the residual; relative_risk compares with ``compared_with``; carried: κ.
    """

    breakdown: str
    category: str
    covers: tuple[str, ...]
    rate: float
    overall: float
    relative_risk: float
    compared_with: str
    edition: str
    question_set: str
    who: str
    source_id: str
    carried: float = 1.0

    @property
    def published(self) -> bool:
        return bool(self.source_id)


@dataclass(frozen=True)
class Closing:
    """Relative risks that close nationally: ``risk`` [group], ``carried`` κ, ``left_over`` the residual before κ."""

    risk: Array
    carried: float
    left_over: float


def close_nationally(risk: Array, england: Array, limit: float) -> Closing:
    """Fill the residual group's risk so that England's average risk is 1.

    risk: R[g] relative to everyone, shape [group], NaN for at most one residual group; england: shares of England,
    shape [group], summing to 1; limit: above 1, the furthest the residual may lie from everyone, up or down. Without a
    residual group the risks are divided by their England average. Raises ValueError for a risk or share that cannot be.
    """
    risk, england = np.asarray(risk, dtype=float), np.asarray(england, dtype=float)
    missing = np.isnan(risk)
    if missing.sum() > 1:
        raise ValueError("there is one residual group, or none")
    if np.any(risk[~missing] <= 0) or not np.all(np.isfinite(risk[~missing])):
        raise ValueError("a relative risk is above 0 and finite")
    if np.any(england < 0) or not np.isclose(england.sum(), 1.0, atol=1e-9):
        raise ValueError("England's shares are not negative and sum to 1")
    if limit <= 1:
        raise ValueError("the limit of the residual is above 1")
    known = float(england[~missing] @ risk[~missing])
    if not missing.any():
        return Closing(risk / known, 1.0, float("nan"))
    room = float(england[missing][0])
    if room <= 0:
        raise ValueError("nobody in England is in the residual group")
    left_over = (1.0 - known) / room
    # the residual moves in a straight line with the share carried over, from 1 at none to left_over at all
    carried = 1.0
    if left_over > limit:
        carried = (limit - 1.0) / (left_over - 1.0)
    elif left_over < 1.0 / limit:
        carried = (1.0 / limit - 1.0) / (left_over - 1.0)
    closed = np.where(missing, left_over, risk)
    return Closing(shrink(closed, carried), carried, left_over)


def shrink(risk: Array, carried: float) -> Array:
    """Relative risks drawn towards 1: 1 + κ(R - 1), same shape; κ = 1 changes nothing."""
    return risk if carried == 1.0 else 1.0 + carried * (risk - 1.0)


def group_fractions(shares: Array, risk: Array) -> Array:
    """Each group's part of a ward's victims: [group, ward], or [group, ward, draw] when ``risk`` has draws.

    shares: x[g, w], shape [group, ward], a proportion of the ward's residents, each ward summing to 1; risk: R[g], shape
    [group] or [group, draw], above 0. The parts of a ward sum to 1. Raises ValueError for shares that do not sum to 1,
    a missing share and a risk at or below 0.
    """
    if np.any(np.isnan(shares)) or np.any(shares < 0) or not np.allclose(shares.sum(axis=0), 1.0, atol=1e-9):
        raise ValueError("shares are not negative, none is missing, and each ward's sum to 1")
    if not np.all(risk > 0) or not np.all(np.isfinite(risk)):
        raise ValueError("a relative risk is above 0 and finite")
    weighted = shares * risk[:, None] if risk.ndim == 1 else shares[:, :, None] * risk[:, None, :]
    return np.asarray(weighted / weighted.sum(axis=0))


def move_share(share: Array, shift: Array) -> Array:
    """Shares moved by ``shift`` on the logit scale, both shape [draw]: always strictly between 0 and 1."""
    return np.asarray(expit(logit(share) + shift))


def unique_people(cases: Array | float, repeat_share: Array | float) -> Array:
    """The fewest different people behind a year's cases: cases × (1 - share that are repeats).

    A repeat case is about someone who had an earlier one, so cases that are not repeats are all of different people; the
    most is one person a case. Raises ValueError for a share outside [0, 1].
    """
    share = np.asarray(repeat_share, dtype=float)
    if np.any((share < 0) | (share > 1)) or np.any(np.isnan(share)):
        raise ValueError("the repeat share lies between 0 and 1")
    return np.asarray(np.asarray(cases) * (1.0 - share))

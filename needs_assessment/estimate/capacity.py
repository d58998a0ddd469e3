"""Capacity beside the cascade: the full-time equivalents that a volume of work needs, against those in post.

SafeLives gives the two ratios (registered): one full-time IDVA takes about 100 referrals a year, one full-time MARAC
administrator 400 cases. A referral and a case are both events: someone referred twice takes two places in a caseload.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def fte_needed(volume: ArrayLike, volume_per_fte: ArrayLike) -> Array:
    """Full-time equivalents = volume a year ÷ volume that one takes; not rounded, shapes broadcast, NaN stays NaN.

    volume: referrals or cases a year, in the unit of volume_per_fte. 496.48 referrals at 100 an IDVA need 4.96. Raises
    ValueError for a negative volume, or a ratio that is not above zero.
    """
    work, each = np.asarray(volume, dtype=np.float64), np.asarray(volume_per_fte, dtype=np.float64)
    if np.any(work < 0) or np.any(each <= 0):
        raise ValueError("a volume cannot be negative, and what one full-time post takes must be above zero")
    return (work / each)[()]


def fte_gap(needed: ArrayLike, in_post: ArrayLike) -> Array:
    """Full-time equivalents needed − in post, never cut at zero; NaN where the posts are not known."""
    return (np.asarray(needed, dtype=np.float64) - np.asarray(in_post, dtype=np.float64))[()]


def volume_in_reach(in_post: ArrayLike, volume_per_fte: ArrayLike) -> Array:
    """The referrals or cases a year that the posts there are can take: posts × ratio. Raises as ``fte_needed``."""
    posts, each = np.asarray(in_post, dtype=np.float64), np.asarray(volume_per_fte, dtype=np.float64)
    if np.any(posts < 0) or np.any(each <= 0):
        raise ValueError("posts cannot be negative, and what one full-time post takes must be above zero")
    return (posts * each)[()]

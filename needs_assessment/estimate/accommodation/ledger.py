"""The cross-boundary ledger: who stays, who leaves, who arrives, and what that does to the places required.

Most women who flee cross a boundary, and the duty of an authority includes people from outside its area. Four lines,
in households a year, that close exactly:

    residents seeking a place = stayers + leavers (placed elsewhere)
    demand on the area's places = stayers + arrivals (from elsewhere)
    net inflow = arrivals − leavers = demand − residents seeking

Without local figures the ledger is balanced: as many arrive as leave, so the places required are those of the area's
own residents, though most who use them come from elsewhere. Reference: Bowstead, share of help-seeking that crosses a
boundary, by accommodation (registered: `bowstead_crossing_all`, `_refuge`, `_other`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from needs_assessment.arrays import Array
from needs_assessment.estimate.queueing import offered_load, places_required_queueing


@dataclass(frozen=True)
class Ledger:
    """Households a year; scalars or arrays of one shape, such as [type] or [draw]."""

    stayers: Array
    leavers: Array
    arrivals: Array
    balanced: bool

    @property
    def residents_seeking(self) -> Array:
        """Households of the area that seek a place, wherever they find it."""
        return self.stayers + self.leavers

    @property
    def demand(self) -> Array:
        """Households that seek a place in the area, wherever they come from."""
        return self.stayers + self.arrivals


def ledger_from_share(
    residents_seeking: ArrayLike, crossing_share: ArrayLike, arrivals: ArrayLike | None = None
) -> Ledger:
    """Ledger from the share of households that cross a boundary, 0 to 1.

    leavers = residents seeking × share; arrivals as given, or equal to the leavers (balanced). Shapes broadcast.
    Raises ValueError for negative or infinite households or a share outside 0 to 1; NaN stays NaN.
    """
    seeking, share = _households("residents seeking", residents_seeking), np.asarray(crossing_share)
    if np.any((share < 0) | (share > 1)):
        raise ValueError("the share that crosses a boundary lies between 0 and 1")
    leaving = seeking * share
    return _ledger(seeking - leaving, leaving, leaving if arrivals is None else arrivals, arrivals is None)


def ledger_from_returns(
    seeking_here: ArrayLike, from_elsewhere: ArrayLike, placed_elsewhere: ArrayLike
) -> Ledger:
    """Ledger from local returns: households seeking a place here, those of them from elsewhere, residents placed out.

    Raises ValueError for negative figures or more from elsewhere than in all.
    """
    here, arriving = _households("seeking here", seeking_here), _households("from elsewhere", from_elsewhere)
    if np.any(arriving > here):
        raise ValueError("more households from elsewhere than households in all")
    return _ledger(here - arriving, placed_elsewhere, arriving, False)


@dataclass(frozen=True)
class LedgerPlaces:
    """Family places at one target, by whom they are for; differences of whole places, so they add up.

    required: for the demand on the area's places; for_residents: if every resident were placed here and nobody came;
    for_stayers: if nobody came and the leavers left. required − for_stayers are for arrivals; required − for_residents is
    what crossing the boundary adds or takes, 0 when balanced.
    """

    required: NDArray[np.int64]
    for_residents: NDArray[np.int64]
    for_stayers: NDArray[np.int64]


def ledger_places(ledger: Ledger, stay_days: ArrayLike, target: ArrayLike) -> LedgerPlaces:
    """The effect of the ledger on the family places required by queueing; shapes broadcast, [draw] as usual.

    stay_days: mean stay, one for all three groups. Raises ValueError as `places_required_queueing`.
    """
    required, residents, stayers = (
        places_required_queueing(offered_load(households, stay_days), target)
        for households in (ledger.demand, ledger.residents_seeking, ledger.stayers)
    )
    return LedgerPlaces(required, residents, stayers)


def _ledger(stayers: Array, leavers: ArrayLike, arrivals: ArrayLike, balanced: bool) -> Ledger:
    lines = np.broadcast_arrays(stayers, _households("leavers", leavers), _households("arrivals", arrivals))
    return Ledger(lines[0][()], lines[1][()], lines[2][()], balanced)


def _households(name: str, value: ArrayLike) -> Array:
    households = np.asarray(value, dtype=np.float64)
    if np.any(households < 0) or np.any(np.isinf(households)):
        raise ValueError(f"{name}: households cannot be negative or infinite")
    return households

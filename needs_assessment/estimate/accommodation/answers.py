"""Four answers to one question: how many places of safe accommodation does the area need?

All in family places, as plain functions that broadcast: called with central values they give the figure that can be
checked by hand, called with draws [draw] the spread. By hand, for Central Bedfordshire from the registers alone
(301,501 residents; England 57,690,323; S = 301,501 / 57,690,323 = 0.00522620):

* standard: 301,501 / 10,000 = 30.15; its exact value, before rounding up to 31.
* national model: 5,369 × S = 28.06.
* queueing: declined 27,754 − 10,824 = 16,930 referrals, 40.6% of them for lack of capacity = 6,873.6; at 1.2 attempts a
  household 5,728.0 households. Arrivals (10,824 + 5,728.0) × S = 86.50 a year; × 140 / 365 = 33.18 Erlang;
  B(38, 33.18) = 0.0561 and B(39, 33.18) = 0.0456, so 39 places keep the share turned away under 5%.
* turned away: places in use 4,385 × S = 22.92, with 5,728.0 × S × 140 / 365 = 11.48 beside them = 34.40.

With one attempt a household: 6,873.6 households, 92.49 arrivals, 35.48 Erlang, 41 places; 22.92 + 13.78 = 36.70.

Why they differ: the standard and the model count places per head, whatever the demand; queueing adds room for chance
(33.2 places are in demand on average, 39 keep enough free); turned away takes every national place as in use, while the
stay of 140 days rests on 95% of them in use, and adds no room for chance.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

from needs_assessment.arrays import Array
from needs_assessment.estimate.accommodation.places import (
    FAMILY_PLACES,
    combine_places,
)
from needs_assessment.estimate.queueing import offered_load


@dataclass(frozen=True)
class RefugeDemand:
    """What the last two answers rest on, for one area and year; scalars, or [draw].

    accepted: households accepted a year; declined_for_capacity: referrals a year declined for lack of capacity (a
    household may make several); stay_days: mean stay in a refuge place; places_in_use, counted in ``places_unit``;
    local: which of these are the area's own returns, by name.
    """

    accepted: Array
    declined_for_capacity: Array
    stay_days: Array
    places_in_use: Array
    places_unit: str = FAMILY_PLACES
    local: frozenset[str] = field(default_factory=frozenset)


def national_demand(
    residents: ArrayLike,
    national_residents: ArrayLike,
    *,
    referred: ArrayLike,
    accepted: ArrayLike,
    capacity_share: ArrayLike,
    stay_days: ArrayLike,
    places_in_use: ArrayLike,
    authority_effect: ArrayLike = 1.0,
) -> RefugeDemand:
    """The area's part of the national figures, by residents, times the authority effect φ (mean 1, [draw]).

    referred, accepted: England's referrals and acceptances a year; capacity_share: share of the declined (referred −
    accepted) that were declined for lack of capacity, 0 to 1; the other declines are not demand for a place.
    places_in_use: England's, in family places. The stay is of refuge alone and is not scaled. Raises ValueError for
    negative figures, acceptances above referrals, a share outside 0 to 1 or no national residents.
    """
    per_head = np.asarray(residents) / _positive("national residents", national_residents)
    scale = _not_negative("residents and effect", per_head * np.asarray(authority_effect))
    return RefugeDemand(
        accepted=_not_negative("accepted", accepted) * scale,
        declined_for_capacity=declined_for_capacity(referred, accepted, capacity_share) * scale,
        stay_days=_not_negative("the stay", stay_days),
        places_in_use=_not_negative("places in use", places_in_use) * scale,
    )


def with_local_returns(
    demand: RefugeDemand,
    *,
    capacity_share: ArrayLike,
    acceptance_share: ArrayLike,
    referrals: float | None = None,
    accepted: float | None = None,
    declined_capacity: float | None = None,
    stay_days: float | None = None,
    places_in_use: float | None = None,
    places_unit: str = FAMILY_PLACES,
) -> RefugeDemand:
    """The area's own returns in place of the national parts; a part that is not returned stays national.

    referrals, accepted, declined_capacity: the area's refuge referrals a year, those accepted, and those declined for
    lack of capacity. A local figure is used as it is, without the authority effect. What follows from two local
    figures, or from one and a national share, replaces the national count too: declined for capacity = (referrals −
    accepted) × capacity_share; with referrals but no acceptances, accepted = referrals × acceptance_share, and never
    more than referrals − declined. Acceptances alone leave the declined national. None means no return (a return of
    zero is 0). Raises ValueError for negative figures and parts above their total.
    """
    local = set(demand.local)
    for name, figure in (("accepted", accepted), ("declined", declined_capacity), ("referrals", referrals)):
        if figure is not None:
            _not_negative(name, figure)
    if referrals is not None:
        if (accepted or 0.0) + (declined_capacity or 0.0) > referrals:
            raise ValueError("accepted and declined for lack of capacity are more than the referrals")
        if accepted is None:
            room = referrals - (declined_capacity or 0.0)
            taken: ArrayLike = np.minimum(referrals * _share("acceptance share", acceptance_share), room)
        else:
            taken = accepted
        demand = replace(
            demand,
            accepted=np.asarray(taken, dtype=np.float64),
            declined_for_capacity=declined_for_capacity(referrals, taken, capacity_share),
        )
        local |= {"accepted", "declined_for_capacity"}
    if accepted is not None:
        demand = replace(demand, accepted=np.asarray(accepted, dtype=np.float64))
        local.add("accepted")
    if declined_capacity is not None:
        demand = replace(demand, declined_for_capacity=np.asarray(declined_capacity, dtype=np.float64))
        local.add("declined_for_capacity")
    if stay_days is not None:
        demand = replace(demand, stay_days=_not_negative("the stay", stay_days))
        local.add("stay_days")
    if places_in_use is not None:
        used = _not_negative("places in use", places_in_use)
        demand = replace(demand, places_in_use=used, places_unit=places_unit)
        local.add("places_in_use")
    return replace(demand, local=frozenset(local))


def declined_for_capacity(referred: ArrayLike, accepted: ArrayLike, capacity_share: ArrayLike) -> Array:
    """Referrals declined for lack of capacity: (referred − accepted) × share. Raises ValueError when negative."""
    declined = np.asarray(referred, dtype=np.float64) - np.asarray(accepted, dtype=np.float64)
    return _not_negative("referred less accepted", declined) * _share("capacity share", capacity_share)


def households_declined(demand: RefugeDemand, attempts: ArrayLike) -> Array:
    """Households declined for lack of capacity a year: referrals ÷ attempts per household (1 or more)."""
    tries = np.asarray(attempts, dtype=np.float64)
    if np.any(tries < 1):
        raise ValueError("a household that seeks a place makes at least one attempt")
    return (demand.declined_for_capacity / tries)[()]


def households_seeking(demand: RefugeDemand, attempts: ArrayLike) -> Array:
    """Households a refuge could have taken in a year: accepted + declined for capacity ÷ attempts per household."""
    return (demand.accepted + households_declined(demand, attempts))[()]


def national_model(
    residents: ArrayLike,
    national_residents: ArrayLike,
    minimum_places: ArrayLike,
    authority_effect: ArrayLike = 1.0,
) -> Array:
    """Bowstead's fewest family spaces for England, shared by residents: minimum × residents ÷ national × φ.

    A family bed space there is a space for a woman with her children: one family place here. Raises ValueError for
    negative figures or no national residents.
    """
    per_head = np.asarray(residents) / _positive("national residents", national_residents)
    return _not_negative("places", np.asarray(minimum_places) * per_head * np.asarray(authority_effect))


def load(demand: RefugeDemand, attempts: ArrayLike) -> Array:
    """Offered load a = households seeking a place × stay / 365: family places in demand on average."""
    return offered_load(households_seeking(demand, attempts), demand.stay_days)


def turned_away(demand: RefugeDemand, attempts: ArrayLike) -> Array:
    """Family places in use, and those that the households declined for lack of capacity would have filled.

    places in use + declined ÷ attempts × stay / 365. Raises ValueError when the places in use are counted in anything
    but family places.
    """
    missing = offered_load(households_declined(demand, attempts), demand.stay_days)
    return combine_places((demand.places_unit, FAMILY_PLACES), (demand.places_in_use, missing))


def _not_negative(name: str, value: ArrayLike) -> Array:
    array = np.asarray(value, dtype=np.float64)
    if np.any(array < 0):
        raise ValueError(f"{name} cannot be negative")
    return array[()]


def _positive(name: str, value: ArrayLike) -> Array:
    array = np.asarray(value, dtype=np.float64)
    if np.any(array <= 0):
        raise ValueError(f"{name} must be above zero")
    return array[()]


def _share(name: str, value: ArrayLike) -> Array:
    array = np.asarray(value, dtype=np.float64)
    if np.any((array < 0) | (array > 1)):
        raise ValueError(f"the {name} lies between 0 and 1")
    return array[()]

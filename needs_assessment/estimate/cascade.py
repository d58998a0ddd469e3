"""The cascade from victims to unmet need: what need and met mean at each tier, and how units are turned into each other.

    victims → told anyone → told police → community support → high risk / IDVA → safe accommodation → move-on

Every tier keeps need, met and unmet = need − met, in one unit of its own; unmet is never cut at zero. The tiers are
sides of one number of victims, not a funnel in which each holds only people of the one before: a victim may be at an
IDVA without having told the police. What the words mean, tier by tier:

===================  ======================================================  =========================================
tier (unit)          need                                                    met
===================  ======================================================  =========================================
told_anyone          every victim of the year: each should be able to tell   victims × share of partner-abuse victims
(people)             someone                                                 who told anyone. No return can count it
told_police          every victim of the year. Not all want the police:      victims × share who told the police, or
(people)             unmet is who the police do not know, not their failure  the local count of different people
community_support    victims × a registered share, and there is none in      different people supported, by local
(people)             print: not known. All victims would be too many,        return only: a count of clients is not a
                     clients of a service too few                            share of need
idva (people)        people at high risk: expected MARAC cases less repeats  different people supported by IDVAs, by
                                                                             local return only: who is referred is
                                                                             not yet supported
safe_accommodation   households supported and not supported                  households supported
(households)         (``accommodation.py``)
move_on              households whose support in safe accommodation ends in  households that moved to a settled home,
(households)         the year, less those at home already (where returned),  by local return only
                     and those ready to leave with nowhere to go
===================  ======================================================  =========================================

The shares told_anyone and told_police were asked of victims of *partner* abuse, with the survey's older questions: they
are carried over to all victims as ratios, and labelled so; the level of the older survey is not.

Units. Incidents, cases and referrals count events; people and households are counted once a year. A repeat is an event
of someone who already had one in the period, so people = events − repeats, exactly where repeats are counted within the
period. A published repeat rate counts back twelve months from each event, which also finds earlier events in the year
before; people = events × (1 − rate) is then the fewest people there can be (``breakdowns.unique_people``).

Children in affected households: two published routes, never added together.

Capacity beside the cascade: the full-time equivalents that a volume of work needs, against those in post.

SafeLives gives the two ratios (registered): one full-time IDVA takes about 100 referrals a year, one full-time MARAC
administrator 400 cases. A referral and a case are both events: someone referred twice takes two places in a caseload.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from needs_assessment.arrays import Array


def reached(victims: ArrayLike, share: ArrayLike) -> Array:
    """Victims × share, the part of them that reached a tier; shapes broadcast, NaN stays NaN.

    victims: people; share: 0 to 1. 20,000 victims and a share of 0.189 give 3,780 people. Raises ValueError for a
    share outside 0 to 1 or a negative number of victims.
    """
    return (_not_negative("victims", victims) * _share(share))[()]


def unmet_need(need: ArrayLike, met: ArrayLike) -> Array:
    """Need − met in one unit, never cut at zero: a negative value says that two figures disagree. NaN stays NaN."""
    return (np.asarray(need, dtype=np.float64) - np.asarray(met, dtype=np.float64))[()]


def people_from_events(events: ArrayLike, repeats: ArrayLike) -> Array:
    """Different people from events (incidents, cases, referrals) and the repeats among them, both of one period.

    people = events − repeats: 3,100 incidents with 1,200 repeats are 1,900 people. Raises ValueError for negative
    figures or more repeats than events.
    """
    total, again = _not_negative("events", events), _not_negative("repeats", repeats)
    if np.any(again > total):
        raise ValueError("more repeats than events")
    return (total - again)[()]


def households_at_move_on(ended: ArrayLike, ready: ArrayLike = 0.0, at_home: ArrayLike = 0.0) -> Array:
    """Households at the point of moving on: support ended in the year − those at home already + those ready to leave.

    ended: households a year; at_home: of them, those who stayed in their own home (sanctuary) and needed it no longer;
    ready: households on the last day with nowhere to go. Nobody is in both ended and ready: who waits has not left.
    Raises ValueError for negative figures, or more at home than ended.
    """
    left, stayed = _not_negative("ended", ended), _not_negative("at home", at_home)
    if np.any(stayed > left):
        raise ValueError("more households stayed at home than ended")
    return (left - stayed + _not_negative("ready", ready))[()]


def _not_negative(name: str, value: ArrayLike) -> Array:
    array = np.asarray(value, dtype=np.float64)
    if np.any(array < 0):
        raise ValueError(f"{name} cannot be negative")
    return array


def _share(value: ArrayLike) -> Array:
    array = np.asarray(value, dtype=np.float64)
    if np.any((array < 0) | (array > 1)):
        raise ValueError("a share lies between 0 and 1")
    return array


def rate_from_national_count(national_count: float, share_of_count: Array | float, children: float) -> Array:
    """Children affected for each child in the population a national count stands for.

    national_count: children a year, England and Wales; share_of_count: England's share of it; children: England's
    residents of the same ages. Raises ValueError when the rate would exceed 1.
    """
    rate = np.asarray(national_count * np.asarray(share_of_count) / children)
    if np.any(rate > 1):
        raise ValueError("more children affected than children")
    return rate


def affected_by_age(children: Array, rates: Array) -> Array:
    """Σ_a children[..., a] · rates[a]: children of each age group times the published rate of that group."""
    return np.asarray(children @ rates)


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

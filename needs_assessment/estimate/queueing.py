"""Demand and queueing: the Erlang loss formula, and the places that keep the share turned away at a target.

Households arrive at random and independently (Poisson) at λ a year, stay L on average, and are turned away when every
place is taken. With the offered load a = λL, the share turned away from c places is

    B(c, a) = (a^c / c!) / Σ_{k=0..c} a^k / k!,   B(0, a) = 1,   B(c, a) = a·B(c−1, a) / (c + a·B(c−1, a)).

It depends on the length of stay through its mean alone, whatever the distribution (Erlang 1917; Sevastyanov 1957). The
recursion only adds, multiplies and divides positive numbers, so nothing cancels: each step adds a rounding error of a
few units in the last place, damps those before it by 1 − B, and B fades to 0 without overflow.

Every function here uses that one step, so `erlang_b(places_required_queueing(a, target), a) <= target` holds exactly.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from needs_assessment.arrays import Array, Whole

DAYS_PER_YEAR = 365
LARGEST = 1_000_000  # a larger number of places or load is a slip of the unit, not an authority
BLOCK = 32  # steps between two sortings-out of the draws that are done


def offered_load(arrivals: ArrayLike, stay_days: ArrayLike) -> Array:
    """Offered load a = λL: the places that would be in use if nobody were turned away.

    arrivals: households a year; stay_days: mean stay in days, of 365 to the year. Shapes broadcast, NaN stays NaN.
    Raises ValueError for a negative value. Reference: Little (1961), L = λW.
    """
    households, days = np.asarray(arrivals, dtype=np.float64), np.asarray(stay_days, dtype=np.float64)
    if np.any(households < 0) or np.any(days < 0):
        raise ValueError("arrivals and stays cannot be negative")
    return (households * days / DAYS_PER_YEAR)[()]


def erlang_b(servers: ArrayLike, offered_load: ArrayLike) -> Array:
    """Share of households turned away, B(c, a), by the recursion above: float64, shapes broadcast.

    servers: places c, whole and not negative; offered_load: a = arrivals × mean stay, not negative, NaN stays NaN.
    B(0, a) = 1, B(c, 0) = 0 for c > 0. Relative error below 1e-12 up to c = a = 10,000. Raises ValueError for
    servers that are negative, not whole, missing or above a million, and for a negative or infinite load.
    """
    places = _whole_places(servers)
    load = _checked_load(offered_load)
    shape = np.broadcast_shapes(places.shape, load.shape)
    across = (1,) * (len(shape) - places.ndim) + places.shape
    along = (1,) * (len(shape) - load.ndim) + load.shape
    if any(one > 1 and other > 1 for one, other in zip(across, along, strict=True)):
        paired = _each_its_own(np.broadcast_to(places, shape).ravel(), np.broadcast_to(load, shape).ravel())
        return paired.reshape(shape)[()]
    # no axis in common: one recursion for each load serves all its numbers of places
    table = _each_with_all(places.ravel(), load.ravel()).reshape(across + along)
    interleaved = [
        axis
        for pair in zip(range(len(shape)), range(len(shape), 2 * len(shape)), strict=True)
        for axis in pair
    ]
    return table.transpose(interleaved).reshape(shape)[()]


def places_required_queueing(offered_load: ArrayLike, target: ArrayLike) -> Whole:
    """Smallest c with B(c, a) <= target: the places at which no more than the target share is turned away.

    offered_load: a, usually [draw]; target: share above 0 and up to 1; shapes broadcast. A load of 0 needs 0 places.
    One recursion over c serves all draws: B falls with c, so the places required are the number of c = 0, 1, 2 …
    with B(c, a) above the target. Raises ValueError for a load that is negative, missing, infinite or above a
    million, and for a target outside (0, 1]. Reference: Erlang (1917).
    """
    load, share = np.broadcast_arrays(_checked_load(offered_load), np.asarray(target, dtype=np.float64))
    if np.any(np.isnan(load)) or np.any(load > LARGEST):
        raise ValueError(f"the offered load must be known, and at most {LARGEST:,}")
    if not np.all((share > 0) & (share <= 1)):
        raise ValueError("the target share turned away must be above 0 and at most 1")
    required = np.zeros(load.size, dtype=np.int64)
    active = np.flatnonzero(load > 0)
    demand, accepted = load.ravel()[active], share.ravel()[active]
    blocked, count = np.ones(active.size), np.zeros(active.size, dtype=np.int64)
    places = 0
    while active.size:
        work, above = np.empty(active.size), np.empty(active.size, dtype=np.bool_)
        for _ in range(BLOCK):
            np.greater(blocked, accepted, out=above)
            count += above
            places += 1
            _step(blocked, demand, places, work)
        open_still = blocked > accepted
        required[active[~open_still]] = count[~open_still]
        active, demand, accepted = active[open_still], demand[open_still], accepted[open_still]
        blocked, count = blocked[open_still], count[open_still]
    return required.reshape(load.shape)[()]


def places_interpolated(offered_load: ArrayLike, target: ArrayLike) -> Array:
    """The same between whole places: rises smoothly with the load, and rounded up it is `places_required_queueing`.

    log B is taken as linear from one place to the next: c − 1 + (log B(c−1) − log target) / (log B(c−1) − log B(c)). For
    the ends of intervals, which would otherwise jump by a whole place with the seed. Raises as above.
    """
    load, share = np.broadcast_arrays(
        np.asarray(offered_load, dtype=np.float64), np.asarray(target, dtype=np.float64)
    )
    places = np.asarray(places_required_queueing(load, share))
    below = np.log(erlang_b(np.maximum(places - 1, 0), load))
    above = np.log(erlang_b(places, load))
    with np.errstate(invalid="ignore", divide="ignore"):
        part = (below - np.log(share)) / (below - above)
    return np.where(places > 0, places - 1 + part, 0.0)[()]


def places_by_target(offered_load: ArrayLike, targets: ArrayLike) -> Whole:
    """Places required for each of several targets: shape [target, *shape of the load]. Raises as above."""
    load = np.asarray(offered_load, dtype=np.float64)
    shares = np.asarray(targets, dtype=np.float64)
    return places_required_queueing(load, shares.reshape(-1, *([1] * load.ndim)))


def _step(blocked: Array, load: Array, places: int, work: Array) -> None:
    """From B(places − 1) to B(places), in place."""
    np.multiply(blocked, load, out=blocked)
    np.add(blocked, places, out=work)
    np.divide(blocked, work, out=blocked)


def _each_with_all(places: Whole, load: Array) -> Array:
    """B for every pair, shape [places, load]."""
    table = np.empty((places.size, load.size))
    wanted = np.argsort(places, kind="stable")
    ordered = places[wanted]
    blocked, work = np.ones(load.size), np.empty(load.size)
    reached = 0
    for count in np.unique(ordered).tolist():
        for step in range(reached + 1, count + 1):
            _step(blocked, load, step, work)
        reached = count
        table[wanted[np.searchsorted(ordered, count) : np.searchsorted(ordered, count, "right")]] = blocked
    return table


def _each_its_own(places: Whole, load: Array) -> Array:
    """B for places[i] and load[i]: sorted by places, those that have arrived are left behind."""
    order = np.argsort(places, kind="stable")
    ordered, demand = places[order], load[order]
    blocked, work = np.ones(load.size), np.empty(load.size)
    last = int(ordered[-1]) if ordered.size else 0
    for step, first in enumerate(np.searchsorted(ordered, np.arange(1, last + 1)).tolist(), start=1):
        _step(blocked[first:], demand[first:], step, work[first:])
    result = np.empty(load.size)
    result[order] = blocked
    return result


def _whole_places(servers: ArrayLike) -> Whole:
    given = np.asarray(servers, dtype=np.float64)
    if not np.all((given >= 0) & (given <= LARGEST) & (given == np.floor(given))):
        raise ValueError(f"the number of places must be whole, from 0 to {LARGEST:,}")
    return given.astype(np.int64)


def _checked_load(offered_load: ArrayLike) -> Array:
    load = np.asarray(offered_load, dtype=np.float64)
    if np.any(load < 0) or np.any(np.isinf(load)):
        raise ValueError("an offered load cannot be negative or infinite")
    return load

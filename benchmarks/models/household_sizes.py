"""Household sizes and accessible units: who may use which unit, and what that does to the places required.

Sizes run from the smallest to the largest. A household of size j may use a unit of size j or larger, never a smaller
one; it takes the smallest that is free. Accessible units are the same problem with two "sizes": everyone may use an
accessible unit, a household that needs one may use nothing else.

Two answers bound the truth. *Pooled*, all loads share one stock, as if every unit suited every household: the fewest
places. *Separate*, every size keeps to its own units: always enough, because a provider may always keep large units
back. Pooled never exceeds separate (Smith and Whitt 1981). In between, the nested rule is solved exactly as a Markov
chain for one mean stay, exponential; `simulation.py` checks it with other stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.linalg import spsolve

from needs_assessment.estimate.queueing import places_required_queueing

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
MOST_STATES = 20_000  # a second or two to solve


def separate_places(loads: ArrayLike, target: float) -> Whole:
    """Places of each size when each keeps to its own units: shape of ``loads``, [size] or [size, draw]."""
    return places_required_queueing(_by_size(loads), target)


def pooled_places(loads: ArrayLike, target: float) -> Whole:
    """Places in all when every unit suits everyone: loads [size] or [size, draw] -> scalar or [draw]."""
    return places_required_queueing(_by_size(loads).sum(axis=0), target)


def nested_floor(loads: ArrayLike, target: float) -> Whole:
    """The fewest units of each size, from the largest down, that the nested rule can do with.

    Households of size j and larger have only the units of size j and larger, so these must number at least
    N(a_j + … + a_K), with N the places required for a load. The differences of these bounds add up to the pooled
    answer. Necessary, not sufficient: smaller households also use the larger units. Shapes as `separate_places`.
    """
    sizes = _by_size(loads)
    at_least = places_required_queueing(np.cumsum(sizes[::-1], axis=0)[::-1], target)
    return np.concatenate([at_least[:-1] - at_least[1:], at_least[-1:]])


def nested_shares(units: Sequence[int], loads: Sequence[float]) -> Array:
    """Share of each size turned away when the smallest free unit that is large enough is always used, shape [size].

    units: units of each size; loads: offered load of each size, all with the same mean stay, stays exponential,
    arrivals Poisson. Exact: the balance equations of the numbers of units in use, P(x) for x_i = 0 … units_i; the share
    of size j turned away is P(all units of size j and larger are in use). Unlike Erlang B this is not free of the
    distribution of stays, and is checked by simulation. Raises ValueError for unequal lengths, negative or missing
    input, or more than 20,000 combinations of units in use (then simulate).
    """
    stock = np.asarray(units, dtype=np.int64)
    load = _by_size(loads)
    if stock.shape != load.shape or stock.ndim != 1 or np.any(stock < 0):
        raise ValueError("give one whole number of units and one load for each size")
    shape = tuple((stock + 1).tolist())
    if np.prod(shape, dtype=np.float64) > MOST_STATES:
        raise ValueError(f"more than {MOST_STATES:,} combinations of units in use: use the simulation")
    probability = _steady_state(stock, load, shape)
    in_use = np.indices(shape)
    full = in_use == stock.reshape(-1, *([1] * len(shape)))
    blocked = np.flip(np.logical_and.accumulate(np.flip(full, axis=0), axis=0), axis=0)
    return np.array([probability[where].sum() for where in blocked])


@dataclass(frozen=True)
class NestedPlaces:
    """Places by size under three rules, at central values.

    pooled: places in all, the lower bound; separate: by size, the upper bound; nested: units by size at which no size
    has more than the target turned away, with ``shares`` turned away by size. kept_apart: the search found nothing
    below the separate answer, so large units are kept for large households.
    """

    pooled: int
    separate: tuple[int, ...]
    nested: tuple[int, ...]
    shares: tuple[float, ...]
    kept_apart: bool


def nested_places(loads: Sequence[float], target: float) -> NestedPlaces:
    """An allocation of units to sizes between the pooled and the separate answer, no size above the target.

    Starts from `nested_floor` and adds one unit at a time to the size with the largest share turned away, the larger
    size on a tie. One sensible allocation, not the only one: with every unit of the largest size the pooled number
    would do, so fewer units can be had for more rooms. loads: one mean stay, shape [size]. Raises as `nested_shares`.
    """
    sizes = _by_size(loads)
    apart = separate_places(sizes, target)
    pooled = int(pooled_places(sizes, target))
    wanted = sizes > 0
    units = nested_floor(sizes, target)
    while units.sum() < apart.sum():
        shares = nested_shares(units.tolist(), sizes.tolist())
        if np.all(shares[wanted] <= target):
            return NestedPlaces(pooled, _plain(apart), _plain(units), tuple(shares.tolist()), False)
        worst = np.where(wanted, shares, -1.0)
        units[len(units) - 1 - int(np.argmax(worst[::-1]))] += 1
    alone = np.array([_alone(count, load) for count, load in zip(apart, sizes, strict=True)])
    return NestedPlaces(pooled, _plain(apart), _plain(apart), tuple(alone.tolist()), True)


def _alone(units: int, load: float) -> float:
    return float(nested_shares([int(units)], [float(load)])[0])


def _steady_state(stock: Whole, load: Array, shape: tuple[int, ...]) -> Array:
    """Probability of each combination of units in use; time is counted in mean stays."""
    states = int(np.prod(shape))
    number = np.arange(states)
    in_use = np.array(np.unravel_index(number, shape))
    sources, targets, rates = [], [], []
    strides = np.array([int(np.prod(shape[axis + 1 :])) for axis in range(len(shape))])
    for size, stride in enumerate(strides):
        leaving = in_use[size] > 0
        sources.append(number[leaving])
        targets.append(number[leaving] - stride)
        rates.append(in_use[size][leaving].astype(np.float64))
        unplaced = np.ones(states, dtype=np.bool_)
        for unit in range(size, len(shape)):
            taken = unplaced & (in_use[unit] < stock[unit])
            sources.append(number[taken])
            targets.append(number[taken] + strides[unit])
            rates.append(np.full(int(taken.sum()), load[size]))
            unplaced &= ~taken
    source, target, rate = np.concatenate(sources), np.concatenate(targets), np.concatenate(rates)
    leave = np.bincount(source, weights=rate, minlength=states)
    # one likely state is held at 1 and its equation left out, which keeps the matrix sparse and far from singular
    anchor = int(np.ravel_multi_index(tuple(np.minimum(np.rint(load), stock).astype(np.int64)), shape))
    balance = coo_array(
        (
            np.concatenate([rate, -leave]),
            (np.concatenate([target, number]), np.concatenate([source, number])),
        ),
        shape=(states, states),
    ).tocsc()
    others = number != anchor
    weight = np.ones(states)
    if others.any():
        known = -balance[:, [anchor]].toarray().ravel()
        weight[others] = spsolve(balance[others][:, others], known[others], permc_spec="MMD_AT_PLUS_A")
    return (weight / weight.sum()).reshape(shape)


def _by_size(loads: ArrayLike) -> Array:
    sizes = np.asarray(loads, dtype=np.float64)
    if sizes.ndim == 0 or sizes.shape[0] == 0 or not np.all(sizes >= 0):
        raise ValueError("give the offered load of each size: known and not negative")
    return sizes


def _plain(counts: Whole) -> tuple[int, ...]:
    return tuple(counts.tolist())

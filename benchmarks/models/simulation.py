"""Discrete-event simulation of safe accommodation: the check on the formulae, and what they cannot reach.

Households arrive at random (Poisson), take a free unit that suits them or are turned away, and leave after their stay.
The clock and the units are simpy's (an extra, loaded late); the random numbers come from the generator passed in, so a
run repeats exactly. The standard error is by batch means: after a warm-up the run is cut into batches much longer than
a stay, whose shares are nearly independent (Law and Kelton 2000, chapter 9).
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from needs_assessment.errors import EnvironmentFault
from needs_assessment.estimate.queueing import DAYS_PER_YEAR

Array = NDArray[np.float64]
Distribution = Literal["exponential", "lognormal", "fixed"]


@dataclass(frozen=True)
class Simulated:
    """Shares turned away after the warm-up, with standard errors.

    share, standard_error: all households together; share_by_class, standard_error_by_class: shape [class], NaN for a
    class of which nobody came; arrivals: households counted, all batches.
    """

    share: float
    standard_error: float
    share_by_class: Array
    standard_error_by_class: Array
    arrivals: int


def nested_use(sizes: int) -> tuple[tuple[int, ...], ...]:
    """Who may use which unit, in order of preference: the own size first, then every larger one."""
    return tuple(tuple(range(size, sizes)) for size in range(sizes))


def simulate_loss(
    units: Sequence[int],
    arrivals: Sequence[float],
    stay_days: Sequence[float],
    rng: np.random.Generator,
    *,
    distribution: Distribution,
    batches: int,
    batch_years: float,
    warm_up_years: float,
    variation: float | None = None,
    may_use: Sequence[Sequence[int]] | None = None,
) -> Simulated:
    """Share of households turned away, with its standard error.

    units: whole units of each kind; arrivals: households a year and stay_days: mean stay, of each class of household;
    distribution: of the stay, around its mean; variation: coefficient of variation of a lognormal stay; may_use: for
    each class the kinds of unit it may use, the preferred first (own kind only when None; `nested_use` for sizes).
    Raises ValueError for lengths that do not fit, fewer than two batches, or input that is negative or missing;
    EnvironmentFault where simpy is not installed.
    """
    rates, stays = np.asarray(arrivals, dtype=np.float64), np.asarray(stay_days, dtype=np.float64)
    allowed = [(kind,) for kind in range(len(units))] if may_use is None else [tuple(row) for row in may_use]
    _check(units, rates, stays, allowed)
    if batches < 2 or batch_years <= 0 or warm_up_years < 0:
        raise ValueError("at least two batches of some length, and no negative warm-up")
    years = warm_up_years + batches * batch_years
    # a Poisson process on a known stretch of time: a Poisson number of points, scattered evenly
    count = int(rng.poisson(rates.sum() * years))
    times = np.sort(rng.uniform(0.0, years, count))
    classes = rng.choice(len(rates), size=count, p=rates / rates.sum()) if count else np.zeros(0, dtype=int)
    lengths = _stays(stays[classes] / DAYS_PER_YEAR, distribution, variation, rng)
    turned_away = _run(units, times, classes, lengths, allowed)
    batch = np.floor((times - warm_up_years) / batch_years).astype(np.int64)
    counted = (batch >= 0) & (batch < batches)
    came = np.zeros((len(rates), batches))
    lost = np.zeros_like(came)
    np.add.at(came, (classes[counted], batch[counted]), 1)
    np.add.at(lost, (classes[counted], batch[counted]), turned_away[counted])
    share, error = _ratio(lost.sum(axis=0), came.sum(axis=0))
    by_class, error_by_class = _ratio(lost, came)
    return Simulated(float(share), float(error), by_class, error_by_class, int(came.sum()))


def _run(
    units: Sequence[int],
    times: Array,
    classes: NDArray[np.int64],
    lengths: Array,
    allowed: Sequence[Sequence[int]],
) -> NDArray[np.bool_]:
    """One run; for each household in order of arrival, whether it was turned away."""
    simpy = _load_simpy()
    environment = simpy.Environment()
    kinds = [simpy.Resource(environment, capacity=count) if count else None for count in units]
    turned_away = np.zeros(len(times), dtype=np.bool_)

    def stay(unit: Any, length: float) -> Generator[Any, Any, None]:
        with unit.request() as place:
            yield place
            yield environment.timeout(length)

    def arrive() -> Generator[Any, Any, None]:
        for number, (at, group, length) in enumerate(
            zip(times.tolist(), classes.tolist(), lengths.tolist(), strict=True)
        ):
            yield environment.timeout(max(at - environment.now, 0.0))  # never back by a rounding error
            suited = (kinds[kind] for kind in allowed[group])
            free = next((unit for unit in suited if unit and unit.count < unit.capacity), None)
            if free is None:
                turned_away[number] = True
            else:
                environment.process(stay(free, length))

    environment.process(arrive())
    environment.run()
    return turned_away


def _stays(
    mean: Array, distribution: Distribution, variation: float | None, rng: np.random.Generator
) -> Array:
    """A stay for each household, in years, around the mean of its class."""
    if distribution == "fixed":
        return mean
    if distribution == "exponential":
        return mean * rng.exponential(size=mean.size)
    if distribution == "lognormal":
        if variation is None or not variation > 0:
            raise ValueError("a lognormal stay needs its coefficient of variation, above zero")
        spread = np.sqrt(np.log1p(variation**2))
        return mean * np.exp(spread * rng.standard_normal(mean.size) - spread**2 / 2)
    raise ValueError(f"unknown distribution of stays: {distribution!r}")


def _ratio(lost: ArrayLike, came: ArrayLike) -> tuple[Array, Array]:
    """Ratio of totals over the last axis (batches), and its standard error by batch means."""
    away, all_of_them = np.asarray(lost, dtype=np.float64), np.asarray(came, dtype=np.float64)
    batches = away.shape[-1]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = away.sum(axis=-1) / all_of_them.sum(axis=-1)
        rest = away - share[..., np.newaxis] * all_of_them
        error = np.sqrt((rest**2).sum(axis=-1) / (batches - 1) / batches) / all_of_them.mean(axis=-1)
    return share, error


def _check(units: Sequence[int], rates: Array, stays: Array, allowed: Sequence[Sequence[int]]) -> None:
    if rates.ndim != 1 or rates.shape != stays.shape or len(allowed) != len(rates) or not len(rates):
        raise ValueError("give arrivals, a stay and the units it may use for each class of household")
    if any(count < 0 or count != int(count) for count in units):
        raise ValueError("units are whole and not negative")
    if any(kind not in range(len(units)) for row in allowed for kind in row):
        raise ValueError("a class may only use kinds of unit that there are")
    if not (np.all(rates >= 0) and np.all(stays >= 0) and np.isfinite(rates.sum() + stays.sum())):
        raise ValueError("arrivals and stays must be known and not negative")


def _load_simpy() -> Any:
    try:
        import simpy
    except ModuleNotFoundError:
        raise EnvironmentFault(
            "The simulation needs the package simpy, which is not installed.",
            action='install it with: pip install "needs-assessment[simulation]"',
        ) from None
    return simpy

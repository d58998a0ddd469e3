"""One set of Monte Carlo draws for the whole chain, keyed by name.

Every unknown has a name and its own stream, seeded by (seed, name). Adding an unknown, a ward or an authority
therefore changes no other draw: two scenarios with the same seed share their draws (common random numbers),
and a ward has the same draws whether its authority is assessed alone, in a partnership or with all of England.
Each stream is a one-dimensional Latin hypercube (one draw in each of ``count`` equal strata, in random order),
which keeps percentiles far steadier from seed to seed than plain sampling (McKay, Beckman and Conover 1979).

Draws that remember what each named unknown came to, and draws laid out by hand to move one unknown at a time.

Both are ``Draws``: the steps of an assessment cannot tell them apart, so what is said of an input is said of the very
chain that made the figures, and a new unknown shows up by itself.

The difference between two scenarios, told by draws that both share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtri

from needs_assessment.arrays import Array
from needs_assessment.estimate.prevalence import interval

Z_95 = float(ndtri(0.975))


class Draws:
    """``count`` draws of every named unknown; the same (seed, name) always gives the same draws."""

    def __init__(self, count: int, seed: int) -> None:
        if count < 2:
            raise ValueError("at least two draws are needed")
        self.count = count
        self.seed = seed

    def generator(self, name: str) -> np.random.Generator:
        """The generator of one named unknown."""
        digest = blake2b(name.encode(), digest_size=16).digest()
        words = np.frombuffer(digest, dtype="<u4").tolist()
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence([self.seed, *words])))

    def uniform(self, name: str) -> Array:
        """Stratified uniform draws in (0, 1), shape [draw]."""
        rng = self.generator(name)
        strata = rng.permutation(self.count)
        # an open interval: the normal quantile of 0 or 1 would be infinite
        return (strata + np.clip(rng.random(self.count), 1e-6, 1 - 1e-6)) / self.count

    def normal(self, name: str) -> Array:
        """Standard normal draws, shape [draw]."""
        return np.asarray(ndtri(self.uniform(name)))

    def normals(self, names: Sequence[str], out: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """Independent standard normal draws, one row a name, float32, shape [name, draw]; into ``out`` when given.

        Every row holds the same normals, the middle of each of ``count`` equal strata, in an order of its own: the
        order of random numbers seeded by (seed, name). Sorting them is several times faster than a shuffle.
        """
        drawn = np.empty((len(names), self.count), dtype=np.float32) if out is None else out
        table = ndtri((np.arange(self.count) + 0.5) / self.count).astype(np.float32)
        # half the width sorts faster, and leaves 18 random bits or more beside a place
        width = np.dtype("<u4" if self.count < 1 << 14 else "<u8")
        raw = -(-self.count * width.itemsize // 8)
        places = np.arange(self.count, dtype=width)
        low_bits = width.type((1 << self.count.bit_length()) - 1)
        for row, name in enumerate(names):
            # the low bits of each random number give way to its place, so that sorting the numbers orders the places
            keys = self.generator(name).bit_generator.random_raw(raw)
            keys = keys.astype("<u8", copy=False).view(width)[: self.count]
            keys &= ~low_bits
            keys |= places
            keys.sort()
            keys &= low_bits
            table.take(keys, out=drawn[row], mode="clip")
        return drawn

    def range(self, name: str, value: float, low: float | None, high: float | None) -> Array:
        """An unknown known by its most plausible value and its range: a two-piece triangle whose median is the value.

        Without a range, or with low = high, the value itself in every draw. Raises ValueError when the
        value lies outside its range.
        """
        if low is None or high is None or low == high:
            return np.full(self.count, value)
        if not low <= value <= high:
            raise ValueError(f"{name}: value {value} lies outside its range {low} to {high}")
        return two_piece_triangle(self.uniform(name), low, value, high)

    def proportion(self, name: str, value: float, *, effective_base: Array | float) -> Array:
        """A survey proportion, logit-normal around ``value``, shape [draw].

        The standard error on the logit scale is sqrt(1 / (n p (1 - p))) with n the effective base (respondents
        after the design effect). Always strictly between 0 and 1.
        """
        spread = np.sqrt(1.0 / (np.asarray(effective_base) * value * (1.0 - value)))
        return np.asarray(expit(logit(value) + spread * self.normal(name)))

    def proportion_from_interval(self, name: str, value: float, low: float, high: float) -> Array:
        """A survey proportion with a published 95% interval, logit-normal, shape [draw]."""
        spread = (logit(high) - logit(low)) / (2.0 * Z_95)
        return np.asarray(expit(logit(value) + spread * self.normal(name)))

    def mean_one(self, normal: NDArray[np.floating], spread: Array) -> NDArray[np.floating]:
        """Lognormal factors of mean 1 from standard normals; ``spread`` is the log-scale sd, shape [draw]."""
        width = spread.astype(normal.dtype)
        return np.exp(normal * width - width * width / 2)


def two_piece_triangle(uniform: Array, low: float, value: float, high: float) -> Array:
    """Quantiles of the two-piece triangle: as likely below ``value`` as above, thinning out to ``low`` and ``high``.

    With low and high equally far from the value it is the ordinary triangle. Its median is always the value.
    """
    below = low + (value - low) * np.sqrt(2.0 * np.minimum(uniform, 0.5))
    above = high - (high - value) * np.sqrt(2.0 * np.minimum(1.0 - uniform, 0.5))
    return np.where(uniform < 0.5, below, above)


MIDDLE = 0.5
# the ends of a 95% interval, for an unknown whose distribution has no ends
TAILS = (0.025, 0.975)
# the ends of a registered range
RANGE_ENDS = (0.0, 1.0)


class RecordedDraws(Draws):
    """Draws that keep the value of every unknown asked for, by name, in ``realised`` [draw]."""

    def __init__(self, count: int, seed: int) -> None:
        super().__init__(count, seed)
        self.realised: dict[str, Array] = {}

    def normal(self, name: str) -> Array:
        return self._keep(name, super().normal(name))

    def range(self, name: str, value: float, low: float | None, high: float | None) -> Array:
        drawn = super().range(name, value, low, high)
        certain = low is None or high is None or low == high
        return drawn if certain else self._keep(name, drawn)

    def proportion(self, name: str, value: float, *, effective_base: Array | float) -> Array:
        return self._keep(name, super().proportion(name, value, effective_base=effective_base))

    def proportion_from_interval(self, name: str, value: float, low: float, high: float) -> Array:
        return self._keep(name, super().proportion_from_interval(name, value, low, high))

    def _keep(self, name: str, drawn: Array) -> Array:
        self.realised[name] = drawn
        return drawn


class OneAtATime(RecordedDraws):
    """Draws laid out by hand: the first with every unknown in the middle, then two for each name, at its lower and its
    upper end, with all others in the middle. ``more`` further draws stay in the middle.

    In the middle a survey figure is as published, a judgement at its value, and an effect at 1, its mean (the middle of
    a lognormal lies a little below it).
    """

    def __init__(self, ends: Mapping[str, tuple[float, float]], more: int = 0) -> None:
        super().__init__(1 + 2 * len(ends) + more, 0)
        self.ends = dict(ends)
        self.places = {name: 1 + 2 * place for place, name in enumerate(ends)}

    def columns(self, names: Sequence[str]) -> NDArray[np.intp]:
        """Where the lower and upper end of each name stand, shape [name, 2]."""
        return np.array([[self.places[name], self.places[name] + 1] for name in names], dtype=np.intp)

    def uniform(self, name: str) -> Array:
        drawn = np.full(self.count, MIDDLE)
        if name in self.places:
            drawn[self.places[name] : self.places[name] + 2] = self.ends[name]
        return drawn

    def mean_one(self, normal: NDArray[np.floating], spread: Array) -> NDArray[np.floating]:
        return np.where(normal == 0, np.ones_like(normal), super().mean_one(normal, spread))


class Difference(NamedTuple):
    """A scenario less the base: the value, and the 2.5 and 97.5 percentiles; NaN where not known or nothing is random."""

    value: float
    low: float
    high: float


def paired_difference(
    value: float,
    base_value: float,
    drawn: NDArray[np.floating] | None,
    base_drawn: NDArray[np.floating] | None,
) -> Difference:
    """value − base_value, with the percentiles of drawn − base_drawn taken draw by draw.

    Both scenarios have the same draws of every unknown they share (common random numbers), so what is unknown in both
    cancels and the range is that of the difference: Var(X − Y) = Var X + Var Y − 2 Cov(X, Y), where two independent
    ranges would leave the covariance out. drawn: [draw]; None for a figure that is certain. Where only one is random the
    other stands at its value. Raises ValueError for different numbers of draws.
    """
    if drawn is None and base_drawn is None:
        return Difference(value - base_value, np.nan, np.nan)
    over = np.asarray(value if drawn is None else drawn, dtype=float)
    under = np.asarray(base_value if base_drawn is None else base_drawn, dtype=float)
    if over.ndim and under.ndim and over.shape != under.shape:
        raise ValueError("two scenarios are compared draw by draw, and these have different numbers of draws")
    shift = over - under
    low, high = (float(end.item()) for end in interval(shift[None, :]))
    return Difference(value - base_value, low, high)

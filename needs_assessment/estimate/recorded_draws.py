"""Draws that remember what each named unknown came to, and draws laid out by hand to move one unknown at a time.

Both are ``Draws``: the steps of an assessment cannot tell them apart, so what is said of an input is said of the very
chain that made the figures, and a new unknown shows up by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from needs_assessment.estimate.draws import Array, Draws

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

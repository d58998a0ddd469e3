"""Prevalence by ward: national rates × residents, with an authority effect and ward effects.

V[w,d] = φ[m(w),d] · S[m(w),d] · B[w,d] θ[w,d] / Σ_{j in m(w)} B[j,d] θ[j,d]

with B[w,d] = Σ_{s,a} N[w,s,a] p[s,a,d] (the residents times the national rates), S[m] = Σ_{j in m} B[j], θ the ward
effect and φ the authority effect, both of mean 1. m(w) is the assessed authority (the member of a partnership)
that holds the ward: ward effects move need between its wards and never its total.

Relative rates by age: the published young ages, a common level above, and people aged 75 and over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from needs_assessment.arrays import Array, Single
from needs_assessment.estimate.composition import benchmark_authority
from needs_assessment.estimate.intervals import PROBABILITIES, percentiles, share_percentiles


def calibrate(index: Array, shares: Array, level: Array | float) -> Array:
    """Rates by age whose average over the population is ``level``.

    index: relative rate by age, shape [age] or [age, draw]; shares: population shares by age, shape [age], summing
    to 1; level: the rate of all ages together, scalar or shape [draw]. Returns p = level · index / Σ shares·index, of
    the shape of index broadcast with level. Raises ValueError where a rate would exceed 1.
    """
    mean = shares @ index
    rates = np.asarray(level) * index / mean if index.ndim > 1 else np.multiply.outer(index / mean, level)
    if np.any(rates > 1.0):
        raise ValueError("the age pattern and the overall rate give a rate above 100% at some age")
    return rates


def solve_open_index(known: Array, known_shares: Array, open_index: Array, open_shares: Array) -> Array:
    """The common level c of the open bands such that Σ shares·index = 1 over all bands.

    known: shape [band, draw] or [band]; open_index: relative pattern inside the open bands (1 for most). Returns c of
    shape [draw] or (). Raises ValueError when the known bands leave nothing for the open ones.
    """
    level = (1.0 - known_shares @ known) / (open_shares @ open_index)
    if np.any(level <= 0):
        raise ValueError("the known bands alone exceed the published total")
    return np.asarray(level)


def expected(persons: Mapping[str, Array], rates: Mapping[str, Array]) -> Array:
    """Σ_{s,a} N[w,s,a]·p[s,a(,d)]: persons[s] has shape [ward, band], rates[s] [band] or [band, draw]."""
    return np.asarray(sum(persons[sex] @ rates[sex] for sex in persons))


def sum_by(by_ward: NDArray[np.floating], group: NDArray[np.integer], groups: int) -> Array:
    """Sums over the wards of each group: [ward, ...] -> [group, ...]; group: position of each ward's group, [ward]."""
    if groups == 1:
        return by_ward.sum(axis=0, keepdims=True, dtype=np.float64)
    return np.stack([by_ward[group == place].sum(axis=0, dtype=np.float64) for place in range(groups)])


@dataclass(frozen=True)
class RelativeRisk:
    """r, the risk of each ward beside its age and sex: central [ward]; drawn [ward] or [ward, draw].

    keeps_total: r moves need between the wards of a member and never its total; replaces_ward_effect: the draws of r
    already hold what is not known of a ward, so no further ward effect is drawn.
    """

    central: Array
    drawn: NDArray[np.floating]
    keeps_total: bool
    replaces_ward_effect: bool


@dataclass(frozen=True)
class WardModel:
    """The random part shared by every figure of one assessed area.

    member: for each ward the position of its authority, shape [ward]; ward_effect θ [ward, draw] float32;
    authority_effect φ [member, draw]; ward_spread, authority_spread: log-scale sd of θ and φ in each draw [draw].
    """

    member: NDArray[np.integer]
    ward_effect: NDArray[np.float32]
    authority_effect: Array
    ward_spread: Array
    authority_spread: Array
    relative: RelativeRisk | None = None

    def sum_members(self, by_ward: Array) -> Array:
        """Sum over the wards of each member: [ward, ...] -> [member, ...]."""
        return sum_by(by_ward, self.member, len(self.authority_effect))

    def tilted(self, by_ward: Array) -> Array:
        """Central values times the relative risk of their ward, shape [ward]; as they are without one."""
        if self.relative is None:
            return by_ward
        return by_ward * self._factor(self.relative.central, by_ward)

    def tilt(self, weights: Array) -> Array | float:
        """What weights [ward, draw] (and their parts) are multiplied by for the relative risk of their ward."""
        return 1.0 if self.relative is None else self._factor(np.asarray(self.relative.drawn), weights)

    def _factor(self, risk: Array, weights: Array) -> Array:
        if self.relative is None or not self.relative.keeps_total:
            return risk
        return benchmark_authority(risk, weights, self.member)  # type: ignore[arg-type]

    def ward_interval(self, drawn: WardDraws) -> tuple[Array, Array]:
        """Percentiles by ward: over the ward effect where there is one, else over the authority effect."""
        if np.any(self.ward_spread > 0) or not np.any(self.authority_spread > 0):
            return drawn.interval()
        return self.scaled_interval(np.asarray(drawn.values), self.member)  # type: ignore[arg-type]

    def sharing(self, weights: Array) -> Sharing:
        """How totals fall on the wards of each member by weight B, shape [ward, draw] or [ward, 1]."""
        weights = np.broadcast_to(weights, self.ward_effect.shape)
        weighted = weights * self.ward_effect
        tilted = self.sum_members(weighted)
        # the difference is taken in double precision
        rest = np.subtract(by_ward(tilted, self.member), weighted, dtype=np.float64, out=weighted).astype(
            np.float32
        )
        return Sharing(weights, self.ward_effect, tilted, rest, self.member, self.ward_spread)

    def spread_over_wards(self, totals: Array, weights: Array, part: Array | None = None) -> WardDraws:
        """Share each member's total out to its wards by weight × ward effect, as ``Sharing.of`` tells."""
        return self.sharing(weights).of(totals, part)

    def scaled_interval(self, draws: Array, member: NDArray[np.intp] | None = None) -> tuple[Array, Array]:
        """Percentiles of figures V = Y·φ, with φ integrated out as θ is for wards.

        draws: V, shape [area, draw]; Y = V/φ must not depend on φ. member: the member whose φ each area carries, shape
        [area] (``self.member`` for wards: the steadiest interval where the ward effect is not lognormal, as in method
        ``local``); None when there is a single member. Raises ValueError for a partnership without ``member``.
        """
        if member is None and len(self.authority_effect) != 1:
            raise ValueError("a partnership has several authority effects")
        effect = self.authority_effect if member is None else self.authority_effect[member]
        low, high = share_percentiles(
            draws,
            draws / effect,
            np.broadcast_to(np.float32(0), draws.shape),
            np.broadcast_to(np.float32(1), draws.shape),
            self.authority_spread,
            PROBABILITIES,
        )
        return low, high


@dataclass(frozen=True)
class Sharing:
    """How a member's total falls on its wards in each draw: by weight B × ward effect θ.

    weights: B, [ward, draw]; effect: θ, [ward, draw]; tilted: ΣBθ of each member, [member, draw]; rest: ΣBθ of the
    member's other wards, [ward, draw]; member, spread: as in ``WardModel``.
    """

    weights: Array
    effect: Single
    tilted: Array
    rest: Single
    member: NDArray[np.integer]
    spread: Array

    def of(self, totals: Array, part: Array | None = None) -> WardDraws:
        """Draws of each ward's part of its member's total.

        totals: [member, draw]; part: the part of the weight that is wanted (women only, one age band), [ward, draw] or
        [ward, 1], all of it when None. Every draw of the wards adds up to the member's total when part is None.
        """
        return WardDraws(self, totals, None if part is None else np.broadcast_to(part, self.weights.shape))

    def factors(self, totals: Array) -> Array:
        """What every part of a ward's weight is multiplied by in each draw, shape [ward, draw]; totals as for ``of``."""
        return by_ward(totals / self.tilted, self.member) * self.effect

    # single precision, for percentiles only
    @cached_property
    def single_weights(self) -> Single:
        return self.weights.astype(np.float32)

    @cached_property
    def single_factors(self) -> Single:
        return by_ward(1 / self.tilted, self.member).astype(np.float32) * self.effect


@dataclass(frozen=True)
class WardDraws:
    """Draws of one figure by ward, V = A·θ / (B·θ + R): totals [member, draw], and part of the weights as for ``Sharing.of``."""

    sharing: Sharing
    totals: Array
    part: Array | None = None

    @property
    def values(self) -> Array:
        """V, shape [ward, draw]."""
        held = self.sharing
        return held.factors(self.totals) * (held.weights if self.part is None else self.part)

    def sum_over(self, group: NDArray[np.integer], groups: int) -> Array:
        """Sums over the wards of each group, as ``sum_by`` of ``values`` without holding them: [group, draw]."""
        held = self.sharing
        part = held.weights if self.part is None else self.part
        scale = self.totals / held.tilted
        found, row = np.zeros((groups, scale.shape[1])), np.empty(scale.shape[1])
        for ward, place in enumerate(group):
            np.multiply(scale[held.member[ward]], held.effect[ward], out=row)
            row *= part[ward]
            found[place] += row
        return found

    def interval(self) -> tuple[Array, Array]:
        """2.5 and 97.5 percentiles by ward, shape [ward] each."""
        held = self.sharing
        part = held.single_weights if self.part is None else self.part.astype(np.float32)
        amount = by_ward(self.totals, held.member).astype(np.float32) * part
        low, high = share_percentiles(
            amount * held.single_factors,
            amount,
            held.single_weights,
            held.rest,
            held.spread,
            PROBABILITIES,
        )
        return low, high


def by_ward(by_member: Array, member: NDArray[np.integer]) -> Array:
    """Figures of members for each of their wards, [member, ...] -> [ward, ...]; of a single member as they are, [1, ...]."""
    # one row serves every ward, without a copy for each
    return by_member if len(by_member) == 1 else by_member[member]


def interval(draws: Array) -> tuple[Array, Array]:
    """2.5 and 97.5 percentiles over the last axis."""
    low, high = percentiles(draws, PROBABILITIES)
    return low, high


def women_index(published: Array, oldest: NDArray[np.bool_], older_factor: Array | float) -> Array:
    """Women's index by band, shape [band] or [band, draw]: ``older_factor`` times the index where ``oldest``.

    published: shape [band], or [band, draw] where the survey's error is drawn; older_factor: scalar or shape [draw].
    """
    factor = np.asarray(older_factor)
    index = published if published.ndim > 1 else published.reshape(-1, *([1] * factor.ndim))
    flag = oldest.reshape(-1, *([1] * (index.ndim - 1)))
    return np.asarray(np.where(flag, index * factor, index))


def men_index(young: Array, oldest: NDArray[np.bool_], older_factor: Array | float, shares: Array) -> Array:
    """Men's index by band, shape [band] or [band, draw].

    young: published index of the first bands relative to all men, shape [young band] or [young band, draw]; the bands
    above take one common index, times ``older_factor`` where ``oldest``, such that the average over ``shares`` (men's
    population shares by band, summing to 1) is exactly 1.
    """
    factor = np.asarray(older_factor)
    count = len(young)
    flag = oldest[count:].reshape(-1, *([1] * factor.ndim))
    pattern = np.where(flag, factor, np.ones_like(factor))
    level = solve_open_index(young, shares[:count], pattern, shares[count:])
    return np.concatenate([np.broadcast_to(young, (count, *level.shape)), pattern * level])

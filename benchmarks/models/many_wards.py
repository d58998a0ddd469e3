"""Every ward of many authorities at once, in blocks: medians and intervals without keeping any draw.

The same model as ``prevalence.WardModel`` (V = φ·S·Bθ / ΣBθ within each authority), for runs too large to hold: England
has 7,201 wards, and 10,000 draws of each fill 0.3 GB in single precision. Each block of whole authorities is drawn,
benchmarked and summarised while it lies in the processor's cache; only the percentiles are kept. Percentiles are those
of the draws: the Newton step of ``intervals`` is left to runs of one area, where its steadiness matters and costs little.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from needs_assessment.estimate.draws import Draws
from needs_assessment.estimate.intervals import sorted_percentiles

Array = NDArray[np.float64]
Single = NDArray[np.float32]
MEDIAN_AND_INTERVAL = (0.025, 0.5, 0.975)
BLOCK_WARDS = 64


def summarise_wards(
    persons: Mapping[str, Array],
    rates: Mapping[str, Array],
    authority: NDArray[np.intp],
    draws: Draws,
    ward_names: Sequence[str],
    authority_names: Sequence[str],
    ward_spread: Array,
    authority_spread: Array,
    probabilities: Sequence[float] = MEDIAN_AND_INTERVAL,
) -> dict[str, Array]:
    """Percentiles of victims by ward, for each sex in ``persons`` and for ``all`` together, shape [ward, probability].

    persons[s]: residents, [ward, band]; rates[s]: drawn national rates, [band, draw]; authority: position of each ward's
    authority in ``authority_names``, [ward]; ward_names, authority_names: names of the random streams, so that a ward
    has the draws it has anywhere else; ward_spread, authority_spread: log-scale sd of θ and φ, [draw]. An authority
    without expected victims has none in its wards. Memory is a few blocks of ``BLOCK_WARDS`` wards (or one authority
    if it has more); time is linear in wards and in draws.
    """
    wards = len(authority)
    found = {name: np.empty((wards, len(probabilities))) for name in (*persons, "all")}
    rates32 = {sex: np.ascontiguousarray(rates[sex], dtype=np.float32) for sex in persons}
    persons32 = {sex: np.asarray(persons[sex], dtype=np.float32) for sex in persons}
    width, level = (spread.astype(np.float32) for spread in (ward_spread, authority_spread))
    order = np.argsort(authority, kind="stable")
    buffers = _Buffers(len(persons) + 3, draws.count)
    for chosen, starts in _blocks(order, authority):
        effect, weight, spare, *parts = buffers.of(len(chosen))
        draws.normals([ward_names[ward] for ward in chosen], out=effect)
        _mean_one(effect, width)
        scale = draws.normals([authority_names[authority[chosen[start]]] for start in starts])
        _mean_one(scale, level)
        for part, sex in zip(parts, persons, strict=True):
            np.matmul(persons32[sex][chosen], rates32[sex], out=part)
        _sum_of(parts, weight)
        np.multiply(weight, effect, out=spare)
        for place, (start, end) in enumerate(zip(starts, [*starts[1:], len(chosen)], strict=True)):
            # φ·S / ΣBθ of this authority, then of each of its wards with its own θ
            factor = scale[place] * weight[start:end].sum(axis=0)
            tilted = spare[start:end].sum(axis=0)
            np.divide(factor, tilted, out=factor, where=tilted > 0)
            effect[start:end] *= factor
        for name, figures in zip((*persons, "all"), (*parts, weight), strict=True):
            for ward, row in enumerate(figures):
                # one ward at a time: its draws stay in the fastest cache while they are sorted
                np.multiply(row, effect[ward], out=row)
                row.sort()
            found[name][chosen] = np.stack(sorted_percentiles(figures, probabilities), axis=1)
    return found


def _blocks(
    order: NDArray[np.intp], authority: NDArray[np.intp]
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Wards of whole authorities, and where each authority starts among them: up to ``BLOCK_WARDS`` wards where possible."""
    first = np.flatnonzero(np.diff(authority[order], prepend=-1))
    ends = np.append(first[1:], len(order))
    begin = 0
    while begin < len(first):
        last = begin
        while last + 1 < len(first) and ends[last + 1] - first[begin] <= BLOCK_WARDS:
            last += 1
        yield order[first[begin] : ends[last]], first[begin : last + 1] - first[begin]
        begin = last + 1


def _sum_of(parts: Sequence[Single], out: Single) -> None:
    np.copyto(out, parts[0])
    for part in parts[1:]:
        out += part


def _mean_one(normal: Single, width: Single) -> None:
    """Standard normals into lognormal factors of mean 1, in place."""
    normal *= width
    normal -= width * width / 2
    np.exp(normal, out=normal)


class _Buffers:
    """Arrays of [ward, draw] that every block writes into again: fresh memory costs more than the sums in it."""

    def __init__(self, count: int, draws: int) -> None:
        self._count, self._draws = count, draws
        self._held = np.empty((count, 0, draws), dtype=np.float32)

    def of(self, wards: int) -> list[Single]:
        if self._held.shape[1] < wards:
            self._held = np.empty((self._count, wards, self._draws), dtype=np.float32)
        return [held[:wards] for held in self._held]

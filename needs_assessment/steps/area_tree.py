"""The areas of one run as a tree: wards, their districts and members, and the assessed area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from needs_assessment.arrays import Array
from needs_assessment.estimate.prevalence import WardDraws, WardModel, interval, sum_by
from needs_assessment.inputs.load import Inputs
from needs_assessment.results import ALL, AreaRow, Provenance, ResultsBuilder

# ends closer than this share of the value differ by rounding only
CERTAIN = 1e-6
ENGLAND = AreaRow("E92000001", "England", "england")


@dataclass(frozen=True)
class Group:
    """Areas of one level above the ward; ``index[w]`` is the position of ward w's area."""

    areas: tuple[AreaRow, ...]
    index: NDArray[np.integer]

    def total(self, by_ward: NDArray[np.floating]) -> Array:
        """Sums over wards: [ward, ...] -> [area, ...]."""
        return sum_by(by_ward, self.index, len(self.areas))


@dataclass(frozen=True)
class AreaTree:
    """wards: in code order; groups: every level above, the assessed area first."""

    wards: tuple[AreaRow, ...]
    groups: tuple[Group, ...]
    members: Group

    @property
    def authority(self) -> AreaRow:
        return self.groups[0].areas[0]


def build_tree(inputs: Inputs) -> AreaTree:
    """Wards, then districts where an authority has several, members where several commission together."""
    wards, area = inputs.wards, inputs.area
    everything = np.zeros(len(wards), dtype=np.intp)
    groups = [Group((AreaRow(area.code, area.name, "authority"),), everything)]
    holder = {code: place for place, member in enumerate(area.members) for code in member.authorities}
    members = Group(
        tuple(AreaRow(member.code, member.name, "member") for member in area.members),
        wards["authority_code"].map(holder).to_numpy(dtype=np.intp),
    )
    if len(area.members) > 1:
        groups.append(members)
    codes = wards.drop_duplicates("authority_code").sort_values("authority_code")
    if len(codes) > len(area.members):
        place = {code: row for row, code in enumerate(codes["authority_code"])}
        groups.append(
            Group(
                tuple(
                    AreaRow(code, name, "district")
                    for code, name in zip(codes["authority_code"], codes["authority_name"], strict=True)
                ),
                wards["authority_code"].map(place).to_numpy(dtype=np.intp),
            )
        )
    rows = tuple(
        AreaRow(code, name, "ward") for code, name in zip(wards["ward_code"], wards["ward_name"], strict=True)
    )
    return AreaTree(rows, tuple(groups), members)


def add_counts(
    builder: ResultsBuilder, tree: AreaTree, measure: str, by_ward: Array, **labels: object
) -> None:
    """A count without uncertainty at every level (population)."""
    builder.add(measure, tree.wards, by_ward, **labels)  # type: ignore[arg-type]
    for group in tree.groups:
        builder.add(measure, group.areas, group.total(by_ward), **labels)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Labels:
    """How the rows of one figure are named, and where it comes from."""

    measure: str
    provenance: Provenance
    ratio_measure: str = ""
    breakdown: str = ALL
    category: str = ALL


@dataclass(frozen=True)
class Spread:
    """What the draws of one figure come to at every level of a tree.

    wards: limits by ward, two of shape [ward]; groups: limits by area, two of [area] for each group; drawn: [area, draw]
    for each group.
    """

    wards: tuple[Array, Array]
    groups: tuple[tuple[Array, Array], ...]
    drawn: tuple[Array, ...]

    def times(self, factor: float) -> Spread:
        """Of a figure that is this one times a constant. Raises ValueError for a factor below 0."""
        if factor < 0:
            raise ValueError("limits change places under a factor below 0")
        return Spread(
            _times(self.wards, factor),
            tuple(_times(limits, factor) for limits in self.groups),
            tuple(drawn * factor for drawn in self.drawn),
        )


def _times(limits: tuple[Array, Array], factor: float) -> tuple[Array, Array]:
    return limits[0] * factor, limits[1] * factor


def spread_of(tree: AreaTree, model: WardModel, drawn: WardDraws, *, scales: bool = True) -> Spread:
    """Limits at every level. scales: False when the figure holds a local count, which no authority effect multiplies."""
    above = [drawn.sum_over(group.index, len(group.areas)) for group in tree.groups]
    return Spread(model.ward_interval(drawn), _group_limits(tree, model, above, scales=scales), tuple(above))


def add_spread(
    builder: ResultsBuilder,
    tree: AreaTree,
    labels: Labels,
    by_ward: Array,
    spread: Spread,
    people: Array | None = None,
) -> None:
    """A modelled count at every level, and its ratio to ``people`` [ward] when a ratio measure is named.

    by_ward: central values, shape [ward].
    """
    _add(builder, labels, tree.wards, by_ward, spread.wards, people)
    _add_groups(
        builder=builder,
        tree=tree,
        labels=labels,
        central=[group.total(by_ward) for group in tree.groups],
        limits=spread.groups,
        drawn=spread.drawn,
        people=None if people is None else [group.total(people) for group in tree.groups],
    )


def add_estimate(
    builder: ResultsBuilder,
    tree: AreaTree,
    model: WardModel,
    labels: Labels,
    by_ward: Array,
    drawn: WardDraws,
    *,
    people: Array | None = None,
    scales: bool = True,
) -> None:
    """``add_spread`` of draws that serve one figure only."""
    add_spread(builder, tree, labels, by_ward, spread_of(tree, model, drawn, scales=scales), people)


def add_group_estimate(
    builder: ResultsBuilder,
    tree: AreaTree,
    model: WardModel,
    labels: Labels,
    central: Sequence[Array],
    drawn: Sequence[Array],
    people: Sequence[Array] | None,
) -> None:
    """The same above the ward: one array a group of ``tree``, central [area] and drawn [area, draw]."""
    _add_groups(
        builder=builder,
        tree=tree,
        labels=labels,
        central=central,
        limits=_group_limits(tree, model, drawn),
        drawn=drawn,
        people=people,
    )


def _group_limits(
    tree: AreaTree, model: WardModel, drawn: Sequence[Array], *, scales: bool = True
) -> tuple[tuple[Array, Array], ...]:
    alone = scales and len(tree.members.areas) == 1
    return tuple(model.scaled_interval(area) if alone else interval(area) for area in drawn)


def _add_groups(
    builder: ResultsBuilder,
    tree: AreaTree,
    labels: Labels,
    central: Sequence[Array],
    limits: Sequence[tuple[Array, Array]],
    drawn: Sequence[Array],
    people: Sequence[Array] | None,
) -> None:
    if labels.breakdown == ALL:
        builder.keep(labels.measure, drawn[0][0])
    for place, group in enumerate(tree.groups):
        whole = None if people is None else people[place]
        _add(builder, labels, group.areas, central[place], limits[place], whole)


def _add(
    builder: ResultsBuilder,
    labels: Labels,
    areas: Sequence[AreaRow],
    value: Array,
    limits: tuple[Array, Array],
    people: Array | None,
) -> None:
    limits = _blank_where_certain(value, limits)
    named = {"provenance": labels.provenance, "breakdown": labels.breakdown, "category": labels.category}
    builder.add(labels.measure, areas, value, *limits, **named)  # type: ignore[arg-type]
    if labels.ratio_measure and people is not None:
        with np.errstate(invalid="ignore", divide="ignore"):
            ratios = [np.where(people > 0, part / people, np.nan) for part in (value, *limits)]
        builder.add(labels.ratio_measure, areas, *ratios, **named)  # type: ignore[arg-type]


def _blank_where_certain(value: Array, limits: tuple[Array, Array]) -> tuple[Array, Array]:
    """No interval where nothing is random, as in a local count: its ends would only repeat the value."""
    low, high = limits
    certain = np.abs(high - low) <= CERTAIN * np.maximum(np.abs(value), 1.0)
    return np.where(certain, np.nan, low), np.where(certain, np.nan, high)

"""Whether a population can be the area's: against the register of authorities, against England's ages, against itself.

What cannot be is refused, all of it at once; what is unlikely is one sentence for page one. The limits are registered
(``data/assumptions``) with what the authorities and wards of England measure.

What the wards of an authority say of a population: copies of each other, sizes, names that belong to other codes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from needs_assessment.arrays import Array
from needs_assessment.inputs.areas.bundled import known_residents, known_wards
from needs_assessment.inputs.population.area_vintage import residents_before
from needs_assessment.inputs.population.layouts import TOP_AGE
from needs_assessment.inputs.population.wards import listed
from needs_assessment.registers.registers import Registers
from needs_assessment.tables.validation import Problems

F, M = 0, 1
MOST_ALIKE_BANDS = 8  # with fewer counts a ward's sexes may be equal by chance


@dataclass(frozen=True)
class Known:
    """The wards that ship with the project, by code: authority, name and residents."""

    authority: Mapping[str, str]
    name: Mapping[str, str]
    residents: Mapping[str, int]

    @classmethod
    def of(cls, data: Path) -> Known:
        """Read from the project's data."""
        wards = known_wards(data)
        return cls(
            dict(zip(wards["ward_code"], wards["authority_code"], strict=True)),
            dict(zip(wards["ward_code"], wards["ward_name"], strict=True)),
            known_residents(data),
        )

    def of_authority(self, code: str) -> set[str]:
        return {ward for ward, authority in self.authority.items() if authority == code}


@dataclass(frozen=True)
class Part:
    """The residents of one authority: persons [ward, sex, band], the bands' first ages, England's [sex, band]."""

    code: str
    name: str
    wards: list[str]
    names: list[str]
    persons: Array
    lows: list[int]
    england: Array

    @property
    def label(self) -> str:
        return f"{self.name} ({self.code})"

    def called(self, wards: Sequence[int] | NDArray[np.int64]) -> str:
        return listed({self.wards[at]: self.names[at] for at in wards}, 4)


def make_part(rows: pd.DataFrame, england: Array) -> Part:
    """One authority's rows of the canonical frame; england: residents by sex and single year."""
    ordered = rows.sort_values(["ward_code", "sex", "age_from"])
    wards = ordered.drop_duplicates("ward_code")
    lows = sorted(int(low) for low in rows["age_from"].unique())
    return Part(
        code=str(wards["authority_code"].iloc[0]),
        name=str(wards["authority_name"].iloc[0]),
        wards=wards["ward_code"].tolist(),
        names=wards["ward_name"].tolist(),
        persons=ordered["persons"].to_numpy(dtype="float64").reshape(len(wards), 2, len(lows)),
        lows=lows,
        england=np.add.reduceat(england, lows, axis=1),
    )


def limits(registers: Registers, name: str) -> tuple[float, float]:
    """The two ends of a registered range."""
    item = registers.assumption(name)
    if item.low is None or item.high is None:
        raise ValueError(f"{name} needs a range")
    return item.low, item.high


def judge_copies(part: Part, registers: Registers, problems: Problems, doubts: list[str]) -> None:
    share, distinct = registers.figure("same_counts_unlikely"), registers.figure("same_counts_distinct")
    women, men = part.persons[:, F], part.persons[:, M]
    filled = (women > 0) | (men > 0)
    same = (women == men) & filled
    _copy(
        bool(filled.sum() > 2 and same.sum() > share * filled.sum()),
        len(np.unique(women)) >= distinct,
        f"The women and men of {part.label} have the same counts, so that one table is a copy of the other",
        f"{int(same.sum())} equal counts of {int(filled.sum())}",
        problems,
        doubts,
    )
    if filled.sum() and same.sum() <= share * filled.sum():
        alike = np.flatnonzero(
            (same.sum(axis=1) > share * filled.sum(axis=1)) & (filled.sum(axis=1) >= MOST_ALIKE_BANDS)
        )
        if len(alike):
            doubts.append(f"Women and men have the same counts in {part.called(alike)}.")
    _, first, counts = np.unique(
        part.persons.reshape(len(part.wards), -1), axis=0, return_inverse=True, return_counts=True
    )
    repeated = np.flatnonzero(counts[first.reshape(-1)] > 1)
    _copy(
        len(repeated) > 0,
        bool(len(repeated)) and len(np.unique(part.persons[repeated[:1]])) >= distinct,
        f"Wards of {part.label} have the same counts in every sex and age: {part.called(repeated)}",
        f"{len(repeated)} wards",
        problems,
        doubts,
    )


def _copy(copied: bool, sure: bool, sentence: str, found: str, problems: Problems, doubts: list[str]) -> None:
    if copied and sure:
        problems.add(
            f"{sentence}.",
            column="persons",
            found=found,
            expected="counts of its own for each sex and ward",
            action="take the table again from the publisher",
        )
    elif copied:
        doubts.append(f"{sentence} ({found}).")


def judge_sizes(part: Part, registers: Registers, doubts: list[str]) -> None:
    if len(part.wards) < registers.figure("ward_size_wards"):
        return
    sizes = part.persons.sum(axis=(1, 2))
    ratio = sizes / max(float(np.median(sizes)), 1.0)
    low, high = limits(registers, "ward_size_unlikely")
    odd = np.flatnonzero((ratio > high) | (ratio < low))
    if len(odd):
        doubts.append(
            f"The size of a ward of {part.label} is unlikely: {part.called(odd)} has {sizes[odd[0]]:,.0f} residents, where "
            f"the middle ward has {np.median(sizes):,.0f}."
        )


def judge_names(part: Part, known: Known, problems: Problems) -> None:
    """Hold codes against the names and authorities of the wards that ship with the project."""
    here = {_folded(known.name[code]) for code in known.of_authority(part.code)}
    for code, name in zip(part.wards, part.names, strict=True):
        if code not in known.name:
            continue
        if known.authority[code] != part.code:
            problems.add(
                "A ward stands under an authority that it is not in.",
                column="ward_code",
                found=f"{code} {name} under {part.label}",
                expected=known.authority[code],
                action="check the authority of every row",
            )
        elif _folded(known.name[code]) != _folded(name) and _folded(name) in here:
            problems.add(
                "A ward's code and name do not belong together.",
                column="ward_code, ward_name",
                found=f"{code} {name}",
                expected=f"{known.name[code]} for {code}",
                action="a column was moved or sorted alone: take the table again from the publisher",
            )


def _folded(name: str) -> str:
    return "".join(character for character in name.casefold().replace("&", "and") if character.isalnum())


def judge_known(part: Part, registers: Registers, known: Known, doubts: list[str]) -> None:
    low, high = limits(registers, "ward_known_unlikely")
    sizes = part.persons.sum(axis=(1, 2))
    odd = [
        at
        for at, code in enumerate(part.wards)
        if code in known.residents
        and not low * known.residents[code] <= sizes[at] <= high * known.residents[code]
    ]
    if odd:
        doubts.append(
            f"Residents of {part.called(odd)} are far from the bundled estimate of the same wards: {sizes[odd[0]]:,.0f} "
            f"in the first, against {known.residents[part.wards[odd[0]]]:,}. Counts and codes may not belong together."
        )


_SEXES = ("women", "men")
# where groups of ages may begin; of each line the first age at which the file has an edge
_EDGES = ((16, 15, 18), (25, 20, 30), (45, 40, 50), (65, 60), (75, 80), (85, 90))
_OLD = (75, 80, 85, 70, 65, 90)
_WIDE = 4  # a band of fewer years varies too much from place to place
_CHECK = "check the file against the publisher's; the limits and their reasons are in docs/assumptions.md"


def judge_population(
    frame: pd.DataFrame, file: str, england: pd.DataFrame, registers: Registers, data: Path
) -> tuple[str, ...]:
    """Sentences on what is unlikely in a canonical population frame.

    england: England's residents by sex and single year. Raises InputError with everything that cannot be: residents
    many times the register's, counts too small to be of people, a sex or an age group without anybody, the counts of
    one sex or ward copied to another, names that belong to other codes.
    """
    problems, doubts = Problems(file), list[str]()
    profile = (
        england.pivot(index="sex", columns="age", values="persons").loc[["F", "M"]].to_numpy(dtype="float64")
    )
    known = Known.of(data)
    register = residents_before(sorted(frame["authority_code"].unique()), data)
    for _, rows in frame.groupby("authority_code", sort=True):
        part = make_part(rows, profile)
        whole = bool(known.of_authority(part.code)) and known.of_authority(part.code) <= set(part.wards)
        _totals(part, registers, register.get(part.code, 0), whole, problems, doubts)
        _sexes(part, registers, problems, doubts)
        _ages(part, registers, problems, doubts)
        judge_copies(part, registers, problems, doubts)
        judge_sizes(part, registers, doubts)
        judge_names(part, known, problems)
        judge_known(part, registers, known, doubts)
    problems.raise_if_any()
    return tuple(doubts)


def _totals(
    part: Part, registers: Registers, register: int, whole: bool, problems: Problems, doubts: list[str]
) -> None:
    total = float(part.persons.sum())
    mean = total / len(part.wards)
    least = registers.figure("ward_residents_least")
    if mean < least:
        problems.add(
            f"The counts of {part.label} are too small to be of people.",
            column="persons",
            found=f"{total:,.0f} residents in {len(part.wards)} wards, {mean:,.0f} a ward",
            expected=f"numbers of people, {least:,.0f} or more in the average ward; not percentages, not thousands",
            action="take the table of counts in place of the one of percentages or thousands",
        )
        return
    if not register:
        return
    ratio, most = total / register, registers.figure("population_impossible")
    said = f"{total:,.0f} residents, {ratio:,.2f} times the {register:,} of mid-2020"
    low, high = limits(registers, "population_unlikely")
    if ratio > most or (whole and ratio < 1 / most):
        problems.add(
            f"The file cannot be the population of {part.label}.",
            column="persons",
            found=said,
            expected=f"about {register:,} residents",
            action=_CHECK,
        )
    elif not low <= ratio <= high:
        doubts.append(
            f"The population of {part.label} is unlikely: {said}"
            + (", perhaps only a part of its wards." if ratio < low and not whole else ".")
        )


def _sexes(part: Part, registers: Registers, problems: Problems, doubts: list[str]) -> None:
    people = part.persons.sum(axis=(0, 2))
    for sex, name in enumerate(_SEXES):
        if not people[sex]:
            problems.add(
                f"There are no {name} in {part.label}.",
                column="sex",
                found=f"{people.sum():,.0f} residents, none of them {name}",
                expected="residents of both sexes",
                action="take the table that holds both",
            )
            return
    share = 100 * people[F] / people.sum()
    low, high = limits(registers, "women_share_unlikely")
    if not low <= share <= high:
        doubts.append(
            f"The sexes of {part.label} are unlikely: {share:.1f}% of its residents are women, where authorities have "
            f"{low:g}% to {high:g}%."
        )
    start = next((age for age in _OLD if age in part.lows), None)
    if start is None:
        return
    old = part.persons[:, :, part.lows.index(start) :].sum(axis=2)
    women, men = old.sum(axis=0)
    if women < men:
        doubts.append(
            f"Women and men of {part.label} may be exchanged: {men:,.0f} men and {women:,.0f} women are aged {start} "
            "and over, where women are more in every authority."
        )
        return
    england = part.england[:, part.lows.index(start) :]
    weight = np.log(england[F] / england[M])
    odds = -(part.persons[:, F, -len(weight) :] - part.persons[:, M, -len(weight) :]) @ weight
    exchanged = np.flatnonzero(odds > registers.figure("ward_exchange_odds"))
    if len(exchanged):
        doubts.append(
            f"Women and men may be exchanged in {part.called(exchanged)}: far more men than women are aged {start} and "
            "over."
        )


def _ages(part: Part, registers: Registers, problems: Problems, doubts: list[str]) -> None:
    edges = [
        0,
        *(age for line in _EDGES for age in line if age == next((a for a in line if a in part.lows), None)),
    ]
    starts = [part.lows.index(age) for age in edges]
    ends = [*starts[1:], len(part.lows)]
    wide = [at for at, (low, end) in enumerate(pairwise([*part.lows, TOP_AGE + 10])) if end - low >= _WIDE]
    groups = dict.fromkeys([*zip(starts, ends, strict=True), *((at, at + 1) for at in wide)])
    area, people = part.persons.sum(axis=0), part.persons.sum(axis=(0, 2))
    low, high = limits(registers, "age_group_unlikely")
    enough = registers.figure("age_group_expected")
    for sex, name in enumerate(_SEXES):
        for start, end in groups:
            count = area[sex, start:end].sum()
            usual = people[sex] * part.england[sex, start:end].sum() / part.england[sex].sum()
            group = f"{name} {_span(part.lows, start, end)}"
            if usual >= enough and not count:
                problems.add(
                    f"There are no {group} in {part.label}.",
                    column=f"age {part.lows[start]}",
                    found="0",
                    expected=f"about {usual:,.0f}, by England's ages",
                    action="take the table that holds all ages",
                )
            elif usual >= enough and not low <= count / usual <= high:
                doubts.append(
                    f"The ages of {part.label} are unlikely: {count:,.0f} {group}, where England's ages let expect "
                    f"about {usual:,.0f}."
                )
    england = np.add.reduceat(part.england, starts, axis=1)
    empty = np.add.reduceat(part.persons.sum(axis=1), starts, axis=1)
    shares = england.sum(axis=0) / england.sum()
    lacking = np.flatnonzero(((empty == 0) & (empty.sum(axis=1)[:, None] * shares >= enough)).any(axis=1))
    if len(lacking) and not problems.count:
        doubts.append(f"A whole group of ages is empty in {part.called(lacking)}.")
    _oldest(part, registers, doubts)


def _span(lows: list[int], start: int, end: int) -> str:
    if end == len(lows):
        return f"aged {lows[start]} and over"
    return f"aged {lows[start]} to {lows[end] - 1}" if start else f"under {lows[end]}"


def _distance(counts: NDArray[np.float64], england: NDArray[np.float64]) -> float:
    """The share of residents who would have to be of another age for the two to have the same ages."""
    return float(np.abs(counts / counts.sum() - england / england.sum()).sum() / 2)


def _oldest(part: Part, registers: Registers, doubts: list[str]) -> None:
    """The open last age holds several years: where it does not stand out as in England, ages were moved."""
    if len(part.lows) < 3 or not part.persons.any():
        return
    counts, england = part.persons.sum(axis=1), part.england.sum(axis=0)
    low, high = limits(registers, "oldest_step_unlikely")
    area = counts.sum(axis=0)
    single = part.lows[-1] - part.lows[-2] == part.lows[-2] - part.lows[-3] == 1
    limit = registers.figure("ages_moved_unlikely") * _distance(area, england)
    moved_bands = any(_distance(np.roll(area, by), england) < limit for by in (1, -1))
    steps = [
        (area[at] / area[at - 1]) / (england[at] / england[at - 1]) if area[at - 1] else np.nan
        for at in ((-1, -2) if single else (-1,))
    ]
    if moved_bands or any(not low <= step <= high for step in steps if np.isfinite(step)):
        doubts.append(
            f"The ages of {part.label} may be moved by one: {area[-1]:,.0f} residents are aged {part.lows[-1]} and over "
            f"and {area[-2]:,.0f} stand at {part.lows[-2]}, which is far from the pattern of every authority."
        )
        return
    if not single:
        return
    errors = registers.figure("ward_step_errors")
    people = counts[:, -1] + counts[:, -2]
    share = england[-1] / (england[-1] + england[-2])
    spread = np.sqrt(np.maximum(people * share * (1 - share), 1))
    moved = np.flatnonzero(np.abs(counts[:, -1] - people * share) > errors * spread)
    if len(moved):
        doubts.append(
            f"The ages may be moved by one in {part.called(moved)}: its oldest residents have unlikely ages."
        )

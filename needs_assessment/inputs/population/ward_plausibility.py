"""What the wards of an authority say of a population: copies of each other, sizes, names that belong to other codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from needs_assessment.inputs.areas.bundled import known_residents, known_wards
from needs_assessment.inputs.population.wards import listed
from needs_assessment.registers.registers import Registers
from needs_assessment.tables.problems import Problems

Array = NDArray[np.float64]
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
        str(wards["authority_code"].iloc[0]),
        str(wards["authority_name"].iloc[0]),
        wards["ward_code"].tolist(),
        wards["ward_name"].tolist(),
        ordered["persons"].to_numpy(dtype="float64").reshape(len(wards), 2, len(lows)),
        lows,
        np.add.reduceat(england, lows, axis=1),
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

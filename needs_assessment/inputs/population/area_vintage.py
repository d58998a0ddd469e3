"""An area by the authorities that a population file holds: the same ground before and after a reorganisation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from needs_assessment.inputs.areas.authority_changes import changes_of, load_changes, name_of, of_that_time
from needs_assessment.inputs.areas.geography import Area, Member
from needs_assessment.inputs.population.tally import Tally
from needs_assessment.tables.files import read_strings

_SHOWN = 6


def settle_area(area: Area, held: Iterable[str], data: Path) -> tuple[Area, list[str]]:
    """The area in the authorities of a file, and notes on what stands for what.

    A region or police force area takes the authorities of the file's year. A new authority is made of those before it
    where an older file holds them all. An authority that has ended is not replaced by a larger one.
    """
    codes = set(held)
    members: list[Member] = []
    notes: list[str] = []
    for member in area.members:
        if set(member.authorities) <= codes or (not area.made_of and member.code.startswith("E10")):
            members.append(member)
            continue
        settled = of_that_time(member.authorities, codes, data)
        if settled == member.authorities or (not area.made_of and not _parts_of(member, settled, data)):
            members.append(member)
        else:
            members += _regrouped(member, settled, data)
            notes.append(_said(member, settled, data))
    authorities = tuple(sorted({code for member in members for code in member.authorities}))
    if authorities == area.authorities:
        return area, notes
    members = list({member.code: member for member in members}.values())
    return replace(
        area, members=tuple(sorted(members, key=lambda one: one.code)), authorities=authorities
    ), notes


def _parts_of(member: Member, settled: tuple[str, ...], data: Path) -> bool:
    return all(
        any(change.new_code in member.authorities for change in changes_of(code, data)) for code in settled
    )


def _regrouped(member: Member, settled: tuple[str, ...], data: Path) -> list[Member]:
    """Parts stay under the member's name; an authority that took a county's place stands for itself."""
    if len(member.authorities) == 1 and len(settled) > 1:
        return [Member(member.code, member.name, settled)]
    kept = tuple(code for code in settled if code in member.authorities)
    new = [Member(code, name_of(code, data), (code,)) for code in settled if code not in kept]
    return ([Member(member.code, member.name, kept)] if kept else []) + new


def _said(member: Member, settled: tuple[str, ...], data: Path) -> str:
    names = ", ".join(f"{name_of(code, data)} ({code})" for code in settled[:_SHOWN])
    more = f" and {len(settled) - _SHOWN} more" if len(settled) > _SHOWN else ""
    return f"{member.name} ({member.code}) is held in the file by the authorities of its year: {names}{more}."


def authority_name(code: str, data: Path) -> str:
    """The name of an authority of April 2021, or of one that came after it, else its code."""
    known = read_strings(data / "authorities.csv", expected=("authority_code", "authority_name")).frame
    held = dict(zip(known["authority_code"], known["authority_name"], strict=True))
    return held.get(code) or name_of(code, data)


def residents_of(authorities: Sequence[str], data: Path) -> int:
    """Residents of authorities at mid-2020 (people), 0 where one of them is not among those of April 2021."""
    held = _residents(data)
    return sum(held[code] for code in authorities) if set(authorities) <= held.keys() else 0


def residents_before(authorities: Sequence[str], data: Path) -> dict[str, int]:
    """Residents of each authority at mid-2020 (people), of a newer one those it was made of; 0 where not known."""
    held = _residents(data)
    made_of: dict[str, list[str]] = {}
    for change in load_changes(data):
        made_of.setdefault(change.new_code, []).append(change.old_code)
    found = {}
    for code in authorities:
        parts = [code] if code in held else made_of.get(code, [])
        found[code] = sum(held[part] for part in parts) if set(parts) <= held.keys() else 0
    return found


def _residents(data: Path) -> dict[str, int]:
    known = read_strings(data / "authorities.csv", expected=("authority_code", "residents_mid2020")).frame
    return dict(
        zip(known["authority_code"], known["residents_mid2020"].astype("int64").tolist(), strict=True)
    )


def names_filled(tally: Tally, data: Path) -> Tally:
    """A lookup may give authorities by code alone; wards without a name are called by their code."""
    names = tally.authority_names.copy()
    for code in set(tally.authority_codes[names == ""]):
        names[(tally.authority_codes == code) & (names == "")] = authority_name(code, data)
    wards = np.where(tally.names == "", tally.codes, tally.names)
    return replace(tally, authority_names=names, names=wards)

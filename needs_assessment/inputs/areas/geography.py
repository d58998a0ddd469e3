"""Areas: which authorities an assessment covers, who bears the duty, which wards are known, where they lie."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from needs_assessment.choices.area_names import EXAMPLE, area_codes, unknown_area
from needs_assessment.errors import InputError
from needs_assessment.inputs.areas.authority_changes import changes_of, name_of
from needs_assessment.tables.file_cache import remembered
from needs_assessment.tables.files import read_strings

LONDON = "E12000007"
_LONDON_NAMES = {"GLA", "E61000001"}
_TIER_TWO = ("E07", "E09")
_LOWEST = re.compile(r"E0[6-9]\d{6}")
# areas that are made of authorities: the column of data/authorities.csv with their code, with their name, and its kind
_GROUPS = {
    "E12": ("region_code", "region", "region"),
    "E23": ("police_force_code", "police_force", "police force area"),
}
AUTHORITIES_FILE = "authorities.csv"
NO_DUTY = "The safe-accommodation duty is {tier_one}'s (tier one); {name} is tier two and must co-operate."


@dataclass(frozen=True)
class Member:
    """One code that was asked for: authorities are the lowest-tier codes it covers, whose wards make it up."""

    code: str
    name: str
    authorities: tuple[str, ...]


@dataclass(frozen=True)
class Area:
    """The one assessed area of a run.

    code: the members' codes, sorted and joined by '+'; authorities: all lowest-tier codes, sorted;
    tier: 'one' or 'two' for a single authority, 'partnership' for several; made_of: 'region' or 'police force area' where
    the area is one, whose members are its tier-one authorities.
    """

    code: str
    name: str
    members: tuple[Member, ...]
    authorities: tuple[str, ...]
    tier: str
    note: str = ""
    made_of: str = ""


def resolve_area(codes: Sequence[str], data: Path, *, any_authority: bool = False) -> Area:
    """Turn authorities, each by its code or its name, into the area to assess; several make one partnership.

    A county or the Greater London Authority becomes its districts or boroughs, a region (E12…) or a police force area
    (E23…) its tier-one authorities (``data/authorities.csv``, April 2021).
    any_authority: accept a well-formed authority code newer than that list, because a population file was given
    that may hold it. Raises InputError for an unknown code (with near matches), one given twice, or two that overlap.
    """
    known = _authorities(data)
    asked = area_codes(codes, data)
    if not asked:
        raise InputError(
            "No area was given.", expected=f"an authority, such as {EXAMPLE}", action="give --area"
        )
    if len(asked) == 1 and (group := _group(asked[0].upper(), known)):
        return group
    members = sorted(
        (member for code in asked for member in _members(code, known, any_authority, data)),
        key=lambda member: member.code,
    )
    holder: dict[str, Member] = {}
    for member in members:
        for authority in member.authorities:
            if authority in holder:
                other = holder[authority]
                same = other.code == member.code
                raise InputError(
                    f"{member.name} is given twice." if same else f"{other.name} and {member.name} overlap.",
                    found=" and ".join((other.code, member.code)),
                    expected="areas that share no authority",
                    action="remove one of the --area options",
                )
            holder[authority] = member
    single = len(members) == 1
    notes = [_duty_note(member, known) for member in members]
    notes += [change.sentence for code in asked for change in changes_of(code.upper(), data)]
    return Area(
        code="+".join(member.code for member in members),
        name=_joined([member.name for member in members]),
        members=tuple(members),
        authorities=tuple(sorted(holder)),
        tier=("two" if members[0].code.startswith(_TIER_TWO) else "one") if single else "partnership",
        note=" ".join(filter(None, notes)),
    )


@remembered(lambda data: [data / AUTHORITIES_FILE])
def _authorities(data: Path) -> pd.DataFrame:
    return read_strings(data / AUTHORITIES_FILE, expected=("authority_code", "tier_one_code")).frame


def _group(code: str, known: pd.DataFrame) -> Area | None:
    """The area of a region or a police force, or None; all of London is the Greater London Authority's."""
    columns = _GROUPS.get(code[:3])
    if columns is None or code == LONDON:
        return None
    column, label, kind = columns
    rows = known[known[column] == code]
    if rows.empty:
        return None
    members = tuple(
        Member(str(tier_one), str(part["tier_one_name"].iloc[0]), tuple(sorted(part["authority_code"])))
        for tier_one, part in rows.groupby("tier_one_code", sort=True)
    )
    names = _joined([member.name for member in members])
    several = (
        f"{len(members)} tier-one authorities share the safe-accommodation duty, each for its own area"
        if len(members) > 1
        else "it has one tier-one authority, which bears the safe-accommodation duty"
    )
    name = f"{rows[label].iloc[0]} {kind}"
    return Area(
        code=code,
        name=name,
        members=members,
        authorities=tuple(sorted(rows["authority_code"])),
        tier="partnership" if len(members) > 1 else "one",
        note=f"The {name} bears no duty itself: {several}: {names}.",
        made_of=kind,
    )


def _members(asked: str, known: pd.DataFrame, any_authority: bool, data: Path) -> tuple[Member, ...]:
    group = _group(asked.upper(), known)
    return group.members if group else (_member(asked, known, any_authority, data),)


def _member(asked: str, known: pd.DataFrame, any_authority: bool, data: Path) -> Member:
    code = LONDON if asked.upper() in _LONDON_NAMES else asked.upper()
    own = known[known["authority_code"] == code]
    if not own.empty:
        return Member(code, str(own["authority_name"].iloc[0]), (code,))
    within = known[known["tier_one_code"] == code]
    if not within.empty:
        return Member(code, str(within["tier_one_name"].iloc[0]), tuple(sorted(within["authority_code"])))
    if any_authority and _LOWEST.fullmatch(code):
        return Member(code, name_of(code, data), (code,))
    changes = changes_of(code, data)
    if changes:
        raise InputError(
            f"{changes[0].old_name} ({code}) is no longer an authority.",
            found=asked,
            expected="; ".join(change.sentence for change in changes),
            action=f"give --area {changes[0].new_code} for the authority of today",
        )
    raise unknown_area(asked, data)


def _duty_note(member: Member, known: pd.DataFrame) -> str:
    row = known[known["authority_code"] == member.code]
    if row.empty:
        if _LOWEST.fullmatch(member.code):
            two = member.code.startswith(_TIER_TWO)
            return f"{member.code} is not among the authorities of April 2021; " + (
                "its code is a tier-two authority's, and the duty is its tier-one authority's."
                if two
                else "its code is a tier-one authority's."
            )
        return ""
    tier_one = str(row["tier_one_code"].iloc[0])
    if tier_one == member.code:
        return ""
    return NO_DUTY.format(tier_one=row["tier_one_name"].iloc[0], name=member.name)


def _joined(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def with_names(area: Area, wards: pd.DataFrame) -> Area:
    """The area with the names of authorities the list of April 2021 does not know, taken from the population's rows."""
    held = wards[["authority_code", "authority_name"]].drop_duplicates()
    names = dict(zip(held["authority_code"], held["authority_name"], strict=True))
    members = tuple(
        Member(member.code, names.get(member.code) or member.name, member.authorities)
        if member.name == member.code
        else member
        for member in area.members
    )
    name = area.name if area.made_of else _joined([member.name for member in members])
    return replace(area, name=name, members=members)

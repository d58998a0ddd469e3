"""Which rows of a population file are the area's, and whether all its wards are there."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from needs_assessment.errors import InputError
from needs_assessment.inputs.areas.authority_changes import changes_of, load_changes
from needs_assessment.inputs.areas.geography import Area
from needs_assessment.inputs.population.layouts import Layout
from needs_assessment.inputs.population.tally import Tally
from needs_assessment.printable_text import may_be_shown
from needs_assessment.tables.columns import Columns
from needs_assessment.tables.validation import Problems, near

_CODE = re.compile(r"[A-Z][0-9]{8}")
_SHOWN = 8
_FAR_TOO_MANY = 1.5  # no area's population grows by half between two estimates


def held_authorities(table: Columns, layout: Layout) -> dict[str, str]:
    """The authorities of a table, code to name. Raises InputError for a row without an authority's code."""
    code_at = layout.at["authority_code"]
    codes = [cell.upper() for cell in table.cells(code_at)]
    names = table.cells(layout.at["authority_name"]) if "authority_name" in layout.at else codes
    if not all(map(_CODE.fullmatch, set(codes))):
        problems = Problems(table.file)
        for position, code in enumerate(codes):
            if not _CODE.fullmatch(code):
                problems.add(
                    "The code of a row's authority is missing."
                    if not code
                    else "The code of a row's authority is not a code.",
                    row=table.rows[position],
                    column=table.header[code_at],
                    found=may_be_shown(code),
                    expected="an authority code such as E06000056 in every row",
                )
        problems.raise_if_any()
    return dict(zip(reversed(codes), reversed(names), strict=True))


def keep_authorities(table: Columns, layout: Layout, area: Area, data: Path) -> tuple[NDArray[np.int64], str]:
    """The positions of the rows that are the area's, and a note on how many rows and authorities were left out.

    Raises InputError for an authority of the area that the file does not hold, and for a ward that two authorities
    claim.
    """
    held = held_authorities(table, layout)
    absent = [code for code in area.authorities if code not in held]
    if absent:
        raise _unknown_authority(table, table.header[layout.at["authority_code"]], area, absent, held, data)
    wanted = set(area.authorities)
    codes = [cell.upper() for cell in table.cells(layout.at["authority_code"])]
    names = table.cells(layout.at["authority_name"])
    kept = [position for position, code in enumerate(codes) if code in wanted]
    problems = Problems(table.file)
    _check_names(table, layout, kept, codes, names, problems)
    _check_claims(table, layout, kept, codes, problems)
    problems.raise_if_any()
    dropped = len(codes) - len(kept)
    note = (
        f"{table.file}: {len(kept):,} row{'s' if len(kept) != 1 else ''} kept; {dropped:,} left out because they "
        f"are other authorities' ({len(held) - len(wanted):,} of them)."
        if dropped
        else ""
    )
    return np.array(kept, dtype=np.int64), note


def _check_names(
    table: Columns, layout: Layout, kept: list[int], codes: list[str], names: list[str], problems: Problems
) -> None:
    first: dict[str, str] = {}
    for position in kept:
        code, name = codes[position], names[position]
        if not name or first.setdefault(code, name) != name:
            problems.add(
                "An authority's name is missing." if not name else "One authority code has two names.",
                row=table.rows[position],
                column=table.header[layout.at["authority_name"]],
                found=f"{code}: {first[code]}; {name}" if name else "",
                expected=f"one name for {code}",
            )


def _check_claims(
    table: Columns, layout: Layout, kept: list[int], codes: list[str], problems: Problems
) -> None:
    wards = [cell.upper() for cell in table.cells(layout.at["area_code"])]
    if len(set(zip(wards, codes, strict=True))) == len(set(wards)):
        return
    owner = {wards[position]: codes[position] for position in kept}
    for position, (ward, code) in enumerate(zip(wards, codes, strict=True)):
        if ward and owner.get(ward, code) != code:
            problems.add(
                "A ward stands under two authorities.",
                row=table.rows[position],
                column=table.header[layout.at["area_code"]],
                found=f"{may_be_shown(ward)} under {code} and {owner[ward]}",
                expected="each ward under one authority",
            )


def _unknown_authority(
    table: Columns, column: str, area: Area, absent: list[str], held: dict[str, str], data: Path
) -> InputError:
    by_name = {name: code for code, name in held.items()}
    labels = {member.code: member.name for member in area.members}
    close: dict[str, None] = {}
    for code in absent:
        for name in near(labels.get(code, ""), by_name):
            close[f"{by_name[name]} {name}"] = None
        for other in near(code, held):
            close[f"{other} {held[other]}"] = None
    shown = (
        list(close)[:4] if len(held) > _SHOWN else [f"{code} {name}" for code, name in sorted(held.items())]
    )
    count = f"{len(held)} authorities" if len(held) != 1 else "one authority"
    return InputError(
        "The file does not hold the area's authority."
        if len(absent) == 1
        else "The file does not hold all the area's authorities.",
        file=table.file,
        column=column,
        found="nothing for " + ", ".join(f"{code} {labels.get(code, '')}".strip() for code in absent[:6]),
        expected=f"rows of the area; the file holds {count}"
        + (f", {'among them' if len(held) > len(shown) else 'namely'} {', '.join(shown)}" if shown else ""),
        action=_changed(area, absent, data)
        or "check --area and the year of the file: authorities are reorganised and recoded",
    )


def _changed(area: Area, absent: list[str], data: Path) -> str:
    """What became of the authorities that a file does not hold, or what they were made of."""
    asked = [*absent, *(member.code for member in area.members)]
    after = [change.sentence for code in dict.fromkeys(asked) for change in changes_of(code, data)]
    if after:
        return "check --area and the year of the file. " + " ".join(after[:3])
    before = [change for change in load_changes(data) if change.new_code in absent]
    if not before:
        return ""
    old = ", ".join(f"{change.old_name} ({change.old_code})" for change in before)
    return (
        f"check the year of the file: until {before[0].date:%d %B %Y} {before[0].new_name} ({before[0].new_code}) was "
        f"{old}, which the file must then hold"
    )


def assign_authority(tally: Tally, area: Area, known: pd.DataFrame, column: str, residents: int) -> Tally:
    """Wards of a file without authorities are taken to be those of the single area asked for.

    A county's wards find their districts in the ward lists that ship with the project. residents: the area's at
    mid-2020, or 0 where not known. Raises InputError for several areas, for a ward those lists place elsewhere or, in a
    county, do not hold, and for a file with far more people than the area.
    """
    if len(area.members) > 1:
        raise InputError(
            "The file does not say which authority each ward is in, and several areas were asked for.",
            file=tally.file,
            column="authority_code",
            found="no such column",
            expected="the columns authority_code and authority_name",
            action="add the two columns, or give a lookup from wards to authorities with --lookup",
        )
    member = area.members[0]
    owners = zip(known["authority_code"], known["authority_name"], strict=True)
    places = dict(zip(known["ward_code"], owners, strict=True))
    alone = (member.authorities[0], member.name) if len(member.authorities) == 1 else None
    found = [places.get(str(code), alone) for code in tally.codes]
    wrong = [
        (str(code), owner)
        for code, owner in zip(tally.codes, found, strict=True)
        if owner is None or owner[0] not in area.authorities
    ]
    problems = Problems(tally.file)
    for code, owner in wrong:
        problems.add(
            f"The file names no authorities, and it is not known that this ward is in {member.name}."
            if owner is None
            else f"A ward is not in {member.name}.",
            column=column,
            found=may_be_shown(code) + (f", a ward of {owner[1]}" if owner else ""),
            expected=f"wards of {member.name} only, or the columns authority_code and authority_name",
            action="add the two columns, give a lookup from wards to authorities with --lookup, or check --area",
        )
    problems.raise_if_any()
    total = int(tally.persons.sum())
    if residents and total > _FAR_TOO_MANY * residents:
        raise InputError(
            f"The file names no authorities, and holds far more people than {member.name}.",
            file=tally.file,
            found=f"{total:,} residents in {len(tally):,} wards",
            expected=f"wards of {member.name} only (about {residents:,} residents), or columns with their authorities",
            action="give a lookup from wards to authorities with --lookup",
        )
    assigned = [owner or ("", "") for owner in found]
    return replace(
        tally,
        authority_codes=np.array([code for code, _ in assigned], dtype=object),
        authority_names=np.array([name for _, name in assigned], dtype=object),
    )


def authorities_of_known(tally: Tally, known: pd.DataFrame) -> Tally:
    """Wards with the authorities of the ward lists that ship with the project; raises InputError for one they lack."""
    owners = known.drop_duplicates("ward_code").set_index("ward_code")
    row = owners.index.get_indexer(pd.Index(tally.codes))
    if (row < 0).any():
        raise InputError(
            "The file does not say which authority each ward is in.",
            file=tally.file,
            column="authority_code",
            found=f"{int((row < 0).sum()):,} wards, such as {tally.codes[row < 0][0]}",
            expected="columns of authorities, or a lookup from wards to authorities",
            action="give such a lookup with --lookup, or --area where all wards are one authority's",
        )
    return replace(
        tally,
        authority_codes=owners["authority_code"].to_numpy(dtype=object)[row],
        authority_names=owners["authority_name"].to_numpy(dtype=object)[row],
    )


def check_wards(
    frame: pd.DataFrame, area: Area, known: pd.DataFrame, vintage: str, file: str
) -> tuple[str, list[str]]:
    """Hold the file's wards against the ward lists that ship with the project.

    Returns the vintage of the boundaries (found from the lists when the file does not state it) and notes. Raises
    InputError listing the wards that are absent from the file, or that the authority does not have.
    """
    held = frame[["ward_code", "ward_name", "authority_code"]].drop_duplicates("ward_code")
    matched: set[str] = set()
    for authority in area.authorities:
        wards = dict(_pairs(held[held["authority_code"] == authority]))
        lists = known[known["authority_code"] == authority]
        year = ""
        for listed_year, listed in lists.groupby("ward_vintage"):
            names = dict(_pairs(listed))
            name = str(listed["authority_name"].iloc[0])
            absent = {code: names[code] for code in names.keys() - wards.keys()}
            # what the file calls a ward that the register lacks is not repeated
            extra = dict.fromkeys(wards.keys() - names.keys(), "")
            shared = names.keys() & wards.keys()
            # wards do not vanish without others taking their ground: a part of the list alone is a part of the area
            if vintage == listed_year or (shared and (vintage == "unknown" or not extra)):
                _refuse(absent, f"Wards of {name} are absent from the file", str(listed_year), file)
                _refuse(extra, f"The file holds wards that {name} does not have", str(listed_year), file)
            if not absent and not extra:
                year = str(listed_year)
        matched.add(year)
    if vintage == "unknown" and len(matched) == 1 and "" not in matched:
        year = matched.pop()
        return year, [
            f"{file}: the year of the ward boundaries is not stated; the wards are those of {year}."
        ]
    return vintage, []


def _pairs(wards: pd.DataFrame) -> zip[tuple[str, str]]:
    return zip(wards["ward_code"], wards["ward_name"], strict=True)


def _refuse(wards: dict[str, str], message: str, year: str, file: str) -> None:
    if wards:
        raise InputError(
            f"{message}: {listed(wards)}.",
            file=file,
            found=f"{len(wards)} ward{'s' if len(wards) != 1 else ''} that differ",
            expected=f"the wards of {year}",
            action="complete the file; if its boundaries are of another year, name it in the ward column (wd24cd)",
        )


def listed(wards: dict[str, str], limit: int = 12) -> str:
    """Wards in code order, 'code name', the first of them when they are many."""
    shown = [f"{code} {wards[code]}".strip() for code in sorted(wards)[:limit]]
    return ", ".join(shown) + (f" and {len(wards) - limit} more" if len(wards) > limit else "")

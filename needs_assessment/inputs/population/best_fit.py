"""Small areas reach wards through an official best-fit lookup: each goes whole to one ward, and each is accounted for.

Nothing goes by position or by overlap. A small area that the lookup does not hold is an error, as is one of the lookup
that the population does not hold.

Official lookups between small areas, wards and authorities, read by the names and the patterns of their columns.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from needs_assessment.errors import InputError
from needs_assessment.inputs.population.blocks import read_blocks
from needs_assessment.inputs.population.counts import LEVEL_OF_CODE
from needs_assessment.inputs.population.layouts import meaning_of
from needs_assessment.inputs.population.tally import LEVEL_NAMES, Tally
from needs_assessment.tables.columns import Columns
from needs_assessment.tables.validation import Problems

WHERE = "the Open Geography portal (geoportal.statistics.gov.uk)"
_SMALL = ("oa", "lsoa")


@dataclass(frozen=True)
class Lookup:
    """Which ward, and where it says so which authority, each small area (or each ward) belongs to.

    level: 'oa', 'lsoa' or 'ward'; small, wards: the years their columns state, or ''; frame: code, ward_code, ward_name,
    authority_code, authority_name ('' where not said), one row a code.
    """

    level: str
    small_year: str
    ward_year: str
    frame: pd.DataFrame
    file: str
    sha256: str
    notes: tuple[str, ...] = ()
    named_at: Mapping[str, int] = field(default_factory=dict)
    columns: tuple[str, str] = ("ward_name", "authority_name")

    def named(self, codes: Collection[str]) -> list[tuple[str, str, str]]:
        """Code, name and column of those wards and authorities; named_at says in which row each first stands."""
        return [
            pair
            for kind, column in zip(("ward", "authority"), self.columns, strict=True)
            for pair in dict.fromkeys(
                (str(code), str(name), column)
                for code, name in zip(self.frame[f"{kind}_code"], self.frame[f"{kind}_name"], strict=True)
                if code in codes
            )
        ]


def lookup_fits(cells: Sequence[str]) -> float:
    """How well a row of cells serves as the header of a lookup."""
    names = {meaning_of(cell).name for cell in cells}
    codes = sum(f"{level}_code" in names for level in (*_SMALL, "ward", "authority"))
    return min(codes, 3) / 3 if codes >= 2 or "ward_code" in names else 0.1 * codes


def read_lookup(path: Path) -> Lookup:
    """A lookup by its column names (LSOA21CD, lsoa21_code, WD24CD, ward22cd, LAD24CD …).

    Raises InputError: no small area's or ward's code column, two years of wards, a code that is none, a small area twice
    with different wards.
    """
    blocks = read_blocks(path, lookup_fits)
    table = blocks.blocks[0].table
    at: dict[str, list[int]] = {}
    for position, column in enumerate(table.header):
        at.setdefault(meaning_of(column).name, []).append(position)
    level = next((one for one in (*_SMALL, "ward") if f"{one}_code" in at), "")
    if not level or "ward_code" not in at or (level == "ward" and "authority_code" not in at):
        raise InputError(
            "The lookup does not say which ward each small area belongs to."
            if level != "ward"
            else "The lookup says neither small areas nor authorities of its wards.",
            file=table.file,
            row=table.header_row,
            found=", ".join(table.header[:8]),
            expected="a column of small-area codes (LSOA21CD or OA21CD) and one of ward codes (WD24CD)",
            action=f"get a best-fit lookup from small areas to wards from {WHERE}",
        )
    chosen = {name: _single(table, at, name) for name in (f"{level}_code", "ward_code", "authority_code")}
    frame = pd.DataFrame({"code": _upper(table, chosen[f"{level}_code"])}, dtype="str")
    frame["ward_code"] = _upper(table, chosen["ward_code"])
    frame["ward_name"] = _named(table, at, "ward_name", chosen["ward_code"])
    frame["authority_code"] = _upper(table, chosen["authority_code"])
    frame["authority_name"] = _named(table, at, "authority_name", chosen["authority_code"])
    blank = frame["ward_code"] == ""
    empty = []
    if blank.any() and not blank.all():
        some = ", ".join(frame.loc[blank, "code"][:6])
        empty = [f"{table.file}: {int(blank.sum())} codes have no ward in the lookup: {some}."]
    _check(table, frame, level, chosen)
    frame = frame[~blank]
    stated = {
        name: meaning_of(table.header[place]).year for name, place in chosen.items() if place is not None
    }
    return Lookup(
        level=level,
        small_year=stated.get(f"{level}_code", ""),
        ward_year=stated.get("ward_code", ""),
        frame=frame.drop_duplicates("code", ignore_index=True),
        file=table.file,
        sha256=table.sha256,
        notes=(*blocks.notes, *table.notes, *empty),
        named_at={
            str(code): table.rows[int(place)]
            for kind in ("authority_code", "ward_code")
            for place, code in reversed(list(frame[kind].items()))
        },
        columns=(_heading(table, at, "ward_name"), _heading(table, at, "authority_name")),
    )


def _heading(table: Columns, at: dict[str, list[int]], name: str) -> str:
    places = at.get(name, [])
    return table.header[places[0]] if places else name


def _single(table: Columns, at: dict[str, list[int]], name: str) -> int | None:
    places = at.get(name, [])
    if len(places) > 1:
        raise InputError(
            f"The lookup has several columns of {name.replace('_', ' ')}s.",
            file=table.file,
            row=table.header_row,
            found=", ".join(table.header[place] for place in places),
            expected="one of them",
            action="remove the columns of the years that are not meant",
        )
    return places[0] if places else None


def _upper(table: Columns, place: int | None) -> list[str]:
    return [""] * len(table) if place is None else [cell.upper() for cell in table.cells(place)]


def _named(table: Columns, at: dict[str, list[int]], name: str, code_place: int | None) -> list[str]:
    """The names beside a code column: those that state the same year, where several do."""
    places = at.get(name, [])
    if not places or code_place is None:
        return [""] * len(table)
    year = meaning_of(table.header[code_place]).year
    same = [place for place in places if meaning_of(table.header[place]).year == year] or places
    return [" ".join(cell.split()) for cell in table.cells(same[0])]


def _check(table: Columns, frame: pd.DataFrame, level: str, chosen: dict[str, int | None]) -> None:
    problems = Problems(table.file)
    for column, name, digit in (("code", level, ""), ("ward_code", "ward", "5")):
        wanted = digit or next(key for key, value in LEVEL_OF_CODE.items() if value == level)
        whole = frame[column].str.fullmatch(rf"[EW]0{wanted}\d{{6}}|[SN]\d{{8}}|95\w{{2,6}}")
        if name == "ward" and (frame[column] != "").any():
            whole |= frame[column] == ""  # told and left out, unless no row has a ward
        for row in np.flatnonzero(~whole.to_numpy(dtype=bool)):
            problems.add(
                f"A code of the lookup is not {'a ward' if name == 'ward' else 'a small area'}'s.",
                row=table.rows[int(row)],
                column=table.header[chosen[f"{name}_code"] or 0],
                found=frame[column].iloc[int(row)][:20],
                expected=f"codes of {LEVEL_NAMES[name]} in every row",
            )
    again = frame[frame["ward_code"] != ""].drop_duplicates(["code", "ward_code"])
    for row in again.index[again["code"].duplicated()]:
        problems.add(
            "The lookup gives a small area to two wards.",
            row=table.rows[int(row)],
            column=table.header[chosen[f"{level}_code"] or 0],
            found=f"{frame['code'][row]}, to {frame['ward_code'][row]} and another",
            expected="a best-fit lookup, in which each small area has one ward",
            action=f"get the best-fit lookup from {WHERE}",
        )
    problems.raise_if_any()


FIRST_OF_2021 = "E01033769"  # England's codes of 2011 end one below
_SHOWN = 12


def needs_lookup(tally: Tally) -> InputError:
    """The refusal of a population by small area that comes without a lookup."""
    census = _census_of(tally.codes, tally.year)
    kind = f"{tally.level.upper()} ({census})" if census else tally.level.upper()
    return InputError(
        f"The file holds {LEVEL_NAMES[tally.level]}, and no lookup was given that brings them to wards.",
        file=tally.file,
        found=f"{len(tally):,} codes such as {tally.codes[0]}",
        expected="wards, or small areas with a best-fit lookup"
        if tally.level in ("oa", "lsoa")
        else "wards, LSOAs or output areas: larger areas have no best fit to wards",
        action=f"give the best-fit lookup from {kind} to wards with --lookup, from {WHERE}",
    )


def bring_to_wards(tally: Tally, lookup: Lookup, authorities: Collection[str] | None) -> Tally:
    """The wards of the area (of the whole population: None), whether the population is by ward or by small area.

    A population by ward takes its authorities from the lookup. Raises InputError as ``to_wards`` does.
    """
    if tally.level != "ward":
        return to_wards(tally, lookup, authorities)
    if (tally.authority_codes != "").all():
        note = f"{lookup.file}: not used, because the population is by ward and says its authorities."
        return replace(tally, notes=(*tally.notes, note))
    wards = lookup.frame.drop_duplicates("ward_code").set_index("ward_code")
    row = wards.index.get_indexer(pd.Index(tally.codes))
    if (row < 0).any():
        lost = tally.codes[row < 0]
        raise InputError(
            f"The lookup does not hold {len(lost):,} of the population's {len(tally):,} wards: "
            f"{', '.join(lost[:_SHOWN])}{f' and {len(lost) - _SHOWN:,} more' if len(lost) > _SHOWN else ''}.",
            file=lookup.file,
            found=f"wards of {lookup.ward_year or 'a year not stated'}",
            expected=f"the population's wards{f', of {tally.year}' if tally.year != 'unknown' else ''}",
            action=f"give the lookup of wards to authorities of the population's year, from {WHERE}",
        )
    told = replace(
        tally,
        authority_codes=wards["authority_code"].to_numpy(dtype=object)[row],
        authority_names=wards["authority_name"].to_numpy(dtype=object)[row],
    )
    if authorities is None:
        return told
    inside = np.isin(told.authority_codes.astype(str), list(authorities))
    if not inside.any():
        raise _no_wards(lookup, lookup.frame, authorities)
    left = int((~inside).sum())
    notes = [f"{tally.file}: {left:,} wards of other authorities left out."] if left else []
    return replace(told.chosen(inside), notes=(*tally.notes, *notes))


def to_wards(tally: Tally, lookup: Lookup, authorities: Collection[str] | None) -> Tally:
    """The residents of small areas by ward; of the authorities' wards only, where authorities are given.

    authorities: lowest-tier codes of the area, or None for every ward of the population. Raises InputError listing the
    small areas that one of the two files lacks, with the lookup that would mend it, and wards whose authority is not
    known.
    """
    if lookup.level != tally.level:
        raise InputError(
            f"The lookup is of {LEVEL_NAMES[lookup.level]}, the population of {LEVEL_NAMES[tally.level]}.",
            file=lookup.file,
            found=f"codes such as {lookup.frame['code'].iloc[0]}",
            expected=f"codes such as {tally.codes[0]}",
            action=_mend(tally, lookup),
        )
    notes = list(lookup.notes)
    welsh = np.array([code.startswith("W") for code in tally.codes], dtype=bool)
    if welsh.any() and not lookup.frame["code"].str.startswith("W").any():
        people = int(tally.persons[welsh].sum())
        notes.append(
            f"{tally.file}: {int(welsh.sum()):,} small areas of Wales with {people:,} residents left out: "
            "the lookup is of England."
        )
        tally = tally.chosen(~welsh)
    row = pd.Index(lookup.frame["code"]).get_indexer(pd.Index(tally.codes))
    if authorities is not None and (row < 0).any():
        # a small area that is said to be elsewhere needs no ward
        elsewhere = (row < 0) & (tally.authority_codes != "")
        elsewhere &= ~np.isin(tally.authority_codes.astype(str), list(authorities))
        if elsewhere.any():
            notes.append(
                f"{tally.file}: {int(elsewhere.sum()):,} small areas of other authorities, which the lookup does not "
                f"hold, left out with {int(tally.persons[elsewhere].sum()):,} residents."
            )
            tally, row = tally.chosen(~elsewhere), row[~elsewhere]
    _check_matched(tally, lookup, row < 0)
    frame = _with_authorities(tally, lookup, row, notes)
    if authorities is None:
        wanted = frame["ward_code"].isin(set(frame["ward_code"].to_numpy()[row])).to_numpy()
    else:
        wanted = frame["authority_code"].isin(set(authorities)).to_numpy()
        if not wanted.any():
            raise _no_wards(lookup, frame, authorities)
    held = np.zeros(len(frame), dtype=bool)
    held[row] = True
    _check_whole(tally, lookup, frame[wanted & ~held])
    kept = wanted[row]
    moved = _summed(tally.chosen(kept), frame, row[kept], lookup)
    left = ~kept
    notes.append(
        f"{tally.file}: {int(kept.sum()):,} {LEVEL_NAMES[tally.level]} brought to {len(moved):,} wards"
        f"{' of ' + lookup.ward_year if lookup.ward_year else ''} by the best-fit lookup {lookup.file}, each whole to one "
        f"ward: {int(moved.persons.sum()):,} residents."
    )
    if left.any():
        notes.append(
            f"{tally.file}: {int(left.sum()):,} small areas with {int(tally.persons[left].sum()):,} residents left out "
            "because they are in other authorities' wards."
        )
    return replace(moved, notes=(*tally.notes, *notes))


def _summed(tally: Tally, frame: pd.DataFrame, row: NDArray[np.intp], lookup: Lookup) -> Tally:
    wards, place = np.unique(frame["ward_code"].to_numpy(dtype=object)[row], return_inverse=True)
    order = np.argsort(place, kind="stable")
    starts = np.searchsorted(place[order], np.arange(len(wards)))
    persons = np.add.reduceat(tally.persons[order], starts, axis=0)
    first = frame.drop_duplicates("ward_code").set_index("ward_code").loc[wards]
    return Tally(
        level="ward",
        year=lookup.ward_year or "unknown",
        codes=wards,
        names=first["ward_name"].to_numpy(dtype=object),
        authority_codes=first["authority_code"].to_numpy(dtype=object),
        authority_names=first["authority_name"].to_numpy(dtype=object),
        bands=tally.bands,
        persons=persons,
        file=tally.file,
    )


def _with_authorities(tally: Tally, lookup: Lookup, row: NDArray[np.intp], notes: list[str]) -> pd.DataFrame:
    """The lookup with its wards' authorities: its own, else those that the population gives its small areas."""
    frame = lookup.frame
    if (frame["authority_code"] != "").all():
        return frame
    given = pd.DataFrame(
        {
            "ward_code": frame["ward_code"].to_numpy()[row],
            "authority_code": tally.authority_codes,
            "authority_name": tally.authority_names,
            "people": tally.persons.sum(axis=(1, 2)),
        }
    )
    given = given[given["authority_code"] != ""]
    each = ["ward_code", "authority_code", "authority_name"]
    given = given.groupby(each, sort=True)[["people"]].sum().reset_index()
    given = given.sort_values(["ward_code", "people", "authority_code"], ascending=[True, False, True])
    several = sorted(set(given.loc[given["ward_code"].duplicated(), "ward_code"]))
    if several:
        notes.append(
            f"{lookup.file}: small areas of two authorities have their best fit in {len(several)} "
            f"ward{'s' if len(several) > 1 else ''}, taken for the one with more of its residents: "
            f"{', '.join(several[:_SHOWN])}."
        )
    named = frame.drop(columns=["authority_code", "authority_name"]).merge(
        given.drop_duplicates("ward_code").drop(columns="people"),
        on="ward_code",
        how="left",
        validate="many_to_one",
    )
    touched = set(frame["ward_code"].to_numpy()[row])
    unknown = named["authority_code"].isna() & named["ward_code"].isin(touched)
    if unknown.any():
        raise InputError(
            "Neither the lookup nor the population says which authority a ward is in.",
            file=lookup.file,
            found=f"{int(named.loc[unknown, 'ward_code'].nunique())} wards, such as {named.loc[unknown, 'ward_code'].iloc[0]}",
            expected="a lookup with the wards' authorities (LAD24CD), or a population with its small areas' authorities",
            action=f"get a best-fit lookup to wards and authorities from {WHERE}",
        )
    return named.fillna({"authority_code": "", "authority_name": ""})


def _check_matched(tally: Tally, lookup: Lookup, lost: NDArray[np.bool_]) -> None:
    if not lost.any():
        return
    some = ", ".join(tally.codes[lost][:_SHOWN])
    more = int(lost.sum()) - _SHOWN
    raise InputError(
        f"The lookup does not hold {int(lost.sum()):,} of the population's {len(tally):,} small areas: "
        f"{some}{f' and {more:,} more' if more > 0 else ''}.",
        file=tally.file,
        found=f"{int(tally.persons[lost].sum()):,} residents without a ward; {_vintages(tally, lookup)}",
        expected="every small area of the population in the lookup",
        action=_mend(tally, lookup),
    )


def _check_whole(tally: Tally, lookup: Lookup, lost: pd.DataFrame) -> None:
    if lost.empty:
        return
    wards = lost.drop_duplicates("ward_code")
    listed = ", ".join(
        f"{code} {name}".strip()
        for code, name in list(zip(wards["ward_code"], wards["ward_name"], strict=True))[:6]
    )
    some = ", ".join(lost["code"][:_SHOWN])
    raise InputError(
        f"The population lacks {len(lost):,} small areas of wards that it holds or that are asked for: {some}"
        f"{f' and {len(lost) - _SHOWN:,} more' if len(lost) > _SHOWN else ''}.",
        file=tally.file,
        found=f"parts of {len(wards):,} wards are missing: {listed}; {_vintages(tally, lookup)}",
        expected="every small area of every ward",
        action="complete the file, or " + _mend(tally, lookup),
    )


def _no_wards(lookup: Lookup, frame: pd.DataFrame, authorities: Collection[str]) -> InputError:
    held = frame.drop_duplicates("authority_code")
    some = ", ".join(
        f"{c} {n}".strip()
        for c, n in zip(held["authority_code"][:4], held["authority_name"][:4], strict=True)
    )
    return InputError(
        "The lookup holds no ward of the area.",
        file=lookup.file,
        column="authority",
        found=f"{len(held)} authorities, such as {some}",
        expected=f"wards of {', '.join(sorted(authorities)[:6])}",
        action="check --area and the year of the lookup: authorities are reorganised and recoded",
    )


def _census_of(codes: Collection[str], stated: str) -> str:
    if re.fullmatch(r"20[12]1", stated):
        return stated
    return "2021" if any(code.startswith("E01") and code >= FIRST_OF_2021 for code in codes) else ""


def _both(tally: Tally, lookup: Lookup) -> tuple[str, str]:
    """The Census whose small areas the population and the lookup hold, '' where it cannot be told.

    One that has no code new in 2021, beside another that has some which it lacks, is of 2011.
    """
    held = _census_of(tally.codes, tally.year)
    looked = _census_of(lookup.frame["code"], lookup.small_year)
    if "2021" in (held, looked) and tally.level == "lsoa":
        held, looked = held or "2011", looked or "2011"
    return held, looked


def _vintages(tally: Tally, lookup: Lookup) -> str:
    held, looked = _both(tally, lookup)
    if held and looked and held != looked:
        return f"the population is by small areas of {held}, the lookup is of {looked}"
    return f"small areas of {held or 'a year not stated'}, a lookup of {looked or 'a year not stated'}"


def _mend(tally: Tally, lookup: Lookup) -> str:
    held, looked = _both(tally, lookup)
    kind = tally.level.upper()
    ward = f"Ward ({lookup.ward_year})" if lookup.ward_year else "Ward"
    if held and held == looked:
        return (
            f"get another release of the lookup, or one to the wards of another year, from {WHERE}: it leaves out "
            "small areas that it should hold"
        )
    other = f", or the population by {kind} ({looked})" if looked and held and looked != held else ""
    return f"give the best-fit lookup from {kind}{f' ({held})' if held else ''} to {ward} with --lookup, from {WHERE}{other}"

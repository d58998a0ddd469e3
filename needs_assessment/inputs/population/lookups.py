"""Official lookups between small areas, wards and authorities, read by the names and the patterns of their columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from needs_assessment.errors import InputError
from needs_assessment.inputs.population.blocks import read_blocks
from needs_assessment.inputs.population.counts import LEVEL_OF_CODE
from needs_assessment.inputs.population.population_words import meaning_of
from needs_assessment.inputs.population.tally import LEVEL_NAMES
from needs_assessment.tables.columns import Columns
from needs_assessment.tables.problems import Problems

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
        level,
        stated.get(f"{level}_code", ""),
        stated.get("ward_code", ""),
        frame.drop_duplicates("code", ignore_index=True),
        table.file,
        table.sha256,
        (*blocks.notes, *table.notes, *empty),
        {
            str(code): table.rows[int(place)]
            for kind in ("authority_code", "ward_code")
            for place, code in reversed(list(frame[kind].items()))
        },
        (_heading(table, at, "ward_name"), _heading(table, at, "authority_name")),
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

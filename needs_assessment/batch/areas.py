"""Which areas a batch assesses: a word for a whole kind of authority, or a file of codes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from needs_assessment.choices.area_names import area_codes, is_name
from needs_assessment.command_name import command_name
from needs_assessment.errors import InputError
from needs_assessment.inputs.areas.geography import Area, resolve_area
from needs_assessment.registers.registers import load_authorities
from needs_assessment.tables.files import decode
from needs_assessment.tables.grids import ZIP, read_bytes, records

HEADINGS = ("area_code", "area_name", "area", "areas", "code", "name", "authority", "local authority")
LONDON_BOROUGH = "London borough"
WORDS = ("all", "tier-one", "districts")


@dataclass(frozen=True)
class BatchArea:
    """One area to assess: the codes given, what they resolve to, its region, and its residents of the register.

    residents orders the work (the largest first); it enters no result.
    """

    codes: tuple[str, ...]
    area: Area
    region: str
    residents: int

    @property
    def code(self) -> str:
        return self.area.code


def read_areas(asked: str, data: Path, *, own_population: bool) -> list[BatchArea]:
    """The areas of a batch, in order of their codes.

    asked: ``all`` (every tier-one authority and the London boroughs), ``tier-one``, ``districts`` (every authority of
    the lowest tier), or a file with one area a line, its codes or names joined by ``+`` for a partnership. own_population: a
    population file is given, so that authorities may be newer than the register. Raises InputError with the row for an
    unknown area and for one that is named twice.
    """
    known = load_authorities(data)
    if asked in WORDS:
        rows: list[tuple[tuple[str, ...], int]] = [((code,), 0) for code in _of_kind(asked, known)]
        file = "data/authorities.csv"
    else:
        path = Path(asked)
        rows, file = _of_file(path, data), path.name
    found: dict[str, BatchArea] = {}
    for named, row in rows:
        try:
            codes = area_codes(named, data)
            area = resolve_area(codes, data, any_authority=own_population)
        except InputError as error:
            raise InputError(
                f"The list of areas names what cannot be assessed: {error.message}",
                file=file,
                row=row or None,
                found="+".join(named),
                expected=error.expected or "the code or the name of an authority, or several joined by +",
                action=f"correct the line; `{command_name('areas')}` lists what ships",
            ) from error
        if area.code in found:
            raise InputError(
                "The list of areas names an area twice.",
                file=file,
                row=row or None,
                found=area.code,
                expected="each area once",
                action="remove one of the lines",
            )
        own = known[known["authority_code"].isin(area.authorities)]
        regions = sorted(set(own["region"]))
        found[area.code] = BatchArea(
            codes,
            area,
            regions[0] if len(regions) == 1 else " and ".join(regions),
            int(own["residents_mid2020"].sum()),
        )
    return [found[code] for code in sorted(found)]


def _of_kind(word: str, known: pd.DataFrame) -> list[str]:
    lowest = known["authority_code"].tolist()
    if word == "districts":
        return list(lowest)
    tier_one = sorted(set(known["tier_one_code"]))
    if word == "tier-one":
        return tier_one
    boroughs = known.loc[known["kind"] == LONDON_BOROUGH, "authority_code"].tolist()
    return sorted({*tier_one, *boroughs})


def _of_file(path: Path, data: Path) -> list[tuple[tuple[str, ...], int]]:
    expected = f"a text file in UTF-8 with one area a line, or one of the words {', '.join(WORDS)}"
    if not os.path.exists(path):  # noqa: PTH110 - also where the name is too long for one
        raise InputError(
            "The list of areas does not exist.", file=path.name, expected=expected, action="check --areas"
        )
    try:
        content = read_bytes(path)
        if content.startswith(ZIP):
            raise InputError("It is a workbook or another packed file.")
        lines = records(path.name, decode(path.name, content)[0], ",")
    except InputError as error:
        raise InputError(
            f"The list of areas cannot be read: {error.message}",
            file=path.name,
            row=error.row,
            found=error.found,
            expected=expected,
            action="check --areas, or save the list as CSV UTF-8",
        ) from error
    rows: list[tuple[tuple[str, ...], int]] = []
    for row, cells in enumerate(lines, start=1):
        first = cells[0].strip() if cells else ""
        if not first or first.startswith("#") or (not rows and first.casefold() in HEADINGS):
            continue
        rows.append((_named_whole(cells, data) or tuple(first.split("+")), row))
    if not rows:
        raise InputError(
            "The list of areas is empty.", file=path.name, expected="at least one code", action="add a line"
        )
    return rows


def _named_whole(cells: Sequence[str], data: Path) -> tuple[str, ...]:
    """The one area whose name has commas and was written without quotation marks; none where it is not so."""
    written = ", ".join(cell.strip() for cell in cells)
    if len(cells) < 2 or not is_name(written, data):
        return ()
    return (written,)

"""Which areas a batch assesses: a word for a whole kind of authority, or a file of codes."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from needs_assessment.errors import InputError
from needs_assessment.inputs.geography import Area, resolve_area
from needs_assessment.inputs.register import load_authorities

HEADINGS = ("area_code", "area", "code", "areas")
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
    the lowest tier), or a file with one area a line, its codes joined by ``+`` for a partnership. own_population: a
    population file is given, so that authorities may be newer than the register. Raises InputError with the row for an
    unknown area and for one that is named twice.
    """
    known = load_authorities(data)
    if asked in WORDS:
        rows: list[tuple[tuple[str, ...], int]] = [((code,), 0) for code in _of_kind(asked, known)]
        file = "data/authorities.csv"
    else:
        path = Path(asked)
        rows, file = _of_file(path), path.name
    found: dict[str, BatchArea] = {}
    for codes, row in rows:
        try:
            area = resolve_area(codes, data, any_authority=own_population)
        except InputError as error:
            raise InputError(
                "The list of areas names an area that is not known.",
                file=file,
                row=row or None,
                found="+".join(codes),
                expected="the code of an authority, or several joined by +",
                action="correct the line; `needs-assessment areas` lists what ships",
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


def _of_file(path: Path) -> list[tuple[tuple[str, ...], int]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise InputError(
            "The list of areas does not exist.",
            file=path.name,
            expected=f"a file with one area a line, or one of the words {', '.join(WORDS)}",
            action="check --areas",
        ) from None
    except (UnicodeDecodeError, OSError) as error:
        raise InputError(
            "The list of areas cannot be read.",
            file=path.name,
            found=type(error).__name__,
            expected="text in UTF-8, one area a line",
            action="save it as CSV UTF-8",
        ) from None
    rows = []
    for row, cells in enumerate(csv.reader(lines), start=1):
        first = cells[0].strip() if cells else ""
        if not first or first.startswith("#") or (row == 1 and first.casefold() in HEADINGS):
            continue
        rows.append((tuple(part.strip().upper() for part in first.split("+")), row))
    if not rows:
        raise InputError(
            "The list of areas is empty.", file=path.name, expected="at least one code", action="add a line"
        )
    return rows

"""The layouts in which ward populations are published, recognised by their column names alone.

Wide: one row a ward, columns F0 … F90 and M0 … M90 (the ONS ward workbook). Long: one row a ward, sex and age, the age
as a single year (``age``) or as a band (``age_from``, ``age_to``; the project's own table).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from needs_assessment.errors import InputError
from needs_assessment.inputs.personal import column_kind
from needs_assessment.inputs.tablefile import RawTable

TOP_AGE = 90  # stands for 90 and over in every published layout
_WARD = ("wd", "ward", "electoralward")
_AUTHORITY = (
    "lad",
    "la",
    "ltla",
    "localauthority",
    "localauthoritydistrict",
    "authority",
    "district",
    "ladistrict",
)
_NAMES = {
    **{stem + end: "ward_code" for stem in _WARD for end in ("cd", "code")},
    **{stem + end: "ward_name" for stem in _WARD for end in ("nm", "name")},
    **{stem + end: "authority_code" for stem in _AUTHORITY for end in ("cd", "code")},
    **{stem + end: "authority_name" for stem in _AUTHORITY for end in ("nm", "name")},
    "sex": "sex",
    "age": "age",
    "agefrom": "age_from",
    "ageto": "age_to",
    "persons": "persons",
    "total": "total",
    "allages": "total",
}
_AGE_COLUMN = re.compile(r"(f|m|female|male)s?_?(\d{1,3})\+?", re.IGNORECASE)
_ALWAYS = ("ward_code", "ward_name")
WIDE_ALL = tuple(f"{sex}{age}" for sex in "FM" for age in range(TOP_AGE + 1))
NEEDED = {
    "wide": (*_ALWAYS, *WIDE_ALL),
    "single year": (*_ALWAYS, "sex", "age", "persons"),
    "bands": (*_ALWAYS, "sex", "age_from", "age_to", "persons"),
}
DESCRIBED = (
    "ward code and name with F0 to F90 and M0 to M90; or ward_code, ward_name, sex, age, persons; "
    "or ward_code, ward_name, sex, age_from, age_to, persons; each with authority_code and authority_name"
)


@dataclass(frozen=True)
class Layout:
    """How a table's columns are to be read.

    kind: 'wide', 'single year' or 'bands'; at: position of each recognised column; vintage: the year of the ward
    boundaries where the ward columns state one, else 'unknown'; unused: columns that are left alone.
    """

    kind: str
    at: dict[str, int]
    vintage: str
    unused: tuple[str, ...]


@lru_cache(maxsize=20_000)
def canonical_name(column: str) -> tuple[str, str]:
    """The meaning of a column name and the year it states: 'WD23CD' gives ('ward_code', '2023'); unknown gives ''."""
    text = column.replace("\ufeff", "").strip()
    age = _AGE_COLUMN.fullmatch(re.sub(r"[\s_]+", "", text))
    if age:
        return age.group(1)[0].upper() + str(int(age.group(2))), ""
    squeezed = re.sub(r"[^0-9a-z]+", "", text.casefold())
    squeezed = squeezed.removesuffix("boundaries")
    years = re.findall(r"\d+", squeezed)
    meaning = _NAMES.get(re.sub(r"\d+", "", squeezed), "")
    if not meaning or len(years) > 1:
        return "", ""
    if not years:
        return meaning, ""
    year = years[0] if len(years[0]) == 4 else "20" + years[0]
    stated = len(years[0]) in (2, 4) and year.startswith("20") and meaning.endswith(("_code", "_name"))
    return (meaning, year) if stated else ("", "")


def fits(cells: Sequence[str]) -> float:
    """How well a row of cells serves as a header: the share of the best layout's columns that it names."""
    named = {canonical_name(cell)[0] for cell in cells if cell}
    named.discard("")
    if len(named) < 2:
        return 0.0
    return max(len(named & set(needed)) / len(needed) for needed in NEEDED.values())


def recognise(table: RawTable) -> Layout:
    """Name the table's layout, or raise InputError saying which column is missing, doubled or not allowed."""
    at: dict[str, int] = {}
    unused: list[str] = []
    vintages: set[str] = set()
    for position, column in enumerate(table.header):
        name, year = canonical_name(column)
        if not name:
            kind = column_kind(column)
            if kind and kind != "coordinate":  # a ward's own point is harmless, and left alone
                raise InputError(
                    f"A column looks like person-level data ({kind}); only counts by ward are read.",
                    file=table.file,
                    column=f"number {position + 1}",
                    expected="columns of areas, sex, age and counts only",
                    action="remove the column",
                )
            unused.append(column)
            continue
        if name in at:
            raise InputError(
                f"Two columns say the same thing ({name.replace('_', ' ')}).",
                file=table.file,
                column=column,
                found=f"{table.header[at[name]]}, {column}",
                expected="one of them",
                action="remove the one that is not meant",
            )
        at[name] = position
        if name.startswith("ward_") and year:
            vintages.add(year)
    if len(vintages) > 1:
        raise InputError(
            "The ward columns state different years of boundaries.",
            file=table.file,
            found=", ".join(sorted(vintages)),
            expected="one year",
            action="keep the code and the name of one year",
        )
    kind = _kind(at)
    _require(table, at, kind)
    for name in at:
        if name[0] in "FM" and name[1:].isdigit() and int(name[1:]) > TOP_AGE:
            raise InputError(
                "An age is outside 0 to 90.",
                file=table.file,
                column=table.header[at[name]],
                found=name[1:],
                expected="0 to 90, where 90 means 90 and over",
            )
    read = set(NEEDED[kind]) | {"authority_code", "authority_name"} | ({"total"} if kind == "wide" else set())
    unused += [table.header[position] for name, position in at.items() if name not in read]
    vintage = vintages.pop() if vintages else "unknown"
    return Layout(
        kind, {name: position for name, position in at.items() if name in read}, vintage, tuple(unused)
    )


def _kind(at: dict[str, int]) -> str:
    ages = sum(name in at for name in WIDE_ALL)
    long = [name for name in ("sex", "age", "age_from", "age_to", "persons") if name in at]
    if ages >= 2 and ages >= len(long):
        return "wide"
    return "bands" if {"age_from", "age_to"} & at.keys() and "age" not in at else "single year"


def _require(table: RawTable, at: dict[str, int], kind: str) -> None:
    missing = [name for name in NEEDED[kind] if name not in at]
    if "authority_name" in at and "authority_code" not in at:
        missing.append("authority_code")
    if "authority_code" in at and "authority_name" not in at:
        missing.append("authority_name")
    if {"age", "age_from"} <= at.keys():
        raise InputError(
            "The table gives the age twice, as a single year and as a band.",
            file=table.file,
            column=table.header[at["age_from"]],
            expected="age, or age_from and age_to",
            action="keep one of the two",
        )
    if missing:
        shown = ", ".join(
            name.upper() if kind == "wide" and name in WIDE_ALL else name for name in missing[:6]
        )
        raise InputError(
            "A column of the population table is missing.",
            file=table.file,
            row=table.header_row,
            column=shown + (" …" if len(missing) > 6 else ""),
            found=", ".join(table.header[:8]) + (" …" if len(table.header) > 8 else ""),
            expected=DESCRIBED,
            action="add the column, or save the table again as it was published",
            more=max(len(missing) - 6, 0),
        )

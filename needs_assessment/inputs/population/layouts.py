"""The layouts in which populations of wards and small areas are published, recognised by their column names alone.

Wide: one row a place, a column for each sex and age (ONS workbooks, Nomis and Census tables). Long: one row a place, sex
and age (the Nomis interface, Census downloads, the project's own table), or a column for each sex or each age.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from needs_assessment.errors import InputError
from needs_assessment.inputs.population.population_words import (
    ALL_AGES,
    PERSONS,
    TOP_AGE,
    Band,
    Meaning,
    meaning_of,
)
from needs_assessment.tables.columns import Columns
from needs_assessment.tables.personal_data import column_kind

LEVELS = ("oa", "lsoa", "msoa", "ward", "area")  # the finest first
WIDE_ALL = tuple((sex, (age, age)) for sex in "FM" for age in range(TOP_AGE + 1))
DESCRIBED = (
    "a ward's or small area's code, with a column for each sex and age (F0 to F90 and M0 to M90, or bands), or with "
    "columns of sex, age and the count; such as ward_code, ward_name, sex, age_from, age_to, persons, each with "
    "authority_code and authority_name"
)
DATES = ("date", "period", "time")  # columns that say when the counts are of, the first one first
_PREFERRED = {
    "sex": "sex_name",
    "age": "age_name",
    "date": "date_name",
    "time": "time_name",
    "period": "period_name",
    "measure": "measure_name",
}


@dataclass(frozen=True)
class Value:
    """A column of counts: its sex (F, M, P, or '' as the row or the sheet says) and band (None: as the row says)."""

    position: int
    sex: str
    band: Band | str | None


@dataclass(frozen=True)
class Layout:
    """How a table's columns are to be read.

    level: 'ward', 'lsoa', 'oa', 'msoa', or 'area' where the codes must tell; at: position of each column that is no
    count; values: the columns of counts; vintage: the year of the boundaries that the code column states, else
    'unknown'; unused: columns that are left alone.
    """

    kind: str
    level: str
    at: dict[str, int]
    values: tuple[Value, ...]
    vintage: str
    unused: tuple[str, ...]


def fits(cells: Sequence[str]) -> float:
    """How well a row of cells serves as a header: 0 without a place, more with each thing that it names."""
    meanings = {meaning for cell in cells if cell and (meaning := meaning_of(cell)).name}
    names = {meaning.name for meaning in meanings}
    coded = any(name.endswith("_code") and name != "authority_code" for name in names)
    placed = coded or any(
        name.endswith(("_name", "_plain")) and name.split("_")[0] in LEVELS for name in names
    )
    if not placed or len(names) + sum(meaning.name == "cell" for meaning in meanings) < 3:
        return 0.0
    aged = {
        meaning for meaning in meanings if meaning.name == "cell" and meaning.band not in (None, ALL_AGES)
    }
    counted = "value" in names or any(meaning.name == "cell" for meaning in meanings)
    said = {name.removesuffix("_name") for name in names}
    long = sum(("sex" in said, bool({"age", "age_from"} & said), counted)) / 3
    wide = len(aged) / (len(aged) + 1)
    return 0.3 + 0.2 * coded + 0.5 * max(long, wide)


def recognise(table: Columns, stated: str = "") -> Layout:
    """Name the table's layout; stated: the sex its sheet or title states.

    Raises InputError saying which column is missing, doubled or not allowed.
    """
    meanings = [meaning_of(column) for column in table.header]
    unused: list[str] = []
    at: dict[str, int] = {}
    years: dict[str, str] = {}
    cells: list[tuple[int, Meaning]] = []
    for position, (column, meaning) in enumerate(zip(table.header, meanings, strict=True)):
        if not meaning.name:
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
        elif meaning.name in ("cell", "value"):
            cells.append((position, meaning))
        else:
            _place(table, at, years, meaning, position, unused)
    for plain, better in _PREFERRED.items():
        if better in at:
            if plain in at:
                unused.append(table.header[at[plain]])
            at[plain] = at.pop(better)
    level = _choose_level(table, at, unused)
    values, kind = _values(table, at, cells, unused)
    ward_years = {
        years[name] for name in (f"{level}_code", f"{level}_name", f"{level}_plain") if years.get(name)
    }
    if len(ward_years) > 1:
        raise InputError(
            f"The {'ward' if level == 'ward' else 'area'} columns state different years of boundaries.",
            file=table.file,
            found=", ".join(sorted(ward_years)),
            expected="one year",
            action="keep the code and the name of one year",
        )
    _require(table, at, level, kind, values, stated)
    return Layout(kind, level, at, values, ward_years.pop() if ward_years else "unknown", tuple(unused))


def _place(
    table: Columns,
    at: dict[str, int],
    years: dict[str, str],
    meaning: Meaning,
    position: int,
    unused: list[str],
) -> None:
    """Note where a column stands; of an authority's columns of several years the latest counts."""
    name, column = meaning.name, table.header[position]
    if name in at:
        if name.startswith("authority") and meaning.year != years[name] and meaning.year and years[name]:
            older = meaning.year < years[name]
            unused.append(column if older else table.header[at[name]])
            if older:
                return
        else:
            raise InputError(
                f"Two columns say the same thing ({name.replace('_', ' ')}).",
                file=table.file,
                column=column,
                found=f"{table.header[at[name]]}, {column}",
                expected="one of them",
                action="remove the one that is not meant",
            )
    at[name] = position
    years[name] = meaning.year


def _choose_level(table: Columns, at: dict[str, int], unused: list[str]) -> str:
    """The finest kind of place the rows are; its code and name become area_code and area_name."""
    # a generic code (mnemonic, GEOGRAPHY_CODE) is of the kind of place that another column names
    asked = [(kind, ending) for ending in ("code", "plain", "name") for kind in LEVELS if kind != "area"]
    asked += [("area", ending) for ending in ("code", "plain", "name")]
    level = next((kind for kind, ending in asked if f"{kind}_{ending}" in at), "")
    if not level:
        raise _missing(table, ["ward_code"], len(table.header))
    code = at.get(f"{level}_code", at.get("area_code"))
    plain = at.get(f"{level}_plain")
    name = at.get(f"{level}_name", plain if code is not None else None)
    if code is None and plain is not None:
        code = plain
    for other in LEVELS:
        for ending in ("code", "name", "plain"):
            position = at.pop(f"{other}_{ending}", None)
            if position is not None and position not in (code, name):
                unused.append(table.header[position])
    if "authority_plain" in at:
        plain_authority = at.pop("authority_plain")
        if "authority_code" in at and "authority_name" not in at:
            at["authority_name"] = plain_authority
        else:
            unused.append(table.header[plain_authority])
    if code is None:
        raise _missing(table, [f"{'ward' if level == 'area' else level}_code"], len(table.header))
    at["area_code"] = code
    if name is not None:
        at["area_name"] = name
    return level


def _values(
    table: Columns, at: dict[str, int], cells: list[tuple[int, Meaning]], unused: list[str]
) -> tuple[tuple[Value, ...], str]:
    """The columns of counts, and the kind of layout."""
    aged = [meaning for _, meaning in cells if meaning.band not in (None, ALL_AGES)]
    by_row = bool({"age", "age_from"} & at.keys())
    if len(aged) >= 2 and not by_row:
        sexed = any(meaning.sex in ("F", "M") for meaning in aged)
        values = [
            Value(position, meaning.sex or (PERSONS if sexed else ""), meaning.band or ALL_AGES)
            for position, meaning in cells
            if meaning.name == "cell"
        ]
        # a column headed Persons or Total holds both sexes where the sexes have columns, else the table's own sex
        if not sexed:
            values = [Value(v.position, "" if v.sex == PERSONS else v.sex, v.band) for v in values]
        unused += [table.header[position] for position, meaning in cells if meaning.name == "value"]
        _check_doubles(table, values)
        return tuple(values), "wide"
    sexes = [position for position, meaning in cells if meaning.sex in ("F", "M") and meaning.band is None]
    plain = [position for position, meaning in cells if meaning.name == "value"]
    both = [position for position, meaning in cells if meaning.sex == PERSONS and meaning.band is None]
    unused += [table.header[position] for position, meaning in cells if meaning.band is not None]
    if sexes:
        values = [
            Value(position, meaning.sex, None) for position, meaning in cells if position in sexes + both
        ]
        unused += [table.header[position] for position in plain]
    else:
        # 'persons' is the project's own name of the count; a total beside it is another thing
        named = [position for position in both if table.header[position].casefold() == "persons"]
        taken = (named or plain or both)[:2]
        unused += [table.header[position] for position in (*plain, *both) if position not in taken]
        values = [Value(position, "", None) for position in taken]
    _check_doubles(table, values)
    return tuple(values), "single year" if "age" in at or "age_from" not in at else "bands"


def _check_doubles(table: Columns, values: list[Value]) -> None:
    first: dict[tuple[str, object], int] = {}
    for value in values:
        other = first.setdefault((value.sex, value.band), value.position)
        if other != value.position:
            raise InputError(
                "Two columns say the same thing (the same residents).",
                file=table.file,
                column=table.header[value.position],
                found=f"{table.header[other]}, {table.header[value.position]}",
                expected="one of them",
                action="remove the one that is not meant",
            )


def _require(
    table: Columns, at: dict[str, int], level: str, kind: str, values: tuple[Value, ...], stated: str
) -> None:
    missing: list[str] = []
    needed = ["age_from", "age_to"] if {"age_from", "age_to"} & at.keys() and "age" not in at else ["age"]
    if level == "ward" and "area_name" not in at:
        missing.append("ward_name")
    if kind == "wide":
        held = {(value.sex, value.band) for value in values}
        single = sum((sex, (age, age)) in held for sex in "FM" for age in range(TOP_AGE))
        if single >= TOP_AGE and not any(
            isinstance(band, tuple) and band[0] < (band[1] or 0) for _, band in held
        ):
            opens = {sex: band[0] for sex, band in held if isinstance(band, tuple) and band[1] is None}
            lacking = [
                one for one in WIDE_ALL if one not in held and one[1][0] < opens.get(one[0], TOP_AGE + 1)
            ]
            missing += [f"{sex}{band[0]}" for sex, band in lacking]
    else:
        missing += [name for name in needed if name not in at]
        if not values:
            missing.append("persons")
    if not stated and "sex" not in at and values and not any(value.sex in ("F", "M") for value in values):
        missing.append("sex")
    if "authority_name" in at and "authority_code" not in at:
        missing.append("authority_code")
    if "authority_code" in at and "authority_name" not in at and level == "ward":
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
        raise _missing(table, missing, len(table.header))


def _missing(table: Columns, missing: list[str], width: int) -> InputError:
    return InputError(
        "A column of the population table is missing.",
        file=table.file,
        row=table.header_row,
        column=", ".join(missing[:6]) + (f" and {len(missing) - 6} others" if len(missing) > 6 else ""),
        found=", ".join(table.header[:8]) + (" …" if width > 8 else ""),
        expected=DESCRIBED,
        action="add the column, or save the table again as it was published",
    )

"""The layouts in which populations of wards and small areas are published, recognised by their column names alone.

Wide: one row a place, a column for each sex and age (ONS workbooks, Nomis and Census tables). Long: one row a place, sex
and age (the Nomis interface, Census downloads, the project's own table), or a column for each sex or each age.

What the words of a published population table mean: names of columns, sexes, ages.

The same thing has many spellings: ``F0``, ``Females 0 to 4``, ``Aged 90+``, ``Sex: Female; Age: Aged 4 years and under;
measures: Value``, ``GEOGRAPHY_CODE``, ``mnemonic``, ``LSOA21CD``. What is not recognised is left alone, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from needs_assessment.errors import InputError
from needs_assessment.tables.columns import Columns
from needs_assessment.tables.personal_data import column_kind

TOP_AGE = 90  # stands for 90 and over in every published layout
OLDEST = 120  # no table prints an age above it
Band = tuple[int, int | None]
ALL_AGES = "all"
PERSONS = "P"
SEXES = {
    **dict.fromkeys(("f", "female", "females", "women", "females only"), "F"),
    **dict.fromkeys(("m", "male", "males", "men", "males only"), "M"),
}
BOTH = {
    "total",
    "persons",
    "all persons",
    "all people",
    "people",
    "both",
    "both sexes",
    "all",
    "p",
    "all usual residents",
    "total: all usual residents",
}
_ALL_AGES = re.compile(
    r"(all ages?|all usual residents|all persons|all categories: age.*|total|total: all usual residents|all)"
)
_LEVELS = {
    **dict.fromkeys(("wd", "ward", "wards", "electoralward", "electoralwards"), "ward"),
    **dict.fromkeys(("electoralwardsanddivisions", "electoralwardsdivisions"), "ward"),
    **dict.fromkeys(("lsoa", "lsoas", "lowerlayersuperoutputarea", "lowerlayersuperoutputareas"), "lsoa"),
    **dict.fromkeys(
        ("lowersuperoutputarea", "superoutputarealowerlayer", "superoutputareaslowerlayer"), "lsoa"
    ),
    **dict.fromkeys(("oa", "outputarea", "outputareas"), "oa"),
    **dict.fromkeys(("msoa", "middlelayersuperoutputarea", "middlelayersuperoutputareas"), "msoa"),
    **dict.fromkeys(("superoutputareamiddlelayer", "superoutputareasmiddlelayer"), "msoa"),
    **dict.fromkeys(("geography", "area", "areas", "smallarea"), "area"),
    **dict.fromkeys(("lad", "la", "ltla", "localauthority", "localauthoritydistrict"), "authority"),
    **dict.fromkeys(("authority", "district", "ladistrict", "lowertierlocalauthorities"), "authority"),
    **dict.fromkeys(("lowertierlocalauthority", "localauthoritydistricts"), "authority"),
}
_ENDS = (
    ("codes", "code"),
    ("code", "code"),
    ("cd", "code"),
    ("names", "name"),
    ("name", "name"),
    ("nm", "name"),
)
_PLAIN = {
    "mnemonic": "area_code",
    "agefrom": "age_from",
    "ageto": "age_to",
    "age": "age",
    "agename": "age_name",
    "cagename": "age_name",
    "singleyearofage": "age",
    "agegroup": "age",
    "ageband": "age",
    "sex": "sex",
    "gender": "sex",
    "sexname": "sex_name",
    "csexname": "sex_name",
    "gendername": "sex_name",
    "date": "date",
    "datename": "date_name",
    "year": "date",
    "dateofestimate": "date",
    "estimatedate": "date",
    "referencedate": "date",
    "midyear": "date",
    "period": "period",
    "referenceperiod": "period",
    "timeperiod": "period",
    "periodname": "period_name",
    "timeperiodname": "period_name",
    "time": "time",
    "timename": "time_name",
    "recordcount": "record_count",
    "recordoffset": "record_offset",
    "measures": "measure",
    "measuresname": "measure_name",
    "obsvalue": "value",
    "observation": "value",
    "observations": "value",
    "value": "value",
    "count": "value",
    "population": "value",
    "residents": "value",
    "usualresidents": "value",
    "obsstatusname": "status_name",
    "wardvintage": "vintage",
}
FLOAT = r"^([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)\.00?$"
_CATEGORIES = re.compile(r"(age|sex)([a-z]?)categories")
_SEX_WORD = re.compile(
    r"(?P<sex>all persons|persons|people|total|both sexes|females?|males?|women|men|f|m|p)(?=$|[^a-z])[\s_,:;|–-]*",
    re.IGNORECASE,
)


class Meaning(NamedTuple):
    """What a column holds.

    name: such as 'ward_code', 'lsoa_name', 'authority_code', 'sex', 'age', 'persons', 'value', or 'cell' for a column of
    counts, whose sex is 'F', 'M', 'P' (both) or '' and whose band is a pair of ages, 'all' or None where it does not say;
    year: the year of the boundaries a code column states, else ''; bare: whether an age stands there without any word.
    """

    name: str
    year: str = ""
    sex: str = ""
    band: Band | str | None = None
    bare: bool = False


UNKNOWN = Meaning("")


@lru_cache(maxsize=20_000)
def meaning_of(column: str) -> Meaning:
    """The meaning of a column's name; UNKNOWN where there is none."""
    text = " ".join(column.replace("\ufeff", "").split())
    if not text or len(text) > 200:
        return UNKNOWN
    return _area(text) or _plain(text) or _cell(text) or UNKNOWN


def _area(text: str) -> Meaning | None:
    squeezed = re.sub(r"[^0-9a-z]+", "", text.casefold())
    squeezed = re.sub(r"(england|inenglandandwales|boundaries|asof|december|may|april)", "", squeezed)
    years = [
        digits for digits in re.findall(r"\d+", squeezed) if len(digits) > 1
    ]  # a single digit marks a footnote
    stem = re.sub(r"\d+", "", squeezed)
    end = ""
    for letters, name in _ENDS:
        if stem.endswith(letters) and stem.removesuffix(letters) in _LEVELS:
            stem, end = stem.removesuffix(letters), name
            break
    level = _LEVELS.get(stem)
    if level is None or len(years) > 1:
        return None
    year = "" if not years else years[0] if len(years[0]) == 4 else "20" + years[0]
    if year and not re.fullmatch(r"20\d\d", year):
        return None
    return Meaning(f"{level}_{end or 'plain'}", year)


def _plain(text: str) -> Meaning | None:
    letters = re.sub(r"[^a-z]+", "", text.casefold())
    if found := _CATEGORIES.fullmatch(letters):
        return Meaning(found[1])
    digits = any(character.isdigit() for character in text)
    return Meaning(_PLAIN[letters]) if letters in _PLAIN and not digits else None


def _cell(text: str) -> Meaning | None:
    """A column of counts: a sex, an age or both, as one phrase or as 'Sex: …; Age: …; measures: Value'."""
    parts = [part.strip() for part in text.split(";")]
    labelled = {}
    for part in parts:
        label, colon, rest = part.partition(":")
        if colon and label.strip().casefold() in {"sex", "gender", "age", "measures", "c_sex", "c_age"}:
            labelled[label.strip().casefold().removeprefix("c_")] = rest.strip()
    if labelled:
        if len(labelled) < len(parts) or labelled.get("measures", "value").casefold() != "value":
            return None
        sex_text = labelled.get("sex", labelled.get("gender", ""))
        sex = read_sex(sex_text) if sex_text else ""
        band = read_age_words(labelled["age"]) if "age" in labelled else None
        known = sex is not None and ("age" not in labelled or band is not None)
        return Meaning("cell", "", sex or "", band) if known else None
    found = _SEX_WORD.match(text)
    if found:
        sex = read_sex(found["sex"])
        rest = text[found.end() :].strip(" ()")
        if not rest:
            return Meaning("cell", "", sex or "", None)
        band = read_age_words(rest)
        return None if band is None or sex is None else Meaning("cell", "", sex, band)
    compact = re.fullmatch(r"([fm])[\s_]*(\d{1,3})(\+?)", text, re.IGNORECASE)
    if compact:
        low = int(compact[2])
        return Meaning("cell", "", compact[1].upper(), (low, None if compact[3] else low))
    band = read_age_words(text)
    if band is None:
        return None
    return Meaning("cell", "", "", band, bare=bool(re.fullmatch(r"[\d+ –-]+", text)))


@lru_cache(maxsize=5_000)
def read_sex(text: str) -> str | None:
    """'F', 'M' or 'P' (both sexes together), or None where the text is none of them."""
    folded = " ".join(text.split()).casefold()
    return SEXES.get(folded) or (PERSONS if folded in BOTH else None)


@lru_cache(maxsize=5_000)
def read_age_words(text: str) -> Band | str | None:
    """A band of ages as published words say it, 'all' for every age, or None.

    '17', 'Aged 17', 'Age 0 - as of 30 June', '5-9', 'Aged 5 to 9 years', '90+', 'Aged 90 years and over', 'Aged 4 years
    and under', 'Aged under 1 year'. A single age is closed here, (90, 90); what it means in its table is decided there.
    """
    words = " ".join(text.replace("–", "-").replace("_", " ").split()).casefold()
    if len(words) > 60:
        return None
    if _ALL_AGES.fullmatch(words):
        return ALL_AGES
    words = re.sub(r"\s*-\s*as (of|at)\b.*$", "", words)
    words = re.sub(r"^(aged?|ages)\b[\s:]*", "", words)
    if _ALL_AGES.fullmatch(words):
        return ALL_AGES
    words = re.sub(r"\b(years?|yrs?)\b( old| of age)?", "", words)
    words = whole(" ".join(words.split()))
    if re.fullmatch(r"[0-9]{1,3}", words):
        return _closed(int(words), int(words))
    if found := re.fullmatch(r"(?:under|less than) ([0-9]{1,3})", words):
        return _closed(0, int(found[1]) - 1)
    if found := re.fullmatch(r"([0-9]{1,3}) (?:and|or) (?:under|younger|below)", words):
        return _closed(0, int(found[1]))
    if found := re.fullmatch(r"([0-9]{1,3}) ?(?:\+|(?:and|or) (?:over|older|above)|plus)", words):
        return (int(found[1]), None) if int(found[1]) <= OLDEST else None
    if found := re.fullmatch(r"([0-9]{1,3}) ?(?:-|to) ?([0-9]{1,3})", words):
        return _closed(int(found[1]), int(found[2]))
    return None


def whole(text: str) -> str:
    """A whole number as it is written without the '.0' that a program put behind it; any other text as it is.

    Three zeros may be a thousand of another country, so '1.000' stays as it is.
    """
    return re.sub(FLOAT, r"\1", text)


def _closed(low: int, high: int) -> Band | None:
    return (low, high) if 0 <= low <= high <= OLDEST else None


def named(band: Band) -> str:
    """A band in words: '0 to 4', '17', '90 and over'."""
    low, high = band
    return f"{low} and over" if high is None else str(low) if low == high else f"{low} to {high}"


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

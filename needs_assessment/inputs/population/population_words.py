"""What the words of a published population table mean: names of columns, sexes, ages.

The same thing has many spellings: ``F0``, ``Females 0 to 4``, ``Aged 90+``, ``Sex: Female; Age: Aged 4 years and under;
measures: Value``, ``GEOGRAPHY_CODE``, ``mnemonic``, ``LSOA21CD``. What is not recognised is left alone, never guessed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

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

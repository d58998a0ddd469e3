"""What the words of the survey's published tables mean: sexes, ages, years, kinds of abuse, groups, question sets, markers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from needs_assessment.tables.cells import parse

Edition = tuple[int, int]  # year and month that the survey year ends in
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FULL = ("uary", "ruary", "ch", "il", "", "e", "y", "ust", "tember", "ober", "ember", "ember")
_MONTH = r"(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_FIGURE = r"['‘’]?(\d{4}|\d{2})\b"
_ENDING = re.compile(rf"\b(?:years? ending|ye)\s+(?:\d{{1,2}}\s+)?{_MONTH}\s+{_FIGURE}", re.IGNORECASE)
_ALSO = re.compile(rf"\b(?:to|and)\s+(?:\d{{1,2}}\s+)?{_MONTH}\s+{_FIGURE}", re.IGNORECASE)
_AGES = re.compile(
    r"\bage[sd]?\s+(?:of\s+)?(\d{2})(?:\s*years)?\s*(and over|or over|\+|(?:to|-|–)\s*\d{2})", re.I
)
_NOTE_MARK = re.compile(r"\[\s*notes?\b[^\]]*\]", re.IGNORECASE)
# The questions changed with the year ending March 2024; an earlier change, of 2013, is still told in the notes.
FIRST_NEW: Edition = (2024, 3)
_EARLIER_CHANGE = re.compile(r"\b20(?:0\d|1[0-4])\b")
_QUESTION_WORDS = r"(?:\s+(?:set of|domestic|abuse|survey|self-completion|csew|headline))*\s+(?:questions?|measures?|module)\b"
_QUESTIONS = (
    ("new", re.compile(r"\bnew(?:ly developed)?" + _QUESTION_WORDS, re.IGNORECASE)),
    ("old", re.compile(r"\b(?:old|existing|previous|original|former)" + _QUESTION_WORDS, re.IGNORECASE)),
)
QUESTION_SETS = ("new", "old")
MARKERS = {
    "[c]": "suppressed by the publisher, marked [c]",
    "[x]": "not available, marked [x]",
    "[z]": "not applicable, marked [z]",
    "[low]": "a small figure that would round to zero, marked [low]",
    "[l]": "a small figure that would round to zero, marked [l]",
    "[u]": "too unreliable to publish, marked [u]",
    "u": "too unreliable to publish, marked u",
    ":": "not available, marked :",
    "..": "not available, marked ..",
    "-": "not reported because too few people were asked, marked -",
    "*": "suppressed by the publisher, marked *",
    "n/a": "not available, marked n/a",
}
_MARKED = re.compile(r"(?P<number>.*?\d)\s*(?P<mark>\[(?:u|r|p|e|b|low|l)\]|u|\*)", re.IGNORECASE)
_GROUPS = (  # heading, category, the register's name of the group
    ("disab", "disabled", "disabled"),
    ("disab", "not disabled", "not disabled"),
    ("tenure", "owners", "tenure: owner"),
    ("tenure", "social renters", "tenure: social renter"),
    ("tenure", "private renters", "tenure: private renter"),
    ("ethnic", "white", "ethnicity: White"),
    ("ethnic", "mixed", "ethnicity: Mixed"),
    ("ethnic", "asian", "ethnicity: Asian"),
    ("ethnic", "black", "ethnicity: Black"),
    ("ethnic", "other", "ethnicity: Other"),
    ("birth", "born in the uk", "born in the UK"),
    ("birth", "not born in the uk", "born outside the UK"),
    ("orientation", "heterosexual", "heterosexual"),
    ("orientation", "bisexual", "bisexual"),
    ("household", "single adult and child", "household: single adult with children"),
    ("household", "adults and child", "household: adults with children"),
    ("", "urban", "urban"),
    ("", "rural", "rural"),
)
_COLUMN_WORDS = tuple(
    re.compile(words)
    for words in (
        rf"\b{_MONTH}\s+{_FIGURE}",
        r"\b(?:years?|12 months) (?:ending|to)\b|\bye\b",
        r"\bin the (?:last|past) (?:year|12 months)\b|\b(?:last|past) (?:year|12 months)\b",
        r"\bsince (?:the )?(?:age (?:of )?)?16\b",
        r"\b(?:once or more|victims?|percentages?|per cent|prevalence|estimates?|rates?|proportion|who experienced|of|to)\b",
        r"\b(?:all )?(?:women|men|females?|males?|adults|people|persons|everyone|total)\b",
        r"\ball$|^all\b(?= *$)|\ball\b(?=[ ,:;()-]*$)",
        r"%",
    )
)
_WHOLE = re.compile(r"(?:any|all|total)?\s*(domestic|partner|family) abuse")


def clean(text: str) -> str:
    """A cell's words without note marks and line breaks."""
    return " ".join(_NOTE_MARK.sub(" ", text.replace("_x000D_", " ")).split())


def sex_of(text: str) -> str:
    """F, M or P where the words name one, '' where they name none or compare two."""
    words = text.lower()
    women = re.search(r"\b(?:women|females?)\b", words) is not None
    men = re.search(r"\b(?:men|males?)\b", words) is not None
    if women or men:
        return "" if women and men else "F" if women else "M"
    return "P" if re.search(r"\b(?:all|adults|people|persons|everyone|total)\b", words) else ""


def period_of(text: str) -> str:
    """last_year or since_16 where the words name one, '' where they name none or both."""
    words = text.lower()
    last = re.search(r"\b(?:last|past) (?:year|12 months)\b", words) is not None
    since = re.search(r"\bsince (?:the )?(?:age (?:of )?)?16\b", words) is not None
    return "" if last == since else "last_year" if last else "since_16"


def editions_of(text: str) -> list[Edition]:
    """Every survey year named ("year ending March 2026", "Apr 2025 to Mar 2026"), by year and month of its end."""
    found = [*_ENDING.findall(text), *_ALSO.findall(text)]
    return [
        (int(year) + (2000 if len(year) == 2 else 0), _MONTHS.index(month[:3].lower()) + 1)
        for month, year in found
    ]


def edition_name(edition: Edition) -> str:
    """The year as the register writes it: YE March 2026."""
    month = edition[1] - 1
    return f"YE {_MONTHS[month].capitalize()}{_FULL[month]} {edition[0]}"


def set_name(edition: Edition) -> str:
    month = "" if edition[1] == 3 else f"{_MONTHS[edition[1] - 1]}-"
    return f"csew-{edition[0]}-{month}workbook"


def ages_of(text: str) -> set[tuple[int, int | None]]:
    """Every range of ages named: (16, None) for "aged 16 years and over", (16, 59) for "aged 16 to 59"."""
    return {
        (int(low), int(high[-2:]) if high[-2:].isdigit() else None)
        for low, high in _AGES.findall(clean(text))
    }


def question_sets_of(texts: Iterable[str]) -> set[str]:
    """The question sets that sentences name; sentences about the change of 2013 are left out."""
    sentences = [
        part for text in texts for part in re.split(r"(?<=[.;])\s", text) if not _EARLIER_CHANGE.search(part)
    ]
    return {name for name, words in _QUESTIONS if any(words.search(part) for part in sentences)}


def abuse_of(label: str, section: str = "") -> str:
    """The register's name of a kind of abuse: ``domestic_abuse``, ``non_sexual_partner_abuse`` or a name of its own.

    section: the kind the rows above belong to; "Threats" under partner abuse is ``partner_threats``.
    """
    words = clean(label).lower()
    bare = " ".join(re.sub(r"\((?!non-sexual\))[^)]*\)", " ", words).split())
    whole = _WHOLE.fullmatch(bare)
    if whole is not None:
        return f"{whole[1]}_abuse"
    plain = re.fullmatch(
        r"(?:any |all )?(domestic|partner|family) abuse[\s\-–:(]+non-sexual\)?", bare
    ) or re.fullmatch(r"(?:any |all )?non-sexual (domestic|partner|family) abuse", bare)
    if plain is not None:
        return f"non_sexual_{plain[1]}_abuse"
    name = re.sub(r"[^a-z0-9]+", "_", bare).strip("_")
    whose = re.search(r"domestic|partner|family", name)
    of = re.search(r"domestic|partner|family", section)
    return name if whose or of is None else f"{of[0]}_{name}"


def abuse_in(text: str) -> str:
    """The kind of abuse that a title speaks of, '' where it names none or several."""
    found = set(re.findall(r"\b(domestic|partner|family) abuse\b", text.lower()))
    kind = "non_sexual_" if "non-sexual" in text.lower() else ""
    return f"{kind}{found.pop()}_abuse" if len(found) == 1 else ""


def abuse_of_column(text: str) -> str:
    """The kind of abuse a column of rates is for: what is left of its words without sex, time, ages and unit."""
    words = _AGES.sub(" ", clean(text).lower())
    for pattern in _COLUMN_WORDS:
        words = pattern.sub(" ", words)
    words = " ".join(words.split()).strip(" ,:;-–()")
    return abuse_of(words) if re.search(r"[a-z]", words) else ""


def group_of(heading: str, category: str) -> str:
    """The register's name of a part of the population; ``heading: category`` where the register has none."""
    kind, part = heading.lower(), category.lower()
    ethnic = re.match(r"white|mixed|asian|black|other", part)
    for named, wanted, group in _GROUPS:
        if named in kind and (
            part == wanted or (named == "ethnic" and ethnic is not None and ethnic[0] == wanted)
        ):
            return group
        if named in ("orientation", "household") and named in kind and part.startswith(wanted):
            return group
    return f"{heading}: {category}" if heading else category


def age_band(category: str) -> tuple[int, int | None] | None:
    """(16, 19) for "16-19" or "16 to 19", (75, None) for "75+", None for what is no age."""
    pattern = r"(?:aged? )?(\d{2})(?: years)?\s*(?:(?:-|–|to)\s*(\d{2})|\+|and over|or over)(?: years)?"
    found = re.fullmatch(pattern, category, re.IGNORECASE)
    return None if found is None else (int(found[1]), int(found[2]) if found[2] else None)


def read_figure(cell: str) -> tuple[float | None, str, bool]:
    """A figure, what is to be said of it, and whether the cell could be read: a marker is a reason, never a number."""
    text = clean(cell)
    if not text:
        return None, "blank in the workbook", True
    if text.lower() in MARKERS:
        return None, MARKERS[text.lower()], True
    value = parse(text.removesuffix("%").strip(), "number")
    if value is not None:
        return float(str(value)), "", True
    marked = _MARKED.fullmatch(text)
    value = parse(marked["number"].removesuffix("%").strip(), "number") if marked is not None else None
    if marked is None or value is None:
        return None, "", False
    mark = marked["mark"].lower()
    if mark in ("[low]", "[l]"):
        return None, MARKERS[mark], True
    return float(str(value)), f"marked {mark} by the publisher", True

"""What looks like a person or a place of safety: by the name of a column and by the text of a cell.

The product holds no person-level data and never locates safe accommodation. These patterns only ever answer
*what kind* of thing was seen; they never give the text back, so that an error cannot carry it further.
"""

from __future__ import annotations

import re
from collections.abc import Collection

_NAME_WORDS = (
    ("date of birth", r"\bdob\b|\bd o b\b|birth"),
    ("NHS number", r"\bnhs\b"),
    ("National Insurance number", r"\bnino?\b|national insurance"),
    ("postcode", r"post ?code|\bzip\b|\bpcds?\b"),
    ("e-mail address", r"\be ?mail\b"),
    ("telephone number", r"\b(tele)?phone\b|\btel\b|\bmobile\b|contact number"),
    ("address", r"\b(address|street|road|building|property|premises|uprn|usrn)\b"),
    (
        "coordinate",
        r"\b(lat|latitude|lon|long|lng|longitude|easting|northing|grid ?ref|x|y|geometry|osgb)\b|"
        r"\bcoord|what ?3 ?words",
    ),
    (
        "name of a person",
        r"\b(fore|sur) ?names?\b|\b(first|last|given|family|full|middle|maiden) names?\b|^names?$|"
        r"\b(client|victim|survivor|person|patient|resident|child|perpetrator|worker|staff)s? names?\b",
    ),
    (
        "reference of a person",
        r"\b(client|case|person|patient|victim|survivor|user) ?(id|ref|reference|number|no)\b",
    ),
)
_PLACE_WORDS = (
    ("ward or small area", r"\bwards?\b|\bwd\d*(cd|nm)\b|\b[lm]soa|\boa\d*(cd)?\b|\b(parish|town|village)\b"),
    ("name of a building or site", r"\b(site|house|locality|location)\b|\b(refuge|scheme|place) name\b"),
)
_AREA_CODE = re.compile(r"\b[EW]0[0-35]\d{6}\b", re.IGNORECASE)
_CELLS = (
    ("e-mail address", re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")),
    (
        "postcode",
        re.compile(
            r"\b(GIR ?0AA|[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9](?!(?-i:st|nd|rd|th)\b)[ABD-HJLNP-UW-Z]{2})\b",
            re.IGNORECASE,
        ),
    ),
    ("National Insurance number", re.compile(r"\b[A-Z]{2} ?(\d{2} ?){3}[A-D]\b", re.IGNORECASE)),
    ("telephone number", re.compile(r"(?<![\d-])(\+44[\s-]?(\(0\))?|\(?0)(?:[\s()-]{0,2}\d){9,10}(?!\d)")),
    (
        "coordinate",
        re.compile(
            r"(?<![\d.])(49|5\d|60|61)\.\d{2,}\s*°?\s*N?\s*[,; /]\s*[-−]?\s*\d\.\d{2,}", re.IGNORECASE
        ),
    ),
    ("coordinate", re.compile(r"(?<!\d)\d{5,6}(\.\d+)?\s*[,;/]\s*\d{6,7}(\.\d+)?(?!\d)")),
    (
        "coordinate",
        re.compile(
            r"\d\s*°|///\s?\w+\.\w+\.\w+|maps\.(google|app)|goo\.gl|w3w\.co|openstreetmap", re.IGNORECASE
        ),
    ),
    ("coordinate", re.compile(r"\b[HNOST][A-HJ-Z] ?(\d{3} ?\d{3}|\d{4} ?\d{4}|\d{5} ?\d{5})\b")),
    ("date of birth", re.compile(r"\bd\.?o\.?b\b|\bdate of birth\b|\bborn (on|in)?\s*\d", re.IGNORECASE)),
    ("name of a person", re.compile(r"\b(Mr|Mrs|Ms|Miss|Mx)\b\.?\s+[A-Z]")),
    ("code of a ward or small area", _AREA_CODE),
    (
        "address",
        re.compile(
            r"\b\d{1,4}[a-z]?,?\s+([\w'’-]+\s+){1,3}(street|road|lane|avenue|crescent|terrace|gardens|mews)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "address",
        re.compile(
            r"\b\d{1,4}[A-Za-z]?,?\s+([A-Z][\w'’-]+\s+){1,3}"
            r"(St|Rd|Ave|Close|Drive|Grove|Place|Square|Hill|Row|Court|Gate|Parade|Walk|Way|Green)\b"
        ),
    ),
)
_NHS = re.compile(r"(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)")
_ORDINARY = re.compile(
    r"a|an|and|any|by|clearing|council|each|every|family|for|from|full|her|his|in|new|no|of|one|open|or|own|per|"
    r"public|refuge|safe|that|the|their|this|to|whole|with|women['’]s"
)
_BUILDING = re.compile(
    r"([\w'’-]+)\s+(house|lodge|cottages?|villas?|manor|mansions?|hostel|haven)\b", re.IGNORECASE
)
_HALL = re.compile(r"\b(?!The\b)[A-Z][\w'’-]+\s+(Court|Hall|Towers?|Heights|Refuge)\b")
_NOT_A_HALL = re.compile(
    r"\b(Town|City|County|Shire|Crown|Family|Magistrates['’]?|High|Civil|National|Total|All|Women['’]s|Local|"
    r"Specialist|Domestic|Abuse|Violence|Commissioned|Dispersed|Of|From|And)\s+(Court|Hall|Refuge)\b"
)
_STREET_NAME = re.compile(
    r"\b[A-Z][\w'’-]+\s+(Street|Road|Lane|Avenue|Close|Drive|Crescent|Terrace|Grove|Gardens|Mews)\b"
)
_WARD = re.compile(
    r"\b(?!by\b|each\b|per\b|any\b|every\b|the\b|a\b|no\b|of\b|or\b)[\w'’-]+ ward\b", re.IGNORECASE
)


def _words(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return " ".join(re.split(r"[^0-9A-Za-z]+", spaced)).lower().strip()


def column_kind(name: str, *, places: bool = False) -> str:
    """The kind of personal data (and, with ``places``, of location) a column's name announces, or ''."""
    words = _words(name)
    for kind, pattern in (*_NAME_WORDS, *(_PLACE_WORDS if places else ())):
        if re.search(pattern, words):
            return kind
    return ""


def cell_kind(text: str) -> str:
    """The kind of personal data or location a cell's text looks like, or ''."""
    if len(text) < 5:
        return ""
    for kind, pattern in _CELLS:
        if pattern.search(text):
            return kind
    if any(is_nhs_number(found.group()) for found in _NHS.finditer(text)):
        return "NHS number"
    return ""


def place_kind(text: str, ward_names: Collection[str] = ()) -> str:
    """Whether text names a building, a street or a ward, as a row of supply must not, or ''."""
    named = any(not _ORDINARY.fullmatch(found[1].casefold()) for found in _BUILDING.finditer(text))
    if named or _HALL.search(_NOT_A_HALL.sub("", text)):
        return "name of a building"
    if _STREET_NAME.search(text):
        return "address"
    words = text.casefold()
    listed = any(re.search(rf"(?<!\w){re.escape(ward.casefold())}(?!\w)", words) for ward in ward_names)
    return "name of a ward" if listed or _WARD.search(text) else ""


def is_nhs_number(text: str) -> bool:
    """Ten digits, the last of them eleven less the weighted sum of the others modulo eleven."""
    digits = [int(character) for character in text if character.isdigit()]
    if len(digits) != 10:
        return False
    check = 11 - sum(weight * digit for weight, digit in zip(range(10, 1, -1), digits, strict=False)) % 11
    return (0 if check == 11 else check) == digits[9]


def showable(text: str) -> str:
    """The text as it may appear in an error: replaced by its kind where it looks personal.

    The code of a ward or small area in a table of wards is no personal data, and is shown.
    """
    kind = cell_kind(_AREA_CODE.sub("", text))
    return f"(not shown: it looks like a {kind})" if kind else text

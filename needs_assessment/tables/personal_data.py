"""What a file must not hold at all: columns that announce a person, and rows of supply that name a building or a ward.

What a text must not say wherever it stands is decided in ``printable_text``. These patterns only ever answer *what kind*
of thing was seen; they never give the text back, so that an error cannot carry it further.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from needs_assessment.printable_text import HEADING, finding

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
_ORDINARY = re.compile(
    r"a|an|and|another|any|average|bail|big|buy|by|clean|clearing|council|detached|each|empty|every|family|first|for|former|from|"
    r"full|half-way|her|his|in|large|leave|leaving|left|lost|marital|matrimonial|median|moved?|moving|my|new|no|of|old|one|open|or|"
    r"our|own|parental|parents['’]|per|private|public|refuge|rent|rented|safe|same|second|sell|share|shared|single|small|social|"
    r"sold|some|supported|terraced|that|the|their|this|to|\w+-bed(?:room(?:ed)?)?|\w+-storey|which|whole|whose|with|women['’]s|your"
)
_BUILDING = re.compile(
    r"([\w'’-]+)\s+(house|lodge|cottages?|villas?|manor|mansions?|hostel|haven)\b"
    r"(?!\s+(?:prices?|holds?|moves?|arrest|rules|shar\w+|keeping|building)\b)",
    re.IGNORECASE,
)
_HALL = re.compile(r"\b(?!The\b)[A-Z][\w'’-]+\s+(Court|Hall|Towers?|Heights|Refuge)\b")
_NOT_A_HALL = re.compile(
    r"\b(Town|City|County|Shire|Crown|Family|Magistrates['’]?|High|Civil|National|Total|All|Women['’]s|Local|"
    r"Specialist|Domestic|Abuse|Violence|Commissioned|Dispersed|Of|From|And)\s+(Court|Hall|Refuge)\b"
)
_STREET_NAME = re.compile(
    r"\b(?!The\s+Drive\b)[A-Z][\w'’-]+\s+(Street|Road|Lane|Avenue|Close|Drive|Crescent|Terrace|Grove|Gardens|Mews)\b"
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
    """The kind of personal data or location that a heading or a label looks like, or ''."""
    seen = finding(text, HEADING)
    return seen.kind if seen else ""


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

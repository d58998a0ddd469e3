"""Names of wards and authorities that a file brings in: the register's where the code is registered, else screened.

A name is printed on maps and in tables, so it cannot be whatever a file says. A code that ships with the project (or that
an official lookup has) has one name; another spelling of it is let in, another name is not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from needs_assessment.inputs.areas.authority_changes import name_of
from needs_assessment.inputs.areas.bundled import known_wards
from needs_assessment.inputs.screening import Screening
from needs_assessment.printable_text import NAME
from needs_assessment.tables.file_cache import remembered
from needs_assessment.tables.files import read_strings

AUTHORITIES = "authorities.csv"
# words that a name of an authority is written with or without, and in another order
_LOOSE = frozenset({"of", "the", "city", "county", "borough", "district", "and", "council", "ward", "ua"})


def same_name(one: str, other: str) -> bool:
    """Whether two spellings are one name: case, "&" and "and", accents, punctuation and the order of words aside."""
    return _folded(one) == _folded(other)


def _folded(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = re.sub(r"[^a-z0-9]+", " ", re.sub(r"['’.]", "", plain)).split()
    return sorted(word for word in words if word not in _LOOSE) or words


@remembered(lambda data: [data / AUTHORITIES, data / "tables.csv"])
def register_names(data: Path) -> dict[str, tuple[str, ...]]:
    """The names of every registered ward and authority by code; a ward of several years may have had several."""
    names: dict[str, dict[str, None]] = {}
    wards = known_wards(data)
    known = read_strings(data / AUTHORITIES, expected=("authority_code", "authority_name")).frame
    pairs = [
        *zip(wards["ward_code"], wards["ward_name"], strict=True),
        *zip(wards["authority_code"], wards["authority_name"], strict=True),
        *zip(known["authority_code"], known["authority_name"], strict=True),
        *zip(known["tier_one_code"], known["tier_one_name"], strict=True),
    ]
    for code, name in pairs:
        names.setdefault(str(code), {})[str(name)] = None
    return {code: tuple(held) for code, held in names.items()}


def screen_area_names(
    named: Iterable[tuple[str, str, str]],
    rows: Mapping[str, int],
    file: str,
    data: Path,
    *,
    lookup: Mapping[str, str] | None = None,
) -> None:
    """Hold names of areas against the registers, or against the rules of what may be printed.

    named: code, name and column of each area; rows: where in the file a code first stands; lookup: names that an official
    lookup has for codes. Raises InputError for every name that is not its code's, or that must not be printed, with what
    the register says and without what the file says.
    """
    registered, screening = register_names(data), Screening(file)
    for code, name, column in dict.fromkeys(named):
        if not name or name.upper() == code:
            continue
        right = registered.get(code) or _later(code, data) or _of_lookup(code, lookup)
        if not right:
            screening.text(name, row=rows.get(code), column=column, allowed=NAME)
        elif not any(same_name(name, one) for one in right):
            screening.fault(
                f"is not the name that the register has for {code}, {' or '.join(right)}",
                row=rows.get(code),
                column=column,
            )
    screening.raise_if_any(
        expected="the published name of each ward and authority",
        action="correct the names in the file, or leave them blank: a registered code is known by its name",
    )


def _later(code: str, data: Path) -> Sequence[str]:
    """The name of an authority that came after the list of April 2021."""
    name = name_of(code, data) if code.startswith(("E06", "E07", "E08", "E09", "E10")) else code
    return () if name == code else (name,)


def _of_lookup(code: str, lookup: Mapping[str, str] | None) -> Sequence[str]:
    name = (lookup or {}).get(code, "")
    return (name,) if name else ()

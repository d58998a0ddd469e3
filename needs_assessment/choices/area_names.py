"""Areas by name: the code of an authority, county, region or police force area that somebody wrote out.

A name is compared without regard to case, punctuation, ``&`` or ``and``, and to words such as *City of* or *Council*.
It must then be the whole name: *Bedford* is never *Central Bedfordshire*. Names come from ``data/authorities.csv`` and,
for authorities that have ended or are newer, from ``data/authority_changes.csv``.
"""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from needs_assessment.errors import InputError

AUTHORITIES_FILE, CHANGES_FILE = "authorities.csv", "authority_changes.csv"
EXAMPLE = "E06000056 or Central Bedfordshire"
_CODE = re.compile(r"[A-Z]\d{8}", re.IGNORECASE)
_KIND = (
    r"(?:city|county|royal county|borough|(?:london|royal|metropolitan) borough|(?:metropolitan )?district)"
)
_BEFORE = re.compile(rf"^(?:{_KIND}(?: and {_KIND})? of |county )")
_AFTER = re.compile(
    rf"(?: {_KIND} of| {_KIND} council| council| {_KIND}| (?:unitary |combined )?authority| corporation)$"
)
_MOST_NEAR = 6


@dataclass(frozen=True)
class Names:
    """Spelling to codes, by how freely it is read (the strictest first), and every code with its name."""

    stages: tuple[Mapping[str, frozenset[str]], ...]
    labels: Mapping[str, str]


def area_codes(asked: str | Iterable[str], data: Path) -> tuple[str, ...]:
    """The codes of areas given by code or by name, in the order given.

    Several in one text are joined by ``+``; codes may also stand apart by commas or blanks, and names by commas.
    Codes are not looked up. Raises InputError for a name that is not known, with the near ones, or that several bear.
    """
    texts = [asked] if isinstance(asked, str) else list(asked)
    return tuple(code for text in texts for part in text.split("+") for code in _codes_of(part, data))


def is_name(text: str, data: Path) -> bool:
    """Whether a text is, as a whole, the name of one area or of several."""
    try:
        return bool(_code_of(text, data))
    except InputError:
        return True


def named_areas(data: Path) -> dict[str, str]:
    """Every area that can be named, by code: authorities, counties, regions, police force areas, and former authorities."""
    return dict(sorted(_names(data).labels.items()))


def near_areas(asked: str, data: Path) -> list[str]:
    """Up to six areas whose name or code is like the one asked for, each as its code and name."""
    names, wanted = _names(data), _fold(asked)
    spelled = {_fold(label): code for code, label in names.labels.items()}
    words = wanted.split()
    holds = [name for name in spelled if words and set(words) <= set(name.split())]
    alike = difflib.get_close_matches(wanted, spelled, n=_MOST_NEAR, cutoff=0.6)
    begins = [name for name in spelled if len(wanted) > 3 and name.startswith(wanted)]
    codes = [spelled[name] for name in (*holds, *begins, *alike)]
    codes += difflib.get_close_matches(asked.strip().upper(), names.labels, n=3, cutoff=0.75)
    return [f"{code} {names.labels[code]}" for code in list(dict.fromkeys(codes))[:_MOST_NEAR]]


def unknown_area(asked: str, data: Path) -> InputError:
    """The refusal of an area that no register has, with the near ones."""
    near = near_areas(asked, data)
    return InputError(
        "The area is not known.",
        found=asked,
        expected=f"the code or the name of an English authority, such as {EXAMPLE}, of data/authorities.csv (April 2021)"
        + (f"; near matches: {', '.join(near)}" if near else ""),
        action="check --area; for an authority newer than April 2021 give --population with a file that holds it",
    )


def _codes_of(text: str, data: Path) -> list[str]:
    text = text.strip()
    apart = [word for word in re.split(r"[\s,;]+", text) if word]
    if all(_CODE.fullmatch(word) for word in apart):
        return [word.upper() for word in apart]
    code = _code_of(text, data)
    if code:
        return [code]
    several = _by_comma([part.strip() for part in text.split(",")], data)
    if several is None:
        raise unknown_area(text, data)
    return several


def _by_comma(parts: Sequence[str], data: Path) -> list[str] | None:
    """Names joined by commas, some of which have commas themselves; None where they cannot be read so."""
    if not parts:
        return []
    for length in range(len(parts), 0, -1):
        head = ", ".join(parts[:length])
        code = head.upper() if _CODE.fullmatch(head) else _code_of(head, data)
        rest = _by_comma(parts[length:], data) if code and length < len(parts) else [] if code else None
        if code and rest is not None:
            return [code, *rest]
    return None


def _code_of(name: str, data: Path) -> str:
    """The one code of a name, '' where none bears it. Raises InputError where several do."""
    names = _names(data)
    spellings = _spellings(name)
    if not spellings[0]:
        return ""
    for held in names.stages:
        for spelling in spellings:
            codes = sorted(held.get(spelling, ()))
            if len(codes) > 1:
                raise InputError(
                    "Several areas bear this name.",
                    found=name,
                    expected="one of them, by its code: "
                    + ", ".join(f"{code} {names.labels[code]}" for code in codes),
                    action="give the code in place of the name",
                )
            if codes:
                return codes[0]
    return ""


@lru_cache(maxsize=4)
def _names(data: Path) -> Names:
    today: dict[str, set[str]] = {}
    labels: dict[str, str] = {}

    def add(held: dict[str, set[str]], name: str, code: str) -> None:
        held.setdefault(name, set()).add(code)
        labels.setdefault(code, name)

    rows = _rows(data / AUTHORITIES_FILE)
    for row in rows:
        add(today, row["authority_name"], row["authority_code"])
        add(today, row["tier_one_name"], row["tier_one_code"])
    regions = {row["region"]: row["region_code"] for row in rows}
    forces = {row["police_force"]: row["police_force_code"] for row in rows}
    for name, code in forces.items():
        for spelling in (f"{name} police force area", f"{name} police force", f"{name} police"):
            add(today, spelling, code)
        if name.casefold().endswith(" police"):
            add(today, name, code)
    for name, code in regions.items():
        add(today, f"{name} region", code)
        # the bare name where it cannot be taken for a police force's
        if name not in forces:
            add(today, name, code)
    add(today, "GLA", regions["London"])
    other: dict[str, set[str]] = {}
    known = set(today)
    for row in _rows(data / CHANGES_FILE):
        for side in ("old", "new"):
            if row[f"{side}_name"] not in known:
                add(other, row[f"{side}_name"], row[f"{side}_code"])
    return Names(tuple(_stage(held, place) for held in (today, other) for place in (0, 2)), labels)


def _stage(held: Mapping[str, set[str]], place: int) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for name, codes in held.items():
        spelling = _spellings(name)[place]
        found[spelling] = found.get(spelling, frozenset()) | codes
    return found


def _spellings(name: str) -> tuple[str, str, str]:
    """A name as written, without what stands after it, and without what stands before it as well."""
    plain = _fold(name)
    shorter = _AFTER.sub("", plain)
    return plain, shorter, _BEFORE.sub("", shorter)


def _fold(name: str) -> str:
    """A name in lower case without accents, punctuation and articles; ``&`` is *and*, *Saint* is *St*."""
    letters = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter) and letter not in "'’`")
    words = re.sub(r"[\W_]+", " ", plain).split()
    return " ".join("st" if word == "saint" else word for word in words if word != "the")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))

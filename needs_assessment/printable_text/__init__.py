"""What text may be printed: the one place that decides it, for every text a council or a file brings in.

A text is read as its reader would (look-alike letters, unseen characters and spelt-out numbers made plain) and held
against the rules of a kind: contact, location, address, people. An answer says what kind of thing was seen and where,
never the text. No program can see a plain first name, or that a story is one person's: that is what clearing is for.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from needs_assessment.printable_text import address, codes, contact, counts, location, people
from needs_assessment.printable_text.lookalikes import cannot_be_read
from needs_assessment.printable_text.rule import Rule, spellings_of
from needs_assessment.printable_text.rule import rule as make_rule

STRANGE = "letters that cannot be checked"
# letters with a sign between each and the next can be read and cannot be checked
APART = make_rule(STRANGE, r"(?<!\w)[a-z](?:[ ./|*,:;+-]{1,2}[a-z]){5,}(?!\w)", "letters")
RULES: tuple[Rule, ...] = (
    APART,
    *location.RULES,
    *contact.RULES,
    *address.RULES,
    *people.RULES,
    *counts.RULES,
    *codes.RULES,
)
_AREA_CODE = re.compile(r"\b[EWK]\d{8}\b")
KINDS = tuple(dict.fromkeys([rule.kind for rule in RULES] + [STRANGE]))

# what a kind of text may hold, because it is what such a text is made of
SENTENCE: frozenset[str] = frozenset()
NAME = frozenset({address.STREET, address.BUILDING, address.LANDMARK, people.HONOUR, people.FULL_NAME})
LABEL = NAME | {people.COUNT, people.AGE, location.SMALL_AREA}
# headings of columns, sheets and tables are codes
HEADING = LABEL | {codes.CODE}


@dataclass(frozen=True)
class Finding:
    """Something that must not be printed: its kind, and its first and last character counted from 1."""

    kind: str
    first: int
    last: int

    def __str__(self) -> str:
        place = (
            f"characters {self.first} to {self.last}" if self.last > self.first else f"character {self.first}"
        )
        return f"{place}: looks like {with_article(self.kind)}"


def with_article(kind: str) -> str:
    """A kind with its article: "a postcode", "an address", "letters that cannot be checked"."""
    if kind == STRANGE:
        return kind
    if kind in ("NHS number", "address", "age of one person", "e-mail address"):
        return f"{'an' if kind != 'age of one person' else 'the'} {kind}"
    return f"{'the' if kind.startswith(('name', 'code of')) else 'a'} {kind}"


@lru_cache(maxsize=20_000)
def findings(text: str, allowed: frozenset[str] = SENTENCE) -> tuple[Finding, ...]:
    """Everything in a text that must not be printed, in its order; each stretch once, under the first kind that fits.

    allowed: kinds that this sort of text may hold (``NAME`` for names of areas, ``LABEL`` for categories, ``HEADING``
    for headings).
    """
    if location.SMALL_AREA in allowed:
        # several codes one after the other are no coordinates; positions stay as they are
        text = _AREA_CODE.sub("area code", text)
    found: list[Finding] = []
    for spellings in spellings_of(text):
        for rule in RULES:
            if rule.kind not in allowed:
                found += [Finding(rule.kind, *place) for place in rule.places(spellings)]
    strange = [place for place, one in enumerate(text, 1) if cannot_be_read(one)]
    if strange:
        found.append(Finding(STRANGE, strange[0], strange[-1]))
    kept: list[Finding] = []
    for one in found:
        if not any(one.first <= other.last and other.first <= one.last for other in kept):
            kept.append(one)
    return tuple(sorted(kept, key=lambda one: (one.first, one.last)))


def finding(text: str, allowed: frozenset[str] = SENTENCE) -> Finding | None:
    """The first thing in a text that must not be printed, or None."""
    seen = findings(text, allowed)
    return seen[0] if seen else None


def may_be_shown(text: str, allowed: Collection[str] = HEADING) -> str:
    """The text as a message may repeat it: replaced by its kind where it must not be printed."""
    seen = finding(text, frozenset(allowed))
    return f"(not shown: it looks like {with_article(seen.kind)})" if seen else text


# what a message of this program may hold of its own: file names, web addresses of sources, codes of wards, counts
_OF_MESSAGES = HEADING | {contact.WEB, location.PLACE_CODE, STRANGE}


def masked(text: str) -> str:
    """A message with every stretch hidden that names or locates somebody; the rest stays as it is."""
    lines = []
    for line in text.split("\n"):
        words = line
        for seen in reversed(findings(line, _OF_MESSAGES)):
            words = f"{words[: seen.first - 1]}(not shown){words[seen.last :]}"
        lines.append(words)
    return "\n".join(lines)


def quoted(given: object) -> str:
    """A choice as it was given, for a message: in quotes, or what it looks like where that must not be printed."""
    text = str(given)
    safe = may_be_shown(text, SENTENCE)
    return repr(given) if safe == text else safe

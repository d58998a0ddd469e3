"""Help lines and roles: the two texts that are meant to be rung or asked, each with a form of its own.

A help line is "name | number | hours". Its number may be printed because it is public: UK numbers that begin 03, 0800 or
0808 are, and any other is where the council confirms it (``help_lines_public``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from needs_assessment.printable_text import NAME, SENTENCE, finding, with_article
from needs_assessment.printable_text.vocabulary import SURNAMES

FORM = "name | number | hours, such as Helpline | 0808 and the rest of it | every day, 9am to 9pm"
LONGEST = 100
_PUBLIC = re.compile(r"0(?:3\d{9}|80[08]\d{6,7}|8001111)")
_NUMBER = re.compile(r"\+?[\d ()-]{3,20}")
_ROLE = re.compile(
    r"\b(?:officers?|managers?|leads?|commissioners?|co-?ordinators?|teams?|heads?|directors?|analysts?|services?|units?|"
    r"partnerships?|advis[eo]rs?|assistants?|secretar(?:y|ies)|boards?|clerks?|consultants?|specialists?|practitioners?|"
    r"chairs?|guardians?|champions?|panels?|departments?|administrators?|executives?|workers?|statisticians?|researchers?)\b",
    re.IGNORECASE,
)
ROLE_FORM = "a role or a team, such as domestic abuse commissioning manager; never a person's name"


@dataclass(frozen=True)
class HelpLine:
    """One help line as it is printed."""

    name: str
    number: str
    hours: str

    def __str__(self) -> str:
        return f"{self.name} | {self.number} | {self.hours}"

    @property
    def confirmed_by_its_number(self) -> bool:
        """Whether the number alone says that it is a public one."""
        return _PUBLIC.fullmatch(re.sub(r"\D", "", self.number)) is not None and "+" not in self.number


def help_line(text: str) -> HelpLine:
    """The help line of one text. Raises ValueError saying what is wrong and never repeating the text."""
    parts = [" ".join(part.split()) for part in text.split("|")]
    if len(parts) != 3 or not all(parts) or max(map(len, parts)) > LONGEST:
        raise ValueError(f"write a help line as {FORM}")
    line = HelpLine(*parts)
    if (
        not _NUMBER.fullmatch(line.number)
        or not line.number.isascii()
        or not 3 <= len(re.sub(r"\D", "", line.number)) <= 15
    ):
        raise ValueError("the number of a help line holds figures and spaces only")
    for what, part, allowed in (("name", line.name, NAME), ("hours", line.hours, SENTENCE)):
        seen = finding(part, allowed)
        if seen:
            raise ValueError(f"the {what} of a help line looks like {with_article(seen.kind)}")
    return line


def read_help_lines(given: object) -> tuple[str, ...]:
    """The help lines of a text, joined by semicolons, or of a list of texts. Raises ValueError without repeating any."""
    parts = given.split(";") if isinstance(given, str) else given
    if not isinstance(parts, (list, tuple)) or not all(isinstance(part, str) for part in parts):
        raise ValueError("write help lines as text, joined by a semicolon, or as a list of texts")
    return tuple(str(help_line(part)) for part in parts if part.strip())


def check_public(lines: Sequence[str], *, confirmed: bool) -> None:
    """Raise ValueError where a number is not public by its beginning and nobody has confirmed that it is."""
    others = sum(not help_line(line).confirmed_by_its_number for line in lines)
    if others and not confirmed:
        raise ValueError(
            f"help_lines: {others} of the numbers {'do' if others > 1 else 'does'} not begin 03, 0800 or 0808; where every "
            "number is public, and none is a person's or a refuge's own, set help_lines_public=yes"
        )


def read_role(text: str) -> str:
    """A role as it is printed, '' where none is given. Raises ValueError, without repeating it, for another text."""
    fault = role_fault(text) if text.strip() else ""
    if fault:
        raise ValueError(f"{fault}; give {ROLE_FORM}")
    return " ".join(text.split())


def role_fault(text: str) -> str:
    """What keeps a text from being a role: '' where it is one. It never repeats the text."""
    seen = finding(text)
    if seen:
        return f"it looks like {with_article(seen.kind)}"
    if len(text) > LONGEST:
        return f"it is longer than {LONGEST} characters"
    if not _ROLE.search(text):
        return "it names no role"
    named = [
        word
        for word in re.findall(r"[A-Za-z'-]+", text)
        if word.casefold() in SURNAMES and word[:1].isupper()
    ]
    return "it looks like the name of a person" if named else ""

"""Numbers and codes that no rule can place: a long one in a sentence is more likely somebody's than anybody's.

What a paper's texts hold in figures is known: years and dates, times of day, money, shares, counts with commas at the
thousands, ages, the names of official tables. A code of letters and several figures, or a number of seven figures and
more, is none of these; it is refused although nobody can say what it stands for.
"""

from __future__ import annotations

import itertools
import re

from needs_assessment.printable_text.rule import Match, Rule, Spellings, rule
from needs_assessment.printable_text.vocabulary import PEOPLE

CODE = "code that cannot be checked"

# 2023q4, fy2024, 250k, 1230pm, 3500th, 2019s: figures with letters that everybody writes
_KNOWN = re.compile(
    r"(?:fy|cy|q[1-4]|h[12]|csew|mid|year)?-?(?:19|20)\d\d(?:s|q[1-4]|h[12])?|\d+(?:k|m|bn|mn|p|th|st|nd|rd|x|s)|"
    r"\d{1,4}(?:am|pm|hrs?|h|gb|mb|km|mi|sqm|kg|mg|ml)|\d+(?:women|men|people|hours|days|years|places|households)|"
    r"(?:covid|cv)-?19|(?:ss?|r|reg|para|cl|ch|pt)\d{1,3}[a-z]?|20[2-9]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|[ewsnk]\d{8}|iso\d{3,5}|bs\d{3,5}"
)
# what names an official table, a form or a standard: "table RO4", "TS007", "QS203EW", "DA-VPN"
_TABLE = re.compile(
    r"\b(?:tables?|dataset|nomis|census|iso|bs|form|standard|schedule|lookup|edition)\b[^.;]{0,20}$"
)
_DATE = re.compile(
    r"(?:(?:0?[1-9]|[12]\d|3[01])[ /.-]+(?:0?[1-9]|1[0-2])[ /.-]+)?(?:19|20)\d\d"
    r"(?:[ /.-]+(?:(?:19|20)\d\d|\d\d))*"
)
_CLOCKS = re.compile(r"(?:[01]?\d|2[0-4])[:.]?[0-5]\d(?: ?(?:-|to) ?(?:[01]?\d|2[0-4])[:.]?[0-5]\d)?")


def _unknown_code(found: Match, spellings: Spellings) -> bool:
    """Letters and at least three figures in one word, which is none of the known ones."""
    word = found[0]
    if sum(one.isdigit() for one in word) < 3 or _KNOWN.fullmatch(word):
        return False
    return not _TABLE.search(spellings.letters.text[: found.start()])


def _ascend(numbers: list[str]) -> bool:
    """Whether each number is above the one before, as the ages of bands are: 16-24 25-34."""
    return all(one < other for one, other in itertools.pairwise(numbers))


def _no_date(found: Match, spellings: Spellings) -> bool:
    """Seven figures and more in groups that are neither days, years, hours nor shares beside one another."""
    if re.fullmatch(r"(?:19|20)\d\d/\d{1,4}", found[0]) and _LAW.search(
        spellings.letters.text[: found.start()]
    ):
        return False
    text = found[0].strip(" -./")
    if sum(one.isdigit() for one in text) < 7 or _DATE.fullmatch(text) or _CLOCKS.fullmatch(text):
        return False
    if re.fullmatch(r"\d\d-\d\d(?: \d\d-\d\d)*", text) and _ascend(re.findall(r"\d\d", text)):
        return False
    text = re.sub(r"(?:19|20)\d\d/\d\d(?!\d)", "", text)
    if sum(one.isdigit() for one in text) < 7:
        return False
    groups = re.findall(r"\d+", text)
    years = [group for group in groups if re.fullmatch(r"(?:19|20)\d\d", group)]
    return not years or any(len(group) > 2 for group in groups if group not in years)


# what a number of five figures without a comma counts, where it is a number of something
_COUNTED = re.compile(
    rf" ?(?:(?:[a-z-]+ ){{0,2}}?(?:{PEOPLE}|residents|dwellings|homes|properties|incidents|crimes|offences|records|rows|calls|"
    r"contacts|visits|pounds|people|per|miles?|words?|responses|postcodes|hours|days|reports|arrests)\b)"
)
_GREW = re.compile(
    r"\b(?:population|total|rose|fell|grew|increased?|decreased?|dropped|cost|costs|budget|grant|estimated?|some|nearly|about|"
    r"around|almost|over|under|roughly|approximately|than)\b[a-z ]{0,16}$"
)
_LAW = re.compile(r"\b(?:si|s\.i\.|regulations?|directive|eu|act|order|instrument|no\.?)[ .:]*(?:no\.? ?)?$")


def _uncounted(found: Match, spellings: Spellings) -> bool:
    """Five or six figures without a comma that count nothing."""
    text = spellings.values.text
    return not _COUNTED.match(text, found.end()) and not _GREW.search(text[: found.start()])


RULES: tuple[Rule, ...] = (
    rule(CODE, r"(?<![\w.,£$€/:-])\d{5,6}(?![\w%]|[,.:/-]\d)", "values", _uncounted),
    rule(CODE, r"(?<![\w.,£$€:/-])0\d{2,}(?![\d%]|[,.:/-]\d)", "values", lambda found, _: not re.fullmatch(r"(?:[01]\d|2[0-4])[0-5]\d", found[0])),
    rule(CODE, r"(?<![\w£$€.,-])(?=[a-z\d]*[a-z])(?=[a-z\d]*\d)[a-z\d]{4,}(?![\w])(?!,\d|\.\d)", "letters", _unknown_code),
    rule(CODE, r"(?<![\w.,£$€%])\d{7,}(?![\d,]*\d|\.\d|%)", "letters"),
    rule(CODE, r"(?<![\d.,£$€%:/-])\d{1,6}(?:[ ./-]{1,2}\d{1,6}){1,8}(?![\d%]|[.,/:-]\d)", "letters", _no_date),
)  # fmt: skip

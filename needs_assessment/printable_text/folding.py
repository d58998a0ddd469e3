"""A text as its reader takes it in: one plain spelling for every look-alike, with the way back to each character.

``fold`` gives the letters; ``values`` writes numbers that are spelt out as one number ("fourteen" is 14), ``digits`` as
they would be dialled or spelt ("double seven, em kay" is 77 mk).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from needs_assessment.printable_text.lookalikes import plain

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,31});|%(?:20|2[dDeEfF]|3[aA]|40)")
_BIDI = frozenset("\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
_UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
NUMBER_WORDS = {
    **{word: value for value, word in enumerate(_UNITS)},
    **{word: value for value, word in enumerate(_TEENS, 10)},
    **{word: 10 * value for value, word in enumerate(_TENS, 2)},
    # a small l, and Roman figures as they are used for counts; "i" is a word
    "l": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "nil": 0,
    "nought": 0,
    "naught": 0,
    "fourty": 40,
    "fivety": 50,
    "niner": 9,
}
_TIMES = {"double": 2, "twice": 2, "dbl": 2, "triple": 3, "treble": 3}
_LIKE_ONE = frozenset({"l", "i", "ll", "il", "li"})
_OH = frozenset({"o", "oh", "ow"})
# "two sevens", "a pair of noughts"
_PLURALS = {
    f"{word}{'es' if word == 'six' else 's'}": str(value)
    for word, value in zip(_UNITS, range(10), strict=True)
} | {"noughts": "0", "zeroes": "0", "ohs": "0"}
SPELLED = {
    **{
        word: word[0]
        for word in [
            "alpha",
            "bravo",
            "charlie",
            "delta",
            "echo",
            "foxtrot",
            "golf",
            "hotel",
            "india",
            "juliet",
            "juliett",
            "kilo",
            "lima",
            "mike",
            "november",
            "oscar",
            "papa",
            "quebec",
            "romeo",
            "sierra",
            "tango",
            "uniform",
            "victor",
            "whiskey",
            "whisky",
            "xray",
            "yankee",
            "zulu",
            "alfa",
            "x-ray",
            "x ray",
        ]
    },
    **dict(
        pair.split("=")
        for pair in [
            "ay=a",
            "bee=b",
            "cee=c",
            "dee=d",
            "ee=e",
            "eff=f",
            "gee=g",
            "aitch=h",
            "haitch=h",
            "eye=i",
            "jay=j",
            "kay=k",
            "ell=l",
            "el=l",
            "em=m",
            "en=n",
            "pee=p",
            "cue=q",
            "queue=q",
            "ar=r",
            "ess=s",
            "tee=t",
            "yew=u",
            "vee=v",
            "ex=x",
            "wye=y",
            "why=y",
            "zed=z",
            "zee=z",
        ]
    ),
}
_TOKEN = re.compile(r"x[ -]ray(?![a-z])|[a-z]+|\d+|[^a-z\d]")


@dataclass(frozen=True)
class View:
    """One spelling of a text. ``spans`` says of each character of ``text`` which characters of the original it is."""

    text: str
    cased: str
    spans: tuple[tuple[int, int], ...]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """First and last character of the original, counted from 1, of a part of this spelling."""
        part = self.spans[start:end]
        return min(first for first, _ in part) + 1, max(last for _, last in part)

    def capital(self, start: int) -> bool:
        """Whether the word that begins here begins with a capital."""
        return self.cased[start].isupper()


def fold(text: str) -> View:
    """Every character as it looks, in lower case, with one space for any run of spaces and nothing for what is unseen."""
    letters: list[tuple[str, int, int]] = []
    for written, start, end in _characters(text):
        for one in "".join(map(plain, written)):
            if one == " " and letters and letters[-1][0] == " ":
                continue
            letters.append((one, start, end))
    return _view(letters)


def turned(text: str) -> View | None:
    """The text from its end where it holds a sign that turns the direction of writing; None where it does not."""
    if not _BIDI & set(text):
        return None
    folded = fold(text)
    order = range(len(folded.text) - 1, -1, -1)
    return _view([(folded.cased[at], *folded.spans[at]) for at in order])


def hidden(text: str) -> View | None:
    """What is written in unseen tag characters; None where nothing is."""
    letters = [
        (chr(ord(one) - 0xE0000), at, at + 1) for at, one in enumerate(text) if 0xE0020 <= ord(one) <= 0xE007E
    ]
    return _view(letters) if letters else None


def _characters(text: str) -> Iterator[tuple[str, int, int]]:
    at = 0
    while at < len(text):
        entity = _ENTITY.match(text, at)
        if entity:
            raw = entity[0]
            written = chr(int(raw[1:], 16)) if raw[0] == "%" else html.unescape(raw)
            yield (written if written != raw else raw), at, entity.end()
            at = entity.end()
        else:
            yield text[at], at, at + 1
            at += 1


def _view(letters: list[tuple[str, int, int]]) -> View:
    cased = "".join(one for one, _, _ in letters)
    lower = "".join(one.lower() if len(one.lower()) == 1 else one for one in cased)
    return View(lower, cased, tuple((start, end) for _, start, end in letters))


@dataclass(frozen=True)
class _Token:
    word: str
    start: int
    end: int


def _tokens(view: View) -> list[_Token]:
    return [_Token(found[0], found.start(), found.end()) for found in _TOKEN.finditer(view.text)]


def _build(view: View, parts: list[tuple[str, int, int]]) -> View:
    """A view from pieces, each standing for a stretch of another view; a piece as long as its stretch keeps its case."""
    text, cased, spans = [], [], []
    for word, start, end in parts:
        same = word == view.text[start:end]
        whole = (view.spans[start][0], view.spans[end - 1][1])
        for place, one in enumerate(word):
            text.append(one)
            cased.append(view.cased[start + place] if same else one)
            spans.append(view.spans[start + place] if same else whole)
    return View("".join(text), "".join(cased), tuple(spans))


def values(view: View) -> View:
    """The text with every number in figures: "one hundred and twelve" as 112, "nineteen eighty-seven" as 1987."""
    tokens, parts, at = _tokens(view), [], 0
    while at < len(tokens):
        number, following = _number(tokens, at)
        if number is None:
            token = tokens[at]
            parts.append((token.word, token.start, token.end))
        else:
            parts.append((number, tokens[at].start, tokens[following - 1].end))
        at = following
    return _build(view, parts)


def _number(tokens: list[_Token], at: int) -> tuple[str | None, int]:
    """The number that begins at a token, in figures, and the token after it; None where none is spelt out there."""
    first = tokens[at].word
    if first == "hundred" or (first == "a" and _next_word(tokens, at)[0] == "hundred"):
        value, after = 100, at + 1 if first == "hundred" else _next_word(tokens, at)[1] + 1
        return _tail(tokens, value, after, 100)
    if first in NUMBER_WORDS:
        value, after = _below_hundred(tokens, at)
    elif first.isdigit() and len(first) <= 3 and _next_word(tokens, at)[0] in ("hundred", "thousand"):
        value, after = int(first), at + 1
    else:
        return None, at + 1
    if value in (19, 20) and after - at == 1:
        word, place = _next_word(tokens, at)
        pair, end = _below_hundred(tokens, place) if word in NUMBER_WORDS else (0, at)
        if pair >= 10:
            return f"{value}{pair}", end
    for scale, name in ((1000, "thousand"), (100, "hundred")):
        word, place = _next_word(tokens, after - 1)
        if word == name:
            return _tail(tokens, value * scale, place + 1, scale)
    return str(value), after


def _tail(tokens: list[_Token], value: int, after: int, scale: int) -> tuple[str, int]:
    """A number with what follows "hundred" or "thousand": "two hundred and six"."""
    word, place = _next_word(tokens, after - 1)
    if word == "and":
        word, place = _next_word(tokens, place)
    if word in NUMBER_WORDS and 0 < NUMBER_WORDS[word] < scale:
        rest, end = _below_hundred(tokens, place)
        return str(value + rest), end
    return str(value), after


def _below_hundred(tokens: list[_Token], at: int) -> tuple[int, int]:
    value = NUMBER_WORDS[tokens[at].word]
    if value >= 20:
        word, place = _next_word(tokens, at)
        if 0 < NUMBER_WORDS.get(word, 0) < 10:
            return value + NUMBER_WORDS[word], place + 1
    return value, at + 1


def _next_word(tokens: list[_Token], at: int) -> tuple[str, int]:
    """The word after a token, past one space or hyphen, and its place; '' where there is none."""
    following = at + 1
    if following < len(tokens) and tokens[following].word in (" ", "-"):
        following += 1
    return (tokens[following].word, following) if following < len(tokens) else ("", following)


def digits(view: View) -> View:
    """The text as it would be dialled or spelt over the telephone: every figure and every letter by itself."""
    tokens = _tokens(view)
    parts: list[tuple[str, int, int]] = []
    times, skip = 1, -1
    for at, token in enumerate(tokens):
        if at == skip:
            continue
        word = token.word
        following, place = _next_word(tokens, at)
        if word in _TIMES and (
            following in NUMBER_WORDS
            or following in _OH
            or following.isdigit()
            or len(SPELLED.get(following, following)) == 1
        ):
            times, skip = _TIMES[word], at + 1 if place == at + 2 else -1
            continue
        if _few(word) and following in _PLURALS:
            times, skip = _few(word), at + 1 if place == at + 2 else -1
            continue
        figure = _figure(tokens, at)
        if (
            word in ("hundred", "thousand")
            and parts
            and any(one.isdigit() for one in parts[-1][0] + _last(parts))
        ):
            figure = "00" if word == "hundred" else "000"
            if parts[-1][0] in (" ", "-"):
                parts.pop()
        if figure:
            parts.append((figure * times, token.start, token.end))
        else:
            parts.append((SPELLED.get(word, word) * times, token.start, token.end))
        times = 1
    return _build(view, parts)


def letters_read_out(view: View) -> View:
    """The text with letters that are read out as letters: "em kay forty" as "m k forty", "double zed" as "zz"."""
    tokens, parts, at = _tokens(view), [], 0
    while at < len(tokens):
        token, (following, place) = tokens[at], _next_word(tokens, at)
        letter = SPELLED.get(following, following)
        if token.word in _TIMES and len(letter) == 1 and letter.isalpha():
            parts.append((letter * _TIMES[token.word], token.start, tokens[place].end))
            at = place + 1
        else:
            parts.append((SPELLED.get(token.word, token.word), token.start, token.end))
            at += 1
    return _build(view, parts)


def _last(parts: list[tuple[str, int, int]]) -> str:
    return parts[-2][0] if len(parts) > 1 else ""


def _few(word: str) -> int:
    """How many times a figure in the plural is meant: "two sevens"; 0 where a word is no such number."""
    number = int(word) if word.isdigit() and len(word) == 1 else NUMBER_WORDS.get(word, 0)
    return number if 2 <= number <= 6 else 0


def _figure(tokens: list[_Token], at: int) -> str:
    word = tokens[at].word
    if word in _PLURALS:
        return _PLURALS[word]
    next_to = [tokens[place].word for place in (at - 1, at + 1) if 0 <= place < len(tokens)]
    if word in _LIKE_ONE and any(one.isdigit() for one in next_to):
        return "1" * len(word)
    if word in NUMBER_WORDS and word != "l":
        return str(NUMBER_WORDS[word])
    if word in _OH or word in ("oo", "ooo"):

        def beside(reach: int) -> list[str]:
            places = range(max(0, at - reach), min(len(tokens), at + reach + 1))
            return [tokens[place].word for place in places if place != at]

        # "oh oh nine": the first stands one further from the figure
        near = beside(4 if _OH.intersection(beside(2)) else 2)
        if any(one.isdigit() or one in NUMBER_WORDS or one in _TIMES for one in near):
            return "0" * max(1, word.count("o"))
    return ""


_IN_A_WORD = re.compile(
    r"(?<![a-z\d])(?=[a-z\d]*[a-z]{2})(?!\d+(?:st|nd|rd|th|[ap]m|hrs?|yrs?|mins?|km|mph|bn|pc)\b)"
    r"(?:[a-z]+[0134579]+[a-z]*|[0134579]+[a-z]+)(?![a-z\d])"
)


def as_letters(text: str, one: str) -> View | None:
    """The text with figures inside words as the letters that they stand for ("sch00l"); None where there are none.

    one: the letter that a 1 stands for, l or i.
    """
    view = fold(text)
    letters = {"0": "o", "1": one, "3": "e", "4": "a", "5": "s", "7": "t", "9": "g"}
    places = {place for word in _IN_A_WORD.finditer(view.text) for place in range(word.start(), word.end())}
    if not any(view.text[place] in letters for place in places):
        return None
    return _view(
        [
            (letters.get(letter, letter) if place in places else letter, *view.spans[place])
            for place, letter in enumerate(view.cased)
        ]
    )


_GLUED = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])|(?<=\d)(?=[A-Z][a-z]{2})")
# "Quenby-Lane-17": words joined by two hyphens or more
_JOINED = re.compile(r"(?<![\w-])[A-Za-z]+(?:-[\w]+){2,}(?![\w-])")


def unglued(text: str) -> View | None:
    """The text with a space where words were run together ("17QuenbyLane", "Quenby-Lane-17"); None where none were."""
    view = fold(text)
    places = {found.start() for found in _GLUED.finditer(view.cased)}
    hyphens = {
        place
        for found in _JOINED.finditer(view.cased)
        if any(one.isdigit() for one in found[0])
        for place in range(found.start(), found.end())
        if view.cased[place] == "-"
    }
    if not places and not hyphens:
        return None
    letters: list[tuple[str, int, int]] = []
    for place, one in enumerate(view.cased):
        if place in places:
            letters.append((" ", *view.spans[place]))
        letters.append((" " if place in hyphens else one, *view.spans[place]))
    return _view(letters)


_SET_APART = re.compile(r"[)\]}>] ?[(\[{<]|[|{}]|[a-z\d]\.[a-z\d]*[a-z][a-z\d]*\.[a-z]")
_SIGNS_AROUND = re.compile(r"[()\[\]{}<>|]|(?<=[a-z\d])\.(?=[a-z])|(?<=[a-z])\.(?=\d)")


def unbracketed(text: str) -> View | None:
    """The text without the brackets and dots that set its words apart ("(17) [Quenby] {Lane}"); None without such."""
    view = fold(text)
    if not _SET_APART.search(view.text):
        return None
    places = {found.start() for found in _SIGNS_AROUND.finditer(view.text)}
    letters: list[tuple[str, int, int]] = []
    for place, one in enumerate(view.cased):
        written = " " if place in places else one
        if written != " " or not letters or letters[-1][0] != " ":
            letters.append((written, *view.spans[place]))
    return _view(letters)


_HYPHEN_IN_A_WORD = re.compile(r"(?<=[a-z])-(?=[a-z])")


def unhyphenated(text: str) -> View | None:
    """The text with the parts of hyphenated words run together ("wo-men: th-ree"); None where no word has a hyphen."""
    view = fold(text)
    places = {found.start() for found in _HYPHEN_IN_A_WORD.finditer(view.text)}
    if not places:
        return None
    return _view([(one, *view.spans[place]) for place, one in enumerate(view.cased) if place not in places])

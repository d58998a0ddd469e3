"""What places a point on a map: postcodes, coordinates, grid references, and the codes that stand for them."""

from __future__ import annotations

import re

from needs_assessment.printable_text.rule import Match, Rule, Spellings, rule
from needs_assessment.printable_text.vocabulary import AREAS, GRID_SQUARES

POSTCODE = "postcode"
COORDINATE = "coordinate"
GRID = "grid reference"
PLACE_CODE = "code of a place on a map"
SMALL_AREA = "code of a ward or small area"

_AS_LETTER = str.maketrans("01580", "oisbo")
_AS_I, _AS_L = str.maketrans("l|", "ii"), str.maketrans("i|", "ll")
_INWARD_LETTER = frozenset("abdefghjlnpqrstuwxyz")
_FIGURE = frozenset("0123456789oil|")
_WORDS = frozenset(
    [
        "so",
        "to",
        "me",
        "he",
        "be",
        "we",
        "in",
        "on",
        "is",
        "at",
        "as",
        "or",
        "of",
        "an",
        "it",
        "by",
        "my",
        "us",
        "do",
        "go",
        "if",
        "no",
        "up",
        "am",
        "a",
        "i",
        "st",
        "th",
        "nd",
        "rd",
        "ex",
        "co",
        "la",
        "ha",
        "pa",
        "ca",
        "pe",
        "po",
        "ch",
        "hr",
        "ph",
        "al",
        "one",
        "two",
        "per",
        "and",
        "the",
        "ten",
        "her",
        "his",
        "was",
        "not",
        "all",
    ]
)


def _area(letters: str) -> bool:
    """Whether letters are those of a postcode area, with O and 0, I, l and 1 alike."""
    return any(letters.translate(way) in AREAS for way in ({}, _AS_LETTER, _AS_I, _AS_L))


def is_postcode(text: str, *, sector: bool = False) -> bool:
    """Whether letters and figures, without anything between, are a postcode (or its sector); O and 0, I and 1 alike."""
    inward = text[-1:] if sector else text[-3:]
    outward = text[: len(text) - len(inward)]
    letters = sum(one.isalpha() for one in text)
    if not 2 <= len(outward) <= 4 or inward[:1] not in _FIGURE or letters < (1 if sector else 2):
        return False
    if not sector and not all(one.translate(_AS_LETTER) in _INWARD_LETTER | {"o", "i"} for one in inward[1:]):
        return False
    for size in (1, 2):
        rest = outward[size:]
        figures = rest[:1] in _FIGURE and (len(rest) == 1 or (len(rest) == 2 and rest[1].isalnum()))
        real = any(one.isdigit() for one in outward[1:] + inward[:1])
        if rest and figures and real and _area(outward[:size]):
            return True
    return False


def _closed(found: Match, _: Spellings) -> bool:
    if re.fullmatch(r"\d(?:st|nd|rd|th)", found[2]) and not any(one.isdigit() for one in found[1]):
        return False
    return is_postcode(found[1] + found[2]) and not re.fullmatch(
        r"[a-z]?[il|o]+[a-z]+|[a-z]{5,7}", found[1] + found[2]
    )


def _spaced(found: Match, _: Spellings) -> bool:
    parts = re.findall(r"[a-z|]+|\d+", found[0])
    code = "".join(parts)
    words = [part for part in parts if part in _WORDS]
    singles = len([part for part in parts if len(part) == 1])
    ordinary = bool(words) and singles < len(code) - 2
    return is_postcode(code) and code[-3].isdigit() and not ordinary


def _sector(found: Match, _: Spellings) -> bool:
    """An area's letters that are no word, or its figure right behind them: "W1 3", "mk 40 1"."""
    code, letters = re.sub(r"[^a-z\d]", "", found[0]), re.sub(r"\d.*", "", found[0])
    area, close = letters.strip(), letters == letters.strip()
    numbered = re.search(
        r"\b(?:para|paras|paragraph|section|chapter|annex|table|figure|item|appendix)\b\.? ?$",
        found.string[: found.start()],
    )
    if numbered:
        return False
    return is_postcode(code, sector=True) and area not in _WORDS and (close or len(area) == 2)


def _district(found: Match, _: Spellings) -> bool:
    return (
        found[1] in AREAS
        and found[0] not in ("co2", "ch4", "pm2", "ip4", "ip6")
        and found[1] not in ("da", "cv")
    )


def _pair(found: Match, _: Spellings) -> bool:
    north, east = (abs(float(found[name].replace(",", ".").replace(" ", ""))) for name in ("north", "east"))
    return (49 <= north <= 61 and east <= 9) or (49 <= east <= 61 and north <= 9)


# squares whose letters are a word, a compass point or a unit as well
_WORD_SQUARES = frozenset({"so", "no", "st", "se", "nw", "ne", "sw", "tv", "sd", "na", "su", "nj", "hp"})


def _grid(found: Match, spellings: Spellings) -> bool:
    square = found[1] + found[2].replace("0", "o")
    figures = re.sub(r"\D", "", found[3])
    if square not in GRID_SQUARES or len(figures) not in (4, 6, 8, 10):
        return False
    together = re.fullmatch(r"(?:19|20)\d\d", found[3])
    word = square in _WORD_SQUARES
    written = view_is_capital(found, spellings)
    if len(figures) == 4:
        return (
            not (together and word)
            and (written or not word)
            and bool(re.fullmatch(r"\d{4}|\d\d\D{1,3}\d\d|(?:\d\D{0,2}){3}\d", found[3]))
        )
    return written or not word or len(figures) >= 6


def view_is_capital(found: Match, spellings: Spellings) -> bool:
    """Whether both letters of a square are written as capitals."""
    view = spellings.digits
    return view.cased[found.start(1)].isupper() and view.cased[found.start(2)].isupper()


def _area_in_capitals(found: Match, spellings: Spellings) -> bool:
    """The letters of a postcode area that are no word, written as capitals."""
    view, at = spellings.values, found.start("area")
    capitals = view.cased[at].isupper() and view.cased[at + 1].isupper()
    return found["area"] in AREAS and found["area"] not in _WORDS and (capitals or spellings.caseless)


_NUMBER = r"[-+]?\d{1,3}\.\d{2,}"
_SIGN = r"(?:°|\bdeg(?:ree)?s?\b\.?|\bd\b)"
# metres on the national grid: six figures, seven in the far north
_SIX = r"\d(?:[^a-z\d]{0,2}\d){5,6}"
_SIDE = r"(?:n|s|e|w|north|south|east|west|lat(?:itude)?|lon(?:g|gitude)?)"

RULES: tuple[Rule, ...] = (
    rule(POSTCODE, r"(?<![a-z\d])([a-z01568]{1,2}[\doil|][a-z\d|]?)[^a-z\d|]{0,3}([\doil|][a-z0158]{2})(?![a-z\d])", "letters", _closed),
    rule(POSTCODE, r"(?<![a-z\d])[a-z](?:[^a-z\d]{0,3}[a-z\d]){4,6}(?![a-z\d])", "digits", _spaced),
    rule(POSTCODE, r"(?<![a-z\d])[a-z](?:[^a-z\d]{0,3}[a-z\d]){4,6}(?![a-z\d])", "spelt", _spaced),
    rule(POSTCODE, r"(?<![a-z\d])[a-z]{1,2} ?\d[\da-z]?[ ./,-]{1,2}[\doil](?![a-z\d]|[.,:]\d|%| ?(?:%|per ?cent|percent|in \d|miles?|years?|months?|weeks?|days?))", "digits", _sector),
    rule(POSTCODE, r"(?<![a-z\d])([a-z]{2})\d{1,2}[a-z]?(?![\w%+/-]|\.\w)", "letters", _district),
    rule(POSTCODE, r"(?<![a-z\d'])([a-z](?: ?[a-z])?) ?\d{1,2}(?: ?[a-z])?(?: \d)? (?:postal |postcode )?(?:sectors?|postcodes?)\b", "digits", lambda found, _: _area(found[1].replace(" ", ""))),
    rule(POSTCODE, r"(?<![a-z\d'])([a-z](?:[ .]{0,2}[a-z])?)[ .]{0,3}\d{1,2}[a-z]?,? (?:the )?(?:sector \d|\d ?(?:st|nd|rd|th)? sector|(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth) sector)", "values", lambda found, _: _area(re.sub(r"[ .]", "", found[1]))),
    rule(POSTCODE, r"\b(?:district|outcode|lives?(?: in)?|living in|moved to) (?:cv|da) ?\d{1,2}\b", "letters"),
    rule(POSTCODE, r"\b(?:outward|inward|outcode|incode)\b[^.;]{0,16}\d", "digits"),
    rule(POSTCODE, r"\b(?:post ?-?code|postal code|zip|pcd)s?\b[^.;]{0,24}?\b[a-z]{1,2} ?\d", "digits"),
    rule(COORDINATE, rf"(?<![\d.])(?P<north>[-+]? ?\d{{1,3}}\.\d{{2,}}) ?{_SIGN}? ?{_SIDE}?[^a-z\d%]{{1,5}}(?:and )?(?:{_SIDE}[ :=]{{0,3}})?(?P<east>[-+]? ?\d{{1,3}}\.\d{{2,}})(?![\d.]*%)", "values", _pair),
    rule(COORDINATE, r"(?<![\d,])(?P<north>(?:49|5\d|60),\d{4,}) ?[ns]?[^a-z\d%]{1,5}(?P<east>[-+]? ?\d,\d{4,})", "values", _pair),
    rule(COORDINATE, r"(?<![\d.])(?:49|5\d|60)\.\d{3,}(?!\d*%)"),
    rule(COORDINATE, r"(?<![\d.])\d{1,3}\.\d{5,}"),
    rule(COORDINATE, rf"\d ?(?:\.\d+)? ?{_SIGN} ?(?:\d|{_SIDE}\b)(?!\d*[cf]\b)"),
    rule(COORDINATE, r"\d ?°(?! ?[cf]\b)"),
    rule(COORDINATE, r"(?<![\w.])\d{1,3} ?d ?\d{1,2} ?m\b"),
    rule(COORDINATE, r"(?<!\d)(?:49|5\d|60)[ .:]\d{1,2}[ .:]\d{1,2}(?:\.\d+)? ?(?:n|north)\b"),
    rule(COORDINATE, r"(?<![\d.])(?:49|5\d|60)(?:\.\d+)? ?(?:n|north)\b.{0,12}?\d(?:\.\d+)? ?(?:e|w|east|west)\b"),
    rule(COORDINATE, r"\b(?:n|north) ?(?:49|5\d|60)(?:\.\d+| \d+)"),
    rule(COORDINATE, r"\b(?:lat|latitude|longitude|lon|lng|coordinates?|coords?|gps(?! (?:and|who|were|said|in|or|have|had|to|refer|made)\b)|geo ?location|northings?|eastings?)\b[^.;]{0,32}?[-+]?\d"),
    rule(COORDINATE, r"\blong[ :=]{1,3}[-+]?\d+\.\d+"),
    rule(COORDINATE, r"\b\d{1,2} ?(?:point|dot|decimal) ?\d(?:[ -]?\d)* ?(?:degrees?)? ?,? ?(?:n|s|e|w|north|south|east|west|minus|latitude|longitude)\b", "values"),
    rule(COORDINATE, r"(?<!\d)(?:49|5\d|60) ?(?:point|dot|decimal) ?\d(?: ?\d)+|(?<![\d.])(?:49|5\d|60)\.\d+ ?(?:n|north)\b", "values"),
    rule(COORDINATE, r"(?<![\d.])(?:49|5\d|60)\.\d{1,}\b(?![.\d]*%).{0,12}?(?:\bminus\b|\bby\b|\band\b|,|/|;) ?-?(?:minus )?\d\.\d{2,}\b(?!\d*%)"),
    rule(COORDINATE, r"\d(?:\.\d+)? ?(?:km|kilometres?|metres?|m) ?(?:e|east)\b.{0,8}?\d(?:\.\d+)? ?(?:km|kilometres?|metres?|m) ?(?:n|north)\b|\d(?:\.\d+)? ?(?:km|kilometres?|metres?|m) ?(?:n|north)\b.{0,8}?\d(?:\.\d+)? ?(?:km|kilometres?|metres?|m) ?(?:e|east)\b"),
    rule(COORDINATE, r"\d ?deg(?:ree)?s?\.? ?\d{1,2} ?(?:min|m\b|')"),
    rule(COORDINATE, r"(?<!\d)(?:49|5\d|60)[^a-z\d]{0,2}(?:point|dot|decimal)(?:[^a-z\d]{0,2}\d){2,}", "digits"),
    rule(COORDINATE, r"\b(?:bng|epsg|wgs ?84|osgb(?:36)?|utm|mgrs)\b.{0,12}\d"),
    rule(COORDINATE, r"(?<![\d.,])\d{6}(?:\.\d+)?[^a-z\d]{1,4}\d{6,7}(?:\.\d+)?(?![\d,]*\d)"),
    rule(COORDINATE, r"(?<![\d.,])\d{5}(?:\.\d+)? ?[,;/] ?\d{6,7}(?:\.\d+)?(?![\d,]*\d)"),
    rule(COORDINATE, r"(?<!\w)[en] ?[:=]? ?\d{6}.{0,4}[en] ?[:=]? ?\d{6}|\d{6} ?m?e\b.{0,4}\d{6} ?m?n\b|\b[ex][ :=]{1,3}\d[\d,]{4,7}\b.{0,8}?\b[ny][ :=]{1,3}\d[\d,]{4,7}\b"),
    rule(COORDINATE, rf"\b(?:e|east)\b[^a-z\d]{{0,3}}{_SIX}.{{0,6}}?\b(?:n|north)\b[^a-z\d]{{0,3}}{_SIX}|\b(?:n|north)\b[^a-z\d]{{0,3}}{_SIX}.{{0,6}}?\b(?:e|east)\b[^a-z\d]{{0,3}}{_SIX}", "digits"),
    rule(COORDINATE, rf"(?<!\d){_SIX} ?m? ?(?:e|east)\b.{{0,6}}?{_SIX} ?m? ?(?:n|north)\b|(?<!\d){_SIX} ?m? ?(?:n|north)\b.{{0,6}}?{_SIX} ?m? ?(?:e|east)\b", "digits"),
    rule(GRID, r"(?<![a-z\d])([hnost])[^a-z\d]{0,2}([a-hj-z0])(?:[^a-z\d]{0,3}|[ ,]{1,2}then )(\d(?:(?:[^a-z\d,%]{0,3}|[ ,]{1,2}then )\d){3,9})(?![a-z\d]|[,.]\d|%)", "digits", _grid),
    rule(GRID, r"\b(?:grid ?-?(?:ref|reference|square)s?|os ?-?ref(?:erence)?|ngr|osgr|osgb(?:36)?|os grid|national grid|grid)\b[^.;]{0,20}?\d", "digits"),
    rule(GRID, r"\b(?:map ?(?:ref|reference|square)?|os|ordnance survey|landranger|explorer|sheet|square)\b[^.;]{0,24}?\d{3}[ ,/-]{0,2}\d{3}\b(?![,.]?\d|%)", "digits"),
    rule(GRID, r"(?<![a-z\d])([hnost])([a-hj-z]) ?\(? ?(\d{3,5}, ?\d{3,5})(?!\d|,\d|%)", "digits", lambda found, spellings: (view_is_capital(found, spellings) or found[1] + found[2] not in _WORD_SQUARES) and _grid(found, spellings)),
    rule(COORDINATE, r"(?<![\d,.£])\d{3},\d{3} \d{3},\d{3}(?![,.]?\d)"),
    rule(GRID, r"(?<![a-z\d])([hnost])([a-hj-z])\d\d(?:ne|nw|se|sw)\b", "letters", lambda found, _: found[1] + found[2] in GRID_SQUARES),
    rule(PLACE_CODE, r"\b(?:find|found|located|under|map|where)\b.{0,20}\b(?:three|3) words\b", "letters"),
    rule(PLACE_CODE, r"(?<![a-z\d])[2-9cfghjmpqrvwx]{2,4}\+[2-9cfghjmpqrvwx]{2,3}(?![a-z\d])", "letters", lambda found, _: any(one.isdigit() for one in found[0]) and not found[0].replace("+", "").isdigit()),
    rule(POSTCODE, r"\bpost ?-?codes? (?:area|district)s? ?(?:of |is |: ?|= ?)?(?P<area>[a-z]{1,2})\b", "letters", lambda found, _: found["area"] in AREAS and found["area"] not in _WORDS),
    rule(POSTCODE, r"\b(?:ends?|ending|ends in|inward|finish\w*)(?: (?:in|with))? \d ?[a-z] ?[a-z](?![a-z\d])", "letters", lambda found, _: set(found[0].replace(" ", "")[-2:]) <= _INWARD_LETTER and not re.search(r"\d ?(?:st|nd|rd|th)$", found[0])),
    rule(POSTCODE, r"(?:^|\b(?:in|from|near|around|at|to|area|the) )(?P<area>[a-z][a-z]) \d{1,2}(?= ?(?:$|[.;,)]|area\b|and\b|postcode\b))", "values", _area_in_capitals),
    rule(GRID, r"\b(?:sheet|landranger|explorer) ?\d{2,3}\b|\bsquare [hnost][a-hj-z]\b", "letters"),
    rule(GRID, r"(?<!\d)\d{3,5} ?(?:e|east)\b.{0,6}?\d{3,5} ?(?:n|north)\b"),
    rule(PLACE_CODE, r"(?<![a-z\d])(?=[2-9cfghjmpqrvwx -]{0,7}\d)[2-9cfghjmpqrvwx]{4}[ -]?[2-9cfghjmpqrvwx]{0,4} ?[\[({<\"' -]{0,2}(?:\+|plus)[\])}>\"' -]{0,2} ?[2-9cfghjmpqrvwx]{2,3}(?![a-z\d])", "letters"),
    rule(PLACE_CODE, r"\bw[ .-]?(?:3|three)[ .-]?w\b|\bwhat ?(?:3|three)\b"),
    rule(PLACE_CODE, r"\b(?:three|3) (?:little |plain |map )?words\b ?(?:are|is|were|:|-|=|,|for|to find)", "letters"),
    rule(PLACE_CODE, r"(?<![\w.'-])'?[a-z]{3,}'? ?(?P<sign>[|\\*~^>]) ?'?[a-z]{3,}'? ?(?P=sign) ?'?[a-z]{3,}'?(?![\w'-]| ?(?P=sign))", "letters"),
    rule(PLACE_CODE, r"['\"][a-z]+['\"],? (?:and )?['\"][a-z]+['\"],? (?:and )?['\"][a-z]+['\"]", "letters"),
    rule(PLACE_CODE, r"(?<![a-z\d])(?=[\d +]*[cfghjmpqrvwx])[2-9cfghjmpqrvwx]{4}[ -]?[2-9cfghjmpqrvwx]{0,4}[ -]?\+[ -]?[2-9cfghjmpqrvwx]{2,3}(?![a-z\d])"),
    rule(PLACE_CODE, r"(?<![a-z\d])(?:[2-9cfghjmpqrvwx][ .-]){4,8}(?:\+|plus)(?:[ .-][2-9cfghjmpqrvwx]){2,3}(?![a-z\d])", "digits"),
    rule(PLACE_CODE, r"(?<![a-z\d])(?=[\d +]*[cfghjmpqrvwx])[2-9cfghjmpqrvwx]{2,6}0{2,6} ?\+"),
    rule(PLACE_CODE, r"\b(?:plus|open location) ?codes?\b(?=.*\d)", "letters"),
    rule(PLACE_CODE, r"\bgeo ?-?hash"),
    rule(PLACE_CODE, r"(?<![a-z\d])g[cf][\db-hjkmnp-z]{3,10}(?![a-z\d])", "letters"),
    rule(PLACE_CODE, r"(?<![a-z\d])(?:gb|u1|u0|u4)(?=[a-z]*\d|\d*[a-z])[\db-hjkmnp-z]{3,10}(?![a-z\d])(?<!\ds)", "letters", lambda found, _: bool(re.search(r"\d", found[0]) and re.search(r"[a-z]\d|\d[a-z]", found[0][2:]))),
    rule(PLACE_CODE, r"(?<![a-z\d])g[^a-z\d]{0,2}c(?:[^a-z\d]{1,2}[\db-hjkmnp-z]{1,4}){2,8}(?![a-z\d])", "digits", lambda found, _: any(one.isdigit() for one in found[0])),
    rule(PLACE_CODE, r"(?<![a-z\d])gc[\db-hjkmnp-z]{1,4}[^a-z\d]{1,2}[\db-hjkmnp-z]{2,5}(?:[^a-z\d]{1,2}[\db-hjkmnp-z]{1,5})?(?![a-z\d])", "letters", lambda found, _: any(one.isdigit() for one in found[0])),
    rule(PLACE_CODE, r"\bwhat ?-?(?:3|three) ?-?words?\b|\bw3w\b"),
    rule(PLACE_CODE, r"\b3[ -]words?[ -](?:address|location|code|place|reference|app|map|phrase)(?:es|s)?\b(?=.*[a-z]+)"),
    rule(PLACE_CODE, r"/ ?/ ?/ ?\w|/ ?/ ?[a-z]+ ?/ ?[a-z]+ ?/ ?[a-z]"),
    rule(PLACE_CODE, r"(?<![\w.])[a-z]{2,}[\[({<]?\.[\])}>]?[a-z]{2,}[\[({<]?\.[\])}>]?[a-z]{2,}(?![\w])"),
    rule(PLACE_CODE, r"(?<![\w.])[a-z]{3,} ?[.] ?[a-z]{3,} [.] ?[a-z]{3,}(?![\w])|(?<![\w.])[a-z]{3,} [.] ?[a-z]{3,} ?[.] ?[a-z]{3,}(?![\w])"),
    rule(PLACE_CODE, r"\b[a-z]+ ?[\[(]?(?:dot|full stop)[\])]? ?[a-z]+ ?[\[(]?(?:dot|full stop)[\])]? ?[a-z]+", "letters"),
    rule(PLACE_CODE, r"\b(?:slash|stroke|forward slash)(?: (?:slash|stroke|forward slash)){1,2} [a-z]+"),
    rule(SMALL_AREA, r"(?<![a-z\d])[ew] ?0[0-35](?:[ -]?\d){6}(?![a-z\d])"),
)  # fmt: skip

"""Where somebody lives or what stands there: house numbers, streets, buildings, landmarks with a place or a name."""

from __future__ import annotations

import re

from needs_assessment.printable_text.folding import View
from needs_assessment.printable_text.rule import Match, Rule, Spellings, rule
from needs_assessment.printable_text.vocabulary import (
    BRANDS,
    FUNCTION,
    LANDMARKS,
    LONG_LANDMARKS,
    MAYBE_STREETS,
    MONTHS,
    ORDINARY,
    ORDINARY_CAPITALS,
    PUBS,
    SERVICE_AFTER,
    SHORT_STREETS,
    STREETS,
    either,
)

ADDRESS = "address"
STREET = "name of a street"
BUILDING = "name of a building"
LANDMARK = "landmark with a place or a name"
FACILITY = "school, shop or other service with a place or a name"
BESIDE = "way to a place beside a landmark"

_STREET = either(STREETS | SHORT_STREETS)
_MAYBE = either(MAYBE_STREETS)
_TYPE = either(LANDMARKS | frozenset(LONG_LANDMARKS))
# landmarks that wards and towns are called after as well
_OF_AREAS = frozenset(
    [
        "park",
        "church",
        "bridge",
        "castle",
        "rectory",
        "vicarage",
        "abbey",
        "priory",
        "minster",
        "cathedral",
        "college",
        "university",
        "station",
        "hospital",
        "chapel",
        "crossroads",
        "monument",
        "mill",
        "harbour",
        "pier",
        "weir",
        "windmill",
        "marina",
        "barracks",
    ]
) | {"market cross", "car park"}
_FACILITY = either((LANDMARKS | frozenset(LONG_LANDMARKS)) - _OF_AREAS)
# words that no name of a street holds: what stands between a count and a word such as "place"
_COUNTED = (
    ORDINARY
    | MONTHS
    | frozenset(
        [
            "people",
            "women",
            "men",
            "children",
            "families",
            "households",
            "places",
            "units",
            "beds",
            "bed",
            "spaces",
            "services",
            "service",
            "years",
            "months",
            "weeks",
            "days",
            "percent",
            "%",
            "hours",
            "minutes",
            "miles",
            "survivors",
            "victims",
            "respondents",
            "residents",
            "clients",
            "refuges",
            "refuge",
            "homes",
            "home",
            "visits",
            "visit",
            "calls",
            "referrals",
            "cases",
            "drop-in",
            "pilot",
            "meeting",
            "meetings",
            "steps",
            "step-down",
            "outreach",
            "new",
            "extra",
            "additional",
            "point",
            "points",
        ]
    )
)
# ordinary words that are the name of a street in most towns
_NAMES_OF_STREETS = frozenset(
    ["church", "school", "station", "park", "mill", "chapel", "college", "hospital", "victoria", "manor"]
)
_NUMBER = r"(?<![\d.,£/%-])\d{1,4}(?: ?[a-h])?(?: ?[-/&] ?\d{1,4}[a-h]?)?\b"


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z'-]+", text)


def _numbered_street(found: Match, _: Spellings) -> bool:
    middle = _words(found["name"])
    if middle[:1] == ["the"] and len(middle) == 1:
        return True
    hard = FUNCTION - {"new", "old", "upper", "lower", "long", "green", "high"}
    return not any(word in hard for word in middle)


def _numbered_maybe(found: Match, spellings: Spellings) -> bool:
    middle = _words(found["name"])
    if not middle:
        return False
    if middle == ["the"]:
        return spellings.capital(spellings.values, found.start("type")) or found["type"] not in (
            "way",
            "end",
            "side",
            "hall",
        )
    if spellings.capital(spellings.values, found.start("name")) and spellings.capital(
        spellings.values, found.start("type")
    ):
        return not any(word in FUNCTION for word in middle)
    after = spellings.values.text[found.end() :]
    ends = re.match(r" ?(?:$|[.,;:)]|in\b|at\b|near\b)", after)
    return bool(ends) and not any(word in _COUNTED for word in middle)


def _named_street(found: Match, spellings: Spellings) -> bool:
    name, view = found["name"], spellings.letters
    if (
        spellings.capital(view, found.start("type"))
        and spellings.capital(view, found.start("name"))
        and not spellings.shouted
    ):
        return name not in FUNCTION
    return name in _NAMES_OF_STREETS or (
        name not in ORDINARY and name not in _COUNTED and not re.search(r"ing$|ed$|ly$", name)
    )


# how words end that are no names, where capitals do not tell
_ENDING = re.compile(r"(?:ing|ed|ly|ive|ous|ful|ic|ical|able|ment|tion|ness|ity)$")
# words that end a street's name whatever stands before them
_SURE_STREETS = frozenset(
    [
        "close",
        "drive",
        "grove",
        "gardens",
        "rd",
        "ave",
        "ln",
        "cres",
        "parade",
        "mews",
        "gdns",
        "hse",
        "bldgs",
        "tce",
        "terr",
    ]
) | {"crescent", "terrace", "avenue", "st", "lane", "road", "street", "croft", "garth"}


def _capital_street(found: Match, spellings: Spellings) -> bool:
    """Two capitals; or, where capitals say nothing, a word that is none of a sentence's after a preposition of place."""
    view = spellings.letters
    if found["name"] in ORDINARY | _COUNTED:
        return False
    if spellings.capital(view, found.start("name")) and spellings.capital(view, found.start("type")):
        if not spellings.shouted:
            return True
    elif any(one.isupper() for one in view.cased[1:]):
        return False
    if found["type"] not in _SURE_STREETS or re.search(r"(?:ing|ed|ly|al|ive|ous|ful|ic)$", found["name"]):
        return False
    before, after = view.text[: found.start()], view.text[found.end() :]
    placed = not before.strip() or re.search(
        r"\b(?:on|in|at|off|along|down|from|near|of|to|into|behind|up) (?:the )?(?:[a-z'-]+ )?$", before
    )
    return bool(placed) and bool(re.match(r" ?(?:$|[.,;:()]|in\b|near\b|and\b|is\b|was\b)", after))


def _capital_place(found: Match, spellings: Spellings) -> bool:
    """A word with a capital that is none of those that begin ordinary words."""
    name = found["name"]
    ordinary = name in ORDINARY_CAPITALS | _COUNTED or (spellings.caseless and _ENDING.search(name))
    return spellings.named(spellings.values, found.start("name")) and not ordinary


def _building(found: Match, spellings: Spellings) -> bool:
    """A building by name: capitals, or a word that is not ordinary after a preposition of place."""
    name, view = found["name"], spellings.letters
    if name in ORDINARY or name in FUNCTION or name in _COUNTED or re.search(r"(?:ing|ed)$", name):
        return False
    if re.match(
        r" ?(?:prices?|holds?|work|move|moves|rules|arrest|costs?|of lords|of commons|building)\b",
        view.text[found.end() :],
    ):
        return False
    caseless = spellings.caseless and not _ENDING.search(name)
    return view.capital(found.start("name")) or caseless or found["before"] is not None


def _before(view: View, at: int, count: int = 4) -> list[tuple[str, int]]:
    """The words just before a place, nearest first, with where each begins; not past a full stop or a comma."""
    text = re.split(r"[.;:,()!?]", view.text[:at])[-1]
    offset = at - len(text)
    found = [(word[0], word.start() + offset) for word in re.finditer(r"[a-z0-9&'-]+", text)]
    return found[::-1][:count]


_STRONG = (
    r"(?:next(?: door)? to|opposite(?: to)?|opp\.?|adj\.?(?: to)?|o/?s|behind|beside|across from|across the (?:road|street) from|adjacent to|facing|overlooks|adjoins|adjoining|abuts|"
    r"(?:doors?|windows?|building|house|refuge|entrance|home) faces?|"
    r"overlooking|in front of|round the corner from|around the corner from|a few doors (?:from|down from|up from)|"
    r"(?:\d|one|two|three|four) doors? (?:from|down from|up from|away from)|at the back of|to the rear of|(?:just )?past|a stone's throw from|"
    r"back(?:ing|s) on ?to|(?:round |around |down |at |to )?the (?:back|side|rear) of|above|over the|alongside|(?:\d+|one|two|three|four|five|ten|a few) (?:minutes?\'?|mins?|metres?|meters?|yards?|miles?)(?: walk| drive)? (?:from|away from|to)|"
    r"within sight of|in sight of|in the shadow of|between|above|below|the other side of|down the road from)"
)
_WEAK = r"(?:near(?: to)?|nr\.?|nearby|close to|by|outside|around|beside|at|in|from|to|not far from|walking distance of|left of|right of)"


# one house and what it stands by: "the refuge by the level crossing"
_WHEREABOUTS = re.compile(
    rf"\b(?:the|our|her|a|her new|safe) (?:house|refuge|flats?|bungalow|property|shelter|building|hostel|unit|place) "
    rf"(?:[a-z]+ )?{_WEAK} (?:the|an?|our) (?:[a-z'-]+ ){{0,2}}$"
)


def _capital_beside(found: Match, spellings: Spellings) -> bool:
    name = found["name"]
    ordinary = name in ORDINARY_CAPITALS | _COUNTED or (spellings.caseless and _ENDING.search(name))
    return spellings.named(spellings.letters, found.start("name")) and not ordinary


def _is_service(found: Match, spellings: Spellings) -> bool:
    """Whether what is done there is meant: "school nurse", "hospital staff"."""
    following = re.match(r"[ -]([a-z'-]+)", spellings.letters.text[found.end() :])
    return following is not None and following[1] in SERVICE_AFTER


def _landmark(found: Match, spellings: Spellings) -> bool:
    """A landmark with its name before it or a place behind it."""
    if _is_service(found, spellings):
        return False
    before = _before(spellings.letters, found.start())
    if _has_name(before, spellings) or any(word in ("st", "saint") for word, _ in before[1:3]):
        return True
    if found[0] in ("pub", "inn", "tavern") and before and before[0][0] not in ORDINARY_CAPITALS:
        return True
    return _has_place_after(found, spellings)


def _beside(found: Match, spellings: Spellings) -> bool:
    """A landmark that somebody is sent past or next to, with or without its name."""
    if _is_service(found, spellings):
        return False
    text = spellings.letters.text[: found.start()]
    weak = re.search(
        rf"\b{_WEAK} (?:the|a|an|her|his|our|their) (?P<name>[a-z'-]+) (?:[a-z'-]+ ){{0,2}}$", text
    )
    if (
        weak
        and weak["name"] not in ORDINARY_CAPITALS
        and not re.search(r"(?:ing|ed|al|ic|ive)$", weak["name"])
    ):
        return True
    if _WHEREABOUTS.search(text):
        return True
    return bool(
        re.search(rf"\b{_STRONG} (?:the |a |an |her |his |our |their |its )?(?:[a-z'-]+ ){{0,3}}$", text)
    )


_COMPASS = frozenset({"north", "south", "east", "west"})


def _has_name(before: list[tuple[str, int]], spellings: Spellings) -> bool:
    """A name right before the kind of building, with ordinary words such as "primary" between."""
    view = spellings.letters
    for word, at in before:
        if word in ("of", "and", "&", "the"):
            return False
        if spellings.caseless and word not in ORDINARY and (word in _COUNTED or _ENDING.search(word)):
            return False
        if spellings.named(view, at) and word not in ORDINARY_CAPITALS:
            return not (_begins_sentence(view, at) and re.search(r"(?:ing|ed|ly|s)$", word))
        if word not in ORDINARY | _COMPASS:
            return False
    return False


def _begins_sentence(view: View, at: int) -> bool:
    return not view.text[:at].strip() or bool(re.search(r"[.!?:] ?$", view.text[:at]))


def _has_place_after(found: Match, spellings: Spellings) -> bool:
    """ "in Ampthill", ", Ampthill": a name after the kind of building."""
    view = spellings.letters
    place = re.match(
        r"(?: |, ?)(?P<how>in|at|on|of|off|near|by)? ?(?:the )?(?P<name>[a-z][a-z'-]+)",
        view.text[found.end() :],
    )
    if not place:
        return False
    name, at = place["name"], found.end() + place.start("name")
    if not place["how"] and "," not in place[0]:
        return False
    if name in ORDINARY_CAPITALS or name in FUNCTION:
        return False
    if spellings.caseless:
        before = view.text[: found.start()]
        near = place["how"] is None or re.search(rf"\b(?:{_STRONG}|{_WEAK})\b", before)
        return bool(near or re.search(r"\bthe (?:[a-z'-]+ )?$", before)) and not _ENDING.search(name)
    if view.capital(at):
        return place["how"] is not None or _before(view, found.start(), 1) != []
    near = re.search(
        r"\b(?:near|close to|outside|nearest|by) (?:the |a )?(?:[a-z'-]+ )?$", view.text[: found.start()]
    )
    return place["how"] in ("in", "at", "on") and bool(near)


def _sign_of_a_pub(found: Match, spellings: Spellings) -> bool:
    """Two capitals after "the", as on the sign of a public house: "over the Red Heron"."""
    view = spellings.letters
    capitals = view.capital(found.start("sign")) and view.capital(found.start("name"))
    return (capitals or spellings.caseless) and found["name"] not in ORDINARY_CAPITALS | _COUNTED


def _shop(found: Match, spellings: Spellings) -> bool:
    view = spellings.letters
    before = view.text[: found.start()]
    if re.search(
        rf"\b(?:{_STRONG}|near(?: to)?|close to|outside|by|at|from|to|in the|over) (?:the |a |an |her |our )?(?:[a-z]+ )?$",
        before,
    ):
        return True
    name = re.search(r"(?P<name>[a-z'-]+) $", before)
    if (
        name
        and spellings.named(view, name.start("name"))
        and name["name"] not in ORDINARY_CAPITALS | _COUNTED
    ):
        return not _begins_sentence(view, name.start("name"))
    after = re.match(
        r" (?:[a-z]+ )?(?:in|on|at|near|off|by) (?:the )?(?P<name>[a-z\d'-]+)", view.text[found.end() :]
    )
    return after is not None and after["name"] not in ORDINARY_CAPITALS


RULES: tuple[Rule, ...] = (
    rule(ADDRESS, rf"{_NUMBER}(?:,? |-)(?P<name>(?:[a-z'.-]+ ){{0,3}}?)(?P<type>{_STREET})\b(?!')", "values", _numbered_street),
    rule(ADDRESS, rf"{_NUMBER}(?:,? |-)(?P<name>(?:[a-z'.-]+ ){{1,3}}?)(?P<type>{_MAYBE})\b(?!')", "values", _numbered_maybe),
    rule(ADDRESS, rf"\b(?:number|no|house|door|flat|unit) ?[.:#]? ?\d{{1,4}}[a-h]?\b,? (?:[a-z'-]+ ){{0,4}}(?:{_STREET}|close|drive|grove|court|place|gardens)\b"),
    rule(ADDRESS, rf"\b(?:{_STREET}|close|drive|grove|court|gardens),? ?(?:at )?(?:number|no\.?|house|flat|door|#) ?\d{{1,4}}\b"),
    rule(ADDRESS, r"\b(?:flat|apartment|apt|maisonette|bedsit) ?(?:number |no\.? ?|#)?\d{1,4}[a-z]?\b"),
    rule(ADDRESS, r"\b(?:flat|apartment|apt|maisonette) [a-h]\b(?=[, ])(?! (?:year|month|week|rate|fee|sum|day)\b)", "letters", lambda found, spellings: found[0][-1] != "a" or spellings.letters.cased[found.end() - 1].isupper()),
    rule(ADDRESS, r"\b(?:unit|room|house|suite|block|plot|caravan|pitch|bungalow|studio|floor) ?(?:number |no\.? ?|#)?\d{1,4}[a-h]?,? (?:of |at |in )?(?:the )?[a-z'-]+ (?:house|court|lodge|hall|estate|park|grove|building|road|street|close|place)\b"),
    rule(ADDRESS, r"\b(?:p ?\.? ?o ?\.? ?box|po box) ?\d+"),
    rule(ADDRESS, r"\b(?:her|his|their|my|the|home) address (?:is|was|:) ?\S+|\baddress ?: ?\S+"),
    rule(ADDRESS, rf"{_NUMBER},? the (?P<name>[a-z]+)(?= ?(?:$|[.,;]))", "values", _capital_place),
    rule(STREET, rf"\b(?P<name>[a-z][a-z'-]+) (?P<type>{either(STREETS)})\b(?!'| ?-)", "letters", _named_street),
    rule(STREET, r"\b(?P<name>[a-z][a-z'-]+) (?P<type>close|drive|grove|rise|gardens|rd|ave|ln|cres|walk|parade)\b(?! (?:at|to)\b)(?!['-])", "letters", _capital_street),
    rule(STREET, r"\bthe (?P<name>street|avenue|crescent|grove|mews|close|drive|terrace|parade|mount|lane)(?P<type>)(?: in| at|,) (?!the |a |this |which |that |our |question|night|daytime|front|order)[a-z]+", "letters", lambda found, spellings: spellings.named(spellings.letters, found.start("name"))),
    rule(ADDRESS, rf"\b(?P<name>[a-z][a-z'-]+) (?P<type>{_STREET}|{_MAYBE}),? \d{{1,3}}[a-d]?\b(?![,.]?\d|%| ?(?:per|%|years?|places|units|beds|women|men|people|households))", "letters", _capital_beside),
    rule(ADDRESS, r"\bon the (?:hill|corner|green|front|quay|crossroads|square|parade|estate) (?:in|at|of) (?P<name>[a-z][a-z'-]+)", "letters", lambda found, spellings: spellings.letters.capital(found.start("name")) and found["name"] not in ORDINARY_CAPITALS),
    rule(BUILDING, r"\b(?P<name>[a-z][a-z'-]+) (?:housing )?(?P<type>estate|caravan park|almshouses?)\b", "letters", lambda found, spellings: _capital_beside(found, spellings) and not _begins_sentence(spellings.letters, found.start("name"))),
    rule(ADDRESS, r"\b(?:lives?|living|lived|stays?|staying|stayed|housed|placed|moved|moving|is|was|resides?|residing|based|visited|attended) (?:back )?(?:at|to) (?:number |no\.? ?)?\d{1,4}[a-d]?,? (?P<name>[a-z][a-z'-]+)", "values", _capital_place),
    rule(ADDRESS, r"\bbetween \d{1,3}[a-d]? and \d{1,3}[a-d]? (?P<name>[a-z][a-z'-]+)", "values", _capital_place),
    rule(ADDRESS, rf"\b\d{{1,4}}[a-d]? [a-z]\.? (?:{_STREET})\b", "letters"),
    rule(ADDRESS, r"\b[a-z]{4,}(?:street|avenue|crescent|terrace)\b,? ?\d{1,3}\b", "letters"),
    rule(ADDRESS, r"\b(?:street|road|house) (?:name|number)\b(?: is|:|=|,)? ?(?:\d|(?P<name>[a-z][a-z'-]+))", "values", lambda found, spellings: found["name"] is None or _capital_place(found, spellings)),
    rule(ADDRESS, r"\b(?:ground|top|upper|lower|basement|\d ?(?:st|nd|rd|th)|first|second|third) floor,? (?:flat,? )?(?:of |at |in )?(?:the )?(?:\d{1,4}\b|(?P<name>[a-z][a-z'-]+) (?:buildings?|house|court|hse|mansions|point|tower))", "values", lambda found, spellings: found["name"] is None or _capital_place(found, spellings)),
    rule(STREET, rf"\b(?:top|bottom|end|corner|side|middle|foot|length) (?:end )?of (?:the )?(?P<name>[a-z][a-z'-]+) (?P<type>{_MAYBE}|{_STREET})\b", "letters", _capital_beside),
    rule(STREET, r"\b(?P<name>[a-z][a-z'-]+) (?P<type>clse|cl|av|gdns|hse|bldgs?|cotts?|cott|tce|terr|clo|pde|wlk|mws|sq|crt)\b", "letters", _capital_beside),
    rule(STREET, r"\b(?P<name>high|market|church|station|mill|park|main|bridge|castle|school|london) (?P<type>street|road|st|square|sq|rd|place|hill)\b(?:,| in| at| near|\.) ?(?P<town>[a-z][a-z'-]+)", "letters", lambda found, spellings: all(spellings.named(spellings.letters, found.start(part)) for part in (("town",) if found["type"] in STREETS else ("name", "type", "town"))) and found["town"] not in ORDINARY_CAPITALS),
    rule(BUILDING, r"\b(?:flats?|block|tower|apartments?|maisonettes?) (?:at|in|on|called) (?:the )?(?P<name>[a-z][a-z'-]+) (?P<type>point|buildings?|view|rise|wharf|quays?|heights|place|hse)\b", "letters", _capital_beside),
    rule(BUILDING, r"(?:\b(?P<before>at|in|near|opposite|behind|beside|called|named|outside|into|inside|from|to) (?:the )?)?\b(?P<name>[a-z][a-z'-]+) (?:house|lodge|cottages?|villas?|manor|mansions?|hostel|haven|court|hall|towers?|heights|refuge|farm|barn|grange)\b(?!')", "letters", _building),
    rule(BESIDE, rf"\b(?:{_TYPE})\b", "letters", _beside),
    rule(LANDMARK, rf"\b(?:{either(_OF_AREAS)})\b", "letters", _landmark),
    rule(FACILITY, rf"\b(?:{_FACILITY})\b", "letters", _landmark),
    rule(BESIDE, r"\b(?:next(?: door)? to|opposite|behind|beside|across from|overlooking|the (?:side|back|rear) of|facing|in front of|round the corner from|adjacent to) (?:the )?(?:(?:old|new|little|great|royal|black|white|red|golden) )?(?P<name>[a-z][a-z'-]+)", "letters", _capital_beside),
    rule(FACILITY, r"\b(?P<name>[a-z][a-z'-]+) (?P<type>primary|infants?|juniors?|grammar|comprehensive|secondary)\b(?! (?:care|prevention|legislation|school|schools|aged?|pupils|and|education))", "letters", _capital_beside),
    rule(LANDMARK, rf"\b(?:the |a )?(?:{PUBS})\b(?= (?:pub|inn|hotel|in|on|at|near)\b|[.,;)]|$)"),
    rule(BESIDE, rf"\b(?:opposite|behind|near|next to|beside|outside|by|at|past|in) (?:the )?(?:{PUBS})\b"),
    rule(FACILITY, rf"\b(?:{BRANDS})\b(?!')", "letters", _shop),
    rule(FACILITY, r"\b[a-z'-]{3,} (?:c ?of ?e|r ?\.?c|cofe|catholic|church of england) (?:primary|infants?|juniors?|secondary|academy|sch\b|school\b)", "letters", lambda found, _: found[0].split()[0] not in ORDINARY),
    rule(LANDMARK, r"\b(?P<name>[a-z][a-z'-]+) (?:stn|sch|prim|jnrs?|hosp|pri|surg|comm ctr|med ctr|health ctr|ctr)\b\.?", "letters", lambda found, _: found["name"] not in ORDINARY),
    rule(BESIDE, rf"\b(?:{_STRONG}|near|by|at|in|outside|from|over|under) the (?P<sign>red|white|black|blue|green|golden|royal|flying|three|two|five|six|seven|old|new|jolly|queen'?s?|king'?s?|prince|duke|dog|fox|hare|rose|crown|bull|bell|ship|swan|plough|star|sun|railway|anchor|lamb|horse|cricketers?) (?:(?:and|of|&|in) (?:the )?)?(?P<name>[a-z][a-z'-]+)", "letters", _sign_of_a_pub),
    rule(STREET, r"\b(?:on|in|off|along|down|up|near|at|from) (?P<name>[a-z'-]{4,}) (?P<type>st|rd|ave|ln|cres|cl|gdns|terr)\b(?!\.? ?['\d])", "letters", lambda found, spellings: found["name"] not in ORDINARY and (spellings.caseless or not spellings.letters.capital(found.start("type")))),
    rule(LANDMARK, r"\b(?:saint|st\.?) ?[a-z]+(?:'s|s)? (?:church|school|hospital|hospice|academy|primary|centre|hall|house|square|chapel|cathedral|court)\b"),
    rule(BESIDE, rf"\b(?:{_STRONG}|near(?: to)?|close to|by|outside) st\.? ?[a-z-]+(?:'s|s)\b", "letters"),
    rule(FACILITY, r"\b[a-z'-]+ (?:c ?of ?e|r ?\.?c)\b(?! (?:schools|people|church))", "letters", lambda found, spellings: spellings.named(spellings.letters, found.start()) and found[0].split()[0] not in ORDINARY_CAPITALS),
    rule(LANDMARK, r"\b(?:our lady of|all saints|all souls|sacred heart|holy (?:trinity|cross|family|rood)|christ church)\b"),
    rule(BESIDE, r"\b(?:near|by|off|at|past|close to) (?:junction|jct|junc|platform|roundabout|exit) ?\d{1,2}\b"),
    rule(BESIDE, r"\b(?:junction|j|roundabout|exit) ?\d{1,2}[ab]? (?:of|on|off|at) (?:the )?[am]\d{1,4}\b|\b[ab]\d{3,4}\b (?:junction|roundabout|at|near|between)"),
)  # fmt: skip

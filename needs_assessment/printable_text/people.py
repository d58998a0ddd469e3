"""Who is named by title, whose age is told, and counts of so few people that they are someone."""

from __future__ import annotations

import re

from needs_assessment.printable_text.rule import Match, Rule, Spellings, rule
from needs_assessment.printable_text.vocabulary import (
    FORENAMES,
    FUNCTION,
    MONTHS,
    ORDINARY,
    ORDINARY_CAPITALS,
    PEOPLE,
    SURNAMES,
    either,
)

TITLE = "name of a person"
HONOUR = "name of a person of title"
FULL_NAME = "first name with a surname"
COUNT = "count of fewer than five people"
AGE = "age of one person"
LEAST = 5

_TITLES = "mr|mrs|ms|mx|mister|missus|messrs|mesdames|dr|doctor|prof|professor|rev|revd|rev'd|reverend|cllr|councillor"
_RANKS = (
    "miss|madam|pc|wpc|dc|ds|di|dci|dsi|pcso|psni|sgt|sergeant|inspector|constable|superintendent|cpl|supt|insp|det|"
    "detective|sister|father|fr|judge|nurse|midwife|officer|imam|rabbi|pastor|canon|vicar|captain|capt|major|master|"
    "aunt|auntie|aunty|granny|grandma|grandad|nanny|uncle|nan|social worker|health visitor|headteacher|hhj|barrister|solicitor|"
    "mistress|mme|mlle|madame|monsieur|senora?|senorita|signora?|herr|frau|shri|smt|sheikh|maulana|mufti|"
    "archbishop|deacon|colonel|lieutenant|corporal|d/c|p/c|d/s|coun|alderman|matron|brigadier|commander|admiral|abbot|"
    "chaplain|curate|deputy|magistrate|recorder|mayor|mayoress|magistrate|caseworker|idva|isva|keyworker|"
    "key worker|support worker|advocate|counsellor|paramedic|headmistress|headmaster|landlord|landlady"
)
_RANKED_BY_LETTER = r"[wp] ?\. ?c ?\.|w ?\. ?p ?\. ?c ?\.|d ?\. ?[cis] ?\.|d ?\. ?c ?\. ?[is] ?\."
# first names that are names of places, festivals and seasons as well
_ALSO_PLACES = frozenset(
    {
        "victoria",
        "florence",
        "hazel",
        "lee",
        "shirley",
        "holly",
        "mark",
        "kelly",
        "heather",
        "lewis",
        "jade",
        "stuart",
        "chelsea",
        "paris",
        "charlotte",
        "christian",
        "kent",
        "jordan",
        "chester",
        "dean",
    }
)
# first names that are words as well
_ALSO_WORDS = frozenset(
    {
        "mark",
        "frank",
        "dawn",
        "amber",
        "ruby",
        "robin",
        "sue",
        "hazel",
        "holly",
        "heather",
        "poppy",
        "lily",
        "daisy",
        "rose",
    }
    | {
        "jack",
        "dean",
        "glenn",
        "eve",
        "sally",
        "sandy",
        "terry",
        "norma",
        "carol",
        "ray",
        "tony",
        "priya",
        "gene",
        "art",
        "jean",
    }
)
# what stands behind a first name in the name of a place or a law
_AFTER_PLACES = frozenset(
    {
        "law",
        "park",
        "ward",
        "street",
        "road",
        "cross",
        "town",
        "bay",
        "island",
        "day",
        "week",
        "hospital",
        "foundation",
    }
    | {"trust", "centre", "project", "report", "review", "inquiry", "act", "scheme", "fund"}
)
_ROLES = (
    ORDINARY
    | FUNCTION
    | MONTHS
    | frozenset(
        [
            "practitioner",
            "practitioners",
            "training",
            "group",
            "groups",
            "teams",
            "team",
            "appointment",
            "appointments",
            "out",
            "deadlines",
            "meetings",
            "champion",
            "champions",
            "led",
            "said",
            "waits",
            "waiting",
            "opportunities",
            "opportunity",
            "visits",
            "visit",
            "leads",
            "lead",
            "network",
            "surgery",
            "surgeries",
            "registrar",
            "sergeant",
            "inspector",
            "constable",
            "superintendent",
            "chief",
            "consultant",
            "prescriber",
            "prescribers",
            "portfolio",
            "holder",
            "figure",
            "figures",
            "support",
            "supports",
            "contact",
            "referral",
            "referrals",
            "referred",
            "work",
            "sessions",
            "session",
            "court",
            "targets",
            "checks",
            "deserves",
            "information",
            "or",
            "teams's",
            "world",
            "users",
            "user",
            "games",
            "tablets",
            "laptops",
            "letters",
            "letter",
            "notes",
            "staff",
            "time",
            "service",
            "services",
            "patrol",
            "patrols",
            "standards",
            "care",
            "carers",
            "refuges",
            "refuge",
            "help",
            "life",
            "leader",
            "leaders",
            "manager",
            "managers",
            "degree",
            "chancellor",
            "mayor",
            "justice",
            "advocate",
            "commissioner",
        ]
    )
)


def _titled(found: Match, spellings: Spellings) -> bool:
    """A title that is one wherever it stands: the next word is a name unless it is an ordinary word."""
    return found["name"] not in _ROLES or (
        found["name"] in SURNAMES and spellings.capital(spellings.letters, found.start("name"))
    )


def _ranked(found: Match, spellings: Spellings) -> bool:
    """A word that is a title only before a name, which is known by its capital or is among the common ones."""
    name = re.sub("'s?$", "", found["name"])
    if name in SURNAMES and (
        name not in ORDINARY or spellings.capital(spellings.letters, found.start("name"))
    ):
        return True
    return name not in _ROLES and spellings.capital(spellings.letters, found.start("name"))


def _by_name(found: Match, spellings: Spellings) -> bool:
    """A word beside a sure sign of a person that may be a name by its capital, or where capitals say nothing."""
    name = re.sub("'s?$", "", found["name"])
    if name in _ROLES and not (
        name in SURNAMES and spellings.capital(spellings.letters, found.start("name"))
    ):
        return False
    return spellings.named(spellings.letters, found.start("name"))


def _ranked_at_the_end(found: Match, spellings: Spellings) -> bool:
    """A word behind a rank that ends a clause or does something, in a text without capitals to tell by."""
    name = re.sub("'s?$", "", found["name"])
    after = spellings.letters.text[found.end() :]
    ends = re.match(
        r" ?(?:$|[.,;:)+]|took\b|queried\b|arrested\b|and\b|at\b|with\b|from\b|said\b|told\b|came\b|attended\b|visited\b|called\b|rang\b|is\b|was\b|has\b)",
        after,
    )
    return (
        spellings.caseless
        and bool(ends)
        and name not in _ROLES
        and not re.search(r"(?:s|ing|ed|ly|ion|ity)$", name)
    )


def _forename(found: Match, spellings: Spellings) -> bool:
    """A common first name with a word behind it that can only be a surname: both begin with a capital."""
    last, view = found["last"], spellings.letters
    if spellings.caseless and found["name"] in _ALSO_WORDS:
        return False
    if found["name"] in _ALSO_PLACES and last not in SURNAMES:
        return False
    capitals = spellings.named(view, found.start("name")) and spellings.named(view, found.start("last"))
    whole = found.start() == 0 and found.end() == len(view.text) and last in SURNAMES
    return (
        capitals and last not in ORDINARY_CAPITALS and last not in _ROLES and last not in _AFTER_PLACES
    ) or whole


_N = r"(?P<number>\d{1,3})(?:\.0+)?"
_BEFORE = r"(?<![\d.,/%£$€:+-])(?<!\d )"
# what a number belongs to when it stands before it: Section 4, tier 2, 1 in 4
_LABELLED = re.compile(
    r"(?:\b(?:section|sections|part|tier|phase|level|stage|step|chapter|table|figure|page|pages|year|years|band|category|"
    r"type|version|quarter|q|week|month|schedule|paragraph|item|appendix|objective|priority|question|no|number|article|act|"
    r"aged?|ages|aged under|aged over|every|per|each|any|grade|group|aged between|room|theme|option|"
    r"recommendation|outcome|standard|form|key stage|working together|hour|day|zone|scenario|part|clause|regulation)"
    r"(?: and| or)? ?|[\d)] (?:in|out of|of) (?:every |each )?|[£$€#] ?|\d ?(?:to|-|:|/) ?)$"
)
_RATIO_AFTER = r"(?! (?:in|out of) (?:every |each )?\d)(?! in (?:ten|a hundred))"
_MIDDLE_STOP = (
    r"(?!(?:in|out|to|per|year|years|yr|month|months|week|weeks|day|days|hour|hours|minute|minutes|times?|visits?|"
    r"sessions?|services?|types?|bed|beds|bedroom|bedrooms|percent|per cent|and|or|plus|miles?|reports?|reasons?|themes?|"
    r"councils?|districts?|areas?|wards?|agencies|providers?|units?|places?|points?|stage|step|tier|stop|way|said|is|"
    r"was|were|are|for|by|from|with|as|at|on|who|where|when|because|but|pm|am|st|nd|rd|th|million|thousand|hundred|"
    r"quarters?|thirds?|fifths?|halves|half|most|main|key|surveys?|meetings?|workers?|staff|posts?|idvas?|fte|forms?|"
    r"methods?|routes?|calls?|questions?|groups?|ways?|barriers?|aims?|priorities|teams?|schemes?|schools?|courses?|"
    r"programmes?|projects?|refuges?|flats?|homes?|houses?|of|things?|hand|issues?|problems?|concerns?|examples?|messages?|"
    r"lessons?|findings?|answers?)\b)"
)
_OF = r"(?:(?: out)? of(?: (?:the|our|these|those|its|all|them|\d{1,6}))*)?"
_SINGULAR_USE = re.compile(
    r" (?:limit|household|households|families|family|homes?|policy|benefit|cap|element|rule|places?|units?|bedroom|room|protection|"
    r"maintenance|poverty|benefits|support|care|centred|focused|led|abduction|victims?|contact)\b"
)
_STATUS = re.compile(r"\b(?:at least|more than|over|than|with|per|for|each|every|only have|no) $")
# a share of a small round number is a rate: "2 out of 5 women"
_RATE_BASES = frozenset({3, 4, 5, 6, 7, 8, 9, 10, 100, 1000})


def _small(found: Match) -> bool:
    return 1 <= int(found["number"]) < LEAST


def _counted(found: Match, spellings: Spellings) -> bool:
    """Fewer than five people before the noun; not an ordinal label, not one side of a rate."""
    view = spellings.values
    before, after = view.text[: found.start()], view.text[found.end() :]
    if not _small(found) or _LABELLED.search(before) or re.search(r"\bno ?-?$", before):
        return False
    # reviews, courts and panels about people are no people
    if re.match(r" (?:reviews?|conferences?|panels?|courts?|strategy|strategies)\b", after):
        return False
    if re.match(r"['’]", after) or re.match(r" (?:in|out of) (?:every |each )?(?:\d|ten\b)", after):
        return False
    # a rate of something else than time: "1 referral per household", "for each household"
    if re.match(r" (?:per|for (?:each|every)) (?!(?:day|week|month|quarter|year|night|annum)\b)", after):
        return False
    base = re.search(r"\bout of (\d+)", found[0])
    if base and int(base[1]) in _RATE_BASES:
        return False
    noun = found["noun"]
    if noun in ("idva", "isva", "staff", "volunteer") and re.match(
        r" (?:posts?|roles?|hours|time|places?|days?)\b", after
    ):
        return False
    if noun in (
        "woman",
        "mother",
        "child",
        "parent",
        "adult",
        "family",
        "person",
        "household",
        "client",
        "victim",
        "survivor",
        "user",
    ):
        if int(found["number"]) > 1 or _SINGULAR_USE.match(after):
            return not _SINGULAR_USE.match(after) and not re.match(r"[ -]", after[:1] or ".")
        return not _STATUS.search(before)
    return not (noun in ("children", "child", "kids") and re.search(r"\b(?:with|least|than) $", before))


def _after_noun(found: Match, spellings: Spellings) -> bool:
    after = spellings.values.text[found.end() :]
    return _small(found) and not re.match(
        r" ?(?:%|per ?cent|percent|in |out of|times|to \d|-|/|:|,\d|\.\d|\d)", after
    )


def _of_things(found: Match, spellings: Spellings) -> bool:
    """ "12 units, 4 of them accessible": those counted right before are no people."""
    before = spellings.values.text[: found.start()]
    things = r"units|places|beds|rooms|refuges|services|posts|councils|districts|wards|areas|schools|agencies|providers|themes|flats"
    return " of them" in found[0] and bool(re.search(rf"\b(?:{things})\b[a-z ,]{{0,20}}$", before))


def _share(found: Match, _: Spellings) -> bool:
    """A percentage of a number that comes to fewer than five people."""
    people = float(found["percent"]) * float(found["base"].replace(",", "")) / 100
    return 0.5 <= people < LEAST - 0.5


def _between(found: Match, spellings: Spellings) -> bool:
    before = spellings.values.text[: found.start()]
    return _small(found) and not re.search(
        r"\b(?:aged?|ages|stages?|tiers?|levels?|parts?|sections?|bands?|phases?|for|in) $", before
    )


def _rest(found: Match, _: Spellings) -> bool:
    """A part so near its whole that those left over are fewer than five: "47 of 48"."""
    part, whole = (int(found[name].replace(",", "")) for name in ("part", "whole"))
    return (whole > 10 and part >= LEAST and 0 < whole - part < LEAST) or _named_whole(found, part, whole)


def _named_whole(found: Match, part: int, whole: int) -> bool:
    """ "10 women, of whom 8" tells of people; "8 out of 10 women" is a rate."""
    return (
        "out of" not in found[0]
        and found[0][:1].isdigit()
        and whole == 10
        and LEAST <= part < whole
        and ", of" in found[0]
    )


def _rest_of_share(found: Match, _: Spellings) -> bool:
    """A percentage that leaves over fewer than five people."""
    left = (100 - float(found["percent"])) * float(found["base"].replace(",", "")) / 100
    return 0.5 <= left < LEAST - 0.5


_PARTS = {
    "half": 2,
    "third": 3,
    "quarter": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
    "twelfth": 12,
    "twentieth": 20,
    "hundredth": 100,
}


def _part(found: Match, _: Spellings) -> bool:
    people = int(found["times"] or 1) * int(found["base"]) / _PARTS[found["part"]]
    return 0 < people < LEAST


_NOUN = rf"(?P<noun>{PEOPLE})"
_VERB = (
    r"said|told|reported|asked|disclosed|declined|refused|died|left|felt|described|mentioned|wanted|needed|moved|fled|"
    r"returned|attended|completed|responded|replied|spoke|lived|were (?:turned|refused|housed|placed|moved|supported|helped|"
    r"pregnant|disabled|women|men|children|male|female|killed|murdered|aged|under|over|from|rehoused|accepted|waiting)|"
    r"(?:was|has|had) (?:turned away|refused|housed|placed|rehoused|pregnant|killed)"
)

RULES: tuple[Rule, ...] = (
    rule(TITLE, rf"(?<!\w)(?<!\w')(?:{_TITLES})\b\.? ?(?:(?:and|&) (?:{_TITLES})\.? )?(?:[a-z]\b\.? ?)*(?P<name>[a-z][a-z'-]*[a-z])", "letters", _titled),
    rule(TITLE, r"(?<!\w)(?<!\w')m ?\. ?(?:r ?\. ?)?(?:s ?\. ?)(?P<name>[a-z][a-z'-]*[a-z])|(?<!\w)(?<!\w')m ?\. ?r ?\. ?(?P<other>[a-z][a-z'-]+)", "letters"),
    rule(TITLE, r"(?<!\w)(?<!\w')m[ -]?r[ -]?s?[ -](?P<name>[a-z][a-z'-]*[a-z])", "letters", _ranked),
    rule(TITLE, rf"(?<!\w)(?<!\w')(?:{_RANKS})\b\.? ?(?:(?:inspector|constable|sergeant|superintendent) )?(?:[a-z]\b\.? ?)*(?P<name>[a-z][a-z'-]*[a-z])", "letters", _ranked),
    rule(HONOUR, r"(?<!\w)(?<!\w')(?:sir|lady|lord|dame|baroness|countess|saint|bishop|sheriff|dean|general) (?:[a-z]\b\.? ?)*(?P<name>[a-z][a-z'-]*[a-z])", "letters", _ranked),
    rule(TITLE, r"\b(?:(?:her|his|their|my|client's|survivor's|victim's) names? (?:is|was|are)|forename|surname|full name|first name)[ :]{1,2}(?:only )?(?P<name>[a-z][a-z'-]*[a-z])", "letters", _by_name),
    rule(TITLE, r"\b(?:names? (?:is|was|are)|name ?[:=-]|named|called|known as)[ :]{1,2}(?:only )?(?P<name>[a-z][a-z'-]*[a-z])", "letters", _ranked),
    rule(TITLE, r"\b(?:pc|wpc|dc|ds|ps|pcso|sgt|sergeant|constable|officer)\.? ?(?:no\.? ?|number )?\d{3,6}\b"),
    rule(TITLE, r"\bnee [a-z]+", "letters"),
    rule(TITLE, rf"(?<!\w)(?:{_TITLES}|miss)\b\.? ?[(\[\"'] ?(?P<name>[a-z][a-z'-]*[a-z])", "letters", _titled),
    rule(TITLE, rf"(?P<name>\b[a-z][a-z'-]*[a-z]),? ?[(\[] ?(?:{_TITLES}|miss)\b\.?", "letters", _titled),
    rule(TITLE, rf"\b(?P<name>[a-z][a-z'-]*[a-z]), ?(?:{_TITLES}|miss)\b", "letters", _by_name),
    rule(TITLE, rf"\b(?:{_RANKED_BY_LETTER})\.? ?(?P<name>[a-z][a-z'-]*[a-z])", "letters", _by_name),
    rule(TITLE, rf"\b(?:{_TITLES}|miss|pc|dc|ds|sgt)\.? (?P<name>[a-z][a-z'-]*[a-z])(?: (?:said|says|told|came|went|attended|called|rang|wrote|asked|agreed|stated|lives|lived|has|was|is|will|and|from|of|at)\b| ?$)", "letters", lambda found, _: found["name"] not in _ROLES),
    rule(TITLE, rf"(?<!\w)(?<!\w')(?:{_RANKS}|lady|sir)\b\.? ?(?:(?:inspector|constable|sergeant) )?(?:[a-z]\b\.? ?)*(?P<name>[a-z][a-z'-]*[a-z])", "letters", _ranked_at_the_end),
    rule(TITLE, rf"\b(?:{_RANKS}|worker|idva|nurse|landlord)\b,? ?[(\[] ?(?P<name>[a-z][a-z'-]*[a-z])", "letters", _by_name),
    rule(TITLE, r"(?<!\w)m/s\.? (?P<name>[a-z][a-z'-]*[a-z])", "letters", _by_name),
    rule(TITLE, r"\bdetective (?:chief )?(?:sergeant|constable|inspector|superintendent) (?P<name>[a-z][a-z'-]*[a-z])", "letters", lambda found, _: found["name"] not in _ROLES),
    rule(TITLE, rf"\b(?P<name>[a-z][a-z'-]*[a-z]),? (?:[a-z]\b\.?,? ?){{0,3}}[,(] ?(?:{_TITLES}|miss)\b", "letters", _by_name),
    rule(FULL_NAME, rf"\b(?P<name>{either(FORENAMES)})\b (?:[a-z]\.? )?(?P<last>[a-z][a-z'-]*[a-z])", "letters", _forename),
    rule(FULL_NAME, rf"\b(?P<last>[a-z][a-z'-]*[a-z]), ?(?P<name>{either(FORENAMES)})\b", "letters", _forename),
    rule(COUNT, rf"{_BEFORE}{_N}(?: ?\(\d+\)|[)\]])?{_OF}(?:,?[ -]{_MIDDLE_STOP}[a-z'-]+){{0,4}}?[ -]{_NOUN}\b{_RATIO_AFTER}", "values", _counted),
    rule(COUNT, rf"\b{_NOUN}\b(?: [(]?[a-z-]+[)]?){{0,4}} ?(?:[:=(\[]|\bis\b|\bwas\b|\bwere\b|\bare\b|-) ?(?:only |just )?{_N}\b(?= ?(?:$|[.;,()\]]|and\b|of\b))", "values", _after_noun),
    rule(COUNT, rf"\b{_NOUN}\b(?: (?:supported|helped|housed|rehoused|placed|refused|accepted|declined|turned away|waiting|seen|referred|known|affected|killed|interviewed|surveyed|spoken to))? {_N}\b(?= ?(?:$|[.;,)\]]))", "values", _after_noun),
    rule(COUNT, rf"\b(?:number|total|count|nos?|no\.)(?: of)? [a-z\d ]{{0,40}}?[:=-] ?{_N}\b(?= ?(?:$|[.;,)\]]))", "values", _after_noun),
    rule(COUNT, rf"\bn ?= ?{_N}\b(?![,.]?\d)", "values", lambda found, _: _small(found)),
    rule(COUNT, rf"{_BEFORE}(?<!no ){_N}(?: others?| more| further)? (?:of (?:them|these|those|whom|us|which)\b|(?:{_VERB})\b)", "values", lambda found, spellings: _small(found) and not _LABELLED.search(spellings.values.text[: found.start()]) and not _of_things(found, spellings)),
    rule(COUNT, rf"{_BEFORE}(?<!no ){_N} (?:out )?of (?:the|our|these|those|all) \d{{1,3}}(?= ?(?:$|[.;,)\]]|(?:{_VERB})\b))", "values", lambda found, _: _small(found)),
    rule(COUNT, rf"\b(?:all but|all except|except(?:ing)? for|everyone but|every one but|all bar|bar|apart from|aside from|other than|but for|save for|not counting|excluding|with the exception of) (?:the |only |just )?{_N}\b(?= ?(?:$|[.;,)]|of\b|who\b|all\b|(?:[a-z-]+ )?(?:{PEOPLE})\b))(?! ?(?:%|per|in))", "values", lambda found, _: _small(found)),
    rule(COUNT, r"\b(?:all|everyone|none) (?:but|except|bar) (?:a|the) (?:few|couple|handful|pair|single)\b"),
    rule(COUNT, r"\b(?:a|the|another|this|that|only a|just a) (?:couple|pair|trio|threesome|foursome|quartet|duo) (?:of )?+(?!(?:months?|weeks?|years?|days?|hours?|times?|services?|sessions?|agencies|areas?|councils?|points?|themes?|meetings?|workshops?|events?|surveys?|projects?|pilots?|programmes?|courses?|reports?|reviews?|sites?|schemes?|providers?|districts?|wards?|questions?|examples?|reasons?|barriers?|gaps?|changes?|steps?|phases?|rounds?|visits?|calls?|miles?|pages?|bids?|contracts?)\b)"),
    rule(COUNT, rf"\bboth (?:of )?(?:(?:the|these|those|our|her|his) (?:(?!and\b)[a-z-]+ ){{0,2}}?)?{_NOUN}\b(?! and\b)", "values", lambda found, _: found["noun"] not in ("parents", "partners", "sexes", "males", "females", "victims", "adults")),
    rule(COUNT, rf"\b(?:the|our|its|their) (?:only|sole|lone|single) (?:[a-z-]+ ){{0,2}}?{_NOUN}\b(?! refuge| unit| service| centre)"),
    rule(COUNT, rf"\b(?:only|just|exactly) (?:a|an|1|the) (?:single )?(?:[a-z-]+ ){{0,2}}?{_NOUN}\b", "values", lambda found, _: found["noun"] in ("woman", "man", "child", "family", "person", "girl", "boy", "mother", "father", "household", "survivor", "victim", "client", "case", "referral", "couple", "baby", "lady")),
    rule(COUNT, r"(?<![\d.])(?P<percent>\d{1,3}(?:\.\d+)?) ?(?:%|per ?cent|percent|pc) ?(?:of|out of|from|in|\(|among)? ?(?:of )?(?:the |our |these |those |all |a sample of |a total of |sample of |n ?= ?|base |base: )*(?P<base>\d[\d,]*)(?![.,]?\d)(?! ?(?:%|to\b|-|years?\b|months?\b|weeks?\b|days?\b|hours?\b|quarters?\b))", "values", _share),
    rule(COUNT, r"\b(?:of|among|from) (?:the |our |these |all )?(?P<base>\d[\d,]*)\b(?: [a-z-]+){0,4},? (?P<percent>\d{1,2}(?:\.\d+)?) ?(?:%|per ?cent|percent)", "values", _share),
    rule(COUNT, rf"\b(?:(?P<times>\d) )?(?:a |an |one |1 )?(?P<part>{'|'.join(_PARTS)})s? of (?:the |our |these |all )?(?P<base>\d{{1,3}})\b(?![,.]?\d|%| ?per ?cent)", "values", _part),
    rule(COUNT, r"\b(?:handful|few|couple|minority|small number|some) ?[(\[] ?(?:n ?= ?)?[1-4] ?[)\]]"),
    rule(COUNT, rf"(?<![\d.,/-])[0-4] ?(?:-|to|or) ?{_N} (?:{_MIDDLE_STOP}[a-z-]+ )?{_NOUN}\b", "values", _between),
    rule(COUNT, rf"\b{_NOUN}\b(?: [a-z-]+){{0,3}},? (?:[:(] ?)?{_N} ?(?:/|out of|of) ?(?P<base>\d{{2,}})\b(?!/|%| ?%)", "values", lambda found, _: _small(found)),
    rule(COUNT, rf"(?<![\d.,/%£-])(?P<part>\d[\d,]*) (?:out )?of (?:the |our |these |all )?(?P<whole>\d[\d,]*) (?:[a-z-]+ ){{0,2}}?{_NOUN}\b", "values", _rest),
    rule(COUNT, rf"\b(?:of|from|among) (?:the |our |these |all )?(?P<whole>\d[\d,]*) (?:[a-z-]+ ){{0,2}}?{_NOUN}\b,? (?P<part>\d[\d,]*)\b(?! ?(?:%|per ?cent|percent))", "values", _rest),
    rule(COUNT, rf"\b(?P<whole>\d[\d,]*) (?:[a-z-]+ ){{0,2}}?{_NOUN}\b,? (?:and )?(?:of (?:whom|them|which|these)|including) (?P<part>\d[\d,]*)\b(?! ?(?:%|per ?cent|percent))", "values", _rest),
    rule(COUNT, rf"(?<![\d.])(?P<percent>\d{{2}}(?:\.\d+)?) ?(?:%|per ?cent|percent) of (?:the |our |these |all )?(?P<base>\d[\d,]*) (?:[a-z-]+ ){{0,2}}?{_NOUN}\b", "values", _rest_of_share),
    rule(COUNT, r"\ba single (?:[a-z-]+ ){1,2}(?:woman|man|girl|boy|child|family|survivor|victim|person|household)\b|\ba single (?:survivor|victim|family|child|household|case|referral|client|girl|boy)\b(?! (?:support|benefit|point|assessment|record))"),
    rule(COUNT, r"\b(?:the|her|his|their|our) (?:[a-z]+ )?(?:twins?|triplets|newborn)\b"),
    rule(AGE, r"\b(?:an?|the|her|his|my|1) (?:[a-z]+ )?\d{1,2}[ -]?(?:years?|yrs?|months?)[ -]old\b(?!s)"),
    rule(AGE, r"\b(?:a|an|the|1) (?:[a-z-]+ )?(?:woman|man|girl|boy|child|mother|father|victim|survivor|client|person|lady|toddler|baby),? (?:was )?(?:aged|of) \d{1,2}\b(?! ?(?:or|and|to|plus|\+|-|years? (?:or|and)|/))"),
    rule(AGE, r"\b(?:she|he) (?:is|was|turned|turns) (?:only |just |now )?\d{1,2}\b(?! ?(?:%|times|weeks|months pregnant))"),
)  # fmt: skip

"""Telephone numbers, e-mail addresses, web addresses, and the numbers that stand for one person."""

from __future__ import annotations

import re

from needs_assessment.printable_text.rule import Match, Rule, Spellings, rule
from needs_assessment.printable_text.vocabulary import MONTHS, TLDS, either

TELEPHONE = "telephone number"
EMAIL = "e-mail address"
WEB = "web address"
NHS = "NHS number"
INSURANCE = "National Insurance number"
LONG_NUMBER = "long number, as of a property, a person or a case"
REFERENCE = "reference of a case or a person"
BIRTH = "date of birth"

# between the figures of one number: signs, and the words by which signs are read out
_BETWEEN = r"(?:[^a-z\d]{0,4}(?:\b(?:dash|hyphen|space|dot|slash|stop|point|comma|then|and)\b[^a-z\d]{0,3})?)"
_TIGHT = r"[^a-z\d,%£]{0,4}"
_DATES = re.compile(
    r"(?<!\d)(?:(?:0?[1-9]|[12]\d|3[01])[/.-](?:0?[1-9]|1[0-2])[/.-](?:19|20)\d\d"
    r"|(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])|(?:19|20)\d\d ?[/-] ?(?:\d\d|20\d\d))(?!\d)"
)
_CLOCK = re.compile(r"(?:[0-2]\d:)?[0-5]\d:[0-5]\d(?:\.\d+)?\+\d\d:\d\d")
_HOURS = re.compile(r"(?:[01]\d|2[0-4])[0-5]\d ?(?:-|to) ?(?:[01]\d|2[0-4])[0-5]\d")
_THOUSANDS = re.compile(r"(?<![\d,.])[1-9]\d{0,2}(?:,\d{3})+(?![,.]?\d)")
_CALL = (
    r"(?:tel|tele?phone|phone|ring|rang|call|called|calls|text|texts|mobile|mob|cell|landline|fax|whats ?app|sms|dial|"
    r"hotline|helpline|freephone|switchboard|contact(?: number| us| her| him| them)?|number is|no is)"
)
# what the sign @ is called in other languages
_AT_ABROAD = "arroba|arobase|chiocciola|klammeraffe|malpa|arond"
# numbers that are everybody's
_PUBLIC = frozenset({"999", "112", "101", "111", "116123", "18000", "18001", "105", "119"})


def _bare(found: Match) -> str:
    return re.sub(r"\D", "", found[0])


def _is_telephone(found: Match, spellings: Spellings) -> bool:
    """Figures that begin like a number that can be dialled, and are as many; dates, decimals and codes of areas are not."""
    text, before = found[0], spellings.digits.text[: found.start()]
    if re.search(r"(?<![a-z\d])[ewnsk]$", before) and re.match(
        r"0\d{7}(?!\d)", found.string[found.start() :]
    ):
        return False
    # what is left of a time of day, and the inside of a number with commas at its thousands
    if _is_clock(found, spellings) or _HOURS.fullmatch(text.strip(" ()")):
        return False
    if any(whole.start() < found.start() < whole.end() for whole in _THOUSANDS.finditer(found.string)):
        return False
    kept = _DATES.sub(" ", text)
    figures = re.sub(r"\D", "", kept)
    numbers = re.findall(r"\d+(?:\.\d+)?", text)
    if (
        len(numbers) > 1
        and all(re.fullmatch(r"0\.\d{1,4}|\d{1,3}", number) for number in numbers)
        and "." in text
    ):
        # shares beside one another: 0.12, 0.34
        return any(re.match(r"0\d", number) for number in numbers) and len(figures) >= 9
    if re.match(r"0+44|44", figures):
        return 11 <= len(figures.lstrip("0")) <= 14
    return 8 <= len(figures) <= 15 and figures.startswith("0")


def _is_clock(found: Match, spellings: Spellings) -> bool:
    """Whether figures are the time of day behind a date: 2026-03-31T12:00:00+00:00."""
    before = spellings.digits.text[: found.start()]
    return bool(re.search(r"-\d\dt(?:\d\d:)?$", before) and _CLOCK.fullmatch(found[0]))


def _is_short_of_its_nought(found: Match, spellings: Spellings) -> bool:
    return (
        len(_bare(found)) == 10
        and not _is_clock(found, spellings)
        and not _DATES.search(found[0])
        and not re.search(r"\d,\d{3}(?!\d)", found[0])
    )


def _is_dialled(found: Match, _: Spellings) -> bool:
    figures = re.sub(r"\D", "", found["number"])
    year = re.fullmatch(r"(?:19|20)\d\d", figures)
    thousands = re.fullmatch(r"\d{1,3}(?:,\d{3})+", found["number"].strip(" ."))
    span = _DATES.sub("", found["number"]).strip(" .,;:()") == ""
    return len(figures) >= 5 and figures not in _PUBLIC and not (year or thousands or span)


def _has_check_digit(found: Match, _: Spellings) -> bool:
    """One number in eleven has the right last digit: shares, years in brackets and bands of ages in a row are none."""
    in_a_row = re.search(r"\d\.\d(?!\d)|\((?:19|20)\d\d\)|\d\d-\d\d, ", found[0])
    return is_nhs_number(found[0]) and not in_a_row


def is_nhs_number(text: str) -> bool:
    """Ten digits, the last of them eleven less the weighted sum of the others modulo eleven."""
    figures = [int(character) for character in text if character.isdigit()]
    if len(figures) != 10:
        return False
    check = 11 - sum(weight * one for weight, one in zip(range(10, 1, -1), figures, strict=False)) % 11
    return (0 if check == 11 else check) == figures[9]


_TWO_LETTER_WORDS = frozenset(
    [
        "am",
        "an",
        "as",
        "at",
        "be",
        "by",
        "he",
        "hi",
        "in",
        "is",
        "it",
        "me",
        "my",
        "no",
        "on",
        "or",
        "so",
        "to",
        "up",
        "us",
        "we",
        "go",
        "do",
        "if",
        "of",
        "ie",
        "eg",
        "mr",
        "ms",
        "dr",
        "st",
        "nd",
        "rd",
        "th",
        "pm",
    ]
)


def _is_insurance(found: Match, spellings: Spellings) -> bool:
    word = re.sub(r"[^a-z]", "", found["letters"])
    return word not in _TWO_LETTER_WORDS or (
        found["end"] is not None and spellings.capital(spellings.digits, found.start())
    )


_MONTH = either(MONTHS)
_ORDINALS = (
    "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|"
    "sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth|20[- ](?:first|second|third|fourth|fifth|sixth|"
    "seventh|eighth|ninth)|30[- ]first"
)
_DAY = rf"(?:(?:the )?(?:[0-3]?\d(?: ?(?:st|nd|rd|th))?|{_ORDINALS}))"
_FULL_DATE = (
    rf"(?:{_DAY}[ .,/-]*(?:of |day of )?(?:{_MONTH})\b|(?:{_MONTH})[ .,/-]*{_DAY}|[0-3]?\d ?[ ./-] ?[01]?\d ?[ ./-] ?\d\d"
    r"|(?:19|20)\d\d ?[./ -] ?[01]?\d)"
)

_SOCIAL = (
    r"\b(?:facebook|fb|instagram|insta|ig|snapchat|tik ?tok|twitter|youtube|whatsapp|telegram|discord)\b"
)


def _is_handle(found: Match, spellings: Spellings) -> bool:
    """Whether what stands behind "channel" or "page" is a name; "facebook page was closed" names none."""
    name = found["name"]
    return name is None or spellings.letters.capital(found.start("name")) or found[0].find(",") > 0


RULES: tuple[Rule, ...] = (
    rule(EMAIL, r"[\w.+'-]+ ?[\[({<]? ?@ ?[\])}>]? ?[\w-]+"),
    rule(EMAIL, r"(?<![\w.])@ ?[a-z]\w+"),
    rule(EMAIL, r"[\w.+-]+ ?[\[({<*|~]+ ?at ?[\])}>*|~]+ ?[\w-]+"),
    rule(EMAIL, r"\b[\w.+]+[ -]at[ -](?!(?:some|any|this|that|every|which|what|one|the|a|each|no) point\b)\w+(?:[ -](?:dot|point|full[ -]stop)[ -]?\w+| ?[\[({<*|~] ?dot ?[\])}>*|~] ?\w+)+"),
    rule(EMAIL, r"\bat [a-z0-9-]+ (?:dot |\. ?)?(?:co (?:dot |\. ?)?uk|gov (?:dot |\. ?)?uk|org (?:dot |\. ?)?uk)\b"),
    rule(EMAIL, r"\be-?mail(?: address)?\b ?[:=] ?\S+|\b(?:(?:my|her|his|their|our|the) e-?mail|e-?mail address) is (?!not\b|un\w|\w+(?:ed|ing|ly)\b)\S+"),
    rule(WEB, r"\b\w+ (?:underscore|dot|hyphen|dash|slash) \w+ on (?:facebook|fb|instagram|insta|ig|snapchat|tik ?tok|twitter|x|whatsapp|telegram)\b|\b(?:facebook|fb|instagram|insta|ig|snapchat|tik ?tok|twitter|whatsapp|telegram) (?:forward )?(?:slash|stroke|at|underscore) \w+"),
    rule(WEB, r"\b\w{3,} (?:point|full[ -]stop|period) (?:org|com|net|co|gov)\b|\bbit ?ly\b|\btinyurl\b"),
    rule(WEB, r"\b(?:user ?name|handle|screen ?name|gamer ?tag|log ?in name|profile name)s?\b(?: is| was|:|=|,)* ?(?:[a-z]+ ?){1,3}?[._-]?\d"),
    rule(WEB, rf"\b(?:user ?name|handle|screen ?name|gamer ?tag)s?\b(?: is| was|:|=|,)+ ?[a-z]|\buser ?name [a-z]+\.[a-z]|{_SOCIAL} (?:channel|handle|group|page)\b,? (?:is |called |named |: ?)?(?P<name>[a-z]\w+)", "letters", _is_handle),
    rule(WEB, rf"\b(?:search|find|look up|group|page|account|profile)\b (?:for |called |named )?(?P<name>[a-z]\w+)[^.;]{{0,30}}? on {_SOCIAL}", "letters", lambda found, spellings: spellings.letters.capital(found.start("name")) or any(one.isdigit() for one in found["name"])),
    rule(EMAIL, r"\b\w+ (?:underscore|dot|hyphen|dash) \w+ at (?:the )?(?:domain |address |server )?\w+"),
    rule(EMAIL, r"\b(?:at|@) (?:the )?domain\b"),
    rule(EMAIL, r"[\"'(\[]\w[\w.]*[\"')\]] ?(?:at|@) ?[\"'(\[]\w"),
    rule(EMAIL, r"\be-?mail\b[^.;]{0,40}\b(?:underscore|at[ -]sign)\b"),
    rule(EMAIL, rf"\b\w+ (?:commercial[ -]at|at[ -]sign|{_AT_ABROAD}) \w+"),
    rule(EMAIL, rf"\b[a-z]{{2,}}at[a-z]{{2,}}dot(?:{TLDS})\b", "letters"),
    rule(EMAIL, r"\b(?:gmail|hotmail|outlook|yahoo|icloud|protonmail|btinternet|googlemail|nhsmail)\b"),
    rule(WEB, r"\b(?:https?|hxxps?|ftps?|mailto|tel|sms|geo|javascript) ?: ?/?/?\S|\b(?:file|data):[^\s]"),
    rule(WEB, r"\b[a-z][a-z\d+.-]* ?: ?/ ?/ ?\S"),
    rule(WEB, r"\b(?:hxxps?|https?) [a-z]"),
    rule(WEB, r"(?<![\w,])[a-z0-9-]{3,} ?, ?(?:com|org|net|uk|gov|info|biz|co,uk)(?:[/,]\w+)*(?!\w)(?! uk)"),
    rule(WEB, r"\b(?:facebook|instagram|insta|snapchat|snap|tiktok|twitter|whatsapp|telegram|linkedin|discord|skype|x) ?(?:handle|user ?name|account|tag|id|page|profile)\b(?: is| was|:|,)? ?@?(?=\w*[\d._])\w[\w.]*"),
    rule(WEB, r"\b(?:facebook|instagram|insta|snapchat|snap|tiktok|twitter|whatsapp|telegram|linkedin|discord|skype)(?: is| was| name is|:| =| -|,)? @?(?=[\w.]*(?:\d|\w\.\w)|\w+ ?[a-z]+\d)[a-z][\w.]*(?<!\.)(?![\d%])"),
    rule(WEB, r"\bh ?t ?t ?p ?s? ?: ?/"),
    rule(WEB, r"\bwww\b ?(?:\.|dot)?"),
    rule(WEB, rf"\b[a-z0-9-]*[a-z0-9]\.(?:{TLDS})\b(?! [a-z]\.)"),
    rule(WEB, rf"\b[a-z0-9-]{{2,}} ?(?:[\[({{<*|~-] ?(?:dot|\.) ?[\])}}>*|~-]|\bdot\b) ?(?:{TLDS})\b"),
    rule(WEB, rf"\b[a-z0-9-]{{2,}} \. (?:{TLDS})\b"),
    rule(WEB, r"\b[a-z0-9-]+\.[a-z]{2,}/\S"),
    rule(WEB, r"\b(?:bit\.ly|goo\.gl|tinyurl|openstreetmap|google maps?|w3w\.co|maps\.app|facebook\.|instagram\.)"),
    rule(WEB, r"\b(?:facebook|instagram|insta|snapchat|snap|tik ?tok|twitter|whatsapp|telegram|linkedin|fb|ig|youtube|reddit|discord|skype|messenger|bluesky|mastodon) ?(?:handle|user ?name|name|id|page)? ?[:=@] ?\w"),
    rule(TELEPHONE, rf"(?<![\d.£])(?:\+ ?)?[(\[]?0(?:{_BETWEEN}\d){{6,16}}", "digits", _is_telephone),
    rule(TELEPHONE, rf"(?:(?<![\d.£,])|\+ ?)44(?:{_TIGHT}\d){{9,12}}(?!\d)", "digits", _is_telephone),
    rule(TELEPHONE, rf"(?:\+|\bplus\b) ?\d(?:{_TIGHT}\d){{7,14}}(?!\d)", "digits"),
    rule(TELEPHONE, rf"(?<![\d.£,])[1-37](?:{_TIGHT}\d){{9}}(?!\d)", "digits", _is_short_of_its_nought),
    rule(TELEPHONE, r"(?<![\d.£,])0\d{2,4}[^a-z\d,.]{1,4}[\dx*#?]{3,4}[^a-z\d,.]{0,3}[\dx*#?]{3,4}", "digits"),
    rule(TELEPHONE, r"(?<![\da-z.£,])[0o](?=[\doil|sbz -]*\d)(?:[ -]?[\doil|sbz]){9,11}(?![a-z\d])", "letters", None),
    rule(
        TELEPHONE,
        rf"\b{_CALL}\b[^\d]{{0,22}}?(?P<number>\(?\+?\d(?:{_TIGHT}\d){{4,15}})",
        "digits",
        _is_dialled,
    ),
    rule(TELEPHONE, r"\b(?:ext|extn|extension)\b[ .:#-]{0,3}(?:number |no\.? )?\d{3,6}\b", "values"),
    rule(TELEPHONE, r"(?<=\d )x ?\d{3,6}\b", "letters"),
    rule(TELEPHONE, r"\b(?:zero|nought|naught|oh?|double|treble|triple|one|two|three|four|five|six|seven|eight|nine|hundred){4,}(?![a-z])", "letters", lambda found, _: len(found[0]) > 12),
    rule(TELEPHONE, rf"\b(?:{_CALL}|line|her|his|their|number)\b[^.]{{0,30}}\b(?:begin|start|end|finish|clos)(?:s|es|ning|ing)?,? (?:with |in |on |up )?\d(?:{_TIGHT}\d){{2,}}(?!\d)(?!,\d)", "digits"),
    rule(TELEPHONE, rf"\b(?:{_CALL}|dial)\b[^.]{{0,40}}?\b\d{{2,4}}[ -]\d{{3,4}}\b(?![ -]?(?:19|20)\d\d)", "digits", lambda found, _: not _DATES.search(found[0])),
    rule(TELEPHONE, r"(?<![\d.,£])0\d{2,5}\b[^.;£%]{0,30}?\b\d{5,8}\b(?!,\d|%)", "values"),
    rule(TELEPHONE, r"\b(?:number|switchboard|pager|ddi|hub|line|minicom|textphone)\b ?(?:[:=#,-]|is|plus|on)? ?\d{2,4}[ -]?\d{2,4}\b(?![-/.,]?\d| ?%| (?:women|people|calls|referrals|of|per|in))", "digits", lambda found, _: not re.search(r"(?:19|20)\d\d", found[0])),
    rule(TELEPHONE, r"\bfirst part \d{3,}.{0,30}\bsecond part \d"),
    rule(TELEPHONE, r"\bcountry code\b"),
    rule(NHS, r"(?<![\d,.£])\d(?:[^a-z\d£€$%]{0,3}\d){9}(?![,.]?\d)", "digits", _has_check_digit),
    rule(NHS, r"\bnhs ?(?:number|no|num|nr|id|#)?[ .:#-]{0,3}(?:is |of )?\d(?:[^a-z\d]{0,3}\d){5,}", "digits"),
    rule(
        INSURANCE,
        r"\b(?P<letters>[a-ceghj-prstw-zq][^a-z\d]{0,2}[a-ceghj-nprstw-zq])(?:[^a-z\d]{0,3}\d){6}"
        r"(?P<end>[^a-z\d]{0,3}[a-d])?(?![a-z\d])",
        "digits",
        _is_insurance,
    ),
    rule(
        INSURANCE,
        r"\b(?P<letters>[a-ceghj-prstw-zq][^a-z\d]{0,2}[a-ceghj-nprstw-zq])(?:[^a-z\d]{0,3}\d){6}"
        r"(?P<end>[^a-z\d]{0,3}[a-d])?(?![a-z\d])",
        "spelt",
        _is_insurance,
    ),
    rule(INSURANCE, r"\b(?:ni|nino|nat(?:ional|\.)? ins(?:urance|\.)?)(?![a-z]) ?(?:number|no|num)?[ .:#-]{0,3}(?:is )?(?:[a-z][ ,-]{0,2}){0,2}\d{2}", "digits"),
    rule(NHS, r"\b(?:nhs|health service)\b[^.;]{0,24}?\b(?:number|no|num|card|id|ends?|ending|begins?|starts?|last|first)\b[^.;]{0,16}?\d(?:[^a-z\d]{0,3}\d){3,}(?!,\d)", "digits", lambda found, _: not _DATES.search(found[0]) and not re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", found[0])),
    rule(INSURANCE, r"\b(?:ni|nino|national insurance)\b[^.;]{0,16}?\b(?:number|no|num|ends?|ending|begins?|starts?|last)\b[^.;]{0,12}?\d(?:[^a-z\d]{0,3}\d){2,}", "digits"),
    rule(INSURANCE, r"\bni\b (?:number |no\.? )?(?:is |starts?|starting|begins?|beginning|ends?|ending)[^.;]{0,10}?\d{2}"),
    rule(NHS, r"\bnhs ?(?:number|no|num|#|:)[^.;a-z\d]{0,3}\d{3}[ ,/.-]+\d{3}\b"),
    rule(REFERENCE, r"\bsort(?:ing)?(?: code)?\b.{0,8}?\d\d\D{0,2}\d\d\D{0,2}\d\d\b"),
    rule(REFERENCE, r"\b(?:inc|incident|job|log|casework|case|file|niche|ticket|booking|custody|our ref|your ref|our reference|your reference)\b\.?,? ?(?:(?:id|no|number|num|ref|reference|file)\b\.? ?){0,2}[:#,]? ?\d{2,5}(?:/\d{2,4})?\b(?![,.]\d|%)(?= ?(?:$|[.;,)]|of\b|from\b|on\b|dated\b))", "values", lambda found, _: not re.search(r"(?:19|20)\d\d(?!\d)", found[0])),
    rule(REFERENCE, r"(?<![\w/])[a-z]\d{1,4}/\d{2,5}(?![\w/])|\b(?:ewfc|ewhc|ewca|uksc|ukut)\b ?\W?\d"),
    rule(REFERENCE, r"\b(?:ref|reference)\b[^.;]{0,12}\d+ (?:over|stroke|slash) \d+"),
    rule(NHS, r"\d(?:[^a-z\d]{0,3}\d){5,}[^.;]{0,12}\bnhs\b", "digits", lambda found, _: not re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)|,\d{3}(?!\d)", found[0])),
    rule(INSURANCE, r"\bqueen queen \d(?:[^a-z\d]{0,3}\d){5}", "digits"),
    rule(LONG_NUMBER, r"(?<![\d.,£])\d{9,}(?![\d,]*\d)"),
    rule(LONG_NUMBER, r"(?<![\d.,-])\d(?:[ .-]\d){5,}(?![\d.,%-])", "letters"),
    rule(LONG_NUMBER, r"\b(?:uprn|usrn|toid|udprn|unique (?:property|street) reference(?: number)?)s?\b.{0,12}?\d(?:[^a-z\d]{0,3}\d){3,}", "digits"),
    rule(LONG_NUMBER, r"(?<![\d.,£])\d(?:[ -]?\d){10,13}(?![ -]?\d)", "letters", lambda found, _: not _DATES.search(found[0])),
    rule(
        REFERENCE,
        r"\b(?:ref|refs(?! (?:up|down|rose|fell|from|to|in|by)\b)|reference|urn|cad|niche|athena|nspis|pnc|mosaic|liquid ?logic|oasis|(?:case|crime|incident|marac|log|"
        r"client|file|police|court|housing|claim|occurrence|custody|person|patient|victim|application|tenancy|account|"
        r"passport|visa|user|survivor|id) ?(?:ref|reference|refs|no|num|number|nr|id|#))\b"
        r"(?: (?:no|number|num|is|was))*[ .:#=/-]{0,4}(?:[a-z]{1,6}[ /.-]{0,3})?[a-z]{0,3}\d[\w/.-]*",
    ),
    rule(REFERENCE, r"\b(?:case|crime|incident|marac|police|log|occurrence|client|court)[ :#/-]{1,3}(?=[a-z/-]*\d)[a-z]{0,4}[/-]?\d+[/-](?!\d\d\b(?<=20\d\d.\d\d))[a-z0-9/-]*\d"),
    rule(REFERENCE, r"\b(?:case|crime|file|log|client|incident|reference|ref|matter|referral)s?\b,? ?(?:(?:number|no|num|nr|id|is|was)\b\.? ?){0,2}[:#-]? ?\d{2}[ /-]\d{2}(?:[ /-]\d{2})?\b(?![,./-]?\d|%)", "values", lambda found, _: not re.search(r"(?:19|20)\d\d[-/ ]\d\d|\d\d[-/]\d\d$(?<=2\d.2\d)", found[0])),
    rule(REFERENCE, r"\b(?:case|crime|incident|log|file|marac|referral|hearing)(?: (?:no|number|num)\.?)?,? #?\d{1,5} (?:of|from) (?:the )?(?:(?:19|20)\d\d|\d{1,2}\b)(?! (?:cases|women|people|hearings|referrals))"),
    rule(REFERENCE, r"\b(?:case|crime|incident|log|client|occurrence)[ :#]{1,3}(?!(?:19|20)\d\d\b)(?!act\b)(?:[a-z]{1,4}[ -]?)?\d{4,}\b(?!,\d)"),
    rule(REFERENCE, r"(?<![\w/])[a-z]{1,5}/(?:\w{1,6}/)?\d{3,}(?:/\d+)*(?!\w)"),
    rule(REFERENCE, r"(?<![\w/.,])\d{1,3}[a-z]{0,3}[/-]\d{3,8}[/-]\d{2,4}(?![\w/])"),
    rule(REFERENCE, r"(?<!\w)[a-z]{1,5}-?(?:19|20)?\d{2,4}-\d{3,7}(?!\w)"),
    rule(REFERENCE, r"(?<!\w)(?!e(?:0[6-9]|1\d|23|92)\d{6}|w\d{8})[a-z]{2,5}-?\d{5,}[a-z]?(?!\w)"),
    rule(REFERENCE, r"# ?[a-z]{0,4}\d{3,}|\b(?:c\.? ?a\.? ?d|u\.? ?r\.? ?n|p\.? ?n\.? ?c)\b\.?[ :#-]{0,3}(?:(?:number|no|ref)\b[. :#-]{0,3})?\d"),
    rule(REFERENCE, r"\b(?:form|dash|notice|referral|order|docket|ticket|invoice|assessment|complaint|application|claim|bid|file)[ :#]{1,3}(?:no |number |id )?(?!(?:19|20)\d\d\b)\d{4,}\b(?!,\d)"),
    rule(REFERENCE, r"(?<!\w)(?![a-z]\d{8}\b|[a-z]+(?:19|20)\d\d\b)(?=\w*[a-z])(?=(?:\w*\d){4})[a-z\d]{7,}(?!\w)", "letters"),
    rule(REFERENCE, r"\b(?:incident|crime|police|occurrence|custody|case) logs?[ :#]{1,3}(?:no\.? |number )?[a-z]{0,4}\d+\b"),
    rule(BIRTH, r"\bd ?\.? ?o ?\.? ?b\b(?!bi)"),
    rule(BIRTH, r"\b(?:date|day|year|month|place)s?[ -]of[ -]birth\b ?\W{0,4}(?:is |was )?(?=.*\d)"),
    rule(BIRTH, r"\bbirth ?-?(?:date|day)s?\b"),
    rule(BIRTH, rf"\b(?:born|b\.|birth|delivered)\b ?[:(]? ?(?:on |in |at )?(?:the )?{_FULL_DATE}"),
    rule(BIRTH, rf"\b{_DAY}[ .,/-]*(?:of |day of )?(?:{_MONTH})\b[ .,/-]*(?:19[2-9]\d|'?[3-9]\d)\b(?!%| per)"),
    rule(BIRTH, rf"\b(?:{_MONTH})[ .]+{_DAY},? ?(?:19[2-9]\d)\b"),
    rule(BIRTH, rf"(?<![\d.,£])19[2-9]\d[ .,/-]+(?:{_MONTH})[ .,/-]+{_DAY}(?!\d)"),
    rule(BIRTH, rf"\bborn\b[^.;]{{0,30}}?\b(?:{_MONTH})\b[^.;]{{0,10}}\d|\bborn\b[^.;]{{0,12}}\b{_DAY} ?(?:of )?(?:{_MONTH})\b"),
    rule(BIRTH, r"\b(?:she|he|who|and|mother|child|son|daughter|woman|girl|boy|man|client|survivor|victim)\b[^.;]{0,20}\bborn\b[^.;]{0,20}\b(?:in|during|back in) ?'?\d\d(?:\d\d)?\b(?!%)"),
    rule(BIRTH, r"\bborn (?:on|at) \w[^.;]{0,24}(?:19|20)\d\d\b"),
    rule(BIRTH, rf"\b{_DAY} of (?:the )?(?:{_ORDINALS}|[01]?\d ?(?:st|nd|rd|th))\b"),
    rule(BIRTH, rf"\b(?:\d{{1,2}} ?[/. -] ?\d{{1,2}} ?[/. -] ?\d{{2,4}}|{_DAY} (?:of )?(?:{_MONTH})\b[^.;]{{0,8}})[^.;%]{{0,20}}\b(?:date|day) of birth\b"),
    rule(BIRTH, r"\d[^.;%]{0,30}\((?:d\.?o\.?b\.?|birth|born)\)|\((?:birth|born)\)[^.;%]{0,30}\d"),
    rule(BIRTH, r"\bborn\b[^.;]{0,20}?\d{1,2} ?[/.-] ?\d{1,2}(?: ?[/.-] ?\d{2,4})?\b(?!%)"),
    rule(BIRTH, r"\bday \d{1,2}\b.{0,6}\bmonth \d{1,2}\b.{0,6}\byear \d{2,4}\b"),
    rule(BIRTH, r"\bborn\b[^.;]{0,12}?\b[01]?\d ?[/.-] ?(?:19|20)?\d\d\b"),
    rule(BIRTH, rf"\b(?:baby|child|is|twins) due (?:on )?(?:the )?(?:{_DAY}[ .,/-]*(?:of )?(?:{_MONTH})|(?:{_MONTH})[ .,/-]*{_DAY})\b"),
    rule(BIRTH, rf"\b{_DAY}[ .,/-]*(?:of )?(?:{_MONTH})\b[^.;]{{0,40}}\bborn\b"),
    rule(BIRTH, r"\bb\. ?\d{1,2} ?[/.-] ?\d{1,2}|\bb-?days?\b"),
    rule(BIRTH, r"\byob\b"),
    rule(BIRTH, rf"\b(?:born|delivered)\b(?: [a-z'-]+){{1,5}} on (?:the )?{_FULL_DATE}"),
    rule(BIRTH, rf"\b(?:turn(?:ed|s|ing)|reach(?:ed|es)) \d{{1,3}} on (?:the )?{_FULL_DATE}"),
    rule(BIRTH, r"(?<![\d/.-])(?:0?[1-9]|[12]\d|3[01]) ?[/. -] ?(?:0?[1-9]|1[0-2]) ?[/. -] ?(?:19[2-9]\d|[3-9]\d)(?![\d/%]|\.\d)"),
    rule(BIRTH, r"(?<![\d/.-])19[2-9]\d[/. -](?:0?[1-9]|1[0-2])[/. -](?:0?[1-9]|[12]\d|3[01])(?![\d/%])"),
)  # fmt: skip

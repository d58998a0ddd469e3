"""Counts of a few people that a sentence tells without a figure right before or behind the noun."""

from __future__ import annotations

import re

from needs_assessment.printable_text.people import _BEFORE as BEFORE
from needs_assessment.printable_text.people import _LABELLED as LABELLED
from needs_assessment.printable_text.people import _N as N
from needs_assessment.printable_text.people import _NOUN as NOUN
from needs_assessment.printable_text.people import _RATE_BASES as RATE_BASES
from needs_assessment.printable_text.people import COUNT, LEAST
from needs_assessment.printable_text.rule import Match, Rule, Spellings, rule
from needs_assessment.printable_text.vocabulary import PEOPLE

_ADJECTIVES = r"(?:(?!and\b)[a-z-]+ ){0,2}?"
_SINGULAR = (
    r"(?:resident|survivor|client|child|woman|man|girl|boy|victim|person|baby|pupil|tenant|member|caller)"
)
_NUMBERS_ABROAD = (
    r"[1-4]|una?|dos|tres|cuatro|une|deux|trois|quatre|eine?|zwei|drei|vier|jedna|dwie|dwoje|trzy|cztery|doua|trei|patru|"
    r"uma|duas|quatro|due|tre|quattro|ek|do|teen|char|dwy|dau|tair|tri|pedair|bir|iki|uc|dort|laba|saddex|afar"
)
_PEOPLE_ABROAD = (
    r"mujer(?:es)?|nin[oa]s?|chicas?|hijos|femmes?|enfants?|filles?|frau(?:en)?|kind(?:er)?|kobiet[ay]?|dzieci|femei|"
    r"copii|mulher(?:es)?|criancas?|donn[ae]|bambin[ie]|aurat(?:ein|en)?|aurten|bac(?:h?)ch?[ei]y?|menyw(?:od)?|fenyw|"
    r"merched|kadin(?:lar)?|cocuk(?:lar)?|naag|dumar|mahilaen?"
)


# groups as tables head them
_GROUPS = (
    r"male|female|men|women|other|others|unknown|trans|transgender|non-binary|lgbt\w*|gay|lesbian|bisexual|heterosexual|straight|"
    r"disabled|deaf|blind|pregnant|white|black|asian|mixed|roma|gypsy|arab|chinese|indian|pakistani|bangladeshi|african|caribbean|"
    r"polish|romanian|eastern european|black african|black caribbean|white other|mixed other|muslim|christian|hindu|sikh|jewish|buddhist|"
    r"no religion|prefer not to say|not stated|not known|widowed|divorced|single|married|refused|declined|accepted|rehoused"
)
_DID = (
    r"stayed|moved|returned|declined|dropped|engaged|refused|died|disclosed|attended|completed|rehoused|placed|supported|helped|"
    r"housed|left|withdrew|fled|replied|answered|responded|agreed|reported|accepted|got places|got a place"
)


def _labelled_number(found: Match, _: Spellings) -> bool:
    """A number behind a heading that is not the number of a section, a tier or the like."""
    label = found["label"].strip()
    numbered = LABELLED.search(label + " ") or re.search(
        r"\b(?:goal|aim|strand|pillar|cohort|wave|round|pathway|module|domain|interview|workshop|survey|report|focus group|"
        r"note|footnote|annex|box|map|slide|sheet|column|row|line|principle|action|measure|indicator|source|method|risk|rank|"
        r"bedrooms?|score|ratio|quarters?|years?|months?|weeks?|days?|hours?|meetings?|sessions?|refuges?|services?|sites?|posts?|"
        r"fte|idvas?|workers?|places?|units?|beds?|providers?|agencies|districts|wards|areas|times?|miles?|draft|edition|issue)$",
        label,
    )
    return not numbered and not label[-1:].isdigit()


def _few(found: Match) -> bool:
    return 1 <= int(found["number"]) < LEAST


def _plain(found: Match, _: Spellings) -> bool:
    return _few(found)


def _unlabelled(found: Match, spellings: Spellings) -> bool:
    """Fewer than five, and not the number of a section, a tier or the like."""
    return _few(found) and not LABELLED.search(spellings.values.text[: found.start("number")])


def _slash(found: Match, _: Spellings) -> bool:
    return _few(found) and int(found["base"]) not in RATE_BASES


def _left(found: Match, _: Spellings) -> bool:
    """A part that leaves fewer than five of its whole."""
    part, whole = int(found["part"].replace(",", "")), int(found["whole"].replace(",", ""))
    return 0 < whole - part < LEAST and part >= LEAST


def _left_of_share(found: Match, _: Spellings) -> bool:
    left = (100 - float(found["percent"])) * float(found["base"].replace(",", "")) / 100
    return 0.5 <= left < LEAST - 0.5


def _rate_of(found: Match, _: Spellings) -> bool:
    return 0 < int(found["times"]) * int(found["base"]) / max(int(found["size"]), 1) < LEAST


def _fraction(found: Match, _: Spellings) -> bool:
    people = int(found["one"]) * int(found["base"]) / max(int(found["other"]), 1)
    return 0.5 <= people < LEAST - 0.5


def _sum(found: Match, _: Spellings) -> bool:
    """A sum, a root or a number to base sixteen that comes to fewer than five."""
    if found["hex"]:
        return 1 <= int(found["hex"], 16) < LEAST
    if found["root"]:
        return 1 <= int(found["root"]) < LEAST**2
    one, sign, other = int(found["one"]), found["sign"], int(found["other"])
    if sign == "/":
        return other > 0 and one % other == 0 and 1 <= one // other < LEAST
    value = {"+": one + other, "-": one - other, "*": one * other, "x": one * other}[sign]
    return 1 <= value < LEAST


RULES: tuple[Rule, ...] = (
    rule(COUNT, rf"\ba (?:lone|sole|solitary) (?!parents?\b|mothers?\b|fathers?\b){_ADJECTIVES}{NOUN}\b(?! parents?)"),
    rule(COUNT, r"\ba (?:single|lone) (?:mother|father|mum|dad|parent|woman|man|girl|survivor|victim|client|resident) (?:and (?:her|his|their)|was|had|told|said|asked|fled|with (?:a|an|\d))\b"),
    rule(COUNT, rf"\bthe (?:youngest|oldest|eldest) (?:[a-z-]+ )?{_SINGULAR}\b(?! (?:age|services?|groups?)\b)"),
    rule(COUNT, rf"\b{NOUN}\b(?: [a-z-]+){{0,4}} (?:numbered|totall?ed|amounted to|came to|stood at|equall?ed|equals|reads?|shows?) {N}\b(?= ?(?:$|[.;,)]|last|this|during|over|across|and\b))", "values", _plain),
    rule(COUNT, rf"\b{N} in number\b", "values", _plain),
    rule(COUNT, rf"(?<![\d.,/%£-])(?P<whole>\d[\d,]*) {_ADJECTIVES}{NOUN} (?:[a-z]+ ){{0,3}}?[a-z]+(?: and| but|[,;](?: and| but)?) (?:only )?(?P<part>\d[\d,]*) (?:were|did|had|left|came|went|said|got|stayed|[a-z]+ed)\b", "values", _left),
    rule(COUNT, rf"(?<![\d.,/%£-])(?P<whole>\d[\d,]*) {_ADJECTIVES}{NOUN}\b[^.\d]{{1,30}}(?P<part>\d[\d,]*)\b(?! ?%)[^.\d]{{0,40}}\bthe (?:remainder|rest|others?|remaining)\b", "values", _left),
    rule(COUNT, rf"\b{NOUN}\b(?: [a-z\d-]+){{0,4}}\)? ?[:=]?(?<=[:=]) ?(?:0x(?P<hex>[\da-f]+)|√ ?(?P<root>\d+)|(?P<one>\d{{1,3}}) ?(?P<sign>[+/*x-]) ?(?P<other>\d{{1,3}}))\b(?![/-]|%|,\d)", "values", _sum),
    rule(COUNT, rf"\b{NOUN}\b\)?(?: ?\(?[a-z-]+\)?){{0,3}} ?[:=] ?(?:\|{{1,4}}|/{{1,4}})(?= ?(?:$|[.;,]))", "letters"),
    rule(COUNT, rf"\b{NOUN}\b,? (?:minus|less|bar|save|except(?: for)?|but) {N}\b(?= ?(?:$|[.;,)]| (?:who|were|had|was|of|has|have)\b))", "values", _plain),
    rule(COUNT, r"\b(?P<times>\d) in (?P<size>\d{1,3}) of (?:the |our |these |those |all )*(?P<base>\d{1,3})\b(?![,.]?\d|%)", "values", _rate_of),
    rule(COUNT, rf"\b(?:{NOUN}|ethnicity|nationality|religion|disability)\b[^.:]{{0,40}}: (?:[^.:]*?[;,] ?)??(?:[a-z-]+ ){{1,3}}(?P<number>[1-4])\b(?= ?(?:[;,.]|$))", "values", _unlabelled),
    rule(COUNT, rf"\b(?:{_NUMBERS_ABROAD}) (?:{_PEOPLE_ABROAD})\b", "letters"),
    rule(COUNT, rf"\b(?:of|from|among) (?:the |our |these |all )?(?P<base>\d[\d,]*) {_ADJECTIVES}{NOUN},? (?:[a-z]+ ){{0,2}}?(?P<percent>\d{{2}}(?:\.\d+)?) ?(?:%|per ?cent|percent)", "values", _left_of_share),
    rule(COUNT, rf"\bthe {_ADJECTIVES}{NOUN} (?:who|with)\b[^.;]{{0,50}}\b(?:was|is) the only 1\b"),
    rule(COUNT, rf"\b(?:handful|few|couple|pair), (?:[a-z]+,? ){{0,3}}?{N}\b", "values", _unlabelled),
    rule(COUNT, rf"\b(?:family|household|party|sibling group) of {N}\b(?! (?:or|to)\b)", "values", _plain),
    rule(COUNT, rf"\b{NOUN}\b ?x ?{N}\b|\bx ?(?P<other>[1-4]) {_ADJECTIVES}(?:women|men|children|ladies|girls|boys|residents|clients|survivors)\b", "values", lambda found, _: bool(found["other"]) or _few(found)),
    rule(COUNT, rf"{BEFORE}{N} ?(?:no\b\.?|x) ?{_ADJECTIVES}{NOUN}\b", "values", _unlabelled),
    rule(COUNT, rf"\b(?:deuce|twosome|threesome|foursome|brace|trio|duo|quartet|dyad|triad|pair|couple) of {_ADJECTIVES}{NOUN}\b"),
    rule(COUNT, rf"(?<![\d.,/£%-]){N} ?/ ?(?P<base>\d{{2,}}) {_ADJECTIVES}{NOUN}\b", "values", _slash),
    rule(COUNT, rf"{BEFORE}{N} \((?:out )?of (?P<base>\d+)\) {_ADJECTIVES}{NOUN}\b", "values", _slash),
    rule(COUNT, rf"\b{NOUN}[,;|\t](?: ?[a-z+ -]+,)? ?{N}\b(?= ?(?:$|[;|]))", "values", _unlabelled),
    rule(COUNT, rf"\b{NOUN} ?(?:[→⇒➔➜>=~]{{1,2}}|-{{1,2}}>|\.{{2,}})[ .]*{N}\b(?![\d,%])", "values", _plain),
    rule(COUNT, rf"\b{NOUN}\b(?: [a-z-]+){{0,3}} (?:rose|fell|grew|increased|decreased|dropped|went up|went down) by {N}\b(?= ?(?:$|[.;,)]| (?:from|to|on|since|between|over)\b))", "values", _plain),
    rule(COUNT, rf"\b(?P<one>\d{{1,2}}) ?[/⁄] ?(?P<other>\d{{1,3}}) of (?:the |our |these |all )*(?P<base>\d{{1,3}}) {_ADJECTIVES}{NOUN}\b", "values", _fraction),
    rule(COUNT, rf"(?:^|[.;:!?] ?){N}[.;!] ?(?:[a-z]+ )?{NOUN} ?[.;!]", "values", _plain),
    rule(COUNT, rf"\b{NOUN}\b,? (?:aged |ages )?(?:under |over |below |above )?\d{{1,2}}(?: ?(?:to|-) ?\d{{1,2}}| and (?:over|under|above))? ?[:=] ?{N}\b(?= ?(?:$|[.;,()]))", "values", _plain),
    rule(COUNT, rf"\b{NOUN}[\"'\])]{{1,2}} ?[:=,-] ?[\"'\[(]?{N}\b(?=[\"'\])}}]| ?(?:$|[.;,]))", "values", _plain),
    rule(COUNT, rf"(?:^|[.;:,] ?){N} ?[(\[]{NOUN}[)\]]", "values", _plain),
    rule(COUNT, rf"\b(?:{NOUN}|aged?|ages|under|over) ?(?:\d{{1,2}} ?(?:-|to) ?\d{{1,2}}|\d{{1,2}}(?:\+| and (?:over|under|above)| or over| plus|(?= ?[:=]))) ?(?:[:=-]{{1,2}}|\bwas|\bwere) ?[1-4]\b(?= ?(?:$|[.;,)|]))"),
    rule(COUNT, rf"\b(?:a|her|the|1|single|lone) (?:[a-z]+ )?(?:mothers?|mum|father|dad|woman|parent|lady) (?:with|of|and) (?:(?:her|his|their) )?(?:[a-z]+ )?(?:{N}|twins?|triplets|a|an) ?(?:(?:[a-z]+ )?(?:kids?|children|child|sons?|daughters?|boys?|girls?|babies|baby|toddlers?|teenagers?))?\b(?! (?:or|in|per)\b)", "values", lambda found, _: bool(re.search(r"kid|child|son|daughter|boy|girl|bab|toddler|teen|twin|triplet", found[0].split(" ", 2)[-1]))),
    rule(COUNT, rf"(?:\band|\bbut|,|;|\bwhile|\bthen) {N} (?:stayed|moved|returned|declined|dropped|engaged|refused|married|died|disclosed|attended|completed|rehoused|placed|supported|helped|housed|turned|reconciled|separated|recovered|remained|waited|relapsed|transferred|discharged|settled|disengaged|left|withdrew|fled|went|came)\b(?= ?(?:$|[.;,)]|(?:on|to|in|with|by|from|their|and|at|for|back|away|out|home|because|after|before|but)\b))", "values", _plain),
    rule(COUNT, rf"\b{NOUN}\b[^|]{{0,30}}\| ?{N} ?(?:\||$)", "values", _plain),
    rule(COUNT, r"(?:^|[;|] ?|[,.] )(?P<label>[a-z\d][a-z\d+/ -]{0,30}?) ?[:=(|\[] ?(?P<number>[1-4])[)\]]?(?![,.]\d)(?= ?(?:$|[;,|.]))", "values", _labelled_number),
    rule(COUNT, rf"(?<![\w-])(?:{_GROUPS}) ?[:=-]? ?(?P<number>[1-4])\b(?![,.]?\d|%)(?= ?(?:$|[;,|.)&/]|and\b))", "values", _plain),
    rule(COUNT, r"(?<![\w.])(?:(?P<a>\d+) ?[mf]\b.{0,6}?(?<![\d.])(?P<b>\d+) ?[mf]|[mf] ?[:=-]? ?(?P<c>\d+)\b.{0,6}?\b[mf] ?[:=-]? ?(?P<d>\d+))\b", "values", lambda found, _: bool({"m", "f"} <= set(found[0])) and any(0 < int(one) < LEAST for one in found.groups() if one)),
    rule(COUNT, rf"(?:^|[;,|(] ?|(?<!\d)[.] ?|\band |\+ ?)(?P<number>[1-4]) ?(?:{_GROUPS})\b(?= ?(?:$|[;,|.)&/+]|and\b|\d))", "values", _plain),
    rule(COUNT, r"(?<![\w.,/-])(?P<number>[1-4]) (?:out )?of (?P<base>\d{2,})\b(?![,.]?\d)(?= ?(?:$|[.;,)]))", "values", lambda found, _: int(found["base"]) not in RATE_BASES | {20, 25, 50}),
    rule(COUNT, rf"(?<![\w.,/-])(?P<number>[2-4]) in (?P<base>\d{{2,}}) (?:of )?{_ADJECTIVES}{NOUN}\b", "values", lambda found, _: int(found["base"]) not in RATE_BASES | {20, 25, 50}),
    rule(COUNT, r"(?<![\w.,/%£-])(?P<part>\d+) (?:out )?of (?P<whole>\d+)(?![,.]?\d)(?= ?(?:$|[.;,)]))", "values", lambda found, _: int(found["whole"]) > 10 and 0 < int(found["whole"]) - int(found["part"]) < LEAST <= int(found["part"])),
    rule(COUNT, r"(?<![\d.])(?P<percent>\d{2}(?:\.\d+)?) ?(?:%|per ?cent) of (?P<base>\d[\d,]*)(?![,.]?\d)(?= ?(?:$|[.;,)]))", "values", _left_of_share),
    rule(COUNT, rf"(?<![\d.,/%£-])(?P<base>\d[\d,]*) {_ADJECTIVES}{NOUN},? (?P<percent>\d{{1,2}}(?:\.\d+)?) ?(?:%|per ?cent) of (?:whom|them|which|these)\b", "values", lambda found, spellings: _left_of_share(found, spellings) or 0.5 <= float(found["percent"]) * float(found["base"].replace(",", "")) / 100 < LEAST - 0.5),
    rule(COUNT, rf"(?<![\d.,/%£-])(?P<whole>\d[\d,]*) {_ADJECTIVES}{NOUN}[;,.]? (?:only |just |but |and )?(?P<part>\d[\d,]*) (?:{_DID})\b", "values", _left),
    rule(COUNT, rf"\b(?:we|they|staff|team|service|refuge|council) (?:{_DID}|saw|took in|took|lost|spoke to|interviewed|accepted|had|turned away|turned down) (?:only |just )?{N}(?= ?(?:$|[.;,)]|and\b|but\b|last\b|this\b|in\b|so far\b))", "values", _plain),
    rule(COUNT, rf"\b(?:only|just) {N} (?:got|were|was|had|have|came|went|{_DID})\b", "values", _plain),
    rule(COUNT, rf"(?:^|[.;,] ?|\band |\bbut ){N} (?:got|were|came|went|{_DID})\b[^.;]{{0,30}}\b(?:rest|others|remainder|remaining)\b", "values", _plain),
    rule(COUNT, rf"\b(?:none|nobody|no one|not one) (?:but|except|bar|save) (?:for )?{N}\b", "values", _plain),
    rule(COUNT, rf"\b{NOUN}\b[^.]{{0,24}}\b(?:namely|that is|specifically|i\.?e\.?|to be exact|precisely)[, ]{{1,2}}{N}\b(?! ?%)", "values", _plain),
    rule(COUNT, rf"\b{NOUN}\b[^.;]{{0,20}}?,? (?:of|among) (?:whom|them|these|which),? (?:only |just )?{N}\b(?! ?%|,\d| per ?cent)", "values", _plain),
    rule(COUNT, rf"\b(?:less|fewer|no more|not more|no fewer|no less) than {N}(?= ?(?:$|[.;,)]))", "values", _plain),
    rule(COUNT, rf"\b{NOUN} ?/ ?(?:{PEOPLE}) ?[:=] ?(?:[1-4] ?/ ?\d+|\d+ ?/ ?[1-4])\b", "values"),
    rule(COUNT, rf"(?<![\w.,/-])(?P<number>[1-4])(?:{PEOPLE})\b|\b(?:women|men|children|clients|families|victims|survivors|females|males|households|cases|referrals)[1-4]\b", "letters"),
    rule(COUNT, rf"(?<![\w.,/-]){N} aged (?:under |over )?\d", "values", _unlabelled),
    rule(COUNT, r"\b(?:a|1) (?:[a-z]+ )?(?:mother|mum|father|dad) (?:with|and) (?:her|his) (?:[a-z]+ )?(?:baby|child|son|daughter|toddler|newborn)\b"),
    rule(COUNT, rf"\b(?:attended|seen|joined|used|completed|answered|supported) by {N}(?![,.]?\d)(?= ?(?:$|[.;,:)]))", "values", _plain),
    rule(COUNT, rf"(?<![\d.,/%£-])(?P<whole>\d[\d,]*) {_ADJECTIVES}{NOUN}\b[^.;\d]{{0,20}}\b(?:less|minus) (?P<part>\d[\d,]*)\b(?! ?%)", "values", _left),
    rule(COUNT, r"\btwins'? (?:mother|mum|father|dad)\b"),
    rule(COUNT, r"\b1 (?:in|at|from|of) (?:the|our|this|that) (?:refuge|group|hostel|house|sample|shelter|scheme|class|meeting|interviews?)\b(?! in \d)"),
    rule(COUNT, r"\b(?P<part>\d+) of (?:our|the|these|those|its|their) (?P<whole>\d+)\b(?![,.]?\d|%| ?per ?cent)", "values", lambda found, _: int(found["whole"]) > 10 and 0 < int(found["whole"]) - int(found["part"]) < LEAST),
    rule(COUNT, rf"(?<![\d.])(?P<share>0?\.\d+) of (?:the |our |these |those |all )*(?P<base>\d{{1,4}}) {_ADJECTIVES}{NOUN}\b", "values", lambda found, _: 0.5 <= float(found["share"]) * int(found["base"]) < LEAST - 0.5),
    rule(COUNT, r"\b(?:o n e|t w o|t h r e e|f o u r)\b", "letters"),
    rule(COUNT, rf"\bfirst,? an? {_ADJECTIVES}{NOUN}[;,] (?:and )?second,? an?\b", "letters"),
)  # fmt: skip

"""Letters of other scripts and signs that a reader takes for a Latin letter, a digit or a plain separator.

What the Unicode names tell (small capitals, letters in circles and squares, flags' letters) is read from them; only
what looks alike by chance stands in the table.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# pairs of a Latin letter or digit and what looks like it: Cyrillic, Greek, Armenian, Cherokee, Coptic, Lisu and others
_TABLE = """
a АаӐӑΑαԱᎪ𐊠ꓮⲀⲁɑⱭ∀
b ВвЬьΒβꓐᏴᛒƄƅϐъЪΒ
c СсϹϲᏟⲤⲥꓚсςↃ
d ԀԁᎠꓓժԺⅾδ∂
e ЕеЁёΕεЄєԐԑϵᎬꓰ℮ҽɛеեэЭ∃
f ғҒϜϝꓝքֆʃ
g ԌԍɡցᏀꓖɢ
h НнһҺΗηԨՀհᎻꓧⲎԊԋ
i ІіЇїΙιӀӏıᎥꓲⲒⵏɩ
j ЈјյᎫꓙϳ
k КкΚκҚқҜҝᏦꓗⲔĸ
l ӏⅬᏞꓡԼլⵏ∣
m МмΜμᎷꓟⲘϺ
n ПпΝνՈոռꓠⲚη
o ОоΟοσΘθՕօՑᎾꓳⲞⲟ๐ဝ৹Ꮎ⚪○◯●
p РрΡρϷᏢꓑⲢք
q ԚԛՓգզ
r ГгЯяᎡᏒꓣгɼ
s ЅѕՏտᏚꓢѕƽƨ
t ТтΤτᎢꓔⲦ⊤
u ЦцՍսυᑌꓴ∪μ
v ѴѵΝνᏙꓦ∨
w ШшЩщԜԝωѡᎳꓪաԝ
x ХхΧχᕁ᙮Ⲭꓫ×✕✖
y УуΥυүҮγՎყᎩꓬⲨʏ
z ΖζᏃꓜᴢ
2 ƧᒿꙄ
3 ЗзӠӡƷʒȜȝꝪᏭ
4 ЧчᏎ
5 Ƽ
6 бᏮ
8 Ȣȣ
9 ꝮⳊ
0 ⵔჿ੦
"""
_SPACES = "\u2800\u3164\uffa0\u115f\u1160\u180e\u0085\x1c\x1d\x1e\x1f"
_HYPHENS = "‐‑‒–—―−⁃﹣－֊־᐀᠆〰゠⸺⸻─━╌╍ー𐺭⁓∼～˗➖"
_DOTS = "․·•∙⋅・･。．｡‧⸱ꞏ᛫܁܂◦࠰"
_SLASHES = "⁄∕／⧸╱⟋∖＼⧹⟍"
_QUOTES = "‘’‚‛′ʹʻʼʽˈ`´＇ꞌ՚׳"
_DEGREES = "°º˚∘"
_SIGNS = {
    "＠": "@",
    "﹫": "@",
    "⊕": "+",
    "➕": "+",
    "﹢": "+",
    "″": '"',
    "“": '"',
    "”": '"',
    "∶": ":",
    "：": ":",
}

_LATIN_NAME = re.compile(
    r"(?:LATIN|FULLWIDTH|SQUARED|CIRCLED|PARENTHESIZED|REGIONAL INDICATOR|MATHEMATICAL|TAG|MODIFIER)\b.*"
    r"\b(?:LETTER|SYMBOL)(?: (?:SMALL|CAPITAL|SMALL CAPITAL|LETTER))* ([A-Z])(?: WITH .*)?$"
)
_PLAIN_LATIN = re.compile(
    r"LATIN (?:SMALL|CAPITAL|LETTER).* (?:LETTER|CAPITAL) (?:[A-Z]+ )?([A-Z])\b(?: WITH .*)?$"
)
_TURNED = re.compile(
    r"\b(?:TURNED|REVERSED|INVERTED|SIDEWAYS|OPEN|DOTLESS|SCRIPT|LONG|BARRED|INSULAR) ([A-Z])\b"
)
# signs that mean a plain one, whatever their shape: heavy plus signs, bullets, bars
_SIGN_NAMES = (
    ("+", re.compile(r"\bPLUS SIGN\b|\bGREEK CROSS\b")),
    (".", re.compile(r"\bBULLET\b|\bMIDDLE DOT\b|\bDOT OPERATOR\b|\bFULL STOP\b")),
    (
        "|",
        re.compile(
            r"\b(?:LIGHT|HEAVY|MEDIUM|DOUBLE|BROKEN)? ?VERTICAL (?:BAR|LINE)\b|\bBOX DRAWINGS .*VERTICAL$"
        ),
    ),
    ("-", re.compile(r"\bHYPHEN\b|\bDASH\b|\bMINUS\b")),
    ("/", re.compile(r"\bSOLIDUS\b|\bSLASH\b")),
)
_DIGIT_NAME = re.compile(r"\bDIGIT (ZERO|ONE|TWO|THREE|FOUR|FIVE|SIX|SEVEN|EIGHT|NINE)\b")
_DIGITS = ("ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE")


def _table() -> dict[str, str]:
    known: dict[str, str] = {}
    for line in _TABLE.split("\n"):
        plain, _, others = line.partition(" ")
        for other in others:
            known.setdefault(other, plain.upper() if other.isupper() else plain)
    for plain, others in ((" ", _SPACES), ("-", _HYPHENS), (".", _DOTS), ("/", _SLASHES), ("'", _QUOTES)):
        known.update(dict.fromkeys(others, plain))
    # a ring and a small circle are degrees where a letter is not meant
    known.update(dict.fromkeys(_DEGREES, "°"))
    return known | _SIGNS


_KNOWN = _table()


@cache
def plain(character: str) -> str:
    """The plain characters that one character stands for to a reader's eye; '' for one that is not seen at all."""
    if " " <= character <= "~":
        return " " if character == "_" else character
    if character in _KNOWN:
        return _KNOWN[character]
    parts = unicodedata.normalize("NFKD", character)
    if parts != character:
        return "".join(map(plain, parts))
    return _by_kind(character)


def _by_kind(character: str) -> str:
    kind = unicodedata.category(character)
    if kind in ("Mn", "Me", "Mc", "Cf"):
        return ""
    if kind in ("Zs", "Zl", "Zp", "Cc"):
        return " "
    if kind == "Pd":
        return "-"
    if kind in ("Nd", "No", "Nl") and (value := unicodedata.digit(character, -1)) >= 0:
        return str(value)
    name = unicodedata.name(character, "")
    for sign, form in _SIGN_NAMES:
        if form.search(name):
            return sign
    if digit := _DIGIT_NAME.search(name):
        return str(_DIGITS.index(digit[1]))
    for form in (_LATIN_NAME, _PLAIN_LATIN, _TURNED):
        if letter := form.search(name):
            return letter[1] if "CAPITAL" in name and "SMALL CAPITAL" not in name else letter[1].lower()
    return character


def cannot_be_read(character: str) -> bool:
    """Whether a letter has no Latin look, so that no rule here can say what its word is."""
    if character.isascii() or not plain(character):
        return False
    braille = "BRAILLE" in unicodedata.name(character, "")
    return braille or any(
        not one.isascii() and unicodedata.category(one).startswith("L") for one in plain(character)
    )

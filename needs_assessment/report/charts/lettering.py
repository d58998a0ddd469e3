"""Words in pictures: names made safe to draw, measured, wrapped and shortened to the room there is."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags

ELLIPSIS = "…"
_PIECES = re.compile(r"[^-]*-+(?=[^-])|[^-]+-*$|-+$")  # a word, parted after its hyphens
_MOST_MARKS = 2  # combining marks kept on one letter; more would climb into the line above
_UNKNOWN = 1.2  # ems, for a character DejaVu has no glyph for


@lru_cache(maxsize=8192)
def _advance(character: str, weight: str) -> float:
    """How far a character moves the pen, in ems."""
    font = get_font(findfont(FontProperties(family="DejaVu Sans", weight=weight)))
    if font.get_char_index(ord(character)) == 0:
        return _UNKNOWN
    glyph = font.load_char(ord(character), flags=LoadFlags.NO_SCALE)
    return glyph.horiAdvance / font.units_per_EM


def plain(text: object) -> str:
    """``text`` on one line, without what cannot be drawn or would disturb its neighbours.

    Control and direction characters, unpaired surrogates, non-characters and piles of combining marks go;
    every other character stays as it is, mark-up and dollar signs included.
    """
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", " ".join(str(text).split())):
        category = unicodedata.category(character)
        if category in ("Cc", "Cf", "Cs") or (ord(character) & 0xFFFE) == 0xFFFE:
            continue
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


class Ruler:
    """Measures text in inches: the sum of its letters' advances, which is never less than what is drawn.

    Setting each candidate line as matplotlib does takes longer than drawing the whole map.
    """

    def width(self, text: str, size: float, weight: str = "normal") -> float:
        ems = sum(_advance(character, weight) for character in text)
        return ems * size / 72

    def shorten(self, text: object, room: float, size: float, weight: str = "normal") -> str:
        """``text`` on one line of at most ``room`` inches; an ellipsis stands for what was left out."""
        whole = plain(text)
        if self.width(whole, size, weight) <= room:
            return whole
        shortest, longest = 0, len(whole)
        while shortest < longest:
            middle = (shortest + longest + 1) // 2
            if self.width(whole[:middle].rstrip() + ELLIPSIS, size, weight) <= room:
                shortest = middle
            else:
                longest = middle - 1
        return whole[:shortest].rstrip() + ELLIPSIS

    def wrap(self, text: object, room: float, size: float, *, lines: int | None = None) -> list[str]:
        """``text`` in at most ``lines`` lines of at most ``room`` inches, broken at spaces and after hyphens.

        A word longer than a line is broken with a hyphen; what does not fit gives way to an ellipsis.
        """
        pieces = [
            (piece, " " if place == 0 else "")
            for word in plain(text).split(" ")
            for place, piece in enumerate(_PIECES.findall(word))
        ]
        made: list[str] = []
        hyphened = False  # the last line ends with a hyphen that the word does not have
        while pieces and (lines is None or len(made) < lines):
            line = pieces.pop(0)[0]
            hyphened = False
            if self.width(line, size) > room:
                word = line
                line, rest = self._break(word, room, size)
                hyphened = line + rest != word
                pieces.insert(0, (rest, ""))
            else:
                while pieces and self.width(line + pieces[0][1] + pieces[0][0], size) <= room:
                    piece, before = pieces.pop(0)
                    line += before + piece
            made.append(line)
        if pieces:
            left_out = "".join(before + piece for piece, before in pieces)
            last = (
                made[-1].removesuffix("-") if hyphened else made[-1]
            )  # no next line for the word to go on in
            made[-1] = self.shorten(last + left_out, room, size)
        return made or [""]

    def _break(self, word: str, room: float, size: float) -> tuple[str, str]:
        """The first part of a long word that fits with a hyphen, and the rest; neither is empty."""
        length = len(word) - 1
        while length > 1 and self.width(word[:length] + "-", size) > room:
            length -= 1
        length = max(1, length)
        half = len(word) // 2
        if 3 <= half < length and self.width(word[half:], size) <= room:  # no widows of one or two letters
            length = half
        joint = "" if word[length - 1] == "-" else "-"
        return word[:length] + joint, word[length:]

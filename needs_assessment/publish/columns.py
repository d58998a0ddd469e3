"""How wide each column of a printed table should be, from what it holds.

A page is narrow and fixed: a table that is sized by its longest cell runs off the paper, one that is sized
evenly breaks ward names and numbers. Widths are in em (the font's size), so they serve any size of type.
"""

from __future__ import annotations

from collections.abc import Sequence

# Advance widths of an Arial-like face by kind of character, in em; a little generous on purpose.
NARROW, NORMAL, WIDE, FULL = 0.30, 0.56, 0.72, 0.90
BOLD = 1.08
PADDING = 1.3
OTHER_FACE = 1.14  # how much wider the widest common substitute (DejaVu Sans) is
LONGEST_WORD_SHARE = 0.35  # one endless word may take this much of the page before it is broken


def text_width(text: str) -> float:
    """About how wide ``text`` prints on one line, in em."""
    width = 0.0
    for letter in text:
        if letter in " .,:;'|!ijlftI-()[]/":
            width += NARROW
        elif letter in "mwMW%@":
            width += FULL
        elif letter.isupper():
            width += WIDE
        else:
            width += NORMAL if ord(letter) < 0x2E80 else FULL
    return width


def column_widths(headings: Sequence[str], rows: Sequence[Sequence[str]], total: float) -> list[float]:
    """Widths in em that add up to ``total``: no word broken if that can be, long text wrapped first.

    Parameters: ``headings`` (one a column), ``rows`` of cells, ``total`` width of the page in em.
    """
    columns = _columns(headings, rows)
    narrowest = _narrowest(headings, columns, total)
    # where there is room, allow for a face wider than ours: the reader's machine may not have it
    roomy = [least * OTHER_FACE for least in narrowest]
    narrowest = roomy if sum(roomy) <= total else narrowest
    # a heading may always wrap, so the natural width is that of the cells
    natural = [
        max([least, *(text_width(cell) + PADDING for cell in column)])
        for least, column in zip(narrowest, columns, strict=True)
    ]
    if sum(natural) <= total:
        return _scaled(natural, total)
    if sum(narrowest) >= total:
        return _scaled(narrowest, total)
    wish = [wide - least for wide, least in zip(natural, narrowest, strict=True)]
    spare = (total - sum(narrowest)) / sum(wish)
    return [least + spare * part for least, part in zip(narrowest, wish, strict=True)]


def fits(headings: Sequence[str], rows: Sequence[Sequence[str]], total: float) -> bool:
    """Whether the table can be ``total`` em wide without breaking a word."""
    return sum(_narrowest(headings, _columns(headings, rows), total)) <= total


def _columns(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[set[str]]:
    return [{row[place] for row in rows} for place in range(len(headings))]


def _narrowest(headings: Sequence[str], columns: Sequence[set[str]], total: float) -> list[float]:
    return [
        min(
            max([_longest_word(heading) * BOLD, *(_longest_word(cell) for cell in column)]) + PADDING,
            total * LONGEST_WORD_SHARE,
        )
        for heading, column in zip(headings, columns, strict=True)
    ]


def _longest_word(text: str) -> float:
    return max((text_width(word) for word in text.split()), default=0.0)


def _scaled(widths: Sequence[float], total: float) -> list[float]:
    return [width * total / sum(widths) for width in widths]

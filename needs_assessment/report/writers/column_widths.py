"""How wide each column of a printed table should be, from what it holds.

A page is narrow and fixed: a table that is sized by its longest cell runs off the paper, one that is sized
evenly breaks ward names and numbers. Widths are in em (the font's size), so they serve any size of type.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# Advance widths of an Arial-like face by kind of character, in em; a little generous on purpose.
NARROW, NORMAL, WIDE, FULL = 0.30, 0.56, 0.72, 0.90
BOLD = 1.08
PADDING = 1.3
OTHER_FACE = 1.14  # how much wider the widest common substitute (DejaVu Sans) is
LONGEST_WORD_SHARE = 0.35  # one endless word may take this much of the page before it is broken
AMPLE = 0.75
MUCH_SHORTER = 0.72  # smaller type is taken where it makes the table that much shorter
LINE_HEIGHT = 1.25  # of the size of type
KEPT_WHOLE = 0.55  # of a page: a longer table is split, its headings repeated
STEPS = 80  # the spare width is handed out in so many pieces
SHARPNESS = 6  # how nearly a row is as tall as its tallest cell alone
RAGGED = 1.1  # lines end before the edge, so a text needs about a tenth more room than its letters


@dataclass(frozen=True)
class Fitted:
    """How a table is printed: size of type in points, widths of columns in em, lines of each row with the headings."""

    points: float
    widths: list[float]
    lines: list[int]


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
    # where there is ample room, allow for a face wider than ours: the reader's machine may not have it
    roomy = [least * OTHER_FACE for least in narrowest]
    narrowest = roomy if sum(roomy) <= total * AMPLE else narrowest
    # a heading may always wrap, so the natural width is that of the cells
    natural = [
        max([least, *(text_width(cell) + PADDING for cell in column)])
        for least, column in zip(narrowest, columns, strict=True)
    ]
    if sum(natural) <= total:
        return _scaled(natural, total)
    if sum(narrowest) >= total:
        return _scaled(narrowest, total)
    return _shortest(headings, rows, narrowest, total)


def _shortest(
    headings: Sequence[str], rows: Sequence[Sequence[str]], narrowest: Sequence[float], total: float
) -> list[float]:
    """Widths that make the table short: each piece of spare width goes to the column where it saves most lines."""
    long = np.array([[text_width(cell) for cell in row] for row in (headings, *rows)]) * RAGGED
    widths = np.array(narrowest)
    piece = (total - widths.sum()) / STEPS
    lines = _lines(long, widths)
    for _ in range(STEPS):
        wider = _lines(long, widths + piece)
        # the height of each row if one column alone grew: a smooth "tallest cell", so that no step is wasted
        powers, grown = lines**SHARPNESS, wider**SHARPNESS
        heights = (powers.sum(axis=1, keepdims=True) - powers + grown) ** (1 / SHARPNESS)
        best = int(heights.sum(axis=0).argmin())
        widths[best] += piece
        lines[:, best] = wider[:, best]
    return [float(width) for width in widths]


def _lines(long: np.ndarray, widths: np.ndarray) -> np.ndarray:
    return np.maximum(1.0, long / (widths - PADDING))


def table_lines(headings: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]) -> list[int]:
    """About how many lines each row takes at these widths in em, the headings first."""
    long = np.array([[text_width(cell) for cell in row] for row in (headings, *rows)]) * RAGGED
    long[0] *= BOLD
    whole = np.ceil(long / (np.array(widths) - PADDING * 0.8))
    return [max(1, int(row.max())) for row in whole]


def fits(headings: Sequence[str], rows: Sequence[Sequence[str]], total: float) -> bool:
    """Whether the table can be ``total`` em wide without breaking a word."""
    return sum(_narrowest(headings, _columns(headings, rows), total)) <= total


def fit_table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], width: float, sizes: tuple[float, float]
) -> Fitted:
    """The table in the larger of two sizes of type, or in the smaller where words would break or it is far shorter.

    width: of the page in points, of our face; sizes: points, the larger first.
    """
    large, small = (_fitted(headings, rows, width, points) for points in sizes)
    if fits(headings, rows, width / large.points) and _height(small) > _height(large) * MUCH_SHORTER:
        return large
    return small


def _fitted(headings: Sequence[str], rows: Sequence[Sequence[str]], width: float, points: float) -> Fitted:
    widths = column_widths(headings, rows, width / points)
    return Fitted(points, widths, table_lines(headings, rows, widths))


def _height(table: Fitted) -> float:
    return sum(table.lines) * table.points * LINE_HEIGHT


def kept_whole(table: Fitted, padding: float, page: float) -> bool:
    """Whether a table is short enough not to be split between pages, which would leave the page before half empty.

    padding: points above and below a row's text; page: points from top to bottom.
    """
    return _height(table) + len(table.lines) * padding <= page * KEPT_WHOLE


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

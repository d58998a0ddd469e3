"""The one document model: what the Word, PDF and HTML writers all draw.

Text is plain text, never markup: a writer escapes it for its own format. The model refuses what no format
could make accessible: a skipped heading level, an empty heading, a picture without alternative text.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from needs_assessment.disclosure.published_table import SHORTHAND, PublishedTable

if TYPE_CHECKING:
    from needs_assessment.report.figure import Figure

DEEPEST_LEVEL = 5  # HTML spends its h1 on the title, so the model's level 5 is h6
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
# what XML 1.0 does not allow in a document at all: control characters, half surrogate pairs, non-characters
_FORBIDDEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_BREAKS = re.compile("\r\n|[\t\n\x0b\x0c\r\x85\u2028\u2029]")


@dataclass(frozen=True)
class Heading:
    """A section heading; level 1 is the highest below the document's title."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """One paragraph. A ``warning`` is marked by a word, not only by its look (see ``paragraph_text``)."""

    text: str
    style: Literal["body", "lead", "note", "warning"] = "body"


@dataclass(frozen=True)
class Bullets:
    """A bulleted list of short items."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class TableBlock:
    """A published table with its numbered caption, notes and source."""

    table: PublishedTable


@dataclass(frozen=True)
class FigureBlock:
    """A chart or map with its numbered caption, alternative text, note and source."""

    figure: Figure


@dataclass(frozen=True)
class PageBreak:
    """What follows starts on a new page."""


Block = Heading | Paragraph | Bullets | TableBlock | FigureBlock | PageBreak


@dataclass(frozen=True)
class Document:
    """A whole paper.

    ``date`` is an ISO date (``2026-03-31``): it is printed and it is the only date any writer puts in a
    file. ``contents`` asks for a list of the sections in the printed formats (HTML always has one).
    Raises ``ValueError`` for a skipped heading level, an empty heading, paragraph, bullet or title, a figure
    without alternative text, or a date or language that is not one.
    """

    title: str
    subtitle: str
    author: str
    date: str
    language: str = "en-GB"
    blocks: tuple[Block, ...] = ()
    contents: bool = False

    def __post_init__(self) -> None:
        parse_date(self.date)
        if not self.title.strip():
            raise ValueError("a document needs a title")
        if not re.fullmatch(r"[a-z]{2,3}(-[A-Z]{2})?", self.language):
            raise ValueError(f"language {self.language!r} is not of the form en-GB")
        level = 0
        for block in self.blocks:
            if isinstance(block, Heading):
                _check_heading(block, level)
                level = block.level
            elif isinstance(block, FigureBlock) and not block.figure.alt.strip():
                raise ValueError(f"figure {block.figure.name!r} has no alternative text")
            elif isinstance(block, Paragraph) and not block.text.strip():
                raise ValueError("an empty paragraph: spacing belongs to the writers")
            elif isinstance(block, Bullets) and not all(item.strip() for item in block.items):
                raise ValueError("a bullet without text")


def _check_heading(heading: Heading, before: int) -> None:
    if not heading.text.strip():
        raise ValueError(f"a heading of level {heading.level} has no text")
    if not 1 <= heading.level <= min(before + 1, DEEPEST_LEVEL):
        raise ValueError(
            f"heading {heading.text!r} has level {heading.level} after level {before or 'none'}: "
            f"levels run from 1 to {DEEPEST_LEVEL} and none may be skipped"
        )


def clean_text(text: str) -> str:
    """``text`` on one line, with every character XML forbids shown as U+FFFD; the rest is kept as it is."""
    return _FORBIDDEN.sub("\ufffd", _LINE_BREAKS.sub(" ", text))


def parse_date(text: str) -> datetime.date:
    """The ISO date ``text``; raises ``ValueError`` when it is not one."""
    return datetime.date.fromisoformat(text)


def long_date(text: str) -> str:
    """``2026-03-31`` as ``31 March 2026``, whatever the machine's locale."""
    day = parse_date(text)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def details_line(document: Document) -> str:
    """The line under the title: who and when."""
    author = clean_text(document.author).strip()
    return f"{author}, {long_date(document.date)}" if author else long_date(document.date)


def paragraph_text(paragraph: Paragraph) -> str:
    """The words of a paragraph; a warning begins with the word, so that colour is never its only mark."""
    text = clean_text(paragraph.text)
    if paragraph.style == "warning" and not text.lower().startswith("warning"):
        return f"Warning: {text}"
    return text


def numbered(blocks: Sequence[Block]) -> list[tuple[Block, int]]:
    """Each block with its number in the captions' own sequence (tables and figures apart; others 0)."""
    tables = figures = 0
    result: list[tuple[Block, int]] = []
    for block in blocks:
        if isinstance(block, TableBlock):
            tables += 1
            result.append((block, tables))
        elif isinstance(block, FigureBlock):
            figures += 1
            result.append((block, figures))
        else:
            result.append((block, 0))
    return result


def page_breaks_tidied(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """``blocks`` without page breaks that would print an empty page: first, last, or two together."""
    kept: list[Block] = []
    for block in blocks:
        if isinstance(block, PageBreak) and (not kept or isinstance(kept[-1], PageBreak)):
            continue
        kept.append(block)
    while kept and isinstance(kept[-1], PageBreak):
        kept.pop()
    return tuple(kept)


def table_text(table: PublishedTable) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of a table as clean text."""
    shown = table.display()
    columns = [[clean_text(cell) for cell in shown.iloc[:, place]] for place in range(shown.shape[1])]
    return [clean_text(column.label) for column in table.columns], [
        list(row) for row in zip(*columns, strict=True)
    ]


def table_notes(table: PublishedTable, rows: Sequence[Sequence[str]]) -> list[str]:
    """What is printed below a table: the shorthand it uses, its notes, its source."""
    used = {cell for row in rows for cell in row}
    shorthand = [f"{mark} means {meaning}." for mark, meaning in SHORTHAND.items() if mark in used]
    return [
        *shorthand,
        *(clean_text(note) for note in table.notes if note.strip()),
        *source_line(table.source),
    ]


def figure_notes(figure: Figure) -> list[str]:
    """What is printed below a figure: its note and its source."""
    return [*([clean_text(figure.note)] if figure.note.strip() else []), *source_line(figure.source)]


def source_line(source: str) -> list[str]:
    """``Source: …`` once, or nothing."""
    text = clean_text(source).strip()
    if not text:
        return []
    return [text if text.lower().startswith("source") else f"Source: {text}"]

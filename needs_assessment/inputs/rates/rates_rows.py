"""Rows of one table of the survey's workbook become figures: rate, interval and base by measure, sex, ages and group."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from needs_assessment.inputs.rates.rates_words import (
    Edition,
    abuse_in,
    abuse_of,
    age_band,
    clean,
    group_of,
    period_of,
    read_figure,
    sex_of,
)
from needs_assessment.inputs.rates.workbook_layout import BASE, Head, Table

WHOLE_GROUP, WHOLE_ABUSE = "all", "domestic_abuse"
_EVERYONE = re.compile(r"(?:all|total)(?: (?:adults|people|women|men|persons).*)?", re.IGNORECASE)
_ACTION = "check the cell against the publication; use a copy of the workbook if it has to be corrected"
Ages = tuple[int, int | None]


@dataclass(frozen=True)
class Section:
    """A table with what its words say: ages, survey year (of one year only, or pooled), question set or ''."""

    table: Table
    ages: Ages | None
    edition: Edition | None
    one_year: bool
    questions: str

    @property
    def usable(self) -> bool:
        """Whether it is told for whom and for which single year the table is."""
        return self.ages is not None and self.edition is not None and self.one_year

    def asked(self, questions: str) -> Section:
        return replace(self, questions=questions)


@dataclass(frozen=True)
class Figure:
    """One rate in percent as printed, or None with a reason; ``row`` and ``at`` are its place in the table."""

    measure: str
    sex: str
    ages: Ages
    group: str
    rate: float | None
    low: float | None
    high: float | None
    base: int | None
    reason: str
    note: str
    questions: str
    table: str
    row: int
    at: int
    whole: bool  # any domestic abuse of everyone of the survey's ages

    @property
    def key(self) -> tuple[object, ...]:
        return (self.measure, self.sex, self.ages, self.group)

    def record(self, rate_set: str, edition: str, scope: str, source_id: str) -> dict[str, str]:
        """The figure as a row of the register of rates, every cell text."""
        return {
            "rate_set": rate_set,
            "measure": self.measure,
            "sex": self.sex,
            "age_from": str(self.ages[0]),
            "age_to": _text(self.ages[1]),
            "group": self.group,
            "rate": _text(self.rate),
            "low": _text(self.low),
            "high": _text(self.high),
            "meaning_of_range": "" if self.low is None else "95% interval",
            "unit": "percent",
            "base": _text(self.base),
            "edition": edition,
            "question_set": self.questions,
            "population_scope": scope,
            "source_id": source_id,
            "table": self.table,
            "status": "published",
            "reason": self.reason,
            "note": self.note,
        }


def figures_of(part: Section) -> list[Figure]:
    """Every figure of a table for its survey year; a repeated row comes twice.

    Raises InputError for a cell that is neither figure nor marker, a rate outside 0 to 100, proportions in place of
    percentages, limits in the wrong order, a time (last year, since age 16) that is not said.
    """
    table = part.table
    bases = _bases(part)
    found = []
    for line in _lines(table):
        for head in table.heads:
            if head.kind == "rate" and head.edition in (None, part.edition) and not _other_kind(table, head):
                found.append(_figure(part, line, replace(head, sex=head.sex or line.sex), bases))
    # any domestic abuse is never rarer than one in a hundred; a kind of abuse may be
    rates = [(figure.rate, figure) for figure in found if figure.rate is not None and figure.whole]
    rate, figure = max(rates, key=lambda each: each[0], default=(1.0, None))
    if figure is not None and rate < 1:
        raise table.error(
            "The table seems to hold proportions, not percentages: no rate of any domestic abuse reaches 1.",
            row=figure.row,
            at=figure.at,
            found=f"{rate:g}",
            expected="percentages from 0 to 100",
            action="multiply by 100 in a copy of the workbook, and check the unit its title gives",
        )
    return found


def unread_columns(table: Table) -> list[str]:
    """Headings of columns of figures that a table by type of abuse has for something else than a sex and a time."""
    return [head.text for head in table.heads if head.kind == "rate" and _other_kind(table, head)]


def _other_kind(table: Table, head: Head) -> bool:
    return not table.by_group and head.abuse not in ("", WHOLE_ABUSE)


@dataclass(frozen=True)
class _Line:
    """A row of figures: its cells, the words it stands under, its own words, its sex and time where it names them."""

    row: int
    cells: tuple[str, ...]
    heading: str
    label: str
    sex: str
    period: str


def _lines(table: Table) -> Iterator[_Line]:
    """Rows that hold rates; a row of words alone heads the rows below it, or says their time."""
    heading = period = ""
    for row, cells in table.rows:
        words = [clean(_cell(cells, at)) for at in table.labels]
        label = next((text for text in reversed(words) if text), "")
        if not any(_cell(cells, head.at) for head in table.heads):
            period = period_of(label) or period
            heading = heading if period_of(label) else label or heading
            continue
        if len(words) > 1 and words[0] and words[-1]:
            heading = words[0]
        sex = "" if table.sex_at is None else sex_of(_cell(cells, table.sex_at))
        if label and not BASE.search(label) and (sex or table.sex_at is None):
            yield _Line(row, cells, heading, label, sex, period_of(label) or period)
        kind = "" if table.by_group else abuse_of(label)
        if kind.endswith("_abuse"):
            heading = kind


def _figure(part: Section, line: _Line, head: Head, bases: dict[str, int]) -> Figure:
    table, row, cells = part.table, line.row, line.cells
    period = next(
        filter(
            None,
            (head.period, line.period, period_of(table.title), period_of(" ".join(table.preface))),
        ),
        "",
    )
    abuse = head.abuse or abuse_in(table.title) if table.by_group else abuse_of(line.label, line.heading)
    if not period or not abuse:
        raise table.error(
            "It cannot be told what a column of rates is for.",
            row=table.header_row,
            at=head.at,
            found=table.title,
            expected="the kind of abuse, and the words in the last year or since age 16, in the header or the title",
            action="correct the header in a copy of the workbook",
        )
    group, ages = WHOLE_GROUP, part.ages or (0, None)
    everyone = not table.by_group or _EVERYONE.fullmatch(line.label) is not None
    band = age_band(line.label) if table.by_group and line.heading.lower().startswith("age") else None
    if band is not None:
        ages = band
    elif not everyone:
        group = group_of(line.heading, line.label)
    limits = {each.kind: each.at for each in table.heads if each.of == head.at}
    rate, reason = _percent(table, row, cells, head.at)
    note = reason if rate is not None else ""
    low, high = (
        _percent(table, row, cells, limits[kind])[0] if kind in limits else None for kind in ("low", "high")
    )
    if low is None or high is None or rate is None:
        low = high = None
    elif not low <= rate <= high:
        raise table.error(
            "The limits of an interval and its rate are not in order.",
            row=row,
            at=limits["low"],
            found=f"lower {low:g}, rate {rate:g}, upper {high:g}",
            expected="lower limit, rate and upper limit in that order",
            action=_ACTION,
        )
    base = _base(table, row, cells, head, bases)
    return Figure(
        measure=f"{abuse}_{period}", sex=head.sex, ages=ages, group=group, rate=rate, low=low, high=high, base=base,
        reason=reason if rate is None else "", note=note, questions=part.questions, table=table.sheet, row=row, at=head.at,
        whole=everyone and abuse == WHOLE_ABUSE,
    )  # fmt: skip


def _percent(table: Table, row: int, cells: tuple[str, ...], at: int) -> tuple[float | None, str]:
    cell = _cell(cells, at)
    value, said, known = read_figure(cell)
    if not known or (value is not None and not 0 <= value <= 100):
        raise table.error(
            "A rate is neither a percentage nor a marker." if not known else "A rate lies outside 0 to 100.",
            row=row,
            at=at,
            found=cell,
            expected="a percentage from 0 to 100, or a marker such as [c], [x], [z], [low], [u] or :",
            action=_ACTION,
        )
    return value, said


def _count(table: Table, row: int, cells: tuple[str, ...], at: int) -> int | None:
    cell = _cell(cells, at)
    value, _, known = read_figure(cell)
    if not known or (value is not None and (value < 1 or value != int(value))):
        raise table.error(
            "An unweighted base is not a number of people.",
            row=row,
            at=at,
            found=cell,
            expected="a whole number, 1 or more, or a marker such as [c]",
            action=_ACTION,
        )
    return None if value is None else int(value)


def _bases(part: Section) -> dict[str, int]:
    """People who answered, from rows of the table: by the column and, where rows name it, the sex."""
    table, found = part.table, {}
    for row, cells in table.rows:
        label = " ".join(clean(_cell(cells, at)) for at in table.labels)
        if not BASE.search(label):
            continue
        sex = "" if table.sex_at is None else sex_of(_cell(cells, table.sex_at))
        for head in table.heads:
            if head.kind == "rate" and head.edition in (None, part.edition):
                count = _count(table, row, cells, head.at)
                if count is not None:
                    found[f"{head.at} {head.sex or sex}"] = count
    return found


def _base(table: Table, row: int, cells: tuple[str, ...], head: Head, bases: dict[str, int]) -> int | None:
    """The base of a rate: the column of bases of its sex, else the row of bases."""
    columns = [each for each in table.heads if each.kind == "base" and each.sex in ("", head.sex)]
    for each in columns:
        if (
            each.period in ("", head.period)
            and each.abuse in ("", head.abuse)
            and each.edition in (None, head.edition)
        ):
            return _count(table, row, cells, each.at)
    return bases.get(f"{head.at} {head.sex}")


def _cell(cells: tuple[str, ...], at: int) -> str:
    return cells[at].strip() if at < len(cells) else ""


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:.12g}"

"""The date a population is of, in each way that a column, a title or a file's name writes it."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterable

CENSUS_DAY = "21 March 2021"
_MONTHS = tuple(calendar.month_name[1:])
_YEAR = r"20\d\d"
_MID_YEAR = re.compile(rf"mid[\s_-]*(?:year[\s_-]*)?({_YEAR})(?!\d)", re.IGNORECASE)
_LABEL = re.compile(
    r"(?<![a-z])(?:reference |estimate )?(?:date|time|period|year)\s*:\s*(?=(?P<said>[^:]{4,24}))",
    re.IGNORECASE,
)
_FORMS = (
    re.compile(rf"(?P<year>{_YEAR})-(?P<month>\d\d)-(?P<day>\d\d)"),
    re.compile(rf"(?P<day>\d{{1,2}})[/.](?P<month>\d{{1,2}})[/.](?P<year>{_YEAR})"),
    re.compile(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ -](?P<month>[a-z]+)[ -](?P<year>{_YEAR})"),
    re.compile(rf"(?P<month>[a-z]+) (?P<day>\d{{1,2}}),? (?P<year>{_YEAR})"),
)


def read_date(text: str) -> str:
    """A date in one way: 'mid-2020' (30 June too), '2020' for a year alone, '21 March 2021'; '' where it is none.

    Read are '2020', '2020.0', 'Mid-2020', '2020-06-30', '30/06/2020', '30 June 2020', each also at the start of a text
    that goes on with other words.
    """
    words = " ".join(text.split()).casefold()
    if found := _MID_YEAR.match(words):
        return f"mid-{found[1]}"
    for form in _FORMS:
        if found := form.match(words):
            return _of_day(found["year"], found["month"], found["day"])
    found = re.match(rf"({_YEAR})(?:\.0{{1,2}})?(?![\d./-])", words)
    return found[1] if found else ""


def _of_day(year: str, month: str, day: str) -> str:
    number = (
        int(month)
        if month.isdigit()
        else next(
            (
                place
                for place, name in enumerate(_MONTHS, 1)
                if len(month) >= 3 and name.casefold().startswith(month)
            ),
            0,
        )
    )
    try:
        date = dt.date(int(year), number, int(day))
    except ValueError:
        return ""
    return f"mid-{year}" if (date.month, date.day) == (6, 30) else f"{date.day} {date:%B %Y}"


def year_of(date: str) -> str:
    """The year of a date, '' where there is none."""
    found = re.search(_YEAR, date)
    return found[0] if found else ""


def mid_years(texts: Iterable[str]) -> set[str]:
    """The years of every 'mid-2022' and the like that texts name."""
    return {year for text in texts for year in _MID_YEAR.findall(text)}


def date_of_title(title: str) -> str:
    """The one date that lines such as 'Date : 2022' above a table state, else ''."""
    dates = {read_date(found["said"]) for found in _LABEL.finditer(title)} - {""}
    return dates.pop() if len(dates) == 1 else ""


def same_date(choice: str, word: str) -> bool:
    """Whether a choice names a date: the same words, the same date, or its year alone."""
    date = read_date(word)
    if choice.casefold() == word.casefold() or (date and read_date(choice) == date):
        return True
    asked = read_date(choice)
    of_year = asked in (year_of(asked), f"mid-{year_of(asked)}") and date in (
        year_of(date),
        f"mid-{year_of(date)}",
    )
    return bool(asked) and of_year and year_of(asked) == year_of(date)

"""The council's evidence file: what a statement may say, and what is refused without a word of it being repeated.

A statement is about people in general. Refused are: personal data, names of buildings, streets, wards and providers,
counts of people small enough to point at someone, and a long text that reads like the account of one person.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import pandas as pd

from needs_assessment.errors import InputError
from needs_assessment.inputs.returns.services_file import FREE_TEXT_LIMIT, named_provider_kind
from needs_assessment.inputs.screening import Screening, allowed_in
from needs_assessment.printable_text.help_lines import role_fault
from needs_assessment.printable_text.people import LEAST
from needs_assessment.tables.files import RawTable
from needs_assessment.tables.personal_data import cell_kind, column_kind, place_kind
from needs_assessment.tables.schemas import EVIDENCE, validate
from needs_assessment.tables.validation import Problems, column_letter

WORDS = ("statement", "source", "note", "cleared_by")
NO_CONSENT = (
    "is not the word yes: a statement is printed only with the consent of those whose experience it is"
)
STATEMENT_LIMIT = 400
_KEPT_OUT = "statements about people in general: no person, no small count, and nothing that leads to a place of safety"
_TAKE_OUT = "take it out of the file, and out of any copy of it; say it of the area and the group as a whole"
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SMALL = "|".join((r"[1-9]", *_NUMBERS))
_PEOPLE = (
    r"people|persons?|women|woman|men|man|girls?|boys?|child|children|mothers?|fathers?|victims?|survivors?|"
    r"households?|families|clients?|perpetrators?|residents?|tenants?|pupils?|patients?|cases?|referrals?"
)
# "3 women", "two of the disabled survivors"; a ratio (1 in 4 women) is no count of people
_COUNT = re.compile(
    rf"(?<![\w.,/%£-])(?P<number>{_SMALL})(?:\s+(?:out\s+)?of(?:\s+(?:the|our|these|those|its|all|\d+))*)?"
    rf"(?:\s+[a-z-]+)?\s+(?:{_PEOPLE})\b(?!['’])(?!\s+in\s+(?:every\s+)?(?:\d|{'|'.join(_NUMBERS)}|ten))",
    re.IGNORECASE,
)
_RATIO = re.compile(r"\b(?:\d+|" + "|".join(_NUMBERS) + r")\s+in\s+(?:every\s+)?$", re.IGNORECASE)
_ONE_PERSON = re.compile(
    r"\b(i|i['’](?:m|ve|d|ll)|me|my|myself|she|her|hers|herself|he|him|his|himself)\b", re.IGNORECASE
)
_AGE_OF_ONE = re.compile(
    r"\b(?:an?|the|her|his|my|one)\s+(?:\w+\s+)?\d{1,2}[ -]?years?[ -]old\b", re.IGNORECASE
)


def read_evidence_file(
    table: RawTable, themes: Collection[str], ward_names: Sequence[str], minimum: int
) -> pd.DataFrame:
    """A typed frame of the file's statements: theme, kind_of_source, statement, date, source, note.

    themes: the registered ones; ward_names: those of the area, which no text may name; minimum: the smallest count of
    people that may be published. Raises InputError, never repeating a cell.
    """
    _refuse_columns(table)
    frame = table.frame.rename(columns=str.casefold)
    _refuse_content(table, frame, ward_names, minimum)
    kinds = [re.sub(r"[^a-z]+", "_", kind.casefold().replace("'", "")) for kind in frame["kind_of_source"]]
    frame = frame.assign(theme=frame["theme"].str.casefold(), kind_of_source=kinds)
    typed = validate(frame, EVIDENCE, file=table.file, rows=table.rows, echo=False)
    problems = Problems(table.file)
    for number, theme in zip(table.rows, typed["theme"], strict=True):
        if theme not in themes:
            problems.add(
                "A theme is not one the library knows. What the cell holds is not shown here.",
                row=number,
                column="theme",
                expected="one of " + ", ".join(themes),
            )
    problems.raise_if_any()
    return typed


def _refuse_columns(table: RawTable) -> None:
    wanted = set(EVIDENCE.names)
    for position, column in enumerate(table.header):
        if column.casefold() in wanted:
            continue
        kind = column_kind(column, places=True) or cell_kind(column)
        raise InputError(
            f"A column of the evidence file looks like personal data or a location ({kind})."
            if kind
            else "The evidence file has a column that it should not have.",
            file=table.file,
            row=table.header_row,
            column=column_letter(position),
            expected="the columns " + ", ".join(EVIDENCE.names) + "; " + _KEPT_OUT,
            action=_TAKE_OUT if kind else "remove the column, or correct its heading",
        )
    held = {name.casefold() for name in table.header}
    missing = [column.name for column in EVIDENCE.columns if column.required and column.name not in held]
    if missing:
        raise InputError(
            "A column of the evidence file is missing.",
            file=table.file,
            row=table.header_row,
            column=", ".join(missing),
            expected="the columns " + ", ".join(EVIDENCE.names),
            action="add the column",
        )


def _refuse_content(table: RawTable, frame: pd.DataFrame, ward_names: Sequence[str], minimum: int) -> None:
    problems, screening = Problems(table.file), Screening(table.file)
    for column in frame.columns:
        limit = STATEMENT_LIMIT if column == "statement" else FREE_TEXT_LIMIT
        for number, text in zip(table.rows, frame[column], strict=True):
            printable = screening.text(text, row=number, column=column, allowed=allowed_in(EVIDENCE, column))
            if printable and column in WORDS:
                kind = (
                    place_kind(text, ward_names)
                    or named_provider_kind(text)
                    or person_kind(text, minimum if minimum > LEAST else 0)
                )
                if kind:
                    screening.fault(f"looks like {kind}", row=number, column=column)
            if column == "cleared_by" and text and printable and (fault := role_fault(text)):
                screening.fault(f"is not a role: {fault}", row=number, column=column)
            if column == "consent" and text and text.casefold() != "yes":
                screening.fault(NO_CONSENT, row=number, column=column)
            if len(text) > limit:
                problems.add(
                    f"A {column.replace('_', ' ')} is too long.",
                    row=number,
                    column=column,
                    found=f"{len(text)} characters",
                    expected=f"{limit} characters at most",
                    action="shorten it to the finding; case notes do not belong here",
                )
    problems.gather(screening.refusal(expected=_KEPT_OUT, action=_TAKE_OUT))
    problems.raise_if_any()


def person_kind(text: str, minimum: int) -> str:
    """Whether text counts fewer than ``minimum`` people, gives one person's age or, when long, tells one person's story."""
    for found in _COUNT.finditer(text):
        number = found["number"].casefold()
        value = _NUMBERS.index(number) + 1 if number in _NUMBERS else int(number)
        if value < minimum and not _RATIO.search(text[: found.start()]):
            return "a count of people too small to publish"
    if _AGE_OF_ONE.search(text):
        return "age of one person"
    if len(text) > FREE_TEXT_LIMIT and _ONE_PERSON.search(text):
        return f"more than {FREE_TEXT_LIMIT} characters that read like the account of one person"
    return ""

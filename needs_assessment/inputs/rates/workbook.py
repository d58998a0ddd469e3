"""The survey's published workbook of tables (Domestic abuse prevalence and victim characteristics) as rows of rates.

Tables by type of abuse and sex, and by characteristics and sex, become rows of the register of rates. A marker in place
of a figure is a missing figure with its reason, never zero. What a workbook does not say (which question set) and what it
says twice is never guessed: it is refused with the choices, and chosen behind the file's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from needs_assessment.errors import InputError
from needs_assessment.inputs.rates.rate_set import LAST_YEAR, OWN_FILE
from needs_assessment.inputs.rates.rates_rows import Figure, Section, figures_of, unread_columns
from needs_assessment.inputs.rates.rates_words import (
    FIRST_NEW,
    QUESTION_SETS,
    ages_of,
    clean,
    edition_name,
    editions_of,
    question_sets_of,
    set_name,
)
from needs_assessment.inputs.rates.workbook_layout import Grid, Table, find_tables
from needs_assessment.tables.grids import HEADER_SEARCH
from needs_assessment.tables.schemas import RATES, validate

CHOICE = "#"
SCOPE = "England and Wales"
SAME = 0.1  # percentage points: the same figure printed with more and with fewer decimal places


def holds_canonical_table(sheets: Mapping[str, Grid]) -> bool:
    """Whether a sheet has the register's own columns, so that the file is no workbook of the survey."""
    wanted = {"rate_set", "measure", "rate"}
    return any(
        wanted <= {cell.strip().casefold() for cell in row}
        for grid in sheets.values()
        for row in grid[:HEADER_SEARCH]
    )


def read_rates_workbook(
    file: str, sheets: Mapping[str, Grid], choices: Sequence[str] = ()
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Rows of the register of rates from the survey's workbook, and what was left out of it.

    sheets: rows of text by sheet; choices: a question set (new, old) or names of sheets, taken where the workbook leaves
    a choice. Returns a frame of ``RATES`` with one rate set, named for the year its titles say, rates in percent.
    Raises InputError naming sheet, row, column: no table of prevalence, numbers in place of percentages, a cell that is
    neither a figure nor a marker, a rate above 100, limits in the wrong order, ages or year not said; and, listing the
    choices, a question set that cannot be told or two tables that give different figures for the same people.
    """
    chosen = _choices(file, sheets, choices)
    tables = find_tables(file, sheets)
    usable = [table for table in tables if not table.of_numbers]
    if not usable:
        raise InputError(
            "The workbook holds no table of the prevalence of domestic abuse in percent.",
            file=tables[0].place if tables else file,
            row=tables[0].header_row if tables else None,
            found="numbers of people, or rates per thousand"
            if tables
            else f"{len(sheets)} sheet(s), none with such a title and header",
            expected="a table titled prevalence of domestic abuse, with a header row such as Type of abuse, Men, Women, All",
            action="give the survey's workbook of prevalence and victim characteristics, or a file with the columns of "
            "data/rates/national_rates.csv",
        )
    beside = {sheet: grid for sheet, grid in sheets.items() if sheet not in {table.sheet for table in tables}}
    words = {
        sheet: [clean(cell) for row in grid for cell in row if cell.strip()] for sheet, grid in beside.items()
    }
    told = [_section(table, words) for table in usable]
    sections = [part for part in told if part.usable]
    if not sections:
        raise _unsaid(told[0])
    sections = _of_one_question_set(file, sections, chosen)
    figures = [(part, figure) for part in sections for figure in figures_of(part)]
    headline = [part.edition for part, figure in figures if figure.measure == LAST_YEAR and figure.whole]
    latest = max((edition for edition in headline if edition), default=None)
    if latest is None:
        unread = [f"'{part.table.sheet}'" for part in sections]
        unread += [
            f"column '{column}' not read" for part in sections for column in unread_columns(part.table)
        ]
        raise InputError(
            "The workbook holds no rate of any domestic abuse in the last year.",
            file=file,
            found=", ".join(dict.fromkeys(unread)),
            expected="a row 'Any domestic abuse' for the last year, all ages of the survey together, by sex",
            action="check that it is the whole workbook",
        )
    kept, repeated = _one_each([(part, figure) for part, figure in figures if part.edition == latest], chosen)
    records = [figure.record(set_name(latest), edition_name(latest), SCOPE, OWN_FILE) for figure in kept]
    frame = pd.DataFrame(records, columns=RATES.names, dtype="str").fillna("")
    frame = validate(frame, RATES, file=file, rows=[figure.row for figure in kept])
    read = [part for part in sections if part.edition == latest]
    return frame, tuple(_notes(file, tables, read, int(frame["rate"].isna().sum()), repeated))


def _choices(file: str, sheets: Mapping[str, Grid], choices: Sequence[str]) -> tuple[str, ...]:
    known = {name.casefold(): name for name in (*QUESTION_SETS, *sheets)}
    for choice in choices:
        if choice.strip().casefold() not in known:
            raise InputError(
                "The choice made behind the name of the workbook is unknown.",
                file=file,
                found=CHOICE + choice,
                expected="one of " + ", ".join(CHOICE + name for name in known.values()),
                action="check --rates",
            )
    return tuple(known[choice.strip().casefold()] for choice in choices)


def _section(table: Table, words: Mapping[str, Sequence[str]]) -> Section:
    """What the words of a table, and of the workbook where its own say nothing, tell of its ages, year and questions."""
    ages = ages_of(table.title) or ages_of(" ".join(table.preface))
    columns = {head.edition for head in table.heads if head.edition is not None and head.kind == "rate"}
    said = (
        set(editions_of(table.title))
        or set(editions_of(" ".join(table.preface)))
        or set(editions_of(" ".join(next(iter(words.values()), ()))))  # the cover
    )
    one_year = bool(columns) or len(said) == 1
    edition = max(columns or said, default=None)
    named: set[str] = set()
    if edition is not None and edition < FIRST_NEW:
        named = {"old"}
    else:
        for texts in ([table.title], table.preface):
            named = named or question_sets_of(texts)
        if not named and columns and min(columns) < FIRST_NEW:
            named = {"old"}  # one series has one set of questions, and years before the change had only these
        named = named or question_sets_of(text for texts in words.values() for text in texts)
    return Section(
        table,
        ages.pop() if len(ages) == 1 else None,
        edition,
        one_year,
        named.pop() if len(named) == 1 else "",
    )


def _of_one_question_set(file: str, sections: Sequence[Section], chosen: Sequence[str]) -> list[Section]:
    wanted = {choice for choice in chosen if choice in QUESTION_SETS}
    wanted |= {part.questions for part in sections if part.table.sheet in chosen and part.questions}
    told = {part.questions for part in sections if part.questions}
    if not wanted and len(told) == 1 and all(part.questions for part in sections):
        wanted = told
    if len(wanted) != 1:
        shown = [f"'{part.table.sheet}' {part.questions or 'not said'}" for part in sections]
        raise InputError(
            "It cannot be told which question set the rates are from, and levels of old and new are never mixed.",
            file=file,
            row=sections[0].table.header_row if len(sections) == 1 else None,
            found=", ".join(dict.fromkeys(shown)),
            expected="one question set: new (asked from the year ending March 2024) or old",
            action=f"choose behind the name of the file: --rates {file}{CHOICE}new or --rates {file}{CHOICE}old",
        )
    one = wanted.pop()
    kept = [part.asked(one) for part in sections if part.questions in ("", one)]
    if not kept:
        raise InputError(
            f"No table of the workbook is from the {one} questions.",
            file=file,
            found=", ".join(sorted(told)),
            expected=f"a table of the {one} questions",
            action=f"choose {CHOICE}{sorted(told)[0]}, or another workbook",
        )
    return kept


def _one_each(figures: Iterable[tuple[Section, Figure]], chosen: Sequence[str]) -> tuple[list[Figure], int]:
    """Each figure once: of tables that disagree the chosen one, else refused where it is a headline."""
    kept: dict[tuple[object, ...], tuple[Table, Figure]] = {}
    repeated = 0
    for part, figure in figures:
        table, key = part.table, figure.key
        if key not in kept:
            kept[key] = (table, figure)
            continue
        repeated += 1
        other, first = kept[key]
        agree = figure.rate is None or (first.rate is not None and abs(figure.rate - first.rate) <= SAME)
        fills = figure.rate is not None and first.rate is None
        if fills or (table.sheet in chosen and other.sheet not in chosen):
            kept[key] = (table, figure)
        elif not agree and figure.whole and other.sheet not in chosen:
            raise table.error(
                "Two tables of the workbook give different rates for the same people.",
                row=figure.row,
                at=figure.at,
                found=f"{figure.rate:g} here, {first.rate:g} in sheet '{other.sheet}' row {first.row}",
                expected="one rate for each measure, sex and age",
                action=f"choose the sheet behind the name of the file: --rates '{table.file}{CHOICE}{other.sheet}' or "
                f"--rates '{table.file}{CHOICE}{table.sheet}'",
            )
    return [figure for _, figure in kept.values()], repeated


def _unsaid(part: Section) -> InputError:
    table = part.table
    what, expected = (
        ("which ages it is for", "aged 16 years and over, aged 16 to 74, or aged 16 to 59")
        if part.ages is None
        else ("which single survey year it is for", "year ending March 2026, or Apr 2025 to Mar 2026")
    )
    return InputError(
        f"The table does not say {what}.",
        file=table.place,
        row=table.header_row,
        found=table.title,
        expected=f"a title that says it once, such as {expected}",
        action="correct the title in a copy of the workbook, or use the columns of data/rates/national_rates.csv",
    )


def _notes(
    file: str, tables: Sequence[Table], read: Sequence[Section], missing: int, repeated: int
) -> list[str]:
    """What a reader of the run has to know of the workbook: tables and columns left out, figures that are missing."""
    used = [part.table for part in read]
    notes = [
        f"{file}: sheet '{table.sheet}' left out: "
        + (
            "it holds no percentages."
            if table.of_numbers
            else "other years, other questions, or ages not said."
        )
        for table in tables
        if table not in used
    ]
    notes += [
        f"{file}: sheet '{table.sheet}', column '{column}' left out."
        for table in used
        for column in unread_columns(table)
    ]
    notes += (
        [f"{file}: {missing} figure(s) are not printed and stay missing, each with its reason."]
        if missing
        else []
    )
    notes += [f"{file}: {repeated} figure(s) repeat another row and were left out."] if repeated else []
    return notes

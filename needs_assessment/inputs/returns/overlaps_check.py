"""What an overlaps file may hold, and what is refused without a word of it being repeated."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from needs_assessment.catalogue.returns import MATCHED_LISTS, RETURN_MEASURES
from needs_assessment.errors import InputError
from needs_assessment.inputs.screening import Screening, allowed_in
from needs_assessment.tables.files import RawTable
from needs_assessment.tables.personal_data import cell_kind, column_kind
from needs_assessment.tables.schemas import OVERLAPS
from needs_assessment.tables.validation import Problems, column_letter

# more lists have more models than can be fitted (6,893 with five, 7.8 million with six)
MOST_LISTS = 5
TEXT_LIMIT = 200
_YEAR_DAYS = (360, 372)  # a year, give or take a week at its ends
_KEPT_OUT = "counts for the whole area by combination of lists: no people, and no reference of a person"
_TAKE_OUT = "take it out of the file, and out of any copy of it"


def refuse_columns(table: RawTable) -> None:
    """Raises InputError for a column the file should not have, without repeating its heading, or one it lacks."""
    wanted = set(OVERLAPS.names)
    for position, column in enumerate(table.header):
        if column.casefold() in wanted:
            continue
        kind = column_kind(column, places=True) or cell_kind(column)
        raise InputError(
            f"A column of the overlaps file looks like personal data or a location ({kind})."
            if kind
            else "The overlaps file has a column that it should not have.",
            file=table.file,
            row=table.header_row,
            column=column_letter(position),
            expected="the columns " + ", ".join(OVERLAPS.names) + "; " + _KEPT_OUT,
            action=_TAKE_OUT
            if kind
            else "name each list as above; a provider's own name does not belong here",
        )
    held = {column.casefold() for column in table.header}
    missing = [column.name for column in OVERLAPS.columns if column.required and column.name not in held]
    if missing:
        raise InputError(
            "A column of the overlaps file is missing.",
            file=table.file,
            row=table.header_row,
            column=", ".join(missing),
            expected="the columns " + ", ".join(OVERLAPS.names),
            action="add the column",
        )


def refuse_content(table: RawTable, frame: pd.DataFrame) -> None:
    """Raises InputError for a cell that looks like a person or a place, naming its kind only, and for long text."""
    problems, screening = Problems(table.file), Screening(table.file)
    for column in frame.columns:
        allowed = allowed_in(OVERLAPS, column)
        for number, text in zip(table.rows, frame[column], strict=True):
            screening.text(text, row=number, column=column, allowed=allowed)
            if len(text) > TEXT_LIMIT:
                problems.add(
                    "A note or source is too long.",
                    row=number,
                    column=column,
                    found=f"{len(text)} characters",
                    expected=f"{TEXT_LIMIT} characters at most",
                    action="shorten it; case notes do not belong here",
                )
    problems.gather(screening.refusal(expected=_KEPT_OUT, action=_TAKE_OUT))
    problems.raise_if_any()


def check_table(tier: str, own: pd.DataFrame, rows: Sequence[int], file: str) -> tuple[str, ...]:
    """The lists of one tier's rows. Raises InputError for the first thing wrong with them."""
    _one_whole_year(own, rows, file)
    every = [name for name in OVERLAPS.names if name in RETURN_MEASURES]
    lists = tuple(name for name in every if own[name].notna().any())
    for name in lists:
        filled = own[name].notna().to_numpy()
        if name not in MATCHED_LISTS[tier]:
            raise InputError(
                f"{name} is not a list of the tier {tier}.",
                file=file,
                row=rows[int(filled.argmax())],
                column=name,
                expected="of this tier: " + ", ".join(MATCHED_LISTS[tier]),
                action="leave the column blank in the rows of this tier",
            )
        if not filled.all():
            raise InputError(
                f"{name} is filled in some rows of the tier {tier} and blank in others.",
                file=file,
                row=rows[int((~filled).argmax())],
                column=name,
                expected="1 or 0 in every row of the tier, or a blank in every row where the list was not matched",
            )
        whole = RETURN_MEASURES[name].part_of
        if whole in lists:
            raise InputError(
                f"{name} is a part of {whole}, so that everybody on the one is on the other.",
                file=file,
                row=rows[0],
                column=name,
                expected="lists of different services, none of which is the sum of others",
                action=f"leave out {whole} or its parts",
            )
    if not 2 <= len(lists) <= MOST_LISTS:
        raise InputError(
            f"{len(lists) or 'No'} list{'' if len(lists) == 1 else 's'} matched in the tier {tier}.",
            file=file,
            row=rows[0],
            column="tier",
            expected=f"from 2 to {MOST_LISTS} lists with 1 or 0 in every row",
            action="one list overlaps with nothing: give its total in the services file",
        )
    on_none = (own[list(lists)].sum(axis=1) == 0).to_numpy()
    if on_none.any():
        raise InputError(
            "A row has 0 on every list: people on no list are what is estimated, and nobody can have counted them.",
            file=file,
            row=rows[int(on_none.argmax())],
            column=lists[0],
            expected="1 on at least one list",
            action="remove the row",
        )
    later = own.duplicated(list(lists)).to_numpy()
    if later.any():
        at = int(later.argmax())
        same = (own[list(lists)] == own[list(lists)].iloc[at]).all(axis=1).to_numpy()
        raise InputError(
            f"The combination of lists of row {rows[int(same.argmax())]} is given again.",
            file=file,
            row=rows[at],
            column=", ".join(lists),
            expected="one row for each combination of lists",
            action="add the two rows up if they hold different people, or remove one",
        )
    return lists


def _one_whole_year(own: pd.DataFrame, rows: Sequence[int], file: str) -> None:
    for name in ("period_start", "period_end"):
        other = (own[name] != own[name].iloc[0]).to_numpy()
        if other.any():
            raise InputError(
                "The rows of one tier are of different periods.",
                file=file,
                row=rows[int(other.argmax())],
                column=name,
                expected="one period for all lists of a tier: people are matched within it",
                action="keep the latest year, and give another year in a file of its own",
            )
    days = int((own["period_end"].iloc[0] - own["period_start"].iloc[0]).days) + 1
    low, high = _YEAR_DAYS
    if not low <= days <= high:
        raise InputError(
            f"The lists are of {days} days.",
            file=file,
            row=rows[0],
            column="period_end",
            expected="one whole year, as need and met need are a year's",
            action="match the lists of a whole year",
        )

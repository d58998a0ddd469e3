"""The council's own services file: what it may hold, and what is refused without a word of it being repeated.

Anything that looks like a person, or that could lead to a place of safety, is refused; an error gives the row, the
column and the kind of thing that was seen, never the text.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

import pandas as pd

from needs_assessment.catalogue.returns import RETURN_MEASURES
from needs_assessment.inputs.screening import Screening, allowed_in
from needs_assessment.tables.files import RawTable
from needs_assessment.tables.personal_data import cell_kind, column_kind, place_kind
from needs_assessment.tables.schemas import SERVICES
from needs_assessment.tables.validation import Problems, column_letter, validate_rows

_UNITS = {measure.unit.casefold(): measure.unit for measure in RETURN_MEASURES.values()}
FREE_TEXT = ("source", "note")
FREE_TEXT_LIMIT = 200
_YEAR_DAYS = (360, 372)  # a year, give or take a week at its ends
_KEPT_OUT = "totals for the whole area only: no people, and nothing that could lead to a place of safety"
_TAKE_OUT = "take it out of the file, and out of any copy of it"
# what ends the name of an organisation; a plain "contract" or "return" names none
_PROVIDER = re.compile(
    r"\b(ltd|limited|plc|llp|cic|cio)\b|\bhousing (association|group|trust)\b|"
    r"\b[A-Z][\w'’-]+ (Women['’]?s Aid|Trust|Charity|Foundation|Homes)\b|"
    r"\b(run|provided|managed|delivered) by (?!the (council|county|authority))",
)
_LOWER_PROVIDER = re.compile(
    r"\b(ltd|limited|plc|llp|cic|cio)\b|housing (association|group|trust)", re.IGNORECASE
)
# what stands before a kind of organisation without naming one
_NO_NAME = (
    "a|an|the|our|their|its|each|every|any|all|some|no|one|local|social|other|another|of|by|with|and|or|from|to|for|in|large|"
    "small|national|regional|specialist|registered|several|many|seven|two|three|four|five|six|private|partner|new|via|through|"
    "per|which|whose|former|current|main|commissioned|different|single"
)
# an organisation by its name, in a sentence that may speak of organisations
_NAMED_PROVIDER = re.compile(
    rf"\b(?!(?:{_NO_NAME})\b)[\w'’&-]+ (?:ltd|llp|cic|cio|plc|housing (?:association|group|trust))\b|\blimited company\b|"
    r"\b(?:homes|housing|lettings|properties|care|services) limited\b(?! (?:to|in|by|for)\b)|"
    r"\b(?:run|provided|managed|delivered) by (?:the )?(?!an?\b|our\b|local\b|other|another\b|several\b|different\b|any\b)"
    r"[\w'’-]+ (?:[\w'’-]+ )?(?:trust|charity|association|aid|homes)\b",
    re.IGNORECASE,
)
_RUN_BY_A_NAME = re.compile(
    r"\b[A-Z][\w'’-]+ (?:Limited|Women['’]?s Aid|Trust|Charity|Foundation|Homes|Housing (?:Association|Group|Trust))\b|"
    r"\b(?:run|provided|managed|delivered) by (?:the )?(?!(?:The )?(?:Council|County|Authority|Police|IDVAs?|NHS|Board)\b)[A-Z]"
)
_BED_AND_BREAKFAST = re.compile(
    r"\bbeds?[ -]?(and|&|n|\+)[ -]?breakfasts?\b|\bb ?(&|and|n) ?b'?s?\b", re.IGNORECASE
)
_LEFT_OUT = re.compile(
    r"\b(no|not|non|without|never|exclud\w*|except|leav\w+ out|other than)\b", re.IGNORECASE
)


def read_services_file(table: RawTable, ward_names: Sequence[str]) -> pd.DataFrame:
    """A typed frame of the file's rows with part_year worked out; supply must name none of ``ward_names``.

    Raises InputError, never repeating a cell.
    """
    _refuse_columns(table)
    frame = table.frame.rename(columns=str.casefold)
    problems = Problems(table.file)
    _refuse_content(table, frame, ward_names, problems)
    frame = frame.assign(
        measure=frame["measure"].str.casefold(),
        unit=[_UNITS.get(unit, unit) for unit in frame["unit"].str.casefold()],
    )
    if "accommodation_type" in frame:
        frame["accommodation_type"] = frame["accommodation_type"].str.casefold()
    typed, positions, faults = validate_rows(frame, SERVICES, file=table.file, rows=table.rows, echo=False)
    problems.faults += faults
    rows = [table.rows[position] for position in positions]
    typed = typed.assign(
        period_start=pd.Series(plain_dates(typed["period_start"]), dtype="object"),
        period_end=pd.Series(plain_dates(typed["period_end"]), dtype="object"),
    )
    part_year = [
        _check_row(row, number, problems) for number, row in zip(rows, typed.to_dict("records"), strict=True)
    ]
    known = typed["measure"].isin(list(RETURN_MEASURES)).to_numpy()
    held, held_rows = typed[known], [row for row, one in zip(rows, known, strict=True) if one]
    _refuse_double_count(held, held_rows, problems)
    _refuse_two_names(held, held_rows, problems)
    _refuse_part_above_whole(held, held_rows, problems)
    problems.raise_if_any()
    return typed.assign(
        part_year=pd.array(part_year, dtype="bool"), value=typed["value"].astype("float64"), origin="file"
    )


def _refuse_columns(table: RawTable) -> None:
    wanted = set(SERVICES.names)
    problems = Problems(table.file)
    for position, column in enumerate(table.header):
        if column.casefold() in wanted:
            continue
        kind = column_kind(column, places=True) or cell_kind(column)
        problems.add(
            f"A column of the services file looks like personal data or a location ({kind})."
            if kind
            else "The services file has a column that it should not have.",
            row=table.header_row,
            column=column_letter(position),
            expected="the columns " + ", ".join(SERVICES.names) + "; " + _KEPT_OUT,
            action=_TAKE_OUT if kind else "remove the column, or correct its heading",
        )
    missing = [
        column.name
        for column in SERVICES.columns
        if column.required and column.name not in {name.casefold() for name in table.header}
    ]
    if missing:
        problems.add(
            "A column of the services file is missing.",
            row=table.header_row,
            column=", ".join(missing),
            expected="the columns " + ", ".join(SERVICES.names),
            action="add the column",
        )
    problems.raise_if_any()


def _refuse_content(
    table: RawTable, frame: pd.DataFrame, ward_names: Sequence[str], problems: Problems
) -> None:
    screening = Screening(table.file)
    for column in frame.columns:
        for number, text, measure in zip(table.rows, frame[column], frame["measure"], strict=True):
            if not text:
                continue
            printable = screening.text(text, row=number, column=column, allowed=allowed_in(SERVICES, column))
            if printable and column in FREE_TEXT:
                known, kind = RETURN_MEASURES.get(measure.casefold()), ""
                if known is None or known.supply:
                    kind = place_kind(text, ward_names) or provider_kind(text)
                if kind:
                    screening.fault(f"looks like {kind}", row=number, column=column)
                elif known is not None and known.supply and not known.flow:
                    _refuse_bed_and_breakfast(text, number, column, problems)
            if column in FREE_TEXT and len(text) > FREE_TEXT_LIMIT:
                problems.add(
                    "A note or source is too long.",
                    row=number,
                    column=column,
                    found=f"{len(text)} characters",
                    expected=f"{FREE_TEXT_LIMIT} characters at most",
                    action="shorten it; case notes do not belong here",
                )
    problems.gather(screening.refusal(expected=_KEPT_OUT, action=_TAKE_OUT))


def provider_kind(text: str) -> str:
    """Whether the text of a row of supply names or describes an organisation that runs a service, or ''."""
    return "name of a provider" if _PROVIDER.search(text) or _LOWER_PROVIDER.search(text) else ""


def named_provider_kind(text: str) -> str:
    """Whether a sentence names an organisation that runs a service, or ''; it may speak of such organisations."""
    return "name of a provider" if _NAMED_PROVIDER.search(text) or _RUN_BY_A_NAME.search(text) else ""


def _refuse_bed_and_breakfast(text: str, number: int, column: str, problems: Problems) -> None:
    found = _BED_AND_BREAKFAST.search(text)
    if found and not _LEFT_OUT.search(text[: found.start()]):
        problems.add(
            "Bed and breakfast is not safe accommodation under the Regulations, so it is never supply.",
            row=number,
            column=column,
            expected="places of the six types only",
            action="take it out of the figure, and give its use as bed_and_breakfast_households",
        )


def _check_row(row: dict, number: int, problems: Problems) -> bool:
    """Check one row against its measure; returns whether its period is part of a year."""
    measure = RETURN_MEASURES.get(str(row["measure"]))
    if measure is None:
        problems.add(
            "A measure is not one the library knows. What the cell holds is not shown here.",
            row=number,
            column="measure",
            expected="one of " + ", ".join(RETURN_MEASURES),
        )
        return False
    if row["unit"] != measure.unit:
        problems.add(
            f"The unit does not fit the measure {row['measure']}; units are never mixed.",
            row=number,
            column="unit",
            expected=measure.unit,
            action="give the figure in that unit, from the return itself; do not convert it by hand",
        )
    own_type = measure.same_as[1]
    if row["accommodation_type"] and (
        not measure.typed or (own_type and row["accommodation_type"] != own_type)
    ):
        problems.add(
            f"The measure {row['measure']} is not counted by type of accommodation.",
            row=number,
            column="accommodation_type",
            expected="a blank cell",
        )
    if measure.whole and float(row["value"]) != int(row["value"]):
        problems.add(
            "A count is not a whole number.",
            row=number,
            column="value",
            expected=f"a whole number of {measure.unit}",
        )
    if measure.unit == "percent" and row["value"] > 100:
        problems.add("A percentage is above 100.", row=number, column="value", expected="0 to 100")
    return _part_year(row, number, measure.flow, problems)


def _part_year(row: dict, number: int, flow: bool, problems: Problems) -> bool:
    days = (row["period_end"] - row["period_start"]).days + 1
    stated = None if pd.isna(row["part_year"]) else bool(row["part_year"])
    if not flow:
        return bool(stated)
    low, high = _YEAR_DAYS
    if days > high:
        problems.add(
            "A period is longer than a year.",
            row=number,
            column="period_end",
            found=f"{days} days",
            expected="one year, or part of one",
            action="give each year its own row",
        )
    short = days < low
    if stated is not None and stated != short:
        problems.add(
            "part_year does not fit the period.",
            row=number,
            column="part_year",
            found=f"a period of {days} days",
            expected="yes for less than a year, no for a year, or blank",
        )
    return short


def _refuse_double_count(typed: pd.DataFrame, rows: Sequence[int], problems: Problems) -> None:
    keys = [
        # a state is at its last day, however the first day of its period is written
        (measure, start if RETURN_MEASURES[measure].flow else end, end)
        for measure, start, end in zip(
            typed["measure"], typed["period_start"], typed["period_end"], strict=True
        )
    ]
    typed_keys = {key for key, kind in zip(keys, typed["accommodation_type"], strict=True) if kind}
    for number, key, kind in zip(rows, keys, typed["accommodation_type"], strict=True):
        if not kind and key in typed_keys:
            problems.add(
                f"{key[0]} is given both in all and by type of accommodation, which would count it twice.",
                row=number,
                column="accommodation_type",
                expected="either one row for all types or a row for each type",
                action="remove the row for all types",
            )


def _refuse_two_names(typed: pd.DataFrame, rows: Sequence[int], problems: Problems) -> None:
    """One figure under two names (refuge places beside places available) would be counted twice, or one lost."""
    given = set(typed["measure"])
    for number, measure in zip(rows, typed["measure"], strict=True):
        other, kind = RETURN_MEASURES[measure].same_as
        if other in given:
            problems.add(
                f"{measure} and {other} are both given; one is a part of the other under another name.",
                row=number,
                column="measure",
                expected=f"{other} with the type {kind} in place of {measure}",
                action="rename the row; do not give the same places or referrals twice",
            )


def _refuse_part_above_whole(typed: pd.DataFrame, rows: Sequence[int], problems: Problems) -> None:
    """A part above its whole: one of the two is wrong, or they count different things."""
    keys = ["measure", "accommodation_type", "period_start", "period_end"]
    pairs = list(zip(typed[keys].itertuples(index=False, name=None), typed["value"], strict=True))
    values = dict(pairs)
    for number, (key, value) in zip(rows, pairs, strict=True):
        measure = RETURN_MEASURES[key[0]]
        whole = values.get((measure.part_of, *key[1:]))
        comparable = measure.protected or (
            measure.part_of != "" and measure.unit == RETURN_MEASURES[measure.part_of].unit
        )
        if whole is not None and comparable and value > whole:
            problems.add(
                f"{key[0]} is a part of {measure.part_of} and is above it.",
                row=number,
                column="value",
                expected=f"no more than {measure.part_of} of the same period and type",
                action="check both figures against the return",
            )


def plain_dates(column: pd.Series) -> list[dt.date]:
    """A column of dates as dates of the calendar, without a clock."""
    return [pd.Timestamp(day).date() for day in column]

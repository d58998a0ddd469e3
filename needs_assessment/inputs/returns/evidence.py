"""Evidence in words: the council's statements by theme, beside the registers of what is asked for.

Statements are given by the council and checked for form only; nothing is calculated from them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from needs_assessment.catalogue.results import RESULT_MEASURES
from needs_assessment.catalogue.returns import RETURN_MEASURES
from needs_assessment.errors import InputError
from needs_assessment.inputs.areas.geography import Area
from needs_assessment.inputs.returns.evidence_file import read_evidence_file
from needs_assessment.inputs.returns.returns import area_ward_names, years_between
from needs_assessment.inputs.returns.services_file import plain_dates
from needs_assessment.registers.registers import Registers, read_register
from needs_assessment.tables.files import read_strings
from needs_assessment.tables.schemas import (
    ACCOMMODATION_TYPES,
    EVIDENCE,
    EVIDENCE_THEMES,
    STATUTORY_CHECKLIST,
    TableSchema,
)

THEMES_FILE, CHECKLIST_FILE = "evidence_themes.csv", "statutory_checklist.csv"
COLUMNS = [
    "theme",
    "kind_of_source",
    "statement",
    "date",
    "source",
    "note",
    "cleared_by",
    "age_years",
    "stale",
]


@dataclass(frozen=True)
class Evidence:
    """Statements of one area, in the order of the register of themes, newest first within a theme.

    frame: theme, kind_of_source, statement, date, source, note, cleared_by, age_years (from date to the date of the
    paper), stale; no rows where no file was given. themes and checklist: the registers.
    """

    frame: pd.DataFrame
    themes: pd.DataFrame
    checklist: pd.DataFrame
    file: str = ""
    sha256: str = ""
    notes: tuple[str, ...] = ()

    def missing(self) -> list[str]:
        """Titles of the themes without a statement, in the order of the register."""
        held = set(self.frame["theme"])
        return [
            title
            for theme, title in zip(self.themes["theme"], self.themes["title"], strict=True)
            if theme not in held
        ]


def load_evidence(
    path: Path | None,
    area: Area,
    data: Path,
    registers: Registers,
    as_of: dt.date,
    *,
    ward_names: Collection[str] = (),
) -> Evidence:
    """The statements of an evidence file, with the registers of themes and of the checklist.

    A statement older than the registered number of years (``stale_after_years``) at ``as_of`` is marked stale.
    ward_names: the area's wards, which no statement may name. Raises InputError, never repeating a cell, for personal
    or locating content, small counts of people, texts that are too long, an unknown theme, a blank or repeated row.
    """
    themes, checklist = load_themes(data, registers), load_checklist(data, registers)
    if path is None:
        return Evidence(pd.DataFrame(columns=COLUMNS), themes, checklist)
    table = read_strings(Path(path), expected=EVIDENCE.names, echo=False)
    order = {theme: place for place, theme in enumerate(themes["theme"])}
    frame = read_evidence_file(
        table,
        list(order),
        area_ward_names(area, data, ward_names),
        int(registers.figure("disclosure_minimum")),
    )
    days = plain_dates(frame["date"])
    ages = [years_between(day, as_of) for day in days]
    years = registers.figure("stale_after_years")
    frame = frame.assign(
        date=pd.Series(days, dtype="object"),
        age_years=pd.array(ages, dtype="float64"),
        stale=pd.array([age > years for age in ages], dtype="bool"),
    )
    place = frame["theme"].map(order)
    frame = (
        frame.assign(place=place, back=[-day.toordinal() for day in days])
        .sort_values(["place", "back", "statement"], ignore_index=True)
        .loc[:, COLUMNS]
    )
    later = sum(day > as_of for day in days)
    notes = [*table.notes]
    if later:
        words = "statements are dated" if later > 1 else "statement is dated"
        notes.append(f"{later} {words} after the date of the paper, {as_of.isoformat()}.")
    return Evidence(frame, themes, checklist, table.file, table.sha256, tuple(notes))


def load_themes(data: Path, registers: Registers) -> pd.DataFrame:
    """The register of themes, in the order a paper lists them."""
    return _register(data, THEMES_FILE, EVIDENCE_THEMES, registers)


def load_checklist(data: Path, registers: Registers) -> pd.DataFrame:
    """The register of the statutory checklist; raises InputError where an item looks at something unknown."""
    items = _register(data, CHECKLIST_FILE, STATUTORY_CHECKLIST, registers)
    known: dict[str, Collection[str]] = {
        "results": RESULT_MEASURES,
        "returns": RETURN_MEASURES,
        "themes": set(load_themes(data, registers)["theme"]),
        "accommodation_type": ACCOMMODATION_TYPES,
    }
    for at, (rule, names) in enumerate(zip(items["rule"], items["looks_at"], strict=True)):
        strange = [name for name in names.split() if rule in known and name not in known[rule]]
        if strange:
            raise InputError(
                f"An item of the statutory checklist looks at {strange[0]}, which is none of the {rule}.",
                file=f"data/{CHECKLIST_FILE}",
                row=at + 2,
                column="looks_at",
                found=strange[0],
                expected="a name that the rule knows",
                action="correct the name",
            )
    return items


def _register(data: Path, name: str, schema: TableSchema, registers: Registers) -> pd.DataFrame:
    frame = read_register(data, name, schema)
    for source in frame["source_id"]:
        if source:
            registers.source(source)
    return frame

"""National rate sets and the age pattern that is carried over, as tables of registered figures.

Levels from before and after the survey's change of questions are never mixed: a rate set has one question set.
Ratios (the age index) may be carried over and are labelled so.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from needs_assessment.errors import InputError
from needs_assessment.inputs.rates.rate_set import (
    BANDS,
    LAST_YEAR,
    OWN_FILE,
    SINCE_16,
    Band,
    Rate,
    RateSet,
    extend_scope,
)
from needs_assessment.inputs.rates.workbook import CHOICE, holds_canonical_table, read_rates_workbook
from needs_assessment.inputs.screening import Screening
from needs_assessment.registers.registers import Registers
from needs_assessment.tables.file_cache import remembered
from needs_assessment.tables.files import file_sha256, read_strings
from needs_assessment.tables.grids import ZIP, read_bytes, read_sheets
from needs_assessment.tables.schemas import RATES, validate

REGISTER = Path("rates") / "national_rates.csv"
AGE_INDEX_SET = "csew-2020"
AGE_INDEX_MEASURE = "partner_abuse_last_year"
__all__ = [
    "BANDS",
    "LAST_YEAR",
    "OWN_FILE",
    "SINCE_16",
    "AgePattern",
    "Band",
    "Rate",
    "RateSet",
    "extend_scope",
    "load_age_pattern",
    "load_rate_set",
]


def load_rate_set(name_or_file: str, data: Path) -> RateSet:
    """A registered rate set by name, or the single set of a file.

    The file has the columns of the register (CSV or XLSX), or is a workbook of the survey's published tables. What a
    workbook does not say itself is chosen behind its name: ``tables.xlsx#new`` (question set), ``tables.xlsx#Table 1a``.
    Raises InputError for an unknown name, a rate above 100%, a mixture of question sets or of ages, a workbook whose
    tables cannot be told apart.
    """
    register = data / REGISTER
    published = _read(register)
    names = list(dict.fromkeys(published["rate_set"]))
    if name_or_file in names:
        return _one_set(published[published["rate_set"] == name_or_file], name_or_file, register, own=False)
    file, *choices = [name_or_file] if Path(name_or_file).is_file() else name_or_file.split(CHOICE)
    path = Path(file)
    if not path.is_file():
        raise InputError(
            f"There is no rate set and no file called '{file}'.",
            expected="one of " + ", ".join(_offered(published)) + ", or a file of rates (CSV, or XLSX)",
            action="check --rates",
        )
    content = read_bytes(path)
    sheets = read_sheets(path, content) if content.startswith(ZIP) else {}
    if sheets and not holds_canonical_table(sheets):
        own, notes = read_rates_workbook(path.name, sheets, tuple(choices))
    elif choices:
        raise InputError(
            "Only a workbook of the survey's tables takes a choice behind its name.",
            file=path.name,
            found=CHOICE + CHOICE.join(choices),
            expected=f"the name of the file without '{CHOICE}'",
            action="check --rates",
        )
    else:
        own, notes = _read_own(path), ()
    held = list(dict.fromkeys(own["rate_set"]))
    if len(held) != 1:
        raise InputError(
            "A file of rates must hold exactly one rate set.",
            file=path.name,
            column="rate_set",
            found=", ".join(held),
            expected="one name in every row",
            action="keep one set in the file",
        )
    return replace(_one_set(own, held[0], path, own=True), notes=notes)


def _offered(published: pd.DataFrame) -> list[str]:
    """The registered sets that a run can use, each with the method it needs where it does not serve all of them.

    A set without a printed rate of domestic abuse in the last year serves none and is not offered.
    """
    headline = published[
        (published["group"] == "all") & (published["measure"] == LAST_YEAR) & published["rate"].notna()
    ]
    found = []
    for name, rows in headline.groupby("rate_set", sort=False):
        sexes = set(rows["sex"])
        if {"F", "M"} <= sexes:
            found.append(f"{name}{'' if 'P' in sexes else ' (not with --method crude)'}")
        elif "P" in sexes:
            found.append(f"{name} (only with --method crude)")
    return found


@remembered(lambda path: [path])
def _read(path: Path) -> pd.DataFrame:
    table = read_strings(path, expected=RATES.names)
    return validate(table.frame, RATES, file=table.file, rows=table.rows)


def _read_own(path: Path) -> pd.DataFrame:
    """A user's own file of rates, whose words must be fit to print."""
    table, screening = read_strings(path, expected=RATES.names), Screening(path.name)
    screening.table(table.frame, RATES, table.rows)
    screening.raise_if_any(expected="words about a survey and its rates")
    return _read(path)


def _one_set(rows: pd.DataFrame, name: str, path: Path, *, own: bool) -> RateSet:
    wanted = rows[(rows["group"] == "all") & rows["measure"].isin([LAST_YEAR, SINCE_16])]
    last_year = wanted[wanted["measure"] == LAST_YEAR]
    if last_year.empty:
        raise InputError(
            f"Rate set '{name}' holds no rate of domestic abuse in the last year.",
            file=path.name,
            column="measure",
            expected=f"rows with measure {LAST_YEAR}, group all"
            + ("" if own else ", as in " + ", ".join(_offered(_read(path)))),
            action="choose another rate set",
        )
    # the widest ages: one age band of a table by age is narrower than its whole, whatever its upper end
    scopes = last_year[["age_from", "age_to"]].drop_duplicates()
    widest = scopes.sort_values(["age_from", "age_to"], ascending=[True, False], na_position="first").iloc[0]
    age_from, age_to = int(widest["age_from"]), None if pd.isna(widest["age_to"]) else int(widest["age_to"])
    overall = wanted[
        (wanted["age_from"] == age_from)
        & (wanted["age_to"].isna() if age_to is None else wanted["age_to"] == age_to)
    ]
    questions = list(dict.fromkeys(overall["question_set"]))
    if len(questions) != 1:
        raise InputError(
            f"Rate set '{name}' mixes question sets, whose levels must never be mixed.",
            file=path.name,
            column="question_set",
            found=", ".join(questions),
            expected="one question set",
            action="split the file into one set for each question set",
        )
    rates = {}
    for row in overall.to_dict("records"):
        if pd.isna(row["rate"]):
            continue
        _refuse_certain(row, path.name)
        rates[(str(row["measure"]), str(row["sex"]))] = Rate(
            value=row["rate"] / 100,
            low=_share(row["low"]),
            high=_share(row["high"]),
            effective_base=_number(row["effective_base"]),
            published_count=_number(row["published_count"]),
            source_id=OWN_FILE if own else str(row["source_id"]),
            status=str(row["status"]),
            base=_number(row["base"]),
        )
    edition = str(overall["edition"].iloc[0])
    return RateSet(
        name=name,
        edition=edition,
        question_set=questions[0],
        age_from=age_from,
        age_to=age_to,
        rates=rates,
        file=path.name,
        sha256=file_sha256(path),
    )


def _refuse_certain(row: Mapping[Hashable, Any], file: str) -> None:
    """A headline rate, or a limit of it, of 0 or 100 has no draws: the survey cannot be that sure."""
    for column in ("low", "rate", "high"):
        if row[column] in (0, 100):
            raise InputError(
                f"The {column} of {row['measure']} for sex {row['sex']} cannot be drawn from.",
                file=file,
                column=column,
                found=f"{row[column]:g}",
                expected="more than 0 and less than 100 per cent",
                action="give it with more decimal places, or leave the interval out",
            )


def _number(value: object) -> float | None:
    return None if pd.isna(value) else float(value)  # type: ignore[call-overload, arg-type]


def _share(value: object) -> float | None:
    number = _number(value)
    return None if number is None else number / 100


@dataclass(frozen=True)
class AgePattern:
    """Relative rates by age that are carried over to every rate set, and where they come from.

    women: index relative to all women by band, the last band (75 and over) standing on the one before it, with the
    printed rates behind it, as proportions: women_rates by band without the last, women_total of all ages; men_young:
    the assumption ids of the men's bands that are published, in band order; the bands above share one index that
    calibration finds.
    """

    bands: tuple[Band, ...]
    women: tuple[float, ...]
    women_rates: tuple[float, ...]
    women_total: float
    men_young: tuple[str, ...]
    older: str
    source_ids: tuple[str, ...]
    assumption_ids: tuple[str, ...]


def load_age_pattern(data: Path, registers: Registers) -> AgePattern:
    """The registered age pattern: women's from partner abuse by age, men's from two published young bands."""
    rows = _read(data / REGISTER)
    women = rows[
        (rows["rate_set"] == AGE_INDEX_SET)
        & (rows["measure"] == AGE_INDEX_MEASURE)
        & (rows["sex"] == "F")
        & (rows["group"] == "all")
    ]
    by_age = {
        (int(row["age_from"]), None if pd.isna(row["age_to"]) else int(row["age_to"])): float(row["rate"])
        for row in women.to_dict("records")
    }
    overall = by_age.get((16, 74))
    missing = [band for band in BANDS[:-1] if band not in by_age]
    if overall is None or missing:
        raise InputError(
            "The age pattern of women is incomplete in the register of rates.",
            file=REGISTER.name,
            found=f"no rate for ages {missing}" if missing else "no overall rate",
            expected="partner abuse in the last year by age, and for 16 to 74 together",
            action="restore the register",
        )
    index = [by_age[band] / overall for band in BANDS[:-1]]
    men = ("age_index_men_16_19", "age_index_men_20_24")
    used = (*men, "age_index_men_25_over", "age_index_women", "age_index_75_over")
    sources = [registers.assumption(name).source_id for name in used]
    return AgePattern(
        bands=BANDS,
        women=(*index, index[-1]),
        women_rates=tuple(by_age[band] / 100 for band in BANDS[:-1]),
        women_total=overall / 100,
        men_young=men,
        older="age_index_75_over",
        source_ids=tuple(filter(None, dict.fromkeys(sources))),
        assumption_ids=used,
    )

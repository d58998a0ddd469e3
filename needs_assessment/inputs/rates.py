"""National rate sets and the age pattern that is carried over, as tables of registered figures.

Levels from before and after the survey's change of questions are never mixed: a rate set has one question set.
Ratios (the age index) may be carried over and are labelled so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from needs_assessment.errors import InputError
from needs_assessment.inputs.register import Registers
from needs_assessment.inputs.schemas import RATES, validate
from needs_assessment.inputs.tablefile import file_sha256, read_strings

LAST_YEAR = "domestic_abuse_last_year"
SINCE_16 = "domestic_abuse_since_16"
OWN_FILE = "rates_file"
REGISTER = Path("rates") / "national_rates.csv"
AGE_INDEX_SET = "csew-2020"
AGE_INDEX_MEASURE = "partner_abuse_last_year"
Band = tuple[int, int | None]
BANDS: tuple[Band, ...] = (
    (16, 19),
    (20, 24),
    (25, 34),
    (35, 44),
    (45, 54),
    (55, 59),
    (60, 74),
    (75, None),
)


@dataclass(frozen=True)
class Rate:
    """One published rate for all people of a sex in the survey's ages, as a proportion."""

    value: float
    low: float | None
    high: float | None
    effective_base: float | None
    published_count: float | None
    source_id: str
    status: str


@dataclass(frozen=True)
class RateSet:
    """One edition's rates: ``rates[(measure, sex)]`` with sex P (everyone), F or M."""

    name: str
    edition: str
    question_set: str
    age_from: int
    age_to: int | None
    rates: Mapping[tuple[str, str], Rate]
    file: str
    sha256: str

    @property
    def ages(self) -> str:
        return (
            f"aged {self.age_from} and over"
            if self.age_to is None
            else f"aged {self.age_from} to {self.age_to}"
        )

    @property
    def bands(self) -> tuple[Band, ...]:
        """The age bands inside the survey's ages."""
        return tuple(
            band
            for band in BANDS
            if band[0] >= self.age_from
            and (self.age_to is None or (band[1] is not None and band[1] <= self.age_to))
        )

    def find(self, measure: str, sex: str) -> Rate | None:
        return self.rates.get((measure, sex))

    def need(self, measure: str, sex: str) -> Rate:
        """The rate, or InputError saying what the set lacks and what would do instead."""
        rate = self.find(measure, sex)
        if rate is None:
            raise InputError(
                f"Rate set '{self.name}' holds no printed rate of {measure.replace('_', ' ')} for sex {sex}.",
                file=self.file,
                expected="a rate in per cent for that measure and sex, all ages of the survey together",
                action="choose another rate set with --rates, or another --method (crude needs sex P; sex and "
                "age_sex need F and M)",
            )
        return rate


def load_rate_set(name_or_file: str, data: Path) -> RateSet:
    """A registered rate set by name, or the single set of a file of the same columns.

    Raises InputError for an unknown name, a rate above 100%, a mixture of question sets or of ages.
    """
    register = data / REGISTER
    published = _read(register)
    names = list(dict.fromkeys(published["rate_set"]))
    if name_or_file in names:
        return _one_set(published[published["rate_set"] == name_or_file], name_or_file, register, own=False)
    path = Path(name_or_file)
    if not path.is_file():
        raise InputError(
            f"There is no rate set and no file called '{name_or_file}'.",
            expected="one of " + ", ".join(names) + ", or a CSV file of rates",
            action="check --rates",
        )
    own = _read(path)
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
    return _one_set(own, held[0], path, own=True)


def _read(path: Path) -> pd.DataFrame:
    table = read_strings(path)
    return validate(table.frame, RATES, file=table.file, rows=table.rows)


def _one_set(rows: pd.DataFrame, name: str, path: Path, *, own: bool) -> RateSet:
    wanted = rows[(rows["group"] == "all") & rows["measure"].isin([LAST_YEAR, SINCE_16])]
    last_year = wanted[wanted["measure"] == LAST_YEAR]
    if last_year.empty:
        raise InputError(
            f"Rate set '{name}' holds no rate of domestic abuse in the last year.",
            file=path.name,
            column="measure",
            expected=f"rows with measure {LAST_YEAR}, group all",
            action="choose another rate set",
        )
    age_from = int(last_year["age_from"].min())
    age_to = None if last_year["age_to"].isna().any() else int(last_year["age_to"].max())
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
        rates[(str(row["measure"]), str(row["sex"]))] = Rate(
            value=row["rate"] / 100,
            low=_share(row["low"]),
            high=_share(row["high"]),
            effective_base=_number(row["effective_base"]),
            published_count=_number(row["published_count"]),
            source_id=OWN_FILE if own else str(row["source_id"]),
            status=str(row["status"]),
        )
    edition = str(overall["edition"].iloc[0])
    return RateSet(name, edition, questions[0], age_from, age_to, rates, path.name, file_sha256(path))


def _number(value: object) -> float | None:
    return None if pd.isna(value) else float(value)  # type: ignore[call-overload, arg-type]


def _share(value: object) -> float | None:
    number = _number(value)
    return None if number is None else number / 100


@dataclass(frozen=True)
class AgePattern:
    """Relative rates by age that are carried over to every rate set, and where they come from.

    women: index relative to all women by band, the last band (75 and over) standing on the one before it; men_young:
    the assumption ids of the men's bands that are published, in band order; the bands above share one index that
    calibration finds.
    """

    bands: tuple[Band, ...]
    women: tuple[float, ...]
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
        BANDS,
        (*index, index[-1]),
        men,
        "age_index_75_over",
        tuple(filter(None, dict.fromkeys(sources))),
        used,
    )

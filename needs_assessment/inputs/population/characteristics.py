"""Who lives in each ward: residents or households by characteristic, and the published rates by group.

The bundled tables count residents of all ages (tenure: households) at the Census of 2021; they say nothing about single
people. Wards are matched by code and by nothing else: a ward's code changes when its boundary does, so one code is one
ward whatever the year of the list. Where any ward of the area is missing, the area has no characteristics at all,
because its totals could not close; a missing count is never zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from needs_assessment.arrays import Array
from needs_assessment.errors import InputError
from needs_assessment.inputs.areas.area_names import screen_area_names
from needs_assessment.inputs.screening import Screening
from needs_assessment.printable_text import may_be_shown
from needs_assessment.registers.provenance import noted_beside
from needs_assessment.registers.registers import load_national_rates, load_tables, read_register
from needs_assessment.tables.file_cache import remembered
from needs_assessment.tables.files import RawTable, read_strings
from needs_assessment.tables.personal_data import column_kind
from needs_assessment.tables.schemas import CHARACTERISTICS, ENGLAND_CHARACTERISTICS, validate

RateKey = tuple[str, str, str, int, int | None, str]
TENURE, DEPRIVATION = "tenure", "deprivation_2025"
OWN_FILE = "characteristics_file"
FILE = "characteristics.csv"
# a ward may lie wholly outside a fifth of the index, and then has no row for it
MAY_LACK_CATEGORIES = (DEPRIVATION,)
TAKEN_NAMES = (
    "all",
    "sex",
    "age",
    "sex_age",
    "accommodation_type",
    "abuse_type",
    "risk_tier",
    "route",
    "ratio",
)
NOTHING_BUNDLED = (
    "no table of residents by characteristic is bundled for {missing} of the area's {wards} wards"
)


@dataclass(frozen=True)
class Topic:
    """One characteristic of the wards, in code order.

    unit: people or households; categories: in the words of the Census, sorted; counts: shape [ward, category];
    england: shape [category], None where England's counts are not known in the same categories.
    """

    name: str
    unit: str
    categories: tuple[str, ...]
    counts: Array
    england: Array | None
    source_ids: tuple[str, ...]

    def shares(self, categories: Sequence[str]) -> Array:
        """Share of the ward in these categories together, shape [ward]."""
        wanted = [self.categories.index(name) for name in categories]
        return np.asarray(self.counts[:, wanted].sum(axis=1) / self.counts.sum(axis=1))

    def england_share(self, categories: Sequence[str]) -> float:
        """Share of England in these categories together; NaN where England's counts are not known."""
        if self.england is None:
            return float("nan")
        wanted = [self.categories.index(name) for name in categories]
        return float(self.england[wanted].sum() / self.england.sum())


@dataclass(frozen=True)
class Characteristics:
    """The characteristics of one run's wards.

    topics: by name, empty when ``missing`` says why there are none; period: when people were counted; rates: the
    register of published rates (percent), all sets and groups; files: name and SHA-256 of each file read.
    """

    topics: Mapping[str, Topic]
    rates: pd.DataFrame
    period: str = ""
    files: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    missing: str = ""

    @cached_property
    def printed_rates(self) -> Mapping[RateKey, Mapping[Any, Any]]:
        """The rows of ``rates`` that print a rate, by rate set, measure, sex, first and last age, and group."""
        rows = self.rates[self.rates["rate"].notna()].to_dict("records")
        found: dict[RateKey, Mapping[Any, Any]] = {}
        for row in rows:
            last = None if pd.isna(row["age_to"]) else int(row["age_to"])
            key = (row["rate_set"], row["measure"], row["sex"], int(row["age_from"]), last, row["group"])
            found.setdefault(key, row)
        return found

    @property
    def own_file(self) -> bool:
        return any(OWN_FILE in topic.source_ids for topic in self.topics.values())


def load_characteristics(
    wards: pd.DataFrame, data: Path, *, path: Path | None = None, ward_vintage: str = ""
) -> Characteristics:
    """The characteristics of the wards, from a file of the bundled tables' layout or from the bundled tables.

    wards: ``ward_code`` in code order. ward_vintage: of the population, for a note when the table's is another. With a
    file every ward must be in it; without one, an area with a ward that is not bundled has no characteristics. Raises
    InputError naming file, row and column.
    """
    rates = load_national_rates(data)
    england = read_register(data, f"england/{FILE}", ENGLAND_CHARACTERISTICS)
    codes = wards["ward_code"].tolist()
    if path is not None:
        table = read_strings(Path(path), expected=CHARACTERISTICS.names, echo=False)
        _refuse_personal(table, data)
        frame = validate(table.frame, CHARACTERISTICS, file=table.file, rows=table.rows, echo=False)
        _need_wards(frame, codes, table.file)
        spare = frame.loc[~frame["ward_code"].isin(codes), "ward_code"].nunique()
        notes = (f"{table.file}: {spare} wards outside the area not used.",) if spare else ()
        noted = noted_beside(Path(path), table.sha256, data)
        topics = _topics(frame, codes, england, table.file, noted.source_ids or (OWN_FILE,))
        period = noted.period or "as the file says"
        return Characteristics(topics, rates, period, ((table.file, table.sha256),), notes)
    return _bundled(codes, data, england, rates, ward_vintage)


def _bundled(
    codes: Sequence[str], data: Path, england: pd.DataFrame, rates: pd.DataFrame, ward_vintage: str
) -> Characteristics:
    frames, files, sources, periods, vintages = [], [], [], [], []
    listed = load_tables(data)
    listed = listed[listed["path"].str.startswith("areas/") & listed["path"].str.endswith("/" + FILE)]
    for row in listed.to_dict("records"):
        frame, digest = _bundled_table(data, str(row["path"]))
        frame = frame[frame["ward_code"].isin(codes)]
        if frame.empty:
            continue
        frames.append(frame)
        files.append((f"{row['area_code']}/{FILE}", digest))
        sources += str(row["source_ids"]).split()
        periods.append(str(row["population_date"]))
        vintages.append(str(row["ward_vintage"]))
    held = {code for frame in frames for code in frame["ward_code"]}
    missing = len(set(codes) - held)
    if missing:
        return Characteristics({}, rates, missing=NOTHING_BUNDLED.format(missing=missing, wards=len(codes)))
    other = sorted(set(vintages) - {ward_vintage}) if ward_vintage else []
    notes = (
        (
            f"Characteristics are for wards of {' and '.join(other)}, the population for wards of {ward_vintage}: every "
            "ward was matched by its code, which stands for one boundary.",
        )
        if other
        else ()
    )
    joined = pd.concat(frames, ignore_index=True)
    topics = _topics(joined, codes, england, f"data/areas/*/{FILE}", tuple(dict.fromkeys(sources)))
    return Characteristics(topics, rates, " and ".join(dict.fromkeys(periods)), tuple(files), notes)


@remembered(lambda data, name: [data / name])
def _bundled_table(data: Path, name: str) -> tuple[pd.DataFrame, str]:
    table = read_strings(data / name, expected=CHARACTERISTICS.names)
    return validate(table.frame, CHARACTERISTICS, file=f"data/{name}", rows=table.rows), table.sha256


def _topics(
    frame: pd.DataFrame, codes: Sequence[str], england: pd.DataFrame, file: str, sources: tuple[str, ...]
) -> dict[str, Topic]:
    found = {}
    wanted = frame[frame["ward_code"].isin(codes)]
    for name, rows in sorted(wanted.groupby("characteristic"), key=lambda item: str(item[0])):
        topic = str(name)
        if topic in TAKEN_NAMES:
            raise _refused(file, f"A characteristic cannot be called '{topic}'.", topic, "another name")
        units = sorted(rows["unit"].unique())
        if len(units) > 1:
            raise _refused(
                file, f"'{topic}' mixes units.", " and ".join(units), "one unit for a characteristic"
            )
        national = england[england["characteristic"] == topic].set_index("category")["count"]
        if topic == TENURE and units != ["households"]:
            raise _refused(file, "Tenure is counted in households.", units[0], "households")
        counts = rows.pivot(index="ward_code", columns="category", values="count").reindex(index=list(codes))
        categories = tuple(sorted(counts.columns))
        if len(national) and set(categories) - set(national.index):
            strange = sorted(set(categories) - set(national.index))
            raise _refused(
                file,
                f"'{topic}' has a category that England's table does not have.",
                ", ".join(strange),
                "the categories " + "; ".join(sorted(national.index)),
            )
        if len(national):
            categories = tuple(sorted(national.index))
            counts = counts.reindex(columns=list(categories))
        if topic in MAY_LACK_CATEGORIES:
            counts = counts.where(counts.notna() | counts.isna().all(axis=1).to_numpy()[:, None], 0)
        blank = counts.isna()
        if blank.to_numpy().any():
            ward, category = blank.stack().pipe(lambda cells: cells[cells]).index[0]
            raise _refused(
                file,
                f"'{topic}' has no count for a ward.",
                f"{ward}, {category}",
                "a count for every ward and category (0 where there is no one)",
            )
        empty = counts.index[counts.sum(axis=1) == 0]
        if len(empty):
            raise _refused(file, f"'{topic}' counts no one in a ward.", str(empty[0]), "at least one")
        found[topic] = Topic(
            topic,
            str(units[0]),
            categories,
            counts[list(categories)].to_numpy(dtype=float),
            national.reindex(list(categories)).to_numpy(dtype=float) if len(national) else None,
            tuple(source for source in sources if source != "imd_2025" or topic == DEPRIVATION),
        )
    return found


def _need_wards(frame: pd.DataFrame, codes: Sequence[str], file: str) -> None:
    absent = sorted(set(codes) - set(frame["ward_code"]))
    if absent:
        raise InputError(
            "The table of characteristics lacks wards of the area.",
            file=file,
            column="ward_code",
            found=f"no row for {', '.join(absent[:5])}"
            + (f" and {len(absent) - 5} others" if len(absent) > 5 else ""),
            expected=f"every one of the {len(codes)} wards, by its code",
            action="give a table for the same wards as the population",
        )


def _refuse_personal(table: RawTable, data: Path) -> None:
    for name in table.header:
        kind = column_kind(name)
        if kind and name not in CHARACTERISTICS.names:
            raise InputError(
                f"A column of the table of characteristics looks like personal data ({kind}).",
                file=table.file,
                row=table.header_row,
                expected="counts of residents or households by ward",
                action="give published counts, never a list of people",
            )
    screening = Screening(table.file)
    screening.table(table.frame, CHARACTERISTICS, table.rows)
    screening.raise_if_any(
        expected="the name of a ward, a characteristic or a category",
        action="give published counts, never a list of people",
    )
    frame = table.frame
    if {"ward_code", "ward_name"} <= set(frame.columns):
        codes = frame["ward_code"].str.upper()
        rows = dict(zip(reversed(codes.tolist()), reversed(list(table.rows)), strict=True))
        named = [(code, name, "ward_name") for code, name in zip(codes, frame["ward_name"], strict=True)]
        screen_area_names(named, rows, table.file, data)


def _refused(file: str, message: str, found: str, expected: str) -> InputError:
    return InputError(
        message,
        file=file,
        column="characteristic",
        found=may_be_shown(found),
        expected=expected,
        action="correct the table",
    )

"""The registers: every figure with its unit, period, status and source. A missing id is an error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from needs_assessment.errors import InputError
from needs_assessment.tables import schemas
from needs_assessment.tables.file_cache import remembered
from needs_assessment.tables.schemas import TableSchema, validate
from needs_assessment.tables.validation import Problems

SOURCES_FILE = "sources.csv"
# the status of a figure that a run sets for itself; no row of a register has it
SCENARIO_CHOICE = "scenario choice"
REGISTER_FILES = ("assumptions/assumptions.csv", "assumptions/national_services.csv")


@dataclass(frozen=True)
class Assumption:
    """One figure of a register. ``low`` and ``high`` mean what ``meaning_of_range`` says; None is blank."""

    id: str
    label: str
    value: float | None
    low: float | None
    high: float | None
    meaning_of_range: str
    unit: str
    population: str
    period: str
    status: str
    source_id: str
    reason: str
    note: str
    register: str


@dataclass(frozen=True)
class Source:
    """One publication or document that figures come from."""

    id: str
    publisher: str
    title: str
    published: str
    period: str
    note: str
    licence: str
    attribution: str
    url: str = ""


@dataclass(frozen=True)
class Registers:
    """All assumptions and sources, by id."""

    assumptions: Mapping[str, Assumption]
    sources: Mapping[str, Source]

    def assumption(self, name: str) -> Assumption:
        """The assumption of that id. Raises InputError where the registers have none."""
        found = self.assumptions.get(name)
        if found is None:
            raise _unknown("assumption", name, self.assumptions, "data/assumptions/")
        return found

    def figure(self, name: str) -> float:
        """Central value of an assumption, in its own unit. Raises InputError where it is unknown or blank."""
        found = self.assumption(name)
        if found.value is None:
            raise InputError(
                f"The assumption '{name}' ({found.label}) has no value to calculate with.",
                file=f"data/assumptions/{found.register}.csv",
                column="value",
                found="",
                expected=f"a number ({found.unit})",
                action=found.reason,
            )
        return found.value

    def source(self, name: str) -> Source:
        """The source of that id. Raises InputError where the register has none."""
        found = self.sources.get(name)
        if found is None:
            raise _unknown("source", name, self.sources, f"data/{SOURCES_FILE}")
        return found

    def set_by_the_run(self) -> list[Assumption]:
        """The figures that the run has set itself, in place of the registered ones."""
        return [item for item in self.assumptions.values() if item.status == SCENARIO_CHOICE]

    def used(self, ids: Iterable[str]) -> pd.DataFrame:
        """The named assumptions as a table, each once, in order of id, with the source written out."""
        rows = []
        for name in sorted(set(ids)):
            row = asdict(self.assumption(name))
            source = self.sources.get(row["source_id"])
            row["source"] = f"{source.publisher}: {source.title}" if source else ""
            rows.append(row)
        columns = [*(name for name in Assumption.__dataclass_fields__), "source"]
        frame = pd.DataFrame(rows, columns=columns).rename(columns={"id": "assumption_id"})
        return frame.astype({"value": "float64", "low": "float64", "high": "float64"})

    def attributions(self, source_ids: Iterable[str]) -> list[str]:
        """Sentences to print for these sources, each once, in the order of the register."""
        asked = {name for name in source_ids if name}
        for name in sorted(asked):
            self.source(name)
        return list(dict.fromkeys(s.attribution for s in self.sources.values() if s.id in asked))


def in_words(value: float | None, unit: str) -> str:
    """A figure with its unit: a share as a percentage, "25% of victims", "120 days", "1 referral per household"."""
    if value is None:
        return "no value"
    if unit == "share":
        return f"{value * 100:.10g}%"
    if unit.startswith("percent"):
        return f"{value:.10g}%{unit.removeprefix('percent')}"
    # one of them: "referral per household", "family place per unit", but not what comes after "per"
    named, per, base = unit.partition(" per ")
    if value == 1:
        named = named.removesuffix("s")
    return f"{value:,.10g} {named}{per}{base}".strip()


@remembered(lambda data: [data / name for name in (SOURCES_FILE, *REGISTER_FILES)])
def load_registers(data: Path) -> Registers:
    """Read and check sources.csv and both assumption registers below ``data``.

    Raises InputError naming file, row, column, what was found and what is expected.
    """
    frame = read_register(data, SOURCES_FILE, schemas.SOURCES)
    sources = {row["source_id"]: Source(**_renamed(row, "source_id")) for row in _records(frame)}
    assumptions: dict[str, Assumption] = {}
    rows: dict[str, int] = {}
    for name in REGISTER_FILES:
        frame = read_register(data, name, schemas.ASSUMPTIONS, sources=sources)
        for at, row in enumerate(_records(frame)):
            entry = Assumption(**_renamed(row, "assumption_id"), register=Path(name).stem)
            if entry.id in assumptions:
                raise InputError(
                    f"Register of assumptions: '{entry.id}' is also in {assumptions[entry.id].register}.csv.",
                    file=f"data/{name}",
                    row=at + 2,
                    column="assumption_id",
                    found=entry.id,
                    expected="an id that no other register has",
                    action="keep one of the two rows",
                )
            assumptions[entry.id] = entry
            rows[entry.id] = at + 2
    _check_disclosure_rules(assumptions, rows)
    return Registers(MappingProxyType(assumptions), MappingProxyType(sources))


def _check_disclosure_rules(assumptions: Mapping[str, Assumption], rows: Mapping[str, int]) -> None:
    """The numbers of the rule on small counts must fit each other. Raises InputError with all that do not.

    With a minimum of 5 a hidden count is 1 to 4, a range of 3: a narrower one lets a reader come nearer than the rule
    says, and a wider one cannot be had. Rounding must leave every count that may be printed above 0.
    """
    minimum, width, rounding = (
        assumptions[f"disclosure_{name}"] for name in ("minimum", "width", "rounding")
    )
    problems = Problems(f"data/{REGISTER_FILES[0]}")

    def wrong(one: Assumption, expected: str, action: str) -> None:
        problems.add(
            f"Register of assumptions: the rules on small counts do not fit each other ({one.id}).",
            row=rows[one.id],
            column="value",
            found="" if one.value is None else f"{one.value:.10g}",
            expected=expected,
            action=action,
        )

    least = minimum.value or 0.0
    if least < 2 or least % 1:
        wrong(
            minimum, "a whole number of 2 or more", "write the smallest count that may be printed, such as 5"
        )
    else:
        if width.value != least - 2:
            wrong(
                width,
                f"{least - 2:.10g}: with a minimum of {least:.10g} a hidden count is 1 to {least - 1:.10g}",
                f"change disclosure_width to {least - 2:.10g} together with disclosure_minimum",
            )
        if rounding.value is None or rounding.value < 1 or rounding.value % 1 or rounding.value >= 2 * least:
            wrong(
                rounding,
                f"a whole number from 1 to {2 * least - 1:.10g}: a count of {least:.10g} must not be printed as 0",
                "write 1 to print counts as they were returned",
            )
    problems.raise_if_any()


def read_register(
    data: Path, name: str, schema: TableSchema, *, sources: Mapping[str, Source] | None = None
) -> pd.DataFrame:
    """One bundled table as a typed frame; with ``sources``, every source id must be among them.

    ``name`` is the path below ``data``. Raises InputError naming file, row and column.
    """
    # a copy in name only: what a caller writes into it stays the caller's
    frame = _validated(data, name, schema).copy(deep=False)
    if sources is not None:
        check_source_ids(frame, sources, file=f"data/{name}")
    return frame


@remembered(lambda data, name, schema: [data / name])
def _validated(data: Path, name: str, schema: TableSchema) -> pd.DataFrame:
    shown = f"data/{name}"
    return validate(_strings(data / name, shown), schema, file=shown)


def check_source_ids(frame: pd.DataFrame, sources: Mapping[str, Source], *, file: str) -> None:
    """Raise InputError for the first cell of ``source_id`` or ``source_ids`` that names an unknown source."""
    column = "source_ids" if "source_ids" in frame.columns else "source_id"
    wrong = [
        (at, name) for at, cell in enumerate(frame[column]) for name in cell.split() if name not in sources
    ]
    problems = Problems(file)
    for at, name in wrong:
        problems.add(
            f"The source '{name}' is not in the register of sources.",
            row=at + 2,
            column=column,
            found=name,
            expected=f"a source_id of data/{SOURCES_FILE}",
            action=f"add the source to data/{SOURCES_FILE}, or correct the id",
        )
    problems.raise_if_any()


def load_authorities(data: Path) -> pd.DataFrame:
    """Authorities of England at April 2021, with tier one, region, police force and residents."""
    return read_register(data, "authorities.csv", schemas.AUTHORITIES)


def load_tables(data: Path) -> pd.DataFrame:
    """The bundled tables that are not registers: unit, vintage, sources, licence, attribution."""
    return read_register(data, "tables.csv", schemas.TABLES)


def load_local_returns(data: Path) -> pd.DataFrame:
    """Published local figures, each with its period and source id."""
    return read_register(data, "local_returns.csv", schemas.LOCAL_RETURNS)


def load_national_rates(data: Path) -> pd.DataFrame:
    """Published national rates as printed, in percent."""
    return read_register(data, "rates/national_rates.csv", schemas.RATES)


def _strings(path: Path, shown: str) -> pd.DataFrame:
    try:
        # Blank lines are kept as rows, so that the row number of a problem is the one a spreadsheet shows.
        frame = pd.read_csv(
            path,
            dtype=str,
            keep_default_na=False,
            na_filter=False,
            encoding="utf-8-sig",
            skip_blank_lines=False,
        )
    except FileNotFoundError:
        raise InputError(
            "A register is missing.", file=shown, action="restore the file from the project"
        ) from None
    except UnicodeDecodeError:
        raise InputError(
            "A register is not in UTF-8.",
            file=shown,
            expected="text saved as CSV UTF-8",
            action="save it as CSV UTF-8",
        ) from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError(
            "A register cannot be read as a table.",
            file=shown,
            found=str(error),
            expected="a CSV with one heading row and the same number of cells in every row",
            action="put quotation marks round cells that hold a comma",
        ) from None
    return frame


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            str(key): None if isinstance(value, float) and np.isnan(value) else value
            for key, value in row.items()
        }
        for row in frame.to_dict("records")
    ]


def _renamed(row: dict[str, Any], id_column: str) -> dict[str, Any]:
    return {"id" if key == id_column else key: value for key, value in row.items()}


def _unknown(what: str, name: str, known: Mapping[str, object], file: str) -> InputError:
    near = get_close_matches(name, known, n=3)
    return InputError(
        f"There is no {what} '{name}' in the registers.",
        file=file,
        column=f"{what}_id",
        found=name,
        expected="one of the near names " + ", ".join(near) if near else f"the id of a row of {file}",
        action=f"add a row with its source to {file}, or correct the id",
    )

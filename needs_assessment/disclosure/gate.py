"""The gate: results, returns, tables and files leave the library through here and nowhere else.

Counts of real people below the registered minimum are suppressed, with as few other numbers as keep a reader from
working them out (``protection.py``). A result is a function of local counts, of registers and of draws; it is printed
only where every local figure that it rests on is printed, so that results tell nothing that the printed figures do not.
A suppressed cell holds the marker ``[c]``, never 0 and never a blank. Modelled figures that rest on no local count are
estimates about the area, not counts of people, and pass as they are.

Only this module makes ``PublishedTable``, ``SafeResults``, ``SafeReturns`` and ``Released``, and writers take nothing
else; a test reads the source for it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from needs_assessment.disclosure.audit import AUDIT_COLUMNS
from needs_assessment.disclosure.decision import Links, ResultKey, decide
from needs_assessment.disclosure.protection import Rules
from needs_assessment.disclosure.published_table import SUPPRESSED, PublishedTable, TableColumn
from needs_assessment.results import RESULT_COLUMNS, Results

SUPPRESSION_NOTE = "suppressed to protect people's confidentiality: rests on a suppressed count"
MARKED = "[c] marks a figure suppressed to protect people's confidentiality."
NUMBERS = ["value", "low", "high"]
PEOPLE = (
    *("ward_code", "ward_name", "authority_code", "authority_name"),
    *("sex", "age_from", "age_to", "persons"),
)
ASSUMPTIONS = (
    *("assumption_id", "label", "value", "low", "high", "meaning_of_range", "unit", "population", "period"),
    *("status", "source_id", "reason", "note", "register", "source"),
)
RATE_SET = (
    *(
        "rate_set",
        "measure",
        "sex",
        "age_from",
        "age_to",
        "group",
        "rate",
        "low",
        "high",
        "meaning_of_range",
        "unit",
    ),
    *(
        "published_count",
        "base",
        "effective_base",
        "edition",
        "question_set",
        "population_scope",
        "source_id",
    ),
    *("status", "reason"),
)
# what is written as a file of its own beside the tables, with its columns: nothing else can be
FILES: dict[str, tuple[str, ...]] = {
    "results.csv": RESULT_COLUMNS,
    "disclosure_audit.csv": AUDIT_COLUMNS,
    "earlier_releases.csv": (
        *("release", "measure", "accommodation_type", "period_start", "period_end", "value", "rounding"),
    ),
    "assumptions_used.csv": ASSUMPTIONS,
    "inputs_used.csv": ("input", "file", "sha256", "rows_used", "date", "source_ids"),
    "inputs/population.csv": PEOPLE,
    "inputs/rates.csv": ("rate_set", "edition", "question_set", "sex", "age_from", "age_to", "rate"),
    "inputs/rate_set.csv": RATE_SET,
}


@dataclass(frozen=True)
class Released:
    """A frame that may be written as the file it is named after."""

    name: str
    frame: pd.DataFrame


@dataclass(frozen=True)
class SafeReturns:
    """Local returns that have passed the gate: values are numbers, NaN or ``[c]``."""

    frame: pd.DataFrame


@dataclass(frozen=True)
class SafeResults:
    """Results that have passed the gate; numbers are floats, NaN (not known) or ``[c]``."""

    frame: pd.DataFrame
    area_code: str
    suppressed_measures: tuple[str, ...]
    minimum: int

    @cached_property
    def _places(self) -> dict[tuple[str, str, str], list[int]]:
        """Positions of the rows of each measure, level and breakdown: they are looked up hundreds of times in a run."""
        found: dict[tuple[str, str, str], list[int]] = {}
        keys = zip(
            *(self.frame[name].tolist() for name in ("measure", "area_level", "breakdown")), strict=True
        )
        for place, key in enumerate(keys):
            found.setdefault(key, []).append(place)
        return found

    def pick(self, measures: Sequence[str], *, level: str, breakdown: str = "all") -> pd.DataFrame:
        """Rows of some measures at one level and breakdown, in table order."""
        places = [
            place
            for name in dict.fromkeys(measures)
            for place in self._places.get((name, level, breakdown), ())
        ]
        return self.frame.iloc[sorted(places)].reset_index(drop=True)

    def row(
        self, measure: str, *, breakdown: str = "all", category: str = "all", level: str = "authority"
    ) -> pd.Series:
        """One row. Raises KeyError when there is none."""
        found = self._of_category(measure, level, breakdown, category)
        if len(found) != 1:
            raise KeyError(f"{len(found)} results for {measure} {breakdown} {category} at {level}")
        return self.frame.iloc[found[0]]

    def has(self, measure: str, *, breakdown: str = "all", category: str = "all") -> bool:
        return bool(self._of_category(measure, "authority", breakdown, category))

    def _of_category(self, measure: str, level: str, breakdown: str, category: str) -> list[int]:
        categories = self._categories
        return [
            place
            for place in self._places.get((measure, level, breakdown), ())
            if categories[place] == category
        ]

    @cached_property
    def _categories(self) -> list[str]:
        return list(self.frame["category"])


@dataclass(frozen=True)
class Guarded:
    """What may be said of one run's local counts, decided once for everything that is written.

    returns: as they may be printed; hidden: results (measure, breakdown, category) that may not, at any level; audit:
    what was done, fit to be published; warnings: what a reader has to be told of it.
    """

    returns: SafeReturns
    hidden: frozenset[ResultKey]
    audit: Released
    warnings: tuple[str, ...] = ()


def guard(
    returns: pd.DataFrame,
    rules: Rules,
    links: Links | None = None,
    *,
    area: str = "",
    unlisted: pd.DataFrame | None = None,
) -> Guarded:
    """Decide what is hidden of local returns and of the results that rest on them.

    returns: ``LocalReturns.described()``: one row a figure, with measure, accommodation_type, period_start, period_end,
    value, protected, part_of and flow. Counts of people from 1 to minimum - 1 are hidden, with the fewest other numbers
    from which one could be worked out; a figure that is no count but belongs to a hidden one (a mean stay) goes with it.
    unlisted: counts in the same columns that results show and no table of returns lists (people on one matched list).
    """
    every = (
        returns if unlisted is None or unlisted.empty else pd.concat([returns, unlisted], ignore_index=True)
    )
    found = decide(every, rules, links or Links(), area)
    audit = release_file("disclosure_audit.csv", found.audit)
    return Guarded(SafeReturns(found.returns.iloc[: len(returns)]), found.results, audit, found.warnings)


def release(results: Results, hidden: Collection[ResultKey], minimum: int) -> SafeResults:
    """Pass results through the gate: those in ``hidden`` are suppressed at every level, notes and all.

    hidden: measure, breakdown and category, as ``guard`` found them; minimum: the smallest count that may be published.
    A result that is not known stays blank, with its reason.
    """
    frame = results.frame.copy()
    frame[NUMBERS] = frame[NUMBERS].astype(object)
    gone = set(hidden)
    keys = frame[["measure", "breakdown", "category"]].itertuples(index=False, name=None)
    covered = pd.Series([key in gone for key in keys], index=frame.index, dtype="bool")
    covered &= results.frame[NUMBERS].notna().any(axis=1)
    frame.loc[covered, NUMBERS] = SUPPRESSED
    frame.loc[covered, "note"] = SUPPRESSION_NOTE
    measures = tuple(dict.fromkeys(frame.loc[covered, "measure"]))
    return SafeResults(frame, results.area_code, measures, minimum)


def release_file(name: str, frame: pd.DataFrame) -> Released:
    """A frame of registers, population, rates or results as the file of that name.

    Raises ValueError for a file that the gate does not know, or columns that it does not have.
    """
    if name not in FILES:
        raise ValueError(f"{name} is not a file that may be written; they are {', '.join(FILES)}")
    strange = [column for column in frame.columns if column not in FILES[name]]
    if strange:
        raise ValueError(f"{name} has no column {', '.join(map(str, strange))}")
    return Released(name, frame)


def publish_table(
    name: str,
    title: str,
    columns: Sequence[TableColumn],
    frame: pd.DataFrame,
    *,
    notes: Sequence[str] = (),
    source: str = "",
) -> PublishedTable:
    """A table made of cells of ``SafeResults`` (or of registers), ready for every writer.

    Raises ValueError when the frame lacks a column or holds a number in words.
    """
    missing = [column.key for column in columns if column.key not in frame]
    if missing:
        raise ValueError(f"table {name} lacks the columns {missing}")
    for column in columns:
        if column.kind != "text":
            stray = [cell for cell in frame[column.key] if isinstance(cell, str) and cell != SUPPRESSED]
            if stray:
                raise ValueError(f"table {name}, column {column.key}: {stray[0]!r} is not a number")
    shown = frame[[column.key for column in columns]].reset_index(drop=True)
    marked = any((shown[column.key] == SUPPRESSED).any() for column in columns)
    extra = (MARKED,) if marked and MARKED not in notes else ()
    return PublishedTable(name, title, tuple(columns), shown, (*notes, *extra), source)


def publish_view(
    table: PublishedTable,
    keys: Mapping[str, str],
    *,
    rows: pd.Series | None = None,
    added: Mapping[str, pd.Series] | None = None,
) -> PublishedTable:
    """Some columns (and rows) of a published table under the keys a chart expects; nothing new is calculated.

    keys: column key -> key in the view; added: columns of words made from the table's own words.
    """
    columns = {column.key: column for column in table.columns}
    frame = table.frame.assign(**(added or {}))
    if rows is not None:
        frame = frame[rows]
    chosen = tuple(replace(columns.get(key, TableColumn(key, key)), key=new) for key, new in keys.items())
    shown = frame[list(keys)].rename(columns=dict(keys)).reset_index(drop=True)
    return replace(table, columns=chosen, frame=shown)

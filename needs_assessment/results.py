"""The one long result table: its columns, the catalogue of measures, and lookups.

``value`` is the result at the central value of every input: it adds up and does not depend on the seed. ``low`` and
``high`` are the 2.5 and 97.5 percentiles of the draws, blank where nothing is random. Values are unrounded. Unknown:
the row is present, ``value`` blank and the reason in ``note``.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from needs_assessment.catalogue.results import RESULT_MEASURES

RESULT_COLUMNS = (
    "area_code",
    "area_name",
    "area_level",
    "measure",
    "breakdown",
    "category",
    "value",
    "low",
    "high",
    "unit",
    "basis",
    "method",
    "source_ids",
    "assumption_ids",
    "note",
)
NUMBERS = ("value", "low", "high")
Level = Literal["authority", "member", "district", "ward", "england"]
LEVELS: tuple[Level, ...] = ("authority", "member", "district", "ward", "england")
Basis = Literal["modelled", "observed", "mixed"]
ALL = "all"
# measure, breakdown and category of a result; measure, type, first and last day of a local figure
ResultKey = tuple[str, str, str]
FigureKey = tuple[str, str, dt.date, dt.date]
__all__ = [
    "LEVELS",
    "RESULT_COLUMNS",
    "RESULT_MEASURES",
    "AreaRow",
    "Provenance",
    "Results",
    "ResultsBuilder",
    "Row",
]


@dataclass(frozen=True)
class AreaRow:
    """One area of the result table."""

    code: str
    name: str
    level: Level


@dataclass(frozen=True)
class Provenance:
    """Where a block of rows comes from.

    figures: the local figures of people that its values rest on, which the gate hides them with; None where the step did not
    say. Supply and costs are no counts of people, and are not among them.
    """

    basis: Basis
    method: str
    source_ids: tuple[str, ...] = ()
    assumption_ids: tuple[str, ...] = ()
    note: str = ""
    figures: frozenset[FigureKey] | None = None


def figures_of(*provenances: Provenance) -> frozenset[FigureKey]:
    """The local figures behind any of these."""
    return frozenset().union(*(one.figures or () for one in provenances))


class Row(NamedTuple):
    """One result, as a lookup returns it; ``value`` is NaN when it is not known."""

    area_code: str
    area_name: str
    area_level: str
    measure: str
    breakdown: str
    category: str
    value: float
    low: float
    high: float
    unit: str
    basis: str
    method: str
    source_ids: str
    assumption_ids: str
    note: str

    @property
    def known(self) -> bool:
        return not math.isnan(self.value)


class ResultsBuilder:
    """Collects blocks of results and puts them in the table's order."""

    def __init__(self) -> None:
        self._texts: dict[str, list[str]] = {name: [] for name in RESULT_COLUMNS if name not in NUMBERS}
        self._numbers: dict[str, list[np.ndarray]] = {name: [] for name in NUMBERS}
        self._figures: dict[ResultKey, frozenset[FigureKey] | None] = {}
        self.draws: dict[str, np.ndarray] = {}

    def keep(self, measure: str, draws: np.ndarray) -> None:
        """Keep the draws of a measure of the whole area, shape [draw], for the difference of two scenarios."""
        self.draws[measure] = np.asarray(draws, dtype=np.float32)

    def add(
        self,
        measure: str,
        areas: Sequence[AreaRow],
        value: object,
        low: object = None,
        high: object = None,
        *,
        provenance: Provenance,
        breakdown: str = ALL,
        category: str = ALL,
        notes: Sequence[str] | None = None,
    ) -> None:
        """Append one measure for some areas; value, low and high are scalars or arrays in the order of ``areas``."""
        if measure not in RESULT_MEASURES:
            raise KeyError(f"measure '{measure}' is not in the catalogue")
        count = len(areas)
        if notes is not None and len(notes) != count:
            raise ValueError(f"{len(notes)} notes for {count} areas")
        for name, number in zip(NUMBERS, (value, low, high), strict=True):
            self._numbers[name].append(_spread(number, count))
        of_area: dict[str, list[str]] = {
            "area_code": [area.code for area in areas],
            "area_name": [area.name for area in areas],
            "area_level": [area.level for area in areas],
            "note": list(notes) if notes is not None else [provenance.note] * count,
        }
        of_block = {
            "measure": measure,
            "breakdown": breakdown,
            "category": category,
            "unit": RESULT_MEASURES[measure].unit,
            "basis": provenance.basis,
            "method": provenance.method,
            "source_ids": " ".join(dict.fromkeys(provenance.source_ids)),
            "assumption_ids": " ".join(dict.fromkeys(provenance.assumption_ids)),
        }
        for name, texts in of_area.items():
            self._texts[name] += texts
        for name, text in of_block.items():
            self._texts[name] += [text] * count
        if np.any(~np.isnan(self._numbers["value"][-1])):  # what is not known rests on nothing
            self._note_figures((measure, breakdown, category), provenance.figures)

    def _note_figures(self, key: ResultKey, figures: frozenset[FigureKey] | None) -> None:
        """A result has one block of rows a level: one of them that does not say leaves it unsaid."""
        known = self._figures.get(key, frozenset())
        self._figures[key] = None if figures is None or known is None else known | figures

    def build(self) -> Results:
        """The finished table: by level, area and measure, the ``all`` row of each measure first."""
        texts = self._texts
        levels: dict[str, int] = {level: place for place, level in enumerate(LEVELS)}
        measures = {name: place for place, name in enumerate(RESULT_MEASURES)}
        codes = {code: place for place, code in enumerate(sorted(set(texts["area_code"])))}
        order = np.lexsort(
            (
                [breakdown != ALL for breakdown in texts["breakdown"]],
                [measures[name] for name in texts["measure"]],
                [codes[code] for code in texts["area_code"]],
                [levels[level] for level in texts["area_level"]],
            )
        )
        columns: dict[str, object] = {}
        for name in RESULT_COLUMNS:
            if name in NUMBERS:
                columns[name] = np.concatenate(self._numbers[name])[order]
            else:
                columns[name] = pd.array([texts[name][place] for place in order], dtype="str")
        return Results(pd.DataFrame(columns), self._figures)


def _spread(value: object, count: int) -> np.ndarray:
    if value is None:
        return np.full(count, np.nan)
    return np.broadcast_to(np.asarray(value, dtype=float), (count,)).copy()


class Results:
    """The long table with its lookups; refuses duplicate keys.

    figures: the local figures that each known result rests on; None, or no entry, where its step did not say.
    """

    KEY = ("area_code", "area_level", "measure", "breakdown", "category")

    def __init__(
        self, frame: pd.DataFrame, figures: Mapping[ResultKey, frozenset[FigureKey] | None] | None = None
    ) -> None:
        self.figures = figures or {}
        keys = list(zip(*(frame[name].tolist() for name in self.KEY), strict=True))
        self._places = {key: place for place, key in enumerate(keys)}
        if len(self._places) < len(keys):
            first = next(key for place, key in enumerate(keys) if self._places[key] != place)
            raise ValueError(f"two results for the same key: {dict(zip(self.KEY, first, strict=True))}")
        self._blocks: dict[tuple[str, str, str], dict[str, list[int]]] = {}
        for place, (_, level, measure, breakdown, category) in enumerate(keys):
            block = self._blocks.setdefault((measure, level, breakdown), {})
            block.setdefault(category, []).append(place)
        self.frame = frame
        assessed = frame.loc[frame["area_level"] == "authority", "area_code"].unique()
        self.area_code = str(assessed[0]) if len(assessed) == 1 else ""

    def row(
        self,
        measure: str,
        *,
        area: str | None = None,
        level: Level = "authority",
        breakdown: str = ALL,
        category: str = ALL,
    ) -> Row:
        """One result; the assessed area unless another is named. Raises KeyError when there is no such row."""
        key = (area if area is not None else self.area_code, level, measure, breakdown, category)
        if key not in self._places:
            raise KeyError(f"no result for {key}")
        return Row(*self.frame.iloc[self._places[key]].tolist())

    def rows(
        self, measures: Iterable[str], *, level: Level, breakdown: str = ALL, category: str | None = ALL
    ) -> pd.DataFrame:
        """The rows of some measures at one level, in table order; every category when ``category`` is None."""
        places: list[int] = []
        for name in set(measures):
            held = self._blocks.get((name, level, breakdown), {})
            for each in held if category is None else (category,):
                places += held.get(each, ())
        return self.frame.iloc[sorted(places)].reset_index(drop=True)

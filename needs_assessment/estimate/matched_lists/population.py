"""Everyone with a need, on a service's list or not, from how the lists overlap: one answer for two lists or more.

Two lists: Chapman's estimate. Three to five: every hierarchical log-linear model, averaged by AIC and not by BIC, which
settles on one model too soon: in simulated populations its averaged 95% interval holds the truth as rarely as 40 times in
100, that of AIC 96 times or more (``benchmarks/overlap_coverage.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from needs_assessment.estimate.matched_lists.bounds import NoEstimate, all_models, chapman

CHAPMAN, LOG_LINEAR = "Chapman, two lists", "log-linear models, averaged by AIC"
CRITERION = "aic"
MODEL_COLUMNS = ["terms", "population", "low", "high", "aic_weight", "bic_weight"]


@dataclass(frozen=True)
class ListPopulation:
    """Everyone by the overlaps of some lists, with the interval and how far the models differ.

    seen: different people on at least one list; population, low, high: everyone, on a list or not (high is infinite when
    the data set no upper limit); lowest, highest: least and greatest estimate of the models that fit about as well; models:
    those models, best AIC first, with MODEL_COLUMNS (terms: tuple of tuples of lists, empty for independent lists);
    fitted, left_out: how many models have an estimate and how many have none.
    """

    lists: tuple[str, ...]
    seen: float
    population: float
    low: float
    high: float
    lowest: float
    highest: float
    method: str
    models: pd.DataFrame
    fitted: int
    left_out: int


def list_population(histories: pd.DataFrame) -> ListPopulation:
    """Everyone, from people by history over two to five lists.

    histories: one 0/1 column a list and ``count``, as for ``overlap.log_linear``. The lists are put in the order of their
    names, so the order of the columns changes nothing. Raises NoEstimate when not one model has an estimate, ValueError
    for a frame of another shape.
    """
    lists = tuple(sorted(str(name) for name in histories.columns if name != "count"))
    ordered = histories[[*lists, "count"]]
    if len(lists) == 2:
        return _two(ordered, lists)
    spread = all_models(ordered, criterion=CRITERION)
    kept = [
        {
            "terms": model.terms,
            **{name: getattr(model, name) for name in ("population", "low", "high")},
            "aic_weight": aic,
            "bic_weight": bic,
        }
        for model, aic, bic in zip(spread.models, spread.aic_weights, spread.bic_weights, strict=True)
        if not np.isnan(model.low)
    ]
    return ListPopulation(
        lists=lists,
        seen=spread.seen,
        population=spread.population,
        low=spread.low,
        high=spread.high,
        lowest=spread.lowest,
        highest=spread.highest,
        method=LOG_LINEAR,
        models=pd.DataFrame(kept, columns=MODEL_COLUMNS),
        fitted=len(spread.models),
        left_out=len(spread.left_out),
    )


def _two(histories: pd.DataFrame, lists: tuple[str, ...]) -> ListPopulation:
    first, second, both = (
        float(histories.loc[on, "count"].sum())
        for on in (
            histories[lists[0]] == 1,
            histories[lists[1]] == 1,
            (histories[lists[0]] == 1) & (histories[lists[1]] == 1),
        )
    )
    if not both:
        # Chapman's formula stays finite, but with nobody on both lists it says only how long the lists are
        raise NoEstimate("nobody is on both lists, so the overlap says nothing about those on none")
    found = chapman(first, second, both)
    model = [(), found.population, found.low, found.high, 1.0, 1.0]
    return ListPopulation(
        lists=lists,
        seen=found.seen,
        population=found.population,
        low=found.low,
        high=found.high,
        lowest=found.population,
        highest=found.population,
        method=CHAPMAN,
        models=pd.DataFrame([model], columns=MODEL_COLUMNS),
        fitted=1,
        left_out=1,
    )


@dataclass(frozen=True)
class MatchedLists:
    """The lists of one tier matched with each other: people by history, and what their overlap says of everyone.

    people: None where no model has an estimate, and ``reason`` says why.
    """

    tier: str
    lists: tuple[str, ...]
    histories: pd.DataFrame
    people: ListPopulation | None
    reason: str = ""

    def total(self, name: str) -> float:
        return float(self.histories.loc[self.histories[name] == 1, "count"].sum())

    @property
    def union(self) -> float:
        return float(self.histories["count"].sum())


@dataclass(frozen=True)
class Union:
    """How many different people some lists hold: fewest and most, equal where the lists have been matched."""

    fewest: float
    most: float

    def at(self, position: float) -> float:
        """The number ``position`` of the way (0 to 1) from the fewest to the most."""
        return self.fewest + (self.most - self.fewest) * position


def union_of(totals: Mapping[str, float], matched: MatchedLists | None = None) -> Union:
    """The bounds of the different people on single lists and, as one list, on those that have been matched.

    totals: people on each list that was not matched. 120, 45 and 80 people are from 120 to 245 different ones; once the
    last two are known to hold 100 together, from 120 to 220. Raises ValueError without any list.
    """
    lengths: Sequence[float] = [*totals.values(), *([] if matched is None else [matched.union])]
    if not lengths:
        raise ValueError("there is no list")
    return Union(max(lengths), sum(lengths))

"""Which local figures each result rests on: what the gate has to hide with a count of people.

A result that names a local source and is not described here is taken to rest on every local figure, so that a new
measure hides too much until it is described, and never too little.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from needs_assessment.catalogue.returns import LISTS_OF_TIER, WHOLE_OF_TIER
from needs_assessment.inputs.load import Inputs
from needs_assessment.inputs.returns.local_figures import (
    NOT_SUPPORTED,
    OWN_FILE,
    SUPPORTED,
    LocalFigure,
    annual_figure,
    by_type,
    police_people,
    refuge_figure,
    state_figure,
)
from needs_assessment.inputs.returns.matched_lists import Overlaps
from needs_assessment.inputs.returns.returns import LocalReturns
from needs_assessment.results import Results
from needs_assessment.steps.by_type import DECLINED, NEEDED, TYPES
from needs_assessment.steps.places import LOCAL_DEMAND

# measure, breakdown and category of a result; measure, type and period of a local figure
ResultKey = tuple[str, str, str]
FigureKey = tuple[str, str, dt.date, dt.date]
REFUGE = "refuge"
ANSWERED = ("places_required_", "gap_if_national_average_", "gap_", "probability_of_gap_")
COSTS = ("cost_of_gap", "cost_of_gap_capital")
# routes to posts needed that start from a local count
POSTS = {"idva_fte": "idva_referrals", "marac_admin_fte": "marac_cases"}


@dataclass(frozen=True)
class Dependence:
    """rests_on: the local figures behind each result; differences: pairs of which a result is the first less the second."""

    rests_on: dict[ResultKey, frozenset[FigureKey]]
    differences: tuple[tuple[FigureKey, FigureKey], ...] = ()


def dependence(inputs: Inputs, results: Results) -> Dependence:
    """What the gate is told of one run's results; a result that is not known rests on nothing."""
    return dependence_of(inputs.returns, inputs.overlaps, results)


def dependence_of(returns: LocalReturns, overlaps: Overlaps, results: Results) -> Dependence:
    """The same for the returns of another scenario."""
    local = _Local(returns, overlaps)
    if not local.everything:
        return Dependence({})
    names = {OWN_FILE, *returns.frame["source"]}
    frame = results.frame[results.frame["value"].notna()]
    columns = ["measure", "breakdown", "category"]
    keys = frame[columns].itertuples(index=False, name=None)
    found: dict[ResultKey, frozenset[FigureKey]] = {}
    behind: dict[ResultKey, list[FigureKey] | None] = {}
    for key, sources in zip(keys, frame["source_ids"], strict=True):
        # a result has one row an area, all of them resting on the same figures
        if key not in behind:
            behind[key] = local.behind(*key)
        known = behind[key]
        if known is None:
            known = local.everything if names & set(sources.split()) else []
        if known:
            found[key] = found.get(key, frozenset()) | frozenset(known)
    return Dependence(found, local.differences())


class _Local:
    """The local figures of a run by the part of the estimate that takes them."""

    def __init__(self, returns: LocalReturns, overlaps: Overlaps) -> None:
        self.returns = returns
        self.matched = {
            tier: [(name, "", table.period_start, table.period_end) for name in table.lists]
            for tier, table in overlaps.tables.items()
        }
        frame = returns.frame
        self.everything: list[FigureKey] = list(
            zip(
                frame["measure"],
                frame["accommodation_type"],
                frame["period_start"],
                frame["period_end"],
                strict=True,
            )
        )
        self.everything += [key for keys in self.matched.values() for key in keys]
        refuge = {name: refuge_figure(returns, name) for name in LOCAL_DEMAND}
        self.in_use = _keys([refuge.pop("places_in_use")])
        self.accepted = _keys([refuge["referrals_accepted"]])
        self.demand = _keys(refuge.values())
        self.crossing = self._annual("households_from_outside", "out_of_area_placements")
        self.types = {kind: self._type(kind) for kind in TYPES}

    def _annual(self, *names: str) -> list[FigureKey]:
        return _keys(annual_figure(self.returns, name) for name in names)

    def _type(self, kind: str) -> list[FigureKey]:
        if kind == REFUGE:
            return self.demand
        return _keys(by_type(self.returns, name).get(kind) for name in (*NEEDED, DECLINED))

    def behind(self, measure: str, breakdown: str, category: str) -> list[FigureKey] | None:
        """The local figures behind a result; None where this module does not describe its measure."""
        for start in ("on_matched_lists_", "hidden_population_"):
            if measure.startswith(start):
                return self.matched[measure.removeprefix(start)]
        part, _, tier = measure.partition("_")
        if part in ("need", "met", "unmet"):
            return self._tier(part, tier)
        for prefix, name in POSTS.items():
            if measure.startswith(prefix):
                return self._annual(name) if category == "local_return" else []
        if breakdown == "accommodation_type":
            return [] if measure == "places_available" else self.types.get(category)
        if breakdown == "pooling":
            return [key for keys in self.types.values() for key in keys]
        if breakdown == "cross_boundary":
            return [*self.demand, *self.crossing]
        if measure in COSTS:
            return self._answer(category if breakdown == "answer" else "standard")
        if measure in ("households_seeking_refuge", "turned_away_share"):
            return self.demand
        for start in ANSWERED:
            if measure.startswith(start):
                return self._answer(measure.removeprefix(start))
        return [] if measure == "places_available" else None

    def _answer(self, answer: str) -> list[FigureKey] | None:
        return {
            "standard": [],
            "national_model": [],
            "queueing": self.demand,
            "turned_away": [*self.demand, *self.in_use],
        }.get(answer)

    def _tier(self, part: str, tier: str) -> list[FigureKey] | None:
        if tier == "safe_accommodation":
            return self._safe_accommodation(part)
        met: dict[str, Callable[[], list[FigureKey]]] = {
            "told_anyone": list[FigureKey],
            "told_police": lambda: _keys(police_people(self.returns) or ()),
            **{name: partial(self._lists, name) for name in WHOLE_OF_TIER},
            "move_on": lambda: self._annual("households_moved_on"),
        }
        if tier not in met:
            return None
        need = self._need_of_move_on() if tier == "move_on" else []
        return {"need": need, "met": met[tier](), "unmet": [*need, *met[tier]()]}[part]

    def _lists(self, tier: str) -> list[FigureKey]:
        """The figure that counts everyone once, each service's own list, and those matched with each other."""
        return [*self._annual(WHOLE_OF_TIER[tier], *LISTS_OF_TIER[tier]), *self.matched.get(tier, [])]

    def _safe_accommodation(self, part: str) -> list[FigureKey]:
        met, unmet = self._annual(SUPPORTED), self._annual(NOT_SUPPORTED)
        # without a local count of those turned away, need is national and unmet need is that less the local count
        return {"met": met, "unmet": unmet or met, "need": [*met, *unmet] if unmet else []}[part]

    def _need_of_move_on(self) -> list[FigureKey]:
        ended = self._annual("households_support_ended", "households_support_not_needed")
        return [*ended, *self._state("households_ready_to_move_on")] if ended else self._annual(SUPPORTED)

    def _state(self, name: str) -> list[FigureKey]:
        """The figure of a state; each type of its own where they are written with other first days, as no total has one."""
        rows = self.returns.latest_by_type(name)
        if rows["period_start"].nunique() > 1:
            columns = ("measure", "accommodation_type", "period_start", "period_end")
            return list(zip(*(rows[column] for column in columns), strict=True))
        return _keys([state_figure(self.returns, name)])

    def differences(self) -> tuple[tuple[FigureKey, FigureKey], ...]:
        """Households who stay are those accepted less those from outside."""
        outside = self._annual("households_from_outside")
        return tuple((one, other) for one in self.accepted for other in outside)


def _keys(figures: Iterable[LocalFigure | None]) -> list[FigureKey]:
    return [
        (one.measure, one.accommodation_type, one.period_start, one.period_end)
        for one in figures
        if one is not None
    ]

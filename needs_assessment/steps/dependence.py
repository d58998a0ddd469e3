"""Which local figures each result rests on: what the gate has to hide with a count of people.

The step that takes a figure says so in the provenance of its rows. A result that names a local source and whose step said
nothing is taken to rest on every local figure, so that a new measure hides too much until it is described, never too little.
"""

from __future__ import annotations

from dataclasses import dataclass

from needs_assessment.inputs.returns.local_figures import OWN_FILE, annual_figure, keys_of, refuge_figure
from needs_assessment.inputs.returns.matched_lists import Overlaps
from needs_assessment.inputs.returns.returns import LocalReturns
from needs_assessment.results import FigureKey, ResultKey, Results


@dataclass(frozen=True)
class Dependence:
    """rests_on: the local figures behind each result; differences: pairs of which a result is the first less the second."""

    rests_on: dict[ResultKey, frozenset[FigureKey]]
    differences: tuple[tuple[FigureKey, FigureKey], ...] = ()


def dependence(returns: LocalReturns, overlaps: Overlaps, results: Results) -> Dependence:
    """What the gate is told of the results of some returns; a result that is not known rests on nothing."""
    columns = ("measure", "accommodation_type", "period_start", "period_end")
    everything = frozenset(zip(*(returns.frame[column] for column in columns), strict=True))
    everything |= {key for table in overlaps.tables.values() for key in table.keys}
    if not everything:
        return Dependence({})
    local = {OWN_FILE, *returns.frame["source"]}
    frame = results.frame[results.frame["value"].notna()]
    rows = frame[["measure", "breakdown", "category"]].itertuples(index=False, name=None)
    found: dict[ResultKey, frozenset[FigureKey]] = {}
    for key, sources in zip(rows, frame["source_ids"], strict=True):
        figures = results.figures.get(key)
        if figures is None:
            figures = everything if local & set(sources.split()) else frozenset()
        if figures:
            found[key] = found.get(key, frozenset()) | figures
    # households who stay are those accepted less those from outside
    accepted = keys_of([refuge_figure(returns, "referrals_accepted")])
    outside = keys_of([annual_figure(returns, "households_from_outside")])
    return Dependence(found, tuple((one, other) for one in accepted for other in outside))

"""Places required, available and short by type of accommodation, the six of the Regulations.

Refuge has national figures of demand and stay; the other types have a figure only where the council returns its own
acceptances and length of stay, because the stay of one type is never lent to another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from needs_assessment.arrays import Array
from needs_assessment.estimate.accommodation.answers import load
from needs_assessment.estimate.accommodation.costs import cost_of_gap
from needs_assessment.estimate.accommodation.places import FAMILY_PLACES
from needs_assessment.estimate.queueing import offered_load, places_interpolated, places_required_queueing
from needs_assessment.inputs.returns.local_figures import (
    LocalFigure,
    by_type,
    keys_of,
    supply_by_type,
    unit_costs,
)
from needs_assessment.results import Provenance, figures_of
from needs_assessment.steps.accommodation.places import TARGET, Demand, demand_provenance
from needs_assessment.steps.context import Run

TYPES = ("refuge", "specialist", "dispersed", "sanctuary", "second_stage", "other")
NEEDED = ("referrals_accepted", "length_of_stay_days")
DECLINED = "referrals_declined_capacity"


@dataclass(frozen=True)
class TypeLoad:
    """Offered load of one type: central and drawn [draw], and the local figures it rests on."""

    central: float
    drawn: Array
    provenance: Provenance


def add_by_type(run: Run, demand: Demand, fixed: Run, settled: Demand) -> None:
    """Rows by type for places required by queueing, its gap and its cost; then pooled against separate.

    fixed, settled: the run and its demand on the reference draws, from which the published medians are taken.
    """
    loads = {kind: _load(run, demand, kind) for kind in TYPES}
    reference = {kind: _load(fixed, settled, kind) for kind in TYPES}
    supply = supply_by_type(run.inputs.returns)
    costs = {kind: unit_costs(run.inputs.returns, f"unit_cost_{kind}") for kind in ("revenue", "capital")}
    for kind in TYPES:
        _add_type(run, kind, loads[kind], reference[kind], supply.get(kind), costs)
    known = [kind for kind in TYPES if loads[kind] is not None]
    if len(known) > 1:
        _add_pooling(run, [loads[kind] for kind in known], [reference[kind] for kind in known])


def _load(run: Run, demand: Demand, kind: str) -> TypeLoad | None:
    if kind == "refuge":
        provenance = demand_provenance(run, demand, "Erlang B by type; median of the draws", (TARGET,), kind)
        drawn = np.asarray(load(demand.drawn, demand.attempts_drawn))
        return TypeLoad(float(load(demand.central, demand.attempts)), drawn, provenance)
    found = {name: by_type(run.inputs.returns, name).get(kind) for name in (*NEEDED, DECLINED)}
    if any(found[name] is None for name in NEEDED):
        return None
    accepted, stay = (figure.value for name in NEEDED if (figure := found[name]) is not None)
    declined = 0.0 if (figure := found[DECLINED]) is None else figure.value
    used = [figure for figure in found.values() if figure is not None]
    note = "; ".join(f"{figure.measure.replace('_', ' ')}: {figure.describe()}" for figure in used)
    if found[DECLINED] is None:
        note += "; referrals declined for lack of capacity not returned, so those turned away are not in it"
    return TypeLoad(
        float(offered_load(accepted + declined / demand.attempts, stay)),
        np.asarray(offered_load(accepted + declined / demand.attempts_drawn, stay)),
        Provenance(
            "mixed",
            "Erlang B by type; median of the draws",
            (*run.sources("attempts_per_household"), *(figure.source_id for figure in used)),
            ("attempts_per_household", TARGET),
            note,
            keys_of(used),
        ),
    )


def _add_type(
    run: Run,
    kind: str,
    found: TypeLoad | None,
    reference: TypeLoad | None,
    supply: LocalFigure | None,
    costs: dict[str, dict[str, LocalFigure]],
) -> None:
    area, target = [run.tree.authority], run.figure(TARGET)
    labels = {"breakdown": "accommodation_type", "category": kind}
    if found is None or reference is None:
        missing = Provenance(
            "mixed", "none", note="not known: no local return of acceptances and length of stay for this type"
        )
        for measure in ("places_required_queueing", "gap_queueing", "cost_of_gap", "cost_of_gap_capital"):
            run.builder.add(measure, area, None, provenance=missing, **labels)
        return
    required = float(np.median(places_required_queueing(reference.drawn, target)))
    low, high = places_interpolated(np.quantile(found.drawn, [0.025, 0.975]), target)
    run.builder.add(
        "places_required_queueing", area, required, low, high, provenance=found.provenance, **labels
    )
    gap = np.nan if supply is None else required - supply.value
    limits = (None, None) if supply is None else (low - supply.value, high - supply.value)
    note = "not known: no local return of places of this type" if supply is None else supply.describe()
    sources = (*found.provenance.source_ids, *(() if supply is None else (supply.source_id,)))
    provenance = replace(
        found.provenance, basis="mixed", method="required less available", source_ids=sources, note=note
    )
    run.builder.add("gap_queueing", area, gap, *limits, provenance=provenance, **labels)
    chosen = {part: held.get(kind, held.get("")) for part, held in costs.items()}
    amounts = {part: np.nan if figure is None else figure.value for part, figure in chosen.items()}
    priced = cost_of_gap([gap], [amounts["revenue"]], [amounts["capital"]], FAMILY_PLACES, FAMILY_PLACES)
    for measure, part, amount in (
        ("cost_of_gap", "revenue", priced.revenue_total),
        ("cost_of_gap_capital", "capital", priced.capital_total),
    ):
        figure = chosen[part]
        words = f"no {part} unit cost of this type" if figure is None else figure.describe()
        own = () if figure is None else (figure.source_id,)
        cost = replace(
            provenance, method="gap × unit cost", source_ids=(*sources, *own), note=f"{note}; {words}"
        )
        run.builder.add(measure, area, float(amount), provenance=cost, **labels)


def _add_pooling(run: Run, loads: list[TypeLoad | None], reference: list[TypeLoad | None]) -> None:
    """The two bounds of what several types need: each on its own, and all as one; the truth lies between."""
    target = run.figure(TARGET)
    kept = [item for item in loads if item is not None]
    settled = [item.drawn for item in reference if item is not None]
    sources = tuple(dict.fromkeys(name for item in kept for name in item.provenance.source_ids))
    provenance = Provenance(
        "mixed",
        "Erlang B; median of the draws",
        sources,
        ("attempts_per_household", TARGET),
        "types with a known load; the truth lies between the two",
        figures_of(*(item.provenance for item in kept)),
    )
    separate = sum(np.asarray(places_required_queueing(item, target), dtype=float) for item in settled)
    pooled = np.asarray(places_required_queueing(sum(settled), target), dtype=float)
    for category, draws in (("separate", separate), ("pooled", pooled)):
        run.builder.add(
            "places_required_queueing",
            [run.tree.authority],
            float(np.median(np.asarray(draws))),
            provenance=provenance,
            breakdown="pooling",
            category=category,
        )

"""The share turned away now, and the ledger of who crosses a boundary."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from needs_assessment.estimate.answers import households_seeking, load
from needs_assessment.estimate.ledger import Ledger, ledger_from_returns, ledger_from_share, ledger_places
from needs_assessment.estimate.prevalence import interval
from needs_assessment.estimate.queueing import erlang_b
from needs_assessment.inputs.returns.local_figures import annual_figure, keys_of
from needs_assessment.results import Provenance, figures_of
from needs_assessment.steps.context import Run
from needs_assessment.steps.places import REFUGE_ONLY, TARGET, Demand, demand_provenance, refuge_demand


def add_turned_away_share(run: Run, demand: Demand, available: float | None, fixed: Run) -> None:
    """Share of households turned away with the places there are now; blank without a local return of supply."""
    provenance = demand_provenance(run, demand, "Erlang B; median of the draws", (), REFUGE_ONLY)
    if available is None:
        missing = Provenance("mixed", provenance.method, note="not known: there is no local return of supply")
        run.builder.add("turned_away_share", [run.tree.authority], None, provenance=missing)
        return
    shares = np.asarray(erlang_b(np.floor(available), load(demand.drawn, demand.attempts_drawn)))
    low, high = interval(shares[None, :])
    settled = refuge_demand(fixed)
    value = float(np.median(erlang_b(np.floor(available), load(settled.drawn, settled.attempts_drawn))))
    run.builder.add("turned_away_share", [run.tree.authority], value, low, high, provenance=provenance)


def add_ledger(run: Run, demand: Demand) -> None:
    """Stayers, leavers and arrivals in households a year, and what they do to the places required."""
    returns = run.inputs.returns
    arrivals, leavers = (
        annual_figure(returns, "households_from_outside"),
        annual_figure(returns, "out_of_area_placements"),
    )
    crossing = "bowstead_crossing_refuge"
    seeking = float(households_seeking(demand.central, demand.attempts))
    local = [figure for figure in (arrivals, leavers) if figure is not None]
    ledger: Ledger
    if arrivals is not None and leavers is not None and arrivals.value <= seeking:
        ledger = ledger_from_returns(seeking, arrivals.value, leavers.value)
        note = "arrivals and leavers from local returns"
    else:
        ledger = ledger_from_share(seeking, run.figure(crossing) / 100)
        note = "balanced: as many arrive as leave, at the national share of refuge help-seeking that crosses a boundary"
        if len(local) == 2:
            # still named as a source: were they not, that the arrivals are too many would show where they are suppressed
            note += "; the local return has more arrivals than households that seek a place, and is not used"
        else:
            local = []
    provenance = demand_provenance(run, demand, "cross-boundary ledger", (crossing, TARGET), note)
    provenance = replace(
        provenance,
        basis="mixed" if local or demand.local else "modelled",
        source_ids=(*provenance.source_ids, *(figure.source_id for figure in local)),
        note=f"{provenance.note}; the duty includes people from outside the area",
        figures=figures_of(provenance) | keys_of([arrivals, leavers]),
    )
    area = [run.tree.authority]
    # everyone who seeks a place, wherever from: the row is shown where arrivals are suppressed, and says nothing of them
    everyone = demand_provenance(
        run, demand, "accepted, and those declined for lack of capacity, each counted once", (), REFUGE_ONLY
    )
    run.builder.add("households_seeking_refuge", area, seeking, provenance=everyone)
    for category, value in (
        ("stayers", ledger.stayers),
        ("leavers", ledger.leavers),
        ("arrivals", ledger.arrivals),
    ):
        run.builder.add(
            "households_seeking_refuge",
            area,
            float(value),
            provenance=provenance,
            breakdown="cross_boundary",
            category=category,
        )
    places = ledger_places(ledger, demand.central.stay_days, run.figure(TARGET))
    for category, whole in (
        ("for everyone who seeks a place here", places.required),
        ("if every resident were placed here and nobody came", places.for_residents),
        ("for residents who stay", places.for_stayers),
    ):
        run.builder.add(
            "places_required_queueing",
            area,
            float(whole),
            provenance=provenance,
            breakdown="cross_boundary",
            category=category,
        )

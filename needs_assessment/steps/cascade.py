"""The cascade of tiers, each with need, met and unmet need.

A tier without a registered share and without a local return keeps its rows: blank, with the reason. What need and met mean
at each tier is told in ``estimate/cascade.py``. Safe accommodation has its rows from ``steps/accommodation.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from needs_assessment.catalogue.tiers import SAFE_ACCOMMODATION, TIERS
from needs_assessment.estimate.cascade import unmet_need
from needs_assessment.estimate.matched_lists.population import MatchedLists
from needs_assessment.estimate.prevalence import Sharing, interval
from needs_assessment.inputs.rates.rates import LAST_YEAR
from needs_assessment.results import Provenance, figures_of
from needs_assessment.steps.accommodation import Reconciliation
from needs_assessment.steps.area_tree import Labels, add_spread, spread_of
from needs_assessment.steps.context import Run, survey_provenance
from needs_assessment.steps.matched_lists import supported
from needs_assessment.steps.prevalence import Victims
from needs_assessment.steps.tier_amounts import (
    Amount,
    Unknown,
    at_move_on,
    carried,
    local,
    no_clients,
    people_at_high_risk,
    support_needed,
    told_police,
)

Array = NDArray[np.float64]


def add_cascade(
    run: Run, victims: Victims, matched: Mapping[str, MatchedLists] | None = None
) -> dict[str, Reconciliation]:
    """Rows need_, met_ and unmet_ of every tier but safe accommodation, by ward and above.

    matched: the services' lists that were matched with each other, by tier. Returns need held against met, for each tier
    whose met need is a local count and whose need is known.
    """
    by_victims, by_women = victims.shared.sharing, run.women.sharing
    everyone = Amount(
        victims.central,
        victims.shared.totals,
        survey_provenance(run, LAST_YEAR, run.inputs.scenario.method),
        victims.shared.spread,
    )
    high_risk = people_at_high_risk(run)
    matched = matched or {}
    # need, met need, and whose spread over wards and members they share
    tiers: dict[str, tuple[Amount | Unknown, Amount | Unknown, Sharing]] = {
        "told_anyone": (everyone, carried(run, "told_anyone", everyone), by_victims),
        "told_police": (everyone, told_police(run, everyone), by_victims),
        "community_support": (
            support_needed(run, everyone),
            supported(run, "community_support", everyone, matched.get("community_support"))
            or Unknown("no local return of different people supported by community-based services"),
            by_victims,
        ),
        "idva": (
            high_risk,
            supported(run, "idva", high_risk, matched.get("idva")) or no_clients(run),
            by_women,
        ),
        "move_on": (
            at_move_on(run, everyone),
            local(run, "households_moved_on", everyone)
            or Unknown("no local return of households that moved to a settled home"),
            by_victims,
        ),
    }
    found = {}
    for tier in TIERS:
        if tier == SAFE_ACCOMMODATION:
            continue
        need, met, sharing = tiers[tier]
        _add(run, f"need_{tier}", need, sharing)
        _add(run, f"met_{tier}", met, sharing)
        _add(run, f"unmet_{tier}", _unmet(need, met), sharing)
        if isinstance(need, Amount) and isinstance(met, Amount) and not met.modelled:
            high = float(interval(need.totals.sum(axis=0))[1])
            low = float(interval(met.totals.sum(axis=0))[0])
            found[tier] = Reconciliation(float(need.central.sum()), high, float(met.central.sum()), low)
    return found


def _add(run: Run, measure: str, amount: Amount | Unknown, sharing: Sharing) -> None:
    if isinstance(amount, Unknown):
        missing = Provenance("modelled", "none", note=f"not known: {amount.reason}")
        for areas in (run.tree.wards, *(group.areas for group in run.tree.groups)):
            run.builder.add(measure, areas, None, provenance=missing)
        return
    spread = amount.spread or spread_of(
        run.tree, run.model, sharing.of(amount.totals), scales=amount.modelled
    )
    add_spread(run.builder, run.tree, Labels(measure, amount.provenance), amount.central, spread)


def _unmet(need: Amount | Unknown, met: Amount | Unknown) -> Amount | Unknown:
    unknown = [
        f"{name}: {part.reason}"
        for name, part in (("need", need), ("met need", met))
        if isinstance(part, Unknown)
    ]
    if isinstance(need, Unknown) or isinstance(met, Unknown):
        return Unknown("; ".join(unknown))
    central = unmet_need(need.central, met.central)
    bases = {need.provenance.basis, met.provenance.basis}
    notes = f"{need.provenance.note}; {met.provenance.note}".split("; ")
    if central.sum() < 0:
        notes.insert(0, "NEGATIVE: met need is above need; the figures disagree and need checking")
    provenance = Provenance(
        bases.pop() if len(bases) == 1 else "mixed",
        "need less met need",
        (*need.provenance.source_ids, *met.provenance.source_ids),
        (*need.provenance.assumption_ids, *met.provenance.assumption_ids),
        "; ".join(dict.fromkeys(filter(None, notes))),
        figures_of(need.provenance, met.provenance),
    )
    return Amount(central, unmet_need(need.totals, met.totals), provenance)

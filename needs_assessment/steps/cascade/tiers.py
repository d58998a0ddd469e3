"""Capacity beside the cascade: IDVA and MARAC administration posts needed, in post, and the gap; whole area only.

The cascade of tiers, each with need, met and unmet need.

A tier without a registered share and without a local return keeps its rows: blank, with the reason. What need and met mean
at each tier is told in ``estimate/cascade.py``. Safe accommodation has its rows from ``steps/accommodation/need.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from needs_assessment.arrays import Array
from needs_assessment.catalogue.tiers import SAFE_ACCOMMODATION, TIERS
from needs_assessment.estimate.cascade import fte_gap, fte_needed, unmet_need
from needs_assessment.estimate.matched_lists.population import MatchedLists
from needs_assessment.estimate.prevalence import Sharing, interval
from needs_assessment.inputs.rates.rates import LAST_YEAR
from needs_assessment.inputs.returns.local_figures import LocalFigure, annual_figure, keys_of, state_figure
from needs_assessment.results import Provenance, figures_of
from needs_assessment.steps.accommodation.need import Reconciliation
from needs_assessment.steps.area_tree import Labels, add_spread, spread_of
from needs_assessment.steps.cascade.amounts import (
    LOCAL,
    RATIO,
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
from needs_assessment.steps.cascade.matched_lists import supported
from needs_assessment.steps.context import EFFECT_IDS, Run, survey_provenance
from needs_assessment.steps.prevalence import Victims


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


NO_POSTS = "not known: no local return of posts"


def add_capacity(run: Run) -> None:
    """Full-time equivalents of IDVAs and of MARAC administration: needed, in post, and the gap; whole area only."""
    ratio = run.figure(RATIO) / 10_000
    cases, drawn = float(run.women.central.sum()) * ratio, run.women.totals.sum(axis=0) * ratio
    for kind, volume, posts, referrals in (
        ("idva", "idva_referrals_per_fte", "idva_posts", "idva_referrals"),
        ("marac_admin", "marac_cases_per_admin", "marac_admin_posts", "marac_cases"),
    ):
        each = run.figure(volume)
        expected = Provenance(
            "modelled",
            "expected cases ÷ cases for each full-time post",
            (*run.sources(RATIO, volume), *run.inputs.population.source_ids),
            (RATIO, volume, *EFFECT_IDS),
            f"high-risk cases expected, repeats included, at {each:g} a year for each full-time post",
            frozenset(),
        )
        figure = annual_figure(run.inputs.returns, referrals)
        in_post = state_figure(run.inputs.returns, posts)
        _add_posts(
            run=run,
            kind=kind,
            route="expected_cases",
            volume=cases,
            drawn=drawn,
            each=each,
            provenance=expected,
            in_post=in_post,
        )
        if figure is not None:
            returned = Provenance(
                "mixed",
                "local return ÷ volume for each full-time post",
                (*run.sources(volume), figure.source_id),
                (volume,),
                figure.describe(),
                keys_of([figure]),
            )
            _add_posts(
                run=run,
                kind=kind,
                route="local_return",
                volume=figure.value,
                drawn=None,
                each=each,
                provenance=returned,
                in_post=in_post,
            )
        _add_in_post(run, kind, in_post)


def _add_posts(
    run: Run,
    kind: str,
    route: str,
    volume: float,
    drawn: Array | None,
    each: float,
    provenance: Provenance,
    in_post: LocalFigure | None,
) -> None:
    """Posts needed by one route and the gap; the route by expected cases is the headline and stands first."""
    builder, area = run.builder, [run.tree.authority]
    held = in_post.value if in_post is not None else np.nan
    needed = float(fte_needed(volume, each))
    limits = (None, None) if drawn is None else _limits(run, np.asarray(fte_needed(drawn, each)))
    gap = replace(provenance, basis="mixed", method="needed less in post", note=NO_POSTS)
    if in_post is not None:
        sources = (*provenance.source_ids, in_post.source_id)
        gap = replace(gap, source_ids=sources, note=f"{provenance.note}; {in_post.describe()}")
    headline = (("all", "all"),) if route == "expected_cases" else ()
    for breakdown, category in (*headline, ("route", route)):
        labels = {"breakdown": breakdown, "category": category}
        builder.add(f"{kind}_fte_needed", area, needed, *limits, provenance=provenance, **labels)
        ends = [None if end is None or in_post is None else fte_gap(end, held) for end in limits]
        builder.add(f"{kind}_fte_gap", area, fte_gap(needed, held), *ends, provenance=gap, **labels)


def _add_in_post(run: Run, kind: str, figure: LocalFigure | None) -> None:
    provenance = (
        Provenance("observed", LOCAL, note=NO_POSTS)
        if figure is None
        else Provenance("observed", LOCAL, (figure.source_id,), (), figure.describe(), frozenset())
    )
    value = None if figure is None else figure.value
    run.builder.add(f"{kind}_fte_in_post", [run.tree.authority], value, provenance=provenance)


def _limits(run: Run, drawn: Array) -> tuple[float, float]:
    model = run.model
    alone = len(run.tree.members.areas) == 1
    low, high = model.scaled_interval(drawn[None]) if alone else interval(drawn[None])
    return float(low[0]), float(high[0])

"""Need and met need of each tier as amounts by ward: from registered shares, or from a local return where there is one.

What they mean is told in ``estimate/cascade.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from needs_assessment.arrays import Array
from needs_assessment.catalogue.tiers import TIERS
from needs_assessment.estimate.breakdowns import unique_people
from needs_assessment.estimate.cascade import households_at_move_on, people_from_events, reached
from needs_assessment.inputs.returns.local_figures import (
    LocalFigure,
    annual_figure,
    keys_of,
    police_people,
    state_figure,
)
from needs_assessment.results import Provenance
from needs_assessment.steps.accommodation.places import area_effect
from needs_assessment.steps.area_tree import Spread
from needs_assessment.steps.context import EFFECT_IDS, Run

SHARE_BASE, SUPPORT_SHARE = "partner_share_effective_base", "community_support_share"
RATIO, REPEAT = "marac_cases_recommended", "marac_repeat"
ENDED, ENDED_SHARE, RESIDENTS = (
    "sa_households_ended",
    "sa_households_ended_share",
    "england_residents_2023",
)
CARRIED = "a share of victims of partner abuse, asked with the older questions, carried over to all victims"
BY_WARD = "wards: the area's figure shared by modelled need"
NATIONAL, LOCAL = "national share", "local return"


@dataclass(frozen=True)
class Amount:
    """Need or met need of one tier: central [ward], totals by member [member, draw], and where it is from.

    spread: what its draws come to at every level, where that is known already. modelled: every part scales with the
    authority effect, so none is a local count.
    """

    central: Array
    totals: Array
    provenance: Provenance
    spread: Spread | None = None

    @property
    def modelled(self) -> bool:
        return self.provenance.basis == "modelled"


@dataclass(frozen=True)
class Unknown:
    """An amount that is not known, and why."""

    reason: str


def carried(run: Run, tier: str, everyone: Amount) -> Amount:
    """Victims × a registered share of victims of partner abuse, drawn from the base that is judged to be behind it."""
    name = TIERS[tier].share
    share = run.figure(name) / 100
    drawn = run.draws.proportion(f"share {name}", share, effective_base=run.drawn(SHARE_BASE))
    known = everyone.provenance
    provenance = replace(
        known,
        method=NATIONAL,
        source_ids=(*run.sources(name), *known.source_ids),
        assumption_ids=(name, SHARE_BASE, *known.assumption_ids),
        note="; ".join(filter(None, [f"victims × {share:.1%}: {CARRIED}", known.note])),
    )
    return Amount(reached(everyone.central, share), reached(everyone.totals, drawn), provenance)


def told_police(run: Run, everyone: Amount) -> Amount:
    """Different people known to the police where a return tells them apart, else the national share of victims."""
    found = police_people(run.inputs.returns)
    if found is None:
        amount = carried(run, "told_police", everyone)
        if annual_figure(run.inputs.returns, "police_incidents") is None:
            return amount
        note = f"{amount.provenance.note}; local incidents are not people and no repeats of them are returned"
        return replace(amount, provenance=replace(amount.provenance, note=note))
    counted, repeats = found
    if repeats is None:
        return shared(run, counted.value, [counted], everyone, "people known to the police, whoever reported")
    people = float(people_from_events(counted.value, repeats.value))
    words = "incidents less repeats of the same period: people known to the police, whoever reported"
    return shared(run, people, [counted, repeats], everyone, words)


def support_needed(run: Run, everyone: Amount) -> Amount | Unknown:
    """Victims × the registered share who need specialist support in the community; unknown while it is blank."""
    if run.inputs.registers.assumption(SUPPORT_SHARE).value is None:
        return Unknown("no share of victims who need specialist support in the community is published")
    share, drawn = run.figure(SUPPORT_SHARE) / 100, run.drawn(SUPPORT_SHARE) / 100
    known = everyone.provenance
    provenance = replace(
        known,
        method=NATIONAL,
        source_ids=(*run.sources(SUPPORT_SHARE), *known.source_ids),
        assumption_ids=(SUPPORT_SHARE, *known.assumption_ids),
        note="; ".join(filter(None, [f"victims × {share:.1%}", known.note])),
    )
    return Amount(reached(everyone.central, share), reached(everyone.totals, drawn), provenance)


def people_at_high_risk(run: Run) -> Amount:
    """Expected MARAC cases less repeats: the fewest different people."""
    repeat = run.figure(REPEAT) / 100
    each = float(unique_people(run.figure(RATIO) / 10_000, repeat))
    provenance = Provenance(
        "modelled",
        "expected cases less repeats",
        (*run.sources(RATIO, REPEAT), *run.inputs.population.source_ids),
        (RATIO, REPEAT, *EFFECT_IDS),
        f"cases expected at {run.figure(RATIO):g} per 10,000 women aged 16 and over, of which {repeat:.0%} are repeats: "
        "the fewest different people",
    )
    women = run.women
    return Amount(women.central * each, women.totals * each, provenance, women.spread.times(each))


def no_clients(run: Run) -> Unknown:
    """Why met need of the IDVA tier is not known: no return, or one of referrals only."""
    reason = "no local return of different people supported by IDVAs"
    if annual_figure(run.inputs.returns, "idva_referrals") is not None:
        reason += "; referrals count events, and not all who are referred are supported"
    return Unknown(reason)


def at_move_on(run: Run, everyone: Amount) -> Amount:
    """Households whose support ends in the year, from the return, from local households supported, or national."""
    returns = run.inputs.returns
    ended = annual_figure(returns, "households_support_ended")
    supported = annual_figure(returns, "households_supported")
    if ended is not None:
        ready = state_figure(returns, "households_ready_to_move_on")
        at_home = annual_figure(returns, "households_support_not_needed")
        if at_home is not None and at_home.period_end != ended.period_end:
            at_home = None
        words = "households whose support ended"
        words += "" if at_home is None else ", less those at home already"
        words += "" if ready is None else ", and those ready to leave"
        parts = [0.0 if part is None else part.value for part in (ready, at_home)]
        given = [part for part in (ended, at_home, ready) if part is not None]
        return shared(run, float(households_at_move_on(ended.value, *parts)), given, everyone, words)
    if supported is not None:
        share = run.figure(ENDED_SHARE)
        words = f"{share:g}% of the households supported, the national share whose support ends"
        amount = shared(run, float(reached(supported.value, share / 100)), [supported], everyone, words)
        known = amount.provenance
        return replace(
            amount,
            provenance=replace(
                known,
                basis="mixed",
                source_ids=(*run.sources(ENDED_SHARE), *known.source_ids),
                assumption_ids=(ENDED_SHARE, *known.assumption_ids),
            ),
        )
    residents = float(run.inputs.persons.residents.sum())
    total = run.figure(ENDED) * residents / run.figure(RESIDENTS)
    drawn = total * area_effect(run)
    provenance = Provenance(
        "modelled",
        "households per resident",
        (*run.sources(ENDED, RESIDENTS), *run.inputs.population.source_ids),
        (ENDED, RESIDENTS, *EFFECT_IDS),
        f"national households whose support ended, per resident: sanctuary schemes included; {BY_WARD}",
    )
    return Amount(ward_share(everyone) * total, member_share(everyone) * drawn, provenance)


def local(run: Run, measure: str, need: Amount) -> Amount | None:
    """The last whole year's local count of a measure, shared by modelled need; None where it is not returned."""
    figure = annual_figure(run.inputs.returns, measure)
    return None if figure is None else shared(run, figure.value, [figure], need, "")


def shared(run: Run, total: float, figures: list[LocalFigure], need: Amount, words: str) -> Amount:
    """A local count of the whole area, the same in every draw, shared by modelled need."""
    notes = [words, *(figure.describe() for figure in figures), BY_WARD]
    provenance = Provenance(
        "observed",
        LOCAL,
        tuple(figure.source_id for figure in figures),
        EFFECT_IDS,
        "; ".join(dict.fromkeys(filter(None, notes))),
        keys_of(figures),
    )
    return Amount(ward_share(need) * total, member_share(need) * total, provenance)


def ward_share(need: Amount) -> Array:
    """The part of a figure of the whole area that falls to each ward, by need, shape [ward]."""
    return np.asarray(need.central / need.central.sum())


def member_share(need: Amount) -> Array:
    """The part of it that falls to each member in each draw, shape [member, draw]."""
    return np.asarray(need.totals / need.totals.sum(axis=0))

"""The other three answers to how many places are needed, and the ledger of who crosses a boundary.

The share turned away now, and the ledger of who crosses a boundary.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from needs_assessment.arrays import Array
from needs_assessment.errors import InputError
from needs_assessment.estimate.accommodation.answers import (
    RefugeDemand,
    households_seeking,
    load,
    national_demand,
    national_model,
    turned_away,
    with_local_returns,
)
from needs_assessment.estimate.accommodation.ledger import (
    Ledger,
    ledger_from_returns,
    ledger_from_share,
    ledger_places,
)
from needs_assessment.estimate.prevalence import interval
from needs_assessment.estimate.queueing import erlang_b, places_interpolated, places_required_queueing
from needs_assessment.inputs.returns.local_figures import LocalFigure, annual_figure, keys_of, refuge_figure
from needs_assessment.results import Provenance, figures_of
from needs_assessment.steps.context import Run

RESIDENTS, STAY, ATTEMPTS, TARGET = (
    "england_residents_2023",
    "refuge_stay_days",
    "attempts_per_household",
    "turn_away_target",
)
DEMAND_IDS = ("refuge_referred", "refuge_accepted", "refuge_declined_capacity", "refuge_spaces", RESIDENTS)
IN_USE = "places_in_use"
LOCAL_DEMAND = (
    "referrals",
    "referrals_accepted",
    "referrals_declined_capacity",
    "length_of_stay_days",
    IN_USE,
)
REFUGE_ONLY = "refuge only: the other types of accommodation need a local length of stay"


@dataclass(frozen=True)
class Required:
    """Places required by one answer: the published value, its draws and their 2.5 and 97.5 percentiles.

    draws is None, and low and high are None, where nothing is random; fixed_draws are those of the reference seed, from
    which published probabilities are taken.
    """

    answer: str
    value: float
    draws: Array | None
    provenance: Provenance
    fixed_draws: Array | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Demand:
    """Households seeking a refuge place: central [()] and drawn [draw], with the local figures they rest on."""

    central: RefugeDemand
    drawn: RefugeDemand
    attempts: float
    attempts_drawn: Array
    local: dict[str, LocalFigure]

    def ids(self) -> tuple[str, ...]:
        return (*DEMAND_IDS, *(() if "length_of_stay_days" in self.local else (STAY,)), ATTEMPTS)


def area_effect(run: Run) -> Array:
    """φ of the whole area, shape [draw]: its members' effects weighed by their residents."""
    residents = run.tree.members.total(run.inputs.persons.residents)
    return np.asarray(residents @ run.model.authority_effect / residents.sum())


def refuge_demand(run: Run) -> Demand:
    """National demand for refuge by residents, with the area's own refuge returns in place of its parts.

    Raises InputError where more referrals are returned as accepted and declined for lack of capacity than in all.
    """
    residents = float(run.inputs.persons.residents.sum())
    returns = run.inputs.returns
    local = {name: figure for name in LOCAL_DEMAND if (figure := refuge_figure(returns, name)) is not None}
    _check_referrals(run, local)
    capacity = run.figure("refuge_declined_capacity") / 100
    referred, accepted = run.figure("refuge_referred"), run.figure("refuge_accepted")

    def build(stay: object, effect: object) -> RefugeDemand:
        national = national_demand(
            residents,
            run.figure(RESIDENTS),
            referred=referred,
            accepted=accepted,
            capacity_share=capacity,
            stay_days=stay,  # type: ignore[arg-type]
            places_in_use=run.figure("refuge_spaces"),
            authority_effect=effect,  # type: ignore[arg-type]
        )
        values = {name: figure.value for name, figure in local.items()}
        return with_local_returns(
            national,
            capacity_share=capacity,
            acceptance_share=accepted / referred,
            referrals=values.get("referrals"),
            accepted=values.get("referrals_accepted"),
            declined_capacity=values.get("referrals_declined_capacity"),
            stay_days=values.get("length_of_stay_days"),
            places_in_use=values.get("places_in_use"),
        )

    return Demand(
        build(run.figure(STAY), 1.0),
        build(run.drawn(STAY), area_effect(run)),
        run.figure(ATTEMPTS),
        run.drawn(ATTEMPTS),
        local,
    )


def _check_referrals(run: Run, local: dict[str, LocalFigure]) -> None:
    parts = [
        local[name].value for name in ("referrals_accepted", "referrals_declined_capacity") if name in local
    ]
    if "referrals" in local and sum(parts) > local["referrals"].value:
        raise InputError(
            "More referrals to refuges are accepted and declined for lack of capacity than there are referrals.",
            file=run.inputs.returns.file,
            expected="referrals, those accepted and those declined of one year, the parts no more than the whole",
            action="check the rows of referrals to refuges; give all of one year, or leave out those of an older one",
        )


def required_by_answer(run: Run, demand: Demand, fixed: Run) -> list[Required]:
    """The three answers beside the standard, with their rows of places required."""
    found = []
    settled = refuge_demand(fixed)
    offered = load(settled.drawn, settled.attempts_drawn)
    answers = (
        (_national_model(run), _national_model_draws(fixed)),
        (_queueing(run, demand, offered), _queueing_draws(fixed, settled)),
        (_turned_away(run, demand), np.asarray(turned_away(settled.drawn, settled.attempts_drawn))),
    )
    for plain, fixed_draws in answers:
        answer = replace(plain, fixed_draws=fixed_draws)
        low, high = (float(end.item()) for end in _limits(run, answer, demand))
        run.builder.add(
            f"places_required_{answer.answer}",
            [run.tree.authority],
            answer.value,
            low,
            high,
            provenance=answer.provenance,
        )
        found.append(replace(answer, low=low, high=high))
    return found


def _limits(run: Run, answer: Required, demand: Demand) -> tuple[Array, Array]:
    """Percentiles of places required; by the percentiles of the load for queueing, which rises with it."""
    alone = len(run.tree.members.areas) == 1
    draws = np.empty(0) if answer.draws is None else answer.draws
    if answer.answer == "queueing":
        offered = load(demand.drawn, demand.attempts_drawn)[None, :]
        low, high = run.model.scaled_interval(offered) if alone and not demand.local else interval(offered)
        target = run.figure(TARGET)
        return (
            np.asarray(places_interpolated(low, target)),
            np.asarray(places_interpolated(high, target)),
        )
    local = answer.answer == "turned_away" and demand.local
    return run.model.scaled_interval(draws[None, :]) if alone and not local else interval(draws[None, :])


def _national_model(run: Run) -> Required:
    residents = float(run.inputs.persons.residents.sum())
    arguments = (residents, run.figure(RESIDENTS), run.figure("bowstead_minimum"))
    ids = ("bowstead_minimum", "places_per_family_bed_space", RESIDENTS, "authority_effect_sd")
    each = run.figure("places_per_family_bed_space")
    return Required(
        "national_model",
        float(national_model(*arguments)) * each,
        _national_model_draws(run),
        Provenance(
            "modelled",
            "national minimum shared by residents",
            (*run.sources(*ids), *run.inputs.population.source_ids),
            ids,
            "one family bed space taken as one family place (a registered judgement)",
        ),
    )


def _national_model_draws(run: Run) -> Array:
    residents = float(run.inputs.persons.residents.sum())
    spaces = national_model(
        residents, run.figure(RESIDENTS), run.figure("bowstead_minimum"), area_effect(run)
    )
    return np.asarray(spaces * run.figure("places_per_family_bed_space"))


def _queueing_draws(run: Run, demand: Demand) -> Array:
    offered = load(demand.drawn, demand.attempts_drawn)
    return np.asarray(places_required_queueing(offered, run.figure(TARGET)), dtype=float)


def _queueing(run: Run, demand: Demand, fixed: Array) -> Required:
    """fixed: the offered load on the reference draws, from which the median is taken."""
    target = run.figure(TARGET)
    offered = load(demand.drawn, demand.attempts_drawn)
    draws = np.asarray(places_required_queueing(offered, target), dtype=float)
    central = int(places_required_queueing(load(demand.central, demand.attempts), target))
    provenance = demand_provenance(
        run,
        demand,
        f"Erlang B, at most {target:.0%} turned away; median of the draws",
        (TARGET,),
        f"{central} with every input at its central value; {REFUGE_ONLY}",
    )
    run.builder.add(
        "places_required_queueing",
        [run.tree.authority],
        central,
        provenance=provenance,
        breakdown="inputs",
        category="central",
    )
    _add_targets(run, demand, offered, fixed, provenance)
    return Required("queueing", float(np.median(places_required_queueing(fixed, target))), draws, provenance)


def _add_targets(run: Run, demand: Demand, offered: Array, fixed: Array, provenance: Provenance) -> None:
    item = run.inputs.registers.assumption(TARGET)
    for target in sorted({share for share in (item.low, item.value, item.high) if share}):
        draws = np.asarray(places_required_queueing(fixed, target), dtype=float)
        alone = len(run.tree.members.areas) == 1 and not demand.local
        low, high = run.model.scaled_interval(offered[None, :]) if alone else interval(offered[None, :])
        run.builder.add(
            "places_required_queueing",
            [run.tree.authority],
            float(np.median(draws)),
            places_interpolated(low, target),
            places_interpolated(high, target),
            provenance=provenance,
            breakdown="turn_away_target",
            category=f"{target:.0%}",
        )


def _turned_away(run: Run, demand: Demand) -> Required:
    provenance = demand_provenance(
        run, demand, "places in use and places that those turned away would fill", (), REFUGE_ONLY
    )
    provenance = replace(provenance, figures=keys_of(demand.local.values()))
    return Required(
        "turned_away",
        float(turned_away(demand.central, demand.attempts)),
        np.asarray(turned_away(demand.drawn, demand.attempts_drawn)),
        provenance,
    )


def demand_provenance(
    run: Run, demand: Demand, method: str, more_ids: tuple[str, ...], note: str
) -> Provenance:
    """Where figures of refuge demand come from; national parts and local ones are named."""
    ids = (*demand.ids(), *more_ids, "authority_effect_sd")
    notes = [
        note,
        *(f"{name.replace('_', ' ')}: {figure.describe()}" for name, figure in demand.local.items()),
    ]
    return Provenance(
        "mixed" if demand.local else "modelled",
        method,
        (
            *run.sources(*ids),
            *run.inputs.population.source_ids,
            *(figure.source_id for figure in demand.local.values()),
        ),
        ids,
        "; ".join(notes),
        keys_of(figure for name, figure in demand.local.items() if name != IN_USE),
    )


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

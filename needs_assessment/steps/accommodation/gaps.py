"""The gap of each answer, how likely there is one, its share by ward, and what closing it would cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from needs_assessment.catalogue.tiers import ANSWERS
from needs_assessment.estimate.accommodation.costs import cost_of_gap, cost_to_society
from needs_assessment.estimate.accommodation.places import FAMILY_PLACES, probability_of_gap
from needs_assessment.estimate.prevalence import interval
from needs_assessment.inputs.returns.local_figures import unit_costs
from needs_assessment.results import Basis, Provenance, figures_of
from needs_assessment.steps.accommodation.need import NO_RETURN, Supply
from needs_assessment.steps.accommodation.places import Required
from needs_assessment.steps.context import Run
from needs_assessment.steps.prevalence import Victims

SHARED = "the area's gap shared to wards by modelled victims; no supply is known or shown for any ward"
OLD_DEFINITION = "the survey's old questions"


def add_gaps(run: Run, required: Sequence[Required], supply: Supply, victims: Victims) -> None:
    """Gap, gap if supply were the national average, and the probability of a gap, for every answer."""
    for answer in required:
        _add_gap(run, answer, supply, victims)
        _add_average_gap(run, answer, supply, victims)
        known = supply.available is not None and (answer.fixed_draws is not None)
        if supply.available is None:
            chance: float | None = None
        elif answer.fixed_draws is None:
            chance = float(answer.value > supply.available)
        else:
            chance = float(probability_of_gap(answer.fixed_draws, supply.available))
        note = (
            supply.provenance.note
            if known or supply.available is None
            else "an arithmetic standard: certain, one way or the other"
        )
        run.builder.add(
            f"probability_of_gap_{answer.answer}",
            [run.tree.authority],
            chance,
            provenance=_of_gap(answer, supply, "mixed", f"share of draws with a gap; mean; {note}"),
        )


def _of_gap(answer: Required, supply: Supply, basis: Basis, note: str) -> Provenance:
    return Provenance(
        basis,
        "required less available",
        (*answer.provenance.source_ids, *supply.provenance.source_ids),
        (*answer.provenance.assumption_ids, *supply.provenance.assumption_ids),
        note,
        figures_of(answer.provenance),
    )


def _add_gap(run: Run, answer: Required, supply: Supply, victims: Victims) -> None:
    measure = f"gap_{answer.answer}"
    if supply.available is None:
        run.builder.add(
            measure, [run.tree.authority], None, provenance=_of_gap(answer, supply, "mixed", NO_RETURN)
        )
        return
    note = supply.provenance.note
    if ANSWERS[answer.answer].refuge_only and supply.other_types:
        note += "; the answer is of refuge only, the places available are of all types: see the row of refuge"
    _share(run, measure, answer, supply.available, _of_gap(answer, supply, "mixed", note), victims)


def _add_average_gap(run: Run, answer: Required, supply: Supply, victims: Victims) -> None:
    provenance = Provenance(
        answer.provenance.basis,
        "required less the national average",
        (*answer.provenance.source_ids, *run.sources("refuge_spaces", "england_residents_2023")),
        (*answer.provenance.assumption_ids, "refuge_spaces", "england_residents_2023"),
        "modelled: not a supply figure of this area",
        figures_of(answer.provenance),
    )
    _share(
        run, f"gap_if_national_average_{answer.answer}", answer, supply.national_average, provenance, victims
    )


def _share(
    run: Run, measure: str, answer: Required, available: float, provenance: Provenance, victims: Victims
) -> None:
    """The area's gap, and its share by ward, district and member in proportion to modelled victims."""
    value = answer.value - available
    # against a modelled supply the range would be that of places required, moved: it stands there and not twice
    known = measure == f"gap_{answer.answer}"
    low, high = (end - available if known and end is not None else None for end in (answer.low, answer.high))
    run.builder.add(measure, [run.tree.authority], value, low, high, provenance=provenance)
    shares = victims.central / victims.central.sum()
    shared = replace(provenance, note=SHARED)
    for areas, part in (
        *((group.areas, group.total(shares)) for group in run.tree.groups[1:]),
        (run.tree.wards, shares),
    ):
        run.builder.add(measure, areas, value * part, provenance=shared)


def add_costs(run: Run, required: Sequence[Required], supply: Supply) -> None:
    """Cost of closing each answer's gap from the council's own unit costs; blank without them, never zero."""
    area = [run.tree.authority]
    costs = {kind: unit_costs(run.inputs.returns, f"unit_cost_{kind}") for kind in ("revenue", "capital")}
    # one cost for every type, else that of refuge: the gap of these answers is of family places in refuge
    chosen = {kind: found.get("refuge", found.get("")) for kind, found in costs.items()}
    for place, answer in enumerate(required):
        gap = np.nan if supply.available is None else answer.value - supply.available
        unit_cost = {kind: np.nan if figure is None else figure.value for kind, figure in chosen.items()}
        priced = cost_of_gap(
            [gap], [unit_cost["revenue"]], [unit_cost["capital"]], FAMILY_PLACES, FAMILY_PLACES
        )
        for kind, amount in (("revenue", priced.revenue_total), ("capital", priced.capital_total)):
            figure = chosen[kind]
            note = (
                f"{kind} unit cost of the council, in the prices of its own year: {figure.describe()}"
                if figure is not None
                else f"not known: the council gave no {kind} unit cost of a place"
            )
            if supply.available is None:
                note = f"{NO_RETURN}; {note}"
            provenance = Provenance(
                "mixed",
                "gap × unit cost",
                (*answer.provenance.source_ids, *(() if figure is None else (figure.source_id,))),
                answer.provenance.assumption_ids,
                note,
                figures_of(answer.provenance),
            )
            measure = "cost_of_gap" if kind == "revenue" else "cost_of_gap_capital"
            if place == 0:
                run.builder.add(measure, area, float(amount), provenance=provenance)
            run.builder.add(
                measure,
                area,
                float(amount),
                provenance=provenance,
                breakdown="answer",
                category=answer.answer,
            )


def add_cost_to_society(run: Run, victims: Victims) -> None:
    """Economic and social cost a year; flagged, because the unit cost and the count rest on different questions."""
    unit, rise = "ho_cost_per_victim", "gdp_deflator_2017_2025"
    item = run.inputs.registers.assumption(rise)
    questions = f"the survey's {run.inputs.rates.question_set} questions"
    model = run.model
    totals = victims.shared.totals.sum(axis=0)
    arguments = {
        "price_year": item.period,
        "unit_cost_definition": OLD_DEFINITION,
        "volume_definition": questions,
    }
    central = cost_to_society(run.figure(unit), float(victims.central.sum()), run.figure(rise), **arguments)
    drawn = cost_to_society(run.figure(unit), totals, run.drawn(rise), **arguments)
    alone = len(run.tree.members.areas) == 1
    low, high = model.scaled_interval(drawn.value[None, :]) if alone else interval(drawn.value[None, :])
    note = f"prices of {central.price_year}" + (f"; WARNING: {central.warning}" if central.warning else "")
    run.builder.add(
        "cost_to_society",
        [run.tree.authority],
        float(central.value),
        low,
        high,
        provenance=Provenance(
            "modelled",
            "cost per victim × victims",
            (*run.sources(unit), *run.inputs.population.source_ids),
            (unit, rise, "authority_effect_sd"),
            note,
        ),
    )

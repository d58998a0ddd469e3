"""Safe accommodation: need in households, places required by the standard, places available and the gap."""

from __future__ import annotations

from dataclasses import dataclass, replace

from needs_assessment.estimate.accommodation.places import (
    Need,
    places_if_national_average,
    places_required_standard,
    safe_accommodation_need,
)
from needs_assessment.estimate.prevalence import interval
from needs_assessment.inputs.returns.local_figures import (
    NOT_SUPPORTED,
    LocalFigure,
    annual_figure,
    by_type,
    keys_of,
    supply_figure,
)
from needs_assessment.inputs.returns.local_figures import SUPPORTED as LOCAL_SUPPORTED
from needs_assessment.results import Provenance
from needs_assessment.steps.accommodation.places import Required, area_effect
from needs_assessment.steps.area_tree import Labels, add_estimate
from needs_assessment.steps.context import EFFECT_IDS, Run
from needs_assessment.steps.prevalence import Victims

SUPPORTED, UNABLE, RESIDENTS_2023 = (
    "sa_households_supported",
    "sa_households_unable",
    "england_residents_2023",
)
NO_RETURN = "not known: there is no local return of supply for this area"


@dataclass(frozen=True)
class Reconciliation:
    """Met need held against need: ``exceeds`` when met is above need by more than the interval.

    high: upper end of need; met_low: lower end of met need where only its bounds are known, else met itself.
    """

    need: float
    high: float
    met: float
    met_low: float | None = None

    @property
    def exceeds(self) -> bool:
        return (self.met if self.met_low is None else self.met_low) > self.high


def household_need(run: Run) -> Need:
    """Need, met and unmet need of the whole area in households a year, central and drawn."""
    returns = run.inputs.returns
    met, unmet = annual_figure(returns, LOCAL_SUPPORTED), annual_figure(returns, NOT_SUPPORTED)
    return safe_accommodation_need(
        residents=float(run.inputs.persons.residents.sum()),
        national_residents=run.figure(RESIDENTS_2023),
        supported=run.figure(SUPPORTED),
        unable=run.figure(UNABLE),
        supported_draws=run.drawn(SUPPORTED),
        authority_effect=area_effect(run),
        local_met=None if met is None else met.value,
        local_unmet=None if unmet is None else unmet.value,
    )


def add_safe_accommodation_need(run: Run, victims: Victims) -> Reconciliation:
    """Need, met and unmet need, in households a year, for the area; shared to its wards by modelled victims."""
    returns, tree = run.inputs.returns, run.tree
    met, unmet = annual_figure(returns, LOCAL_SUPPORTED), annual_figure(returns, NOT_SUPPORTED)
    need = household_need(run)
    member_victims = victims.shared.totals
    shares = member_victims / member_victims.sum(axis=0)
    ward_share = victims.central / victims.central.sum()
    for tier, value, drawn in (
        ("need", need.need, need.need_draws),
        ("met", need.met, need.met_draws),
        ("unmet", need.unmet, need.unmet_draws),
    ):
        provenance = _need_provenance(run, tier, need, met, unmet)
        spread = victims.shared.sharing.of(shares * drawn)
        labels = Labels(f"{tier}_safe_accommodation", provenance)
        scales = provenance.basis == "modelled"
        add_estimate(run.builder, tree, run.model, labels, ward_share * value, spread, scales=scales)
    return Reconciliation(need.need, interval(need.need_draws)[1].item(), need.met)


def _need_provenance(
    run: Run, tier: str, need: Need, met: LocalFigure | None, unmet: LocalFigure | None
) -> Provenance:
    wanted = {
        "need": (need.observed_unmet, need.observed_met and need.observed_unmet),
        "met": (need.observed_met, need.observed_met),
        "unmet": (need.observed_met or need.observed_unmet, need.observed_unmet),
    }[tier]
    local = [figure for figure in (met, unmet) if figure is not None] if wanted[0] else []
    national = not wanted[1]
    notes = ["national households per resident"] if national else []
    notes += dict.fromkeys(figure.describe() for figure in local)
    notes.append("wards: the area's figure shared by modelled victims")
    if tier == "unmet" and need.unmet < 0:
        notes.insert(0, "NEGATIVE: met need is above need; the figures disagree and need checking")
    ids = {"need": (SUPPORTED, UNABLE), "met": (SUPPORTED,), "unmet": (UNABLE,)}[tier]
    basis = "modelled" if not local else "mixed" if national else "observed"
    return Provenance(
        basis,  # type: ignore[arg-type]
        "households per resident" if national else "local return",
        (*(run.sources(*ids, RESIDENTS_2023) if national else ()), *(figure.source_id for figure in local)),
        (*((*ids, RESIDENTS_2023) if national else ()), *EFFECT_IDS),
        "; ".join(notes),
        # without a local count of those turned away, need is national and unmet need is that less the local count
        keys_of({"need": (met, unmet) if unmet else (), "met": (met,), "unmet": (unmet or met,)}[tier]),
    )


@dataclass(frozen=True)
class Supply:
    """Places there are: the local return (None: not known), and what the national average would give (modelled).

    other_types: the return counts types other than refuge too.
    """

    available: float | None
    provenance: Provenance
    national_average: float
    other_types: bool = False


def add_standard(run: Run) -> Required:
    """Family places by the Council of Europe standard, rounded up; whole area only."""
    residents = float(run.inputs.persons.residents.sum())
    required, exact = places_required_standard(residents, run.figure("standard_places"))
    provenance = Provenance(
        "modelled",
        "Council of Europe standard",
        (*run.sources("standard_places"), *run.inputs.population.source_ids),
        ("standard_places",),
        f"exactly {exact:.2f}, rounded up to whole family places; the standard itself says that numbers should "
        "follow actual need",
    )
    run.builder.add("places_required_standard", [run.tree.authority], required, provenance=provenance)
    return Required("standard", float(required), None, provenance)


def add_supply(run: Run) -> Supply:
    """Places available from the local return, by type where it says so, and the national average beside them."""
    builder, area = run.builder, [run.tree.authority]
    residents = float(run.inputs.persons.residents.sum())
    average = places_if_national_average(residents, run.figure("refuge_spaces"), run.figure(RESIDENTS_2023))
    modelled = Provenance(
        "modelled",
        "national average per resident",
        (*run.sources("refuge_spaces", RESIDENTS_2023), *run.inputs.population.source_ids),
        ("refuge_spaces", RESIDENTS_2023),
        "modelled: not a supply figure of this area",
    )
    found, others = _places_available(run), False
    if found is None:
        provenance = Provenance("observed", "local return", note=NO_RETURN)
        builder.add("places_available", area, None, provenance=provenance)
    else:
        places, figure, assumptions, note = found
        provenance = Provenance(
            "observed", "local return", (figure.source_id,), assumptions, note, frozenset()
        )
        builder.add("places_available", area, places, provenance=provenance)
        parts = by_type(run.inputs.returns, figure.measure)
        others = any(kind != "refuge" for kind in parts)
        for kind, row in parts.items():
            builder.add(
                "places_available",
                area,
                row.value,
                provenance=replace(
                    provenance, source_ids=(row.source_id,), assumption_ids=(), note=row.describe()
                ),
                breakdown="accommodation_type",
                category=kind,
            )
    builder.add("places_if_national_average", area, average, provenance=modelled)
    return Supply(None if found is None else found[0], provenance, average, others)


def _places_available(run: Run) -> tuple[float, LocalFigure, tuple[str, ...], str] | None:
    figure = supply_figure(run.inputs.returns)
    if figure is None:
        return None
    if figure.measure != "refuge_units":
        return figure.value, figure, (), figure.describe()
    per_unit = run.figure("places_per_refuge_unit")
    note = f"{figure.describe()}; one refuge unit taken as {per_unit:g} family place (a registered judgement)"
    return figure.value * per_unit, figure, ("places_per_refuge_unit",), note

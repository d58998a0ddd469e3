"""Victims and prevalence in the last year and since age 16."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from needs_assessment.arrays import Array
from needs_assessment.estimate.prevalence import expected, interval
from needs_assessment.inputs.load import SEXES
from needs_assessment.inputs.rates.rates import BANDS, LAST_YEAR, SINCE_16
from needs_assessment.results import Provenance
from needs_assessment.steps.area_tree import (
    ENGLAND,
    Group,
    Labels,
    add_estimate,
    add_group_estimate,
    add_spread,
)
from needs_assessment.steps.context import EFFECT_IDS, Run, Shared, rate_method, survey_provenance
from needs_assessment.steps.rates import positions_in_scope, rates_by_band


@dataclass(frozen=True)
class Victims:
    """Residents times national rates by ward: central [ward] and drawn [ward, draw], what all sharing rests on.

    rates: the central rate by sex over ``BANDS``, zero outside the survey's ages; shared: the same victims with the
    effects of ward and authority.
    """

    central: Array
    drawn: Array
    rates: dict[str, Array]
    shared: Shared


def add_prevalence(run: Run) -> Victims:
    """Victims and prevalence in the last year, by sex and age as far as the method goes."""
    inputs, model = run.inputs, run.model
    method = rate_method(inputs.scenario.method)
    central, drawn = rates_by_band(run, LAST_YEAR, method)
    provenance = survey_provenance(run, LAST_YEAR, inputs.scenario.method)
    adults = inputs.persons.adults
    plain, plain_draws = expected(adults, central), expected(adults, drawn)
    tilt = model.tilt(plain_draws)
    base, base_draws = model.tilted(plain), plain_draws * tilt
    moved = np.divide(base, plain, out=np.ones_like(base), where=plain > 0)
    shared = run.shared(base, base_draws)
    people = {sex: adults[sex][:, positions_in_scope(run)].sum(axis=1) for sex in SEXES}
    names = ("victims_last_year", provenance, "prevalence_last_year")
    add_spread(run.builder, run.tree, Labels(*names), base, shared.spread, people["F"] + people["M"])
    if method != "crude":
        for sex in SEXES:
            part = shared.sharing.of(shared.totals, (adults[sex] @ drawn[sex]) * tilt)
            own = (adults[sex] @ central[sex]) * moved
            labels = Labels(*names, breakdown="sex", category=sex)
            add_estimate(run.builder, run.tree, model, labels, own, part, people=people[sex])
    if method == "age_sex":
        factors = shared.sharing.factors(shared.totals) * tilt
        _add_ages(run, provenance, central, drawn, factors, moved)
    _add_england(run, provenance, central, drawn, method)
    return Victims(base, base_draws, central, shared)


def _add_ages(
    run: Run,
    provenance: Provenance,
    central: dict[str, Array],
    drawn: dict[str, Array],
    factors: NDArray[np.floating],
    moved: Array,
) -> None:
    """Victims by age, and by sex and age, above the ward: one national rate an age leaves wards nothing of their own."""
    adults, groups = run.inputs.persons.adults, run.tree.groups
    moved_people = {sex: [_by_band(group, adults[sex], factors) for group in groups] for sex in SEXES}
    for place in positions_in_scope(run):
        name = band_name(BANDS[place])
        people = {sex: [group.total(adults[sex][:, place]) for group in groups] for sex in SEXES}
        known = {
            sex: [group.total(adults[sex][:, place] * moved) * central[sex][place] for group in groups]
            for sex in SEXES
        }
        sampled = {
            sex: [by_band[:, place] * drawn[sex][place] for by_band in moved_people[sex]] for sex in SEXES
        }
        for breakdown, category, sexes in (
            ("age", name, SEXES),
            *(("sex_age", f"{sex} {name}", (sex,)) for sex in SEXES),
        ):
            labels = Labels("victims_last_year", provenance, "prevalence_last_year", breakdown, category)
            parts = [
                [np.asarray(sum(figures[sex][at] for sex in sexes)) for at in range(len(groups))]
                for figures in (known, sampled, people)
            ]
            add_group_estimate(run.builder, run.tree, run.model, labels, *parts)


def _by_band(group: Group, people: Array, factors: NDArray[np.floating]) -> Array:
    """Residents times the factor of their ward in each draw: people [ward, band] -> [area, band, draw]."""
    held = [group.index == place for place in range(len(group.areas))]
    return np.stack([people[own].T @ factors[own] for own in held])


def _add_england(
    run: Run,
    provenance: Provenance,
    central: dict[str, Array],
    drawn: dict[str, Array],
    method: str,
) -> None:
    adults = run.inputs.england.adults
    note = "; ".join(filter(None, [provenance.note, "residents of England at mid-2020"]))
    # the nation differs from itself by neither effect
    ids = tuple(name for name in provenance.assumption_ids if name not in EFFECT_IDS)
    england = Provenance("modelled", provenance.method, provenance.source_ids, ids, note)
    for category in ("all", *(SEXES if method != "crude" else ())):
        sexes = SEXES if category == "all" else (category,)
        people = sum(float(adults[sex][0][positions_in_scope(run)].sum()) for sex in sexes)
        value = sum(float((adults[sex] @ central[sex])[0]) for sex in sexes)
        low, high = interval(np.asarray(sum((adults[sex] @ drawn[sex])[0] for sex in sexes)))
        labels = {"breakdown": "all" if category == "all" else "sex", "category": category}
        run.builder.add("victims_last_year", [ENGLAND], value, low, high, provenance=england, **labels)
        run.builder.add(
            "prevalence_last_year",
            [ENGLAND],
            value / people,
            low / people,
            high / people,
            provenance=england,
            **labels,
        )


def band_name(band: tuple[int, int | None]) -> str:
    return f"{band[0]}+" if band[1] is None else f"{band[0]}-{band[1]}"


def add_since_16(run: Run) -> None:
    """Victims since age 16: the printed rate of each sex (or of everyone) at all ages; no age pattern is published."""
    inputs, model = run.inputs, run.model
    printed = ("P",) if inputs.scenario.method == "crude" else SEXES
    if any(inputs.rates.find(SINCE_16, sex) is None for sex in printed):
        missing = Provenance(
            "modelled",
            "none",
            note=f"rate set {inputs.rates.name} prints no rate since age 16 for this method",
        )
        for areas in (run.tree.wards, *(group.areas for group in run.tree.groups)):
            run.builder.add("victims_since_16", areas, None, provenance=missing)
        return
    method = "crude" if printed == ("P",) else "sex"
    central, drawn = rates_by_band(run, SINCE_16, method)
    known = survey_provenance(run, SINCE_16, method)
    note = "; ".join(filter(None, [known.note, "one rate at all ages: no age pattern is published"]))
    provenance = Provenance(known.basis, known.method, known.source_ids, known.assumption_ids, note)
    adults = inputs.persons.adults
    plain, plain_draws = expected(adults, central), expected(adults, drawn)
    tilt = model.tilt(plain_draws)
    weights = plain_draws * tilt
    moved = np.divide(model.tilted(plain), plain, out=np.ones_like(plain), where=plain > 0)
    totals, sharing = model.authority_effect * model.sum_members(weights), model.sharing(weights)
    for category in ("all", *(SEXES if method == "sex" else ())):
        part = None if category == "all" else (adults[category] @ drawn[category]) * tilt
        value = (plain if category == "all" else adults[category] @ central[category]) * moved
        labels = Labels(
            "victims_since_16", provenance, breakdown="all" if category == "all" else "sex", category=category
        )
        add_estimate(run.builder, run.tree, model, labels, value, sharing.of(totals, part))


def draw_victims(run: Run) -> Array:
    """Draws of each ward's victims in the last year, ward and authority effects included, shape [ward, draw]."""
    _, drawn = rates_by_band(run, LAST_YEAR, rate_method(run.inputs.scenario.method))
    plain = expected(run.inputs.persons.adults, drawn)
    weights = plain * run.model.tilt(plain)
    totals = run.model.authority_effect * run.model.sum_members(weights)
    return run.model.spread_over_wards(totals, weights).values

"""What the steps of one assessment share, and the random effects of its wards and authorities."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from needs_assessment.arrays import Array
from needs_assessment.estimate.draws import Draws
from needs_assessment.estimate.prevalence import Sharing, WardModel
from needs_assessment.inputs.load import SEXES, Inputs
from needs_assessment.inputs.rates.rates import Rate
from needs_assessment.results import Provenance, ResultsBuilder
from needs_assessment.steps.area_tree import AreaTree, Spread, spread_of

EFFECT_IDS = ("ward_effect_sd", "authority_effect_sd")
DESIGN_EFFECT, WOMEN_BASE = "design_effect", "effective_base_f"


@dataclass(frozen=True)
class Shared:
    """A figure that others are shared out by, or are a constant times of.

    central: [ward]; totals: [member, draw]; sharing: of anything by this figure; spread: what its own draws come to at
    every level.
    """

    central: Array
    totals: Array
    sharing: Sharing
    spread: Spread


@dataclass
class Run:
    """What the steps share while one assessment is built."""

    inputs: Inputs
    draws: Draws
    tree: AreaTree
    model: WardModel
    builder: ResultsBuilder

    def figure(self, name: str) -> float:
        return self.inputs.registers.figure(name)

    def drawn(self, name: str) -> Array:
        """Draws of a registered assumption over its range."""
        item = self.inputs.registers.assumption(name)
        return self.draws.range(name, self.figure(name), item.low, item.high)

    def sources(self, *names: str) -> tuple[str, ...]:
        """Source ids of registered assumptions, those that are judgements left out."""
        found = (self.inputs.registers.assumption(name).source_id for name in names)
        return tuple(source for source in dict.fromkeys(found) if source)

    def shared(self, central: Array, weights: Array) -> Shared:
        """A modelled figure and its draws. central: [ward]; weights: its expected draws [ward, draw] or [ward, 1]."""
        totals = self.model.authority_effect * self.model.sum_members(weights)
        sharing = self.model.sharing(weights)
        return Shared(central, totals, sharing, spread_of(self.tree, self.model, sharing.of(totals)))

    @cached_property
    def women(self) -> Shared:
        """Women aged 16 and over with the effects of ward and authority: what figures per woman are a constant times of."""
        women = self.inputs.persons.adults["F"].sum(axis=1)
        weights = np.broadcast_to(women[:, None], (len(women), self.draws.count))
        return self.shared(self.model.tilted(women), weights * self.model.tilt(weights))


def build_model(inputs: Inputs, draws: Draws, tree: AreaTree, *, ward_effects: bool = True) -> WardModel:
    """Ward and authority effects, drawn by code so that an area has the same draws wherever it is assessed.

    ward_effects: False leaves them at 1, for figures of whole authorities, which they never move.
    """
    spreads = {}
    for name in EFFECT_IDS:
        item = inputs.registers.assumption(name)
        spreads[name] = draws.range(name, inputs.registers.figure(name), item.low, item.high)
        if inputs.scenario.intervals == "survey_only":
            spreads[name] = np.zeros(draws.count)
    if not ward_effects:
        spreads["ward_effect_sd"] = np.zeros(draws.count)
    wards = (
        draws.normals([f"ward effect {area.code}" for area in tree.wards])
        if ward_effects
        else np.zeros((len(tree.wards), draws.count), dtype=np.float32)
    )
    authorities = np.array([draws.normal(f"authority effect {area.code}") for area in tree.members.areas])
    return WardModel(
        member=tree.members.index,
        ward_effect=draws.mean_one(wards, spreads["ward_effect_sd"]).astype(np.float32),
        authority_effect=np.asarray(draws.mean_one(authorities, spreads["authority_effect_sd"])),
        ward_spread=spreads["ward_effect_sd"],
        authority_spread=spreads["authority_effect_sd"],
    )


def rate_stream(rate_set: str, measure: str, sex: str) -> str:
    """The stream of draws of a published rate."""
    return f"rate {rate_set} {measure} {sex}"


def draw_rate(run: Run, measure: str, sex: str, rate: Rate) -> Array:
    """Draws of a published rate, shape [draw]: from its interval where one is printed, else from an effective base.

    The effective base is the rate's own where it has one, else the people who answered divided by the design effect
    (drawn over its range), else the registered effective base.
    """
    name = rate_stream(run.inputs.rates.name, measure, sex)
    if rate.low is not None and rate.high is not None:
        return run.draws.proportion_from_interval(name, rate.value, rate.low, rate.high)
    return run.draws.proportion(name, rate.value, effective_base=_effective_base(run, sex, rate))


def _effective_base(run: Run, sex: str, rate: Rate) -> Array | float:
    if rate.effective_base is not None:
        return rate.effective_base
    if rate.base is not None:
        return rate.base / run.drawn(DESIGN_EFFECT)
    return np.asarray(sum(run.drawn(name) for name in base_ids(sex, rate)))


def base_ids(sex: str, rate: Rate) -> tuple[str, ...]:
    """The assumptions a rate's draws rest on: none where an interval or an effective base is printed."""
    if rate.low is not None or rate.effective_base is not None:
        return ()
    if rate.base is not None:
        return (DESIGN_EFFECT,)
    return tuple(f"effective_base_{part.lower()}" for part in (SEXES if sex == "P" else (sex,)))


def survey_provenance(run: Run, measure: str, method: str) -> Provenance:
    """Where a survey figure comes from, and the assumptions behind it; ``method`` is how its rates are applied."""
    rates, pattern = run.inputs.rates, run.inputs.pattern
    chosen, method = method, rate_method(method)
    printed = ("P",) if method == "crude" else SEXES
    used = [rates.need(measure, sex) for sex in printed]
    sources = (*(rate.source_id for rate in used), *run.inputs.population.source_ids)
    bases = [name for sex, rate in zip(printed, used, strict=True) for name in base_ids(sex, rate)]
    assumptions = (*bases, *EFFECT_IDS)
    notes = [rates.scope_note] if rates.scope_note else []
    if method == "age_sex":
        sources += pattern.source_ids
        assumptions = (*bases, *pattern.assumption_ids, WOMEN_BASE, *EFFECT_IDS)
        notes.append("sex totals published; age pattern carried over and calibrated to England's population")
    if chosen == "composition":
        sources += ("census_2021",)
        assumptions += ("composition_share",)
        notes.append(
            f"moved between wards by published relative risks; total kept for the {run.inputs.scenario.benchmark}"
        )
    if chosen == "local":
        sources += ("ward_series_file",)
        notes.append("moved between wards by the observed series, shrunk towards the model")
    if run.inputs.scenario.intervals == "survey_only":
        notes.append("range: survey error only")
    return Provenance("modelled", chosen, sources, assumptions, "; ".join(notes))


def rate_method(method: str) -> str:
    """How national rates are applied under a method: composition and local start from rates by age and sex."""
    return "age_sex" if method in ("composition", "local") else method

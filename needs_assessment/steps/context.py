"""What the steps of one assessment share, and the random effects of its wards and authorities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from needs_assessment.areas import AreaTree
from needs_assessment.estimate.draws import Draws
from needs_assessment.estimate.prevalence import WardModel
from needs_assessment.inputs.load import SEXES, Inputs
from needs_assessment.inputs.rates import Rate
from needs_assessment.results import Provenance, ResultsBuilder

Array = NDArray[np.float64]
EFFECT_IDS = ("ward_effect_sd", "authority_effect_sd")


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


def build_model(inputs: Inputs, draws: Draws, tree: AreaTree) -> WardModel:
    """Ward and authority effects, drawn by code so that an area has the same draws wherever it is assessed."""
    spreads = {}
    for name in EFFECT_IDS:
        item = inputs.registers.assumption(name)
        spreads[name] = draws.range(name, inputs.registers.figure(name), item.low, item.high)
    wards = draws.normals([f"ward effect {area.code}" for area in tree.wards])
    authorities = np.array([draws.normal(f"authority effect {area.code}") for area in tree.members.areas])
    return WardModel(
        member=tree.members.index,
        ward_effect=draws.mean_one(wards, spreads["ward_effect_sd"]).astype(np.float32),
        authority_effect=np.asarray(draws.mean_one(authorities, spreads["authority_effect_sd"])),
        ward_spread=spreads["ward_effect_sd"],
        authority_spread=spreads["authority_effect_sd"],
    )


def draw_rate(run: Run, measure: str, sex: str, rate: Rate) -> Array:
    """Draws of a published rate: from its interval where one is printed, else from an effective base."""
    name = f"rate {run.inputs.rates.name} {measure} {sex}"
    if rate.low is not None and rate.high is not None:
        return run.draws.proportion_from_interval(name, rate.value, rate.low, rate.high)
    base = rate.effective_base if rate.effective_base is not None else _effective_base(run, sex)
    return run.draws.proportion(name, rate.value, effective_base=base)


def _effective_base(run: Run, sex: str) -> Array:
    if sex == "P":
        return run.drawn("effective_base_f") + run.drawn("effective_base_m")
    return run.drawn(f"effective_base_{sex.lower()}")


def survey_provenance(run: Run, measure: str, method: str) -> Provenance:
    rates, pattern = run.inputs.rates, run.inputs.pattern
    printed = ("P",) if method == "crude" else SEXES
    used = [rates.need(measure, sex) for sex in printed]
    sources = (*(rate.source_id for rate in used), *run.inputs.population.source_ids)
    bases = (
        [f"effective_base_{sex.lower()}" for sex in SEXES] if any(rate.low is None for rate in used) else []
    )
    assumptions = (*bases, *EFFECT_IDS)
    notes = [] if (rates.age_from, rates.age_to) == (16, None) else [f"people {rates.ages}"]
    if method == "age_sex":
        sources += pattern.source_ids
        assumptions = (*bases, *pattern.assumption_ids, *EFFECT_IDS)
        notes.append("sex totals published; age pattern carried over and calibrated to England's population")
    return Provenance("modelled", method, sources, assumptions, "; ".join(notes))

"""What the benchmarks share: the bundled inputs, the national rates as a run draws them, and a true nation behind them.

This file holds no figure of its own: every rate, range and population is read from the registers, and drawn as a run does.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from needs_assessment.estimate.draws import Draws, two_piece_triangle
from needs_assessment.estimate.prevalence import calibrate, men_index, women_index
from needs_assessment.inputs.load import SEXES, Inputs, load_inputs
from needs_assessment.inputs.rates.rates import LAST_YEAR
from needs_assessment.resources import data_dir
from needs_assessment.results import ResultsBuilder
from needs_assessment.scenario import Scenario
from needs_assessment.steps.area_tree import build_tree
from needs_assessment.steps.context import Run, build_model
from needs_assessment.steps.rates import rates_by_band

Array = NDArray[np.float64]
BASES = {sex: f"effective_base_{sex.lower()}" for sex in SEXES}


class National:
    """The registers and the bundled population of one area."""

    def __init__(self, area: str) -> None:
        self.inputs = load_inputs(Scenario(area=(area,)), data_dir())
        self._tree = build_tree(self.inputs)
        self._model = build_model(self.inputs, Draws(2, 0), self._tree)

    def figure(self, name: str) -> float:
        return self.inputs.registers.figure(name)

    def range(self, name: str) -> tuple[float, float, float]:
        """Low, most plausible and high value of a registered judgement."""
        item = self.inputs.registers.assumption(name)
        if item.value is None or item.low is None or item.high is None:
            raise ValueError(f"{name} has no range")
        return item.low, item.value, item.high

    def rates(self, draws: Draws, inputs: Inputs | None = None) -> tuple[dict[str, Array], dict[str, Array]]:
        """Rates by sex and band of method ``age_sex``, central [band] and drawn [band, draw], as a run has them."""
        run = Run(inputs or self.inputs, draws, self._tree, self._model, ResultsBuilder())
        return rates_by_band(run, LAST_YEAR, "age_sex")

    def nature(self, rng: np.random.Generator) -> tuple[dict[str, Array], Inputs]:
        """True rates by sex and band, [band], and the inputs as a survey of them publishes.

        The registered rates are taken as true for both sexes and for women by age; the survey publishes them with the
        error of its effective base, which is itself within its registered range, as is every judgement about age.
        """
        rates, pattern = self.inputs.rates, self.inputs.pattern
        adults = {sex: self.inputs.england.adults[sex][0] for sex in SEXES}
        base = {sex: self._within(BASES[sex], rng) for sex in SEXES}
        true = {sex: rates.need(LAST_YEAR, sex).value for sex in SEXES}
        oldest = np.array([band[1] is None for band in pattern.bands])
        older = self._within(pattern.older, rng)
        young = np.array([self._within(name, rng) for name in pattern.men_young])
        shares = {sex: adults[sex] / adults[sex].sum() for sex in SEXES}
        index = {
            "F": women_index(np.array(pattern.women), oldest, older),
            "M": men_index(young, oldest, older, shares["M"]),
        }
        levels = {sex: _published(true[sex], base[sex], rng) for sex in SEXES}
        women = [
            _published(rate, base["F"] * share, rng)
            for rate, share in zip(pattern.women_rates, shares["F"][:-1], strict=True)
        ]
        seen = {
            **rates.rates,
            **{(LAST_YEAR, sex): replace(rates.need(LAST_YEAR, sex), value=levels[sex]) for sex in SEXES},
        }
        relative = tuple(rate / pattern.women_total for rate in (*women, women[-1]))
        published = replace(
            self.inputs,
            rates=replace(rates, rates=seen),
            pattern=replace(pattern, women=relative, women_rates=tuple(women)),
        )
        return {sex: calibrate(index[sex], shares[sex], true[sex]) for sex in SEXES}, published

    def _within(self, name: str, rng: np.random.Generator) -> float:
        low, value, high = self.range(name)
        return float(two_piece_triangle(np.asarray(rng.random()), low, value, high))


def _published(true: float, base: float, rng: np.random.Generator) -> float:
    error = rng.standard_normal() / np.sqrt(base * true * (1 - true))
    return float(expit(logit(true) + error))

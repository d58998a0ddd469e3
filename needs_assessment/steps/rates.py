"""Rates by sex and age band, central and drawn, for the chosen method."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from needs_assessment.errors import InputError
from needs_assessment.estimate.age_pattern import men_index, women_index
from needs_assessment.estimate.prevalence import calibrate
from needs_assessment.inputs.load import SEXES
from needs_assessment.inputs.rates import BANDS
from needs_assessment.steps.context import Run, draw_rate

Array = NDArray[np.float64]
SEX_NAMES = {"F": "women", "M": "men", "P": "everyone"}


def rates_by_band(run: Run, measure: str, method: str) -> tuple[dict[str, Array], dict[str, Array]]:
    """Rates by sex over ``BANDS``: central [band] and drawn [band, draw]; zero outside the survey's ages."""
    rates, inside = run.inputs.rates, np.isin(np.arange(len(BANDS)), positions_in_scope(run))
    central, drawn = {}, {}
    for sex in SEXES:
        printed = "P" if method == "crude" else sex
        rate = rates.need(measure, printed)
        levels = draw_rate(run, measure, printed, rate)
        if method == "age_sex":
            england = run.inputs.england.adults[sex][0][inside]
            shares = england / england.sum()
            try:
                known = calibrate(_index(run, sex, shares, inside, central=True), shares, rate.value)
                sampled = calibrate(_index(run, sex, shares, inside, central=False), shares, levels)
            except ValueError as error:
                raise InputError(
                    f"Rate set '{rates.name}' cannot carry the registered age pattern: {error}.",
                    file=rates.file,
                    found=f"{rate.value:.1%} of {SEX_NAMES[sex]}",
                    expected="a rate low enough for the age pattern",
                    action="check the rate, or choose --method sex",
                ) from error
        else:
            known = np.full(inside.sum(), rate.value)
            sampled = np.broadcast_to(levels, (inside.sum(), run.draws.count))
        central[sex] = np.zeros(len(BANDS))
        central[sex][inside] = known
        drawn[sex] = np.zeros((len(BANDS), run.draws.count))
        drawn[sex][inside] = sampled
    return central, drawn


def positions_in_scope(run: Run) -> list[int]:
    return [place for place, band in enumerate(BANDS) if band in run.inputs.rates.bands]


def _index(run: Run, sex: str, shares: Array, inside: NDArray[np.bool_], *, central: bool) -> Array:
    pattern = run.inputs.pattern
    oldest = np.array([band[1] is None for band in pattern.bands])[inside]
    older = run.figure(pattern.older) if central else run.drawn(pattern.older)
    if sex == "F":
        return women_index(np.array(pattern.women)[inside], oldest, older)
    young = [run.figure(name) if central else run.drawn(name) for name in pattern.men_young]
    return men_index(np.array(young), oldest, older, shares)

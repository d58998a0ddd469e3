"""Rates by sex and age band, central and drawn, for the chosen method."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from needs_assessment.errors import InputError
from needs_assessment.estimate.age_pattern import men_index, women_index
from needs_assessment.estimate.prevalence import calibrate
from needs_assessment.inputs.load import SEXES
from needs_assessment.inputs.rates.rates import BANDS
from needs_assessment.steps.context import WOMEN_BASE, Run, draw_rate

Array = NDArray[np.float64]
SEX_NAMES = {"F": "women", "M": "men", "P": "everyone"}


def rates_by_band(run: Run, measure: str, method: str) -> tuple[dict[str, Array], dict[str, Array]]:
    """Rates by sex over ``BANDS``: central [band] and drawn [band, draw]; zero outside the ages they are applied to.

    The age pattern is calibrated over the survey's own ages, also where the rates are applied to older people.
    """
    rates, inside = run.inputs.rates, np.isin(np.arange(len(BANDS)), positions_in_scope(run))
    asked = np.array([band in rates.survey_bands for band in BANDS])[inside]
    central, drawn = {}, {}
    for sex in SEXES:
        printed = "P" if method == "crude" else sex
        rate = rates.need(measure, printed)
        levels = draw_rate(run, measure, printed, rate)
        if method == "age_sex":
            england = np.where(asked, run.inputs.england.adults[sex][0][inside], 0.0)
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
        published = np.array(pattern.women) if central else _women_drawn(run)
        return women_index(published[inside], oldest, older)
    young = [run.figure(name) if central else run.drawn(name) for name in pattern.men_young]
    return men_index(np.array(young), oldest, older, shares)


def _women_drawn(run: Run) -> Array:
    """Draws of the women's index, shape [band, draw]: each band's printed rate over that of all women.

    No interval is printed by age, so a band's effective base is the registered one of all women times England's share
    of women aged 16 and over who are in the band. The last band stands on the one before it, as its central value does.
    """
    pattern, women = run.inputs.pattern, run.inputs.england.adults["F"][0]
    base = run.drawn(WOMEN_BASE)
    bands = [
        run.draws.proportion(f"age index women {band[0]}", rate, effective_base=base * part)
        for band, rate, part in zip(
            pattern.bands[:-1], pattern.women_rates, women[:-1] / women.sum(), strict=True
        )
    ]
    return np.stack([*bands, bands[-1]]) / pattern.women_total

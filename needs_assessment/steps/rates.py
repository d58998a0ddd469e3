"""Rates by sex and age band, central and drawn, for the chosen method.

What makes a ward's risk differ from its age and sex: its composition, or an observed local series.

Both give a relative risk r by ward, central [ward] and drawn [ward, draw], that multiplies every modelled figure of the
ward. Method ``local`` replaces the lognormal ward effect, because its draws already hold what is not known of a ward.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from needs_assessment.arrays import Array
from needs_assessment.errors import InputError
from needs_assessment.estimate.composition import Characteristic, relative_risk
from needs_assessment.estimate.draws import Draws
from needs_assessment.estimate.local_evidence import (
    draw_relative_risk,
    expected_events,
    posterior_mean,
    spread_posterior,
)
from needs_assessment.estimate.prevalence import (
    RelativeRisk,
    WardModel,
    calibrate,
    expected,
    men_index,
    women_index,
)
from needs_assessment.inputs.load import SEXES
from needs_assessment.inputs.rates.rates import BANDS, LAST_YEAR
from needs_assessment.steps.carried_ratios import GROUPINGS, Edition, Published, find_rate
from needs_assessment.steps.context import WOMEN_BASE, Run, build_model, draw_rate

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


SHARE = "composition_share"
# published values that need draws (medians, probabilities) rest on these, so that no value depends on the run's seed
REFERENCE_SEED = 0


def composition_risk(run: Run) -> RelativeRisk:
    """r from published relative risks by characteristic, with the share carried over (λ) drawn over its range."""
    inputs, draws = run.inputs, run.draws
    topics = {
        name: topic
        for name, topic in inputs.characteristics.topics.items()
        if name in GROUPINGS and topic.england is not None
    }
    found: dict[str, Characteristic] = {}
    for name, topic in topics.items():
        grouping = GROUPINGS[name]
        groups = [
            (categories, rate.rate)
            for categories, group in grouping.groups.values()
            if (rate := _published(run, grouping.edition, group)) is not None
        ]
        covered = {category for categories, _ in groups for category in categories}
        rest = tuple(category for category in topic.categories if category not in covered)
        sets = [*groups, *([(rest, np.nan)] if rest else [])]
        everyone = _published(run, grouping.edition, "all")
        if len(groups) < 2 and everyone is None:
            continue
        england = np.array([topic.england_share(categories) for categories, _ in sets])
        england = england / england.sum()
        risks = np.array([rate for _, rate in sets])
        if rest and everyone is not None:
            # the rest take the rate that closes the edition's own total
            known = ~np.isnan(risks)
            closing = (everyone.rate - england[known] @ risks[known]) / england[~known].sum()
            # a total that leaves nothing for the rest says nothing of them: they stay unknown and take the average
            risks[~known] = closing if closing > 0 else np.nan
        shares = np.stack([topic.shares(categories) for categories, _ in sets], axis=1)
        found[name] = Characteristic(shares / shares.sum(axis=1, keepdims=True), england, risks)
    if not found:
        raise InputError(
            "Method composition needs residents by characteristic, and none are known for this area.",
            found=inputs.characteristics.missing,
            expected="a table of residents by ward and characteristic",
            action="give one with characteristics, or choose --method age_sex",
        )
    item = inputs.registers.assumption(SHARE)
    carried = draws.range(SHARE, inputs.registers.figure(SHARE), item.low, item.high)
    return RelativeRisk(
        relative_risk(found, inputs.registers.figure(SHARE)),
        relative_risk(found, carried),
        keeps_total=inputs.scenario.benchmark == "authority",
        replaces_ward_effect=False,
    )


def _published(run: Run, edition: Edition, group: str) -> Published | None:
    return find_rate(run, edition, edition.measure, edition.sex, group)


def local_risk(run: Run) -> RelativeRisk:
    """r from the observed series by Poisson-gamma shrinkage around the modelled victims of each ward."""
    inputs = run.inputs
    if inputs.ward_series is None:
        raise InputError(
            "Method local needs an observed series by ward.",
            expected="a CSV file with ward_code and count",
            action="give it with ward_series (--set ward_series=FILE), or choose --method age_sex",
        )
    observed = inputs.ward_series.observed
    central, _ = rates_by_band(run, LAST_YEAR, "age_sex")
    modelled = expected(inputs.persons.adults, central)
    events = expected_events(observed, modelled, run.tree.members.index)  # type: ignore[arg-type]
    # the prior of the spread reaches to the upper end of the registered range
    item = inputs.registers.assumption("ward_effect_sd")
    spread = spread_posterior(
        observed, events, run.figure("ward_effect_sd") if item.high is None else item.high
    )
    names = [f"local evidence {area.code}" for area in run.tree.wards]
    return RelativeRisk(
        posterior_mean(observed, events, spread),
        draw_relative_risk(observed, events, spread, run.draws, names),
        keeps_total=True,
        replaces_ward_effect=True,
    )


def with_relative_risk(run: Run) -> WardModel:
    """The run's model with the relative risk of its method; the model as it is for methods without one."""
    method = run.inputs.scenario.method
    if method == "composition":
        return replace(run.model, relative=composition_risk(run))
    if method == "local":
        none = np.zeros_like(run.model.ward_spread)
        return replace(
            run.model,
            relative=local_risk(run),
            ward_effect=np.ones_like(run.model.ward_effect),
            ward_spread=none,
        )
    return run.model


def reference_run(run: Run) -> Run:
    """The same run on draws of a fixed seed, for values that are a median or a mean over draws."""
    draws = Draws(run.draws.count, REFERENCE_SEED)
    fixed = replace(run, draws=draws, model=build_model(run.inputs, draws, run.tree))
    fixed.model = with_relative_risk(fixed)
    return fixed

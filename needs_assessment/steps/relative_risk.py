"""What makes a ward's risk differ from its age and sex: its composition, or an observed local series.

Both give a relative risk r by ward, central [ward] and drawn [ward, draw], that multiplies every modelled figure of the
ward. Method ``local`` replaces the lognormal ward effect, because its draws already hold what is not known of a ward.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from needs_assessment.errors import InputError
from needs_assessment.estimate.composition import Characteristic, relative_risk
from needs_assessment.estimate.draws import Draws
from needs_assessment.estimate.local_evidence import (
    draw_relative_risk,
    expected_events,
    posterior_mean,
    spread_posterior,
)
from needs_assessment.estimate.prevalence import RelativeRisk, WardModel, expected
from needs_assessment.inputs.rates.rates import LAST_YEAR
from needs_assessment.steps.carried_ratios import GROUPINGS, Edition, Published, find_rate
from needs_assessment.steps.context import Run, build_model
from needs_assessment.steps.rates import rates_by_band

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

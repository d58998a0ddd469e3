"""Which inputs the headline figures hang on, and what knowing one of them would do to the range."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from needs_assessment.arrays import Array
from needs_assessment.estimate.draws import RANGE_ENDS, TAILS, OneAtATime, RecordedDraws
from needs_assessment.estimate.sensitivity import Sensitivity, first_order, interval_narrowing, one_at_a_time
from needs_assessment.inputs.load import Inputs
from needs_assessment.inputs.rates.rates import LAST_YEAR
from needs_assessment.steps.accommodation.places import TARGET
from needs_assessment.steps.context import EFFECT_IDS, rate_stream
from needs_assessment.steps.rates import REFERENCE_SEED
from needs_assessment.steps.what_if import GAP, QUEUEING, area_run, core_draws

AUTHORITY, WOMEN_AGES, RATE = "authority effect", "age index women", "rate"
PEOPLE = {"F": "women", "M": "men", "P": "everyone"}
# these say how wide the range of another input is; what they do is part of that input
WIDTHS = {
    *EFFECT_IDS,
    "effective_base_f",
    "effective_base_m",
    "design_effect",
    "partner_share_effective_base",
}


@dataclass(frozen=True)
class Unknown:
    """One input that is not known for certain: the streams of draws it is made of, and what they rest on."""

    id: str
    label: str
    unit: str
    streams: tuple[str, ...]


def measure_sensitivity(inputs: Inputs, supply: float | None) -> Sensitivity | None:
    """Sensitivity of victims, unmet need, places by queueing and the gap to every input that is not known.

    The gap is known only where supply is; a local return of supply is certain, so the gap moves as places do. The draws
    are those of the reference seed, so no figure depends on the seed of the run. None where a run has too few draws.
    """
    draws = RecordedDraws(inputs.scenario.draws, REFERENCE_SEED)
    run = area_run(inputs, draws)
    outcomes = core_draws(run)
    unknowns = _unknowns(inputs, draws.realised)
    stack = np.stack(list(outcomes.values()))
    realised = {
        unknown.id: np.stack([draws.realised[name] for name in unknown.streams]) for unknown in unknowns
    }
    # an effect is what it multiplies by: its size and its spread together
    if AUTHORITY in realised:
        realised[AUTHORITY] = np.log(np.atleast_2d(run.model.authority_effect))
    try:
        fit = first_order(stack, realised)
    except ValueError:
        return None
    rows = _one_at_a_time(inputs, unknowns)
    places = {outcome: place for place, outcome in enumerate(outcomes)}
    for row in rows:
        name, place = str(row["unknown"]), places[str(row["outcome"])]
        known = row["kind"] == "unknown"
        row["share"] = float(fit.shares[name][place]) if known else np.nan
        row["narrows"] = interval_narrowing(stack[place], fit.effects[name][place]) if known else np.nan
    frame = pd.DataFrame(rows)
    if supply is not None:
        gap = frame[frame["outcome"] == QUEUEING].assign(outcome=GAP)
        moved = ["at_low", "at_central", "at_high"]
        gap[moved] = gap[moved] - supply
        frame = pd.concat([frame, gap], ignore_index=True)
    explained = {
        outcome: float(frame.loc[frame["outcome"] == outcome, "share"].sum())
        for outcome in frame["outcome"].unique()
    }
    return Sensitivity(frame, explained, supply is not None)


def _unknowns(inputs: Inputs, realised: Mapping[str, Array]) -> list[Unknown]:
    """The inputs behind the streams that the chain asked for; a pattern by age, and the effects of a partnership's
    members, are one input of several parts."""
    gathered: dict[str, list[str]] = {}
    for name in realised:
        if name not in WIDTHS:
            whole = next((one for one in (AUTHORITY, WOMEN_AGES) if name.startswith(f"{one} ")), name)
            gathered.setdefault(whole, []).append(name)
    return [Unknown(name, *_named(inputs, name), tuple(parts)) for name, parts in gathered.items()]


def _named(inputs: Inputs, name: str) -> tuple[str, str]:
    """What a reader calls an input, and its unit."""
    registers = inputs.registers
    if name in registers.assumptions:
        item = registers.assumption(name)
        return item.label, item.unit
    if name == AUTHORITY:
        return "How far this area's risk lies from the national rate", "times the national figure"
    if name == WOMEN_AGES:
        return "How women's rates differ by age", "pattern"
    if name in (rates := _rates(inputs)):
        return f"National rate of {rates[name]}, last year", "proportion"
    return name, ""


def _rates(inputs: Inputs) -> dict[str, str]:
    """The streams of the survey's rates, and whose they are."""
    return {rate_stream(inputs.rates.name, LAST_YEAR, sex): words for sex, words in PEOPLE.items()}


def _one_at_a_time(inputs: Inputs, unknowns: list[Unknown]) -> list[dict[str, object]]:
    """One row a figure and input, with the input at its ends and the figure there; the chain runs once for all."""
    registers = inputs.registers
    ends = {
        stream: RANGE_ENDS if stream in registers.assumptions else TAILS
        for unknown in unknowns
        for stream in unknown.streams
    }
    target = registers.assumption(TARGET)
    choices = [
        share for share in (target.low, target.high) if share is not None and target.low != target.high
    ]
    draws = OneAtATime(ends, more=len(choices))
    run = area_run(inputs, draws)
    targets = np.full(draws.count, registers.figure(TARGET))
    if choices:
        targets[-len(choices) :] = choices
    found = core_draws(run, targets)
    rows: list[dict[str, object]] = []
    rates = _rates(inputs)
    for outcome, values in found.items():
        base = float(values[0])
        for unknown in unknowns:
            places = draws.columns(unknown.streams)
            low, high = one_at_a_time(base, values[places])
            # which end of the input makes the figure low: the first as the input falls, where it has one part
            if len(unknown.streams) == 1:
                low, high = (float(part) for part in values[places[0]])
            moved = draws.realised[unknown.streams[0]]
            if unknown.id == AUTHORITY:
                moved = np.asarray(run.model.authority_effect[0], dtype=float)
            single = len(unknown.streams) == 1
            rows.append(
                {
                    "outcome": outcome,
                    "unknown": unknown.id,
                    "group": RATE if unknown.id in rates else unknown.id,
                    "label": unknown.label,
                    "unit": unknown.unit,
                    "kind": "unknown",
                    "input_low": float(moved[places[0, 0]]) if single else np.nan,
                    "input_central": float(moved[0]) if single else np.nan,
                    "input_high": float(moved[places[0, 1]]) if single else np.nan,
                    "at_low": low,
                    "at_central": base,
                    "at_high": high,
                }
            )
        if choices and outcome == QUEUEING:
            at_low, at_high = (float(value) for value in values[-2:])
            rows.append(
                {
                    "outcome": outcome,
                    "unknown": TARGET,
                    "group": TARGET,
                    "label": target.label,
                    "unit": target.unit,
                    "kind": "choice",
                    "input_low": choices[0],
                    "input_central": registers.figure(TARGET),
                    "input_high": choices[1],
                    "at_low": at_low,
                    "at_central": base,
                    "at_high": at_high,
                }
            )
    return rows

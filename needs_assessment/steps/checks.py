"""Checks that run on every run; a failed one stops the run or is shown on page one, never kept quiet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from needs_assessment.catalogue.tiers import PARTS, TIERS
from needs_assessment.inputs.load import SEXES, Inputs
from needs_assessment.inputs.rates.rates import BANDS, LAST_YEAR
from needs_assessment.results import Results

SUM_TOLERANCE = 1e-6
CALIBRATION_TOLERANCE = 1e-9
ADDITIVE = (
    "residents",
    "residents_16_and_over",
    "victims_last_year",
    "victims_since_16",
    "children_affected",
    "high_risk_cases",
    "repeat_high_risk_cases",
    "high_risk_people",
    "children_high_risk",
    *(f"{part}_{name}" for name, tier in TIERS.items() if tier.additive for part in PARTS),
)


@dataclass(frozen=True)
class Check:
    """One check: what was compared, whether it held, and whether a failure stops the run or warns."""

    name: str
    passed: bool
    detail: str
    stops: bool = True


def run_checks(
    inputs: Inputs, results: Results, rates: Mapping[str, NDArray[np.float64]] | None = None
) -> tuple[Check, ...]:
    """Every check of a finished assessment; rates: the central rates applied, by sex over ``BANDS``."""
    return (
        *_sums(results),
        *_calibration(inputs, results, rates),
        _ratios(results),
        _bounds(results),
        *_published_counts(inputs, results),
    )


def _sums(results: Results) -> list[Check]:
    checks = []
    for measure in ADDITIVE:
        whole = results.row(measure)
        if not whole.known:
            continue
        wards = results.rows([measure], level="ward")["value"]
        difference = abs(float(wards.sum()) - whole.value)
        checks.append(
            Check(
                f"wards add up to the area: {measure}",
                bool(difference <= SUM_TOLERANCE),
                # the difference itself is rounding noise that depends on the total, which may be suppressed
                f"{len(wards)} wards, "
                + (f"difference below {SUM_TOLERANCE:g}" if difference <= SUM_TOLERANCE else "they do not"),
            )
        )
    return checks


def _calibration(
    inputs: Inputs, results: Results, rates: Mapping[str, NDArray[np.float64]] | None
) -> list[Check]:
    checks = []
    extended = inputs.rates.extended_from
    if extended and rates is None:
        return []  # England's row is then of more ages than the published rate
    asked = np.array([band in inputs.rates.survey_bands for band in BANDS])
    printed = {"all": "P"} if inputs.scenario.method == "crude" else {sex: sex for sex in SEXES}
    for category, sex in printed.items():
        rate = inputs.rates.need(LAST_YEAR, sex).value
        row = results.row(
            "prevalence_last_year",
            area="E92000001",
            level="england",
            breakdown="all" if category == "all" else "sex",
            category=category,
        )
        value = row.value
        if extended and rates is not None:
            sexes = SEXES if sex == "P" else (sex,)
            people = {each: inputs.england.adults[each][0][asked] for each in sexes}
            value = sum(people[each] @ rates[each][asked] for each in sexes) / sum(
                map(np.sum, people.values())
            )
        difference = abs(value - rate)
        checks.append(
            Check(
                f"calibrated rates reproduce the published rate, sex {sex}",
                bool(difference <= CALIBRATION_TOLERANCE),
                f"published {rate:.3%}, difference {difference:.1e}",
            )
        )
    return checks


def _ratios(results: Results) -> Check:
    frame = results.frame
    keys = ["area_level", "area_code", "breakdown", "category"]
    rate = frame[(frame["measure"] == "prevalence_last_year") & frame["value"].notna()]
    outside = int(((rate["value"] < 0) | (rate["value"] > 1) | (rate["high"] > 1)).sum())
    repeated = int(rate.duplicated(keys).sum())
    return Check(
        "prevalence lies between 0 and 1 everywhere",
        outside == 0 and repeated == 0,
        f"{len(rate)} values, {outside} outside",
    )


def _bounds(results: Results) -> Check:
    frame = results.frame[results.frame["low"].notna() & results.frame["value"].notna()]
    crossed = int((frame["low"] > frame["high"]).sum())
    return Check(
        "every interval has low below high", crossed == 0, f"{len(frame)} intervals, {crossed} crossed"
    )


def _published_counts(inputs: Inputs, results: Results) -> list[Check]:
    share = inputs.registers.assumption("england_share_of_england_and_wales")
    checks: list[Check] = []
    if inputs.rates.extended_from:
        return checks  # the published count is of the survey's own ages
    sexes = ("P",) if inputs.scenario.method == "crude" else SEXES
    for sex in sexes:
        count = inputs.rates.need(LAST_YEAR, sex).published_count
        if count is None or share.low is None or share.high is None:
            continue
        row = results.row(
            "victims_last_year",
            area="E92000001",
            level="england",
            breakdown="all" if sex == "P" else "sex",
            category="all" if sex == "P" else sex,
        )
        ratio = row.value / count
        # the published count is itself rounded, to the nearest 100,000 at most
        slack = 0.5 * _rounding(count) / count
        checks.append(
            Check(
                f"England's count against the published count for England and Wales, sex {sex}",
                bool(share.low - slack <= ratio <= share.high + slack),
                f"{row.value:,.0f} of {count:,.0f}: {ratio:.3f}, expected {share.low} to {share.high}",
                stops=False,
            )
        )
    return checks


def _rounding(count: float) -> float:
    """The unit a published count is rounded to, read off its trailing zeros."""
    unit = 1
    while unit < count and np.isclose(count % (unit * 10), 0):
        unit *= 10
    return float(unit)

"""What this run does not know, what to obtain, and what it would change: the first is always supply."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from needs_assessment.disclosure.gate import SafeResults
from needs_assessment.estimate.sensitivity import Sensitivity
from needs_assessment.report.tables.equality_gaps import characteristics_gap
from needs_assessment.report.tables.evidence_statements import evidence_gap
from needs_assessment.report.tables.unknowns import AUTHORITY, UNMET, VICTIMS, narrowing
from needs_assessment.report.wording import percent, unknown

if TYPE_CHECKING:
    from needs_assessment.inputs.load import Inputs

COLUMNS = [
    ("gap", "What is not known"),
    ("obtain", "What to obtain"),
    ("changes", "What it would change"),
    ("narrows", "What it would narrow"),
]
PLACES_GAP, CONFIDENCE = "Places of safe accommodation available", "Published confidence intervals"
SUPPORTED = "Households supported in safe accommodation"
NOT_SUPPORTED, WARDS = "Households that could not be supported", "How risk differs between wards"


def data_gaps(inputs: Inputs, safe: SafeResults, sensitivity: Sensitivity | None = None) -> pd.DataFrame:
    """One row a gap, in the order of what matters most to the duty.

    sensitivity: what knowing an input would do to the ranges, for the column ``narrows``.
    """
    rows: list[tuple[str, str, str]] = []
    if unknown(safe.row("places_available")):
        rows.append(
            (
                "Places of safe accommodation available in the area",
                "Family places by type from providers and commissioning records, as one total for each type and never "
                "by address (--services)",
                "The gap itself: without it only the national average can stand in",
            )
        )
    for figure in inputs.stale_figures():
        rows.append(
            (
                f"A current figure for {figure.measure.replace('_', ' ')}: the one used is {figure.age_text()} old",
                "The same return for the last full year",
                "Replaces a stale figure",
            )
        )
    if not inputs.has_local("households_supported"):
        rows.append(
            (
                "Households supported in safe accommodation",
                "The council's annual safe-accommodation return (--services)",
                "Met need: a count in place of a share of the national total",
            )
        )
    if not inputs.has_local("households_not_supported"):
        rows.append(
            (
                "Households that could not be supported",
                "Referrals declined, with the reason, from the same return (--services)",
                "Unmet need, the figure a board most needs and a national share hides best",
            )
        )
    if not inputs.overlaps.tables:
        rows.append(
            (
                "How many people are on more than one service's list",
                "Services' lists matched with each other by one of them, as counts by combination of lists "
                "(--set overlaps=FILE)",
                "Met need: one number in place of a range, and a second estimate of those whom no service knows",
            )
        )
    rows.append(
        (
            "How risk differs between wards beyond age and sex",
            "Police incidents, MARAC cases or helpline contacts by ward of residence",
            "Ward estimates: today they follow population, age and sex only",
        )
    )
    if any(rate.low is None for rate in inputs.rates.rates.values()):
        rows.append(
            (
                f"Published confidence intervals for the national rates ({inputs.rates.name})",
                "The survey's workbook of tables from the Office for National Statistics",
                "Replaces a judgement about the survey's effective size; the national part of every interval",
            )
        )
    characteristics = characteristics_gap(inputs.characteristics)
    if characteristics is not None:
        rows.append(characteristics)
    evidence = evidence_gap(inputs.evidence)
    if evidence is not None:
        rows.append(evidence)
    if inputs.boundaries is None:
        rows.append(
            (
                "Ward boundaries of the same date as the population",
                "The official ward boundary file (--boundaries)",
                "A map with true shapes" + (" in place of the tile map" if inputs.points is not None else ""),
            )
        )
    frame = pd.DataFrame(rows, columns=[key for key, _ in COLUMNS[:-1]])
    hidden = UNMET in safe.suppressed_measures
    return frame.assign(narrows=[_narrows(gap, sensitivity, hidden) for gap in frame["gap"]])


def _narrows(gap: str, sensitivity: Sensitivity | None, hidden: bool) -> str:
    """What knowing this would take off a range, at most."""
    if gap.startswith(PLACES_GAP):
        return "The gap: from not known to known"
    if gap.startswith(SUPPORTED):
        return "Met need: from a range to a count"
    if gap.startswith(WARDS):
        return "Each ward's range; not the area's"
    share, figure = float("nan"), ""
    if gap.startswith(NOT_SUPPORTED) and not hidden:
        share, figure = narrowing(sensitivity, UNMET, AUTHORITY), "households not supported"
    if gap.startswith(CONFIDENCE):
        share, figure = narrowing(sensitivity, VICTIMS, "rate "), "victims, were a rate known exactly"
    return (
        "No range in this paper"
        if math.isnan(share)
        else f"At most {percent(share)} of the range of {figure}"
    )

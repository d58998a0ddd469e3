"""What this run does not know, what to obtain, and what it would change: the first is always supply."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from needs_assessment.disclosure.gate import SafeResults
from needs_assessment.estimate.sensitivity import Sensitivity
from needs_assessment.report.tables.equality_gaps import characteristics_gap
from needs_assessment.report.tables.evidence_statements import evidence_gap
from needs_assessment.report.tables.unknowns import AUTHORITY, RATE, UNMET, VICTIMS, narrowing
from needs_assessment.report.wording import percent, unknown

if TYPE_CHECKING:
    from needs_assessment.inputs.load import Inputs

COLUMNS = [
    ("gap", "What is not known"),
    ("obtain", "What to obtain"),
    ("changes", "What it would change"),
    ("narrows", "What it would narrow"),
]
NO_RANGE = "No range in this paper"


def data_gaps(inputs: Inputs, safe: SafeResults, sensitivity: Sensitivity | None = None) -> pd.DataFrame:
    """One row a gap, in the order of what matters most to the duty.

    sensitivity: what knowing an input would do to the ranges, for the column ``narrows``.
    """
    rows: list[tuple[str, str, str, str]] = []
    if unknown(safe.row("places_available")):
        rows.append(
            (
                "Places of safe accommodation available in the area",
                "Family places by type from providers and commissioning records, as one total for each type and never "
                "by address (--services)",
                "The gap itself: without it only the national average can stand in",
                "The gap: from not known to known",
            )
        )
    for figure in inputs.stale_figures():
        rows.append(
            (
                f"A current figure for {figure.measure.replace('_', ' ')}: the one used is {figure.age_text()} old",
                "The same return for the last full year",
                "Replaces a stale figure",
                NO_RANGE,
            )
        )
    if not inputs.has_local("households_supported"):
        rows.append(
            (
                "Households supported in safe accommodation",
                "The council's annual safe-accommodation return (--services)",
                "Met need: a count in place of a share of the national total",
                "Met need: from a range to a count",
            )
        )
    if not inputs.has_local("households_not_supported"):
        rows.append(
            (
                "Households that could not be supported",
                "Referrals declined, with the reason, from the same return (--services)",
                "Unmet need, the figure a board most needs and a national share hides best",
                NO_RANGE
                if UNMET in safe.suppressed_measures
                else _narrows(narrowing(sensitivity, UNMET, AUTHORITY), "households not supported"),
            )
        )
    if not inputs.overlaps.tables:
        rows.append(
            (
                "How many people are on more than one service's list",
                "Services' lists matched with each other by one of them, as counts by combination of lists "
                "(--set overlaps=FILE)",
                "Met need: one number in place of a range, and a second estimate of those whom no service knows",
                NO_RANGE,
            )
        )
    rows.append(
        (
            "How risk differs between wards beyond age and sex",
            "Police incidents, MARAC cases or helpline contacts by ward of residence",
            "Ward estimates: today they follow population, age and sex only",
            "Each ward's range; not the area's",
        )
    )
    if any(rate.low is None for rate in inputs.rates.rates.values()):
        rows.append(
            (
                f"Published confidence intervals for the national rates ({inputs.rates.name})",
                "The survey's workbook of tables from the Office for National Statistics",
                "Replaces a judgement about the survey's effective size; the national part of every interval",
                _narrows(narrowing(sensitivity, VICTIMS, RATE), "victims, were a rate known exactly"),
            )
        )
    characteristics = characteristics_gap(inputs.characteristics)
    if characteristics is not None:
        rows.append((*characteristics, NO_RANGE))
    evidence = evidence_gap(inputs.evidence)
    if evidence is not None:
        rows.append((*evidence, NO_RANGE))
    if inputs.boundaries is None:
        rows.append(
            (
                "Ward boundaries of the same date as the population",
                "The official ward boundary file (--boundaries)",
                "A map with true shapes" + (" in place of the tile map" if inputs.points is not None else ""),
                NO_RANGE,
            )
        )
    return pd.DataFrame(rows, columns=[key for key, _ in COLUMNS])


def _narrows(share: float, figure: str) -> str:
    """What knowing this would take off a range, at most."""
    return NO_RANGE if math.isnan(share) else f"At most {percent(share)} of the range of {figure}"

"""Sentences made from released results, with a precision the numbers deserve and in plain English."""

from __future__ import annotations

import math
import re

import pandas as pd

from needs_assessment.disclosure.published_table import SUPPRESSED, format_number

NOT_PUBLISHED = "suppressed to protect people's confidentiality"


def about(value: float, coarse: float) -> str:
    """A modelled number as words: to ``coarse`` from ten times that upwards, to a tenth of it below."""
    step = coarse if abs(value) >= 10 * coarse else max(1.0, coarse / 10)
    return format_number(value, step)


def estimate(row: pd.Series, coarse: float, noun: str = "") -> str:
    """ "about 19,300 people (likely between 13,800 and 26,200)" for one released row, or why there is no number."""
    value = row["value"]
    if value == SUPPRESSED:
        return f"a number of {noun} {NOT_PUBLISHED}" if noun else NOT_PUBLISHED
    if math.isnan(value):
        return (
            f"a number of {noun} that is not known ({row['note']})" if noun else f"not known ({row['note']})"
        )
    words = f" {noun}" if noun else ""
    if row["basis"] == "observed":
        return f"{exact(value)}{words}"
    if not isinstance(row["low"], float) or math.isnan(row["low"]):
        return f"about {about(value, coarse)}{words}"
    return f"about {about(value, coarse)}{words} (likely between {about(row['low'], coarse)} and {about(row['high'], coarse)})"


def percent(value: float) -> str:
    """A proportion as a percentage with one decimal."""
    return f"{value * 100:.1f}%"


def percent_estimate(row: pd.Series) -> str:
    """ "8.0% (likely between 5.7% and 10.8%)"."""
    if row["value"] == SUPPRESSED:
        return NOT_PUBLISHED
    text = percent(row["value"])
    if isinstance(row["low"], float) and not math.isnan(row["low"]):
        text += f" (likely between {percent(row['low'])} and {percent(row['high'])})"
    return text


def exact(value: float) -> str:
    """A number as it is: whole when it is whole, else one decimal."""
    # a count that went through a sum and a difference may be a hair away from the whole number it is
    return format_number(value, 1.0 if math.isclose(value, round(value), rel_tol=1e-9) else 0.1)


def grouped(text: str) -> str:
    """Words with the thousands of their long numbers separated: "per 10000 residents" becomes "per 10,000 residents"."""
    return re.sub(r"\b\d{5,}\b", lambda found: f"{int(found[0]):,}", text)


def capital(text: str) -> str:
    """The first letter as a capital, the rest as it is."""
    return text[:1].upper() + text[1:]


def unknown(row: pd.Series) -> bool:
    """True for a released row whose value is not known."""
    return isinstance(row["value"], float) and math.isnan(row["value"])

"""What is said of people on several services' lists: everyone counted once, and everyone by the overlap of the lists."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from needs_assessment.catalogue.returns import MATCHED_LISTS, WHOLE_OF_TIER
from needs_assessment.catalogue.tiers import list_tiers
from needs_assessment.disclosure.gate import SafeResults
from needs_assessment.disclosure.published_table import SUPPRESSED
from needs_assessment.report.wording import NOT_PUBLISHED, about, capital, estimate, exact, unknown
from needs_assessment.results import RESULT_MEASURES

if TYPE_CHECKING:
    from needs_assessment.inputs.returns.matched_lists import Overlaps

_LISTS = list_tiers()
NO_LISTS = (
    "No services' lists were matched with each other, so nothing says how many people are on two of them, and there is no "
    "second estimate of those whom no service knows."
)
WHY = (
    "The two look at different people. Lists hold only those who could have come to a service; where one service sends "
    "people to another, too many are on both lists and the estimate is too small; where one person is not recognised on "
    "two lists, it is too large. The survey asks people in households about any abuse in the last year, whether or not "
    "they want help."
)


def need_beside(safe: SafeResults, tier: str) -> tuple[pd.Series, str]:
    """The need of the tier by national rates; all victims where how many need this support is not known."""
    need = safe.row(f"need_{tier}")
    if tier == "told_anyone" or not released(need["value"]):
        return safe.row("victims_last_year"), RESULT_MEASURES["victims_last_year"].title
    return need, RESULT_MEASURES[f"need_{tier}"].title


def released(value: object) -> bool:
    return isinstance(value, float) and not math.isnan(value)


def say_lists(safe: SafeResults, coarse: float) -> list[str]:
    """Sentences: how many different people several services support, and what the overlap of their lists says."""
    said = []
    for tier in WHOLE_OF_TIER:
        bounds = safe.pick([f"met_{tier}"], level="authority", breakdown="bounds").set_index("category")
        if len(bounds):
            ends = [bounds.loc[key, "value"] for key in ("fewest", "most")]
            if SUPPRESSED in ends:
                said.append(f"How many different people were {_LISTS[tier].said} is {NOT_PUBLISHED}.")
                continue
            fewest, most = (exact(float(str(end))) for end in ends)
            said.append(
                f"Between {fewest} and {most} different people were {_LISTS[tier].said}: services cannot "
                "tell how many are on two lists."
            )
    tiers = [tier for tier in MATCHED_LISTS if _has(safe, tier)]
    for tier in tiers:
        said.append(" ".join(_say_matched(safe, tier, coarse)))
    if any(released(safe.row(f"hidden_population_{tier}")["value"]) for tier in tiers):
        said.append(WHY)
    return list(dict.fromkeys(said if tiers else [*said, NO_LISTS]))


def _say_matched(safe: SafeResults, tier: str, coarse: float) -> list[str]:
    union, everyone = safe.row(f"on_matched_lists_{tier}"), safe.row(f"hidden_population_{tier}")
    if not released(union["value"]):
        return [f"How many different people were {_LISTS[tier].said} is {NOT_PUBLISHED}."]
    first = f"{exact(union['value'])} different people were {_LISTS[tier].said}, on one of the matched lists or on several."
    if everyone["value"] == SUPPRESSED:
        reason = (
            f"The estimate of those on no list is {NOT_PUBLISHED}: it would tell how few people are on several lists. Two "
            "services counted as one list may have groups large enough."
        )
        return [first, reason]
    if unknown(everyone):
        return [first, f"The overlap gives no estimate of those on no list ({everyone['note']})."]
    spread = safe.pick([f"hidden_population_{tier}"], level="authority", breakdown="models").set_index(
        "category"
    )
    ends = [about(float(str(spread.loc[key, "value"])), coarse) for key in spread.index]
    models = f" The models that fit about as well say from {ends[0]} to {ends[1]}." if ends else ""
    need, words = need_beside(safe, tier)
    number = estimate(everyone, coarse, "people")
    said = f"How the lists overlap says that there are {number} in all, on a list or on none.{models}"
    against = f"{words} by national rates: {estimate(need, coarse, 'people')}. {_compared(everyone, need)}"
    return [first, said, against]


def _compared(everyone: pd.Series, need: pd.Series) -> str:
    if not released(need["value"]) or not released(everyone["low"]):
        return "The two cannot be held against each other."
    low = float(need["low"]) if released(need["low"]) else float(need["value"])
    high = float(need["high"]) if released(need["high"]) else float(need["value"])
    if released(everyone["high"]) and float(everyone["high"]) < low:
        return "The lists point to fewer people than national rates do."
    if float(everyone["low"]) > high:
        return "The lists point to more people than national rates do: the need used in this paper may be too low."
    return "The two ranges overlap, so neither contradicts the other."


def _has(safe: SafeResults, tier: str) -> bool:
    return safe.has(f"hidden_population_{tier}")


def lists_warnings(overlaps: Overlaps, safe: SafeResults) -> list[str]:
    """Where the overlaps file and the returns disagree, and lists of long ago."""
    found = list(overlaps.warnings)
    found += [
        f"lists matched for {tier.replace('_', ' ')}: {table.describe()}"
        for tier, table in overlaps.tables.items()
        if table.stale
    ]
    for tier in WHOLE_OF_TIER:
        for piece in str(safe.row(f"met_{tier}")["note"]).split("; "):
            if piece.startswith("DISAGREE"):
                found.append(f"{capital(tier.replace('_', ' '))}: {piece.removeprefix('DISAGREE: ')}.")
    return found

"""People on several services' lists: the tables and sentences of what is counted once, and of everyone by the overlap.

What is said of people on several services' lists: everyone counted once, and everyone by the overlap of the lists.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from needs_assessment.catalogue.returns import MATCHED_LISTS, RETURN_MEASURES, WHOLE_OF_TIER
from needs_assessment.catalogue.tiers import list_tiers
from needs_assessment.disclosure.gate import SafeResults, publish_table
from needs_assessment.disclosure.matched_lists import rounded
from needs_assessment.disclosure.published_table import SUPPRESSED, PublishedTable, TableColumn
from needs_assessment.estimate.matched_lists.population import MatchedLists
from needs_assessment.report.tables.people import Context, ids_of
from needs_assessment.report.wording import NOT_PUBLISHED, about, capital, estimate, exact, unknown
from needs_assessment.results import RESULT_MEASURES

if TYPE_CHECKING:
    from needs_assessment.inputs.returns.matched_lists import Overlaps


LIST_TABLES = ("service_lists", "hidden_population", "overlap_models")
_LISTS = list_tiers()
_SHORT = {
    "police_victims": "police",
    "housing_approaches": "housing",
    "by_and_for_clients": "by-and-for",
    "court_idva_clients": "court IDVA",
    "health_idva_clients": "health IDVA",
    "community_idva_clients": "community IDVA",
    "other_idva_clients": "other IDVA",
    "idva_clients": "IDVA",
}
BEST = 10  # models shown one by one; the others that fit about as well share a row
_COLUMNS = [TableColumn("tier", "Step"), TableColumn("label", "What was counted")]


def short_name(name: str) -> str:
    """A list in a word or two, from the name of its measure."""
    return _SHORT.get(name, name.removesuffix("_clients").replace("_", " "))


def list_tables(
    safe: SafeResults, context: Context, matched: Mapping[str, MatchedLists], figures: int
) -> dict[str, PublishedTable]:
    """The tables of lists that this run has, by name. figures: significant figures of an estimate that is rounded."""
    tables = []
    lists = [row for tier in _LISTS for row in _list_rows(safe, tier)]
    if lists:
        tables.append(_lists_table(lists, context))
    if matched:
        tables.append(_population_table(safe, context, matched))
        shown = [tier for tier in matched if released(safe.row(f"hidden_population_{tier}")["value"])]
        models = [
            row
            for tier in shown
            for row in model_rows(matched[tier], figures if _is_rounded(safe, tier) else 0)
        ]
        if models:
            coarse = any(_is_rounded(safe, tier) for tier in shown)
            tables.append(_models_table(models, context, figures if coarse else 0))
    return {table.name: table for table in tables}


def _list_rows(safe: SafeResults, tier: str) -> list[dict[str, Any]]:
    """The lists of a tier, the fewest and most different people, and the number taken."""
    name = f"met_{tier}"
    if tier not in WHOLE_OF_TIER or safe.pick([name], level="authority", breakdown="list").empty:
        name = f"on_matched_lists_{tier}"
    parts = safe.pick([name], level="authority", breakdown="list")
    rows: list[dict[str, Any]] = [
        {
            **_cells(safe.row(name, breakdown="list", category=each)),
            "label": capital(RETURN_MEASURES[each].meaning),
        }
        for each in parts["category"]
    ]
    words = {"fewest": "Fewest different people", "most": "Most different people"}
    ends = [key for key in words if safe.has(name, breakdown="bounds", category=key)]
    rows += [
        {**_cells(safe.row(name, breakdown="bounds", category=key)), "label": words[key]} for key in ends
    ]
    if rows:
        label = "Taken: the middle" if ends else "Different people, everyone counted once"
        rows.append({**_cells(safe.row(name)), "label": label})
    return [{**row, "tier": _LISTS[tier].step} for row in rows]


def _cells(row: pd.Series) -> dict[str, Any]:
    return {str(key): cell for key, cell in row.items()}


def _lists_table(rows: list[dict[str, Any]], context: Context) -> PublishedTable:
    frame = pd.DataFrame(rows)
    return publish_table(
        "service_lists",
        f"People on services' lists, and how many they are when everyone is counted once, {context.area}",
        [*_COLUMNS, TableColumn("value", "Number", "people", "number", 1.0)],
        frame,
        notes=[
            "Lists are never added up: someone may be on several. Where they have not been matched with each other, the "
            "number of different people lies anywhere between the longest list and the sum of all: the middle stands for it.",
            "How many people are on which lists together is not published.",
        ],
        source=context.source_line(ids_of(frame)),
    )


def _population_table(
    safe: SafeResults, context: Context, matched: Mapping[str, MatchedLists]
) -> PublishedTable:
    rows = []
    for tier in matched:
        name = f"hidden_population_{tier}"
        need, words = need_beside(safe, tier)
        spread = safe.pick([name], level="authority", breakdown="models").set_index("category")
        found = [
            ("On at least one of the matched lists", safe.row(f"on_matched_lists_{tier}").to_dict()),
            ("Everyone, on a list or on none, by their overlap", safe.row(name).to_dict()),
            *(
                (f"{ends} of the models that fit about as well", spread.loc[key].to_dict())
                for ends, key in (("Least", "lowest"), ("Greatest", "highest"))
                if key in spread.index
            ),
            (f"{words}, from national rates", need.to_dict()),
        ]
        rows += [{**row, "tier": _LISTS[tier].step, "label": label} for label, row in found]
    frame = pd.DataFrame(rows)
    frame["note"] = [_how(str(note)) for note in frame["note"]]
    return publish_table(
        "hidden_population",
        f"People known and not known to services: the overlap of lists beside the survey, {context.area}",
        [*_COLUMNS, *_numbers("Estimate", context.round_people), TableColumn("note", "How it was reached")],
        frame,
        notes=[
            "By capture-recapture: two lists by Chapman's formula, three or more by every hierarchical log-linear model, "
            "averaged by how well each fits (AIC). It owes nothing to the survey.",
            "It assumes that people were matched without error, within one year and one area, and that nobody could never "
            "be on any list. The models differ because lists depend on each other in ways that no data show: their spread "
            "is the real uncertainty.",
        ],
        source=context.source_line(ids_of(frame)),
    )


def _how(note: str) -> str:
    return note if note.startswith(("everyone", "not known", "suppressed", "the council")) else ""


def model_rows(lists: MatchedLists, figures: int) -> list[dict[str, Any]]:
    """The best models one by one, with that of independent lists and that of all pairs; the others as one row.

    figures: where not 0, only models without terms of three lists, their estimates rounded to so many significant figures
    and their weights to whole per cents (``overlap_gate`` says why).
    """
    if lists.people is None:
        return []
    models = lists.people.models
    largest = pd.Series([max(map(len, terms), default=1) for terms in models["terms"]], index=models.index)
    pairs = pd.Series([len(terms) for terms in models["terms"]], index=models.index)
    allowed = (largest <= 2) if figures else (largest > 0)
    number = len(lists.lists)
    known = (pairs == 0) | ((largest == 2) & (pairs == number * (number - 1) // 2))
    best = models.index.isin(models.index[allowed][:BEST])
    shown = allowed & (best | known)
    rows = []
    for at in models.index[shown]:
        model = models.loc[at]
        numbers = {key: float(model[key]) for key in ("population", "low", "high")}
        if figures:
            numbers = {key: rounded(number, figures) for key, number in numbers.items()}
        rows.append(
            {
                "tier": _LISTS[lists.tier].step,
                "label": model_words(model["terms"], number),
                "value": numbers["population"],
                "low": numbers["low"],
                "high": numbers["high"] if math.isfinite(numbers["high"]) else math.nan,
                **_weights(models.loc[[at]], figures),
            }
        )
    rest = models[~shown]
    if len(rest):
        rows.append(
            {
                "tier": _LISTS[lists.tier].step,
                "label": f"{len(rest)} other models that fit about as well, together",
                **dict.fromkeys(("value", "low", "high"), math.nan),
                **_weights(rest, figures),
            }
        )
    return rows


def _weights(models: pd.DataFrame, figures: int) -> dict[str, float]:
    sums = {key: float(models[f"{key}_weight"].sum()) for key in ("aic", "bic")}
    return {key: round(weight, 2) if figures else weight for key, weight in sums.items()}


def model_words(terms: Sequence[Sequence[str]], lists: int) -> str:
    """ "Police with housing; housing with IDVA": the lists that depend on each other, of so many lists."""
    if not terms:
        return "No list depends on another"
    if lists > 2 and len(terms) == lists * (lists - 1) // 2 and all(len(term) == 2 for term in terms):
        return "Every list with every other, two by two"
    return capital("; ".join(" with ".join(short_name(name) for name in term) for term in terms))


def _models_table(rows: list[dict[str, Any]], context: Context, figures: int) -> PublishedTable:
    percent: dict[str, Any] = {"kind": "percent"}
    hidden = (
        f"Groups of a few people are on several lists: estimates are rounded to {figures} significant figures, and models of "
        "three lists or more are not shown one by one, so that nobody can work out how few they are."
    )
    return publish_table(
        "overlap_models",
        f"Everyone by the overlap of lists, model by model, {context.area}",
        [
            TableColumn("tier", "Step"),
            TableColumn("label", "Lists that depend on each other"),
            *_numbers("Estimate", context.round_people),
            TableColumn("aic", "Weight by AIC", **percent),
            TableColumn("bic", "Weight by BIC", **percent),
        ],
        pd.DataFrame(rows),
        notes=[
            "Each model says which lists depend on each other. Weights say how well a model fits for the number of its "
            "terms, over all models that have an estimate; the averaged estimate uses those of AIC. Low and high are limits "
            "of the profile likelihood at 95%.",
            *([hidden] if figures else []),
        ],
    )


def _numbers(heading: str, round_to: float) -> list[TableColumn]:
    return [
        TableColumn(key, words, "people", "number", round_to)
        for key, words in (("value", heading), ("low", "Low"), ("high", "High"))
    ]


def _is_rounded(safe: SafeResults, tier: str) -> bool:
    return "rounded to" in str(safe.row(f"hidden_population_{tier}")["note"])


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

"""Tables of other scenarios and of the years to come; people, households and places never share a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import pandas as pd

from needs_assessment.catalogue.results import RESULT_MEASURES
from needs_assessment.disclosure.gate import SafeResults, publish_table
from needs_assessment.disclosure.published_table import PublishedTable, TableColumn
from needs_assessment.report.tables.people import INTERVAL, Context, ids_of

if TYPE_CHECKING:
    from needs_assessment.assessment import Assessment

SCENARIO, DIFFERENCE, YEAR = "scenario", "scenario_difference", "year"
CHOICE_NOTE = "A scenario is a choice to compare with, not a forecast; a figure it sets is a scenario choice and has no source."
PAIRED_NOTE = (
    "The range of a difference is that of the difference itself: both scenarios have the same draws, so what is unknown in "
    "both cancels."
)
ROUNDED_NOTE = (
    "Differences are worked out before rounding, so they may not be exactly those of the rounded figures."
)
POINTS_NOTE = "A difference of shares is in percentage points."
HELD_NOTE = (
    "Only the population moves: rates, demand for each resident, stays and supply are held as they are."
)


class Kind(NamedTuple):
    """How figures of one unit are shown: the end of the table's name, what is counted, kind of column, rounding."""

    suffix: str
    words: str
    kind: Literal["number", "percent"]
    round_to: float


def _kinds(context: Context) -> dict[str, Kind]:
    return {
        "people": Kind("people", "people", "number", context.round_people),
        "children": Kind("people", "people", "number", context.round_people),
        "households a year": Kind("households", "households a year", "number", 1.0),
        "family places": Kind("places", "family places", "number", 0.1),
        "proportion": Kind("shares", "shares", "percent", 0.1),
        "GBP a year": Kind("costs", "GBP a year", "number", 1000.0),
    }


def scenario_tables(safe: SafeResults, context: Context) -> dict[str, PublishedTable]:
    """One table a unit: each other scenario beside this run, and how far it lies from it; none without scenarios."""
    parts = {
        name: safe.frame[(safe.frame["breakdown"] == name) & (safe.frame["area_level"] == "authority")]
        for name in (SCENARIO, DIFFERENCE)
    }
    if parts[DIFFERENCE].empty:
        return {}
    keys = ["measure", "category"]
    both = parts[DIFFERENCE].merge(
        parts[SCENARIO][[*keys, "value"]], on=keys, suffixes=("", "_there"), validate="one_to_one"
    )
    both["here"] = [safe.row(measure)["value"] for measure in both["measure"]]
    # a figure that the scenario does not move says nothing; one that only the scenario knows is shown
    both = both[[_moves(row) for row in both.to_dict("records")]]
    order = {name: place for place, name in enumerate(dict.fromkeys(parts[SCENARIO]["category"]))}
    both = both.assign(
        label=[RESULT_MEASURES[name].title for name in both["measure"]],
        place=both["category"].map(order),
    ).sort_values(["place"], kind="stable")
    return _by_unit(
        both,
        context,
        name="scenarios",
        title="Other scenarios beside this run",
        columns=lambda shown: [
            TableColumn("category", "Scenario"),
            TableColumn("label", "Measure"),
            TableColumn("here", "This run", **shown),
            TableColumn("value_there", "Scenario's figure", **shown),
            TableColumn("value", "Difference", **shown),
            TableColumn("low", "Low", **shown),
            TableColumn("high", "High", **shown),
        ],
        notes=[CHOICE_NOTE, PAIRED_NOTE, ROUNDED_NOTE, "A figure that a scenario does not move is left out."],
        of_shares=[POINTS_NOTE],
    )


def _moves(row: dict[Any, Any]) -> bool:
    if isinstance(row["value"], str):
        return True
    if pd.isna(row["value"]):
        return isinstance(row["value_there"], float) and not pd.isna(row["value_there"])
    return any(not pd.isna(row[key]) and row[key] != 0 for key in ("value", "low", "high"))


def horizon_tables(safe: SafeResults, context: Context, estimate_date: str) -> dict[str, PublishedTable]:
    """One table a unit: the headline figures in each year of the strategy beside today's; none while population is held."""
    rows = safe.frame[(safe.frame["breakdown"] == YEAR) & (safe.frame["area_level"] == "authority")]
    if rows.empty:
        return {}
    known = rows[[isinstance(value, str) or not pd.isna(value) for value in rows["value"]]]
    today = pd.DataFrame([safe.row(measure) for measure in dict.fromkeys(known["measure"])])
    both = pd.concat([today.assign(category=f"This paper ({estimate_date})"), known])
    both = both.assign(
        label=[RESULT_MEASURES[name].title for name in both["measure"]],
        place=both["measure"].map({name: place for place, name in enumerate(RESULT_MEASURES)}),
    ).sort_values("place", kind="stable")
    return _by_unit(
        both,
        context,
        name="horizon",
        title="The years to come, by projected population",
        columns=lambda shown: [
            TableColumn("label", "Measure"),
            TableColumn("category", "Year"),
            TableColumn("value", "Estimate", **shown),
            TableColumn("low", "Low", **shown),
            TableColumn("high", "High", **shown),
        ],
        notes=[HELD_NOTE, INTERVAL],
    )


def _by_unit(
    frame: pd.DataFrame,
    context: Context,
    *,
    name: str,
    title: str,
    columns: Any,
    notes: list[str],
    of_shares: Sequence[str] = (),
) -> dict[str, PublishedTable]:
    kinds = _kinds(context)
    found = {}
    for suffix in dict.fromkeys(kind.suffix for kind in kinds.values()):
        units = [unit for unit, kind in kinds.items() if kind.suffix == suffix]
        part = frame[frame["unit"].isin(units)]
        if part.empty:
            continue
        kind = kinds[units[0]]
        found[f"{name}_{suffix}"] = publish_table(
            f"{name}_{suffix}",
            f"{title}: {kind.words}, {context.area}",
            columns({"kind": kind.kind, "round_to": kind.round_to}),
            part,
            notes=[*notes, *(of_shares if kind.kind == "percent" else ())],
            source=context.source_line(ids_of(part)),
        )
    return found


def _listed(says: tuple[str, ...]) -> str:
    return "; ".join(f"{text[:1].lower()}{text[1:]}" for text in says) or "nothing"


def what_if_statements(assessment: Assessment, safe: SafeResults) -> dict[str, tuple[str, ...]]:
    """Sentences on the years to come and on other scenarios, also where there are none."""
    inputs, chosen = assessment.inputs, assessment.scenario
    years = chosen.horizon_years
    each = f"each of the {years} years" if years > 1 else "the year"
    horizon: tuple[str, ...]
    if inputs.projection is None:
        horizon = (
            f"The population is held: no projection was given, so {each} of the strategy has the figures "
            "of this paper. A projection of the population (choice: projection) shows what more or fewer residents would do.",
        )
    else:
        first, last = inputs.projection.years[0], inputs.projection.years[-1]
        horizon = tuple(
            f"{text[:1].upper()}{text[1:]}."
            for text in (
                f"the years {first} to {last} have the projected population ({inputs.projection.file})",
                inputs.projection.note,
            )
            if text
        )
    scenarios = tuple(
        f"{one.name}: {one.description or 'no description was given.'} It sets {_listed(one.says)}."
        for one in inputs.alternatives
    ) or ("No other scenario was set beside this run (choice: scenarios).",)
    return {"horizon": horizon, "scenarios": scenarios}

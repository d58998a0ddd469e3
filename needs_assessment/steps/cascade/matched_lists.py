"""Met need of a tier that several services report: everyone counted once, and everyone by the overlap of their lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd

from needs_assessment.catalogue.returns import LISTS_OF_TIER, WHOLE_OF_TIER
from needs_assessment.estimate.matched_lists.bounds import NoEstimate
from needs_assessment.estimate.matched_lists.population import (
    ListPopulation,
    MatchedLists,
    Union,
    list_population,
    union_of,
)
from needs_assessment.inputs.returns.local_figures import LocalFigure, annual_figure, keys_of
from needs_assessment.inputs.returns.matched_lists import OWN_FILE, OverlapTable
from needs_assessment.results import FigureKey, Provenance
from needs_assessment.steps.cascade.amounts import BY_WARD, LOCAL, Amount, member_share, shared, ward_share
from needs_assessment.steps.context import EFFECT_IDS, Run

POSITION = "union_position"
NOT_MATCHED, MATCHED = "local returns, overlap not known", "local returns, lists matched"
Period = tuple[dt.date, dt.date]


def matched_lists(run: Run) -> dict[str, MatchedLists]:
    """The lists matched in the overlaps file, by tier, each with everyone by their overlap where a model has an estimate."""
    found = {}
    for tier, table in run.inputs.overlaps.tables.items():
        rows = tuple(table.histories.itertuples(index=False, name=None))
        people, reason = _everyone(tuple(table.histories.columns), rows)
        found[tier] = MatchedLists(tier, table.lists, table.histories, people, reason)
    return found


@lru_cache(maxsize=16)
def _everyone(
    columns: tuple[str, ...], rows: tuple[tuple[float, ...], ...]
) -> tuple[ListPopulation | None, str]:
    """Everyone by the overlap of some lists, or why there is no estimate; kept, for scenarios and comparisons ask again."""
    try:
        return list_population(pd.DataFrame(list(rows), columns=list(columns))), ""
    except NoEstimate as fault:
        return None, str(fault)


def add_matched_lists(run: Run, matched: Mapping[str, MatchedLists]) -> None:
    """Rows on_matched_lists_ and hidden_population_ of each tier whose lists were matched; the whole area only."""
    area = [run.tree.authority]
    for tier, lists in matched.items():
        table = run.inputs.overlaps.tables[tier]
        where, figures = table.describe(), frozenset(table.keys)
        counted = Provenance("observed", MATCHED, (OWN_FILE,), (), where, figures)
        name = f"on_matched_lists_{tier}"
        run.builder.add(name, area, lists.union, provenance=counted)
        for each in lists.lists:
            run.builder.add(
                name, area, lists.total(each), provenance=counted, breakdown="list", category=each
            )
        name, people = f"hidden_population_{tier}", lists.people
        if people is None:
            reason = f"not known: {lists.reason}; {where}"
            run.builder.add(
                name, area, None, provenance=Provenance("modelled", "none", (OWN_FILE,), (), reason)
            )
            continue
        open_end = not np.isfinite(people.high)
        note = f"everyone, on a list or on none; {where}" + (
            "; the overlap sets no upper limit" if open_end else ""
        )
        modelled = Provenance("modelled", people.method, (OWN_FILE,), (), note, figures)
        high = None if open_end else people.high
        run.builder.add(name, area, people.population, people.low, high, provenance=modelled)
        spread = (("lowest", people.lowest), ("highest", people.highest)) if len(people.models) > 1 else ()
        for category, value in spread:
            run.builder.add(name, area, value, provenance=modelled, breakdown="models", category=category)


def supported(run: Run, tier: str, need: Amount, matched: MatchedLists | None) -> Amount | None:
    """Different people supported at a tier in the latest whole year that is returned; None where nothing is.

    From the lists that were matched, else the one figure that counts everyone once, else the bounds of the single
    lists: from the longest to all added up, drawn evenly. Lists that were not matched widen the bounds of those that were.
    The rows of each list, and the fewest and the most, are added for the whole area.
    """
    table = None if matched is None else run.inputs.overlaps.tables[tier]
    whole = annual_figure(run.inputs.returns, WHOLE_OF_TIER[tier])
    every = [annual_figure(run.inputs.returns, name) for name in LISTS_OF_TIER[tier]]
    # all that was held against each other, also what was not taken: the choice and the notes tell of it
    figures = keys_of([whole, *every]) | frozenset(() if table is None else table.keys)
    lists = [
        figure
        for figure in every
        if figure is not None
        and (table is None or _period(table) != _period(figure) or figure.measure not in table.lists)
    ]
    found: list[LocalFigure | OverlapTable] = [
        evidence for evidence in (whole, table, *lists) if evidence is not None
    ]
    if not found:
        return None
    latest = max((_period(evidence) for evidence in found), key=lambda period: period[::-1])
    notes = []
    if any(_period(evidence) != latest for evidence in found):
        notes.append("lists of other years left out")
    whole = whole if whole is not None and _period(whole) == latest else None
    table = table if table is not None and _period(table) == latest else None
    lists = [figure for figure in lists if _period(figure) == latest]
    matched = None if table is None else matched
    if not lists and matched is None:
        return None if whole is None else _whole(run, whole, need, notes, figures)
    union = union_of({figure.measure: figure.value for figure in lists}, matched)
    notes += _held_against(whole, union, matched)
    if whole is not None and matched is None and whole.value >= union.fewest:
        return _whole(run, whole, need, notes, figures)
    return _from_lists(
        run=run,
        tier=tier,
        need=need,
        union=union,
        lists=lists,
        table=table,
        matched=matched,
        notes=notes,
        figures=figures,
    )


def _whole(
    run: Run, whole: LocalFigure, need: Amount, notes: list[str], figures: frozenset[FigureKey]
) -> Amount:
    """The one figure that counts everyone once."""
    amount = shared(run, whole.value, [whole], need, "; ".join(notes))
    return replace(amount, provenance=replace(amount.provenance, figures=figures))


def _held_against(whole: LocalFigure | None, union: Union, matched: MatchedLists | None) -> list[str]:
    """What to say where the figure that counts everyone once and the single lists do not fit together."""
    if whole is None:
        return []
    if whole.value < union.fewest:
        return [
            "DISAGREE: the services' lists hold more different people than the figure for all of them together"
        ]
    if matched is not None and not union.fewest <= whole.value <= union.most:
        return [
            "DISAGREE: the figure for all services together holds people who are on none of the lists given"
        ]
    return []


def _from_lists(
    run: Run,
    tier: str,
    need: Amount,
    union: Union,
    lists: list[LocalFigure],
    table: OverlapTable | None,
    matched: MatchedLists | None,
    notes: list[str],
    *,
    figures: frozenset[FigureKey],
) -> Amount:
    number = len(lists) + (0 if table is None else len(table.lists))
    certain = union.fewest == union.most
    if number == 1:
        words, method = "one service's own list", LOCAL
    elif certain:
        words, method = (
            f"different people on {number} lists matched with each other, everyone counted once",
            MATCHED,
        )
    else:
        words, method = (
            f"between the fewest and the most different people on {number} lists: services cannot tell how many are on "
            "two of them",
            NOT_MATCHED,
        )
    given = [figure.describe() for figure in lists] + ([] if table is None else [table.describe()])
    sources = [figure.source_id for figure in lists] + ([] if table is None else [OWN_FILE])
    provenance = Provenance(
        "observed" if certain else "mixed",
        method,
        tuple(dict.fromkeys(sources)),
        (*(() if certain else (POSITION,)), *EFFECT_IDS),
        "; ".join(dict.fromkeys([*notes, words, *given, BY_WARD])),
        figures,
    )
    _add_parts(run, tier, union, lists, matched, provenance)
    item = run.inputs.registers.assumption(POSITION)
    central = union.at(run.figure(POSITION))
    low, high = (item.low, item.high) if item.low is not None and item.high is not None else (0.0, 1.0)
    # even over the range, not the triangle of other judgements: nothing says that the middle is likelier
    drawn = union.fewest + (union.most - union.fewest) * (
        low + (high - low) * run.draws.uniform(f"union {tier}")
    )
    return Amount(ward_share(need) * central, member_share(need) * drawn, provenance)


def _add_parts(
    run: Run,
    tier: str,
    union: Union,
    lists: list[LocalFigure],
    matched: MatchedLists | None,
    provenance: Provenance,
) -> None:
    """Rows of met_<tier> for each list, and for the fewest and the most different people where they differ."""
    area, name = [run.tree.authority], f"met_{tier}"
    parts = {figure.measure: figure.value for figure in lists}
    if matched is not None:
        parts |= {each: matched.total(each) for each in matched.lists}
    counted = replace(
        provenance, basis="observed", method=LOCAL, assumption_ids=(), note="people on one service's list"
    )
    if len(parts) > 1:
        for each in sorted(parts):
            run.builder.add(name, area, parts[each], provenance=counted, breakdown="list", category=each)
    if union.fewest < union.most:
        for category, value in (("fewest", union.fewest), ("most", union.most)):
            run.builder.add(name, area, value, provenance=counted, breakdown="bounds", category=category)


def _period(evidence: LocalFigure | OverlapTable) -> Period:
    return evidence.period_start, evidence.period_end

"""One run at the gate: its local returns, its matched lists, its other scenarios and the release before it, together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from needs_assessment.catalogue.returns import WHOLE_OF_TIER
from needs_assessment.disclosure.decision import Links, ResultKey
from needs_assessment.disclosure.gate import Guarded, SafeResults, guard, release
from needs_assessment.disclosure.matched_lists import (
    ListGate,
    coarsen,
    gate_lists,
    hidden_by_lists,
    unlisted_counts,
)
from needs_assessment.disclosure.protection import Rules
from needs_assessment.disclosure.published_table import SUPPRESSED

if TYPE_CHECKING:
    from needs_assessment.assessment import Assessment
    from needs_assessment.inputs.load import Inputs

RULES = ("disclosure_minimum", "disclosure_width", "disclosure_rounding")


def rules_of(inputs: Inputs) -> Rules:
    """The registered rules of disclosure control."""
    minimum, width, rounding = (inputs.registers.figure(name) for name in RULES)
    return Rules(int(minimum), width, rounding)


def guard_returns(assessment: Assessment) -> Guarded:
    """What is hidden of the local returns of an assessment, and of the results that rest on them."""
    inputs, previous = assessment.inputs, assessment.inputs.previous
    rules, held = rules_of(inputs), assessment.dependence
    links = Links(
        held.rests_on,
        held.differences,
        releases=() if previous is None else previous.releases,
        also=_by_lists(assessment, rules),
    )
    returns = inputs.returns.described()
    unlisted = unlisted_counts(inputs.overlaps, returns)
    decided = partial(guard, returns, rules, area=inputs.area.code, unlisted=unlisted)
    found = decided(links)
    others = _by_scenarios(assessment, rules, found)
    return decided(replace(links, also=links.also | others)) if others else found


def release_results(assessment: Assessment, guarded: Guarded | None = None) -> SafeResults:
    """The results of an assessment through the gate."""
    found = guarded or guard_returns(assessment)
    coarse = _lists(assessment, rules_of(assessment.inputs)).coarse
    results = coarsen(assessment.results, coarse, int(assessment.inputs.registers.figure("overlap_figures")))
    return release(results, found.hidden, rules_of(assessment.inputs).minimum)


def _lists(assessment: Assessment, rules: Rules) -> ListGate:
    if not assessment.matched:
        return ListGate()
    inputs = assessment.inputs
    counts = {figure.measure: figure.value for figure in inputs.local_figures()}
    for tier, table in inputs.overlaps.tables.items():
        # the lists of an earlier year are held against the figure of that year, which is printed too
        rows = inputs.returns.frame
        same = (rows["measure"] == WHOLE_OF_TIER.get(tier, "")) & (rows["period_start"] == table.period_start)
        same &= rows["period_end"] == table.period_end
        counts |= dict(zip(rows.loc[same, "measure"], rows.loc[same, "value"], strict=True))
    return gate_lists(assessment.matched, rules.minimum, counts)


def _by_lists(assessment: Assessment, rules: Rules) -> frozenset[ResultKey]:
    measures = hidden_by_lists(_lists(assessment, rules), rules.minimum)
    return _keys_of(assessment, measures)


def _by_scenarios(assessment: Assessment, rules: Rules, own: Guarded) -> frozenset[ResultKey]:
    """What another scenario's returns hide is hidden in the run too: the difference would give it away.

    own: what is hidden of the run's returns. What is printed of them is known beside the scenario's figures, as an earlier
    release would be: 20 referrals here and results of 18 accepted there are two who were not.
    """
    hidden: set[str] = set()
    printed = {
        (row["measure"], row["accommodation_type"], row["period_start"], row["period_end"]): (
            None if row["value"] == SUPPRESSED else float(row["value"])
        )
        for row in own.returns.frame.dropna(subset=["value"]).to_dict("records")
    }
    for returns, held in assessment.other_returns:
        links = Links(held.rests_on, held.differences, printed, rules.round_to, revisions=False)
        found = guard(returns.described(), rules, links)
        hidden |= {measure for measure, _, _ in found.hidden}
    return _keys_of(assessment, hidden)


def _keys_of(assessment: Assessment, measures: Iterable[str]) -> frozenset[ResultKey]:
    """Every row of some measures that holds a number."""
    frame = assessment.results.frame
    rows = frame[frame["measure"].isin(list(measures))]
    return frozenset(rows[["measure", "breakdown", "category"]].itertuples(index=False, name=None))

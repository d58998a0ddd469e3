"""One run at the gate: its local returns, its matched lists, its other scenarios and the release before it, together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from needs_assessment.publish.decision import Links, ResultKey
from needs_assessment.publish.disclosure import Guarded, SafeResults, guard, release
from needs_assessment.publish.overlap_gate import (
    ListGate,
    coarsen,
    gate_lists,
    hidden_by_lists,
    unlisted_counts,
)
from needs_assessment.publish.protection import Rules

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
        {} if previous is None else previous.counts,
        1.0 if previous is None else previous.rounding,
        also=_by_lists(assessment, rules) | _by_scenarios(assessment, rules),
    )
    returns = inputs.returns.described()
    unlisted = unlisted_counts(inputs.overlaps, returns)
    return guard(returns, rules, links, area=inputs.area.code, unlisted=unlisted)


def release_results(assessment: Assessment, guarded: Guarded | None = None) -> SafeResults:
    """The results of an assessment through the gate."""
    found = guarded or guard_returns(assessment)
    coarse = _lists(assessment, rules_of(assessment.inputs)).coarse
    results = coarsen(assessment.results, coarse, int(assessment.inputs.registers.figure("overlap_figures")))
    return release(results, found.hidden, rules_of(assessment.inputs).minimum)


def _lists(assessment: Assessment, rules: Rules) -> ListGate:
    if not assessment.matched:
        return ListGate()
    counts = {figure.measure: figure.value for figure in assessment.inputs.local_figures()}
    return gate_lists(assessment.matched, rules.minimum, counts)


def _by_lists(assessment: Assessment, rules: Rules) -> frozenset[ResultKey]:
    measures = hidden_by_lists(_lists(assessment, rules), rules.minimum)
    return _keys_of(assessment, measures)


def _by_scenarios(assessment: Assessment, rules: Rules) -> frozenset[ResultKey]:
    """What another scenario's returns hide is hidden in the run too: the difference would give it away."""
    hidden: set[str] = set()
    for returns, held in assessment.other_returns:
        found = guard(returns.described(), rules, Links(held.rests_on, held.differences))
        hidden |= {measure for measure, _, _ in found.hidden}
    return _keys_of(assessment, hidden)


def _keys_of(assessment: Assessment, measures: Iterable[str]) -> frozenset[ResultKey]:
    """Every row of some measures that holds a number."""
    frame = assessment.results.frame
    rows = frame[frame["measure"].isin(list(measures))]
    return frozenset(rows[["measure", "breakdown", "category"]].itertuples(index=False, name=None))

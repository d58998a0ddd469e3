"""The change of every headline between two runs, split into its causes by evaluating mixtures of their inputs.

A cause is only named for what was calculated with it: where files of local returns are not at hand, a figure that
needs them has no parts, and says so. What a run published and what is calculated again from what it keeps must agree;
a difference is put down to a change of the tool itself, and to that only where its code or registers have changed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from needs_assessment.catalogue.results import RESULT_MEASURES
from needs_assessment.catalogue.tiers import ANSWERS, TIERS
from needs_assessment.comparison.mixtures import (
    DEFINITION,
    LIBRARY,
    LOCAL,
    METHOD,
    RATES,
    RATES_AND_METHOD,
    TITLES,
    WARDS,
    Mixtures,
)
from needs_assessment.comparison.sides import Published, Side
from needs_assessment.errors import InputError
from needs_assessment.estimate.change import Cause, Change, HeadlineChange, WardChange, shapley
from needs_assessment.inputs.load import Inputs
from needs_assessment.inputs.returns.local_figures import OWN_FILE
from needs_assessment.results import ALL, Results

Headlines = Callable[[Inputs], Results]
# published and calculated again agree within this share
TOLERANCE = 1e-9
# figures that are one headline less another
DIFFERENCES = {
    **{f"gap_{name}": (f"places_required_{name}", "places_available") for name in ANSWERS},
    **{f"unmet_{name}": (f"need_{name}", f"met_{name}") for name in TIERS},
    **{f"{kind}_fte_gap": (f"{kind}_fte_needed", f"{kind}_fte_in_post") for kind in ("idva", "marac_admin")},
}
FROM_LISTS = "hidden_population_"
NEEDS_FILES = "needs the council's own files, which a run's folder does not keep"
NOT_KNOWN = "not known in {}"
NOT_AGAIN = "cannot be calculated again from what the runs keep"
NEW_QUESTIONS = (
    "The two runs count different things: their rates come from different survey questions or ages. The figures before "
    "and now are not a trend; the part named definition is a change of what is counted, not of what happens here."
)


@dataclass(frozen=True)
class Again:
    """The headlines calculated again: of both runs, and the part of each cause, one array entry a measure."""

    measures: tuple[str, ...]
    before: np.ndarray
    after: np.ndarray
    parts: Mapping[str, np.ndarray]

    def at(self, measure: str) -> tuple[float, float, dict[str, float]]:
        place = self.measures.index(measure)
        parts = {cause: float(part[place]) for cause, part in self.parts.items()}
        return float(self.before[place]), float(self.after[place]), parts


def compare(before: Side, after: Side, headlines: Headlines) -> Change:
    """What changed between two runs of one area, and why.

    headlines: the library's own steps, from inputs to the figures of the whole area. Raises InputError where the runs
    are of different areas.
    """
    if before.area_code != after.area_code:
        raise InputError(
            "The two runs are of different areas, so nothing changed between them.",
            found=f"{before.inputs.area.name} ({before.area_code}) and {after.inputs.area.name} ({after.area_code})",
            expected="two runs of one area, or of one partnership",
            action="name two runs of the same area",
        )
    mixtures = Mixtures(before, after)
    measures = tuple(name for name in RESULT_MEASURES if name in before.figures and name in after.figures)
    again, joined = _evaluate(mixtures, measures, headlines)
    split = {name: _headline(name, before, after, again) for name in measures}
    for name, (whole, less) in DIFFERENCES.items():
        if name in split and split[name].reason == NEEDS_FILES:
            split[name] = _difference(split[name], split.get(whole), split.get(less))
    moved = {cause for item in split.values() for cause in item.parts}
    causes = [cause for cause in _joined(mixtures.causes, joined) if cause.id != LIBRARY]
    if LIBRARY in moved:
        causes.append(_library(before, after))
    definition = any(cause.id == DEFINITION for cause in mixtures.causes)
    return Change(
        before=before.name,
        after=after.name,
        causes=tuple(causes),
        headlines=tuple(_complete(item, causes) for item in split.values()),
        wards=_wards(before, after),
        notes=tuple(_notes(before, after, mixtures, joined=joined, definition=definition)),
        new_definition=definition,
    )


def _evaluate(mixtures: Mixtures, measures: tuple[str, ...], headlines: Headlines) -> tuple[Again, bool]:
    """Every mixture evaluated; rates and method as one cause where one of them cannot go without the other."""
    factors = list(mixtures.evaluated)
    try:
        return _again(mixtures, measures, factors, headlines), False
    except InputError:
        rates = [name for name in (RATES, DEFINITION) if name in factors]
        if not rates or METHOD not in factors:
            raise
        factors[factors.index(rates[0])] = RATES_AND_METHOD
        factors.remove(METHOD)
        return _again(mixtures, measures, factors, headlines), True


def _again(
    mixtures: Mixtures, measures: tuple[str, ...], factors: Sequence[str], headlines: Headlines
) -> Again:
    found: dict[frozenset[str], np.ndarray] = {}

    def value(chosen: frozenset[str]) -> np.ndarray:
        if chosen not in found:
            found[chosen] = _values(headlines(mixtures.inputs(chosen)), measures)
        return found[chosen]

    parts = shapley(value, factors)
    return Again(measures, value(frozenset()), value(frozenset(factors)), parts)


def _values(results: Results, measures: tuple[str, ...]) -> np.ndarray:
    frame = results.frame
    rows = frame[(frame["area_level"] == "authority") & (frame["breakdown"] == ALL)]
    found = dict(zip(rows["measure"], rows["value"], strict=True))
    return np.array([found.get(name, np.nan) for name in measures], dtype=float)


def _headline(name: str, before: Side, after: Side, again: Again) -> HeadlineChange:
    one, other = before.figures[name], after.figures[name]
    if one.hidden or other.hidden:
        shown = [None if item.hidden else item.value for item in (one, other)]
        return HeadlineChange(name, shown[0], shown[1], {}, hidden=True)
    told = [side.name.name for side, item in ((before, one), (after, other)) if item.value is None]
    if one.value is None or other.value is None:
        return HeadlineChange(name, one.value, other.value, {}, NOT_KNOWN.format(" and ".join(told)))
    whole = HeadlineChange(name, one.value, other.value, {})
    if (before.missing or after.missing) and _rests_on_files(one, other):
        returned = one.returned and other.returned
        # a return is what it is: nothing but the return can have changed it
        parts = {LOCAL: other.value - one.value} if returned else {}
        return HeadlineChange(name, one.value, other.value, parts, "" if returned else NEEDS_FILES)
    return _calculated(whole, before, after, again)


def _rests_on_files(one: Published, other: Published) -> bool:
    return OWN_FILE in one.source_ids | other.source_ids


def _calculated(whole: HeadlineChange, before: Side, after: Side, again: Again) -> HeadlineChange:
    name, one, other = whole.measure, whole.before, whole.after
    if one is None or other is None:
        return whole
    first, last, parts = again.at(name)
    if any(math.isnan(number) for number in (first, last, *parts.values())):
        same = one == other and math.isnan(first)
        return HeadlineChange(name, one, other, {}, "" if same else NOT_AGAIN)
    if _agree(first, one) and _agree(last, other):
        return HeadlineChange(name, one, other, parts)
    if before.missing or after.missing:
        return HeadlineChange(name, one, other, {}, NEEDS_FILES)
    # an estimate from matched lists may have been rounded to protect people, and its parts would undo that
    if (before.as_calculated_now and after.as_calculated_now) or name.startswith(FROM_LISTS):
        return HeadlineChange(name, one, other, {}, NOT_AGAIN)
    return HeadlineChange(name, one, other, {**parts, LIBRARY: (other - last) - (one - first)})


def _agree(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def _difference(
    item: HeadlineChange, whole: HeadlineChange | None, less: HeadlineChange | None
) -> HeadlineChange:
    """A gap whose two sides are each split: the parts of one less the parts of the other."""
    if whole is None or less is None or not (whole.split and less.split):
        return item
    causes = dict.fromkeys([*whole.parts, *less.parts])
    parts = {cause: whole.parts.get(cause, 0.0) - less.parts.get(cause, 0.0) for cause in causes}
    return HeadlineChange(item.measure, item.before, item.after, parts)


def _complete(item: HeadlineChange, causes: Sequence[Cause]) -> HeadlineChange:
    """The parts of a headline for every cause, in order: a cause that does not touch it has the part 0."""
    if not item.split:
        return item
    parts = {cause.id: item.parts.get(cause.id, 0.0) for cause in causes}
    return HeadlineChange(item.measure, item.before, item.after, parts)


def _joined(causes: Sequence[Cause], joined: bool) -> list[Cause]:
    if not joined:
        return list(causes)
    kept = [cause for cause in causes if cause.id not in (RATES, DEFINITION, METHOD)]
    words = "; ".join(cause.differs for cause in causes if cause.id in (RATES, DEFINITION, METHOD))
    return [*kept, Cause(RATES_AND_METHOD, TITLES[RATES_AND_METHOD], words)]


def _library(before: Side, after: Side) -> Cause:
    names = sorted(set(before.registers) | set(after.registers))
    changed = [name for name in names if before.registers.get(name) != after.registers.get(name)]
    words = ["the code of the tool"] if before.code != after.code else []
    words += [f"data/{name}" for name in changed]
    return Cause(LIBRARY, TITLES[LIBRARY], f"changed: {', '.join(words) or 'since both runs'}")


def _wards(before: Side, after: Side) -> tuple[WardChange, ...]:
    return tuple(
        WardChange(code, name, before.wards[code][1].value, figure.value)
        for code, (name, figure) in after.wards.items()
        if code in before.wards
    )


def _notes(before: Side, after: Side, mixtures: Mixtures, *, joined: bool, definition: bool) -> list[str]:
    notes = [NEW_QUESTIONS] if definition else []
    if not mixtures.causes:
        notes.append("The two runs rest on the same choices and inputs.")
    if joined:
        notes.append(
            "The method of one run cannot be used with the rates of the other, so the two are one part together."
        )
    if any(cause.id == WARDS for cause in mixtures.causes):
        notes.append(
            "Wards were redrawn between the two runs. Figures of the whole area do not rest on where wards are drawn"
            + (" unless the method moves its total; " if mixtures.by_ward else "; ")
            + "only wards with one code in both runs are set beside each other."
        )
    missing = [side.name.name for side in (before, after) if side.missing]
    if missing:
        notes.append(f"The council's own files are not at hand for {' and '.join(missing)}.")
    if before.code != after.code:
        notes.append("The two runs were calculated with different versions of the tool's code.")
    return notes

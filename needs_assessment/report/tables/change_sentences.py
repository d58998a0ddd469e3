"""What changed since another run, in the sentences of the paper."""

from __future__ import annotations

import math
from collections.abc import Sequence

from needs_assessment.catalogue.tiers import ANSWERS
from needs_assessment.disclosure.published_table import format_number
from needs_assessment.estimate.change import Change, HeadlineChange
from needs_assessment.report.tables.change import GROUPS
from needs_assessment.report.wording import about
from needs_assessment.results import RESULT_MEASURES

# beside a change that cannot be had from the rounded numbers of its own sentence
UNROUNDED = " (worked out before rounding)"
_ANSWERS = [name for name, answer in ANSWERS.items() if answer.headline]
# what the paper speaks of and draws, most asked for first
SPOKEN = (
    "victims_last_year",
    "children_affected",
    "high_risk_cases",
    "need_safe_accommodation",
    "unmet_safe_accommodation",
    "places_available",
    *(f"gap_{name}" for name in _ANSWERS),
)
# where no places available are known, the same of places required
INSTEAD = {f"gap_{name}": f"places_required_{name}" for name in _ANSWERS}


def change_statement(change: Change, coarse: float) -> tuple[str, ...]:
    """The paragraph for the paper: each main figure before and now, and what its change comes from.

    coarse: the rounding of numbers of people in words (registered).
    """
    items = spoken(change)
    moved = [item for item in items if _signed(item.change or 0.0, item, coarse)]
    same = [RESULT_MEASURES[item.measure].title for item in items if item not in moved]
    said = [_sentence(item, change, coarse) for item in moved]
    said += [f"No change that shows after rounding: {'; '.join(same)}."] if same else []
    return (*change.notes, *(said or ["No headline is known in both runs."]))


def spoken(change: Change) -> list[HeadlineChange]:
    """The headlines that the paper speaks of: those that both runs know and show."""
    found: list[HeadlineChange] = []
    for name in SPOKEN:
        for choice in filter(None, (name, INSTEAD.get(name))):
            item = change.headline(choice)
            if item is not None and not item.hidden and item.change is not None:
                found.append(item)
                break
    return found


def _sentence(item: HeadlineChange, change: Change, coarse: float) -> str:
    measure = RESULT_MEASURES[item.measure]
    before, after = (_number(value, item, coarse) for value in (item.before, item.after))
    trend = (
        "a change" if change.is_trend(item) else "which count different things and are no trend; a difference"
    )
    moved = _signed(item.change or 0.0, item, coarse)
    parts = [(cause, _signed(part, item, coarse)) for cause, part in item.parts.items()]
    told = [part for _, part in parts if part]
    fits = _adds_up([before, moved], after) and (not item.split or _adds_up(told, moved))
    words = (
        f"{measure.title} ({measure.unit}): {before} before, {after} now, "
        f"{trend} of {moved}{'' if fits else UNROUNDED}"
    )
    if not item.split:
        return f"{words}. Why is not split: it {item.reason}."
    named = {cause.id: cause.title.lower() for cause in change.causes}
    told = [f"{named[cause]} {part}" for cause, part in parts if part]
    return f"{words}{f': {_listed(told)}' if told else ''}."


def _step(item: HeadlineChange, coarse: float) -> float:
    unit = RESULT_MEASURES[item.measure].unit
    group = next(group for group in GROUPS if unit in group.units)
    return max(1.0, coarse / 10) if group.name == "people" else group.round_to


def _number(value: float | None, item: HeadlineChange, coarse: float) -> str:
    if value is None:
        return "not known"
    if RESULT_MEASURES[item.measure].unit in GROUPS[0].units:
        return about(value, coarse)
    return _short(value, _step(item, coarse))


def _short(value: float, step: float) -> str:
    """To the nearest ``step``, without a decimal that is 0."""
    text = format_number(value, step)
    return text.removesuffix(".0")


def _signed(value: float, item: HeadlineChange, coarse: float) -> str:
    """ "+150" or "\N{MINUS SIGN}20"; blank where nothing is left after rounding."""
    text = _short(abs(value), _step(item, coarse))
    if not float(text.replace(",", "")):
        return ""
    return f"{'+' if value > 0 else chr(0x2212)}{text}"


def _adds_up(parts: Sequence[str], whole: str) -> bool:
    """Whether numbers as printed add up to another as printed."""
    *left, right = (float(text.replace(",", "").replace("\N{MINUS SIGN}", "-")) for text in (*parts, whole))
    return math.isclose(sum(left), right, abs_tol=1e-9)


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"

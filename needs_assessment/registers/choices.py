"""Registered figures that a run sets for itself: what may be set, and how it is labelled.

A figure that is set is a scenario choice: it keeps its unit and its meaning, loses its source, and says what stands in
the register. Rules (the smallest count that may be published, the roundings) cannot be set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING

from needs_assessment.errors import UsageError
from needs_assessment.registers.registers import SCENARIO_CHOICE, Assumption, Registers

if TYPE_CHECKING:
    from needs_assessment.scenario import Choice

# what a household or a variance cannot be below, whatever is chosen
LEAST = {"attempts_per_household": 1.0, "design_effect": 1.0}
NOT_ABOVE = (("refuge_accepted", "refuge_referred"),)


def with_choices(registers: Registers, chosen: Mapping[str, Choice], origin: str) -> Registers:
    """The registers with some figures set. Raises UsageError for an unknown id, a rule, or a figure that cannot be.

    origin: where the choices stand, for the message.
    """
    assumptions = dict(registers.assumptions)
    for name, choice in chosen.items():
        if name not in assumptions:
            near = get_close_matches(name, assumptions, n=3)
            raise UsageError(
                f"{origin}: there is no registered figure '{name}'.",
                action=(f"did you mean {' or '.join(near)}? " if near else "")
                + "All ids are in docs/assumptions.md",
            )
        assumptions[name] = _set(assumptions[name], choice, origin)
    for part, whole in NOT_ABOVE:
        below, above = assumptions[part].value, assumptions[whole].value
        if below is not None and above is not None and below > above and {part, whole} & set(chosen):
            raise UsageError(
                f"{origin}: {part} = {below:g} is above {whole} = {above:g}, of which it is a part.",
                action="set both, or neither",
            )
    return replace(registers, assumptions=MappingProxyType(assumptions))


def _set(item: Assumption, choice: Choice, origin: str) -> Assumption:
    if item.meaning_of_range == "rule":
        raise UsageError(
            f"{origin}: '{item.id}' ({item.label}) is a rule and cannot be set.",
            action="leave it out; rules are changed in the register, for every run",
        )
    if item.value is None and item.status == "derived":
        raise UsageError(
            f"{origin}: '{item.id}' ({item.label}) is a pattern that the run works out, not one number.",
            action="leave it out",
        )
    ranged = choice.low is not None or choice.high is not None
    if ranged and (
        choice.low is None or choice.high is None or not choice.low <= choice.value <= choice.high
    ):
        raise UsageError(
            f"{origin}: {item.id}: the range {choice.low} to {choice.high} does not hold the value {choice.value:g}.",
            action="give low and high together, with the value between them, or neither",
        )
    if ranged and item.value is not None and (item.low is None or item.low == item.high):
        raise UsageError(
            f"{origin}: {item.id} is used without a range, so low and high would be ignored.",
            action="give its value alone",
        )
    least, most, inside = _possible(item)
    for figure in (choice.low, choice.value, choice.high):
        if figure is not None and not (least <= figure <= most and (not inside or least < figure < most)):
            ends = ", ends left out" if inside else ""
            upper = f" to {most:g}" if most < float("inf") else " or more"
            raise UsageError(
                f"{origin}: {item.id} = {figure:g} {item.unit} cannot be.",
                action=f"{item.label}: give a figure from {least:g}{upper}{ends}",
            )
    return replace(
        item,
        value=choice.value,
        low=choice.low,
        high=choice.high,
        meaning_of_range=SCENARIO_CHOICE if ranged else "",
        status=SCENARIO_CHOICE,
        source_id="",
        reason=f"Set for this run; the register has {registered(item)}.",
        note="",
    )


def registered(item: Assumption) -> str:
    """A registered figure in words: its value and its range."""
    if item.value is None:
        return "no value"
    text = f"{item.value:,.10g}"
    return (
        text
        if item.low is None or item.low == item.high
        else f"{text} ({item.low:,.10g} to {item.high:,.10g})"
    )


def _possible(item: Assumption) -> tuple[float, float, bool]:
    """Least and most the figure can be by its unit, and whether both ends are left out."""
    if item.id in LEAST:
        return LEAST[item.id], float("inf"), False
    if item.unit.startswith("percent"):
        return 0.0, 100.0, True
    if item.unit == "share":
        # nobody can promise that no household at all is turned away
        return 0.0, 1.0, item.meaning_of_range == "policy choice"
    if item.unit == "log ratio":
        return 0.0, float("inf"), False
    return 0.0, float("inf"), True

"""What is hidden of one run's local counts, and of the results that rest on them: decided once for all that is written."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from needs_assessment.catalogue.relations import PAID, TELLS
from needs_assessment.catalogue.returns import RETURN_MEASURES
from needs_assessment.disclosure.audit import audit_frame
from needs_assessment.disclosure.counts import Counts, Key, gather, is_protected, key_of, named
from needs_assessment.disclosure.protection import Choice, Earlier, Rules, choose, confirm
from needs_assessment.disclosure.published_table import SUPPRESSED
from needs_assessment.disclosure.stretches import told_of

# measure, breakdown and category of a result; measure, type, first and last day of a local figure
ResultKey = tuple[str, str, str]
FigureKey = tuple[Any, ...]


@dataclass(frozen=True)
class Links:
    """What the gate has to know of a run beside its returns.

    rests_on: the local figures behind each result; differences: pairs of which a result is the first less the second;
    previous: local counts as an earlier release printed them, None where it suppressed one; previous_rounding: what
    that release rounded them to; releases: the same of more releases, the oldest first; revisions: whether a number that
    differs from an earlier one is the same figure revised; also: results that are hidden for a reason that the returns do
    not hold.
    """

    rests_on: Mapping[ResultKey, Collection[FigureKey]] = field(default_factory=dict)
    differences: Iterable[tuple[FigureKey, FigureKey]] = ()
    previous: Mapping[FigureKey, float | None] = field(default_factory=dict)
    previous_rounding: float = 1.0
    also: frozenset[ResultKey] = frozenset()
    releases: Sequence[tuple[Mapping[FigureKey, float | None], float]] = ()
    revisions: bool = True


@dataclass(frozen=True)
class Decision:
    """returns: with ``[c]`` where a figure is hidden; results: those that are; audit: what was done, fit to be
    published; warnings: what a reader has to be told."""

    returns: pd.DataFrame
    results: frozenset[ResultKey]
    audit: pd.DataFrame
    warnings: tuple[str, ...] = ()


def decide(returns: pd.DataFrame, rules: Rules, links: Links, area: str) -> Decision:
    """Decide what is hidden; see ``disclosure.guard``."""
    rests = {name: frozenset(map(_key, keys)) for name, keys in links.rests_on.items()}
    releases = [
        ({_key(key): value for key, value in counts.items()}, rounding)
        for counts, rounding in (*links.releases, (links.previous, links.previous_rounding))
    ]
    exact = _latest(counts for counts, rounding in releases if rounding <= 1)
    differences = [(_key(one), _key(other)) for one, other in links.differences]
    counts = gather(
        returns,
        exact=frozenset[Key]().union(*rests.values()),
        differences=differences,
        round_to=rules.round_to,
        before={key: value for key, value in exact.items() if value is not None},
    )
    weights: dict[Hashable, float] = {}
    for key in (key for keys in rests.values() for key in keys):
        weights[key] = weights.get(key, 1.0) + 1.0
    rounded = [(numbers, rounding) for numbers, rounding in releases if rounding > 1]
    earlier = _earlier(counts, exact, 1.0) or (_earlier(counts, *rounded[-1]) if rounded else None)
    before = _told_before(counts, releases)
    revised = _revised(counts, releases, before, rules.minimum) if links.revisions else frozenset()
    chosen = confirm(
        counts,
        rules,
        choose(counts, rules, weights=weights, earlier=earlier),
        weights=weights,
        before=before,
        revised=revised,
        differences=differences,
    )
    hidden = chosen.hidden | _goes_with(returns, chosen.hidden)
    hidden |= _told_by_money(returns, hidden, rules.minimum)
    results = frozenset(name for name, keys in rests.items() if keys & hidden) | links.also
    early = chosen.told_before | {
        name
        for name, cell in counts.cells.items()
        if cell.place == "before" and is_protected(cell.value, rules.minimum)
    }
    shown = _masked(returns, hidden, counts)
    audit = audit_frame(
        shown,
        results,
        rules,
        area=area,
        narrow=len(chosen.narrow),
        early=len(early),
        refused=chosen.refused,
    )
    return Decision(shown, results, audit, _warnings(chosen, len(early), rules))


def _key(parts: Iterable[Any]) -> Key:
    measure, kind, start, end = parts
    return Key(*named(measure, kind), start, end)


def _goes_with(returns: pd.DataFrame, hidden: Collection[Key]) -> set[Key]:
    """Figures that are no count but belong to a hidden one: the mean stay of three households says who they are."""
    found = set()
    for row in returns.to_dict("records"):
        key = key_of(row)
        if not row["protected"] and row["part_of"]:
            whole = key._replace(measure=named(str(row["part_of"]), key.kind)[0])
            kinds = {whole, whole._replace(kind="")}
            found |= {key} if kinds & set(hidden) else set()
    return found


def _told_by_money(returns: pd.DataFrame, hidden: Collection[Key], minimum: int) -> set[Key]:
    """Costs of one household by which what was spent tells a small count of households, or one that is hidden."""
    given = {key_of(row): float(row["value"]) for row in returns.dropna(subset=["value"]).to_dict("records")}
    found = set()
    for price, counted in TELLS.items():
        paid: dict[tuple[Any, Any], list[float]] = {}
        for key, value in given.items():
            if (key.measure, key.kind) in PAID[price]:
                paid.setdefault((key.start, key.end), []).append(value)
        secret = bool(paid) and any(key.measure == counted for key in hidden)
        sums = [number for amounts in paid.values() for number in (*amounts, sum(amounts))]
        for key, cost in given.items():
            if key.measure == price and cost > 0:
                small = any(is_protected(round(amount / cost), minimum) for amount in sums)
                found |= {key} if secret or small else set()
    return found


def _earlier(counts: Counts, previous: Mapping[Key, float | None], rounding: float) -> Earlier | None:
    """The earlier release as far as its numbers are known: printed, or suppressed then and at hand now."""
    rows, hidden = [], set()
    for key, value in previous.items():
        now = counts.cells.get(key)
        number = value
        if value is None or rounding > 1:
            if now is None or (value is not None and abs(now.value - value) > rounding / 2):
                continue
            hidden |= {key} if value is None else set()
            number = now.value
        facts = RETURN_MEASURES[key.measure]
        rows.append((*key, number, facts.protected, facts.part_of, facts.flow))
    if not rows:
        return None
    columns = ["measure", "accommodation_type", "period_start", "period_end"]
    frame = pd.DataFrame(rows, columns=[*columns, "value", "protected", "part_of", "flow"])
    return Earlier(gather(frame, round_to=rounding), frozenset(hidden))


def _latest(releases: Iterable[Mapping[Key, float | None]]) -> dict[Key, float | None]:
    """The number that each count was last printed with; None where it was suppressed whenever it was told of."""
    found: dict[Key, float | None] = {}
    for numbers in releases:
        for key, value in numbers.items():
            found[key] = found.get(key) if value is None else value
    return found


def _told_before(
    counts: Counts, releases: Iterable[tuple[Mapping[Key, float | None], float]]
) -> dict[Key, tuple[float, float]]:
    """The least and greatest value of a count that earlier releases tell, where it has not been revised since."""
    found: dict[Key, tuple[float, float]] = {}
    for numbers, rounding in releases:
        reach = rounding / 2 if rounding > 1 else 0.0
        for key, value in numbers.items():
            cell = counts.cells.get(key)
            if value is not None and cell is not None and abs(cell.value - value) <= reach:
                low, high = found.get(key, (0.0, float("inf")))
                found[key] = max(low, value - reach), min(high, value + reach)
    return found


def _revised(
    counts: Counts,
    releases: Iterable[tuple[Mapping[Key, float | None], float]],
    before: Mapping[Key, tuple[float, float]],
    minimum: int,
) -> frozenset[Key]:
    """Printed counts that are a few people more or fewer than an earlier release told, outright or by its sums."""
    found = set()
    for numbers, rounding in releases:
        told = told_of({key: value for key, value in numbers.items() if value is not None and rounding <= 1})
        for key, cell in counts.cells.items():
            if not isinstance(key, Key) or cell.place != "printed" or not cell.protected:
                continue
            low, high = before.get(key, (0.0, 1.0))
            old = told(key)
            if old is not None and low < high and is_protected(abs(cell.value - old), minimum):
                found.add(key)
    return frozenset(found)


def _masked(returns: pd.DataFrame, hidden: Collection[Key], counts: Counts) -> pd.DataFrame:
    values: list[object] = []
    for row in returns.to_dict("records"):
        key, value = key_of(row), row["value"]
        cell = counts.cells.get(key)
        if key in hidden:
            value = SUPPRESSED
        elif cell is not None and cell.round_to:
            value = round(cell.value / cell.round_to) * cell.round_to
        values.append(value)
    return returns.assign(value=pd.Series(values, index=returns.index, dtype="object"))


def _warnings(chosen: Choice, early: int, rules: Rules) -> tuple[str, ...]:
    said = []
    if early:
        said.append(
            f"The previous release already tells {_many(early, 'count')} of people below {rules.minimum}: this release "
            "does not repeat them and cannot take them back."
        )
    if chosen.narrow:
        said.append(
            f"{_many(len(chosen.narrow), 'suppressed figure')} can be worked out more closely than the rule allows, from "
            "numbers that are not counts of people or were released before. Review this before it is published."
        )
    return tuple(said)


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"

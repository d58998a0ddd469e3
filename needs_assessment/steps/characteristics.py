"""Residents and victims by characteristic: disability, ethnic group, tenure; deprivation as residents only.

Ratios between groups come from older editions of the survey and are carried over to this run's level, labelled so.

Victims by type of abuse: shares of an older edition carried over; types overlap and are never added.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from needs_assessment.arrays import Array
from needs_assessment.estimate.breakdowns import (
    RESIDUAL,
    Closing,
    RateUsed,
    close_nationally,
    group_fractions,
    move_share,
    shrink,
)
from needs_assessment.inputs.load import SEXES
from needs_assessment.inputs.population.characteristics import TENURE, Topic
from needs_assessment.inputs.rates.rates import BANDS, LAST_YEAR
from needs_assessment.results import Provenance
from needs_assessment.steps.area_tree import Labels, add_counts, add_estimate, add_group_estimate
from needs_assessment.steps.carried_ratios import (
    BASES,
    GROUPINGS,
    RATIO_SD,
    RESIDUAL_LIMIT,
    RESIDUAL_SPREAD,
    TYPES,
    TYPES_EDITION,
    Edition,
    Grouping,
    Published,
    carried_provenance,
    carried_spread,
    find_rate,
    survey_only,
)
from needs_assessment.steps.context import Run, rate_method
from needs_assessment.steps.prevalence import Victims
from needs_assessment.steps.rates import rates_by_band


def add_characteristics(run: Run, victims: Victims) -> tuple[RateUsed, ...]:
    """Residents (tenure: households) and victims by characteristic, at every level; what the equality tables need.

    Without a table of characteristics nothing is added and nothing returned. A topic without published rates
    (deprivation) gets its residents only.
    """
    _add_counts(run)
    used: list[RateUsed] = []
    for name, topic in run.inputs.characteristics.topics.items():
        if name in GROUPINGS and topic.england is not None:
            divided = divide(run, topic, GROUPINGS[name])
            _add_victims(run, victims, divided)
            used += divided.used
    return tuple(used)


def _add_counts(run: Run) -> None:
    held = run.inputs.characteristics
    totals_written = False
    # tenure first: its households are the measure's own total
    for topic in sorted(held.topics.values(), key=lambda topic: (topic.name != TENURE, topic.name)):
        note = (
            f"{topic.unit} of all ages" if topic.unit == "people" else "households, whoever lives in them"
        ) + f", counted {held.period}; a total of its own, not the population estimate"
        provenance = Provenance("observed", "Census counts brought to wards", topic.source_ids, note=note)
        measure = "residents" if topic.unit == "people" else "households"
        if measure == "households" and not totals_written:
            add_counts(run.builder, run.tree, measure, topic.counts.sum(axis=1), provenance=provenance)
            totals_written = True
        for place, category in enumerate(topic.categories):
            labels = {"breakdown": topic.name, "category": category}
            add_counts(
                run.builder, run.tree, measure, topic.counts[:, place], provenance=provenance, **labels
            )


@dataclass(frozen=True)
class Division:
    """How the victims of each ward divide into groups; the parts of a ward sum to 1, in every draw.

    central: shape [group, ward]; drawn: [group, ward, draw] (or 1 draw where nothing is random); used: one a group.
    """

    central: Array
    drawn: Array
    used: tuple[RateUsed, ...]
    provenance: Provenance


def divide(run: Run, topic: Topic, grouping: Grouping) -> Division:
    """The parts of each ward's victims in each group with a published rate, and in the residual of all others.

    A rate of women only divides the women's victims; men join the residual. Where no group has a rate that the method
    can use, everyone is in the residual.
    """
    edition = grouping.edition
    women_only = edition.sex == "F"
    # with one rate for everyone (method crude) there is nothing to say of women alone
    usable = not (women_only and rate_method(run.inputs.scenario.method) == "crude")
    groups = {
        label: found
        for label, (_, group) in grouping.groups.items()
        if usable and (found := find_rate(run, edition, edition.measure, edition.sex, group)) is not None
    }
    covered = {name for label in groups for name in grouping.groups[label][0]}
    rest = tuple(name for name in topic.categories if name not in covered)
    if not groups:
        return _undivided(run, topic, rest)
    covers = [*(grouping.groups[label][0] for label in groups), *([rest] if rest else [])]
    labels = [*groups, *([RESIDUAL] if rest else [])]
    england = np.array([topic.england_share(names) for names in covers])
    england /= england.sum()
    rates = np.array([found.rate for found in groups.values()])
    everyone = find_rate(run, edition, edition.measure, edition.sex, "all")
    known = england[: len(rates)]
    overall = everyone.rate if everyone is not None else float(known @ rates / known.sum())
    relative = np.append(rates / overall, [np.nan] * bool(rest))
    closing = close_nationally(relative, england, run.figure(RESIDUAL_LIMIT))
    sampled = _drawn_risks(
        run=run,
        topic=topic.name,
        edition=edition,
        groups=groups,
        england=england,
        overall=overall,
        carried=closing.carried,
        central=closing.risk,
    )
    shares = np.stack([topic.shares(names) for names in covers])
    central, drawn = group_fractions(shares, closing.risk), group_fractions(shares, sampled)
    if women_only:
        women, women_drawn = _women_share(run)
        central, drawn = central * women, drawn * women_drawn
        central[-1] += 1.0 - women
        drawn[-1] += 1.0 - women_drawn
    largest = int(np.argmax(england))
    compared = _reference_words(labels[largest], edition)
    used = tuple(
        _used(
            topic=topic,
            edition=edition,
            label=label,
            covers=covers[place],
            known=groups.get(label),
            overall=overall,
            closing=closing,
            largest=largest,
            place=place,
            compared=compared,
        )
        for place, label in enumerate(labels)
    )
    assumptions = (*BASES[edition.sex], RATIO_SD, RESIDUAL_LIMIT)
    if rest and largest != len(labels) - 1:
        assumptions = (*assumptions, RESIDUAL_SPREAD)
    provenance = carried_provenance(
        run,
        f"relative risk of {edition.rate_set}",
        (*(found.source_id for found in groups.values()), *topic.source_ids),
        assumptions,
        _note(run, topic, edition, next(iter(groups.values())), closing.carried),
    )
    return Division(central, drawn, used, provenance)


def _used(
    topic: Topic,
    edition: Edition,
    label: str,
    covers: tuple[str, ...],
    known: Published | None,
    overall: float,
    closing: Closing,
    largest: int,
    place: int,
    compared: str,
) -> RateUsed:
    # men are in the residual of a rate of women, which then has no risk of its own
    mixed = edition.sex == "F" and known is None
    return RateUsed(
        breakdown=topic.name,
        category=label,
        covers=covers,
        rate=known.rate if known else float("nan"),
        overall=overall,
        relative_risk=float("nan") if mixed else float(closing.risk[place] / closing.risk[largest]),
        compared_with=compared if place != largest else "",
        edition=known.edition if known else "",
        question_set=known.question_set if known else "",
        who=edition.who,
        source_id=known.source_id if known else "",
        carried=closing.carried,
    )


def _undivided(run: Run, topic: Topic, rest: tuple[str, ...]) -> Division:
    note = "no group has a published rate that this method can use"
    nothing = float("nan")
    ones = np.ones((1, len(topic.counts)))
    return Division(
        ones,
        ones[:, :, None],
        (
            RateUsed(
                breakdown=topic.name,
                category=RESIDUAL,
                covers=rest,
                rate=nothing,
                overall=nothing,
                relative_risk=nothing,
                compared_with="",
                edition="",
                question_set="",
                who="",
                source_id="",
            ),
        ),
        carried_provenance(run, "none", topic.source_ids, (), note),
    )


def _add_victims(run: Run, victims: Victims, divided: Division) -> None:
    for place, rate in enumerate(divided.used):
        labels = Labels(
            "victims_last_year", divided.provenance, breakdown=rate.breakdown, category=rate.category
        )
        part = victims.shared.sharing.of(victims.shared.totals, victims.drawn * divided.drawn[place])
        add_estimate(run.builder, run.tree, run.model, labels, victims.central * divided.central[place], part)


def _drawn_risks(
    run: Run,
    topic: str,
    edition: Edition,
    groups: dict[str, Published],
    england: Array,
    overall: float,
    carried: float,
    central: Array,
) -> Array:
    """Draws of every group's relative risk, shape [group, draw]; the largest group is what the others compare with."""
    draws, largest = run.draws, int(np.argmax(england))
    rows = []
    for place, (label, found) in enumerate(groups.items()):
        name = f"group rate {edition.rate_set} {edition.measure} {edition.sex} {label}"
        if not np.isnan(found.low):
            rate = draws.proportion_from_interval(name, found.rate, found.low, found.high)
        else:
            # no base is printed for a group: the registered one times the group's share of England
            base = sum(run.drawn(part) for part in BASES[edition.sex]) * england[place]
            rate = draws.proportion(name, found.rate, effective_base=found.base if found.base > 0 else base)
        if place != largest:
            spread = carried_spread(run)
            rate = rate * draws.mean_one(draws.normal(f"carried ratio {topic} {label}"), spread)
        rows.append(shrink(rate / overall, carried))
    if len(central) > len(rows):
        residual = np.full(draws.count, central[-1])
        held = largest == len(rows) or survey_only(run)
        rows.append(residual if held else residual * run.drawn(RESIDUAL_SPREAD))
    return np.stack(rows)


def _women_share(run: Run) -> tuple[Array, Array]:
    """Women's part of a ward's victims, central [ward] and drawn [ward, draw]."""
    central, drawn = rates_by_band(run, LAST_YEAR, rate_method(run.inputs.scenario.method))
    adults = run.inputs.persons.adults
    parts = [tuple(adults[sex] @ rates[sex] for sex in SEXES) for rates in (central, drawn)]
    found = []
    for women, men in parts:
        whole = women + men
        found.append(np.divide(women, whole, out=np.zeros_like(whole), where=whole > 0))
    return found[0], found[1]


def _note(run: Run, topic: Topic, edition: Edition, first: Published, carried: float) -> str:
    rates, held = run.inputs.rates, run.inputs.characteristics
    shares = (
        "shares of households stand in for shares of women, and partner abuse for all domestic abuse"
        if edition.sex == "F"
        else "shares are of residents of all ages"
    )
    parts = [
        f"ratio of {first.edition} ({first.question_set} questions; {edition.who}) carried over to the level of {rates.name} "
        f"({rates.question_set} questions, people {rates.ages})",
        f"{shares}, counted {held.period}",
        "groups are scaled together to add up to the area",
    ]
    if carried < 1.0:
        parts.insert(
            0,
            f"FLAG: the residual group would have been outside what is plausible, so {carried:.0%} of each published "
            "contrast is carried over",
        )
    return "; ".join(parts)


def _reference_words(label: str, edition: Edition) -> str:
    return "all other women" if label == RESIDUAL and edition.sex == "F" else label


def add_types_of_abuse(run: Run, victims: Victims) -> tuple[RateUsed, ...]:
    """Victims by type of abuse, above the ward: types overlap and are never added together.

    The share of a type is its rate over the rate of all domestic abuse in the same edition; the latter is printed by sex
    only and is joined by England's residents of the same ages.
    """
    edition = TYPES_EDITION
    sexes = [find_rate(run, edition, LAST_YEAR, sex, "all") for sex in SEXES]
    if any(found is None for found in sexes):
        return ()
    bands = [band[1] is not None and band[1] <= edition.age_to for band in BANDS]
    people = np.array([run.inputs.england.adults[sex][0][bands].sum() for sex in SEXES])
    overall = float(
        sum(count * found.rate for count, found in zip(people, sexes, strict=True) if found) / people.sum()
    )
    base = sum(run.drawn(name) for name in BASES["P"]) * overall
    groups = run.tree.groups
    central_totals = [group.total(victims.central) for group in groups]
    drawn_totals = victims.shared.spread.drawn
    used = []
    for category, measure in TYPES.items():
        found = find_rate(run, edition, measure, "P", "all")
        if found is None:
            continue
        share = found.rate / overall
        drawn = run.draws.proportion(f"type share {edition.rate_set} {measure}", share, effective_base=base)
        drawn = move_share(drawn, run.draws.normal(f"carried ratio {measure}") * carried_spread(run))
        note = (
            f"share of all victims in {found.edition} ({found.question_set} questions, {edition.who}): the type's rate over "
            f"{overall:.1%}, the rate of any domestic abuse in that edition; carried over to the level of "
            f"{run.inputs.rates.name}; types overlap and must not be added; the new questions count more kinds of abuse, so "
            "shares of physical kinds may be too high"
        )
        sources = (found.source_id, *run.sources("england_residents_2020"))
        provenance = carried_provenance(
            run, f"share of {edition.rate_set}", sources, (*BASES["P"], RATIO_SD), note
        )
        labels = Labels("victims_last_year", provenance, breakdown="abuse_type", category=category)
        add_group_estimate(
            builder=run.builder,
            tree=run.tree,
            model=run.model,
            labels=labels,
            central=[total * share for total in central_totals],
            drawn=[total * drawn for total in drawn_totals],
            people=None,
        )
        used.append(
            RateUsed(
                breakdown="abuse_type",
                category=category,
                covers=(),
                rate=found.rate,
                overall=overall,
                relative_risk=share,
                compared_with="all victims",
                edition=found.edition,
                question_set=found.question_set,
                who=f"people aged {edition.age_from} to {edition.age_to}",
                source_id=found.source_id,
            )
        )
    return tuple(used)

"""The figures of a run, each drawn once from one published table, with a title that says the finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from needs_assessment.disclosure.gate import publish_table, publish_view
from needs_assessment.disclosure.published_table import PublishedTable, TableColumn
from needs_assessment.report.charts import bars, tile_map, ward_map
from needs_assessment.report.charts.cascade import cascade_bars
from needs_assessment.report.charts.map_legend import CAN_AND_CANNOT, HOW_SURE_CAN_AND_CANNOT
from needs_assessment.report.charts.tornado import tornado
from needs_assessment.report.charts.values import read
from needs_assessment.report.figure import Begin, Figure
from needs_assessment.report.tables.accommodation import places_chart_table
from needs_assessment.report.tables.cascade import chart_data
from needs_assessment.report.tables.inputs_used import boundary_attribution
from needs_assessment.report.tables.people import SEX_WORDS, Context

if TYPE_CHECKING:
    from needs_assessment.inputs.load import Inputs


# seaborn draws these, and takes as long to load as all the other figures to draw
BESIDE = ("wards", "age_sex")
Draw = Callable[[], "Figure | tuple[Figure, ...]"]
Planned = tuple[str, Draw]
Drawn = list[tuple[Figure, ...]]


def draw_figures(
    inputs: Inputs,
    tables: Mapping[str, PublishedTable],
    context: Context,
    begin: Begin,
) -> dict[str, tuple[Figure, ...]]:
    """Figures by name; ``map`` and ``top_fifth`` are empty when neither boundaries nor ward points are known.

    begin: takes work that may be done beside the rest, and returns what to call for its answer; the figures of ``BESIDE``
    are drawn so.
    """
    planned = list(_plan(inputs, tables, context))
    others = begin(partial(_each, [draw for name, draw in planned if name in BESIDE]))
    own = iter(_each([draw for name, draw in planned if name not in BESIDE]))
    given = iter(others())
    drawn: dict[str, tuple[Figure, ...]] = {"map": (), "top_fifth": ()}
    for name, _ in planned:
        drawn[name] = (*drawn.get(name, ()), *next(given if name in BESIDE else own))
    return drawn


def _each(draws: Sequence[Draw]) -> Drawn:
    figures = [draw() for draw in draws]
    return [one if isinstance(one, tuple) else (one,) for one in figures]


def _plan(inputs: Inputs, tables: Mapping[str, PublishedTable], context: Context) -> Iterator[Planned]:
    """What is to be drawn, in order: the name a figure goes under, and its drawing."""
    wards = tables["wards"]
    source = wards.source or "Source: see the table of sources"
    yield from _maps(inputs, wards, context, source)
    ranged = {"label": "label", "value": "value", "low": "low", "high": "high"}
    yield (
        "methods",
        partial(
            bars.need_bar,
            publish_view(tables["methods"], ranged),
            title=f"How far the number of victims depends on the method, {context.area}",
            source=tables["methods"].source or source,
            name="methods",
        ),
    )
    keys = {"ward_name": "ward_name", "value": "value", "low": "low", "high": "high"}
    if any(column.key == "district" for column in wards.columns):
        keys["district"] = "district"
    yield (
        "wards",
        partial(
            bars.ward_estimates,
            publish_view(wards, keys),
            title=_ward_finding(wards, context.area),
            source=source,
        ),
    )
    by_age = tables["prevalence_by_sex_and_age"]
    if any(" " in str(label) for label in by_age.frame["label"]):
        yield (
            "age_sex",
            partial(
                bars.age_sex,
                _by_age(by_age),
                title=_age_finding(by_age, context.area),
                source=by_age.source or source,
            ),
        )
    need = tables["safe_accommodation_need"]
    yield (
        "need",
        partial(
            bars.need_bar,
            publish_view(need, ranged),
            title=f"Households that need safe accommodation in a year, {context.area}",
            source=need.source or source,
        ),
    )
    for name, words in (("cascade_people", "people"), ("cascade_households", "households")):
        table = tables[name]
        yield (
            name,
            partial(
                cascade_bars,
                chart_data(table),
                title=f"From victims to unmet need, {words} in a year, {context.area}",
                source=table.source or source,
                name=name,
            ),
        )
    answers = tables["four_answers"]
    yield (
        "places",
        partial(
            bars.places,
            publish_view(places_chart_table(answers, tables["places"]), {**ranged, "kind": "kind"}),
            title=f"Four answers to how many family places {context.area} needs, beside what there is",
            source=answers.source or source,
        ),
    )
    if "sensitivity_places" in tables:
        moved = tables["sensitivity_places"]
        yield (
            "tornado",
            partial(
                tornado,
                moved,
                title=_tornado_finding(moved, context.area),
                source=answers.source or source,
                unit="family places required by queueing",
            ),
        )


def _maps(inputs: Inputs, wards: PublishedTable, context: Context, source: str) -> Iterator[Planned]:
    """The rate and the number of each ward, how unsure they are, and the chance of the highest fifth; none without places."""
    if inputs.boundaries is not None:
        credit = boundary_attribution(inputs)
        draw: Callable[..., Figure] = partial(
            ward_map.ward_map, geometry=inputs.boundaries, attribution=credit
        )
    elif inputs.points is not None:
        draw = partial(ward_map.tile_map, tiles=tile_map.place(inputs.points))
    else:
        return
    by_rate = publish_view(
        wards, {"ward_code": "ward_code", "ward_name": "ward_name", "rate": "rate", "value": "count"}
    )
    title = f"Modelled victims of domestic abuse in the last year by ward, {context.area}"
    yield "map", partial(draw, by_rate, title=title, source=source)
    unsure = _one_column(wards, "either_way")
    low, high = read(wards, "low"), read(wards, "high")
    ranges = [f"{low.text(row)}\N{EN DASH}{high.text(row)}" for row in range(len(wards.frame))]
    unsure = publish_table(
        unsure.name,
        unsure.title,
        (*unsure.columns, TableColumn("written", "range of the number of victims")),
        unsure.frame.assign(written=ranges),
        notes=unsure.notes,
        source=unsure.source,
    )
    yield (
        "map",
        partial(
            draw,
            unsure,
            title=_width_finding(wards, context.area),
            source=source,
            name="uncertainty_map",
            can_and_cannot=HOW_SURE_CAN_AND_CANNOT,
        ),
    )
    yield (
        "top_fifth",
        partial(
            draw,
            _one_column(wards, "top_fifth"),
            title=f"Chance that a ward's rate is among the highest fifth, {context.area}",
            source=source,
            name="top_fifth_map",
            can_and_cannot=CAN_AND_CANNOT,
        ),
    )


def _one_column(wards: PublishedTable, key: str) -> PublishedTable:
    """One column of the ward table, which shades a ward and is written on it."""
    view = publish_view(wards, {"ward_code": "ward_code", "ward_name": "ward_name", key: "rate"})
    columns = (*view.columns, replace(view.columns[-1], key="count"))
    frame = view.frame.assign(count=view.frame["rate"])
    return publish_table(view.name, view.title, columns, frame, notes=view.notes, source=view.source)


def _tornado_finding(table: PublishedTable, area: str) -> str:
    """Which input moves the answer most and how far, read off the table itself."""
    first = table.frame.iloc[0]
    ends = sorted((read(table, key) for key in ("at_low", "at_high")), key=lambda end: float(end.values[0]))
    low, high = (end.text(0) for end in ends)
    label = str(first["label"])
    return f"Places by queueing hang most on {label[:1].lower()}{label[1:]}: {low} to {high} family places, {area}"


def _by_age(table: PublishedTable) -> PublishedTable:
    banded = table.frame["label"].str.contains(" ")
    view = publish_view(
        table, {"label": "label", "value": "value", "low": "low", "high": "high"}, rows=banded
    )
    parts = view.frame["label"].str.split(" ", n=1, expand=True)
    words = set(SEX_WORDS.values())
    return publish_view(
        view,
        {"age_band": "age_band", "sex": "sex", "value": "value", "low": "low", "high": "high"},
        added={"sex": parts[0].where(parts[0].isin(words)), "age_band": parts[1]},
    )


def _width_finding(table: PublishedTable, area: str) -> str:
    """How unsure the wards' numbers are, read off the table as printed."""
    printed = read(table, "either_way")
    if not printed.shown.any():
        return f"How unsure each ward's number of victims is, {area}"
    known = printed.values[printed.shown]
    least, most = (printed.number(float(end)) for end in (min(known), max(known)))
    if least == most:
        return f"Every ward's number of victims is about equally unsure: {least}% either way, {area}"
    return f"Every ward's number of victims is unsure: from about {least}% to {most}% either way, {area}"


def _age_finding(table: PublishedTable, area: str) -> str:
    """Where the rate is highest, read off the table itself."""
    banded = table.frame[table.frame["label"].str.contains(" ")]
    if not all(isinstance(cell, float) for cell in banded["value"]):
        return f"Prevalence by sex and age, {area}"
    parts = banded["label"].str.split(" ", n=1, expand=True)
    found = []
    for sex in SEX_WORDS.values():
        own = banded[parts[0] == sex]
        rates = dict(zip(parts.loc[own.index, 1], own["value"].astype(float), strict=True))
        highest = max(rates, key=lambda band: rates[band])
        found.append(f"{sex.lower()} aged {highest} ({rates[highest] * 100:.1f}%)")
    return f"Prevalence in the last year is highest among {' and '.join(found)}, {area}"


def _ward_finding(table: PublishedTable, area: str) -> str:
    numbers = table.frame[["value", "low", "high"]]
    if not all(isinstance(cell, float) for cell in numbers.to_numpy().ravel()):
        return f"Modelled victims in the last year by ward, {area}"
    low, high = float(numbers["low"].max()), float(numbers["high"].min())
    overlap = "; every ward's range overlaps every other's" if low <= high else ""
    return f"Modelled victims in the last year by ward, {area}{overlap}"

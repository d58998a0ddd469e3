"""The figures of a run, each drawn once from one published table, with a title that says the finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from needs_assessment.publish import charts, maps, tiles
from needs_assessment.publish.accommodation_views import places_chart_table
from needs_assessment.publish.cascade import chart_data
from needs_assessment.publish.cascadechart import cascade_bars
from needs_assessment.publish.disclosure import publish_table, publish_view
from needs_assessment.publish.figure import Figure
from needs_assessment.publish.mapcommon import CAN_AND_CANNOT, HOW_SURE_CAN_AND_CANNOT
from needs_assessment.publish.read import boundary_attribution
from needs_assessment.publish.readings import read
from needs_assessment.publish.tables import PublishedTable, TableColumn
from needs_assessment.publish.tornado import tornado
from needs_assessment.publish.views import SEX_WORDS, Context

if TYPE_CHECKING:
    from needs_assessment.inputs.load import Inputs


def draw_figures(
    inputs: Inputs, tables: Mapping[str, PublishedTable], context: Context
) -> dict[str, tuple[Figure, ...]]:
    """Figures by name; ``map`` is empty when neither boundaries nor ward points are known."""
    wards = tables["wards"]
    source = wards.source or "Source: see the table of sources"
    drawn: dict[str, tuple[Figure, ...]] = {"map": ()}
    by_rate = publish_view(
        wards, {"ward_code": "ward_code", "ward_name": "ward_name", "rate": "rate", "value": "count"}
    )
    title = f"Modelled victims of domestic abuse in the last year by ward, {context.area}"
    if inputs.boundaries is not None:
        credit = boundary_attribution(inputs)
        drawn["map"] = (
            maps.ward_map(by_rate, inputs.boundaries, title=title, source=source, attribution=credit),
        )
    elif inputs.points is not None:
        drawn["map"] = (maps.tile_map(by_rate, tiles.place(inputs.points), title=title, source=source),)
    drawn["map"] += _uncertainty(inputs, wards, context, source)
    drawn["top_fifth"] = _top_fifth(inputs, wards, context, source)
    drawn["methods"] = (
        charts.need_bar(
            publish_view(
                tables["methods"], {"label": "label", "value": "value", "low": "low", "high": "high"}
            ),
            title=f"How far the number of victims depends on the method, {context.area}",
            source=tables["methods"].source or source,
            name="methods",
        ),
    )
    keys = {"ward_name": "ward_name", "value": "value", "low": "low", "high": "high"}
    if any(column.key == "district" for column in wards.columns):
        keys["district"] = "district"
    drawn["wards"] = charts.ward_estimates(
        publish_view(wards, keys),
        title=_ward_finding(wards, context.area),
        source=source,
    )
    by_age = tables["prevalence_by_sex_and_age"]
    if any(" " in str(label) for label in by_age.frame["label"]):
        drawn["age_sex"] = (
            charts.age_sex(
                _by_age(by_age),
                title=_age_finding(by_age, context.area),
                source=by_age.source or source,
            ),
        )
    need = tables["safe_accommodation_need"]
    drawn["need"] = (
        charts.need_bar(
            publish_view(need, {"label": "label", "value": "value", "low": "low", "high": "high"}),
            title=f"Households that need safe accommodation in a year, {context.area}",
            source=need.source or source,
        ),
    )
    for name, words in (("cascade_people", "people"), ("cascade_households", "households")):
        table = tables[name]
        drawn[name] = (
            cascade_bars(
                chart_data(table),
                title=f"From victims to unmet need, {words} in a year, {context.area}",
                source=table.source or source,
                name=name,
            ),
        )
    answers = tables["four_answers"]
    drawn["places"] = (
        charts.places(
            publish_view(
                places_chart_table(answers, tables["places"]),
                {"label": "label", "value": "value", "low": "low", "high": "high", "kind": "kind"},
            ),
            title=f"Four answers to how many family places {context.area} needs, beside what there is",
            source=answers.source or source,
        ),
    )
    if "sensitivity_places" in tables:
        moved = tables["sensitivity_places"]
        drawn["tornado"] = (
            tornado(
                moved,
                title=_tornado_finding(moved, context.area),
                source=answers.source or source,
                unit="family places required by queueing",
            ),
        )
    return drawn


def _tornado_finding(table: PublishedTable, area: str) -> str:
    """Which input moves the answer most and how far, read off the table itself."""
    first = table.frame.iloc[0]
    low, high = sorted((float(first["at_low"]), float(first["at_high"])))
    label = str(first["label"])
    return f"Places by queueing hang most on {label[:1].lower()}{label[1:]}: {low:.0f} to {high:.0f} family places, {area}"


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


def _top_fifth(inputs: Inputs, wards: PublishedTable, context: Context, source: str) -> tuple[Figure, ...]:
    """The map of the chance that a ward is in the highest fifth; none where there is no map."""
    title = f"Chance that a ward's rate is among the highest fifth, {context.area}"
    return _map_of(inputs, wards, "top_fifth", title, source, "top_fifth_map", CAN_AND_CANNOT)


def _uncertainty(inputs: Inputs, wards: PublishedTable, context: Context, source: str) -> tuple[Figure, ...]:
    """The map of how far each ward's number may be off, beside the map of the numbers; none where there is no map."""
    title = _width_finding(wards, context.area)
    name = "uncertainty_map"
    return _map_of(inputs, wards, "either_way", title, source, name, HOW_SURE_CAN_AND_CANNOT)


def _map_of(
    inputs: Inputs,
    wards: PublishedTable,
    key: str,
    title: str,
    source: str,
    name: str,
    can_and_cannot: str,
) -> tuple[Figure, ...]:
    """A map of one column of the ward table, which shades a ward and is written on it."""
    view = publish_view(wards, {"ward_code": "ward_code", "ward_name": "ward_name", key: "rate"})
    count = replace(view.columns[-1], key="count")
    columns, frame = (*view.columns, count), view.frame.assign(count=view.frame["rate"])
    if key == "either_way":
        low, high = read(wards, "low"), read(wards, "high")
        ranges = [f"{low.text(row)}\N{EN DASH}{high.text(row)}" for row in range(len(wards.frame))]
        columns = (*columns, TableColumn("written", "range of the number of victims"))
        frame = frame.assign(written=ranges)
    view = publish_table(view.name, view.title, columns, frame, notes=view.notes, source=view.source)
    words = {"title": title, "source": source, "name": name, "can_and_cannot": can_and_cannot}
    if inputs.boundaries is not None:
        credit = boundary_attribution(inputs)
        return (maps.ward_map(view, inputs.boundaries, attribution=credit, **words),)
    if inputs.points is not None:
        return (maps.tile_map(view, tiles.place(inputs.points), **words),)
    return ()


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

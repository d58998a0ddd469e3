"""The figures of a run, each drawn once from one published table, with a title that says the finding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from needs_assessment.publish import charts, maps, tiles
from needs_assessment.publish.figure import Figure
from needs_assessment.publish.tables import PublishedTable
from needs_assessment.publish.views import SEX_WORDS, Context, publish_view

if TYPE_CHECKING:
    from needs_assessment.inputs.load import Inputs


def draw_figures(
    inputs: Inputs, tables: Mapping[str, PublishedTable], context: Context, victims: str
) -> dict[str, tuple[Figure, ...]]:
    """Figures by name; ``map`` is empty when neither boundaries nor ward points are known.

    victims: the headline number in words, for titles.
    """
    wards = tables["wards"]
    source = wards.source or "Source: see the table of sources"
    drawn: dict[str, tuple[Figure, ...]] = {"map": ()}
    by_rate = publish_view(
        wards, {"ward_code": "ward_code", "ward_name": "ward_name", "rate": "rate", "value": "count"}
    )
    title = f"Modelled victims of domestic abuse in the last year by ward, {context.area}"
    if inputs.boundaries is not None:
        drawn["map"] = (maps.ward_map(by_rate, inputs.boundaries, title=title, source=source),)
    elif inputs.points is not None:
        drawn["map"] = (maps.tile_map(by_rate, tiles.place(inputs.points), title=title, source=source),)
    keys = {"ward_name": "ward_name", "value": "value", "low": "low", "high": "high"}
    if any(column.key == "district" for column in wards.columns):
        keys["district"] = "district"
    drawn["wards"] = charts.ward_estimates(
        publish_view(wards, keys),
        title=f"Every ward of {context.area} has victims, and each ward's range is wide",
        source=source,
    )
    by_age = tables["prevalence_by_sex_and_age"]
    if any(" " in str(label) for label in by_age.frame["label"]):
        drawn["age_sex"] = (
            charts.age_sex(
                _by_age(by_age),
                title="The rate is highest among young people, and higher for women than for men",
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
    places = tables["places"]
    shown = places.frame["kind"] != "gap"
    drawn["places"] = (
        charts.places(
            publish_view(places, {"label": "label", "value": "value", "kind": "kind"}, rows=shown),
            title=f"Family places required, available, and at the national average, {context.area}",
            source=places.source or source,
        ),
    )
    return drawn


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

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


# the bars of the chart of places; a gap is a difference between two of them
PLACE_KINDS = {
    "Required by the standard": "required",
    "Available": "available",
    "If supply were the national average": "national average",
}


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
    places = tables["places"]
    kinds = places.frame["label"].map(PLACE_KINDS)
    drawn["places"] = (
        charts.places(
            publish_view(
                places,
                {"label": "label", "value": "value", "kind": "kind"},
                rows=kinds.notna(),
                added={"kind": kinds},
            ),
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

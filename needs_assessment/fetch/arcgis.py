"""The geography service (ArcGIS feature layers): all features that fit a condition, page by page.

A page holds at most what the layer allows (``maxRecordCount``); ``exceededTransferLimit`` is no safe sign of the end, so
the layer is asked first how many features there are. Errors come with status 200 and an ``error`` inside.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from needs_assessment.errors import EnvironmentFault
from needs_assessment.fetch.service import Asker, DoNotFit, first_words, in_parts, looks_like_a_page
from needs_assessment.fetch.transport import GO_ON, MayPass

Attributes = dict[str, str]
Feature = tuple[Attributes, dict[str, Any] | None]
CHANGED = (
    "the layer may have been renamed or changed: look it up at geoportal.statistics.gov.uk, and change a copy of "
    "data/services_online.toml, given with --register"
)


def features(
    asker: Asker,
    layer: str,
    column: str,
    codes: list[str],
    fields: tuple[str, ...],
    key: str,
    *,
    shapes: bool = False,
) -> list[Feature]:
    """Features whose ``column`` is one of ``codes``: their fields (names as asked for) and shape, sorted by ``key``.

    shapes: GeoJSON geometries in longitude and latitude, six decimals (0.1 metre). Raises EnvironmentFault when the
    layer lacks a field, or its pages do not fit the number of features it announced.
    """
    path = f"{layer}/FeatureServer/0"
    found: list[Feature] = []
    for part in in_parts(codes, asker.service.areas_per_request):
        where = f"{column} IN ({','.join(repr(code) for code in part)})"
        found += asker.whole(partial(_all_pages, asker, path, where, fields=fields, key=key, shapes=shapes))
    return sorted(found, key=lambda feature: feature[0][key])


def _all_pages(
    asker: Asker, path: str, where: str, fields: tuple[str, ...], key: str, shapes: bool
) -> list[Feature]:
    layer = _json(asker, path, {"f": "json"}, _is_layer)
    names = {str(field["name"]).upper(): str(field["name"]) for field in layer["fields"]}
    absent = [name for name in fields if name not in names]
    if absent:
        raise EnvironmentFault(
            f"The layer {path.split('/', maxsplit=1)[0]} has no field {', '.join(absent)}.", action=CHANGED
        )
    condition = {"where": where}
    count = _json(asker, f"{path}/query", {**condition, "returnCountOnly": "true", "f": "json"}, _is_count)
    total = int(count["count"])
    size = min(asker.service.page_size, int(layer.get("maxRecordCount") or asker.service.page_size))
    found: list[Feature] = []
    seen: set[str] = set()
    while len(found) < total:
        page = _json(
            asker,
            f"{path}/query",
            {
                **condition,
                "outFields": ",".join(names[name] for name in fields),
                "returnGeometry": "true" if shapes else "false",
                **({"outSR": "4326", "geometryPrecision": "6"} if shapes else {}),
                "orderByFields": names[key],
                "resultOffset": str(len(found)),
                "resultRecordCount": str(size),
                "f": "geojson" if shapes else "json",
            },
            _is_page,
        )["features"]
        if not page:
            raise DoNotFit(f"{len(found):,} features came where {total:,} were announced")
        for raw in page:
            feature = _read(raw, fields)
            code = feature[0][key]
            if code in seen:
                raise DoNotFit(f"{code} came twice")
            seen.add(code)
            found.append(feature)
    if len(found) > total:
        raise DoNotFit(f"{len(found):,} features came where {total:,} were announced")
    return found


def _read(raw: dict[str, Any], fields: tuple[str, ...]) -> Feature:
    values = {
        str(name).upper(): value
        for name, value in (raw.get("properties") or raw.get("attributes") or {}).items()
    }
    blank = [name for name in fields if not str(values.get(name) or "").strip()]
    if blank:
        raise EnvironmentFault(
            f"A feature of the geography service has no {', '.join(blank)}.",
            action="look the layer up at geoportal.statistics.gov.uk",
        )
    return {name: str(values[name]).strip() for name in fields}, raw.get("geometry")


def _json(asker: Asker, path: str, query: dict[str, str], fits: Callable[[Any], bool]) -> Any:
    return json.loads(asker.ask(path, query, lambda body: _check(body, fits)))


def _check(body: bytes, fits: Callable[[Any], bool]) -> None:
    if looks_like_a_page(body):
        raise MayPass(
            "The geography service answered with a web page where data was asked for.",
            action="it may be closed for maintenance, or a network asks you to sign in; " + GO_ON,
        )
    try:
        content = json.loads(body)
    except ValueError:
        raise MayPass("An answer of the geography service arrived cut off.") from None
    error = content.get("error") if isinstance(content, dict) else None
    if error is not None:
        code = error.get("code") if isinstance(error, dict) else None
        said = str(error.get("message", "")) if isinstance(error, dict) else str(error)
        message = f"The geography service refused the request ({code}): {first_words(said.encode())}"
        if code in (429, 500, 502, 503, 504):
            raise MayPass(message)
        raise EnvironmentFault(message, action=CHANGED)
    if not fits(content):
        raise MayPass(
            f"The geography service answered with something else than asked for: '{first_words(body)}'.",
            action=CHANGED,
        )


def _is_layer(content: Any) -> bool:
    return (
        isinstance(content, dict)
        and isinstance(content.get("fields"), list)
        and all(isinstance(field, dict) and "name" in field for field in content["fields"])
        and isinstance(content.get("maxRecordCount", 0), int | None)
    )


def _is_count(content: Any) -> bool:
    return isinstance(content, dict) and isinstance(content.get("count"), int) and content["count"] >= 0


def _is_page(content: Any) -> bool:
    return (
        isinstance(content, dict)
        and isinstance(content.get("features"), list)
        and all(map(_is_feature, content["features"]))
    )


def _is_feature(content: Any) -> bool:
    """Whether its fields and its shape, where it has any, are tables of their own."""
    return isinstance(content, dict) and all(
        isinstance(content.get(name), dict | None) for name in ("properties", "attributes", "geometry")
    )

"""GeoJSON read without the geometry library: collections of features alone, in a system that the file names itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from needs_assessment.inputs.boundary_checks import UnsafeMap
from needs_assessment.inputs.boundary_geojson import LAYER, GeoJson

SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [0, 0]]]}
FEATURES = [
    {"type": "Feature", "properties": {"code": "a"}, "geometry": SQUARE},
    {"type": "Feature", "properties": None, "geometry": None},
    "no feature",
]


def _given(tmp_path: Path, **changed: Any) -> GeoJson:
    whole = {"type": "FeatureCollection", "features": FEATURES, **changed}
    (tmp_path / "map.json").write_text(json.dumps(whole), encoding="utf-8")
    return GeoJson(tmp_path / "map.json")


def test_attributes_and_shapes_are_those_of_the_features(tmp_path: Path) -> None:
    given = _given(tmp_path)
    table = given.tables()[LAYER]
    assert table["code"].fillna("").tolist() == ["a", "", ""]
    shapes, system = given.shapes(LAYER, np.array([True, True, False]))
    assert shapes[0].area == pytest.approx(0.5)
    assert shapes[1] is None
    assert len(shapes) == 2
    assert system == "OGC:CRS84"


@pytest.mark.parametrize(
    "changed",
    [{"type": "Feature"}, {"type": None}, {"features": None}, {"features": {}}, {"features": "x"}],
    ids=str,
)
def test_what_is_no_collection_of_features_is_refused(changed: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(UnsafeMap, match="no GeoJSON collection"):
        _given(tmp_path, **changed)


@pytest.mark.parametrize("text", ["[]", "3", '"x"', "null"])
def test_json_of_another_kind_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "map.json").write_text(text, encoding="utf-8")
    with pytest.raises(UnsafeMap, match="no GeoJSON collection"):
        GeoJson(tmp_path / "map.json")


def test_what_is_no_json_is_refused(tmp_path: Path) -> None:
    for content in (b"{", b"\xff", b"[" * 100_000, b""):
        (tmp_path / "map.json").write_bytes(content)
        with pytest.raises(UnsafeMap, match="not JSON"):
            GeoJson(tmp_path / "map.json")


def _named(name: object, kind: str = "name") -> dict[str, Any]:
    return {"type": kind, "properties": {"name": name}}


@pytest.mark.parametrize(
    ("crs", "system"),
    [
        (None, "OGC:CRS84"),
        (_named("EPSG:27700"), "EPSG:27700"),
        (_named(" epsg:27700 "), "EPSG:27700"),
        (_named("urn:ogc:def:crs:EPSG::27700"), "EPSG:27700"),
        (_named("urn:x-ogc:def:crs:EPSG:6.9:27700"), "EPSG:27700"),
        (_named("urn:ogc:def:crs:OGC:1.3:CRS84"), "OGC:CRS84"),
        (_named("EPSG:27700", "link"), ""),
        (_named("http://127.0.0.1/x"), ""),
        (_named("/vsicurl/x"), ""),
        (_named("EPSG:27700/x"), ""),
        (_named(27700), ""),
        ({"type": "name"}, ""),
        ({"type": "name", "properties": []}, ""),
        ("EPSG:27700", ""),
        ([], ""),
    ],
    ids=str,
)
def test_only_a_system_that_is_named_is_taken(crs: object, system: str, tmp_path: Path) -> None:
    if system:
        assert _given(tmp_path, crs=crs).shapes(LAYER, np.zeros(3, dtype=bool))[1] == system
        return
    with pytest.raises(UnsafeMap, match="not named, or is kept elsewhere"):
        _given(tmp_path, crs=crs)

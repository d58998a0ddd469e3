"""Boundaries join by code; wards of another year are refused with the list of those that differ."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point, Polygon, box

from needs_assessment.errors import InputError
from needs_assessment.inputs.areas.geography import resolve_area
from needs_assessment.inputs.boundaries import load_boundaries
from needs_assessment.inputs.population.population import load_population

CODES = ["E05000001", "E05000002", "E05000003"]
WARDS = pd.DataFrame({"ward_code": CODES, "ward_name": ["One", "Two", "Three"]})


def squares(codes: list[str], column: str = "WD24CD", **more: Any) -> gpd.GeoDataFrame:
    shapes = [box(500_000 + 1000 * n, 200_000, 501_000 + 1000 * n, 201_000) for n in range(len(codes))]
    return gpd.GeoDataFrame({column: codes, **more}, geometry=shapes, crs="EPSG:27700")


def save(frame: gpd.GeoDataFrame, path: Path, **options: Any) -> Path:
    frame.to_file(path, **options)
    return path


@pytest.mark.parametrize("name", ["map.geojson", "map.gpkg", "map.shp", "map.fgb"])
def test_formats_and_order(tmp_path: Path, name: str) -> None:
    frame = squares([*CODES[::-1], "E05000009"], column="code", note="x")
    if name.endswith(".geojson"):
        frame = frame.to_crs("EPSG:4326")
    loaded = load_boundaries(save(frame, tmp_path / name), WARDS)
    assert loaded["ward_code"].tolist() == CODES
    assert loaded.crs.to_epsg() == 27700
    assert loaded.geometry.area.to_numpy() == pytest.approx([1e6] * 3, rel=1e-3)
    assert loaded.attrs["vintage"] == "unknown"
    assert "1 polygons of other wards left out" in loaded.attrs["notes"][0]


def test_codes_are_found_by_their_values(tmp_path: Path) -> None:
    frame = squares([f" {code.lower()} " for code in CODES], column="WD24CD", LAD24CD="E06000056")
    loaded = load_boundaries(save(frame, tmp_path / "map.gpkg"), WARDS)
    assert loaded["ward_code"].tolist() == CODES
    assert loaded.attrs["vintage"] == "2024"
    assert loaded.attrs["notes"] == ()


def test_missing_wards_are_listed(tmp_path: Path) -> None:
    path = save(squares(CODES[:2]), tmp_path / "map.gpkg")
    with pytest.raises(InputError) as caught:
        load_boundaries(path, WARDS)
    assert "1 of the population's 3 wards: E05000003 Three." in caught.value.message
    assert "2024" in str(caught.value.found)


def test_no_shared_ward_is_explained(tmp_path: Path) -> None:
    path = save(squares(["E05000007", "E05000008"]), tmp_path / "map.gpkg")
    with pytest.raises(InputError) as caught:
        load_boundaries(path, WARDS)
    assert "none of the wards" in str(caught.value.found)
    assert "3 of the population's 3" in caught.value.message


def test_no_codes_at_all(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No column of the boundary file holds ward codes"):
        load_boundaries(save(squares(["a", "b"]), tmp_path / "map.gpkg"), WARDS)


def test_a_ward_twice(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="several polygons: E05000001 One"):
        load_boundaries(save(squares([*CODES, CODES[0]]), tmp_path / "map.gpkg"), WARDS)


def test_several_layers(tmp_path: Path) -> None:
    path = tmp_path / "map.gpkg"
    save(squares(CODES), path, layer="first")
    save(squares(CODES), path, layer="second")
    with pytest.raises(InputError, match="first, second"):
        load_boundaries(path, WARDS)


def test_points_and_empty_shapes_are_not_areas(tmp_path: Path) -> None:
    points = squares(CODES).set_geometry([Point(5e5, 2e5)] * 3)
    with pytest.raises(InputError, match="has no area"):
        load_boundaries(save(points, tmp_path / "map.gpkg"), WARDS)
    path = tmp_path / "map.geojson"
    features = [{"type": "Feature", "properties": {"WD24CD": code}, "geometry": None} for code in CODES]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    with pytest.raises(InputError):
        load_boundaries(path, WARDS)


def test_a_shape_that_crosses_itself_is_mended(tmp_path: Path) -> None:
    bow = Polygon([(5e5, 2e5), (501e3, 201e3), (501e3, 2e5), (5e5, 201e3)])
    frame = squares(CODES)
    frame = frame.set_geometry([bow, *frame.geometry[1:]], crs="EPSG:27700")
    loaded = load_boundaries(save(frame, tmp_path / "map.gpkg"), WARDS)
    assert loaded.geometry.is_valid.all()
    assert "mended" in loaded.attrs["notes"][0]


def test_coordinates_that_are_not_in_great_britain(tmp_path: Path) -> None:
    frame = squares(CODES).set_crs("EPSG:3857", allow_override=True)
    with pytest.raises(InputError, match="Great Britain"):
        load_boundaries(save(frame, tmp_path / "map.gpkg"), WARDS)


def test_no_coordinate_system(tmp_path: Path) -> None:
    path = save(squares(CODES), tmp_path / "map.shp")
    path.with_suffix(".prj").unlink()
    with pytest.raises(InputError, match="coordinate system"):
        load_boundaries(path, WARDS)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("map.geojson", b""),
        ("map.geojson", b'{"type": "FeatureCollection", "features": ['),
        ("map.gpkg", b"SQLite format 3\x00 and nothing"),
        ("map.csv", b"WD24CD\nE05000001\n"),
        ("map.shp", b"\x00\x00\x27\x0a"),
        ("map.zip", b"PK\x03\x04"),
    ],
)
def test_what_is_not_a_map(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError):
        load_boundaries(path, WARDS)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_boundaries(tmp_path / "map.gpkg", WARDS)
    with pytest.raises(InputError, match="folder"):
        load_boundaries(tmp_path, WARDS)


def wards_of(code: str, data: Path) -> pd.DataFrame:
    frame = load_population(resolve_area([code], data), data=data).frame
    return frame[["ward_code", "ward_name"]].drop_duplicates()


@pytest.mark.parametrize(
    ("code", "file", "count", "vintage"),
    [
        ("E10000031", "wards_2020_warwickshire.geojson", 103, "2020"),
        ("E10000031", "wards_2020_england.gpkg", 103, "2020"),
        ("E06000056", "wards_2025_central_bedfordshire.geojson", 31, "2025"),
    ],
)
def test_published_boundaries_join(
    data: Path, reference: Path, code: str, file: str, count: int, vintage: str
) -> None:
    wards = wards_of(code, data)
    loaded = load_boundaries(reference / "boundaries" / file, wards)
    assert loaded["ward_code"].tolist() == sorted(wards["ward_code"])
    assert (len(loaded), loaded.attrs["vintage"]) == (count, vintage)


def test_rewarded_districts_are_listed(data: Path, reference: Path, tmp_path: Path) -> None:
    """Stratford-on-Avon was re-warded in 2023: polygons under new codes do not fit a population of 2020."""
    frame = gpd.read_file(reference / "boundaries" / "wards_2020_warwickshire.geojson")
    changed = frame["LAD20CD"] == "E07000221"
    frame.loc[changed, "WD20CD"] = [f"E0599{number:04d}" for number in range(changed.sum())]
    path = save(frame.rename(columns={"WD20CD": "WD25CD"}), tmp_path / "now.geojson")
    with pytest.raises(InputError) as caught:
        load_boundaries(path, wards_of("E10000031", data))
    assert f"no polygon for {changed.sum()} of the population's 103 wards" in caught.value.message
    assert "the column states 2025" in str(caught.value.found)


def test_central_bedfordshire_of_2020_has_as_many_wards_but_others(data: Path, reference: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_boundaries(reference / "boundaries" / "wards_2020_england.gpkg", wards_of("E06000056", data))
    assert "31 of the population's 31" in caught.value.message


def test_warwickshire_of_2020_on_a_map_of_2025_lists_the_wards_that_differ(
    data: Path, reference: Path, tmp_path: Path
) -> None:
    """Stratford-on-Avon was re-warded in 2023, Nuneaton and Bedworth in 2024; the other three districts were not."""
    now = pd.read_csv(reference / "lookups" / "ward2025_to_ltla_utla_region_police_force.csv", dtype="str")
    now = now[now["UTLACD"] == "E10000031"].reset_index(drop=True)
    frame = squares(now["WD25CD"].tolist(), column="WD25CD", WD25NM=now["WD25NM"], LAD25CD=now["LAD25CD"])
    population = load_population(resolve_area(["E10000031"], data), data=data)
    columns = ["ward_code", "ward_name", "authority_code", "authority_name"]
    wards = population.frame[columns].drop_duplicates("ward_code")
    with pytest.raises(InputError) as caught:
        load_boundaries(save(frame, tmp_path / "wards.gpkg"), wards, population.ward_vintage)
    gone = wards[~wards["ward_code"].isin(now["WD25CD"])]
    new = now[~now["WD25CD"].isin(wards["ward_code"])]
    assert set(gone["authority_name"]) == {"Stratford-on-Avon", "Nuneaton and Bedworth"}
    first, second = caught.value.message.split(" In their place it has ")
    for listed, codes in ((first, gone["ward_code"]), (second, new["WD25CD"])):
        assert set(re.findall(r"E05\d{6}", listed)) == set(codes)
    assert f"no polygon for {len(gone)} of the population's 103 wards" in first
    assert "Nuneaton and Bedworth, 17 of 17" in first
    assert "the column states 2025, the population's are of 2020" in str(caught.value.found)
    assert "LSOA to Ward (2025)" in caught.value.action
    assert "boundaries of 2020" in caught.value.action

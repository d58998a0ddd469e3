"""What each kind of boundary file may hold, looked at before the geometry library opens it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from needs_assessment.inputs.boundary_checks import CHECKS, UnsafeMap

SHAPE = b"\x00\x00\x27\x0a" + bytes(96)
GRID = 'PROJCS["British_National_Grid",GEOGCS["GCS_OSGB_1936"]]'
GML = '<FeatureCollection xmlns="http://www.opengis.net/gml"><member srsName="{}"/><member/></FeatureCollection>'


def _taken(path: Path) -> bool:
    try:
        CHECKS[path.suffix](path)
    except UnsafeMap:
        return False
    return True


def _shapefile(folder: Path, **parts: bytes | None) -> Path:
    held = {"shp": SHAPE, "shx": SHAPE, "dbf": b"\x03", "prj": GRID.encode(), "cpg": b"UTF-8\n", **parts}
    for ending, content in held.items():
        if content is not None:
            (folder / f"map.{ending}").write_bytes(content)
    return folder / "map.shp"


@pytest.mark.parametrize(
    ("parts", "taken"),
    [
        ({}, True),
        ({"prj": None, "cpg": None}, True),
        ({"prj": b"undefined"}, True),
        ({"cpg": b"ISO 8859-1"}, True),
        ({"cpg": b"x" * 40}, True),
        ({"cpg": b"x" * 41}, False),
        ({"cpg": b""}, False),
        ({"cpg": b"http://h/x"}, False),
        ({"prj": b"http://h/x"}, False),
        ({"prj": b"EPSG:27700"}, False),
        ({"prj": b"undefined/x"}, False),
        ({"prj": b"/vsicurl/x"}, False),
        ({"shx": None}, False),
        ({"dbf": None}, False),
        ({"shp": b"\x00" + SHAPE}, False),
        ({"shx": b"\x00" + SHAPE}, False),
    ],
)
def test_a_shapefile_is_whole_and_plain(parts: dict[str, bytes | None], taken: bool, tmp_path: Path) -> None:
    assert _taken(_shapefile(tmp_path, **parts)) is taken


def test_an_absent_part_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnsafeMap, match=r"without its \.shx and \.dbf file"):
        CHECKS[".shp"](_shapefile(tmp_path, shx=None, dbf=None))


@pytest.mark.parametrize(
    ("statement", "taken"),
    [
        ("SELECT 1", True),
        ("CREATE VIRTUAL TABLE r USING rtree(id, a, b)", True),
        ('CREATE VIRTUAL TABLE r USING "rtree"(id, a, b)', True),
        ("CREATE VIRTUAL TABLE f USING fts5(a)", False),
        ("CREATE TABLE c (a, b AS (a + 1))", False),
        ("CREATE TABLE c (a, b AS (a + 1) STORED)", False),
        ("CREATE VIEW v AS SELECT 1 AS one", True),
        ("CREATE TRIGGER t AFTER INSERT ON w BEGIN SELECT 1; END", True),
        ("UPDATE gpkg_spatial_ref_sys SET definition = 'http://h/x'", False),
        ("UPDATE gpkg_spatial_ref_sys SET definition = ''", True),
        ("UPDATE gpkg_spatial_ref_sys SET organization = 'http://h/'", False),
        ("UPDATE gpkg_spatial_ref_sys SET definition_12_063 = '/vsicurl/x'", False),
        ("DROP TABLE gpkg_spatial_ref_sys", False),
    ],
)
def test_a_geopackage_is_of_plain_tables(statement: str, taken: bool, tmp_path: Path) -> None:
    path = tmp_path / "map.gpkg"
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        for made in (
            "CREATE TABLE w (fid, geom)",
            "CREATE TABLE gpkg_contents (table_name)",
            "CREATE TABLE gpkg_geometry_columns (table_name)",
            "CREATE TABLE gpkg_spatial_ref_sys (organization, definition, definition_12_063)",
            f"INSERT INTO gpkg_spatial_ref_sys VALUES ('EPSG', '{GRID}', NULL)",
            *(f"INSERT INTO {table} VALUES ('{name}')" for table in ("gpkg_contents", "gpkg_geometry_columns")
              for name in ("w", "v")),
            statement,
        ):  # fmt: skip
            base.execute(made)
    assert _taken(path) is taken
    if taken:
        with closing(sqlite3.connect(path)) as base:
            left = {kind for (kind,) in base.execute("SELECT type FROM sqlite_master")}
            assert not left & {"view", "trigger"}
            for table in ("gpkg_contents", "gpkg_geometry_columns"):
                listed = [name for (name,) in base.execute(f"SELECT table_name FROM {table}")]
                assert listed == (["w"] if "VIEW" in statement else ["w", "v"])


def test_what_is_no_geopackage_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "map.gpkg"
    for content in (b"SQLite format 3\x00" + b"x" * 5000, b"x", b""):
        path.write_bytes(content)
        assert not _taken(path)


@pytest.mark.parametrize(
    ("header", "after", "taken"),
    [
        (GRID.encode(), b"", True),
        (b"x", b"http://h/x", True),  # an attribute of a ward may be an address
        (b"x" * 10_500_000 + b"://", b"", False),
        (b"HTTP:27700", b"", False),
        (b"/vsicurl/x", b"", False),
        (b"ftp://h/x", b"", False),
    ],
)
def test_the_header_of_a_flatgeobuf_names_no_address(
    header: bytes, after: bytes, taken: bool, tmp_path: Path
) -> None:
    path = tmp_path / "map.fgb"
    for first, second in ((b"fgb\x03fgb\x00", taken), (b"fgb\x03xgb\x00", False), (b"xgb\x03fgb\x00", False)):
        path.write_bytes(first + len(header).to_bytes(4, "little") + header + after)
        assert _taken(path) is second


@pytest.mark.parametrize(
    ("name", "text", "taken"),
    [
        ("map.gml", GML.format("EPSG:27700"), True),
        ("map.gml", GML.format(" urn:ogc:def:crs:EPSG::27700 "), True),
        ("map.gml", GML.format("http://www.opengis.net/def/crs/EPSG/0/27700"), True),
        ("map.gml", GML.format("http://www.opengis.net/gml/srs/epsg.xml#27700"), True),
        ("map.gml", GML.format("http://www.opengis.net.example/def/crs/1"), False),
        ("map.gml", GML.format("http://h/x"), False),
        ("map.gml", GML.format("/vsicurl/x"), False),
        ("map.gml", "<OGRVRTDataSource/>", False),
        ("map.gml", "<a><FeatureCollection/></a>", False),
        ("map.gml", "<FeatureCollection>", False),
        ("map.gml", '<!DOCTYPE a [<!ENTITY x "y">]><FeatureCollection/>', False),
        ("map.kml", '<kml xmlns="http://www.opengis.net/kml/2.2"><Document/><Folder/></kml>', True),
        ("map.kml", "<kml><Document><NetworkLink/></Document></kml>", False),
        ("map.kml", "<Document/>", False),
    ],
)
def test_xml_is_of_its_kind_and_leads_nowhere(name: str, text: str, taken: bool, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert _taken(tmp_path / name) is taken

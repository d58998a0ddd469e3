"""Boundary files that try to reach the network, another file or the folder beside them; a few are innocent."""

from __future__ import annotations

import json
import os
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry import box

Make = Callable[[Path, str], Path | str]
GML = 'xmlns:gml="http://www.opengis.net/gml" xmlns:ogr="http://ogr.maptools.org/"'
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
POLYGON = (
    "<gml:Polygon{srs}><gml:outerBoundaryIs><gml:LinearRing><gml:coordinates>500000,230000 501000,230000 "
    "501000,231000 500000,230000</gml:coordinates></gml:LinearRing></gml:outerBoundaryIs></gml:Polygon>"
)


def ward_squares() -> gpd.GeoDataFrame:
    """A square for every ward of the default area."""
    from needs_assessment.resources import data_dir

    held = pd.read_csv(data_dir() / "areas" / "E06000056" / "population.csv", dtype=str)
    codes = sorted(set(held["ward_code"]))
    shapes = [box(500_000 + 1000 * at, 230_000, 501_000 + 1000 * at, 231_000) for at in range(len(codes))]
    return gpd.GeoDataFrame({"WD24CD": codes}, geometry=shapes, crs="EPSG:27700")


def _saved(folder: Path, name: str, **options: Any) -> Path:
    frame = ward_squares()
    (frame.to_crs(4326) if name.endswith((".geojson", ".kml")) else frame).to_file(folder / name, **options)
    return folder / name


def _text(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def _json_with(folder: Path, name: str, **more: Any) -> Path:
    content = json.loads(ward_squares().to_crs(4326).to_json())
    content.pop("crs", None)
    return _text(folder, name, json.dumps({**content, **more}))


def _gml(
    folder: Path, name: str, *, root: str = "", srs: str = "", inside: str = "", before: str = ""
) -> Path:
    members = "".join(
        f"<gml:featureMember><ogr:w><ogr:WD24CD>{code}</ogr:WD24CD><ogr:geometryProperty>"
        f"{POLYGON.format(srs=srs)}</ogr:geometryProperty></ogr:w></gml:featureMember>"
        for code in ward_squares()["WD24CD"]
    )
    return _text(
        folder,
        name,
        f'<?xml version="1.0" encoding="utf-8"?>{before}<ogr:FeatureCollection {GML} {XSI} {root}>{inside}{members}'
        "</ogr:FeatureCollection>",
    )


def _vrt(url: str) -> str:
    return (
        f'<OGRVRTDataSource><OGRVRTLayer name="w"><SrcDataSource>/vsicurl/{url}/a.geojson</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>"
    )


def _package(folder: Path, name: str, *statements: str) -> Path:
    path = _saved(folder, name, layer="w")
    with sqlite3.connect(path) as base:
        for statement in statements:
            base.execute(statement)
    base.close()
    return path


def _view(call: str) -> str:
    return f"CREATE VIEW v AS SELECT fid, geom, {call} AS WD24CD FROM w"


_LISTED = "INSERT INTO gpkg_contents(table_name,data_type,identifier,srs_id) VALUES('v','features','v',27700)"
_SHAPED = "INSERT INTO gpkg_geometry_columns VALUES('v','geom','POLYGON',27700,0,0)"


def _shapefile(folder: Path, **replaced: str) -> Path:
    path = _saved(folder, "map.shp")
    for ending, text in replaced.items():
        path.with_suffix(f".{ending}").write_text(text, encoding="utf-8")
    return path


def _without_index(folder: Path) -> Path:
    path = _saved(folder, "map.shp")
    path.with_suffix(".shx").unlink()
    return path


def _zipped(folder: Path, change: Callable[[zipfile.ZipFile], None] | None = None, prefix: str = "") -> Path:
    inner = folder.parent / f"{folder.name}-parts"
    inner.mkdir()
    _saved(inner, "map.shp")
    path = folder / "map.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(inner.iterdir()):
            archive.write(part, prefix + part.name)
        if change:
            change(archive)
    return path


def _link(archive: zipfile.ZipFile) -> None:
    entry = zipfile.ZipInfo("other.shp")
    entry.external_attr = 0o120777 << 16
    archive.writestr(entry, "/etc/passwd")


def _bomb(archive: zipfile.ZipFile) -> None:
    with archive.open("map2.dbf", "w", force_zip64=True) as part:
        for _ in range(3000):
            part.write(bytes(1_000_000))


def _zip_of(folder: Path, name: str, text: str) -> Path:
    with zipfile.ZipFile(folder / "map.zip", "w") as archive:
        archive.writestr(name, text)
    return folder / "map.zip"


def _fifo(folder: Path) -> Path:
    os.mkfifo(folder / "map.geojson")
    return folder / "map.geojson"


def _symlink(folder: Path, target: str) -> Path:
    (folder / "map.geojson").symlink_to(target)
    return folder / "map.geojson"


def _flat(folder: Path, name: str, place: bytes, put: bytes) -> Path:
    path = _saved(folder, name)
    content = path.read_bytes()
    path.write_bytes(content.replace(place, put.ljust(len(place))[: len(place)]))
    return path


def _plain_gpkg_with_leftovers(folder: Path) -> Path:
    path = _package(folder, "map.gpkg")
    with sqlite3.connect(path) as base:
        base.execute("PRAGMA journal_mode=WAL")
    base.close()
    return path


def innocent() -> Iterator[tuple[str, Make]]:
    """Files that must be read."""
    for name in ("map.geojson", "map.gpkg", "map.shp", "map.fgb", "map.gml"):
        yield f"innocent {name}", lambda folder, url, name=name: _saved(folder, name)
    yield "innocent zipped Shapefile", lambda folder, url: _zipped(folder)
    yield "innocent GeoPackage in WAL mode", lambda folder, url: _plain_gpkg_with_leftovers(folder)
    named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    yield "GeoJSON with a named system", lambda folder, url: _json_with(folder, "map.geojson", crs=named)


def hostile() -> Iterator[tuple[str, Make]]:
    """Files and names that may be refused or read, but never asked the network for, nor written beside."""
    yield "name http://", lambda folder, url: f"{url}/map.geojson"
    yield "name /vsicurl/", lambda folder, url: f"/vsicurl/{url}/map.geojson"
    yield "name /vsizip//vsicurl/", lambda folder, url: f"/vsizip//vsicurl/{url}/map.zip"
    yield "name zip://", lambda folder, url: f"zip+{url}/map.zip"
    for prefix in ("GEOJSON:", "ESRIJSON:", "TopoJSON:", "WFS:", "GMLAS:", "OAPIF:", "CSW:"):
        yield f"name {prefix}", lambda folder, url, prefix=prefix: f"{prefix}{url}/map.geojson"
    for ending in ("geojson", "json", "gml", "kml", "gpkg", "fgb", "shp"):
        yield f"VRT named .{ending}", lambda folder, url, e=ending: _text(folder, f"map.{e}", _vrt(url))
    for ending in ("geojson", "gml", "kml"):
        yield (
            f"WFS description named .{ending}",
            lambda folder, url, e=ending: _text(
                folder, f"map.{e}", f"<OGRWFSDataSource><URL>{url}/wfs</URL></OGRWFSDataSource>"
            ),
        )
    for kind in ("link", "LINK"):
        linked = {"type": kind, "properties": {"href": "{url}/crs", "type": "proj4"}}
        yield (
            f"GeoJSON with a system by {kind}",
            lambda folder, url, v=linked: _json_with(
                folder, "map.geojson", crs=json.loads(json.dumps(v).replace("{url}", url))
            ),
        )
    yield (
        "GeoJSON with a system named by URL",
        lambda folder, url: _json_with(
            folder, "map.geojson", crs={"type": "name", "properties": {"name": f"{url}/crs"}}
        ),
    )
    yield (
        "GeoJSON, a system at a feature's geometry",
        lambda folder, url: _json_with(
            folder, "map.geojson", bbox=[0, 0, 1, 1], links=[{"rel": "next", "href": f"{url}/next"}]
        ),
    )
    yield (
        "Esri JSON with more to fetch",
        lambda folder, url: _text(
            folder,
            "map.json",
            json.dumps(
                {
                    "exceededTransferLimit": True,
                    "geometryType": "esriGeometryPolygon",
                    "features": [],
                    "u": url,
                }
            ),
        ),
    )
    yield (
        "TopoJSON",
        lambda folder, url: _text(
            folder, "map.json", json.dumps({"type": "Topology", "objects": {}, "url": url})
        ),
    )
    yield (
        "OGC API description named .json",
        lambda folder, url: _text(
            folder, "map.json", json.dumps({"links": [{"rel": "data", "href": f"{url}/collections"}]})
        ),
    )
    yield (
        "STAC-like items",
        lambda folder, url: _json_with(
            folder, "map.geojson", assets={"data": {"href": f"{url}/a.tif"}}, stac_version="1.0.0"
        ),
    )
    yield (
        "GML, a schema elsewhere",
        lambda folder, url: _gml(
            folder, "map.gml", root=f'xsi:schemaLocation="http://ogr.maptools.org/ {url}/w.xsd"'
        ),
    )
    yield (
        "GML of a WFS, a schema elsewhere",
        lambda folder, url: _gml(
            folder,
            "map.gml",
            root='xmlns:wfs="http://www.opengis.net/wfs" xsi:schemaLocation="http://x '
            f'{url}/wfs?SERVICE=WFS&amp;VERSION=1.1.0&amp;REQUEST=DescribeFeatureType&amp;TYPENAME=w"',
        ),
    )
    yield "GML, a system by URL", lambda folder, url: _gml(folder, "map.gml", srs=f' srsName="{url}/crs"')
    yield (
        "GML, xlink",
        lambda folder, url: _gml(
            folder,
            "map.gml",
            root='xmlns:xlink="http://www.w3.org/1999/xlink"',
            inside=f'<gml:featureMember xlink:href="{url}/part.gml"/>',
        ),
    )
    yield (
        "GML, an outer entity",
        lambda folder, url: _gml(
            folder, "map.gml", before=f'<!DOCTYPE a [<!ENTITY x SYSTEM "{url}/x">]>', inside="<a>&x;</a>"
        ),
    )
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 50}">' for n in range(10))
    yield (
        "GML, an entity bomb",
        lambda folder, url: _gml(folder, "map.gml", before=f"<!DOCTYPE a [{laughs}]>", inside="<a>&l9;</a>"),
    )
    yield (
        "KML, a link to more",
        lambda folder, url: _text(
            folder,
            "map.kml",
            '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><NetworkLink><Link><href>'
            f"{url}/more.kml</href></Link></NetworkLink></Document></kml>",
        ),
    )
    for call in ("ogr_geocode('x')", "load_extension('x')", "gdal_get_layer_pixel_value('w','geom',0,0)"):
        yield (
            f"GeoPackage, a view that calls {call[:11]}",
            lambda folder, url, c=call: _package(folder, "map.gpkg", _view(c), _LISTED, _SHAPED),
        )
    yield (
        "GeoPackage, a system by URL",
        lambda folder, url: _package(
            folder,
            "map.gpkg",
            f"UPDATE gpkg_spatial_ref_sys SET definition='{url}/crs', organization='{url}/', "
            "organization_coordsys_id=1 WHERE srs_id=27700",
        ),
    )
    yield (
        "GeoPackage, a trigger",
        lambda folder, url: _package(
            folder, "map.gpkg", "CREATE TRIGGER t AFTER INSERT ON w BEGIN SELECT load_extension('x'); END"
        ),
    )
    yield "Shapefile, a system by URL", lambda folder, url: _shapefile(folder, prj=f"{url}/crs")
    yield (
        "Shapefile, a system that is a file",
        lambda folder, url: _shapefile(folder, prj=f"/vsicurl/{url}/crs.prj"),
    )
    yield "Shapefile, a strange code page", lambda folder, url: _shapefile(folder, cpg=f"{url}/cp")
    yield "Shapefile without its index", lambda folder, url: _without_index(folder)
    yield "FlatGeobuf, a system by URL", lambda folder, url: _flat(folder, "map.fgb", b"EPSG", b"http")
    system = b'PROJCRS["OSGB36 / British National Grid",BASEGEOGCRS["OSGB36",DATUM['
    for way in ("", "/vsicurl/"):
        yield (
            f"FlatGeobuf, a system that is {way or 'an address'}",
            lambda folder, url, way=way: _flat(folder, "map.fgb", system, f"{way}{url}/crs".encode()),
        )
    yield "zip with a link", lambda folder, url: _zipped(folder, _link)
    yield "zip that leaves its folder", lambda folder, url: _zipped(folder, prefix="../../")
    yield "zip bomb", lambda folder, url: _zipped(folder, _bomb)
    yield "zip with a VRT", lambda folder, url: _zip_of(folder, "map.vrt", _vrt(url))
    yield "zip with a VRT named .shp", lambda folder, url: _zip_of(folder, "map.shp", _vrt(url))
    yield "named pipe", lambda folder, url: _fifo(folder)
    yield "link to an endless device", lambda folder, url: _symlink(folder, "/dev/zero")
    yield "JSON 100,000 deep", lambda folder, url: _text(folder, "map.geojson", "[" * 100_000)

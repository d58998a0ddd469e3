"""What a boundary file may be: of the kind its suffix says, whole in itself, and without a way to anything elsewhere.

Each check looks at a private copy before the geometry library opens it; that of a GeoPackage also takes its views away.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from needs_assessment.tables.bounds import UnsafeXml, look_through, plain_name

_SYSTEM = re.compile(
    r"\s*(?:[A-Z]+CRS|PROJCS|GEOGCS|GEOCCS|COMPD_CS|LOCAL_CS|VERT_CS|undefined)\s*(?:\[|$)", re.I
)
_SYSTEM_NAME = re.compile(
    r"EPSG:\d+|urn:(?:x-)?ogc:def:crs:[\w:.,-]+|https?://www\.opengis\.net/(?:def/crs/|gml/srs/epsg\.xml#)[\w/.-]+"
)
_ADDRESS = re.compile(rb"://|/vsi|https?", re.I)
_CODE_PAGE = re.compile(r"[A-Za-z0-9 ._-]{1,40}")
_ORGANISATION = re.compile(r"[\w .-]{0,60}")


class UnsafeMap(ValueError):
    """A boundary file that is not read; the message says in a few words what it holds."""


def _starts(path: Path, mark: bytes, at: int = 0) -> bytes:
    with path.open("rb") as stream:
        head = stream.read(4096)
    if head[at : at + len(mark)] != mark:
        raise UnsafeMap(f"a file ending in '{path.suffix}' that is of another kind")
    return head


def _check_shapefile(path: Path) -> None:
    _starts(path, b"\x00\x00\x27\x0a")
    absent = [ending for ending in (".shx", ".dbf") if not path.with_suffix(ending).is_file()]
    if absent:
        raise UnsafeMap(f"a Shapefile without its {' and '.join(absent)} file")
    _starts(path.with_suffix(".shx"), b"\x00\x00\x27\x0a")
    system, page = path.with_suffix(".prj"), path.with_suffix(".cpg")
    if system.is_file() and not _SYSTEM.match(system.read_text(encoding="utf-8", errors="replace")):
        raise UnsafeMap("a .prj file that is no coordinate system")
    if page.is_file() and not _CODE_PAGE.fullmatch(
        page.read_text(encoding="utf-8", errors="replace").strip()
    ):
        raise UnsafeMap("a .cpg file that is no code page")


def _check_package(path: Path) -> None:
    """A GeoPackage of plain tables: views are dropped from the copy, for they may call functions of the library."""
    _starts(path, b"SQLite format 3\x00")
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as base:
            base.execute("PRAGMA trusted_schema=OFF")
            made = base.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master").fetchall()
            for kind, name, statement in made:
                quoted = '"' + str(name).replace('"', '""') + '"'
                virtual = re.match(r"\s*CREATE\s+VIRTUAL\s+TABLE\b", statement, re.I)
                if virtual and not re.search(r"\bUSING\s+\"?rtree\b", statement, re.I):
                    raise UnsafeMap("a GeoPackage with a virtual table")
                if (
                    kind == "table"
                    and not virtual
                    and any(row[-1] > 1 for row in base.execute(f"PRAGMA table_xinfo({quoted})"))
                ):
                    raise UnsafeMap("a GeoPackage with a computed column")
                if kind in ("view", "trigger"):
                    base.execute(f"DROP {kind} IF EXISTS {quoted}")
                if kind == "view":
                    for table in ("gpkg_contents", "gpkg_geometry_columns"):
                        base.execute(f"DELETE FROM {table} WHERE table_name = ?", (name,))
            columns = [row[1] for row in base.execute("PRAGMA table_info(gpkg_spatial_ref_sys)")]
            for row in base.execute("SELECT * FROM gpkg_spatial_ref_sys"):
                _check_reference(dict(zip(columns, row, strict=True)))
    except sqlite3.Error as fault:
        raise UnsafeMap("a damaged GeoPackage") from fault


def _check_reference(row: Mapping[str, object]) -> None:
    texts = {name: str(value or "") for name, value in row.items()}
    systems = [text for name, text in texts.items() if name.startswith("definition") and text]
    if not all(_SYSTEM.match(text) for text in systems) or not _ORGANISATION.fullmatch(texts["organization"]):
        raise UnsafeMap("a GeoPackage whose coordinate system is kept elsewhere")


def _check_flat(path: Path) -> None:
    _starts(path, b"fgb")
    _starts(path, b"fgb", at=4)
    with path.open("rb") as stream:
        stream.seek(8)
        length = int.from_bytes(stream.read(4), "little")
        header = stream.read(length)
    if _ADDRESS.search(header):
        raise UnsafeMap("a FlatGeobuf file whose header names an address")


def _check_gml(path: Path) -> None:
    seen: list[str] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if not seen and plain_name(name) != "FeatureCollection":
            raise UnsafeMap(f"XML of another kind ({plain_name(name)[:40]})")
        seen[:] = [name]
        for key, value in attributes.items():
            if plain_name(key) == "srsName" and not _SYSTEM_NAME.fullmatch(value.strip()):
                raise UnsafeMap("a GML file whose coordinate system is kept elsewhere")

    _look(path, start)


def _check_kml(path: Path) -> None:
    seen: list[str] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if not seen and plain_name(name) != "kml":
            raise UnsafeMap(f"XML of another kind ({plain_name(name)[:40]})")
        seen[:] = [name]
        if plain_name(name) == "NetworkLink":
            raise UnsafeMap("a KML file that is only a link to another")

    _look(path, start)


def _look(path: Path, start: Callable[[str, Mapping[str, str]], None]) -> None:
    try:
        look_through(path.read_bytes(), start)
    except UnsafeXml as fault:
        raise UnsafeMap(str(fault)) from fault


CHECKS: Mapping[str, Callable[[Path], None]] = {
    ".shp": _check_shapefile,
    ".gpkg": _check_package,
    ".fgb": _check_flat,
    ".gml": _check_gml,
    ".kml": _check_kml,
}

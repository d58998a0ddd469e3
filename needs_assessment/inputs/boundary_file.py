"""A boundary file as the geometry library may see it: a plain copy in a private folder, of one kind, without links.

GeoJSON is read here. For every other format the file's first bytes must be those of its suffix, what could lead elsewhere
(a view or virtual table of a GeoPackage, a coordinate system given by address, a document type) is refused or dropped,
and the copy is opened under a name of our own with the drivers and options that could reach the network switched off.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from needs_assessment.inputs.boundary_checks import CHECKS, UnsafeMap
from needs_assessment.plain_file import read_plain

if TYPE_CHECKING:
    import pandas as pd

MOST_UNPACKED = 500_000_000
MOST_CELLS = 5_000_000  # of attributes: a ward map of England has a few hundred thousand
SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg")
DRIVERS = {
    ".gpkg": "GPKG",
    ".shp": "ESRI Shapefile",
    ".fgb": "FlatGeobuf",
    ".gml": "GML",
    ".kml": "LIBKML",
}
# drivers that ask a network, or open a second source that the first one names
_SKIPPED = (
    *(
        "HTTP",
        "WFS",
        "OAPIF",
        "CSW",
        "OGCAPI",
        "GMLAS",
        "OGR_VRT",
        "GDALG",
        "EEDA",
        "NGW",
        "AmigoCloud",
        "Carto",
    ),
    *("Elasticsearch", "PLSCENES", "MVT", "PMTiles", "ESRIJSON", "TopoJSON", "ADBC", "JSONFG", "GPSBabel"),
)
# what the geometry library is told while it has a file open; a proxy that is none stops what were left
_OPTIONS: Mapping[str, str] = {
    "GDAL_HTTP_PROXY": "none://none",
    "GDAL_HTTPS_PROXY": "none://none",
    "GDAL_HTTP_CONNECTTIMEOUT": "1",
    "GDAL_HTTP_MAX_RETRY": "0",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "GDAL_PAM_ENABLED": "NO",
    "GML_DOWNLOAD_SCHEMA": "NO",
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    "GML_WRITE_GFS": "NO",
    "LIBKML_RESOLVE_STYLE": "NO",
    "LIBKML_EXTERNAL_STYLE": "NO",
    "OGR_SQLITE_LOAD_EXTENSIONS": "",
}


@contextmanager
def open_map(path: Path) -> Iterator[MapFile]:
    """The layers of a boundary file, read from a private copy that goes when the block ends.

    Raises UnsafeMap for a file that is not what its suffix says, leads elsewhere, or unpacks to too much; InputError for
    what is no ordinary file; whatever the geometry library raises for a damaged one.
    """
    with tempfile.TemporaryDirectory(prefix="needs-assessment-map-") as folder:
        plain = _plain_copy(path, Path(folder))
        with _sealed_library():
            yield MapFile(plain)


class MapFile:
    """The layers of a plain copy: their attributes, and the shapes of chosen features."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def tables(self) -> dict[str, pd.DataFrame]:
        """The attributes of each layer that has shapes."""
        import pyogrio

        found = {}
        for layer, kind in pyogrio.list_layers(self._path):
            if kind is None:
                continue
            facts = pyogrio.read_info(self._path, layer=layer, force_feature_count=True)
            if facts["driver"] != DRIVERS[self._path.suffix] and not facts["driver"].endswith("KML"):
                raise UnsafeMap(f"a file that is read as {facts['driver']}")
            if facts["features"] * max(len(facts["fields"]), 1) > MOST_CELLS:
                raise UnsafeMap(f"{facts['features']:,} features")
            found[str(layer)] = pyogrio.read_dataframe(self._path, layer=layer, read_geometry=False)
        return found

    def shapes(self, layer: str, chosen: Any) -> tuple[Any, Any]:
        """The shapes of the features of a layer where ``chosen`` is true, and their coordinate system (None: not said)."""
        import pyogrio

        frame = pyogrio.read_dataframe(self._path, layer=layer, columns=[])
        return frame.geometry.to_numpy()[chosen], frame.crs


@contextmanager
def _sealed_library() -> Iterator[None]:
    """The geometry library without its way to the network, for as long as the block lasts."""
    before = {name: os.environ.get(name) for name in ("GDAL_SKIP", "CPL_LOG", "PROJ_NETWORK")}
    os.environ["PROJ_NETWORK"] = "OFF"
    if "pyogrio" not in sys.modules:
        # drivers are chosen once in a process, when the library is loaded; it complains of those it does not have
        os.environ["GDAL_SKIP"], os.environ["CPL_LOG"] = ",".join(_SKIPPED), os.devnull
    import pyogrio
    from pyproj.network import set_network_enabled  # type: ignore[attr-defined]

    set_network_enabled(False)
    pyogrio.set_gdal_config_options(dict(_OPTIONS))
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(dict.fromkeys(_OPTIONS))
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _plain_copy(path: Path, folder: Path) -> Path:
    """The file, and what belongs to it, under a name of our own in ``folder``, checked."""
    suffix = path.suffix.lower()
    if suffix == ".zip":
        _unpack(path, folder)
        suffix = ".shp"
    elif suffix == ".shp":
        for ending in SHAPEFILE:
            part = next(
                (one for one in (path.with_suffix(ending), path.with_suffix(ending.upper())) if one.exists()),
                None,
            )
            if ending == path.suffix.lower():
                part = path
            if part is not None:
                (folder / f"map{ending}").write_bytes(read_plain(part))
    else:
        (folder / f"map{suffix}").write_bytes(read_plain(path))
    plain = folder / f"map{suffix}"
    CHECKS[suffix](plain)
    return plain


def _unpack(path: Path, folder: Path) -> None:
    """The one Shapefile of an archive, under our own names: no folder, link or other file of the archive is made."""
    with zipfile.ZipFile(path) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        for entry in entries:
            if (entry.external_attr >> 16) & 0o170000 == 0o120000:
                raise UnsafeMap("an archive with a link in it")
            if entry.flag_bits & 1:
                raise UnsafeMap("an archive with a password")
        if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
            raise UnsafeMap(f"an archive that unpacks to more than {MOST_UNPACKED // 1_000_000} MB")
        shapes = [entry for entry in entries if entry.filename.lower().endswith(".shp")]
        if len(shapes) != 1:
            raise UnsafeMap(f"an archive of {len(shapes)} Shapefiles")
        stem = shapes[0].filename[: -len(".shp")].lower()
        for entry in entries:
            ending = entry.filename[-4:].lower()
            if ending in SHAPEFILE and entry.filename[:-4].lower() == stem:
                with archive.open(entry) as part, (folder / f"map{ending}").open("xb") as target:
                    shutil.copyfileobj(part, target)

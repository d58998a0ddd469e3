"""Ward boundaries from a file the user gives, joined to the population's wards by code, never by position or name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from needs_assessment.errors import InputError, NeedsAssessmentError
from needs_assessment.inputs.boundaries_vintage import other_wards
from needs_assessment.inputs.boundary_checks import UnsafeMap
from needs_assessment.inputs.boundary_file import MapFile, open_map
from needs_assessment.inputs.boundary_geojson import GeoJson
from needs_assessment.inputs.population.wards import listed
from needs_assessment.plain_file import is_plain
from needs_assessment.tables.files import file_sha256

if TYPE_CHECKING:
    import geopandas as gpd

NATIONAL_GRID = "EPSG:27700"
FORMATS = (".gpkg", ".geojson", ".json", ".shp", ".zip", ".fgb", ".gml", ".kml")
_EXPECTED = "a file of ward polygons: GeoPackage, GeoJSON, Shapefile (.shp or zipped), FlatGeobuf, GML or KML"
_GREAT_BRITAIN = (0.0, 0.0, 700_000.0, 1_300_000.0)  # the extent of the National Grid in metres
_DEGREES = (-9.0, 49.0, 3.0, 61.0)  # longitude and latitude of Great Britain
_WARD = re.compile(r"[EW]05\d{6}")
_YEAR = re.compile(r"(?:wd|ward)\D*(20\d\d|\d\d)", re.IGNORECASE)


def load_boundaries(path: Path, wards: pd.DataFrame, ward_vintage: str = "unknown") -> gpd.GeoDataFrame:
    """Polygons of the given wards (columns ward_code, ward_name; authority_code and _name are told where given) in
    British National Grid; ward_vintage: the year of the population's wards.

    Returns ward_code and geometry, one row a ward in code order; ``attrs`` holds file, sha256, vintage (the year the
    code column states, or 'unknown') and notes (polygons left out, shapes mended). The code column is the one whose
    values are the wards' codes, whatever it is called.
    Raises InputError: no such file, not a map, no coordinate system, several fitting layers or columns, wards without
    a polygon (listed, with the reason where the years differ), a ward twice, or shapes that are not areas.
    """
    import geopandas as gpd
    import shapely
    from pyproj import CRS

    path = Path(path)
    names = dict(zip(wards["ward_code"], wards["ward_name"], strict=True))
    _check_name(path)
    with _refusing_what_is_no_map(path), _open(path) as source:
        tables = source.tables()
        layer, column, differing = _find_column(path, tables, names, wards, ward_vintage)
        codes = tables[layer][column].map(_clean)
        wanted = codes.isin(names)
        shapes, named = source.shapes(layer, wanted.to_numpy())
        system = None if named is None else CRS.from_user_input(named)
    held_codes = codes[wanted]
    left_out = len(codes) - len(held_codes)
    notes = [f"{path.name}: {left_out:,} polygons of other wards left out."] if left_out else []
    vintage = _vintage(column)
    if names.keys() - set(codes):
        raise differing(column)
    # the same ward with the same shape, byte for byte, is one feature that was written twice
    again = pd.Series(list(zip(held_codes, shapely.to_wkb(shapes), strict=True))).duplicated().to_numpy()
    if again.any():
        held_codes, shapes = held_codes[~again], shapes[~again]
        notes.append(
            f"{path.name}: {int(again.sum())} repeated polygon(s), the same in every point, left out."
        )
    _check_single(path, column, held_codes, names)
    _check_system(path, system, shapely.total_bounds(shapes))
    shapes = shapely.force_2d(shapes)
    for code, shape in zip(held_codes, shapes, strict=True):
        if shape is None or shape.is_empty or shape.geom_type not in {"Polygon", "MultiPolygon"}:
            raise InputError(
                f"Ward {code} {names[code]} has no area on the map.",
                file=path.name,
                found="no shape" if shape is None or shape.is_empty else shape.geom_type,
                expected="a polygon",
            )
    faulty = ~shapely.is_valid(shapes)
    if faulty.any():
        shapes[faulty] = shapely.make_valid(shapes[faulty], method="structure", keep_collapsed=False)
        notes.append(f"{path.name}: {int(faulty.sum())} polygon(s) crossed themselves and were mended.")
    result = gpd.GeoDataFrame({"ward_code": held_codes.to_numpy()}, geometry=shapes, crs=system).to_crs(
        NATIONAL_GRID
    )
    _check_extent(path, result.total_bounds)
    result = result.sort_values("ward_code", ignore_index=True)
    result.attrs = {"file": path.name, "sha256": file_sha256(path), "vintage": vintage, "notes": tuple(notes)}
    return result


def _clean(value: object) -> str:
    return value.strip().upper() if isinstance(value, str) else ""


def _not_a_map(path: Path, found: str, action: str = "") -> InputError:
    return InputError(
        "The file is not a map of wards.", file=path.name, found=found, expected=_EXPECTED, action=action
    )


def _unreadable(path: Path) -> InputError:
    """What the content of a file is that no map reader can read, in words."""
    start = _start(path)
    if start.startswith((b"{", b"[")):
        answer = _is_service_error(start)
        found = "the error message of a map service" if answer else "JSON that holds no map, or is cut short"
        action = "download the boundaries again" if answer else "save or download the map again, as GeoJSON"
    elif start.startswith(b"<"):
        found, action = "a web page or XML that holds no map", "download the map's own file again"
    else:
        found, action = "a file that is damaged, or of another kind", "copy or download it again"
    return _not_a_map(path, found, action)


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4000).lstrip(b"\xef\xbb\xbf \t\r\n")


def _is_service_error(start: bytes) -> bool:
    return b'"error"' in start and b'"features"' not in start


@contextmanager
def _refusing_what_is_no_map(path: Path) -> Iterator[None]:
    try:
        yield
    except (NeedsAssessmentError, MemoryError):
        raise
    except UnsafeMap as fault:
        damaged = isinstance(fault.__cause__, (ValueError, RecursionError))
        service = is_plain(path) and _is_service_error(_start(path))
        raise (_unreadable(path) if damaged or service else _not_a_map(path, str(fault))) from fault
    except Exception as fault:
        # the reader raises a family of errors for broken files; all mean the same to a user
        raise _unreadable(path) from fault


@contextmanager
def _open(path: Path) -> Iterator[MapFile | GeoJson]:
    if path.suffix.lower() in (".geojson", ".json"):
        yield GeoJson(path)
        return
    with open_map(path) as source:
        yield source


def _check_name(path: Path) -> None:
    if path.is_dir() or not path.exists():
        raise InputError(
            "A folder was given where a file is needed." if path.is_dir() else "There is no such file.",
            file=path.name if path.is_dir() else str(path),
            expected=_EXPECTED,
            action="check --boundaries",
        )
    if path.suffix.lower() not in FORMATS:
        raise _not_a_map(path, f"a file ending in '{path.suffix}'")
    if is_plain(path) and not path.stat().st_size:
        raise InputError("The file is empty.", file=path.name, found="no bytes", expected=_EXPECTED)


def _find_column(
    path: Path, tables: dict[str, pd.DataFrame], names: dict[str, str], wards: pd.DataFrame, ward_vintage: str
) -> tuple[str, str, Callable[[str], InputError]]:
    """The layer and the column that hold the wards' codes, and the refusal of a map that lacks some of them."""
    found: list[tuple[int, str, str]] = []
    lookalikes: list[tuple[str, str, set[str]]] = []
    for layer, table in tables.items():
        for column in table.columns:
            codes = {_clean(value) for value in table[column]}
            shared = len(codes & names.keys())
            if shared:
                found.append((shared, layer, str(column)))
            elif sum(bool(_WARD.fullmatch(code)) for code in codes) > len(codes) / 2:
                lookalikes.append((layer, str(column), codes))
    if not found:
        if lookalikes:
            layer, column, _ = lookalikes[0]
            raise other_wards(path, tables[layer], column, _vintage(column), wards, ward_vintage)
        columns = sorted({str(column) for table in tables.values() for column in table.columns})
        raise InputError(
            "No column of the boundary file holds ward codes.",
            file=path.name,
            found=", ".join(columns[:8]) or "no columns",
            expected=f"a column of codes such as {min(names, default='E05014394')}",
            action="give a file of ward polygons with their codes",
        )
    best = max(shared for shared, _, _ in found)
    fitting = [(layer, column) for shared, layer, column in found if shared == best]
    if len({layer for layer, _ in fitting}) > 1:
        raise InputError(
            "Several layers of the boundary file could be the one that is meant.",
            file=path.name,
            found=", ".join(dict.fromkeys(layer for layer, _ in fitting)),
            expected="one layer of these wards",
            action="save that layer as its own file",
        )
    layer, column = fitting[0]

    def differing(column: str) -> InputError:
        return other_wards(path, tables[layer], column, _vintage(column), wards, ward_vintage)

    return layer, column, differing


def _vintage(column: str) -> str:
    found = _YEAR.search(column)
    return "unknown" if not found else found[1] if len(found[1]) == 4 else "20" + found[1]


def _check_single(path: Path, column: str, codes: pd.Series, names: dict[str, str]) -> None:
    twice = {code: names[code] for code in codes[codes.duplicated()]}
    if twice:
        raise InputError(
            f"A ward has several polygons: {listed(twice)}.",
            file=path.name,
            column=column,
            expected="one polygon, of one or several parts, for each ward",
            action="merge its parts, or keep the polygon of one year",
        )


def _check_system(path: Path, system: Any, bounds: Iterable[float]) -> None:
    """Hold the numbers of the coordinates against the coordinate system that the file states or its format implies."""
    west, south, east, north = bounds
    low_x, low_y, high_x, high_y = _DEGREES
    degrees = low_x <= west <= east <= high_x and low_y <= south <= north <= high_y
    low_x, low_y, high_x, high_y = _GREAT_BRITAIN
    metres = low_x <= west <= east <= high_x and low_y <= south <= north <= high_y and not degrees
    stated = None if system is None else "degrees" if system.is_geographic else "metres"
    numbers = f"{west:,.6g} to {east:,.6g} across, {south:,.6g} to {north:,.6g} up"
    if metres:
        numbers = f"{west:.0f} to {east:.0f} across, {south:.0f} to {north:.0f} up"
    kind = "metres of the British National Grid" if metres else "degrees" if degrees else ""
    if system is None:
        raise InputError(
            "The boundary file does not say which coordinate system it is in.",
            file=path.name,
            found=numbers + (f", which look like {kind}" if kind else ""),
            expected="a stated coordinate system",
            action="save the file again with its coordinate system"
            + (f" ({NATIONAL_GRID})" if metres else "")
            + ", for example as GeoPackage",
        )
    beyond = max(map(abs, (west, east))) > 180 or max(map(abs, (south, north))) > 90
    if (beyond and stated == "degrees") or (degrees and stated == "metres"):
        raise InputError(
            f"The map's coordinates are {kind or 'no longitudes and latitudes'}, but the file does not say so: by its "
            f"form it is in {stated}.",
            file=path.name,
            found=numbers,
            expected="easting and northing in metres, or a file that says it is in longitudes and latitudes"
            if degrees
            else "longitudes and latitudes, or a file that says which coordinate system it is in",
            action="save it again as GeoPackage with its coordinate system"
            + (f" ({NATIONAL_GRID if metres else 'EPSG:4326'})" if kind else ""),
        )


def _check_extent(path: Path, bounds: Iterable[float]) -> None:
    west, south, east, north = bounds
    low_x, low_y, high_x, high_y = _GREAT_BRITAIN
    if not (low_x <= west <= east <= high_x and low_y <= south <= north <= high_y):
        raise InputError(
            "The polygons do not lie in Great Britain.",
            file=path.name,
            found=f"easting {west:.0f} to {east:.0f}, northing {south:.0f} to {north:.0f}",
            expected="a map whose stated coordinate system is the one its coordinates are in",
            action="save the file again with the right coordinate system",
        )

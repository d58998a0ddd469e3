"""Ward boundaries from a file the user gives, joined to the population's wards by code, never by position or name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

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

    path = Path(path)
    names = dict(zip(wards["ward_code"], wards["ward_name"], strict=True))
    _check_name(path)
    with _refusing_what_is_no_map(path), _open(path) as source:
        tables = source.tables()
        layer, column, differing = _find_column(path, tables, names, wards, ward_vintage)
        codes = tables[layer][column].map(_clean)
        wanted = codes.isin(names)
        shapes, system = source.shapes(layer, wanted.to_numpy())
    held_codes = codes[wanted]
    left_out = len(codes) - len(held_codes)
    notes = [f"{path.name}: {left_out:,} polygons of other wards left out."] if left_out else []
    vintage = _vintage(column)
    if names.keys() - set(codes):
        raise differing(column)
    _check_single(path, column, held_codes, names)
    if system is None:
        raise InputError(
            "The boundary file does not say which coordinate system it is in.",
            file=path.name,
            expected="a stated coordinate system",
            action="save the file again with its coordinate system, for example as GeoPackage",
        )
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


def _not_a_map(path: Path, found: str) -> InputError:
    return InputError("The file is not a map of wards.", file=path.name, found=found, expected=_EXPECTED)


@contextmanager
def _refusing_what_is_no_map(path: Path) -> Iterator[None]:
    try:
        yield
    except (NeedsAssessmentError, MemoryError):
        raise
    except UnsafeMap as fault:
        raise _not_a_map(path, str(fault)) from fault
    except Exception as fault:
        # the reader raises a family of errors for broken files; all mean the same to a user
        raise _not_a_map(path, type(fault).__name__) from fault


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

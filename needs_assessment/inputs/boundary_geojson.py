"""GeoJSON read without the geometry library's own reader, which would fetch a coordinate system that the file links to."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd

from needs_assessment.inputs.boundary_checks import UnsafeMap
from needs_assessment.plain_file import read_plain

LONGITUDE_LATITUDE = "OGC:CRS84"
MOST_BYTES = 250_000_000
MOST_MEMORY = 1_600_000_000
# bytes of memory for each mark of the text: a list, an object, and what stands before a comma
_WEIGHTS = ((b"[", 72), (b"{", 250), (b",", 60))
_NAMED = re.compile(r"(?:urn:(?:x-)?ogc:def:crs:)?(EPSG|OGC)(?::[\d.]*)?:(\d+|CRS84)", re.IGNORECASE)
LAYER = "features"


class GeoJson:
    """The features of a GeoJSON file; it answers as ``MapFile`` does."""

    def __init__(self, path: Path) -> None:
        content = read_plain(path, most=MOST_BYTES)
        if len(content) * 2 + sum(content.count(mark) * weight for mark, weight in _WEIGHTS) > MOST_MEMORY:
            raise UnsafeMap("GeoJSON of too many parts")
        try:
            whole = json.loads(content.decode("utf-8-sig"))
        except (ValueError, RecursionError) as fault:
            raise UnsafeMap("a file that is not JSON, or is damaged") from fault
        features = whole.get("features") if isinstance(whole, dict) else None
        if not isinstance(features, list) or whole.get("type") != "FeatureCollection":
            raise UnsafeMap("JSON that is no GeoJSON collection of features")
        self._features = [one if isinstance(one, dict) else {} for one in features]
        self._system = _system(whole.get("crs"))

    def tables(self) -> dict[str, pd.DataFrame]:
        """The attributes of the features, as the one layer of the file."""
        rows = [one.get("properties") for one in self._features]
        return {LAYER: pd.DataFrame([row if isinstance(row, dict) else {} for row in rows])}

    def shapes(self, layer: str, chosen: Any) -> tuple[Any, Any]:
        """The shapes of the features where ``chosen`` is true, and the name of their coordinate system."""
        import numpy as np
        import shapely

        kept = [one.get("geometry") for one, wanted in zip(self._features, chosen, strict=True) if wanted]
        shapes = np.empty(len(kept), dtype=object)
        texts = [json.dumps(shape) if isinstance(shape, dict) else None for shape in kept]
        shapes[:] = shapely.from_geojson(texts)
        return shapes, self._system


def _system(given: object) -> str:
    """The coordinate system that a file names (before 2016 it could); longitude and latitude where it names none."""
    if given is None:
        return LONGITUDE_LATITUDE
    properties = given.get("properties") if isinstance(given, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    found = _NAMED.fullmatch(name.strip()) if isinstance(name, str) else None
    if found is None or not isinstance(given, dict) or given.get("type") != "name":
        raise UnsafeMap("GeoJSON whose coordinate system is not named, or is kept elsewhere")
    return f"{found[1].upper()}:{found[2].upper()}"

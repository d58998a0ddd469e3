"""A sample of ``benchmarks/hostile_files.py``: boundary files that would reach the network or write beside themselves."""

from __future__ import annotations

import importlib.util
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from needs_assessment.errors import NeedsAssessmentError
from needs_assessment.inputs import boundary_geojson
from needs_assessment.inputs.boundaries import load_boundaries

ROOT = Path(__file__).resolve().parents[3]


def _benchmark(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAPS = _benchmark("hostile_boundaries")
CODES = sorted(MAPS.ward_squares()["WD24CD"])
WARDS = pd.DataFrame({"ward_code": CODES, "ward_name": CODES})
INNOCENT, HOSTILE = dict(MAPS.innocent()), dict(MAPS.hostile())
HARMLESS = {
    "GeoJSON, a system at a feature's geometry",
    "STAC-like items",
    "GeoPackage, a view that calls ogr_geocode",
    "GeoPackage, a view that calls load_extens",
    "GeoPackage, a view that calls gdal_get_la",
    "GeoPackage, a trigger",
    "zip that leaves its folder",
}


@pytest.fixture
def heard() -> Iterator[tuple[str, list[bytes]]]:
    """An address on this machine, and who called there."""
    calls: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        over = threading.Event()

        def listen() -> None:
            while not over.is_set():
                try:
                    server.accept()[0].close()
                    calls.append(b"call")
                except OSError:
                    continue

        thread = threading.Thread(target=listen)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", calls
        over.set()
        thread.join()


def _given(make: Callable[[Path, str], Path | str], tmp_path: Path, url: str) -> tuple[Path, set[str]]:
    folder = tmp_path / "given"
    folder.mkdir()
    path = Path(make(folder, url))
    return path, {one.name for one in folder.iterdir()}


@pytest.mark.parametrize("name", INNOCENT)
def test_innocent_maps_are_read(name: str, tmp_path: Path) -> None:
    path, before = _given(INNOCENT[name], tmp_path, "http://127.0.0.1:1")
    loaded = load_boundaries(path, WARDS)
    assert loaded["ward_code"].tolist() == CODES
    assert loaded.geometry.area.to_numpy() == pytest.approx([1e6] * len(CODES), rel=1e-2)
    assert {one.name for one in path.parent.iterdir()} == before


@pytest.mark.parametrize("name", HOSTILE)
def test_no_map_reaches_the_network_or_leaves_a_file(
    name: str, tmp_path: Path, heard: tuple[str, list[bytes]]
) -> None:
    url, calls = heard
    path, before = _given(HOSTILE[name], tmp_path, url)
    if name in HARMLESS:
        assert load_boundaries(path, WARDS)["ward_code"].tolist() == CODES
    else:
        with pytest.raises(NeedsAssessmentError) as refused:
            load_boundaries(path, WARDS)
        assert refused.value.exit_code == 3
    assert not calls
    assert {one.name for one in (tmp_path / "given").iterdir()} == before


def test_json_of_too_many_parts_is_not_taken_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "map.geojson"
    path.write_text('{"type": "FeatureCollection", "features": [' + "[]," * 1000 + "[]]}", encoding="utf-8")
    weight = 2 * path.stat().st_size + 72 * 1002 + 250 + 60 * 1001
    for most, words in ((weight, "No column"), (weight - 1, "not a map")):
        monkeypatch.setattr(boundary_geojson, "MOST_MEMORY", most)
        with pytest.raises(NeedsAssessmentError, match=words):
            load_boundaries(path, WARDS)

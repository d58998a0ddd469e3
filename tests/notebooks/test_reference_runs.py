"""Runs on published files of the reference folder: any authority of England, a partnership, real boundaries."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tests.finished_runs import DAY
from tests.notebooks.conftest import Command

ENGLAND = "population/ons_ward_mid2020_wd20_england.csv"
PAIR = "population/ons_ward_mid2022_wd23_central_bedfordshire_bedford.csv"


def _headline(folder: Path) -> pd.DataFrame:
    frame = pd.read_csv(folder / "results.csv")
    return frame[(frame["area_level"] == "authority") & (frame["breakdown"] == "all")].set_index("measure")


def test_any_authority_of_england(reference: Path, command: Command, tmp_path: Path) -> None:
    done = command(
        "run", "--population", str(reference / ENGLAND), "--area", "E08000025", "--output", str(tmp_path),
        "--set", "run=x", "--set", DAY, "--no-paper",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    headline = _headline(tmp_path / "E08000025" / "x")
    assert headline.loc["residents", "value"] == 1_140_525
    assert headline.loc["places_required_standard", "value"] == 115


def test_the_county_from_the_england_file_equals_the_bundled_one(
    reference: Path, command: Command, tmp_path: Path, warwickshire_run: Path
) -> None:
    done = command(
        "run", "--population", str(reference / ENGLAND), "--area", "E10000031", "--output", str(tmp_path),
        "--set", "run=x", "--set", DAY, "--no-paper",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    own, bundled = _headline(tmp_path / "E10000031" / "x"), _headline(warwickshire_run)
    assert own.loc["residents", "value"] == 583_786
    for measure in ("victims_last_year", "victims_since_16", "gap_standard", "need_safe_accommodation"):
        assert abs(own.loc[measure, "value"] - bundled.loc[measure, "value"]) < 1e-6


def test_a_partnership(reference: Path, command: Command, tmp_path: Path) -> None:
    done = command(
        "run", "--population", str(reference / PAIR), "--area", "E06000056", "--area", "E06000055",
        "--output", str(tmp_path), "--set", "run=x", "--set", DAY,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "E06000055+E06000056" / "x"
    frame = pd.read_csv(folder / "results.csv")
    headline = _headline(folder)
    assert headline.loc["residents", "value"] == 488_967
    assert headline.loc["places_available", "value"] == 23
    assert "STALE" in headline.loc["places_available", "note"]
    members = frame[
        (frame["area_level"] == "member") & (frame["measure"] == "residents") & (frame["breakdown"] == "all")
    ]
    assert sorted(members["value"]) == [187_466, 301_501]
    assert set(headline["area_code"]) == {"E06000055+E06000056"}
    # no point is known for Bedford's wards: no map, and a line that says why
    assert not list(folder.glob("figures/*map*"))
    assert "There is no map" in (folder / "needs_assessment.html").read_text(encoding="utf-8")


def test_a_ward_map_when_boundaries_are_given(reference: Path, command: Command, tmp_path: Path) -> None:
    done = command(
        "run", "--boundaries", str(reference / "boundaries/wards_2025_central_bedfordshire.geojson"),
        "--output", str(tmp_path), "--set", "run=x", "--set", DAY,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "E06000056" / "x"
    assert (folder / "wards.gpkg").is_file()
    assert list(folder.glob("figures/ward_map.png"))
    assert not list(folder.glob("figures/tile_map.png"))


def test_boundaries_of_another_year_are_refused(reference: Path, command: Command, tmp_path: Path) -> None:
    done = command(
        "run", "--area", "E10000031", "--output", str(tmp_path),
        "--boundaries", str(reference / "boundaries/wards_2025_central_bedfordshire.geojson"),
    )  # fmt: skip
    assert done.returncode == 3
    assert list(tmp_path.rglob("*.csv")) == []

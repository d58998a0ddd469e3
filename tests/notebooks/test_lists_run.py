"""Services' lists end to end: totals, matched lists, the exit code of met need above need, a refused file."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.finished_runs import DAY
from tests.list_files import ABENI, COMMUNITY, overlap_rows, write_overlaps, write_services
from tests.notebooks.conftest import Command


def test_lists_go_through_the_whole_run(command: Command, tmp_path: Path) -> None:
    services = write_services(
        tmp_path / "returns.csv", {"community_idva_clients": 500, "health_idva_clients": 400}
    )
    overlaps = write_overlaps(tmp_path / "overlaps.csv", overlap_rows(ABENI))
    choices = ["--output", str(tmp_path / "out"), "--set", "run=first", "--set", DAY, "--draws", "400",
               "--services", str(services), "--set", f"overlaps={overlaps}"]  # fmt: skip
    done = command("run", *choices)
    assert done.returncode == 5, done.stderr
    assert "(idva)" in done.stderr
    folder = tmp_path / "out" / "E06000056" / "first"
    frame = pd.read_csv(folder / "results.csv")
    whole = frame[(frame["area_level"] == "authority") & (frame["breakdown"] == "all")].set_index("measure")[
        "value"
    ]
    assert whole["met_community_support"] == pytest.approx(1896)
    assert whole["met_idva"] == pytest.approx(700)
    assert whole["hidden_population_community_support"] == 13_000
    for name in ("service_lists", "hidden_population", "overlap_models"):
        assert (folder / "tables" / f"{name}.csv").is_file()
    paper = (folder / "commissioning_paper.html").read_text(encoding="utf-8")
    page_one = paper[: paper.index("Context and duty</h")] if "Context and duty</h" in paper else paper
    assert "People at high risk who need an IDVA" in page_one
    assert "1,896 different people" in paper
    notebook = (folder / "needs_assessment.ipynb").read_text(encoding="utf-8")
    assert "1,896 different people" in notebook
    used = pd.read_csv(folder / "inputs_used.csv").set_index("input")
    assert used.loc["overlaps of lists", "file"] == "overlaps file 1"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["scenario"]["overlaps"] == "overlaps file 1"
    copies = [
        path
        for path in folder.rglob("*.csv")
        if "outreach_clients,helpline_clients" in path.read_text("utf-8")
    ]
    assert copies == [], "counts by combination never leave the council's own file"
    again = command("run", *choices, "--no-paper", "--set", "accept_met_above_need=true")
    assert again.returncode == 0, again.stderr


def test_a_wrong_overlaps_file_is_refused_before_anything_is_written(
    command: Command, tmp_path: Path
) -> None:
    rows = overlap_rows({"100": 30, "000": 9}, COMMUNITY[:3])
    overlaps = write_overlaps(tmp_path / "overlaps.csv", rows)
    done = command("run", "--output", str(tmp_path / "out"), "--set", f"overlaps={overlaps}")
    assert done.returncode == 3, done.stderr
    assert "row 3" in done.stderr
    assert "0 on every list" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists() or not any((tmp_path / "out").rglob("*.csv"))

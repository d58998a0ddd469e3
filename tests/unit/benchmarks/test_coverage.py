"""A short run of the coverage simulation; the kept table of a long one is docs/coverage.md."""

from __future__ import annotations

import csv
import importlib
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def coverage(root: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(root)
    return importlib.import_module("benchmarks.coverage")


@pytest.mark.slow
def test_intervals_hold_the_truth_in_a_short_run(coverage: ModuleType) -> None:
    """Thirty authorities of 31 wards: far too few for the targets, enough to see an interval that is wrong."""
    table = coverage.run_all(30, 400, 7, areas=("E06000056",))
    keyed = table.set_index(["method", "events", "effects", "spread"])
    for effects in ("lognormal", "gamma"):
        for spread in (0.1, 0.2, 0.3):
            known = keyed.loc[("age_sex", 0, effects, spread)]
            local = keyed.loc[("local", 100, effects, spread)]
            assert 0.85 <= known["authority"] <= 1
            assert 0.88 <= known["ward"] <= 1
            assert 0.88 <= local["ward"] <= 1
            # the ward's own risk is what the events are about: free of the error that its authority shares
            assert 0.89 <= local["share"] <= 0.98
            assert local["mse_ratio"] < 1
    assert keyed.loc[("local", 100, "lognormal", 0.0), "mse_ratio"] <= 1.25
    assert keyed.loc[("local", 100, "lognormal", 0.0), "ward"] >= 0.85


def test_the_kept_table_met_its_targets(coverage: ModuleType, root: Path) -> None:
    with (root / "benchmarks" / "coverage.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["wards"] for row in rows} == {"31", "103"}
    for row in rows:
        numbers = {
            name: float(row[name] or "nan") for name in ("spread", "events", "ward", "authority", "mse_ratio")
        }
        assert coverage.verdict({**numbers, "method": row["method"]}) == row["verdict"]
        assert row["verdict"] != "missed", row
    page = (root / "docs" / "coverage.md").read_text(encoding="utf-8")
    assert "1,000 replications" in page

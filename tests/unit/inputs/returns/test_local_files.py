"""What stands in data/local is named by what it looks like, and no cell of it is ever shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from needs_assessment.cli import _run
from needs_assessment.inputs.returns.local_files import list_local
from needs_assessment.resources import data_dir


def test_files_are_named_by_their_header(tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "people.csv").write_text(
        "wd24cd,wd24nm,sex,age,persons\nE05000001,A,F,0,1\n", encoding="utf-8"
    )
    (tmp_path / "returns.csv").write_text(
        "measure,unit,value,period_start,period_end,source\nrefuge_units,units,7,2025-04-01,2026-03-31,Return\n",
        encoding="utf-8",
    )
    (tmp_path / "other.csv").write_text("name,date_of_birth\nJo Bloggs,1990-01-01\n", encoding="utf-8")
    (tmp_path / "broken.csv").write_bytes(b"\x00\x01")
    (tmp_path / "wards.geojson").write_text("{}", encoding="utf-8")
    (tmp_path / "large.xlsx").write_bytes(b"PK")
    (tmp_path / ".hidden").write_text("x", encoding="utf-8")
    listed = list_local(tmp_path)
    assert [tuple(row) for row in listed.to_numpy()] == [
        ("broken.csv", "something else", ""),
        ("deeper/people.csv", "population", "2024"),
        ("large.xlsx", "not looked into", ""),
        ("other.csv", "something else", ""),
        ("returns.csv", "services", ""),
        ("wards.geojson", "boundaries", ""),
    ]
    assert "Bloggs" not in listed.to_string()
    assert list_local(tmp_path / "nowhere").empty


def test_the_command_lists_bundled_cached_and_local(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEEDS_ASSESSMENT_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data" / "local").mkdir(parents=True)
    (tmp_path / "data" / "local" / "map.gpkg").write_bytes(b"")
    assert _run(["areas"]) == 0
    said = capsys.readouterr().out
    assert "E06000056 Central Bedfordshire" in said
    assert "nothing; needs-assessment fetch AREA" in said
    assert "map.gpkg" in said
    assert data_dir().exists()

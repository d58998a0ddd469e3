"""A finished run verified by the command: the same tables come out again; a changed choice or figure is found."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.notebooks.conftest import Command


@pytest.fixture
def copy(bedfordshire_run: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bedfordshire_run, tmp_path / "run"))


@pytest.mark.slow
def test_a_run_comes_out_the_same_again(command: Command, bedfordshire_run: Path) -> None:
    before = {path: path.read_bytes() for path in bedfordshire_run.rglob("*") if path.is_file()}
    done = command("verify", str(bedfordshire_run))
    assert done.returncode == 0, done.stdout + done.stderr
    tables = len(list(bedfordshire_run.glob("tables/*.csv")))
    assert f"results.csv and {tables} tables come out the same, byte for byte" in done.stdout
    assert "Every file is there and unchanged" in done.stdout
    assert before == {path: path.read_bytes() for path in bedfordshire_run.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_a_manifest_with_another_choice_is_found_by_running_again(command: Command, copy: Path) -> None:
    path = copy / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["scenario"]["method"] = "crude"
    manifest["version"] = "0.0.1"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    done = command("verify", str(copy))
    assert done.returncode == 3
    assert "run again: results.csv comes out different" in done.stdout
    assert "needs-assessment was 0.0.1" in done.stdout
    assert "other versions" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_changed_figure_exits_with_3(command: Command, copy: Path) -> None:
    with (copy / "results.csv").open("a", encoding="utf-8") as file:
        file.write("one more row\n")
    done = command("verify", str(copy), "--sums-only")
    assert done.returncode == 3
    assert "results.csv was changed" in done.stdout
    assert "what to do" in done.stderr

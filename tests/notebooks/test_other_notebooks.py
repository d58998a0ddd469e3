"""The notebooks beside the main one, run from beginning to end by papermill as JupyterLab would run them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from needs_assessment.errors import UsageError
from needs_assessment.runs.notebook import Stage, execute, notebook_parameters
from needs_assessment.scenario import Scenario

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
FEW = {"draws": 400, "as_of": "2026-11-22"}


def run(name: str, folder: Path, **parameters: Any) -> list[dict[str, Any]]:
    """Code cells of the executed notebook, without the parameters."""
    executed = execute(NOTEBOOKS / name, parameters, Stage(folder, folder), progress=False)
    cells = json.loads(executed.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    return [cell for cell in code if not cell["metadata"].get("tags")]


def shown(cells: list[dict[str, Any]]) -> str:
    found = []
    for cell in cells:
        for output in cell["outputs"]:
            assert output["output_type"] != "error", output
            found += [
                "".join(text) for kind, text in output.get("data", {}).items() if kind.startswith("text")
            ]
    return "\n".join(found)


@pytest.mark.parametrize("name", ["what_if.ipynb", "data_check.ipynb"])
def test_the_parameters_are_choices_of_a_scenario(name: str) -> None:
    assert set(notebook_parameters(NOTEBOOKS / name)) <= set(Scenario.model_fields)


def test_what_if_shows_scenarios_tornado_findings_and_years(tmp_path: Path) -> None:
    cells = run("what_if.ipynb", tmp_path, **FEW)
    text = shown(cells)
    assert all(cell["outputs"] for cell in cells)
    for words in (
        "At most 1% turned away",
        "Other scenarios beside this run: family places",
        "What moves family places required by queueing",
        "What to find out next",
        "The population is held",
    ):
        assert words in text
    assert "<img alt=" in text


def test_data_check_names_files_wards_totals_and_what_is_missing(tmp_path: Path) -> None:
    cells = run("data_check.ipynb", tmp_path, area=["E10000031"], as_of="2026-11-22", scenarios="bundled")
    text = shown(cells)
    assert all(cell["outputs"] for cell in cells)
    for words in (
        "583786",
        "Rugby",
        "STALE",
        "stays of 120 days".capitalize(),
        "Nothing was written",
        "E05007457",
    ):
        assert words in text, words


def test_a_mistyped_choice_is_refused_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no parameter called scenarois"):
        run("what_if.ipynb", tmp_path, scenarois="x")

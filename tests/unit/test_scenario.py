"""One run's choices: one model behind the notebook, the command line and a file."""

from __future__ import annotations

import ast
import datetime as dt
import json
from pathlib import Path

import pytest

from needs_assessment import Scenario, UsageError
from needs_assessment.cli.options import scenario_of
from needs_assessment.runs.notebook import notebook_parameters, parameters_of
from needs_assessment.scenario import parse_setting, read_scenario_file

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "needs_assessment.ipynb"


def test_the_notebooks_parameters_are_the_scenarios_fields_with_its_defaults() -> None:
    assert notebook_parameters(NOTEBOOK) == sorted(Scenario.model_fields)
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    source = next(
        "".join(cell["source"]) for cell in cells if "parameters" in cell["metadata"].get("tags", [])
    )
    values = {
        statement.targets[0].id: ast.literal_eval(statement.value)  # type: ignore[attr-defined]
        for statement in ast.parse(source).body
    }
    assert Scenario.from_notebook(values) == Scenario()


def test_only_what_differs_is_handed_to_the_notebook() -> None:
    scenario = Scenario(area=("E10000031",), as_of=dt.date(2026, 11, 22))
    assert parameters_of(scenario) == {"area": ["E10000031"], "as_of": "2026-11-22"}


@pytest.mark.parametrize(
    "choices",
    [{"areas": ["E06000056"]}, {"draws": "many"}, {"draws": 5}, {"method": "guess"}, {"area": []}, {"run": "a/b"},
     {"run": ".."}, {"seed": -1}, {"as_of": "yesterday"}],
)  # fmt: skip
def test_unfit_choices_are_usage_errors(choices: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        Scenario.build(choices, "test")


def test_settings_are_toml_or_text() -> None:
    assert parse_setting("draws=500") == ("draws", 500)
    assert parse_setting("paper=false") == ("paper", False)
    assert parse_setting('area=["E06000055", "E06000056"]') == ("area", ["E06000055", "E06000056"])
    assert parse_setting("method=sex") == ("method", "sex")
    with pytest.raises(UsageError):
        parse_setting("method")


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 100_000, '{"a":' * 100_000])
def test_a_value_without_measure_is_text_or_refused(value: str, tmp_path: Path) -> None:
    """More digits or brackets than can be read are no TOML; as a choice they are refused, and the file as well."""
    assert parse_setting(f"seed={value}") == ("seed", value)
    with pytest.raises(UsageError, match="seed"):
        Scenario.build({"seed": value}, "test")
    path = tmp_path / "s.toml"
    path.write_text(f"seed = {value}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be read"):
        read_scenario_file(path)


def test_files_named_in_a_scenario_file_lie_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "next_year.toml"
    path.write_text('population = "wards.csv"\narea = ["E06000056"]\n', encoding="utf-8")
    assert read_scenario_file(path)["population"] == str(tmp_path / "wards.csv")


def test_a_file_that_is_not_toml_is_a_usage_error(tmp_path: Path) -> None:
    path = tmp_path / "scenario.toml"
    path.write_text("method: sex", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be read"):
        read_scenario_file(path)


def test_what_outputs_say_of_a_scenario_holds_no_folder() -> None:
    said = Scenario(population="/somewhere/council/wards.csv", output="/somewhere/out").local_only()
    assert said["population"] == "population file 1"
    assert "output" not in said


@pytest.mark.parametrize(
    "choice",
    [
        {"as_of": "9999-12-31"},
        {"as_of": "0001-01-01"},
        {"as_of": "1899-12-31"},
        {"as_of": "2201-01-01"},
        *({"run": name} for name in (".k.replaced", "k.", ".k", "CON", "nul.txt", "com1", "LPT9.x", "..")),
    ],
)
def test_dates_and_names_that_no_run_can_have_are_refused(choice: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        Scenario.build(choice, "test")


@pytest.mark.parametrize(
    "choice", [{"as_of": "1900-01-01"}, {"as_of": "2200-12-31"}, {"run": "k.1"}, {"run": "console"}]
)
def test_the_ends_of_what_a_run_can_have_are_taken(choice: dict[str, str]) -> None:
    assert Scenario.build(choice, "test")


@pytest.mark.parametrize("name", ["a.b", "assumptions.x", ".", "a" + ".a" * 100_000])
def test_a_name_with_dots_is_no_choice(name: str) -> None:
    with pytest.raises(UsageError, match=r"^--set: there is no choice called ") as refused:
        scenario_of("", [f"{name}=1"], {})
    assert len(str(refused.value).splitlines()[0]) < 200
    with pytest.raises(UsageError, match="2 choices cannot be used"):
        scenario_of("", [f"{name}=1", "draws=x"], {})

"""Which of a kernel's variables are choices: those of the newest run of the parameters cell, whatever else is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from needs_assessment import Scenario, UsageError
from needs_assessment.choices.parameters_cell import MARK, assigned_names, found_file, given_parameters
from needs_assessment.resources import PROJECT_VARIABLE
from needs_assessment.runs.compare import RunsToCompare
from needs_assessment.runs.notebook import notebook_parameters

NOTEBOOKS = sorted((Path(__file__).parents[3] / "notebooks").glob("*.ipynb"))
KNOWN = {"area", "services", "draws", "seed"}
CALL = "outputs = assess_choices(globals())"


def kernel(*cells: str) -> dict[str, Any]:
    """The variables of a kernel that has run the cells, with what IPython remembers of them; faulty ones only there."""
    names: dict[str, Any] = {"In": ["", *cells]}
    for cell in cells:
        if cell != CALL:
            try:
                exec(cell, names)
            except (SyntaxError, NameError):
                continue
    return names


def parameters(*cells: str) -> dict[str, Any]:
    return given_parameters(kernel(*cells), KNOWN)


def cell(*lines: str) -> str:
    return "\n".join((f"{MARK}: change these", *lines))


def test_a_corrected_name_does_not_count_any_more() -> None:
    wrong, right = cell("area = 'X'", "servcies = 'a.csv'"), cell("area = 'X'", "services = 'a.csv'")
    assert parameters(wrong, CALL) == {"area": "X", "servcies": "a.csv"}
    assert parameters(wrong, CALL, right, CALL) == {"area": "X", "services": "a.csv"}
    assert parameters(right, CALL, wrong, CALL) == {"area": "X", "servcies": "a.csv"}


def test_a_line_that_was_taken_out_is_the_default_again() -> None:
    assert parameters(cell("services = 'a'", "draws = 5"), CALL, cell("draws = 5"), CALL) == {"draws": 5}


@pytest.mark.parametrize(
    "other", ["x = 3", "import datetime as day\ncolour = 'red'", "total = 1\nfor i in [1]: total += i"]
)
def test_variables_of_other_cells_do_not_count_before_between_or_after(other: str) -> None:
    given = cell("area = 'X'")
    for order in ((other, given, CALL), (given, other, CALL), (given, CALL, other, CALL)):
        assert parameters(*order) == {"area": "X"}


def test_a_choice_set_in_a_later_cell_counts_and_so_does_a_part_split_off() -> None:
    assert parameters(cell("area = 'X'"), "draws = 7", CALL) == {"area": "X", "draws": 7}
    assert parameters(cell("area = 'X'"), "draws = 7\nsed = 3", CALL) == {"area": "X", "draws": 7, "sed": 3}
    # one choice among three names is a cell of somebody's own
    assert parameters(cell("area = 'X'"), "draws = 7\na = 3\nb = 4", CALL) == {"area": "X", "draws": 7}


def test_papermills_cell_counts_whole() -> None:
    assert parameters(cell("area = 'X'"), "# Parameters\nservcies = 'a'", CALL) == {
        "area": "X",
        "servcies": "a",
    }


def test_a_parameters_cell_without_its_first_line_is_known_by_its_names() -> None:
    wrong = "area = 'X'\nsevices = 'a'\ndraws = 3\nseed = 1"
    right = wrong.replace("sevices", "services")
    assert "sevices" in parameters(wrong, CALL)
    assert set(parameters(wrong, CALL, right, CALL)) == KNOWN
    assert "sevices" in parameters(right, CALL, wrong, CALL)
    # one choice set by the way does not make the others default
    assert parameters(right, CALL, "draws = 9", CALL) == {"area": "X", "services": "a", "draws": 9, "seed": 1}


def test_a_cell_that_is_not_python_is_as_if_it_had_not_been_run() -> None:
    assert parameters(cell("area = 'X'"), cell("area = 'Y"), CALL) == {"area": "X"}


def test_without_a_history_every_simple_variable_counts() -> None:
    assert given_parameters({"area": "X", "sed": 1, "In": [], "_i": 2, "f": print}, KNOWN) == {
        "area": "X",
        "sed": 1,
    }


def test_a_path_is_a_name_of_a_file_and_a_choice_of_no_simple_kind_is_not_passed_over() -> None:
    given = cell("from pathlib import Path", "services = Path('a')", "seed = object()", "f = object()")
    assert {name: type(value) for name, value in parameters(given, CALL).items()} == {
        "services": str,
        "seed": object,
    }


def test_names_are_read_from_the_source() -> None:
    source = "import a\nb: int = 1\nc, d = 1, 2\nc += 1\ndef e(): x = 1\n(g := [h for h in 'i'])\n"
    assert set(assigned_names(source)) - {"h"} == {"b", "c", "d", "g"}
    with pytest.raises(SyntaxError):
        assigned_names("a = '")


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.name)
def test_the_parameters_cell_of_every_notebook_is_marked(notebook: Path) -> None:
    import json

    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    (tagged,) = [one for one in cells if "parameters" in one["metadata"].get("tags", [])]
    source = "".join(tagged["source"])
    assert source.startswith(MARK)
    values = kernel(source, CALL)
    known = {
        field for model in (Scenario.model_fields, RunsToCompare.__dataclass_fields__) for field in model
    }
    assert set(given_parameters(values, known)) == set(notebook_parameters(notebook))
    usual = source.partition("# Less usual")[0].splitlines()[1:]
    assert len([line for line in usual if " = " in line]) == (6 if "compare" in notebook.name else 5)
    assert all("  # " in line for line in source.splitlines() if " = " in line)


def test_a_file_is_looked_for_beside_the_notebook_then_in_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, here = tmp_path / "project", tmp_path / "project" / "outputs" / "notebooks"
    here.mkdir(parents=True)
    (project / "both.csv").write_text("x")
    (project / "book.xlsx").write_text("x")
    (here / "both.csv").write_text("x")
    monkeypatch.chdir(here)
    assert found_file("both.csv", project) == "both.csv"
    assert found_file("book.xlsx#new", project) == f"{project / 'book.xlsx'}#new"
    assert found_file("nowhere.csv", project) == "nowhere.csv"
    assert found_file("", project) == ""
    assert found_file(["a"], project) == ["a"]
    assert found_file("x" * 5000, project) == "x" * 5000

    monkeypatch.setenv(PROJECT_VARIABLE, str(project))
    given = kernel(cell("services = 'book.xlsx'", "output = ''"), CALL)
    scenario = Scenario.from_notebook(given)
    assert (scenario.services, scenario.output) == (str(project / "book.xlsx"), str(project / "outputs"))
    given = kernel(cell("output = 'results'"), CALL)
    assert Scenario.from_notebook(given).output == str(project / "results")
    given = kernel(cell("run_a = 'both.csv'", "files = 'book.xlsx'", "output = 'c'"), CALL)
    choices = RunsToCompare.from_notebook(given)
    assert (choices.run_a, choices.files) == ("both.csv", (str(project / "book.xlsx"),))
    assert choices.output == str(project / "c")


def test_a_wrong_name_is_refused_by_both_kinds_of_choices() -> None:
    with pytest.raises(UsageError, match="'servcies'") as refused:
        Scenario.from_notebook(kernel(cell("servcies = 'a'"), CALL))
    assert refused.value.exit_code == 2
    assert "did you mean 'services'" in refused.value.report()
    with pytest.raises(UsageError, match="'run_c'"):
        RunsToCompare.from_notebook(kernel(cell("run_c = 'a'"), CALL))
